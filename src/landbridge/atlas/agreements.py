"""Agreements between economies or blocs: when signed, when in force, how deep, among whom.

Facts stand in ``data/agreements.csv`` and ``data/agreement_parties.csv``. Parties on the same side
of an agreement are not bound to each other by it (the members of a bloc, say). A bloc that is a
party stands for its members of the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict

from landbridge.atlas.blocs import BOUND, Depth, depth_rank, members, resolve_bloc
from landbridge.atlas.facts import Fact, Precision, as_day, records
from landbridge.codes import known_codes, resolve
from landbridge.errors import UnknownNameError, suggest

AgreementKind: TypeAlias = Literal["trade", "transit", "corridor", "port"]
Stage: TypeAlias = Literal["none", "talks", "signed", "in_force", "ended"]
AGREEMENT_KINDS: tuple[AgreementKind, ...] = get_args(AgreementKind)


class Agreement(Fact):
    """An agreement and its days.

    Attributes
    ----------
    agreement, name, kind, depth
        Identity, name, what it is about, how deep it goes.
    talks, signed, in_force, ended
        First day of talks, signature, first day in force, last day in force; None where there
        is none.
    """

    agreement: str
    name: str
    kind: AgreementKind
    depth: Depth
    talks: date | None
    signed: date | None
    in_force: date | None
    ended: date | None
    precision: Precision

    def stage(self, *, on: date) -> Stage:
        """Say how far the agreement had come on a day."""
        if self.ended is not None and on > self.ended:
            return "ended"
        if self.in_force is not None and on >= self.in_force:
            return "in_force"
        if self.signed is not None and on >= self.signed:
            return "signed"
        if self.talks is not None and on >= self.talks:
            return "talks"
        return "none"

    @property
    def parties(self) -> tuple[Party, ...]:
        """The parties, side by side."""
        return _parties().get(self.agreement, ())

    def since_for(self, *parties: str) -> date | None:
        """Find the first day in force (or of signature), or that of the last of these to join."""
        first = self.in_force or self.signed
        joined = [entry.joined for entry in self.parties if entry.party in parties and entry.joined]
        return max([*joined, first]) if first is not None else None

    def binds(self, one: str, other: str, *, on: date) -> bool:
        """Say whether two economies stand on different sides of the agreement on a day."""
        found = sides(self, on=on)
        mine = {index for index, side in enumerate(found) if one in side}
        theirs = {index for index, side in enumerate(found) if other in side}
        return any(a != b for a in mine for b in theirs)


class Party(BaseModel):
    """A party: an economy, or a bloc on behalf of its members."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agreement: str
    side: int
    party: str
    party_kind: Literal["economy", "bloc"]
    joined: date | None
    joined_precision: str

    def codes(self, *, on: date) -> tuple[str, ...]:
        """List the economies that the party stands for on a day; none before it joined."""
        if self.joined is not None and on < self.joined:
            return ()
        if self.party_kind == "economy":
            return (self.party,)
        return members(self.party, on=on, statuses=BOUND)


@lru_cache(maxsize=1)
def _parties() -> dict[str, tuple[Party, ...]]:
    found: dict[str, list[Party]] = {}
    for party in records("agreement_parties", Party):
        found.setdefault(party.agreement, []).append(party)
    return {key: tuple(parties) for key, parties in found.items()}


def agreements() -> tuple[Agreement, ...]:
    """Read every agreement, sorted by identity."""
    return records("agreements", Agreement)


def agreement(slug: str) -> Agreement:
    """Look up one agreement by its identity.

    Raises
    ------
    UnknownNameError
        There is none of that identity.
    """
    by_slug = {item.agreement: item for item in agreements()}
    if slug not in by_slug:
        raise UnknownNameError(f"'{slug}' is not a known agreement.", mend=suggest(slug, by_slug))
    return by_slug[slug]


def agreements_between(
    one: str, other: str, *, on: date, stages: tuple[Stage, ...] = ("in_force",)
) -> tuple[Agreement, ...]:
    """Find the agreements that bind two economies to each other on a day.

    Parameters
    ----------
    one, other
        Codes or names.
    on
        The day.
    stages
        How far the agreement must have come; in force when left out.

    Examples
    --------
    >>> [item.agreement for item in agreements_between("VNM", "KAZ", on=date(2020, 1, 1))]
    ['eaeu-vnm']
    """
    day = as_day(on)
    first, second = resolve(one), resolve(other)
    return tuple(
        item
        for item in agreements()
        if item.stage(on=day) in stages and item.binds(first, second, on=day)
    )


def partners_of(
    party: str,
    *,
    on: date,
    depth_at_least: Depth = "preference",
    stages: tuple[Stage, ...] = ("in_force",),
) -> tuple[str, ...]:
    """Find the economies on the other sides of a party's trade agreements on a day.

    Parameters
    ----------
    party
        A bloc (as a party itself, not through its members) or an economy.
    on
        The day.
    depth_at_least
        The shallowest depth that counts.
    stages
        How far the agreement must have come.

    Returns
    -------
    tuple of str
        ISO3 codes, sorted; a bloc on the other side is given as its members of the day. The
        members of the party itself are left out.
    """
    day = as_day(on)
    key = _party_key(party)
    own = set(members(key, on=day, statuses=BOUND)) if key not in known_codes() else {key}
    found: set[str] = set()
    for item in agreements():
        if item.kind != "trade" or item.stage(on=day) not in stages:
            continue
        if depth_rank(item.depth) < depth_rank(depth_at_least):
            continue
        found.update(_others(item, key, on=day))
    return tuple(sorted(found - own))


def sides(item: Agreement, *, on: date) -> tuple[frozenset[str], ...]:
    """List the economies on each side of an agreement on a day."""
    numbers = sorted({entry.side for entry in item.parties})
    return tuple(
        frozenset(
            code for entry in item.parties if entry.side == number for code in entry.codes(on=on)
        )
        for number in numbers
    )


def with_party(party: str) -> tuple[Agreement, ...]:
    """Find the agreements to which a bloc or an economy is itself a party, at any time."""
    key = _party_key(party)
    return tuple(item for item in agreements() if any(entry.party == key for entry in item.parties))


def _others(item: Agreement, key: str, *, on: date) -> Iterable[str]:
    own_sides = {entry.side for entry in item.parties if entry.party == key}
    if not own_sides:
        return
    for entry in item.parties:
        if entry.side not in own_sides or len(own_sides) > 1:
            yield from entry.codes(on=on)


def _party_key(text: str) -> str:
    try:
        return resolve_bloc(text)
    except UnknownNameError:
        return resolve(text)
