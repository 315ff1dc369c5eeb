"""A user's panel made ready for a backcast: names of columns, blocs by date, sales at home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.atlas.blocs import BOUND, members, resolve_bloc
from landbridge.errors import InputError
from landbridge.gravity.uses.effects import MID_YEAR, bloc_effects
from landbridge.sources.model import MILLION_USD_PER, ColumnMap
from landbridge.world.domestic import LEAST_SHARE, output_ratios
from landbridge.world.history import load_history

KEYS: Final = ["exporter", "importer", "year"]
VALUES: Final = ("value_million_usd", "goods_million_usd")
"""Columns of trade that the loaders and the embedded panel have."""


def named_columns(table: pd.DataFrame, given: ColumnMap | None) -> tuple[pd.DataFrame, bool]:
    """Bring a table to exporter, importer, year and trade.

    Parameters
    ----------
    table
        As read.
    given
        What its columns mean; None where they have the loaders' names.

    Returns
    -------
    tuple
        The table, its sectors or products summed, and whether trade is in million USD.

    Raises
    ------
    InputError
        A column that is named is not there.
    """
    if given is not None:
        names = {given.exporter: "exporter", given.importer: "importer", given.year: "year"}
        absent = [name for name in (*names, given.value) if name not in table.columns]
        if absent:
            raise InputError(f"the panel has no column {', '.join(absent)}.", where="--columns")
        table = table.rename(columns=names)
        table["trade"] = table[given.value] * MILLION_USD_PER[given.unit or "million_usd"]
        return _summed(table), True
    value = next((name for name in VALUES if name in table.columns), None)
    if "trade" in table.columns or value is None:
        return table, False
    return _summed(table.rename(columns={value: "trade"})), True


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    """Sum sectors and products of a pair and year; what else stands there is of the pair."""
    if not set(KEYS) <= set(table.columns) or not table.duplicated(KEYS).any():
        return table
    others = {
        name: "max"
        for name in table.columns
        if name not in {*KEYS, "trade"} and pd.api.types.is_numeric_dtype(table[name])
    }
    return table.groupby(KEYS, as_index=False).agg({"trade": "sum", **others})


def with_blocs(table: pd.DataFrame, blocs: Sequence[str], column: str) -> pd.DataFrame:
    """Add a column that is 1 where one of some blocs binds both partners in mid-year.

    Raises
    ------
    UnknownNameError
        A bloc is not known.
    """
    design = bloc_effects(table, blocs)
    return table.assign(**{column: design.table[list(design.terms)].max(axis=1)})


def parties_of(name: str, year: int, codes: Sequence[str]) -> tuple[str, ...]:
    """Find the economies of a panel that a bloc binds in the middle of a year."""
    inside = members(resolve_bloc(name), on=pd.Timestamp(year, *MID_YEAR).date(), statuses=BOUND)
    return tuple(code for code in inside if code in set(codes))


def with_home_sales(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Impute sales at home that a panel in million USD lacks, from GDP (see `domestic_sales`).

    Parameters
    ----------
    table
        exporter, importer, year, trade; codes of economies are ISO3.

    Returns
    -------
    tuple
        The table with the rows that could be imputed, and what was done, in sentences.
    """
    history = load_history()
    place = {code: at for at, code in enumerate(history.iso3)}
    ratios = output_ratios(history)
    codes = sorted(set(table["exporter"]) | set(table["importer"]))
    home = table["exporter"] == table["importer"]
    there = set(zip(table.loc[home, "exporter"], table.loc[home, "year"], strict=True))
    exports = table[~home].groupby(["exporter", "year"])["trade"].sum().to_dict()
    rows, floors, lacking = [], 0, 0
    for year in sorted(set(table["year"])):
        gdp = history.gdp(int(year)) if int(year) in history.gdp_years else None
        for code in codes:
            if (code, year) in there:
                continue
            known = np.nan if gdp is None or code not in place else gdp[place[code]]
            if np.isnan(known):
                lacking += 1
                continue
            output, sold = float(ratios[place[code]] * known), exports.get((code, year), 0.0)
            least = LEAST_SHARE * max(output, sold)
            floors += output - sold < least
            rows.append((code, code, int(year), max(output - sold, least)))
    if not rows:
        return table, ()
    added = pd.DataFrame(rows, columns=[*KEYS, "trade"])
    note = (
        f"Sales at home of {len(rows)} economies and years are imputed (GDP times the baseline's "
        f"ratio of goods output to GDP, less exports): {floors} stand at the least share; "
        f"{lacking} could not be: no GDP is known."
    )
    filled = pd.concat([table, added], ignore_index=True)
    others = [name for name in table.columns if name not in {*KEYS, "trade"}]
    numeric = [name for name in others if pd.api.types.is_numeric_dtype(table[name])]
    filled[numeric] = filled[numeric].fillna(0.0)
    return filled, (note,)
