"""Numbers as people write them: 4.2 %, 1.3 bn USD, 12.4 days; small ones never as 0.00."""

from __future__ import annotations

import math
from typing import Final

from landbridge.units import HOURS_PER_DAY, PERCENT

MISSING: Final = "n/a"
MINUS: Final = "\N{MINUS SIGN}"
NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_DAYS_FROM_HOURS: Final = 72.0
_THOUSAND: Final = 1e3
_MILLION: Final = 1e6
_LEAST_MILLIONS: Final = 0.01
_LARGEST_PLAIN: Final = 1e15


def significant(value: float, digits: int = 2) -> str:
    """Write a number with a few significant digits and thousands set apart.

    Whole digits are never rounded away below a million: 1,234 stays 1,234.

    Examples
    --------
    >>> significant(4.237), significant(0.000123), significant(1234.6), significant(0.0)
    ('4.2', '0.00012', '1,235', '0')
    """
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if magnitude < -6 or abs(value) >= _LARGEST_PLAIN:  # noqa: PLR2004 - beyond plain reading
        return f"{value:.1e}".replace("-", MINUS)
    decimals = max(0, digits - 1 - magnitude)
    written = f"{value:,.{decimals}f}"
    return written.replace("-", MINUS)


def signed(value: float, digits: int = 2) -> str:
    """Write a change with its sign.

    Examples
    --------
    >>> signed(4.237), signed(0.5), signed(0.0)
    ('+4.2', '+0.50', '0')
    """
    written = significant(value, digits)
    return f"+{written}" if value > 0 and math.isfinite(value) else written


def percent(value: float, digits: int = 2) -> str:
    """Write a change in percent, with its sign.

    Examples
    --------
    >>> percent(4.237).replace(NARROW, " ")
    '+4.2 %'
    """
    return _with_unit(signed(value, digits), "%", value)


def share(value: float, digits: int = 2) -> str:
    """Write a share in percent, without a sign."""
    return _with_unit(significant(value, digits), "%", value)


def money(million_usd: float, *, sign: bool = False) -> str:
    """Write an amount of million USD in the unit that suits its size.

    Examples
    --------
    >>> money(1312.0).replace(NARROW, " "), money(0.0042, sign=True).replace(NARROW, " ")
    ('1.3 bn USD', '+4.2 thousand USD')
    """
    if not math.isfinite(million_usd):
        return MISSING
    size = abs(million_usd)
    write = signed if sign else significant
    if size >= _MILLION:
        return _with_unit(write(million_usd / _MILLION), "tn USD", million_usd)
    if size >= _THOUSAND:
        return _with_unit(write(million_usd / _THOUSAND), "bn USD", million_usd)
    if size >= _LEAST_MILLIONS or size == 0:
        return _with_unit(write(million_usd), "m USD", million_usd)
    if size >= 1 / _THOUSAND:
        return _with_unit(write(million_usd * _THOUSAND), "thousand USD", million_usd)
    return _with_unit(write(million_usd * _MILLION), "USD", million_usd)


def duration(hours: float) -> str:
    """Write hours, or days when there are many.

    Examples
    --------
    >>> duration(297.6).replace(NARROW, " "), duration(5.25).replace(NARROW, " ")
    ('12.4 days', '5.2 hours')
    """
    if not math.isfinite(hours):
        return MISSING
    if abs(hours) >= _DAYS_FROM_HOURS:
        return _with_unit(f"{hours / HOURS_PER_DAY:,.1f}".replace("-", MINUS), "days", hours)
    return _with_unit(significant(hours), "hours", hours)


def probability(ratio: float) -> str:
    """Write a share of the draws in percent; certain only when every draw agrees.

    Examples
    --------
    >>> probability(0.996).replace(NARROW, " "), probability(1.0).replace(NARROW, " ")
    ('over 99 %', '100 %')
    """
    if not math.isfinite(ratio):
        return MISSING
    value = ratio * PERCENT
    top, bottom = 99.0, 1.0
    if top < value < PERCENT:
        return f"over 99{NARROW}%"
    if 0 < value < bottom:
        return f"under 1{NARROW}%"
    return f"{value:.0f}{NARROW}%"


def band(low: float, high: float, *, digits: int = 2) -> str:
    """Write a band: ``+0.20 to +0.70``; empty when it has no width or is unknown."""
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return ""
    return f"{signed(low, digits)} to {signed(high, digits)}"


def _with_unit(written: str, unit: str, value: float) -> str:
    return f"{written}{NARROW}{unit}" if math.isfinite(value) else MISSING
