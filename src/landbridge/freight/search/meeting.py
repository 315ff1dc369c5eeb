"""Least costs among many nodes, from the costs to their ancestors.

A way between two nodes meets at an ancestor of both. Two ways to find the best one are at hand:
try all ancestors that two nodes have in common, or, from the top of the order down, give every
ancestor of the goals its cost from all sources. Which of them is less work depends on how many
ends there are among how many nodes, and not on costs.
"""

from __future__ import annotations

import itertools

import numpy as np

from landbridge.freight.search.climb import Climb, climb
from landbridge.freight.search.elimination import ranges
from landbridge.freight.search.shortcuts import Shortcuts, keep_less
from landbridge.units import BoolArray, FloatArray, IntArray

# Sums that are formed at once: as many as stay in a processor's second cache.
BLOCK = 1 << 16
# Costs that are held at once on the way down.
MOST_HELD = 1 << 24
# What one step costs beside its sums, counted in sums.
STEP = 4000


def meet(shortcuts: Shortcuts, steps_out: Climb, steps_in: Climb, *, same: BoolArray) -> FloatArray:
    """Compute least costs from every end of one climb to every end of another.

    Parameters
    ----------
    shortcuts
        Costs of the shortcuts.
    steps_out, steps_in
        Plans for the sources and for the goals.
    same
        ``[sources, goals]`` in sorted order: where both are the same node.

    Returns
    -------
    FloatArray
        ``[1 + carried, sources, goals]`` in the sorted order of the plans.
    """
    elimination = shortcuts.elimination
    out = climb(steps_out, elimination, shortcuts.up)
    meetings = _meetings(steps_out, steps_in, same)
    if _down_is_less(shortcuts, steps_out, steps_in, meetings[2]):
        least = _come_down(shortcuts, steps_out, steps_in, out)
    else:
        shared = shortcuts.symmetric and steps_in is steps_out
        back = out if shared else climb(steps_in, elimination, shortcuts.down)
        least = _try_all(steps_out, steps_in, (out, back), meetings)
    least[:, same] = 0.0
    return least


def _down_is_less(
    shortcuts: Shortcuts, steps_out: Climb, steps_in: Climb, stretch: IntArray
) -> bool:
    tried = int((stretch[1] * stretch[3]).sum()) + STEP * (len(steps_out.own) + len(steps_in.own))
    first = shortcuts.elimination.first
    edges = int((first[steps_in.node + 1] - first[steps_in.node]).sum())
    return edges * len(steps_out.own) + STEP * len(steps_in.node) < tried


def _come_down(
    shortcuts: Shortcuts, steps_out: Climb, steps_in: Climb, out: FloatArray
) -> FloatArray:
    """Compute each ancestor's costs from the sources, from the top down."""
    sources, nodes = len(steps_out.own), steps_in.node
    least = np.empty((len(out), sources, len(steps_in.own)))
    step = max(64, MOST_HELD // max(len(nodes) * len(out), 1))
    for first in range(0, sources, step):
        part = slice(first, min(first + step, sources))
        held = _held(shortcuts, steps_out, nodes, out, part)
        least[:, part] = held[:, steps_in.place].transpose(0, 2, 1)
    return least


def _held(
    shortcuts: Shortcuts, steps_out: Climb, nodes: IntArray, out: FloatArray, part: slice
) -> FloatArray:
    """Compute costs from a part of the sources to nodes, ``[1 + carried, nodes, part]``."""
    elimination, down = shortcuts.elimination, shortcuts.down
    begins, degrees = elimination.first[nodes], np.diff(elimination.first)[nodes]
    ups = np.searchsorted(nodes, elimination.high[ranges(begins, degrees)])
    bounds = np.concatenate(([0], np.cumsum(degrees))).tolist()
    here = np.searchsorted(steps_out.node, nodes)
    here[here == len(steps_out.node)] = 0
    known = (steps_out.node[here] == nodes).tolist()
    low = np.maximum(steps_out.low[here], part.start)
    past = np.minimum(steps_out.low[here] + steps_out.count[here], part.stop)
    entry = (steps_out.at[here] + low - steps_out.low[here]).tolist()
    width = part.stop - part.start
    column = np.arange(width)
    held = np.zeros((len(out), len(nodes), width))
    held[0] = np.inf
    lows, pasts = (low - part.start).tolist(), (past - part.start).tolist()
    for row in range(len(nodes) - 1, -1, -1):
        above = ups[bounds[row] : bounds[row + 1]]
        if len(above):
            begin = int(begins[row])
            sums = held[0].take(above, axis=0)
            sums += down[0, begin : begin + len(above), None]
            if len(out) == 1:
                sums.min(axis=0, out=held[0, row])
            else:
                best = sums.argmin(axis=0)
                held[0, row] = sums[best, column]
                held[1:, row] = held[1:, above[best], column] + down[1:, begin + best]
        a, b = lows[row], pasts[row]
        if known[row] and a < b:
            own = out[:, entry[row] : entry[row] + b - a]
            held[:, row, a:b] = keep_less(held[:, row, a:b], own)
    return held


def _try_all(
    steps_out: Climb,
    steps_in: Climb,
    costs: tuple[FloatArray, FloatArray],
    meetings: tuple[IntArray, IntArray, IntArray],
) -> FloatArray:
    """Try all ancestors that a source and a goal have in common."""
    out, back = costs
    ours, theirs, stretch = meetings
    shape = (len(steps_out.order), len(steps_in.order))
    least = np.full((len(out), *shape), np.inf)
    middle = None if len(out) == 1 else np.full(shape, -1, dtype=np.int64)
    new = np.ones(len(ours), dtype=bool)
    new[1:] = (stretch[:, 1:] != stretch[:, :-1]).any(axis=0)
    bounds = np.append(np.flatnonzero(new), len(ours)).tolist()
    for first, past in itertools.pairwise(bounds):
        a, height, b, width = stretch[:, first].tolist()
        cell = (slice(a, a + height), slice(b, b + width))
        _lower(
            least[0][cell],
            None if middle is None else middle[cell],
            out[0].take(steps_out.at[ours[first:past], None] + np.arange(height)),
            back[0].take(steps_in.at[theirs[first:past], None] + np.arange(width)),
            np.arange(first, past),
        )
    if middle is not None:
        rows, columns = np.nonzero(middle >= 0)
        one, two = ours[middle[rows, columns]], theirs[middle[rows, columns]]
        from_start = out[1:].take(steps_out.at[one] + rows - steps_out.low[one], axis=1)
        to_goal = back[1:].take(steps_in.at[two] + columns - steps_in.low[two], axis=1)
        least[1:, rows, columns] = from_start + to_goal
    return least


def _meetings(
    steps_out: Climb, steps_in: Climb, same: BoolArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Find the ancestors that ends of both climbs have, those of the same ends one after another.

    Returns their places in both plans and ``[4, meetings]`` the stretches of ends below them.
    """
    _, ours, theirs = np.intersect1d(
        steps_out.node, steps_in.node, assume_unique=True, return_indices=True
    )
    stretch = np.stack(
        (steps_out.low[ours], steps_out.count[ours], steps_in.low[theirs], steps_in.count[theirs])
    )
    useful = ~((stretch[1] == 1) & (stretch[3] == 1) & same[stretch[0], stretch[2]])
    ours, theirs, stretch = ours[useful], theirs[useful], stretch[:, useful]
    sort = np.lexsort(stretch)
    return ours[sort], theirs[sort], stretch[:, sort]


def lower_through(least: FloatArray, one: FloatArray, two: FloatArray) -> None:
    """Lower costs to the least over some nodes in the middle, in place.

    Parameters
    ----------
    least
        ``[1 + carried, A, B]`` costs so far.
    one, two
        ``[1 + carried, M, A]`` and ``[1 + carried, M, B]``: costs between either side and the
        middle.
    """
    numbers = np.arange(one.shape[1])
    if len(least) == 1:
        _lower(least[0], None, one[0], two[0], numbers)
        return
    middle = np.full(least.shape[1:], -1, dtype=np.int64)
    _lower(least[0], middle, one[0], two[0], numbers)
    rows, columns = np.nonzero(middle >= 0)
    best = middle[rows, columns]
    least[1:, rows, columns] = one[1:, best, rows] + two[1:, best, columns]


def _lower(
    cost: FloatArray, middle: IntArray | None, one: FloatArray, two: FloatArray, numbers: IntArray
) -> None:
    """Lower costs ``[A, B]``, and write down which middle node did it, where that is asked for."""
    count, height, width = len(one), one.shape[1], two.shape[1]
    if not count:
        return
    if count * height * width <= BLOCK:
        sums = one[:, :, None] + two[:, None, :]
        if middle is None:
            np.minimum(cost, sums.min(axis=0), out=cost)
            return
        best = sums.argmin(axis=0)
        _take_less(cost, middle, np.take_along_axis(sums, best[None], axis=0)[0], numbers[best])
        return
    step = max(1, BLOCK // width)
    buffer = np.empty((min(step, height), width))
    for top in range(0, height, step):
        part = cost[top : top + step]
        sums = buffer[: len(part)]
        for node in range(count):
            np.add(one[node, top : top + step, None], two[node], out=sums)
            if middle is None:
                np.minimum(part, sums, out=part)
            else:
                _take_less(part, middle[top : top + step], sums, numbers[node])


def _take_less(
    cost: FloatArray, middle: IntArray, sums: FloatArray, number: IntArray | np.int64
) -> None:
    less = sums < cost
    np.copyto(cost, sums, where=less)
    np.copyto(middle, number, where=less)
