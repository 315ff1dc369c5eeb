"""Put trade on the network: all of it on the least-cost paths between centres.

The trade of a pair of economies is split over the pairs of their centres by people, as the skims
weight them; a pair of centres without a way leaves its part to the others. Each part takes one
way, that of least generalised cost (all-or-nothing: no capacity, no congestion). The flow over
every edge is kept by exporter and by importer, which is what the value of a cheaper edge to each
economy is made of (`studies.critical.criticality`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from landbridge.errors import ConvergenceError, InputError
from landbridge.freight.search.tree_graph import Trees, spread_of, weighed
from landbridge.freight.search.trees import LeastWays
from landbridge.units import FloatArray

CONSERVED = 1e-9
"""Share of the flow by which the two ends may differ: rounding of sums, and no more."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """Flows over the network, in the unit of the demand.

    Attributes
    ----------
    ways
        The ways taken.
    assigned, unassigned
        ``[N, N]`` demand that took a way, and that found none; the diagonal is zero in both.
    by_exporter, by_importer
        ``[E, N]`` flow over every edge of each exporter's sales and each importer's purchases;
        over the importers and over the exporters they add up to the same.
    """

    ways: LeastWays
    assigned: FloatArray
    unassigned: FloatArray
    by_exporter: csr_array
    by_importer: csr_array

    @property
    def edges(self) -> FloatArray:
        """Flow over every edge, ``[E]``."""
        return np.asarray(self.by_exporter.sum(axis=1))

    def arcs(self) -> FloatArray:
        """Compute the flow over every arc of the network, ``[arcs]``."""
        return np.asarray(self.ways.edge_arcs.T @ self.edges)

    def sea_legs(self) -> FloatArray:
        """Compute the flow that sails between two ports without a call between, ``[P, P]``."""
        size = len(self.ways.network.sea.ports)
        return np.asarray(self.ways.edge_sea.T @ self.edges).reshape(size, size)


def assign(ways: LeastWays, demand: FloatArray) -> Assignment:
    """Put a demand between economies on the least-cost paths.

    Parameters
    ----------
    ways
        From `trees.least_ways`.
    demand
        ``[N, N]`` any unit, non-negative, exporter x importer; the diagonal is not moved.

    Returns
    -------
    Assignment
        In the unit of the demand.

    Raises
    ------
    InputError
        The demand has another shape, or negative or missing values.
    ConvergenceError
        What leaves and what arrives differ: the flow is not conserved.

    Examples
    --------
    >>> import numpy as np
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> from landbridge.freight.search.trees import least_ways
    >>> ways = least_ways(load_network(), central_parameters(), iso3=("UZB", "PAK"))
    >>> flow = assign(ways, np.array([[0.0, 100.0], [0.0, 0.0]]))
    >>> float(flow.assigned.sum())
    100.0
    """
    count = len(ways.iso3)
    demand = np.asarray(demand, dtype=np.float64)
    if demand.shape != (count, count) or not np.isfinite(demand).all() or (demand < 0).any():
        raise InputError(
            f"the demand is to be a [{count}, {count}] array of numbers that are not negative"
        )
    foreign = demand.copy()
    np.fill_diagonal(foreign, 0.0)
    parts, assigned = between_centres(ways, foreign)
    by_tie = _between_ties(ways, parts)
    by_exporter = _over_edges(ways, ways.outward, by_tie)
    by_importer = _over_edges(ways, ways.inward, by_tie.T)
    _check(by_exporter, by_importer, float(assigned.sum()))
    return Assignment(
        ways=ways,
        assigned=assigned,
        unassigned=foreign - assigned,
        by_exporter=by_exporter,
        by_importer=by_importer,
    )


def between_centres(ways: LeastWays, demand: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Split a demand over pairs of centres that have a way.

    Parameters
    ----------
    ways
        From `trees.least_ways`.
    demand
        ``[N, N]``, the diagonal zero.

    Returns
    -------
    tuple
        ``[C, C]`` between centres, and ``[N, N]`` what of the demand was split.
    """
    finite = np.isfinite(ways.cost)
    weight = np.where(finite, np.outer(ways.weight, ways.weight), 0.0)
    count = len(ways.iso3)
    reached = weighed(spread_of(ways.owner, np.ones(len(ways.owner)), count), weight)
    per_weight = np.divide(demand, reached, out=np.zeros_like(demand), where=reached > 0)
    parts = weight * per_weight[np.ix_(ways.owner, ways.owner)]
    return parts, np.where(reached > 0, demand, 0.0)


def _between_ties(ways: LeastWays, parts: FloatArray) -> FloatArray:
    """Compute the demand between ties, ``[T, T]``."""
    size = len(ways.tie_root)
    cells = (ways.tie_out * size + ways.tie_in).ravel()
    found = np.bincount(cells, weights=parts.ravel(), minlength=size * size)
    return np.asarray(found.reshape(size, size), dtype=np.float64)


def _over_edges(ways: LeastWays, trees: Trees, by_tie: FloatArray) -> csr_array:
    """Carry the demand of every tie down the tree of its root, ``[E, N]`` by its economy.

    Nodes are taken from the dearest to the cheapest: what has come together at a node goes on
    over the edge towards the root.
    """
    nodes = ways.root_node[ways.tie_root]
    size = trees.cost.shape[1]
    rows, root = np.arange(len(by_tie)), ways.tie_root
    flow = np.zeros((len(by_tie), size + 1))
    gathered = csr_array(
        (np.ones(len(nodes)), (np.arange(len(nodes)), nodes)), shape=(len(nodes), size)
    )
    flow[:, :size] = by_tie @ gathered
    for rank in range(size - 1, -1, -1):
        node = trees.order[root, rank]
        flow[rows, trees.before[root, node]] += flow[rows, node]
    # A demand between two ties of one layer stays at the root and runs over no edge.
    edge = trees.edge[root]
    moved = (edge >= 0) & (flow[:, :size] > 0)
    economy = np.broadcast_to(ways.tie_economy[:, None], edge.shape)[moved]
    cells = (flow[:, :size][moved], (edge[moved], economy))
    shape = (ways.edge_arcs.shape[0], len(ways.iso3))
    return csr_array(coo_array(cells, shape=shape).tocsr())


def _check(by_exporter: csr_array, by_importer: csr_array, total: float) -> None:
    """Refuse flows that the two ends see differently."""
    one, other = (np.asarray(side.sum(axis=1)) for side in (by_exporter, by_importer))
    gap = float(np.abs(one - other).max(initial=0.0))
    if gap > CONSERVED * max(total, np.finfo(np.float64).tiny):
        raise ConvergenceError(
            "exporters' and importers' flows over an edge of the network differ: two ways of "
            "exactly the same cost were not told apart",
            residual=gap / total,
            iterations=1,
        )
