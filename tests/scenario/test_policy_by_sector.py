"""Measures by sector, payment costs and rates with a band: claims on small made-up worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from landbridge.draws.engine import Draw
from landbridge.errors import FaultsError, InputError
from landbridge.scenarios.parameters import measure_parameters, scenario_parameters
from landbridge.scenarios.policy import Policy, goods_sectors, read_policy
from landbridge.scenarios.reading import parse_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.trade_costs import Shock, make_shock

CLOSE = 1e-12  # rounding of a few operations
ISO3 = ("KAZ", "PAK", "RUS")
THETA = 5.0
EFFECTS = {"free_trade_area": 0.5, "preference": 0.1}
HEAD = """\
format = 1
agreement_parts = ["residual"]
name = "a-question"
title = "A question"
summary = "What if."
date = 2026-01-01
[focus]
economy = "PAK"
partners = ["RUS"]
"""
AGREEMENT = 'kind = "sign_agreement"\nparties = ["PAK", "RUS"]\n'
TARIFF = 'kind = "change_tariff_equivalent"\nexporters = ["RUS"]\nimporters = ["PAK"]\n'
PAYMENT = 'kind = "change_payment_cost"\nbetween = ["PAK", "RUS"]\n'
RATES = "from_percent = 4\nto_percent = 1\n"


def scenario_of(*bodies: str) -> Scenario:
    measures = "".join(
        f'[[measures]]\nid = "m{n}"\ntitle = "t"\nsource = "a test"\n{body}'
        for n, body in enumerate(bodies)
    )
    return parse_scenario(HEAD + measures, where="question.toml")


def shares_of(*codes: str) -> dict[str, np.ndarray]:
    return {code: np.full((3, 3), 1.0 / len(goods_sectors())) for code in codes}


def shock_of(policy: Policy) -> Shock:
    ones = np.ones((3, 3))
    return make_shock(
        ones * 0.1, ones * 0.1, reach_hat=ones, covered=ones.astype(bool), policy=policy,
        effects=EFFECTS,
    )  # fmt: skip


def freeness(
    *bodies: str, shares: dict[str, np.ndarray] | None = None, goods: float = 0.6
) -> np.ndarray:
    policy = read_policy(scenario_of(*bodies), ISO3, shares=shares)
    return shock_of(policy).freeness_hat(THETA, np.full((3, 3), goods))


@pytest.mark.unit
def test_a_measure_on_every_goods_sector_is_one_on_all_goods() -> None:
    every = sorted(goods_sectors())
    listed = f"sectors = {every}\n".replace("'", '"')
    for body in (AGREEMENT, TARIFF + RATES, PAYMENT + RATES):
        assert_allclose(freeness(body + listed, shares=shares_of(*every)), freeness(body), CLOSE)


@pytest.mark.unit
def test_a_measure_on_one_sector_acts_on_its_share() -> None:
    found = freeness(AGREEMENT + 'sectors = ["C29"]\n', shares={"C29": np.full((3, 3), 0.2)})
    there = found[ISO3.index("PAK"), ISO3.index("RUS")]
    assert there == pytest.approx(1 + 0.6 * 0.2 * (np.exp(0.5) - 1), rel=CLOSE)
    assert found[0, 1] == 1.0


@pytest.mark.unit
def test_the_deeper_of_two_agreements_holds_once_in_a_sector() -> None:
    both = freeness(
        AGREEMENT + 'depth = "preference"\n',
        AGREEMENT + 'sectors = ["C29"]\n',
        shares={"C29": np.full((3, 3), 0.2)},
    )[1, 2]
    assert both == pytest.approx(1 + 0.6 * (0.8 * np.exp(0.1) + 0.2 * np.exp(0.5) - 1), rel=CLOSE)


@pytest.mark.unit
def test_payments_act_both_ways_and_on_services_where_asked() -> None:
    goods = freeness(PAYMENT + RATES)
    all_of_it = freeness(PAYMENT + RATES + "services = true\n")
    factor = (101 / 104) ** -THETA
    assert goods[1, 2] == pytest.approx(1 + 0.6 * (factor - 1), rel=CLOSE)
    assert all_of_it[2, 1] == pytest.approx(factor, rel=CLOSE)
    assert_array_equal(goods, goods.T)


@pytest.mark.property
@given(rate=st.floats(-40, 100))
def test_a_rate_that_stays_changes_nothing(rate: float) -> None:
    same = f"from_percent = {rate!r}\nto_percent = {rate!r}\n"
    for body in (TARIFF, PAYMENT, PAYMENT + "services = true\n"):
        assert_array_equal(freeness(body + same), np.ones((3, 3)))
    listed = freeness(
        PAYMENT + same + 'sectors = ["C29", "H"]\n',
        shares={code: np.full((3, 3), 0.3) for code in ("C29", "H")},
    )
    assert_array_equal(listed, np.ones((3, 3)))


@pytest.mark.unit
def test_sectors_that_are_no_goods_or_not_known_are_refused() -> None:
    with pytest.raises(InputError, match=r"measure m0: H: a service.*goods"):
        freeness(TARIFF + RATES + 'sectors = ["H"]\n')
    with pytest.raises(FaultsError, match=r"no sector 'C2'\. Did you mean 'C2"):
        scenario_of(TARIFF + RATES + 'sectors = ["C2"]\n')
    with pytest.raises(FaultsError, match="not both"):
        scenario_of(PAYMENT + RATES + 'services = true\nsectors = ["H"]\n')


@pytest.mark.unit
def test_a_rate_with_a_band_becomes_a_parameter_that_disturbs_no_other_draw() -> None:
    plain = scenario_of(PAYMENT + RATES)
    wide = scenario_of(
        PAYMENT + "from_percent = { low = 2, central = 4, high = 8 }\nto_percent = 1\n"
    )
    assert measure_parameters(plain) == {}
    assert list(measure_parameters(wide)) == ["measure_m0_from"]
    before, after = (Draw(3, 0).parameters(scenario_parameters(each)) for each in (plain, wide))
    assert {name: after[name] for name in before} == before
    assert 2 <= after["measure_m0_from"] <= 8
    policy = read_policy(wide, ISO3)
    high = policy.costs(EFFECTS, {"measure_m0_from": 8.0}).goods_tau_hat
    assert high[1, 2] == pytest.approx(101 / 108, rel=CLOSE)
    assert policy.costs(EFFECTS, {}).goods_tau_hat[1, 2] == pytest.approx(101 / 104, rel=CLOSE)


@pytest.mark.unit
def test_keys_that_came_later_leave_old_hashes_alone() -> None:
    text = scenario_of(TARIFF + RATES).measures[0].model_dump_json()
    assert "sectors" not in text
    assert '"from_percent":4.0' in text
