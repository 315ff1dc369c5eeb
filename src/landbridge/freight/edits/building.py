"""Edits that build: new places, and new links with what they join.

All new links of a set of edits are made together, in the order of their ids, so that one may start
at a place that another one makes, whichever is written first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError, InputError, LandbridgeError, UnknownNameError
from landbridge.freight.edits.joining import (
    LAND,
    Found,
    Ground,
    lie_in,
    named_economies,
    nearest,
    passed,
    sample,
    turned,
)
from landbridge.freight.edits.links import appended, check_gauge, free_passage
from landbridge.freight.edits.pieces import at, join_new_ends, mark_pieces
from landbridge.freight.edits.positions import check_degrees, great_circle_km
from landbridge.freight.edits.records import AddLink, AddPlace, End, Point
from landbridge.freight.edits.splitting import shape_text
from landbridge.freight.network.places import find_place
from landbridge.freight.network.tables import (
    FreightTables,
    by_text,
    column,
    coordinates,
    has_link,
    joins_table,
)

Row = dict[str, object]


def add_place(tables: FreightTables, edit: AddPlace, where: str) -> FreightTables:
    """Add a place."""
    if edit.place in set(tables.nodes["node"]):
        raise InputError("a place of this id stands already; use it as it is.", where=where)
    check_degrees((edit.longitude, edit.latitude), where=where)
    if (edit.kind == "border") != bool(edit.iso3_other):
        raise InputError(
            "a border place, and only that, lies between two economies: give both.", where=where
        )
    return _with_place(tables, edit)


def add_links(
    tables: FreightTables, edits: Sequence[AddLink], wheres: Sequence[str]
) -> FreightTables:
    """Add links, with what they join; an end that joins nothing makes a place.

    Raises
    ------
    InputError
        A link cannot be made.
    FaultsError
        Several of them.
    """
    ground = Ground.of(tables)
    waiting = sorted(zip(edits, wheres, strict=True), key=lambda one: one[0].id)
    faults: list[LandbridgeError] = []
    while waiting:
        later, unknown = [], []
        for edit, where in waiting:
            try:
                tables = _add_link(tables, ground, edit, where)
            except UnknownNameError as error:
                # The place may be one that another link makes.
                later.append((edit, where))
                unknown.append(error)
            except LandbridgeError as error:
                faults.append(error)
        if len(later) == len(waiting):
            faults += unknown
            break
        waiting = later
    if not faults:
        tables = mark_pieces(join_new_ends(tables, edits), ground, edits)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise FaultsError([str(fault) for fault in faults], where="")
    return tables


def _add_link(tables: FreightTables, ground: Ground, edit: AddLink, where: str) -> FreightTables:
    _check_link(edit, where)
    _check_whereabouts(tables, edit, where)
    tables, ends, joins = _ends(tables, ground, edit, where)
    if ends[0] == ends[1]:
        raise InputError(
            f"the link starts and ends at {ends[0]}",
            where=where,
            mend=f"Both lie within {edit.snap_km:g} km of it." if _points(edit) else "",
        )
    if edit.mode == "sea":
        return _with_joins(_add_sea_link(tables, edit, ends, where), joins)
    if has_link(tables.links, edit.id):
        raise InputError("a link of this id stands already; use change_link", where=where)
    placed = replace(edit, iso3=_economy(tables, edit, ends, where))
    row: Row = {
        "link": edit.id,
        "from_node": ends[0],
        "to_node": ends[1],
        "mode": edit.mode,
        "gauge_mm": edit.gauge_mm if edit.mode == "rail" else pd.NA,
        "iso3": placed.iso3,
        "km": float(edit.km),
        "speed_kmh": _number(edit.speed_kmh),
        "usd_per_tonne_km": _number(edit.usd_per_tonne_km),
        "shape": shape_text(edit.shape),
        "is_open": True,
        "fixed": True,
    }
    joins[0]["warning"] = _beyond(tables, placed, ends)
    between = _between(tables, ground, placed, ends, where)
    built = replace(tables, links=appended(tables.links, row))
    return _with_joins(built, [joins[0], *between, joins[1]])


def _check_link(edit: AddLink, where: str) -> None:
    if edit.km <= 0 or edit.speed_kmh == 0:
        raise InputError("km and speed_kmh must be above zero", where=where)
    if edit.mode == "rail" and not edit.gauge_mm:
        raise InputError("a railway needs gauge_mm", where=where)
    if edit.mode == "rail":
        check_gauge(edit.gauge_mm or 0, where)
    for point in _points(edit):
        check_degrees(point, where=where)


def _points(edit: AddLink) -> list[Point]:
    """List the points of a link that were drawn, its ends among them unless they are named."""
    ends = (edit.from_place, edit.to_place)
    first, last = ([] if isinstance(end, str) else [end] for end in ends)
    return [*first, *edit.shape, *last]


def _named(tables: FreightTables, edit: AddLink, where: str) -> list[str]:
    ends = (edit.from_place, edit.to_place)
    return [find_place(tables, end, where=where) for end in ends if isinstance(end, str)]


def _check_whereabouts(tables: FreightTables, edit: AddLink, where: str) -> None:
    """Refuse a line that lies wholly outside its economy, or whose coordinates are swapped.

    Raises
    ------
    InputError
        As said.
    UnknownNameError
        A place at an end is not known.
    """
    named = _named(tables, edit, where)
    points = sample(_points(edit)) if _points(edit) else []
    economies = named_economies(tables, edit, named)
    if not points or not economies or edit.mode not in LAND:
        return
    if lie_in(tables, points, economies).any():
        return
    codes = ", ".join(sorted(economies))
    first = at(*points[0])
    swapped = turned(points)
    if swapped is not None and lie_in(tables, swapped, economies).all():
        raise InputError(
            f"longitude and latitude are swapped: the line starts at {first}, outside {codes}, and "
            "lies inside it the other way round.",
            where=where,
            mend=f"Write longitude first: [{points[0][1]:g}, {points[0][0]:g}].",
        )
    if edit.iso3 and not named:
        raise InputError(
            f"the line lies outside {codes}: it starts at {first}, "
            f"{_nearest_of(tables, points[0], economies)}.",
            where=where,
            mend="Name the economy in which it lies (iso3), or check its coordinates.",
        )


def _nearest_of(tables: FreightTables, point: Point, economies: frozenset[str]) -> str:
    """Say how far the nearest place of economies is, and what lies nearest of all."""
    nodes = tables.nodes
    away = great_circle_km(nodes[["longitude", "latitude"]].to_numpy(dtype=np.float64), point)
    mine = (nodes["iso3"].isin(economies) | nodes["iso3_other"].isin(economies)).to_numpy()
    theirs = int(np.where(mine, away, np.inf).argmin())
    best = int(away.argmin())
    return (
        f"{away[theirs]:,.0f} km from {nodes['name'].iloc[theirs]}, its nearest place; the nearest "
        f"of all is {nodes['name'].iloc[best]} ({nodes['iso3'].iloc[best]}), {away[best]:,.0f} km"
    )


def _beyond(tables: FreightTables, edit: AddLink, ends: Sequence[str]) -> str:
    """Say how much of a drawn line lies beyond the economies of its ends; empty for nothing."""
    if edit.mode not in LAND or not _points(edit):
        return ""
    points = sample(_points(edit))
    economies = named_economies(tables, edit, ()) | named_economies(
        tables, replace(edit, iso3=""), ends
    )
    outside = int((~lie_in(tables, points, economies)).sum())
    if not outside:
        return ""
    return (
        f"{outside} of {len(points)} points of the line {edit.id} lie far outside "
        f"{', '.join(sorted(economies))}: the whole of it is costed as if it lay in {edit.iso3}."
    )


def _ends(
    tables: FreightTables, ground: Ground, edit: AddLink, where: str
) -> tuple[FreightTables, tuple[str, str], list[Row]]:
    nodes, joins = [], []
    for end, part in ((edit.from_place, "start"), (edit.to_place, "end")):
        tables, node, row = _end(tables, ground, edit, end, part=part, where=where)
        nodes.append(node)
        joins.append(row | {"where": where})
    return tables, (nodes[0], nodes[1]), joins


def _end(
    tables: FreightTables, ground: Ground, edit: AddLink, end: End, *, part: str, where: str
) -> tuple[FreightTables, str, Row]:
    """Join one end: to a place by name, to what lies within reach, or to a new place."""
    km_along = 0.0 if part == "start" else float(edit.km)
    if isinstance(end, str):
        return _named_end(tables, edit, end, part=part, km_along=km_along)
    found = nearest(tables, ground, edit, end)
    row = _row(edit, part, km_along, end, found)
    if found.km > edit.snap_km:
        _check_loose(tables, ground, edit, found, end, where=where)
        node = f"{edit.id}-{part}"
        place = AddPlace(node, f"{edit.id}, {part}", edit.iso3, end[0], end[1])
        return _with_place(tables, place), node, row | {"joined": "new", "node": node}
    if found.on is None:
        return tables, found.to, row
    link = ground.links[ground.links["link"] == found.to].iloc[0]
    node, at_point = f"{edit.id}-{part}", found.on.point
    place = AddPlace(node, f"{edit.id}, {part}", str(link["iso3"]), at_point[0], at_point[1])
    share = found.on.share
    row |= {"node": node, "split": found.to, "share": share, "to_km": share * float(link["km"])}
    return _with_place(tables, place), node, row


def _named_end(
    tables: FreightTables, edit: AddLink, end: str, *, part: str, km_along: float
) -> tuple[FreightTables, str, Row]:
    node = find_place(tables, end)
    here = coordinates(tables.nodes)[node]
    found = Found("place", node, by_text(tables.nodes, "node", "name")[node], 0.0)
    return tables, node, _row(edit, part, km_along, here, found)


def _check_loose(
    tables: FreightTables, ground: Ground, edit: AddLink, found: Found, end: Point, *, where: str
) -> None:
    """Refuse an end that joins nothing where no place can be made for it."""
    what = "port" if edit.mode == "sea" else "place"
    if edit.iso3 and edit.mode != "sea":
        return
    told = f"no {what} lies within {edit.snap_km:g} km of {list(end)}; it is {found.told}."
    swapped = turned([end])
    if swapped is not None and nearest(tables, ground, edit, swapped[0]).km <= edit.snap_km:
        other = nearest(tables, ground, edit, swapped[0])
        raise InputError(
            f"{told} Longitude and latitude look swapped.",
            where=where,
            mend=f"The other way round, {list(swapped[0])}, it is {other.told}.",
        )
    raise InputError(
        told,
        where=where,
        mend="Name a port."
        if edit.mode == "sea"
        else "Say in which economy the link lies (iso3), and a new place is made there.",
    )


def _between(
    tables: FreightTables, ground: Ground, edit: AddLink, ends: tuple[str, str], where: str
) -> list[Row]:
    """List the places that a drawn line joins between its ends."""
    if not edit.drawn or edit.mode not in LAND:
        return []
    here = coordinates(tables.nodes)
    points = [here[ends[0]], *edit.shape, here[ends[1]]]
    before = replace(tables, nodes=tables.nodes[tables.nodes["node"].isin(ground.names)])
    return [
        _row(edit, "between", on.share * float(edit.km), on.point, found)
        | {"where": where, "split": edit.id, "share": on.share}
        for found, on in passed(before, ground, edit, points, set(ends))
    ]


def _row(edit: AddLink, part: str, km_along: float, point: Point, found: Found) -> Row:
    return {
        "line": edit.id,
        "where": "",
        "mode": edit.mode,
        "part": part,
        "km_along": km_along,
        "longitude": point[0],
        "latitude": point[1],
        "joined": found.joined,
        "to": found.to,
        "name": found.name,
        "km_away": found.km,
        "node": found.to,
        "to_km": np.nan,
        "split": "",
        "share": np.nan,
        "isolated": False,
        "warning": "",
    }


def _with_joins(tables: FreightTables, joins: Sequence[Row]) -> FreightTables:
    added = joins_table(joins)
    return replace(
        tables,
        joins=pd.concat([tables.joins, added], ignore_index=True) if len(tables.joins) else added,
    )


def _with_place(tables: FreightTables, edit: AddPlace) -> FreightTables:
    row: Row = {
        "node": edit.place,
        "name": edit.name,
        "iso3": edit.iso3,
        "iso3_other": edit.iso3_other,
        "longitude": float(edit.longitude),
        "latitude": float(edit.latitude),
        "kind": edit.kind,
    }
    nodes = appended(tables.nodes, row)
    return replace(tables, nodes=nodes)


def _add_sea_link(
    tables: FreightTables, edit: AddLink, ends: tuple[str, str], where: str
) -> FreightTables:
    ports = set(tables.nodes.loc[tables.nodes["kind"] == "port", "node"])
    if not set(ends) <= ports:
        raise InputError("a sea link joins two ports", where=where)
    if edit.speed_kmh is not None or edit.usd_per_tonne_km is not None:
        raise InputError(
            "a sea link has the speed and price of the sea; leave them out", where=where
        )
    sea_links = tables.sea_links
    if edit.id in set(sea_links["link"]):
        raise InputError("a sea link of this id stands already", where=where)
    row: dict[str, object] = {"link": edit.id, "from_node": ends[0], "to_node": ends[1]}
    longer = appended(sea_links, row | {"km": float(edit.km)})
    return replace(tables, sea_links=longer)


def _economy(tables: FreightTables, edit: AddLink, ends: tuple[str, str], where: str) -> str:
    nodes = tables.nodes
    first, second = by_text(nodes, "node", "iso3"), by_text(nodes, "node", "iso3_other")
    sides = [{first[end], second[end]} - {""} for end in ends]
    shared = sorted(sides[0] & sides[1])
    if edit.iso3 and edit.mode != "ferry" and edit.iso3 not in sides[0] | sides[1]:
        raise InputError(
            f"iso3 is {edit.iso3}, but the link lies between {' and '.join(ends)}, in "
            f"{', '.join(sorted(sides[0] | sides[1]))}",
            where=where,
        )
    if edit.iso3 and (edit.iso3 in shared or edit.mode == "ferry"):
        return edit.iso3
    if shared:
        return shared[0]
    if edit.mode == "ferry" or free_passage(tables, min(sides[0]), min(sides[1])):
        return edit.iso3 or min(sides[0])
    raise InputError(
        f"{ends[0]} ({'/'.join(sorted(sides[0]))}) and {ends[1]} ({'/'.join(sorted(sides[1]))}) "
        "lie in different economies, and goods would pass no crossing.",
        where=where,
        mend=_how_to_cross(tables, sides[0], sides[1]),
    )


def _how_to_cross(tables: FreightTables, one: set[str], other: set[str]) -> str:
    nodes = tables.nodes
    border = nodes["iso3"].isin(one) & nodes["iso3_other"].isin(other)
    border |= nodes["iso3"].isin(other) & nodes["iso3_other"].isin(one)
    places = column(nodes[border], "node")
    first = (
        f"Build two links that meet at a border place ({', '.join(places)})"
        if places
        else "Build two links that meet at a border place"
    )
    return (
        f"{first}, or add one (build_place of kind border between the two, build_crossing with its "
        "hours and USD per tonne), so that goods pass a crossing."
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
