"""Modelled freight beside published figures, as a folder of files."""

from __future__ import annotations

from landbridge.freight.validate.comparing import Validation
from landbridge.report.charts.answers.validation import validation_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.chapters import Chapter, present_chapters
from landbridge.report.pages.parts.pieces import Figure
from landbridge.report.presentation import Presentation
from landbridge.studies.contract import Study

SHOWN = (
    "name", "mode", "year", "unit", "observed", "observed_low", "observed_high", "modelled",
    "factor", "within_band", "use", "confidence",
)  # fmt: skip


def present_validation(study: Study[Validation], view: BoundaryView) -> Presentation:
    """Compose the files of the comparison: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    drawn = validation_chart(study.tables["freight_validation"], key="validation")
    figure = Figure(
        drawn,
        "Chart: modelled against published, by kind",
        "Each mark is a figure. On the line the model says what is published; the broken lines are "
        "five times too much and five times too little. Filled marks may be fitted to, hollow ones "
        "are held back. A square at the lower edge: the model carries nothing, or almost. Point at "
        "a mark to read it.",
    )
    return present_chapters(
        study,
        (
            Chapter("headline", "How far off", ("freight_validation_summary",), (figure,)),
            Chapter("figures", "Every figure", ("freight_validation",)),
            Chapter(
                "left-out",
                "What is not compared, and why",
                ("freight_validation_counts", "freight_left_out"),
            ),
        ),
        kicker="what is carried in the model, and in print",
        meta=f"World of {study.provenance.baseline_year}; {study.found.title}.",
        charts={"chart": drawn},
        shown={"freight_validation": SHOWN},
    )
