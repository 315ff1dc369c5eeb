"""``landbridge compare``: scenarios side by side over the same draws."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from landbridge.basis import embedded_basis
from landbridge.cli.runs import RESULTS, SetOption, progress_bar
from landbridge.cli.show import print_json, print_table
from landbridge.draws.engine import DEFAULT_SEED, MAX_DRAWS
from landbridge.report.formats.folder import check_folder
from landbridge.report.pages.compare import write_comparison
from landbridge.scenarios.asking import ask
from landbridge.studies.compare.scenarios import compare_scenarios

DRAWS = 100


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME|FILE NAME|FILE ...",
            help="Scenarios, as `run` takes them; the first is the one to set the others against.",
        ),
    ],
    draws: Annotated[
        int, typer.Option(min=0, max=MAX_DRAWS, help="Draws for the bands; 0 for none.")
    ] = DRAWS,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same bytes.")
    ] = DEFAULT_SEED,
    jobs: Annotated[
        int, typer.Option(min=0, max=256, help="Processes; 0 for one a core. Results do not vary.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for page, workbook and tables. Default: landbridge-results/..."),
    ] = None,
    changes: SetOption = None,
    ignore_constraints: Annotated[
        bool,
        typer.Option(
            "--ignore-constraints", help="Run what political relations block all the same."
        ),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the summary as JSON; write only with --out.")
    ] = False,
) -> None:
    """Set scenarios side by side: income, trade, trips, cost and benefit, over the same draws."""
    scenarios = [ask(name, changes or ()) for name in names]
    if ignore_constraints:
        scenarios = [s.model_copy(update={"constraints": "ignore"}) for s in scenarios]
    stem = "-or-".join(scenario.name for scenario in scenarios)[:100]
    folder = out if out is not None else (None if json else RESULTS / stem)
    if folder is not None:
        check_folder(folder)
    with progress_bar() as step:
        found = compare_scenarios(
            embedded_basis(),
            scenarios,
            draws=draws,
            seed=seed,
            jobs=jobs,
            where=names,
            progress=step,
        )
        files = write_comparison(found, folder) if folder is not None else []
    if json:
        print_json(found.tables["compare_summary"])
        return
    console = Console(markup=False, emoji=False)
    for sentence in found.headline:
        console.print(f"- {sentence}", highlight=False)
    summary = found.tables["compare_summary"]
    shown = summary[["scenario"]].assign(
        income_percent=summary["focus_income_percent"],
        world_million_usd=summary["world_million_usd"],
        npv_million_usd=summary["npv_million_usd"],
        eirr_percent=summary["eirr_percent"],
    )
    print_table(shown, title=f"Real income of {found.focus}, the world, and the worth of it")
    for file in files:
        if file.suffix == ".html":
            typer.echo(f"Page: {file}")
