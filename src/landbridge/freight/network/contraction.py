"""A smaller graph for the skims: chains of arcs between the layers that matter, made one.

The skims need costs between road layers where economies come on and ports. A layer in between
with two neighbours only adds its arcs up; a dead end is never passed. Both go; what is left gives
the same least costs, exactly, for any costs of the arcs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landbridge.units import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TWO = 2


@dataclass(frozen=True, eq=False)
class Contraction:
    """Chains between the layers kept.

    Attributes
    ----------
    layers
        Layer numbers kept, rising; a chain's ends are positions in it.
    start, end
        One entry a chain.
    chains
        ``[chains, arcs]`` ones where an arc is part of a chain.
    """

    layers: IntArray
    start: IntArray
    end: IntArray
    chains: csr_array

    def positions(self, layers: IntArray) -> IntArray:
        """Find the positions of layers that were kept."""
        return np.asarray(np.searchsorted(self.layers, layers), dtype=np.int64)

    def sums(self, values: FloatArray) -> FloatArray:
        """Add up values of arcs over each chain, ``[chains]``."""
        return np.asarray(self.chains @ values, dtype=np.float64)


def contract(start: IntArray, end: IntArray, keep: set[int], size: int) -> Contraction:
    """Contract a graph.

    Parameters
    ----------
    start, end
        Layer numbers of each arc, parallel arcs allowed.
    keep
        Layers to keep in any case.
    size
        Number of layers.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - who only names a network compiles none

    onward: list[dict[int, list[tuple[int, ...]]]] = [defaultdict(list) for _ in range(size)]
    back: list[set[int]] = [set() for _ in range(size)]
    for arc, (a, b) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        onward[a][b].append((arc,))
        back[b].add(a)
    alive = set(range(size))
    queue = sorted(alive - keep)
    while queue:
        layer = queue.pop()
        if layer in alive and _removable(layer, onward, back):
            near = set(onward[layer]) | back[layer]
            _bridge(layer, near, onward, back)
            alive.discard(layer)
            queue.extend(sorted(near & alive - keep))
    kept = np.array(sorted(alive), dtype=np.int64)
    place = {int(layer): position for position, layer in enumerate(kept)}
    found = [(a, b, chain) for a in sorted(alive) for b in onward[a] for chain in onward[a][b]]
    rows = np.repeat(np.arange(len(found)), [len(chain) for _, _, chain in found])
    columns = np.array([arc for _, _, chain in found for arc in chain], dtype=np.int64)
    shape = (len(found), len(start))
    return Contraction(
        layers=kept,
        start=np.array([place[a] for a, _, _ in found], dtype=np.int64),
        end=np.array([place[b] for _, b, _ in found], dtype=np.int64),
        chains=csr_array((np.ones(len(columns)), (rows, columns)), shape=shape),
    )


def _removable(
    layer: int, onward: list[dict[int, list[tuple[int, ...]]]], back: list[set[int]]
) -> bool:
    near = set(onward[layer]) | back[layer]
    if len(near) < TWO:
        return True
    single = all(len(chains) == 1 for chains in onward[layer].values())
    single = single and all(len(onward[other][layer]) == 1 for other in back[layer])
    return len(near) == TWO and single and layer not in near


def _bridge(
    layer: int,
    near: set[int],
    onward: list[dict[int, list[tuple[int, ...]]]],
    back: list[set[int]],
) -> None:
    """Join the neighbours of a layer past it, then take it out."""
    for a in sorted(back[layer]):
        for b in sorted(onward[layer]):
            if a != b:
                onward[a][b].append(onward[a][layer][0] + onward[layer][b][0])
                back[b].add(a)
    for other in near:
        onward[other].pop(layer, None)
        back[other].discard(layer)
    onward[layer].clear()
    back[layer].clear()
