"""From tables to a network: layers, arcs and their central costs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from landbridge.errors import DataError
from landbridge.freight.network import (
    ArcKind,
    Arcs,
    Bands,
    CostClass,
    FreightNetwork,
    Layer,
    Ties,
)
from landbridge.freight.sea import Sea, build_sea, needed_pairs
from landbridge.freight.tables import FreightTables, by_text, column, rows
from landbridge.tables import embedded_table

FIXED = -1
LINK_CLASS = {
    "road": CostClass.ROAD,
    "rail": CostClass.RAIL,
    "ferry": CostClass.FERRY,
    "air": CostClass.AIR,
}


class Costs(NamedTuple):
    """Central costs of an arc and the groups whose bands they share."""

    hours: float
    usd: float
    hours_group: int
    usd_group: int


@dataclass
class _Drawing:
    """Grows while the network is put together; never leaves this module."""

    layers: dict[Layer, int] = field(default_factory=dict)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    groups: dict[str, tuple[int, tuple[float, float, float, float]]] = field(default_factory=dict)
    fallback: set[str] = field(default_factory=set)

    def layer(self, layer: Layer) -> int:
        return self.layers.setdefault(layer, len(self.layers))

    def group(self, name: str, bands: tuple[float, float, float, float]) -> int:
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
        self.rows.append((start, end, kind, cost_class, name, forward, km, *costs, shut_share))


def compile_network(tables: FreightTables, *, sea: Sea | None = None) -> FreightNetwork:
    """Build the network of a set of tables.

    Parameters
    ----------
    tables
        The facts, with any edits applied.
    sea
        Distances by sea when the sea has not changed; found afresh when absent.

    Raises
    ------
    DataError
        A link names a place that is not there, or a mode without costs.
    """
    sea = sea or build_sea(tables.nodes, tables.sea_nodes, tables.sea_links, tables.closed)
    drawing = _Drawing()
    rates = _Rates(tables.mode_costs, drawing)
    for mode in ("access", "sea"):
        rates.costs(mode, "", 1.0)
    _add_links(tables, drawing, rates)
    joined = {layer.node for layer in drawing.layers}
    kinds = by_text(tables.nodes, "node", "kind")
    reached = set(column(tables.access, "node"))
    outer = sorted(node for node in reached | set(sea.ports) if _is_outer(node, kinds, joined))
    for node in sorted((joined | reached) - set(outer)):
        # Cities and ports have a road even where every link of it is shut.
        if kinds[node] in {"city", "port"} or node in reached:
            drawing.layer(Layer(node, "road"))
    terminals = _Terminals(tables, drawing)
    _add_crossings(tables, drawing, terminals)
    places = _by_place(drawing)
    terminals.add_all(places)
    inland = sorted(set(sea.ports) - set(outer) - tables.shut_ports)
    for port in inland:
        terminals.add_port(port, places[port, ""])
    _add_sea(drawing, rates, sea, inland)
    core_layers, core_arcs = len(drawing.layers), len(drawing.rows)
    for port in outer:
        drawing.layer(Layer(port, "road"))
        if port not in tables.shut_ports and port in sea.ports:
            terminals.add_port(port, [Layer(port, "road")])
    arcs, ties = _arcs(drawing, core_arcs), _ties(tables, drawing)
    return FreightNetwork(
        tables=tables,
        layers=tuple(drawing.layers),
        core_layers=core_layers,
        arcs=arcs,
        bands=_bands(drawing),
        sea=sea,
        ties=ties,
        fallback_gauge_breaks=tuple(sorted(drawing.fallback)),
    )


def _is_outer(node: str, kinds: dict[str, str], joined: set[str]) -> bool:
    """Say whether a place is a port that no land or ferry link reaches."""
    return kinds[node] == "port" and node not in joined


class _Rates:
    """Speed and price by mode and economy, with defaults."""

    def __init__(self, mode_costs: pd.DataFrame, drawing: _Drawing) -> None:
        self.drawing = drawing
        self.rows = {(row.mode, row.iso3): row for row in rows(mode_costs)}
        self.known: dict[tuple[str, str], tuple[float, float, int]] = {}

    def costs(self, mode: str, iso3: str, km: float, link: Any = None) -> Costs:  # noqa: ANN401
        """Give the costs of a distance; a link's own speed and price go first."""
        if (mode, iso3) not in self.known:
            self.known[mode, iso3] = self._row(mode, iso3)
        speed, price, group = self.known[mode, iso3]
        hours_group = usd_group = group
        if link is not None and not math.isnan(link.speed_kmh):
            speed, hours_group = link.speed_kmh, FIXED if link.fixed else group
        if link is not None and not math.isnan(link.usd_per_tonne_km):
            price, usd_group = link.usd_per_tonne_km, FIXED if link.fixed else group
        return Costs(km / speed, km * price, hours_group, usd_group)

    def _row(self, mode: str, iso3: str) -> tuple[float, float, int]:
        """Give the speed, the price and the group of a mode in an economy."""
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


def _add_links(tables: FreightTables, drawing: _Drawing, rates: _Rates) -> None:
    borders = set(tables.nodes.loc[tables.nodes["kind"] == "border", "node"])
    known = set(tables.nodes["node"])
    links = tables.links[tables.links["is_open"]]
    shut = links["from_node"].isin(tables.shut_ports)
    shut |= links["to_node"].isin(tables.shut_ports)
    links = links[~(shut & (links["mode"] == "ferry"))]
    missing = (set(links["from_node"]) | set(links["to_node"])) - known
    if missing:
        raise DataError(f"links name places that are not there: {sorted(missing)}", where="links")
    for link in rows(links):
        gauge = 0 if pd.isna(link.gauge_mm) else int(link.gauge_mm)
        ends = [
            drawing.layer(Layer(node, link.mode, gauge, link.iso3 if node in borders else ""))
            for node in (link.from_node, link.to_node)
        ]
        costs = rates.costs(link.mode, link.iso3, link.km, link)
        for forward in (True, False):
            start, end = ends if forward else ends[::-1]
            drawing.arc(
                start,
                end,
                kind=ArcKind.LINK,
                cost_class=LINK_CLASS[link.mode],
                name=link.link,
                costs=costs,
                km=link.km,
                forward=forward,
            )


def _by_place(drawing: _Drawing) -> dict[tuple[str, str], list[Layer]]:
    found: dict[tuple[str, str], list[Layer]] = defaultdict(list)
    for layer in drawing.layers:
        found[layer.node, layer.side].append(layer)
    return found


class _Terminals:
    """Finds the terminal that stands at a place, and draws its arcs."""

    def __init__(self, tables: FreightTables, drawing: _Drawing) -> None:
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
            _ratio(row.hours_low, hours),
            _ratio(row.hours_high, hours),
            _ratio(row.usd_low, row.usd_per_tonne),
            _ratio(row.usd_high, row.usd_per_tonne),
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


def _add_crossings(tables: FreightTables, drawing: _Drawing, terminals: _Terminals) -> None:
    places = _by_place(drawing)
    for row in rows(tables.crossings):
        shut = not row.is_open or row.probability_open <= 0
        if shut:
            continue
        sides = [
            [layer for layer in places.get((row.place, iso3), []) if layer.mode == row.mode]
            for iso3 in (row.from_iso3, row.to_iso3)
        ]
        for a, b in _meeting(row, sides, terminals):
            _add_crossing(row, drawing, drawing.layer(a), drawing.layer(b))


def _meeting(
    row: Any,  # noqa: ANN401
    sides: list[list[Layer]],
    terminals: _Terminals,
) -> Iterator[tuple[Layer, Layer]]:
    """Pair the layers that trains or trucks roll between, making one where gauges differ."""
    gauges = [{layer.gauge_mm for layer in side} for side in sides]
    if not gauges[0] or not gauges[1]:
        return
    for gauge in sorted(gauges[0] & gauges[1]):
        yield (
            Layer(row.place, row.mode, gauge, row.from_iso3),
            Layer(row.place, row.mode, gauge, row.to_iso3),
        )
    if gauges[0] & gauges[1]:
        return
    for first, second in product(sorted(gauges[0]), sorted(gauges[1])):
        stands = terminals.gauge_side(row.place, (first, second)) or row.to_iso3
        gauge = first if stands == row.to_iso3 else second
        yield (
            Layer(row.place, row.mode, gauge, row.from_iso3),
            Layer(row.place, row.mode, gauge, row.to_iso3),
        )


def _add_crossing(row: Any, drawing: _Drawing, start: int, end: int) -> None:  # noqa: ANN401
    for way, ends in (("forward", (start, end)), ("backward", (end, start))):
        hours = getattr(row, f"hours_{way}")
        usd = getattr(row, f"usd_per_tonne_{way}")
        bands = (
            _ratio(getattr(row, f"hours_low_{way}"), hours),
            _ratio(getattr(row, f"hours_high_{way}"), hours),
            _ratio(getattr(row, f"usd_per_tonne_low_{way}"), usd),
            _ratio(getattr(row, f"usd_per_tonne_high_{way}"), usd),
        )
        group = drawing.group(f"crossing:{row.crossing}:{way}", bands)
        drawing.arc(
            *ends,
            kind=ArcKind.CROSSING,
            cost_class=CostClass.STATED if getattr(row, f"stated_{way}") else CostClass.BORDER,
            name=row.crossing,
            costs=Costs(
                hours,
                usd,
                FIXED if bands[0] == bands[1] == 1.0 else group,
                FIXED if bands[2] == bands[3] == 1.0 else group,
            ),
            forward=way == "forward",
            shut_share=1.0 - row.probability_open,
        )


def _ratio(value: float, centre: float) -> float:
    return value / centre if centre > 0 else 1.0


def _add_sea(drawing: _Drawing, rates: _Rates, sea: Sea, ports: list[str]) -> None:
    """Add the sea legs among ports that no stop at a third one explains."""
    place = {port: number for number, port in enumerate(sea.ports)}
    numbers = [place[port] for port in ports]
    km = sea.km[np.ix_(numbers, numbers)]
    layers = [drawing.layer(Layer(port, "sea")) for port in ports]
    for first, second in np.argwhere(needed_pairs(km)).tolist():
        length = float(km[first, second])
        drawing.arc(
            layers[first],
            layers[second],
            kind=ArcKind.SEA,
            cost_class=CostClass.SEA,
            name=f"{ports[first]}>{ports[second]}",
            costs=rates.costs("sea", "", length),
            km=length,
        )


def _arcs(drawing: _Drawing, core: int) -> Arcs:
    columns = list(zip(*drawing.rows, strict=True))
    (start, end, kind, cost_class, name, forward, km, hours, usd, hours_group, usd_group, shut) = (
        columns
    )
    return Arcs(
        start=np.array(start, dtype=np.int64),
        end=np.array(end, dtype=np.int64),
        kind=np.array(kind, dtype=np.int8),
        cost_class=np.array(cost_class, dtype=np.int8),
        name=tuple(name),
        forward=np.array(forward, dtype=bool),
        km=np.array(km, dtype=np.float64),
        hours=np.array(hours, dtype=np.float64),
        usd_per_tonne=np.array(usd, dtype=np.float64),
        shut_share=np.array(shut, dtype=np.float64),
        hours_group=np.array(hours_group, dtype=np.int64),
        usd_group=np.array(usd_group, dtype=np.int64),
        core=core,
    )


def _bands(drawing: _Drawing) -> Bands:
    ratios = np.array([bands for _, bands in drawing.groups.values()], dtype=np.float64)
    return Bands(
        names=tuple(drawing.groups),
        hours_low=ratios[:, 0],
        hours_high=ratios[:, 1],
        usd_low=ratios[:, 2],
        usd_high=ratios[:, 3],
    )


def _ties(tables: FreightTables, drawing: _Drawing) -> Ties:
    centres = embedded_table("atlas", "centres")
    number = {
        key: index
        for index, key in enumerate(
            zip(column(centres, "iso3"), column(centres, "centre"), strict=True)
        )
    }
    weight = centres["weight"].to_numpy(dtype=np.float64)
    access = tables.access
    keep = [
        (
            row.iso3,
            row.node,
            number[row.iso3, row.centre],
            drawing.layers[Layer(row.node, "road")],
            row.km,
        )
        for row in rows(access)
        if (row.iso3, row.centre) in number
    ]
    iso3, node, centre, layer_number, km = zip(*keep, strict=True)
    centre_array = np.array(centre, dtype=np.int64)
    return Ties(
        iso3=tuple(iso3),
        node=tuple(node),
        centre=centre_array,
        layer=np.array(layer_number, dtype=np.int64),
        km=np.array(km, dtype=np.float64),
        weight=weight[centre_array],
    )
