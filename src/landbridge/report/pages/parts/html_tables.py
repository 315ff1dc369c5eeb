"""Tables for the page: humane numbers, bands in one cell, nothing rounded to 0.00."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from landbridge.formats import band, probability, signed, significant
from landbridge.report.formats.columns import (
    CENTRAL_RUN,
    HIGH_SUFFIX,
    LOW_SUFFIX,
    MEAN_SUFFIX,
    MEDIAN_SUFFIX,
    ColumnFace,
    column_face,
    is_end,
    table_face,
)

if TYPE_CHECKING:
    from landbridge.studies.run.results import RunResult

_DIGITS = 3
_BAND_TIP = "5th to 95th percentile of the draws"
_MEDIAN_TIP = "Half of the draws lie below, half above"
_MEAN_TIP = "Over the draws: means of parts add up to the mean of their sum"
_CENTRAL_TIP = "One run with every input at its centre; neither median nor mean of the draws"
_MISSING = "n/a"


@dataclass(frozen=True)
class Cell:
    """One cell: what is shown, and the number by which the column is sorted."""

    text: str
    number: str = ""
    is_number: bool = False
    link: bool = False


@dataclass(frozen=True)
class Head:
    """Head of a column."""

    title: str
    unit: str
    description: str
    is_number: bool


@dataclass(frozen=True)
class PageTable:
    """A table as the page shows it."""

    key: str
    caption: str
    description: str
    source: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str


def page_table(
    result: RunResult,
    name: str,
    *,
    columns: Iterable[str] | None = None,
    bands: Literal["beside", "left out"] = "beside",
    empty: str = "Nothing to report.",
    key: str = "",
) -> PageTable:
    """Bring a table of a run into the form in which the page shows it.

    Parameters
    ----------
    result
        The run.
    name
        Name of the table, as in `RunResult.tables`.
    columns
        The columns to show, in order; all of them by default. A column that is absent is left
        out.
    bands
        Whether the ends of a band are shown in a column beside its centre.
    empty
        What is said when there are no rows.
    key
        Unique on the page; the table's name by default.
    """
    return frame_table(
        result.tables()[name],
        name,
        source=source_line(result, table_face(name).basis),
        columns=columns,
        banded=result.draws > 0 and bands == "beside",
        empty=empty,
        key=key,
    )


def frame_table(
    frame: pd.DataFrame,
    name: str,
    *,
    source: str,
    columns: Iterable[str] | None = None,
    banded: bool = True,
    empty: str = "Nothing to report.",
    key: str = "",
) -> PageTable:
    """Bring any table into the form in which a page shows it.

    Parameters
    ----------
    frame
        The table.
    name
        Its name in ``tables.csv``.
    source
        Where its numbers come from.
    columns, empty, key
        As in `page_table`.
    banded
        Whether the ends of a band are shown in a column beside its centre.
    """
    face = table_face(name)
    wanted = list(frame.columns) if columns is None else columns
    shown = [
        column for column in wanted if column in frame.columns and not is_end(column, frame.columns)
    ]
    heads: list[Head] = []
    cells: list[list[Cell]] = []
    for column in shown:
        column_heads, column_cells = _column(frame, column, table=name, banded=banded)
        heads += column_heads
        cells += column_cells
    rows = tuple(zip(*cells, strict=True)) if cells else ()
    return PageTable(
        key=key or name.replace("_", "-"),
        caption=face.title,
        description=face.description,
        source=source,
        heads=tuple(heads),
        rows=rows,
        empty=empty,
    )


def source_line(result: RunResult, basis: str) -> str:
    """Say where the numbers of a table come from."""
    run = f"Landbridge {result.version}, scenario {result.scenario_sha256[:12]}"
    told = {
        "model": f"{run}, model on the baseline of {result.baseline_year}.",
        "network": f"{run}, freight network; the legs name their own sources.",
        "scenario": f"{run}; each row names its own source.",
        "baseline": f"{run}, baseline of {result.baseline_year}; see Sources.",
        "sources": f"{run}.",
    }
    return told.get(basis, f"{run}.")


def _column(
    frame: pd.DataFrame, column: str, *, table: str, banded: bool
) -> tuple[list[Head], list[list[Cell]]]:
    """Write a column: with draws the median, the band, the mean of money and the central run."""
    face = column_face(column, frame[column], table=table)
    own = Head(face.title, face.unit, face.description, face.is_number)
    low, high, median, mean = (
        column + suffix for suffix in (LOW_SUFFIX, HIGH_SUFFIX, MEDIAN_SUFFIX, MEAN_SUFFIX)
    )
    if not (banded and low in frame.columns and high in frame.columns):
        return [own], [[cell(value, face) for value in frame[column]]]
    write = band if face.format == "change" else plain_band
    ends = [
        Cell(write(_float(a), _float(b)) or _MISSING, _sort_key(a), is_number=True)
        for a, b in zip(frame[low], frame[high], strict=True)
    ]
    beside = Head("90 percent band", face.unit, _BAND_TIP, is_number=True)
    if median not in frame.columns:
        return [own, beside], [[cell(value, face) for value in frame[column]], ends]
    found = [
        (Head(f"{face.title}, median", face.unit, _tip(face, _MEDIAN_TIP), face.is_number), median),
        (beside, ""),
        (Head("Mean", face.unit, _MEAN_TIP, is_number=True), mean),
        (Head(CENTRAL_RUN.capitalize(), face.unit, _CENTRAL_TIP, is_number=True), column),
    ]
    shown = [(head, name) for head, name in found if not name or name in frame.columns]
    return [head for head, _ in shown], [
        [cell(value, face) for value in frame[name]] if name else ends for _, name in shown
    ]


def _tip(face: ColumnFace, words: str) -> str:
    return f"{face.description}. {words}" if face.description else words


def plain_band(low: float, high: float) -> str:
    """Write a band of amounts, without signs."""
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return ""
    return f"{significant(low, _DIGITS)} to {significant(high, _DIGITS)}"


def cell(value: object, face: ColumnFace) -> Cell:
    """Write one value by the format of its column."""
    if face.format == "flag":
        return Cell("yes" if bool(value) else "no")
    if not face.is_number:
        text = "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
        if face.format == "word":
            text = text.replace("_", " ")
        return Cell(text, link=face.format == "link" and text.startswith(("https://", "http://")))
    number = _float(value)
    if not math.isfinite(number):
        return Cell(_MISSING, "", is_number=True)
    if face.format == "change":
        text = signed(number)
    elif face.format == "probability":
        text = probability(number)
    elif face.format == "whole":
        text = f"{number:,.0f}"
    elif face.format == "year":
        text = f"{number:.0f}"
    else:
        text = significant(number, _DIGITS if abs(number) >= 1 else _DIGITS - 1)
    return Cell(text, repr(number), is_number=True)


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _sort_key(value: object) -> str:
    number = _float(value)
    return repr(number) if math.isfinite(number) else ""
