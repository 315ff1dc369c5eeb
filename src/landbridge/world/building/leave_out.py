"""How well cells are found that are known and were left out, and a year that was not looked at.

Four tests. `year_ahead`: a year of the panel from an earlier one, with the totals and the partner
lists of the year, as short and as rounded as the Factbook's. `economies_left_out`: every cell of
some economies of the baseline year, their totals and lists known. `pairs_left_out`: cells between
economies that are taken not to report, as real holes are; ``blind`` also takes away lists and raw
materials. `kernel_alone`: what the gravity kernel and the lists say, with no past at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.units import BoolArray, FloatArray, IntArray
from landbridge.world.building.assemble import baseline_past, known_goods, unrest_of
from landbridge.world.building.calibration import CellClass, Unrest, stated_sd
from landbridge.world.building.carry import (
    Completion,
    Marginals,
    Prior,
    complete_cells,
    past_of,
    prior_of,
)
from landbridge.world.building.evidence import PartnerLists, StoredEvidence, evidence_for
from landbridge.world.building.reconcile import reconcile
from landbridge.world.history import load_history

FACTOR_TWO: Final = np.log(2.0)
FACTOR_THREE: Final = np.log(3.0)
TOTALS_SD: Final = 0.02
FREE: Final = 3.0
SMALLEST: Final = 1e-6
SHUFFLE: Final = 20230
"""Seed of the random groups: any other would do as well."""

FOLDS: Final = 10
"""Parts of the exporters: deviations are fitted on nine and measured on the tenth, in turn."""

TotalsFrom = Literal["recorded", "published"]
COLUMNS: Final = (
    "exporter",
    "importer",
    "truth_million_usd",
    "predicted_million_usd",
    "cell_class",
    "spread",
    "gap",
    "doubt",
    "restless",
    "idle",
    "strain",
    "settled",
    "loose",
    "rounding",
    "alone",
    "twice",
)
UNREST: Final = COLUMNS[5:-1]


def year_ahead(stored: StoredEvidence, *, year: int = 2019, past_year: int = 2016) -> pd.DataFrame:
    """Predict a year of the panel from an earlier one, totals and short lists.

    Returns
    -------
    pandas.DataFrame
        Every cell with trade or a prediction: `COLUMNS`, and listed (bool). The panel does not say
        who reports: twice is true throughout.
    """
    history = load_history()
    codes = [code for code in stored.iso3 if code in history.iso3]
    truth = past_of(history, codes, [year], [1.0]).flows
    trades = (truth.sum(axis=0) > 0) & (truth.sum(axis=1) > 0)
    codes = [code for code, there in zip(codes, trades, strict=True) if there]
    truth = truth[np.ix_(trades, trades)]
    at = np.array([stored.iso3.index(code) for code in codes])
    exports, imports = truth.sum(axis=1), truth.sum(axis=0)
    sd = np.full(len(codes), TOTALS_SD)
    lists = lists_like(stored.lists, truth, at)
    past = past_of(history, codes, [past_year], [1.0])
    done = complete_cells(
        np.full(truth.shape, np.nan),
        prior_of(past),
        totals=Marginals(exports, imports, sd, sd),
        lists=lists,
        list_totals=(exports, imports),
    )
    off = ~np.eye(len(codes), dtype=bool)
    classes = np.where(lists.listed, CellClass.LISTED_SETTLED.value, CellClass.CARRIED.value)
    settled = np.ones(truth.shape, dtype=np.bool_)
    unrest = unrest_of(past, done, lists, settled=settled)
    frame = _frame(codes, truth, done.flows, classes, unrest, off)
    return frame.assign(listed=lists.listed[off])


def scaled_past(*, year: int = 2019, past_year: int = 2016) -> pd.DataFrame:
    """Scale a past year to the totals of a later one: the noise floor of the panel itself."""
    from landbridge.world.draws import balance  # noqa: PLC0415 - draws know worlds, this does not

    history = load_history()
    truth = history.goods[history.at(year)]
    before = history.goods[history.at(past_year)]
    keep = (truth.sum(axis=0) > 0) & (truth.sum(axis=1) > 0)
    keep &= (before.sum(axis=0) > 0) & (before.sum(axis=1) > 0)
    truth, before = truth[np.ix_(keep, keep)], before[np.ix_(keep, keep)]
    off = ~np.eye(len(truth), dtype=bool)
    # A trace everywhere, so that totals can be met whatever is zero.
    trace = np.where(off, np.maximum(before, SMALLEST), 0.0)
    predicted = balance(trace, truth.sum(axis=1), truth.sum(axis=0), tolerance=1e-6)
    codes = [code for code, there in zip(history.iso3, keep, strict=True) if there]
    classes = np.full(truth.shape, CellClass.CARRIED.value)
    return _frame(codes, truth, predicted, classes, None, off)


def lists_like(lists: PartnerLists, truth: FloatArray, at: IntArray) -> PartnerLists:
    """Make lists of another table, as long and as rounded as those of the baseline year."""
    count = len(truth)
    sides = []
    for flows, given in ((truth, lists.by_exporter), (truth.T, lists.by_importer.T)):
        share = np.full((count, count), np.nan)
        for place in range(count):
            length = int(np.isfinite(given[at[place]]).sum())
            if length:
                largest = np.argsort(-flows[place], kind="stable")[:length]
                part = flows[place, largest] / flows[place].sum()
                share[place, largest] = np.round(100.0 * part) / 100.0
        sides.append(share)
    return PartnerLists(sides[0], sides[1].T)


def groups_of(flags: BoolArray, count: int) -> list[IntArray]:
    """Split the economies that a flag names into random groups of one size."""
    members = np.flatnonzero(flags)
    np.random.default_rng(SHUFFLE).shuffle(members)
    return np.array_split(members, count)


def economies_left_out(
    stored: StoredEvidence,
    group: Sequence[int] | IntArray,
    *,
    totals: TotalsFrom = "recorded",
) -> pd.DataFrame:
    """Leave out every cell of some economies and find them from past, totals and lists.

    Parameters
    ----------
    stored
        The evidence.
    group
        Places of the economies.
    totals
        Their totals in the year: ``recorded``, the sums of what is left out; ``published``, the
        goods part of what balances of payments say.
    """
    known = known_goods(stored.observed)
    out = np.zeros(len(known), dtype=np.bool_)
    out[np.asarray(group)] = True
    cells = (out[:, None] | out[None, :]) & np.isfinite(known)
    recorded = np.where(np.isfinite(known), known, 0.0)
    sides = []
    for axis, published in ((1, stored.goods.exports), (0, stored.goods.imports)):
        whole = np.maximum(recorded.sum(axis=axis), SMALLEST)
        given = whole if totals == "recorded" else published
        spread = TOTALS_SD if totals == "recorded" else 0.1
        sides.append((np.where(out, given, whole), np.where(out, spread, FREE)))
    (exports, exports_sd), (imports, imports_sd) = sides
    done = _without(
        stored,
        known,
        cells,
        totals=Marginals(exports, imports, exports_sd, imports_sd),
        list_totals=(exports, imports),
    )
    return _scored(stored, known, cells, done, totals=totals)


def pairs_left_out(
    stored: StoredEvidence, group: Sequence[int] | IntArray, *, blind: bool = False
) -> pd.DataFrame:
    """Leave out all cells among some economies and find them from past, growth and lists."""
    known = known_goods(stored.observed)
    out = np.zeros(len(known), dtype=np.bool_)
    out[np.asarray(group)] = True
    cells = out[:, None] & out[None, :] & np.isfinite(known)
    done = _without(stored, known, cells, blind=blind)
    return _scored(stored, known, cells, done, blind=blind)


def kernel_alone(stored: StoredEvidence) -> pd.DataFrame:
    """Find recorded cells from lists, totals, the OECD table and the gravity kernel alone."""
    fit = reconcile(evidence_for(stored, "goods"))
    known = known_goods(stored.observed)
    cells = np.isfinite(known) & (known > 0) & ~np.eye(len(known), dtype=bool)
    classes = np.where(stored.lists.listed, CellClass.LISTED.value, CellClass.IMPUTED.value)
    return _frame(stored.iso3, known, fit.flows, classes, None, cells, stored.observed.twice)


def score(frame: pd.DataFrame, sd_log: FloatArray | None = None) -> dict[str, float]:
    """Measure predictions of flows against what was left out.

    Parameters
    ----------
    frame
        `COLUMNS`; rows without trade in truth or prediction are left out.
    sd_log
        Standard deviation that each prediction claims for its log; coverage is missing without, and
        over those alone that are not NaN.

    Returns
    -------
    dict
        cells, correlation_log, median_abs_log_error, mean_log_error, within_2x_percent,
        within_3x_percent, within_1sd_percent, within_2sd_percent.
    """
    truth = frame["truth_million_usd"].to_numpy()
    predicted = frame["predicted_million_usd"].to_numpy()
    there = (truth > 0) & (predicted > 0)
    error = np.log(predicted[there]) - np.log(truth[there])
    size = np.abs(error)
    enough = len(error) > 2  # noqa: PLR2004 - a correlation of two points says nothing
    logs = (np.log(predicted[there]), np.log(truth[there]))
    stated = np.full(len(size), np.nan) if sd_log is None else sd_log[there]
    known, told = sd_log is not None, np.isfinite(stated)
    return {
        "cells": float(len(error)),
        "correlation_log": float(np.corrcoef(*logs)[0, 1]) if enough else np.nan,
        "median_abs_log_error": float(np.median(size)) if len(size) else np.nan,
        "mean_log_error": float(error.mean()) if len(size) else np.nan,
        "within_2x_percent": _percent(size < FACTOR_TWO),
        "within_3x_percent": _percent(size < FACTOR_THREE),
        "within_1sd_percent": _percent(size[told] < stated[told]) if known else np.nan,
        "within_2sd_percent": _percent(size[told] < 2.0 * stated[told]) if known else np.nan,
    }


def stated(frame: pd.DataFrame, parameters: pd.DataFrame) -> FloatArray:
    """Compute the standard deviation that each row of a test claims."""
    return stated_sd(
        frame["predicted_million_usd"].to_numpy(),
        frame["cell_class"].to_numpy(dtype=np.str_),
        parameters,
        unrest_in(frame),
    )


def unrest_in(frame: pd.DataFrame) -> Unrest:
    """Read what makes the cells of a test unsure from its columns."""
    return Unrest(**{name: frame[name].to_numpy() for name in UNREST if name in frame})


def folds_of(frame: pd.DataFrame, iso3: Sequence[str]) -> IntArray:
    """Tell which fold each cell is held out in: that of its exporter.

    Parameters
    ----------
    frame
        `COLUMNS`.
    iso3
        All exporters there are, in any order: a fold holds every `FOLDS`-th of their random order.
    """
    codes = np.array(sorted(iso3))
    np.random.default_rng(SHUFFLE).shuffle(codes)
    fold = {code: place % FOLDS for place, code in enumerate(codes.tolist())}
    return np.asarray(frame["exporter"].map(fold), dtype=np.int64)


def without_mended(frame: pd.DataFrame, overrides: pd.DataFrame) -> pd.DataFrame:
    """Leave out cells whose recorded figure is known to be wrong: it is no truth to be tested on.

    Parameters
    ----------
    frame
        `COLUMNS`.
    overrides
        exporter, importer, kind, as `landbridge.world.building.overrides.trade_overrides` has them.
    """
    goods = overrides[overrides["kind"] == "goods"]
    wrong = pd.MultiIndex.from_frame(goods[["exporter", "importer"]])
    return frame[~pd.MultiIndex.from_frame(frame[["exporter", "importer"]]).isin(wrong)]


def above(frame: pd.DataFrame, million_usd: float) -> pd.DataFrame:
    """Keep the cells where truth or prediction exceeds a size."""
    larger = np.maximum(frame["truth_million_usd"], frame["predicted_million_usd"])
    return frame[larger > million_usd]


def _percent(flags: BoolArray) -> float:
    return float(100.0 * flags.mean()) if len(flags) else float("nan")


def _without(
    stored: StoredEvidence,
    known: FloatArray,
    cells: BoolArray,
    *,
    totals: Marginals | None = None,
    list_totals: tuple[FloatArray, FloatArray] | None = None,
    blind: bool = False,
) -> Completion:
    past = baseline_past(stored)
    sees = stored.observed.visible_to_lists
    if blind:
        past = replace(past, raw_now=np.where(cells, past.raw_then, past.raw_now))
        sees = sees & ~cells
    prior: Prior = prior_of(past, stored.observed.fallback)
    return complete_cells(
        np.where(cells, np.nan, known),
        prior,
        totals=totals,
        lists=stored.lists,
        list_totals=list_totals,
        lists_see=sees,
    )


def _scored(
    stored: StoredEvidence,
    known: FloatArray,
    cells: BoolArray,
    done: Completion,
    *,
    blind: bool = False,
    totals: TotalsFrom | None = None,
) -> pd.DataFrame:
    past = baseline_past(stored)
    seen = CellClass.CARRIED_BLIND.value if blind else CellClass.CARRIED.value
    classes = np.where(past.known, seen, CellClass.IMPUTED.value)
    if not blind:
        listed = CellClass.LISTED_SETTLED if totals == "recorded" else CellClass.LISTED
        classes = np.where(stored.lists.listed, listed.value, classes)
    off = cells & ~np.eye(len(known), dtype=bool)
    unrest = unrest_of(
        past,
        done,
        None if blind else stored.lists,
        settled=cells if totals == "recorded" else None,
        loose=cells if totals == "published" else None,
    )
    return _frame(stored.iso3, known, done.flows, classes, unrest, off, stored.observed.twice)


def _frame(
    iso3: Sequence[str],
    truth: FloatArray,
    predicted: FloatArray,
    classes: NDArray[np.str_],
    unrest: Unrest | None,
    cells: BoolArray,
    twice: BoolArray | None = None,
) -> pd.DataFrame:
    codes = np.asarray(iso3)
    rows, columns = np.nonzero(cells)
    nothing = np.zeros(len(rows))
    arrays = [None if unrest is None else getattr(unrest, name) for name in UNREST]
    told = [
        nothing + (name == "doubt") if array is None else array[cells]
        for name, array in zip(UNREST, arrays, strict=True)
    ]
    both = np.ones(len(rows), dtype=np.bool_) if twice is None else twice[cells]
    values = (
        codes[rows],
        codes[columns],
        truth[cells],
        predicted[cells],
        classes[cells],
        *told,
        both,
    )
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))
