"""Profiles of a trip: hours or cost added up along the way; a stop is a step upward.

The method is that of the time and cost-distance charts of UNESCAP.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.report.charts.base import AXIS_SIZE, shorten
from landbridge.report.charts.routes.legs import legs_of, with_groups
from landbridge.report.charts.routes.trips import STAGES, TripQuantity, say, unit_of
from landbridge.report.formats.frames import numbers, texts
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
from landbridge.report.svg.labels import Box, Wish, place_labels
from landbridge.report.svg.scales import Scale, nice_scale, tick_text
from landbridge.units import FloatArray

WIDTH, HEIGHT = 440.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 412.0, 30.0, 252.0
_STEPS_NAMED = 3
_LABEL_SIZE = 10.5
_STYLES: dict[str, dict[str, Value]] = {
    "before": {"stroke": palette.BEFORE, "stroke_width": 2, "stroke_dasharray": "6 4"},
    "after": {"stroke": palette.AFTER, "stroke_width": 2.4},
}


@dataclass(frozen=True)
class Walk:
    """Distance and running total at each node of a trip; a stop keeps the distance."""

    km: FloatArray
    total: FloatArray
    names: tuple[str, ...]
    groups: tuple[str, ...]


def profile(
    legs: pd.DataFrame, origin: str, *, destination: str, quantity: TripQuantity, key: str
) -> Markup:
    """Draw the profile of one trip, before and after.

    Parameters
    ----------
    legs
        The table ``trip_legs`` of a run.
    origin, destination
        The trip.
    quantity
        What is added up.
    key
        Unique on the page.
    """
    grouped = with_groups(legs)
    walks = {
        stage: _walk(legs_of(grouped, origin, destination=destination, stage=stage), quantity)
        for stage in STAGES
    }
    far = max((float(walk.km[-1]) for walk in walks.values()), default=0.0)
    high = max((float(walk.total[-1]) for walk in walks.values()), default=0.0)
    unit = unit_of(quantity, high)
    across = nice_scale(0.0, far, span=(_LEFT, _RIGHT), wanted=5)
    upward = nice_scale(0.0, high / unit.divisor, span=(_BOTTOM, _TOP), wanted=5)
    drawn = [
        _line(walk, across, upward, divisor=unit.divisor, stage=stage)
        for stage, walk in walks.items()
    ]
    steps = _steps(walks, across, upward, divisor=unit.divisor, quantity=quantity)
    words = "; ".join(
        f"{say(quantity, float(walk.total[-1])) if walk.names else 'no way'} {stage}"
        for stage, walk in walks.items()
    )
    return drawing(
        (WIDTH, HEIGHT),
        [_axes(across, upward, unit.axis), *drawn, *steps, _legend()],
        title=f"{origin} to {destination}: {unit.axis} along the way",
        description=f"{words}. Vertical steps are stops: crossings, terminals and ports.",
        key=key,
    )


def _walk(legs: pd.DataFrame, quantity: TripQuantity) -> Walk:
    km = np.concatenate([[0.0], np.nancumsum(numbers(legs, "km"))])
    total = np.concatenate([[0.0], np.nancumsum(numbers(legs, quantity))])
    return Walk(km, total, tuple(texts(legs, "name")), tuple(texts(legs, "group")))


def _line(walk: Walk, across: Scale, upward: Scale, *, divisor: float, stage: str) -> Markup:
    places = [
        f"{across(float(km)):.1f} {upward(float(total) / divisor):.1f}"
        for km, total in zip(walk.km, walk.total, strict=True)
    ]
    style: dict[str, Value] = {"fill": "none", "stroke_linejoin": "round", **_STYLES[stage]}
    return element("path", {"d": "M" + "L".join(places), **style})


def _steps(
    walks: dict[str, Walk], across: Scale, upward: Scale, *, divisor: float, quantity: TripQuantity
) -> list[Markup]:
    wishes, dots = [], []
    taken = [Box(0.0, 0.0, _LEFT + 2.0, HEIGHT), Box(0.0, 0.0, WIDTH, 18.0)]
    for stage, walk in walks.items():
        size = np.diff(walk.total)
        stops = [row for row in range(len(size)) if walk.groups[row] not in {"line_haul", "sea"}]
        named = sorted(stops, key=lambda row: -size[row])[:_STEPS_NAMED]
        for row in stops:
            x, y = across(float(walk.km[row + 1])), upward(float(walk.total[row + 1]) / divisor)
            title = f"{walk.names[row]}: {say(quantity, float(size[row]))} ({stage})"
            dots.append(
                element("circle", {"cx": x, "cy": y, "r": 2.6, "fill": "#ffffff",
                                   "stroke": _STYLES[stage]["stroke"], "stroke_width": 1.4},
                        *tooltip(title))
            )  # fmt: skip
            taken.append(Box(x - 3, y - 3, x + 3, y + 3))
            if row in named:
                words = shorten(walk.names[row], _LABEL_SIZE, room=150)
                weight = int(100 * size[row] / max(float(walk.total[-1]), 1e-9))
                wishes.append(Wish(words, x, y, 5.0, _LABEL_SIZE, weight))
        taken += _line_boxes(walk, across, upward, divisor)
    placed = place_labels(wishes, taken, width=WIDTH, height=_BOTTOM)
    labels = [
        text((one.x, one.y), one.wish.words, fill=palette.INK, font_size=_LABEL_SIZE,
             paint_order="stroke", stroke="#ffffff", stroke_width=2.5)
        for one in placed
    ]  # fmt: skip
    return [*dots, *labels]


def _line_boxes(walk: Walk, across: Scale, upward: Scale, divisor: float) -> list[Box]:
    # Small boxes along the line keep the labels off it.
    spots = np.linspace(0.0, 1.0, 12)
    boxes = []
    for row in range(len(walk.km) - 1):
        for ratio in spots:
            x = across(float(walk.km[row] + ratio * (walk.km[row + 1] - walk.km[row])))
            y = upward(
                float(walk.total[row] + ratio * (walk.total[row + 1] - walk.total[row])) / divisor
            )
            boxes.append(Box(x - 1.5, y - 1.5, x + 1.5, y + 1.5))
    return boxes


def _axes(across: Scale, upward: Scale, title: str) -> Markup:
    parts: list[Markup] = []
    for value in upward.ticks:
        y = upward(value)
        parts.append(line((_LEFT, y), (_RIGHT, y), stroke=palette.RULE, stroke_width=1))
        parts.append(
            text((_LEFT - 6, y + 4), tick_text(value, upward), text_anchor="end",
                 fill=palette.MUTED, font_size=AXIS_SIZE)
        )  # fmt: skip
    parts += [
        text((across(value), _BOTTOM + 16), tick_text(value, across), text_anchor="middle",
             fill=palette.MUTED, font_size=AXIS_SIZE)
        for value in across.ticks
    ]  # fmt: skip
    parts.append(line((_LEFT, _BOTTOM), (_RIGHT, _BOTTOM), stroke=palette.MUTED, stroke_width=1))
    parts.append(text((6, 14), title, fill=palette.MUTED, font_size=AXIS_SIZE))
    parts.append(
        text(((_LEFT + _RIGHT) / 2, _BOTTOM + 34), "km from the origin", text_anchor="middle",
             fill=palette.MUTED, font_size=AXIS_SIZE)
    )  # fmt: skip
    return group(parts)


def _legend() -> Markup:
    parts = []
    for place, stage in enumerate(STAGES):
        x = 290.0 + 74.0 * place
        parts.append(line((x, 10), (x + 24, 10), **_STYLES[stage]))
        parts.append(text((x + 30, 14), stage, fill=palette.INK, font_size=AXIS_SIZE))
    return group(parts)
