"""Bands of what is critical: the first order again in every draw of costs, trade and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from landbridge.draws.bands import band
from landbridge.draws.tasks import Progress, no_progress, run_tasks
from landbridge.equilibrium.market import Closure
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.freight.flows.elements import ElementKind
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenario.parameters import THETA, Parameter
from landbridge.studies.chain.assumptions import assumptions_of, drawn_values
from landbridge.studies.chain.setting import make_setting
from landbridge.studies.critical.criticality import first_order
from landbridge.units import FloatArray, IntArray
from landbridge.world.base import World
from landbridge.world.draws import draw_world

BANDED: Final = ("million_tonnes", "percent_million_usd", "hour_million_usd")
CHUNK: Final = 3


@dataclass(frozen=True, eq=False)
class DrawnFrom:
    """What the draws are drawn from.

    Attributes
    ----------
    world, network
        The baseline and the network.
    parameters
        Of trade and freight, with their bands.
    kinds
        Which kinds of element.
    closure
        How trade imbalances are treated.
    """

    world: World
    network: FreightNetwork
    parameters: Mapping[str, Parameter]
    kinds: tuple[ElementKind, ...]
    closure: Closure = "purged"


def critical_draws(
    source: DrawnFrom,
    *,
    economy: str = "",
    draws: int,
    seed: int = 1,
    progress: Progress = no_progress,
) -> FloatArray:
    """Draw costs, trade and parameters, and find the first order in each draw.

    Parameters
    ----------
    source
        What is drawn from.
    economy
        Whose gains; the world's where empty.
    draws, seed
        How many, and from where.
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
    seeds = np.random.SeedSequence(seed).spawn(draws)
    chunks = [tuple(seeds[start : start + CHUNK]) for start in range(0, draws, CHUNK)]

    def by_draw(what: str, done: int, total: int) -> None:
        progress(what, draws if done == total else done * CHUNK, draws)

    answers = run_tasks(
        partial(_run_chunk, source, economy), chunks, jobs=0, progress=by_draw, what="Draws"
    )
    return np.stack([one for answer in answers for one in answer])


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


def _run_chunk(
    source: DrawnFrom, economy: str, seeds: tuple[np.random.SeedSequence, ...]
) -> list[FloatArray]:
    found = []
    for one in seeds:
        rng = np.random.default_rng(one)
        values = drawn_values(source.parameters, rng)
        draw = FreightDraw.random(source.network, rng)
        world = draw_world(source.world, rng)
        setting = make_setting(
            world,
            source.network,
            theta=values[THETA],
            freight=assumptions_of(values).freight,
            closure=source.closure,
            draw=draw,
        )
        first = first_order(setting, source.kinds)
        mine = [world.index(economy)] if economy else list(range(len(world.iso3)))
        gains = [values_[:, mine].sum(axis=1) for values_ in (first.percent, first.hour)]
        found.append(np.stack([first.million_tonnes, *gains], axis=1))
    return found
