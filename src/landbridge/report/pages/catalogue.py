"""The scenarios that ship, as a page and a table."""

from __future__ import annotations

from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.pieces import Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.scenarios.schema import Scenario
from landbridge.studies.contract import Study


def present_catalogue(study: Study[tuple[Scenario, ...]], view: BoundaryView) -> Presentation:
    """Compose the files of the list of scenarios: page, workbook, JSON and table."""
    del view  # There is no map.
    meta = f"Against the world of {study.provenance.baseline_year}."
    table = table_on_page(study.tables, "scenarios", meta=meta, banded=False)
    return present_page(
        StudyPage(
            name=study.name,
            title=study.title,
            kicker="what can be run",
            meta=meta,
            headline=study.headline,
            notes=study.notes,
            tables=study.tables,
            sections=(Section("scenarios", "Scenarios", (Part(tables=(table,)),)),),
            provenance=study.provenance,
        )
    )
