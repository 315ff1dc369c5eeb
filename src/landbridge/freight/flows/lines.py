"""Flows as lines for a map: over every land and ferry link, and every link of the sea."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.freight.flows.assignment import Assignment
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.geometry import map_lines
from landbridge.freight.network.tables import coordinates, rows
from landbridge.units import FloatArray, IntArray

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class FlowLine:
    """A line and what passes over it both ways, in the unit of the assignment.

    Attributes
    ----------
    name, mode
        What a reader sees; ``rail``, ``road``, ``ferry`` or ``sea``.
    points
        (longitude, latitude) pairs, degrees.
    flow
        Both directions together.
    """

    name: str
    mode: str
    points: Line
    flow: float


def flow_lines(assignment: Assignment) -> tuple[FlowLine, ...]:
    """List every link that something passes, land first, then the sea."""
    return lines_of(assignment.ways.network, assignment.arcs(), assignment.sea_legs())


def lines_of(network: FreightNetwork, over: FloatArray, legs: FloatArray) -> tuple[FlowLine, ...]:
    """List every link that something passes, land first, then the sea.

    Parameters
    ----------
    network
        The network.
    over
        ``[arcs]`` flow over every arc.
    legs
        ``[P, P]`` flow that sails between two ports.
    """
    arcs = network.arcs
    by_link: dict[str, float] = {}
    for arc in np.flatnonzero((arcs.kind == int(ArcKind.LINK)) & (over > 0)):
        by_link[arcs.name[arc]] = by_link.get(arcs.name[arc], 0.0) + float(over[arc])
    land = [
        FlowLine(line.name, line.mode, line.points, by_link[line.link])
        for line in map_lines(network)
        if line.link in by_link
    ]
    flow = sea_link_flows(network, legs)
    shapes = _sea_lines(network, np.flatnonzero(flow > 0))
    sea = [FlowLine("sea", "sea", points, float(flow[row])) for row, points in shapes]
    return (*land, *sea)


def sea_link_flows(network: FreightNetwork, legs: FloatArray) -> FloatArray:
    """Compute the flow over every link of the sea graph, ``[sea links]``.

    Parameters
    ----------
    network
        The network.
    legs
        ``[P, P]`` flow that sails between two ports.
    """
    sea = network.sea
    numbers = {name: number for number, name in enumerate(sea.points)}
    row_of = _link_rows(network)
    found = np.zeros(len(network.tables.sea_links))
    origin, goal = np.nonzero(legs)
    amount = legs[origin, goal]
    at = np.array([numbers[sea.ports[port]] for port in goal], dtype=np.int64)
    while len(at):
        back = sea.before[origin, at]
        keep = back >= 0
        at, origin, back, amount = at[keep], origin[keep], back[keep], amount[keep]
        np.add.at(found, row_of[back, at], amount)
        at = back
    return found


def _link_rows(network: FreightNetwork) -> IntArray:
    """Find the row of the shortest open link between points of the sea, ``[points, points]``."""
    sea, shut = network.sea, network.tables.closed
    size = len(sea.points)
    numbers = {name: number for number, name in enumerate(sea.points)}
    km, found = np.full((size, size), np.inf), np.full((size, size), -1, dtype=np.int64)
    for number, row in enumerate(rows(network.tables.sea_links)):
        ends = (numbers[row.from_node], numbers[row.to_node])
        if shut & {row.passage, row.link} or row.km >= km[ends]:
            continue
        for pair in (ends, ends[::-1]):
            km[pair], found[pair] = row.km, number
    return found


def _sea_lines(network: FreightNetwork, wanted: IntArray) -> list[tuple[int, Line]]:
    where = coordinates(network.tables.nodes) | coordinates(network.tables.sea_nodes, "sea_node")
    links = rows(network.tables.sea_links)
    found = []
    for number in wanted.tolist():
        row = links[number]
        between = [part.split() for part in row.shape.split(";") if part]
        middle = tuple((float(x), float(y)) for x, y in between)
        found.append((number, (where[row.from_node], *middle, where[row.to_node])))
    return found
