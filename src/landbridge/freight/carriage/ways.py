"""What each mode costs a class of cargo between centres, and the trees of its ways.

By road: no border is passed by rail. By rail: one is at least. Between a centre and a port: over
land and ferries, what the port takes included. By sea: from port to port. A pipeline joins two
economies, the air any two centres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.costs import (
    ModeCosts,
    air_rate,
    land_graphs,
    piped_costs,
    port_layers_of,
)
from landbridge.freight.carriage.distances import flown_km
from landbridge.freight.carriage.trees import Tree, grow_trees
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.costs.shipments import shipment_access, shipment_costs
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.search.tree_graph import Ties, choose_ties, ties_of, turns_of
from landbridge.units import BoolArray, FloatArray, IntArray

LAND_MODES: Final = ("road", "rail")


@dataclass(frozen=True, eq=False)
class Ways(ModeCosts):
    """Costs of the modes for one class of cargo, and the trees of their ways.

    Attributes
    ----------
    ports
        P places with a quay.
    tie_out, tie_in
        By land mode: ``[C, C]`` the tie by which a way leaves its first centre, and comes in.
    tie_to_port, tie_from_port
        ``[C, P]`` the tie taken.
    trees
        Trees by name: ``road``, ``rail`` (the doubled graph), ``out`` and ``in`` (any land mode).
    arcs
        By name of a tree: the arc of the network of each of its arcs.
    port_layers
        ``[P]`` layer of every port at sea; -1 where it is shut.
    """

    ports: tuple[str, ...]
    tie_out: dict[str, IntArray]
    tie_in: dict[str, IntArray]
    tie_to_port: IntArray
    tie_from_port: IntArray
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
    tie_hours, tie_usd = shipment_access(network, own, draw, cargo.shipment)
    access = (tie_usd + rate * tie_hours)[ties.rows]
    graphs = land_graphs(network)
    trees, arcs = _trees(network, general, cargo, ties.layers)
    land, tie_out, tie_in = {}, {}, {}
    for mode in LAND_MODES:
        goals = ties.layers + (len(network.layers) if mode == "rail" else 0)
        between = trees[mode].cost[:, goals]
        land[mode], tie_out[mode], tie_in[mode] = choose_ties(between, access, ties)
    ports, layers = network.sea.ports, port_layers_of(network)
    # A port that is shut has no layer on the water, and no cost that is finite.
    shut = layers < 0
    to_port, tie_to_port = _by_port(_reached(trees["out"], layers, shut), access, ties)
    from_port, tie_from_port = _by_port(_reached(trees["in"], layers, shut), access, ties)
    at_sea = network.sea.km * (sea[1] + rate * sea[0])
    at_sea += network.sea.charge * cargo.shipment.sea_usd_factor
    np.fill_diagonal(at_sea, np.inf)
    return Ways(
        network=network,
        ties=ties,
        access=access,
        on_land=general[graphs.land],
        to_quay=graphs.to_ports(general[graphs.land], cargo),
        ports=ports,
        land=land,
        tie_out=tie_out,
        tie_in=tie_in,
        to_port=to_port,
        from_port=from_port,
        tie_to_port=tie_to_port,
        tie_from_port=tie_from_port,
        at_sea=at_sea,
        piped=piped_costs(network, cargo, iso3),
        flown=flown_km(network, ties) * air_rate(network, cargo, rate),
        trees=trees,
        arcs=arcs,
        port_layers=layers,
    )


def _trees(
    network: FreightNetwork, general: FloatArray, cargo: CargoClass, roots: IntArray
) -> tuple[dict[str, Tree], dict[str, IntArray]]:
    """Grow the trees of the land modes, and those between roots and ports."""
    graphs, size = land_graphs(network), len(network.layers)
    plain, doubled = graphs.structure, graphs.doubled
    weight = general[graphs.land]
    road, quay = graphs.by_road(weight), graphs.to_ports(weight, cargo)
    trees = {
        "road": grow_trees(plain.start, plain.end, road, roots, size=size),
        "rail": grow_trees(doubled.start, doubled.end, weight[graphs.twice], roots, size=2 * size),
        "out": grow_trees(plain.start, plain.end, quay, roots, size=size),
        "in": grow_trees(plain.start, plain.end, quay, roots, size=size, backward=True),
    }
    land = graphs.land
    return trees, {"road": land, "rail": land[graphs.twice], "out": land, "in": land}


def _reached(tree: Tree, layers: IntArray, shut: BoolArray) -> FloatArray:
    """Look up the cost between roots and ports, ``[K, P]``."""
    return np.asarray(np.where(shut, np.inf, tree.cost[:, np.maximum(layers, 0)]))


def _by_port(between: FloatArray, access: FloatArray, ties: Ties) -> tuple[FloatArray, IntArray]:
    """Take the cheapest tie for every centre and port, ``[C, P]`` each."""
    cost = np.full((len(ties.owner), between.shape[1]), np.inf)
    tie = np.zeros(cost.shape, dtype=np.int64)
    for turn in turns_of(ties):
        total = between[ties.root[turn]] + access[turn][:, None]
        old = cost[ties.centre[turn]]
        better = total < old
        cost[ties.centre[turn]] = np.where(better, total, old)
        tie[ties.centre[turn]] = np.where(better, turn[:, None], tie[ties.centre[turn]])
    return cost, tie
