"""Coalitions by the equilibrium: the same as a plain loop, and what no result may break."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from landbridge.atlas.blocs import members
from landbridge.atlas.standing import DEPTHS, AgreementDepth, standing_depths
from landbridge.basis import embedded_basis
from landbridge.equilibrium import solve
from landbridge.errors import FaultsError, InputError, UnknownNameError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.reading import find_scenario, parse_scenario, read_scenario
from landbridge.scenarios.schema import AgreementPart
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.chain.outcomes import gain_percent_of_gdp, one_pass
from landbridge.studies.coalition import games
from landbridge.studies.coalition.study import CoalitionStudy, read_question, study_coalitions
from landbridge.studies.coalition.tables import (
    COOLER,
    KEENER,
    TURNED,
    WON,
    best_pair,
    coalitions_table,
    members_table,
    share_out,
    widening_table,
)
from landbridge.studies.coalition.values import (
    Payoffs,
    Player,
    Rules,
    Works,
    change_of,
    coalition_payoffs,
    gain_of,
    gain_of_signing,
    make_rules,
)
from landbridge.studies.coalition.words import verdict
from landbridge.units import FloatArray
from landbridge.world.base import World

DAY = dt.date(2026, 1, 1)
EFFECTS = {
    "agreement_preference": 0.1,
    "agreement_free_trade_area": 0.5,
    "agreement_customs_union": 0.5,
    "agreement_common_market": 0.7,
    "agreement_economic_union": 0.8,
}
THETA = 5.0
ESTIMATED: frozenset[AgreementPart] = frozenset({"residual"})
SAME = 1e-7  # million USD: both solve to 1e-12 of sales
CODES = ("PAK", "UZB", "KAZ", "KGZ", "DEU", "USA")


def small_world(seed: int) -> World:
    rng = np.random.default_rng(seed)
    count = len(CODES)
    goods = rng.lognormal(3, 1, (count, count))
    services = rng.lognormal(2, 1, (count, count))
    for flows in (goods, services):
        np.fill_diagonal(flows, 20 * flows.sum(axis=1))
    zero = np.zeros((count, count))
    return World(
        year=2023,
        iso3=CODES,
        goods=goods,
        services=services,
        sd_log_goods=zero,
        sd_log_services=zero,
        status_goods=zero.astype(np.int8),
        status_services=zero.astype(np.int8),
        gdp_million_usd=(goods + services).sum(axis=0) / 2,
        population=np.ones(count),
    )


def rules_of(world: World, players: list[Player], works: Works | None = None) -> Rules:
    return make_rules(
        world,
        players,
        standing=standing_depths(world.iso3, on=DAY),
        depth="free_trade_area",
        values=EFFECTS,
        theta=THETA,
        works=works,
        parts=ESTIMATED,
    )


def singly(*codes: str) -> list[Player]:
    return [Player(code, (code,)) for code in codes]


@pytest.mark.property
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_every_coalition_equals_a_plain_loop_of_the_solver(seed: int) -> None:
    world = small_world(seed)
    players = [*singly("PAK", "UZB"), Player("both", ("KAZ", "DEU"))]
    rules = rules_of(world, players)
    found = coalition_payoffs(rules)
    assert found.certificate["passed"].all()
    for number in range(8):
        change = change_of(rules, number)
        assert change.duties is None
        plain = solve(world.flows, change.freeness_hat, theta=THETA, closure="purged", iso3=CODES)
        # In the balanced world an economy spends its output.
        money = (plain.welfare_hat - 1.0) * world.output
        expected = [money[0], money[1], money[2] + money[4]]
        assert_allclose(found.gain[number], expected, atol=SAME)
        assert found.outside[number] == pytest.approx(money[3] + money[5], abs=SAME)
        assert_allclose(gain_of(rules, number), money, atol=SAME)
    game = found.game
    assert game.worth[0b011] == pytest.approx(found.gain[0b011, :2].sum(), abs=SAME)
    assert games.shapley(game).sum() == pytest.approx(game.whole, abs=SAME)


@pytest.mark.unit
def test_nobody_and_one_alone_change_nothing_at_all() -> None:
    found = coalition_payoffs(rules_of(small_world(1), singly("PAK", "UZB", "USA")))
    assert not found.gain[[0b000, 0b001, 0b010, 0b100]].any()
    assert not found.outside[[0b000, 0b001, 0b010, 0b100]].any()


@pytest.mark.unit
def test_coalitions_that_change_the_same_are_solved_once() -> None:
    # Kazakhstan and Kyrgyzstan stand in one union: a free trade area changes nothing between them.
    found = coalition_payoffs(rules_of(small_world(2), singly("KAZ", "KGZ", "PAK")))
    assert not found.gain[0b011].any()
    assert found.solved == 3
    assert found.gain[0b101, 0] != 0


@pytest.mark.unit
@pytest.mark.slow
@pytest.mark.usefixtures("eager_processes")
def test_processes_do_not_change_a_digit() -> None:
    rules = rules_of(small_world(3), singly(*CODES))
    one, two = coalition_payoffs(rules, jobs=1), coalition_payoffs(rules, jobs=2)
    assert one.gain.tobytes() == two.gain.tobytes()


@pytest.mark.unit
def test_what_binds_a_pair_already_is_not_counted_twice() -> None:
    standing = standing_depths(CODES, on=DAY)
    rank = {(a, b): standing[i, j] for i, a in enumerate(CODES) for j, b in enumerate(CODES)}
    assert rank["KAZ", "KGZ"] == DEPTHS.index("economic_union") + 1
    assert rank["UZB", "KAZ"] == DEPTHS.index("free_trade_area") + 1
    assert rank["PAK", "UZB"] == DEPTHS.index("preference") + 1
    assert rank["PAK", "USA"] == 0
    places = {code: place for place, code in enumerate(CODES)}

    def added(depth: AgreementDepth) -> np.ndarray:
        rules = make_rules(
            small_world(1), singly(*CODES), standing=standing, depth=depth, values=EFFECTS,
            theta=THETA, parts=ESTIMATED,
        )  # fmt: skip
        return np.log(rules.deal.goods_factor)

    shallow = added("free_trade_area")
    assert shallow[places["PAK"], places["UZB"]] == pytest.approx(0.4)
    assert shallow[places["PAK"], places["USA"]] == pytest.approx(0.5)
    assert shallow[places["UZB"], places["KAZ"]] == 0
    assert added("economic_union")[places["UZB"], places["KAZ"]] == pytest.approx(0.3)
    assert not np.diag(shallow).any()
    assert (standing == standing.T).all()


@pytest.mark.slow
@pytest.mark.unit
def test_signing_is_what_a_run_of_the_agreement_finds() -> None:
    basis = embedded_basis()
    scenario = read_scenario(find_scenario("eaeu-pakistan-fta"))
    inputs = prepare_inputs(basis, scenario)
    values = central_values(inputs.parameters)
    assumptions = assumptions_of(values, inputs.cargo)
    found = one_pass(inputs, basis.world, assumptions, FreightDraw.neutral()).equilibrium
    run = gain_percent_of_gdp(found, basis.world) / 100 * basis.world.gdp_million_usd
    union = tuple(members("EAEU", on=dt.date(2023, 12, 31)))
    rules = make_rules(
        basis.world, [Player("EAEU", union), *singly("PAK")],
        # As the world of the run has it: agreements in force in its year.
        standing=standing_depths(basis.world.iso3, on=dt.date(2023, 12, 31)),
        depth="free_trade_area", values=values, theta=assumptions.theta,
    )  # fmt: skip
    assert_allclose(gain_of(rules, 0b11), run, atol=1e-3)
    later = replace_standing(rules, basis.world, values, assumptions.theta)
    gains = gain_of(later, 0b11)
    # Agreements of a later day change the tariffs before and after alike.
    assert abs(gains.sum()) < 10 * np.abs(run).sum()


def replace_standing(rules: Rules, world: World, values: dict[str, float], theta: float) -> Rules:
    """Make the same rules on the agreements of another day."""
    return make_rules(
        world, list(rules.players), standing=standing_depths(world.iso3, on=DAY),
        depth="free_trade_area", values=values, theta=theta,
    )  # fmt: skip


@pytest.mark.unit
def test_a_work_is_built_when_all_it_needs_take_part_and_is_paid_by_them() -> None:
    world = small_world(4)
    factor = np.ones((6, 6))
    factor[0, 1] = factor[1, 0] = 1.5
    works = Works(
        titles=("railway",),
        needs=np.array([[True, True, False]]),
        yearly_cost=np.array([[0.02, 0.03, 0.0]]),
        goods_factor={1: factor},
    )
    players = singly("PAK", "UZB", "USA")
    rules = make_rules(
        world,
        players,
        standing=standing_depths(CODES, on=DAY),
        depth=None,
        values=EFFECTS,
        theta=THETA,
        works=works,
    )
    found = coalition_payoffs(rules)
    assert found.solved == 1
    assert not found.gain[0b101].any()
    assert_allclose(found.gain[0b011], found.gain[0b111], atol=0)
    money = gain_of(rules, 0b111, 1)
    assert_allclose(found.gain[0b111], money[[0, 1, 5]] - [0.02, 0.03, 0.0], atol=SAME)
    assert money[0] > 0
    assert list(np.flatnonzero(found.built)) == [0b011, 0b111]
    # One that is worth less than it costs is not built.
    dear = replace(rules, works=replace(works, yearly_cost=np.array([[1e9, 0.0, 0.0]])))
    assert not coalition_payoffs(dear).gain.any()
    assert not coalition_payoffs(dear).built.any()


@pytest.mark.unit
def test_signing_with_a_candidate_is_the_larger_coalition() -> None:
    world = small_world(5)
    larger = rules_of(world, singly("PAK", "UZB", "USA"))
    rules = rules_of(world, singly("PAK", "UZB"))
    found = gain_of_signing(rules, [("PAK",), ("UZB",), ("USA",)])
    assert_allclose(found, gain_of(larger, 0b111), atol=SAME)


def made_up(gain: dict[int, list[float]], count: int = 3) -> Payoffs:
    payoff = np.zeros((2**count, count))
    for number, row in gain.items():
        payoff[number] = row
    return Payoffs(
        players=tuple(singly(*CODES[:count])),
        gain=payoff,
        outside=np.zeros(2**count),
        whole=np.zeros(len(CODES)),
        built=np.zeros(2**count, dtype=np.int64),
        solved=0,
        certificate=pd.DataFrame(),
    )


@pytest.mark.unit
@pytest.mark.parametrize(
    ("first", "together", "expected"),
    [
        # In the first agreement PAK and UZB have more than among all: it stops them.
        ([5, 5, -1], [3, 3, 3], [TURNED, TURNED, KEENER]),
        # Outside the first agreement KAZ loses so much that it wants in, which it did not before.
        ([1, 1, -4], [2, 2, -1], [COOLER, COOLER, WON]),
        ([1, 1, -1], [3, 3, 3], [COOLER, COOLER, KEENER]),
    ],
)
def test_stumbling_and_building_blocks(
    first: list[float], together: list[float], expected: list[str]
) -> None:
    payoffs = made_up({0b011: first, 0b111: together})
    table = widening_table(payoffs, 0b011)
    assert list(table["reading"]) == expected
    assert_allclose(table["with_first_million_usd"], np.subtract(together, first))
    assert best_pair(payoffs.game) == 0b011


@pytest.mark.unit
def test_who_would_leave_is_told_with_whom_and_what_holds_them() -> None:
    payoffs = made_up({0b011: [3, 3, 0], 0b101: [1, 0, 1], 0b111: [2, 2, 5]})
    sharing = share_out(payoffs)
    assert [games.names(payoffs.game, int(n)) for n in sharing.leaving] == [("PAK", "UZB")]
    table = members_table(payoffs, sharing, small_world(6)).set_index("name")
    assert list(table["would_leave"]) == [True, True, False]
    assert table.loc["PAK", "leaves_with"] == "UZB"
    assert table.loc["PAK", "gain_of_leaving_million_usd"] == pytest.approx(2.0)
    assert table["transfer_million_usd"].sum() == pytest.approx(0, abs=1e-6)
    assert table.loc["KAZ", "transfer_million_usd"] == pytest.approx(-2.0, abs=1e-6)
    assert games.in_core(payoffs.game, table["with_transfer_million_usd"].to_numpy())
    values = coalitions_table(payoffs, sharing).set_index("coalition")
    assert values.loc["PAK, UZB", "excess_million_usd"] == pytest.approx(2.0)
    assert values.loc["PAK, UZB, KAZ", "worst_off"] == "PAK"


@pytest.fixture(scope="module")
def study() -> CoalitionStudy:
    question = read_question(
        embedded_basis(),
        ["PAK", "UZB", "Kazakhstan"],
        depth="free_trade_area",
        on=DAY,
        candidates=["IRN", "TJK"],
    )
    return study_coalitions(question, draws=3, seed=5, jobs=1)


@pytest.mark.unit
def test_a_study_of_the_shipped_world(study: CoalitionStudy) -> None:
    members = study.tables["coalition_members"]
    assert list(members["name"]) == ["Pakistan", "Uzbekistan", "Kazakhstan"]
    # A free trade area of the three costs one of them more in revenue than it brings.
    assert members["together_million_usd"].max() > 0
    for name in ("together_million_usd", "shapley_million_usd"):
        assert (members[f"{name}_low"] < members[f"{name}_high"]).all()
    assert members["shapley_million_usd"].sum() == pytest.approx(study.payoffs.game.whole)
    joins = study.tables["coalition_next"]
    assert set(joins["name"]) == {"Iran", "Tajikistan"}
    assert joins["members_million_usd"].is_monotonic_decreasing
    assert 0 <= study.core_probability <= 1
    words = " ".join(verdict(study))
    assert "core" in words
    assert "3 draws" in words
    assert study.tables["coalition_certificate"]["passed"].all()


@pytest.mark.unit
def test_the_same_seed_gives_the_same_bands(study: CoalitionStudy) -> None:
    again = study_coalitions(study.question, draws=3, seed=5, jobs=1)
    first: FloatArray = study.tables["coalition_members"]["shapley_million_usd_low"].to_numpy()
    assert again.tables["coalition_members"]["shapley_million_usd_low"].to_numpy().tobytes() == (
        first.tobytes()
    )


@pytest.mark.unit
@pytest.mark.parametrize(
    ("named", "options", "error", "message"),
    [
        (["PAK"], {}, InputError, "Name 2 to 12"),
        (["PAK", "Uzbekistn"], {}, FaultsError, "Did you mean 'Uzbekistan'"),
        (["EAEU", "KAZ"], {}, FaultsError, r"Kazakhstan \(EAEU\) takes part already"),
        (["PAK", "UZB", "KAZ"], {"first": ["PAK"]}, InputError, "at least two members"),
        (["PAK", "UZB", "KAZ"], {"first": ["IRN", "PAK"]}, UnknownNameError, "none of the members"),
        (["PAK", "UZB"], {"candidates": ["PAK"]}, FaultsError, "takes part already"),
        (["PAK", "UZB"], {"depth": None}, InputError, "nothing to agree on"),
    ],
)
def test_what_cannot_be_asked_is_said(
    named: list[str], options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_question(embedded_basis(), named, **{"depth": "free_trade_area", "on": DAY, **options})


SCENARIO = """
format = 1
name = "toy"
title = "Toy"
summary = "A railway of three, a border of two."
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
title = "Torkham"
source = "none"
crossings = ["torkham-road"]
hours = 8
"""


@pytest.mark.unit
@pytest.mark.slow
def test_members_build_what_lies_in_their_economies() -> None:
    scenario = parse_scenario(SCENARIO, where="toy.toml")
    question = read_question(
        embedded_basis(), ["PAK", "UZB", "AFG"], depth=None, scenario=scenario, where="toy.toml"
    )
    study = study_coalitions(question, jobs=1)
    works = study.tables["coalition_works"]
    assert list(works["needs"]) == ["Pakistan, Uzbekistan, Afghanistan", "Pakistan, Afghanistan"]
    assert works["players_cost_million_usd"][0] > 0
    assert works["players_cost_million_usd"][1] == 0
    values = study.tables["coalition_values"].set_index("coalition")
    # Two of them can better the border; only all three can build the railway.
    assert study.payoffs.solved == 3
    assert values.loc["Pakistan, Afghanistan", "builds"] == "Torkham"
    assert values.loc["Pakistan, Afghanistan", "value_million_usd"] > 0
    assert values.loc["Pakistan, Uzbekistan", "value_million_usd"] == 0
    assert "coalition_next" not in study.tables


@pytest.mark.unit
def test_a_measure_of_nobody_is_refused() -> None:
    scenario = parse_scenario(SCENARIO, where="toy.toml")
    with pytest.raises(FaultsError, match="measure border: none of Afghanistan, Pakistan is"):
        read_question(
            embedded_basis(), ["UZB", "KAZ"], depth=None, scenario=scenario, where="toy.toml"
        )
