"""Access to the sea as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.access.answer import AccessAnswer

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def result(own: lb.Model) -> Result[AccessAnswer]:
    return own.access("UZB", close=["Torkham"], draws=2, seed=3, jobs=1)


def test_python_and_the_shell_say_the_same(result: Result[AccessAnswer], flows: Path) -> None:
    done = shell(
        "access", "Uzbekistan", "--close", "Torkham", "--draws", "2", "--seed", "3", "--jobs", "1",
        "--world", str(flows), "--year", str(YEAR), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()
    assert "Note: Domestic sales of goods" in done.stderr


def test_the_result_shows_itself_and_is_saved_whole_or_not(
    result: Result[AccessAnswer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_itself(result)
    rests_on_the_file(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    assert {"access.gpkg", "access.geojson", "map.svg"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    assert "UZB" in repr(result) or "Uzbekistan" in repr(result)
    assert result.map().svg.startswith("<svg")
    assert result.certificate["passed"].all()
    assert result.headline[-1].startswith("With Torkham shut: market access")


def test_bands_of_ports_open_along_a_dimension_of_their_own(result: Result[AccessAnswer]) -> None:
    days = result.to_xarray("ports")["days_out"]
    assert days.dims == ("band", "port")
    low, high = days.sel(band="low").to_numpy(), days.sel(band="high").to_numpy()
    assert (np.nan_to_num(low) <= np.nan_to_num(high)).all()


def test_all_landlocked_economies_of_a_users_world_stand_in_one_table(own: lb.Model) -> None:
    found = own.access(close=["AFG-PAK"])
    shows_itself(found)
    table = found.tables["access_economies"].set_index("iso3")
    assert set(table.index) == {"AFG", "KAZ", "UZB"}
    assert table.loc["AFG", "real_income_change_percent"] < 0
    with pytest.raises(InputError, match="has no map"):
        found.map()


def test_an_economy_outside_a_users_world_is_refused(own: lb.Model) -> None:
    with pytest.raises(InputError, match="is not in the world"):
        own.access("Mongolia")
