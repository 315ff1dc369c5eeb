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

from landbridge.brief import brief_repr
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.draws.engine import Draw, run_draws
from landbridge.errors import ConvergenceError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.edits import apply_measures
from landbridge.studies.cba.benefits import values_of_lines
from landbridge.studies.cba.costing import (
    benefit_terms,
    drawn_terms,
)
from landbridge.studies.cba.domestic import changed_economies, domestic_savings
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.setting import Setting, resolve, setting_of
from landbridge.studies.invest.selection import Menu, best_sets
from landbridge.studies.invest.weighing import (
    WORLD,
    Choice,
    Costing,
    Found,
    Option,
    Raw,
    Works,
    central_costing,
    costing_of,
    terms_of_choice,
)

__all__ = [
    "WORLD",
    "Choice",
    "Chosen",
    "Costing",
    "Found",
    "Option",
    "Raw",
    "Works",
    "central_costing",
    "choose_projects",
]
from landbridge.tasks import Progress, no_progress, run_tasks, single_threaded
from landbridge.units import BoolArray, FloatArray

ROUNDING: Final = 1e-9
NOTHING: Final = 1e-6
"""Million USD."""


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
        dict.fromkeys(
            [*(choice.works(one) for one in _small_sets(count)), *_shared(choice), *choice.parts]
        )
    )
    raw = dict(
        zip(
            wanted,
            run_tasks(run, wanted, jobs=jobs, progress=progress, what="Singles and pairs"),
            strict=True,
        )
    )
    found = {works: costing.value(works, one) for works, one in raw.items()}
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
    found |= {works: costing.value(works, one) for works, one in more.items()}
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
        worst=np.max([one.checks for one in raw.values()], axis=0),
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


def _run(choice: Choice, setting: Setting, works: Works, draw: Draw | None = None) -> Raw:
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
    trade = choice.gain_factor * (solved.welfare_hat - 1.0) * setting.world.expenditure
    # Below this a gain is the rounding of the solver.
    trade = np.where(np.abs(trade) < NOTHING, 0.0, trade)
    terms = {name: term.central for name, term in benefit_terms().items()}
    if draw is not None:
        terms = draw.parameters(benefit_terms())
    before = choice.basis.network
    domestic = domestic_savings(
        before,
        after,
        setting.freight,
        terms,
        changed_economies(before, after, setting.freight),
        freight=setting.draw,
        draw=draw,
    )
    served = [one for one in choice.served if one.measure in works]
    lines = values_of_lines(setting.world, trade, domestic, None, served, terms, draw)
    off = choice.scenario.benefits.leave_out
    gain = sum((one for name, one in lines.items() if name not in off), np.zeros(len(trade)))
    return Raw(gain, trade, checks)


def _one_draw(choice: Choice, wanted: tuple[Works, ...], draw: Draw) -> FloatArray:
    """Compute the net present value of each set of works in one draw."""
    basis = choice.basis
    values = draw.parameters(basis.parameters, basis.estimates)
    costing = costing_of(choice, drawn_terms(terms_of_choice(choice), draw), draw)
    here = replace(choice, basis=replace(basis, world=draw.world(basis.world)))
    assumptions = assumptions_of(values, draw.cargo_choice(here.cargo))
    closure = here.scenario.closure
    setting = setting_of(here.basis, assumptions, closure=closure, draw=draw.freight())
    return np.array(
        [costing.value(works, _run(here, setting, works, draw)).net_million_usd for works in wanted]
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
