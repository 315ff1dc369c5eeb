"""A table of tariffs of one's own: importer, exporter, rate, and what they are for.

Traps: a row without an exporter is for all partners; a rate is percent, not a ratio.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.formats.wits import EU, EU_CODES, HIGHEST_PERCENT
from landbridge.sources.identity import identify
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, Tally, numbers, rows_of, staged, text_frame

RATE: Final = "tariff_percent"
NAMED: Final = ("importer", "exporter", "year", "sector", "product")
WANTED: Final = (*NAMED, RATE)


def read(given: Input) -> Draft:
    """Read tariffs by pair.

    Returns
    -------
    Draft
        importer (ISO3, or EU), exporter (ISO3; empty for all partners), year, sector, product
        (where the file has them), duty (empty), tariff_percent.

    Raises
    ------
    FaultsError
        Rates that are no numbers, negative or beyond any tariff, codes nobody knows, a rate that
        stands twice.
    """
    with staged(given, WANTED) as stage:
        frame = text_frame(stage)
    skip = given.sheets[0].skip
    frame = frame.assign(exporter=frame.get("exporter", ""))
    faults = _rates(frame, skip)
    found = identify(pd.unique(frame[["importer", "exporter"]].to_numpy().ravel()), "letters")
    unions = EU_CODES | {EU}
    named = {code: EU if code.upper() in unions else one.iso3 for code, one in found.items()}
    world = {code for code, one in found.items() if one.standing == "world" or not code}
    strict = given.options.unknown_codes == "refuse"
    unknown = {
        "importer": frame["importer"].map(named).eq(""),
        "exporter": frame["exporter"].map(named).eq("") & ~frame["exporter"].isin(world),
    }
    for side, mask in unknown.items():
        if strict and mask.any():
            faults.append(f"{rows_of(mask, skip)}: the {side} is no known economy")
    keys = [name for name in NAMED if name in frame]
    twice = frame.duplicated(keys)
    if twice.any():
        faults.append(f"{rows_of(twice, skip)}: the same rate stands in an earlier row")
    if faults:
        raise FaultsError(faults, where=given.label)
    tally = Tally(frame)
    for side, mask in unknown.items():
        tally.drop(f"the {side} is an unknown code", mask.reindex(tally.frame.index))
    if given.options.years and "year" in tally.frame:
        years = {str(year) for year in given.options.years}
        tally.drop("a year that was not asked for", ~tally.frame["year"].isin(years))
    table = tally.frame.assign(
        importer=tally.frame["importer"].map(named),
        exporter=tally.frame["exporter"].map(named).fillna(""),
        duty="",
    )
    counts = tally.counts(len(table), unknown=int(table[RATE].isna().sum()))
    table = table.sort_values(keys, ignore_index=True)
    return Draft("tariffs", table, {RATE: "percent"}, counts, ())


def _rates(frame: pd.DataFrame, skip: int) -> list[str]:
    faults = []
    frame[RATE], bad = numbers(frame[RATE])
    for mask, said in (
        (bad, "is no finite number"),
        (frame[RATE] < 0, "is negative"),
        (frame[RATE] > HIGHEST_PERCENT, "is beyond any tariff"),
    ):
        if mask.any():
            faults.append(f"{rows_of(mask, skip)}: {RATE} {said}")
    return faults
