"""The freight network: places by mode, arcs with hours and USD per tonne, all with stable ids.

A place appears once for each layer it has: road, each rail gauge, sea, ferry; a border place once
more for each of its two sides. Links, crossings, gauge breaks, transfers, ports and sea legs are
all arcs between layers, so every hour and every dollar of a trip belongs to a named row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.freight.network.contraction import Contraction, contract
from landbridge.freight.network.cost_graph import Structure
from landbridge.freight.network.sea import Sea
from landbridge.freight.network.tables import FreightTables, read_tables
from landbridge.units import BoolArray, FloatArray, IntArray


class ArcKind(IntEnum):
    """What an arc is."""

    LINK = 0
    CROSSING = 1
    GAUGE_BREAK = 2
    TRANSFER = 3
    PORT = 4
    FERRY_PORT = 5
    SEA = 6


class CostClass(IntEnum):
    """Which common factor of the parameters an arc obeys."""

    ROAD = 0
    RAIL = 1
    SEA = 2
    FERRY = 3
    BORDER = 4
    TERMINAL = 5
    AIR = 7
    STATED = 6
    """A level that a scenario states: no common factor moves it."""


class Layer(NamedTuple):
    """A place in one mode, and on one side where the place is a border.

    Attributes
    ----------
    node
        Place id.
    mode
        ``road``, ``rail``, ``sea``, ``ferry`` or ``air``.
    gauge_mm
        Gauge of a railway; 0 otherwise.
    side
        ISO3 of the side of a border place; empty elsewhere.
    """

    node: str
    mode: str
    gauge_mm: int = 0
    side: str = ""


@dataclass(frozen=True, eq=False)
class Bands:
    """The uncertainty of costs, one entry a group of arcs that move together.

    Attributes
    ----------
    names
        Stable names: ``road:PAK``, ``crossing:torkham-road:forward`` ...
    hours_low, hours_high, usd_low, usd_high
        Ratios to the central value, at the 5th and 95th percentile.
    """

    names: tuple[str, ...]
    hours_low: FloatArray
    hours_high: FloatArray
    usd_low: FloatArray
    usd_high: FloatArray


@dataclass(frozen=True, eq=False)
class Arcs:
    """Directed arcs; the first `core` of them join layers of the land network and its ports.

    Attributes
    ----------
    start, end
        Layer numbers.
    kind, cost_class
        `ArcKind` and `CostClass`.
    name
        Id of the link, crossing or terminal; ``from>to`` for sea legs.
    forward
        True in the direction in which the row is written.
    km, hours, usd_per_tonne
        Length and central costs.
    shut_share
        Share of the time in which a crossing is shut.
    hours_group, usd_group
        Position in `Bands`; -1 where a scenario fixed the value.
    """

    start: IntArray
    end: IntArray
    kind: NDArray[np.int8]
    cost_class: NDArray[np.int8]
    name: tuple[str, ...]
    forward: BoolArray
    km: FloatArray
    hours: FloatArray
    usd_per_tonne: FloatArray
    shut_share: FloatArray
    hours_group: IntArray
    usd_group: IntArray
    core: int


@dataclass(frozen=True, eq=False)
class Ties:
    """How the centres of economies reach the network, one entry a tie.

    Attributes
    ----------
    iso3, node
        Economy and place.
    centre
        Number of the centre; `weight` is its share of the economy.
    layer
        Layer number of the place's road layer.
    km
        Length of the way.
    """

    iso3: tuple[str, ...]
    node: tuple[str, ...]
    centre: IntArray
    layer: IntArray
    km: FloatArray
    weight: FloatArray


@dataclass(frozen=True, eq=False)
class FreightNetwork:
    """Everything a route needs; frozen, a change makes a new one (`edits.apply_edits`).

    Attributes
    ----------
    tables
        The facts behind it.
    layers
        L layers; the first `core_layers` belong to the land network and its ports, the rest are
        ports that are reached by sea only.
    arcs
        Directed arcs between layers.
    bands
        Uncertainty of arc costs by group.
    sea
        Distances by sea.
    ties
        Access from economies' centres.
    fallback_gauge_breaks
        Places where two gauges meet without a terminal of their own.
    """

    tables: FreightTables
    layers: tuple[Layer, ...]
    core_layers: int
    arcs: Arcs
    bands: Bands
    sea: Sea
    ties: Ties
    fallback_gauge_breaks: tuple[str, ...]

    @cached_property
    def structure(self) -> Structure:
        """Which core layers are joined: what an engine needs besides costs."""
        core = self.arcs.core
        return Structure(self.core_layers, self.arcs.start[:core], self.arcs.end[:core])

    @cached_property
    def contraction(self) -> Contraction:
        """The core graph between ties and ports, chains made one."""
        core = self.arcs.core
        keep = {number for number, layer in enumerate(self.layers) if layer.mode == "sea"}
        keep |= set(self.ties.layer.tolist())
        keep = {number for number in keep if number < self.core_layers}
        return contract(self.arcs.start[:core], self.arcs.end[:core], keep, self.core_layers)

    @property
    def nodes(self) -> pd.DataFrame:
        """The places, one row each."""
        return self.tables.nodes.copy()

    @property
    def links(self) -> pd.DataFrame:
        """The land and ferry links, one row each."""
        return self.tables.links.copy()

    @property
    def crossings(self) -> pd.DataFrame:
        """The border crossings, one row each crossing and mode."""
        return self.tables.crossings.copy()

    @property
    def projects(self) -> pd.DataFrame:
        """The register of projects."""
        return self.tables.projects.copy()

    def counts(self) -> dict[str, int]:
        """Count what the network holds, for a report."""
        links = self.tables.links
        marks = links["confidence"].value_counts()
        return {
            "places": len(self.tables.nodes),
            "links": len(links),
            "links_published_length": int(marks.get("published", 0)),
            "links_recalled_length": int(marks.get("recalled", 0)),
            "links_polyline_length": int(marks.get("polyline", 0)),
            "links_osm_length": int(marks.get("osm", 0)),
            "links_stitched": int((links["state"] == "stitched").sum()),
            "crossings": len(self.tables.crossings),
            "crossings_all_published": int(
                (self.tables.crossings["confidence"] == "published").sum()
            ),
            "crossings_part_published": int((self.tables.crossings["confidence"] == "mixed").sum()),
            "crossings_default": int((self.tables.crossings["confidence"] == "default").sum()),
            "sea_links": len(self.tables.sea_links),
            "layers": len(self.layers),
            "arcs": len(self.arcs.start),
            "access_generic": int((self.tables.access["basis"] != "near").sum()),
            "fallback_gauge_breaks": len(self.fallback_gauge_breaks),
        }


def load_network(*, air: bool = False) -> FreightNetwork:
    """Load the network as it stands, planned links left out.

    Parameters
    ----------
    air
        Let goods fly as well, between any two of the table ``airports``. The standard network
        leaves air out: at the value of general cargo nothing flies while a way by land or sea is
        open, and where none is a study should see that it is cut off.

    Raises
    ------
    DataError
        An embedded table is damaged.

    Examples
    --------
    >>> network = load_network()
    >>> bool((network.tables.nodes["node"] == "tashkent").any())
    True
    """
    from landbridge.freight.network.compiling import compile_network  # noqa: PLC0415 - it builds this class

    return compile_network(read_tables(air=air))
