"""The parts of the welfare change add up, and mean what their names say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from landbridge.equilibrium import decompose, solve
from landbridge.equilibrium.market import Closure
from landbridge.errors import InputError

ADDS_UP = 1e-10  # percent; the quadrature gap is spread over the parts, rounding is left
QUADRATURE_LIMIT = 1e-8  # log points, before it is spread
SMALL = 1e-4  # a shock whose square does not show
SECOND_ORDER = 1e-8
CLOSURES = ("purged", "additive", "proportional")
PARTS = [
    "trade_creation_percent",
    "trade_diversion_percent",
    "terms_of_trade_percent",
    "transfer_percent",
]

steady = settings(deadline=None, max_examples=50)  # a busy machine is no failure


def triangle() -> np.ndarray:
    return np.array([[80.0, 12.0, 6.0], [10.0, 150.0, 5.0], [6.0, 4.0, 60.0]])


def agreement(change: float) -> np.ndarray:
    """Freeness between the first two of three changes; the third stays outside."""
    freeness = np.ones((3, 3))
    freeness[0, 1] = freeness[1, 0] = change
    return freeness


@st.composite
def cases(draw: Callable[..., Any]) -> tuple[np.ndarray, np.ndarray]:
    count = draw(st.integers(2, 6))
    flows = draw(hnp.arrays(float, (count, count), elements=st.floats(0.1, 10.0)))
    shock = draw(hnp.arrays(float, (count, count), elements=st.floats(0.25, 4.0)))
    return flows + 40.0 * count * np.eye(count), shock


@pytest.mark.property
@steady
@given(case=cases(), theta=st.floats(1.5, 12.0), closure=st.sampled_from(CLOSURES))
def test_the_parts_add_up_to_the_exact_change(
    case: tuple[np.ndarray, np.ndarray], theta: float, closure: Closure
) -> None:
    flows, freeness = case
    parts = decompose(flows, freeness, theta=theta, closure=closure)
    exact = 100.0 * (solve(flows, freeness, theta=theta, closure=closure).welfare_hat - 1.0)
    table = parts.table()
    assert parts.quadrature_gap < QUADRATURE_LIMIT
    np.testing.assert_allclose(table[PARTS].sum(axis=1), exact, atol=ADDS_UP)
    np.testing.assert_allclose(table["welfare_percent"], exact, atol=ADDS_UP)
    if closure == "purged":
        np.testing.assert_allclose(parts.transfer, 0.0, atol=ADDS_UP)


@pytest.mark.unit
@pytest.mark.parametrize("closure", CLOSURES)
def test_zero_shock_has_no_parts(closure: Closure) -> None:
    table = decompose(triangle(), np.ones((3, 3)), theta=4.0, closure=closure).table()
    np.testing.assert_allclose(table.drop(columns="iso3"), 0.0, atol=ADDS_UP)


@pytest.mark.unit
def test_an_agreement_creates_trade_for_members_and_diverts_it_from_the_outsider() -> None:
    parts = decompose(triangle(), agreement(1.5), theta=4.0, closure="purged")
    assert (parts.trade_creation[:2] > 0).all()
    assert parts.trade_creation[2] == 0.0
    assert (parts.trade_diversion[:2] > 0).all()
    assert parts.trade_diversion[2] < 0.0
    assert parts.total[2] < 0.0
    assert (parts.trade_creation[:2] > parts.existing_trade[:2]).all()
    assert (parts.existing_trade[:2] > 0).all()


@pytest.mark.unit
def test_dearer_trade_turns_the_signs_round() -> None:
    parts = decompose(triangle(), agreement(0.5), theta=4.0, closure="purged")
    assert (parts.trade_creation[:2] < 0).all()
    assert (parts.trade_diversion[:2] < 0).all()
    assert parts.trade_diversion[2] > 0.0


@pytest.mark.unit
def test_creation_is_the_whole_gain_of_the_world() -> None:
    parts = decompose(triangle(), agreement(1.0 + SMALL), theta=4.0, closure="purged")
    spending = solve(triangle(), np.ones((3, 3)), theta=4.0, closure="purged").flows.sum(axis=0)
    assert spending @ parts.trade_diversion / spending.sum() == pytest.approx(0, abs=SECOND_ORDER)
    assert spending @ parts.terms_of_trade / spending.sum() == pytest.approx(0, abs=SECOND_ORDER)
    assert spending @ parts.trade_creation > 0


@pytest.mark.unit
def test_productivity_that_rises_everywhere_is_no_diversion() -> None:
    parts = decompose(triangle(), np.full((3, 3), 2.0), theta=4.0, closure="purged")
    np.testing.assert_allclose(parts.trade_creation, np.log(2.0) / 4.0, atol=ADDS_UP)
    np.testing.assert_allclose(parts.trade_diversion, 0.0, atol=ADDS_UP)
    np.testing.assert_allclose(parts.terms_of_trade, 0.0, atol=ADDS_UP)


@pytest.mark.unit
def test_without_a_third_country_nothing_is_diverted() -> None:
    flows = np.array([[80.0, 12.0], [10.0, 150.0]])
    freeness = np.array([[1.0, 1.7], [1.2, 1.0]])
    parts = decompose(flows, freeness, theta=5.0, closure="purged")
    np.testing.assert_allclose(parts.trade_diversion, 0.0, atol=ADDS_UP)


@pytest.mark.unit
def test_a_flow_that_is_shut_has_a_creation_but_no_saving_on_existing_trade() -> None:
    parts = decompose(triangle(), agreement(0.0), theta=4.0, closure="purged")
    assert np.isnan(parts.existing_trade[:2]).all()
    assert parts.existing_trade[2] == 0.0
    assert (parts.trade_creation[:2] < 0).all()
    assert parts.quadrature_gap < QUADRATURE_LIMIT


@pytest.mark.unit
def test_names_are_carried_and_bad_shocks_refused() -> None:
    names = ["UZB", "PAK", "AFG"]
    parts = decompose(triangle(), agreement(1.2), theta=4.0, closure="purged", iso3=names)
    assert list(parts.table()["iso3"]) == names
    with pytest.raises(InputError, match="shape"):
        decompose(triangle(), np.ones(3), theta=4.0, closure="purged")
