"""Numbers behind claims: facts, numbers of a pass, and the same run as the study's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.atlas.economies import economies
from landbridge.basis import Basis, embedded_basis
from landbridge.claims.evidence import Answer, Evidence, Missing
from landbridge.claims.facts import fact
from landbridge.claims.ledger import Options, weigh_ledger
from landbridge.claims.portfolio import least_risk, read_series
from landbridge.claims.preparing import Shut, reading_of
from landbridge.claims.quantities import (
    Blocked,
    CrossingOpen,
    Diversification,
    FactQuantity,
    Gateway,
    Income,
    LeftOut,
    MarketAccess,
    PortShare,
    Region,
    RegionCoverage,
    RouteRatio,
    ShareOfWorld,
    StatedGap,
    StatedTrade,
    Supplier,
    Trade,
)
from landbridge.claims.reading import find_claim, parse_claims, shipped_ledger
from landbridge.claims.readings import IncomeOf, ShareOf, TargetOf, TradeOf, View, WaysThroughOf
from landbridge.claims.rules import judge
from landbridge.claims.runs import prepare_asked, run_asked, scenario_named
from landbridge.claims.schema import Level
from landbridge.errors import (
    ConvergenceError,
    FaultsError,
    InputError,
    LandbridgeError,
    UnknownNameError,
)
from landbridge.freight.costs.pricing import FreightDraw, central_parameters
from landbridge.freight.network.compiled import load_network
from landbridge.freight.network.tables import by_text
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.routes.totals import trips_over
from landbridge.freight.skims.to_ports import central_port_choice
from landbridge.scenarios.parameters import THETA, default_parameters
from landbridge.scenarios.trade_costs import tariff_values
from landbridge.scenarios.varying import vary
from landbridge.studies.access.market_access import access_hat
from landbridge.studies.access.study import access_of
from landbridge.studies.chain.assumptions import central_values
from landbridge.studies.chain.outcomes import gain_percent_of_gdp, one_pass
from landbridge.studies.chain.setting import make_setting
from landbridge.studies.run.running import draw_scenario
from landbridge.tasks import no_progress
from landbridge.world.base import World
from landbridge.world.baseline import load_baseline

DAY = date(2020, 6, 30)
EXACT = 1e-12
SAME = 1e-9  # two ways through the same solver


def looked_up(quantity: FactQuantity, **more: Any) -> Answer:
    return fact(quantity, network=load_network(), **more)


def number(answer: Answer) -> float:
    assert isinstance(answer, Evidence)
    assert answer.exact
    assert answer.basis
    return answer.central


@pytest.mark.unit
def test_the_russian_figure_that_does_not_add_up_is_told() -> None:
    found = looked_up(StatedGap(kind="stated_gap", statement="pak-rus-2018"))
    assert number(found) == pytest.approx(100 * 300 / 700)
    assert isinstance(found, Evidence)
    assert "300 missing" in found.detail
    stated = looked_up(StatedTrade(kind="stated_trade", statement="pak-rus-2018"))
    assert number(stated) == 700


@pytest.mark.unit
def test_shares_of_the_world_add_up() -> None:
    parts = [("EAEU",), ("world",)]
    for measure in ("gdp", "gdp_ppp", "trade", "population"):
        some, every = (
            number(looked_up(ShareOfWorld(kind="share_of_world", of=of, on=DAY, measure=measure)))
            for of in parts
        )
        assert 0 < some < every
        assert every == pytest.approx(100)


@pytest.mark.unit
def test_a_region_is_covered_by_its_own_members() -> None:
    table = economies().set_index("iso3")["gdp_million_usd"]
    regions = [Region(name="two", group={"economies": ["PAK", "IND"]}),
               Region(name="none", group={"economies": ["BRA"]})]  # fmt: skip

    def covered(measure: str, given: list[Region]) -> float:
        asked = RegionCoverage(kind="region_coverage", of=("PAK",), on=DAY, measure=measure)
        return number(looked_up(asked, regions=given))

    share = 100 * table["PAK"] / (table["PAK"] + table["IND"])
    assert covered("least_gdp_percent", regions[:1]) == pytest.approx(share)
    assert covered("least_gdp_percent", regions) == 0
    assert covered("regions_without_member", regions) == 1


@pytest.mark.unit
def test_an_obstacle_goes_when_the_party_does() -> None:
    def blocked(**more: Any) -> float:
        asked = {"kind": "blocked", "act": "formal_agreement", "parties": ("EAEU", "PAK")}
        return number(looked_up(Blocked.model_validate({**asked, "on": DAY, **more})))

    assert blocked() == 1
    assert blocked(without=("ARM",)) == 0
    assert blocked(on=date(2026, 1, 1)) == 0


@pytest.mark.unit
def test_a_gateway_is_ranked_among_all() -> None:
    def gateway(of: str, measure: str) -> float:
        asked = Gateway(kind="gateway", of=of, blocs=("SCO", "SAARC"), on=DAY, measure=measure)
        return number(looked_up(asked))

    assert gateway("PAK", "rank") == gateway("IND", "rank") == 1
    assert gateway("PAK", "alone") == 0
    assert gateway("FRA", "pairs") == 0
    assert gateway("FRA", "rank") == 3


@pytest.mark.unit
def test_other_facts_are_looked_up() -> None:
    crossing = looked_up(CrossingOpen(kind="crossing_open", crossing="khunjerab-road"))
    assert 0 < number(crossing) <= 100
    for measure in ("reach_percent", "bottom_quarter_percent"):
        assert number(looked_up(LeftOut(kind="left_out", on=DAY, measure=measure))) > 0
    supplier = looked_up(Supplier(kind="supplier", of="PAK", sector="C30T33"))
    assert 0 < number(supplier) < 100


@pytest.mark.unit
def test_the_days_of_khunjerab_are_set_by_hand_and_no_evidence_on_their_own_threshold() -> None:
    answer = looked_up(CrossingOpen(kind="crossing_open", crossing="khunjerab-road"))
    assert isinstance(answer, Evidence)
    assert answer.by_hand
    ledger = shipped_ledger()
    rule = next(
        one
        for one in find_claim(ledger, "C1").tests
        if isinstance(one, Level) and isinstance(one.quantity, CrossingOpen)
    )
    assert judge(rule, {rule.quantity: answer}).standing == "refused"


def test_what_is_not_there_gets_a_hint() -> None:
    with pytest.raises(UnknownNameError, match="pak-rus-2018"):
        looked_up(StatedGap(kind="stated_gap", statement="pak-rus-2019"))


def world_of(flows: np.ndarray) -> World:
    size = len(flows)
    return World(
        year=2023,
        iso3=tuple(f"AA{letter}" for letter in "ABCDEFG"[:size]),
        goods=flows,
        services=np.zeros_like(flows),
        sd_log_goods=np.zeros_like(flows),
        sd_log_services=np.zeros_like(flows),
        status_goods=np.zeros(flows.shape, dtype=np.int8),
        status_services=np.zeros(flows.shape, dtype=np.int8),
        gdp_million_usd=np.array([50.0, 100.0, 200.0])[:size],
        population=np.ones(size),
    )


def view_of(world: World, after: np.ndarray, welfare: list[float]) -> View:
    solved = SimpleNamespace(
        flows=after, baseline_flows=world.flows, welfare_hat=np.array(welfare),
        baseline_revenue=np.zeros(len(welfare)),
    )  # fmt: skip
    network: Any = None
    found: Any = SimpleNamespace(equilibrium=solved)
    return View(Basis(world, network, {}), found, central_parameters(), FreightDraw.neutral(),
                central_port_choice())  # fmt: skip


@pytest.mark.unit
def test_numbers_of_a_pass_are_sums_over_pairs() -> None:
    before = np.array([[90.0, 10.0, 30.0], [20.0, 50.0, 5.0], [40.0, 5.0, 99.0]])
    after = before.copy()
    after[0, 1], after[1, 0] = 15.0, 30.0
    world = world_of(before)
    view = view_of(world, after, [1.01, 0.99, 1.0])
    pairs = np.zeros((3, 3), dtype=bool)
    pairs[0, 1] = pairs[1, 0] = True
    assert TradeOf(pairs).of(view) == pytest.approx(50.0)
    whole = np.zeros((3, 3), dtype=bool)
    whole[0, 1:] = whole[1:, 0] = True
    assert ShareOf(pairs, whole).of(view) == pytest.approx(100 * (45 / 115 - 30 / 100))
    assert TargetOf(pairs, 90.0, needs_run=True).of(view) == pytest.approx(50.0)
    assert TargetOf(pairs, 90.0, needs_run=False).of(view) == pytest.approx(100 * 30 / 90)
    gain = gain_percent_of_gdp(view.solved.equilibrium, world)
    both = np.array([True, True, False])
    assert IncomeOf(both).of(view) == pytest.approx((gain[0] * 50 + gain[1] * 100) / 150)


@pytest.mark.unit
def test_pairs_fall_into_three_scales() -> None:
    world = load_baseline()
    shut, day = Shut(load_network()), date(2026, 1, 1)

    def pairs(scale: str) -> np.ndarray:
        asked = Trade(kind="trade", scenario="today", of=("world",), pairs=scale)
        made = reading_of(asked, world=world, shut=shut, on=day)
        assert isinstance(made, TradeOf)
        return made.pairs.astype(int)

    parts = pairs("same_subregion") + pairs("same_region") + pairs("across_regions")
    np.testing.assert_array_equal(parts, pairs("all"))
    assert not np.diagonal(parts).any()
    pak, ind, kaz, bra = (world.index(code) for code in ("PAK", "IND", "KAZ", "BRA"))
    assert pairs("same_subregion")[pak, ind]
    assert pairs("same_region")[pak, kaz]
    assert pairs("across_regions")[pak, bra]


@pytest.mark.unit
def test_nobody_is_refused() -> None:
    world, shut = load_baseline(), Shut(load_network())
    asked = Income(kind="income", scenario="today", of=("world",), outside=True)
    with pytest.raises(InputError, match="nobody"):
        reading_of(asked, world=world, shut=shut, on=DAY)


@pytest.mark.unit
@pytest.mark.slow
def test_trips_over_an_economy_are_those_of_the_best_trip() -> None:
    network, freight = load_network(), central_parameters()
    owner = by_text(network.tables.links, "link", "iso3")
    trips = list(product(("karachi", "tashkent"), ("kabul", "moscow", "delhi", "karachi")))
    for iso3 in ("PAK", "KAZ"):
        expected = [
            one != other
            and any(
                owner.get(name) == iso3 for name in best_trip(network, freight, one, other).links
            )
            for one, other in trips
        ]
        assert trips_over(network, freight, trips, iso3).tolist() == expected


@pytest.mark.unit
def test_least_risk_of_two_is_the_closed_form() -> None:
    rng = np.random.default_rng(1)
    both = rng.normal(size=(40, 2)) * [1.0, 1.5]
    cov = np.cov(both.T)
    share = (cov[1, 1] - cov[0, 1]) / (cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    assert 0 < share < 1
    weights = np.array([share, 1 - share])
    assert least_risk(both) == pytest.approx(np.sqrt(weights @ cov @ weights), rel=1e-9)


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_no_portfolio_is_less_risky(assets: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    returns = rng.normal(size=(12, assets)) @ rng.normal(size=(assets, assets))
    least = least_risk(returns)
    cov = np.cov(returns.T)
    weights = rng.dirichlet(np.ones(assets), size=200)
    risks = np.sqrt(np.einsum("ka,ab,kb->k", weights, cov, weights))
    assert least <= risks.min() + SAME
    assert least <= np.sqrt(np.diag(cov)).min() + SAME
    # Another asset can only help, whatever it is.
    assert least_risk(np.column_stack([returns, rng.normal(size=12)])) <= least + SAME


@pytest.mark.unit
def test_a_series_of_ones_own_tells_how_much_risk_falls(tmp_path: Path) -> None:
    asked = Diversification(
        kind="diversification", base=("IND",), added=("PAK",), on=DAY, years_needed=4,
        series="growth.csv",
    )  # fmt: skip
    table = pd.DataFrame({"year": [1, 2, 3, 4], "IND": [1, 3, 1, 3], "PAK": [3, 1, 3, 1]})
    table.to_csv(tmp_path / "growth.csv", index=False)
    assert number(looked_up(asked, beside=tmp_path)) == pytest.approx(-100.0)
    few = asked.model_copy(update={"years_needed": 5})
    assert isinstance(looked_up(few, beside=tmp_path), Missing)


@pytest.mark.golden
def test_without_a_series_growth_of_the_embedded_panel_tells_how_much_risk_falls() -> None:
    asked = Diversification(
        kind="diversification", base=("BRICS",), added=("peaks",), on=date(2020, 6, 30),
        years_needed=15,
    )  # fmt: skip
    found = looked_up(asked)
    assert number(found) == pytest.approx(-40.8, abs=0.5)
    assert "1991 to 2023" in found.basis
    long = looked_up(asked.model_copy(update={"years_needed": 40}))
    assert isinstance(long, Missing)
    assert "40 are needed" in long.reason
    unknown = looked_up(asked.model_copy(update={"added": ("TWN",)}))
    assert isinstance(unknown, Missing)
    assert "Taiwan" in unknown.reason


@pytest.mark.unit
def test_a_series_at_fault_gets_one_clear_message(tmp_path: Path) -> None:
    path = tmp_path / "growth.csv"
    path.write_text("year,IND\n1,2\n1,x\n", encoding="utf-8")
    with pytest.raises(FaultsError, match="'PAK' is missing"):
        read_series(path, ("IND", "PAK"))
    with pytest.raises(FaultsError) as raised:
        read_series(path, ("IND",))
    assert len(raised.value.faults) == 2
    with pytest.raises(InputError, match="cannot be read"):
        read_series(tmp_path / "none.csv", ("IND",))


@pytest.mark.unit
@pytest.mark.slow
def test_a_claim_sees_the_run_that_the_study_makes() -> None:
    draws, seed = 2, 7
    # On least-cost paths: the chain is the same whatever goods choose among.
    scenario = vary(scenario_named("n-cpec-plus"), ["choice=least"])
    trade = Trade(kind="trade", scenario="n-cpec-plus", of=("PAK",), partners=("UZB",))
    income = Income(kind="income", scenario="n-cpec-plus", of=("PAK",))
    access = MarketAccess(kind="market_access", scenario="n-cpec-plus", of=("UZB",))
    prepared, faults = prepare_asked(embedded_basis(), scenario, [trade, income, access])
    assert not faults
    found = run_asked({"both": prepared}, draws=draws, seed=seed, jobs=1, progress=no_progress)[
        "both"
    ]
    run = draw_scenario(embedded_basis(), scenario, draws=draws, seed=seed, jobs=1)
    inputs, names = run.inputs, run.inputs.world.iso3
    here = [
        place
        for place, (one, other) in enumerate(zip(*inputs.pairs, strict=True))
        if {names[one], names[other]} == {"PAK", "UZB"}
    ]
    for outcome, name in ((run.central.outcome, "central"), (run.drawn, "draws")):
        base = outcome.pair_baseline_million_usd[..., here]
        change = (base * outcome.pair_percent[..., here]).sum(axis=-1) / base.sum(axis=-1)
        np.testing.assert_allclose(getattr(found[trade], name), change, rtol=SAME)
        own = outcome.real_income_percent[..., names.index("PAK")]
        np.testing.assert_allclose(getattr(found[income], name), own, rtol=SAME)
    freight = central_parameters()
    setting = make_setting(
        inputs.basis,
        theta=default_parameters()[THETA].central,
        freight=freight,
        choice=inputs.cargo,
        values=tariff_values(central_values(default_parameters())),
    )
    expected = 100 * (access_hat(setting, inputs.after) - 1)[names.index("UZB")]
    assert found[access].central == pytest.approx(expected, rel=1e-6)


@pytest.mark.unit
@pytest.mark.slow
def test_ports_win_what_the_access_of_an_economy_says() -> None:
    network, world = load_network(), load_baseline()
    asked = PortShare(kind="port_share", of=("AFG",), ports=("chabahar", "Bandar Abbas"))
    view = View(Basis(world, network, {}), None, central_parameters(), FreightDraw.neutral(),
                central_port_choice())  # fmt: skip
    made = reading_of(asked, world=world, shut=Shut(network), on=DAY)
    access = access_of(Basis(world, network, default_parameters()), "AFG")
    ports = access.ports.set_index("port")["share_percent"]
    assert made.of(view) == pytest.approx(ports["chabahar"] + ports["bandar-abbas"], rel=SAME)
    shut = reading_of(
        asked.model_copy(update={"close": ("chabahar", "bandar-abbas")}),
        world=world,
        shut=Shut(network),
        on=DAY,
    )
    assert shut.of(view) < EXACT


@pytest.mark.unit
@pytest.mark.slow
def test_a_way_that_is_shut_costs_more_or_the_same() -> Any:
    network, world = load_network(), load_baseline()
    shut = Shut(network)
    view = View(Basis(world, network, {}), None, central_parameters(), FreightDraw.neutral(),
                central_port_choice())  # fmt: skip

    def ratio(**more: Any) -> float:
        asked = {"kind": "route_ratio", "origin": "Karachi", "destination": "Kabul"}
        quantity = RouteRatio.model_validate({**asked, **more})
        return reading_of(quantity, world=world, shut=shut, on=DAY).of(view)

    assert ratio(without=("torkham-road",)) > 1
    assert ratio(without=("malacca",)) == 1
    assert shut.of(("malacca",)) is shut.of(("malacca", "malacca"))
    through = WaysThroughOf(("karachi",), ("kabul", "delhi"), "PAK")
    assert through.of(view) == 100


@pytest.mark.unit
def test_faults_of_a_users_claims_are_told_before_anything_is_run(head: str, claim: str) -> None:
    text = head + claim.replace("pak-rus-2018", "pak-rus-2081")
    text += """
[[claims.context]]
says = "More"
quantity = { kind = "income", scenario = "n-cpec-pluss", of = ["PAK"] }

[[claims.context]]
says = "And more"
quantity = { kind = "income", scenario = "today", of = ["Pakistn"] }
"""
    ledger = parse_claims(text, where="")
    with pytest.raises(LandbridgeError) as raised:
        weigh_ledger(embedded_basis(), ledger, options=Options(draws=0, file=Path("mine.toml")))
    said = str(raised.value)
    assert isinstance(raised.value, FaultsError)
    assert len(raised.value.faults) == 3
    for told in ("claim M1, stated_gap", "'n-cpec-plus'", "'Pakistan'"):
        assert told in said


@pytest.mark.unit
@pytest.mark.slow
def test_answers_are_remembered_by_what_they_rest_on(head: str, claim: str) -> None:
    trip = (
        '{ kind = "route_ratio", origin = "Karachi", destination = "Kabul", '
        'without = ["torkham-road"] }'
    )
    text = head + claim.replace('{ kind = "stated_gap", statement = "pak-rus-2018" }', trip)
    ledger = parse_claims(text.replace("at_most = 5", "at_most = 1"), where="")
    memory: dict[str, Answer] = {}
    options = Options(draws=0, jobs=1)
    first = weigh_ledger(embedded_basis(), ledger, options=options, memory=memory)
    assert [verdict.word for verdict in first.verdicts] == ["contradicted"]
    (key,) = memory
    memory[key] = Evidence(0.5, "times the cost", "remembered")
    again = weigh_ledger(embedded_basis(), ledger, options=options, memory=memory)
    assert [verdict.word for verdict in again.verdicts] == ["supported"]
    # Of another world nothing is remembered.
    basis = embedded_basis()
    other = basis.with_world(replace(basis.world, goods=basis.world.goods * 2.0))
    weigh_ledger(other, ledger, options=options, memory=memory)
    assert len(memory) == 2


@pytest.mark.slow
def test_scenarios_together_give_what_each_gives_alone() -> None:
    basis = embedded_basis()
    prepared = {}
    for name in ("eaeu-india", "saarc-revival"):
        scenario = scenario_named(name)
        income = Income(kind="income", scenario=name, of=("IND",))
        prepared[name] = prepare_asked(basis, scenario, [income])[0]
    how: dict[str, Any] = {"draws": 2, "seed": 5, "jobs": 1, "progress": no_progress}
    together = run_asked(prepared, **how)
    for name, one in prepared.items():
        alone = run_asked({name: one}, **how)[name]
        for quantity, answer in alone.items():
            found = together[name][quantity]
            assert isinstance(answer, Evidence)
            assert isinstance(found, Evidence)
            assert found.central == answer.central
            assert (found.draws == answer.draws).all()
            assert found.basis == answer.basis
    assert together["eaeu-india"] != together["saarc-revival"]


@pytest.mark.slow
def test_a_scenario_without_an_equilibrium_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    basis = embedded_basis()
    prepared = {}
    for name in ("eaeu-india", "saarc-revival"):
        income = Income(kind="income", scenario=name, of=("IND",))
        prepared[name] = prepare_asked(basis, scenario_named(name), [income])[0]

    def failing(inputs: Any, *rest: Any) -> Any:
        if inputs.scenario.name == "eaeu-india":
            raise ConvergenceError("no luck", residual=1.0, iterations=2)
        return one_pass(inputs, *rest)

    monkeypatch.setattr("landbridge.claims.runs.one_pass", failing)
    found = run_asked(prepared, draws=1, seed=5, jobs=1, progress=no_progress)
    assert all(
        isinstance(one, Missing) and "no luck" in one.reason for one in found["eaeu-india"].values()
    )
    assert all(isinstance(one, Evidence) for one in found["saarc-revival"].values())
