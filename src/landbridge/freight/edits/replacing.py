"""Tables with a user's rows in place of defaults, and with the borders of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from landbridge.errors import InputError
from landbridge.freight.edits.links import appended
from landbridge.freight.edits.observations import VALUES, crossing_values, observed_years
from landbridge.freight.edits.own_rows import COLUMNS, SELF_TOLD, OwnRows, keys_of, shown_key
from landbridge.freight.network.compiled import FreightNetwork, recompile
from landbridge.freight.network.tables import FreightTables
from landbridge.tables import embedded_path, embedded_table, read_schema

ON_NETWORK: Final = ("mode_costs", "terminals", "crossings")
"""Those that the network holds as they are."""
FROM_OBSERVATIONS: Final = (*VALUES, "year", "source", "confidence")


@dataclass(frozen=True, eq=False)
class Prepared:
    """A network with a user's rows and year, and what of the defaults they replaced.

    Attributes
    ----------
    network
        The network before any scenario.
    replaced
        One row a replaced cell: table, row, column, default, used, from (file or year of
        observation), sha256 (of the file).
    observed
        Crossings that were set to the year of observation asked for: crossing, sides_of_year.
    """

    network: FreightNetwork
    replaced: pd.DataFrame
    observed: pd.DataFrame


@dataclass(frozen=True, eq=False)
class OwnTables:
    """Tables with a user's rows and year, and what of the defaults they replaced.

    Attributes
    ----------
    tables
        The tables before any scenario.
    replaced, observed
        As in `Prepared`.
    """

    tables: FreightTables
    replaced: pd.DataFrame
    observed: pd.DataFrame


def with_own_data(
    network: FreightNetwork, own: Sequence[OwnRows], *, border_year: int | None = None
) -> Prepared:
    """Compile the network with a user's rows in place of defaults, and a year of observation.

    Parameters
    ----------
    network
        The network before any scenario.
    own
        From `read_own`; a later file's row goes before an earlier one's.
    border_year
        Year of observation of crossings, where one was published; absent: the latest.

    Raises
    ------
    InputError
        No crossing was observed in that year.
    """
    laid = lay_own_rows(network.tables, own, border_year=border_year)
    return Prepared(recompile(network, laid.tables), laid.replaced, laid.observed)


def lay_own_rows(
    tables: FreightTables, own: Sequence[OwnRows], *, border_year: int | None = None
) -> OwnTables:
    """Lay a user's rows and a year of observation over the tables; arguments as `with_own_data`.

    Raises
    ------
    InputError
        No crossing was observed in that year.
    """
    tables, told, observed = _observed(tables, own, border_year)
    lists = [*(one.changed for one in own), _without(told, own)]
    for one in own:
        if one.table in ON_NETWORK:
            laid = _laid_over(getattr(tables, one.table), one)
            tables = replace(tables, **{one.table: laid})  # type: ignore[arg-type] # a table
    filled = [part for part in lists if len(part)]
    replaced = (
        pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(COLUMNS))
    )
    return OwnTables(tables=tables, replaced=replaced, observed=observed)


def _without(told: pd.DataFrame, own: Sequence[OwnRows]) -> pd.DataFrame:
    """Drop cells that a file of the user's sets after all: those are listed with the file."""
    key = ["table", "row", "column"]
    mine = {cell for one in own for cell in one.changed[key].itertuples(index=False, name=None)}
    keep = [cell not in mine for cell in told[key].itertuples(index=False, name=None)]
    return told[keep]


def own_table(name: str, own: Sequence[OwnRows]) -> pd.DataFrame:
    """Read a table of defaults with a user's rows in it."""
    table = embedded_table("freight", name)
    for one in own:
        if one.table == name:
            table = _laid_over(table, one)
    return table


def _laid_over(table: pd.DataFrame, own: OwnRows) -> pd.DataFrame:
    """Put a user's rows over a table's rows of the same key; new ones come at the end."""
    schema = read_schema(embedded_path("freight", f"{own.table}.csv"))
    keys = list(schema.key)
    where = {key: number for number, key in enumerate(keys_of(table, keys))}
    columns = {str(name): list(table[name]) for name in table.columns}
    cells = set(zip(own.changed["row"], own.changed["column"], strict=True))
    touched = {row for row, _ in cells}
    new = []
    for key, row in zip(keys_of(own.rows, keys), own.rows.to_dict(orient="records"), strict=True):
        shown = shown_key(key)
        if key not in where:
            new.append(row)
            continue
        for name in schema.names:
            # What stays as it is keeps what a year of observation may have put there.
            if (shown, name) in cells or (shown in touched and name in SELF_TOLD):
                columns[name][where[key]] = row[name]
    laid = pd.DataFrame(columns, columns=table.columns).astype(table.dtypes.to_dict())
    for row in new:
        if "draws_as" in table:
            row |= {"draws_as": row["terminal"], "stated": False}
        laid = appended(laid, {str(name): value for name, value in row.items()})
    return laid


def _observed(
    tables: FreightTables, own: Sequence[OwnRows], year: int | None
) -> tuple[FreightTables, pd.DataFrame, pd.DataFrame]:
    """Set crossings to a user's classes and observations, and to a year of observation."""
    nothing = (
        pd.DataFrame(columns=list(COLUMNS)),
        pd.DataFrame(columns=["crossing", "sides_of_year"]),
    )
    mine = [one for one in own if one.table in ("crossing_classes", "crossing_observations")]
    if year is None and not mine:
        return tables, *nothing
    observations, classes = (
        own_table(name, own) for name in ("crossing_observations", "crossing_classes")
    )
    known = observed_years(observations)
    if year is not None and year not in known:
        raise InputError(
            f"no crossing has a published observation of {year}.",
            where="year of the borders",
            mend=f"Known: {', '.join(map(str, known))}.",
        )
    crossings = tables.crossings
    terminals = embedded_table("freight", "terminals")
    default = crossing_values(
        crossings,
        embedded_table("freight", "crossing_observations"),
        embedded_table("freight", "crossing_classes"),
        terminals,
    )
    found = crossing_values(crossings, observations, classes, terminals, year=year)
    differs = (found[list(VALUES)] != default[list(VALUES)]).to_numpy()
    of_year = found["sides_of_year"].to_numpy() > 0
    touched = differs.any(axis=1) | of_year
    changed = crossings.copy()
    for name in FROM_OBSERVATIONS:
        values = changed[name].to_numpy(copy=True)
        values[touched] = found[name].to_numpy()[touched]
        changed[name] = values
    told = [
        (
            "crossings",
            str(crossings["crossing"].iloc[row]),
            name,
            f"{crossings[name].iloc[row]:g}",
            f"{found[name].iloc[row]:g}",
            f"observations of {year}" if of_year[row] else ", ".join(one.file for one in mine),
            "" if of_year[row] else ", ".join(one.sha256 for one in mine),
        )
        for row in range(len(crossings))
        for place, name in enumerate(VALUES)
        if differs[row, place]
    ]
    observed = found.loc[of_year, ["crossing", "sides_of_year"]].reset_index(drop=True)
    return (
        replace(tables, crossings=changed),
        pd.DataFrame(told, columns=list(COLUMNS)),
        observed,
    )
