"""What a sector's trade of a pair is made of: heavy goods stay near, dear ones go far.

A sector holds goods of very different value a tonne (table ``freight/cargo_of_goods``; coal, oil
and gas by exporter in ``freight/fuel_mix``, what mines dig in ``freight/ore_mix``). What an
exporter sells of each is kept. Over its buyers each good falls with what carrying it adds to its
price, as in a demand of constant elasticity (table ``freight/cargo_mix``):

    part_emt ~ scale_et * share_et * taste_mt * (1 + haul_em / value_t) ** -elasticity

share_et is the part of good t in what e sells, value_t USD a tonne, haul_em USD a tonne by
distance, taste_mt how much more of precious goods an importer buys than others, and scale_et keeps
share_et over all buyers. That far trade is dear trade is well known (Hummels and Skiba 2004,
Journal of Political Economy 112).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.atlas.economies import centres, distance_km
from landbridge.freight.network.tables import rows
from landbridge.tables import embedded_table
from landbridge.units import FloatArray

MIXED: Final = {
    "B05T06": (
        "fuel_mix",
        {"coal": "coal_share", "crude-oil": "oil_share", "natural-gas": "gas_share"},
    ),
    "B07T09": (
        "ore_mix",
        {
            "bulk-ore": "bulk_ore_share",
            "concentrate": "concentrate_share",
            "stone": "stone_share",
            "precious": "precious_share",
        },
    ),
}
"""Sectors whose goods differ by exporter: the table that says how, and its columns by good."""
TASTE: Final = {"precious": "precious_bought"}
ELSEWHERE: Final = ""
ROUNDS: Final = 30
"""Rounds of scaling; each exporter's shares are then kept to one part in ten thousand or so."""


@dataclass(frozen=True, eq=False)
class Part:
    """Goods of one kind in the trade of a sector.

    Attributes
    ----------
    cargo
        Class of cargo.
    usd_per_tonne
        What a tonne is worth.
    usd
        ``[N, N]`` in the unit of the sector's flows.
    """

    cargo: str
    usd_per_tonne: float
    usd: FloatArray


def parts_of(sector: str, value: FloatArray, iso3: Sequence[str]) -> list[Part]:
    """Split a sector's flows into goods.

    Parameters
    ----------
    sector
        Code; one that no class of cargo takes has no parts.
    value
        ``[N, N]`` exporter x importer.
    iso3
        N codes.
    """
    kinds = embedded_table("freight", "cargo_of_goods")
    if sector not in MIXED:
        mine = rows(kinds[kinds["sector"] == sector])
        share = np.array([[float(row.share_of_value) for row in mine]] * len(iso3))
        taste = np.ones((len(iso3), len(mine)))
    else:
        table, columns = MIXED[sector]
        mix = embedded_table("freight", table).set_index("iso3")
        there = mix.loc[[code if code in mix.index else ELSEWHERE for code in iso3]]
        mine = [row for good in columns for row in rows(kinds[kinds["sector"] == good])]
        share = there[list(columns.values())].to_numpy(dtype=np.float64)
        taste = np.ones(share.shape)
        for place, good in enumerate(columns):
            if good in TASTE:
                taste[:, place] = there[TASTE[good]].to_numpy(dtype=np.float64)
    if len(mine) == 0:
        return []
    worth = np.array([float(row.value_usd_per_tonne) for row in mine])
    split = _kept(value, share, taste[None] * _falls(iso3, worth))
    return [
        Part(row.cargo, price, split[:, :, place] * value)
        for place, (row, price) in enumerate(zip(mine, worth.tolist(), strict=True))
    ]


def _falls(iso3: Sequence[str], worth: FloatArray) -> FloatArray:
    """Compute how each good falls with distance, ``[N, N, T]``."""
    numbers = embedded_table("freight", "cargo_mix").set_index("name")["central"].astype(float)
    haul = numbers["haul_usd_per_tonne"] + numbers["haul_usd_per_tonne_km"] * _distances(iso3)
    dearer = 1.0 + haul[:, :, None] / worth
    return np.asarray(dearer ** -numbers["haul_elasticity"])


def _distances(iso3: Sequence[str]) -> FloatArray:
    """Look up distances, ``[N, N]`` km; an economy without a centre is as far as most are."""
    known = set(centres()["iso3"])
    at = np.array([place for place, code in enumerate(iso3) if code in known], dtype=np.int64)
    between = distance_km([iso3[place] for place in at])
    found = np.full((len(iso3), len(iso3)), float(np.median(between)) if len(at) else 0.0)
    found[at[:, None], at] = between
    return found


def _kept(value: FloatArray, share: FloatArray, weight: FloatArray) -> FloatArray:
    """Scale weights so that every exporter sells its shares, ``[N, N, T]`` with sums of one."""
    weight = share[:, None, :] * weight
    sold = value.sum(axis=1)[:, None] * share
    for _ in range(ROUNDS):
        split = weight / weight.sum(axis=2, keepdims=True)
        now = np.einsum("em,emt->et", value, split)
        weight = weight * np.divide(sold, now, out=np.ones_like(now), where=now > 0)[:, None, :]
    return np.asarray(weight / weight.sum(axis=2, keepdims=True))
