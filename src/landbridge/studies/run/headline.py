"""The headline: what was found, in plain sentences, most important first."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from landbridge.draws.bands import HIGH_PERCENTILE, LOW_PERCENTILE
from landbridge.formats import band, duration, money, percent, share, significant
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import Outcome
from landbridge.studies.run.attribution import SUMS, WITHOUT
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.tabulate import name_at
from landbridge.units import PERCENT, FloatArray

TOLD = 3
"""Winners and losers named in a sentence."""
TELLING_PERCENT = 1e-4
"""Percent of GDP below which no gain or loss is named."""
NOTHING_PERCENT = 1e-9
"""A change below this is the rounding of the solver."""


def headline(
    result: RunResult, inputs: Inputs, central: Outcome, drawn: Outcome
) -> tuple[str, ...]:
    """Say what a run found.

    Parameters
    ----------
    result
        The run's tables.
    inputs, central, drawn
        What they were made from.
    """
    if np.abs(central.real_income_percent).max() < NOTHING_PERCENT:
        return ("Nothing changes: no measure alters the cost of any trade.",)
    sentences = [
        *_trips(result.trips),
        _focus_income(result, inputs),
        *_largest_measure(result.attribution),
        *_normalisation(result.attribution, inputs),
        *_focus_trade(result.trade_pairs, name_at(inputs, inputs.focus), focus_change(drawn)),
        *_winners_and_losers(result.income),
        _world(inputs, central.real_income_percent, drawn.real_income_percent),
    ]
    return tuple(sentences)


def _largest_measure(attribution: pd.DataFrame) -> list[str]:
    """Say which measure alone brings most, for income and for trade."""
    alone = attribution[~attribution["measure"].isin(SUMS)]
    if alone.empty:
        return []
    income = alone.iloc[int(alone["focus_income_percent"].abs().to_numpy().argmax())]
    trade = alone.iloc[int(alone["focus_trade_million_usd"].abs().to_numpy().argmax())]
    said = (
        f'Alone, "{income["title"]}" does most for its income '
        f"({percent(income['focus_income_percent'])} of GDP), "
        f'"{trade["title"]}" for its trade with the partners in focus '
        f"({money(trade['focus_trade_million_usd'], sign=True)})."
    )
    return [said]


def _normalisation(attribution: pd.DataFrame, inputs: Inputs) -> list[str]:
    """Say what is left without bringing trade towards its potential."""
    if not inputs.policy.normalised:
        return []
    said = "Trade is brought towards its gravity potential, as a measure of its own"
    row = attribution[attribution["measure"] == WITHOUT]
    if row.empty:
        return [f"{said}: without it nothing changes."]
    one = row.iloc[0]
    return [
        (
            f"{said}: without it real income of {name_at(inputs, inputs.focus)} changes by "
            f"{percent(one['focus_income_percent'])} of GDP, its trade with the partners in focus "
            f"by {money(one['focus_trade_million_usd'], sign=True)}, the world's income by "
            f"{money(one['world_million_usd'], sign=True)}."
        )
    ]


def focus_change(drawn: Outcome) -> FloatArray:
    """Compute the change of all trade of the focus, ``[draws]`` million USD."""
    changes = drawn.pair_baseline_million_usd * drawn.pair_percent / PERCENT
    return np.asarray(changes.sum(axis=1))


def _trips(trips: pd.DataFrame) -> list[str]:
    """Tell the trips that lose or gain their way, and the first one whose cost changes."""
    if trips.empty:
        return []
    before = trips["generalised_usd_per_tonne_before"].to_numpy(dtype=float)
    after = trips["generalised_usd_per_tonne_after"].to_numpy(dtype=float)
    said = []
    for word, affected in (
        ("No way is left", np.isfinite(before) & ~np.isfinite(after)),
        ("A way opens", ~np.isfinite(before) & np.isfinite(after)),
    ):
        if affected.any():
            named = trips.loc[affected, ["origin", "destination"]].agg(" to ".join, axis=1)
            said.append(f"{word} from {', from '.join(named)}.")
    change = PERCENT * (after / before - 1.0)
    known = np.isfinite(change)
    moved = known & (np.abs(change) >= NOTHING_PERCENT)
    if moved.any():
        # The first trip of the scenario that moves: its author knows which one matters.
        place = int(np.flatnonzero(moved)[0])
        said.append(_change_of(trips.iloc[place], float(change[place])))
    same = int((known & ~moved).sum())
    if same:
        plural = "trip keeps its" if same == 1 else "trips keep their"
        said.append(f"{same} of {len(trips)} reported {plural} way and cost.")
    return [" ".join(said)]


def _change_of(row: pd.Series, change: float) -> str:
    verb = "falls" if change < 0 else "rises"
    return (
        f"The cost of a tonne from {row['origin']} to {row['destination']}, money and time "
        f"together, {verb} by {share(abs(change))}: {_way(row, 'after')} instead of "
        f"{_way(row, 'before')}."
    )


def _way(row: pd.Series, stage: str) -> str:
    hours = float(row[f"hours_{stage}"])
    price = float(row[f"usd_per_tonne_{stage}"])
    return f"{duration(hours)} and {significant(price, 3)} USD"


def _focus_income(result: RunResult, inputs: Inputs) -> str:
    row = result.income.iloc[inputs.focus]
    return (
        f"Real income of {row['name']} changes by {percent(row['real_income_percent'])} of GDP"
        f"{_band(row, 'real_income_percent')}, {money(row['million_usd'], sign=True)} a year"
        f"{_money_band(row['million_usd_low'], row['million_usd_high'])}."
    )


def _focus_trade(pairs: pd.DataFrame, name: str, drawn: FloatArray) -> list[str]:
    if pairs.empty:
        return []
    change = float(pairs["change_million_usd"].sum())
    base = float(pairs["baseline_million_usd"].sum())
    order = pairs["change_percent"].abs().sort_values(ascending=False).index
    most = pairs.loc[order[0]]
    said = (
        f"Trade of {name} with the partners in focus changes by {percent(PERCENT * change / base)} "
        f"({money(change, sign=True)}{_money_band(*_ends(drawn))} on {money(base)}, both "
        f"directions); most of all {most['exporter_name']} to {most['importer_name']}, by "
        f"{percent(most['change_percent'])}{_band(most, 'change_percent')}."
    )
    return [said]


def _winners_and_losers(income: pd.DataFrame) -> list[str]:
    """Name the largest gains and losses whose sign the draws do not leave open."""
    ordered = income.sort_values("real_income_percent", ascending=False)
    told = ordered[ordered["real_income_percent"].abs() > TELLING_PERCENT]
    low, high = told["real_income_percent_low"], told["real_income_percent_high"]
    sentences = []
    for word, rows in (("gains", told[low > 0].head(TOLD)), ("losses", told[high < 0].tail(TOLD))):
        if len(rows):
            listed = ", ".join(
                f"{row['name']} {percent(row['real_income_percent'])}"
                f"{_band(row, 'real_income_percent')}"
                for _, row in (rows if word == "gains" else rows.iloc[::-1]).iterrows()
            )
            sentences.append(f"Largest {word} of real income: {listed}.")
        else:
            verb = "gains" if word == "gains" else "loses"
            sentences.append(f"No economy {verb} measurably and surely.")
    return sentences


def _world(inputs: Inputs, central: FloatArray, drawn: FloatArray) -> str:
    gdp = inputs.world.gdp_million_usd
    total = float(central @ gdp / PERCENT)
    ends = _money_band(*_ends(drawn @ gdp / PERCENT))
    return f"The world as a whole: {money(total, sign=True)}{ends} a year of real income."


def _ends(drawn: FloatArray) -> tuple[float, float]:
    """Compute the band of a number over draws; missing where there are none."""
    if not len(drawn):
        return math.nan, math.nan
    low, high = np.percentile(drawn, [LOW_PERCENTILE, HIGH_PERCENTILE])
    return float(low), float(high)


def _money_band(low: float, high: float) -> str:
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return ""
    return f" ({money(low, sign=True)} to {money(high, sign=True)})"


def _band(row: pd.Series, name: str) -> str:
    low, high = float(row[f"{name}_low"]), float(row[f"{name}_high"])
    text = band(low, high) if math.isfinite(low) else ""
    return f" ({text} %)" if text else ""
