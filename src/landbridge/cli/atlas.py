"""``landbridge atlas``: look facts up at a date, each with its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_args

import pandas as pd
import typer

from landbridge.atlas import views
from landbridge.atlas.picture import overlap_svg
from landbridge.atlas.projects import ProjectStatus
from landbridge.cli.printing.show import print_csv, print_json, print_table
from landbridge.codes import resolve
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.report.formats.folder import write_file

app = typer.Typer(
    help="Look up blocs, economies, corridors, projects and relations, each with its source.",
    no_args_is_help=True,
)

On = Annotated[
    str | None, typer.Option(metavar="YYYY-MM-DD", help="The day at which the facts are read.")
]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print as CSV.")]
PROJECT_COLUMNS = ("project", "status", "status_date", "cost_central_million_usd", "economies")
"""What a terminal shows first."""
NARROW = frozenset({"note", "precision", "known_to", "url", "statement"})
"""Columns that a terminal has no room for; `--json` and `--csv` give all."""


@app.command("bloc")
def bloc(
    name: Annotated[str | None, typer.Argument(help="A bloc; without it, all blocs.")] = None,
    on: On = None,
    history: Annotated[bool, typer.Option("--history", help="Every interval, no day.")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say who belongs to a bloc on a day, in which standing, and who says so."""
    if history:
        if name is None:
            raise InputError("--history needs a bloc before it.")
        show(views.bloc_history(name), f"{name}, all intervals", json=json, csv=csv)
        return
    day = day_of(on)
    table = views.blocs_view(on=day) if name is None else views.bloc_view(name, on=day)
    show(table, f"{name or 'Blocs'} on {day}", json=json, csv=csv)


@app.command("country")
def country(
    name: Annotated[str, typer.Argument(help="Code or name.")],
    on: On = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show an economy's blocs on a day, its size and its fiscal indicators."""
    day = day_of(on)
    standings, figures = views.country_view(name, on=day), views.country_facts(name)
    if json:
        print_json({"blocs": standings, "figures": figures})
    elif csv:
        print_csv(standings)
    else:
        show(standings, f"Blocs of {name} on {day}")
        show(figures, f"Figures of {name}")


@app.command("corridor")
def corridor(
    name: Annotated[str | None, typer.Argument(help="A corridor; without it, all.")] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show what is known of a corridor, and its projects."""
    if name is None:
        show(views.corridors_view(), "Corridors", json=json, csv=csv)
        return
    card, projects = views.corridor_view(name), views.projects_view(corridor=name)
    if json:
        print_json({"corridor": card, "projects": projects})
    elif csv:
        print_csv(projects)
    else:
        show(card, name)
        if len(projects):
            show(projects, f"Projects of {name}")


@app.command("projects")
def projects(
    name: Annotated[str | None, typer.Argument(help="One project, whole.")] = None,
    status: Annotated[str | None, typer.Option(help="Only of this status.")] = None,
    economy: Annotated[str, typer.Option(help="Only in this economy.")] = "",
    kind: Annotated[str, typer.Option(help="Only of this kind.")] = "",
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List projects with cost low, central and high, status and source."""
    if name is not None:
        show(views.project_view(name), name, json=json, csv=csv)
        return
    table = views.projects_view(status=status_of(status), economy=economy, kind=kind)
    if not (json or csv):
        table = table[[*PROJECT_COLUMNS, *(c for c in table.columns if c not in PROJECT_COLUMNS)]]
    show(table, "Projects", json=json, csv=csv)


@app.command("relations")
def relations(
    one: Annotated[str, typer.Argument(help="Code or name.")],
    other: Annotated[str, typer.Argument(help="Code or name.")],
    on: On = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show all that stands between two economies; without a day, the history of what blocks."""
    day = None if on is None else day_of(on)
    table = views.relations_view(one, other, on=day)
    title = f"{one} and {other}" + (f" on {day}" if day else ": political relations, all dates")
    show(table, title, json=json, csv=csv)


@app.command("overlap")
def overlap(
    name: Annotated[str, typer.Argument(help="Code or name.")],
    on: On = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw it: writes an SVG picture.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where to. Default: overlap-<economy>-<day>.svg.")
    ] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say with whom an economy shares blocs on a day."""
    day = day_of(on)
    table = views.overlap_view(name, on=day)
    if plot:
        picture = out if out is not None else Path(f"overlap-{resolve(name)}-{day}.svg")
        write_file(picture, overlap_svg(name, on=day))
        typer.echo(f"Picture: {picture}", err=True)
    show(table, f"Blocs shared with {name} on {day}", json=json, csv=csv)


@app.command("composite")
def composite(
    name: Annotated[
        str | None, typer.Argument(help="gep, brics-plus ...; without it, all.")
    ] = None,
    on: On = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show the economies of a composite derived by rule, on a day."""
    day = day_of(on)
    table = views.composites_view(on=day) if name is None else views.composite_view(name, on=day)
    show(table, f"{name or 'Composites'} on {day}", json=json, csv=csv)


@app.command("shares")
def shares(on: On = None, json: Json = False, csv: Csv = False) -> None:
    """Show each bloc's share of world GDP, trade, people and land on a day."""
    day = day_of(on)
    show(views.world_view(on=day), f"Shares of the world on {day}", json=json, csv=csv)


@app.command("targets")
def targets(
    one: Annotated[str, typer.Argument(help="Code or name; empty for all.")] = "",
    other: Annotated[str, typer.Argument(help="Code or name.")] = "",
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Show stated trade and targets, and where the stated figures do not add up."""
    show(views.targets_view(one, other), "Stated trade and targets", json=json, csv=csv)


@app.command("codes")
def codes(on: On = None, json: Json = False, csv: Csv = False) -> None:
    """List the country codes that are valid on a day, with what became of them."""
    day = day_of(on)
    show(views.codes_view(on=day), f"Codes valid on {day}", json=json, csv=csv)


@app.command("code")
def code(
    text: Annotated[str, typer.Argument(help="A code or name, of today or retired.")],
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say since when and until when a country code holds, and what came before and after."""
    show(views.code_view(text), text, json=json, csv=csv)


def day_of(text: str | None) -> dt.date:
    """Read a day; a question without one is refused, for there is no "now" in the facts.

    Raises
    ------
    InputError
        No day, or not one.
    """
    if text is None:
        raise InputError("which day?", where="--on", mend="Write for example --on 2026-01-01.")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"'{text}' is not a day.", where="--on", mend="Write it as YYYY-MM-DD."
        ) from None


def status_of(text: str | None) -> ProjectStatus | None:
    """Read a project's status.

    Raises
    ------
    UnknownNameError
        There is no such status.
    """
    if text is None:
        return None
    known: Sequence[ProjectStatus] = get_args(ProjectStatus)
    for status in known:
        if status == text.strip().casefold().replace(" ", "_").replace("-", "_"):
            return status
    hint = suggest(text, known) or f"Known: {', '.join(known)}."
    raise UnknownNameError(f"'{text}' is not a status.", where="--status", mend=hint)


def show(table: pd.DataFrame, title: str, *, json: bool = False, csv: bool = False) -> None:
    """Print a table as asked."""
    if json:
        print_json(table)
    elif csv:
        print_csv(table)
    elif table.empty:
        typer.echo(f"{title}: nothing is held.")
    else:
        kept = [name for name in table.columns if name not in NARROW]
        print_table(table[kept], title=title)
