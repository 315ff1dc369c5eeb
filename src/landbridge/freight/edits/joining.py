"""What a new line joins: places, and links on their way, within a stated distance.

An end takes the nearest place within reach that goods can use with the line's mode: a city, a port,
or a place that has a link of the mode. Where there is none it takes the nearest point of a link of
the mode, which is split there. Between its ends a drawn line joins every such place that it passes
within reach. All of it stands in a table (`FreightTables.joins`), with how far it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from landbridge.freight.edits.positions import Courses, Nearest, great_circle_km, on_earth
from landbridge.freight.edits.records import AddLink, Point
from landbridge.freight.edits.splitting import course
from landbridge.freight.network.tables import (
    FreightTables,
    by_text,
    column,
    coordinates,
    rows,
)
from landbridge.units import BoolArray, FloatArray

REACH_KM = 100.0
"""A point lies beyond an economy where the economy's nearest place is this much farther than the
nearest place of all. Places stand for the land around them: no boundary is drawn."""
SAMPLED = 25
"""Points of a line that are looked up, its ends among them."""
LAND = ("rail", "road")
"""Modes whose links can be joined on their way."""


@dataclass(frozen=True)
class Found:
    """What lies nearest to a point.

    Attributes
    ----------
    joined
        ``place`` or ``link``; empty where there is nothing at all.
    to, name
        Its id, and what a reader sees.
    km
        How far it lies.
    on
        Where on a link.
    """

    joined: str
    to: str = ""
    name: str = ""
    km: float = np.inf
    on: Nearest | None = None

    @property
    def told(self) -> str:
        """Say what it is and how far, for a message."""
        return f"{self.km:,.1f} km from {self.name}" if self.joined else "far from everything"


@dataclass(frozen=True, eq=False)
class Ground:
    """The network on which lines are built, looked up once.

    Attributes
    ----------
    links
        Its open links.
    names
        Names of its places.
    carried
        For each mode the places that have a link of it, planned ones too.
    held
        Places that have a link, or from which an economy or a ship comes on: what joins one of
        them joins the network.
    courses
        By mode and economy the ids of links and their courses, filled as they are asked for.
    """

    links: pd.DataFrame
    names: Mapping[str, str]
    where: Mapping[str, Point]
    carried: Mapping[str, frozenset[str]]
    held: frozenset[str]
    courses: dict[tuple[str, str], tuple[list[str], Courses]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: FreightTables) -> Ground:
        """Look a network up."""
        links, nodes = tables.links, tables.nodes
        carried: dict[str, frozenset[str]] = {}
        for mode in sorted(set(column(links, "mode"))):
            mine = links[links["mode"] == mode]
            carried[mode] = frozenset((*column(mine, "from_node"), *column(mine, "to_node")))
        is_open = links[links["is_open"]]
        ports = column(nodes[nodes["kind"] == "port"], "node")
        held = (*column(is_open, "from_node"), *column(is_open, "to_node"), *ports)
        return cls(
            links=is_open,
            names=by_text(nodes, "node", "name"),
            where=coordinates(nodes),
            carried=carried,
            held=frozenset((*held, *column(tables.access, "node"))),
        )

    def of_mode(self, mode: str, iso3: str) -> tuple[list[str], Courses]:
        """Lay out the open links of a mode, in an economy where one is named."""
        if (mode, iso3) not in self.courses:
            mine = self.links[self.links["mode"] == mode]
            if iso3:
                mine = mine[mine["iso3"] == iso3]
            lines = [
                course(row.from_node, row.to_node, row.shape, self.where) for row in rows(mine)
            ]
            self.courses[mode, iso3] = (column(mine, "link"), Courses.of(lines))
        return self.courses[mode, iso3]


def places_for(tables: FreightTables, ground: Ground, mode: str, iso3: str = "") -> pd.DataFrame:
    """List the places that a line of a mode can join.

    Parameters
    ----------
    tables, ground
        The tables, with new places, and the network before.
    mode
        Of the line.
    iso3
        Economy in which the line lies; empty for any.
    """
    nodes = tables.nodes
    if iso3:
        nodes = nodes[(nodes["iso3"] == iso3) | (nodes["iso3_other"] == iso3)]
    if mode == "sea":
        return nodes[nodes["kind"] == "port"]
    if mode not in LAND:
        return nodes
    linked = frozenset[str]().union(*ground.carried.values())
    # At a junction or a border goods keep their mode; a place without links is a new one.
    usable = nodes["kind"].isin(["city", "port"]) | nodes["node"].isin(ground.carried.get(mode, ()))
    return nodes[usable | ~nodes["node"].isin(linked)]


def nearest_place(tables: FreightTables, ground: Ground, edit: AddLink, point: Point) -> Found:
    """Find the place that is nearest to a point of a line."""
    nodes = places_for(tables, ground, edit.mode, edit.iso3)
    if nodes.empty:
        return Found("")
    away = great_circle_km(nodes[["longitude", "latitude"]].to_numpy(dtype=np.float64), point)
    best = int(np.argmin(away))
    row = nodes.iloc[best]
    return Found("place", str(row["node"]), str(row["name"]), float(away[best]))


def nearest_link(ground: Ground, edit: AddLink, point: Point) -> Found:
    """Find the link of a line's mode that is nearest to a point, on its way and not at its ends."""
    if edit.mode not in LAND:
        return Found("")
    ids, courses = ground.of_mode(edit.mode, edit.iso3)
    on = courses.nearest(point)
    if on is None or not 0.0 < on.share < 1.0:
        return Found("")
    return Found("link", ids[on.line], link_name(ground, ids[on.line]), on.km, on)


def nearest(tables: FreightTables, ground: Ground, edit: AddLink, point: Point) -> Found:
    """Find what a point of a line joins, or would join if it lay nearer.

    A place within reach goes before a link, however near: places are where goods change hands.
    """
    place = nearest_place(tables, ground, edit, point)
    if place.km <= edit.snap_km:
        return place
    link = nearest_link(ground, edit, point)
    return min(place, link, key=lambda found: found.km)


def link_name(ground: Ground, link: str) -> str:
    """Name a link by its mode and its ends, for a reader."""
    row = ground.links[ground.links["link"] == link].iloc[0]
    ends = " - ".join(ground.names[str(row[end])] for end in ("from_node", "to_node"))
    return f"the {row['mode']} {ends}"


def passed(
    tables: FreightTables, ground: Ground, edit: AddLink, points: Sequence[Point], ends: set[str]
) -> list[tuple[Found, Nearest]]:
    """Find the places that a drawn line passes within reach between its ends.

    Parameters
    ----------
    tables, ground, edit
        The tables with new places, the network before, the line with its economy.
    points
        Its vertices, the places at its ends first and last.
    ends
        Those places.

    Returns
    -------
    list
        What is passed, and where on the line, from its start to its end.
    """
    nodes = places_for(tables, ground, edit.mode, edit.iso3)
    nodes = nodes[~nodes["node"].isin(ends)]
    here = nodes[["longitude", "latitude"]].to_numpy(dtype=np.float64)
    near = _near_box(here, points, edit.snap_km)
    courses = Courses.of([points])
    found = []
    for row in rows(nodes[near]):
        on = courses.nearest((row.longitude, row.latitude))
        if on is not None and on.km <= edit.snap_km and 0.0 < on.share < 1.0:
            found.append((Found("place", row.node, row.name, on.km), on))
    return sorted(found, key=lambda one: (one[1].share, one[0].to))


def named_economies(tables: FreightTables, edit: AddLink, ends: Sequence[str]) -> frozenset[str]:
    """List the economies that a line names: its own, else those of the places at its ends."""
    if edit.iso3:
        return frozenset((edit.iso3,))
    nodes = tables.nodes[tables.nodes["node"].isin(ends)]
    return frozenset((*column(nodes, "iso3"), *column(nodes, "iso3_other"))) - {""}


def lie_in(tables: FreightTables, points: Sequence[Point], economies: frozenset[str]) -> BoolArray:
    """Say which points can lie in one of some economies, ``[n]`` (see `REACH_KM`)."""
    nodes = tables.nodes
    here = nodes[["longitude", "latitude"]].to_numpy(dtype=np.float64)
    mine = (nodes["iso3"].isin(economies) | nodes["iso3_other"].isin(economies)).to_numpy()
    if not mine.any():
        return np.ones(len(points), dtype=bool)
    away = [great_circle_km(here, point) for point in points]
    return np.array([one[mine].min() <= one.min() + REACH_KM for one in away])


def sample(points: Sequence[Point]) -> list[Point]:
    """Take some vertices of a line, evenly, its ends among them."""
    picked = np.unique(np.linspace(0, len(points) - 1, min(len(points), SAMPLED)).round())
    return [points[int(place)] for place in picked]


def turned(points: Sequence[Point]) -> list[Point] | None:
    """Swap longitude and latitude of points; None where one then lies off the earth."""
    swapped = [(y, x) for x, y in points]
    return swapped if all(map(on_earth, swapped)) else None


def _near_box(here: FloatArray, points: Sequence[Point], within_km: float) -> BoolArray:
    """Mark the places in the box around a line, a coarse sieve before distances are measured."""
    line = np.array(points)
    margin_y = within_km / 110.0 + 0.01
    margin_x = margin_y / max(0.05, float(np.cos(np.radians(np.abs(line[:, 1]).max() + margin_y))))
    margin = np.array([margin_x, margin_y])
    low, high = line.min(axis=0) - margin, line.max(axis=0) + margin
    return np.asarray(((here >= low) & (here <= high)).all(axis=1))
