"""The constants of the choice: how much a port or mode is taken besides what it costs.

A constant is an attraction, in units of the logit: USD per tonne over the spread of the class,
with the sign turned. So one number of a port, and one of a mode for bulk and for boxes, serves all
classes. Values stand in ``freight/cargo_constants``, fitted by `fitting` to observed figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from landbridge.freight.carriage.carry import Constants
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.network.tables import rows
from landbridge.tables import embedded_table

BULK: Final = "bulk"
BOXES: Final = "boxes"


@dataclass(frozen=True)
class Attractions:
    """How much more than its cost says a port or a mode is taken.

    Attributes
    ----------
    ports
        By place id; 0 where absent.
    modes
        By group (`BULK`, `BOXES`) and mode; 0 where absent.
    factors
        The same: log of how many times a mode's cost is felt.
    """

    ports: Mapping[str, float] = field(default_factory=dict)
    modes: Mapping[tuple[str, str], float] = field(default_factory=dict)
    factors: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def constants(self, cargo: CargoClass, ports: tuple[str, ...]) -> Constants:
        """Turn attractions into felt costs of a class, USD per tonne."""
        own = np.array([self.ports.get(port, 0.0) for port in ports])
        group = group_of(cargo)
        modes = {
            mode: -value * cargo.mode_spread_usd_per_tonne
            for (whose, mode), value in self.modes.items()
            if whose == group
        }
        felt = {
            mode: float(np.exp(value))
            for (whose, mode), value in self.factors.items()
            if whose == group
        }
        return Constants(modes, felt, -own * cargo.port_spread_usd_per_tonne)


def group_of(cargo: CargoClass) -> str:
    """Say whether a class goes in bulk or in boxes."""
    return BOXES if cargo.tonnes_per_teu > 0 else BULK


def fitted_attractions() -> Attractions:
    """Read the fitted constants of the table ``freight/cargo_constants``."""
    table = embedded_table("freight", "cargo_constants")
    ports = table[table["kind"] == "port"]
    modes = table[table["kind"] == "mode"]
    factors = table[table["kind"] == "felt cost"]
    return Attractions(
        ports={row.name: float(row.value) for row in rows(ports)},
        modes={(row.cargo_group, row.name): float(row.value) for row in rows(modes)},
        factors={(row.cargo_group, row.name): float(row.value) for row in rows(factors)},
    )
