"""Cells set by hand, each with its source: what lists, totals and distance cannot know."""

from __future__ import annotations

import pandas as pd

from landbridge.tables import embedded_table


def trade_overrides() -> pd.DataFrame:
    """Give the overrides that the baseline was fitted with.

    Returns
    -------
    pandas.DataFrame
        exporter, importer, kind (``goods`` or ``services``), million_usd, sd_log, year (of the
        source's figure), source, confidence (``published``, ``derived``, ``recalled``), note.
    """
    return embedded_table("world", "trade_overrides")
