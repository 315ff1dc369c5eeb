"""``landbridge data``: the files this field owns, recognised by their header."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from landbridge.cli.options import own_file as own
from landbridge.cli.printing.show import print_json, print_table
from landbridge.errors import InputError
from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.folder import write_file
from landbridge.sources import Inspection, Loaded, inspect, load

app = typer.Typer(
    help="Inspect and load data files: CEPII, BACI, ITPD, Comtrade, WITS, WDI, DESTA, ICIO ...",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="csv, parquet, xlsx, dta or a zip.")]
Years = Annotated[list[int] | None, typer.Option("--year", help="Only this year; can be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("inspect")
def inspect_file(
    file: File,
    columns: own.Columns = "",
    unit: own.Unit = "",
    decimal: own.DecimalSign = None,
    only_year: own.OnlyYear = None,
    holds: own.HoldsWhat = None,
    sheet: own.SheetName = "",
    unknown: own.UnknownMeans = "fail",
    detail: own.HowFine = None,
    variables: own.Variables = None,
    companions: own.Companions = None,
    json: Json = False,
) -> None:
    """Say what a file is, its vintage, years, economies and units, and what stands in the way."""
    options = own.load_options(
        own.OwnTable(columns, unit, decimal, only_year, holds),
        companions=companions,
        sheet=sheet,
        unknown=unknown,
        detail=detail,
        variables=variables,
    )
    found = inspect(file, options)
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
    columns: own.Columns = "",
    unit: own.Unit = "",
    decimal: own.DecimalSign = None,
    only_year: own.OnlyYear = None,
    holds: own.HoldsWhat = None,
    sheet: own.SheetName = "",
    unknown: own.UnknownMeans = "fail",
    detail: own.HowFine = None,
    variables: own.Variables = None,
    companions: own.Companions = None,
    json: Json = False,
) -> None:
    """Load a file into a tidy table; every dropped, merged or imputed row is counted."""
    options = own.load_options(
        own.OwnTable(columns, unit, decimal, only_year, holds),
        years=tuple(years or ()),
        companions=companions,
        sheet=sheet,
        unknown=unknown,
        detail=detail,
        variables=variables,
    )
    found = load(file, options)
    if out is not None:
        write_table(found.table, out, source=file)
    if json:
        print_json(loaded_as_plain(found))
        return
    print_table(found.table.head(10), title=f"{found.provenance.title}, first rows")
    print_table(found.counts.frame(), title="Where the rows went")
    for line in found.warnings:
        typer.echo(f"Warning: {line}")
    if out is not None:
        typer.echo(f"Table: {out}")


def write_table(table: pd.DataFrame, out: Path, *, source: Path) -> None:
    """Write a table as CSV, safe to open in a spreadsheet.

    Raises
    ------
    InputError
        It cannot be written, or would take the place of the file it was read from.
    """
    if out.exists() and out.samefile(source):
        raise InputError(
            "is the file that was read; it would be lost.", where=str(out), mend="Name another."
        )
    write_file(out, to_csv(table))


def inspection_as_plain(found: Inspection) -> dict[str, object]:
    """Convert an inspection to plain values."""
    return {name: getattr(found, name) for name in Inspection.__dataclass_fields__}


def loaded_as_plain(found: Loaded) -> dict[str, object]:
    """Tell what a loaded file is, without its rows."""
    return {
        "kind": found.kind,
        "provenance": vars(found.provenance),
        "rows": len(found.table),
        "columns": list(found.table.columns),
        "units": dict(found.units),
        "counts": found.counts.frame(),
        "warnings": found.warnings,
    }
