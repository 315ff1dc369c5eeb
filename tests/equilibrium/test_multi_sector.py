"""What must hold for every world with sectors and every shock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from landbridge.equilibrium import (
    SectoralShock,
    SectoralTables,
    SectorOptions,
    prepare,
    prepare_sectors,
    solve_prepared,
    solve_sectors,
)
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.sectors.apply import sector_market
from landbridge.equilibrium.sectors.market import evaluate_sectors
from landbridge.equilibrium.sectors.multi_sector import clear_sectors
from landbridge.equilibrium.sectors.results import SectoralEquilibrium
from landbridge.equilibrium.sectors.shock import check_shock
from landbridge.equilibrium.sectors.slope import exact_wage_slope
from landbridge.errors import (
    ConvergenceError,
    DataError,
    InputError,
    NegativeExpenditureError,
    UnknownNameError,
)

EXACT = 1e-10  # the solver stops at 1e-12; wages of small traders amplify that by some tens
IDENTITY = 1e-10
RESIDUAL_LIMIT = 1e-12
SLOPE_TOLERANCE = 1e-6  # central differences with a step of 1e-5
CLOSURES = ("purged", "additive", "proportional")
SEED = 20_261_124
QUICK = 15
MOST_INPUTS = 0.7
ALL = 300
LIMITED = SectorOptions(sweeps=2500)  # so that the few hopeless cases end soon

REFUSED = (DataError, NegativeExpenditureError)
"""An economy has nothing to spend: before the shock, or after it."""

closures = st.sampled_from(CLOSURES)
seeds = st.integers(0, 2**32 - 1)
steady = settings(deadline=None, max_examples=15)  # a busy machine is no failure


def drawn(cases: Any, seed: int) -> tuple[SectoralTables, np.ndarray, SectoralShock]:
    """A world of up to six members and five sectors that sell most at home, and a shock.

    Inputs are at most 70 percent of output, so that every economy earns more than it trades: a kept
    surplus is then one that it can pay for.
    """
    rng = np.random.default_rng(seed)
    tables, theta, shock, _ = cases.random_case(rng, largest=6, most_sectors=5)
    flows = tables.flows + 1e-3 * tables.flows.mean()
    everyone = np.arange(len(flows))
    trade = flows.sum(axis=1) + flows.sum(axis=0) - 2.0 * flows[everyone, everyone]
    flows[everyone, everyone] += 4.0 * trade.sum(axis=1, keepdims=True) / flows.shape[2]
    subsidies = shock.export_subsidies
    milder = replace(
        shock,
        iceberg_hat=shock.iceberg_hat**0.12,
        export_subsidies=None if subsidies is None else 0.2 * subsidies,
    )
    used = tables.input_shares.sum(axis=1, keepdims=True)
    inputs = tables.input_shares * np.minimum(1.0, MOST_INPUTS / np.maximum(used, MOST_INPUTS))
    modest = replace(
        tables, flows=flows, input_shares=inputs, value_added_shares=1.0 - inputs.sum(axis=1)
    )
    return modest, np.clip(theta, 1.5, 10.0), milder


def solved(
    tables: SectoralTables,
    theta: np.ndarray,
    shock: SectoralShock,
    closure: Closure,
    **options: Any,
) -> SectoralEquilibrium:
    return solve_sectors(prepare_sectors(tables, theta=theta, closure=closure), shock, **options)


def solved_or_left_out(
    tables: SectoralTables, theta: np.ndarray, shock: SectoralShock, closure: Closure
) -> SectoralEquilibrium:
    """Solve; a world whose imbalances no additive equilibrium can keep is left out of a property.

    A surplus that is kept can be more than an economy earns. It is then refused by name; where no
    imbalance is kept, nothing may be.
    """
    try:
        return solved(tables, theta, shock, closure)
    except REFUSED:
        assert closure != "purged"
        reject()


@pytest.mark.property
@steady
@given(seed=seeds, closure=closures)
def test_zero_shock_changes_exactly_nothing(cases: Any, seed: int, closure: Closure) -> None:
    tables, theta, _ = drawn(cases, seed)
    solved_or_left_out(tables, theta, SectoralShock(), closure)
    baseline = prepare_sectors(tables, theta=theta, closure=closure)
    found = solve_sectors(baseline, SectoralShock())
    assert found.certificate.sweeps == 0
    np.testing.assert_allclose(found.flows, baseline.flows, rtol=IDENTITY)
    for hat in (found.wages_hat, found.costs_hat, found.labour_hat):
        np.testing.assert_array_equal(hat, 1.0)
    for hat in (found.welfare_hat, found.prices_hat, found.real_income_hat):
        np.testing.assert_allclose(hat, 1.0, rtol=1e-12)
    ones = np.ones_like(tables.flows)
    stated = SectoralShock(iceberg_hat=ones, tariffs=baseline.tariffs, non_tariff_hat=ones)
    np.testing.assert_allclose(solve_sectors(baseline, stated).welfare_hat, 1.0, rtol=1e-12)


@pytest.mark.property
@steady
@given(seed=seeds, closure=closures, unit=st.floats(1e-6, 1e6))
def test_units_change_no_ratio(cases: Any, seed: int, closure: Closure, unit: float) -> None:
    tables, theta, shock = drawn(cases, seed)
    scaled = replace(tables, flows=unit * tables.flows)
    taxes = shock.taxes_million_usd
    other = replace(shock, taxes_million_usd=None if taxes is None else unit * taxes)
    one = solved_or_left_out(tables, theta, shock, closure)
    two = solved(scaled, theta, other, closure)
    np.testing.assert_allclose(two.welfare_hat, one.welfare_hat, rtol=EXACT)
    np.testing.assert_allclose(two.flows, unit * one.flows, rtol=100 * EXACT)


@pytest.mark.property
@steady
@given(seed=seeds, closure=closures)
def test_order_of_economies_and_sectors_changes_no_result(
    cases: Any, seed: int, closure: Closure
) -> None:
    tables, theta, shock = drawn(cases, seed)
    count, _, sectors = tables.flows.shape
    rng = np.random.default_rng(seed)
    places, kinds = rng.permutation(count), rng.permutation(sectors)
    cube, plane = np.ix_(places, places, kinds), np.ix_(places, kinds)
    moves = {"endowment_hat": places, "taxes_million_usd": places, "productivity_hat": plane}

    def moved(
        record: SectoralShock | SectoralTables, names: list[str]
    ) -> SectoralShock | SectoralTables:
        changed = {}
        for name in names:
            values = getattr(record, name)
            if values is not None:
                changed[name] = values[moves.get(name, cube)]
        return replace(record, **changed)

    moves |= {"value_added_shares": plane, "final_shares": plane}
    moves["input_shares"] = np.ix_(places, kinds, kinds)
    turned = moved(
        tables, ["flows", "tariffs", "value_added_shares", "final_shares", "input_shares"]
    )
    names = [name for name, values in vars(shock).items() if values is not None]
    try:
        one = solved(tables, theta, shock, closure)
    except REFUSED as refusal:
        # What is refused in one order is refused in another, for the same reason.
        assert closure != "purged"
        with pytest.raises(type(refusal)):
            solved(turned, theta[kinds], moved(shock, names), closure)
        return
    two = solved(turned, theta[kinds], moved(shock, names), closure)
    np.testing.assert_allclose(two.welfare_hat, one.welfare_hat[places], rtol=EXACT)
    np.testing.assert_allclose(two.prices_hat, one.prices_hat[plane], rtol=10 * EXACT)


@pytest.mark.property
@steady
@given(seed=seeds, closure=closures)
def test_the_numeraire_changes_no_real_result(cases: Any, seed: int, closure: Closure) -> None:
    tables, theta, shock = drawn(cases, seed)
    names = [f"E{number:02d}" for number in range(len(tables.flows))]
    tables = replace(tables, iso3=names)
    one = solved_or_left_out(tables, theta, shock, closure)
    two = solved(tables, theta, shock, closure, options=SectorOptions(numeraire=names[-1]))
    assert two.wages_hat[-1] == pytest.approx(1.0, rel=EXACT)
    assert names[-1] in two.certificate.numeraire
    for name in ("welfare_hat", "real_income_hat", "real_wages_hat", "labour_hat"):
        np.testing.assert_allclose(getattr(two, name), getattr(one, name), rtol=EXACT)
    money = two.wages_hat / one.wages_hat
    np.testing.assert_allclose(money, money[0], rtol=EXACT)
    np.testing.assert_allclose(two.flows, money[0] * one.flows, rtol=10 * EXACT)
    assert one.wages_hat @ one.baseline_value_added == pytest.approx(
        one.baseline_value_added.sum(), rel=EXACT
    )


@pytest.mark.property
@steady
@given(seed=seeds, closure=closures)
def test_markets_clear_and_accounts_close(cases: Any, seed: int, closure: Closure) -> None:
    tables, theta, shock = drawn(cases, seed)
    found = solved_or_left_out(tables, theta, shock, closure)
    baseline = prepare_sectors(tables, theta=theta, closure=closure)
    assert found.certificate.passed
    turnover = found.flows.sum(axis=(0, 2)) + found.flows.sum(axis=(1, 2))
    income = found.final_spending - found.deficit + found.taxes
    assert found.certificate.turnover == pytest.approx((turnover / income).max(), rel=IDENTITY)
    kept = 1.0 if shock.export_subsidies is None else 1.0 - shock.export_subsidies
    paid = found.flows * (1.0 + found.tariffs)
    np.testing.assert_allclose(paid.sum(axis=0), found.expenditure, rtol=IDENTITY)
    np.testing.assert_allclose((found.flows / kept).sum(axis=1), found.output, rtol=IDENTITY)
    used = np.einsum("njk,nk->nj", baseline.input_shares, found.output)
    final = found.final_spending + found.taxes  # works are built where they are paid for
    wanted = used + baseline.final_shares * final[:, None]
    np.testing.assert_allclose(wanted, found.expenditure, rtol=1e-9, atol=1e-9 * final.max())
    revenue = (found.tariffs * found.flows).sum(axis=(0, 2))
    np.testing.assert_allclose(revenue, found.tariff_revenue, rtol=1e-9, atol=1e-9 * final.max())
    earned = (baseline.value_added_shares * found.output).sum(axis=1)
    np.testing.assert_allclose(earned, found.value_added, rtol=IDENTITY)
    income = found.value_added + found.tariff_revenue - found.subsidies + found.deficit
    np.testing.assert_allclose(income, final, rtol=IDENTITY)
    if closure == "purged":
        np.testing.assert_allclose(found.deficit, 0.0, atol=IDENTITY * final.max())
    elif closure == "additive":
        np.testing.assert_allclose(found.deficit, baseline.deficit, atol=IDENTITY * final.max())
    else:
        own = income - found.deficit
        before = baseline.value_added + baseline.tariff_revenue
        ratio = baseline.final_spending / before * found.certificate.kappa
        np.testing.assert_allclose(final / own, ratio, rtol=IDENTITY)


# ------------------------------------------------------------------------- nested models


@pytest.mark.property
@steady
@given(seed=seeds, closure=closures, theta=st.floats(1.5, 10.0))
def test_one_sector_without_inputs_is_the_one_sector_model(
    seed: int, closure: Closure, theta: float
) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 8))
    flows = rng.uniform(0.1, 10.0, (count, count)) + np.diag(rng.uniform(10.0, 99.0, count))
    tau = np.exp(rng.normal(0.0, 0.2, flows.shape))
    tables = SectoralTables(flows[:, :, None], np.ones((count, 1)), np.zeros((count, 1, 1)))
    many = solved(tables, theta, SectoralShock(iceberg_hat=tau[:, :, None]), closure)
    one = solve_prepared(prepare(flows, theta=theta, closure=closure), tau**-theta)
    np.testing.assert_allclose(many.welfare_hat, one.welfare_hat, rtol=EXACT)
    np.testing.assert_allclose(many.real_income_hat, one.real_income_hat, rtol=EXACT)
    np.testing.assert_allclose(many.wages_hat, one.wages_hat, rtol=EXACT)
    np.testing.assert_allclose(many.flows[:, :, 0], one.flows, rtol=10 * EXACT)
    assert many.certificate.kappa == pytest.approx(one.certificate.kappa, rel=EXACT)


@pytest.mark.unit
@pytest.mark.parametrize("closure", CLOSURES)
def test_equal_sectors_without_inputs_are_one_sector(cases: Any, closure: Closure) -> None:
    total = cases.small_world().flows.sum(axis=2)
    parts = np.array([0.5, 0.3, 0.2])
    tables = SectoralTables(total[:, :, None] * parts, np.ones((4, 3)), np.zeros((4, 3, 3)))
    tau = cases.corridor(tables)
    many = solved(tables, 4.0, SectoralShock(iceberg_hat=tau), closure)
    one = solve_prepared(prepare(total, theta=4.0, closure=closure), tau[:, :, 0] ** -4.0)
    np.testing.assert_allclose(many.welfare_hat, one.welfare_hat, rtol=EXACT)
    np.testing.assert_allclose(many.flows, one.flows[:, :, None] * parts, rtol=10 * EXACT)


@pytest.mark.unit
def test_without_tariffs_or_deficits_real_wages_are_welfare(cases: Any) -> None:
    tables = replace(cases.small_world(), tariffs=None)
    found = solved(tables, 5.0, SectoralShock(iceberg_hat=cases.corridor(tables)), "purged")
    np.testing.assert_allclose(found.welfare_hat, found.real_wages_hat, rtol=EXACT)
    np.testing.assert_array_equal(found.tariff_revenue, 0.0)


@pytest.mark.unit
def test_without_deficits_the_closures_agree(cases: Any) -> None:
    tables = cases.small_world()
    balanced = prepare_sectors(tables, theta=5.0, closure="purged")
    again = replace(
        tables,
        flows=balanced.flows,
        tariffs=balanced.tariffs,
        final_shares=balanced.final_shares,
    )
    shock = SectoralShock(iceberg_hat=cases.corridor(tables))
    answers = [solved(again, 5.0, shock, closure).welfare_hat for closure in CLOSURES]
    np.testing.assert_allclose(answers[1], answers[0], rtol=EXACT)
    np.testing.assert_allclose(answers[2], answers[0], rtol=EXACT)


@pytest.mark.unit
def test_inputs_amplify_and_follow_the_formula_with_one_sector() -> None:
    """One sector, share gamma of value added: ln W = -ln(domestic share) / (theta gamma)."""
    flows = np.array([[[80.0], [20.0]], [[20.0], [180.0]]])
    tau = np.array([[[1.0], [0.9]], [[0.9], [1.0]]])
    gains = []
    for own in (1.0, 0.5):
        tables = SectoralTables(flows, np.full((2, 1), own), np.full((2, 1, 1), 1.0 - own))
        found = solved(tables, 4.0, SectoralShock(iceberg_hat=tau), "purged")
        domestic = [found.flows[n, n, 0] / found.flows[:, n, 0].sum() for n in (0, 1)]
        before = [flows[n, n, 0] / flows[:, n, 0].sum() for n in (0, 1)]
        ratio = np.array(domestic) / np.array(before)
        np.testing.assert_allclose(found.welfare_hat, ratio ** (-1.0 / (4.0 * own)), rtol=EXACT)
        gains.append(found.welfare_hat - 1.0)
    assert (gains[1] > 1.5 * gains[0]).all()


@pytest.mark.unit
def test_many_sectors_follow_the_formula_of_domestic_shares(cases: Any) -> None:
    """Caliendo and Parro (2015), equation 15: real wages from domestic shares and prices."""
    tables = cases.small_world(tariffs=False)
    theta = np.array([3.0, 5.0, 8.0])
    baseline = prepare_sectors(tables, theta=theta, closure="purged")
    found = solve_sectors(baseline, SectoralShock(iceberg_hat=cases.corridor(tables)))
    everyone = np.arange(4)
    shares = found.flows / found.expenditure[None]
    ratio = shares[everyone, everyone] / baseline.shares[everyone, everyone]
    own = baseline.value_added_shares
    prices = np.log(found.prices_hat)
    sectoral = np.einsum("nkj,nkj->nj", baseline.input_shares, prices[:, :, None] - prices[:, None])
    log_real = -baseline.final_shares * (np.log(ratio) / theta + sectoral) / own
    np.testing.assert_allclose(np.log(found.real_wages_hat), log_real.sum(axis=1), atol=EXACT)


@pytest.mark.unit
def test_doubling_everything_paid_in_a_closed_economy_is_worth_its_productivity() -> None:
    tables = SectoralTables(
        np.diag([10.0, 20.0])[:, :, None], np.full((2, 1), 0.5), np.full((2, 1, 1), 0.5)
    )
    shock = SectoralShock(productivity_hat=np.full((2, 1), 1.1))
    found = solved(tables, 4.0, shock, "purged")
    np.testing.assert_allclose(found.welfare_hat, 1.1**2.0, rtol=EXACT)  # a roundabout of inputs
    assert found.certificate.blocks == 2
    assert "every trading group" in found.certificate.numeraire


# ------------------------------------------------------------------------------- shocks


@pytest.mark.unit
def test_non_tariff_costs_work_like_iceberg_costs_and_multiply(cases: Any) -> None:
    tables = cases.small_world()
    hat = cases.corridor(tables)
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    one = solve_sectors(baseline, SectoralShock(iceberg_hat=hat**2))
    two = solve_sectors(baseline, SectoralShock(iceberg_hat=hat, non_tariff_hat=hat))
    np.testing.assert_allclose(two.welfare_hat, one.welfare_hat, rtol=EXACT)


@pytest.mark.unit
def test_a_subsidy_that_offsets_a_tariff_moves_trade_back_and_revenue_abroad(cases: Any) -> None:
    tables = cases.small_world(tariffs=False)
    duty = np.zeros(tables.flows.shape)
    duty[0, 1] = 0.25
    subsidy = np.zeros_like(duty)
    subsidy[0, 1] = 0.2  # (1 + 0.25) (1 - 0.2) = 1
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    found = solve_sectors(baseline, SectoralShock(tariffs=duty, export_subsidies=subsidy))
    assert found.subsidies[0] > 0
    assert found.tariff_revenue[1] > 0
    assert found.welfare_hat[0] < 1.0 < found.welfare_hat[1]
    # The buyer's price of that flow is what it was, up to wages.
    assert found.certificate.passed


@pytest.mark.unit
def test_works_cost_their_payer_what_they_cost_and_nobody_twice(cases: Any) -> None:
    tables = cases.small_world()
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    bill = np.array([0.0, 2.0, 0.0, 0.0])
    home = solve_sectors(baseline, SectoralShock(taxes_million_usd=bill))
    expected = 1.0 - bill / baseline.final_spending
    # Bought with the composition of final spending at home, so that no price moves.
    np.testing.assert_allclose(home.welfare_hat, expected, rtol=EXACT)
    abroad = SectoralShock(taxes_million_usd=bill, works_million_usd=np.roll(bill, 1))
    found = solve_sectors(baseline, abroad)
    assert found.taxes.sum() == pytest.approx(found.taxes[1])
    assert found.welfare_hat[2] > 1.0 > found.welfare_hat[1]
    assert found.certificate.passed
    with pytest.raises(InputError, match="must be the same"):
        solve_sectors(baseline, SectoralShock(taxes_million_usd=bill, works_million_usd=2.0 * bill))


@pytest.mark.unit
def test_labour_that_answers_raises_income_more_than_welfare(cases: Any) -> None:
    tables = cases.small_world(tariffs=False)
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    shock = SectoralShock(iceberg_hat=cases.corridor(tables, cheaper=0.7))
    fixed = solve_sectors(baseline, shock)
    found = solve_sectors(baseline, shock, labour_supply_elasticity=0.5)
    np.testing.assert_allclose(found.labour_hat, found.real_wages_hat**0.5, rtol=EXACT)
    winners = fixed.welfare_hat > 1.01
    assert winners.any()
    assert (found.real_spending_hat[winners] > found.welfare_hat[winners]).all()
    assert (found.welfare_hat[winners] > fixed.welfare_hat[winners]).all()
    # With all income from work, welfare is (w / P) ** (1 + elasticity), the area under supply.
    np.testing.assert_allclose(
        found.welfare_hat, 1.0 + (found.real_wages_hat**1.5 - 1.0) / 1.5, rtol=EXACT
    )
    np.testing.assert_allclose(
        found.equivalent_variation_million_usd,
        baseline.final_spending * (found.welfare_hat - 1.0),
        rtol=EXACT,
    )


@pytest.mark.unit
def test_a_shut_border_has_no_trade_and_its_limit_is_prohibitive_cost(cases: Any) -> None:
    tables = cases.small_world()
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    shut = solve_sectors(
        baseline, SectoralShock(iceberg_hat=cases.corridor(tables, cheaper=np.inf))
    )
    assert (shut.flows[0, 1] == 0).all()
    assert (shut.flows[1, 0] == 0).all()
    dear = solve_sectors(baseline, SectoralShock(iceberg_hat=cases.corridor(tables, cheaper=1e4)))
    np.testing.assert_allclose(shut.welfare_hat, dear.welfare_hat, rtol=EXACT)
    assert (shut.welfare_hat[:2] < 1.0).all()


@pytest.mark.unit
def test_shutting_all_borders_leaves_parts_with_their_own_money(cases: Any) -> None:
    tables = cases.small_world(tariffs=False)
    hat = np.where(np.eye(4)[:, :, None] > 0, 1.0, np.full(tables.flows.shape, np.inf))
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    found = solve_sectors(baseline, SectoralShock(iceberg_hat=hat))
    assert found.certificate.blocks == 4
    assert (found.welfare_hat < 1.0).all()
    additive = prepare_sectors(tables, theta=5.0, closure="additive")
    with pytest.raises(InputError, match="4 parts that do not trade"):
        solve_sectors(additive, SectoralShock(iceberg_hat=hat))


@pytest.mark.unit
def test_a_shock_that_leaves_no_supplier_is_refused(cases: Any) -> None:
    tables = cases.small_world()
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    hat = np.ones(tables.flows.shape)
    hat[:, 2, 1] = np.inf
    with pytest.raises(DataError, match="without any supplier, the first RUS S1"):
        solve_sectors(baseline, SectoralShock(iceberg_hat=hat))


@pytest.mark.unit
def test_bad_shocks_are_told_all_at_once(cases: Any) -> None:
    baseline = prepare_sectors(cases.small_world(), theta=5.0, closure="purged")
    shock = SectoralShock(
        iceberg_hat=np.zeros((4, 4, 3)),
        tariffs=np.zeros((4, 4)),
        export_subsidies=np.ones((4, 4, 3)),
        endowment_hat=np.array([1.0, np.nan, 1.0, 1.0]),
    )
    with pytest.raises(InputError) as caught:
        solve_sectors(baseline, shock)
    for part in ("48 values of iceberg_hat", "tariffs has shape (4, 4)", "subsidies", "endowment"):
        assert part in str(caught.value)
    with pytest.raises(InputError, match="elasticity of labour supply"):
        solve_sectors(baseline, SectoralShock(), labour_supply_elasticity=-1.0)
    with pytest.raises(UnknownNameError, match="Did you mean 'PAK'"):
        solve_sectors(baseline, SectoralShock(), options=SectorOptions(numeraire="PAKK"))


# ------------------------------------------------------------------------------- solver


@pytest.mark.property
@settings(deadline=None, max_examples=15)
@given(seed=seeds, closure=closures, labour=st.sampled_from([0.0, 0.7]))
def test_the_exact_slope_is_the_slope(
    cases: Any, seed: int, closure: Closure, labour: float
) -> None:
    tables, theta, shock = drawn(cases, seed)
    baseline = prepare_sectors(tables, theta=theta, closure=closure)
    changes = check_shock(shock, baseline.tariffs)
    market = sector_market(baseline, changes, labour_supply=labour)
    point = clear_sectors(baseline, changes, market=market, options=SectorOptions()).point

    def residual(wages: np.ndarray) -> np.ndarray:
        here = evaluate_sectors(market, wages, point.log_costs, point.log_spending)
        for _ in range(2000):
            costs = here.log_costs + here.cost_residual
            spending = here.log_spending + here.spending_residual
            here = evaluate_sectors(market, wages, costs, spending)
            rest = max(np.abs(here.cost_residual).max(), np.abs(here.spending_residual).max())
            if rest < 1e-14:
                break
        return here.wage_residual

    step = 1e-5
    slope = np.column_stack(
        [
            (residual(point.log_wages + step * unit) - residual(point.log_wages - step * unit))
            / (2.0 * step)
            for unit in np.eye(len(point.log_wages))
        ]
    )
    anchor = point.factor_income / point.factor_income.sum()
    found = exact_wage_slope(market, point) - anchor
    np.testing.assert_allclose(found, slope, atol=SLOPE_TOLERANCE * max(1.0, np.abs(slope).max()))


def many_random_economies(cases: Any, number: int, closures_tried: tuple[str]) -> dict[str, int]:
    """Solve, or be refused for a reason; count what happened."""
    rng = np.random.default_rng(SEED)
    outcomes = {"solved": 0, "refused": 0, "not converged": 0}
    for _ in range(number):
        tables, theta, shock, labour = cases.random_case(rng)
        for closure in closures_tried:
            try:
                found = solved(
                    tables, theta, shock, closure, labour_supply_elasticity=labour, options=LIMITED
                )
            except (DataError, NegativeExpenditureError):
                outcomes["refused"] += 1
            except ConvergenceError:
                outcomes["not converged"] += 1
            else:
                assert found.certificate.passed
                assert found.certificate.residual <= RESIDUAL_LIMIT
                assert (found.final_spending > 0).all()
                outcomes["solved"] += 1
    return outcomes


@pytest.mark.property
def test_random_economies_converge_with_a_certificate(cases: Any) -> None:
    outcomes = many_random_economies(cases, QUICK, ("purged",))
    assert outcomes["solved"] > 0.9 * QUICK


@pytest.mark.night
@pytest.mark.property
@pytest.mark.slow
def test_three_hundred_random_economies_converge_or_raise(cases: Any) -> None:
    outcomes = many_random_economies(cases, ALL, ("purged",))
    assert sum(outcomes.values()) == ALL
    assert outcomes["solved"] > 0.93 * ALL
    assert outcomes["not converged"] < 0.02 * ALL


@pytest.mark.unit
def test_no_convergence_is_an_error_with_the_last_iterate(cases: Any) -> None:
    tables = cases.small_world()
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    shock = SectoralShock(iceberg_hat=cases.corridor(tables, cheaper=0.5))
    with pytest.raises(ConvergenceError, match="after 3 iterations") as caught:
        solve_sectors(baseline, shock, options=SectorOptions(sweeps=3))
    assert caught.value.residual > 0
    assert caught.value.last is not None


@pytest.mark.unit
def test_additive_deficits_that_eat_up_income_are_named() -> None:
    flows = np.array([[5.0, 60.0, 60.0], [1.0, 100.0, 10.0], [1.0, 10.0, 100.0]])[:, :, None]
    tables = SectoralTables(flows, np.ones((3, 1)), np.zeros((3, 1, 1)), iso3=["NOR", "DEU", "FRA"])
    tau = np.where(np.eye(3)[:, :, None] > 0, 1.0, 10.0)
    with pytest.raises(NegativeExpenditureError, match="negative in NOR: "):
        solved(tables, 6.0, SectoralShock(iceberg_hat=tau), "additive")


@pytest.mark.unit
@pytest.mark.parametrize(("tolerance", "sweeps"), [(0.0, 10), (1.0, 10), (1e-9, 0)])
def test_solver_settings_that_cannot_work_are_refused(tolerance: float, sweeps: int) -> None:
    with pytest.raises(InputError):
        SectorOptions(tolerance=tolerance, sweeps=sweeps)


@pytest.mark.unit
def test_tables_of_results_have_units_and_agree(cases: Any) -> None:
    tables = cases.small_world()
    found = solved(tables, 5.0, SectoralShock(iceberg_hat=cases.corridor(tables)), "additive")
    economy, sector, pair = found.table(), found.by_sector(), found.by_partner()
    assert list(economy["iso3"]) == ["KAZ", "PAK", "RUS", "UZB"]
    assert len(sector) == 12
    assert len(pair) == 12
    exports = sector.groupby("iso3")["exports_million_usd"].sum()
    np.testing.assert_allclose(exports, economy["exports_million_usd"], rtol=IDENTITY)
    sold = pair.groupby("exporter")["before_million_usd"].sum()
    np.testing.assert_allclose(sold, economy["exports_million_usd"], rtol=IDENTITY)
    growth = pair.groupby("importer")[["before_million_usd", "after_million_usd"]].sum()
    np.testing.assert_allclose(
        100 * (growth["after_million_usd"] / growth["before_million_usd"] - 1),
        economy["imports_change_percent"],
        rtol=IDENTITY,
    )
