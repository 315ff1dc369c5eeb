"""Changing the network: each edit is a frozen record; applying them gives a new network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from landbridge.codes import fold
from landbridge.errors import FaultsError, InputError, LandbridgeError, UnknownNameError, suggest
from landbridge.freight.compiling import compile_network
from landbridge.freight.network import FreightNetwork
from landbridge.freight.places import (
    find_crossings,
    find_link,
    find_place,
    find_project,
    passages,
)
from landbridge.freight.tables import by_text, column, rows

LinkMode: TypeAlias = Literal["rail", "road", "ferry", "sea"]
Way: TypeAlias = Literal["both", "forward", "backward"]
GAUGES_MM = (600, 1700)
WAYS: dict[Way, tuple[str, ...]] = {
    "both": ("forward", "backward"),
    "forward": ("forward",),
    "backward": ("backward",),
}


class _Checked:
    """Refuses negative and missing numbers on construction."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if not isinstance(value, int | float) or isinstance(value, bool):
                continue
            if not math.isfinite(value) or value < 0:
                raise InputError(
                    f"{field.name} is {value}; it must be a number that is not negative",
                    where=describe(self),
                )


@dataclass(frozen=True)
class BuildProject(_Checked):
    """Open the planned links of a project and make its upgrades."""

    project: str


@dataclass(frozen=True)
class BuildLink(_Checked):
    """Build a link between two places; a railway's gauge breaks come by themselves.

    Attributes
    ----------
    id
        Id of the new link.
    from_place, to_place
        Places by id or name.
    mode
        ``rail``, ``road``, ``ferry`` or ``sea``.
    km
        Length.
    gauge_mm
        Gauge of a railway.
    speed_kmh, usd_per_tonne_km
        Absent: those of mode and economy.
    iso3
        Economy whose cost class applies.
    """

    id: str
    from_place: str
    to_place: str
    mode: LinkMode
    km: float
    gauge_mm: int | None = None
    speed_kmh: float | None = None
    usd_per_tonne_km: float | None = None
    iso3: str = ""


@dataclass(frozen=True)
class ChangeLink(_Checked):
    """Change a link; what is absent stays."""

    link: str
    km: float | None = None
    speed_kmh: float | None = None
    usd_per_tonne_km: float | None = None
    gauge_mm: int | None = None


@dataclass(frozen=True)
class ChangeCrossing(_Checked):
    """Bring a crossing to a stated level; what is absent stays.

    Attributes
    ----------
    crossing
        Id or name; the name of a border place means every mode there (or `mode`).
    mode
        ``rail`` or ``road``; absent: both.
    direction
        Both, or one.
    hours, usd_per_tonne
        New central values. They are not drawn, unless a low and a high say how wide.
    probability_open
        Share of the year in which it is open.
    """

    crossing: str
    mode: Literal["rail", "road"] | None = None
    direction: Way = "both"
    hours: float | None = None
    hours_low: float | None = None
    hours_high: float | None = None
    usd_per_tonne: float | None = None
    probability_open: float | None = None


@dataclass(frozen=True)
class SetOpen(_Checked):
    """Open or shut a link, crossing, project, port (to ships and ferries) or sea passage."""

    target: str
    is_open: bool


Edit: TypeAlias = BuildProject | BuildLink | ChangeLink | ChangeCrossing | SetOpen


def describe(edit: object) -> str:
    """Say which edit is meant, for a message."""
    first = next(iter(fields(edit)), None)  # type: ignore[arg-type]
    value = getattr(edit, first.name) if first else ""
    return f"{type(edit).__name__}({value})"


def apply_edits(network: FreightNetwork, edits: Sequence[Edit]) -> FreightNetwork:
    """Give the network with edits applied in their order; the old one stays as it is.

    Parameters
    ----------
    network
        Where to start.
    edits
        What to change.

    Raises
    ------
    UnknownNameError
        One edit names something that is not there.
    FaultsError
        Several edits are at fault.

    Examples
    --------
    >>> from landbridge.freight.network import load_network
    >>> before = load_network()
    >>> after = apply_edits(before, [SetOpen("suez", is_open=False)])
    >>> "suez" in after.tables.closed, "suez" in before.tables.closed
    (True, False)
    """
    if not edits:
        return network
    faults: list[LandbridgeError] = []
    changed = network
    for edit in edits:
        try:
            changed = _STEPS[type(edit)](changed, edit)
        except LandbridgeError as error:
            faults.append(error)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise FaultsError([str(fault) for fault in faults], where="edits of the freight network")
    old, new = network.tables, changed.tables
    same_sea = old.sea_links is new.sea_links and old.closed == new.closed
    return compile_network(new, sea=network.sea if same_sea else None)


def _build_project(network: FreightNetwork, edit: BuildProject) -> FreightNetwork:
    project = find_project(network, edit.project, where=describe(edit))
    links = network.tables.links.copy()
    links.loc[links["project"] == project, "is_open"] = True
    changes = network.tables.project_changes
    for row in rows(changes[changes["project"] == project]):
        links.loc[links["link"] == row.link, row.field] = row.value
    return _with_links(network, links)


def _build_link(network: FreightNetwork, edit: BuildLink) -> FreightNetwork:
    where = describe(edit)
    ends = [find_place(network, name, where=where) for name in (edit.from_place, edit.to_place)]
    if ends[0] == ends[1]:
        raise InputError(f"the link starts and ends at {ends[0]}", where=where)
    if edit.km <= 0 or edit.speed_kmh == 0:
        raise InputError("km and speed_kmh must be above zero", where=where)
    if edit.mode == "rail" and not edit.gauge_mm:
        raise InputError("a railway needs gauge_mm", where=where)
    if edit.mode == "sea":
        return _build_sea_link(network, edit, ends)
    tables = network.tables
    if edit.id in set(tables.links["link"]):
        raise InputError("a link of this id stands already; use ChangeLink", where=where)
    row = {
        "link": edit.id,
        "from_node": ends[0],
        "to_node": ends[1],
        "mode": edit.mode,
        "gauge_mm": edit.gauge_mm if edit.mode == "rail" else pd.NA,
        "iso3": _economy(network, edit, ends),
        "km": float(edit.km),
        "speed_kmh": np.nan if edit.speed_kmh is None else float(edit.speed_kmh),
        "usd_per_tonne_km": (
            np.nan if edit.usd_per_tonne_km is None else float(edit.usd_per_tonne_km)
        ),
        "status": "planned",
        "project": "",
        "source": "scenario",
        "confidence": "scenario",
        "shape": "",
        "is_open": True,
        "fixed": True,
    }
    added = pd.DataFrame([row]).astype(tables.links.dtypes.to_dict())
    return _with_links(network, pd.concat([tables.links, added], ignore_index=True))


def _build_sea_link(network: FreightNetwork, edit: BuildLink, ends: list[str]) -> FreightNetwork:
    where = describe(edit)
    ports = set(network.tables.nodes.loc[network.tables.nodes["kind"] == "port", "node"])
    if not set(ends) <= ports:
        raise InputError("a sea link joins two ports", where=where)
    if edit.speed_kmh is not None or edit.usd_per_tonne_km is not None:
        raise InputError(
            "a sea link has the speed and price of the sea; leave them out", where=where
        )
    sea_links = network.tables.sea_links
    if edit.id in set(sea_links["link"]):
        raise InputError("a sea link of this id stands already", where=where)
    row = {"link": edit.id, "from_node": ends[0], "to_node": ends[1], "km": float(edit.km)}
    added = pd.DataFrame([row | {"passage": "", "shape": ""}]).astype(sea_links.dtypes.to_dict())
    longer = pd.concat([sea_links, added], ignore_index=True)
    return replace(network, tables=replace(network.tables, sea_links=longer))


def _economy(network: FreightNetwork, edit: BuildLink, ends: list[str]) -> str:
    nodes = network.tables.nodes
    first, second = by_text(nodes, "node", "iso3"), by_text(nodes, "node", "iso3_other")
    sides = [{first[end], second[end]} - {""} for end in ends]
    shared = sorted(sides[0] & sides[1])
    if edit.iso3 and edit.mode != "ferry" and edit.iso3 not in sides[0] | sides[1]:
        raise InputError(
            f"iso3 is {edit.iso3}, but the link lies between {' and '.join(ends)}, in "
            f"{', '.join(sorted(sides[0] | sides[1]))}",
            where=describe(edit),
        )
    if edit.iso3 and (edit.iso3 in shared or edit.mode == "ferry"):
        return edit.iso3
    if not shared and edit.mode != "ferry":
        raise InputError(
            f"{ends[0]} and {ends[1]} lie in different economies; build two links that meet at a "
            "border place, so that goods pass a crossing",
            where=describe(edit),
        )
    return shared[0] if shared else min(sides[0])


def _change_link(network: FreightNetwork, edit: ChangeLink) -> FreightNetwork:
    link = find_link(network, edit.link, where=describe(edit))
    if edit.km == 0 or edit.speed_kmh == 0:
        raise InputError("km and speed_kmh must be above zero", where=describe(edit))
    links = network.tables.links.copy()
    row = links["link"] == link
    if edit.gauge_mm is not None and (links.loc[row, "mode"] != "rail").any():
        raise InputError("only a railway has a gauge", where=describe(edit))
    for name in ("km", "speed_kmh", "usd_per_tonne_km", "gauge_mm"):
        value = getattr(edit, name)
        if value is not None:
            links.loc[row, name] = value
            if name in ("speed_kmh", "usd_per_tonne_km"):
                links.loc[row, "fixed"] = True
    return _with_links(network, links)


def _change_crossing(network: FreightNetwork, edit: ChangeCrossing) -> FreightNetwork:
    where = describe(edit)
    names = find_crossings(network, edit.crossing, where=where)
    crossings = network.tables.crossings.copy()
    rows = crossings["crossing"].isin(names)
    if edit.mode is not None:
        rows &= crossings["mode"] == edit.mode
    if not rows.any():
        raise UnknownNameError(
            f"there is no {edit.mode} crossing at '{edit.crossing}'", where=where
        )
    if edit.probability_open is not None:
        if edit.probability_open > 1:
            raise InputError("probability_open is a share between 0 and 1", where=where)
        crossings.loc[rows, "probability_open"] = edit.probability_open
        crossings.loc[rows, "is_open"] = edit.probability_open > 0
    for way in WAYS[edit.direction]:
        if edit.hours is not None:
            low = edit.hours if edit.hours_low is None else edit.hours_low
            high = edit.hours if edit.hours_high is None else edit.hours_high
            if not low <= edit.hours <= high:
                raise InputError("hours_low, hours and hours_high must rise", where=where)
            crossings.loc[rows, f"hours_{way}"] = edit.hours
            crossings.loc[rows, f"stated_{way}"] = True
            crossings.loc[rows, f"hours_low_{way}"] = low
            crossings.loc[rows, f"hours_high_{way}"] = high
        if edit.usd_per_tonne is not None:
            for name in ("usd_per_tonne", "usd_per_tonne_low", "usd_per_tonne_high"):
                crossings.loc[rows, f"{name}_{way}"] = edit.usd_per_tonne
    return replace(network, tables=replace(network.tables, crossings=crossings))


def _set_open(network: FreightNetwork, edit: SetOpen) -> FreightNetwork:
    tables = network.tables
    target = edit.target
    if target in set(tables.links["link"]):
        links = tables.links.copy()
        links.loc[links["link"] == target, "is_open"] = edit.is_open
        return _with_links(network, links)
    if fold(target) in set(map(fold, column(tables.projects, "project"))):
        project = find_project(network, target)
        if edit.is_open:
            return _build_project(network, BuildProject(project))
        links = tables.links.copy()
        own = links["project"] == project
        if not own.any():
            raise InputError(
                f"'{project}' upgrades links and has none of its own to shut.",
                where=describe(edit),
                mend="Leave out the measure that builds it.",
            )
        links.loc[own, "is_open"] = False
        return _with_links(network, links)
    if target in set(tables.sea_links["link"]) or target in passages(network):
        return _with_closed(network, target, is_open=edit.is_open)
    try:
        names = find_crossings(network, target)
    except UnknownNameError:
        return _set_port_open(network, edit)
    crossings = tables.crossings.copy()
    rows = crossings["crossing"].isin(names)
    crossings.loc[rows, "is_open"] = edit.is_open
    # A crossing that was shut for good opens all year unless another edit says otherwise.
    crossings.loc[rows & (crossings["probability_open"] == 0), "probability_open"] = 1.0
    return replace(network, tables=replace(tables, crossings=crossings))


def _set_port_open(network: FreightNetwork, edit: SetOpen) -> FreightNetwork:
    nodes = network.tables.nodes
    try:
        place = find_place(network, edit.target)
    except UnknownNameError as error:
        known = [*passages(network), *column(network.tables.projects, "project")]
        raise UnknownNameError(
            f"'{edit.target}' is no link, crossing, project, port or sea passage.",
            where=describe(edit),
            mend=suggest(edit.target, known) or error.mend,
        ) from error
    if by_text(nodes, "node", "kind")[place] != "port":
        raise InputError(
            f"{place} is not a port, link, crossing, project or sea passage; shut its links",
            where=describe(edit),
        )
    return _with_closed(network, place, is_open=edit.is_open)


def _with_links(network: FreightNetwork, links: pd.DataFrame) -> FreightNetwork:
    return replace(network, tables=replace(network.tables, links=links))


def _with_closed(network: FreightNetwork, target: str, *, is_open: bool) -> FreightNetwork:
    closed = network.tables.closed - {target} if is_open else network.tables.closed | {target}
    return replace(network, tables=replace(network.tables, closed=closed))


_STEPS: dict[type, Callable[..., FreightNetwork]] = {
    BuildProject: _build_project,
    BuildLink: _build_link,
    ChangeLink: _change_link,
    ChangeCrossing: _change_crossing,
    SetOpen: _set_open,
}
