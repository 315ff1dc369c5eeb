"""Who is meant: economies and blocs named in a scenario, as sets of ISO3 codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from landbridge import codes
from landbridge.atlas import blocs
from landbridge.atlas.composites import composite, composites
from landbridge.errors import UnknownNameError, suggest

WORLD = "world"


def expand(name: str, *, on: dt.date, where: str = "") -> tuple[str, ...]:
    """Turn the name of an economy, a bloc or a composite into ISO3 codes.

    Parameters
    ----------
    name
        An ISO3 code, a country's name, a bloc's id or name, a composite (``gep``,
        ``brics-plus`` ...), or ``"world"``.
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


def _economy(name: str, on: dt.date) -> tuple[str, ...]:
    del on  # An economy is itself on any day.
    return (codes.resolve(name),)


def _bloc(name: str, on: dt.date) -> tuple[str, ...]:
    return blocs.members(blocs.resolve_bloc(name), on=on, statuses=blocs.BOUND)


def _composite(name: str, on: dt.date) -> tuple[str, ...]:
    return composite(name).group.members(on=on)


def expand_all(names: Sequence[str], *, on: dt.date, where: str = "") -> tuple[str, ...]:
    """Turn several names into one sorted set of codes (see `expand`)."""
    found: set[str] = set()
    for name in names:
        found.update(expand(name, on=on, where=where))
    return tuple(sorted(found))
