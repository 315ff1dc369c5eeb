"""``landbridge access``: the way of a landlocked economy to the sea, by port, and to markets."""

from __future__ import annotations

from typing import Annotated, Final

import pandas as pd
import typer

from landbridge import codes
from landbridge.cli.options.groups import FEWER, Chance, Ground, MapAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.options.network import (
    MonthOption,
    tell_effects,
    tell_replaced,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import print_table
from landbridge.errors import InputError
from landbridge.freight.network.places import find_place
from landbridge.report.formats.frames import middle
from landbridge.results import Result
from landbridge.studies.access.answer import AccessAnswer, access_sentences
from landbridge.studies.access.study import Access

SHARES: Final = ("share_percent", "share_percent_after")
FINE: Final = 100.0
LEAST_SHARE: Final = 0.1
"""Percent; ports that win less are not shown on the terminal."""


@command
def access(
    economy: Annotated[
        str | None,
        typer.Argument(help="A landlocked economy, code or name; without it, all of them."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Compare with this scenario (name or file).")
    ] = None,
    close: Annotated[
        list[str] | None,
        typer.Option(help="Shut a crossing, link, port, passage or border (AFG-PAK); repeatable."),
    ] = None,
    build: Annotated[
        list[str] | None, typer.Option(help="Build a project of the register; repeatable.")
    ] = None,
    port: Annotated[
        list[str] | None, typer.Option(help="Show this port alone; repeatable.")
    ] = None,
    month: MonthOption = None,
    top: Annotated[int, typer.Option(min=1, max=500, help="Ports to show.")] = 15,
    *,
    chance: Chance = FEWER,
    ground: Ground,
    form: MapAnswer,
) -> None:
    """Show time, money and cost to the sea by port, the share each port would win, and markets."""
    if economy is None and port:
        raise InputError("--port needs an economy.", mend="`landbridge access UZB --port ...`.")
    if economy is not None:
        codes.resolve(economy)
    form.check()
    model = open_model(ground)
    wanted = [find_place(model.network.tables, name, where="--port") for name in port or []]
    with progress_bar() as step:
        result = model.access(
            economy or "",
            scenario=scenario,
            close=close or (),
            build=build or (),
            month=month,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=step,
        )
    tell_replaced(result)
    tell_effects(result)
    form.give(
        result,
        show=lambda: show(result, top, wanted),
        table="ports" if economy is not None else "access_economies",
    )


def show(result: Result[AccessAnswer], top: int, wanted: list[str]) -> None:
    """Print ports and markets of one economy, or the table of all, for a person."""
    found = result.found.access
    if found is None:
        print_table(
            result.tables["access_economies"],
            title="Landlocked economies: the port that would win most",
        )
        return
    shown = _shown(found, top, wanted)
    table = pd.DataFrame({"port": shown["name"], "in": shown["iso3"]})
    for name, title in (
        ("share_percent", "share, %"),
        ("days_out", "days out"),
        ("usd_per_tonne_out", "USD/t out"),
        ("generalised_usd_per_tonne_out", "with time, USD/t out"),
        ("days_in", "days in"),
        ("usd_per_tonne_in", "USD/t in"),
    ):
        table[title] = pd.Series(_banded(shown, name, bands=found.draws > 0), index=shown.index)
        if found.is_compared and name in {"share_percent", "days_out"}:
            table[f"{title}, after"] = shown[f"{name}_after"].map("{:.3g}".format)
    note = (
        f"{found.overseas_percent:.0f} % of its trade in goods goes by sea on the least-cost path; "
        "shares are of that. Out is towards the sea, on board; in is from there. "
        "docs/access.md says how."
    )
    print_table(table, title=f"{codes.name_of(found.iso3)}: ways to the sea", note=note)
    for sentence in access_sentences(result.found)[2:]:
        typer.echo(sentence)


def _banded(table: pd.DataFrame, name: str, *, bands: bool) -> list[object]:
    if not bands:
        return list(table[name])
    columns = zip(middle(table, name), table[f"{name}_low"], table[f"{name}_high"], strict=True)
    return [
        f"{value:.3g} ({low:.2g}-{high:.2g})"
        if value < FINE
        else f"{value:,.0f} ({low:,.0f}-{high:,.0f})"
        for value, low, high in columns
    ]


def _shown(found: Access, top: int, wanted: list[str]) -> pd.DataFrame:
    """Choose the ports to print: those asked for, or those that win something."""
    ports = found.ports
    if wanted:
        missing = [name for name in wanted if name not in set(ports["port"])]
        if missing:
            raise InputError(
                f"no way over land leads from {codes.name_of(found.iso3)} to {', '.join(missing)}, "
                "or it is no port.",
                where="--port",
            )
        return ports[ports["port"].isin(wanted)]
    most = ports[[name for name in ports if str(name) in SHARES]].max(axis=1)
    return ports[most >= LEAST_SHARE].head(top)
