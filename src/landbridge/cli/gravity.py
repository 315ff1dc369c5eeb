"""``landbridge estimate`` and ``landbridge potential``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer

from landbridge.cli.options.groups import OwnWorld, TableAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.printing.show import cell, print_table
from landbridge.gravity.files.commands import Estimates
from landbridge.gravity.uses.two_economies import Potential
from landbridge.results import Result
from landbridge.verbs.estimate import NONE
from landbridge.verbs.estimate import estimate as estimate_gravity

KNOWN = {
    "override": "set by hand",
    "icio": "OECD table",
    "recorded_twice": "recorded by both",
    "recorded_once": "recorded by one",
    "carried": "carried forward",
    "zero": "no trade recorded",
}


@command
def estimate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="SPEC.toml|DATA",
            help="An estimation file, the data, or 'embedded' for the panel that ships.",
        ),
    ],
    regressors: Annotated[
        list[str] | None, typer.Option("--regressor", "-x", help="A column; can be repeated.")
    ] = None,
    fixed_effects: Annotated[
        list[str] | None,
        typer.Option(
            "--fixed-effect",
            "-f",
            help="exporter-year, importer-year, pair, symmetric-pair ..., columns joined by *, or "
            "none; can be repeated. [exporter-year and importer-year]",
        ),
    ] = None,
    cluster: Annotated[
        list[str] | None,
        typer.Option(help="Clusters of the errors; several are multi-way. [pair]"),
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(help="The column explained. [trade]", show_default=False)
    ] = None,
    estimator: Annotated[str | None, typer.Option(help="ppml or ols. [ppml]")] = None,
    transform: Annotated[
        str | None, typer.Option(help="level or log of the outcome; log with ols. [level]")
    ] = None,
    inference: Annotated[
        str | None,
        typer.Option(
            help="ppmlhdfe-cluster, agtpa-cluster, ppmlhdfe-robust, hc1, dyadic, pair-bootstrap or "
            "weidner-zylkin. [ppmlhdfe-cluster]"
        ),
    ] = None,
    offset: Annotated[str | None, typer.Option(help="Column added to the linear index.")] = None,
    weights: Annotated[str | None, typer.Option(help="Column: how much a row counts.")] = None,
    exporter: Annotated[str | None, typer.Option(help="Its column. [exporter]")] = None,
    importer: Annotated[str | None, typer.Option(help="Its column. [importer]")] = None,
    year_column: Annotated[
        str | None, typer.Option(help="Its column, or none for one cross-section. [year]")
    ] = None,
    sector: Annotated[str | None, typer.Option(help="Column of sectors, where there is one.")] = (
        None
    ),
    collinear: Annotated[
        str | None,
        typer.Option(help="Regressors that others explain: refuse, or drop and say so. [refuse]"),
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Samples of the bootstrap. [500]")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the bootstrap. [0]")] = None,
    log: Annotated[list[str] | None, typer.Option(help="Column to take the log of.")] = None,
    years: Annotated[
        list[int] | None, typer.Option("--year", help="Only this year; can be repeated.")
    ] = None,
    international: Annotated[
        bool, typer.Option("--international", help="Leave domestic trade out.")
    ] = False,
    *,
    form: TableAnswer,
) -> None:
    """Estimate gravity from a file: PPML with fixed effects, in the field's usual table."""
    form.check()
    result = estimate_gravity(
        file,
        regressors=regressors or (),
        fixed_effects=() if fixed_effects == [NONE] else fixed_effects,
        cluster=cluster or (),
        outcome=outcome,
        estimator=estimator,
        transform=transform,
        inference=inference,
        offset=offset,
        weights=weights,
        exporter=exporter,
        importer=importer,
        year_column=year_column,
        sector=sector,
        collinear=collinear,
        draws=draws,
        seed=seed,
        log=log or (),
        years=years or (),
        international=international,
    )
    form.give(result, show=lambda: show_estimates(result), table="coefficients")


@command
def potential(
    one: Annotated[str, typer.Argument(help="Code or name.")],
    other: Annotated[str, typer.Argument(help="Code or name.")],
    kind: Annotated[Literal["goods", "services"], typer.Option(help="goods or services.")] = (
        "goods"
    ),
    method: Annotated[
        Literal["own-past", "cross-section"] | None,
        typer.Option(
            help="own-past: sizes and what the pair traded before; cross-section: as if it were "
            "like others. [own-past where the embedded panel holds the pair]"
        ),
    ] = None,
    *,
    ground: OwnWorld,
    form: TableAnswer,
) -> None:
    """Compute what two economies would trade by size, distance and their own past, with a band."""
    form.check()
    model = open_model(ground)
    result = model.potential(one, other, kind=kind, method=method)
    form.give(result, show=lambda: show_potential(result), table="potential")


def show_potential(result: Result[Potential]) -> None:
    """Print a potential for a person."""
    print_table(
        for_terminal(result.tables["potential"]),
        title=f"{result.title}, {result.found.unit}",
    )
    for note in result.notes:
        typer.echo(note)


def for_terminal(table: pd.DataFrame) -> pd.DataFrame:
    """Keep what a person asks of a potential; `--json` gives all."""
    shown = {
        "from": table["exporter"],
        "to": table["importer"],
        "trade": table["observed"],
        "known": table["status"].replace(KNOWN),
        "potential": table["potential"],
        "90 % band": _band(table, "potential"),
    }
    if "likely_low" in table:
        shown |= {"two thirds": _band(table, "likely"), "usual": table["usual"]}
    return pd.DataFrame(shown | {"missing": table["missing"], "rank (%)": table["rank_percent"]})


def _band(table: pd.DataFrame, name: str) -> list[str]:
    ends = zip(table[f"{name}_low"], table[f"{name}_high"], strict=True)
    return [f"{cell(low)} to {cell(high)}" for low, high in ends]


def show_estimates(result: Result[Estimates]) -> None:
    """Print the usual table."""
    typer.echo(result.found.text())
    for note in result.found.notes:
        typer.echo(note)
