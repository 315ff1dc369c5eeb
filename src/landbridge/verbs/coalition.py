"""Value coalitions of economies: who gains by joining, who would leave, what would hold them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Literal, TypeAlias

from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_SEED, FEWER_DRAWS
from landbridge.report.pages.coalition import present_coalition
from landbridge.results import Result
from landbridge.studies.coalition.study import CoalitionStudy, read_question, study_coalitions
from landbridge.studies.coalition.words import title_of, verdict
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.run.effects import Effects, network_effects
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.asked import day_of, lacked, listed, not_covered, sentence_of
from landbridge.verbs.asking.scenarios import ScenarioLike, open_scenario

Depth: TypeAlias = Literal[
    "preference", "free_trade_area", "customs_union", "common_market", "economic_union", "none"
]
"""How deep an agreement is; ``none`` where a coalition only builds."""


def coalition(
    basis: Basis,
    members: str | Sequence[str],
    *,
    depth: Depth | None = None,
    scenario: ScenarioLike | None = None,
    candidates: str | Sequence[str] | None = None,
    first: str | Sequence[str] = (),
    on: dt.date | str | None = None,
    draws: int = FEWER_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> Result[CoalitionStudy]:
    """Value every coalition, and say who would leave, what would hold them and who is next.

    Parameters
    ----------
    members
        Economies or blocs, two to twelve, as ``"PAK,UZB,EAEU"`` or a sequence. A bloc acts as one.
    depth
        How deep an agreement they sign; ``free_trade_area`` where nothing is said, ``none`` where a
        scenario is given.
    scenario
        What they build together: the measures of this scenario.
    candidates
        Who might join all of them; every other economy where absent.
    first
        Members that sign first, for stumbling and building blocks; the pair that is worth most
        where absent.
    on
        Day of blocs and agreements in force; the scenario's, or today, where absent.
    draws
        Draws for the bands; each solves every coalition. 0 for none.
    seed
        The same seed gives the same numbers, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        ``coalition_members`` has each member's gain alone, together and left out, its Shapley
        value, and the side payments that hold all, million USD a year.

    Raises
    ------
    InputError, FaultsError
        A name is not known or stands twice, there are too many, or nothing is to be done.
    ConvergenceError
        An equilibrium or a linear programme was not solved; no number is given then.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().coalition("PAK,UZB", candidates="IRN", on="2026-01-01", draws=0)
    >>> list(found.tables["coalition_members"]["name"])
    ['Pakistan', 'Uzbekistan']
    """
    asked = None if scenario is None else open_scenario(scenario)
    chosen = depth or ("free_trade_area" if asked is None else "none")
    with nullcontext() if asked is None else asked.lines():
        question = read_question(
            basis,
            listed(members),
            depth=None if chosen == "none" else chosen,
            scenario=None if asked is None else asked.scenario,
            where="" if asked is None else asked.where,
            on=day_of(on),
            candidates=None if candidates is None else listed(candidates),
            first=listed(first),
        )
        found = study_coalitions(question, draws=draws, seed=seed, jobs=jobs, progress=progress)
    effects = (
        Effects()
        if asked is None
        else network_effects(question.basis, asked.scenario, where=asked.where)
    )
    named = [*listed(members), *listed(candidates or ())]
    lacking = lacked(basis, named, on=question.on)
    scenarios = () if asked is None else (asked.scenario,)
    return Result(
        Study(
            kind="coalition",
            name="coalition",
            title=title_of(found),
            headline=(*effects.warnings, *verdict(found)),
            tables={**found.tables, **effects.tables()},
            notes=(
                *found.notes,
                *effects.notes,
                *([sentence_of(lacking, basis, "The question")] if lacking else []),
                *not_covered(basis, *scenarios),
            ),
            certificate=found.tables["coalition_certificate"],
            provenance=provenance_of(basis, *scenarios, draws=draws, seed=seed),
            found=found,
        ),
        present_coalition,
    )
