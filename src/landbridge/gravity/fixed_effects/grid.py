"""Fixed effects of a dense or nearly dense panel, on an exporter x slice x importer grid.

A slice is one year (or one sector and year) in which every exporter and every importer has an
effect of its own; a pair effect, where there is one, runs across the slices of a block. With
weights ``w[e, c, i]`` (zero where the panel has no row) the fixed-effects part of a variable is
the weighted least-squares fit on the effects. The pair effects are eliminated exactly, which
leaves the system

    (D - B' P^-1 B) x = f          x: exporter and importer effects of every slice

``D`` is block diagonal over slices and is solved exactly through the Schur complement on the
importers; conjugate gradients do the rest, preconditioned by ``D``. Because the directions are
combinations of ``D^-1 r``, products with ``D`` need no pass over the cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from landbridge.gravity.fixed_effects.absorber import RIDGE, Goal, Projection, Stall
from landbridge.gravity.fixed_effects.workers import Workers
from landbridge.units import BoolArray, FloatArray, IntArray

PairKind = Literal["none", "each", "grouped"]


@dataclass(frozen=True)
class Grid:
    """Where the rows of a panel lie on the grid, and which pair effects there are.

    Attributes
    ----------
    exporters, importers, blocks, periods
        Lengths of the axes; there are ``blocks * periods`` slices, block by block.
    cell
        ``[rows]`` flat position of each row on ``[exporters, slices, importers]``.
    pair_kind
        No pair effect, one for each ordered pair and block, or one for each group of them.
    pair_group
        ``[exporters, blocks, importers]`` number of the group; empty unless grouped.
    pair_groups
        How many groups.
    """

    exporters: int
    importers: int
    blocks: int
    periods: int
    cell: IntArray
    pair_kind: PairKind
    pair_group: IntArray
    pair_groups: int

    @property
    def slices(self) -> int:
        """Number of slices."""
        return self.blocks * self.periods

    @property
    def shape(self) -> tuple[int, int, int]:
        """The grid's shape: exporters, slices, importers."""
        return self.exporters, self.slices, self.importers

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.exporters * self.slices * self.importers

    def place(self, values: FloatArray) -> FloatArray:
        """Lay values of rows ``[..., rows]`` on the grid ``[..., cells]``; zero elsewhere."""
        laid = np.zeros((*values.shape[:-1], self.size))
        laid[..., self.cell] = values
        return laid

    def pick(self, cells: FloatArray) -> FloatArray:
        """Take the rows' values ``[..., rows]`` from the grid ``[..., cells]``."""
        return np.asarray(cells[..., self.cell])

    def weigh(self, weights: FloatArray) -> GridSystem:
        """Prepare the projection for weights ``[cells]``."""
        return GridSystem(self, weights)

    def group_sums(self, values: FloatArray) -> tuple[FloatArray, ...]:
        """Sum values ``[cells]`` over every group of every fixed effect."""
        cube = values.reshape(self.shape)
        sums: tuple[FloatArray, ...] = (cube.sum(axis=2).ravel(), cube.sum(axis=0).ravel())
        if self.pair_kind != "none":
            sums = (*sums, self.pair_sums(cube).ravel())
        return sums

    def pair_sums(self, cube: FloatArray) -> FloatArray:
        """Sum ``[exporters, slices, importers]`` over periods, by pair or by group of pairs."""
        sums = cube.reshape(self.exporters, self.blocks, self.periods, self.importers).sum(axis=2)
        return self.gather(sums)

    def spread(self, pairs: FloatArray) -> FloatArray:
        """Spread the values of groups over pairs ``[exporters, blocks, importers, ...]``."""
        return pairs[self.pair_group] if self.pair_kind == "grouped" else pairs

    def gather(self, pairs: FloatArray) -> FloatArray:
        """Sum pairs ``[exporters, blocks, importers, ...]`` by group, where there are groups."""
        if self.pair_kind != "grouped":
            return pairs
        tail = pairs.shape[3:]
        flat = pairs.reshape(self.pair_group.size, -1)
        index = self.pair_group.ravel()
        gathered = np.empty((self.pair_groups, flat.shape[1]))
        for k in range(flat.shape[1]):
            gathered[:, k] = np.bincount(index, flat[:, k], self.pair_groups)
        return gathered.reshape(self.pair_groups, *tail)

    def balance(
        self, kernel: FloatArray, totals: tuple[FloatArray, ...], sweeps: int
    ) -> FloatArray:
        """Scale a positive kernel ``[cells]`` towards given group sums, dimension by dimension.

        Parameters
        ----------
        kernel
            ``[cells]``; zero where there is no row.
        totals
            Sums to reach, as `group_sums` orders them.
        sweeps
            Rounds over the dimensions.
        """
        exporters, slices, importers = self.shape
        cube = kernel.reshape(self.shape).copy()
        rows = totals[0].reshape(exporters, slices)
        columns = totals[1].reshape(slices, importers)
        for _ in range(sweeps):
            if self.pair_kind != "none":
                now = self.pair_sums(cube)
                factor = self.spread(_ratio(totals[2].reshape(now.shape), now))
                blocks = cube.reshape(exporters, self.blocks, self.periods, importers)
                blocks *= factor[:, :, None, :]
            cube *= _ratio(rows, cube.sum(axis=2))[:, :, None]
            cube *= _ratio(columns, cube.sum(axis=0))[None]
        return cube.ravel()


class GridSystem:
    """The weighted projection off the fixed effects of a grid, for one set of weights."""

    def __init__(self, grid: Grid, weights: FloatArray) -> None:
        self.grid = grid
        self._cube = np.ascontiguousarray(weights.reshape(grid.shape))
        self._flipped = np.ascontiguousarray(self._cube.transpose(2, 1, 0))
        rows, columns = self._cube.sum(axis=2), self._cube.sum(axis=0)
        self._row_inverse = _inverse(rows)
        if grid.pair_kind != "none":
            self._pair_inverse = _inverse(grid.pair_sums(self._cube))
        self._workers = Workers(grid.size)
        self._schur_inverse = np.empty((grid.slices, grid.importers, grid.importers))
        self._workers.each(
            lambda part: self._invert(part, columns), self._workers.parts(grid.slices)
        )

    def _invert(self, part: slice, columns: FloatArray) -> None:
        """Invert the importers' systems of some slices, the exporters eliminated.

        Effects of a connected part can move up for exporters and down for importers without
        touching a cell: one importer of each part stays at zero, as do those without weight.
        """
        by_slice = self._cube.transpose(1, 0, 2)[part]
        scaled = by_slice * self._row_inverse.T[part, :, None]
        schur = -np.matmul(by_slice.transpose(0, 2, 1), scaled)
        step = np.arange(self.grid.importers)
        schur[:, step, step] += (1.0 + RIDGE) * columns[part]
        fixed = _anchors(self._cube[:, part], self._flipped[:, part], columns[part])
        schur[fixed[:, :, None] | fixed[:, None, :]] = 0.0
        schur[:, step, step] += fixed
        self._schur_inverse[part] = np.linalg.inv(schur)
        self._schur_inverse[part, step, step] -= fixed

    def project(self, values: FloatArray, goal: Goal) -> Projection:
        """Take the fixed-effects part out of variables.

        Parameters
        ----------
        values
            ``[variables, cells]``; overwritten with what is left.
        goal
            When to stop.

        Raises
        ------
        ConvergenceError
            The tolerance was not reached.
        """
        grid = self.grid
        exporters, slices, importers = grid.shape
        count = len(values)
        blocked = (exporters, grid.blocks, grid.periods, importers)
        cubes = values.reshape(count, *grid.shape)
        right_rows = np.empty((exporters, slices, count))
        right_columns = np.empty((importers, slices, count))
        pair_sums = np.zeros((exporters, grid.blocks, importers, count))
        norms = np.empty(count)

        def gather(k: int) -> None:
            weighted = self._cube * cubes[k]
            norms[k] = np.sqrt(max(float(np.vdot(weighted, cubes[k])), 0.0))
            right_rows[:, :, k] = weighted.sum(axis=2)
            right_columns[:, :, k] = weighted.sum(axis=0).T
            if grid.pair_kind != "none":
                pair_sums[..., k] = weighted.reshape(blocked).sum(axis=2)

        self._workers.each(gather, range(count))
        if grid.pair_kind != "none":
            of_pairs = self._pair_means(pair_sums)
            less_rows, less_columns = self._sum_pairs(of_pairs)
            right_rows -= less_rows
            right_columns -= less_columns
        rows, columns, steps, gaps = self._solve(right_rows, right_columns, norms, goal)
        pairs = np.zeros((0,))
        if grid.pair_kind != "none":
            pairs = self._pair_means(pair_sums - self._pair_numerators(rows, columns))

        taken = np.zeros(grid.shape)

        def take_out(k: int) -> None:
            part = taken if k == 0 else np.empty(grid.shape)
            np.add(rows[:, :, k, None], columns[:, :, k].T, out=part)
            if grid.pair_kind != "none":
                four = part.reshape(blocked)
                four += pairs[:, :, None, :, k]
            cubes[k] -= part

        self._workers.each(take_out, range(count))
        return Projection(values=values, steps=steps, gaps=gaps, taken=taken.ravel())

    def _solve(
        self, rows: FloatArray, columns: FloatArray, norms: FloatArray, goal: Goal
    ) -> tuple[FloatArray, FloatArray, int, FloatArray]:
        """Preconditioned conjugate gradients for several right-hand sides at once."""
        left_rows, left_columns = self._precondition(rows, columns)
        if self.grid.pair_kind == "none":
            return left_rows, left_columns, 1, np.zeros(len(norms))
        size = _inner(rows, columns, left_rows, left_columns)
        limits = goal.limits(norms, np.sqrt(size))
        answer_rows, answer_columns = np.zeros_like(rows), np.zeros_like(columns)
        # Searched along `way`; `image` is D times it, kept by the same recurrence.
        way_rows, way_columns = left_rows.copy(), left_columns.copy()
        image_rows, image_columns = rows.copy(), columns.copy()
        steps, stall = 0, Stall()
        while True:
            gaps = np.sqrt(size)
            stop = bool((gaps <= limits).all())
            if stop or stall.finished_after(gaps, limits, norms, steps):
                # One plain step more costs nothing, never does harm, and is exact relative to
                # each slice, small ones too.
                return answer_rows + left_rows, answer_columns + left_columns, steps, gaps
            steps += 1
            of_pairs = self._pair_means(self._pair_numerators(way_rows, way_columns))
            product_rows, product_columns = self._sum_pairs(of_pairs)
            np.subtract((1.0 + RIDGE) * image_rows, product_rows, out=product_rows)
            np.subtract((1.0 + RIDGE) * image_columns, product_columns, out=product_columns)
            curvature = _inner(way_rows, way_columns, product_rows, product_columns)
            length = np.where(gaps > limits, size / np.where(curvature > 0, curvature, 1.0), 0.0)
            length[curvature <= 0] = 0.0
            answer_rows += length * way_rows
            answer_columns += length * way_columns
            rows -= length * product_rows
            columns -= length * product_columns
            left_rows, left_columns = self._precondition(rows, columns)
            before, size = size, _inner(rows, columns, left_rows, left_columns)
            keep = np.where(before > 0, size / np.where(before > 0, before, 1.0), 0.0)
            way_rows = left_rows + keep * way_rows
            way_columns = left_columns + keep * way_columns
            image_rows = rows + keep * image_rows
            image_columns = columns + keep * image_columns

    def _precondition(self, rows: FloatArray, columns: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Solve each slice by itself: ``[exporters, slices, k]``, ``[importers, slices, k]``."""
        scaled = rows * self._row_inverse[:, :, None]
        answer_columns = np.empty_like(columns)

        def solve(part: slice) -> None:
            carried = np.matmul(
                self._flipped[:, part].transpose(1, 0, 2), scaled[:, part].transpose(1, 0, 2)
            )
            right = columns[:, part].transpose(1, 0, 2) - carried
            left = np.matmul(self._schur_inverse[part], right)
            answer_columns[:, part] = left.transpose(1, 0, 2)
            back = np.matmul(self._cube[:, part].transpose(1, 0, 2), left).transpose(1, 0, 2)
            scaled[:, part] -= self._row_inverse[:, part, None] * back

        self._workers.each(solve, self._workers.parts(self.grid.slices))
        return scaled, answer_columns

    def _pair_numerators(self, rows: FloatArray, columns: FloatArray) -> FloatArray:
        """Sum the weighted effects over the periods of each pair."""
        grid = self.grid
        blocks, periods, count = grid.blocks, grid.periods, rows.shape[2]

        def add_up(side: int) -> FloatArray:
            cube, values = ((self._cube, rows), (self._flipped, columns))[side]
            ends, others = len(cube), cube.shape[2]
            sums = np.matmul(
                cube.reshape(ends * blocks, periods, others).transpose(0, 2, 1),
                values.reshape(ends * blocks, periods, count),
            )
            return np.asarray(sums.reshape(ends, blocks, others, count))

        from_rows, from_columns = self._workers.each(add_up, (0, 1))
        from_rows += from_columns.transpose(2, 1, 0, 3)
        return np.asarray(from_rows)

    def _pair_means(self, numerators: FloatArray) -> FloatArray:
        """Turn sums of pairs ``[exporters, blocks, importers, k]`` into weighted means."""
        means = self.grid.gather(numerators) * self._pair_inverse[..., None]
        return self.grid.spread(means)

    def _sum_pairs(self, pairs: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Sum the weighted pair values over importers and over exporters of each slice."""
        grid = self.grid
        blocks, periods, count = grid.blocks, grid.periods, pairs.shape[3]

        def add_up(side: int) -> FloatArray:
            cube = (self._cube, self._flipped)[side]
            ends, others = len(cube), cube.shape[2]
            values = pairs if side == 0 else np.ascontiguousarray(pairs.transpose(2, 1, 0, 3))
            sums = np.matmul(
                cube.reshape(ends * blocks, periods, others),
                values.reshape(ends * blocks, others, count),
            )
            return np.asarray(sums.reshape(ends, grid.slices, count))

        rows, columns = self._workers.each(add_up, (0, 1))
        return rows, columns


def _anchors(cube: FloatArray, flipped: FloatArray, columns: FloatArray) -> BoolArray:
    """Choose an importer of every connected part of every slice, ``[slices, importers]``.

    Importers without any weight are chosen too. Most slices are one part, which two steps from
    the largest importer show; the others are searched.
    """
    exporters, slices, importers = cube.shape
    active = columns > 0
    fixed = ~active
    largest = np.argmax(columns, axis=1)
    number = np.arange(slices)
    reached = (flipped[largest, number] > 0).astype(np.float64)[:, :, None]
    reached = (np.matmul(flipped.transpose(1, 0, 2), reached) > 0).astype(np.float64)
    reached = (np.matmul(cube.transpose(1, 0, 2), reached) > 0).astype(np.float64)
    reached = np.matmul(flipped.transpose(1, 0, 2), reached)[:, :, 0] > 0
    whole = (reached | ~active).all(axis=1)
    fixed[number[whole], largest[whole]] = True
    for each in np.flatnonzero(~whole):
        exporter, importer = np.nonzero(cube[:, each] > 0)
        links = coo_array(
            (np.ones(len(exporter)), (exporter, exporters + importer)),
            shape=(exporters + importers, exporters + importers),
        )
        _, part = connected_components(links, directed=False)
        order = np.argsort(-columns[each], kind="stable")
        _, first = np.unique(part[exporters:][order], return_index=True)
        fixed[each, order[first]] = True
    return fixed


def _inner(
    rows: FloatArray, columns: FloatArray, other_rows: FloatArray, other_columns: FloatArray
) -> FloatArray:
    found = np.einsum("eck,eck->k", rows, other_rows)
    found += np.einsum("ick,ick->k", columns, other_columns)
    return np.asarray(np.maximum(found, 0.0))


def _inverse(sums: FloatArray) -> FloatArray:
    return np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)


def _ratio(wanted: FloatArray, now: FloatArray) -> FloatArray:
    return np.divide(wanted, now, out=np.zeros_like(now), where=now > 0)
