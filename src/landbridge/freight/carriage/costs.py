"""What each mode costs every class of cargo between centres, without the ways themselves.

The costs are those of `ways`, which also keeps the trees along which goods are carried. By road: no
border is passed by rail. By rail: one is at least. Between a centre and a port: over land and
ferries, what the port takes included. By sea: from port to port.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.distances import flown_km, piped_km
from landbridge.freight.choice.mode_costs import goes_abroad, marks
from landbridge.freight.costs.carbon import carbon_usd_per_tonne_km
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, mode_rates
from landbridge.freight.costs.shipments import shipment_access, shipment_costs
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.cost_graph import Structure
from landbridge.freight.network.parts import Absent
from landbridge.freight.network.pipelines import TARIFF_KM, commodity_named
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import column
from landbridge.freight.search.sweeps import Ends, costed, ends_at, grouped_ends
from landbridge.freight.search.tree_graph import Ties, centres_of, largest_centres, ties_of
from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray, IntArray

GRAPHS_KEPT = 4
PIPED: Final = {"liquid": ("oil", 1.0), "gas": ("gas", 0.75)}
"""Commodity of the pipelines by class of cargo, and tonnes in the unit of its tariffs."""


@dataclass(frozen=True, eq=False)
class ModeCosts:
    """Costs of the modes for one class of cargo, USD per tonne, time at its felt value.

    Attributes
    ----------
    network
        What was searched.
    ties
        C centres and how they come on the network.
    access
        ``[T]`` what every tie costs.
    on_land, to_quay
        ``[A]`` what every arc of `land_graphs` costs, and on the way to a port and from one.
    land
        By mode (``road``, ``rail``) that the class takes: ``[C, C]``.
    to_port, from_port
        ``[C, P]`` from a centre to on board, and from on board to a centre.
    at_sea
        ``[P, P]`` between ports on board; infinite from a port to itself.
    piped
        ``[N, N]`` by pipeline between economies.
    flown
        ``[C, C]`` by air.
    """

    network: FreightNetwork
    ties: Ties
    access: FloatArray
    on_land: FloatArray
    to_quay: FloatArray
    land: dict[str, FloatArray]
    to_port: FloatArray
    from_port: FloatArray
    at_sea: FloatArray
    piped: FloatArray
    flown: FloatArray


@dataclass(frozen=True)
class Centres:
    """Which centres of economies are searched.

    Attributes
    ----------
    largest_only
        Whether the largest centre of an economy stands for all of it: rough, and several times as
        fast.
    among
        Positions of the economies between which costs are found, the others being uncovered;
        absent: all.
    """

    largest_only: bool = False
    among: tuple[int, ...] | None = None

    def of(self, ties: Ties) -> Ties:
        """Keep the ties of these centres."""
        found = ties if self.among is None else centres_of(ties, self.among)
        return largest_centres(found) if self.largest_only else found


EVERY_CENTRE: Final = Centres()


def mode_costs(
    network: FreightNetwork,
    parameters: FreightParameters,
    classes: Sequence[CargoClass],
    *,
    iso3: tuple[str, ...],
    draw: FreightDraw | None = None,
    absent: Absent = "refuse",
    centres: Centres = EVERY_CENTRE,
    extra: FloatArray | None = None,
) -> tuple[ModeCosts, ...]:
    """Find what every mode costs every class of cargo.

    Parameters
    ----------
    network, parameters, draw, iso3, absent
        As in `skims.generalised_costs`; value and value of time are each class's own.
    classes
        K classes.
    centres
        Which are searched.
    extra
        ``[K, arcs]`` what each pays on top, USD per tonne: prices of places that are full.

    Returns
    -------
    tuple of ModeCosts
        One a class.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network, and is refused; or none has one.
    """
    ties = centres.of(ties_of(network, iso3, absent))
    layers = port_layers_of(network)
    graphs = land_graphs(network)
    priced = [_priced(network, parameters, cargo, ties, draw) for cargo in classes]
    general = np.stack([one.arcs for one in priced])
    general = general if extra is None else general + extra
    access = np.stack([one.access for one in priced])
    doors = centre_ends(ties, access)
    ports = ends_at(layers, len(classes))
    on_land = general[:, graphs.land]
    to_quay = np.stack(
        [graphs.to_ports(one, cargo) for one, cargo in zip(on_land, classes, strict=True)]
    )
    searched = _Searched(graphs, classes, on_land, to_quay)
    land = searched.over_land(doors)
    out, back = searched.quays.between(doors, ports), searched.quays.between(ports, doors)
    flown = flown_km(network, ties)
    found = []
    for place, (cargo, one) in enumerate(zip(classes, priced, strict=True)):
        at_sea = network.sea.km * one.usd_per_km_at_sea
        at_sea += network.sea.charge * cargo.shipment.sea_usd_factor
        np.fill_diagonal(at_sea, np.inf)
        found.append(
            ModeCosts(
                network=network,
                ties=ties,
                access=one.access,
                on_land=on_land[place],
                to_quay=to_quay[place],
                land=land[place],
                to_port=out[place],
                from_port=back[place].T,
                at_sea=at_sea,
                piped=piped_costs(network, cargo, iso3),
                flown=flown * air_rate(network, cargo, one.usd_per_tonne_hour),
            )
        )
    return tuple(found)


class _Searched:
    """Costs of every class on the graph of land, ready for searches: those shared, once."""

    def __init__(
        self,
        graphs: LandGraphs,
        classes: Sequence[CargoClass],
        on_land: FloatArray,
        to_quay: FloatArray,
    ) -> None:
        self.graphs, self.classes = graphs, classes
        self.by_land = np.flatnonzero(
            [not {"road", "rail"}.isdisjoint(one.modes) for one in classes]
        )
        # A class that goes to foreign ports has the same costs on the way there as elsewhere.
        own = [place for place in self.by_land.tolist() if not classes[place].foreign_ports]
        weights = (to_quay, graphs.by_road(on_land[self.by_land]), on_land[own])
        self._all = costed(graphs.structure, np.concatenate(weights))
        count = len(classes)
        self.quays = self._all.at(np.arange(count))
        self._road = self._all.at(count + np.arange(len(self.by_land)))
        every = self.by_land.copy()
        every[np.isin(every, own)] = count + len(self.by_land) + np.arange(len(own))
        self._every = self._all.at(every)

    def over_land(self, centres: Ends) -> list[dict[str, FloatArray]]:
        """Compute what each class pays by the land modes that it takes, ``[C, C]`` by mode."""
        ends = Ends(centres.first, centres.node, centres.cost[self.by_land])
        both = self._road.with_change(self._every, self.graphs.marked, ends, ends)
        found: list[dict[str, FloatArray]] = [{} for _ in self.classes]
        for mode, costs in zip(("road", "rail"), both, strict=True):
            for place, one in zip(self.by_land.tolist(), costs, strict=True):
                if mode in self.classes[place].modes:
                    found[place][mode] = one
        return found


def centre_ends(ties: Ties, access: FloatArray) -> Ends:
    """Group the ties of each centre, whose costs are ``[K, T]``."""
    return grouped_ends(ties.centre, ties.layers[ties.root], access, len(ties.owner))


def lifted(ends: Ends, size: int) -> Ends:
    """Move ends to the second copy of a doubled graph."""
    return Ends(ends.first, ends.node + size, ends.cost)


@dataclass(frozen=True, eq=False)
class _Priced:
    """What one class pays: ``[arcs]``, ``[ties]``, by km at sea and by hour, USD per tonne."""

    arcs: FloatArray
    access: FloatArray
    usd_per_km_at_sea: float
    usd_per_tonne_hour: float


def _priced(
    network: FreightNetwork,
    parameters: FreightParameters,
    cargo: CargoClass,
    ties: Ties,
    draw: FreightDraw | None,
) -> _Priced:
    own = cargo.shipment.parameters(parameters)
    rate = own.usd_per_tonne_hour
    hours, usd, sea = shipment_costs(network, own, draw, cargo.shipment)
    tie_hours, tie_usd = shipment_access(network, own, draw, cargo.shipment)
    access = (tie_usd + rate * tie_hours)[ties.rows]
    return _Priced(usd + rate * hours, access, sea[1] + rate * sea[0], rate)


@dataclass(frozen=True, eq=False)
class LandGraphs:
    """The network without its sea legs, once, and doubled for ways by rail.

    Attributes
    ----------
    land
        Numbers of its arcs.
    structure
        Of these arcs.
    marked
        Which of them pass a border by rail.
    abroad
        Which of them lead to another economy.
    doubled
        The first copy without the marked arcs, the second with all, and the marked ones from the
        first to the second: a way from copy to copy passes a border by rail.
    twice
        Position in `land` of every arc of `doubled`.
    """

    land: IntArray
    structure: Structure
    marked: BoolArray
    abroad: BoolArray
    doubled: Structure
    twice: IntArray

    def by_road(self, costs: FloatArray) -> FloatArray:
        """Close the arcs that pass a border by rail, ``[K, arcs]``."""
        return np.where(self.marked, np.inf, costs)

    def to_ports(self, costs: FloatArray, cargo: CargoClass) -> FloatArray:
        """Close the arcs by which a class of cargo does not go to a port, ``[arcs]``."""
        return costs if cargo.foreign_ports else np.where(self.abroad, np.inf, costs)


@lru_cache(maxsize=GRAPHS_KEPT)
def land_graphs(network: FreightNetwork) -> LandGraphs:
    """Lay out the graphs of a network; those of the last few are kept."""
    arcs, size = network.arcs, len(network.layers)
    land = np.flatnonzero(arcs.kind != int(ArcKind.SEA))
    by_rail = np.zeros(len(arcs.start), dtype=bool)
    by_rail[: arcs.core] = marks(network)["rail"]
    marked = by_rail[land]
    start, end = arcs.start[land], arcs.end[land]
    plain, every, over = np.flatnonzero(~marked), np.arange(len(land)), np.flatnonzero(marked)
    twice = np.concatenate((plain, every, over))
    counts = [len(plain), len(every), len(over)]
    lift_from, lift_to = np.repeat([0, size, 0], counts), np.repeat([0, size, size], counts)
    return LandGraphs(
        land=land,
        structure=Structure(size, start, end),
        marked=marked,
        abroad=goes_abroad(network)[land],
        doubled=Structure(2 * size, start[twice] + lift_from, end[twice] + lift_to),
        twice=twice,
    )


@lru_cache(maxsize=GRAPHS_KEPT)
def port_layers_of(network: FreightNetwork) -> IntArray:
    """Find the layer of each port of the sea on the water, ``[P]``; -1 where it is shut."""
    quay = {
        layer.node: number for number, layer in enumerate(network.layers) if layer.mode == "sea"
    }
    return np.array([quay.get(port, -1) for port in network.sea.ports], dtype=np.int64)


def piped_costs(network: FreightNetwork, cargo: CargoClass, iso3: tuple[str, ...]) -> FloatArray:
    """Compute the least tariffs by open pipelines between economies, ``[N, N]`` USD per tonne."""
    if cargo.name not in PIPED:
        return np.full((len(iso3), len(iso3)), np.inf)
    found: FloatArray = _piped(cargo.name, iso3)
    charge = carbon_usd_per_tonne_km(network, "pipeline", cargo.name)
    if not charge:
        return found
    km: FloatArray = piped_km(commodity_named(PIPED[cargo.name][0]), iso3)
    return np.asarray(found + charge * km)


@lru_cache(maxsize=2 * len(PIPED))
def _piped(cargo: str, iso3: tuple[str, ...]) -> FloatArray:
    found = np.full((len(iso3), len(iso3)), np.inf)
    name, tonnes = PIPED[cargo]
    commodity = commodity_named(name)
    sections = embedded_table("freight", "pipelines")
    mine = sections[(sections["commodity"] == commodity) & (sections["status"] == "open")]
    places = embedded_table("freight", "pipeline_places")
    number = {place: index for index, place in enumerate(column(places, "place"))}
    one = np.array([number[place] for place in column(mine, "from_place")])
    other = np.array([number[place] for place in column(mine, "to_place")])
    usd = (mine["km"] * mine["tariff"]).to_numpy(dtype=np.float64) / TARIFF_KM / tonnes
    graph = least_arcs(np.r_[one, other], np.r_[other, one], np.r_[usd, usd], len(places))[0]
    cost = dijkstra(graph)
    position = {code: index for index, code in enumerate(iso3)}
    owner = np.array([position.get(code, -1) for code in column(places, "iso3")])
    known = np.flatnonzero(owner >= 0)
    np.minimum.at(found, (owner[known, None], owner[None, known]), cost[np.ix_(known, known)])
    np.fill_diagonal(found, np.inf)
    return found


def air_rate(network: FreightNetwork, cargo: CargoClass, usd_per_tonne_hour: float) -> float:
    """Compute what a km by air costs, USD per tonne, time included."""
    speed_kmh, usd_per_tonne_km = mode_rates(network, "air")
    usd = usd_per_tonne_km + carbon_usd_per_tonne_km(network, "air", cargo.name)
    return usd + usd_per_tonne_hour / speed_kmh
