"""Lines of benefit: they add up to the total, can be left out, and nothing gives nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from landbridge.basis import embedded_basis
from landbridge.errors import FaultsError
from landbridge.scenarios.reading import parse_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.studies.cba.benefits import (
    TITLES,
    Benefits,
    Line,
    named_left_out,
    passengers_of,
    values_of_lines,
    with_stated_fee,
)
from landbridge.studies.cba.cost_benefit import appraise
from landbridge.studies.cba.costing import (
    appraisal_terms,
    benefit_terms,
    costed_measures,
    without_public_funds,
    works_of,
)
from landbridge.studies.cba.domestic import DomesticSaving
from landbridge.studies.cba.foreign import ForeignChange
from landbridge.studies.cba.gathering import gather_benefits
from landbridge.studies.run.running import draw_scenario

pytestmark = pytest.mark.unit
CLOSE = 1e-9  # Sums of a dozen numbers.
ROUNDING = 1e-6  # Million USD; world output is 1e8 of them.
HEAD = """
format = 1
name = "toy"
title = "Toy"
summary = "The main line."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB"]
"""
RAIL = """
[[measures]]
id = "rail"
kind = "build_project"
title = "The railway"
source = "none"
project = "ml-1"
"""
TERMS = {name: term.central for name, term in benefit_terms().items()}
DOMESTIC = {"PAK": DomesticSaving(20.0, 4.0, 0.5, road_change=-2.0, rail_change=3.0)}


def parsed(more: str = "") -> Scenario:
    return parse_scenario(HEAD + RAIL + more, where="toy.toml")


def foreign() -> ForeignChange:
    world = embedded_basis().world
    count = len(world.iso3)
    road, rail = np.zeros(count), np.zeros(count)
    road[world.index("KAZ")], rail[world.index("PAK")] = -1.0, 2.0
    paying = np.zeros(count)
    paying[[world.index("CHN"), world.index("UZB")]] = 0.75, 0.25
    return ForeignChange(road, rail, rail, -0.3, {"PAK": 4.0}, {"PAK": paying}, 9.0, 1.0)


def lines(*, draws: int = 0, leave_out: tuple[str, ...] = ()) -> tuple[Line, ...]:
    world = embedded_basis().world
    trade = np.linspace(-1.0, 3.0, len(world.iso3))
    values = values_of_lines(world, trade, DOMESTIC, foreign(), (), TERMS)
    rng = np.random.default_rng(1)
    factors = rng.lognormal(0.0, 0.3, (draws, 1))
    return tuple(
        Line(name, TITLES[name], "", name not in leave_out, one, factors * one)
        for name, one in values.items()
    )


def appraised(scenario: Scenario, own: tuple[Line, ...]) -> tuple[Benefits, object]:
    world = embedded_basis().world
    benefits = Benefits.of_lines(world.iso3, world.year, own)
    costed = costed_measures(scenario, where="toy.toml")
    return benefits, appraise(benefits, costed, appraisal_terms(), seed=1)


def test_lines_and_costs_add_up_to_the_net_present_value() -> None:
    benefits, found = appraised(parsed(), lines(draws=8))
    table = found.lines  # type: ignore[attr-defined]
    counted = table[table["counted"] & table["kind"].isin(["benefit", "cost"])]
    total = table[table["kind"] == "total"].iloc[0]
    assert set(counted["line"]) >= {"trade", "domestic", "co2", "capital", "public_funds"}
    assert_allclose(counted["present_million_usd"].sum(), total["present_million_usd"], rtol=CLOSE)
    assert total["present_million_usd"] == pytest.approx(
        found.npv_million_usd  # type: ignore[attr-defined]
    )
    assert_allclose(
        table.loc[table["kind"] == "benefit", "million_usd"].sum(),
        benefits.central.sum(),
        rtol=CLOSE,
    )
    trade = table.set_index("line").loc["trade"]
    assert trade["million_usd_low"] < trade["million_usd"] < trade["million_usd_high"]


def test_a_line_that_is_left_out_stands_in_the_table_and_not_in_the_total() -> None:
    _, whole = appraised(parsed(), lines())
    _, less = appraised(parsed(), lines(leave_out=("co2",)))
    co2 = less.lines.set_index("line").loc["co2"]  # type: ignore[attr-defined]
    assert not co2["counted"]
    assert co2["present_million_usd"] > 0
    assert_allclose(
        whole.npv_million_usd - less.npv_million_usd,  # type: ignore[attr-defined]
        co2["present_million_usd"],
    )


def test_fees_are_a_transfer() -> None:
    world = embedded_basis().world
    fees = {line.name: line.central for line in lines()}["transit_fees"]
    assert fees[world.index("PAK")] == pytest.approx(4.0 * 1000.0 * 0.005)
    assert fees[world.index("CHN")] == pytest.approx(-0.75 * fees[world.index("PAK")])
    assert abs(fees.sum()) < CLOSE


def test_less_road_is_less_wear_fewer_accidents_and_less_co2e() -> None:
    world = embedded_basis().world
    found = {line.name: line.central for line in lines()}
    assert_allclose(found["road_wear"].sum(), 3.0 * 1000.0 * TERMS["road_wear_usd_per_tonne_km"])
    assert found["road_wear"][world.index("KAZ")] > 0
    assert found["accidents"].sum() > 0
    # 0.3 million tonnes of foreign goods; domestic: two by road less, three by rail more.
    assert found["co2"].sum() > 0.3 * TERMS["co2_usd_per_tonne"]
    assert (found["co2"] > 0).all()


@pytest.mark.slow
def test_no_measures_give_no_benefits() -> None:
    scenario = parse_scenario(HEAD, where="toy.toml")
    run = draw_scenario(embedded_basis(), scenario, draws=1, seed=1, jobs=1)
    gathered = gather_benefits(run, ())
    for line in gathered.benefits.lines:
        # The solver leaves the trade of no change as it was, to rounding; all else is exactly zero.
        at_most = ROUNDING if line.name == "trade" else 0.0
        assert np.abs(line.central).max() <= at_most, line.name
        if line.counted:
            assert np.abs(line.drawn).max() <= at_most, line.name
    assert np.abs(gathered.benefits.central).max() <= ROUNDING
    assert gathered.domestic == {}
    assert gathered.served == ()


def test_what_is_left_out_is_named() -> None:
    off = parsed('[benefits]\nleave_out = ["co2", "public_funds"]\n')
    told = named_left_out(off, passengers=False, foreign=True, free=2)
    assert told[0] == "CO2e at its shadow price (switched off)"
    assert "the cost of public funds (switched off)" in told
    assert "passengers (nobody states any)" in told
    assert "the cost of 2 measures" in told
    assert "jobs" in told


def test_passengers_of_the_register_and_of_the_file() -> None:
    scenario = parsed()
    costed = costed_measures(scenario, where="toy.toml")
    (known,) = passengers_of(scenario, costed, where="toy.toml")
    assert known.economy == "PAK"
    assert known.million_usd() == pytest.approx(31 * 1.9 * 0.8)
    own = parsed(
        """
[[passengers]]
measure = "rail"
economy = "Pakistan"
million_a_year = 10
hours_saved = 2
usd_per_hour = 1
new_million_a_year = 4
source = "Made up for tests"
"""
    )
    (stated,) = passengers_of(own, costed, where="toy.toml")
    # The rule of half: four million come anew and save half.
    assert stated.million_usd() == pytest.approx((10 + 2) * 2 * 1)
    with pytest.raises(FaultsError, match="there is no measure road"):
        parsed('[[passengers]]\nmeasure = "road"\neconomy = "PAK"\nmillion_a_year = 1\n'
               'hours_saved = 1\nusd_per_hour = 1\nsource = "x"\n')  # fmt: skip


def test_a_stated_fee_takes_the_place_of_the_default() -> None:
    own = parsed("[benefits]\ntransit_fee_usd_per_tonne_km = 0.01\n")
    terms = with_stated_fee(benefit_terms(), own)
    fee = terms["transit_fee_usd_per_tonne_km"]
    assert (fee.low, fee.central, fee.high) == (0.01, 0.01, 0.01)
    assert with_stated_fee(benefit_terms(), parsed()) == benefit_terms()


def test_public_funds_cost_nothing_where_they_are_left_out() -> None:
    costed = costed_measures(parsed(), where="toy.toml")
    terms = appraisal_terms()
    (dear,) = works_of(costed, {name: term.central for name, term in terms.items()})
    free_terms = without_public_funds(terms)
    (free,) = works_of(costed, {name: term.central for name, term in free_terms.items()})
    assert dear.public_funds_percent == pytest.approx(17.0)
    assert free == replace(dear, public_funds_percent=0.0)


def test_railways_overrun_more_than_roads() -> None:
    terms = appraisal_terms()
    rail, road, other = (terms[f"overrun_{kind}"].central for kind in ("rail", "road", "other"))
    assert rail > other > road > 1
    (item,) = costed_measures(parsed(), where="toy.toml")
    assert item.kind == "rail"
    assert item.project == "ml-1"
