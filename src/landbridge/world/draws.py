"""Draw worlds that the evidence allows: every cell by its own uncertainty, every total kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from landbridge.errors import ConvergenceError
from landbridge.units import FloatArray
from landbridge.world.base import World

BALANCE_ROUNDS = 2000
"""Rounds of scaling after which a balance is given up; a world of 210 takes about 30."""

BALANCE_TOLERANCE = 1e-9
"""Largest relative gap of a row total; column totals are exact after each round."""

RUNAWAY = 1e100
"""A factor beyond this belongs to totals that the zeros make impossible."""

FURTHEST_DRAW = 4.0
"""Standard deviations beyond which a draw is cut: one cell must not swallow a whole economy."""


def balance(
    flows: FloatArray,
    exports: FloatArray,
    imports: FloatArray,
    *,
    tolerance: float = BALANCE_TOLERANCE,
) -> FloatArray:
    """Scale rows and columns until they meet their totals.

    Parameters
    ----------
    flows
        ``[N, N]`` million USD, non-negative.
    exports, imports
        ``[N]`` million USD, row and column totals; both add up to the same.
    tolerance
        Largest relative gap of a row total.

    Returns
    -------
    FloatArray
        ``[N, N]`` million USD; zeros stay zero.

    Raises
    ------
    ConvergenceError
        The totals cannot be met with these zeros.
    """
    columns = np.ones(len(imports))
    gap = np.inf
    safe_exports = np.where(exports > 0, exports, 1.0)
    for round_number in range(BALANCE_ROUNDS):
        reach = flows @ columns
        rows = np.divide(exports, reach, out=np.zeros_like(exports), where=reach > 0)
        pull = rows @ flows
        columns = np.divide(imports, pull, out=np.zeros_like(imports), where=pull > 0)
        if round_number % 5 == 4:  # noqa: PLR2004 - checking costs as much as a round
            gap = float(np.max(np.abs(rows * (flows @ columns) - exports) / safe_exports))
            if gap < tolerance:
                return np.asarray(rows[:, None] * flows * columns[None, :])
            if columns.max() > RUNAWAY:
                break
    raise ConvergenceError(
        "the flows cannot be scaled to their totals", residual=gap, iterations=BALANCE_ROUNDS
    )


def draw_world(world: World, rng: np.random.Generator) -> World:
    """Draw one world: cells vary by their standard deviations, totals and domestic sales stay.

    Each cell is multiplied by a lognormal factor with mean one, independent of other cells. Then
    rows and columns are scaled to each economy's exports and imports of goods and of services.

    The rule of all draws: a number that stands alone (a parameter, a rate, a time) has its median
    at the centre, and a part of a whole that is kept has its mean there. Parts add up, and so do
    means. Medians do not: with factors of median one, cells of a wide band would grow on average,
    and the scaling would take that from the cells beside them that are known well (of Pakistan's
    exports to Afghanistan a quarter, by 60 draws). The median of a wide cell then lies below its
    centre, whichever of the two is done.

    Parameters
    ----------
    world
        The central world.
    rng
        The only source of randomness.

    Returns
    -------
    World
        Same economies and statuses; a cell with standard deviation zero moves only with the
        scaling, and a world of zero deviations comes back unchanged.
    """
    return replace(
        world,
        goods=_drawn(world.goods, world.sd_log_goods, rng),
        services=_drawn(world.services, world.sd_log_services, rng),
    )


def _drawn(flows: FloatArray, sd_log: FloatArray, rng: np.random.Generator) -> FloatArray:
    normal = np.clip(rng.standard_normal(flows.shape), -FURTHEST_DRAW, FURTHEST_DRAW)
    domestic = np.diag(np.diag(flows))
    foreign = flows - domestic
    shaken = foreign * np.exp(sd_log * normal - 0.5 * sd_log**2)
    if np.array_equal(shaken, foreign):
        return flows
    return balance(shaken, foreign.sum(axis=1), foreign.sum(axis=0)) + domestic
