"""Costs between economies by main mode, for the choice among modes.

For every pair of road layers where economies come on, the best way by road alone, by rail and by
sea is found (`modes.favour`); a way that is found for a mode and is mainly by another is not one
of it. The least-cost way counts for its own main mode, so the least of the modes is the least cost
exactly. Ports that only the sea reaches have one way, by sea.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.costs import FreightDraw, FreightParameters, arc_costs
from landbridge.freight.modes import MAIN_MODES, MainMode, favour, main_mode_of
from landbridge.freight.network import FreightNetwork
from landbridge.freight.sea import least_arcs
from landbridge.freight.ways import arc_modes
from landbridge.units import FloatArray, IntArray

TILTS = (2.0,)
"""One search a mode between economies, where `modes.TILTS` has two for a trip: for time."""
SEA = MAIN_MODES.index("sea")


def costs_by_mode(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    layers: IntArray,
    least: FloatArray,
) -> FloatArray:
    """Split least costs between road layers by main mode.

    Parameters
    ----------
    network, parameters, draw
        As in `skims.skims`.
    layers
        K layer numbers, those of ports that only the sea reaches included.
    least
        ``[K, K]`` least generalised costs.

    Returns
    -------
    FloatArray
        ``[M, K, K]`` generalised cost of the best way of each of `modes.MAIN_MODES`; infinite
        where there is none. The least over modes is `least`.
    """
    found = np.full((len(MAIN_MODES), *least.shape), np.inf)
    found[SEA] = least
    inner = np.flatnonzero(layers < network.core_layers)
    if not len(inner):
        return found
    here = np.ix_(inner, inner)
    search = _Search(network, parameters, draw, layers[inner])
    there = np.isfinite(least[here])
    _, mode_of_least = search.costs(search.general)
    for place, mode in enumerate(MAIN_MODES):
        costs = np.full((len(inner), len(inner)), np.inf)
        for weights in search.weights(mode):
            cost, way = search.costs(weights)
            costs = np.where(way == place, np.minimum(costs, cost), costs)
        own = there & (mode_of_least == place)
        found[place][here] = np.where(own, least[here], np.maximum(costs, least[here]))
    return found


class _Search:
    """Searches on the contracted network, each from all layers at once."""

    def __init__(
        self,
        network: FreightNetwork,
        parameters: FreightParameters,
        draw: FreightDraw | None,
        layers: IntArray,
    ) -> None:
        hours, usd = arc_costs(network, parameters, draw)
        core = network.arcs.core
        self.small = network.contraction
        self.goals = self.small.positions(layers)
        self.general = (usd + parameters.usd_per_tonne_hour * hours)[:core]
        self.modes = arc_modes(network)[:core]
        km = network.arcs.km[:core]
        by_mode = [np.where(self.modes == mode, km, 0.0) for mode in MAIN_MODES]
        self.parts = np.stack([self.small.sums(part) for part in (self.general, *by_mode)])

    def weights(self, mode: MainMode) -> list[FloatArray]:
        """Give the weights of arcs for a mode's best ways; none where it has no line haul."""
        if mode not in self.modes:
            return []
        return favour(self.general, self.modes, mode, tilts=TILTS)

    def costs(self, weights: FloatArray) -> tuple[FloatArray, np.ndarray]:
        """Give ``[K, K]`` true costs of the ways of least weight, and their main modes."""
        small, size = self.small, len(self.small.layers)
        graph, used = least_arcs(small.start, small.end, small.sums(weights), size)
        least, before = dijkstra(graph, indices=self.goals, return_predecessors=True)
        keys = small.start[used] * size + small.end[used]
        sums = along(before, self.goals, keys, self.parts[:, used])
        sums[:, ~np.isfinite(least[:, self.goals])] = np.inf
        road, rail, sea, air = np.where(np.isfinite(sums[1:]), sums[1:], 0.0)
        return sums[0], main_mode_of(road, rail, sea, air)


def along(before: np.ndarray, goals: IntArray, keys: IntArray, values: FloatArray) -> FloatArray:
    """Add up values of arcs along trees, from each root to each goal.

    A node's parent stands before it in the order of the tree; pointing at the parent's parent,
    again and again, doubles the stretch whose values are summed, until all point at the roots.

    Parameters
    ----------
    before
        ``[S, nodes]`` parent of each node in the tree of each root, negative at the root.
    goals
        Node numbers.
    keys
        Start times the number of nodes plus end of each arc, rising.
    values
        ``[V, arcs]``.

    Returns
    -------
    FloatArray
        ``[V, S, goals]``.
    """
    count, size = before.shape
    node = np.arange(size)
    child = before >= 0
    parent = np.where(child, before, node)
    place = np.searchsorted(keys, np.where(child, parent * size + node, keys[0]))
    sums = np.where(child, values[:, place], 0.0).reshape(len(values), -1)
    jump = (parent + np.arange(count)[:, None] * size).ravel()
    while True:
        further = jump[jump]
        if np.array_equal(further, jump):
            break
        sums += sums[:, jump]
        jump = further
    return np.asarray(sums.reshape(len(values), count, size)[:, :, goals])
