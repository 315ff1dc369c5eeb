"""Gains by centre: they add up to the economy, follow access, and are told for what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from landbridge.basis import embedded_basis
from landbridge.scenarios.reading import parse_scenario
from landbridge.studies.run.regions import NOTE, regions_table
from landbridge.studies.run.running import DrawnRun, draw_scenario
from landbridge.units import PERCENT

pytestmark = pytest.mark.unit
CLOSE = 1e-9  # Million USD: sums of a few centres.
HEAD = """
format = 1
name = "toy"
title = "Toy"
summary = "The main line."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB", "AFG"]
"""
RAIL = """
[[measures]]
id = "rail"
kind = "build_project"
title = "The railway"
source = "none"
project = "ml-1"
"""


def ran(text: str, draws: int = 0) -> DrawnRun:
    scenario = parse_scenario(text, where="toy.toml")
    return draw_scenario(embedded_basis(), scenario, draws=draws, seed=1, jobs=1)


@pytest.fixture(scope="module")
def run() -> DrawnRun:
    return ran(HEAD + RAIL, draws=2)


@pytest.fixture(scope="module")
def table(run: DrawnRun) -> pd.DataFrame:
    return regions_table(run)


@pytest.mark.slow
def test_centres_add_up_to_their_economy(run: DrawnRun, table: pd.DataFrame) -> None:
    world = run.inputs.world
    money = world.gdp_million_usd / PERCENT
    central = run.central.outcome.real_income_percent * money
    mean = run.drawn.real_income_percent.mean(axis=0) * money
    sums = table.groupby("iso3")[["million_usd", "million_usd_mean", "people_percent"]].sum()
    at = [world.index(code) for code in sums.index]
    assert_allclose(sums["million_usd"], central[at], atol=CLOSE)
    assert_allclose(sums["million_usd_mean"], mean[at], atol=CLOSE)
    assert_allclose(sums["people_percent"], 100.0)
    assert (table.groupby("iso3").size() > 1).all()


@pytest.mark.slow
def test_centres_on_the_line_gain_by_access(table: pd.DataFrame) -> None:
    mine = table[table["iso3"] == "PAK"].set_index("centre")
    assert table["iso3"].iloc[0] == "PAK"
    # The line runs from Karachi to Peshawar: goods of the north save more a head than the port's.
    assert mine.loc["Lahore", "real_income_percent"] > mine.loc["Karachi", "real_income_percent"]
    assert (mine["by_access_million_usd"] > 0).all()
    assert set(table["iso3"]) >= {"PAK", "KAZ", "UZB", "CHN", "IND", "RUS", "IRN"}
    assert "downscaling" in NOTE


@pytest.mark.slow
def test_no_measures_give_no_centre_anything() -> None:
    found = regions_table(ran(HEAD))
    assert (found["by_access_million_usd"] == 0).all()
    assert np.abs(found["million_usd"]).max() < 1e-6  # The rounding of the solver.
