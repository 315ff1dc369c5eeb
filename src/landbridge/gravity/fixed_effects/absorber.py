"""What every way of taking out fixed effects offers, whatever the shape of the panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from landbridge.errors import ConvergenceError
from landbridge.units import FloatArray


@dataclass(frozen=True)
class Goal:
    """When a projection is good enough; each variable has to meet the looser of two limits.

    Attributes
    ----------
    of_norm
        ``[variables]`` size of the fixed-effects part that is left, over the variable's size.
    of_start
        ``[variables]`` the same, over the size of the part that was there at the start.
    """

    of_norm: FloatArray
    of_start: FloatArray

    @classmethod
    def same(cls, count: int, of_norm: float) -> Goal:
        """Ask the same of every variable, relative to its size."""
        return cls(of_norm=np.full(count, of_norm), of_start=np.zeros(count))

    def limit(self, variable: int, norm: float, start: float) -> float:
        """Compute the limit of one variable."""
        return max(float(self.of_norm[variable]) * norm, float(self.of_start[variable]) * start)

    def limits(self, norms: FloatArray, starts: FloatArray) -> FloatArray:
        """Compute the limit of each variable, ``[variables]``."""
        return np.maximum(self.of_norm * norms, self.of_start * starts)


MOST_STEPS: Final = 5000
PATIENCE: Final = 300
"""Steps without progress after which conjugate gradients have come to the end of precision."""
RIDGE: Final = 1e-11
"""Relative curvature added to every direction. Parts of a panel that hang together only by flows
of next to nothing can be shifted against each other at no cost: such a shift would be noise, and
with the ridge it stays where it is."""
AT_REST: Final = 1e-9
"""Such an end is accepted where the part that is left is so small against the variable."""


class Stall:
    """Watches conjugate gradients: stops them at the end of precision, raises where they fail."""

    def __init__(self) -> None:
        self._best = np.inf
        self._since = 0

    def finished_after(
        self, gaps: FloatArray, limits: FloatArray, norms: FloatArray, steps: int
    ) -> bool:
        """Take note of a step, and tell whether more of them are of no use.

        Raises
        ------
        ConvergenceError
            No progress, and what is left is not small.
        """
        open_ones = gaps > limits
        now = float(np.max(gaps[open_ones] / np.maximum(limits[open_ones], 1e-300), initial=0.0))
        if now < 0.5 * self._best:
            self._best, self._since = now, steps
        stuck = steps - self._since >= PATIENCE and (gaps <= AT_REST * norms)[open_ones].all()
        if not stuck and (steps >= MOST_STEPS or not np.isfinite(gaps).all()):
            raise ConvergenceError(
                "the fixed effects could not be taken out",
                residual=float(np.max(gaps / np.maximum(norms, 1e-300))),
                iterations=steps,
                mend="Check for variables of very different size, or for groups that hang together"
                " by few rows.",
            )
        return bool(stuck)


@dataclass(frozen=True)
class Projection:
    """What is left of variables without their fixed-effects part.

    Attributes
    ----------
    values
        ``[variables, cells]``.
    steps
        Iterations.
    gaps
        ``[variables]`` size of the fixed-effects part that is left.
    taken
        ``[cells]`` the part taken out of the first variable, summed from the effects themselves:
        the difference of before and after would carry the rounding of its largest values.
    """

    values: FloatArray
    steps: int
    gaps: FloatArray
    taken: FloatArray


class System(Protocol):
    """The projection for one set of weights."""

    def project(self, values: FloatArray, goal: Goal) -> Projection:
        """Take the fixed-effects part out of ``[variables, cells]``, in place."""


class Absorber(Protocol):
    """The fixed effects of a panel, ready for any weights."""

    @property
    def size(self) -> int:
        """Number of cells in the absorber's own order."""

    def place(self, values: FloatArray) -> FloatArray:
        """Bring values of rows into the absorber's order; zero where there is no row."""

    def pick(self, cells: FloatArray) -> FloatArray:
        """Bring values back into the order of the rows."""

    def weigh(self, weights: FloatArray) -> System:
        """Prepare the projection for weights ``[cells]``."""

    def group_sums(self, values: FloatArray) -> tuple[FloatArray, ...]:
        """Sum values ``[cells]`` over every group of every fixed effect."""

    def balance(
        self, kernel: FloatArray, totals: tuple[FloatArray, ...], sweeps: int
    ) -> FloatArray:
        """Scale a positive kernel towards given group sums."""
