"""What moving a tonne costs: parameters, draws, and the hours and USD of every arc."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from landbridge.errors import InputError
from landbridge.freight.costs.carbon import carbon_charges
from landbridge.freight.network.compiled import CostClass, FreightNetwork
from landbridge.tables import embedded_table
from landbridge.units import HOURS_PER_DAY, PERCENT, FloatArray

# The low and high of a row are read as its 5th and 95th percentile.
NORMAL_95 = float(ndtri(0.95))
MAX_SEED = 2**63


@dataclass(frozen=True)
class FreightParameters:
    """Scalar assumptions; the names are those of the table ``freight/parameters``.

    Attributes
    ----------
    value_of_time_percent_per_day
        What a day in transit costs, percent of the value of the goods.
    value_usd_per_tonne
        Value of a tonne of goods.
    closure_spell_days
        How long a crossing stays shut once it shuts (mean).
    road_usd_factor, rail_usd_factor, sea_usd_factor
        Freight rates over the tables' values; ferries follow the sea.
    road_hours_factor, rail_hours_factor, border_hours_factor, terminal_hours_factor
        Times over the tables' values.
    """

    value_of_time_percent_per_day: float = 0.8
    value_usd_per_tonne: float = 2500.0
    closure_spell_days: float = 14.0
    road_usd_factor: float = 1.0
    rail_usd_factor: float = 1.0
    sea_usd_factor: float = 1.0
    road_hours_factor: float = 1.0
    rail_hours_factor: float = 1.0
    border_hours_factor: float = 1.0
    terminal_hours_factor: float = 1.0

    def __post_init__(self) -> None:
        """Refuse negative or missing values."""
        faults = [
            field.name
            for field in fields(self)
            if not np.isfinite(getattr(self, field.name)) or getattr(self, field.name) < 0
        ]
        if faults or self.value_usd_per_tonne == 0:
            names = ", ".join(faults) or "value_usd_per_tonne"
            raise InputError(f"freight parameters must be positive numbers: {names}")

    @property
    def usd_per_tonne_hour(self) -> float:
        """What an hour costs, USD per tonne."""
        share = self.value_of_time_percent_per_day / PERCENT / HOURS_PER_DAY
        return share * self.value_usd_per_tonne


def central_parameters() -> FreightParameters:
    """Read the central values of the table ``freight/parameters``."""
    table = embedded_table("freight", "parameters")
    return FreightParameters(
        **dict(zip(table["name"], table["central"].astype(float), strict=True))
    )


@dataclass(frozen=True)
class FreightDraw:
    """One draw of the rows' own uncertainty: rates and speeds by economy, crossings, terminals.

    The draw of a row depends on the seed and the row's name alone. So a crossing keeps its draw
    when a scenario adds a railway elsewhere, and before and after share what they have in common.

    Attributes
    ----------
    seed
        Absent in the neutral draw, where every row has its central value.
    """

    seed: int | None = None

    @classmethod
    def neutral(cls) -> FreightDraw:
        """Build the draw in which every row has its central value."""
        return cls()

    @classmethod
    def random(cls, rng: np.random.Generator) -> FreightDraw:
        """Draw anew; rows that only a scenario brings draw by their names too."""
        return cls(seed=int(rng.integers(MAX_SEED)))

    def factors(self, network: FreightNetwork) -> tuple[FloatArray, FloatArray]:
        """Compute each group's factor on hours and on USD, ``[groups]`` ratio.

        A two-sided lognormal: the median is the central value, the 5th and 95th percentiles are
        the row's low and high.
        """
        hours, usd = _factors(network, self.seed)
        return hours.copy(), usd.copy()


@lru_cache(maxsize=4)
def _factors(network: FreightNetwork, seed: int | None) -> tuple[FloatArray, FloatArray]:
    """Draw each group's factors; every class of cargo asks for the same ones."""
    bands = network.bands
    if seed is None:
        return np.ones(len(bands.names)), np.ones(len(bands.names))
    keys = _keys(bands.names)
    return (
        _two_sided(_normal(keys, seed, salt=1), bands.hours_low, bands.hours_high),
        _two_sided(_normal(keys, seed, salt=2), bands.usd_low, bands.usd_high),
    )


def arc_costs(
    network: FreightNetwork, parameters: FreightParameters, draw: FreightDraw | None = None
) -> tuple[FloatArray, FloatArray]:
    """Compute what every arc costs.

    A crossing that is open a share p of the time adds its expected wait: cargo that comes while
    it is shut, a share 1 - p, waits one mean spell. A price of carbon is in it.

    Parameters
    ----------
    network
        The network.
    parameters
        Scalar assumptions.
    draw
        The rows' own uncertainty; neutral when absent.

    Returns
    -------
    tuple of FloatArray
        ``[arcs]`` hours and ``[arcs]`` USD per tonne.
    """
    hours, usd = uncharged_costs(network, parameters, draw)
    charges = carbon_charges(network)
    return hours, usd if charges is None else usd + charges.arcs


def uncharged_costs(
    network: FreightNetwork, parameters: FreightParameters, draw: FreightDraw | None = None
) -> tuple[FloatArray, FloatArray]:
    """Compute `arc_costs` without a price of carbon."""
    hours_factor, usd_factor = (draw or FreightDraw.neutral()).factors(network)
    arcs = network.arcs
    by_class_hours, by_class_usd = _class_factors(parameters)
    # A fixed value has group -1, which picks the appended one.
    own_hours = np.append(hours_factor, 1.0)[arcs.hours_group]
    own_usd = np.append(usd_factor, 1.0)[arcs.usd_group]
    common_hours = np.where(arcs.hours_group < 0, 1.0, by_class_hours[arcs.cost_class])
    common_usd = np.where(arcs.usd_group < 0, 1.0, by_class_usd[arcs.cost_class])
    wait = arcs.shut_share * parameters.closure_spell_days * HOURS_PER_DAY
    hours = arcs.hours * own_hours * common_hours + wait
    return hours, arcs.usd_per_tonne * own_usd * common_usd


def access_costs(
    network: FreightNetwork, parameters: FreightParameters, draw: FreightDraw | None = None
) -> tuple[FloatArray, FloatArray]:
    """Compute what every tie between a centre and the network costs: ``[ties]`` hours and USD."""
    hours, usd = uncharged_access(network, parameters, draw)
    charges = carbon_charges(network)
    return hours, usd if charges is None else usd + charges.ties


def uncharged_access(
    network: FreightNetwork, parameters: FreightParameters, draw: FreightDraw | None = None
) -> tuple[FloatArray, FloatArray]:
    """Compute `access_costs` without a price of carbon."""
    speed_kmh, usd_per_tonne_km = mode_rates(network, "access")
    hours_factor, usd_factor = (draw or FreightDraw.neutral()).factors(network)
    group = network.bands.names.index("access:default")
    km = network.ties.km
    hours = km / speed_kmh * hours_factor[group] * parameters.road_hours_factor
    usd = km * usd_per_tonne_km * usd_factor[group] * parameters.road_usd_factor
    return np.asarray(hours), np.asarray(usd)


def sea_rates(
    network: FreightNetwork, parameters: FreightParameters, draw: FreightDraw | None = None
) -> tuple[float, float]:
    """Compute hours per km and USD per tonne-km at sea."""
    hours, usd = uncharged_sea(network, parameters, draw)
    charges = carbon_charges(network)
    return hours, usd if charges is None else usd + charges.sea


def uncharged_sea(
    network: FreightNetwork, parameters: FreightParameters, draw: FreightDraw | None = None
) -> tuple[float, float]:
    """Compute `sea_rates` without a price of carbon."""
    speed_kmh, usd_per_tonne_km = mode_rates(network, "sea")
    hours_factor, usd_factor = (draw or FreightDraw.neutral()).factors(network)
    group = network.bands.names.index("sea:default")
    return (
        float(hours_factor[group] / speed_kmh),
        float(usd_per_tonne_km * usd_factor[group] * parameters.sea_usd_factor),
    )


@lru_cache(maxsize=6)
def mode_rates(network: FreightNetwork, mode: str) -> tuple[float, float]:
    """Look up km per hour and USD per tonne-km of a mode in a network's table."""
    rates = network.tables.mode_costs
    row = rates[rates["mode"] == mode].iloc[0]
    return float(row["speed_kmh"]), float(row["usd_per_tonne_km"])


def _class_factors(parameters: FreightParameters) -> tuple[FloatArray, FloatArray]:
    hours, usd = np.ones(len(CostClass)), np.ones(len(CostClass))
    hours[CostClass.ROAD] = parameters.road_hours_factor
    hours[CostClass.RAIL] = parameters.rail_hours_factor
    hours[CostClass.BORDER] = parameters.border_hours_factor
    hours[CostClass.TERMINAL] = parameters.terminal_hours_factor
    usd[CostClass.ROAD] = parameters.road_usd_factor
    usd[CostClass.RAIL] = parameters.rail_usd_factor
    usd[CostClass.SEA] = usd[CostClass.FERRY] = parameters.sea_usd_factor
    return hours, usd


@lru_cache(maxsize=64)
def _keys(names: tuple[str, ...]) -> np.ndarray:
    digests = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names]
    return np.array([int.from_bytes(digest, "little") for digest in digests], dtype=np.uint64)


def _normal(keys: np.ndarray, seed: int, *, salt: int) -> FloatArray:
    """Turn names and a seed into standard normal numbers (splitmix64, then the inverse)."""
    with np.errstate(over="ignore"):
        mixed = keys ^ np.uint64((seed * 2 + 1) % 2**64)
        mixed = mixed + np.uint64(salt) * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed = mixed ^ (mixed >> np.uint64(31))
    uniform = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.asarray(ndtri(np.clip(uniform, 1e-12, 1 - 1e-12)), dtype=np.float64)


def _two_sided(normal: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    spread = np.where(normal < 0, -np.log(np.minimum(low, 1.0)), np.log(np.maximum(high, 1.0)))
    return np.asarray(np.exp(normal * spread / NORMAL_95))
