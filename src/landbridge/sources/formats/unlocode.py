"""UN/LOCODE: places of trade and transport with their functions and coordinates.

Traps: the files have no header; a widespread copy has one and swaps status and function (told by
what the cells look like); text is latin-1; many places have no coordinates; headings, references
and places to be deleted stand among the places.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, Tally, rows_of, staged, text_frame
from landbridge.tables import embedded_table

WANTED: Final = (
    "change",
    "country",
    "location",
    "name",
    "namewodiacritics",
    "subdivision",
    "function",
    "status",
    "coordinates",
)
FUNCTIONS: Final = {
    "port": "1",
    "rail": "2",
    "road": "3",
    "airport": "4",
    "multimodal": "6",
    "inland_port": "8",
    "border_crossing": "B",
}
COORDINATES: Final = r"^(\d{2})(\d{2})([NS])\s+(\d{3})(\d{2})([EW])$"
SIXTY: Final = 60.0


def read(given: Input) -> Draft:
    """Read places.

    Returns
    -------
    Draft
        locode, iso3, name, subdivision, status, port, rail, road, airport, multimodal, inland_port,
        border_crossing (flags), latitude, longitude (degrees; missing where none is published).

    Raises
    ------
    FaultsError
        A location that is no three characters.

    Source: UNECE Recommendation 16.
    """
    with staged(given, WANTED) as stage:
        frame = text_frame(stage)
    skip = given.sheets[0].skip
    tally = Tally(frame)
    heading = frame["location"].eq("")
    tally.drop("a heading or a reference to another name", heading | frame["change"].eq("="))
    tally.drop("marked for deletion", tally.frame["change"].eq("X"))
    economies = embedded_table("atlas", "economies")
    iso3 = dict(zip(economies["iso2"], economies["iso3"], strict=True))
    outside = ~tally.frame["country"].isin(iso3)
    tally.drop("not in an economy (international waters and the like)", outside)
    kept = tally.frame
    faults = []
    wrong = ~kept["location"].str.fullmatch(r"[A-Z0-9]{3}")
    if wrong.any():
        faults.append(f"{rows_of(wrong, skip)}: the location is no code of three characters")
    codes = kept["country"] + kept["location"]
    if faults:
        raise FaultsError(faults, where=given.label)
    first = ~codes.duplicated()
    table = _table(kept[first.to_numpy()], iso3)
    bad = int((kept["coordinates"].ne("") & ~kept["coordinates"].str.match(COORDINATES)).sum())
    warnings = []
    if bad:
        warnings.append(f"{bad:,} coordinates are not of the form 5538N 01234E and are missing")
    spelt = pd.DataFrame({"code": codes, "subdivision": kept["subdivision"]})
    if clash := int((spelt.duplicated("code") & ~spelt.duplicated()).sum()):
        warnings.append(f"{clash:,} codes stand for places in two subdivisions; the first is taken")
    counts = tally.counts(
        len(table), merged=len(kept) - len(table), unknown=int(table["latitude"].isna().sum())
    )
    units = {"latitude": "degrees north", "longitude": "degrees east"}
    return Draft("places", table, units, counts, tuple(warnings))


def _table(kept: pd.DataFrame, iso3: dict[str, str]) -> pd.DataFrame:
    parts = kept["coordinates"].str.extract(COORDINATES)
    table = pd.DataFrame(
        {
            "locode": kept["country"] + kept["location"],
            "iso3": kept["country"].map(iso3),
            "name": kept["name"].where(kept["name"] != "", kept["namewodiacritics"]),
            "subdivision": kept["subdivision"],
            "status": kept["status"],
        }
    )
    for name, mark in FUNCTIONS.items():
        table[name] = kept["function"].str.contains(mark, regex=False)
    north = parts[2].map({"N": 1.0, "S": -1.0})
    east = parts[5].map({"E": 1.0, "W": -1.0})
    table["latitude"] = north * (parts[0].astype(float) + parts[1].astype(float) / SIXTY)
    table["longitude"] = east * (parts[3].astype(float) + parts[4].astype(float) / SIXTY)
    return table.sort_values("locode", ignore_index=True)
