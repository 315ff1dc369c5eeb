"""Bulk cargo that is loaded where it is dug or pumped up, not where people live.

Goods of an economy start at its centres by people. Ore, coal, oil and gas do not: railways and
pipelines of their own bring them to a few ports (table ``freight/cargo_loading``). The part of a
class that does so starts on board at its port, and chooses among the ports at the other end alone.
Of several ports of an exporter each serves those whom it is near, and loads what the table says.
What goes by sea at all is not changed by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.costs import ModeCosts, port_layers_of
from landbridge.freight.carriage.shares import PortChoice
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.tables import rows
from landbridge.tables import embedded_table
from landbridge.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Loading:
    """Ports at which a class of cargo is loaded straight away; X of them.

    Attributes
    ----------
    economy
        ``[X]`` position of the exporter.
    port
        ``[X]`` position of the port.
    share
        ``[X]`` part of the exporter's tonnes by sea.
    """

    economy: IntArray
    port: IntArray
    share: FloatArray


ROUNDS: Final = 20
"""Rounds of scaling. What a centre gets is then exact, what a port loads nearly so."""
NOWHERE = Loading(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))


def loading_of(ways: ModeCosts, cargo: CargoClass) -> Loading:
    """Look up where a class is loaded; ports that are absent or shut take nothing."""
    codes = np.array(ways.network.ties.iso3)[ways.ties.rows]
    economy = dict(zip(codes.tolist(), ways.ties.economy.tolist(), strict=True))
    there = np.flatnonzero(port_layers_of(ways.network) >= 0).tolist()
    port = {ways.network.sea.ports[place]: place for place in there}
    found = [
        (economy[iso3], port[name], share)
        for iso3, name, share in _shares_of(cargo.name)
        if iso3 in economy and name in port
    ]
    exporter, at, share = zip(*found, strict=True) if found else ((), (), ())
    return Loading(
        np.array(exporter, dtype=np.int64), np.array(at, dtype=np.int64), np.array(share)
    )


@cache
def _shares_of(cargo: str) -> tuple[tuple[str, str, float], ...]:
    """Read exporter, port and share of the rows of a class of cargo."""
    table = embedded_table("freight", "cargo_loading")
    mine = rows(table[table["cargo"] == cargo])
    return tuple((row.iso3, row.port, float(row.share)) for row in mine)


def legs(choice: PortChoice, flow: FloatArray, owner: IntArray, loading: Loading) -> FloatArray:
    """Compute the flow between ports, ``[P, P]``, of what goes by sea between centres.

    Parameters
    ----------
    choice
        The choice among ports.
    flow
        ``[C, C]`` by sea.
    owner
        ``[C]`` economy of every centre.
    loading
        Where part of it is loaded.
    """
    free, per = parted(choice, flow, owner, loading)
    found = choice.legs(free)
    np.add.at(found, loading.port, choice.sea[loading.port] * (per @ choice.back))
    return found


def through(
    choice: PortChoice, flow: FloatArray, owner: IntArray, loading: Loading
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Split what goes by sea over ports, as `PortChoice.through`.

    What is loaded straight away is in the legs and in what leaves the ports for centres, and not in
    what centres bring to ports.
    """
    free, per = parted(choice, flow, owner, loading)
    to_ports, between, from_ports = choice.through(free)
    out = choice.sea[loading.port]
    np.add.at(between, loading.port, out * (per @ choice.back))
    return to_ports, between, from_ports + choice.back * (per.T @ out)


def at_quays(network: FreightNetwork, loading: Loading, loaded: FloatArray) -> FloatArray:
    """Lay what is loaded straight away on the arc of its port, ``[D, P]`` to ``[D, A]``.

    A port that only the sea reaches has no arc on land: nothing is laid there.
    """
    quays = port_layers_of(network)
    onto = np.flatnonzero(
        (network.arcs.kind == int(ArcKind.PORT)) & np.isin(network.arcs.end, quays[quays >= 0])
    )
    found = np.zeros((len(loaded), len(network.arcs.start)))
    first = dict(zip(network.arcs.end[onto][::-1].tolist(), onto[::-1].tolist(), strict=True))
    for port in np.unique(loading.port).tolist():
        if int(quays[port]) in first:
            found[:, first[int(quays[port])]] = loaded[:, port]
    return found


def parted(
    choice: PortChoice, flow: FloatArray, owner: IntArray, loading: Loading
) -> tuple[FloatArray, FloatArray]:
    """Part a flow into what starts at centres, and at loading ports over the weight of its ways.

    Parameters
    ----------
    choice, flow, owner, loading
        As in `legs`.

    Returns
    -------
    tuple
        ``[C, C]`` from centres, and ``[X, C]`` from loading ports to centres. What has no way from
        its loading port starts at centres.
    """
    weight = choice.sea[loading.port] @ choice.back.T
    share = np.where(weight > 0, loading.share[:, None], 0.0)
    economies = int(owner.max()) + 1
    part, sold = np.zeros((2, economies, flow.shape[1]))
    np.add.at(part, loading.economy, share)
    np.add.at(sold, owner, flow)
    direct = _near_first(sold[loading.economy] * share, weight, loading.economy, economies)
    per = np.divide(direct, weight, out=np.zeros_like(direct), where=weight > 0)
    return flow * (1.0 - part[owner]), per


def _near_first(
    direct: FloatArray, weight: FloatArray, economy: IntArray, economies: int
) -> FloatArray:
    """Let the loading ports of an exporter serve those whom they reach at least cost, ``[X, C]``.

    What every port loads and what every centre gets stay as they are: the weights of the ways are
    scaled to both (Deming and Stephan 1940, Annals of Mathematical Statistics 11).
    """
    loads, gets = direct.sum(axis=1), np.zeros((economies, direct.shape[1]))
    np.add.at(gets, economy, direct)
    # Scaled by the largest of a centre, so that no weight vanishes.
    most = np.zeros_like(gets)
    np.maximum.at(most, economy, weight)
    scale = most[economy]
    found = np.divide(weight, scale, out=np.zeros_like(weight), where=scale > 0) * (direct > 0)
    for _ in range(ROUNDS):
        row = found.sum(axis=1)
        found *= np.divide(loads, row, out=np.zeros_like(row), where=row > 0)[:, None]
        column = np.zeros_like(gets)
        np.add.at(column, economy, found)
        found *= np.divide(gets, column, out=np.zeros_like(gets), where=column > 0)[economy]
    return found
