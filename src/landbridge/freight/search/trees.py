"""Least-cost paths between all centres of economies, kept as trees: what an assignment walks.

The skims keep what a way costs; here it is kept which arcs it takes. From every road layer where
an economy comes on grows a tree of least generalised cost, and one of the ways that lead to it
(`tree_graph`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from landbridge.freight.costs.pricing import (
    FreightDraw,
    FreightParameters,
    access_costs,
    arc_costs,
    sea_rates,
)
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.parts import Absent
from landbridge.freight.search.tree_graph import (
    Graph,
    Ties,
    Trees,
    build_graph,
    choose_ties,
    grow,
    ties_of,
)
from landbridge.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LeastWays:
    """Which way every pair of centres takes.

    Attributes
    ----------
    network, iso3
        What was searched, and the N economies.
    general, hours
        ``[arcs]`` generalised USD per tonne and hours of every arc of the network.
    sea_general, sea_hours
        Generalised USD per tonne and hours of a km at sea.
    usd_per_tonne_hour
        What an hour costs.
    tie_economy, tie_root
        ``[T]`` economy and root of every tie.
    root_node
        ``[K]`` node of every root.
    weight, owner
        ``[C]`` share of each centre in its economy, and the economy.
    cost
        ``[C, C]`` generalised USD per tonne between centres, the ways to the network included.
    tie_out, tie_in
        ``[C, C]`` the tie by which the way leaves its first centre and comes to its last.
    edge_arcs
        ``[E, arcs]`` how often an edge runs over an arc.
    edge_sea
        ``[E, P * P]`` how often an edge sails from one port to another.
    outward, inward
        Trees of ways from the roots and to the roots.
    """

    network: FreightNetwork
    iso3: tuple[str, ...]
    general: FloatArray
    hours: FloatArray
    sea_general: float
    sea_hours: float
    usd_per_tonne_hour: float
    tie_economy: IntArray
    tie_root: IntArray
    root_node: IntArray
    weight: FloatArray
    owner: IntArray
    cost: FloatArray
    tie_out: IntArray
    tie_in: IntArray
    edge_arcs: csr_array
    edge_sea: csr_array
    outward: Trees
    inward: Trees


def least_ways(
    network: FreightNetwork,
    parameters: FreightParameters,
    *,
    iso3: tuple[str, ...],
    draw: FreightDraw | None = None,
    absent: Absent = "refuse",
) -> LeastWays:
    """Find the least-cost paths between all centres of economies, and keep them.

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    iso3
        N codes of economies.
    draw
        The rows' own uncertainty; neutral when absent.
    absent
        Whether an economy without a centre in the network is refused or left out: nothing leads
        to it.

    Returns
    -------
    LeastWays
        Its costs are those of `skims.generalised_costs`, to one part in a thousand million.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network.
    """
    ties = ties_of(network, iso3, absent)
    hours, usd = arc_costs(network, parameters, draw)
    rate = parameters.usd_per_tonne_hour
    general = usd + rate * hours
    sea_hours, sea_usd = sea_rates(network, parameters, draw)
    sea_general = sea_usd + rate * sea_hours
    graph = build_graph(network, ties.layers, general, sea_general)
    nodes = graph.node_of[ties.layers]
    outward = grow(graph, nodes, backward=False)
    tie_hours, tie_usd = access_costs(network, parameters, draw)
    access = (tie_usd + rate * tie_hours)[ties.rows]
    cost, tie_out, tie_in = choose_ties(outward.cost[:, nodes], access, ties)
    return LeastWays(
        network=network,
        iso3=tuple(iso3),
        general=general,
        hours=hours,
        sea_general=sea_general,
        sea_hours=sea_hours,
        usd_per_tonne_hour=rate,
        tie_economy=ties.economy,
        tie_root=ties.root,
        root_node=nodes,
        weight=ties.weight,
        owner=ties.owner,
        cost=cost,
        tie_out=tie_out,
        tie_in=tie_in,
        edge_arcs=graph.edge_arcs,
        edge_sea=graph.edge_sea,
        outward=outward,
        inward=grow(graph, nodes, backward=True),
    )


def costs_at_sea(
    network: FreightNetwork,
    parameters: FreightParameters,
    *,
    ports: tuple[str, ...],
    iso3: tuple[str, ...],
    draw: FreightDraw | None = None,
    absent: Absent = "refuse",
) -> FloatArray:
    """Compute the least cost between a ship at each port and economies.

    Parameters
    ----------
    network, parameters, iso3, draw, absent
        As in `least_ways`.
    ports
        P ports, by place id.

    Returns
    -------
    FloatArray
        ``[2, P, N]`` generalised USD per tonne: from the ship to the economy's centres, and from
        them to the ship. The handling at the far end is in it, that at the port is not. Infinite
        where there is no way.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network.
    """
    ties = ties_of(network, iso3, absent)
    hours, usd = arc_costs(network, parameters, draw)
    rate = parameters.usd_per_tonne_hour
    sea_hours, sea_usd = sea_rates(network, parameters, draw)
    graph = build_graph(network, ties.layers, usd + rate * hours, sea_usd + rate * sea_hours)
    roots, handling = _ships(network, graph, ports)
    tie_hours, tie_usd = access_costs(network, parameters, draw)
    access = (tie_usd + rate * tie_hours)[ties.rows]
    found = np.full((2, len(ports), len(iso3)), np.inf)
    known = np.flatnonzero(roots >= 0)
    for way in (0, 1):
        cost = grow(graph, roots[known], backward=way == 1).cost - handling[way, known, None]
        tied = cost[:, graph.node_of[ties.layers]][:, ties.root] + access
        best = np.full((len(ties.owner), len(known)), np.inf)
        np.minimum.at(best, ties.centre, tied.T)
        found[way, known] = _economy_means(best, ties, len(iso3)).T
    return found


def _ships(
    network: FreightNetwork, graph: Graph, ports: tuple[str, ...]
) -> tuple[IntArray, FloatArray]:
    """Find each port's node, -1 for none, and what its quay costs in the node's tree, ``[2, P]``.

    A gate's node is at sea. The tree of an outer port starts on its quay, and what loading and
    unloading cost there is to be taken off.
    """
    names = np.array([layer.node for layer in network.layers])
    known = np.flatnonzero(graph.node_of >= 0)
    node = dict(zip(names[known].tolist(), [-1] * len(known), strict=True))
    gate = set(graph.gates.tolist())
    for layer in known:
        place = int(graph.node_of[layer])
        if place in gate or place >= graph.core:
            node[str(names[layer])] = place
    roots = np.array([node.get(port, -1) for port in ports], dtype=np.int64)
    handling = np.zeros((2, len(ports)))
    outer = roots >= graph.core
    for way in (0, 1):
        cost = graph.handling[way][roots[outer] - graph.core]
        handling[way, outer] = np.where(np.isfinite(cost), cost, 0.0)
    return roots, handling


def _economy_means(cost: FloatArray, ties: Ties, count: int) -> FloatArray:
    """Weight centres that have a way, ``[C, P]`` to ``[N, P]``; infinite where none has."""
    finite = np.isfinite(cost)
    member = np.zeros((count, len(ties.owner)))
    member[ties.owner, np.arange(len(ties.owner))] = ties.weight
    share = member @ finite.astype(np.float64)
    total = member @ np.where(finite, cost, 0.0)
    mean = np.full(share.shape, np.inf)
    np.divide(total, share, out=mean, where=share > 0)
    return mean
