"""Border crossings from observations: what each side takes and asks, by direction and year.

A side's value is its own observation, else half of the crossing's class. The leaving side's
outbound value and the entering side's inbound value add up. The default takes the latest published
row; a year of observation can be asked for, and holds where that year was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from landbridge.freight.network.tables import rows

KEYS = (
    "hours",
    "hours_low",
    "hours_high",
    "usd_per_tonne",
    "usd_per_tonne_low",
    "usd_per_tonne_high",
)
VALUES = tuple(f"{key}_{way}" for way in ("forward", "backward") for key in KEYS)
PUBLISHED_BAND = (0.6, 1.6)
"""Least width of the band of a published value, over its centre."""
TONNES_A_LOAD = 20.0
GAUGE_CUT = 0.6
"""Largest part of an observed time that a change of gauge within it may take."""
LEAST_HOURS = 0.5
DEFAULT_YEAR = 2022
DECIMALS = 2


@dataclass(frozen=True)
class _Side:
    """One side's part of a crossing in one direction."""

    parts: tuple[float, ...]
    source: str
    mark: str
    of_year: bool = False


def crossing_values(
    crossings: pd.DataFrame,
    observations: pd.DataFrame,
    classes: pd.DataFrame,
    terminals: pd.DataFrame,
    *,
    year: int | None = None,
) -> pd.DataFrame:
    """Compute the hours and USD per tonne of crossings from what was observed.

    Parameters
    ----------
    crossings
        Columns crossing, place, mode, from_iso3, to_iso3, crossing_class.
    observations, classes, terminals
        The tables ``crossing_observations``, ``crossing_classes`` and ``terminals``.
    year
        Year of observation: where a side has a published row of that year for a direction it is
        taken; elsewhere the default holds. Absent: the default everywhere.

    Returns
    -------
    pandas.DataFrame
        One row a crossing in the same order: crossing, the columns `VALUES` (hours; USD per
        tonne), year, source, confidence, sides_of_year (0 to 4: two sides, two directions).
    """
    used = rows(observations[observations["used"]])
    by_class = {(row.crossing_class, row.mode): row for row in rows(classes)}
    breaks = terminals[terminals["kind"] == "gauge_break"]
    gauge = {row.place: row.fixed_hours + row.queue_hours for row in rows(breaks)}
    found = []
    for row in rows(crossings):
        mine = [seen for seen in used if (seen.place, seen.mode) == (row.place, row.mode)]
        sides: list[_Side] = []
        for order in ((row.from_iso3, row.to_iso3), (row.to_iso3, row.from_iso3)):
            for iso3, direction in zip(order, ("out", "in"), strict=True):
                seen = [one for one in mine if one.side_iso3 == iso3]
                default = by_class[row.crossing_class, row.mode]
                sides.append(_side(seen, direction, default, gauge.get(row.place, 0.0), year))
        found.append((row.crossing, *_add(sides[:2]), *_add(sides[2:]), *_origin(sides, year)))
    columns = ["crossing", *VALUES, "year", "source", "confidence", "sides_of_year"]
    return pd.DataFrame(found, columns=columns)


def observed_years(observations: pd.DataFrame) -> tuple[int, ...]:
    """List the years with a published observation of a crossing in the network, sorted."""
    held = observations[observations["used"] & (observations["confidence"] == "published")]
    return tuple(sorted({int(year) for year in held["year"]}))


def _add(sides: Sequence[_Side]) -> list[float]:
    return [
        round(sum(parts), DECIMALS) for parts in zip(*(side.parts for side in sides), strict=True)
    ]


def _origin(sides: Sequence[_Side], year: int | None) -> tuple[int, str, str, int]:
    published = sum(side.mark == "published" for side in sides)
    of_year = sum(side.of_year for side in sides)
    marks = {0: "recalled", len(sides): "published"}
    sources = "|".join(sorted({side.source for side in sides}))
    told = year if year is not None and of_year else DEFAULT_YEAR
    return told, sources, marks.get(published, "mixed"), of_year


def _side(
    seen: Sequence[Any],
    direction: str,
    default: Any,  # noqa: ANN401
    gauge: float,
    year: int | None,
) -> _Side:
    """Take a side's value: of the year asked for, else the latest published, else recalled."""
    timed = [row for row in seen if not pd.isna(row.hours)]
    fits = [row for row in timed if row.direction == direction]
    whole = [row for row in timed if row.direction == "all"]
    if not any(_is_of(row, year) for row in fits) and any(_is_of(row, year) for row in whole):
        fits = whole
    fits = fits or whole
    half = tuple(0.5 * float(getattr(default, key)) for key in KEYS)
    if not fits:
        return _Side(half, default.source, "recalled")
    best = _best(fits, year)
    low, high = _band([row for row in fits if row.confidence == "published"], best, "hours")
    hours = (float(best.hours), low, high)
    if best.includes_gauge_break:
        # The change of gauge is charged at its own terminal: not twice.
        cut = min(gauge, GAUGE_CUT * float(best.hours))
        hours = tuple(max(LEAST_HOURS, value - cut) for value in hours)  # type: ignore[assignment]
    paid = [row for row in seen if not pd.isna(row.usd)]
    priced = [row for row in paid if row.direction in {direction, "all"}] or paid
    usd = half[3:]
    if priced:
        price = _best(priced, year)
        low, high = _band([price], price, "usd")
        usd = tuple(value / TONNES_A_LOAD for value in (float(price.usd), low, high))
    found = _Side((*hours, *usd), best.source, best.confidence)
    return replace(found, of_year=_is_of(best, year))


def _best(seen: Sequence[Any], year: int | None) -> Any:  # noqa: ANN401 - a row of the table
    return max(seen, key=lambda row: (_is_of(row, year), row.confidence == "published", row.year))


def _is_of(row: Any, year: int | None) -> bool:  # noqa: ANN401
    # The year of a recalled row is nominal: it does not answer for that year.
    return bool(row.confidence == "published" and row.year == year)


def _band(seen: Sequence[Any], best: Any, what: str) -> tuple[float, float]:  # noqa: ANN401
    """Compute a low and a high: as written, or the spread over years and a wide factor."""
    if not pd.isna(getattr(best, f"{what}_low")):
        return float(getattr(best, f"{what}_low")), float(getattr(best, f"{what}_high"))
    centre = float(getattr(best, what))
    values = [float(getattr(row, what)) for row in seen if not pd.isna(getattr(row, what))]
    values = values or [centre]
    return min(*values, PUBLISHED_BAND[0] * centre), max(*values, PUBLISHED_BAND[1] * centre)
