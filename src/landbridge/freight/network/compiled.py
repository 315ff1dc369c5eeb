"""The compiled network: the one type that can be asked for routes, and what makes it from tables.

A place appears once for each layer it has: road, each rail gauge, sea, ferry; a border place once
more for each of its two sides. Links, crossings, gauge breaks, transfers, ports and sea legs are
all arcs between layers, so every hour and every dollar of a trip belongs to a named row.

Edits change tables (`FreightTables`), never a network: `compile_network` makes a network of tables,
`recompile` one of edited tables, and nothing else does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.errors import DataError
from landbridge.freight.network.compiling import assemble
from landbridge.freight.network.contraction import Contraction
from landbridge.freight.network.cost_graph import Structure
from landbridge.freight.network.parts import (
    ArcKind,
    Arcs,
    Bands,
    Core,
    CostClass,
    Layer,
    Ties,
)
from landbridge.freight.network.sea import Sea, build_sea
from landbridge.freight.network.tables import FreightTables, column, load_tables

__all__ = [
    "ArcKind",
    "Arcs",
    "Bands",
    "Core",
    "CostClass",
    "FreightNetwork",
    "Layer",
    "Ties",
    "compile_network",
    "load_network",
    "recompile",
]


@dataclass(frozen=True, eq=False, repr=False)
class FreightNetwork:
    """Everything a route needs, compiled; made by `compile_network`, `recompile`, `load_network`.

    The tables cannot be replaced: a network of other tables has to be compiled. Costs of arcs can
    (``replace(network, arcs=...)``), as long as the arcs join the same layers.

    Attributes
    ----------
    tables
        The facts it was compiled from.
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
    core
        How the core layers are joined.

    Raises
    ------
    DataError
        The arcs do not join the layers of the core, or an arc's cost is no number or below zero.
    """

    _tables: FreightTables
    layers: tuple[Layer, ...]
    core_layers: int
    arcs: Arcs
    bands: Bands
    sea: Sea
    ties: Ties
    fallback_gauge_breaks: tuple[str, ...]
    core: Core

    def __post_init__(self) -> None:
        """Refuse arcs that no least cost could be found on."""
        arcs, joined = self.arcs, self.core.structure
        same = np.array_equal(arcs.start[: arcs.core], joined.start)
        if not (same and np.array_equal(arcs.end[: arcs.core], joined.end)):
            raise DataError(
                "the arcs do not join the layers that the network was compiled with.",
                where="freight network",
                mend="Edit the tables and compile them (compile_network).",
            )
        for name in ("km", "hours", "usd_per_tonne", "shut_share"):
            values = getattr(arcs, name)
            wrong = ~(np.isfinite(values) & (values >= 0))
            if wrong.any():
                first = int(np.argmax(wrong))
                raise DataError(
                    f"{int(wrong.sum())} arcs have a value of {name} that is no number or below "
                    f"zero, the first {arcs.name[first]} ({values[first]}).",
                    where="freight network",
                )

    def __repr__(self) -> str:
        """Say how large the network is."""
        return (
            f"FreightNetwork({len(self.tables.nodes):,} places, {len(self.layers):,} layers, "
            f"{len(self.arcs.start):,} arcs)"
        )

    @property
    def tables(self) -> FreightTables:
        """The facts it was compiled from; not to be replaced nor written to."""
        return self._tables

    @property
    def structure(self) -> Structure:
        """Which core layers are joined: what an engine needs besides costs."""
        return self.core.structure

    @property
    def contraction(self) -> Contraction:
        """The core graph between ties and ports, chains made one."""
        return self.core.contraction

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


def compile_network(tables: FreightTables, *, sea: Sea | None = None) -> FreightNetwork:
    """Compile tables into a network.

    Parameters
    ----------
    tables
        The facts, with any edits made.
    sea
        Distances by sea when they are known; found afresh when absent.

    Raises
    ------
    DataError
        A row names a place that is not there, or a mode without costs; no economy comes on; a cost
        is no number or below zero.
    """
    return _compile(tables, sea=sea, former=None)


def recompile(network: FreightNetwork, tables: FreightTables) -> FreightNetwork:
    """Compile edited tables, taking over from a network what the edits left as it was.

    That is the sea where ports, sea links and passages are the same, and the contraction of the
    core where only costs changed. The numbers are those of `compile_network`.

    Parameters
    ----------
    network
        The network of the tables before; returned where nothing was edited.
    tables
        The tables after.

    Raises
    ------
    DataError
        As in `compile_network`.
    """
    if tables is network.tables:
        return network
    sea = network.sea if _same_sea(network.tables, tables) else None
    return _compile(tables, sea=sea, former=network.core)


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
    return compile_network(load_tables(air=air))


def _compile(tables: FreightTables, *, sea: Sea | None, former: Core | None) -> FreightNetwork:
    sea = sea or build_sea(tables.nodes, tables.sea_nodes, tables.sea_links, tables.closed)
    made = assemble(tables, sea)
    # Another network's core is taken over with what was already worked out on it.
    core = former if former is not None and former.is_same(made.core) else made.core
    return FreightNetwork(
        _tables=tables,
        layers=made.layers,
        core_layers=core.structure.nodes,
        arcs=made.arcs,
        bands=made.bands,
        sea=sea,
        ties=made.ties,
        fallback_gauge_breaks=made.fallback_gauge_breaks,
        core=core,
    )


def _same_sea(old: FreightTables, new: FreightTables) -> bool:
    """Say whether two sets of tables have the same distances by sea."""
    if old.sea_links is not new.sea_links or old.sea_nodes is not new.sea_nodes:
        return False
    at_sea = set(column(old.sea_links, "passage")) | set(column(old.sea_links, "link"))
    if (old.closed ^ new.closed) & at_sea:
        return False
    return old.nodes is new.nodes or _ports(old).equals(_ports(new))


def _ports(tables: FreightTables) -> pd.DataFrame:
    nodes = tables.nodes
    return nodes.loc[nodes["kind"] == "port", ["node", "longitude", "latitude"]]
