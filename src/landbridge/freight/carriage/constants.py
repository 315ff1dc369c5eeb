"""The constants of the choice: how much a port or mode is taken besides what it costs.

A constant is an attraction, in units of the logit: USD per tonne over the spread of the class,
with the sign turned. So one number of a port, and one of a mode for bulk and for boxes, serves all
classes. Values stand in ``freight/cargo_constants``, fitted by `fitting` to observed figures.

The attraction of a port has two parts: what its features say (its liner connectivity, table
``freight/port_liner``; the same rule for all ports), and what it has besides, which only a port
with a figure can show:

    attraction = own + sum over features of slope * feature
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import numpy as np

from landbridge.freight.carriage.carry import Constants
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.network.tables import rows
from landbridge.tables import embedded_table
from landbridge.units import FloatArray

BULK: Final = "bulk"
BOXES: Final = "boxes"
DEAR: Final = "dear"
FEATURES: Final = ("connectivity", "no liner service")
"""Log of the liner connectivity over `TYPICAL` (0 without), and 1 without liner service."""
TYPICAL: Final = 100.0


@dataclass(frozen=True)
class Attractions:
    """How much more than its cost says a port or a mode is taken.

    Attributes
    ----------
    ports
        By place id, besides what the features say; 0 where absent.
    modes
        By group (`BULK`, `BOXES`, `DEAR`) and mode; 0 where absent.
    features
        By group and name of `FEATURES`: what a unit of it adds to a port.
    """

    ports: Mapping[str, float] = field(default_factory=dict)
    modes: Mapping[tuple[str, str], float] = field(default_factory=dict)
    features: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def fields(self) -> tuple[tuple[str, Mapping[Any, float]], ...]:
        """List the kinds of constants by name."""
        return (
            ("ports", self.ports),
            ("modes", self.modes),
            ("features", self.features),
        )

    def constants(self, cargo: CargoClass, ports: tuple[str, ...]) -> Constants:
        """Turn attractions into felt costs of a class, USD per tonne."""
        group = cargo.group
        own = np.array([self.ports.get(port, 0.0) for port in ports])
        slopes = np.array([self.features.get((group, name), 0.0) for name in FEATURES])
        own += features_of(ports) @ slopes
        modes = {
            mode: -value * cargo.mode_spread_usd_per_tonne
            for (whose, mode), value in self.modes.items()
            if whose == group
        }
        return Constants(modes, -own * cargo.port_spread_usd_per_tonne)


def features_of(ports: tuple[str, ...]) -> FloatArray:
    """Look up the features of ports, ``[P, features]``; a port that is not listed has none."""
    known = _features()
    return np.array([known.get(port, (0.0, 1.0)) for port in ports])


@cache
def _features() -> dict[str, tuple[float, float]]:
    table = embedded_table("freight", "port_liner")
    return {row.port: (float(np.log(row.connectivity / TYPICAL)), 0.0) for row in rows(table)}


def fitted_attractions() -> Attractions:
    """Read the fitted constants of the table ``freight/cargo_constants``."""
    table = embedded_table("freight", "cargo_constants")
    kinds = {kind: rows(table[table["kind"] == kind]) for kind in table["kind"].unique()}

    def by_group(kind: str) -> dict[tuple[str, str], float]:
        return {(row.cargo_group, row.name): float(row.value) for row in kinds.get(kind, ())}

    return Attractions(
        ports={row.name: float(row.value) for row in kinds.get("port", ())},
        modes=by_group("mode"),
        features=by_group("port feature"),
    )
