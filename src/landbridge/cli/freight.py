"""``landbridge freight defaults``: the tables of costs that a user can replace."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli.network_options import DataOption, opened_network
from landbridge.cli.show import print_csv, print_json, print_table
from landbridge.errors import InputError, suggest
from landbridge.freight.own_rows import TABLES
from landbridge.scenario.own import rows_of
from landbridge.tables import embedded_path, read_schema

app = typer.Typer(help="Costs and speeds of freight.", no_args_is_help=True)
SHOWN_COLUMNS = 9
"""Columns that fit a terminal; --csv and --json give all."""


@app.callback()
def _freight() -> None:
    """Costs and speeds of freight."""


@app.command("defaults")
def defaults(
    table: Annotated[
        str, typer.Argument(metavar="[TABLE]", help=f"One of: {', '.join(TABLES)}.")
    ] = "",
    csv: Annotated[
        bool, typer.Option("--csv", help="Print as CSV: keep the rows you change, and edit them.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Print a table of defaults, to start a file of your own from; without TABLE, list them."""
    if not table:
        for name in TABLES:
            schema = read_schema(embedded_path("freight", f"{name}.csv"))
            typer.echo(f"{name}: {len(rows_of(name))} rows. {schema.title}.")
        typer.echo("Replace rows by a CSV: --data TABLE=FILE, or [data] in a scenario.")
        return
    if table not in TABLES:
        raise InputError(
            f"there is no table of defaults '{table}'.",
            mend=suggest(table, TABLES) or f"Known: {', '.join(TABLES)}.",
        )
    rows = rows_of(table)
    if csv:
        print_csv(rows)
    elif json:
        print_json(rows)
    else:
        print_table(rows[list(rows.columns)[:SHOWN_COLUMNS]], title=table)


@app.command("replaced")
def replaced(
    data: DataOption = None,
    border_year: Annotated[
        int | None,
        typer.Option("--border-year", "--year", help="Border crossings as observed in this year."),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show what a file of your own, or a year of observation, puts in the place of defaults."""
    opened = opened_network(data=data or (), border_year=border_year)
    if csv:
        print_csv(opened.replaced)
    elif json:
        print_json(opened.replaced)
    else:
        print_table(opened.replaced.drop(columns="sha256"), title="In the place of defaults")
        typer.echo(f"{len(opened.replaced)} cells.")
