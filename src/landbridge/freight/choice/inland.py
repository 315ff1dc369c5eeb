"""What goods cost inside an economy: between its centres, by road and by rail.

By road: over roads alone. By rail: from the road to the rails and back, and over rails alone in
between. Ways stay inside the economy. The costs are those of general cargo, time at a value that
is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.costs.pricing import (
    FreightDraw,
    FreightParameters,
    access_costs,
    arc_costs,
)
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.tables import by_text
from landbridge.units import BoolArray, FloatArray, IntArray

NETWORKS_KEPT: Final = 6
TINY: Final = 1e-9
"""USD per tonne: an arc that costs nothing is no arc to a sparse matrix."""


@dataclass(frozen=True, eq=False)
class InlandCosts:
    """Least costs between C centres of an economy; infinite where a mode has no way.

    Attributes
    ----------
    weight
        ``[C]`` share of the economy.
    road, rail
        ``[C, C]`` USD per tonne, time included; zero on the diagonal.
    road_km, rail_km
        ``[C, C]`` km over roads, and over rails, of each mode's way; zero where it has none.
    """

    weight: FloatArray
    road: FloatArray
    rail: FloatArray
    road_km: FloatArray
    rail_km: FloatArray


@dataclass(frozen=True, eq=False)
class _Inside:
    """The arcs and ties inside an economy.

    Attributes
    ----------
    layers
        Number of layers of the network.
    centres, weight
        Names of centres, as numbers, and their shares.
    ties
        Positions of the ties of the economy.
    tie_centre
        Which centre each of them belongs to.
    road, rail, on, off
        Arcs over roads, over rails, and between a road and the rails.
    """

    layers: int
    weight: FloatArray
    ties: IntArray
    tie_centre: IntArray
    road: IntArray
    rail: IntArray
    on: IntArray
    off: IntArray


def inland_costs(
    network: FreightNetwork,
    parameters: FreightParameters,
    iso3: str,
    *,
    usd_per_tonne_hour: float,
    draw: FreightDraw | None = None,
) -> InlandCosts:
    """Find what goods cost between the centres of an economy, by road and by rail.

    Parameters
    ----------
    network, parameters, draw
        As in `costs.arc_costs`.
    iso3
        The economy; one without a centre has none.
    usd_per_tonne_hour
        Value of time of the goods.

    Returns
    -------
    InlandCosts
        In the order of the network's ties.
    """
    inside = _inside(network, iso3)
    hours, usd = arc_costs(network, parameters, draw)
    cost = usd + usd_per_tonne_hour * hours
    tie_hours, tie_usd = access_costs(network, parameters, draw)
    access = (tie_usd + usd_per_tonne_hour * tie_hours)[inside.ties]
    arcs, size = network.arcs, inside.layers
    # The first copy: roads from a centre. The second: rails. The third: roads to a centre.
    plain = (inside.road, 0, 0)
    legs = ((inside.on, 0, 1), (inside.rail, 1, 1), (inside.off, 1, 2))
    found = []
    for parts, last in (((plain,), 0), (legs, 2)):
        start = np.concatenate([arcs.start[use] + size * a for use, a, _ in parts])
        end = np.concatenate([arcs.end[use] + size * b for use, _, b in parts])
        used = np.concatenate([use for use, _, _ in parts])
        km = np.where(arcs.kind[used] == int(ArcKind.LINK), arcs.km[used], 0.0)
        doors = (network.ties.layer[inside.ties], access)
        found.append(
            _between(inside, (start, end, cost[used], km), doors, copies=last + 1, last=last)
        )
    (road, road_km), (rail, rail_km) = found
    return InlandCosts(inside.weight, road, rail, road_km, rail_km)


def _between(
    inside: _Inside,
    graph: tuple[IntArray, IntArray, FloatArray, FloatArray],
    doors: tuple[IntArray, FloatArray],
    *,
    copies: int,
    last: int,
) -> tuple[FloatArray, FloatArray]:
    """Find least costs between centres and the km of their ways, ``[C, C]`` each."""
    start, end, cost, km = graph
    layer, access = doors
    count, size = len(inside.weight), inside.layers * copies
    first, goal = size + inside.tie_centre, size + count + inside.tie_centre
    start = np.concatenate([start, first, layer + inside.layers * last])
    end = np.concatenate([end, layer, goal])
    cost = np.concatenate([cost, access, access])
    km = np.concatenate([km, np.zeros(2 * len(access))])
    nodes = size + 2 * count
    least, position = _least_parallel(start, end, cost, nodes)
    costs, before = dijkstra(
        least, indices=size + np.arange(count), return_predecessors=True, min_only=False
    )
    between = costs[:, size + count : size + 2 * count]
    ways = np.zeros((count, count))
    for here in range(count):
        for there in range(count):
            if here != there and np.isfinite(between[here, there]):
                ways[here, there] = _along(
                    before[here], size + here, size + count + there, position, km
                )
    between = np.array(between)
    np.fill_diagonal(between, 0.0)
    return between, ways


def _least_parallel(
    start: IntArray, end: IntArray, cost: FloatArray, nodes: int
) -> tuple[csr_array, dict[tuple[int, int], int]]:
    """Keep the cheapest of parallel arcs; give the graph and the arc between two nodes."""
    order = np.lexsort((cost, end, start))
    key = start[order] * nodes + end[order]
    kept = order[np.r_[True, key[1:] != key[:-1]]] if len(order) else order
    graph = csr_array((cost[kept] + TINY, (start[kept], end[kept])), shape=(nodes, nodes))
    pairs = zip(start[kept].tolist(), end[kept].tolist(), strict=True)
    return graph, dict(zip(pairs, kept.tolist(), strict=True))


def _along(
    before: IntArray, root: int, node: int, position: dict[tuple[int, int], int], km: FloatArray
) -> float:
    """Sum the km of a way back to its root."""
    total = 0.0
    while node != root:
        up = int(before[node])
        total += float(km[position[up, node]])
        node = up
    return total


@lru_cache(maxsize=NETWORKS_KEPT)
def _inside(network: FreightNetwork, iso3: str) -> _Inside:
    """Collect the arcs and ties inside an economy."""
    economy = by_text(network.tables.nodes, "node", "iso3")
    here = np.array([(layer.side or economy[layer.node]) == iso3 for layer in network.layers])
    mode = np.array([layer.mode for layer in network.layers])
    arcs, ties = network.arcs, network.ties
    inner = here[arcs.start] & here[arcs.end] & (arcs.kind != int(ArcKind.CROSSING))
    road, rail = mode == "road", mode == "rail"

    def joining(one: BoolArray, other: BoolArray) -> IntArray:
        return np.flatnonzero(inner & one[arcs.start] & other[arcs.end])

    own = np.flatnonzero(np.array(ties.iso3) == iso3)
    numbers, tie_centre = np.unique(ties.centre[own], return_inverse=True)
    weight = np.zeros(len(numbers))
    weight[tie_centre] = ties.weight[own]
    return _Inside(
        layers=len(network.layers),
        weight=weight,
        ties=own,
        tie_centre=np.asarray(tie_centre, dtype=np.int64),
        road=joining(road, road),
        rail=joining(rail, rail),
        on=joining(road, rail),
        off=joining(rail, road),
    )
