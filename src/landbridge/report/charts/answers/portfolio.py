"""Portfolios: what adding one group of economies to another does to risk, by weighting."""

from __future__ import annotations

import pandas as pd

from landbridge.formats import band, percent
from landbridge.report.charts.dots import Dot, Panel, dot_chart
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg.builder import Markup


def effect_chart(effect: pd.DataFrame, *, key: str) -> Markup:
    """Draw the change of risk with its band for each weighting.

    Parameters
    ----------
    effect
        The table ``portfolio_effect``.
    key
        Unique on the page.
    """
    values = (numbers(effect, f"change_percent{end}") for end in ("", "_low", "_high"))
    dots = tuple(
        Dot(name, value, low, high, "", f"{percent(value)} {band(low, high)}".strip())
        for name, value, low, high in zip(texts(effect, "weights"), *values, strict=True)
    )
    return dot_chart(
        (Panel("Change of risk", dots, "percent"),),
        title="Change of risk by weighting, percent",
        description="Change of the standard deviation with its 90 percent band.",
        key=key,
    )
