"""Engines of least costs: against networkx, against each other, before and after edits."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import InputError, LandbridgeError, UnknownNameError
from landbridge.freight.network.cost_graph import CostGraph, Engine, Structure
from landbridge.freight.search.cch import CchEngine, whole_units
from landbridge.freight.search.elimination import eliminate
from landbridge.freight.search.engine import DijkstraEngine, EliminationEngine, engine_named
from landbridge.freight.search.updates import Change, changed, matrix_after
from landbridge.units import FloatArray

TOLERANCE = 1e-9
BATCHES = 10
NETWORKS = 500
SIDE = 30


def draw_graph(rng: np.random.Generator, *, carried: int = 0) -> CostGraph:
    """Draw a small directed graph: parallel arcs, loops, free arcs, closed arcs, islands."""
    nodes = int(rng.integers(1, 25))
    count = int(rng.integers(0, 4 * nodes))
    start, end = rng.integers(0, nodes, (2, count))
    cost = rng.random(count) * 10
    cost[rng.random(count) < 0.1] = 0.0
    cost[rng.random(count) < 0.1] = np.inf
    if rng.random() < 0.3:
        start, end, cost = np.r_[start, end], np.r_[end, start], np.r_[cost, cost]
    beside = rng.random((carried, len(cost)))
    return CostGraph(Structure(nodes, start, end), np.concatenate((cost[None], beside)))


def grid(rng: np.random.Generator, *, step: float = 0.0, both_ways: bool = True) -> CostGraph:
    """Make a grid of streets; with a step, costs are whole numbers of it."""
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    start = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    end = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    cost = 1 + rng.random(len(start)) * 9
    back = cost if both_ways else 1 + rng.random(len(start)) * 9
    cost = np.r_[cost, back]
    if step:
        cost = np.round(cost / step) * step
    return CostGraph(Structure(SIDE * SIDE, np.r_[start, end], np.r_[end, start]), cost[None])


def by_networkx(graph: CostGraph) -> FloatArray:
    """Find all least costs with networkx."""
    net = nx.DiGraph()
    nodes = graph.structure.nodes
    net.add_nodes_from(range(nodes))
    rows = zip(
        graph.structure.start.tolist(),
        graph.structure.end.tolist(),
        graph.values[0].tolist(),
        strict=True,
    )
    for a, b, cost in rows:
        if np.isfinite(cost) and cost < net.get_edge_data(a, b, {"weight": np.inf})["weight"]:
            net.add_edge(a, b, weight=cost)
    found = np.full((nodes, nodes), np.inf)
    for source, costs in nx.all_pairs_dijkstra_path_length(net):
        found[source, list(costs)] = list(costs.values())
    return found


def agree(found: FloatArray, expected: FloatArray) -> bool:
    there = np.isfinite(expected)
    return bool(
        (np.isfinite(found) == there).all()
        and np.allclose(found[there], expected[there], rtol=TOLERANCE, atol=1e-12)
    )


@pytest.fixture(scope="module")
def engines() -> list[Engine]:
    return [DijkstraEngine(), EliminationEngine()]


@pytest.mark.property
@pytest.mark.parametrize("batch", range(BATCHES))
def test_networkx_agrees_on_random_networks(batch: int, engines: list[Engine]) -> None:
    rng = np.random.default_rng(batch)
    for _ in range(NETWORKS // BATCHES):
        graph = draw_graph(rng)
        every = np.arange(graph.structure.nodes)
        expected = by_networkx(graph)
        for engine in engines:
            assert agree(engine.matrix(graph, every, every)[0], expected), engine.name


@pytest.mark.property
def test_whole_units_by_cch_are_those_of_networkx() -> None:
    pytest.importorskip("pyroutingkit")
    rng, engine = np.random.default_rng(5), CchEngine()
    for _ in range(60):
        drawn = draw_graph(rng)
        graph = drawn.with_values(np.round(drawn.values, 3))
        every = np.arange(graph.structure.nodes)
        assert agree(engine.matrix(graph, every, every)[0], by_networkx(graph))


@pytest.mark.property
def test_what_is_carried_belongs_to_the_least_cost_way(engines: list[Engine]) -> None:
    rng = np.random.default_rng(11)
    for _ in range(60):
        graph = draw_graph(rng, carried=2)
        # Where two ways cost the same, each engine may carry along another of them.
        unique = np.where(graph.values[0] == 0, rng.random(graph.values.shape[1]), graph.values[0])
        graph = graph.with_values(np.concatenate((unique[None], graph.values[1:])))
        sources = rng.integers(0, graph.structure.nodes, 6)
        goals = rng.integers(0, graph.structure.nodes, 4)
        first, second = (engine.matrix(graph, sources, goals) for engine in engines)
        assert agree(second, first)


@pytest.mark.unit
@pytest.mark.parametrize("both_ways", [True, False])
def test_many_ends_on_a_grid(engines: list[Engine], both_ways: bool) -> None:
    rng = np.random.default_rng(2)
    plain = grid(rng, both_ways=both_ways)
    beside = rng.random((1, plain.values.shape[1]))
    sources, goals = rng.integers(0, SIDE * SIDE, 300), rng.integers(0, SIDE * SIDE, 250)
    for graph in (plain, plain.with_values(np.concatenate((plain.values, beside)))):
        first, second = (engine.matrix(graph, sources, goals) for engine in engines)
        assert agree(second, first)


@pytest.mark.unit
def test_costs_the_same_both_ways_give_a_symmetric_matrix() -> None:
    ends = np.random.default_rng(3).choice(SIDE * SIDE, 120, replace=False)
    found = EliminationEngine().matrix(grid(np.random.default_rng(4)), ends, ends)[0]
    assert np.allclose(found, found.T, rtol=1e-14, atol=0)
    assert (np.diag(found) == 0).all()


@pytest.mark.unit
def test_new_costs_never_meet_old_answers() -> None:
    rng = np.random.default_rng(6)
    graph = grid(rng)
    ends = rng.choice(SIDE * SIDE, 40, replace=False)
    engine = EliminationEngine()
    engine.matrix(graph, ends, ends)
    for changed_arcs in (1, 10, 30, 1000, 3, 0, 12):
        values = graph.values.copy()
        arcs = rng.choice(values.shape[1], changed_arcs, replace=False)
        values[0, arcs] = np.where(rng.random(changed_arcs) < 0.3, np.inf, rng.random(changed_arcs))
        graph = graph.with_values(values)
        found = engine.matrix(graph, ends, ends)
        assert (found == EliminationEngine().matrix(graph, ends, ends)).all()
        assert agree(found, DijkstraEngine().matrix(graph, ends, ends))


@pytest.mark.unit
def test_a_graph_keeps_its_costs_when_the_caller_changes_the_array() -> None:
    graph_values = np.ones((1, 2))
    structure = Structure(3, np.array([0, 1]), np.array([1, 2]))
    graph = CostGraph(structure, graph_values)
    engine = EliminationEngine()
    ends = np.arange(3)
    assert engine.matrix(graph, ends, ends)[0, 0, 2] == 2
    graph_values[0, 0] = 5.0
    assert engine.matrix(graph, ends, ends)[0, 0, 2] == 2
    assert engine.matrix(CostGraph(structure, graph_values), ends, ends)[0, 0, 2] == 6
    with pytest.raises(ValueError, match="read-only"):
        graph.values[0, 0] = 7.0


@pytest.mark.unit
def test_structures_of_the_same_costs_are_told_apart() -> None:
    engine, ends = EliminationEngine(), np.arange(3)
    costs = np.ones((1, 2))
    chain = CostGraph(Structure(3, np.array([0, 1]), np.array([1, 2])), costs)
    fork = CostGraph(Structure(3, np.array([0, 0]), np.array([1, 2])), costs)
    assert engine.matrix(chain, ends, ends)[0, 0, 2] == 2
    assert engine.matrix(fork, ends, ends)[0, 0, 2] == 1


@pytest.mark.unit
def test_closing_and_reopening_restores_every_bit() -> None:
    rng = np.random.default_rng(8)
    graph = grid(rng)
    ends = rng.choice(SIDE * SIDE, 60, replace=False)
    engine = EliminationEngine()
    before = engine.matrix(graph, ends, ends)
    values = graph.values.copy()
    values[0, rng.choice(values.shape[1], 10, replace=False)] = np.inf
    shut = engine.matrix(graph.with_values(values), ends, ends)
    assert (shut >= before).all()
    assert (shut > before).any()
    assert (engine.matrix(graph, ends, ends) == before).all()


@pytest.mark.unit
@pytest.mark.parametrize("name", ["dijkstra", "elimination"])
def test_a_closed_arc_is_on_no_way(name: str) -> None:
    rng = np.random.default_rng(9)
    graph = grid(rng)
    closed = rng.choice(graph.values.shape[1], 200, replace=False)
    marks = np.zeros((1, graph.values.shape[1]))
    marks[0, closed] = 1.0
    graph = graph.with_values(np.concatenate((graph.values, marks)))
    ends = rng.choice(SIDE * SIDE, 80, replace=False)
    engine = engine_named(name)
    assert (engine.matrix(graph, ends, ends)[1] > 0).any()
    after = matrix_after(engine, graph, Change(closed=closed), ends, ends)
    assert (after[1][np.isfinite(after[0])] == 0).all()


@pytest.mark.unit
@pytest.mark.parametrize("name", ["dijkstra", "elimination", "cch"])
def test_an_impossible_way_costs_no_number(name: str) -> None:
    if name == "cch":
        pytest.importorskip("pyroutingkit")
    engine = engine_named(name)
    graph = CostGraph(Structure(4, np.array([0, 1]), np.array([1, 0])), np.ones((1, 2)))
    every = np.arange(4)
    found = matrix_after(engine, graph, Change(closed=np.array([0])), every, every)[0]
    expected = np.where(np.eye(4) > 0, 0.0, np.inf)
    expected[1, 0] = 1.0
    assert (found == expected).all()


@pytest.mark.property
def test_an_edit_gives_what_the_edited_graph_gives() -> None:
    rng = np.random.default_rng(21)
    engine, oracle = EliminationEngine(), DijkstraEngine()
    for turn in range(150):
        graph = draw_graph(rng, carried=turn % 2)
        count, nodes = graph.values.shape[1], graph.structure.nodes
        rows = len(graph.values)
        some = int(rng.integers(0, 7))
        fresh = int(rng.integers(0, 3))
        edit = Change(
            closed=rng.integers(0, count, min(count, 2)),
            arcs=np.arange(min(count, 3)),
            values=rng.random((rows, min(count, 3))) * 5,
            start=rng.integers(0, nodes + fresh, some),
            end=rng.integers(0, nodes + fresh, some),
            added=np.where(rng.random((rows, some)) < 0.05, np.inf, rng.random((rows, some))),
        )
        edit.added[1:][~np.isfinite(edit.added[1:])] = 0.0
        after = changed(graph, edit)
        every = np.arange(after.structure.nodes)
        found = matrix_after(engine, graph, edit, every, every)
        expected = oracle.matrix(after, every, every)
        assert agree(found[0], expected[0])
        assert agree(found[0], by_networkx(after))


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_an_added_link_never_raises_a_cost(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = draw_graph(rng)
    nodes = graph.structure.nodes
    every = np.arange(nodes)
    before = EliminationEngine().matrix(graph, every, every)
    ends = rng.integers(0, nodes, (2, 2))
    link = Change(start=ends[0], end=ends[1], added=rng.random((1, 2)) * 3)
    by_sums = matrix_after(EliminationEngine(), graph, link, every, every)
    anew = EliminationEngine().matrix(changed(graph, link), every, every)
    assert (by_sums <= before).all()
    assert (anew <= before * (1 + 1e-12)).all()
    assert agree(by_sums, anew)


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_detour_is_cheaper(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = draw_graph(rng)
    every = np.arange(graph.structure.nodes)
    cost = EliminationEngine().matrix(graph, every, every)[0]
    through = (cost[:, :, None] + cost[None, :, :]).min(axis=1)
    assert (cost <= through * (1 + 1e-12)).all()


@pytest.mark.unit
@pytest.mark.parametrize("nodes", [0, 1, 5])
def test_graphs_without_arcs(nodes: int) -> None:
    none = np.zeros(0, dtype=np.int64)
    graph = CostGraph(Structure(nodes, none, none), np.zeros((1, 0)))
    every = np.arange(nodes)
    for engine in (DijkstraEngine(), EliminationEngine()):
        found = engine.matrix(graph, every, every)[0]
        assert (found == np.where(np.eye(nodes) > 0, 0.0, np.inf)).all()


@pytest.mark.unit
def test_every_pair_of_neighbours_above_is_joined() -> None:
    graph = grid(np.random.default_rng(0)).structure
    order = eliminate(graph.start, graph.end, graph.nodes)
    assert sorted(order.rank) == list(range(graph.nodes))
    joined = set(zip(order.low.tolist(), order.high.tolist(), strict=True))
    above: dict[int, list[int]] = {}
    for low, high in sorted(joined):
        above.setdefault(low, []).append(high)
    for highs in above.values():
        assert all((a, b) in joined for a in highs for b in highs if a < b)
    with pytest.raises(LandbridgeError, match="lacks 1 shortcut"):
        order.certify(np.array([0]), np.array([0]), np.array([0]))


@pytest.mark.unit
def test_a_graph_too_dense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = grid(np.random.default_rng(0)).structure
    monkeypatch.setattr("landbridge.freight.search.elimination.MOST_TRIANGLES", 100)
    with pytest.raises(LandbridgeError, match="too dense"):
        eliminate(graph.start, graph.end, graph.nodes)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("cost", "words"), [([-1.0], "less than nothing"), ([np.nan], "no number"), ([1, 2], "2 costs")]
)
def test_costs_without_a_least_sum_are_refused(cost: list[float], words: str) -> None:
    structure = Structure(2, np.array([0]), np.array([1]))
    with pytest.raises(InputError, match=words):
        CostGraph(structure, np.array([cost]))


@pytest.mark.unit
def test_faulty_graphs_changes_and_names_are_refused() -> None:
    with pytest.raises(InputError, match="outside 0 to 1"):
        Structure(2, np.array([0]), np.array([2]))
    with pytest.raises(InputError, match="carried"):
        CostGraph(Structure(2, np.array([0]), np.array([1])), np.array([[1.0], [np.inf]]))
    with pytest.raises(InputError, match="2 arcs are added and 1 costs"):
        Change(start=np.array([0, 1]), end=np.array([1, 0]), added=np.ones((1, 1)))
    with pytest.raises(UnknownNameError, match="dijkstra"):
        engine_named("dijkstr")


@pytest.mark.unit
def test_units_of_which_costs_are_whole_numbers() -> None:
    found = whole_units(np.array([1.5, 0.25, np.inf]))
    assert found is not None
    counts, per_one = found
    assert (counts.tolist(), per_one) == ([150, 25, 0], 100)
    assert whole_units(np.array([1 / 3])) is None
    assert whole_units(np.array([3e9])) is None


@pytest.mark.unit
def test_cch_takes_whole_units_and_refuses_the_rest() -> None:
    pytest.importorskip("pyroutingkit")
    rng = np.random.default_rng(13)
    metres = grid(rng, step=0.001)
    engine, ends = CchEngine(), rng.choice(SIDE * SIDE, 50, replace=False)
    for _ in range(3):
        assert agree(
            engine.matrix(metres, ends, ends), EliminationEngine().matrix(metres, ends, ends)
        )
        values = metres.values.copy()
        values[0, rng.choice(values.shape[1], 10, replace=False)] = np.inf
        metres = metres.with_values(values)
    with pytest.raises(InputError, match="whole numbers"):
        engine.matrix(grid(rng), ends, ends)
    with pytest.raises(InputError, match="carries nothing"):
        engine.matrix(metres.with_values(np.repeat(metres.values, 2, axis=0)), ends, ends)


@pytest.mark.unit
def test_cch_refuses_ways_longer_than_it_counts() -> None:
    pytest.importorskip("pyroutingkit")
    line = Structure(4, np.arange(3), np.arange(1, 4))
    ends = np.arange(4)
    with pytest.raises(InputError, match="farther than"):
        CchEngine().matrix(CostGraph(line, np.full((1, 3), 2.0**30)), ends, ends)
