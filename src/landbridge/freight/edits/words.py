"""What an edit does, in words for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from landbridge.codes import name_of
from landbridge.freight.edits.records import (
    MONTHS,
    AddCrossing,
    AddLink,
    AddPlace,
    CrossingCosts,
    Edit,
    End,
    OpenProject,
    SetBorder,
    SetCapacity,
    SetCarbonPrice,
    SetCrossing,
    SetGauge,
    SetLink,
    SetOpen,
    SetRates,
    SetSeason,
    SetTerminal,
)

MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August",
               "September", "October", "November", "December")  # fmt: skip
KINDS = {
    "port": "port",
    "ferry": "ferry port",
    "gauge_break": "gauge change",
    "transfer": "road-rail transfer",
}
TARGETS: dict[type, str] = {
    SetCrossing: "crossing",
    SetTerminal: "place",
    SetRates: "iso3",
    SetCarbonPrice: "mode",
    SetCapacity: "target",
    SetGauge: "iso3",
    SetSeason: "target",
    SetOpen: "target",
}
"""The field that says whom an edit touches."""
MANY = 5
"""More new links than this are counted instead of named."""
PLACES = {"border": "border place", "city": "city", "junction": "junction", "port": "port"}
UNITS = {
    "km": "km",
    "hours": "hours",
    "speed_kmh": "km/h",
    "usd_per_tonne": "USD per tonne",
    "usd_per_tonne_km": "USD per tonne-km",
    "gauge_mm": "mm gauge",
    "fixed_hours": "hours of handling",
    "queue_hours": "hours of queue",
}


def describe(edit: Edit) -> str:
    """Say in one sentence, without a full stop, what an edit does.

    Examples
    --------
    >>> describe(SetBorder("PAK", "AFG", is_open=False))
    'Closes the border of Pakistan and Afghanistan (road and rail)'
    >>> describe(SetRates("road", "AFG", speed_factor=1.2))
    'Road in Afghanistan: speed times 1.2'
    """
    if isinstance(edit, OpenProject | AddPlace | AddLink | AddCrossing):
        return _built(edit)
    if isinstance(edit, SetSeason | SetBorder | SetOpen):
        return _opened(edit)
    return _changed(edit)


def describe_all(edits: Sequence[Edit]) -> str:
    """Say what several edits do: those that differ only in whom they touch are told together.

    Examples
    --------
    >>> describe_all([SetOpen("torkham", is_open=False), SetOpen("chaman", is_open=False)])
    'Closes torkham, chaman'
    """
    links = [edit for edit in edits if isinstance(edit, AddLink)]
    if len(links) > MANY:
        modes = dict.fromkeys(link.mode for link in links)
        sums = {mode: sum(link.km for link in links if link.mode == mode) for mode in modes}
        told = ", ".join(f"{km:,.0f} km of {mode}" for mode, km in sums.items())
        rest = [edit for edit in edits if not isinstance(edit, AddLink)]
        return "; ".join([f"{len(links)} new links: {told}", *filter(None, [describe_all(rest)])])
    groups: dict[Edit, list[str]] = {}
    for edit in edits:
        name = TARGETS.get(type(edit))
        key = edit if name is None else _aimed(edit, name, "")
        groups.setdefault(key, []).append("" if name is None else getattr(edit, name))
    parts = []
    for edit, targets in groups.items():
        name = TARGETS.get(type(edit))
        parts.append(describe(edit if name is None else _aimed(edit, name, ", ".join(targets))))
    return "; ".join(parts)


def _built(edit: OpenProject | AddPlace | AddLink | AddCrossing) -> str:
    if isinstance(edit, OpenProject):
        return f"Builds the project {edit.project}"
    if isinstance(edit, AddPlace):
        sides = name_of(edit.iso3) + (f" and {name_of(edit.iso3_other)}" if edit.iso3_other else "")
        return f"New {edit.kind} {edit.name} ({sides}) at {edit.latitude:.2f}, {edit.longitude:.2f}"
    if isinstance(edit, AddLink):
        parts = [f"New {edit.mode} link {_end(edit.from_place)} - {_end(edit.to_place)}"]
        parts += _values(edit, ("km", "gauge_mm", "speed_kmh", "usd_per_tonne_km"))
        return ", ".join(parts)
    back = edit.backward or edit.forward
    words = f"New {edit.mode} crossing at {edit.place}: {_costs(edit.forward)}"
    words += f"; back {_costs(back)}" if back != edit.forward else " both ways"
    return words + _share(edit.probability_open)


def _opened(edit: SetSeason | SetBorder | SetOpen) -> str:
    if isinstance(edit, SetSeason):
        words = f"{edit.target} is open {_months(edit.months_open)}"
        if edit.month is None:
            return f"{words}: {len(edit.months_open) / MONTHS:.0%} of the year"
        state = "open" if edit.month in edit.months_open else "shut"
        return f"{words}; this run is for {MONTH_NAMES[edit.month - 1]}: {state}"
    verb = "Opens" if edit.is_open else "Closes"
    if isinstance(edit, SetOpen):
        return f"{verb} {edit.target}"
    return (
        f"{verb} the border of {name_of(edit.iso3_a)} and {name_of(edit.iso3_b)} "
        f"({edit.mode or 'road and rail'})"
    )


def _changed(
    edit: SetLink | SetCrossing | SetRates | SetGauge | SetTerminal | SetCarbonPrice | SetCapacity,
) -> str:
    if isinstance(edit, SetGauge):
        of = f"{edit.from_gauge_mm} mm railways" if edit.from_gauge_mm else "Railways"
        return f"{of} of {_economies(edit.iso3)}: {edit.gauge_mm} mm"
    if isinstance(edit, SetCarbonPrice | SetCapacity):
        return _stated(edit)
    if isinstance(edit, SetRates):
        place = _economies(edit.iso3) or "all economies"
        parts = _values(edit, ("speed_kmh", "usd_per_tonne_km"))
        for name, thing in (("speed_factor", "speed"), ("usd_factor", "price")):
            factor = getattr(edit, name)
            parts += [] if factor is None else [f"{thing} times {factor:g}"]
        return f"{edit.mode.capitalize()} in {place}: {', '.join(parts)}"
    if isinstance(edit, SetTerminal):
        parts = _values(edit, ("fixed_hours", "queue_hours", "usd_per_tonne"))
        return f"{edit.place}, {KINDS[edit.kind]}: {', '.join(parts)}"
    if isinstance(edit, SetLink):
        parts = _values(edit, ("km", "speed_kmh", "usd_per_tonne_km", "gauge_mm"))
        return f"Link {edit.link}: {', '.join(parts)}"
    mode = f" ({edit.mode})" if edit.mode else ""
    way = "" if edit.direction == "both" else f", {edit.direction} only"
    parts = _values(edit, ("hours", "usd_per_tonne"))
    told = ", ".join(parts) + _share(edit.probability_open, first=not parts)
    return f"{edit.crossing}{mode}: {told}{way}"


def _stated(edit: SetCarbonPrice | SetCapacity) -> str:
    if isinstance(edit, SetCarbonPrice):
        place = f" in {_economies(edit.iso3)}" if edit.iso3 else ""
        return f"Carbon price on {edit.mode}{place}: {edit.usd_per_tonne_co2e:g} USD a tonne CO2e"
    of = f" for {edit.cargo_group}" if edit.cargo_group else ""
    if edit.factor is not None:
        return f"{edit.target}: capacity{of} times {edit.factor:g}"
    return f"{edit.target}: capacity{of} {edit.million_tonnes:g} million tonnes a year"


def _values(edit: Edit | CrossingCosts, names: Sequence[str]) -> list[str]:
    parts = []
    for name in names:
        value = getattr(edit, name)
        if value is None:
            continue
        low, high = getattr(edit, f"{name}_low", None), getattr(edit, f"{name}_high", None)
        banded = low is not None and high is not None and low < high
        parts.append(f"{value:g} {UNITS[name]}" + (f" ({low:g} to {high:g})" if banded else ""))
    return parts


def _costs(costs: CrossingCosts) -> str:
    return ", ".join(_values(costs, ("hours", "usd_per_tonne")))


def _share(share: float | None, *, first: bool = False) -> str:
    if share is None or (share == 1.0 and not first):
        return ""
    return f"{'' if first else ', '}open {share:.0%} of the year"


def _months(months: Sequence[int]) -> str:
    named = [MONTH_NAMES[month - 1] for month in months]
    if len(named) > 1 and list(months) == list(range(months[0], months[-1] + 1)):
        return f"from {named[0]} to {named[-1]}"
    return f"in {', '.join(named)}"


def _aimed(edit: Edit, name: str, target: str) -> Edit:
    changed: Any = replace(edit, **{name: target})  # type: ignore[arg-type] # a text field of it
    aimed: Edit = changed
    return aimed


def _economies(iso3: str) -> str:
    return ", ".join(name_of(code) for code in iso3.split(", ") if code)


def _end(end: End) -> str:
    return end if isinstance(end, str) else f"({end[1]:.2f}, {end[0]:.2f})"
