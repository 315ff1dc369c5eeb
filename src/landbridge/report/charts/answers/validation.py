"""Modelled against published freight: a small chart on log axes for each kind of figure."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from landbridge.formats import significant
from landbridge.freight.validate.comparing import NEAR
from landbridge.report.charts.base import AXIS_SIZE, CHART_WIDTH
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
from landbridge.report.svg.scales import Scale

COLUMNS: Final = 3
WIDTH: Final = CHART_WIDTH / COLUMNS
HEIGHT: Final = 300.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 34.0, 52.0
LEAST_DECADES: Final = 2
TITLES: Final = {
    "port": "Ports",
    "strait": "Straits and canals",
    "crossing": "Border crossings",
    "mode_share": "Shares of modes",
    "corridor": "Corridors",
}


def validation_chart(table: pd.DataFrame, *, key: str) -> Markup:
    """Draw every figure that was compared: published across, modelled up.

    Parameters
    ----------
    table
        The table ``freight_validation``.
    key
        Unique on the page.
    """
    panels = _panels(table)
    parts = []
    for place, (title, mine) in enumerate(panels):
        corner = (WIDTH * (place % COLUMNS), HEIGHT * (place // COLUMNS))
        parts.append(_panel(title, mine, corner))
    rows = math.ceil(len(panels) / COLUMNS)
    told = "; ".join(f"{title}: {len(mine)} figures" for title, mine in panels)
    return drawing(
        (CHART_WIDTH, max(rows, 1) * HEIGHT),
        parts,
        title="Modelled freight against published figures",
        description=f"{told}." if told else "No figure was compared.",
        key=key,
    )


def _panels(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split the figures by kind and unit; shares of value and of tonnes are one panel."""
    unit = table["unit"].where(~table["unit"].str.startswith("percent"), "percent")
    found = []
    for (kind, one), mine in table.groupby(["kind", unit], sort=False):
        found.append((f"{TITLES[str(kind)]}, {one}", mine))
    return found


def _panel(title: str, mine: pd.DataFrame, corner: tuple[float, float]) -> Markup:
    x0, y0 = corner[0] + LEFT, corner[1] + HEIGHT - BOTTOM
    x1, y1 = corner[0] + WIDTH - RIGHT, corner[1] + TOP
    observed, modelled = numbers(mine, "observed"), numbers(mine, "modelled")
    positive = [float(v) for v in (*observed, *modelled) if v > 0]
    factor = numbers(mine, "factor")
    # What is off by more than the axis shows stands on its lower edge.
    low = math.floor(math.log10(min([float(v) for v in observed], default=1.0))) - 1
    high = max(math.ceil(math.log10(max(positive, default=1.0))), low + LEAST_DECADES)
    across, up = _log_axis(low, high, (x0, x1)), _log_axis(low, high, (y0, y1))
    parts: list[Markup] = [
        text((corner[0] + LEFT, corner[1] + 18), title, fill=palette.INK, font_weight=600),
        *_grid(across, up),
        *_diagonals(across, up),
    ]
    for place, name in enumerate(texts(mine, "name")):
        words = (
            f"{name}: {significant(float(observed[place]))} published, "
            f"{significant(float(modelled[place]))} modelled, {significant(float(factor[place]))} "
            f"times off"
        )
        at = math.log10(modelled[place]) if modelled[place] > 0 else -math.inf
        held = texts(mine, "use")[place] == "hold"
        spot = across(math.log10(observed[place])), up(max(at, float(low)))
        parts.append(_mark(spot, held=held, beyond=at < low, words=words))
    middle = (x0 + x1) / 2
    style: dict[str, Value] = {
        "fill": palette.MUTED,
        "font_size": AXIS_SIZE,
        "text_anchor": "middle",
    }
    parts.append(text((middle, y0 + 34), "published", **style))
    turned = f"rotate(-90 {corner[0] + 12:.0f} {(y0 + y1) / 2:.0f})"
    parts.append(text((corner[0] + 12, (y0 + y1) / 2), "modelled", transform=turned, **style))
    return group(parts)


def _log_axis(low: int, high: int, span: tuple[float, float]) -> Scale:
    """Make an axis of decades; its values are logs to base ten."""
    ticks = tuple(float(value) for value in range(low, high + 1))
    return Scale(float(low), float(high), span[0], span[1], ticks)


def _grid(across: Scale, up: Scale) -> list[Markup]:
    parts = []
    every = max(1, math.ceil(len(across.ticks) / 5))
    for place, tick in enumerate(across.ticks):
        x, y = across(tick), up(tick)
        parts.append(line((x, up.start), (x, up.end), stroke=palette.RULE, stroke_width=1))
        parts.append(line((across.start, y), (across.end, y), stroke=palette.RULE, stroke_width=1))
        if place % every:
            continue
        words = significant(10.0**tick)
        parts.append(
            text((x, up.start + 15), words, fill=palette.MUTED, font_size=AXIS_SIZE,
                 text_anchor="middle")
        )  # fmt: skip
        parts.append(
            text((across.start - 6, y + 4), words, fill=palette.MUTED, font_size=AXIS_SIZE,
                 text_anchor="end")
        )  # fmt: skip
    return parts


def _diagonals(across: Scale, up: Scale) -> list[Markup]:
    """Draw the line on which both say the same, and those of a factor above and below."""
    shift = math.log10(NEAR)
    found = []
    for by, dash in ((0.0, ""), (shift, "4 4"), (-shift, "4 4")):
        first = max(across.low, across.low - by)
        last = min(across.high, across.high - by)
        style: dict[str, Value] = {"stroke": palette.FAINT, "stroke_width": 1.2}
        if dash:
            style["stroke_dasharray"] = dash
        found.append(line((across(first), up(first + by)), (across(last), up(last + by)), **style))
    return found


def _mark(spot: tuple[float, float], *, held: bool, beyond: bool, words: str) -> Markup:
    colour = palette.ACCENT if held else palette.AFTER
    style: dict[str, Value] = {
        "fill": palette.PAPER if held else colour,
        "stroke": colour,
        "stroke_width": 1.5,
        "fill_opacity": 0.8,
    }
    if beyond:
        box: dict[str, Value] = {"x": spot[0] - 3.5, "y": spot[1] - 3.5, "width": 7, "height": 7}
        return element("rect", {**box, **style}, *tooltip(words))
    return element("circle", {"cx": spot[0], "cy": spot[1], "r": 4.0, **style}, *tooltip(words))
