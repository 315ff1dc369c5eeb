"""Workbooks (.xlsx) and Stata files, read in chunks of text; no formula and no macro is run."""

from __future__ import annotations

import datetime as dt
import itertools
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

import pandas as pd
import python_calamine

from landbridge.errors import DataError, InputError, suggest
from landbridge.sources.files.archives import check_workbook
from landbridge.sources.files.headers import SAMPLE_ROWS, Sheet, match_release
from landbridge.sources.files.limits import Limits

CHUNK: Final = 100_000
EXACT: Final = 1e15  # a float below it prints as the integer it is


def workbook_sheet(path: Path, label: str, wanted: str, limits: Limits) -> Sheet:
    """Choose the sheet of a workbook: the one asked for, or the first whose header is known.

    Raises
    ------
    DataError
        The workbook is damaged or too large.
    InputError
        There is no sheet of that name.
    """
    filled = workbook_sheets(path, label, wanted, limits)
    known = [sheet for sheet in filled if match_release(sheet) is not None]
    return (known or filled)[0]


def workbook_sheets(path: Path, label: str, wanted: str, limits: Limits) -> list[Sheet]:
    """Find the sheets of a workbook that have a header, or the one asked for.

    Raises
    ------
    DataError
        The workbook is damaged or too large, or no sheet has a header.
    InputError
        There is no sheet of that name.
    """
    check_workbook(path, limits)
    try:
        with path.open("rb") as handle, _book(handle) as book:
            names = list(book.sheet_names)
            if wanted and wanted not in names:
                raise InputError(
                    f"there is no sheet '{wanted}'", where=label, mend=suggest(wanted, names)
                )
            found = [
                _sheet_head(book, name, Sheet(path, label, "xlsx", ()), limits)
                for name in ([wanted] if wanted else names)
            ]
    except python_calamine.CalamineError as error:
        raise DataError(f"the workbook cannot be read: {error}", where=label) from error
    filled = [sheet for sheet in found if sheet.columns]
    if not filled:
        raise DataError("no sheet has a header", where=label)
    return filled


def _sheet_head(
    book: python_calamine.CalamineWorkbook, name: str, sheet: Sheet, limits: Limits
) -> Sheet:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True, nrows=SAMPLE_ROWS + 1)
    if not rows:
        return replace(sheet, sheet=name)
    header = [cell_text(cell) or "" for cell in rows[0]]
    while header and not header[-1].strip():
        header.pop()
    if len(header) > limits.columns:
        raise DataError(f"the header has {len(header):,} columns", where=sheet.label)
    sample = tuple(tuple(cell_text(cell) or "" for cell in row[: len(header)]) for row in rows[1:])
    return replace(sheet, sheet=name, columns=tuple(header), sample=sample)


def workbook_chunks(sheet: Sheet) -> Iterator[pd.DataFrame]:
    """Read a sheet's rows as text, chunk by chunk; a formula gives its stored value."""
    width = len(sheet.columns)
    try:
        with sheet.path.open("rb") as handle, _book(handle) as book:
            page = book.get_sheet_by_name(sheet.sheet)
            start = page.start[0] if page.start else 0
            # The rows above the first cell are given too, and the header after them.
            rows = itertools.islice(page.iter_rows(), start + 1, None)
            while chunk := list(itertools.islice(rows, CHUNK)):
                body = [
                    [cell_text(cell) for cell in [*row, *[None] * (width - len(row))][:width]]
                    for row in chunk
                ]
                yield pd.DataFrame(body, columns=range(width), dtype=object)
    except python_calamine.CalamineError as error:
        raise DataError(f"the workbook cannot be read: {error}", where=sheet.label) from error


def _book(handle: IO[bytes]) -> python_calamine.CalamineWorkbook:
    # From the bytes: the kind of a file is never taken from its name.
    return python_calamine.CalamineWorkbook.from_filelike(handle)


def stata_sheet(path: Path, label: str) -> Sheet:
    """Read the header of a Stata file.

    Raises
    ------
    DataError
        The file is damaged or of a version that is not read.
    """
    sample = _stata_frames(path, label, SAMPLE_ROWS)
    first = next(sample, pd.DataFrame())
    rows = [[cell_text(cell) or "" for cell in row] for row in first.itertuples(index=False)]
    return Sheet(
        path,
        label,
        "stata",
        tuple(str(name) for name in first.columns),
        tuple(tuple(row) for row in rows),
        skip=0,
    )


def stata_chunks(sheet: Sheet) -> Iterator[pd.DataFrame]:
    """Read a Stata file's rows as text, chunk by chunk; value labels are left aside."""
    for frame in _stata_frames(sheet.path, sheet.label, CHUNK):
        columns = {at: frame.iloc[:, at].map(cell_text) for at in range(frame.shape[1])}
        yield pd.DataFrame(columns, dtype=object)


def _stata_frames(path: Path, label: str, rows: int) -> Iterator[pd.DataFrame]:
    # A damaged file makes the reader fail in many ways; all of them mean the same to the user.
    try:
        with (
            warnings.catch_warnings(),
            pd.read_stata(
                path, chunksize=rows, convert_categoricals=False, convert_dates=False
            ) as reader,
        ):
            warnings.simplefilter("ignore")
            yield from reader
    except (ValueError, KeyError, IndexError, OSError, EOFError, MemoryError, TypeError) as error:
        raise DataError(f"the Stata file cannot be read: {error}", where=label) from error
    except Exception as error:
        if type(error).__module__ == "struct":
            raise DataError(f"the Stata file is damaged: {error}", where=label) from error
        raise


def cell_text(cell: object) -> str | None:
    """Convert a cell to the text that a CSV of the same sheet would hold.

    Examples
    --------
    >>> cell_text(2023.0), cell_text(0.1), cell_text(None), cell_text(True)
    ('2023', '0.1', None, '1')
    """
    if cell is None or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124 - NaN
        return None
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()
    try:
        number = float(cell) if not isinstance(cell, str) else None  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = None
    if number is None:
        return str(cell)
    if (
        number == int(number) and abs(number) < EXACT
        if number not in (float("inf"), float("-inf"))
        else False
    ):
        return str(int(number))
    return repr(number)
