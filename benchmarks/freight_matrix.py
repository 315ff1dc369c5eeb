"""Matrices of least costs after an edit, by every engine; run by hand.

    python -m pip install -e '.[benchmark,fast,test]'
    python benchmarks/freight_matrix.py

Graphs: Landbridge's own network, and the railways and highways of scgraph_data as they come. Each
engine finds a 200 x 200 and a 2,000 x 2,000 matrix after ten links got other costs, half of them
closed, and after ten links were added; scipy's Dijkstra in the same run gives the answers that the
others are held to. Times are seconds of the processor, so that other work on the machine disturbs
them less. `--scipy-sources` bounds how many sources scipy searches from: its time is then scaled up
to all of them, and the answers for these are compared. networkx is timed on a few sources.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import networkx as nx
import numpy as np

from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.compiled import load_network
from landbridge.freight.network.cost_graph import CostGraph, Engine, Structure
from landbridge.freight.search.cch import CchEngine
from landbridge.freight.search.engine import DijkstraEngine, EliminationEngine
from landbridge.freight.search.updates import Change, changed, matrix_after
from landbridge.freight.skims.matrix import network_graph
from landbridge.units import FloatArray, IntArray

Result = TypeVar("Result")
SIZES = (200, 2000)
REPEATS = 5
LINKS = 10
NETWORKX_SOURCES = 4
SEED = 20261124


def timed(call: Callable[..., Result], *arguments: object) -> tuple[Result, float]:
    """Give a result and the processor seconds it took: every engine runs in one thread."""
    start = time.process_time()
    result = call(*arguments)
    return result, time.process_time() - start


def read_graph(name: str) -> tuple[CostGraph, FloatArray]:
    """Read a graph of scgraph_data as text: its own package is not needed."""
    spec = find_spec("scgraph_data")
    if spec is None or spec.origin is None:
        raise SystemExit("scgraph_data is not installed: pip install -e '.[benchmark]'")
    text = (Path(spec.origin).parent / f"{name}.py").read_text(encoding="utf-8")
    graph = text[text.index("graph=[") + 6 : text.index("\nnodes=")]
    points = text[text.index("\nnodes=") + 7 : text.index(f"\n{name}_geograph")]
    counts = np.array([row.count(":") for row in graph.split("{")[1:]])
    plain = str.maketrans("[]{}:,", "      ")
    numbers = np.array(graph.translate(plain).split(), dtype=np.float64)
    where = np.array(points.translate(plain).split(), dtype=np.float64).reshape(-1, 2)
    start = np.repeat(np.arange(len(counts)), counts)
    structure = Structure(len(counts), start, numbers[::2].astype(np.int64))
    return CostGraph(structure, numbers[None, 1::2]), where


def edits(graph: CostGraph, rng: np.random.Generator, count: int) -> list[CostGraph]:
    """Change ten links at a time, both directions: five closed, five dearer."""
    structure = graph.structure
    keys = structure.start * structure.nodes + structure.end
    order = np.argsort(keys, kind="stable")
    found = []
    for _ in range(count):
        arcs = rng.choice(len(keys), LINKS, replace=False)
        values = graph.values.copy()
        for place, arc in enumerate(arcs.tolist()):
            back = structure.end[arc] * structure.nodes + structure.start[arc]
            first, past = np.searchsorted(keys[order], [back, back + 1])
            both = np.append(order[first:past], arc)
            values[0, both] = np.inf if place % 2 else values[0, both] * rng.integers(2, 5)
        found.append(graph.with_values(values))
    return found


def additions(graph: CostGraph, ends: IntArray, rng: np.random.Generator) -> Change:
    a, b = rng.choice(ends, (2, LINKS))
    cost = np.median(graph.values[0]) * rng.uniform(1, 50, (1, LINKS))
    return Change(start=np.r_[a, b], end=np.r_[b, a], added=np.tile(cost, 2))


def largest_difference(found: FloatArray, expected: FloatArray) -> float:
    there = np.isfinite(expected)
    if not np.array_equal(np.isfinite(found), there):
        return float("inf")
    size = np.maximum(np.abs(expected[there]), np.finfo(float).tiny)
    return float((np.abs(found[there] - expected[there]) / size).max(initial=0.0))


def edited(engine: Engine, graph: CostGraph, values: FloatArray, some: IntArray) -> FloatArray:
    return engine.matrix(graph.with_values(values), some, some)


def networkx_seconds(graph: CostGraph, some: IntArray) -> float:
    """Give networkx's time for one source, the mean of a few; making its graph is left out."""
    net = nx.DiGraph()
    net.add_nodes_from(range(graph.structure.nodes))
    is_open = np.isfinite(graph.values[0])
    sides = (graph.structure.start, graph.structure.end, graph.values[0])
    rows = [side[is_open].tolist() for side in sides]
    net.add_weighted_edges_from(zip(*rows, strict=True))
    sources = some[:NETWORKX_SOURCES].tolist()
    start = time.process_time()
    for source in sources:
        nx.single_source_dijkstra_path_length(net, source)
    return (time.process_time() - start) / len(sources)


def compare(
    title: str,
    graph: CostGraph,
    engines: list[Engine],
    ends: IntArray,
    scipy_sources: int,
    *,
    sizes: tuple[int, ...] = SIZES,
    with_networkx: bool = False,
) -> None:
    rng = np.random.default_rng(SEED)
    nodes, arcs = graph.structure.nodes, len(graph.structure.start)
    print(f"\n### {title}: {nodes:,} nodes, {arcs:,} arcs\n")
    print(
        "| matrix | engine | first, s | after the edit, s | times faster than scipy | "
        "ten links added, s | largest relative difference |"
    )
    print("|---|---|---|---|---|---|---|")
    for size in sizes:
        some = rng.permutation(ends)[:size]
        asked = min(scipy_sources, len(some))
        after = edits(graph, rng, REPEATS)
        new = additions(graph, some, rng)
        oracle, seconds = timed(DijkstraEngine().matrix, after[-1], some[:asked], some)
        scipy_seconds = seconds * len(some) / asked
        shape = f"{len(some):,} x {len(some):,}"
        with_links = DijkstraEngine().matrix(changed(graph, new), some[: min(asked, 100)], some)
        print(f"| {shape} | scipy | | {scipy_seconds:.3g} | 1 | | |")
        if with_networkx and size == min(SIZES):
            seconds = networkx_seconds(after[-1], some) * len(some)
            print(f"| {shape} | networkx | | {seconds:.3g} | {scipy_seconds / seconds:.2g} | | |")
        for engine in engines:
            _, first = timed(engine.matrix, graph, some, some)
            times = []
            for one in after:
                found, seconds = timed(edited, engine, graph, one.values, some)
                times.append(seconds)
            worst = largest_difference(found[:, :asked], oracle)
            engine.matrix(graph, some, some)
            linked, add_seconds = timed(matrix_after, engine, graph, new, some, some)
            worst = max(worst, largest_difference(linked[:, : with_links.shape[1]], with_links))
            middle = statistics.median(times)
            print(
                f"| {shape} | {engine.name} | {first:.3g} | {middle:.3g} | "
                f"{scipy_seconds / middle:.0f} | {add_seconds:.3g} | {worst:.1e} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scipy-sources", type=int, default=2000)
    parser.add_argument(
        "--graphs", nargs="*", default=["network", "world_railways", "world_highways"]
    )
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    print(f"Python {platform.python_version()}, {packages}, {platform.machine()}")
    has_cch = find_spec("pyroutingkit") is not None
    for name in options.graphs:
        if name == "network":
            load_network()
            network, seconds = timed(load_network)
            print(f"\nLoading the network: {seconds:.2f} s")
            whole = network_graph(network, central_parameters())
            graph = whole.with_values(whole.values[:1])
            compare(
                "Landbridge's network, generalised cost",
                graph,
                [EliminationEngine()],
                np.arange(network.core_layers),
                options.scipy_sources,
            )
            continue
        graph, where = read_graph(name)
        engines: list[Engine] = [EliminationEngine()]
        if has_cch:
            engines.append(CchEngine(where))
        ends = np.arange(graph.structure.nodes)
        compare(
            f"{name} of scgraph_data, km",
            graph,
            engines,
            ends,
            options.scipy_sources,
            with_networkx=name == "world_railways",
        )
        costs = np.random.default_rng(SEED).uniform(0.05, 0.15, graph.values.shape)
        graph = graph.with_values(graph.values * costs)
        title = f"{name}, made-up costs in double precision"
        sources = options.scipy_sources
        compare(title, graph, [EliminationEngine()], ends, sources, sizes=SIZES[:1])


if __name__ == "__main__":
    main()
