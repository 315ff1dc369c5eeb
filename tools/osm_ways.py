"""Lengths between places over a graph, and the few links that keep them all.

Between the places of a group of economies every shortest way is measured on the healed graph. The
network then takes, from the shortest upwards, only those whose length is not already met by the
links taken before (a greedy spanner: Althoefer, Das, Dobkin, Joseph and Soares 1993): every pair of
places of the group is joined by the network within a stated share of its measured length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from osm_graph import FAR, OWN, SNAP, Graph

# The drawn lines of the graph are shorter than the roads and railways they stand for.
LENGTH_FACTOR = {"road": 1.06, "rail": 1.03}
LAST_KM_FACTOR = 1.2
# A pair of places is joined within this share above its measured length.
STRETCH = 1.07
# Two curated places keep their curated way unless it is this much longer than the measured one.
CURATED_STRETCH = 1.25


@dataclass
class Stop:
    """Where a place stands on a graph; `side` is the economy of a border place's own side."""

    hub: int
    node: int
    gap_km: float
    side: str
    border: bool
    curated: bool


@dataclass
class Way:
    """A link of the network: two stops, its length, and what of it was stitched."""

    a: int
    b: int
    km: float
    osm_km: float = 0.0
    stitches: list[int] | None = None
    """Numbers of the graph's links that healing added, snaps left out."""
    snapped: int = 0


def lengths(graph: Graph, stops: list[Stop], mode: str) -> np.ndarray:
    """Measure the ways between all stops, ``[S, S]`` km."""
    nodes = np.array([stop.node for stop in stops])
    gaps = np.array([stop.gap_km for stop in stops]) * LAST_KM_FACTOR
    unique, at = np.unique(nodes, return_inverse=True)
    small, matrix = compact(graph, unique)
    found = dijkstra(matrix, indices=small, directed=False)[:, small]
    km = found[np.ix_(at, at)] * LENGTH_FACTOR[mode] + gaps[:, None] + gaps[None]
    np.fill_diagonal(km, np.inf)
    return km


def compact(graph: Graph, wanted: np.ndarray) -> tuple[np.ndarray, csr_array]:
    """Renumber the nodes of a graph, without those that have no link."""
    used = np.unique(np.r_[graph.a, graph.b, wanted])
    a, b = np.searchsorted(used, graph.a), np.searchsorted(used, graph.b)
    matrix = csr_array((graph.km, (a, b)), shape=(len(used), len(used)))
    return np.searchsorted(used, wanted), matrix


def span(stops: list[Stop], measured: np.ndarray, known: np.ndarray) -> tuple[list[Way], list[Way]]:
    """Choose links; give also those between curated places that gave way.

    Parameters
    ----------
    stops
        The places.
    measured
        ``[S, S]`` lengths on the graph.
    known
        ``[S, S]`` direct curated links, infinite where there is none.
    """
    reach = known.copy()
    np.fill_diagonal(reach, 0.0)
    for middle in range(len(stops)):
        np.minimum(reach, reach[:, middle, None] + reach[None, middle, :], out=reach)
    rows, columns = np.triu_indices(len(stops), 1)
    order = np.argsort(measured[rows, columns], kind="stable")
    taken, dropped = [], []
    for a, b in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        km = float(measured[a, b])
        if not np.isfinite(km):
            break
        one, other = stops[a], stops[b]
        if one.border and other.border and one.side != other.side:
            continue
        both = one.curated and other.curated
        limit = CURATED_STRETCH if both else STRETCH
        if reach[a, b] <= limit * km:
            if both and reach[a, b] > STRETCH * km:
                dropped.append(Way(a, b, km, float(reach[a, b])))
            continue
        if np.isfinite(known[a, b]):
            dropped.append(Way(a, b, km, float(known[a, b])))
            continue
        taken.append(Way(a, b, km))
        first = reach[:, a, None] + km + reach[None, b, :]
        second = reach[:, b, None] + km + reach[None, a, :]
        np.minimum(reach, first, out=reach)
        np.minimum(reach, second, out=reach)
    return taken, dropped


def trace(graph: Graph, stops: list[Stop], ways: list[Way]) -> None:
    """Follow each way on the graph and note its stitches."""
    nodes = np.array([stop.node for stop in stops], dtype=np.int64)
    sources = sorted({way.a for way in ways})
    small, matrix = compact(graph, nodes)
    used = np.unique(np.r_[graph.a, graph.b, nodes])
    number = {
        (int(a), int(b)): k
        for k, (a, b) in enumerate(
            zip(np.searchsorted(used, graph.a), np.searchsorted(used, graph.b), strict=True)
        )
        if graph.kind[k] != OWN
    }
    by_source: dict[int, list[Way]] = {}
    for way in ways:
        by_source.setdefault(way.a, []).append(way)
    for source in sources:
        _, before = dijkstra(
            matrix, indices=small[source], directed=False, return_predecessors=True
        )
        for way in by_source[source]:
            way.stitches = []
            for pair in _steps(before, int(small[way.b])):
                k = number.get(pair, number.get(pair[::-1]))
                if k is None:
                    continue
                if graph.kind[k] == SNAP:
                    way.snapped += 1
                elif graph.kind[k] <= FAR:
                    way.stitches.append(k)


def _steps(before: np.ndarray, node: int) -> Iterator[tuple[int, int]]:
    while before[node] >= 0:
        yield int(before[node]), node
        node = int(before[node])
