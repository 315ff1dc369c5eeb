"""Draws of the baseline."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import ConvergenceError
from landbridge.world.base import World
from landbridge.world.baseline import load_baseline
from landbridge.world.draws import balance, draw_world

TOTALS_KEPT = 1e-8  # relative; ten times the balance's own tolerance
CLASS_GAP = 0.03  # of a class of cells; the widest of them moves by 0.012 between sets of 60 draws
DRAW_SECONDS = 0.15  # measured 4 to 8 ms; generous for a busy machine


def small(seed: int, count: int = 6) -> World:
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(size=(count, count)) * 2.0 + 3.0)
    sd = np.where(np.eye(count) > 0, 0.0, rng.uniform(0.1, 1.5, (count, count)))
    status = np.full((count, count), 3, dtype=np.int8)
    return World(
        year=2023,
        iso3=tuple(f"E{number:02d}" for number in range(count)),
        goods=flows,
        services=flows.T.copy(),
        sd_log_goods=sd,
        sd_log_services=sd,
        status_goods=status,
        status_services=status,
        gdp_million_usd=np.ones(count),
        population=np.ones(count),
    )


def totals(world: World) -> np.ndarray:
    parts = []
    for flows in (world.goods, world.services):
        foreign = flows - np.diag(np.diag(flows))
        parts += [foreign.sum(axis=1), foreign.sum(axis=0), np.diag(flows)]
    return np.concatenate(parts)


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_draw_keeps_every_total_and_all_domestic_sales(seed: Any) -> None:
    world = small(seed)
    drawn = draw_world(world, np.random.default_rng(seed))
    assert np.abs(totals(drawn) / totals(world) - 1.0).max() < TOTALS_KEPT


@pytest.mark.unit
def test_a_draw_of_the_baseline_keeps_totals_and_is_fast() -> None:
    world = load_baseline()
    start = time.perf_counter()
    drawn = draw_world(world, np.random.default_rng(1))
    assert time.perf_counter() - start < DRAW_SECONDS
    assert np.abs(totals(drawn) / totals(world) - 1.0).max() < TOTALS_KEPT
    assert (drawn.status_goods == world.status_goods).all()


@pytest.mark.unit
def test_without_uncertainty_a_draw_changes_nothing() -> None:
    world = small(3)
    sure = replace(
        world,
        sd_log_goods=np.zeros_like(world.goods),
        sd_log_services=np.zeros_like(world.goods),
    )
    drawn = draw_world(sure, np.random.default_rng(0))
    assert np.array_equal(drawn.goods, world.goods)
    assert np.array_equal(drawn.services, world.services)


@pytest.mark.unit
def test_the_same_seed_gives_the_same_draw() -> None:
    world = small(4)
    one, two = (draw_world(world, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one.goods, two.goods)
    assert not np.array_equal(one.goods, draw_world(world, np.random.default_rng(10)).goods)


@pytest.mark.unit
def test_a_wide_cell_varies_more_than_a_narrow_one() -> None:
    world = load_baseline()
    rng = np.random.default_rng(5)
    pair = [("PAK", "CHN"), ("PAK", "KGZ")]
    at = [(world.index(one), world.index(other)) for one, other in pair]
    drawn = np.array([[draw_world(world, rng).goods[cell] for cell in at] for _ in range(60)])
    spread = np.log(drawn).std(axis=0)
    assert spread[1] > 1.5 * spread[0]


@pytest.mark.unit
def test_totals_that_cannot_be_met_raise() -> None:
    flows = np.array([[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ConvergenceError):
        balance(flows, np.array([3.0, 1.0]), np.array([2.0, 2.0]))


@pytest.mark.property
@pytest.mark.slow
def test_the_mean_of_cells_is_their_centre_and_well_known_cells_keep_their_median() -> None:
    world = load_baseline()
    foreign = ~np.eye(len(world.iso3), dtype=bool) & (world.goods > 0)
    drawn = np.stack([draw_world(world, np.random.default_rng(n)).goods for n in range(100)])
    centre, spread = world.goods[foreign], world.sd_log_goods[foreign]
    mean, median = drawn.mean(axis=0)[foreign], np.median(drawn, axis=0)[foreign]
    # Classes of spread: none gains on average what another one loses.
    for low, high in ((0.0, 0.15), (0.15, 0.3), (0.3, 0.6), (0.6, 1.0)):
        own = (spread >= low) & (spread < high)
        assert mean[own].sum() == pytest.approx(centre[own].sum(), rel=CLASS_GAP)
    known = spread < 0.3
    assert median[known].sum() == pytest.approx(centre[known].sum(), rel=CLASS_GAP)
