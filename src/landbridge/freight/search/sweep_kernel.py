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


@compiled
def fill_shortcuts(
    triangle_first: IntArray,
    triangle_low: IntArray,
    triangle_high: IntArray,
    up: FloatArray,
    down: FloatArray,
) -> None:
    """Lower the costs of edges to those of the ways below them, in place.

    Parameters
    ----------
    triangle_first, triangle_low, triangle_high
        As in `Elimination`.
    up, down
        ``[K, edges]`` cost of the arcs themselves; afterwards of the shortcuts.
    """
    for layer in range(up.shape[0]):
        out, back = up[layer], down[layer]
        # An edge's triangles stand on edges of lower nodes, which come before it.
        for edge in range(triangle_first.shape[0] - 1):
            least_out, least_back = out[edge], back[edge]
            for triangle in range(triangle_first[edge], triangle_first[edge + 1]):
                low, high = triangle_low[triangle], triangle_high[triangle]
                least_out = min(least_out, back[low] + out[high])
                least_back = min(least_back, back[high] + out[low])
            out[edge], back[edge] = least_out, least_back


class Order(NamedTuple):
    """Edges and parents of an `Elimination`."""

    first: IntArray
    high: IntArray
    parent: IntArray


class Stops(NamedTuple):
    """Where ways start or end: `sweeps.Ends`, its nodes by rank."""

    first: IntArray
    node: IntArray
    cost: FloatArray


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
