"""A study of one sector's suppliers: reliance on them, and what the cut-off of one does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.brief import brief_repr
from landbridge.codes import name_of
from landbridge.draws.bands import with_band
from landbridge.draws.defaults import DEFAULT_SEED, FEWER_DRAWS
from landbridge.draws.engine import Draw, run_draws
from landbridge.equilibrium import (
    SectoralEquilibrium,
    SectoralShock,
    SectoralTables,
    prepare_sectors,
    solve_sectors,
)
from landbridge.errors import InputError
from landbridge.formats import percent
from landbridge.scenarios.parameters import THETA, Parameter, with_estimates
from landbridge.studies.chain.outcomes import no_outcomes, stack
from landbridge.studies.industries.base import IndustrySettings, theta_of
from landbridge.studies.industries.one_pass import OPTIONS
from landbridge.studies.supply.dependence import cut_off, input_table, origins, supplier_table
from landbridge.tasks import Progress, no_progress, single_threaded
from landbridge.units import PERCENT, FloatArray
from landbridge.world.sectors.base import SectoralWorld, align_to

NAMED = 3
"""Suppliers that the headline names."""


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    user, sector
        Whose suppliers.
    supplier
        Whose deliveries to the user stop, inputs and final goods; empty for the greatest foreign
        supplier of the sector.
    stopped
        Sectors of the supplier that stop; empty for all.
    settings
        Whose tables, how many sectors, which elasticities; the embedded world with 20 sectors
        where nothing is said.
    """

    user: str
    sector: str
    supplier: str = ""
    stopped: tuple[str, ...] = ()
    settings: IndustrySettings = field(default_factory=IndustrySettings)


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


@dataclass(frozen=True, eq=False, repr=False)
class SupplyStudy:
    """The answer as tables.

    Attributes
    ----------
    question
        What was asked, the supplier filled in.
    suppliers, inputs
        As `dependence.supplier_table` (with bands) and `dependence.input_table`.
    cut_off
        One row a sector of the user: sector, industry, output_million_usd (before),
        in_proportion_percent (+_low, _high),
        if_indispensable_percent (+...), long_run_output_percent (+...).
    income
        One row an economy, largest change first: iso3, name, long_run_income_percent (+...).
    certificate
        Of the central long run.
    draws, seed, notes
        How many draws, of which seed, and what was imputed in the world.
    basis, elasticities
        Which world and which trade elasticities, in words.
    """

    question: Question
    suppliers: pd.DataFrame
    inputs: pd.DataFrame
    cut_off: pd.DataFrame
    income: pd.DataFrame
    certificate: pd.DataFrame
    draws: int
    seed: int
    notes: tuple[str, ...]
    basis: str
    elasticities: str

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


def study_supply(
    basis: Basis,
    question: Question,
    *,
    draws: int = FEWER_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> SupplyStudy:
    """Compute who a sector relies on, and solve what a supplier's cut-off does.

    Parameters
    ----------
    basis
        World, tables by sector and parameters.
    question
        Whose sector, and which supplier stops.
    draws, seed, jobs, progress
        As in `landbridge.studies.run.running.run_scenario`; the trade elasticity, the totals
        and the baskets by sector are drawn. Of a user's own tables the elasticity alone is.

    Raises
    ------
    DataError, UnknownNameError, InputError
        An economy or a sector is not there; a supplier that is the user, or sells it nothing.
    ConvergenceError
        The long run was not found.
    """
    world = _central_world(basis, question.settings)
    rule = theta_of(world, question.settings.elasticities)
    found = origins(world, question.user, question.sector)
    table = supplier_table(world, found)
    question = _completed(question, world, found.sector, table)
    _check(world, question)
    theta = rule.at(_theta(basis).central, len(world.sectors.codes))
    progress("Supply", 0, 1)
    central, equilibrium = single_threaded(partial(_answer, question, theta=theta), world)
    progress("Supply", 1, 1)
    answers = run_draws(
        partial(_one_draw, basis, question), draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    drawn = stack(answers) if answers else no_outcomes(central)
    return SupplyStudy(
        question=question,
        suppliers=_suppliers(world, table, central, drawn),
        inputs=input_table(world, found, theta),
        cut_off=_cut_off(world, question.user, central, drawn),
        income=_income(world, central, drawn),
        certificate=equilibrium.certificate.table(),
        draws=draws,
        seed=seed,
        notes=world.notes,
        basis=_basis(question.settings, world),
        elasticities=rule.name,
    )


def _completed(
    question: Question, world: SectoralWorld, sector: str, table: pd.DataFrame
) -> Question:
    """Fill the supplier in, and write sectors as the world does."""
    foreign = table[table["supplier"] != question.user]
    if foreign.empty:
        raise InputError(f"{sector} of {question.user} has no foreign supplier")
    first = foreign["supplier"].to_numpy()[int(foreign["direct_percent"].to_numpy().argmax())]
    return replace(
        question,
        sector=sector,
        supplier=question.supplier or str(first),
        stopped=tuple(world.sectors.codes[world.sector_index(code)] for code in question.stopped),
    )


def supply_sentences(study: SupplyStudy) -> tuple[str, ...]:
    """Say what a study of supply comes to, in plain words."""
    question = study.question
    user, supplier = name_of(question.user), name_of(question.supplier)
    rows = study.suppliers.to_dict(orient="records")
    value = {str(row["supplier"]): float(row["value_added_percent"]) for row in rows}
    abroad = [row for row in rows if row["supplier"] != question.user][:NAMED]
    named = ", ".join(f"{row['name']} {value[str(row['supplier'])]:.1f} %" for row in abroad)
    sectors = study.cut_off.set_index("sector").to_dict(orient="index")
    own = sectors[question.sector]
    what = ", ".join(question.stopped) or "all it sells"
    income = study.income.set_index("iso3").to_dict(orient="index")[question.user]
    home = value.get(question.user, 0.0)
    made = f"Of the value of what {question.sector} of {user} makes, {home:.1f} % is made at home"
    at_once = -float(own["in_proportion_percent"]), -float(own["if_indispensable_percent"])
    settled = percent(float(own["long_run_output_percent"]))
    stops = (
        f"If {supplier} stops delivering {what}, output of the sector falls at once by "
        f"{at_once[0]:.1f} % in proportion to cost, or by {at_once[1]:.1f} % if the scarcest input "
        f"sets it; when all has settled it changes by {settled}."
    )
    gain = percent(float(income["long_run_income_percent"]))
    return (
        f"{made}; abroad most comes from {named}.",
        stops,
        f"Real income of {user} then changes by {gain} of value added.",
    )


def _central_world(basis: Basis, settings: IndustrySettings) -> SectoralWorld:
    return basis.sectoral_world(settings.detail) if settings.tables is None else settings.tables


def _theta(basis: Basis) -> Parameter:
    """Return the trade elasticity of a basis, the estimated one where there is one."""
    return with_estimates(basis.parameters, basis.estimates)[THETA]


def _basis(settings: IndustrySettings, world: SectoralWorld) -> str:
    if settings.tables is None:
        return f"embedded world of 2022 at the totals of {world.year}"
    return f"the given tables of {world.year}" if world.year else "the given tables"


def _check(world: SectoralWorld, question: Question) -> None:
    row, column = world.index(question.supplier), world.index(question.user)
    if row == column:
        raise InputError(f"{question.supplier} is the user itself", mend="Name a foreign supplier.")
    columns = [world.sector_index(code) for code in question.stopped] or slice(None)
    if world.flows[row, column, columns].sum() <= 0:
        raise InputError(f"{question.supplier} sells nothing of that to {question.user}")


def _one_draw(basis: Basis, question: Question, draw: Draw) -> SupplyOutcome:
    value = draw.parameters({THETA: _theta(basis)}, basis.estimates)[THETA]
    settings = question.settings
    world = settings.tables
    if world is None:
        structure = basis.sectoral_structure(settings.detail)
        world = align_to(draw.sectors(structure), draw.world(basis.world))
    rule = theta_of(world, settings.elasticities)
    return _answer(question, world, theta=rule.at(value, len(world.sectors.codes)))[0]


def _answer(
    question: Question, world: SectoralWorld, *, theta: FloatArray
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


def _long_run(
    question: Question, world: SectoralWorld, *, theta: FloatArray
) -> SectoralEquilibrium:
    """Shut the flows and let prices, suppliers and wages settle."""
    baseline = prepare_sectors(
        SectoralTables(
            flows=world.flows,
            value_added_shares=world.value_added_share,
            input_shares=world.input_share,
            tariffs=world.tariffs,
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


def _cut_off(
    world: SectoralWorld, user: str, central: SupplyOutcome, drawn: SupplyOutcome
) -> pd.DataFrame:
    columns: dict[str, object] = {
        "sector": world.sectors.codes,
        "industry": world.sectors.titles,
        "output_million_usd": world.output[world.index(user)],
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
