"""What ports and crossings can take in a year, and what passes them.

A place is one direction of a crossing, which all cargo shares, or one direction over the quay of a
port for a group of cargo that it handles. What is built has no limit unless a scenario states one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.tables import by_text, rows
from landbridge.tables import embedded_table
from landbridge.units import FloatArray, IntArray

OWN_GROUPS: Final = ("liquid", "gas")
BULK: Final = "bulk"
BOXES: Final = "boxes"
UNLIMITED: Final = "high-value"


class Place(NamedTuple):
    """One direction of a crossing or of a port's quay.

    Attributes
    ----------
    kind, element
        ``port`` or ``crossing``, and its id.
    direction
        ``forward`` or ``backward`` as a crossing is written, ``loaded`` or ``unloaded`` at a port.
    group
        Group of cargo that the quay handles; empty at crossings.
    """

    kind: str
    element: str
    direction: str
    group: str


@dataclass(frozen=True, eq=False)
class Limits:
    """Places with a limit on a network.

    Attributes
    ----------
    places
        X places.
    capacity
        ``[X]`` million tonnes a year.
    at
        By group of cargo ``[A]``: the place of each arc; -1 where there is none.
    """

    places: tuple[Place, ...]
    capacity: FloatArray
    at: dict[str, IntArray]

    def load(self, groups: Sequence[str], arcs: Sequence[FloatArray]) -> FloatArray:
        """Sum what passes each place, ``[X]``; one group and ``[A]`` million tonnes a class."""
        found = np.zeros(len(self.places))
        for group, flow in zip(groups, arcs, strict=True):
            place = self.at[group]
            here = place >= 0
            found += np.bincount(place[here], weights=flow[here], minlength=len(found))
        return found

    def charges(self, group: str, price: FloatArray) -> FloatArray:
        """Lay prices of places at the arcs that a group passes, ``[A]`` USD per tonne."""
        return np.where(self.at[group] >= 0, price[np.maximum(self.at[group], 0)], 0.0)


def handling_group(cargo: CargoClass) -> str:
    """Say which part of a port a class of cargo goes through."""
    if cargo.name in (*OWN_GROUPS, UNLIMITED):
        return cargo.name
    return BOXES if cargo.tonnes_per_teu > 0 else BULK


def limits_of(
    network: FreightNetwork,
    groups: Sequence[str],
    before: FreightNetwork,
    arcs_before: Sequence[FloatArray],
) -> Limits:
    """Work out what ports and crossings can take.

    Parameters
    ----------
    network
        Whose places are limited, by its own statements too (`FreightTables.capacities`).
    groups
        Group of each class of cargo.
    before
        Today's network. A place that it lacks has no limit but a stated one.
    arcs_before
        ``[A]`` million tonnes a year of each class over it today.
    """
    today = _places_on(before, groups)
    loads = np.zeros(len(today.places))
    if len(loads):
        loads = today.load(groups, arcs_before)
    held = dict(zip(today.places, loads.tolist(), strict=True))
    found = _places_on(network, groups)
    mode = by_text(network.tables.crossings, "crossing", "mode")
    rules = {
        (row.kind, row.element, row.mode, row.cargo_group): (float(row.headroom), float(row.least))
        for row in rows(embedded_table("freight", "capacities"))
    }
    capacity = np.array([_capacity(place, held, mode, rules) for place in found.places])
    return Limits(found.places, _stated(network, found.places, capacity), found.at)


def _capacity(
    place: Place,
    held: dict[Place, float],
    mode: dict[str, str],
    rules: dict[tuple[str, str, str, str], tuple[float, float]],
) -> float:
    """Take the row of the element, else that of its kind; no limit where it was not there."""
    if place not in held:
        return np.inf
    own_mode = mode[place.element] if place.kind == "crossing" else ""
    keys = [(place.kind, name, own_mode, place.group) for name in (place.element, "")]
    rule = next((rules[key] for key in keys if key in rules), None)
    return np.inf if rule is None else max(rule[0] * held[place], rule[1])


def _stated(network: FreightNetwork, places: tuple[Place, ...], capacity: FloatArray) -> FloatArray:
    """Put what a scenario states in the place of what the rules say."""
    found = capacity.copy()
    for row in rows(network.tables.capacities):
        for number, place in enumerate(places):
            mine = (place.kind, place.element) == (row.kind, row.element)
            if mine and row.cargo_group in ("", place.group):
                level = not np.isnan(row.million_tonnes)
                found[number] = row.million_tonnes if level else found[number] * row.factor
    return found


def _places_on(network: FreightNetwork, groups: Sequence[str]) -> Limits:
    """Find the places of a network, and the arcs of each."""
    arcs = network.arcs
    ways = np.where(arcs.forward, "forward", "backward")
    quays = np.where(arcs.forward, "loaded", "unloaded")
    crossing = np.flatnonzero(arcs.kind == int(ArcKind.CROSSING))
    # Air terminals have the kind of a port's arcs; a port's layers are at sea.
    at_sea = np.array([layer.mode == "sea" for layer in network.layers])
    quay = arcs.kind == int(ArcKind.PORT)
    port = np.flatnonzero(quay & (at_sea[arcs.start] | at_sea[arcs.end]))
    number: dict[Place, int] = {}
    at = {}
    for group in dict.fromkeys(groups):
        mine = np.full(len(arcs.start), -1, dtype=np.int64)
        for arc in crossing:
            place = Place("crossing", arcs.name[arc], str(ways[arc]), "")
            mine[arc] = number.setdefault(place, len(number))
        if group != UNLIMITED:
            for arc in port:
                node = network.layers[arcs.start[arc]].node
                place = Place("port", node, str(quays[arc]), group)
                mine[arc] = number.setdefault(place, len(number))
        at[group] = mine
    return Limits(tuple(number), np.full(len(number), np.inf), at)
