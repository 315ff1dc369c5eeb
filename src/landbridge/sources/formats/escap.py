"""ESCAP-World Bank trade costs, by pair, year and sector.

Traps: every pair stands twice, once in each direction; the tariff is a ratio (1.05 is 5 percent)
while trade costs are percent ad valorem; sectors are AB (agriculture), D (manufacturing) and GTT
(both).
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.identity import identify
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, Tally, numbers, rows_of, staged, text_frame

SECTORS: Final = {"AB": "agriculture", "D": "manufacturing", "GTT": "total"}
VALUES: Final = {
    "tij": "trade_cost_percent",
    "geometric_avg_tariff": "tariff_percent",
    "nontariff_tij": "nontariff_cost_percent",
}
WANTED: Final = ("reporter", "partner", "year", "sector", *VALUES)
LARGEST_GAP: Final = 1e-3  # percent points between the two directions of one pair
LOWEST_RATIO: Final = 0.5


def read(given: Input) -> Draft:
    """Read trade costs.

    Returns
    -------
    Draft
        iso3_a < iso3_b, year, sector, trade_cost_percent, tariff_percent, nontariff_cost_percent;
        the second direction of a pair is merged into the first.

    Raises
    ------
    FaultsError
        No numbers, negative costs, a pair that stands twice in one direction, unknown codes, a
        tariff that is no ratio.

    Source: J.-F. Arvis, Y. Duval, B. Shepherd and C. Utoktham, Trade costs in the developing world
    (World Bank WPS 6309).
    """
    with staged(given, WANTED) as stage:
        frame = text_frame(stage)
    skip = given.sheets[0].skip
    faults = _convert(frame, skip)
    found = identify(pd.unique(frame[["reporter", "partner"]].to_numpy().ravel()), "letters")
    strict = given.options.unknown_codes == "refuse"
    for side in ("reporter", "partner"):
        unknown = ~frame[side].map(lambda code: found[code].standing != "unknown")
        if strict and unknown.any():
            faults.append(f"{rows_of(unknown, skip)}: the {side} is no known economy")
    twice = frame.duplicated(["reporter", "partner", "year", "sector"])
    if twice.any():
        faults.append(f"{rows_of(twice, skip)}: the same key stands in an earlier row")
    if faults:
        raise FaultsError(faults, where=given.label)
    tally = Tally(frame)
    for side in ("reporter", "partner"):
        standing = tally.frame[side].map(lambda code: found[code].standing)
        tally.drop(f"the {side} is an unknown code", standing.eq("unknown"))
        mask = ~tally.frame[side].map(lambda code: found[code].kept)
        tally.drop(f"the {side} is an aggregate, not an economy", mask)
    if given.options.years:
        tally.drop("a year that was not asked for", ~tally.frame["year"].isin(given.options.years))
    same = tally.frame["reporter"] == tally.frame["partner"]
    tally.drop("reporter and partner are the same economy", same)
    table, warnings = _halved(tally.frame, {code: one.iso3 for code, one in found.items()})
    counts = tally.counts(
        len(table),
        merged=len(tally.frame) - len(table),
        unknown=int(table["trade_cost_percent"].isna().sum()),
    )
    units = {name: "percent ad valorem" for name in VALUES.values() if name in table}
    return Draft("trade_costs", table, units, counts, tuple(warnings))


def _convert(frame: pd.DataFrame, skip: int) -> list[str]:
    faults = []
    for name in ("year", *VALUES):
        if name not in frame:
            continue
        frame[name], bad = numbers(frame[name])
        if bad.any():
            faults.append(f"{rows_of(bad, skip)}: {name} is no finite number")
        if (frame[name] < 0).any():
            faults.append(f"{rows_of(frame[name] < 0, skip)}: {name} is negative")
    if frame["year"].isna().any():
        faults.append(f"{rows_of(frame['year'].isna(), skip)}: the year is missing")
    else:
        frame["year"] = frame["year"].astype("int64")
    unknown = ~frame["sector"].isin(SECTORS)
    if unknown.any():
        faults.append(f"{rows_of(unknown, skip)}: the sector is none of {', '.join(SECTORS)}")
    if "geometric_avg_tariff" in frame:
        small = frame["geometric_avg_tariff"] < LOWEST_RATIO
        if small.any():
            faults.append(f"{rows_of(small, skip)}: the tariff is a rate, not a ratio (1 + rate)")
    return faults


def _halved(frame: pd.DataFrame, iso3: dict[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """Merge both directions of a pair into one row."""
    first, second = frame["reporter"].map(iso3), frame["partner"].map(iso3)
    turned = first > second
    both = pd.DataFrame(
        {
            "iso3_a": first.where(~turned, second),
            "iso3_b": second.where(~turned, first),
            "year": frame["year"],
            "sector": frame["sector"].map(SECTORS),
        }
    )
    for name, shown in VALUES.items():
        if name in frame:
            ratio = name == "geometric_avg_tariff"
            both[shown] = 100.0 * (frame[name] - 1.0) if ratio else frame[name]
    keys = ["iso3_a", "iso3_b", "year", "sector"]
    grouped = both.groupby(keys, sort=True)
    values = [name for name in VALUES.values() if name in both]
    table = grouped[values].mean().reset_index()
    gap = (grouped[values].max() - grouped[values].min()).max(axis=1)
    differ = gap > LARGEST_GAP
    warnings = []
    if differ.any():
        warnings.append(
            f"{int(differ.sum()):,} pairs differ between their two directions; the mean is taken"
        )
    return table, warnings
