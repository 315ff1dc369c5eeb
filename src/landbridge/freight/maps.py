"""Geometry of the network for a map: lines and points without any drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from landbridge.freight.network import FreightNetwork


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
    """

    name: str
    mode: str
    change: str
    points: tuple[tuple[float, float], ...]
    link: str


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
    """Give the open land and ferry links, and sea legs asked for, as lines.

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
    where = {
        node: (float(x), float(y))
        for node, x, y in zip(nodes["node"], nodes["longitude"], nodes["latitude"], strict=True)
    }
    names = dict(zip(nodes["node"], nodes["name"], strict=True))
    old = None if before is None else before.tables.links.set_index("link")
    lines = []
    for row in network.tables.links.itertuples():
        change = "existing"
        if old is not None:
            was_open = row.link in old.index and bool(old.at[row.link, "is_open"])
            change = _change(row, old.loc[row.link] if was_open else None)
        if row.is_open or change == "closed":
            title = f"{names[row.from_node]} - {names[row.to_node]}"
            points = (where[row.from_node], where[row.to_node])
            lines.append(NetworkLine(title, row.mode, change, points, row.link))
    for start, end in dict.fromkeys(sea_legs):
        title = f"{names[start]} - {names[end]}"
        points = network.sea.line(start, end)
        lines.append(NetworkLine(title, "sea", "existing", points, f"{start}>{end}"))
    return tuple(lines)


def map_points(network: FreightNetwork, places: Iterable[str]) -> tuple[NetworkPoint, ...]:
    """Give places by their ids as points."""
    nodes = network.tables.nodes.set_index("node")
    return tuple(
        NetworkPoint(
            str(nodes.at[node, "name"]),
            str(nodes.at[node, "kind"]),
            float(nodes.at[node, "longitude"]),
            float(nodes.at[node, "latitude"]),
            node,
        )
        for node in places
    )


def _change(row: object, old: object) -> str:
    is_open = bool(getattr(row, "is_open"))  # noqa: B009 - rows of a table have no static fields
    if old is None:
        return "new" if is_open else "existing"
    if not is_open:
        return "closed"
    for name in ("km", "speed_kmh", "usd_per_tonne_km"):
        was, now = getattr(old, name), getattr(row, name)
        if was != now and not (was != was and now != now):  # noqa: PLR0124 - both missing
            return "improved"
    return "existing"
