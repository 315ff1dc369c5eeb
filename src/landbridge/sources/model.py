"""What the loaders hand back: a tidy table, counts that reconcile, provenance, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum, isclose
from types import MappingProxyType
from typing import Literal, TypeAlias

import pandas as pd

from landbridge.errors import DataError

Kind: TypeAlias = Literal[
    "flows", "pairs", "tariffs", "indicators", "trade_costs", "agreements", "places", "codes"
]
"""What a table holds: trade by pair and year, variables of pairs, and so on."""

Detail: TypeAlias = Literal["total", "sector", "product"]
"""How finely flows come back: one value a pair and year, by sector, or by product."""

UnknownCodes: TypeAlias = Literal["refuse", "drop", "keep"]
"""What to do about a code that nobody knows."""

MoneyUnit: TypeAlias = Literal["usd", "thousand_usd", "million_usd", "billion_usd"]
"""Units in which a tidy file may state values; all come back in million USD."""

MILLION_USD_PER: Mapping[MoneyUnit, float] = MappingProxyType(
    {"usd": 1e-6, "thousand_usd": 1e-3, "million_usd": 1.0, "billion_usd": 1e3}
)

ANY_VINTAGE = "any"
"""How the list of releases writes that a layout has no vintage."""

SUM_TOLERANCE = 1e-9
"""Relative. Sums are exact decimals; only their conversion to a float rounds."""


@dataclass(frozen=True)
class ColumnMap:
    """Which column of a tidy file means what; the user states it.

    Attributes
    ----------
    exporter, importer, value
        Names of columns; economies as ISO3 codes or names.
    unit
        The unit of all values. Or give ``unit_column``; a file that mixes units is refused.
    year
        Name of a column; or give ``only_year`` for a file of one year.
    sector, product
        Names of columns, where there are any.
    trade
        Whether the values are goods, services, or both together.
    decimal
        The sign before decimals.
    """

    exporter: str
    importer: str
    value: str
    unit: MoneyUnit | None = None
    unit_column: str = ""
    year: str = ""
    only_year: int | None = None
    sector: str = ""
    product: str = ""
    trade: Literal["goods", "services", "all"] = "goods"
    decimal: Literal[".", ","] = "."


@dataclass(frozen=True)
class Dropped:
    """Rows that did not come into the table, for one reason.

    Attributes
    ----------
    reason
        In plain words.
    rows
        How many.
    million_usd
        What they were worth; None where rows have no value in money.
    """

    reason: str
    rows: int
    million_usd: float | None = None


@dataclass(frozen=True)
class Counts:
    """Where every row of a file went.

    ``read - dropped - merged + made == table`` holds, or there is no `Counts`. With values,
    ``value_read == value_table + dropped values`` holds too.

    Attributes
    ----------
    unit
        What is counted: rows, or cells of a wide table.
    read
        Rows (cells) of data in the file.
    dropped
        Rows left out, by reason.
    merged
        Rows added up into another row of the table.
    made
        Rows of the table beyond one for a row of the file (a group's members, for one).
    table
        Rows of the table.
    unknown
        Rows kept whose value is not known: they are missing, not zero.
    mirrored
        Rows kept whose value is the partner's report.
    value_read, value_table
        Million USD; None where the values are not money.
    """

    unit: Literal["rows", "cells"]
    read: int
    dropped: tuple[Dropped, ...]
    merged: int
    table: int
    made: int = 0
    unknown: int = 0
    mirrored: int = 0
    value_read: float | None = None
    value_table: float | None = None

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        expected = self.read - self.dropped_rows - self.merged + self.made
        if expected != self.table:
            raise DataError(
                f"{self.read} {self.unit} read, {self.dropped_rows} dropped, {self.merged} merged "
                f"and {self.made} made give {expected}, and the table has {self.table}",
                where="counts",
            )
        if self.value_read is None or self.value_table is None:
            return
        told = fsum([self.value_table, *(drop.million_usd or 0.0 for drop in self.dropped)])
        if not isclose(told, self.value_read, rel_tol=SUM_TOLERANCE, abs_tol=SUM_TOLERANCE):
            raise DataError(
                f"{self.value_read:.9g} million USD read, {told:.9g} accounted for", where="counts"
            )

    @property
    def dropped_rows(self) -> int:
        """All rows left out."""
        return sum(drop.rows for drop in self.dropped)

    @property
    def kept(self) -> int:
        """Rows of the file that stand behind the table."""
        return self.read - self.dropped_rows

    def frame(self) -> pd.DataFrame:
        """Lay the counts out, one a row: what, count, million_usd, explanation."""
        rows: list[tuple[str, int, float | None, str]] = [
            ("read", self.read, self.value_read, f"{self.unit} of data in the file")
        ]
        rows += [("dropped", d.rows, d.million_usd, d.reason) for d in self.dropped]
        rows += [
            ("merged", self.merged, None, "added up into another row of the table"),
            ("made", self.made, None, "further rows made from one row of the file"),
            ("table", self.table, self.value_table, "rows of the table"),
            ("unknown", self.unknown, None, "of those kept: value not known, which is not zero"),
            ("mirrored", self.mirrored, None, "of those kept: value reported by the partner"),
        ]
        shown = [row for row in rows if row[1] or row[0] in {"read", "table"}]
        return pd.DataFrame(shown, columns=["what", "count", "million_usd", "explanation"])


@dataclass(frozen=True)
class Provenance:
    """Which file it was, what it is and under which terms.

    Attributes
    ----------
    file, sha256, bytes
        Name, hash and size of the file that was given.
    members
        What was read inside an archive or workbook.
    release, dataset, vintage, title, publisher, licence, url
        From the list of known releases.
    """

    file: str
    sha256: str
    bytes: int
    members: tuple[str, ...]
    release: str
    dataset: str
    vintage: str
    title: str
    publisher: str
    licence: str
    url: str


@dataclass(frozen=True)
class Loaded:
    """A file, read.

    Attributes
    ----------
    kind
        What the table holds.
    table
        Tidy. Flows: exporter, importer, year, (sector, product,) value_million_usd, cells,
        unknown_cells, mirror_cells. Other kinds: see ``docs/sources.md``.
    units
        Unit of each column that has one.
    counts, provenance, warnings
        Where the rows went, what the file is, what a reader should know.
    domestic
        Whether the file holds sales of economies to themselves.
    trade
        Whether flows are goods, services, or both told apart by sector.
    companions
        Further tables of the same file: product names, output, and the like.
    """

    kind: Kind
    table: pd.DataFrame
    units: Mapping[str, str]
    counts: Counts
    provenance: Provenance
    warnings: tuple[str, ...] = ()
    domestic: bool = False
    trade: Literal["goods", "services", "all", "by_sector", "none"] = "none"
    companions: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """What a reader finds, before the file's provenance is added; see `Loaded`."""

    kind: Kind
    table: pd.DataFrame
    units: Mapping[str, str]
    counts: Counts
    warnings: tuple[str, ...] = ()
    domestic: bool = False
    trade: Literal["goods", "services", "all", "by_sector", "none"] = "none"
    companions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    vintage: str = ""


@dataclass(frozen=True)
class LoadOptions:
    """What to take from a file.

    Attributes
    ----------
    years
        Only these; empty takes all.
    detail
        How finely flows come back; None takes the data set's own default.
    variables
        Columns of pair data (published names); empty takes the usual ones, ``("all",)`` all.
    columns
        What the columns of a tidy file mean.
    companions
        Other files that belong to it: BACI's country codes, WITS's beneficiary groups, DESTA's
        withdrawals.
    unknown_codes
        Whether a code that nobody knows refuses the file, drops its rows (counted), or stays in
        the table as the file writes it (told). For flows and pairs.
    sheet
        Sheet of a workbook; empty takes the first whose header is known.
    """

    years: tuple[int, ...] = ()
    detail: Detail | None = None
    variables: tuple[str, ...] = ()
    columns: ColumnMap | None = None
    companions: tuple[str, ...] = ()
    unknown_codes: UnknownCodes = "refuse"
    sheet: str = ""


@dataclass(frozen=True)
class Inspection:
    """What a file is, before anybody uses it.

    Attributes
    ----------
    file, bytes, sha256, format
        The file; format is csv, parquet, xlsx, stata or zip.
    release, dataset, title, vintage, kind
        What it was recognised as; empty when it was not.
    columns, missing, unexpected
        As published; columns of the full release that are not there; columns nobody expects.
    units
        Unit of each published column that has one.
    rows, years, economies
        Rows of data, years and economies in the table.
    counts
        Where the rows would go on loading; empty when they cannot be loaded.
    problems, warnings
        What stands in the way; what a reader should know.
    """

    file: str
    bytes: int
    sha256: str
    format: str
    release: str
    dataset: str
    title: str
    vintage: str
    kind: str
    columns: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    units: Mapping[str, str]
    rows: int | None
    years: tuple[int, ...]
    economies: tuple[str, ...]
    counts: pd.DataFrame
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """Lay it out for reading: what, value; warnings and problems stand beside it."""
        years = f"{self.years[0]} to {self.years[-1]} ({len(self.years)})" if self.years else ""
        vintage = "" if self.vintage == ANY_VINTAGE else self.vintage
        rows = [
            ("file", self.file),
            ("size", f"{self.bytes:,} bytes"),
            ("sha256", self.sha256),
            ("format", self.format),
            ("recognised as", f"{self.title} {vintage}".strip() or "not recognised"),
            ("holds", self.kind),
            ("columns", f"{len(self.columns)}"),
            ("missing columns", ", ".join(self.missing)),
            ("unexpected columns", ", ".join(self.unexpected)),
            ("rows", "" if self.rows is None else f"{self.rows:,}"),
            ("years", years),
            ("economies", f"{len(self.economies)}" if self.economies else ""),
        ]
        rows += [("problems", f"{len(self.problems)}" if self.problems else "")]
        return pd.DataFrame([row for row in rows if row[1]], columns=["what", "value"])
