"""Whom a sector relies on as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.supply.study import SupplyStudy

from ..cli.calling import shell
from .promises import (
    ISO3,
    check_banded,
    check_saved_whole_or_not,
    check_shown,
    own_world_options,
    write_own_world,
)

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def result() -> Result[SupplyStudy]:
    return lb.load().depend("Pakistan", sector="C29", draws=2, seed=3, jobs=1)


def test_python_and_the_shell_say_the_same(result: Result[SupplyStudy]) -> None:
    done = shell("depend", "PAK", "--sector", "C29", "--draws", "2", "--seed", "3", "--jobs", "1",
                 "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()


def test_the_result_keeps_what_every_result_promises(
    result: Result[SupplyStudy], tmp_path: Path
) -> None:
    check_shown(result)
    check_saved_whole_or_not(result, tmp_path / "out")
    check_banded(result, "supply_income", "long_run_income_percent")
    with pytest.raises(InputError, match="has no map"):
        result.map()


def test_a_users_world_sets_the_totals_and_says_how_it_was_completed(tmp_path: Path) -> None:
    own = own_world_options(write_own_world(tmp_path / "own.csv"))
    done = shell("depend", "PAK", "--sector", "C29", *own, "--draws", "0", "--csv")
    assert done.returncode == 0, done.stderr
    suppliers = {row.split(",")[0] for row in done.stdout.splitlines()[1:]}
    assert suppliers <= set(ISO3)
    assert "Note:" in done.stderr
