"""Distinct ways between two places, for a planner to compare.

Ways are found by plateaus (Abraham, Delling, Goldberg and Werneck 2013, Alternative routes in road
networks, ACM Journal of Experimental Algorithmics 18): a stretch that lies both on the best way
from the start and on the best way to the end is good on its own, and the best way through it is an
alternative. Those that cost too much or share too much with a better one are left out; what is
shared is measured in km, so that two ways that differ in one terminal are one. The best way of
each main mode, and by corridors that are asked for, come on top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.errors import InputError, NoRouteError
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.costs.shipments import Shipment
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.corridors import corridor_links, find_corridor
from landbridge.freight.routes.least_cost import Stage, Trip, trip_of
from landbridge.freight.routes.names import route_names
from landbridge.freight.search.modes import MAIN_MODES, MainMode, favour, main_mode
from landbridge.freight.search.ways import Piece, Ways, ways_between, why_not

MAX_COUNT = 50
COLUMNS = (
    "route",
    "found_as",
    "main_mode",
    "km",
    "hours",
    "usd_per_tonne",
    "generalised_usd_per_tonne",
    "cost_ratio",
    "shared_percent",
    "way",
)


@dataclass(frozen=True)
class Limits:
    """When a way counts as an alternative.

    Attributes
    ----------
    shared
        Largest share of km in common with a better way, of the shorter of the two.
    cost_ratio
        Largest generalised cost over the least.
    mode_cost_ratio
        The same for the best way of a mode; one by a corridor that is asked for may cost any.
    plateau
        Least cost of the stretch that is good on its own, over the least cost of the trip.
    """

    shared: float = 0.7
    cost_ratio: float = 1.6
    mode_cost_ratio: float = 3.0
    plateau: float = 0.04

    def __post_init__(self) -> None:
        """Refuse limits without a meaning."""
        if not 0 <= self.shared < 1:
            raise InputError(f"the share in common must be from 0 to below 1 (it is {self.shared})")
        for ratio in (self.cost_ratio, self.mode_cost_ratio):
            if not (np.isfinite(ratio) and ratio >= 1):
                raise InputError(f"a cost ratio must be at least 1 (it is {ratio})")
        if not 0 <= self.plateau < 1:
            raise InputError(f"the plateau must be from 0 to below 1 (it is {self.plateau})")


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Route:
    """One of several ways.

    Attributes
    ----------
    name
        What sets it apart: ``by Karachi and the sea``, ``by Hairatan and Torkham, road``.
    found_as
        ``least cost``, ``alternative``, ``best by road`` (rail, sea, air) or ``by <corridor>``.
    mode
        Main mode (`modes.main_mode`).
    trip
        The trip with its legs.
    cost_ratio
        Generalised cost over that of the least-cost path.
    shared
        Largest share of km in common with a way before it, of the shorter of the two; ratio.
    pieces
        The stretches it consists of (`ways.Ways.pieces`).
    """

    name: str
    found_as: str
    mode: MainMode
    trip: Trip
    cost_ratio: float
    shared: float
    pieces: Mapping[tuple[str, ...], Piece]


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Distinct ways between two places, the least-cost one first, then by cost.

    Attributes
    ----------
    origin, destination
        Names of the places.
    routes
        The ways.
    notes
        What was asked for and is not there, and why.
    """

    origin: str
    destination: str
    routes: tuple[Route, ...]
    notes: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row a way; columns `COLUMNS`."""
        rows = [
            (
                route.name,
                route.found_as,
                route.mode,
                route.trip.km,
                route.trip.hours,
                route.trip.usd_per_tonne,
                route.trip.generalised_usd_per_tonne,
                route.cost_ratio,
                100.0 * route.shared,
                route.trip.text,
            )
            for route in self.routes
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True)
class _Found:
    found_as: str
    arcs: tuple[int, ...]
    cost: float
    shared: float


def alternatives(  # noqa: PLR0913 - keyword options
    network: FreightNetwork,
    parameters: FreightParameters,
    origin: str,
    destination: str,
    *,
    count: int = 3,
    limits: Limits = DEFAULT_LIMITS,
    by_mode: bool = True,
    corridors: Sequence[str] = (),
    shipment: str | Shipment | None = None,
    draw: FreightDraw | None = None,
    stage: Stage = "before",
) -> Alternatives:
    """Find distinct ways between two places.

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    origin, destination
        Places by id or name.
    count
        How many ways to look for, the least-cost one among them.
    limits
        When a way counts as an alternative.
    by_mode
        Add the best way by road alone, by rail and by sea where it is not among them.
    corridors
        Corridors by id or name (table ``freight/corridors``); add the best way along each.
    shipment
        A kind of shipment; absent: general cargo.
    draw
        The rows' own uncertainty; neutral when absent.
    stage
        What to write into the legs' column ``stage``.

    Returns
    -------
    Alternatives
        At least the least-cost path. The same input gives the same ways in the same order.

    Raises
    ------
    UnknownNameError
        A place, corridor or kind of shipment is not known.
    NoRouteError
        There is no way at all, with the reason.
    InputError
        ``count`` is not from 1 to 50.

    Examples
    --------
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> found = alternatives(load_network(), central_parameters(), "Tashkent", "Karachi", count=2)
    >>> found.routes[0].cost_ratio
    1.0
    """
    if not 1 <= count <= MAX_COUNT:
        raise InputError(f"the number of routes must be from 1 to {MAX_COUNT} (it is {count})")
    named = [find_corridor(name) for name in corridors]
    ways = ways_between(network, parameters, origin, destination, draw=draw, shipment=shipment)
    choice = _Choice(ways, limits)
    first = ways.least(ways.general)
    if not first:
        raise NoRouteError(why_not(ways))
    choice.take("least cost", first)
    choice.add_plateaus(count)
    if by_mode:
        choice.add_modes()
    for corridor in named:
        choice.add_corridor(corridor.name, corridor_links(network, corridor.corridor))
    return choice.made(stage)


class _Choice:
    """Grows while ways are found; never leaves this module."""

    def __init__(self, ways: Ways, limits: Limits) -> None:
        self.ways = ways
        self.limits = limits
        self.found: list[_Found] = []
        self.pieces: list[dict[tuple[str, ...], Piece]] = []
        self.notes: list[str] = []

    @property
    def least(self) -> float:
        return self.found[0].cost

    def shared(self, arcs: tuple[int, ...]) -> float:
        """Compute the largest share in common with a way found already."""
        own = self.ways.pieces(arcs)
        return max((_shared(own, other) for other in self.pieces), default=0.0)

    def take(self, found_as: str, arcs: tuple[int, ...]) -> None:
        found = _Found(found_as, arcs, self.ways.cost(arcs), self.shared(arcs))
        self.found.append(found)
        self.pieces.append(self.ways.pieces(arcs))

    def add_plateaus(self, count: int) -> None:
        """Take the cheapest ways over plateaus that differ enough, up to the count."""
        close = 0
        for arcs in plateau_ways(self.ways, self.limits):
            if len(self.found) == count:
                return
            if self.shared(arcs) > self.limits.shared:
                close += 1
            else:
                self.take("alternative", arcs)
        if len(self.found) < count:
            self.notes.append(
                f"Distinct ways: {len(self.found)} of {count} asked for. Others cost over "
                f"{self.limits.cost_ratio:g} times the least, or share over "
                f"{self.limits.shared:.0%} of their km with these ({close} of them)."
            )

    def add_modes(self) -> None:
        """Take the best way of each main mode that is not there yet."""
        ways = self.ways
        for mode in MAIN_MODES:
            if mode not in {*ways.modes.tolist()}:
                continue
            if any(main_mode(ways.km, ways.modes, one.arcs) == mode for one in self.found):
                continue
            tried = [ways.least(weights) for weights in favour(ways.general, ways.modes, mode)]
            fit = [a for a in tried if a and main_mode(ways.km, ways.modes, a) == mode]
            if not fit:
                self.notes.append(f"No way is mainly by {mode}.")
                continue
            best = min(fit, key=lambda arcs: (ways.cost(arcs), arcs))
            ratio = ways.cost(best) / self.least
            if ratio > self.limits.mode_cost_ratio:
                self.notes.append(f"The best way by {mode} costs {ratio:.1f} times the least.")
            else:
                self.take(f"best by {mode}", best)

    def add_corridor(self, name: str, links: frozenset[str]) -> None:
        """Take the best way that follows a corridor for more than half of its km."""
        ways = self.ways
        own = ways.network.arcs.name
        on = np.array([place < len(own) and own[place] in links for place in range(len(ways.km))])
        hauled = ways.modes != ""
        for tilt in (1.0, 2.0, 4.0):
            arcs = ways.least(np.where(hauled & ~on, tilt * ways.general, ways.general))
            used = list(arcs)
            km = float(ways.km[used].sum())
            if arcs and float(ways.km[used][on[used]].sum()) > 0.5 * km:
                same = next((n for n, one in enumerate(self.found) if one.arcs == arcs), None)
                if same is None:
                    self.take(f"by {name}", arcs)
                else:
                    old = self.found[same]
                    self.found[same] = _Found(
                        f"{old.found_as}, by {name}", old.arcs, old.cost, old.shared
                    )
                return
        self.notes.append(f"No way follows {name} for more than half of its km.")

    def made(self, stage: Stage) -> Alternatives:
        ways = self.ways
        order = sorted(range(len(self.found)), key=lambda n: (self.found[n].cost, n))
        chosen = [self.found[n] for n in order]
        trips = [trip_of(ways, one.arcs, stage=stage) for one in chosen]
        modes = [main_mode(ways.km, ways.modes, one.arcs) for one in chosen]
        names = route_names(ways, [one.arcs for one in chosen], modes)
        least = trips[0].generalised_usd_per_tonne
        routes = [
            Route(
                name=name,
                found_as=one.found_as,
                mode=mode,
                trip=trip,
                cost_ratio=trip.generalised_usd_per_tonne / least,
                shared=one.shared,
                pieces=self.pieces[place],
            )
            for name, one, mode, trip, place in zip(names, chosen, modes, trips, order, strict=True)
        ]
        return Alternatives(
            origin=trips[0].origin,
            destination=trips[0].destination,
            routes=tuple(routes),
            notes=tuple(self.notes),
        )


def plateau_ways(ways: Ways, limits: Limits) -> list[tuple[int, ...]]:
    """Find the best ways over plateaus, the cheapest first, none that turns back on itself.

    Parameters
    ----------
    ways
        The arcs between two places.
    limits
        Largest cost, and least weight of a plateau.
    """
    forth, back = ways.trees(ways.general)
    through = forth.weight + back.weight
    least = float(through.min())
    nodes = np.arange(len(through))
    # An arc (u, v) lies on a plateau where u is v's parent from the start and v is u's parent to
    # the end.
    up = forth.parent
    on = (up >= 0) & np.isfinite(through)
    on[on] = back.parent[up[on]] == nodes[on]
    head = np.isfinite(through) & ~on & (through <= limits.cost_ratio * least)
    found: dict[tuple[int, ...], float] = {}
    for layer in nodes[head].tolist():
        tail = layer
        while back.parent[tail] >= 0 and on[back.parent[tail]] and up[back.parent[tail]] == tail:
            tail = int(back.parent[tail])
        if forth.weight[tail] - forth.weight[layer] < limits.plateau * least:
            continue
        arcs = (*forth.arcs_to(layer)[::-1], *back.arcs_to(layer))
        if not _turns_back(ways, arcs):
            found[arcs] = float(through[layer])
    return sorted(found, key=lambda arcs: (found[arcs], arcs))


def _turns_back(ways: Ways, arcs: Sequence[int]) -> bool:
    """Say whether a way comes again to a place that it has left."""
    layers = [ways.network.layers[ways.start[arc]].node for arc in arcs]
    layers.append(ways.network.layers[ways.end[arcs[-1]]].node)
    visits = [node for n, node in enumerate(layers) if n == 0 or node != layers[n - 1]]
    return len(set(visits)) < len(visits)


def _shared(own: Mapping[tuple[str, ...], Piece], other: Mapping[tuple[str, ...], Piece]) -> float:
    """Compute the km in common over the km of the shorter."""
    shorter = min(sum(piece.km for piece in way.values()) for way in (own, other))
    common = sum(piece.km for key, piece in own.items() if key in other)
    return common / shorter if shorter > 0 else 1.0
