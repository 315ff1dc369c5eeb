"""Which measures political relations block, and what is left: on the facts of the atlas."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.scenarios.asking import ask
from landbridge.scenarios.constraints import (
    constraints_of,
    honoured,
    what_is_left,
    work_around,
    work_around_scenario,
)
from landbridge.scenarios.policy import read_policy
from landbridge.scenarios.reading import parse_scenario
from landbridge.studies.run.constraint_tables import constraint_sentences, constraints_table
from landbridge.world.baseline import load_baseline

ISO3 = ("ARM", "BLR", "IND", "KAZ", "KGZ", "PAK", "RUS", "UKR")
HEAD = """\
format = 1
name = "a-question"
title = "A question"
summary = "What if."
date = 2026-01-01
[focus]
economy = "PAK"
partners = ["IND"]
"""
WAR = """\
[[measures]]
id = "place"
kind = "build_place"
title = "A post"
source = "a test"
place = "a-post"
name = "A post"
place_kind = "border"
at = [38.0, 50.0]
economy = "UKR"
other_economy = "RUS"
[[measures]]
id = "post"
kind = "build_crossing"
title = "A crossing"
source = "a test"
place = "a-post"
mode = "road"
hours = 4
usd_per_tonne = 2
"""
TARIFF = """\
[[measures]]
id = "tariff"
kind = "change_tariff_equivalent"
title = "A tariff"
source = "a test"
exporters = ["IND", "KAZ"]
importers = ["PAK"]
from_percent = 10
to_percent = 0
"""


@pytest.mark.unit
def test_non_recognition_takes_armenia_out_until_it_ends() -> None:
    then = ask("eaeu-pakistan-fta", ["date=2020-01-01"])
    found = constraints_of(then)
    (item,) = found.blocked
    assert item.relation.relation == "pak-arm-recognition"
    assert item.pairs == {("ARM", "PAK"), ("PAK", "ARM")}
    assert what_is_left(item, then) == "8 of 10 flows; 4 of 5 members of EAEU"
    assert work_around(item)[0] == "bilateral instead of bloc-wide"
    assert constraints_of(ask("eaeu-pakistan-fta")).blocked == ()


@pytest.mark.unit
def test_what_is_blocked_is_out_of_the_policy_and_the_rest_is_as_before() -> None:
    then = ask("eaeu-pakistan-fta", ["date=2020-01-01"])
    blocked = constraints_of(then).blocked_pairs()
    left = read_policy(then, ISO3, blocked=blocked).agreement_pairs["free_trade_area"]
    whole = read_policy(then, ISO3).agreement_pairs["free_trade_area"]
    gone = np.argwhere(whole & ~left)
    assert {tuple(ISO3[place] for place in pair) for pair in gone} == {
        ("ARM", "PAK"),
        ("PAK", "ARM"),
    }
    assert not (left & ~whole).any()


@pytest.mark.unit
@pytest.mark.parametrize("name", ["eaeu-pakistan-fta", "saarc-revival", "gep", "north-south-gas"])
def test_the_work_around_is_what_is_left(name: str) -> None:
    scenario = ask(name, ["date=2020-01-01"]) if name.startswith("eaeu") else ask(name)
    found = constraints_of(scenario)
    assert found.blocked
    world = load_baseline().iso3
    variant = work_around_scenario(scenario, found, world)
    assert constraints_of(variant).blocked == ()
    ours, theirs = (
        read_policy(scenario, world, blocked=found.blocked_pairs()),
        read_policy(variant, world),
    )
    effects = {"free_trade_area": 0.5, "preference": 0.1}
    np.testing.assert_array_equal(
        ours.costs(effects, {}).goods_log_effect, theirs.costs(effects, {}).goods_log_effect
    )
    np.testing.assert_array_equal(
        sum(piece.pairs.astype(int) for piece in ours.pieces),
        sum(piece.pairs.astype(int) for piece in theirs.pieces),
    )


@pytest.mark.unit
def test_an_objection_binds_the_objector_and_takes_nothing_from_others() -> None:
    scenario = ask("cpec")
    found = constraints_of(scenario)
    effects = {item.effect for item in found.found if item.relation.relation == "ind-cpec"}
    assert effects == {"bears on others"}
    assert honoured(scenario, found) is scenario


@pytest.mark.unit
def test_the_flagship_keeps_every_measure_and_shows_the_closure_it_lifts() -> None:
    scenario = ask("n-cpec-plus")
    found = constraints_of(scenario)
    assert found.blocked == ()
    table = constraints_table(scenario, found).set_index("relation")
    assert table.loc["pak-afg-crossings", "effect"] == "assumed lifted"
    assert constraint_sentences(scenario, found) == ()


@pytest.mark.unit
def test_a_war_takes_a_crossing_out_and_costs_with_it() -> None:
    scenario = parse_scenario(HEAD + WAR, where="question.toml")
    found = constraints_of(scenario)
    assert [item.relation.relation for item in found.blocked] == ["rus-ukr-war"]
    assert [measure.id for measure in honoured(scenario, found).measures] == ["place"]
    ignoring = scenario.model_copy(update={"constraints": "ignore"})
    ignored = constraints_of(ignoring)
    assert honoured(ignoring, ignored) is ignoring
    assert ignored.blocked_pairs() == {}
    assert "ignored" in constraint_sentences(ignoring, ignored)[0]
    assert list(constraints_table(ignoring, ignored)["effect"]) == ["ignored"]


@pytest.mark.unit
def test_trade_that_is_shut_blocks_a_tariff_and_an_import_ban_only_its_own_way() -> None:
    scenario = parse_scenario(HEAD + TARIFF, where="question.toml")
    found = {item.relation.relation: item.pairs for item in constraints_of(scenario).blocked}
    # India's ban is on goods of Pakistan; this tariff is on goods of India.
    assert found == {"pak-ind-trade": {("IND", "PAK")}}


@pytest.mark.unit
def test_what_blocks_in_part_is_shown_and_takes_nothing_out() -> None:
    found = constraints_of(ask("eu-russia-order"))
    assert "eu-rus" in {item.relation.relation for item in found.found}
    assert found.blocked_pairs() == {}
