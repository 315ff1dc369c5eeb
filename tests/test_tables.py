"""Claims about embedded tables: every one obeys its schema, and faults are told in full."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from landbridge import tables
from landbridge.codes import known_codes
from landbridge.errors import DataError

SCHEMA = """
title = "Crossings"
description = "Made up for the test."
source = "none"
licence = "none"
key = ["name", "year"]

[[columns]]
name = "name"
type = "text"
description = "Name"
pattern = "[A-Z][a-z]+"

[[columns]]
name = "year"
type = "integer"
description = "Year"
minimum = 1900
maximum = 2100

[[columns]]
name = "hours"
type = "number"
unit = "hours"
description = "Time"
minimum = 0
required = false

[[columns]]
name = "open"
type = "flag"
description = "Whether it is open"

[[columns]]
name = "since"
type = "date"
description = "First day"
required = false

[[columns]]
name = "mode"
type = "text"
description = "Mode"
allowed = ["road", "rail"]

[[columns]]
name = "tracks"
type = "integer"
description = "Tracks"
required = false
"""
HEADER = "name,year,hours,open,since,mode,tracks"
GOOD = "Torkham,2023,12.5,true,2001-10-07,road,"


def write(folder: Path, *rows: str, header: str = HEADER, schema: str = SCHEMA) -> Path:
    path = folder / "crossings.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    path.with_name("crossings.schema.toml").write_text(schema, encoding="utf-8")
    return path


EMBEDDED = [
    pytest.param(path, id=f"{path.parents[1].name}/{path.stem}")
    for path in tables.embedded_tables()
]


@pytest.mark.unit
@pytest.mark.parametrize("path", EMBEDDED)
def test_an_embedded_table_obeys_its_schema(path: Path) -> None:
    assert len(tables.read_table(path)) > 0


@pytest.mark.unit
@pytest.mark.parametrize("path", EMBEDDED)
def test_an_embedded_table_states_source_licence_and_columns(path: Path) -> None:
    schema = tables.read_schema(path)
    assert schema.source.strip()
    assert schema.licence.strip()
    assert all(column.description.strip() for column in schema.columns)


@pytest.mark.unit
@pytest.mark.parametrize("path", EMBEDDED)
def test_an_embedded_table_names_known_economies_only(path: Path) -> None:
    table = tables.read_table(path)
    known = set(known_codes())
    for column in table.columns:
        if column == "iso3" or column.startswith("iso3_"):
            named = set(table[column].astype(str)) - {""}
            assert named <= known, (column, sorted(named - known))


@pytest.mark.unit
def test_the_five_tables_of_economies_are_embedded() -> None:
    found = {path.stem for path in tables.embedded_tables()}
    assert {"economies", "economy_names", "centres", "land_borders", "pair_ties"} <= found


@pytest.mark.unit
def test_a_good_table_comes_back_typed(tmp_path: Path) -> None:
    table = tables.read_table(write(tmp_path, GOOD, "Chaman,2023,,false,,rail,2"))
    assert table["year"].dtype == "int64"
    assert table["tracks"].dtype == "Int64"
    assert table["hours"].dtype == "float64"
    assert table["open"].tolist() == [True, False]
    assert table["since"].iloc[0] == pd.Timestamp(2001, 10, 7)
    assert pd.isna(table["since"].iloc[1])
    assert pd.isna(table["hours"].iloc[1])


@pytest.mark.unit
def test_na_is_a_text_and_not_missing(tmp_path: Path) -> None:
    schema = SCHEMA.replace('pattern = "[A-Z][a-z]+"\n', "")
    table = tables.read_table(write(tmp_path, "NA,2023,1,true,,road,", schema=schema))
    assert table["name"].tolist() == ["NA"]


@pytest.mark.unit
def test_all_faults_are_told_at_once_with_row_and_column(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        GOOD,
        "torkham,2023,12.5,true,2001-10-07,road,",  # pattern
        "Chaman,1800,-1,yes,07.10.2001,boat,1.5",  # range, range, flag, date, allowed, whole
        "Taftan,,many,true,,rail,",  # missing, not a number
    )
    with pytest.raises(DataError) as raised:
        tables.read_table(path)
    message = str(raised.value)
    assert str(path) in message
    for fragment in (
        "column name, row 3: does not fit",
        "column year, row 4: below 1900",
        "column year, row 5: a value is missing",
        "column hours, row 4: below 0",
        "column hours, row 5: ['many'] not a number",
        "column open, row 4: write true or false",
        "column since, row 4: write a date as YYYY-MM-DD",
        "column mode, row 4: ['boat'] not among ['road', 'rail']",
        "column tracks, row 4: write a whole number",
    ):
        assert fragment in message, fragment


@pytest.mark.unit
def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"key \['name', 'year'\], row 3: the same key"):
        tables.read_table(write(tmp_path, GOOD, GOOD))


@pytest.mark.unit
def test_many_faults_are_counted_and_cut(tmp_path: Path) -> None:
    rows = [f"Place{'x' * n},1800,-1,yes,soon,boat,half" for n in range(30)]
    wide = SCHEMA + "".join(
        f'\n[[columns]]\nname = "extra{n}"\ntype = "flag"\ndescription = "x"\n' for n in range(30)
    )
    header = HEADER + "".join(f",extra{n}" for n in range(30))
    path = write(tmp_path, *(row + ",no" * 30 for row in rows), header=header, schema=wide)
    with pytest.raises(DataError, match=r"3\d faults") as raised:
        tables.read_table(path)
    assert "more" in str(raised.value)
    assert "rows 2, 3, 4, 5, 6, ..." in str(raised.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    "header", ["name,year", HEADER + ",colour", HEADER.replace("year", "jahr")]
)
def test_other_columns_than_the_schema_names_are_refused(tmp_path: Path, header: str) -> None:
    row = ",".join("1" for _ in header.split(","))
    with pytest.raises(DataError, match="the schema says"):
        tables.read_table(write(tmp_path, row, header=header))


@pytest.mark.unit
def test_a_table_without_a_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lonely.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match="no schema beside it"):
        tables.read_table(path)


@pytest.mark.unit
def test_an_embedded_table_is_a_fresh_copy() -> None:
    first = tables.embedded_table("atlas", "economies")
    first.loc[:, "name"] = "changed"
    assert "changed" not in set(tables.embedded_table("atlas", "economies")["name"])
