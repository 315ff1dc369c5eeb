"""Sections of the report: what stands in each, in the order in which a planner reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from landbridge.report.charts.bars import decomposition, quality_bar, tornado
from landbridge.report.charts.dots import focus_chart, focus_codes, income_chart
from landbridge.report.charts.routes.profile import profile
from landbridge.report.charts.routes.trips import TripQuantity, trip_bars
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.region import region_map
from landbridge.report.maps.world import world_map
from landbridge.report.pages.parts.effects import SHOWN
from landbridge.report.pages.parts.html_tables import PageTable, page_table, source_line
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.sentences import how_sure, map_notes, reading_bands
from landbridge.report.pages.run.appraisal import appraisal_parts
from landbridge.report.pages.run.industries import industry_parts
from landbridge.report.pages.run.integration import integration_parts
from landbridge.studies.run.results import RunResult

MOST_PROFILES = 4
MOST_OUTCOMES = 4
MOST_DECOMPOSED = 14
_QUANTITIES: tuple[tuple[TripQuantity, str], ...] = (("hours", "time"), ("usd_per_tonne", "cost"))


def sections(result: RunResult, *, view: BoundaryView = BoundaryView.UN) -> list[Section]:
    """Compose the page.

    Parameters
    ----------
    result
        The run.
    view
        Which boundaries the maps draw.
    """
    found = [
        Section("headline", "What the scenario does", (*_warnings(result), _sure(result))),
        Section("map", "The corridor", _map(result, view)),
        Section("trips", "Time and cost before and after", _trips(result)),
        Section("trade", "Trade of the focus pairs", (_pairs(result),)),
        Section("income", "Winners and losers", _income(result, view)),
        Section("integration", "Inside and outside", integration_parts(result, view)),
        Section("industries", "Industries", industry_parts(result)),
        Section("appraisal", "Is it worth its cost?", appraisal_parts(result)),
        Section("sensitivity", "What matters most", _sensitivity(result)),
        Section("baseline", "What is observed and what is imputed", _baseline(result)),
        Section("method", "How the numbers are made", _method(result)),
        Section("certificate", "Certificate", _certificate(result)),
        Section("sources", "Sources", _sources(result)),
    ]
    return [section for section in found if section.parts]


def _sources(result: RunResult) -> tuple[Part, ...]:
    columns = ("title", "publisher", "year", "licence", "url", "used_for")
    return (Part(tables=(page_table(result, "sources", columns=columns),)),)


def _sure(result: RunResult) -> Part:
    return Part(title="How sure is this?", sentences=tuple(how_sure(result)))


def _warnings(result: RunResult) -> tuple[Part, ...]:
    """Show what must be known before a number is used; nothing where there is nothing."""
    if not result.warnings:
        return ()
    return (Part(title="Warning", notes=result.warnings),)


def _caption(result: RunResult, words: str, basis: str = "model") -> str:
    return f"{words} Source: {source_line(result, basis)}"


def _map(result: RunResult, view: BoundaryView) -> tuple[Part, ...]:
    figure = Figure(
        region_map(result, view=view),
        "Map of the corridor",
        _caption(
            result,
            "Orange bands mark what the scenario builds, pale ones what it improves; the trips run "
            "on top. Colours show the change of real income. Point at a line, a mark or an economy "
            "to read more.",
        ),
    )
    measures = page_table(result, "measures", columns=("title", "kind", "what", "source"))
    alone = page_table(
        result,
        "attribution",
        columns=("title", "focus_income_percent", "focus_trade_million_usd", "world_million_usd"),
        empty="The scenario has fewer than two measures.",
    )
    tables = (measures, *_effects(result), *_constraints(result), alone, _agreements(result))
    return (Part(figures=(figure,), tables=tables),)


def _agreements(result: RunResult) -> PageTable:
    """Show what each part of agreements does."""
    columns = (
        "title", "counted", "focus_income_percent", "focus_income_percent_low",
        "focus_income_percent_high", "focus_revenue_million_usd", "world_million_usd",
    )  # fmt: skip
    return page_table(
        result, "agreement_parts", columns=columns, empty="The scenario signs no agreement."
    )


def _effects(result: RunResult) -> tuple[PageTable, ...]:
    """Show what new lines joined and which measures change nothing, where there are any."""
    held = result.tables()
    return tuple(
        page_table(result, name, columns=columns)
        for name, columns in SHOWN.items()
        if not held[name].empty
    )


def _constraints(result: RunResult) -> tuple[PageTable, ...]:
    """Show which relations bear on the measures; nothing where none does."""
    if result.constraints.empty:
        return ()
    columns = (
        "parties", "relation_kind", "measure", "effect", "left", "work_around", "explanation",
        "since",
    )  # fmt: skip
    return (page_table(result, "constraints", columns=columns),)


def _trips(result: RunResult) -> tuple[Part, ...]:
    if result.trips.empty:
        return (Part(sentences=("The scenario reports no trip.",)),)
    bars = tuple(
        Figure(
            trip_bars(result.trips, result.trip_legs, quantity=quantity),
            f"Chart: {words} of the trips before and after",
            _caption(
                result,
                f"{words.capitalize()} door to door by kind of leg on the way that is taken with "
                "every input at its centre; the whisker is the 90 percent band of the total."
                if result.draws
                else f"{words.capitalize()} by kind of leg.",
                "network",
            ),
        )
        for quantity, words in _QUANTITIES
    )
    names = ("origin", "destination")
    values = ("distance_km", "hours", "usd_per_tonne", "generalised_usd_per_tonne")
    columns = [*names, *(f"{value}_{stage}" for value in values for stage in ("before", "after"))]
    table = page_table(result, "trips", columns=columns, bands="left out")
    changes = page_table(
        result,
        "trips",
        columns=(*names, "hours_change", "usd_per_tonne_change", "generalised_change_percent"),
        key="trip-changes",
    )
    taken = page_table(
        result,
        "trip_ways",
        columns=(*names, "stage", "way", "share_of_draws", "central_run"),
    )
    ways = page_table(result, "trips", columns=(*names, "route_before", "route_after"), key="ways")
    return (
        Part(figures=bars, tables=(table, changes, taken)),
        *_profiles(result),
        Part(
            folded=(ways, page_table(result, "trip_legs")),
            folded_title="Ways and legs of every trip",
        ),
    )


def _profiles(result: RunResult) -> list[Part]:
    parts = []
    trips = zip(texts(result.trips, "origin"), texts(result.trips, "destination"), strict=True)
    for place, (origin, destination) in enumerate(trips):
        if place >= MOST_PROFILES or result.trip_legs.empty:
            break
        figures = tuple(
            Figure(
                profile(
                    result.trip_legs, origin, destination=destination, quantity=quantity,
                    key=f"profile-{place}-{words}",
                ),
                f"Chart: {words} along the way from {origin} to {destination}",
                f"{words.capitalize()} added up along the way; a vertical step is a stop.",
            )
            for quantity, words in _QUANTITIES
        )  # fmt: skip
        parts.append(Part(title=f"{origin} to {destination}", figures=figures, paired=True))
    return parts


def _pairs(result: RunResult) -> Part:
    if result.trade_pairs.empty:
        return Part(sentences=("The scenario names no focus pair.",))
    figure = Figure(
        focus_chart(result.trade_pairs),
        "Chart: change of trade of the focus pairs",
        _caption(
            result,
            "Grey: trade in the baseline and how it is known. A filled mark stands on a published "
            "baseline, a hollow one on an informed or imputed one. In brackets the 90 percent "
            "band."
            if result.draws
            else "Grey: trade in the baseline and how it is known. A "
            "filled mark stands on a published baseline, a hollow one on an imputed one.",
        ),
    )
    columns = (
        "exporter_name", "importer_name", "baseline_million_usd", "baseline_goods_million_usd",
        "status", "cost_change_percent", "change_percent", "change_million_usd",
    )  # fmt: skip
    basis = (
        "exporter_name", "importer_name", "baseline_million_usd", "sd_log", "status",
        "baseline_source",
    )  # fmt: skip
    return Part(
        sentences=("Each direction stands on its own: what one sells to the other.",),
        figures=(figure,),
        tables=(page_table(result, "trade_pairs", columns=columns),),
        folded=(page_table(result, "trade_pairs", columns=basis, key="pairs-basis"),),
        folded_title="Where the baseline of each flow comes from",
    )


def _income(result: RunResult, view: BoundaryView) -> tuple[Part, ...]:
    world = Figure(
        world_map(result.income, view=view),
        "Map: change of real income in the world",
        " ".join(map_notes(result)),
    )
    dots = Figure(
        income_chart(result.income, result.trade_pairs),
        "Chart: winners and losers",
        _caption(
            result,
            "Dots are gains, squares are losses. The panels have axes of their own, because the "
            "changes elsewhere are far smaller.",
        ),
    )
    parts = Figure(
        decomposition(result.income, _decomposed(result)),
        "Chart: what the change of real income is made of",
        _caption(
            result,
            "Every input at its centre. Trade creation: what cheaper access saves on purchases, on "
            "the trade there was and on the trade it creates; the only part that is a gain to the "
            "world. Trade diversion: what an economy gains or loses because importers switch "
            "between suppliers abroad. Terms of trade: the rest of the change of its own prices "
            "against those of its suppliers. The parts add up to the whole.",
        ),
    )
    columns = (
        "name", "real_income_percent", "million_usd", "probability_gain", "trade_creation_percent",
        "trade_diversion_percent", "terms_of_trade_percent", "transfer_percent", "gdp_million_usd",
    )  # fmt: skip
    count = len(result.income)
    return (
        Part(figures=(world, dots)),
        Part(title="What a gain is made of", figures=(parts,)),
        Part(
            folded=(
                page_table(result, "income", columns=columns),
                page_table(
                    result,
                    "totals",
                    columns=[name for name in result.totals.columns if name != "iso3"],
                ),
            ),
            folded_title=f"All {count} economies: real income, exports and imports",
        ),
    )


def _decomposed(result: RunResult) -> Sequence[str]:
    codes = texts(result.income, "iso3")
    size = np.nan_to_num(np.abs(numbers(result.income, "real_income_percent")))
    largest = [codes[row] for row in np.argsort(-size, kind="stable")]
    focus = [code for code in focus_codes(result.trade_pairs) if code in set(codes)]
    return list(dict.fromkeys([*focus, *largest]))[:MOST_DECOMPOSED]


def _sensitivity(result: RunResult) -> tuple[Part, ...]:
    flips = page_table(
        result,
        "flip",
        columns=("outcome", "title", "switching_value", "unit", "explanation"),
        empty="No single parameter, within its range, turns the sign of an outcome."
        if result.draws
        else "This run made no draws; it does not say which assumption turns a sign.",
    )
    importance = page_table(
        result,
        "importance",
        columns=("outcome", "title", "rank_correlation", "share_of_variance_percent"),
        empty="This run made no draws.",
    )
    outcomes = list(dict.fromkeys(texts(result.importance, "outcome")))[:MOST_OUTCOMES]
    figures = tuple(
        Figure(
            tornado(result.importance, outcome, key=f"tornado-{place}"),
            f"Chart: parameters that matter most for {outcome}",
            _caption(result, "Over the draws; teal raises the outcome, brown lowers it."),
        )
        for place, outcome in enumerate(outcomes)
    )
    matter = Part(title="Which parameters matter most", tables=(importance,))
    if figures:
        matter = replace(
            matter, figures=figures, tables=(), folded=(importance,),
            folded_title="Every parameter and outcome",
        )  # fmt: skip
    return (
        *_model_choices(result),
        Part(title="Which assumption turns a sign", tables=(flips,)),
        matter,
        Part(title="What was assumed", tables=(_parameters(result), *_replaced(result))),
    )


def _model_choices(result: RunResult) -> tuple[Part, ...]:
    """Show what the closure and the choice of ways do; nothing where they were not run."""
    if result.model_choices.empty:
        return ()
    columns = (
        "what", "option", "in_this_run", "focus_income_percent", "less_this_run_percent",
        "world_million_usd", "explanation",
    )  # fmt: skip
    table = page_table(result, "model_choices", columns=columns)
    return (Part(title="What the model itself does beside its parameters", tables=(table,)),)


def _parameters(result: RunResult) -> PageTable:
    return page_table(
        result,
        "parameters",
        columns=("title", "unit", "low", "central", "high", "distribution", "confidence", "source"),
    )


def _replaced(result: RunResult) -> tuple[PageTable, ...]:
    """Show what stands in the place of defaults; nothing where nothing does."""
    if result.replaced.empty:
        return ()
    columns = ("table", "row", "column", "default", "used", "from", "sha256")
    return (page_table(result, "replaced", columns=columns),)


def _baseline(result: RunResult) -> tuple[Part, ...]:
    quality = page_table(
        result,
        "baseline_quality",
        columns=("title", "cells", "share_of_trade_percent", "focus_cells"),
    )
    figures: tuple[Figure, ...] = ()
    if len(result.baseline_quality):
        figures = (
            Figure(
                quality_bar(result.baseline_quality),
                "Chart: what the baseline trade rests on",
                _caption(result, "Shares of the trade between economies.", "baseline"),
            ),
        )
    sentence = (
        "A published cell has a published partner share on at least one side. Imputed cells "
        "are estimated from totals and distance, and their bands are wide."
    )
    counts = page_table(result, "counts", empty="Nothing was imputed, dropped or clipped.")
    return (Part(sentences=(sentence,), figures=figures, tables=(quality, counts)),)


def _method(result: RunResult) -> tuple[Part, ...]:
    numeraire = result.numeraire[:1].upper() + result.numeraire[1:]
    facts = (
        ("Closure", f"{result.closure.capitalize()}: {result.closure_explained}."),
        ("Numeraire", f"{numeraire}. Real results do not depend on it."),
        ("How to read a band", reading_bands(result)),
    )
    sentence = (
        "The freight network gives time and money for each pair of economies, before and after. "
        "The change of cost enters the goods part of each flow. A one-sector model of world trade "
        "in general equilibrium then gives new trade, prices and real income, as ratios to the "
        "baseline."
    )
    notes = tuple(result.notes)
    return (Part(sentences=(sentence,), facts=facts, notes=notes),)


def _certificate(result: RunResult) -> tuple[Part, ...]:
    sentence = (
        "The solver hands over a certificate or no result at all. Every check compares what was "
        "found with the limit that is allowed."
    )
    return (Part(sentences=(sentence,), tables=(page_table(result, "certificate"),)),)
