"""The panel of a backcast: what is asked of it, and whether it can answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.units import FloatArray, IntArray

FEWEST_ECONOMIES: Final = 5
FEWEST_YEARS: Final = 2
NAMES_SHOWN: Final = 10


@dataclass(frozen=True)
class BackcastQuestion:
    """What is to be backcast.

    Attributes
    ----------
    parties
        Codes as the panel has them.
    until
        Last year that the estimate and the baseline may know.
    check
        Year in which the prediction is checked.
    agreement
        Column that is 1 where a pair has an agreement.
    every
        Years between those of the estimate, counted back from `until`.
    draws, seed
        For the bands.
    collinear
        What to do about a border term that the others explain: refuse, or leave it out.
    treaty
        Column that is 1 where the pair is bound by the treaty in question, if it is not
        `agreement`: pairs that it binds in `check` and not in `until` are treated.
    """

    parties: tuple[str, ...]
    until: int
    check: int
    agreement: str = "rta"
    every: int = 4
    draws: int = 400
    seed: int = DEFAULT_SEED
    collinear: Literal["refuse", "drop"] = "refuse"
    treaty: str = ""


@dataclass(frozen=True, eq=False)
class Beforehand:
    """What is known before the check from elsewhere than the panel of the question.

    Attributes
    ----------
    effect, error
        Log points of an agreement, and the standard deviation of that of one yet to be seen.
    estimate
        Where they come from: term, estimate, std_error, rows, years.
    own_past
        ``[N, N]`` log points that each pair's own past adds to sizes.
    groups
        ``[N, N]`` place of each pair in `pools`.
    pools
        Log errors of pairs of a kind.
    notes
        What was taken, in sentences.
    """

    effect: float
    error: float
    estimate: pd.DataFrame
    own_past: FloatArray
    groups: IntArray
    pools: tuple[FloatArray, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Panel:
    """Flows and agreements of a panel as squares by year."""

    codes: tuple[str, ...]
    table: pd.DataFrame
    agreement: str

    def square(self, year: int, column: str = "trade") -> FloatArray:
        """Lay one year out, ``[N, N]``; zero where there is no row."""
        rows = self.table[self.table["year"] == year]
        wide = rows.pivot_table(index="exporter", columns="importer", values=column, aggfunc="sum")
        wide = wide.reindex(index=list(self.codes), columns=list(self.codes)).fillna(0.0)
        return wide.to_numpy(dtype=np.float64)


def check_panel(table: pd.DataFrame, question: BackcastQuestion) -> Panel:
    """Check a table and the parties of a question.

    Raises
    ------
    InputError, UnknownNameError
        Columns, rows or parties are missing, or domestic sales are.
    """
    treaty = (question.treaty,) if question.treaty else ()
    needed = ("exporter", "importer", "year", "trade", question.agreement, *treaty)
    absent = [name for name in needed if name not in table.columns]
    if absent:
        hint = suggest(absent[0], [str(name) for name in table.columns])
        raise InputError(f"the panel has no column {', '.join(absent)}.", where="data", mend=hint)
    kept = table[list(needed)].copy()
    kept["year"] = kept["year"].astype(int)
    if kept[["trade", question.agreement]].isna().any().any():
        raise InputError("trade or the agreement is missing in some rows.", where="data")
    if kept.duplicated(["exporter", "importer", "year"]).any():
        raise InputError("a pair has several rows in a year: sum its sectors first.", where="data")
    codes = tuple(sorted(set(kept["exporter"]) | set(kept["importer"])))
    if len(codes) < FEWEST_ECONOMIES:
        raise InputError(f"the panel has only {len(codes)} economies.", where="data")
    for code in question.parties:
        if code not in codes:
            hint = suggest(code, codes)
            raise UnknownNameError(f"'{code}' is not in the panel.", where="parties", mend=hint)
    domestic = kept[(kept["exporter"] == kept["importer"]) & (kept["year"] == question.until)]
    _check_domestic(domestic, codes, question.until)
    return Panel(codes, kept, question.agreement)


def _check_domestic(domestic: pd.DataFrame, codes: tuple[str, ...], year: int) -> None:
    """Refuse economies without sales to themselves, and those whose sales are not positive."""
    missing = sorted(set(codes) - set(domestic["exporter"]))
    empty = sorted(domestic.loc[domestic["trade"] <= 0, "exporter"])
    told = [
        f"domestic sales of {len(names)} {'economy' if len(names) == 1 else 'economies'} are "
        f"{what} in {year} ({', '.join(names[:NAMES_SHOWN])}"
        f"{' ...' if len(names) > NAMES_SHOWN else ''})"
        for names, what in ((missing, "missing"), (empty, "not above zero"))
        if names
    ]
    if told:
        raise InputError(
            f"{'; '.join(told)}: openness to trade is unknown without them.",
            where="data",
            mend="Add rows whose exporter and importer are the same economy, above zero.",
        )


def years_of(panel: Panel, question: BackcastQuestion) -> tuple[int, ...]:
    """List the years of the estimate, rising, the last one `until`.

    Raises
    ------
    InputError
        The panel does not hold the years.
    """
    there = sorted(set(panel.table["year"]))
    for name, year in (("until", question.until), ("check", question.check)):
        if year not in there:
            raise InputError(
                f"the panel has no year {year}: it has {there[0]} to {there[-1]}.", where=name
            )
    if question.check <= question.until:
        raise InputError("the check must come after the last year known.", where="check")
    years = tuple(
        y for y in there if y <= question.until and (question.until - y) % question.every == 0
    )
    if len(years) < FEWEST_YEARS:
        raise InputError(f"only {len(years)} year up to {question.until} is left.", where="every")
    return years
