"""Bars: which parameters matter, what a gain is made of, what the baseline rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.formats import percent, share, signed
from landbridge.report.charts.base import CHART_WIDTH, colour_legend, shorten, ticks_below
from landbridge.report.formats.frames import numbers, texts
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
from landbridge.report.svg.scales import Scale, nice_scale

_ROW: Final = 22.0
_BAR: Final = 13.0
_LEFT: Final = 230.0
MOST_PARAMETERS: Final = 8
MOST_ROWS: Final = 14
EFFECTS: Final = {
    "trade_creation_percent": "trade creation",
    "trade_diversion_percent": "trade diversion",
    "terms_of_trade_percent": "terms of trade",
    "transfer_percent": "transfer",
}
STATUS_COLOURS: Final = {
    "domestic": "#dfe4e8",
    "recorded_twice": "#083d5c",
    "recorded_once": "#0b5c8a",
    "published": "#2f86b5",
    "override": "#5aa2c9",
    "carried": "#a9cde0",
    "icio": "#8fbf9f",
    "imputed": "#e3a857",
}


def tornado(importance: pd.DataFrame, outcome: str, *, key: str) -> Markup:
    """Draw how much of an outcome's spread each parameter explains.

    Parameters
    ----------
    importance
        The table ``importance`` of a run.
    outcome
        One of its outcomes.
    key
        Unique on the page.
    """
    mine = importance[importance["outcome"] == outcome]
    shares = numbers(mine, "share_of_variance_percent")
    correlations = numbers(mine, "rank_correlation")
    titles = texts(mine, "title")
    order = np.argsort(-np.nan_to_num(shares), kind="stable").tolist()[:MOST_PARAMETERS]
    scale = nice_scale(0.0, float(np.nanmax(shares, initial=1.0)), span=(_LEFT, 640.0))
    parts: list[Markup] = [
        text((4, 16), outcome, fill=palette.INK, font_weight=600, font_size=13),
    ]
    top = 28.0
    bottom = top + _ROW * len(order)
    parts.append(
        ticks_below(scale, top, bottom=bottom, title="share of the spread explained, percent")
    )
    told = []
    for place, row in enumerate(order):
        y = top + _ROW * (place + 0.5)
        raises = correlations[row] >= 0
        words = f"{share(float(shares[row]))}, {'raises it' if raises else 'lowers it'}"
        words += f" (rank correlation {signed(float(correlations[row]))})"
        told.append(f"{titles[row]}: {words}.")
        fill = palette.GAIN_INK if raises else palette.LOSS[1]
        end = scale(float(np.nan_to_num(shares[row])))
        parts += [
            text((_LEFT - 10, y + 4), shorten(titles[row], 12, room=_LEFT - 16), fill=palette.INK,
                 text_anchor="end"),
            bar((_LEFT, y - _BAR / 2), (end - _LEFT, _BAR), title=f"{titles[row]}: {words}",
                fill=fill),
            text((end + 8, y + 4), words, fill=palette.MUTED, font_size=11,
                 paint_order="stroke", stroke="#ffffff", stroke_width=3),
        ]  # fmt: skip
    return drawing(
        (CHART_WIDTH, bottom + 42),
        parts,
        title=f"Parameters that matter most: {outcome}",
        description=" ".join(told),
        key=key,
    )


def decomposition(income: pd.DataFrame, codes: Sequence[str]) -> Markup:
    """Draw what the change of real income is made of.

    Parameters
    ----------
    income
        The table ``income`` of a run.
    codes
        ISO3 codes of the economies to show, in their order.
    """
    place = {code: row for row, code in enumerate(texts(income, "iso3"))}
    rows = [place[code] for code in codes if code in place][:MOST_ROWS]
    effects = {key: numbers(income, key) for key in EFFECTS if key in income.columns}
    totals = numbers(income, "real_income_percent")
    names = texts(income, "name")
    ups = [sum(max(0.0, _zero(effects[key][row])) for key in effects) for row in rows]
    downs = [sum(min(0.0, _zero(effects[key][row])) for key in effects) for row in rows]
    legend, tall = colour_legend(
        [(palette.EFFECT_COLOURS[key], EFFECTS[key]) for key in effects]
        + [(palette.INK, "together (line)")],
        (196, 14),
    )
    top = 8 + tall
    bottom = top + _ROW * len(rows)
    scale = nice_scale(min([0.0, *downs]), max([0.0, *ups]), span=(196.0, 700.0), wanted=6)
    parts = [
        legend,
        ticks_below(scale, top, bottom=bottom, title="contribution to the change, percent"),
    ]
    told = []
    for line_number, row in enumerate(rows):
        y = top + _ROW * (line_number + 0.5)
        mine = {key: _zero(values[row]) for key, values in effects.items()}
        total = float(totals[row])
        parts.append(text((4, y + 4), shorten(names[row], 12, room=184), fill=palette.INK))
        parts.append(_stack(mine, names[row], scale, y))
        parts.append(_total(total, scale, y))
        pieces = ", ".join(f"{EFFECTS[key]} {percent(value)}" for key, value in mine.items())
        told.append(f"{names[row]}: {percent(total)} ({pieces}).")
    return drawing(
        (CHART_WIDTH, bottom + 42),
        parts,
        title="What the change of real income is made of",
        description=" ".join(told),
        key="decomposition",
    )


def _zero(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0


def _stack(effects: dict[str, float], name: str, scale: Scale, y: float) -> Markup:
    up = down = 0.0
    drawn = []
    for key, value in effects.items():
        base = up if value >= 0 else down
        start, end = sorted((scale(base), scale(base + value)))
        title = f"{name}, {EFFECTS[key]}: {percent(value)}"
        drawn.append(
            bar((start, y - _BAR / 2), (end - start, _BAR), title=title,
                fill=palette.EFFECT_COLOURS[key])
        )  # fmt: skip
        if value >= 0:
            up += value
        else:
            down += value
    return group(drawn)


def _total(total: float, scale: Scale, y: float) -> Markup:
    x = scale(_zero(total))
    return group(
        [
            line((x, y - 9), (x, y + 9), stroke=palette.INK, stroke_width=2.4),
            text((716, y + 4), percent(total), fill=palette.INK, font_size=11.5),
        ]
    )


def quality_bar(quality: pd.DataFrame) -> Markup:
    """Draw how much of the trade in the baseline is published, informed or imputed.

    Parameters
    ----------
    quality
        The table ``baseline_quality`` of a run; sales at home are left out.
    """
    shares = numbers(quality, "share_of_trade_percent")
    statuses, titles = texts(quality, "status"), texts(quality, "title")
    rows = [row for row in range(len(quality)) if shares[row] > 0 and statuses[row] != "domestic"]
    whole = float(sum(shares[row] for row in rows)) or 1.0
    scale = Scale(0.0, whole, 4.0, CHART_WIDTH - 4.0, ())
    parts, entries, told, reached = [], [], [], 0.0
    for row in rows:
        start = scale(reached)
        reached += float(shares[row])
        fill = STATUS_COLOURS.get(statuses[row].casefold(), palette.FAINT)
        words = f"{titles[row]}: {share(float(shares[row]))}"
        parts.append(
            element("rect", {"x": start, "y": 6, "width": max(scale(reached) - start, 0.5),
                             "height": 24, "fill": fill, "stroke": "#ffffff"}, *tooltip(words))
        )  # fmt: skip
        entries.append((fill, words))
        told.append(f"{words}.")
    legend, tall = colour_legend(entries, (4, 50))
    return drawing(
        (CHART_WIDTH, 44 + tall),
        [*parts, legend],
        title="What the baseline trade rests on",
        description=" ".join(told),
        key="quality",
    )
