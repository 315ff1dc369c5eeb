"""The result of a run as an Excel workbook: a README first, then one sheet a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.formats.columns import ColumnFace, column_face, table_face
from landbridge.report.formats.values import Plain, plain_rows
from landbridge.report.maps.boundaries import read_boundaries
from landbridge.report.pages.parts.html_tables import source_line
from landbridge.report.pages.parts.sentences import how_sure, reading_bands

if TYPE_CHECKING:
    from landbridge.studies.run.results import RunResult

# A fixed date keeps the bytes the same from run to run; the scenario's date stands in README.
CREATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's date has no time zone
README: Final = "README"
_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
_LONGEST_TEXT: Final = 32_000
_WIDEST, _NARROWEST = 60, 9
_NUMBER_FORMATS: Final = {
    "change": "+#,##0.0#;-#,##0.0#;0",
    "amount": "#,##0.0#",
    "probability": "0%",
    "whole": "#,##0",
    "year": "0",
}
# Numbers below one get as many decimals as three digits need, up to this many.
_MOST_DECIMALS: Final = 9
_SCIENTIFIC: Final = "0.00E+00"

Formats = Mapping[str, Any]
ReadmeSections = list[tuple[str, list[tuple[str, str]]]]
"""Title, and rows of label and words."""


def write_workbook(result: RunResult, path: Path) -> None:
    """Write a run as an Excel workbook.

    Parameters
    ----------
    result
        What the run found.
    path
        The file to write; one of that name is replaced.

    Notes
    -----
    Text is never turned into a formula or a link. Numbers are those of the tables, rounded to
    twelve significant digits; the same result gives the same bytes.
    """
    write_book(
        path,
        title=result.scenario_title,
        readme=_readme_sections(result),
        tables=result.tables(),
    )


def write_book(
    path: Path, *, title: str, readme: ReadmeSections, tables: Mapping[str, pd.DataFrame]
) -> None:
    """Write tables as a workbook with a README sheet before them.

    Parameters
    ----------
    path
        The file to write; one of that name is replaced.
    title
        Of the workbook.
    readme
        Sections of the README: a title and rows of label and words.
    tables
        By their names in ``tables.csv``, one sheet each.
    """
    import xlsxwriter  # noqa: PLC0415 - most uses write no workbook

    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"title": title, "created": CREATED})
        formats = _formats(book)
        _readme(book, title, readme, formats=formats)
        for name, table in tables.items():
            _sheet(book, name, table, formats=formats)


def _formats(book: Any) -> Formats:  # noqa: ANN401 - xlsxwriter has no types
    made = {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "section": book.add_format({"bold": True, "font_size": 12, "top": 1}),
        "label": book.add_format({"bold": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "bottom",
                "bg_color": "#eef2f5",
                "bottom": 2,
            }
        ),
        "text": book.add_format({"valign": "top"}),
        "flag": book.add_format({"valign": "top"}),
    }
    for kind, pattern in _NUMBER_FORMATS.items():
        made[kind] = book.add_format({"num_format": pattern, "valign": "top"})
    for decimals in range(3, _MOST_DECIMALS + 1):
        zeros = "0." + "0" * decimals
        for kind, pattern in (("change", f"+{zeros};-{zeros};0"), ("amount", zeros)):
            made[f"{kind}-{decimals}"] = book.add_format({"num_format": pattern, "valign": "top"})
    made["scientific"] = book.add_format({"num_format": _SCIENTIFIC, "valign": "top"})
    return made


def _readme(book: Any, title: str, sections: ReadmeSections, *, formats: Formats) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(README)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, title[:_LONGEST_TEXT], formats["title"])
    row = 2
    for heading, rows in sections:
        sheet.write_string(row, 0, heading, formats["section"])
        sheet.write_string(row, 1, "", formats["section"])
        row += 1
        for label, words in rows:
            sheet.write_string(row, 0, label, formats["label"])
            sheet.write_string(row, 1, words[:_LONGEST_TEXT], formats["wrap"])
            row += 1
        row += 1


def _readme_sections(result: RunResult) -> ReadmeSections:
    boundaries = read_boundaries()
    scenario = [
        ("Scenario", f"{result.scenario_title} ({result.scenario_name})"),
        ("Summary", result.scenario_summary),
        ("Date of the scenario", result.scenario_date),
        ("SHA-256 of the scenario", result.scenario_sha256),
        ("Baseline", str(result.baseline_year)),
        ("Landbridge", result.version),
        ("Draws, seed", f"{result.draws}, {result.seed}"),
        ("Closure", f"{result.closure.capitalize()}: {result.closure_explained}."),
        ("Numeraire", result.numeraire),
    ]
    sheets = [(table_face(name).sheet, _about(result, name)) for name in result.tables()]
    units = [
        ("million USD", f"Current US dollars of {result.baseline_year}"),
        ("percent", "Of the baseline, unless the head of the column says otherwise"),
        ("5th, 95th percentile", reading_bands(result)),
        ("n/a, empty", "Not known or not applicable; never zero"),
    ]
    sources = [
        (
            str(row.get("id", "")),
            "; ".join(_words(value) for value in row.values() if _words(value)),
        )
        for row in result.sources.to_dict("records")
    ]
    return [
        ("Headline", [("", sentence) for sentence in result.headline]),
        *([("Warnings", [("", one) for one in result.warnings])] if result.warnings else []),
        ("How sure", [("", sentence) for sentence in how_sure(result)]),
        ("Scenario and run", scenario),
        ("Sheets", sheets),
        ("Units", units),
        ("Notes", [("", note) for note in result.notes]),
        ("Sources", sources),
        ("Maps", [("", f"{boundaries.disclaimer} {boundaries.own_disclaimer} {ATTRIBUTION}")]),
    ]


def _about(result: RunResult, name: str) -> str:
    face = table_face(name)
    rows = len(result.tables()[name])
    source = source_line(result, face.basis)
    return f"{face.title}: {face.description} Rows: {rows:,}. Source: {source}"


def _words(value: object) -> str:
    missing = value is None or (isinstance(value, float) and pd.isna(value))
    return "" if missing else str(value)


def _sheet(book: Any, name: str, table: pd.DataFrame, *, formats: Formats) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(table_face(name).sheet)
    faces = [
        column_face(column, table[column], table=name, beside=table.columns)
        for column in table.columns
    ]
    rows = plain_rows(table)
    for place, face in enumerate(faces):
        sheet.write_string(0, place, face.head, formats["head"])
        sheet.set_column(place, place, _width(face, [row[place] for row in rows]))
    for number, row in enumerate(rows, 1):
        for place, (value, face) in enumerate(zip(row, faces, strict=True)):
            _write(sheet, (number, place), value, face=face, formats=formats)
    sheet.freeze_panes(1, 2 if len(faces) > 2 else 0)  # noqa: PLR2004
    if rows:
        sheet.autofilter(0, 0, len(rows), max(len(faces) - 1, 0))


def _write(
    sheet: Any,  # noqa: ANN401
    place: tuple[int, int],
    value: Plain,
    *,
    face: ColumnFace,
    formats: Formats,
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(*place, value, formats["flag"])
    elif isinstance(value, str):
        sheet.write_string(*place, value[:_LONGEST_TEXT], formats["text"])
    else:
        sheet.write_number(*place, value, formats[_number_format(value, face)])


def _number_format(value: float, face: ColumnFace) -> str:
    kind = face.format if face.format in _NUMBER_FORMATS else "amount"
    if kind not in {"change", "amount"} or value == 0 or abs(value) >= 1:
        return kind
    decimals = 2 - math.floor(math.log10(abs(value)))
    return f"{kind}-{max(decimals, 3)}" if decimals <= _MOST_DECIMALS else "scientific"


def _width(face: ColumnFace, values: list[Plain]) -> int:
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    word = max((len(word) for word in face.head.split()), default=0)
    return min(max(longest + 2, word + 3, _NARROWEST), _WIDEST)
