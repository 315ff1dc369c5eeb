"""Stacked bars: what the time or the cost of routes consists of, by group of activities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landbridge.formats import significant
from landbridge.freight.profile.activities import activities
from landbridge.freight.profile.time_cost import Profile, ends_of
from landbridge.report.charts.base import (
    CHART_WIDTH,
    colour_legend,
    shorten,
    ticks_below,
    whisker,
)
from landbridge.report.charts.routes.trips import TripQuantity, Unit, say, unit_of
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, bar, drawing, group, text
from landbridge.report.svg.scales import Scale, nice_scale
from landbridge.units import FloatArray

_LEFT, _RIGHT = 240.0, 730.0
_ROW, _BAR = 30.0, 17.0


def activity_bars(profiles: Sequence[Profile], *, quantity: TripQuantity, key: str) -> Markup:
    """Draw one bar a route, split by group of activities, with the band of its total.

    Parameters
    ----------
    profiles
        The routes.
    quantity
        What the bars show.
    key
        Unique on the page.
    """
    sums = [_sums(profile, quantity) for profile in profiles]
    totals = [_total(profile, quantity) for profile in profiles]
    largest = max(high for _, _, high in totals)
    unit = unit_of(quantity, largest)
    titles = {one.group: one.group_title for one in activities().values()}
    used = [name for name in palette.ACTIVITY_COLOURS if any(one.get(name, 0) > 0 for one in sums)]
    legend, tall = colour_legend(
        [(palette.ACTIVITY_COLOURS[name], titles[name]) for name in used], (8, 14)
    )
    top = 10 + tall
    bottom = top + _ROW * len(profiles)
    scale = nice_scale(0.0, largest / unit.divisor, span=(_LEFT, _RIGHT), wanted=6)
    parts = [ticks_below(scale, top, bottom=bottom, title=unit.axis), legend]
    for place, profile in enumerate(profiles):
        y = top + _ROW * place + _ROW / 2
        label = shorten(profile.label, 11.5, room=_LEFT - 16)
        parts.append(
            text((_LEFT - 8, y + 4), label, fill=palette.INK, font_size=11.5, text_anchor="end")
        )
        parts.append(_bar(sums[place], scale, unit, y=y, quantity=quantity, titles=titles))
        parts += _end(totals[place], scale, unit, y=y, quantity=quantity)
    what = "Time" if quantity == "hours" else "Cost"
    told = "; ".join(
        f"{profile.label}: {say(quantity, total[0])}"
        for profile, total in zip(profiles, totals, strict=True)
    )
    return drawing(
        (CHART_WIDTH, bottom + 42),
        parts,
        title=f"{what} by activity",
        description=f"{told}.",
        key=key,
    )


def _sums(profile: Profile, quantity: TripQuantity) -> dict[str, float]:
    known = activities()
    groups = profile.rows["activity"].map({name: one.group for name, one in known.items()})
    return {str(k): float(v) for k, v in profile.rows.groupby(groups)[quantity].sum().items()}


def _total(profile: Profile, quantity: TripQuantity) -> tuple[float, float, float]:
    sums: tuple[FloatArray, FloatArray] = profile.sums(np.ones(len(profile.rows), dtype=bool))
    values = sums[0] if quantity == "hours" else sums[1]
    low, high = ends_of(values[0], values[1:])
    return float(values[0]), float(low), float(high)


def _bar(
    sums: dict[str, float],
    scale: Scale,
    unit: Unit,
    *,
    y: float,
    quantity: TripQuantity,
    titles: dict[str, str],
) -> Markup:
    drawn, reached = [], 0.0
    for name, colour in palette.ACTIVITY_COLOURS.items():
        amount = sums.get(name, 0.0)
        if amount <= 0:
            continue
        start = scale(reached / unit.divisor)
        reached += amount
        drawn.append(
            bar((start, y - _BAR / 2), (scale(reached / unit.divisor) - start, _BAR),
                title=f"{titles[name]}: {say(quantity, amount)}", fill=colour,
                stroke="#ffffff", stroke_width=0.8)
        )  # fmt: skip
    return group(drawn)


def _end(
    total: tuple[float, float, float], scale: Scale, unit: Unit, *, y: float, quantity: TripQuantity
) -> list[Markup]:
    central, low, high = total
    words, x, parts = say(quantity, central), scale(central / unit.divisor), []
    if high > low:
        parts.append(
            whisker(scale, low / unit.divisor, high=high / unit.divisor, y=y, colour=palette.INK)
        )
        x = max(x, scale(high / unit.divisor))
        ends = (significant(low / unit.divisor), significant(high / unit.divisor))
        words += f" ({ends[0]} to {ends[1]})"
    parts.append(
        text((x + 8, y + 4), words, fill=palette.INK, font_size=11.5, paint_order="stroke",
             stroke="#ffffff", stroke_width=3)
    )  # fmt: skip
    return parts
