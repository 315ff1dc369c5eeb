"""What each edit claims, so that two edits that contradict each other are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from landbridge.errors import InputError, LandbridgeError
from landbridge.freight.edits.borders import WAYS, target_of
from landbridge.freight.edits.capacity import limited_places
from landbridge.freight.edits.records import (
    Edit,
    OpenProject,
    SetBorder,
    SetCapacity,
    SetCarbonPrice,
    SetCrossing,
    SetLink,
    SetOpen,
    SetRates,
    SetSeason,
    SetTerminal,
)
from landbridge.freight.network.places import find_crossings, find_place
from landbridge.freight.network.tables import FreightTables, by_text

Claim: TypeAlias = tuple[tuple[str, ...], object]
"""What is claimed (a thing and a field of it), and the value it is to have."""
FIELDS = {
    SetLink: ("km", "speed_kmh", "usd_per_tonne_km", "gauge_mm"),
    SetRates: ("speed_factor", "usd_factor", "speed_kmh", "usd_per_tonne_km"),
    SetTerminal: ("fixed_hours", "queue_hours", "usd_per_tonne"),
}


def contradictions(
    tables: FreightTables, edits: Sequence[Edit], wheres: Sequence[str]
) -> list[LandbridgeError]:
    """Name the edits that want the same thing to be two things.

    Parameters
    ----------
    tables
        With the edits made, so that names of new things are known.
    edits, wheres
        The edits and how each is called in a message.
    """
    held: dict[tuple[str, ...], tuple[object, str]] = {}
    found: list[LandbridgeError] = []
    for edit, where in zip(edits, wheres, strict=True):
        for key, value in _claims(tables, edit):
            former = held.setdefault(key, (value, where))
            if former[0] != value:
                thing = f"{key[0]} {key[1]}".strip()
                found.append(
                    InputError(
                        f"{thing}: {key[2]} is {_shown(value)} here and {_shown(former[0])} in "
                        f"{former[1]}.",
                        where=where,
                        mend="Keep one of them.",
                    )
                )
                break
    return found


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "open" if value else "shut"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _claims(tables: FreightTables, edit: Edit) -> Iterator[Claim]:
    if isinstance(edit, OpenProject):
        yield ("", edit.project, "its state"), True
    elif isinstance(edit, SetLink):
        yield from _fields(edit, "link", edit.link)
    elif isinstance(edit, SetRates):
        yield from _rates(edit)
    elif isinstance(edit, SetCapacity | SetCarbonPrice):
        yield from _priced(tables, edit)
    elif isinstance(edit, SetTerminal):
        yield from _fields(edit, edit.kind.replace("_", " "), find_place(tables, edit.place))
    elif isinstance(edit, SetCrossing):
        yield from _crossing(tables, edit)
    elif isinstance(edit, SetSeason):
        for name in target_of(tables, edit.target):
            yield ("crossing", name, "the season"), sorted(edit.months_open)
            yield ("crossing", name, "its share open"), f"in months {list(edit.months_open)}"
    elif isinstance(edit, SetBorder):
        pair = " - ".join(sorted((edit.iso3_a, edit.iso3_b)))
        yield ("the border", pair, f"the state of {edit.mode or 'road and rail'}"), edit.is_open
    elif isinstance(edit, SetOpen):
        for name in target_of(tables, edit.target):
            yield ("", name, "its state"), edit.is_open


def _priced(tables: FreightTables, edit: SetCapacity | SetCarbonPrice) -> Iterator[Claim]:
    if isinstance(edit, SetCarbonPrice):
        key = (f"carbon by {edit.mode}", edit.iso3 or "everywhere", "the price")
        yield key, float(edit.usd_per_tonne_co2e)
        return
    of = f" for {edit.cargo_group}" if edit.cargo_group else ""
    for kind, name in limited_places(tables, edit.target):
        told = f"{edit.factor:g} times" if edit.factor is not None else edit.million_tonnes
        yield (kind, name, f"the capacity{of}"), told


def _rates(edit: SetRates) -> Iterator[Claim]:
    for key, value in _fields(edit, edit.mode, edit.iso3 or "everywhere"):
        yield key, value
        # A factor and a level of one thing contradict each other too.
        thing = "speed" if key[2].startswith("speed") else "price"
        yield (key[0], key[1], thing), f"{key[2]} {value}"


def _crossing(tables: FreightTables, edit: SetCrossing) -> Iterator[Claim]:
    modes = by_text(tables.crossings, "crossing", "mode")
    for name in find_crossings(tables, edit.crossing):
        if edit.mode is not None and modes[name] != edit.mode:
            continue
        if edit.probability_open is not None:
            yield ("crossing", name, "its share open"), edit.probability_open
            yield ("", name, "its state"), edit.probability_open > 0
        for way in WAYS[edit.direction]:
            for field in ("hours", "usd_per_tonne"):
                value = getattr(edit, field)
                if value is not None:
                    yield ("crossing", name, f"{field.replace('_', ' ')} {way}"), float(value)


def _fields(edit: SetLink | SetRates | SetTerminal, kind: str, name: str) -> Iterator[Claim]:
    for field in FIELDS[type(edit)]:
        value = getattr(edit, field)
        if value is not None:
            yield (kind, name, field), float(value)
