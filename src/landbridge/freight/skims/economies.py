"""Least generalised cost between economies: hours, USD per tonne and km.

The generalised cost of a way is money plus time at the value of time,
``usd_per_tonne + hours * value_of_time / 100 / 24 * value_usd_per_tonne``. Between two economies
it is the mean over pairs of their centres, each weighted by the people it stands for.

Ports that are joined to the rest by sea alone are not searched: the sea is one metric in km, so
a way from such a port is its own sea leg to the port where the way comes ashore, and the least
cost way from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from landbridge.freight.choice.logit import ChoiceParameters, mode_logsum
from landbridge.freight.choice.mode_costs import costs_by_mode
from landbridge.freight.costs.pricing import (
    FreightDraw,
    FreightParameters,
    access_costs,
    arc_costs,
    sea_rates,
)
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.cost_graph import CostGraph
from landbridge.freight.network.parts import Absent
from landbridge.freight.network.tables import by_text, column
from landbridge.freight.search.engine import EliminationEngine
from landbridge.freight.search.tree_graph import spread_of, weighed
from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray, IntArray

NETWORK_ZONE = "network"
ALONE_ZONE = "alone"
# Keeps the order of elimination of the last networks; costs are compared before any answer.
_ENGINE = EliminationEngine()


@dataclass(frozen=True, eq=False)
class Skims:
    """Least-cost paths between economies.

    Attributes
    ----------
    iso3
        N codes; first axis exporter, second importer.
    hours, usd_per_tonne, generalised_usd_per_tonne, km
        ``[N, N]``; zero on the diagonal, infinite where there is no way.
    covered
        ``[N, N]`` False where there is no way, on the diagonal, and where the real way would run
        over land that the network does not hold (inside Africa or the Americas).
    """

    iso3: tuple[str, ...]
    hours: FloatArray
    usd_per_tonne: FloatArray
    generalised_usd_per_tonne: FloatArray
    km: FloatArray
    covered: BoolArray


def skims(
    network: FreightNetwork,
    parameters: FreightParameters,
    *,
    draw: FreightDraw | None = None,
    iso3: tuple[str, ...],
) -> Skims:
    """Find the least-cost paths between all pairs of economies.

    Parameters
    ----------
    network
        The network.
    parameters
        Value of time, value of goods and common factors.
    draw
        The rows' own uncertainty; neutral when absent.
    iso3
        N codes of economies; the order of both axes.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network.

    Examples
    --------
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> found = skims(load_network(), central_parameters(), iso3=("UZB", "PAK"))
    >>> bool(found.hours[0, 1] > 24)
    True
    """
    by_centre, spread = _centre_costs(network, parameters, draw, iso3, kept=4)
    means = np.stack([_mean(spread, layer) for layer in by_centre])
    for layer in means:
        np.fill_diagonal(layer, 0.0)
    covered = np.isfinite(means[0]) & covered_pairs(network, iso3)
    return Skims(
        iso3=tuple(iso3),
        hours=means[1],
        usd_per_tonne=means[2],
        generalised_usd_per_tonne=means[0],
        km=means[3],
        covered=covered,
    )


@dataclass(frozen=True, eq=False)
class GeneralisedCosts:
    """What `Skims` holds, without its parts: money and time together, and what is covered.

    Attributes
    ----------
    iso3
        N codes; first axis exporter, second importer.
    usd_per_tonne
        ``[N, N]`` generalised, the mean over pairs of centres that have a way; zero on the
        diagonal, infinite where none has.
    reached
        ``[N, N]`` ratio: the share of the pairs of centres, by people, that have a way.
    covered
        ``[N, N]`` as in `Skims`, but True as long as some pair of centres has a way.
    by_centre, spread
        ``[C, C]`` costs between centres, and the ``[N, C]`` weights that make means of them.
    """

    iso3: tuple[str, ...]
    usd_per_tonne: FloatArray
    reached: FloatArray
    covered: BoolArray
    by_centre: FloatArray
    spread: csr_array

    def held_to(self, before: GeneralisedCosts) -> FloatArray:
        """Compute the mean cost over the pairs of centres that had a way before, ``[N, N]``.

        A pair of centres that has lost its way keeps its old cost here, and is missing from
        `reached`: a closure must not look cheaper because the dear places dropped out.
        """
        lost = ~np.isfinite(self.by_centre) & np.isfinite(before.by_centre)
        held = np.where(lost, before.by_centre, self.by_centre)
        held[~np.isfinite(before.by_centre)] = np.inf
        return _reached_mean(self.spread, held)[0]


def generalised_costs(
    network: FreightNetwork,
    parameters: FreightParameters,
    *,
    draw: FreightDraw | None = None,
    iso3: tuple[str, ...],
    choice: ChoiceParameters | None = None,
    absent: Absent = "refuse",
) -> GeneralisedCosts:
    """Find the least generalised costs alone, in half the time of `skims`: for many draws.

    Parameters
    ----------
    network, parameters, draw, iso3
        As in `skims`.
    choice
        Give the expected cost of a choice among main modes (`choice.mode_logsum`) in place of
        the least cost; absent: the least cost.
    absent
        Whether an economy without a centre in the network is refused or left uncovered: no way
        leads to it.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network, and is refused; or none has one.
    """
    by_centre, spread = _centre_costs(
        network, parameters, draw, iso3, kept=1, choice=choice, absent=absent
    )
    cost, reached = _reached_mean(spread, by_centre[0])
    return GeneralisedCosts(
        iso3=tuple(iso3),
        usd_per_tonne=cost,
        reached=reached,
        covered=np.isfinite(cost) & covered_pairs(network, iso3),
        by_centre=by_centre[0],
        spread=spread,
    )


def _centre_costs(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    iso3: tuple[str, ...],
    *,
    kept: int,
    choice: ChoiceParameters | None = None,
    absent: Absent = "refuse",
) -> tuple[FloatArray, csr_array]:
    """Compute the first `kept` of generalised cost, hours, USD and km between centres.

    Returns ``[kept, C, C]`` and the ``[N, C]`` weights of the centres.
    """
    rows = network.ties.rows(iso3, absent)
    layers, at = np.unique(network.ties.layer[rows], return_inverse=True)
    between = _between_layers(network, parameters, draw, layers, kept=kept)
    hours, usd = access_costs(network, parameters, draw)
    rate = parameters.usd_per_tonne_hour
    km = network.ties.km
    access = np.stack([usd + rate * hours, hours, usd, km])[:kept, rows]
    centre_at = np.unique(network.ties.centre[rows], return_inverse=True)[1]
    if choice is None:
        by_centre = _through_ties(between, access, at, centre_at)
    else:
        split = costs_by_mode(network, parameters, draw, layers, between[0])
        ways = [_through_ties(one[None], access[:1], at, centre_at)[0] for one in split]
        by_centre = mode_logsum(np.stack(ways), choice)[None]
    first = np.unique(centre_at, return_index=True)[1]
    weight = network.ties.weight[rows][first]
    economy = np.array([network.ties.iso3[row] for row in rows])[first]
    position = {code: index for index, code in enumerate(iso3)}
    owner = np.array([position[code] for code in economy])
    weight = weight / np.bincount(owner, weights=weight)[owner]
    spread = spread_of(owner, weight, len(iso3))
    return by_centre, spread


def _reached_mean(spread: csr_array, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weight the pairs of centres that have a way, and give the share of them, ``[N, N]``."""
    finite = np.isfinite(values)
    if finite.all():
        mean = weighed(spread, values)
        share = np.ones_like(mean)
    else:
        total = weighed(spread, np.where(finite, values, 0.0))
        share = weighed(spread, finite.astype(np.float64))
        mean = np.divide(total, share, out=np.full_like(total, np.inf), where=share > 0)
    outside = np.diff(spread.indptr) == 0
    for values_of, value in ((mean, np.inf), (share, 0.0)):
        values_of[outside], values_of[:, outside] = value, value
    np.fill_diagonal(mean, 0.0)
    return mean, share


def _between_layers(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    layers: IntArray,
    *,
    kept: int,
) -> FloatArray:
    """Compute the costs between road layers, those of outer ports included, ``[kept, K, K]``."""
    hours, usd = arc_costs(network, parameters, draw)
    general = usd + parameters.usd_per_tonne_hour * hours
    arcs, core = network.arcs, network.arcs.core
    outer = layers >= network.core_layers
    gates = np.array(
        [i for i, layer in enumerate(network.layers[: network.core_layers]) if layer.mode == "sea"]
    )
    inner = layers[~outer]
    goals = np.concatenate((inner, gates)) if outer.any() else inner
    values = np.stack([general, hours, arcs.km])[: 1 if kept == 1 else None, :core]
    parts = _ENGINE.matrix(CostGraph(network.structure, values), goals, goals)
    if kept > 1:
        cost, time, length = parts
        with np.errstate(invalid="ignore"):
            parts = np.stack([cost, time, cost - parameters.usd_per_tonne_hour * time, length])
        parts[1:, ~np.isfinite(cost)] = np.inf
    if not outer.any():
        return parts
    ends = _outer_ends(network, layers[outer], general, hours, usd)
    names = tuple(network.layers[i].node for i in gates)
    ports = tuple(name for name, _ in ends)
    by_gate, among = _sea_stack(network, parameters, draw, names, ports)
    ways = np.array([port for _, port in ends]).transpose(1, 2, 0)
    return _join(parts, (by_gate[:kept], among[:kept]), ways[:, :kept], outer)


def _outer_ends(
    network: FreightNetwork,
    layers: IntArray,
    general: FloatArray,
    hours: FloatArray,
    usd: FloatArray,
) -> list[tuple[str, FloatArray]]:
    """Find each outer port's name and its handling costs out and in, ``[2, 4]``."""
    arcs = network.arcs
    ports = arcs.core + np.flatnonzero(arcs.kind[arcs.core :] == int(ArcKind.PORT))
    out, back = ports[arcs.forward[ports]], ports[~arcs.forward[ports]]
    outgoing = dict(zip(arcs.start[out].tolist(), out.tolist(), strict=True))
    incoming = dict(zip(arcs.end[back].tolist(), back.tolist(), strict=True))
    found = []
    for layer in layers:
        pair = [way.get(int(layer)) for way in (outgoing, incoming)]
        costs = np.array(
            [
                [np.inf] * 4 if arc is None else [general[arc], hours[arc], usd[arc], 0.0]
                for arc in pair
            ]
        )
        found.append((network.layers[layer].node, costs))
    return found


def _sea_stack(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    gates: tuple[str, ...],
    outer: tuple[str, ...],
) -> tuple[FloatArray, FloatArray]:
    """Compute sea costs outer port to gate ``[4, O, G]`` and among outer ports ``[4, O, O]``."""
    per_km_hours, per_km_usd = sea_rates(network, parameters, draw)
    rates = np.array(
        [per_km_usd + parameters.usd_per_tonne_hour * per_km_hours, per_km_hours, per_km_usd, 1.0]
    )[:, None, None]
    number = {port: index for index, port in enumerate(network.sea.ports)}
    rows = [number[port] for port in outer]
    columns = [number[port] for port in gates]
    return (
        rates * network.sea.km[np.ix_(rows, columns)],
        rates * network.sea.km[np.ix_(rows, rows)],
    )


def _join(
    parts: FloatArray, sea: tuple[FloatArray, FloatArray], ends: FloatArray, outer: BoolArray
) -> FloatArray:
    """Put inner and outer layers together in the order asked for, ``[kept, K, K]``.

    ``ends`` is ``[2, kept, O]``: handling on the way out and on the way in.
    """
    count = int((~outer).sum())
    inner = parts[:, :count, :count]
    to_gate, from_gate = parts[:, :count, count:], parts[:, count:, :count]
    way_out, way_in = ends[0], ends[1]
    by_gate, among = sea
    full = np.empty((len(parts), len(outer), len(outer)))
    land, port = np.flatnonzero(~outer), np.flatnonzero(outer)
    full[:, land[:, None], land] = inner
    full[:, port[:, None], land] = _through(by_gate, from_gate) + way_out[:, :, None]
    full[:, land[:, None], port] = (
        _through(to_gate, by_gate.transpose(0, 2, 1)) + way_in[:, None, :]
    )
    across = among + way_out[:, :, None] + way_in[:, None, :]
    across[:, range(len(port)), range(len(port))] = 0.0
    full[:, port[:, None], port] = across
    return full


def _through(first: FloatArray, second: FloatArray) -> FloatArray:
    """Compute the least sum over the middle: ``[4, A, M]``, ``[4, M, B]`` to ``[4, A, B]``."""
    rows, columns = first.shape[1], second.shape[2]
    best = np.empty((rows, columns), dtype=np.int64)
    for row in range(rows):
        best[row] = np.argmin(first[0, row, :, None] + second[0], axis=0)
    a, b = np.arange(rows)[:, None], np.arange(columns)[None, :]
    return np.asarray(first[:, a, best] + second[:, best, b])


def _through_ties(
    between: FloatArray, access: FloatArray, at: IntArray, centre_at: IntArray
) -> FloatArray:
    """Compute the least costs between centres over their ties, ``[4, C, C]``."""
    outbound = _from_centres(between, access, at, centre_at)
    back = _from_centres(outbound.transpose(0, 2, 1), access, at, centre_at)
    return np.ascontiguousarray(back.transpose(0, 2, 1))


def _from_centres(
    costs: FloatArray, access: FloatArray, at: IntArray, centre_at: IntArray
) -> FloatArray:
    """Take for each centre and goal the best of the centre's ties, ``[4, C, goals]``."""
    order = np.argsort(centre_at, kind="stable")
    rank = np.arange(len(order)) - np.searchsorted(centre_at[order], centre_at[order])
    best = np.empty((0, 0, 0))
    for turn in range(int(rank.max()) + 1):
        ties = order[rank == turn]
        total = costs[:, at[ties]] + access[:, ties, None]
        if turn == 0:
            best = total
            continue
        centres = centre_at[ties]
        old = best[:, centres]
        best[:, centres] = np.where(total[0] < old[0], total, old)
    return best


def _mean(spread: csr_array, values: FloatArray) -> FloatArray:
    """Weight centres; infinite where any pair of centres has no way."""
    finite = np.isfinite(values)
    if finite.all():
        return weighed(spread, values)
    total = weighed(spread, np.where(finite, values, 0.0))
    total[weighed(spread, (~finite).astype(np.float64)) > 0] = np.inf
    return total


def covered_pairs(network: FreightNetwork, iso3: tuple[str, ...]) -> BoolArray:
    """Say which pairs the network can speak for, ``[N, N]``.

    False on the diagonal, and where the real way would run over land that the network does not
    hold: between economies of one such land, or neighbours one of which lies there.
    """
    zones = by_text(network.tables.zones, "iso3", "zone")
    zone = np.array([zones.get(code, ALONE_ZONE) for code in iso3])
    on_network = zone == NETWORK_ZONE
    same_land = (zone[:, None] == zone[None, :]) & ~on_network[:, None]
    same_land &= (zone != ALONE_ZONE)[:, None]
    number = {code: index for index, code in enumerate(iso3)}
    borders: pd.DataFrame = embedded_table("atlas", "land_borders")
    for one, other in zip(column(borders, "iso3_a"), column(borders, "iso3_b"), strict=True):
        if one in number and other in number:
            a, b = number[one], number[other]
            if not (on_network[a] and on_network[b]):
                same_land[a, b] = same_land[b, a] = True
    covered = ~same_land
    np.fill_diagonal(covered, val=False)
    return np.asarray(covered)
