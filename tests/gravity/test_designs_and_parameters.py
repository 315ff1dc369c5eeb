"""Columns that a file asks for, and coefficients that become parameters of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import DataError, FaultsError, InputError, UnknownNameError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.compiled import load_network
from landbridge.freight.skims.economies import skims
from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.files.commands import estimate
from landbridge.gravity.files.reading import parse_estimation
from landbridge.gravity.uses.effects import interactions
from landbridge.gravity.uses.freight_design import freight_effects
from landbridge.gravity.uses.parameter_estimates import parameter_estimates, read_estimates
from landbridge.verbs.estimate import result_of

pytestmark = pytest.mark.unit
SPREAD = 0.06  # 3,000 draws cut at 2.5 standard errors: the cut alone takes 4.4 percent off

SPEC = """
data = "flows.csv"
[design]
rates = [{column = "tariff", unit = "ratio"}]
lead_lag = [{column = "agreement", lags = [1]}]
interactions = [["agreement", "ln_tariff_factor"], ["agreement_lag1", "distance"]]
[[equations]]
title = "main"
regressors = ["agreement", "agreement_lag1", "ln_tariff_factor"]
[[equations]]
title = "products"
regressors = ["agreement_x_ln_tariff_factor", "agreement_lag1_x_distance"]
[handover]
equation = "main"
elasticity_from = "ln_tariff_factor"
flows = "after_tariffs"
agreements = {free_trade_area = ["agreement", "agreement_lag1"]}
"""


@pytest.fixture
def folder(tmp_path: Path, panel: Callable[..., Any]) -> Path:
    panel(seed=2, economies=24, years=6, zeros=0.0).to_csv(tmp_path / "flows.csv", index=False)
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def test_products_are_of_the_columns_as_they_stand(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[3, "tariff"] = np.nan
    design = interactions(table, [["agreement", "tariff"], ["agreement", "tariff", "distance"]])
    assert design.terms == ("agreement_x_tariff", "agreement_x_tariff_x_distance")
    np.testing.assert_array_equal(
        design.table["agreement_x_tariff"], table["agreement"] * table["tariff"]
    )
    assert design.table.loc[3, list(design.terms)].isna().all()
    with pytest.raises(UnknownNameError, match="Did you mean 'tariff'"):
        interactions(table, [["agreement", "tarif"]])
    with pytest.raises(InputError, match="takes two columns"):
        interactions(table, [["agreement"]])
    with pytest.raises(InputError, match="'exporter' is no number"):
        interactions(table, [["agreement", "exporter"]])


@pytest.mark.slow
def test_freight_is_that_of_the_network_and_zero_at_home() -> None:
    codes = ["PAK", "UZB", "KAZ", "XXA"]
    rows = [(one, other, 2020) for one in codes for other in codes]
    table = pd.DataFrame(rows, columns=["exporter", "importer", "year"])
    design = freight_effects(table, ["hours", "generalised_usd_per_tonne"], network=load_network())
    assert design.terms == ("ln_freight_hours", "ln_freight_generalised_usd_per_tonne")
    held = design.table.set_index(["exporter", "importer"])["ln_freight_hours"]
    ways = skims(load_network(), central_parameters(), iso3=("PAK", "UZB"))
    assert held["PAK", "UZB"] == pytest.approx(np.log(ways.hours[0, 1]))
    assert held["KAZ", "KAZ"] == 0.0
    assert np.isnan(held["PAK", "XXA"])
    with pytest.raises(InputError, match="fewer than two economies"):
        freight_effects(
            table.assign(exporter="E1", importer="E2"), ["hours"], network=load_network()
        )


def test_parameters_go_from_the_estimate_to_the_run_with_their_covariance(folder: Path) -> None:
    found = estimate(folder / "spec.toml")
    result_of(found, ()).save(folder / "out")
    read = read_estimates(folder / "out")
    main = found.fits["main"]
    assert read.names == ("trade_elasticity", "agreement_free_trade_area")
    assert read.estimates[0] == pytest.approx(-main.estimate("ln_tariff_factor"))
    whole = main.estimate("agreement") + main.estimate("agreement_lag1")
    assert read.estimates[1] == pytest.approx(whole)
    covariance = main.covariance
    assert read.covariance[0, 1] == pytest.approx(
        -covariance.loc["ln_tariff_factor", "agreement"]
        - covariance.loc["ln_tariff_factor", "agreement_lag1"]
    )
    rng = np.random.default_rng(1)
    drawn = pd.DataFrame([read.draw(rng) for _ in range(3000)])
    away = (drawn.to_numpy() - read.estimates) / read.std_errors
    assert np.abs(away).max() <= 2.5
    assert np.abs(away.mean(axis=0)).max() < SPREAD
    wanted = read.covariance[0, 1] / read.std_errors.prod()
    assert np.corrcoef(away, rowvar=False)[0, 1] == pytest.approx(wanted, abs=SPREAD)


def test_flows_before_tariffs_give_an_elasticity_lower_by_one(panel: Callable[..., Any]) -> None:
    table = panel(seed=2).rename(columns={"tariff": "ln_tariff_factor"})
    found = fit(GravitySpec(regressors=("ln_tariff_factor",)), table)
    after = parameter_estimates(found, elasticity_from="ln_tariff_factor", flows="after_tariffs")
    before = parameter_estimates(found, elasticity_from="ln_tariff_factor")
    assert before.estimates[0] == pytest.approx(after.estimates[0] - 1.0)
    assert before.std_errors[0] == after.std_errors[0] == found.std_error("ln_tariff_factor")
    with pytest.raises(UnknownNameError, match="Did you mean 'ln_tariff_factor'"):
        parameter_estimates(found, elasticity_from="ln_tarif_factor")
    with pytest.raises(InputError, match="no parameter is named"):
        parameter_estimates(found)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("parameters.csv", "trade_elasticity,", "trade_elasticity,-", "must stay above zero"),
        ("parameters.csv", "estimate", "estimates", "its columns are not parameter"),
        ("parameters.csv", "trade_elasticity,", "trade_elasticity,x", "is no number"),
        ("parameters_covariance.csv", ",trade_elasticity", ",theta", "is not square"),
        ("parameters_covariance.csv", "\ntrade_elasticity,", "\ntrade_elasticity,-", "negative"),
    ],
)
def test_estimates_that_were_changed_by_hand_are_refused(
    folder: Path, name: str, old: str, new: str, message: str
) -> None:
    out = folder / "out"
    result_of(estimate(folder / "spec.toml"), ()).save(out)
    text = (out / name).read_text(encoding="utf-8")
    assert old in text
    (out / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises((InputError, DataError), match=message):
        read_estimates(out)


def test_a_folder_without_parameters_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Add a \[handover\] section"):
        read_estimates(tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        read_estimates(tmp_path / "absent")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("", "nothing is handed over"),
        ('elasticity_from = "t"', "handover.equation is missing"),
        ('elasticity_from = "t"\nequation = "onee"', "Did you mean 'one'"),
        ('elasticity_from = "t"\nequation = "one"\nflows = "fob"', "not possible here"),
        ('equation = "one"\nagreements = {fta = ["t"]}', "not possible here"),
    ],
)
def test_a_handover_that_cannot_be_is_refused(section: str, message: str) -> None:
    text = 'data = "x"\n[[equations]]\ntitle = "one"\n[[equations]]\ntitle = "two"\n[handover]\n'
    with pytest.raises(FaultsError, match=message):
        parse_estimation(text + section, where="x.toml")


def test_a_fault_names_its_equation(folder: Path) -> None:
    text = SPEC.replace('"agreement_lag1_x_distance"]', '"absent"]')
    (folder / "spec.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FaultsError, match="equation 'products'"):
        estimate(folder / "spec.toml")
