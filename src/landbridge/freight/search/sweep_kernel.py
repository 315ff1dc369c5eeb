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


class Stops(NamedTuple):
    """Where ways start or end: `sweeps.Ends`, its nodes by rank."""

    first: IntArray
    node: IntArray
    cost: FloatArray


@compiled
def fill_shortcuts(triangles: Triangles, up: FloatArray, down: FloatArray) -> None:
    """Lower the costs of edges to those of the ways below them, in place.

    Parameters
    ----------
    triangles
        Of the elimination.
    up, down
        ``[K, edges]`` cost of the arcs themselves; afterwards of the shortcuts.
    """
    for layer in range(up.shape[0]):
        out, back = up[layer], down[layer]
        # An edge's triangles stand on edges of lower nodes, which come before it.
        for edge in range(triangles.first.shape[0] - 1):
            least_out, least_back = out[edge], back[edge]
            for triangle in range(triangles.first[edge], triangles.first[edge + 1]):
                low, high = triangles.low[triangle], triangles.high[triangle]
                least_out = min(least_out, back[low] + out[high])
                least_back = min(least_back, back[high] + out[low])
            out[edge], back[edge] = least_out, least_back


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
    cost = np.empty((nodes, block))
    reached = np.zeros(nodes, np.bool_)
    for layer in range(layers):
        for begin in range(0, count, block):
            past = min(begin + block, count)
            cost[:, :] = np.inf
            reached[:] = False
            _come_on(order, sources, layer, begin, past, cost, reached)
            _climb(order, up[layer], cost, reached)
            _come_down(order, down[layer], cost, above_goals)
            _get_off(goals, layer, cost, found[layer, begin:past])
    return found


@compiled
def _come_on(
    order: Order,
    sources: Stops,
    layer: int,
    begin: int,
    past: int,
    cost: FloatArray,
    reached: BoolArray,
) -> None:
    """Put the sources of a block on their nodes, and mark all nodes above these."""
    for place in range(begin, past):
        for tie in range(sources.first[place], sources.first[place + 1]):
            node = sources.node[tie]
            cost[node, place - begin] = min(cost[node, place - begin], sources.cost[layer, tie])
            while node >= 0 and not reached[node]:
                reached[node] = True
                node = order.parent[node]


@compiled
def _climb(order: Order, up: FloatArray, cost: FloatArray, reached: BoolArray) -> None:
    """Go up the order from every node reached."""
    for node in range(cost.shape[0]):
        if reached[node]:
            for edge in range(order.first[node], order.first[node + 1]):
                if up[edge] < np.inf:
                    _lower(cost[order.high[edge]], cost[node], up[edge])


@compiled
def _come_down(order: Order, down: FloatArray, cost: FloatArray, above_goals: IntArray) -> None:
    """Come down the order to the nodes that lead to a goal."""
    for turn in range(above_goals.shape[0] - 1, -1, -1):
        node = above_goals[turn]
        for edge in range(order.first[node], order.first[node + 1]):
            if down[edge] < np.inf:
                _lower(cost[node], cost[order.high[edge]], down[edge])


@compiled
def _lower(cost: FloatArray, other: FloatArray, step: float) -> None:
    """Lower the costs at a node to those over a neighbour."""
    for place in range(cost.shape[0]):
        cost[place] = min(cost[place], other[place] + step)


@compiled
def _get_off(goals: Stops, layer: int, cost: FloatArray, found: FloatArray) -> None:
    """Lower what is found to the costs at the goals' nodes."""
    for goal in range(found.shape[1]):
        for tie in range(goals.first[goal], goals.first[goal + 1]):
            node, off = goals.node[tie], goals.cost[layer, tie]
            for place in range(found.shape[0]):
                found[place, goal] = min(found[place, goal], cost[node, place] + off)


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
        _come_on(order, sources, 0, begin, past, cost, reached)
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
