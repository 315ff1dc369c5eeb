"""A whole run on the embedded data: what must hold whatever the numbers are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from landbridge.basis import embedded_basis
from landbridge.errors import FaultsError
from landbridge.freight.network.compiled import load_network
from landbridge.report.formats import machine
from landbridge.scenarios.reading import find_scenario, parse_scenario, read_scenario
from landbridge.scenarios.varying import vary
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import DrawnRun, draw_scenario, run_scenario

SEED = 7
DRAWS = 6
ADDS_UP = 1e-8  # percent; the parts of a gain and the gain itself
NOTHING = 1e-9  # percent; the solver's own tolerance is 1e-12 in logs

EMPTY = """\
format = 1
name = "nothing"
title = "Nothing"
summary = "No measure at all."
date = 2026-01-01
[focus]
economy = "PAK"
partners = ["UZB", "EAEU"]
[[trips]]
origin = "Tashkent"
destination = "Karachi"
"""
MEASURE = '[[measures]]\nid = "m"\ntitle = "t"\nsource = "a test"\n'


@pytest.fixture(scope="module")
def flagship() -> RunResult:
    scenario = read_scenario(find_scenario("n-cpec-plus"))
    return run_scenario(embedded_basis(), scenario, draws=DRAWS, seed=SEED, jobs=1)


@pytest.fixture(scope="module")
def drawn() -> DrawnRun:
    scenario = read_scenario(find_scenario("n-cpec-plus"))
    return draw_scenario(embedded_basis(), scenario, draws=2, seed=SEED, jobs=1)


@pytest.mark.journey
@pytest.mark.slow
def test_no_measure_changes_nothing() -> None:
    result = run_scenario(
        embedded_basis(), parse_scenario(EMPTY, where="nothing.toml"), draws=2, jobs=1
    )
    for column in ("real_income_percent", "real_income_percent_low", "real_income_percent_high"):
        assert np.abs(result.income[column]).max() < NOTHING
    assert np.abs(result.trade_pairs["change_percent"]).max() < NOTHING
    trips = result.trips
    assert (trips["hours_before"] == trips["hours_after"]).all()
    assert result.headline == ("Nothing changes: no measure alters the cost of any trade.",)


@pytest.mark.journey
@pytest.mark.slow
def test_the_corridor_lowers_cost_and_raises_trade_of_those_it_joins(flagship: RunResult) -> None:
    trips = flagship.trips.set_index("origin")
    for origin in ("Tashkent", "Mazar-i-Sharif", "Kabul"):
        row = trips.loc[origin]
        assert row.generalised_usd_per_tonne_after < row.generalised_usd_per_tonne_before
    pairs = flagship.trade_pairs.set_index(["exporter", "importer"])
    assert (pairs.cost_change_percent <= NOTHING).all()
    assert pairs.loc[("UZB", "PAK"), "change_percent"] > 0
    income = flagship.income.set_index("iso3")
    assert income.loc["PAK", "real_income_percent"] > 0
    assert income.loc["AFG", "real_income_percent"] > 0


@pytest.mark.journey
@pytest.mark.slow
def test_the_certificate_passes(flagship: RunResult) -> None:
    assert flagship.certificate["passed"].all()
    assert flagship.closure == "purged"
    assert "output" in flagship.numeraire


@pytest.mark.journey
@pytest.mark.slow
def test_the_parts_of_a_gain_add_up_to_it(flagship: RunResult) -> None:
    income = flagship.income
    parts = income[
        ["trade_creation_percent", "trade_diversion_percent", "terms_of_trade_percent"]
    ].sum(axis=1)
    moved = income["transfer_percent"] + income["tariff_revenue_percent"]
    gap = parts + moved - income["real_income_percent"]
    assert np.abs(gap).max() < ADDS_UP


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.usefixtures("eager_processes")
def test_the_same_seed_gives_the_same_bytes_whatever_the_processes() -> None:
    # On least-cost paths a run with all its parts takes seconds; the draws of a choice are below.
    scenario = vary(read_scenario(find_scenario("n-cpec-plus")), ["choice=least"])
    one, two = (
        run_scenario(embedded_basis(), scenario, draws=DRAWS, seed=SEED, jobs=jobs)
        for jobs in (1, 2)
    )
    assert machine.to_json(one) == machine.to_json(two)


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.usefixtures("eager_processes")
def test_draws_by_class_of_cargo_are_the_same_whatever_the_processes(drawn: DrawnRun) -> None:
    scenario = read_scenario(find_scenario("n-cpec-plus"))
    again = draw_scenario(embedded_basis(), scenario, draws=2, seed=SEED, jobs=2)
    for part in fields(drawn.drawn):
        one, two = (getattr(run.drawn, part.name) for run in (drawn, again))
        np.testing.assert_array_equal(one, two)


@pytest.mark.journey
@pytest.mark.slow
def test_another_seed_gives_other_draws_around_the_same_centre(drawn: DrawnRun) -> None:
    scenario = read_scenario(find_scenario("n-cpec-plus"))
    one, other = drawn, draw_scenario(embedded_basis(), scenario, draws=2, seed=SEED + 1, jobs=1)
    here, there = one.drawn.real_income_percent, other.drawn.real_income_percent
    assert (here != there).any(axis=1).all()
    assert np.array_equal(
        one.central.outcome.real_income_percent, other.central.outcome.real_income_percent
    )


@pytest.mark.journey
@pytest.mark.slow
def test_measures_alone_and_their_rest_add_up_to_all_of_them(flagship: RunResult) -> None:
    table = flagship.attribution.set_index("measure")
    for column in ("focus_income_percent", "focus_trade_million_usd", "world_million_usd"):
        alone = table[column].drop(["all", "rest"]).sum()
        assert alone + table.loc["rest", column] == pytest.approx(table.loc["all", column])
    # The Pakistani extension leads nowhere while the Afghan line is not built: it helps Pakistan's
    # own hinterland to its ports, and that is little beside the whole.
    world = table["world_million_usd"]
    assert 0 <= world["pakistani-extension"] < 0.2 * world["all"]


@pytest.mark.journey
@pytest.mark.slow
def test_sources_carry_the_year_that_their_name_tells(flagship: RunResult) -> None:
    years = flagship.sources.set_index("title")["year"]
    assert years["CIA, The World Factbook, 2014"] == 2014
    assert years["CIA, The World Factbook, February 2026"] == 2026


@pytest.mark.journey
@pytest.mark.slow
def test_every_number_of_the_baseline_says_how_it_is_known(flagship: RunResult) -> None:
    quality = flagship.baseline_quality
    assert quality["focus_cells"].sum() == len(flagship.trade_pairs)
    assert quality["cells"].sum() == len(flagship.income) ** 2
    assert set(flagship.trade_pairs["status"]) <= {
        "recorded by both", "recorded by one", "carried forward", "published elsewhere",
        "no trade recorded", "imputed", "set by hand",
    }  # fmt: skip
    assert (flagship.trade_pairs["sd_log"] > 0).all()
    assert flagship.sources["title"].str.len().gt(0).all()
    assert (flagship.counts["count"] <= flagship.counts["of"]).all()


@pytest.mark.journey
def test_everything_that_is_not_there_is_said_at_once() -> None:
    text = EMPTY.replace('"UZB"', '"Uzbekstan"').replace('"Karachi"', '"Karatchi"')
    text += MEASURE + 'kind = "close"\ntargets = ["torkam-road"]\n'
    text += MEASURE.replace('"m"', '"n"') + 'kind = "build_project"\nproject = "ml-11"\n'
    text += MEASURE.replace('"m"', '"o"') + 'kind = "change_link"\nlink = "no-link"\nkm = 1\n'
    text += MEASURE.replace('"m"', '"p"') + 'kind = "sign_agreement"\nparties = ["PAK", "EAEEU"]\n'
    text += "[parameters.trade_elastisity]\nlow = 1\ncentral = 2\nhigh = 3\nsource = 's'\n"
    with pytest.raises(FaultsError) as caught:
        run_scenario(
            embedded_basis(), parse_scenario(text, where="q.toml"), draws=0, where="q.toml"
        )
    said = str(caught.value)
    for part in (
        "Uzbekstan", "Uzbekistan", "trips[1].destination", "Karachi", "measure m", "Torkham",
        "measure n", "'ml-1'", "measure o", "no-link", "EAEEU", "trade_elasticity",
    ):  # fmt: skip
        assert part in said, part
    assert said.startswith("q.toml: ")


@pytest.mark.journey
@pytest.mark.slow
def test_to_cut_an_economy_off_costs_it_dearly() -> None:
    crossings = [
        row.crossing
        for row in load_network().tables.crossings.itertuples()
        if "AFG" in (row.from_iso3, row.to_iso3)
    ]
    text = EMPTY.replace('"PAK"', '"AFG"').replace('"Tashkent"', '"Kabul"')
    text += MEASURE + f'kind = "close"\ntargets = {crossings}\n'
    result = run_scenario(embedded_basis(), parse_scenario(text, where="q.toml"), draws=0, jobs=1)
    income = result.income.set_index("iso3")
    assert income.loc["AFG", "real_income_percent"] < -1.0
    lost = result.counts.set_index("what")["count"]
    assert lost["Pairs that lose their only way, in whole or in part"] > 300
    assert result.headline[0].startswith("No way is left from Kabul to Karachi")
    pairs = result.trade_pairs
    # What is dear and light still flies.
    assert (pairs.loc[pairs["baseline_goods_million_usd"] > 0, "change_percent"] < -15).all()


@pytest.mark.journey
@pytest.mark.slow
def test_a_city_cut_off_costs_its_economy_and_not_its_statistics() -> None:
    text = EMPTY + MEASURE + 'kind = "close"\ntargets = ["dublin"]\n'
    scenario = parse_scenario(text, where="q.toml")
    run = draw_scenario(embedded_basis(), scenario, draws=0, seed=SEED, jobs=1)
    income = run.central.outcome.real_income_percent
    assert income[run.inputs.world.index("IRL")] < -0.1


@pytest.mark.journey
def test_a_misspelt_focus_is_one_fault() -> None:
    text = EMPTY.replace('"PAK"', '"Pakistn"')
    with pytest.raises(FaultsError) as caught:
        run_scenario(embedded_basis(), parse_scenario(text, where="q.toml"), draws=0)
    (fault,) = caught.value.faults
    assert fault.startswith("focus.economy: 'Pakistn' is neither")


@pytest.mark.journey
def test_trips_that_lead_nowhere_and_repeats_are_refused() -> None:
    trip = '[[trips]]\norigin = "Tashkent"\ndestination = "Karachi"\n'
    text = EMPTY + trip + trip.replace("Karachi", "toshkent")
    with pytest.raises(FaultsError) as caught:
        run_scenario(embedded_basis(), parse_scenario(text, where="q.toml"), draws=0)
    assert caught.value.faults == (
        "trips[2].origin: the same trip stands above",
        "trips[3].destination: the trip ends where it starts",
    )


@pytest.mark.journey
@pytest.mark.parametrize("closure", ["additive", "proportional"])
@pytest.mark.slow
def test_every_closure_runs_and_is_named(closure: Any) -> None:
    text = EMPTY.replace("date =", f'closure = "{closure}"\nchoice = "least"\ndate =')
    text += MEASURE + 'kind = "sign_agreement"\nparties = ["PAK", "UZB"]\n'
    result = run_scenario(embedded_basis(), parse_scenario(text, where="q.toml"), draws=0, jobs=1)
    assert result.closure == closure
    assert result.certificate["passed"].all()
    pairs = result.trade_pairs.set_index(["exporter", "importer"])
    assert pairs.loc[("PAK", "UZB"), "change_percent"] > 10
    assert list(result.parameters["name"]).count("agreement_free_trade_area") == 1
    assert "agreement_customs_union" not in set(result.parameters["name"])
