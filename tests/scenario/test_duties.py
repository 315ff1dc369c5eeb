"""What measures change of tariffs: schedules of three economies, and shocks made of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.basis import embedded_basis
from landbridge.equilibrium.one_sector import solve
from landbridge.errors import FaultsError
from landbridge.scenarios.policy import Policy, read_policy
from landbridge.scenarios.reading import parse_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.trade_costs import Shock, make_shock, tariff_values
from landbridge.scenarios.values.duties import TariffValues
from landbridge.studies.chain.assumptions import central_values
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.units import FloatArray
from landbridge.world.tariffs.base import PreferenceRules, Tariffs

ISO3 = ("KAZ", "PAK", "RUS")
KAZ, PAK, RUS = range(3)
THETA = 5.0
USE, CUT = 0.8, 0.9
VALUES = TariffValues(
    PreferenceRules(USE, {"free_trade_area": CUT, "preference": 0.25}),
    {"free_trade_area": 2.0, "customs_union": 3.0},
    farm_ratio=2.0,
)
EFFECTS = {"free_trade_area": 0.5, "customs_union": 0.5}
HEAD = """\
format = 1
name = "a-question"
title = "A question"
summary = "What if."
date = 2026-01-01
agreement_parts = [PARTS]
[focus]
economy = "PAK"
partners = ["RUS"]
"""
AGREEMENT = 'kind = "sign_agreement"\nparties = ["PAK", "RUS"]\n'
ALL = ("tariffs", "non_tariff", "residual")


def tariffs() -> Tariffs:
    """Kazakhstan and Russia in a union; MFN tariffs of 6, 10 and 5 percent."""
    standing = np.zeros((3, 3), dtype=np.int64)
    standing[KAZ, RUS] = standing[RUS, KAZ] = 3
    return Tariffs(
        iso3=ISO3, mfn=np.array([0.06, 0.10, 0.05]), margin=np.ones(3), standing=standing,
        own=np.full((3, 3), np.nan), status=("a test",) * 3, published=np.full(3, np.nan),
        imports=np.array([1.0, 2.0, 3.0]),
    )  # fmt: skip


def scenario_of(*bodies: str, parts: tuple[str, ...] = ("tariffs", "non_tariff")) -> Scenario:
    told = ", ".join(f'"{part}"' for part in parts)
    measures = "".join(
        f'[[measures]]\nid = "m{n}"\ntitle = "t"\nsource = "a test"\n{body}'
        for n, body in enumerate(bodies)
    )
    return parse_scenario(HEAD.replace("PARTS", told) + measures, where="question.toml")


def policy_of(*bodies: str, parts: tuple[str, ...] = ("tariffs", "non_tariff")) -> Policy:
    return read_policy(scenario_of(*bodies, parts=parts), ISO3)


def shock_of(policy: Policy) -> Shock:
    same = np.ones((3, 3))
    return make_shock(
        same, same, reach_hat=same, covered=same > 0, policy=policy, effects=EFFECTS,
        tariffs=tariffs(), values=VALUES,
    )  # fmt: skip


def after(*bodies: str) -> FloatArray:
    duties = shock_of(policy_of(*bodies)).duties
    assert duties is not None
    return duties.after


def test_without_measures_the_tariffs_stay() -> None:
    duties = shock_of(policy_of()).duties
    assert duties is not None
    np.testing.assert_array_equal(duties.before, duties.after)
    assert duties.before[PAK, RUS] == pytest.approx(0.05)
    assert duties.before[KAZ, RUS] == 0.0


def test_an_agreement_takes_off_what_its_depth_says_times_its_use() -> None:
    found = after(AGREEMENT)
    assert found[RUS, PAK] == pytest.approx(0.10 * (1 - USE * CUT))
    assert found[PAK, RUS] == pytest.approx(0.05 * (1 - USE * CUT))
    assert found[KAZ, PAK] == pytest.approx(0.10)
    text = after(AGREEMENT + "tariff_cut_percent = 50\n")
    assert text[RUS, PAK] == pytest.approx(0.10 * (1 - USE * 0.5))
    union = after(AGREEMENT + 'depth = "customs_union"\n')
    assert union[RUS, PAK] == 0.0


def test_what_binds_as_deeply_already_changes_nothing() -> None:
    body = 'kind = "sign_agreement"\nparties = ["KAZ", "RUS"]\ndepth = "customs_union"\n'
    found = shock_of(policy_of(body, parts=ALL)).change(THETA, np.full((3, 3), 0.5))
    np.testing.assert_array_equal(found.freeness_hat, 1.0)
    off = shock_of(policy_of(body + "as_if_new = true\n", parts=("non_tariff",)))
    assert off.duties is not None
    np.testing.assert_array_equal(off.duties.before, off.duties.after)
    assert off.tariff_tau_hat[KAZ, RUS] == pytest.approx(1 / 1.03)
    new = shock_of(policy_of(body + "as_if_new = true\n", parts=ALL))
    assert new.duties is not None
    assert new.duties.before[KAZ, RUS] == pytest.approx(0.05)
    assert new.duties.after[KAZ, RUS] == 0.0


def test_a_rate_that_is_set_holds_and_can_say_where_it_started() -> None:
    body = 'kind = "set_tariff"\nexporters = ["RUS"]\nimporters = ["PAK"]\nto_percent = 2\n'
    duties = shock_of(policy_of(body + "from_percent = 30\n")).duties
    assert duties is not None
    assert duties.before[RUS, PAK] == pytest.approx(0.30)
    assert duties.after[RUS, PAK] == pytest.approx(0.02)
    assert duties.after[PAK, RUS] == pytest.approx(0.05)
    plain = shock_of(policy_of(body)).duties
    assert plain is not None
    assert plain.before[RUS, PAK] == pytest.approx(0.10)


def test_one_external_tariff_is_the_mean_by_imports_or_what_is_stated() -> None:
    body = 'kind = "harmonise_tariffs"\nmembers = ["KAZ", "RUS"]\n'
    found = after(body)
    mean = (0.06 * 1 + 0.05 * 3) / 4
    assert found[PAK, KAZ] == pytest.approx(mean)
    assert found[PAK, RUS] == pytest.approx(mean)
    assert found[KAZ, RUS] == 0.0
    assert after(body + "to_percent = 8\n")[PAK, KAZ] == pytest.approx(0.08)


def test_use_and_proof_of_origin_act_on_what_has_a_preference() -> None:
    use = 'kind = "preference_use"\nbetween = ["PAK", "RUS"]\nto_percent = 100\n'
    assert after(AGREEMENT, use)[RUS, PAK] == pytest.approx(0.10 * (1 - CUT))
    assert after(use)[RUS, PAK] == pytest.approx(0.10)
    proof = 'kind = "rules_of_origin"\nbetween = ["PAK", "RUS"]\nto_percent = 2\n'
    cost = shock_of(policy_of(AGREEMENT, proof, parts=("tariffs",))).tariff_tau_hat
    assert cost[RUS, PAK] == pytest.approx(1 + USE * 0.02)
    assert cost[KAZ, PAK] == 1.0
    alone = shock_of(policy_of(proof, parts=("tariffs",))).tariff_tau_hat
    assert alone[RUS, PAK] == 1.0


def test_parts_are_switched_one_by_one_and_the_rest_meets_the_estimated_effect() -> None:
    goods = np.ones((3, 3))
    nothing = shock_of(policy_of(AGREEMENT, parts=()))
    np.testing.assert_array_equal(nothing.change(THETA, goods).freeness_hat, 1.0)
    border = shock_of(policy_of(AGREEMENT, parts=("non_tariff",))).change(THETA, goods)
    assert border.freeness_hat[RUS, PAK] == pytest.approx(1.02**THETA)
    whole = shock_of(policy_of(AGREEMENT, parts=ALL)).change(THETA, goods)
    assert whole.freeness_hat[RUS, PAK] == pytest.approx(np.exp(0.5))
    estimated = shock_of(policy_of(AGREEMENT, parts=("residual",))).change(THETA, goods)
    assert estimated.freeness_hat[RUS, PAK] == pytest.approx(np.exp(0.5))
    assert estimated.duties_after is not None
    assert estimated.duties_after[RUS, PAK] == pytest.approx(0.10)


def test_a_tariff_on_one_sector_falls_on_its_share_and_farm_goods_pay_more() -> None:
    body = (
        'kind = "set_tariff"\nexporters = ["RUS"]\nimporters = ["PAK"]\nto_percent = 0\n'
        'sectors = ["A"]\n'
    )
    policy = policy_of(body)
    shares = {"A": np.full((3, 3), 0.25)}
    made = Policy(
        iso3=policy.iso3, tariff_tau_hat=policy.tariff_tau_hat,
        tariff_edits=policy.tariff_edits, parts=policy.parts, shares=shares,
        farm_share=np.full(3, 0.25),
    )  # fmt: skip
    found = shock_of(made)
    assert found.duties is not None
    before, then = found.duties.by_sector["A"]
    assert before[RUS, PAK] == pytest.approx(0.10 * 2.0 / 1.25)
    assert then[RUS, PAK] == 0.0
    change = found.change(THETA, np.ones((3, 3)))
    assert change.duties is not None
    assert change.duties_after is not None
    assert change.duties_after[RUS, PAK] < change.duties[RUS, PAK]
    assert change.freeness_hat[KAZ, PAK] == 1.0


@pytest.mark.slow
def test_a_run_keeps_the_mean_tariff_where_a_measure_names_farm_goods() -> None:
    basis = embedded_basis()
    scenario = scenario_of(
        'kind = "set_tariff"\nexporters = ["RUS"]\nimporters = ["PAK"]\nto_percent = 0\n'
        'sectors = ["A"]\n'
    )
    inputs = prepare_inputs(basis, scenario)
    values = tariff_values(central_values(inputs.parameters))
    duties = inputs.policy.costs({}, {}, tariffs=basis.world.tariffs, values=values).duties
    assert duties is not None
    pair = basis.world.index("RUS"), basis.world.index("PAK")
    farm, others = duties.by_sector["A"][0][pair], duties.before[pair]
    share = np.broadcast_to(inputs.policy.farm_share, len(basis.world.iso3))[pair[1]]
    assert 0.05 < share < 0.5
    assert farm / others == pytest.approx(values.farm_ratio / (1 + share * (values.farm_ratio - 1)))


@given(rate=st.floats(0, 200))
def test_a_rate_that_stays_changes_nothing(rate: float) -> None:
    body = (
        'kind = "set_tariff"\nexporters = ["RUS"]\nimporters = ["PAK"]\n'
        f"to_percent = {rate!r}\nfrom_percent = {rate!r}\n"
    )
    found = shock_of(policy_of(body)).change(THETA, np.full((3, 3), 0.6))
    np.testing.assert_array_equal(found.freeness_hat, 1.0)
    np.testing.assert_array_equal(found.duties_after, found.duties)


def test_revenue_that_is_lost_takes_most_of_the_gain_of_a_cut() -> None:
    flows = np.array([[90.0, 4.0, 6.0], [3.0, 80.0, 7.0], [5.0, 9.0, 200.0]])
    goods = np.full((3, 3), 0.7)
    cut = shock_of(policy_of(AGREEMENT, parts=("tariffs",))).change(THETA, goods)
    real = solve(
        flows, cut.freeness_hat, theta=THETA, closure="purged",
        duties=cut.duties, duties_after=cut.duties_after,
    )  # fmt: skip
    cost = solve(flows, cut.freeness_hat, theta=THETA, closure="purged")
    assert real.certificate.passed
    assert real.revenue[PAK] < real.baseline_revenue[PAK]
    assert real.welfare_hat[PAK] < cost.welfare_hat[PAK]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (AGREEMENT + "tariff_cut_percent = 130\n", "a part of the tariffs, 0 to 100"),
        ('kind = "preference_use"\nbetween = ["PAK", "RUS"]\nto_percent = 101\n', "0 to 100"),
    ],
)
def test_a_share_beyond_the_whole_is_refused(body: str, message: str) -> None:
    with pytest.raises(FaultsError, match=message):
        policy_of(body)
