"""Map of the corridor: the ground, the network, what changes, and the trips before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.maps.base import (
    class_legend,
    economies_of,
    hatchings,
    land,
    small_print,
)
from landbridge.report.maps.boundaries import Boundaries, BoundaryView, read_boundaries
from landbridge.report.maps.legend import line_legend
from landbridge.report.maps.marks import line_layers, marks, merged, point_boxes
from landbridge.report.maps.projection import Frame, azimuthal, equal_earth, fit
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, drawing, element, group, line, text
from landbridge.report.svg.labels import Box, Placed, Wish, place_labels, text_width
from landbridge.studies.run.results import MapLine, MapPoint, RunResult
from landbridge.units import FloatArray

WIDTH: Final = 1100.0
KEY: Final = "corridor"
EARTH_RADIUS_KM: Final = 6371.0
# Wider than this the azimuthal projection bends too much, degrees.
WIDEST_REGION: Final = 140.0
_EVERYWHERE = np.array([[-180.0, 0.0], [180.0, 0.0], [0.0, -56.0], [0.0, 80.0]])
_LABEL_SIZE = 12.0
_NAME_SIZE = 11.0
_WEIGHTS = {"city": 40, "port": 30, "crossing": 20, "terminal": 10}
_WEIGHT_CHANGED = 50
_SCALE_BARS_KM = (2000.0, 1000.0, 500.0, 250.0, 100.0)


def region_map(result: RunResult, *, view: BoundaryView = BoundaryView.UN) -> Markup:
    """Draw the corridor of a run on its ground.

    Parameters
    ----------
    result
        Its ``lines``, ``points`` and ``income`` are drawn.
    view
        Which boundaries to draw.
    """
    boundaries = read_boundaries()
    economies = economies_of(result.income)
    lines = merged(result.lines)
    frame = region_frame(lines, result.points)
    labels = place_names(boundaries, frame, economies.names, result.points)
    inside = group(
        [
            land(boundaries, frame, economies=economies, view=view, key=KEY),
            *line_layers(lines, frame),
            *(area_names(labels) if view is BoundaryView.UN else []),
            *marks(result.points, frame),
            *point_labels(labels),
            scale_bar(frame),
        ],
        {"clip_path": f"url(#{KEY}-frame)"},
    )
    bottom = frame.height
    # Without boundaries no area is coloured, and there is no class to explain.
    classes = [class_legend(economies, (12, bottom + 84), key=KEY, width=760)]
    classes = classes if view is BoundaryView.UN else []
    below = bottom + (142 if classes else 80)
    print_, tall = small_print(boundaries, (12, below), also=ATTRIBUTION)
    box = element("rect", {"x": 0, "y": 0, "width": frame.width, "height": frame.height})
    return drawing(
        (WIDTH, below + tall),
        [
            hatchings(KEY),
            element("defs", {}, element("clipPath", {"id": f"{KEY}-frame"}, box)),
            inside,
            line_legend(lines, result.points, corner=(12, bottom + 24)),
            *classes,
            print_,
        ],
        title=f"Map: {result.scenario_title}",
        description=_describe(result),
        key=KEY,
    )


def region_frame(lines: Sequence[MapLine], points: Sequence[MapPoint]) -> Frame:
    """Fit the map to the lines that the scenario changes or that a reported trip uses."""
    told = [one.points for one in lines if one.route or one.change != "existing"]
    if not told:
        told = [one.points for one in lines]
    places = [place for one in told for place in one]
    if not places:
        places = [(one.longitude, one.latitude) for one in points]
    return frame_of(places)


def frame_of(places: Sequence[tuple[float, float]]) -> Frame:
    """Fit a map to places (longitude and latitude, degrees); to the world when there are none."""
    if not places:
        return fit(equal_earth, _EVERYWHERE, width=WIDTH, ratios=(0.45, 0.8))
    array = np.array(places, dtype="float64")
    low, high = array.min(axis=0), array.max(axis=0)
    if high[0] - low[0] > WIDEST_REGION:
        return fit(equal_earth, array, width=WIDTH, ratios=(0.45, 0.8))
    centre = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
    return fit(
        azimuthal(centre), _dense(array), width=WIDTH, ratios=(0.5, 0.85), middle_meridian=centre[0]
    )


def _dense(array: FloatArray) -> FloatArray:
    # A single point gets a window of some degrees around it.
    low, high = array.min(axis=0) - 1.0, array.max(axis=0) + 1.0
    return np.vstack([array, low, high])


def _describe(result: RunResult) -> str:
    changed = [one.name for one in result.lines if one.change != "existing"]
    listed = "; ".join(dict.fromkeys(changed)) or "none"
    trips = sum(1 for one in result.lines if one.route)
    return f"Lines that the scenario changes: {listed}. Lines of the reported trips: {trips}."


def place_names(
    boundaries: Boundaries,
    frame: Frame,
    names: Mapping[str, str],
    points: Sequence[MapPoint],
) -> list[Placed]:
    """Find room for the names of points, then for those of economies (by code)."""
    wishes = []
    for one in points:
        x, y = frame(np.array([[one.longitude, one.latitude]]))[0]
        if np.isfinite(x) and 0 <= x <= frame.width and 0 <= y <= frame.height:
            weight = _WEIGHTS.get(one.kind, 5)
            weight += _WEIGHT_CHANGED if one.change in {"new", "improved", "closed"} else 0
            wishes.append(Wish(one.name, float(x), float(y), 6.0, _LABEL_SIZE, weight))
    for code, name in names.items():
        area = boundaries.areas.get(code)
        if area is None:
            continue
        x, y = frame(np.array([area.centre]))[0]
        if not np.isfinite(x):
            continue
        extent = max(
            float(np.ptp(frame(boundaries.ring(polygon[0]))[:, 0])) for polygon in area.polygons
        )
        # A name that is wider than its land belongs in the tooltip.
        if text_width(name, _NAME_SIZE) < extent:
            wishes.append(Wish(name, float(x), float(y), 0.0, _NAME_SIZE, 0, centred=True))
    bar = Box(0.0, frame.height - 42.0, frame.width / 5, frame.height)
    taken = [bar, *point_boxes(points, frame)]
    return place_labels(wishes, taken, width=frame.width, height=frame.height)


def point_labels(placed: Sequence[Placed]) -> list[Markup]:
    """Write the names of points."""
    return [
        text((one.x, one.y), one.wish.words, fill=palette.INK, font_size=_LABEL_SIZE,
             font_weight=600, paint_order="stroke", stroke="#ffffff", stroke_width=3,
             stroke_linejoin="round")
        for one in placed
        if not one.wish.centred
    ]  # fmt: skip


def area_names(placed: Sequence[Placed]) -> list[Markup]:
    """Write the names of economies."""
    return [
        text((one.x, one.y), one.wish.words, fill=palette.MUTED, font_size=_NAME_SIZE,
             font_style="italic", paint_order="stroke", stroke="#ffffff", stroke_width=2,
             stroke_opacity=0.8)
        for one in placed
        if one.wish.centred
    ]  # fmt: skip


def scale_bar(frame: Frame) -> Markup:
    """Draw a scale bar in the lower left corner."""
    # True at the centre of the map; an equal-area map has no scale that holds everywhere.
    pixels_per_km = frame.pixels / EARTH_RADIUS_KM
    fitting = [km for km in _SCALE_BARS_KM if km * pixels_per_km < frame.width / 6]
    km = fitting[0] if fitting else _SCALE_BARS_KM[-1]
    x, y = 16.0, frame.height - 16.0
    end = x + km * pixels_per_km
    return group(
        [
            line((x, y), (end, y), stroke=palette.INK, stroke_width=1.5),
            line((x, y - 4), (x, y + 4), stroke=palette.INK, stroke_width=1.5),
            line((end, y - 4), (end, y + 4), stroke=palette.INK, stroke_width=1.5),
            text((x + 4, y - 6), f"{km:,.0f} km at the centre", fill=palette.INK, font_size=11,
                 paint_order="stroke", stroke="#ffffff", stroke_width=3),
        ]
    )  # fmt: skip
