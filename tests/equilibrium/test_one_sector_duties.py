"""Tariffs with revenue in one sector: against the model with sectors, and against theory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.equilibrium import SectoralShock, SectoralTables, prepare_sectors, solve_sectors
from landbridge.equilibrium.decomposition import decompose
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.one_sector import prepare, solve, solve_prepared
from landbridge.errors import InputError
from landbridge.units import FloatArray

THETA = 4.0
CLOSURES: tuple[Closure, ...] = ("purged", "additive", "proportional")


def _world(seed: int, count: int = 6) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Make flows at border prices, duties before and after, and iceberg costs, all ratios."""
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0.0, 1.0, (count, count)) + 5.0 * np.diag(rng.lognormal(1.0, 0.3, count))
    before, after = rng.uniform(0.0, 0.4, (2, count, count))
    cost = rng.uniform(0.8, 1.2, (count, count))
    for array, own in ((before, 0.0), (after, 0.0), (cost, 1.0)):
        np.fill_diagonal(array, own)
    return flows, before, after, cost


def _freeness(before: FloatArray, after: FloatArray, cost: FloatArray) -> FloatArray:
    return np.asarray((cost * (1.0 + after) / (1.0 + before)) ** -THETA)


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_one_sector_of_the_model_with_sectors(seed: int) -> None:
    flows, before, after, cost = _world(seed)
    count = len(flows)
    found = solve(
        flows, _freeness(before, after, cost), theta=THETA, closure="purged",
        duties=before, duties_after=after,
    )  # fmt: skip
    # The same world as one sector without inputs: the sectoral purge keeps value added balanced.
    tables = SectoralTables(
        flows[:, :, None], np.ones((count, 1)), np.zeros((count, 1, 1)), tariffs=before[:, :, None]
    )
    baseline = prepare_sectors(tables, theta=np.array([THETA]), closure="purged")
    shock = SectoralShock(iceberg_hat=cost[:, :, None], tariffs=after[:, :, None])
    other = solve_sectors(baseline, shock)
    assert found.certificate.passed
    np.testing.assert_allclose(found.welfare_hat, other.welfare_hat, rtol=1e-9)
    share = found.revenue.sum() / found.baseline_flows.sum()
    theirs = other.tariff_revenue.sum() / other.baseline_output.sum()
    assert share == pytest.approx(theirs, rel=1e-8)


@pytest.mark.parametrize("closure", CLOSURES)
def test_no_change_changes_exactly_nothing(closure: Closure) -> None:
    flows, before, _, _ = _world(7)
    found = solve(flows, np.ones_like(flows), theta=THETA, closure=closure, duties=before)
    np.testing.assert_allclose(found.flows, found.baseline_flows, rtol=1e-13)
    np.testing.assert_allclose(found.welfare_hat, 1.0, rtol=1e-14)
    np.testing.assert_allclose(found.revenue, found.baseline_revenue, rtol=1e-13)


@pytest.mark.parametrize("closure", CLOSURES)
def test_duties_of_zero_are_no_duties(closure: Closure) -> None:
    flows, _, _, cost = _world(3)
    nothing = np.zeros_like(flows)
    plain = solve(flows, cost**-THETA, theta=THETA, closure=closure)
    zero = solve(flows, cost**-THETA, theta=THETA, closure=closure, duties=nothing)
    np.testing.assert_allclose(zero.welfare_hat, plain.welfare_hat, rtol=1e-14)
    np.testing.assert_allclose(zero.revenue, 0.0, atol=1e-13)


@pytest.mark.parametrize("closure", CLOSURES)
def test_every_closure_passes_its_certificate(closure: Closure) -> None:
    flows, before, after, cost = _world(11)
    found = solve(
        flows, _freeness(before, after, cost), theta=THETA, closure=closure,
        duties=before, duties_after=after,
    )  # fmt: skip
    assert found.certificate.passed
    spent = found.flows.sum(axis=0) + found.revenue
    assert spent.sum() == pytest.approx(flows.sum() + found.revenue.sum(), rel=1e-10)


def _gain(duty: float) -> float:
    """Gain of an economy too small to matter to others that charges a duty from free trade on."""
    flows = np.array([[95.0, 5.0], [5.0, 99995.0]])
    after = np.array([[0.0, 0.0], [duty, 0.0]])
    freeness = (1.0 + after) ** -THETA
    found = solve(flows, freeness, theta=THETA, closure="purged", duties_after=after)
    return float(found.welfare_hat[0] - 1.0)


def test_the_best_tariff_of_a_small_economy_is_one_over_the_elasticity() -> None:
    """Gros (1987): its variety has no rival, so it gains by a tariff up to 1 / theta."""
    best = 1.0 / THETA
    assert _gain(best) > max(_gain(0.8 * best), _gain(1.2 * best), 0.0)
    # As a cost that uses up resources the same duty is a loss.
    flows = np.array([[95.0, 5.0], [5.0, 99995.0]])
    cost = np.array([[1.0, 1.0], [1.0 + best, 1.0]])
    assert solve(flows, cost**-THETA, theta=THETA, closure="purged").welfare_hat[0] < 1.0


@given(seed=st.integers(0, 200))
def test_parts_with_tariff_revenue_add_up(seed: int) -> None:
    flows, before, after, cost = _world(seed, count=5)
    freeness = _freeness(before, after, cost)
    asked = {"theta": THETA, "closure": "purged", "duties": before, "duties_after": after}
    parts = decompose(flows, freeness, **asked)
    found = solve(flows, freeness, **asked)
    np.testing.assert_allclose(np.exp(parts.total), found.welfare_hat, rtol=1e-10)
    together = (
        parts.trade_creation + parts.trade_diversion + parts.terms_of_trade
        + parts.transfer + parts.revenue
    )  # fmt: skip
    np.testing.assert_allclose(together, parts.total, atol=1e-12)


def test_a_duty_that_leaves_the_buyer_nothing_to_pay_is_refused() -> None:
    flows, before, _, _ = _world(1)
    before[0, 1] = -1.0
    with pytest.raises(InputError, match="-100 percent"):
        prepare(flows, theta=THETA, closure="purged", duties=before)
    ready = prepare(flows, theta=THETA, closure="purged")
    with pytest.raises(InputError, match="shape"):
        solve_prepared(ready, np.ones_like(flows), duties_after=np.zeros((2, 2)))
