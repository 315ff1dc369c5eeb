"""Least costs over the shortcuts of an elimination: filled once, mended where costs change."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from landbridge.freight.search.elimination import Elimination, ranges
from landbridge.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Shortcuts:
    """What every edge of an elimination costs, by the way below it or by its own arc.

    The first row of each array is the cost; the others are carried along the least-cost path.

    Attributes
    ----------
    elimination
        Order and places.
    own_up, own_down
        ``[1 + carried, edges]`` of the arcs themselves, from the low end to the high end and
        back; an infinite cost where there is no arc.
    up, down
        The same by the least-cost path through nodes below.

    Where all costs are the same in both directions, `own_down` is `own_up` itself and `down` is
    `up`.
    """

    elimination: Elimination
    own_up: FloatArray
    own_down: FloatArray
    up: FloatArray
    down: FloatArray

    @property
    def symmetric(self) -> bool:
        """Whether both directions share their costs."""
        return self.down is self.up


def fill(elimination: Elimination, own_up: FloatArray, own_down: FloatArray) -> Shortcuts:
    """Find the cost of every shortcut.

    Parameters
    ----------
    elimination
        Order and places.
    own_up, own_down
        As in `Shortcuts`.
    """
    if np.array_equal(own_up, own_down):
        own_down = own_up
    up = own_up.copy()
    down = up if own_down is own_up else own_down.copy()
    filled = Shortcuts(elimination, own_up, own_down, up, down)
    some = np.flatnonzero(np.diff(elimination.triangle_first))
    bounds = np.searchsorted(some, elimination.level_edges).tolist()
    for begin, end in itertools.pairwise(bounds):
        if begin < end:
            _fill_edges(filled, some[begin:end])
    return filled


def mend(
    shortcuts: Shortcuts, edges: IntArray, own_up: FloatArray, own_down: FloatArray
) -> Shortcuts:
    """Put other costs on some arcs, working out anew only what that changes.

    Works in place: the costs before are gone. Every shortcut ends up with the bits that `fill`
    would give it.

    Parameters
    ----------
    shortcuts
        Shortcuts for the costs before.
    edges
        The edges of the arcs, each once.
    own_up, own_down
        ``[1 + carried, len(edges)]`` their costs from now on.
    """
    if shortcuts.symmetric and not np.array_equal(own_up, own_down):
        shortcuts = replace(shortcuts, own_down=shortcuts.own_up.copy(), down=shortcuts.up.copy())
    shortcuts.own_up[:, edges] = own_up
    if not shortcuts.symmetric:
        shortcuts.own_down[:, edges] = own_down
    pending = np.zeros(shortcuts.elimination.edges, dtype=bool)
    pending[edges] = True
    bounds = shortcuts.elimination.level_edges.tolist()
    for begin, end in itertools.pairwise(bounds):
        now = np.flatnonzero(pending[begin:end]) + begin
        if len(now):
            _mend_edges(shortcuts, now, pending)
    return shortcuts


def _mend_edges(shortcuts: Shortcuts, edges: IntArray, pending: BoolArray) -> None:
    elimination = shortcuts.elimination
    up, down = shortcuts.up, shortcuts.down
    old_up, old_down = up[:, edges], down[:, edges]
    up[:, edges] = shortcuts.own_up[:, edges]
    if not shortcuts.symmetric:
        down[:, edges] = shortcuts.own_down[:, edges]
    first = elimination.triangle_first
    some = edges[first[edges + 1] > first[edges]]
    if len(some):
        _fill_edges(shortcuts, some)
    moved = (up[:, edges] != old_up).any(axis=0) | (down[:, edges] != old_down).any(axis=0)
    edges = edges[moved]
    # What the low end's edge to `high` changes are the edges between `high` and its other ends.
    low = elimination.low[edges].astype(np.int64)
    begin = elimination.first[low]
    count = elimination.first[low + 1] - begin
    mine = np.repeat(elimination.high[edges].astype(np.int64), count)
    other = elimination.high[ranges(begin, count)].astype(np.int64)
    apart = mine != other
    mine, other = mine[apart], other[apart]
    pending[elimination.edge_of(np.minimum(mine, other), np.maximum(mine, other))] = True


def _fill_edges(filled: Shortcuts, edges: IntArray) -> None:
    """Lower edges of one level, all with something below them, to their cheapest triangle."""
    elimination = filled.elimination
    begin = elimination.triangle_first[edges]
    count = elimination.triangle_first[edges + 1] - begin
    starts = np.cumsum(count) - count
    if int(starts[-1]) == int(begin[-1] - begin[0]):
        stretch = slice(int(begin[0]), int(begin[-1] + count[-1]))
        to_low, to_high = elimination.triangle_low[stretch], elimination.triangle_high[stretch]
    else:
        where = ranges(begin, count)
        to_low, to_high = elimination.triangle_low[where], elimination.triangle_high[where]
    up, down = filled.up, filled.down
    _lower(up, edges, down.take(to_low, axis=1) + up.take(to_high, axis=1), starts)
    if not filled.symmetric:
        _lower(down, edges, down.take(to_high, axis=1) + up.take(to_low, axis=1), starts)


def _lower(costs: FloatArray, edges: IntArray, sums: FloatArray, starts: IntArray) -> None:
    best = least_of(sums, starts)
    costs[:, edges] = keep_less(costs[:, edges], best)


def least_of(values: FloatArray, starts: IntArray) -> FloatArray:
    """Find the column of least cost of each stretch, the first where several are equal.

    Parameters
    ----------
    values
        ``[1 + carried, n]``; the first row is the cost.
    starts
        Where each stretch starts; none is empty.
    """
    least = np.minimum.reduceat(values[0], starts)
    if len(values) == 1:
        return np.asarray(least[None])
    counts = np.diff(np.append(starts, values.shape[1]))
    hits = np.flatnonzero(values[0] == np.repeat(least, counts))
    return np.asarray(values[:, hits[np.searchsorted(hits, starts)]])


def keep_less(old: FloatArray, new: FloatArray) -> FloatArray:
    """Take, place by place, what costs less; the old where both cost the same."""
    if len(old) == 1:
        return np.minimum(old, new)
    return np.where(new[0] < old[0], new, old)
