"""Layers for a GIS: what GDAL and JSON read back is what was written."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyogrio.raw import read

from landbridge.errors import InputError
from landbridge.report.formats.geolayers import GeoLayer, cut_at_date_line, geojson
from landbridge.report.formats.geopackage import write_geopackage

pytestmark = pytest.mark.unit

TOWNS = GeoLayer(
    "towns",
    (((69.24, 41.31),), ((67.0, 24.85),)),
    pd.DataFrame(
        {"name": ["Тошкент", None], "hours": [1.5, np.nan], "count": [1, 2], "ok": [True, False]}
    ),
)
WAYS = GeoLayer(
    "ways",
    (((170.0, 0.0), (-170.0, 10.0)), ((0.0, 0.0), (1.0, 1.0), (2.0, 3.0))),
    pd.DataFrame({"usd_per_tonne": [1.25, 2.5]}),
)


def test_gdal_reads_the_layers_back(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    write_geopackage(path, [TOWNS, WAYS])
    assert pyogrio.list_layers(path).tolist() == [
        ["towns", "Point"],
        ["ways", "MultiLineString"],
    ]
    meta, _, shapes, columns = read(path, layer="towns")
    assert meta["crs"] == "EPSG:4326"
    values = dict(zip(meta["fields"], columns, strict=True))
    assert values["name"].tolist() == ["Тошкент", None]
    assert values["count"].tolist() == [1, 2]
    assert values["ok"].tolist() == [True, False]
    assert values["hours"][0] == 1.5
    assert np.isnan(values["hours"][1])
    assert np.frombuffer(shapes[0][5:], dtype="<f8").tolist() == [69.24, 41.31]


def test_the_same_layers_give_the_same_bytes_and_replace_what_was_there(tmp_path: Path) -> None:
    first, second = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    write_geopackage(first, [TOWNS])
    write_geopackage(second, [WAYS, TOWNS])
    write_geopackage(second, [TOWNS])
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gpkg", "b.gpkg"]


def test_an_empty_layer_is_a_layer_all_the_same(tmp_path: Path) -> None:
    none = GeoLayer("none", (), pd.DataFrame({"km": pd.Series([], dtype=float)}))
    write_geopackage(tmp_path / "x.gpkg", [none])
    assert pyogrio.read_info(tmp_path / "x.gpkg")["features"] == 0
    assert json.loads(geojson([none], name="x"))["features"] == []


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: GeoLayer("a", (((0.0, 0.0),),), pd.DataFrame({"x": [1, 2]})), "1 shapes for 2"),
        (lambda: GeoLayer("a", (((0.0, 0.0),),), pd.DataFrame({"fid": [1]})), "fid"),
        (lambda: GeoLayer("a", (((0.0, 91.0),),), pd.DataFrame({"x": [1]})), "no place on Earth"),
        (
            lambda: GeoLayer(
                "a", (((0.0, 0.0),), ((0.0, 0.0), (1.0, 1.0))), pd.DataFrame({"x": [1, 2]})
            ),
            "points and lines",
        ),
    ],
)
def test_a_layer_that_no_gis_reads_is_refused(make: Callable[..., Any], expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        make()


def test_a_file_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_geopackage(tmp_path / "missing" / "x.gpkg", [TOWNS])
    with pytest.raises(InputError, match="folder"):
        write_geopackage(tmp_path, [TOWNS])
    with pytest.raises(InputError, match="different names"):
        write_geopackage(tmp_path / "x.gpkg", [TOWNS, TOWNS])


def test_geojson_tells_layers_apart_and_cuts_at_the_date_line() -> None:
    read_back = json.loads(geojson([TOWNS, WAYS], name="x"))["features"]
    assert [one["properties"]["layer"] for one in read_back] == ["towns"] * 2 + ["ways"] * 2
    assert read_back[1]["properties"]["hours"] is None
    assert read_back[2]["geometry"] == {
        "type": "MultiLineString",
        "coordinates": [[[170.0, 0.0], [180.0, 5.0]], [[-180.0, 5.0], [-170.0, 10.0]]],
    }


def test_whose_data_it_is_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    write_geopackage(path, [TOWNS, WAYS], attribution="(c) someone")
    with contextlib.closing(sqlite3.connect(path)) as file:
        told = file.execute("SELECT table_name, description FROM gpkg_contents").fetchall()
    assert sorted(told) == [("towns", "(c) someone"), ("ways", "(c) someone")]
    assert json.loads(geojson([TOWNS], name="x", attribution="(c) me"))["attribution"] == "(c) me"


places = st.tuples(st.floats(-540, 540), st.floats(-90, 90))


@pytest.mark.property
@given(st.lists(places, min_size=2, max_size=12))
def test_no_part_of_a_cut_line_jumps_across_the_map(shape: list[tuple[float, float]]) -> None:
    parts = cut_at_date_line(shape)
    for part in parts:
        longitudes = np.array([place[0] for place in part])
        assert (np.abs(longitudes) <= 180.0).all()
        assert (np.abs(np.diff(longitudes)) <= 180.0 + 1e-9).all()
        assert len(part) >= 2
