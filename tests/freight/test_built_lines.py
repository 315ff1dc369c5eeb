"""New lines: what they join, and what they are refused for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import FaultsError, InputError, LandbridgeError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import (
    AddCrossing,
    AddLink,
    AddPlace,
    CrossingCosts,
    Edit,
    SetLink,
    SetOpen,
    apply_edits,
    edit_tables,
)
from landbridge.freight.edits.geojson import LineDefaults, read_lines
from landbridge.freight.edits.links import appended
from landbridge.freight.edits.positions import Courses, great_circle_km, length_km, shares_along
from landbridge.freight.edits.splitting import split_links
from landbridge.freight.network.compiled import load_network, recompile
from landbridge.freight.network.geometry import map_lines
from landbridge.freight.network.tables import FreightTables, coordinates, of_link
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.skims.economies import Skims, skims

NETWORK = load_network()
TABLES = NETWORK.tables
PARAMETERS = central_parameters()
EAST = ("PAK", "AFG", "UZB", "KAZ", "TKM", "IRN", "CHN", "RUS", "IND", "DEU")
# Float64 sums along some forty arcs, of which a split adds one.
ROUNDING = 1e-12
WHERE = coordinates(TABLES.nodes)
MIDDLE = "rail-samarkand-karshi"
"""A railway of 150 km between two places, whose middle is far from both."""
OPEN = TABLES.links[TABLES.links["is_open"] & TABLES.links["mode"].isin(["rail", "road"])]


def between(link: str, share: float) -> tuple[float, float]:
    row = TABLES.links.set_index("link").loc[link]
    (x, y), (u, v) = WHERE[row["from_node"]], WHERE[row["to_node"]]
    return (x + share * (u - x), y + share * (v - y))


def drawn(*points: tuple[float, float], name: str = "drawn-1", **changes: Any) -> AddLink:
    document = {
        "type": "Feature",
        "properties": {"mode": "rail", "gauge_mm": 1520, "iso3": "AFG", "id": name, **changes},
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in points]},
    }
    (link,) = read_lines(json.dumps(document), LineDefaults("drawn"), where="my.geojson")
    return link


def joins(*edits: Edit) -> pd.DataFrame:
    return edit_tables(TABLES, edits).joins.set_index("part")


def fault(*edits: Edit) -> str:
    with pytest.raises(InputError) as caught:
        edit_tables(TABLES, edits, labels=[f"measure m{n}" for n in range(len(edits))])
    return str(caught.value)


KABUL, GHAZNI = (69.17, 34.53), (68.42, 33.55)


@pytest.mark.unit
def test_a_line_says_which_places_it_joined_and_how_far_they_are() -> None:
    found = joins(drawn(KABUL, (69.0, 34.0), GHAZNI))
    assert found["to"].to_dict() == {"start": "kabul", "between": "pul-e-alam", "end": "ghazni"}
    assert found.loc["start", "km_away"] == pytest.approx(
        great_circle_km(np.array([WHERE["kabul"]]), KABUL)[0]
    )
    assert found.loc["start", "km_along"] == 0
    assert not found["warning"].any()


@pytest.mark.unit
def test_a_line_that_starts_on_the_way_of_a_railway_splits_it_there() -> None:
    start = between(MIDDLE, 0.4)
    line = AddLink("branch", start, "Navoi", "rail", 90.0, gauge_mm=1520, iso3="UZB")
    after = edit_tables(TABLES, [line])
    found = after.joins.set_index("part")
    assert found.loc["start", ["joined", "to"]].tolist() == ["link", MIDDLE]
    assert found.loc["start", "km_away"] < 0.1
    assert found.loc["start", "to_km"] == pytest.approx(60.0, rel=0.01)
    parts = after.links[of_link(after.links, MIDDLE)]
    assert parts["link"].tolist() == [f"{MIDDLE}~1", f"{MIDDLE}~2"]
    assert parts["km"].sum() == pytest.approx(150.0, rel=ROUNDING)
    assert parts["to_node"].iloc[0] == parts["from_node"].iloc[1] == "branch-start"
    trip = best_trip(recompile(NETWORK, after), PARAMETERS, "branch-start", "Karshi")
    assert trip.km == pytest.approx(parts["km"].iloc[1])


@pytest.mark.unit
def test_a_line_joins_the_places_that_it_passes() -> None:
    (x, y), (u, v) = KABUL, GHAZNI
    longer = drawn((2 * x - u, 2 * y - v), (x, y), (u, v), (2 * u - x, 2 * v - y), iso3="AFG")
    after = edit_tables(TABLES, [longer])
    passed = after.joins[after.joins["part"] == "between"]
    assert {"kabul", "ghazni"} <= set(passed["to"])
    assert passed["km_along"].is_monotonic_increasing
    parts = after.links[of_link(after.links, "drawn-1")]
    assert len(parts) == len(passed) + 1
    assert parts["km"].sum() == pytest.approx(longer.km, rel=ROUNDING)
    between_them = parts[(parts["from_node"] == "kabul") | (parts["to_node"] == "ghazni")]
    assert between_them["km"].min() == pytest.approx(length_km((KABUL, GHAZNI)), rel=0.1)


@pytest.mark.unit
@pytest.mark.parametrize("turn", [1, -1])
def test_a_line_may_start_at_a_place_that_the_scenario_builds(turn: int) -> None:
    place = AddPlace("mine", "The mine", "AFG", 68.9, 34.1)
    edits: list[Edit] = [
        place,
        AddLink("a-mine", "The mine", "Kabul", "rail", 60.0, gauge_mm=1520),
        AddLink("b-mine", (68.9, 34.11), "Ghazni", "rail", 80.0, gauge_mm=1520),
    ]
    after = edit_tables(TABLES, edits[::turn])
    found = after.joins.set_index(["line", "part"])
    assert found.loc[("a-mine", "start"), "node"] == "mine"
    assert found.loc[("b-mine", "start"), "node"] == "mine"
    assert not after.joins["warning"].any()


@pytest.mark.unit
@pytest.mark.parametrize("turn", [1, -1])
def test_a_line_may_start_at_the_end_of_another_one_by_its_name(turn: int) -> None:
    first = AddLink("z-first", "Kabul", (68.0, 34.2), "rail", 120.0, gauge_mm=1520, iso3="AFG")
    second = AddLink("a-second", "z-first-end", "Ghazni", "rail", 90.0, gauge_mm=1520)
    after = edit_tables(TABLES, [first, second][::turn])
    end = after.joins[(after.joins["line"] == "z-first") & (after.joins["part"] == "end")].iloc[0]
    assert (end["joined"], end["to"]) == ("line", "a-second")
    assert not after.joins["warning"].any()


@pytest.mark.unit
@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_a_line_may_start_on_the_way_of_a_new_one(names: tuple[str, str]) -> None:
    trunk = drawn(KABUL, (68.8, 34.9), (68.0, 34.2), GHAZNI, name=names[0])
    # The middle of the second stretch, far from any place.
    branch = drawn((68.4, 34.55), (67.8, 34.6), name=names[1])
    after = edit_tables(TABLES, [trunk, branch])
    start = after.joins[(after.joins["line"] == names[1]) & (after.joins["part"] == "start")]
    assert start["joined"].tolist() == ["line"]
    parts = after.links[of_link(after.links, names[0])]
    assert parts["to_node"].iloc[0] == f"{names[1]}-start"


@pytest.mark.unit
def test_swapped_coordinates_are_named() -> None:
    swapped = [(y, x) for x, y in (KABUL, GHAZNI)]
    told = fault(drawn(*swapped))
    assert "longitude and latitude are swapped" in told
    assert "[69.17, 34.53]" in told
    assert "look swapped" in fault(drawn(*swapped, iso3=None))
    by_name = {"from": "Kabul", "to": "Ghazni"}
    assert "are swapped" in fault(drawn(*swapped, iso3=None, **by_name))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"coordinates": [[7_700_000, 4_100_000], [7_600_000, 4_000_000]]},
         "read as EPSG:3857, Web Mercator, it is longitude 69.17, latitude 34.53"),
        ({"coordinates": [[500_000, 38_000_000], [510_000, 38_100_000]]}, "metres of a map"),
        ({"coordinates": [[34.5, 150.0], [34.6, 151.0]]}, "Longitude comes first: [150, 34.5]"),
        ({"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}},
         "'crs' is urn:ogc:def:crs:EPSG::3857"),
        ({"crs": "EPSG:32642"}, "'crs' is EPSG:32642"),
    ],
)  # fmt: skip
def test_a_foreign_system_of_coordinates_is_named(changes: dict[str, Any], says: str) -> None:
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"mode": "road", "iso3": "AFG"},
                "geometry": {
                    "type": "LineString",
                    "coordinates": changes.get("coordinates", [KABUL, GHAZNI]),
                },
            }
        ],
        **{name: value for name, value in changes.items() if name == "crs"},
    }
    with pytest.raises(InputError) as caught:
        read_lines(json.dumps(document), LineDefaults("drawn"), where="my.geojson")
    assert says in str(caught.value)
    assert "my.geojson" in str(caught.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"]
)
def test_a_file_that_names_degrees_is_read(name: str) -> None:
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": name}},
        "features": [
            {
                "type": "Feature",
                "properties": {"mode": "road", "iso3": "AFG"},
                "geometry": {"type": "LineString", "coordinates": [KABUL, GHAZNI]},
            }
        ],
    }
    assert len(read_lines(json.dumps(document), LineDefaults("drawn"), where="f")) == 1


@pytest.mark.unit
def test_a_line_that_joins_nothing_says_what_is_nearest_and_how_far() -> None:
    # Ten kilometres east of the way from Kabul to Ghazni at either end.
    told = fault(drawn((69.33, 34.58), (68.53, 33.50)))
    assert "measure m0: the line drawn-1 joins nothing of the network within 5 km" in told
    assert "km from Kabul" in told
    assert "km from Ghazni" in told
    assert "raise snap_km" in told
    wide = LineDefaults("drawn", iso3="AFG", gauge_mm=1520, mode="rail", snap_km=20.0)
    text = json.dumps(
        {
            "type": "Feature",
            "properties": {},
            "geometry": {
                "type": "LineString",
                "coordinates": [[69.33, 34.58], [68.53, 33.50]],
            },
        }
    )
    assert {"kabul", "ghazni"} <= set(joins(*read_lines(text, wide, where="f"))["to"])


@pytest.mark.unit
def test_a_line_outside_its_economy_says_where_it_lies() -> None:
    told = fault(drawn((10.0, 50.0), (11.0, 51.0)))
    assert "the line lies outside AFG" in told
    assert "Frankfurt (DEU)" in told


@pytest.mark.unit
def test_a_line_that_strays_beyond_its_economy_is_told_in_a_warning() -> None:
    strays = drawn(KABUL, (60.0, 50.0), GHAZNI)
    (told,) = filter(None, joins(strays)["warning"])
    assert "1 of 3 points of the line drawn-1 lie far outside AFG" in told


@pytest.mark.unit
def test_lines_that_join_each_other_alone_are_an_isolated_piece() -> None:
    first = drawn((67.5, 34.2), (67.0, 34.0), name="one")
    second = drawn((67.0, 34.0), (66.5, 33.9), name="two")
    told = fault(first, second)
    assert "the lines one, two join nothing of the network" in told
    place = AddPlace("mine", "The mine", "AFG", 67.5, 34.2)
    other = AddPlace("mill", "The mill", "AFG", 66.5, 33.9)
    line = AddLink("x", "mine", "mill", "road", 100.0)
    assert "no line leads to the places at the ends" in fault(place, other, line)


@pytest.mark.unit
def test_a_line_that_reaches_the_network_at_one_place_says_so() -> None:
    (told,) = filter(None, joins(drawn(KABUL, (69.3, 35.6)))["warning"])
    assert "the line drawn-1 joins the network at Kabul alone" in told
    assert "the end of drawn-1 (longitude 69.30, latitude 35.60) joins nothing" in told


@pytest.mark.unit
def test_a_railway_does_not_join_a_junction_of_roads() -> None:
    rails = TABLES.links[TABLES.links["mode"] == "rail"]
    at_rail = set(rails["from_node"]) | set(rails["to_node"])
    nodes = TABLES.nodes
    only_road = nodes[(nodes["kind"] == "junction") & ~nodes["node"].isin(at_rail)]
    row = only_road.iloc[0]
    start = (float(row["longitude"]), float(row["latitude"]))
    line = AddLink("x", start, (start[0] + 0.3, start[1]), "rail", 30.0, 1520, iso3=row["iso3"])
    try:
        found = edit_tables(TABLES, [line]).joins
    except LandbridgeError:
        return
    assert row["node"] not in set(found["node"])


@pytest.mark.unit
def test_a_new_port_or_crossing_is_joined_from_its_other_side() -> None:
    edits: list[Edit] = [
        AddPlace("angoor-adda", "Angoor Adda", "PAK", 69.45, 32.52, "border", "AFG"),
        AddCrossing("angoor-adda", "road", CrossingCosts(12, 10)),
        AddLink("to-ghazni", "angoor-adda", "Ghazni", "road", 200.0),
        AddLink("to-bannu", (69.45, 32.52), "Peshawar", "road", 300.0, iso3="PAK"),
    ]
    assert not edit_tables(TABLES, edits).joins["warning"].any()


@pytest.mark.unit
def test_edits_reach_a_link_that_a_new_line_splits_as_a_whole() -> None:
    branch = AddLink("branch", between(MIDDLE, 0.4), "Navoi", "rail", 90.0, 1520, iso3="UZB")
    edits: list[Edit] = [branch, SetLink(MIDDLE, km=200.0, speed_kmh=33.0)]
    once = edit_tables(TABLES, edits)
    parts = once.links[of_link(once.links, MIDDLE)]
    assert parts["km"].sum() == pytest.approx(200.0, rel=ROUNDING)
    assert (parts["speed_kmh"] == 33.0).all()
    # The same on tables that were split before.
    split = edit_tables(TABLES, [branch])
    later = edit_tables(split, [SetLink(MIDDLE, km=200.0, speed_kmh=33.0)])
    again = later.links[of_link(later.links, MIDDLE)]
    assert np.allclose(again["km"], parts["km"], rtol=ROUNDING)
    shut = edit_tables(split, [SetOpen(MIDDLE, is_open=False)]).links
    assert not shut.loc[of_link(shut, MIDDLE), "is_open"].any()


@pytest.mark.unit
def test_two_lines_split_one_link_in_three() -> None:
    bypass = AddLink(
        "bypass", between(MIDDLE, 0.3), between(MIDDLE, 0.7), "rail", 50.0, 1520, iso3="UZB"
    )
    links = edit_tables(TABLES, [bypass]).links
    parts = links[of_link(links, MIDDLE)]
    assert parts["km"].tolist() == pytest.approx([45.0, 60.0, 45.0], rel=0.01)


@pytest.mark.unit
def test_a_link_that_was_split_is_drawn_as_it_was() -> None:
    branch = AddLink("branch", between(MIDDLE, 0.4), "Navoi", "rail", 90.0, 1520, iso3="UZB")
    after = apply_edits(NETWORK, [branch])
    lines = {line.link: line for line in map_lines(after, before=NETWORK)}
    assert {lines[f"{MIDDLE}~{n}"].change for n in (1, 2)} == {"existing"}
    assert {lines[f"{MIDDLE}~{n}"].whole for n in (1, 2)} == {MIDDLE}
    assert lines["branch"].change == "new"


def skim(tables: FreightTables) -> Skims:
    return skims(recompile(NETWORK, tables), PARAMETERS, iso3=EAST)


BASE = skim(TABLES)


@pytest.mark.property
@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(
    picked=st.lists(
        st.tuples(st.integers(0, len(OPEN) - 1), st.floats(0.001, 0.999)),
        min_size=1,
        max_size=40,
        unique_by=lambda one: one[0],
    )
)
def test_splitting_links_and_joining_nothing_changes_no_skim(
    picked: list[tuple[int, float]],
) -> None:
    nodes, cuts = TABLES.nodes, {}
    for number, (row, share) in enumerate(picked):
        link = OPEN.iloc[row]
        x, y = between(link["link"], share)
        nodes = appended(
            nodes,
            {
                "node": f"cut-{number}",
                "name": f"Cut {number}",
                "iso3": link["iso3"],
                "iso3_other": "",
                "longitude": x,
                "latitude": y,
                "kind": "junction",
            },
        )
        cuts[link["link"]] = [(share, f"cut-{number}")]
    after = skim(split_links(replace(TABLES, nodes=nodes), cuts))
    for name in ("hours", "usd_per_tonne", "generalised_usd_per_tonne", "km"):
        assert np.allclose(getattr(after, name), getattr(BASE, name), rtol=ROUNDING, atol=0)


@pytest.mark.property
@settings(max_examples=80, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.floats(-60, 60), st.floats(-70, 70)), min_size=2, max_size=6, unique=True
    ),
    place=st.integers(0, 5),
)
def test_a_vertex_of_a_line_is_its_own_nearest_point(
    points: list[tuple[float, float]], place: int
) -> None:
    vertex = points[place % len(points)]
    found = Courses.of([points]).nearest(vertex)
    assert found is not None
    # A metre: degrees are subtracted and added again.
    assert found.km < 1e-3
    assert 0.0 <= found.share <= 1.0
    shares = shares_along(points)
    assert shares[0] == 0.0
    assert shares[-1] == pytest.approx(1.0)


@pytest.mark.unit
def test_all_lines_at_fault_are_named_together() -> None:
    away = drawn((10.0, 50.0), (11.0, 51.0), name="away")
    swapped = drawn((34.53, 69.17), (33.55, 68.42), name="swapped")
    with pytest.raises(FaultsError) as caught:
        edit_tables(TABLES, [away, swapped], labels=["measure a", "measure b"])
    assert len(caught.value.faults) == 2
