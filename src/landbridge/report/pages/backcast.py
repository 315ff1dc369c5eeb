"""Backcasts as folders of files: a check of an agreement, a union's gap, the register."""

from __future__ import annotations

from typing import Any

from landbridge.report.charts.trade.backcast import backcast_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.chapters import Chapter, present_chapters
from landbridge.report.pages.parts.pieces import Figure
from landbridge.report.presentation import Presentation
from landbridge.studies.contract import Study


def present_backcast(study: Study[Any], view: BoundaryView) -> Presentation:
    """Compose the files of a backcast: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    drawn = backcast_chart(study.tables["backcast_pairs"], key="backcast")
    figure = Figure(
        drawn,
        "Chart: predicted and actual change",
        "Dots: change of trade, percent; lines: the 90 percent band with the spread of pairs.",
    )
    asked = study.found.question
    return present_chapters(
        study,
        (
            Chapter("headline", "What it comes to", ("backcast_scores",), (figure,)),
            Chapter("pairs", "Every pair", ("backcast_pairs",)),
            Chapter("estimate", "The effect that was taken", ("backcast_estimate",)),
        ),
        kicker="what would have been said, beside what happened",
        meta=f"Known up to {asked.until}, checked in {asked.check}; seed {asked.seed}.",
        charts={"chart": drawn},
    )


def present_tables(study: Study[Any], view: BoundaryView) -> Presentation:
    """Compose the files of a study that is read from its tables alone."""
    del view  # There is no map.
    names = tuple(name for name in study.tables if not name.endswith("_certificate"))
    return present_chapters(
        study,
        (Chapter("headline", "What it comes to", names),),
        kicker="agreements and what they did to trade",
        meta=f"{study.title}.",
    )
