"""Files of routes: a page that stands alone, charts with steps, layers that agree."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl
import pytest
from pyogrio.raw import read

from landbridge.basis import embedded_basis
from landbridge.errors import InputError
from landbridge.report.charts.routes.activities import activity_bars
from landbridge.report.charts.routes.distance import distance_chart
from landbridge.report.formats.folder import write_folder
from landbridge.report.formats.route_tables import route_layers, route_tables
from landbridge.report.pages.route_files import present_routes, render_routes, routes_json
from landbridge.report.pages.routes import headline
from landbridge.report.svg.scales import nice_scale, tick_text
from landbridge.studies.routes.comparison import Compared, Comparison, compare
from landbridge.studies.routes.profiles import RouteAsked, Setting, make_setting

pytestmark = pytest.mark.unit

VIA = ("Torkham", "Kabul", "Termez")
PLACES_OF_A_SHAPE = re.compile(r"[ML]([-\d.]+) ([-\d.]+)")
DRAWS = 12


@pytest.fixture(scope="module")
def settings() -> dict[tuple[str, None], Setting]:
    return {("", None): make_setting(embedded_basis())}


@pytest.fixture(scope="module")
def alone(settings: dict[tuple[str, None], Setting]) -> Compared:
    asked = (RouteAsked("Karachi", "Tashkent", VIA),)
    return compare(Comparison("k-t", "Karachi - Tashkent", asked), settings=settings, draws=DRAWS)


@pytest.fixture(scope="module")
def several(settings: dict[tuple[str, None], Setting]) -> Compared:
    asked = (
        RouteAsked("Moscow", "Karachi", ("Novorossiysk:sea",), label="By sea & <Suez>"),
        RouteAsked("Moscow", "Karachi", ("Astara", "Taftan"), label="By Iran"),
    )
    comparison = Comparison("m-k", "Moscow - Karachi", asked, "Mind the gap.")
    kinds = ("full-container", "part-load")
    return compare(comparison, settings=settings, shipments=kinds, draws=DRAWS, seed=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, several: Compared) -> Path:
    path = tmp_path_factory.mktemp("routes") / "out"
    write(several, path)
    return path


def write(compared: Compared, path: Path) -> None:
    made = present_routes(compared)
    write_folder(path, made.texts, made.writers)


def parse(text: object) -> ET.Element:
    return ET.fromstring(str(text))  # noqa: S314 - our own drawing


def test_the_folder_holds_every_kind_of_file(folder: Path) -> None:
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {
        "routes.html",
        "routes.xlsx",
        "routes.json",
        "routes.geojson",
        "routes.gpkg",
        "map.svg",
        "time-full-container.svg",
        "cost-part-load.svg",
        "tables/routes.csv",
        "tables/profile.csv",
        "tables/indicators.csv",
    } <= names
    for svg in folder.glob("*.svg"):
        parse(svg.read_text(encoding="utf-8").split("?>", 1)[1])


def test_the_page_asks_nothing_of_the_outside_and_escapes_labels(folder: Path) -> None:
    text = (folder / "routes.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in html.unescape(text)
    assert not re.search(r"<link|@import|src=[\"']?http|url\(http", text)
    assert "By sea &amp; &lt;Suez&gt;" in text
    assert "<Suez>" not in text
    for words in ("TFI3", "Mind the gap.", "United Nations", "Row by row", "5th to the 95th"):
        assert words in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_the_same_routes_give_the_same_bytes(
    folder: Path, several: Compared, tmp_path: Path
) -> None:
    write(several, tmp_path / "again")
    for path in folder.rglob("*"):
        if path.is_file():
            again = tmp_path / "again" / path.relative_to(folder)
            assert again.read_bytes() == path.read_bytes(), path.name


def test_nodes_are_vertical_steps_and_legs_are_slopes(alone: Compared) -> None:
    profile = alone.profiles[0]
    drawn = parse(distance_chart(alone.profiles, quantity="hours", key="k"))
    found = [
        element
        for element in drawn.iter("{http://www.w3.org/2000/svg}line")
        if element.find("{http://www.w3.org/2000/svg}title") is not None
    ]
    assert len(found) == len(profile.rows)
    for element, kind in zip(found, profile.rows["kind"], strict=True):
        x1, x2 = float(element.attrib["x1"]), float(element.attrib["x2"])
        y1, y2 = float(element.attrib["y1"]), float(element.attrib["y2"])
        assert y2 <= y1
        assert (x1 == x2) == (kind == "node")
    steps = [
        element for element, kind in zip(found, profile.rows["kind"], strict=True) if kind == "node"
    ]
    heights = [float(one.attrib["y1"]) - float(one.attrib["y2"]) for one in steps]
    hours = profile.rows.loc[profile.rows["kind"] == "node", "hours"].to_numpy()
    np.testing.assert_allclose(heights / hours, heights[0] / hours[0], atol=0.05)


def test_the_places_asked_for_stand_below_the_axis(alone: Compared) -> None:
    text = str(distance_chart(alone.profiles, quantity="usd_per_tonne", key="k"))
    for place in ("Karachi", *VIA, "Hairatan", "Tashkent"):
        assert f">{place}<" in text
    assert "Torkham: 25 USD per tonne" in text


def test_a_band_is_drawn_only_where_there_are_draws(
    several: Compared, settings: dict[tuple[str, None], Setting]
) -> None:
    banded = str(distance_chart(several.profiles, quantity="hours", key="k"))
    assert banded.count('fill-opacity="0.1"') == len(several.profiles)
    plain = compare(several.comparison, settings=settings)
    assert "fill-opacity" not in str(distance_chart(plain.profiles, quantity="hours", key="k"))


def test_the_bars_of_activities_add_up_to_the_total(alone: Compared) -> None:
    drawn = parse(activity_bars(alone.profiles, quantity="hours", key="k"))
    bars = [
        element
        for element in drawn.iter("{http://www.w3.org/2000/svg}rect")
        if element.find("{http://www.w3.org/2000/svg}title") is not None
    ]
    assert len(bars) == 3
    widths = [float(bar.attrib["width"]) for bar in bars]
    rows = alone.profiles[0].rows
    share = rows.loc[rows["activity"] == "road", "hours"].sum() / rows["hours"].sum()
    assert widths[0] / sum(widths) == pytest.approx(share, abs=0.005)


def test_layers_agree_with_the_tables(folder: Path, several: Compared) -> None:
    layers = {layer.name: layer for layer in route_layers(several)}
    assert len(layers["routes"].shapes) == 4
    meta, _, shapes, columns = read(folder / "routes.gpkg", layer="routes")
    values = dict(zip(meta["fields"], columns, strict=True))
    np.testing.assert_allclose(values["hours"], several.table["hours"])
    assert len(shapes) == 4
    legs = layers["legs"].table
    km = legs.groupby(["route", "shipment"], sort=False)["km"].sum()
    np.testing.assert_allclose(km, several.table["km"])
    features = json.loads((folder / "routes.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == sum(len(layer.shapes) for layer in layers.values())


def test_the_workbook_opens_and_names_its_units(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "routes.xlsx", read_only=True)
    assert book.sheetnames[:3] == ["README", "Routes", "Profile"]
    heads = [cell.value for cell in next(book["Profile"].iter_rows(max_row=1))]
    assert "Time, hours" in heads
    assert "Cost so far, USD per tonne" in heads


def test_the_headline_names_quickest_cheapest_and_least_of_both(several: Compared) -> None:
    told = headline(several)
    assert [sentence.split(":")[0] for sentence in told] == ["Full container", "Part load"]
    full = several.table[several.table["shipment"] == "full-container"]
    assert f"quickest is {full.loc[full['hours'].idxmin(), 'label']}" in told[0]
    assert f"cheapest is {full.loc[full['usd_per_tonne'].idxmin(), 'label']}" in told[0]


def test_json_has_every_table_with_units(several: Compared) -> None:
    read_back = json.loads(routes_json(several))
    assert read_back["format"] == "landbridge-routes/1"
    assert set(read_back["tables"]) == set(route_tables(several))
    profile = read_back["tables"]["profile"]
    units = {column["name"]: column["unit"] for column in profile["columns"]}
    assert (units["hours"], units["usd_per_tonne"]) == ("hours", "USD per tonne")
    assert len(profile["rows"]) == sum(len(one.rows) for one in several.profiles)


def test_sources_named_in_rows_are_listed(several: Compared) -> None:
    tables = route_tables(several)
    named = {one for text in tables["profile"]["source"] for one in text.split("|")}
    assert named <= set(tables["route_sources"]["source"])


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="a file, not a folder"):
        write_folder(tmp_path / "taken", {"a.txt": "a"}, {})
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_one_route_has_no_ranks_on_its_page(alone: Compared) -> None:
    text = render_routes(alone)
    assert "Rank by time" not in text
    assert "percent of the time is spent at nodes" in text


def test_ticks_of_a_step_of_two_and_a_half_keep_their_half() -> None:
    scale = nice_scale(0.0, 15.0, span=(0.0, 100.0), wanted=7)
    assert [tick_text(value, scale) for value in scale.ticks[:3]] == ["0.0", "2.5", "5.0"]
