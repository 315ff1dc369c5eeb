"""Estimation files and the functions behind the commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from landbridge.errors import FaultsError, InputError
from landbridge.gravity.files.commands import (
    Options,
    estimate,
    estimate_options,
    read_flows,
)
from landbridge.gravity.files.reading import parse_estimation
from landbridge.gravity.uses.potential import PotentialOptions
from landbridge.gravity.uses.two_economies import potential
from landbridge.verbs.estimate import result_of
from landbridge.world.baseline import load_baseline

pytestmark = pytest.mark.unit

GOOD = """
title = "Agreements"
data = "flows.csv"
stars = "conventional"

[design]
border_years = true
rates = [{column = "tariff", unit = "ratio"}]
lead_lag = [{column = "agreement", lags = [1]}]

[labels]
agreement = "In force"

[[equations]]
title = "Two-way"
regressors = ["agreement", "ln_tariff_factor"]

[[equations]]
title = "Three-way"
regressors = ["agreement", "agreement_lag1", "border_2001", "border_2002"]
fixed_effects = ["exporter-year", "importer-year", ["exporter", "importer"]]
"""

BAD = """
titel = "Agreements"
data = "flows.csv"
[design]
border_year = true
rates = [{column = "tariff", unit = "percentage"}]
[[equations]]
regressors = ["agreement"]
fixed_effects = ["exporter-yaer"]
inference = "ppmlhdfe-clusters"
confidence = 2
[[equations]]
regresors = ["agreement"]
"""


@pytest.fixture
def folder(tmp_path: Path, panel: Callable[..., Any]) -> Path:
    panel(seed=0, economies=7).to_csv(tmp_path / "flows.csv", index=False)
    (tmp_path / "spec.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_rates_in_an_estimation_file_drop_no_domestic_rows_and_say_what_was_taken(
    folder: Path,
) -> None:
    table = pd.read_csv(folder / "flows.csv")
    home = table["exporter"] == table["importer"]
    assert home.any()
    table.assign(tariff=table["tariff"].mask(home)).to_csv(folder / "flows.csv", index=False)
    found = estimate(folder / "spec.toml")
    diagnostics = found.fits["Two-way"].diagnostics
    assert diagnostics.rows_used == diagnostics.rows_given
    assert f"{home.sum():,} rows of domestic sales have no rate" in found.text()


def test_the_message_about_collinear_regressors_names_options_that_can_be_set(folder: Path) -> None:
    table = pd.read_csv(folder / "flows.csv")
    table.assign(twin=2 * table["tariff"]).to_csv(folder / "flows.csv", index=False)
    options = Options(folder / "flows.csv", regressors=("tariff", "twin"))
    with pytest.raises(FaultsError, match="--collinear drop on the command line"):
        estimate_options(options)
    assert len(estimate_options(replace(options, collinear="drop")).coefficients()) == 1
    text = """
    data = "flows.csv"
    [[equations]]
    regressors = ["tariff", "twin"]
    collinear = "drop"
    """
    (folder / "twin.toml").write_text(text, encoding="utf-8")
    assert len(estimate(folder / "twin.toml").coefficients()) == 1


def test_an_estimation_file_gives_a_table_with_its_columns(folder: Path) -> None:
    found = estimate(folder / "spec.toml")
    assert list(found.fits) == ["Two-way", "Three-way"]
    assert "In force" in found.text()
    three = found.fits["Three-way"]
    assert list(three.coefficients["term"])[1:3] == ["agreement_lag1", "border_2001"]
    # The first year has no lag: its rows lack a value in the second equation only.
    assert three.diagnostics.dropped["missing"] == 49
    assert found.fits["Two-way"].diagnostics.dropped["missing"] == 0


def test_everything_is_written_and_can_be_read_back(folder: Path) -> None:
    found = estimate(folder / "spec.toml")
    files = {path.name for path in result_of(found, ()).save(folder / "out")}
    assert {"table.txt", "table.html", "table.tex", "table.xlsx", "coefficients.svg"} <= files
    table = pd.read_csv(folder / "out" / "coefficients.csv")
    assert table["estimate"].tolist() == pytest.approx(
        found.coefficients()["estimate"].tolist(), rel=1e-12
    )
    record = json.loads((folder / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert record["Two-way"]["spec_sha256"] == found.fits["Two-way"].spec.sha256()
    assert record["Three-way"]["spec"]["inference"] == "ppmlhdfe-cluster"


def test_all_faults_of_a_file_at_once_with_lines_and_suggestions() -> None:
    with pytest.raises(FaultsError) as caught:
        parse_estimation(BAD, where="bad.toml")
    faults = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 7
    assert "line 2, titel: there is no such key. Did you mean 'title'?" in faults
    assert "line 5, design.border_year: there is no such key. Did you mean" in faults
    assert "line 6, design.rates[1].unit: 'percentage' is not possible here." in faults
    assert "line 9, equations[1].fixed_effects[1]: 'exporter-yaer' is not possible" in faults
    assert "Did you mean 'ppmlhdfe-cluster'" in faults
    assert "line 11, equations[1].confidence: must be below 1 (it is 2)" in faults
    assert "line 13, equations[2].regresors: there is no such key." in faults


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "this is not TOML"),
        ('data = "x.csv"\nequations = []', "there is no equation"),
        ('[[equations]]\nregressors = ["a"]', "data: is missing"),
        (
            'data = "x"\n[[equations]]\ntitle = "a"\n[[equations]]\ntitle = "a"',
            "two equations have the title 'a'",
        ),
    ],
)
def test_files_that_cannot_be_used(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_estimation(text, where="bad.toml")


def test_options_give_the_same_estimate_as_a_file(folder: Path) -> None:
    by_options = estimate_options(
        Options(
            data=folder / "flows.csv",
            regressors=("agreement",),
            fixed_effects=("exporter-year", "importer*year"),
            cluster=("exporter*importer",),
        )
    )
    text = f'data = "{folder / "flows.csv"}"\n[[equations]]\nregressors = ["agreement"]\n'
    (folder / "one.toml").write_text(text, encoding="utf-8")
    by_file = estimate(folder / "one.toml")
    assert by_options.fits["(1)"].estimate("agreement") == pytest.approx(
        by_file.fits["(1)"].estimate("agreement"), rel=1e-12
    )
    with pytest.raises(FaultsError, match="estimator"):
        estimate_options(
            Options(data=folder / "flows.csv", regressors=("agreement",), estimator="pmml")
        )


def test_rows_can_be_chosen(folder: Path) -> None:
    text = GOOD.partition("[design]")[0].replace('title = "Agreements"', "") + (
        '[rows]\nyears = [2001, 2003]\ntrade = "international"\n'
        '[[equations]]\nregressors = ["agreement"]\n'
    )
    (folder / "rows.toml").write_text(text, encoding="utf-8")
    assert estimate(folder / "rows.toml").fits["(1)"].diagnostics.rows_given == 2 * 7 * 6
    (folder / "rows.toml").write_text(text.replace("2003", "1803"), encoding="utf-8")
    with pytest.raises(InputError, match="no rows of 1803"):
        estimate(folder / "rows.toml")


def test_flow_files_of_other_kinds(folder: Path, panel: Callable[..., Any]) -> None:
    table = panel(seed=0, economies=7)
    table.to_stata(folder / "flows.dta", write_index=False)
    table.to_excel(folder / "flows.xlsx", index=False)
    for name in ("flows.dta", "flows.xlsx", "flows.csv"):
        assert len(read_flows(folder / name)) == len(table)
    with pytest.raises(InputError, match="there is no file"):
        read_flows(folder / "absent.csv")
    (folder / "flows.ods").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="are not read here"):
        read_flows(folder / "flows.ods")


@pytest.mark.golden
@pytest.mark.slow
def test_potential_of_a_pair_in_the_baseline_says_what_it_rests_on() -> None:
    options = PotentialOptions(draws=200, reliable="observed")
    found = potential(load_baseline(), "Pakistan", "UZB", method="cross_section", options=options)
    assert list(found.table["exporter"]) == ["PAK", "UZB"]
    assert (found.table["potential_low"] < found.table["potential_high"]).all()
    assert found.unit == "million USD"
    assert -1.5 < found.fit.estimate("ln_distance") < -0.3
    with pytest.raises(InputError, match="two different economies"):
        potential(load_baseline(), "PAK", "Pakistan")


def test_the_documented_estimation_file_is_a_good_one() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "gravity.md").read_text(encoding="utf-8")
    block = page.partition("```toml\n")[2].partition("```")[0]
    file = parse_estimation(block, where="docs/gravity.md")
    assert [equation.title for equation in file.equations] == ["Two-way", "Three-way"]
