"""Which assumption would flip the sign: one parameter at a time over its band."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from landbridge.draws.noise import NIL_PERCENT
from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.carriage.costs import Centres
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.parameters import NEST, Parameter
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Pass
from landbridge.studies.chain.outcomes import gain_percent_of_gdp, one_pass
from landbridge.tasks import Progress, run_tasks
from landbridge.units import FloatArray

FLIP_COLUMNS = ["outcome", "parameter", "title", "switching_value", "unit", "explanation"]
MOST = 0.95
"""Part of the change of an economy's freight that a rough end has to hold."""
NEAR = 0.3
"""Part of the central gain under which a rough end is run in full."""


@dataclass(frozen=True)
class Swing:
    """What a parameter at one end of its band does to real income.

    Attributes
    ----------
    real_income_percent
        ``[N]``.
    """

    parameter: str
    value: float
    real_income_percent: FloatArray


@dataclass(frozen=True)
class _Task:
    parameter: str
    value: float


def swings(
    inputs: Inputs,
    places: Sequence[int],
    central: FloatArray,
    *,
    found: Pass,
    jobs: int,
    progress: Progress,
) -> list[Swing]:
    """Run parameters at the low and the high end of their bands, all else central.

    Parameters
    ----------
    inputs
        The prepared scenario.
    places
        Positions of the economies whose sign is asked for.
    central
        ``[N]`` real income of the central run, percent.
    found
        The central run.
    jobs, progress
        As in `tasks.run_tasks`.

    Returns
    -------
    list of Swing
        With a choice by class of cargo only those that may turn a sign: each end is first run with
        the largest centre standing for its economy, between the economies with which most of the
        change of freight lies (`most_changed`), and what that changes is laid on the central run.
        Ends that come near zero, or past it, are run in full.
    """
    ends = [
        _Task(parameter=name, value=value)
        for name, parameter in inputs.parameters.items()
        for value in (parameter.low, parameter.high)
        if value != parameter.central and _matters(name, inputs)
    ]
    cargo = inputs.cargo
    if cargo is not None:
        among = most_changed(found, inputs.world.goods, places)
        rough = _Runner(inputs, replace(cargo, centres=Centres(largest_only=True, among=among)))
        at_centre = rough(_Task("", math.nan)).real_income_percent
        tried = run_tasks(rough, ends, jobs=jobs, progress=progress, what="One at a time")
        ends = [
            end
            for end, swing in zip(ends, tried, strict=True)
            if _may_turn(central, swing.real_income_percent - at_centre, places)
        ]
    runner = _Runner(inputs, cargo)
    return run_tasks(runner, ends, jobs=jobs, progress=progress, what="One at a time")


def most_changed(found: Pass, goods: FloatArray, places: Sequence[int]) -> tuple[int, ...]:
    """Find the economies with which most of the change of freight costs of some others lies.

    Parameters
    ----------
    found
        The central run.
    goods
        ``[N, N]`` trade in goods, million USD.
    places
        Positions of the others; they are among those found.

    Returns
    -------
    tuple of int
        Positions, rising: for each of the others, partners with `MOST` of its trade times the
        change of what it costs, exports and imports together.
    """
    ratio = found.shock.freight_tau_hat
    # Goods that are cut off count as goods whose cost is felt by all of their value.
    log_change = np.abs(np.log(np.where(np.isfinite(ratio), ratio, np.e)))
    change = goods * (log_change + (1.0 - found.shock.reach_hat))
    by_partner = change + change.T
    kept = set(places)
    for place in places:
        order = np.argsort(-by_partner[place], kind="stable")
        part = np.cumsum(by_partner[place][order])
        kept.update(order[: 1 + int(np.searchsorted(part, MOST * part[-1]))].tolist())
    return tuple(sorted(kept))


def _may_turn(central: FloatArray, change: FloatArray, places: Sequence[int]) -> bool:
    """Say whether a sign turns, or comes so near that a rough change cannot tell."""
    middle = central[list(places)]
    ratio = np.divide(
        middle + change[list(places)], middle, out=np.ones_like(middle), where=middle != 0
    )
    return bool((ratio < NEAR).any())


def flip_table(
    inputs: Inputs, outcomes: Mapping[str, int], central: FloatArray, found: list[Swing]
) -> pd.DataFrame:
    """Say which parameter, within its band, would turn an outcome's sign.

    Parameters
    ----------
    inputs
        The prepared scenario.
    outcomes
        Position of an economy on the world's axis by the outcome's title.
    central
        ``[N]`` real income of the central run, percent.
    found
        From `swings`.

    Returns
    -------
    pandas.DataFrame
        The columns of `RunResult.flip`; the switching value is interpolated between the centre
        and the end at which the sign differs.
    """
    rows = []
    for outcome, place in outcomes.items():
        middle = float(central[place])
        for swing in found:
            end = float(swing.real_income_percent[place])
            if min(abs(middle), abs(end)) < NIL_PERCENT or middle * end > 0:
                continue
            parameter = inputs.parameters[swing.parameter]
            share = middle / (middle - end)
            switch = parameter.central + share * (swing.value - parameter.central)
            rows.append(
                (
                    outcome,
                    parameter.name,
                    parameter.title,
                    switch,
                    parameter.unit,
                    f"{middle:+.2g} % at {parameter.central:g}, {end:+.2g} % at {swing.value:g}",
                )
            )
    return pd.DataFrame(rows, columns=FLIP_COLUMNS)


@dataclass(frozen=True)
class _Runner:
    inputs: Inputs
    cargo: CargoChoice | None

    def __call__(self, task: _Task) -> Swing:
        inputs, moved = self.inputs, {task.parameter: task.value} if task.parameter else {}
        values = central_values(inputs.parameters) | moved
        assumptions = assumptions_of(values, self.cargo)
        found = one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())
        return Swing(
            parameter=task.parameter,
            value=task.value,
            real_income_percent=gain_percent_of_gdp(found.equilibrium, inputs.world),
        )


def _matters(name: str, inputs: Inputs) -> bool:
    """Leave out the effects of agreements that the scenario does not sign.

    Between economies each mode has one way, so how alike its routes are does not matter either.
    """
    if name == NEST:
        return False
    prefix = "agreement_"
    return not name.startswith(prefix) or name.removeprefix(prefix) in inputs.policy.depths


def used_parameters(inputs: Inputs) -> dict[str, Parameter]:
    """Select the parameters that can matter in this run."""
    return {
        name: parameter for name, parameter in inputs.parameters.items() if _matters(name, inputs)
    }
