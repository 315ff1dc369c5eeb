"""Trade brought towards its potential: closed forms, the cap, what is counted, with and without."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from landbridge.basis import embedded_basis
from landbridge.equilibrium.one_sector import prepare, solve_prepared
from landbridge.gravity.uses.world_fitted import fitted_flows
from landbridge.scenarios.measures.normalise_trade import NormaliseTrade
from landbridge.scenarios.parameters import scenario_parameters
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.fields import PercentBand
from landbridge.scenarios.values.normalising import Normalised, total_log_effect
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.run.attribution import WITHOUT, attribution_table
from landbridge.tables import embedded_table
from landbridge.tasks import no_progress
from landbridge.world.baseline import load_baseline

NAMES = ("measure_m_share", "measure_m_potential_log")
MEASURE: dict[str, Any] = {
    "id": "m",
    "kind": "normalise_trade",
    "title": "Normalise",
    "source": "a test",
    "between": ["PAK", "KAZ"],
    "share_percent": {"low": 10, "central": 50, "high": 90},
}


def normalised(potential: np.ndarray, *, share: float = 50.0, cap: float = 50.0) -> Normalised:
    return Normalised(
        measure="m",
        pairs=~np.eye(len(potential), dtype=bool),
        potential_million_usd=potential,
        share=PercentBand(low=share, central=share, high=share),
        most_cost_fall_percent=cap,
        names=NAMES,
    )


def scenario(*measures: dict[str, Any]) -> Scenario:
    return Scenario.model_validate(
        {
            "format": 1,
            "name": "test",
            "title": "Test",
            "summary": "A test.",
            "date": dt.date(2026, 1, 1),
            "focus": {"economy": "PAK", "partners": ["KAZ"]},
            "measures": measures,
        }
    )


@pytest.mark.unit
def test_half_of_the_gap_in_logs_is_closed() -> None:
    goods = np.array([[100.0, 1.0], [4.0, 100.0]])
    one = normalised(np.full((2, 2), 4.0))
    effect = one.log_effect(goods, {}, theta=5.0)
    # 1 to 2 is half the way to 4 in logs; 4 is at its potential; domestic sales are not named.
    assert np.exp(effect) == pytest.approx(np.array([[1.0, 2.0], [1.0, 1.0]]))
    tau = np.exp(-effect / 5.0)
    assert tau[0, 1] == pytest.approx((4.0 / 1.0) ** (-0.5 / 5.0))
    half = one.log_effect(goods, {NAMES[0]: 100.0, NAMES[1]: -np.log(2.0)}, theta=5.0)
    assert np.exp(half[0, 1]) == pytest.approx(2.0)


@pytest.mark.unit
def test_cap_and_counts() -> None:
    goods = np.array([[100.0, 0.001, 0.0], [9.0, 100.0, 3.0], [3.0, 5.0, 100.0]])
    one = normalised(np.full((3, 3), 4.0), share=100.0, cap=20.0)
    effect = one.log_effect(goods, {}, theta=4.0)
    assert 1.0 - np.exp(-effect[0, 1] / 4.0) == pytest.approx(0.20)
    assert effect[0, 2] == 0.0
    counted = {what.split(": pairs ")[1]: count for what, count, _, _ in one.counts(goods, 4.0)}
    assert counted == {
        "brought towards potential": 3,
        "left at or above potential": 2,
        "left without trade": 1,
        "where the fall of cost stops at the cap": 1,
    }
    assert {of for _, _, of, _ in one.counts(goods, 4.0)} == {6}


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 9999), share=st.floats(0.0, 100.0), theta=st.floats(2.0, 9.0))
def test_trade_moves_towards_potential_and_not_past_it(
    seed: int, share: float, theta: float
) -> None:
    rng = np.random.default_rng(seed)
    goods = np.exp(rng.normal(0.0, 2.0, size=(5, 5)))
    potential = np.exp(rng.normal(0.0, 2.0, size=(5, 5)))
    one = normalised(potential, share=share, cap=99.999)
    after = goods * np.exp(one.log_effect(goods, {}, theta))
    off = one.pairs
    assert (after[off] >= goods[off] * (1 - 1e-12)).all()
    assert (after[off] <= np.maximum(goods, potential)[off] * (1 + 1e-12)).all()
    assert (
        total_log_effect((one, one), goods, {}, theta) == one.log_effect(goods, {}, theta)
    ).all()


@pytest.mark.unit
def test_in_equilibrium_a_small_pair_comes_near_the_target() -> None:
    flows = np.array([[900.0, 0.5, 60.0], [0.5, 700.0, 50.0], [60.0, 50.0, 3000.0]])
    one = normalised(np.where(flows == 0.5, 2.0, flows), share=100.0, cap=90.0)
    base = prepare(flows, theta=5.0, closure="purged")
    found = solve_prepared(base, np.exp(one.log_effect(flows, {}, 5.0)))
    assert found.flows[0, 1] / found.baseline_flows[0, 1] == pytest.approx(4.0, rel=0.02)
    none = normalised(flows, share=100.0)
    assert (np.exp(none.log_effect(flows, {}, 5.0)) == 1.0).all()


@pytest.mark.unit
def test_share_and_potential_are_drawn_by_their_own_names() -> None:
    found = scenario_parameters(scenario(MEASURE))
    share, potential = (found[name] for name in NAMES)
    assert (share.low, share.central, share.high) == (10, 50, 90)
    assert share.source == "a test"
    assert (potential.central, potential.distribution) == (0, "normal")
    assert not set(NAMES) & set(scenario_parameters(scenario()))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"share_percent": 120}, "at most 100 percent"),
        ({"most_cost_fall_percent": 0}, "greater than 0"),
        ({"between": ["PAK"]}, "at least 2"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        NormaliseTrade.model_validate(MEASURE | changed)


@pytest.mark.slow
@pytest.mark.golden
def test_the_spread_of_potential_is_the_one_in_the_table() -> None:
    _, spread = fitted_flows(load_baseline(), "goods")
    row = embedded_table("scenarios", "normalisation").iloc[0]
    # For a normal distribution the ends are two standard deviations from the centre.
    assert (row["high"] - row["low"]) / 4.0 == pytest.approx(spread, abs=0.05)


@pytest.mark.slow
@pytest.mark.journey
def test_results_stand_with_and_without_it() -> None:
    deal = {
        "id": "deal",
        "kind": "sign_agreement",
        "title": "Deal",
        "source": "a test",
        "parties": ["PAK", "KAZ"],
    }
    inputs = prepare_inputs(embedded_basis(), scenario(MEASURE, deal), where="test")
    table = attribution_table(inputs, jobs=1, progress=no_progress).set_index("measure")
    trade = table["focus_trade_million_usd"]
    assert trade[WITHOUT] == pytest.approx(trade["deal"], rel=1e-6)
    assert trade["all"] > trade[WITHOUT] + trade["m"] * 0.99
