"""What is kept of each pass through the chain: small arrays that stack over draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from landbridge.equilibrium.one_sector import Baseline
from landbridge.equilibrium.results import Equilibrium
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.routes.totals import trip_totals_and_ways
from landbridge.scenarios.values.pair_costs import NON_TARIFF, RESIDUAL, TARIFFS
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Assumptions, Pass, run_chain, trade_ratio
from landbridge.studies.chain.watched import row_factors
from landbridge.units import PERCENT, FloatArray, percent_change
from landbridge.world.base import World, foreign_totals

Kept = TypeVar("Kept")
AGREEMENT_PARTS = (TARIFFS, NON_TARIFF, RESIDUAL)
"""Parts of what agreements do, in the order in which they are added."""
PART_QUANTITIES = (
    "focus_income_percent",
    "focus_trade_million_usd",
    "focus_revenue_million_usd",
    "world_million_usd",
)
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
    revenue_million_usd
        ``[N, 2]`` tariff revenue before and after.
    parts
        ``[4, 4]`` with none of what agreements do, with tariffs, with what they save beside them,
        and with the rest of their estimated effect as well; `PART_QUANTITIES`. No rows where
        nothing is signed.
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
    revenue_million_usd: FloatArray
    parts: FloatArray


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
        real_income_percent=gain_percent_of_gdp(equilibrium, world),
        exports_percent=percent_change(exports / exports_before),
        imports_percent=percent_change(imports / imports_before),
        pair_baseline_million_usd=world.flows[pairs],
        pair_percent=percent_change(ratio[pairs]),
        pair_cost_percent=percent_change(found.shock.tau_hat(assumptions.theta)[pairs]),
        trips=trips,
        ways=ways,
        parameters=np.array(list(values.values())),
        rows=row_factors(inputs.watched, inputs.after, draw),
        revenue_million_usd=np.column_stack([equilibrium.baseline_revenue, equilibrium.revenue]),
        parts=_parts(inputs, found, world, assumptions, draw),
    )


def _parts(
    inputs: Inputs, found: Pass, world: World, assumptions: Assumptions, draw: FreightDraw
) -> FloatArray:
    """Run the scenario with one more part of what agreements do at a time (`Outcome.parts`)."""
    if not inputs.policy.signs:
        return np.empty((0, len(PART_QUANTITIES)))
    rows = []
    for count in range(len(AGREEMENT_PARTS) + 1):
        on = frozenset(AGREEMENT_PARTS[:count])
        solved = found
        if on != inputs.policy.parts:
            asked = replace(inputs, policy=replace(inputs.policy, parts=on))
            solved = one_pass(asked, world, assumptions, draw)
        rows.append(list(told_of_focus(inputs, solved.equilibrium, world).values()))
    return np.array(rows)


def told_of_focus(inputs: Inputs, found: Equilibrium, world: World) -> dict[str, float]:
    """Read `PART_QUANTITIES` off an equilibrium, by name: of the focus, and the world's gain."""
    income, focus = gain_percent_of_gdp(found, world), inputs.focus
    pairs = inputs.pairs
    trade = world.flows[pairs] * (trade_ratio(found)[pairs] - 1.0)
    told = (
        float(income[focus]),
        float(trade.sum()),
        float(found.revenue[focus] - found.baseline_revenue[focus]),
        float((income * world.gdp_million_usd / PERCENT).sum()),
    )
    return dict(zip(PART_QUANTITIES, told, strict=True))


def gain_percent_of_gdp(found: Equilibrium, world: World) -> FloatArray:
    """Turn the welfare of an equilibrium into percent of GDP, ``[N]``.

    The model's flows are gross, so its welfare is measured against all that an economy buys,
    inputs among them. The money that leaves it as well off (the equivalent variation) is the
    percent change times that spending (`spending_over_gdp`). To first order this is what a model
    with round-about inputs gives (Domar weights).
    """
    return np.asarray(percent_change(found.welfare_hat) * spending_over_gdp(found, world))


def spending_over_gdp(found: Equilibrium | Baseline, world: World) -> FloatArray:
    """Compute the spending that welfare is measured against over GDP, ``[N]`` ratio.

    Under the purged closure the model's economies spend what they earn, tariff revenue among it.
    So it is their output, not what they buy beyond it on credit, that is set against GDP: a
    deficit would count the gain on purchases that the balanced world does not make.
    """
    if isinstance(found, Baseline):
        flows, revenue = found.flows, found.revenue
    else:
        flows, revenue = found.baseline_flows, found.baseline_revenue
    spending = (flows.sum(axis=0) + revenue) / flows.sum(axis=1)
    return np.asarray(spending * world.output / world.gdp_million_usd)


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
