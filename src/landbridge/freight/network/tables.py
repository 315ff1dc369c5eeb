"""The freight room's tables: what is read from disk and what an edit replaces."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from landbridge.errors import DataError
from landbridge.tables import embedded_table
from landbridge.units import BoolArray

EARTH_RADIUS_KM = 6371.0088

PORT_MARK = "port "
"""Before the id of a port that has the name of a sea passage, among what is shut."""

AIR_FACTOR = 1.05
"""Length of a flight over the great circle."""

JOIN_COLUMNS = {
    "line": "str",
    "where": "str",
    "mode": "str",
    "part": "str",
    "km_along": "float64",
    "longitude": "float64",
    "latitude": "float64",
    "joined": "str",
    "to": "str",
    "name": "str",
    "km_away": "float64",
    "node": "str",
    "to_km": "float64",
    "split": "str",
    "share": "float64",
    "isolated": "bool",
    "warning": "str",
}
"""Columns of the table of what new lines joined, with their types."""
CARBON_COLUMNS = {"mode": "str", "iso3": "str", "usd_per_tonne_co2e": "float64"}
"""Columns of the table of prices of carbon, with their types."""
CAPACITY_COLUMNS = {
    "kind": "str",
    "element": "str",
    "cargo_group": "str",
    "factor": "float64",
    "million_tonnes": "float64",
}
"""Columns of the table of capacities that a scenario states, with their types."""


@dataclass(frozen=True, eq=False, repr=False)
class FreightTables:
    """The facts of a freight network, one table each (columns: the schemas in ``data``).

    Attributes
    ----------
    nodes
        Places: cities, junctions, ports and border places.
    links
        Rail, road and ferry links; planned ones carry a project. Edits add the columns'
        values; ``state`` (curated, or how a link of OpenStreetMap was drawn), ``is_open``,
        ``fixed`` (stated by an edit), ``shape`` (points between the ends, ``x y;x y``) and
        ``part_of`` (the link that this is a part of, where something joined it on the way) are
        added on reading, ``stated_*`` to the crossings.
    sea_nodes, sea_links
        The contracted sea graph; a link through a named passage says so.
    crossings
        Border crossings by mode with hours and USD per tonne in both directions.
    terminals
        Ports, ferry ports, gauge breaks and road-rail transfers, with defaults; ``stated`` (no
        common factor moves it) and ``draws_as`` (the row whose draws it shares) are added.
    mode_costs
        Speed and price by mode and economy.
    access
        The way from each economy's centres to places of the network.
    zones
        Whether the land network joins an economy to others.
    projects, project_changes
        The register, and what an upgrade changes.
    passages
        Names of the sea passages.
    centres
        The economies' centres, with their share of the economy.
    closed
        Ids shut by an edit: sea passages, sea links, and ports (to ships and ferries).
    joins
        What the lines that edits built joined, one row an end or a place on the way: line, where
        (who asked for it), mode, part (start, between, end), km_along (the line), longitude,
        latitude, joined (place, link, or new where it joined nothing), to and name (of the place
        or link, the nearest where it joined nothing), km_away, node (the place that both share),
        to_km (along the link that was joined), split and share (the link that is cut there, and
        where), isolated (the line reaches the network nowhere), warning.
    carbon
        Prices of carbon, one row a mode and economy: mode, iso3 (empty: where none is named),
        usd_per_tonne_co2e. Empty as long as a scenario states none.
    capacities
        Capacities that a scenario states, one row a port or crossing and group of cargo: kind,
        element, cargo_group (empty: all), factor over today's, or million_tonnes a year in one
        direction. Empty as long as a scenario states none.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    sea_nodes: pd.DataFrame
    sea_links: pd.DataFrame
    crossings: pd.DataFrame
    terminals: pd.DataFrame
    mode_costs: pd.DataFrame
    access: pd.DataFrame
    zones: pd.DataFrame
    projects: pd.DataFrame
    project_changes: pd.DataFrame
    passages: pd.DataFrame
    centres: pd.DataFrame
    closed: frozenset[str] = frozenset()
    joins: pd.DataFrame = field(default_factory=lambda: joins_table(()))
    carbon: pd.DataFrame = field(default_factory=lambda: carbon_table(()))
    capacities: pd.DataFrame = field(default_factory=lambda: capacity_table(()))

    def __repr__(self) -> str:
        """Say how large the tables are."""
        shut = f", {len(self.closed)} shut" if self.closed else ""
        return f"FreightTables({len(self.nodes):,} places, {len(self.links):,} links{shut})"

    @cached_property
    def shut_ports(self) -> frozenset[str]:
        """Ids of the ports that are shut to ships and ferries."""
        passages = set(self.sea_links["passage"])
        return frozenset(
            name.removeprefix(PORT_MARK) for name in self.closed if name not in passages
        )

    def port_mark(self, port: str) -> str:
        """Name what shuts a port in `closed`: its id, marked where a sea passage has the same."""
        return f"{PORT_MARK}{port}" if port in set(self.sea_links["passage"]) else port

    def named(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Iterate over the tables with their names."""
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, pd.DataFrame):
                yield one.name, value


def joins_table(found: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Make a table of joins (`FreightTables.joins`) of its rows."""
    table = pd.DataFrame(list(found), columns=list(JOIN_COLUMNS))
    return table.astype(JOIN_COLUMNS)


def carbon_table(found: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Make a table of prices of carbon (`FreightTables.carbon`) of its rows."""
    table = pd.DataFrame(list(found), columns=list(CARBON_COLUMNS))
    return table.astype(CARBON_COLUMNS)


def capacity_table(found: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Make a table of stated capacities (`FreightTables.capacities`) of its rows."""
    table = pd.DataFrame(list(found), columns=list(CAPACITY_COLUMNS))
    return table.astype(CAPACITY_COLUMNS)


def of_link(links: pd.DataFrame, name: str) -> BoolArray:
    """Mark a link, or the parts into which it was split, among links."""
    return np.asarray(((links["link"] == name) | (links["part_of"] == name)).to_numpy(), dtype=bool)


def has_link(links: pd.DataFrame, name: str) -> bool:
    """Say whether there is a link of an id, whole or in parts."""
    return bool(of_link(links, name).any())


def rows(table: pd.DataFrame) -> list[Any]:
    """Turn a table's rows into named tuples, whose fields are the columns."""
    # Lists are taken column by column: pandas boxes text slowly, one value at a time.
    columns = [table[name].to_numpy(dtype=object).tolist() for name in table.columns]
    row = namedtuple("Row", list(table.columns))  # type: ignore[misc]  # noqa: PYI024
    return [row(*values) for values in zip(*columns, strict=True)]


def column(table: pd.DataFrame, name: str) -> list[str]:
    """Read a text column as a list."""
    return [str(value) for value in table[name].to_numpy(dtype=object).tolist()]


def by_text(table: pd.DataFrame, key: str, value: str) -> dict[str, str]:
    """Map a text column by another one."""
    return dict(zip(column(table, key), column(table, value), strict=True))


def coordinates(nodes: pd.DataFrame, key: str = "node") -> dict[str, tuple[float, float]]:
    """Map (longitude, latitude) by id."""
    longitude = nodes["longitude"].to_numpy(dtype=float)
    latitude = nodes["latitude"].to_numpy(dtype=float)
    pairs = zip(longitude.tolist(), latitude.tolist(), strict=True)
    return dict(zip(column(nodes, key), pairs, strict=True))


def shape_points(text: str) -> tuple[tuple[float, float], ...]:
    """Parse the (longitude, latitude) points of a shape written ``x y;x y``."""
    parts = [part.split() for part in text.split(";") if part]
    return tuple((float(x), float(y)) for x, y in parts)


def load_tables(*, air: bool = False) -> FreightTables:
    """Load the embedded tables.

    Parameters
    ----------
    air
        Add a link by air between any two airports.

    Raises
    ------
    DataError
        A table does not obey its schema.
    """
    nodes = _with_world("nodes")
    links = _all_links()
    if air:
        links = pd.concat([links, air_links(nodes, links)], ignore_index=True)
    links["is_open"] = links["status"] == "open"
    links["fixed"] = False
    links["part_of"] = ""
    if "shape" not in links:
        links["shape"] = ""
    crossings = _with_world("crossings")
    for way in ("forward", "backward"):
        crossings[f"stated_{way}"] = False
    terminals = embedded_table("freight", "terminals")
    terminals["stated"] = False
    terminals["draws_as"] = terminals["terminal"]
    return FreightTables(
        nodes=nodes,
        links=links,
        sea_nodes=embedded_table("freight", "sea_nodes"),
        sea_links=embedded_table("freight", "sea_links"),
        crossings=crossings,
        terminals=terminals,
        mode_costs=embedded_table("freight", "mode_costs"),
        access=embedded_table("freight", "access"),
        zones=embedded_table("freight", "zones"),
        projects=embedded_table("freight", "projects"),
        project_changes=embedded_table("freight", "project_changes"),
        passages=embedded_table("freight", "passages"),
        centres=embedded_table("atlas", "centres"),
    )


def _with_world(name: str) -> pd.DataFrame:
    """Put the rows of the world network under the curated ones."""
    curated, world = (embedded_table("freight", part) for part in (name, f"osm_{name}"))
    return pd.concat([curated, world[list(curated.columns)]], ignore_index=True)


def _all_links() -> pd.DataFrame:
    """Put the links of the world network under the curated ones; a curated one is as drawn."""
    curated, world = (embedded_table("freight", name) for name in ("links", "osm_links"))
    curated["state"] = "curated"
    world = world.assign(
        speed_kmh=np.nan,
        usd_per_tonne_km=np.nan,
        status="open",
        project="",
        source="osm",
        confidence="osm",
    )
    world = world[list(curated.columns)].astype(curated.dtypes.to_dict())
    return pd.concat([curated, world], ignore_index=True)


def air_links(nodes: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Draw a link by air between any two airports, the columns those of `like`.

    Parameters
    ----------
    nodes
        Places, where the airports stand.
    like
        The links, for their columns.

    Raises
    ------
    DataError
        An airport is at a place that is not there.
    """
    airports = column(embedded_table("freight", "airports"), "node")
    where, economy = coordinates(nodes), by_text(nodes, "node", "iso3")
    unknown = sorted(set(airports) - set(where))
    if unknown:
        raise DataError(f"airports at places that are not there: {unknown}", where="airports")
    first, second = np.triu_indices(len(airports), 1)
    points = np.radians(np.array([where[node] for node in airports]))
    (x, y), (u, v) = points[first].T, points[second].T
    half = np.sin((v - y) / 2) ** 2 + np.cos(y) * np.cos(v) * np.sin((u - x) / 2) ** 2
    start, end = ([airports[k] for k in side] for side in (first, second))
    made = pd.DataFrame(
        {
            "link": [f"air-{a}-{b}" for a, b in zip(start, end, strict=True)],
            "from_node": start,
            "to_node": end,
            "mode": "air",
            "gauge_mm": pd.NA,
            "iso3": [economy[node] for node in start],
            "km": AIR_FACTOR * 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)),
            "speed_kmh": np.nan,
            "usd_per_tonne_km": np.nan,
            "status": "open",
            "project": "",
            "source": "polyline",
            "confidence": "polyline",
            "state": "curated",
        }
    )
    return made[list(like.columns)].astype(like.dtypes.to_dict())
