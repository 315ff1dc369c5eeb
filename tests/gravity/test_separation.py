"""Separated rows: the reference data sets, two ways of finding them, what they leave alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import InputError
from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.fixed_effects.layout import choose_absorber
from landbridge.gravity.panel import prepare
from landbridge.gravity.ppml import estimation as estimation_module
from landbridge.gravity.ppml.separation import empty_groups, find_combinations

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "separation"
HERE = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason=f"the separation data sets are not here: {REFERENCE}"
)
PUBLISHED = 2e-3  # the reference coefficients are printed to three digits

# Coefficients without the separated rows, as other software gives them for the data sets of
# ppmlhdfe (Correia, Guimaraes and Zylkin). Where regressors are collinear then, these are kept.
COEFFICIENTS = {
    1: {"x1": 0.086},
    7: {"x1": -0.485},
    10: {"x2": 0.932, "x3": 0.280},
    14: {"x1": -0.347, "x2": -0.203, "intercept": 0.425},
    15: {"x1": -0.347, "x2": -0.203, "intercept": 0.425},
    16: {"x2": 0.201, "x3": -0.020},
    18: {"x2": -0.222, "x3": -0.010},
}


def read(number: int) -> tuple[pd.DataFrame, GravitySpec]:
    table = pd.read_csv(REFERENCE / f"{number:02}.csv")
    spec = GravitySpec(
        outcome="y",
        regressors=tuple(name for name in map(str, table) if name.startswith("x")),
        fixed_effects=[(name,) for name in map(str, table) if name.startswith("id")],
        inference="ppmlhdfe-robust",
        exporter=None,
        importer=None,
        year=None,
        collinear="drop",
    )
    return table, spec


def marked(spec: GravitySpec, table: pd.DataFrame, method: str) -> np.ndarray:
    panel = prepare(spec, table)
    found = empty_groups(panel)
    rest = panel.keep(~found, "separated (group)")
    found = found.copy()
    found[rest.row] |= find_combinations(rest, choose_absorber(rest), method)
    return found


@HERE
@pytest.mark.golden
@pytest.mark.parametrize("method", ["programme", "probes"])
@pytest.mark.parametrize("number", range(1, 19))
def test_the_same_rows_are_separated_as_in_the_reference(number: int, method: str) -> None:
    table, spec = read(number)
    np.testing.assert_array_equal(marked(spec, table, method), table["separated"] == 1)


@HERE
@pytest.mark.golden
@pytest.mark.parametrize("number", COEFFICIENTS)
def test_coefficients_are_those_without_the_separated_rows(number: int) -> None:
    table, spec = read(number)
    order = [*COEFFICIENTS[number], *spec.regressors]
    regressors = tuple(dict.fromkeys(name for name in order if name != "intercept"))
    spec = spec.model_copy(update={"regressors": regressors})
    found = fit(spec, table).coefficients.set_index("term")["estimate"]
    for term, value in COEFFICIENTS[number].items():
        assert found[term] == pytest.approx(value, abs=PUBLISHED)


@HERE
@pytest.mark.golden
def test_separated_rows_can_be_refused() -> None:
    table, spec = read(1)
    with pytest.raises(InputError, match="2 rows are separated"):
        fit(spec.model_copy(update={"separated": "refuse"}), table)


@pytest.mark.property
def test_both_ways_find_the_same_rows_in_random_gravity_panels(panel: Callable[..., Any]) -> None:
    differing = 0
    for seed in range(25):
        table = panel(seed=seed, economies=6, years=3, zeros=0.75, fill=0.8, domestic=False)
        for effects in (
            ("exporter-year", "importer-year"),
            ("exporter-year", "importer-year", "pair"),
        ):
            spec = GravitySpec(regressors=("agreement",), fixed_effects=effects)
            one = marked(spec, table, "programme")
            other = marked(spec, table, "probes")
            np.testing.assert_array_equal(one, other)
            differing += int(one.sum())
            assert not one[(table["trade"] > 0).to_numpy()].any()
    assert differing > 0


@pytest.mark.property
def test_a_regressor_that_only_moves_without_trade_separates_its_rows(
    panel: Callable[..., Any],
) -> None:
    table = panel(seed=1, zeros=0.3)
    zero = table.index[table["trade"] == 0][:7]
    table["embargo"] = table.index.isin(zero).astype(float)
    base = GravitySpec(regressors=("agreement", "tariff"))
    with_embargo = base.model_copy(
        update={"regressors": ("agreement", "tariff", "embargo"), "collinear": "drop"}
    )
    found = fit(with_embargo, table)
    assert found.diagnostics.dropped["separated (combination)"] == len(zero)
    assert (found.fitted.loc[zero] == 0.0).all()
    without = fit(base, table.drop(index=zero))
    np.testing.assert_allclose(
        found.coefficients["estimate"], without.coefficients["estimate"], atol=1e-9
    )


@pytest.mark.unit
def test_a_country_that_never_exports_is_dropped_and_counted(panel: Callable[..., Any]) -> None:
    table = panel(seed=2, zeros=0.0)
    silent = table["exporter"] == "E03"
    table.loc[silent, "trade"] = 0.0
    found = fit(GravitySpec(regressors=("agreement", "tariff")), table)
    assert found.diagnostics.dropped["separated (group)"] == int(silent.sum())
    assert (found.fitted[silent] == 0.0).all()


@pytest.mark.property
@pytest.mark.slow
def test_a_large_panel_is_searched_only_where_the_solution_shows_a_need(
    panel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    separated = searched = 0
    for seed in range(6):
        table = panel(seed=seed, economies=7, years=3, zeros=0.5, fill=0.9, domestic=False)
        if seed % 2:
            zero = table.index[table["trade"] == 0][:5]
            table["embargo"] = table.index.isin(zero).astype(float)
        regressors = ("agreement", "embargo") if seed % 2 else ("agreement",)
        for effects in (
            ("exporter-year", "importer-year"),
            ("exporter-year", "importer-year", "pair"),
        ):
            spec = GravitySpec(regressors=regressors, fixed_effects=effects, collinear="drop")
            before = fit(spec, table)
            with monkeypatch.context() as patch:
                patch.setattr(estimation_module, "SMALL", 0)
                after = fit(spec, table)
            assert after.diagnostics.dropped == before.diagnostics.dropped
            np.testing.assert_allclose(
                after.coefficients["estimate"], before.coefficients["estimate"], atol=1e-8
            )
            searched += 1
            separated += before.diagnostics.dropped["separated (combination)"] > 0
    assert 0 < separated < searched
