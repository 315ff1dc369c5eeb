"""How well the fit finds what it was not told: published cells are left out and predicted.

No outside data are needed. Left-out cells are listed partners, so they are large ones: the fit
underpredicts them on average, more than it would a partner drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from landbridge.units import BoolArray, FloatArray
from landbridge.world.evidence import PartnerLists, StoredEvidence, evidence_for
from landbridge.world.reconcile import ReconcileOptions, reconcile

Test = Literal["reporters", "rank"]
FACTOR_TWO = np.log(2.0)
FACTOR_THREE = np.log(3.0)


@dataclass(frozen=True)
class Masks:
    """Which shares to leave out, ``[N, N]`` for the exporters' and the importers' lists."""

    export_lists: BoolArray
    import_lists: BoolArray


def reporters_fold(stored: StoredEvidence, fold: int, folds: int) -> Masks:
    """Leave out the whole lists of every economy whose place in the alphabet falls in a fold."""
    order = np.argsort(np.argsort(np.array(stored.iso3)))
    chosen = order % folds == fold
    count = len(stored.iso3)
    return Masks(
        np.broadcast_to(chosen[:, None], (count, count)).copy(),
        np.broadcast_to(chosen[None, :], (count, count)).copy(),
    )


def rank_left_out(lists: PartnerLists, rank: int) -> Masks:
    """Leave out the partner of one rank on every list (1 is the largest)."""
    return Masks(_rank(lists.by_exporter, axis=1) == rank, _rank(lists.by_importer, axis=0) == rank)


def leave_out(
    stored: StoredEvidence,
    masks: Masks,
    *,
    overrides: pd.DataFrame | None = None,
    options: ReconcileOptions | None = None,
) -> pd.DataFrame:
    """Fit goods without the masked shares and set the prediction beside them.

    Parameters
    ----------
    stored
        The evidence.
    masks
        What to leave out.
    overrides
        Applied as in the baseline.
    options
        Of the fit.

    Returns
    -------
    pandas.DataFrame
        One row a left-out share: exporter, importer, list (``exporter`` or ``importer``),
        still_listed (bool: the other side's list still names the pair), icio (bool),
        published_million_usd, predicted_million_usd, model_sd_log (curvature, not calibrated).
    """
    lists = stored.lists
    kept = lists.without(masks.export_lists, masks.import_lists)
    fit = reconcile(evidence_for(stored.with_lists(kept), "goods", overrides=overrides), options)
    iso3 = np.array(stored.iso3)
    parts = []
    sides = (
        ("exporter", lists.by_exporter, masks.export_lists, stored.goods.exports[:, None]),
        ("importer", lists.by_importer, masks.import_lists, stored.goods.imports[None, :]),
    )
    for side, shares, mask, total in sides:
        rows, columns = np.nonzero(mask & np.isfinite(shares) & (shares > 0))
        parts.append(
            pd.DataFrame(
                {
                    "exporter": iso3[rows],
                    "importer": iso3[columns],
                    "list": side,
                    "still_listed": kept.listed[rows, columns],
                    "icio": stored.icio[rows, columns],
                    "published_million_usd": (shares * total)[rows, columns],
                    "predicted_million_usd": fit.flows[rows, columns],
                    "model_sd_log": fit.sd_log[rows, columns],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def score(truth: FloatArray, predicted: FloatArray, sd_log: FloatArray) -> dict[str, float]:
    """Measure predictions of flows against what was left out.

    Parameters
    ----------
    truth, predicted
        Million USD, positive, any one shape.
    sd_log
        Standard deviation that the prediction claims for its log.

    Returns
    -------
    dict
        cells, correlation_log, median_abs_log_error, mean_log_error, within_2x_percent,
        within_3x_percent, within_1sd_percent, within_2sd_percent.
    """
    error = np.log(predicted) - np.log(truth)
    size = np.abs(error)
    enough = len(error) > 2  # noqa: PLR2004 - a correlation of two points says nothing
    correlation = np.corrcoef(np.log(predicted), np.log(truth))[0, 1] if enough else np.nan
    return {
        "cells": float(len(error)),
        "correlation_log": float(correlation),
        "median_abs_log_error": float(np.median(size)),
        "mean_log_error": float(error.mean()),
        "within_2x_percent": float(100.0 * (size < FACTOR_TWO).mean()),
        "within_3x_percent": float(100.0 * (size < FACTOR_THREE).mean()),
        "within_1sd_percent": float(100.0 * (size < sd_log).mean()),
        "within_2sd_percent": float(100.0 * (size < 2.0 * sd_log).mean()),
    }


def _rank(shares: FloatArray, *, axis: int) -> FloatArray:
    filled = np.where(np.isfinite(shares), -shares, np.inf)
    order = np.argsort(np.argsort(filled, axis=axis, kind="stable"), axis=axis, kind="stable") + 1
    return np.where(np.isfinite(shares), order, 0)
