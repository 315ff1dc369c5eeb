"""Map of the flows of trade over the network, and of its most critical elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.formats import money
from landbridge.freight.flows.lines import FlowLine
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.network import MapWords, Sample, Stroke, network_map
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup
from landbridge.studies.run.results import MapPoint

FLOW_COLOURS: Final = {"sea": "#8fb7d3", "ferry": "#8fb7d3", "rail": "#55626f", "road": "#b39a6b"}
WIDEST: Final = 7.0
THINNEST: Final = 0.4
LARGEST_DOT, SMALLEST_DOT = 26.0, 12.0
LEAST_SHOWN: Final = 0.002
"""Share of the largest flow under which a line is not drawn."""
MARGIN_DEGREES: Final = 4.0
WHOLE_WORLD_DEGREES: Final = 140.0
"""Elements further apart are shown on the whole world."""
NAMED: Final = 25
_SAMPLES = (("rail", "goods by rail"), ("road", "goods by road"), ("sea", "goods by sea"))


def critical_map(
    lines: Iterable[FlowLine],
    table: pd.DataFrame,
    shapes: Sequence[tuple[tuple[float, float], ...]],
    *,
    value: str,
    words: MapWords,
    view: BoundaryView = BoundaryView.UN,
) -> Markup:
    """Draw flows as strokes by size, and the critical elements over them.

    Parameters
    ----------
    lines
        Flows in million tonnes.
    table, shapes
        The elements, most critical first: kind, name and the column `value`; and where they are.
    value
        Column in million USD that gives an element its size.
    words
        Title, text alternative and note.
    view
        Which boundaries to draw.
    """
    near = _near(list(lines), shapes)
    strokes = [*_flows(near), *_marks(table, shapes, value)]
    points = [
        MapPoint(
            name=str(row.name),
            kind="port" if row.kind == "port" else "crossing",
            change="existing",
            longitude=shape[0][0],
            latitude=shape[0][1],
            detail=money(float(getattr(row, value))),
        )
        for row, shape in zip(
            table.rename(columns={"name": "title"}).assign(name=table["name"]).itertuples(),
            shapes,
            strict=True,
        )
        if len(shape) == 1
    ]
    samples = [
        Sample(words_, Stroke((), FLOW_COLOURS[mode], 4.0))
        for mode, words_ in _SAMPLES
        if any(one.mode == mode for one in near)
    ]
    samples.append(Sample("most critical, by what it is worth", Stroke((), palette.ACCENT, 9.0)))
    return network_map(strokes, points[:NAMED], words, legend=samples, key="critical", view=view)


def flow_map(
    lines: Iterable[FlowLine], words: MapWords, *, view: BoundaryView = BoundaryView.UN
) -> Markup:
    """Draw flows in million tonnes as strokes by size.

    Parameters
    ----------
    lines
        The flows.
    words
        Title, text alternative and note.
    view
        Which boundaries to draw.
    """
    every = list(lines)
    samples = [
        Sample(words_, Stroke((), FLOW_COLOURS[mode], 4.0))
        for mode, words_ in _SAMPLES
        if any(one.mode == mode for one in every)
    ]
    return network_map(_flows(every), [], words, legend=samples, key="flows", view=view)


def _near(
    lines: list[FlowLine], shapes: Sequence[tuple[tuple[float, float], ...]]
) -> list[FlowLine]:
    """Keep the flows in the window of the elements; all where that is most of the world."""
    places = np.array([place for shape in shapes for place in shape], dtype=np.float64)
    if not len(places) or np.ptp(places[:, 0]) > WHOLE_WORLD_DEGREES:
        return lines
    low = places.min(axis=0) - MARGIN_DEGREES
    high = places.max(axis=0) + MARGIN_DEGREES
    kept = []
    for one in lines:
        points = np.array(one.points, dtype=np.float64)
        if ((points >= low) & (points <= high)).all():
            kept.append(one)
    return kept


def _flows(lines: Sequence[FlowLine]) -> list[Stroke]:
    most = max((one.flow for one in lines), default=0.0)
    drawn = sorted(
        (one for one in lines if one.flow > LEAST_SHOWN * most), key=lambda one: one.flow
    )
    return [
        Stroke(
            one.points,
            FLOW_COLOURS.get(one.mode, palette.MUTED),
            max(THINNEST, WIDEST * (one.flow / most) ** 0.5),
            title=f"{one.name}: {one.flow:,.1f} million tonnes a year",
        )
        for one in drawn
    ]


def _marks(
    table: pd.DataFrame, shapes: Sequence[tuple[tuple[float, float], ...]], value: str
) -> list[Stroke]:
    """Draw the elements: a point becomes a dot, its area by value; a link a broad line."""
    size = np.abs(table[value].to_numpy(dtype=np.float64))
    most = float(size.max(initial=0.0)) or 1.0
    names = [str(name) for name in table["name"]]
    found = []
    for own, name, shape in zip(size, names, shapes, strict=True):
        width = max(SMALLEST_DOT, LARGEST_DOT * float(own / most) ** 0.5)
        # A line of hardly any length with round ends is a dot.
        longitude, latitude = shape[0]
        dot = (shape[0], (longitude + 1e-3, latitude))
        points = dot if len(shape) == 1 else shape
        thick = width if len(shape) == 1 else max(width / 2.5, 4.0)
        found.append(Stroke(points, palette.ACCENT, thick, title=f"{name}: {money(float(own))}"))
    return found[::-1]
