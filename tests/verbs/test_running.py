"""Runs by the public function: the same as at the shell, and on a world of a user's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import landbridge as lb
from landbridge.errors import FaultsError, InputError, UnknownNameError
from landbridge.studies.run.results import RunResult
from landbridge.verbs.asking.scenarios import open_scenario

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import LEAST, YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

CUT = {
    "id": "cut",
    "kind": "change_tariff_equivalent",
    "title": "Kazakhstan halves a tariff",
    "source": "assumed",
    "importers": ["KAZ"],
    "exporters": ["PAK"],
    "from_percent": 40,
    "to_percent": 20,
}


@pytest.fixture(scope="module")
def result(model: lb.Model) -> lb.Result[RunResult]:
    return model.run("cku", draws=0, changes=[LEAST])


@pytest.mark.journey
@pytest.mark.slow
def test_python_and_shell_say_the_same(result: lb.Result[RunResult], tmp_path: Path) -> None:
    done = shell(
        "run", "cku", "--set", LEAST, "--draws", "0", "--json", "--out", str(tmp_path / "out")
    )
    assert done.returncode == 0, done.stderr
    assert result.to_json() == done.stdout
    assert (tmp_path / "out" / "results.json").read_text(encoding="utf-8") == result.to_json()


@pytest.mark.journey
@pytest.mark.slow
def test_a_result_shows_and_saves_itself(
    result: lb.Result[RunResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch, document="results.json")
    assert result.map().svg.startswith("<svg")
    income = result.to_xarray("income")["real_income_percent"]
    assert set(income.dims) == {"iso3", "band"}
    assert income.attrs["units"]


@pytest.mark.unit
@pytest.mark.slow
def test_tensors_are_the_flows_of_the_equilibrium(
    model: lb.Model, result: lb.Result[RunResult]
) -> None:
    found = result.to_xarray()
    before, after = found["flows_before"], found["flows_after"]
    assert before.coords["exporter"].values.tolist() == list(model.world.iso3)
    # The closure takes imbalances out of the baseline: sales and purchases are equal.
    for flows in (before, after):
        sold, bought = flows.sum("importer"), flows.sum("exporter")
        assert np.allclose(sold.values, bought.values, rtol=1e-9)
    pair = {"exporter": "CHN", "importer": "UZB"}
    assert float(after.sel(pair)) > float(before.sel(pair))


@pytest.mark.unit
def test_nothing_changes_where_nothing_is_done(model: lb.Model) -> None:
    found = model.welfare_of([], on=dt.date(2026, 1, 1))
    assert np.abs(found["income"]["real_income_percent"]).max() < 1e-9
    assert found.headline[0].endswith("about nil.")


@pytest.mark.unit
@pytest.mark.slow
def test_measures_alone_give_what_a_run_of_them_gives(
    model: lb.Model, result: lb.Result[RunResult]
) -> None:
    quick = model.welfare_of(open_scenario("cku", [LEAST]).scenario)["income"].set_index("iso3")[
        "real_income_percent"
    ]
    whole = result["income"].set_index("iso3")["real_income_percent"]
    assert np.allclose(quick, whole, rtol=0, atol=1e-12)


@pytest.mark.unit
def test_a_measure_is_written_as_in_a_file_and_faults_come_together(model: lb.Model) -> None:
    gain = model.welfare_of([CUT], on=dt.date(2026, 1, 1))["income"].set_index("iso3")
    assert gain.loc["PAK", "real_income_percent"] > 0
    banned = {**CUT, "importers": ["IND"]}
    said = model.welfare_of([banned], on=dt.date(2026, 1, 1)).headline
    assert said[0].startswith("Political relations block one measure")
    with pytest.raises(FaultsError) as caught:
        model.welfare_of([{**CUT, "kind": "change_tarif"}, {"id": "x"}])
    assert "Did you mean" in str(caught.value)
    assert len(caught.value.faults) >= 2


@pytest.mark.unit
def test_a_scenario_in_python_passes_the_checks_of_a_file() -> None:
    with pytest.raises(FaultsError) as caught:
        lb.scenario(name="x", tilte="x", date="soon")
    text = str(caught.value)
    assert "Did you mean 'title'" in text
    assert "2026-01-01" in text
    assert "measures" not in text


@pytest.mark.journey
@pytest.mark.slow
def test_a_file_of_flows_leads_to_a_net_present_value(own: lb.Model, flows: Path) -> None:
    result = own.run("n-cpec-plus", draws=2, jobs=1, changes=[LEAST])
    rests_on_the_file(result)
    assert result.provenance.baseline_year == YEAR
    assert len(result["income"]) == len(own.world.iso3)
    assert "appraisal_summary" in result.tables
    done = shell(
        "run", "n-cpec-plus", "--set", LEAST, "--draws", "2", "--jobs", "1", "--world", str(flows),
        "--year", str(YEAR), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()
    assert "Note: Domestic sales" in done.stderr


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"world": "nothing.csv"}, "which year"),
        ({"world": "nothing.csv", "year": 2022}, "no such file"),
        ({"year": 1999}, "the embedded world is of"),
        ({"network": "nowhere"}, "is not a folder"),
        ({"estimates": "nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_be_loaded_is_one_message(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        lb.load(**arguments)


@pytest.mark.unit
def test_a_folder_of_rows_names_its_tables(tmp_path: Path) -> None:
    (tmp_path / "crossing.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(UnknownNameError, match="Did you mean 'crossings'"):
        lb.load(network=tmp_path)


@pytest.mark.unit
def test_a_model_says_in_a_few_lines_what_it_stands_on(own: lb.Model) -> None:
    text = repr(own)
    assert len(text) < 2000
    assert "own world: " in text
    assert "Domestic sales" in text


@pytest.mark.unit
def test_public_names_complete_and_a_misspelt_one_is_an_attribute_error() -> None:
    assert {"load", "scenario", "inspect", "atlas", "Model"} <= set(dir(lb))
    for name in lb.__all__:
        assert getattr(lb, name) is not None
    with pytest.raises(AttributeError, match="'laod'"):
        _ = lb.laod
