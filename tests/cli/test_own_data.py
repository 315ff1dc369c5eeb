"""A user's own costs at the shell: print the defaults, replace rows, take a year of borders."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from .calling import shell


@pytest.mark.journey
@pytest.mark.slow
def test_a_printed_row_changed_by_hand_changes_the_route(tmp_path: Path) -> None:
    printed = shell("freight", "defaults", "crossings", "--csv", folder=tmp_path)
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    mine = next(row for row in rows if row["crossing"] == "torkham-road")
    mine |= {"hours_forward": "600", "hours_high_forward": "900"}
    with (tmp_path / "mine.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.DictWriter(handle, list(mine))
        out.writeheader()
        out.writerow(mine)
    before = shell("route", "Karachi", "Kabul", "--csv", folder=tmp_path)
    after = shell(
        "route", "Karachi", "Kabul", "--csv", "--data", "crossings=mine.csv", folder=tmp_path
    )
    assert after.returncode == 0, after.stderr
    assert "Torkham" in before.stdout
    assert "Torkham" not in after.stdout
    assert "2 cells of 1 rows of crossings by mine.csv (torkham-road)" in after.stderr


@pytest.mark.journey
@pytest.mark.slow
def test_borders_of_a_year_are_counted_and_listed(tmp_path: Path) -> None:
    done = shell("route", "Karachi", "Kabul", "--border-year", "2021", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Borders as observed:" in done.stderr
    listed = shell("freight", "replaced", "--border-year", "2021", "--csv", folder=tmp_path)
    assert "crossings,torkham-road,hours_forward,48.4,55.8,observations of 2021," in listed.stdout


@pytest.mark.journey
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("freight", "defaults", "crosings"), "Did you mean 'crossings'"),
        (("route", "Karachi", "Kabul", "--data", "crossings=none.csv"), "none.csv: cannot be read"),
        (("route", "Karachi", "Kabul", "--data", "crossings"), "Write crossings=my-crossings.csv"),
        (("route", "Karachi", "Kabul", "--month", "1"), "without a scenario"),
        (("run", "n-cpec-plus", "--month", "1"), "no measure states a season"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = shell(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.journey
def test_the_tables_that_can_be_replaced_are_listed(tmp_path: Path) -> None:
    done = shell("freight", "defaults", folder=tmp_path)
    for name in ("mode_costs", "terminals", "crossings", "crossing_classes", "parameters"):
        assert f"{name}: " in done.stdout


@pytest.mark.journey
@pytest.mark.slow
def test_gaps_of_a_file_of_ones_own_are_filled_on_demand(tmp_path: Path) -> None:
    rows = "exporter,importer,million_usd\nPAK,UZB,50\nUZB,PAK,60\nUSA,PAK,70\n"
    (tmp_path / "own.csv").write_text(rows, encoding="utf-8")
    read = "columns=exporter=exporter;importer=importer;value=million_usd"
    unit = ("--world-as", "unit=million_usd")
    own = ("--world", "own.csv", "--year", "2023", "--world-as", read, *unit)
    kept = shell("world", "KAZ", "DEU", *own, folder=tmp_path)
    assert kept.returncode == 2, kept.stdout
    filled = shell("world", "KAZ", "DEU", *own, "--world-as", "gaps=fill", folder=tmp_path)
    assert filled.returncode == 0, filled.stderr
    assert "207 economies were not among the flows" in filled.stderr
    assert "carried forward from earlier years" in filled.stdout
    refused = shell("world", "KAZ", *own, "--world-as", "gaps=full", folder=tmp_path)
    assert refused.returncode == 2
    assert "gaps: 'full' is not known" in refused.stderr
