"""Lengths of named routes on the network, beside their known lengths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import column, rows
from landbridge.tables import embedded_table

TOLERANCE = {"curated": 0.03, "elsewhere": 0.10}
"""Share of the known length by which the network may be off."""


def measure_routes(network: FreightNetwork) -> pd.DataFrame:
    """Measure each named route: the shortest way in its mode over open links.

    Gauges and borders are passed freely here: what counts is the line.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    pandas.DataFrame
        The table ``named_routes`` with ``network_km``, ``ratio`` (over the known length),
        ``path`` (place ids joined by ``|``), ``within`` (its area's tolerance) and ``right_way``
        (the places it must pass are on it). Infinite km and an empty path where there is no way.

    Examples
    --------
    >>> from landbridge.freight.network.compiled import load_network
    >>> found = measure_routes(load_network()).set_index("route")
    >>> bool(found.loc["kkh", "right_way"])
    True
    """
    routes = embedded_table("freight", "named_routes")
    graphs = {mode: _Lines(network, mode) for mode in sorted(set(column(routes, "mode")))}
    lengths, paths = [], []
    for route in rows(routes):
        km, path = graphs[route.mode].through(route.places.split("|"))
        lengths.append(km)
        paths.append(path)
    known = routes["km"].to_numpy(dtype=np.float64)
    ratio = np.array(lengths) / known
    tolerance = np.array([TOLERANCE[area] for area in column(routes, "area")])
    return routes.assign(
        network_km=lengths,
        ratio=ratio,
        path=["|".join(path) for path in paths],
        within=np.abs(ratio - 1.0) <= tolerance,
        right_way=[
            bool(path) and set(filter(None, passes.split("|"))) <= set(path)
            for path, passes in zip(paths, column(routes, "passes"), strict=True)
        ],
    )


class _Lines:
    """The open links of one mode as a graph of lengths."""

    def __init__(self, network: FreightNetwork, mode: str) -> None:
        links = network.tables.links
        mine = links[links["is_open"] & (links["mode"] == mode)]
        self.names = sorted({*column(mine, "from_node"), *column(mine, "to_node")})
        self.number = {name: index for index, name in enumerate(self.names)}
        start = np.array([self.number[name] for name in column(mine, "from_node")])
        end = np.array([self.number[name] for name in column(mine, "to_node")])
        km = mine["km"].to_numpy(dtype=np.float64)
        self.graph: csr_array = least_arcs(
            np.r_[start, end], np.r_[end, start], np.r_[km, km], len(self.names)
        )[0]

    def through(self, places: list[str]) -> tuple[float, list[str]]:
        """Measure the length and the places of the shortest way through places in their order."""
        if not set(places) <= set(self.names):
            return float("inf"), []
        total, path = 0.0, [places[0]]
        for first, last in pairwise(places):
            source = np.array([self.number[first]])
            km, before = dijkstra(self.graph, indices=source, return_predecessors=True)
            goal = self.number[last]
            if not np.isfinite(km[0, goal]):
                return float("inf"), []
            total += float(km[0, goal])
            path += [self.names[node] for node in _back(before[0], goal)]
        return total, path


def _back(before: np.ndarray, node: int) -> list[int]:
    found = []
    while before[node] >= 0:
        found.append(node)
        node = int(before[node])
    return found[::-1]
