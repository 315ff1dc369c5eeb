"""Sections of the page of routes: what they come to, charts, map, indicators, rows, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from landbridge.formats import duration, probability, significant
from landbridge.freight.profile.time_cost import Profile
from landbridge.report.charts.routes.activities import activity_bars
from landbridge.report.charts.routes.distance import distance_chart
from landbridge.report.charts.routes.trips import TripQuantity
from landbridge.report.pages.parts.html_tables import PageTable, frame_table
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.svg.builder import Markup
from landbridge.studies.routes.comparison import Compared

MOST_ALONE = 8
"""Of more routes no chart of each is drawn."""
MOST_OPEN = 25
"""Rows of a table of indicators that is not folded."""
_QUANTITIES: tuple[tuple[TripQuantity, str, str], ...] = (
    ("hours", "Time", "time"),
    ("usd_per_tonne", "Cost", "cost"),
)
_ROWS = (
    "sequence",
    "name",
    "activity",
    "mode",
    "iso3",
    "km",
    "hours",
    "hours_low",
    "hours_high",
    "usd_per_tonne",
    "usd_per_tonne_low",
    "usd_per_tonne_high",
    "cumulative_km",
    "cumulative_hours",
    "cumulative_usd_per_tonne",
    "payments",
    "remark",
    "source",
    "confidence",
)

_LEAST_COST = (
    "Each way is the one of least generalised cost, money plus time at its value, among those "
    "that pass the places asked for. Hours and prices come from the tables of the freight "
    "network; every row names its source and how well it is known."
)
_BORDERS = (
    "A border's hours hold formalities and queue together, as CAREC's monitoring counts them, "
    "and its fees hold official and unofficial payments together: no published figure tells "
    "them apart. The expected wait for a shut border comes on top: the share of the year in "
    "which it is shut times one mean spell."
)
_TERMINALS = (
    "Terminals and ports are told apart into handling and waiting by the proportion of their "
    "row in the table."
)


def headline(compared: Compared) -> list[str]:
    """Say in sentences what the routes come to, for each kind of shipment."""
    table = compared.table
    told = []
    for shipment, own in table.groupby("shipment", sort=False):
        before = f"{_titled(str(shipment))}: " if shipment else ""
        if len(own) == 1:
            told.append(before + _alone(own.iloc[0]))
            continue
        best = _best_of(own)
        told.append(before + best if before else best[0].upper() + best[1:])
    return told


def route_sections(
    compared: Compared,
    tables: Mapping[str, pd.DataFrame],
    drawn: Markup,
    *,
    source: str,
) -> list[Section]:
    """Compose the page.

    Parameters
    ----------
    compared
        The routes.
    tables
        As `route_tables` gives them.
    drawn
        The map (`route_map`).
    source
        Who made the numbers, for captions.
    """
    banded = compared.draws > 0

    def table(name: str) -> PageTable:
        shown = _shown(tables[name], name)
        return frame_table(tables[name], name, source=source, columns=shown, banded=banded)

    first = [
        Part(notes=tuple(note for note in (compared.comparison.note, *compared.notes) if note)),
        Part(tables=(table("routes"),)),
    ]
    map_figure = Figure(
        drawn,
        "Map of the routes",
        f"The routes on the network. Point at a line to read more. Source: {source}",
    )
    return [
        Section("headline", "What the routes come to", tuple(first)),
        *(
            Section(
                f"charts-{place}", _chart_title(kind), tuple(_charts(compared, own, place, source))
            )
            for place, (kind, own) in enumerate(_by_shipment(compared).items())
        ),
        Section("map", "The map", (Part(figures=(map_figure,)),)),
        Section(
            "indicators",
            "CAREC's indicators",
            (
                _indicators([table("indicators"), table("line_haul")], tables["indicators"]),
                Part(title="Borders", tables=(table("borders"), table("observations"))),
            ),
        ),
        Section("rows", "Row by row", tuple(_row_parts(compared, source, banded=banded))),
        Section("method", "How the numbers are made", (Part(sentences=tuple(_method(compared))),)),
        Section("sources", "Sources", (Part(tables=(table("route_sources"),)),)),
    ]


def _shown(table: pd.DataFrame, name: str) -> list[str]:
    """Select the columns that tell something on the page; files hold them all."""
    left_out = {"indicator"} if name == "indicators" else set()
    if "label" in table.columns and len(table.groupby(["label", "shipment"])) == 1:
        left_out |= {"label", "shipment"} if name != "routes" else {"shipment"}
    elif "shipment" in table.columns and table["shipment"].eq("").all():
        left_out.add("shipment")
    if name == "routes":
        left_out |= _routes_left_out(table)
    return [column for column in table.columns if column not in left_out]


def _routes_left_out(table: pd.DataFrame) -> set[str]:
    left_out = {"setting"} if len(set(table["setting"])) == 1 else set()
    if table["probability_best"].isna().all():
        left_out.add("probability_best")
    if len(table) > 1:
        return left_out | {"way"}  # it stands over each route's rows
    return left_out | {"rank_time", "rank_money", "rank_sum", "probability_best"}


def _indicators(found: Sequence[PageTable], indicators: pd.DataFrame) -> Part:
    if len(indicators) <= MOST_OPEN:
        return Part(tables=tuple(found))
    return Part(folded=tuple(found), folded_title="Indicators of every route")


def _by_shipment(compared: Compared) -> dict[str, list[Profile]]:
    found: dict[str, list[Profile]] = {}
    for profile in compared.profiles:
        kind = "" if profile.shipment is None else profile.shipment.title
        found.setdefault(kind, []).append(profile)
    return found


def _chart_title(kind: str) -> str:
    return f"Time and cost along the way: {kind}" if kind else "Time and cost along the way"


def _charts(compared: Compared, profiles: Sequence[Profile], place: int, source: str) -> list[Part]:
    shade = (
        f" The shade runs from the 5th to the 95th percentile of {compared.draws} draws."
        if compared.draws
        else ""
    )
    lines = tuple(
        Figure(
            distance_chart(profiles, quantity=quantity, key=f"{word}-{place}"),
            f"{title} and distance",
            f"{title} added up over the distance, after UNESCAP: a slope is a leg, a vertical step "
            f"is a stop at a node.{shade} Source: {source}",
        )
        for quantity, title, word in _QUANTITIES
    )
    bars = tuple(
        Figure(
            activity_bars(profiles, quantity=quantity, key=f"activities-{word}-{place}"),
            f"{title} by activity",
            f"What the {word} consists of. Source: {source}",
        )
        for quantity, title, word in _QUANTITIES
    )
    return [Part(figures=lines), Part(title="By activity", figures=bars)]


def _row_parts(compared: Compared, source: str, *, banded: bool) -> list[Part]:
    alone = len(compared.profiles) == 1
    parts = []
    for place, profile in enumerate(compared.profiles):
        rows = frame_table(
            profile.rows,
            "profile",
            source=source,
            columns=_ROWS,
            banded=banded,
            key=f"rows-{place}",
        )
        kind = "" if profile.shipment is None else f", {profile.shipment.title}"
        if alone:
            parts.append(Part(tables=(rows,)))
            continue
        figures: tuple[Figure, ...] = ()
        if len(compared.profiles) <= MOST_ALONE:
            figures = (
                Figure(
                    distance_chart([profile], quantity="hours", key=f"alone-{place}"),
                    f"Time and distance: {profile.label}",
                    f"{profile.label}{kind}: time by activity along the way. Source: {source}",
                ),
            )
        parts.append(
            Part(
                title=f"{profile.label}{kind}",
                sentences=(f"{profile.trip.text}.",),
                figures=figures,
                folded=(rows,),
                folded_title=f"{len(profile.rows)} rows",
            )
        )
    return parts


def _best_of(own: pd.DataFrame) -> str:
    quick, cheap, best = (
        own.iloc[int(own[by].argmin())]
        for by in ("hours", "usd_per_tonne", "generalised_usd_per_tonne")
    )
    least = significant(float(best["generalised_usd_per_tonne"]))
    sure = float(best["probability_best"])
    told = f" (in {probability(sure)} of the draws)" if np.isfinite(sure) else ""
    return (
        f"quickest is {quick['label']} with {duration(float(quick['hours']))}; cheapest is "
        f"{cheap['label']} with {significant(float(cheap['usd_per_tonne']))} USD per tonne; money "
        f"and time together are least by {best['label']} with {least} USD per tonne{told}."
    )


def _alone(row: pd.Series) -> str:
    return (
        f"{row['label']}: {duration(float(row['hours']))}"
        f"{_between(row, 'hours', 24.0, ' days')}, {significant(float(row['usd_per_tonne']))} USD "
        f"per tonne{_between(row, 'usd_per_tonne', 1.0, '')}, {row['km']:,.0f} km; "
        f"{row['node_time_percent']:.0f} percent of the time is spent at nodes."
    )


def _between(row: pd.Series, name: str, divisor: float, unit: str) -> str:
    low, high = float(row[f"{name}_low"]) / divisor, float(row[f"{name}_high"]) / divisor
    return "" if low == high else f" ({significant(low)} to {significant(high)}{unit})"


def _titled(shipment: str) -> str:
    return shipment.replace("-", " ").capitalize()


def _method(compared: Compared) -> list[str]:
    rate = compared.profiles[0].hour_usd_per_tonne[0] * 24
    told = [
        _LEAST_COST,
        f"A day costs {significant(float(rate))} USD per tonne for the first route.",
        _BORDERS,
        _TERMINALS,
    ]
    if compared.draws:
        told.append(
            f"Bands come from {compared.draws} draws (seed {compared.seed}) of every row's own "
            "band and of the common parameters; the way is kept, what it takes and costs is "
            "drawn. Bands are lopsided, because delays are: the central value may lie near the "
            "lower end. A shipment's own charges and waits are not drawn."
        )
    return told
