"""Distances by sea between ports, with named passages open or shut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landbridge.freight.network.tables import column, coordinates
from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ROUNDING_KM = 1e-6


@dataclass(frozen=True, eq=False)
class Sea:
    """The sea between ports.

    Attributes
    ----------
    ports
        P place ids, sorted.
    km
        ``[P, P]`` shortest distance by sea; infinite where there is none.
    points
        Ids of all points of the sea graph, ports among them.
    charge
        ``[P, P]`` what the passages on the way take, USD per tonne of general cargo.
    """

    ports: tuple[str, ...]
    km: FloatArray
    charge: FloatArray
    points: tuple[str, ...]
    before: np.ndarray
    passages: dict[tuple[int, int], str]
    shapes: dict[tuple[int, int], str]
    where: FloatArray

    def reaches(self, start: str, end: str) -> bool:
        """Say whether there is a way by sea between two ports."""
        known = {name: number for number, name in enumerate(self.ports)}
        if start not in known or end not in known:
            return False
        return bool(np.isfinite(self.km[known[start], known[end]]))

    def path(self, start: str, end: str) -> list[int]:
        """Trace the points of the sea graph that a ship passes, from port to port."""
        row = self.ports.index(start)
        numbers = {name: number for number, name in enumerate(self.points)}
        chain = [numbers[end]]
        while chain[-1] != numbers[start]:
            chain.append(int(self.before[row, chain[-1]]))
        return chain[::-1]

    def passages_between(self, start: str, end: str) -> tuple[str, ...]:
        """List the named passages on the way, in order."""
        chain = self.path(start, end)
        found = [self.passages.get(pair, "") for pair in pairwise(chain)]
        return tuple(dict.fromkeys(name for name in found if name))

    def line(self, start: str, end: str) -> tuple[tuple[float, float], ...]:
        """Trace (longitude, latitude) points of the way, for drawing."""
        chain = self.path(start, end)
        points: list[tuple[float, float]] = [_point(self.where, chain[0])]
        for pair in pairwise(chain):
            points.extend(self._shape(pair))
            points.append(_point(self.where, pair[1]))
        return tuple(points)

    def _shape(self, pair: tuple[int, int]) -> list[tuple[float, float]]:
        forward = pair in self.shapes
        text = self.shapes[pair] if forward else self.shapes.get(pair[::-1], "")
        parts = [part.split() for part in text.split(";") if part]
        points = [(float(x), float(y)) for x, y in parts]
        return points if forward else points[::-1]


def build_sea(
    nodes: pd.DataFrame, sea_nodes: pd.DataFrame, sea_links: pd.DataFrame, closed: frozenset[str]
) -> Sea:
    """Find the distances between all ports on the sea graph.

    Parameters
    ----------
    nodes
        Places of the network.
    sea_nodes, sea_links
        Points and links of the sea.
    closed
        Passages and links that are shut. A port among them takes no ship, but ships pass by it:
        the network leaves out its handling, not the sea before it.
    """
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415 - as in `least_arcs`

    shut = sea_links["passage"].isin(closed) | sea_links["link"].isin(closed)
    links = sea_links[~shut]
    names = sorted(set(column(sea_links, "from_node")) | set(column(sea_links, "to_node")))
    number = {name: index for index, name in enumerate(names)}
    start = links["from_node"].map(number).to_numpy(dtype=np.int64)
    end = links["to_node"].map(number).to_numpy(dtype=np.int64)
    km = links["km"].to_numpy(dtype=np.float64)
    places = nodes[nodes["kind"] == "port"]
    ports = tuple(sorted(set(column(places, "node")) & set(names)))
    graph = least_arcs(np.r_[start, end], np.r_[end, start], np.r_[km, km], len(names))[0]
    sources = np.array([number[port] for port in ports], dtype=np.int64)
    lengths, before = dijkstra(graph, indices=sources, return_predecessors=True)
    passages, shapes = _drawing(links, number)
    where = np.full((len(names), 2), np.nan)
    for name, point in (coordinates(sea_nodes, "sea_node") | coordinates(places)).items():
        if name in number:
            where[number[name]] = point
    return Sea(
        ports=ports,
        km=np.asarray(lengths[:, sources]),
        charge=_charges(lengths, before, passages)[:, sources],
        points=tuple(names),
        before=before,
        passages=passages,
        shapes=shapes,
        where=where,
    )


def _charges(
    lengths: FloatArray, before: np.ndarray, passages: Mapping[tuple[int, int], str]
) -> FloatArray:
    """Add up the charges of passages down the trees of shortest ways, ``[ports, points]``."""
    table = embedded_table("freight", "passages")
    usd = dict(zip(table["passage"], table["charge_usd_per_tonne"].astype(float), strict=True))
    size = lengths.shape[1]
    # The last column stands for the point before a root.
    step = np.zeros((size + 1, size))
    for pair, name in passages.items():
        step[pair] = usd.get(name, 0.0)
    found = np.zeros((len(lengths), size + 1))
    back = np.where(before >= 0, before, size)
    roots = np.arange(len(lengths))
    for here in np.argsort(lengths, axis=1).T:
        last = back[roots, here]
        found[roots, here] = found[roots, last] + step[last, here]
    return found[:, :size]


def needed_pairs(km: FloatArray) -> BoolArray:
    """Say which pairs of ports need an arc: those that no stop at a third port explains.

    Parameters
    ----------
    km
        ``[P, P]`` shortest distances.
    """
    needed = np.isfinite(km)
    np.fill_diagonal(needed, val=False)
    others = km.copy()
    np.fill_diagonal(others, np.inf)
    for third in range(len(km)):
        through = others[:, third, None] + others[None, third, :]
        needed &= ~(through <= km + ROUNDING_KM)
    return needed


def least_arcs(
    start: np.ndarray, end: np.ndarray, weight: FloatArray, size: int
) -> tuple[csr_array, np.ndarray]:
    """Make a sparse graph that keeps the lightest of parallel arcs.

    Parameters
    ----------
    start, end
        Node numbers of each arc.
    weight
        Non-negative weights; infinite ones are left out.
    size
        Number of nodes.

    Returns
    -------
    tuple
        The ``[size, size]`` graph, and for each stored entry the arc it came from.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - who only names a network compiles none

    order = np.lexsort((weight, end, start))
    order = order[np.isfinite(weight[order])]
    first = np.ones(len(order), dtype=bool)
    same = (start[order][1:] == start[order][:-1]) & (end[order][1:] == end[order][:-1])
    first[1:] = ~same
    arcs = order[first]
    counts = np.bincount(start[arcs], minlength=size)
    pointers = np.concatenate(([0], np.cumsum(counts)))
    graph = csr_array(
        (weight[arcs], end[arcs].astype(np.int32), pointers.astype(np.int32)), shape=(size, size)
    )
    return graph, arcs


def _point(where: FloatArray, number: int) -> tuple[float, float]:
    return float(where[number, 0]), float(where[number, 1])


def _drawing(
    links: pd.DataFrame, number: dict[str, int]
) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    passages: dict[tuple[int, int], str] = {}
    shapes: dict[tuple[int, int], str] = {}
    best: dict[tuple[int, int], float] = defaultdict(lambda: float("inf"))
    columns = (column(links, name) for name in ("from_node", "to_node", "passage", "shape"))
    lengths = links["km"].to_numpy(dtype=np.float64).tolist()
    for start, end, passage, shape, km in zip(*columns, lengths, strict=True):
        pair = (number[start], number[end])
        if km >= best[pair]:
            continue
        best[pair] = best[pair[::-1]] = km
        passages[pair] = passages[pair[::-1]] = passage
        shapes.pop(pair[::-1], None)
        shapes[pair] = shape
    return passages, shapes
