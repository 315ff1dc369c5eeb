"""``landbridge backcast``: what would have been said of an agreement, beside what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import typer

from landbridge.cli.options import own_file as own
from landbridge.cli.options.groups import OwnWorld, TableAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.printing.answering import (
    SeedOption,
)
from landbridge.cli.printing.show import cell, print_table
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.backcast.study import Backcast
from landbridge.studies.backcast.union_gap import UnionGap
from landbridge.verbs.backcast import BackcastFound

MOST_PAIRS = 30
SHORT = {
    "pairs that the agreement treats": "treated",
    "all pairs of parties": "parties",
    "parties with others": "with others",
    "pairs of others": "others",
    "all pairs": "all",
}


@command
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
    seed: SeedOption = DEFAULT_SEED,
    *,
    ground: OwnWorld,
    form: TableAnswer,
) -> None:
    """Predict an agreement from data of the time before, and set it beside what happened."""
    form.check()
    if not union and (ground.world is not None or ground.fitted):
        raise InputError(
            "is used by --union alone: the other ways rest on a panel of years.",
            where="--world" if ground.world is not None else "--fitted",
            mend="Leave it out, or give the years as PANEL.",
        )
    table = own.OwnTable(columns, unit)
    model = open_model(ground)
    result = model.backcast(
        panel,
        bloc=bloc,
        register=register,
        union=union,
        depth=depth,
        parties=parties,
        until=until,
        check=check,
        agreement=agreement,
        blocs=blocs,
        columns=table.map(),
        every=every,
        collinear=collinear,
        seed=seed,
    )
    form.give(result, show=lambda: show(result))


def show(result: Result[BackcastFound]) -> None:
    """Print whichever of the three was asked for."""
    found = result.found
    if isinstance(found, Backcast):
        show_backcast(found)
    elif isinstance(found, UnionGap):
        show_union(result, found)
    else:
        show_register(result)


def show_register(result: Result[BackcastFound]) -> None:
    """Print the register: what each agreement did, and why others cannot be checked."""
    table = result.tables["agreement_effects"]
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
    print_table(
        result.tables["agreement_unchecked"], title="Not to be checked by this panel", cards=False
    )


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


def show_union(result: Result[BackcastFound], found: UnionGap) -> None:
    """Print what one cross-section says of a union."""
    shown = found.pairs.drop(columns=["potential_million_usd_low", "potential_million_usd_high"])
    print_table(shown, title=result.title)
    print_table(found.summary, cards=False)
    for note in result.notes:
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
