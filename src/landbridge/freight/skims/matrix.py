"""Least generalised cost between places of the network, many by many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.errors import UnknownNameError, suggest
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, arc_costs, sea_rates
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.cost_graph import CostGraph, Engine, Structure
from landbridge.freight.network.places import find_place
from landbridge.freight.network.tables import column
from landbridge.freight.search.engine import EliminationEngine
from landbridge.freight.search.updates import Change, matrix_after
from landbridge.freight.search.ways import sea_arcs
from landbridge.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class CostMatrix:
    """Least-cost trips between places, without their legs.

    Attributes
    ----------
    origins, destinations
        O and D place ids: the first and the second axis.
    generalised_usd_per_tonne, hours, usd_per_tonne, km
        ``[O, D]`` of the trip of least generalised cost; infinite where there is no way, zero
        from a place to itself.
    """

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    generalised_usd_per_tonne: FloatArray
    hours: FloatArray
    usd_per_tonne: FloatArray
    km: FloatArray


def network_graph(
    network: FreightNetwork,
    parameters: FreightParameters,
    *,
    draw: FreightDraw | None = None,
    places: Sequence[str] = (),
) -> CostGraph:
    """Lay the network out as a graph of its layers: generalised cost, then hours and km.

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    draw
        The rows' own uncertainty; neutral when absent.
    places
        Place ids that trips start or end at: ports among them that only the sea reaches get
        their sea legs.

    Returns
    -------
    CostGraph
        Nodes are the layers; arcs those of the network, in its order, then the sea legs.
    """
    arcs = network.arcs
    legs = sea_arcs(network, tuple(dict.fromkeys(places)))
    rates = sea_rates(network, parameters, draw)
    hours, usd = arc_costs(network, parameters, draw)
    leg_km = np.array([km for _, _, km in legs], dtype=np.float64)
    hours = np.concatenate((hours, leg_km * rates[0]))
    usd = np.concatenate((usd, leg_km * rates[1]))
    structure = Structure(
        len(network.layers),
        np.concatenate((arcs.start, [leg[0] for leg in legs])).astype(np.int64),
        np.concatenate((arcs.end, [leg[1] for leg in legs])).astype(np.int64),
    )
    cost = usd + parameters.usd_per_tonne_hour * hours
    return CostGraph(structure, np.stack((cost, hours, np.concatenate((arcs.km, leg_km)))))


def cost_matrix(
    network: FreightNetwork,
    parameters: FreightParameters,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    draw: FreightDraw | None = None,
    engine: Engine | None = None,
    change: Change | None = None,
) -> CostMatrix:
    """Find the least-cost trips from every origin to every destination.

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    origins, destinations
        Places by id or name.
    draw
        The rows' own uncertainty; neutral when absent.
    engine
        Finds the least costs; a new `EliminationEngine` when absent. Handing over the same engine
        again spares it the work on a structure that it knows.
    change
        An edit of the graph that `network_graph` gives: the short way to what `edits.apply_edits`
        and a new network give, for many small edits of one network. `arcs_named` finds arcs.

    Raises
    ------
    UnknownNameError
        A place is not known; the nearest names are offered.

    Examples
    --------
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> found = cost_matrix(load_network(), central_parameters(), ["Tashkent"], ["Karachi", "Riga"])
    >>> found.km.shape
    (1, 2)
    """
    starts = _places(network, origins, where="origin")
    ends = _places(network, destinations, where="destination")
    graph = network_graph(network, parameters, draw=draw, places=(*starts, *ends))
    sources, start_at = _doors_of(network, starts)
    goals, end_at = _doors_of(network, ends)
    found = matrix_after(engine or EliminationEngine(), graph, change or Change(), sources, goals)
    found = _least_by(_least_by(found, start_at, len(starts)).transpose(0, 2, 1), end_at, len(ends))
    cost, hours, km = np.ascontiguousarray(found.transpose(0, 2, 1))
    same = np.array(starts)[:, None] == np.array(ends)[None, :]
    for layer in (cost, hours, km):
        layer[same] = 0.0
    return CostMatrix(
        origins=starts,
        destinations=ends,
        generalised_usd_per_tonne=cost,
        hours=hours,
        usd_per_tonne=_money(cost, hours, parameters),
        km=km,
    )


def arcs_named(network: FreightNetwork, names: Sequence[str]) -> IntArray:
    """Find the arcs of links, crossings and terminals, both directions, for a `Change`.

    Parameters
    ----------
    network
        The network.
    names
        Ids of links, crossings and terminals.

    Raises
    ------
    UnknownNameError
        A name is not known; the nearest names are offered.
    """
    known = set(network.arcs.name)
    missing = [name for name in names if name not in known]
    if missing:
        raise UnknownNameError(
            f"no open link, crossing or terminal is called '{missing[0]}'.",
            mend=suggest(missing[0], known),
        )
    wanted = set(names)
    return np.array(
        [arc for arc, name in enumerate(network.arcs.name) if name in wanted], dtype=np.int64
    )


def _places(network: FreightNetwork, texts: Sequence[str], *, where: str) -> tuple[str, ...]:
    ids = set(column(network.tables.nodes, "node"))
    return tuple(
        text if text in ids else find_place(network.tables, text, where=where) for text in texts
    )


def _money(cost: FloatArray, hours: FloatArray, parameters: FreightParameters) -> FloatArray:
    money = np.full_like(cost, np.inf)
    there = np.isfinite(cost)
    money[there] = cost[there] - parameters.usd_per_tonne_hour * hours[there]
    return money


def _doors_of(network: FreightNetwork, places: tuple[str, ...]) -> tuple[IntArray, IntArray]:
    """Find the layers where trips start or end (as `ways.doors`), and the place of each."""
    every: dict[str, list[int]] = {place: [] for place in places}
    road: dict[str, list[int]] = {place: [] for place in places}
    for number, layer in enumerate(network.layers):
        if layer.node in every:
            every[layer.node].append(number)
            if layer.mode == "road":
                road[layer.node].append(number)
    by_place = {place: road[place] or every[place] for place in places}
    layers = [layer for place in places for layer in by_place[place]]
    at = [index for index, place in enumerate(places) for _ in by_place[place]]
    return np.array(layers, dtype=np.int64), np.array(at, dtype=np.int64)


def _least_by(values: FloatArray, at: IntArray, count: int) -> FloatArray:
    """Take the cheapest door of each place, along the second axis."""
    found = np.full((len(values), count, values.shape[2]), np.inf)
    places, first = np.unique(at, return_index=True)
    rank = np.arange(len(at)) - first[np.searchsorted(places, at)]
    for turn in range(int(rank.max(initial=-1)) + 1):
        rows = np.flatnonzero(rank == turn)
        old = found[:, at[rows]]
        found[:, at[rows]] = np.where(values[0, rows] < old[0], values[:, rows], old)
    return found
