"""Where the world network crosses borders, and what a crossing is taken to cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

import osm_hubs as places
from osm_graph import Graph, on_sphere
from osm_hubs import DATA, Hub, table
from osm_world import Part, World, fresh_name, name_near

MOST_CROSSINGS = {"road": 8, "rail": 4}
SHARE_OF_CROSSINGS = 0.97
CROSSING_CLUSTER_KM = 12.0
CROSSING_APART_KM = 30.0
SAME_BORDER_KM = 15.0
CLOSED_SHARE = {"hard": "0.97"}


@dataclass
class Crossing:
    """A link of a graph over a border: its nodes by economy."""

    sides: dict[str, int]
    km: float
    where: tuple[float, float]


def find_crossings(
    graph: Graph, allowed: set[frozenset[str]]
) -> dict[frozenset[str], list[Crossing]]:
    """Gather the links over each border that may be used, near ones made one."""
    over = np.flatnonzero(graph.iso3[graph.a] != graph.iso3[graph.b])
    found: dict[frozenset[str], list[Crossing]] = defaultdict(list)
    for link in over[np.argsort(graph.km[over], kind="stable")]:
        a, b = int(graph.a[link]), int(graph.b[link])
        pair = frozenset({str(graph.iso3[a]), str(graph.iso3[b])})
        if pair not in allowed:
            continue
        middle = (graph.where[a] + graph.where[b]) / 2
        here = on_sphere(middle[None])[0]
        near = [
            np.linalg.norm(on_sphere(np.array([one.where]))[0] - here) < CROSSING_CLUSTER_KM
            for one in found[pair]
        ]
        if not any(near):
            sides = {str(graph.iso3[a]): a, str(graph.iso3[b]): b}
            place = (float(middle[0]), float(middle[1]))
            found[pair].append(Crossing(sides, float(graph.km[link]), place))
    return dict(found)


def allowed_pairs(world: World, mode: str) -> set[frozenset[str]]:
    """Say over which borders OpenStreetMap may lead."""
    closed = {frozenset(line.split()[0].split("-")) for line in places.words("closed_borders.txt")}
    curated = {
        frozenset({row["from_iso3"], row["to_iso3"]})
        for row in table(DATA / "crossings.csv")
        if row["mode"] == mode
    }
    idle = places.codes("no_freight_rail.txt") if mode == "rail" else frozenset()
    pairs = set()
    for row in table(places.ATLAS / "land_borders.csv"):
        pair = frozenset({row["iso3_a"], row["iso3_b"]})
        one, other = sorted(pair)
        same = other in world.groups.get(one, frozenset())
        if not (same or pair & (world.skipped | idle) or pair in closed | curated):
            pairs.add(pair)
    return pairs


def choose_crossings(world: World, mode: str, crossings: dict[frozenset[str], list[Crossing]],
                     parts: list[Part]) -> dict[int, int]:  # fmt: skip
    """Keep the crossings that the trips between places of the two sides would use."""
    flat = [(pair, one) for pair in sorted(crossings, key=sorted) for one in crossings[pair]]
    to_place: dict[tuple[int, str], dict[int, float]] = defaultdict(dict)
    for part in parts:
        inland = [k for k, stop in enumerate(part.stops) if stop.hub >= 0 and not stop.border]
        for k, stop in enumerate(part.stops):
            if stop.hub < 0:
                ways = to_place[-1 - stop.hub, stop.side]
                for other in inland:
                    hub, km = part.stops[other].hub, float(part.km[k, other])
                    if np.isfinite(km):
                        ways[hub] = min(km, ways.get(hub, np.inf))
    chosen: dict[int, int] = {}
    for pair in sorted(crossings, key=sorted):
        numbers = [n for n, (owner, _) in enumerate(flat) if owner == pair]
        kept = used_most(world, numbers, sorted(pair), to_place, flat, MOST_CROSSINGS[mode])
        world.counts[f"{mode} crossings of OpenStreetMap over borders that are drawn"] += len(
            numbers
        )
        for number in kept:
            chosen[number] = border_hub(world, flat[number][1])
    return chosen


def used_most(world: World, numbers: list[int], sides: list[str],
              to_place: dict[tuple[int, str], dict[int, float]],
              flat: list[tuple[frozenset[str], Crossing]], most: int) -> list[int]:  # fmt: skip
    """Weigh crossings by the people over distance squared of the trips that would pass them."""
    hubs = [sorted({h for n in numbers for h in to_place[n, side]}) for side in sides]
    if not all(hubs):
        return []
    km = [
        np.array([[to_place[n, side].get(h, np.inf) for h in mine] for n in numbers])
        for side, mine in zip(sides, hubs, strict=True)
    ]
    total = km[0][:, :, None] + km[1][:, None, :]
    best, least = total.argmin(axis=0), total.min(axis=0)
    people = [np.array([world.hubs[h].population for h in mine]) for mine in hubs]
    weight = people[0][:, None] * people[1][None] / (least + 50.0) ** 2
    weight[~np.isfinite(least)] = 0.0
    shares = np.bincount(best.ravel(), weights=weight.ravel(), minlength=len(numbers))
    if shares.sum() <= 0:
        return []
    kept: list[int] = []
    covered = 0.0
    for index in np.argsort(-shares, kind="stable"):
        here = on_sphere(np.array([flat[numbers[index]][1].where]))[0]
        apart = all(
            np.linalg.norm(on_sphere(np.array([flat[n][1].where]))[0] - here) > CROSSING_APART_KM
            for n in kept
        )
        if shares[index] > 0 and apart and len(kept) < most:
            kept.append(numbers[index])
        covered += shares[index]
        if covered >= SHARE_OF_CROSSINGS * shares.sum():
            break
    return kept


def border_hub(world: World, crossing: Crossing) -> int:
    """Find the border place of a crossing, the one of another mode where it is near."""
    sides = sorted(crossing.sides)
    here = on_sphere(np.array([crossing.where]))[0]
    for number, hub in enumerate(world.hubs):
        if hub.kind == "border" and sorted((hub.iso3, hub.iso3_other)) == sides:
            there = on_sphere(np.array([[hub.latitude, hub.longitude]]))[0]
            if np.linalg.norm(here - there) < SAME_BORDER_KM:
                return number
    name = f"{name_near(world, crossing.where, sides)} {sides[0]}-{sides[1]}"
    shown, node = fresh_name(world, name)
    return world.add(
        Hub(node, shown, sides[0], sides[1], "border", *crossing.where, curated=False, source="osm")
    )


def border_class(pair: tuple[str, str]) -> tuple[str, str]:
    """Find the class of a border that nobody observed, and why."""
    for line in sorted(places.words("border_classes.txt"), key=lambda x: not x.startswith("hard")):
        head, _, members = line.partition(":")
        kind, *why = head.split()
        listed = set(members.split())
        if (kind == "hard" and listed & set(pair)) or set(pair) <= listed:
            return kind, " ".join(why) or "an economy whose borders are hard"
    return "ordinary", "no rule"


def write_crossings(world: World, live: set[tuple[int, str]]) -> None:
    """Write for each border place a crossing of its class in each mode."""
    classes = {
        (row["crossing_class"], row["mode"]): row for row in table(DATA / "crossing_classes.csv")
    }
    for number, mode in sorted(live, key=lambda key: (world.hubs[key[0]].node, key[1])):
        hub = world.hubs[number]
        if hub.curated:
            continue
        kind, why = border_class((hub.iso3, hub.iso3_other))
        row = classes[kind, mode]
        values = [row[f"{name}{edge}"] for name in ("hours", "usd_per_tonne")
                  for edge in ("", "_low", "_high")]  # fmt: skip
        world.crossings.append(
            [f"{hub.node}-{mode}", hub.node, hub.name, mode, hub.iso3, hub.iso3_other,
             *values, *values, kind, CLOSED_SHARE.get(kind, "1"), "true", 2024, "recalled",
             "default", f"default of class {kind} ({why})"]
        )  # fmt: skip
