"""What another network does to the cost of freight between economies, and the shock of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from landbridge.freight.carriage.chosen import CargoChoice, ChosenCosts, chosen_costs
from landbridge.freight.choice.logit import ChoiceParameters
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.skims.economies import GeneralisedCosts, generalised_costs
from landbridge.scenarios.policy import Policy
from landbridge.scenarios.trade_costs import Shock, ad_valorem_freight, make_shock
from landbridge.scenarios.values.duties import TariffValues
from landbridge.units import BoolArray, FloatArray, IntArray
from landbridge.world.tariffs.base import Tariffs

COSTS_KEPT = 4
"""Costs held: measures made one by one, and parameters that no freight depends on, ask for the
same ones again and again."""
Choice: TypeAlias = CargoChoice | ChoiceParameters | None
"""Modes and ports by class of cargo, modes of general cargo, or none: the path of least cost."""
PairCosts: TypeAlias = ChosenCosts | GeneralisedCosts
"""What freight costs between economies, with a choice by class of cargo or without."""


@dataclass(frozen=True, eq=False)
class FreightChange:
    """Freight between N economies without and with a scenario.

    Attributes
    ----------
    before, after
        ``[N, N]`` ad valorem cost of freight, ratio; infinite where there is no way.
    reach_hat
        ``[N, N]`` ratio: share of the pairs of centres that have a way, after over before.
    covered
        ``[N, N]`` pairs for which the network gives a cost before.
    held_at_zero
        How many costs after would be below zero: a new mode is felt to be worth more than all
        that was paid before. They are zero.
    """

    before: FloatArray
    after: FloatArray
    reach_hat: FloatArray
    covered: BoolArray
    held_at_zero: int = 0

    def laid_out(self, places: IntArray, count: int) -> FreightChange:
        """Put the economies among others that the network does not hold.

        Parameters
        ----------
        places
            ``[N]`` their positions.
        count
            How many economies there are in all.
        """
        if len(places) == count:
            return self

        def among(values: FloatArray, rest: float) -> FloatArray:
            full = np.full((count, count), rest)
            full[np.ix_(places, places)] = values
            return full

        return replace(
            self,
            before=among(self.before, np.inf),
            after=among(self.after, np.inf),
            reach_hat=among(self.reach_hat, 1.0),
            covered=among(self.covered.astype(np.float64), 0.0) > 0,
        )

    def shock(
        self,
        policy: Policy,
        *,
        effects: Mapping[str, float] | None = None,
        rates: Mapping[str, float] | None = None,
        normalised_log_effect: FloatArray | None = None,
        tariffs: Tariffs | None = None,
        values: TariffValues | None = None,
    ) -> Shock:
        """Put policy beside it (see `landbridge.scenarios.trade_costs.make_shock`)."""
        return make_shock(
            self.before,
            self.after,
            reach_hat=self.reach_hat,
            covered=self.covered,
            policy=policy,
            effects=effects or {},
            rates=rates,
            normalised_log_effect=normalised_log_effect,
            tariffs=tariffs,
            values=values,
        )


def freight_change(
    before: PairCosts, after: PairCosts, *, value_usd_per_tonne: float
) -> FreightChange:
    """Compare the costs of two networks as shares of the value of the goods.

    Parameters
    ----------
    before, after
        Both with a choice by class of cargo, or both without.
    value_usd_per_tonne
        Value of a tonne of general cargo; classes of cargo have their own.
    """
    if isinstance(before, ChosenCosts):
        assert isinstance(after, ChosenCosts)  # noqa: S101 - one choice for both networks
        cost, held = before.ad_valorem_after(after)
        return FreightChange(
            before=before.ad_valorem(),
            after=cost,
            reach_hat=before.reach_hat(after),
            covered=before.covered,
            held_at_zero=held,
        )
    assert isinstance(after, GeneralisedCosts)  # noqa: S101 - as above
    return FreightChange(
        before=ad_valorem_freight(before.usd_per_tonne, value_usd_per_tonne=value_usd_per_tonne),
        after=ad_valorem_freight(after.held_to(before), value_usd_per_tonne=value_usd_per_tonne),
        reach_hat=np.divide(
            after.reached, before.reached, out=np.ones_like(after.reached), where=before.reached > 0
        ),
        covered=before.covered,
    )


def no_change(count: int) -> FreightChange:
    """Build the change that is none, of N economies."""
    same, none = np.ones((count, count)), np.zeros((count, count), dtype=bool)
    return FreightChange(before=same, after=same, reach_hat=same, covered=none)


def pair_costs(
    network: FreightNetwork,
    freight: FreightParameters,
    draw: FreightDraw,
    iso3: tuple[str, ...],
    choice: Choice,
    *,
    before: PairCosts | None = None,
) -> PairCosts:
    """Compute what freight costs between economies; one without a centre is not covered.

    Parameters
    ----------
    network, freight, draw, iso3
        As in `freight.skims.economies.generalised_costs`.
    choice
        How shippers choose.
    before
        The costs before, for those after a change (`freight.carriage.chosen.chosen_costs`).
    """
    if isinstance(choice, CargoChoice):
        return chosen_costs(
            network,
            freight,
            choice,
            iso3=iso3,
            draw=draw,
            absent="uncovered",
            before=before if isinstance(before, ChosenCosts) else None,
        )
    return generalised_costs(
        network, freight, draw=draw, iso3=iso3, choice=choice, absent="uncovered"
    )


kept_costs = lru_cache(maxsize=COSTS_KEPT)(pair_costs)
"""`pair_costs`, recalled where they were asked for a moment ago.

Kept by the network itself (which does not change) and by all that its weights come from.
"""
