"""The options by which a user says how a file of their own is read, and what misuse is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from .calling import rows_of, shell
from .test_journeys import BACI

pytestmark = pytest.mark.journey

OWN = """von;nach;wert;einheit
Pakistan;Usbekistan;1.234,5;million USD
PAK;UZB;2,5;million USD
UZB;PAK;7;million USD
"""
COLUMNS = "exporter=von,importer=nach,value=wert,unit=einheit"
READ = ("--columns", COLUMNS, "--decimal", "comma")
WDI = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2020",\n'
    '"Pakistan","PAK","GDP","NY.GDP.MKTP.CD","2e11",\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.csv").write_text(OWN, encoding="utf-8")
    (tmp_path / "baci.csv").write_text(BACI, encoding="utf-8")
    (tmp_path / "wdi.csv").write_text(WDI, encoding="utf-8")
    with xlsxwriter.Workbook(str(tmp_path / "book.xlsx")) as book:
        book.add_worksheet("notes").write(0, 0, "See the other sheet")
        page = book.add_worksheet("flows")
        page.write_row(0, 0, ["von", "nach", "wert"])
        page.write_row(1, 0, ["PAK", "UZB", 3.5])
    return tmp_path


def test_a_table_with_decimal_commas_units_and_one_year(folder: Path) -> None:
    read = ("data", "load", "own.csv", *READ, "--only-year", "2020", "--json")
    done = shell(*read, "--unknown", "drop", folder=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"] == 2
    dropped = next(row for row in told["counts"] if row["what"] == "dropped")
    assert dropped["million_usd"] == pytest.approx(1234.5)
    kept = json.loads(shell(*read, "--unknown", "keep", folder=folder).stdout)
    assert kept["rows"] == 3
    assert any("kept as written: 'Usbekistan'" in line for line in kept["warnings"])
    failed = shell(*read, folder=folder)
    assert failed.returncode == 2
    assert "Did you mean 'Uzbekistan'" in failed.stderr


def test_a_sheet_of_a_workbook(folder: Path) -> None:
    done = shell(
        "data", "inspect", "book.xlsx", "--sheet", "flows", "--only-year", "2020", "--json",
        "--columns", "exporter=von,importer=nach,value=wert", "--unit", "billion_usd",
        folder=folder,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert (told["rows"], told["years"], told["problems"]) == (1, [2020], [])


def test_flows_by_product_or_in_total(folder: Path) -> None:
    loaded = {
        detail: json.loads(
            shell("data", "load", "baci.csv", "--detail", detail, "--json", folder=folder).stdout
        )
        for detail in ("product", "total")
    }
    assert "product" in loaded["product"]["columns"]
    assert "product" not in loaded["total"]["columns"]


def test_a_world_with_its_own_gdp_and_without_traded_services(folder: Path) -> None:
    done = shell(
        "world", "--from", "baci.csv", "--year", "2020", "--gdp", "wdi.csv", "--services", "none",
        "--domestic", "gdp", "--json", folder=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "GDP of 2020 from wdi.csv; from the embedded accounts for 2" in done.stderr
    assert "services are not traded in this world" in done.stderr
    rows = rows_of(json.loads(done.stdout), "world_economies")
    usa = next(row for row in rows if row["iso3"] == "USA")
    assert usa["exports_million_usd"] == pytest.approx(1.5)


def test_a_table_of_ones_own_becomes_the_world(folder: Path) -> None:
    done = shell(
        "world", "PAK", "--from", "own.csv", "--year", "2020", *READ, "--unknown", "drop",
        "--json", folder=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    listed = rows_of(json.loads(done.stdout), "world_pairs")
    rows = {(row["exporter"], row["importer"]): row for row in listed}
    assert rows["UZB", "PAK"]["goods_million_usd"] == pytest.approx(7.0)
    assert rows["UZB", "PAK"]["status_goods"] == "from the file"


@pytest.mark.slow
def test_fitted_flows_stand_beside_observed_ones() -> None:
    done = shell("world", "PAK", "--fitted", "--json")
    listed = rows_of(json.loads(done.stdout), "world_pairs")
    rows = [row for row in listed if row["exporter"] != row["importer"]]
    assert all(row["goods_fitted_million_usd"] > 0 for row in rows)
    sold = [row for row in rows if row["exporter"] == "PAK"]
    observed, fitted = (
        sum(row[name] for row in sold) for name in ("goods_million_usd", "goods_fitted_million_usd")
    )
    assert fitted == pytest.approx(observed, rel=1e-8)
    assert "Totals are kept" in " ".join(json.loads(done.stdout)["notes"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["data", "load", "own.csv", "--decimal", "comma"], "Write --columns exporter=COLUMN"),
        (["data", "load", "own.csv", "--unit", "usd", "--holds", "all"], "--unit, --holds: only"),
        (["data", "load", "own.csv", "--columns", COLUMNS], "no year is given"),
        (
            ["data", "load", "own.csv", "--columns", f"{COLUMNS},year=wert", "--only-year", "2020"],
            "the year is given twice",
        ),
        (["data", "load", "own.csv", "--columns", "exporter"], "'exporter' is no pair of key"),
        (["data", "load", "own.csv", "--columns", "value=a,value=b"], "'value' stands twice"),
        (
            ["data", "load", "own.csv", *READ, "--unit", "usd", "--only-year", "2020"],
            "the unit is given twice",
        ),
        (
            ["data", "load", "own.csv", *READ, "--only-year", "2020", "--detail", "sector"],
            "no column of sectors is named. Name it",
        ),
        (["data", "load", "baci.csv", "--only-year", "20"], "only-year"),
        (["data", "load", "baci.csv", "--sheet", "1"], "the file is no workbook (.xlsx)."),
        (["data", "load", "baci.csv", "--detail", "fine"], "'fine' is not one of"),
        (["data", "load", "baci.csv", "--variable", "dist"], "no variables to choose from"),
        (["data", "load", "baci.csv", "--out", "baci.csv"], "it would be lost"),
        (["data", "load", "wdi.csv", "--detail", "total"], "comes in one detail only"),
        (["data", "load", "wdi.csv", "--unknown", "keep"], "each must be a known economy"),
        (["data", "load", "book.xlsx", "--sheet", "flow"], "Did you mean 'flows'"),
        (["data", "load", "own.csv", "--unknown", "ignore"], "'ignore' is not one of"),
        (["world", "--gdp", "wdi.csv"], "Write --world FILE too."),
        (["world", "--services", "none", "--reporter", "exporter"], "--services, --reporter: says"),
        (
            ["world", "--from", "baci.csv", "--year", "2020", "--reporter", "importer"],
            "the file has one report of each flow",
        ),
        (
            ["world", "--from", "own.csv", "--year", "2020", *READ, "--unknown", "drop",
             "--holds", "all", "--services", "none"],
            "the file holds services itself",
        ),
        (["world", "--from", "baci.csv", "--year", "2020", "--gdp", "baci.csv"], "no file of GDP"),
        (["world", "--from", "wdi.csv", "--year", "2020"], "holds no trade flows"),
        (["world", "PAK", "--json", "--csv"], "one of them only"),
        (
            ["world", "USA", "--from", "baci.csv", "--year", "2020", "--fitted"],
            "only 2 flows of goods rest on a published figure; an equation needs 100",
        ),
        (["world", "--fitted"], "fitted flows are shown by pair. Name an economy."),
    ],
)  # fmt: skip
def test_misuse_gets_one_message(folder: Path, arguments: list[str], expected: str) -> None:
    before = (folder / "baci.csv").read_bytes()
    done = shell(*arguments, folder=folder)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert expected in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert (folder / "baci.csv").read_bytes() == before


ESTIMATION = """
data = "flows.csv"
[design]
rates = [{column = "tariff", unit = "ratio"}]
[[equations]]
regressors = ["ln_tariff_factor"]
[handover]
elasticity_from = "ln_tariff_factor"
"""


SCENARIO = """
format = 1
name = "small"
title = "A tariff less"
summary = "One tariff."
date = 2026-01-01
[focus]
economy = "PAK"
partners = ["UZB"]
[[measures]]
id = "tariff"
kind = "change_tariff_equivalent"
title = "A tariff less"
source = "made up"
exporters = ["PAK"]
importers = ["UZB"]
from_percent = 10
to_percent = 5
"""


def flows(folder: Path) -> None:
    lines = ["exporter,importer,year,trade,tariff"]
    for a, exporter in enumerate("ABCDEFGH"):
        for b, importer in enumerate("ABCDEFGH"):
            for year in (2018, 2019):
                rate = ((7 * a + 5 * b + 3 * year) % 11) / 40
                noise = 1 + ((3 * a + 7 * b + year) % 5) / 50
                trade = (a + 1) * (b + 2) * (1 + rate) ** -5 * noise
                lines.append(f"{exporter},{importer},{year},{trade:.6f},{rate}")
    (folder / "flows.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "spec.toml").write_text(ESTIMATION, encoding="utf-8")


@pytest.mark.slow
def test_an_estimate_goes_into_a_run_told_as_json_and_nothing_is_written(tmp_path: Path) -> None:
    flows(tmp_path)
    done = shell("estimate", "spec.toml", "--out", "tables", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    before = set(tmp_path.iterdir())
    done = shell(
        "run",
        "small.toml",
        "--set",
        "choice=least",
        "--draws",
        "0",
        "--json",
        "--estimates",
        "tables",
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["run"]["scenario_name"] == "small"
    assert set(tmp_path.iterdir()) == before
    assert "Estimated and drawn together: trade_elasticity" in json.dumps(told)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["estimate", "spec.toml", "-x", "tariff"], "--regressor: stands in the estimation file"),
        (["estimate", "spec.toml", "--out", "flows.csv"], "is a file, not a folder"),
        (["estimate", "flows.csv", "-x", "tarif"], "Did you mean 'tariff'"),
        (["estimate", "flows.csv", "-x", "tariff", "-f", "pairs"], "Did you mean 'pair'"),
        (["estimate", "flows.csv", "-x", "tariff", "--estimator", "pmml"], "Did you mean 'ppml'"),
        (["estimate", "flows.csv", "-x", "trade"], "options: 1 fault - the outcome 'trade' stands"),
        (["estimate", "flows.csv", "-x", "tariff", "--offset", "shift"], "no column 'shift'"),
        (["estimate", "flows.csv", "-x", "tariff", "--year", "1900"], "no rows of 1900"),
        (["estimate", "flows.csv", "-x", "tariff", "--draws", "1"], "draws: must not be below 2"),
        (["run", "n-cpec-plus", "--estimates", "absent"], "there is no folder 'absent'"),
        (["run", "n-cpec-plus", "--estimates", "."], "Add a [handover] section"),
        (["potential", "PRK", "PAK"], "North Korea is not in the world of 2023"),
    ],
)
def test_misuse_of_estimates_gets_one_message(
    tmp_path: Path, arguments: list[str], expected: str
) -> None:
    flows(tmp_path)
    before = set(tmp_path.iterdir())
    done = shell(*arguments, folder=tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert expected in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert set(tmp_path.iterdir()) == before


def test_options_say_what_a_specification_says(tmp_path: Path) -> None:
    flows(tmp_path)
    text = (tmp_path / "flows.csv").read_text(encoding="utf-8")
    renamed = text.replace("exporter,importer,year,trade", "from,to,yr,worth", 1)
    (tmp_path / "named.csv").write_text(renamed, encoding="utf-8")
    done = shell(
        "estimate", "named.csv", "-x", "tariff", "--exporter", "from", "--importer", "to",
        "--year-column", "yr", "--outcome", "worth", "--cluster", "exporter", "--cluster",
        "importer", "-f", "exporter-year", "-f", "importer-year", "-f", "symmetric-pair", "--json",
        folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    row = rows_of(json.loads(done.stdout), "coefficients")[0]
    assert row["term"] == "tariff"
    assert row["estimate"] < 0
    crossed = shell(
        "estimate", "flows.csv", "-x", "tariff", "-f", "none", "--year-column", "none", "--year",
        "2018", "--json", folder=tmp_path,
    )  # fmt: skip
    assert crossed.returncode == 2
    assert "year" in crossed.stderr
