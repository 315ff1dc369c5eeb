"""A trip found before, priced again: the same way under other costs.

A band around a profile asks what this way costs in each draw, not which way would be best then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.errors import InputError
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.costs.shipments import Shipment, shipment_costs
from landbridge.freight.network.compiled import ArcKind, FreightNetwork, Layer
from landbridge.freight.network.tables import by_text
from landbridge.freight.routes.least_cost import Trip
from landbridge.freight.routes.leg_shapes import links_of_legs
from landbridge.units import HOURS_PER_DAY, FloatArray, IntArray

SEA_SEPARATOR = ">"
MINIMUM = "minimum_charge"


@dataclass(frozen=True, eq=False)
class Retraced:
    """Which arcs the rows of a trip's legs are.

    Attributes
    ----------
    arcs
        ``[legs]`` positions in the network's arcs; -1 at sea and where the row is the shipment's.
    sea_km
        ``[legs]`` length of sea legs, zero elsewhere.
    own_hours, own_usd_per_tonne
        ``[legs]`` of rows that are the shipment's, zero elsewhere.
    is_minimum
        ``[legs]`` whether the row makes up a least charge.
    """

    arcs: IntArray
    sea_km: FloatArray
    own_hours: FloatArray
    own_usd_per_tonne: FloatArray
    is_minimum: np.ndarray


@dataclass(frozen=True, eq=False)
class Priced:
    """What each row of a trip's legs takes and costs: ``[legs]`` each.

    Attributes
    ----------
    hours, usd_per_tonne
        In all.
    closure_hours
        The part of the hours that is the expected wait for a shut border.
    """

    hours: FloatArray
    usd_per_tonne: FloatArray
    closure_hours: FloatArray


def retrace(network: FreightNetwork, trip: Trip) -> Retraced:
    """Find the arcs of a trip.

    Parameters
    ----------
    network
        The network on which it was found, or one that has all its links.
    trip
        The trip.

    Raises
    ------
    InputError
        A link of the trip is not open in this network.
    """
    legs = trip.legs
    links = links_of_legs(trip)
    count = len(legs)
    arcs = np.full(count, -1, dtype=np.int64)
    sea = np.array([SEA_SEPARATOR in link for link in links], dtype=bool)
    own = np.array([not link for link in links], dtype=bool)
    chain = _chain(network, trip, links)
    arcs[[place for place in range(count) if not sea[place] and not own[place]]] = chain
    km = legs["km"].to_numpy(dtype=np.float64)
    hours = legs["hours"].to_numpy(dtype=np.float64)
    usd = legs["usd_per_tonne"].to_numpy(dtype=np.float64)
    return Retraced(
        arcs=arcs,
        sea_km=np.where(sea, km, 0.0),
        own_hours=np.where(own, hours, 0.0),
        own_usd_per_tonne=np.where(own, usd, 0.0),
        is_minimum=(legs["kind"] == MINIMUM).to_numpy(dtype=bool),
    )


def priced(
    network: FreightNetwork,
    ways: Sequence[Retraced],
    parameters: FreightParameters,
    *,
    draw: FreightDraw | None = None,
    shipment: Shipment | None = None,
) -> list[Priced]:
    """Compute what each leg of some ways takes and costs.

    Parameters
    ----------
    network
        The network on which the ways were retraced.
    ways
        The ways.
    parameters, draw, shipment
        As in `routes.best_trip`; the parameters hold the shipment's own values.
    """
    hours, usd, sea = shipment_costs(network, parameters, draw, shipment)
    spell = parameters.closure_spell_days * HOURS_PER_DAY
    return [
        _priced(one, hours, usd, sea=sea, wait=network.arcs.shut_share * spell, shipment=shipment)
        for one in ways
    ]


def _priced(
    found: Retraced,
    hours: FloatArray,
    usd: FloatArray,
    *,
    sea: tuple[float, float],
    wait: FloatArray,
    shipment: Shipment | None,
) -> Priced:
    on_arc = found.arcs >= 0
    arc = np.where(on_arc, found.arcs, 0)
    leg_usd = np.where(on_arc, usd[arc], found.sea_km * sea[1] + found.own_usd_per_tonne)
    if shipment is not None:
        leg_usd = np.where(found.is_minimum, 0.0, leg_usd)
        short = shipment.shortfall_usd_per_tonne(float(leg_usd.sum()))
        leg_usd = np.where(found.is_minimum, short, leg_usd)
    return Priced(
        hours=np.where(on_arc, hours[arc], found.sea_km * sea[0] + found.own_hours),
        usd_per_tonne=leg_usd,
        closure_hours=np.where(on_arc, wait[arc], 0.0),
    )


def _chain(network: FreightNetwork, trip: Trip, links: list[str]) -> list[int]:
    """Find the arcs of the links that are not at sea: each starts where the last one ends."""
    arcs = network.arcs
    wanted = {link for link in links if link and SEA_SEPARATOR not in link}
    by_name: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(arcs.name):
        if name in wanted:
            by_name[name].append(place)
    names = by_text(network.tables.nodes, "node", "name")
    layers = {layer: number for number, layer in enumerate(network.layers)}
    # Every way so far that ends at a layer: the arcs of a terminal are told apart by what follows.
    ends: dict[int, tuple[int, ...]] = {-1: ()}
    for link, start, end in zip(links, trip.legs["from_name"], trip.legs["to_name"], strict=True):
        if not link:
            continue
        if SEA_SEPARATOR in link:
            ends = _afloat(ends, layers, link)
        else:
            ends = {
                int(arcs.end[arc]): (*chain, arc)
                for here, chain in ends.items()
                for arc in by_name[link]
                if here in {-1, int(arcs.start[arc])}
                and names[network.layers[arcs.start[arc]].node] == start
                and names[network.layers[arcs.end[arc]].node] == end
            }
        if not ends:
            raise InputError(
                f"{link} is not open in this network, and the trip uses it.",
                where=f"{trip.origin} - {trip.destination}",
            )
    return list(next(iter(ends.values())))


def _afloat(
    ends: dict[int, tuple[int, ...]], layers: dict[Layer, int], link: str
) -> dict[int, tuple[int, ...]]:
    start, end = (layers[Layer(port, "sea")] for port in link.split(SEA_SEPARATOR))
    for here in (start, -1):
        if here in ends:
            return {end: ends[here]}
    return {}


def kinds_of(network: FreightNetwork, found: Retraced) -> list[ArcKind | None]:
    """Find the kind of each leg's arc; nothing where the row is the shipment's."""
    return [
        ArcKind(network.arcs.kind[arc]) if arc >= 0 else ArcKind.SEA if km > 0 else None
        for arc, km in zip(found.arcs, found.sea_km, strict=True)
    ]
