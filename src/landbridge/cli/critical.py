"""``landbridge critical``: where one percent of cost, or one hour, matters most."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import typer

from landbridge import codes
from landbridge.cli.options.groups import UNDRAWN, Chance, Ground, MapAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.options.network import (
    MonthOption,
    tell_effects,
    tell_replaced,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import cell, print_table
from landbridge.formats import significant
from landbridge.report.formats.frames import middle
from landbridge.studies.critical.answer import CriticalAnswer, Of
from landbridge.studies.critical.ranking import By, check_order
from landbridge.units import PERCENT


@command
def critical(
    of: Annotated[Of, typer.Option(help="What to rank.")] = "crossings",
    economy: Annotated[
        str | None, typer.Option(help="Rank by what it means to one economy, not to the world.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    by: Annotated[
        By, typer.Option(help="By one percent of cost, one hour, or the tonnes that pass.")
    ] = "hour",
    first_order: Annotated[
        bool, typer.Option("--first-order", help="Leave out what has to be solved anew.")
    ] = False,
    scenario: Annotated[
        str | None, typer.Option(help="On the network of this scenario (name or file).")
    ] = None,
    month: MonthOption = None,
    *,
    chance: Chance = UNDRAWN,
    ground: Ground,
    form: MapAnswer,
) -> None:
    """Rank crossings, links, ports or sea passages by what one percent or one hour is worth."""
    check_order(by, codes.resolve(economy) if economy is not None else "")
    form.check()
    model = open_model(ground)
    with progress_bar() as step:
        result = model.critical(
            of=of,
            economy=economy or "",
            top=top,
            by=by,
            first_order=first_order,
            scenario=scenario,
            month=month,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=step,
        )
    tell_replaced(result)
    tell_effects(result)
    form.give(result, show=lambda: show(result.found), table="critical")


def show(found: CriticalAnswer) -> None:
    """Print the ranking for a person."""
    question, ranking, first_order = found.question, found.ranking, found.first
    table, by = ranking.table, question.by
    shown = pd.DataFrame({"name": table["name"]})
    shown["million tonnes"] = _banded(table, "million_tonnes")
    first, second = ("percent", "hour") if by == "percent" else ("hour", "percent")
    titles = {"percent": "1 % less, m USD", "hour": "1 h less, m USD"}
    for name in (first, second):
        shown[titles[name]] = _banded(table, f"{name}_million_usd")
        shown[f"exact{'' if name == first else ' '}"] = table[f"{name}_exact_million_usd"]
    shown["shut, m USD"] = table["closed_million_usd"]
    shown["% of GDP"] = table["closed_percent_of_gdp"]
    if not ranking.economy and table["most_hit"].any():
        hit = zip(table["most_hit"], table["most_hit_percent_of_gdp"], strict=True)
        shown["most hit, % of GDP"] = [
            f"{code} {cell(value)}" if code else "" for code, value in hit
        ]
    share = PERCENT * first_order.assigned_million_usd
    share /= first_order.assigned_million_usd + first_order.unassigned_million_usd
    what = {"percent": "one percent of cost", "hour": "an hour", "tonnes": "tonnes"}[by]
    print_table(
        shown.dropna(axis="columns", how="all"),
        title=f"{question.of.capitalize()} by {what}: worth to {question.whom} a year",
        note=f"{share:.1f} % of the world's trade in goods is on the network. Flows take the "
        "least-cost path, with no choice among modes and no limits of capacity; "
        "docs/criticality.md says what that means.",
    )


def _banded(table: pd.DataFrame, name: str) -> pd.Series:
    if f"{name}_low" not in table:
        return table[name]
    columns = zip(middle(table, name), table[f"{name}_low"], table[f"{name}_high"], strict=True)
    told = [
        f"{cell(value)} ({significant(low)}-{significant(high)})" for value, low, high in columns
    ]
    return pd.Series(told, index=table.index)
