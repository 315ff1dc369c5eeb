"""``landbridge invest``: which projects to build under a budget, and what helps what."""

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
from landbridge.errors import InputError
from landbridge.report.formats.frames import middle
from landbridge.report.pages.investment import about
from landbridge.results import Result
from landbridge.studies.invest.choice import Chosen
from landbridge.studies.invest.reading import MOST_RATE
from landbridge.verbs.asking.asked import listed
from landbridge.verbs.invest import DEFAULT_SETS

PAIRS_SHOWN: Final = 6


@command
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
        typer.Option(
            min=0, max=MOST_RATE, help="Discount rate, percent. Default: that of the terms."
        ),
    ] = None,
    parts: Annotated[
        bool,
        typer.Option("--parts", help="Choose among the projects of a corridor, each by itself."),
    ] = False,
    gain_factor: Annotated[
        float,
        typer.Option(min=0.01, max=100, help="Multiply the gains of the model, to see what if."),
    ] = 1.0,
    sets: Annotated[
        int, typer.Option(min=1, max=100, help="How many of the best sets are run exactly.")
    ] = DEFAULT_SETS,
    *,
    chance: Chance = FEWER,
    ground: Ground,
    form: TableAnswer,
) -> None:
    """Choose the projects with the greatest net present value under a budget."""
    form.check()
    budgets = _amounts(payer or [])
    pairs = [_pair(text) for text in requires or []]
    model = open_model(ground)
    with progress_bar() as step:
        result = model.invest(
            names or [],
            budget=budget,
            payer=budgets,
            scenario=scenario,
            standpoint=standpoint,
            requires=pairs,
            one_of=[listed(text) for text in one_of or []],
            rate=rate,
            parts=parts,
            gain_factor=gain_factor,
            sets=sets,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=step,
        )
    tell_joins(result)
    form.give(result, show=lambda: show(result), table="investment_projects")


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
    return found


def _pair(text: str) -> tuple[str, str]:
    one, _, other = text.partition(":")
    if not one.strip() or not other.strip():
        raise InputError(f"'{text}' is not A:B.", where="--requires")
    return one.strip(), other.strip()


def show(result: Result[Chosen]) -> None:
    """Print a choice for a person."""
    tell(result)
    chosen, tables = result.found, result.tables
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
        shown["NPV"] = middle(projects, "npv_million_usd")
        shown = shown.rename(columns={"NPV": "NPV, median"})
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
