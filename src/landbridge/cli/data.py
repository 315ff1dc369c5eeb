"""``landbridge data``: the files this field owns, recognised by their header."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import pandas as pd
import typer

from landbridge.cli.show import print_json, print_table
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.report import to_csv
from landbridge.sources import ColumnMap, Inspection, Loaded, LoadOptions, inspect, load
from landbridge.sources.model import MoneyUnit

app = typer.Typer(
    help="Inspect and load data files: CEPII, BACI, ITPD, Comtrade, WITS, WDI, DESTA, ICIO ...",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="csv, parquet, xlsx, dta or a zip.")]
Years = Annotated[list[int] | None, typer.Option("--year", help="Only this year; can be repeated.")]
Columns = Annotated[
    str,
    typer.Option(
        metavar="KEY=COLUMN,...",
        help="What the columns of your own table mean: exporter=, importer=, value=, year=, "
        "sector=, product=.",
    ),
]
Unit = Annotated[str, typer.Option(help="Unit of the values of your own table.")]
Companions = Annotated[
    list[Path] | None, typer.Option("--with", help="A file that belongs to it; can be repeated.")
]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
COLUMN_KEYS = ("exporter", "importer", "value", "year", "sector", "product")


@app.command("inspect")
def inspect_file(
    file: File,
    columns: Columns = "",
    unit: Unit = "",
    companions: Companions = None,
    json: Json = False,
) -> None:
    """Say what a file is, its vintage, years, economies and units, and what stands in the way."""
    found = inspect(file, options_of((), columns, unit, companions))
    if json:
        print_json(inspection_as_plain(found))
    else:
        print_table(found.summary(), title=str(file))
        if len(found.counts):
            print_table(found.counts, title="Where the rows go")
        for title, lines in (("Problem", found.problems), ("Mind", found.warnings)):
            for line in lines:
                typer.echo(f"{title}: {line}")


@app.command("load")
def load_file(
    file: File,
    out: Annotated[Path | None, typer.Option(help="Write the tidy table here (CSV).")] = None,
    years: Years = None,
    columns: Columns = "",
    unit: Unit = "",
    companions: Companions = None,
    json: Json = False,
) -> None:
    """Load a file into a tidy table; every dropped, merged or imputed row is counted."""
    found = load(file, options_of(tuple(years or ()), columns, unit, companions))
    if out is not None:
        write_table(found.table, out)
    if json:
        print_json(loaded_as_plain(found))
        return
    print_table(found.table.head(10), title=f"{found.provenance.title}, first rows")
    print_table(found.counts.frame(), title="Where the rows went")
    for line in found.warnings:
        typer.echo(f"Mind: {line}")
    if out is not None:
        typer.echo(f"Table: {out}")


def options_of(
    years: tuple[int, ...], columns: str, unit: str, companions: list[Path] | None
) -> LoadOptions:
    """Put the options of the command into those of the loader.

    Raises
    ------
    InputError
        A column map or unit that cannot be read.
    """
    return LoadOptions(
        years=years,
        columns=column_map(columns, unit) if columns else None,
        companions=tuple(str(path) for path in companions or ()),
    )


def column_map(text: str, unit: str) -> ColumnMap:
    """Read ``exporter=origin,importer=destination,value=usd``.

    Raises
    ------
    InputError
        A key that is not known or not given, or no unit.
    """
    where = "--columns"
    pairs = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    unknown = sorted(set(pairs) - set(COLUMN_KEYS))
    if unknown:
        hint = suggest(unknown[0], COLUMN_KEYS) or f"Known: {', '.join(COLUMN_KEYS)}."
        raise UnknownNameError(f"'{unknown[0]}' is not a key.", where=where, mend=hint)
    missing = [key for key in ("exporter", "importer", "value") if key not in pairs]
    if missing:
        raise InputError(
            f"{', '.join(missing)} is not given.", where=where, mend="Write key=column."
        )
    for known in get_args(MoneyUnit):
        if known == unit.strip():
            return ColumnMap(
                exporter=pairs["exporter"],
                importer=pairs["importer"],
                value=pairs["value"],
                unit=known,
                year=pairs.get("year", ""),
                sector=pairs.get("sector", ""),
                product=pairs.get("product", ""),
            )
    hint = suggest(unit, get_args(MoneyUnit)) if unit else ""
    raise InputError(
        f"'{unit}' is not a unit." if unit else "the unit of the values is not given.",
        where="--unit",
        mend=hint or f"One of: {', '.join(get_args(MoneyUnit))}.",
    )


def write_table(table: pd.DataFrame, out: Path) -> None:
    """Write a table as CSV, safe to open in a spreadsheet.

    Raises
    ------
    InputError
        It cannot be written.
    """
    try:
        out.write_text(to_csv(table), encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}.", where=str(out)) from None


def inspection_as_plain(found: Inspection) -> dict[str, object]:
    """Give an inspection as plain values."""
    return {name: getattr(found, name) for name in Inspection.__dataclass_fields__}


def loaded_as_plain(found: Loaded) -> dict[str, object]:
    """Give what a loaded file is, without its rows."""
    return {
        "kind": found.kind,
        "provenance": vars(found.provenance),
        "rows": len(found.table),
        "columns": list(found.table.columns),
        "units": dict(found.units),
        "counts": found.counts.frame(),
        "warnings": found.warnings,
    }
