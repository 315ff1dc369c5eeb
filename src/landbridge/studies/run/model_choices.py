"""What choices of the model do beside the draws: how it is closed, and how shippers choose.

A band of draws shows what the parameters do. How imbalances of trade are treated and how shippers
choose modes are not parameters: they are models. Each is run at central values, all else as in
the run, so that a reader sees whether the band or the model matters more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, get_args

import pandas as pd

from landbridge.draws.bands import with_band
from landbridge.equilibrium.results import CLOSURES
from landbridge.errors import ConvergenceError, InputError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.parameters import choice_parameters
from landbridge.scenarios.schema import Closure, RouteChoice, Scenario
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.cargo import cargo_of
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import Outcome, gain_percent_of_gdp, one_pass
from landbridge.studies.chain.round_about import round_about_income
from landbridge.studies.industries.base import IndustrySettings, prepare_industries
from landbridge.studies.industries.running import central_pass, outcome_of
from landbridge.tasks import Progress, run_tasks
from landbridge.units import PERCENT, FloatArray

CHOICE_WORDS: Final[dict[RouteChoice, str]] = {
    "cargo": "eight classes of cargo choose modes and ports",
    "logit": "general cargo chooses among the cheapest way of each mode",
    "least": "all take the least-cost path of general cargo",
}
NUMBERS = ("focus_income_percent", "focus_million_usd", "world_million_usd")
CHOICES_COLUMNS = [
    "what", "option", "in_this_run", *NUMBERS, "less_this_run_percent", "explanation",
]  # fmt: skip
DRAWS, CLOSURE, CHOICE, PRODUCTION = "draws", "closure", "choice", "production"
ONE_SECTOR, ROUND_ABOUT = "one sector", "round-about"
BY_INDUSTRY: Final = {"industries": "", "industries, published elasticities": "caliendo-parro-2015"}
"""Sets of elasticities of the runs by industry; empty for the scenario's own in every sector."""
PRODUCTION_WORDS: Final = {
    ONE_SECTOR: "one sector without inputs; its gain is set against gross spending",
    ROUND_ABOUT: "one sector, made with value added and with all that is bought",
    "industries": "20 industries with their inputs, the same elasticity in each",
    "industries, published elasticities": "20 industries with their inputs, elasticities of "
    "Caliendo and Parro (2015)",
}


@dataclass(frozen=True)
class _Case:
    what: str
    option: str
    scenario: Scenario
    in_this_run: bool
    explanation: str


def model_choices_table(
    inputs: Inputs, central: Outcome, draws: Outcome, *, jobs: int, progress: Progress
) -> pd.DataFrame:
    """Run every closure, every model of choice and of production at central values.

    Parameters
    ----------
    inputs
        The prepared scenario.
    central, draws
        The central run and the stack of the draws. Without draws nothing is run: who asks for
        central values alone asks for a quick answer.
    jobs, progress
        As in `tasks.run_tasks`.

    Returns
    -------
    pandas.DataFrame
        First the band of the draws, then one row a closure, a model of choice and one of
        production: what (draws, closure, choice, production), option, in_this_run,
        focus_income_percent (of GDP; +_median, _low, _high in the first row; of value added by
        industry), focus_million_usd, world_million_usd, less_this_run_percent (the income less
        that of the central run), explanation. Numbers are missing, and the explanation says why,
        where there is no answer. Empty without draws.
    """
    if len(draws.real_income_percent) == 0:
        return pd.DataFrame(columns=CHOICES_COLUMNS)
    cases = _cases(inputs.scenario)
    others = [case for case in cases if not case.in_this_run]
    found = iter(
        run_tasks(_Runner(inputs), others, jobs=jobs, progress=progress, what="Closure and choice")
    )
    own = _numbers(inputs, central.real_income_percent)
    rows = [_draws_row(inputs, central, draws, own)]
    for case in cases:
        numbers, said = (own, "") if case.in_this_run else next(found)
        rows.append(
            {
                "what": case.what,
                "option": case.option,
                "in_this_run": case.in_this_run,
                **dict(zip(NUMBERS, numbers, strict=True)),
                "less_this_run_percent": numbers[0] - own[0],
                "explanation": said or case.explanation,
            }
        )
    return pd.DataFrame(rows)


def _cases(scenario: Scenario) -> list[_Case]:
    """List every closure and every choice, those of the run among them."""
    closures = [
        _Case(
            CLOSURE,
            option,
            scenario.model_copy(update={"closure": option}),
            option == scenario.closure,
            CLOSURES[option],
        )
        for option in get_args(Closure)
    ]
    choices = [
        _Case(
            CHOICE,
            option,
            scenario.model_copy(update={"choice": option}),
            option == scenario.choice,
            CHOICE_WORDS[option],
        )
        for option in get_args(RouteChoice)
    ]
    made = [
        _Case(PRODUCTION, option, scenario, option == ONE_SECTOR, said)
        for option, said in PRODUCTION_WORDS.items()
    ]
    return closures + choices + made


def _draws_row(
    inputs: Inputs, central: Outcome, draws: Outcome, own: tuple[float, ...]
) -> dict[str, object]:
    at = slice(inputs.focus, inputs.focus + 1)
    band = with_band(NUMBERS[0], central.real_income_percent[at], draws.real_income_percent[:, at])
    return {
        "what": DRAWS,
        "option": "parameters, costs and cells",
        "in_this_run": True,
        **{name: float(values[0]) for name, values in band.items()},
        NUMBERS[1]: own[1],
        NUMBERS[2]: own[2],
        "less_this_run_percent": float(band[f"{NUMBERS[0]}_median"][0]) - own[0],
        "explanation": f"median and band of {len(draws.real_income_percent):,} draws",
    }


@dataclass(frozen=True)
class _Runner:
    inputs: Inputs

    def __call__(self, case: _Case) -> tuple[tuple[float, ...], str]:
        try:
            return self._run(case)
        except ConvergenceError as error:
            return (math.nan,) * len(NUMBERS), f"no answer: {error.message.rstrip('.')}"

    def _run(self, case: _Case) -> tuple[tuple[float, ...], str]:
        if case.option in BY_INDUSTRY:
            return self._by_industry(BY_INDUSTRY[case.option])
        inputs = replace(self.inputs, scenario=case.scenario)
        values = central_values(inputs.parameters)
        if case.scenario.choice == "logit":
            values = central_values(choice_parameters()) | values
        else:
            values = {name: one for name, one in values.items() if name not in choice_parameters()}
        assumptions = assumptions_of(values, cargo_of(inputs.world, case.scenario))
        found = one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())
        if case.option == ROUND_ABOUT:
            return _numbers(inputs, round_about_income(found, inputs.world)), ""
        return _numbers(inputs, gain_percent_of_gdp(found.equilibrium, inputs.world)), ""

    def _by_industry(self, elasticities: str) -> tuple[tuple[float, ...], str]:
        settings = IndustrySettings(elasticities=elasticities)
        try:
            ready = prepare_industries(self.inputs, settings)
            world = ready.world()
        except InputError as error:
            return (math.nan,) * len(NUMBERS), f"no answer: {error.message.rstrip('.')}"
        found = outcome_of(ready, central_pass(ready, world))
        return _numbers(self.inputs, found.income_percent), ""


def _numbers(inputs: Inputs, percent: FloatArray) -> tuple[float, ...]:
    """Take the focus's income in percent and money, and the world's in money."""
    money = percent * inputs.world.gdp_million_usd / PERCENT
    return float(percent[inputs.focus]), float(money[inputs.focus]), float(money.sum())
