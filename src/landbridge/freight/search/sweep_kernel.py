"""The inner loops of `sweeps`, compiled by numba.

Plain loops over arrays, so that they read like the method's text. Numba compiles them on the first
call and keeps the machine code on disk. Where nothing can be written, it compiles anew each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

from landbridge.units import BoolArray, FloatArray, IntArray

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, and keep it on disk where that is possible."""
    try:
        return cast("Function", njit(cache=True)(function))
    except RuntimeError:  # Neither the package's folder nor the user's can be written to.
        return cast("Function", njit(function))


class Order(NamedTuple):
    """Edges and parents of an `Elimination`."""

    first: IntArray
    high: IntArray
    parent: IntArray


class Triangles(NamedTuple):
    """The triangles of an `Elimination`."""

    first: IntArray
    low: IntArray
    high: IntArray


class Both(NamedTuple):
    """A number for every edge, up and down: ``[..., edges]`` each."""

    up: FloatArray
    down: FloatArray


class Over(NamedTuple):
    """Arcs that lead from one set of costs to another: ranks of their ends, ``[K, M]`` costs."""

    start: IntArray
    end: IntArray
    cost: FloatArray


class Stops(NamedTuple):
    """Where ways start or end: `sweeps.Ends`, its nodes by rank."""

    first: IntArray
    node: IntArray
    cost: FloatArray


@compiled
def fill_shortcuts(triangles: Triangles, both: FloatArray) -> None:
    """Lower the costs of edges to those of the ways below them, in place.

    Parameters
    ----------
    triangles
        Of the elimination.
    both
        ``[edges, 2 K]`` cost of the arcs themselves, up in the first K columns and down in the
        others; afterwards of the shortcuts. All that is known of an edge lies side by side, so
        that a triangle is looked up once.
    """
    layers = both.shape[1] // 2
    # An edge's triangles stand on edges of lower nodes, which come before it.
    for edge in range(triangles.first.shape[0] - 1):
        for triangle in range(triangles.first[edge], triangles.first[edge + 1]):
            low, high = triangles.low[triangle], triangles.high[triangle]
            for up in range(layers):
                way = both[low, layers + up] + both[high, up]
                both[edge, up] = min(both[edge, up], way)
            for up in range(layers):
                way = both[high, layers + up] + both[low, up]
                both[edge, layers + up] = min(both[edge, layers + up], way)


@compiled
def sweep(
    order: Order,
    up: FloatArray,
    down: FloatArray,
    sources: Stops,
    goals: Stops,
    above_goals: IntArray,
    block: int,
) -> FloatArray:
    """Compute least costs from every source to every goal, ``[K, S, G]``.

    Parameters
    ----------
    order
        Of the elimination.
    up, down
        ``[K, edges]`` from `fill_shortcuts`.
    sources, goals
        S and G of them.
    above_goals
        Ranks of the goals' nodes and all their ancestors, rising.
    block
        Sources that are swept together.
    """
    layers, count = up.shape[0], sources.first.shape[0] - 1
    nodes = order.first.shape[0] - 1
    found = np.full((layers, count, goals.first.shape[0] - 1), np.inf)
    cost, at_goal = np.empty((nodes, block)), np.empty(block)
    reached = np.zeros(nodes, np.bool_)
    turn = _neighbours_first(sources, nodes)
    for layer in range(layers):
        for begin in range(0, count, block):
            together = turn[begin : begin + block]
            reached[:] = False
            _come_on(order, sources, layer, together, cost, reached)
            _climb(order, up[layer], cost, reached)
            _come_down(order, down[layer], cost, reached, above_goals)
            _get_off(goals, layer, cost, reached, at_goal, together, found[layer])
    return found


@compiled
def sweep_twice(
    order: Order,
    first: Both,
    second: Both,
    over: Over,
    sources: Stops,
    goals: Stops,
    above: tuple[IntArray, IntArray],
    block: int,
) -> tuple[FloatArray, FloatArray]:
    """Compute least costs on one set of costs, and of ways that change over to another once.

    Parameters
    ----------
    order, sources, goals, block
        As in `sweep`.
    first, second
        ``[K, edges]`` shortcuts of the one and the other.
    over
        The arcs of the change, one at least on every way of the second kind.
    above
        Ranks of the nodes of goals and of the starts of `over`, and those of goals alone, each with
        all their ancestors, rising.

    Returns
    -------
    tuple
        ``[K, S, G]`` each: on the first costs alone, and with a change.
    """
    layers, count = first.up.shape[0], sources.first.shape[0] - 1
    nodes = order.first.shape[0] - 1
    before = np.full((layers, count, goals.first.shape[0] - 1), np.inf)
    after = np.full((layers, count, goals.first.shape[0] - 1), np.inf)
    cost, changed, at_goal = np.empty((nodes, block)), np.empty((nodes, block)), np.empty(block)
    reached, again = np.zeros(nodes, np.bool_), np.zeros(nodes, np.bool_)
    turn = _neighbours_first(sources, nodes)
    for layer in range(layers):
        for begin in range(0, count, block):
            together = turn[begin : begin + block]
            reached[:] = False
            _come_on(order, sources, layer, together, cost, reached)
            _climb(order, first.up[layer], cost, reached)
            _come_down(order, first.down[layer], cost, reached, above[0])
            _get_off(goals, layer, cost, reached, at_goal, together, before[layer])
            again[:] = False
            _change_over(order, over, over.cost[layer], cost, reached, changed, again)
            _climb(order, second.up[layer], changed, again)
            _come_down(order, second.down[layer], changed, again, above[1])
            _get_off(goals, layer, changed, again, at_goal, together, after[layer])
    return before, after


@compiled
def _change_over(
    order: Order,
    over: Over,
    step: FloatArray,
    cost: FloatArray,
    reached: BoolArray,
    changed: FloatArray,
    again: BoolArray,
) -> None:
    """Start anew at the ends of the arcs of the change, from what their starts cost."""
    for arc in range(step.shape[0]):
        start, end = over.start[arc], over.end[arc]
        if reached[start] and step[arc] < np.inf:
            above = end
            while above >= 0 and not again[above]:
                again[above] = True
                changed[above, :] = np.inf
                above = order.parent[above]
            for place in range(cost.shape[1]):
                changed[end, place] = min(changed[end, place], cost[start, place] + step[arc])


@compiled
def _neighbours_first(sources: Stops, nodes: int) -> IntArray:
    """Order sources by rank: those of one part of the world are near each other in it."""
    count = sources.first.shape[0] - 1
    rank = np.full(count, nodes)
    for source in range(count):
        if sources.first[source] < sources.first[source + 1]:
            rank[source] = sources.node[sources.first[source]]
    return np.argsort(rank, kind="mergesort")


@compiled
def _come_on(
    order: Order,
    sources: Stops,
    layer: int,
    together: IntArray,
    cost: FloatArray,
    reached: BoolArray,
) -> None:
    """Put the sources of a block on their nodes, and mark all nodes above these.

    Only the costs of nodes that are marked have a meaning: to set all would take longer.
    """
    for place in range(together.shape[0]):
        source = together[place]
        for tie in range(sources.first[source], sources.first[source + 1]):
            node = sources.node[tie]
            above = node
            while above >= 0 and not reached[above]:
                reached[above] = True
                cost[above, :] = np.inf
                above = order.parent[above]
            cost[node, place] = min(cost[node, place], sources.cost[layer, tie])


@compiled
def _climb(order: Order, up: FloatArray, cost: FloatArray, reached: BoolArray) -> None:
    """Go up the order from every node reached."""
    for node in range(cost.shape[0]):
        if reached[node]:
            for edge in range(order.first[node], order.first[node + 1]):
                if up[edge] < np.inf:
                    _lower(cost, order.high[edge], node, up[edge])


@compiled
def _come_down(
    order: Order, down: FloatArray, cost: FloatArray, reached: BoolArray, above_goals: IntArray
) -> None:
    """Come down the order to the nodes that lead to a goal, and mark those that are reached."""
    for turn in range(above_goals.shape[0] - 1, -1, -1):
        node = above_goals[turn]
        for edge in range(order.first[node], order.first[node + 1]):
            if down[edge] < np.inf and reached[order.high[edge]]:
                if not reached[node]:
                    reached[node] = True
                    cost[node, :] = np.inf
                _lower(cost, node, order.high[edge], down[edge])


@compiled
def _lower(cost: FloatArray, node: int, other: int, step: float) -> None:
    """Lower the costs at a node to those over a neighbour.

    By index: a row taken out as an array of its own costs more than the sums.
    """
    for place in range(cost.shape[1]):
        cost[node, place] = min(cost[node, place], cost[other, place] + step)


@compiled
def _get_off(
    goals: Stops,
    layer: int,
    cost: FloatArray,
    reached: BoolArray,
    at_goal: FloatArray,
    together: IntArray,
    found: FloatArray,
) -> None:
    """Write down the least costs at the goals' nodes."""
    for goal in range(found.shape[1]):
        at_goal[:] = np.inf
        for tie in range(goals.first[goal], goals.first[goal + 1]):
            node, off = goals.node[tie], goals.cost[layer, tie]
            if reached[node]:
                for place in range(at_goal.shape[0]):
                    at_goal[place] = min(at_goal[place], cost[node, place] + off)
        for place in range(together.shape[0]):
            found[together[place], goal] = at_goal[place]


@compiled
def load_edges(
    order: Order,
    up: FloatArray,
    down: FloatArray,
    sources: Stops,
    goals: Stops,
    above_goals: IntArray,
    demand: FloatArray,
    block: int,
) -> tuple[FloatArray, FloatArray]:
    """Carry demands over the shortcuts of their least-cost paths.

    Parameters
    ----------
    order, sources, goals, above_goals, block
        As in `sweep`, for one set of costs: the first.
    up, down
        ``[edges]`` from `fill_shortcuts`.
    demand
        ``[Q, S, G]`` Q quantities at once; what has no way is left.

    Returns
    -------
    tuple
        ``[Q, edges]`` up and down.
    """
    kinds, nodes = demand.shape[0], order.first.shape[0] - 1
    count = sources.first.shape[0] - 1
    over_up, over_down = np.zeros((kinds, up.shape[0])), np.zeros((kinds, up.shape[0]))
    cost = np.empty((nodes, block))
    reached = np.zeros(nodes, np.bool_)
    by_up, by_down = np.empty((nodes, block), np.int64), np.empty((nodes, block), np.int64)
    flow = np.empty((kinds, nodes, block))
    low_of = _low_ends(order)
    for begin in range(0, count, block):
        past = min(begin + block, count)
        cost[:, :] = np.inf
        reached[:] = False
        by_up[:, :] = -1
        by_down[:, :] = -1
        flow[:, :, :] = 0.0
        _come_on(order, sources, 0, np.arange(begin, past), cost, reached)
        _climb_noting(order, up, cost, reached, by_up)
        _come_down_noting(order, down, cost, above_goals, by_down)
        _put_off(goals, cost, demand[:, begin:past], flow)
        for turn in range(above_goals.shape[0]):
            node = above_goals[turn]
            _carry_on(node, by_down[node], order.high, flow, over_down)
        # What has come to a node that was reached on the way up goes back down to its source.
        for node in range(nodes - 1, -1, -1):
            if reached[node]:
                _carry_on(node, by_up[node], low_of, flow, over_up)
    return over_up, over_down


@compiled
def _carry_on(
    node: int, by: IntArray, towards: IntArray, flow: FloatArray, over: FloatArray
) -> None:
    """Move what is at a node over the edges by which it was reached."""
    for place in range(by.shape[0]):
        edge = by[place]
        if edge >= 0:
            for kind in range(flow.shape[0]):
                amount = flow[kind, node, place]
                over[kind, edge] += amount
                flow[kind, towards[edge], place] += amount
                flow[kind, node, place] = 0.0


@compiled
def _climb_noting(
    order: Order, up: FloatArray, cost: FloatArray, reached: BoolArray, by: IntArray
) -> None:
    """Go up the order from every node reached, and write down the edges."""
    for node in range(cost.shape[0]):
        if reached[node]:
            for edge in range(order.first[node], order.first[node + 1]):
                if up[edge] < np.inf:
                    _note(cost, by, order.high[edge], node, up[edge], edge)


@compiled
def _come_down_noting(
    order: Order, down: FloatArray, cost: FloatArray, above_goals: IntArray, by: IntArray
) -> None:
    """Come down the order to the nodes that lead to a goal, and write down the edges."""
    for turn in range(above_goals.shape[0] - 1, -1, -1):
        node = above_goals[turn]
        for edge in range(order.first[node], order.first[node + 1]):
            if down[edge] < np.inf:
                _note(cost, by, node, order.high[edge], down[edge], edge)


@compiled
def _note(cost: FloatArray, by: IntArray, node: int, other: int, step: float, edge: int) -> None:
    """Lower the costs at a node to those over a neighbour, and write down the edge."""
    for place in range(cost.shape[1]):
        total = cost[other, place] + step
        if total < cost[node, place]:
            cost[node, place] = total
            by[node, place] = edge


@compiled
def _put_off(goals: Stops, cost: FloatArray, demand: FloatArray, flow: FloatArray) -> None:
    """Put what goes to each goal on the cheapest of its nodes."""
    for goal in range(demand.shape[2]):
        for place in range(demand.shape[1]):
            best, least = -1, np.inf
            for tie in range(goals.first[goal], goals.first[goal + 1]):
                total = cost[goals.node[tie], place] + goals.cost[0, tie]
                if total < least:
                    best, least = goals.node[tie], total
            if best >= 0:
                for kind in range(demand.shape[0]):
                    flow[kind, best, place] += demand[kind, place, goal]


@compiled
def _low_ends(order: Order) -> IntArray:
    """Find the lower node of every edge."""
    found = np.empty(order.high.shape[0], np.int64)
    for node in range(order.first.shape[0] - 1):
        for edge in range(order.first[node], order.first[node + 1]):
            found[edge] = node
    return found


@compiled
def unpack(triangles: Triangles, own: Both, cost: Both, over: Both) -> None:
    """Pass what goes over shortcuts on to the edges below, in place, until only arcs carry.

    Parameters
    ----------
    triangles
        Of the elimination.
    own, cost
        ``[edges]`` cost of the arcs themselves, and of the shortcuts.
    over
        ``[Q, edges]`` what goes over them.
    """
    turned = Triangles(triangles.first, triangles.high, triangles.low)
    for edge in range(triangles.first.shape[0] - 2, -1, -1):
        if cost.up[edge] < own.up[edge]:
            _pass_on(triangles, edge, cost, cost.up, over, over.up)
        if cost.down[edge] < own.down[edge]:
            _pass_on(turned, edge, cost, cost.down, over, over.down)


@compiled
def _pass_on(
    triangles: Triangles, edge: int, cost: Both, whole: FloatArray, over: Both, mine: FloatArray
) -> None:
    """Pass what goes over a shortcut on to the triangle that it stands for.

    A way over a triangle goes down its first edge (`low`) and up its second (`high`).
    """
    if not mine[:, edge].any():
        return
    for triangle in range(triangles.first[edge], triangles.first[edge + 1]):
        down, up = triangles.low[triangle], triangles.high[triangle]
        # The sum is formed as when the shortcut was filled, so that it is the same.
        if cost.down[down] + cost.up[up] == whole[edge]:
            over.down[:, down] += mine[:, edge]
            over.up[:, up] += mine[:, edge]
            mine[:, edge] = 0.0
            return
