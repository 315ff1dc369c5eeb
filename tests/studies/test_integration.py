"""Integration effects: every way of sharing out the world adds up to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.report.maps.integration import integration_map
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.studies.run.integration import (
    Grouping,
    economies_table,
    effects_table,
    insiders,
    party_grouping,
    standing_groupings,
    trade_table,
)
from landbridge.world.baseline import load_baseline

PARTS = ("trade_creation", "trade_diversion", "terms_of_trade", "transfer")


def income_of(parts: np.ndarray, gdp: np.ndarray) -> pd.DataFrame:
    """Lay out what `effects_table` reads; parts are ``[N, 4]`` percent of GDP."""
    columns = {f"{name}_percent": parts[:, at] for at, name in enumerate(PARTS)}
    total = parts.sum(axis=1)
    return pd.DataFrame(
        {
            "real_income_percent": total,
            "real_income_percent_median": total,
            "million_usd_median": total * gdp / 100,
            "gdp_million_usd": gdp,
            **columns,
        }
    )


def agreement(*parties: str) -> Scenario:
    return Scenario.model_validate(
        {
            "format": 1,
            "name": "test",
            "title": "Test",
            "summary": "A test.",
            "date": pd.Timestamp("2020-01-01").date(),
            "focus": {"economy": "PAK", "partners": ["RUS"]},
            "measures": [
                {
                    "id": "deal",
                    "kind": "sign_agreement",
                    "title": "Deal",
                    "source": "a test",
                    "parties": list(parties),
                }
            ],
        }
    )


@pytest.mark.unit
def test_three_economies_add_up_by_hand() -> None:
    income = income_of(
        np.array([[2.0, 1.0, 0.0, 0.0], [1.0, 0.0, -0.5, 0.0], [0.0, -1.0, 0.5, 0.0]]),
        np.array([100.0, 200.0, 400.0]),
    )
    grouping = Grouping("By hand", ("in", "out"), np.array([0, 0, 1]))
    found = effects_table(income, np.empty((0, 3)), [grouping]).set_index("group")
    assert found.loc["World", "million_usd"] == pytest.approx(3.0 + 1.0 - 2.0)
    assert found.loc["in", "million_usd"] == pytest.approx(4.0)
    assert found.loc["in", "real_income_percent"] == pytest.approx(100 * 4.0 / 300.0)
    assert found.loc["out", "trade_diversion_million_usd"] == pytest.approx(-4.0)
    assert (found.loc["out", "gainers"], found.loc["out", "losers"]) == (0, 1)
    assert np.isnan(found.loc["in", "probability_gain"])


@pytest.mark.property
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_groups_and_parts_add_up_to_the_world(seed: int) -> None:
    world = load_baseline()
    rng = np.random.default_rng(seed)
    income = income_of(rng.normal(size=(len(world.iso3), 4)), world.gdp_million_usd)
    drawn = rng.normal(size=(30, len(world.iso3)))
    groupings = [
        party_grouping(agreement("EAEU", "SAARC", "CHN"), world.iso3),
        *standing_groupings(world),
    ]
    table = effects_table(income, drawn, groupings)
    total = float(table["million_usd"].iloc[0])
    scale = float((income["real_income_percent"].abs() * income["gdp_million_usd"]).sum() / 100)
    for _, rows in table.iloc[1:].groupby("grouping"):
        assert rows["economies"].sum() == len(world.iso3)
        assert abs(rows["million_usd"].sum() - total) <= 1e-9 * scale
    parts = table[[f"{name}_million_usd" for name in PARTS]].sum(axis=1)
    assert np.abs(parts - table["million_usd"]).max() <= 1e-9 * scale
    assert table["probability_gain"].between(0, 1).all()


@pytest.mark.unit
def test_parties_come_first_and_each_economy_once() -> None:
    world = load_baseline()
    grouping = party_grouping(agreement("EAEU", "CIS"), world.iso3)
    of = {code: grouping.groups[at] for code, at in zip(world.iso3, grouping.place, strict=True)}
    assert of["RUS"] == of["ARM"] == "EAEU"
    assert of["UZB"] == "CIS (those not above)"
    assert of["PAK"] == "Pakistan"
    assert of["USA"] == "Outside"
    inside = insiders(agreement("EAEU", "CIS"), world.iso3)
    assert inside[world.index("UZB")]
    assert not inside[world.index("USA")]


@pytest.mark.unit
def test_every_economy_has_one_place_in_each_way() -> None:
    world = load_baseline()
    income, market, sea = standing_groupings(world)
    for grouping in (income, market, sea):
        assert (grouping.place >= 0).all()
    place = {code: row for row, code in enumerate(world.iso3)}
    assert income.groups[income.place[place["USA"]]].startswith("Core")
    assert income.groups[income.place[place["PAK"]]].startswith("Periphery")
    assert market.groups[market.place[place["BEL"]]].startswith("Core")
    assert market.groups[market.place[place["NZL"]]].startswith("Periphery")
    assert sea.groups[sea.place[place["UZB"]]] == "Landlocked"


@pytest.mark.unit
def test_trade_inside_and_outside_holds_all_sales() -> None:
    before = np.arange(1.0, 17.0).reshape(4, 4)
    after = before * 1.1
    table = trade_table(before, after, np.array([True, True, False, False]))
    assert table["baseline_million_usd"].sum() == pytest.approx(before.sum())
    assert table["change_percent"].to_numpy() == pytest.approx(np.full(6, 10.0))
    assert table["baseline_million_usd"].iloc[0] == before[0, 1] + before[1, 0]
    # Importers stand in columns: those inside buy from outside in rows 2 and 3.
    assert table["baseline_million_usd"].iloc[1] == before[2:, :2].sum()


@pytest.mark.unit
def test_map_tells_every_kind_apart() -> None:
    world = load_baseline()
    percent = np.linspace(-1.0, 1.0, len(world.iso3))
    income = pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": world.iso3,
            "real_income_percent": percent,
            "real_income_percent_median": percent,
            "million_usd_median": percent * world.gdp_million_usd / 100,
            "trade_creation_percent": percent,
            "trade_diversion_percent": 0.0,
        }
    )
    inside = insiders(read_scenario(find_scenario("n-cpec-plus")), world.iso3)
    table = economies_table(income, inside, standing_groupings(world))
    kinds = table.set_index("iso3")["effect"]
    assert kinds["AFG"] == "inside, loses"
    assert kinds["ZWE"] == "outside, gains"
    drawn = str(integration_map(table))
    for kind, count in table["effect"].value_counts().items():
        assert f"{count} {kind}" in drawn
