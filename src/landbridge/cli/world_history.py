"""``landbridge world A B --history``: a pair's trade over the years beside the baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
import typer

from landbridge import codes
from landbridge.cli.atlas import write_text
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.errors import InputError
from landbridge.report.charts.history import history_chart
from landbridge.report.svg.builder import svg_file
from landbridge.world.base import World
from landbridge.world.history import ATTRIBUTION
from landbridge.world.history_pairs import BASELINE, NOT_KNOWN, history_beside

GAPS: Final = (
    "Recorded: BACI, which reconciles the reports of both sides; 2021 and 2022 are not in the "
    "panel, an empty cell is not known, a zero is no recorded trade."
)


def show_pair_history(
    baseline: World,
    pair: tuple[str, str],
    *,
    form: Literal["table", "json", "csv"],
    out: Path | None,
) -> None:
    """Print the series of a pair, and draw it where a file is named.

    Raises
    ------
    InputError
        The file is no SVG.
    """
    if out is not None and out.suffix.casefold() != ".svg":
        raise InputError(
            "the plot is an SVG.", where="--out", mend="Name a file that ends in .svg."
        )
    table = history_beside(baseline, *pair)
    if out is not None:
        write_text(out, svg_file(history_chart(table, key="history")))
    if form == "json":
        print_json({"unit": "million USD", "series": table, "source": ATTRIBUTION})
    elif form == "csv":
        print_csv(table)
    else:
        _print(table, baseline, pair, out)


def _print(table: pd.DataFrame, baseline: World, pair: tuple[str, str], out: Path | None) -> None:
    names = [codes.name_of(code) for code in pair]
    heads = [f"{one} to {other}" for one, other in (names, names[::-1])]
    years = table[table["figure"] != BASELINE]
    shown: dict[str, list[object]] = {"year": sorted(set(years["year"]))}
    for head, exporter in zip(heads, pair, strict=True):
        rows = years[years["exporter"] == exporter].set_index("year")
        values = rows.loc[shown["year"], "goods_million_usd"].to_numpy(dtype=np.float64)
        shown[head] = [NOT_KNOWN if np.isnan(value) else cell(value) for value in values]
    print_table(pd.DataFrame(shown), title="Goods by year, recorded, million USD", cards=False)
    closing = table[table["figure"] == BASELINE]
    ends = zip(closing["goods_low_million_usd"], closing["goods_high_million_usd"], strict=True)
    print_table(
        pd.DataFrame(
            {
                "direction": heads,
                "baseline_million_usd": closing["goods_million_usd"],
                "90 % band": [f"{cell(low)} to {cell(high)}" for low, high in ends],
                "known from": closing["status"],
            }
        ),
        title=f"The baseline of {baseline.year}",
        cards=False,
    )
    typer.echo(GAPS)
    typer.echo(ATTRIBUTION)
    if out is not None:
        typer.echo(f"Written: {out}")
