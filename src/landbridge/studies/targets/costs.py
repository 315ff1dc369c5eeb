"""What goods trade becomes, and the fall of trade cost that brings it to an amount."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.optimize import brentq

from landbridge.basis import Basis
from landbridge.equilibrium.one_sector import Baseline, solve_prepared
from landbridge.errors import ConvergenceError
from landbridge.freight.carriage.chosen import chosen_costs
from landbridge.scenarios.parameters import without_choice
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.cargo import cargo_choice
from landbridge.studies.chain.one_pass import Pass, trade_ratio
from landbridge.units import PERCENT, BoolArray, FloatArray
from landbridge.world.base import World

MOST_LOG: Final = 40.0
"""Log points of freeness beyond which no fall of cost is looked for."""
ACCURACY: Final = 1e-6
"""Of the log of trade that a fall of cost reaches."""


def goods_after(world: World, found: Pass) -> FloatArray:
    """Compute goods trade after a scenario, ``[N, N]`` million USD of the numeraire.

    A flow changes as a whole by the trade ratio; its goods part, on which freight and policy act,
    changes by more: by the freeness of goods over that of the whole. What a scenario does to
    services is counted with goods here.
    """
    return goods_part(world, found.freeness_hat) * trade_ratio(found.equilibrium)


def goods_part(world: World, freeness_hat: FloatArray) -> FloatArray:
    """Compute goods after a change of freeness and before trade answers, per flow as it was."""
    share = world.goods_share
    grown = freeness_hat - 1.0 + share
    return np.asarray(
        world.flows * np.divide(grown, freeness_hat, out=share.copy(), where=freeness_hat > 0)
    )


def cost_fall(world: World, base: Baseline, cells: BoolArray, amount: float) -> float:
    """Solve for the fall of trade cost that brings flows to an amount, percent.

    Parameters
    ----------
    world
        The baseline.
    base
        Prepared from its flows; holds the trade elasticity.
    cells
        ``[N, N]`` the flows; one fall for all of them.
    amount
        Goods trade wanted, million USD.

    Returns
    -------
    float
        Percent of one plus the ad valorem cost; 0 where the flows are there already.

    Raises
    ------
    ConvergenceError
        No fall reaches it.
    """
    return reach(world, base, cells, amount)[0]


def reach(world: World, base: Baseline, cells: BoolArray, amount: float) -> tuple[float, float]:
    """Compute the fall of `cost_fall`, and by how much trade misses the amount at it, log points.

    Raises
    ------
    ConvergenceError
        No fall reaches it.
    """
    if world.goods[cells].sum() >= amount:
        return 0.0, 0.0
    share = world.goods_share

    def gap(log_freeness: float) -> float:
        freeness = np.where(cells, 1.0 + share * np.expm1(log_freeness), 1.0)
        after = goods_part(world, freeness) * trade_ratio(solve_prepared(base, freeness))
        return float(np.log(after[cells].sum() / amount))

    high = 1.5 * float(np.log(amount / world.goods[cells].sum())) + 0.1
    while gap(high) < 0:
        high *= 2.0
        if high > MOST_LOG:
            raise ConvergenceError(
                "no fall of trade cost reaches the target", residual=gap(high), iterations=0
            )
    root = float(brentq(gap, 0.0, high, xtol=ACCURACY))
    return float(-PERCENT * np.expm1(-root / base.theta)), abs(gap(root))


def free_freight(basis: Basis, groups: Sequence[BoolArray]) -> list[float]:
    """Compute the fall of trade cost if freight were free, percent, weighted by trade.

    Parameters
    ----------
    basis
        World, network and parameters.
    groups
        ``[N, N]`` the flows of each; not a number where the network carries none of them.
    """
    world = basis.world
    assumptions = assumptions_of(central_values(without_choice(basis.parameters)))
    costs = chosen_costs(
        basis.network,
        assumptions.freight,
        cargo_choice(world),
        iso3=world.iso3,
        absent="uncovered",
    )
    cost = costs.ad_valorem()
    falls = []
    for cells in groups:
        at = cells & costs.covered & (world.goods > 0)
        if not at.any():
            falls.append(math.nan)
            continue
        part = cost[at] / (1.0 + cost[at])
        falls.append(float(PERCENT * np.average(part, weights=world.goods[at])))
    return falls
