"""The central answer to some measures at once: real income and trade, without report and bands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from landbridge.basis import Basis
from landbridge.codes import name_of
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.html_tables import PageTable
from landbridge.report.pages.parts.pieces import Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.results import Result
from landbridge.scenarios.reading import check_scenario
from landbridge.scenarios.schema import Measure, Scenario
from landbridge.studies.chain.inputs import Inputs, prepare_inputs
from landbridge.studies.contract import Study, Tensor, provenance_of
from landbridge.studies.run.account import certificate_table
from landbridge.studies.run.constraint_tables import constraint_sentences
from landbridge.studies.run.effects import effects_of
from landbridge.studies.run.idle import suspects_of
from landbridge.studies.run.running import Central, run_central
from landbridge.tasks import single_threaded
from landbridge.units import PERCENT
from landbridge.verbs.asking.scenarios import ScenarioLike, open_scenario

MeasuresLike: TypeAlias = ScenarioLike | Sequence[Measure | Mapping[str, object]]
"""A scenario in any form, or measures alone."""
ROWS_SHOWN = 20
ECONOMIES_IN_A_SENTENCE = 3
NEARLY_NIL = 1.0
"""Million USD a year: gains below it are called nil in the sentence."""


@dataclass(frozen=True, eq=False)
class Welfare:
    """What the central run of some measures found.

    Attributes
    ----------
    scenario
        The measures as a scenario.
    central
        The pass, what is kept of it, and the parts of the gain.
    """

    scenario: Scenario
    central: Central


def welfare_of(
    basis: Basis, measures: MeasuresLike, *, on: dt.date | None = None
) -> Result[Welfare]:
    """Compute what measures do to real income and trade, at central values.

    Parameters
    ----------
    measures
        Measures as mappings or objects, or a scenario in any form that `run` takes.
    on
        Day at which blocs, agreements and relations are read where measures come alone; today
        where absent.

    Returns
    -------
    Result
        Tables ``income`` (one row an economy: real_income_percent of GDP, million_usd) and the
        tensors of flows before and after.

    Raises
    ------
    FaultsError
        Measures that cannot be read, or that name what is not there; all of them at once.
    ConvergenceError
        The equilibrium was not found.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().welfare_of("cku")
    >>> bool(found.certificate.passed.all())
    True
    """
    scenario, where = _scenario(basis, measures, on)
    inputs = prepare_inputs(basis, scenario, where=where)
    central = single_threaded(run_central, inputs)
    table, freeness = _income(inputs, central), central.found.freeness_hat
    # An answer in the time of one pass: a measure is looked at where nothing moves at all.
    effects = effects_of(inputs, central.found.shock, suspects_of(inputs, freeness))
    blocked = constraint_sentences(scenario, inputs.constraints)
    return Result(
        Study(
            kind="welfare",
            name="welfare",
            title=scenario.title,
            headline=(*blocked, *effects.warnings, *_sentences(table)),
            tables={"income": table, **effects.tables()},
            notes=(
                "Central values only: no draws, so no band.",
                *scenario.told_beside,
                *effects.notes,
                *basis.notes,
            ),
            certificate=certificate_table(central.found, central.parts),
            provenance=provenance_of(basis, scenario),
            found=Welfare(scenario, central),
            tensors=flow_tensors(inputs, central),
        ),
        _present,
    )


def flow_tensors(inputs: Inputs, central: Central) -> dict[str, Tensor]:
    """Keep flows, trade costs and income of a central run with their dimensions named."""
    found = central.found
    codes = inputs.world.iso3
    pairs = {"exporter": codes, "importer": codes}
    square = ("exporter", "importer")
    solved = found.equilibrium
    return {
        "flows_before": Tensor(square, pairs, solved.baseline_flows, "million USD"),
        "flows_after": Tensor(square, pairs, solved.flows, "million USD, numeraire: world output"),
        "trade_freeness_hat": Tensor(square, pairs, found.freeness_hat, "ratio to the baseline"),
        "real_income_percent": Tensor(
            ("iso3",), {"iso3": codes}, central.outcome.real_income_percent, "percent of GDP"
        ),
    }


def _scenario(basis: Basis, measures: MeasuresLike, on: dt.date | None) -> tuple[Scenario, str]:
    """Read measures as a scenario; those that come alone are seen from no economy in particular."""
    if not isinstance(measures, str | Path | Mapping | Scenario):
        named = [
            one if isinstance(one, Mapping) else one.model_dump(exclude_none=True)
            for one in measures
        ]
        first, second = basis.world.iso3[:2]
        made = check_scenario(
            {
                "name": "measures",
                "title": ", ".join(str(one.get("title", "?")) for one in named)[:120] or "Nothing",
                "summary": "Measures given in Python.",
                "date": on or dt.date.today(),  # noqa: DTZ011 - a calendar day
                "focus": {"economy": first, "partners": [second]},
                "measures": named,
            }
        )
        return made, "measures"
    asked = open_scenario(measures)
    return asked.scenario, asked.where


def _income(inputs: Inputs, central: Central) -> pd.DataFrame:
    world = inputs.world
    percent = central.outcome.real_income_percent
    return pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": [name_of(code) for code in world.iso3],
            "real_income_percent": percent,
            "million_usd": percent * world.gdp_million_usd / PERCENT,
            "exports_change_percent": central.outcome.exports_percent,
            "imports_change_percent": central.outcome.imports_percent,
        }
    )


def _sentences(table: pd.DataFrame) -> tuple[str, ...]:
    if float(table["million_usd"].abs().max()) < NEARLY_NIL:
        return (f"No economy's real income changes by {NEARLY_NIL:g} m USD a year: about nil.",)
    total = float(table["million_usd"].sum())
    ranked = table.sort_values("million_usd", ascending=False)
    most = ", ".join(
        f"{row['name']} {float(row['million_usd']):+,.0f} m USD"
        for row in ranked.head(ECONOMIES_IN_A_SENTENCE).to_dict(orient="records")
    )
    least = ranked.iloc[-1]
    return (
        f"Real income of the world changes by {total:+,.0f} m USD a year; most: {most}.",
        f"Least: {least['name']} {float(least['million_usd']):+,.0f} m USD.",
    )


def _present(study: Study[Welfare], view: BoundaryView) -> Presentation:
    del view  # There is no map.
    meta = f"baseline of {study.provenance.baseline_year}; central values"

    def shown(name: str) -> PageTable:
        return table_on_page(study.tables, name, meta=meta, banded=False, rows=ROWS_SHOWN)

    return present_page(
        StudyPage(
            name=study.name,
            title=study.title,
            kicker="what measures do to real income",
            meta=meta,
            headline=study.headline,
            notes=study.notes,
            tables=study.tables,
            provenance=study.provenance,
            sections=(
                Section(
                    "headline",
                    "What it comes to",
                    (Part(notes=study.notes), Part(tables=(shown("income"),))),
                ),
            ),
        )
    )
