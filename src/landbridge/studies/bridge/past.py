"""The world of a year past, as far as the panel knows it: goods by pair and GDP."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from landbridge.units import BoolArray, FloatArray, IntArray
from landbridge.world.base import World
from landbridge.world.domestic import domestic_sales
from landbridge.world.history import load_history


@dataclass(frozen=True, eq=False)
class PastWorld:
    """A world of a year past.

    Attributes
    ----------
    world
        Without tariffs.
    note
        What was known of it, and what was put in the place of the rest.
    """

    world: World
    note: str


def world_of_year(world: World, year: int) -> PastWorld:
    """Put goods and GDP of a year past in the place of those of a world.

    Goods between economies are those of the panel, goods sold at home as it imputes them. What the
    panel does not know, and all services, are those of the world given, in proportion to GDP:
    times the root of the product of both economies' growth of nominal GDP since.

    Parameters
    ----------
    world
        The world of today, whose axes are kept.
    year
        Of the panel.

    Raises
    ------
    InputError
        The panel has no trade or no GDP of that year.
    """
    history = load_history()
    there = np.array([code in history.iso3 for code in world.iso3], dtype=np.bool_)
    at = np.array(
        [history.iso3.index(code) for code in world.iso3 if code in history.iso3], dtype=np.int64
    )
    gdp = np.full(len(world.iso3), np.nan)
    gdp[there] = history.gdp(year)[at]
    told = np.isfinite(gdp) & (gdp > 0)
    common = float(gdp[told].sum() / world.gdp_million_usd[told].sum())
    gdp = np.where(told, gdp, common * world.gdp_million_usd)
    growth = np.sqrt(np.outer(gdp, gdp) / np.outer(world.gdp_million_usd, world.gdp_million_usd))
    goods, known = _goods(world, year, there=there, at=at, told=told)
    foreign = ~np.eye(len(world.iso3), dtype=np.bool_)
    scaled = int((foreign & ~known).sum())
    past = replace(
        world,
        year=year,
        goods=np.where(known, goods, world.goods * growth),
        services=world.services * growth,
        gdp_million_usd=gdp,
        tariffs=None,
    )
    note = (
        f"World of {year}: goods between economies and GDP of that year (BACI, World Development "
        f"Indicators); {scaled} of {int(foreign.sum())} cells of goods, GDP of "
        f"{int((~told).sum())} economies and all services are those of {world.year} in proportion "
        f"to GDP. Inputs by sector are those of the tables of today."
    )
    return PastWorld(past, note)


def _goods(
    world: World, year: int, *, there: BoolArray, at: IntArray, told: BoolArray
) -> tuple[FloatArray, BoolArray]:
    """Lay goods of a year on the axes of a world, ``[N, N]``, and mark what is known of them."""
    history = load_history()
    count = len(world.iso3)
    goods = np.zeros((count, count))
    known = np.zeros((count, count), dtype=np.bool_)
    square = history.square(year)[np.ix_(at, at)]
    inside = np.ix_(there, there)
    goods[inside] = np.nan_to_num(square)
    known[inside] = np.isfinite(square)
    home = np.full(count, np.nan)
    home[there] = domestic_sales(history, year).million_usd[at]
    sold = np.isfinite(home) & (home > 0) & told
    np.fill_diagonal(goods, np.where(sold, home, 0.0))
    np.fill_diagonal(known, sold)
    return goods, known
