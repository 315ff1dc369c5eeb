"""A user's paths through the shell: commands, files, messages, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from landbridge.cli.runs import print_summary

from ..report.conftest import make_result  # noqa: TID252 - tests are no package
from .calling import rows_of, shell

LONGEST = 120  # seconds; a run without draws takes a few


def process(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "landbridge", *arguments],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        cwd=folder,
        env=os.environ | {"COLUMNS": "120", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


@pytest.mark.journey
@pytest.mark.slow
def test_a_run_writes_the_whole_report(tmp_path: Path) -> None:
    done = process("run", "n-cpec-plus", "--draws", "0", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "landbridge-results" / "n-cpec-plus"
    names = {path.name for path in folder.iterdir()}
    assert {"report.html", "results.xlsx", "results.json", "map.svg", "lines.geojson"} <= names
    assert (folder / "tables" / "trade_pairs.csv").is_file()
    assert "Real income of Pakistan" in done.stdout
    page = (folder / "report.html").read_text(encoding="utf-8")
    for part in ("Uzbekistan", "Russia", "United Nations", "Certificate", "Tashkent"):
        assert part in page


@pytest.mark.journey
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "n-cpec-pluss"], "Did you mean 'n-cpec-plus',"),
        (["run", "missing.toml"], "there is no file 'missing.toml'"),
        (["run", "bad.toml"], "this is not TOML"),
        (["run", "wrong.toml"], "there is no such key. Did you mean 'title'?"),
        (["run", "n-cpec-plus", "--draws", "many"], "draws"),
        (["world", "Pakistn"], "Did you mean 'Pakistan'"),
        (["world", "PAK", "--partner", "Uzbekstan"], "Uzbekistan"),
        (["route", "Tashkand", "Karachi"], "'Tashkand' is not a place"),
        (["route", "Tashkent", "Karachi", "--scenario", "nope"], "there is no scenario 'nope'"),
        (["atlas", "bloc", "EAEU"], "which day?"),
        (["atlas", "bloc", "EAEUU", "--on", "2016-01-01"], "Did you mean 'EAEU'"),
        (["atlas", "bloc", "EAEU", "--on", "yesterday"], "is not a day"),
        (["atlas", "projects", "--status", "plannd"], "Did you mean 'planned'?"),
        (["wrold"], "world"),
    ],
)
def test_bad_input_gets_one_message_and_writes_nothing(
    tmp_path: Path, arguments: list[str], expected: str
) -> None:
    (tmp_path / "bad.toml").write_text("format = = 1", encoding="utf-8")
    (tmp_path / "wrong.toml").write_text('titel = "x"', encoding="utf-8")
    before = set(tmp_path.iterdir())
    done = shell(*arguments, folder=tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert expected in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert set(tmp_path.iterdir()) == before


@pytest.mark.journey
def test_a_run_does_not_start_when_its_report_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    done = shell("run", "n-cpec-plus", "--out", "taken", folder=tmp_path)
    assert done.returncode == 2
    assert "is a file, not a folder" in done.stderr
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


@pytest.mark.unit
def test_signs_of_markup_in_a_title_are_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    title = "A [/b] <script> :smile:"
    print_summary(replace(make_result(), scenario_title=title))
    assert capsys.readouterr().out.startswith(title)


@pytest.mark.journey
def test_the_world_and_a_pair_are_shown_with_their_standing() -> None:
    done = shell("world", "PAK", "--partner", "UZB", "--json")
    rows = rows_of(json.loads(done.stdout), "world_pairs")
    assert {(row["exporter"], row["importer"]) for row in rows} == {("PAK", "UZB"), ("UZB", "PAK")}
    assert all(row["status_goods"] and row["sd_log_goods"] > 0 for row in rows)
    listed = rows_of(json.loads(shell("world", "--json").stdout), "world_economies")
    assert len(listed) == 210


@pytest.mark.journey
@pytest.mark.slow
def test_a_route_is_told_leg_by_leg_before_and_after() -> None:
    before = json.loads(shell("route", "Tashkent", "Karachi", "--json").stdout)
    after = json.loads(
        shell("route", "Tashkent", "Karachi", "--scenario", "n-cpec-plus", "--json").stdout
    )
    for told in (before, after):
        legs, way = rows_of(told, "legs"), rows_of(told, "ways")[0]
        assert sum(leg["hours"] for leg in legs) == pytest.approx(way["hours"])
        assert all(leg["source"] and leg["confidence"] for leg in legs)
    costs = [rows_of(told, "ways")[0]["generalised_usd_per_tonne"] for told in (before, after)]
    assert costs[1] < costs[0]


@pytest.mark.journey
def test_the_atlas_answers_at_a_date() -> None:
    def codes(day: str) -> set[str]:
        rows = json.loads(shell("atlas", "bloc", "EU", "--on", day, "--json").stdout)
        return {row["iso3"] for row in rows if row["status"] == "member"}

    assert "GBR" in codes("2019-12-31")
    assert "GBR" not in codes("2020-02-01")


@pytest.mark.journey
def test_the_picture_of_overlaps_is_written(tmp_path: Path) -> None:
    picture = tmp_path / "overlap-PAK-2020-01-31.svg"
    done = shell("atlas", "overlap", "PAK", "--on", "2020-01-31", "--plot", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<")


@pytest.mark.journey
def test_the_catalogue_is_listed() -> None:
    listed = json.loads(shell("scenarios", "--json").stdout)["tables"]["scenarios"]
    assert listed["columns"][0]["name"] == "name"
    assert "n-cpec-plus" in {row[0] for row in listed["rows"]}


BACI = "t,i,j,k,v,q\n2020,842,699,010121,1500,2\n2020,699,842,010121,500,1\n"


@pytest.mark.journey
def test_a_data_file_is_told_by_its_header_and_loaded(tmp_path: Path) -> None:
    (tmp_path / "whatever.csv").write_text(BACI, encoding="utf-8")
    told = json.loads(shell("data", "inspect", "whatever.csv", "--json", folder=tmp_path).stdout)
    assert told["dataset"] == "baci"
    assert told["problems"] == []
    done = shell("data", "load", "whatever.csv", "--out", "tidy.csv", "--json", folder=tmp_path)
    assert json.loads(done.stdout)["rows"] == 2
    assert "USA,IND,2020" in (tmp_path / "tidy.csv").read_text(encoding="utf-8")


@pytest.mark.journey
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["data", "inspect", "missing.csv"], "missing.csv"),
        (["data", "load", "odd.csv"], "odd.csv"),
        (["data", "load", "odd.csv", "--columns", "exportr=a"], "Did you mean 'exporter'"),
        (["data", "load", "odd.csv", "--columns", "exporter=a"], "importer, value is not given"),
        (["world", "--from", "whatever.csv"], "which year"),
        (["estimate", "odd.csv"], "say what explains the trade"),
        (["estimate", "missing.toml"], "missing.toml"),
        (["estimate", "odd.csv", "-x", "distance"], "there is no column 'distance'"),
        (["potential", "PAK", "Uzbekstan"], "Uzbekistan"),
        (["potential", "PAK", "PAK"], "two different economies"),
    ],
)
def test_bad_data_get_one_message(tmp_path: Path, arguments: list[str], expected: str) -> None:
    (tmp_path / "whatever.csv").write_text(BACI, encoding="utf-8")
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = shell(*arguments, folder=tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert expected in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.journey
def test_a_file_of_ones_own_becomes_the_world(tmp_path: Path) -> None:
    (tmp_path / "whatever.csv").write_text(BACI, encoding="utf-8")
    done = shell("world", "--from", "whatever.csv", "--year", "2020", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = {row["iso3"] for row in rows_of(json.loads(done.stdout), "world_economies")}
    assert {"USA", "IND"} <= rows


@pytest.mark.journey
def test_an_estimation_prints_the_usual_table(tmp_path: Path) -> None:
    lines = ["exporter,importer,year,trade,distance"]
    for a, exporter in enumerate("ABCDEF"):
        for b, importer in enumerate("ABCDEF"):
            if a != b:
                km = 100 + 37 * abs(a - b) + 11 * ((a * b) % 5)
                lines.append(f"{exporter},{importer},2020,{1e5 / km:.3f},{km}")
    (tmp_path / "flows.csv").write_text("\n".join(lines), encoding="utf-8")
    done = shell(
        "estimate", "flows.csv", "-x", "ln_distance", "--log", "distance", "--out", "tables",
        folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "ln_distance" in done.stdout
    assert (tmp_path / "tables" / "table.tex").is_file()


@pytest.mark.journey
@pytest.mark.slow
def test_trade_potential_has_a_band() -> None:
    told = shell("potential", "PAK", "UZB", "--json").stdout
    for row in rows_of(json.loads(told), "potential"):
        assert row["potential_low"] < row["potential"] < row["potential_high"]
