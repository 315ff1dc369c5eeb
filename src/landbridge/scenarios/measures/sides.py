"""Where a crossing lies: its border place and the two economies, or the strait of that name."""

from __future__ import annotations

from collections.abc import Sequence

from landbridge.codes import fold
from landbridge.scenarios.measures.base import Crossed
from landbridge.tables import embedded_table


def crossed_by_name(names: Sequence[str]) -> tuple[Crossed, ...]:
    """Find the crossings and straits that names mean, each of which can be taken out alone."""
    return tuple(
        Crossed(name, place, sides) for name in names for place, sides in sides_of(name).items()
    )


def sides_of(name: str) -> dict[str, frozenset[str]]:
    """Find the crossings of a name, or the strait: place to its two economies."""
    wanted = fold(name)
    found = {
        str(row["place"]): frozenset((str(row["from_iso3"]), str(row["to_iso3"])))
        for row in embedded_table("freight", "crossings").to_dict(orient="records")
        if wanted in (fold(str(row["crossing"])), fold(str(row["place"])), fold(str(row["name"])))
    }
    for row in embedded_table("freight", "passages").to_dict(orient="records"):
        names = (str(row["passage"]), str(row["name"]), *str(row["aliases"]).split("|"))
        if wanted in {fold(text) for text in names}:
            found[str(row["passage"])] = frozenset()
    return found
