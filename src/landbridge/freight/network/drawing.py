"""The network while it is put together: layers and arcs that grow, and what prices them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.errors import DataError
from landbridge.freight.network.parts import ArcKind, CostClass, Layer
from landbridge.freight.network.tables import rows

FIXED = -1
"""The group of a value that a scenario states: it is not drawn."""


class Costs(NamedTuple):
    """Central costs of an arc and the groups whose bands they share."""

    hours: float
    usd: float
    hours_group: int
    usd_group: int


ARC_COLUMNS = (
    "start", "end", "kind", "cost_class", "name", "forward", "km",
    "hours", "usd", "hours_group", "usd_group", "shut_share",
)  # fmt: skip


@dataclass
class Drawing:
    """Grows while the network is put together; never leaves this module.

    Arcs are lists a column, not objects an arc: tens of thousands of those would each time set
    off Python's search for garbage, which takes longer than all the rest.
    """

    layers: dict[Layer, int] = field(default_factory=dict)
    columns: dict[str, list[Any]] = field(
        default_factory=lambda: {name: [] for name in ARC_COLUMNS}
    )
    groups: dict[str, tuple[int, tuple[float, float, float, float]]] = field(default_factory=dict)
    fallback: set[str] = field(default_factory=set)

    def layer(self, layer: Layer) -> int:
        """Find the number of a layer, a new one where there is none."""
        return self.layers.setdefault(layer, len(self.layers))

    def layers_of(self, keys: Iterable[tuple[str, str, int, str]]) -> list[int]:
        """Find the numbers of many layers, new ones in their order."""
        known, found = self.layers, []
        for key in keys:
            # A layer equals the plain tuple of its fields.
            number = known.get(key)  # type: ignore[call-overload]
            found.append(self.layer(Layer(*key)) if number is None else number)
        return found

    def __len__(self) -> int:
        """Count the arcs."""
        return len(self.columns["start"])

    def group(self, name: str, bands: tuple[float, float, float, float]) -> int:
        """Find the number of a group of bands, made when it is first named."""
        if name not in self.groups:
            self.groups[name] = (len(self.groups), bands)
        return self.groups[name][0]

    def arc(  # noqa: PLR0913 - one argument a column of the arcs
        self,
        start: int,
        end: int,
        *,
        kind: ArcKind,
        cost_class: CostClass,
        name: str,
        costs: Costs,
        km: float = 0.0,
        forward: bool = True,
        shut_share: float = 0.0,
    ) -> None:
        """Add one arc."""
        row = (start, end, kind, cost_class, name, forward, km, *costs, shut_share)
        for column_of, value in zip(self.columns.values(), row, strict=True):
            column_of.append(value)

    def arcs(self, **columns: list[Any]) -> None:
        """Add many arcs, none of them a crossing; a list a column."""
        for name, values in columns.items():
            self.columns[name] += values
        self.columns["shut_share"] += [0.0] * len(columns["start"])


class Rates:
    """Speed and price by mode and economy, with defaults."""

    def __init__(self, mode_costs: pd.DataFrame, drawing: Drawing) -> None:
        self.drawing = drawing
        self.rows = {(row.mode, row.iso3): row for row in rows(mode_costs)}
        self.known: dict[tuple[str, str], tuple[float, float, int]] = {}

    def of(self, mode: str, iso3: str) -> tuple[float, float, int]:
        """Look up the speed, the price and the group of a mode in an economy."""
        if (mode, iso3) not in self.known:
            self.known[mode, iso3] = self._row(mode, iso3)
        return self.known[mode, iso3]

    def _row(self, mode: str, iso3: str) -> tuple[float, float, int]:
        row: Any = self.rows.get((mode, iso3)) or self.rows.get((mode, ""))
        if row is None:
            raise DataError(f"mode_costs has no row for {mode} in {iso3} and no default")
        group = self.drawing.group(
            f"{mode}:{row.iso3 or 'default'}",
            (
                row.speed_kmh / row.speed_high,
                row.speed_kmh / row.speed_low,
                row.usd_low / row.usd_per_tonne_km,
                row.usd_high / row.usd_per_tonne_km,
            ),
        )
        return row.speed_kmh, row.usd_per_tonne_km, group


def twice(values: Sequence[Any] | NDArray[Any]) -> list[Any]:
    """Repeat each value for the arc there and the arc back."""
    found: list[Any] = np.repeat(np.asarray(values), 2).tolist()
    return found


def by_place(drawing: Drawing) -> dict[tuple[str, str], list[Layer]]:
    """Group the layers by place, and by side of a border place."""
    found: dict[tuple[str, str], list[Layer]] = defaultdict(list)
    for layer in drawing.layers:
        found[layer.node, layer.side].append(layer)
    return found


def ratio(value: float, centre: float) -> float:
    """Compute a value over the central one; one where that is nothing."""
    return value / centre if centre > 0 else 1.0
