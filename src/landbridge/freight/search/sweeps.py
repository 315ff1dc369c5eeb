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
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import InputError
from landbridge.freight.network.cost_graph import CostGraph, Structure
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.search.elimination import Elimination, ancestors, eliminate, slots_of
from landbridge.freight.search.engine import EliminationEngine
from landbridge.units import BoolArray, FloatArray, IntArray

BLOCK = 128
"""Sources swept together: with fewer, looking up edges takes longer than the sums."""
LANES = 8
LAYOUTS_KEPT = 8
GOALS_KEPT = 4
LEAST_COST = 1e-9
"""Added to every arc for scipy's trees, to which an arc that is free is none."""


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
    return costed(structure, weights).between(sources, goals)


@dataclass(frozen=True, eq=False)
class Costed:
    """Sets of costs on a structure, ready for searches.

    Attributes
    ----------
    structure
        Which nodes are joined.
    weights
        ``[K, arcs]``.
    shortcuts
        ``[K, edges]`` up and down; None without compiled loops.
    """

    structure: Structure
    weights: FloatArray
    shortcuts: tuple[FloatArray, FloatArray] | None

    def at(self, sets: IntArray) -> Costed:
        """Pick some of the sets of costs."""
        ways = self.shortcuts
        return Costed(
            self.structure,
            self.weights[sets],
            None if ways is None else (ways[0][sets], ways[1][sets]),
        )

    def between(self, sources: Ends, goals: Ends) -> FloatArray:
        """Compute least costs from every source to every goal, ``[K, S, G]``."""
        kernel = _kernel()
        if kernel is None or self.shortcuts is None:
            return by_engine(self.structure, self.weights, sources, goals)
        if goals.count < sources.count:
            # Fewer ways are swept from the other side, on the graph turned round.
            up, down = self.shortcuts
            turned = Costed(self.structure, self.weights, (down, up))
            return turned.between(goals, sources).transpose(0, 2, 1)
        layout = _layout(self.structure)
        parts = _Parts(kernel, layout.elimination)
        starts, stops = parts.stops(sources), parts.stops(goals)
        found: FloatArray = kernel.sweep(
            parts.order,
            *self.shortcuts,
            starts,
            stops,
            layout.above(stops.node),
            _width(sources.count),
        )
        return found

    def with_change(
        self, other: Costed, over: BoolArray, sources: Ends, goals: Ends
    ) -> tuple[FloatArray, FloatArray]:
        """Compute least costs, and those of ways that change over to other costs once.

        Parameters
        ----------
        other
            As many sets of costs on the same structure.
        over
            ``[arcs]`` by which the change is made, at the cost that they have in `other`.
        sources, goals
            S and G ends.

        Returns
        -------
        tuple
            ``[K, S, G]`` each.
        """
        kernel = _kernel()
        if kernel is None or self.shortcuts is None or other.shortcuts is None:
            return self._on_two_copies(other, over, sources, goals)
        layout = _layout(self.structure)
        parts = _Parts(kernel, layout.elimination)
        starts, stops = parts.stops(sources), parts.stops(goals)
        rank = layout.elimination.rank
        leave, come = rank[self.structure.start[over]], rank[self.structure.end[over]]
        above = layout.above(np.concatenate((stops.node, leave))), layout.above(stops.node)
        found: tuple[FloatArray, FloatArray] = kernel.sweep_twice(
            parts.order,
            kernel.Both(*self.shortcuts),
            kernel.Both(*other.shortcuts),
            kernel.Over(leave, come, other.weights[:, over]),
            starts,
            stops,
            above,
            _width(sources.count),
        )
        return found

    def _on_two_copies(
        self, other: Costed, over: BoolArray, sources: Ends, goals: Ends
    ) -> tuple[FloatArray, FloatArray]:
        """Do the same on a graph of two copies, with the arcs of the change between them."""
        twice = _doubled(self.structure, over)
        size = self.structure.nodes
        weights = np.concatenate((self.weights, other.weights, other.weights[:, over]), axis=1)
        second = Ends(goals.first, goals.node + size, goals.cost)
        return (
            by_engine(self.structure, self.weights, sources, goals),
            by_engine(twice, weights, sources, second),
        )


def costed(structure: Structure, weights: FloatArray) -> Costed:
    """Make sets of costs ready for searches.

    Parameters
    ----------
    structure, weights
        As in `least_costs`.

    Raises
    ------
    InputError
        A cost is negative or missing.
    """
    if not (weights >= 0).all():
        raise InputError("costs of arcs must be zero or more; infinite closes an arc")
    kernel = _kernel()
    if kernel is None:
        return Costed(structure, weights, None)
    layout = _layout(structure)
    shortcuts = _Parts(kernel, layout.elimination).shortcuts(*layout.on_edges(weights))
    return Costed(structure, weights, shortcuts)


def _doubled(structure: Structure, over: BoolArray) -> Structure:
    """Lay out two copies of a graph, and after their arcs some from the first to the second."""
    start, end, size = structure.start, structure.end, structure.nodes
    return Structure(
        2 * size,
        np.concatenate((start, start + size, start[over])),
        np.concatenate((end, end + size, end[over] + size)),
    )


def load(
    structure: Structure, weight: FloatArray, sources: Ends, goals: Ends, demand: FloatArray
) -> FloatArray:
    """Carry demands along least-cost paths to the arcs; of equal ways one takes all.

    Parameters
    ----------
    structure
        Which nodes are joined.
    weight
        ``[arcs]`` zero or more; infinite where an arc is closed.
    sources, goals
        S and G ends, for this one set of costs.
    demand
        ``[Q, S, G]`` Q quantities that go together, zero where there is no way.

    Returns
    -------
    FloatArray
        ``[Q, arcs]`` in the units of the demand.

    Raises
    ------
    InputError
        A cost is negative or missing.
    """
    if not (weight >= 0).all():
        raise InputError("costs of arcs must be zero or more; infinite closes an arc")
    kernel = _kernel()
    if kernel is None:
        return load_by_trees(structure, weight, sources, goals, demand)
    layout = _layout(structure)
    parts = _Parts(kernel, layout.elimination)
    own_up, own_down = layout.on_edges(weight[None])
    up, down = parts.shortcuts(own_up, own_down)
    starts, stops = parts.stops(sources), parts.stops(goals)
    above = layout.above(stops.node)
    over_up, over_down = kernel.load_edges(
        parts.order, up[0], down[0], starts, stops, above, demand, BLOCK
    )
    both = kernel.Both
    own, cost, over = both(own_up[0], own_down[0]), both(up[0], down[0]), both(over_up, over_down)
    kernel.unpack(parts.triangles, own, cost, over)
    return layout.on_arcs(weight, np.concatenate(over, axis=1))


def load_by_trees(
    structure: Structure, weight: FloatArray, sources: Ends, goals: Ends, demand: FloatArray
) -> FloatArray:
    """Do what `load` does with scipy's trees alone; the oracle of the compiled loops.

    Each source is a node of its own, joined to its nodes at what they cost; each goal likewise.
    """
    nodes, first_goal = structure.nodes, structure.nodes + sources.count
    size = first_goal + goals.count
    of_source = np.repeat(np.arange(sources.count), np.diff(sources.first)) + nodes
    of_goal = np.repeat(np.arange(goals.count), np.diff(goals.first)) + first_goal
    start = np.concatenate((structure.start, of_source, goals.node))
    end = np.concatenate((structure.end, sources.node, of_goal))
    costs = np.concatenate((weight, sources.cost[0], goals.cost[0])) + LEAST_COST
    graph, used = least_arcs(start, end, costs, size)
    at = nodes + np.arange(sources.count)
    before = dijkstra(graph, indices=at, return_predecessors=True)[1].astype(np.int64)
    key = start[used] * size + end[used]
    order = np.argsort(key)
    key, used = key[order], used[order]
    found = np.zeros((len(demand), len(costs)))
    source, goal = np.nonzero((demand != 0).any(axis=0))
    amount, here = demand[:, source, goal], goal + first_goal
    while len(here):
        above = before[source, here]
        going = above >= 0
        source, here, above, amount = source[going], here[going], above[going], amount[:, going]
        arc = used[np.searchsorted(key, above * size + here)]
        for kind, one in enumerate(amount):
            np.add.at(found[kind], arc, one)
        here = above
    return found[:, : len(weight)]


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


def _width(sources: int) -> int:
    """Choose how many sources are swept together: a multiple of what one instruction adds up."""
    blocks = max(-(-sources // BLOCK), 1)
    return max(-(-sources // (blocks * LANES)), 1) * LANES


@cache
def _kernel() -> ModuleType | None:
    """Import the compiled loops; None where numba is missing."""
    try:
        from landbridge.freight.search import sweep_kernel  # noqa: PLC0415 - takes half a second
    except ImportError:
        return None
    return sweep_kernel


class _Parts:
    """An elimination as the compiled loops take it."""

    def __init__(self, kernel: ModuleType, elimination: Elimination) -> None:
        self._kernel, self._rank = kernel, elimination.rank
        self.order = kernel.Order(elimination.first, elimination.high, elimination.parent)
        self.triangles = kernel.Triangles(
            elimination.triangle_first, elimination.triangle_low, elimination.triangle_high
        )

    def shortcuts(self, up: FloatArray, down: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compute the costs of shortcuts, ``[K, edges]`` up and down, from those of arcs."""
        both = np.ascontiguousarray(np.concatenate((up, down)).T)
        self._kernel.fill_shortcuts(self.triangles, both)
        filled_up, filled_down = np.split(np.ascontiguousarray(both.T), 2)
        return filled_up, filled_down

    def stops(self, ends: Ends) -> Any:  # noqa: ANN401 - the kernel's own type
        """Turn the nodes of ends into ranks."""
        return self._kernel.Stops(ends.first, self._rank[ends.node], ends.cost)


class _Layout:
    """An elimination, and where the arcs of a structure lie on its edges."""

    def __init__(self, structure: Structure) -> None:
        self.elimination = eliminate(structure.start, structure.end, structure.nodes)
        found = slots_of(self.elimination, structure.start, structure.end)
        self._arcs, self._slots, self._begin = found.arcs, found.slots, found.begin
        self._above: dict[bytes, IntArray] = {}

    def on_edges(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Put the cheapest of parallel arcs on every edge, ``[K, edges]`` up and down."""
        own = np.full((len(weights), 2 * self.elimination.edges), np.inf)
        if len(self._slots):
            own[:, self._slots] = np.minimum.reduceat(weights[:, self._arcs], self._begin, axis=1)
        up, down = np.split(own, 2, axis=1)
        return up.copy(), down.copy()

    def on_arcs(self, weight: FloatArray, over: FloatArray) -> FloatArray:
        """Lay what goes over edges, ``[Q, 2 edges]``, on their cheapest arcs, ``[Q, arcs]``."""
        own = weight[self._arcs]
        count = np.diff(np.append(self._begin, len(own)))
        least = np.repeat(np.minimum.reduceat(own, self._begin), count)
        hits = np.flatnonzero(own == least)
        first = hits[np.searchsorted(hits, self._begin)]
        found = np.zeros((len(over), len(weight)))
        found[:, self._arcs[first]] = over[:, self._slots]
        return found

    def above(self, ranks: IntArray) -> IntArray:
        """Find ranks and all their ancestors, rising."""
        key = ranks.tobytes()
        if key not in self._above:
            while len(self._above) >= GOALS_KEPT:
                del self._above[next(iter(self._above))]
            self._above[key] = ancestors(self.elimination, ranks)
        return self._above[key]


def _layout(structure: Structure) -> _Layout:
    """Find the layout of a structure, or recall it: the last few are kept by their fingerprint."""
    found = _LAYOUTS.pop(structure.key, None) or _Layout(structure)
    _LAYOUTS[structure.key] = found
    while len(_LAYOUTS) > LAYOUTS_KEPT:
        _LAYOUTS.popitem(last=False)
    return found


_LAYOUTS: OrderedDict[str, _Layout] = OrderedDict()
