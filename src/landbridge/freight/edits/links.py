"""Edits of places and links: projects, new links, rates by economy, gauges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from landbridge.errors import InputError
from landbridge.freight.edits.records import (
    AddLink,
    AddPlace,
    End,
    OpenProject,
    Point,
    SetGauge,
    SetLink,
    SetRates,
)
from landbridge.freight.network.places import find_link, find_place, find_project
from landbridge.freight.network.tables import FreightTables, by_text, column, rows
from landbridge.units import FloatArray

EARTH_RADIUS_KM = 6371.0088
GAUGES_MM = (600, 1700)
LONGITUDES, LATITUDES = 180.0, 90.0
SCENARIO = "scenario"
RATES = {"speed_kmh": "speed_factor", "usd_per_tonne_km": "usd_factor"}
"""What can be changed by economy, and the field of the edit that multiplies it."""


def open_project(tables: FreightTables, edit: OpenProject, where: str) -> FreightTables:
    """Open a project's links and make its upgrades."""
    project = find_project(tables, edit.project, where=where)
    links = tables.links.copy()
    links.loc[links["project"] == project, "is_open"] = True
    changes = tables.project_changes
    for row in rows(changes[changes["project"] == project]):
        links.loc[links["link"] == row.link, row.field] = row.value
    return replace(tables, links=links)


def add_place(tables: FreightTables, edit: AddPlace, where: str) -> FreightTables:
    """Add a place."""
    if edit.place in set(tables.nodes["node"]):
        raise InputError("a place of this id stands already; use it as it is.", where=where)
    if not _on_earth((edit.longitude, edit.latitude)):
        raise InputError("longitude is from -180 to 180, latitude from -90 to 90.", where=where)
    if (edit.kind == "border") != bool(edit.iso3_other):
        raise InputError(
            "a border place, and only that, lies between two economies: give both.", where=where
        )
    return _with_place(tables, edit)


def add_link(tables: FreightTables, edit: AddLink, where: str) -> FreightTables:
    """Add a link; its ends that are points take a place nearby or make one."""
    _check_link(edit, where)
    tables, ends = _ends(tables, edit, where)
    if ends[0] == ends[1]:
        raise InputError(
            f"the link starts and ends at {ends[0]}",
            where=where,
            mend=f"Both lie within {edit.snap_km:g} km of it." if _snapping(edit) else "",
        )
    if edit.mode == "sea":
        return _add_sea_link(tables, edit, ends, where)
    if edit.id in set(tables.links["link"]):
        raise InputError("a link of this id stands already; use change_link", where=where)
    row: dict[str, object] = {
        "link": edit.id,
        "from_node": ends[0],
        "to_node": ends[1],
        "mode": edit.mode,
        "gauge_mm": edit.gauge_mm if edit.mode == "rail" else pd.NA,
        "iso3": _economy(tables, edit, ends, where),
        "km": float(edit.km),
        "speed_kmh": _number(edit.speed_kmh),
        "usd_per_tonne_km": _number(edit.usd_per_tonne_km),
        "shape": ";".join(f"{x:.4f} {y:.4f}" for x, y in edit.shape),
        "is_open": True,
        "fixed": True,
    }
    return replace(tables, links=appended(tables.links, row))


def set_link(tables: FreightTables, edit: SetLink, where: str) -> FreightTables:
    """Bring a link to a stated level."""
    link = find_link(tables, edit.link, where=where)
    if edit.km == 0 or edit.speed_kmh == 0:
        raise InputError("km and speed_kmh must be above zero", where=where)
    links = tables.links.copy()
    row = links["link"] == link
    if edit.gauge_mm is not None:
        if (links.loc[row, "mode"] != "rail").any():
            raise InputError("only a railway has a gauge", where=where)
        _check_gauge(edit.gauge_mm, where)
    for name in ("km", "speed_kmh", "usd_per_tonne_km", "gauge_mm"):
        value = getattr(edit, name)
        if value is not None:
            links.loc[row, name] = value
            if name in RATES:
                links.loc[row, "fixed"] = True
    return replace(tables, links=links)


def set_gauge(
    tables: FreightTables, edits: Sequence[SetGauge], wheres: Sequence[str]
) -> FreightTables:
    """Bring the railways of economies to another gauge, planned ones included.

    Each edit takes the railways that had its gauge before any of them, so that 1676 to 1435 and
    1435 to 1520 do not run into each other.
    """
    links = tables.links.copy()
    gauge = links["gauge_mm"].copy()
    done: dict[int, str] = {}
    for edit, where in zip(edits, wheres, strict=True):
        _check_gauge(edit.gauge_mm, where)
        here = ((links["mode"] == "rail") & (links["iso3"] == edit.iso3)).to_numpy()
        mine = here.copy()
        if edit.from_gauge_mm is not None:
            mine &= (gauge == edit.from_gauge_mm).fillna(value=False).to_numpy(dtype=bool)
        if not mine.any():
            of_gauge = f" of {edit.from_gauge_mm} mm" if edit.from_gauge_mm is not None else ""
            held = ", ".join(str(value) for value in sorted({int(g) for g in gauge[here]}))
            raise InputError(
                f"the network has no railway{of_gauge} in {edit.iso3}.",
                where=where,
                mend=f"Its railways there have {held} mm." if held else "",
            )
        twice = [row for row in np.flatnonzero(mine).tolist() if row in done]
        if twice and (links["gauge_mm"].iloc[twice] != edit.gauge_mm).any():
            raise InputError(
                f"railways of {edit.iso3} get another gauge in {done[twice[0]]}.",
                where=where,
                mend="Keep one of them.",
            )
        done |= dict.fromkeys(np.flatnonzero(mine).tolist(), where)
        links.loc[mine, "gauge_mm"] = edit.gauge_mm
    return replace(tables, links=links)


def set_rates(
    tables: FreightTables, edits: Sequence[SetRates], wheres: Sequence[str]
) -> FreightTables:
    """Change speeds and prices by economy; the edit that names an economy holds there, alone."""
    links = tables.links.copy()
    own = {name: _own_economies(edits, name) for name in RATES}
    for edit, where in zip(edits, wheres, strict=True):
        mine = (links["mode"] == edit.mode).to_numpy(copy=True)
        if edit.iso3:
            mine &= (links["iso3"] == edit.iso3).to_numpy()
        if not mine.any():
            raise InputError(
                f"the network has no {edit.mode} link in {edit.iso3 or 'any economy'}.",
                where=where,
                mend="Its freight then comes on by other modes, or at its ports.",
            )
        for name, factor_name in RATES.items():
            level, factor = getattr(edit, name), getattr(edit, factor_name)
            if level is None and factor is None:
                continue
            if level is not None and factor is not None:
                raise InputError(f"give {name} or {factor_name}, not both.", where=where)
            if level == 0 or factor == 0:
                raise InputError("a speed, a price or a factor must be above zero.", where=where)
            touched = mine
            if not edit.iso3:
                touched = mine & ~links["iso3"].isin(own[name][edit.mode]).to_numpy()
            # What another edit states for a link stays; without a level of its own it has none.
            stated = links["fixed"].to_numpy() & links[name].notna().to_numpy()
            touched = touched & ~stated
            before = _levels(tables, name)
            links.loc[touched, name] = before[touched] * factor if level is None else level
            if level is not None:
                links.loc[touched, "fixed"] = True
    return replace(tables, links=links)


def appended(table: pd.DataFrame, row: dict[str, object]) -> pd.DataFrame:
    """Append one row to a table, marked as the scenario's."""
    known = {
        "status": "planned",
        "project": "",
        "source": SCENARIO,
        "confidence": SCENARIO,
        "note": "",
        "aliases": "",
    }
    full = {name: row.get(name, known.get(name, "")) for name in table.columns}
    added = pd.DataFrame([full], columns=table.columns).astype(table.dtypes.to_dict())
    return pd.concat([table, added], ignore_index=True)


def free_passage(tables: FreightTables, iso3_a: str, iso3_b: str) -> bool:
    """Say whether links run between two economies, or their common neighbours, without a post."""
    nodes = tables.nodes
    economy, kind = by_text(nodes, "node", "iso3"), by_text(nodes, "node", "kind")
    links = tables.links
    land = links[links["mode"].isin(["rail", "road"]) & (links["source"] != SCENARIO)]
    beside: dict[str, set[str]] = defaultdict(set)
    for start, end in zip(column(land, "from_node"), column(land, "to_node"), strict=True):
        sides = (economy[start], economy[end])
        if sides[0] != sides[1] and "border" not in (kind[start], kind[end]):
            beside[sides[0]].add(sides[1])
            beside[sides[1]].add(sides[0])
    seen, queue = {iso3_a}, [iso3_a]
    while queue:
        for other in beside[queue.pop()] - seen:
            seen.add(other)
            queue.append(other)
    return iso3_b in seen


def great_circle_km(points: FloatArray, point: Point) -> FloatArray:
    """Compute the distances of points ``[n, 2]`` (longitude, latitude) from one, ``[n]`` km."""
    there, here = np.radians(points), np.radians(point)
    half = np.sin((there[:, 1] - here[1]) / 2) ** 2
    half += np.cos(there[:, 1]) * np.cos(here[1]) * np.sin((there[:, 0] - here[0]) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def _own_economies(edits: Sequence[SetRates], name: str) -> dict[str, set[str]]:
    own: dict[str, set[str]] = defaultdict(set)
    for edit in edits:
        given = (getattr(edit, name), getattr(edit, RATES[name])) != (None, None)
        if edit.iso3 and given:
            own[edit.mode].add(edit.iso3)
    return own


def _levels(tables: FreightTables, name: str) -> FloatArray:
    """Compute each link's speed or price before: its own, or that of mode and economy."""
    links = tables.links
    known = {(row.mode, row.iso3): float(getattr(row, name)) for row in rows(tables.mode_costs)}
    default = [
        known.get((mode, iso3), known.get((mode, ""), np.nan))
        for mode, iso3 in zip(column(links, "mode"), column(links, "iso3"), strict=True)
    ]
    own = links[name].to_numpy(dtype=np.float64)
    return np.where(np.isnan(own), default, own)


def _check_link(edit: AddLink, where: str) -> None:
    if edit.km <= 0 or edit.speed_kmh == 0:
        raise InputError("km and speed_kmh must be above zero", where=where)
    if edit.mode == "rail" and not edit.gauge_mm:
        raise InputError("a railway needs gauge_mm", where=where)
    if edit.mode == "rail":
        _check_gauge(edit.gauge_mm or 0, where)
    for end in (edit.from_place, edit.to_place):
        if not isinstance(end, str) and not _on_earth(end):
            raise InputError(
                f"{list(end)} is no point: write [longitude, latitude] in degrees.", where=where
            )


def _check_gauge(gauge_mm: int, where: str) -> None:
    low, high = GAUGES_MM
    if not low <= gauge_mm <= high:
        raise InputError(f"gauge_mm is {gauge_mm}; it lies between {low} and {high}.", where=where)


def _on_earth(point: Point) -> bool:
    return abs(point[0]) <= LONGITUDES and abs(point[1]) <= LATITUDES


def _snapping(edit: AddLink) -> bool:
    return not (isinstance(edit.from_place, str) and isinstance(edit.to_place, str))


def _ends(
    tables: FreightTables, edit: AddLink, where: str
) -> tuple[FreightTables, tuple[str, str]]:
    found = []
    for end, part in ((edit.from_place, "start"), (edit.to_place, "end")):
        tables, node = _end(tables, edit, end, part=part, where=where)
        found.append(node)
    return tables, (found[0], found[1])


def _end(
    tables: FreightTables, edit: AddLink, end: End, *, part: str, where: str
) -> tuple[FreightTables, str]:
    if isinstance(end, str):
        return tables, find_place(tables, end, where=where)
    near = nearest_place(tables, end, iso3=edit.iso3, within_km=edit.snap_km)
    if near:
        return tables, near
    if edit.mode == "sea":
        raise InputError(f"no port lies within {edit.snap_km:g} km of {list(end)}.", where=where)
    if not edit.iso3:
        raise InputError(
            f"no place lies within {edit.snap_km:g} km of {list(end)}.",
            where=where,
            mend="Say in which economy the link lies (iso3), and a new place is made there.",
        )
    name = f"{edit.id}, {part}"
    place = AddPlace(f"{edit.id}-{part}", name, edit.iso3, end[0], end[1])
    return _with_place(tables, place), place.place


def nearest_place(tables: FreightTables, point: Point, *, iso3: str = "", within_km: float) -> str:
    """Find the nearest place to a point; empty where none lies within reach.

    Parameters
    ----------
    tables
        The tables.
    point
        Longitude and latitude.
    iso3
        Economy whose places are taken; empty for all.
    within_km
        How far it may lie.
    """
    nodes = tables.nodes
    if iso3:
        nodes = nodes[(nodes["iso3"] == iso3) | (nodes["iso3_other"] == iso3)]
    if nodes.empty:
        return ""
    away = great_circle_km(nodes[["longitude", "latitude"]].to_numpy(dtype=np.float64), point)
    best = int(np.argmin(away))
    return str(nodes["node"].iloc[best]) if away[best] <= within_km else ""


def _with_place(tables: FreightTables, edit: AddPlace) -> FreightTables:
    row: dict[str, object] = {
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
