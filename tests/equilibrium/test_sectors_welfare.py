"""The parts of the change with sectors add up, and mean what their names say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.equilibrium import (
    CapitalAssumptions,
    SectoralShock,
    SectoralTables,
    accumulate_capital,
    decompose,
    decompose_sectors,
    elasticity_sets,
    first_order_welfare,
    in_this_process,
    prepare_sectors,
    sector_elasticities,
    solve_draws,
    solve_sectors,
)
from landbridge.equilibrium.chebyshev import chebyshev
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.sectors.baseline import SectoralBaseline
from landbridge.errors import ConvergenceError, InputError, UnknownNameError

ADDS_UP = 1e-9  # percent; the gap is spread over the parts, rounding is left
GAP_LIMIT = 1e-8  # log points, before it is spread
SMALL = 1e-4  # a shock whose square does not show
SECOND_ORDER = 1e-7
CLOSURES = ("purged", "additive", "proportional")
PARTS = [
    "terms_of_trade_percent",
    "trade_creation_percent",
    "trade_diversion_percent",
    "technical_percent",
    "subsidies_percent",
    "factor_supply_percent",
    "transfer_percent",
    "works_percent",
]


def everything(shape: tuple[int, int, int], rng: np.random.Generator) -> SectoralShock:
    """A shock of every kind at once, a flow shut among them."""
    count, _, sectors = shape
    iceberg = np.exp(rng.normal(0.0, 0.1, shape))
    iceberg[0, 1, 0] = np.inf
    home = np.eye(count)[:, :, None]
    bill = rng.uniform(0.0, 2.0, count)
    return SectoralShock(
        iceberg_hat=iceberg,
        non_tariff_hat=np.exp(rng.normal(0.0, 0.05, shape)),
        tariffs=rng.uniform(0.0, 0.4, shape) * (1.0 - home),
        export_subsidies=rng.uniform(-0.1, 0.1, shape) * (1.0 - home),
        productivity_hat=np.exp(rng.normal(0.0, 0.1, (count, sectors))),
        endowment_hat=np.exp(rng.normal(0.0, 0.05, count)),
        works_million_usd=bill,
        taxes_million_usd=np.roll(bill, 1),
    )


@pytest.mark.property
@settings(deadline=None, max_examples=4)
@given(
    seed=st.integers(0, 2**32 - 1),
    closure=st.sampled_from(CLOSURES),
    labour=st.sampled_from([0.0, 0.6]),
)
def test_the_parts_add_up_to_the_exact_change(
    cases: Any, seed: int, closure: Closure, labour: float
) -> None:
    tables = cases.small_world()
    shock = everything(tables.flows.shape, np.random.default_rng(seed))
    baseline = prepare_sectors(tables, theta=np.array([3.0, 5.0, 8.0]), closure=closure)
    parts = decompose_sectors(baseline, shock, labour_supply_elasticity=labour)
    found = solve_sectors(baseline, shock, labour_supply_elasticity=labour)
    exact = 100.0 * (found.real_spending_hat - 1.0)
    table, sources = parts.table(), parts.by_source()
    assert parts.gap < GAP_LIMIT
    np.testing.assert_allclose(table[PARTS].sum(axis=1), exact, atol=ADDS_UP)
    np.testing.assert_allclose(table["real_spending_percent"], exact, atol=ADDS_UP)
    incomes = [name for name in sources if name not in ("iso3", "real_spending_percent")]
    np.testing.assert_allclose(sources[incomes].sum(axis=1), exact, atol=ADDS_UP)
    for detail in (parts.by_sector(), parts.by_partner()):
        summed = detail.groupby("iso3", sort=False)["terms_of_trade_percent"].sum()
        np.testing.assert_allclose(summed, table["terms_of_trade_percent"], atol=ADDS_UP)
    technical = parts.by_sector().groupby("iso3", sort=False)["technical_percent"].sum()
    np.testing.assert_allclose(technical, table["technical_percent"], atol=ADDS_UP)


@pytest.mark.unit
@pytest.mark.parametrize("closure", CLOSURES)
def test_zero_shock_has_no_parts(cases: Any, closure: Closure) -> None:
    baseline = prepare_sectors(cases.small_world(), theta=5.0, closure=closure)
    table = decompose_sectors(baseline, SectoralShock()).table()
    np.testing.assert_allclose(table.drop(columns="iso3"), 0.0, atol=ADDS_UP)


@pytest.mark.unit
def test_one_sector_without_inputs_has_the_parts_of_the_one_sector_model(cases: Any) -> None:
    flows = cases.small_world().flows.sum(axis=2)
    tau = cases.corridor(cases.small_world(), cheaper=0.8)[:, :, 0]
    tables = SectoralTables(flows[:, :, None], np.ones((4, 1)), np.zeros((4, 1, 1)))
    baseline = prepare_sectors(tables, theta=4.0, closure="purged")
    many = decompose_sectors(baseline, SectoralShock(iceberg_hat=tau[:, :, None])).table()
    one = decompose(flows, tau**-4.0, theta=4.0, closure="purged").table()
    # There, what cheaper access saves is called trade creation, and wages move for two reasons.
    np.testing.assert_allclose(many["technical_percent"], one["trade_creation_percent"], atol=1e-6)
    moved = one["trade_diversion_percent"] + one["terms_of_trade_percent"]
    np.testing.assert_allclose(many["terms_of_trade_percent"], moved, atol=1e-6)


@pytest.mark.unit
def test_a_small_tariff_cut_is_what_the_first_order_formula_says(cases: Any) -> None:
    tables = cases.small_world()
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    shock = SectoralShock(tariffs=baseline.tariffs * (1.0 - SMALL))
    found = solve_sectors(baseline, shock)
    formula = first_order_welfare(baseline, found).table()
    np.testing.assert_allclose(
        formula["first_order_welfare_percent"],
        formula["exact_welfare_percent"],
        atol=100 * SECOND_ORDER,
    )
    parts = decompose_sectors(baseline, shock).table()
    np.testing.assert_allclose(
        formula["first_order_terms_of_trade_percent"],
        parts["terms_of_trade_percent"],
        atol=100 * SECOND_ORDER,
    )


@pytest.mark.unit
def test_a_preference_creates_trade_and_diverts_it_by_partner(cases: Any) -> None:
    tables = cases.small_world()
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    tariffs = np.full(tables.flows.shape, 0.25)
    tariffs[np.arange(4), np.arange(4)] = 0.0
    start = prepare_sectors(
        SectoralTables(
            baseline.flows,
            baseline.value_added_shares,
            baseline.input_shares,
            tariffs=tariffs,
            final_shares=baseline.final_shares,
            iso3=baseline.iso3,
        ),
        theta=5.0,
        closure="purged",
    )
    free = tariffs.copy()
    free[0, 1] = 0.0  # Kazakhstan sells to Pakistan free of tariff
    parts = decompose_sectors(start, SectoralShock(tariffs=free))
    table = parts.table().set_index("iso3")
    assert table.loc["PAK", "trade_creation_percent"] > 0
    assert table.loc["PAK", "trade_diversion_percent"] < 0
    assert table.loc["KAZ", "terms_of_trade_percent"] > 0
    partner = parts.by_partner().set_index(["iso3", "partner"])
    assert partner.loc[("PAK", "RUS"), "trade_diversion_percent"] < 0
    assert partner.loc[("PAK", "KAZ"), "trade_diversion_percent"] > 0
    sources = parts.by_source().set_index("iso3")
    assert sources.loc["PAK", "revenue_percent"] < 0 < sources.loc["PAK", "factor_income_percent"]


@pytest.mark.unit
def test_works_and_productivity_have_parts_of_their_own(cases: Any) -> None:
    baseline = prepare_sectors(cases.small_world(), theta=5.0, closure="purged")
    bill = np.array([1.0, 0.0, 0.0, 0.0])
    parts = decompose_sectors(baseline, SectoralShock(taxes_million_usd=bill)).table()
    expected = -100.0 * bill / baseline.final_spending
    np.testing.assert_allclose(parts["works_percent"], expected, atol=ADDS_UP)
    better = SectoralShock(productivity_hat=np.full((4, 3), 1.05))
    parts = decompose_sectors(baseline, better).table()
    assert (parts["technical_percent"] > 5.0).all()


@pytest.mark.unit
def test_chebyshev_points_differentiate_and_integrate_polynomials_exactly() -> None:
    points, matrix, weights = chebyshev(8)
    values = points**7
    np.testing.assert_allclose(matrix @ values, 7.0 * points**6, atol=1e-11)
    assert weights @ values == pytest.approx(1.0 / 8.0, abs=1e-14)
    assert weights.sum() == pytest.approx(1.0)


# ------------------------------------------------------------------------------ capital


@pytest.mark.unit
def test_capital_follows_income_to_its_steady_state(cases: Any) -> None:
    tables = cases.small_world(tariffs=False)
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    shock = SectoralShock(iceberg_hat=cases.corridor(tables, cheaper=0.8))
    rules = CapitalAssumptions(capital_share=0.4, depreciation=0.5, discount=0.9)
    path = accumulate_capital(baseline, [shock], years=30, assumptions=rules)
    np.testing.assert_array_equal(path.capital_hat[0], 1.0)
    np.testing.assert_allclose(path.capital_hat[-1], path.steady_capital_hat, rtol=1e-4)
    np.testing.assert_allclose(path.steady_capital_hat, path.steady_real_spending_hat, rtol=1e-9)
    static = solve_sectors(baseline, shock).real_spending_hat
    np.testing.assert_allclose(path.real_spending_hat[0], static, rtol=1e-10)
    winners = static > 1.01
    assert winners.any()
    assert (path.steady_real_spending_hat[winners] > static[winners]).all()
    between = path.lifetime_welfare_hat[winners]
    assert (static[winners] < between).all()
    assert (between < path.steady_real_spending_hat[winners]).all()
    assert len(path.table()) == 120


@pytest.mark.unit
def test_a_closed_economy_multiplies_productivity_by_capital() -> None:
    """K_hat = W_hat and W_hat = A K_hat ** eta give W_hat = A ** (1 / (1 - eta))."""
    tables = SectoralTables(np.full((1, 1, 1), 50.0), np.ones((1, 1)), np.zeros((1, 1, 1)))
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")
    shock = SectoralShock(productivity_hat=np.full((1, 1), 1.1))
    rules = CapitalAssumptions(capital_share=0.25)
    path = accumulate_capital(baseline, [shock], years=2, assumptions=rules)
    assert path.steady_real_spending_hat[0] == pytest.approx(1.1 ** (1.0 / 0.75), rel=1e-9)
    assert path.capital_hat[1, 0] == pytest.approx(1.1**0.06, rel=1e-12)


@pytest.mark.unit
def test_no_shock_leaves_capital_alone_and_bad_rules_are_refused(cases: Any) -> None:
    baseline = prepare_sectors(cases.small_world(), theta=5.0, closure="purged")
    path = accumulate_capital(baseline, [SectoralShock()], years=2)
    np.testing.assert_allclose(path.lifetime_welfare_hat, 1.0, rtol=1e-12)
    with pytest.raises(InputError, match="2 shocks for 1 years"):
        accumulate_capital(baseline, [SectoralShock()] * 2, years=1)
    with pytest.raises(InputError, match="depreciation"):
        CapitalAssumptions(depreciation=1.5)


# ------------------------------------------------------------------- elasticities, draws


@pytest.mark.unit
def test_sets_of_elasticities_say_what_was_estimated() -> None:
    sets = elasticity_sets().set_index("elasticity_set")
    assert sets.loc["caliendo-parro-2015", "highest_theta"] == 64.85
    found = sector_elasticities(
        "caliendo-parro-2015", {"petroleum": ["19"], "trade": ["46", "47"], "food": ["10", "13"]}
    )
    np.testing.assert_allclose(found.theta, [64.85, 8.22, (2.62 + 8.10) / 2])
    assert found.table["status"].tolist() == ["estimated", "assumed", "averaged"]
    uniform = sector_elasticities("head-mayer-2014", {"any": ["46"]})
    assert uniform.table["confidence"].tolist() == ["recalled"]
    with pytest.raises(UnknownNameError, match="Did you mean 'caliendo-parro-2015'"):
        sector_elasticities("caliendo-parro", {"any": ["46"]})
    with pytest.raises(InputError, match=r"sector none has no division; division 34"):
        sector_elasticities("caliendo-parro-2015", {"odd": ["34"], "none": []})


@pytest.mark.unit
def test_draws_keep_their_order_and_show_their_failures(cases: Any) -> None:
    tables = cases.small_world()
    baseline = prepare_sectors(tables, theta=5.0, closure="purged")

    def make(number: int) -> tuple[SectoralBaseline, SectoralShock]:
        if number == 2:
            raise ConvergenceError("made to fail", residual=1.0, iterations=1)
        cheaper = 1.0 - 0.02 * number
        return baseline, SectoralShock(iceberg_hat=cases.corridor(tables, cheaper=cheaper))

    def backwards(function: Any, tasks: list[int]) -> list[tuple[Any, ...]]:
        return list(reversed([function(task) for task in reversed(tasks)]))

    draws = solve_draws(make, range(4), keep=lambda found: found.welfare_hat[0])
    assert draws.numbers == (0, 1, 3)
    assert draws.failures[0][0] == 2
    assert "made to fail" in draws.failures[0][1]
    assert draws.kept[0] == pytest.approx(1.0)
    assert draws.kept[1] < draws.kept[2]
    again = solve_draws(make, range(4), keep=lambda found: found.welfare_hat[0], run=backwards)
    assert again == draws
    assert in_this_process(abs, [-1, 2]) == [1, 2]
