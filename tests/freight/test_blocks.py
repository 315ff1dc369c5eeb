"""Matrices that are zero between places that no land joins multiply as whole ones do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.freight.carriage.blocks import LEAST_CELLS, pattern_of
from landbridge.freight.carriage.shares import choose_ports

ROUNDING = 1e-12
"""Sums of a few hundred numbers in another order."""


def costs(seed: int) -> np.ndarray:
    """Two large blocks, some cells, and a row without a way, ``[80, 60]`` USD per tonne."""
    rng = np.random.default_rng(seed)
    found = np.full((80, 60), np.inf)
    one, other = rng.permutation(80)[:40], rng.permutation(60)[:30]
    rest = np.setdiff1d(np.arange(80), one)
    found[np.ix_(one, other)] = rng.uniform(1, 90, (40, 30))
    found[np.ix_(rest[:30], rng.permutation(60)[:25])] = rng.uniform(1, 90, (30, 25))
    found[rest[30:39], rng.integers(0, 60, 9)] = rng.uniform(1, 90, 9)
    return found


@pytest.mark.property
@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_products_and_weights_are_those_of_the_whole_matrix(seed: int) -> None:
    """Weights over the row's least, and products from either side."""
    cost, spread = costs(seed), 7.0
    pattern = pattern_of(np.isfinite(cost))
    assert len(pattern.blocks) == 2
    assert all(len(rows) * len(columns) >= LEAST_CELLS for rows, columns in pattern.blocks)
    weights, least = pattern.take(cost).weights(spread)
    first = np.where(np.isfinite(cost).any(axis=1), cost.min(axis=1), 0.0)
    np.testing.assert_array_equal(least, first)
    whole = np.exp(-(cost - first[:, None]) / spread)
    np.testing.assert_allclose(weights.dense(), whole, rtol=ROUNDING)
    rng = np.random.default_rng(seed)
    right, left = rng.uniform(size=(60, 13)), rng.uniform(size=(11, 60))
    np.testing.assert_allclose(weights.times(right), whole @ right, rtol=ROUNDING)
    np.testing.assert_allclose(weights.after(left), left @ whole.T, rtol=ROUNDING)


@pytest.mark.unit
def test_the_choice_among_ports_is_the_sum_over_every_pair() -> None:
    """Costs and means by blocks, beside the formula written out pair of ports by pair."""
    rng = np.random.default_rng(3)
    to_port, from_port, spread = costs(1), costs(2), 9.0
    at_sea, constants = rng.uniform(5, 60, (60, 60)), rng.uniform(0, 5, 60)
    np.fill_diagonal(at_sea, np.inf)
    found = choose_ports(to_port, at_sea, from_port, constants, spread)
    mean = found.mean(to_port, at_sea, from_port)
    for one in range(0, 80, 7):
        for other in range(0, 80, 7):
            paid = to_port[one][:, None] + at_sea + from_port[other]
            felt = paid + constants[:, None] + constants
            if not np.isfinite(felt).any():
                assert np.isinf(found.cost[one, other])
                assert mean[one, other] == 0
                continue
            weight = np.exp(-felt / spread)
            total = weight.sum()
            expected = -spread * np.log(total)
            assert found.cost[one, other] == pytest.approx(expected, rel=ROUNDING)
            average = (weight * np.where(weight > 0, paid, 0.0)).sum() / total
            assert mean[one, other] == pytest.approx(average, rel=ROUNDING)
