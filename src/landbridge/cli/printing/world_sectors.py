"""``landbridge world --sectors``: what an economy makes, sells and buys by sector."""

from __future__ import annotations

from textwrap import shorten

import pandas as pd

TITLE = 26
SHORT = {
    "output_million_usd": "output",
    "value_added_million_usd": "value added",
    "exports_million_usd": "exports",
    "imports_million_usd": "imports",
    "structure": "known from",
}


def sectors_for_terminal(table: pd.DataFrame) -> pd.DataFrame:
    """Keep what fits a terminal; the unit stands below the table."""
    shown = table.drop(columns=[name for name in ("name",) if name in table])
    if "industry" in shown:
        shown["industry"] = [
            shorten(title, TITLE, placeholder="...") for title in shown["industry"]
        ]
    return shown.rename(columns=SHORT)
