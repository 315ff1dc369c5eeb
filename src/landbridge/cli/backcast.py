"""``landbridge backcast``: what would have been said of an agreement, beside what happened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import typer

from landbridge.basis import embedded_basis
from landbridge.cli import own
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.draws.engine import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.gravity.files.flow_files import read_flows
from landbridge.studies.backcast.effects import effects_table, known_effects, shrink_effects
from landbridge.studies.backcast.embedded import Span, embedded_backcast
from landbridge.studies.backcast.own import (
    VALUES,
    named_columns,
    parties_of,
    with_blocs,
    with_home_sales,
)
from landbridge.studies.backcast.panel import BackcastQuestion
from landbridge.studies.backcast.register import LAST, unchecked_table
from landbridge.studies.backcast.study import Backcast
from landbridge.studies.backcast.study import backcast as backcast_of
from landbridge.studies.backcast.union_gap import UnionGap, union_gap

MOST_PAIRS = 30
SHORT = {
    "pairs that the agreement treats": "treated",
    "all pairs of parties": "parties",
    "parties with others": "with others",
    "pairs of others": "others",
    "all pairs": "all",
}
"""Sets of pairs, short enough for a terminal."""


def backcast(
    panel: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PANEL]",
            help="Trade by exporter, importer and year with a column of agreements: csv, Stata, "
            "xlsx or parquet. Left out: the embedded panel, with --bloc.",
        ),
    ] = None,
    bloc: Annotated[
        str,
        typer.Option(help="On the embedded panel: a bloc or an agreement of the atlas, eaeu-vnm."),
    ] = "",
    register: Annotated[
        bool,
        typer.Option("--register", help="List agreements: years, pairs, effects as found."),
    ] = False,
    parties: Annotated[
        str, typer.Option(help="Codes of the parties as the panel has them: CAN,MEX,USA.")
    ] = "",
    until: Annotated[int, typer.Option(help="Last year that the prediction may know.")] = 0,
    check: Annotated[int, typer.Option(help="Year in which it is checked.")] = 0,
    agreement: Annotated[
        str, typer.Option(help="Column that is 1 where a pair has an agreement.")
    ] = "rta",
    blocs: Annotated[
        str,
        typer.Option(
            help="Build that column: 1 where one of these blocs binds both, by the atlas. The "
            "parties are those of the first, unless --parties names them."
        ),
    ] = "",
    columns: own.Columns = "",
    unit: own.Unit = "",
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
    asked = {"--union": bool(union), "--bloc": bool(bloc), "--register": register}
    given = [name for name, is_given in asked.items() if is_given]
    if len(given) > 1 or (given and panel is not None):
        raise InputError(
            "needs no panel and stands alone.",
            where=", ".join(given),
            mend="Leave the others out.",
        )
    if union:
        show_union(union_gap(embedded_basis(), union, depth=depth), union, json=json, csv=csv)
        return
    if register:
        show_register(json=json, csv=csv)
        return
    if bloc:
        found = embedded_backcast(bloc, Span(until=until, check=check, seed=seed))
    else:
        if panel is None or not ((parties or blocs) and until and check):
            raise InputError(
                "--bloc is needed, or a panel with --parties, --until and --check, or --union.",
                where="backcast",
                mend="landbridge backcast --bloc EAEU --until 2014 --check 2019",
            )
        found = own_backcast(
            panel,
            BackcastQuestion(
                listed(parties),
                until=until,
                check=check,
                agreement=agreement,
                every=every,
                seed=seed,
                collinear=collinear,
            ),
            blocs=listed(blocs),
            table=own.OwnTable(columns, unit),
        )
    if json:
        print_json(
            {name: getattr(found, name) for name in ("pairs", "scores", "estimate", "notes")}
        )
    elif csv:
        print_csv(found.pairs)
    else:
        show_backcast(found)


def listed(text: str) -> tuple[str, ...]:
    """Read names divided by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def own_backcast(
    file: Path, question: BackcastQuestion, *, blocs: tuple[str, ...], table: own.OwnTable
) -> Backcast:
    """Backcast on a panel of the user's own.

    Raises
    ------
    InputError, UnknownNameError
        The panel or the question cannot be used.
    """
    given = table.map()
    named = {"exporter", "importer", "year", "trade", question.agreement, *VALUES}
    if given is not None:
        named |= {given.exporter, given.importer, given.value, given.year}
    flows, in_millions = named_columns(read_flows(file, named=named), given)
    notes: tuple[str, ...] = ()
    if in_millions:
        flows, notes = with_home_sales(flows)
    if blocs:
        flows = with_blocs(flows, blocs, question.agreement)
        if not question.parties:
            codes = sorted(set(flows["exporter"]))
            question = replace(question, parties=parties_of(blocs[0], question.check, codes))
    found = backcast_of(flows, question)
    return replace(found, notes=(*found.notes, *notes))


def show_register(*, json: bool, csv: bool) -> None:
    """Print the register: what each agreement did, and why others cannot be checked."""
    effects = known_effects(LAST)
    table = effects_table(effects)
    if json:
        shrunk = shrink_effects(effects)
        print_json(
            {
                "effects": table,
                "mean": shrunk.mean,
                "mean_error": shrunk.mean_error,
                "spread": shrunk.spread,
                "unchecked": unchecked_table(),
            }
        )
    elif csv:
        print_csv(table)
    else:
        shown = table.assign(
            effect=[f"{cell(e)} ({cell(s)})" for e, s in table[["estimate", "error"]].to_numpy()],
            band=_ends(table, "effect_percent_low", "effect_percent_high"),
        )
        columns = ["entry", "until", "check", "pairs", "effect", "effect_percent", "band"]
        print_table(
            shown[columns],
            title="What agreements did: log points as found (standard error), percent drawn "
            "towards the mean of all",
            cards=False,
        )
        print_table(unchecked_table(), title="Not to be checked by this panel", cards=False)


def show_backcast(found: Backcast) -> None:
    """Print a backcast for a person."""
    asked = found.question
    pairs = found.pairs.sort_values(["treated", "before"], ascending=False, kind="stable")
    pairs = pairs.head(MOST_PAIRS)
    cut = len(found.pairs) - len(pairs)
    past = "own_past_percent" in pairs
    columns: dict[str, object] = {
        "from": pairs["exporter"],
        "to": pairs["importer"],
        "new": pairs["treated"].map({True: "yes", False: "no"}),
        "actual_percent": pairs["actual_percent"],
        "sizes alone_percent": pairs["sizes_percent"],
        "with it_percent": pairs["predicted_percent"],
    }
    if past:
        columns["own past too_percent"] = pairs["own_past_percent"]
    else:
        columns["band"] = _ends(pairs, "predicted_percent_low", "predicted_percent_high")
    columns["wide band"] = _ends(pairs, "wide_low_percent", "wide_high_percent")
    print_table(
        pd.DataFrame(columns),
        title=f"Change of trade {asked.until} to {asked.check}, sizes as they became",
        note=f"{cut} smaller pairs: --csv." if cut else "",
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
        title="Over what sizes alone predict, beside the equilibrium",
        cards=False,
    )
    scores = found.scores
    print_table(
        pd.DataFrame(
            {
                "pairs of": scores["pairs of"].replace(SHORT),
                "pairs": scores["pairs"],
                "correlation": _all(scores, "correlation"),
                "error (log)": _all(scores, "error"),
                "in wide_percent": scores["in_wide_band_percent"],
                "in band_percent": scores["in_band_percent"],
            }
        ),
        title="With the agreement / by sizes alone"
        + (" / with own past" if past else "")
        + "; pairs in the wide and the effect's own band",
        cards=False,
    )
    for row in found.estimate.head(1 if not past else 3).to_dict(orient="records"):
        error = f" (standard error {row['std_error']:.3f})" if row["std_error"] > 0 else ""
        typer.echo(f"{row['term']}: {row['estimate']:.3f}{error}")
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


def _all(table: pd.DataFrame, name: str) -> list[str]:
    """Write a score of each prediction, divided by strokes; a dash where there is none."""
    ways = [f"{name}_{way}" for way in ("with", "sizes", "own_past") if f"{name}_{way}" in table]
    return [
        " / ".join("-" if np.isnan(value) else f"{value:.2f}" for value in row)
        for row in table[ways].to_numpy(dtype=np.float64)
    ]
