"""Lines and points of the corridor map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from landbridge.report.maps.paths import line_paths
from landbridge.report.maps.projection import Frame
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, Value, bar, element, group, tooltip
from landbridge.report.svg.labels import Box
from landbridge.studies.run.results import MapLine, MapPoint
from landbridge.units import FloatArray

Style = dict[str, Value]

_ROUND: Final[Style] = {"fill": "none", "stroke_linecap": "round", "stroke_linejoin": "round"}

UNCROWDED: Final = 800
"""So many lines of the network are drawn at full strength."""
FAINTEST: Final = 0.45
MODE_STYLE: Final[dict[str, Style]] = {
    "rail": {"stroke": palette.MODE_COLOURS["rail"], "stroke_width": 1.1, "stroke_opacity": 0.6},
    "road": {"stroke": palette.MODE_COLOURS["road"], "stroke_width": 1.0, "stroke_opacity": 0.65},
    "sea": {
        "stroke": palette.MODE_COLOURS["sea"],
        "stroke_width": 1.0,
        "stroke_dasharray": "1 3.5",
    },
    "ferry": {
        "stroke": palette.MODE_COLOURS["ferry"],
        "stroke_width": 1.2,
        "stroke_dasharray": "1 3.5",
    },
    "terminal": {"stroke": palette.MODE_COLOURS["terminal"], "stroke_width": 1.2},
}
CHANGE_STYLE: Final[dict[str, Style]] = {
    "new": {"stroke": "#f2a65a", "stroke_width": 8.5},
    "improved": {"stroke": "#f7d9a8", "stroke_width": 8.5},
    "closed": {"stroke": "#8d2f2f", "stroke_width": 3.0, "stroke_dasharray": "2 5"},
}
# A dark edge tells what is new from what is improved, in grey too.
NEW_EDGE: Final[Style] = {"stroke": "#6b3604", "stroke_width": 10.5}
BEFORE_STYLE: Final[Style] = {
    "stroke": palette.BEFORE,
    "stroke_width": 2.4,
    "stroke_dasharray": "6 5",
    "stroke_linecap": "butt",
}
AFTER_STYLE: Final[Style] = {"stroke": palette.AFTER, "stroke_width": 2.8}
BOTH_CORE: Final[Style] = {
    "stroke": "#ffffff",
    "stroke_width": 1.2,
    "stroke_dasharray": "6 5",
    "stroke_linecap": "butt",
}
CASING: Final[Style] = {"stroke": "#ffffff", "stroke_width": 4.6, "stroke_opacity": 0.85}
MARK_RADIUS: Final = 4.2
CHANGED: Final = frozenset({"new", "improved", "closed"})


def merged(lines: Sequence[MapLine]) -> list[MapLine]:
    """Make one line of those that lie on each other: on a trip before and on one after is both."""
    found: dict[tuple[object, ...], MapLine] = {}
    for one in lines:
        key = (one.mode, one.change, min(one.points, one.points[::-1]))
        known = found.get(key)
        if known is None or not known.route:
            found[key] = one
        elif one.route and one.route != known.route:
            found[key] = replace(known, route="both")
    return list(found.values())


def faint_style(mode: str, *, shown: int, opacity: float | None = None) -> Style:
    """Style a line of the network, thinner and fainter the more of them are shown.

    Parameters
    ----------
    mode
        Its mode.
    shown
        How many lines of the network the map shows.
    opacity
        Where few are shown; absent: that of the mode.
    """
    style = dict(MODE_STYLE.get(mode, MODE_STYLE["road"]))
    crowd = float(np.clip((UNCROWDED / max(shown, 1)) ** 0.5, FAINTEST, 1.0))
    full = float(style.get("stroke_opacity", 1.0)) if opacity is None else opacity
    style["stroke_width"] = round(float(style["stroke_width"]) * crowd, 2)
    style["stroke_opacity"] = round(full * crowd, 2)
    return style


def line_layers(lines: Sequence[MapLine], frame: Frame) -> list[Markup]:
    """Draw the network, then what changes as a broad band, then the trips on top."""
    drawn = _in_frame(lines, frame)
    ground = [pair for pair in drawn if not pair[0].route]
    changed = [pair for pair in drawn if pair[0].change in CHANGED]
    before = [pair for pair in drawn if pair[0].route == "before"]
    after = [pair for pair in drawn if pair[0].route in {"after", "both"}]
    both = [pair for pair in drawn if pair[0].route == "both"]
    changed_ground = [pair for pair in changed if not pair[0].route]
    return [
        _layer(ground, lambda one: faint_style(one.mode, shown=len(ground))),
        _layer([pair for pair in changed if pair[0].change == "new"], lambda _: NEW_EDGE),
        _layer(changed, lambda one: CHANGE_STYLE[one.change]),
        _layer(changed_ground, lambda one: MODE_STYLE.get(one.mode, MODE_STYLE["road"])),
        _layer([*before, *after], lambda _: CASING),
        _layer(before, lambda _: BEFORE_STYLE),
        _layer(after, lambda _: AFTER_STYLE),
        _layer(both, lambda _: BOTH_CORE),
    ]


def _in_frame(lines: Sequence[MapLine], frame: Frame) -> list[tuple[MapLine, str]]:
    """Select the lines that reach into the frame, each with its path; all projected at once."""
    kept = [one for one in lines if one.points]
    paths = line_paths([_degrees(one) for one in kept], frame)
    return [(one, path) for one, path in zip(kept, paths, strict=True) if path]


def _layer(lines: Sequence[tuple[MapLine, str]], style: Callable[[MapLine], Style]) -> Markup:
    drawn = [
        element("path", {"d": path, **style(one)}, *tooltip(_title(one))) for one, path in lines
    ]
    return group(drawn, _ROUND)


def _degrees(one: MapLine) -> FloatArray:
    return np.array(one.points, dtype="float64").reshape(-1, 2)


def _title(one: MapLine) -> str:
    told = {"before": "on a trip before", "after": "on a trip after"}
    told["both"] = "on trips before and after"
    parts = [one.mode, "" if one.change == "existing" else one.change, told.get(one.route, "")]
    return f"{one.name} ({', '.join(part for part in parts if part)})"


def marks(points: Sequence[MapPoint], frame: Frame) -> list[Markup]:
    """Draw the points: a shape for each kind, filled where the scenario changes something."""
    drawn = []
    for one in points:
        x, y = frame(np.array([[one.longitude, one.latitude]]))[0]
        if np.isfinite(x):
            detail = f": {one.detail}" if one.detail else ""
            title = f"{one.name} ({one.kind}){detail}"
            drawn.append(mark(one.kind, (float(x), float(y)), change=one.change, title=title))
    return drawn


def mark(kind: str, place: tuple[float, float], *, change: str, title: str = "") -> Markup:
    """Draw one point."""
    x, y = place
    style: Style = {
        "fill": palette.ACCENT if change in CHANGED else "#ffffff",
        "stroke": palette.INK,
        "stroke_width": 1.3,
    }
    r = MARK_RADIUS
    if kind == "port":
        return bar((x - r + 0.4, y - r + 0.4), (2 * r - 0.8, 2 * r - 0.8), title=title, **style)
    if kind == "crossing":
        path = f"M{x:.1f} {y - r:.1f}L{x + r:.1f} {y:.1f}L{x:.1f} {y + r:.1f}L{x - r:.1f} {y:.1f}Z"
        return element("path", {"d": path, **style}, *tooltip(title))
    if kind == "terminal":
        path = f"M{x:.1f} {y - r:.1f}L{x + r:.1f} {y + r - 1:.1f}L{x - r:.1f} {y + r - 1:.1f}Z"
        return element("path", {"d": path, **style}, *tooltip(title))
    return element("circle", {"cx": x, "cy": y, "r": r - 0.4, **style}, *tooltip(title))


def point_boxes(points: Sequence[MapPoint], frame: Frame) -> list[Box]:
    """Measure the room that the points take."""
    boxes = []
    for one in points:
        x, y = (float(value) for value in frame(np.array([[one.longitude, one.latitude]]))[0])
        if np.isfinite(x):
            r = MARK_RADIUS + 0.5
            boxes.append(Box(x - r, y - r, x + r, y + r))
    return boxes
