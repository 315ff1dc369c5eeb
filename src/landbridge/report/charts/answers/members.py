"""What each member gets: together, by its Shapley value, with side payments, and left out."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from landbridge.formats import percent
from landbridge.report.charts.base import CHART_WIDTH, shorten, ticks_below, whisker
from landbridge.report.formats.frames import banded, numbers, texts
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
from landbridge.report.svg.scales import nice_scale

_ROW: Final = 30.0
_LEFT: Final = 200.0
_RIGHT: Final = 860.0
_TOP: Final = 34.0
SERIES: Final = (
    ("left_behind_million_usd", "only the others act", palette.LOSS[1]),
    ("together_million_usd", "all act", palette.AFTER),
    ("with_transfer_million_usd", "with the side payments", palette.GAIN_INK),
    ("shapley_million_usd", "Shapley value", palette.INK),
)


def members_chart(table: pd.DataFrame, *, key: str) -> Markup:
    """Draw the gain of each member in percent of its GDP.

    Parameters
    ----------
    table
        The table ``coalition_members``.
    key
        Unique on the page.
    """
    together = numbers(table, "together_million_usd")
    share = numbers(table, "together_percent_of_gdp")
    # A gain that is nothing at all has no scale; then nothing else has a size either.
    per_usd = np.divide(share, together, out=np.zeros_like(share), where=together != 0)
    values = {name: numbers(table, name) * per_usd for name, _, _ in SERIES}
    band = banded(table, "together_million_usd")
    low, high = band.low * per_usd, band.high * per_usd
    everything = np.concatenate([*values.values(), low, high, [0.0]])
    scale = nice_scale(
        float(np.nanmin(everything)), float(np.nanmax(everything)), span=(_LEFT, _RIGHT)
    )
    names = texts(table, "name")
    bottom = _TOP + _ROW * len(names)
    parts: list[Markup] = [
        _legend(),
        ticks_below(scale, _TOP, bottom=bottom, title="gain a year, percent of GDP of each"),
    ]
    told = []
    for place, name in enumerate(names):
        y = _TOP + _ROW * (place + 0.5)
        here = {column: float(values[column][place]) for column, _, _ in SERIES}
        words = [f"{title} {percent(here[column])}" for column, title, _ in SERIES]
        told.append(f"{name}: {', '.join(words)}.")
        parts.append(text((4, y + 4), shorten(name, 12, room=_LEFT - 16), fill=palette.INK))
        start, end = sorted((scale(0.0), scale(here["together_million_usd"])))
        parts.append(
            bar((start, y - 6), (max(end - start, 1.0), 12), title=f"{name}: {words[1]}",
                fill=palette.AFTER, fill_opacity=0.75)
        )  # fmt: skip
        if band.has_band(place):
            ends = float(low[place]), float(high[place])
            parts.append(whisker(scale, ends[0], high=ends[1], y=y, colour=palette.INK))
        parts += [
            _mark(column, scale(here[column]), y, f"{name}: {title} {percent(here[column])}")
            for column, title, _ in SERIES
            if column != "together_million_usd"
        ]
    return drawing(
        (CHART_WIDTH, bottom + 42),
        parts,
        title="What each member gains",
        description=" ".join(told),
        key=key,
    )


def _mark(column: str, x: float, y: float, title: str) -> Markup:
    colour = next(ink for name, _, ink in SERIES if name == column)
    if column == "left_behind_million_usd":
        return element(
            "circle",
            {"cx": x, "cy": y, "r": 4.5, "fill": "#ffffff", "stroke": colour, "stroke_width": 2},
            *tooltip(title),
        )
    if column == "with_transfer_million_usd":
        return group(
            [line((x, y - 10), (x, y + 10), stroke=colour, stroke_width=3), *tooltip(title)]
        )
    points = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
    return element(
        "polygon",
        {"points": points, "fill": colour, "stroke": "#ffffff", "stroke_width": 1},
        *tooltip(title),
    )


def _legend() -> Markup:
    x, parts = _LEFT, []
    for column, title, colour in SERIES:
        if column == "together_million_usd":
            parts.append(bar((x - 6, 8), (12, 10), fill=colour, fill_opacity=0.75))
        else:
            parts.append(_mark(column, x, 13.0, ""))
        parts.append(text((x + 12, 17), title, fill=palette.INK, font_size=11))
        x += 40 + text_width(title, 11)
    return group(parts)
