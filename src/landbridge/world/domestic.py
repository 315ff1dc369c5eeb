"""Sales of goods at home in past years, which no table here holds: imputed from GDP.

Output of goods is GDP times the ratio of the baseline's year; what is not exported is sold at home.
An economy that exports more than that (an entrepot, say) is taken to sell a small part at home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import foreign_totals
from landbridge.world.baseline import goods_output_ratios
from landbridge.world.history import History

LEAST_SHARE: Final = 0.05
"""Least share of output (or of exports, where they are greater) that is sold at home."""


@dataclass(frozen=True, eq=False)
class DomesticSales:
    """Imputed sales of goods at home in one year.

    Attributes
    ----------
    year
        The year.
    million_usd
        ``[N]`` in the order of the history.
    at_floor
        ``[N]`` whether output by GDP did not exceed exports, so that the least share stands.
    without_gdp
        ``[N]`` whether no GDP is published, so that the world's median of sales at home over
        foreign trade stands.
    """

    year: int
    million_usd: FloatArray
    at_floor: BoolArray
    without_gdp: BoolArray

    @property
    def note(self) -> str:
        """What was imputed, in a sentence."""
        return (
            f"Domestic sales of {self.year} are imputed for all {len(self.million_usd)} economies "
            "(GDP times the baseline's ratio of goods output to GDP, less exports): "
            f"{int(self.at_floor.sum())} stand at the least share, "
            f"{int(self.without_gdp.sum())} have no GDP and take the world's median."
        )


def output_ratios(history: History) -> FloatArray:
    """Compute output of goods over GDP in the baseline's year, ``[N]``; the median elsewhere."""
    known = goods_output_ratios()
    usual = float(np.median(list(known.values())))
    return np.array([known.get(code, usual) for code in history.iso3])


def domestic_sales(history: History, year: int) -> DomesticSales:
    """Impute what each economy sold at home in a year, million USD.

    Parameters
    ----------
    history
        The embedded panel.
    year
        A year of its trade.

    Returns
    -------
    DomesticSales
    """
    exports, imports = foreign_totals(history.goods[history.at(year)])
    gdp = history.gdp(year)
    output = output_ratios(history) * np.nan_to_num(gdp)
    floor = LEAST_SHARE * np.maximum(output, exports)
    sales = np.maximum(output - exports, floor)
    absent = np.isnan(gdp)
    at_floor = (output - exports < floor) & ~absent
    trade = exports + imports
    usual = float(np.median((sales / np.maximum(trade, 1.0))[~absent & (trade > 0)]))
    sales = np.where(absent, usual * trade, sales)
    return DomesticSales(year, sales, at_floor, absent)
