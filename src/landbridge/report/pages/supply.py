"""A study of one sector's suppliers as a folder of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from landbridge.codes import name_of
from landbridge.report.charts.trade.industries import industry_chart
from landbridge.report.charts.trade.suppliers import MOST_SUPPLIERS, supplier_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.html_tables import PageTable
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, source_of, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup
from landbridge.studies.contract import Study
from landbridge.studies.supply.study import SupplyStudy, supply_sentences

LOSSES: Final = (
    ("in_proportion_percent", "Output at once, in proportion to cost"),
    ("long_run_output_percent", "Output when all has settled"),
)
RULES: Final = (
    "At once there are no stocks, no other suppliers and no other inputs; when all has settled "
    "prices, suppliers and wages have moved."
)
INCOMES_SHOWN: Final = 15
SUPPLIERS: Final = (
    "name", "value_added_percent", "direct_percent", "look_through_percent", "main_input",
    "structure",
)  # fmt: skip
SUPPLIERS_SHOWN: Final = 25


def present_supply(
    study: Study[SupplyStudy],
    view: BoundaryView = BoundaryView.UN,  # noqa: ARG001 - there is no map
) -> Presentation:
    """Compose the files of a study of supply.

    Parameters
    ----------
    study
        The study.
    view
        Which boundaries maps draw; there is none.

    Returns
    -------
    Presentation
        ``suppliers.html``, ``suppliers.xlsx``, ``suppliers.json``, charts and ``tables/*.csv``.
    """
    made = supply_page(study.found)
    certificate = {"supply_certificate": study.certificate}
    return present_page(
        replace(
            made,
            notes=study.notes,
            tables={**study.tables, **certificate},
            provenance=study.provenance,
        )
    )


def supply_tables(study: SupplyStudy) -> dict[str, pd.DataFrame]:
    """Return the tables of a study by their names in the report."""
    return {
        "suppliers": study.suppliers,
        "inputs": study.inputs,
        "cut_off": study.cut_off,
        "supply_income": study.income,
        "supply_certificate": study.certificate,
    }


def supply_page(study: SupplyStudy) -> StudyPage:
    """Compose the page of a study of supply."""
    question, tables = study.question, supply_tables(study)
    draws = f"{study.draws} draws, seed {study.seed}" if study.draws else "no draws"
    meta = (
        f"{len(study.cut_off)} sectors, {len(study.income)} economies, {study.basis}; trade "
        f"elasticities: {study.elasticities}; {draws}."
    )
    charts = _charts(study)
    return StudyPage(
        name="suppliers",
        title=f"{question.sector} of {name_of(question.user)}: who stands behind it",
        kicker="reliance on suppliers, and the cut-off of one",
        meta=meta,
        headline=supply_sentences(study),
        notes=study.notes,
        tables=tables,
        sections=_sections(study, tables, charts, meta),
        charts=charts,
    )


def _charts(study: SupplyStudy) -> dict[str, Markup]:
    drawn = {
        "suppliers": supplier_chart(study.suppliers, home=study.question.user, key="suppliers-bars")
    }
    for column, title in LOSSES:
        name = column.removesuffix("_percent").replace("_", "-")
        drawn[name] = industry_chart(study.cut_off, column=column, title=title, key=f"cut-{name}")
    return drawn


def _sections(
    study: SupplyStudy, tables: Mapping[str, pd.DataFrame], charts: Mapping[str, Markup], meta: str
) -> tuple[Section, ...]:
    banded = study.draws > 0
    source = source_of(meta)
    question = study.question
    supplier, user = name_of(question.supplier), name_of(question.user)

    def table(
        name: str, rows: int | None = None, columns: tuple[str, ...] | None = None
    ) -> PageTable:
        return table_on_page(tables, name, meta=meta, banded=banded, rows=rows, columns=columns)

    whisker = "; the whisker is the 90 percent band" if banded else ""
    first = Figure(
        charts["suppliers"],
        "Chart: foreign suppliers",
        f"The {MOST_SUPPLIERS} greatest foreign suppliers: bars, share in the value of what is "
        f"made, all stages{whisker}; circles, share in the inputs bought. Source: {source}",
    )
    losses = tuple(
        Figure(
            charts[column.removesuffix("_percent").replace("_", "-")],
            f"Chart: {title.lower()}",
            f"{title} of each sector of {user} when {supplier} stops delivering{whisker}. "
            f"Sectors with less than 0.1 percent of output are left out. Source: {source}",
        )
        for column, title in LOSSES
    )
    return (
        Section(
            "headline",
            "What it comes to",
            (Part(figures=(first,), tables=(table("suppliers", SUPPLIERS_SHOWN, SUPPLIERS),)),),
        ),
        Section("inputs", "Input by input", (Part(tables=(table("inputs"),)),)),
        Section(
            "cut-off",
            f"If {supplier} stops",
            (
                Part(
                    sentences=(RULES,),
                    figures=losses,
                    tables=(table("cut_off"), table("supply_income", INCOMES_SHOWN)),
                ),
            ),
        ),
        Section(
            "certificate",
            "Certificate and what it rests on",
            (Part(notes=study.notes, tables=(table("supply_certificate"),)),),
        ),
    )
