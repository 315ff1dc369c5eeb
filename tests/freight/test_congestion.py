"""User equilibrium: published answers, and what Wardrop's first principle says of any network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from landbridge.errors import ConvergenceError, InputError, NoRouteError
from landbridge.freight.congestion.delays import Delay, MixedDelay, PowerDelay, QueueDelay, bpr
from landbridge.freight.congestion.equilibrium import user_equilibrium
from landbridge.freight.congestion.loading import Demand, Roads, all_or_nothing, demand_of
from landbridge.units import FloatArray

NETWORKS = Path(__file__).parent / "networks"
BEST_KNOWN = 42.31335287107440e5
"""Objective of Sioux Falls, Transportation Networks for Research."""
GAP = 1e-4


def linear(free: list[float], rise: list[float]) -> PowerDelay:
    """Cost free + rise * flow."""
    count = len(free)
    return PowerDelay(np.array(free), np.ones(count), np.array(rise), np.ones(count))


def braess(*, bridge: bool) -> tuple[Roads, Demand]:
    """1 to 2 by 3 or 4, six units, with or without the road from 3 to 4 (Braess 1968)."""
    start, end = [0, 0, 2, 3, 2], [2, 3, 1, 1, 3]
    free, rise = [0.0, 50.0, 50.0, 0.0, 10.0], [10.0, 1.0, 1.0, 10.0, 1.0]
    kept = 5 if bridge else 4
    roads = Roads(np.array(start[:kept]), np.array(end[:kept]), linear(free[:kept], rise[:kept]))
    return roads, demand_of([(0, 1, 6.0)], 4)


def sioux_falls() -> tuple[Roads, Demand]:
    links = pd.read_csv(NETWORKS / "sioux_falls_links.csv")
    trips = pd.read_csv(NETWORKS / "sioux_falls_trips.csv")
    delay = bpr(links["free"].to_numpy(np.float64), links["capacity"].to_numpy(np.float64))
    roads = Roads(links["start"].to_numpy() - 1, links["end"].to_numpy() - 1, delay)
    pairs = [(a - 1, b - 1, float(v)) for a, b, v in trips.itertuples(index=False)]
    return roads, demand_of(pairs, roads.nodes)


# --- published answers ----------------------------------------------------------------------------


@pytest.mark.golden
def test_braess_more_road_makes_all_slower() -> None:
    """83 for each without the bridge, 92 with it."""
    roads, demand = braess(bridge=False)
    found = user_equilibrium(roads, demand, gap=1e-9)
    assert found.flow == pytest.approx([3, 3, 3, 3], abs=1e-6)
    assert found.cost[0] + found.cost[2] == pytest.approx(83, abs=1e-4)
    roads, demand = braess(bridge=True)
    found = user_equilibrium(roads, demand, gap=1e-9)
    assert found.flow == pytest.approx([4, 2, 2, 4, 2], abs=1e-3)
    for path in ([0, 2], [1, 3], [0, 4, 3]):
        assert found.cost[path].sum() == pytest.approx(92, abs=1e-2)


@pytest.mark.golden
def test_pigou_everybody_takes_the_road_that_crowds() -> None:
    roads = Roads(np.array([0, 0]), np.array([1, 1]), linear([1.0, 0.0], [0.0, 1.0]))
    found = user_equilibrium(roads, demand_of([(0, 1, 1.0)], 2), gap=1e-9)
    assert found.flow == pytest.approx([0, 1], abs=1e-6)


@pytest.mark.golden
def test_sioux_falls_has_the_best_known_objective() -> None:
    roads, demand = sioux_falls()
    assert demand.amounts.sum() == 360_600
    found = user_equilibrium(roads, demand, gap=GAP)
    assert found.objective == pytest.approx(BEST_KNOWN, rel=1e-5)
    assert found.objective >= BEST_KNOWN * (1 - 1e-12)  # no flow has less
    finer = user_equilibrium(roads, demand, gap=1e-6)
    assert finer.objective == pytest.approx(BEST_KNOWN, rel=1e-6)
    assert BEST_KNOWN <= finer.objective <= found.objective
    for name, value, limit, _ in (*found.checks(), *finer.checks()):
        assert value <= limit, name


# --- what holds on any network --------------------------------------------------------------------


def random_roads(seed: int, size: int) -> tuple[Roads, np.random.Generator]:
    """A ring both ways, so that all reach all, with arcs across it."""
    rng = np.random.default_rng(seed)
    ring = np.arange(size)
    start, end = rng.integers(0, size, (2, 2 * size))
    keep = start != end
    start = np.concatenate((ring, np.roll(ring, -1), start[keep]))
    end = np.concatenate((np.roll(ring, -1), ring, end[keep]))
    count = len(start)
    half = np.arange(count) % 2 == 0
    parts = (
        (np.flatnonzero(half), bpr(rng.uniform(1, 9, half.sum()), rng.uniform(5, 30, half.sum()))),
        (
            np.flatnonzero(~half),
            QueueDelay(
                free=rng.uniform(1, 9, (~half).sum()),
                capacity=rng.uniform(5, 30, (~half).sum()),
                lasting=np.full((~half).sum(), 2.0),
                roughness=np.full((~half).sum(), 0.5),
                value=np.full((~half).sum(), 3.0),
            ),
        ),
    )
    roads = Roads(start, end, MixedDelay(parts), background=rng.uniform(0, 10, count))
    return roads, rng


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 12))
def test_all_used_paths_cost_the_least(seed: int, size: int) -> None:
    """From one origin an arc that is used lies on a cheapest path, to what the gap leaves open."""
    roads, rng = random_roads(seed, size)
    amounts = rng.uniform(0, 10, (1, size))
    amounts[0, 0] = 0.0
    demand = Demand(np.array([0]), amounts)
    found = user_equilibrium(roads, demand, gap=1e-5)
    cost = np.full(size, np.inf)
    cost[0] = 0.0
    for _ in range(size):  # Bellman-Ford
        np.minimum.at(cost, roads.end, cost[roads.start] + found.cost)
    lost = found.cost + cost[roads.start] - cost[roads.end]
    assert (lost >= -1e-9).all()
    paid = float(found.cost @ found.flow)
    assert float(lost @ found.flow) == pytest.approx(found.gap * paid, rel=1e-6, abs=1e-9 * paid)
    assert (lost * found.flow <= 1e-5 * paid + 1e-9).all()


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 12))
def test_flow_is_conserved_and_no_other_flow_has_less_area(seed: int, size: int) -> None:
    roads, rng = random_roads(seed, size)
    pairs = [
        (int(a), int(b), float(rng.uniform(0, 8)))
        for a, b in rng.integers(0, size, (3 * size, 2))
        if a != b
    ]
    demand = demand_of([*pairs, (0, 1, 1.0)], size)
    found = user_equilibrium(roads, demand, gap=GAP)
    net = np.bincount(roads.end, found.flow, size) - np.bincount(roads.start, found.flow, size)
    asked = demand.amounts.sum(axis=0)
    asked[demand.origins] -= demand.amounts.sum(axis=1)
    assert net == pytest.approx(asked, abs=1e-7)
    for _ in range(5):
        other = all_or_nothing(roads, demand, rng.uniform(0.1, 9, len(roads.start)))
        # Wardrop: at these costs nobody does better elsewhere, but for the gap.
        slack = found.gap * float(found.cost @ found.flow) + 1e-9
        assert float(found.cost @ (other - found.flow)) >= -slack
        assert roads.area(other) >= found.objective - slack


@pytest.mark.unit
def test_background_crowds_and_is_not_moved() -> None:
    """Two like roads, one with four already on it: ten more make seven on each."""
    delay = linear([1.0, 1.0], [1.0, 1.0])
    roads = Roads(np.array([0, 0]), np.array([1, 1]), delay, background=np.array([4.0, 0.0]))
    found = user_equilibrium(roads, demand_of([(0, 1, 10.0)], 2), gap=1e-9)
    assert found.flow == pytest.approx([3, 7], abs=1e-6)


@pytest.mark.unit
def test_without_delay_all_take_the_cheapest_path_at_once() -> None:
    free = np.array([5.0, 2.0, 2.0])
    roads = Roads(np.array([0, 0, 1]), np.array([2, 1, 2]), bpr(free, np.full(3, np.inf)))
    found = user_equilibrium(roads, demand_of([(0, 2, 3.0), (1, 1, 9.0)], 3))
    assert found.flow.tolist() == [0.0, 3.0, 3.0]
    assert (found.gap, found.rounds, found.objective) == (0.0, 0, 12.0)


@pytest.mark.unit
def test_it_raises_where_it_does_not_reach_its_gap_or_a_place() -> None:
    roads, demand = sioux_falls()
    with pytest.raises(ConvergenceError, match="not 1e-06") as caught:
        user_equilibrium(roads, demand, gap=1e-6, rounds=3)
    assert caught.value.iterations == 3
    assert isinstance(caught.value.last, np.ndarray)
    one_way = Roads(np.array([0]), np.array([1]), linear([1.0], [0.0]))
    with pytest.raises(NoRouteError, match="from node 1 to node 0"):
        user_equilibrium(one_way, demand_of([(1, 0, 1.0)], 2))
    with pytest.raises(InputError, match="above zero"):
        user_equilibrium(roads, demand, gap=0.0)


# --- delays ---------------------------------------------------------------------------------------


def delays() -> list[Delay]:
    five = np.linspace(1.0, 9.0, 5)
    return [
        bpr(five, 10 * five),
        PowerDelay(five, 20 + five, np.ones(5), np.linspace(1, 5, 5)),
        QueueDelay(five, 3 + five, np.full(5, 24.0), np.full(5, 0.6), np.full(5, 2.0)),
        QueueDelay(five, 1 + five, np.full(5, 0.5), np.full(5, 40.0), np.full(5, 2.0)),
    ]


@pytest.mark.property
@given(st.floats(0.01, 80.0))
def test_slopes_and_areas_are_those_of_the_costs(load: float) -> None:
    for delay in delays():
        flow, step = np.full(5, load), 1e-5 * load
        risen = (delay.cost(flow + step) - delay.cost(flow - step)) / (2 * step)
        assert delay.slope(flow) == pytest.approx(risen, rel=1e-4, abs=1e-7)
        assert (delay.slope(flow) >= 0).all()
        assert delay.area(np.zeros(5)) == pytest.approx(0, abs=1e-9)

        def cost(value: float, at: int, own: Delay = delay) -> float:
            return float(own.cost(np.full(5, value))[at])

        for at in (0, 4):
            assert delay.area(flow)[at] == pytest.approx(
                quad(cost, 0.0, load, args=(at,), limit=200)[0], rel=1e-6
            )


@pytest.mark.golden
def test_a_queue_waits_as_a_steady_one_and_then_as_a_line_that_grows() -> None:
    """100 an hour for 10 h: at half load J x / (Q (1 - x)) of wait, at double load 5 h."""
    one: FloatArray = np.ones(1)
    queue = QueueDelay(0.0 * one, 100.0 * one, 10.0 * one, 0.5 * one, one)
    steady = 0.5 * 0.5 / (100.0 * 0.5)
    assert queue.cost(50.0 * one)[0] == pytest.approx(steady, rel=0.01)
    assert queue.cost(200.0 * one)[0] == pytest.approx(10.0 * (2 - 1) / 2, rel=0.01)
    assert queue.cost(0.0 * one)[0] == 0.0


@pytest.mark.unit
def test_what_is_no_delay_is_refused() -> None:
    one = np.ones(1)
    for wrong in (
        lambda: PowerDelay(one, 0 * one, one, one),
        lambda: PowerDelay(one, one, one, 0.5 * one),
        lambda: PowerDelay(-one, one, one, one),
        lambda: bpr(np.array([np.nan]), one),
        lambda: QueueDelay(one, one, one, 0 * one, one),
        lambda: QueueDelay(one, np.array([np.inf]), one, one, one),
        lambda: MixedDelay(((np.array([0, 2]), bpr(np.ones(2), np.ones(2))),)),
        lambda: Roads(np.array([0]), np.array([1, 2]), bpr(one, one)),
        lambda: Roads(np.array([0]), np.array([1]), bpr(one, one), background=-one),
        lambda: demand_of([(0, 1, -1.0)], 2),
    ):
        with pytest.raises(InputError):
            wrong()
