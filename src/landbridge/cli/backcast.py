"""``landbridge backcast``: what would have been said of an agreement, beside what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer

from landbridge.basis import embedded_basis
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.draws.engine import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.gravity.files.flow_files import read_flows
from landbridge.studies.backcast.panel import BackcastQuestion
from landbridge.studies.backcast.study import Backcast
from landbridge.studies.backcast.study import backcast as backcast_of
from landbridge.studies.backcast.union_gap import UnionGap, union_gap


def backcast(
    panel: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PANEL]",
            help="Trade by exporter, importer and year, domestic sales among it, with a column "
            "of agreements: csv, Stata, xlsx or parquet.",
        ),
    ] = None,
    parties: Annotated[
        str, typer.Option(help="Codes of the parties as the panel has them: CAN,MEX,USA.")
    ] = "",
    until: Annotated[int, typer.Option(help="Last year that the prediction may know.")] = 0,
    check: Annotated[int, typer.Option(help="Year in which it is checked.")] = 0,
    agreement: Annotated[
        str, typer.Option(help="Column that is 1 where a pair has an agreement.")
    ] = "rta",
    every: Annotated[int, typer.Option(min=1, help="Years between those of the estimate.")] = 4,
    union: Annotated[
        str,
        typer.Option(help="A bloc, without a panel: how its pairs stand in the baseline's year."),
    ] = "",
    depth: Annotated[
        str, typer.Option(help="With --union: the depth whose effect is compared.")
    ] = "customs_union",
    collinear: Annotated[
        Literal["refuse", "drop"],
        typer.Option(help="Border terms that others explain: refuse, or drop and say so."),
    ] = "refuse",
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = DEFAULT_SEED,
    json: Annotated[bool, typer.Option("--json", help="Print all tables as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the pairs as CSV.")] = False,
) -> None:
    """Predict an agreement from data of the time before, and set it beside what happened."""
    if union:
        if panel is not None:
            raise InputError("needs no panel.", where="--union", mend="Leave one of them out.")
        show_union(union_gap(embedded_basis(), union, depth=depth), union, json=json, csv=csv)
        return
    if panel is None or not (parties and until and check):
        raise InputError(
            "a panel, --parties, --until and --check are needed, or --union.",
            where="backcast",
            mend="landbridge backcast trade.csv --parties CAN,MEX,USA --until 1994 --check 2002",
        )
    table = read_flows(panel, named={"exporter", "importer", "year", "trade", agreement})
    named = tuple(code.strip() for code in parties.split(",") if code.strip())
    question = BackcastQuestion(
        named,
        until=until,
        check=check,
        agreement=agreement,
        every=every,
        seed=seed,
        collinear=collinear,
    )
    found = backcast_of(table, question)
    if json:
        print_json(
            {name: getattr(found, name) for name in ("pairs", "scores", "estimate", "notes")}
        )
    elif csv:
        print_csv(found.pairs)
    else:
        show_backcast(found)


def show_backcast(found: Backcast) -> None:
    """Print a backcast for a person."""
    pairs, asked = found.pairs, found.question
    print_table(
        pd.DataFrame(
            {
                "from": pairs["exporter"],
                "to": pairs["importer"],
                "new": pairs["treated"].map({True: "yes", False: "no"}),
                "actual_percent": pairs["actual_percent"],
                "sizes alone_percent": pairs["sizes_percent"],
                "with it_percent": pairs["predicted_percent"],
                "band": _ends(pairs, "predicted_percent_low", "predicted_percent_high"),
                "wide band": _ends(pairs, "wide_low_percent", "wide_high_percent"),
            }
        ),
        title=f"Change of trade {asked.until} to {asked.check}, sizes as they became",
        cards=False,
    )
    print_table(
        pd.DataFrame(
            {
                "from": pairs["exporter"],
                "to": pairs["importer"],
                "actual_percent": pairs["net_actual_percent"],
                "predicted_percent": pairs["net_predicted_percent"],
                "band": _ends(pairs, "net_predicted_percent_low", "net_predicted_percent_high"),
            }
        ),
        title="Over what sizes alone foretell, beside the equilibrium",
        cards=False,
    )
    scores = found.scores
    print_table(
        pd.DataFrame(
            {
                "pairs of": scores["pairs of"],
                "pairs": scores["pairs"],
                "correlation": _both(scores, "correlation"),
                "error (log)": _both(scores, "error"),
                "in wide_percent": scores["in_wide_band_percent"],
                "in band_percent": scores["in_band_percent"],
            }
        ),
        title="With the agreement / by sizes alone; pairs in the wide and the effect's own band",
        cards=False,
    )
    for row in found.estimate.head(1).to_dict(orient="records"):
        typer.echo(f"{row['term']}: {row['estimate']:.3f} (standard error {row['std_error']:.3f})")
    for note in found.notes:
        typer.echo(note)


def show_union(found: UnionGap, name: str, *, json: bool, csv: bool) -> None:
    """Print what one cross-section says of a union."""
    if json:
        print_json({part: getattr(found, part) for part in ("pairs", "summary", "notes")})
    elif csv:
        print_csv(found.pairs)
    else:
        shown = found.pairs.drop(
            columns=["potential_million_usd_low", "potential_million_usd_high"]
        )
        print_table(shown, title=f"Goods trade within {name} beside potential without any bloc")
        print_table(found.summary, cards=False)
        for note in found.notes:
            typer.echo(note)


def _ends(table: pd.DataFrame, low: str, high: str) -> list[str]:
    return [f"{cell(a)} to {cell(b)}" for a, b in zip(table[low], table[high], strict=True)]


def _both(table: pd.DataFrame, name: str) -> list[str]:
    ends = zip(table[f"{name}_with"], table[f"{name}_sizes"], strict=True)
    return [f"{one:.2f} / {other:.2f}" for one, other in ends]
