"""Who is meant: economies and blocs named in a scenario, as sets of ISO3 codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from landbridge import codes
from landbridge.atlas import blocs
from landbridge.errors import UnknownNameError, suggest

WORLD = "world"


def expand(name: str, *, on: dt.date, where: str = "") -> tuple[str, ...]:
    """Turn the name of an economy or a bloc into ISO3 codes.

    Parameters
    ----------
    name
        An ISO3 code, a country's name, a bloc's id or name, or ``"world"``.
    on
        The date at which a bloc's members are read.
    where
        The place it was written, for the message.

    Returns
    -------
    tuple of str
        One code for an economy, the members at that date for a bloc, sorted.

    Raises
    ------
    UnknownNameError
        Neither an economy nor a bloc; the message offers the nearest names of both.
    """
    if name.strip().casefold() == WORLD:
        return codes.known_codes()
    try:
        return (codes.resolve(name),)
    except UnknownNameError:
        pass
    try:
        bloc = blocs.resolve_bloc(name)
    except UnknownNameError:
        hint = suggest(name, [*codes.known_names(), *codes.known_codes(), *blocs.known_blocs()])
        raise UnknownNameError(
            f"'{name}' is neither an economy nor a bloc.", where=where, mend=hint
        ) from None
    members = blocs.members(bloc, on=on)
    if not members:
        raise UnknownNameError(f"'{name}' has no members on {on}.", where=where)
    return members


def expand_all(names: Sequence[str], *, on: dt.date, where: str = "") -> tuple[str, ...]:
    """Turn several names into one sorted set of codes (see `expand`)."""
    found: set[str] = set()
    for name in names:
        found.update(expand(name, on=on, where=where))
    return tuple(sorted(found))
