"""A study of trade targets as a folder of files."""

from __future__ import annotations

from typing import Final

from landbridge.report.charts.trade.targets import targets_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.chapters import Chapter, present_chapters
from landbridge.report.pages.parts.pieces import Figure
from landbridge.report.presentation import Presentation
from landbridge.studies.contract import Study
from landbridge.studies.targets.study import TargetsFound

SHOWN: Final = (
    "target",
    "target_million_usd",
    "stated_million_usd",
    "stated_period",
    "baseline_million_usd",
    "potential_million_usd",
    "best_scenario",
    "best_scenario_million_usd",
    "cost_fall_percent",
    "free_freight_percent",
    "growth_needed_percent",
    "year_by_growth",
    "verdict",
)
"""On the page; the workbook has all."""


def present_targets(study: Study[TargetsFound], view: BoundaryView) -> Presentation:
    """Compose the files of a study of targets: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    drawn = targets_chart(study.tables["targets"], key="targets")
    figure = Figure(
        drawn,
        "Chart: how far each target is",
        "Dots: trade in the baseline and the potential, percent of the target; lines: the 90 "
        "percent band of the potential.",
    )
    year = study.provenance.baseline_year
    return present_chapters(
        study,
        (
            Chapter("headline", "What it comes to", ("targets",), (figure,)),
            Chapter("scenarios", "What scenarios bring", ("target_scenarios",)),
            Chapter("years", "Recorded and stated trade", ("target_stated", "target_years")),
            Chapter("terms", "What was taken for growth and time", ("target_terms",)),
        ),
        kicker="how far stated trade targets are, and what would reach them",
        meta=f"Goods trade of {year}; scenarios at central values.",
        charts={"chart": drawn},
        shown={"targets": SHOWN},
    )
