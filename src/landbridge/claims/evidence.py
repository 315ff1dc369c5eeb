"""Evidence: a number with its draws and what it rests on, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from landbridge.claims.quantities import Quantity
from landbridge.draws.bands import HIGH_PERCENTILE, LOW_PERCENTILE
from landbridge.units import FloatArray

NO_DRAWS: FloatArray = np.empty(0)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was found for a quantity.

    Attributes
    ----------
    central
        With everything at its centre, in `unit`.
    unit
        Of the number.
    basis
        What it rests on: a run with its hash, the atlas on a day, the network.
    draws
        ``[draws]`` the same in every draw; empty for a fact, and for a run without draws.
    exact
        Whether it is a fact, which has no band.
    detail
        What stands behind it, in words.
    by_hand
        Whether the table does not have it, or not all of it, from a source that was read.
    """

    central: float
    unit: str
    basis: str
    draws: FloatArray = field(default_factory=lambda: NO_DRAWS)
    exact: bool = False
    detail: str = ""
    by_hand: bool = False

    @property
    def low(self) -> float:
        """The 5th percentile of the draws; the central number where there are none."""
        return self._end(LOW_PERCENTILE)

    @property
    def high(self) -> float:
        """The 95th percentile of the draws; the central number where there are none."""
        return self._end(HIGH_PERCENTILE)

    def _end(self, percentile: float) -> float:
        return float(np.percentile(self.draws, percentile)) if len(self.draws) else self.central


@dataclass(frozen=True)
class Missing:
    """Why there is no number."""

    reason: str


Answer: TypeAlias = Evidence | Missing
Answers: TypeAlias = Mapping[Quantity, Answer]
