"""Judge trade targets: status, potential, scenarios, costs and growth beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from landbridge.basis import Basis
from landbridge.report.pages.targets import present_targets
from landbridge.results import Result
from landbridge.scenarios.reading import catalogue_names
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.parties import expand
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.targets.study import TargetsFound, judge_targets
from landbridge.studies.targets.words import headline, rules, title_of
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.asked import not_covered
from landbridge.verbs.asking.scenarios import ScenarioLike, open_scenario


def targets(
    basis: Basis,
    one: str = "",
    other: str = "",
    *,
    scenario: ScenarioLike | Sequence[ScenarioLike] | None = None,
    progress: Progress = no_progress,
) -> Result[TargetsFound]:
    """Set stated trade targets beside status, potential, scenarios, costs and growth.

    Parameters
    ----------
    one, other
        Only targets of this party or pair, by code, name or bloc; all where absent.
    scenario
        One or several to set beside them, at central values. None runs all that ship and are about
        economies of the world; an empty sequence runs none, which is faster.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        ``targets`` has one row a target with its verdict; ``target_scenarios`` what each scenario
        brings, ``target_years`` and ``target_stated`` recorded and stated trade, million USD.

    Raises
    ------
    InputError, UnknownNameError
        No target is held of that party or pair, or the world lacks all of their economies.
    FaultsError
        A scenario names things that are not there.
    ConvergenceError
        An equilibrium did not reach its tolerance; no number is given then.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().targets("PAK", "KGZ", scenario=())
    >>> list(found.tables["targets"]["target"])
    ['pak-central-asia-target', 'pak-kgz-target']
    """
    chosen, left = _scenarios(basis, scenario)
    found = judge_targets(basis, one, other, scenarios=chosen, progress=progress)
    tables = {
        "targets": found.targets,
        "target_scenarios": found.scenarios,
        "target_terms": found.terms,
        "target_years": found.years,
        "target_stated": found.stated,
        "target_certificate": found.certificate,
    }
    return Result(
        Study(
            kind="targets",
            name="targets",
            title=title_of(found),
            headline=(*found.warnings, *headline(found)),
            tables=tables,
            notes=(*rules(found), *found.notes, *left, *not_covered(basis, *chosen)),
            certificate=found.certificate,
            provenance=provenance_of(basis, *chosen),
            found=found,
        ),
        present_targets,
    )


def _scenarios(
    basis: Basis, asked: ScenarioLike | Sequence[ScenarioLike] | None
) -> tuple[list[Scenario], tuple[str, ...]]:
    """Open the scenarios that are asked for; of those that ship, the ones the world can run."""
    if asked is not None:
        if isinstance(asked, str | Path | Mapping | Scenario):
            return [open_scenario(asked).scenario], ()
        return [open_scenario(one).scenario for one in asked], ()
    shipped = [open_scenario(name).scenario for name in catalogue_names()]
    kept = [one for one in shipped if _is_about(basis, one)]
    if len(kept) == len(shipped):
        return kept, ()
    names = ", ".join(one.name for one in shipped if one not in kept)
    note = f"Scenarios that ship and are not about economies of this world, not run: {names}."
    return kept, (note,)


def _is_about(basis: Basis, scenario: Scenario) -> bool:
    """Say whether the world has the economy in focus and a partner of it."""
    there = set(basis.world.iso3)
    focus = set(expand(scenario.focus.economy, on=scenario.date))
    partners = {code for p in scenario.focus.partners for code in expand(p, on=scenario.date)}
    return focus <= there and bool((partners - focus) & there)
