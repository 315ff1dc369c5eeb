"""Least costs of eight classes of cargo on the embedded network: compiled loops beside two peers.

    python benchmarks/cargo_sweeps.py [--repeats 3]

The peers are this package's engine in numpy, and scipy's Dijkstra from every centre. All three find
road costs between all centres for all classes, in one process and one thread; the answers must
agree. Below it, what one network costs a run, and the world's goods on every arc.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

import numpy as np
from scipy.sparse.csgraph import dijkstra
from threadpoolctl import threadpool_limits

import landbridge as lb
from landbridge.freight.carriage.chosen import chosen_costs
from landbridge.freight.carriage.classes import cargo_classes
from landbridge.freight.carriage.costs import land_graphs, mode_costs
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.search.sweeps import Ends, by_engine, ends_at, least_costs
from landbridge.freight.search.tree_graph import ties_of
from landbridge.studies.carriage.of_run import carried_by_class, goods_of
from landbridge.studies.chain.cargo import cargo_choice
from landbridge.units import FloatArray

SAME_USD = 1e-9


def main() -> None:
    """Time all three, and what stands on the first."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    asked = options.parse_args()
    model = lb.load()
    network, iso3, central = model.network, model.world.iso3, central_parameters()
    ends = ends_at(ties_of(network, iso3, "uncovered").layers, len(cargo_classes()))
    graphs = land_graphs(network)
    costs = mode_costs(network, central, cargo_classes(), iso3=iso3, absent="uncovered")
    weights = graphs.by_road(np.stack([one.on_land for one in costs]))
    print(f"load {os.getloadavg()[0]:.1f}; {ends.count} ends, {weights.shape} costs")

    def compiled() -> FloatArray:
        return least_costs(graphs.structure, weights, ends, ends)

    def numpy_engine() -> FloatArray:
        return by_engine(graphs.structure, weights, ends, ends)

    def scipy_trees() -> FloatArray:
        return np.stack([_scipy(graphs.structure, one, ends) for one in weights])

    with threadpool_limits(limits=1):
        first, found = _timed(compiled, asked.repeats)
        print(f"compiled loops: {first:.3f} s of processor time")
        for name, peer in (("numpy engine", numpy_engine), ("scipy dijkstra", scipy_trees)):
            seconds, other = _timed(peer, 1)
            if not np.allclose(found, other, rtol=0.0, atol=SAME_USD):
                raise SystemExit(f"{name} finds other costs")
            print(f"{name}: {seconds:.3f} s, {seconds / first:.1f} times")
        choice = cargo_choice(model.world)
        goods = goods_of(choice, model.world.goods)
        whole = {
            "costs of a network for a run": lambda: chosen_costs(
                network, central, choice, iso3=iso3, absent="uncovered"
            ),
            "the world's goods on every arc": lambda: carried_by_class(
                network, central, choice, goods
            ),
        }
        for name, work in whole.items():
            print(f"{name}: {_timed(work, asked.repeats)[0]:.3f} s")


def _scipy(structure: object, weight: FloatArray, ends: Ends) -> FloatArray:
    """Grow a tree from every node; a free arc is none to scipy, and none is free here."""
    start, end, nodes = (getattr(structure, name) for name in ("start", "end", "nodes"))
    graph, _ = least_arcs(start, end, weight, nodes)
    return np.asarray(dijkstra(graph, indices=ends.node)[:, ends.node])


def _timed(work: Callable[[], object], repeats: int) -> tuple[float, FloatArray]:
    """Take the least processor time of some calls, after one that warms up."""
    found = work()
    least = np.inf
    for _ in range(repeats):
        begin = time.process_time()
        found = work()
        least = min(least, time.process_time() - begin)
    return float(least), found  # type: ignore[return-value]


if __name__ == "__main__":
    main()
