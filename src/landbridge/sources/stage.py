"""The stage: every file becomes one table ``raw`` of text in an embedded database, in file order.

The database is a private temporary one, with a memory limit and a folder to spill to. It may read
the files it was given and nothing else: no network, no extensions, no other files, and its
settings are locked before it reads. Columns are called ``c0``, ``c1`` ... so that no name from a
file becomes part of a query, and values enter queries as parameters.
"""
# ruff: noqa: S608 - queries are built of positional names (c0, c1) and `literal`, never of data

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd

from landbridge.errors import DataError, FaultsError
from landbridge.sources.headers import Sheet, fold
from landbridge.sources.limits import MIB, Limits
from landbridge.sources.workbooks import stata_chunks, workbook_chunks

FAULTS_SHOWN: Final = 20
SMALL_FILE: Final = 32 * MIB
SAFE_SETTINGS: Final = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "true",
}


@dataclass(frozen=True)
class Part:
    """Where the rows of one sheet stand in ``raw``."""

    label: str
    first: int
    rows: int
    skip: int


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
    """The table ``raw`` of a file and the connection to it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        names: Sequence[str],
        parts: Sequence[Part],
        limits: Limits,
    ) -> None:
        self.connection = connection
        self.parts = tuple(parts)
        self.limits = limits
        self._column = {fold(name): f"c{at}" for at, name in enumerate(names)}

    @property
    def rows(self) -> int:
        """Rows of data."""
        return sum(part.rows for part in self.parts)

    @property
    def names(self) -> tuple[str, ...]:
        """Folded names of the columns that were staged."""
        return tuple(self._column)

    @property
    def label(self) -> str:
        """How messages call the input."""
        if len(self.parts) == 1:
            return self.parts[0].label
        return f"{self.parts[0].label} and {len(self.parts) - 1} more"

    def has(self, name: str) -> bool:
        """Say whether a column is there."""
        return name in self._column

    def column(self, name: str) -> str:
        """Give the SQL name of a column."""
        return self._column[name]

    def text(self, name: str) -> str:
        """Give SQL for a column as text: trimmed, NULL when empty, an escaping quote removed."""
        return text_of(self._column[name])

    def number(self, name: str, *, decimal: str = ".") -> str:
        """Give SQL for a column as a number; NULL where it is missing or no number."""
        return number_of(self._column[name], decimal=decimal)

    def not_a_number(self, name: str, *, decimal: str = ".") -> str:
        """Give SQL that is true where a column holds something that is no finite number."""
        shown, number = missing_free(self._column[name]), self.number(name, decimal=decimal)
        return f"({shown} IS NOT NULL AND ({number} IS NULL OR NOT isfinite({number})))"

    def one(self, query: str, parameters: Sequence[object] = ()) -> tuple[Any, ...]:
        """Run a query that gives one row."""
        rows = self.all(query, parameters)
        return rows[0]

    def all(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a query and give all its rows."""
        with _explained(self.label, self.limits):
            return self.connection.execute(query, list(parameters)).fetchall()

    def run(self, query: str, parameters: Sequence[object] = ()) -> None:
        """Run a query for its effect."""
        with _explained(self.label, self.limits):
            self.connection.execute(query, list(parameters))

    def frame(self, query: str) -> pd.DataFrame:
        """Run a query and give a table; refused when it has more rows than a table may.

        Raises
        ------
        DataError
            The table would be larger than the limits allow.
        """
        count = int(self.one(f"SELECT count(*) FROM ({query})")[0])
        if count > self.limits.table_rows:
            raise DataError(
                f"the table would have {count:,} rows; at most {self.limits.table_rows:,} come "
                "into memory.",
                where=self.label,
                mend="Ask for fewer years, or a coarser detail.",
            )
        with _explained(self.label, self.limits):
            return self.connection.execute(query).df()

    def place(self, row: int) -> str:
        """Say in which file and row (as a spreadsheet counts) a row of ``raw`` stands."""
        for part in self.parts:
            if part.first <= row < part.first + part.rows:
                shown = f"row {row - part.first + 1 + part.skip}"
                return shown if len(self.parts) == 1 else f"{part.label}, {shown}"
        return f"row {row + 1}"

    def faults(self, checks: Sequence[Check]) -> list[str]:
        """Count the rows that break each rule and name the first ones."""
        if not checks:
            return []
        counted = ", ".join(f"count(*) FILTER (WHERE {check.condition})" for check in checks)
        found = self.one(f"SELECT {counted} FROM raw")
        faults = []
        for check, count in zip(checks, found, strict=True):
            if count:
                rows = self.all(
                    f"SELECT rowid FROM raw WHERE {check.condition} ORDER BY rowid LIMIT 5"
                )
                faults.append(f"{self.rows_named([row[0] for row in rows], count)}: {check.fault}")
        return faults

    def rows_named(self, rows: Sequence[int], count: int) -> str:
        """Name some of the rows and say how many there are."""
        shown = ", ".join(self.place(row) for row in rows)
        more = count - len(rows)
        return f"{shown} and {more:,} more" if more > 0 else shown


def literal(text: str) -> str:
    """Quote text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def text_of(column: str) -> str:
    """Give SQL for text: trimmed, NULL when empty, without the quote that defuses a formula."""
    plain = f"regexp_replace(trim({column}), '^''([=+@\\t-])', '\\1')"
    return f"nullif({plain}, '')"


def missing_free(column: str) -> str:
    """Give SQL for a column of numbers, NULL where it says that there is none."""
    markers = "'', 'na', 'n/a', 'nan', '.', '..', '...', 'null', 'none', '#n/a', '-'"
    return f"CASE WHEN lower(trim({column})) NOT IN ({markers}) THEN trim({column}) END"


def number_of(column: str, *, decimal: str = ".") -> str:
    """Give SQL for a number; an underscore is no part of one."""
    shown = missing_free(column)
    if decimal == ",":
        shown = f"replace(replace({shown}, '.', ''), ',', '.')"
    return f"CASE WHEN {column} NOT LIKE '%\\_%' ESCAPE '\\' THEN TRY_CAST({shown} AS DOUBLE) END"


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
    with tempfile.TemporaryDirectory(prefix="landbridge-") as folder:
        size = sum(sheet.path.stat().st_size for sheet in sheets)
        connection = _connect(Path(folder), sheets, limits, small=size < SMALL_FILE)
        try:
            columns = ", ".join(f"c{at} VARCHAR" for at in range(len(names)))
            connection.execute(f"CREATE TABLE raw ({columns})")
            parts: list[Part] = []
            for sheet in sheets:
                first = parts[-1].first + parts[-1].rows if parts else 0
                with _explained(sheet.label, limits):
                    _fill(connection, sheet, names, limits)
                total = connection.execute("SELECT count(*) FROM raw").fetchall()[0][0]
                if total > limits.rows:
                    raise DataError(
                        f"more than {limits.rows:,} rows; they are not read", where=sheet.label
                    )
                parts.append(Part(sheet.label, first, total - first, sheet.skip))
            yield Stage(connection, names, parts, limits)
        finally:
            connection.close()


def _connect(
    folder: Path, sheets: Sequence[Sheet], limits: Limits, *, small: bool
) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        **SAFE_SETTINGS,
        "memory_limit": f"{limits.memory_bytes // MIB}MiB",
        "max_temp_directory_size": f"{limits.temp_bytes // MIB}MiB",
        "temp_directory": str(folder / "spill"),
        "threads": str(limits.threads),
    }
    database = ":memory:" if small else str(folder / "stage.duckdb")
    connection = duckdb.connect(database, config=settings)
    paths = ", ".join(literal(str(sheet.path.resolve())) for sheet in sheets)
    connection.execute(f"SET allowed_paths=[{paths}]")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")
    return connection


def _fill(
    connection: duckdb.DuckDBPyConnection, sheet: Sheet, names: Sequence[str], limits: Limits
) -> None:
    at = {name: position for position, name in reversed(list(enumerate(sheet.folded)))}
    if sheet.kind == "csv":
        source, parameters = _csv_source(sheet, limits)
        taken = [f"c{at[name]}" if name in at else "NULL" for name in names]
        query = f"INSERT INTO raw SELECT {', '.join(taken)} FROM {source}"
        try:
            connection.execute(query, parameters)
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            raise FaultsError(
                _rejected(connection, sheet, limits, error), where=sheet.label
            ) from None
    elif sheet.kind == "parquet":
        taken = [
            f"CAST({quoted(sheet.columns[at[name]])} AS VARCHAR)" if name in at else "NULL"
            for name in names
        ]
        rows = connection.execute(
            "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(sheet.path)]
        ).fetchall()[0][0]
        if rows is not None and rows > limits.rows:
            raise DataError(f"{rows:,} rows; at most {limits.rows:,} are read", where=sheet.label)
        connection.execute(
            f"INSERT INTO raw SELECT {', '.join(taken)} FROM read_parquet(?)", [str(sheet.path)]
        )
    else:
        chunks = stata_chunks(sheet) if sheet.kind == "stata" else workbook_chunks(sheet)
        for chunk in chunks:
            columns = {f"c{n}": _column_of(chunk, at.get(name)) for n, name in enumerate(names)}
            connection.append("raw", pd.DataFrame(columns))


def quoted(name: str) -> str:
    """Quote a column's name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _column_of(chunk: pd.DataFrame, position: int | None) -> pd.Series:
    if position is None:
        return pd.Series([None] * len(chunk), dtype=object)
    return chunk.iloc[:, position].reset_index(drop=True).astype(object)


def _csv_source(sheet: Sheet, limits: Limits, *, rejects: bool = False) -> tuple[str, list[object]]:
    count = len(sheet.columns) + sheet.blanks
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(count))
    tail = ", store_rejects=true" if rejects else ""
    source = (
        f"read_csv(?, auto_detect=false, header=false, skip=?, delim=?, quote='\"', escape='\"', "
        f"columns={{{columns}}}, encoding=?, max_line_size=?, strict_mode=true{tail})"
    )
    parameters: list[object] = [
        str(sheet.path),
        sheet.skip,
        sheet.delimiter,
        sheet.encoding,
        limits.line_bytes,
    ]
    return source, parameters


def _rejected(
    connection: duckdb.DuckDBPyConnection, sheet: Sheet, limits: Limits, error: duckdb.Error
) -> list[str]:
    """Read once more, for the lines that cannot be read."""
    source, parameters = _csv_source(sheet, limits, rejects=True)
    with suppress(duckdb.Error):
        connection.execute(f"SELECT count(*) FROM {source}", parameters).fetchall()
        rows = connection.execute(
            "SELECT line, lower(min(CAST(error_type AS VARCHAR))), count(*) OVER () "
            f"FROM reject_errors GROUP BY line ORDER BY line LIMIT {FAULTS_SHOWN}"
        ).fetchall()
        fields = len(sheet.columns) + sheet.blanks
        found = [f"line {line}: {kind} (the header has {fields} fields)" for line, kind, _ in rows]
        if rows:
            more = rows[0][2] - len(rows)
            return [*found, f"and {more:,} more lines"] if more > 0 else found
    return [_plain(str(error))]


@contextmanager
def _explained(label: str, limits: Limits) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise DataError(
            f"the work does not fit into {limits.memory_bytes // MIB:,} MiB of memory and the "
            f"disk space allowed: {_plain(str(error))}",
            where=label,
            mend="Ask for fewer years or free disk space.",
        ) from error
    except duckdb.Error as error:
        raise DataError(f"the file cannot be read: {_plain(str(error))}", where=label) from error


def _plain(message: str) -> str:
    line = message.strip().splitlines()[0] if message.strip() else message
    return re.sub(r"^[A-Z][A-Za-z ]+ Error: ", "", line)[:300]
