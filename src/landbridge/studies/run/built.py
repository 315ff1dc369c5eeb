"""What the new lines of a run joined: the table, and what is said of it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from landbridge.formats import significant
from landbridge.freight.network.tables import rows
from landbridge.studies.chain.inputs import Inputs

COLUMNS = [
    "measure",
    "title",
    "line",
    "mode",
    "part",
    "km_along",
    "joined",
    "joined_name",
    "km_away",
    "to_km",
    "longitude",
    "latitude",
    "warning",
]
LINES_TOLD = 12
"""Lines that are told one by one; the table has all."""
WARNINGS_TOLD = 3


def built_table(inputs: Inputs) -> pd.DataFrame:
    """Tabulate what each new line joined (see `RunResult.joins`)."""
    joins = inputs.after.tables.joins
    by_label = {measure.where: measure for measure in inputs.scenario.measures}
    known = joins[joins["where"].isin(by_label)]
    made = known.rename(columns={"name": "joined_name"})
    made["measure"] = [by_label[where].id for where in known["where"]]
    made["title"] = [by_label[where].title for where in known["where"]]
    return made[COLUMNS].reset_index(drop=True)


def built_notes(joins: pd.DataFrame) -> tuple[str, ...]:
    """Say in a sentence for each new line what it joined, where, and how far away that is.

    Parameters
    ----------
    joins
        From `built_table`; a column ``scenario`` says of which scenario a line is.
    """
    keys = [name for name in ("scenario", "line") if name in joins]
    lines = [mine for _, mine in joins.groupby(keys, sort=False)]
    told = []
    for line in lines[:LINES_TOLD]:
        mine = rows(line)
        met = [_met(row) for row in mine if row.joined != "new"]
        loose = [_loose(row) for row in mine if row.joined == "new"]
        parts = [f"joins {', '.join(met)}"] if met else []
        whose = f"{mine[0].scenario}: " if "scenario" in joins else ""
        said = "; ".join([*parts, *loose])
        told.append(f"{whose}New {mine[0].mode} line {mine[0].line}: {said}.")
    more = len(lines) - LINES_TOLD
    return (*told, *([f"{more} more new lines: see the table of joins."] if more > 0 else []))


def built_warnings(joins: pd.DataFrame) -> tuple[str, ...]:
    """Say what a reader must know of the new lines before using a number."""
    told = [f"Warning: {text}" for text in joins["warning"] if text]
    more = len(told) - WARNINGS_TOLD
    rest = [f"Warning: {more} more warnings of new lines stand in the table of joins."]
    return (*told[:WARNINGS_TOLD], *(rest if more > 0 else []))


def _met(row: Any) -> str:  # noqa: ANN401 - a row of the table
    at = f"at its {row.part}"
    if row.part == "between":
        at = f"after {significant(row.km_along, 3)} km"
    on = "" if math.isnan(row.to_km) else f", {significant(row.to_km, 3)} km along it"
    return f"{row.joined_name}{on} ({row.km_away:.1f} km away) {at}"


def _loose(row: Any) -> str:  # noqa: ANN401 - a row of the table
    return (
        f"nothing at its {row.part} (the nearest is {row.joined_name}, {row.km_away:,.1f} km away)"
    )
