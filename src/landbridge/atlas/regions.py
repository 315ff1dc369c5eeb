"""Regions: where an economy stands in M49, and the bloc of its region that it brings along."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from landbridge.atlas.facts import Fact, records
from landbridge.codes import fold, resolve
from landbridge.errors import UnknownNameError, suggest

Basis: TypeAlias = Literal["stated", "extended"]
"""``stated``: the concept itself names the bloc; ``extended``: the rule for later members too."""


class Place(Fact):
    """Region and sub-region of an economy."""

    iso3: str
    region: str
    subregion: str


class RegionalBloc(Fact):
    """The bloc of its region that an economy brings into BRICS+."""

    iso3: str
    bloc: str
    basis: Basis


@lru_cache(maxsize=1)
def _places() -> dict[str, Place]:
    return {place.iso3: place for place in records("regions", Place)}


@lru_cache(maxsize=1)
def _by_region() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for place in _places().values():
        for name in (place.region, place.subregion):
            found.setdefault(name, set()).add(place.iso3)
    return {name: frozenset(codes) for name, codes in found.items()}


def region_of(economy: str) -> Place:
    """Look up the region and sub-region of an economy, by code or name."""
    return _places()[resolve(economy)]


def known_regions() -> tuple[str, ...]:
    """List the names of the regions and sub-regions, sorted."""
    return tuple(sorted(_by_region()))


def resolve_region(text: str) -> str:
    """Turn the name of a region into the form that the table has.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known; the message offers the nearest names.

    Examples
    --------
    >>> resolve_region("south eastern asia")
    'South-eastern Asia'
    """
    by_folded = {fold(name): name for name in _by_region()}
    found = by_folded.get(fold(text))
    if found is None:
        mend = suggest(text, _by_region()) or f"Regions: {', '.join(known_regions())}."
        raise UnknownNameError(f"'{text}' is not a region.", mend=mend)
    return found


def economies_of_region(text: str) -> tuple[str, ...]:
    """List the economies of a region or sub-region, sorted.

    Examples
    --------
    >>> economies_of_region("Central Asia")
    ('KAZ', 'KGZ', 'TJK', 'TKM', 'UZB')
    """
    return tuple(sorted(_by_region()[resolve_region(text)]))


def regional_blocs() -> tuple[RegionalBloc, ...]:
    """Read the regional bloc of each economy that has one here."""
    return records("regional_blocs", RegionalBloc)


def regional_bloc_of(economy: str, *, basis: Basis = "extended") -> str | None:
    """Look up the regional bloc of an economy; None when it has none here.

    Parameters
    ----------
    economy
        Code or name.
    basis
        ``"stated"`` leaves out what this project added to the concept.
    """
    iso3 = resolve(economy)
    for row in regional_blocs():
        if row.iso3 == iso3 and (basis == "extended" or row.basis == "stated"):
            return row.bloc
    return None
