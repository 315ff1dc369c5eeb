"""Trade potential of a pair: each direction's potential with its band, beside what it trades."""

from __future__ import annotations

import pandas as pd

from landbridge.codes import name_of
from landbridge.formats import money
from landbridge.report.charts.dots import Dot, Panel, dot_chart
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg.builder import Markup


def potential_chart(table: pd.DataFrame, *, key: str) -> Markup:
    """Draw the potential of each direction and its trade, million USD.

    Parameters
    ----------
    table
        The table ``potential``.
    key
        Unique on the page.
    """
    pairs = zip(texts(table, "exporter"), texts(table, "importer"), strict=True)
    heads = [f"{name_of(one)} to {name_of(other)}" for one, other in pairs]
    panels = []
    for head, traded, at, low, high in zip(
        heads,
        numbers(table, "observed"),
        *(numbers(table, f"potential{end}") for end in ("", "_low", "_high")),
        strict=True,
    ):
        dots = (
            Dot("Trade", traded, traded, traded, "", money(traded)),
            Dot("Potential", at, low, high, "", f"{money(at)} ({money(low)} to {money(high)})"),
        )
        panels.append(Panel(head, dots, "million USD"))
    return dot_chart(
        panels,
        title="Trade and its potential",
        description="Trade and potential with its 90 percent band, by direction, million USD.",
        key=key,
        axes="shared",
    )
