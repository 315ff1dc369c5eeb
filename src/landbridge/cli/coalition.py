"""``landbridge coalition``: who gains by joining, who would leave, and what would hold them."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import pandas as pd
import typer
from rich.console import Console

from landbridge.basis import embedded_basis
from landbridge.cli.runs import progress_bar
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.draws.engine import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.report.formats.folder import check_folder
from landbridge.report.pages.coalition import write_coalition
from landbridge.scenarios.fields import AgreementDepth
from landbridge.scenarios.reading import faults_with_lines, find_scenario, read_scenario
from landbridge.studies.coalition.study import CoalitionStudy, read_question, study_coalitions
from landbridge.studies.coalition.words import verdict

Depth: TypeAlias = Literal[
    "preference", "free_trade_area", "customs_union", "common_market", "economic_union", "none"
]
MOST_DRAWS: Final = 10_000
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
    draws: Annotated[
        int,
        typer.Option(min=0, max=MOST_DRAWS, help="Draws for bands; each solves every coalition."),
    ] = 0,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same numbers.")
    ] = DEFAULT_SEED,
    jobs: Annotated[int, typer.Option(min=0, max=256, help="Processes; 0 for one a core.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for page, workbook, chart and tables.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print all tables as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the members as CSV.")] = False,
) -> None:
    """Value every coalition, and say who would leave, what would hold them and who is next."""
    if out is not None:
        check_folder(out)
    path = None if scenario is None else find_scenario(scenario)
    read = None if path is None else read_scenario(path)
    asked = depth or ("free_trade_area" if read is None else "none")
    with progress_bar() as step, faults_with_lines(path) if path else nullcontext():
        question = read_question(
            embedded_basis(),
            _split(members),
            depth=_depth(asked),
            scenario=read,
            where=str(path or ""),
            on=_day(on),
            candidates=None if candidates is None else _split(candidates),
            first=_split(first or ""),
        )
        study = study_coalitions(question, draws=draws, seed=seed, jobs=jobs, progress=step)
    files = write_coalition(study, out) if out is not None else []
    if json:
        print_json({"verdict": verdict(study), "notes": study.notes, **study.tables})
    elif csv:
        print_csv(study.tables["coalition_members"])
    else:
        show(study)
        for file in files:
            if file.suffix == ".html":
                typer.echo(f"Report: {file}")


def _split(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _depth(asked: Depth) -> AgreementDepth | None:
    return None if asked == "none" else asked


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"'{text}' is not a day.", where="--on", mend="Write it as 2026-01-01."
        ) from None


def show(study: CoalitionStudy) -> None:
    """Print a study for a person."""
    console = Console(markup=False, emoji=False)
    for sentence in verdict(study):
        console.print(f"- {sentence}", highlight=False)
    table = study.tables["coalition_members"]
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
    if study.draws:
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
    joins = study.tables.get("coalition_next")
    if joins is not None and len(joins):
        print_table(
            joins.head(NEXT_SHOWN)[
                ["name", "members_million_usd", "candidate_million_usd", "worst_member", "all_gain"]
            ],
            title="Best next members, by what they bring to those inside",
        )
