"""Bridges to published studies as a folder of files."""

from __future__ import annotations

from landbridge.report.charts.answers.bridge import bridge_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.chapters import Chapter, present_chapters
from landbridge.report.pages.parts.pieces import Figure
from landbridge.report.presentation import Presentation
from landbridge.studies.bridge.study import BridgeFound
from landbridge.studies.contract import Study


def present_bridge(study: Study[BridgeFound], view: BoundaryView) -> Presentation:
    """Compose the files of bridges: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    drawn = bridge_chart(study.tables["bridge_summary"], study.tables["bridge_steps"], key="bridge")
    figure = Figure(
        drawn,
        "Chart: from published figures to this world",
        "Circle: published. Dots: change of real income after each step, percent, with the step "
        "in brackets. Line: ends of the bands of shock and elasticity.",
    )
    return present_chapters(
        study,
        (
            Chapter("headline", "What it comes to", ("bridge_summary",), (figure,)),
            Chapter("parts", "What part of the difference is what", ("bridge_parts",)),
            Chapter("steps", "Step by step", ("bridge_steps",)),
            Chapter("apart", "One thing alone, from the setting of the study", ("bridge_apart",)),
            Chapter("facts", "What was put in", ("bridge_facts",)),
        ),
        kicker="bridges to published studies",
        meta=f"baseline of {study.provenance.baseline_year}; central values",
        charts={"chart": drawn},
    )
