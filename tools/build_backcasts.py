"""Estimate the effects of agreements anew, and write them where backcasts and their page read them.

Writes ``backcast_effects.csv`` into ``src/landbridge/studies/data``, ``docs/data/backcasts.csv``,
and the tables of ``docs/backcasts.md`` between its marks, from the embedded panel alone::

    python tools/build_backcasts.py            # effects and tables
    python tools/build_backcasts.py --tables   # tables only

It takes some minutes. Run it after the panel, the atlas or the baseline changed.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from landbridge.studies.backcast.effects import (
    EFFECTS,
    effects_table,
    estimate_all,
    known_effects,
    shrink_effects,
)
from landbridge.studies.backcast.register import LAST, unchecked_table
from landbridge.studies.backcast.scores import predict_all, scores_by_agreement
from landbridge.tables import embedded_path

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "backcasts.md"
TABLE: Final = ROOT / "docs" / "data" / "backcasts.csv"
START, END = "<!-- register: start -->", "<!-- register: end -->"
DIGITS: Final = {"estimate": 4, "error": 4, "already_bound_percent": 1}
SHOWN_PAIRS: Final = 6
SETS: Final = 4
SHOWN: Final = frozenset(
    ("chn-pak", "chn-chl", "chn-per", "chn-che", "chn-nzl", "usa-kor", "pak-lka", "pak-mys")
)
"""Agreements of two economies that the page shows; the table beside it holds all."""


def main() -> None:
    """Estimate and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tables", action="store_true")
    options = parser.parse_args()
    if not options.tables:
        write_effects()
    scores = scores_by_agreement(predict_all(told))
    effects = effects_table(known_effects(LAST))
    joined = effects.merge(scores.iloc[SETS:], left_on="name", right_on="of", how="left")
    joined = joined.drop(columns=["of", "pairs_y"]).rename(columns={"pairs_x": "pairs"})
    TABLE.write_text(joined.round(3).to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    body = "\n\n".join([sets_table(scores.head(SETS)), mean_line(), page_table(joined), left_out()])
    PAGE.write_text(f"{head}{START}\n\n{body}\n\n{END}{tail}", encoding="utf-8")
    print(f"{PAGE.name}: {len(joined)} agreements, {int(scores['pairs'].iloc[0])} pairs")


def told(what: str, done: int, total: int) -> None:
    """Say how far the work is."""
    print(f"{what}: {done} of {total}", flush=True)


def write_effects() -> None:
    """Estimate all effects and write the table that ships."""
    table = estimate_all(told)
    columns = ["entry", "until", "check", "pairs", "already_bound_percent", "estimate", "error"]
    path = embedded_path("studies", f"{EFFECTS}.csv")
    table[columns].round(DIGITS).to_csv(path, index=False, lineterminator="\n")
    print(f"{path.name}: {len(table)} rows of {table['entry'].nunique()} agreements")


def sets_table(scores: pd.DataFrame) -> str:
    """Write the scores of all treated pairs and of parts of them."""
    head = (
        "| treated pairs | pairs | correlation | error | median error | wide band | own |",
        "|---|---|---|---|---|---|---|",
    )
    rows = [
        f"| {row['of']} | {row['pairs']:,} | {three(row, 'correlation')} | {three(row, 'error')} | "
        f"{three(row, 'median_error')} | {row['in_wide_band_percent']:.0f} % | "
        f"{row['in_band_percent']:.0f} % |"
        for row in scores.to_dict(orient="records")
    ]
    words = (
        "Three figures: sizes alone / with the agreement / with the pair's own past too; errors in "
        "log points. Wide band, own: percent of pairs in the wide band and in the effect's own."
    )
    return "\n".join([words, "", *head, *rows])


def three(row: Mapping[Hashable, object], name: str) -> str:
    """Write a score of the three predictions."""
    ways = ("sizes", "with", "own_past")
    return " / ".join(f"{float(str(row[f'{name}_{way}'])):.2f}" for way in ways)


def mean_line() -> str:
    """Write the mean and the spread of effects."""
    effects = known_effects(LAST)
    found = shrink_effects(effects)
    return (
        f"{len(effects)} agreements have an effect of {found.mean:.3f} log points in the mean "
        f"(standard error {found.mean_error:.3f}); true effects spread about it by "
        f"{found.spread:.3f}."
    )


def page_table(joined: pd.DataFrame) -> str:
    """Write the agreements that the page shows."""
    shown = joined[(joined["pairs"] >= SHOWN_PAIRS) | joined["entry"].isin(SHOWN)]
    head = (
        "| agreement | years | pairs | effect (error) | shrunk, % | correlation | wide band |",
        "|---|---|---|---|---|---|---|",
    )
    rows = [
        f"| {row['name']} | {row['until']} to {row['check']} | {row['pairs']} | "
        f"{row['estimate']:.2f} ({row['error']:.2f}) | {row['effect_percent']:.0f} "
        f"({row['effect_percent_low']:.0f} to {row['effect_percent_high']:.0f}) | "
        f"{pair_of(row, 'correlation')} | {whole(row['in_wide_band_percent'])} |"
        for row in shown.to_dict(orient="records")
    ]
    words = (
        "Effect: log points as found, with its error; shrunk: drawn towards the mean, percent, "
        "with the 90 percent band. Correlation of predicted and actual log changes over treated "
        "pairs: by sizes alone / with own past. `docs/data/backcasts.csv` holds all agreements."
    )
    return "\n".join([words, "", *head, *rows])


def pair_of(row: Mapping[Hashable, object], name: str) -> str:
    """Write a score by sizes alone and with own past; nothing where it is not known."""
    values = [float(str(row[f"{name}_{way}"])) for way in ("sizes", "own_past")]
    return " / ".join("" if math.isnan(value) else f"{value:.2f}" for value in values).strip(" /")


def whole(value: float) -> str:
    """Write a percentage; nothing where it is not known."""
    return "" if math.isnan(value) else f"{value:.0f} %"


def left_out() -> str:
    """Write which entries of the register the panel cannot check."""
    rows = unchecked_table().to_dict(orient="records")
    told_rows = [f"* {row['name']}: {row['why']}" for row in rows]
    return "\n".join(["Not to be checked by this panel:", "", *told_rows])


if __name__ == "__main__":
    main()
