"""Classes of a signed change: equal steps on both sides of zero, one colour each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landbridge.formats import MINUS, significant
from landbridge.report.svg import palette
from landbridge.units import FloatArray

CLASSES_A_SIDE = 3
# The highest class starts at or below this share of the largest change.
_TOP_SHARE = 0.6
_ROUND = (1.0, 2.0, 5.0)
# One class reaches over three steps of the series 1, 2, 5, 10: a factor of 10, because the
# changes of partners, neighbours and the rest of the world lie powers of ten apart.
_STEPS_A_CLASS = 3
_FALLBACK_TOP = 1.0


@dataclass(frozen=True)
class Classes:
    """Breaks of the classes, percent, rising and positive; the loss side mirrors them."""

    breaks: tuple[float, ...]

    def index(self, value: float) -> int:
        """Find the class of a change: 0 near zero, 1 to 3 gains, -1 to -3 losses."""
        rank = sum(abs(value) >= limit for limit in self.breaks)
        return rank if value >= 0 else -rank

    def colour(self, value: float) -> str:
        """Choose the fill of a change."""
        if not math.isfinite(value):
            return palette.NO_DATA
        return class_colour(self.index(value))

    def label(self, index: int) -> str:
        """Say what a class holds, percent."""
        rank = abs(index)
        if rank == 0:
            return f"within ±{_plain(self.breaks[0])}"
        sign = "+" if index > 0 else MINUS
        low = _plain(self.breaks[rank - 1])
        if rank == len(self.breaks):
            return f"{sign}{low} or more"
        return f"{sign}{low} to {sign}{_plain(self.breaks[rank])}"


def class_colour(index: int) -> str:
    """Choose the colour of a class."""
    if index == 0:
        return palette.NEAR_ZERO
    return palette.GAIN[index - 1] if index > 0 else palette.LOSS[CLASSES_A_SIDE + index]


def make_classes(values: FloatArray) -> Classes:
    """Choose round breaks for changes that range over several powers of ten.

    Parameters
    ----------
    values
        Percent, any length; missing values do not count.
    """
    finite = np.abs(values[np.isfinite(values)])
    top = float(finite.max()) * _TOP_SHARE if finite.size and finite.max() > 0 else _FALLBACK_TOP
    power = math.floor(math.log10(top))
    position = 3 * power + sum(top >= step * 10.0**power for step in _ROUND) - 1
    positions = [position - _STEPS_A_CLASS * back for back in range(CLASSES_A_SIDE)]
    return Classes(tuple(sorted(_ROUND[place % 3] * 10.0 ** (place // 3) for place in positions)))


def _plain(value: float) -> str:
    return significant(value, 1)
