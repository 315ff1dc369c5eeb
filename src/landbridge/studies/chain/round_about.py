"""The model of one sector with round-about production: goods are made with all goods.

A unit is made with value added and with a bundle of everything that its economy buys, in fixed
cost shares: the model with sectors (`landbridge.equilibrium`), with one of them. The plain model of
one sector has no inputs, and sets its gain against gross spending in their place
(`outcomes.spending_over_gdp`), which is the same to first order.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from landbridge.equilibrium import (
    SectoralShock,
    SectoralTables,
    SectorOptions,
    prepare_sectors,
    solve_sectors,
)
from landbridge.scenarios.trade_costs import TradeChange
from landbridge.studies.chain.one_pass import Pass
from landbridge.units import PERCENT, FloatArray
from landbridge.world.base import World

LEAST_SHARE: Final = 0.1
"""Value added over output is held between this and one less a tenth of it: an entrepot sells more
than it makes."""
OPTIONS: Final = SectorOptions(tolerance=1e-11)


def round_about_income(found: Pass, world: World) -> FloatArray:
    """Solve a pass again with inputs, and give the gain in percent of value added, ``[N]``.

    Parameters
    ----------
    found
        A pass of the plain model: its baseline, shock and tariffs.
    world
        Whose GDP over output is the share of value added.

    Returns
    -------
    numpy.ndarray
        Equivalent variation in percent of value added.

    Raises
    ------
    ConvergenceError
        No equilibrium was found.
    """
    share = np.clip(world.gdp_million_usd / world.output, LEAST_SHARE, 1.0 - LEAST_SHARE)
    change = TradeChange(found.freeness_hat, found.prepared.duties, found.duties_after)
    theta = found.prepared.theta
    tables, shock = round_about(world, change, value_added_share=share, theta=theta)
    closure = found.prepared.closure
    baseline = prepare_sectors(tables, theta=np.array([theta]), closure=closure, options=OPTIONS)
    solved = solve_sectors(baseline, shock, options=OPTIONS)
    gain = solved.equivalent_variation_million_usd / solved.baseline_value_added
    return np.asarray(PERCENT * gain)


def round_about(
    world: World, change: TradeChange, *, value_added_share: FloatArray, theta: float
) -> tuple[SectoralTables, SectoralShock]:
    """Put a world and a change of trade costs into the form of one sector with inputs.

    Parameters
    ----------
    world
        Whose flows are taken.
    change
        Of the plain model. What buyers pay in tariffs is in its freeness; here it stands beside
        costs, which use up resources.
    value_added_share
        ``[N]`` of what is made, ratio.
    theta
        Trade elasticity.
    """
    before, after = change.duties, change.duties_after
    with np.errstate(divide="ignore"):
        cost = change.freeness_hat ** (-1.0 / theta)
    if before is not None and after is not None:
        cost = cost * (1.0 + before) / (1.0 + after)
    tables = SectoralTables(
        flows=world.flows[:, :, None],
        value_added_shares=value_added_share[:, None],
        input_shares=(1.0 - value_added_share)[:, None, None],
        tariffs=None if before is None else before[:, :, None],
        iso3=world.iso3,
        sectors=("all",),
    )
    tariffs = None if after is None else after[:, :, None]
    return tables, SectoralShock(iceberg_hat=cost[:, :, None], tariffs=tariffs)
