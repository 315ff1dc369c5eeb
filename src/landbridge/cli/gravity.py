"""``landbridge estimate`` and ``landbridge potential``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer

from landbridge.cli.show import cell, print_json, print_table
from landbridge.errors import InputError
from landbridge.gravity.files.commands import (
    Estimates,
    Method,
    Options,
    estimate_options,
    write_estimates,
)
from landbridge.gravity.files.commands import estimate as estimate_file
from landbridge.gravity.files.commands import potential as potential_of
from landbridge.gravity.uses.history_panel import EMBEDDED
from landbridge.report.formats.folder import check_folder

TOML = ".toml"
METHODS: dict[str, Method] = {"own-past": "own_past", "cross-section": "cross_section"}
NEGATIVE: dict[Method, str] = {
    "cross_section": (
        "Missing is potential less trade; below zero where the pair trades more than others would. "
        "Rank: the share of comparable pairs that do less well."
    ),
    "own_past": (
        "Usual: what gravity makes of the last recorded year. Missing is potential less trade; "
        "below zero where the pair trades more. Rank: the share of comparable pairs that did less "
        "well against their own potential."
    ),
}
NONE = "none"
KNOWN = {
    "override": "set by hand",
    "icio": "OECD table",
    "recorded_twice": "recorded by both",
    "recorded_once": "recorded by one",
    "carried": "carried forward",
    "zero": "no trade recorded",
}
OPTION_OF = {
    "regressors": "--regressor",
    "fixed_effects": "--fixed-effect",
    "year": "--year-column",
    "years": "--year",
}


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
    out: Annotated[Path | None, typer.Option(help="Folder for tables and plot.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Estimate gravity from a file: PPML with fixed effects, in the field's usual table."""
    told: dict[str, object] = {
        "regressors": tuple(regressors or ()),
        "fixed_effects": _groups(fixed_effects),
        "cluster": tuple(cluster) if cluster else None,
        "outcome": outcome,
        "estimator": estimator,
        "transform": transform,
        "inference": inference,
        "offset": offset,
        "weights": weights,
        "exporter": exporter,
        "importer": importer,
        "year": year_column,
        "sector": sector,
        "collinear": collinear,
        "draws": draws,
        "seed": seed,
        "log": tuple(log) if log else None,
        "years": tuple(years) if years else None,
        "international": international or None,
    }
    given = {name: value for name, value in told.items() if value not in {None, ()}}
    if fixed_effects is not None:
        given["fixed_effects"] = _groups(fixed_effects)
    if out is not None:
        check_folder(out)
    found = _estimate(file, given)
    files = write_estimates(found, out) if out is not None else ()
    show_estimates(found, json=json)
    if files and not json:
        typer.echo(f"Written: {out}")


def _groups(names: list[str] | None) -> tuple[str, ...]:
    """Read fixed effects; ``none`` alone stands for an intercept."""
    return () if names in (None, [NONE]) else tuple(names or ())


def _estimate(file: Path, given: dict[str, object]) -> Estimates:
    """Estimate by a file, or by options; not by both.

    Raises
    ------
    InputError
        Options beside an estimation file, or no regressor without one.
    """
    if file.suffix.casefold() == TOML:
        if given:
            names = ", ".join(OPTION_OF.get(name, f"--{name}") for name in given)
            raise InputError(
                "stands in the estimation file, or nowhere.",
                where=names,
                mend=f"Write it into {file.name}, or give the data instead of the file.",
            )
        return estimate_file(file)
    if "regressors" not in given:
        raise InputError(
            "say what explains the trade.",
            where="--regressor",
            mend="Write -x COLUMN, or give an estimation file (docs/gravity.md).",
        )
    if given.get("year") == NONE:
        given["year"] = None
    if file == Path(EMBEDDED):
        given.setdefault("outcome", "goods_million_usd")
    return estimate_options(Options(data=file, **given))  # type: ignore[arg-type]


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
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Say what two economies would trade by size, distance and their own past, with a band."""
    found = potential_of(one, other, kind=kind, method=METHODS.get(method or ""))
    if json:
        print_json({"unit": found.unit, "pairs": found.table, "notes": found.notes})
        return
    print_table(for_terminal(found.table), title=f"Trade potential, {kind}, {found.unit}")
    for note in (*found.notes, NEGATIVE[found.method]):
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


def show_estimates(found: Estimates, *, json: bool) -> None:
    """Print estimates as asked."""
    if json:
        parts = {"coefficients": found.coefficients(), "diagnostics": found.diagnostics()}
        print_json(parts | ({"notes": found.notes} if found.notes else {}))
    else:
        typer.echo(found.text())
        for note in found.notes:
            typer.echo(note)
