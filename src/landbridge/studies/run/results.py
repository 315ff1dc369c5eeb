"""What a run hands to the report: tidy tables with units, the map's geometry, the certificate.

Every table is a pandas DataFrame with one measure in each column and the unit in its name. ``x`` is
the central run, every input at its centre. ``x_median``, ``x_low`` and ``x_high`` are the median,
the 5th and the 95th percentile of the draws, and money has ``x_mean`` besides. In lists of columns
below, (+draws) stands for all of these. Without draws they equal ``x`` and `RunResult.draws` is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from landbridge.brief import brief_repr
from landbridge.studies.carriage.of_run import RunFreight
from landbridge.studies.contract import Provenance
from landbridge.studies.run.model_choices import CHOICES_COLUMNS
from landbridge.studies.run.trip_ways import WAYS_COLUMNS

SIGNED_PARTS: Final = ["part", "title", "counted"]
"""First columns of the table of what agreements do."""
IDLE: Final = ["measure", "title", "reason"]
"""Columns of the table of measures that change nothing."""


@dataclass(frozen=True)
class MapLine:
    """One line on the map.

    Attributes
    ----------
    name
        What a reader sees when pointing at it.
    mode
        ``rail``, ``road``, ``sea``, ``ferry``, ``terminal``.
    change
        ``existing``, ``new``, ``improved``, ``closed``.
    points
        (longitude, latitude) pairs, degrees.
    route
        ``""``, ``"before"``, ``"after"`` or ``"both"``: part of a reported trip.
    """

    name: str
    mode: str
    change: str
    points: tuple[tuple[float, float], ...]
    route: str = ""


@dataclass(frozen=True)
class MapPoint:
    """One point on the map: a city, a port, a crossing or a terminal."""

    name: str
    kind: str
    change: str
    longitude: float
    latitude: float
    detail: str = ""


@dataclass(frozen=True, repr=False)
class RunResult:
    """All that one run found.

    Attributes
    ----------
    headline
        Sentences in plain words, most important first.
    warnings
        What must be known before any number is used: how far the freight model is off at what the
        scenario touches.
    income
        One row an economy: iso3, name, real_income_percent (of GDP; +draws), million_usd
        (+draws), probability_gain (ratio; missing without draws), trade_creation_percent,
        trade_diversion_percent, terms_of_trade_percent, transfer_percent, tariff_revenue_percent
        (parts of real income), tariff_revenue_change_million_usd (+draws), gdp_million_usd,
        population.
    trade_pairs
        One row a pair of the scenario's focus (both directions): exporter, importer,
        exporter_name, importer_name, baseline_million_usd, baseline_goods_million_usd, status,
        baseline_source, sd_log, change_percent (+draws), change_million_usd (+draws),
        cost_change_percent (trade cost of goods, ad valorem).
    totals
        One row an economy: iso3, name, exports_million_usd, exports_change_percent
        (+draws), imports_million_usd, imports_change_percent (+draws).
    trips
        One row a reported trip: origin, destination, distance_km_before, distance_km_after,
        hours_before (+draws), hours_after, usd_per_tonne_before, usd_per_tonne_after,
        generalised_usd_per_tonne_before, ..._after (+draws each), hours_change,
        usd_per_tonne_change, generalised_change_percent (+draws each; after less before, draw by
        draw), route_before, route_after (text, of the central run).
    trip_ways
        One row a trip, stage and way: see `landbridge.studies.run.trip_ways`.
    trip_legs
        One row a leg: origin, destination, stage (before or after), sequence, kind, mode, name,
        from_name, to_name, km, hours, usd_per_tonne, cumulative_km, cumulative_hours,
        cumulative_usd_per_tonne, source, confidence.
    measures
        One row a measure: id, kind, title, what, source.
    joins
        One row an end of a new line, or a place on its way: measure, title, line, mode, part
        (start, between, end), km_along (the line), joined (place, link, line, or new where it
        joined nothing), joined_name (the nearest where it joined nothing), km_away, to_km (along
        the link that it joined), longitude, latitude, warning. Empty where no line is built.
    idle
        One row a measure that changes no cost of trade: measure, title, reason. Mostly empty.
    parameters
        One row a parameter: name, title, unit, low, central, high, distribution, source.
    importance
        One row a parameter and outcome: outcome, parameter, title, rank_correlation,
        share_of_variance_percent. Empty without draws.
    baseline_quality
        One row a status: status, title, cells, share_of_trade_percent, focus_cells.
    certificate
        One row a check: check, value, limit, unit, passed (bool).
    counts
        One row a thing imputed, dropped, clipped or not covered: what, count, of, explanation.
    sources
        One row a source: id, title, publisher, year, licence, url, used_for.
    flip
        One row an outcome whose sign depends on a parameter: outcome, parameter, title,
        switching_value, unit, explanation. Empty when nothing flips.
    replaced
        One row a cell of the tables of defaults that the user's files, or a year of observation,
        replaced: table, row, column, default, used, from, sha256 (of the file). Mostly empty.
    attribution
        One row a measure made alone, then all together and the rest: measure, title,
        focus_income_percent (of GDP), focus_trade_million_usd, world_million_usd. Empty for
        fewer than two measures.
    model_choices
        The band of the draws, then one row a closure and a model of choice: see
        `landbridge.studies.run.model_choices`. Empty without draws.
    agreement_parts
        One row a part of what agreements do, each on top of the one before: part, title, counted
        (whether it is in the result), focus_income_percent (of GDP), focus_trade_million_usd,
        focus_revenue_million_usd (tariffs), world_million_usd, each +draws. Empty where
        nothing is signed.
    constraints
        One row a measure and political relation that bears on it: measure, title, relation,
        relation_kind, act, parties, effect (``blocked``, ``ignored``, ``assumed lifted``,
        ``in part``, ``bears on others``), flows_blocked, flows_of_measure, left, work_around,
        explanation, since, source, confidence, note.
    industries
        Tables of a run by industry, by name (see `landbridge.studies.industries.tables`); empty
        otherwise.
    appraisal
        Tables of the cost-benefit analysis, by name; empty where no measure has a cost.
    integration
        Tables of the integration effects, by name (see `landbridge.studies.run.integration`), and
        of the gains by centre (``regions``, see `landbridge.studies.run.regions`).
    freight
        Flows of freight before and after, where they were asked for: tables ``freight_mode_split``
        (a row a class of cargo and mode) and ``freight_elements`` (a row a link, crossing, port or
        passage), million tonnes, USD and TEU a year, and layers for a map.
    provenance
        What it was made from: hashes of the scenario and of the user's files, what was completed.
    """

    scenario_name: str
    scenario_title: str
    scenario_summary: str
    scenario_date: str
    scenario_sha256: str
    version: str
    baseline_year: int
    closure: str
    closure_explained: str
    numeraire: str
    draws: int
    seed: int
    headline: tuple[str, ...]
    income: pd.DataFrame
    trade_pairs: pd.DataFrame
    totals: pd.DataFrame
    trips: pd.DataFrame
    trip_legs: pd.DataFrame
    measures: pd.DataFrame
    parameters: pd.DataFrame
    importance: pd.DataFrame
    baseline_quality: pd.DataFrame
    certificate: pd.DataFrame
    counts: pd.DataFrame
    sources: pd.DataFrame
    flip: pd.DataFrame
    attribution: pd.DataFrame
    lines: tuple[MapLine, ...] = field(default=())
    points: tuple[MapPoint, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())
    agreement_parts: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=SIGNED_PARTS)
    )
    joins: pd.DataFrame = field(default_factory=pd.DataFrame)
    idle: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=IDLE))
    warnings: tuple[str, ...] = field(default=())
    replaced: pd.DataFrame = field(default_factory=pd.DataFrame)
    constraints: pd.DataFrame = field(default_factory=pd.DataFrame)
    industries: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    trip_ways: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=WAYS_COLUMNS))
    model_choices: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=CHOICES_COLUMNS)
    )
    appraisal: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    integration: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    freight: RunFreight | None = None
    provenance: Provenance | None = None

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Gather every table by its name, in the order in which a reader wants them."""
        return {
            "income": self.income,
            "trade_pairs": self.trade_pairs,
            "totals": self.totals,
            "trips": self.trips,
            "trip_ways": self.trip_ways,
            "trip_legs": self.trip_legs,
            "measures": self.measures,
            "joins": self.joins,
            "idle": self.idle,
            "constraints": self.constraints,
            "attribution": self.attribution,
            "agreement_parts": self.agreement_parts,
            "parameters": self.parameters,
            "replaced": self.replaced,
            "importance": self.importance,
            "flip": self.flip,
            "model_choices": self.model_choices,
            "baseline_quality": self.baseline_quality,
            "certificate": self.certificate,
            "counts": self.counts,
            "sources": self.sources,
            **self.industries,
            **self.integration,
            **self.appraisal,
            **({} if self.freight is None else self.freight.tables),
        }

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)
