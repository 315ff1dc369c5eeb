"""Length, time and cost of several trips at once, without their legs: what draws need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, arc_costs, sea_rates
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import by_text
from landbridge.freight.search.ways import doors, sea_arcs
from landbridge.units import BoolArray, FloatArray

NO_WAY: Final = "no way"
SEA: Final = "sea"
SHORT: Final = 0.1
"""Part of a way, by length, under which a stretch in one mode is not named."""
NETWORKS_KEPT: Final = 4


def trip_totals(
    network: FreightNetwork,
    parameters: FreightParameters,
    trips: Sequence[tuple[str, str]],
    *,
    draw: FreightDraw | None = None,
) -> FloatArray:
    """Compute the totals of least-cost trips (as `routes.best_trip`, many at once).

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    trips
        Pairs of place ids.
    draw
        The rows' own uncertainty; neutral when absent.

    Returns
    -------
    FloatArray
        ``[trips, 4]`` km, hours, USD per tonne, generalised USD per tonne; infinite where there
        is no way, zero where a trip ends where it starts.
    """
    return trip_totals_and_ways(network, parameters, trips, draw=draw)[0]


def trip_totals_and_ways(
    network: FreightNetwork,
    parameters: FreightParameters,
    trips: Sequence[tuple[str, str]],
    *,
    draw: FreightDraw | None = None,
) -> tuple[FloatArray, list[str]]:
    """Compute the totals of least-cost trips, and say which way each takes.

    Parameters
    ----------
    network, parameters, trips, draw
        As in `trip_totals`.

    Returns
    -------
    tuple
        The totals of `trip_totals`, and a label a trip: its modes in turn, each with the economies
        that it crosses, such as ``rail RUS-KAZ-UZB, road UZB-AFG-PAK``; `NO_WAY` where there is
        none. Stretches in one mode that are less than `SHORT` of the way, such as the road to a
        station, are left out. Two ways of one label differ in these and in links.
    """
    ways = _Ways(network, parameters, trips, draw)
    totals = np.full((len(trips), 4), np.inf)
    labels = [NO_WAY] * len(trips)
    for row, entries in enumerate(ways.arcs_of(trips)):
        if entries is not None:
            totals[row] = ways.parts[:, entries].sum(axis=1)
            labels[row] = ways.label(entries)
    return totals, labels


def trips_over(
    network: FreightNetwork,
    parameters: FreightParameters,
    trips: Sequence[tuple[str, str]],
    iso3: str,
    *,
    draw: FreightDraw | None = None,
) -> BoolArray:
    """Say which least-cost trips go over links of an economy.

    Parameters
    ----------
    network, parameters, trips, draw
        As in `trip_totals`.
    iso3
        The economy.

    Returns
    -------
    BoolArray
        ``[trips]`` false where there is no way.
    """
    inside = _inside(network, iso3)
    ways = _Ways(network, parameters, trips, draw)
    entries = np.zeros(ways.parts.shape[1], dtype=np.bool_)
    own = ways.used < len(inside)
    entries[own] = inside[ways.used[own]]
    return np.array(
        [found is not None and bool(entries[found].any()) for found in ways.arcs_of(trips)],
        dtype=np.bool_,
    )


@lru_cache(maxsize=NETWORKS_KEPT)
def _owners(network: FreightNetwork) -> dict[str, str]:
    """Read the economy of each link, by the network itself, which does not change."""
    return by_text(network.tables.links, "link", "iso3")


@lru_cache(maxsize=NETWORKS_KEPT)
def _inside(network: FreightNetwork, iso3: str) -> BoolArray:
    """Mark the arcs that are links of an economy, by the network itself."""
    owner, arcs = _owners(network), network.arcs
    return np.array(
        [
            kind == ArcKind.LINK and owner.get(name) == iso3
            for kind, name in zip(arcs.kind, arcs.name, strict=True)
        ],
        dtype=np.bool_,
    )


class _Stretch(NamedTuple):
    """A part of a way in one mode."""

    mode: str
    economies: tuple[str, ...]
    km: float


def _joined(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Join neighbours of one mode; an economy that follows itself is named once."""
    found: list[_Stretch] = []
    for one in stretches:
        if not found or found[-1].mode != one.mode:
            found.append(one)
            continue
        last = found[-1]
        more = one.economies[last.economies[-1:] == one.economies[:1] :]
        found[-1] = _Stretch(one.mode, last.economies + more, last.km + one.km)
    return found


class _Ways:
    """The arcs that some trips may use, and the search among them, one tree an origin."""

    def __init__(
        self,
        network: FreightNetwork,
        parameters: FreightParameters,
        trips: Sequence[tuple[str, str]],
        draw: FreightDraw | None,
    ) -> None:
        self.network = network
        arcs = network.arcs
        places = tuple(dict.fromkeys(place for trip in trips for place in trip))
        extra = sea_arcs(network, places)
        start = np.concatenate((arcs.start, [pair[0] for pair in extra])).astype(np.int64)
        end = np.concatenate((arcs.end, [pair[1] for pair in extra])).astype(np.int64)
        added = np.array([pair[2] for pair in extra], dtype=np.float64)
        hours, usd = arc_costs(network, parameters, draw)
        per_km_hours, per_km_usd = sea_rates(network, parameters, draw)
        km = np.concatenate((arcs.km, added))
        hours = np.concatenate((hours, added * per_km_hours))
        usd = np.concatenate((usd, added * per_km_usd))
        general = usd + parameters.usd_per_tonne_hour * hours
        self.size = len(network.layers)
        self.graph, used = least_arcs(start, end, general, self.size)
        self.used = np.asarray(used, dtype=np.int64)
        self.keys = start[used] * self.size + end[used]
        self.parts = np.stack([km, hours, usd, general])[:, used]
        self.ends = {place: doors(network, place) for place in places}

    def arcs_of(self, trips: Sequence[tuple[str, str]]) -> Iterator[list[int] | None]:
        """Find the stored entries of each trip's arcs in turn; None where there is no way."""
        trees: dict[str, tuple[FloatArray, np.ndarray]] = {}
        for origin, destination in trips:
            if origin == destination:
                yield []
                continue
            if not self.ends[origin] or not self.ends[destination]:
                yield None
                continue
            if origin not in trees:
                least, before, _ = dijkstra(
                    self.graph, indices=self.ends[origin], return_predecessors=True, min_only=True
                )
                trees[origin] = (least, before)
            least, before = trees[origin]
            goal = min(self.ends[destination], key=lambda layer: float(least[layer]))
            yield self._arcs_to(goal, before) if np.isfinite(least[goal]) else None

    def label(self, entries: Sequence[int]) -> str:
        """Name the way of some stored entries: modes in turn, with the economies on land."""
        arcs, layers, owners = self.network.arcs, self.network.layers, _owners(self.network)
        stretches: list[_Stretch] = []
        for entry in entries:
            arc = int(self.used[entry])
            own = arc < len(arcs.kind)
            if own and arcs.kind[arc] not in (ArcKind.LINK, ArcKind.SEA):
                continue
            on_land = own and arcs.kind[arc] == ArcKind.LINK
            stretches.append(
                _Stretch(
                    layers[arcs.start[arc]].mode if on_land else SEA,
                    (owners.get(arcs.name[arc], ""),) if on_land else (),
                    float(self.parts[0, entry]),
                )
            )
        whole = sum(one.km for one in stretches)
        long = [one for one in _joined(stretches) if one.km >= SHORT * whole]
        return ", ".join(
            " ".join((one.mode, "-".join(filter(None, one.economies)))).strip()
            for one in _joined(long)
        )

    def _arcs_to(self, goal: int, before: np.ndarray) -> list[int]:
        """Find the stored entries of the arcs that lead to a layer, the first one first."""
        found, here = [], goal
        while before[here] >= 0:
            up = int(before[here])
            found.append(int(np.searchsorted(self.keys, up * self.size + here)))
            here = up
        return found[::-1]
