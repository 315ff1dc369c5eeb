"""``landbridge invest``: which projects to build under a budget, and what helps what."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final

import pandas as pd
import typer
from rich.console import Console

from landbridge.basis import embedded_basis
from landbridge.cli.runs import progress_bar
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.draws.engine import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.report.formats.folder import check_folder
from landbridge.report.pages.investment import NOTES, about, write_investment
from landbridge.scenarios.reading import faults_with_lines, find_scenario, read_scenario
from landbridge.studies.invest.choice import Chosen, choose_projects
from landbridge.studies.invest.reading import Asked, read_choice
from landbridge.studies.invest.tables import choice_tables, sentences

PAIRS_SHOWN: Final = 6
MOST_DRAWS: Final = 10_000


def invest(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROJECT|CORRIDOR]...",
            help="Projects or corridors of the register that are on the freight network; with "
            "--scenario ids of its measures. Default: all of them.",
        ),
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Capital of all payers together, million USD.")
    ] = None,
    payer: Annotated[
        list[str] | None,
        typer.Option(metavar="ECONOMY=MILLION", help="Capital that one payer has; repeatable."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Choose among the measures of this scenario (name or file).")
    ] = None,
    standpoint: Annotated[
        str | None,
        typer.Option(help="Economy or bloc whose gains and costs count. Default: the world."),
    ] = None,
    requires: Annotated[
        list[str] | None,
        typer.Option(metavar="A:B", help="Build A only with B; repeatable."),
    ] = None,
    one_of: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B", help="Variants: build one of them at most; repeatable."),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(min=0, max=50, help="Discount rate, percent. Default: that of the terms."),
    ] = None,
    gain_factor: Annotated[
        float,
        typer.Option(min=0.01, max=100, help="Multiply the gains of the model, to see what if."),
    ] = 1.0,
    sets: Annotated[
        int, typer.Option(min=1, max=100, help="How many of the best sets are run exactly.")
    ] = 5,
    draws: Annotated[
        int, typer.Option(min=0, max=MOST_DRAWS, help="Draws for bands; 0 for none.")
    ] = 0,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same numbers.")
    ] = DEFAULT_SEED,
    jobs: Annotated[int, typer.Option(min=0, max=256, help="Processes; 0 for one a core.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for page, workbook, chart and tables.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print all tables as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the projects as CSV.")] = False,
) -> None:
    """Choose the projects with the greatest net present value under a budget."""
    if out is not None:
        check_folder(out)
    path = None if scenario is None else find_scenario(scenario)
    read = None if path is None else read_scenario(path)
    within = Asked(
        standpoint=standpoint,
        budget=budget,
        payer_budgets=_amounts(payer or []),
        requires=[_pair(text) for text in requires or []],
        exclusive=[_names(text) for text in one_of or []],
        rate_percent=rate,
        gain_factor=gain_factor,
    )
    with progress_bar() as step, faults_with_lines(path) if path else nullcontext():
        choice = read_choice(
            embedded_basis(), names or [], within, scenario=read, where=str(path or "")
        )
        chosen = choose_projects(
            choice, sets=sets, draws=draws, seed=seed, jobs=jobs, progress=step
        )
    tables = choice_tables(chosen)
    files = write_investment(chosen, out) if out is not None else []
    if json:
        print_json({"headline": sentences(chosen, tables), "notes": NOTES, **tables})
    elif csv:
        print_csv(tables["investment_projects"])
    else:
        show(chosen, tables)
        for file in files:
            if file.suffix == ".html":
                typer.echo(f"Report: {file}")


def _amounts(texts: list[str]) -> dict[str, float]:
    found = {}
    for text in texts:
        name, _, amount = text.partition("=")
        try:
            found[name.strip()] = float(amount)
        except ValueError:
            raise InputError(
                f"'{text}' is not ECONOMY=MILLION.", where="--payer", mend="Write it as PAK=7000."
            ) from None
        if not found[name.strip()] >= 0:
            raise InputError(f"'{text}': a budget is 0 or more.", where="--payer")
    return found


def _pair(text: str) -> tuple[str, str]:
    one, _, other = text.partition(":")
    if not one.strip() or not other.strip():
        raise InputError(f"'{text}' is not A:B.", where="--requires")
    return one.strip(), other.strip()


def _names(text: str) -> list[str]:
    found = [name.strip() for name in text.split(",") if name.strip()]
    if len(found) < 2:  # noqa: PLR2004 - one is no variant of itself
        raise InputError(f"'{text}' names fewer than two.", where="--one-of")
    return found


def show(chosen: Chosen, tables: dict[str, pd.DataFrame]) -> None:
    """Print a choice for a person."""
    console = Console(markup=False, emoji=False)
    for sentence in sentences(chosen, tables):
        console.print(f"- {sentence}", highlight=False)
    projects = tables["investment_projects"]
    shown = pd.DataFrame(
        {
            "project alone": projects["title"],
            "build": projects["chosen"],
            "capital": projects["capital_million_usd"],
            "gain a year": projects["gain_million_usd"],
            "NPV": projects["npv_million_usd"],
            "pays at gain x": projects["break_even_factor"],
        }
    )
    if chosen.drawn and not projects["npv_million_usd_low"].equals(projects["npv_million_usd"]):
        ends = zip(projects["npv_million_usd_low"], projects["npv_million_usd_high"], strict=True)
        shown.insert(5, "90 % band", [f"{cell(low)} to {cell(high)}" for low, high in ends])
    print_table(shown, title=f"Million USD. {about(chosen)}", cards=False)
    pairs = tables["investment_pairs"]
    telling = pairs[pairs["reading"] != "neither"].head(PAIRS_SHOWN)
    if len(telling):
        print_table(
            telling[["first", "second", "interaction_million_usd", "reading"]],
            title="Pairs: gain a year together beyond the sum alone",
            cards=False,
        )
    print_table(
        tables["investment_sets"][
            ["projects", "capital_million_usd", "npv_million_usd", "error_million_usd"]
        ],
        title="Best sets, run exactly; error: by singles and pairs less exact",
        cards=False,
    )
