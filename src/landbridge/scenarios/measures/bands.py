"""From a band of a measure to the numbers of an edit."""

from __future__ import annotations

from typing import Any

from landbridge.scenarios.values.fields import Band


def banded(name: str, band: Band | None) -> dict[str, Any]:
    """Turn a band into a value with its low and high; a band of no width has no ends."""
    if band is None:
        return {}
    wide = band.low < band.high
    ends = {f"{name}_low": band.low, f"{name}_high": band.high} if wide else {}
    return {name: band.central, **ends}
