"""``landbridge freight flows``: what carries the world's goods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landbridge.cli.options.model import (
    FittedOption,
    ModelOptions,
    WorldAsOption,
    WorldOption,
    WorldYearOption,
    open_model,
)
from landbridge.cli.options.network import BorderYearOption, DataOption, MonthOption, tell_replaced
from landbridge.cli.printing.answering import (
    BoundariesOption,
    CsvOption,
    JsonOption,
    answer,
    check_answer,
)
from landbridge.cli.printing.show import print_table
from landbridge.cli.runs import progress_bar
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.results import Result
from landbridge.studies.carriage.answer import ALL, CarriageAnswer, Constants

ROWS_SHOWN = 25


def flows(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Before and after it: a name or file.")
    ] = "",
    between: Annotated[
        str, typer.Option(help="Add the modes of trade among these economies: CHN,PAK.")
    ] = "",
    close: Annotated[
        list[str] | None, typer.Option(help="Shut a link, crossing, port or passage; repeatable.")
    ] = None,
    build: Annotated[
        list[str] | None, typer.Option(help="Build a project of the register; repeatable.")
    ] = None,
    constants: Annotated[
        Constants,
        typer.Option(help="Fitted to observed figures, or none: cost and felt time alone."),
    ] = "fitted",
    world: WorldOption = None,
    year: WorldYearOption = None,
    world_as: WorldAsOption = None,
    fitted: FittedOption = False,
    data: DataOption = None,
    border_year: BorderYearOption = None,
    month: MonthOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for page, workbook, tables, map, GeoPackage and GeoJSON."),
    ] = None,
    boundaries: BoundariesOption = BoundaryView.UN,
    json: JsonOption = False,
    csv: CsvOption = False,
) -> None:
    """Put the world's goods on modes, ports, crossings and links by class of cargo."""
    check_answer(out=out, json=json, csv=csv)
    model = open_model(
        ModelOptions(
            world=world,
            year=year,
            world_as=world_as,
            fitted=fitted,
            data=data,
            border_year=border_year,
        )
    )
    with progress_bar() as step:
        result = model.freight_flows(
            scenario or None,
            between=[part for part in between.split(",") if part.strip()],
            close=close or (),
            build=build or (),
            month=month,
            constants=constants,
            progress=step,
        )
    tell_replaced(result)
    answer(
        result,
        show=lambda: _show(result),
        out=out,
        json=json,
        csv="elements" if csv else "",
        boundaries=boundaries,
    )


def _show(result: Result[CarriageAnswer]) -> None:
    """Print modes and the first elements for a person."""
    split = result.tables["mode_split"]
    whole = split[split["cargo"] == ALL]
    print_table(whole.drop(columns="cargo"), title="Goods across borders by mode")
    if "mode_split_pairs" in result.tables:
        print_table(result.tables["mode_split_pairs"], title="By pair and mode")
    table = result.tables["elements"].drop(columns=["element", "iso3", "iso3_other"])
    print_table(
        table.head(ROWS_SHOWN),
        title="What passes where",
        note="Million a year, all classes of cargo. --json, --csv and --out have them all.",
    )
