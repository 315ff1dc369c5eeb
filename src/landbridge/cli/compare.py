"""``landbridge compare``: scenarios side by side over the same draws."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landbridge.cli.options.model import (
    EstimatesOption,
    FittedOption,
    ModelOptions,
    WorldAsOption,
    WorldOption,
    WorldYearOption,
    open_model,
)
from landbridge.cli.options.network import BorderYearOption, DataOption
from landbridge.cli.printing.answering import (
    CsvOption,
    DrawsOption,
    JobsOption,
    JsonOption,
    SeedOption,
    answer,
    check_answer,
    tell,
)
from landbridge.cli.printing.show import print_table
from landbridge.cli.runs import RESULTS, SetOption, progress_bar
from landbridge.draws.engine import DEFAULT_DRAWS, DEFAULT_SEED
from landbridge.results import Result
from landbridge.studies.compare.scenarios import ScenarioComparison
from landbridge.verbs.scenarios import open_scenario


def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME|FILE NAME|FILE ...",
            help="Scenarios, as `run` takes them; the first is the one to set the others against.",
        ),
    ],
    draws: DrawsOption = DEFAULT_DRAWS,
    seed: SeedOption = DEFAULT_SEED,
    jobs: JobsOption = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for page, workbook and tables. Default: landbridge-results/..., unless "
            "--json or --csv is given."
        ),
    ] = None,
    changes: SetOption = None,
    ignore_constraints: Annotated[
        bool,
        typer.Option(
            "--ignore-constraints", help="Run what political relations block all the same."
        ),
    ] = False,
    estimates: EstimatesOption = None,
    world: WorldOption = None,
    year: WorldYearOption = None,
    world_as: WorldAsOption = None,
    fitted: FittedOption = False,
    data: DataOption = None,
    border_year: BorderYearOption = None,
    json: JsonOption = False,
    csv: CsvOption = False,
) -> None:
    """Set scenarios side by side: income, trade, trips, cost and benefit, over the same draws."""
    # A name that is not known is said before anything long is loaded.
    stem = "-or-".join(open_scenario(name, changes or ()).scenario.name for name in names)[:100]
    folder = out if out is not None else (None if json or csv else RESULTS / stem)
    check_answer(out=folder, json=json, csv=csv)
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
        result = model.compare(
            names,
            draws=draws,
            seed=seed,
            jobs=jobs,
            constraints="ignore" if ignore_constraints else "scenario",
            changes=changes or (),
            progress=step,
        )
    answer(
        result,
        show=lambda: show(result),
        out=folder,
        json=json,
        csv="compare_summary" if csv else "",
    )


def show(result: Result[ScenarioComparison]) -> None:
    """Print a comparison for a person."""
    tell(result)
    summary = result.tables["compare_summary"]
    shown = summary[["scenario"]].assign(
        income_percent=summary["focus_income_percent"],
        world_million_usd=summary["world_million_usd"],
        npv_million_usd=summary["npv_million_usd"],
        eirr_percent=summary["eirr_percent"],
    )
    print_table(shown, title=f"Real income of {result.found.focus}, the world, and the worth of it")
