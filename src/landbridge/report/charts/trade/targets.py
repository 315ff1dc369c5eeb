"""Trade targets: the potential of each with its band, as percent of what is wanted."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.formats import money
from landbridge.report.charts.dots import Dot, Panel, dot_chart
from landbridge.report.formats.frames import numbers, texts
from landbridge.report.svg.builder import Markup
from landbridge.units import PERCENT

BASELINE: Final = "baseline_million_usd"
POTENTIAL: Final = "potential_million_usd"


def targets_chart(table: pd.DataFrame, *, key: str) -> Markup:
    """Draw trade of the baseline and the potential of each target, percent of the target.

    Parameters
    ----------
    table
        The table ``targets``.
    key
        Unique on the page.
    """
    names = [name.removesuffix("-target") for name in texts(table, "target")]
    wanted = numbers(table, "target_million_usd")

    def dots(column: str, ends: tuple[str, str]) -> tuple[Dot, ...]:
        amounts = [numbers(table, name) for name in (column, *ends)]
        shares = [PERCENT * amount / wanted for amount in amounts]
        return tuple(
            Dot(name, value, low, high, "", f"{money(amount)} of {money(goal)}")
            for name, value, low, high, amount, goal in zip(
                names, *shares, amounts[0], wanted, strict=True
            )
        )

    axis = "percent of the target"
    return dot_chart(
        (
            Panel("Goods trade in the baseline", dots(BASELINE, (BASELINE, BASELINE)), axis),
            Panel("Potential", dots(POTENTIAL, (f"{POTENTIAL}_low", f"{POTENTIAL}_high")), axis),
        ),
        title="Baseline and potential, percent of each target",
        description="Trade of the baseline and the potential with its 90 percent band, by target.",
        key=key,
        axes="shared",
    )
