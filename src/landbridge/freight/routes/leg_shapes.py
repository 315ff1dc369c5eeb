"""Where the legs of a trip lie: a line for each leg that moves, a place for each stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.geometry import map_lines
from landbridge.freight.network.tables import column, coordinates
from landbridge.freight.routes.least_cost import KINDS, Trip

Point: TypeAlias = tuple[float, float]
"""Longitude and latitude, degrees."""
Shape: TypeAlias = tuple[Point, ...]

SEA_SEPARATOR = ">"
HAUL = "line_haul"
_OF_THE_NETWORK = frozenset(KINDS.values())


def leg_shapes(network: FreightNetwork, trips: Sequence[Trip]) -> list[tuple[Shape, ...]]:
    """Draw the geometry of every leg of trips.

    Parameters
    ----------
    network
        The network on which the trips were found.
    trips
        The trips.

    Returns
    -------
    list
        For each trip one shape a row of its legs, in order: two places or more for a leg that
        moves, one for a stop.

    Examples
    --------
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> from landbridge.freight.routes.least_cost import best_trip
    >>> network = load_network()
    >>> trip = best_trip(network, central_parameters(), "Karachi", "Kabul")
    >>> shapes = leg_shapes(network, [trip])[0]
    >>> len(shapes) == len(trip.legs)
    True
    """
    sea = dict.fromkeys(
        (pair[0], pair[1])
        for trip in trips
        for link in trip.links
        if len(pair := link.split(SEA_SEPARATOR)) == 2  # noqa: PLR2004 - from and to
    )
    lines = {line.link: line.points for line in map_lines(network, sea_legs=sea)}
    nodes = network.tables.nodes
    where = coordinates(nodes)
    # Names that several places share are told apart by the leg before.
    by_name: dict[str, list[Point]] = {}
    for node, name in zip(column(nodes, "node"), column(nodes, "name"), strict=True):
        by_name.setdefault(name, []).append(where[node])
    return [_shapes(trip, lines, by_name) for trip in trips]


def links_of_legs(trip: Trip) -> list[str]:
    """Find the link, crossing or terminal of each row of a trip's legs.

    Empty where the row is of the shipment and not of the network, such as the wait of a part
    load for other goods.
    """
    links = iter(trip.links)
    return [next(links) if kind in _OF_THE_NETWORK else "" for kind in trip.legs["kind"]]


def _shapes(
    trip: Trip, lines: dict[str, Shape], by_name: dict[str, list[Point]]
) -> tuple[Shape, ...]:
    here = trip.points[0]
    shapes: list[Shape] = []
    legs = zip(links_of_legs(trip), trip.legs["kind"], trip.legs["from_name"], strict=True)
    for link, kind, start in legs:
        if kind != HAUL:
            shapes.append((_nearest(here, by_name.get(str(start), [])),))
            continue
        line = lines[link]
        if _apart(line[-1], here) < _apart(line[0], here):
            line = line[::-1]
        shapes.append(line)
        here = line[-1]
    return tuple(shapes)


def _nearest(here: Point, found: list[Point]) -> Point:
    return min(found, key=lambda point: _apart(point, here), default=here)


def _apart(first: Point, second: Point) -> float:
    """Compute a measure of distance that only compares: squared degrees, round the short way."""
    across = abs(first[0] - second[0]) % 360.0
    return min(across, 360.0 - across) ** 2 + (first[1] - second[1]) ** 2
