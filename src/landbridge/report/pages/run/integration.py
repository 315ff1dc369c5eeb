"""The section of integration effects: one table and one map."""

from __future__ import annotations

from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.integration import integration_map
from landbridge.report.pages.parts.html_tables import page_table, source_line
from landbridge.report.pages.parts.pieces import Figure, Part
from landbridge.studies.run.results import RunResult

COLUMNS = (
    "grouping", "group", "economies", "gainers", "losers", "million_usd", "real_income_percent",
    "probability_gain", "trade_creation_million_usd", "trade_diversion_million_usd",
    "terms_of_trade_million_usd",
)  # fmt: skip
CENTRES = (
    "name", "centre", "population", "people_percent", "by_access_million_usd",
    "by_people_million_usd", "million_usd", "real_income_percent",
)  # fmt: skip


def integration_parts(result: RunResult, view: BoundaryView) -> tuple[Part, ...]:
    """Compose the section; nothing where a result holds no integration effects."""
    if not result.integration:
        return ()
    figure = Figure(
        integration_map(result.integration["integration_economies"], view=view),
        "Map: inside and outside the scenario",
        "Outsiders that gain have a spillover; outsiders that lose are passed over or pay more. "
        "Changes below 0.0001 percent of GDP are next to nothing. "
        f"Source: {source_line(result, 'model')}",
    )
    sentence = (
        "Every way of sharing out the world adds up to its gain. Trade creation is the only part "
        "that is a gain to the world; trade diversion and terms of trade move income between "
        "economies."
    )
    return (
        Part(
            sentences=(sentence,),
            figures=(figure,),
            tables=(page_table(result, "integration_effects", columns=COLUMNS),),
        ),
        Part(
            folded=tuple(
                page_table(result, f"integration_{name}")
                for name in ("trade", "groups", "economies")
            ),
            folded_title="Trade inside and outside, where the lines are drawn, every economy",
        ),
        *_by_centre(result),
    )


def _by_centre(result: RunResult) -> tuple[Part, ...]:
    """Fold the gains by centre away; nothing where a result holds none."""
    if "regions" not in result.integration:
        return ()
    return (
        Part(
            folded=(page_table(result, "regions", columns=CENTRES),),
            folded_title="Gains by centre, a downscaling",
        ),
    )
