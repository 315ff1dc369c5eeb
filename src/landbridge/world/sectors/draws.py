"""Draws of the sectoral world: totals are drawn by the baseline, the make-up by sector here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from landbridge.tables import embedded_table
from landbridge.units import FloatArray
from landbridge.world.sectors.base import SectoralWorld, Structure
from landbridge.world.sectors.facts import shares

LARGE = 0.02
"""Share of a basket above which a sector counts as large; as in ``sector_baskets.csv``."""

TABLE_SD = 0.25
"""Standard deviation of the log of a basket's sectors inside the table: a guess. Intermediate
sales are published there and final goods by destination are not."""


DOMESTIC_PART = 0.5
"""How much of the log change of a sector's exports its domestic sales share: a guess."""


def draw_sectors(world: SectoralWorld, rng: np.random.Generator) -> SectoralWorld:
    """Draw what each economy sells and buys by sector; align the result to totals afterwards.

    Baskets of borrowed economies vary by the calibrated error of ``sector_baskets.csv``, others
    by `TABLE_SD`. Domestic sales of a sector vary with what the economy sells.

    Parameters
    ----------
    world
        The central world.
    rng
        Source of the numbers; ``2 * N * S`` are taken.
    """
    table = embedded_table("world", "sector_baskets").set_index("flow")
    borrowed = np.array([kind == Structure.BORROWED for kind in world.structure])
    noise = rng.standard_normal((2, len(world.iso3), len(world.sectors.codes)))
    abroad = world.flows.copy()
    economies = np.arange(len(world.iso3))
    abroad[economies, economies] = 0.0
    factors = []
    for number, (flow, axis) in enumerate((("exports", 1), ("imports", 0))):
        large = shares(abroad.sum(axis=axis), axis=1) > LARGE
        big, small = table.loc[flow, ["sd_log_large", "sd_log_small"]].to_numpy(dtype=np.float64)
        guessed = np.where(large, big, small)
        sd: FloatArray = np.where(borrowed[:, None], guessed, TABLE_SD)
        # Parts of a whole: their mean is at the centre (`world.draws`).
        factors.append(np.exp(sd * noise[number] - 0.5 * sd**2))
    sells, buys = factors
    flows: FloatArray = world.flows * sells[:, None, :] * buys[None, :, :]
    flows[economies, economies] = world.flows[economies, economies] * sells**DOMESTIC_PART
    return replace(world, flows=flows)
