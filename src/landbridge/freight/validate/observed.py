"""Published figures of freight, made comparable: a year, one quantity, a band.

A figure is of a port, a strait, a crossing, a corridor or the share of a mode. It is turned into a
year's tonnes, TEU, USD or percent: times twelve over the months that it covers, times what one of
its unit is, times the part that the network carries (trade between economies, not transhipped). Its
band is lognormal and joins the figure's own spread with that of the unit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pandas as pd

from landbridge.freight.costs.pricing import NORMAL_95
from landbridge.tables import embedded_table

MONTHS: Final = 12
ONE_IN: Final = 3
"""One element in so many is held back from the fit."""
JOINER: Final = "|"
ALL: Final = "all"


@dataclass(frozen=True)
class Figure:
    """A figure made comparable; names as in the table ``observed_freight``.

    Attributes
    ----------
    quantity, amount, low, high
        What is compared, a year's amount in it, and its 5th and 95th percentile.
    """

    figure: str
    kind: str
    element: str
    name: str
    exporter: str
    importer: str
    mode: str
    direction: str
    cargo: str
    year: int
    use: str
    confidence: str
    source: str
    address: str
    note: str
    quantity: str
    amount: float
    low: float
    high: float

    @property
    def elements(self) -> tuple[str, ...]:
        """Ids of its elements."""
        return tuple(self.element.split(JOINER))

    @property
    def cargoes(self) -> tuple[str, ...]:
        """Classes of cargo; none where it is of all."""
        return () if self.cargo == ALL else tuple(self.cargo.split(JOINER))


def figures_of(table: pd.DataFrame) -> tuple[Figure, ...]:
    """Turn rows of `comparable_figures` into figures."""
    columns = [table[field.name].to_list() for field in fields(Figure)]
    return tuple(Figure(*values) for values in zip(*columns, strict=True))


def observed_freight() -> pd.DataFrame:
    """Read the published figures; columns as in ``freight/data/observed_freight.schema.toml``."""
    return embedded_table("freight", "observed_freight")


def held_back(kind: str, element: str) -> bool:
    """Say whether an element is held back from the fit.

    The rule knows nothing of what was found there, and a new row does not move an old one.

    Examples
    --------
    >>> held_back("port", "rotterdam") == held_back("port", "rotterdam")
    True
    """
    digest = hashlib.sha256(f"{kind}:{element}".encode()).hexdigest()
    return int(digest, 16) % ONE_IN == 0


def comparable_figures(
    observed: pd.DataFrame | None = None, units: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Turn figures into a year's amounts that a model can be held against.

    Parameters
    ----------
    observed, units
        Tables as ``observed_freight`` and ``observed_units`` have them; those that ship by default.

    Returns
    -------
    pandas.DataFrame
        The figures with ``quantity`` (tonnes, TEU, USD, percent of value, percent of tonnes,
        ships), ``amount`` (a year, in that quantity), ``spread`` (standard deviation of its log),
        ``low`` and ``high`` (5th and 95th percentile).

    Examples
    --------
    >>> found = comparable_figures().set_index("figure")
    >>> float(found.loc["port-koper-1", "amount"])
    22270000.0
    """
    figures = observed_freight() if observed is None else observed.copy()
    known = embedded_table("freight", "observed_units") if units is None else units
    unit = known.set_index("unit").loc[figures["unit"].to_list()]
    factor, low, high = (unit[name].to_numpy(dtype=float) for name in ("factor", "low", "high"))
    own = np.log(high / low) / (2.0 * NORMAL_95)
    shares = unit["quantity"].str.startswith("percent").to_numpy(dtype=bool)
    year = np.where(shares, 1.0, MONTHS / figures["months"].to_numpy(dtype=float))
    amount = figures["value"].to_numpy(dtype=float) * factor * year
    amount *= figures["comparable"].to_numpy(dtype=float)
    spread = np.hypot(figures["sd_log"].to_numpy(dtype=float), own)
    figures["quantity"] = unit["quantity"].to_numpy()
    figures["amount"] = amount
    figures["spread"] = spread
    figures["low"] = amount * np.exp(-NORMAL_95 * spread)
    figures["high"] = amount * np.exp(NORMAL_95 * spread)
    return figures
