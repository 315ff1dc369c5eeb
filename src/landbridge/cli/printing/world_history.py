"""``landbridge world A B --history``: a pair's trade over the years beside the baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd
import typer

from landbridge import codes
from landbridge.cli.printing.show import cell, print_table
from landbridge.results import Result
from landbridge.world.history_pairs import BASELINE, NOT_KNOWN


def show_history(result: Result[pd.DataFrame]) -> None:
    """Print the series of a pair for a person."""
    table = result.tables["history"]
    pair = list(dict.fromkeys(table["exporter"]))
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
        title=f"The baseline of {result.provenance.baseline_year}",
        cards=False,
    )
    for note in result.notes:
        typer.echo(note)
