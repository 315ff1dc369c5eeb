"""Classes of cargo: what goods are to those who carry them, and how goods become tonnes.

A sector's trade is split over goods (`composition`), each of one class and one value a tonne, so
that a class of a pair weighs what its goods weigh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from landbridge.errors import InputError
from landbridge.freight.carriage.composition import parts_of
from landbridge.freight.costs.pricing import NORMAL_95
from landbridge.freight.costs.shipments import Shipment
from landbridge.freight.network.tables import column, rows
from landbridge.tables import embedded_table
from landbridge.units import FloatArray


@dataclass(frozen=True)
class CargoClass:
    """A class of cargo.

    Attributes
    ----------
    name, title
        Id, and what a reader sees.
    group
        Classes of a group share the constants of modes and of liner service.
    tonnes_per_teu
        Load of a twenty-foot unit; 0 where the class does not go in boxes.
    modes
        Modes that can take it.
    foreign_ports
        Whether it goes over land to a port of another economy.
    shipment
        Value, felt value of time and factors on prices.
    mode_spread_usd_per_tonne, port_spread_usd_per_tonne
        How far shippers of one pair differ in what a mode, and a pair of ports, costs them.
    """

    name: str
    title: str
    group: str
    tonnes_per_teu: float
    modes: tuple[str, ...]
    foreign_ports: bool
    shipment: Shipment
    mode_spread_usd_per_tonne: float
    port_spread_usd_per_tonne: float

    def __post_init__(self) -> None:
        """Refuse a choice among ports that is less close than the choice among modes."""
        if not 0 < self.port_spread_usd_per_tonne <= self.mode_spread_usd_per_tonne:
            raise InputError(
                "the spread among ports is above zero and at most that among modes",
                where=f"cargo_costs, {self.name}",
            )

    def scaled(self, *, value: float, time: float) -> CargoClass:
        """Multiply the value of a tonne, and the value of time, by factors."""
        own = self.shipment
        return replace(
            self,
            shipment=replace(
                own,
                value_usd_per_tonne=own.value_usd_per_tonne * value,
                value_of_time_percent_per_day=own.value_of_time_percent_per_day * time,
            ),
        )


@cache
def cargo_classes() -> tuple[CargoClass, ...]:
    """Read the classes of cargo, in the order of the table ``freight/cargo_classes``."""
    return _classes(embedded_table("freight", "cargo_costs")["central"].to_numpy(dtype=np.float64))


def drawn_cargo(rng: np.random.Generator) -> tuple[CargoClass, ...]:
    """Draw the classes: every row of ``freight/cargo_costs`` inside its band.

    A two-sided lognormal: the median is the central value, the 5th and 95th percentiles are the
    row's low and high. Where the spread among ports comes out above that among modes, both are
    that of the modes.
    """
    table = embedded_table("freight", "cargo_costs")
    low, central, high = table[["low", "central", "high"]].to_numpy(dtype=np.float64).T
    normal = rng.standard_normal(len(table))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(normal < 0, np.log(central / low), np.log(high / central))
    # A row whose low, central and high are all zero stays zero.
    return _classes(np.where(central > 0, central * np.exp(normal * spread / NORMAL_95), central))


def _classes(numbers: FloatArray) -> tuple[CargoClass, ...]:
    """Build the classes from a number for every row of ``freight/cargo_costs``."""
    costs = embedded_table("freight", "cargo_costs")
    found = []
    for row in rows(embedded_table("freight", "cargo_classes")):
        own = (costs["cargo"] == row.cargo).to_numpy()
        names = column(costs[own], "quantity")
        values = dict(zip(names, numbers[own].tolist(), strict=True))
        mode_spread = values.pop("mode_spread_usd_per_tonne")
        port_spread = min(values.pop("port_spread_usd_per_tonne"), mode_spread)
        found.append(
            CargoClass(
                name=row.cargo,
                title=row.title,
                group=row.cargo_group,
                tonnes_per_teu=float(row.tonnes_per_teu),
                modes=tuple(row.modes.split("|")),
                foreign_ports=row.foreign_ports == "yes",
                shipment=Shipment(name=row.cargo, title=row.title, tonnes=20.0, **values),
                mode_spread_usd_per_tonne=mode_spread,
                port_spread_usd_per_tonne=port_spread,
            )
        )
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Goods:
    """Goods between economies by class of cargo.

    Attributes
    ----------
    iso3
        N codes; first axis exporter, second importer.
    cargo
        K names of classes.
    usd_million, tonnes_million
        ``[K, N, N]``; zero on the diagonal.
    not_carried
        Million USD of goods of sectors that no class takes (electricity).
    """

    iso3: tuple[str, ...]
    cargo: tuple[str, ...]
    usd_million: FloatArray
    tonnes_million: FloatArray
    not_carried: float


def goods_by_cargo(flows: FloatArray, sectors: Sequence[str], iso3: Sequence[str]) -> Goods:
    """Split goods by sector over classes of cargo, and weigh them.

    Parameters
    ----------
    flows
        ``[N, N, S]`` million USD of goods, exporter x importer x sector; the diagonal is left out.
    sectors
        S codes of the table ``freight/cargo_of_goods``; others are not carried, and counted.
    iso3
        N codes.

    Raises
    ------
    InputError
        The shapes differ, or a value is negative or missing.
    """
    size = (len(iso3), len(iso3), len(sectors))
    if flows.shape != size or not np.isfinite(flows).all() or (flows < 0).any():
        raise InputError(f"flows are to be a {list(size)} array of numbers that are not negative")
    names = tuple(one.name for one in cargo_classes())
    usd = np.zeros((len(names), *size[:2]))
    tonnes = np.zeros_like(usd)
    left = 0.0
    for number, sector in enumerate(sectors):
        value = flows[:, :, number].copy()
        np.fill_diagonal(value, 0.0)
        own = parts_of(sector, value, iso3)
        if not own:
            left += float(value.sum())
        for part in own:
            place = names.index(part.cargo)
            usd[place] += part.usd
            tonnes[place] += part.usd / part.usd_per_tonne
    return Goods(tuple(iso3), names, usd, tonnes, left)
