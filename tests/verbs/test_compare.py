"""Comparisons by the public function: the same as at the shell, and on a user's world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import landbridge as lb
from landbridge.errors import FaultsError, InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import CODES, LEAST, YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

NAMES = ("chabahar-only", "gwadar-only")


@pytest.mark.journey
@pytest.mark.slow
def test_python_and_shell_say_the_same_and_a_result_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("compare", *NAMES, "--set", LEAST, "--draws", "0", "--jobs", "1", "--json")
    assert done.returncode == 0, done.stderr
    result = model.compare(NAMES, draws=0, jobs=1, changes=[LEAST])
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    page = (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    for told in (*NAMES, "Net present value"):
        assert told in page
    income = result.to_xarray("compare_income")["real_income_percent"]
    assert income.sizes == {"scenario": 2, "iso3": 210, "band": 4}
    assert result.certificate["passed"].all()
    assert set(result.provenance.scenarios) == set(NAMES)


@pytest.mark.journey
@pytest.mark.slow
def test_a_world_of_ones_own_is_used_and_what_it_lacks_is_said(own: lb.Model, flows: Path) -> None:
    result = own.compare(NAMES, draws=2, seed=3, jobs=1, changes=[LEAST])
    rests_on_the_file(result)
    assert set(result.tables["compare_income"]["iso3"]) == set(CODES)
    assert np.isfinite(result.tables["compare_summary"]["world_million_usd"]).all()
    assert any(note.startswith("Scenario gwadar-only names") for note in result.notes)
    done = shell("compare", *NAMES, "--set", LEAST, "--draws", "2", "--seed", "3", "--jobs", "1",
                 "--world", str(flows), "--year", str(YEAR), "--json")  # fmt: skip
    assert done.stdout == result.to_json(), done.stderr


@pytest.mark.unit
def test_a_scenario_about_an_economy_that_the_world_lacks_is_one_clear_fault(own: lb.Model) -> None:
    with pytest.raises(FaultsError, match=r"SAU is not in the world of 2023"):
        own.compare(["hormuz-closed", "hormuz-closed"], draws=0)


@pytest.mark.unit
def test_payers_that_the_world_lacks_are_said_before_anything_is_run(own: lb.Model) -> None:
    for asked in (lambda: own.compare(["gwadar-only", "tapi"]), lambda: own.run("tapi")):
        with pytest.raises(InputError, match=r"the payers TKM.* are not in the world of 2023"):
            asked()


@pytest.mark.unit
def test_one_name_is_one_scenario_not_a_row_of_letters(model: lb.Model) -> None:
    with pytest.raises(InputError, match="takes 2 to 12 scenarios, and 1 stand here"):
        model.compare("cku")
