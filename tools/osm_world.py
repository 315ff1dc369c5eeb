"""What grows while the world network is built: places, links, crossings, and what was changed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

import build_freight
import osm_hubs as places
from osm_graph import on_sphere
from osm_hubs import DATA, Domestic, Hub, table
from osm_ways import Stop, Way

NAME_KM = 90.0


@dataclass
class World:
    """Everything that grows while the network is built."""

    hubs: list[Hub]
    number: dict[str, int]
    groups: dict[str, frozenset[str]]
    skipped: frozenset[str]
    towns: cKDTree
    town_rows: list[places.Town]
    taken: set[str]
    written: set[str] = field(default_factory=set)
    links: list[list[object]] = field(default_factory=list)
    crossings: list[list[object]] = field(default_factory=list)
    changes: list[list[object]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, hub: Hub) -> int:
        """Add a place and give its number."""
        self.number[hub.node] = len(self.hubs)
        self.hubs.append(hub)
        return len(self.hubs) - 1


@dataclass
class Part:
    """One group of economies in one mode and gauge: its graph, its stops, what was measured."""

    mode: str
    gauge_mm: int
    members: frozenset[str]
    cut: Domestic
    stops: list[Stop]
    km: np.ndarray
    ways: list[Way] = field(default_factory=list)


def open_world() -> World:
    """Choose the places: curated ones, centres of the atlas, larger towns."""
    skipped = places.codes("curated_only.txt")
    large = places.towns("cities15000.json")
    curated = places.curated_hubs(skipped, large)
    rows = table(DATA / "nodes.csv")
    taken = {row["node"] for row in rows} | {places.fold(row["name"]) for row in rows}
    taken |= {places.fold(name) for row in rows for name in row["aliases"].split("|") if name}
    hubs = curated + places.choose_hubs(curated, large, skipped, taken)
    small = places.towns("cities500.json")
    where = np.array([[town["latitude"], town["longitude"]] for town in small])
    world = World([], {}, places.groups(build_freight.FREE, skipped), skipped,
                  cKDTree(on_sphere(where)), small, taken)  # fmt: skip
    for hub in hubs:
        world.add(hub)
    for line in places.words("corrections.txt"):
        kind, name, *rest = (part.strip() for part in line.split("|"))
        if kind == "border":
            world.taken.add(places.fold(name))
            sides, latitude, longitude = rest
            side, other = sides.split("/")
            world.add(Hub(places.fold(name), name, side, other, "border", float(latitude),
                          float(longitude), curated=False, source="recalled"))  # fmt: skip
    unknown = {end for row in corrections() for end in row[2:4]} - set(world.number)
    if unknown:
        raise SystemExit(f"corrections.txt names what is not a place: {sorted(unknown)}")
    return world


def corrections() -> list[list[str]]:
    """Read the links written by hand: mode, gauge, from, to, km, economy, why."""
    lines = [[part.strip() for part in line.split("|")] for line in places.words("corrections.txt")]
    return [line for line in lines if line[0] != "border"]


def name_near(world: World, where: tuple[float, float], sides: Iterable[str]) -> str:
    """Name a point after the largest town nearby, else after its economies."""
    wanted = set(sides)
    here = on_sphere(np.array([where]))[0]
    for reach in (8.0, NAME_KM):
        near = [world.town_rows[i] for i in world.towns.query_ball_point(here, reach)]
        mine = [town for town in near if town["iso3"] in wanted]
        if mine and reach < NAME_KM:
            return str(max(mine, key=lambda town: town["population"])["name"])
        if mine:
            gaps = [
                float(np.linalg.norm(
                    on_sphere(np.array([[t["latitude"], t["longitude"]]]))[0] - here))
                for t in mine
            ]  # fmt: skip
            return str(mine[int(np.argmin(gaps))]["name"])
    return f"{where[0]:.1f} {where[1]:.1f}"


def fresh_name(world: World, name: str) -> tuple[str, str]:
    """Make a name and an id that are not taken."""
    shown, turn = name, 1
    while places.fold(shown) in world.taken or not places.fold(shown):
        turn += 1
        shown = f"{name} {turn}"
    world.taken.add(places.fold(shown))
    return shown, places.fold(shown)


def save(name: str, header: str, rows: list[list[object]]) -> None:
    """Write a table of the freight room."""
    with (DATA / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(header.split())
        out.writerows(rows)
    print(f"{name}: {len(rows)} rows")
