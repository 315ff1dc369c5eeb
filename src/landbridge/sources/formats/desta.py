"""DESTA: trade agreements by pair of economies, with the withdrawals of the second file.

Traps: text is latin-1; a consolidated text repeats its base treaty; an agreement without a year of
entry into force never was in force; who left stands in a second file; economies are ISO numbers,
but for some that the file makes up (900 is Kosovo): its own names then say who is meant; schemes
that only one side grants are among them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.identity import Identity, identify
from landbridge.sources.model import Draft
from landbridge.sources.reading import (
    Input,
    Tally,
    numbers,
    rows_of,
    slices,
    small_table,
    staged,
    text_frame,
)

WANTED: Final = (
    "country1",
    "country2",
    "iso1",
    "iso2",
    "number",
    "base_treaty",
    "name",
    "entry_type",
    "year",
    "entryforceyear",
    "consolidated",
    "typememb",
    "regioncon",
    "wto_listed",
)
ONE_SIDED: Final = r"lom[eé]|cotonou|yaound|generali[sz]ed|non-?reciprocal|drugs?-?arrangement"


def read(given: Input) -> Draft:
    """Read agreements.

    Parameters
    ----------
    given
        Companions: the file of withdrawals.

    Returns
    -------
    Draft
        iso3_a < iso3_b, number, base_treaty, name, entry_type, signed_year, force_year (missing:
        never in force), until_year (missing: nobody left), one_sided (the name says that only one
        side grants it).

    Raises
    ------
    FaultsError
        Years that are no numbers, codes nobody knows, rows that stand twice.

    Source: A. Dür, L. Baccini and M. Elsig, The design of international trade agreements (Review of
    International Organizations 9, 2014).
    """
    with staged(given, WANTED) as stage:
        frame = text_frame(stage)
    skip = given.sheets[0].skip
    faults = _convert(frame, skip)
    found, named = _parties(frame)
    if given.options.unknown_codes == "refuse":
        faults += _unknown(frame, found, skip)
    twice = frame.duplicated()
    if twice.any():
        faults.append(f"{rows_of(twice, skip)}: the row stands twice")
    if faults:
        raise FaultsError(faults, where=given.label)
    tally = Tally(frame)
    repeats = frame["entry_type"].str.lower().eq("consolidated") | frame["name"].str.contains(
        "(consolidated)", case=False, regex=False
    )
    tally.drop("a consolidated text, which repeats its base treaty", repeats)
    for side in ("iso1", "iso2"):
        standing = tally.frame[side].map(lambda code: found[code].standing)
        tally.drop("a party has an unknown code", standing.eq("unknown"))
        mask = ~tally.frame[side].map(lambda code: found[code].kept)
        tally.drop("a party is a group, not an economy", mask)
    if given.options.years:
        tally.drop("a year that was not asked for", ~tally.frame["year"].isin(given.options.years))
    table = _table(tally.frame, found, _withdrawals(given))
    never = int(table["force_year"].isna().sum())
    warnings = (
        [f"{never:,} rows have no year of entry into force: they never were"] if never else []
    )
    if not given.companions_of("desta_withdrawals"):
        warnings.append(
            "no file of withdrawals was given: economies that left are shown as parties"
        )
    if named:
        warnings.append(f"codes told by the file's own names: {slices(named)}")
    return Draft("agreements", table, {}, tally.counts(len(table), unknown=never), tuple(warnings))


def _convert(frame: pd.DataFrame, skip: int) -> list[str]:
    faults = []
    if "entryforceyear" not in frame:
        frame["entryforceyear"] = ""
    for name in ("year", "entryforceyear"):
        frame[name], bad = numbers(frame[name])
        if bad.any():
            faults.append(f"{rows_of(bad, skip)}: {name} is no number")
    return faults


def _parties(frame: pd.DataFrame) -> tuple[dict[str, Identity], dict[str, str]]:
    """Tell what each code stands for: by its number, else by the one name the file gives it.

    Returns
    -------
    tuple
        The identities, and the codes that only a name told: code to ISO3.
    """
    codes = pd.unique(frame[["iso1", "iso2"]].to_numpy().ravel())
    found = identify(codes, "numbers")
    unknown = {code for code, one in found.items() if one.standing == "unknown"}
    if not unknown or not {"country1", "country2"} <= set(frame.columns):
        return found, {}
    names: dict[str, set[str]] = {code: set() for code in unknown}
    for code, name in (("iso1", "country1"), ("iso2", "country2")):
        rows = frame.loc[frame[code].isin(unknown), [code, name]].drop_duplicates()
        for one, called in zip(rows[code], rows[name], strict=True):
            names[one].add(called)
    # An economy that has a number of its own elsewhere is misspelt here, not renamed.
    taken = {one.iso3 for one in found.values()}
    told: dict[str, str] = {}
    for code, called in names.items():
        meant = {identity.iso3 for identity in identify(sorted(called), "names").values()}
        if len(meant) == 1 and not meant & taken:
            told[code] = meant.pop()
    return identify(codes, "numbers", extra=told), dict(sorted(told.items()))


def _unknown(frame: pd.DataFrame, found: dict[str, Identity], skip: int) -> list[str]:
    faults = []
    for side in ("iso1", "iso2"):
        mask = frame[side].map(lambda code: found[code].standing == "unknown")
        if mask.any():
            codes = ", ".join(sorted(set(frame.loc[mask, side]))[:5])
            faults.append(f"{rows_of(mask, skip)}: {side} is no known economy ({codes})")
    return faults


def _withdrawals(given: Input) -> pd.DataFrame:
    """Read when a pair's agreement ended: iso3_a, iso3_b, base_treaty, until_year."""
    rows = []
    for sheet in given.companions_of("desta_withdrawals"):
        wanted = ["country1", "country2", "iso1", "iso2", "base_treaty", "year"]
        table = small_table(sheet, wanted, given.limits)
        years, _ = numbers(table["year"])
        found, _ = _parties(table)
        for one, two, treaty, year in zip(
            table["iso1"], table["iso2"], table["base_treaty"], years, strict=True
        ):
            pair = sorted((found[one].iso3, found[two].iso3))
            rows.append((*pair, treaty, year))
    frame = pd.DataFrame(rows, columns=["iso3_a", "iso3_b", "base_treaty", "until_year"])
    keys = ["iso3_a", "iso3_b", "base_treaty"]
    return frame.groupby(keys)["until_year"].min().reset_index()


def _table(
    frame: pd.DataFrame, found: dict[str, Identity], withdrawals: pd.DataFrame
) -> pd.DataFrame:
    iso3 = {code: one.iso3 for code, one in found.items()}
    one, two = frame["iso1"].map(iso3), frame["iso2"].map(iso3)
    table = pd.DataFrame(
        {
            "iso3_a": np.where(one < two, one, two),
            "iso3_b": np.where(one < two, two, one),
            "number": frame["number"].to_numpy(),
            "base_treaty": frame["base_treaty"].to_numpy(),
            "name": frame["name"].to_numpy(),
            "entry_type": frame["entry_type"].to_numpy(),
            "signed_year": frame["year"].astype("Int64").array,
            "force_year": frame["entryforceyear"].astype("Int64").array,
            "one_sided": frame["name"].str.contains(ONE_SIDED, case=False).to_numpy(),
        }
    )
    table = table.merge(withdrawals, on=["iso3_a", "iso3_b", "base_treaty"], how="left")
    table["until_year"] = table["until_year"].astype("float64").astype("Int64")
    order = ["iso3_a", "iso3_b", "base_treaty", "number", "entry_type"]
    return table.sort_values(order, ignore_index=True)
