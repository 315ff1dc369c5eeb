"""Trade targets: verdicts by rule, the fall of cost that reaches them, the year of growth."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.atlas.targets import targets
from landbridge.basis import embedded_basis
from landbridge.equilibrium.one_sector import prepare, solve_prepared
from landbridge.errors import InputError, UnknownNameError
from landbridge.studies.chain.one_pass import trade_ratio
from landbridge.studies.targets.costs import cost_fall, goods_part
from landbridge.studies.targets.series import (
    recorded_by_year,
    stated_beside_recorded,
    status_by_year,
)
from landbridge.studies.targets.study import VERDICTS, judge_targets, verdict_of, year_reached
from landbridge.world.base import World


def small_world(seed: int) -> World:
    rng = np.random.default_rng(seed)
    goods = rng.uniform(1.0, 20.0, size=(4, 4)) + np.diag(rng.uniform(100.0, 400.0, size=4))
    services = rng.uniform(0.5, 5.0, size=(4, 4))
    zero = np.zeros((4, 4))
    return World(
        year=2023,
        iso3=("AAA", "BBB", "CCC", "DDD"),
        goods=goods,
        services=services,
        sd_log_goods=zero,
        sd_log_services=zero,
        status_goods=zero.astype(np.int8),
        status_services=zero.astype(np.int8),
        gdp_million_usd=goods.sum(axis=1),
        population=np.ones(4),
    )


def numbers(**changed: float) -> dict[str, object]:
    row = dict.fromkeys(
        (
            "stated_million_usd",
            "baseline_million_usd",
            "best_scenario_million_usd",
            "potential_million_usd",
            "potential_million_usd_high",
        ),
        math.nan,
    )
    return {"target_million_usd": 100.0, **row, **changed}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (numbers(stated_million_usd=120.0, baseline_million_usd=50.0), "reached"),
        (numbers(baseline_million_usd=100.0), "reached"),
        (
            numbers(best_scenario_million_usd=101.0, potential_million_usd=10.0),
            "reached by a scenario",
        ),
        (numbers(baseline_million_usd=1.0, potential_million_usd=100.0), "within potential"),
        (
            numbers(potential_million_usd=60.0, potential_million_usd_high=140.0),
            "within the band",
        ),
        (numbers(potential_million_usd=60.0, potential_million_usd_high=99.0), "beyond the band"),
        (numbers(), "beyond the band"),
    ],
)
def test_the_first_rule_that_holds_gives_the_verdict(row: dict[str, object], verdict: str) -> None:
    assert verdict_of(row) == verdict
    assert verdict in VERDICTS


@pytest.mark.unit
def test_year_of_growth() -> None:
    assert year_reached(2.0, 100.0, 2023) == 2024
    assert year_reached(2.0, 7.2, 2023) == 2033
    assert year_reached(0.5, 5.0, 2023) == 2023
    assert math.isnan(year_reached(math.inf, 5.0, 2023))


@pytest.mark.property
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500), factor=st.floats(1.05, 6.0), theta=st.floats(3.0, 8.0))
def test_the_fall_of_cost_brings_goods_trade_to_the_target(
    seed: int, factor: float, theta: float
) -> None:
    world = small_world(seed)
    cells = np.zeros((4, 4), dtype=bool)
    cells[0, 1] = cells[1, 0] = True
    wanted = factor * world.goods[cells].sum()
    base = prepare(world.flows, theta=theta, closure="purged", iso3=world.iso3)
    fall = cost_fall(world, base, cells, wanted)
    freeness = np.ones((4, 4))
    goods = (1.0 - fall / 100.0) ** -theta
    freeness[cells] = 1.0 + world.goods_share[cells] * (goods - 1.0)
    after = goods_part(world, freeness) * trade_ratio(solve_prepared(base, freeness))
    assert after[cells].sum() == pytest.approx(wanted, rel=1e-4)
    assert 0.0 < fall < 100.0
    assert cost_fall(world, base, cells, 0.9 * world.goods[cells].sum()) == 0.0


@pytest.mark.unit
def test_no_change_leaves_goods_as_they_are() -> None:
    world = small_world(3)
    assert goods_part(world, np.ones((4, 4))) == pytest.approx(world.goods, rel=1e-14)
    bare = replace(world, services=np.zeros((4, 4)))
    assert goods_part(bare, np.full((4, 4), 2.0)) == pytest.approx(bare.goods, rel=1e-14)


@pytest.mark.slow
@pytest.mark.golden
def test_the_targets_of_the_atlas_without_scenarios() -> None:
    found = judge_targets(embedded_basis(), "PAK", "Uzbekistan")
    table = found.targets.set_index("target")
    assert table.loc["pak-uzb-target", "verdict"] == "reached"
    assert table.loc["pak-uzb-target", "stated_million_usd"] == 404.0
    falls = table.loc[
        ["pak-uzb-target", "pak-uzb-target-2022", "pak-uzb-target-2025"], "cost_fall_percent"
    ].to_numpy()
    assert (np.diff(falls) > 0).all()
    assert (table["cost_fall_percent_low"] <= table["cost_fall_percent"]).all()
    assert (table["cost_fall_percent"] <= table["cost_fall_percent_high"]).all()
    assert found.scenarios.empty
    both = table.loc["pak-uzb-target"]
    assert both["potential_million_usd_high"] < 700.0
    assert set(found.years["target"]) == set(table.index)
    for column in ("potential_million_usd_low", "potential_million_usd_high"):
        assert np.isfinite(table[column]).all()


@pytest.mark.golden
def test_the_years_of_a_target_are_recorded_trade_both_ways() -> None:
    said = next(row for row in targets("PAK", "UZB") if row.statement == "pak-uzb-target")
    pairs = [("PAK", "UZB"), ("UZB", "PAK")]
    years = status_by_year([(said, pairs)]).set_index("year")
    assert years.loc[2019, "goods_million_usd"] == pytest.approx(33.074 + 95.616)
    assert years.loc[2019, "share_of_target_percent"] == pytest.approx(42.9, abs=0.1)
    assert 2021 not in years.index
    assert (years["unknown_flows"] == 0).all()
    stated = stated_beside_recorded([(said, pairs)]).set_index("statement")
    assert stated.loc["pak-uzb-2018", "stated_million_usd"] == 92.0
    assert abs(stated.loc["pak-uzb-2018", "stated_over_recorded_percent"]) < 5.0
    assert np.isnan(stated.loc["pak-uzb-2024", "recorded_million_usd"])


@pytest.mark.unit
def test_flows_that_are_not_known_are_counted_and_compared_with_nothing() -> None:
    rows = recorded_by_year([("RUS", "IRN"), ("KAZ", "IRN"), ("TWN", "IRN")]).set_index("year")
    assert rows.loc[2019, "unknown_flows"] == 1  # Taiwan has no row in BACI
    assert rows.loc[2020, "unknown_flows"] == 2
    said = targets("EAEU", "IRN")[0]
    compared = stated_beside_recorded([(said, [("RUS", "IRN"), ("KAZ", "IRN")])])
    assert compared["stated_over_recorded_percent"].isna().all()
    nothing = recorded_by_year([("TWN", "IRN")])
    assert nothing["goods_million_usd"].isna().all()


@pytest.mark.unit
def test_a_pair_without_a_target_is_refused() -> None:
    with pytest.raises(InputError, match="no target of USA is held"):
        judge_targets(embedded_basis(), "USA")


@pytest.mark.unit
def test_targets_of_a_bloc_are_found_by_its_id() -> None:
    assert [row.statement for row in targets("eaeu")] == ["eaeu-irn-target"]
    assert targets("Iran", "EAEU") == targets("EAEU")
    with pytest.raises(UnknownNameError, match="Pakistan"):
        targets("Pakistn")
