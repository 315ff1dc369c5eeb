"""Bands of what is critical: the first order again in every draw of costs, trade and parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.draws.bands import band
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.draws.engine import Draw, run_draws
from landbridge.equilibrium.market import Closure
from landbridge.freight.flows.elements import ElementKind
from landbridge.scenarios.parameters import THETA, with_estimates
from landbridge.studies.chain.assumptions import assumptions_of
from landbridge.studies.chain.setting import make_setting
from landbridge.studies.critical.criticality import first_order
from landbridge.tasks import Progress, no_progress
from landbridge.units import FloatArray, IntArray

BANDED: Final = ("million_tonnes", "percent_million_usd", "hour_million_usd")


@dataclass(frozen=True, eq=False)
class DrawnFrom:
    """What the draws are drawn from.

    Attributes
    ----------
    basis
        World, network and parameters.
    kinds
        Which kinds of element.
    closure
        How trade imbalances are treated.
    """

    basis: Basis
    kinds: tuple[ElementKind, ...]
    closure: Closure = "purged"


def critical_draws(
    source: DrawnFrom,
    *,
    economy: str = "",
    draws: int,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> FloatArray:
    """Draw costs, trade and parameters, and find the first order in each draw.

    Parameters
    ----------
    source
        What is drawn from.
    economy
        Whose gains; the world's where empty.
    draws, seed, jobs
        As in `draws.engine.run_draws`.
    progress
        Told after each few draws.

    Returns
    -------
    FloatArray
        ``[draws, X, 3]``, the columns of `BANDED`.

    Raises
    ------
    ConvergenceError
        A draw did not converge: bands without it would be too narrow.
    """
    return np.stack(
        run_draws(
            partial(_one_draw, source, economy),
            draws=draws,
            seed=seed,
            jobs=jobs,
            progress=progress,
        )
    )


def with_bands(table: pd.DataFrame, drawn: FloatArray, rows: IntArray) -> pd.DataFrame:
    """Put ``_mean``, ``_low`` and ``_high`` beside the columns of `BANDED`.

    The mean flow over draws is that of a probit choice of ways: costs differ from draw to draw,
    and in each all take the least.

    Parameters
    ----------
    table
        A ranking's table.
    drawn
        From `critical_draws`.
    rows
        The element of each row of the table.
    """
    found = table.copy()
    for column, name in enumerate(BANDED):
        low, high = band(found[name].to_numpy(dtype=np.float64), drawn[:, rows, column])
        place = int(found.columns.get_loc(name)) + 1  # type: ignore[arg-type]
        found.insert(place, f"{name}_mean", drawn[:, rows, column].mean(axis=0))
        found.insert(place + 1, f"{name}_low", low)
        found.insert(place + 2, f"{name}_high", high)
    return found


def _one_draw(source: DrawnFrom, economy: str, drawn: Draw) -> FloatArray:
    basis = source.basis
    table = with_estimates(basis.parameters, basis.estimates)
    values = drawn.parameters(table, basis.estimates)
    world = drawn.world(basis.world)
    setting = make_setting(
        replace(basis, world=world),
        theta=values[THETA],
        freight=assumptions_of(values).freight,
        closure=source.closure,
        draw=drawn.freight(),
    )
    first = first_order(setting, source.kinds)
    mine = [world.index(economy)] if economy else list(range(len(world.iso3)))
    gains = [found[:, mine].sum(axis=1) for found in (first.percent, first.hour)]
    return np.stack([first.million_tonnes, *gains], axis=1)
