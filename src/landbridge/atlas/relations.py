"""Political relations that bear on trade: who does what to whom, since when, and what it blocks.

Facts stand in ``data/relations.csv``. A relation is stated with both sides' part in it and judged
by nobody; the scenario room asks here which of its measures a relation blocks, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BeforeValidator

from landbridge.atlas.blocs import BOUND, members
from landbridge.atlas.facts import DatedFact, as_day, codes_in, records
from landbridge.codes import resolve
from landbridge.errors import UnknownNameError, suggest

Act: TypeAlias = Literal[
    "formal_agreement",
    "participation",
    "trade",
    "transit",
    "corridor",
    "crossing",
    "payments",
    "shipping",
]
"""What a relation can block: the signing of an agreement, a state's part in a corridor, trade of
goods, passage of goods, building or using a corridor, a border crossing, payments, passage of
ships."""

ACTS: tuple[Act, ...] = get_args(Act)

Several = Annotated[tuple[str, ...], BeforeValidator(codes_in)]


class Relation(DatedFact):
    """A relation and what it blocks.

    Attributes
    ----------
    relation, kind
        Identity and kind (non_recognition, objection, sanctions, closed_crossing ...).
    actor, actor_kind, target, target_kind
        Who does it, to whom or to what.
    mutual
        True where it holds both ways.
    blocks, extent
        What it blocks, and whether in full or in part.
    where
        Crossings, corridors or chokepoints it bears on; empty for all of them.
    known_to
        Followed up to this day.
    """

    relation: str
    kind: str
    actor: str
    actor_kind: Literal["economy", "bloc", "organisation"]
    target: str
    target_kind: Literal["economy", "bloc", "corridor", "chokepoint"]
    mutual: bool
    blocks: Annotated[tuple[Act, ...], BeforeValidator(codes_in)]
    extent: Literal["full", "partial"]
    where: Several
    known_to: date

    def actors(self, *, on: date) -> tuple[str, ...]:
        """List the economies that do it on a day (a bloc's members; none for the UN)."""
        return _economies(self.actor, self.actor_kind, on=on)

    def targets(self, *, on: date) -> tuple[str, ...]:
        """List the economies to which it is done on a day; none for a corridor or a strait."""
        return _economies(self.target, self.target_kind, on=on)

    def touches(self, one: str, other: str, *, on: date) -> bool:
        """Say whether it stands between two economies on a day, whichever of them is the actor."""
        actors, targets = self.actors(on=on), self.targets(on=on)
        if self.actor_kind == "organisation":
            return one in targets or other in targets
        return (one in actors and other in targets) or (other in actors and one in targets)


def relations(*, on: date | None = None) -> tuple[Relation, ...]:
    """Read every relation, or those that hold on a day, sorted by identity."""
    rows = records("relations", Relation)
    if on is None:
        return rows
    day = as_day(on)
    return tuple(row for row in rows if row.holds(on=day))


def relation(slug: str) -> Relation:
    """Look up one relation by its identity.

    Raises
    ------
    UnknownNameError
        There is none of that identity.
    """
    by_slug = {row.relation: row for row in relations()}
    if slug not in by_slug:
        raise UnknownNameError(f"'{slug}' is not a known relation.", mend=suggest(slug, by_slug))
    return by_slug[slug]


def relations_between(
    one: str, other: str, *, on: date | None = None, acts: tuple[Act, ...] = ACTS
) -> tuple[Relation, ...]:
    """Find the relations that stand between two economies.

    Parameters
    ----------
    one, other
        Codes or names, in any order.
    on
        The day; all of history when left out (each at a day on which it held).
    acts
        What must be blocked for a relation to count; anything when left out.

    Examples
    --------
    >>> [row.relation for row in relations_between("PAK", "ARM", on=date(2020, 1, 1))]
    ['pak-arm-recognition']
    """
    first, second = resolve(one), resolve(other)
    found = []
    for row in relations(on=on):
        day = row.since if on is None else as_day(on)
        if set(row.blocks) & set(acts) and row.touches(first, second, on=day):
            found.append(row)
    return tuple(found)


def blocking(
    act: Act,
    parties: Iterable[str],
    *,
    on: date,
    place: str = "",
    extent: Literal["full", "any"] = "any",
) -> tuple[Relation, ...]:
    """Find the relations that block an act among a set of economies on a day.

    Parameters
    ----------
    act
        What is to be done: a formal agreement, transit, the use of a crossing ...
    parties
        Those who would do it together, codes or names. Relations between any two of them count,
        and those aimed at one of them by an organisation.
    on
        The day.
    place
        A crossing (``torkham``, or ``torkham-road`` as the network has it), corridor or
        chokepoint. Relations that name places count only where they name
        this one; relations that name none count everywhere. With a place, a relation aimed at
        it counts where its actor is among the parties.
    extent
        ``"full"`` leaves out relations that block in part.

    Returns
    -------
    tuple of Relation
        Sorted by identity; empty when nothing stands in the way.

    Examples
    --------
    >>> eaeu = ("RUS", "KAZ", "KGZ", "BLR", "ARM")
    >>> found = blocking("formal_agreement", (*eaeu, "PAK"), on=date(2020, 1, 1), extent="full")
    >>> [row.relation for row in found]
    ['pak-arm-recognition']
    """
    day = as_day(on)
    codes = sorted({resolve(party) for party in parties})
    found = []
    for row in relations(on=day):
        if act not in row.blocks or (extent == "full" and row.extent != "full"):
            continue
        if row.where and place and not any(_is_at(place, name) for name in row.where):
            continue
        if _among(row, codes, on=day) or _aimed_at(row, codes, place, on=day):
            found.append(row)
    return tuple(found)


def _is_at(place: str, name: str) -> bool:
    # The crossings of the network at one place are ``torkham-road``, ``torkham-rail``.
    return place in (name, f"{name}-road", f"{name}-rail")


def _among(row: Relation, codes: list[str], *, on: date) -> bool:
    actors, targets = set(row.actors(on=on)), set(row.targets(on=on))
    inside = set(codes)
    if row.actor_kind == "organisation":
        return bool(targets & inside)
    if row.actor == row.target:
        return bool(actors & inside)
    return any(one != other for one in actors & inside for other in targets & inside)


def _aimed_at(row: Relation, codes: list[str], place: str, *, on: date) -> bool:
    if row.target_kind not in ("corridor", "chokepoint") or row.target != place:
        return False
    # A strait that one state shuts is shut to all; an objection binds the objector alone.
    return row.target_kind == "chokepoint" or bool(set(row.actors(on=on)) & set(codes))


def _economies(name: str, kind: str, *, on: date) -> tuple[str, ...]:
    if kind == "economy":
        return (name,)
    if kind == "bloc":
        return members(name, on=on, statuses=BOUND)
    return ()
