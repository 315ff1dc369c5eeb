"""Solve a world for one setting: which model, which elasticity, which shock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.equilibrium import (
    SectoralShock,
    SectoralTables,
    first_order_welfare,
    prepare_sectors,
    solve_sectors,
)
from landbridge.equilibrium.one_sector import prepare, solve_prepared
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.parameters import with_estimates
from landbridge.scenarios.policy import no_policy
from landbridge.scenarios.reading import check_scenario, find_scenario, read_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.trade_costs import Shock, TradeChange
from landbridge.scenarios.values.duties import Duties, TariffChange
from landbridge.studies.bridge.past import world_of_year
from landbridge.studies.bridge.schema import OWN, End, OwnAnswer, Setting, StudyFile
from landbridge.studies.bridge.shocks import Arrays, shock_arrays
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.freight_change import no_change
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.chain.one_pass import Assumptions, find_shock
from landbridge.studies.chain.outcomes import gain_percent_of_gdp
from landbridge.studies.chain.round_about import round_about
from landbridge.studies.chain.sector_shares import farm_share
from landbridge.studies.industries.base import theta_of
from landbridge.studies.industries.one_pass import OPTIONS
from landbridge.units import FloatArray, percent_change
from landbridge.world.base import World
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.facts import GOODS
from landbridge.world.sectors.isic import shipped_groups


@dataclass(frozen=True, eq=False)
class Solved:
    """What a setting gives.

    Attributes
    ----------
    percent
        ``[N]`` change of real income, in percent of what the setting measures it against.
    certificate
        One row a check.
    """

    percent: FloatArray
    certificate: pd.DataFrame


class Ground:
    """The world that settings are put to; what they share is made once.

    Parameters
    ----------
    basis
        World, network and parameters.
    """

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self._charged: dict[tuple[str, bool], tuple[FloatArray, FloatArray]] = {}
        self._past: dict[int, Ground] = {}
        self.notes: dict[int, str] = {}

    def at(self, year: int) -> Ground:
        """Return the ground of a year past; this one for 0."""
        if not year:
            return self
        if year not in self._past:
            past = world_of_year(self.world, year)
            self.notes[year] = past.note
            self._past[year] = Ground(self.basis.with_world(past.world))
        return self._past[year]

    @property
    def world(self) -> World:
        """The world."""
        return self.basis.world

    @cached_property
    def sectoral(self) -> SectoralWorld:
        """The world with 20 sectors, at its totals."""
        return replace(self.basis, sectors=None).sectoral_world()

    @cached_property
    def assumptions(self) -> Assumptions:
        """Central parameters, estimates in the place of defaults."""
        known = with_estimates(self.basis.parameters, self.basis.estimates)
        return assumptions_of(central_values(known))

    def tariffs(self, *, by_sector: bool) -> TariffChange:
        """Read the tariffs of the world, without any measure."""
        policy = no_policy(self.world.iso3)
        if by_sector:
            policy = replace(policy, farm_share=farm_share(self.sectoral))
        return policy.tariff_change(self.world.tariffs, self.assumptions.tariffs, {})

    def charged(self, code: str, *, by_sector: bool) -> tuple[FloatArray, FloatArray]:
        """Compute what is charged on a sector, and what is without agreements, ``[N, N]`` each."""
        key = (code, by_sector)
        if key not in self._charged:
            schedule, _ = self.tariffs(by_sector=by_sector).schedules(code)
            mfn = schedule.mfn.copy()
            np.fill_diagonal(mfn, 0.0)
            self._charged[key] = schedule.rates(), mfn
        return self._charged[key]

    def theta(self, setting: Setting) -> FloatArray:
        """Look the elasticities of a setting up, ``[S]``."""
        own = self.assumptions.theta
        if setting.elasticity == OWN:
            return np.full(setting.sectors, own)
        if isinstance(setting.elasticity, str):
            # A set is taken as it is: it moves with the parameter in draws alone.
            found = theta_of(self.sectoral, setting.elasticity).by_sector
            assert found is not None  # noqa: S101 - a named set has one value a sector
            return found
        return np.full(setting.sectors, float(setting.elasticity))


def solve_setting(
    ground: Ground, study: StudyFile, setting: Setting, *, end: End = "central"
) -> Solved:
    """Solve the world for a setting.

    Parameters
    ----------
    ground
        The world.
    study
        Whose shocks are named.
    setting
        How the shock is put.
    end
        Which end of the bands of the shock.

    Raises
    ------
    ConvergenceError
        No equilibrium was found.
    """
    ground = ground.at(setting.year)
    if setting.shock == OWN:
        return _one_sector(ground, setting, own_shock(ground, study.own))
    arrays = shock_arrays(study, setting.shock, ground.world.iso3, home=setting.home, end=end)
    if setting.sectors == 1:
        return _one_sector(ground, setting, _as_shock(ground, setting, arrays))
    return _many_sectors(ground, setting, arrays)


def own_shock(ground: Ground, own: OwnAnswer) -> Shock:
    """Find what the scenario of this world does to the costs of trade, at central values."""
    scenario = own_scenario(own)
    inputs = prepare_inputs(ground.basis, scenario)
    values = central_values(inputs.parameters)
    if inputs.after is inputs.before:
        # Nothing moves on the network: how goods choose their way is not asked.
        assumptions = assumptions_of(values)
        found = no_change(len(ground.world.iso3)).shock(
            inputs.policy,
            effects=assumptions.agreement_effects,
            rates=assumptions.rates,
            tariffs=ground.world.tariffs,
            values=assumptions.tariffs,
        )
    else:
        *_, found = find_shock(
            inputs.world,
            inputs.before,
            inputs.after,
            policy=inputs.policy,
            assumptions=assumptions_of(values, inputs.cargo),
            draw=FreightDraw(),
        )
    return _undone(found) if own.reverse else found


def own_scenario(own: OwnAnswer) -> Scenario:
    """Read the scenario of this world's answer."""
    if isinstance(own.scenario, str):
        return read_scenario(find_scenario(own.scenario))
    return check_scenario(own.scenario)


def _undone(shock: Shock) -> Shock:
    """Turn what policy does around: from after to before."""
    duties = shock.duties
    return replace(
        shock,
        tariff_tau_hat=1.0 / shock.tariff_tau_hat,
        agreement_log_effect=-shock.agreement_log_effect,
        duties=None if duties is None else Duties(duties.after, duties.before),
    )


def _as_shock(ground: Ground, setting: Setting, arrays: Arrays) -> Shock:
    """Put a shock into the form of the model with one sector."""
    theta = float(ground.theta(setting)[0])
    charged, mfn = ground.charged("", by_sector=False)
    duties = arrays.duties(charged, mfn)
    cost = np.ones_like(charged)
    if setting.tariffs == "none":
        cost = (1.0 + duties.after) / (1.0 + duties.before)
    return Shock(
        iso3=ground.world.iso3,
        freight_tau_hat=arrays.costs(theta, services=False) * cost,
        reach_hat=np.ones_like(cost),
        tariff_tau_hat=np.ones_like(cost),
        agreement_log_effect=np.zeros_like(cost),
        covered=np.ones(cost.shape, dtype=np.bool_),
        services_tau_hat=arrays.costs(theta, services=True),
        duties=duties if setting.tariffs == "world" else None,
    )


def _one_sector(ground: Ground, setting: Setting, shock: Shock) -> Solved:
    """Solve one sector: gross flows, with or without the inputs in them."""
    world, theta = ground.world, float(ground.theta(setting)[0])
    flows, share = world.flows, world.goods_share
    if setting.coverage == "goods":
        flows, share = world.goods, np.ones_like(world.goods)
    change = shock.change(theta, share)
    if setting.inputs == "full":
        return _round_about(ground, setting, change)
    baseline = prepare(
        flows, theta=theta, closure=setting.closure, iso3=world.iso3, duties=change.duties
    )
    found = solve_prepared(baseline, change.freeness_hat, duties_after=change.duties_after)
    percent = percent_change(found.welfare_hat)
    if setting.inputs == "to_gdp":
        percent = gain_percent_of_gdp(found, world)
    return Solved(percent, found.certificate.table())


def _round_about(ground: Ground, setting: Setting, change: TradeChange) -> Solved:
    """Solve one sector that buys its inputs from itself, at home and abroad."""
    world, sectoral = ground.world, ground.sectoral
    theta = ground.theta(setting)
    share = sectoral.value_added.sum(axis=1) / sectoral.output.sum(axis=1)
    tables, shock = round_about(world, change, value_added_share=share, theta=float(theta[0]))
    return _solved(tables, shock, theta, setting)


def _many_sectors(ground: Ground, setting: Setting, arrays: Arrays) -> Solved:
    """Solve 20 sectors, with or without links among them."""
    sectoral, theta = ground.sectoral, ground.theta(replace(setting, sectors=20))
    goods, groups = sectoral.sectors.counted_as(GOODS), shipped_groups(sectoral.sectors)
    cost = np.ones_like(sectoral.flows)
    before, after = np.zeros_like(sectoral.flows), np.zeros_like(sectoral.flows)
    for place, code in enumerate(groups):
        cost[:, :, place] = arrays.costs(float(theta[place]), services=not goods[place])
        if goods[place]:
            rates = arrays.rates(code, *ground.charged(code, by_sector=True))
            before[:, :, place], after[:, :, place] = rates
    revenue = setting.tariffs == "world"
    if not revenue:
        cost = cost * (1.0 + after) / (1.0 + before)
    whole = np.ones_like(sectoral.value_added_share)
    full = setting.inputs == "full"
    tables = SectoralTables(
        flows=sectoral.flows,
        value_added_shares=sectoral.value_added_share if full else whole,
        input_shares=sectoral.input_share if full else np.zeros_like(sectoral.input_share),
        tariffs=before if revenue else None,
        iso3=sectoral.iso3,
        sectors=sectoral.sectors.codes,
    )
    shock = SectoralShock(iceberg_hat=cost, tariffs=after if revenue else None)
    return _solved(tables, shock, theta, setting)


def _solved(
    tables: SectoralTables, shock: SectoralShock, theta: FloatArray, setting: Setting
) -> Solved:
    """Solve tables for a shock, and read the gain by the formula that is asked for."""
    baseline = prepare_sectors(tables, theta=theta, closure=setting.closure, options=OPTIONS)
    found = solve_sectors(baseline, shock, options=OPTIONS)
    percent = percent_change(found.welfare_hat)
    if setting.formula == "first_order":
        told = first_order_welfare(baseline, found).table()
        percent = told["first_order_welfare_percent"].to_numpy(dtype=np.float64)
    return Solved(percent, found.certificate.table())
