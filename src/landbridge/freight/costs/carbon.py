"""What a price of carbon adds to freight: price times emission factor, by class of cargo.

A price stands in the network's tables by mode and economy. It is added to what a tonne-km costs. No
factor on prices and no draw moves it: it is known as the scenario states it, at central factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from landbridge.freight.costs.emissions import (
    CENTRAL,
    Carrier,
    emission_factor,
    link_economies,
    on_arcs,
)
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import rows
from landbridge.units import FloatArray

KG: Final = 1000.0
KEPT: Final = 4
ON_ARCS: Final[tuple[Carrier, ...]] = ("road", "rail", "ferry", "sea", "air")


@dataclass(frozen=True, eq=False)
class CarbonCharges:
    """What a price of carbon adds, USD per tonne of goods.

    Attributes
    ----------
    arcs
        ``[A]`` over every arc of the network.
    ties
        ``[ties]`` between centres and the network, by road.
    sea
        A km at sea, USD per tonne-km.
    """

    arcs: FloatArray
    ties: FloatArray
    sea: float


def carbon_charges(network: FreightNetwork, cargo: str = "") -> CarbonCharges | None:
    """Work out what the prices of carbon in a network add; None where there is none.

    Parameters
    ----------
    network
        With its prices.
    cargo
        Class of cargo or kind of shipment; empty: general cargo.
    """
    return _charges(network, cargo) if len(network.tables.carbon) else None


def carbon_usd_per_tonne_km(network: FreightNetwork, mode: Carrier, cargo: str = "") -> float:
    """Compute what a price that holds in all economies adds to a tonne-km of a mode, USD."""
    price = _prices(network, mode).get("", 0.0)
    return price / KG * float(emission_factor(mode, cargo)[CENTRAL]) if price else 0.0


@lru_cache(maxsize=KEPT)
def _charges(network: FreightNetwork, cargo: str) -> CarbonCharges:
    found = on_arcs(network)
    economies = np.array(link_economies(network))
    arcs = np.zeros(len(economies))
    for mode in ON_ARCS:
        prices = _prices(network, mode)
        if not prices:
            continue
        # A train's grid is that of its economy; what else moves goods emits the same everywhere.
        kg = (
            found.rail_kg[CENTRAL]
            if mode == "rail"
            else emission_factor(mode, cargo)[CENTRAL] * found.km[mode]
        )
        arcs += _by_economy(prices, economies) / KG * kg
    ties = network.ties
    driven = _by_economy(_prices(network, "road"), np.array(ties.iso3))
    by_road = float(emission_factor("road", cargo)[CENTRAL])
    return CarbonCharges(
        arcs=arcs,
        ties=driven / KG * by_road * ties.km,
        sea=carbon_usd_per_tonne_km(network, "sea", cargo),
    )


def _prices(network: FreightNetwork, mode: Carrier) -> dict[str, float]:
    """Look the prices of a mode up by economy, USD a tonne CO2e; empty: where none is named."""
    return {
        row.iso3: float(row.usd_per_tonne_co2e)
        for row in rows(network.tables.carbon)
        if row.mode == mode
    }


def _by_economy(prices: dict[str, float], economies: np.ndarray) -> FloatArray:
    found = np.full(len(economies), prices.get("", 0.0))
    for iso3, price in prices.items():
        if iso3:
            found[economies == iso3] = price
    return found
