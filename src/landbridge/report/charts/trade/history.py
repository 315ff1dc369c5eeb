"""A pair's trade over the years, one panel a direction, with the baseline's point and band."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.formats import money
from landbridge.report.charts.base import AXIS_SIZE, CHART_WIDTH
from landbridge.report.formats.frames import numbers
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, drawing, element, group, line, text, tooltip
from landbridge.report.svg.scales import Scale, nice_scale, tick_text
from landbridge.world.history import ATTRIBUTION
from landbridge.world.history_pairs import BASELINE, RECORDED

_LEFT: Final = 80.0
_RIGHT: Final = 880.0
_HEIGHT: Final = 190.0
_PANEL: Final = 262.0


def history_chart(table: pd.DataFrame, *, key: str) -> Markup:
    """Draw the table of `history_beside`: recorded years, gaps, the baseline with its band.

    Parameters
    ----------
    table
        Both directions.
    key
        Unique on the page.
    """
    pairs = table[["exporter", "importer"]].drop_duplicates().to_records(index=False)
    years = numbers(table, "year")
    across = nice_scale(float(years.min()), float(years.max()), span=(_LEFT, _RIGHT), wanted=8)
    parts, told = [], []
    for place, (exporter, importer) in enumerate(pairs):
        rows = table[(table["exporter"] == exporter) & (table["importer"] == importer)]
        title = f"{name_of(exporter)} to {name_of(importer)}"
        parts.append(_panel(rows, title, across, top=28.0 + place * _PANEL))
        told.append(f"{title}: {_told(rows)}")
    bottom = len(pairs) * _PANEL + 14.0
    parts.append(text((_LEFT, bottom), ATTRIBUTION, fill=palette.MUTED, font_size=8.5))
    return drawing(
        (CHART_WIDTH, bottom + 12.0),
        parts,
        title="Goods trade by year, million USD",
        description=" ".join(told),
        key=key,
    )


def _panel(rows: pd.DataFrame, title: str, across: Scale, *, top: float) -> Markup:
    recorded = rows[rows["figure"] == RECORDED]
    closing = rows[rows["figure"] == BASELINE]
    values = numbers(recorded, "goods_million_usd")
    ends = numbers(closing, "goods_high_million_usd")
    highest = float(np.max([0.0, *values, *ends]))
    up = nice_scale(0.0, highest or 1.0, span=(top + _HEIGHT, top))
    parts = [
        text((_LEFT, top - 10), f"{title}, million USD", fill=palette.INK, font_size=12),
        *_axes(across, up, top),
    ]
    years = numbers(recorded, "year")
    for start, end in _runs(years):
        points = [f"{across(y):.1f},{up(v):.1f}" for y, v in _between(years, values, start, end)]
        style = {"points": " ".join(points), "fill": "none", "stroke": palette.AFTER}
        parts.append(element("polyline", {**style, "stroke_width": 2.0}))
    for year, value in zip(years, values, strict=True):
        parts.append(_dot(across(year), up(value), palette.AFTER, f"{year:.0f}: {money(value)}"))
    for row in closing.to_dict(orient="records"):
        x = across(float(row["year"])) + 6.0
        low, high = float(row["goods_low_million_usd"]), float(row["goods_high_million_usd"])
        value = float(row["goods_million_usd"])
        words = f"baseline {row['year']}: {money(value)} ({money(low)} to {money(high)})"
        parts.append(line((x, up(low)), (x, up(high)), stroke=palette.ACCENT, stroke_width=1.6))
        parts.append(_dot(x, up(value), palette.ACCENT, words))
    return group(parts)


def _axes(across: Scale, up: Scale, top: float) -> list[Markup]:
    parts = []
    for tick in up.ticks:
        y = up(tick)
        parts.append(line((_LEFT, y), (_RIGHT, y), stroke=palette.RULE, stroke_width=1))
        parts.append(
            text((_LEFT - 8, y + 4), tick_text(tick, up), fill=palette.MUTED,
                 font_size=AXIS_SIZE, text_anchor="end")
        )  # fmt: skip
    parts.extend(
        text((across(tick), top + _HEIGHT + 16), f"{tick:.0f}", fill=palette.MUTED,
             font_size=AXIS_SIZE, text_anchor="middle")
        for tick in across.ticks
    )  # fmt: skip
    return parts


def _runs(years: np.ndarray) -> list[tuple[float, float]]:
    """Find the first and last year of each run without a gap: no line is drawn across one."""
    runs: list[tuple[float, float]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], float(year))
        else:
            runs.append((float(year), float(year)))
    return [run for run in runs if run[0] < run[1]]


def _between(
    years: np.ndarray, values: np.ndarray, start: float, end: float
) -> list[tuple[float, float]]:
    inside = (years >= start) & (years <= end)
    return [(float(y), float(v)) for y, v in zip(years[inside], values[inside], strict=True)]


def _dot(x: float, y: float, colour: str, words: str) -> Markup:
    return element(
        "circle", {"cx": x, "cy": y, "r": 2.8, "fill": colour, "stroke": "none"}, *tooltip(words)
    )


def _told(rows: pd.DataFrame) -> str:
    recorded = rows[rows["figure"] == RECORDED]
    if recorded.empty:
        return "no year on record."
    first, last = recorded.iloc[0], recorded.iloc[-1]
    return (
        f"{money(float(first['goods_million_usd']))} in {first['year']}, "
        f"{money(float(last['goods_million_usd']))} in {last['year']}."
    )
