"""What backcasts come to, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from landbridge.formats import percent
from landbridge.studies.backcast.study import Backcast
from landbridge.studies.backcast.union_gap import UnionGap
from landbridge.units import PERCENT


def headline(found: Backcast) -> tuple[str, ...]:
    """Say what was predicted of the treated pairs, what happened, and how well each way does."""
    asked = found.question
    treated = found.pairs[found.pairs["treated"]]
    before, after = treated["before"].sum(), treated["after"].sum()

    def change(column: str) -> str:
        grown = (treated["before"] * (1.0 + treated[column] / PERCENT)).sum()
        return percent(PERCENT * (grown / before - 1.0))

    told = []
    if len(treated) and before > 0:
        past = "own_past_percent"
        more = f", own past too {change(past)}" if past in treated else ""
        told.append(
            f"{len(treated)} pairs that the agreement newly binds, {asked.until} to {asked.check}: "
            f"trade changed by {percent(PERCENT * (after / before - 1.0))}. Sizes alone say "
            f"{change('sizes_percent')}, with the agreement {change('predicted_percent')}{more}."
        )
    rows = found.scores.head(2).to_dict(orient="records")
    told += [_score(row) for row in rows if row["pairs"]]
    return tuple(told)


def union_headline(found: UnionGap) -> tuple[str, ...]:
    """Say what one cross-section tells of a union."""
    return tuple(
        f"{row['what']}: {row['value']:.2f}"
        + (f" ({row['low']:.2f} to {row['high']:.2f})." if row["low"] == row["low"] else ".")
        for row in found.summary.to_dict(orient="records")
    )


def _score(row: Mapping[Hashable, Any]) -> str:
    said = f"{str(row['pairs of']).capitalize()} ({row['pairs']}): "
    wide = row["in_wide_band_percent"]
    return (
        f"{said}root mean square error {row['error_with']:.2f} log points with the agreement, "
        f"{row['error_sizes']:.2f} by sizes alone; {wide:.0f} percent lie in the wide band."
    )
