"""Time and cost of trips before and after, by kind of leg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from landbridge.formats import duration, significant
from landbridge.report.charts.base import CHART_WIDTH, colour_legend, ticks_below, whisker
from landbridge.report.charts.routes.legs import GROUP_TITLES, legs_of, with_groups
from landbridge.report.formats.frames import Banded, banded, numbers, texts
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, bar, drawing, group, text
from landbridge.report.svg.scales import Scale, nice_scale
from landbridge.units import HOURS_PER_DAY

TripQuantity = Literal["hours", "usd_per_tonne"]

_LEFT, _RIGHT = 96.0, 720.0
_ROW, _BAR, _HEAD, _GAP = 24.0, 15.0, 24.0, 14.0
STAGES = ("before", "after")


@dataclass(frozen=True)
class Unit:
    """How a quantity is drawn: its divisor and the title of its axis."""

    divisor: float
    axis: str


def unit_of(quantity: TripQuantity, largest_hours: float) -> Unit:
    """Choose the unit of an axis: days when there are several."""
    if quantity == "usd_per_tonne":
        return Unit(1.0, "USD per tonne")
    if largest_hours > 4 * HOURS_PER_DAY:
        return Unit(HOURS_PER_DAY, "days")
    return Unit(1.0, "hours")


def say(quantity: TripQuantity, value: float) -> str:
    """Write a value of the quantity with its unit."""
    return duration(value) if quantity == "hours" else f"{significant(value)} USD per tonne"


def trip_bars(trips: pd.DataFrame, legs: pd.DataFrame, *, quantity: TripQuantity) -> Markup:
    """Draw stacked bars, two a trip.

    Parameters
    ----------
    trips, legs
        The tables ``trips`` and ``trip_legs`` of a run.
    quantity
        What the bars show.
    """
    grouped = with_groups(legs)
    totals = {stage: banded(trips, f"{quantity}_{stage}") for stage in STAGES}
    ends = np.concatenate([one.high for one in totals.values()])
    largest = float(np.max(ends[np.isfinite(ends)], initial=0.0))
    unit = unit_of(quantity, largest)
    origins, destinations = texts(trips, "origin"), texts(trips, "destination")
    parts: list[Markup] = []
    used = [key for key in GROUP_TITLES if key in set(grouped["group"])]
    legend, tall = colour_legend(
        [(palette.LEG_COLOURS[key], GROUP_TITLES[key]) for key in used], (_LEFT, 14)
    )
    top = 6 + tall
    block = _HEAD + 2 * _ROW + _GAP
    bottom = top + block * len(trips)
    scale = nice_scale(0.0, largest / unit.divisor, span=(_LEFT, _RIGHT), wanted=6)
    parts += [ticks_below(scale, top, bottom=bottom, title=unit.axis), legend]
    for row, (origin, destination) in enumerate(zip(origins, destinations, strict=True)):
        y = top + row * block
        parts.append(
            text((_LEFT, y + 17), f"{origin} to {destination}", fill=palette.INK, font_weight=600)
        )
        for place, stage in enumerate(STAGES):
            mine = legs_of(grouped, origin, destination=destination, stage=stage)
            middle = y + _HEAD + place * _ROW + _ROW / 2
            parts += _bar_row(mine, totals[stage], row, quantity=quantity, scale=scale, unit=unit,
                              y=middle, stage=stage)  # fmt: skip
    return drawing(
        (CHART_WIDTH, bottom + 42),
        parts,
        title=f"{'Time' if quantity == 'hours' else 'Cost'} of trips before and after",
        description=_describe(origins, destinations, totals, quantity),
        key=f"trips-{quantity.replace('_', '-')}",
    )


def _bar_row(
    legs: pd.DataFrame,
    totals: Banded,
    row: int,
    *,
    quantity: TripQuantity,
    scale: Scale,
    unit: Unit,
    y: float,
    stage: str,
) -> list[Markup]:
    total = float(totals.central[row])
    label = text((_LEFT - 8, y + 4), stage, fill=palette.MUTED, font_size=11, text_anchor="end")
    if not np.isfinite(total):
        return [label, text((_LEFT + 6, y + 4), "no way", fill=palette.MUTED, font_size=11)]
    parts = [label, group(_segments(legs, total, quantity=quantity, scale=scale, unit=unit, y=y))]
    end = scale(total / unit.divisor)
    words = say(quantity, total)
    if totals.has_band(row):
        low, high = float(totals.low[row]), float(totals.high[row])
        parts.append(
            whisker(scale, low / unit.divisor, high=high / unit.divisor, y=y, colour=palette.INK)
        )
        end = max(end, scale(high / unit.divisor))
        if unit.divisor == 1.0:
            words += f" ({significant(low)} to {significant(high)})"
        else:
            words += f" ({low / unit.divisor:.1f} to {high / unit.divisor:.1f})"
    parts.append(text((end + 8, y + 4), words, fill=palette.INK, font_size=11.5,
                      paint_order="stroke", stroke="#ffffff", stroke_width=3))  # fmt: skip
    return parts


def _segments(
    legs: pd.DataFrame, total: float, *, quantity: TripQuantity, scale: Scale, unit: Unit, y: float
) -> list[Markup]:
    top = y - _BAR / 2
    if legs.empty:
        end = scale(total / unit.divisor)
        return [bar((scale.start, top), (end - scale.start, _BAR), fill=palette.FAINT)]
    values = pd.Series(numbers(legs, quantity), index=legs["group"].to_numpy())
    sums = values.groupby(level=0, sort=False).sum()
    drawn, reached = [], 0.0
    for key, title in GROUP_TITLES.items():
        if key not in sums.index or not sums[key] > 0:
            continue
        amount = float(sums[key])
        start = scale(reached / unit.divisor)
        reached += amount
        drawn.append(
            bar((start, top), (scale(reached / unit.divisor) - start, _BAR),
                title=f"{title}: {say(quantity, amount)}", fill=palette.LEG_COLOURS[key],
                stroke="#ffffff", stroke_width=0.8)
        )  # fmt: skip
    return drawn


def _describe(
    origins: list[str], destinations: list[str], totals: dict[str, Banded], quantity: TripQuantity
) -> str:
    told = [
        f"{origin} to {destination}: {_said(quantity, totals['before'], row)} before, "
        f"{_said(quantity, totals['after'], row)} after."
        for row, (origin, destination) in enumerate(zip(origins, destinations, strict=True))
    ]
    return " ".join(told)


def _said(quantity: TripQuantity, totals: Banded, row: int) -> str:
    total = float(totals.central[row])
    return say(quantity, total) if np.isfinite(total) else "no way"
