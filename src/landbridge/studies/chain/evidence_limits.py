"""Shocks outside any evidence: trade costs that change by more than any study has measured.

The model answers every question, the absurd ones too: a tariff of 900 percent that goes to nothing
brings whatever its formula brings. One stated limit (``scenarios/data/evidence_limits.csv``) says
from where on an answer rests on the formula alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from landbridge.codes import name_of
from landbridge.formats import money, significant
from landbridge.scenarios.trade_costs import Shock
from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import World

ABSURD: Final = "Outside any evidence"
"""How the sentence begins: tests, pages and readers look for it."""


class Beyond(NamedTuple):
    """Changes of cost beyond the limit.

    Attributes
    ----------
    factor
        The largest change of the cost of goods delivered, up or down.
    exporter, importer
        Between whom.
    pairs
        How many pairs are beyond the limit.
    million_usd
        Their trade in the baseline, goods and services.
    """

    factor: float
    exporter: str
    importer: str
    pairs: int
    million_usd: float

    @property
    def told(self) -> str:
        """The sentence that comes before any number."""
        return (
            f"{ABSURD}: the cost of what is traded changes by a factor of up to "
            f"{significant(self.factor, 2)} ({name_of(self.exporter)} to "
            f"{name_of(self.importer)}), and by more than {cost_limit():g} for {self.pairs:,} "
            f"{'pair' if self.pairs == 1 else 'pairs'} with {money(self.million_usd)} of trade. No "
            "study that is known here measured such a change. What follows is the formula's "
            "answer, not a forecast."
        )


@lru_cache(maxsize=1)
def cost_limit() -> float:
    """Read the largest factor of the cost of goods delivered that studies have measured."""
    table = embedded_table("scenarios", "evidence_limits").set_index("name")
    return float(table["value"].loc["cost_factor"])


def beyond_evidence(world: World, shock: Shock, theta: float) -> Beyond | None:
    """Find the pairs whose cost changes by more than any study has measured.

    Goods, services and each sector that a measure is limited to are looked at on their own: a
    tariff of one sector is small in a mean over all. A pair that loses its only way is not meant,
    since what becomes of it is no matter of an elasticity.

    Parameters
    ----------
    world
        The baseline: pairs without trade have no cost that could matter.
    shock
        The change of trade costs.
    theta
        Trade elasticity.

    Returns
    -------
    Beyond or None
        None where every change is within the limit.
    """
    factor = _largest_factor(shock, theta)
    abroad = ~np.eye(len(world.iso3), dtype=np.bool_)
    beyond: BoolArray = abroad & (world.flows > 0) & (factor > cost_limit())
    if not beyond.any():
        return None
    exporter, importer = np.unravel_index(
        int(np.argmax(np.where(beyond, factor, 0.0))), factor.shape
    )
    return Beyond(
        float(factor[exporter, importer]),
        world.iso3[int(exporter)],
        world.iso3[int(importer)],
        int(beyond.sum()),
        float(world.flows[beyond].sum()),
    )


def _largest_factor(shock: Shock, theta: float) -> FloatArray:
    """Find the largest factor by which a cost of a pair changes, up or down, ``[N, N]``."""
    ratios = [shock.tau_hat(theta), shock.service_freeness(theta) ** (-1.0 / theta)]
    duties = {} if shock.duties is None else shock.duties.by_sector
    for code in {*shock.by_sector, *duties}:
        ratio = shock.sector_freeness(code, theta) ** (-1.0 / theta)
        if code in duties:
            before, after = duties[code]
            ratio = ratio * (1.0 + after) / (1.0 + before)
        ratios.append(ratio)
    # Written on logs so that up and down are alike; a way that is lost is infinite and stays so.
    with np.errstate(divide="ignore"):
        logs = np.abs(np.log(np.stack(ratios)))
    return np.asarray(np.exp(np.where(np.isfinite(logs), logs, 0.0).max(axis=0)))
