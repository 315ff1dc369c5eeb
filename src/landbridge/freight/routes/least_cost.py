"""The least-cost path between two places, leg by leg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from landbridge.errors import NoRouteError
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.costs.shipments import Shipment
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.places import find_place
from landbridge.freight.network.tables import by_text, coordinates, rows
from landbridge.freight.search.ways import Step, Ways, ways_between, why_not
from landbridge.units import FloatArray

Stage: TypeAlias = Literal["before", "after"]
_Row: TypeAlias = tuple[str, str, str, str, str, tuple[float, float, float], str, str]

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
    shipment
        The kind of shipment; empty for general cargo.
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
    shipment: str = ""


def best_trip(
    network: FreightNetwork,
    parameters: FreightParameters,
    origin: str,
    destination: str,
    *,
    draw: FreightDraw | None = None,
    stage: Stage = "before",
    shipment: str | Shipment | None = None,
    via: Sequence[str] = (),
) -> Trip:
    """Find the path of least generalised cost, from door to door.

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
    shipment
        A kind of shipment (`shipments.shipment_names`); absent: general cargo, the tables as
        they are.
    via
        Places by id or name that the way passes, in this order.

    Raises
    ------
    UnknownNameError
        A place or the kind of shipment is not known; the nearest names are offered.
    NoRouteError
        There is no way, with the reason.

    Examples
    --------
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> trip = best_trip(load_network(), central_parameters(), "Karachi", "Kabul")
    >>> "Torkham" in trip.text
    True
    """
    places = [find_place(network.tables, place, where="via") for place in via]
    ways = ways_between(network, parameters, origin, destination, draw=draw, shipment=shipment)
    arcs = ways.through(ways.general, places) if places else ways.least(ways.general)
    if not arcs:
        past = f" by {', '.join(ways.names[place] for place in places)}" if places else ""
        raise NoRouteError(
            f"there is no way from {ways.names[ways.ends[0]]} to {ways.names[ways.ends[1]]}{past}"
            if places and ways.least(ways.general)
            else why_not(ways)
        )
    return trip_of(ways, arcs, stage=stage)


def trip_of(ways: Ways, arcs: Sequence[int], *, stage: Stage = "before") -> Trip:
    """Make a trip of a way.

    Parameters
    ----------
    ways
        The arcs between the two places.
    arcs
        The way: positions in the arrays of `ways`, in order.
    stage
        What to write into the legs' column ``stage``.
    """
    steps = ways.steps(arcs)
    names = ways.names
    ends = (names[ways.ends[0]], names[ways.ends[1]])
    legs = _table(ways, steps, ends=ends, stage=stage)
    hours, usd = float(legs["hours"].sum()), float(legs["usd_per_tonne"].sum())
    return Trip(
        origin=ends[0],
        destination=ends[1],
        legs=legs,
        km=float(legs["km"].sum()),
        hours=hours,
        usd_per_tonne=usd,
        generalised_usd_per_tonne=usd + ways.parameters.usd_per_tonne_hour * hours,
        points=_points(ways.network, steps, ways.ends[0]),
        text=_words(ways.network, steps, names),
        links=tuple(step.name for step in steps),
        shipment="" if ways.shipment is None else ways.shipment.name,
    )


def _table(ways: Ways, steps: list[Step], *, ends: tuple[str, str], stage: Stage) -> pd.DataFrame:
    names = ways.names
    origin = _origin(ways.network)
    found = [
        (
            KINDS[step.kind],
            *origin.of(step)[1::-1],
            names[step.start.node],
            names[step.end.node],
            (step.km, step.hours, step.usd),
            *origin.of(step)[2:],
        )
        for step in steps
    ]
    found = _with_handling(found, ways.shipment, ends)
    total: FloatArray = np.zeros(3)
    table = []
    for sequence, (kind, mode, title, start, end, costs, source, confidence) in enumerate(
        found, start=1
    ):
        total = total + np.array(costs)
        line = (kind, mode, title, start, end, *costs, *total, source, confidence)
        table.append((*ends, stage, sequence, *line))
    return pd.DataFrame(table, columns=list(COLUMNS))


def _with_handling(
    legs: list[_Row], shipment: Shipment | None, ends: tuple[str, str]
) -> list[_Row]:
    """Add what a shipment waits for and pays at both ends, and what makes up its least charge."""
    if shipment is None:
        return legs

    def event(kind: str, title: str, end: str, hours: float, usd: float) -> list[_Row]:
        if hours == 0 and usd == 0:
            return []
        source = ("recalled", "recalled")
        return [(kind, "terminal", f"{end}: {title}", end, end, (0.0, hours, usd), *source)]

    first = event(
        "consolidation",
        "waiting for other shippers' goods, stuffing",
        ends[0],
        shipment.consolidation_hours,
        shipment.consolidation_usd_per_tonne,
    )
    last = event(
        "deconsolidation",
        "unstuffing, sorting",
        ends[1],
        shipment.deconsolidation_hours,
        shipment.deconsolidation_usd_per_tonne,
    )
    every = [*first, *legs, *last]
    short = shipment.shortfall_usd_per_tonne(sum(leg[5][2] for leg in every))
    return [*every, *event("minimum_charge", "up to the least charge", ends[1], 0.0, short)]


class _Origin:
    """Looks up what a leg is called and who says so."""

    def __init__(self, network: FreightNetwork) -> None:
        self.network = network
        tables = network.tables
        self.names = by_text(tables.nodes, "node", "name")
        self.links = {row.link: row for row in rows(tables.links)}
        self.crossings = {row.crossing: row for row in rows(tables.crossings)}
        self.terminals = {row.terminal: row for row in rows(tables.terminals)}

    def of(self, step: Step) -> tuple[str, str, str, str]:
        """Read a leg's title, mode, source and confidence."""
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
        port = "airport" if "air" in (step.start.mode, step.end.mode) else "port"
        title = {
            ArcKind.GAUGE_BREAK: f"{here}: gauge {step.start.gauge_mm} to {step.end.gauge_mm} mm",
            ArcKind.TRANSFER: f"{here}: {step.start.mode} to {step.end.mode}",
            ArcKind.PORT: f"{here} {port}: {step.start.mode} to {step.end.mode}",
            ArcKind.FERRY_PORT: f"{here} port: {step.start.mode} to {step.end.mode}",
        }[step.kind]
        return title, "terminal", row.source, row.confidence


@lru_cache(maxsize=2)
def _origin(network: FreightNetwork) -> _Origin:
    """Keep the look-ups of the last two networks: before and after a scenario."""
    return _Origin(network)


def _points(
    network: FreightNetwork, steps: list[Step], start: str
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


def _words(network: FreightNetwork, steps: list[Step], names: dict[str, str]) -> str:
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
