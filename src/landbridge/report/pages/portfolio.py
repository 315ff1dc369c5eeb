"""A study of portfolios as a folder of files."""

from __future__ import annotations

from landbridge.report.charts.answers.portfolio import effect_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.chapters import Chapter, present_chapters
from landbridge.report.pages.parts.pieces import Figure
from landbridge.report.presentation import Presentation
from landbridge.studies.contract import Study
from landbridge.studies.portfolio.study import PortfolioFound


def present_portfolio(study: Study[PortfolioFound], view: BoundaryView) -> Presentation:
    """Compose the files of a study of portfolios: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    drawn = effect_chart(study.tables["portfolio_effect"], key="effect")
    figure = Figure(
        drawn,
        "Chart: what the addition does to risk",
        "Dots: change of the standard deviation; lines: 90 percent of resampled periods.",
    )
    made = study.provenance
    draws = f"{made.draws} draws, seed {made.seed}" if made.draws else "no draws"
    return present_chapters(
        study,
        (
            Chapter("headline", "What it comes to", ("portfolio_effect",), (figure,)),
            Chapter("risk", "Risk and diversification", ("portfolio_risk",)),
            Chapter("members", "Economies", ("portfolio_members", "portfolio_selections")),
            Chapter("frontier", "Efficient frontier", ("portfolio_frontier",)),
        ),
        kicker="groups of economies as portfolios",
        meta=f"Deviations from {study.found.basis}; {draws}.",
        charts={"chart": drawn},
    )
