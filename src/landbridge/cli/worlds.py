"""``landbridge world``: the baseline, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from landbridge import codes
from landbridge.cli import own
from landbridge.cli.sector_options import (
    DetailOption,
    TablesOption,
    TablesYearOption,
    sectoral_world,
)
from landbridge.cli.show import Form, cell, print_csv, print_json, print_table
from landbridge.cli.world_history import show_pair_history
from landbridge.cli.world_sectors import show_sectors
from landbridge.errors import InputError
from landbridge.gravity.uses.world_fitted import fitted_world
from landbridge.sources import LoadOptions
from landbridge.sources.baseline import Domestic, Reporter, Services, world_from_file
from landbridge.world.base import CellStatus, World
from landbridge.world.baseline import load_baseline
from landbridge.world.tables import pair_table, status_title

NOTE = "Million USD. docs/baseline.md says how each kind is made and how well it does."


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
    out: Annotated[
        Path | None, typer.Option(help="With --history: draw it into this SVG file.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=250, help="Partners to show.")] = 20,
    file: Annotated[
        Path | None, typer.Option("--from", help="Make a data file of your own the world.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Year of the file.")] = None,
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
    tables: TablesOption = None,
    tables_year: TablesYearOption = None,
    detail: DetailOption = None,
    fitted: Annotated[
        bool, typer.Option("--fitted", help="Show beside it what gravity predicts for each pair.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Show the baseline world: who trades what with whom, and how well that is known."""
    partner = partner_of(other, partner)
    if out is not None and not history:
        raise InputError("draws a history.", where="--out", mend="Write --history too.")
    told = {
        "--year": year,
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
            "--from": file,
            "--fitted": fitted,
            "--history": history,
        }
        refuse_with_sectors(others)
        own_tables = sectoral_world(tables, tables_year, detail)
        show_sectors(own_tables, detail, economy, form_of(json=json, csv=csv))
        return
    refuse_without_sectors({"--tables": tables, "--tables-year": tables_year, "--detail": detail})
    if file is None:
        refuse_without_file(told)
        baseline = load_baseline()
    else:
        if year is None:
            raise InputError("which year of the file?", where="--year", mend="Write --year 2019.")
        # A table of one's own without a column of years is of the year that is asked for.
        only_year = year if columns and "year" not in own.pairs_of(columns) else None
        baseline = own_world(
            file,
            year=year,
            domestic=domestic or "output",
            services=services,
            reporter=reporter,
            gdp_file="" if gdp is None else str(gdp),
            options=own.load_options(
                own.OwnTable(columns, unit, decimal, only_year, holds),
                companions=companions,
                sheet=sheet,
                unknown=unknown,
            ),
        )
    if history:
        if economy is None or partner is None:
            raise InputError(
                "shows a pair.", where="--history", mend="landbridge world PAK UZB --history"
            )
        pair = in_world(baseline, economy), in_world(baseline, partner)
        show_pair_history(baseline, pair, form=form_of(json=json, csv=csv), out=out)
        return
    show(
        baseline,
        Asked(
            economy=economy,
            partner=partner,
            top=top,
            form=form_of(json=json, csv=csv),
            own=file is not None,
            fitted=fitted,
        ),
    )


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


@dataclass(frozen=True)
class Asked:
    """What a user wants to see of a world.

    Attributes
    ----------
    economy, partner, top
        Whose trade, with whom, how many partners.
    form
        How it is printed.
    own
        Whether the world comes from a file of the user's.
    fitted
        Whether fitted flows stand beside the observed ones.
    """

    economy: str | None
    partner: str | None
    top: int
    form: Form
    own: bool
    fitted: bool


def show(baseline: World, asked: Asked) -> None:
    """Print a world, or one economy of it."""
    economy, partner, form = asked.economy, asked.partner, asked.form
    if economy is None:
        if partner is not None:
            raise InputError("--partner needs an economy before it.")
        if asked.fitted:
            raise InputError(
                "fitted flows are shown by pair.", where="--fitted", mend="Name an economy."
            )
        table, title = economies_table(baseline), f"Economies in the world of {baseline.year}"
    else:
        iso3 = in_world(baseline, economy)
        other = in_world(baseline, partner) if partner else None
        table = pair_table(baseline, iso3, partner=other)
        if asked.own:
            table = own_standing(table)
        if asked.fitted:
            table = with_fitted(table, baseline)
        title = f"Trade of {codes.name_of(iso3)}, {baseline.year}, million USD"
    if form == "json":
        print_json(table)
    elif form == "csv":
        print_csv(table)
    elif economy is None:
        print_table(table, title=title)
    else:
        print_table(for_terminal(table, asked.top), title=title, note=NOTE)


def own_standing(table: pd.DataFrame) -> pd.DataFrame:
    """Say of a file's own world that a cell it does not hold is zero for that reason."""
    result = table.copy()
    for kind in ("goods", "services"):
        absent = (result[f"{kind}_million_usd"] == 0) & result[f"status_{kind}"].eq(
            status_title(CellStatus.IMPUTED)
        )
        result.loc[absent, f"status_{kind}"] = "not in the file"
        told = result[f"status_{kind}"].eq(status_title(CellStatus.PUBLISHED))
        result.loc[told, f"status_{kind}"] = "from the file"
    return result


def with_fitted(table: pd.DataFrame, baseline: World) -> pd.DataFrame:
    """Put the fitted flow beside each observed one; what the fit is goes to standard error."""
    found = fitted_world(baseline)
    for note in found.notes:
        typer.echo(f"Mind: {note}", err=True)
    place = {code: at for at, code in enumerate(found.world.iso3)}
    at = (table["exporter"].map(place).to_numpy(), table["importer"].map(place).to_numpy())
    return table.assign(
        goods_fitted_million_usd=found.world.goods[at],
        services_fitted_million_usd=found.world.services[at],
    )


def form_of(*, json: bool, csv: bool) -> Form:
    """Say how a table is printed.

    Raises
    ------
    InputError
        Both forms are asked for.
    """
    if json and csv:
        raise InputError("one of them only.", where="--json, --csv")
    return "json" if json else "csv" if csv else "table"


def refuse_without_file(told: Mapping[str, object]) -> None:
    """Refuse options that say how a file is read where no file is given.

    Raises
    ------
    InputError
        One of them is given.
    """
    given = [name for name, value in told.items() if value]
    if given:
        raise InputError(
            "says how a file of your own becomes the world.",
            where=", ".join(given),
            mend="Write --from FILE too.",
        )


def refuse_with_sectors(told: Mapping[str, object]) -> None:
    """Refuse options of the world without sectors beside --sectors.

    Raises
    ------
    InputError
        One of them is given.
    """
    given = [name for name, value in told.items() if value]
    if given:
        raise InputError(
            "is of the world without sectors.",
            where=", ".join(given),
            mend="Leave it or --sectors out; tables by sector of your own go with --tables.",
        )


def refuse_without_sectors(told: Mapping[str, object]) -> None:
    """Refuse options of the world with sectors where --sectors is not given.

    Raises
    ------
    InputError
        One of them is given.
    """
    given = [name for name, value in told.items() if value]
    if given:
        raise InputError(
            "is of the world with sectors.", where=", ".join(given), mend="Write --sectors too."
        )


def own_world(
    file: Path,
    *,
    year: int,
    domestic: Domestic,
    services: Services | None,
    reporter: Reporter | None,
    gdp_file: str,
    options: LoadOptions,
) -> World:
    """Make a user's file the world, and say on standard error what was completed.

    Raises
    ------
    InputError
        The file cannot be used.
    """
    found = world_from_file(
        file,
        year=year,
        domestic=domestic,
        services=services,
        reporter=reporter,
        gdp_file=gdp_file,
        options=options,
    )
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
