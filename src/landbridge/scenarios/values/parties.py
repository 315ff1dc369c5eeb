"""Who is meant: economies and blocs named in a scenario, as sets of ISO3 codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pydantic import InstanceOf, SerializeAsAny, TypeAdapter

from landbridge import codes
from landbridge.atlas import blocs
from landbridge.atlas.composites import (
    Bloc,
    Economies,
    Group,
    Intersection,
    Minus,
    Named,
    Union,
    composite,
    composites,
)
from landbridge.errors import UnknownNameError, suggest

WORLD = "world"
RULE: TypeAdapter[Group] = TypeAdapter(SerializeAsAny[InstanceOf[Group]])


def expand(party: str | Group, *, on: dt.date, where: str = "") -> tuple[str, ...]:
    """Turn an economy, a bloc, a composite or a group by rule into ISO3 codes.

    Parameters
    ----------
    party
        An ISO3 code, a country's name, a bloc's id or name, a composite (``gep``,
        ``brics-plus`` ...), ``"world"``, or a group of the atlas's algebra.
    on
        The date at which members are read. States whose membership is suspended count: a
        suspension from the organs leaves the tariffs in place.
    where
        The place it was written, for the message.

    Returns
    -------
    tuple of str
        One code for an economy, the members at that date for a bloc, sorted.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known; the message offers the nearest names.
    """
    if isinstance(party, Group):
        found = party.members(on=on)
        if not found:
            raise UnknownNameError(f"the group has no members on {on}.", where=where)
        return found
    name = party
    if name.strip().casefold() == WORLD:
        return codes.known_codes()
    for read in (_economy, _bloc, _composite):
        try:
            members = read(name, on)
        except UnknownNameError:
            continue
        if not members:
            raise UnknownNameError(f"'{name}' has no members on {on}.", where=where)
        return members
    named = [item.composite for item in composites()]
    known = [*codes.known_names(), *codes.known_codes(), *blocs.known_blocs(), *named]
    raise UnknownNameError(
        f"'{name}' is neither an economy nor a bloc.", where=where, mend=suggest(name, known)
    )


def label(party: str | Group) -> str:
    """Say who is meant: the name as it was written, or the rule as a scenario file writes it."""
    if isinstance(party, str):
        return party
    return RULE.dump_json(party, exclude_defaults=True).decode()


def in_words(party: str | Group) -> str:
    """Say who is meant as a reader would: ``SCO without IND``; the rule where no words are known.

    Examples
    --------
    >>> in_words(Bloc("SCO") - Economies(("India",)))
    'SCO without IND'
    """
    match party:
        case Bloc():
            words = party.bloc
        case Economies():
            words = ", ".join(party.economies)
        case Named():
            words = party.composite
        case Union():
            words = " with ".join(map(in_words, party.union))
        case Intersection():
            words = " within ".join(map(in_words, party.intersection))
        case Minus():
            words = f"{in_words(party.whole)} without {', '.join(map(in_words, party.without))}"
        case _:
            words = label(party)
    return words


def _economy(name: str, on: dt.date) -> tuple[str, ...]:
    del on  # An economy is itself on any day.
    return (codes.resolve(name),)


def _bloc(name: str, on: dt.date) -> tuple[str, ...]:
    return blocs.members(blocs.resolve_bloc(name), on=on, statuses=blocs.BOUND)


def _composite(name: str, on: dt.date) -> tuple[str, ...]:
    return composite(name).group.members(on=on)


def expand_all(parties: Sequence[str | Group], *, on: dt.date, where: str = "") -> tuple[str, ...]:
    """Turn several parties into one sorted set of codes (see `expand`)."""
    found: set[str] = set()
    for party in parties:
        found.update(expand(party, on=on, where=where))
    return tuple(sorted(found))
