"""Uncertain numbers: a central value, a band, and how one value of it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

NORMAL_BAND_IN_STANDARD_ERRORS = 2.0
NORMAL_CUT_IN_STANDARD_ERRORS = 2.5


@dataclass(frozen=True)
class Parameter:
    """One uncertain number.

    Attributes
    ----------
    low, central, high
        In `unit`; for a normal distribution two standard errors either side of the centre.
    distribution
        ``triangular`` or ``normal``.
    """

    name: str
    title: str
    unit: str
    low: float
    central: float
    high: float
    distribution: str
    confidence: str
    source: str

    def draw(self, rng: np.random.Generator) -> float:
        """Draw one value; a band of no width gives its centre."""
        # Draw even where the band has no width: the stream of random numbers is then the same
        # whatever a scenario overrides.
        if self.distribution == "normal":
            score = rng.standard_normal()
            while abs(score) > NORMAL_CUT_IN_STANDARD_ERRORS:
                score = rng.standard_normal()
            error = (self.high - self.low) / (2 * NORMAL_BAND_IN_STANDARD_ERRORS)
            return float(self.central + score * error)
        return triangular(self.low, self.central, self.high, rng.random())


def triangular(low: float, central: float, high: float, uniform: float) -> float:
    """Turn a uniform number in [0, 1) into a draw between two ends, its median at the centre.

    Half the draws lie below the centre and half above; on either side the density falls in a
    straight line to zero at the end. A lopsided band then does not push the middle of the draws
    away from the central run, as the usual triangle with its mode at the centre would.
    """
    if uniform < 0.5:  # noqa: PLR2004 - the median
        value = low + (central - low) * np.sqrt(2.0 * uniform)
    else:
        value = high - (high - central) * np.sqrt(2.0 * (1.0 - uniform))
    # Rounding must not step outside the band.
    return float(min(max(value, low), high))


def named_parameters(tables: Sequence[pd.DataFrame]) -> dict[str, Parameter]:
    """Read tables of parameters, one row each, by name."""
    fields = list(Parameter.__dataclass_fields__)
    rows = pd.concat([table[fields] for table in tables], ignore_index=True)
    return {str(row["name"]): Parameter(**row) for row in records(rows)}


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a table into rows by name of column."""
    return [
        {str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")
    ]
