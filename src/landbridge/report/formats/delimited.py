"""Tables as CSV: UTF-8, numbers with twelve significant digits, text that starts no formula."""

from __future__ import annotations

import csv
import io
from typing import Final

import pandas as pd

from landbridge.report.formats.values import Plain, plain_rows

# A spreadsheet reads a cell that starts with one of these as a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(table: pd.DataFrame) -> str:
    """Write a table as CSV.

    Parameters
    ----------
    table
        Its column names, units included, make the first row.

    Returns
    -------
    str
        Missing values are empty, flags are ``true`` and ``false``; text that a spreadsheet would
        take for a formula starts with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([guarded(str(column)) for column in table.columns])
    for row in plain_rows(table):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def guarded(text: str) -> str:
    """Keep a spreadsheet from reading text as a formula.

    Examples
    --------
    >>> guarded("=1+1"), guarded("Pakistan")
    ("'=1+1", 'Pakistan')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _cell(value: Plain) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return guarded(value.replace("\r\n", "\n").replace("\r", "\n"))
    return repr(value)
