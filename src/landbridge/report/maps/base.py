"""What every map stands on: sea, land, areas coloured by class, lakes, coasts and borders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from landbridge.formats import band, percent
from landbridge.report.formats.frames import banded, texts
from landbridge.report.maps.boundaries import ArcKind, Boundaries, BoundaryView, Polygon
from landbridge.report.maps.choropleth import CLASSES_A_SIDE, Classes, class_colour, make_classes
from landbridge.report.maps.paths import ProjectedArcs, edges_path, polygon_path, project_arcs
from landbridge.report.maps.projection import Frame
from landbridge.report.svg import palette
from landbridge.report.svg.builder import (
    Markup,
    Value,
    bar,
    element,
    group,
    line,
    text,
    tooltip,
)
from landbridge.tables import embedded_table

SKIPPED = frozenset({"ATA"})
_WORDS_A_LINE = 170


@dataclass(frozen=True)
class Economies:
    """What a map says about economies: the change of real income and the tooltip of each.

    `fills` holds in the place of the colours of classes, for a map that tells kinds apart.
    """

    changes: Mapping[str, float]
    titles: Mapping[str, str]
    names: Mapping[str, str]
    classes: Classes
    fills: Mapping[str, str] = field(default_factory=dict)


def economies_of(income: pd.DataFrame) -> Economies:
    """Read the table ``income`` for a map.

    Parameters
    ----------
    income
        ``iso3``, ``name``, ``real_income_percent`` with its band.
    """
    change = banded(income, "real_income_percent")
    codes, names = texts(income, "iso3"), texts(income, "name")
    titles = {}
    for row, (code, name) in enumerate(zip(codes, names, strict=True)):
        reach = band(float(change.low[row]), float(change.high[row]))
        between = f" ({reach})" if reach else ""
        titles[code] = f"{name}: real income {percent(float(change.middle[row]))}{between}"
    return Economies(
        changes=dict(zip(codes, (float(value) for value in change.middle), strict=True)),
        titles=titles,
        names=dict(zip(codes, names, strict=True)),
        classes=make_classes(change.middle),
    )


def hatchings(key: str) -> Markup:
    """Define the hatching of losses (one a class) and of areas of undetermined status."""
    patterns = [
        _pattern(f"{key}-loss{rank}", class_colour(-rank), "#5d3306", 3.0 + 2.0 * (3 - rank))
        for rank in range(1, CLASSES_A_SIDE + 1)
    ]
    patterns.append(_pattern(f"{key}-open", palette.LAND, palette.FAINT, 5.0))
    return element("defs", {}, *patterns)


def _pattern(key: str, fill: str, stroke: str, gap: float) -> Markup:
    return element(
        "pattern",
        {
            "id": key,
            "width": gap,
            "height": gap,
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
        bar((0, 0), (gap, gap), fill=fill),
        line((0, 0), (0, gap), stroke=stroke, stroke_width=0.9, stroke_opacity=0.55),
    )


def fill_of(economies: Economies, code: str, *, key: str) -> str:
    """Choose the fill of an economy: a colour, or the hatching of a loss."""
    if code in economies.fills:
        return economies.fills[code]
    value = economies.changes.get(code, float("nan"))
    if np.isfinite(value):
        index = economies.classes.index(value)
        if index < 0:
            return f"url(#{key}-loss{-index})"
    return economies.classes.colour(value)


def land(
    boundaries: Boundaries,
    frame: Frame,
    *,
    economies: Economies | None,
    view: BoundaryView,
    key: str,
) -> Markup:
    """Draw sea, land, lakes, coasts and borders.

    In the UN view the land is coloured by class, or plain where there is nothing to say of
    economies.
    """
    arcs = project_arcs(boundaries, frame)
    sea = bar((0, 0), (frame.width, frame.height), fill=palette.SEA)
    if view is BoundaryView.NONE:
        shapes = [_plain_land(boundaries, frame, arcs)]
    else:
        shapes = _areas(boundaries, frame, arcs, economies=economies, key=key)
    lakes = polygon_path(arcs, boundaries.lakes, frame=frame)
    water = element("path", {"d": lakes, "fill": palette.SEA, "stroke": "#a9bccb"})
    drawn = [
        sea,
        *shapes,
        *([water] if lakes else []),
        _edges(boundaries, frame, arcs, kind=ArcKind.COAST),
    ]
    if view is BoundaryView.UN:
        drawn += [
            _edges(boundaries, frame, arcs, kind=ArcKind.BORDER),
            _edges(boundaries, frame, arcs, kind=ArcKind.UNDETERMINED),
        ]
    return group(drawn, {"stroke_linejoin": "round", "stroke_width": 0.5})


def _plain_land(boundaries: Boundaries, frame: Frame, arcs: ProjectedArcs) -> Markup:
    polygons: list[Polygon] = [
        polygon
        for code, area in boundaries.areas.items()
        if code not in SKIPPED
        for polygon in area.polygons
    ]
    path = polygon_path(arcs, polygons, frame=frame)
    # The stroke in the fill's own colour closes the hairlines between neighbours.
    return element("path", {"d": path, "fill": palette.LAND, "stroke": palette.LAND})


def _areas(
    boundaries: Boundaries,
    frame: Frame,
    arcs: ProjectedArcs,
    *,
    economies: Economies | None,
    key: str,
) -> list[Markup]:
    notes = undetermined_notes()
    names = economy_names()
    shapes = []
    for code, area in boundaries.areas.items():
        path = "" if code in SKIPPED else polygon_path(arcs, area.polygons, frame=frame)
        if not path:
            continue
        if code in boundaries.undetermined:
            fill, title = f"url(#{key}-open)", notes.get(code, code)
        elif economies is None:
            fill, title = palette.LAND, names.get(code, code)
        else:
            fill = fill_of(economies, code, key=key)
            title = economies.titles.get(code) or f"{names.get(code, code)}: no result"
        shapes.append(element("path", {"d": path, "fill": fill}, *tooltip(title)))
    return shapes


def economy_names() -> dict[str, str]:
    """Read the name of every economy by its code."""
    known = embedded_table("atlas", "economies")
    return dict(zip(known["iso3"], known["name"], strict=True))


def undetermined_notes() -> dict[str, str]:
    """Read the tooltip of each area of undetermined status."""
    table = embedded_table("report", "undetermined_areas")
    return {
        code: f"{name}. {note}"
        for code, name, note in zip(table.code, table.name, table.note, strict=True)
    }


_EDGE_STYLE: dict[ArcKind, dict[str, Value]] = {
    ArcKind.COAST: {"stroke": "#9fb0bd", "stroke_width": 0.5},
    ArcKind.BORDER: {"stroke": palette.BORDER, "stroke_width": 0.6},
    ArcKind.UNDETERMINED: {
        "stroke": palette.BORDER,
        "stroke_width": 0.9,
        "stroke_dasharray": "3 2.5",
    },
}


def _edges(boundaries: Boundaries, frame: Frame, arcs: ProjectedArcs, *, kind: ArcKind) -> Markup:
    path = edges_path(arcs, boundaries, frame=frame, kind=kind)
    return element("path", {"d": path, "fill": "none", **_EDGE_STYLE[kind]})


def class_legend(
    economies: Economies, corner: tuple[float, float], *, key: str, width: float
) -> Markup:
    """Draw the legend of the classes, from the greatest loss to the greatest gain."""
    x, y = corner
    indices = range(-CLASSES_A_SIDE, CLASSES_A_SIDE + 1)
    step = width / len(indices)
    parts: list[Markup] = [
        text((x, y), "Change of real income, percent of GDP (losses are hatched)",
             fill=palette.INK, font_weight=600)
    ]  # fmt: skip
    for place, index in enumerate(indices):
        fill = f"url(#{key}-loss{-index})" if index < 0 else class_colour(index)
        left = x + place * step
        parts.append(
            bar((left, y + 9), (step - 3, 13), fill=fill, stroke=palette.BORDER, stroke_width=0.5)
        )
        parts.append(
            text((left + (step - 3) / 2, y + 36), economies.classes.label(index),
                 fill=palette.INK, font_size=11, text_anchor="middle")
        )  # fmt: skip
    return group(parts)


def small_print(
    boundaries: Boundaries, corner: tuple[float, float], *, also: str = ""
) -> tuple[Markup, float]:
    """Write the attribution and the disclaimers that go with every map.

    Parameters
    ----------
    boundaries
        Whose words they are.
    corner
        Where the text begins, pixels.
    also
        What else the map has to say of what it shows.

    Returns
    -------
    tuple
        The text, and the height that it takes, pixels.
    """
    x, y = corner
    words = f"{boundaries.disclaimer} {boundaries.own_disclaimer} {boundaries.attribution} {also}"
    lines = wrap(words, _WORDS_A_LINE)
    parts = [
        text((x, y + 14 * row), words_of_line, fill=palette.MUTED, font_size=10.5)
        for row, words_of_line in enumerate(lines)
    ]
    return group(parts), 14.0 * len(lines)


def wrap(words: str, length: int) -> list[str]:
    """Break a text into lines of at most ``length`` characters, at blanks."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > length and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
