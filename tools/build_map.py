"""Rebuild ``src/landbridge/report/data/boundaries.json`` from the npm package plotly.js.

The package's ``dist/plotly-geo-assets.js`` carries ``world_50m``: areas by ISO 3166-1 alpha-3
code after the United Nations' Geodata, with the areas whose status is undetermined under codes
of their own. This script simplifies the shared border arcs (so that neighbours keep one common
line), puts them on a grid, drops islets too small to see, and writes a compact topology.

    npm pack plotly.js@3.7.0
    python tools/build_map.py --package plotly.js-3.7.0.tgz
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import re
import tarfile
from pathlib import Path
from typing import Any, TypedDict

GRID_PER_DEGREE = 50
SCRIPT = "package/dist/plotly-geo-assets.js"
OUTPUT = Path(__file__).resolve().parents[1] / "src/landbridge/report/data/boundaries.json"
# Square degrees at the equator. 0.002 keeps about 0.05 degrees of detail: one pixel of a map
# that is 1,100 pixels wide and spans 60 degrees.
SIMPLIFY_AREA = 0.002
SMALLEST_ISLAND = 0.06
SMALLEST_LAKE = 1.0
RING_POINTS = 4
UNDETERMINED_PREFIX = "X"

Point = tuple[float, float]
Arc = list[Point]
Ring = list[int]
Polygon = list[Ring]
Topology = dict[str, Any]  # TopoJSON, as the package has it


class Area(TypedDict):
    """One area of the map: where its label stands, and its polygons."""

    centre: list[float]
    polygons: list[Polygon]


class Boundaries(TypedDict):
    """What is written: a compact topology on a grid."""

    format: str
    grid_per_degree: int
    undetermined: list[str]
    areas: dict[str, Area]
    lakes: list[Polygon]
    arcs: list[list[int]]


def read_topology(package: Path, name: str = "world_50m") -> Topology:
    """Take one TopoJSON object literal out of the package's script."""
    with tarfile.open(package) as archive:
        member = archive.extractfile(SCRIPT)
        if member is None:
            raise SystemExit(f"{package} holds no {SCRIPT}")
        script = member.read().decode("utf-8")
    start = script.index(f'"dist/topojson/{name}.json"(exports')
    start = script.index("module.exports = ", start) + len("module.exports = ")
    literal = script[start : script.index("};", start) + 1]
    literal = re.sub(r"([{,]\s*)([A-Za-z_]\w*)\s*:", r'\1"\2":', literal)
    literal = re.sub(r"(?<=[\[, ])(-?)\.(\d)", r"\g<1>0.\2", literal)
    topology = json.loads(literal, parse_float=_number)
    if not isinstance(topology, dict):
        raise SystemExit(f"{name} is not an object")
    return topology


def _number(text: str) -> float | int:
    # The script writes the whole number 1000 as 1e3.
    value = float(text)
    return int(value) if value.is_integer() else value


def absolute_arcs(topology: Topology) -> list[Arc]:
    """Undo the delta coding: longitude and latitude in degrees."""
    (scale_x, scale_y), (shift_x, shift_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(arc)
    return arcs


def simplify(arc: Arc) -> Arc:
    """Drop the points that span the least area (Visvalingam and Whyatt 1993); ends stay."""
    count = len(arc)
    keep_at_least = RING_POINTS if arc[0] == arc[-1] else 2
    before = list(range(-1, count - 1))
    after = list(range(1, count + 1))
    areas = [math.inf] * count
    queue: list[tuple[float, int]] = []
    for index in range(1, count - 1):
        areas[index] = _triangle(arc[index - 1], arc[index], arc[index + 1])
        queue.append((areas[index], index))
    heapq.heapify(queue)
    left = count
    gone = [False] * count
    while queue and left > keep_at_least:
        area, index = heapq.heappop(queue)
        if gone[index] or area != areas[index]:
            continue
        if area > SIMPLIFY_AREA:
            break
        gone[index] = True
        left -= 1
        previous, following = before[index], after[index]
        after[previous], before[following] = following, previous
        for neighbour in (previous, following):
            if 0 < neighbour < count - 1:
                fresh = _triangle(arc[before[neighbour]], arc[neighbour], arc[after[neighbour]])
                areas[neighbour] = max(fresh, area)
                heapq.heappush(queue, (areas[neighbour], neighbour))
    return [point for index, point in enumerate(arc) if not gone[index]]


def _triangle(a: Point, b: Point, c: Point) -> float:
    shrink = math.cos(math.radians(b[1]))
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2 * shrink


def ring_area(ring: Ring, arcs: list[Arc]) -> float:
    """Area of a ring in square degrees, shrunk by the cosine of its latitude."""
    points = [point for index in ring for point in _directed(index, arcs)]
    twice = sum(
        a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True)
    )
    latitude = sum(point[1] for point in points) / len(points)
    return abs(twice) / 2 * math.cos(math.radians(latitude))


def _directed(index: int, arcs: list[Arc]) -> Arc:
    return arcs[index] if index >= 0 else arcs[~index][::-1]


def collect_areas(topology: Topology, arcs: list[Arc]) -> dict[str, Area]:
    """Gather polygons by code; keep the largest of each area and every one that can be seen."""
    found: dict[str, Area] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons: list[Polygon] = (
            [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        )
        entry = found.setdefault(
            geometry["id"], {"centre": geometry["properties"]["ct"], "polygons": []}
        )
        entry["polygons"].extend(polygons)
    for entry in found.values():
        sized = [(ring_area(polygon[0], arcs), polygon) for polygon in entry["polygons"]]
        largest = max(size for size, _ in sized)
        entry["polygons"] = [
            polygon
            for size, polygon in sized
            if size >= SMALLEST_ISLAND or size == largest or any(_shared(polygon, topology))
        ]
    return found


def _shared(polygon: Polygon, topology: Topology) -> list[bool]:
    # A polygon that shares a border with a neighbour stays, however small it is.
    uses = topology["_uses"]
    return [uses[index if index >= 0 else ~index] > 1 for ring in polygon for index in ring]


def count_uses(topology: Topology) -> list[int]:
    """Count the areas that use each arc: two for a land border, one for a coast."""
    uses = [0] * len(topology["arcs"])
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        for polygon in polygons:
            for ring in polygon:
                for index in ring:
                    uses[index if index >= 0 else ~index] += 1
    return uses


def collect_lakes(topology: Topology, arcs: list[Arc]) -> list[Polygon]:
    """Gather the lakes that are large enough to be seen."""
    lakes: list[Polygon] = []
    for geometry in topology["objects"]["lakes"]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        lakes.extend(
            polygon for polygon in polygons if ring_area(polygon[0], arcs) >= SMALLEST_LAKE
        )
    return lakes


def pack(areas: dict[str, Area], lakes: list[Polygon], arcs: list[Arc]) -> Boundaries:
    """Renumber the arcs in use and code them as grid steps."""
    numbers: dict[int, int] = {}

    def renumber(polygon: Polygon) -> Polygon:
        fresh = []
        for ring in polygon:
            line = []
            for index in ring:
                plain = index if index >= 0 else ~index
                number = numbers.setdefault(plain, len(numbers))
                line.append(number if index >= 0 else ~number)
            fresh.append(line)
        return fresh

    packed: dict[str, Area] = {
        code: {
            "centre": [round(value, 2) for value in areas[code]["centre"]],
            "polygons": [renumber(polygon) for polygon in areas[code]["polygons"]],
        }
        for code in sorted(areas)
    }
    packed_lakes = [renumber(polygon) for polygon in lakes]
    return {
        "format": "landbridge-boundaries/1",
        "grid_per_degree": GRID_PER_DEGREE,
        "undetermined": [code for code in packed if code.startswith(UNDETERMINED_PREFIX)],
        "areas": packed,
        "lakes": packed_lakes,
        "arcs": [_steps(simplify(arcs[plain])) for plain in numbers],
    }


def _steps(arc: Arc) -> list[int]:
    # x0, y0, then steps; points that fall on the same grid place as the one before are dropped.
    steps: list[int] = []
    last = (0, 0)
    for longitude, latitude in arc:
        place = (round(longitude * GRID_PER_DEGREE), round(latitude * GRID_PER_DEGREE))
        if steps and place == last:
            continue
        steps += [place[0] - last[0], place[1] - last[1]]
        last = place
    return steps


def main() -> None:
    """Read the package, write the boundaries, say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, required=True, help="plotly.js-3.7.0.tgz")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    topology = read_topology(options.package)
    topology["_uses"] = count_uses(topology)
    arcs = absolute_arcs(topology)
    packed = pack(collect_areas(topology, arcs), collect_lakes(topology, arcs), arcs)
    text = json.dumps(packed, separators=(",", ":")) + "\n"
    options.output.write_text(text, encoding="utf-8")
    points = sum(len(arc) // 2 for arc in packed["arcs"])
    print(
        f"{options.output}: {len(text) / 1000:.0f} kB, {len(packed['arcs'])} arcs, {points} points"
    )
    print(f"{len(packed['areas'])} areas, {len(packed['lakes'])} lakes")
    print(f"undetermined: {', '.join(packed['undetermined'])}")


if __name__ == "__main__":
    main()
