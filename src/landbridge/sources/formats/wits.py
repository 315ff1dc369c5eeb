"""WITS/TRAINS tariffs: the bulk files (most favoured nation, preferential) and the query export.

Traps: the reporter is a number, and the European Union is 918; a preferential row's partner may be
a group of beneficiaries, whose members stand in a second table; one pull may mix HS vintages; the
query export has one row a duty type. Rates are percent.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.files.engine import literal
from landbridge.sources.files.stage import Check, Stage
from landbridge.sources.flows import MOST_CODES, repeated
from landbridge.sources.identity import identify
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, Tally, small_table, staged

EU: Final = "EU"
EU_CODES: Final = frozenset({"918", "97", "EUN", "EUE"})
KEYS: Final = ("importer", "partner", "year", "product", "nomenclature", "duty")
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
        present = {old: new for old, new in names.items() if stage.has(old)}
        checks = [check for old, new in present.items() for check in _checks(stage, old, new)]
        faults = stage.faults(checks)
        reporter = next(old for old, new in present.items() if new == "importer")
        reporters, unknown = _reporters(stage, reporter)
        if given.options.unknown_codes == "refuse":
            faults += unknown
        faults += repeated(
            stage, [stage.column(old) for old, new in present.items() if new in KEYS]
        )
        if faults:
            raise FaultsError(faults, where=given.label)
        taken = ", ".join(f"{_typed(stage, old, new)} AS {new}" for old, new in present.items())
        frame = stage.frame(f"SELECT {taken} FROM raw")  # noqa: S608 - names of this module
    if "duty" not in frame:
        frame["duty"] = "PREF" if given.release == "wits_pref" else "MFN"
    frame["importer"] = frame["importer"].map(reporters)
    tally = Tally(frame)
    tally.drop("the reporter is an unknown code", frame["importer"].eq(""))
    if given.options.years:
        asked = tally.frame["year"].isin(given.options.years)
        tally.drop("a year that was not asked for", ~asked)
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


def _is_number(name: str) -> bool:
    return name == "year" or name.endswith("_percent") or name in LINES.values()


def _typed(stage: Stage, old: str, new: str) -> str:
    if new == "year":
        return f"CAST({stage.number(old)} AS INTEGER)"
    return stage.number(old) if _is_number(new) else f"coalesce({stage.text(old)}, '')"


def _checks(stage: Stage, old: str, new: str) -> list[Check]:
    if not _is_number(new):
        return []
    number = stage.number(old)
    checks = [
        Check(f"{new} is no finite number", stage.not_a_number(old)),
        Check(f"{new} is negative", f"({number} < 0)"),
    ]
    if new == "year":
        checks.append(Check("the year is missing", f"({number} IS NULL)"))
    if new.endswith("_percent"):
        beyond = f"(isfinite({number}) AND {number} > {HIGHEST_PERCENT!r})"
        checks.append(Check(f"{new} is beyond any tariff", beyond))
    return checks


def _reporters(stage: Stage, name: str) -> tuple[dict[str, str], list[str]]:
    """Name the importers, the European Union among them; tell codes that nobody knows."""
    code = f"coalesce({stage.text(name)}, '')"
    rows = stage.all(f"SELECT {code}, count(*) FROM raw GROUP BY 1 ORDER BY 1 LIMIT {MOST_CODES}")  # noqa: S608
    found = identify([row[0] for row in rows], "numbers")
    named, faults = {}, []
    for text, count in rows:
        named[text] = EU if _plain(text) in EU_CODES else found[text].iso3
        if not named[text]:
            first = stage.first_rows(f"{code} = {literal(text)}")
            place = stage.rows_named(first, int(count))
            faults.append(f"{place}: the reporter '{text[:40]}' is no known economy")
    return named, faults


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
    keys = ["importer", "exporter", "year", "product", "nomenclature", "duty"]
    several = int(table.duplicated([name for name in keys if name in table]).sum())
    if several:
        warnings.append(
            f"{several:,} rates come again for the same pair, by its name and through a group or "
            "through two groups: choose one"
        )
    duties = sorted(set(table["duty"]))
    if len(duties) > 1:
        warnings.append(f"one row a duty type ({', '.join(duties)}): choose one before adding up")
    return warnings
