"""Bands and importance: claims on made-up draws."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.draws.bands import band, importance_table, probability_above_zero, with_band

SMALL = 1e-12  # rounding of a few additions


@pytest.mark.unit
def test_without_draws_the_band_is_the_centre() -> None:
    centre = np.array([1.0, -2.0])
    low, high = band(centre, np.empty((0, 2)))
    assert (low == centre).all()
    assert (high == centre).all()
    assert np.isnan(probability_above_zero(np.empty((0, 2)))).all()


@pytest.mark.unit
def test_the_band_holds_nine_tenths_of_the_draws() -> None:
    draws = np.arange(1001.0)[:, None]
    columns = with_band("x", np.array([500.0]), draws)
    assert columns["x_low"][0] == pytest.approx(50.0, abs=SMALL)
    assert columns["x_high"][0] == pytest.approx(950.0, abs=SMALL)


@pytest.mark.unit
def test_importance_finds_what_matters_and_leaves_out_what_never_varies() -> None:
    rng = np.random.default_rng(5)
    strong, weak, idle = rng.random(1000), rng.random(1000), np.ones(1000)
    outcome = np.exp(3 * strong) + 5 * weak
    inputs = {"weak": weak, "strong": strong, "idle": idle}
    table = importance_table({"income": outcome}, inputs, {"strong": "The strong one"})
    assert list(table.parameter) == ["strong", "weak"]
    assert table.title[0] == "The strong one"
    assert table.rank_correlation[0] > 0.9
    assert 0.1 < table.rank_correlation[1] < 0.5
    assert table.share_of_variance_percent.sum() < 110


@pytest.mark.unit
def test_importance_says_nothing_with_few_draws() -> None:
    few = np.arange(5.0)
    assert importance_table({"income": few}, {"a": few}, {}).empty
