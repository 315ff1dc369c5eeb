"""The stage: every file becomes one table ``raw`` of text in the engine, in file order."""
# ruff: noqa: S608 - queries are built of positional names (c0, c1) and `literal`, never of data

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.errors import DataError, FaultsError
from landbridge.sources.files.engine import (
    connect,
    explained,
    missing_free,
    number_of,
    plainly_named,
    positions,
    rejected,
    select,
)
from landbridge.sources.files.headers import Sheet, fold
from landbridge.sources.files.limits import Limits
from landbridge.sources.files.workbooks import stata_chunks, workbook_chunks

ROWS_SHOWN: Final = 5
VECTORS: Final = 500  # of 2,048 rows, fetched at a time


@dataclass(frozen=True)
class Check:
    """A rule that rows break.

    Attributes
    ----------
    fault
        What is wrong, in plain words.
    condition
        SQL over ``raw``, true where it is.
    """

    fault: str
    condition: str


class Stage:
    """The table ``raw`` of a file and the connection to it.

    Small files are copied into the database; ``raw`` of a large text or parquet file is a view, so
    that every query reads the file once more and nothing is stored.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        names: Sequence[str],
        sheets: Sequence[Sheet],
        limits: Limits,
        *,
        rows: Sequence[int] | None = None,
    ) -> None:
        self.connection = connection
        self.limits = limits
        self._sheets = tuple(sheets)
        self._rows = tuple(rows) if rows is not None else None
        self._view = rows is None
        self._column = {fold(name): f"c{at}" for at, name in enumerate(names)}

    @property
    def rows(self) -> int:
        """Rows of data."""
        return sum(self.part_rows())

    def part_rows(self) -> tuple[int, ...]:
        """Rows of data of each sheet; counted once, when first asked for.

        Raises
        ------
        DataError
            There are more rows than are read.
        """
        if self._rows is None:
            counted = ", ".join(
                f"(SELECT count(*) FROM part{at})" for at in range(len(self._sheets))
            )
            self._rows = tuple(int(count) for count in self.one(f"SELECT {counted}"))
        if sum(self._rows) > self.limits.rows:
            raise DataError(
                f"{sum(self._rows):,} rows; at most {self.limits.rows:,} are read", where=self.label
            )
        return self._rows

    def know_rows(self, rows: int) -> None:
        """Note how many rows there are, where a query has counted them already."""
        if self._rows is None and len(self._sheets) == 1:
            self._rows = (rows,)
            self.part_rows()

    @property
    def names(self) -> tuple[str, ...]:
        """Folded names of the columns that were staged."""
        return tuple(self._column)

    @property
    def label(self) -> str:
        """How messages call the input."""
        first, more = self._sheets[0].label, len(self._sheets) - 1
        return f"{first} and {more} more" if more else first

    @property
    def numbered(self) -> str:
        """Write SQL for ``raw`` with the column ``id``: the row's number from zero."""
        if self._view:
            return "(SELECT row_number() OVER () - 1 AS id, * FROM raw)"
        return "(SELECT rowid AS id, * FROM raw)"

    def has(self, name: str) -> bool:
        """Say whether a column is there."""
        return name in self._column

    def column(self, name: str) -> str:
        """Look up the SQL name of a column."""
        return self._column[name]

    def text(self, name: str) -> str:
        """Write SQL for a column as text: trimmed, NULL when empty."""
        return f"nullif(trim({self._column[name]}), '')"

    def words(self, name: str) -> str:
        """Write SQL for a column as text that a spreadsheet may have touched.

        A quote that keeps a cell from being read as a formula is taken off again.
        """
        plain = f"regexp_replace(trim({self._column[name]}), '^''([=+@\\t-])', '\\1')"
        return f"nullif({plain}, '')"

    def number(self, name: str, *, decimal: str = ".") -> str:
        """Write SQL for a column as a number; NULL where it is missing or no number."""
        return number_of(self._column[name], decimal=decimal)

    def not_a_number(self, name: str, *, decimal: str = ".") -> str:
        """Write SQL that is true where a column holds something that is no finite number."""
        column, number = self._column[name], self.number(name, decimal=decimal)
        return (
            f"(CASE WHEN {number} IS NOT NULL THEN isinf({number}) OR contains({column}, '_') "
            f"ELSE {missing_free(column)} IS NOT NULL END)"
        )

    def one(self, query: str, parameters: Sequence[object] = ()) -> tuple[Any, ...]:
        """Run a query that gives one row."""
        return self.all(query, parameters)[0]

    def all(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a query and give all its rows."""
        with self._explained():
            return self.connection.execute(query, list(parameters)).fetchall()

    def run(self, query: str, parameters: Sequence[object] = ()) -> None:
        """Run a query for its effect."""
        with self._explained():
            self.connection.execute(query, list(parameters)).fetchall()

    def frame(self, query: str) -> pd.DataFrame:
        """Run a query and give a table; refused when it has more rows than a table may.

        Raises
        ------
        DataError
            The table would be larger than the limits allow.
        """
        columns: dict[str, list[Any]] = {}
        names: dict[object, object] = {}
        count = 0
        with self._explained():
            result = self.connection.execute(query)
            while True:
                chunk = result.fetch_df_chunk(VECTORS)
                count += len(chunk)
                if count > self.limits.table_rows:
                    raise DataError(
                        f"the table would have more than {self.limits.table_rows:,} rows, which do "
                        "not come into memory.",
                        where=self.label,
                        mend="Ask for fewer years, or a coarser detail.",
                    )
                for name in chunk.columns:
                    columns.setdefault(name, []).append(_shared(chunk[name], names))
                if not len(chunk):
                    break
        # One column after the other, so that the pieces of one only stand beside its whole.
        whole = {name: np.concatenate(columns.pop(name)) for name in list(columns)}
        return pd.DataFrame(whole, copy=False)

    def place(self, row: int) -> str:
        """Say in which file and row (as a spreadsheet counts) a row of ``raw`` stands."""
        first = 0
        for sheet, rows in zip(self._sheets, self.part_rows(), strict=True):
            if row < first + rows:
                shown = f"row {row - first + 1 + sheet.skip}"
                return shown if len(self._sheets) == 1 else f"{sheet.label}, {shown}"
            first += rows
        return f"row {row + 1}"

    def first_rows(self, condition: str) -> list[int]:
        """Find the numbers of the first rows that a condition holds for."""
        query = f"SELECT id FROM {self.numbered} WHERE {condition} ORDER BY id LIMIT {ROWS_SHOWN}"
        return [int(row[0]) for row in self.all(query)]

    def faults(self, checks: Sequence[Check]) -> list[str]:
        """Count the rows that break each rule and name the first ones."""
        if not checks:
            return []
        counted = ", ".join(f"count(*) FILTER (WHERE {check.condition})" for check in checks)
        return self.told(checks, self.one(f"SELECT {counted} FROM raw"))

    def told(self, checks: Sequence[Check], counts: Sequence[int]) -> list[str]:
        """Put rules that were broken into words, with the first rows."""
        return [
            f"{self.rows_named(self.first_rows(check.condition), int(count))}: {check.fault}"
            for check, count in zip(checks, counts, strict=True)
            if count
        ]

    def rows_named(self, rows: Sequence[int], count: int) -> str:
        """Name some of the rows and say how many there are."""
        shown = ", ".join(self.place(row) for row in rows)
        more = count - len(rows)
        return f"{shown} and {more:,} more" if more > 0 else shown

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(self.label, self.limits):
            try:
                yield
            except (duckdb.InvalidInputException, duckdb.ConversionException):
                if not self._view:
                    raise
                faults = [
                    fault
                    for sheet in self._sheets
                    if sheet.kind == "csv"
                    for fault in rejected(self.connection, sheet, self.limits)
                ]
                if not faults:
                    raise
                raise FaultsError(faults, where=self.label) from None


@contextmanager
def open_stage(sheets: Sequence[Sheet], wanted: Sequence[str], limits: Limits) -> Iterator[Stage]:
    """Read sheets of the same layout into one stage.

    Parameters
    ----------
    sheets
        At least one.
    wanted
        Published names of the columns to take; those that a sheet lacks are empty there.
    limits
        Rows, memory, disk.

    Yields
    ------
    Stage
        Gone when the context ends.

    Raises
    ------
    FaultsError
        Lines that do not have the header's number of fields.
    """
    present = {name for sheet in sheets for name in sheet.folded}
    names = list(dict.fromkeys(fold(name) for name in wanted if fold(name) in present))
    size = sum(sheet.path.stat().st_size for sheet in sheets)
    readable = all(sheet.kind in {"csv", "parquet"} for sheet in sheets)
    with tempfile.TemporaryDirectory(prefix="landbridge-") as folder:
        sheets = [plainly_named(sheet, Path(folder) / f"s{n}") for n, sheet in enumerate(sheets)]
        connection = connect(
            Path(folder), sheets, limits, small=size <= limits.copy_bytes or readable
        )
        try:
            if readable and size > limits.copy_bytes:
                with explained(sheets[0].label, limits):
                    _look_through(connection, sheets, names, limits)
                yield Stage(connection, names, sheets, limits)
            else:
                rows = _copy(connection, sheets, names, limits)
                yield Stage(connection, names, sheets, limits, rows=rows)
        finally:
            connection.close()


def _look_through(
    connection: duckdb.DuckDBPyConnection,
    sheets: Sequence[Sheet],
    names: Sequence[str],
    limits: Limits,
) -> None:
    """Make ``raw`` a view of the files."""
    for at, sheet in enumerate(sheets):
        connection.execute(f"CREATE VIEW part{at} AS {select(sheet, names, limits)}")
    parts = " UNION ALL ".join(f"SELECT * FROM part{at}" for at in range(len(sheets)))
    connection.execute(f"CREATE VIEW raw AS {parts}")


def _copy(
    connection: duckdb.DuckDBPyConnection,
    sheets: Sequence[Sheet],
    names: Sequence[str],
    limits: Limits,
) -> list[int]:
    """Copy the files into ``raw`` and count their rows."""
    connection.execute(
        f"CREATE TABLE raw ({', '.join(f'c{at} VARCHAR' for at in range(len(names)))})"
    )
    rows: list[int] = []
    for sheet in sheets:
        with explained(sheet.label, limits):
            _fill(connection, sheet, names, limits)
            total = int(connection.execute("SELECT count(*) FROM raw").fetchall()[0][0])
        if total > limits.rows:
            raise DataError(f"more than {limits.rows:,} rows; they are not read", where=sheet.label)
        rows.append(total - sum(rows))
    return rows


def _fill(
    connection: duckdb.DuckDBPyConnection, sheet: Sheet, names: Sequence[str], limits: Limits
) -> None:
    if sheet.kind in {"csv", "parquet"}:
        try:
            connection.execute(f"INSERT INTO raw {select(sheet, names, limits)}")
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            faults = rejected(connection, sheet, limits) if sheet.kind == "csv" else []
            if not faults:
                raise
            raise FaultsError(faults, where=sheet.label) from None
        return
    at = positions(sheet)
    chunks = stata_chunks(sheet) if sheet.kind == "stata" else workbook_chunks(sheet)
    for chunk in chunks:
        columns = {f"c{n}": _column_of(chunk, at.get(name)) for n, name in enumerate(names)}
        connection.append("raw", pd.DataFrame(columns))


def _shared(column: pd.Series, names: dict[object, object]) -> NDArray[Any]:
    """Convert a column to an array; texts that are equal become one object in memory."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy()
    codes, found = pd.factorize(column)
    one = np.array([names.setdefault(text, text) for text in found] + [None], dtype=object)
    return one[codes]  # a missing text has the code -1, the last


def _column_of(chunk: pd.DataFrame, position: int | None) -> pd.Series:
    if position is None:
        return pd.Series([None] * len(chunk), dtype=object)
    return chunk.iloc[:, position].reset_index(drop=True).astype(object)
