"""Fixed effects of a small panel by a dense decomposition, where iterations lose precision.

Panels of few flows can have parts that hang together by flows of next to nothing. Conjugate
gradients stop before they resolve such parts; a decomposition of the design does not. The design
has a column for each group, so this is for small panels only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import linalg

from landbridge.gravity.fixed_effects.absorber import Absorber, Goal, Projection
from landbridge.gravity.panel import Panel
from landbridge.units import FloatArray

MOST_ENTRIES: Final = 4_000_000
"""Largest dense design (32 MB)."""
DEPENDENT: Final = 1e-13
"""Relative size below which a singular value of the scaled design is rounding."""


@dataclass(frozen=True)
class Direct:
    """Another absorber's fixed effects, projected out by a dense decomposition.

    Attributes
    ----------
    base
        Gives the order of the cells, sums and scaling.
    design
        ``[cells, groups]`` ones where a cell belongs to a group.
    """

    base: Absorber
    design: FloatArray

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.base.size

    def place(self, values: FloatArray) -> FloatArray:
        """Bring values of rows into the absorber's order."""
        return self.base.place(values)

    def pick(self, cells: FloatArray) -> FloatArray:
        """Bring values back into the order of the rows."""
        return self.base.pick(cells)

    def weigh(self, weights: FloatArray) -> DirectSystem:
        """Prepare the projection for weights ``[cells]``."""
        return DirectSystem(self.design, weights)

    def group_sums(self, values: FloatArray) -> tuple[FloatArray, ...]:
        """Sum values over every group."""
        return self.base.group_sums(values)

    def balance(
        self, kernel: FloatArray, totals: tuple[FloatArray, ...], sweeps: int
    ) -> FloatArray:
        """Scale a positive kernel towards given group sums."""
        return self.base.balance(kernel, totals, sweeps)


class DirectSystem:
    """The dense projection for one set of weights."""

    def __init__(self, design: FloatArray, weights: FloatArray) -> None:
        weighted = design * np.sqrt(weights)[:, None]
        size = np.sqrt((weighted * weighted).sum(axis=0))
        scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
        left, sizes, right = linalg.svd(
            weighted * scale, full_matrices=False, lapack_driver="gesvd"
        )
        kept = sizes > DEPENDENT * sizes[0]
        self._design = design
        self._root = np.sqrt(weights)
        self._left = left[:, kept]
        self._back = scale[:, None] * (right[kept].T / sizes[kept])

    def project(self, values: FloatArray, goal: Goal) -> Projection:  # noqa: ARG002 - exact
        """Take the fixed-effects part out of ``[variables, cells]``, in place."""
        taken = np.zeros(values.shape[1])
        for _ in range(2):  # the second pass removes the first one's rounding
            effects = self._back @ (self._left.T @ (values * self._root).T)
            part = (self._design @ effects).T
            values -= part
            taken += part[0]
        return Projection(values=values, steps=1, gaps=np.zeros(len(values)), taken=taken)


def direct(panel: Panel, base: Absorber) -> Direct | None:
    """Build the dense absorber of a panel; None where it is too large for one."""
    groups = sum(effect.count for effect in panel.effects)
    if not groups or groups * base.size > MOST_ENTRIES:
        return None
    rows = np.arange(len(panel.row))
    columns = np.zeros((groups, len(panel.row)))
    start = 0
    for effect in panel.effects:
        columns[start + effect.codes, rows] = 1.0
        start += effect.count
    return Direct(base=base, design=np.ascontiguousarray(base.place(columns).T))
