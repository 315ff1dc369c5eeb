"""Goods of the baseline year: recorded cells as they are, published ones, the rest carried.

In this order a cell is: a figure of the table of overrides (published elsewhere, or the caller's
own); recorded; a true zero, where a side reports and nothing was recorded; filled by
`world.building.carry`. A recorded cell that lies below its own trade in raw materials, as a later
release has it, is not complete (exporters of the Gulf hide where their oil goes) and is filled too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.units import BoolArray, FloatArray
from landbridge.world.building.calibration import (
    CellClass,
    Unrest,
    calibration,
    stated_sd,
    statuses,
)
from landbridge.world.building.carry import (
    Completion,
    Marginals,
    Past,
    complete_cells,
    past_of,
    prior_of,
)
from landbridge.world.building.evidence import (
    UNIFORM_SPREAD,
    ListOptions,
    PartnerLists,
    StoredEvidence,
    override_cells,
)
from landbridge.world.building.observed import Observed
from landbridge.world.building.overrides import MENDED_AWAY, MIRROR_GAP, figures
from landbridge.world.history import load_history

PAST_YEARS: Final = (2018, 2019, 2020)
PAST_WEIGHTS: Final = (0.15, 0.35, 0.5)
"""Weights of the past years: the nearest says most, and one year alone is noisy."""

BELOW_RAW: Final = 1.05
RAW_MATTERS: Final = 1.0
"""A recorded cell is incomplete if raw materials alone exceed it by five percent, where they come
to a million USD or more; a smaller gap is a difference of releases."""

UNKNOWN_TOTAL_SD: Final = 0.1
GAP_PART: Final = 0.5
"""Part of the log points between a total and the past that counts as its deviation: left-out cells
are found as well with none, a half or all of it."""
FREE_TOTAL_SD: Final = 3.0
SMALLEST_TOTAL: Final = 1e-3


@dataclass(frozen=True)
class Goods:
    """Assembled goods trade.

    Attributes
    ----------
    flows
        ``[N, N]`` million USD, zero on the diagonal.
    sd_log
        ``[N, N]`` calibrated log points; zero where nothing is traded.
    classes
        ``[N, N]`` names of `CellClass`.
    status
        ``[N, N]`` int8 of `CellStatus`.
    completion
        The fit behind the cells that were filled.
    counts
        What was done, for the record: number of cells by kind of treatment.
    """

    flows: FloatArray
    sd_log: FloatArray
    classes: NDArray[np.str_]
    status: NDArray[np.int8]
    completion: Completion
    counts: dict[str, int]


def baseline_past(stored: StoredEvidence) -> Past:
    """Read what the years before the baseline say, with raw materials of then and now."""
    past = past_of(load_history(), stored.iso3, PAST_YEARS, PAST_WEIGHTS)
    observed = stored.observed
    return replace(
        past,
        raw_then=observed.raw_then,
        raw_now=np.where(observed.visible_later, observed.raw_now, observed.raw_then),
        ties=np.concatenate([stored.features, observed.barrier.astype(np.float64)]),
    )


def known_goods(observed: Observed) -> FloatArray:
    """Lay recorded cells and true zeros out, ``[N, N]`` million USD; NaN where a cell is open."""
    visible, recorded = observed.visible, observed.recorded
    incomplete = below_raw(observed)
    known = np.where(visible & ~incomplete, recorded, np.nan)
    # What raw materials of a later release have found is no zero.
    return np.where((known == 0) & (observed.raw_now > RAW_MATTERS), np.nan, known)


def below_raw(observed: Observed) -> BoolArray:
    """Tell which recorded cells lie below their own trade in raw materials, ``[N, N]``."""
    return np.asarray(
        observed.visible
        & (observed.raw_now > RAW_MATTERS)
        & (observed.raw_now > BELOW_RAW * observed.recorded)
    )


def assemble_goods(
    stored: StoredEvidence, overrides: pd.DataFrame, parameters: pd.DataFrame | None = None
) -> Goods:
    """Put the goods of the baseline year together.

    Parameters
    ----------
    stored
        The evidence.
    overrides
        exporter, importer, kind, million_usd, sd_log, and confidence (``mended_away`` opens a
        recorded cell that is known to be wrong; its figure is not read; ``mirror_gap`` leaves the
        recorded figure and widens its deviation).
    parameters
        Of the calibration; those that ship, when left out.
    """
    observed, count = stored.observed, len(stored.iso3)
    off = ~np.eye(count, dtype=bool)
    recorded = known_goods(observed)
    known, given, wrong = _with_overrides(recorded, stored.iso3, overrides)
    trusted = np.isfinite(recorded) & ~given & ~wrong
    past = baseline_past(stored)
    prior = prior_of(past, observed.fallback)
    done = complete_cells(
        known,
        prior,
        totals=_totals(stored, known, prior.flows + prior.fixed),
        lists=stored.lists,
        lists_see=observed.visible_to_lists & ~wrong,
        trusted=trusted,
    )
    floor = np.where(observed.visible_later & ~given, observed.raw_now, 0.0)
    raised = off & np.isnan(known) & (done.flows < floor)
    flows = np.where(raised, floor, np.where(off, done.flows, 0.0))
    classes = _classes(stored, past, known, given, wrong)
    parameters = calibration() if parameters is None else parameters
    held = observed.held
    unrest = unrest_of(past, done, stored.lists, loose=~(held[:, None] & held[None, :]))
    sd_log = stated_sd(flows, classes, parameters, unrest)
    fixed = override_cells(stored.iso3, "goods", figures(overrides))
    if fixed is not None:
        sd_log = np.where(fixed.known, fixed.sd_log, sd_log)
    sd_log = np.where(off & (flows > 0), _widened(sd_log, stored.iso3, overrides), 0.0)
    status = statuses(classes, _by_hand(stored.iso3, overrides))
    counts = {
        "recorded_below_raw_materials": int((below_raw(observed) & ~given).sum()),
        "raised_to_raw_materials": int(raised.sum()),
        "recorded_and_known_to_be_wrong": int((wrong | (given & (observed.recorded > 0))).sum()),
        "holes_filled": int((off & np.isnan(known) & ~observed.visible).sum()),
    }
    return Goods(flows, sd_log, classes, status, done, counts)


def unrest_of(
    past: Past,
    done: Completion,
    lists: PartnerLists | None = None,
    *,
    settled: BoolArray | None = None,
    loose: BoolArray | None = None,
) -> Unrest:
    """Gather what makes each cell of a completed table less sure than others.

    Parameters
    ----------
    past, done
        What the cells were filled from, and the completed table.
    lists
        Partner shares that were read.
    settled, loose
        ``[N, N]`` cells whose totals are known from records, or from balances of payments alone.
    """
    strain = np.zeros_like(done.flows)
    rounding = alone = None
    if lists is not None:
        rounding, alone = _printed(lists)
        for share, axis in ((lists.by_exporter, 1), (lists.by_importer, 0)):
            said = share * done.flows.sum(axis=axis, keepdims=True)
            there = np.isfinite(said) & (said > 0) & (done.flows > 0)
            apart = np.abs(np.log(np.where(there, done.flows, 1.0) / np.where(there, said, 1.0)))
            strain = np.maximum(strain, apart)
    return Unrest(
        past.spread,
        done.gap,
        done.growth.doubt,
        restless=past.spread if past.restless is None else past.restless,
        idle=past.idle,
        strain=strain,
        settled=None if settled is None else settled.astype(np.float64),
        loose=None if loose is None else loose.astype(np.float64),
        rounding=rounding,
        alone=alone,
    )


def _printed(lists: PartnerLists) -> tuple[FloatArray, FloatArray]:
    """Compute the rounding of the finer share of each cell, and where a single side prints one."""
    half = ListOptions().rounding_half_width
    finest = np.fmax(lists.by_exporter, lists.by_importer)
    share = np.where(np.isfinite(finest), np.maximum(finest, half / 2.0), 1.0)
    rounding = np.where(lists.listed, half / share / UNIFORM_SPREAD, 0.0)
    return rounding, (lists.listed & ~lists.listed_twice).astype(np.float64)


def _with_overrides(
    recorded: FloatArray, iso3: tuple[str, ...], overrides: pd.DataFrame
) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Put figures in, open what is known to be wrong; which cells were which."""
    known = recorded
    given = np.zeros(recorded.shape, dtype=np.bool_)
    wrong = np.zeros(recorded.shape, dtype=np.bool_)
    fixed = override_cells(iso3, "goods", figures(overrides))
    if fixed is not None:
        given = fixed.known
        known = np.where(given, fixed.value, known)
    if "confidence" in overrides:
        away = override_cells(iso3, "goods", overrides[overrides["confidence"] == MENDED_AWAY])
        if away is not None:
            wrong = away.known
            known = np.where(wrong, np.nan, known)
    return known, given, wrong


def _widened(sd_log: FloatArray, iso3: tuple[str, ...], overrides: pd.DataFrame) -> FloatArray:
    """Widen recorded cells whose two sides publish figures far apart."""
    if "confidence" not in overrides:
        return sd_log
    cells = override_cells(iso3, "goods", overrides[overrides["confidence"] == MIRROR_GAP])
    if cells is None:
        return sd_log
    return np.where(cells.known, np.maximum(sd_log, cells.sd_log), sd_log)


def _by_hand(iso3: tuple[str, ...], overrides: pd.DataFrame) -> BoolArray:
    """Tell which figures were not read in a source."""
    rows = figures(overrides)
    if "confidence" in rows:
        rows = rows[~rows["confidence"].isin(["published", "derived", "address_not_kept"])]
    cells = override_cells(iso3, "goods", rows)
    return np.zeros((len(iso3), len(iso3)), dtype=np.bool_) if cells is None else cells.known


def _totals(stored: StoredEvidence, known: FloatArray, expected: FloatArray) -> Marginals:
    """Hold the totals of economies that are not recorded; leave those of all others free.

    A total is as sure as it is near what the past grown to the year comes to. Balances of payments
    hold trade that customs do not record as foreign (San Marino with Italy, Guam with the United
    States), and a total held by force would put all of it on one partner.
    """
    part, held = stored.goods, stored.observed.held
    filled = np.where(np.isfinite(known), known, expected)
    np.fill_diagonal(filled, 0.0)
    sides = []
    for total, whole, sd_log in (
        (part.exports, filled.sum(axis=1), part.exports_sd_log),
        (part.imports, filled.sum(axis=0), part.imports_sd_log),
    ):
        gap = GAP_PART * np.abs(np.log(total / np.maximum(whole, SMALLEST_TOTAL)))
        sides.append(
            (
                np.where(held, np.maximum(whole, SMALLEST_TOTAL), total),
                np.where(held, FREE_TOTAL_SD, np.hypot(np.hypot(sd_log, UNKNOWN_TOTAL_SD), gap)),
            )
        )
    (exports, exports_sd), (imports, imports_sd) = sides
    return Marginals(exports, imports, exports_sd, imports_sd)


def _classes(
    stored: StoredEvidence,
    past: Past,
    known: FloatArray,
    given: BoolArray,
    wrong: BoolArray,
) -> NDArray[np.str_]:
    observed = stored.observed
    recorded = np.isfinite(known) & ~given
    return np.select(
        [
            given,
            recorded & (known == 0),
            recorded & observed.twice,
            recorded,
            stored.lists.listed & observed.visible_to_lists & ~wrong,
            past.known & observed.visible_later & observed.visible_to_lists,
            past.known,
        ],
        [
            CellClass.GIVEN.value,
            CellClass.ZERO.value,
            CellClass.RECORDED_TWICE.value,
            CellClass.RECORDED_ONCE.value,
            CellClass.LISTED.value,
            CellClass.CARRIED.value,
            CellClass.CARRIED_BLIND.value,
        ],
        CellClass.IMPUTED.value,
    )
