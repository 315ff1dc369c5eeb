"""``landbridge targets``: how far stated trade targets are, and what would reach them."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import typer

from landbridge.cli.options.groups import Ground, TableAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import cell, print_table
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.targets.study import TargetsFound

SHOWN_YEARS = (2005, 2010, 2015, 2018, 2019, 2020, 2023)


@command
def targets(
    one: Annotated[str, typer.Argument(help="Code or name; all targets when left out.")] = "",
    other: Annotated[str, typer.Argument(help="Its partner.")] = "",
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Scenario to set beside them; repeatable. Default: all that ship."),
    ] = None,
    no_scenarios: Annotated[
        bool, typer.Option("--no-scenarios", help="Run no scenario; faster.")
    ] = False,
    *,
    ground: Ground,
    form: TableAnswer,
) -> None:
    """Set trade targets beside status, potential, scenarios, costs and growth."""
    form.check()
    if scenario and no_scenarios:
        raise InputError("runs none.", where="--no-scenarios", mend="Leave --scenario out.")
    model = open_model(ground)
    with progress_bar() as step:
        result = model.targets(
            one, other, scenario=() if no_scenarios else scenario or None, progress=step
        )
    form.give(result, show=lambda: print_targets(result), table="targets")


def print_targets(result: Result[TargetsFound]) -> None:
    """Print targets for a person."""
    found = result.found
    table = found.targets
    named = table["target"].str.replace("-target", "", regex=False)
    print_table(
        pd.DataFrame(
            {
                "target": named,
                "wanted": table["target_million_usd"],
                "verdict": table["verdict"],
                "baseline": table["baseline_million_usd"],
                "potential": table["potential_million_usd"],
                "90 % band": _band(table, "potential_million_usd"),
                "stated": [
                    f"{cell(amount)} ({period})" if period else ""
                    for amount, period in zip(
                        table["stated_million_usd"], table["stated_period"], strict=True
                    )
                ],
            }
        ),
        title="Targets: status and potential, million USD a year",
        cards=False,
    )
    _print_years(found)
    print_table(
        pd.DataFrame(
            {
                "target": named,
                "best scenario": table["best_scenario"],
                "brings": table["best_scenario_million_usd"],
                "cost to fall_percent": table["cost_fall_percent"],
                "range": _band(table, "cost_fall_percent"),
                "free freight_percent": table["free_freight_percent"],
            }
        ),
        title="What would reach them: a scenario (million USD), or a fall of trade cost; beside it "
        "the fall if freight cost nothing",
        cards=False,
    )
    print_table(
        pd.DataFrame(
            {
                "target": named,
                "due year": table["due"],
                "growth needed_percent": table["growth_needed_percent"],
                "there in year": table["year_by_growth"].map(_year),
                "at high to low growth": [
                    f"{_year(low)} to {_year(high)}"
                    for low, high in zip(
                        table["year_by_growth_low"], table["year_by_growth_high"], strict=True
                    )
                ],
            }
        ),
        title="By when growth alone would",
        cards=False,
    )
    for note in result.notes:
        typer.echo(note)


def _print_years(found: TargetsFound) -> None:
    """Print recorded trade by year, and figures that were stated beside it."""
    years = found.years[found.years["year"].isin(SHOWN_YEARS)].copy()
    some = years["unknown_flows"] > 0
    years["shown"] = [
        "not known" if value != value else f"{cell(value)}{'+' if partly else ''}"  # noqa: PLR0124
        for value, partly in zip(years["goods_million_usd"], some, strict=True)
    ]
    wide = years.pivot_table(
        index="target", columns="year", values="shown", aggfunc="first", sort=False
    ).reset_index()
    wide["target"] = wide["target"].str.replace("-target", "", regex=False)
    wide.columns = pd.Index([str(name) for name in wide.columns])
    print_table(
        wide,
        title="Recorded goods by year, million USD",
        note="+: some of its flows are not known." if some.any() else "",
        cards=False,
    )
    if len(found.stated):
        stated = found.stated
        print_table(
            pd.DataFrame(
                {
                    "target": stated["target"].str.replace("-target", "", regex=False),
                    "period": stated["period"],
                    "stated": stated["stated_million_usd"],
                    "recorded": stated["recorded_million_usd"],
                    "stated over recorded_percent": stated["stated_over_recorded_percent"],
                }
            ),
            title="Stated figures beside recorded goods of the same years, million USD",
            cards=False,
        )


def _year(value: float) -> str:
    return f"{value:.0f}" if value == value else ""  # noqa: PLR0124 - not a number


def _band(table: pd.DataFrame, column: str) -> list[str]:
    ends = zip(table[f"{column}_low"], table[f"{column}_high"], strict=True)
    return [f"{cell(low)} to {cell(high)}" for low, high in ends]
