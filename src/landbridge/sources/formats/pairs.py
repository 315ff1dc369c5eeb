"""Pair data sets: CEPII Gravity and the Dynamic Gravity Dataset.

Traps of CEPII: economies that split or changed stand twice under one ISO3 (``country_id`` DEU.1 and
DEU.2), so rows of an economy that does not exist in a year are left out; trade and GDP are thousand
USD, population thousand persons; releases before V202204 have other distances. Traps of the Dynamic
Gravity Dataset: a region is misspelt (``suth_east_asia``), and some variables that should be
symmetric are not.
"""
# ruff: noqa: S608 - queries are built of positional names (c0, c1) and `literal`, never of data

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.errors import DataError, FaultsError, InputError, suggest
from landbridge.sources.files.engine import quoted
from landbridge.sources.files.headers import fold, release_row
from landbridge.sources.files.stage import Check, Stage
from landbridge.sources.flows import FIRST_YEAR, LAST_YEAR, MOST_CODES
from landbridge.sources.identity import Identity, identify, keep_unknown
from landbridge.sources.model import Counts, Draft, Dropped
from landbridge.sources.reading import Input, staged
from landbridge.tables import embedded_table

KEYS: Final = ("year", "iso3_o", "iso3_d")
SYMMETRIC: Final = (
    "contiguity",
    "common_language",
    "common_coloniser",
    "common_legal_origin",
    "colony_ever",
    "distance_weighted_km",
    "agreement",
)
TYPO: Final = ("suth_east_asia", "south_east_asia")
MOST_CELLS: Final = 200_000_000
HIGHEST_TRADE_TO_GDP: Final = (
    5.0  # world trade is a fifth of GDP; a wrong unit is a factor of 1,000
)
PLAUSIBLE_PAIRS: Final = 20
SPLIT: Final = (
    " Economies that split stand twice in the full file; country_exists_o and country_exists_d "
    "tell which row holds, and this file lacks them."
)
EXISTS: Final = ("country_exists_o", "country_exists_d")


def read(given: Input) -> Draft:
    """Read a pair data set.

    Parameters
    ----------
    given
        Options: ``variables`` names published columns; empty takes the usual ones, ``("all",)``
        all of them.

    Returns
    -------
    Draft
        exporter, importer, year and the variables, scaled as ``data/pair_variables.csv`` says.
        For CEPII value_million_usd is BACI's flow.

    Raises
    ------
    FaultsError
        Pairs that stand twice in a year, codes nobody knows, values that are no numbers.
    DataError
        Trade and GDP cannot be in the same unit, or the table would not fit into memory.

    Source: M. Conte, P. Cotterlaz and T. Mayer, The CEPII Gravity Database (2022-05);
    T. Gurevich and P. Herman, The Dynamic Gravity Dataset (USITC 2018-02-A).
    """
    dataset = release_row(given.release)["dataset"]
    with staged(given, _wanted(given, dataset)) as stage:
        identities, numeric = _checked(stage, given)
        kept: tuple[str, ...] = ()
        if given.options.unknown_codes == "keep":
            identities, kept = keep_unknown(identities)
        _mark(stage, given, identities)
        table, units = _table(stage, dataset, numeric)
        counts = _counts(stage, len(table))
    warnings = [*kept, *_former(identities), *_tidy_regions(table)]
    companions = {}
    if dataset == "cepii_gravity" and "trade_baci_million_usd" in table:
        table = table.rename(columns={"trade_baci_million_usd": "value_million_usd"})
        units["value_million_usd"] = units.pop("trade_baci_million_usd")
        _check_units(table, given.label)
    if dataset == "dynamic_gravity":
        asymmetric = asymmetries(table)
        companions = {"asymmetries": asymmetric}
        warnings += [
            f"{row.variable} differs by direction in {row.pairs:,} pairs and years "
            f"(for one {row.example}), though it should be symmetric"
            for row in asymmetric.itertuples()
        ]
    return Draft(
        kind="pairs",
        table=table,
        units=units,
        counts=counts,
        warnings=tuple(warnings),
        trade="goods" if dataset == "cepii_gravity" else "none",
        companions=companions,
    )


def asymmetries(table: pd.DataFrame) -> pd.DataFrame:
    """Find variables that should be symmetric and differ by direction.

    Parameters
    ----------
    table
        Pairs with exporter, importer, year.

    Returns
    -------
    pandas.DataFrame
        variable, pairs (pairs and years that differ, each counted once), example.
    """
    present = [name for name in SYMMETRIC if name in table]
    half = table.loc[:, ["exporter", "importer", "year", *present]]
    other = half.rename(columns={"exporter": "importer", "importer": "exporter"})
    both = half[half["exporter"] < half["importer"]].merge(
        other, on=["exporter", "importer", "year"], suffixes=("", "_back")
    )
    rows = []
    for name in present:
        there, back = both[name], both[f"{name}_back"]
        differ = (there - back).abs() > 1e-9 * there.abs().clip(lower=1.0)
        if differ.any():
            first = both[differ].iloc[0]
            example = f"{first['exporter']}-{first['importer']} in {first['year']}"
            rows.append((name, int(differ.sum()), example))
    return pd.DataFrame(rows, columns=["variable", "pairs", "example"])


def _variables(dataset: str) -> pd.DataFrame:
    table = embedded_table("sources", "pair_variables")
    return table[table["dataset"] == dataset].set_index("column")


def _wanted(given: Input, dataset: str) -> list[str]:
    present = list(dict.fromkeys(name for sheet in given.sheets for name in sheet.folded))
    asked = [fold(name) for name in given.options.variables]
    fixed = [*KEYS, *EXISTS]
    if asked == ["all"]:
        return present
    if not asked:
        known = _variables(dataset)
        core = set(known.index[known["core"]])
        return [*fixed, *(name for name in present if name in core)]
    unknown = [name for name in asked if name not in present]
    if unknown:
        hints = "; ".join(
            f"'{name}': {suggest(name, present) or 'no such column'}" for name in unknown
        )
        raise InputError(f"variables that are not there: {hints}", where=given.label)
    return [*fixed, *asked]


def _checked(stage: Stage, given: Input) -> tuple[dict[str, Identity], set[str]]:
    """Read the file once for what is wrong with it, its codes, and which columns are numbers."""
    year = stage.number("year")
    no_year = (
        f"({stage.not_a_number('year')} OR {year} IS NULL OR {year} NOT BETWEEN {FIRST_YEAR} "
        f"AND {LAST_YEAR})"
    )
    others = [name for name in stage.names if name not in {*KEYS, *EXISTS}]
    tests = [no_year, *(stage.not_a_number(name) for name in others)]
    counted = ", ".join(f"count(*) FILTER (WHERE {test}) AS f{at}" for at, test in enumerate(tests))
    stage.run(
        f"CREATE TABLE profile AS SELECT {stage.text('iso3_o')} AS exporter, "
        f"{stage.text('iso3_d')} AS importer, count(*) AS rows, {counted} FROM raw GROUP BY 1, 2"
    )
    totals = ", ".join(f"coalesce(sum(f{at}), 0)" for at in range(len(tests)))
    rows, missing, *broken = stage.one(
        "SELECT coalesce(sum(rows), 0), coalesce(sum(rows) FILTER (WHERE exporter IS NULL OR "
        f"importer IS NULL), 0), {totals} FROM profile"
    )
    stage.know_rows(int(rows))
    checks = [Check("the year is missing or no year", no_year)]
    counts = [int(broken[0])]
    if not _has_exists(stage):
        either = f"({stage.text('iso3_o')} IS NULL OR {stage.text('iso3_d')} IS NULL)"
        checks.append(Check("iso3_o or iso3_d is missing", either))
        counts.append(int(missing))
    faults = stage.told(checks, counts)
    codes = stage.all(
        "SELECT exporter FROM profile UNION SELECT importer FROM profile ORDER BY 1 "
        f"LIMIT {MOST_CODES + 1}"
    )
    if len(codes) > MOST_CODES:
        faults.append(f"more than {MOST_CODES:,} different codes of economies: these are none")
        raise FaultsError(faults, where=stage.label)
    identities = identify([row[0] for row in codes if row[0]], "letters")
    if given.options.unknown_codes == "refuse":
        faults += _unknown(stage, identities)
    if faults:
        raise FaultsError(faults, where=stage.label)
    return identities, {name for name, bad in zip(others, broken[1:], strict=True) if not bad}


def _unknown(stage: Stage, identities: dict[str, Identity]) -> list[str]:
    faults = []
    for code in [code for code, one in identities.items() if one.standing == "unknown"][:10]:
        count = stage.one("SELECT sum(rows) FROM profile WHERE ? IN (exporter, importer)", [code])
        first = stage.one(
            f"SELECT min(id) FROM {stage.numbered} "
            f"WHERE ? IN ({stage.text('iso3_o')}, {stage.text('iso3_d')})",
            [code],
        )
        hint = identities[code].hint
        place = stage.rows_named([first[0]], int(count[0]))
        faults.append(f"{place}: '{code[:40]}' is no known economy. {hint}".strip())
    return faults


def _has_exists(stage: Stage) -> bool:
    return all(stage.has(name) for name in EXISTS)


def _mark(stage: Stage, given: Input, identities: dict[str, Identity]) -> None:
    """Name the economies and give each row that stays out its reason."""
    frame = pd.DataFrame(
        [(one.code, one.iso3, one.reason or None) for one in identities.values()],
        columns=["code", "iso3", "reason"],
        dtype=object,
    )
    stage.run("CREATE TABLE economy (code VARCHAR, iso3 VARCHAR, reason VARCHAR)")
    stage.connection.append("economy", frame)
    reasons = []
    if _has_exists(stage):
        gone = " OR ".join(f"coalesce({stage.number(name)}, 1) = 0" for name in EXISTS)
        reasons.append(f"WHEN {gone} THEN 'one of the two does not exist in that year'")
    if given.options.years:
        years = ", ".join(str(int(year)) for year in given.options.years)
        reasons.append(
            f"WHEN {stage.number('year')} NOT IN ({years}) THEN 'a year that was not asked for'"
        )
    reasons += [
        "WHEN e.code IS NULL OR i.code IS NULL THEN 'an economy without an ISO3 code'",
        "WHEN e.reason IS NOT NULL THEN 'the exporter is ' || e.reason",
        "WHEN i.reason IS NOT NULL THEN 'the importer is ' || i.reason",
    ]
    stage.run(
        f"CREATE VIEW named AS SELECT e.iso3 AS exporter, i.iso3 AS importer, "
        f"CAST({stage.number('year')} AS INTEGER) AS year, CASE {' '.join(reasons)} END AS reason, "
        f"raw.* FROM raw LEFT JOIN economy e ON e.code = {stage.text('iso3_o')} "
        f"LEFT JOIN economy i ON i.code = {stage.text('iso3_d')}"
    )
    kept = ", ".join(
        f"CASE WHEN reason IS NULL THEN {name} END AS {name}"
        for name in ("exporter", "importer", "year")
    )
    stage.run(
        f"CREATE TABLE keys AS SELECT {kept}, reason, count(*) AS rows FROM named GROUP BY ALL"
    )
    _refuse_doubles(stage)


def _refuse_doubles(stage: Stage) -> None:
    twice = "SELECT * FROM keys WHERE reason IS NULL AND rows > 1"
    count, rows = stage.one(f"SELECT count(*), coalesce(sum(rows), 0) FROM ({twice})")
    if not count:
        return
    pairs = stage.all(f"SELECT exporter, importer, year FROM ({twice}) ORDER BY ALL LIMIT 3")
    shown = "; ".join(f"{one}-{two} in {year}" for one, two, year in pairs)
    codes = f"{stage.text('iso3_o')} = ? AND {stage.text('iso3_d')} = ?"
    first = stage.all(
        f"SELECT id FROM {stage.numbered} WHERE {codes} AND {stage.number('year')} = ? "
        "ORDER BY id LIMIT 5",
        list(pairs[0]),
    )
    places = ", ".join(stage.place(row[0]) for row in first)
    fault = f"{count:,} pairs stand more than once in a year, {int(rows):,} rows: {shown}"
    fault += f" ({places})." if places else "."
    raise FaultsError([fault if _has_exists(stage) else fault + SPLIT], where=stage.label)


def _table(stage: Stage, dataset: str, numeric: set[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    known = _variables(dataset)
    names = [name for name in stage.names if name not in {*KEYS, *EXISTS}]
    kept = int(stage.one("SELECT count(*) FROM keys WHERE reason IS NULL")[0])
    if kept * (len(names) + 3) > MOST_CELLS:
        raise DataError(
            f"the table would have {kept:,} rows and {len(names) + 3} columns, more than memory "
            "holds",
            where=stage.label,
            mend="Ask for fewer years or variables.",
        )
    columns, units = [], {}
    for name in names:
        listed = name in known.index
        shown = str(known["name"][name]) if listed else _spelt(name)
        factor = float(known["factor"][name]) if listed else 1.0
        number = f"{stage.number(name)} * {factor!r}" if factor != 1.0 else stage.number(name)
        words = name not in numeric or (listed and known["unit"][name] == "text")
        columns.append(f"{stage.text(name) if words else number} AS {quoted(shown)}")
        if listed and known["unit"][name] != "text":
            units[shown] = str(known["unit"][name])
    listed_columns = "".join(f", {column}" for column in columns)
    table = stage.frame(
        f"SELECT exporter, importer, year{listed_columns} FROM named WHERE reason IS NULL "
        "ORDER BY year, exporter, importer"
    )
    return table, units


def _spelt(name: str) -> str:
    for tail, spelt in (("_o", "_exporter"), ("_d", "_importer")):
        if name.endswith(tail):
            return name.removesuffix(tail) + spelt
    return name


def _counts(stage: Stage, table: int) -> Counts:
    rows = stage.all(
        "SELECT reason, sum(rows) FROM keys WHERE reason IS NOT NULL "
        "GROUP BY reason ORDER BY reason"
    )
    dropped = tuple(Dropped(reason, int(count)) for reason, count in rows)
    return Counts(unit="rows", read=stage.rows, dropped=dropped, merged=0, table=table)


def _former(identities: dict[str, Identity]) -> list[str]:
    former = sorted({one.iso3 for one in identities.values() if one.standing == "former"})
    return (
        [f"economies that are no more keep their old codes: {', '.join(former)}"] if former else []
    )


def _tidy_regions(table: pd.DataFrame) -> list[str]:
    wrong = 0
    for name in ("region_exporter", "region_importer"):
        if name in table:
            mask = table[name] == TYPO[0]
            wrong += int(mask.sum())
            table.loc[mask, name] = TYPO[1]
    return [f"{wrong:,} regions spelt {TYPO[0]} were read as {TYPO[1]}"] if wrong else []


def _check_units(table: pd.DataFrame, label: str) -> None:
    """Hold trade against GDP: a unit mistaken for another is off by a thousand."""
    needed = ("value_million_usd", "gdp_exporter_million_usd")
    if any(name not in table for name in needed):
        return
    known = table.dropna(subset=list(needed))
    if len(known) < PLAUSIBLE_PAIRS:
        return
    gdp = known.groupby(["year", "exporter"])["gdp_exporter_million_usd"].first().sum()
    trade = known["value_million_usd"].sum()
    if trade > HIGHEST_TRADE_TO_GDP * gdp:
        raise DataError(
            f"trade is {trade / gdp:.0f} times the exporters' GDP: they are not in the same unit",
            where=label,
            mend="CEPII publishes both in thousand USD; the file was changed.",
        )
