"""Run every scenario that claims ask for, once, and read off it all numbers that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from landbridge.basis import Basis
from landbridge.claims.evidence import Answer, Evidence, Missing
from landbridge.claims.preparing import UNITS, Shut, absent, reading_of
from landbridge.claims.quantities import NetworkQuantity, RunQuantity
from landbridge.claims.readings import Reading, View
from landbridge.codes import name_of
from landbridge.draws.engine import Draw, run_draws
from landbridge.errors import ConvergenceError, LandbridgeError
from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.freight.skims.to_ports import PortChoice, central_port_choice
from landbridge.scenarios.combining import check_parts, combine
from landbridge.scenarios.reading import (
    catalogue_names,
    find_scenario,
    read_scenario,
    scenario_sha256,
)
from landbridge.scenarios.schema import Scenario
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.evidence_limits import beyond_evidence
from landbridge.studies.chain.inputs import Inputs, prepare_inputs
from landbridge.studies.chain.one_pass import Assumptions
from landbridge.studies.chain.outcomes import one_pass
from landbridge.studies.run.idle import shock_of
from landbridge.tables import embedded_path
from landbridge.tasks import Progress, single_threaded
from landbridge.units import FloatArray
from landbridge.world.base import World

TODAY = "today"
"""The scenario without measures: numbers of the network as it stands."""
SHORT_HASH = 12
NOT_COVERED = "not in this world and not covered: "

Asked = RunQuantity | NetworkQuantity


class BeyondEvidenceError(LandbridgeError):
    """What a scenario asks for is outside any evidence."""


@dataclass(frozen=True, eq=False)
class _Job:
    """What travels to the processes: inputs and readings."""

    inputs: Inputs
    readings: tuple[Reading, ...]

    @property
    def needs_run(self) -> bool:
        return any(one.needs_run for one in self.readings)


def scenario_named(text: str | None, *, beside: Path | None = None) -> Scenario:
    """Find a scenario that a claim names.

    Parameters
    ----------
    text
        A name, or ``a+b``; None for the network as it stands. The scenarios of the ledger's own
        folder come before the catalogue, and files beside a user's ledger before both.
    beside
        Folder of the user's ledger.

    Raises
    ------
    UnknownNameError
        There is no such scenario.
    FaultsError
        Two scenarios do not go together, or a file is at fault.
    """
    parts = (TODAY,) if text is None else check_parts(text)
    return combine([read_scenario(_path(part, beside)) for part in parts])


def runnable(text: str, *, beside: Path | None = None) -> str:
    """Write what `landbridge run` calls a scenario that a claim names."""
    return "+".join(
        part if part in catalogue_names() else str(_path(part, beside))
        for part in check_parts(text)
    )


def _path(name: str, beside: Path | None) -> Path:
    if beside is not None and (beside / name).is_file():
        return beside / name
    own = embedded_path("claims", "scenarios") / f"{name}.toml"
    return own if own.is_file() else find_scenario(name)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A scenario with all that is asked of it, checked and ready to run.

    Attributes
    ----------
    scenario
        The scenario.
    asked
        The quantities, in the order of the job's readings.
    lacking
        Economies that a quantity names and a world of the user's does not have.
    """

    scenario: Scenario
    asked: tuple[Asked, ...]
    job: _Job
    lacking: Mapping[Asked, tuple[str, ...]] = field(default_factory=dict)


def prepare_asked(
    basis: Basis, scenario: Scenario, asked: Sequence[Asked]
) -> tuple[Prepared, dict[Asked, LandbridgeError]]:
    """Make a scenario and its quantities ready, before anything long is begun.

    Parameters
    ----------
    basis
        World, network and parameters.
    scenario
        From `scenario_named`.
    asked
        Quantities of this scenario.

    Returns
    -------
    tuple
        What can be run, and what is at fault with the quantities that cannot.

    Raises
    ------
    FaultsError
        The scenario itself is at fault.
    """
    inputs = prepare_inputs(basis, scenario)
    shut = Shut(inputs.after)
    made: dict[Asked, Reading] = {}
    faults: dict[Asked, LandbridgeError] = {}
    for one in asked:
        try:
            made[one] = reading_of(one, world=inputs.world, shut=shut, on=scenario.date)
        except LandbridgeError as error:
            faults[one] = error
    lacking: dict[Asked, tuple[str, ...]] = {}
    if basis.has_own_world:
        lacking = {one: absent(one, inputs.world, scenario.date) for one in made}
    return Prepared(scenario, tuple(made), _Job(inputs, tuple(made.values())), lacking), faults


def run_asked(
    prepared: Mapping[str, Prepared], *, draws: int, seed: int, jobs: int, progress: Progress
) -> dict[str, dict[Asked, Answer]]:
    """Run scenarios over the same draws and read everything that is asked of them.

    Each draw goes through all scenarios in turn: its world, its costs of cargo and its costs on the
    network as it stands are found once for all of them.

    Parameters
    ----------
    prepared
        From `prepare_asked`, by name.
    draws, seed
        As in `landbridge.studies.chain.draws`: scenarios run with one seed share them.
    jobs
        Processes; 0 for one a core.
    progress
        Told after each scenario's central run, and after each chunk of draws.

    Returns
    -------
    dict
        By name, evidence by quantity; `Missing` where a number is not finite or no equilibrium was
        found.
    """
    central: dict[str, FloatArray | str] = {}
    for done, (name, one) in enumerate(prepared.items()):
        progress("At the centre", done, len(prepared))
        try:
            central[name] = single_threaded(_central, one.job)
        except ConvergenceError as error:
            central[name] = f"no equilibrium was found ({error})"
        except BeyondEvidenceError as error:
            central[name] = str(error)
    progress("At the centre", len(prepared), len(prepared))
    found = [name for name, numbers in central.items() if not isinstance(numbers, str)]
    every = run_draws(
        partial(_one_draw, tuple(prepared[name].job for name in found)),
        draws=draws if found else 0,
        seed=seed,
        jobs=jobs,
        progress=progress,
    )
    drawn = {name: [row[place] for row in every] for place, name in enumerate(found)}
    return {
        name: _answers(one, central[name], drawn.get(name, []), seed)
        for name, one in prepared.items()
    }


def _answers(
    prepared: Prepared, central: FloatArray | str, drawn: Sequence[FloatArray | str], seed: int
) -> dict[Asked, Answer]:
    failed = next((one for one in (central, *drawn) if isinstance(one, str)), "")
    if isinstance(central, str) or failed:
        return dict.fromkeys(prepared.asked, Missing(failed))
    basis = _basis(prepared, seed)
    numbers = np.array(drawn) if drawn else np.empty((0, len(prepared.asked)))
    return {
        quantity: _answer(
            quantity,
            float(central[place]),
            numbers[:, place],
            basis,
            lacking=prepared.lacking.get(quantity, ()),
        )
        for place, quantity in enumerate(prepared.asked)
    }


def _basis(prepared: Prepared, seed: int) -> str:
    """Say what a scenario's numbers rest on."""
    scenario, job = prepared.scenario, prepared.job
    sha = scenario_sha256(scenario)[:SHORT_HASH]
    basis = (
        f"run of {scenario.name} (sha256 {sha}, seed {seed})"
        if scenario.measures
        else f"network and trade as they stand (seed {seed})"
    )
    own = [one.name for one in job.inputs.basis.inputs if one.used_for == "world"]
    return f"{basis}, on {', '.join(own)}" if own else basis


def _answer(
    quantity: Asked,
    central: float,
    drawn: FloatArray,
    basis: str,
    *,
    lacking: tuple[str, ...] = (),
) -> Answer:
    if not np.isfinite(central):
        return Missing("no way is left to measure")
    # A draw in which no way is left is as bad as it can be, and stays in the band.
    detail = NOT_COVERED + ", ".join(map(name_of, lacking)) if lacking else ""
    return Evidence(float(central), UNITS[quantity.kind], basis, draws=drawn, detail=detail)


def _central(job: _Job) -> FloatArray:
    """Read the numbers at the centre; a shock outside any evidence is no evidence of a claim."""
    inputs = job.inputs
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    if job.needs_run:
        shock, theta = shock_of(inputs)
        beyond = beyond_evidence(inputs.world, shock, theta)
        if beyond is not None:
            raise BeyondEvidenceError(beyond.told)
    return _measured(job, inputs.world, assumptions, FreightDraw.neutral(), central_port_choice())


def _one_draw(jobs: Sequence[_Job], draw: Draw) -> list[FloatArray | str]:
    """Take one draw through every scenario; where no equilibrium is found, what is at fault."""
    freight, ports = draw.freight(), draw.ports()
    worlds: dict[int, World] = {}
    choices: dict[int, CargoChoice | None] = {}
    found: list[FloatArray | str] = []
    for job in jobs:
        inputs = job.inputs
        values = draw.parameters(inputs.parameters, inputs.basis.estimates)
        # The same object in every scenario: costs of the network as it stands are recalled by it.
        cargo, key = inputs.cargo, id(inputs.cargo)
        if key not in choices:
            choices[key] = draw.cargo_choice(cargo)
        if id(inputs.world) not in worlds:
            worlds[id(inputs.world)] = draw.world(inputs.world)
        assumptions = assumptions_of(values, choices[key])
        try:
            found.append(_measured(job, worlds[id(inputs.world)], assumptions, freight, ports))
        except ConvergenceError as error:
            found.append(f"no equilibrium was found ({error})")
    return found


def _measured(
    job: _Job, world: World, assumptions: Assumptions, draw: FreightDraw, choice: PortChoice
) -> FloatArray:
    inputs = job.inputs
    found = one_pass(inputs, world, assumptions, draw) if job.needs_run else None
    basis = replace(inputs.basis, world=world, network=inputs.after)
    view = View(basis, found, assumptions.freight, draw, choice)
    return np.array([one.of(view) for one in job.readings])
