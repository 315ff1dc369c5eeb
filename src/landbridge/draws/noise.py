"""What a number of draws can tell: the sampling error of a quantile, and what is about nil.

Quantiles of draws are estimates. Between which two of the sorted draws the true quantile lies is
known whatever the distribution: how many draws lie below it is binomial (David and Nagaraja 2003,
Order Statistics, section 7.1, recalled).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from scipy.special import bdtr

from landbridge.draws.bands import MIDDLE_PERCENTILE
from landbridge.units import PERCENT, BoolArray, FloatArray

CONFIDENCE: Final = 0.95
"""Chance with which the interval of a quantile holds the true one."""
NIL_PERCENT: Final = 1e-4
"""Percent of GDP below which a gain or loss is about nil."""
NIL_MILLION_USD: Final = 1.0
"""Million USD a year below which a gain or loss is about nil.

Either is enough. Both lie far above what the solver leaves (a residual of 1e-10 of output) and far
below what accounts of any economy show: a first estimate of a year's growth is later revised by
0.2 to 0.3 percent (OECD economies, recalled).
"""
NIL_WORDS: Final = f"less than {NIL_PERCENT:g} percent of GDP or {NIL_MILLION_USD:g} million USD"


def about_nil(percent: FloatArray, million_usd: FloatArray) -> BoolArray:
    """Say which gains are about nil: less than either threshold (`NIL_WORDS`).

    Parameters
    ----------
    percent
        ``[...]`` percent of GDP.
    million_usd
        ``[...]`` the same in money, a year.
    """
    small = np.abs(percent) < NIL_PERCENT
    return np.asarray(small | (np.abs(million_usd) < NIL_MILLION_USD))


@lru_cache(maxsize=64)
def quantile_ranks(
    count: int, percentile: float, confidence: float = CONFIDENCE
) -> tuple[int, int]:
    """Find between which of the sorted draws a true quantile lies.

    Parameters
    ----------
    count
        Draws.
    percentile
        Of the quantile.
    confidence
        Chance that the interval holds it; at most half of the rest lies on either side.

    Returns
    -------
    tuple of int
        Ranks from 1 to ``count``; 0 where it may lie below all draws, ``count + 1`` where it may
        lie above all of them.
    """
    chance = percentile / PERCENT
    below = bdtr(np.arange(count + 1), count, chance)
    tail = (1.0 - confidence) / 2.0
    # The r-th draw lies above the quantile where fewer than r draws lie below it.
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1.0 - tail, side="left")) + 1
    return low, high


def quantile_interval(
    draws: FloatArray, percentile: float, confidence: float = CONFIDENCE
) -> tuple[FloatArray, FloatArray]:
    """Compute the interval of order statistics that holds a true quantile.

    Parameters
    ----------
    draws
        ``[draws, ...]``, at least one.
    percentile, confidence
        As in `quantile_ranks`.

    Returns
    -------
    tuple of FloatArray
        ``[...]`` both ends; infinite where too few draws leave an end open.

    Examples
    --------
    >>> low, high = quantile_interval(np.arange(1.0, 501.0), 5.0)
    >>> float(low), float(high)
    (16.0, 36.0)
    """
    ordered, count = np.sort(draws, axis=0), len(draws)
    low, high = quantile_ranks(count, percentile, confidence)
    shape = ordered.shape[1:]
    return (
        np.asarray(ordered[low - 1]) if low >= 1 else np.full(shape, -np.inf),
        np.asarray(ordered[high - 1]) if high <= count else np.full(shape, np.inf),
    )


def within_noise(draws: FloatArray) -> BoolArray:
    """Say where the sign of the median is not known from this many draws, ``[...]``.

    Both ends of the interval of the median lie on different sides of zero. No draws, no noise.
    """
    if len(draws) == 0:
        return np.zeros(draws.shape[1:], dtype=np.bool_)
    low, high = quantile_interval(draws, MIDDLE_PERCENTILE)
    return np.asarray((low <= 0) & (high >= 0))
