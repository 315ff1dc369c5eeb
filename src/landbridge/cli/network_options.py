"""The network that a command's options ask for: a scenario's, with things shut or built on top."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer

from landbridge.errors import InputError, LandbridgeError
from landbridge.freight.edits.applying import Edit, OpenProject, SetBorder, SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.scenarios.opening import Opened, open_network, read_settings, with_settings
from landbridge.scenarios.reading import faults_with_lines, find_scenario, read_scenario

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
MonthOption: TypeAlias = Annotated[
    int | None,
    typer.Option(min=1, max=12, help="The month for which the scenario's seasons are read."),
]
SHOWN_ROWS = 5
BORDER = re.compile(r"([A-Z]{3})-([A-Z]{3})")


def changed_network(
    network: FreightNetwork, *, close: Sequence[str] = (), build: Sequence[str] = ()
) -> FreightNetwork:
    """Shut things on a network and build projects.

    Parameters
    ----------
    network
        Where to start.
    close
        Links, crossings, ports, passages; or a border as two codes, ``AFG-PAK``.
    build
        Projects of the register.

    Raises
    ------
    InputError
        A name is not known; the nearest are offered.
    """
    edits: list[Edit] = [OpenProject(name) for name in build]
    for name in close:
        border = BORDER.fullmatch(name)
        edits.append(
            SetBorder(border[1], border[2], is_open=False)
            if border
            else SetOpen(name, is_open=False)
        )
    try:
        return apply_edits(network, edits)
    except LandbridgeError as error:
        # The freight room names its own edits; a user knows the options.
        text = re.sub(r"(^|\n\s*- )\w+\([^)]*\): ", r"\1", str(error))
        raise InputError(text, where=" or ".join(_named(close, build))) from error


def _named(close: Sequence[str], build: Sequence[str]) -> list[str]:
    return [*(["--close"] if close else []), *(["--build"] if build else [])]


def opened_network(
    scenario: str | None = None,
    *,
    data: Sequence[str] = (),
    border_year: int | None = None,
    month: int | None = None,
) -> Opened:
    """Open the network before and after a scenario, with what a command puts in for defaults.

    Parameters
    ----------
    scenario
        Name or file; absent: today's network.
    data
        ``table=file`` texts.
    border_year
        Year of observation of crossings.
    month
        Month for which a scenario's seasons are read.

    Raises
    ------
    InputError
        A name is not known, or a file is at fault.
    """
    settings = read_settings(data, border_year=border_year)
    if scenario is None:
        if month is not None:
            raise InputError("a month changes nothing without a scenario.", where="--month")
        return open_network(load_network(), settings=settings)
    path = find_scenario(scenario)
    read = with_settings(read_scenario(path), settings, month=month)
    with faults_with_lines(path):
        return open_network(load_network(), read, where=str(path))


def tell_replaced(opened: Opened) -> None:
    """Say on standard error what a network has in the place of defaults."""
    own = opened.replaced[opened.replaced["sha256"] != ""]
    for (table, file), cells in own.groupby(["table", "from"], sort=False):
        rows = list(dict.fromkeys(cells["row"]))
        named = ", ".join(rows[:SHOWN_ROWS]) + (", ..." if len(rows) > SHOWN_ROWS else "")
        typer.echo(
            f"Replaced: {len(cells)} cells of {len(rows)} rows of {table} by {file} ({named}).",
            err=True,
        )
    if len(opened.observed):
        sides = int(opened.observed["sides_of_year"].sum())
        typer.echo(
            f"Borders as observed: {len(opened.observed)} of "
            f"{len(opened.before.tables.crossings)} crossings, {sides} sides and directions; the "
            "others keep the default.",
            err=True,
        )
