"""Worlds with sectors at the shell: shown, run and studied on tables of one's own."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from .calling import rows_of, shell

pytestmark = pytest.mark.journey

ECONOMIES = ("KAZ", "PAK", "ROW", "UZB")
SECTORS = ("A", "C29", "G")
SCENARIO = """
format = 1
name = "less-duty"
title = "Less duty"
summary = "A tariff falls."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB", "AFG"]

[[measures]]
kind = "change_tariff_equivalent"
id = "less"
title = "Pakistan charges less"
exporters = ["UZB"]
importers = ["PAK"]
from_percent = 12.0
to_percent = 2.0
source = "none"
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    rng = np.random.default_rng(1)
    cells = [(one, two, s) for one in ECONOMIES for two in ECONOMIES for s in SECTORS]
    with (folder / "trade.csv").open("w", newline="", encoding="utf-8") as handle:
        rows = csv.writer(handle)
        rows.writerow(["exporter", "importer", "sector", "million_usd"])
        for one, two, sector in cells:
            rows.writerow([one, two, sector, rng.uniform(5, 20) * (20 if one == two else 1)])
    with (folder / "use.csv").open("w", newline="", encoding="utf-8") as handle:
        rows = csv.writer(handle)
        rows.writerow(["economy", "input", "user", "share"])
        rows.writerows([e, i, u, 0.12] for e in ECONOMIES for i in SECTORS for u in SECTORS)
    with (folder / "duties.csv").open("w", newline="", encoding="utf-8") as handle:
        rows = csv.writer(handle)
        rows.writerow(["exporter", "importer", "sector", "percent"])
        rows.writerows([a, b, s, 12] for a, b, s in cells if a != b and s != "G")
    return folder


def test_a_world_with_sectors_is_shown(tables: Path) -> None:
    done = shell("world", "--sectors")
    assert done.returncode == 0, done.stderr
    assert "UZB" in done.stdout
    own = shell("world", "uzbekistan", "--sectors", "--tables", str(tables), "--json")
    assert own.returncode == 0, own.stderr
    told = rows_of(json.loads(own.stdout), "world_sectors")
    assert [row["sector"] for row in told] == list(SECTORS)
    assert told[0]["tariff_percent"] == pytest.approx(12.0)
    rest = shell("world", "row", "--sectors", "--tables", str(tables), "--csv")
    assert rest.stdout.splitlines()[0].startswith("sector,industry,output_million_usd")


@pytest.mark.slow
def test_a_run_on_own_tables_writes_its_industries(tables: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "less-duty.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    done = shell(
        "run", str(scenario), "--sectors", "--tables", str(tables), "--draws", "0", "--jobs", "1",
        "--set", "choice=least", "--elasticities", "caliendo-parro", "--closure", "additive",
        "--path", "2", "--out", str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "With the given tables, industries and their inputs" in " ".join(done.stdout.split())
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert any("Partners that the tables do not hold" in note for note in results["notes"])
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Published formula" in page
    assert "Capital year by year" in page
    assert "a model of 3 industries" in page
    with (tmp_path / "tables" / "industry_parts.csv").open(encoding="utf-8") as handle:
        kinds = {row["by"] for row in csv.DictReader(handle)}
    assert kinds == {"all", "industry", "partner"}


def test_suppliers_are_studied_on_own_tables(tables: Path, tmp_path: Path) -> None:
    done = shell(
        "depend", "PAK", "--sector", "C29", "--tables", str(tables), "--draws", "2", "--jobs", "1",
        "--out", str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"Report: {tmp_path / 'suppliers.html'}" in done.stdout
    assert (tmp_path / "suppliers.xlsx").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("world", "--tables", "x"), "--tables: is of the world with sectors. Write --sectors"),
        (("world", "PAK", "--sectors", "--partner", "UZB"), "--partner: is of the world without"),
        (("world", "PAK", "--sectors", "--detail", "30"), "there are 20 or 50 sectors, not 30"),
        (("world", "--sectors", "--tables", "nowhere"), "there is no such file or folder"),
        (("world", "--sectors", "--tables-year", "2020"), "says the year of --tables"),
        (("run", "n-cpec-plus", "--detail", "50"), "--detail: belongs to a run by industry"),
        (
            ("run", "n-cpec-plus", "--sectors", "--elasticities", "eaton-kortun-2002"),
            "Did you mean 'eaton-kortum-2002'?",
        ),
        (("depend", "PAK", "--sector", "C29", "--elasticities", "own"), "hold no elasticities"),
    ],
)
def test_a_wrong_word_is_one_clear_message(arguments: tuple[str, ...], message: str) -> None:
    done = shell(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("landbridge: ")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_economy_that_the_tables_lack_is_named(tables: Path) -> None:
    done = shell("world", "FRA", "--sectors", "--tables", str(tables))
    assert done.returncode == 2
    assert "France is not in the world with sectors" in done.stderr
