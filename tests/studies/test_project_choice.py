"""Projects under a budget: against a search through all sets, and what the tables must say."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from landbridge.basis import embedded_basis
from landbridge.errors import FaultsError
from landbridge.formats import money
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.studies.cba.cash_flow import net_present_value, streams
from landbridge.studies.invest.choice import (
    WORLD,
    Choice,
    Chosen,
    Raw,
    central_costing,
    choose_projects,
)
from landbridge.studies.invest.reading import Asked, read_choice
from landbridge.studies.invest.tables import choice_tables, sentences

DAY = dt.date(2026, 1, 1)
CLOSE = 1e-6  # million USD, of thousands
NAMES = ["ml-1", "kharlachi-peshawar", "trans-afghan-railway"]
# The model's gains pay for little; times twenty there is something to choose.
WITHIN = Asked(budget=17_000.0, gain_factor=20.0)


@pytest.fixture(scope="module")
def chosen() -> Chosen:
    choice = read_choice(embedded_basis(), NAMES, WITHIN, on=DAY)
    return choose_projects(choice, sets=8, jobs=1)


@pytest.mark.unit
@pytest.mark.slow
def test_the_choice_is_the_best_of_all_sets(chosen: Chosen) -> None:
    choice = chosen.choice
    costing = central_costing(choice)
    # All sets that keep to the budget were asked for, so all of them have been run.
    best, count = -np.inf, 0
    for flags in product([False, True], repeat=3):
        one = np.array(flags)
        works = choice.works(one)
        if costing.spending(works, WORLD) <= 17_000.0:
            count += 1
            best = max(best, chosen.found[works].net_million_usd)
    assert 4 < count < 8
    assert chosen.exact(chosen.best).net_million_usd == pytest.approx(best, abs=CLOSE)
    assert chosen.exact(chosen.best).capital_million_usd <= 17_000.0
    assert len(chosen.sets) == count


@pytest.mark.unit
@pytest.mark.slow
def test_the_value_of_a_set_is_that_of_its_streams(chosen: Chosen) -> None:
    choice, costing = chosen.choice, central_costing(chosen.choice)
    works = frozenset({"ml-1", "kharlachi-peshawar"})
    found = chosen.found[works]
    laid = streams(
        tuple(costing.works[name] for name in sorted(works)),
        costing.traffic,
        float(found.gain.sum()),
    )
    assert found.net_million_usd == pytest.approx(float(net_present_value(laid.net, 9.0)))
    benefit, cost = costing.by_economy(works, found.gain)
    assert benefit.sum() - cost.sum() == pytest.approx(found.net_million_usd)
    assert cost[choice.world.index("PAK")] > 0


@pytest.mark.unit
@pytest.mark.slow
def test_tables_add_up_and_name_complements(chosen: Chosen) -> None:
    tables = choice_tables(chosen)
    pairs = tables["investment_pairs"].set_index(["first", "second"])
    by_id = {option.id: option.title for option in chosen.choice.options}
    both = pairs.loc[(by_id["kharlachi-peshawar"], by_id["trans-afghan-railway"])]
    assert both["reading"] == "complements"
    assert_allclose(
        pairs["interaction_million_usd"],
        pairs["together_million_usd"] - pairs["apart_million_usd"],
    )
    sets = tables["investment_sets"]
    assert sets["npv_million_usd"].is_monotonic_decreasing
    small = sets[sets["projects"].str.count(";") < 2]
    assert_allclose(small["error_million_usd"], 0, atol=CLOSE)
    frontier = tables["investment_frontier"]
    assert frontier["capital_million_usd"].is_monotonic_increasing
    assert frontier["by_pairs_million_usd"].is_monotonic_increasing
    economies = tables["investment_economies"]
    assert economies["npv_million_usd"].sum() == pytest.approx(
        chosen.exact(chosen.best).net_million_usd
    )
    bills = tables["investment_fiscal"]
    assert bills["capital_million_usd"].sum() == pytest.approx(
        chosen.exact(chosen.best).capital_million_usd
    )
    assert (bills["capital_percent_of_gdp"] > 0).all()
    assert tables["investment_certificate"]["passed"].all()
    assert tables["investment_projects"]["chosen"].sum() == chosen.best.sum()
    told = " ".join(sentences(chosen, tables))
    built = [one.title for one, yes in zip(chosen.choice.options, chosen.best, strict=True) if yes]
    assert built
    assert all(title in told for title in built)
    assert "complements" in told


@pytest.mark.unit
@pytest.mark.slow
def test_rules_budgets_by_payer_and_draws() -> None:
    within = Asked(
        payer_budgets={"Pakistan": 100.0},
        requires=[("rasht-astara", "ml-1")],
        gain_factor=20.0,
    )
    choice = read_choice(embedded_basis(), ["ml-1", "rasht-astara"], within, on=DAY)
    found = choose_projects(choice, draws=2, seed=3, jobs=1)
    assert not found.best.any()
    drawn = found.drawn[frozenset({"ml-1"})]
    assert len(set(drawn)) == 2
    tables = choice_tables(found)
    assert "Nothing: no set" in sentences(found, tables)[0]
    rows = tables["investment_projects"].set_index("title")
    assert (rows["npv_million_usd_low"] < rows["npv_million_usd_high"]).all()


@pytest.mark.unit
@pytest.mark.slow
def test_the_best_set_is_told_with_median_band_and_mean_over_draws() -> None:
    choice = read_choice(embedded_basis(), ["rasht-astara"], Asked(gain_factor=20.0), on=DAY)
    found = choose_projects(choice, draws=2, seed=3, jobs=1)
    assert found.best.any()
    told = " ".join(sentences(found, choice_tables(found)))
    assert "with every input at its centre" in told
    assert "Over 2 draws it is worth" in told
    worth = found.drawn[choice.works(found.best)]
    # Of two draws median and mean are the same.
    assert f"worth {money(float(worth.mean()), sign=True)} (" in told
    assert f"mean {money(float(worth.mean()), sign=True)})" in told


@pytest.mark.unit
@pytest.mark.slow
def test_what_two_corridors_share_is_not_called_an_interaction() -> None:
    choice = read_choice(embedded_basis(), ["iti", "quetta-taftan"], Asked(), on=DAY)
    pairs = choice_tables(choose_projects(choice, jobs=1))["investment_pairs"]
    assert choice.options[0].works == choice.options[1].works
    assert pairs["shared"][0]
    assert pairs["interaction_million_usd"][0] == pytest.approx(0, abs=CLOSE)
    assert pairs["reading"][0] == "neither"


def asked(names: list[str], within: Asked) -> Choice:
    return read_choice(embedded_basis(), names, within, on=DAY)


@pytest.mark.unit
def test_a_corridor_builds_its_projects_and_shares_them() -> None:
    choice = asked(["cpec", "ml-1"], Asked())
    corridor, line = choice.options
    assert line.works < corridor.works
    both = choice.works(np.array([True, True]))
    assert both == corridor.works
    costing = central_costing(choice)
    assert costing.spending(both, WORLD) == pytest.approx(costing.spending(corridor.works, WORLD))


@pytest.mark.unit
def test_a_scenario_is_chosen_among_by_its_measures() -> None:
    scenario = read_scenario(find_scenario("n-cpec-plus"))
    choice = read_choice(
        embedded_basis(), [], Asked(standpoint="PAK"), scenario=scenario, where="n-cpec-plus"
    )
    assert [option.id for option in choice.options] == [one.id for one in scenario.measures]
    assert choice.inside.sum() == 1
    assert choice.world.iso3[int(np.flatnonzero(choice.inside)[0])] == "PAK"
    assert "crossing-times" not in choice.costs
    # A free measure costs nothing and serves as long as the others.
    costing = central_costing(choice)
    free = costing.value(
        frozenset({"crossing-times"}), Raw(choice.inside * 5.0, choice.inside * 5.0, np.zeros(1))
    )
    assert free.cost_million_usd == 0
    assert free.net_million_usd > 0


@pytest.mark.unit
def test_a_choice_among_modes_is_refused_not_ignored() -> None:
    scenario = read_scenario(find_scenario("n-cpec-plus")).model_copy(update={"choice": "logit"})
    with pytest.raises(FaultsError, match="here, not"):
        read_choice(embedded_basis(), [], Asked(), scenario=scenario, where="n-cpec-plus")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("names", "within", "message"),
    [
        (["ml1-x"], Asked(), "neither a project nor a corridor"),
        (["rasht-astra"], Asked(), "Did you mean 'rasht-astara'"),
        (["sahiwal-coal"], Asked(), "not on the freight network"),
        (["middle-corridor"], Asked(), "no project of the corridor"),
        (["ml-1"], Asked(requires=[("ml-1", "cku")]), "'cku' is none of what can be chosen"),
        (["ml-1"], Asked(exclusive=[["ml-1", "ml-2"]]), "Did you mean 'ml-1'"),
        (["ml-1"], Asked(payer_budgets={"CHN": 5.0}), "China pays for none"),
        (["ml-1"], Asked(standpoint="Pakistn"), "Did you mean 'Pakistan'"),
    ],
)
def test_what_cannot_be_chosen_is_said(names: list[str], within: Asked, message: str) -> None:
    with pytest.raises(FaultsError, match=message):
        asked(names, within)
