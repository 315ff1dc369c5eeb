"""Regressors that policy people ask for: agreements by bloc and depth, with leads and lags.

Each function takes a panel and gives a `Design`: the panel with new columns, and their names for
`GravitySpec.regressors`. Nothing is estimated here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import pandas as pd

from landbridge.atlas.blocs import BOUND, DEPTHS, Depth, bloc, depth_rank, known_blocs, members
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.units import PERCENT, BoolArray, FloatArray

MID_YEAR: Final = (7, 1)
"""An agreement counts for a year in which it binds on this day: most of that year's trade."""


@dataclass(frozen=True)
class Keys:
    """The names of a panel's key columns."""

    exporter: str = "exporter"
    importer: str = "importer"
    year: str = "year"

    def check(self, table: pd.DataFrame, *extra: str) -> None:
        """Refuse a table that lacks one of the columns.

        Raises
        ------
        UnknownNameError
            Names the nearest column.
        """
        known = [str(column) for column in table.columns]
        for column in (self.exporter, self.importer, self.year, *extra):
            if column not in known:
                raise UnknownNameError(
                    f"the panel has no column '{column}'.",
                    mend=suggest(column, known) or f"Columns: {', '.join(known[:20])}.",
                )

    def check_years(self, table: pd.DataFrame) -> None:
        """Refuse a year column that holds no whole years.

        Raises
        ------
        InputError
            It is text, dates or fractions, or has gaps.
        """
        self.check(table)
        years = table[self.year]
        if pd.api.types.is_numeric_dtype(years):
            odd = years[years.isna() | (years != years.round())]
        else:
            odd = years
        if len(odd):
            shown = repr(odd.iloc[0])
            raise InputError(
                f"column '{self.year}' does not hold whole years ({shown}).",
                where="panel",
                mend="Write years as whole numbers: 2019.",
            )


STANDARD_KEYS: Final = Keys()


@dataclass(frozen=True, eq=False)
class Design:
    """A panel with regressors added.

    Attributes
    ----------
    table
        A copy of the panel with the new columns.
    terms
        Their names.
    """

    table: pd.DataFrame
    terms: tuple[str, ...]


def international(table: pd.DataFrame, *, keys: Keys = STANDARD_KEYS) -> BoolArray:
    """Tell flows that cross a border from domestic sales, ``[rows]``."""
    keys.check(table)
    return np.asarray(
        table[keys.exporter].astype(str).to_numpy() != table[keys.importer].astype(str).to_numpy()
    )


def lead_lag(
    table: pd.DataFrame,
    column: str,
    *,
    leads: Sequence[int] = (),
    lags: Sequence[int] = (),
    keys: Keys = STANDARD_KEYS,
) -> Design:
    """Add a variable's values of later and earlier years.

    A lead that matters says that trade moved before the agreement (anticipation, or reverse
    causality); lags show how effects are phased in.

    Parameters
    ----------
    table
        Has one row a pair and year.
    column
        The variable, for instance an agreement's dummy.
    leads, lags
        Years ahead and back, positive.
    keys
        Names of the key columns.

    Returns
    -------
    Design
        Columns ``<column>_lead4``, ``<column>_lag4``; missing where that year is not in the panel,
        so that the estimator drops and counts those rows.
    """
    keys.check(table, column)
    keys.check_years(table)
    shifts = {f"{column}_lead{years}": years for years in leads}
    shifts |= {f"{column}_lag{years}": -years for years in lags}
    if any(years <= 0 for years in (*leads, *lags)):
        raise InputError("leads and lags are given in years, as positive numbers.")
    names = [keys.exporter, keys.importer, keys.year]
    known = table.set_index(names)[column]
    if known.index.has_duplicates:
        raise InputError(
            f"{', '.join(names)} do not identify a row: leads and lags are not defined.",
            mend="Build them before sectors are stacked.",
        )
    result = table.copy()
    for name, years in shifts.items():
        wanted = pd.MultiIndex.from_arrays(
            [table[keys.exporter], table[keys.importer], table[keys.year] + years]
        )
        result[name] = known.reindex(wanted).to_numpy()
    return Design(table=result, terms=tuple(shifts))


def border_years(
    table: pd.DataFrame, *, base_year: int | None = None, keys: Keys = STANDARD_KEYS
) -> Design:
    """Add a border term for each year but one: how globalisation moved all foreign trade.

    They need domestic trade in the panel. Without them, agreements take the credit for the fall
    of all trade costs (Bergstrand, Larch and Yotov 2015).

    Parameters
    ----------
    table
        With domestic rows (exporter and importer the same).
    base_year
        The year that the others are compared with; the last one when left out.
    keys
        Names of the key columns.

    Returns
    -------
    Design
        Columns ``border_<year>``.
    """
    foreign = international(table, keys=keys)
    keys.check_years(table)
    if foreign.all():
        raise InputError(
            "the panel has no domestic trade, without which border terms are not identified.",
            mend="Add rows in which exporter and importer are the same (output less exports).",
        )
    years = sorted(int(year) for year in table[keys.year].unique())
    base = years[-1] if base_year is None else base_year
    if base not in years:
        raise InputError(f"the base year {base} is not in the panel ({years[0]} to {years[-1]}).")
    result = table.copy()
    terms = []
    for year in years:
        if year != base:
            terms.append(f"border_{year}")
            result[terms[-1]] = (foreign & (table[keys.year] == year).to_numpy()).astype(float)
    return Design(table=result, terms=tuple(terms))


def across_borders(
    table: pd.DataFrame, columns: Sequence[str], *, keys: Keys = STANDARD_KEYS
) -> Design:
    """Add policies that treat all partners alike, where they meet a border.

    A country's own variable (its most-favoured-nation tariff, its customs time) is swallowed by
    its fixed effects; its effect on foreign against domestic trade is not (Heid, Larch and Yotov
    2021). Needs domestic trade in the panel.

    Returns
    -------
    Design
        Columns ``<column>_across_border``.
    """
    keys.check(table, *columns)
    foreign = international(table, keys=keys)
    if foreign.all():
        raise InputError(
            "the panel has no domestic trade, without which such policies are not identified.",
            mend="Add rows in which exporter and importer are the same.",
        )
    result = table.copy()
    terms = tuple(f"{column}_across_border" for column in columns)
    for column, term in zip(columns, terms, strict=True):
        result[term] = np.where(foreign, table[column], 0.0)
    return Design(table=result, terms=terms)


def ad_valorem(
    table: pd.DataFrame,
    column: str,
    *,
    unit: Literal["percent", "ratio"],
    keys: Keys = STANDARD_KEYS,
) -> Design:
    """Add the logarithm of one plus a rate, whose coefficient is an elasticity.

    Parameters
    ----------
    table
        The panel.
    column
        A tariff or an ad valorem cost.
    unit
        ``percent`` (5 is five percent) or ``ratio`` (0.05 is).
    keys
        Names of the key columns; they tell domestic sales, on which no tariff is paid.

    Returns
    -------
    Design
        Column ``ln_<column>_factor``; zero where a domestic sale has no rate (`rates_taken`).
        With flows before tariffs the coefficient is minus the
        elasticity of substitution; with flows after tariffs, one less that.
    """
    if column not in table.columns:
        known = [str(each) for each in table.columns]
        raise UnknownNameError(f"there is no column '{column}'.", mend=suggest(column, known))
    rate = table[column].to_numpy(dtype=np.float64) / (PERCENT if unit == "percent" else 1.0)
    if (rate <= -1.0).any():
        raise InputError(f"column '{column}' holds rates of minus 100 percent or less.")
    result = table.copy()
    term = f"ln_{column}_factor"
    result[term] = np.where(rates_taken(table, column, keys=keys), 0.0, np.log1p(rate))
    return Design(table=result, terms=(term,))


def rates_taken(table: pd.DataFrame, column: str, *, keys: Keys = STANDARD_KEYS) -> BoolArray:
    """Mark domestic sales without a rate, ``[rows]``: theirs is taken as zero."""
    if not {keys.exporter, keys.importer} <= set(table.columns):
        return np.zeros(len(table), dtype=np.bool_)
    same = table[keys.exporter].astype(str) == table[keys.importer].astype(str)
    return (same & table[column].isna()).to_numpy(dtype=np.bool_)


def interactions(
    table: pd.DataFrame, products: Sequence[Sequence[str]], *, keys: Keys = STANDARD_KEYS
) -> Design:
    """Add products of variables: an agreement's effect by distance, by depth, by bloc.

    Parameters
    ----------
    table
        The panel, with the columns named.
    products
        Two columns or more each.
    keys
        Names of the key columns.

    Returns
    -------
    Design
        Columns ``<one>_x_<other>``; missing where one of the variables is.

    Raises
    ------
    InputError
        A product of fewer than two columns, or a column that is no number.
    """
    result = table.copy()
    terms: list[str] = []
    for columns in products:
        if len(columns) < 2:  # noqa: PLR2004 - a product
            raise InputError("an interaction takes two columns or more.", where="interactions")
        keys.check(table, *columns)
        text = [name for name in columns if not pd.api.types.is_numeric_dtype(table[name])]
        if text:
            raise InputError(f"column '{text[0]}' is no number.", where="interactions")
        terms.append("_x_".join(columns))
        result[terms[-1]] = table[list(columns)].astype(np.float64).prod(axis=1, skipna=False)
    return Design(table=result, terms=tuple(terms))


def bloc_effects(
    table: pd.DataFrame,
    blocs: Sequence[str],
    *,
    diversion: bool = False,
    keys: Keys = STANDARD_KEYS,
) -> Design:
    """Add, for each bloc, whether both partners were bound by it in mid-year.

    Parameters
    ----------
    table
        Exporters and importers are ISO3 codes.
    blocs
        Names or identities that the atlas knows; members are those of each year.
    diversion
        Whether to add also whether the importer alone is a member (trade with outsiders).
        Identified only with domestic trade in the panel.
    keys
        Names of the key columns.

    Returns
    -------
    Design
        Columns ``both_in_<bloc>``, and ``into_<bloc>`` under `diversion`; zero for domestic sales.
    """
    keys.check_years(table)
    foreign = international(table, keys=keys)
    result = table.copy()
    terms: list[str] = []
    for name in blocs:
        identity = bloc(name).bloc
        exporting = _bound(table, identity, keys.exporter, keys.year)
        importing = _bound(table, identity, keys.importer, keys.year)
        terms.append(f"both_in_{identity}")
        result[terms[-1]] = (exporting & importing & foreign).astype(float)
        if diversion:
            terms.append(f"into_{identity}")
            result[terms[-1]] = (~exporting & importing & foreign).astype(float)
    return Design(table=result, terms=tuple(terms))


def depth_effects(
    table: pd.DataFrame, *, shallowest: Depth = "preference", keys: Keys = STANDARD_KEYS
) -> Design:
    """Add the depth of the deepest bloc that both partners were bound by in mid-year.

    Parameters
    ----------
    table
        Exporters and importers are ISO3 codes.
    shallowest
        Shallower blocs (dialogue, say) do not count.
    keys
        Names of the key columns.

    Returns
    -------
    Design
        Columns ``depth_<depth>``, one for each depth that occurs; at most one of them is 1.
    """
    keys.check_years(table)
    foreign = international(table, keys=keys)
    rank = np.full(len(table), -1)
    for identity in known_blocs():
        depth = depth_rank(bloc(identity).depth)
        if depth < depth_rank(shallowest):
            continue
        both = _bound(table, identity, keys.exporter, keys.year)
        both &= _bound(table, identity, keys.importer, keys.year)
        rank = np.where(both & foreign, np.maximum(rank, depth), rank)
    result = table.copy()
    terms: list[str] = []
    for depth in sorted(set(rank[rank >= 0].tolist())):
        terms.append(f"depth_{DEPTHS[depth]}")
        result[terms[-1]] = (rank == depth).astype(float)
    return Design(table=result, terms=tuple(terms))


def from_matrix(
    table: pd.DataFrame,
    name: str,
    values: FloatArray,
    *,
    iso3: Sequence[str],
    transform: Literal["level", "log"] = "log",
    keys: Keys = STANDARD_KEYS,
) -> Design:
    """Add a measure between economies: hours or cost of the freight network, for instance.

    Parameters
    ----------
    table
        Exporters and importers are codes as in `iso3`.
    name
        Of the measure, with its unit (``hours``, ``usd_per_tonne``).
    values
        ``[N, N]`` exporter x importer; a way that does not exist is infinite or missing.
    iso3
        N codes, the order of both axes.
    transform
        The logarithm (an elasticity) or the value itself (a semi-elasticity).
    keys
        Names of the key columns.

    Returns
    -------
    Design
        Column ``ln_<name>`` or ``<name>``; missing where there is no value, so that the estimator
        drops and counts those rows.
    """
    keys.check(table)
    if np.shape(values) != (len(iso3), len(iso3)):
        raise InputError(f"{name} has shape {np.shape(values)}; {len(iso3)} economies were named.")
    index = pd.Index(list(iso3))
    at = [index.get_indexer(pd.Index(table[end])) for end in (keys.exporter, keys.importer)]
    picked = np.where((at[0] >= 0) & (at[1] >= 0), np.asarray(values)[at[0], at[1]], np.nan)
    picked = np.where(np.isfinite(picked), picked, np.nan)
    if transform == "log":
        if (picked <= 0).any():
            raise InputError(f"{name} is zero or negative for some pairs: it has no logarithm.")
        picked = np.log(picked)
    term = f"ln_{name}" if transform == "log" else name
    return Design(table=table.assign(**{term: picked}), terms=(term,))


def percent_effect(coefficient: FloatArray | float) -> FloatArray:
    """Turn the coefficient of a dummy into percent of trade: ``100 (exp(b) - 1)``.

    Examples
    --------
    >>> round(float(percent_effect(0.557)), 1)
    74.5
    """
    return np.asarray(PERCENT * np.expm1(coefficient))


def _bound(table: pd.DataFrame, identity: str, economy: str, year: str) -> BoolArray:
    """Tell which rows' economy is bound by a bloc in the row's year."""
    found = np.zeros(len(table), dtype=np.bool_)
    years = table[year].to_numpy()
    codes = table[economy].to_numpy()
    for each in np.unique(years):
        held = members(identity, on=date(int(each), *MID_YEAR), statuses=BOUND)
        rows = years == each
        found[rows] = np.isin(codes[rows].astype(str), held)
    return found
