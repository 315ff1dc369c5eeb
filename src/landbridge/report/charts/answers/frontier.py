"""What each budget would buy: the best net present value by the money there is."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from landbridge.formats import money
from landbridge.report.charts.base import AXIS_SIZE, CHART_WIDTH, ticks_below
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, drawing, element, line, text, tooltip
from landbridge.report.svg.scales import nice_scale, tick_text

_LEFT: Final = 90.0
_RIGHT: Final = 870.0
_TOP: Final = 16.0
_BOTTOM: Final = 276.0


def frontier_chart(frontier: pd.DataFrame, sets: pd.DataFrame, *, key: str) -> Markup:
    """Draw the best net present value against capital, and the sets that were run exactly.

    Parameters
    ----------
    frontier, sets
        The tables ``investment_frontier`` and ``investment_sets``.
    key
        Unique on the page.
    """
    capital = numbers(frontier, "capital_million_usd")
    value = numbers(frontier, "by_pairs_million_usd")
    exact = numbers(sets, "capital_million_usd"), numbers(sets, "npv_million_usd")
    across = nice_scale(
        0.0, float(np.max([0.0, *capital, *exact[0]])), span=(_LEFT, _RIGHT), wanted=6
    )
    worths = [0.0, *value, *exact[1]]
    up = nice_scale(float(np.min(worths)), float(np.max(worths)), span=(_BOTTOM, _TOP))
    parts: list[Markup] = [
        ticks_below(across, _TOP, bottom=_BOTTOM, title="capital, million USD"),
    ]
    for tick in up.ticks:
        y = up(tick)
        parts.append(line((_LEFT, y), (_RIGHT, y), stroke=palette.RULE, stroke_width=1))
        parts.append(
            text((_LEFT - 8, y + 4), tick_text(tick, up), fill=palette.MUTED, font_size=AXIS_SIZE,
                 text_anchor="end")
        )  # fmt: skip
    told = []
    points: list[str] = []
    for place, named in enumerate(texts(frontier, "projects")):
        x, y = across(float(capital[place])), up(float(value[place]))
        if points:
            points.append(f"{x:.1f},{points[-1].split(',')[1]}")
        points.append(f"{x:.1f},{y:.1f}")
        told.append(f"{money(float(capital[place]))}: {named} ({money(float(value[place]))}).")
    if points:
        points.append(f"{_RIGHT:.1f},{points[-1].split(',')[1]}")
        parts.append(
            element(
                "polyline",
                {
                    "points": " ".join(points),
                    "fill": "none",
                    "stroke": palette.AFTER,
                    "stroke_width": 2.2,
                },
            )
        )
    for place, named in enumerate(texts(sets, "projects")):
        x, y = across(float(exact[0][place])), up(float(exact[1][place]))
        words = f"{named}: {money(float(exact[1][place]), sign=True)}, run exactly"
        best = place == 0
        parts.append(
            element(
                "circle",
                {
                    "cx": x,
                    "cy": y,
                    "r": 6.0 if best else 4.0,
                    "fill": palette.ACCENT if best else palette.PAPER,
                    "stroke": palette.ACCENT,
                    "stroke_width": 1.6,
                },
                *tooltip(words),
            )
        )
    return drawing(
        (CHART_WIDTH, _BOTTOM + 42),
        parts,
        title="Best net present value by capital, million USD",
        description=" ".join(told),
        key=key,
    )
