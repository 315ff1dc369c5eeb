"""UN Comtrade, exports of the new portal.

Traps: text is ISO-8859-1; names come with or without capitals and with one more empty column; rows
by customs procedure, means of transport or second partner repeat the total, which alone is kept;
the world (0) stands among the partners and totals of products beside the products; economies are
Comtrade's numbers. Values are USD; exports are free on board, imports include freight.
"""
# ruff: noqa: S608 - queries are built of positional names (c0, c1) and `literal`, never of data

from __future__ import annotations

from dataclasses import replace
from typing import Final

from landbridge.errors import DataError
from landbridge.sources.files.engine import literal
from landbridge.sources.files.stage import Check, Stage
from landbridge.sources.flows import FlowPlan, collect
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, staged

USD: Final = 1e-6
TOLERANCE: Final = 0.005  # details may differ from their total by half a percent
ROUNDING_USD: Final = 1000.0
WANTED: Final = (
    "refyear",
    "period",
    "freqcode",
    "reportercode",
    "flowcode",
    "partnercode",
    "partner2code",
    "cmdcode",
    "customscode",
    "motcode",
    "moscode",
    "primaryvalue",
    "netwgt",
)
TOTALS: Final = {"customscode": "C00", "motcode": "0", "moscode": "0", "partner2code": "0"}
WORLD: Final = "0"
MONTHS: Final = "a month, beside the years that hold it"
ALL_PRODUCTS: Final = "TOTAL"


def read(given: Input) -> Draft:
    """Read Comtrade's rows of totals.

    Parameters
    ----------
    given
        One or several exports of the portal.

    Returns
    -------
    Draft
        Flows with reported_by (``exporter``: free on board; ``importer``: freight included), by
        ``total`` (default), ``sector`` (HS chapter) or ``product``.

    Raises
    ------
    DataError
        Details and their total differ by more than 0.5 percent, or there are details only.
    """
    with staged(given, WANTED) as stage:
        _guard(stage)
        level, warnings = _level(stage, given.options.detail or "total")
        plan = _plan(stage, given.options.detail or "total", level)
        months, both = _frequencies(stage)
        if months and not both:
            warnings = (*warnings, "months were added up to years; a year may lack some")
        if both:
            plan = replace(plan, drops=((MONTHS, _monthly(stage)), *plan.drops))
        found = collect(stage, plan, given.options)
    return Draft(
        kind="flows",
        table=found.table,
        units={"value_million_usd": "million USD", "net_weight_kg": "kg"},
        counts=found.counts,
        warnings=(*found.warnings, *warnings),
        trade="goods",
    )


def _plan(stage: Stage, detail: str, level: str) -> FlowPlan:
    flow = f"upper({stage.text('flowcode')})"
    reporter, partner = stage.text("reportercode"), stage.text("partnercode")
    exports = f"{flow} = 'X'"
    groups = {"reported_by": f"CASE WHEN {exports} THEN 'exporter' ELSE 'importer' END"}
    code = stage.text("cmdcode")
    if detail == "sector":
        groups["sector"] = f"substr({code}, 1, 2)"
    if detail == "product":
        groups["product"] = code
    weight = {"net_weight_kg": stage.number("netwgt")} if stage.has("netwgt") else {}
    return FlowPlan(
        exporter=f"CASE WHEN {exports} THEN {reporter} ELSE {partner} END",
        importer=f"CASE WHEN {exports} THEN {partner} ELSE {reporter} END",
        coding="numbers",
        year=stage.number("refyear"),
        value=stage.number("primaryvalue"),
        factor=USD,
        bad_value=stage.not_a_number("primaryvalue"),
        bad_year=stage.not_a_number("refyear"),
        key=tuple(
            stage.column(name) for name in stage.names if name not in {"primaryvalue", "netwgt"}
        ),
        groups=groups,
        drops=(
            (
                "a re-export, re-import or other flow, part of exports or imports",
                f"{flow} NOT IN ('X', 'M')",
            ),
            (
                "a detail of customs, transport or second partner, which repeats the total",
                f"NOT ({_is_total(stage)})",
            ),
            ("the partner is the world: a total", f"{partner} = '{WORLD}'"),
            ("another level of products, which repeats the one taken", f"NOT ({level})"),
        ),
        sums=weight,
        keep_self=False,
        checks=(
            Check("the product is missing", f"({code} IS NULL)"),
            Check("the flow is missing", f"({flow} IS NULL)"),
        ),
    )


def _monthly(stage: Stage) -> str:
    return f"upper({stage.text('freqcode')}) = 'M'" if stage.has("freqcode") else "false"


def _frequencies(stage: Stage) -> tuple[bool, bool]:
    """Say whether there are months, and whether there are years beside them."""
    months, years = stage.one(
        f"SELECT count(*) FILTER (WHERE {_monthly(stage)}), "
        f"count(*) FILTER (WHERE NOT coalesce({_monthly(stage)}, false)) FROM raw"
    )
    return bool(months), bool(months and years)


def _total(stage: Stage, name: str) -> str:
    text = stage.text(name)
    if TOTALS[name] == "0":
        return f"coalesce(TRY_CAST({text} AS DOUBLE) = 0, {text} IS NULL)"
    return f"coalesce(upper({text}) = {literal(TOTALS[name])}, true)"


def _is_total(stage: Stage) -> str:
    return " AND ".join(_total(stage, name) for name in TOTALS if stage.has(name))


def _guard(stage: Stage) -> None:
    """Hold the details of customs, transport and second partner against their totals."""
    keys = [
        stage.column(name)
        for name in ("refyear", "period", "reportercode", "flowcode", "partnercode", "cmdcode")
        if stage.has(name)
    ]
    value = stage.number("primaryvalue")
    total = f"sum({value}) FILTER (WHERE {_is_total(stage)})"
    rows = f"SELECT {', '.join(keys)}, {total} AS whole"
    names = [name for name in TOTALS if stage.has(name)]
    for name in names:
        others = " AND ".join(_total(stage, other) for other in names if other != name)
        only = f"NOT ({_total(stage, name)}) AND {others or 'true'}"
        rows += f", sum({value}) FILTER (WHERE {only}) AS {name}"
    rows += f" FROM raw GROUP BY {', '.join(keys)}"
    alone = stage.one(f"SELECT count(*) FROM ({rows}) WHERE whole IS NULL")[0]
    faults = []
    if alone:
        faults.append(
            f"{alone:,} combinations of year, reporter, flow, partner and product have details and "
            "no total"
        )
    for name in names:
        off = f"abs({name} - whole) > greatest({TOLERANCE} * whole, {ROUNDING_USD})"
        count, worst = stage.one(
            f"SELECT count(*), max({name} / nullif(whole, 0)) FROM ({rows}) WHERE {off}"
        )
        if count:
            faults.append(
                f"details by {name} differ from their total by more than "
                f"{100 * TOLERANCE:g} percent in {count:,} combinations "
                f"(up to {worst or 0:.2f} of it)"
            )
    if faults:
        raise DataError(
            "; ".join(faults),
            where=stage.label,
            mend="Ask the portal for totals: customs C00, transport 0, second partner 0.",
        )


def _level(stage: Stage, detail: str) -> tuple[str, tuple[str, ...]]:
    """Choose one level of products and hold it against the total of all products."""
    code = f"upper({stage.text('cmdcode')})"
    whole = f"{code} = {literal(ALL_PRODUCTS)}"
    lengths = [
        row[0]
        for row in stage.all(
            f"SELECT DISTINCT length({code}) FROM raw WHERE NOT coalesce({whole}, true) ORDER BY 1"
        )
    ]
    has_total = bool(stage.one(f"SELECT count(*) FROM raw WHERE {whole}")[0])
    if has_total and (detail == "total" or not lengths):
        chosen = whole
    elif lengths:
        length = max(lengths) if detail == "product" else min(lengths)
        chosen = f"(NOT ({whole}) AND length({code}) = {int(length)})"
    else:
        chosen = "true"
    warnings = []
    if has_total and lengths:
        warnings = _against_total(stage, whole, lengths)
    return f"coalesce({chosen}, false)", tuple(warnings)


def _against_total(stage: Stage, whole: str, lengths: list[int]) -> list[str]:
    code = f"upper({stage.text('cmdcode')})"
    keys = ", ".join(
        stage.column(name)
        for name in ("refyear", "period", "reportercode", "flowcode", "partnercode")
        if stage.has(name)
    )
    value, warnings = stage.number("primaryvalue"), []
    for length in lengths:
        part = f"NOT ({whole}) AND length({code}) = {int(length)}"
        rows = (
            f"SELECT sum({value}) FILTER (WHERE {whole}) AS whole, "
            f"sum({value}) FILTER (WHERE {part}) AS part FROM raw WHERE {_is_total(stage)} "
            f"GROUP BY {keys}"
        )
        margin = f"greatest({TOLERANCE} * whole, {ROUNDING_USD})"
        over, under = stage.one(
            f"SELECT count(*) FILTER (WHERE part > whole + {margin}), "
            f"count(*) FILTER (WHERE part < whole - {margin}) FROM ({rows})"
        )
        if over:
            raise DataError(
                f"products of {length} digits add up to more than all products in {over:,} "
                "combinations of year, reporter, flow and partner: they are counted twice",
                where=stage.label,
            )
        if under:
            warnings.append(
                f"products of {length} digits add up to less than all products in {under:,} "
                "combinations: the file holds a selection of products"
            )
    return warnings
