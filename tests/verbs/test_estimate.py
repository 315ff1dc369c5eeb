"""Estimation by the public function: the same as at the shell, and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import landbridge as lb
from landbridge.errors import InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import saves_all_or_nothing, shows_itself

SPEC = """
title = "Tariffs"
data = "flows.csv"
[design]
rates = [{column = "tariff", unit = "ratio"}]
[[equations]]
regressors = ["ln_tariff_factor"]
[handover]
elasticity_from = "ln_tariff_factor"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(4)
    rows = [
        (a, b, year, rng.gamma(2.0, 10.0), rng.uniform(0.0, 0.3))
        for a in "ABCDEF"
        for b in "ABCDEF"
        for year in (2018, 2019)
        if a != b
    ]
    columns = ["exporter", "importer", "year", "trade", "tariff"]
    table = pd.DataFrame(rows, columns=columns)
    table["trade"] *= (1.0 + table["tariff"]) ** -5.0
    table.to_csv(tmp_path / "flows.csv", index=False)
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    return tmp_path


@pytest.mark.unit
def test_python_and_shell_say_the_same_and_a_result_saves_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("estimate", "flows.csv", "-x", "tariff", "--year", "2019", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    result = lb.estimate(folder / "flows.csv", regressors="tariff", years=[2019])
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, folder / "out", monkeypatch)
    assert result.to_xarray("coefficients").sizes == {"equation": 1, "term": 1}
    assert result.certificate["passed"].all()
    assert result.provenance.inputs[0].name == "flows.csv"
    assert "baseline_year" not in set(result.provenance.table()["what"])


@pytest.mark.unit
def test_a_folder_of_estimates_holds_the_usual_tables_and_goes_into_a_model(folder: Path) -> None:
    result = lb.estimate(folder / "spec.toml")
    files = {path.name for path in result.save(folder / "tables")}
    assert {"table.txt", "table.html", "table.tex", "table.xlsx", "coefficients.svg",
            "coefficients.csv", "diagnostics.csv", "covariance.csv", "fixed_effects.csv",
            "provenance.json", "parameters.csv", "parameters_covariance.csv"} <= files  # fmt: skip
    model = lb.load(estimates=folder / "tables")
    assert model.estimates is not None
    assert model.estimates.names == ("trade_elasticity",)


@pytest.mark.unit
def test_least_squares_and_a_table_at_hand(folder: Path) -> None:
    table = pd.read_csv(folder / "flows.csv")
    result = lb.estimate(
        table, regressors=["tariff"], fixed_effects=(), estimator="ols", transform="log"
    )
    assert result.certificate["passed"].all()
    assert set(result.tables["coefficients"]["term"]) == {"tariff", "intercept"}
    assert result.provenance.inputs == ()


@pytest.mark.unit
def test_what_stands_in_a_file_is_not_said_twice(folder: Path) -> None:
    with pytest.raises(InputError, match="stands in the estimation file"):
        lb.estimate(folder / "spec.toml", regressors="tariff")
    with pytest.raises(InputError, match="say what explains the trade"):
        lb.estimate(folder / "flows.csv")


@pytest.mark.unit
def test_a_file_may_ask_for_freight_and_takes_the_network_of_the_model(
    tmp_path: Path, model: lb.Model
) -> None:
    codes = ("AFG", "CHN", "IRN", "KAZ", "PAK", "TUR", "UZB")
    world = model.world
    rows = [
        (a, b, 2023, world.goods[world.index(a), world.index(b)])
        for a in codes
        for b in codes
        if a != b
    ]
    columns = ["exporter", "importer", "year", "trade"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "flows.csv", index=False)
    text = (
        'data = "flows.csv"\n[design]\nfreight = ["hours"]\n'
        '[[equations]]\nregressors = ["ln_freight_hours"]\n'
    )
    (tmp_path / "freight.toml").write_text(text, encoding="utf-8")
    by_default = lb.estimate(tmp_path / "freight.toml")
    by_model = lb.estimate(tmp_path / "freight.toml", basis=model)
    assert by_default.to_json() == by_model.to_json()
    assert by_default.tables["coefficients"]["estimate"][0] < 0
