"""Embedded tables: a CSV beside a schema in TOML, read and checked as one thing.

A schema names each column with its type, unit and description, the key, and the source and
licence of the facts. Reading checks every rule, collects every fault and raises once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from landbridge.errors import DataError
from landbridge.evidence import (
    Evidence,
    Listed,
    evidence_faults,
    listed_sources,
    wording_faults,
)
from landbridge.units import BoolArray

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
    evidence: Evidence | None = None
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
        repeated keys, recalled rows that cite a document, published ones that cite none.
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
    if schema.evidence is not None:
        faults += _evidence(raw, schema.evidence, path)
    if faults:
        shown = "\n".join(f"  - {fault}" for fault in faults[:MAX_FAULTS_SHOWN])
        more = len(faults) - MAX_FAULTS_SHOWN
        tail = f"\n  ... and {more} more" if more > 0 else ""
        raise DataError(f"{len(faults)} faults\n{shown}{tail}", where=str(path))
    return table


def _evidence(raw: pd.DataFrame, evidence: Evidence, path: Path) -> list[str]:
    if not evidence.listed:
        return wording_faults(raw)
    listed = _listed(path.with_name(f"{evidence.listed}.csv"))
    return evidence_faults(raw, evidence, listed)


@lru_cache(maxsize=8)
def _listed(path: Path) -> Listed:
    return listed_sources(read_raw(path))


def read_raw(path: Path) -> pd.DataFrame:
    """Read a CSV as text, unchecked; at most one row more than a table may have."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8", nrows=MAX_ROWS + 1)


def check_rows(raw: pd.DataFrame, schema: Schema) -> tuple[pd.DataFrame, list[str]]:
    """Type rows of text by a schema, and list the faults.

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
    typed = {
        column.name: _typed(raw[column.name].str.strip(), column, faults)
        for column in schema.columns
    }
    faults.extend(_repeated_keys(raw, schema))
    return pd.DataFrame(typed, index=raw.index), faults


@lru_cache(maxsize=128)
def _embedded(room: str, name: str) -> pd.DataFrame:
    return read_table(embedded_path(room, f"{name}.csv"))


def embedded_path(room: str, file_name: str) -> Path:
    """Locate a file that ships with the package.

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
    """Locate every CSV that ships with the package."""
    root = Path(str(resources.files("landbridge")))
    yield from sorted(root.glob("*/data/*.csv"))


def _typed(raw: pd.Series, column: Column, faults: list[str]) -> pd.Series:
    # Masks are arrays: with a hundred small columns to check, pandas' own would take most of
    # the time that reading takes.
    texts = raw.to_numpy(dtype=object)
    empty = np.asarray(texts == "", dtype=bool)

    def tell(bad: BoolArray, what: str) -> None:
        if bad.any():
            faults.append(f"column {column.name}, {_rows(raw.index[bad])}: {what}")

    if column.required:
        tell(empty, "a value is missing")
    if column.type == "text":
        _check_text(texts, column, ~empty, tell)
        return raw
    if column.type == "flag":
        true = np.asarray(texts == "true", dtype=bool)
        tell(~true & ~np.asarray(texts == "false", dtype=bool), "write true or false")
        return pd.Series(true, index=raw.index, name=raw.name)
    given = raw.where(~empty) if empty.any() else raw
    if column.type == "date":
        dates = pd.to_datetime(given, format="%Y-%m-%d", errors="coerce")
        tell(dates.isna().to_numpy() & ~empty, "write a date as YYYY-MM-DD")
        return dates
    numbers = pd.to_numeric(given, errors="coerce").astype("float64")
    values = numbers.to_numpy()
    bad = ~np.isfinite(values) & ~empty
    tell(bad, f"{texts[bad][:3].tolist()} not a number")
    if column.minimum is not None:
        tell(values < column.minimum, f"below {column.minimum:g}")
    if column.maximum is not None:
        tell(values > column.maximum, f"above {column.maximum:g}")
    if column.type == "number":
        return numbers
    broken = np.isfinite(values) & (values % 1 != 0)
    tell(broken, "write a whole number")
    if column.required and np.isfinite(values).all() and not broken.any():
        return numbers.astype("int64")
    return numbers.where(np.isfinite(values) & ~broken).astype("Int64")


def _check_text(
    texts: NDArray[np.object_],
    column: Column,
    given: BoolArray,
    tell: Callable[[BoolArray, str], None],
) -> None:
    if not (column.allowed or column.pattern):
        return
    # Most columns repeat few spellings.
    places, spellings = pd.factorize(texts)
    if column.allowed:
        fits = np.array([text in column.allowed for text in spellings], dtype=bool)
        bad = given & ~fits[places]
        values = sorted(set(texts[bad]))[:5]
        tell(bad, f"{values} not among {list(column.allowed)}")
    if column.pattern:
        pattern = re.compile(column.pattern)
        fits = np.array([pattern.fullmatch(text) is not None for text in spellings], dtype=bool)
        tell(given & ~fits[places], f"does not fit {column.pattern}")


def _repeated_keys(raw: pd.DataFrame, schema: Schema) -> list[str]:
    if not schema.key:
        return []
    repeated = raw.duplicated(list(schema.key)).to_numpy()
    if not repeated.any():
        return []
    rows = _rows(raw.index[repeated])
    return [f"key {list(schema.key)}, {rows}: the same key stands in an earlier row"]


def _rows(places: pd.Index) -> str:
    # Row 2 is the first data row: the header is row 1, as a spreadsheet shows it.
    rows = [str(place + 2) for place in places]
    shown = ", ".join(rows[:5])
    return f"row {shown}" if len(rows) == 1 else f"rows {shown}{', ...' if len(rows) > 5 else ''}"  # noqa: PLR2004
