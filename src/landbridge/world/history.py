"""The years before the baseline: goods between economies since 2000, GDP and growth since 1990.

Goods are those of BACI (CEPII), which reconciles what both partners report, summed over products.
2021 and 2022 are not in the panel, 2023 is an early release: cells that are empty there after years
of much trade, or in earlier years between such years, are marked as not known, and never read as
zero.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import DataError, InputError, UnknownNameError, suggest
from landbridge.tables import embedded_path
from landbridge.units import BoolArray, FloatArray, IntArray

ARRAYS: Final = "history.npz"
RECORD: Final = "history.toml"
THOUSAND: Final = 1000.0
ATTRIBUTION: Final = (
    "Source: CEPII, BACI (Gaulier and Zignago 2010), Etalab Open Licence 2.0, to be confirmed on "
    "CEPII's page; GDP: World Bank, World Development Indicators, CC BY 4.0."
)


@dataclass(frozen=True, eq=False)
class History:
    """Goods trade and GDP by year.

    Attributes
    ----------
    iso3
        N codes; the order of every axis.
    years
        T years of trade, rising; 2021 and 2022 are not among them.
    goods
        ``[T, N, N]`` million USD of the year, exporter by importer; zero on the diagonal and where
        a cell is not known.
    known
        ``[T, N, N]`` whether the cell says something: a flow, or a true zero as far as BACI knows.
    gdp_years
        Y years of GDP, rising.
    gdp_million_usd
        ``[Y, N]`` million USD of the year; not a number where it is not published.
    growth_percent
        ``[Y, N]`` growth of real GDP over the year before; not a number likewise.
    """

    iso3: tuple[str, ...]
    years: tuple[int, ...]
    goods: FloatArray
    known: BoolArray
    gdp_years: tuple[int, ...]
    gdp_million_usd: FloatArray
    growth_percent: FloatArray

    def index(self, iso3: str) -> int:
        """Find the place of an economy on the axes.

        Raises
        ------
        UnknownNameError
            The panel does not hold it.
        """
        if iso3 not in self.iso3:
            raise UnknownNameError(
                f"{iso3} is not in the embedded panel of trade.", mend=suggest(iso3, self.iso3)
            )
        return self.iso3.index(iso3)

    def at(self, year: int) -> int:
        """Find the place of a year of trade.

        Raises
        ------
        InputError
            The panel does not hold it.
        """
        if year not in self.years:
            raise InputError(
                f"the embedded panel has no trade of {year}.",
                where="year",
                mend=f"It has {span_of(self.years)}.",
            )
        return self.years.index(year)

    def square(self, year: int) -> FloatArray:
        """Read one year's goods, ``[N, N]`` million USD; not a number where a cell is not known."""
        at = self.at(year)
        return np.where(self.known[at], self.goods[at], np.nan)

    def gdp(self, year: int) -> FloatArray:
        """Read the GDP of a year, ``[N]`` million USD; not a number where it is not published."""
        if year not in self.gdp_years:
            raise InputError(
                f"the embedded panel has no GDP of {year}.",
                where="year",
                mend=f"It has {span_of(self.gdp_years)}.",
            )
        return np.asarray(self.gdp_million_usd[self.gdp_years.index(year)])


@lru_cache(maxsize=1)
def load_history() -> History:
    """Read the embedded panel: goods of 2000 to 2020 and 2023, GDP and growth of 1990 to 2023.

    Returns
    -------
    History
        Its arrays are read-only.

    Raises
    ------
    DataError
        The file is missing, or its bytes are not those that the record names.

    Examples
    --------
    >>> history = load_history()
    >>> pak, uzb = history.index("PAK"), history.index("UZB")
    >>> bool(history.goods[history.at(2019), pak, uzb] > 0)
    True
    """
    path = embedded_path("world", ARRAYS)
    if not path.is_file():
        raise DataError("the embedded panel of trade is missing", where=str(path))
    if hashlib.sha256(path.read_bytes()).hexdigest() != history_record()["sha256"]:
        raise DataError(
            "the embedded panel of trade is not the one that was built",
            where=str(path),
            mend="Install the package again.",
        )
    with np.load(path, allow_pickle=False) as arrays:
        iso3 = tuple(str(code) for code in arrays["iso3"])
        years = tuple(int(year) for year in arrays["years"])
        shape = (len(years), len(iso3), len(iso3))
        planes: IntArray = arrays["planes"]
        numbers = np.ascontiguousarray(np.moveaxis(planes, 0, 2)).view("<i4")[:, :, 0]
        goods = np.zeros((len(years), shape[1] * shape[2]))
        goods[:, arrays["pairs"]] = numbers.T / THOUSAND
        bits = np.unpackbits(arrays["unknown"], count=int(np.prod(shape)))
        known = ~bits.astype(np.bool_).reshape(shape)
        history = History(
            iso3=iso3,
            years=years,
            goods=np.where(known, goods.reshape(shape), 0.0),
            known=known,
            gdp_years=tuple(int(year) for year in arrays["gdp_years"]),
            gdp_million_usd=arrays["gdp_million_usd"],
            growth_percent=arrays["growth_percent"],
        )
    for values in (history.goods, history.known, history.gdp_million_usd, history.growth_percent):
        values.flags.writeable = False
    return history


@lru_cache(maxsize=1)
def history_record() -> dict[str, object]:
    """Read the record of the panel: inputs, licences, counts, checksum."""
    path = embedded_path("world", RECORD)
    if not path.is_file():
        raise DataError("the record of the embedded panel is missing", where=str(path))
    return tomllib.loads(path.read_text(encoding="utf-8"))


def pair_history(one: str, other: str) -> pd.DataFrame:
    """Read what two economies sold each other, year by year.

    Parameters
    ----------
    one, other
        ISO3 codes.

    Returns
    -------
    pandas.DataFrame
        One row a direction and year: exporter, importer, year, goods_million_usd (missing where it
        is not known).

    Raises
    ------
    UnknownNameError
        One of them is not in the panel.
    """
    history = load_history()
    rows = []
    for exporter, importer in ((one, other), (other, one)):
        at = (slice(None), history.index(exporter), history.index(importer))
        values = np.where(history.known[at], history.goods[at], np.nan)
        rows.append(
            pd.DataFrame(
                {
                    "exporter": exporter,
                    "importer": importer,
                    "year": history.years,
                    "goods_million_usd": values,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def growth_table() -> pd.DataFrame:
    """Read the growth of real GDP, percent: a row a year, a column an economy."""
    history = load_history()
    return pd.DataFrame(
        history.growth_percent,
        index=pd.Index(history.gdp_years, name="year"),
        columns=list(history.iso3),
    )


def span_of(years: tuple[int, ...]) -> str:
    """Tell years in few words: runs by their ends.

    Examples
    --------
    >>> span_of((2000, 2001, 2002, 2004))
    '2000 to 2002 and 2004'
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    told = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
