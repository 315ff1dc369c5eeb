"""``landbridge freight``: tables of costs to replace, pipelines, and freight beside print."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import typer

from landbridge.cli.freight_flows import flows
from landbridge.cli.options.groups import Ground, TableAnswer, command
from landbridge.cli.options.model import ModelOptions, open_model
from landbridge.cli.options.network import DataOption, tell_replaced
from landbridge.cli.printing.answering import tell
from landbridge.cli.printing.show import print_csv, print_json, print_table
from landbridge.errors import InputError, suggest
from landbridge.freight.edits.own_rows import TABLES
from landbridge.freight.network.pipelines import (
    CAPACITY_UNITS,
    UNITS,
    PipelineTrip,
    commodity_named,
    pipeline_totals,
    pipeline_trip,
    pipelines,
)
from landbridge.scenarios.own import rows_of
from landbridge.studies.validation.baseline import Of
from landbridge.tables import embedded_path, read_schema

app = typer.Typer(
    help="Costs and speeds of freight; pipelines; freight beside published figures.",
    no_args_is_help=True,
)
PIPELINE_NOTE = "Tariffs are mostly recalled; fuel, contracts and the gas itself are not in them."
SHOWN_COLUMNS = 9
"""Columns that fit a terminal; --csv and --json give all."""


@app.callback()
def _freight() -> None:
    """Costs and speeds of freight; pipelines; freight beside published figures."""


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


app.command("flows")(flows)


@app.command("pipeline")
def pipeline(
    commodity: Annotated[str, typer.Argument(metavar="[gas|oil]", help="What flows.")] = "",
    origin: Annotated[str, typer.Argument(metavar="[FROM]", help="Field, town or port.")] = "",
    destination: Annotated[str, typer.Argument(metavar="[TO]", help="Town, plant or port.")] = "",
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", help="A pipeline that is not open, taken to be; repeatable."),
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A pipeline taken to be shut; repeatable.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Find the cheapest way of gas or oil by pipeline; without arguments, list the pipelines."""
    if not commodity:
        table = pipelines()
        if json:
            print_json(table)
        elif csv:
            print_csv(table)
        else:
            print_table(table, title="Pipelines", note=PIPELINE_NOTE)
        return
    if not (origin and destination):
        raise InputError(
            "a way by pipeline needs a commodity and two places.",
            mend="`landbridge freight pipeline gas Galkynysh Multan --with tapi`.",
        )
    kind = commodity_named(commodity)
    trip = pipeline_trip(
        kind, origin, destination, with_pipelines=with_ or (), without_pipelines=without or ()
    )
    if json:
        print_json({"totals": pipeline_totals(trip), "legs": trip.legs})
    elif csv:
        print_csv(trip.legs)
    else:
        _print_pipeline(trip)


def _print_pipeline(trip: PipelineTrip) -> None:
    legs, unit = trip.legs, UNITS[trip.commodity]
    shown = pd.DataFrame(
        {
            "section": legs["title"],
            "from": legs["from_name"],
            "to": legs["to_name"],
            "km": legs["km"],
            f"USD per {unit}": legs["tariff"],
            "status": legs["status"],
            "known as": legs["confidence"],
        }
    )
    ends = f"{legs['from_name'].iloc[0]} to {legs['to_name'].iloc[-1]}"
    print_table(shown, title=f"{trip.commodity.capitalize()}, {ends}", cards=False)
    capacity = f"{trip.capacity_per_year:,.4g} {CAPACITY_UNITS[trip.commodity]}"
    typer.echo(
        f"{trip.km:,.0f} km, {trip.usd_per_unit:,.1f} USD per {unit} "
        f"({trip.usd_low:,.1f} to {trip.usd_high:,.1f}); least capacity on the way {capacity} "
        "a year."
    )
    planned = dict.fromkeys(legs.loc[legs["status"] != "open", "title"])
    if planned:
        typer.echo(f"Taken to be open: {'; '.join(planned)}.")
    typer.echo(PIPELINE_NOTE)


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
    found = open_model(ModelOptions(data=data, border_year=border_year)).replaced
    if csv:
        print_csv(found)
    elif json:
        print_json(found)
    else:
        shown = found.drop(columns="sha256") if len(found) else found
        print_table(shown, title="In the place of defaults")
        typer.echo(f"{len(found)} cells.")


@app.command("validate")
@command
def validate(
    of: Annotated[
        Of, typer.Option(help="The freight that runs stand on, or that of least-cost paths.")
    ] = "runs",
    *,
    ground: Ground,
    form: TableAnswer,
) -> None:
    """Hold the freight of the baseline against published figures."""
    form.check()
    result = open_model(ground).validate_freight(of=of)

    def show() -> None:
        tell(result)
        found = result.table("freight_validation_summary")
        shown = pd.DataFrame(
            {
                "figures of": found["kind"].str.replace("_", " "),
                "use": found["use"],
                "figures": found["figures"],
                "median times off": found["median_factor"],
                "within 5 times": found["near"],
                "within the band": found["within_band"],
            }
        )
        print_table(shown, title="How far off", cards=False)

    tell_replaced(result)
    form.give(result, show=show)
