"""Ways, profiles and comparisons as public functions: the same as the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.routes.ways import Ways

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import saves_all_or_nothing, shows_itself

pytestmark = pytest.mark.journey
DRAWS = ("--draws", "3", "--seed", "3", "--json")


@pytest.fixture(scope="module")
def several(model: lb.Model) -> Result[Ways]:
    return model.route("Moscow", "Karachi", alternatives=3, draws=3, seed=3)


@pytest.mark.slow
def test_several_ways_are_the_same_in_python_and_in_the_shell(several: Result[Ways]) -> None:
    done = shell("route", "Moscow", "Karachi", "--alternatives", "3", *DRAWS)
    assert done.returncode == 0, done.stderr
    assert done.stdout == several.to_json()
    ways = several.tables["ways"]
    assert ways["share_percent"].sum() == pytest.approx(100.0)
    assert set(several.tables["legs"]["route"]) == set(ways["route"])
    assert several.to_xarray("ways")["km"].dims == ("route",)


@pytest.mark.slow
def test_ways_show_themselves_and_are_saved_whole_or_not(
    several: Result[Ways], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_itself(several)
    saves_all_or_nothing(several, tmp_path / "out", monkeypatch)
    assert (tmp_path / "out" / "tables" / "legs.csv").exists()
    assert several.map().svg.startswith("<svg")


def test_one_way_is_the_sum_of_its_legs(model: lb.Model) -> None:
    found = model.route("Tashkent", "Karachi", draws=0)
    way, legs = found.tables["ways"].iloc[0], found.tables["legs"]
    assert legs["km"].sum() == pytest.approx(way["km"])
    assert legs["hours"].sum() == pytest.approx(way["hours"])
    done = shell("route", "Tashkent", "Karachi", "--draws", "0", "--json")
    assert done.stdout == found.to_json()


@pytest.mark.slow
def test_profiles_of_several_years_are_the_same_in_python_and_in_the_shell(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = model.profile(
        "Karachi", "Kabul", via="Torkham", border_year=[2020, 2022], draws=3, seed=3
    )
    done = shell("profile", "Karachi", "Kabul", "--via", "Torkham", "--border-year", "2020",
                 "--border-year", "2022", *DRAWS)  # fmt: skip
    assert done.stdout == found.to_json()
    shows_itself(found)
    saves_all_or_nothing(found, tmp_path / "out", monkeypatch)
    hours = found.tables["routes"]["hours"]
    # CPMM: Torkham outbound took 50.0 h in 2020 and 24.2 h in 2022.
    assert hours[0] - hours[1] == pytest.approx(50.0 - 24.2)


@pytest.mark.slow
def test_comparisons_are_the_same_in_python_and_in_the_shell(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = model.compare_routes("tashkent-sea", draws=3, seed=3)
    done = shell("compare-routes", "tashkent-sea", *DRAWS)
    assert done.stdout == found.to_json()
    shows_itself(found)
    saves_all_or_nothing(found, tmp_path / "out", monkeypatch)


@pytest.mark.slow
def test_rows_of_the_users_own_go_before_a_year_of_observation(tmp_path: Path) -> None:
    text = shell("freight", "defaults", "crossings", "--csv").stdout.splitlines()
    head = text[0].split(",")
    line = next(row for row in text if row.startswith("torkham-road,")).split(",")
    line[head.index("hours_forward")] = "20"
    line[head.index("hours_low_forward")] = "10"
    (tmp_path / "mine.csv").write_text("\n".join([text[0], ",".join(line)]) + "\n", "utf-8")
    model = lb.load(network={"crossings": tmp_path / "mine.csv"})
    found = model.profile("Karachi", "Kabul", via="Torkham", border_year=[2020, 2022], draws=0)
    border = found.tables["profile"].query("activity == 'border'")
    forward = model.network.tables.crossings.set_index("crossing").loc["torkham-road"]
    assert forward["hours_forward"] == 20
    assert border["hours"].nunique() == 1
    assert any(note.startswith("Replaced: ") for note in found.notes)


def test_slips_are_told_in_one_message(model: lb.Model) -> None:
    with pytest.raises(InputError, match="between the commas"):
        model.route("Tashkent", "Karachi", via="Kabul,,Torkham")
    with pytest.raises(InputError, match="has a value of its own"):
        model.route("Tashkent", "Karachi", value=900.0, shipment="bulk")
    with pytest.raises(InputError, match="without places to pass"):
        model.route("Tashkent", "Karachi", alternatives=2, via=["Kabul"])
    with pytest.raises(InputError, match="of one year already"):
        lb.load(border_year=2020).profile("Karachi", "Kabul", border_year=2022)
