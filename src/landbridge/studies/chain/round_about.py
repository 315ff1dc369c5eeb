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
    nothing = np.zeros_like(found.freeness_hat)
    before = nothing if found.prepared.duties is None else found.prepared.duties
    after = nothing if found.duties_after is None else found.duties_after
    with np.errstate(divide="ignore"):
        # What buyers pay moves by both; only the rest uses up resources.
        bought = found.freeness_hat ** (-1.0 / found.prepared.theta)
    iceberg = bought * (1.0 + before) / (1.0 + after)
    baseline = prepare_sectors(
        SectoralTables(
            flows=world.flows[:, :, None],
            value_added_shares=share[:, None],
            input_shares=(1.0 - share)[:, None, None],
            tariffs=before[:, :, None],
            iso3=world.iso3,
        ),
        theta=np.array([found.prepared.theta]),
        closure=found.prepared.closure,
        options=OPTIONS,
    )
    shock = SectoralShock(iceberg_hat=iceberg[:, :, None], tariffs=after[:, :, None])
    solved = solve_sectors(baseline, shock, options=OPTIONS)
    gain = solved.equivalent_variation_million_usd / solved.baseline_value_added
    return np.asarray(PERCENT * gain)
