"""What each mode costs a class of cargo between centres, and the trees of its ways.

By road: no border is passed by rail. By rail: one is at least. Between a centre and a port: over
land and ferries, what the port takes included. By sea: from port to port. A pipeline joins two
economies, the air any two centres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.trees import Tree, grow_trees
from landbridge.freight.choice.mode_costs import marks
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, access_costs
from landbridge.freight.costs.shipments import shipment_costs
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.pipelines import TARIFF_KM
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import column, coordinates
from landbridge.freight.search.tree_graph import Ties, ties_of
from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray, IntArray

LAND_MODES: Final = ("road", "rail")
EARTH_KM: Final = 6371.0
PIPED: Final = {"liquid": ("oil", 1.0), "gas": ("gas", 0.75)}
"""Commodity of the pipelines by class of cargo, and tonnes in the unit of its tariffs."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Costs of the modes for one class of cargo, USD per tonne, time at its felt value.

    Attributes
    ----------
    network, ties
        What was searched; C centres with T ties.
    ports
        P places with a quay.
    land
        By mode of `LAND_MODES`: ``[C, C]``.
    tie_out, tie_in
        By land mode: ``[C, C]`` the tie by which a way leaves its first centre, and comes in.
    to_port, from_port
        ``[C, P]`` from a centre to on board, and from on board to a centre.
    tie_to_port, tie_from_port
        ``[C, P]`` the tie taken.
    at_sea
        ``[P, P]`` between ports on board; infinite from a port to itself.
    piped
        ``[N, N]`` by pipeline between economies.
    flown
        ``[C, C]`` by air.
    trees
        Trees by name: ``road``, ``rail`` (the doubled graph), ``out`` and ``in`` (any land mode).
    arcs
        By name of a tree: the arc of the network of each of its arcs.
    port_layers
        ``[P]`` layer of every port at sea; -1 where it is shut.
    """

    network: FreightNetwork
    ties: Ties
    ports: tuple[str, ...]
    land: dict[str, FloatArray]
    tie_out: dict[str, IntArray]
    tie_in: dict[str, IntArray]
    to_port: FloatArray
    from_port: FloatArray
    tie_to_port: IntArray
    tie_from_port: IntArray
    at_sea: FloatArray
    piped: FloatArray
    flown: FloatArray
    trees: dict[str, Tree]
    arcs: dict[str, IntArray]
    port_layers: IntArray


def cargo_ways(
    network: FreightNetwork,
    parameters: FreightParameters,
    cargo: CargoClass,
    *,
    iso3: tuple[str, ...],
    draw: FreightDraw | None = None,
) -> Ways:
    """Find what every mode costs a class of cargo.

    Parameters
    ----------
    network, parameters, draw
        As in `skims.skims`; value and value of time are the class's own.
    cargo
        The class.
    iso3
        N codes of economies.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network.
    """
    own = cargo.shipment.parameters(parameters)
    hours, usd, sea = shipment_costs(network, own, draw, cargo.shipment)
    rate = own.usd_per_tonne_hour
    general = usd + rate * hours
    ties = ties_of(network, iso3)
    tie_hours, tie_usd = access_costs(network, own, draw)
    access = (tie_usd * cargo.shipment.road_usd_factor + rate * tie_hours)[ties.rows]
    trees, arcs = _trees(network, general, ties.layers)
    land, tie_out, tie_in = {}, {}, {}
    for mode in LAND_MODES:
        goals = ties.layers + (len(network.layers) if mode == "rail" else 0)
        between = trees[mode].cost[:, goals]
        land[mode], tie_out[mode], tie_in[mode] = choose_ties(between, access, ties)
    ports, layers = _ports(network)
    # A port that is shut has no layer on the water, and no cost that is finite.
    shut = layers < 0
    to_port, tie_to_port = _by_port(_reached(trees["out"], layers, shut), access, ties)
    from_port, tie_from_port = _by_port(_reached(trees["in"], layers, shut), access, ties)
    at_sea = network.sea.km * (sea[1] + rate * sea[0])
    np.fill_diagonal(at_sea, np.inf)
    return Ways(
        network=network,
        ties=ties,
        ports=ports,
        land=land,
        tie_out=tie_out,
        tie_in=tie_in,
        to_port=to_port,
        from_port=from_port,
        tie_to_port=tie_to_port,
        tie_from_port=tie_from_port,
        at_sea=at_sea,
        piped=_piped(cargo, iso3),
        flown=_flown(network, ties, rate),
        trees=trees,
        arcs=arcs,
        port_layers=layers,
    )


def _trees(
    network: FreightNetwork, general: FloatArray, roots: IntArray
) -> tuple[dict[str, Tree], dict[str, IntArray]]:
    """Grow the trees of the land modes, and those between roots and ports."""
    size, arcs = len(network.layers), network.arcs
    on_land = np.flatnonzero(arcs.kind != int(ArcKind.SEA))
    by_rail = np.zeros(len(arcs.start), dtype=bool)
    by_rail[: arcs.core] = marks(network)["rail"]
    marked = by_rail[on_land]
    start, end, weight = arcs.start[on_land], arcs.end[on_land], general[on_land]
    plain, over = np.flatnonzero(~marked), np.flatnonzero(marked)
    # The first copy without marked arcs, the second with all, the marked from one to the other.
    order = np.concatenate((plain, np.arange(len(on_land)), over))
    lift_from = np.repeat([0, size, 0], [len(plain), len(on_land), len(over)])
    lift_to = np.repeat([0, size, size], [len(plain), len(on_land), len(over)])
    trees = {
        "road": grow_trees(start[plain], end[plain], weight[plain], roots, size=size),
        "rail": grow_trees(
            start[order] + lift_from, end[order] + lift_to, weight[order], roots, size=2 * size
        ),
        "out": grow_trees(start, end, weight, roots, size=size),
        "in": grow_trees(start, end, weight, roots, size=size, backward=True),
    }
    return trees, {
        "road": on_land[plain],
        "rail": on_land[order],
        "out": on_land,
        "in": on_land,
    }


def _reached(tree: Tree, layers: IntArray, shut: BoolArray) -> FloatArray:
    """Look up the cost between roots and ports, ``[K, P]``."""
    return np.asarray(np.where(shut, np.inf, tree.cost[:, np.maximum(layers, 0)]))


def choose_ties(
    between: FloatArray, access: FloatArray, ties: Ties
) -> tuple[FloatArray, IntArray, IntArray]:
    """Take the cheapest pair of ties for every pair of centres, ``[C, C]`` each."""
    turns = _turns(ties)
    count = len(ties.owner)
    cost = np.full((count, count), np.inf)
    tie_out = np.zeros((count, count), dtype=np.int64)
    tie_in = np.zeros((count, count), dtype=np.int64)
    for first in turns:
        for last in turns:
            total = between[np.ix_(ties.root[first], ties.root[last])]
            total = total + access[first][:, None] + access[last][None, :]
            cells = np.ix_(ties.centre[first], ties.centre[last])
            better = total < cost[cells]
            cost[cells] = np.where(better, total, cost[cells])
            tie_out[cells] = np.where(better, first[:, None], tie_out[cells])
            tie_in[cells] = np.where(better, last[None, :], tie_in[cells])
    return cost, tie_out, tie_in


def _by_port(between: FloatArray, access: FloatArray, ties: Ties) -> tuple[FloatArray, IntArray]:
    """Take the cheapest tie for every centre and port, ``[C, P]`` each."""
    cost = np.full((len(ties.owner), between.shape[1]), np.inf)
    tie = np.zeros(cost.shape, dtype=np.int64)
    for turn in _turns(ties):
        total = between[ties.root[turn]] + access[turn][:, None]
        old = cost[ties.centre[turn]]
        better = total < old
        cost[ties.centre[turn]] = np.where(better, total, old)
        tie[ties.centre[turn]] = np.where(better, turn[:, None], tie[ties.centre[turn]])
    return cost, tie


def _turns(ties: Ties) -> list[IntArray]:
    """Split the ties so that no centre has two in one part."""
    order = np.argsort(ties.centre, kind="stable")
    centre = ties.centre[order]
    rank = np.arange(len(order)) - np.searchsorted(centre, centre)
    return [order[rank == turn] for turn in range(int(rank.max()) + 1)]


def _ports(network: FreightNetwork) -> tuple[tuple[str, ...], IntArray]:
    """List the ports of the sea, and the layer of each on the water; -1 where it is shut."""
    quay = {
        layer.node: number for number, layer in enumerate(network.layers) if layer.mode == "sea"
    }
    layers = [quay.get(port, -1) for port in network.sea.ports]
    return network.sea.ports, np.array(layers, dtype=np.int64)


def _piped(cargo: CargoClass, iso3: tuple[str, ...]) -> FloatArray:
    """Compute the least tariffs by open pipelines between economies, ``[N, N]`` USD per tonne."""
    found = np.full((len(iso3), len(iso3)), np.inf)
    if cargo.name not in PIPED:
        return found
    commodity, tonnes = PIPED[cargo.name]
    sections = embedded_table("freight", "pipelines")
    mine = sections[(sections["commodity"] == commodity) & (sections["status"] == "open")]
    places = embedded_table("freight", "pipeline_places")
    number = {place: index for index, place in enumerate(column(places, "place"))}
    one = np.array([number[place] for place in column(mine, "from_place")])
    other = np.array([number[place] for place in column(mine, "to_place")])
    usd = (mine["km"] * mine["tariff"]).to_numpy(dtype=np.float64) / TARIFF_KM / tonnes
    graph = least_arcs(np.r_[one, other], np.r_[other, one], np.r_[usd, usd], len(places))[0]
    cost = dijkstra(graph)
    economies = np.array(column(places, "iso3"))
    for row, seller in enumerate(iso3):
        for place, buyer in enumerate(iso3):
            cells = cost[np.ix_(economies == seller, economies == buyer)]
            if cells.size and seller != buyer:
                found[row, place] = cells.min()
    return found


def _flown(network: FreightNetwork, ties: Ties, rate: float) -> FloatArray:
    """Compute the line haul by air between centres, ``[C, C]`` USD per tonne: great circles."""
    where = coordinates(network.tables.nodes)
    first = np.unique(ties.centre, return_index=True)[1]
    nodes = [network.ties.node[row] for row in ties.rows[first]]
    points = np.radians(np.array([where[node] for node in nodes]))
    longitude, latitude = points.T
    cosine = np.sin(latitude)[:, None] * np.sin(latitude) + (
        np.cos(latitude)[:, None] * np.cos(latitude) * np.cos(longitude[:, None] - longitude)
    )
    km = EARTH_KM * np.arccos(np.clip(cosine, -1.0, 1.0))
    rates = network.tables.mode_costs
    row = rates[rates["mode"] == "air"].iloc[0]
    return np.asarray(km * (float(row["usd_per_tonne_km"]) + rate / float(row["speed_kmh"])))
