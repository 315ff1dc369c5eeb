"""Run one scenario: routes, trade costs, equilibrium, appraisal, bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_DRAWS, DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.run.files import present_run
from landbridge.report.presentation import Presentation
from landbridge.results import Result
from landbridge.studies.carriage.of_run import NOTE, run_freight
from landbridge.studies.cba.scenario_appraisal import check_payers, with_appraisal
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.industries.base import IndustrySettings
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import DrawnRun, draw_scenario, result_of
from landbridge.tasks import Progress, no_progress, single_threaded
from landbridge.verbs.asking.scenarios import ScenarioLike, honouring, open_scenario
from landbridge.verbs.welfare import flow_tensors


def run(
    basis: Basis,
    scenario: ScenarioLike,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    sectors: bool | IndustrySettings = False,
    constraints: str = "scenario",
    changes: Sequence[str] = (),
    flows: bool = False,
    progress: Progress = no_progress,
) -> Result[RunResult]:
    """Run a scenario: what it does to routes, trade, income, and whether it is worth its cost.

    Parameters
    ----------
    scenario
        A name of the catalogue, ``a+b``, a file, a mapping, or a `Scenario`.
    draws
        Draws for the bands; 0 gives central values only.
    seed
        The same seed gives the same tables, byte for byte, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    sectors
        Run the world with sectors and input-output links as well; settings say how many sectors
        and which elasticities.
    constraints
        ``scenario``: as it says itself; ``ignore``: what political relations block is run all the
        same; ``work_around``: the named work-around of what is blocked is run.
    changes
        ``key=value`` texts laid over the scenario, as ``--set`` takes them.
    flows
        Carry the goods before and after as well: tonnes, USD and TEU by mode, link, crossing, port
        and passage, and a GeoPackage.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables, map, certificate and sources; ``result.tables["income"]`` is the real income of
        every economy with its band.

    Raises
    ------
    FaultsError
        The scenario names things that are not there; all of them at once.
    ConvergenceError
        An equilibrium did not reach its tolerance; no number is given then.
    """
    asked = open_scenario(scenario, changes)
    chosen = honouring(asked.scenario, basis, constraints)
    by_industry = _own_tables(basis, sectors)
    with asked.lines():
        check_payers(chosen, basis.world, where=asked.where)
        drawn = draw_scenario(
            basis,
            chosen,
            draws=draws,
            seed=seed,
            jobs=jobs,
            where=asked.where,
            sectors=by_industry,
            progress=progress,
        )
        result = with_appraisal(result_of(drawn, sectors=by_industry, progress=progress), drawn)
    if flows:
        result = _with_freight(result, drawn)
    result = replace(
        result, provenance=provenance_of(basis, drawn.inputs.scenario, draws=draws, seed=seed)
    )
    return Result(study_of(result, drawn), _present)


def study_of(result: RunResult, drawn: DrawnRun) -> Study[RunResult]:
    """Put a run into the form that all studies share."""
    inputs = drawn.inputs
    return Study(
        kind="run",
        name=result.scenario_name,
        title=result.scenario_title,
        headline=result.headline,
        tables=result.tables(),
        notes=(*result.warnings, *result.notes),
        certificate=result.certificate,
        provenance=result.provenance
        or provenance_of(inputs.basis, inputs.scenario, draws=result.draws, seed=result.seed),
        found=result,
        tensors=flow_tensors(inputs, drawn.central),
    )


def _with_freight(result: RunResult, drawn: DrawnRun) -> RunResult:
    """Add the flows of freight before and after.

    Raises
    ------
    InputError
        The scenario makes no choice by class of cargo.
    """
    inputs = drawn.inputs
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    found = single_threaded(partial(run_freight, inputs, assumptions), drawn.central.found)
    if found is None:
        raise InputError(
            f"flows of freight need the choice by class of cargo, not '{inputs.scenario.choice}'.",
            where="flows",
            mend='Set choice = "cargo", or leave flows out.',
        )
    return replace(
        result,
        freight=found,
        headline=(*result.headline, *found.sentences),
        notes=(*result.notes, NOTE),
    )


def _present(study: Study[RunResult], view: BoundaryView) -> Presentation:
    return present_run(study.found, view=view)


def _own_tables(basis: Basis, sectors: bool | IndustrySettings) -> bool | IndustrySettings:  # noqa: FBT001 - a flag or settings
    """Lay the basis' own tables by sector under what is asked for."""
    if sectors is False or basis.sectors is None:
        return sectors
    if sectors is True:
        return IndustrySettings(tables=basis.sectors)
    return sectors
