"""What can be chosen, what it costs, and what a set of works comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.basis import Basis
from landbridge.draws.engine import Draw
from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.scenarios.parameters import Parameter
from landbridge.scenarios.schema import Scenario
from landbridge.studies.cba.benefits import Served, passengers_of
from landbridge.studies.cba.cash_flow import (
    Traffic,
    internal_rate_percent,
    net_present_value,
    streams,
)
from landbridge.studies.cba.cash_flow import Works as CostOfWorks
from landbridge.studies.cba.costing import (
    DISCOUNT,
    PUBLIC_FUNDS,
    Costed,
    appraisal_terms,
    without_public_funds,
    works_of,
)
from landbridge.studies.chain.cargo import cargo_of
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import World

Works = frozenset[str]
"""Ids of the measures that are built."""
WORLD: Final = "world"


@dataclass(frozen=True)
class Option:
    """One thing to choose: a project, or a corridor of several.

    Attributes
    ----------
    id, title
        Short name, and what a reader sees.
    works
        Ids of the measures that it builds.
    """

    id: str
    title: str
    works: Works


@dataclass(frozen=True, eq=False)
class Choice:
    """What can be chosen, from whose standpoint, and within what.

    Attributes
    ----------
    options
        n of them.
    scenario
        Holds every measure of every option.
    basis
        What they are measured against, the scenario's own rows in it.
    costs
        By measure; those that are absent are free.
    standpoint, inside
        Whose gain counts, in words, and ``[N]`` True for its economies.
    budgets
        Million USD of capital by payer's code; `WORLD` for all payers together.
    requires, exclusive
        Rules by position of options (`selection.Menu`).
    rate_percent
        Discount rate; None for that of the terms.
    gain_factor
        What the gains of the model are multiplied with.
    where
        File or option, for messages.
    """

    options: tuple[Option, ...]
    scenario: Scenario
    basis: Basis
    costs: Mapping[str, Costed]
    standpoint: str
    inside: BoolArray
    budgets: Mapping[str, float]
    requires: tuple[tuple[int, int], ...] = ()
    exclusive: tuple[tuple[int, ...], ...] = ()
    rate_percent: float | None = None
    gain_factor: float = 1.0
    where: str = ""

    @property
    def world(self) -> World:
        """The baseline."""
        return self.basis.world

    @property
    def parts(self) -> tuple[Works, ...]:
        """Each work of the options that hold several, alone."""
        several = [option.works for option in self.options if len(option.works) > 1]
        return tuple(frozenset({name}) for name in sorted(frozenset().union(*several)))

    @property
    def served(self) -> tuple[Served, ...]:
        """Passengers of the measures that can be chosen."""
        return passengers_of(self.scenario, tuple(self.costs.values()), where=self.where)

    @property
    def cargo(self) -> CargoChoice | None:
        """The choice by class of cargo; None where the scenario asks for the least cost."""
        return cargo_of(self.world, self.scenario)

    def works(self, chosen: BoolArray) -> Works:
        """Gather the measures that a set of options builds; what they share is built once."""
        parts = [option.works for option, yes in zip(self.options, chosen, strict=True) if yes]
        return frozenset().union(*parts)


@dataclass(frozen=True, eq=False)
class Found:
    """What a set comes to.

    Attributes
    ----------
    gain
        ``[N]`` gain of a full year, million USD: that of real income by goods across borders, and
        what domestic freight, passengers, roads and CO2e of domestic freight bring.
    trade
        ``[N]`` the part of it that is real income by goods across borders.
    net_million_usd, benefit_million_usd, cost_million_usd
        Present values from the standpoint.
    capital_million_usd
        Of all payers, undiscounted, overruns in it.
    """

    gain: FloatArray
    net_million_usd: float
    benefit_million_usd: float
    cost_million_usd: float
    capital_million_usd: float
    trade: FloatArray
    eirr_percent: float


@dataclass(frozen=True, eq=False)
class Raw:
    """What a set of works brings before its cost: gains as in `Found`, and its checks."""

    gain: FloatArray
    trade: FloatArray
    checks: FloatArray


@dataclass(frozen=True, eq=False)
class Costing:
    """Terms at the centre or drawn, and what they make of costs.

    Attributes
    ----------
    choice, terms
        What can be chosen, and every term by name.
    works
        By measure: what it costs and how long it serves.
    """

    choice: Choice
    terms: Mapping[str, float]
    works: Mapping[str, CostOfWorks]

    def value(self, works: Works, raw: Raw) -> Found:
        """Weigh the gain of a set against its cost, from the standpoint of the choice."""
        gain = raw.gain
        if not works:
            return Found(gain, 0.0, 0.0, 0.0, 0.0, raw.trade, float("nan"))
        named = sorted(works)
        laid = streams(
            tuple(self.works[name] for name in named),
            self.traffic,
            float(gain[self.choice.inside].sum()),
        )
        rate = self.terms[DISCOUNT]
        benefit = float(net_present_value(laid.benefit, rate))
        by_work = net_present_value(laid.cost_by_work, rate)
        shares = np.array([self._share(name) for name in named])
        cost = float(by_work @ shares)
        capital = sum(self.works[name].capital_million_usd for name in named)
        eirr = internal_rate_percent(laid.benefit - shares @ laid.cost_by_work)
        return Found(gain, benefit - cost, benefit, cost, capital, raw.trade, eirr)

    @property
    def traffic(self) -> Traffic:
        """How the gain comes about."""
        return Traffic(
            first_year_percent=self.terms["first_year_percent"],
            ramp_up_years=round(self.terms["ramp_up_years"]),
            growth_percent=self.terms["growth_percent"],
            baseline_year=self.choice.world.year,
        )

    def spending(self, works: Works, payer: str) -> float:
        """Compute the capital that falls on a payer, or on all of them, million USD."""
        total = 0.0
        for name in works:
            cost = self.choice.costs.get(name)
            share = 1.0 if payer == WORLD else (cost.payers.get(payer, 0.0) if cost else 0.0)
            total += share * self.works[name].capital_million_usd
        return total

    def by_economy(self, works: Works, gain: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compute present benefits and costs of every economy, ``[N]`` million USD each."""
        named = sorted(works)
        laid = streams(tuple(self.works[name] for name in named), self.traffic, 1.0)
        rate = self.terms[DISCOUNT]
        cost = np.zeros(len(gain))
        for name, amount in zip(named, net_present_value(laid.cost_by_work, rate), strict=True):
            item = self.choice.costs.get(name)
            for code, share in (item.payers if item else {}).items():
                cost[self.choice.world.index(code)] += share * float(amount)
        return gain * float(net_present_value(laid.benefit, rate)), cost

    def _share(self, name: str) -> float:
        """Compute the part of a measure's cost that falls inside the standpoint."""
        cost = self.choice.costs.get(name)
        world = self.choice.world
        if cost is None:
            return 0.0
        return sum(
            share
            for code, share in cost.payers.items()
            if self.choice.inside[world.iso3.index(code)]
        )


def central_costing(choice: Choice) -> Costing:
    """Take the costs at the centre of their bands."""
    terms = {name: term.central for name, term in terms_of_choice(choice).items()}
    return costing_of(choice, terms, None)


def terms_of_choice(choice: Choice) -> Mapping[str, Parameter]:
    """Read the terms; without the cost of public funds where the scenario leaves it out."""
    terms = appraisal_terms()
    off = choice.scenario.benefits.leave_out
    return without_public_funds(terms) if PUBLIC_FUNDS in off else terms


def costing_of(choice: Choice, terms: Mapping[str, float], draw: Draw | None) -> Costing:
    """Cost every measure that can be chosen, with terms at the centre or drawn."""
    if choice.rate_percent is not None:
        terms = {**terms, DISCOUNT: choice.rate_percent}
    costed = {
        name: works_of((item,), terms, draw)[0] for name, item in sorted(choice.costs.items())
    }
    years = round(terms["construction_years"])
    free = CostOfWorks(
        capital_million_usd=0.0,
        phasing=(1.0 / years,) * years,
        operation_percent=0.0,
        life_years=round(terms["life_years"]),
        residual_percent=0.0,
        start_year=choice.scenario.date.year + 1,
    )
    works = {measure.id: costed.get(measure.id, free) for measure in choice.scenario.measures}
    return Costing(choice, terms, works)
