"""Least costs by the package pyroutingkit, where it is installed.

pyroutingkit wraps RoutingKit's customizable contraction hierarchies. It counts in integers below
2^31, so costs have to be whole numbers of some unit. Rounding them would not do: a unit small
enough to keep the longest way under 2^31 is half a billionth of that way, and each of its arcs may
be off by half a unit, so ways of a hundred arcs are off by up to 2e-8 of their cost and ways
of nearly that cost are taken for the least. Only where every cost *is* a whole number of a unit,
as lengths in metres are, the sums are the true ones. Such graphs are taken; others are refused.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from landbridge.errors import InputError
from landbridge.freight.network.cost_graph import CostGraph, Structure
from landbridge.units import FloatArray, IntArray

PACKAGE = "pyroutingkit"
# Units of 1, 0.1, ... 1e-9.
FINEST_UNIT = 9
# What rounding a decimal number to the nearest double leaves, with room for one product.
ROUNDING = 4 * float(np.finfo(np.float64).eps)
INFINITE = 2**31 - 1


def whole_units(cost: FloatArray) -> tuple[IntArray, float] | None:
    """Count costs in the largest decimal unit of which all are whole numbers.

    Parameters
    ----------
    cost
        Zero or more; infinite ones are left out.

    Returns
    -------
    tuple or None
        The counts (zero for infinite costs) and how many units make 1; None where there is no
        such unit down to 1e-9, or a count reaches 2^31.
    """
    finite = np.where(np.isfinite(cost), cost, 0.0)
    for power in range(FINEST_UNIT + 1):
        scaled = finite * 10.0**power
        counts = np.rint(scaled)
        if counts.max(initial=0.0) >= INFINITE:
            return None
        if (np.abs(scaled - counts) <= ROUNDING * scaled).all():
            return counts.astype(np.int64), 10.0**power
    return None


class CchEngine:
    """Customizable contraction hierarchies of pyroutingkit, on costs that are whole units.

    The last structure and its costs are kept; of other costs, few are patched and many replace
    all.

    Parameters
    ----------
    points
        ``[nodes, 2]`` latitude and longitude, which the order is found by; without them it is
        poor, and so slow, but right.

    Raises
    ------
    InputError
        pyroutingkit is not installed.
    """

    name = "cch"

    def __init__(self, points: FloatArray | None = None) -> None:
        if find_spec(PACKAGE) is None:
            raise InputError(
                "the engine 'cch' needs the package pyroutingkit, which is not installed",
                mend="Install it by pip install 'landbridge[fast]', or use 'elimination'.",
            )
        self._package: Any = import_module(PACKAGE)
        self._points = points
        self._key = ""
        self._metric: Any = None
        self._topology: Any = None
        self._weights: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)

    def matrix(self, graph: CostGraph, sources: IntArray, goals: IntArray) -> FloatArray:
        """Compute least costs from every source to every goal, as `Engine.matrix`.

        Raises
        ------
        InputError
            Costs are not whole numbers of a unit, something is carried beside them, or a way may
            be longer than 2^31 units.
        """
        if len(graph.values) > 1:
            raise InputError(
                "the engine 'cch' carries nothing beside the cost", mend="Use 'elimination'."
            )
        counted = whole_units(graph.values[0])
        if counted is None:
            raise InputError(
                "the engine 'cch' needs costs that are whole numbers of a unit of 1e-9 or more, "
                "and less than 2^31 units each; these are not",
                mend="Use 'elimination', which counts in double precision.",
            )
        counts, per_one = counted
        weights = counts.astype(np.uint32)
        weights[~np.isfinite(graph.values[0])] = INFINITE
        self._customise(graph.structure, weights)
        found = self._metric.distances_many_to_many(
            sources.astype(np.uint32), goals.astype(np.uint32)
        )
        least = np.where(found < INFINITE, found / per_one, np.inf)
        # Ways longer than the integers reach would read as no way at all.
        if int(counts.sum()) >= INFINITE and not _apart(graph, least, sources, goals):
            raise InputError(
                f"a way may be longer than 2^31 units of {1 / per_one:g}, "
                "farther than the engine 'cch' counts",
                mend="Use 'elimination', which counts in double precision.",
            )
        return least[None]

    def _customise(self, structure: Structure, weights: NDArray[np.uint32]) -> None:
        if self._key != structure.key:
            points = self._points
            if points is None or len(points) != structure.nodes:
                line = np.linspace(0.0, 1.0, structure.nodes)
                points = np.stack((line, np.zeros_like(line)), axis=1)
            self._topology = self._package.CCHTopology()
            self._topology.build(
                structure.start.astype(np.uint32),
                structure.end.astype(np.uint32),
                points[:, 0].astype(np.float32),
                points[:, 1].astype(np.float32),
                structure.nodes,
            )
            self._metric = self._package.CCHMetric(self._topology)
            self._metric.customize(weights)
            self._key = structure.key
        else:
            changed = np.flatnonzero(weights != self._weights)
            if len(changed) > len(weights) // 100:
                self._metric.customize(weights)
            elif len(changed):
                self._metric.update_weights(changed.astype(np.uint32), weights[changed])
        self._weights = weights


def _apart(graph: CostGraph, least: FloatArray, sources: IntArray, goals: IntArray) -> bool:
    """Say whether all pairs without a way lie in parts of the graph that no open arc joins."""
    is_open = np.isfinite(graph.values[0])
    structure = graph.structure
    ends = (structure.start[is_open], structure.end[is_open])
    ones = np.ones(len(ends[0]))
    joined = csr_array((ones, ends), shape=(structure.nodes, structure.nodes))
    part = connected_components(joined, directed=False)[1]
    return bool((np.isfinite(least) == (part[sources][:, None] == part[goals][None, :])).all())
