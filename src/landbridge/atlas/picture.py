"""A picture of overlaps: with whom an economy shares which blocs, as SVG without dependencies.

Columns are the economies with which it shares most; rows are its blocs, deepest first; a dot says
that both are in the bloc. The bars above count the dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

from landbridge.atlas import blocs
from landbridge.atlas.blocs import DEPTHS, Depth, depth_rank
from landbridge.atlas.facts import as_day
from landbridge.atlas.overlap import neighbours_in_blocs
from landbridge.codes import name_of, resolve

DEFAULT_COLUMNS: Final = 28
CELL: Final = 24.0
LEFT: Final = 210.0
RIGHT: Final = 150.0
TOP: Final = 86.0
BARS: Final = 90.0
LABELS: Final = 132.0
RADIUS: Final = 7.0
FONT: Final = "font-family='system-ui, Segoe UI, Helvetica, Arial, sans-serif'"

SHADES: Final[dict[Depth, str]] = {
    "dialogue": "#b9c0c9",
    "cooperation": "#97a6b5",
    "most_favoured_nation": "#7fa3c0",
    "preference": "#5f9bc4",
    "free_trade_area": "#3a86b8",
    "customs_union": "#1f6a9e",
    "common_market": "#154f7c",
    "economic_union": "#0b3557",
}
"""Darker is deeper."""


@dataclass(frozen=True)
class _Layout:
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shared: dict[str, frozenset[str]]
    partners: int

    @property
    def width(self) -> float:
        return max(LEFT + CELL * len(self.columns) + RIGHT, 720.0)

    @property
    def grid_top(self) -> float:
        return TOP + BARS

    @property
    def grid_bottom(self) -> float:
        return self.grid_top + CELL * len(self.rows)

    @property
    def height(self) -> float:
        return self.grid_bottom + LABELS + 34.0

    def x(self, column: int) -> float:
        return LEFT + CELL * (column + 0.5)

    def y(self, row: int) -> float:
        return self.grid_top + CELL * (row + 0.5)


def overlap_svg(economy: str, *, on: date, columns: int = DEFAULT_COLUMNS) -> str:
    """Draw with whom an economy shares which blocs on a day.

    Parameters
    ----------
    economy
        Code or name.
    on
        The day.
    columns
        How many economies to show, those that share most.

    Returns
    -------
    str
        A complete SVG document, UTF-8, with a title and a description for readers of screens.

    Raises
    ------
    UnknownNameError
        The economy is not known.

    Examples
    --------
    >>> overlap_svg("PAK", on=date(2020, 1, 1)).startswith("<svg")
    True
    """
    iso3 = resolve(economy)
    day = as_day(on)
    own = blocs.blocs_of(iso3, on=day)
    rows = tuple(sorted(own, key=lambda key: (-depth_rank(blocs.bloc(key).depth), key)))
    everyone = neighbours_in_blocs(iso3, on=day)
    table = everyone.head(columns)
    shared = {
        code: frozenset(keys.split(";")) for code, keys in zip(table.iso3, table.blocs, strict=True)
    }
    layout = _Layout(rows, tuple(table.iso3), shared, len(everyone))
    title = f"{name_of(iso3)}: blocs shared with others on {day.isoformat()}"
    body = [
        _heading(title, layout),
        *_bars(layout),
        *_rows(layout),
        *_dots(layout),
        *_column_labels(layout),
        *_legend(layout),
    ]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' {FONT} "
        f"viewBox='0 0 {layout.width:.0f} {layout.height:.0f}' "
        f"width='{layout.width:.0f}' height='{layout.height:.0f}'>"
        f"<title>{escape(title)}</title><desc>{escape(_description(layout))}</desc>"
        f"<rect width='100%' height='100%' fill='#ffffff'/>{''.join(body)}</svg>"
    )


def _description(layout: _Layout) -> str:
    if not layout.columns:
        return "It is in no bloc with anybody on this day."
    parts = [f"{name_of(code)} {len(layout.shared[code])}" for code in layout.columns[:10]]
    return "Blocs shared: " + ", ".join(parts) + "."


def _text(
    x: float, y: float, words: str, *, size: int = 12, fill: str = "#22303c", more: str = ""
) -> str:
    place = f"x='{x:.1f}' y='{y:.1f}' font-size='{size}' fill='{fill}'"
    return f"<text {place} {more}>{escape(words)}</text>"


def _heading(title: str, layout: _Layout) -> str:
    note = (
        "Full members only. Dots: both are in the bloc. Bars: how many blocs are shared. "
        f"Shown: {len(layout.columns)} of {layout.partners} economies that share one."
    )
    if not layout.columns:
        note = "It is in no bloc with anybody on this day."
    return _text(16, 30, title, size=18, more="font-weight='600'") + _text(
        16, 50, note, fill="#566472"
    )


def _bars(layout: _Layout) -> list[str]:
    most = max((len(keys) for keys in layout.shared.values()), default=1)
    drawn = []
    for index, code in enumerate(layout.columns):
        count = len(layout.shared[code])
        height = (BARS - 26.0) * count / most
        top = layout.grid_top - 8.0 - height
        drawn.append(
            f"<rect x='{layout.x(index) - 8:.1f}' y='{top:.1f}' width='16' "
            f"height='{height:.1f}' fill='#c8d3dd'/>"
        )
        drawn.append(
            _text(layout.x(index), top - 4, str(count), size=11, more="text-anchor='middle'")
        )
    return drawn


def _rows(layout: _Layout) -> list[str]:
    drawn = []
    end = LEFT + CELL * len(layout.columns)
    for index, key in enumerate(layout.rows):
        facts = blocs.bloc(key)
        if index % 2 == 0:
            drawn.append(
                f"<rect x='12' y='{layout.y(index) - CELL / 2:.1f}' "
                f"width='{end + RIGHT - 24:.1f}' height='{CELL}' fill='#f4f6f8'/>"
            )
        y = layout.y(index) + 4
        drawn.append(_text(LEFT - 14, y, facts.name, more="text-anchor='end'"))
        drawn.append(_text(end + 10, y, facts.depth.replace("_", " "), size=11, fill="#566472"))
    return drawn


def _dots(layout: _Layout) -> list[str]:
    drawn = []
    for column, code in enumerate(layout.columns):
        for row, key in enumerate(layout.rows):
            x, y = layout.x(column), layout.y(row)
            if key in layout.shared[code]:
                shade = SHADES[blocs.bloc(key).depth]
                hint = f"{name_of(code)}: {blocs.bloc(key).full_name}"
                drawn.append(
                    f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{RADIUS}' fill='{shade}'>"
                    f"<title>{escape(hint)}</title></circle>"
                )
            else:
                drawn.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='1.6' fill='#d5dce2'/>")
    return drawn


def _column_labels(layout: _Layout) -> list[str]:
    drawn = []
    y = layout.grid_bottom + 14
    for index, code in enumerate(layout.columns):
        x = layout.x(index) + 4
        turn = f"text-anchor='end' transform='rotate(-55 {x:.1f} {y:.1f})'"
        drawn.append(_text(x, y, name_of(code), more=turn))
    return drawn


def _legend(layout: _Layout) -> list[str]:
    used = {blocs.bloc(key).depth for key in layout.rows}
    drawn = []
    x, y = 16.0, layout.height - 14.0
    for depth in (name for name in DEPTHS if name in used):
        words = depth.replace("_", " ")
        drawn.append(f"<circle cx='{x + 6:.1f}' cy='{y - 4:.1f}' r='6' fill='{SHADES[depth]}'/>")
        drawn.append(_text(x + 17, y, words, size=11, fill="#566472"))
        x += 34 + 6.8 * len(words)
    return drawn
