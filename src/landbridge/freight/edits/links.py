"""Edits of links that stand: projects, rates by economy, gauges, single links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from landbridge.errors import InputError
from landbridge.freight.edits.records import OpenProject, SetGauge, SetLink, SetRates
from landbridge.freight.network.places import find_link, find_project
from landbridge.freight.network.tables import FreightTables, by_text, column, of_link, rows
from landbridge.units import FloatArray

GAUGES_MM = (600, 1700)
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
        links.loc[of_link(links, row.link), row.field] = row.value
    return replace(tables, links=links)


def set_link(tables: FreightTables, edit: SetLink, where: str) -> FreightTables:
    """Bring a link to a stated level."""
    link = find_link(tables, edit.link, where=where)
    if edit.km == 0 or edit.speed_kmh == 0:
        raise InputError("km and speed_kmh must be above zero", where=where)
    links = tables.links.copy()
    row = of_link(links, link)
    if edit.gauge_mm is not None:
        if (links.loc[row, "mode"] != "rail").any():
            raise InputError("only a railway has a gauge", where=where)
        check_gauge(edit.gauge_mm, where)
    for name in ("km", "speed_kmh", "usd_per_tonne_km", "gauge_mm"):
        value = getattr(edit, name)
        if value is not None:
            # The parts of a link share its length; what else is stated holds for each of them.
            km = links.loc[row, "km"]
            links.loc[row, name] = value * km / km.sum() if name == "km" else value
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
        check_gauge(edit.gauge_mm, where)
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


def check_gauge(gauge_mm: int, where: str) -> None:
    """Refuse a gauge that no railway has.

    Raises
    ------
    InputError
        It lies outside `GAUGES_MM`.
    """
    low, high = GAUGES_MM
    if not low <= gauge_mm <= high:
        raise InputError(f"gauge_mm is {gauge_mm}; it lies between {low} and {high}.", where=where)
