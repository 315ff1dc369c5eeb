"""From the design and rows of an estimation file to the table that is estimated on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.gravity.files.reading import DesignSection, RowsSection
from landbridge.gravity.uses.effects import (
    Keys,
    across_borders,
    ad_valorem,
    bloc_effects,
    border_years,
    depth_effects,
    interactions,
    international,
    lead_lag,
    rates_taken,
)
from landbridge.gravity.uses.freight_design import freight_effects


def build_columns(
    table: pd.DataFrame, section: DesignSection, keys: Keys, *, network: FreightNetwork | None
) -> pd.DataFrame:
    """Build the columns that a file asks for, before any row is left out.

    Leads and lags come after blocs and depth, whose they may be; products come last.

    Parameters
    ----------
    table, section, keys
        The panel, what the file asks for and the names of the key columns.
    network
        Needed where the file asks for time or cost of freight.

    Raises
    ------
    InputError
        The file asks for freight and there is no network; a column is not there or is no number.
    """
    for column in section.log:
        table = _logarithm(table, column)
    for rate in section.rates:
        table = ad_valorem(table, rate.column, unit=rate.unit, keys=keys).table
    if section.freight:
        if network is None:
            raise InputError("time and cost of freight need a network.", where="design.freight")
        table = freight_effects(table, section.freight, network=network, keys=keys).table
    if section.blocs:
        table = bloc_effects(table, section.blocs, diversion=section.diversion, keys=keys).table
    if section.depth is not None:
        table = depth_effects(table, shallowest=section.depth, keys=keys).table
    for each in section.lead_lag:
        table = lead_lag(table, each.column, leads=each.leads, lags=each.lags, keys=keys).table
    if section.border_years:
        table = border_years(table, base_year=section.base_year, keys=keys).table
    if section.across_borders:
        table = across_borders(table, section.across_borders, keys=keys).table
    return interactions(table, section.interactions, keys=keys).table


def rate_notes(table: pd.DataFrame, section: DesignSection, keys: Keys) -> tuple[str, ...]:
    """Count the domestic sales whose rate is not given and taken as zero, a sentence a column."""
    counted = {
        rate.column: int(rates_taken(table, rate.column, keys=keys).sum()) for rate in section.rates
    }
    return tuple(
        f"{column}: {count:,} rows of domestic sales have no rate; it is taken as zero."
        for column, count in counted.items()
        if count
    )


def _logarithm(table: pd.DataFrame, column: str) -> pd.DataFrame:
    if column not in table.columns:
        known = [str(name) for name in table.columns]
        raise UnknownNameError(
            f"there is no column '{column}' to take the logarithm of.",
            mend=suggest(column, known) or f"Columns: {', '.join(known[:20])}.",
        )
    if not pd.api.types.is_numeric_dtype(table[column]):
        raise InputError(f"column '{column}' is no number: no logarithm.")
    values = table[column].to_numpy(dtype=np.float64, na_value=np.nan)
    if (values <= 0).any():
        count = int((values <= 0).sum())
        raise InputError(
            f"column '{column}' holds values that are not positive ({count:,} rows): no logarithm.",
            mend="Leave them empty (their rows are then dropped and counted), or take the column "
            "as it is.",
        )
    return table.assign(**{f"ln_{column}": np.log(values)})


def choose_rows(table: pd.DataFrame, section: RowsSection, keys: Keys) -> pd.DataFrame:
    """Keep the rows that a file asks for.

    Raises
    ------
    InputError
        A year of which the data have no row.
    """
    if section.years:
        keys.check(table)
        known = set(table[keys.year].unique().tolist())
        unknown = [year for year in section.years if year not in known]
        if unknown:
            raise InputError(f"the data have no rows of {', '.join(map(str, unknown))}.")
        table = table[table[keys.year].isin(section.years)]
    if section.trade == "international":
        keys.check(table)
        table = table[international(table, keys=keys)]
    return table
