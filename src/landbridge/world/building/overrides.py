"""Cells set by hand, each with its source: what lists, totals and distance cannot know."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.tables import embedded_table

MENDED_AWAY: Final = "mended_away"
MIRROR_GAP: Final = "mirror_gap"


def trade_overrides() -> pd.DataFrame:
    """Read the overrides that the baseline was fitted with.

    Returns
    -------
    pandas.DataFrame
        exporter, importer, kind (``goods`` or ``services``), million_usd, sd_log, year (of the
        source's figure), source, address, confidence (``published``, ``derived``, ``recalled``;
        ``mended_away`` for a recorded cell that is known to be wrong, ``mirror_gap`` for one that
        stays with a wider deviation), recorded_million_usd (what BACI has), note.
    """
    return embedded_table("world", "trade_overrides")


def figures(overrides: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows whose figure stands in a cell; those that open or widen one are left."""
    if "confidence" not in overrides:
        return overrides
    return overrides[~overrides["confidence"].isin([MENDED_AWAY, MIRROR_GAP])]
