"""Sizes of economies in the years on which selections rest, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import pandas as pd

from landbridge.atlas.economies import economies
from landbridge.atlas.facts import Confidence, Fact, records
from landbridge.codes import resolve
from landbridge.errors import InputError

GdpKind: TypeAlias = Literal["gdp", "gdp_ppp"]
"""GDP at market exchange rates, or at purchasing power parity."""

Year: TypeAlias = int | Literal["latest"]

LATEST_SOURCE: Final = "factbook-2026"


class PastSize(Fact):
    """GDP of an economy in one year."""

    iso3: str
    measure: GdpKind
    year: int
    million_usd: float


@dataclass(frozen=True)
class Size:
    """A size with its standing.

    Attributes
    ----------
    million_usd
        Million US dollars, or international dollars for ``gdp_ppp``.
    year
        Year of the figure.
    source, confidence
        Where it was read, or can be checked, and which of the two.
    """

    million_usd: float
    year: int
    source: str
    confidence: Confidence


@lru_cache(maxsize=1)
def _past() -> dict[tuple[str, str, int], Size]:
    return {
        (row.iso3, row.measure, row.year): Size(
            row.million_usd, row.year, row.shown_source, row.confidence
        )
        for row in records("gdp_history", PastSize)
    }


@lru_cache(maxsize=2)
def _latest(measure: GdpKind) -> dict[str, Size]:
    column, year = f"{measure}_million_usd", f"{measure}_year"
    table = economies()
    known = table[table[column].notna() & table[year].notna()]
    return {
        iso3: Size(float(value), int(when), LATEST_SOURCE, "published")
        for iso3, value, when in zip(known.iso3, known[column], known[year], strict=True)
    }


def known_years(measure: GdpKind) -> tuple[int, ...]:
    """List the past years for which sizes are held."""
    return tuple(sorted({year for _, name, year in _past() if name == measure}))


def size_of(economy: str, *, measure: GdpKind, year: Year) -> Size | None:
    """Look up the size of an economy in a year; None when it is not held.

    Parameters
    ----------
    economy
        Code or name.
    measure
        What is measured.
    year
        A year of `known_years`, or ``"latest"`` for the table of economies (mostly 2024; at
        purchasing power parity in dollars of 2021).

    Raises
    ------
    InputError
        No sizes are held for that year.
    """
    iso3 = resolve(economy)
    if year == "latest":
        return _latest(measure).get(iso3)
    if year not in known_years(measure):
        held = ", ".join(str(known) for known in known_years(measure))
        raise InputError(
            f"no sizes ({measure}) are held for {year}.", mend=f"Use {held} or latest."
        )
    return _past().get((iso3, measure, year))


def sizes(*, measure: GdpKind, year: Year) -> pd.Series:
    """Read the sizes of all economies that have one, million USD by ISO3."""
    if year == "latest":
        found = {iso3: size.million_usd for iso3, size in _latest(measure).items()}
    else:
        found = {
            iso3: size.million_usd
            for (iso3, name, when), size in _past().items()
            if name == measure and when == year
        }
    return pd.Series(found, dtype="float64").sort_index()
