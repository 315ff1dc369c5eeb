"""The files hold what the tables hold, the same bytes each time, all of them or none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from landbridge.errors import InputError
from landbridge.report.formats.columns import column_face, table_face
from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.machine import to_geojson, to_json
from landbridge.report.formats.values import SIGNIFICANT_DIGITS, plain, plain_rows
from landbridge.report.pages.parts.workbook import write_workbook
from landbridge.report.pages.run import files as write_module
from landbridge.report.pages.run.files import write_report
from landbridge.studies.run.results import RunResult

pytestmark = pytest.mark.unit

# Files keep twelve significant digits.
RELATIVE = 10.0 ** (1 - SIGNIFICANT_DIGITS)


def test_workbook_holds_every_table(result: RunResult, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    write_workbook(result, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "README"
    assert len(book.sheetnames) == 1 + len(result.tables())
    for name, table in result.tables().items():
        rows = list(book[table_face(name).sheet].iter_rows(values_only=True))
        heads = [
            column_face(column, table[column], table=name, beside=table.columns).head
            for column in table.columns
        ]
        assert list(rows[0]) == heads
        assert len(rows) == 1 + len(table)
        for found, expected in zip(rows[1:], plain_rows(table), strict=True):
            for left, right in zip(found, expected, strict=True):
                if isinstance(right, float):
                    assert left == pytest.approx(right, rel=RELATIVE)
                else:
                    assert left == (right if right != "" else None)


def test_workbook_opens_with_frozen_heads_and_units(result: RunResult, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    write_workbook(result, path)
    sheet = openpyxl.load_workbook(path)["Income"]
    assert sheet.freeze_panes == "C2"
    heads = [cell.value for cell in sheet[1]]
    assert "Real income, every input at its centre, percent of GDP" in heads
    assert "Worth, 5th percentile, million USD" in heads


def test_workbook_has_the_same_bytes_each_time(
    make: Callable[..., RunResult], tmp_path: Path
) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(make(), tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_workbook_reads_no_text_as_a_formula(
    make: Callable[..., RunResult], tmp_path: Path
) -> None:
    result = make()
    evil = '=HYPERLINK("http://evil.example","x")'
    path = tmp_path / "results.xlsx"
    write_workbook(replace(result, measures=result.measures.assign(title=evil)), path)
    cells = [cell for row in openpyxl.load_workbook(path)["Measures"].iter_rows() for cell in row]
    hits = [cell for cell in cells if cell.value == evil]
    assert len(hits) == len(result.measures)
    assert all(cell.data_type == "s" for cell in hits)
    assert all(cell.hyperlink is None for cell in cells)


def test_json_gives_the_tables_back(result: RunResult) -> None:
    document = json.loads(to_json(result))
    assert document["format"] == "landbridge-result/1"
    assert document["run"]["scenario_sha256"] == result.scenario_sha256
    assert document["headline"] == list(result.headline)
    for name, table in result.tables().items():
        stored = document["tables"][name]
        assert [column["name"] for column in stored["columns"]] == list(table.columns)
        assert stored["rows"] == plain_rows(table)
        back = pd.DataFrame(stored["rows"], columns=list(table.columns))
        for column in table.select_dtypes("number").columns:
            np.testing.assert_allclose(
                pd.to_numeric(back[column]), table[column].astype("float64"), rtol=RELATIVE
            )


def test_json_writes_missing_numbers_as_null(result_without_draws: RunResult) -> None:
    document = json.loads(to_json(result_without_draws))
    table = document["tables"]["income"]
    place = [column["name"] for column in table["columns"]].index("probability_gain")
    assert all(row[place] is None for row in table["rows"])
    assert "NaN" not in to_json(result_without_draws)


def test_json_is_the_same_each_time_and_sorted(make: Callable[..., RunResult]) -> None:
    text = to_json(make())
    assert text == to_json(make())
    document = json.loads(text)
    assert list(document) == sorted(document)


def test_last_bits_of_a_float_do_not_show() -> None:
    assert plain(0.1 + 0.2) == plain(0.3)
    assert plain(-1e-320 * 0) == 0.0
    assert str(plain(-0.0)) == "0.0"
    assert plain(float("inf")) is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_csv_text_that_starts_a_formula_is_guarded(start: str) -> None:
    text = to_csv(pd.DataFrame({"name": [f"{start}cmd|' /C calc'!A0"], "km": [-1.5]}))
    row = list(csv.reader(io.StringIO(text, newline="")))[1]
    assert row[0].startswith("'")
    assert row[1] == "-1.5"


def test_csv_reads_back_as_the_table(result: RunResult) -> None:
    back = pd.read_csv(io.StringIO(to_csv(result.income)))
    assert list(back.columns) == list(result.income.columns)
    np.testing.assert_allclose(
        back["real_income_percent"], result.income["real_income_percent"], rtol=RELATIVE
    )


def test_geojson_holds_lines_and_points(result: RunResult) -> None:
    document = json.loads(to_geojson(result))
    kinds = [feature["geometry"]["type"] for feature in document["features"]]
    assert kinds.count("LineString") == len(result.lines)
    assert kinds.count("Point") == len(result.points)
    assert document["features"][0]["properties"]["route"] == "after"


def test_report_writes_every_file(result: RunResult, tmp_path: Path) -> None:
    written = write_report(result, tmp_path / "deep" / "out")
    names = {path.relative_to(tmp_path / "deep" / "out").as_posix() for path in written}
    assert {"report.html", "results.xlsx", "results.json", "map.svg", "lines.geojson"} < names
    assert {f"tables/{name}.csv" for name in result.tables()} < names
    assert all(path.stat().st_size > 0 for path in written)
    left = {path for path in (tmp_path / "deep").rglob("*") if path.is_file()}
    assert left == {*written, tmp_path / "deep" / "out" / "manifest.json"}


def test_report_has_the_same_bytes_each_time(
    make: Callable[..., RunResult], tmp_path: Path
) -> None:
    first = write_report(make(), tmp_path / "one")
    second = write_report(make(), tmp_path / "two")
    for left, right in zip(first, second, strict=True):
        assert left.read_bytes() == right.read_bytes(), left.name


def test_report_replaces_its_own_files_and_leaves_others(result: RunResult, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    write_report(result, tmp_path)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"
    assert (tmp_path / "report.html").read_text(encoding="utf-8") != "old"
    assert not list(tmp_path.glob(".landbridge-*"))


@pytest.mark.parametrize("ready", [True, False])
def test_report_that_fails_leaves_nothing(
    result: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ready: bool
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write_module, "write_workbook", fail)
    out = tmp_path / "out"
    if ready:
        out.mkdir()
    with pytest.raises(InputError, match="No space left on device"):
        write_report(result, out)
    assert [path for path in tmp_path.rglob("*") if path != out] == []


def test_report_replaces_nothing_where_one_file_cannot_be(
    result: RunResult, tmp_path: Path
) -> None:
    (tmp_path / "report.html").mkdir()
    (tmp_path / "map.svg").write_text("earlier", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(result, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "map.svg"}
    assert (tmp_path / "map.svg").read_text(encoding="utf-8") == "earlier"


def test_report_refuses_a_file_for_a_folder(result: RunResult, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="not a folder"):
        write_report(result, target)
    assert target.read_text(encoding="utf-8") == "a file"
