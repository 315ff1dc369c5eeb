"""The headline: what was found, in plain sentences, most important first."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from landbridge.draws.bands import with_band
from landbridge.draws.noise import NIL_WORDS, about_nil, within_noise
from landbridge.formats import band, duration, money, percent, probability, share, significant
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import Outcome
from landbridge.studies.run.agreement_parts import parts_sentences
from landbridge.studies.run.attribution import SUMS, WITHOUT
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.tabulate import name_at
from landbridge.units import PERCENT, BoolArray, FloatArray

TOLD = 3
"""Winners and losers named in a sentence."""
CENTRE = "with every input at its centre"
"""What the central run is: neither the median of the draws nor their mean."""
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
        *_trips(result.trips, result.trip_ways, draws=result.draws),
        _focus_income(result, inputs),
        *_model_choices(result.model_choices),
        *parts_sentences(inputs, result.agreement_parts),
        *_largest_measure(result.attribution),
        *_normalisation(result.attribution, inputs),
        *_focus_trade(result, name_at(inputs, inputs.focus), drawn),
        *_winners_and_losers(result.income),
        _world(inputs, central.real_income_percent, drawn.real_income_percent),
        *_central_alone(result.draws),
    ]
    return tuple(sentences)


def noise_notes(result: RunResult, drawn: Outcome) -> tuple[str, ...]:
    """Say what is about nil, and which numbers are smaller than the noise of the draws."""
    income = result.income
    nil = _is_nil(income)
    told = [
        (
            f"About nil is a gain or loss of {NIL_WORDS} a year, and is not named as one: "
            f"{int(nil.sum())} of the {len(nil)} economies."
        )
    ]
    if not result.draws:
        return tuple(told)
    unsure = within_noise(drawn.real_income_percent) & ~nil
    if unsure.any():
        names = income.loc[unsure, "name"]
        order = income.loc[unsure, "gdp_million_usd"].sort_values(ascending=False).index
        first = ", ".join(str(names[place]) for place in order[:TOLD])
        more = f" and {int(unsure.sum()) - TOLD} others" if unsure.sum() > TOLD else ""
        told.append(
            f"Smaller than the noise of {result.draws:,} draws: real income of {first}{more}. The "
            "sign of their median is not known from so many draws (95 percent interval of its "
            "order statistics)."
        )
    pairs = result.trade_pairs
    flows = within_noise(drawn.pair_percent)
    if flows.any():
        named = pairs.loc[flows, ["exporter_name", "importer_name"]].agg(" to ".join, axis=1)
        told.append(f"Smaller than the noise of the draws too: trade {', '.join(named)}.")
    return tuple(told)


def _central_alone(draws: int) -> list[str]:
    if draws:
        return []
    return [f"No draws were made: these are numbers of one run {CENTRE}, without a band."]


def _is_nil(income: pd.DataFrame) -> BoolArray:
    """Say which economies gain or lose about nil, by the median of the draws."""
    return about_nil(
        income["real_income_percent_median"].to_numpy(dtype=float),
        income["million_usd_median"].to_numpy(dtype=float),
    )


def _model_choices(table: pd.DataFrame) -> list[str]:
    """Say how far the closure and the choice of ways move the income of the focus."""
    if table.empty:
        return []
    told = []
    for what, words in (
        ("closure", "the closure"),
        ("choice", "how shippers choose"),
        ("production", "how goods are made (with inputs, by industry)"),
    ):
        rows = table[table["what"] == what]
        if rows.empty:
            continue
        found = rows["focus_income_percent"].dropna()
        silent = rows.loc[rows["focus_income_percent"].isna(), "option"]
        lacking = f" ({', '.join(silent)} has no answer)" if len(silent) else ""
        told.append(
            f"{words} moves it from {percent(float(found.min()))} to "
            f"{percent(float(found.max()))}{lacking}"
        )
    return [f"Beside that band, {CENTRE}: {'; '.join(told)}."]


def _largest_measure(attribution: pd.DataFrame) -> list[str]:
    """Say which measure alone brings most, for income and for trade."""
    alone = attribution[~attribution["measure"].isin(SUMS)]
    if alone.empty:
        return []
    income = alone.iloc[int(alone["focus_income_percent"].abs().to_numpy().argmax())]
    trade = alone.iloc[int(alone["focus_trade_million_usd"].abs().to_numpy().argmax())]
    said = (
        f'Alone, and {CENTRE}, "{income["title"]}" does most for its income '
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
            f"{said}: without it, {CENTRE}, real income of "
            f"{name_at(inputs, inputs.focus)} changes by "
            f"{percent(one['focus_income_percent'])} of GDP, its trade with the partners in focus "
            f"by {money(one['focus_trade_million_usd'], sign=True)}, the world's income by "
            f"{money(one['world_million_usd'], sign=True)}."
        )
    ]


def focus_change(drawn: Outcome) -> FloatArray:
    """Compute the change of all trade of the focus, ``[draws]`` million USD."""
    changes = drawn.pair_baseline_million_usd * drawn.pair_percent / PERCENT
    return np.asarray(changes.sum(axis=1))


def _trips(trips: pd.DataFrame, ways: pd.DataFrame, *, draws: int) -> list[str]:
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
    change = trips["generalised_change_percent"].to_numpy(dtype=float)
    known = np.isfinite(change)
    moved = known & (np.abs(change) >= NOTHING_PERCENT)
    if moved.any():
        # The first trip of the scenario that moves: its author knows which one matters.
        row = trips.iloc[int(np.flatnonzero(moved)[0])]
        said.append(_change_of(row, draws=draws))
        said += _ways_of(row, ways, draws=draws)
    same = int((known & ~moved).sum())
    if same:
        plural = "trip keeps its" if same == 1 else "trips keep their"
        said.append(f"{same} of {len(trips)} reported {plural} way and cost.")
    return [" ".join(said)]


def _change_of(row: pd.Series, *, draws: int) -> str:
    central = float(row["generalised_change_percent"])
    ways = f"{_way(row, 'after')} instead of {_way(row, 'before')}"
    trip = (
        f"The cost of a tonne from {row['origin']} to {row['destination']}, money and time together"
    )
    if not draws:
        return f"{trip}, {_falls(central)}: {ways}."
    median = float(row["generalised_change_percent_median"])
    return (
        f"{trip}, {_falls(median)}{_band(row, 'generalised_change_percent')}. "
        f"{CENTRE.capitalize()} it {_falls(central)}: {ways}."
    )


def _falls(change: float) -> str:
    if abs(change) < NOTHING_PERCENT:
        return "does not change"
    return f"{'falls' if change < 0 else 'rises'} by {share(abs(change))}"


def _ways_of(row: pd.Series, ways: pd.DataFrame, *, draws: int) -> list[str]:
    """Say in what share of the draws the trip takes its most frequent way, before and after."""
    if not draws:
        return []
    mine = ways[(ways["origin"] == row["origin"]) & (ways["destination"] == row["destination"])]
    told = []
    for stage in ("before", "after"):
        first = mine[mine["stage"] == stage].iloc[0]
        told.append(
            f"{stage} {first['way']} ({probability(float(first['share_of_draws']))} of the draws)"
        )
    return [f"Most often it goes {', '.join(told)}."]


def _way(row: pd.Series, stage: str) -> str:
    hours = float(row[f"hours_{stage}"])
    price = float(row[f"usd_per_tonne_{stage}"])
    return f"{duration(hours)} and {significant(price, 3)} USD"


def _focus_income(result: RunResult, inputs: Inputs) -> str:
    row = result.income.iloc[inputs.focus]
    nil = bool(_is_nil(result.income)[inputs.focus])
    told = (
        f"Real income of {row['name']} changes by {'about nil: ' if nil else ''}"
        f"{percent(row['real_income_percent_median'])} of GDP"
        f"{_band(row, 'real_income_percent')}, {_money(row, 'million_usd')} a year"
    )
    if not result.draws:
        return f"{told}."
    return (
        f"{told}: the median of {result.draws:,} draws, in brackets the 5th to 95th percentile. "
        f"{CENTRE.capitalize()} it is {percent(row['real_income_percent'])}, "
        f"{money(row['million_usd'], sign=True)}."
    )


def _focus_trade(result: RunResult, name: str, drawn: Outcome) -> list[str]:
    pairs = result.trade_pairs
    if pairs.empty:
        return []
    base = float(pairs["baseline_million_usd"].sum())
    change = np.array([float(pairs["change_million_usd"].sum())])
    changes = focus_change(drawn)[:, None]
    bases = drawn.pair_baseline_million_usd.sum(axis=1)[:, None]
    row = {
        key: float(value[0])
        for key, value in {
            **with_band("million_usd", change, changes),
            **with_band("percent", PERCENT * change / base, PERCENT * changes / bases),
        }.items()
    }
    order = pairs["change_percent_median"].abs().sort_values(ascending=False).index
    most = pairs.loc[order[0]]
    said = (
        f"Trade of {name} with the partners in focus changes by {percent(row['percent_median'])}"
        f"{_band(row, 'percent')}, {_money(row, 'million_usd')} on {money(base)} in both "
        f"directions; most of all {most['exporter_name']} to {most['importer_name']}, by "
        f"{percent(most['change_percent_median'])}{_band(most, 'change_percent')}."
    )
    return [said]


def _winners_and_losers(income: pd.DataFrame) -> list[str]:
    """Name the largest gains and losses whose sign the draws do not leave open."""
    told = income[~_is_nil(income)].sort_values("real_income_percent_median", ascending=False)
    low, high = told["real_income_percent_low"], told["real_income_percent_high"]
    sentences = []
    for word, rows in (("gains", told[low > 0].head(TOLD)), ("losses", told[high < 0].tail(TOLD))):
        if len(rows):
            listed = ", ".join(
                f"{row['name']} {percent(row['real_income_percent_median'])}"
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
    sums = with_band(
        "million_usd", np.array([central @ gdp / PERCENT]), (drawn @ gdp / PERCENT)[:, None]
    )
    row = {name: float(value[0]) for name, value in sums.items()}
    return f"The world as a whole: {_money(row, 'million_usd')} a year of real income."


def _money(row: Mapping[str, float] | pd.Series, name: str) -> str:
    """Write the median of an amount, and in brackets its band and mean where there are draws."""
    low, high = float(row[f"{name}_low"]), float(row[f"{name}_high"])
    told = money(float(row[f"{name}_median"]), sign=True)
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return told
    return (
        f"{told} ({money(low, sign=True)} to {money(high, sign=True)}, "
        f"mean {money(float(row[f'{name}_mean']), sign=True)})"
    )


def _band(row: Mapping[str, float] | pd.Series, name: str) -> str:
    low, high = float(row[f"{name}_low"]), float(row[f"{name}_high"])
    text = band(low, high) if math.isfinite(low) else ""
    return f" ({text} %)" if text else ""
