"""The linear response of welfare: against the equilibrium solved anew."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.equilibrium import Closure, prepare, solve_prepared
from landbridge.equilibrium.baseline import Baseline
from landbridge.equilibrium.response import linear_response
from landbridge.errors import InputError

STEP = 1e-3  # log points of freeness; the remainder of a central difference is of its square
SQUARE = 5.0  # bound on the remainder over the square of the step, for shocks of about one
ROUNDING = 1e-9


def world(seed: int, count: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.lognormal(0, 1, (count, count)) + np.diag(rng.lognormal(3, 0.5, count))


def sums(base: Baseline, shock: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sold = base.flows / base.output[:, None]
    bought = base.flows / base.expenditure
    return (sold * shock).sum(axis=1)[:, None], (bought * shock).sum(axis=0)[:, None]


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    count=st.integers(2, 9),
    theta=st.floats(2, 9),
    closure=st.sampled_from(get_args(Closure)),
)
def test_the_slope_is_that_of_the_equilibrium(
    seed: int, count: int, theta: float, closure: Closure
) -> None:
    base = prepare(world(seed, count), theta=theta, closure=closure)
    shock = np.random.default_rng(seed + 1).uniform(-1, 1, (count, count))
    np.fill_diagonal(shock, 0.0)
    slope = linear_response(base).welfare(*sums(base, shock)).ravel()
    up, down = (
        np.log(solve_prepared(base, np.exp(sign * STEP * shock)).welfare_hat) for sign in (1, -1)
    )
    assert np.abs((up - down) / (2 * STEP) - slope).max() < SQUARE * STEP**2


@pytest.mark.unit
def test_many_shocks_are_each_answered_alone() -> None:
    base = prepare(world(5, 6), theta=4.0, closure="purged")
    answer = linear_response(base)
    shocks = [np.random.default_rng(n).uniform(-1, 1, (6, 6)) for n in range(4)]
    parts = [sums(base, shock) for shock in shocks]
    together = answer.welfare(
        np.hstack([first for first, _ in parts]), np.hstack([second for _, second in parts])
    )
    for column, part in enumerate(parts):
        assert together[:, [column]] == pytest.approx(answer.welfare(*part), abs=ROUNDING)


@pytest.mark.unit
def test_in_a_balanced_world_terms_of_trade_move_income_and_make_none() -> None:
    base = prepare(world(6, 7), theta=4.0, closure="purged")
    by_exporter, by_importer = sums(base, np.random.default_rng(1).uniform(0, 1, (7, 7)))
    gains = linear_response(base).welfare(by_exporter, by_importer).ravel()
    saved = by_importer.ravel() / base.theta
    assert base.expenditure @ gains == pytest.approx(base.expenditure @ saved, rel=ROUNDING)


@pytest.mark.unit
def test_shocks_of_another_shape_are_refused() -> None:
    answer = linear_response(prepare(world(1, 3), theta=4.0, closure="purged"))
    with pytest.raises(InputError, match="not \\[3, shocks\\]"):
        answer.welfare(np.zeros((4, 1)), np.zeros((4, 1)))
