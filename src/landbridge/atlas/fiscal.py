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

OLDEST_YEARS: Final = 5
"""A figure older than this many years is too old to use: debts, budgets and reserves move."""


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


def usable_fiscal(economy: str, *, year: int) -> pd.DataFrame:
    """Find the latest figure of each indicator, and whether it is too old to use in a year.

    Parameters
    ----------
    economy
        Code or name.
    year
        The year for which the figures are wanted.

    Returns
    -------
    pandas.DataFrame
        Columns of `fiscal` and ``too_old``: True where the figure is more than `OLDEST_YEARS` years
        older than `year`. A later one is never too old.
    """
    table = latest_fiscal(economy).drop(columns="stale")
    return table.assign(too_old=year - table["year"] > OLDEST_YEARS)
