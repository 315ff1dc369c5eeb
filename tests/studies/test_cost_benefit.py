"""Costs against gains: adding up, switching values, bands, and what a scenario file says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from landbridge.errors import FaultsError, InputError
from landbridge.scenarios.reading import find_scenario, parse_scenario, read_scenario
from landbridge.studies.cba.benefits import Benefits
from landbridge.studies.cba.cash_flow import net_present_value
from landbridge.studies.cba.cost_benefit import appraise
from landbridge.studies.cba.costing import (
    DISCOUNT,
    appraisal_terms,
    costed_measures,
    uncosted,
    works_of,
)

pytestmark = pytest.mark.unit

HEAD = """
format = 1
name = "toy"
title = "Toy"
summary = "A railway with a cost."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB"]

[[measures]]
id = "rail"
kind = "build_project"
title = "The railway"
source = "none"
project = "trans-afghan-railway"

[[measures]]
id = "border"
kind = "change_crossing"
title = "A border"
source = "none"
crossings = ["torkham-road"]
hours = 8
"""
STATED = (
    HEAD
    + """
[[costs]]
measure = "rail"
capital_million_usd = { low = 800, central = 1000, high = 1500 }
phasing = [0.5, 0.5]
start_year = 2027
operation_percent = 2
life_years = 25
residual_percent = 0
payers = { PAK = 0.4, UZB = 0.6 }
source = "Made up for tests"
"""
)


def toy_benefits(draws: int = 0) -> Benefits:
    rng = np.random.default_rng(1)
    central = np.array([60.0, 90.0, -10.0])
    drawn = central * rng.lognormal(0.0, 0.3, (draws, 1)) if draws else np.empty((0, 3))
    return Benefits(("PAK", "UZB", "KAZ"), 2023, central, drawn)


def stated() -> Any:
    return costed_measures(parse_scenario(STATED, where="toy.toml"), where="toy.toml")


def test_the_register_gives_costs_and_the_file_comes_first() -> None:
    scenario = parse_scenario(HEAD, where="toy.toml")
    costed = costed_measures(scenario, where="toy.toml")
    assert [item.measure for item in costed] == ["rail"]
    assert costed[0].capital.central == 7000.0
    assert costed[0].payers == pytest.approx({"UZB": 1 / 3, "AFG": 1 / 3, "PAK": 1 / 3})
    assert uncosted(scenario, costed) == ("A border",)
    (item,) = stated()
    assert item.capital.central == 1000.0
    assert item.payers == {"PAK": 0.4, "UZB": 0.6}
    terms = {name: term.central for name, term in appraisal_terms().items()}
    (works,) = works_of((item,), terms)
    assert works.phasing == (0.5, 0.5)
    assert works.life_years == 25
    assert works.capital_million_usd == pytest.approx(1000.0 * terms["overrun_rail"])


def test_benefits_and_costs_by_economy_add_up_to_the_worlds() -> None:
    found = appraise(toy_benefits(), stated(), appraisal_terms(), seed=1)
    table = found.economies
    net = table["present_benefit_million_usd"].sum() - table["present_cost_million_usd"].sum()
    assert net == pytest.approx(found.npv_million_usd, rel=1e-9)
    assert table["npv_million_usd"].sum() == pytest.approx(found.npv_million_usd, rel=1e-9)
    by_code = table.set_index("iso3")["present_cost_million_usd"]
    assert by_code["PAK"] / by_code["UZB"] == pytest.approx(0.4 / 0.6)
    assert by_code["KAZ"] == 0.0
    years = found.years
    assert years["discounted_million_usd"].sum() == pytest.approx(found.npv_million_usd)


def test_the_summary_agrees_with_its_own_years() -> None:
    found = appraise(toy_benefits(), stated(), appraisal_terms(), seed=1)
    world = found.summary[found.summary["standpoint"] == "world"].set_index("discount_percent")
    net = found.years["net_million_usd"].to_numpy()
    for rate, value in world["npv_million_usd"].items():
        assert value == pytest.approx(float(net_present_value(net, rate)))
    assert (world["npv_million_usd"].diff().dropna() < 0).all()
    eirr = world["eirr_percent"].iloc[0]
    assert float(net_present_value(net, eirr)) == pytest.approx(0.0, abs=1e-6)
    payers = found.summary[found.summary["standpoint"] == "payers"]
    # Kazakhstan loses and pays nothing: without it the sum is better.
    assert (payers["npv_million_usd"].to_numpy() > world["npv_million_usd"].to_numpy()).all()


def test_each_switching_value_turns_the_sign() -> None:
    terms = appraisal_terms()
    benefits, costed = toy_benefits(), stated()
    found = appraise(benefits, costed, terms, seed=1)
    switching = found.switching.set_index("assumption")
    scale = 1.0 + switching.loc["Gain of a full year", "change_percent"] / 100.0
    scaled = Benefits(
        benefits.iso3, benefits.baseline_year, benefits.central * scale, benefits.drawn
    )
    again = appraise(scaled, costed, terms, seed=1)
    assert again.npv_million_usd == pytest.approx(0.0, abs=1e-6)
    rate = switching.loc["Discount rate", "switching_value"]
    net = found.years["net_million_usd"].to_numpy()
    assert float(net_present_value(net, rate)) == pytest.approx(0.0, abs=1e-6)


def test_draws_give_bands_around_the_centre_and_a_chance_of_loss() -> None:
    found = appraise(toy_benefits(400), stated(), appraisal_terms(), seed=7)
    row = found.summary[
        (found.summary["standpoint"] == "world")
        & (found.summary["discount_percent"] == appraisal_terms()[DISCOUNT].central)
    ].iloc[0]
    assert row["npv_million_usd_low"] < row["npv_million_usd"] < row["npv_million_usd_high"]
    assert 0.0 < row["probability_loss"] < 1.0
    again = appraise(toy_benefits(400), stated(), appraisal_terms(), seed=7)
    assert_allclose(
        again.summary["npv_million_usd_low"], found.summary["npv_million_usd_low"], rtol=0
    )
    assert "Gain of a full year (draws)" in set(found.tornado["assumption"])
    assert "Cost of The railway" in set(found.tornado["assumption"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('measure = "rial"\nsource = "x"', "there is no measure rial"),
        ('measure = "rail"\nsource = "x"\npayers = { PAK = 0.5 }', "add up to 0.5"),
        ('measure = "rail"\nsource = "x"\nyears = 2\nphasing = [1.0]', "not both"),
        ('measure = "rail"\nsource = "x"\nlife_year = 20', "life_year"),
    ],
)
def test_a_slip_in_costs_gets_one_clear_message(text: Any, words: Any) -> None:
    with pytest.raises(FaultsError, match=words):
        parse_scenario(f"{HEAD}\n[[costs]]\n{text}\n", where="toy.toml")


def test_a_cost_without_capital_is_asked_for_it() -> None:
    text = f'{HEAD}\n[[costs]]\nmeasure = "border"\nsource = "x"\n'
    with pytest.raises(InputError, match="capital is not stated"):
        costed_measures(parse_scenario(text, where="toy.toml"), where="toy.toml")


def test_the_flagship_has_costs_from_the_register() -> None:
    scenario = read_scenario(find_scenario("n-cpec-plus"))
    costed = costed_measures(scenario, where=scenario.name)
    capital = {item.measure: item.capital.central for item in costed}
    assert capital == {
        "trans-afghan-railway": 7000.0,
        "pakistani-extension": 1500.0,
        "ml-1": 6800.0,
    }
