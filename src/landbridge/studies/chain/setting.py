"""The world, the network and the equilibrium before anything changes, made ready once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.basis import Basis
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.one_sector import Baseline, prepare, solve_prepared
from landbridge.equilibrium.results import Equilibrium
from landbridge.freight.carriage.chosen import ChosenCosts
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.policy import no_policy
from landbridge.scenarios.trade_costs import TradeChange, duties_of
from landbridge.scenarios.values.duties import TariffValues
from landbridge.studies.chain.freight_change import (
    Choice,
    PairCosts,
    freight_change,
    pair_costs,
)
from landbridge.studies.chain.one_pass import Assumptions
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import World


@dataclass(frozen=True, eq=False)
class Setting:
    """What a change of the freight network is measured against.

    Attributes
    ----------
    basis
        The baseline and the network; in a draw with the world that was drawn.
    theta
        Trade elasticity.
    freight
        Value of time, value of goods and cost factors.
    draw
        The freight rows' own uncertainty.
    choice
        How shippers choose.
    costs
        What freight costs between economies.
    prepared
        The baseline of the equilibrium.
    values
        Uncertain numbers of tariffs; None where tariffs are left out.
    """

    basis: Basis
    theta: float
    freight: FreightParameters
    draw: FreightDraw
    choice: Choice
    costs: PairCosts
    prepared: Baseline
    values: TariffValues | None = None

    @property
    def world(self) -> World:
        """The baseline."""
        return self.basis.world

    @property
    def network(self) -> FreightNetwork:
        """The network before the change."""
        return self.basis.network

    @property
    def served(self) -> BoolArray:
        """Pairs whose goods the network carries, ``[N, N]``: covered, with a way."""
        return np.asarray(self.costs.covered & np.isfinite(self.costs.usd_per_tonne))

    @property
    def ad_valorem(self) -> FloatArray:
        """Cost of freight over the value of the goods, ``[N, N]`` ratio; infinite: no way."""
        if isinstance(self.costs, ChosenCosts):
            return self.costs.ad_valorem()
        return np.asarray(self.costs.usd_per_tonne / self.freight.value_usd_per_tonne)

    @property
    def goods_share(self) -> FloatArray:
        """The goods part of each flow, ``[N, N]`` ratio."""
        return self.world.goods_share


def make_setting(
    basis: Basis,
    *,
    theta: float,
    freight: FreightParameters,
    closure: Closure = "purged",
    draw: FreightDraw | None = None,
    choice: Choice = None,
    values: TariffValues | None = None,
) -> Setting:
    """Find the costs and prepare the equilibrium of a basis.

    Parameters
    ----------
    basis
        The baseline and the network.
    theta
        Trade elasticity.
    freight
        Scalar assumptions of freight.
    closure
        How trade imbalances are treated.
    draw
        The freight rows' own uncertainty; neutral when absent.
    choice
        How shippers choose; absent: the path of least cost.
    values
        Uncertain numbers of tariffs; None leaves tariffs out.

    Raises
    ------
    UnknownNameError
        No economy has a centre in the network; one that has none is not covered.
    DataError, InputError, ConvergenceError
        The equilibrium cannot be prepared.
    """
    own, world = draw or FreightDraw.neutral(), basis.world
    return Setting(
        basis=basis,
        theta=theta,
        freight=freight,
        draw=own,
        choice=choice,
        costs=pair_costs(basis.network, freight, own, world.iso3, choice),
        prepared=prepare(
            world.flows,
            theta=theta,
            closure=closure,
            iso3=world.iso3,
            duties=None if values is None else duties_of(world, values),
        ),
        values=values,
    )


def setting_of(
    basis: Basis, assumptions: Assumptions, *, closure: Closure, draw: FreightDraw
) -> Setting:
    """Find the costs and prepare the equilibrium of a basis under the assumptions of a pass.

    Parameters and errors as in `make_setting`.
    """
    return make_setting(
        basis,
        theta=assumptions.theta,
        freight=assumptions.freight,
        closure=closure,
        draw=draw,
        choice=assumptions.choice,
        values=assumptions.tariffs,
    )


def change_of(setting: Setting, after: FreightNetwork) -> TradeChange:
    """Compute the change of freeness that another network brings, and the tariffs with it.

    As a run of a scenario without any policy has it (`scenarios.trade_costs`).
    """
    world, before = setting.world, setting.costs
    found = pair_costs(
        after, setting.freight, setting.draw, world.iso3, setting.choice, before=before
    )
    change = freight_change(before, found, value_usd_per_tonne=setting.freight.value_usd_per_tonne)
    tariffs = None if setting.values is None else world.tariffs
    shock = change.shock(no_policy(world.iso3), tariffs=tariffs, values=setting.values)
    return shock.change(setting.theta, setting.goods_share)


def freeness_of(setting: Setting, after: FreightNetwork) -> FloatArray:
    """Compute the change of freeness that another network brings, ``[N, N]`` ratio."""
    return change_of(setting, after).freeness_hat


def resolve(setting: Setting, after: FreightNetwork) -> Equilibrium:
    """Solve the equilibrium on another network, exactly.

    Raises
    ------
    ConvergenceError
        No equilibrium was found.
    """
    change = change_of(setting, after)
    return solve_prepared(setting.prepared, change.freeness_hat, duties_after=change.duties_after)
