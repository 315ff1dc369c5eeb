"""The maps: neutral boundaries, whole coverage, labels that keep apart, equal areas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from landbridge.report.maps.base import undetermined_notes
from landbridge.report.maps.boundaries import ArcKind, BoundaryView, read_boundaries
from landbridge.report.maps.choropleth import make_classes
from landbridge.report.maps.marks import merged
from landbridge.report.maps.paths import clip_ring
from landbridge.report.maps.projection import azimuthal, equal_earth, fit, whole_turns
from landbridge.report.maps.region import region_frame, region_map
from landbridge.report.maps.world import world_map
from landbridge.report.pages.parts.sentences import map_notes
from landbridge.report.svg.labels import Box, Wish, place_labels
from landbridge.studies.run.results import MapLine, RunResult
from landbridge.tables import embedded_path, embedded_table
from landbridge.units import FloatArray

pytestmark = pytest.mark.unit

LARGEST_BYTES = 350_000
# Areas of small cells by finite differences: the error falls with the square of the cell's size.
AREA_TOLERANCE = 1e-4
# Too small for the set, or not in it.
WITHOUT_AREA = {"IOT", "SMR", "UMI", "VAT", "WLF", "XKX"}
# Longitude, latitude, and the code that a set after the United Nations gives the place to.
PLACES = (
    (34.1, 45.2, "UKR"),
    (-13.0, 24.5, "ESH"),
    (35.8, 33.0, "SYR"),
    (33.3, 35.3, "CYP"),
    (21.0, 42.6, "SRB"),
    (75.8, 34.5, "XJK"),
    (79.1, 35.0, "XAC"),
    (69.2, 34.5, "AFG"),
    (67.0, 24.95, "PAK"),
)


def inside(ring: FloatArray, x: float, y: float) -> bool:
    x1, y1 = ring[:, 0], ring[:, 1]
    x2, y2 = np.roll(x1, -1), np.roll(y1, -1)
    spans = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return bool(np.count_nonzero(spans & (x < crossing)) % 2)


@pytest.mark.parametrize(("longitude", "latitude", "code"), PLACES)
def test_places_lie_where_the_united_nations_set_puts_them(
    longitude: float, latitude: float, code: str
) -> None:
    boundaries = read_boundaries()
    found = {
        name
        for name, area in boundaries.areas.items()
        for polygon in area.polygons
        if inside(boundaries.ring(polygon[0]), longitude, latitude)
    }
    assert found == {code}


def test_boundary_file_is_small() -> None:
    assert embedded_path("report", "boundaries.json").stat().st_size < LARGEST_BYTES


def test_rings_close() -> None:
    boundaries = read_boundaries()
    for area in boundaries.areas.values():
        for polygon in area.polygons:
            for ring in polygon:
                points = boundaries.ring(ring)
                assert (points[0] == points[-1]).all(), area.code


def test_areas_of_undetermined_status_have_a_note_and_dashed_edges() -> None:
    boundaries = read_boundaries()
    assert set(undetermined_notes()) == boundaries.undetermined
    assert ArcKind.UNDETERMINED in boundaries.kinds
    assert not boundaries.undetermined & set(embedded_table("atlas", "economies")["iso3"])


def test_map_covers_nearly_every_economy_and_counts_the_rest() -> None:
    codes = list(embedded_table("atlas", "economies")["iso3"])
    missing = read_boundaries().missing(codes)
    assert set(missing) <= WITHOUT_AREA


def test_economies_without_an_area_are_named(result: RunResult) -> None:
    notes = " ".join(map_notes(result))
    assert "1 of 41 economies (Kosovo)" in notes
    assert "1244" in notes


def test_maps_say_the_disclaimers(result: RunResult) -> None:
    for drawing in (str(region_map(result)), str(world_map(result.income))):
        plain = drawing.replace("</text>", " ")
        assert "United Nations" in plain
        assert "Dashed outlines" in plain


def test_view_without_boundaries_has_no_border_and_no_economy(result: RunResult) -> None:
    with_borders = str(region_map(result))
    without = str(region_map(result, view=BoundaryView.NONE))
    assert "Afghanistan" in with_borders
    assert "Afghanistan" not in without
    assert 'stroke-dasharray="3 2.5"' in with_borders
    assert 'stroke-dasharray="3 2.5"' not in without


def test_map_of_a_run_without_lines_shows_the_world(make: Callable[..., RunResult]) -> None:
    assert "<svg" in str(region_map(make(lines=(), points=())))


def test_map_fits_what_the_scenario_changes(result: RunResult) -> None:
    frame = region_frame(result.lines, result.points)
    for one in result.lines:
        if one.route or one.change != "existing":
            places = frame(np.array(one.points))
            assert (places >= 0).all()
            assert (places[:, 0] <= frame.width).all()
            assert (places[:, 1] <= frame.height).all()


def test_line_across_the_180th_meridian_stays_whole(make: Callable[..., RunResult]) -> None:
    line = MapLine("across", "sea", "new", ((170.0, 50.0), (179.0, 52.0), (-178.0, 53.0)))
    turned = whole_turns(np.array(line.points), 0.0)
    assert np.abs(np.diff(turned[:, 0])).max() < 180.0
    assert "<svg" in str(region_map(make(lines=(line,), points=())))


@settings(max_examples=60, deadline=None)
@given(
    longitude=st.floats(-60, 60),
    latitude=st.floats(-60, 60),
    centre=st.tuples(st.floats(-30, 30), st.floats(-50, 50)),
)
@pytest.mark.property
def test_projections_keep_areas(
    longitude: float, latitude: float, centre: tuple[float, float]
) -> None:
    step = 1e-3
    corners = np.array([[0, 0], [step, 0], [step, step], [0, step]])
    corners = corners + np.array([longitude, latitude])
    true = np.radians(step) * (np.sin(np.radians(latitude + step)) - np.sin(np.radians(latitude)))
    for project in (azimuthal(centre), equal_earth):
        x, y = project(corners).T
        # What lies too far from the centre of a regional map is not on it.
        assume(bool(np.isfinite(x).all()))
        area = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
        assert area == pytest.approx(true, rel=AREA_TOLERANCE)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 400), st.floats(0, 300), st.text("abcXYZ ", min_size=1, max_size=12)
        ),
        max_size=25,
    )
)
@pytest.mark.property
def test_labels_never_overlap_nor_leave_the_page(
    spots: list[tuple[float, float, str]],
) -> None:
    wishes = [Wish(words, x, y, 5.0, 12.0, weight) for weight, (x, y, words) in enumerate(spots)]
    marks = [Box(x - 4, y - 4, x + 4, y + 4) for x, y, _ in spots]
    placed = place_labels(wishes, marks, width=400.0, height=300.0)
    boxes = [one.box for one in placed]
    assert all(box.inside(400.0, 300.0) for box in boxes)
    for place, box in enumerate(boxes):
        assert not any(box.meets(other) for other in [*boxes[:place], *marks])


def test_clipping_keeps_a_ring_inside_the_frame() -> None:
    frame = fit(
        equal_earth, np.array([[-10.0, -10.0], [10.0, 10.0]]), width=100.0, ratios=(0.5, 2.0)
    )
    ring = np.array([[-500.0, -500.0], [700.0, -400.0], [600.0, 900.0], [-300.0, 800.0]])
    clipped = clip_ring(ring, frame)
    assert len(clipped) >= 4
    assert clipped.min() >= -12.0 - 1e-9
    assert clipped[:, 0].max() <= frame.width + 12.0 + 1e-9
    assert clipped[:, 1].max() <= frame.height + 12.0 + 1e-9


def test_classes_are_symmetric_and_hold_every_value() -> None:
    classes = make_classes(np.array([2.4, -0.03, 0.0004, np.nan]))
    assert list(classes.breaks) == pytest.approx([0.01, 0.1, 1.0])
    assert [classes.index(value) for value in (2.4, 0.5, 0.004, -0.03, -7.0)] == [3, 2, 0, -1, -3]
    assert classes.label(3) == "+1 or more"
    assert make_classes(np.array([0.0, np.nan])).index(0.0) == 0


def test_map_script_and_its_licence_stand_in_the_project() -> None:
    root = Path(__file__).resolve().parents[2]
    assert (root / "tools" / "build_map.py").is_file()
    assert embedded_path("report", "boundaries.schema.toml").is_file()


def test_line_of_a_trip_before_and_of_one_after_is_drawn_once() -> None:
    points = ((60.0, 40.0), (65.0, 38.0))
    before = MapLine("way", "rail", "existing", points, "before")
    after = MapLine("way", "rail", "existing", points[::-1], "after")
    ground = MapLine("way", "rail", "existing", points)
    assert [one.route for one in merged([ground, before, after])] == ["both"]
