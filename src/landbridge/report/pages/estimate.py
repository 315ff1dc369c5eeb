"""Estimates of gravity as a folder of files: the usual tables, a plot, a page, parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from landbridge.gravity.files.commands import Estimates
from landbridge.gravity.files.writing import estimate_plot, estimate_texts, estimate_writers
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.chapters import Chapter, present_chapters
from landbridge.report.pages.parts.pieces import Figure
from landbridge.report.presentation import Presentation, beside
from landbridge.report.svg.builder import Markup
from landbridge.studies.contract import Study

PLOT: Final = "coefficients"


def present_estimate(study: Study[Estimates], view: BoundaryView) -> Presentation:
    """Compose the files of an estimation: those of every study, and the field's own tables."""
    del view  # There is no map.
    estimates = study.found
    drawn = estimate_plot(estimates)
    charts = {PLOT: Markup(drawn)} if drawn else {}
    figures = tuple(
        Figure(one, "Coefficients", "Dots: estimates; lines: their intervals.")
        for one in charts.values()
    )
    spec = next(iter(estimates.fits.values())).spec
    made = present_chapters(
        study,
        (
            Chapter("headline", "What it comes to", ("coefficients",), figures),
            Chapter("diagnostics", "How well it describes the flows", ("diagnostics",)),
        ),
        kicker="a gravity equation, estimated",
        meta=(
            f"{spec.estimator.upper()}; errors: {spec.inference}; "
            f"{len(estimates.fits)} equation{'s' if len(estimates.fits) > 1 else ''}."
        ),
        charts=charts,
    )
    return replace(
        made,
        texts=beside(made.texts, estimate_texts(estimates)),
        writers={**made.writers, **estimate_writers(estimates)},
    )
