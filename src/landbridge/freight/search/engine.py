"""Engines that find least costs between many nodes of a graph.

Three engines, one contract: least sums of non-negative costs, infinite where there is no way.

* `DijkstraEngine`: scipy's Dijkstra from each source. Nothing is kept; the oracle.
* `EliminationEngine`: shortcuts over an order of elimination (`elimination`, `shortcuts`,
  `climb`, `meeting`), in double precision, with scipy and numpy alone. The default.
* `CchEngine`: the same method in the package pyroutingkit, where it is installed. It counts in
  31-bit integers, so it is exact only where all costs are whole numbers of one small unit; it
  takes such graphs and refuses the others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import UnknownNameError, suggest
from landbridge.freight.network.cost_graph import CostGraph, Engine, Structure, fingerprint
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.search.cch import CchEngine
from landbridge.freight.search.climb import Climb, plan
from landbridge.freight.search.elimination import Elimination, eliminate, ranges, slots_of
from landbridge.freight.search.meeting import meet
from landbridge.freight.search.shortcuts import Shortcuts, fill, least_of, mend
from landbridge.units import FloatArray, IntArray

Kept = TypeVar("Kept")

# Entries of a matrix that Dijkstra's algorithm fills at once, so that memory stays bounded.
CHUNK = 1 << 24
# Up to this share of arcs with other costs, shortcuts are mended rather than filled anew.
FEW = 0.02
STRUCTURES_KEPT = 4
PLANS_KEPT = 8


class DijkstraEngine:
    """Dijkstra's algorithm from each source, by scipy."""

    name = "dijkstra"

    def matrix(self, graph: CostGraph, sources: IntArray, goals: IntArray) -> FloatArray:
        """Compute least costs from every source to every goal, as `Engine.matrix`."""
        structure = graph.structure
        sparse, used = least_arcs(structure.start, structure.end, graph.values[0], structure.nodes)
        carried = graph.values[1:, used]
        keys = structure.start[used] * structure.nodes + structure.end[used]
        found = np.full((len(graph.values), len(sources), len(goals)), np.inf)
        step = max(1, CHUNK // max(structure.nodes, 1))
        for first in range(0, len(sources), step):
            part = sources[first : first + step]
            if not len(carried):
                found[0, first : first + step] = dijkstra(sparse, indices=part)[:, goals]
                continue
            least, before = dijkstra(sparse, indices=part, return_predecessors=True)
            found[0, first : first + step] = least[:, goals]
            found[1:, first : first + step] = _along(before, goals, keys, carried)
        found[1:, ~np.isfinite(found[0])] = np.inf
        return found


def _along(before: np.ndarray, goals: IntArray, keys: IntArray, values: FloatArray) -> FloatArray:
    """Add up values of arcs back from the goals along trees, ``[carried, S, G]``."""
    nodes = before.shape[1]
    row = np.repeat(np.arange(len(before)), len(goals))
    here = np.tile(goals, len(before))
    sums = np.zeros((len(values), len(here)))
    entry = np.arange(len(here))
    while len(entry):
        above = before[row[entry], here[entry]].astype(np.int64)
        further = above >= 0
        entry, above = entry[further], above[further]
        sums[:, entry] += values[:, np.searchsorted(keys, above * nodes + here[entry])]
        here[entry] = above
    return sums.reshape(len(values), len(before), len(goals))


class EliminationEngine:
    """Shortcuts over an order of elimination, kept for the next costs of the same structure.

    Structures are kept by their fingerprint, and each with the costs that its shortcuts stand
    for. Costs asked for are compared with these arc by arc: where any differ, the shortcuts are
    brought up to date first, so that no answer of earlier costs is ever given.
    """

    name = "elimination"

    def __init__(self) -> None:
        self._states: OrderedDict[str, _State] = OrderedDict()
        self._plans: OrderedDict[str, Climb] = OrderedDict()

    def matrix(self, graph: CostGraph, sources: IntArray, goals: IntArray) -> FloatArray:
        """Compute least costs from every source to every goal, as `Engine.matrix`."""
        key = graph.structure.key
        # Taken out while it changes: after an interruption it is not there, rather than half done.
        state = self._states.pop(key, None) or _State(graph.structure)
        state.update(graph.values)
        _keep(self._states, key, state, STRUCTURES_KEPT)
        starts, start_at = np.unique(sources, return_inverse=True)
        ends, end_at = np.unique(goals, return_inverse=True)
        out = self._plan(state.elimination, key, starts)
        back = self._plan(state.elimination, key, ends)
        same = starts[out.order][:, None] == ends[back.order][None, :]
        least = meet(state.shortcuts, out, back, same=same)
        least[1:, ~np.isfinite(least[0])] = np.inf
        rows, columns = np.argsort(out.order)[start_at], np.argsort(back.order)[end_at]
        return np.asarray(least[:, rows[:, None], columns[None, :]])

    def _plan(self, elimination: Elimination, key: str, ends: IntArray) -> Climb:
        of_ends = fingerprint(ends) + key
        found = self._plans.pop(of_ends, None) or plan(elimination, elimination.rank[ends])
        _keep(self._plans, of_ends, found, PLANS_KEPT)
        return found


class _State:
    """An elimination, the arcs on its edges (`Slots`), and the shortcuts for the costs of now."""

    def __init__(self, structure: Structure) -> None:
        self.elimination = eliminate(structure.start, structure.end, structure.nodes)
        found = slots_of(self.elimination, structure.start, structure.end)
        self.arcs, self.slots, self.begin = found.arcs, found.slots, found.begin
        self.past = np.append(self.begin, len(self.arcs))[1:]
        self.group = np.full(len(structure.start), -1, dtype=np.int64)
        self.group[self.arcs] = np.repeat(np.arange(len(self.slots)), self.past - self.begin)
        self.values: FloatArray = np.zeros((0, 0))
        self.shortcuts: Shortcuts

    def update(self, values: FloatArray) -> None:
        """Bring the shortcuts up to date with the arcs' costs."""
        if self.values.shape == values.shape:
            changed = np.flatnonzero((self.values != values).any(axis=0))
            if len(changed) <= FEW * values.shape[1]:
                self._mend(values, changed)
                self.values = values
                return
        own = np.zeros((len(values), 2 * self.elimination.edges))
        own[0] = np.inf
        own[:, self.slots] = self._cheapest(values, np.arange(len(self.slots)))
        up, down = np.split(own, 2, axis=1)
        self.shortcuts = fill(self.elimination, up.copy(), down.copy())
        self.values = values

    def _mend(self, values: FloatArray, changed: IntArray) -> None:
        groups = np.unique(self.group[changed])
        groups = groups[groups >= 0]
        if not len(groups):
            return
        slots, best = self.slots[groups], self._cheapest(values, groups)
        count = self.elimination.edges
        edges = np.unique(slots % count)
        up, down = self.shortcuts.own_up[:, edges], self.shortcuts.own_down[:, edges]
        upward = slots < count
        up[:, np.searchsorted(edges, slots[upward])] = best[:, upward]
        down[:, np.searchsorted(edges, slots[~upward] - count)] = best[:, ~upward]
        self.shortcuts = mend(self.shortcuts, edges, up, down)

    def _cheapest(self, values: FloatArray, groups: IntArray) -> FloatArray:
        """Find the cheapest of the parallel arcs in each of some slots that have any."""
        if not len(groups):
            return np.zeros((len(values), 0))
        begin = self.begin[groups]
        count = self.past[groups] - begin
        found = values[:, self.arcs[ranges(begin, count)]]
        # What is carried over a closed arc is no number; nothing is added to it.
        found[1:, ~np.isfinite(found[0])] = 0.0
        return least_of(found, np.cumsum(count) - count)


def engine_named(name: str = EliminationEngine.name) -> Engine:
    """Find an engine by its name: ``elimination``, ``dijkstra`` or ``cch``.

    Parameters
    ----------
    name
        The name.

    Raises
    ------
    UnknownNameError
        There is no such engine.
    InputError
        ``cch`` is asked for and pyroutingkit is not installed.
    """
    known: dict[str, Callable[[], Engine]] = {
        EliminationEngine.name: EliminationEngine,
        DijkstraEngine.name: DijkstraEngine,
        CchEngine.name: CchEngine,
    }
    if name not in known:
        raise UnknownNameError(
            f"'{name}' is not an engine.",
            mend=suggest(name, known) or f"Engines are {', '.join(known)}.",
        )
    return known[name]()


def _keep(store: OrderedDict[str, Kept], key: str, value: Kept, most: int) -> None:
    store[key] = value
    while len(store) > most:
        store.popitem(last=False)
