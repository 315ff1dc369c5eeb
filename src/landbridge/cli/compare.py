"""``landbridge compare``: scenarios side by side over the same draws."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli.options.groups import Chance, FiledAnswer, Ground, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.options.network import tell_joins
from landbridge.cli.options.scenario import RESULTS, SetOption
from landbridge.cli.printing.answering import (
    tell,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import print_table
from landbridge.report.formats.frames import middle
from landbridge.results import Result
from landbridge.studies.compare.scenarios import ScenarioComparison
from landbridge.verbs.asking.scenarios import open_scenario


@command
def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME|FILE NAME|FILE ...",
            help="Scenarios, as `run` takes them; the first is the one to set the others against.",
        ),
    ],
    changes: SetOption = None,
    ignore_constraints: Annotated[
        bool,
        typer.Option(
            "--ignore-constraints", help="Run what political relations block all the same."
        ),
    ] = False,
    *,
    chance: Chance,
    ground: Ground,
    form: FiledAnswer,
) -> None:
    """Set scenarios side by side: income, trade, trips, cost and benefit, over the same draws."""
    # A name that is not known is said before anything long is loaded.
    stem = "-or-".join(open_scenario(name, changes or ()).scenario.name for name in names)[:100]
    form = form.at(RESULTS / stem).check()
    model = open_model(ground)
    with progress_bar() as step:
        result = model.compare(
            names,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            constraints="ignore" if ignore_constraints else "scenario",
            changes=changes or (),
            progress=step,
        )
    tell_joins(result)
    form.give(result, show=lambda: show(result), table="compare_summary")


def show(result: Result[ScenarioComparison]) -> None:
    """Print a comparison for a person."""
    tell(result)
    summary = result.tables["compare_summary"]
    shown = summary[["scenario"]].assign(
        income_percent=middle(summary, "focus_income_percent"),
        world_million_usd=middle(summary, "world_million_usd"),
        npv_million_usd=middle(summary, "npv_million_usd"),
        eirr_percent=middle(summary, "eirr_percent"),
    )
    print_table(
        shown,
        title=f"Real income of {result.found.focus}, the world, and the worth of it",
        note="Medians of the draws." if result.found.draws else "Every input at its centre.",
    )
