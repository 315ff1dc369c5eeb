"""A study of coalitions as a folder of files."""

from __future__ import annotations

from typing import Final

from landbridge.report.charts.answers.members import members_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.html_tables import PageTable
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, source_of, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.studies.coalition.study import CoalitionStudy
from landbridge.studies.contract import Study

ROWS_SHOWN: Final = 40
NEXT_SHOWN: Final = 15
MEMBERS_SHOWN: Final = (
    "name",
    "together_million_usd",
    "together_percent_of_gdp",
    "alone_million_usd",
    "left_behind_million_usd",
    "shapley_million_usd",
    "leaves_with",
    "probability_leaves",
    "transfer_million_usd",
)
"""On the page; the workbook has all."""


def present_coalition(study: Study[CoalitionStudy], view: BoundaryView) -> Presentation:
    """Compose the files of a study of coalitions: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    meta = _meta(study.found)
    return present_page(
        StudyPage(
            name=study.name,
            title=study.title,
            kicker="who gains by joining, who would leave, what holds them",
            meta=meta,
            headline=study.headline,
            notes=study.notes,
            tables=study.tables,
            sections=_sections(study, meta),
            charts={"chart": members_chart(study.tables["coalition_members"], key="members")},
            provenance=study.provenance,
        )
    )


def _meta(study: CoalitionStudy) -> str:
    question = study.question
    depth = f"{question.depth.replace('_', ' ')}; " if question.depth else ""
    built = f"measures of {question.project.scenario.name}; " if question.project else ""
    draws = f"{study.draws} draws, seed {study.seed}" if study.draws else "no draws"
    return (
        f"{depth}{built}agreements in force on {question.on.isoformat()}; baseline of "
        f"{question.world.year}; {study.payoffs.solved} equilibria; {draws}."
    ).capitalize()


def _sections(study: Study[CoalitionStudy], meta: str) -> tuple[Section, ...]:
    banded = study.found.draws > 0

    def table(name: str, rows: int | None = None) -> PageTable:
        columns = MEMBERS_SHOWN if name == "coalition_members" else None
        return table_on_page(
            study.tables, name, meta=meta, banded=banded, columns=columns, rows=rows
        )

    figure = Figure(
        members_chart(study.tables["coalition_members"], key="members"),
        "Chart: the gain of each member",
        "Bars: gain where all act, without side payments. Circles: where only the others act. "
        "Upright lines: with the smallest side payments that hold all. Diamonds: Shapley values. "
        f"Source: {source_of(meta)}",
    )
    found = [
        Section(
            "headline",
            "What it comes to",
            (
                Part(notes=study.notes),
                Part(figures=(figure,), tables=(table("coalition_members"),)),
            ),
        )
    ]
    if "coalition_next" in study.tables:
        found.append(
            Section("next", "Who is next", (Part(tables=(table("coalition_next", NEXT_SHOWN),)),))
        )
    if "coalition_widening" in study.tables:
        found.append(
            Section(
                "widening",
                "Stumbling or building block",
                (Part(tables=(table("coalition_widening"),)),),
            )
        )
    others = [table("coalition_values", ROWS_SHOWN), table("coalition_outsiders")]
    if "coalition_works" in study.tables:
        others.append(table("coalition_works"))
    found.append(Section("coalitions", "Every coalition", (Part(tables=tuple(others)),)))
    found.append(
        Section("certificate", "Certificate", (Part(tables=(table("coalition_certificate"),)),))
    )
    return tuple(found)
