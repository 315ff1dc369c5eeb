"""Trade that is nearly nothing, brought towards its potential: a measure of its own.

In exact-hat form a flow changes in proportion to itself: trade that war, closure or sanctions have
brought close to nothing stays close to nothing whatever a corridor does. ``normalise_trade`` says
openly how far such trade returns to what gravity predicts. Of pairs below their potential a share
s of the gap, in logs, is closed, as if trade costs fell by::

    tau_hat = (potential / actual) ** (-s / theta)

theta the trade elasticity, so that at given prices and incomes the goods flow becomes
``actual ** (1 - s) * potential ** s``; in equilibrium it comes near that. The fall of cost stops at
a cap. Pairs at or above their potential stay, and so do those that trade nothing: no fall of cost
in proportion makes something of nothing. Both are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from landbridge.scenarios.values.fields import PercentBand
from landbridge.units import PERCENT, BoolArray, FloatArray

SHARE = "share"
POTENTIAL = "potential_log"


@dataclass(frozen=True, eq=False)
class Normalised:
    """One measure on the world's axes.

    Attributes
    ----------
    measure
        Its id.
    pairs
        ``[N, N]`` True where it acts: exporter, importer.
    potential_million_usd
        ``[N, N]`` goods trade that gravity predicts.
    share
        Percent of the gap that is closed.
    most_cost_fall_percent
        Where the fall of cost stops.
    names
        Parameters of the run that hold the share (percent) and the log of the potential over its
        centre.
    """

    measure: str
    pairs: BoolArray
    potential_million_usd: FloatArray
    share: PercentBand
    most_cost_fall_percent: float
    names: tuple[str, str]

    def log_gap(self, goods_million_usd: FloatArray, rates: Mapping[str, float]) -> FloatArray:
        """Compute the log of potential over actual trade where it is to be closed, ``[N, N]``.

        Zero where a pair is not named, trades nothing, or is at its potential.
        """
        potential = self.potential_million_usd * np.exp(rates.get(self.names[1], 0.0))
        known = self.pairs & (goods_million_usd > 0) & (potential > 0)
        ratio = np.divide(potential, goods_million_usd, out=np.ones_like(potential), where=known)
        return np.asarray(np.log(np.maximum(ratio, 1.0)))

    def log_effect(
        self, goods_million_usd: FloatArray, rates: Mapping[str, float], theta: float
    ) -> FloatArray:
        """Compute the log points of goods trade that it brings at given prices, ``[N, N]``."""
        share = rates.get(self.names[0], self.share.central) / PERCENT
        return np.minimum(share * self.log_gap(goods_million_usd, rates), self.most_log(theta))

    def most_log(self, theta: float) -> float:
        """Compute the log points of trade at which the fall of cost stops."""
        return float(-theta * np.log1p(-self.most_cost_fall_percent / PERCENT))

    def counts(
        self, goods_million_usd: FloatArray, theta: float
    ) -> list[tuple[str, int, int, str]]:
        """Count pairs: what, how many, of how many, explanation."""
        named = int(self.pairs.sum())
        gap = self.log_gap(goods_million_usd, {})
        closed = self.share.central / PERCENT * gap
        nothing = self.pairs & ((goods_million_usd <= 0) | (self.potential_million_usd <= 0))
        rows = (
            ("brought towards potential", gap > 0, "Below what gravity predicts for them."),
            (
                "left at or above potential",
                self.pairs & ~nothing & (gap <= 0),
                "They trade what is predicted, or more.",
            ),
            ("left without trade", nothing, "Nothing in proportion to nothing is nothing."),
            (
                "where the fall of cost stops at the cap",
                closed > self.most_log(theta),
                f"Trade cost falls by {self.most_cost_fall_percent:g} percent at most.",
            ),
        )
        return [
            (f"{self.measure}: pairs {what}", int(which.sum()), named, told)
            for what, which, told in rows
        ]


def total_log_effect(
    normalised: tuple[Normalised, ...],
    goods_million_usd: FloatArray,
    rates: Mapping[str, float],
    theta: float,
) -> FloatArray:
    """Compute what all measures bring, ``[N, N]`` log points; the largest holds, once."""
    total = np.zeros_like(goods_million_usd)
    for one in normalised:
        total = np.maximum(total, one.log_effect(goods_million_usd, rates, theta))
    return total
