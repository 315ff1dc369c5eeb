"""Gains by centre of an economy: a downscaling, so called, and no model of regions.

A centre gains what its own goods save in freight, plus its part by people of the rest of its
economy's gain: prices, diversion, new trade, agreements. The goods of a pair are shared over
centres by people, as in the costs between economies; of what a pair of centres saves each end has
half. Centres of an economy add up to its gain, at the centre and in every draw.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.draws.bands import with_band
from landbridge.freight.carriage.chosen import CargoChoice, ChosenCosts
from landbridge.freight.network.tables import column
from landbridge.studies.carriage.of_run import goods_of
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Pass
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import DrawnRun
from landbridge.units import PERCENT, FloatArray, IntArray

FEWEST: Final = 2
"""Centres of an economy that is shared out."""
NOTE: Final = (
    "Gains by centre (table regions) are a downscaling and no model of regions: what a centre's "
    "own goods save in freight, at the trade there was, plus its part by people of the rest of its "
    "economy's gain. Income per head is taken to be the same within an economy, and the draws "
    "move the rest alone."
)


def with_regions(result: RunResult, run: DrawnRun) -> RunResult:
    """Add the gains by centre to a run, beside its integration effects.

    Parameters
    ----------
    result
        The run's tables.
    run
        What they were made from.
    """
    tables = {**result.integration, "regions": regions_table(run)}
    return replace(result, integration=tables, notes=(*result.notes, NOTE))


def regions_table(run: DrawnRun) -> pd.DataFrame:
    """Share the gain of real income of every economy out over its centres.

    Parameters
    ----------
    run
        Centre and draws.

    Returns
    -------
    pandas.DataFrame
        One row a centre of an economy that has several: iso3, name, centre, population,
        people_percent (of the economy's), by_access_million_usd (what its own goods save),
        by_people_million_usd (its part of the rest), million_usd (both; with its band),
        real_income_percent (of the centre's part of GDP, by people; with its band). The economy in
        the middle first, then its partners, then the largest gains.
    """
    inputs, world = run.inputs, run.inputs.world
    at, owner, weight = _centres(inputs)
    table = inputs.before.tables.centres.iloc[at]
    saved = _saved(inputs, run.central.found, len(at))
    gdp = world.gdp_million_usd
    gain = run.central.outcome.real_income_percent * gdp / PERCENT
    drawn = run.drawn.real_income_percent * gdp / PERCENT
    whole = np.bincount(owner, weights=saved, minlength=len(gdp))
    rest = (gain - whole)[owner] * weight
    spread = saved + (drawn - whole)[:, owner] * weight
    own_gdp = gdp[owner] * weight
    codes = np.array(world.iso3)[owner]
    found = pd.DataFrame(
        {
            "iso3": codes,
            "name": [name_of(code) for code in codes],
            "centre": list(column(table, "centre")),
            "population": table["population_assigned"].to_numpy(dtype=np.int64),
            "people_percent": PERCENT * weight,
            "by_access_million_usd": saved,
            "by_people_million_usd": rest,
            **with_band("million_usd", saved + rest, spread),
            **with_band(
                "real_income_percent",
                PERCENT * (saved + rest) / own_gdp,
                PERCENT * spread / own_gdp,
            ),
        }
    )
    first = {int(place): -2 for place in inputs.partners} | {inputs.focus: -3}
    order = np.lexsort(
        (
            -(saved + rest),
            codes,
            -np.abs(gain)[owner],
            np.array([first.get(int(place), 0) for place in owner]),
        )
    )
    several = np.bincount(owner, minlength=len(gdp))[owner] >= FEWEST
    kept = order[several[order]]
    return found.iloc[kept].reset_index(drop=True)


def _centres(inputs: Inputs) -> tuple[IntArray, IntArray, FloatArray]:
    """Find the centres that the network reaches: their rows, economies, and parts by people."""
    ties = inputs.before.ties
    place = {code: position for position, code in enumerate(inputs.world.iso3)}
    mine = np.array([code in place for code in ties.iso3])
    at, first = np.unique(ties.centre[mine], return_index=True)
    owner = np.array([place[code] for code in np.array(ties.iso3)[mine][first]], dtype=np.int64)
    weight = ties.weight[mine][first]
    return at, owner, weight / np.bincount(owner, weights=weight)[owner]


def _saved(inputs: Inputs, found: Pass, count: int) -> FloatArray:
    """Compute what a centre's own goods save, ``[C]`` million USD a year; half of each pair's."""
    choice = inputs.cargo
    before, after = found.before, found.after
    saved = np.zeros(count)
    if not (
        isinstance(choice, CargoChoice)
        and isinstance(before, ChosenCosts)
        and isinstance(after, ChosenCosts)
        and before.felt.shape[1] == count
    ):
        return saved
    goods = goods_of(choice, inputs.world.goods)
    _, owner, weight = _centres(inputs)
    pairs = np.ix_(owner, owner)
    both = np.outer(weight, weight)
    for tonnes, old, new, reached in zip(
        goods.tonnes_million, before.felt, after.felt, before.reached, strict=True
    ):
        there = np.isfinite(old) & np.isfinite(new)
        fall = np.subtract(old, new, out=np.zeros_like(old), where=there)
        per = np.divide(tonnes, reached, out=np.zeros_like(tonnes), where=reached > 0)
        amount = per[pairs] * both * fall
        saved += 0.5 * (amount.sum(axis=0) + amount.sum(axis=1))
    return saved
