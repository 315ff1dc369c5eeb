"""Least costs for several sets of costs at once: the compiled loops against the numpy engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import InputError
from landbridge.freight.network.cost_graph import Structure
from landbridge.freight.search import sweeps
from landbridge.freight.search.sweeps import (
    Ends,
    by_engine,
    costed,
    ends_at,
    grouped_ends,
    least_costs,
    load,
    load_by_trees,
)

LAYERS = 3
CHANGE = 0.3
"""Share of arcs by which costs change."""


def random_question(seed: int) -> tuple[Structure, np.ndarray, Ends, Ends]:
    """Build a graph with parallel arcs, loops, closed arcs and free ones, and ends on it."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(2, 40))
    arcs = int(rng.integers(1, 4 * nodes))
    structure = Structure(nodes, rng.integers(nodes, size=arcs), rng.integers(nodes, size=arcs))
    weights = rng.choice([0.0, 1.0, 2.5, np.inf], size=(LAYERS, arcs)) * rng.random((LAYERS, 1))
    return (
        structure,
        np.nan_to_num(weights, posinf=np.inf),
        some_ends(rng, nodes),
        some_ends(rng, nodes),
    )


def some_ends(rng: np.random.Generator, nodes: int) -> Ends:
    count, ties = int(rng.integers(1, 90)), int(rng.integers(0, 120))
    of, node = rng.integers(count, size=ties), rng.integers(nodes, size=ties)
    return grouped_ends(of, node, rng.random((LAYERS, ties)), count)


@settings(deadline=None)  # The first call compiles.
@given(st.integers(0, 2**32))
@pytest.mark.property
def test_the_compiled_loops_and_the_engine_find_the_same(seed: int) -> None:
    structure, weights, sources, goals = random_question(seed)
    found = least_costs(structure, weights, sources, goals)
    assert found.shape == (LAYERS, sources.count, goals.count)
    np.testing.assert_allclose(
        found, by_engine(structure, weights, sources, goals), rtol=1e-12, atol=1e-12
    )


@settings(deadline=None)
@given(st.integers(0, 2**32))
@pytest.mark.property
def test_what_is_carried_costs_what_the_ways_cost(seed: int) -> None:
    """The arcs' flows times their costs are the demands times the least costs."""
    structure, weights, sources, goals = random_question(seed)
    one = Ends(sources.first, sources.node, np.zeros_like(sources.cost[:1]))
    other = Ends(goals.first, goals.node, np.zeros_like(goals.cost[:1]))
    weight = weights[0]
    least = least_costs(structure, weight[None], one, other)[0]
    there = np.isfinite(least)
    demand = np.random.default_rng(seed).random((2, *least.shape)) * there
    for way in (load, load_by_trees):
        flow = way(structure, weight, one, other, demand)
        assert flow.shape == (2, len(weight))
        assert not flow[:, ~np.isfinite(weight)].any()
        paid = flow @ np.where(np.isfinite(weight), weight, 0.0)
        owed = (demand * np.where(there, least, 0.0)).sum(axis=(1, 2))
        np.testing.assert_allclose(paid, owed, rtol=1e-9, atol=1e-9)


@settings(deadline=None)
@given(st.integers(0, 2**32))
@pytest.mark.property
def test_ways_that_change_over_are_those_on_two_copies_of_the_graph(seed: int) -> None:
    """Costs on the first alone too; the arcs of the change are shut to it."""
    structure, weights, sources, goals = random_question(seed)
    over = np.random.default_rng(seed).random(len(structure.start)) < CHANGE
    first = costed(structure, np.where(over, np.inf, weights))
    other = costed(structure, weights[::-1].copy())
    before, after = first.with_change(other, over, sources, goals)
    np.testing.assert_allclose(before, first.between(sources, goals), rtol=1e-12, atol=1e-12)
    plain = [replace(one, shortcuts=None) for one in (first, other)]
    expected = plain[0].with_change(plain[1], over, sources, goals)
    np.testing.assert_allclose(before, expected[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(after, expected[1], rtol=1e-12, atol=1e-12)


@pytest.mark.unit
def test_some_sets_of_costs_give_the_same_alone() -> None:
    structure, weights, sources, goals = random_question(11)
    picked = np.array([LAYERS - 1, 0])
    some = costed(structure, weights).at(picked)
    few = [Ends(one.first, one.node, one.cost[picked]) for one in (sources, goals)]
    whole = least_costs(structure, weights, sources, goals)
    np.testing.assert_array_equal(some.between(*few), whole[picked])


@pytest.mark.golden
def test_a_demand_leaves_by_the_cheaper_way_on_and_off() -> None:
    """Two ways on, two off, a shortcut past the middle: 3 units take arcs 1 and 2, written out."""
    structure = Structure(5, np.array([0, 1, 2, 2, 0]), np.array([2, 2, 3, 4, 3]))
    weight = np.array([5.0, 1.0, 2.0, 9.0, 20.0])
    start = Ends(np.array([0, 2]), np.array([0, 1]), np.array([[0.5, 2.0]]))
    stop = Ends(np.array([0, 2]), np.array([3, 4]), np.array([[1.0, 0.0]]))
    flow = load(structure, weight, start, stop, np.array([[[3.0]]]))
    assert flow[0].tolist() == [0.0, 3.0, 3.0, 0.0, 0.0]


@pytest.mark.unit
def test_without_compiled_loops_numpy_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    structure, weights, sources, goals = random_question(7)
    expected = least_costs(structure, weights, sources, goals)
    monkeypatch.setattr(sweeps, "_kernel", lambda: None)
    found = least_costs(structure, weights, sources, goals)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.golden
def test_an_end_takes_the_cheapest_of_its_nodes() -> None:
    """Two ways on, two ways off, written out; an end without a node is reached by nothing."""
    structure = Structure(3, np.array([0, 1]), np.array([2, 2]))
    weights = np.array([[5.0, 1.0]])
    start = Ends(np.array([0, 2]), np.array([0, 1]), np.array([[0.5, 7.0]]))
    stop = ends_at(np.array([2, -1, 0]), 1)
    found = least_costs(structure, weights, start, stop)[0, 0]
    assert found.tolist() == [5.5, np.inf, 0.5]


@pytest.mark.unit
def test_negative_and_missing_costs_are_refused() -> None:
    structure = Structure(2, np.array([0]), np.array([1]))
    end = ends_at(np.array([0]), 1)
    for cost in (-1.0, np.nan):
        with pytest.raises(InputError, match="zero or more"):
            least_costs(structure, np.array([[cost]]), end, end)
