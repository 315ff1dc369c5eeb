"""What binds economies already: the depth of the deepest trade agreement of every pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import permutations
from typing import Literal, TypeAlias, get_args

import numpy as np

from landbridge.atlas import blocs
from landbridge.atlas.agreements import agreements, sides
from landbridge.units import IntArray

AgreementDepth: TypeAlias = Literal[
    "preference", "free_trade_area", "customs_union", "common_market", "economic_union"
]
DEPTHS: tuple[AgreementDepth, ...] = get_args(AgreementDepth)
"""Depths that change trade, shallow to deep; number k here is rank k + 1, and 0 is nothing."""


def standing_depths(iso3: Sequence[str], *, on: date) -> IntArray:
    """Find the depth of the deepest order in which each pair stands on a day.

    Parameters
    ----------
    iso3
        N codes.
    on
        The day at which blocs and agreements of the atlas are read.

    Returns
    -------
    numpy.ndarray
        ``[N, N]`` rank: 0 for none, else the place in `DEPTHS` plus one. Blocs count by the depth
        of their treaty, agreements where they are in force; the diagonal is 0.
    """
    place = {code: position for position, code in enumerate(iso3)}
    ranks = np.zeros((len(iso3), len(iso3)), dtype=np.int64)

    def bind(one: Iterable[str], other: Iterable[str], depth: str) -> None:
        rows = [place[code] for code in one if code in place]
        columns = [place[code] for code in other if code in place]
        if depth in DEPTHS and rows and columns:
            block = np.ix_(rows, columns)
            ranks[block] = np.maximum(ranks[block], DEPTHS.index(depth) + 1)

    for key in blocs.known_blocs():
        inside = blocs.members(key, on=on, statuses=blocs.BOUND)
        bind(inside, inside, blocs.bloc(key).depth)
    for item in agreements():
        if item.kind == "trade" and item.stage(on=on) == "in_force":
            for one, other in permutations(sides(item, on=on), 2):
                bind(one, other, item.depth)
    np.fill_diagonal(ranks, 0)
    return ranks
