"""Every measure bites or says why not; a built line says what it joined, everywhere it is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import landbridge as lb
from landbridge.cli import app
from landbridge.errors import FaultsError
from landbridge.scenarios.measures.registry import kinds
from landbridge.studies.run.results import RunResult

MODEL = lb.load()
BASE: dict[str, Any] = {
    "name": "question",
    "title": "A question",
    "summary": "What if.",
    "date": "2026-01-01",
    # One class of cargo, so that what a line is good for can be told from the map.
    "choice": "least",
    "focus": {"economy": "PAK", "partners": ["UZB"]},
}
RAILWAY = {"mode": "rail", "gauge_mm": 1520, "iso3": "AFG", "km": 150.0}


def measure(ident: str, kind: str, /, **keys: object) -> dict[str, object]:
    return {"id": ident, "kind": kind, "title": f"Measure {ident}", "source": "a test", **keys}


def ran(*measures: dict[str, object]) -> lb.Result[RunResult]:
    return MODEL.run({**BASE, "measures": list(measures)}, draws=0)


def warned(*measures: dict[str, object]) -> list[str]:
    found = MODEL.welfare_of({**BASE, "measures": list(measures)})
    return [one for one in found.headline if one.startswith("Warning")]


CLOSED = measure("shut", "close_border", between=["PAK", "IND"])
EASIER = measure("easier", "change_crossing", crossings=["torkham"], hours=5.0)
LINE = measure("line", "build_link", link="x", from_place="Kabul", to_place="Ghazni",
               through=[[69.0, 34.0]], **RAILWAY)  # fmt: skip
SPUR = measure("spur", "build_link", link="x", from_place="Kabul", to_place=[69.3, 35.6],
               **RAILWAY)  # fmt: skip
SAME = {"from_percent": 5.0, "to_percent": 5.0}
IDLE = [
    (CLOSED, "every crossing of the border is closed already"),
    (measure("open", "open", targets=["suez"]), "all of it is open already"),
    (measure("duty", "change_tariff_equivalent", exporters=["PAK"], importers=["UZB"], **SAME),
     "the rate after is the rate before"),
    (measure("pay", "change_payment_cost", between=["PAK", "UZB"], **SAME),
     "the rate after is the rate before"),
    (measure("mine", "build_place", place="mine", name="The mine", at=[68.9, 34.1], economy="AFG"),
     "no line leads to mine"),
    (SPUR, "the line x joins the network at Kabul alone"),
    (LINE, "it joins Kabul, Pul-e Alam, Ghazni, but no least-cost path between economies would"),
    (measure("remote", "change_link", link="rail-pul-e-alam-kharlachi", km=300.0),
     "no least-cost path between economies that trade passes what it changes"),
]  # fmt: skip


@pytest.mark.unit
@pytest.mark.slow
@pytest.mark.parametrize(("one", "says"), IDLE, ids=[str(one["id"]) for one, _ in IDLE])
def test_a_measure_that_changes_nothing_says_why(one: dict[str, object], says: str) -> None:
    (told,) = warned(one)
    assert f'"Measure {one["id"]}" changes no cost of trade at central values' in told
    assert says in told


@pytest.mark.unit
@pytest.mark.slow
def test_a_line_that_is_too_dear_says_by_how_much() -> None:
    dear = measure("dear", "build_link", link="x", from_place="Kabul", to_place="Ghazni",
                   mode="road", km=900.0, iso3="AFG")  # fmt: skip
    (told,) = warned(dear)
    percent = float(told.partition("would have to cost ")[2].split()[0])
    # The road of the network between the two is about 150 km at the same rates.
    assert percent == pytest.approx(100 * (1 - 150 / 900), abs=8)
    cheap = dear | {"km": 900.0 * (1 - (percent + 2) / 100)}
    assert not warned(cheap)


@pytest.mark.unit
@pytest.mark.slow
def test_only_the_measure_that_changes_nothing_is_told() -> None:
    result = ran(CLOSED, EASIER)
    told = [one for one in result.headline if one.startswith("Warning")]
    assert len(told) == 1
    assert "Measure shut" in told[0]
    assert result.headline[0] == told[0]


@pytest.mark.unit
@pytest.mark.slow
def test_two_that_do_the_same_and_two_that_need_each_other_are_not_idle() -> None:
    assert not warned(EASIER, EASIER | {"id": "again"})
    halves = [
        measure("one", "build_link", link="one", from_place="Torkham", to_place=[70.0, 34.9],
                mode="road", km=20.0, iso3="AFG"),
        measure("two", "build_link", link="two", from_place="one-end", to_place="Kabul",
                mode="road", km=20.0, iso3="AFG"),
    ]  # fmt: skip
    result = ran(*halves)
    assert not [one for one in result.headline if one.startswith("Warning")]


@pytest.mark.unit
def test_every_kind_says_why_it_may_change_nothing() -> None:
    for kind in kinds().values():
        assert kind.holds_already
        assert not kind.holds_already.endswith(".")


@pytest.mark.unit
@pytest.mark.slow
def test_what_a_line_joined_stands_in_table_notes_page_and_workbook(tmp_path: Path) -> None:
    result = ran(LINE)
    joins = result.tables["joins"]
    assert joins["joined_name"].tolist() == ["Kabul", "Pul-e Alam", "Ghazni"]
    assert joins["measure"].unique().tolist() == ["line"]
    (note,) = [one for one in result.notes if one.startswith("New rail line x")]
    assert "Pul-e Alam" in note
    assert "km away" in note
    files = {file.name: file for file in result.save(tmp_path / "out")}
    page = files["report.html"].read_text(encoding="utf-8")
    assert "What new lines joined" in page
    held = json.loads(files["results.json"].read_text(encoding="utf-8"))
    assert len(held["tables"]["joins"]["rows"]) == 3


QUESTION = """\
format = 1
name = "question"
title = "A question"
summary = "What if."
date = 2026-01-01
choice = "least"
[focus]
economy = "PAK"
partners = ["UZB"]
[[measures]]
id = "lines"
kind = "build_links"
title = "Lines"
source = "a test"
file = "lines.geojson"
mode = "rail"
gauge_mm = 1520
iso3 = "AFG"
"""


def question(folder: Path, points: list[list[float]]) -> Path:
    line = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "LineString", "coordinates": points},
    }
    (folder / "lines.geojson").write_text(json.dumps(line), encoding="utf-8")
    path = folder / "question.toml"
    path.write_text(QUESTION, encoding="utf-8")
    return path


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([[34.53, 69.17], [33.55, 68.42]], "swapped"),
        ([[7_700_000.0, 4_100_000.0], [7_600_000.0, 4_000_000.0]], "EPSG:3857"),
        ([[69.33, 34.58], [68.53, 33.50]], "joins nothing of the network within 5 km"),
        ([[10.0, 50.0], [11.0, 51.0]], "outside AFG"),
    ],
)
def test_a_line_that_cannot_join_exits_with_2_and_writes_nothing(
    tmp_path: Path, points: list[list[float]], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = question(tmp_path, points)
    found = CliRunner().invoke(app, ["run", str(path), "--draws", "0"])
    assert isinstance(found.exception, FaultsError)
    assert found.exception.exit_code == 2
    assert says in str(found.exception)
    assert not (tmp_path / "landbridge-results").exists()


@pytest.mark.journey
@pytest.mark.slow
def test_the_shell_tells_on_standard_error_what_a_line_joined(tmp_path: Path) -> None:
    path = question(tmp_path, [[69.17, 34.53], [69.0, 34.0], [68.42, 33.55]])
    out = str(tmp_path / "out")
    found = CliRunner().invoke(app, ["run", str(path), "--draws", "0", "--json", "--out", out])
    assert found.exit_code == 0
    assert "New rail line lines-1: joins Kabul (0.3 km away) at its start" in found.stderr
    assert json.loads(found.stdout)["tables"]["joins"]["rows"]
