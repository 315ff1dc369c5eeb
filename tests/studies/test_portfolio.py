"""Portfolios: closed forms, optimality against chance, shrinkage, selections, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from landbridge.basis import embedded_basis
from landbridge.cli import app
from landbridge.errors import FaultsError, InputError
from landbridge.studies.portfolio.mean_variance import (
    Moments,
    best_for,
    diversification_ratio,
    frontier,
    maximum_diversification,
    minimum_variance,
    moments,
    risk_of,
)
from landbridge.studies.portfolio.series import Returns, growth_returns, read_returns
from landbridge.studies.portfolio.study import selections_table, study_portfolio

BRICS = ("BRA", "CHN", "IND", "RUS", "ZAF")
PEAKS = ("ARG", "EGY", "KAZ", "KOR", "PAK")
DAY = date(2018, 6, 30)


def known(mean: list[float], covariance: list[list[float]]) -> Moments:
    return Moments(np.array(mean), np.array(covariance), 0.0, 10)


def series(seed: int = 1, periods: int = 40) -> Returns:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(periods, 1))
    own = rng.normal(size=(periods, 13))
    codes = (*BRICS, *PEAKS, "MEX", "IDN", "TUR")
    return Returns(codes, 3.0 + common + own, 0, "made-up.csv")


@pytest.mark.unit
def test_two_assets_by_the_closed_form() -> None:
    found = known([1.0, 2.0], [[4.0, 1.0], [1.0, 9.0]])
    weight = (9.0 - 1.0) / (4.0 + 9.0 - 2.0)
    assert minimum_variance(found) == pytest.approx([weight, 1.0 - weight], abs=1e-12)
    apart = known([1.0, 2.0, 3.0], np.diag([1.0, 4.0, 16.0]).tolist())
    inverse = np.array([1.0, 0.5, 0.25])
    assert maximum_diversification(apart) == pytest.approx(inverse / inverse.sum(), abs=1e-12)
    assert diversification_ratio(apart, maximum_diversification(apart)) == pytest.approx(3.0**0.5)
    tangent = best_for(apart.covariance, apart.mean)
    assert tangent == pytest.approx(
        np.array([1.0, 0.5, 3.0 / 16.0]) / (1.0 + 0.5 + 3.0 / 16.0), abs=1e-12
    )


@pytest.mark.unit
def test_nothing_is_sold_short() -> None:
    # Without the bound the least variance would hold 1.2 of the first and -0.2 of the second.
    found = known([0.0, 0.0], [[1.0, 1.5], [1.5, 4.0]])
    assert minimum_variance(found) == pytest.approx([1.0, 0.0], abs=1e-12)
    with pytest.raises(InputError, match="not positive definite"):
        best_for(np.ones((2, 2)), np.ones(2))
    with pytest.raises(InputError, match="above zero"):
        best_for(np.eye(2), -np.ones(2))


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 9999), count=st.integers(2, 12))
def test_no_portfolio_drawn_by_chance_is_better(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    found = moments(rng.normal(1.0, 2.0, size=(3 * count, count)))
    least, widest = minimum_variance(found), maximum_diversification(found)
    curve = frontier(found, 7)
    for weights in (least, widest, *curve):
        assert weights.min() >= 0.0
        assert weights.sum() == pytest.approx(1.0)
    drawn = rng.dirichlet(np.ones(count), size=200)
    risks = np.array([risk_of(found, one) for one in drawn])
    assert risk_of(found, least) <= risks.min() * (1 + 1e-9)
    ratios = [diversification_ratio(found, one) for one in drawn]
    assert diversification_ratio(found, widest) >= max(ratios) * (1 - 1e-9)
    means, ends = curve @ found.mean, np.array([risk_of(found, one) for one in curve])
    assert (np.diff(means) >= -1e-7).all()
    assert (np.diff(ends) >= -1e-7).all()
    # Nothing earns as much as a point of the frontier at less risk.
    for mean, risk in zip(means, ends, strict=True):
        as_good = drawn @ found.mean >= mean + 1e-7
        assert not (risks[as_good] < risk * (1 - 1e-6)).any()


@pytest.mark.property
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 9999))
def test_shrinkage_is_that_of_ledoit_and_wolf(seed: int) -> None:
    rng = np.random.default_rng(seed)
    returns = rng.normal(size=(12, 4)) @ rng.normal(size=(4, 4))
    away = returns - returns.mean(axis=0)
    periods, count = returns.shape
    sample = away.T @ away / periods
    level = np.trace(sample) / count
    distance = np.linalg.norm(sample - level * np.eye(count)) ** 2 / count
    each = [np.linalg.norm(np.outer(x, x) - sample) ** 2 / count for x in away]
    share = min(sum(each) / periods**2, distance) / distance
    found = moments(returns)
    assert found.shrinkage == pytest.approx(share, rel=1e-10)
    assert found.covariance == pytest.approx(share * level * np.eye(count) + (1 - share) * sample)


@pytest.mark.unit
def test_the_selections_are_those_of_the_concept() -> None:
    table = selections_table().set_index("selection")["members"]
    assert set(table["peaks"].split(", ")) == {
        "Pakistan", "Egypt", "Argentina", "Kazakhstan", "South Korea",
    }  # fmt: skip
    assert set(table["inpeaks"].split(", ")) == {
        "Indonesia", "Pakistan", "Egypt", "Argentina", "Kazakhstan",
    }  # fmt: skip
    assert "Nigeria" in table["peaks-today"]


@pytest.mark.unit
def test_adding_one_group_to_another() -> None:
    found = study_portfolio(embedded_basis(), "peaks", "brics", on=DAY, series=series(), draws=40)
    assert list(found.members["iso3"]) == [*BRICS, *PEAKS]
    risk = found.risk.set_index(["set", "weights"])["risk_percent"]
    effect = found.effect.set_index("weights")
    assert effect.loc["least risk", "change_percent"] <= 0.0
    assert effect.loc["equal", "risk_before_percent"] == risk["brics", "equal"]
    assert effect.loc["equal", "risk_after_percent"] == risk["brics and peaks", "equal"]
    assert (effect["change_percent_low"] <= effect["change_percent_high"]).all()
    assert effect["better_than_percent"].between(0, 100).all()
    outside = found.risk["out_of_sample_risk_percent"]
    assert np.isfinite(outside).all()
    weights = found.frontier[[*BRICS, *PEAKS]]
    assert weights.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(weights)))
    again = study_portfolio(embedded_basis(), "peaks", "brics", on=DAY, series=series(), draws=40)
    pd.testing.assert_frame_equal(found.effect, again.effect)


@pytest.mark.unit
def test_a_group_inside_the_other_is_refused() -> None:
    with pytest.raises(InputError, match="every member of ZAF is in brics"):
        study_portfolio(embedded_basis(), "ZAF", "brics", on=DAY, series=series())
    short = Returns(BRICS, series().percent[:, :5], 0, "short.csv")
    with pytest.raises(InputError, match="no series of Argentina"):
        study_portfolio(embedded_basis(), "peaks", "brics", on=DAY, series=short)


@pytest.mark.unit
def test_series_are_read_and_faults_told(tmp_path: Path) -> None:
    file = tmp_path / "gdp.csv"
    levels = 100.0 * 1.05 ** np.arange(12.0)
    frame = pd.DataFrame({"year": range(2000, 2012), "PAK": levels, "Kazakhstan": levels**2})
    frame.loc[4, "PAK"] = np.nan
    frame.to_csv(file, index=False)
    found = read_returns(file, levels=True)
    assert found.iso3 == ("PAK", "KAZ")
    assert found.dropped == 2  # a gap in levels takes two growth rates
    assert found.percent[:, 0] == pytest.approx(np.full(9, 5.0))
    frame.rename(columns={"PAK": "Pakistn"}).assign(IND="x").to_csv(file, index=False)
    with pytest.raises(FaultsError) as told:
        read_returns(file)
    assert len(told.value.faults) == 2
    assert "Pakistan" in told.value.faults[0]
    frame.head(5).to_csv(file, index=False)
    with pytest.raises(InputError, match="4 periods without a gap"):
        read_returns(file)


@pytest.mark.golden
def test_growth_of_the_embedded_panel_is_the_default_series() -> None:
    found = growth_returns(("RUS", "CHN", "PAK"))
    assert found.percent.shape[0] == 34
    assert "1990 to 2023" in found.source
    # Russia's output fell by 14.5 percent in 1992 and by 1.4 in 2022 (World Bank).
    russia = found.percent[:, found.iso3.index("RUS")]
    assert russia[2] == pytest.approx(-14.5, abs=0.1)
    assert russia[-2] == pytest.approx(-1.4, abs=0.1)
    with pytest.raises(InputError, match="Taiwan"):
        growth_returns(("CHN", "TWN"))


@pytest.mark.journey
def test_the_command_works_without_and_with_series(tmp_path: Path) -> None:
    bare = CliRunner().invoke(app, ["portfolio", "--draws", "20", "--exposure"])
    assert bare.exit_code == 0, bare.output
    assert "risk is exposure" in bare.output
    growth = CliRunner().invoke(app, ["portfolio", "--draws", "20"])
    assert growth.exit_code == 0, growth.output
    assert "growth of real GDP" in growth.output
    file = tmp_path / "returns.csv"
    made = series()
    frame = pd.DataFrame(made.percent, columns=list(made.iso3))
    frame.insert(0, "period", range(len(frame)))
    frame.to_csv(file, index=False)
    told = CliRunner().invoke(app, ["portfolio", "--series", str(file), "--draws", "20", "--json"])
    assert told.exit_code == 0, told.output
    assert "Deviations from series" in told.output
