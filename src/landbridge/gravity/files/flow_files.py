"""Read a user's table of flows for estimation: csv, Stata, xlsx or parquet.

Columns come as they stand in the file; nothing is renamed or converted to other units (that is
what `landbridge.sources` does). Rows are named as a spreadsheet counts them.
"""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

import pandas as pd
import python_calamine

from landbridge.errors import DataError, InputError
from landbridge.sources.files.engine import parquet_table
from landbridge.sources.files.headers import Sheet, read_head
from landbridge.sources.files.limits import Limits
from landbridge.sources.files.scanning import FileFacts, scan
from landbridge.sources.files.workbooks import workbook_sheet

SUFFIXES: Final = (".csv", ".txt", ".tsv", ".dta", ".xlsx", ".parquet")
TEXT: Final = frozenset({".csv", ".txt", ".tsv"})
SAMPLE_BYTES: Final = 64 * 1024
COMMA_NUMBER: Final = re.compile(r"(?<=;)-?\d+,\d+(?=;|\r|\n)")
POINT_NUMBER: Final = re.compile(r"(?<=;)-?\d+\.\d+(?=;|\r|\n)")
FIELDS: Final = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_flows(
    path: Path, *, limits: Limits | None = None, named: Collection[str] = ()
) -> pd.DataFrame:
    """Read a tidy table of flows: csv, Stata, xlsx or parquet.

    Parameters
    ----------
    path
        A text file may be divided by commas, semicolons, tabs or bars. Where it is by semicolons
        and its numbers hold commas and no points, commas are read as decimal signs. Text is UTF-8
        or, where it cannot be, ISO-8859-1.
    limits
        What the file may cost.
    named
        Columns that will be asked for. Of a large text or parquet file (more than the limits'
        ``copy_bytes``) only these are read; all of them when empty.

    Returns
    -------
    pandas.DataFrame
        Its columns as they stand; the index numbers the rows as a spreadsheet does.

    Raises
    ------
    InputError
        There is no such file, or its kind is not known.
    DataError
        It is empty, damaged, or a column stands twice.
    """
    limits = limits or Limits()
    if not path.is_file():
        raise InputError(f"there is no file '{path}'.", mend="Check the path.")
    kind = path.suffix.casefold()
    if kind not in SUFFIXES:
        raise InputError(
            f"'{path.suffix}' files are not read here.",
            where=str(path),
            mend=f"Use one of: {', '.join(SUFFIXES)}.",
        )
    facts = scan(path, limits)
    if kind in TEXT:
        if facts.format != "csv":
            raise DataError(
                f"the file is no text but {facts.format}.",
                where=str(path),
                mend=f"Unpack it, or name it .{facts.format}.",
            )
        return _text(facts, limits, named)
    table = _binary(facts, kind, limits, named)
    header = 1 if kind == ".xlsx" else 0
    return table.set_axis(pd.RangeIndex(1 + header, 1 + header + len(table)), axis=0)


def _text(facts: FileFacts, limits: Limits, named: Collection[str]) -> pd.DataFrame:
    path = facts.path
    with path.open("rb") as handle:
        head = handle.read(max(SAMPLE_BYTES, limits.header_bytes))
    sheet = Sheet(path, str(path), "csv", (), encoding=facts.encoding)
    sheet = read_head(head, sheet, limits)
    _refuse_twins(sheet.columns, str(path))
    sample = head[:SAMPLE_BYTES].decode(facts.encoding, errors="ignore")
    commas = sheet.delimiter == ";" and bool(COMMA_NUMBER.search(sample))
    commas = commas and not POINT_NUMBER.search(sample)
    wanted = {name.strip() for name in named}
    few = facts.bytes > limits.copy_bytes and any(n.strip() in wanted for n in sheet.columns)
    try:
        table = pd.read_csv(
            path,
            sep=sheet.delimiter,
            encoding="utf-8-sig" if facts.encoding == "utf-8" else facts.encoding,
            decimal="," if commas else ".",
            skipinitialspace=True,
            low_memory=False,
            usecols=(lambda name: str(name).strip() in wanted) if few else None,
        )
    except pd.errors.ParserError as error:
        found = FIELDS.search(str(error))
        if found is None:
            raise DataError(f"the text cannot be read: {error}", where=str(path)) from None
        expected, line, saw = found.groups()
        raise DataError(
            f"line {line} has {saw} fields; the header has {expected}.",
            where=str(path),
            mend="A text that holds the sign between fields must stand in quotes.",
        ) from None
    except (ValueError, OSError) as error:
        raise DataError(f"the text cannot be read: {error}.", where=str(path)) from None
    table.columns = pd.Index([str(name).strip() for name in table.columns])
    first = sheet.skip + 1
    return table.set_axis(pd.RangeIndex(first, first + len(table)), axis=0)


def _binary(facts: FileFacts, kind: str, limits: Limits, named: Collection[str]) -> pd.DataFrame:
    path, where = facts.path, str(facts.path)
    try:
        if kind == ".xlsx":
            if facts.format != "xlsx":
                raise DataError("the file is no workbook (.xlsx).", where=where)
            sheet = workbook_sheet(path, where, "", limits)
            _refuse_twins(sheet.columns, where)
            return pd.read_excel(path, sheet_name=sheet.sheet, engine="calamine")
        if kind == ".dta":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return pd.read_stata(path)
        few = facts.bytes > limits.copy_bytes
        return parquet_table(path, where, limits, named if few else ())
    except (ValueError, OSError, EOFError, KeyError, TypeError, struct.error) as error:
        raise DataError(f"cannot be read as {kind}: {error}.", where=where) from None
    except (python_calamine.CalamineError, zipfile.BadZipFile) as error:
        raise DataError(f"the workbook cannot be read: {error}.", where=where) from None


def _refuse_twins(columns: tuple[str, ...], where: str) -> None:
    names = [name.strip() for name in columns]
    twins = sorted({name for name in names if name and names.count(name) > 1})
    if twins:
        raise DataError(
            f"columns stand twice: {', '.join(twins[:5])}.", where=where, mend="Rename one."
        )
