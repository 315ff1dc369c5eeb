"""What an estimate hands over: draws, freeness, a baseline, resistances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import InputError, UnknownNameError
from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.uses.handover import (
    draw_coefficients,
    fitted_baseline,
    freeness_change,
    multilateral_resistances,
)

pytestmark = pytest.mark.unit
SPREAD = 0.06  # 4,000 draws: a standard deviation is known to 1.1 percent, five of those


def estimated(panel: Callable[..., Any], **options: Any) -> tuple[pd.DataFrame, GravityFit]:
    table = panel(seed=3, economies=8)
    return table, fit(GravitySpec(regressors=("agreement", "tariff"), **options), table)


def test_draws_have_the_covariance_of_the_fit_and_repeat_themselves(
    panel: Callable[..., Any],
) -> None:
    _, found = estimated(panel)
    drawn = draw_coefficients(found, np.random.default_rng(1), draws=4000)
    again = draw_coefficients(found, np.random.default_rng(1), draws=4000)
    assert drawn.equals(again)
    assert list(drawn.columns) == ["agreement", "tariff"]
    errors = found.coefficients["std_error"].to_numpy()
    np.testing.assert_allclose(drawn.std(), errors, rtol=SPREAD)
    away = (drawn.mean() - found.coefficients["estimate"].to_numpy()) / errors
    assert np.abs(away).max() < SPREAD
    wanted = np.corrcoef(drawn.to_numpy(), rowvar=False)[0, 1]
    ours = found.covariance.iloc[0, 1] / errors[0] / errors[1]
    assert wanted == pytest.approx(ours, abs=SPREAD)


def test_draws_of_a_bootstrap_are_its_samples(panel: Callable[..., Any]) -> None:
    _, found = estimated(panel, inference="pair-bootstrap", draws=25)
    drawn = draw_coefficients(found, np.random.default_rng(1), draws=300).to_numpy()
    centre = found.coefficients["estimate"].to_numpy() - found.draws.mean(axis=0)
    samples = {tuple(row) for row in np.round(found.draws + centre, 9)}
    assert {tuple(row) for row in np.round(drawn, 9)} <= samples


def test_freeness_changes_by_coefficient_times_change(panel: Callable[..., Any]) -> None:
    _, found = estimated(panel)
    change = np.zeros((3, 3))
    change[0, 1] = 1.0
    hat = freeness_change(found, {"agreement": change})
    assert hat[0, 1] == pytest.approx(np.exp(found.estimate("agreement")))
    assert (hat[change == 0] == 1.0).all()
    drawn = freeness_change(found, {"agreement": change}, coefficients={"agreement": 0.5})
    assert drawn[0, 1] == pytest.approx(np.exp(0.5))
    with pytest.raises(UnknownNameError, match="agreement"):
        freeness_change(found, {"agreemant": change})


def test_the_fitted_baseline_is_positive_and_adds_up(panel: Callable[..., Any]) -> None:
    table, found = estimated(panel)
    base = fitted_baseline(found, table, 2001)
    assert (base.flows > 0).all()
    assert base.filled == int((table.loc[table["year"] == 2001, "trade"] == 0).sum()) > 0
    assert base.uncovered == 0
    np.testing.assert_allclose(base.flows.sum(axis=1), base.observed.sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(base.flows.sum(axis=0), base.observed.sum(axis=0), rtol=1e-9)
    with pytest.raises(InputError, match="no rows of 1900"):
        fitted_baseline(found, table, 1900)


def test_resistances_solve_the_structural_gravity_system(panel: Callable[..., Any]) -> None:
    table, found = estimated(panel)
    sigma = 5.0
    found_table = multilateral_resistances(found, reference="E07", elasticity_of_substitution=sigma)
    base = fitted_baseline(found, table, 2002)
    year = found_table[found_table["year"] == 2002].set_index("economy").loc[list(base.iso3)]
    rows = table[table["year"] == 2002].sort_values(["exporter", "importer"])
    index = rows[["agreement", "tariff"]] @ found.coefficients["estimate"].to_numpy()
    freeness = np.exp(index.to_numpy()).reshape(8, 8)
    output, spending = base.flows.sum(axis=1), base.flows.sum(axis=0)
    outward = year["outward"].to_numpy() ** (sigma - 1)
    inward = year["inward"].to_numpy() ** (sigma - 1)
    np.testing.assert_allclose(
        output[:, None] * spending * freeness * outward[:, None] * inward, base.flows, rtol=1e-7
    )
    assert year.loc["E07", "inward"] == pytest.approx(1.0)
