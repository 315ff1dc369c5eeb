"""Ways over land from an economy to ports, for a map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from landbridge.errors import InputError, NoRouteError
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.routes.least_cost import best_trip

Line: TypeAlias = tuple[tuple[float, float], ...]


def ways_to_ports(
    network: FreightNetwork, freight: FreightParameters, iso3: str, ports: Iterable[str]
) -> list[Line]:
    """Find the way from an economy's largest centre to each port.

    Parameters
    ----------
    network, freight
        The network and what it costs to move on it.
    iso3
        The economy.
    ports
        Ids of ports.

    Returns
    -------
    list
        One line a port, (longitude, latitude) pairs; empty where the way would go by sea, or where
        there is none.
    """
    ties = network.ties
    mine = [row for row, code in enumerate(ties.iso3) if code == iso3]
    start = min(mine, key=lambda row: (-ties.weight[row], ties.km[row]))
    found: list[Line] = []
    for port in ports:
        try:
            trip = best_trip(network, freight, ties.node[start], port)
        except (NoRouteError, InputError):
            found.append(())
            continue
        by_sea = any(">" in name for name in trip.links)
        found.append(() if by_sea else trip.points)
    return found
