"""Run a scenario from its file to everything the report shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from landbridge.basis import Basis
from landbridge.draws.bands import importance_table
from landbridge.draws.defaults import DEFAULT_DRAWS, DEFAULT_SEED
from landbridge.equilibrium.decomposition import Decomposition, decompose_prepared
from landbridge.equilibrium.results import CLOSURES
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenarios.parameters import parameter_table
from landbridge.scenarios.reading import scenario_sha256
from landbridge.scenarios.schema import Scenario
from landbridge.studies.chain.assumptions import assumptions_of, central_freight, central_values
from landbridge.studies.chain.draws import drawn_outcomes
from landbridge.studies.chain.inputs import Inputs, prepare_inputs
from landbridge.studies.chain.one_pass import Pass
from landbridge.studies.chain.outcomes import Outcome, one_pass, outcome_of
from landbridge.studies.chain.watched import ReportedTrip, watched_rows
from landbridge.studies.industries.base import IndustrySettings, prepare_industries
from landbridge.studies.industries.parts import industry_parts
from landbridge.studies.industries.running import run_industries
from landbridge.studies.industries.tables import industry_sentences, industry_tables
from landbridge.studies.run import tabulate
from landbridge.studies.run.account import (
    baseline_table,
    certificate_table,
    counts_table,
    measures_table,
    sources_table,
)
from landbridge.studies.run.agreement_parts import parts_table
from landbridge.studies.run.attribution import attribution_table
from landbridge.studies.run.constraint_tables import constraint_sentences, constraints_table
from landbridge.studies.run.effects import effects_of
from landbridge.studies.run.freight_warnings import scenario_warnings
from landbridge.studies.run.geometry import map_lines, map_points, reported_trips, route_texts
from landbridge.studies.run.headline import focus_change, headline, noise_notes
from landbridge.studies.run.idle import suspects_of
from landbridge.studies.run.model_choices import model_choices_table
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.sensitivity import flip_table, swings, used_parameters
from landbridge.studies.run.trip_ways import trip_ways_table
from landbridge.tasks import Progress, no_progress, single_threaded
from landbridge.units import FloatArray
from landbridge.version import VERSION

NOTES = (
    (
        "The model has one sector and no inputs: a saving on imported inputs is not passed on "
        "from industry to industry, and real income has none of what freight within an economy "
        "saves. Models with "
        "many sectors and inputs find gains several times as large (Costinot and "
        "Rodriguez-Clare 2014, Handbook of International Economics 4)."
    ),
    (
        "Real income is that of a full year: measures act at once and in full, and what it costs "
        "to build them is not in it. Where costs are known, a cost-benefit analysis sets them "
        "against it, with a ramp-up."
    ),
)
"""What every reader of a result must know about the model."""
TARIFFS_NOTE = (
    "Tariffs between economies are inferred from published means by importer and from agreements "
    "in force (docs/tariffs.md). Households spend the revenue. An economy of this model gains by a "
    "tariff of its own up to one over the trade elasticity, since nobody else makes its variety: a "
    "cut of its own tariffs alone can cost it more in prices and revenue than it saves."
)
"""What is said of tariffs where a measure changes them."""
CARGO_NOTE = (
    "Freight between economies is what shippers expect to pay where eight classes of cargo choose "
    "modes and ports, with constants fitted to published figures (docs/freight-flows.md). Savings "
    "are falls of cost at the shares of modes and ports on the way. Trips and lines of the map are "
    "the least-cost paths of general cargo, which few goods of a class may take."
)
CHOICE_NOTE = (
    "Freight between economies is the expected cost of a logit choice among road, rail and sea "
    "on log cost (docs/freight.md), not that of the least-cost path; the trips shown are still the "
    "least-cost ones. A new way for a mode is worth something even where another mode is cheaper."
)
INDUSTRY_NOTE = (
    "Results come from two models: one sector without inputs, and industries with input-output "
    "links (tables by industry). Freight within an economy stays as it is in both. Tariffs and "
    "their revenue are in both, those by sector by a rule (docs/tariffs.md)."
)
TARIFF_NOTE = (
    "Results come from two models: one sector without inputs, and industries with input-output "
    "links (tables by industry). Freight within an economy stays as it is in both. The tables of "
    "the run by industry hold tariffs of their own, the model of one sector those of "
    "docs/tariffs.md; a change of tariffs moves revenue in both."
)
TOLD = 12
"""Inputs listed for each outcome, the most important ones."""


@dataclass(frozen=True)
class Central:
    """The central run: every parameter, cost and cell at its centre."""

    found: Pass
    outcome: Outcome
    parts: Decomposition


@dataclass(frozen=True)
class DrawnRun:
    """A run before its tables: what was read, the centre, and the stack of all draws."""

    inputs: Inputs
    central: Central
    drawn: Outcome
    trips: list[ReportedTrip]
    seed: int
    jobs: int


def run_scenario(
    basis: Basis,
    scenario: Scenario,
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    where: str = "",
    sectors: bool | IndustrySettings = False,
    progress: Progress = no_progress,
) -> RunResult:
    """Run a scenario: routes, trade costs, equilibrium, bands and what they rest on.

    Parameters
    ----------
    basis
        World, network and parameters.
    scenario
        From `landbridge.scenarios.reading.read_scenario`.
    draws
        Draws for the bands; 0 gives central values only.
    seed
        The same seed gives the same tables, byte for byte, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    where
        The scenario's file, for messages.
    sectors
        Run the world with sectors and input-output links as well; settings say whose tables, how
        many sectors and which elasticities.
    progress
        Told how far the work is.

    Returns
    -------
    RunResult
        Tables, map, certificate and sources.

    Raises
    ------
    FaultsError
        The scenario names things that are not there; all of them at once.
    ConvergenceError
        An equilibrium did not reach its tolerance; no number is given then.

    Examples
    --------
    >>> from landbridge.basis import embedded_basis
    >>> from landbridge.scenarios.reading import find_scenario, read_scenario
    >>> scenario = read_scenario(find_scenario("n-cpec-plus"))
    >>> result = run_scenario(embedded_basis(), scenario, draws=0)
    >>> bool(result.certificate.passed.all())
    True
    """
    run = draw_scenario(
        basis,
        scenario,
        draws=draws,
        seed=seed,
        jobs=jobs,
        where=where,
        sectors=sectors,
        progress=progress,
    )
    return result_of(run, sectors=sectors, progress=progress)


def draw_scenario(
    basis: Basis,
    scenario: Scenario,
    *,
    draws: int,
    seed: int,
    jobs: int,
    where: str = "",
    sectors: bool | IndustrySettings = False,
    progress: Progress = no_progress,
) -> DrawnRun:
    """Run a scenario's centre and draws, and stop before the tables (see `run_scenario`).

    Tables by sector that are not fit for the scenario are refused here, before the work.
    """
    progress("Reading", 0, 1)
    inputs = prepare_inputs(basis, scenario, where=where)
    if isinstance(sectors, IndustrySettings):
        prepare_industries(inputs, sectors)
    progress("Reading", 1, 1)
    trips = reported_trips(inputs, central_freight(inputs.parameters))
    inputs = replace(inputs, watched=watched_rows((inputs.before, inputs.after), trips))
    central = single_threaded(run_central, inputs)
    drawn = drawn_outcomes(
        inputs, draws=draws, seed=seed, jobs=jobs, progress=progress, like=central.outcome
    )
    return DrawnRun(inputs, central, drawn, trips, seed, jobs)


def result_of(
    run: DrawnRun,
    *,
    sectors: bool | IndustrySettings = False,
    progress: Progress = no_progress,
) -> RunResult:
    """Put the tables of a drawn run together, those by industry too if asked for."""
    result = assemble(run, progress=progress)
    if sectors is False:
        return result
    draws = len(run.drawn.real_income_percent)
    found = run_industries(
        run.inputs,
        draws=draws,
        seed=run.seed,
        jobs=run.jobs,
        progress=progress,
        settings=None if sectors is True else sectors,
    )
    parts = industry_parts(found)
    tables = industry_tables(found, run.central.outcome.real_income_percent, parts)
    note = INDUSTRY_NOTE if found.world.tariffs is None else TARIFF_NOTE
    return replace(
        result,
        industries=tables,
        headline=(*result.headline, *industry_sentences(found, tables, draws=draws)),
        notes=(note, *result.notes[1:], *found.notes, *parts.notes),
    )


def run_central(inputs: Inputs) -> Central:
    """Run the chain once with every parameter at its centre, and split the gains."""
    values = central_values(inputs.parameters)
    assumptions = assumptions_of(values, inputs.cargo)
    draw = FreightDraw.neutral()
    found = one_pass(inputs, inputs.world, assumptions, draw)
    return Central(
        found=found,
        outcome=outcome_of(
            inputs,
            found,
            world=inputs.world,
            values=values,
            assumptions=assumptions,
            draw=draw,
        ),
        parts=decompose_prepared(
            found.prepared, found.freeness_hat, duties_after=found.duties_after
        ),
    )


def assemble(run: DrawnRun, *, progress: Progress = no_progress) -> RunResult:
    """Put the tables of a run together."""
    inputs, central, drawn, trips, jobs = run.inputs, run.central, run.drawn, run.trips, run.jobs
    scenario = inputs.scenario
    outcome = central.outcome
    income = tabulate.income_table(inputs, outcome, drawn, central.parts, central.found.prepared)
    pairs = tabulate.pairs_table(inputs, outcome, drawn)
    trips_table = tabulate.trips_table(inputs, outcome, drawn, routes=route_texts(inputs, trips))
    legs = tabulate.legs_table(trips)
    # Without draws no processes are running yet, and starting them takes longer than they save.
    warm = jobs if len(drawn.real_income_percent) else 1
    watched = {f"Real income: {name}": place for name, place in _watched(inputs).items()}
    income_now = outcome.real_income_percent
    places, found = list(watched.values()), central.found
    ends = swings(inputs, places, income_now, found=found, jobs=warm, progress=progress)
    result = RunResult(
        scenario_name=scenario.name,
        scenario_title=scenario.title,
        scenario_summary=" ".join(scenario.summary.split()),
        scenario_date=scenario.date.isoformat(),
        scenario_sha256=scenario_sha256(scenario),
        version=VERSION,
        baseline_year=inputs.world.year,
        closure=scenario.closure,
        closure_explained=CLOSURES[scenario.closure],
        numeraire=central.found.equilibrium.certificate.numeraire,
        draws=len(drawn.real_income_percent),
        seed=run.seed,
        headline=(),
        income=income,
        trade_pairs=pairs,
        totals=tabulate.totals_table(inputs, outcome, drawn),
        trips=trips_table,
        trip_legs=legs,
        measures=measures_table(inputs),
        constraints=constraints_table(scenario, inputs.constraints),
        parameters=parameter_table(used_parameters(inputs)),
        importance=importance(inputs, drawn, pairs),
        baseline_quality=baseline_table(inputs),
        certificate=certificate_table(central.found, central.parts),
        counts=counts_table(inputs, central.found),
        sources=sources_table(inputs, legs["source"]),
        replaced=inputs.basis.replaced,
        agreement_parts=parts_table(inputs, outcome, drawn),
        attribution=attribution_table(inputs, jobs=warm, progress=progress),
        flip=flip_table(inputs, watched, income_now, ends),
        trip_ways=trip_ways_table(inputs, outcome, drawn),
        # In this process: worlds by industry are large, and a process that grows so is ended.
        model_choices=model_choices_table(inputs, outcome, drawn, jobs=1, progress=progress),
        lines=map_lines(inputs, trips),
        points=map_points(inputs, trips),
        warnings=scenario_warnings(inputs, trips),
        notes=(
            *NOTES,
            *_choice_notes(scenario),
            *((TARIFFS_NOTE,) if inputs.policy.tariff_edits else ()),
            *scenario.told_beside,
            *_estimate_notes(estimates=inputs.basis.estimates),
        ),
    )
    freeness = central.found.freeness_hat
    effects = effects_of(
        inputs, central.found.shock, suspects_of(inputs, freeness, result.attribution)
    )
    # What is not in the numbers, or ignored in them, comes before the numbers.
    first = (*constraint_sentences(scenario, inputs.constraints), *effects.warnings)
    return replace(
        result,
        joins=effects.joins,
        idle=effects.idle,
        notes=(*result.notes, *effects.notes, *noise_notes(result, drawn), *inputs.basis.notes),
        headline=(*first, *headline(result, inputs, outcome, drawn)),
    )


def _choice_notes(scenario: Scenario) -> tuple[str, ...]:
    said = {"cargo": (CARGO_NOTE,), "logit": (CHOICE_NOTE,), "least": ()}
    return said[scenario.choice]


def _estimate_notes(estimates: ParameterEstimates | None) -> tuple[str, ...]:
    """Say which parameters of the run were estimated, and from what."""
    if estimates is None:
        return ()
    told = ", ".join(
        f"{name} {value:.3g} (standard error {error:.2g})"
        for name, value, error in zip(
            estimates.names, estimates.estimates, estimates.std_errors, strict=True
        )
    )
    return (f"Estimated and drawn together: {told}. {estimates.source}",)


def _watched(inputs: Inputs) -> dict[str, int]:
    """List the economies of the focus by name, the one in the middle first."""
    places = [inputs.focus, *(int(place) for place in inputs.partners)]
    return {tabulate.name_at(inputs, place): place for place in places}


def importance(inputs: Inputs, drawn: Outcome, pairs: pd.DataFrame) -> pd.DataFrame:
    """Rank parameters, freight rows and baseline cells by what they do to the focus."""
    outcomes, values, titles = influences(inputs, drawn, pairs)
    table = importance_table(outcomes, values, titles)
    return table.groupby("outcome", sort=False).head(TOLD).reset_index(drop=True)


def influences(
    inputs: Inputs, drawn: Outcome, pairs: pd.DataFrame
) -> tuple[dict[str, FloatArray], dict[str, FloatArray], dict[str, str]]:
    """Lay out the draws of the outcomes of the focus and of every input.

    Parameters
    ----------
    inputs
        The prepared scenario.
    drawn
        Its draws.
    pairs
        The table of the focus's flows.

    Returns
    -------
    tuple
        Outcomes by title, inputs by name (``[draws]`` each), and titles by name of input.
    """
    used = used_parameters(inputs)
    place_of = {name: place for place, name in enumerate(inputs.parameters)}
    values = {name: drawn.parameters[:, place_of[name]] for name in used}
    titles = {name: parameter.title for name, parameter in used.items()}
    for place, row in enumerate(inputs.watched):
        key = f"{row.name}:{row.quantity}"
        values[key], titles[key] = drawn.rows[:, place], row.title
    flows = [f"{row['exporter_name']} to {row['importer_name']}" for _, row in pairs.iterrows()]
    for place, flow in enumerate(flows):
        key = f"baseline:{pairs['exporter'][place]}:{pairs['importer'][place]}"
        values[key] = drawn.pair_baseline_million_usd[:, place]
        titles[key] = f"Baseline trade {flow}"
    name = tabulate.name_at(inputs, inputs.focus)
    outcomes = {
        f"Real income of {name} (%)": drawn.real_income_percent[:, inputs.focus],
        f"Trade of {name} with the partners in focus (million USD)": focus_change(drawn),
    }
    outcomes |= {f"Trade {flow} (%)": drawn.pair_percent[:, k] for k, flow in enumerate(flows)}
    return outcomes, values, titles
