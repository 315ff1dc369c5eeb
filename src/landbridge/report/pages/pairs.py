"""Studies of the world's pairs as folders of files: potential, the years before, the world."""

from __future__ import annotations

from landbridge.gravity.uses.two_economies import Potential
from landbridge.report.charts.trade.history import history_chart
from landbridge.report.charts.trade.potential import potential_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.chapters import Chapter, present_chapters
from landbridge.report.pages.parts.pieces import Figure
from landbridge.report.presentation import Presentation
from landbridge.studies.contract import Study


def present_potential(study: Study[Potential], view: BoundaryView) -> Presentation:
    """Compose the files of a trade potential."""
    del view  # There is no map.
    drawn = potential_chart(study.tables["potential"], key="potential")
    figure = Figure(
        drawn, "Chart: trade and its potential", "Dots: million USD; lines: the 90 percent band."
    )
    way = "the pair's own past" if study.found.method == "own_past" else "a cross-section"
    return present_chapters(
        study,
        (Chapter("headline", "What it comes to", ("potential",), (figure,)),),
        kicker="what two economies would trade",
        meta=f"By {way}; {study.found.unit}; baseline of {study.provenance.baseline_year}.",
        charts={"chart": drawn},
    )


def present_history(study: Study[object], view: BoundaryView) -> Presentation:
    """Compose the files of a pair's series."""
    del view  # There is no map.
    drawn = history_chart(study.tables["history"], key="history")
    figure = Figure(
        drawn,
        "Chart: goods by year",
        "Dots: recorded years; a line joins years without a gap. The last point is the baseline's, "
        "with its 90 percent band.",
    )
    return present_chapters(
        study,
        (Chapter("headline", "What it comes to", ("history",), (figure,)),),
        kicker="what two economies sold each other, by year",
        meta=f"Goods, million USD; baseline of {study.provenance.baseline_year}.",
        charts={"chart": drawn},
    )


def present_world(study: Study[object], view: BoundaryView) -> Presentation:
    """Compose the files of a world, or of one economy's trade in it."""
    del view  # There is no map.
    return present_chapters(
        study,
        (Chapter("headline", "What it holds", tuple(study.tables)),),
        kicker="who trades what with whom, and how well that is known",
        meta=f"{study.title}.",
    )
