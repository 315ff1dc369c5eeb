"""What is critical as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.critical.answer import CriticalAnswer

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import CODES, YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def result(own: lb.Model) -> Result[CriticalAnswer]:
    return own.critical(of="passages", top=2, draws=2, seed=3, jobs=1)


def test_python_and_the_shell_say_the_same(result: Result[CriticalAnswer], flows: Path) -> None:
    done = shell(
        "critical", "--of", "passages", "--top", "2", "--draws", "2", "--seed", "3", "--jobs", "1",
        "--world", str(flows), "--year", str(YEAR), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()
    assert set(result.tables["critical_by_economy"]["iso3"]) == set(CODES)


def test_the_result_shows_itself_and_is_saved_whole_or_not(
    result: Result[CriticalAnswer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_itself(result)
    rests_on_the_file(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    assert {"critical.gpkg", "critical.geojson", "map.svg"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    assert result.map().svg.startswith("<svg")
    assert len(result.certificate)
    assert result.certificate["passed"].all()


def test_what_passes_opens_by_element(result: Result[CriticalAnswer]) -> None:
    tonnes = result.to_xarray("critical")["million_tonnes"]
    assert tonnes.dims == ("band", "element")
    assert tonnes.sel(band="central").to_numpy() == pytest.approx(
        result.tables["critical"]["million_tonnes"]
    )


def test_an_order_that_is_not_there_is_refused(model: lb.Model) -> None:
    with pytest.raises(InputError, match="Did you mean 'crossings'"):
        model.critical(of="crossing")
    with pytest.raises(InputError, match="whole world"):
        model.critical(by="tonnes", economy="PAK")
