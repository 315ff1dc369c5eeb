"""The trade that a target is about, year by year, beside the figures that were stated of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from landbridge.atlas.targets import Statement, statements
from landbridge.world.history import load_history

Pair = tuple[str, str]


def recorded_by_year(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Sum the recorded goods of some flows by year.

    Parameters
    ----------
    pairs
        Exporter and importer of each flow.

    Returns
    -------
    pandas.DataFrame
        year, goods_million_usd (missing where no flow is known), unknown_flows (of how many flows
        nothing is known in that year; they are not in the sum).
    """
    history = load_history()
    inside = [pair for pair in pairs if set(pair) <= set(history.iso3)]
    at = np.array([[history.index(code) for code in pair] for pair in inside], dtype=np.int64)
    exporter, importer = at.reshape(-1, 2).T
    known = history.known[:, exporter, importer]
    sums = np.where(known, history.goods[:, exporter, importer], 0.0).sum(axis=1)
    return pd.DataFrame(
        {
            "year": history.years,
            "goods_million_usd": np.where(known.any(axis=1), sums, np.nan),
            "unknown_flows": len(pairs) - known.sum(axis=1),
        }
    )


def status_by_year(goals: Sequence[tuple[Statement, Sequence[Pair]]]) -> pd.DataFrame:
    """Lay out how far the trade of each target had come in each recorded year.

    Returns
    -------
    pandas.DataFrame
        target, year, goods_million_usd, unknown_flows, share_of_target_percent.
    """
    parts = []
    for said, pairs in goals:
        rows = recorded_by_year(pairs)
        amount = said.amount_million_usd or math.nan
        rows["share_of_target_percent"] = 100.0 * rows["goods_million_usd"] / amount
        rows.insert(0, "target", said.statement)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True)


def stated_beside_recorded(goals: Sequence[tuple[Statement, Sequence[Pair]]]) -> pd.DataFrame:
    """Set every figure stated of a target's trade beside what is recorded of the same years.

    Returns
    -------
    pandas.DataFrame
        target, statement, period (its last year; fiscal years end in it), stated_million_usd,
        recorded_million_usd (mean of the period's recorded years; missing where there is none),
        stated_over_recorded_percent (how much more was stated; missing where some flows are not
        known), unknown_flows (most in a year).
    """
    rows = []
    for target, pairs in goals:
        series = recorded_by_year(pairs).set_index("year")
        for said in statements():
            same = said.one == target.one and set(said.other) == set(target.other)
            if said.role == "target" or not same or said.measure != target.measure:
                continue
            if said.period_end is None or said.amount_million_usd is None:
                continue
            first = said.period_start or said.period_end
            inside = series.loc[(series.index >= first) & (series.index <= said.period_end)]
            recorded = float(inside["goods_million_usd"].mean()) if len(inside) else math.nan
            unknown = int(inside["unknown_flows"].max()) if len(inside) else 0
            rows.append(
                {
                    "target": target.statement,
                    "statement": said.statement,
                    "period": said.period_end,
                    "stated_million_usd": said.amount_million_usd,
                    "recorded_million_usd": recorded,
                    "stated_over_recorded_percent": 100.0
                    * (said.amount_million_usd / recorded - 1.0)
                    if recorded > 0 and not unknown
                    else math.nan,
                    "unknown_flows": unknown,
                }
            )
    columns = ["target", "statement", "period", "stated_million_usd", "recorded_million_usd"]
    return pd.DataFrame(rows, columns=[*columns, "stated_over_recorded_percent", "unknown_flows"])
