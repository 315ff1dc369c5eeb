"""Time and cost-distance charts after UNESCAP: distance across, time or cost added up upward.

A leg is a slope, a node is a vertical step. The shade around a line runs from the 5th to the 95th
percentile of the draws of the running total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.formats import significant
from landbridge.freight.profile.activities import activities
from landbridge.freight.profile.time_cost import Profile
from landbridge.report.charts.base import AXIS_SIZE, CHART_WIDTH, shorten
from landbridge.report.charts.routes.trips import TripQuantity, Unit, say, unit_of
from landbridge.report.svg import palette
from landbridge.report.svg.builder import (
    Markup,
    Value,
    drawing,
    element,
    group,
    line,
    text,
    tooltip,
)
from landbridge.report.svg.labels import Box, Placed, Wish, place_labels, text_width
from landbridge.report.svg.scales import Scale, nice_scale, tick_text
from landbridge.units import FloatArray

_LEFT, _RIGHT_ALONE, _RIGHT_BESIDE = 62.0, 868.0, 660.0
_PLOT = 350.0
_LABEL_SIZE, _ROW = 11.0, 17.0
_MOST_NAMED = 14
_LEAST_STEP = 0.004
"""A step below this share of the total is not named."""
_PLACE_ROWS = 3
_END_GAP = 27.0
_BOLD = 1.1
"""Width of bold letters over that of the others."""


@dataclass(frozen=True)
class _Walk:
    """Distance and running total at every point of a profile; a node keeps the distance."""

    km: FloatArray
    total: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def is_banded(self) -> bool:
        return bool((self.high > self.low).any())


@dataclass(frozen=True)
class _Plot:
    """The axes of a chart."""

    across: Scale
    upward: Scale
    unit: Unit
    top: float
    bottom: float

    def place(self, km: float, value: float) -> tuple[float, float]:
        return self.across(km), self.upward(value / self.unit.divisor)


def distance_chart(profiles: Sequence[Profile], *, quantity: TripQuantity, key: str) -> Markup:
    """Draw one profile, its activities told apart, or several over each other.

    Parameters
    ----------
    profiles
        One or more.
    quantity
        What is added up.
    key
        Unique on the page.
    """
    walks = [_walk(profile, quantity) for profile in profiles]
    legend, tall = _legend(profiles)
    plot = _plot(walks, quantity, top=34.0 + tall, alone=len(profiles) == 1)
    parts: list[Markup] = [_axes(plot), legend]
    parts += [
        _band(walk, plot, _colour(place, len(profiles)))
        for place, walk in enumerate(walks)
        if walk.is_banded
    ]
    if len(profiles) == 1:
        below, height = _places(profiles[0], plot)
        parts += [below, _line_by_activity(profiles[0], walks[0], plot, quantity)]
        parts.append(_step_names(profiles[0], walks[0], plot, quantity))
    else:
        height = plot.bottom + 44
        parts += [_line(walk, plot, place) for place, walk in enumerate(walks)]
        parts.append(_ends(profiles, walks, plot, quantity))
    what = "Time" if quantity == "hours" else "Cost"
    return drawing(
        (CHART_WIDTH, height),
        parts,
        title=f"{what} and distance: {'; '.join(profile.label for profile in profiles)}",
        description=_describe(profiles, walks, quantity),
        key=key,
    )


def _walk(profile: Profile, quantity: TripQuantity) -> _Walk:
    rows = profile.rows
    columns = [f"cumulative_{quantity}{end}" for end in ("", "_low", "_high")]
    start = np.zeros(1)
    values = [np.concatenate([start, rows[column].to_numpy()]) for column in columns]
    return _Walk(np.concatenate([start, rows["cumulative_km"].to_numpy()]), *values)


def _plot(walks: Sequence[_Walk], quantity: TripQuantity, *, top: float, alone: bool) -> _Plot:
    far = max(float(walk.km[-1]) for walk in walks)
    high = max(float(np.max([walk.total[-1], walk.high[-1]])) for walk in walks)
    unit = unit_of(quantity, high)
    bottom = top + _PLOT
    right = _RIGHT_ALONE if alone else _RIGHT_BESIDE
    across = nice_scale(0.0, far, span=(_LEFT, right), wanted=8)
    # The axis ends with the longest way: room for names, not for empty km.
    across = Scale(0.0, far, _LEFT, right, tuple(tick for tick in across.ticks if tick <= far))
    upward = nice_scale(0.0, high / unit.divisor, span=(bottom, top), wanted=7)
    return _Plot(across, upward, unit, top, bottom)


def _colour(place: int, count: int) -> str:
    return palette.AFTER if count == 1 else palette.route_style(place)[0]


def _axes(plot: _Plot) -> Markup:
    left, right = plot.across.start, plot.across.end
    parts: list[Markup] = []
    for value in plot.upward.ticks:
        y = plot.upward(value)
        parts.append(line((left, y), (right, y), stroke=palette.RULE, stroke_width=1))
        parts.append(_tick((left - 7, y + 4), tick_text(value, plot.upward), "end"))
    for value in plot.across.ticks:
        x = plot.across(value)
        parts.append(line((x, plot.bottom), (x, plot.bottom + 4), stroke=palette.MUTED))
        parts.append(_tick((x, plot.bottom + 17), tick_text(value, plot.across), "middle"))
    parts.append(line((left, plot.bottom), (right, plot.bottom), stroke=palette.MUTED))
    parts.append(line((left, plot.top), (left, plot.bottom), stroke=palette.MUTED))
    parts.append(_tick((8, plot.top - 12), f"{plot.unit.axis}, added up", "start"))
    parts.append(_tick(((left + right) / 2, plot.bottom + 34), "km from the origin", "middle"))
    return group(parts)


def _tick(place: tuple[float, float], words: str, anchor: str) -> Markup:
    return text(place, words, fill=palette.MUTED, font_size=AXIS_SIZE, text_anchor=anchor)


def _band(walk: _Walk, plot: _Plot, colour: str) -> Markup:
    upper = [plot.place(*pair) for pair in zip(walk.km.tolist(), walk.high.tolist(), strict=True)]
    lower = [plot.place(*pair) for pair in zip(walk.km.tolist(), walk.low.tolist(), strict=True)]
    return element(
        "path",
        {"d": f"{_path([*upper, *lower[::-1]])}Z", "fill": colour, "fill_opacity": 0.13},
    )


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _line(walk: _Walk, plot: _Plot, place: int) -> Markup:
    colour, dashes = palette.route_style(place)
    style: dict[str, Value] = {
        "fill": "none",
        "stroke": colour,
        "stroke_width": 2.2,
        "stroke_linejoin": "round",
    }
    if dashes:
        style["stroke_dasharray"] = dashes
    pairs = zip(walk.km.tolist(), walk.total.tolist(), strict=True)
    return element("path", {"d": _path([plot.place(*pair) for pair in pairs]), **style})


def _line_by_activity(profile: Profile, walk: _Walk, plot: _Plot, quantity: TripQuantity) -> Markup:
    known = activities()
    rows = profile.rows
    parts = []
    for row, (activity, name) in enumerate(zip(rows["activity"], rows["name"], strict=True)):
        start = plot.place(float(walk.km[row]), float(walk.total[row]))
        end = plot.place(float(walk.km[row + 1]), float(walk.total[row + 1]))
        size = float(walk.total[row + 1] - walk.total[row])
        if size <= 0 and start == end:
            continue
        title = f"{name}, {known[activity].title}: {say(quantity, size)}"
        style: dict[str, Value] = {
            "stroke": palette.ACTIVITY_COLOURS[known[activity].group],
            "stroke_width": 2.6 if known[activity].kind == "leg" else 5.0,
            "stroke_linecap": "round" if known[activity].kind == "leg" else "butt",
        }
        parts.append(
            element(
                "line",
                {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1], **style},
                *tooltip(title),
            )
        )
    return group(parts)


def _steps(profile: Profile, walk: _Walk) -> list[tuple[int, int]]:
    """Find the first and last row of each stay at a place."""
    kinds, places = profile.rows["kind"].tolist(), profile.rows["from_name"].tolist()
    stays: list[tuple[int, int]] = []
    for row, kind in enumerate(kinds):
        if kind != "node":
            continue
        if stays and stays[-1][1] == row - 1 and places[stays[-1][0]] == places[row]:
            stays[-1] = (stays[-1][0], row)
        else:
            stays.append((row, row))
    least = _LEAST_STEP * float(walk.total[-1])
    return [(a, b) for a, b in stays if walk.total[b + 1] - walk.total[a] > least]


def _step_names(profile: Profile, walk: _Walk, plot: _Plot, quantity: TripQuantity) -> Markup:
    wishes = []
    names = profile.rows["from_name"].tolist()
    for first, last in _steps(profile, walk)[:_MOST_NAMED]:
        size = float(walk.total[last + 1] - walk.total[first])
        middle = float(walk.total[first] + walk.total[last + 1]) / 2
        x, y = plot.place(float(walk.km[first]), middle)
        words = f"{shorten(names[first], _LABEL_SIZE, room=150)}: {say(quantity, size)}"
        weight = int(1000 * size / max(float(walk.total[-1]), 1e-9))
        wishes.append(Wish(words, x, y, 7.0, _LABEL_SIZE, weight))
    taken = [Box(0.0, 0.0, _LEFT + 1, plot.bottom), *_line_boxes(walk, plot)]
    placed = place_labels(wishes, taken, width=CHART_WIDTH, height=plot.bottom)
    return _write(placed)


def _line_boxes(walk: _Walk, plot: _Plot) -> list[Box]:
    # Small boxes along the line keep the labels off it.
    boxes = []
    for row in range(len(walk.km) - 1):
        for ratio in np.linspace(0.0, 1.0, 14):
            x, y = plot.place(
                float(walk.km[row] + ratio * (walk.km[row + 1] - walk.km[row])),
                float(walk.total[row] + ratio * (walk.total[row + 1] - walk.total[row])),
            )
            boxes.append(Box(x - 2.5, y - 2.5, x + 2.5, y + 2.5))
    return boxes


def _write(placed: Sequence[Placed]) -> Markup:
    return group(
        [
            text((one.x, one.y), one.wish.words, fill=palette.INK, font_size=_LABEL_SIZE,
                 paint_order="stroke", stroke="#ffffff", stroke_width=3)
            for one in placed
        ]
    )  # fmt: skip


def _places(profile: Profile, plot: _Plot) -> tuple[Markup, float]:
    """Write the places of the way below the axis, each with a line up to the chart's top."""
    rows = profile.rows
    stops = {0.0: profile.trip.origin, float(rows["cumulative_km"].iloc[-1]): (
        profile.trip.destination
    )}  # fmt: skip
    for km, name in zip(rows["cumulative_km"], rows["to_name"], strict=True):
        stops.setdefault(float(km), str(name))
    parts, reach, lowest = [], [0.0] * _PLACE_ROWS, 0
    base = plot.bottom + 54
    for km, name in sorted(stops.items()):
        x = plot.across(km)
        wide = text_width(name, _LABEL_SIZE)
        left = min(max(x - wide / 2, 2.0), CHART_WIDTH - wide - 2)
        row = next((n for n in range(_PLACE_ROWS) if reach[n] + 6 < left), None)
        parts.append(
            line((x, plot.top), (x, plot.bottom), stroke=palette.FAINT, stroke_width=0.8,
                 stroke_dasharray="2 3")
        )  # fmt: skip
        if row is None:
            continue
        reach[row], lowest = left + wide, max(lowest, row)
        y = base + row * _ROW
        parts.append(line((x, plot.bottom + 38), (x, y - 10), stroke=palette.FAINT))
        parts.append(text((left, y), name, fill=palette.INK, font_size=_LABEL_SIZE))
    return group(parts), base + lowest * _ROW + 12


def _ends(
    profiles: Sequence[Profile], walks: Sequence[_Walk], plot: _Plot, quantity: TripQuantity
) -> Markup:
    """Write what each way comes to beside its end, in a column, none over another."""
    ends = [plot.place(float(walk.km[-1]), float(walk.total[-1])) for walk in walks]
    order = sorted(range(len(ends)), key=lambda n: ends[n][1])
    heights: dict[int, float] = {}
    lowest = plot.top - 8
    for n in order:
        heights[n] = lowest = max(ends[n][1], lowest + _END_GAP)
    over = max(max(heights.values()) - plot.bottom, 0.0)
    x = plot.across.end + 16
    parts = []
    for n in order:
        profile, y = profiles[n], heights[n] - over
        colour = palette.route_style(n)[0]
        parts.append(
            line(ends[n], (x - 4, y), stroke=colour, stroke_width=0.7, stroke_dasharray="1 2")
        )
        parts.append(element("circle", {"cx": ends[n][0], "cy": ends[n][1], "r": 3.2,
                                        "fill": colour}))  # fmt: skip
        words = shorten(profile.label, _LABEL_SIZE * _BOLD, room=CHART_WIDTH - x - 2)
        parts.append(text((x, y), words, fill=colour, font_size=_LABEL_SIZE, font_weight=600))
        value = say(quantity, float(walks[n].total[-1]))
        told = f"{value}{_between(walks[n], plot.unit)}"
        parts.append(text((x, y + 12), told, fill=palette.INK, font_size=_LABEL_SIZE - 0.5))
    return group(parts)


def _between(walk: _Walk, unit: Unit) -> str:
    if not walk.is_banded:
        return ""
    low, high = walk.low[-1] / unit.divisor, walk.high[-1] / unit.divisor
    return f" ({significant(float(low), 2)} to {significant(float(high), 2)})"


def _legend(profiles: Sequence[Profile]) -> tuple[Markup, float]:
    if len(profiles) > 1:
        return _route_legend(profiles)
    known = activities()
    used = dict.fromkeys(known[one].group for one in profiles[0].rows["activity"])
    titles = {one.group: one.group_title for one in known.values()}
    kinds = {one.group: one.kind for one in known.values()}
    entries = [
        (titles[key], palette.ACTIVITY_COLOURS[key], "", 5.0 if kinds[key] == "node" else 2.6)
        for key in palette.ACTIVITY_COLOURS
        if key in used
    ]
    return _samples(entries)


def _route_legend(profiles: Sequence[Profile]) -> tuple[Markup, float]:
    return _samples(
        [
            (profile.label, *palette.route_style(place), 2.2)
            for place, profile in enumerate(profiles)
        ]
    )


def _samples(entries: Sequence[tuple[str, str, str, float]]) -> tuple[Markup, float]:
    left, y, parts = 8.0, 14.0, []
    for words, colour, dashes, width in entries:
        wide = 34 + text_width(words, AXIS_SIZE) + 18
        if left + wide > CHART_WIDTH and left > 8.0:  # noqa: PLR2004 - the margin
            left, y = 8.0, y + _ROW
        style: dict[str, Value] = {"stroke": colour, "stroke_width": width}
        if dashes:
            style["stroke_dasharray"] = dashes
        parts.append(line((left, y - 4), (left + 28, y - 4), **style))
        parts.append(text((left + 34, y), words, fill=palette.INK, font_size=AXIS_SIZE))
        left += wide
    return group(parts), y


def _describe(profiles: Sequence[Profile], walks: Sequence[_Walk], quantity: TripQuantity) -> str:
    told = [
        f"{profile.label}: {say(quantity, float(walk.total[-1]))} over {walk.km[-1]:,.0f} km"
        for profile, walk in zip(profiles, walks, strict=True)
    ]
    return f"{'; '.join(told)}. Slopes are legs, vertical steps are nodes."
