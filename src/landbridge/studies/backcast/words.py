"""What backcasts come to, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from landbridge.formats import percent
from landbridge.studies.backcast.study import Backcast
from landbridge.studies.backcast.union_gap import UnionGap


def headline(found: Backcast) -> tuple[str, ...]:
    """Say what was predicted of the treated pairs, what happened, and how well each way does."""
    asked = found.question
    treated = found.pairs[found.pairs["treated"]]
    before, after = treated["before"].sum(), treated["after"].sum()

    def change(column: str) -> str:
        grown = (treated["before"] * (1.0 + treated[column] / 100.0)).sum()
        return percent(100.0 * (grown / before - 1.0))

    told = (
        [
            f"{len(treated)} pairs that the agreement newly binds, {asked.until} to {asked.check}: "
            f"trade changed by {percent(100.0 * (after / before - 1.0))}; sizes alone say "
            f"{change('sizes_percent')}, with the agreement {change('predicted_percent')}"
            + (
                f", own past too {change('own_past_percent')}."
                if "own_past_percent" in treated
                else "."
            )
        ]
        if len(treated) and before > 0
        else []
    )
    told += [_score(row) for row in found.scores.head(2).to_dict(orient="records")]
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
