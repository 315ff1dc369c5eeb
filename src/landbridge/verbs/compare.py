"""Set scenarios side by side over the same draws."""

from __future__ import annotations

from collections.abc import Sequence

from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_DRAWS, DEFAULT_SEED
from landbridge.report.pages.compare import NOTES, present_comparison
from landbridge.results import Result
from landbridge.studies.compare.scenarios import ScenarioComparison, compare_scenarios
from landbridge.studies.contract import Study, provenance_of
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.asked import not_covered
from landbridge.verbs.asking.scenarios import ScenarioLike, honouring, open_scenario


def compare(
    basis: Basis,
    scenarios: Sequence[ScenarioLike],
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    constraints: str = "scenario",
    changes: Sequence[str] = (),
    progress: Progress = no_progress,
) -> Result[ScenarioComparison]:
    """Set scenarios side by side: income, trade, trips, cost and benefit, over the same draws.

    Parameters
    ----------
    scenarios
        Two to twelve, each as `run` takes it; the first is the one to set the others against.
    draws
        Draws for the bands; 0 gives central values only.
    seed
        The same seed gives the same tables, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    constraints
        ``scenario``: as each says itself; ``ignore``: what political relations block is run all the
        same; ``work_around``: the named work-around of what is blocked is run.
    changes
        ``key=value`` texts laid over every scenario.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        ``compare_summary`` has one row a scenario, ``compare_income`` one row a scenario and
        economy; columns ``difference_...`` are the scenario less the first, draw by draw.

    Raises
    ------
    InputError
        There are too few or too many scenarios.
    FaultsError
        A scenario names things that are not there; all of them at once.
    ConvergenceError
        An equilibrium did not reach its tolerance; no number is given then.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().compare(["chabahar-only", "gwadar-only"], draws=0, jobs=1)
    >>> list(found.tables["compare_summary"]["scenario"])
    ['chabahar-only', 'gwadar-only']
    """
    asked = [open_scenario(one, changes) for one in _several(scenarios)]
    chosen = [honouring(one.scenario, basis, constraints) for one in asked]
    found = compare_scenarios(
        basis,
        chosen,
        draws=draws,
        seed=seed,
        jobs=jobs,
        where=[one.where for one in asked],
        progress=progress,
    )
    return Result(
        Study(
            kind="compare",
            name="comparison",
            title=" / ".join(found.labels),
            headline=(*found.effects.warnings, *found.headline),
            tables={**found.tables, **found.effects.tables()},
            notes=(*NOTES, *found.effects.notes, *not_covered(basis, *chosen)),
            certificate=found.tables["compare_certificate"],
            provenance=provenance_of(basis, *chosen, draws=draws, seed=seed),
            found=found,
        ),
        present_comparison,
    )


def _several(scenarios: Sequence[ScenarioLike]) -> Sequence[ScenarioLike]:
    """Take one text for one scenario, not for a sequence of letters."""
    return [scenarios] if isinstance(scenarios, str) else scenarios
