"""Rows of a user's file in place of defaults: reading and checking them.

A file is a CSV with the key of its table and the columns that change; a row replaces the default
row of the same key, cell by cell, and an empty cell keeps the default. Economies without a row of
their own in ``mode_costs``, places without one in ``terminals``, and observations can be added.
Every cell that changes is listed with what stood there.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from landbridge.codes import known_codes
from landbridge.errors import FaultsError, InputError, suggest
from landbridge.freight.network.tables import column
from landbridge.tables import Schema, check_rows, embedded_path, read_raw, read_schema

TABLES: Final = (
    "mode_costs",
    "terminals",
    "crossings",
    "crossing_classes",
    "crossing_observations",
    "parameters",
)
"""Tables whose rows can be replaced."""
MAY_ADD: Final = ("mode_costs", "terminals", "crossing_observations")
PARTS: Final[Mapping[str, tuple[str, ...]]] = {"crossings": ("osm_crossings",)}
"""Tables that continue others, where they are there."""
MAX_ROWS: Final = 20_000
STATED: Final = "stated"
RISING: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "mode_costs": (
        ("speed_low", "speed_kmh", "speed_high"),
        ("usd_low", "usd_per_tonne_km", "usd_high"),
    ),
    "terminals": (("usd_low", "usd_per_tonne", "usd_high"),),
    "crossings": tuple(
        (f"{name}_low_{way}", f"{name}_{way}", f"{name}_high_{way}")
        for name in ("hours", "usd_per_tonne")
        for way in ("forward", "backward")
    ),
    "crossing_classes": (
        ("hours_low", "hours", "hours_high"),
        ("usd_per_tonne_low", "usd_per_tonne", "usd_per_tonne_high"),
    ),
    "parameters": (("low", "central", "high"),),
}
ABOVE_ZERO: Final = {"mode_costs": ("speed_low", "speed_kmh", "usd_low", "usd_per_tonne_km")}
COLUMNS: Final = ("table", "row", "column", "default", "used", "from", "sha256")
"""Columns of the table of what was replaced."""


@dataclass(frozen=True, eq=False)
class OwnRows:
    """Rows of a user's file, checked.

    Attributes
    ----------
    table
        Which table they belong to.
    file, sha256
        Where they come from.
    rows
        Complete rows with types, columns of the table's schema.
    changed
        One row a cell that differs from the default: columns `COLUMNS`.
    """

    table: str
    file: str
    sha256: str
    rows: pd.DataFrame
    changed: pd.DataFrame


def read_own(
    table: str, text: str, *, file: str, sha256: str, defaults: pd.DataFrame | None = None
) -> OwnRows:
    """Check the rows of a user's file against the table that they replace rows of.

    Parameters
    ----------
    table
        One of `TABLES`.
    text
        The CSV.
    file, sha256
        Its name, for messages and the list of what was replaced, and its hash.
    defaults
        The default rows as text, columns of the schema; absent: those of the freight room.

    Raises
    ------
    InputError
        The file is no CSV, or its table is not known.
    FaultsError
        Columns or rows are not known, or values are at fault: all of them at once.
    """
    if table not in TABLES:
        hint = suggest(table, TABLES) or f"Known: {', '.join(TABLES)}."
        raise InputError(f"there is no table of defaults '{table}'. {hint}", where=file)
    schema = _lenient(read_schema(embedded_path("freight", f"{table}.csv")))
    if defaults is None:
        defaults = default_rows(table)
    given = _given(text, schema, file)
    faults: list[str] = []
    full = _completed(table, given, defaults, schema, faults)
    rows, more = check_rows(full, schema)
    faults += more if not faults else []
    if not faults:
        faults += _senseless(table, rows)
    if faults:
        raise FaultsError(faults, where=file)
    changed = _changes(table, full, defaults, schema, (file, sha256))
    rows = _signed(rows, given, changed, file, schema)
    return OwnRows(table=table, file=file, sha256=sha256, rows=rows, changed=changed)


def _lenient(schema: Schema) -> Schema:
    """Let a user, and tables that continue this one, say in any word how a value is known."""
    columns = tuple(
        one.model_copy(update={"allowed": ()}) if one.name == "confidence" else one
        for one in schema.columns
    )
    return schema.model_copy(update={"columns": columns})


def default_rows(table: str) -> pd.DataFrame:
    """Read a table of defaults of the freight room as text, columns of its schema."""
    paths = [embedded_path("freight", f"{name}.csv") for name in (table, *PARTS.get(table, ()))]
    parts = [read_raw(path) for path in paths if path.is_file()]
    return pd.concat(parts, ignore_index=True)[list(parts[0].columns)]


def _as_text(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def _given(text: str, schema: Schema, file: str) -> pd.DataFrame:
    """Read a user's CSV as text and check its columns."""
    try:
        given = _as_text(text.lstrip("\ufeff"))
    except (ValueError, pd.errors.ParserError) as error:
        raise InputError(
            f"this is no CSV: {' '.join(str(error).split())[:120]}.",
            where=file,
            mend="Start from `landbridge freight defaults`.",
        ) from None
    if len(given) > MAX_ROWS:
        raise InputError(f"more than {MAX_ROWS:,} rows.", where=file)
    if not isinstance(given.index, pd.RangeIndex):
        # Cells beyond the header would push the others to the left.
        raise InputError(
            "rows have more cells than the header has columns.",
            where=file,
            mend="Put quotes around text that holds a comma.",
        )
    given.columns = [str(name).strip() for name in given.columns]
    faults = [
        f"column '{name}': there is no such column. "
        + (suggest(name, schema.names) or f"Known: {', '.join(schema.names)}.")
        for name in given.columns
        if name not in schema.names
    ]
    faults += [
        f"the column '{name}' is missing; it says which row is meant"
        for name in schema.key
        if name not in given.columns
    ]
    faults += [
        f"the column '{name}' stands twice"
        for name in given.columns[given.columns.duplicated()].unique()
    ]
    if not len(given) and not faults:
        faults.append("the file has no rows")
    if faults:
        raise FaultsError(faults, where=file)
    return given.map(str.strip)


def _completed(
    table: str, given: pd.DataFrame, defaults: pd.DataFrame, schema: Schema, faults: list[str]
) -> pd.DataFrame:
    """Fill the cells that a user left out or empty from the default row of the same key."""
    keys = list(schema.key)
    known = {key: number for number, key in enumerate(keys_of(defaults, keys))}
    optional = {one.name for one in schema.columns if not one.required}
    full = []
    for number, (key, row) in enumerate(
        zip(keys_of(given, keys), given.to_dict(orient="records"), strict=True), start=2
    ):
        base: dict[str, Any] = dict.fromkeys(schema.names, "")
        if key in known:
            base = dict(defaults.iloc[known[key]])
        elif (unknown := _unknown(table, key, keys, known)) is not None:
            faults.append(f"row {number}: {unknown}")
        named = dict(zip(keys, key, strict=True))
        filled = {str(name): value for name, value in row.items() if value != ""}
        merged: dict[str, Any] = base | named | filled
        full.append([merged[name] for name in schema.names])
        empty = [
            name for name in schema.names if merged[name] == "" and name not in optional
            and name not in SELF_TOLD
        ]  # fmt: skip
        if key not in known and empty and not faults:
            faults.append(
                f"row {number}: '{' '.join(key)}' is new, so it needs {', '.join(empty)} too"
            )
    table_of = pd.DataFrame(full, columns=list(schema.names), dtype=str)
    for name, value in SELF_TOLD.items():
        if name in table_of:
            table_of[name] = table_of[name].where(table_of[name] != "", value)
    return table_of


SELF_TOLD: Final = {"source": "own", "confidence": "recalled", "year": "0"}
"""What a new row may leave out, for `check_rows`; `_signed` says whose it is."""


def keys_of(table: pd.DataFrame, keys: Sequence[str]) -> list[tuple[str, ...]]:
    """List the key of each row."""
    return list(zip(*(column(table, name) for name in keys), strict=True))


def shown_key(key: tuple[str, ...]) -> str:
    """Say a key in a list of what was replaced."""
    return " ".join(part for part in key if part) or "(empty)"


def _unknown(
    table: str, key: tuple[str, ...], keys: Sequence[str], known: Mapping[tuple[str, ...], int]
) -> str | None:
    """Say why a row of a key that has no default cannot stand; None where it may be added."""
    shown = shown_key(key)
    if table == "mode_costs":
        if key[1] and key[1] not in known_codes():
            hint = suggest(key[1], known_codes()) or "Write a code of three letters, as PAK."
            return f"'{key[1]}' is no economy. {hint}"
        return None
    if table in MAY_ADD:
        return None
    names = [" ".join(one) for one in known]
    hint = suggest(shown, names) or f"It names the row by {' and '.join(keys)}."
    return f"'{shown}' is no row of {table}. {hint}"


def _senseless(table: str, rows: pd.DataFrame) -> list[str]:
    """Find values that contradict each other: bands that do not rise, speeds of nothing."""
    faults = []
    for number, row in enumerate(rows.to_dict(orient="records"), start=2):
        triples = [[(name, row[name]) for name in names] for names in RISING.get(table, ())]
        if table == "terminals":
            hours = row["fixed_hours"] + row["queue_hours"]
            middle = ("fixed_hours + queue_hours", hours)
            triples.append(
                [("hours_low", row["hours_low"]), middle, ("hours_high", row["hours_high"])]
            )
        for triple in triples:
            values = [value for _, value in triple]
            if not values[0] <= values[1] <= values[2]:
                told = ", ".join(f"{name} {value:g}" for name, value in triple)
                faults.append(f"row {number}: {told} do not rise; write the band too")
        faults += [
            f"row {number}: {name} must be above zero"
            for name in ABOVE_ZERO.get(table, ())
            if not row[name] > 0
        ]
    return faults


def _changes(
    table: str,
    full: pd.DataFrame,
    defaults: pd.DataFrame,
    schema: Schema,
    origin: tuple[str, str],
) -> pd.DataFrame:
    keys = list(schema.key)
    numbers = {one.name for one in schema.columns if one.type in ("number", "integer")}
    former = {key: number for number, key in enumerate(keys_of(defaults, keys))}
    found = []
    for key, row in zip(keys_of(full, keys), full.to_dict(orient="records"), strict=True):
        old = dict(defaults.iloc[former[key]]) if key in former else {}
        for name in schema.names:
            was, now = old.get(name, ""), row[name]
            same = was == now or (name in numbers and was and now and float(was) == float(now))
            if name not in keys and not same:
                found.append((table, shown_key(key), name, was, now, *origin))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _signed(
    rows: pd.DataFrame, given: pd.DataFrame, changed: pd.DataFrame, file: str, schema: Schema
) -> pd.DataFrame:
    """Put the file in the place of the source where a row changes and names none of its own."""
    shown = [shown_key(key) for key in keys_of(rows, schema.key)]
    touched = pd.Series(shown, index=rows.index).isin(set(changed["row"]))
    if "source" in rows:
        silent = (
            given["source"] == "" if "source" in given else pd.Series(data=True, index=rows.index)
        )
        rows["source"] = rows["source"].where(~(touched & silent), file)
        if "check_at" in rows:
            rows["check_at"] = rows["check_at"].where(~touched, "")
        if "confidence" not in given:
            rows["confidence"] = rows["confidence"].where(~touched, STATED)
    return rows
