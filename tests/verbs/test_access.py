"""Access to the sea as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.access.answer import AccessAnswer

from ..cli.calling import shell
from .promises import (
    check_banded,
    check_saved_whole_or_not,
    check_shown,
    own_world_options,
    write_own_world,
)

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def result() -> Result[AccessAnswer]:
    return lb.load().access("UZB", close=["Torkham"], draws=2, seed=3)


@pytest.mark.slow
def test_python_and_the_shell_say_the_same(result: Result[AccessAnswer]) -> None:
    done = shell("access", "Uzbekistan", "--close", "Torkham", "--draws", "2", "--seed", "3",
                 "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()


@pytest.mark.slow
def test_the_result_keeps_what_every_result_promises(
    result: Result[AccessAnswer], tmp_path: Path
) -> None:
    check_shown(result)
    check_saved_whole_or_not(result, tmp_path / "out")
    assert (tmp_path / "out" / "access.gpkg").exists()
    check_banded(result, "ports", "days_out")
    assert "With Torkham shut" in result.headline[-1]


@pytest.mark.slow
def test_all_landlocked_economies_of_a_users_world_stand_in_one_table(tmp_path: Path) -> None:
    own = own_world_options(write_own_world(tmp_path / "own.csv"))
    done = shell("access", *own, "--csv")
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["AFG", "KAZ", "UZB"]
    assert "Note:" in done.stderr
    refused = shell("access", "Mongolia", *own)
    assert refused.returncode == 2
    assert "is not in the world" in refused.stderr


def test_the_table_of_all_has_no_map() -> None:
    found = lb.load().access(close=["AFG-PAK"])
    check_shown(found)
    assert found.tables["access_economies"]["real_income_change_percent"].notna().any()
    with pytest.raises(InputError, match="has no map"):
        found.map()
