"""``landbridge world``: the baseline, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer

from landbridge import codes
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.errors import InputError
from landbridge.sources.baseline import world_from_file
from landbridge.world.base import World
from landbridge.world.baseline import load_baseline
from landbridge.world.tables import pair_table

NOTE = "Million USD. docs/baseline.md says how each kind is made and how well it does."


def world(
    economy: Annotated[
        str | None, typer.Argument(help="Code or name; without it, all economies are listed.")
    ] = None,
    partner: Annotated[str | None, typer.Option(help="One partner, both directions.")] = None,
    top: Annotated[int, typer.Option(min=1, max=250, help="Partners to show.")] = 20,
    file: Annotated[
        Path | None, typer.Option("--from", help="Make a data file of your own the world.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Year of the file.")] = None,
    domestic: Annotated[
        Literal["output", "gdp"], typer.Option(help="Where domestic sales come from.")
    ] = "output",
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Show the baseline world: who trades what with whom, and how well that is known."""
    baseline = load_baseline() if file is None else own_world(file, year, domestic)
    if economy is None:
        if partner is not None:
            raise InputError("--partner needs an economy before it.")
        table, title = economies_table(baseline), f"Economies in the world of {baseline.year}"
    else:
        iso3 = in_world(baseline, economy)
        other = in_world(baseline, partner) if partner else None
        table = pair_table(baseline, iso3, partner=other)
        title = f"Trade of {codes.name_of(iso3)}, {baseline.year}, million USD"
    if json:
        print_json(table)
    elif csv:
        print_csv(table)
    elif economy is None:
        print_table(table, title=title)
    else:
        print_table(for_terminal(table, top), title=title, note=NOTE)


def own_world(file: Path, year: int | None, domestic: Literal["output", "gdp"]) -> World:
    """Make a user's file the world, and say on standard error what was completed.

    Raises
    ------
    InputError
        No year is given, or the file cannot be used.
    """
    if year is None:
        raise InputError("which year of the file?", where="--year", mend="Write --year 2019.")
    found = world_from_file(file, year=year, domestic=domestic)
    for note in found.notes:
        typer.echo(f"Mind: {note}", err=True)
    return found


def in_world(baseline: World, name: str) -> str:
    """Resolve a name to an economy that the baseline holds.

    Raises
    ------
    InputError
        The economy is known and not among the traders of the baseline.
    """
    iso3 = codes.resolve(name)
    if iso3 not in baseline.iso3:
        raise InputError(
            f"{codes.name_of(iso3)} is not in the world of {baseline.year}: no trade totals are "
            "published for it.",
            mend="`landbridge world` lists the economies that are.",
        )
    return iso3


def economies_table(baseline: World) -> pd.DataFrame:
    """Lay the economies of a world out with output, trade and income."""
    return pd.DataFrame(
        {
            "iso3": baseline.iso3,
            "name": [codes.name_of(code) for code in baseline.iso3],
            "gdp_million_usd": baseline.gdp_million_usd,
            "output_million_usd": baseline.output,
            "exports_million_usd": baseline.exports,
            "imports_million_usd": baseline.imports,
            "population": baseline.population,
        }
    )


def for_terminal(table: pd.DataFrame, top: int) -> pd.DataFrame:
    """Keep the largest flows and what fits a terminal; `--json` and `--csv` give all."""
    largest = table.sort_values("total_million_usd", ascending=False).head(top)
    low, high = largest["goods_low_million_usd"], largest["goods_high_million_usd"]
    return pd.DataFrame(
        {
            "from": largest["exporter"],
            "to": largest["importer"],
            "goods": largest["goods_million_usd"],
            "90 % band": [f"{cell(a)} to {cell(b)}" for a, b in zip(low, high, strict=True)],
            "services": largest["services_million_usd"],
            "goods known from": largest["status_goods"],
        }
    )
