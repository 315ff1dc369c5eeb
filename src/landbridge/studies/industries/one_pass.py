"""One pass through the chain with sectors: ways by class of cargo, costs and markets by sector."""

from __future__ import annotations

from collections.abc import Sequence
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
from landbridge.freight.carriage.chosen import CargoChoice, ChosenCosts
from landbridge.freight.carriage.mix import sector_mix
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.policy import Policy
from landbridge.scenarios.schema import Closure
from landbridge.scenarios.trade_costs import Shock
from landbridge.scenarios.values.cargo import NOT_CARRIED, CargoClasses, cargo_of_sectors
from landbridge.scenarios.values.normalising import total_log_effect
from landbridge.studies.chain.freight_change import (
    FreightChange,
    PairCosts,
    freight_change,
    kept_costs,
    no_change,
    pair_costs,
)
from landbridge.studies.chain.one_pass import Assumptions
from landbridge.studies.industries.duties import TariffsAsked, sector_duties
from landbridge.units import FloatArray
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.facts import GOODS
from landbridge.world.sectors.isic import shipped_groups
from landbridge.world.tariffs.base import Tariffs

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


@dataclass(frozen=True, eq=False)
class MarketRules:
    """How markets answer.

    Attributes
    ----------
    theta
        ``[S]`` trade elasticities.
    closure
        How trade imbalances are treated.
    labour_supply_elasticity
        As in `landbridge.equilibrium.solve_sectors`.
    """

    theta: FloatArray
    closure: Closure
    labour_supply_elasticity: float = 0.0


def run_industry_chain(
    world: SectoralWorld,
    networks: tuple[FreightNetwork, FreightNetwork],
    *,
    policy: Policy,
    tariffs: TariffsAsked,
    assumptions: Assumptions,
    market: MarketRules,
    cargo: CargoClasses,
    draw: FreightDraw,
) -> IndustryPass:
    """Go from two networks and a policy to a new equilibrium with sectors.

    Parameters
    ----------
    world
        The sectoral world.
    networks
        Without and with the scenario's measures.
    policy
        What acts as a cost that uses up resources and brings no revenue: agreements, payments, and
        tariff equivalents where the world holds no tariffs.
    tariffs
        Where tariffs come from (see `sector_duties`).
    assumptions
        Effects of agreements and freight; its value of goods and of time give way to ``cargo``.
    market
        Elasticities and closure.
    cargo
        Values of goods and of time by class.
    draw
        Factors on freight costs and crossing times, the same before and after.

    Raises
    ------
    ConvergenceError
        The equilibrium did not reach its tolerance.
    """
    asked = _Question(world, networks, policy, assumptions, draw, tariffs.held)
    duties = sector_duties(world, policy, assumptions, tariffs)
    shock = sector_shock(
        world,
        sector_shocks(asked, cargo),
        policy=asked.shock(no_change(len(world.iso3))),
        theta=market.theta,
        normalised_log_effect=_normalised(world, policy, assumptions),
    )
    if duties.after is not None:
        shock = replace(shock, tariffs=duties.after)
    baseline = prepare_sectors(
        SectoralTables(
            flows=world.flows,
            value_added_shares=world.value_added_share,
            input_shares=world.input_share,
            tariffs=duties.before,
            iso3=world.iso3,
            sectors=world.sectors.codes,
        ),
        theta=market.theta,
        closure=market.closure,
        options=OPTIONS,
    )
    found = solve_sectors(
        baseline,
        shock,
        labour_supply_elasticity=market.labour_supply_elasticity,
        options=OPTIONS,
    )
    return IndustryPass(baseline, shock, found)


@dataclass(frozen=True, eq=False)
class _Question:
    """What the costs of the sectors are asked for."""

    world: SectoralWorld
    networks: tuple[FreightNetwork, FreightNetwork]
    policy: Policy
    assumptions: Assumptions
    draw: FreightDraw
    held: Tariffs | None

    def shock(self, change: FreightChange) -> Shock:
        """Put policy beside a change of freight."""
        return change.shock(
            self.policy,
            effects=self.assumptions.agreement_effects,
            rates=self.assumptions.rates,
            tariffs=self.held,
            values=self.assumptions.tariffs,
        )


def sector_shocks(asked: _Question, cargo: CargoClasses) -> list[Shock | None]:
    """Find the change of costs of every sector; None for sectors that are not carried."""
    choice = asked.assumptions.choice
    if isinstance(choice, CargoChoice):
        return _shocks_by_choice(asked, choice)
    by_class = [_class_shock(asked, one) for one in _by_class(asked.assumptions, cargo)]
    return [
        None if number == NOT_CARRIED else by_class[number]
        for number in cargo_of_sectors(asked.world.sectors)
    ]


def _shocks_by_choice(asked: _Question, choice: CargoChoice) -> list[Shock | None]:
    """Weigh the classes of cargo by what each sector's goods are; found once for all sectors."""
    iso3, freight = asked.world.iso3, asked.assumptions.freight
    value = freight.value_usd_per_tonne
    same = (freight, asked.draw, iso3, choice)
    before = after = kept_costs(asked.networks[0], *same)
    if asked.networks[1] is not asked.networks[0]:
        after = kept_costs(asked.networks[1], *same, before=before)
    assert isinstance(before, ChosenCosts)  # noqa: S101 - the choice is by class of cargo
    assert isinstance(after, ChosenCosts)  # noqa: S101 - as above
    shocks: dict[str, Shock | None] = {"": None}
    for code in {*shipped_groups(asked.world.sectors)} - {""}:
        mix = sector_mix(code, iso3)
        shocks[code] = None
        if mix is not None:
            change = freight_change(
                before.with_mix(mix), after.with_mix(mix), value_usd_per_tonne=value
            )
            shocks[code] = asked.shock(change)
    return [shocks[code] for code in shipped_groups(asked.world.sectors)]


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


def _class_shock(asked: _Question, assumptions: Assumptions) -> Shock:
    iso3, networks, freight = asked.world.iso3, asked.networks, assumptions.freight
    on_network = set(networks[0].ties.iso3)
    known = np.array([place for place, code in enumerate(iso3) if code in on_network])
    held = tuple(iso3[place] for place in known)

    def costs(network: FreightNetwork) -> PairCosts:
        return pair_costs(network, freight, asked.draw, held, assumptions.choice)

    before = costs(networks[0])
    after = before if networks[1] is networks[0] else costs(networks[1])
    change = freight_change(before, after, value_usd_per_tonne=freight.value_usd_per_tonne)
    return asked.shock(change.laid_out(known, len(iso3)))


def sector_shock(
    world: SectoralWorld,
    by_sector: Sequence[Shock | None],
    *,
    policy: Shock,
    theta: FloatArray,
    normalised_log_effect: FloatArray | None = None,
) -> SectoralShock:
    """Lay on each sector the costs of its class of cargo.

    Agreements act on all goods (electricity and trade margins among them), by the same log points
    of trade; the cost that stands for them follows from the sector's elasticity. A part of the
    trade that loses its only way is lost. Services stay as they are, but for what they pay less
    for payments. A measure limited to sectors acts on those alone; it names them among the 20,
    and acts on each sector of a finer table that lies in them. Of several agreements between two
    economies the deepest acts on each sector, once.

    Parameters
    ----------
    world
        The sectoral world.
    by_sector
        S of them, of freight and policy; None where the sector is not carried.
    policy
        One without any change of freight.
    theta
        ``[S]`` trade elasticities.
    normalised_log_effect
        ``[N, N]`` log points by which trade that is nearly nothing is brought towards its
        potential, in every sector of goods alike.
    """
    groups = shipped_groups(world.sectors)
    goods = world.sectors.counted_as(GOODS)
    iceberg = np.ones_like(world.flows)
    cost = np.ones_like(world.flows)
    for sector, shock in enumerate(by_sector):
        cost[:, :, sector] = _policy_cost(
            policy, groups[sector], theta[sector], is_goods=goods[sector]
        )
        if shock is not None:
            with np.errstate(divide="ignore"):
                lost = shock.reach_hat ** (-1.0 / theta[sector])
            iceberg[:, :, sector] = shock.freight_tau_hat * lost
    if normalised_log_effect is not None:
        cost[:, :, goods] *= np.exp(-normalised_log_effect[:, :, None] / theta[goods])
    return SectoralShock(iceberg_hat=iceberg, non_tariff_hat=cost)


def _normalised(
    world: SectoralWorld, policy: Policy, assumptions: Assumptions
) -> FloatArray | None:
    if not policy.normalised:
        return None
    goods = world.flows[:, :, world.sectors.counted_as(GOODS)].sum(axis=2)
    return total_log_effect(policy.normalised, goods, assumptions.rates, assumptions.theta)


def _policy_cost(shock: Shock, code: str, theta: float, *, is_goods: bool) -> FloatArray:
    """Compute the change of one plus the cost that policy lays on a sector, ``[N, N]``."""
    if code in shock.by_sector:
        return np.asarray(shock.sector_freeness(code, theta) ** (-1.0 / theta))
    if is_goods:
        return np.asarray(shock.tariff_tau_hat * np.exp(-shock.residual(theta) / theta))
    tau = shock.services_tau_hat
    return np.ones_like(shock.tariff_tau_hat) if tau is None else tau
