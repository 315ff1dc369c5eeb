"""Build the sea graph of the freight network from the marnet lines of the searoute package.

The points kept are the curated ports, the two ends of every named passage, and busy points of the
open sea. The links between them run outside all passages and are the fewest that hold every
distance between ports and passage ends within 1.5 percent; each passage is a link of its own. So
the shortest route with any set of passages shut is within 1.5 percent of that on the full lines.

Run with an environment that has searoute (data extra) installed, from the project root:
``python tools/sea_network.py``.
"""

from __future__ import annotations

import csv
import heapq
import itertools
import json
import math
from collections import Counter, defaultdict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "src" / "landbridge" / "freight" / "data"
EARTH_RADIUS_KM = 6371.0088
LEFT_OUT = {"northwest", "bering"}
NAMES = {
    "babalmandab": "bab-el-mandeb",
    "bosporus": "bosporus",
    "dardanelles": "dardanelles",
    "gibraltar": "gibraltar",
    "malacca": "malacca",
    "ormuz": "hormuz",
    "panama": "panama",
    "suez": "suez",
    "sunda": "sunda",
    "chili": "cape-horn",
    "south_africa": "cape-of-good-hope",
}
CASPIAN = (46.5, 55.5, 36.0, 47.5)
MERGE_KM = 60.0
STRETCH = 1.03
HUBS = 130
APART_KM = 400.0
HUB_REACH_KM = 6000.0
INNER = 8

Point = tuple[float, float]


def great_circle(a: Point, b: Point) -> float:
    """Great-circle distance of two (longitude, latitude) points, km."""
    lat1, lat2 = math.radians(a[1]), math.radians(b[1])
    dlat, dlon = lat2 - lat1, math.radians(b[0] - a[0])
    h = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))


def in_caspian(point: Point) -> bool:
    """Say whether a point lies in the Caspian, which has curated ferries instead."""
    west, east, south, north = CASPIAN
    return west < point[0] < east and south < point[1] < north


def read_marnet(path: Path) -> dict[tuple[Point, Point], str]:
    """Read the sea lines: undirected edge -> passage name (empty outside passages)."""
    edges: dict[tuple[Point, Point], str] = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        passage = feature["properties"].get("passage") or ""
        shape = feature["geometry"]
        lines = shape["coordinates"]
        if shape["type"] == "LineString":
            lines = [lines]
        for line in lines:
            points = [(round((x + 180) % 360 - 180, 4), round(y, 4)) for x, y in line]
            for a, b in itertools.pairwise(points):
                if a == b or in_caspian(a) or in_caspian(b) or passage in LEFT_OUT:
                    continue
                key = (min(a, b), max(a, b))
                edges[key] = edges.get(key, "") or NAMES.get(passage, "")
    return edges


def read_ports() -> list[tuple[str, float, float]]:
    """Read every sea port: place id, longitude, latitude."""
    with (DATA / "nodes.csv").open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["kind"] == "port"]
    ports = [(row["node"], float(row["longitude"]), float(row["latitude"])) for row in rows]
    return [port for port in ports if not in_caspian((port[1], port[2]))]


class Sea:
    """The full sea graph: points, edges and where a port may lie."""

    def __init__(self, edges: dict[tuple[Point, Point], str]) -> None:
        """Take in the edges."""
        self.points = sorted({point for edge in edges for point in edge})
        number = {point: i for i, point in enumerate(self.points)}
        self.a = np.array([number[a] for a, _ in edges])
        self.b = np.array([number[b] for _, b in edges])
        self.km = np.array([great_circle(a, b) for a, b in edges])
        self.passage = np.array(list(edges.values()))
        kinds: dict[int, set[str]] = defaultdict(set)
        for a, b, passage in zip(self.a, self.b, self.passage, strict=True):
            kinds[int(a)].add(str(passage))
            kinds[int(b)].add(str(passage))
        # A port lies in open water or where two passages meet, never inside one passage.
        self.open = sorted(p for p, found in kinds.items() if "" in found or len(found) > 1)

    def matrix(self, shut: tuple[str, ...]) -> csr_matrix:
        """Return the graph without the edges of the shut passages."""
        keep = ~np.isin(self.passage, shut)
        a, b, km = self.a[keep], self.b[keep], self.km[keep]
        size = len(self.points)
        return csr_matrix((np.r_[km, km], (np.r_[a, b], np.r_[b, a])), shape=(size, size))

    def nearest(self, lon: float, lat: float) -> tuple[int, float]:
        """Find the nearest sea point and its distance in km."""
        gaps = [great_circle((lon, lat), self.points[point]) for point in self.open]
        best = int(np.argmin(gaps))
        return self.open[best], gaps[best]


def busiest(sea: Sea, ports: list[int], shuts: tuple[tuple[str, ...], ...]) -> Counter[int]:
    """Count how many routes between ports pass each sea point."""
    passes: Counter[int] = Counter()
    for shut in shuts:
        _, before = dijkstra(sea.matrix(shut), indices=ports, return_predecessors=True)
        for tree in before:
            for port in ports:
                at = int(tree[port])
                while at >= 0:
                    passes[at] += 1
                    at = int(tree[at])
    return passes


def choose_hubs(sea: Sea, passes: Counter[int], taken: set[int]) -> list[int]:
    """Choose busy points that stand apart from each other and from the ports and gates."""
    hubs: list[int] = []
    for point, _ in sorted(passes.items(), key=lambda item: (-item[1], item[0])):
        if len(hubs) == HUBS:
            break
        near = [*hubs, *taken]
        if all(great_circle(sea.points[point], sea.points[p]) > APART_KM for p in near):
            hubs.append(point)
    return hubs


def spanner(km: np.ndarray, must: int) -> list[tuple[int, int]]:
    """Keep the fewest edges that hold every distance within STRETCH, shortest first.

    The first ``must`` points are ports and passage ends, whose distances count; the hubs after
    them only help.
    """
    size = len(km)
    pairs = [(km[i, j], i, j) for i in range(size) for j in range(i + 1, size)
             if np.isfinite(km[i, j]) and (j < must or km[i, j] < HUB_REACH_KM)]  # fmt: skip
    graph: dict[int, dict[int, float]] = defaultdict(dict)
    kept = []
    for length, i, j in sorted(pairs):
        if _reaches(graph, i, j, float(length) * STRETCH):
            continue
        graph[i][j] = graph[j][i] = float(length)
        kept.append((i, j))
    return kept


def _reaches(graph: dict[int, dict[int, float]], a: int, b: int, limit: float) -> bool:
    queue, done = [(0.0, a)], set()
    while queue:
        km, at = heapq.heappop(queue)
        if at == b:
            return True
        if at in done:
            continue
        done.add(at)
        for there, length in graph[at].items():
            if km + length <= limit and there not in done:
                heapq.heappush(queue, (km + length, there))
    return False


def shape(points: list[Point]) -> str:
    """Write a line's points with few digits, thinned to the 8 inner points that bend it most."""
    kept = [0, len(points) - 1]
    while len(kept) < min(len(points), INNER + 2):
        off = {
            i: _off_line(points[i], points[a], points[b])
            for a, b in itertools.pairwise(kept)
            for i in range(a + 1, b)
        }
        kept = sorted([*kept, max(off, key=off.__getitem__)])
    return ";".join(f"{points[i][0]:.2f} {points[i][1]:.2f}" for i in kept[1:-1])


def _off_line(point: Point, start: Point, end: Point) -> float:
    """Compute how far a point is from a stretch of line, degrees; across the date line as is."""
    run = end[0] - start[0], end[1] - start[1]
    to = point[0] - start[0], point[1] - start[1]
    length = run[0] ** 2 + run[1] ** 2
    along = max(0.0, min(1.0, (to[0] * run[0] + to[1] * run[1]) / length)) if length else 0.0
    return math.hypot(to[0] - along * run[0], to[1] - along * run[1])


def main() -> None:
    """Write sea_nodes.csv and sea_links.csv."""
    origin = find_spec("searoute")
    if origin is None or origin.origin is None:
        raise SystemExit("searoute is not installed: pip install 'landbridge[data]'")
    sea = Sea(read_marnet(Path(origin.origin).parent / "data" / "marnet_searoute.geojson"))
    ports = read_ports()
    waters = {
        name: (float(lon), float(lat))
        for name, lat, lon in (
            line.split()
            for line in (HERE / "freight" / "port_waters.txt").read_text("utf-8").splitlines()
            if line and not line.startswith("#")
        )
    }
    at = {}
    for name, lon, lat in ports:
        point, gap = sea.nearest(*waters.get(name, (lon, lat)))
        if name in waters:
            gap = great_circle((lon, lat), sea.points[point])
        at[name] = (point, gap)
    anchors = sorted({point for point, _ in at.values()})
    gates = passage_ends(sea)
    taken = set(anchors) | {p for pair, _, _ in gates for p in pair}
    passes = busiest(sea, anchors, ((), ("suez",), ("malacca",), ("panama",)))
    first = sorted(taken)
    points = first + choose_hubs(sea, passes, taken)
    everything_shut = tuple(sorted(set(NAMES.values())))
    km, before = dijkstra(sea.matrix(everything_shut), indices=points, return_predecessors=True)
    kept = spanner(km[:, points], len(first))
    edges = []
    for i, j in kept:
        chain = [points[j]]
        while chain[-1] != points[i]:
            chain.append(int(before[i, chain[-1]]))
        edges.append((points[i], points[j], float(km[i, points[j]]), "", chain[::-1]))
    edges += [(a, b, length, passage, [a, b]) for (a, b), length, passage in gates]
    print(len(points), "sea points,", len(edges), "links")
    write(sea, edges, at)


def passage_ends(sea: Sea) -> list[tuple[tuple[int, int], float, str]]:
    """Contract each passage to links between its ends."""
    found = []
    for passage in sorted(set(NAMES.values())):
        mine = np.flatnonzero(sea.passage == passage)
        inside = {int(p) for i in mine for p in (sea.a[i], sea.b[i])}
        outside = {int(p) for i in np.flatnonzero(sea.passage != passage)
                   for p in (sea.a[i], sea.b[i])}  # fmt: skip
        ends = sorted(inside & outside)
        size = len(sea.points)
        a, b, km = sea.a[mine], sea.b[mine], sea.km[mine]
        graph = csr_matrix((np.r_[km, km], (np.r_[a, b], np.r_[b, a])), shape=(size, size))
        lengths = dijkstra(graph, indices=ends)
        for i, start in enumerate(ends):
            found += [
                ((start, end), float(lengths[i, end]), passage)
                for end in ends[i + 1 :]
                if np.isfinite(lengths[i, end])
            ]
    return found


def write(
    sea: Sea,
    edges: list[tuple[int, int, float, str, list[int]]],
    at: dict[str, tuple[int, float]],
) -> None:
    """Write the two tables; a port far from its sea point gets an approach link."""
    label = {p: f"sea-{i:03d}" for i, p in enumerate(sorted({q for e in edges for q in e[:2]}))}
    sharing = Counter(point for point, _ in at.values())
    for port, (point, gap) in at.items():
        if sharing[point] == 1 and gap <= MERGE_KM:
            label[point] = port
    with (DATA / "sea_nodes.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["sea_node", "longitude", "latitude"])
        for p in sorted(label):
            if label[p].startswith("sea-"):
                out.writerow([label[p], f"{sea.points[p][0]:.3f}", f"{sea.points[p][1]:.3f}"])
    with (DATA / "sea_links.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["link", "from_node", "to_node", "km", "passage", "shape"])
        for i, (a, b, km, passage, chain) in enumerate(edges):
            line = shape([sea.points[p] for p in chain])
            out.writerow([f"sea-link-{i:04d}", label[a], label[b], f"{km:.1f}", passage, line])
        for port, (p, gap) in sorted(at.items()):
            if label[p] == port:
                continue
            out.writerow([f"approach-{port}", port, label[p], f"{max(gap, 1.0):.1f}", "", ""])
            if gap > MERGE_KM:
                print(f"{port}: {gap:.0f} km from the nearest sea point")


if __name__ == "__main__":
    main()
