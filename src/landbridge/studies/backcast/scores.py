"""All agreements of the register backcast one after the other, and how well that goes."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from landbridge.gravity.uses.sizes import between, given_sizes
from landbridge.studies.backcast.effects import FEWEST, known_effects, scored_cells
from landbridge.studies.backcast.embedded import prior as prior_of
from landbridge.studies.backcast.embedded import there_in
from landbridge.studies.backcast.register import Entry, register
from landbridge.studies.backcast.study import GROUPS, Z_90, correlation
from landbridge.tasks import Progress, no_progress
from landbridge.units import PERCENT
from landbridge.world.history import load_history

LARGE_MILLION_USD: Final = 50.0
DRAWS: Final = 400
SEED: Final = 2026
WAYS: Final = ("sizes", "with", "own_past")
FEW_PAIRS: Final = 2 * GROUPS


def predict_entry(entry: Entry) -> pd.DataFrame:
    """Predict the treated pairs of an agreement from the time before, beside what happened.

    Returns
    -------
    pandas.DataFrame
        entry, exporter, importer, before, after (million USD), actual, sizes, with, own_past (log
        changes: what happened, sizes alone, with the agreement, with the pair's own past too),
        in_band (the effect's own), in_wide_band. No row where nothing is scored, or fewer than
        five earlier agreements are known.
    """
    until, check = entry.until, entry.check
    there = there_in((until, check))
    treated = entry.treated() & np.outer(there, there)
    if (
        not (treated & scored_cells(until, check)).any()
        or len(known_effects(until, without=treated)) < FEWEST
    ):
        return pd.DataFrame()
    known = prior_of(until, check, treated, there=there)
    keep = np.ix_(there, there)
    squares = between(until, check)
    start, end, marked = squares[0][keep], squares[1][keep], treated[keep]
    alone = given_sizes(start, end, np.zeros_like(start))
    with_it = given_sizes(start, end, np.where(marked, known.effect, 0.0))
    codes = [code for code, stays in zip(load_history().iso3, there, strict=True) if stays]
    at = tuple(np.argwhere(marked & scored_cells(until, check)[keep]).T)
    past = known.own_past[at]
    rng = np.random.default_rng(SEED)
    moved = known.error * rng.standard_normal(DRAWS)
    ends = np.array(
        [
            np.percentile(moved + rng.choice(known.pools[group], size=DRAWS), [5.0, 95.0])
            for group in known.groups[at]
        ]
    )
    actual = np.log(end[at] / start[at])
    said = np.log(with_it[at] / start[at]) + past
    missed = actual - said
    return pd.DataFrame(
        {
            "entry": entry.entry,
            "exporter": [codes[place] for place in at[0]],
            "importer": [codes[place] for place in at[1]],
            "before": start[at],
            "after": end[at],
            "actual": actual,
            "sizes": np.log(alone[at] / start[at]),
            "with": np.log(with_it[at] / start[at]),
            "own_past": said,
            "in_band": np.abs(missed) <= Z_90 * known.error,
            "in_wide_band": (missed >= ends[:, 0]) & (missed <= ends[:, 1]),
        }
    )


def predict_all(progress: Progress = no_progress) -> pd.DataFrame:
    """Predict every agreement of the register that can be, one below the other."""
    entries = [entry for entry in register() if not entry.unchecked]
    parts = []
    for done, entry in enumerate(entries):
        progress("Backcasts", done, len(entries))
        parts.append(predict_entry(entry))
    progress("Backcasts", len(entries), len(entries))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def scores_of(rows: pd.DataFrame) -> dict[str, object]:
    """Score predictions of treated pairs.

    Returns
    -------
    dict
        pairs; correlation_, error_ (root mean square) and median_error_ of each prediction, log
        points; in_band_percent, in_wide_band_percent.
    """
    found: dict[str, object] = {"pairs": len(rows)}
    actual = rows["actual"].to_numpy()
    for way in WAYS:
        missed = rows[way].to_numpy() - actual
        found[f"correlation_{way}"] = correlation(actual, rows[way].to_numpy())
        found[f"error_{way}"] = float(np.sqrt(np.mean(missed**2)))
        found[f"median_error_{way}"] = float(np.median(np.abs(missed)))
    for band in ("in_band", "in_wide_band"):
        found[f"{band}_percent"] = float(PERCENT * rows[band].mean())
    return found


def scores_by_agreement(rows: pd.DataFrame) -> pd.DataFrame:
    """Score each agreement, and sets of them.

    Returns
    -------
    pandas.DataFrame
        of (an entry's name or a set), then the columns of `scores_of`, and over_<way>_percent: what
        the pairs traded, all together, over what was predicted.
    """
    names = {entry.entry: entry.name for entry in register()}
    sizes = rows.groupby("entry")["entry"].transform("size")
    large = rows["before"] >= LARGE_MILLION_USD
    sets = [
        ("all treated pairs", rows),
        (f"pairs above {LARGE_MILLION_USD:.0f} million USD", rows[large]),
        ("agreements of up to 20 pairs", rows[sizes <= FEW_PAIRS]),
        ("agreements of more", rows[sizes > FEW_PAIRS]),
    ]
    sets += [(names[str(key)], part) for key, part in rows.groupby("entry", sort=False)]
    return pd.DataFrame([{"of": words} | scores_of(part) | _net(part) for words, part in sets])


def _net(rows: pd.DataFrame) -> dict[str, object]:
    """Compute what pairs gained over sizes alone, and over all that was predicted, percent."""
    before, after = rows["before"].to_numpy(), rows["after"].to_numpy()
    found: dict[str, object] = {}
    for way in WAYS:
        said = before * np.exp(rows[way].to_numpy())
        found[f"over_{way}_percent"] = float(PERCENT * (after.sum() / said.sum() - 1.0))
    return found
