"""What measures do to the network, as a section of the page of any study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from landbridge.report.pages.parts.html_tables import frame_table
from landbridge.report.pages.parts.pieces import Part, Section

SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "joins": (
        "scenario", "line", "mode", "part", "km_along", "joined", "joined_name", "to_km", "km_away",
        "warning",
    ),
    "idle": ("scenario", "title", "reason"),
}  # fmt: skip
"""Columns on the page by table; files hold them all."""


def effects_sections(
    tables: Mapping[str, pd.DataFrame], sections: Sequence[Section], *, source: str
) -> tuple[Section, ...]:
    """Show what new lines joined and which measures change nothing.

    Parameters
    ----------
    tables
        Of the study; ``joins`` and ``idle`` are there where they hold something.
    sections
        What the page shows already: a table that stands in one of them is not repeated.
    source
        Where the numbers come from.
    """
    there = {table.key for one in sections for part in one.parts for table in part.tables}
    found = tuple(
        frame_table(tables[name], name, source=source, columns=columns, banded=False, key=name)
        for name, columns in SHOWN.items()
        if name in tables and name not in there
    )
    if not found:
        return ()
    return (Section("effects", "What the measures do to the network", (Part(tables=found),)),)
