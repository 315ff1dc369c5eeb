"""Which measure does what: each one made alone, all else as it was."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.constraints import honoured
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.policy import read_policy
from landbridge.scenarios.schema import Measure
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import one_pass, told_of_focus
from landbridge.tasks import Progress, run_tasks

QUANTITIES = ("focus_income_percent", "focus_trade_million_usd", "world_million_usd")
WITHOUT = "without"
SUMS = (WITHOUT, "all", "rest")
"""Rows that are not one measure made alone."""
NOTHING = 1e-6
"""Percent or million USD below which a number is the rounding of the solver."""
COLUMNS = ["measure", "title", *QUANTITIES]


def attribution_table(inputs: Inputs, *, jobs: int, progress: Progress) -> pd.DataFrame:
    """Run each measure alone, and all of them, at central values.

    Parameters
    ----------
    inputs
        The prepared scenario.
    jobs, progress
        As in `tasks.run_tasks`.

    Returns
    -------
    pandas.DataFrame
        One row a measure, then, where trade is brought towards its potential, all but that, then
        all together, and together less the sum: measure, title, focus_income_percent (of GDP),
        focus_trade_million_usd, world_million_usd. Empty for a scenario of fewer than two
        measures. Missing for a measure that cannot be made alone, because it changes what another
        one builds.
    """
    measures = inputs.scenario.measures
    if len(measures) < 2:  # noqa: PLR2004 - one measure is the whole
        return pd.DataFrame(columns=COLUMNS)
    alone = run_tasks(
        _Runner(inputs), range(len(measures)), jobs=jobs, progress=progress, what="Each measure"
    )
    whole = _told(inputs)
    sums = (
        math.fsum(told[n] for told in alone if not math.isnan(told[n]))
        for n in range(len(QUANTITIES))
    )
    without = _without_normalisation(inputs)
    rest = tuple(together - parts for together, parts in zip(whole, sums, strict=True))
    rows = [(m.id, m.title, *told) for m, told in zip(measures, alone, strict=True)]
    if without is not None:
        rows.append((WITHOUT, "All but the normalisation of trade", *without))
    rows += [("all", "All together", *whole), ("rest", "Together less the sum", *rest)]
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class _Runner:
    inputs: Inputs

    def __call__(self, place: int) -> tuple[float, ...]:
        try:
            return _told(made_alone(self.inputs, place))
        except FaultsError:
            # It stands on another measure, as a change of a new link does.
            return (math.nan,) * len(QUANTITIES)


def made_alone(inputs: Inputs, place: int) -> Inputs:
    """Prepare one measure of a scenario, on the new places and crossings of the others.

    Parameters
    ----------
    inputs
        The prepared scenario.
    place
        Position of the measure.

    Raises
    ------
    FaultsError
        It stands on another measure.
    """
    measures = inputs.scenario.measures
    # New places and crossings change nothing by themselves, and others may stand on them.
    ground = tuple(m for m in measures if m.is_ground and m.id != measures[place].id)
    return with_measures(inputs, (*ground, measures[place]))


def with_measures(inputs: Inputs, measures: tuple[Measure, ...]) -> Inputs:
    """Prepare some of a scenario's measures; lines that now reach nothing are kept.

    Raises
    ------
    FaultsError
        One of them stands on a measure that is left out.
    """
    some = inputs.scenario.model_copy(update={"measures": measures})
    left = honoured(some, inputs.constraints)
    after = apply_measures(left, inputs.before, where=inputs.where, isolated="keep")
    policy = read_policy(
        some,
        inputs.world.iso3,
        blocked=inputs.constraints.blocked_pairs(),
        shares=inputs.policy.shares,
        potential=inputs.policy.potential,
        farm_share=inputs.policy.farm_share,
    )
    return replace(inputs, scenario=some, after=after, policy=policy)


def _without_normalisation(inputs: Inputs) -> tuple[float, ...] | None:
    """Run all but what brings trade towards its potential; None where nothing does."""
    if not inputs.policy.normalised:
        return None
    return _told(replace(inputs, policy=replace(inputs.policy, normalised=())))


def _told(inputs: Inputs) -> tuple[float, ...]:
    """Run the chain once and keep the three numbers of the table."""
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    found = one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())
    told = told_of_focus(inputs, found.equilibrium, inputs.world)
    numbers = (told[name] for name in QUANTITIES)
    return tuple(0.0 if abs(number) < NOTHING else number for number in numbers)
