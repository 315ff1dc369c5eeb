"""Bands, and which inputs of the draws matter most."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd

from landbridge.units import PERCENT, FloatArray

LOW_PERCENTILE = 5.0
HIGH_PERCENTILE = 95.0
"""Ends of every band, percent of the draws."""
MIDDLE_PERCENTILE = 50.0

MONEY = "million_usd"
"""Part of the name of a column of money."""

FEWEST_FOR_RANKS = 20
"""With fewer draws a rank correlation says nothing (its standard error is above 0.22)."""


CHANCE = 0.05
"""Chance that, for an outcome on which nothing matters, some input is told all the same."""


def band(central: FloatArray, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute the 5th and 95th percentile over draws.

    Parameters
    ----------
    central
        ``[...]`` the central run; returned as both ends where there are no draws.
    draws
        ``[draws, ...]``.
    """
    if len(draws) == 0:
        return central.copy(), central.copy()
    low, high = np.percentile(draws, [LOW_PERCENTILE, HIGH_PERCENTILE], axis=0)
    return np.asarray(low), np.asarray(high)


def middle(central: FloatArray, draws: FloatArray) -> FloatArray:
    """Compute the median over draws, ``[...]``; the central run where there are none."""
    if len(draws) == 0:
        return central.copy()
    return np.asarray(np.percentile(draws, MIDDLE_PERCENTILE, axis=0))


def mean(central: FloatArray, draws: FloatArray) -> FloatArray:
    """Compute the mean over draws, ``[...]``; the central run where there are none."""
    return np.asarray(np.mean(draws, axis=0)) if len(draws) else central.copy()


def with_band(name: str, central: FloatArray, draws: FloatArray) -> dict[str, FloatArray]:
    """Build the columns of an outcome: the central run, and what the draws say.

    Parameters
    ----------
    name
        Of the column. One that holds money says so (`MONEY`).
    central
        ``[...]`` the central run: every input at its centre.
    draws
        ``[draws, ...]``.

    Returns
    -------
    dict
        ``name`` (the central run), ``name_median``, ``name_low`` and ``name_high``. Money has
        ``name_mean`` besides: amounts are added up and paid on average, and a median of sums is
        not the sum of medians.
    """
    low, high = band(central, draws)
    averages = {f"{name}_mean": mean(central, draws)} if MONEY in name else {}
    return {
        name: central,
        f"{name}_median": middle(central, draws),
        **averages,
        f"{name}_low": low,
        f"{name}_high": high,
    }


def probability_above_zero(draws: FloatArray) -> FloatArray:
    """Compute the share of draws above zero, ``[...]``; not a number where there are none."""
    if len(draws) == 0:
        return np.full(draws.shape[1:], np.nan)
    return np.asarray((draws > 0).mean(axis=0))


def importance_table(
    outcomes: Mapping[str, FloatArray], inputs: Mapping[str, FloatArray], titles: Mapping[str, str]
) -> pd.DataFrame:
    """Rank the inputs of the draws by what they do to each outcome.

    The inputs are drawn independently, so the squared rank correlation (Spearman) is the share
    of the variance of the outcome's ranks that goes with the input.

    Parameters
    ----------
    outcomes
        ``[draws]`` each, by the outcome's title.
    inputs
        ``[draws]`` each, by name; those that never vary are left out.
    titles
        What a reader sees, by the input's name.

    Returns
    -------
    pandas.DataFrame
        outcome, parameter, title, rank_correlation, share_of_variance_percent; most important
        first within an outcome, those that chance alone could give left out. Empty below
        `FEWEST_FOR_RANKS` draws.
    """
    columns = ["outcome", "parameter", "title", "rank_correlation", "share_of_variance_percent"]
    rows: list[tuple[str, str, str, float, float]] = []
    telling = {name: v for name, v in outcomes.items() if len(v) >= FEWEST_FOR_RANKS and np.ptp(v)}
    ranks = {name: _standard_ranks(values) for name, values in inputs.items()} if telling else {}
    # Many inputs are looked at: each must clear a higher bar (Bonferroni).
    bar = NormalDist().inv_cdf(1.0 - CHANCE / (2.0 * max(len(ranks), 1)))
    for outcome, values in telling.items():
        outcome_ranks = _standard_ranks(values)
        for name, input_ranks in ranks.items():
            if not input_ranks.any():
                continue
            correlation = float(np.mean(outcome_ranks * input_ranks))
            if abs(correlation) * np.sqrt(len(values)) < bar:
                continue
            share = PERCENT * correlation**2
            rows.append((outcome, name, titles.get(name, name), correlation, share))
    table = pd.DataFrame(rows, columns=columns)
    order = {outcome: index for index, outcome in enumerate(outcomes)}
    table["_order"] = table["outcome"].map(order)
    table = table.sort_values(
        ["_order", "share_of_variance_percent", "parameter"], ascending=[True, False, True]
    )
    return table[columns].reset_index(drop=True)


def rank_shares(outcome: FloatArray, inputs: Mapping[str, FloatArray]) -> dict[str, float]:
    """Compute each input's share of the variance of an outcome's ranks, freed of chance.

    A squared rank correlation of ``n`` draws is too large by ``(1 - r^2) / (n - 2)`` on average
    (Ezekiel's correction). Taken off, single shares may fall below zero, and sums over many inputs
    are right on average.

    Parameters
    ----------
    outcome
        ``[draws]``.
    inputs
        ``[draws]`` each, by name.

    Returns
    -------
    dict
        Ratio by name; inputs that never vary are left out.
    """
    ranks, count = _standard_ranks(outcome), len(outcome)
    found = {}
    for name, values in inputs.items():
        own = _standard_ranks(values)
        if own.any():
            squared = float(np.mean(ranks * own)) ** 2
            found[name] = squared - (1.0 - squared) / (count - 2)
    return found


def _standard_ranks(values: FloatArray) -> FloatArray:
    ranks = pd.Series(values).rank().to_numpy()
    spread = ranks.std()
    if spread == 0:
        return np.zeros_like(ranks)
    return np.asarray((ranks - ranks.mean()) / spread)
