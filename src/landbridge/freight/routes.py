"""The least-cost way between two places, leg by leg."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import NoRouteError
from landbridge.freight.costs import FreightDraw, FreightParameters, arc_costs, sea_rates
from landbridge.freight.network import ArcKind, FreightNetwork, Layer
from landbridge.freight.places import find_place
from landbridge.freight.sea import least_arcs
from landbridge.freight.tables import by_text, column, coordinates, rows
from landbridge.units import FloatArray

Stage: TypeAlias = Literal["before", "after"]

COLUMNS = (
    "origin",
    "destination",
    "stage",
    "sequence",
    "kind",
    "mode",
    "name",
    "from_name",
    "to_name",
    "km",
    "hours",
    "usd_per_tonne",
    "cumulative_km",
    "cumulative_hours",
    "cumulative_usd_per_tonne",
    "source",
    "confidence",
)
KINDS = {
    ArcKind.LINK: "line_haul",
    ArcKind.CROSSING: "crossing",
    ArcKind.GAUGE_BREAK: "gauge_break",
    ArcKind.TRANSFER: "transfer",
    ArcKind.PORT: "port",
    ArcKind.FERRY_PORT: "port",
    ArcKind.SEA: "line_haul",
}


@dataclass(frozen=True, eq=False)
class Trip:
    """One least-cost trip.

    Attributes
    ----------
    origin, destination
        Names of the places.
    legs
        One row a leg or an event at a place, in order; columns `COLUMNS`.
    km, hours, usd_per_tonne, generalised_usd_per_tonne
        Totals.
    points
        (longitude, latitude) pairs of the way, for a map.
    text
        The way in words: the places where something happens.
    links
        Ids of the links, crossings and terminals used, in order; sea legs as ``port>port``.
    """

    origin: str
    destination: str
    legs: pd.DataFrame
    km: float
    hours: float
    usd_per_tonne: float
    generalised_usd_per_tonne: float
    points: tuple[tuple[float, float], ...]
    text: str
    links: tuple[str, ...]


class _Step(NamedTuple):
    """One leg before it becomes a row."""

    kind: ArcKind
    name: str
    start: Layer
    end: Layer
    km: float
    hours: float
    usd: float


def best_trip(
    network: FreightNetwork,
    parameters: FreightParameters,
    origin: str,
    destination: str,
    *,
    draw: FreightDraw | None = None,
    stage: Stage = "before",
) -> Trip:
    """Find the way of least generalised cost, from door to door.

    A trip from or to a city starts and ends on the road there, so that a train or a ship is
    paid for loading and waited for.

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    origin, destination
        Places by id or name.
    draw
        The rows' own uncertainty; neutral when absent.
    stage
        What to write into the legs' column ``stage``.

    Raises
    ------
    UnknownNameError
        A place is not known; the nearest names are offered.
    NoRouteError
        There is no way, with the reason.

    Examples
    --------
    >>> from landbridge.freight.costs import central_parameters
    >>> from landbridge.freight.network import load_network
    >>> trip = best_trip(load_network(), central_parameters(), "Karachi", "Kabul")
    >>> "Torkham" in trip.text
    True
    """
    start = find_place(network, origin, where="origin")
    end = find_place(network, destination, where="destination")
    names = by_text(network.tables.nodes, "node", "name")
    if start == end:
        raise NoRouteError(f"the trip starts and ends at {names[start]}")
    steps = _find(network, parameters, draw, ends=(start, end))
    legs = _table(network, steps, ends=(names[start], names[end]), stage=stage)
    hours, usd = float(legs["hours"].sum()), float(legs["usd_per_tonne"].sum())
    return Trip(
        origin=names[start],
        destination=names[end],
        legs=legs,
        km=float(legs["km"].sum()),
        hours=hours,
        usd_per_tonne=usd,
        generalised_usd_per_tonne=usd + parameters.usd_per_tonne_hour * hours,
        points=_points(network, steps, start),
        text=_words(network, steps, names),
        links=tuple(step.name for step in steps),
    )


def doors(network: FreightNetwork, node: str) -> list[int]:
    """Give the layers where a trip may start or end at a place: its road, or all it has."""
    mine = [i for i, layer in enumerate(network.layers) if layer.node == node]
    road = [i for i in mine if network.layers[i].mode == "road"]
    return road or mine


def _find(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    *,
    ends: tuple[str, str],
) -> list[_Step]:
    hours, usd = arc_costs(network, parameters, draw)
    arcs = network.arcs
    extra = sea_arcs(network, ends)
    rates = sea_rates(network, parameters, draw)
    start = np.concatenate((arcs.start, [pair[0] for pair in extra])).astype(np.int64)
    end = np.concatenate((arcs.end, [pair[1] for pair in extra])).astype(np.int64)
    km = np.concatenate((arcs.km, [pair[2] for pair in extra]))
    added = km[len(arcs.km) :]
    hours = np.concatenate((hours, added * rates[0]))
    usd = np.concatenate((usd, added * rates[1]))
    general = usd + parameters.usd_per_tonne_hour * hours
    graph, used = least_arcs(start, end, general, len(network.layers))
    first, last = doors(network, ends[0]), doors(network, ends[1])
    if not first or not last:
        lost = ends[0] if not first else ends[1]
        raise NoRouteError(f"nothing leads to {lost}: no link there is open")
    least, before = dijkstra(graph, indices=first, return_predecessors=True)
    row, column = np.unravel_index(int(np.argmin(least[:, last])), (len(first), len(last)))
    if not np.isfinite(least[row, last[column]]):
        raise NoRouteError(_why(network, graph, ends))
    chain = [last[column]]
    while chain[-1] != first[row]:
        chain.append(int(before[row, chain[-1]]))
    chain.reverse()
    number = {(int(start[arc]), int(end[arc])): int(arc) for arc in used}
    steps = []
    for a, b in pairwise(chain):
        arc = number[a, b]
        kind = ArcKind(arcs.kind[arc]) if arc < len(arcs.kind) else ArcKind.SEA
        name = arcs.name[arc] if arc < len(arcs.kind) else ""
        steps.append(
            _Step(
                kind,
                name,
                network.layers[a],
                network.layers[b],
                float(km[arc]),
                float(hours[arc]),
                float(usd[arc]),
            )
        )
    return _merge_sea(steps)


def sea_arcs(network: FreightNetwork, ends: tuple[str, ...]) -> list[tuple[int, int, float]]:
    """Give the sea legs of ports that only the sea reaches, when the trip ends at one."""
    numbers = {layer: index for index, layer in enumerate(network.layers)}
    core = [layer for layer in network.layers[: network.core_layers] if layer.mode == "sea"]
    outer = [
        Layer(node, "sea")
        for node in ends
        if numbers.get(Layer(node, "sea"), -1) >= network.core_layers
    ]
    ports = {port: index for index, port in enumerate(network.sea.ports)}
    found: list[tuple[int, int, float]] = []
    for one in outer:
        for other in [*core, *outer]:
            km = float(network.sea.km[ports[one.node], ports[other.node]])
            if one == other or not np.isfinite(km):
                continue
            found.append((numbers[one], numbers[other], km))
            found.append((numbers[other], numbers[one], km))
    return found


def _merge_sea(steps: list[_Step]) -> list[_Step]:
    """Join sea legs that follow each other: a ship does not call where they meet."""
    merged: list[_Step] = []
    for step in steps:
        if merged and step.kind == ArcKind.SEA and merged[-1].kind == ArcKind.SEA:
            last = merged.pop()
            joined = last._replace(
                end=step.end,
                km=last.km + step.km,
                hours=last.hours + step.hours,
                usd=last.usd + step.usd,
            )
            merged.append(joined)
        else:
            merged.append(step)
    return [
        step._replace(name=f"{step.start.node}>{step.end.node}")
        if step.kind == ArcKind.SEA
        else step
        for step in merged
    ]


def _why(network: FreightNetwork, graph: csr_array, ends: tuple[str, str]) -> str:
    reach = dijkstra(graph, indices=doors(network, ends[0]), unweighted=True)
    found = {network.layers[i].node for i in np.flatnonzero(np.isfinite(reach).any(axis=0))}
    shut = network.tables.crossings
    names = column(shut[~shut["is_open"] | (shut["probability_open"] <= 0)], "name")
    closed = sorted({*names, *network.tables.closed})
    return (
        f"there is no way from {ends[0]} to {ends[1]}: {len(found)} places can be reached from "
        f"{ends[0]}, and {ends[1]} is not among them. Shut are: {', '.join(closed) or 'none'}."
    )


def _table(
    network: FreightNetwork, steps: list[_Step], *, ends: tuple[str, str], stage: Stage
) -> pd.DataFrame:
    tables = network.tables
    names = by_text(tables.nodes, "node", "name")
    origin = _Origin(network)
    total: FloatArray = np.zeros(3)
    rows = []
    for sequence, step in enumerate(steps, start=1):
        total = total + np.array([step.km, step.hours, step.usd])
        title, mode, source, confidence = origin.of(step)
        rows.append(
            (
                *ends,
                stage,
                sequence,
                KINDS[step.kind],
                mode,
                title,
                names[step.start.node],
                names[step.end.node],
                step.km,
                step.hours,
                step.usd,
                *total,
                source,
                confidence,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


class _Origin:
    """Looks up what a leg is called and who says so."""

    def __init__(self, network: FreightNetwork) -> None:
        self.network = network
        tables = network.tables
        self.names = by_text(tables.nodes, "node", "name")
        self.links = {row.link: row for row in rows(tables.links)}
        self.crossings = {row.crossing: row for row in rows(tables.crossings)}
        self.terminals = {row.terminal: row for row in rows(tables.terminals)}

    def of(self, step: _Step) -> tuple[str, str, str, str]:
        """Give a leg's title, mode, source and confidence."""
        here, there = self.names[step.start.node], self.names[step.end.node]
        if step.kind == ArcKind.SEA:
            through = self.network.sea.passages_between(step.start.node, step.end.node)
            way = f" ({', '.join(through)})" if through else ""
            return f"{here} - {there} by sea{way}", "sea", "searoute", "published"
        if step.kind == ArcKind.LINK:
            row = self.links[step.name]
            gauge = f" {step.start.gauge_mm} mm" if step.start.gauge_mm else ""
            title = f"{here} - {there} by {step.start.mode}{gauge}"
            return title, step.start.mode, row.source, row.confidence
        if step.kind == ArcKind.CROSSING:
            row = self.crossings[step.name]
            title = f"{row.name} border, {step.start.side} to {step.end.side}"
            return title, step.start.mode, row.source, row.confidence
        row = self.terminals[step.name]
        title = {
            ArcKind.GAUGE_BREAK: f"{here}: gauge {step.start.gauge_mm} to {step.end.gauge_mm} mm",
            ArcKind.TRANSFER: f"{here}: {step.start.mode} to {step.end.mode}",
            ArcKind.PORT: f"{here} port: {step.start.mode} to {step.end.mode}",
            ArcKind.FERRY_PORT: f"{here} port: {step.start.mode} to {step.end.mode}",
        }[step.kind]
        return title, "terminal", row.source, row.confidence


def _points(
    network: FreightNetwork, steps: list[_Step], start: str
) -> tuple[tuple[float, float], ...]:
    nodes = network.tables.nodes
    where = coordinates(nodes)
    points = [where[start]]
    for step in steps:
        if step.kind == ArcKind.SEA:
            points.extend(network.sea.line(step.start.node, step.end.node))
        if points[-1] != where[step.end.node]:
            points.append(where[step.end.node])
    return tuple(points)


def _words(network: FreightNetwork, steps: list[_Step], names: dict[str, str]) -> str:
    """Tell the way: the mode, and each place where a border, a port or a change of mode is met."""
    borders = by_text(network.tables.crossings, "crossing", "name")
    parts: list[str] = []
    mode = ""
    for step in steps:
        if step.kind in {ArcKind.LINK, ArcKind.SEA}:
            if step.start.mode != mode:
                mode = step.start.mode
                parts.append(f"{mode} from {names[step.start.node]}")
            if step.kind == ArcKind.SEA:
                through = network.sea.passages_between(step.start.node, step.end.node)
                parts.extend(f"by {passage}" for passage in through)
        elif step.kind == ArcKind.CROSSING:
            parts.append(f"border {borders[step.name]}")
        elif step.kind == ArcKind.GAUGE_BREAK:
            parts.append(f"gauge change at {names[step.start.node]}")
    parts.append(f"to {names[steps[-1].end.node]}")
    return ", ".join(parts)
