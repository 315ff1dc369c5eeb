"""Geometry of the network for a map: lines and points without any drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import by_text, coordinates, rows, shape_points

ATTRIBUTION: Final = (
    "Roads and railways outside the curated lines contain information from OpenStreetMap, (c) "
    "OpenStreetMap contributors (openstreetmap.org/copyright), made available under the ODbL 1.0."
)
"""What every map, layer and figure that rests on the network has to say (LICENSES/ODbL.md)."""


@dataclass(frozen=True)
class NetworkLine:
    """One line of the network.

    Attributes
    ----------
    name
        What a reader sees.
    mode
        ``rail``, ``road``, ``ferry`` or ``sea``.
    change
        ``existing``; against another network ``new``, ``improved`` or ``closed``.
    points
        (longitude, latitude) pairs, degrees.
    link
        The link's id.
    whole
        The link that it is a part of; its own id where it is whole.
    """

    name: str
    mode: str
    change: str
    points: tuple[tuple[float, float], ...]
    link: str
    whole: str = ""


@dataclass(frozen=True)
class NetworkPoint:
    """One place of the network: ``kind`` is city, junction, port or border."""

    name: str
    kind: str
    longitude: float
    latitude: float
    node: str


def map_lines(
    network: FreightNetwork,
    *,
    before: FreightNetwork | None = None,
    sea_legs: Iterable[tuple[str, str]] = (),
) -> tuple[NetworkLine, ...]:
    """Lay out the open land and ferry links, and sea legs asked for, as lines.

    Parameters
    ----------
    network
        The network to draw.
    before
        The network to compare with: a link is ``new``, ``improved`` (faster or cheaper) or
        ``closed`` against it.
    sea_legs
        Pairs of port ids (as in `Trip.links`, split at ``>``) to draw.

    Returns
    -------
    tuple of NetworkLine
        Links in the tables' order, then the sea legs.
    """
    nodes = network.tables.nodes
    where = coordinates(nodes)
    names = by_text(nodes, "node", "name")
    old = {row.link: row for row in rows(before.tables.links)} if before is not None else None
    lines = []
    for row in rows(network.tables.links):
        change = "existing"
        if old is not None:
            former = old.get(row.link, old.get(row.part_of))
            change = _change(row, former if former is not None and former.is_open else None)
        if row.is_open or change == "closed":
            title = f"{names[row.from_node]} - {names[row.to_node]}"
            points = (where[row.from_node], *shape_points(row.shape), where[row.to_node])
            whole = row.part_of or row.link
            lines.append(NetworkLine(title, row.mode, change, points, row.link, whole))
    for start, end in dict.fromkeys(sea_legs):
        title = f"{names[start]} - {names[end]}"
        # A passage that is shut may leave no way: the leg is then drawn as it was, and closed.
        lost = before is not None and not network.sea.reaches(start, end)
        sea = before.sea if before is not None and lost else network.sea
        change = "closed" if lost else "existing"
        lines.append(NetworkLine(title, "sea", change, sea.line(start, end), f"{start}>{end}"))
    return tuple(lines)


def map_points(network: FreightNetwork, places: Iterable[str]) -> tuple[NetworkPoint, ...]:
    """Look up places by their ids as points."""
    nodes = network.tables.nodes
    where = coordinates(nodes)
    names, kinds = by_text(nodes, "node", "name"), by_text(nodes, "node", "kind")
    return tuple(NetworkPoint(names[node], kinds[node], *where[node], node) for node in places)


def _change(row: Any, old: Any) -> str:  # noqa: ANN401 - rows of a table
    is_open = bool(row.is_open)
    if old is None:
        return "new" if is_open else "existing"
    if not is_open:
        return "closed"
    # A part of a link is shorter than the whole, and nothing else of it has changed.
    names = ("speed_kmh", "usd_per_tonne_km")
    fields = names if row.link != old.link else ("km", *names)
    was = np.array([getattr(old, name) for name in fields], dtype=float)
    now = np.array([getattr(row, name) for name in fields], dtype=float)
    return "existing" if np.array_equal(was, now, equal_nan=True) else "improved"
