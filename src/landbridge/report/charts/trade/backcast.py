"""Backcasts: what was predicted of each pair, and what happened."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.formats import percent
from landbridge.report.charts.dots import Dot, Panel, dot_chart
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg.builder import Markup

MOST: Final = 12


def backcast_chart(pairs: pd.DataFrame, *, key: str) -> Markup:
    """Draw the predicted change of the largest pairs with the wide band, and the actual change.

    Parameters
    ----------
    pairs
        The table ``backcast_pairs``.
    key
        Unique on the page.
    """
    shown = pairs.sort_values(["treated", "before"], ascending=False, kind="stable").head(MOST)
    column = "own_past_percent" if "own_past_percent" in shown else "predicted_percent"
    names = [
        f"{one} to {other}"
        for one, other in zip(texts(shown, "exporter"), texts(shown, "importer"), strict=True)
    ]
    ends = [numbers(shown, name) for name in (column, "wide_low_percent", "wide_high_percent")]
    actual = numbers(shown, "actual_percent")
    predicted = tuple(
        Dot(name, value, low, high, "", f"{percent(value)} ({percent(low)} to {percent(high)})")
        for name, value, low, high in zip(names, *ends, strict=True)
    )
    happened = tuple(
        Dot(name, value, value, value, "", percent(value), hollow=True)
        for name, value in zip(names, actual, strict=True)
    )
    return dot_chart(
        (Panel("Predicted", predicted, "percent"), Panel("Happened", happened, "percent")),
        title="Change of trade, predicted and actual",
        description="The largest pairs; lines: the 90 percent band with the spread of pairs.",
        key=key,
        axes="shared",
    )
