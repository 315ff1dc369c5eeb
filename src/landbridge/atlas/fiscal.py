"""Fiscal indicators: debt, reserves, current account and budget, each with its year."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

import pandas as pd

from landbridge.codes import resolve
from landbridge.tables import embedded_table

Indicator: TypeAlias = Literal[
    "public_debt_percent_of_gdp",
    "external_debt_million_usd",
    "reserves_million_usd",
    "current_account_million_usd",
    "revenues_percent_of_gdp",
    "budget_revenues_million_usd",
    "budget_expenditures_million_usd",
]
INDICATORS: Final[tuple[Indicator, ...]] = get_args(Indicator)

STALE_BEFORE: Final = 2020
"""A latest figure from before this year is marked: it says little about today."""


def fiscal(economy: str = "") -> pd.DataFrame:
    """Read every year of every indicator, of one economy if named.

    Returns
    -------
    pandas.DataFrame
        iso3, indicator, year, value (the unit stands in the indicator's name), source,
        confidence.
    """
    table = embedded_table("atlas", "fiscal")
    if not economy:
        return table
    return table[table.iso3 == resolve(economy)].reset_index(drop=True)


def latest_fiscal(economy: str = "") -> pd.DataFrame:
    """Find the latest year of each indicator, of one economy if named.

    Returns
    -------
    pandas.DataFrame
        Columns of `fiscal` and ``stale``, True where the latest year lies before `STALE_BEFORE`.
    """
    table = fiscal(economy).sort_values(["iso3", "indicator", "year"])
    latest = table.groupby(["iso3", "indicator"], as_index=False).last()
    latest["stale"] = latest.year < STALE_BEFORE
    return latest
