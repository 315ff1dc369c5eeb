"""Reading result tables without trusting them: a column that is absent reads as missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.units import FloatArray


@dataclass(frozen=True)
class Banded:
    """The central run, and median, 5th and 95th percentile of the draws; all of one shape.

    Without draws, and for tables that hold no median, the middle is the central run.
    """

    central: FloatArray
    middle: FloatArray
    low: FloatArray
    high: FloatArray

    def has_band(self, row: int) -> bool:
        """Say whether a row's band has a width."""
        low, high = self.low[row], self.high[row]
        return bool(np.isfinite(low) and np.isfinite(high) and low != high)


def numbers(table: pd.DataFrame, column: str) -> FloatArray:
    """Read a column as float64; NaN where it is absent or not a number."""
    if column not in table.columns:
        return np.full(len(table), np.nan)
    return np.asarray(
        pd.to_numeric(table[column], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    )


def texts(table: pd.DataFrame, column: str) -> list[str]:
    """Read a column as text; empty where it is absent or missing."""
    if column not in table.columns:
        return [""] * len(table)
    return ["" if pd.isna(value) else str(value) for value in table[column]]


def middle(table: pd.DataFrame, column: str) -> FloatArray:
    """Read the median of a column's draws; the column itself where there is none."""
    median, central = numbers(table, f"{column}_median"), numbers(table, column)
    return np.where(np.isfinite(median), median, central)


def banded(table: pd.DataFrame, column: str) -> Banded:
    """Read a column with its band; without one the band is the central value."""
    between = middle(table, column)
    low = numbers(table, f"{column}_low")
    high = numbers(table, f"{column}_high")
    return Banded(
        numbers(table, column),
        between,
        np.where(np.isfinite(low), low, between),
        np.where(np.isfinite(high), high, between),
    )
