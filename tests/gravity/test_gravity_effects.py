"""Designs: agreements by bloc and depth, leads and lags, borders, rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import InputError, UnknownNameError
from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.uses.effects import (
    Design,
    across_borders,
    ad_valorem,
    bloc_effects,
    border_years,
    depth_effects,
    from_matrix,
    lead_lag,
    percent_effect,
)

pytestmark = pytest.mark.unit


def pairs(codes: list[str], years: list[int]) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([codes, codes, years])
    table = index.to_frame(index=False)
    table.columns = ["exporter", "importer", "year"]
    return table


def at(design: Design, column: str, exporter: str, importer: str, year: int) -> float:
    table = design.table
    row = (table.exporter == exporter) & (table.importer == importer) & (table.year == year)
    return float(table.loc[row, column].iloc[0])


def test_leads_and_lags_are_the_values_of_other_years(panel: Callable[..., Any]) -> None:
    table = panel(seed=1, economies=4, years=6).sample(frac=1.0, random_state=3)
    design = lead_lag(table, "agreement", leads=(1,), lags=(1, 2))
    assert design.terms == ("agreement_lead1", "agreement_lag1", "agreement_lag2")
    known = table.set_index(["exporter", "importer", "year"])["agreement"]
    for name, shift in (("agreement_lead1", 1), ("agreement_lag1", -1), ("agreement_lag2", -2)):
        for row in design.table.head(40).itertuples():
            wanted = known.get((row.exporter, row.importer, row.year + shift), np.nan)
            np.testing.assert_equal(float(getattr(row, name)), float(wanted))
    assert list(table.columns) == [c for c in design.table.columns if c not in design.terms]


def test_leads_and_lags_need_one_row_a_pair_and_year(panel: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="do not identify a row"):
        lead_lag(panel(seed=1, sectors=2), "agreement", lags=(1,))


def test_borders_of_each_year_but_the_base(panel: Callable[..., Any]) -> None:
    design = border_years(panel(seed=1, years=3))
    assert design.terms == ("border_2000", "border_2001")
    assert at(design, "border_2000", "E00", "E01", 2000) == 1.0
    assert at(design, "border_2000", "E00", "E00", 2000) == 0.0
    assert at(design, "border_2000", "E00", "E01", 2001) == 0.0
    with pytest.raises(InputError, match="no domestic trade"):
        border_years(panel(seed=1, domestic=False))


def test_a_policy_towards_all_is_identified_across_the_border(panel: Callable[..., Any]) -> None:
    table = panel(seed=2, economies=8, years=4)
    table["customs_days"] = table.groupby(["importer", "year"])["tariff"].transform("first")
    spec = GravitySpec(regressors=("customs_days",))
    with pytest.raises(InputError, match="fixed effects"):
        fit(spec, table)
    design = across_borders(table, ["customs_days"])
    found = fit(spec.model_copy(update={"regressors": design.terms}), design.table)
    assert found.diagnostics.collinear == ()


def test_rates_become_the_log_of_one_plus_the_rate(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    one = ad_valorem(table, "tariff", unit="ratio")
    other = ad_valorem(table.assign(tariff=100 * table["tariff"]), "tariff", unit="percent")
    np.testing.assert_allclose(one.table[one.terms[0]], np.log1p(table["tariff"]))
    np.testing.assert_allclose(one.table[one.terms[0]], other.table[other.terms[0]])


def test_domestic_sales_without_a_rate_stay_and_a_flow_abroad_without_one_does_not(
    panel: Callable[..., pd.DataFrame],
) -> None:
    table = panel(seed=1)
    home = table["exporter"] == table["importer"]
    abroad = table.index[~home][0]
    design = ad_valorem(
        table.assign(tariff=table["tariff"].mask(home).mask(table.index == abroad)),
        "tariff",
        unit="ratio",
    )
    rates = design.table[design.terms[0]]
    assert (rates[home] == 0.0).all()
    assert rates.index[rates.isna()].tolist() == [abroad]


def test_members_of_a_bloc_are_those_of_each_year() -> None:
    table = pairs(["ARM", "KAZ", "RUS", "PAK"], [2014, 2016])
    design = bloc_effects(table, ["Eurasian Economic Union"], diversion=True)
    assert design.terms == ("both_in_EAEU", "into_EAEU")
    assert at(design, "both_in_EAEU", "ARM", "RUS", 2014) == 0.0
    assert at(design, "both_in_EAEU", "ARM", "RUS", 2016) == 1.0
    assert at(design, "both_in_EAEU", "RUS", "RUS", 2016) == 0.0
    assert at(design, "both_in_EAEU", "PAK", "RUS", 2016) == 0.0
    assert at(design, "into_EAEU", "PAK", "RUS", 2016) == 1.0
    assert at(design, "into_EAEU", "RUS", "PAK", 2016) == 0.0
    with pytest.raises(UnknownNameError):
        bloc_effects(table, ["EAEUU-of-nowhere"])


def test_depth_is_that_of_the_deepest_bloc_in_common() -> None:
    table = pairs(["DEU", "FRA", "NOR", "IND"], [2015])
    design = depth_effects(table)
    values = design.table[list(design.terms)]
    assert (values.sum(axis=1) <= 1.0).all()
    assert at(design, "depth_economic_union", "DEU", "FRA", 2015) == 1.0
    assert at(design, "depth_common_market", "DEU", "NOR", 2015) == 1.0
    assert at(design, "depth_economic_union", "DEU", "DEU", 2015) == 0.0
    none = design.table[(design.table.exporter == "NOR") & (design.table.importer == "IND")]
    assert none[list(design.terms)].to_numpy().sum() == 0.0


def test_a_measure_of_the_network_is_laid_over_the_pairs() -> None:
    table = pairs(["PAK", "UZB", "KAZ"], [2020])
    hours = np.array([[1.0, 90.0], [80.0, 1.0]])
    design = from_matrix(table, "hours", hours, iso3=["UZB", "PAK"])
    assert at(design, "ln_hours", "PAK", "UZB", 2020) == pytest.approx(np.log(80.0))
    assert np.isnan(at(design, "ln_hours", "KAZ", "UZB", 2020))
    hours[0, 1] = np.inf
    design = from_matrix(table, "hours", hours, iso3=["UZB", "PAK"], transform="level")
    assert np.isnan(at(design, "hours", "UZB", "PAK", 2020))
    with pytest.raises(InputError, match="shape"):
        from_matrix(table, "hours", hours, iso3=["UZB"])


def test_percent_of_a_coefficient() -> None:
    assert float(percent_effect(np.log(2.0))) == pytest.approx(100.0)
