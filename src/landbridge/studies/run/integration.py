"""Integration effects of a run: creation and diversion, insiders and outsiders, core and periphery.

The gain of every economy is known with its parts (`landbridge.equilibrium.decomposition`). Here
the world is shared out in several ways, each economy in one group of each: the blocs and
economies that the scenario names against the rest, core and periphery by income per head and by
the market within reach, landlocked and coastal. The rows of each way add up to the world.

Trade creation and diversion in Viner's sense (1950, The Customs Union Issue) are told beside it
in trade: what those inside buy from one another, from outside and at home.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from landbridge.atlas.composites import Group
from landbridge.atlas.economies import distance_km, economies
from landbridge.codes import known_codes, name_of
from landbridge.draws.bands import probability_above_zero, with_band
from landbridge.draws.noise import NIL_MILLION_USD, about_nil
from landbridge.formats import money, percent
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.parties import WORLD, expand, label
from landbridge.studies.chain.one_pass import trade_ratio
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import DrawnRun
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, FloatArray, IntArray
from landbridge.world.base import World

OUTSIDE: Final = "Outside"
INSIDE: Final = "Inside"
MOST_PARTIES: Final = 15
"""More named parties than this are told as one group."""
MOST_NAMED: Final = 8
"""Economies of a group by rule that are named."""
ROUNDING_PERCENT: Final = 1e-11
"""A change below this is the rounding of the solver."""
PARTS: Final = ("trade_creation", "trade_diversion", "terms_of_trade", "transfer")
KINDS: Final = {
    (True, 1): "inside, gains",
    (True, -1): "inside, loses",
    (False, 1): "outside, gains",
    (False, -1): "outside, loses",
    (True, 0): "next to nothing",
    (False, 0): "next to nothing",
}
"""What the map says of an economy."""


@dataclass(frozen=True)
class Grouping:
    """One way to share out the world.

    Attributes
    ----------
    title
        What the reader sees.
    groups
        Titles of the groups, in order.
    place
        ``[N]`` the group of each economy, a position in `groups`.
    """

    title: str
    groups: tuple[str, ...]
    place: IntArray


def with_integration(result: RunResult, run: DrawnRun) -> RunResult:
    """Add the integration effects to a run: tables, and a sentence of the headline.

    Parameters
    ----------
    result
        The run's tables.
    run
        What they were made from.
    """
    inputs = run.inputs
    world = inputs.world
    inside = insiders(inputs.scenario, world.iso3)
    groupings = [party_grouping(inputs.scenario, world.iso3), *standing_groupings(world)]
    drawn = run.drawn.real_income_percent * world.gdp_million_usd / PERCENT
    effects = effects_table(result.income, drawn, groupings)
    changed = world.flows * trade_ratio(run.central.found.equilibrium)
    tables = {
        "integration_effects": effects,
        "integration_trade": trade_table(world.flows, changed, inside),
        "integration_economies": economies_table(result.income, inside, groupings[1:]),
        "integration_groups": embedded_table("studies", "integration_groups"),
    }
    return replace(
        result,
        integration=tables,
        headline=(*result.headline, *_sentences(effects, inside)),
    )


def named_parties(scenario: Scenario) -> tuple[str | Group, ...]:
    """List the parties that a scenario names, those of agreements and tariffs first."""
    found: list[str | Group] = []
    for measure in scenario.measures:
        found += measure.named()
    found += [*scenario.focus.partners, scenario.focus.economy]
    kept: dict[str, str | Group] = {label(party): party for party in found}
    return tuple(party for name, party in kept.items() if name.casefold() != WORLD)


def party_grouping(scenario: Scenario, iso3: Sequence[str]) -> Grouping:
    """Share the world out among the parties that a scenario names, and the rest.

    An economy that belongs to several is counted with the first; a bloc some of whose members
    are counted above says so.
    """
    place = np.full(len(iso3), -1, dtype=np.int64)
    position = {code: row for row, code in enumerate(iso3)}
    titles: list[str] = []
    for party in named_parties(scenario):
        members = [position[c] for c in expand(party, on=scenario.date) if c in position]
        free = [row for row in members if place[row] < 0]
        if free:
            place[free] = len(titles)
            titles.append(_title(party, members, iso3, rest=len(free) < len(members)))
    if len(titles) > MOST_PARTIES:
        place[place >= 0] = 0
        titles = [f"{INSIDE}: the {len(titles)} parties that the scenario names"]
    place[place < 0] = len(titles)
    return Grouping("The scenario", (*titles, OUTSIDE), place)


def insiders(scenario: Scenario, iso3: Sequence[str]) -> np.ndarray:
    """Say which economies the scenario names, alone or in a bloc, ``[N]`` bool."""
    grouping = party_grouping(scenario, iso3)
    return np.asarray(grouping.place < len(grouping.groups) - 1)


def _title(party: str | Group, members: Sequence[int], iso3: Sequence[str], *, rest: bool) -> str:
    text = label(party)
    if text in known_codes():
        text = name_of(text)
    elif not isinstance(party, str):
        named = ", ".join(name_of(iso3[row]) for row in members[:MOST_NAMED])
        more = len(members) - MOST_NAMED
        text = f"{named} and {more} more" if more > 0 else named
    return f"{text} (those not above)" if rest else text


def standing_groupings(world: World) -> tuple[Grouping, ...]:
    """Share the world out by income per head, market within reach, and access to the sea."""
    table = embedded_table("studies", "integration_groups")
    values = standing_of(world)
    found = []
    for _, rows in table.groupby("grouping", sort=False):
        place = np.full(len(world.iso3), -1, dtype=np.int64)
        for at, row in enumerate(rows.to_dict(orient="records")):
            value = values[str(row["measure"])]
            low = -np.inf if pd.isna(row["from_value"]) else float(row["from_value"])
            high = np.inf if pd.isna(row["to_value"]) else float(row["to_value"])
            place[(value >= low) & (value < high)] = at
        title = str(rows["grouping_title"].iloc[0])
        found.append(Grouping(title, tuple(rows["group_title"]), place))
    return tuple(found)


def standing_of(world: World) -> Mapping[str, FloatArray]:
    """Gather what the groups rest on, ``[N]`` each (see the table ``integration_groups``).

    Not a number for an economy of which the atlas knows no place, such as the rest of the world.
    """
    gdp, people = world.gdp_million_usd, world.population
    mean = gdp.sum() / people.sum()
    facts = economies().set_index("iso3")["landlocked"]
    placed = np.flatnonzero([code in facts.index for code in world.iso3])
    away = distance_km(tuple(world.iso3[place] for place in placed))
    np.fill_diagonal(away, np.inf)
    reach = (gdp[placed] / away).sum(axis=1)
    rank, landlocked = np.full((2, len(gdp)), np.nan)
    rank[placed] = np.argsort(np.argsort(reach, kind="stable"), kind="stable") / len(placed)
    landlocked[placed] = [float(bool(facts[world.iso3[place]])) for place in placed]
    return {
        "gdp_per_head_ratio": np.divide(gdp, people, out=np.zeros_like(gdp), where=people > 0)
        / mean,
        "market_rank": rank,
        "landlocked": landlocked,
    }


def effects_table(
    income: pd.DataFrame, drawn_million_usd: FloatArray, groupings: Sequence[Grouping]
) -> pd.DataFrame:
    """Add the gains of economies up by group.

    Parameters
    ----------
    income
        The table ``income`` of a run.
    drawn_million_usd
        ``[draws, N]`` the gains of the draws.
    groupings
        Ways to share out the world.

    Returns
    -------
    pandas.DataFrame
        First the world, then one row a group: grouping, group, economies, gainers, losers,
        gdp_million_usd, million_usd (+_low, _high), real_income_percent (of the group's GDP;
        +_low, _high), probability_gain, and in million USD trade_creation, trade_diversion,
        terms_of_trade, transfer, which add up to million_usd.
    """
    count = len(income)
    world = Grouping("World", ("World",), np.zeros(count, dtype=np.int64))
    rows = [
        _effects(income, drawn_million_usd, each, at)
        for each in (world, *groupings)
        for at in range(len(each.groups))
    ]
    return pd.DataFrame(rows)


def _effects(
    income: pd.DataFrame, drawn: FloatArray, grouping: Grouping, at: int
) -> dict[str, object]:
    own = grouping.place == at
    gdp = income["gdp_million_usd"].to_numpy(dtype=np.float64)
    central = income["real_income_percent"].to_numpy(dtype=np.float64)
    central = np.where(np.abs(central) < ROUNDING_PERCENT, 0.0, central)
    gains = (central * gdp / PERCENT)[own]
    size = float(gdp[own].sum())
    total = np.array([gains.sum()])
    sums = drawn[:, own].sum(axis=1, keepdims=True)
    signs = _signs(income)[own]
    scale = PERCENT / size if size > 0 else 0.0
    row: dict[str, object] = {
        "grouping": grouping.title,
        "group": grouping.groups[at],
        "economies": int(own.sum()),
        "gainers": int((signs > 0).sum()),
        "losers": int((signs < 0).sum()),
        "gdp_million_usd": size,
    }
    banded = {
        **with_band("million_usd", total, sums),
        **with_band("real_income_percent", total * scale, sums * scale),
        "probability_gain": probability_above_zero(sums),
    }
    row |= {name: float(np.asarray(value)[0]) for name, value in banded.items()}
    for part in PARTS:
        values = income[f"{part}_percent"].to_numpy(dtype=np.float64)
        row[f"{part}_million_usd"] = float((values * gdp / PERCENT)[own].sum())
    return row


def _signs(income: pd.DataFrame) -> IntArray:
    """Say who gains (1), who loses (-1), and where it is about nil (0), by the median."""
    percent = income["real_income_percent_median"].to_numpy(dtype=np.float64)
    amount = income["million_usd_median"].to_numpy(dtype=np.float64)
    return np.where(about_nil(percent, amount), 0, np.sign(percent)).astype(np.int64)


def trade_table(before: FloatArray, after: FloatArray, inside: np.ndarray) -> pd.DataFrame:
    """Tell trade among those inside, with outside, and among outsiders, before and after.

    Parameters
    ----------
    before, after
        ``[N, N]`` million USD, domestic sales on the diagonal.
    inside
        ``[N]`` bool.

    Returns
    -------
    pandas.DataFrame
        what, baseline_million_usd, change_million_usd, change_percent. The rows add up to all
        sales; nominal, world output as numeraire.
    """
    foreign = ~np.eye(len(inside), dtype=np.bool_)
    rows = []
    for words, cells in (
        ("Those inside buy from one another", np.outer(inside, inside) & foreign),
        ("Those inside buy from outside", np.outer(~inside, inside)),
        ("Those inside buy at home", np.diag(inside)),
        ("Outsiders buy from inside", np.outer(inside, ~inside)),
        ("Outsiders buy from one another", np.outer(~inside, ~inside) & foreign),
        ("Outsiders buy at home", np.diag(~inside)),
    ):
        base, change = float(before[cells].sum()), float((after - before)[cells].sum())
        rows.append((words, base, change, PERCENT * change / base if base > 0 else np.nan))
    columns = ["what", "baseline_million_usd", "change_million_usd", "change_percent"]
    return pd.DataFrame(rows, columns=columns)


def economies_table(
    income: pd.DataFrame, inside: np.ndarray, groupings: Sequence[Grouping]
) -> pd.DataFrame:
    """Tell each economy's groups and what happens to it.

    Returns
    -------
    pandas.DataFrame
        iso3, name, effect (inside or outside, gains or loses), one column for income, market and
        sea (the group), real_income_percent, trade_creation_percent, trade_diversion_percent.
    """
    kinds = [KINDS[bool(own), int(one)] for own, one in zip(inside, _signs(income), strict=True)]
    names = ("income_group", "market_group", "sea_group")
    columns: dict[str, object] = {
        "iso3": income["iso3"],
        "name": income["name"],
        "effect": kinds,
    }
    for name, grouping in zip(names, groupings, strict=True):
        columns[name] = [grouping.groups[at].split(":")[0] for at in grouping.place]
    kept = ("real_income_percent", "trade_creation_percent", "trade_diversion_percent")
    columns |= {name: income[name] for name in kept}
    return pd.DataFrame(columns)


def _sentences(effects: pd.DataFrame, inside: np.ndarray) -> tuple[str, ...]:
    """Say who is inside and outside gains, and core against periphery, in one sentence."""
    by = {
        (row["grouping"], str(row["group"]).split(":")[0]): row
        for row in effects.to_dict(orient="records")
    }
    world = float(by["World", "World"]["million_usd"])
    if abs(world) < NIL_MILLION_USD and not effects["million_usd"].abs().max() > NIL_MILLION_USD:
        return ()
    first = str(effects["grouping"].iloc[1])
    outside = float(by.get((first, OUTSIDE), {"million_usd": 0.0})["million_usd"])
    income, sea = "Income per head", "The sea"
    told = [
        (
            "With every input at its centre those that the scenario names "
            f"({int(inside.sum())} economies) together {money(world - outside, sign=True)} a year, "
            f"all outsiders {money(outside, sign=True)}"
        )
    ]
    pairs = (
        ("core", (income, "Core"), "periphery", (income, "Periphery")),
        ("landlocked economies", (sea, "Landlocked"), "coastal ones", (sea, "With a coast")),
    )
    for one, left, other, right in pairs:
        if left in by and right in by:
            told.append(
                f"{one} {percent(float(by[left]['real_income_percent']))} of GDP, "
                f"{other} {percent(float(by[right]['real_income_percent']))}"
            )
    return ("; ".join(told) + ".",)
