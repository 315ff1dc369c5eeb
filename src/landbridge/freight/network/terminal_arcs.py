"""Arcs in terminals: gauge breaks, road-rail transfers, ports, ferry ports and airports."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product
from typing import Any

from landbridge.freight.network.drawing import FIXED, Costs, Drawing, ratio
from landbridge.freight.network.parts import ArcKind, CostClass, Layer
from landbridge.freight.network.tables import FreightTables, by_text, rows


class Terminals:
    """Finds the terminal that stands at a place, and draws its arcs."""

    def __init__(self, tables: FreightTables, drawing: Drawing) -> None:
        self.drawing = drawing
        self.kinds = by_text(tables.nodes, "node", "kind")
        economy = by_text(tables.nodes, "node", "iso3")
        classes = by_text(tables.zones, "iso3", "port_class")
        self.advanced = {n for n, iso3 in economy.items() if classes.get(iso3) == "advanced"}
        standing = [row for row in rows(tables.terminals) if row.terminal not in tables.closed]
        self.default: dict[tuple[str, str], Any] = {
            (row.place, row.kind): row for row in standing if row.place.startswith("default")
        }
        self.own: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in standing:
            self.own[row.place, row.kind].append(row)

    def gauge_side(self, node: str, gauges: tuple[int, int]) -> str:
        """Say on which side of a border the gauge break stands; empty when not said."""
        for row in self.own[node, "gauge_break"]:
            if {row.gauge_a_mm, row.gauge_b_mm} == set(gauges):
                return str(row.side_iso3)
        return ""

    def add_all(self, places: dict[tuple[str, str], list[Layer]]) -> None:
        """Join the layers of every place: gauge breaks, transfers and ferry ports."""
        for (node, side), layers in places.items():
            rails = [layer for layer in layers if layer.mode == "rail"]
            for a, b in combinations(sorted(rails, key=lambda layer: layer.gauge_mm), 2):
                self._join(a, b, self._gauge_break(node, side, (a.gauge_mm, b.gauge_mm)))
            roads = [layer for layer in layers if layer.mode == "road"]
            for rail, road in product(rails, roads):
                self._join(rail, road, self._transfer(node, side))
            for ferry in [layer for layer in layers if layer.mode == "ferry"]:
                row = next(iter(self.own[node, "ferry"]), self.default["default-ferry", "ferry"])
                for land in [*rails, *roads]:
                    self._join(land, ferry, row)
            for flight, road in product([one for one in layers if one.mode == "air"], roads):
                self._join(road, flight, self.default["default-airport", "airport"])

    def add_port(self, node: str, layers: list[Layer]) -> None:
        """Join the sea layer of a port to its land layers."""
        fallback = "default-advanced" if node in self.advanced else "default"
        row = next(iter(self.own[node, "port"]), self.default[fallback, "port"])
        for layer in layers:
            if layer.mode in {"road", "rail"}:
                self._join(layer, Layer(node, "sea"), row)

    def _gauge_break(self, node: str, side: str, gauges: tuple[int, int]) -> Any:  # noqa: ANN401
        for row in self.own[node, "gauge_break"]:
            if {row.gauge_a_mm, row.gauge_b_mm} == set(gauges) and row.side_iso3 in ("", side):
                return row
        self.drawing.fallback.add(node)
        return self.default["default", "gauge_break"]

    def _transfer(self, node: str, side: str) -> Any:  # noqa: ANN401
        for row in self.own[node, "transfer"]:
            if row.side_iso3 in ("", side):
                return row
        # Goods change mode in cities and ports; elsewhere only where a terminal is known.
        city = self.kinds[node] in {"city", "port"}
        return self.default["default", "transfer"] if city else None

    def _join(self, a: Layer, b: Layer, row: Any) -> None:  # noqa: ANN401
        if row is None:
            return
        kind = {
            "gauge_break": ArcKind.GAUGE_BREAK,
            "transfer": ArcKind.TRANSFER,
            "port": ArcKind.PORT,
            "ferry": ArcKind.FERRY_PORT,
            "airport": ArcKind.PORT,
        }[row.kind]
        hours = row.fixed_hours + row.queue_hours
        bands = (
            ratio(row.hours_low, hours),
            ratio(row.hours_high, hours),
            ratio(row.usd_low, row.usd_per_tonne),
            ratio(row.usd_high, row.usd_per_tonne),
        )
        group = self.drawing.group(f"terminal:{row.draws_as}:{a.node}", bands)
        costs = Costs(
            hours,
            row.usd_per_tonne,
            FIXED if bands[0] == bands[1] == 1.0 else group,
            FIXED if bands[2] == bands[3] == 1.0 else group,
        )
        ends = (self.drawing.layer(a), self.drawing.layer(b))
        for start, end in (ends, ends[::-1]):
            self.drawing.arc(
                start,
                end,
                kind=kind,
                cost_class=CostClass.STATED if row.stated else CostClass.TERMINAL,
                name=row.terminal,
                costs=costs,
                forward=start == ends[0],
            )
