"""The headline: what was found, in plain sentences, most important first."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from landbridge.formats import band, duration, money, percent, share, significant
from landbridge.study.inputs import Inputs
from landbridge.study.outcomes import Outcome
from landbridge.study.results import RunResult
from landbridge.study.tabulate import name_at
from landbridge.units import PERCENT, FloatArray

TOLD = 3
"""Winners and losers named in a sentence."""
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
        *_focus_trade(result.trade_pairs, name_at(inputs, inputs.focus)),
        *_winners_and_losers(result.income),
        _world(inputs, central.real_income_percent, drawn.real_income_percent),
    ]
    return tuple(sentences)


def _trips(trips: pd.DataFrame) -> list[str]:
    """Tell the trips that lose or gain their way, and the one whose cost changes most."""
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
        place = int(np.argmax(np.where(moved, np.abs(change), -1.0)))
        said.append(_largest_change(trips.iloc[place], float(change[place])))
    same = int((known & ~moved).sum())
    if same:
        plural = "trip keeps its" if same == 1 else "trips keep their"
        said.append(f"{same} of {len(trips)} reported {plural} way and cost.")
    return [" ".join(said)]


def _largest_change(row: pd.Series, change: float) -> str:
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
        f"Real income of {row['name']} changes by {percent(row['real_income_percent'])}"
        f"{_band(row, 'real_income_percent')}, {money(row['million_usd'], sign=True)} a year."
    )


def _focus_trade(pairs: pd.DataFrame, name: str) -> list[str]:
    if pairs.empty:
        return []
    change = float(pairs["change_million_usd"].sum())
    base = float(pairs["baseline_million_usd"].sum())
    order = pairs["change_percent"].abs().sort_values(ascending=False).index
    most = pairs.loc[order[0]]
    said = (
        f"Trade of {name} with the partners in focus changes by {percent(PERCENT * change / base)} "
        f"({money(change, sign=True)} on {money(base)}, both directions); most of all "
        f"{most['exporter_name']} to {most['importer_name']}, by {percent(most['change_percent'])}"
        f"{_band(most, 'change_percent')}."
    )
    return [said]


def _winners_and_losers(income: pd.DataFrame) -> list[str]:
    ordered = income.sort_values("real_income_percent", ascending=False)
    sentences = []
    ends = (("gains", ordered.head(TOLD), 1), ("losses", ordered.tail(TOLD).iloc[::-1], -1))
    for word, rows, sign in ends:
        told = rows[sign * rows["real_income_percent"] > NOTHING_PERCENT]
        if len(told):
            listed = ", ".join(
                f"{row['name']} {percent(row['real_income_percent'])}"
                for row in told.to_dict(orient="records")
            )
            sentences.append(f"Largest {word} of real income: {listed}.")
    return sentences


def _world(inputs: Inputs, central: FloatArray, drawn: FloatArray) -> str:
    gdp = inputs.world.gdp_million_usd
    total = float(central @ gdp / PERCENT)
    spread = drawn @ gdp / PERCENT
    bounds = ""
    if len(spread):
        low, high = np.percentile(spread, [5.0, 95.0])
        bounds = f" ({money(low, sign=True)} to {money(high, sign=True)})"
    return f"The world as a whole: {money(total, sign=True)}{bounds} a year of real income."


def _band(row: pd.Series, name: str) -> str:
    low, high = float(row[f"{name}_low"]), float(row[f"{name}_high"])
    text = band(low, high) if math.isfinite(low) else ""
    return f" ({text} %)" if text else ""
