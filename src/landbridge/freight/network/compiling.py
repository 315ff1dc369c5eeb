"""From tables to layers, arcs and their central costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from landbridge.errors import DataError
from landbridge.freight.network.cost_graph import Structure
from landbridge.freight.network.drawing import FIXED, Costs, Drawing, Rates, by_place, ratio, twice
from landbridge.freight.network.parts import ArcKind, Arcs, Bands, Core, CostClass, Layer, Ties
from landbridge.freight.network.sea import Sea, needed_pairs
from landbridge.freight.network.tables import FreightTables, by_text, column, rows
from landbridge.freight.network.terminal_arcs import Terminals

LINK_CLASS = {
    "road": CostClass.ROAD,
    "rail": CostClass.RAIL,
    "ferry": CostClass.FERRY,
    "air": CostClass.AIR,
}


@dataclass(frozen=True, eq=False)
class Assembled:
    """Layers and arcs of a network, put together; `compiled.FreightNetwork` says what each is."""

    layers: tuple[Layer, ...]
    arcs: Arcs
    bands: Bands
    ties: Ties
    fallback_gauge_breaks: tuple[str, ...]
    core: Core


def assemble(tables: FreightTables, sea: Sea) -> Assembled:
    """Put the layers and arcs of a set of tables together.

    Parameters
    ----------
    tables
        The facts, with any edits made.
    sea
        Distances by sea.

    Raises
    ------
    DataError
        A row names a place that is not there, or a mode without costs; no economy comes on.
    """
    _check_places(tables)
    drawing = Drawing()
    rates = Rates(tables.mode_costs, drawing)
    for mode in ("access", "sea"):
        rates.of(mode, "")
    _add_links(tables, drawing, rates)
    joined = {layer.node for layer in drawing.layers}
    kinds = by_text(tables.nodes, "node", "kind")
    reached = set(column(tables.access, "node"))
    outer = sorted(node for node in reached | set(sea.ports) if _is_outer(node, kinds, joined))
    for node in sorted((joined | reached) - set(outer)):
        # Cities and ports have a road even where every link of it is shut.
        if kinds[node] in {"city", "port"} or node in reached:
            drawing.layer(Layer(node, "road"))
    terminals = Terminals(tables, drawing)
    _add_crossings(tables, drawing, terminals)
    places = by_place(drawing)
    terminals.add_all(places)
    inland = sorted(set(sea.ports) - set(outer) - tables.shut_ports)
    for port in inland:
        terminals.add_port(port, places[port, ""])
    _add_sea(drawing, rates, sea, inland)
    core_layers, core_arcs = len(drawing.layers), len(drawing)
    for port in outer:
        drawing.layer(Layer(port, "road"))
        if port not in tables.shut_ports and port in sea.ports:
            terminals.add_port(port, [Layer(port, "road")])
    arcs, ties = _arcs(drawing, core_arcs), _ties(tables, drawing)
    layers = tuple(drawing.layers)
    return Assembled(
        layers=layers,
        arcs=arcs,
        bands=_bands(drawing),
        ties=ties,
        fallback_gauge_breaks=tuple(sorted(drawing.fallback)),
        core=_core(layers[:core_layers], arcs, ties),
    )


def _check_places(tables: FreightTables) -> None:
    """Refuse tables whose rows name places that are not there."""
    known = set(column(tables.nodes, "node"))
    named = (
        ("links", tables.links, ("from_node", "to_node")),
        ("crossings", tables.crossings, ("place",)),
        ("access", tables.access, ("node",)),
    )
    for name, table, columns in named:
        missing = {place for key in columns for place in column(table, key)} - known
        if missing:
            raise DataError(f"{name} name places that are not there: {sorted(missing)}", where=name)


def _core(layers: tuple[Layer, ...], arcs: Arcs, ties: Ties) -> Core:
    kept = {number for number, layer in enumerate(layers) if layer.mode == "sea"}
    kept |= {number for number in ties.layer.tolist() if number < len(layers)}
    structure = Structure(len(layers), arcs.start[: arcs.core], arcs.end[: arcs.core])
    return Core(structure, np.array(sorted(kept), dtype=np.int64))


def _is_outer(node: str, kinds: dict[str, str], joined: set[str]) -> bool:
    """Say whether a place is a port that no land or ferry link reaches."""
    return kinds[node] == "port" and node not in joined


def _add_links(tables: FreightTables, drawing: Drawing, rates: Rates) -> None:
    borders = set(tables.nodes.loc[tables.nodes["kind"] == "border", "node"])
    links = tables.links[tables.links["is_open"]]
    shut = links["from_node"].isin(tables.shut_ports)
    shut |= links["to_node"].isin(tables.shut_ports)
    links = links[~(shut & (links["mode"] == "ferry"))]
    start, end, modes, iso3 = (
        column(links, name) for name in ("from_node", "to_node", "mode", "iso3")
    )
    gauges = links["gauge_mm"].fillna(0).to_numpy(dtype=np.int64).tolist()
    ends = zip(start, end, modes, gauges, iso3, strict=True)
    numbers = np.array(
        drawing.layers_of(
            (node, mode, gauge, code if node in borders else "")
            for a, b, mode, gauge, code in ends
            for node in (a, b)
        ),
        dtype=np.int64,
    ).reshape(-1, 2)
    rated = [rates.of(mode, code) for mode, code in zip(modes, iso3, strict=True)]
    speed, price, group = (np.array(values) for values in zip(*rated, strict=True))
    fixed = links["fixed"].to_numpy(dtype=bool)
    km = links["km"].to_numpy(dtype=np.float64)
    own_speed, own_price = (
        links[name].to_numpy(dtype=np.float64) for name in ("speed_kmh", "usd_per_tonne_km")
    )
    # A link's own speed and price go before those of its mode and economy.
    has_speed, has_price = ~np.isnan(own_speed), ~np.isnan(own_price)
    drawing.arcs(
        start=numbers.ravel().tolist(),
        end=numbers[:, ::-1].ravel().tolist(),
        kind=[ArcKind.LINK] * (2 * len(links)),
        cost_class=twice([LINK_CLASS[mode] for mode in modes]),
        name=twice(column(links, "link")),
        forward=[True, False] * len(links),
        km=twice(km),
        hours=twice(km / np.where(has_speed, own_speed, speed)),
        usd=twice(km * np.where(has_price, own_price, price)),
        hours_group=twice(np.where(has_speed & fixed, FIXED, group)),
        usd_group=twice(np.where(has_price & fixed, FIXED, group)),
    )


def _add_crossings(tables: FreightTables, drawing: Drawing, terminals: Terminals) -> None:
    places = by_place(drawing)
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
    terminals: Terminals,
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


def _add_crossing(row: Any, drawing: Drawing, start: int, end: int) -> None:  # noqa: ANN401
    for way, ends in (("forward", (start, end)), ("backward", (end, start))):
        hours = getattr(row, f"hours_{way}")
        usd = getattr(row, f"usd_per_tonne_{way}")
        bands = (
            ratio(getattr(row, f"hours_low_{way}"), hours),
            ratio(getattr(row, f"hours_high_{way}"), hours),
            ratio(getattr(row, f"usd_per_tonne_low_{way}"), usd),
            ratio(getattr(row, f"usd_per_tonne_high_{way}"), usd),
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


def _add_sea(drawing: Drawing, rates: Rates, sea: Sea, ports: list[str]) -> None:
    """Add the sea legs among ports that no stop at a third one explains."""
    place = {port: number for number, port in enumerate(sea.ports)}
    numbers = [place[port] for port in ports]
    km = sea.km[np.ix_(numbers, numbers)]
    layers = [drawing.layer(Layer(port, "sea")) for port in ports]
    first, second = np.nonzero(needed_pairs(km))
    length = km[first, second]
    speed, price, group = rates.of("sea", "")
    count = len(length)
    drawing.arcs(
        start=[layers[place] for place in first.tolist()],
        end=[layers[place] for place in second.tolist()],
        kind=[ArcKind.SEA] * count,
        cost_class=[CostClass.SEA] * count,
        name=[
            f"{ports[a]}>{ports[b]}" for a, b in zip(first.tolist(), second.tolist(), strict=True)
        ],
        forward=[True] * count,
        km=length.tolist(),
        hours=(length / speed).tolist(),
        usd=(length * price).tolist(),
        hours_group=[group] * count,
        usd_group=[group] * count,
    )


def _arcs(drawing: Drawing, core: int) -> Arcs:
    (start, end, kind, cost_class, name, forward, km, hours, usd, hours_group, usd_group, shut) = (
        drawing.columns.values()
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


def _bands(drawing: Drawing) -> Bands:
    ratios = np.array([bands for _, bands in drawing.groups.values()], dtype=np.float64)
    return Bands(
        names=tuple(drawing.groups),
        hours_low=ratios[:, 0],
        hours_high=ratios[:, 1],
        usd_low=ratios[:, 2],
        usd_high=ratios[:, 3],
    )


def _ties(tables: FreightTables, drawing: Drawing) -> Ties:
    centres = tables.centres
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
    if not keep:
        raise DataError("no economy's centre reaches the network.", where="access")
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
