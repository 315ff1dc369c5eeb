"""What carrying goods takes between economies: tonne-km and CO2e by what moves them.

The mode of a pair is that at the border. A tonne that goes by sea is driven to a port and from
one. Here each km counts for what moves the tonne over it: lorry, train, ferry, ship, aircraft or
pipeline. By land the km of the least-cost path count. By sea it is the mean over pairs of ports,
weighted by their shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.freight.carriage.carry import Carried, Split, between_centres, by_economy
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.costs import PIPED
from landbridge.freight.carriage.distances import flown_km, piped_km
from landbridge.freight.carriage.loading import NOWHERE, Loading, parted
from landbridge.freight.carriage.trees import Tree
from landbridge.freight.carriage.ways import Ways
from landbridge.freight.costs.carbon import (
    CarbonCharges,
    carbon_charges,
    carbon_usd_per_tonne_km,
)
from landbridge.freight.costs.emissions import (
    CARRIERS,
    ENDS,
    Carrier,
    emission_factor,
    on_arcs,
)
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.pipelines import commodity_named
from landbridge.units import FloatArray, IntArray

ON_LAND: Final[tuple[Carrier, ...]] = ("road", "rail", "ferry", "air")
"""What moves goods over links."""
ROAD: Final = ON_LAND.index("road")
THOUSAND: Final = 1000.0


@dataclass(frozen=True, eq=False)
class Footprint:
    """What one class of cargo takes.

    Attributes
    ----------
    tonne_km
        ``[M, N, N]`` thousand millions, by `CARRIERS`, exporter and importer.
    co2e
        ``[3, M, N, N]`` million tonnes of CO2e, low, central and high.
    tied_tonne_km
        Thousand millions driven between centres and the network; in those by road.
    carbon_million_usd
        ``[N, N]`` what a price of carbon takes; zero where there is none.
    """

    tonne_km: FloatArray
    co2e: FloatArray
    tied_tonne_km: float
    carbon_million_usd: FloatArray


def footprint(
    ways: Ways,
    split: Split,
    cargo: CargoClass,
    tonnes: FloatArray,
    loading: Loading = NOWHERE,
) -> Footprint:
    """Measure what carrying a class of cargo takes.

    Parameters
    ----------
    ways, split
        Of the class.
    cargo
        The class.
    tonnes
        ``[N, N]`` million tonnes between economies; the diagonal is not moved.
    loading
        Ports at which part of what goes by sea is loaded straight away.
    """
    count = len(tonnes)
    foreign = tonnes.copy()
    np.fill_diagonal(foreign, 0.0)
    parts = between_centres(ways, foreign[None], split.felt_usd_per_tonne)[0]
    taken = {mode: share * parts for mode, share in split.shares.items()}
    charges = carbon_charges(ways.network, cargo.name)
    values, ends = _values(ways, charges), _tie_values(ways, charges)
    # Rows: km by what moves goods on land, kg of rail (three ends), price of carbon, and of the
    # way between centres and the network km and price.
    whole = np.zeros((len(values) + len(ends), count, count))
    own: dict[Carrier, FloatArray] = {}
    for mode in ways.land:
        if mode in taken:
            whole += by_economy(
                _by_land(ways, mode, values, ends) * taken[mode], *_owners(ways, count)
            )
    if "sea" in taken:
        sides = _sea_ends(ways, values, ends)
        free, per = parted(split.ports, taken["sea"], ways.ties.owner, loading)
        on_land, at_sea = _by_sea(ways, split, sides)
        whole += by_economy(on_land * free, *_owners(ways, count))
        own["sea"] = by_economy((at_sea * free)[None], *_owners(ways, count))[0]
        if len(loading.port):
            _add_loaded(whole, own["sea"], ways, split, (loading, per, sides[1]))
    if "air" in taken:
        km = flown_km(ways.network, ways.ties)
        own["air"] = by_economy((km * taken["air"])[None], *_owners(ways, count))[0]
    if "pipeline" in taken:
        moved = by_economy(taken["pipeline"][None], *_owners(ways, count))[0]
        km = piped_km(commodity_named(PIPED[cargo.name][0]), _economies(ways, count))
        own["pipeline"] = np.where(moved > 0, km, 0.0) * moved
    return _summed(ways.network, cargo, whole, own)


def over_links(ways: Ways, done: Carried, quantity: int = 0) -> float:
    """Sum tonne-km over links and sea legs, thousand millions: another way to the same number."""
    values, sea = on_arcs(ways.network), ways.network.sea.km
    over = sum(float(done.arcs[quantity] @ values.km[mode]) for mode in ON_LAND)
    legs = done.legs[quantity]
    return (over + float((legs * np.where(legs > 0, sea, 0.0)).sum())) / THOUSAND


def _summed(
    network: FreightNetwork, cargo: CargoClass, whole: FloatArray, own: dict[Carrier, FloatArray]
) -> Footprint:
    """Turn sums over ways into tonne-km, CO2e and what a price of carbon takes."""
    on_land = len(ON_LAND)
    tied, size = whole[-2], whole.shape[1:]
    paid = whole[-3] + whole[-1]
    km = np.zeros((len(CARRIERS), *size))
    for row, carrier in enumerate(ON_LAND):
        km[CARRIERS.index(carrier)] += whole[row]
    km[CARRIERS.index("road")] += tied
    for carrier, tonne_km in own.items():
        km[CARRIERS.index(carrier)] += tonne_km
        paid += carbon_usd_per_tonne_km(network, carrier, cargo.name) * tonne_km
    kg = np.zeros((len(ENDS), len(CARRIERS), *size))
    for place, carrier in enumerate(CARRIERS):
        if carrier == "rail":
            kg[:, place] = whole[on_land : on_land + len(ENDS)]
        elif km[place].any():
            kg[:, place] = emission_factor(carrier, cargo.name)[:, None, None] * km[place]
    return Footprint(km / THOUSAND, kg / THOUSAND, float(tied.sum()) / THOUSAND, paid)


def _values(ways: Ways, charges: CarbonCharges | None) -> FloatArray:
    """Collect what is summed along ways on land, ``[V, A]``: km, kg of rail, price of carbon."""
    found = on_arcs(ways.network)
    paid = np.zeros(found.rail_kg.shape[1]) if charges is None else charges.arcs
    km = np.stack([found.km[mode] for mode in ON_LAND])
    return np.concatenate([km, found.rail_kg, paid[None]])


def _tie_values(ways: Ways, charges: CarbonCharges | None) -> FloatArray:
    """Collect what a tie takes, ``[2, T]``: km and price of carbon."""
    rows = ways.ties.rows
    km = ways.network.ties.km[rows]
    return np.stack([km, np.zeros(len(rows)) if charges is None else charges.ties[rows]])


def _by_land(ways: Ways, mode: str, values: FloatArray, ends: FloatArray) -> FloatArray:
    """Sum values along the ways of a land mode a tonne, ``[V + 2, C, C]``, with both ends."""
    ties = ways.ties
    lift = len(ways.network.layers) if mode == "rail" else 0
    out, back = ways.tie_out[mode], ways.tie_in[mode]
    goals = ties.layers[ties.root[back]] + lift
    summed = along(ways.trees[mode], ties.root[out], goals, values[:, ways.arcs[mode]])
    return np.concatenate([summed, ends[:, out] + ends[:, back]])


def _sea_ends(ways: Ways, values: FloatArray, ends: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum values a tonne from centres to ports, and from ports to centres, ``[V + 2, C, P]``."""
    layers = np.maximum(ways.port_layers, 0)
    sides = []
    for name, tie in (("out", ways.tie_to_port), ("in", ways.tie_from_port)):
        goals = np.broadcast_to(layers, tie.shape)
        summed = along(ways.trees[name], ways.ties.root[tie], goals, values[:, ways.arcs[name]])
        sides.append(np.concatenate([summed, ends[:, tie]]))
    return sides[0], sides[1]


def _add_loaded(
    whole: FloatArray,
    at_sea: FloatArray,
    ways: Ways,
    split: Split,
    loaded: tuple[Loading, FloatArray, FloatArray],
) -> None:
    """Add what is loaded straight away: the sea from its port, and the land at the other end."""
    loading, per, last = loaded
    ports = split.ports
    out = ports.sea[loading.port]
    cells = loading.economy[:, None], ways.ties.owner[None, :]
    for row, one in zip(whole, last, strict=True):
        np.add.at(row, cells, per * (out @ (ports.back * one).T))
    km = np.where(out > 0, ways.network.sea.km[loading.port], 0.0)
    np.add.at(at_sea, cells, per * ((out * km) @ ports.back.T))


def _by_sea(
    ways: Ways, split: Split, ends: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Compute means over pairs of ports a tonne: ``[V + 2, C, C]`` on land, ``[C, C]`` at sea."""
    ports = split.ports
    first, last = ends
    # What one end spends is weighted by what goes through the port; w_ab = out sea back / total.
    over, under = ports.sea @ ports.back.T, ports.out @ ports.sea
    on_land = np.stack(
        [
            (ports.out * one) @ over + under @ (ports.back * other).T
            for one, other in zip(first, last, strict=True)
        ]
    )
    reached = np.where(ports.sea > 0, ways.network.sea.km, 0.0)
    at_sea = ports.out @ (ports.sea * reached) @ ports.back.T
    per = np.divide(1.0, ports.total, out=np.zeros_like(ports.total), where=ports.total > 0)
    return on_land * per, at_sea * per


def along(tree: Tree, root: IntArray, node: IntArray, values: FloatArray) -> FloatArray:
    """Sum values over the arcs between roots and nodes of trees.

    Parameters
    ----------
    tree
        The trees.
    root, node
        Numbers of roots and nodes, of one shape S.
    values
        ``[V, A]`` by arc of the graph that the trees grew in.

    Returns
    -------
    FloatArray
        ``[V, *S]``; zero where there is no way.
    """
    size = tree.before.shape[1]
    parent = tree.before.ravel()
    cells = root * size + node
    needed = _on_the_way(parent, np.unique(cells), size)
    at = np.flatnonzero(needed)
    place = np.zeros(len(needed), dtype=np.int64)
    place[at] = np.arange(len(at))
    inner = np.flatnonzero(parent[at] >= 0)
    up, here = parent[at[inner]], at[inner] % size
    arc = tree.arc[np.searchsorted(tree.key, up * size + here)]
    # One cell more stands for what lies past the roots.
    own = np.zeros((len(at) + 1, len(values)))
    own[inner] = values[:, arc].T
    towards = np.full(len(at) + 1, len(at))
    towards[inner] = place[at[inner] - here + up]
    # Pointer jumping: after round i a cell holds the sum over the next 2 ** i arcs.
    while (towards < len(at)).any():
        own = own + own[towards]
        towards = towards[towards]
    return np.moveaxis(own[place[cells]], -1, 0)


def _on_the_way(parent: IntArray, front: IntArray, size: int) -> np.ndarray:
    """Mark the cells that lie between some cells and their roots."""
    needed = np.zeros(len(parent), dtype=bool)
    while len(front):
        needed[front] = True
        inner = front[parent[front] >= 0]
        above = np.unique(inner - inner % size + parent[inner])
        front = above[~needed[above]]
    return needed


def _owners(ways: Ways, count: int) -> tuple[IntArray, int]:
    return ways.ties.owner, count


def _economies(ways: Ways, count: int) -> tuple[str, ...]:
    """Name the economies in the order of the goods; one without a centre has no name."""
    found = [""] * count
    for economy, row in zip(ways.ties.economy, ways.ties.rows, strict=True):
        found[int(economy)] = ways.network.ties.iso3[row]
    return tuple(found)
