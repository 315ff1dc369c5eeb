"""WITS/TRAINS tariffs: the bulk files (most favoured nation, preferential) and the query export.

Traps: the reporter is a number, and the European Union is 918; a preferential row's partner may be
a group of beneficiaries, whose members stand in a second table; one pull may mix HS vintages; the
query export has one row a duty type. Rates are percent.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.identity import identify
from landbridge.sources.model import Draft
from landbridge.sources.reading import (
    Input,
    Tally,
    numbers,
    rows_of,
    small_table,
    staged,
    text_frame,
)

EU: Final = "EU"
EU_CODES: Final = frozenset({"918", "97"})
PERCENT_COLUMNS: Final = ("tariff_percent", "tariff_min_percent", "tariff_max_percent")
LINES: Final = {
    "totalnooflines": "lines",
    "nbr_na_lines": "lines_without_rate",
    "nbr_free_lines": "lines_free",
    "nbr_pref_lines": "lines_preferential",
    "nbr_mfn_lines": "lines_mfn",
}
BULK: Final = {
    "reporter_iso_n": "importer",
    "year": "year",
    "productcode": "product",
    "nomencode": "nomenclature",
    "partner": "partner",
    "simpleaverage": "tariff_percent",
    "min_rate": "tariff_min_percent",
    "max_rate": "tariff_max_percent",
    **LINES,
}
QUERY: Final = {
    "reporter": "importer",
    "partner": "partner",
    "product": "product",
    "selected nomen": "nomenclature",
    "tariff year": "year",
    "dutytype": "duty",
    "simple average": "tariff_percent",
    "weighted average": "tariff_weighted_percent",
}
HIGHEST_PERCENT: Final = 100_000.0


def read(given: Input) -> Draft:
    """Read tariffs.

    Parameters
    ----------
    given
        Companions: the table of beneficiary groups (columns RegionCode and PartnerCode).

    Returns
    -------
    Draft
        importer (ISO3, or EU), exporter (ISO3; empty for all partners), year, product (text),
        nomenclature, duty (MFN, PREF, or as the query says), tariff_percent and the like. A
        beneficiary group becomes one row a member; ``group`` keeps its code.

    Raises
    ------
    FaultsError
        Rates that are no numbers or negative, codes nobody knows.
    """
    names = QUERY if given.release == "wits_query" else BULK
    with staged(given, list(names)) as stage:
        raw = text_frame(stage)
        skip = given.sheets[0].skip
    frame = raw.rename(columns={old: new for old, new in names.items() if old in raw})
    if "duty" not in frame:
        frame["duty"] = "PREF" if given.release == "wits_pref" else "MFN"
    faults = _convert(frame, skip)
    frame["importer"], unknown = _reporters(frame["importer"])
    faults += (
        [f"{rows_of(unknown, skip)}: the reporter is no known economy"] if unknown.any() else []
    )
    if faults:
        raise FaultsError(faults, where=given.label)
    key = [
        name
        for name in ("importer", "partner", "year", "product", "nomenclature", "duty")
        if name in frame
    ]
    twice = frame.duplicated(key)
    if twice.any():
        raise FaultsError(
            [f"{rows_of(twice, skip)}: the same key stands in an earlier row"], where=given.label
        )
    tally = Tally(frame)
    if given.options.years:
        tally.drop("a year that was not asked for", ~frame["year"].isin(given.options.years))
    table, made = _partners(tally, given)
    unknown_rates = int(table["tariff_percent"].isna().sum())
    order = [
        name
        for name in ("importer", "exporter", "year", "product", "nomenclature", "duty")
        if name in table
    ]
    table = table.sort_values(order, ignore_index=True)[
        order + [name for name in table if name not in order]
    ]
    return Draft(
        kind="tariffs",
        table=table,
        units={str(name): "percent" for name in table if str(name).endswith("_percent")},
        counts=tally.counts(len(table), made=made, unknown=unknown_rates),
        warnings=tuple(_warnings(table)),
    )


def _convert(frame: pd.DataFrame, skip: int) -> list[str]:
    faults = []
    for name in [*PERCENT_COLUMNS, "tariff_weighted_percent", "year", *LINES.values()]:
        if name not in frame:
            continue
        found, bad = numbers(frame[name])
        if bad.any():
            faults.append(f"{rows_of(bad, skip)}: {name} is no finite number")
        negative = found < 0
        if negative.any():
            faults.append(f"{rows_of(negative, skip)}: {name} is negative")
        if name.endswith("percent") and (found > HIGHEST_PERCENT).any():
            faults.append(f"{rows_of(found > HIGHEST_PERCENT, skip)}: {name} is beyond any tariff")
        frame[name] = found
    if frame["year"].isna().any():
        faults.append(f"{rows_of(frame['year'].isna(), skip)}: the year is missing")
    else:
        frame["year"] = frame["year"].astype("int64")
    return faults


def _reporters(codes: pd.Series) -> tuple[pd.Series, pd.Series]:
    found = identify(codes.unique(), "numbers")
    named = {
        code: EU if _plain(code) in EU_CODES or code in {"EUN", "EUE"} else one.iso3
        for code, one in found.items()
    }
    mapped = codes.map(named)
    return mapped, mapped == ""


def _plain(code: str) -> str:
    return code.lstrip("0") or "0"


def _partners(tally: Tally, given: Input) -> tuple[pd.DataFrame, int]:
    """Name the partners; a group becomes its members, or stays out and is counted."""
    if "partner" not in tally.frame:
        tally.frame = tally.frame.assign(exporter="", group="")
        return tally.frame, 0
    groups = _groups(given)
    codes = identify(tally.frame["partner"].unique(), "numbers")
    members: dict[str, list[str]] = {}
    for code, one in codes.items():
        if code in groups:
            members[code] = groups[code]
        elif one.kept:
            members[code] = [one.iso3]
        elif one.standing == "world":
            members[code] = [""]
    partner = tally.frame["partner"]
    tally.drop(
        "the partner is a beneficiary group, and no table of groups says who belongs to it",
        ~partner.isin(members),
    )
    kept = tally.frame
    grouped = kept["partner"].isin(groups)
    kept = kept.assign(
        exporter=kept["partner"].map(members), group=kept["partner"].where(grouped, "")
    )
    table = kept.explode("exporter", ignore_index=True).drop(columns="partner")
    return table, len(table) - len(kept)


def _groups(given: Input) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sheet in given.companions_of("wits_groups"):
        table = small_table(sheet, ["regioncode", "partnercode"], given.limits)
        named = identify(table["partnercode"].unique(), "numbers")
        for group, code in zip(table["regioncode"], table["partnercode"], strict=True):
            if named[code].kept:
                found.setdefault(group, []).append(named[code].iso3)
    return {group: sorted(set(members)) for group, members in found.items()}


def _warnings(table: pd.DataFrame) -> list[str]:
    warnings = []
    vintages = sorted(set(table["nomenclature"])) if "nomenclature" in table else []
    if len(vintages) > 1:
        warnings.append(
            f"products come in several nomenclatures: {', '.join(vintages)}; do not join them"
        )
    duties = sorted(set(table["duty"]))
    if len(duties) > 1:
        warnings.append(f"one row a duty type ({', '.join(duties)}): choose one before adding up")
    return warnings
