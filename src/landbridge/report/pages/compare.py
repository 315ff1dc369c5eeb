"""Scenarios side by side as a folder of files: one page, a workbook, charts and the tables."""

from __future__ import annotations

import pandas as pd

from landbridge.report.charts.answers.compare import compare_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, source_of, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup
from landbridge.studies.compare.scenarios import ScenarioComparison
from landbridge.studies.contract import Study

NOTES = (
    (
        "Every scenario is run over the same draws, so what all do not know cancels in their "
        "difference: the band of a difference is not the difference of two bands."
    ),
    "A difference is the scenario less the first one named.",
    "Focus and trips are made the same for all scenarios; no number depends on them.",
)


def present_comparison(study: Study[ScenarioComparison], view: BoundaryView) -> Presentation:
    """Compose the files of a comparison: page, workbook, JSON, charts and tables."""
    del view  # There is no map.
    comparison = study.found
    charts = _charts(comparison)
    return present_page(
        StudyPage(
            name=study.name,
            title=study.title,
            kicker="scenarios side by side",
            meta=_meta(comparison),
            headline=study.headline,
            notes=study.notes,
            tables=study.tables,
            sections=_sections(study, charts),
            charts=charts,
            provenance=study.provenance,
        )
    )


def _meta(comparison: ScenarioComparison) -> str:
    drawn = (
        f"{comparison.draws} draws, seed {comparison.seed}, the same for all scenarios"
        if comparison.draws
        else "no draws"
    )
    return f"Baseline of {comparison.baseline_year}; {drawn}."


def _near(comparison: ScenarioComparison) -> pd.DataFrame:
    """Take the rows of the focus economies, the one in the middle first."""
    table = comparison.tables["compare_income"]
    place = {code: number for number, code in enumerate(comparison.focus_iso3)}
    mine = table[table["iso3"].isin(place)]
    order = mine["iso3"].map(place)
    return mine.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _charts(comparison: ScenarioComparison) -> dict[str, Markup]:
    near = _near(comparison)
    return {
        "income": compare_chart(
            near,
            comparison.labels,
            value="real_income_percent",
            title="change of real income, percent of GDP",
            key="income",
        ),
        "difference": compare_chart(
            near[near["scenario"] != comparison.labels[0]],
            comparison.labels,
            value="difference_percent",
            title=f"difference from {comparison.labels[0]}, percent of GDP",
            key="difference",
        ),
    }


def _sections(study: Study[ScenarioComparison], charts: dict[str, Markup]) -> list[Section]:
    comparison = study.found
    meta, banded = _meta(comparison), comparison.draws > 0
    tables = dict(comparison.tables)
    tables["compare_income"] = _near(comparison)

    def part(name: str, title: str = "") -> Part:
        return Part(title=title, tables=(table_on_page(tables, name, meta=meta, banded=banded),))

    figures = [
        Figure(charts[key], f"Chart: {words}", f"{words}. {_reading(banded)} {source_of(meta)}")
        for key, words in (
            ("income", "Real income under each scenario"),
            ("difference", "Difference from the first scenario"),
        )
    ]
    found = [
        Section("summary", "The scenarios", (Part(notes=_on_page(study)), part("compare_summary"))),
        Section("income", "Real income", (Part(figures=tuple(figures)), part("compare_income"))),
        Section("trade", f"Trade of {comparison.focus}", (part("compare_trade"),)),
    ]
    if len(comparison.tables["compare_trips"]):
        found.append(Section("trips", "Trips", (part("compare_trips"),)))
    found.append(Section("certificate", "Certificate", (part("compare_certificate"),)))
    return found


def _on_page(study: Study[ScenarioComparison]) -> tuple[str, ...]:
    """Leave out of the notes what the tables of the page show anyway."""
    return tuple(note for note in study.notes if note != NOTES[-1])


def _reading(banded: bool) -> str:  # noqa: FBT001 - one word of a caption
    return "Whiskers are the 90 percent bands." if banded else "No draws were made: no bands."
