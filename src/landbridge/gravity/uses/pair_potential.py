"""Trade potential of a pair with its own past in it: what it would trade, sizes given.

The pair's last recorded year is brought to the sizes of the world's year (the pair itself left out
of the adding-up), and moved by what the past of pairs tells (`own_past`): a part of its gap to what
gravity makes usual closes, a part of its last move passes. The band is how pairs of the same size
and unrest missed on the half of an earlier window that nothing was estimated on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import InputError
from landbridge.gravity.uses.own_past import SMALL, YEARS_BEFORE, OwnPast, fit_own_past, usual_trade
from landbridge.gravity.uses.sizes import given_sizes_without, year_square
from landbridge.units import PERCENT, FloatArray
from landbridge.world.base import World
from landbridge.world.history import load_history

LIKELY: Final = 2.0 / 3.0
"""Share inside the narrower of the two bands."""


@dataclass(frozen=True, eq=False)
class PairPotential:
    """Potentials of pairs with their own past in them.

    Attributes
    ----------
    table
        One row a pair: exporter, importer, year, observed, potential, potential_low,
        potential_high, likely_low, likely_high (holds two thirds), missing (potential less
        observed), missing_low, missing_high, usual (what gravity makes of the last recorded year),
        recorded, recorded_year, observed_share_percent, rank_percent, comparable. Million USD.
    base
        Last recorded year that it starts from.
    past
        How the past of pairs tells their trade.
    """

    table: pd.DataFrame
    base: int
    past: OwnPast


def base_year(year: int) -> int:
    """Find the last recorded year before a year that has two recorded years before itself.

    Raises
    ------
    InputError
        There is none.
    """
    years = set(load_history().years)
    fit = [
        each
        for each in sorted(years)
        if each < year and all(each - back in years for back in range(1, YEARS_BEFORE + 2))
    ]
    if not fit:
        raise InputError(
            f"the embedded panel has too few years before {year}.", where="trade potential"
        )
    return fit[-1]


def in_history(pair: tuple[str, str], year: int) -> bool:
    """Say whether the panel holds both economies in the last recorded year before a year."""
    history = load_history()
    if any(code not in history.iso3 for code in pair):
        return False
    at = history.at(base_year(year))
    return bool(history.known[at, history.index(pair[0]), history.index(pair[1])])


def pair_potential(
    world: World, pairs: Sequence[tuple[str, str]], *, level: float = 0.90
) -> PairPotential:
    """Compute what pairs would trade in the world's year by sizes and their own past.

    Parameters
    ----------
    world
        Whose goods give the sizes.
    pairs
        Exporter and importer of each; both are in the panel (`in_history`) and in the world.
    level
        Share inside the wider band.

    Returns
    -------
    PairPotential

    Raises
    ------
    InputError
        The panel has too few years before the world's, or a pair's sizes cannot be told.
    """
    history = load_history()
    base = base_year(world.year)
    past = fit_own_past(base, world.year - base)
    start, end = _on_one_axis(world, base)
    shift, groups, usual = past.shift(base), past.groups(base), usual_trade(base)
    rows = []
    for exporter, importer in pairs:
        at = history.index(exporter), history.index(importer)
        alone = given_sizes_without(start, end, at)
        errors = past.pools[int(groups[at])]
        drawn = _moved(alone, shift[at] + errors)
        potential = float(_moved(alone, np.array([shift[at]]))[0])
        observed = float(world.goods[world.index(exporter), world.index(importer)])
        low, high = _ends(drawn, level)
        likely_low, likely_high = _ends(drawn, LIKELY)
        rows.append(
            {
                "exporter": exporter,
                "importer": importer,
                "year": world.year,
                "observed": observed,
                "potential": potential,
                "potential_low": low,
                "potential_high": high,
                "likely_low": likely_low,
                "likely_high": likely_high,
                "missing": potential - observed,
                "missing_low": low - observed,
                "missing_high": high - observed,
                "usual": float(usual[at]),
                "recorded": float(history.goods[history.at(base), *at]),
                "recorded_year": base,
                "observed_share_percent": PERCENT * observed / potential if potential else np.nan,
                "rank_percent": float(PERCENT * (drawn < observed).mean()),
                "comparable": len(errors),
            }
        )
    return PairPotential(pd.DataFrame(rows), base, past)


def _moved(alone: float, shift: FloatArray) -> FloatArray:
    """Move a flow by log points, as the past of pairs is learnt: small flows have a floor."""
    return np.maximum((alone + SMALL) * np.exp(shift) - SMALL, 0.0)


def _ends(drawn: FloatArray, level: float) -> tuple[float, float]:
    edges = [PERCENT * (1.0 - level) / 2.0, PERCENT * (1.0 + level) / 2.0]
    low, high = np.percentile(drawn, edges)
    return float(low), float(high)


def _on_one_axis(world: World, base: int) -> tuple[FloatArray, FloatArray]:
    """Lay a world's goods out on the panel's axis; economies that either lacks are left out."""
    history = load_history()
    shared = np.array([code in world.iso3 for code in history.iso3])
    at = [
        world.index(code) for code, is_shared in zip(history.iso3, shared, strict=True) if is_shared
    ]
    end = np.zeros((len(history.iso3),) * 2)
    end[np.ix_(shared, shared)] = world.goods[np.ix_(at, at)]
    start = np.where(np.outer(shared, shared), year_square(base), 0.0)
    return start, end
