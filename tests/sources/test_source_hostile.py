"""Claims about files that mean harm or are damaged: refused with a reason, and quickly."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from landbridge.errors import DataError, FaultsError, InputError, LandbridgeError
from landbridge.sources import ColumnMap, Limits, LoadOptions, inspect, load
from landbridge.sources.files.headers import Sheet
from landbridge.sources.files.limits import MIB
from landbridge.sources.files.stage import open_stage

SECONDS = 5.0  # a hostile file is refused within this
HEADER = "t,i,j,k,v,q\n"
ROW = "2020,842,699,010121,1,1\n"
TIDY = ColumnMap(exporter="from", importer="to", value="v", unit="usd", only_year=2020)


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def refused(path: Path, *reasons: str, kind: type[LandbridgeError] = DataError) -> None:
    start = time.perf_counter()
    with pytest.raises(kind) as raised:
        load(path)
    assert time.perf_counter() - start < SECONDS
    for reason in reasons:
        assert reason in str(raised.value), str(raised.value)


# Archives ----------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize(
    "name",
    ["../out.csv", "a/../../out.csv", "/etc/out.csv", "..\\out.csv", "C:out.csv", "C:\\x.csv"],
)
def test_a_member_that_would_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "x.zip", (name, (HEADER + ROW).encode()))
    refused(path, "would leave the folder")
    assert {entry.name for entry in tmp_path.iterdir()} == {"x.zip"}


@pytest.mark.unit
def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "x.zip", (link("a.csv"), b"/etc/passwd")), "is a link")


@pytest.mark.unit
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("a.csv", b"0" * (64 * MIB)))
    assert path.stat().st_size < MIB
    refused(path, "times its size")


@pytest.mark.unit
def test_many_small_bombs_are_refused_together(tmp_path: Path) -> None:
    members = [(f"{n}.csv", b"0" * (MIB - 1)) for n in range(40)]
    refused(zipped(tmp_path / "x.zip", *members), "times its size")


@pytest.mark.unit
def test_a_size_that_lies_is_found_on_unpacking(tmp_path: Path) -> None:
    content = (HEADER + ROW * 2000).encode()
    path = zipped(tmp_path / "x.zip", ("a.csv", content))
    data = bytearray(path.read_bytes())
    true, false = struct.pack("<I", len(content)), struct.pack("<I", 100)
    path.write_bytes(bytes(data).replace(true, false))
    refused(path, "cannot be unpacked")


@pytest.mark.unit
def test_an_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    members = [(f"{n}.csv", b"x") for n in range(2001)]
    refused(zipped(tmp_path / "x.zip", *members), "2001 members")


@pytest.mark.unit
def test_an_archive_inside_an_archive_stays_closed(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", HEADER + ROW)
    path = zipped(tmp_path / "x.zip", ("inner.zip", inner.getvalue()), ("readme.txt", b"hello"))
    refused(path, "no table with a known header", "inner.zip")


@pytest.mark.unit
def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("a.csv", os.urandom(5000)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, "cut off")
    path.write_bytes(b"PK\x03\x04" + b"x" * 100)
    refused(path, "cut off")


@pytest.mark.unit
def test_an_encrypted_member_and_a_name_that_stands_twice_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("a.csv", (HEADER + ROW).encode()))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    refused(path, "is encrypted")
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(tmp_path / "y.zip", ("a.csv", b"x"), ("a.csv", b"y"))
    refused(twice, "stands twice")


@pytest.mark.unit
def test_an_archive_of_two_data_sets_is_refused(made: Any) -> None:
    flows = made.baci([(2020, 842, 699, "010121", 1, 1)])
    other = made.itpd([made.industry("PAK", "UZB", 1, 1)])
    path = made.zipped("x.zip", {"a.csv": flows, "b.csv": other})
    refused(path, "several data sets")


# Text --------------------------------------------------------------------------------------------


@pytest.mark.unit
def test_a_header_of_a_million_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(",".join(f"c{n}" for n in range(1_000_000)) + "\n1\n")
    refused(path, "first line is longer")
    path.write_text("," * 1_000_000 + "\n")
    refused(path, "1,000,001 columns")


@pytest.mark.unit
def test_a_file_without_an_end_of_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"x" * (8 * MIB))
    refused(path, "this is no table")


@pytest.mark.unit
def test_an_embedded_nul_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes((HEADER + ROW).encode() + b"2020,842\x00,699,010121,1,1\n")
    refused(path, "byte 44 is NUL")


@pytest.mark.unit
def test_utf_16_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes((HEADER + ROW).encode("utf-16"))
    refused(path, "UTF-16", "Save it as UTF-8")


@pytest.mark.unit
def test_an_empty_file_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "x.csv"
    empty.touch()
    refused(empty, "empty")
    refused(tmp_path, "a folder", kind=InputError)
    refused(tmp_path / "no.csv", "no such file", kind=InputError)


@pytest.mark.unit
def test_a_pipe_is_refused_without_being_opened(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    refused(path, "no regular file", kind=InputError)


@pytest.mark.unit
@pytest.mark.parametrize("word", ["inf", "-inf", "Infinity", "1e999"])
def test_a_flood_of_infinities_is_refused_with_a_count(tmp_path: Path, word: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        HEADER + "".join(f"2020,842,{n},010121,{word},1\n" for n in (4, 8, 12) * 20_000)
    )
    refused(path, "no finite number", "59,995 more", kind=FaultsError)


@pytest.mark.unit
def test_a_flood_of_nans_is_unknown_and_not_zero(made: Any) -> None:
    rows = [(2020, 842, 699, f"{n:06d}", "NaN", "nan") for n in range(5000)]
    loaded = load(made.baci(rows))
    assert loaded.counts.unknown == 5000
    assert loaded.table["value_million_usd"].isna().all()


@pytest.mark.unit
@pytest.mark.parametrize("limits", [Limits(), Limits(copy_bytes=0)], ids=["copied", "anew"])
def test_ragged_lines_are_told_all_at_once(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + ROW + "2020,842\n" + ROW.replace("1,1", "1,1,9,9") + ROW)
    with pytest.raises(FaultsError) as raised:
        load(path, limits=limits)
    assert len(raised.value.faults) == 2
    assert "line 3: missing columns" in str(raised.value)
    assert "line 4: too many columns" in str(raised.value)


@pytest.mark.unit
def test_a_quote_that_never_closes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + '2020,842,699,"010121,1,1\n' + ROW * 100_000)
    with pytest.raises(FaultsError, match="line 2: unquoted value"):
        load(path)


@pytest.mark.unit
@pytest.mark.parametrize(
    "name",
    [
        "x'); DROP TABLE raw; --",
        "\"; COPY raw TO '/tmp/x'; --",
        "c0",
        "select",
        "a b\tc",
    ],
)
def test_nothing_in_a_file_is_run_as_a_query(tmp_path: Path, name: str) -> None:
    quoted = name.replace('"', '""')
    path = tmp_path / 'it\'s "quoted".csv'
    path.write_text(f'"{quoted}",to,v\n"PAK","{quoted}",5\n')
    columns = ColumnMap(exporter=name, importer="to", value="v", unit="usd", only_year=2020)
    with pytest.raises(FaultsError, match="not a known economy"):
        load(path, LoadOptions(columns=columns))
    path.write_text(f'"{quoted}",to,v\n"PAK","UZB",5\n')
    assert load(path, LoadOptions(columns=columns)).counts.table == 1


@pytest.mark.unit
def test_a_cell_defused_as_a_formula_is_read_as_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("from,to,v\n'=PAK,UZB,5\n")
    with pytest.raises(FaultsError, match="'=PAK' is not a known economy"):
        load(path, LoadOptions(columns=TIDY))


@pytest.mark.unit
def test_the_engine_reads_the_given_file_and_no_other(made: Any, tmp_path: Path) -> None:
    path = made.baci([(2020, 842, 699, "010121", 1, 1)])
    other = tmp_path / "secret.csv"
    other.write_text("a\n1\n")
    sheet = Sheet(path, "x", "csv", ("t", "i", "j", "k", "v", "q"))
    with open_stage([sheet], ["t"], Limits()) as stage:
        for query in (
            f"SELECT * FROM read_csv('{other}')",  # noqa: S608
            f"SELECT * FROM read_text('{other}')",  # noqa: S608
            f"COPY raw TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'x.db'}'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET enable_external_access=true",
            "SET memory_limit='64GB'",
            "SELECT * FROM read_csv('https://example.org/x.csv')",
        ):
            with pytest.raises(DataError):
                stage.run(query)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.unit
def test_too_many_different_codes_are_no_economies(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + "".join(f"2020,842,x{n},010121,1,1\n" for n in range(25_000)))
    refused(path, "20,000 different codes", kind=FaultsError)


# Limits ------------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(file_bytes=50), "bytes; at most 50"),
        (Limits(rows=5), "5 rows"),
        (Limits(rows=5, copy_bytes=0), "at most 5"),
        (Limits(table_rows=5), "more than 5 rows"),
        (Limits(columns=3), "at most 3"),
    ],
)
def test_a_file_beyond_a_limit_is_refused(made: Any, limits: Limits, reason: str) -> None:
    rows = [(2020, 842, 699, f"{n:06d}", 1, 1) for n in range(10)]
    with pytest.raises(DataError, match=reason):
        load(made.baci(rows), LoadOptions(detail="product"), limits=limits)


@pytest.mark.unit
def test_little_memory_gives_an_answer_or_a_reason(made: Any) -> None:
    rows = [(2020, 842, 699, f"{n:06d}", 1, 1) for n in range(50_000)]
    path = made.baci(rows)
    for limits in (Limits(memory_bytes=64 * MIB), Limits(memory_bytes=8 * MIB, temp_bytes=MIB)):
        try:
            assert load(path, limits=limits).counts.read == 50_000
        except DataError as error:
            assert "memory" in str(error)  # noqa: PT017 - either end is right


# Workbooks, Stata, parquet -----------------------------------------------------------------------


def workbook(path: Path, rows: list[list[object]], **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, content in {"data": rows, **sheets}.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(content):
                page.write_row(at, 0, row)
    return path


@pytest.mark.unit
def test_a_workbook_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.xlsx",
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/worksheets/sheet1.xml", b" " * (64 * MIB)),
    )
    refused(path, "times its size")


@pytest.mark.unit
def test_a_large_workbook_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [[f"text {n}" for n in range(50)] for _ in range(100)])
    with pytest.raises(DataError, match="Save the sheet as CSV"):
        load(path, limits=Limits(workbook_bytes=1000))


@pytest.mark.unit
def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "x.xlsx", [["t", "i"], [1, 2]])
    parts = [(n, zipfile.ZipFile(good).read(n)) for n in zipfile.ZipFile(good).namelist()]
    bad = [(n, b"<broken" if n.startswith("xl/worksheets") else c) for n, c in parts]
    with pytest.raises(DataError):
        load(zipped(tmp_path / "y.xlsx", *bad))
    only = zipped(tmp_path / "z.xlsx", ("[Content_Types].xml", b"<Types/>"))
    with pytest.raises(DataError):
        load(only)


@pytest.mark.unit
def test_a_formula_gives_its_stored_value_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["from", "to", "v"])
        page.write_row(1, 0, ["PAK", "UZB"])
        page.write_formula(1, 2, "=2+2", value=7)
    loaded = load(path, LoadOptions(columns=TIDY))
    assert loaded.table["value_million_usd"].tolist() == [7e-6]


@pytest.mark.unit
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:200],
        lambda data: data[:-60],
        lambda data: data[:120] + b"\xff" * 40 + data[160:],
        lambda data: data.replace(b"<K>", b"<X>"),
    ],
    ids=["head only", "cut", "noise", "tag"],
)
def test_a_damaged_stata_file_is_refused_or_read_whole(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "x.dta"
    frame = pd.DataFrame({"from": ["PAK"] * 50, "to": ["UZB"] * 50, "v": range(50)})
    frame.to_stata(path, write_index=False, version=118)
    path.write_bytes(damage(path.read_bytes()))
    try:
        found = inspect(path, LoadOptions(columns=TIDY))
        assert found.problems
    except DataError as error:
        assert "Stata" in str(error)  # noqa: PT017 - either end is right


@pytest.mark.unit
def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + os.urandom(500) + b"PAR1")
    refused(path, "parquet")


@pytest.mark.unit
def test_a_pickle_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "x.pkl"
    pd.DataFrame({"a": [1]}).to_pickle(path)
    refused(path)


@pytest.mark.unit
@pytest.mark.parametrize("limits", [Limits(), Limits(copy_bytes=0)], ids=["copied", "anew"])
@pytest.mark.parametrize("name", ["a*.csv", "a[1].csv", "a?.csv", "{a,b}.csv", "a b'c.csv"])
def test_a_name_that_looks_like_a_pattern_is_one_file(made: Any, name: str, limits: Limits) -> None:
    made.text("a1.csv", ["t", "i", "j", "k", "v", "q"], [(2020, 842, 699, "010121", 9, 9)])
    path = made.text(name, ["t", "i", "j", "k", "v", "q"], [(2020, 842, 699, "010121", 1000, 1)])
    assert load(path, limits=limits).table["value_million_usd"].tolist() == [1.0]


@pytest.mark.unit
def test_a_link_that_the_user_gives_and_a_relative_path_are_followed(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.baci([(2020, 842, 699, "010121", 1000, 1)])
    (tmp_path / "link.csv").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    assert load("link.csv").counts.read == 1
    assert load(path.name, limits=Limits(copy_bytes=0)).counts.read == 1


@pytest.mark.unit
def test_cells_that_lie_far_apart_are_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write(0, 0, "from")
        page.write(1_048_575, 16_383, 1)
    assert path.stat().st_size < 20_000
    refused(path, "spans 17,179,869,184 cells")


@pytest.mark.unit
@pytest.mark.parametrize(
    "body",
    [
        b"<row><c><v>1</v></c></row><row r='9999999'><c r = 'A9999999'><v>1</v></c></row>",
        b"<row>" + b"<c/>" * 5000 + b"</row><row r='999999'><c/></row>",
        "<row r='1'/>".encode("utf-16"),
    ],
    ids=["quotes", "no references", "utf-16"],
)
def test_cells_far_apart_are_found_however_they_are_written(tmp_path: Path, body: bytes) -> None:
    good = workbook(tmp_path / "x.xlsx", [["a", "b"], [1, 2]])
    parts = [(name, zipfile.ZipFile(good).read(name)) for name in zipfile.ZipFile(good).namelist()]
    head = b"<worksheet><sheetData>"
    tail = b"</sheetData></worksheet>"
    sheet = body if body[:2] == b"\xff\xfe" else head + body * 20 + tail
    bad = [(name, sheet if "sheet1" in name else content) for name, content in parts]
    refused(zipped(tmp_path / "y.xlsx", *bad), "cells; at most")


@pytest.mark.unit
def test_a_binary_workbook_is_refused(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.xlsb",
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/worksheets/sheet1.bin", b"x"),
    )
    refused(path, ".xlsb")


@pytest.mark.unit
def test_a_table_that_does_not_begin_in_the_first_cell_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"  # the name does not matter here either
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(3, 2, ["from", "to", "v"])
        page.write_row(4, 2, ["PAK", "UZB", 5])
    assert load(path, LoadOptions(columns=TIDY)).table["value_million_usd"].tolist() == [5e-6]
