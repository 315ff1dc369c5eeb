"""A run by industry: the scenario in the world with sectors, and its draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from landbridge.draws.engine import Draw, run_draws
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.scenarios.parameters import default_parameters
from landbridge.scenarios.values.cargo import CargoClasses, cargo_classes
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Assumptions
from landbridge.studies.chain.outcomes import no_outcomes, stack
from landbridge.studies.industries.base import IndustryInputs, IndustrySettings, prepare_industries
from landbridge.studies.industries.duties import sector_duties
from landbridge.studies.industries.one_pass import (
    IndustryPass,
    MarketRules,
    run_industry_chain,
)
from landbridge.tasks import Progress, single_threaded
from landbridge.units import PERCENT, FloatArray
from landbridge.world.sectors.base import SectoralWorld, align_to

VALUE, TIME = "value_usd_per_tonne", "value_of_time_percent_per_day"


@dataclass(frozen=True, eq=False)
class IndustryOutcome:
    """One pass, or the stack of all draws (then every array has draws as its first axis).

    Attributes
    ----------
    income_percent
        ``[N]`` equivalent variation in percent of value added.
    output_percent
        ``[N, S]`` change of the volume made: value over unit cost.
    exports_percent, imports_percent
        ``[N, S]`` change of the value traded with others; nominal, world value added as numeraire.
    cost_percent
        ``[N, S]`` change of the unit cost, the same numeraire.
    pair_million_usd, pair_percent
        ``[K, S]`` flows of the focus before, and their change.
    """

    income_percent: FloatArray
    output_percent: FloatArray
    exports_percent: FloatArray
    imports_percent: FloatArray
    cost_percent: FloatArray
    pair_million_usd: FloatArray
    pair_percent: FloatArray


@dataclass(frozen=True, eq=False)
class Industries:
    """A run by industry.

    Attributes
    ----------
    ready
        What it stood on.
    world
        The central sectoral world, at the totals of the baseline or the user's own.
    found
        The central pass.
    central, drawn
        What is kept of the central pass and of the draws.
    notes
        What the user's tables leave out of the scenario, and what of it was cut.
    """

    ready: IndustryInputs
    world: SectoralWorld
    found: IndustryPass
    central: IndustryOutcome
    drawn: IndustryOutcome
    notes: tuple[str, ...] = ()


def run_industries(
    inputs: Inputs,
    *,
    draws: int,
    seed: int,
    jobs: int,
    progress: Progress,
    settings: IndustrySettings | None = None,
) -> Industries:
    """Run a prepared scenario in the world with sectors.

    Parameters
    ----------
    inputs
        The prepared scenario.
    draws, seed, jobs, progress
        As in `landbridge.studies.chain.draws.run_draws`; the parameters, freight costs and
        totals of a draw are those of the same draw of the one-sector run.
    settings
        Whose tables, how many sectors, which elasticities; the embedded world where absent.

    Raises
    ------
    UnknownNameError, InputError
        The user's tables or elasticities do not fit the scenario.
    ConvergenceError
        The central run or a draw did not converge.
    """
    ready = prepare_industries(inputs, settings)
    progress("Industries", 0, 1)
    world = ready.world()
    found = single_threaded(partial(central_pass, ready), world)
    progress("Industries", 1, 1)
    central = outcome_of(ready, found)
    outcomes = run_draws(
        partial(draw_once, ready),
        draws=draws,
        seed=seed,
        jobs=jobs,
        progress=progress,
        what="Industry draws",
    )
    stacked = stack(outcomes) if outcomes else no_outcomes(central)
    return Industries(ready, world, found, central, stacked, _notes(ready, world))


def central_pass(ready: IndustryInputs, world: SectoralWorld) -> IndustryPass:
    """Run once with everything at its centre."""
    values = central_values(ready.inputs.parameters)
    assumptions = assumptions_of(values, ready.inputs.cargo)
    return _pass(ready, world, assumptions, cargo_classes(), FreightDraw.neutral())


def draw_once(ready: IndustryInputs, drawn: Draw) -> IndustryOutcome:
    """Run one draw of everything that is uncertain; of a user's own tables nothing is."""
    inputs, own = ready.inputs, ready.settings.tables
    values = drawn.parameters(inputs.parameters, inputs.basis.estimates)
    world = own
    if world is None:
        structure = inputs.basis.sectoral_structure(ready.settings.detail)
        world = align_to(drawn.sectors(structure), drawn.world(inputs.world))
    assumptions = assumptions_of(values, drawn.cargo_choice(inputs.cargo))
    return outcome_of(ready, _pass(ready, world, assumptions, drawn.cargo(), drawn.freight()))


def _pass(
    ready: IndustryInputs,
    world: SectoralWorld,
    assumptions: Assumptions,
    cargo: CargoClasses,
    draw: FreightDraw,
) -> IndustryPass:
    inputs = ready.inputs
    return run_industry_chain(
        world,
        (inputs.before, inputs.after),
        policy=ready.policy,
        tariffs=ready.tariffs_asked,
        assumptions=assumptions,
        market=MarketRules(
            theta=ready.theta.at(assumptions.theta, len(world.sectors.codes)),
            closure=inputs.scenario.closure,
            labour_supply_elasticity=inputs.scenario.labour_supply_elasticity,
        ),
        cargo=_moved(cargo, assumptions.freight),
        draw=draw,
    )


def _notes(ready: IndustryInputs, world: SectoralWorld) -> tuple[str, ...]:
    if ready.tariffs is None:
        return ready.notes
    assumptions = assumptions_of(central_values(ready.inputs.parameters))
    duties = sector_duties(world, ready.policy, assumptions, ready.tariffs_asked)
    held = duties.held_at_zero
    told = f"{held} tariffs are below what the scenario takes away; they end at zero."
    return (*ready.notes, told) if held else ready.notes


def _moved(cargo: CargoClasses, freight: FreightParameters) -> CargoClasses:
    """Let what a scenario or a draw says of goods in general move every class alike."""
    usual = _usual()
    return cargo.scaled(
        value=freight.value_usd_per_tonne / usual[VALUE],
        time=freight.value_of_time_percent_per_day / usual[TIME],
    )


@lru_cache(maxsize=1)
def _usual() -> dict[str, float]:
    return {name: default_parameters()[name].central for name in (VALUE, TIME)}


def outcome_of(ready: IndustryInputs, found: IndustryPass) -> IndustryOutcome:
    """Keep of a pass what the tables need."""
    equilibrium = found.equilibrium
    before, after = equilibrium.baseline_flows, equilibrium.flows
    volume = _ratio(equilibrium.output, equilibrium.baseline_output) / equilibrium.costs_hat
    gain = equilibrium.equivalent_variation_million_usd / equilibrium.baseline_value_added
    exports, imports = foreign(before), foreign(after)
    return IndustryOutcome(
        income_percent=PERCENT * gain,
        output_percent=PERCENT * (volume - 1.0),
        exports_percent=PERCENT * (_ratio(imports[0], exports[0]) - 1.0),
        imports_percent=PERCENT * (_ratio(imports[1], exports[1]) - 1.0),
        cost_percent=PERCENT * (equilibrium.costs_hat - 1.0),
        pair_million_usd=before[ready.pairs],
        pair_percent=PERCENT * (_ratio(after[ready.pairs], before[ready.pairs]) - 1.0),
    )


def foreign(flows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute exports and imports by economy and sector, ``[N, S]``; home sales left out."""
    home = np.einsum("iis->is", flows)
    return flows.sum(axis=1) - home, flows.sum(axis=0) - home


def _ratio(new: FloatArray, old: FloatArray) -> FloatArray:
    """Divide; one where there was nothing."""
    return np.divide(new, old, out=np.ones_like(old), where=old > 0)
