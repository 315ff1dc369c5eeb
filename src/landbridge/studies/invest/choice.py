"""Which projects to build under a budget, and whether they help or hinder one another.

Every project alone and every pair together is run through the network and the equilibrium; the best
sets by singles and pairs are found as an integer programme (`selection`) and run exactly, so that
the error of the approximation is known for each of them. The worth of a set is its net present
value, as in `cost_benefit`: the gain of real income starts when the last of its works opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.brief import brief_repr
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.draws.engine import Draw, run_draws
from landbridge.errors import ConvergenceError
from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.schema import Scenario
from landbridge.studies.cba.cash_flow import Traffic, net_present_value, streams
from landbridge.studies.cba.cash_flow import Works as CostOfWorks
from landbridge.studies.cba.costing import DISCOUNT, Costed, appraisal_terms, drawn_terms, works_of
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.cargo import cargo_of
from landbridge.studies.chain.setting import Setting, resolve, setting_of
from landbridge.studies.invest.selection import Menu, best_sets
from landbridge.tasks import Progress, no_progress, run_tasks, single_threaded
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import World

Works = frozenset[str]
"""Ids of the measures that are built."""
WORLD: Final = "world"
ROUNDING: Final = 1e-9
NOTHING: Final = 1e-6
"""Million USD."""


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
        ``[N]`` gain of real income of a full year, million USD.
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


@dataclass(frozen=True, eq=False, repr=False)
class Chosen:
    """What was found out.

    Attributes
    ----------
    choice
        What could be chosen.
    found
        By works: everything that was run.
    menu
        Singles and pairs, for the integer programme.
    sets
        Sets that were run exactly, the best by the exact value first.
    approximate
        Net present value of each by singles and pairs, million USD.
    worst, checks
        Largest value of each check over all equilibria, and the checks of the certificate with
        their limits.
    drawn
        By works (each option alone, and the best set): ``[D]`` net present values.
    """

    choice: Choice
    found: Mapping[Works, Found]
    menu: Menu
    sets: tuple[BoolArray, ...]
    approximate: tuple[float, ...]
    worst: FloatArray
    checks: pd.DataFrame
    drawn: Mapping[Works, FloatArray]
    seed: int

    @property
    def best(self) -> BoolArray:
        """The set with the greatest net present value among those run."""
        return self.sets[0]

    def exact(self, chosen: BoolArray) -> Found:
        """Look up what a set comes to that was run."""
        return self.found[self.choice.works(chosen)]

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


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

    def value(self, works: Works, gain: FloatArray) -> Found:
        """Weigh the gain of a set against its cost, from the standpoint of the choice."""
        if not works:
            return Found(gain, 0.0, 0.0, 0.0, 0.0)
        named = sorted(works)
        laid = streams(
            tuple(self.works[name] for name in named),
            self.traffic,
            float(gain[self.choice.inside].sum()),
        )
        rate = self.terms[DISCOUNT]
        benefit = float(net_present_value(laid.benefit, rate))
        by_work = net_present_value(laid.cost_by_work, rate)
        cost = sum(
            float(amount) * self._share(name) for name, amount in zip(named, by_work, strict=True)
        )
        capital = sum(self.works[name].capital_million_usd for name in named)
        return Found(gain, benefit - cost, benefit, cost, capital)

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
    terms = {name: term.central for name, term in appraisal_terms().items()}
    return _costing(choice, terms, None)


def _costing(choice: Choice, terms: Mapping[str, float], draw: Draw | None) -> Costing:
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


def choose_projects(
    choice: Choice,
    *,
    sets: int = 5,
    draws: int = 0,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> Chosen:
    """Run all singles and pairs, find the best sets, and run those exactly.

    Parameters
    ----------
    choice
        What can be chosen.
    sets
        How many of the best sets by singles and pairs are run exactly; singles and pairs that
        keep to the budget stand beside them.
    draws
        Draws for the bands of every option alone and of the best set.
    seed, jobs, progress
        As in `studies.run.running.run_scenario`.

    Raises
    ------
    FaultsError
        A measure cannot be made, alone or with another.
    ConvergenceError
        An equilibrium or the integer programme was not solved.
    """
    costing = central_costing(choice)
    setting = single_threaded(_central_setting, choice)
    run = partial(_run, choice, setting)
    count = len(choice.options)
    wanted = list(
        dict.fromkeys([*(choice.works(one) for one in _small_sets(count)), *_shared(choice)])
    )
    raw = dict(
        zip(
            wanted,
            run_tasks(run, wanted, jobs=jobs, progress=progress, what="Singles and pairs"),
            strict=True,
        )
    )
    found = {works: costing.value(works, gain) for works, (gain, _) in raw.items()}
    menu = _menu(choice, costing, found)
    truly = partial(_truly, choice, costing)
    proposed = best_sets(menu, sets, truly=truly)
    new = list(
        dict.fromkeys(choice.works(one) for one in proposed if choice.works(one) not in found)
    )
    more = dict(
        zip(
            new,
            run_tasks(run, new, jobs=jobs, progress=progress, what="Best sets"),
            strict=True,
        )
    )
    raw |= more
    found |= {works: costing.value(works, gain) for works, (gain, _) in more.items()}
    known = [*proposed, *(one for one in _small_sets(count) if menu.allows(one) and truly(one))]
    distinct = {one.tobytes(): one for one in known}
    # A stable sort: of sets with the same works the first proposed one stands first.
    ranked = sorted(distinct.values(), key=lambda one: -found[choice.works(one)].net_million_usd)
    kept = _without_twins(choice, ranked)[: max(sets, 1)]
    drawn = _draws(
        choice,
        [*(option.works for option in choice.options), choice.works(kept[0])],
        draws=draws,
        seed=seed,
        jobs=jobs,
        progress=progress,
    )
    return Chosen(
        choice=choice,
        found=found,
        menu=menu,
        sets=tuple(kept),
        approximate=tuple(menu.value(one) for one in kept),
        worst=np.max([checks for _, checks in raw.values()], axis=0),
        checks=resolve(setting, choice.basis.network).certificate.table(),
        drawn=drawn,
        seed=seed,
    )


def _small_sets(count: int) -> list[BoolArray]:
    sets = []
    for size in (0, 1, 2):
        for group in combinations(range(count), size):
            one = np.zeros(count, dtype=bool)
            one[list(group)] = True
            sets.append(one)
    return sets


def _shared(choice: Choice) -> list[Works]:
    """Find what two options both build: their interaction is measured beyond it."""
    return [one.works & other.works for one, other in combinations(choice.options, 2)]


def _without_twins(choice: Choice, ranked: list[BoolArray]) -> list[BoolArray]:
    """Keep one of several sets that build the same works, the smallest."""
    smallest: dict[Works, BoolArray] = {}
    for one in ranked:
        works = choice.works(one)
        if works not in smallest or one.sum() < smallest[works].sum():
            smallest[works] = one
    return list(smallest.values())


def _truly(choice: Choice, costing: Costing, chosen: BoolArray) -> bool:
    """Say whether a set keeps to the budgets by its works, what they share counted once."""
    works = choice.works(chosen)
    return all(
        costing.spending(works, payer) <= budget * (1.0 + ROUNDING)
        for payer, budget in choice.budgets.items()
    )


def _menu(choice: Choice, costing: Costing, found: Mapping[Works, Found]) -> Menu:
    count = len(choice.options)
    payers = list(choice.budgets)
    worth = np.zeros((count, count))
    spending = np.zeros((len(payers), count, count))
    works = [option.works for option in choice.options]
    for i in range(count):
        worth[i, i] = found[works[i]].net_million_usd
        spending[:, i, i] = [costing.spending(works[i], payer) for payer in payers]
    for i, j in combinations(range(count), 2):
        both = works[i] | works[j]
        worth[i, j] = found[both].net_million_usd - worth[i, i] - worth[j, j]
        together = np.array([costing.spending(both, payer) for payer in payers])
        shared = together - spending[:, i, i] - spending[:, j, j]
        spending[:, i, j] = np.where(np.abs(shared) > ROUNDING * together, shared, 0.0)
    return Menu(
        worth=worth,
        spending=spending,
        budgets=np.array([choice.budgets[payer] for payer in payers]),
        requires=choice.requires,
        exclusive=choice.exclusive,
    )


def _central_setting(choice: Choice) -> Setting:
    assumptions = assumptions_of(central_values(choice.basis.parameters), choice.cargo)
    return setting_of(
        choice.basis, assumptions, closure=choice.scenario.closure, draw=FreightDraw.neutral()
    )


def _run(choice: Choice, setting: Setting, works: Works) -> tuple[FloatArray, FloatArray]:
    """Build a set of works; give every economy's gain and the checks of the certificate."""
    measures = tuple(one for one in choice.scenario.measures if one.id in works)
    part = choice.scenario.model_copy(update={"measures": measures})
    after = apply_measures(part, choice.basis.network, where=choice.where, isolated="keep")
    solved = resolve(setting, after)
    if not solved.certificate.passed:
        raise ConvergenceError(
            "the equilibrium of a set of projects does not pass its checks",
            residual=solved.certificate.residual,
            iterations=solved.certificate.newton_steps,
        )
    checks = solved.certificate.table()["value"].to_numpy(dtype=np.float64)
    gain = choice.gain_factor * (solved.welfare_hat - 1.0) * setting.world.expenditure
    # Below this a gain is the rounding of the solver.
    return np.where(np.abs(gain) < NOTHING, 0.0, gain), checks


def _one_draw(choice: Choice, wanted: tuple[Works, ...], draw: Draw) -> FloatArray:
    """Compute the net present value of each set of works in one draw."""
    basis = choice.basis
    values = draw.parameters(basis.parameters, basis.estimates)
    costing = _costing(choice, drawn_terms(appraisal_terms(), draw), draw)
    here = replace(choice, basis=replace(basis, world=draw.world(basis.world)))
    assumptions = assumptions_of(values, draw.cargo_choice(here.cargo))
    closure = here.scenario.closure
    setting = setting_of(here.basis, assumptions, closure=closure, draw=draw.freight())
    return np.array(
        [costing.value(works, _run(here, setting, works)[0]).net_million_usd for works in wanted]
    )


def _draws(
    choice: Choice,
    wanted: list[Works],
    *,
    draws: int,
    seed: int,
    jobs: int,
    progress: Progress,
) -> dict[Works, FloatArray]:
    distinct = tuple(dict.fromkeys(wanted))
    if not draws:
        return {works: np.empty(0) for works in distinct}
    answers = run_draws(
        partial(_one_draw, choice, distinct),
        draws=draws,
        seed=seed,
        jobs=jobs,
        progress=progress,
    )
    stacked = np.stack(answers)
    return {works: stacked[:, place] for place, works in enumerate(distinct)}
