"""Axes: ticks at round numbers, and the step from a value to a place on the page."""

from __future__ import annotations

import math
from dataclasses import dataclass

# A span below these shares no ticks that floats can tell apart.
_LEAST_SPAN, _LEAST_STEP = 1e-9, 1e-12
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A linear axis: values from ``low`` to ``high`` fall on ``start`` to ``end`` (pixels)."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        """Compute the place of a value, pixels; values beyond the axis stop at its end."""
        inside = min(max(value, self.low), self.high)
        ratio = (inside - self.low) / (self.high - self.low)
        return self.start + ratio * (self.end - self.start)


def nice_scale(low: float, high: float, *, span: tuple[float, float], wanted: int = 5) -> Scale:
    """Make an axis that starts and ends on round numbers.

    Parameters
    ----------
    low, high
        Smallest and largest value to show; missing values read as zero.
    span
        First and last place on the page, pixels.
    wanted
        About how many ticks.
    """
    low = low if math.isfinite(low) else 0.0
    high = high if math.isfinite(high) else 0.0
    if high - low <= max(abs(low), abs(high)) * _LEAST_SPAN or high - low < _LEAST_STEP:
        high = low + (abs(low) if abs(low) > _LEAST_STEP else 1.0)
    step = nice_step((high - low) / max(wanted, 1))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(index * step, 12) for index in range(first, last + 1))
    return Scale(first * step, last * step, span[0], span[1], ticks)


def nice_step(step: float) -> float:
    """Round a step up to 1, 2, 2.5 or 5 times a power of ten.

    Examples
    --------
    >>> nice_step(0.3), nice_step(7.0)
    (0.5, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(step))
    for candidate in _STEPS:
        if step <= candidate * power * (1 + 1e-9):
            return candidate * power
    return 10.0 * power


def tick_text(value: float, scale: Scale) -> str:
    """Write a tick with the decimals that its axis needs."""
    step = scale.ticks[1] - scale.ticks[0] if len(scale.ticks) > 1 else 1.0
    decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:  # noqa: PLR2004
        decimals += 1
    return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")
