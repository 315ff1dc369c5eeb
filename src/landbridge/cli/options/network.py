"""Options that say on which network a command works, and what stands there for defaults."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

if TYPE_CHECKING:
    from landbridge.results import Result

WARNING = "Warning: "
DataOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TABLE=FILE",
        help="Replace rows of a table of defaults by a CSV (crossings=my.csv); repeatable. "
        "`landbridge freight defaults` prints the tables.",
    ),
]
BorderYearOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--border-year",
        min=1990,
        max=2100,
        help="Border crossings as observed in this year, where known.",
    ),
]
"""Not --year: that is the year of a world of the user's."""
MonthOption: TypeAlias = Annotated[
    int | None,
    typer.Option(min=1, max=12, help="The month for which the scenario's seasons are read."),
]


def tell_replaced(result: Result[Any]) -> None:
    """Say on standard error what the network of a result has in the place of defaults."""
    from landbridge.studies.chain.networks import OWN_ROWS  # noqa: PLC0415 - a heavy import

    tell(note for note in result.notes if note.startswith(OWN_ROWS))


def tell_joins(result: Result[Any]) -> None:
    """Say on standard error what new lines joined."""
    from landbridge.studies.run.built import built_notes  # noqa: PLC0415 - as above

    if "joins" in result.tables:
        tell(built_notes(result.tables["joins"]))


def tell_effects(result: Result[Any]) -> None:
    """Say on standard error what measures do to the network, where no headline is printed.

    Which measures change nothing, which lines join too little, and what new lines joined.
    """
    tell(sentence for sentence in result.headline if sentence.startswith(WARNING))
    tell_joins(result)


def tell(lines: Iterable[str]) -> None:
    """Say something on standard error."""
    for line in lines:
        typer.echo(line, err=True)
