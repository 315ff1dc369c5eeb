"""Kinds of shipment: a full container, a small shipper's part load, bulk.

The tables of costs are those of an average tonne of general cargo in a load of 20 t. A kind of
shipment has a value and a value of time of its own, factors on prices and times, waits and charges
at both ends, and a least charge.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.freight.costs.carbon import carbon_charges
from landbridge.freight.costs.pricing import (
    FreightDraw,
    FreightParameters,
    arc_costs,
    sea_rates,
    uncharged_access,
    uncharged_costs,
    uncharged_sea,
)
from landbridge.freight.network.compiled import ArcKind, CostClass, FreightNetwork
from landbridge.tables import embedded_table
from landbridge.units import HOURS_PER_DAY, BoolArray, FloatArray

End: TypeAlias = Literal["low", "central", "high"]
TERMINALS = (ArcKind.GAUGE_BREAK, ArcKind.TRANSFER, ArcKind.PORT, ArcKind.FERRY_PORT)
MAY_BE_ZERO = ("consolidation", "deconsolidation", "minimum", "value_of_time")


@dataclass(frozen=True)
class Shipment:
    """What a kind of shipment changes; the names are those of the table ``freight/shipment_costs``.

    Attributes
    ----------
    name, title
        Id, and what a reader sees.
    tonnes
        Weight, tonnes.
    value_usd_per_tonne, value_of_time_percent_per_day
        In place of those of `FreightParameters`.
    road_usd_factor, rail_usd_factor, sea_usd_factor
        Price of a tonne-km over the tables'; ferries follow the sea.
    terminal_usd_factor, terminal_hours_factor
        Ports, transfers and gauge breaks.
    border_usd_factor, border_hours_factor
        Crossings; the wait for a shut border is not multiplied.
    consolidation_hours, consolidation_usd_per_tonne
        Once, where the trip starts.
    deconsolidation_hours, deconsolidation_usd_per_tonne
        Once, where it ends.
    minimum_usd
        Least charge of the shipment from door to door, USD.
    """

    name: str
    title: str
    tonnes: float
    value_usd_per_tonne: float
    value_of_time_percent_per_day: float
    road_usd_factor: float = 1.0
    rail_usd_factor: float = 1.0
    sea_usd_factor: float = 1.0
    terminal_usd_factor: float = 1.0
    terminal_hours_factor: float = 1.0
    border_usd_factor: float = 1.0
    border_hours_factor: float = 1.0
    consolidation_hours: float = 0.0
    consolidation_usd_per_tonne: float = 0.0
    deconsolidation_hours: float = 0.0
    deconsolidation_usd_per_tonne: float = 0.0
    minimum_usd: float = 0.0

    def __post_init__(self) -> None:
        """Refuse negative and missing numbers, and weights and factors of zero."""
        faults = []
        for name in QUANTITIES:
            value = getattr(self, name)
            zero_is_fine = name.startswith(MAY_BE_ZERO)
            if not np.isfinite(value) or value < 0 or (value == 0 and not zero_is_fine):
                faults.append(f"{name} is {value}")
        if faults:
            raise InputError(
                f"a shipment's numbers must be positive: {', '.join(faults)}", where=self.name
            )

    def parameters(self, general: FreightParameters) -> FreightParameters:
        """Replace the freight parameters by those with this shipment's value and value of time."""
        return replace(
            general,
            value_usd_per_tonne=self.value_usd_per_tonne,
            value_of_time_percent_per_day=self.value_of_time_percent_per_day,
        )

    def shortfall_usd_per_tonne(self, usd_per_tonne: float) -> float:
        """Compute what the least charge adds to a price, USD per tonne."""
        return max(self.minimum_usd / self.tonnes - usd_per_tonne, 0.0)


QUANTITIES = tuple(field.name for field in fields(Shipment) if field.name not in {"name", "title"})


def shipment_names() -> tuple[str, ...]:
    """List the ids of the kinds of shipment, in the table's order."""
    return tuple(embedded_table("freight", "shipments")["shipment"])


def find_shipment(name: str, *, end: End = "central", where: str = "shipment") -> Shipment:
    """Find a kind of shipment of the tables.

    Parameters
    ----------
    name
        ``full-container``, ``part-load`` or ``bulk``.
    end
        Which end of every row's band; at ``low`` all numbers are low together.
    where
        The place it was written, for the message.

    Raises
    ------
    UnknownNameError
        There is no such kind.

    Examples
    --------
    >>> find_shipment("part-load").tonnes
    2.0
    """
    kinds = embedded_table("freight", "shipments")
    titles = dict(zip(kinds["shipment"], kinds["title"], strict=True))
    folded = name.casefold().strip().replace(" ", "-").replace("_", "-")
    if folded not in titles:
        raise UnknownNameError(
            f"'{name}' is not a kind of shipment.",
            where=where,
            mend=suggest(name, titles) or f"Known: {', '.join(titles)}.",
        )
    costs = embedded_table("freight", "shipment_costs")
    own = costs[costs["shipment"] == folded]
    numbers = {
        str(quantity): float(value)
        for quantity, value in zip(own["quantity"], own[end], strict=True)
    }
    return Shipment(name=folded, title=str(titles[folded]), **numbers)


def read_shipment(shipment: str | Shipment | None) -> Shipment | None:
    """Find the shipment that is meant: by name, as it is, or none (general cargo)."""
    return find_shipment(shipment) if isinstance(shipment, str) else shipment


def shipment_costs(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    shipment: Shipment | None,
) -> tuple[FloatArray, FloatArray, tuple[float, float]]:
    """Compute what every arc costs this shipment (`costs.arc_costs`), and a km at sea.

    Parameters
    ----------
    network, parameters, draw
        As in `costs.arc_costs`.
    shipment
        Absent: general cargo, the tables as they are.

    Returns
    -------
    tuple
        ``[arcs]`` hours, ``[arcs]`` USD per tonne, and hours and USD per tonne of a km at sea.
    """
    if shipment is None:
        rates = sea_rates(network, parameters, draw)
        return (*arc_costs(network, parameters, draw), rates)
    # Neither the value of a tonne nor that of time bears on what an arc takes.
    every = replace(parameters, value_usd_per_tonne=1.0, value_of_time_percent_per_day=0.0)
    hours, usd = _same_for_every_class(network, every, draw)
    sea = uncharged_sea(network, parameters, draw)
    arcs = network.arcs
    by_usd = np.ones(len(CostClass))
    by_usd[CostClass.ROAD] = shipment.road_usd_factor
    by_usd[CostClass.RAIL] = shipment.rail_usd_factor
    by_usd[CostClass.SEA] = by_usd[CostClass.FERRY] = shipment.sea_usd_factor
    usd_factor, hours_factor = by_usd[arcs.cost_class], np.ones(len(hours))
    # By kind: a level that a scenario states has a cost class of its own.
    border, terminal = _kinds(network)
    usd_factor[border], hours_factor[border] = (
        shipment.border_usd_factor,
        shipment.border_hours_factor,
    )
    usd_factor[terminal] = shipment.terminal_usd_factor
    hours_factor[terminal] = shipment.terminal_hours_factor
    wait = arcs.shut_share * parameters.closure_spell_days * HOURS_PER_DAY
    hours = (hours - wait) * hours_factor + wait
    usd, at_sea = usd * usd_factor, sea[1] * shipment.sea_usd_factor
    charges = carbon_charges(network, shipment.name)
    if charges is not None:
        usd, at_sea = usd + charges.arcs, at_sea + charges.sea
    return hours, usd, (sea[0], at_sea)


_same_for_every_class = lru_cache(maxsize=2)(uncharged_costs)
"""Classes of cargo are asked for one after the other. What it holds is read and never written."""


@lru_cache(maxsize=4)
def _kinds(network: FreightNetwork) -> tuple[BoolArray, BoolArray]:
    """Find the arcs that cross a border, and those of terminals, ``[arcs]`` each."""
    kind = network.arcs.kind
    terminal = np.isin(kind, [int(one) for one in TERMINALS])
    return kind == int(ArcKind.CROSSING), terminal


def shipment_access(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    shipment: Shipment,
) -> tuple[FloatArray, FloatArray]:
    """Compute what every tie costs this shipment, ``[ties]`` hours and USD per tonne."""
    hours, usd = uncharged_access(network, parameters, draw)
    charges = carbon_charges(network, shipment.name)
    usd = usd * shipment.road_usd_factor
    return hours, usd if charges is None else usd + charges.ties
