"""What bridges found, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from landbridge.formats import percent
from landbridge.studies.bridge.study import UNEXPLAINED, BridgeFound

PARTS_TOLD = 3
LEAST_TOLD = 0.005
"""Percent: parts below it are not told."""


def headline(found: BridgeFound) -> tuple[str, ...]:
    """Say what was published, what this world gives, and what lies between.

    One sentence a figure; the first figure of each where there are several studies.
    """
    summary = found.summary
    if len(set(summary["study"])) > 1:
        summary = summary.drop_duplicates("study")
    return tuple(sentence(row, found.parts) for row in summary.to_dict(orient="records"))


def sentence(row: Mapping[Hashable, object], parts: pd.DataFrame) -> str:
    """Tell one figure.

    Parameters
    ----------
    row
        Of the table ``bridge_summary``.
    parts
        The table ``bridge_parts``.
    """
    own = parts[(parts["study"] == row["study"]) & (parts["economies"] == row["economies"])]
    known = own[own["part"] != UNEXPLAINED]
    ranked = known.reindex(known["percent"].abs().sort_values(ascending=False).index)
    told = ", ".join(
        f"{name} {percent(float(value))}"
        for name, value in zip(ranked["part"], ranked["percent"], strict=True)
        if abs(value) >= LEAST_TOLD
    )
    most = ", ".join(told.split(", ")[:PARTS_TOLD]) if told else "nothing of size"
    return (
        f"{row['study']}, {row['economies']}: published {_of(row, 'published')}, in its setting "
        f"here {_of(row, 'here')}, as a run has it {_of(row, 'ours')}. Between, in points: {most}; "
        f"not explained {_of(row, 'unexplained')}."
    )


def _of(row: Mapping[Hashable, object], name: str) -> str:
    value = row[f"{name}_percent"]
    assert isinstance(value, float)  # noqa: S101 - the table holds numbers there
    return percent(value)
