"""Length, time and cost of several trips at once, without their legs: what draws need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.costs import FreightDraw, FreightParameters, arc_costs, sea_rates
from landbridge.freight.network import FreightNetwork
from landbridge.freight.sea import least_arcs
from landbridge.freight.ways import doors, sea_arcs
from landbridge.units import FloatArray


def trip_totals(
    network: FreightNetwork,
    parameters: FreightParameters,
    trips: Sequence[tuple[str, str]],
    *,
    draw: FreightDraw | None = None,
) -> FloatArray:
    """Give the totals of least-cost trips (as `routes.best_trip`, many at once).

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    trips
        Pairs of place ids.
    draw
        The rows' own uncertainty; neutral when absent.

    Returns
    -------
    FloatArray
        ``[trips, 4]`` km, hours, USD per tonne, generalised USD per tonne; infinite where there
        is no way, zero where a trip ends where it starts.
    """
    arcs = network.arcs
    places = tuple(dict.fromkeys(place for trip in trips for place in trip))
    extra = sea_arcs(network, places)
    start = np.concatenate((arcs.start, [pair[0] for pair in extra])).astype(np.int64)
    end = np.concatenate((arcs.end, [pair[1] for pair in extra])).astype(np.int64)
    added = np.array([pair[2] for pair in extra], dtype=np.float64)
    hours, usd = arc_costs(network, parameters, draw)
    per_km_hours, per_km_usd = sea_rates(network, parameters, draw)
    km = np.concatenate((arcs.km, added))
    hours = np.concatenate((hours, added * per_km_hours))
    usd = np.concatenate((usd, added * per_km_usd))
    general = usd + parameters.usd_per_tonne_hour * hours
    size = len(network.layers)
    graph, used = least_arcs(start, end, general, size)
    keys = start[used] * size + end[used]
    parts = np.stack([km, hours, usd, general])[:, used]
    ends = {place: doors(network, place) for place in places}
    totals = np.full((len(trips), 4), np.inf)
    for row, (origin, destination) in enumerate(trips):
        if origin == destination:
            totals[row] = 0.0
            continue
        if not ends[origin] or not ends[destination]:
            continue
        least, before, _ = dijkstra(
            graph, indices=ends[origin], return_predecessors=True, min_only=True
        )
        goal = min(ends[destination], key=lambda layer: least[layer])
        if np.isfinite(least[goal]):
            totals[row] = parts[:, _arcs_to(goal, before, keys, size)].sum(axis=1)
    return totals


def _arcs_to(goal: int, before: np.ndarray, keys: np.ndarray, size: int) -> list[int]:
    """Give the stored entries of the arcs that lead to a layer."""
    found, here = [], goal
    while before[here] >= 0:
        up = int(before[here])
        found.append(int(np.searchsorted(keys, up * size + here)))
        here = up
    return found
