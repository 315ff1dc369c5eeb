"""The appraisal of a whole run: lines and economies add up, and what is not in is named."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from landbridge.basis import embedded_basis
from landbridge.scenarios.reading import parse_scenario
from landbridge.studies.cba.benefits import AT_RAILS
from landbridge.studies.cba.scenario_appraisal import with_appraisal
from landbridge.studies.run.running import draw_scenario, result_of

MAIN_LINE = """
format = 1
name = "main-line"
title = "The main line alone"
summary = "ML-1 without anything else."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB"]

[[measures]]
id = "rail"
kind = "build_project"
title = "The railway"
source = "none"
project = "ml-1"
"""


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.night
def test_the_lines_of_a_run_add_up_over_lines_and_economies() -> None:
    run = draw_scenario(
        embedded_basis(), parse_scenario(MAIN_LINE, where="main-line.toml"), draws=1, seed=1, jobs=1
    )
    result = with_appraisal(result_of(run), run)
    table = result.appraisal["appraisal_lines"].set_index("line")
    counted = table[table["counted"]]
    total = table.loc["total"]
    for column in ("present_million_usd", "present_million_usd_mean"):
        assert_allclose(counted.loc[counted["kind"] != "total", column].sum(), total[column])
    economies = result.appraisal["appraisal_economies"]
    assert_allclose(economies["npv_million_usd"].sum(), total["present_million_usd"])
    assert table.loc["transit_fees", "million_usd"] == 0.0
    assert table.loc["domestic", "million_usd"] > 0
    assert table.loc["passengers", "million_usd"] == pytest.approx(31 * 1.9 * 0.8)
    # Rails of the model carry more foreign goods than published: the first line says what if not.
    assert 0 < table.loc[AT_RAILS, "million_usd"] < 0.2 * table.loc["trade", "million_usd"]
    assert result.appraisal["appraisal_checks"]["foreign_over_all"].iloc[0] > 1
    fees = result.appraisal["appraisal_fees"]
    assert (fees.groupby("receiver")["million_usd"].sum() != 0).all()
    told = " ".join(result.headline)
    assert "left out: " in told
    assert "upper end" in told
