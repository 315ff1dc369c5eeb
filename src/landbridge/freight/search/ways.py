"""All ways between two places: the arcs with what they cost, and searches among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import NoRouteError
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.costs.shipments import Shipment, read_shipment, shipment_costs
from landbridge.freight.network.compiled import ArcKind, FreightNetwork, Layer
from landbridge.freight.network.places import find_place
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import by_text, column
from landbridge.units import FloatArray, IntArray

LINE_HAUL = (ArcKind.LINK, ArcKind.SEA)


class Step(NamedTuple):
    """One leg before it becomes a row."""

    kind: ArcKind
    name: str
    start: Layer
    end: Layer
    km: float
    hours: float
    usd: float


class Piece(NamedTuple):
    """A stretch that ways may have in common: a link, an event at a place, a stretch of sea."""

    km: float
    generalised_usd_per_tonne: float


@dataclass(frozen=True, eq=False)
class Ways:
    """The arcs that a trip between two places may use.

    Attributes
    ----------
    network, parameters, shipment
        What the costs were found from; the parameters hold the shipment's own values.
    ends
        Ids of the places.
    start, end
        ``[A]`` layer numbers; the network's arcs come first, then sea legs of outer ports.
    km, hours, usd, general
        ``[A]`` costs, the last with time at its value.
    modes
        ``[A]`` mode of line haul, empty for events at a place.
    doors
        Layers where the trip may start and where it may end.
    """

    network: FreightNetwork
    parameters: FreightParameters
    shipment: Shipment | None
    ends: tuple[str, str]
    start: IntArray
    end: IntArray
    km: FloatArray
    hours: FloatArray
    usd: FloatArray
    general: FloatArray
    modes: NDArray[np.str_]
    doors: tuple[list[int], list[int]]

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the places by id."""
        return by_text(self.network.tables.nodes, "node", "name")

    def least(self, weights: FloatArray) -> tuple[int, ...]:
        """Find the arcs of the path of least weight from door to door; none where there is no way.

        Parameters
        ----------
        weights
            ``[A]`` not negative; an arc of infinite weight is not used.
        """
        return self._lightest(weights, self.doors[0], self.doors[1], np.zeros(len(self.doors[0])))[
            0
        ]

    def through(
        self, weights: FloatArray, places: Sequence[str], *, modes: Sequence[str] = ()
    ) -> tuple[int, ...]:
        """Find the arcs of the path of least weight that passes places in their order.

        Parameters
        ----------
        weights
            ``[A]`` as in `least`.
        places
            Ids of places; passing one asks for no stop there, except that a ship calls at a port.
        modes
            For each place the mode in which it is passed, such as ``sea`` for a port where goods
            go on board; empty: any on land, if there is land.
        """
        here, so_far = self.doors[0], np.zeros(len(self.doors[0]))
        chains: list[dict[int, tuple[int, ...]]] = [dict.fromkeys(here, ())]
        for place, mode in zip(places, modes or ("",) * len(places), strict=True):
            layers = self._layers(place, mode) if mode else self._ashore(place)
            found = [self._lightest(weights, here, [layer], so_far) for layer in layers]
            reached = {
                layer: chains[-1][origin] + arcs
                for layer, (arcs, origin, weight) in zip(layers, found, strict=True)
                if np.isfinite(weight)
            }
            if not reached:
                return ()
            so_far = np.array([weight for _, _, weight in found if np.isfinite(weight)])
            chains.append(reached)
            here = list(reached)
        arcs, origin, weight = self._lightest(weights, here, self.doors[1], so_far)
        return chains[-1][origin] + arcs if np.isfinite(weight) else ()

    def _layers(self, place: str, mode: str) -> list[int]:
        layers = enumerate(self.network.layers)
        return [i for i, layer in layers if (layer.node, layer.mode) == (place, mode)]

    def _ashore(self, place: str) -> list[int]:
        """Find the layers of a place on land, or what else it has."""
        mine = [i for i, layer in enumerate(self.network.layers) if layer.node == place]
        return [i for i in mine if self.network.layers[i].mode != "sea"] or mine

    def trees(self, weights: FloatArray) -> tuple[_Tree, _Tree]:
        """Grow the trees of least weight from the start's doors and to the end's."""
        graph, used = self.graph(weights)
        keys = self.start[used] * graph.shape[0] + self.end[used]
        return (
            _Tree(*_tree(graph, self.doors[0]), keys, used, forward=True),
            _Tree(*_tree(graph.T.tocsr(), self.doors[1]), keys, used, forward=False),
        )

    def graph(self, weights: FloatArray) -> tuple[csr_array, IntArray]:
        """Build the graph of the lightest of parallel arcs, and the arc of each stored entry."""
        graph, used = least_arcs(self.start, self.end, weights, len(self.network.layers))
        return graph, np.asarray(used, dtype=np.int64)

    def steps(self, arcs: Sequence[int]) -> list[Step]:
        """List the legs of a way; sea legs that follow each other are one."""
        own = self.network.arcs
        steps = [
            Step(
                ArcKind(own.kind[arc]) if arc < len(own.kind) else ArcKind.SEA,
                own.name[arc] if arc < len(own.kind) else "",
                self.network.layers[self.start[arc]],
                self.network.layers[self.end[arc]],
                float(self.km[arc]),
                float(self.hours[arc]),
                float(self.usd[arc]),
            )
            for arc in arcs
        ]
        return _merge_sea(steps)

    def cost(self, arcs: Sequence[int]) -> float:
        """Price a way: generalised cost, USD per tonne, without what is paid at the ends."""
        return float(self.general[list(arcs)].sum())

    def pieces(self, arcs: Sequence[int]) -> dict[tuple[str, ...], Piece]:
        """Cut a way into stretches that others may share.

        Two ships from neighbouring ports share the open sea: a sea leg is cut at the points of
        the sea graph, its cost spread by length.
        """
        rate = self.parameters.usd_per_tonne_hour
        found: dict[tuple[str, ...], Piece] = {}
        for step in self.steps(arcs):
            cost = step.usd + rate * step.hours
            if step.kind == ArcKind.SEA:
                found |= self._sea_pieces(step, cost)
            elif step.kind in LINE_HAUL:
                found[step.name,] = Piece(step.km, cost)
            else:
                key = (step.name, step.start.node, step.start.mode, step.end.mode)
                found[key] = Piece(step.km, cost)
        return found

    def _sea_pieces(self, step: Step, cost: float) -> dict[tuple[str, ...], Piece]:
        sea = self.network.sea
        chain = sea.path(step.start.node, step.end.node)
        keys = [("sea", sea.points[a], sea.points[b]) for a, b in pairwise(chain)]
        where = np.radians(sea.where[chain])
        # The chord stands for the length: only its share of the leg matters.
        flat = np.cos(where[:, 1])
        points = np.stack([flat * np.cos(where[:, 0]), flat * np.sin(where[:, 0])], axis=1)
        points = np.column_stack([points, np.sin(where[:, 1])])
        length = np.linalg.norm(np.diff(points, axis=0), axis=1)
        share = length / length.sum() if length.sum() > 0 else np.full(len(keys), 1 / len(keys))
        return {
            key: Piece(step.km * float(part), cost * float(part))
            for key, part in zip(keys, share, strict=True)
        }

    def _lightest(
        self, weights: FloatArray, here: list[int], there: list[int], so_far: FloatArray
    ) -> tuple[tuple[int, ...], int, float]:
        """Find arcs, the door they start from and the weight of the best way between layers."""
        graph, used = self.graph(weights)
        least, before = dijkstra(graph, indices=here, return_predecessors=True)
        total = least[:, there] + so_far[:, None]
        row, goal = np.unravel_index(int(np.argmin(total)), total.shape)
        weight = float(total[row, goal])
        if not np.isfinite(weight):
            return (), here[0], weight
        chain = [there[goal]]
        while chain[-1] != here[row]:
            chain.append(int(before[row, chain[-1]]))
        chain.reverse()
        size = len(self.network.layers)
        keys = self.start[used] * size + self.end[used]
        wanted = np.array([a * size + b for a, b in pairwise(chain)], dtype=np.int64)
        arcs = used[np.searchsorted(keys, wanted)]
        return tuple(int(arc) for arc in arcs), here[row], weight


@dataclass(frozen=True, eq=False)
class _Tree:
    """A tree of least weight from some doors, or to them.

    Attributes
    ----------
    weight
        ``[L]`` from or to the nearest door; infinite where there is no way.
    parent
        ``[L]`` next layer towards the door; negative at doors and where there is no way.
    keys, arcs
        Start times the number of layers plus end of each arc of the graph, rising, and the arc.
    forward
        Whether arcs lead from the doors.
    """

    weight: FloatArray
    parent: IntArray
    keys: IntArray
    arcs: IntArray
    forward: bool

    def arcs_to(self, layer: int) -> list[int]:
        """Find the arcs between a layer and the door, the one at the layer first."""
        chain = [layer]
        while self.parent[chain[-1]] >= 0:
            chain.append(int(self.parent[chain[-1]]))
        near, far = np.array(chain[:-1], dtype=np.int64), np.array(chain[1:], dtype=np.int64)
        start, end = (far, near) if self.forward else (near, far)
        found = self.arcs[np.searchsorted(self.keys, start * len(self.weight) + end)]
        return [int(arc) for arc in found]


def _tree(graph: csr_array, doors: list[int]) -> tuple[FloatArray, IntArray]:
    weight, parent, _ = dijkstra(graph, indices=doors, return_predecessors=True, min_only=True)
    return np.asarray(weight), np.asarray(parent, dtype=np.int64)


def ways_between(
    network: FreightNetwork,
    parameters: FreightParameters,
    origin: str,
    destination: str,
    *,
    draw: FreightDraw | None = None,
    shipment: str | Shipment | None = None,
) -> Ways:
    """Lay out the arcs between two places with what they cost.

    Parameters
    ----------
    network, parameters, draw, shipment
        As in `routes.best_trip`.
    origin, destination
        Places by id or name.

    Raises
    ------
    UnknownNameError
        A place or the kind of shipment is not known; the nearest names are offered.
    NoRouteError
        The places are the same, or no open link leads to one of them.
    """
    ends = (
        find_place(network.tables, origin, where="origin"),
        find_place(network.tables, destination, where="destination"),
    )
    if ends[0] == ends[1]:
        name = by_text(network.tables.nodes, "node", "name")[ends[0]]
        raise NoRouteError(f"the trip starts and ends at {name}")
    load = read_shipment(shipment)
    own = parameters if load is None else load.parameters(parameters)
    hours, usd, rates = shipment_costs(network, own, draw, load)
    arcs = network.arcs
    extra = sea_arcs(network, ends)
    added = np.array([km for _, _, km in extra], dtype=np.float64)
    hours = np.concatenate((hours, added * rates[0]))
    usd = np.concatenate((usd, added * rates[1]))
    found = (doors(network, ends[0]), doors(network, ends[1]))
    for place, layers in zip(ends, found, strict=True):
        if not layers:
            raise NoRouteError(f"nothing leads to {place}: no link there is open")
    return Ways(
        network=network,
        parameters=own,
        shipment=load,
        ends=ends,
        start=np.concatenate((arcs.start, [a for a, _, _ in extra])).astype(np.int64),
        end=np.concatenate((arcs.end, [b for _, b, _ in extra])).astype(np.int64),
        km=np.concatenate((arcs.km, added)),
        hours=hours,
        usd=usd,
        general=usd + own.usd_per_tonne_hour * hours,
        modes=np.concatenate((arc_modes(network), np.full(len(extra), "sea"))),
        doors=found,
    )


def arc_modes(network: FreightNetwork) -> NDArray[np.str_]:
    """Find the mode of line haul of every arc of the network, empty for events at a place."""
    arcs = network.arcs
    layer_modes = np.array([layer.mode for layer in network.layers])
    hauled = np.isin(arcs.kind, [int(kind) for kind in LINE_HAUL])
    return np.where(hauled, layer_modes[arcs.start], "")


def doors(network: FreightNetwork, node: str) -> list[int]:
    """Find the layers where a trip may start or end at a place: its road, or all it has."""
    mine = [i for i, layer in enumerate(network.layers) if layer.node == node]
    road = [i for i in mine if network.layers[i].mode == "road"]
    return road or mine


def sea_arcs(network: FreightNetwork, ends: tuple[str, ...]) -> list[tuple[int, int, float]]:
    """Find the sea legs of ports that only the sea reaches, when the trip ends at one."""
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


def why_not(ways: Ways) -> str:
    """Say why there is no way, with what is shut."""
    network, ends = ways.network, ways.ends
    graph, _ = ways.graph(ways.general)
    reach = dijkstra(graph, indices=ways.doors[0], unweighted=True)
    found = {network.layers[i].node for i in np.flatnonzero(np.isfinite(reach).any(axis=0))}
    shut = network.tables.crossings
    names = column(shut[~shut["is_open"] | (shut["probability_open"] <= 0)], "name")
    closed = sorted({*names, *network.tables.closed})
    return (
        f"there is no way from {ends[0]} to {ends[1]}: {len(found)} places can be reached from "
        f"{ends[0]}, and {ends[1]} is not among them. Shut are: {', '.join(closed) or 'none'}."
    )


def _merge_sea(steps: list[Step]) -> list[Step]:
    """Join sea legs that follow each other: a ship does not call where they meet."""
    merged: list[Step] = []
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
