"""What carrying goods emits: kg CO2e per tonne-km by mode, class of cargo and electricity grid.

Well to wheel: what a fuel emits before the vehicle and in it, and what a kWh of the grid emits over
its life cycle. A factor has three ends, low, central and high, the first axis everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal, TypeAlias

import numpy as np

from landbridge.errors import DataError
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.tables import by_text, rows
from landbridge.tables import embedded_table
from landbridge.units import FloatArray

Carrier: TypeAlias = Literal["road", "rail", "ferry", "sea", "air", "pipeline"]
CARRIERS: Final[tuple[Carrier, ...]] = ("road", "rail", "ferry", "sea", "air", "pipeline")
ENDS: Final = ("low", "central", "high")
CENTRAL: Final = ENDS.index("central")
GRAMS: Final = 1000.0
NETWORKS_KEPT: Final = 4


@dataclass(frozen=True, eq=False)
class OnArcs:
    """What moves a tonne over the links of a network.

    Attributes
    ----------
    km
        By mode of the links, ``[A]``: length where the arc is a link of the mode, else 0.
    rail_kg
        ``[3, A]`` kg CO2e a tonne over the arc by rail, which depends on the economy's grid.
    """

    km: dict[Carrier, FloatArray]
    rail_kg: FloatArray


def emission_factor(mode: Carrier, cargo: str = "") -> FloatArray:
    """Look a factor up: ``[3]`` kg CO2e per tonne-km.

    Parameters
    ----------
    mode
        What moves the goods; ``rail`` is by diesel (`rail_factor` knows grids).
    cargo
        Class of cargo or kind of shipment; one without a row of its own takes that of all.

    Raises
    ------
    DataError
        The mode has no factor for it.

    Examples
    --------
    >>> bool(emission_factor("sea", "dry-bulk")[1] < emission_factor("sea", "container")[1])
    True
    """
    table = _factors()
    found = table.get((mode, cargo), table.get((mode, "")))
    if found is None:
        raise DataError(f"no factor for {cargo or 'goods'} by {mode}", where="emission_factors")
    return found.copy()


def rail_factor(iso3: str) -> FloatArray:
    """Compute what rail emits in an economy, ``[3]`` kg CO2e per tonne-km.

    The share of tonne-km behind electric engines emits what the grid does, the rest burns diesel.
    The ends hold for both ends of the share.
    """
    return _rail_factors().get(iso3, emission_factor("rail"))


@lru_cache(maxsize=NETWORKS_KEPT)
def on_arcs(network: FreightNetwork) -> OnArcs:
    """Find what moves a tonne over each arc of a network, and what rail emits there."""
    arcs = network.arcs
    links = arcs.kind == int(ArcKind.LINK)
    modes = np.array([layer.mode for layer in network.layers])[arcs.start]
    km: dict[Carrier, FloatArray] = {
        mode: np.where(links & (modes == mode), arcs.km, 0.0)
        for mode in ("road", "rail", "ferry", "air")
    }
    km["sea"] = np.where(arcs.kind == int(ArcKind.SEA), arcs.km, 0.0)
    economy = link_economies(network)
    kg = np.zeros((len(ENDS), len(links)))
    for arc in np.flatnonzero(km["rail"] > 0):
        kg[:, arc] = rail_factor(economy[arc]) * km["rail"][arc]
    return OnArcs(km, kg)


def link_economies(network: FreightNetwork) -> list[str]:
    """Name the economy in which the link of each arc lies; empty where the arc is no link."""
    economy = by_text(network.tables.links, "link", "iso3")
    links = network.arcs.kind == int(ArcKind.LINK)
    pairs = zip(network.arcs.name, links.tolist(), strict=True)
    return [economy[name] if is_link else "" for name, is_link in pairs]


@cache
def _factors() -> dict[tuple[str, str], FloatArray]:
    table = embedded_table("freight", "emission_factors")
    mine = table[table["quantity"] == "kg_co2e_per_tonne_km"]
    return {
        (row.mode, row.cargo): np.array([getattr(row, end) for end in ENDS], dtype=np.float64)
        for row in rows(mine)
    }


@cache
def _rail_factors() -> dict[str, FloatArray]:
    table = embedded_table("freight", "emission_factors")
    kwh = table.loc[table["quantity"] == "kwh_per_tonne_km", list(ENDS)].to_numpy(np.float64)[0]
    diesel = emission_factor("rail")
    found = {}
    for row in rows(embedded_table("freight", "rail_traction")):
        electric = kwh * row.grid_g_co2e_per_kwh / GRAMS
        shares = (row.electric_share_low, row.electric_share, row.electric_share_high)
        mixed = np.stack([share * electric + (1.0 - share) * diesel for share in shares])
        found[row.iso3] = np.array([mixed[:, 0].min(), mixed[1, 1], mixed[:, 2].max()])
    return found
