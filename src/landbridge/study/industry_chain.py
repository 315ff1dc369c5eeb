"""One pass through the chain with sectors: ways by class of cargo, costs and markets by sector."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from landbridge.equilibrium import (
    SectoralBaseline,
    SectoralEquilibrium,
    SectoralShock,
    SectoralTables,
    SectorOptions,
    prepare_sectors,
    solve_sectors,
)
from landbridge.freight.costs import FreightDraw
from landbridge.freight.network import FreightNetwork
from landbridge.freight.skims import GeneralisedCosts, generalised_costs
from landbridge.scenario.cargo import NOT_CARRIED, CargoClasses, cargo_of
from landbridge.scenario.policy import Policy
from landbridge.scenario.schema import Closure
from landbridge.scenario.trade_costs import Shock, ad_valorem_freight, make_shock
from landbridge.study.chain import Assumptions
from landbridge.units import FloatArray
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.facts import GOODS

OPTIONS = SectorOptions(tolerance=1e-11)


@dataclass(frozen=True, eq=False)
class IndustryPass:
    """What one pass with sectors found.

    Attributes
    ----------
    baseline, shock
        What the equilibrium was solved from.
    equilibrium
        The new equilibrium with its certificate.
    """

    baseline: SectoralBaseline
    shock: SectoralShock
    equilibrium: SectoralEquilibrium


def run_industry_chain(
    world: SectoralWorld,
    networks: tuple[FreightNetwork, FreightNetwork],
    *,
    policy: Policy,
    assumptions: Assumptions,
    theta: FloatArray,
    cargo: CargoClasses,
    draw: FreightDraw,
    closure: Closure,
) -> IndustryPass:
    """Go from two networks and a policy to a new equilibrium with sectors.

    Parameters
    ----------
    world
        The sectoral world.
    networks
        Without and with the scenario's measures.
    policy
        Agreements and tariff equivalents. No tariff of the baseline is known here, so both act as
        costs that use up resources; none brings revenue.
    assumptions
        Effects of agreements and freight; its value of goods and of time give way to ``cargo``.
    theta
        ``[S]`` trade elasticities.
    cargo
        Values of goods and of time by class.
    draw
        Factors on freight costs and crossing times, the same before and after.
    closure
        How trade imbalances are treated.

    Raises
    ------
    ConvergenceError
        The equilibrium did not reach its tolerance.
    """
    shocks = [
        _class_shock(world.iso3, networks, policy=policy, assumptions=a, draw=draw)
        for a in _by_class(assumptions, cargo)
    ]
    shock = sector_shock(world, shocks, theta=theta)
    baseline = prepare_sectors(
        SectoralTables(
            flows=world.flows,
            value_added_shares=world.value_added_share,
            input_shares=world.input_share,
            iso3=world.iso3,
            sectors=world.sectors.codes,
        ),
        theta=theta,
        closure=closure,
        options=OPTIONS,
    )
    return IndustryPass(baseline, shock, solve_sectors(baseline, shock, options=OPTIONS))


def _by_class(assumptions: Assumptions, cargo: CargoClasses) -> list[Assumptions]:
    values = zip(cargo.value_usd_per_tonne, cargo.value_of_time_percent_per_day, strict=True)
    freight = assumptions.freight
    return [
        replace(
            assumptions,
            freight=replace(
                freight,
                value_usd_per_tonne=float(value),
                value_of_time_percent_per_day=float(time),
            ),
        )
        for value, time in values
    ]


def _class_shock(
    iso3: tuple[str, ...],
    networks: tuple[FreightNetwork, FreightNetwork],
    *,
    policy: Policy,
    assumptions: Assumptions,
    draw: FreightDraw,
) -> Shock:
    freight = assumptions.freight

    def costs(network: FreightNetwork) -> GeneralisedCosts:
        return generalised_costs(network, freight, draw=draw, iso3=iso3, choice=assumptions.choice)

    before = costs(networks[0])
    after = before if networks[1] is networks[0] else costs(networks[1])
    value = freight.value_usd_per_tonne
    return make_shock(
        ad_valorem_freight(before.usd_per_tonne, value_usd_per_tonne=value),
        ad_valorem_freight(after.held_to(before), value_usd_per_tonne=value),
        reach_hat=np.divide(
            after.reached, before.reached, out=np.ones_like(after.reached), where=before.reached > 0
        ),
        covered=before.covered,
        policy=policy,
        effects=assumptions.agreement_effects,
        rates=assumptions.rates,
    )


def sector_shock(
    world: SectoralWorld, by_class: list[Shock], *, theta: FloatArray
) -> SectoralShock:
    """Give each sector the costs of its class of cargo.

    Agreements act on all goods (electricity and trade margins among them), by the same log points
    of trade; the cost that stands for them follows from the sector's elasticity. A part of the
    trade that loses its only way is lost. Services stay as they are, but for what they pay less
    for payments. A measure limited to sectors acts on those alone.

    Parameters
    ----------
    world
        The sectoral world.
    by_class
        One shock a class of cargo.
    theta
        ``[S]`` trade elasticities.
    """
    classes = cargo_of(world.sectors.codes)
    goods = world.sectors.counted_as(GOODS)
    iceberg = np.ones_like(world.flows)
    policy = np.ones_like(world.flows)
    for sector, number in enumerate(classes):
        policy[:, :, sector] = _policy_cost(
            by_class[0], world.sectors.codes[sector], theta[sector], is_goods=goods[sector]
        )
        if number != NOT_CARRIED:
            shock = by_class[number]
            with np.errstate(divide="ignore"):
                lost = shock.reach_hat ** (-1.0 / theta[sector])
            iceberg[:, :, sector] = shock.freight_tau_hat * lost
    return SectoralShock(iceberg_hat=iceberg, non_tariff_hat=policy)


def _policy_cost(shock: Shock, code: str, theta: float, *, is_goods: bool) -> FloatArray:
    """Give the change of one plus the cost that policy lays on a sector, ``[N, N]``."""
    if code in shock.by_sector:
        return np.asarray(shock.sector_freeness(code, theta) ** (-1.0 / theta))
    if is_goods:
        return np.asarray(shock.tariff_tau_hat * np.exp(-shock.agreement_log_effect / theta))
    tau = shock.services_tau_hat
    return np.ones_like(shock.tariff_tau_hat) if tau is None else tau
