"""Economies outside the input-output table: borrowed structures, own totals.

What an economy sells and buys by sector is a mixture of the goods that its published list names
(ranked, so weighted by rank) and the baskets of economies like it. Its sectors use inputs as
those of economies like it do; its output by sector follows GDP by sector of origin and is never
less than what it exports. All of it is a guess, and is marked so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.units import FloatArray
from landbridge.world.sectors.facts import (
    BROAD,
    GOODS,
    KINDS,
    SERVICES,
    SectorList,
    commodity_baskets,
    shares,
)

DONORS = 8
NEARNESS = 0.3
LIST_LIKENESS = 4.0
"""Weight of the lists of exports in likeness, set together with the other rules."""
LIST_DECAY = 0.6
MOST_EXPORTED = 0.85
OUTPUT_ROUNDS = 20
EVEN = 0.2
MOST_LISTED = 0.9


@dataclass(frozen=True)
class BasketRule:
    """How a basket is guessed from a ranked list of goods; calibrated on the table's economies.

    Attributes
    ----------
    base, slope
        Weight of the list is ``base + slope * (h - EVEN)``, ``h`` the sum of squared shares of the
        list: a list of one sector says more than a list of five. The rest is the mean basket of
        the donors.
    decay
        Value of a good over that of the one before it in the list.
    """

    base: float
    slope: float
    decay: float

    def weights(self, listed: FloatArray) -> FloatArray:
        """Compute the weight of each list, ``[n, 1]``; zero where nothing is listed."""
        concentration = (listed**2).sum(axis=1, keepdims=True)
        weight = np.clip(self.base + self.slope * (concentration - EVEN), 0.0, MOST_LISTED)
        return np.where(concentration > 0, weight, 0.0)


def donor_weights(
    features: FloatArray, listed: FloatArray, donors: np.ndarray, takers: np.ndarray
) -> FloatArray:
    """Weigh the economies of the table by their likeness to each taker.

    Parameters
    ----------
    features
        ``[N, K]``: log income a head, shares of agriculture and industry, log population.
        Missing values count as the mean.
    listed
        ``[N, S]`` baskets that the published lists of exports name.
    donors, takers
        Positions on the first axis.

    Returns
    -------
    numpy.ndarray
        ``[takers, donors]``; rows add up to one, the nearest `DONORS` have weight. An economy is
        no donor of its own.
    """
    filled = np.where(np.isfinite(features), features, np.nanmean(features, axis=0))
    scaled = (filled - filled[donors].mean(axis=0)) / filled[donors].std(axis=0)
    scaled = np.hstack([scaled, LIST_LIKENESS * np.sqrt(listed)])
    distance = np.linalg.norm(scaled[takers][:, None, :] - scaled[donors][None, :, :], axis=2)
    distance[takers[:, None] == donors[None, :]] = np.inf
    last = np.sort(distance, axis=1)[:, DONORS - 1 : DONORS]
    return shares(np.where(distance <= last, 1.0 / (NEARNESS + distance), 0.0), axis=1)


def features(facts: pd.DataFrame, gdp: FloatArray, population: FloatArray) -> FloatArray:
    """Lay out what likeness is measured on, ``[N, 4]``; NaN where the Factbook is silent."""
    return np.column_stack(
        [
            np.log(gdp / population),
            facts["agriculture"].to_numpy(dtype=float),
            facts["industry"].to_numpy(dtype=float),
            np.log(population),
        ]
    )


def guessed_baskets(
    facts: pd.DataFrame,
    column: str,
    sectors: SectorList,
    borrowed: FloatArray,
    rule: BasketRule,
) -> FloatArray:
    """Guess shares of sectors, ``[n, S]``; goods add up to one and services add up to one.

    Parameters
    ----------
    facts
        Rows of the economies.
    column
        ``export_goods`` or ``import_goods``.
    sectors
        The sectors.
    borrowed
        ``[n, S]`` mean basket of the donors, any scale.
    rule
        Weights.
    """
    goods, services = sectors.counted_as(GOODS), sectors.counted_as(SERVICES)
    basket = np.zeros_like(borrowed)
    basket[:, services] = shares(borrowed[:, services], axis=1)
    listed = commodity_baskets(facts, column, sectors, decay=rule.decay)
    mean = np.zeros_like(borrowed)
    mean[:, goods] = shares(borrowed[:, goods], axis=1)
    weight = rule.weights(listed)
    return basket + weight * listed + (1.0 - weight) * mean


def tilted_flows(
    goods_and_services: FloatArray, sells: FloatArray, buys: FloatArray, sectors: SectorList
) -> FloatArray:
    """Split flows by kind into sectors: the seller's basket tilted to what the buyer buys.

    Parameters
    ----------
    goods_and_services
        ``[2, A, B]`` million USD.
    sells
        ``[A, S]`` the sellers' baskets.
    buys
        ``[B, S]`` the buyers' baskets.
    sectors
        The sectors.

    Returns
    -------
    numpy.ndarray
        ``[A, B, S]`` million USD; sums over the sectors of a kind are the flows given.
    """
    split = np.zeros((sells.shape[0], buys.shape[0], sells.shape[1]))
    for number, kind in enumerate(KINDS):
        rows = sectors.counted_as(kind)
        mean = np.maximum(buys[:, rows].mean(axis=0), 1e-6)
        tilt = np.sqrt((buys[:, rows] + 0.1 * mean) / mean)
        weight = sells[:, None, rows] * tilt[None, :, :]
        split[:, :, rows] = shares(weight, axis=2) * goods_and_services[number][:, :, None]
    return split


def output_by_sector(
    gdp: FloatArray,
    origins: FloatArray,
    value_added: FloatArray,
    value_added_share: FloatArray,
    exports: FloatArray,
    sectors: SectorList,
) -> tuple[FloatArray, int]:
    """Compute gross output by sector, ``[n, S]`` million USD, and how often exports set it.

    Parameters
    ----------
    gdp
        ``[n]`` million USD.
    origins
        ``[n, 3]`` shares of agriculture, industry and services in GDP.
    value_added
        ``[n, S]`` pattern of value added inside each of the three, of the donors.
    value_added_share
        ``[n, S]`` value added over output.
    exports
        ``[n, S]`` million USD.
    sectors
        The sectors.
    """
    least = exports / MOST_EXPORTED * value_added_share
    made = np.zeros_like(value_added)
    for number, broad in enumerate(BROAD):
        rows = sectors.in_broad(broad)
        budget = gdp * origins[:, number]
        pattern = shares(value_added[:, rows], axis=1)
        floor = least[:, rows]
        part = pattern * budget[:, None]
        for _ in range(OUTPUT_ROUNDS):
            held = part <= floor
            free = np.maximum(budget - np.where(held, floor, 0.0).sum(axis=1), 0.0)
            rest = shares(np.where(held, 0.0, pattern), axis=1) * free[:, None]
            part = np.where(held, floor, rest)
        made[:, rows] = np.maximum(part, floor)
    set_by_exports = int((made <= least * (1.0 + 1e-9))[least > 0].sum())
    return made / value_added_share, set_by_exports
