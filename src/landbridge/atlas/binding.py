"""How deep the deepest trade agreement between two economies is, for all pairs of a day at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from landbridge.atlas.agreements import agreement, agreements, sides
from landbridge.atlas.blocs import BOUND, Depth, bloc, depth_rank, known_blocs, members
from landbridge.atlas.facts import as_day
from landbridge.codes import known_codes
from landbridge.units import BoolArray, IntArray

NONE = -1
"""Rank of a pair that shares no agreement."""


def binding_depths(iso3: Sequence[str], *, on: date, shallowest: Depth = "preference") -> IntArray:
    """Rank the deepest bloc or trade agreement that binds each pair on a day.

    Parameters
    ----------
    iso3
        N codes, in the order wanted.
    on
        The day.
    shallowest
        Shallower ties (dialogue, most favoured nation) do not count.

    Returns
    -------
    IntArray
        ``[N, N]`` place in `DEPTHS`, -1 where nothing binds and on the diagonal; symmetric.

    Examples
    --------
    >>> found = binding_depths(("CHN", "PAK", "USA"), on=date(2010, 7, 1))
    >>> (found >= 0).tolist()
    [[False, True, False], [True, False, False], [False, False, False]]
    """
    order, ranks = _all_depths(as_day(on), shallowest)
    at = [order[code] for code in iso3]
    return ranks[np.ix_(at, at)]


def bound_by_agreement(slug: str, iso3: Sequence[str], *, on: date) -> BoolArray:
    """Mark the pairs that one agreement binds on a day: those on different sides of it.

    Parameters
    ----------
    slug
        Identity of the agreement.
    iso3
        N codes, in the order wanted.
    on
        The day; the agreement must be in force on it.

    Returns
    -------
    BoolArray
        ``[N, N]``, symmetric.

    Raises
    ------
    UnknownNameError
        There is no such agreement.
    """
    item, day = agreement(slug), as_day(on)
    found = np.zeros((len(iso3),) * 2, dtype=np.bool_)
    if item.stage(on=day) != "in_force":
        return found
    parts = [np.isin(iso3, sorted(side)) for side in sides(item, on=day)]
    for first, mine in enumerate(parts):
        for theirs in parts[first + 1 :]:
            found |= np.outer(mine, theirs) | np.outer(theirs, mine)
    np.fill_diagonal(found, val=False)
    return found


def bound_by_bloc(name: str, iso3: Sequence[str], *, on: date) -> BoolArray:
    """Mark the pairs of economies that are both bound by a bloc on a day, ``[N, N]``."""
    inside = np.isin(iso3, members(name, on=as_day(on), statuses=BOUND))
    found = np.outer(inside, inside)
    np.fill_diagonal(found, val=False)
    return found


@lru_cache(maxsize=64)
def _all_depths(day: date, shallowest: Depth) -> tuple[dict[str, int], IntArray]:
    codes = tuple(known_codes())
    ranks = np.full((len(codes),) * 2, NONE, dtype=np.int64)
    least = depth_rank(shallowest)
    for name in known_blocs():
        rank = depth_rank(bloc(name).depth)
        if rank >= least:
            ranks[bound_by_bloc(name, codes, on=day) & (ranks < rank)] = rank
    for item in agreements():
        rank = depth_rank(item.depth)
        if item.kind == "trade" and rank >= least:
            ranks[bound_by_agreement(item.agreement, codes, on=day) & (ranks < rank)] = rank
    ranks.flags.writeable = False
    return {code: at for at, code in enumerate(codes)}, ranks
