"""Poisson and least squares against a regression with dummies, and what must not matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from landbridge.errors import ConvergenceError, LandbridgeError
from landbridge.gravity import GravitySpec, Limits, fit
from landbridge.gravity.fixed_effects import layout as layout_module
from landbridge.gravity.ppml.results import GravityFit

SAME = 1e-8  # coefficients: both solutions are exact to about 1e-10
SAME_ERROR = 1e-7  # standard errors, relative: they carry the projection's 1e-10 over H
ADDING_UP = 1e-9  # promised: fitted totals over observed totals
UNITS = 1e-9  # a change of units moves coefficients by rounding of the logs only

TWO_WAY = ("exporter-year", "importer-year")
THREE_WAY = (*TWO_WAY, "pair")
REGRESSORS = ("agreement", "tariff")


def groups_of(table: pd.DataFrame, effects: tuple[str, ...]) -> list[pd.Series]:
    """List the labels of each group, by effect."""
    columns = {
        "exporter-year": ["exporter", "year"],
        "importer-year": ["importer", "year"],
        "pair": ["exporter", "importer"],
        "exporter": ["exporter"],
        "importer": ["importer"],
        "year": ["year"],
        "exporter-sector-year": ["exporter", "sector", "year"],
        "importer-sector-year": ["importer", "sector", "year"],
        "pair-sector": ["exporter", "importer", "sector"],
    }
    labels = []
    for effect in effects:
        if effect == "symmetric-pair":
            ends = np.sort(table[["exporter", "importer"]].to_numpy(dtype=str), axis=1)
            labels.append(pd.Series(ends[:, 0] + ends[:, 1], index=table.index))
        else:
            labels.append(table[columns[effect]].astype(str).agg("|".join, axis=1))
    return labels


def kept(table: pd.DataFrame, found: GravityFit) -> pd.DataFrame:
    """List the rows that entered a fit."""
    return table.iloc[found.estimation.panel.row]


CASES: dict[str, tuple[tuple[str, ...], dict[str, Any], dict[str, Any]]] = {
    "two-way": (TWO_WAY, {}, {}),
    "three-way": (THREE_WAY, {}, {}),
    "three-way, holes": (THREE_WAY, {"fill": 0.6, "zeros": 0.05}, {}),
    "symmetric pairs": ((*TWO_WAY, "symmetric-pair"), {"zeros": 0.3}, {}),
    "cross-section": (("exporter", "importer"), {"years": 1, "economies": 12}, {}),
    "three separate": (("exporter", "importer", "year"), {}, {}),
    "pair and year": (("pair", "year"), {}, {}),
    "sectors": (
        ("exporter-sector-year", "importer-sector-year", "pair-sector"),
        {"sectors": 2, "zeros": 0.05, "economies": 4},
        {"sector": "sector"},
    ),
    "sectors, common pairs": (
        ("exporter-sector-year", "importer-sector-year", "pair"),
        {"sectors": 2, "years": 2},
        {"sector": "sector"},
    ),
    "no effects": ((), {}, {}),
    "offset and weights": (THREE_WAY, {}, {"offset": "shift", "weights": "weight"}),
}


@pytest.mark.property
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("estimator", ["ppml", "ols"])
def test_coefficients_are_those_of_a_regression_with_dummies(
    name: str, estimator: str, panel: Callable[..., Any], oracle: Callable[..., Any]
) -> None:
    effects, shape, options = CASES[name]
    for seed in (1, 2):
        table = panel(**{"seed": seed, "economies": 5, "years": 3, **shape})
        spec = GravitySpec(
            regressors=REGRESSORS,
            fixed_effects=effects,
            estimator=estimator,
            inference="ppmlhdfe-robust",
            **options,
        )
        found = fit(spec, table)
        used = kept(table, found)
        beta, inverse, fitted, scores = oracle(
            used,
            REGRESSORS,
            groups_of(used, effects),
            offset=spec.offset,
            weights=spec.weights,
            linear=estimator == "ols",
        )
        ours = found.coefficients["estimate"].to_numpy()[: len(REGRESSORS)]
        np.testing.assert_allclose(ours, beta, atol=SAME)
        if estimator == "ppml":
            np.testing.assert_allclose(
                found.fitted.loc[used.index], fitted, rtol=1e-7, atol=1e-9 * fitted.max()
            )
        if effects:
            rows = len(used)
            robust = rows / (rows - 1) * inverse @ scores.T @ scores @ inverse
            np.testing.assert_allclose(
                found.coefficients["std_error"], np.sqrt(np.diag(robust)), rtol=SAME_ERROR
            )


@pytest.mark.property
@pytest.mark.parametrize("effects", [TWO_WAY, THREE_WAY, (*TWO_WAY, "symmetric-pair")])
def test_the_grid_and_the_rows_give_the_same_answer(
    effects: tuple[str, ...], panel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = GravitySpec(regressors=REGRESSORS, fixed_effects=effects)
    for seed in range(4):
        table = panel(seed=seed, economies=8, years=5, fill=0.8)
        on_grid = fit(spec, table)
        with monkeypatch.context() as patch:
            patch.setattr(layout_module, "MOST_CELLS", 0)
            by_rows = fit(spec, table)
        assert (on_grid.diagnostics.method, by_rows.diagnostics.method) == ("grid", "rows")
        for column in ("estimate", "std_error"):
            np.testing.assert_allclose(
                on_grid.coefficients[column], by_rows.coefficients[column], atol=SAME
            )


@pytest.mark.property
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    fill=st.floats(0.5, 1.0),
    zeros=st.floats(0.0, 0.6),
    domestic=st.booleans(),
)
def test_fitted_flows_add_up_to_observed_totals(
    panel: Callable[..., Any], seed: int, fill: float, zeros: float, domestic: bool
) -> None:
    table = panel(seed=seed, economies=7, fill=fill, zeros=zeros, domestic=domestic)
    try:
        found = fit(GravitySpec(regressors=REGRESSORS, fixed_effects=THREE_WAY), table)
    except LandbridgeError:
        # So few rows have a flow that nothing can be estimated: said, and no result.
        assume(condition=False)
    table = table.assign(fitted=found.fitted)
    assert found.diagnostics.adding_up_gap <= ADDING_UP
    assert (found.fitted >= 0).all()
    for columns in (["exporter", "year"], ["importer", "year"], ["exporter", "importer"]):
        totals = table.groupby(columns)[["trade", "fitted"]].sum()
        held = totals[totals["trade"] > 0]
        np.testing.assert_allclose(held["fitted"], held["trade"], rtol=ADDING_UP)


@pytest.mark.property
def test_order_of_rows_names_and_units_do_not_matter(panel: Callable[..., Any]) -> None:
    table = panel(seed=3)
    spec = GravitySpec(regressors=REGRESSORS, fixed_effects=THREE_WAY)
    plain = fit(spec, table)
    shuffled = table.sample(frac=1.0, random_state=1)
    shuffled["trade"] *= 1e6
    shuffled["tariff"] *= 100.0
    shuffled["exporter"] = shuffled["exporter"].str[::-1]
    shuffled["importer"] = shuffled["importer"].str[::-1]
    other = fit(spec, shuffled)
    np.testing.assert_allclose(
        other.coefficients["estimate"] * [1.0, 100.0],
        plain.coefficients["estimate"],
        rtol=UNITS,
        atol=UNITS,
    )
    np.testing.assert_allclose(
        other.coefficients["std_error"] * [1.0, 100.0], plain.coefficients["std_error"], rtol=1e-7
    )
    np.testing.assert_allclose(other.fitted.loc[table.index] / 1e6, plain.fitted, rtol=1e-7)


@pytest.mark.unit
def test_the_table_is_left_as_it_was(panel: Callable[..., Any]) -> None:
    table = panel(seed=4)
    before = table.copy(deep=True)
    fit(GravitySpec(regressors=REGRESSORS, fixed_effects=THREE_WAY), table)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.unit
def test_the_same_input_gives_the_same_bytes(panel: Callable[..., Any]) -> None:
    table = panel(seed=5)
    spec = GravitySpec(regressors=REGRESSORS, fixed_effects=THREE_WAY)
    one, other = fit(spec, table), fit(spec, table)
    assert (
        one.coefficients.to_numpy()[:, 1:].tolist() == other.coefficients.to_numpy()[:, 1:].tolist()
    )
    assert one.provenance == other.provenance


@pytest.mark.unit
def test_no_convergence_is_an_error_that_carries_the_last_index(panel: Callable[..., Any]) -> None:
    spec = GravitySpec(regressors=REGRESSORS, fixed_effects=THREE_WAY, limits=Limits(iterations=1))
    with pytest.raises(ConvergenceError) as caught:
        fit(spec, panel(seed=6))
    assert caught.value.iterations == 1
    assert np.isfinite(caught.value.last).all()


@pytest.mark.property
def test_flows_of_very_different_size_converge(panel: Callable[..., Any]) -> None:
    for seed in range(3):
        table = panel(seed=seed, economies=10, zeros=0.3)
        size = dict(zip(sorted(set(table["exporter"])), np.logspace(-4, 4, 10), strict=True))
        table["trade"] *= table["exporter"].map(size) * table["importer"].map(size)
        found = fit(GravitySpec(regressors=REGRESSORS, fixed_effects=THREE_WAY), table)
        assert found.diagnostics.adding_up_gap <= ADDING_UP


@pytest.mark.property
def test_fixed_effects_come_back_normalised_and_rebuild_the_flows(
    panel: Callable[..., Any],
) -> None:
    for effects in (TWO_WAY, THREE_WAY, (*TWO_WAY, "symmetric-pair")):
        table = panel(seed=8, zeros=0.0)
        found = fit(GravitySpec(regressors=REGRESSORS, fixed_effects=effects), table)
        values = found.fixed_effects
        index = table[list(REGRESSORS)].to_numpy() @ found.coefficients["estimate"].to_numpy()
        for name, group in values.groupby("effect"):
            if name == "symmetric-pair":
                lookup = group.set_index(["exporter", "importer"])["value"]
                ends = [
                    tuple(sorted(pair)) for pair in zip(table.exporter, table.importer, strict=True)
                ]
                both = {tuple(sorted(key)): value for key, value in lookup.items()}
                index = index + np.array([both[pair] for pair in ends])
                continue
            columns = [
                each for each in ("exporter", "importer", "year") if group[each].notna().all()
            ]
            lookup = group.set_index(columns)["value"]
            index = index + lookup.reindex(pd.MultiIndex.from_frame(table[columns])).to_numpy()
        np.testing.assert_allclose(np.exp(index), found.fitted, rtol=1e-7)
        importers = values[values["effect"] == "importer-year"]
        reference = importers[importers["importer"] == "E05"]
        np.testing.assert_allclose(reference["value"], 0.0, atol=1e-9)
        if "pair" in effects:
            pairs = values[values["effect"] == "pair"]
            for end in ("exporter", "importer"):
                assert pairs.groupby(end)["value"].mean().abs().max() < 1e-8


@pytest.mark.golden
@pytest.mark.slow
@pytest.mark.night  # to import it takes longer than all other tests here
@pytest.mark.filterwarnings("ignore")  # pyfixest deprecates the options that make it exact
def test_coefficients_equal_pyfixest_on_random_panels(panel: Any) -> None:
    import pyfixest  # noqa: PLC0415 - takes seconds, and one test needs it

    methods = []
    for seed in range(50):
        thin = seed < 10
        shape = {"economies": 60, "years": 2} if thin else {"economies": 12, "years": 4}
        fill = 0.075 if thin else (1.0 if seed % 2 else 0.6)
        effects = TWO_WAY if thin else THREE_WAY
        table = panel(seed=seed, **shape, fill=fill, zeros=0.02 * (seed % 10))
        found = fit(GravitySpec(regressors=REGRESSORS, fixed_effects=effects), table)
        methods.append(found.diagnostics.method)
        used = kept(table, found).copy()
        used["ey"], used["iy"], used["pair"] = groups_of(used, THREE_WAY)
        other = pyfixest.fepois(
            f"trade ~ agreement + tariff | ey + iy{'' if thin else ' + pair'}",
            used,
            vcov={"CRV1": "pair"},
            ssc=pyfixest.ssc(k_adj=False),
            fixef_tol=1e-11,
            iwls_tol=1e-12,
            iwls_maxiter=200,
        )
        np.testing.assert_allclose(found.coefficients["estimate"], other.coef(), atol=SAME)
        np.testing.assert_allclose(found.coefficients["std_error"], other.se(), rtol=SAME_ERROR)
    assert set(methods) == {"grid", "rows"}
