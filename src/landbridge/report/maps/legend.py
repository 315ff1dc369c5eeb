"""Legend of the corridor map: only what the map shows."""

from __future__ import annotations

from collections.abc import Sequence

from landbridge.report.maps.marks import (
    AFTER_STYLE,
    BEFORE_STYLE,
    BOTH_CORE,
    CHANGE_STYLE,
    MODE_STYLE,
    NEW_EDGE,
    Style,
    mark,
)
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, group, line, text
from landbridge.report.svg.labels import text_width
from landbridge.studies.run.results import MapLine, MapPoint

_SIZE = 11.5
_SAMPLE = 30.0
_GAP = 20.0
_ROW = 22.0
_WIDTH = 1076.0
_MODES = {"rail": "railway", "road": "road", "sea": "sea", "ferry": "ferry", "terminal": "terminal"}
_CHANGES = {"new": "new", "improved": "improved", "closed": "closed"}
_KINDS = {"city": "city", "port": "port", "crossing": "border crossing", "terminal": "terminal"}

Entry = tuple[str, tuple[Style, ...] | str]


def line_legend(
    lines: Sequence[MapLine], points: Sequence[MapPoint], *, corner: tuple[float, float]
) -> Markup:
    """Draw samples of the lines and marks in use, in rows."""
    x, y = corner
    left, drawn = x, []
    for words, sample in _entries(lines, points):
        room = (_SAMPLE if isinstance(sample, tuple) else 12.0) + 7
        wide = room + text_width(words, _SIZE) + _GAP
        if left + wide > x + _WIDTH:
            left, y = x, y + _ROW
        drawn += _sample(sample, left, y)
        drawn.append(text((left + room, y), words, fill=palette.INK, font_size=_SIZE))
        left += wide
    return group(drawn)


def _sample(sample: tuple[Style, ...] | str, left: float, y: float) -> list[Markup]:
    middle = y - 4
    if isinstance(sample, str):
        kind, _, change = sample.partition("/")
        return [mark(kind, (left + 6, middle), change=change)]
    return [line((left, middle), (left + _SAMPLE, middle), **style) for style in sample]


def _entries(lines: Sequence[MapLine], points: Sequence[MapPoint]) -> list[Entry]:
    routes = {one.route for one in lines}
    changes = {one.change for one in lines}
    modes = {one.mode for one in lines if not one.route}
    kinds = {one.kind for one in points}
    entries: list[Entry] = []
    if "before" in routes:
        entries.append(("trip before", (BEFORE_STYLE,)))
    if "after" in routes:
        entries.append(("trip after", (AFTER_STYLE,)))
    if "both" in routes:
        entries.append(("trip before and after", (AFTER_STYLE, BOTH_CORE)))
    entries += [
        (f"{words} line", (*([NEW_EDGE] if change == "new" else []), CHANGE_STYLE[change]))
        for change, words in _CHANGES.items()
        if change in changes
    ]
    entries += [
        (f"other {words}", (MODE_STYLE[mode],)) for mode, words in _MODES.items() if mode in modes
    ]
    entries += [(words, f"{kind}/existing") for kind, words in _KINDS.items() if kind in kinds]
    if any(one.change in CHANGE_STYLE for one in points):
        entries.append(("changed by the scenario", "crossing/new"))
    return entries
