"""One pass through the chain: routes, trade costs, equilibrium, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from landbridge.equilibrium.one_sector import Baseline, prepare, solve_prepared
from landbridge.equilibrium.results import Equilibrium
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.policy import Policy
from landbridge.scenarios.schema import Closure
from landbridge.scenarios.trade_costs import Shock
from landbridge.scenarios.values.duties import TariffValues
from landbridge.scenarios.values.normalising import total_log_effect
from landbridge.studies.chain.freight_change import (
    Choice,
    PairCosts,
    freight_change,
    kept_costs,
)
from landbridge.units import FloatArray
from landbridge.world.base import World


@dataclass(frozen=True)
class Assumptions:
    """The scalar parameters of one pass.

    Attributes
    ----------
    theta
        Trade elasticity.
    agreement_effects
        Log points of goods trade by depth of agreement.
    freight
        Value of time, value of goods and cost factors.
    choice
        How shippers choose: modes and ports by class of cargo, or modes of general cargo; absent:
        the path of least cost.
    rates
        Rates with a band of the scenario's own measures, percent.
    tariffs
        What agreements take off tariffs, who uses it, what they save beside them.
    """

    theta: float
    agreement_effects: Mapping[str, float]
    freight: FreightParameters
    choice: Choice = None
    rates: Mapping[str, float] = field(default_factory=dict)
    tariffs: TariffValues = field(default_factory=TariffValues)


@dataclass(frozen=True)
class Pass:
    """What one pass through the chain found.

    Attributes
    ----------
    before, after
        Least generalised costs between economies, or the expected ones of a choice.
    shock
        Change of the cost of goods trade, by cause.
    prepared, freeness_hat, duties_after
        What the equilibrium was solved from: the baseline, ``[N, N]`` the shock and the tariffs
        after it.
    equilibrium
        The new equilibrium with its certificate.
    """

    before: PairCosts
    after: PairCosts
    shock: Shock
    prepared: Baseline
    freeness_hat: FloatArray
    duties_after: FloatArray | None
    equilibrium: Equilibrium


def run_chain(
    world: World,
    network_before: FreightNetwork,
    network_after: FreightNetwork,
    *,
    policy: Policy,
    assumptions: Assumptions,
    draw: FreightDraw,
    closure: Closure,
) -> Pass:
    """Go from two networks and a policy to a new equilibrium.

    Parameters
    ----------
    world
        The baseline.
    network_before, network_after
        The freight network without and with the scenario's measures.
    policy
        Agreements and tariff equivalents.
    assumptions
        Scalar parameters of this pass.
    draw
        Factors on freight costs and crossing times, the same before and after.
    closure
        How trade imbalances are treated.

    Raises
    ------
    ConvergenceError
        The equilibrium did not reach its tolerance.
    """
    before, after, shock = find_shock(
        world, network_before, network_after, policy=policy, assumptions=assumptions, draw=draw
    )
    change = shock.change(assumptions.theta, world.goods_share)
    prepared = prepare(
        world.flows,
        theta=assumptions.theta,
        closure=closure,
        iso3=world.iso3,
        duties=change.duties,
    )
    return Pass(
        before=before,
        after=after,
        shock=shock,
        prepared=prepared,
        freeness_hat=change.freeness_hat,
        duties_after=change.duties_after,
        equilibrium=solve_prepared(prepared, change.freeness_hat, duties_after=change.duties_after),
    )


def find_shock(
    world: World,
    network_before: FreightNetwork,
    network_after: FreightNetwork,
    *,
    policy: Policy,
    assumptions: Assumptions,
    draw: FreightDraw,
) -> tuple[PairCosts, PairCosts, Shock]:
    """Go from two networks and a policy to the change of trade costs; arguments as `run_chain`.

    Returns
    -------
    tuple
        Costs between economies before and after, and the change of trade costs.
    """
    asked = (assumptions.freight, draw, world.iso3, assumptions.choice)
    before = after = kept_costs(network_before, *asked)
    if network_after is not network_before:
        after = kept_costs(network_after, *asked, before=before)
    change = freight_change(
        before, after, value_usd_per_tonne=assumptions.freight.value_usd_per_tonne
    )
    return (
        before,
        after,
        change.shock(
            policy,
            effects=assumptions.agreement_effects,
            rates=assumptions.rates,
            tariffs=world.tariffs,
            values=assumptions.tariffs,
            normalised_log_effect=total_log_effect(
                policy.normalised, world.goods, assumptions.rates, assumptions.theta
            )
            if policy.normalised
            else None,
        ),
    )


def trade_ratio(equilibrium: Equilibrium) -> FloatArray:
    """Compute new over old nominal trade, ``[N, N]``; one where there was none.

    Nominal in the numeraire of the solution, world nominal output.
    """
    old = equilibrium.baseline_flows
    return np.divide(equilibrium.flows, old, out=np.ones_like(old), where=old > 0)
