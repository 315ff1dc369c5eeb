"""Whom a sector relies on as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.supply.study import SupplyStudy

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import CODES, YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def result(own: lb.Model) -> Result[SupplyStudy]:
    return own.depend("Pakistan", sector="C29", draws=2, seed=3, jobs=1)


def test_python_and_the_shell_say_the_same(result: Result[SupplyStudy], flows: Path) -> None:
    done = shell(
        "depend", "PAK", "--sector", "C29", "--draws", "2", "--seed", "3", "--jobs", "1",
        "--world", str(flows), "--year", str(YEAR), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()
    assert set(result.tables["suppliers"]["supplier"]) <= set(CODES)


def test_the_result_shows_itself_and_is_saved_whole_or_not(
    result: Result[SupplyStudy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_itself(result)
    rests_on_the_file(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    assert result.certificate["passed"].all()
    with pytest.raises(InputError, match="has no map"):
        result.map()


def test_income_opens_by_economy_and_band(result: Result[SupplyStudy]) -> None:
    income = result.to_xarray("supply_income")["long_run_income_percent"]
    assert income.dims == ("band", "iso3")
    assert set(income.coords["iso3"].to_numpy()) == set(CODES)
