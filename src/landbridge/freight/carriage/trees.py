"""Least-cost trees over a graph, and flows carried down them to the arcs.

Roots are the layers where economies come on. A tree keeps, for every node, the next node towards
its root, so that what is to reach many nodes comes together on the way.
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


def load_trees(tree: Tree, demand: FloatArray, arcs: int) -> FloatArray:
    """Carry demands between roots and nodes along the trees.

    Parameters
    ----------
    tree
        The trees.
    demand
        ``[D, K, M]`` flows between a root and a node, D quantities at once (tonnes, USD); only
        where there is a way.
    arcs
        A, how many arcs there are.

    Returns
    -------
    FloatArray
        ``[D, A]`` flow over every arc, in the units of the demand.
    """
    count, roots, size = demand.shape
    flow = np.zeros((count, roots, size + 1))
    flow[:, :, :size] = demand
    end = np.full((roots, 1), size)
    towards = np.concatenate((np.where(tree.before >= 0, tree.before, size), end), axis=1)
    cells = np.arange(roots)[:, None] * (size + 1)
    # Pointer jumping: after round i every node holds what is to reach the nodes fewer than 2 ** i
    # steps behind it, and `towards` leads 2 ** i steps on. What runs past the root is dropped.
    while (towards[:, :size] < size).any():
        at = (cells + towards).ravel()
        size_of_all = roots * (size + 1)
        passed = [np.bincount(at, weights=one.ravel(), minlength=size_of_all) for one in flow]
        flow = flow + np.stack(passed).reshape(flow.shape)
        flow[:, :, size] = 0.0
        towards = np.take_along_axis(towards, towards, axis=1)
    root, node = np.nonzero((flow[:, :, :size] > 0).any(axis=0) & (tree.before >= 0))
    key = tree.before[root, node] * size + node
    arc = tree.arc[np.searchsorted(tree.key, key)]
    return np.stack([np.bincount(arc, weights=one[root, node], minlength=arcs) for one in flow])
