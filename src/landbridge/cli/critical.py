"""``landbridge critical``: where one percent of cost, or one hour, matters most."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from landbridge import codes
from landbridge.cli.options.model import (
    FittedOption,
    ModelOptions,
    WorldAsOption,
    WorldOption,
    WorldYearOption,
    open_model,
)
from landbridge.cli.options.network import (
    BorderYearOption,
    DataOption,
    EstimatesOption,
    MonthOption,
    tell,
    tell_replaced,
)
from landbridge.cli.printing.answering import (
    BoundariesOption,
    CsvOption,
    DrawsOption,
    JobsOption,
    JsonOption,
    SeedOption,
    answer,
    check_answer,
)
from landbridge.cli.printing.show import cell, print_table
from landbridge.cli.runs import progress_bar
from landbridge.draws.engine import DEFAULT_SEED
from landbridge.formats import significant
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.studies.critical.answer import LOGIT, CriticalAnswer, Of
from landbridge.studies.critical.ranking import By, check_order
from landbridge.units import PERCENT


def critical(
    of: Annotated[Of, typer.Option(help="What to rank.")] = "crossings",
    economy: Annotated[
        str | None, typer.Option(help="Rank by what it means to one economy, not to the world.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    by: Annotated[
        By, typer.Option(help="By one percent of cost, one hour, or the tonnes that pass.")
    ] = "hour",
    first_order: Annotated[
        bool, typer.Option("--first-order", help="Leave out what has to be solved anew.")
    ] = False,
    draws: DrawsOption = 0,
    seed: SeedOption = DEFAULT_SEED,
    jobs: JobsOption = 0,
    scenario: Annotated[
        str | None, typer.Option(help="On the network of this scenario (name or file).")
    ] = None,
    world: WorldOption = None,
    year: WorldYearOption = None,
    world_as: WorldAsOption = None,
    fitted: FittedOption = False,
    estimates: EstimatesOption = None,
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
    """Rank crossings, links, ports or sea passages by what one percent or one hour is worth."""
    check_order(by, codes.resolve(economy) if economy is not None else "")
    check_answer(out=out, json=json, csv=csv)
    model = open_model(
        ModelOptions(
            world=world,
            year=year,
            world_as=world_as,
            fitted=fitted,
            data=data,
            border_year=border_year,
            estimates=estimates,
        )
    )
    with progress_bar() as step:
        result = model.critical(
            of=of,
            economy=economy or "",
            top=top,
            by=by,
            first_order=first_order,
            scenario=scenario,
            month=month,
            draws=draws,
            seed=seed,
            jobs=jobs,
            progress=step,
        )
    tell_replaced(result)
    tell(f"Warning: {note}" for note in result.notes if note == LOGIT)
    answer(
        result,
        show=lambda: show(result.found),
        out=out,
        json=json,
        csv="critical" if csv else "",
        boundaries=boundaries,
    )


def show(found: CriticalAnswer) -> None:
    """Print the ranking for a person."""
    question, ranking, first_order = found.question, found.ranking, found.first
    table, by = ranking.table, question.by
    shown = pd.DataFrame({"name": table["name"]})
    shown["million tonnes"] = _banded(table, "million_tonnes")
    first, second = ("percent", "hour") if by == "percent" else ("hour", "percent")
    titles = {"percent": "1 % less, m USD", "hour": "1 h less, m USD"}
    for name in (first, second):
        shown[titles[name]] = _banded(table, f"{name}_million_usd")
        shown[f"exact{'' if name == first else ' '}"] = table[f"{name}_exact_million_usd"]
    shown["shut, m USD"] = table["closed_million_usd"]
    shown["% of GDP"] = table["closed_percent_of_gdp"]
    if not ranking.economy and table["most_hit"].any():
        hit = zip(table["most_hit"], table["most_hit_percent_of_gdp"], strict=True)
        shown["most hit, % of GDP"] = [
            f"{code} {cell(value)}" if code else "" for code, value in hit
        ]
    share = PERCENT * first_order.assigned_million_usd
    share /= first_order.assigned_million_usd + first_order.unassigned_million_usd
    what = {"percent": "one percent of cost", "hour": "an hour", "tonnes": "tonnes"}[by]
    print_table(
        shown.dropna(axis="columns", how="all"),
        title=f"{question.of.capitalize()} by {what}: worth to {question.whom} a year",
        note=f"{share:.1f} % of the world's trade in goods is on the network. Flows take the "
        "least-cost way, with no choice among modes and no limits of capacity; "
        "docs/criticality.md says what that means.",
    )


def _banded(table: pd.DataFrame, name: str) -> pd.Series:
    if f"{name}_low" not in table:
        return table[name]
    columns = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
    told = [
        f"{cell(value)} ({significant(low)}-{significant(high)})" for value, low, high in columns
    ]
    return pd.Series(told, index=table.index)
