"""Claims about tidy tables in any format, and the units and columns that the user states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import xlsxwriter

from landbridge.errors import FaultsError, InputError
from landbridge.sources import ColumnMap, Limits, LoadOptions, load

MAP = ColumnMap(exporter="from", importer="to", value="worth", unit="thousand_usd", year="when")
FRAME = pd.DataFrame(
    {
        "from": ["Pakistan", "PAK", "Korea, Rep."],
        "to": ["Uzbekistan", "KAZ", "pak"],
        "when": [2020, 2020, 2021],
        "worth": [1500.0, 0.0, 2.25],
    }
)
EXPECTED = [["KOR", "PAK", 2021, 0.00225], ["PAK", "KAZ", 2020, 0.0], ["PAK", "UZB", 2020, 1.5]]


def write(path: Path, frame: pd.DataFrame, kind: str) -> Path:
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "stata":
        frame.to_stata(path, write_index=False, version=118)
    elif kind == "parquet":
        with duckdb.connect() as connection:
            connection.register("frame", frame.astype(object))
            connection.execute(f"COPY frame TO '{path}' (FORMAT parquet)")
    else:
        with xlsxwriter.Workbook(str(path)) as book:
            book.add_worksheet("notes").write(0, 0, "See the other sheet")
            page = book.add_worksheet("data")
            page.write_row(0, 0, list(frame))
            for at, row in enumerate(frame.itertuples(index=False), start=1):
                page.write_row(at, 0, list(row))
    return path


@pytest.mark.unit
@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "stata"])
@pytest.mark.parametrize("limits", [Limits(), Limits(copy_bytes=0)], ids=["copied", "anew"])
def test_the_same_table_comes_out_of_every_format(
    tmp_path: Path, kind: str, limits: Limits
) -> None:
    path = write(tmp_path / "table", FRAME, kind)
    loaded = load(
        path, LoadOptions(columns=MAP, sheet="data" if kind == "xlsx" else ""), limits=limits
    )
    columns = ["exporter", "importer", "year", "value_million_usd"]
    assert loaded.table[columns].to_numpy().tolist() == EXPECTED
    assert loaded.counts.read == 3


@pytest.mark.unit
@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "stata"])
def test_a_known_release_is_recognised_in_every_format(
    tmp_path: Path, made: Any, kind: str
) -> None:
    frame = pd.read_csv(made.baci([(2020, 842, 699, "010121", 1500, 2.0)]), dtype={"k": str})
    loaded = load(write(tmp_path / "table", frame, kind))
    assert loaded.provenance.dataset == "baci"
    assert loaded.table["value_million_usd"].tolist() == [1.5]


@pytest.mark.unit
def test_a_table_that_states_its_unit_by_name_needs_no_map(made: Any) -> None:
    header = ["exporter", "importer", "year", "value_million_usd"]
    loaded = load(made.text("x.csv", header, [("PAK", "UZB", 2020, 5)]))
    assert loaded.provenance.dataset == "tidy"
    assert loaded.table["value_million_usd"].tolist() == [5.0]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("unit", "factor"),
    [("usd", 1e-6), ("thousand_usd", 1e-3), ("million_usd", 1), ("billion_usd", 1e3)],
)
def test_values_come_in_million_usd_from_any_unit(made: Any, unit: Any, factor: float) -> None:
    path = made.text("x.csv", ["from", "to", "v", "u"], [("PAK", "UZB", 8, unit.replace("_", " "))])
    stated = ColumnMap("from", "to", "v", unit=unit, only_year=2020)
    told = ColumnMap("from", "to", "v", unit_column="u", only_year=2020)
    for columns in (stated, told):
        loaded = load(path, LoadOptions(columns=columns))
        assert loaded.table["value_million_usd"].tolist() == [pytest.approx(8 * factor, rel=1e-12)]


@pytest.mark.unit
def test_mixed_units_are_refused_with_their_rows(made: Any) -> None:
    rows = [("PAK", "UZB", 8, "USD"), ("PAK", "KAZ", 9, "thousand USD")]
    path = made.text("x.csv", ["from", "to", "v", "u"], rows)
    columns = ColumnMap("from", "to", "v", unit_column="u", only_year=2020)
    with pytest.raises(FaultsError, match=r"usd \(from row 2\), thousand_usd \(from row 3\)"):
        load(path, LoadOptions(columns=columns))


@pytest.mark.unit
def test_an_unknown_unit_is_refused(made: Any) -> None:
    path = made.text("x.csv", ["from", "to", "v", "u"], [("PAK", "UZB", 8, "EUR")])
    columns = ColumnMap("from", "to", "v", unit_column="u", only_year=2020)
    with pytest.raises(FaultsError, match="the unit is 'eur'"):
        load(path, LoadOptions(columns=columns))


@pytest.mark.unit
def test_faults_of_the_map_are_told_at_once(made: Any) -> None:
    path = made.text("x.csv", ["from", "to", "worth"], [("PAK", "UZB", 8)])
    columns = ColumnMap("form", "to", "wroth")
    with pytest.raises(InputError) as raised:
        load(path, LoadOptions(columns=columns))
    message = str(raised.value)
    for part in ("Did you mean 'from'", "Did you mean 'worth'", "unit:", "year:"):
        assert part in message


@pytest.mark.unit
def test_decimal_commas_are_read_when_stated(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("from;to;v\nPAK;UZB;1.234,5\n")
    columns = ColumnMap("from", "to", "v", unit="million_usd", only_year=2020, decimal=",")
    assert load(path, LoadOptions(columns=columns)).table["value_million_usd"].tolist() == [1234.5]
    plain = ColumnMap("from", "to", "v", unit="million_usd", only_year=2020)
    with pytest.raises(FaultsError, match="no finite number"):
        load(path, LoadOptions(columns=plain))


@pytest.mark.unit
def test_sectors_and_products_are_kept_or_added_up(made: Any) -> None:
    rows = [("PAK", "UZB", 2020, "a", "1", 5), ("PAK", "UZB", 2020, "a", "2", 6)]
    path = made.text("x.csv", ["from", "to", "y", "s", "p", "v"], rows)
    columns = ColumnMap("from", "to", "v", unit="usd", year="y", sector="s", product="p")
    table = {
        detail: load(path, LoadOptions(columns=columns, detail=detail)).table
        for detail in ("total", "sector", "product")
    }
    assert [len(table[detail]) for detail in ("total", "sector", "product")] == [1, 1, 2]
    assert "sector" not in table["total"]
    assert "product" not in table["sector"]


@pytest.mark.unit
def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", FRAME, "xlsx")
    with pytest.raises(InputError, match="Did you mean 'data'"):
        load(path, LoadOptions(columns=MAP, sheet="date"))


@pytest.mark.unit
def test_the_sheet_with_a_known_header_is_found(tmp_path: Path, made: Any) -> None:
    frame = pd.read_csv(made.baci([(2020, 842, 699, "010121", 1500, 2.0)]), dtype={"k": str})
    assert load(write(tmp_path / "x.xlsx", frame, "xlsx")).provenance.dataset == "baci"
