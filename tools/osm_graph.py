"""The road and rail graphs of scgraph_data, with their country, and healed.

The package holds OpenStreetMap's main roads and railways as two modules of literals; they are read
as text, so that neither the package scgraph nor half a gigabyte of objects is needed. The graphs
are full of gaps of about 0.1 km where coordinates were rounded; `heal` closes them, and keeps for
every link it adds what kind of gap it bridged.
"""

from __future__ import annotations

import heapq
import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry import Polygon

BOUNDARIES = (
    Path(__file__).resolve().parents[1] / "src" / "landbridge" / "report" / "data"
) / "boundaries.json"
EARTH_RADIUS_KM = 6371.0088
SMALLEST_KM = 0.05
# Where an added link came from; 0 is a link of the package.
OWN, SNAP, JOIN, DETOUR, FAR = range(5)
KINDS = ("own", "snap", "join", "detour", "far")
# Farther than this from any country a point is left without one, in degrees.
COAST_DEGREES = 0.5
# Disputed areas of the map and the side from which roads in them are reached.
DISPUTED = {"XJK": "IND", "XAC": "CHN", "XAP": "IND", "XIT": "EGY", "XHT": "EGY", "XBT": "SDN"}


@dataclass
class Graph:
    """An undirected graph: nodes with place and country, links with length and origin."""

    where: np.ndarray
    """[N, 2] latitude, longitude."""
    iso3: np.ndarray
    a: np.ndarray
    b: np.ndarray
    km: np.ndarray
    kind: np.ndarray
    """0 for a link of the package, else which step of the healing added it."""

    def matrix(self) -> csr_array:
        """Return the graph as a symmetric sparse matrix of lengths."""
        size = len(self.where)
        ends = (np.r_[self.a, self.b], np.r_[self.b, self.a])
        return csr_array((np.r_[self.km, self.km], ends), shape=(size, size))

    def add(self, a: list[int], b: list[int], km: list[float], kind: int) -> None:
        """Add links."""
        self.a = np.r_[self.a, np.array(a, dtype=np.int64)]
        self.b = np.r_[self.b, np.array(b, dtype=np.int64)]
        self.km = np.r_[self.km, np.array(km, dtype=float)]
        self.kind = np.r_[self.kind, np.full(len(a), kind, dtype=np.int8)]
        self._tidy()

    def _tidy(self) -> None:
        """Keep the shortest of parallel links."""
        self.a, self.b = np.minimum(self.a, self.b), np.maximum(self.a, self.b)
        order = np.lexsort((self.km, self.b, self.a))
        first, second = self.a[order], self.b[order]
        keep = order[np.r_[True, (np.diff(first) != 0) | (np.diff(second) != 0)]]
        self.a, self.b, self.km, self.kind = (
            column[keep] for column in (self.a, self.b, self.km, self.kind)
        )


def on_sphere(where: np.ndarray) -> np.ndarray:
    """Turn latitude and longitude into points in space, km: short chords are distances."""
    latitude, longitude = np.radians(where[:, 0]), np.radians(where[:, 1])
    flat = np.cos(latitude)
    unit: NDArray[np.float64] = np.c_[
        flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)
    ]
    return EARTH_RADIUS_KM * unit


def nearest(
    space: np.ndarray, wanted: np.ndarray, *, k: int = 1, reach: float = np.inf
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest points: distances in km (inf beyond the reach) and row numbers."""
    gaps, near = cKDTree(space).query(wanted, k=k, distance_upper_bound=reach)
    return np.asarray(gaps), np.asarray(near)


def read_graph(name: str) -> Graph:
    """Read one of the package's networks, parallel and empty links dropped."""
    origin = find_spec("scgraph_data")
    if origin is None or origin.origin is None:
        raise SystemExit("scgraph_data is not installed: pip install 'landbridge[data]'")
    text = (Path(origin.origin).parent / f"{name}.py").read_text(encoding="utf-8")
    lines = {line.partition("=")[0].strip(): line.partition("=")[2] for line in text.split("\n")}
    where = np.array(json.loads(lines["nodes"]), dtype=float)
    rows = json.loads(re.sub(r"(\d+):", r'"\1":', lines["graph"]))
    a, b, km = [], [], []
    for node, row in enumerate(rows):
        for other, length in row.items():
            if int(other) != node:
                a.append(node)
                b.append(int(other))
                km.append(max(length, SMALLEST_KM))
    none = np.empty(0, dtype=np.int64)
    graph = Graph(where, countries(where), none, none, np.empty(0), np.empty(0, dtype=np.int8))
    graph.add(a, b, km, OWN)
    return graph


def outlines() -> tuple[list[Polygon], list[str]]:
    """Read the polygons of the map that the report draws, with their codes."""
    packed = json.loads(BOUNDARIES.read_text(encoding="utf-8"))
    arcs = [
        np.cumsum(np.array(steps, dtype=float).reshape(-1, 2), axis=0) / packed["grid_per_degree"]
        for steps in packed["arcs"]
    ]

    def ring(numbers: list[int]) -> np.ndarray:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return np.vstack([parts[0], *(part[1:] for part in parts[1:])])

    shapes, codes = [], []
    for code, area in packed["areas"].items():
        for polygon in area["polygons"]:
            rings = [line for line in map(ring, polygon) if len(line) >= 4]  # noqa: PLR2004
            if rings:
                shapes.append(shapely.make_valid(Polygon(rings[0], rings[1:])))
                codes.append(DISPUTED.get(code, code))
    return shapes, codes


def countries(where: np.ndarray) -> np.ndarray:
    """Say in which economy each point lies: the smallest polygon that holds it, or the nearest."""
    shapes, codes = outlines()
    tree = shapely.STRtree(shapes)
    points = shapely.points(where[:, 1], where[:, 0])
    point, shape = tree.query(points, predicate="intersects")
    order = np.argsort(-np.array([one.area for one in shapes])[shape], kind="stable")
    found = np.full(len(points), -1)
    found[point[order]] = shape[order]
    lost = np.flatnonzero(found < 0)
    near = tree.query_nearest(points[lost], max_distance=COAST_DEGREES, all_matches=False)
    found[lost[near[0]]] = near[1]
    named: NDArray[np.str_] = np.array([*codes, ""])
    return np.asarray(named[found])


def heal(graph: Graph, *, snap: float, join: float, across: float, detour: float, far: float
         ) -> dict[str, int]:  # fmt: skip
    """Close the gaps of a graph in place, and count what was added.

    Parameters
    ----------
    graph
        The graph.
    snap
        A dead end is joined to the nearest other node within this distance, km.
    join
        Parts of the graph are joined over gaps up to this, km, shortest first.
    across
        The same over a border, km.
    detour
        A dead end is joined to a node within this distance when the way round is long, km.
    far
        Parts of 30 km and more within one economy are joined over gaps up to this, km.
    """
    space = on_sphere(graph.where)
    counts = {"snap": _snap(graph, space, snap), "join": _join(graph, space, join, across)}
    counts["detour"] = sum(_detour(graph, space, detour, across) for _ in range(2))
    counts["far"] = _far(graph, space, far)
    return counts


def _snap(graph: Graph, space: np.ndarray, reach: float) -> int:
    matrix = graph.matrix()
    ends = np.flatnonzero(np.diff(matrix.indptr) <= 1)
    gaps, near = nearest(space, space[ends], k=6, reach=reach)
    added = []
    for end, distances, others in zip(ends.tolist(), gaps, near, strict=True):
        beside = set(matrix.indices[matrix.indptr[end] : matrix.indptr[end + 1]].tolist())
        for distance, other in zip(distances, others.tolist(), strict=True):
            if np.isfinite(distance) and other != end and other not in beside:
                added.append((end, other, max(float(distance), SMALLEST_KM)))
                break
    return _added(graph, added, SNAP)


def _added(graph: Graph, links: list[tuple[int, int, float]], kind: int) -> int:
    if links:
        a, b, km = map(list, zip(*links, strict=True))
        graph.add(a, b, km, kind)
    return len(links)


class _Parts:
    """Parts of a graph that grow together."""

    def __init__(self, graph: Graph) -> None:
        self.count, self.label = connected_components(graph.matrix(), directed=False)
        self.root = np.arange(self.count)

    def find(self, part: int) -> int:
        while self.root[part] != part:
            self.root[part] = self.root[self.root[part]]
            part = int(self.root[part])
        return part

    def merge(self, a: int, b: int) -> bool:
        """Make one of the parts of two nodes; False when they are one already."""
        first, second = self.find(int(self.label[a])), self.find(int(self.label[b]))
        self.root[first] = second
        return first != second


def _join(graph: Graph, space: np.ndarray, reach: float, across: float) -> int:
    parts = _Parts(graph)
    pairs = cKDTree(space).query_pairs(reach, output_type="ndarray")
    pairs = pairs[parts.label[pairs[:, 0]] != parts.label[pairs[:, 1]]]
    gaps = np.linalg.norm(space[pairs[:, 0]] - space[pairs[:, 1]], axis=1)
    allowed = (graph.iso3[pairs[:, 0]] == graph.iso3[pairs[:, 1]]) | (gaps <= across)
    pairs, gaps = pairs[allowed], gaps[allowed]
    order = np.argsort(gaps, kind="stable")
    added = [
        (int(a), int(b), max(float(gap), SMALLEST_KM))
        for (a, b), gap in zip(pairs[order], gaps[order], strict=True)
        if parts.merge(a, b)
    ]
    return _added(graph, added, JOIN)


def _detour(graph: Graph, space: np.ndarray, reach: float, across: float) -> int:
    matrix = graph.matrix()
    ends = np.flatnonzero(np.diff(matrix.indptr) == 1)
    gaps, near = nearest(space, space[ends], k=12, reach=reach)
    added = []
    for end, distances, others in zip(ends.tolist(), gaps, near, strict=True):
        if _stub(matrix, end) < 1.0:
            continue
        for distance, other in zip(distances, others.tolist(), strict=True):
            if not np.isfinite(distance):
                break
            if other == end or (graph.iso3[other] != graph.iso3[end] and distance > across):
                continue
            if not _within(matrix, end, other, 8.0 * float(distance) + 4.0):
                added.append((end, other, 1.1 * max(float(distance), SMALLEST_KM)))
                break
    return _added(graph, added, DETOUR)


def _stub(matrix: csr_array, end: int) -> float:
    """Length of the line from a dead end to the first fork, at most about a km."""
    before, node, total = -1, end, 0.0
    while total < 1.0:
        start, stop = matrix.indptr[node], matrix.indptr[node + 1]
        onward = [k for k in range(start, stop) if matrix.indices[k] != before]
        if len(onward) != 1:
            break
        before, node = node, int(matrix.indices[onward[0]])
        total += float(matrix.data[onward[0]])
    return total


def _within(matrix: csr_array, start: int, goal: int, limit: float) -> bool:
    """Say whether a way of at most `limit` km leads from one node to another."""
    best = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        done, node = heapq.heappop(queue)
        if node == goal:
            return True
        if done > best[node]:
            continue
        for k in range(matrix.indptr[node], matrix.indptr[node + 1]):
            other, total = int(matrix.indices[k]), done + float(matrix.data[k])
            if total <= limit and total < best.get(other, np.inf):
                best[other] = total
                heapq.heappush(queue, (total, other))
    return False


def _far(graph: Graph, space: np.ndarray, reach: float, smallest: float = 30.0) -> int:
    parts = _Parts(graph)
    label = parts.label
    length = np.bincount(label[graph.a], weights=graph.km, minlength=parts.count)
    large = np.flatnonzero(length[label] >= smallest)
    candidates = []
    for code in np.unique(graph.iso3[large]):
        mine = large[graph.iso3[large] == code]
        own = label[mine]
        main = np.argmax(np.bincount(own))
        for part in np.unique(own):
            if part == main:
                continue
            here, there = mine[own == part], mine[own != part]
            gaps, near = nearest(space[there], space[here], reach=reach)
            candidates += [
                (float(gap), int(a), int(there[b]))
                for a, gap, b in zip(here, gaps, near, strict=True)
                if np.isfinite(gap)
            ]
    added = [(a, b, 1.1 * gap) for gap, a, b in sorted(candidates) if parts.merge(a, b)]
    return _added(graph, added, FAR)
