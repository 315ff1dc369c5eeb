"""Blocs and their dated members: who belonged to what, in which standing, on which day.

Facts stand in ``data/blocs.csv``, ``data/bloc_names.csv`` and ``data/bloc_members.csv``. Intervals
are closed: ``since`` is the first day of a status and ``until`` the last. There is no "now": every
question about members names its date.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args

import pandas as pd

from landbridge.atlas.facts import DatedFact, Fact, Precision, as_day, records
from landbridge.codes import fold, resolve
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.tables import embedded_table

Status: TypeAlias = Literal[
    "member",
    "associate",
    "observer",
    "candidate",
    "dialogue_partner",
    "partner",
    "suspended",
    "withdrawn",
]
Depth: TypeAlias = Literal[
    "dialogue",
    "cooperation",
    "most_favoured_nation",
    "preference",
    "free_trade_area",
    "customs_union",
    "common_market",
    "economic_union",
]
Kind: TypeAlias = Literal[
    "integration", "trade", "cooperation", "security", "dialogue", "multilateral", "programme"
]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
DEPTHS: Final[tuple[Depth, ...]] = get_args(Depth)
"""Depths of integration, shallow to deep."""

MEMBER: Final[tuple[Status, ...]] = ("member",)
BOUND: Final[tuple[Status, ...]] = ("member", "suspended")
"""Who is bound by a bloc's treaty: a suspension from the organs leaves the tariffs in place."""


class BlocFacts(Fact):
    """What is known of a bloc as a whole.

    Attributes
    ----------
    bloc, name, full_name
        Identity, short name, full name.
    kind, depth
        What it is for, and how deep it integrates its members.
    founded, ended, precision
        First and last day; ``ended`` is None while it stands.
    known_to
        The members were followed up to this day.
    """

    bloc: str
    name: str
    full_name: str
    kind: Kind
    depth: Depth
    founded: date
    ended: date | None
    precision: Precision
    known_to: date

    def stands(self, *, on: date) -> bool:
        """Say whether the bloc existed on a day."""
        return self.founded <= on and (self.ended is None or on <= self.ended)


class Standing(DatedFact):
    """An interval in which an economy held a status in a bloc."""

    bloc: str
    iso3: str
    status: Status


def depth_rank(depth: Depth) -> int:
    """Rank a depth in the order shallow to deep, from 0."""
    return DEPTHS.index(depth)


@lru_cache(maxsize=1)
def _facts() -> dict[str, BlocFacts]:
    return {facts.bloc: facts for facts in records("blocs", BlocFacts)}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    found = {fold(key): key for key in _facts()}
    for key, facts in _facts().items():
        found |= {fold(facts.name): key, fold(facts.full_name): key}
    aliases = embedded_table("atlas", "bloc_names")
    found |= {fold(name): bloc for name, bloc in zip(aliases.name, aliases.bloc, strict=True)}
    return found


@lru_cache(maxsize=1)
def _intervals() -> pd.DataFrame:
    return embedded_table("atlas", "bloc_members")


@lru_cache(maxsize=1)
def _standings() -> dict[str, tuple[Standing, ...]]:
    found: dict[str, list[Standing]] = {}
    for row in records("bloc_members", Standing):
        found.setdefault(row.bloc, []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def known_blocs() -> tuple[str, ...]:
    """List the identity of every bloc, sorted."""
    return tuple(sorted(_facts()))


def resolve_bloc(text: str, *, where: str = "") -> str:
    """Turn a bloc's name or abbreviation into its identity.

    Parameters
    ----------
    text
        ``"EAEU"``, ``"eaeu"``, ``"Eurasian Economic Union"``, ``"Turkic Council"`` ...
    where
        The place it was written, for the message.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known; the message offers the nearest names.

    Examples
    --------
    >>> resolve_bloc("eurasian economic union")
    'EAEU'
    """
    found = _names().get(fold(text))
    if found is not None:
        return found
    names = [*_facts(), *(facts.full_name for facts in _facts().values())]
    hint = suggest(text.strip(), names) or "`landbridge atlas bloc` lists the blocs."
    raise UnknownNameError(f"'{text}' is not a known bloc.", where=where, mend=hint)


def bloc(text: str) -> BlocFacts:
    """Look up what is known of a bloc as a whole, by identity or name.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known.
    """
    return _facts()[resolve_bloc(text)]


def intervals(*, on: date | None = None) -> pd.DataFrame:
    """Read the table of standings: all of it, or the rows that hold on a day.

    Parameters
    ----------
    on
        The day; the whole history when left out.

    Returns
    -------
    pandas.DataFrame
        Columns of ``bloc_members.csv``: bloc, iso3, status, since, until, precision, source,
        confidence, note.
    """
    table = _intervals()
    if on is None:
        return table.copy()
    day = pd.Timestamp(as_day(on))
    holds = (table.since <= day) & (table.until.isna() | (table.until >= day))
    return table[holds].reset_index(drop=True)


def members(bloc: str, *, on: date, statuses: tuple[Status, ...] = MEMBER) -> tuple[str, ...]:
    """List the economies that hold one of some standings in a bloc on a day.

    Parameters
    ----------
    bloc
        Identity or name.
    on
        The day. There is no default: a bloc without a date has no members.
    statuses
        The standings that count; full members alone when left out. `BOUND` adds the suspended.

    Returns
    -------
    tuple of str
        ISO3 codes, sorted; empty before the bloc's birth and after its end.

    Raises
    ------
    UnknownNameError
        The bloc is not known.
    InputError
        There is no date, or a status is not one of `STATUSES`.

    Examples
    --------
    >>> members("SACU", on=date(2020, 1, 1))
    ('BWA', 'LSO', 'NAM', 'SWZ', 'ZAF')
    """
    key = resolve_bloc(bloc)
    _check_statuses(statuses)
    day = as_day(on)
    standings = _standings().get(key, ())
    return tuple(
        sorted(row.iso3 for row in standings if row.status in statuses and row.holds(on=day))
    )


def status_of(economy: str, bloc: str, *, on: date) -> Status | None:
    """Look up an economy's standing in a bloc on a day; None when it has none."""
    iso3, key = resolve(economy), resolve_bloc(bloc)
    now = intervals(on=as_day(on))
    rows = now[(now.iso3 == iso3) & (now.bloc == key)]
    if rows.empty:
        return None
    status: Status = rows.status.iloc[0]
    return status


def blocs_of(economy: str, *, on: date, statuses: tuple[Status, ...] = MEMBER) -> tuple[str, ...]:
    """List the blocs in which an economy holds one of some standings on a day, sorted.

    Examples
    --------
    >>> "SAARC" in blocs_of("Pakistan", on=date(2020, 1, 1))
    True
    """
    iso3 = resolve(economy)
    _check_statuses(statuses)
    now = intervals(on=as_day(on))
    return tuple(sorted(now[(now.iso3 == iso3) & now.status.isin(statuses)].bloc))


def shared_blocs(
    one: str, other: str, *, on: date, statuses: tuple[Status, ...] = MEMBER
) -> tuple[str, ...]:
    """Find the blocs in which two economies both hold one of some standings on a day."""
    mine = set(blocs_of(one, on=on, statuses=statuses))
    return tuple(sorted(mine & set(blocs_of(other, on=on, statuses=statuses))))


def deepest_shared(one: str, other: str, *, on: date) -> tuple[str, Depth] | None:
    """Find the deepest bloc that two economies share on a day, with its depth.

    Returns
    -------
    tuple of str and Depth, or None
        The bloc and its depth (the first by name where several tie); None when they share none.
    """
    shared = shared_blocs(one, other, on=on)
    if not shared:
        return None
    deepest = max(shared, key=lambda key: (depth_rank(_facts()[key].depth), -shared.index(key)))
    return deepest, _facts()[deepest].depth


def _check_statuses(statuses: tuple[Status, ...]) -> None:
    unknown = [status for status in statuses if status not in STATUSES]
    if unknown:
        hint = suggest(str(unknown[0]), STATUSES) or f"Use one of {', '.join(STATUSES)}."
        raise InputError(f"'{unknown[0]}' is not a status.", where="statuses", mend=hint)
