"""Rows of the freight tables whose own uncertainty is followed through the draws.

A draw varies every row: rates and speeds by mode and economy, each crossing, each terminal. Those
on the way of a reported trip are followed, so that a run can say which of them matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.codes import known_codes, name_of
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.routes.least_cost import Trip
from landbridge.units import FloatArray

QUANTITIES = ("hours", "usd")


@dataclass(frozen=True)
class ReportedTrip:
    """A trip of the scenario as it was routed; ``stage`` is ``before`` or ``after``."""

    origin: str
    destination: str
    stage: str
    trip: Trip


@dataclass(frozen=True)
class WatchedRow:
    """One row of the freight tables.

    Attributes
    ----------
    name
        The group's name in the network's bands, e.g. ``crossing:torkham-road:forward``.
    quantity
        ``hours`` or ``usd``.
    title
        What a reader sees.
    """

    name: str
    quantity: str
    title: str


def watched_rows(
    networks: Sequence[FreightNetwork], trips: Sequence[ReportedTrip]
) -> tuple[WatchedRow, ...]:
    """Find the rows on the way of the reported trips, in the order of the network's arcs."""
    used = {name for reported in trips for name in reported.trip.links}
    found: dict[tuple[str, str], WatchedRow] = {}
    for network in networks:
        arcs, bands = network.arcs, network.bands
        links = network.links
        ends = links.loc[links["link"].isin(used), ["from_node", "to_node"]]
        passed = set(ends.to_numpy().ravel())
        for place, name in enumerate(arcs.name):
            # Defaults stand at many places: only those where a trip passes are meant.
            if name not in used or network.layers[arcs.start[place]].node not in passed:
                continue
            groups = (arcs.hours_group[place], arcs.usd_group[place])
            for quantity, group in zip(QUANTITIES, groups, strict=True):
                if group >= 0:
                    key = (bands.names[int(group)], quantity)
                    found.setdefault(key, WatchedRow(*key, title=_title(*key, network)))
    return tuple(found.values())


def row_factors(
    rows: Sequence[WatchedRow], network: FreightNetwork, draw: FreightDraw
) -> FloatArray:
    """Compute a draw's factor on each row, ``[rows]``; one where there is no such row."""
    position = {name: place for place, name in enumerate(network.bands.names)}
    factors = dict(zip(QUANTITIES, draw.factors(network), strict=True))
    return np.array(
        [
            factors[row.quantity][position[row.name]] if row.name in position else 1.0
            for row in rows
        ],
        dtype=np.float64,
    )


def _title(name: str, quantity: str, network: FreightNetwork) -> str:
    """Say in words which row is meant: `name` is built of a kind and what it stands for."""
    kind, *rest = name.split(":")
    if kind == "crossing":
        crossings = network.crossings
        row = crossings.loc[crossings["crossing"] == rest[0]].iloc[0]
        sides = [str(row["from_iso3"]), str(row["to_iso3"])]
        way = " to ".join(sides if rest[1] == "forward" else sides[::-1])
        what = "Time" if quantity == "hours" else "Charges"
        return f"{what} at {row['name']} ({row['mode']}), {way}"
    if kind == "terminal":
        what = "Time" if quantity == "hours" else "Charges"
        nodes = network.nodes
        named = nodes.loc[nodes["node"] == rest[-1], "name"]
        where = str(named.iloc[0]) if len(named) else rest[-1].replace("-", " ")
        return f"{what} at the terminal of {where}"
    what = "running time" if quantity == "hours" else "rates"
    where = rest[0] if rest else ""
    place = name_of(where) if where in known_codes() else "general"
    return f"{kind.capitalize()} {what}, {place}"
