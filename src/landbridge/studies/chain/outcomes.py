"""What is kept of each pass through the chain: small arrays that stack over draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.routes.totals import trip_totals_and_ways
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Assumptions, Pass, run_chain, trade_ratio
from landbridge.studies.chain.watched import row_factors
from landbridge.units import FloatArray, percent_change
from landbridge.world.base import World, foreign_totals

Kept = TypeVar("Kept")
TRIP_QUANTITIES = ("km", "hours", "usd_per_tonne", "generalised_usd_per_tonne")


@dataclass(frozen=True)
class Outcome:
    """One pass, or the stack of all draws (then every array has draws as its first axis).

    Attributes
    ----------
    real_income_percent
        ``[N]`` change of real income, percent of GDP (`gain_percent_of_gdp`).
    exports_percent, imports_percent
        ``[N]`` change of nominal trade with others, world output as numeraire: the change of
        each flow, weighted by the flows observed.
    pair_baseline_million_usd
        ``[K]`` flows of the focus before.
    pair_percent
        ``[K]`` change of those flows.
    pair_cost_percent
        ``[K]`` change of one plus the ad valorem cost of goods; infinite where the only way is
        lost.
    trips
        ``[T, 2, 4]`` before and after; `TRIP_QUANTITIES`.
    ways
        ``[T, 2]`` the way of every reported trip before and after, as a label
        (`freight.routes.totals.trip_totals_and_ways`).
    parameters
        ``[P]`` the parameters, in the order of the run's table.
    rows
        ``[R]`` factors on the watched rows of the freight tables.
    """

    real_income_percent: FloatArray
    exports_percent: FloatArray
    imports_percent: FloatArray
    pair_baseline_million_usd: FloatArray
    pair_percent: FloatArray
    pair_cost_percent: FloatArray
    trips: FloatArray
    ways: NDArray[np.str_]
    parameters: FloatArray
    rows: FloatArray


def one_pass(inputs: Inputs, world: World, assumptions: Assumptions, draw: FreightDraw) -> Pass:
    """Run the chain once for a prepared scenario."""
    return run_chain(
        world,
        inputs.before,
        inputs.after,
        policy=inputs.policy,
        assumptions=assumptions,
        draw=draw,
        closure=inputs.scenario.closure,
    )


def outcome_of(
    inputs: Inputs,
    found: Pass,
    *,
    world: World,
    values: Mapping[str, float],
    assumptions: Assumptions,
    draw: FreightDraw,
) -> Outcome:
    """Keep of a pass what the tables need."""
    equilibrium = found.equilibrium
    pairs = inputs.pairs
    ratio = trade_ratio(equilibrium)
    trips, ways = trips_of(inputs, assumptions.freight, draw)
    exports, imports = foreign_totals(world.flows * ratio)
    exports_before, imports_before = foreign_totals(world.flows)
    return Outcome(
        real_income_percent=gain_percent_of_gdp(equilibrium.welfare_hat, world),
        exports_percent=percent_change(exports / exports_before),
        imports_percent=percent_change(imports / imports_before),
        pair_baseline_million_usd=world.flows[pairs],
        pair_percent=percent_change(ratio[pairs]),
        pair_cost_percent=percent_change(found.shock.tau_hat(assumptions.theta)[pairs]),
        trips=trips,
        ways=ways,
        parameters=np.array(list(values.values())),
        rows=row_factors(inputs.watched, inputs.after, draw),
    )


def gain_percent_of_gdp(welfare_hat: FloatArray, world: World) -> FloatArray:
    """Turn the model's welfare into percent of GDP, ``[N]``.

    The model's flows are gross, so its welfare is measured against all that an economy buys,
    inputs among them. The money that leaves it as well off (the equivalent variation) is the
    percent change times gross expenditure; over GDP it is larger than the percent change. To
    first order this is what a model with round-about inputs gives (Domar weights).
    """
    return np.asarray(percent_change(welfare_hat) * gross_over_gdp(world))


def gross_over_gdp(world: World) -> FloatArray:
    """Compute gross expenditure over GDP, ``[N]`` ratio."""
    return world.expenditure / world.gdp_million_usd


def trips_of(
    inputs: Inputs, freight: FreightParameters, draw: FreightDraw
) -> tuple[FloatArray, NDArray[np.str_]]:
    """Compute length, time and cost of every reported trip, ``[T, 2, 4]``, and its way, ``[T, 2]``.

    Before and after. A trip that is impossible has infinite time and cost.
    """
    both = [
        trip_totals_and_ways(network, freight, inputs.trips, draw=draw)
        for network in (inputs.before, inputs.after)
    ]
    totals = np.stack([found for found, _ in both], axis=1)
    return totals, np.array([ways for _, ways in both], dtype=np.str_).T


def stack(outcomes: list[Kept]) -> Kept:
    """Stack dataclasses of arrays along a new first axis."""
    kind = type(outcomes[0])
    return kind(
        **{
            field.name: np.stack([getattr(outcome, field.name) for outcome in outcomes])
            for field in fields(kind)  # type: ignore[arg-type]
        }
    )


def no_outcomes(like: Kept) -> Kept:
    """Build the stack of no draws, shaped like one outcome."""
    kind = type(like)
    return kind(
        **{
            field.name: np.empty(
                (0, *getattr(like, field.name).shape), dtype=getattr(like, field.name).dtype
            )
            for field in fields(kind)  # type: ignore[arg-type]
        }
    )
