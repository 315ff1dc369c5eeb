"""Choose which projects to build under a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext

import numpy as np

from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_SEED, FEWER_DRAWS
from landbridge.report.pages.investment import NOTES, present_investment
from landbridge.results import Result
from landbridge.scenarios.schema import Scenario
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.invest.choice import Choice, Chosen, choose_projects
from landbridge.studies.invest.reading import Asked, read_choice
from landbridge.studies.invest.tables import choice_tables, sentences, title_of
from landbridge.studies.run.effects import network_effects
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.asked import lacked, listed, sentence_of
from landbridge.verbs.asking.scenarios import ScenarioLike, open_scenario

DEFAULT_SETS = 5
"""Sets that are run exactly."""


def invest(
    basis: Basis,
    projects: str | Sequence[str] = (),
    *,
    budget: float | None = None,
    payer: Mapping[str, float] | None = None,
    scenario: ScenarioLike | None = None,
    standpoint: str | None = None,
    requires: Sequence[tuple[str, str]] = (),
    one_of: Sequence[Sequence[str]] = (),
    rate: float | None = None,
    parts: bool = False,
    gain_factor: float = 1.0,
    sets: int = DEFAULT_SETS,
    draws: int = FEWER_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> Result[Chosen]:
    """Choose the projects with the greatest net present value under a budget.

    Parameters
    ----------
    projects
        Projects or corridors of the register that are on the freight network, all of its projects
        where none are named; with a scenario ids of its measures.
    budget
        Capital of all payers together, million USD; no limit where absent.
    payer
        Capital that single payers have, million USD by economy.
    scenario
        Choose among the measures of this scenario.
    standpoint
        Economy or bloc whose gains and costs count; the world where absent.
    requires
        Pairs (a, b): build a only with b.
    one_of
        Groups of variants: build one of each at most.
    rate
        Discount rate, percent; that of the terms where absent.
    parts
        Choose among the projects of a corridor, each by itself.
    gain_factor
        Multiply the gains of the model, to see what if.
    sets
        How many of the best sets are run exactly.
    draws
        Draws for the bands of each project alone and of the best set; 0 for none.
    seed
        The same seed gives the same numbers, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        ``investment_sets`` has the best sets, ``investment_projects`` each project alone,
        ``investment_pairs`` what helps what; million USD.

    Raises
    ------
    FaultsError
        Names that are not known, rules that name what cannot be chosen, payers that the world does
        not have; all of them at once.
    ConvergenceError
        An equilibrium or the integer programme was not solved.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().invest("rasht-astara", draws=0)
    >>> len(found.tables["investment_projects"])
    1
    """
    asked = None if scenario is None else open_scenario(scenario)
    within = Asked(
        standpoint=standpoint,
        budget=budget,
        payer_budgets=payer or {},
        requires=requires,
        exclusive=one_of,
        rate_percent=rate,
        gain_factor=gain_factor,
        parts=parts,
    )
    with nullcontext() if asked is None else asked.lines():
        choice = read_choice(
            basis,
            listed(projects),
            within,
            scenario=None if asked is None else asked.scenario,
            where="" if asked is None else asked.where,
        )
        found = choose_projects(
            choice, sets=sets, draws=draws, seed=seed, jobs=jobs, progress=progress
        )
    tables = choice_tables(found)
    effects = network_effects(choice.basis, _among(choice), where=choice.where)
    lacking = lacked(basis, [standpoint] if standpoint else [], on=choice.scenario.date)
    return Result(
        Study(
            kind="invest",
            name="investment",
            title=title_of(found),
            headline=(*effects.warnings, *sentences(found, tables)),
            tables={**tables, **effects.tables()},
            notes=(
                *NOTES,
                *effects.notes,
                *([sentence_of(lacking, basis, "The standpoint")] if lacking else []),
            ),
            certificate=tables["investment_certificate"],
            provenance=provenance_of(
                basis, *(() if asked is None else (asked.scenario,)), draws=draws, seed=seed
            ),
            found=found,
        ),
        present_investment,
    )


def _among(choice: Choice) -> Scenario:
    """Take the measures that can be chosen as a scenario of their own."""
    works = choice.works(np.ones(len(choice.options), dtype=bool))
    kept = tuple(one for one in choice.scenario.measures if one.id in works)
    return choice.scenario.model_copy(update={"measures": kept})
