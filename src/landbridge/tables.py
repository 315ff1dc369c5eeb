"""Embedded tables: a CSV beside a schema in TOML, read and checked as one thing.

A schema names each column with its type, unit and description, the key, and the source and
licence of the facts. Reading checks every rule, collects every fault and raises once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from landbridge.errors import DataError

MAX_ROWS = 2_000_000
MAX_FAULTS_SHOWN = 20

ColumnType = Literal["text", "integer", "number", "flag", "date"]


class Column(BaseModel):
    """One column of a table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    type: ColumnType
    description: str
    unit: str = ""
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    pattern: str = ""


class Schema(BaseModel):
    """What a table holds, where it comes from, and the rules its rows obey."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    description: str
    source: str
    licence: str
    key: tuple[str, ...] = ()
    columns: tuple[Column, ...] = Field(min_length=1)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the order of the file."""
        return tuple(column.name for column in self.columns)


def read_schema(path: Path) -> Schema:
    """Read the schema that stands beside a CSV (``name.schema.toml``)."""
    schema_path = path.with_name(path.stem + ".schema.toml")
    if not schema_path.is_file():
        raise DataError(f"the table {path.name} has no schema beside it", where=str(schema_path))
    return Schema.model_validate(tomllib.loads(schema_path.read_text(encoding="utf-8")))


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV and check it against the schema beside it.

    Parameters
    ----------
    path
        The CSV file; ``<stem>.schema.toml`` stands beside it.

    Returns
    -------
    pandas.DataFrame
        Columns in the schema's order. Text is ``str`` (missing: empty string when the column is
        not required), integers are ``int64`` (or nullable ``Int64`` when not required), numbers
        are ``float64``, flags are ``bool``, dates are ``datetime64`` (missing: ``NaT``).

    Raises
    ------
    DataError
        Lists every fault: missing or unknown columns, wrong types, values out of range,
        repeated keys.
    """
    schema = read_schema(path)
    raw = read_raw(path)
    if len(raw) > MAX_ROWS:
        raise DataError(f"more than {MAX_ROWS} rows", where=str(path))
    if list(raw.columns) != list(schema.names):
        raise DataError(
            f"columns are {list(raw.columns)}, the schema says {list(schema.names)}",
            where=str(path),
        )
    table, faults = check_rows(raw, schema)
    if faults:
        shown = "\n".join(f"  - {fault}" for fault in faults[:MAX_FAULTS_SHOWN])
        more = len(faults) - MAX_FAULTS_SHOWN
        tail = f"\n  ... and {more} more" if more > 0 else ""
        raise DataError(f"{len(faults)} faults\n{shown}{tail}", where=str(path))
    return table


def read_raw(path: Path) -> pd.DataFrame:
    """Read a CSV as text, unchecked; at most one row more than a table may have."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8", nrows=MAX_ROWS + 1)


def check_rows(raw: pd.DataFrame, schema: Schema) -> tuple[pd.DataFrame, list[str]]:
    """Give rows of text their types, and the faults against a schema.

    Parameters
    ----------
    raw
        All columns of the schema as text.
    schema
        The rules.

    Returns
    -------
    tuple
        The table (see `read_table`) and one line a fault; row 2 is the first one.
    """
    faults: list[str] = []
    table = pd.DataFrame(index=raw.index)
    for column in schema.columns:
        table[column.name] = _typed(raw[column.name].str.strip(), column, faults)
    faults.extend(_repeated_keys(raw, schema))
    return table, faults


@lru_cache(maxsize=128)
def _embedded(room: str, name: str) -> pd.DataFrame:
    return read_table(embedded_path(room, f"{name}.csv"))


def embedded_path(room: str, file_name: str) -> Path:
    """Give the path of a file that ships with the package.

    Parameters
    ----------
    room
        The subpackage whose ``data`` folder holds it, e.g. ``"atlas"``.
    file_name
        The file's name, e.g. ``"economies.csv"``.
    """
    return Path(str(resources.files("landbridge"))) / room / "data" / file_name


def embedded_table(room: str, name: str) -> pd.DataFrame:
    """Read a table that ships with the package; a fresh copy each time.

    Parameters
    ----------
    room
        The subpackage whose ``data`` folder holds it, e.g. ``"atlas"``.
    name
        The table's name without ``.csv``.
    """
    return _embedded(room, name).copy()


def embedded_tables() -> Iterator[Path]:
    """Give the path of every CSV that ships with the package."""
    root = Path(str(resources.files("landbridge")))
    yield from sorted(root.glob("*/data/*.csv"))


def _typed(raw: pd.Series, column: Column, faults: list[str]) -> pd.Series:
    empty = raw == ""
    if column.required and empty.any():
        faults.append(f"column {column.name}, {_rows(empty)}: a value is missing")
    if column.type == "text":
        _check_text(raw, column, empty, faults)
        return raw
    if column.type == "flag":
        bad = ~raw.isin(["true", "false"])
        if bad.any():
            faults.append(f"column {column.name}, {_rows(bad)}: write true or false")
        return raw == "true"
    if column.type == "date":
        dates = pd.to_datetime(raw.where(~empty), format="%Y-%m-%d", errors="coerce")
        bad = dates.isna() & ~empty
        if bad.any():
            faults.append(f"column {column.name}, {_rows(bad)}: write a date as YYYY-MM-DD")
        return dates
    numbers = pd.to_numeric(raw.where(~empty), errors="coerce").astype("float64")
    _check_numbers(raw, numbers, column, empty, faults)
    if column.type == "number":
        return numbers
    whole = numbers.where(numbers.isna() | (numbers % 1 == 0))
    bad = whole.isna() & numbers.notna()
    if bad.any():
        faults.append(f"column {column.name}, {_rows(bad)}: write a whole number")
    if column.required and not whole.isna().any():
        return whole.astype("int64")
    return whole.astype("Int64")


def _check_text(raw: pd.Series, column: Column, empty: pd.Series, faults: list[str]) -> None:
    if column.allowed:
        bad = ~raw.isin(column.allowed) & ~empty
        if bad.any():
            values = sorted(set(raw[bad]))[:5]
            faults.append(
                f"column {column.name}, {_rows(bad)}: {values} not among {list(column.allowed)}"
            )
    if column.pattern:
        pattern = re.compile(column.pattern)
        # Most columns repeat few spellings.
        places, spellings = pd.factorize(raw)
        fits = np.array([pattern.fullmatch(text) is not None for text in spellings], dtype=bool)
        bad = ~empty & ~fits[places]
        if bad.any():
            faults.append(f"column {column.name}, {_rows(bad)}: does not fit {column.pattern}")


def _check_numbers(
    raw: pd.Series, numbers: pd.Series, column: Column, empty: pd.Series, faults: list[str]
) -> None:
    bad = numbers.isna() & ~empty
    if bad.any():
        faults.append(f"column {column.name}, {_rows(bad)}: {list(raw[bad])[:3]} not a number")
    if column.minimum is not None and (numbers < column.minimum).any():
        faults.append(
            f"column {column.name}, {_rows(numbers < column.minimum)}: below {column.minimum:g}"
        )
    if column.maximum is not None and (numbers > column.maximum).any():
        faults.append(
            f"column {column.name}, {_rows(numbers > column.maximum)}: above {column.maximum:g}"
        )


def _repeated_keys(raw: pd.DataFrame, schema: Schema) -> list[str]:
    if not schema.key:
        return []
    repeated = raw.duplicated(list(schema.key))
    if not repeated.any():
        return []
    return [f"key {list(schema.key)}, {_rows(repeated)}: the same key stands in an earlier row"]


def _rows(mask: pd.Series) -> str:
    # Row 2 is the first data row: the header is row 1, as a spreadsheet shows it.
    rows = [str(index + 2) for index in mask.index[mask.to_numpy()]]
    shown = ", ".join(rows[:5])
    return f"row {shown}" if len(rows) == 1 else f"rows {shown}{', ...' if len(rows) > 5 else ''}"  # noqa: PLR2004
