"""The parts of the baseline's build, on made-up input."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

kernel = pytest.importorskip("baseline_kernel", reason="tools/ is not beside the tests")
output = pytest.importorskip("baseline_output", reason="tools/ is not beside the tests")
facts = pytest.importorskip("baseline_facts", reason="tools/ is not beside the tests")
shares = pytest.importorskip("baseline_goods_share", reason="tools/ is not beside the tests")
evidence = pytest.importorskip("baseline_evidence", reason="tools/ is not beside the tests")


@pytest.mark.unit
def test_the_kernel_finds_the_coefficient_that_made_the_flows() -> None:
    rng = np.random.default_rng(1)
    count = 30
    distance = np.abs(rng.normal(size=(count, count)))
    distance = distance + distance.T
    flag = (rng.random((count, count)) < 0.2).astype(float)
    effect = rng.normal(size=(2, count))
    log_flow = -0.9 * distance + 0.5 * flag + effect[0][:, None] + effect[1][None, :]
    flows = np.exp(log_flow + 0.01 * rng.normal(size=(count, count)) + 5.0)
    fit = kernel.fit_kernel(flows, np.stack([distance, flag, np.zeros_like(flag)]))
    assert fit.coefficients[0] == pytest.approx(-0.9, abs=0.01)
    assert fit.coefficients[1] == pytest.approx(0.5, abs=0.01)
    assert np.isnan(fit.coefficients[2])  # a feature that does not vary says nothing
    assert fit.residual_sd < 0.02
    assert np.abs(fit.residual.sum(axis=0)).max() < 1e-6


@pytest.mark.unit
def test_home_sales_are_output_less_exports_and_never_below_the_floor() -> None:
    model = pd.DataFrame({"output_per_gdp": [2.0, 2.0], "goods_part": [0.4, 0.1]}, index=["A", "B"])
    exports = {"goods": np.array([100.0, 900.0]), "services": np.array([50.0, 300.0])}
    home = output.domestic_sales(np.array([1000.0, 500.0]), model, exports, 0.9)
    assert home.loc["A", "goods"] == pytest.approx(0.4 * 2000 - 0.9 * 100)
    assert home.loc["A", ["goods", "services"]].sum() == pytest.approx(2000 - 150)
    assert not home.loc["A", "floored"]
    # B sells abroad what it never made: an entrepot.
    assert home.loc["B", "goods"] == pytest.approx(output.HOME_FLOOR_OF_GDP["goods"] * 500)
    assert home.loc["B", "floored"]


@pytest.mark.unit
def test_the_total_nearest_to_2023_is_taken_and_moved() -> None:
    table = pd.DataFrame(
        {
            "iso3": ["AAA", "AAA", "BBB", "BBB"],
            "flow": ["exports"] * 4,
            "year": [2022, 2024, 2021, 2019],
            "usd": [10e6, 20e6, 30e6, 40e6],
        }
    )
    book = facts.Facts(totals={2026: table}, shares={}, uses={}, economies={})
    found = facts.nearest_totals(book, "exports", ("AAA", "BBB"))
    drift = facts.constant("world_trade_drift_per_year")
    assert found.loc["AAA", "year"] == 2024  # as near as 2022, and newer
    assert found.loc["AAA", "million_usd"] == pytest.approx(20.0 / drift)
    assert found.loc["BBB", "million_usd"] == pytest.approx(30.0 * drift**2)
    assert found.loc["BBB", "sd_log"] > found.loc["AAA", "sd_log"] > 0


@pytest.mark.unit
def test_a_partner_named_twice_counts_once_and_strangers_are_left_out() -> None:
    table = pd.DataFrame(
        {
            "iso3": ["PAK", "PAK", "PAK", "PAK", "PRK"],
            "flow": ["exports", "exports", "exports", "imports", "exports"],
            "partner": ["CHN", "CHN", "XXX", "CHN", "CHN"],
            "share": [0.1, 0.05, 0.3, 0.2, 0.9],
        }
    )
    book = facts.Facts(totals={}, shares={2026: table}, uses={}, economies={})
    lists = facts.partner_lists(book, 2026, ("CHN", "PAK"))
    assert lists.by_exporter[1, 0] == pytest.approx(0.15)
    assert lists.by_importer[0, 1] == pytest.approx(0.2)
    assert np.isfinite(lists.by_exporter).sum() == 1


@pytest.mark.unit
def test_a_logit_stays_off_the_ends() -> None:
    assert np.isfinite(shares.logit(np.array([0.0, 1.0, 1.2]))).all()


@pytest.mark.unit
def test_a_goods_total_may_not_eat_the_services() -> None:
    totals = evidence.Totals(
        *(np.array([1000.0, 1000.0]) for _ in range(2)), *[np.full(2, 0.02)] * 2
    )
    table = pd.DataFrame(
        {
            "exports": [0.95, 0.5],
            "imports": [0.95, 0.5],
            "exports_sd_log": [0.3, 0.3],
            "imports_sd_log": [0.3, 0.3],
        }
    )
    goods = evidence.goods_totals(totals, table)
    room = evidence.SERVICES_ROOM * 0.05 / 0.95
    assert goods.exports_sd_log[0] == pytest.approx(max(room, evidence.GOODS_TOTAL_LEAST_SD))
    assert goods.exports_sd_log[1] == pytest.approx(evidence.GOODS_TOTAL_MOST_SD)


@pytest.mark.unit
def test_services_take_what_goods_leave_of_the_totals() -> None:
    totals = evidence.Totals(
        np.array([100.0, 100.0]), np.array([120.0, 80.0]), np.full(2, 0.02), np.full(2, 0.02)
    )
    goods = np.array([[0.0, 60.0], [110.0, 0.0]])
    rest, floored = evidence.services_totals(totals, goods)
    assert floored == 1  # the second economy's goods exceed its exports
    assert rest.exports.sum() == pytest.approx(rest.imports.sum())
    assert rest.exports[0] > rest.exports[1] > 0
