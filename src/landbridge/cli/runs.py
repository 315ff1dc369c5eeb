"""``landbridge run`` and ``landbridge scenarios``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from landbridge.basis import embedded_basis
from landbridge.cli.network_options import BorderYearOption, DataOption, MonthOption
from landbridge.cli.sector_options import (
    DetailOption,
    ElasticitiesOption,
    PathOption,
    TablesOption,
    TablesYearOption,
    industry_settings,
)
from landbridge.cli.show import cell, print_json, print_table
from landbridge.draws.engine import DEFAULT_DRAWS, DEFAULT_SEED, MAX_DRAWS
from landbridge.errors import InputError
from landbridge.gravity.uses.parameter_estimates import read_estimates
from landbridge.report import BoundaryView, write_report
from landbridge.report.formats import machine
from landbridge.report.formats.folder import check_folder
from landbridge.scenarios.asking import ask, lines_of
from landbridge.scenarios.constraints import constraints_of, work_around_scenario
from landbridge.scenarios.opening import read_settings, with_settings
from landbridge.scenarios.reading import catalogue_names, find_scenario, read_scenario
from landbridge.scenarios.schema import Closure, RouteChoice, Scenario
from landbridge.studies.cba.scenario_appraisal import with_appraisal
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import (
    draw_scenario,
    result_of,
)
from landbridge.tasks import Progress
from landbridge.world.baseline import load_baseline

RESULTS = Path("landbridge-results")
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the scenario: date=2020-01-01, closure=additive, "
        "parameters.trade_elasticity=6, measures.ID.FIELD=..., costs.ID.FIELD=...; repeatable.",
    ),
]


def run(
    name_or_file: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE",
            help="A scenario's name, or a TOML file; a+b runs the measures of both.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the report. Default: landbridge-results/<scenario>."),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, max=MAX_DRAWS, help="Draws for the bands; 0 for none.")
    ] = DEFAULT_DRAWS,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same bytes.")
    ] = DEFAULT_SEED,
    jobs: Annotated[
        int, typer.Option(min=0, max=256, help="Processes; 0 for one a core. Results do not vary.")
    ] = 0,
    boundaries: Annotated[
        BoundaryView, typer.Option(help="Boundaries on the maps: un, or none at all.")
    ] = BoundaryView.UN,
    choice: Annotated[
        RouteChoice | None,
        typer.Option(
            help="Freight between economies: least cost, or a logit choice among modes. "
            "Default: what the scenario says, least cost if it says nothing."
        ),
    ] = None,
    sectors: Annotated[
        bool,
        typer.Option("--sectors", help="Run the world with 20 industries and their inputs too."),
    ] = False,
    tables: TablesOption = None,
    year: TablesYearOption = None,
    detail: DetailOption = None,
    elasticities: ElasticitiesOption = "",
    path: PathOption = 0,
    closure: Annotated[
        Closure | None,
        typer.Option(help="How trade imbalances are treated. Default: as the scenario says."),
    ] = None,
    estimates: Annotated[
        Path | None,
        typer.Option(
            help="Folder of `landbridge estimate --out` with parameters that take the place of "
            "the scenario's."
        ),
    ] = None,
    data: DataOption = None,
    border_year: BorderYearOption = None,
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
    json: Annotated[
        bool, typer.Option("--json", help="Print the results as JSON; write only with --out.")
    ] = False,
) -> None:
    """Run a scenario: routes, trade costs, equilibrium, bands, report."""
    settings = read_settings(data or (), border_year=border_year)
    scenario = with_settings(ask(name_or_file, changes or ()), settings, month=month)
    if choice is not None:
        scenario = scenario.model_copy(update={"choice": choice})
    if closure is not None:
        scenario = scenario.model_copy(update={"closure": closure})
    by_industry = industry_settings(
        sectors=sectors,
        tables=tables,
        year=year,
        detail=detail,
        elasticities=elasticities,
        years=path,
    )
    scenario = constrained(scenario, ignore=ignore_constraints, work_around=work_around)
    basis = embedded_basis()
    if estimates is not None:
        basis = basis.with_estimates(read_estimates(estimates))
    folder = out if out is not None else (None if json else RESULTS / scenario.name)
    if folder is not None:
        check_folder(folder)
    with progress_bar() as step, lines_of(name_or_file):
        drawn = draw_scenario(
            basis,
            scenario,
            draws=draws,
            seed=seed,
            jobs=jobs,
            where=name_or_file,
            sectors=by_industry,
            progress=step,
        )
        result = with_appraisal(result_of(drawn, sectors=by_industry, progress=step), drawn)
        files = write_report(result, folder, view=boundaries) if folder is not None else []
    if json:
        typer.echo(machine.to_json(result))
        return
    print_summary(result)
    for file in files:
        if file.suffix == ".html":
            typer.echo(f"Report: {file}")


def scenarios(
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the scenarios that ship with Landbridge."""
    found = [read_scenario(find_scenario(name)) for name in catalogue_names()]
    table = pd.DataFrame(
        [(s.name, s.title, len(s.measures), " ".join(s.summary.split())) for s in found],
        columns=["name", "title", "measures", "summary"],
    )
    if json:
        print_json(table)
        return
    print_table(table, note="Run one with `landbridge run NAME`; write your own: docs/scenarios.md")


def constrained(scenario: Scenario, *, ignore: bool, work_around: bool) -> Scenario:
    """Give the scenario as the options on constraints ask for it.

    Raises
    ------
    InputError
        Both options are given, or nothing is blocked that could be worked around.
    """
    if ignore and work_around:
        raise InputError(
            "a constraint is ignored or worked around, not both.", where="--ignore-constraints"
        )
    if ignore:
        return scenario.model_copy(update={"constraints": "ignore"})
    if not work_around:
        return scenario
    found = constraints_of(scenario)
    if not found.blocked:
        raise InputError(
            f"no relation blocks a measure of {scenario.name} on {scenario.date}.",
            where="--work-around",
            mend="Run it without the option.",
        )
    return work_around_scenario(scenario, found, load_baseline().iso3)


def print_summary(result: RunResult) -> None:
    """Print the headline and the trade of the focus for a person at a shell."""
    console = Console(markup=False, emoji=False)
    console.print(result.scenario_title, style="bold", highlight=False)
    for sentence in result.headline:
        console.print(f"- {sentence}", highlight=False)
    pairs = result.trade_pairs
    shown = pd.DataFrame(
        {
            "from": pairs["exporter"],
            "to": pairs["importer"],
            "baseline_million_usd": pairs["baseline_million_usd"],
            "known from": pairs["status"],
            "trade cost_percent": pairs["cost_change_percent"],
            "trade_percent": pairs["change_percent"],
        }
    )
    if result.draws:
        ends = zip(pairs["change_percent_low"], pairs["change_percent_high"], strict=True)
        shown["90 % band"] = [f"{cell(low)} to {cell(high)}" for low, high in ends]
    print_table(shown, title="Trade of the focus economy: change of its cost and of its value")
    if len(result.replaced):
        tables = ", ".join(dict.fromkeys(result.replaced["table"]))
        console.print(
            f"{len(result.replaced)} cells of the defaults ({tables}) are replaced in this run; "
            "the report lists them.",
            highlight=False,
        )


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show progress on standard error; yields ``step(what, done, total)``."""
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, TaskID] = {}
    with bar:

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield step
