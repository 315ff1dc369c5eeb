"""Any tidy table with named columns: csv, parquet, xlsx or Stata.

The user states which column means what and in which unit (`ColumnMap`); a table whose columns are
called exporter, importer, year and value_million_usd states it by its names. A file that mixes
units is refused.
"""

from __future__ import annotations

from dataclasses import replace

from landbridge.errors import FaultsError, InputError, suggest
from landbridge.sources.files.headers import Sheet, fold
from landbridge.sources.files.stage import Stage
from landbridge.sources.flows import FlowPlan, collect
from landbridge.sources.model import MILLION_USD_PER, ColumnMap, Draft, MoneyUnit
from landbridge.sources.reading import Input, staged

OWN = ColumnMap(
    exporter="exporter",
    importer="importer",
    value="value_million_usd",
    unit="million_usd",
    year="year",
)


def read(given: Input) -> Draft:
    """Read a tidy table.

    Returns
    -------
    Draft
        Flows by exporter, importer, year (sector, product); economies may be written as codes or
        names.

    Raises
    ------
    InputError
        A column that the map names is not there, or the map leaves the unit or the year open.
    FaultsError
        Mixed or unknown units, or any fault of a row.
    """
    columns = given.options.columns or _own(given)
    _check_map(columns, given.sheets[0])
    _check_detail(columns, given)
    named = [
        columns.exporter,
        columns.importer,
        columns.value,
        columns.unit_column,
        columns.year,
        columns.sector,
        columns.product,
    ]
    with staged(given, [name for name in named if name]) as stage:
        unit = columns.unit or _unit(stage, fold(columns.unit_column))
        found = collect(stage, _plan(stage, columns, unit, given), given.options)
    return Draft(
        kind="flows",
        table=found.table,
        units={"value_million_usd": "million USD"},
        counts=found.counts,
        warnings=found.warnings,
        domestic=bool((found.table["exporter"] == found.table["importer"]).any()),
        trade=columns.trade,
    )


def _own(given: Input) -> ColumnMap:
    present = set(given.sheets[0].folded)
    return replace(
        OWN,
        sector="sector" if "sector" in present else "",
        product="product" if "product" in present else "",
        trade="all",
    )


def _plan(stage: Stage, columns: ColumnMap, unit: MoneyUnit, given: Input) -> FlowPlan:
    detail = given.options.detail or "product"
    groups, key = {}, [stage.column(fold(columns.exporter)), stage.column(fold(columns.importer))]
    if columns.year:
        year, bad = stage.number(fold(columns.year)), stage.not_a_number(fold(columns.year))
        key.append(stage.column(fold(columns.year)))
    else:
        year, bad = f"{columns.only_year}::DOUBLE", "false"
    for name, wanted in (("sector", columns.sector), ("product", columns.product)):
        if wanted:
            key.append(stage.column(fold(wanted)))
            if detail != "total" and not (name == "product" and detail == "sector"):
                groups[name] = stage.words(fold(wanted))
    value = fold(columns.value)
    return FlowPlan(
        exporter=stage.words(fold(columns.exporter)),
        importer=stage.words(fold(columns.importer)),
        coding="names",
        year=year,
        value=stage.number(value, decimal=columns.decimal),
        factor=MILLION_USD_PER[unit],
        bad_value=stage.not_a_number(value, decimal=columns.decimal),
        bad_year=bad,
        key=tuple(key),
        groups=groups,
    )


def _unit(stage: Stage, name: str) -> MoneyUnit:
    rows = stage.all(
        f"SELECT lower({stage.text(name)}), count(*), min(id) FROM {stage.numbered} GROUP BY 1 ORDER BY 3 LIMIT 20"  # noqa: S608, E501
    )
    found = [str(row[0] or "").replace(" ", "_") for row in rows]
    if len(found) > 1:
        shown = ", ".join(
            f"{unit or 'none'} (from {stage.place(r[2])})"
            for unit, r in zip(found, rows, strict=True)
        )
        raise FaultsError(
            [f"values come in several units: {shown}. Convert them to one, then load the file."],
            where=stage.label,
        )
    for unit in MILLION_USD_PER:
        if found and found[0] == unit:
            return unit
    raise FaultsError(
        [f"the unit is '{found[0] if found else ''}'; known are {', '.join(MILLION_USD_PER)}"],
        where=stage.label,
    )


def _check_detail(columns: ColumnMap, given: Input) -> None:
    """Refuse a detail that the table has no column for."""
    detail = given.options.detail
    column = {"sector": columns.sector, "product": columns.product}.get(detail or "", "all")
    if not column:
        raise InputError(
            f"detail = '{detail}': no column of {detail}s is named.",
            where=given.label,
            mend=f"Name it among the columns ({detail}=COLUMN), or ask for another detail.",
        )


def _check_map(columns: ColumnMap, sheet: Sheet) -> None:
    present = {fold(name): name for name in sheet.columns}
    faults = []
    named = {
        "exporter": columns.exporter,
        "importer": columns.importer,
        "value": columns.value,
        "unit_column": columns.unit_column,
        "year": columns.year,
        "sector": columns.sector,
        "product": columns.product,
    }
    for role, name in named.items():
        if name and fold(name) not in present:
            hint = suggest(name, sheet.columns)
            faults.append(f"{role}: there is no column '{name}'. {hint}".strip())
    if bool(columns.unit) == bool(columns.unit_column):
        faults.append("unit: state it, or the column that states it, and not both")
    if bool(columns.year) == (columns.only_year is not None):
        faults.append("year: state its column, or the one year of the file, and not both")
    if faults:
        raise InputError("; ".join(faults), where=sheet.label)
