"""What the goods of a pair of economies are made of: shares of value by class of cargo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from landbridge.freight.carriage.classes import Goods, goods_by_cargo
from landbridge.units import FloatArray

SECTORS_KEPT: Final = 40


@dataclass(frozen=True, eq=False)
class CargoMix:
    """The goods of every pair by class of cargo.

    Attributes
    ----------
    iso3
        N codes; first axis exporter, second importer.
    cargo
        K names of classes.
    shares
        ``[K, N, N]`` ratio, sum one.
    usd_per_tonne
        ``[K, N, N]`` value of a tonne.
    carried
        ``[N, N]`` part of the value of a pair's goods that is in the classes, ratio. The rest is
        what traders and carriers add before the border, and goods that nothing carries.
    borrowed
        How many pairs that trade take the mix of their exporter, or of the world, because the
        tables have no goods of theirs.
    """

    iso3: tuple[str, ...]
    cargo: tuple[str, ...]
    shares: FloatArray
    usd_per_tonne: FloatArray
    carried: FloatArray
    borrowed: int


def cargo_mix(
    goods: Goods, iso3: Sequence[str], trade: FloatArray, whole: FloatArray | None = None
) -> CargoMix:
    """Find the mix of every pair of a world.

    Parameters
    ----------
    goods
        Goods by class of M economies that have tables.
    iso3
        N codes of the world; some may not be among the M.
    trade
        ``[N, N]`` goods trade, for the count of what is borrowed.
    whole
        ``[M, M]`` all that counts as goods in the tables, million USD; absent: the classes alone.

    Returns
    -------
    CargoMix
        A pair without goods in the tables has the mix of all that its exporter sells; an exporter
        without any that of the world.
    """
    usd = _laid_out(goods.usd_million, goods.iso3, iso3)
    tonnes = _laid_out(goods.tonnes_million, goods.iso3, iso3)
    known = usd.sum(axis=0) > 0
    sells = usd.sum(axis=2)
    world = goods.usd_million.sum(axis=(1, 2))
    own = sells.sum(axis=0) > 0
    by_exporter = np.where(own, sells, world[:, None])
    mixed = np.where(known, usd, by_exporter[:, :, None])
    # A tonne of a class that a pair does not trade is worth what the world's is.
    each = np.ones(len(usd))
    weighed = goods.tonnes_million.sum(axis=(1, 2))
    np.divide(goods.usd_million.sum(axis=(1, 2)), weighed, out=each, where=weighed > 0)
    value = np.broadcast_to(each[:, None, None], usd.shape).copy()
    np.divide(usd, tonnes, out=value, where=tonnes > 0)
    every = goods.usd_million.sum(axis=0) if whole is None else whole
    total = _laid_out(every[None], goods.iso3, iso3)[0]
    np.fill_diagonal(total, 0.0)
    carried = np.full(trade.shape, _ratio(usd.sum(), total.sum()))
    by_all = np.array(
        [_ratio(*pair) for pair in zip(sells.sum(axis=0), total.sum(axis=1), strict=True)]
    )
    carried = np.where(own[:, None], by_all[:, None], carried)
    np.divide(usd.sum(axis=0), total, out=carried, where=known & (total > 0))
    foreign = trade > 0
    np.fill_diagonal(foreign, val=False)
    return CargoMix(
        iso3=tuple(iso3),
        cargo=goods.cargo,
        shares=mixed / mixed.sum(axis=0),
        usd_per_tonne=value,
        carried=np.minimum(carried, 1.0),
        borrowed=int((foreign & ~known).sum()),
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 1.0


@lru_cache(maxsize=SECTORS_KEPT)
def sector_mix(sector: str, iso3: tuple[str, ...]) -> CargoMix | None:
    """Find what the goods of one sector are, by exporter; None for a sector that is not carried.

    Parameters
    ----------
    sector
        One of the 20 sectors of goods.
    iso3
        N codes.
    """
    count = len(iso3)
    goods = goods_by_cargo(np.ones((count, count, 1)), [sector], iso3)
    if not goods.usd_million.any():
        return None
    return cargo_mix(goods, iso3, np.zeros((count, count)))


def _laid_out(values: FloatArray, own: Sequence[str], wanted: Sequence[str]) -> FloatArray:
    """Put the economies that have tables among those that are wanted, ``[K, N, N]``."""
    place = {code: number for number, code in enumerate(own)}
    there = np.array([number for number, code in enumerate(wanted) if code in place], dtype=int)
    here = np.array([place[wanted[number]] for number in there], dtype=int)
    full = np.zeros((len(values), len(wanted), len(wanted)))
    full[:, there[:, None], there] = values[:, here[:, None], here]
    return full
