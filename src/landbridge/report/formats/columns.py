"""What stands at the head of a column: title, unit, number format; read from ``columns.csv``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from landbridge.report.formats.frames import texts
from landbridge.tables import embedded_table

LOW_SUFFIX, HIGH_SUFFIX = "_low", "_high"
MEDIAN_SUFFIX, MEAN_SUFFIX = "_median", "_mean"
SUFFIXES = (LOW_SUFFIX, HIGH_SUFFIX, MEDIAN_SUFFIX, MEAN_SUFFIX)
"""Ends of the names of columns that say what the draws of another column do."""
CENTRAL_RUN = "every input at its centre"
_WORDS = frozenset({"text", "word", "link", "flag"})
_ENDS = {
    LOW_SUFFIX: "5th percentile",
    HIGH_SUFFIX: "95th percentile",
    MEDIAN_SUFFIX: "median of the draws",
    MEAN_SUFFIX: "mean of the draws",
}
# Suffix of a column that is not listed -> its unit.
_UNITS = {
    "_percent": "percent",
    "_million_usd": "million USD",
    "_usd_per_tonne": "USD per tonne",
    "_hours": "hours",
    "_km": "km",
    "_ratio": "ratio",
}


@dataclass(frozen=True)
class ColumnFace:
    """Title, unit, format and description of one column."""

    title: str
    unit: str
    format: str
    description: str

    @property
    def head(self) -> str:
        """Title and unit in one line."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    @property
    def is_number(self) -> bool:
        """Say whether the values are numbers."""
        return self.format not in _WORDS


@dataclass(frozen=True)
class TableFace:
    """Title, sheet, description and basis of one table."""

    title: str
    sheet: str
    description: str
    basis: str


@lru_cache(maxsize=1)
def _columns() -> dict[str, ColumnFace]:
    table = embedded_table("report", "columns")
    return {
        column: ColumnFace(title, unit, kind, description)
        for column, title, unit, kind, description in zip(
            *(texts(table, name) for name in ("column", "title", "unit", "format", "description")),
            strict=True,
        )
    }


@lru_cache(maxsize=1)
def _tables() -> dict[str, TableFace]:
    table = embedded_table("report", "tables")
    return {
        name: TableFace(title, sheet, description, basis)
        for name, title, sheet, description, basis in zip(
            *(texts(table, name) for name in ("table", "title", "sheet", "description", "basis")),
            strict=True,
        )
    }


def table_face(name: str) -> TableFace:
    """Describe a table of a run; one that is not listed describes itself by its name."""
    plain = name.replace("_", " ").capitalize()
    return _tables().get(name, TableFace(plain, plain[:31], "", "model"))


def is_end(column: str, columns: Collection[str]) -> bool:
    """Say whether a column tells of the draws of another one."""
    return any(
        column.endswith(suffix) and column.removesuffix(suffix) in columns for suffix in SUFFIXES
    )


def column_face(
    column: str, values: pd.Series, *, table: str = "", beside: Collection[str] = ()
) -> ColumnFace:
    """Describe a column of a table.

    Parameters
    ----------
    column
        Its name; one that is not listed takes its title and unit from the name.
    values
        Its values; one listed as a number that holds text is shown as text.
    table
        Name of the table; ``table.column`` in the list goes before ``column``.
    beside
        The columns of the table. One that has the median of its draws beside it is headed as the
        central run.
    """
    face = _face(column, values, table)
    if column + MEDIAN_SUFFIX in beside:
        return replace(face, title=f"{face.title}, {CENTRAL_RUN}")
    return face


def _face(column: str, values: pd.Series, table: str) -> ColumnFace:
    for suffix, words in _ENDS.items():
        base = column.removesuffix(suffix)
        if base != column and base in _columns():
            face = _columns()[base]
            return ColumnFace(f"{face.title}, {words}", face.unit, face.format, face.description)
    face = (
        _columns().get(f"{table}.{column}") or _columns().get(column) or _unlisted(column, values)
    )
    if face.is_number and not pd.api.types.is_numeric_dtype(values) and len(values):
        numeric = pd.to_numeric(values, errors="coerce")
        if bool((numeric.isna() & values.notna()).any()):
            return ColumnFace(face.title, face.unit, "text", face.description)
    return face


def _unlisted(column: str, values: pd.Series) -> ColumnFace:
    unit = next((unit for suffix, unit in _UNITS.items() if column.endswith(suffix)), "")
    title = column.removesuffix(f"_{unit.replace(' ', '_').lower()}").replace("_", " ").capitalize()
    if pd.api.types.is_bool_dtype(values):
        return ColumnFace(title, unit, "flag", "")
    kind = "amount" if pd.api.types.is_numeric_dtype(values) else "text"
    return ColumnFace(title, unit, kind, "")
