"""Least costs for several sets of costs on one structure, between ends of several nodes each.

The method is that of `elimination`. The ways of all sources climb the order of elimination
together, and come down it again to whatever is asked for (Delling, Goldberg, Nowatzyk and Werneck
2013, PHAST, Journal of Parallel and Distributed Computing 73). The loops are compiled
(`sweep_kernel`); where numba is missing, `EliminationEngine` finds the same costs, several times
slower.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np

from landbridge.errors import InputError
from landbridge.freight.network.cost_graph import CostGraph, Structure
from landbridge.freight.search.elimination import eliminate
from landbridge.freight.search.engine import EliminationEngine
from landbridge.units import FloatArray, IntArray

BLOCK = 64
"""Sources swept together: their costs at all nodes stay in a processor's cache."""
LAYOUTS_KEPT = 8


@dataclass(frozen=True, eq=False)
class Ends:
    """Where ways start or end: E ends, each at some nodes, for K sets of costs.

    Attributes
    ----------
    first
        ``[E + 1]`` where the nodes of each end start; an end may have none.
    node
        ``[T]`` node numbers.
    cost
        ``[K, T]`` what it costs between an end and its node, zero or more.
    """

    first: IntArray
    node: IntArray
    cost: FloatArray

    @property
    def count(self) -> int:
        """Number of ends."""
        return len(self.first) - 1


def ends_at(nodes: IntArray, layers: int) -> Ends:
    """Put one end, free of cost, at each node; none where its number is negative.

    Parameters
    ----------
    nodes
        ``[E]`` node numbers.
    layers
        K, how many sets of costs there are.
    """
    known = nodes >= 0
    first = np.concatenate(([0], np.cumsum(known)))
    return Ends(first, nodes[known], np.zeros((layers, int(known.sum()))))


def grouped_ends(of: IntArray, node: IntArray, cost: FloatArray, count: int) -> Ends:
    """Group nodes by the end that they belong to.

    Parameters
    ----------
    of, node
        ``[T]`` end and node number of every tie.
    cost
        ``[K, T]`` what it costs.
    count
        E, how many ends there are.
    """
    order = np.argsort(of, kind="stable")
    first = np.concatenate(([0], np.cumsum(np.bincount(of, minlength=count))))
    return Ends(first, node[order], np.ascontiguousarray(cost[:, order]))


def least_costs(
    structure: Structure, weights: FloatArray, sources: Ends, goals: Ends
) -> FloatArray:
    """Compute least costs from every source to every goal, for every set of costs.

    Parameters
    ----------
    structure
        Which nodes are joined.
    weights
        ``[K, arcs]`` zero or more; infinite where an arc is closed.
    sources, goals
        S and G ends.

    Returns
    -------
    FloatArray
        ``[K, S, G]``; infinite where there is no way.

    Raises
    ------
    InputError
        A cost is negative or missing.
    """
    if not (weights >= 0).all():
        raise InputError("costs of arcs must be zero or more; infinite closes an arc")
    kernel = _kernel()
    if kernel is None:
        return by_engine(structure, weights, sources, goals)
    layout = _layout(structure)
    elimination = layout.elimination
    up, down = layout.on_edges(weights)
    kernel.fill_shortcuts(
        elimination.triangle_first, elimination.triangle_low, elimination.triangle_high, up, down
    )
    rank = elimination.rank
    starts = kernel.Stops(sources.first, rank[sources.node], sources.cost)
    stops = kernel.Stops(goals.first, rank[goals.node], goals.cost)
    order = kernel.Order(elimination.first, elimination.high, elimination.parent)
    found: FloatArray = kernel.sweep(
        order, up, down, starts, stops, layout.above(stops.node), BLOCK
    )
    return found


def by_engine(structure: Structure, weights: FloatArray, sources: Ends, goals: Ends) -> FloatArray:
    """Compute what `least_costs` does with numpy alone; the oracle of the compiled loops."""
    found = np.full((len(weights), sources.count, goals.count), np.inf)
    starts, start_at = np.unique(sources.node, return_inverse=True)
    stops, stop_at = np.unique(goals.node, return_inverse=True)
    if not len(starts) or not len(stops):
        return found
    engine = EliminationEngine()
    for layer, costs in enumerate(weights):
        between = engine.matrix(CostGraph(structure, costs[None]), starts, stops)[0]
        ways = between[start_at] + sources.cost[layer][:, None]
        out = _least_by(ways, sources)[:, stop_at] + goals.cost[layer]
        found[layer] = _least_by(out.T, goals).T
    return found


def _least_by(costs: FloatArray, ends: Ends) -> FloatArray:
    """Take the least over the nodes of each end, along the first axis."""
    found = np.full((ends.count, costs.shape[1]), np.inf)
    some = np.flatnonzero(np.diff(ends.first))
    found[some] = np.minimum.reduceat(costs, ends.first[some], axis=0)
    return found


@cache
def _kernel() -> ModuleType | None:
    """Import the compiled loops; None where numba is missing."""
    try:
        from landbridge.freight.search import sweep_kernel  # noqa: PLC0415 - takes half a second
    except ImportError:
        return None
    return sweep_kernel


class _Layout:
    """An elimination, and where the arcs of a structure lie on its edges."""

    def __init__(self, structure: Structure) -> None:
        self.elimination = eliminate(structure.start, structure.end, structure.nodes)
        rank = self.elimination.rank
        apart = np.flatnonzero(structure.start != structure.end)
        a, b = rank[structure.start[apart]], rank[structure.end[apart]]
        low, high = np.minimum(a, b), np.maximum(a, b)
        slot = self.elimination.edge_of(low, high)
        self.elimination.certify(slot, low, high)
        # An edge in the direction down the order stands behind all those up it.
        slot[a > b] += self.elimination.edges
        order = np.argsort(slot, kind="stable")
        self._arcs = apart[order]
        self._slots, self._begin = np.unique(slot[order], return_index=True)
        self._last: tuple[bytes, IntArray] | None = None

    def on_edges(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Put the cheapest of parallel arcs on every edge, ``[K, edges]`` up and down."""
        own = np.full((len(weights), 2 * self.elimination.edges), np.inf)
        if len(self._slots):
            own[:, self._slots] = np.minimum.reduceat(weights[:, self._arcs], self._begin, axis=1)
        up, down = np.split(own, 2, axis=1)
        return up.copy(), down.copy()

    def above(self, ranks: IntArray) -> IntArray:
        """Find ranks and all their ancestors, rising."""
        key = ranks.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = (key, self._ancestors(ranks))
        return self._last[1]

    def _ancestors(self, ranks: IntArray) -> IntArray:
        seen = np.zeros(self.elimination.nodes, dtype=bool)
        now = ranks
        while len(now):
            now = np.unique(now[~seen[now]])
            seen[now] = True
            now = self.elimination.parent[now]
            now = now[now >= 0]
        return np.flatnonzero(seen)


def _layout(structure: Structure) -> _Layout:
    """Find the layout of a structure, or recall it: the last few are kept by their fingerprint."""
    found = _LAYOUTS.pop(structure.key, None) or _Layout(structure)
    _LAYOUTS[structure.key] = found
    while len(_LAYOUTS) > LAYOUTS_KEPT:
        _LAYOUTS.popitem(last=False)
    return found


_LAYOUTS: OrderedDict[str, _Layout] = OrderedDict()
