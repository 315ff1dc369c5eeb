"""``landbridge coalition``: who gains by joining, who would leave, and what would hold them."""

from __future__ import annotations

from typing import Annotated, Final

import pandas as pd
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
    OutOption,
    SeedOption,
    answer,
    check_answer,
    tell,
)
from landbridge.cli.printing.show import cell, print_table
from landbridge.cli.runs import progress_bar
from landbridge.draws.engine import DEFAULT_SEED, FEWER_DRAWS
from landbridge.results import Result
from landbridge.studies.coalition.study import CoalitionStudy
from landbridge.verbs.asked import day_of
from landbridge.verbs.coalition import Depth

NEXT_SHOWN: Final = 8


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
    draws: DrawsOption = FEWER_DRAWS,
    seed: SeedOption = DEFAULT_SEED,
    jobs: JobsOption = 0,
    estimates: EstimatesOption = None,
    world: WorldOption = None,
    year: WorldYearOption = None,
    world_as: WorldAsOption = None,
    fitted: FittedOption = False,
    data: DataOption = None,
    border_year: BorderYearOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    csv: CsvOption = False,
) -> None:
    """Value every coalition, and say who would leave, what would hold them and who is next."""
    check_answer(out=out, json=json, csv=csv)
    day = day_of(on)
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
        result = model.coalition(
            members,
            depth=depth,
            scenario=scenario,
            candidates=candidates,
            first=first or (),
            on=day,
            draws=draws,
            seed=seed,
            jobs=jobs,
            progress=step,
        )
    answer(
        result,
        show=lambda: show(result),
        out=out,
        json=json,
        csv="coalition_members" if csv else "",
    )


def show(result: Result[CoalitionStudy]) -> None:
    """Print a study for a person."""
    tell(result)
    table = result.tables["coalition_members"]
    shown = pd.DataFrame(
        {
            "member": table["name"],
            "alone": table["alone_million_usd"],
            "together": table["together_million_usd"],
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
