"""What draws can tell: intervals of quantiles hold what they say, and small gains are about nil."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.draws.bands import mean, middle, with_band
from landbridge.draws.noise import (
    CONFIDENCE,
    NIL_MILLION_USD,
    NIL_PERCENT,
    about_nil,
    quantile_interval,
    quantile_ranks,
    within_noise,
)

SMALL = 1e-12  # rounding of a few additions


@pytest.mark.unit
def test_money_has_a_mean_and_percents_have_none() -> None:
    draws = np.array([[1.0], [2.0], [9.0]])
    money = with_band("gain_million_usd", np.array([3.0]), draws)
    assert money["gain_million_usd"][0] == 3.0
    assert money["gain_million_usd_median"][0] == 2.0
    assert money["gain_million_usd_mean"][0] == pytest.approx(4.0, abs=SMALL)
    percent = with_band("gain_percent", np.array([3.0]), draws)
    assert set(percent) == {
        "gain_percent", "gain_percent_median", "gain_percent_low", "gain_percent_high",
    }  # fmt: skip


@pytest.mark.unit
def test_without_draws_median_and_mean_are_the_central_run() -> None:
    centre, none = np.array([1.0, -2.0]), np.empty((0, 2))
    assert (middle(centre, none) == centre).all()
    assert (mean(centre, none) == centre).all()


@pytest.mark.unit
def test_the_interval_of_a_quantile_holds_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    true = 0.05
    held = []
    for _ in range(2000):
        low, high = quantile_interval(rng.random(500), 5.0)
        held.append(low <= true <= high)
    # Order statistics are whole numbers, so that it holds a little more often.
    assert CONFIDENCE <= np.mean(held) <= CONFIDENCE + 0.03


@pytest.mark.unit
def test_few_draws_leave_the_end_of_a_band_open() -> None:
    # The chance that none of n draws lies below the 5th percentile is 0.95 ** n.
    assert quantile_ranks(71, 5.0)[0] == 0
    assert quantile_ranks(72, 5.0)[0] == 1
    low, _ = quantile_interval(np.arange(30.0), 5.0)
    assert low == -np.inf


@pytest.mark.unit
def test_intervals_of_opposite_quantiles_mirror_each_other() -> None:
    draws = np.random.default_rng(3).standard_normal(301)
    low, high = quantile_interval(draws, 5.0)
    mirrored = quantile_interval(-draws, 95.0)
    assert (mirrored[1], mirrored[0]) == (-low, -high)


@pytest.mark.unit
def test_a_sign_that_draws_cannot_tell_is_noise() -> None:
    rng = np.random.default_rng(11)
    draws = rng.standard_normal((200, 2)) + np.array([0.0, 1.0])
    assert within_noise(draws).tolist() == [True, False]
    assert not within_noise(np.empty((0, 2))).any()


@pytest.mark.unit
def test_either_threshold_makes_a_gain_about_nil() -> None:
    percent = np.array([NIL_PERCENT / 2, 1.0, 1.0, NIL_PERCENT / 2])
    money = np.array([100.0, NIL_MILLION_USD / 2, 100.0, 0.1])
    assert about_nil(percent, money).tolist() == [True, True, False, True]
    assert (about_nil(-percent, -money) == about_nil(percent, money)).all()
