"""Fixed effects of any kind, on rows as they come: sums by group, and conjugate gradients.

One sweep takes the weighted group means out for every fixed effect in turn, there and back; its
fixed points are the variables without any fixed-effects part. Conjugate gradients on one minus
the sweep find them (the symmetric Kaczmarz transform of Correia 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.gravity.fixed_effects.absorber import RIDGE, Goal, Projection, Stall
from landbridge.units import FloatArray, IntArray


@dataclass(frozen=True)
class Groups:
    """Fixed effects as group numbers of rows.

    Attributes
    ----------
    codes
        ``[rows]`` an effect: the group of each row.
    counts
        Number of groups of each effect.
    rows
        Number of rows.
    """

    codes: tuple[IntArray, ...]
    counts: tuple[int, ...]
    rows: int

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.rows

    def place(self, values: FloatArray) -> FloatArray:
        """Copy the values: the order is that of the rows."""
        return np.array(values, dtype=np.float64)

    def pick(self, cells: FloatArray) -> FloatArray:
        """Return the values as they are."""
        return cells

    def weigh(self, weights: FloatArray) -> GroupSystem:
        """Prepare the projection for weights ``[rows]``."""
        return GroupSystem(self, weights)

    def group_sums(self, values: FloatArray) -> tuple[FloatArray, ...]:
        """Sum values ``[rows]`` over every group of every fixed effect."""
        return tuple(
            np.asarray(np.bincount(code, values, count), dtype=np.float64)
            for code, count in zip(self.codes, self.counts, strict=True)
        )

    def balance(
        self, kernel: FloatArray, totals: tuple[FloatArray, ...], sweeps: int
    ) -> FloatArray:
        """Scale a positive kernel ``[rows]`` towards given group sums, effect by effect."""
        scaled = kernel.copy()
        for _ in range(sweeps):
            for code, count, total in zip(self.codes, self.counts, totals, strict=True):
                now = np.bincount(code, scaled, count)
                factor = np.divide(total, now, out=np.zeros_like(now), where=now > 0)
                scaled *= factor[code]
        return scaled


class GroupSystem:
    """The weighted projection off any fixed effects, for one set of weights."""

    def __init__(self, groups: Groups, weights: FloatArray) -> None:
        self.groups = groups
        self._weights = weights
        self._inverse = []
        for code, count in zip(groups.codes, groups.counts, strict=True):
            total = np.bincount(code, weights, count)
            self._inverse.append(np.divide(1.0, total, out=np.zeros_like(total), where=total > 0))

    def project(self, values: FloatArray, goal: Goal) -> Projection:
        """Take the fixed-effects part out of ``[variables, rows]``, in place.

        Raises
        ------
        ConvergenceError
            The tolerance was not reached.
        """
        steps = 0
        gaps, taken = np.zeros(len(values)), np.zeros(self.groups.rows)
        norms = np.sqrt(np.maximum((values * values) @ self._weights, 0.0))
        for k in range(len(values)):
            part = np.zeros(self.groups.rows)
            if len(self.groups.codes) == 1:
                part = self._means(values[k], 0)
            elif self.groups.codes:
                part, needed, gaps[k] = self._one(values[k], float(norms[k]), goal, k)
                steps = max(steps, needed)
            values[k] -= part
            taken = part if k == 0 else taken
        return Projection(values=values, steps=steps, gaps=gaps, taken=taken)

    def _one(
        self, value: FloatArray, norm: float, goal: Goal, k: int
    ) -> tuple[FloatArray, int, float]:
        """Find the fixed-effects part of one variable."""
        residual = self._moved(value)
        taken = np.zeros_like(residual)
        way = residual.copy()
        size = self._inner(residual, residual)
        limit = goal.limit(k, norm, float(np.sqrt(size)))
        steps, stall = 0, Stall()
        while np.sqrt(size) > limit:
            now = np.sqrt(np.array([size]))
            if stall.finished_after(now, np.array([limit]), np.array([norm]), steps):
                break
            steps += 1
            image = self._moved(way) + RIDGE * way
            curvature = self._inner(way, image)
            if curvature <= 0:
                break
            length = size / curvature
            taken += length * way
            residual -= length * image
            before, size = size, self._inner(residual, residual)
            way *= size / before
            way += residual
        return taken + residual, steps, float(np.sqrt(size))

    def _moved(self, value: FloatArray) -> FloatArray:
        """Compute what one sweep takes away."""
        swept, moved = value.copy(), np.zeros_like(value)
        last = len(self.groups.codes) - 1
        for effect in [*range(last + 1), *range(last - 1, -1, -1)]:
            part = self._means(swept, effect)
            swept -= part
            moved += part
        return moved

    def _means(self, value: FloatArray, effect: int) -> FloatArray:
        """Compute the weighted mean of each row's group."""
        code, count = self.groups.codes[effect], self.groups.counts[effect]
        means = np.bincount(code, value * self._weights, count) * self._inverse[effect]
        return np.asarray(means[code])

    def _inner(self, one: FloatArray, other: FloatArray) -> float:
        return max(float(np.dot(one * self._weights, other)), 0.0)
