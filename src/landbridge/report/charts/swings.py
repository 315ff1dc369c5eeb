"""Bars from one end of an assumption to the other: what each does to an outcome."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.formats import money, significant
from landbridge.report.charts.base import CHART_WIDTH, shorten, ticks_below
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, bar, drawing, text
from landbridge.report.svg.scales import nice_scale

_ROW: Final = 24.0
_BAR: Final = 12.0
_LEFT: Final = 300.0
_RIGHT: Final = 690.0
MOST_ROWS: Final = 12


def swing_chart(table: pd.DataFrame, *, key: str) -> Markup:
    """Draw the net present value at both ends of every assumption, the widest first.

    Parameters
    ----------
    table
        The table ``appraisal_tornado``.
    key
        Unique on the page.
    """
    table = table.head(MOST_ROWS)
    low, high = numbers(table, "npv_low_million_usd"), numbers(table, "npv_high_million_usd")
    ends = numbers(table, "low"), numbers(table, "high")
    names, units = texts(table, "assumption"), texts(table, "unit")
    scale = nice_scale(
        min(0.0, float(low.min()), float(high.min())),
        max(0.0, float(low.max()), float(high.max())),
        span=(_LEFT, _RIGHT),
    )
    top, bottom = 8.0, 8.0 + _ROW * len(table)
    parts: list[Markup] = [
        ticks_below(scale, top, bottom=bottom, title="net present value, million USD")
    ]
    told = []
    for place, name in enumerate(names):
        y = top + _ROW * (place + 0.5)
        first, last = float(low[place]), float(high[place])
        start, end = sorted((scale(first), scale(last)))
        fill = palette.GAIN_INK if last >= first else palette.LOSS[0]
        span = f"{significant(float(ends[0][place]))} to {significant(float(ends[1][place]))}"
        title = f"{name}, {span} {units[place]}: {money(first, sign=True)} to "
        title += money(last, sign=True)
        told.append(f"{title}.")
        parts += [
            text((4, y + 4), shorten(name, 12, room=_LEFT - 16), fill=palette.INK),
            bar((start, y - _BAR / 2), (max(end - start, 1.0), _BAR), title=title, fill=fill),
            text(
                (_RIGHT + 14, y + 4),
                shorten(f"{span} {units[place]}", 11, room=CHART_WIDTH - _RIGHT - 20),
                fill=palette.MUTED,
                font_size=11,
            ),
        ]
    return drawing(
        (CHART_WIDTH, bottom + 42),
        parts,
        title="How far each assumption moves the net present value",
        description=" ".join(told),
        key=key,
    )
