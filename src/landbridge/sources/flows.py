"""Flows from a stage: check, name the economies, sort out rows with a reason each, add up.

All of it happens in the database; what comes into memory is the table asked for. Values are added
up as exact decimals, so that sums do not depend on the order of rows or threads.
"""
# ruff: noqa: S608 - queries are built of positional names (c0, c1) and `literal`, never of data

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Final

import pandas as pd

from landbridge.errors import FaultsError
from landbridge.sources.files.engine import literal
from landbridge.sources.files.stage import Check, Stage
from landbridge.sources.identity import CODES_SHOWN, Coding, Identity, identify, keep_unknown
from landbridge.sources.model import Counts, Dropped, LoadOptions

MONEY: Final = "DECIMAL(38, 12)"  # million USD; exact to a thousandth of a cent and beyond
LARGEST: Final = 1e15  # million USD; no flow on earth comes near
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2200
BITS: Final = 120  # of a 128-bit integer, clear of its sign
MASKED: Final = 240
MOST_CODES: Final = 20_000


@dataclass(frozen=True)
class FlowPlan:
    """How the columns of a file become flows. All entries are SQL over ``raw``.

    Attributes
    ----------
    exporter, importer
        Codes of the two economies, as text.
    coding
        How they are written.
    year, value
        Whole number; number in the file's unit.
    factor
        From the file's unit to million USD.
    bad_value, bad_year
        True where value or year hold something that is no number.
    key
        What identifies a row; a key that stands twice is a fault.
    masked
        A column of at most 240 small whole numbers in the key: repetitions are then found with
        bit masks, in much less memory.
    groups
        Further columns of the table: name to SQL (sector, product and the like).
    drops
        Rows left out: reason and condition, the first that holds counts.
    unknown, mirror
        True where the value is not known; where it is the partner's report.
    sums
        Further numbers to add up: name to SQL.
    keep_self
        Whether sales of an economy to itself belong to the table.
    checks
        Further rules.
    asides
        Conditions whose rows are counted for a remark: name to SQL.
    explained
        Codes that the file itself explains.
    """

    exporter: str
    importer: str
    coding: Coding
    year: str
    value: str
    factor: float
    bad_value: str
    bad_year: str
    key: tuple[str, ...]
    masked: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    drops: tuple[tuple[str, str], ...] = ()
    unknown: str = "false"
    mirror: str = "false"
    sums: Mapping[str, str] = field(default_factory=dict)
    keep_self: bool = True
    checks: tuple[Check, ...] = ()
    asides: Mapping[str, str] = field(default_factory=dict)
    explained: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FlowResult:
    """The table of flows, where the rows went, the codes met, remarks.

    ``asides`` has the counts asked for by the plan, ``last_year`` the file's last year.
    """

    table: pd.DataFrame
    counts: Counts
    identities: Mapping[str, Identity]
    warnings: tuple[str, ...]
    asides: Mapping[str, int]
    last_year: int


def collect(stage: Stage, plan: FlowPlan, options: LoadOptions) -> FlowResult:
    """Check a file and bring its flows into one table.

    Parameters
    ----------
    stage
        The file.
    plan
        What its columns mean.
    options
        Years, and what to do about unknown codes.

    Returns
    -------
    FlowResult
        ``table``: exporter, importer, year, the plan's groups, value_million_usd (missing where no
        row's value is known), the plan's sums, cells, unknown_cells, mirror_cells.

    Raises
    ------
    FaultsError
        All faults of the file at once, with row numbers: no number, negative, infinite, no year,
        no economy, an unknown code, the same key twice.
    """
    checks = _checks(plan)
    profile = _profile(stage, plan, checks)
    identities = _identities(stage, plan)
    faults = stage.told(checks, profile.broken)
    faults += repeated(stage, plan.key, plan.masked)
    if options.unknown_codes == "refuse":
        faults += _unknown(stage, identities)
    if faults:
        raise FaultsError(faults, where=stage.label)
    kept: tuple[str, ...] = ()
    if options.unknown_codes == "keep":
        identities, kept = keep_unknown(identities)
    _name_codes(stage, identities)
    _group(stage, plan, options)
    found = _result(stage, plan, identities, profile)
    return replace(found, warnings=(*found.warnings, *kept))


@dataclass(frozen=True)
class _Profile:
    """What one pass over the file tells: its value, its last year, what is wrong with it."""

    million_usd: float
    last_year: int
    broken: tuple[int, ...]
    asides: Mapping[str, int]


def _profile(stage: Stage, plan: FlowPlan, checks: Sequence[Check]) -> _Profile:
    """Read the file once for everything that can be told by pair of codes."""
    conditions = [check.condition for check in checks] + list(plan.asides.values())
    broken = ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS f{at}" for at, condition in enumerate(conditions)
    )
    stage.run(
        f"CREATE TABLE profile AS SELECT {plan.exporter} AS exporter, {plan.importer} AS importer, "
        f"count(*) AS rows, max({plan.year}) AS last, {broken}, "
        f"{_sum_of(f'({plan.value}) * {plan.factor!r}')} "
        f"FILTER (WHERE ({plan.unknown}) IS NOT TRUE) AS value FROM raw GROUP BY 1, 2"
    )
    totals = ", ".join(f"coalesce(sum(f{at}), 0)" for at in range(len(conditions)))
    rows, value, last, *counts = stage.one(
        f"SELECT coalesce(sum(rows), 0), coalesce(sum(value), 0), coalesce(max(last), 0), {totals} "
        "FROM profile"
    )
    stage.know_rows(int(rows))
    told = [int(count) for count in counts]
    return _Profile(
        million_usd=float(value),
        last_year=int(last) if isfinite(last) else 0,
        broken=tuple(told[: len(checks)]),
        asides=dict(zip(plan.asides, told[len(checks) :], strict=True)),
    )


def _sum_of(value: str) -> str:
    """Write SQL for an exact sum; what is no sensible flow counts zero, and is a fault."""
    sane = f"CASE WHEN abs({value}) > {LARGEST!r} THEN 0 ELSE {value} END"
    return f"sum(CAST({sane} AS {MONEY}))"


def repeated(stage: Stage, key: Sequence[str], masked: str = "") -> list[str]:
    """Find keys that stand twice.

    Parameters
    ----------
    stage
        The file.
    key
        SQL expressions that together name a row.
    masked
        One of them, of few small whole numbers, that may be packed into bits.

    Returns
    -------
    list of str
        One fault with the first rows, or nothing.
    """
    if not key:
        return []
    if masked and not _masks_repeat(stage, [part for part in key if part != masked], masked):
        return []
    columns = ", ".join(key)
    twice = f"SELECT count(*) AS n FROM raw GROUP BY {columns} HAVING count(*) > 1"
    keys, rows = stage.one(f"SELECT count(*), coalesce(sum(n), 0) FROM ({twice})")
    if not keys:
        return []
    partition = f"row_number() OVER (PARTITION BY {columns} ORDER BY id) AS copy"
    found = stage.all(
        f"SELECT id FROM (SELECT id, {partition} FROM {stage.numbered}) WHERE copy > 1 "
        "ORDER BY id LIMIT 5"
    )
    shown = stage.rows_named([row[0] for row in found], int(rows - keys))
    return [f"{shown}: the same key stands in an earlier row"]


def _masks_repeat(stage: Stage, rest: Sequence[str], masked: str) -> bool:
    number = f"TRY_CAST({masked} AS UTINYINT)"
    low = f"bit_or(CASE WHEN {number} < {BITS} THEN 1::HUGEINT << {number} END)"
    high = f"bit_or(CASE WHEN {number} >= {BITS} THEN 1::HUGEINT << ({number} - {BITS}) END)"
    low_bits, high_bits = (f"coalesce(bit_count({mask})::INTEGER, 0)" for mask in (low, high))
    seen = f"{low_bits} + {high_bits}"
    # A number that does not fit into the masks is not seen, so its group looks repeated: then the
    # plain way decides.
    fits = f"count(*) FILTER (WHERE {number} < {MASKED})"
    query = (
        f"SELECT count(*) FROM (SELECT 1 FROM raw GROUP BY {', '.join(rest)} "
        f"HAVING count(*) > {seen} OR count(*) > {fits})"
    )
    return bool(stage.one(query)[0])


def _checks(plan: FlowPlan) -> list[Check]:
    value, year = plan.value, plan.year
    return [
        Check("the exporter is missing", f"{plan.exporter} IS NULL"),
        Check("the importer is missing", f"{plan.importer} IS NULL"),
        Check("the value is no finite number", plan.bad_value),
        Check("the value is negative", f"({value} < 0)"),
        Check(
            "the value is larger than any economy",
            f"(isfinite({value}) AND {value} * {plan.factor!r} > {LARGEST!r})",
        ),
        Check(
            "the year is missing or no year",
            f"({plan.bad_year} OR {year} IS NULL OR {year} NOT BETWEEN {FIRST_YEAR} AND "
            f"{LAST_YEAR} OR {year} != floor({year}))",
        ),
        *plan.checks,
    ]


def _identities(stage: Stage, plan: FlowPlan) -> dict[str, Identity]:
    rows = stage.all(
        "SELECT DISTINCT code FROM (SELECT exporter AS code FROM profile UNION ALL "
        f"SELECT importer FROM profile) WHERE code IS NOT NULL ORDER BY code LIMIT {MOST_CODES + 1}"
    )
    if len(rows) > MOST_CODES:
        raise FaultsError(
            [f"more than {MOST_CODES:,} different codes of economies: these are none"],
            where=stage.label,
        )
    stage.run(
        f"CREATE VIEW ends AS SELECT id, {plan.exporter} AS exporter, {plan.importer} AS importer "
        f"FROM {stage.numbered}"
    )
    return identify([row[0] for row in rows], plan.coding, extra=plan.explained)


def _unknown(stage: Stage, identities: Mapping[str, Identity]) -> list[str]:
    unknown = [code for code, found in identities.items() if found.standing == "unknown"]
    faults = []
    for code in unknown[:CODES_SHOWN]:
        count = stage.one("SELECT sum(rows) FROM profile WHERE ? IN (exporter, importer)", [code])[
            0
        ]
        first = stage.one("SELECT min(id) FROM ends WHERE ? IN (exporter, importer)", [code])[0]
        hint = identities[code].hint
        shown = hint if hint.startswith("'") else f"'{code[:40]}' is no known economy. {hint}"
        faults.append(f"{stage.rows_named([first], int(count))}: {shown.strip()}")
    if len(unknown) > CODES_SHOWN:
        faults.append(f"and {len(unknown) - CODES_SHOWN} more unknown codes")
    return faults


def _name_codes(stage: Stage, identities: Mapping[str, Identity]) -> None:
    stage.run("CREATE TABLE economy (code VARCHAR, iso3 VARCHAR, reason VARCHAR)")
    if identities:
        frame = pd.DataFrame(
            [(one.code, one.iso3, one.reason or None) for one in identities.values()],
            columns=["code", "iso3", "reason"],
            dtype=object,
        )
        stage.connection.append("economy", frame)


def _group(stage: Stage, plan: FlowPlan, options: LoadOptions) -> None:
    """Add up by the file's own codes, then name the economies and add up again."""
    reasons = [f"WHEN {condition} THEN {literal(reason)}" for reason, condition in plan.drops]
    if options.years:
        years = ", ".join(str(int(year)) for year in options.years)
        reasons.append(f"WHEN {plan.year} NOT IN ({years}) THEN 'a year that was not asked for'")
    groups = "".join(f", {sql} AS {name}" for name, sql in plan.groups.items())
    sums = "".join(f", {_sum_of(sql)} AS {name}" for name, sql in plan.sums.items())
    reason = f"CASE {' '.join(reasons)} END" if reasons else "NULL::VARCHAR"
    unknown = f"(({plan.unknown}) IS TRUE OR ({plan.value}) IS NULL)"
    value = _sum_of(f"({plan.value}) * {plan.factor!r}")
    stage.run(
        f"CREATE TABLE coded AS SELECT {plan.exporter} AS exporter, {plan.importer} AS importer, "
        f"CAST({plan.year} AS INTEGER) AS year{groups}, "
        f"{reason} AS reason, "
        f"count(*) AS cells, count(*) FILTER (WHERE {unknown}) AS unknown_cells, "
        f"count(*) FILTER (WHERE ({plan.mirror}) IS TRUE) AS mirror_cells, "
        f"{value} FILTER (WHERE NOT {unknown}) AS value{sums} FROM raw GROUP BY ALL"
    )
    stage.run(f"CREATE TABLE grouped AS {_named(plan)}")


def _named(plan: FlowPlan) -> str:
    """Write SQL that names the economies of ``coded`` and adds up what became one."""
    same = "WHEN e.iso3 = i.iso3 THEN 'exporter and importer are the same economy' "
    reason = (
        "CASE WHEN c.reason IS NOT NULL THEN c.reason "
        "WHEN e.reason IS NOT NULL THEN 'the exporter is ' || e.reason "
        "WHEN i.reason IS NOT NULL THEN 'the importer is ' || i.reason "
        f"{'' if plan.keep_self else same}END"
    )
    names = ["exporter", "importer", "year", *plan.groups]
    kept = ", ".join(f"CASE WHEN reason IS NULL THEN {name} END AS {name}" for name in names)
    counted = ("cells", "unknown_cells", "mirror_cells")
    added = "".join(f", CAST(sum({name}) AS BIGINT) AS {name}" for name in counted)
    added += "".join(f", sum({name}) AS {name}" for name in ("value", *plan.sums))
    inner = (
        f"SELECT c.* REPLACE (e.iso3 AS exporter, i.iso3 AS importer, {reason} AS reason) "
        "FROM coded c JOIN economy e ON e.code = c.exporter JOIN economy i ON i.code = c.importer"
    )
    return f"SELECT {kept}, reason{added} FROM ({inner}) GROUP BY ALL"


def _result(
    stage: Stage, plan: FlowPlan, identities: Mapping[str, Identity], profile: _Profile
) -> FlowResult:
    names = ["exporter", "importer", "year", *plan.groups]
    columns = ", ".join(names)
    sums = "".join(f", CAST({name} AS DOUBLE) AS {name}" for name in plan.sums)
    table = stage.frame(
        f"SELECT {columns}, CAST(value AS DOUBLE) AS value_million_usd{sums}, cells, "
        f"unknown_cells, mirror_cells FROM grouped WHERE reason IS NULL ORDER BY {columns}"
    )
    dropped = tuple(
        Dropped(reason, int(rows), float(value or 0))
        for reason, rows, value in stage.all(
            "SELECT reason, sum(cells), sum(value) FROM grouped WHERE reason IS NOT NULL "
            "GROUP BY reason ORDER BY reason"
        )
    )
    kept, unknown, mirrored, value = stage.one(
        "SELECT coalesce(sum(cells), 0), coalesce(sum(unknown_cells), 0), "
        "coalesce(sum(mirror_cells), 0), coalesce(sum(value), 0) FROM grouped WHERE reason IS NULL"
    )
    counts = Counts(
        unit="rows",
        read=stage.rows,
        dropped=dropped,
        merged=int(kept) - len(table),
        table=len(table),
        unknown=int(unknown),
        mirrored=int(mirrored),
        value_read=profile.million_usd,
        value_table=float(value),
    )
    return FlowResult(
        table, counts, identities, _notes(identities), profile.asides, profile.last_year
    )


def _notes(identities: Mapping[str, Identity]) -> tuple[str, ...]:
    former = sorted({one.iso3 for one in identities.values() if one.standing == "former"})
    notes = []
    if former:
        notes.append(f"economies that are no more keep their old codes: {', '.join(former)}")
    renamed = [
        f"{one.code} is {one.iso3}"
        for one in identities.values()
        if one.standing == "economy"
        and one.code.isalpha()
        and one.code.upper() != one.iso3
        and len(one.code) <= 3  # noqa: PLR2004 - a code, not a name
    ]
    if renamed:
        notes.append(f"codes read as another: {', '.join(sorted(renamed))}")
    return tuple(notes)
