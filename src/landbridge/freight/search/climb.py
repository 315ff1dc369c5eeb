"""Least costs from some nodes up the elimination tree, to each of their ancestors.

A least-cost path climbs the order of elimination and comes down again, so the costs from a node to
its ancestors are all that is needed of it; there are some hundreds of them even on the world's
roads.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from landbridge.freight.search.elimination import Elimination, ancestors, ranges
from landbridge.freight.search.shortcuts import keep_less, least_of
from landbridge.units import BoolArray, FloatArray, IntArray

# From this many ends below it on, a node's costs are handled as one row.
BROAD = 48


@dataclass(frozen=True, eq=False)
class Climb:
    """How the costs from some ends to their ancestors are added up.

    Ends are sorted so that those below any one node are neighbours. A cost is an entry: nodes
    with few ends below them have their entries one after another, the others a whole row each.

    Attributes
    ----------
    order
        The ends as given, in the sorted order.
    node, low, count
        One entry an ancestor, rising in rank: its rank, and the stretch of ends below it.
    at
        Entry where the ancestor's stretch starts, among all entries.
    narrow
        Number of entries of nodes with few ends; rows start behind them.
    place, own
        One entry an end, sorted: its place in `node`, and the entry of its cost to itself.
    goal, begin, source, edge
        Groups of sums for the entries of narrow nodes, then one for the rows: the entry that each
        group gives, where the group starts, and the entry and the edge of each sum.
    levels
        Where the groups of each level start; the last level is that of the rows.
    broad
        Places of the nodes that have a row, in `node`.
    """

    order: IntArray
    node: IntArray
    low: IntArray
    count: IntArray
    at: IntArray
    narrow: int
    place: IntArray
    own: IntArray
    goal: IntArray
    begin: IntArray
    source: IntArray
    edge: IntArray
    levels: IntArray
    broad: IntArray

    @property
    def entries(self) -> int:
        """Number of entries, rows included."""
        return self.narrow + len(self.broad) * len(self.order)


def plan(elimination: Elimination, ends: IntArray) -> Climb:
    """Plan how to climb from some ends.

    Parameters
    ----------
    elimination
        Order and places.
    ends
        Ranks, each once.
    """
    order = np.argsort(elimination.position[ends])
    places = elimination.position[ends][order]
    node = ancestors(elimination, ends)
    low = np.searchsorted(places, elimination.position[node])
    past = np.searchsorted(places, elimination.position[node] + elimination.size[node])
    count = past - low
    is_broad = count >= BROAD
    narrow = np.where(is_broad, 0, count)
    at = np.cumsum(narrow) - narrow
    total = int(narrow.sum())
    broad = np.flatnonzero(is_broad)
    at[broad] = total + np.arange(len(broad)) * len(ends) + low[broad]
    place = np.full(elimination.nodes, -1, dtype=np.int64)
    place[node] = np.arange(len(node))
    goal, source, edge = _sums(elimination, (node, low, count, at), place, is_broad)
    first = np.ones(len(goal), dtype=bool)
    first[1:] = goal[1:] != goal[:-1]
    begin = np.flatnonzero(first)
    goal = goal[begin]
    slim = np.flatnonzero(~is_broad)
    # The first narrow entry of each level: ranks rise with levels, and entries with ranks.
    rise = np.searchsorted(node[slim], elimination.level_nodes)
    starts = np.append(at[slim], total)[rise]
    end_place = place[ends[order]]
    return Climb(
        order=order,
        node=node,
        low=low,
        count=count,
        at=at,
        narrow=total,
        place=end_place,
        own=at[end_place] + np.arange(len(ends)) - low[end_place],
        goal=goal,
        begin=begin,
        source=source,
        edge=edge,
        levels=np.append(np.searchsorted(goal, np.unique(starts)), len(goal)),
        broad=broad,
    )


def _sums(
    elimination: Elimination,
    stretches: tuple[IntArray, IntArray, IntArray, IntArray],
    place: IntArray,
    is_broad: BoolArray,
) -> tuple[IntArray, IntArray, IntArray]:
    """Find goal, source and edge of every sum that starts at a node with few ends."""
    node, low, count, at = stretches
    slim = np.flatnonzero(~is_broad)
    begin = elimination.first[node[slim]]
    degree = elimination.first[node[slim] + 1] - begin
    edge = ranges(begin, degree)
    start = np.repeat(slim, degree)
    end = place[elimination.high[edge]]
    times = count[start]
    shift = at[end] + low[start] - low[end]
    goal, source = ranges(shift, times), ranges(at[start], times)
    sort = np.argsort(goal, kind="stable")
    return goal[sort], source[sort], np.repeat(edge, times)[sort]


def climb(steps: Climb, elimination: Elimination, costs: FloatArray) -> FloatArray:
    """Compute the costs from the ends to their ancestors, ``[1 + carried, entries]``.

    Parameters
    ----------
    steps
        The plan.
    elimination
        Order and places.
    costs
        ``[1 + carried, edges]`` of `Shortcuts`: `up` for ways out, `down` for ways in.
    """
    found = np.zeros((len(costs), steps.entries))
    found[0] = np.inf
    found[0, steps.own] = 0.0
    bounds = steps.levels.tolist()
    ends = np.append(steps.begin, len(steps.source))
    for first, past in itertools.pairwise(bounds):
        if first == past:
            continue
        a, b = int(ends[first]), int(ends[past])
        sums = found.take(steps.source[a:b], axis=1) + costs.take(steps.edge[a:b], axis=1)
        goal = steps.goal[first:past]
        best = least_of(sums, steps.begin[first:past] - a)
        found[:, goal] = keep_less(found[:, goal], best)
    _climb_rows(steps, elimination, costs, found)
    return found


def _climb_rows(
    steps: Climb, elimination: Elimination, costs: FloatArray, found: FloatArray
) -> None:
    size = len(steps.order)
    rows = found[:, steps.narrow :].reshape(len(costs), len(steps.broad), size)
    nodes = steps.node[steps.broad]
    for row, node in enumerate(nodes.tolist()):
        begin, end = int(elimination.first[node]), int(elimination.first[node + 1])
        if begin == end:
            continue
        above = np.searchsorted(nodes, elimination.high[begin:end])
        low = int(steps.low[steps.broad[row]])
        past = low + int(steps.count[steps.broad[row]])
        sums = rows[:, row, None, low:past] + costs[:, begin:end, None]
        rows[:, above, low:past] = keep_less(rows[:, above, low:past], sums)
