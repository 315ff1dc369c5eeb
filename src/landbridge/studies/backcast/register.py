"""Agreements whose effect on trade can be looked for in the embedded panel, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import pandas as pd

from landbridge.atlas.agreements import agreement
from landbridge.atlas.binding import bound_by_agreement, bound_by_bloc
from landbridge.atlas.blocs import bloc, known_blocs, resolve_bloc
from landbridge.errors import UnknownNameError, suggest
from landbridge.gravity.uses.effects import MID_YEAR
from landbridge.gravity.uses.own_past import YEARS_BEFORE
from landbridge.tables import embedded_table
from landbridge.units import BoolArray
from landbridge.world.history import load_history

LENGTH: Final = 5
"""Years from the last one before an agreement to the one in which it is checked."""
SHORTEST: Final = 3
YEARS: Final = range(1950, 2031)
LAST: Final = 2019
"""Last year of a check: 2020 is the year of the pandemic, 2021 and 2022 are not in the panel."""


@dataclass(frozen=True)
class Entry:
    """An agreement of the register.

    Attributes
    ----------
    entry, name
        Identity and name.
    kind, treaty
        What the atlas holds it as, and its identity there.
    first_year
        First year whose middle it binds (new members) in.
    note
        Remark.
    """

    entry: str
    name: str
    kind: Literal["bloc", "agreement"]
    treaty: str
    first_year: int
    note: str = ""

    @property
    def until(self) -> int:
        """Last year before it."""
        return self.first_year - 1

    @property
    def check(self) -> int:
        """Year in which it is checked."""
        return min(self.until + LENGTH, LAST)

    @property
    def unchecked(self) -> str:
        """Why the panel cannot check it; empty where it can."""
        first = load_history().years[0] + YEARS_BEFORE + 1
        if self.until < first:
            return (
                f"it binds since {self.first_year}, and the panel, which starts in "
                f"{load_history().years[0]}, has too few years before"
            )
        if self.check - self.until < SHORTEST:
            return f"it binds since {self.first_year}: fewer than {SHORTEST} years to {LAST}"
        return ""

    def treated(self, *, until: int = 0, check: int = 0) -> BoolArray:
        """Mark pairs that it binds in the year of the check and not in the last year before.

        Parameters
        ----------
        until, check
            The two years; the entry's own when left out.
        """
        after = self.binds(check or self.check)
        if not until:
            # Members of the first year: later enlargements are entries of their own.
            after = after & self.binds(self.first_year)
        return np.asarray(after & ~self.binds(until or self.until))

    def binds(self, year: int) -> BoolArray:
        """Mark the pairs that it binds in the middle of a year, ``[N, N]``."""
        return _binds(self.kind, self.treaty, year)


@lru_cache(maxsize=1024)
def _binds(kind: str, treaty: str, year: int) -> BoolArray:
    find = bound_by_bloc if kind == "bloc" else bound_by_agreement
    found = find(treaty, load_history().iso3, on=date(year, *MID_YEAR))
    found.flags.writeable = False
    return found


@lru_cache(maxsize=1)
def register() -> tuple[Entry, ...]:
    """Read the register, in the order of the file.

    Examples
    --------
    >>> [entry.until for entry in register() if entry.entry == "eaeu"]
    [2014]
    """
    rows = embedded_table("studies", "backcast_register").to_dict(orient="records")
    return tuple(
        _entry(
            str(row["entry"]),
            "bloc" if row["kind"] == "bloc" else "agreement",
            str(row["treaty"]),
            year=int(row["first_year"]) if row["first_year"] in YEARS else None,
            note=str(row["note"]),
        )
        for row in rows
    )


def find_entry(name: str) -> Entry:
    """Find an entry of the register, or a bloc or agreement of the atlas that is not in it.

    Raises
    ------
    UnknownNameError
        Neither holds it.
    """
    key = name.strip().casefold()
    for entry in register():
        if entry.entry == key:
            return entry
    try:
        return _entry(key, "bloc", resolve_bloc(name), year=None)
    except UnknownNameError:
        pass
    try:
        return _entry(key, "agreement", agreement(key).agreement, year=None)
    except UnknownNameError:
        known = [*(entry.entry for entry in register()), *known_blocs()]
        raise UnknownNameError(
            f"'{name}' is neither a bloc nor an agreement.",
            where="--bloc",
            mend=suggest(name, known) or "`landbridge backcast --register` lists agreements.",
        ) from None


def unchecked_table() -> pd.DataFrame:
    """Lay out the entries that the panel cannot check: entry, name, why."""
    rows = [
        (entry.entry, entry.name, f"{entry.unchecked}. {entry.note}".strip())
        for entry in register()
        if entry.unchecked
    ]
    return pd.DataFrame(rows, columns=["entry", "name", "why"])


def _entry(
    entry: str, kind: Literal["bloc", "agreement"], treaty: str, *, year: int | None, note: str = ""
) -> Entry:
    if kind == "bloc":
        name, start = bloc(treaty).name, bloc(treaty).founded
    else:
        item = agreement(treaty)
        name, start = item.name, item.in_force or item.signed or date.max
    if year is None:
        late = (start.month, start.day) > MID_YEAR
        year = start.year + late
    elif kind == "bloc":
        name = f"{name}, members of {year}"
    return Entry(entry, name, kind, treaty, year, note)
