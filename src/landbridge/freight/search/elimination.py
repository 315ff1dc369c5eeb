"""A graph's nodes in an order of elimination, and the shortcuts that the order needs.

Taking nodes out of a graph one after the other, and joining the neighbours of each past it, is
what Gaussian elimination does to a sparse matrix. With sums for products and minima for sums the
shortcuts carry least costs, and a least cost between any two nodes runs up the order and down
again (Dibbelt, Strasser and Wagner 2016, Customizable Contraction Hierarchies). The order and the
places of the shortcuts depend on which nodes are joined, not on what an arc costs: they are found
once, by the minimum-degree ordering and symbolic factorisation of SuperLU in scipy, and other
costs only fill them anew. Costs are added in double precision, so nothing is rounded to integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from landbridge.errors import LandbridgeError
from landbridge.units import IntArray

Int32 = NDArray[np.int32]

# Keeps the matrix of a component regular; its size changes no place of a shortcut.
GROUNDING = 1e-4
# Some 2 GB while they are found. The world's highways have 11 million.
MOST_TRIANGLES = 50_000_000


@dataclass(frozen=True, eq=False)
class Elimination:
    """The order of elimination and the places of the shortcuts.

    Nodes are numbered by rank: a node comes after all that lie below it in the elimination tree.
    An edge joins a lower node to a higher one, and stands for both directions.

    Attributes
    ----------
    rank
        ``[nodes]`` rank of each node of the graph.
    parent
        ``[nodes]`` by rank: rank of the parent in the elimination tree; -1 for a root.
    position, size
        ``[nodes]`` by rank: place in a walk of the tree, and number of nodes in the subtree; a
        subtree is ``position .. position + size``.
    first
        ``[nodes + 1]`` where the edges of each lower node start.
    low, high
        ``[edges]`` ranks of the two ends.
    level_nodes, level_edges
        ``[levels + 1]`` where the nodes, and the edges of the nodes, of each level start: within
        a level none needs another.
    triangle_first
        ``[edges + 1]`` where the triangles below each edge start.
    triangle_low, triangle_high
        ``[triangles]`` the edges from a node below to the low and to the high end.
    """

    rank: IntArray
    parent: IntArray
    position: IntArray
    size: IntArray
    first: IntArray
    low: Int32
    high: Int32
    level_nodes: IntArray
    level_edges: IntArray
    triangle_first: IntArray
    triangle_low: Int32
    triangle_high: Int32

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.rank)

    @property
    def edges(self) -> int:
        """Number of edges, shortcuts included."""
        return len(self.low)

    @cached_property
    def keys(self) -> IntArray:
        """Rising number of each edge, for `edge_of`."""
        return self.low.astype(np.int64) * self.nodes + self.high

    def edge_of(self, low: IntArray, high: IntArray) -> IntArray:
        """Find the edges between pairs of ranks that are joined."""
        return np.searchsorted(self.keys, low.astype(np.int64) * self.nodes + high)

    def certify(self, edges: IntArray, low: IntArray, high: IntArray) -> None:
        """Raise `LandbridgeError` unless these edges join these pairs of ranks."""
        _certify(self.keys, edges, low.astype(np.int64) * self.nodes + high)


def eliminate(start: IntArray, end: IntArray, nodes: int) -> Elimination:
    """Order the nodes of a graph and place the shortcuts.

    Parameters
    ----------
    start, end
        Node numbers of each arc; direction, parallel arcs and loops do not matter.
    nodes
        Number of nodes.

    Raises
    ------
    LandbridgeError
        The graph is too dense for this method.
    """
    rank, columns, below = _factor(start, end, nodes)
    parent = _parents(columns, below, nodes)
    level = _levels(parent)
    order = np.lexsort((np.arange(nodes), level))
    again = np.empty(nodes, dtype=np.int64)
    again[order] = np.arange(nodes)
    parent = np.where(parent[order] >= 0, again[parent[order]], -1)
    low, high = again[columns], again[below]
    sort = np.argsort(low * nodes + high)
    low, high = low[sort], high[sort]
    first = np.concatenate(([0], np.cumsum(np.bincount(low, minlength=nodes))))
    level_nodes = np.searchsorted(level[order], np.arange(int(level.max(initial=-1)) + 2))
    position, size = _walk(parent)
    triangles = _triangles(first, low, high, nodes)
    return Elimination(
        rank=again[rank],
        parent=parent,
        position=position,
        size=size,
        first=first,
        low=low.astype(np.int32),
        high=high.astype(np.int32),
        level_nodes=level_nodes,
        level_edges=first[level_nodes],
        triangle_first=triangles[0],
        triangle_low=triangles[1],
        triangle_high=triangles[2],
    )


@dataclass(frozen=True, eq=False)
class Slots:
    """Arcs by the edge that they lie on; loops are left out.

    A slot is an edge in one direction: the edge's number upwards, plus the number of edges
    downwards.

    Attributes
    ----------
    arcs
        Numbers of the arcs, those of a slot one after another.
    slots
        The slots that hold any, rising.
    begin
        Where the arcs of each of these start.
    """

    arcs: IntArray
    slots: IntArray
    begin: IntArray


def slots_of(elimination: Elimination, start: IntArray, end: IntArray) -> Slots:
    """Find the slot of every arc; every arc has one, or it is an error (`Elimination.certify`)."""
    rank = elimination.rank
    apart = np.flatnonzero(start != end)
    a, b = rank[start[apart]], rank[end[apart]]
    low, high = np.minimum(a, b), np.maximum(a, b)
    slot = elimination.edge_of(low, high)
    elimination.certify(slot, low, high)
    slot[a > b] += elimination.edges
    order = np.argsort(slot, kind="stable")
    slots, begin = np.unique(slot[order], return_index=True)
    return Slots(apart[order], slots, begin)


def ancestors(elimination: Elimination, ends: IntArray) -> IntArray:
    """Find some ranks and all that lie above them in the elimination tree, rising."""
    seen = np.zeros(elimination.nodes, dtype=bool)
    now = ends
    while len(now):
        now = now[~seen[now]]
        seen[now] = True
        now = elimination.parent[now]
        now = np.unique(now[now >= 0])
    return np.flatnonzero(seen)


def _factor(start: IntArray, end: IntArray, nodes: int) -> tuple[IntArray, IntArray, IntArray]:
    """Find the rank of each node, and the columns and rows of the factor below its diagonal."""
    apart = start != end
    a = np.concatenate((start[apart], end[apart]))
    b = np.concatenate((end[apart], start[apart]))
    keys = np.unique(a * nodes + b)
    if not len(keys):
        none = np.zeros(0, dtype=np.int64)
        return np.arange(nodes, dtype=np.int64), none, none
    rows, columns = keys % nodes, keys // nodes
    degree = np.bincount(columns, minlength=nodes).astype(np.float64)
    own = np.arange(nodes)
    # Diagonally dominant with negative entries: no pivoting, and no fill-in cancels to zero.
    matrix = csc_array(
        (
            np.concatenate((np.full(len(keys), -1.0), degree + GROUNDING)),
            (np.concatenate((rows, own)), np.concatenate((columns, own))),
        ),
        shape=(nodes, nodes),
    )
    factor = splu(
        matrix,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    lower = factor.L.tocoo()
    strict = lower.row > lower.col
    rank = factor.perm_c.astype(np.int64)
    return rank, lower.col[strict].astype(np.int64), lower.row[strict].astype(np.int64)


def _parents(columns: IntArray, below: IntArray, nodes: int) -> IntArray:
    parent = np.full(nodes, nodes, dtype=np.int64)
    np.minimum.at(parent, columns, below)
    return np.where(parent < nodes, parent, -1)


def _levels(parent: IntArray) -> IntArray:
    """Compute the length of the longest chain below each node."""
    level = [0] * len(parent)
    for node, above in enumerate(parent.tolist()):
        if above >= 0 and level[above] <= level[node]:
            level[above] = level[node] + 1
    return np.array(level, dtype=np.int64)


def _walk(parent: IntArray) -> tuple[IntArray, IntArray]:
    """Renumber the nodes so that every subtree is a stretch of numbers."""
    above = parent.tolist()
    size = [1] * len(above)
    for node, up in enumerate(above):
        if up >= 0:
            size[up] += size[node]
    position, free = [0] * len(above), [0] * len(above)
    start = 0
    for node in range(len(above) - 1, -1, -1):
        up = above[node]
        if up < 0:
            position[node] = start
            start += size[node]
        else:
            position[node] = free[up]
            free[up] += size[node]
        free[node] = position[node] + 1
    return np.array(position, dtype=np.int64), np.array(size, dtype=np.int64)


def _triangles(
    first: IntArray, low: IntArray, high: IntArray, nodes: int
) -> tuple[IntArray, Int32, Int32]:
    """Find, for each edge, the nodes below both its ends: pairs of edges of one lower node."""
    edges = len(low)
    # Edge i of a node pairs with the later ones of that node.
    later = first[low + 1] - np.arange(edges) - 1 if edges else np.zeros(0, dtype=np.int64)
    if later.sum() > MOST_TRIANGLES:
        raise LandbridgeError(
            f"the graph is too dense: its order of elimination has {int(later.sum()):,} triangles",
            mend="Use the engine 'dijkstra', which needs none.",
        )
    one = np.repeat(np.arange(edges, dtype=np.int64), later)
    other = ranges(np.arange(edges, dtype=np.int64) + 1, later)
    keys = low * nodes + high
    wanted = high[one] * nodes + high[other]
    target = np.searchsorted(keys, wanted).astype(np.int32)
    _certify(keys, target, wanted)
    order = np.argsort(target, kind="stable")
    counts = np.bincount(target, minlength=edges)
    return (
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        one[order].astype(np.int32),
        other[order].astype(np.int32),
    )


def _certify(keys: IntArray, found: np.ndarray, wanted: IntArray) -> None:
    """Make sure that no arc and no shortcut is missing: then no way is missing."""
    missing = ~np.isin(wanted, keys) if int(found.max(initial=-1)) >= len(keys) else None
    missing = keys[found] != wanted if missing is None else missing
    if missing.any():
        raise LandbridgeError(
            f"the order of elimination lacks {int(missing.sum())} shortcuts that it needs",
            mend="Use the engine 'dijkstra'.",
        )


def ranges(starts: IntArray, counts: IntArray) -> IntArray:
    """Write out the stretches ``start, start + 1, ...`` of the lengths given, one after another."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    written: IntArray = np.repeat(starts - before, counts) + np.arange(total, dtype=np.int64)
    return written
