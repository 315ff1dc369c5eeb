"""What the verbs are asked with, in the forms that a user writes, and what a world lacks of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from landbridge.atlas.composites import Group
from landbridge.basis import Basis
from landbridge.codes import name_of, resolve
from landbridge.errors import InputError
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.parties import WORLD, expand

NAMES_SHOWN = 12


def listed(names: str | Sequence[str]) -> tuple[str, ...]:
    """Read names from one text with commas between them, or from a sequence."""
    parts = names.split(",") if isinstance(names, str) else names
    return tuple(part.strip() for part in parts if part.strip())


def economy_of(basis: Basis, name: str, *, where: str) -> str:
    """Resolve an economy of the world from its code or name.

    Parameters
    ----------
    basis
        Whose world.
    name
        A code or a name.
    where
        What it was given for, as a fault names it.

    Raises
    ------
    UnknownNameError
        There is no such economy.
    InputError
        There is one, and it is not in the world.
    """
    iso3 = resolve(name)
    if iso3 not in basis.world.iso3:
        raise InputError(
            f"{name_of(iso3)} is not in the world of {basis.world.year}.",
            where=where,
            mend="`landbridge world` lists the economies that are.",
        )
    return iso3


def day_of(day: dt.date | str | None) -> dt.date | None:
    """Read a day.

    Raises
    ------
    InputError
        It is not written as 2026-01-01.
    """
    if not isinstance(day, str):
        return day
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise InputError(f"'{day}' is not a day.", where="on",
                         mend="Write it as 2026-01-01.") from None  # fmt: skip


def parties_of(scenario: Scenario) -> tuple[str | Group, ...]:
    """List the economies and blocs that a scenario names: focus, partners, parties of measures."""
    named = [scenario.focus.economy, *scenario.focus.partners]
    for measure in scenario.measures:
        named += measure.named()
    return tuple(dict.fromkeys(named))


def not_covered(basis: Basis, *scenarios: Scenario) -> tuple[str, ...]:
    """Say which economies that scenarios name a user's own world lacks.

    Returns
    -------
    tuple of str
        One sentence a scenario that names some; none for the embedded world.
    """
    told = []
    for scenario in scenarios:
        lacking = lacked(basis, parties_of(scenario), on=scenario.date)
        if lacking:
            told.append(sentence_of(lacking, basis, f"Scenario {scenario.name}"))
    return tuple(dict.fromkeys(told))


def lacked(basis: Basis, parties: Iterable[str | Group], *, on: dt.date) -> tuple[str, ...]:
    """List the economies among parties that a user's own world lacks; none for the embedded one.

    Parameters
    ----------
    basis
        Whose world.
    parties
        Economies and blocs; "world" means those that are there.
    on
        Day at which blocs are read.

    Raises
    ------
    UnknownNameError
        A name is neither an economy nor a bloc.
    """
    if not basis.has_own_world:
        return ()
    there = set(basis.world.iso3)
    found: set[str] = set()
    for party in parties:
        if not (isinstance(party, str) and party.strip().casefold() == WORLD):
            found.update(code for code in expand(party, on=on) if code not in there)
    return tuple(sorted(found))


def sentence_of(codes: Sequence[str], basis: Basis, who: str) -> str:
    """Say who names economies that the world lacks, how many and which."""
    shown = ", ".join(name_of(code) for code in codes[:NAMES_SHOWN])
    more = f" and {len(codes) - NAMES_SHOWN} more" if len(codes) > NAMES_SHOWN else ""
    count = f"{len(codes)} economies" if len(codes) > 1 else "1 economy"
    return (
        f"{who} names {count} that this world of {basis.world.year} does not have, and that are "
        f"not covered: {shown}{more}."
    )
