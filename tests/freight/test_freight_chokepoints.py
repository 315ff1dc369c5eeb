"""What is shut is in no path, and where nothing is left the answer is "no route"."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import NoRouteError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import AddLink, SetBorder, SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, compile_network, load_network
from landbridge.freight.network.geometry import map_lines
from landbridge.freight.network.sea import Sea, build_sea
from landbridge.freight.network.tables import by_text, column
from landbridge.freight.routes.least_cost import Trip, best_trip
from landbridge.freight.skims.economies import skims
from landbridge.tables import embedded_table

NETWORK = load_network()
PARAMETERS = central_parameters()
ROUNDING = 1e-9
PAIRS = {
    "suez": (("Shanghai", "Genoa"), ("Mumbai", "Piraeus"), ("Karachi", "Rotterdam")),
    "bab-el-mandeb": (("Shanghai", "Genoa"), ("Mumbai", "Jeddah")),
    "malacca": (("Shanghai", "Mumbai"), ("Tokyo", "Colombo")),
    "hormuz": (("Manama", "Mumbai"), ("Doha", "Karachi"), ("Kuwait City", "Colombo")),
    "bosporus": (("Constanta", "Mumbai"), ("Novorossiysk", "Piraeus")),
    "panama": (("Guayaquil", "New York"), ("Callao", "Savannah")),
    "torkham": (("Peshawar", "Jalalabad"), ("Karachi", "Kabul")),
    "chaman": (("Quetta", "Kandahar"), ("Karachi", "Kandahar")),
}
"""Trips whose least-cost path passes the place while it is open."""
ACROSS = {
    "suez": ((31.9, 30.4), (32.9, 30.4)),
    "bab-el-mandeb": ((42.6, 12.3), (43.9, 13.0)),
    "hormuz": ((56.2, 25.9), (56.6, 27.3)),
    "malacca": ((99.6, 3.1), (100.9, 4.3)),
    "bosporus": ((28.8, 41.1), (29.4, 41.1)),
    "dardanelles": ((26.2, 40.2), (26.6, 40.0)),
    "panama": ((-80.2, 8.8), (-79.2, 9.5)),
    "gibraltar": ((-5.6, 35.6), (-5.6, 36.3)),
}
"""A line from shore to shore across each passage, (longitude, latitude)."""
ECONOMIES = (
    "PAK", "AFG", "UZB", "IRN", "ARE", "KWT", "IND", "CHN", "JPN", "DEU", "ROU", "USA", "ECU", "SAU"
)  # fmt: skip


@pytest.mark.unit
@pytest.mark.slow
@pytest.mark.parametrize("place", PAIRS)
def test_what_is_shut_is_in_no_path(place: str) -> None:
    shut = apply_edits(NETWORK, [SetOpen(place, is_open=False)])
    for origin, destination in PAIRS[place]:
        before = best_trip(NETWORK, PARAMETERS, origin, destination)
        assert place in passed(NETWORK, before), (origin, destination)
        after = best_trip(shut, PARAMETERS, origin, destination)
        assert place not in passed(shut, after)
        assert after.generalised_usd_per_tonne > before.generalised_usd_per_tonne
    was = skims(NETWORK, PARAMETERS, iso3=ECONOMIES).generalised_usd_per_tonne
    now = skims(shut, PARAMETERS, iso3=ECONOMIES).generalised_usd_per_tonne
    assert (now >= was * (1 - ROUNDING)).all()
    assert (now > was * (1 + 1e-3)).any()


def passed(network: FreightNetwork, trip: Trip) -> set[str]:
    """List the sea passages and border places that a trip passes."""
    found = {
        name for name in trip.links if name in set(column(network.tables.crossings, "crossing"))
    }
    places = by_text(network.tables.crossings, "crossing", "place")
    through: set[str] = {places[name] for name in found}
    for name in trip.links:
        if ">" in name:
            through |= set(network.sea.passages_between(*name.split(">")))
    return through


@pytest.mark.unit
@pytest.mark.parametrize("passage", ACROSS)
def test_no_ship_sails_across_a_passage_that_is_shut(passage: str) -> None:
    tables = NETWORK.tables
    shut = build_sea(tables.nodes, tables.sea_nodes, tables.sea_links, frozenset({passage}))
    assert crossings_of(NETWORK.sea, ACROSS[passage]) > 0
    assert crossings_of(shut, ACROSS[passage]) == 0


def crossings_of(sea: Sea, gate: tuple[tuple[float, float], tuple[float, float]]) -> int:
    """Count the legs of shortest ways between ports whose drawn line crosses a gate."""
    used: set[tuple[int, int]] = set()
    number = {name: place for place, name in enumerate(sea.points)}
    for row in sea.before:
        for port in sea.ports:
            point = number[port]
            while row[point] >= 0 and (int(row[point]), point) not in used:
                used.add((int(row[point]), point))
                point = int(row[point])
    count = 0
    for start, end in used:
        line = [tuple(sea.where[start]), *sea._shape((start, end)), tuple(sea.where[end])]
        # A leg over the date line jumps from one edge of the map to the other.
        near = [(a, b) for a, b in pairwise(line) if abs(a[0] - b[0]) < 180]
        count += any(crosses(a, b, *gate) for a, b in near)
    return count


Point = tuple[float, float]


def crosses(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


@pytest.mark.unit
def test_every_named_passage_is_in_the_sea_and_is_found_by_its_names() -> None:
    known = embedded_table("freight", "passages")
    assert set(known["passage"]) == set(column(NETWORK.tables.sea_links, "passage")) - {""}


@pytest.mark.unit
@pytest.mark.slow
def test_the_gulf_is_cut_off_when_strait_and_land_are_shut() -> None:
    strait = SetOpen("Strait of Hormuz", is_open=False)
    assert best_trip(apply_edits(NETWORK, [strait]), PARAMETERS, "Doha", "Mumbai").km > 0
    pairs = (("SAU", "QAT"), ("SAU", "KWT"), ("IRQ", "KWT"))
    land = [SetBorder(*pair, is_open=False) for pair in pairs]
    # By ship to another port within the strait, and over land from there, goods still come out.
    around = apply_edits(NETWORK, [strait, *land])
    assert "Fujairah" in best_trip(around, PARAMETERS, "Doha", "Mumbai").text
    sea = around.sea
    inside = [
        port
        for port, km in zip(sea.ports, sea.km[sea.ports.index("doha")], strict=True)
        if np.isfinite(km) and port not in ("doha", "kuwait-city")
    ]
    shut = apply_edits(NETWORK, [strait, *land, *(SetOpen(p, is_open=False) for p in inside)])
    for origin in ("Doha", "Kuwait City"):
        with pytest.raises(NoRouteError, match="no way from") as caught:
            best_trip(shut, PARAMETERS, origin, "Mumbai")
        assert "hormuz" in str(caught.value)
    found = skims(shut, PARAMETERS, iso3=("KWT", "IND"))
    assert np.isinf(found.generalised_usd_per_tonne[0, 1])
    assert not found.covered[0, 1]


@pytest.mark.unit
@pytest.mark.slow
@pytest.mark.parametrize(
    ("port", "origin", "destination"),
    [("singapore", "Shanghai", "Mumbai"), ("port of Gibraltar", "New York", "Genoa")],
)
def test_ships_pass_a_port_that_is_shut(port: str, origin: str, destination: str) -> None:
    before = best_trip(NETWORK, PARAMETERS, origin, destination)
    shut = apply_edits(NETWORK, [SetOpen(port, is_open=False)])
    after = best_trip(shut, PARAMETERS, origin, destination)
    assert after.km == pytest.approx(before.km)


@pytest.mark.unit
def test_a_port_that_is_shut_takes_no_ship() -> None:
    shut = apply_edits(NETWORK, [SetOpen("karachi", is_open=False)])
    assert not [
        name for name, layer in zip(shut.arcs.name, shut.arcs.start, strict=True)
        if shut.layers[layer].node == "karachi" and shut.layers[layer].mode == "sea"
    ]  # fmt: skip
    assert "karachi-port" in NETWORK.arcs.name
    assert "karachi-port" not in shut.arcs.name


@pytest.mark.property
@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_a_new_link_never_raises_a_cost_between_any_two_economies(data: st.DataObject) -> None:
    economies = embedded_table("atlas", "economies")
    iso3 = tuple(economies.loc[economies["trader"], "iso3"])
    nodes = NETWORK.tables.nodes
    inland = nodes[nodes["kind"].isin(["city", "junction"])]
    counts = inland["iso3"].value_counts()
    country = data.draw(st.sampled_from(sorted(counts[counts > 1].index)))
    places = st.sampled_from(sorted(inland.loc[inland["iso3"] == country, "node"]))
    ends = data.draw(st.lists(places, min_size=2, max_size=2, unique=True))
    link = AddLink(
        "new", ends[0], ends[1], data.draw(st.sampled_from(["road", "rail"])),
        data.draw(st.floats(0.5, 3000)), gauge_mm=1435, speed_kmh=data.draw(st.floats(5, 200)),
        usd_per_tonne_km=data.draw(st.floats(0, 0.2)), iso3=country,
    )  # fmt: skip
    after = skims(apply_edits(NETWORK, [link]), PARAMETERS, iso3=iso3)
    was = all_costs(iso3)
    assert (after.generalised_usd_per_tonne <= was * (1 + ROUNDING)).all()


def all_costs(iso3: tuple[str, ...]) -> np.ndarray:
    if iso3 not in _HELD:
        _HELD[iso3] = skims(NETWORK, PARAMETERS, iso3=iso3).generalised_usd_per_tonne
    return _HELD[iso3]


_HELD: dict[tuple[str, ...], np.ndarray] = {}


@pytest.mark.unit
@pytest.mark.slow
def test_costs_are_symmetric_where_crossings_are() -> None:
    crossings = NETWORK.tables.crossings.copy()
    for name in [name for name in map(str, crossings) if name.endswith("_forward")]:
        crossings[name.replace("_forward", "_backward")] = crossings[name]
    even = compile_network(replace(NETWORK.tables, crossings=crossings), sea=NETWORK.sea)
    found = skims(even, PARAMETERS, iso3=ECONOMIES)
    for values in (found.generalised_usd_per_tonne, found.usd_per_tonne, found.hours):
        assert np.allclose(values, values.T, rtol=1e-9)
    uneven = skims(NETWORK, PARAMETERS, iso3=ECONOMIES).generalised_usd_per_tonne
    assert not np.allclose(uneven, uneven.T, rtol=1e-3)


@pytest.mark.unit
def test_a_sea_leg_that_loses_its_only_way_is_drawn_as_it_was_and_closed() -> None:
    before = load_network()
    after = apply_edits(before, [SetOpen("Strait of Hormuz", is_open=False)])
    legs = [("kuwait-city", "shanghai"), ("shanghai", "rotterdam")]
    drawn = {line.link: line for line in map_lines(after, before=before, sea_legs=legs)}
    assert drawn["kuwait-city>shanghai"].change == "closed"
    assert drawn["kuwait-city>shanghai"].points == before.sea.line("kuwait-city", "shanghai")
    assert drawn["shanghai>rotterdam"].change == "existing"
