"""Input that cannot be used: one clear message each, all faults of a table at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from landbridge.errors import FaultsError, InputError
from landbridge.gravity import GravitySpec, fit

pytestmark = pytest.mark.unit
SPEC = GravitySpec(regressors=("agreement", "tariff"))


def said(spec: GravitySpec, table: pd.DataFrame) -> str:
    with pytest.raises(InputError) as caught:
        fit(spec, table)
    return str(caught.value)


def test_duplicate_rows(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[5, ["exporter", "importer", "year"]] = table.loc[4, ["exporter", "importer", "year"]]
    text = said(SPEC, table)
    assert "1 rows repeat an earlier key" in text
    assert "E00, E01, 2000" in text
    assert "row 5" in text


def test_negative_flows(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[[3, 9], "trade"] = -1.5
    text = said(SPEC, table)
    assert "column 'trade', rows 3, 9: a flow is negative (-1.5)" in text


def test_missing_keys(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[7, "importer"] = None
    assert "column 'importer', row 7: the key is missing" in said(SPEC, table)


def test_missing_column_with_the_nearest_name(panel: Callable[..., Any]) -> None:
    table = panel(seed=1).rename(columns={"tariff": "tariffs"})
    text = said(SPEC, table)
    assert "there is no column 'tariff'. Did you mean 'tariffs'?" in text


def test_a_cross_section_without_years_says_how_to_leave_them_out(
    panel: Callable[..., Any],
) -> None:
    table = panel(seed=1, years=1).drop(columns="year")
    text = said(SPEC, table)
    assert "no column 'year'" in text
    assert "set year to none" in text
    effects = ("exporter", "importer")
    found = fit(SPEC.model_copy(update={"year": None, "fixed_effects": effects}), table)
    assert len(found.coefficients) == 2


def test_a_regressor_swallowed_by_the_fixed_effects(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table["gdp"] = np.log(table.groupby(["exporter", "year"])["trade"].transform("sum"))
    spec = SPEC.model_copy(update={"regressors": ("agreement", "gdp")})
    text = said(spec, table)
    assert "regressor 'gdp': the fixed effects (exporter-year, importer-year) explain all" in text
    kept = fit(spec.model_copy(update={"collinear": "drop"}), table)
    assert list(kept.coefficients["term"]) == ["agreement"]
    assert len(kept.diagnostics.collinear) == 1


def test_a_regressor_that_is_a_combination_of_others(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table["both"] = 2.0 * table["agreement"] - table["tariff"]
    spec = SPEC.model_copy(update={"regressors": ("agreement", "tariff", "both")})
    assert "regressor 'both': it is a combination of 'agreement' and 'tariff'" in said(spec, table)


def test_a_constant_regressor(panel: Callable[..., Any]) -> None:
    table = panel(seed=1).assign(one=1.0)
    text = said(SPEC.model_copy(update={"regressors": ("agreement", "one")}), table)
    assert "regressor 'one': it never varies" in text


def test_a_panel_with_one_country(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table = table[(table["exporter"] == "E00") & (table["importer"] == "E00")]
    assert "one economy only (E00)" in said(SPEC, table)


def test_flows_that_are_all_zero(panel: Callable[..., Any]) -> None:
    assert "zero in every row" in said(SPEC, panel(seed=1).assign(trade=0.0))


def test_text_where_a_number_belongs(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table["tariff"] = table["tariff"].astype(object)
    table.loc[2, "tariff"] = "five"
    assert "column 'tariff', row 2: not a number ('five')" in said(SPEC, table)


def test_weights_that_are_not_positive(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[0, "weight"] = 0.0
    assert "a weight is not positive" in said(SPEC.model_copy(update={"weights": "weight"}), table)


def test_missing_values_are_dropped_and_counted_or_refused(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[[1, 2, 3], "tariff"] = np.nan
    found = fit(SPEC, table)
    assert found.diagnostics.dropped["missing"] == 3
    assert found.fitted.isna().sum() == 3
    assert "3 rows lack a value" in said(SPEC.model_copy(update={"missing": "refuse"}), table)


def test_infinite_values(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[2, "tariff"] = -np.inf
    assert "column 'tariff', row 2: the value is infinite (the log" in said(SPEC, table)


def test_all_faults_at_once(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[3, "trade"] = -1.0
    table.loc[4, "exporter"] = None
    with pytest.raises(FaultsError) as caught:
        fit(SPEC, table)
    assert len(caught.value.faults) == 2


def test_too_few_rows_for_the_fixed_effects(panel: Callable[..., Any]) -> None:
    table = panel(seed=1, economies=2, years=1)
    assert "rows are left for 2 regressors" in said(SPEC, table)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regressors": ("a", "a")}, "stand twice"),
        ({"regressors": ("trade",)}, "stands among the regressors"),
        ({"transform": "log"}, "PPML takes flows in levels"),
        ({"cluster": ()}, "needs at least one cluster"),
        ({"fixed_effects": ("exporter-month",)}, "exporter-month"),
    ],
)
def test_a_specification_that_contradicts_itself(
    options: dict[str, str | tuple[str, ...]], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        GravitySpec(**options)


def test_the_bias_correction_is_refused_where_it_was_not_derived(panel: Callable[..., Any]) -> None:
    spec = GravitySpec(
        regressors=("agreement", "tariff"),
        fixed_effects=("exporter", "importer", "year"),
        inference="weidner-zylkin",
    )
    with pytest.raises(InputError, match="Weidner-Zylkin correction is for PPML"):
        fit(spec, panel(seed=1))
