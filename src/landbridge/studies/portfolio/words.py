"""What a study of portfolios comes to, in sentences."""

from __future__ import annotations

import math

from landbridge.formats import band, percent
from landbridge.studies.portfolio.study import PortfolioFound


def headline(found: PortfolioFound) -> tuple[str, ...]:
    """Say what the addition does to risk under each weighting."""
    told = []
    for row in found.effect.to_dict(orient="records"):
        change, low, high, better = (
            float(row[name])
            for name in (
                "change_percent",
                "change_percent_low",
                "change_percent_high",
                "better_than_percent",
            )
        )
        reach = f" ({band(low, high)})" if math.isfinite(low) else ""
        sentence = f"Weights {row['weights']}: risk changes by {percent(change)}{reach}"
        if math.isfinite(better):
            sentence += f"; {better:.0f} percent of other sets lower it by less"
        told.append(f"{sentence}.")
    return tuple(told)
