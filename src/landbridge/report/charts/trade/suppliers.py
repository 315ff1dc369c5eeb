"""Who stands behind a sector: shares in the value of what it makes, and in its inputs."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.formats import significant
from landbridge.report.charts.base import CHART_WIDTH, shorten, ticks_below, whisker
from landbridge.report.formats.frames import banded, numbers, texts
from landbridge.report.svg import palette
from landbridge.report.svg.builder import (
    Markup,
    bar,
    drawing,
    element,
    group,
    text,
    tooltip,
)
from landbridge.report.svg.labels import text_width
from landbridge.report.svg.scales import nice_scale

_ROW: Final = 24.0
_LEFT: Final = 190.0
_RIGHT: Final = 840.0
_TOP: Final = 34.0
_DIGITS: Final = 3
MOST_SUPPLIERS: Final = 14


def supplier_chart(table: pd.DataFrame, *, home: str, key: str) -> Markup:
    """Draw the greatest foreign suppliers of a sector.

    Parameters
    ----------
    table
        The table ``suppliers`` of a study of supply.
    home
        The user's own code; its share is told in words, since it would set the scale for all.
    key
        Unique on the page.
    """
    abroad = table[table["supplier"] != home].head(MOST_SUPPLIERS)
    names = texts(abroad, "name")
    value, direct = numbers(abroad, "value_added_percent"), numbers(abroad, "direct_percent")
    spread = banded(abroad, "value_added_percent")
    ends = [0.0, *map(float, value), *map(float, direct), *map(float, spread.high)]
    scale = nice_scale(0.0, max(ends), span=(_LEFT, _RIGHT))
    bottom = _TOP + _ROW * max(len(names), 1)
    parts: list[Markup] = [_legend(), ticks_below(scale, _TOP, bottom=bottom, title="percent")]
    told = []
    for place, name in enumerate(names):
        y = _TOP + _ROW * (place + 0.5)
        words = (
            f"{name}: {significant(float(value[place]), _DIGITS)} % of the value, "
            f"{significant(float(direct[place]), _DIGITS)} % of the inputs"
        )
        told.append(f"{words}.")
        parts += [
            text((4, y + 4), shorten(name, 12, room=_LEFT - 16), fill=palette.INK),
            bar(
                (_LEFT, y - 6),
                (max(scale(float(value[place])) - _LEFT, 0.8), 12),
                title=words,
                fill=palette.AFTER,
            ),
        ]
        if spread.has_band(place):
            low, high = float(spread.low[place]), float(spread.high[place])
            parts.append(whisker(scale, low, high=high, y=y, colour=palette.INK))
        parts.append(_dot(scale(float(direct[place])), y, words))
    return drawing(
        (CHART_WIDTH, bottom + 42),
        parts,
        title="Foreign suppliers",
        description=" ".join(told),
        key=key,
    )


def _dot(x: float, y: float, title: str) -> Markup:
    return element(
        "circle",
        {
            "cx": x,
            "cy": y,
            "r": 4.5,
            "fill": "#ffffff",
            "stroke": palette.LOSS[1],
            "stroke_width": 2,
        },
        *tooltip(title),
    )


def _legend() -> Markup:
    first = "share in the value of what it makes, all stages"
    second = "share in the inputs it buys"
    at = _LEFT + 24 + text_width(first, 11) + 26
    return group(
        [
            bar((_LEFT, 8), (14, 11), fill=palette.AFTER),
            text((_LEFT + 22, 18), first, fill=palette.INK, font_size=11),
            _dot(at, 14, ""),
            text((at + 12, 18), second, fill=palette.INK, font_size=11),
        ]
    )
