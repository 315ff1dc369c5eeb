"""Values for files: plain Python, twelve significant digits, nothing that a machine cannot read."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

SIGNIFICANT_DIGITS: Final = 12

Plain: TypeAlias = str | int | float | bool | None


def plain(value: object) -> Plain:
    """Turn a cell into text, whole number, float, flag or nothing.

    Floats are rounded to twelve significant digits, so that the last bits of a sum do not make
    two files of the same result differ; NaN and the infinities become None.

    Examples
    --------
    >>> plain(0.1 + 0.2), plain(float("nan")), plain(True)
    (0.3, None, True)
    """
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return rounded(float(value))
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return str(value)


def rounded(value: float) -> float | None:
    """Round to twelve significant digits; None where there is no finite number."""
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return 0.0 if short == 0 else short


def plain_rows(table: pd.DataFrame) -> list[list[Plain]]:
    """Convert the rows of a table to plain values."""
    columns = [[plain(value) for value in table[column].tolist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]
