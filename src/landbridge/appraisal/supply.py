"""A study of one sector's suppliers: reliance on them, and what the cut-off of one does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from landbridge.appraisal.dependence import cut_off, input_table, origins, supplier_table
from landbridge.codes import name_of
from landbridge.equilibrium import (
    SectoralEquilibrium,
    SectoralShock,
    SectoralTables,
    prepare_sectors,
    solve_sectors,
)
from landbridge.errors import InputError
from landbridge.scenario.parameters import THETA, default_parameters
from landbridge.study.bands import with_band
from landbridge.study.industry_chain import OPTIONS
from landbridge.study.outcomes import no_outcomes, stack
from landbridge.study.tasks import Progress, no_progress, run_tasks, single_threaded
from landbridge.units import PERCENT, FloatArray
from landbridge.world.baseline import load_baseline
from landbridge.world.draws import draw_world
from landbridge.world.sectors.base import SectoralWorld, align_to
from landbridge.world.sectors.draws import draw_sectors
from landbridge.world.sectors.load import load_sectoral_world

DEFAULT_DRAWS = 30


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    user, sector
        Whose suppliers.
    supplier
        Whose deliveries stop.
    stopped
        Sectors of the supplier that stop; empty for all.
    """

    user: str
    sector: str
    supplier: str
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SupplyOutcome:
    """One pass, or the stack of all draws (then every array has draws as its first axis).

    Attributes
    ----------
    direct_percent, look_through_percent, value_added_percent
        ``[N]`` reliance of the sector on every economy.
    in_proportion_percent, if_indispensable_percent
        ``[S]`` output of the user's sectors lost at once.
    long_run_output_percent
        ``[S]`` change of the volume that the user's sectors make once all has settled.
    long_run_income_percent
        ``[N]`` equivalent variation in percent of value added.
    """

    direct_percent: FloatArray
    look_through_percent: FloatArray
    value_added_percent: FloatArray
    in_proportion_percent: FloatArray
    if_indispensable_percent: FloatArray
    long_run_output_percent: FloatArray
    long_run_income_percent: FloatArray


@dataclass(frozen=True, eq=False)
class SupplyStudy:
    """The answer as tables.

    Attributes
    ----------
    question
        What was asked, the supplier filled in.
    suppliers, inputs
        As `dependence.supplier_table` (with bands) and `dependence.input_table`.
    cut_off
        One row a sector of the user: sector, industry, in_proportion_percent (+_low, _high),
        if_indispensable_percent (+...), long_run_output_percent (+...).
    income
        One row an economy, largest change first: iso3, name, long_run_income_percent (+...).
    certificate
        Of the central long run.
    draws, notes
        How many draws, and what was imputed in the world.
    """

    question: Question
    suppliers: pd.DataFrame
    inputs: pd.DataFrame
    cut_off: pd.DataFrame
    income: pd.DataFrame
    certificate: pd.DataFrame
    draws: int
    notes: tuple[str, ...]


def study_supply(
    user: str,
    sector: str,
    *,
    supplier: str = "",
    stopped: tuple[str, ...] = (),
    draws: int = DEFAULT_DRAWS,
    seed: int = 2026,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> SupplyStudy:
    """Say who a sector relies on and what a supplier's cut-off does.

    Parameters
    ----------
    user, sector
        An economy and one of its sectors.
    supplier
        Whose deliveries to the user stop, inputs and final goods; empty for the greatest foreign
        supplier of the sector.
    stopped
        Sectors of the supplier that stop; empty for all.
    draws, seed, jobs, progress
        As in `landbridge.study.run.run_scenario`; the trade elasticity, the totals and the baskets
        by sector are drawn.

    Raises
    ------
    DataError, UnknownNameError, InputError
        An economy or a sector is not there; a supplier that is the user, or sells it nothing.
    ConvergenceError
        The long run was not found.
    """
    world = align_to(load_sectoral_world(), load_baseline())
    found = origins(world, user, sector)
    table = supplier_table(world, found)
    foreign = table[table["supplier"] != user]
    first = foreign["supplier"].to_numpy()[int(foreign["direct_percent"].to_numpy().argmax())]
    question = Question(
        user=user,
        sector=found.sector,
        supplier=supplier or str(first),
        stopped=tuple(world.sectors.codes[world.sector_index(code)] for code in stopped),
    )
    _check(world, question)
    theta = default_parameters()[THETA].central
    progress("Supply", 0, 1)
    central, equilibrium = single_threaded(partial(_answer, question, theta=theta), world)
    progress("Supply", 1, 1)
    seeds = np.random.SeedSequence(seed).spawn(draws)
    answers = run_tasks(partial(_draw, question), seeds, jobs=jobs, progress=progress, what="Draws")
    drawn = stack(answers) if answers else no_outcomes(central)
    kinds = np.full(len(world.sectors.codes), theta)
    return SupplyStudy(
        question=question,
        suppliers=_suppliers(world, table, central, drawn),
        inputs=input_table(world, found, kinds),
        cut_off=_cut_off(world, central, drawn),
        income=_income(world, central, drawn),
        certificate=equilibrium.certificate.table(),
        draws=draws,
        notes=world.notes,
    )


def _check(world: SectoralWorld, question: Question) -> None:
    row, column = world.index(question.supplier), world.index(question.user)
    if row == column:
        raise InputError(f"{question.supplier} is the user itself", mend="Name a foreign supplier.")
    columns = [world.sector_index(code) for code in question.stopped] or slice(None)
    if world.flows[row, column, columns].sum() <= 0:
        raise InputError(f"{question.supplier} sells nothing of that to {question.user}")


def _draw(question: Question, seed: np.random.SeedSequence) -> SupplyOutcome:
    rng = np.random.default_rng(seed)
    theta = default_parameters()[THETA].draw(rng)
    totals = draw_world(load_baseline(), rng)
    world = align_to(draw_sectors(load_sectoral_world(), rng), totals)
    return _answer(question, world, theta=theta)[0]


def _answer(
    question: Question, world: SectoralWorld, *, theta: float
) -> tuple[SupplyOutcome, SectoralEquilibrium]:
    found = origins(world, question.user, question.sector)
    lost = cut_off(world, question.supplier, user=question.user, sectors=question.stopped)
    equilibrium = _long_run(question, world, theta=theta)
    at = world.index(question.user)
    direct, through = found.direct.sum(axis=1), found.through.sum(axis=1)
    made, before = equilibrium.output[at], equilibrium.baseline_output[at]
    volume = np.divide(made, before, out=np.ones_like(made), where=before > 0)
    gain = equilibrium.equivalent_variation_million_usd / equilibrium.baseline_value_added
    outcome = SupplyOutcome(
        direct_percent=PERCENT * direct / direct.sum(),
        look_through_percent=PERCENT * through / through.sum(),
        value_added_percent=PERCENT * found.value_added.sum(axis=1),
        in_proportion_percent=_negative(lost.in_proportion[at]),
        if_indispensable_percent=_negative(lost.if_indispensable[at]),
        long_run_output_percent=PERCENT * (volume / equilibrium.costs_hat[at] - 1.0),
        long_run_income_percent=PERCENT * gain,
    )
    return outcome, equilibrium


def _negative(loss: FloatArray) -> FloatArray:
    return np.asarray(-PERCENT * loss)


def _long_run(question: Question, world: SectoralWorld, *, theta: float) -> SectoralEquilibrium:
    """Shut the flows and let prices, suppliers and wages settle."""
    baseline = prepare_sectors(
        SectoralTables(
            flows=world.flows,
            value_added_shares=world.value_added_share,
            input_shares=world.input_share,
            iso3=world.iso3,
            sectors=world.sectors.codes,
        ),
        theta=theta,
        closure="proportional",
        options=OPTIONS,
    )
    iceberg = np.ones_like(world.flows)
    columns = [world.sector_index(code) for code in question.stopped] or slice(None)
    iceberg[world.index(question.supplier), world.index(question.user), columns] = np.inf
    return solve_sectors(baseline, SectoralShock(iceberg_hat=iceberg), options=OPTIONS)


def _suppliers(
    world: SectoralWorld, table: pd.DataFrame, central: SupplyOutcome, drawn: SupplyOutcome
) -> pd.DataFrame:
    at = [world.index(code) for code in table["supplier"]]
    kept = table[["supplier", "name", "main_input", "structure"]].copy()
    for name in ("direct_percent", "look_through_percent", "value_added_percent"):
        middle, spread = getattr(central, name)[at], getattr(drawn, name)[:, at]
        for column, values in with_band(name, middle, spread).items():
            kept[column] = values
    return kept


def _cut_off(world: SectoralWorld, central: SupplyOutcome, drawn: SupplyOutcome) -> pd.DataFrame:
    columns: dict[str, object] = {
        "sector": world.sectors.codes,
        "industry": world.sectors.titles,
    }
    for name in ("in_proportion_percent", "if_indispensable_percent", "long_run_output_percent"):
        columns |= with_band(name, getattr(central, name), getattr(drawn, name))
    return pd.DataFrame(columns)


def _income(world: SectoralWorld, central: SupplyOutcome, drawn: SupplyOutcome) -> pd.DataFrame:
    name = "long_run_income_percent"
    table = pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": [name_of(code) for code in world.iso3],
            **with_band(name, getattr(central, name), getattr(drawn, name)),
        }
    )
    order = table[name].abs().sort_values(ascending=False).index
    return table.loc[order].reset_index(drop=True)
