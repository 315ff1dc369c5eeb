"""Estimated parameters take the place of the defaults and are drawn together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from landbridge.basis import embedded_basis
from landbridge.draws.engine import Draw
from landbridge.errors import FaultsError
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenarios.parameters import default_parameters, with_estimates
from landbridge.scenarios.reading import parse_scenario
from landbridge.studies.run.running import run_scenario

pytestmark = pytest.mark.unit
NAMES = ("trade_elasticity", "agreement_free_trade_area")
CLOSE = 0.12  # of a correlation from 600 draws: three standard errors

FTA = """
format = 1
name = "fta"
title = "Free trade"
summary = "One agreement."
date = 2026-01-01
choice = "least"
agreement_parts = ["residual"]
[focus]
economy = "PAK"
partners = ["UZB"]
[[measures]]
id = "fta"
kind = "sign_agreement"
title = "Free trade"
source = "made up"
as_if_new = true
parties = ["PAK", "UZB"]
depth = "free_trade_area"
"""


def estimates(names: Any = NAMES, theta: Any = 6.0, effect: Any = 0.3) -> Any:
    return ParameterEstimates(
        names=names,
        estimates=np.array([theta, effect]),
        covariance=np.array([[0.25, 0.01], [0.01, 0.001]]),
        from_terms=("ln_tariff_factor", "rta"),
        source="tables: made up.",
    )


def test_a_parameter_takes_the_estimate_with_its_band() -> None:
    defaults = default_parameters()
    merged = with_estimates(defaults, estimates())
    theta = merged["trade_elasticity"]
    assert (theta.low, theta.central, theta.high) == (5.0, 6.0, 7.0)
    assert (theta.distribution, theta.confidence) == ("normal", "estimated")
    assert "ln_tariff_factor" in theta.source
    others = set(defaults) - set(NAMES)
    assert all(merged[name] is defaults[name] for name in others)
    assert with_estimates(defaults, None) is defaults
    with pytest.raises(FaultsError, match="Did you mean 'agreement_free_trade_area'"):
        with_estimates(defaults, estimates(("trade_elasticity", "agreement_free_trade_areas")))


def test_draws_keep_the_correlation_of_the_estimates() -> None:
    found = estimates()
    parameters = with_estimates(default_parameters(), found)
    drawn = [Draw(3, number).parameters(parameters, found) for number in range(600)]
    both = np.array([[each[name] for name in NAMES] for each in drawn])
    wanted = 0.01 / np.sqrt(0.25 * 0.001)
    assert np.corrcoef(both, rowvar=False)[0, 1] == pytest.approx(wanted, abs=CLOSE)
    assert set(drawn[0]) == set(parameters)


@pytest.mark.slow
def test_a_run_uses_them_and_says_so() -> None:
    scenario = parse_scenario(FTA, where="fta.toml")
    found = run_scenario(embedded_basis().with_estimates(estimates()), scenario, draws=0, jobs=1)
    shown = found.parameters.set_index("name")
    assert shown.loc["trade_elasticity", "central"] == 6.0
    assert shown.loc["agreement_free_trade_area", "confidence"] == "estimated"
    assert any("trade_elasticity 6 (standard error 0.5)" in note for note in found.notes)
    # The pair is small: its trade rises by the effect on its goods part, and by little else.
    pair = found.trade_pairs.set_index("exporter").loc["PAK"]
    goods = pair["baseline_goods_million_usd"] / pair["baseline_million_usd"]
    expected = 100.0 * goods * np.expm1(0.3)
    assert pair["change_percent"] == pytest.approx(expected, rel=0.02)
