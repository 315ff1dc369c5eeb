"""``landbridge estimate`` and ``landbridge potential``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from landbridge.cli.show import print_json, print_table
from landbridge.errors import InputError
from landbridge.gravity.commands import (
    Estimates,
    Options,
    estimate_options,
    write_estimates,
)
from landbridge.gravity.commands import estimate as estimate_file
from landbridge.gravity.commands import potential as potential_of

TOML = ".toml"


def estimate(  # noqa: PLR0913, PLR0917 - the options of the command
    file: Annotated[
        Path, typer.Argument(metavar="SPEC.toml|DATA", help="An estimation file, or the data.")
    ],
    regressors: Annotated[
        list[str] | None, typer.Option("--regressor", "-x", help="A column; can be repeated.")
    ] = None,
    fixed_effects: Annotated[
        list[str] | None,
        typer.Option("--fixed-effect", "-f", help="exporter-year, importer-year, pair ..."),
    ] = None,
    cluster: Annotated[
        list[str] | None, typer.Option(help="Clusters of the errors; can be repeated.")
    ] = None,
    outcome: Annotated[str, typer.Option(help="The column explained.")] = "trade",
    estimator: Annotated[str, typer.Option(help="ppml or ols.")] = "ppml",
    inference: Annotated[str, typer.Option(help="Preset of the standard errors.")] = (
        "ppmlhdfe-cluster"
    ),
    log: Annotated[list[str] | None, typer.Option(help="Columns to take logs of.")] = None,
    international: Annotated[
        bool, typer.Option("--international", help="Leave domestic trade out.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for tables and plot.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Estimate gravity from a file: PPML with fixed effects, in the field's usual table."""
    if file.suffix.casefold() == TOML:
        found = estimate_file(file)
    elif not regressors:
        raise InputError(
            "say what explains the trade.",
            where="--regressor",
            mend="Write -x COLUMN, or give an estimation file (docs/gravity.md).",
        )
    else:
        found = estimate_options(
            Options(
                data=file,
                regressors=tuple(regressors),
                fixed_effects=tuple(fixed_effects or Options.fixed_effects),
                cluster=tuple(cluster or Options.cluster),
                outcome=outcome,
                estimator=estimator,
                inference=inference,
                log=tuple(log or ()),
                international=international,
            )
        )
    files = write_estimates(found, out) if out is not None else ()
    show_estimates(found, json=json)
    if files and not json:
        typer.echo(f"Written: {out}")


def potential(
    one: Annotated[str, typer.Argument(help="Code or name.")],
    other: Annotated[str, typer.Argument(help="Code or name.")],
    kind: Annotated[Literal["goods", "services"], typer.Option(help="goods or services.")] = (
        "goods"
    ),
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Say what two economies would trade if they were like others, with a band."""
    found = potential_of(one, other, kind=kind)
    if json:
        print_json({"unit": found.unit, "pairs": found.table, "notes": found.notes})
        return
    print_table(found.table, title=f"Trade potential, {kind}, {found.unit}")
    for note in found.notes:
        typer.echo(note)


def show_estimates(found: Estimates, *, json: bool) -> None:
    """Print estimates as asked."""
    if json:
        print_json({"coefficients": found.coefficients(), "diagnostics": found.diagnostics()})
    else:
        typer.echo(found.text())
