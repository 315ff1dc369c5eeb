"""What must hold for every economy and every shock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from threadpoolctl import threadpool_limits

from landbridge.equilibrium import SolverOptions, prepare, solve, solve_prepared
from landbridge.equilibrium.baseline import market_after
from landbridge.equilibrium.market import Closure, evaluate, jacobian
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
SLOPE_TOLERANCE = 1e-6  # central differences with a step of 1e-6
CLOSURES = ("purged", "additive", "proportional")
RANDOM_ECONOMIES = 1000
SEED = 20_261_124

closures = st.sampled_from(CLOSURES)
thetas = st.floats(1.5, 12.0)

steady = settings(deadline=None, max_examples=50)  # a busy machine is no failure


@st.composite
def worlds(draw: Callable[..., Any], largest: int = 7) -> np.ndarray:
    """Flows in which everybody sells to everybody, and home sales are largest."""
    count = draw(st.integers(2, largest))
    flows = draw(hnp.arrays(float, (count, count), elements=st.floats(0.1, 10.0)))
    size = draw(hnp.arrays(float, count, elements=st.floats(0.1, 10.0)))
    return flows + np.diag(40.0 * size * count)


@st.composite
def cases(draw: Callable[..., Any]) -> tuple[np.ndarray, np.ndarray]:
    """A world and a shock of up to a half in freeness either way."""
    flows = draw(worlds())
    return flows, draw(hnp.arrays(float, flows.shape, elements=st.floats(0.5, 2.0)))


def random_case(rng: Any) -> Any:
    """An economy of 2 to 150 members, most of them small; costs from a tenth to ten times."""
    count = int(np.exp(rng.uniform(np.log(2.0), np.log(150.999))))
    theta = rng.uniform(1.5, 12.0)
    size = np.exp(rng.normal(0.0, 2.0, count))
    flows = np.outer(size, size) / size.sum()
    flows *= np.exp(rng.normal(0.0, rng.uniform(0.0, 2.0), flows.shape))
    if rng.random() < 0.5:
        flows *= rng.random(flows.shape) < rng.uniform(0.3, 1.0)
    everyone = np.arange(count)
    flows[everyone, (everyone + 1) % count] += 1e-3 * size
    np.fill_diagonal(flows, size * np.exp(rng.normal(0.0, 1.0, count)))
    kind = rng.integers(3)
    if kind == 0:
        log_cost = rng.uniform(-1.0, 1.0, flows.shape)
    elif kind == 1:
        log_cost = np.full(flows.shape, rng.uniform(-1.0, 1.0))
    else:
        log_cost = rng.uniform(-1.0, 1.0) * rng.integers(0, 2, flows.shape)
    if rng.random() < 0.7:
        np.fill_diagonal(log_cost, 0.0)
    return flows, 10.0 ** (-theta * log_cost), theta


@pytest.mark.property
@steady
@given(flows=worlds(), theta=thetas, closure=closures)
def test_zero_shock_changes_nothing(flows: np.ndarray, theta: float, closure: Closure) -> None:
    found = solve(flows, np.ones_like(flows), theta=theta, closure=closure)
    np.testing.assert_allclose(found.flows, found.baseline_flows, rtol=EXACT)
    # At baseline the world's deficits sum to zero, so kappa is 1 as well.
    for ratio in (found.welfare_hat, found.wages_hat, found.prices_hat, found.expenditure_hat):
        np.testing.assert_allclose(ratio, 1.0, rtol=EXACT)
    np.testing.assert_allclose(found.real_income_hat, 1.0, rtol=EXACT)


@pytest.mark.property
@steady
@given(case=cases(), theta=thetas, closure=closures, unit=st.floats(1e-6, 1e6))
def test_units_change_no_ratio(
    case: tuple[np.ndarray, np.ndarray], theta: float, closure: Closure, unit: float
) -> None:
    flows, freeness = case
    found = solve(flows, freeness, theta=theta, closure=closure)
    scaled = solve(unit * flows, freeness, theta=theta, closure=closure)
    np.testing.assert_allclose(scaled.welfare_hat, found.welfare_hat, rtol=EXACT)
    np.testing.assert_allclose(scaled.flows, unit * found.flows, rtol=10 * EXACT)


@pytest.mark.property
@steady
@given(case=cases(), theta=thetas, closure=closures, seed=st.integers(0, 2**32 - 1))
def test_order_and_names_change_no_result(
    case: tuple[np.ndarray, np.ndarray], theta: float, closure: Closure, seed: int
) -> None:
    flows, freeness = case
    names = [f"E{position:02d}" for position in range(len(flows))]
    order = np.random.default_rng(seed).permutation(len(flows))
    shuffled = np.ix_(order, order)
    found = solve(flows, freeness, theta=theta, closure=closure)
    moved = solve(
        flows[shuffled],
        freeness[shuffled],
        theta=theta,
        closure=closure,
        iso3=[names[position] for position in order],
    )
    np.testing.assert_allclose(moved.welfare_hat, found.welfare_hat[order], rtol=EXACT)
    np.testing.assert_allclose(moved.flows, found.flows[shuffled], rtol=10 * EXACT)


@pytest.mark.property
@steady
@given(case=cases(), theta=thetas, closure=closures)
def test_the_numeraire_changes_no_real_result(
    case: tuple[np.ndarray, np.ndarray], theta: float, closure: Closure
) -> None:
    flows, freeness = case
    names = [f"E{position:02d}" for position in range(len(flows))]
    world = solve(flows, freeness, theta=theta, closure=closure, iso3=names)
    options = SolverOptions(numeraire=names[-1])
    own = solve(flows, freeness, theta=theta, closure=closure, iso3=names, options=options)
    assert own.wages_hat[-1] == pytest.approx(1.0, rel=EXACT)
    assert names[-1] in own.certificate.numeraire
    np.testing.assert_allclose(own.welfare_hat, world.welfare_hat, rtol=EXACT)
    np.testing.assert_allclose(own.shares, world.shares, rtol=EXACT)
    money = own.prices_hat / world.prices_hat
    np.testing.assert_allclose(money, money[0], rtol=EXACT)
    np.testing.assert_allclose(own.flows, money[0] * world.flows, rtol=10 * EXACT)
    income = world.baseline_flows.sum(axis=1)
    assert income @ world.wages_hat == pytest.approx(income.sum(), rel=EXACT)


@pytest.mark.property
@steady
@given(case=cases(), theta=thetas, closure=closures)
def test_markets_clear_and_accounts_close(
    case: tuple[np.ndarray, np.ndarray], theta: float, closure: Closure
) -> None:
    flows, freeness = case
    found = solve(flows, freeness, theta=theta, closure=closure)
    income = found.baseline_flows.sum(axis=1) * found.wages_hat
    spending = found.baseline_flows.sum(axis=0) * found.expenditure_hat
    np.testing.assert_allclose(found.flows.sum(axis=1), income, rtol=IDENTITY)
    np.testing.assert_allclose(found.flows.sum(axis=0), spending, rtol=IDENTITY)
    if closure == "purged":
        np.testing.assert_allclose(spending, income, rtol=IDENTITY)
    elif closure == "additive":
        deficit = flows.sum(axis=0) - flows.sum(axis=1)
        np.testing.assert_allclose(spending - income, deficit, atol=IDENTITY * flows.sum())
    else:
        ratio = found.expenditure_hat / found.wages_hat
        np.testing.assert_allclose(ratio, found.certificate.kappa, rtol=IDENTITY)
    assert found.certificate.passed
    assert found.certificate.table()["passed"].all()


@pytest.mark.property
@steady
@given(case=cases(), theta=thetas, closure=closures)
def test_welfare_is_the_same_by_prices_quantities_and_domestic_shares(
    case: tuple[np.ndarray, np.ndarray], theta: float, closure: Closure
) -> None:
    flows, freeness = case
    np.fill_diagonal(freeness, 1.0)
    found = solve(flows, freeness, theta=theta, closure=closure)
    assert found.certificate.welfare_gap < IDENTITY
    # Arkolakis, Costinot and Rodriguez-Clare (2012): real income from the domestic share alone.
    before = found.baseline_flows / found.baseline_flows.sum(axis=0)
    domestic = np.diag(found.shares) / np.diag(before)
    np.testing.assert_allclose(found.real_income_hat, domestic ** (-1.0 / theta), rtol=IDENTITY)


@pytest.mark.property
@steady
@given(case=cases(), theta=thetas, closure=closures)
def test_the_jacobian_is_the_slope_of_the_excess(
    case: tuple[np.ndarray, np.ndarray], theta: float, closure: Closure
) -> None:
    flows, freeness = case
    market = market_after(prepare(flows, theta=theta, closure=closure), freeness)
    # At the solution the slope of the log residual and that of the excess are the same.
    found = solve(flows, freeness, theta=theta, closure=closure)
    here = np.log(found.wages_hat)
    step = 1e-6
    slope = np.column_stack(
        [
            (
                evaluate(market, here + step * unit).residual
                - evaluate(market, here - step * unit).residual
            )
            / (2 * step)
            for unit in np.eye(len(here))
        ]
    )
    point = evaluate(market, here)
    anchor = point.income / point.income.sum()
    np.testing.assert_allclose(jacobian(market, point) - anchor, slope, atol=SLOPE_TOLERANCE)


def attempt(flows: Any, freeness: Any, theta: Any, closure: Any) -> Any:
    """Solve; under the additive closure a refusal is an answer too."""
    try:
        return solve(flows, freeness, theta=theta, closure=closure)
    except NegativeExpenditureError as refusal:
        return refusal


@pytest.mark.night
@pytest.mark.property
@pytest.mark.slow
def test_a_thousand_random_economies_converge() -> None:
    rng = np.random.default_rng(SEED)
    refused = 0
    # Matrices this small only lose time to a second thread.
    with threadpool_limits(limits=1):
        for _ in range(RANDOM_ECONOMIES):
            flows, freeness, theta = random_case(rng)
            for closure in CLOSURES:
                found = attempt(flows, freeness, theta, closure)
                if isinstance(found, NegativeExpenditureError):
                    assert closure == "additive"
                    assert "spending would turn negative in economy" in str(found)
                    refused += 1
                    continue
                assert found.certificate.residual < RESIDUAL_LIMIT
                assert found.certificate.walras_gap < IDENTITY
                assert found.certificate.welfare_gap < IDENTITY
                assert (found.expenditure_hat > 0).all()
    assert 0 < refused < RANDOM_ECONOMIES / 3


def triangle() -> np.ndarray:
    return np.array([[80.0, 12.0, 3.0], [10.0, 150.0, 5.0], [6.0, 4.0, 60.0]])


@pytest.mark.unit
def test_flows_that_are_zero_or_shut_stay_zero() -> None:
    flows = triangle()
    flows[0, 2] = 0.0
    freeness = np.full((3, 3), 1.1)
    freeness[1, 0] = 0.0
    found = solve(flows, freeness, theta=4.0, closure="purged")
    assert found.flows[0, 2] == 0.0
    assert found.flows[1, 0] == 0.0
    assert found.certificate.passed


@pytest.mark.unit
def test_shutting_all_trade_costs_what_the_domestic_share_says() -> None:
    found = solve(triangle(), np.eye(3), theta=4.0, closure="purged")
    balanced = found.baseline_flows
    share = np.diag(balanced) / balanced.sum(axis=0)
    np.testing.assert_allclose(found.welfare_hat, share**0.25, rtol=IDENTITY)
    assert found.certificate.blocks == 3
    assert "every group" in found.certificate.numeraire


@pytest.mark.unit
@pytest.mark.parametrize("closure", ["additive", "proportional"])
def test_a_deficit_that_nobody_can_finance_is_named(closure: Closure) -> None:
    with pytest.raises(InputError, match=r"3 parts that do not trade.*economy 1.*purged"):
        solve(triangle(), np.eye(3), theta=4.0, closure=closure)


@pytest.mark.unit
def test_purging_gives_a_balanced_baseline_and_says_so() -> None:
    found = solve(triangle(), np.ones((3, 3)), theta=4.0, closure="purged")
    np.testing.assert_allclose(
        found.baseline_flows.sum(axis=0), found.baseline_flows.sum(axis=1), rtol=IDENTITY
    )
    assert found.baseline_flows.sum() == pytest.approx(triangle().sum(), rel=IDENTITY)
    assert found.certificate.purge_newton_steps > 0
    assert found.certificate.purge_residual < RESIDUAL_LIMIT


@pytest.mark.unit
def test_additive_deficits_that_eat_up_income_are_named() -> None:
    flows = np.array([[5.0, 60.0, 60.0], [1.0, 100.0, 10.0], [1.0, 10.0, 100.0]])
    freeness = np.full((3, 3), 1e-6)
    np.fill_diagonal(freeness, 1.0)
    with pytest.raises(NegativeExpenditureError, match="negative in NOR: ") as caught:
        solve(flows, freeness, theta=6.0, closure="additive", iso3=["NOR", "DEU", "FRA"])
    assert caught.value.last is not None


@pytest.mark.unit
def test_a_prepared_baseline_answers_as_solve_does() -> None:
    baseline = prepare(triangle(), theta=4.0, closure="purged")
    freeness = np.full((3, 3), 1.2)
    np.fill_diagonal(freeness, 1.0)
    once = solve(triangle(), freeness, theta=4.0, closure="purged")
    again = solve_prepared(baseline, freeness)
    np.testing.assert_array_equal(again.flows, once.flows)
    assert again.certificate == once.certificate


@pytest.mark.unit
def test_the_table_has_one_row_an_economy_with_units_in_its_names() -> None:
    freeness = np.full((3, 3), 1.2)
    found = solve(triangle(), freeness, theta=4.0, closure="additive", iso3=["AAA", "BBB", "CCC"])
    table = found.table()
    assert list(table["iso3"]) == ["AAA", "BBB", "CCC"]
    assert table["exports_million_usd"].tolist() == [15.0, 15.0, 10.0]
    assert table["welfare_percent"].tolist() == pytest.approx(100 * (found.welfare_hat - 1))
    flows = found.flows - np.diag(np.diag(found.flows))
    assert table["imports_change_percent"].tolist() == pytest.approx(
        100 * (flows.sum(axis=0) / np.array([16.0, 16.0, 8.0]) - 1)
    )


@pytest.mark.unit
def test_an_economy_that_trades_with_nobody_has_no_change_of_trade() -> None:
    flows = np.diag([10.0, 20.0])
    found = solve(flows, np.full((2, 2), 1.5), theta=4.0, closure="purged")
    assert found.table()["exports_change_percent"].isna().all()
    np.testing.assert_allclose(found.welfare_hat, 1.5**0.25, rtol=IDENTITY)


@pytest.mark.unit
def test_no_convergence_is_an_error_with_the_last_iterate() -> None:
    rng = np.random.default_rng(SEED)
    flows = rng.uniform(1.0, 2.0, (30, 30))
    shock = rng.uniform(0.5, 2.0, flows.shape)
    beyond_double = SolverOptions(tolerance=1e-18)
    with pytest.raises(ConvergenceError, match="largest residual") as caught:
        solve(flows, shock, theta=4.0, closure="proportional", options=beyond_double)
    assert caught.value.residual > 0
    assert caught.value.last is not None


BAD_FLOWS = [
    (np.ones((2, 3)), r"shape \(2, 3\).*square"),
    (np.array([[1.0, -2.0], [1.0, 1.0]]), r"1 flows are negative.*from AAA to BBB: -2.0"),
    (np.array([[1.0, 1.0], [np.nan, 1.0]]), r"1 flows.*missing.*from BBB to AAA: nan"),
    (np.array([[0.0, 0.0], [1.0, 1.0]]), "AAA sells nothing.*domestic sales"),
    (np.array([[0.0, 1.0], [0.0, 1.0]]), "AAA buys nothing"),
    (np.array([[1.0, 1.0], [0.0, 1.0]]), "cannot be balanced for (AAA|BBB|AAA, BBB)"),
]


@pytest.mark.unit
@pytest.mark.parametrize(("flows", "message"), BAD_FLOWS)
def test_flows_that_cannot_be_used_are_refused(flows: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        solve(flows, np.ones_like(flows), theta=4.0, closure="purged", iso3=["AAA", "BBB"])


BAD_INPUT = [
    ({"theta": 0.0}, "trade elasticity is 0.0"),
    ({"theta": float("nan")}, "trade elasticity is nan"),
    ({"closure": "purge"}, r"no closure 'purge'\. Did you mean 'purged'"),
    ({"closure": "zzz"}, "Choose one of purged, additive, proportional"),
    ({"iso3": ["AAA", "AAA"]}, r"2 names \(1 different\) for 2 economies"),
    ({"freeness_hat": np.ones(2)}, r"shape \(2,\), not \(2, 2\)"),
    ({"freeness_hat": np.array([[1.0, -1.0], [1.0, 1.0]])}, "from AAA to BBB: -1.0"),
    ({"freeness_hat": np.array([[1.0, np.inf], [1.0, 1.0]])}, "infinite"),
]


@pytest.mark.unit
@pytest.mark.parametrize(("change", "message"), BAD_INPUT)
def test_options_and_shocks_that_cannot_be_used_are_refused(
    change: dict[str, Any], message: str
) -> None:
    flows = np.array([[10.0, 2.0], [3.0, 20.0]])
    call = {
        "freeness_hat": np.ones((2, 2)),
        "theta": 4.0,
        "closure": "purged",
        "iso3": ["AAA", "BBB"],
    } | change
    with pytest.raises(InputError, match=message):
        solve(flows, call.pop("freeness_hat"), **call)


@pytest.mark.unit
def test_a_shock_that_leaves_nobody_to_sell_to_is_refused() -> None:
    freeness = np.ones((3, 3))
    freeness[0] = 0.0
    with pytest.raises(DataError, match="economy 1 sells nothing"):
        solve(triangle(), freeness, theta=4.0, closure="purged")


@pytest.mark.unit
def test_a_misspelt_numeraire_is_refused_with_a_suggestion() -> None:
    options = SolverOptions(numeraire="AAB")
    with pytest.raises(UnknownNameError, match="Did you mean 'AAA'"):
        solve(
            triangle(),
            np.ones((3, 3)),
            theta=4.0,
            closure="purged",
            iso3=["AAA", "DEU", "FRA"],
            options=options,
        )


@pytest.mark.unit
@pytest.mark.parametrize("wrong", [{"tolerance": 0.0}, {"newton_steps": 0}])
def test_solver_options_that_could_never_work_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        replace(SolverOptions(), **wrong)
