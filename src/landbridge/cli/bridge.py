"""``landbridge bridge``: published studies, and what lies between them and this world."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from landbridge.cli.options.groups import Estimated, TableAnswer, command
from landbridge.cli.options.model import open_model
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import cell, print_table
from landbridge.results import Result
from landbridge.studies.bridge.reading import read_study
from landbridge.studies.bridge.study import BridgeFound


@command
def bridge(
    study: Annotated[
        str, typer.Argument(help="A study that ships, such as nafta; all when left out.")
    ] = "",
    *,
    ground: Estimated,
    form: TableAnswer,
) -> None:
    """Say what part of a difference to a published study is shock, elasticity, inputs, sectors."""
    form.check()
    if study:
        # A slip is told before the bar of progress stands on the terminal.
        read_study(study)
    model = open_model(ground)
    with progress_bar() as step:
        result = model.bridge(study or None, progress=step)
    form.give(result, show=lambda: print_bridge(result, whole=bool(study)), table="bridge_parts")


def print_bridge(result: Result[BridgeFound], *, whole: bool) -> None:
    """Print bridges for a person; the steps where one study was asked for."""
    found = result.found
    summary = found.summary
    ends = zip(summary["here_at_least_percent"], summary["here_at_most_percent"], strict=True)
    columns = ["study", "economies", "published_percent", "here_percent", "ours_percent"]
    shown = summary[columns].assign(
        band=["" if math.isnan(low) else f"{cell(low)} to {cell(high)}" for low, high in ends]
    )
    print_table(
        shown.rename(columns={"here_percent": "in its setting_percent"}),
        title="Published, in the setting of the study here, and as a run has it",
        cards=False,
    )
    if whole:
        wide = found.parts.pivot_table(
            index="part", columns="economies", values="percent", sort=False
        )
        print_table(wide.reset_index(), title="Parts of ours less published, percent", cards=False)
        first = found.steps["economies"] == found.steps["economies"].iloc[0]
        print_table(
            found.steps[first][["part", "real_income_percent", "change_percent", "because"]],
            title=f"Step by step: {found.steps['economies'].iloc[0]}",
            cards=False,
        )
    else:
        for sentence in result.headline:
            typer.echo(sentence)
    for note in found.notes:
        typer.echo(note)
