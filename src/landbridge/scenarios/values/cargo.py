"""Classes of cargo: what a tonne of a sector's goods is worth, and what a day costs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landbridge.errors import UnknownNameError, suggest
from landbridge.tables import embedded_table
from landbridge.units import FloatArray, IntArray
from landbridge.world.sectors.facts import SERVICES, SectorList
from landbridge.world.sectors.isic import division_list, full_sector

NOT_CARRIED = -1
NORMAL_95 = 1.6448536269514722


@dataclass(frozen=True, eq=False)
class CargoClasses:
    """C classes; sectors of one class take the same ways.

    Attributes
    ----------
    names
        C texts.
    value_usd_per_tonne, value_of_time_percent_per_day
        ``[C]``.
    """

    names: tuple[str, ...]
    value_usd_per_tonne: FloatArray
    value_of_time_percent_per_day: FloatArray

    def scaled(self, *, value: float, time: float) -> CargoClasses:
        """Multiply all values of goods, and all values of time, by a factor."""
        return replace(
            self,
            value_usd_per_tonne=self.value_usd_per_tonne * value,
            value_of_time_percent_per_day=self.value_of_time_percent_per_day * time,
        )


def cargo_classes(rng: np.random.Generator | None = None) -> CargoClasses:
    """Read the classes; with a generator, draw each row's values inside its band.

    A two-sided lognormal: the median is the central value, the 5th and 95th percentiles are the
    row's low and high.
    """
    table = embedded_table("scenarios", "cargo_classes")
    normal = np.zeros((2, len(table))) if rng is None else rng.standard_normal((2, len(table)))
    drawn = []
    for number, (centre, low, high) in enumerate(
        (
            ("value_usd_per_tonne", "value_low", "value_high"),
            ("value_of_time_percent_per_day", "time_low", "time_high"),
        )
    ):
        middle, least, most = table[[centre, low, high]].to_numpy(dtype=np.float64).T
        spread = np.where(normal[number] < 0, np.log(middle / least), np.log(most / middle))
        drawn.append(middle * np.exp(normal[number] * spread / NORMAL_95))
    return CargoClasses(tuple(table["cargo_class"]), drawn[0], drawn[1])


def cargo_of(sectors: Sequence[str]) -> IntArray:
    """Find the position of each sector's class, ``[S]``, or `NOT_CARRIED`."""
    table = embedded_table("scenarios", "sector_cargo").set_index("sector")["cargo_class"]
    names = cargo_classes().names
    return np.array(
        [names.index(table[code]) if code in table.index else NOT_CARRIED for code in sectors]
    )


def cargo_of_sectors(sectors: SectorList) -> IntArray:
    """Find the position of each sector's class, ``[S]``, for sectors of any table.

    A user's own class comes first, then that of the sector's code, then that of the first of the
    OECD's 50 sectors that shares a division of ISIC Rev. 4 with it. Services are not carried.

    Raises
    ------
    UnknownNameError
        The user names a class that there is not.
    """
    table = embedded_table("scenarios", "sector_cargo").set_index("sector")["cargo_class"]
    names = cargo_classes().names
    found = []
    for code, kind in zip(sectors.codes, sectors.kinds, strict=True):
        own = sectors.cargo.get(code, "")
        if own and own not in names:
            raise UnknownNameError(
                f"there is no class of cargo '{own}' (sector {code}).",
                mend=suggest(own, names) or f"There are {', '.join(names)}.",
            )
        alike = [full_sector(division) for division in division_list(sectors, code)]
        known = [name for name in (code, *alike) if name in table.index]
        said = own or (str(table[known[0]]) if known and kind != SERVICES else "")
        found.append(names.index(said) if said else NOT_CARRIED)
    return np.array(found)
