"""World Development Indicators, one series or the whole database, one column a year.

Traps: four lines of preamble before the header, a byte order mark, an empty last column, and some
fifty aggregates (world, regions, income groups) among the economies. Missing cells are missing.
"""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.identity import WHY, identify
from landbridge.sources.model import Counts, Draft, Dropped
from landbridge.sources.reading import Input, numbers, rows_of, staged, text_frame
from landbridge.tables import embedded_table

YEAR: Final = re.compile(r"(\d{4})(\.0|\s*\[YR\d{4}\])?")
FIXED: Final = ("country name", "country code", "indicator name", "indicator code")


def read(given: Input) -> Draft:
    """Read indicators.

    Returns
    -------
    Draft
        iso3, year, indicator, measure, value, unit; money in million USD. Cells are counted, not
        rows.

    Raises
    ------
    FaultsError
        A cell that is no number, a code nobody knows, a series that stands twice.
    """
    years = {}
    for name in given.sheets[0].folded:
        match = YEAR.fullmatch(name)
        if match:
            years[name] = int(match[1])
    with staged(given, [*FIXED, *years]) as stage:
        raw = text_frame(stage)
    skip = given.sheets[0].skip
    faults = _faults(raw, skip, strict=given.options.unknown_codes == "refuse")
    long = raw.melt(
        id_vars=list(FIXED),
        value_vars=list(years),
        var_name="year",
        value_name="text",
        ignore_index=False,
    )
    long["value"], bad = numbers(long["text"])
    if bad.any():
        faults.append(f"{rows_of(bad, skip)}: a value is no finite number")
    if faults:
        raise FaultsError(faults, where=given.label)
    long["year"] = long["year"].map(years).astype("int64")
    table, dropped = _sorted_out(long, given.options.years)
    counts = Counts(unit="cells", read=len(long), dropped=dropped, merged=0, table=len(table))
    unknown = sorted(set(table["indicator"]) - set(_scale().index))
    warnings = [
        f"{name} keeps the value as published: no unit is known for it" for name in unknown[:10]
    ]
    units = dict(zip(table["measure"], table["unit"], strict=True))
    return Draft("indicators", table, units, counts, tuple(warnings))


def _scale() -> pd.DataFrame:
    return embedded_table("sources", "wdi_indicators").set_index("indicator")


def _faults(raw: pd.DataFrame, skip: int, *, strict: bool) -> list[str]:
    faults = []
    for name in ("country code", "indicator code"):
        empty = raw[name] == ""
        if empty.any():
            faults.append(f"{rows_of(empty, skip)}: the {name} is missing")
    twice = raw.duplicated(["country code", "indicator code"])
    if twice.any():
        faults.append(f"{rows_of(twice, skip)}: the series stands in an earlier row")
    found = identify(raw["country code"].unique(), "letters")
    unknown = {code for code, one in found.items() if code and one.standing == "unknown"}
    if strict and unknown:
        rows = rows_of(raw["country code"].isin(unknown), skip)
        faults.append(f"{rows}: unknown country codes {', '.join(sorted(unknown)[:5])}")
    return faults


def _sorted_out(
    long: pd.DataFrame, years: tuple[int, ...]
) -> tuple[pd.DataFrame, tuple[Dropped, ...]]:
    found = identify(long["country code"].unique(), "letters")
    iso3 = long["country code"].map({code: one.iso3 for code, one in found.items()})
    unknown = {code for code, one in found.items() if one.standing == "unknown"}
    reasons = pd.Series("", index=range(len(long)))
    long = long.assign(iso3=iso3).reset_index(drop=True)
    steps = [
        (WHY["unknown"], long["country code"].isin(unknown)),
        ("an aggregate, not an economy", long["iso3"] == ""),
        ("an empty cell: not reported", long["value"].isna()),
    ]
    if years:
        steps.insert(2, ("a year that was not asked for", ~long["year"].isin(years)))
    for reason, mask in steps:
        reasons[mask & (reasons == "")] = reason
    counted = reasons[reasons != ""].value_counts(sort=False)
    dropped = tuple(Dropped(str(reason), int(count)) for reason, count in counted.items())
    kept = long[reasons == ""]
    scale = _scale().reindex(kept["indicator code"])
    table = pd.DataFrame(
        {
            "iso3": kept["iso3"].to_numpy(),
            "year": kept["year"].to_numpy(),
            "indicator": kept["indicator code"].to_numpy(),
            "measure": scale["measure"].fillna("").to_numpy(),
            "value": kept["value"].to_numpy() * scale["factor"].fillna(1.0).to_numpy(dtype=float),
            "unit": scale["unit"].fillna("as published").to_numpy(),
        }
    )
    table["measure"] = table["measure"].where(table["measure"] != "", table["indicator"])
    return table.sort_values(["indicator", "iso3", "year"], ignore_index=True), dropped
