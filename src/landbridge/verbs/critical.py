"""What is critical on the network: where one percent of cost, or one hour, matters most."""

from __future__ import annotations

from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.report.pages.critical import UNIT_OF, present_critical
from landbridge.results import Result
from landbridge.studies.chain.networks import notes_on, own_row_tables
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.critical.answer import (
    CHOOSING,
    LEAST_COST,
    CriticalAnswer,
    CriticalQuestion,
    Of,
    critical_sentences,
    find_critical,
)
from landbridge.studies.critical.ranking import By
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.asked import economy_of
from landbridge.verbs.asking.networks import ask_networks
from landbridge.verbs.asking.scenarios import ScenarioLike


def critical(
    basis: Basis,
    *,
    of: Of = "crossings",
    economy: str = "",
    top: int = 20,
    by: By = "hour",
    first_order: bool = False,
    scenario: ScenarioLike | None = None,
    month: int | None = None,
    draws: int = 0,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> Result[CriticalAnswer]:
    """Rank crossings, links, ports or sea passages by what one percent or one hour is worth.

    Parameters
    ----------
    basis
        World, network and parameters.
    of
        ``crossings``, ``links``, ``ports``, ``passages`` or ``all``.
    economy
        Rank by what it means to one economy, code or name; to the world where empty.
    top
        How many.
    by
        ``percent`` of cost, ``hour``, or the ``tonnes`` that pass.
    first_order
        Leave out what has to be solved anew: the exact values, and what it costs to shut it.
    scenario
        Rank on the network of this scenario.
    month
        Month for which the scenario's seasons are read.
    draws
        Draws for the bands of the first order; 0 for none.
    seed
        The same seed gives the same numbers.
    jobs
        Processes; 0 for one a core.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables ``critical``, ``critical_by_economy``, ``flows`` and ``flow_totals``, and a map.

    Raises
    ------
    InputError
        The economy is not in the world, or a name is not known.
    ConvergenceError
        An equilibrium, or a draw, was not found.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().critical(of="passages", top=2, first_order=True)
    >>> len(found.tables["critical"])
    2
    """
    question = CriticalQuestion(
        of=of,
        economy=economy_of(basis, economy, where="economy") if economy else "",
        top=top,
        by=by,
        solve=not first_order,
        draws=draws,
        seed=seed,
        jobs=jobs,
    )
    asked = ask_networks(basis, scenario, month=month)
    found = find_critical(asked.basis.with_network(asked.after), question, progress=progress)
    choosing = any(one.choice != "least" for one in asked.scenarios)
    effects = asked.effects("least")
    study = Study(
        kind="critical",
        name="critical",
        title=f"{of.capitalize()}: where {UNIT_OF[by]} is worth most to {question.whom}"
        if by != "tonnes"
        else f"{of.capitalize()}: where most tonnes pass",
        headline=(*effects.warnings, *critical_sentences(found)),
        tables={**found.tables(), **effects.tables(), **own_row_tables(asked.basis)},
        notes=(
            *([CHOOSING] if choosing else []),
            LEAST_COST,
            *effects.notes,
            *notes_on(asked.basis),
        ),
        certificate=found.ranking.certificate,
        provenance=provenance_of(basis, *asked.scenarios, draws=draws, seed=seed),
        found=found,
    )
    return Result(study, present_critical)
