"""``landbridge world``: the baseline, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from landbridge.cli.options import own_file as own
from landbridge.cli.options.groups import TableAnswer, command
from landbridge.cli.options.model import (
    ModelOptions,
    WorldAsOption,
    WorldYearOption,
    model_on,
    open_model,
    world_file,
)
from landbridge.cli.options.sectors import (
    DetailOption,
    TablesOption,
    TablesYearOption,
    check_tables,
)
from landbridge.cli.printing.answering import Answer
from landbridge.cli.printing.show import cell, print_table
from landbridge.cli.printing.world_history import show_history
from landbridge.cli.printing.world_sectors import sectors_for_terminal
from landbridge.errors import InputError
from landbridge.model import Model, load
from landbridge.results import Result
from landbridge.sources.baseline import Domestic, Reporter, Services
from landbridge.world.base import World
from landbridge.world.sectors.base import SectoralWorld


@command
def world(
    economy: Annotated[
        str | None, typer.Argument(help="Code or name; without it, all economies are listed.")
    ] = None,
    other: Annotated[
        str | None, typer.Argument(help="One partner, both directions; as --partner.")
    ] = None,
    partner: Annotated[str | None, typer.Option(help="One partner, both directions.")] = None,
    history: Annotated[
        bool,
        typer.Option(
            "--history", help="With two economies: what they sold each other since 2000, by year."
        ),
    ] = False,
    top: Annotated[int, typer.Option(min=1, max=250, help="Partners to show.")] = 20,
    file: Annotated[
        Path | None,
        typer.Option("--world", "--from", metavar="FILE", help="Make flows of your own the world."),
    ] = None,
    year: WorldYearOption = None,
    world_as: WorldAsOption = None,
    domestic: Annotated[
        Domestic | None,
        typer.Option(help="Where domestic sales come from that the file has not. [output]"),
    ] = None,
    gdp: Annotated[
        Path | None,
        typer.Option(help="GDP of the year: a World Development Indicators file (NY.GDP.MKTP.CD)."),
    ] = None,
    services: Annotated[
        Services | None,
        typer.Option(help="Services of a file of goods: as in the baseline, or none. [baseline]"),
    ] = None,
    reporter: Annotated[
        Reporter | None,
        typer.Option(help="Whose report comes first where both partners report. [importer]"),
    ] = None,
    columns: own.Columns = "",
    unit: own.Unit = "",
    decimal: own.DecimalSign = None,
    holds: own.HoldsWhat = None,
    sheet: own.SheetName = "",
    unknown: own.UnknownMeans = "fail",
    companions: own.Companions = None,
    sectors: Annotated[
        bool,
        typer.Option("--sectors", help="Show the world with sectors: what each makes and trades."),
    ] = False,
    tariffs: Annotated[
        bool,
        typer.Option("--tariffs", help="Show what importers charge on goods, and how it is known."),
    ] = False,
    tables: TablesOption = None,
    tables_year: TablesYearOption = None,
    detail: DetailOption = None,
    fitted: Annotated[
        bool, typer.Option("--fitted", help="Show beside it what gravity predicts for each pair.")
    ] = False,
    *,
    form: TableAnswer,
) -> None:
    """Show the baseline world: who trades what with whom, and how well that is known."""
    form.check()
    partner = partner_of(other, partner)
    told = {
        "--year": year,
        "--world-as": world_as,
        "--domestic": domestic,
        "--gdp": gdp,
        "--services": services,
        "--reporter": reporter,
        "--columns": columns,
        "--unit": unit,
        "--decimal": decimal,
        "--holds": holds,
        "--sheet": sheet,
        "--unknown": "" if unknown == "fail" else unknown,
        "--with": companions,
    }
    if sectors:
        others = told | {
            "--partner": partner,
            "--world": file,
            "--fitted": fitted,
            "--history": history,
            "--tariffs": tariffs,
        }
        refuse(
            others,
            "is of the world without sectors.",
            "Leave it or --sectors out; tables by sector of your own go with --tables.",
        )
        check_tables(tables, tables_year, detail)
        model = load(sectors=tables, sectors_year=tables_year)
        found = model.world_table(economy or "", sectors=True, detail=detail)
    else:
        of_sectors = {"--tables": tables, "--tables-year": tables_year, "--detail": detail}
        refuse(of_sectors, "is of the world with sectors.", "Write --sectors too.")
        if file is None:
            why = "says how a file of your own becomes the world."
            refuse(told, why, "Write --world FILE too.")
        model = _model(
            ModelOptions(world=file, year=year, world_as=_said(told, world_as)), companions
        )
        if tariffs:
            refuse(
                {"--fitted": fitted, "--history": history}, "shows trade.", "Leave --tariffs out."
            )
        if history:
            show_pair(model, economy, partner, form)
            return
        found = model.world_table(economy or "", partner or "", tariffs=tariffs, fitted=fitted)
    form.give(found, show=lambda: show(found, top))


def show_pair(model: Model, economy: str | None, partner: str | None, form: Answer) -> None:
    """Answer with the series of a pair.

    Raises
    ------
    InputError
        One of the two is not named.
    """
    if economy is None or partner is None:
        raise InputError(
            "shows a pair.", where="--history", mend="landbridge world PAK UZB --history"
        )
    found = model.history(economy, partner)
    form.give(found, show=lambda: show_history(found), table="history")


def _said(told: Mapping[str, object], world_as: list[str] | None) -> list[str]:
    """Bring the options that say how a file is read to the form of ``--world-as``."""
    written = {
        name: str(told[f"--{name}"])
        for name in ("domestic", "gdp", "services", "reporter", "unit", "decimal", "holds",
                     "sheet", "unknown", "columns")
        if told[f"--{name}"]
    }  # fmt: skip
    return [*(world_as or ()), *(f"{name}={value}" for name, value in written.items())]


def _model(options: ModelOptions, companions: list[Path] | None) -> Model:
    """Load the model; several files that belong to the flows go with ``--with``."""
    if not companions:
        return open_model(options)
    file = world_file(options)
    paths = (*file.options.companions, *(str(path) for path in companions))
    return model_on(replace(file, options=replace(file.options, companions=paths)), options)


def partner_of(other: str | None, partner: str | None) -> str | None:
    """Take the partner from the second name or from --partner.

    Raises
    ------
    InputError
        Both are given.
    """
    if other is not None and partner is not None:
        raise InputError("the partner stands twice.", where="--partner", mend="Write it once.")
    return partner if other is None else other


SHORT_TARIFFS = {
    "mfn_percent": "no preference",
    "mean_percent": "mean",
    "published_percent": "published",
    "duty_free_percent": "free",
    "revenue_million_usd": "revenue",
    "status": "known from",
    "imports_million_usd": "imports",
    "charged_percent": "charges",
    "exports_million_usd": "exports",
    "faced_percent": "is charged",
}


def show(result: Result[World | SectoralWorld], top: int) -> None:
    """Print a world, or one economy of it, for a person."""
    name, table = next(iter(result.tables.items()))
    if isinstance(result.found, SectoralWorld):
        print_table(sectors_for_terminal(table), title=result.title, note="\n".join(result.notes))
    elif name == "world_economies":
        print_table(table, title=result.title)
    elif name == "world_tariffs":
        order = "revenue_million_usd" if "revenue_million_usd" in table else "imports_million_usd"
        largest = table.sort_values(order, ascending=False, kind="stable").head(top)
        shown = largest.drop(columns="name").rename(columns=SHORT_TARIFFS)
        print_table(shown, title=result.title, note="\n".join(result.notes))
    else:
        note = "\n".join(result.notes)
        print_table(for_terminal(table, top), title=result.title, note=note)


def refuse(told: Mapping[str, object], why: str, mend: str) -> None:
    """Refuse options that are of another question.

    Raises
    ------
    InputError
        One of them is given.
    """
    given = [name for name, value in told.items() if value]
    if given:
        raise InputError(why, where=", ".join(given), mend=mend)


def for_terminal(table: pd.DataFrame, top: int) -> pd.DataFrame:
    """Keep the largest flows and what fits a terminal; `--json` and `--csv` give all."""
    largest = table.sort_values("total_million_usd", ascending=False).head(top)
    low, high = largest["goods_low_million_usd"], largest["goods_high_million_usd"]
    fitted = {
        f"{kind} fitted": largest[f"{kind}_fitted_million_usd"]
        for kind in ("goods", "services")
        if f"{kind}_fitted_million_usd" in largest
    }
    return pd.DataFrame(
        {
            "from": largest["exporter"],
            "to": largest["importer"],
            "goods": largest["goods_million_usd"],
            "90 % band": [f"{cell(a)} to {cell(b)}" for a, b in zip(low, high, strict=True)],
            "services": largest["services_million_usd"],
            **fitted,
            "goods known from": largest["status_goods"],
        }
    )
