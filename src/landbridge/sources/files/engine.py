"""The engine: an embedded database that may read the files it is given and nothing else.

It is private and temporary, with a memory limit and a folder to spill to: no network, no
extensions, no other files, and its settings are locked before it reads. Columns are called ``c0``,
``c1`` ... so that no name from a file becomes part of a query.
"""
# ruff: noqa: S608 - queries are built of positional names (c0, c1) and `literal`, never of data

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from landbridge.errors import DataError
from landbridge.sources.files.headers import Sheet
from landbridge.sources.files.limits import MIB, Limits

MIXED_ENDS: Final = "state machine reached an invalid state"
"""What the engine says of a text whose lines end now in one way, now in another."""
FAULTS_SHOWN: Final = 20
PATTERN: Final = re.compile(r"[*?\[\]{}]")  # what the engine reads as several files
SAFE_SETTINGS: Final = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "true",
}


def literal(text: str) -> str:
    """Quote text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def missing_free(column: str) -> str:
    """Write SQL for a column of numbers, NULL where it says that there is none."""
    markers = "'', 'na', 'n/a', 'nan', '.', '..', '...', 'null', 'none', '#n/a', '-'"
    return f"CASE WHEN lower(trim({column})) NOT IN ({markers}) THEN trim({column}) END"


def number_of(column: str, *, decimal: str = ".") -> str:
    """Write SQL for a number; NULL for none and for NaN, which says that there is none."""
    shown = column
    if decimal == ",":
        shown = f"replace(replace({missing_free(column)}, '.', ''), ',', '.')"
    return f"nullif(TRY_CAST({shown} AS DOUBLE), 'nan'::DOUBLE)"


def plainly_named(sheet: Sheet, link: Path) -> Sheet:
    """Link a sheet to a path that the engine cannot take for a pattern of several files."""
    path = sheet.path.resolve()
    if PATTERN.search(str(path)):
        link.symlink_to(path)
        path = link
    return replace(sheet, path=path)


def connect(
    folder: Path, sheets: Sequence[Sheet], limits: Limits, *, small: bool
) -> duckdb.DuckDBPyConnection:
    """Open a database that may read these sheets and nothing else.

    Parameters
    ----------
    folder
        Where it may spill to, and where it stands unless it is ``small``.
    sheets
        What it may read.
    limits
        Memory, disk, threads.
    small
        Keep it in memory.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        **SAFE_SETTINGS,
        "memory_limit": f"{limits.memory_bytes // MIB}MiB",
        "max_temp_directory_size": f"{limits.temp_bytes // MIB}MiB",
        "temp_directory": str(folder / "spill"),
        "threads": str(limits.threads),
    }
    database = ":memory:" if small else str(folder / "stage.duckdb")
    connection = duckdb.connect(database, config=settings)
    paths = ", ".join(literal(str(sheet.path)) for sheet in sheets)
    connection.execute("SET enable_progress_bar=false")
    connection.execute(f"SET allowed_paths=[{paths}]")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")
    return connection


def positions(sheet: Sheet) -> dict[str, int]:
    """Find the place of each column of a sheet, by its folded name."""
    return {name: position for position, name in reversed(list(enumerate(sheet.folded)))}


def select(sheet: Sheet, names: Sequence[str], limits: Limits) -> str:
    """Write SQL for the wanted columns of a text or parquet file, as text."""
    at = positions(sheet)
    if sheet.kind == "csv":
        taken = [
            f"{f'c{at[name]}' if name in at else 'NULL::VARCHAR'} AS c{n}"
            for n, name in enumerate(names)
        ]
        return f"SELECT {', '.join(taken)} FROM {_csv_source(sheet, limits)}"
    taken = [
        f"CAST({quoted(sheet.columns[at[name]]) if name in at else 'NULL'} AS VARCHAR) AS c{n}"
        for n, name in enumerate(names)
    ]
    return f"SELECT {', '.join(taken)} FROM read_parquet({literal(str(sheet.path))})"


def parquet_sheet(path: Path, label: str, limits: Limits) -> Sheet:
    """Read the header of a parquet file.

    Raises
    ------
    DataError
        The file is damaged.
    """
    sheet = Sheet(path, label, "parquet", (), skip=0)
    with tempfile.TemporaryDirectory(prefix="landbridge-") as folder:
        named = plainly_named(sheet, Path(folder) / "s0")
        connection = connect(Path(folder), [named], limits, small=True)
        try:
            rows = connection.execute(
                "SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(?))",
                [str(named.path)],
            ).fetchall()
        except duckdb.Error as error:
            shown = _plain(str(error))
            raise DataError(f"the parquet file cannot be read: {shown}", where=label) from error
        finally:
            connection.close()
    return replace(sheet, columns=tuple(row[0] for row in rows))


def parquet_table(
    path: Path, label: str, limits: Limits, named: Collection[str] = ()
) -> pd.DataFrame:
    """Read a parquet file, or the named ones of its columns where any of them is there.

    The engine reads it, so no further package is needed.

    Raises
    ------
    DataError
        The file is damaged.
    """
    sheet = parquet_sheet(path, label, limits)
    wanted = [name for name in sheet.columns if name in named] or list(sheet.columns)
    with tempfile.TemporaryDirectory(prefix="landbridge-") as folder:
        at = plainly_named(sheet, Path(folder) / "s0")
        connection = connect(Path(folder), [at], limits, small=True)
        try:
            return connection.execute(
                f"SELECT {', '.join(quoted(name) for name in wanted)} FROM read_parquet(?)",
                [str(at.path)],
            ).df()
        except duckdb.Error as error:
            shown = _plain(str(error))
            raise DataError(f"the parquet file cannot be read: {shown}", where=label) from error
        finally:
            connection.close()


def quoted(name: str) -> str:
    """Quote a column's name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _csv_source(sheet: Sheet, limits: Limits, *, rejects: bool = False) -> str:
    count = len(sheet.columns) + sheet.blanks
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(count))
    tail = ", store_rejects=true" if rejects else ""
    return (
        f"read_csv({literal(str(sheet.path))}, auto_detect=false, header=false, "
        f"skip={int(sheet.skip)}, delim={literal(sheet.delimiter)}, quote='\"', escape='\"', "
        f"columns={{{columns}}}, encoding={literal(sheet.encoding)}, "
        f"max_line_size={int(limits.line_bytes)}, strict_mode=true{tail})"
    )


def rejected(connection: duckdb.DuckDBPyConnection, sheet: Sheet, limits: Limits) -> list[str]:
    """Read a text file once more, for the lines that cannot be read."""
    with suppress(duckdb.Error):
        source = _csv_source(sheet, limits, rejects=True)
        connection.execute(f"SELECT count(*) FROM {source}").fetchall()
        rows = connection.execute(
            "SELECT line, lower(min(CAST(error_type AS VARCHAR))), count(*) OVER () "
            f"FROM reject_errors GROUP BY line ORDER BY line LIMIT {FAULTS_SHOWN}"
        ).fetchall()
        fields = len(sheet.columns) + sheet.blanks
        found = [f"line {line}: {_told(kind, fields)}" for line, kind, _ in rows]
        more = rows[0][2] - len(rows) if rows else 0
        return [*found, f"and {more:,} more lines"] if more > 0 else found
    return []


def _told(kind: str, fields: int) -> str:
    return f"{kind} (the header has {fields} fields)" if "columns" in kind else kind


@contextmanager
def explained(label: str, limits: Limits) -> Iterator[None]:
    """Turn what the engine raises into our own errors, with the file's name."""
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
        if MIXED_ENDS in str(error):
            raise DataError(
                "its lines end in different ways, or a quote is never closed.",
                where=label,
                mend="Save it anew as CSV.",
            ) from error
        raise DataError(f"the file cannot be read: {_plain(str(error))}", where=label) from error


def _plain(message: str) -> str:
    line = message.strip().splitlines()[0] if message.strip() else message
    return re.sub(r"^[A-Z][A-Za-z ]+ Error: ", "", line)[:300]
