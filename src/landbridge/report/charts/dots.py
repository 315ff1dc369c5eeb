"""Dots with bands: the focus pairs, and who gains and who loses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from landbridge.formats import band, money, percent
from landbridge.report.charts.base import CHART_WIDTH, shorten, ticks_below, whisker
from landbridge.report.formats.frames import banded, middle, numbers, texts
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
from landbridge.report.svg.scales import Scale, nice_scale

_ROW: Final = 24.0
_HEAD: Final = 26.0
TOP_COUNT: Final = 15


@dataclass(frozen=True)
class Dot:
    """One row: a value with its band, and what stands beside it."""

    label: str
    value: float
    low: float
    high: float
    note: str
    words: str
    hollow: bool = False

    @property
    def has_band(self) -> bool:
        """Say whether the band has a width."""
        return math.isfinite(self.low) and math.isfinite(self.high) and self.low != self.high


@dataclass(frozen=True)
class Panel:
    """Rows that share an axis."""

    title: str
    dots: tuple[Dot, ...]
    axis: str


def dot_chart(
    panels: Sequence[Panel],
    *,
    title: str,
    description: str,
    key: str,
    note_width: float = 0.0,
    axes: Literal["own", "shared"] = "own",
) -> Markup:
    """Draw panels of dots under each other.

    Parameters
    ----------
    panels
        What to draw; one without rows is left out.
    title, description, key
        Text alternative, and a name that is unique on the page.
    note_width
        Room for the notes between label and axis, pixels.
    axes
        Whether each panel has an axis of its own or all share one.
    """
    everything = tuple(dot for panel in panels for dot in panel.dots)
    parts: list[Markup] = []
    y = 8.0
    left = 196.0 + note_width
    for panel in panels:
        if not panel.dots:
            continue
        parts.append(
            text((4, y + 14), panel.title, fill=palette.INK, font_weight=600, font_size=13)
        )
        y += _HEAD
        scale = _axis(
            everything if axes == "shared" else panel.dots, (left, 640.0 if note_width else 532.0)
        )
        bottom = y + _ROW * len(panel.dots)
        parts.append(ticks_below(scale, y, bottom=bottom, title=panel.axis))
        for row, dot in enumerate(panel.dots):
            parts.append(_dot_row(dot, scale, y + _ROW * (row + 0.5), note_width))
        y = bottom + 50
    return drawing((CHART_WIDTH, y), parts, title=title, description=description, key=key)


def _axis(dots: Sequence[Dot], span: tuple[float, float]) -> Scale:
    values = [
        value for dot in dots for value in (dot.value, dot.low, dot.high) if math.isfinite(value)
    ]
    return nice_scale(min([0.0, *values]), max([0.0, *values]), span=span, wanted=5)


def _dot_row(dot: Dot, scale: Scale, y: float, note_width: float) -> Markup:
    label = shorten(dot.label, 12, room=188)
    parts: list[Markup] = [
        line((4, y + _ROW / 2), (CHART_WIDTH - 4, y + _ROW / 2), stroke="#eef1f4", stroke_width=1),
        text((4, y + 4), label, fill=palette.INK),
    ]
    if dot.note:
        parts.append(
            text((188 + note_width - 8, y + 4), dot.note, fill=palette.MUTED, font_size=11,
                 text_anchor="end")
        )  # fmt: skip
    if math.isfinite(dot.value):
        colour = palette.GAIN_INK if dot.value >= 0 else palette.LOSS_INK
        if dot.has_band:
            parts.append(whisker(scale, dot.low, high=dot.high, y=y, colour=colour))
        style: dict[str, Value] = {
            "fill": "#ffffff" if dot.hollow else colour,
            "stroke": colour,
            "stroke_width": 1.8,
        }
        x = scale(dot.value)
        parts.append(_shape(x, y, dot.value, style, f"{dot.label}: {dot.words}"))
    words = shorten(dot.words, 11.5, room=CHART_WIDTH - scale.end - 18)
    parts.append(text((scale.end + 16, y + 4), words, fill=palette.INK, font_size=11.5))
    return group(parts)


def _shape(x: float, y: float, value: float, style: dict[str, Value], title: str) -> Markup:
    # Gains are dots, losses are squares: told apart without colour.
    if value >= 0:
        return element("circle", {"cx": x, "cy": y, "r": 4.5, **style}, *tooltip(title))
    box: dict[str, Value] = {"x": x - 4, "y": y - 4, "width": 8, "height": 8}
    return element("rect", {**box, **style}, *tooltip(title))


def _words(value: float, low: float, high: float, amount: float) -> str:
    reach = band(low, high)
    between = f" ({reach})" if reach else ""
    tail = f"; {money(amount, sign=True)}" if math.isfinite(amount) else ""
    return f"{percent(value)}{between}{tail}"


def focus_hub(pairs: pd.DataFrame) -> str:
    """Find the economy that takes part in every focus pair; empty when there is none."""
    if pairs.empty:
        return ""
    exporters, importers = texts(pairs, "exporter"), texts(pairs, "importer")
    common = set.intersection(
        *({exporter, importer} for exporter, importer in zip(exporters, importers, strict=True))
    )
    return min(common) if len(common) == 1 else ""


def focus_panels(pairs: pd.DataFrame) -> list[Panel]:
    """Sort the focus pairs into panels: sales and purchases of the hub, or all in one."""
    dots = _focus_dots(pairs)
    hub = focus_hub(pairs)
    axis = "change of trade, percent"
    if not hub:
        return [Panel("Trade between the focus economies", tuple(dots), axis)]
    exporters = texts(pairs, "exporter")
    name = next(
        label
        for code, label in zip(exporters, texts(pairs, "exporter_name"), strict=True)
        if code == hub
    ) if hub in exporters else hub  # fmt: skip
    sales = tuple(dot for dot, code in zip(dots, exporters, strict=True) if code == hub)
    purchases = tuple(dot for dot, code in zip(dots, exporters, strict=True) if code != hub)
    return [
        Panel(f"Exports of {name}", sales, axis),
        Panel(f"Imports of {name}", purchases, axis),
    ]


def _focus_dots(pairs: pd.DataFrame) -> list[Dot]:
    change, amount = banded(pairs, "change_percent"), middle(pairs, "change_million_usd")
    base = numbers(pairs, "baseline_million_usd")
    exporters, importers = texts(pairs, "exporter_name"), texts(pairs, "importer_name")
    statuses = texts(pairs, "status")
    return [
        Dot(
            label=f"{exporters[row]} to {importers[row]}",
            value=float(change.middle[row]),
            low=float(change.low[row]),
            high=float(change.high[row]),
            note=f"{money(float(base[row]))}, {statuses[row].lower()}",
            words=_words(float(change.middle[row]), float(change.low[row]),
                         float(change.high[row]), float(amount[row])),
            hollow=not statuses[row].casefold().startswith("published"),
        )
        for row in range(len(pairs))
    ]  # fmt: skip


def focus_chart(pairs: pd.DataFrame) -> Markup:
    """Draw the change of trade of the focus pairs.

    Parameters
    ----------
    pairs
        The table ``trade_pairs`` of a run.
    """
    panels = focus_panels(pairs)
    told = " ".join(f"{dot.label}: {dot.words}." for panel in panels for dot in panel.dots)
    return dot_chart(
        panels, title="Change of trade of the focus pairs", description=told, key="focus",
        axes="shared",
        note_width=160.0,
    )  # fmt: skip


def focus_codes(pairs: pd.DataFrame) -> list[str]:
    """List the economies of the focus pairs, in their order."""
    both = zip(texts(pairs, "exporter"), texts(pairs, "importer"), strict=True)
    return list(dict.fromkeys(code for pair in both for code in pair))


def income_panels(
    income: pd.DataFrame, focus: Sequence[str], *, top: int = TOP_COUNT
) -> list[Panel]:
    """Pick the rows: the focus economies, the largest gains, the largest losses."""
    change = middle(income, "real_income_percent")
    order = np.argsort(-np.where(np.isfinite(change), change, 0.0), kind="stable")
    codes = texts(income, "iso3")
    dots = _income_dots(income)
    place = {code: row for row, code in enumerate(codes)}
    mine = sorted((place[code] for code in focus if code in place), key=lambda row: -change[row])
    others = [int(row) for row in order if int(row) not in set(mine)]
    gains = [row for row in others if change[row] > 0][:top]
    losses = [row for row in reversed(others) if change[row] < 0][:top]
    axis = "change of real income, percent"
    own = f"{axis} (an axis of its own)"
    return [
        Panel("Economies in focus", tuple(dots[row] for row in mine), axis),
        Panel("Largest gains elsewhere", tuple(dots[row] for row in gains), own),
        Panel("Largest losses elsewhere", tuple(dots[row] for row in losses), own),
    ]


def _income_dots(income: pd.DataFrame) -> list[Dot]:
    change, amount = banded(income, "real_income_percent"), middle(income, "million_usd")
    return [
        Dot(
            label=name,
            value=float(change.middle[row]),
            low=float(change.low[row]),
            high=float(change.high[row]),
            note="",
            words=_words(float(change.middle[row]), float(change.low[row]),
                         float(change.high[row]), float(amount[row])),
        )
        for row, name in enumerate(texts(income, "name"))
    ]  # fmt: skip


def income_chart(income: pd.DataFrame, pairs: pd.DataFrame) -> Markup:
    """Draw who gains and who loses.

    Parameters
    ----------
    income, pairs
        The tables ``income`` and ``trade_pairs`` of a run.
    """
    panels = income_panels(income, focus_codes(pairs))
    told = " ".join(f"{dot.label}: {dot.words}." for panel in panels for dot in panel.dots)
    return dot_chart(panels, title="Change of real income", description=told, key="income")
