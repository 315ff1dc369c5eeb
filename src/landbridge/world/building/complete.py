"""Complete flows of one's own: economies that a file lacks, or a year that it does not reach.

The machinery is the baseline's: what the file holds stays, the past is carried to it by the growth
of exporters and importers, totals are met where they are given. Everything done is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError, InputError
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import World
from landbridge.world.building.assemble import PAST_WEIGHTS, unrest_of
from landbridge.world.building.calibration import CellClass, calibration, stated_sd
from landbridge.world.building.carry import (
    FREE_TOTAL_SD,
    Marginals,
    Past,
    complete_cells,
    past_of,
    prior_of,
)
from landbridge.world.building.evidence import ListOptions
from landbridge.world.building.observed import reporters
from landbridge.world.history import load_history

COLUMNS: Final = ("exporter", "importer", "million_usd")
TOTALS: Final = ("iso3", "exports_million_usd", "imports_million_usd")
TOTALS_SD: Final = 0.05
SMALLEST: Final = 1e-6
FROM_FILE: Final = "from the file"
NO_TRADE: Final = "no trade recorded"
CARRIED: Final = "carried forward from earlier years"
IMPUTED: Final = "imputed from the baseline"
SHOWN: Final = 10


@dataclass(frozen=True)
class CompletedFlows:
    """Flows without gaps.

    Attributes
    ----------
    table
        One row a pair that trades: exporter, importer, million_usd, status, sd_log.
    counts
        Number of cells: given, no_trade, carried, imputed; and economies_added.
    notes
        What was done, in words.
    """

    table: pd.DataFrame
    counts: dict[str, int]
    notes: tuple[str, ...]


def complete_flows(
    flows: pd.DataFrame,
    base: World,
    *,
    year: int,
    past: pd.DataFrame | None = None,
    totals: pd.DataFrame | None = None,
    economies: Sequence[str] | None = None,
) -> CompletedFlows:
    """Fill economies and pairs that a table of flows lacks, or carry a table to another year.

    Parameters
    ----------
    flows
        exporter, importer (ISO3), million_usd, of the year. It may be empty: then the past is
        carried to the totals alone. A pair that is not in it is zero if the table shows that one of
        the two reports, and is filled if not.
    base
        The baseline world: its economies are added, and its goods stand where the past knows
        neither side.
    year
        Calendar year of the flows.
    past
        The same columns, of an earlier year; the three years of the embedded panel before ``year``
        when left out.
    totals
        iso3, exports_million_usd, imports_million_usd of the year, for any of the economies.
    economies
        Codes to be in the result; those of the tables given and of the baseline when left out.

    Returns
    -------
    CompletedFlows
        Cells of the table as they were given.

    Raises
    ------
    FaultsError
        A table lacks a column, names a pair twice, or has a value that is negative or missing.
    InputError
        The panel has no year before ``year``.

    Examples
    --------
    >>> import pandas as pd
    >>> import landbridge as lb
    >>> base = lb.load().world
    >>> known = pd.DataFrame(
    ...     {"exporter": ["PAK", "CHN"], "importer": ["CHN", "PAK"], "million_usd": [2e3, 14e3]}
    ... )
    >>> done = complete_flows(known, base, year=2021, economies=["CHN", "PAK", "UZB"])
    >>> done.counts["given"], len(done.table)
    (2, 6)
    """
    _check(flows, past, totals)
    iso3 = tuple(economies) if economies is not None else _codes(flows, past, totals, base)
    given, seen = _square(flows, iso3)
    before, notes = _past(past, iso3, year)
    held = np.array([code in set(flows["exporter"]) | set(flows["importer"]) for code in iso3])
    known = _known(given, seen, before.flows, held)
    done = complete_cells(
        known,
        prior_of(before, _fallback(base, iso3)),
        totals=_marginals(totals, known, before, iso3),
    )
    off = ~np.eye(len(iso3), dtype=bool)
    open_cells = off & np.isnan(known)
    classes = np.where(before.known, CellClass.CARRIED_BLIND.value, CellClass.IMPUTED.value)
    unrest = unrest_of(before, done)
    sd_log = stated_sd(done.flows, classes, calibration(), unrest)
    sd_log = np.where(open_cells, sd_log, ListOptions().published_sd_log)
    status = np.select(
        [off & seen & (given > 0), off & ~open_cells, open_cells & before.known],
        [FROM_FILE, NO_TRADE, CARRIED],
        IMPUTED,
    )
    counts = {
        "given": int((off & seen & (given > 0)).sum()),
        "no_trade": int((off & ~open_cells & ~(seen & (given > 0))).sum()),
        "carried": int((open_cells & before.known).sum()),
        "imputed": int((open_cells & ~before.known).sum()),
        "economies_added": int((~held).sum()),
    }
    added = [code for code, there in zip(iso3, held, strict=True) if not there]
    notes += _told(counts, added)
    codes = np.asarray(iso3, dtype=object)
    rows, columns = np.nonzero(off & (done.flows > 0))
    table = pd.DataFrame(
        {
            "exporter": codes[rows],
            "importer": codes[columns],
            "million_usd": done.flows[rows, columns],
            "status": status[rows, columns],
            "sd_log": sd_log[rows, columns],
        }
    )
    return CompletedFlows(table, counts, tuple(notes))


def _check(flows: pd.DataFrame, past: pd.DataFrame | None, totals: pd.DataFrame | None) -> None:
    faults = []
    for name, table in (("flows", flows), ("past", past)):
        if table is None:
            continue
        lacking = [column for column in COLUMNS if column not in table]
        if lacking:
            faults.append(f"{name} lacks {', '.join(lacking)}")
            continue
        twice = table.duplicated(["exporter", "importer"])
        if twice.any():
            row = table[twice].iloc[0]
            faults.append(f"{name}: {row['exporter']} to {row['importer']} stands twice")
        bad = ~(table["million_usd"].to_numpy(dtype=np.float64) >= 0)
        if bad.any():
            row = table[bad].iloc[0]
            faults.append(
                f"{name}: {row['exporter']} to {row['importer']} is negative or missing; leave out "
                "rows that are not known"
            )
    if totals is not None:
        lacking = [column for column in TOTALS if column not in totals]
        if lacking:
            faults.append(f"totals lacks {', '.join(lacking)}")
        elif not (totals[list(TOTALS[1:])].to_numpy(dtype=np.float64) > 0).all():
            faults.append("totals: every total must be above zero")
    if faults:
        raise FaultsError(faults, where="flows to complete")


def _codes(
    flows: pd.DataFrame,
    past: pd.DataFrame | None,
    totals: pd.DataFrame | None,
    base: World,
) -> tuple[str, ...]:
    named = set(base.iso3) | set(flows["exporter"]) | set(flows["importer"])
    if past is not None:
        named |= set(past["exporter"]) | set(past["importer"])
    if totals is not None:
        named |= set(totals["iso3"])
    return tuple(sorted(str(code) for code in named))


def _square(table: pd.DataFrame, iso3: tuple[str, ...]) -> tuple[FloatArray, BoolArray]:
    at = {code: place for place, code in enumerate(iso3)}
    rows = table[table["exporter"].isin(at) & table["importer"].isin(at)]
    places = (
        rows["exporter"].map(at).to_numpy(dtype=np.int64),
        rows["importer"].map(at).to_numpy(dtype=np.int64),
    )
    values = np.zeros((len(iso3), len(iso3)))
    seen = np.zeros(values.shape, dtype=np.bool_)
    values[places] = rows["million_usd"].to_numpy(dtype=np.float64)
    seen[places] = True
    return values, seen


def _past(past: pd.DataFrame | None, iso3: tuple[str, ...], year: int) -> tuple[Past, list[str]]:
    count = len(iso3)
    if past is not None:
        flows, _ = _square(past, iso3)
        np.fill_diagonal(flows, 0.0)
        trades = (flows.sum(axis=0) + flows.sum(axis=1)) > 0
        nothing = np.zeros((count, count))
        known = trades[:, None] & trades[None, :]
        ties = np.zeros((0, count, count))
        return Past(flows, known, nothing, nothing, nothing, ties), [
            "What is not known is carried from the past year given."
        ]
    history = load_history()
    years = [one for one in history.years if one < year][-len(PAST_WEIGHTS) :]
    if not years:
        raise InputError(
            f"the embedded panel has no year before {year}",
            where="year",
            mend="Give the flows of an earlier year as past.",
        )
    weights = PAST_WEIGHTS[-len(years) :]
    told = ", ".join(str(one) for one in years)
    return past_of(history, iso3, years, weights), [
        f"What is not known is carried from BACI of {told}."
    ]


def _fallback(base: World, iso3: tuple[str, ...]) -> FloatArray:
    """Take the baseline's flows where the past knows neither side."""
    inside = [place for place, code in enumerate(iso3) if code in base.iso3]
    theirs = [base.iso3.index(iso3[place]) for place in inside]
    flows = np.zeros((len(iso3), len(iso3)))
    flows[np.ix_(inside, inside)] = base.goods[np.ix_(theirs, theirs)]
    np.fill_diagonal(flows, 0.0)
    return flows


def _known(given: FloatArray, seen: BoolArray, past: FloatArray, held: BoolArray) -> FloatArray:
    """Keep what is given; an absent pair is zero where one of the two reports."""
    reports = reporters(given, past, held)
    visible = (reports[:, None] | reports[None, :]) & held[:, None] & held[None, :]
    return np.where(seen | visible, given, np.nan)


def _marginals(
    totals: pd.DataFrame | None, known: FloatArray, past: Past, iso3: tuple[str, ...]
) -> Marginals | None:
    if totals is None:
        return None
    table = totals.set_index("iso3").reindex(list(iso3))
    filled = np.where(np.isnan(known), past.flows, known)
    np.fill_diagonal(filled, 0.0)
    sides = []
    for name, axis in (("exports_million_usd", 1), ("imports_million_usd", 0)):
        told = table[name].to_numpy(dtype=np.float64)
        there = np.isfinite(told)
        whole = np.maximum(filled.sum(axis=axis), SMALLEST)
        sides.append((np.where(there, told, whole), np.where(there, TOTALS_SD, FREE_TOTAL_SD)))
    return Marginals(sides[0][0], sides[1][0], sides[0][1], sides[1][1])


def _told(counts: dict[str, int], added: list[str]) -> list[str]:
    notes = [
        (
            f"{counts['given']:,} flows are those given; {counts['no_trade']:,} pairs do not trade;"
            f" {counts['carried']:,} are carried from the past and {counts['imputed']:,} imputed."
        )
    ]
    if added:
        shown = ", ".join(added[:SHOWN]) + (" ..." if len(added) > SHOWN else "")
        notes.append(f"{len(added)} economies were not among the flows: {shown}.")
    return notes
