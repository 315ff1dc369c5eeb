"""The table of lines of benefit and costs, and what they come to."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from landbridge.draws.bands import with_band
from landbridge.studies.cba.benefits import TITLES, WHAT_IF, Benefits
from landbridge.studies.cba.case import Case
from landbridge.studies.cba.cash_flow import net_present_value
from landbridge.units import FloatArray

ROUNDING: Final = 1e-9
"""Million USD."""


def lines_table(case: Case, drawn: list[Case], benefits: Benefits) -> pd.DataFrame:
    """Tabulate lines of benefit and costs, and what they come to.

    Returns
    -------
    pandas.DataFrame
        kind (``benefit``, ``of which``, ``what if``, ``cost``, ``total``), line, title, counted,
        million_usd (of a full year; +_low, _high; costs have none), present_million_usd (+_low,
        _high), explanation. Lines that count and costs add up to the total.
    """
    per = np.array([_per_unit(one) for one in (case, *drawn)])
    rows = []
    for line in benefits.lines:
        year = np.concatenate([[line.central.sum()], line.drawn.sum(axis=1)])
        kind = "benefit"
        if line.name not in TITLES:
            kind = "what if" if line.name.startswith(WHAT_IF) else "of which"
        rows.append(_row(kind, line.name, line.title, line.counted, year, year * per))
        rows[-1]["explanation"] = line.explanation
    costs = {"capital": "Building, less what is left", "operation": "Operation and upkeep"}
    costs["funds"] = "What raising the capital by taxes costs besides"
    present = []
    for name, title in costs.items():
        worth = [
            -float(net_present_value(getattr(one.laid(0.0), name), one.rate_percent))
            for one in (case, *drawn)
        ]
        present.append(np.array(worth))
        label = "public_funds" if name == "funds" else name
        rows.append(_row("cost", label, title, counted=True, year=None, present=present[-1]))
    totals = [benefits.central.sum(), *benefits.drawn.sum(axis=1)]
    whole = np.array(totals) * per + np.sum(present, axis=0)
    rows.append(_row("total", "total", "Net present value", counted=True, year=None, present=whole))
    return pd.DataFrame(rows).fillna({"explanation": ""})


def _per_unit(case: Case) -> float:
    """Compute the present value of one million USD of a full year."""
    return float(net_present_value(case.laid(1.0).benefit, case.rate_percent))


def _row(
    kind: str,
    name: str,
    title: str,
    counted: bool,  # noqa: FBT001 - a column of the table
    year: FloatArray | None,
    present: FloatArray,
) -> dict[str, object]:
    """Build a row from the centre and the draws of a line."""
    own: dict[str, object] = {"kind": kind, "line": name, "title": title, "counted": counted}
    none = np.full(1, np.nan)
    for column, amounts in (
        ("million_usd", none if year is None else year),
        ("present_million_usd", present),
    ):
        # What adds up to nothing, as a transfer does, is nothing.
        values = np.where(np.abs(amounts) < ROUNDING, 0.0, amounts)
        told = with_band(column, values[:1], values[1:, None])
        own |= {key: float(value[0]) for key, value in told.items()}
    return own
