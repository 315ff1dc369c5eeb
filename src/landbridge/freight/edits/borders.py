"""Edits of crossings, borders, seasons and terminals, and of what is open and shut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from landbridge.codes import fold, name_of
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.freight.edits.links import appended, open_project
from landbridge.freight.edits.records import (
    MONTHS,
    AddCrossing,
    CrossingCosts,
    OpenProject,
    SetBorder,
    SetCrossing,
    SetOpen,
    SetSeason,
    SetTerminal,
    Way,
)
from landbridge.freight.network.places import (
    find_crossings,
    find_passage,
    find_place,
    find_project,
    passages,
    place_called,
)
from landbridge.freight.network.tables import (
    FreightTables,
    by_text,
    column,
    has_link,
    of_link,
    rows,
)
from landbridge.units import BoolArray

WAYS: Mapping[Way, tuple[str, ...]] = {
    "both": ("forward", "backward"),
    "forward": ("forward",),
    "backward": ("backward",),
}
PORT_OF = "port of "


def add_crossing(tables: FreightTables, edit: AddCrossing, where: str) -> FreightTables:
    """Open a crossing at a border place that has none for the mode."""
    place = find_place(tables, edit.place, where=where)
    node = next(row for row in rows(tables.nodes) if row.node == place)
    if node.kind != "border":
        raise InputError(
            f"{place} is no border place.", where=where, mend="Add one with build_place."
        )
    crossings = tables.crossings
    at_place = (crossings["place"] == place) & (crossings["mode"] == edit.mode)
    if at_place.any():
        name = column(crossings[at_place], "crossing")[0]
        raise InputError(f"{name} stands already.", where=where, mend="Use change_crossing.")
    _check_share(edit.probability_open, where)
    row: dict[str, object] = {
        "crossing": f"{place}-{edit.mode}",
        "place": place,
        "name": node.name,
        "mode": edit.mode,
        "from_iso3": node.iso3,
        "to_iso3": node.iso3_other,
        "probability_open": edit.probability_open,
        "is_open": edit.probability_open > 0,
        "year": 0,
    }
    for way, costs in (("forward", edit.forward), ("backward", edit.backward or edit.forward)):
        row[f"stated_{way}"] = True
        row |= _way_columns(costs, way, where)
    return replace(tables, crossings=appended(crossings, row))


def set_crossing(tables: FreightTables, edit: SetCrossing, where: str) -> FreightTables:
    """Bring a crossing to a stated level."""
    names = find_crossings(tables, edit.crossing, where=where)
    crossings = tables.crossings.copy()
    mine = crossings["crossing"].isin(names)
    if edit.mode is not None:
        mine &= crossings["mode"] == edit.mode
    if not mine.any():
        raise UnknownNameError(
            f"there is no {edit.mode} crossing at '{edit.crossing}'", where=where
        )
    if edit.probability_open is not None:
        _check_share(edit.probability_open, where)
        crossings.loc[mine, "probability_open"] = edit.probability_open
        crossings.loc[mine, "is_open"] = edit.probability_open > 0
    for way in WAYS[edit.direction]:
        if edit.hours is not None:
            crossings.loc[mine, f"stated_{way}"] = True
        for name in ("hours", "usd_per_tonne"):
            if getattr(edit, name) is None:
                continue
            for part, value in _banded(edit, name, where).items():
                crossings.loc[mine, f"{part}_{way}"] = value
    return replace(tables, crossings=crossings)


def set_season(tables: FreightTables, edit: SetSeason, where: str) -> FreightTables:
    """Open a crossing or link in some months of the year."""
    months = set(edit.months_open)
    if len(months) != len(edit.months_open) or not months <= set(range(1, MONTHS + 1)):
        raise InputError("months_open are numbers from 1 to 12, each once.", where=where)
    if not months:
        raise InputError("months_open is empty.", where=where, mend="Use close instead.")
    if edit.month is not None and edit.month not in range(1, MONTHS + 1):
        raise InputError("month is a number from 1 to 12.", where=where)
    if has_link(tables.links, edit.target):
        if edit.month is None:
            raise InputError(
                f"{edit.target} is a link, which has no share of the year.",
                where=where,
                mend="Run the scenario for one month (month = 1), or give the season of a crossing "
                "on the way.",
            )
        links = tables.links.copy()
        links.loc[of_link(links, edit.target), "is_open"] = edit.month in months
        return replace(tables, links=links)
    names = find_crossings(tables, edit.target, where=where)
    crossings = tables.crossings.copy()
    mine = crossings["crossing"].isin(names)
    # The season takes the place of the table's share, which may hold the same closure already.
    share = len(months) / MONTHS if edit.month is None else float(edit.month in months)
    crossings.loc[mine, "probability_open"] = share
    crossings.loc[mine, "is_open"] = share > 0
    return replace(tables, crossings=crossings)


def set_terminal(tables: FreightTables, edit: SetTerminal, where: str) -> FreightTables:
    """State a terminal's values; a place on the default gets a row of its own."""
    place = find_place(tables, edit.place, where=where)
    terminals = tables.terminals
    mine = ((terminals["place"] == place) & (terminals["kind"] == edit.kind)).to_numpy()
    if not mine.any():
        row = dict(_default_terminal(tables, place, edit, where))
        row |= {"terminal": f"{place}-{edit.kind.replace('_', '-')}-stated", "place": place}
        row |= {"side_iso3": "", "source": "scenario", "confidence": "scenario", "note": ""}
        terminals = appended(terminals, row)
        mine = (terminals["terminal"] == row["terminal"]).to_numpy()
    else:
        terminals = terminals.copy()
    for column_name in ("fixed_hours", "queue_hours"):
        value = getattr(edit, column_name)
        if value is not None:
            terminals[column_name] = terminals[column_name].where(~mine, float(value))
    _set_terminal_bands(terminals, mine, edit, where)
    return replace(tables, terminals=terminals)


def set_border(tables: FreightTables, edit: SetBorder, where: str) -> FreightTables:
    """Shut or open all crossings and free links between two economies."""
    pair = {edit.iso3_a, edit.iso3_b}
    if len(pair) == 1:
        raise InputError(f"{edit.iso3_a} has no border with itself.", where=where)
    modes: set[str] = {"rail", "road"} if edit.mode is None else {edit.mode}
    crossings, links = tables.crossings.copy(), tables.links.copy()
    mine = _between(crossings, pair) & crossings["mode"].isin(modes).to_numpy()
    free = _free_links(tables, pair, modes)
    if not mine.any() and not free.any():
        raise InputError(
            f"the network has no {edit.mode or 'land'} crossing between {edit.iso3_a} and "
            f"{edit.iso3_b}.",
            where=where,
            mend=_neighbours(tables, edit),
        )
    crossings.loc[mine, "is_open"] = edit.is_open
    if edit.is_open:
        crossings.loc[mine & (crossings["probability_open"] == 0), "probability_open"] = 1.0
    links.loc[free, "is_open"] = edit.is_open
    return replace(tables, links=links, crossings=crossings)


def set_open(tables: FreightTables, edit: SetOpen, where: str) -> FreightTables:
    """Open or shut what a name means."""
    target = edit.target
    if has_link(tables.links, target):
        links = tables.links.copy()
        links.loc[of_link(links, target), "is_open"] = edit.is_open
        return replace(tables, links=links)
    if fold(target) in set(map(fold, column(tables.projects, "project"))):
        return _set_project(tables, edit, where)
    passage = find_passage(tables, target)
    if passage or target in set(tables.sea_links["link"]):
        return _with_closed(tables, passage or target, is_open=edit.is_open)
    port = _port(tables, target)
    if port:
        return _with_closed(tables, tables.port_mark(port), is_open=edit.is_open)
    try:
        names = find_crossings(tables, target)
    except UnknownNameError:
        raise _no_target(tables, edit, where) from None
    crossings = tables.crossings.copy()
    mine = crossings["crossing"].isin(names)
    crossings.loc[mine, "is_open"] = edit.is_open
    # A crossing that was shut for good opens all year unless another edit says otherwise.
    if edit.is_open:
        crossings.loc[mine & (crossings["probability_open"] == 0), "probability_open"] = 1.0
    return replace(tables, crossings=crossings)


def target_of(tables: FreightTables, target: str) -> tuple[str, ...]:
    """Find the ids that a target of `SetOpen` or `SetSeason` means; empty when it is unknown."""
    if has_link(tables.links, target) or target in set(tables.sea_links["link"]):
        return (target,)
    projects = {fold(name): name for name in column(tables.projects, "project")}
    one = projects.get(fold(target)) or find_passage(tables, target) or _port(tables, target)
    if one:
        return (one,)
    try:
        return find_crossings(tables, target)
    except UnknownNameError:
        return ()


def _set_project(tables: FreightTables, edit: SetOpen, where: str) -> FreightTables:
    project = find_project(tables, edit.target, where=where)
    if edit.is_open:
        return open_project(tables, OpenProject(project), where)
    links = tables.links.copy()
    own = links["project"] == project
    if not own.any():
        raise InputError(
            f"'{project}' upgrades links and has none of its own to shut.",
            where=where,
            mend="Leave out the measure that builds it.",
        )
    links.loc[own, "is_open"] = False
    return replace(tables, links=links)


def _port(tables: FreightTables, target: str) -> str:
    """Find the port that a name, perhaps "port of ...", means; empty when it is none."""
    name = fold(target).removeprefix(PORT_OF)
    place = place_called(tables, name)
    is_port = by_text(tables.nodes, "node", "kind").get(place) == "port"
    return place if is_port else ""


def _no_target(tables: FreightTables, edit: SetOpen, where: str) -> InputError:
    try:
        place = find_place(tables, edit.target)
    except UnknownNameError as error:
        known = [*passages(tables), *column(tables.projects, "project")]
        return UnknownNameError(
            f"'{edit.target}' is no link, crossing, project, port or sea passage.",
            where=where,
            mend=suggest(edit.target, known) or error.mend,
        )
    return InputError(
        f"{place} is not a port, link, crossing, project or sea passage; shut its links",
        where=where,
    )


def _way_columns(costs: CrossingCosts, way: str, where: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in ("hours", "usd_per_tonne"):
        found |= {f"{part}_{way}": value for part, value in _banded(costs, name, where).items()}
    return found


def _banded(
    edit: SetCrossing | CrossingCosts | SetTerminal, name: str, where: str
) -> dict[str, float]:
    """Read a stated value with its low and high, which are the value itself where absent."""
    value = float(getattr(edit, name))
    low, high = getattr(edit, f"{name}_low"), getattr(edit, f"{name}_high")
    low, high = value if low is None else low, value if high is None else high
    if not low <= value <= high:
        raise InputError(f"{name}_low, {name} and {name}_high must rise", where=where)
    return {name: value, f"{name}_low": float(low), f"{name}_high": float(high)}


def _check_share(share: float, where: str) -> None:
    if share > 1:
        raise InputError("probability_open is a share between 0 and 1", where=where)


def _default_terminal(
    tables: FreightTables, place: str, edit: SetTerminal, where: str
) -> Mapping[str, object]:
    nodes, zones = tables.nodes, tables.zones
    kind = by_text(nodes, "node", "kind")[place]
    if edit.kind == "port" and kind != "port":
        raise InputError(f"{place} is not a port.", where=where)
    advanced = by_text(zones, "iso3", "port_class").get(by_text(nodes, "node", "iso3")[place])
    owner = {"ferry": "default-ferry"}.get(edit.kind, "default")
    if edit.kind == "port" and advanced == "advanced":
        owner = "default-advanced"
    terminals = tables.terminals
    found = terminals[(terminals["place"] == owner) & (terminals["kind"] == edit.kind)]
    if edit.kind == "gauge_break":
        raise InputError(
            f"{place} has no gauge break of its own to change.",
            where=where,
            mend="Give it a row in a file of terminals (data, terminals = ...) with its gauges.",
        )
    return {str(name): value for name, value in found.iloc[0].items()}


def _set_terminal_bands(
    terminals: pd.DataFrame, mine: BoolArray, edit: SetTerminal, where: str
) -> None:
    """Write the bands of a terminal that an edit states, in place."""
    if edit.fixed_hours is not None or edit.queue_hours is not None:
        hours = terminals["fixed_hours"] + terminals["queue_hours"]
        low = hours if edit.hours_low is None else edit.hours_low
        high = hours if edit.hours_high is None else edit.hours_high
        for name, value in (("hours_low", low), ("hours_high", high)):
            terminals[name] = terminals[name].where(~mine, value)
        if (terminals["hours_low"][mine] > hours[mine]).any() or (
            terminals["hours_high"][mine] < hours[mine]
        ).any():
            raise InputError(
                "hours_low, fixed_hours with queue_hours, and hours_high must rise", where=where
            )
        terminals["stated"] = terminals["stated"] | mine
    elif edit.hours_low is not None or edit.hours_high is not None:
        raise InputError("a band needs fixed_hours or queue_hours beside it", where=where)
    if edit.usd_per_tonne is not None:
        values = _banded(edit, "usd_per_tonne", where)
        names = ("usd_per_tonne", "usd_low", "usd_high")
        for name, value in zip(names, values.values(), strict=True):
            terminals[name] = terminals[name].where(~mine, value)


def _between(crossings: pd.DataFrame, pair: set[str]) -> BoolArray:
    first, second = column(crossings, "from_iso3"), column(crossings, "to_iso3")
    return np.array([{a, b} == pair for a, b in zip(first, second, strict=True)], dtype=bool)


def _free_links(tables: FreightTables, pair: set[str], modes: set[str]) -> BoolArray:
    """Mark the links that run from one economy into the other without a border place."""
    nodes, links = tables.nodes, tables.links
    economy, kind = by_text(nodes, "node", "iso3"), by_text(nodes, "node", "kind")
    ends = zip(column(links, "from_node"), column(links, "to_node"), strict=True)
    across = [
        {economy[a], economy[b]} == pair and "border" not in (kind[a], kind[b]) for a, b in ends
    ]
    return np.array(across, dtype=bool) & links["mode"].isin(modes).to_numpy()


def _neighbours(tables: FreightTables, edit: SetBorder) -> str:
    crossings = tables.crossings
    pairs = list(zip(column(crossings, "from_iso3"), column(crossings, "to_iso3"), strict=True))
    beside = {b for a, b in pairs if a == edit.iso3_a} | {a for a, b in pairs if b == edit.iso3_a}
    if not beside:
        return f"No crossing of {edit.iso3_a} is in the network."
    told = ", ".join(f"{name_of(code)} ({code})" for code in sorted(beside))
    return f"{name_of(edit.iso3_a)} has crossings with {told}."


def _with_closed(tables: FreightTables, target: str, *, is_open: bool) -> FreightTables:
    closed = tables.closed - {target} if is_open else tables.closed | {target}
    return replace(tables, closed=closed)
