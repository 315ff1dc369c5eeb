"""``landbridge freight flows``: what carries the world's goods."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli.options.groups import Ground, MapAnswer, command
from landbridge.cli.options.model import open_model
from landbridge.cli.options.network import MonthOption, tell_joins, tell_replaced
from landbridge.cli.printing.answering import tell
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import print_table
from landbridge.results import Result
from landbridge.studies.carriage.answer import CarriageAnswer, Constants
from landbridge.studies.carriage.emissions import ALL

ROWS_SHOWN = 25
AMOUNTS = ("tonnes_million", "tonnes_million_after", "change_tonnes_million")


@command
def flows(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Before and after it: a name or file.")
    ] = "",
    between: Annotated[
        str, typer.Option(help="Add the modes of trade among these economies: CHN,PAK.")
    ] = "",
    close: Annotated[
        list[str] | None, typer.Option(help="Shut a link, crossing, port or passage; repeatable.")
    ] = None,
    build: Annotated[
        list[str] | None, typer.Option(help="Build a project of the register; repeatable.")
    ] = None,
    constants: Annotated[
        Constants,
        typer.Option(help="Fitted to observed figures, or none: cost and felt time alone."),
    ] = "fitted",
    month: MonthOption = None,
    *,
    capacity: Annotated[
        bool,
        typer.Option("--capacity", help="After the change ports and crossings have limits."),
    ] = False,
    ground: Ground,
    form: MapAnswer,
) -> None:
    """Put the world's goods on modes, ports, crossings and links by class of cargo."""
    form.check()
    model = open_model(ground)
    with progress_bar() as step:
        result = model.freight_flows(
            scenario or None,
            between=between,
            close=close or (),
            build=build or (),
            month=month,
            constants=constants,
            within="capacity" if capacity else "no limits",
            progress=step,
        )
    tell_replaced(result)
    tell_joins(result)
    form.give(result, show=lambda: _show(result), table="elements")


def _show(result: Result[CarriageAnswer]) -> None:
    """Print the headline, the modes and the first elements for a person."""
    tell(result)
    split = result.tables["mode_split"]
    amounts = [name for name in AMOUNTS if name in split]
    whole = split.loc[split["cargo"] == ALL, ["mode", *amounts, "share_percent"]]
    print_table(whole, title="Goods across borders by mode")
    if "mode_split_pairs" in result.tables:
        print_table(result.tables["mode_split_pairs"], title="By pair and mode")
    for name, title in (("stranded", "What cannot go"), ("full_places", "What is full")):
        if name in result.tables and len(result.tables[name]):
            print_table(result.tables[name].head(ROWS_SHOWN), title=title)
    emitted = result.tables["emissions"]
    print_table(
        emitted[emitted["cargo"] == ALL].drop(columns="cargo"),
        title="What carrying emits, by what moves it",
        note="Well to wheel; low and high are the ends of the factors.",
    )
    table = result.tables["elements"]
    wanted = ["kind", "name", *(name for name in AMOUNTS if name in table)]
    table = table[wanted]
    print_table(
        table.head(ROWS_SHOWN),
        title="What passes where",
        note="Million a year, all classes of cargo. --json, --csv and --out have them all.",
    )
