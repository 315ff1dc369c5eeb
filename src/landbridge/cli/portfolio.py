"""``landbridge portfolio``: groups of economies as portfolios, and what one adds to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from landbridge.cli.options.groups import OwnWorld, TableAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.printing.answering import (
    SeedOption,
)
from landbridge.cli.printing.show import cell, print_table
from landbridge.draws.defaults import DEFAULT_SEED, MAX_DRAWS
from landbridge.results import Result
from landbridge.studies.portfolio.study import RESAMPLES, PortfolioFound
from landbridge.verbs.asking.asked import day_of
from landbridge.verbs.portfolio import CONCEPT_DAY


@command
def portfolio(
    of: Annotated[str, typer.Option(help="What is added: a bloc, a composite.")] = "peaks",
    beside: Annotated[str, typer.Option(help="To what: a bloc, a composite.")] = "brics",
    on: Annotated[
        str, typer.Option(metavar="DAY", help="Day on which members are read, YYYY-MM-DD.")
    ] = CONCEPT_DAY,
    series: Annotated[
        Path | None,
        typer.Option(
            help="Returns in percent: a column for the period, then one an economy. [growth of "
            "real GDP since 1990, embedded]"
        ),
    ] = None,
    exposure: Annotated[
        bool,
        typer.Option("--exposure", help="No series: how far economies sell to the same markets."),
    ] = False,
    levels: Annotated[
        bool, typer.Option("--levels", help="The series are levels; growth is taken.")
    ] = False,
    draws: Annotated[
        int, typer.Option(min=0, max=MAX_DRAWS, help="Resampled periods, for the bands.")
    ] = RESAMPLES,
    seed: SeedOption = DEFAULT_SEED,
    *,
    ground: OwnWorld,
    form: TableAnswer,
) -> None:
    """Compute what adding one group of economies to another does to risk and return."""
    form.check()
    day = day_of(on)
    model = open_model(ground)
    result = model.portfolio(
        of,
        beside,
        on=day or CONCEPT_DAY,
        series=series,
        exposure=exposure,
        levels=levels,
        draws=draws,
        seed=seed,
    )
    form.give(result, show=lambda: show_portfolio(result), table="portfolio_risk")


def show_portfolio(result: Result[PortfolioFound]) -> None:
    """Print a portfolio for a person."""
    found = result.found
    print_table(
        found.selections[["selection", "on", "members"]],
        title="Selections by rule, then and now",
        cards=False,
    )
    print_table(found.members, title=f"Economies; deviation from {found.basis}", cards=False)
    risk = found.risk.rename(
        columns={
            "out_of_sample_risk_percent": "out of sample_percent",
            "effective_economies": "effective",
        }
    )
    if found.basis == "exposure":
        risk = risk.drop(columns=["return_percent", "out of sample_percent"])
    print_table(risk.drop(columns="economies_held"), title="Risk and diversification", cards=False)
    effect = found.effect
    shown = effect[["weights", "risk_before_percent", "risk_after_percent", "change_percent"]]
    if effect["change_percent_low"].notna().any():
        ends = zip(effect["change_percent_low"], effect["change_percent_high"], strict=True)
        shown = shown.assign(band=[f"{cell(low)} to {cell(high)}" for low, high in ends])
    if effect["better_than_percent"].notna().any():
        shown = shown.assign(**{"better than others_percent": effect["better_than_percent"]})
    print_table(shown, title="What the addition does to risk", cards=False)
    if len(found.frontier):
        _show_frontier(found.frontier)
    for note in found.notes:
        typer.echo(note)


def _show_frontier(frontier: pd.DataFrame) -> None:
    whole = frontier[frontier["set"] == frontier["set"].iloc[-1]]
    codes = [
        name for name in whole.columns if name not in {"set", "return_percent", "risk_percent"}
    ]
    held = [
        ", ".join(f"{code} {100 * row[code]:.0f} %" for code in codes if row[code] > 0.005)  # noqa: PLR2004
        for row in whole.to_dict(orient="records")
    ]
    print_table(
        pd.DataFrame(
            {
                "return_percent": whole["return_percent"],
                "risk_percent": whole["risk_percent"],
                "holds": held,
            }
        ),
        title="Efficient frontier of all together",
        cards=False,
    )
