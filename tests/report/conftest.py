"""A run made up for these tests: the shape of a real one, no number of it means anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landbridge.studies.run.results import MapLine, MapPoint, RunResult

SEED = 20
ECONOMIES = {
    "AFG": ("Afghanistan", 17_000, 41e6),
    "PAK": ("Pakistan", 338_000, 240e6),
    "UZB": ("Uzbekistan", 91_000, 36e6),
    "KAZ": ("Kazakhstan", 261_000, 20e6),
    "KGZ": ("Kyrgyzstan", 14_000, 7e6),
    "TJK": ("Tajikistan", 12_000, 10e6),
    "TKM": ("Turkmenistan", 60_000, 7e6),
    "RUS": ("Russia", 2_021_000, 144e6),
    "CHN": ("China", 17_795_000, 1410e6),
    "IND": ("India", 3_550_000, 1428e6),
    "IRN": ("Iran", 402_000, 89e6),
    "TUR": ("Türkiye", 1_108_000, 85e6),
    "ARE": ("United Arab Emirates", 504_000, 10e6),
    "SAU": ("Saudi Arabia", 1_068_000, 37e6),
    "QAT": ("Qatar", 213_000, 3e6),
    "OMN": ("Oman", 108_000, 5e6),
    "IRQ": ("Iraq", 251_000, 45e6),
    "AZE": ("Azerbaijan", 72_000, 10e6),
    "GEO": ("Georgia", 31_000, 4e6),
    "ARM": ("Armenia", 24_000, 3e6),
    "BLR": ("Belarus", 72_000, 9e6),
    "UKR": ("Ukraine", 179_000, 37e6),
    "DEU": ("Germany", 4_526_000, 84e6),
    "FRA": ("France", 3_031_000, 68e6),
    "GBR": ("United Kingdom", 3_340_000, 68e6),
    "ITA": ("Italy", 2_255_000, 59e6),
    "POL": ("Poland", 811_000, 37e6),
    "USA": ("United States", 27_361_000, 335e6),
    "CAN": ("Canada", 2_140_000, 40e6),
    "BRA": ("Brazil", 2_174_000, 216e6),
    "ZAF": ("South Africa", 378_000, 60e6),
    "EGY": ("Egypt", 396_000, 113e6),
    "JPN": ("Japan", 4_213_000, 124e6),
    "KOR": ("Korea, Republic of", 1_713_000, 52e6),
    "IDN": ("Indonesia", 1_371_000, 278e6),
    "BGD": ("Bangladesh", 437_000, 173e6),
    "LKA": ("Sri Lanka", 84_000, 22e6),
    "MNG": ("Mongolia", 20_000, 3e6),
    "SGP": ("Singapore", 501_000, 6e6),
    "AUS": ("Australia", 1_724_000, 27e6),
    "XKX": ("Kosovo", 10_000, 2e6),
}
NEAR = {
    "AFG": 2.4, "UZB": 0.61, "TJK": 0.48, "PAK": 0.22, "KGZ": 0.19, "TKM": 0.11, "KAZ": 0.04,
    "RUS": 0.003, "IRN": -0.031, "TUR": -0.004, "GEO": -0.011, "AZE": -0.008, "ARE": -0.002,
}  # fmt: skip
CENTRAL = ("UZB", "KAZ", "KGZ", "TJK", "TKM", "AFG", "RUS")


MIDDLE = 1.05  # the median of the made-up draws over the central run


def _banded(frame: pd.DataFrame, column: str, spread: pd.Series | float, draws: int) -> None:
    frame[f"{column}_median"] = frame[column] * (MIDDLE if draws else 1)
    if "million_usd" in column:
        frame[f"{column}_mean"] = frame[f"{column}_median"] * MIDDLE
    frame[f"{column}_low"] = frame[column] - (spread if draws else 0)
    frame[f"{column}_high"] = frame[column] + (spread if draws else 0)


def make_income(draws: int) -> pd.DataFrame:
    """Build the table of economies."""
    rng = np.random.default_rng(SEED)
    rows = []
    for iso3, (name, gdp, people) in ECONOMIES.items():
        change = NEAR.get(iso3, float(rng.normal(-0.0002, 0.0006)))
        rows.append((iso3, name, change, gdp * change / 100, gdp, people))
    frame = pd.DataFrame(
        rows,
        columns=["iso3", "name", "real_income_percent", "million_usd", "gdp_million_usd",
                 "population"],
    )  # fmt: skip
    moved = frame["real_income_percent"]
    _banded(frame, "real_income_percent", moved.abs() * 0.55, draws)
    _banded(frame, "million_usd", frame["million_usd"].abs() * 0.55, draws)
    frame["probability_gain"] = np.where(moved > 0, 0.97, 0.04) if draws else np.nan
    frame["trade_creation_percent"] = moved.abs() * 1.2
    frame["terms_of_trade_percent"] = moved * 0.25
    frame["trade_diversion_percent"] = (
        moved - frame["trade_creation_percent"] - frame["terms_of_trade_percent"]
    )
    return frame


def make_pairs(draws: int) -> pd.DataFrame:
    """Build the table of the focus pairs."""
    rng = np.random.default_rng(SEED + 1)
    rows = []
    base = {"UZB": 110, "KAZ": 190, "KGZ": 9, "TJK": 38, "TKM": 22, "AFG": 900, "RUS": 420}
    for partner in CENTRAL:
        for exporter, importer in (("PAK", partner), (partner, "PAK")):
            size = base[partner] * float(rng.uniform(0.4, 1.1))
            change = 4.0 if partner == "RUS" else float(rng.uniform(9, 60))
            rows.append(
                (exporter, importer, ECONOMIES[exporter][0], ECONOMIES[importer][0], size,
                 size * 0.8, "published" if partner in {"AFG", "UZB"} else "imputed",
                 0.25 if partner in {"AFG", "UZB"} else 0.7, change, size * change / 100,
                 -change / 5)
            )  # fmt: skip
    frame = pd.DataFrame(
        rows,
        columns=["exporter", "importer", "exporter_name", "importer_name", "baseline_million_usd",
                 "baseline_goods_million_usd", "status", "sd_log", "change_percent",
                 "change_million_usd", "cost_change_percent"],
    )  # fmt: skip
    _banded(frame, "change_percent", frame["change_percent"] * 0.45, draws)
    _banded(frame, "change_million_usd", frame["change_million_usd"] * 0.6, draws)
    return frame


def make_totals(draws: int) -> pd.DataFrame:
    """Build the table of exports and imports."""
    frame = pd.DataFrame(
        [(iso3, name, gdp * 0.3, NEAR.get(iso3, 0.001) * 3, gdp * 0.28, NEAR.get(iso3, 0.001) * 2)
         for iso3, (name, gdp, _) in ECONOMIES.items()],
        columns=["iso3", "name", "exports_million_usd", "exports_change_percent",
                 "imports_million_usd", "imports_change_percent"],
    )  # fmt: skip
    _banded(frame, "exports_change_percent", frame["exports_change_percent"].abs() * 0.5, draws)
    _banded(frame, "imports_change_percent", frame["imports_change_percent"].abs() * 0.5, draws)
    return frame


Leg = tuple[str, str, str, float, float, float]
LEGS: dict[tuple[str, str, str], list[Leg]] = {
    ("Tashkent", "Karachi", "before"): [
        ("rail", "rail", "Tashkent - Sarakhs", 1180, 58, 34),
        ("crossing", "rail", "Sarakhs", 0, 46, 6),
        ("gauge_break", "rail", "Sarakhs change of gauge", 0, 24, 7),
        ("rail", "rail", "Sarakhs - Bandar Abbas", 1480, 62, 41),
        ("port", "terminal", "Bandar Abbas", 0, 96, 14),
        ("sea", "sea", "Bandar Abbas - Karachi", 1190, 55, 9),
        ("port", "terminal", "Karachi", 0, 72, 12),
    ],
    ("Tashkent", "Karachi", "after"): [
        ("rail", "rail", "Tashkent - Termez", 710, 30, 20),
        ("crossing", "rail", "Hairatan", 0, 14, 4),
        ("rail", "rail", "Hairatan - Kharlachi", 573, 21, 19),
        ("crossing", "rail", "Kharlachi", 0, 18, 5),
        ("gauge_break", "rail", "Kharlachi change of gauge", 0, 24, 7),
        ("rail", "rail", "Kharlachi - Karachi", 1620, 44, 38),
    ],
    ("Moscow", "Lahore", "before"): [
        ("rail", "rail", "Moscow - Novorossiysk", 1510, 66, 32),
        ("port", "terminal", "Novorossiysk", 0, 110, 16),
        ("sea", "sea", "Novorossiysk - Karachi", 6900, 310, 24),
        ("port", "terminal", "Karachi", 0, 72, 12),
        ("road", "road", "Karachi - Lahore", 1240, 34, 46),
    ],
    ("Moscow", "Lahore", "after"): [
        ("rail", "rail", "Moscow - Termez", 3720, 140, 84),
        ("crossing", "rail", "Hairatan", 0, 14, 4),
        ("rail", "rail", "Hairatan - Kharlachi", 573, 21, 19),
        ("crossing", "rail", "Kharlachi", 0, 18, 5),
        ("gauge_break", "rail", "Kharlachi change of gauge", 0, 24, 7),
        ("rail", "rail", "Kharlachi - Lahore", 640, 20, 16),
    ],
    ("Kabul", "Karachi", "before"): [
        ("road", "road", "Kabul - Torkham", 225, 9, 17),
        ("crossing", "road", "Torkham", 0, 24.2, 12),
        ("road", "road", "Torkham - Karachi", 1480, 42, 55),
    ],
    ("Kabul", "Karachi", "after"): [
        ("rail", "rail", "Kabul - Kharlachi", 240, 9, 8),
        ("crossing", "rail", "Kharlachi", 0, 12, 5),
        ("gauge_break", "rail", "Kharlachi change of gauge", 0, 24, 7),
        ("rail", "rail", "Kharlachi - Karachi", 1620, 44, 38),
    ],
}


def make_legs() -> pd.DataFrame:
    """Build the table of legs."""
    rows = []
    for (origin, destination, stage), legs in LEGS.items():
        km = hours = usd = 0.0
        for sequence, (kind, mode, name, leg_km, leg_hours, leg_usd) in enumerate(legs, 1):
            km, hours, usd = km + leg_km, hours + leg_hours, usd + leg_usd
            start, _, end = name.partition(" - ")
            rows.append(
                (origin, destination, stage, sequence, kind, mode, name, start, end or start,
                 leg_km, leg_hours, leg_usd, km, hours, usd, "made up", "recalled")
            )  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["origin", "destination", "stage", "sequence", "kind", "mode", "name", "from_name",
                 "to_name", "km", "hours", "usd_per_tonne", "cumulative_km", "cumulative_hours",
                 "cumulative_usd_per_tonne", "source", "confidence"],
    )  # fmt: skip


def make_trips(draws: int) -> pd.DataFrame:
    """Build the table of trips."""
    rows = []
    for origin, destination in dict.fromkeys(key[:2] for key in LEGS):
        row: dict[str, object] = {"origin": origin, "destination": destination}
        for stage in ("before", "after"):
            legs = LEGS[origin, destination, stage]
            km, hours, usd = (sum(column) for column in list(zip(*legs, strict=True))[3:])
            row[f"distance_km_{stage}"] = float(km)
            for name, value in (
                ("hours", hours),
                ("usd_per_tonne", usd),
                ("generalised_usd_per_tonne", usd + hours * 0.6),
            ):
                row[f"{name}_{stage}"] = float(value)
                row[f"{name}_{stage}_low"] = value * (0.75 if draws else 1.0)
                row[f"{name}_{stage}_high"] = value * (1.4 if draws else 1.0)
            row[f"route_{stage}"] = "; ".join(leg[2] for leg in legs)
        rows.append(row)
    return pd.DataFrame(rows)


LINES = (
    MapLine("Moscow - Aktobe - Tashkent", "rail", "existing",
            ((37.6, 55.75), (45.0, 53.2), (55.1, 51.8), (57.2, 50.3), (61.7, 46.8), (65.5, 44.8),
             (69.28, 41.31)), "after"),
    MapLine("Tashkent - Samarkand - Termez", "rail", "existing",
            ((69.28, 41.31), (66.96, 39.65), (66.9, 38.3), (67.28, 37.22)), "after"),
    MapLine("Tashkent - Bukhara - Sarakhs", "rail", "existing",
            ((69.28, 41.31), (66.96, 39.65), (64.4, 39.77), (61.8, 37.6), (61.15, 36.54)),
            "before"),
    MapLine("Sarakhs - Bandar Abbas", "rail", "existing",
            ((61.15, 36.54), (59.6, 36.3), (57.0, 33.6), (55.4, 31.6), (56.3, 27.2)), "before"),
    MapLine("Bandar Abbas - Karachi", "sea", "existing",
            ((56.3, 27.1), (56.6, 26.3), (58.5, 25.0), (63.0, 24.6), (66.97, 24.81)), "before"),
    MapLine("Termez - Hairatan - Mazar-i-Sharif", "rail", "improved",
            ((67.28, 37.22), (67.42, 37.2), (67.1, 36.7)), "after"),
    MapLine("Trans-Afghan railway", "rail", "new",
            ((67.1, 36.7), (68.0, 36.2), (69.0, 35.0), (69.2, 34.5), (69.2, 34.0), (70.1, 33.8)),
            "after"),
    MapLine("Kharlachi - Peshawar - Lahore", "rail", "new",
            ((70.1, 33.8), (71.5, 34.0), (73.05, 33.6), (74.34, 31.55)), "after"),
    MapLine("ML-1 Lahore - Karachi", "rail", "improved",
            ((74.34, 31.55), (71.5, 30.2), (68.9, 27.7), (68.4, 25.4), (66.97, 24.85)), "after"),
    MapLine("Quetta - Taftan", "rail", "existing", ((67.0, 30.2), (64.4, 28.9), (61.6, 28.98))),
    MapLine("Karakoram Highway", "road", "existing",
            ((75.99, 39.47), (75.42, 36.85), (74.3, 35.9), (73.05, 33.7))),
    MapLine("Kabul - Torkham - Peshawar", "road", "existing",
            ((69.2, 34.5), (71.09, 34.12), (71.5, 34.0)), "both"),
)  # fmt: skip
POINTS = (
    MapPoint("Moscow", "city", "existing", 37.6, 55.75),
    MapPoint("Tashkent", "city", "existing", 69.28, 41.31),
    MapPoint("Kabul", "city", "existing", 69.2, 34.5),
    MapPoint("Peshawar", "city", "existing", 71.5, 34.0),
    MapPoint("Lahore", "city", "existing", 74.34, 31.55),
    MapPoint("Karachi", "port", "existing", 66.97, 24.81),
    MapPoint("Gwadar", "port", "existing", 62.3, 25.1),
    MapPoint("Bandar Abbas", "port", "existing", 56.3, 27.15),
    MapPoint("Hairatan", "crossing", "improved", 67.42, 37.2, "24 to 14 hours"),
    MapPoint("Kharlachi", "crossing", "new", 70.1, 33.8, "new rail crossing, 18 hours"),
    MapPoint("Torkham", "crossing", "existing", 71.09, 34.12, "24.2 hours outbound"),
    MapPoint("Sarakhs", "terminal", "existing", 61.15, 36.54, "change of gauge"),
)


def _parameters() -> pd.DataFrame:
    rows = [
        ("trade_elasticity", "Trade elasticity", "ratio", 3.0, 5.0, 8.0, "triangular",
         "made up for tests"),
        ("value_of_time", "Value of time", "percent of value a day", 0.6, 0.8, 2.1, "triangular",
         "made up for tests"),
        ("rail_usd_per_tkm", "Rail cost", "USD per tonne-km", 0.02, 0.035, 0.06, "lognormal",
         "made up for tests"),
        ("crossing_hours", "Crossing times", "ratio", 0.5, 1.0, 2.0, "lognormal",
         "made up for tests"),
        ("construction_speed", "Speed on the new railway", "km an hour", 30, 50, 80, "triangular",
         "made up for tests"),
        ("baseline_cells", "Baseline trade cells", "log points", -0.7, 0.0, 0.7, "normal",
         "made up for tests"),
    ]  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["name", "title", "unit", "low", "central", "high", "distribution", "source"],
    )


def _importance(draws: int) -> pd.DataFrame:
    columns = ["outcome", "parameter", "title", "rank_correlation", "share_of_variance_percent"]
    if not draws:
        return pd.DataFrame(columns=columns)
    shares = {"trade_elasticity": (0.71, 48), "baseline_cells": (0.42, 22),
              "rail_usd_per_tkm": (-0.36, 14), "crossing_hours": (0.22, 6),
              "value_of_time": (0.19, 5), "construction_speed": (0.08, 0.7)}  # fmt: skip
    titles = dict(zip(_parameters()["name"], _parameters()["title"], strict=True))
    return pd.DataFrame(
        [(outcome, name, titles[name], corr * sign, share)
         for outcome, sign in (("Pakistan: real income", 1), ("Uzbekistan: real income", 1),
                               ("Iran: real income", -1))
         for name, (corr, share) in shares.items()],
        columns=columns,
    )  # fmt: skip


def _flip(draws: int) -> pd.DataFrame:
    columns = ["outcome", "parameter", "title", "switching_value", "unit", "explanation"]
    rows = [
        ("Russia: real income", "rail_usd_per_tkm", "Rail cost", 0.052, "USD per tonne-km",
         "Above 0.052 USD per tonne-km on the new line, freight from Russia stays at sea."),
    ]  # fmt: skip
    return pd.DataFrame(rows if draws else [], columns=columns)


def _model_choices(draws: int) -> pd.DataFrame:
    columns = [
        "what", "option", "in_this_run", "focus_income_percent", "focus_income_percent_median",
        "focus_income_percent_low", "focus_income_percent_high", "focus_million_usd",
        "world_million_usd", "less_this_run_percent", "explanation",
    ]  # fmt: skip
    none = np.nan
    rows = [
        ("draws", "all", True, 0.05, 0.06, 0.03, 0.09, 160.0, 780.0, 0.01, "the band"),
        ("closure", "purged", True, 0.05, none, none, none, 160.0, 780.0, 0.0, "of the run"),
        ("closure", "additive", False, none, none, none, none, none, none, none, "no answer"),
        ("choice", "least", False, 0.07, none, none, none, 250.0, 660.0, 0.02, "least cost"),
    ]
    return pd.DataFrame(rows if draws else [], columns=columns)


def make_result(draws: int = 200) -> RunResult:
    """Build the whole run."""
    return RunResult(
        scenario_name="n-cpec-plus",
        scenario_title="N-CPEC+: a railway from Termez to Peshawar",
        scenario_summary=(
            "A trans-Afghan railway from Termez by Kabul to Kharlachi, its extension in Pakistan, "
            "the upgrade of ML-1, and crossing times brought to a stated level."
        ),
        scenario_date="2030-01-01",
        scenario_sha256="3f" * 32,
        version="0.1.0",
        baseline_year=2023,
        closure="purged",
        closure_explained=(
            "Trade imbalances are removed from the baseline before the change is applied, so that "
            "no economy lives on a transfer that the model would have to explain."
        ),
        numeraire="World gross output is held fixed.",
        draws=draws,
        seed=1,
        headline=(
            "Pakistan's exports to Uzbekistan rise by 38 percent (20 to 56).",
            "Real income rises by 2.4 percent in Afghanistan and 0.61 percent in Uzbekistan.",
            "Iran loses 0.031 percent: part of Central Asia's freight leaves Bandar Abbas.",
        ),
        income=make_income(draws),
        trade_pairs=make_pairs(draws),
        totals=make_totals(draws),
        trips=make_trips(draws),
        trip_legs=make_legs(),
        measures=pd.DataFrame(
            [("m1", "build_link", "Trans-Afghan railway", "573 km of 1,520 mm gauge, 50 km an hour",
              "made up for tests, https://example.org/railway"),
             ("m2", "change_crossing", "Hairatan", "46 to 14 hours", "made up for tests")],
            columns=["id", "kind", "title", "what", "source"],
        ),
        parameters=_parameters(),
        importance=_importance(draws),
        baseline_quality=pd.DataFrame(
            [("domestic", "Sales at home", 41, 0.0, 0),
             ("recorded_twice", "Recorded by both", 700, 60.0, 3),
             ("recorded_once", "Recorded by one", 200, 18.0, 1),
             ("published", "Published elsewhere", 300, 13.0, 0),
             ("carried", "Carried forward", 10, 1.0, 2), ("imputed", "Imputed", 388, 7.6, 8),
             ("override", "Set by hand", 2, 0.4, 0)],
            columns=["status", "title", "cells", "share_of_trade_percent", "focus_cells"],
        ),
        constraints=pd.DataFrame(
            {
                "measure": ["m1"],
                "title": ["A measure"],
                "relation": ["somebody-objects"],
                "relation_kind": ["non_recognition"],
                "act": ["formal_agreement"],
                "parties": ["Armenia - Pakistan"],
                "effect": ["blocked"],
                "flows_blocked": [2],
                "flows_of_measure": [10],
                "left": ["8 of 10 flows"],
                "work_around": ["bilateral instead of bloc-wide"],
                "explanation": ["Each that can sign signs."],
                "since": ["1991-12-25"],
                "source": ["made up"],
                "confidence": ["recalled"],
                "note": [""],
            }
        ),
        attribution=pd.DataFrame(
            [("rail", "The railway", 0.02, 100.0, 150.0), ("all", "All", 0.02, 100.0, 150.0)],
            columns=[
                "measure", "title", "focus_income_percent", "focus_trade_million_usd",
                "world_million_usd",
            ],
        ),
        trip_ways=pd.DataFrame(
            [("Moscow", "Karachi", "before", "rail RUS, sea", 0.46, True),
             ("Moscow", "Karachi", "after", "rail RUS-KAZ-UZB-AFG-PAK", 0.33, True),
             ("Moscow", "Karachi", "after", "3 other ways", 0.67, False)],
            columns=["origin", "destination", "stage", "way", "share_of_draws", "central_run"],
        ),
        model_choices=_model_choices(draws),
        joins=pd.DataFrame(
            [("m1", "Trans-Afghan railway", "line-1", "rail", "start", 0.0, "place", "Kabul", 0.3,
              np.nan, 69.17, 34.53, ""),
             ("m1", "Trans-Afghan railway", "line-1", "rail", "end", 129.0, "link",
              "the rail Samarkand - Karshi", 1.2, 60.0, 66.2, 39.3, "a warning")],
            columns=["measure", "title", "line", "mode", "part", "km_along", "joined",
                     "joined_name", "km_away", "to_km", "longitude", "latitude", "warning"],
        ),
        idle=pd.DataFrame(
            [("m2", "A road that nobody takes", "no line leads to the mine")],
            columns=["measure", "title", "reason"],
        ),
        replaced=pd.DataFrame(
            [("crossings", "torkham-road", "hours_forward", "48.40", "10", "my.csv", "0" * 64)],
            columns=["table", "row", "column", "default", "used", "from", "sha256"],
        ),
        certificate=pd.DataFrame(
            [("largest residual of market clearing", 3.1e-14, 1e-10, "ratio", True),
             ("Newton steps", 5.0, 200.0, "steps", True),
             ("welfare by two formulas", 2e-13, 1e-9, "ratio", True)],
            columns=["check", "value", "limit", "unit", "passed"],
        ),
        counts=pd.DataFrame(
            [("cells imputed", 388, 1600, "No partner share is published on either side."),
             ("goods shares imputed", 9, 41, "Estimated from income and resources.")],
            columns=["what", "count", "of", "explanation"],
        ),
        sources=pd.DataFrame(
            [("factbook", "The World Factbook", "CIA", 2024, "public domain",
              "https://www.cia.gov/the-world-factbook/", "totals and partner shares"),
             ("icio", "Inter-Country Input-Output Tables", "OECD", 2023, "CC BY 4.0",
              "https://www.oecd.org/sti/ind/inter-country-input-output-tables.htm",
              "pairs and output per GDP")],
            columns=["id", "title", "publisher", "year", "licence", "url", "used_for"],
        ),
        flip=_flip(draws),
        lines=LINES,
        points=POINTS,
        notes=("Services are not touched by freight costs.",),
    )  # fmt: skip


@pytest.fixture(scope="session")
def result() -> RunResult:
    """Return a run with draws."""
    return make_result()


@pytest.fixture(scope="session")
def result_without_draws() -> RunResult:
    """Return a run without draws."""
    return make_result(draws=0)


@pytest.fixture(scope="session")
def make() -> Callable[..., RunResult]:
    """Return the maker of runs; keyword arguments replace fields."""

    def build(**fields: object) -> RunResult:
        return replace(make_result(), **fields)

    return build
