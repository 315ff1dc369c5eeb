"""What is critical as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.critical.answer import CriticalAnswer
from landbridge.verbs.loading import WorldFile

from ..cli.calling import shell
from .promises import (
    ISO3,
    check_saved_whole_or_not,
    check_shown,
    own_world_options,
    write_own_world,
)

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def own_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_own_world(tmp_path_factory.mktemp("world") / "own.csv")


@pytest.fixture(scope="module")
def result(own_file: Path) -> Result[CriticalAnswer]:
    columns = lb_columns()
    model = lb.load(world=WorldFile(own_file, 2023, options=columns))
    return model.critical(of="passages", top=2, draws=2, seed=3)


def lb_columns() -> object:
    from landbridge.sources import ColumnMap, LoadOptions  # noqa: PLC0415 - beside its use

    return LoadOptions(
        columns=ColumnMap(
            exporter="seller", importer="buyer", value="worth", unit="million_usd", only_year=2023
        )
    )


@pytest.mark.slow
def test_python_and_the_shell_say_the_same_of_a_users_world(
    own_file: Path, result: Result[CriticalAnswer]
) -> None:
    done = shell("critical", *own_world_options(own_file), "--of", "passages", "--top", "2",
                 "--draws", "2", "--seed", "3", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()
    assert set(result.tables["critical_by_economy"]["iso3"]) == set(ISO3)


@pytest.mark.slow
def test_the_result_keeps_what_every_result_promises(
    result: Result[CriticalAnswer], tmp_path: Path
) -> None:
    check_shown(result)
    check_saved_whole_or_not(result, tmp_path / "out")
    assert (tmp_path / "out" / "critical.gpkg").exists()
    # One row an element has no key column, so that this table stays a table.
    with pytest.raises(InputError, match="no key"):
        result.to_xarray("critical")


def test_an_order_that_is_not_there_is_refused() -> None:
    model = lb.load()
    with pytest.raises(InputError, match="Did you mean 'crossings'"):
        model.critical(of="crossing")  # type: ignore[arg-type] # what a user may write
    with pytest.raises(InputError, match="whole world"):
        model.critical(by="tonnes", economy="PAK")
