"""Tables and GIS layers of routes that lie beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from landbridge.freight.profile.indicators import (
    border_table,
    economy_indicators,
    observations_on_the_way,
    route_indicators,
)
from landbridge.freight.routes.leg_shapes import HAUL, Shape, leg_shapes, links_of_legs
from landbridge.report.formats.geolayers import GeoLayer
from landbridge.studies.routes.comparison import Compared
from landbridge.tables import embedded_table

_LEG_COLUMNS = (
    "sequence",
    "kind",
    "mode",
    "name",
    "from_name",
    "to_name",
    "km",
    "hours",
    "usd_per_tonne",
    "source",
    "confidence",
)


def route_tables(compared: Compared) -> Mapping[str, pd.DataFrame]:
    """Build every table of a comparison by its name in ``tables.csv``.

    Parameters
    ----------
    compared
        The routes.

    Returns
    -------
    Mapping
        ``routes``, ``profile``, ``indicators``, ``line_haul``, ``borders``, ``observations``,
        ``route_sources``; all but the last two carry ``label`` and ``shipment``.
    """
    profiles = compared.profiles
    seen = [
        observations_on_the_way(profile, setting.network)
        for profile, setting in zip(profiles, compared.settings, strict=True)
    ]
    tables = {
        "routes": compared.table,
        "profile": _joined(compared, [profile.rows for profile in profiles]),
        "indicators": _joined(compared, [route_indicators(one) for one in profiles]),
        "line_haul": _joined(compared, [economy_indicators(one) for one in profiles]),
        "borders": _joined(compared, [border_table(one) for one in profiles]),
        "observations": pd.concat(seen, ignore_index=True).drop_duplicates(ignore_index=True),
    }
    return {**tables, "route_sources": _sources(tables)}


def _joined(compared: Compared, tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    found = []
    for profile, table in zip(compared.profiles, tables, strict=True):
        named = table.copy()
        named.insert(0, "label", profile.label)
        named.insert(1, "shipment", "" if profile.shipment is None else profile.shipment.name)
        found.append(named)
    filled = [table for table in found if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else found[0]


def _sources(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    used: set[str] = set()
    for name, column in (
        ("profile", "source"),
        ("indicators", "carec_source"),
        ("line_haul", "published_source"),
        ("borders", "source"),
        ("observations", "source"),
    ):
        for value in tables[name][column]:
            used |= set(str(value).split("|"))
    known = embedded_table("freight", "sources")
    known = known[known["source"].isin(used)].reset_index(drop=True)
    return known.assign(read_on=known["read_on"].dt.strftime("%Y-%m-%d").fillna(""))


def shapes_of(compared: Compared) -> list[tuple[Shape, ...]]:
    """Find the geometry of every leg of every route (`leg_shapes`)."""
    found: dict[int, tuple[Shape, ...]] = {}
    for setting in dict.fromkeys(compared.settings):
        own = [n for n, one in enumerate(compared.settings) if one is setting]
        trips = [compared.profiles[n].trip for n in own]
        found |= dict(zip(own, leg_shapes(setting.network, trips), strict=True))
    return [found[n] for n in range(len(compared.profiles))]


def route_layers(
    compared: Compared, shapes_by_route: Sequence[Sequence[Shape]] | None = None
) -> list[GeoLayer]:
    """Build the routes as layers for a GIS.

    Parameters
    ----------
    compared
        The routes.
    shapes_by_route
        As `shapes_of` gives them.

    Returns
    -------
    list of GeoLayer
        ``routes`` (one line a route, its totals), ``legs`` (one line a leg) and ``stops`` (one
        point an event at a place).
    """
    found = shapes_of(compared) if shapes_by_route is None else shapes_by_route
    whole: list[Shape] = []
    lines: list[Shape] = []
    points: list[Shape] = []
    legs: list[pd.DataFrame] = []
    stops: list[pd.DataFrame] = []
    for profile, shapes in zip(compared.profiles, found, strict=True):
        table = profile.trip.legs[list(_LEG_COLUMNS)].reset_index(drop=True)
        table.insert(0, "route", profile.label)
        table.insert(1, "shipment", "" if profile.shipment is None else profile.shipment.name)
        table["link"] = links_of_legs(profile.trip)
        moves = (profile.trip.legs["kind"] == HAUL).tolist()
        whole.append(_whole([shape for shape, move in zip(shapes, moves, strict=True) if move]))
        lines += [shape for shape, move in zip(shapes, moves, strict=True) if move]
        points += [shape for shape, move in zip(shapes, moves, strict=True) if not move]
        legs.append(table[moves])
        stops.append(table[[not move for move in moves]])
    totals = compared.table.rename(columns={"label": "route"})
    return [
        GeoLayer("routes", tuple(whole), totals),
        GeoLayer("legs", tuple(lines), pd.concat(legs, ignore_index=True)),
        GeoLayer("stops", tuple(points), pd.concat(stops, ignore_index=True)),
    ]


def _whole(shapes: Sequence[Shape]) -> Shape:
    points: list[tuple[float, float]] = []
    for shape in shapes:
        points.extend(point for point in shape if not points or point != points[-1])
    return tuple(points)
