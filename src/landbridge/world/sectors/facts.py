"""The small facts that the sectoral world is built from, laid out on one list of economies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from landbridge.tables import embedded_table
from landbridge.units import FloatArray

GOODS = "goods"
SERVICES = "services"
KINDS = (GOODS, SERVICES)
BROAD = ("agriculture", "industry", "services")
SEPARATOR = "|"


@dataclass(frozen=True)
class SectorList:
    """S sectors with what is known of each.

    Attributes
    ----------
    codes, titles
        S texts.
    kinds
        S of ``goods``, ``margin`` and ``services``.
    broad
        S of ``agriculture``, ``industry`` and ``services``.
    group_of
        OECD code to code here.
    divisions, cargo
        Of a user's own sectors: divisions of ISIC Rev. 4 and classes of cargo where they are told.
    """

    codes: tuple[str, ...]
    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    broad: tuple[str, ...]
    group_of: dict[str, str]
    divisions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cargo: dict[str, str] = field(default_factory=dict)

    def counted_as(self, kind: str) -> np.ndarray:
        """Say which sectors the balance of payments counts as goods, or as services, ``[S]``.

        Trade margins are part of the price of the goods that cross a border.
        """
        goods = np.array([name != SERVICES for name in self.kinds])
        return goods if kind == GOODS else ~goods

    def in_broad(self, broad: str) -> np.ndarray:
        """Say which sectors are of one part of GDP by origin, ``[S]``."""
        return np.array([name == broad for name in self.broad])


def sector_list(detail: int) -> SectorList:
    """Read the sectors of one level of detail, 20 or 50."""
    table = embedded_table("world", "sectors")
    table = table[table["detail"] == detail]
    groups = embedded_table("world", "sector_groups")
    codes = tuple(table["sector"])
    same = set(codes) == set(groups["icio_sector"])
    target = groups["icio_sector"] if same else groups["sector"]
    return SectorList(
        codes=codes,
        titles=tuple(table["title"]),
        kinds=tuple(table["kind"]),
        broad=tuple(table["broad"]),
        group_of=dict(zip(groups["icio_sector"], target, strict=True)),
    )


def sector_facts(iso3: Sequence[str]) -> pd.DataFrame:
    """Read ``sector_facts.csv`` on a list of economies; rows of others are left out."""
    return embedded_table("world", "sector_facts").set_index("iso3").reindex(list(iso3))


def commodity_baskets(
    facts: pd.DataFrame, column: str, sectors: SectorList, *, decay: float
) -> FloatArray:
    """Turn ranked lists of goods into shares of sectors.

    Parameters
    ----------
    facts
        Rows of `sector_facts`.
    column
        ``export_goods`` or ``import_goods``.
    sectors
        The sectors of the result.
    decay
        Value of a good over that of the one before it in the list.

    Returns
    -------
    numpy.ndarray
        ``[n, S]``; each row adds up to one, or is zero where nothing is listed.
    """
    place = {code: position for position, code in enumerate(sectors.codes)}
    baskets = np.zeros((len(facts), len(sectors.codes)))
    for row, listed in enumerate(facts[column].fillna("")):
        for rank, code in enumerate(name for name in str(listed).split(SEPARATOR) if name):
            baskets[row, place[sectors.group_of[code]]] += decay**rank
    return shares(baskets, axis=1)


def shares(values: FloatArray, *, axis: int) -> FloatArray:
    """Divide by the sum along an axis; where that is zero the shares are zero."""
    total = values.sum(axis=axis, keepdims=True)
    found: FloatArray = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    return found
