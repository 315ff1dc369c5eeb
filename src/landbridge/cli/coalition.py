"""``landbridge coalition``: who gains by joining, who would leave, and what would hold them."""

from __future__ import annotations

from typing import Annotated, Final

import pandas as pd
import typer

from landbridge.cli.options.groups import FEWER, Chance, Ground, TableAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.options.network import tell_joins
from landbridge.cli.printing.answering import (
    tell,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import cell, print_table
from landbridge.report.formats.frames import middle
from landbridge.results import Result
from landbridge.studies.coalition.study import CoalitionStudy
from landbridge.verbs.asking.asked import day_of
from landbridge.verbs.coalition import Depth

NEXT_SHOWN: Final = 8


@command
def coalition(
    members: Annotated[
        str,
        typer.Option(help="Economies or blocs, up to twelve: PAK,UZB,EAEU. A bloc acts as one."),
    ],
    depth: Annotated[
        Depth | None,
        typer.Option(
            help="How deep an agreement they sign. Default: free_trade_area; none with --scenario."
        ),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            help="What they build together: the measures of this scenario (name or file)."
        ),
    ] = None,
    candidates: Annotated[
        str | None,
        typer.Option(help="Who might join all of them. Default: every other economy."),
    ] = None,
    first: Annotated[
        str | None,
        typer.Option(
            help="Members that sign first: does that help or hinder the rest? Default: the pair "
            "that is worth most."
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Day of blocs and agreements in force. Default: the scenario's, or today.",
        ),
    ] = None,
    *,
    chance: Chance = FEWER,
    ground: Ground,
    form: TableAnswer,
) -> None:
    """Value every coalition, and say who would leave, what would hold them and who is next."""
    form.check()
    day = day_of(on)
    model = open_model(ground)
    with progress_bar() as step:
        result = model.coalition(
            members,
            depth=depth,
            scenario=scenario,
            candidates=candidates,
            first=first or (),
            on=day,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=step,
        )
    tell_joins(result)
    form.give(result, show=lambda: show(result), table="coalition_members")


def show(result: Result[CoalitionStudy]) -> None:
    """Print a study for a person."""
    tell(result)
    table = result.tables["coalition_members"]
    shown = pd.DataFrame(
        {
            "member": table["name"],
            "alone": table["alone_million_usd"],
            "together": middle(table, "together_million_usd"),
            "% of GDP": table["together_percent_of_gdp"],
            "left out": table["left_behind_million_usd"],
            "Shapley": table["shapley_million_usd"],
            "would leave": [
                f"with {group}" if group not in {"", "alone"} else group
                for group in table["leaves_with"]
            ],
            "transfer": table["transfer_million_usd"],
        }
    )
    if result.found.draws:
        ends = zip(
            table["together_million_usd_low"], table["together_million_usd_high"], strict=True
        )
        shown.insert(3, "90 % band", [f"{cell(low)} to {cell(high)}" for low, high in ends])
    print_table(
        shown,
        title="Gain of each member, million USD a year: alone, together, and if only the others "
        "act; its Shapley value; the smallest side payments that hold all",
        cards=False,
    )
    joins = result.tables.get("coalition_next")
    if joins is not None and len(joins):
        print_table(
            joins.head(NEXT_SHOWN)[
                ["name", "members_million_usd", "candidate_million_usd", "worst_member", "all_gain"]
            ],
            title="Best next members, by what they bring to those inside",
        )
