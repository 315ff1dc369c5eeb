"""Scenarios side by side: a dot and a band for each scenario and economy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.formats import band, percent
from landbridge.report.charts.base import CHART_WIDTH, colour_legend, shorten, ticks_below, whisker
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg import palette
from landbridge.report.svg.builder import (
    Markup,
    drawing,
    element,
    group,
    line,
    text,
    tooltip,
)
from landbridge.report.svg.scales import nice_scale

_STEP: Final = 15.0
_GAP: Final = 10.0
_LEFT: Final = 210.0
MOST_ROWS: Final = 16


def compare_chart(
    table: pd.DataFrame, labels: Sequence[str], *, value: str, title: str, key: str
) -> Markup:
    """Draw one value of several things under several scenarios.

    Parameters
    ----------
    table
        Columns ``scenario``, ``name``, and the value with its ``_low`` and ``_high``; the things
        in the order in which they are drawn.
    labels
        All the scenarios, in order; each keeps its colour whichever of them the table holds.
    value
        Column, percent.
    title
        Of the axis.
    key
        Unique on the page.
    """
    things = list(dict.fromkeys(texts(table, "name")))[:MOST_ROWS]
    colours = [palette.ROUTES[n % len(palette.ROUTES)][0] for n in range(len(labels))]
    held = set(texts(table, "scenario"))
    shown = [(c, name) for c, name in zip(colours, labels, strict=True) if name in held]
    legend, top = colour_legend(shown, (4, 16))
    ends = np.concatenate([numbers(table, f"{value}{end}") for end in ("", "_low", "_high")])
    finite = ends[np.isfinite(ends)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    scale = nice_scale(min(low, 0.0), max(high, 0.0, low + 1e-9), span=(_LEFT, CHART_WIDTH - 30))
    start = top + 14.0
    block = _STEP * len(shown) + _GAP
    bottom = start + block * len(things)
    parts = [legend, ticks_below(scale, start, bottom=bottom, title=title)]
    told = []
    by_row = {(str(r["name"]), str(r["scenario"])): r for r in table.to_dict(orient="records")}
    for place, thing in enumerate(things):
        y0 = start + block * place
        middle = y0 + block / 2
        parts.append(
            text((_LEFT - 12, middle + 4), shorten(thing, 12, room=_LEFT - 18), fill=palette.INK,
                 text_anchor="end")
        )  # fmt: skip
        parts.append(line((8, y0), (CHART_WIDTH - 30, y0), stroke=palette.RULE, stroke_width=0.6))
        for number, (colour, label) in enumerate(shown):
            row = by_row.get((thing, label))
            if row is None or not np.isfinite(float(row[value])):
                continue
            y = y0 + _GAP / 2 + _STEP * (number + 0.5)
            centre, least, most = (float(row[f"{value}{end}"]) for end in ("", "_low", "_high"))
            words = f"{thing}, {label}: {percent(centre)} {band(least, most)}".strip()
            told.append(f"{words}.")
            marks = [
                whisker(scale, least, high=most, y=y, colour=colour),
                element("circle", {"cx": scale(centre), "cy": y, "r": 4.2, "fill": colour}),
            ]  # fmt: skip
            parts.append(group([*tooltip(words), *marks]))
    return drawing(
        (CHART_WIDTH, bottom + 42), parts, title=title, description=" ".join(told), key=key
    )
