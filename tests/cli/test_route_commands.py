"""Paths of a corridor planner through the shell: route, profile, compare-routes."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import pytest

from .calling import shell as shell_of_width

pytestmark = pytest.mark.journey
shell = partial(shell_of_width, columns=140)


@pytest.mark.slow
def test_a_route_with_alternatives_is_printed_and_written(tmp_path: Path) -> None:
    done = shell(
        "route", "Moscow", "Karachi", "--scenario", "n-cpec-plus", "--alternatives", "3",
        "--draws", "5", "--out", "ways", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "least cost" in done.stdout
    assert "Kharlachi" in done.stdout
    names = {path.name for path in (tmp_path / "ways").iterdir()}
    assert {"routes.html", "routes.xlsx", "routes.gpkg", "routes.geojson", "map.svg"} <= names
    told = json.loads((tmp_path / "ways" / "routes.json").read_text(encoding="utf-8"))
    assert len(told["tables"]["routes"]["rows"]) >= 3
    # The licence of the world's roads and railways asks for a notice in all that shows them.
    for name in ("routes.html", "map.svg", "routes.geojson", "routes.json"):
        text = " ".join((tmp_path / "ways" / name).read_text(encoding="utf-8").split())
        assert "OpenStreetMap" in text, name


@pytest.mark.slow
def test_a_profile_is_told_row_by_row() -> None:
    arguments = ("profile", "Karachi", "Tashkent", "--via", "Torkham,Kabul,Termez")
    done = shell(*arguments, "--draws", "10")
    assert done.returncode == 0, done.stderr
    for words in ("Torkham", "border", "closure", "Kabul - Hairatan", "percent of the time"):
        assert words in done.stdout
    csv = shell(*arguments, "--draws", "0", "--csv").stdout.splitlines()
    assert csv[0].startswith("label,shipment,sequence,kind")
    assert len(csv) == 10


@pytest.mark.slow
def test_a_profile_lays_scenarios_and_years_over_each_other() -> None:
    done = shell(
        "profile", "Karachi", "Kabul", "--via", "Torkham", "--year", "2020", "--year", "2022",
        "--draws", "0", "--json",
    )  # fmt: skip
    tables = json.loads(done.stdout)["tables"]
    rows = tables["routes"]["rows"]
    columns = [column["name"] for column in tables["profile"]["columns"]]
    assert {"activity", "hours_low", "payments", "remark", "confidence"} <= set(columns)
    assert [row[0] for row in rows] == ["borders of 2020", "borders of 2022"]
    assert rows[0][3] > rows[1][3]
    assert "Borders as observed" in done.stderr


@pytest.mark.slow
def test_comparisons_are_listed_and_one_is_made(tmp_path: Path) -> None:
    listed = json.loads(shell("compare-routes", "--json").stdout)
    assert {"moscow-karachi", "tashkent-sea"} <= {row["name"] for row in listed}
    (tmp_path / "mine.csv").write_text(
        "label,origin,destination,end\nPoti,Tashkent,Poti,ship\nRiga,Tashkent,Riga,ship\n",
        encoding="utf-8",
    )
    done = shell("compare-routes", "mine.csv", "--draws", "0", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "full container" in done.stdout
    assert "part load" in done.stdout
    assert "quickest is" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["profile", "Karachi", "Tashknt"], "Did you mean 'Tashkent'"),
        (["profile", "Karachi", "Tashkent", "--via", "Torkam"], "Did you mean 'Torkham'"),
        (["profile", "Karachi", "Kabul", "--year", "2001"], "2020, 2021, 2022"),
        (["profile", "Karachi", "Kabul", "--out", "taken"], "is a file, not a folder"),
        (["compare-routes", "moscow-karach"], "Did you mean 'moscow-karachi'"),
        (["compare-routes", "tashkent-sea", "--shipment", "bulky"], "bulk"),
        (["route", "Moscow", "Karachi", "--alternatives", "3", "--via", "Kabul"], "--via"),
    ],
)
def test_bad_input_gets_one_message_and_writes_nothing(
    tmp_path: Path, arguments: list[str], expected: str
) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    done = shell(*arguments, folder=tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert expected in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_dear_goods_fly_where_the_user_lets_them() -> None:
    flown = shell("route", "Shanghai", "Hamburg", "--air", "--value", "200000", "--csv")
    assert flown.returncode == 0, flown.stderr
    assert ",air," in flown.stdout
    assert flown.stderr == ""
    kept = shell("route", "Shanghai", "Hamburg", "--air", "--csv")
    assert ",air," not in kept.stdout
    assert "No leg flies" in kept.stderr
    refused = shell("route", "Shanghai", "Hamburg", "--value", "9", "--shipment", "bulk")
    assert refused.returncode == 2
    assert "has a value of its own" in refused.stderr


def test_gas_goes_by_pipeline() -> None:
    arguments = ("freight", "pipeline", "gas", "Galkynysh", "Multan")
    done = shell(*arguments, "--with", "tapi")
    assert done.returncode == 0, done.stderr
    assert "1,488 km" in done.stdout
    assert "Taken to be open: TAPI, Afghan part" in done.stdout
    told = json.loads(shell(*arguments, "--with", "tapi", "--json").stdout)
    assert told["totals"]["km"] == 1488.0
    assert len(told["legs"]) == 3
    shut = shell(*arguments)
    assert shut.returncode == 2
    assert "tapi" in shut.stderr
    assert "cac-china" in shell("freight", "pipeline", "--csv").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("freight", "pipeline", "water", "a", "b"), "Name gas or oil"),
        (("freight", "pipeline", "gas", "Galkynysh"), "needs a commodity and two places"),
        (("freight", "pipeline", "gas", "Multan", "multan"), "starts and ends"),
        (("freight", "pipeline", "gas", "Galkynish", "Multan"), "'Galkynysh'"),
        (("route", "Tashkent", "Karachi", "--via", "Kabul,,Torkham"), "between the commas"),
        (("route", "Tashkent", "Karachi", "--data", "crossings=pipe.csv"), "a pipe or a device"),
        (("compare-routes", "pipe.csv"), "a pipe or a device"),
        (("compare-routes", "/dev/zero.csv"), "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_one_message(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    done = shell(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
