"""Bars of the change of each industry, with the band of the draws."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from landbridge.formats import band, money, percent
from landbridge.report.charts.base import CHART_WIDTH, shorten, ticks_below, whisker
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, bar, drawing, text
from landbridge.report.svg.scales import nice_scale

_ROW: Final = 22.0
_BAR: Final = 11.0
_LEFT: Final = 330.0
_RIGHT: Final = 700.0
_SMALL_SHARE: Final = 0.001
"""An industry with less than this part of all output is left out of the chart; its percent
change would set the scale for all."""


def industry_chart(table: pd.DataFrame, *, column: str, title: str, key: str) -> Markup:
    """Draw the change of every industry of the focus economy.

    Parameters
    ----------
    table
        The table ``industries`` of a run.
    column
        ``output_percent``, ``exports_change_percent`` or ``imports_change_percent``.
    title
        Of the axis.
    key
        Unique on the page.
    """
    sizes = numbers(table, "output_million_usd")
    rows = [row for row in range(len(table)) if sizes[row] > _SMALL_SHARE * np.nansum(sizes)]
    values = numbers(table, column)
    low, high = numbers(table, f"{column}_low"), numbers(table, f"{column}_high")
    names = texts(table, "industry")
    rows.sort(key=lambda row: -values[row])
    ends = [0.0, *(float(part[row]) for part in (values, low, high) for row in rows)]
    scale = nice_scale(min(ends), max(ends), span=(_LEFT, _RIGHT))
    top, bottom = 8.0, 8.0 + _ROW * len(rows)
    parts: list[Markup] = [ticks_below(scale, top, bottom=bottom, title=f"{title}, percent")]
    told = []
    for place, row in enumerate(rows):
        y = top + _ROW * (place + 0.5)
        words = percent(float(values[row]))
        spread = band(float(low[row]), float(high[row]))
        title_here = f"{names[row]} ({money(float(sizes[row]))} of output): {words}"
        title_here += f" ({spread})" if spread else ""
        told.append(f"{title_here}.")
        start, end = sorted((scale(0.0), scale(float(values[row]))))
        fill = palette.GAIN[2] if values[row] >= 0 else palette.LOSS[0]
        parts += [
            text((4, y + 4), shorten(names[row], 12, room=_LEFT - 20), fill=palette.INK),
            bar((start, y - _BAR / 2), (max(end - start, 0.8), _BAR), title=title_here, fill=fill),
        ]
        if spread and math.isfinite(low[row]):
            parts.append(
                whisker(scale, float(low[row]), high=float(high[row]), y=y, colour=palette.INK)
            )
        parts.append(text((_RIGHT + 14, y + 4), words, fill=palette.MUTED, font_size=11))
        if spread:
            parts.append(text((_RIGHT + 84, y + 4), spread, fill=palette.MUTED, font_size=11))
    return drawing(
        (CHART_WIDTH, bottom + 42), parts, title=title, description=" ".join(told), key=key
    )
