"""Bridges: from a published figure to that of this world, step by step."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping

import pandas as pd

from landbridge.formats import percent
from landbridge.report.charts.dots import Dot, Panel, dot_chart
from landbridge.report.svg.builder import Markup

MOST_PANELS = 8
PUBLISHED = "published"


def bridge_chart(summary: pd.DataFrame, steps: pd.DataFrame, *, key: str) -> Markup:
    """Draw real income after each step, a panel for each published figure.

    Parameters
    ----------
    summary, steps
        The tables ``bridge_summary`` and ``bridge_steps``. Where there are more figures than
        panels, the first of each study is drawn.
    key
        Unique on the page.
    """
    rows = summary
    if len(rows) > MOST_PANELS:
        rows = rows.drop_duplicates("study")
    panels = tuple(_panel(row, steps) for row in rows.to_dict(orient="records"))
    return dot_chart(
        panels,
        title="From published figures to this world",
        description="Change of real income after each step, percent.",
        key=key,
    )


def _panel(row: Mapping[Hashable, object], steps: pd.DataFrame) -> Panel:
    """Draw one figure: published (hollow), in its setting with its band, and after each step."""
    own = steps[(steps["study"] == row["study"]) & (steps["economies"] == row["economies"])]
    ends = _number(row, "here_at_least_percent"), _number(row, "here_at_most_percent")
    published = _number(row, "published_percent")
    dots = [Dot(PUBLISHED, published, math.nan, math.nan, "", percent(published), hollow=True)]
    for step in own.to_dict(orient="records"):
        value, change = _number(step, "real_income_percent"), _number(step, "change_percent")
        low, high = ends if step["step"] == 0 else (math.nan, math.nan)
        name = "in its setting" if step["step"] == 0 else str(step["part"])
        dots.append(Dot(name, value, low, high, "", f"{percent(value)} ({percent(change)})"))
    return Panel(f"{row['study']}: {row['economies']}", tuple(dots), "percent")


def _number(row: Mapping[Hashable, object], name: str) -> float:
    value = row[name]
    assert isinstance(value, float)  # noqa: S101 - the table holds numbers there
    return value
