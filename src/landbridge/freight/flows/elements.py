"""What a network can lose or mend: its crossings, links, ports and sea passages, one by one.

Every element knows on which edges of the assignment it lies and what it costs there. A crossing,
a link and a port are arcs; a passage is a stretch of the sea that a leg between two ports takes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from landbridge.errors import InputError, suggest
from landbridge.freight.flows.assignment import Assignment
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.geometry import map_lines
from landbridge.freight.network.sea import Sea
from landbridge.freight.network.tables import by_text, coordinates, rows
from landbridge.freight.search.trees import LeastWays
from landbridge.tables import embedded_table
from landbridge.units import FloatArray, IntArray

ElementKind: TypeAlias = Literal["crossing", "link", "port", "passage"]
KINDS: Final[tuple[ElementKind, ...]] = get_args(ElementKind)
ARC_KINDS: Final[dict[ArcKind, ElementKind]] = {
    ArcKind.CROSSING: "crossing",
    ArcKind.LINK: "link",
    ArcKind.PORT: "port",
    ArcKind.FERRY_PORT: "port",
}
COLUMNS: Final = ("kind", "element", "name", "mode", "iso3", "iso3_other")

Shape: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Elements:
    """X elements of a network.

    Attributes
    ----------
    table
        One row an element: kind, element (its id), name, mode, iso3, iso3_other.
    shapes
        (longitude, latitude) places, degrees: one for a point, two or more for a line.
    times
        ``[X, E]`` how often an edge passes the element.
    general
        ``[X, E]`` USD per tonne, generalised, that an edge spends there.
    arcs
        For each element the numbers of its arcs; none for a passage.
    """

    table: pd.DataFrame
    shapes: tuple[Shape, ...]
    times: csr_array
    general: csr_array
    arcs: tuple[IntArray, ...]

    def __len__(self) -> int:
        """Count the elements."""
        return len(self.table)


def elements_of(ways: LeastWays, kinds: tuple[ElementKind, ...] = KINDS) -> Elements:
    """List the elements of a network, and where they lie on the ways.

    Parameters
    ----------
    ways
        The least-cost paths.
    kinds
        Which kinds.

    Raises
    ------
    InputError
        There is no such kind.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(
                f"there is no kind of element {kind!r}",
                mend=suggest(str(kind), KINDS) or f"Choose among {', '.join(KINDS)}.",
            )
    network = ways.network
    keys, arc_row = _arc_elements(network, kinds)
    passages = _passages(network) if "passage" in kinds else ()
    count, arc_count = len(keys) + len(passages), len(network.arcs.start)
    known = np.flatnonzero(arc_row >= 0)
    member = csr_array((np.ones(len(known)), (arc_row[known], known)), shape=(count, arc_count))
    cost = csr_array((ways.general[known], (arc_row[known], known)), shape=(count, arc_count))
    km = passage_km(network, passages)
    size = len(network.sea.ports)
    where = np.nonzero(km)
    cells = (len(keys) + where[0], where[1] * size + where[2])
    legs = csr_array((np.ones(len(where[0])), cells), shape=(count, size * size))
    stretch = csr_array((km[where] * ways.sea_general, cells), shape=(count, size * size))
    order = known[np.argsort(arc_row[known], kind="stable")]
    bounds = np.searchsorted(arc_row[order], np.arange(count + 1))
    arcs = tuple(order[a:b] for a, b in pairwise(bounds.tolist()))
    table, shapes = describe(network, keys, passages)
    return Elements(
        table=table,
        shapes=shapes,
        times=csr_array(member @ ways.edge_arcs.T + legs @ ways.edge_sea.T),
        general=csr_array(cost @ ways.edge_arcs.T + stretch @ ways.edge_sea.T),
        arcs=arcs,
    )


def flow_table(elements: Elements, assignment: Assignment) -> FloatArray:
    """Compute the flow over every element both ways, ``[X]``, in the unit of the assignment."""
    return np.asarray(elements.times @ assignment.edges)


def directed_flows(elements: Elements, assignment: Assignment) -> FloatArray:
    """Compute the flow over every element by direction, ``[X, 2]``: as its row is written, back.

    A port's two directions are from land to the ship and from the ship to land. The ways through
    a passage are not told apart: its first column is missing, as is its second.
    """
    arcs = assignment.ways.network.arcs
    flow = assignment.arcs()
    found = np.full((len(elements), 2), np.nan)
    for row, mine in enumerate(elements.arcs):
        if elements.table["kind"].iloc[row] != "passage":
            forward = arcs.forward[mine]
            found[row] = flow[mine][forward].sum(), flow[mine][~forward].sum()
    return found


def passage_km(network: FreightNetwork, names: tuple[str, ...]) -> FloatArray:
    """Compute the km of every passage on the shortest way between ports, ``[passages, P, P]``.

    Zero where the way does not take it.
    """
    sea = network.sea
    step_km, step_name = _passage_steps(network, names)
    numbers = {name: number for number, name in enumerate(sea.points)}
    goal = np.array([numbers[port] for port in sea.ports], dtype=np.int64)
    rows_, here = np.meshgrid(np.arange(len(goal)), goal, indexing="ij")
    found = np.zeros((len(names), len(goal), len(goal)))
    cells = np.indices(here.shape).reshape(2, -1)
    at, origin = here.ravel(), rows_.ravel()
    while len(at):
        back = sea.before[origin, at]
        keep = back >= 0
        at, origin, back, cells = at[keep], origin[keep], back[keep], cells[:, keep]
        name = step_name[back, at]
        on = name >= 0
        np.add.at(found, (name[on], cells[0, on], cells[1, on]), step_km[back[on], at[on]])
        at = back
    return found


def _passage_steps(network: FreightNetwork, names: tuple[str, ...]) -> tuple[FloatArray, IntArray]:
    """Find the km and the passage of every step between points of the sea, ``[points, points]``."""
    sea = network.sea
    size = len(sea.points)
    numbers = {name: number for number, name in enumerate(sea.points)}
    km, which = np.full((size, size), np.inf), np.full((size, size), -1, dtype=np.int64)
    place = {name: index for index, name in enumerate(names)}
    shut = network.tables.closed
    for row in rows(network.tables.sea_links):
        ends = (numbers[row.from_node], numbers[row.to_node])
        if shut & {row.passage, row.link} or row.km >= km[ends]:
            continue
        for pair in (ends, ends[::-1]):
            km[pair] = row.km
            which[pair] = place.get(row.passage, -1)
    return km, which


def _passages(network: FreightNetwork) -> tuple[str, ...]:
    links = network.tables.sea_links
    names = sorted(set(links["passage"]) - {""} - network.tables.closed)
    return tuple(str(name) for name in names)


def _arc_elements(
    network: FreightNetwork, kinds: tuple[ElementKind, ...]
) -> tuple[list[tuple[ElementKind, str]], IntArray]:
    """Find the elements that have arcs, and each arc's element, -1 for none."""
    arcs = network.arcs
    number: dict[tuple[ElementKind, str], int] = {}
    found = np.full(len(arcs.start), -1, dtype=np.int64)
    for arc, (code, name) in enumerate(zip(arcs.kind.tolist(), arcs.name, strict=True)):
        kind = ARC_KINDS.get(ArcKind(code))
        if kind is None or kind not in kinds:
            continue
        own = network.layers[arcs.start[arc]].node if kind == "port" else name
        found[arc] = number.setdefault((kind, own), len(number))
    return list(number), found


def describe(
    network: FreightNetwork, keys: list[tuple[ElementKind, str]], passages: tuple[str, ...]
) -> tuple[pd.DataFrame, tuple[Shape, ...]]:
    """Name elements and say where they are.

    Parameters
    ----------
    network
        The network.
    keys
        Kind and id of elements that have arcs.
    passages
        Ids of passages, which come last.

    Returns
    -------
    tuple
        Columns `COLUMNS`, and (longitude, latitude) places of each.
    """
    tables = network.tables
    where = coordinates(tables.nodes)
    names = by_text(tables.nodes, "node", "name")
    economy = by_text(tables.nodes, "node", "iso3")
    crossings = {row.crossing: row for row in rows(tables.crossings)}
    links = {row.link: row for row in rows(tables.links)}
    lines = {line.link: line.points for line in map_lines(network)}
    found: list[tuple[str, ...]] = []
    shapes: list[Shape] = []
    for kind, own in keys:
        if kind == "crossing":
            row = crossings[own]
            title = f"{row.name} ({row.mode})"
            found.append((kind, own, title, row.mode, row.from_iso3, row.to_iso3))
            shapes.append((where[row.place],))
        elif kind == "link":
            row = links[own]
            title = f"{names[row.from_node]} - {names[row.to_node]} ({row.mode})"
            found.append((kind, own, title, row.mode, row.iso3, ""))
            shapes.append(lines[own])
        else:
            found.append((kind, own, names[own], "port", economy[own], ""))
            shapes.append((where[own],))
    middles = _middles(network, network.sea)
    passage_names = by_text(embedded_table("freight", "passages"), "passage", "name")
    for own in passages:
        found.append(("passage", own, passage_names.get(own, own), "sea", "", ""))
        shapes.append((middles[own],))
    return pd.DataFrame(found, columns=list(COLUMNS)), tuple(shapes)


def _middles(network: FreightNetwork, sea: Sea) -> dict[str, tuple[float, float]]:
    """Choose a place for every passage: the end of its links that lies most in the middle."""
    numbers = {name: number for number, name in enumerate(sea.points)}
    ends: dict[str, list[int]] = defaultdict(list)
    for row in rows(network.tables.sea_links):
        if row.passage:
            ends[row.passage] += [numbers[row.from_node], numbers[row.to_node]]
    found = {}
    for name, mine in ends.items():
        places = sea.where[mine]
        distance = np.abs(places - np.median(places, axis=0)).sum(axis=1)
        longitude, latitude = places[int(np.argmin(distance))]
        found[name] = (float(longitude), float(latitude))
    return found
