"""Least-cost trees over a graph.

Roots are the layers where economies come on. A tree keeps, for every node, the next node towards
its root, so that what happens along every way can be summed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.network.sea import least_arcs
from landbridge.units import FloatArray, IntArray

LEAST_COST = 1e-9
"""USD per tonne added to every arc: the sparse graph takes an arc that is free for none."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Least-cost paths between K roots and all nodes.

    Attributes
    ----------
    cost
        ``[K, M]`` USD per tonne, infinite where there is no way.
    before
        ``[K, M]`` next node towards the root; negative at the root and where there is no way.
    key, arc
        Sorted ``from * M + to`` of the arcs that may be used, in the direction of the tree, and
        the number of each.
    """

    cost: FloatArray
    before: IntArray
    key: IntArray
    arc: IntArray


def grow_trees(
    start: IntArray,
    end: IntArray,
    weight: FloatArray,
    roots: IntArray,
    *,
    size: int,
    backward: bool = False,
) -> Tree:
    """Grow the least-cost trees of roots.

    Parameters
    ----------
    start, end, weight
        ``[A]`` arcs; those with an infinite weight are not used.
    roots
        ``[K]`` nodes.
    size
        M, the number of nodes.
    backward
        Ways that lead to the roots, in place of those from them.
    """
    one, other = (end, start) if backward else (start, end)
    graph, used = least_arcs(one, other, weight + LEAST_COST, size)
    cost, before = dijkstra(graph, indices=roots, return_predecessors=True)
    key = one[used].astype(np.int64) * size + other[used]
    order = np.argsort(key)
    return Tree(np.asarray(cost), before.astype(np.int64), key[order], used[order])
