"""Maps of routes and of what lies on the network: strokes and marks on neutral ground."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.maps.base import economy_names, hatchings, land, small_print, wrap
from landbridge.report.maps.boundaries import BoundaryView, read_boundaries
from landbridge.report.maps.marks import CASING, MODE_STYLE, Style, faint_style, mark, marks
from landbridge.report.maps.paths import line_path, line_paths
from landbridge.report.maps.projection import Frame
from landbridge.report.maps.region import (
    WIDTH,
    area_names,
    frame_of,
    place_names,
    point_labels,
    scale_bar,
)
from landbridge.report.svg import palette
from landbridge.report.svg.builder import (
    Markup,
    bar,
    drawing,
    element,
    group,
    line,
    text,
    tooltip,
)
from landbridge.report.svg.labels import text_width
from landbridge.studies.run.results import MapLine, MapPoint

_ROUND: Style = {"fill": "none", "stroke_linecap": "round", "stroke_linejoin": "round"}
_LEGEND_SIZE, _LEGEND_ROW = 11.5, 21.0
_SAMPLE, _GAP = 30.0, 20.0
_NOTE_LETTERS = 165


@dataclass(frozen=True)
class Stroke:
    """A line drawn on top of the network.

    Attributes
    ----------
    points
        (longitude, latitude) pairs, degrees.
    colour, width, dashes
        How it is drawn; width and dashes in pixels, ``""`` for a full line.
    title
        What a reader sees when pointing at it.
    """

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float
    dashes: str = ""
    title: str = ""

    @property
    def style(self) -> Style:
        """Attributes of the path."""
        style: Style = {"stroke": self.colour, "stroke_width": self.width}
        if self.dashes:
            style |= {"stroke_dasharray": self.dashes, "stroke_linecap": "butt"}
        return style


@dataclass(frozen=True)
class Sample:
    """One entry of the legend: words, and the stroke or the kind of mark that they explain."""

    words: str
    stroke: Stroke | None = None
    mark: str = ""


@dataclass(frozen=True)
class MapWords:
    """What is written on a map: title, text alternative, a sentence below the legend."""

    title: str
    description: str
    note: str = ""


def network_map(
    strokes: Sequence[Stroke],
    points: Sequence[MapPoint],
    words: MapWords,
    *,
    ground: Iterable[MapLine] = (),
    legend: Sequence[Sample] = (),
    key: str = "map",
    view: BoundaryView = BoundaryView.UN,
) -> Markup:
    """Draw strokes and marks over the network, on ground that says nothing of economies.

    Parameters
    ----------
    strokes
        What the map is about, in the order of drawing: the last lies on top. The frame fits
        them, or the points where there are none.
    points
        Places to mark and name.
    words
        Title, which also stands on the map, text alternative and note.
    ground
        The rest of the network, drawn faintly by mode.
    legend
        Entries for strokes and marks; the modes of the ground explain themselves.
    key
        Unique on a page.
    view
        Which boundaries to draw.

    Returns
    -------
    Markup
        An SVG drawing with the boundaries' attribution and disclaimers.
    """
    boundaries = read_boundaries()
    places = [place for stroke in strokes for place in stroke.points]
    frame = frame_of(places or [(one.longitude, one.latitude) for one in points])
    names = economy_names() if view is BoundaryView.UN else {}
    labels = place_names(boundaries, frame, names, points)
    lines = list(ground)
    inside = group(
        [
            land(boundaries, frame, economies=None, view=view, key=key),
            *_ground(lines, frame),
            *area_names(labels),
            _strokes(strokes, frame),
            *marks(points, frame),
            *point_labels(labels),
            scale_bar(frame),
        ],
        {"clip_path": f"url(#{key}-frame)"},
    )
    explained, y = _legend([*legend, *_modes(lines)], frame.height + 24)
    told = [
        text((12, y + 16 * row), told_line, fill=palette.INK, font_size=_LEGEND_SIZE)
        for row, told_line in enumerate(wrap(words.note, _NOTE_LETTERS) if words.note else [])
    ]
    y += 16 * len(told) + 4
    print_, tall = small_print(boundaries, (12, y), also=ATTRIBUTION)
    box = element("rect", {"x": 0, "y": 0, "width": frame.width, "height": frame.height})
    return drawing(
        (WIDTH, y + tall),
        [
            hatchings(key),
            element("defs", {}, element("clipPath", {"id": f"{key}-frame"}, box)),
            inside,
            _heading(words.title),
            explained,
            *told,
            print_,
        ],
        title=words.title,
        description=words.description,
        key=key,
    )


def route_strokes(number: int, *, of: int) -> Stroke:
    """Choose the stroke of one route among several, without its points.

    The first is the broadest and lies lowest, so that routes on one line all show.
    """
    colour, dashes = palette.route_style(number)
    width = 2.6 + 1.9 * max(min(of, 4) - 1 - number, 0)
    return Stroke((), colour, width, dashes)


def _ground(lines: Sequence[MapLine], frame: Frame) -> list[Markup]:
    # One path a mode: a world of links would fill the file with tags.
    degrees = [np.array(one.points, dtype="float64").reshape(-1, 2) for one in lines]
    paths: dict[str, list[str]] = defaultdict(list)
    shown = 0
    for one, path in zip(lines, line_paths(degrees, frame), strict=True):
        if path:
            paths[one.mode].append(path)
            shown += 1
    return [
        element("path", {"d": "".join(drawn), **_ROUND,
                         **faint_style(mode, shown=shown, opacity=0.4)})
        for mode, drawn in sorted(paths.items())
    ]  # fmt: skip


def _strokes(strokes: Sequence[Stroke], frame: Frame) -> Markup:
    found = [
        (one, line_path(np.array(one.points, dtype="float64").reshape(-1, 2), frame))
        for one in strokes
    ]
    drawn = [(one, path) for one, path in found if path]
    casings = [
        element("path", {"d": path, **CASING, "stroke_width": one.width + 2.0})
        for one, path in drawn
    ]
    inks = [element("path", {"d": path, **one.style}, *tooltip(one.title)) for one, path in drawn]
    return group([*casings, *inks], _ROUND)


def _heading(title: str) -> Markup:
    wide = text_width(title, 15.0 * 1.1) + 24  # bold letters are broader
    return group(
        [
            bar((0, 0), (wide, 30), fill=palette.PAPER, fill_opacity=0.86),
            text((12, 20), title, fill=palette.INK, font_size=15, font_weight=600),
        ]
    )


def _modes(lines: Sequence[MapLine]) -> list[Sample]:
    words = {"rail": "railway", "road": "road", "sea": "sea", "ferry": "ferry"}
    used = {one.mode for one in lines}
    return [
        Sample(
            f"other {title}",
            Stroke(
                (),
                str(MODE_STYLE[mode]["stroke"]),
                float(MODE_STYLE[mode]["stroke_width"]),
                str(MODE_STYLE[mode].get("stroke_dasharray", "")),
            ),
        )
        for mode, title in words.items()
        if mode in used
    ]


def _legend(entries: Sequence[Sample], y: float) -> tuple[Markup, float]:
    left, drawn = 12.0, []
    for one in entries:
        room = (_SAMPLE if one.stroke else 12.0) + 7
        wide = room + text_width(one.words, _LEGEND_SIZE) + _GAP
        if left + wide > WIDTH - 12 and left > 12.0:  # noqa: PLR2004 - the margin
            left, y = 12.0, y + _LEGEND_ROW
        middle = y - 4
        if one.stroke is not None:
            drawn.append(line((left, middle), (left + _SAMPLE, middle), **one.stroke.style))
        else:
            drawn.append(mark(one.mark, (left + 6, middle), change="existing"))
        drawn.append(text((left + room, y), one.words, fill=palette.INK, font_size=_LEGEND_SIZE))
        left += wide
    return group(drawn), y + _LEGEND_ROW
