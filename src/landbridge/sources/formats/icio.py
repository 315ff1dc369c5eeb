"""OECD inter-country input-output tables, read row by row.

Traps: the total is called TOTAL or OUT, taxes TAXSUB or TLS, value added VALU or VA, by edition;
industry codes hold underscores, so a label is split at the first only; the extended edition splits
China (CN1, CN2) and Mexico (MX1, MX2); changes of stocks may be negative; the file does not say its
year. Values are million USD.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import DataError, FaultsError, InputError
from landbridge.sources.files.headers import Sheet
from landbridge.sources.identity import identify
from landbridge.sources.model import Counts, Draft, Dropped
from landbridge.sources.reading import Input
from landbridge.tables import embedded_table
from landbridge.units import FloatArray, IntArray

TOLERANCE: Final = 0.005  # a row may differ from its total by half a percent
ROUNDING: Final = 0.1  # million USD
OUTPUT_ROWS: Final = frozenset({"OUT", "OUTPUT", "TOTAL", "TTL"})
VALUE_ADDED_ROWS: Final = frozenset({"VA", "VALU"})
TAX_ROWS: Final = frozenset({"TLS", "TAXSUB"})
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2040
MOST_ROWS: Final = 20_000


@dataclass(frozen=True)
class Layout:
    """What the columns of a table are.

    Attributes
    ----------
    labels
        Column labels without the total.
    economies, industries
        Codes, in order of appearance.
    owner
        ``[columns]`` which economy a column buys for.
    intermediate
        ``[columns]`` whether a column is an industry (else final demand).
    iso3
        What each code is here; split economies share one.
    """

    labels: tuple[str, ...]
    economies: tuple[str, ...]
    industries: tuple[str, ...]
    owner: IntArray
    intermediate: np.ndarray
    iso3: tuple[str, ...]


def read(given: Input) -> Draft:
    """Read one year's table into flows by selling industry.

    Parameters
    ----------
    given
        Options: ``years`` with the table's year; else it is taken from the file's name.

    Returns
    -------
    Draft
        Flows (intermediate and final) by ``total``, ``sector`` (default: goods, services) or
        ``product`` (industry); domestic sales included. Companion ``output``: iso3, industry,
        output, value added and taxes, million USD. Cells are counted, not rows.

    Raises
    ------
    FaultsError
        A cell that is no finite number, a negative intermediate sale, unknown codes.
    DataError
        Rows that do not add up to their total within 0.5 percent.
    """
    blocks, layout = read_blocks(given)
    year, warnings = year_of(given)
    table, counts = _table(blocks, layout, year, given.options.detail or "sector")
    if blocks.negative_stocks:
        warnings.append(
            f"{blocks.negative_stocks:,} cells of final demand are negative: stocks that fall"
        )
    if off := blocks.unequal_outputs():
        warnings.append(f"output differs from sales by more than 0.5 percent in {off:,} industries")
    split = sorted(set(layout.economies) & {"CN1", "CN2", "MX1", "MX2"})
    if split:
        warnings.append(f"extended edition: {', '.join(split)} were added up")
    if blocks.unknown_rows:
        warnings.append(f"rows not read: {', '.join(blocks.unknown_rows[:10])}")
    return Draft(
        kind="flows",
        table=table,
        units={"value_million_usd": "million USD"},
        counts=counts,
        warnings=tuple(warnings),
        domestic=True,
        trade="by_sector",
        companions={"output": blocks.output(year)},
    )


def read_blocks(given: Input, *, keep_inputs: bool = False) -> tuple[Blocks, Layout]:
    """Read the rows of one year's table and check them (see `read`).

    Parameters
    ----------
    given
        One sheet.
    keep_inputs
        Add up what every column buys of each industry, over the sellers' economies.
    """
    if len(given.sheets) > 1:
        raise InputError(
            "several years in one archive", where=given.label, mend="Give one year's table."
        )
    sheet = given.sheets[0]
    layout = layout_of(sheet)
    blocks = Blocks(layout, keep_inputs=keep_inputs)
    for line, label, cells in rows_of(sheet, layout):
        blocks.add(line, label, cells)
    blocks.finish(sheet.label)
    return blocks, layout


def year_of(given: Input) -> tuple[int, list[str]]:
    """Find the table's year, stated or taken from its name, and what to warn of."""
    years = given.options.years
    if len(years) == 1:
        return years[0], []
    digits = "".join(c if c.isdigit() else " " for c in Path(given.label.split("!")[-1]).stem)
    found = [
        int(part)
        for part in digits.split()
        if len(part) == 4 and FIRST_YEAR <= int(part) < LAST_YEAR  # noqa: PLR2004
    ]
    if not found:
        raise InputError(
            "the table does not say its year", where=given.label, mend="State it: years=(2019,)."
        )
    return found[-1], [
        f"the year {found[-1]} is taken from the file's name; the table does not say it"
    ]


def layout_of(sheet: Sheet) -> Layout:
    """Tell from the labels what the columns of a table are."""
    labels = [name for name in sheet.columns[1:-1] if "_" in name]
    if len(labels) < len(sheet.columns) - 2:
        odd = [name for name in sheet.columns[1:-1] if "_" not in name]
        raise DataError(f"columns that name no economy: {odd[:5]}", where=sheet.label)
    if len(set(labels)) < len(labels):
        raise DataError("a column stands twice", where=sheet.label)
    rows = set(_first_fields(sheet))
    parts = [label.split("_", 1) for label in labels]
    economies = tuple(dict.fromkeys(part[0] for part in parts))
    found = identify(economies, "letters")
    unknown = [code for code, one in found.items() if not one.kept]
    if unknown:
        raise FaultsError(
            [
                f"column labels: '{code}' is no known economy. {found[code].hint}"
                for code in unknown
            ],
            where=sheet.label,
        )
    at = {code: position for position, code in enumerate(economies)}
    intermediate = np.array([label in rows for label in labels], dtype=np.bool_)
    industries = tuple(
        dict.fromkeys(part[1] for part, inside in zip(parts, intermediate, strict=True) if inside)
    )
    return Layout(
        labels=tuple(labels),
        economies=economies,
        industries=industries,
        owner=np.array([at[part[0]] for part in parts], dtype=np.int64),
        intermediate=intermediate,
        iso3=tuple(found[code].iso3 for code in economies),
    )


def _lines(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    with sheet.path.open(encoding=sheet.encoding, newline="") as handle:
        reader = csv.reader(handle, delimiter=sheet.delimiter)
        try:
            for count, row in enumerate(reader):
                if count > MOST_ROWS:
                    raise DataError(f"more than {MOST_ROWS:,} rows", where=sheet.label)
                if count and row:
                    yield reader.line_num, row
        except csv.Error as error:
            raise DataError(f"line {reader.line_num}: {error}", where=sheet.label) from error


def _first_fields(sheet: Sheet) -> list[str]:
    return [row[0].strip() for _, row in _lines(sheet)]


def rows_of(sheet: Sheet, layout: Layout) -> Iterator[tuple[int, str, FloatArray]]:
    """Read line, label and cells of each row; all unreadable rows are refused together."""
    width = len(layout.labels) + 2
    faults = []
    seen = set()
    for line, row in _lines(sheet):
        cells = row[:-1] if len(row) == width + 1 and not row[-1] else row
        label = cells[0].strip()
        if label in seen:
            faults.append(f"line {line}: the row {label} stands twice")
        seen.add(label)
        if len(cells) != width:
            faults.append(f"line {line}: {len(cells)} fields where the header has {width}")
            continue
        try:
            values = np.array([cell or "0" for cell in cells[1:]], dtype=np.float64)
        except ValueError:
            faults.append(f"line {line}: a cell is no number")
            continue
        if not np.isfinite(values).all():
            faults.append(f"line {line}: a cell is not finite")
            continue
        if not faults:
            yield line, label, values
    if faults:
        more = len(faults) - 20
        shown = faults[:20] + ([f"and {more:,} more"] if more > 0 else [])
        raise FaultsError(shown, where=sheet.label)


class Blocks:
    """Adds rows up as they come: who sells what to whom, and the accounts below."""

    def __init__(self, layout: Layout, *, keep_inputs: bool = False) -> None:
        self.layout = layout
        self.keep_inputs = keep_inputs
        self.inputs: dict[str, FloatArray] = {}
        self._column = {label: at for at, label in enumerate(layout.labels)}
        self.flows: dict[tuple[str, str], FloatArray] = {}
        self.accounts: dict[str, FloatArray] = {}
        self.row_total: dict[str, float] = {}
        self.cells = 0
        self.flow_cells = 0
        self.account_cells = 0
        self.values: list[float] = []
        self.negative_stocks = 0
        self.unknown_rows: list[str] = []
        self._faults: list[str] = []

    def add(self, line: int, label: str, values: FloatArray) -> None:
        """Take one row: cells by column, the total last."""
        self.cells += len(values)
        cells, total = values[:-1], float(values[-1])
        if label not in self._column:
            self.account_cells += len(cells)
            self._account(label, cells)
            return
        self.flow_cells += len(cells)
        negative = cells < 0
        if (negative & self.layout.intermediate).any():
            self._faults.append(f"line {line}: a negative intermediate sale")
        self.negative_stocks += int((negative & ~self.layout.intermediate).sum())
        if abs(cells.sum() - total) > max(TOLERANCE * abs(total), ROUNDING):
            self._faults.append(
                f"line {line}: {label} adds up to {cells.sum():,.1f}, and its total is {total:,.1f}"
            )
        economy, industry = label.split("_", 1)
        bought = np.bincount(
            self.layout.owner, weights=cells, minlength=len(self.layout.economies)
        ).astype(np.float64)
        self.flows[(economy, industry)] = bought
        if self.keep_inputs:
            self.inputs[industry] = self.inputs.get(industry, 0.0) + cells
        self.row_total[label] = total
        self.values.extend(bought.tolist())

    def _account(self, label: str, cells: FloatArray) -> None:
        item = label.upper().rsplit("_", 1)[-1]
        for name, labels in (
            ("output_million_usd", OUTPUT_ROWS),
            ("value_added_million_usd", VALUE_ADDED_ROWS),
            ("taxes_million_usd", TAX_ROWS),
        ):
            if item in labels:
                self.accounts[name] = self.accounts.get(name, np.zeros(len(cells))) + cells
                return
        self.unknown_rows.append(label)

    def finish(self, where: str) -> None:
        """Raise what was found wrong in the rows."""
        if self._faults:
            more = len(self._faults) - 20
            shown = self._faults[:20] + ([f"and {more:,} more"] if more > 0 else [])
            raise FaultsError(shown, where=where)
        missing = [
            label
            for label, inside in zip(self.layout.labels, self.layout.intermediate, strict=True)
            if inside and tuple(label.split("_", 1)) not in self.flows
        ]
        if missing or not self.flows:
            raise DataError(f"no rows for {missing[:5]}", where=where)

    def unequal_outputs(self) -> int:
        """Count the industries whose output is not what they sell."""
        output = self.accounts.get("output_million_usd")
        if output is None:
            return 0
        off = [
            abs(output[self._column[label]] - sales) > max(TOLERANCE * abs(sales), ROUNDING)
            for label, sales in self.row_total.items()
        ]
        return sum(map(bool, off))

    def output(self, year: int) -> pd.DataFrame:
        """Tabulate output, value added and taxes by economy and industry."""
        iso3 = dict(zip(self.layout.economies, self.layout.iso3, strict=True))
        rows = []
        for label, total in self.row_total.items():
            economy, industry = label.split("_", 1)
            at = self._column[label]
            accounts = {name: float(values[at]) for name, values in self.accounts.items()}
            rows.append(
                {
                    "iso3": iso3[economy],
                    "year": year,
                    "industry": industry,
                    "sales_million_usd": total,
                    **accounts,
                }
            )
        frame = pd.DataFrame(rows)
        return frame.groupby(["iso3", "year", "industry"], as_index=False).sum()


def _table(blocks: Blocks, layout: Layout, year: int, detail: str) -> tuple[pd.DataFrame, Counts]:
    kinds = embedded_table("sources", "icio_kinds").set_index("section")["kind"]
    iso3 = dict(zip(layout.economies, layout.iso3, strict=True))
    pieces = []
    for (economy, industry), bought in blocks.flows.items():
        piece = pd.DataFrame({"importer": layout.iso3, "value_million_usd": bought})
        piece["exporter"] = iso3[economy]
        if detail == "sector":
            piece["sector"] = kinds.get(industry[:1], "services")
        elif detail == "product":
            piece["sector"] = kinds.get(industry[:1], "services")
            piece["product"] = industry
        pieces.append(piece)
    keys = [name for name in ("exporter", "importer", "sector", "product") if name in pieces[0]]
    whole = pd.concat(pieces, ignore_index=True)
    table = whole.groupby(keys, sort=True)["value_million_usd"].sum().reset_index()
    table.insert(2, "year", year)
    per_row = len(layout.labels) / len(layout.economies)
    table["cells"] = (
        (whole.groupby(keys, sort=True).size().to_numpy() * per_row).round().astype("int64")
    )
    table["unknown_cells"] = 0
    table["mirror_cells"] = 0
    totals = blocks.cells - blocks.flow_cells - blocks.account_cells
    dropped = [Dropped("a total of a row", totals)]
    if blocks.account_cells:
        dropped.append(
            Dropped("taxes, value added and output (see the companion table)", blocks.account_cells)
        )
    counts = Counts(
        unit="cells",
        read=blocks.cells,
        dropped=tuple(dropped),
        merged=blocks.flow_cells - len(table),
        table=len(table),
        value_read=fsum(blocks.values),
        value_table=fsum(table["value_million_usd"]),
    )
    return table, counts
