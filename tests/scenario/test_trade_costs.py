"""From measures to trade costs: claims on small made-up worlds and on the atlas."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.errors import FaultsError, UnknownNameError
from landbridge.scenarios.parameters import default_parameters, triangular
from landbridge.scenarios.policy import Policy, read_policy
from landbridge.scenarios.reading import parse_scenario
from landbridge.scenarios.trade_costs import ad_valorem_freight, agreement_effects, make_shock
from landbridge.scenarios.values.parties import expand, expand_all, label

EXACT = 1e-14  # rounding of a few operations
ISO3 = ("ARM", "BLR", "KAZ", "PAK", "RUS", "UZB")
HEAD = """\
format = 1
name = "a-question"
title = "A question"
summary = "What if."
date = 2020-01-01
[focus]
economy = "PAK"
partners = ["UZB"]
"""


def measure(body: str) -> str:
    return f'{HEAD}[[measures]]\nid = "m"\ntitle = "t"\nsource = "a test"\n{body}\n'


def policy_of(text: str) -> Policy:
    return read_policy(parse_scenario(text, where="question.toml"), ISO3)


def quiet(count: int) -> Policy:
    return Policy(iso3=ISO3[:count], tariff_tau_hat=np.ones((count, count)))


@pytest.mark.unit
def test_an_agreement_of_a_bloc_and_an_economy_covers_no_pair_inside_the_bloc() -> None:
    policy = policy_of(measure('kind = "sign_agreement"\nparties = ["EAEU", "PAK"]'))
    pairs = policy.agreement_pairs["free_trade_area"]
    with_pakistan = {ISO3[place] for place in np.flatnonzero(pairs[ISO3.index("PAK")])}
    assert with_pakistan == {"ARM", "BLR", "KAZ", "RUS"}
    assert not pairs[ISO3.index("KAZ"), ISO3.index("RUS")]
    assert (pairs == pairs.T).all()
    assert not pairs.diagonal().any()


@pytest.mark.unit
def test_of_two_agreements_of_a_pair_the_larger_holds_once() -> None:
    text = measure('kind = "sign_agreement"\nparties = ["PAK", "UZB"]')
    second = text[text.index("[[") :].replace('"m"', '"n"') + 'depth = "preference"\n'
    policy = replace(policy_of(text + second), parts=frozenset({"residual"}))
    effect = policy.costs({"free_trade_area": 0.5, "preference": 0.1}, {}).goods_log_effect
    assert effect[ISO3.index("PAK"), ISO3.index("UZB")] == 0.5


@pytest.mark.unit
def test_a_tariff_acts_one_way_and_never_on_sales_at_home() -> None:
    policy = policy_of(
        measure(
            'kind = "change_tariff_equivalent"\nexporters = ["UZB"]\nimporters = ["PAK"]\n'
            "from_percent = 20\nto_percent = 5"
        )
    )
    tariff = policy.tariff_tau_hat
    assert tariff[ISO3.index("UZB"), ISO3.index("PAK")] == pytest.approx(1.05 / 1.20, abs=EXACT)
    assert tariff[ISO3.index("PAK"), ISO3.index("UZB")] == 1.0
    assert (tariff.diagonal() == 1.0).all()


@pytest.mark.unit
def test_a_tariff_of_the_world_leaves_domestic_sales_alone() -> None:
    policy = policy_of(
        measure(
            'kind = "change_tariff_equivalent"\nexporters = ["world"]\nimporters = ["world"]\n'
            "from_percent = 10\nto_percent = 0"
        )
    )
    off = ~np.eye(len(ISO3), dtype=bool)
    assert policy.tariff_tau_hat[off] == pytest.approx(1 / 1.1, abs=EXACT)


@pytest.mark.unit
def test_blocs_and_composites_are_read_at_the_date() -> None:
    assert "GBR" in expand("EU", on=dt.date(2019, 12, 31))
    assert "GBR" not in expand("European Union", on=dt.date(2020, 2, 1))
    assert {"RUS", "CHN", "PAK"} <= set(expand("gep", on=dt.date(2020, 1, 1)))
    assert expand("kazakhstan", on=dt.date(2020, 1, 1)) == ("KAZ",)
    assert expand_all(["KAZ", "EAEU"], on=dt.date(2020, 1, 1)).count("KAZ") == 1


@pytest.mark.unit
@pytest.mark.parametrize(
    ("written", "offered"), [("EAEUU", "EAEU"), ("Pakistn", "Pakistan"), ("brics-pluss", "brics")]
)
def test_a_misspelt_party_gets_a_suggestion(written: Any, offered: Any) -> None:
    with pytest.raises(UnknownNameError, match=f"neither an economy nor a bloc.*{offered}"):
        expand(written, on=dt.date(2020, 1, 1))


@pytest.mark.unit
def test_the_same_routes_give_no_shock_at_all() -> None:
    freight = np.array([[0.0, 0.2], [0.3, 0.0]])
    covered = np.ones((2, 2), dtype=bool)
    shock = make_shock(
        freight,
        freight,
        covered=covered,
        reach_hat=np.ones_like(freight),
        policy=quiet(2),
        effects={},
    )
    assert (shock.freeness_hat(5.0, np.full((2, 2), 0.7)) == 1.0).all()
    assert (shock.tau_hat(5.0) == 1.0).all()


@pytest.mark.unit
def test_pairs_that_are_not_covered_keep_their_cost() -> None:
    before = np.array([[0.0, 0.2, np.inf], [0.3, 0.0, 0.1], [np.inf, 0.1, 0.0]])
    covered = np.array([[False, True, True], [False, False, True], [True, True, False]])
    shock = make_shock(
        before,
        before / 2,
        covered=covered,
        reach_hat=np.ones_like(before),
        policy=quiet(3),
        effects={},
    )
    assert shock.freight_tau_hat[0, 1] == pytest.approx(1.1 / 1.2, abs=EXACT)
    assert shock.freight_tau_hat[1, 0] == 1.0
    assert shock.freight_tau_hat[0, 2] == 1.0
    assert not shock.covered[0, 2]


@pytest.mark.unit
def test_a_pair_that_loses_its_only_way_loses_its_goods_trade() -> None:
    before = np.array([[0.0, 0.2], [0.3, 0.0]])
    after = np.array([[0.0, np.inf], [0.3, 0.0]])
    covered = np.ones((2, 2), dtype=bool)
    shock = make_shock(
        before, after, covered=covered, reach_hat=np.ones_like(before), policy=quiet(2), effects={}
    )
    freeness = shock.freeness_hat(5.0, np.full((2, 2), 0.7))
    assert freeness[0, 1] == pytest.approx(0.3, abs=EXACT)
    assert freeness[1, 0] == 1.0


@pytest.mark.unit
def test_where_half_the_places_are_cut_off_half_the_goods_trade_stops() -> None:
    before = np.array([[0.0, 0.2], [0.2, 0.0]])
    covered = np.ones((2, 2), dtype=bool)
    reach = np.array([[1.0, 0.5], [1.0, 1.0]])
    shock = make_shock(
        before, before, covered=covered, reach_hat=reach, policy=quiet(2), effects={}
    )
    freeness = shock.freeness_hat(5.0, np.full((2, 2), 0.8))
    assert freeness[0, 1] == pytest.approx(0.6, abs=EXACT)
    assert freeness[1, 0] == 1.0


@pytest.mark.unit
def test_freight_acts_on_the_goods_part_of_a_flow_only() -> None:
    before, after = np.array([[0.0, 0.5], [0.5, 0.0]]), np.array([[0.0, 0.2], [0.2, 0.0]])
    covered = np.ones((2, 2), dtype=bool)
    shock = make_shock(
        before, after, covered=covered, reach_hat=np.ones_like(before), policy=quiet(2), effects={}
    )
    all_goods = shock.freeness_hat(4.0, np.ones((2, 2)))[0, 1]
    half_goods = shock.freeness_hat(4.0, np.full((2, 2), 0.5))[0, 1]
    assert all_goods == pytest.approx((1.5 / 1.2) ** 4, rel=EXACT)
    assert half_goods == pytest.approx(0.5 * all_goods + 0.5, rel=EXACT)
    assert shock.freeness_hat(4.0, np.zeros((2, 2)))[0, 1] == 1.0


@pytest.mark.unit
def test_freight_is_counted_against_the_value_of_the_goods() -> None:
    cost = ad_valorem_freight(np.array([[0.0, 250.0]]), value_usd_per_tonne=2500.0)
    assert cost[0, 1] == pytest.approx(0.1, abs=EXACT)


@pytest.mark.unit
def test_every_depth_of_agreement_has_an_effect_with_a_source() -> None:
    parameters = default_parameters()
    effects = agreement_effects({name: p.central for name, p in parameters.items()})
    assert set(effects) == {
        "preference", "free_trade_area", "customs_union", "common_market", "economic_union",
    }  # fmt: skip
    assert effects["free_trade_area"] == pytest.approx(0.557)  # AGTPA ch. 1, app. 3, column 4
    assert all(parameter.source for parameter in parameters.values())
    assert all(p.low <= p.central <= p.high for p in parameters.values())


@pytest.mark.property
@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 10), st.floats(0, 1, exclude_max=True))
def test_a_triangle_is_drawn_within_its_ends(
    first: Any, second: Any, third: Any, uniform: Any
) -> None:
    low, central, high = sorted((first, second, third))
    assert low <= triangular(low, central, high, uniform) <= high
    assert triangular(central, central, central, uniform) == central


@pytest.mark.unit
def test_a_group_by_rule_is_a_party_of_its_own() -> None:
    text = measure(
        'kind = "sign_agreement"\n'
        'parties = ["PAK", { whole = { bloc = "EAEU" }, without = [{ economies = ["ARM"] }] }]'
    )
    pairs = policy_of(text).agreement_pairs["free_trade_area"]
    with_pakistan = {ISO3[place] for place in np.flatnonzero(pairs[ISO3.index("PAK")])}
    assert with_pakistan == {"BLR", "KAZ", "RUS"}
    group = parse_scenario(text, where="q.toml").measures[0].named()[1]
    assert label(group) == '{"whole":{"bloc":"EAEU"},"without":[{"economies":["ARM"]}]}'


@pytest.mark.unit
def test_a_fault_in_a_group_is_named_in_its_place() -> None:
    text = measure('kind = "sign_agreement"\nparties = ["PAK", { bloc = "EAEUU" }]')
    with pytest.raises(FaultsError) as caught:
        policy_of(text)
    (fault,) = caught.value.faults
    assert fault.endswith(
        "measures[1].parties[2]: 'EAEUU' is not a known bloc. Did you mean 'EAEU' or 'EACU'?"
    )
    assert fault.startswith("line ")


@pytest.mark.unit
def test_an_agreement_with_the_world_is_one_with_everybody_else() -> None:
    policy = policy_of(measure('kind = "sign_agreement"\nparties = ["world", "PAK"]'))
    pairs = policy.agreement_pairs["free_trade_area"]
    assert pairs[ISO3.index("PAK")].sum() == len(ISO3) - 1
    assert not pairs[ISO3.index("KAZ"), ISO3.index("RUS")]


@pytest.mark.unit
@pytest.mark.parametrize(
    "body",
    [
        'kind = "sign_agreement"\nparties = ["PAK", "PAK"]',
        'kind = "sign_agreement"\nparties = ["PAK", "PRK"]',
        'kind = "change_tariff_equivalent"\nexporters = ["PRK"]\nimporters = ["PAK"]\n'  # noqa: ISC004
        "from_percent = 5\nto_percent = 0",
    ],
)
def test_a_measure_that_touches_no_pair_is_refused(body: Any) -> None:
    with pytest.raises(UnknownNameError, match="measure m"):
        policy_of(measure(body))
