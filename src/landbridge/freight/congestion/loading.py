"""A network of arcs, what is to go over it, and all of it on the cheapest paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import InputError, NoRouteError
from landbridge.freight.congestion.delays import Delay
from landbridge.freight.network.sea import least_arcs
from landbridge.units import FloatArray, IntArray

FREE = 1e-12
"""Added to the cost of every arc where paths are sought: a sparse graph takes a free arc for none.
What is found is priced without it."""


@dataclass(frozen=True, eq=False)
class Roads:
    """A network whose arcs take longer the more uses them.

    Attributes
    ----------
    start, end
        ``[A]`` nodes of every arc; several may join the same two.
    delay
        What an arc costs at a flow.
    background
        ``[A]`` flow that is there whatever happens; none where absent.
    """

    start: IntArray
    end: IntArray
    delay: Delay
    background: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Refuse arcs that are not whole, and background flows below zero."""
        if len(self.start) != len(self.end) or not len(self.start):
            raise InputError("each arc has a start and an end, and there is one", where="roads")
        given = self.background
        if len(given) not in {0, len(self.start)} or not (np.isfinite(given) & (given >= 0)).all():
            raise InputError("background flow is a number of zero or more an arc", where="roads")

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return int(max(self.start.max(), self.end.max())) + 1

    def cost(self, flow: FloatArray) -> FloatArray:
        """Compute what each arc costs with the background on it, ``[A]``."""
        return self.delay.cost(self._all(flow))

    def slope(self, flow: FloatArray) -> FloatArray:
        """Compute by how much that rises a unit of flow, ``[A]``."""
        return self.delay.slope(self._all(flow))

    def area(self, flow: FloatArray) -> float:
        """Sum the area under the costs from the background to the flow on top of it."""
        whole = self.delay.area(self._all(flow)) - self.delay.area(self._all(np.zeros(len(flow))))
        return float(whole.sum())

    def _all(self, flow: FloatArray) -> FloatArray:
        return flow + self.background if len(self.background) else flow


@dataclass(frozen=True, eq=False)
class Demand:
    """What is to go from origins to destinations.

    Attributes
    ----------
    origins
        ``[O]`` nodes.
    amounts
        ``[O, N]`` flow from each origin to every node, zero or more.
    """

    origins: IntArray
    amounts: FloatArray

    def __post_init__(self) -> None:
        """Refuse amounts that are none."""
        if self.amounts.ndim != 2 or len(self.amounts) != len(self.origins):  # noqa: PLR2004
            raise InputError("amounts are a row of nodes an origin", where="demand")
        if not (np.isfinite(self.amounts) & (self.amounts >= 0)).all():
            raise InputError("amounts are numbers of zero or more", where="demand")


def demand_of(pairs: Sequence[tuple[int, int, float]], nodes: int) -> Demand:
    """Collect the demand of pairs of nodes; what starts where it ends is left out.

    Parameters
    ----------
    pairs
        Origin, destination and flow.
    nodes
        How many nodes there are.
    """
    origins = np.array(sorted({origin for origin, _, _ in pairs}), dtype=np.int64)
    at = {int(origin): row for row, origin in enumerate(origins)}
    amounts = np.zeros((len(origins), nodes))
    for origin, destination, amount in pairs:
        if origin != destination:
            amounts[at[origin], destination] += amount
    return Demand(origins, amounts)


def all_or_nothing(roads: Roads, demand: Demand, cost: FloatArray) -> FloatArray:
    """Put all demand on the cheapest paths, ``[A]`` flow.

    Parameters
    ----------
    roads, demand
        What goes where.
    cost
        ``[A]`` cost of the arcs.

    Raises
    ------
    NoRouteError
        No path leads to where something is to go.
    """
    size = demand.amounts.shape[1]
    graph, used = least_arcs(roads.start, roads.end, cost + FREE, size)
    found, before = dijkstra(graph, indices=demand.origins, return_predecessors=True)
    lost = np.argwhere(~np.isfinite(found) & (demand.amounts > 0))
    if len(lost):
        first, goal = lost[0].tolist()
        others = f", nor between {len(lost) - 1} other pairs" if len(lost) > 1 else ""
        raise NoRouteError(
            f"no path leads from node {int(demand.origins[first])} to node {goal}{others}."
        )
    through = _down(demand.amounts, before)
    row, node = np.nonzero((through > 0) & (before >= 0))
    # The graph lists its arcs by start, then by end: a key finds the arc that it kept.
    keys = roads.start[used].astype(np.int64) * size + roads.end[used]
    arc = used[np.searchsorted(keys, before[row, node].astype(np.int64) * size + node)]
    over = np.bincount(arc, weights=through[row, node], minlength=len(roads.start))
    return over.astype(np.float64)


def _down(amounts: FloatArray, before: np.ndarray) -> FloatArray:
    """Add to every node what goes on through it to others, ``[O, N]``."""
    rows, size = amounts.shape
    flow = np.concatenate((amounts, np.zeros((rows, 1))), axis=1)
    past = np.full((rows, 1), size)
    towards = np.concatenate((np.where(before >= 0, before, size), past), axis=1).astype(np.int64)
    cells = np.arange(rows)[:, None] * (size + 1)
    # Pointer jumping: after round i a node holds what is for nodes fewer than 2 ** i steps on.
    while (towards[:, :size] < size).any():
        at = (cells + towards).ravel()
        passed = np.bincount(at, weights=flow.ravel(), minlength=flow.size)
        flow = flow + passed.reshape(flow.shape)
        flow[:, size] = 0.0
        towards = np.take_along_axis(towards, towards, axis=1)
    return flow[:, :size]
