"""``landbridge run``."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from landbridge.cli.options.groups import Chance, Ground, RunAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.options.network import MonthOption, tell_joins
from landbridge.cli.options.scenario import RESULTS, SetOption
from landbridge.cli.options.sectors import (
    DetailOption,
    ElasticitiesOption,
    PathOption,
    TablesOption,
    TablesYearOption,
    industry_settings,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import cell, print_table
from landbridge.errors import InputError
from landbridge.report.formats.frames import middle
from landbridge.scenarios.opening import with_settings
from landbridge.scenarios.schema import Closure, RouteChoice, Settings
from landbridge.studies.run.results import RunResult
from landbridge.verbs.asking.scenarios import open_scenario


@command
def run(
    name_or_file: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE",
            help="A scenario's name, or a TOML file; a+b runs the measures of both.",
        ),
    ],
    choice: Annotated[
        RouteChoice | None,
        typer.Option(
            help="Freight between economies: cargo (classes of cargo choose modes and ports), "
            "logit (all cargo chooses modes) or least (the path of least cost). "
            "Default: what the scenario says, cargo if it says nothing."
        ),
    ] = None,
    sectors: Annotated[
        bool,
        typer.Option("--sectors", help="Run the world with 20 industries and their inputs too."),
    ] = False,
    tables: TablesOption = None,
    tables_year: TablesYearOption = None,
    detail: DetailOption = None,
    elasticities: ElasticitiesOption = "",
    path: PathOption = 0,
    closure: Annotated[
        Closure | None,
        typer.Option(help="How trade imbalances are treated. Default: as the scenario says."),
    ] = None,
    month: MonthOption = None,
    changes: SetOption = None,
    ignore_constraints: Annotated[
        bool,
        typer.Option(
            "--ignore-constraints",
            help="Run what political relations block at the date all the same; the report says so.",
        ),
    ] = False,
    work_around: Annotated[
        bool,
        typer.Option(
            "--work-around",
            help="Run the named work-around of what is blocked (bilateral instead of bloc-wide) "
            "as a scenario of its own.",
        ),
    ] = False,
    flows: Annotated[
        bool,
        typer.Option(
            "--flows",
            help="Show what passes every link, crossing, port and strait before and after too.",
        ),
    ] = False,
    *,
    chance: Chance,
    ground: Ground,
    form: RunAnswer,
) -> None:
    """Run a scenario: routes, trade costs, equilibrium, bands, report."""
    asked = open_scenario(name_or_file, changes or ())
    scenario = with_settings(asked.scenario, Settings(), month=month)
    chosen = {"choice": choice, "closure": closure}
    scenario = scenario.model_copy(update={key: value for key, value in chosen.items() if value})
    by_industry = industry_settings(
        sectors=sectors,
        tables=tables,
        year=tables_year,
        detail=detail,
        elasticities=elasticities,
        years=path,
    )
    form = form.at(RESULTS / scenario.name).check()
    how = _constraints(ignore=ignore_constraints, work_around=work_around)
    model = open_model(ground)
    with progress_bar() as step, asked.lines():
        result = model.run(
            scenario,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            sectors=by_industry,
            constraints=how,
            flows=flows,
            progress=step,
        )
    tell_joins(result)
    form.give(result, show=lambda: print_summary(result.found))


def _constraints(*, ignore: bool, work_around: bool) -> str:
    """Say how constraints are treated.

    Raises
    ------
    InputError
        Both options are given.
    """
    if ignore and work_around:
        raise InputError(
            "a constraint is ignored or worked around, not both.", where="--ignore-constraints"
        )
    return "ignore" if ignore else "work_around" if work_around else "scenario"


def print_summary(result: RunResult) -> None:
    """Print the headline and the trade of the focus for a person at a shell."""
    console = Console(markup=False, emoji=False)
    console.print(result.scenario_title, style="bold", highlight=False)
    for sentence in result.headline:
        console.print(f"- {sentence}", highlight=False)
    for sentence in result.warnings:
        console.print(sentence, style="bold", highlight=False)
    pairs = result.trade_pairs
    shown = pd.DataFrame(
        {
            "from": pairs["exporter"],
            "to": pairs["importer"],
            "baseline_million_usd": pairs["baseline_million_usd"],
            "known from": pairs["status"],
            "trade cost_percent": pairs["cost_change_percent"],
            "trade_percent": middle(pairs, "change_percent"),
        }
    )
    if result.draws:
        ends = zip(pairs["change_percent_low"], pairs["change_percent_high"], strict=True)
        shown["90 % band"] = [f"{cell(low)} to {cell(high)}" for low, high in ends]
    print_table(
        shown,
        title="Trade of the focus economy: change of its cost and of its value",
        note="Trade: median of the draws. Its cost: every input at its centre."
        if result.draws
        else "Every input at its centre; no draws were made.",
    )
    if len(result.replaced):
        tables = ", ".join(dict.fromkeys(result.replaced["table"]))
        console.print(
            f"{len(result.replaced)} cells of the defaults ({tables}) are replaced in this run; "
            "the report lists them.",
            highlight=False,
        )
