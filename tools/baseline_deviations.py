"""Fit how far a filled cell may be off, and measure that on exporters that the fit did not see.

A deviation is fitted as two quantiles of the absolute log error at once: one deviation and two
should hold what the aims say. Then its scale is set so that both shares lie as far inside their
aims as they can, in the worst of the class's tests. Both steps see nine tenths of the exporters;
the tenth is measured, in turn (`held_out_deviations`). What ships is fitted on all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import beta

from landbridge.world.building import leave_out as lo
from landbridge.world.building.calibration import CellClass, terms_of

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

AIM_ONE: Final = (64.0, 72.0)
AIM_TWO: Final = (92.0, 97.0)
"""Percent of errors within one and two stated deviations."""
QUANTILES: Final = ((0.68, 0.0, 1.0), (0.935, float(np.log(2.0)), 2.0))
"""Part of the errors, log of the number of deviations it should lie within, weight in the fit."""
SMALLEST: Final = 0.01
SMALLEST_ERROR: Final = 1e-4
SMOOTH: Final = 0.02
RIDGE: Final = 1e-3
"""Holds the weights of standardised terms near zero: it matters where few cells speak."""
SCALES: Final = np.exp(np.linspace(-0.3, 0.3, 241))
FEW: Final = 100
"""A test with fewer cells of a class does not set the scale."""
INTERVAL: Final = 0.95

PAST_TERMS: Final = (
    "level", "slope", "bend", "small", "move", "pull", "doubt", "restless", "idle",
    "settled", "loose",
)  # fmt: skip
LIST_TERMS: Final = (
    "level", "slope", "pull", "doubt", "restless", "strain", "loose",
    "rounding", "alone", "both", "pull_squared", "strain_squared",
)  # fmt: skip
TERMS: Final = {
    CellClass.LISTED: LIST_TERMS,
    CellClass.LISTED_SETTLED: LIST_TERMS,
    CellClass.CARRIED: PAST_TERMS,
    CellClass.CARRIED_BLIND: PAST_TERMS,
    CellClass.IMPUTED: ("level", "slope", "bend", "small"),
}
"""What the deviation of a class may depend on; a term that never varies is left out."""
TWICE_ONLY: Final = (CellClass.LISTED, CellClass.LISTED_SETTLED)
"""Shares are of a later release: where one side alone had reported, the figure left out has moved
since, and the error is the truth's as much as the prediction's."""
BOUNDS: Final = {
    CellClass.LISTED: (0.03, 3.0),
    CellClass.LISTED_SETTLED: (0.03, 3.0),
    CellClass.CARRIED: (0.05, 3.0),
    CellClass.CARRIED_BLIND: (0.05, 3.0),
    CellClass.IMPUTED: (0.3, 3.5),
}


@dataclass(frozen=True)
class Fitted:
    """Weights of the terms of one class, and how many cells they were set on."""

    cell_class: CellClass
    weights: dict[str, float]
    cells: int

    def deviations(self, frame: pd.DataFrame) -> FloatArray:
        """State the deviation of every row, log points."""
        terms = terms_of(frame["predicted_million_usd"].to_numpy(), lo.unrest_in(frame))
        line = sum(weight * terms[name] for name, weight in self.weights.items())
        return np.asarray(np.clip(np.exp(line), *BOUNDS[self.cell_class]))


def measurable(frame: pd.DataFrame, cell_class: CellClass) -> pd.DataFrame:
    """Keep the cells of a class that have a truth to be measured on.

    Parameters
    ----------
    frame
        The columns of `landbridge.world.building.leave_out`, and test (text).
    cell_class
        Class of cell.
    """
    there = (
        (frame["cell_class"] == cell_class.value)
        & (frame["truth_million_usd"] > 0)
        & (frame["predicted_million_usd"] > SMALLEST)
    )
    if cell_class in TWICE_ONLY:
        there &= frame["twice"]
    return frame[there]


def fit_class(frame: pd.DataFrame, cell_class: CellClass) -> Fitted:
    """Fit the deviation of a class.

    Parameters
    ----------
    frame
        As `measurable` returns it.
    cell_class
        Class of cell.
    """
    predicted = frame["predicted_million_usd"].to_numpy()
    error = _errors(frame)
    terms = terms_of(predicted, lo.unrest_in(frame))
    names = [name for name in TERMS[cell_class] if np.ptp(terms[name]) > 0 or name == "level"]
    found = _quantile_fit(np.stack([terms[name] for name in names], axis=1), error)
    weights = {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}
    fitted = Fitted(cell_class, weights, len(frame))
    ratio = error / fitted.deviations(frame)
    shift = np.log(_best_scale(ratio, frame["test"].to_numpy()))
    weights["level"] = round(weights["level"] + float(shift), 4)
    return Fitted(cell_class, weights, len(frame))


def held_out_deviations(
    frame: pd.DataFrame, cell_class: CellClass, iso3: tuple[str, ...]
) -> FloatArray:
    """State the deviation of every cell by a fit that did not see its exporter.

    Parameters
    ----------
    frame
        Cells of one class with a truth; the fit itself takes those that `measurable` keeps.
    cell_class
        Class of cell.
    iso3
        All exporters.
    """
    fold = lo.folds_of(frame, iso3)
    sd_log = np.full(len(frame), np.nan)
    for number in range(lo.FOLDS):
        here = fold == number
        if here.any():
            fitted = fit_class(measurable(frame[~here], cell_class), cell_class)
            sd_log[here] = fitted.deviations(frame[here])
    return sd_log


def coverage(frame: pd.DataFrame, sd_log: FloatArray) -> dict[str, float]:
    """Measure what deviations hold, with intervals that know of errors shared by an economy.

    Parameters
    ----------
    frame
        Cells of one class and test.
    sd_log
        Log points.

    Returns
    -------
    dict
        Percent within one and two deviations with the ends of the 95 percent interval of each
        (Clopper and Pearson 1934, on the number of cells over the design effect of exporters or
        importers, the larger one; Rao and Scott 1992), effective_cells, and
        deviations_for_95_percent.
    """
    ratio = _errors(frame) / sd_log
    inside = [ratio < number for number in (1.0, 2.0)]
    effect = max(
        _design_effect(flags, frame[side].to_numpy())
        for flags in inside
        for side in ("exporter", "importer")
    )
    cells = len(ratio) / effect
    told: dict[str, float] = {"effective_cells": round(cells)}
    for name, flags in zip(("1sd", "2sd"), inside, strict=True):
        low, high = binomial_interval(float(flags.mean()), cells)
        told[f"within_{name}_low_percent"], told[f"within_{name}_high_percent"] = low, high
    told["deviations_for_95_percent"] = float(np.quantile(ratio, INTERVAL))
    return told


def binomial_interval(share: float, cells: float) -> tuple[float, float]:
    """Compute the interval of a share, percent (Clopper and Pearson 1934).

    Parameters
    ----------
    share
        Ratio.
    cells
        Number it is a share of; need not be whole.
    """
    inside, tail = share * cells, (1.0 - INTERVAL) / 2.0
    low = 0.0 if inside <= 0 else float(beta.ppf(tail, inside, cells - inside + 1.0))
    high = 1.0 if inside >= cells else float(beta.ppf(1.0 - tail, inside + 1.0, cells - inside))
    return 100.0 * low, 100.0 * high


def _errors(frame: pd.DataFrame) -> FloatArray:
    ratio = frame["predicted_million_usd"].to_numpy() / frame["truth_million_usd"].to_numpy()
    return np.asarray(np.abs(np.log(ratio)))


def _quantile_fit(columns: FloatArray, error: FloatArray) -> FloatArray:
    target = np.log(np.maximum(error, SMALLEST_ERROR))
    width = columns.std(axis=0)

    def loss(values: FloatArray, /) -> tuple[float, FloatArray]:
        line = columns @ values
        total = RIDGE * float(np.sum((values * width) ** 2))
        slope = 2.0 * RIDGE * values * width**2
        for part, shift, weight in QUANTILES:
            off = target - line - shift
            smooth = np.sqrt(off**2 + SMOOTH**2)
            total += weight * float(np.mean((part - 0.5) * off + 0.5 * smooth))
            slope -= weight * columns.T @ ((part - 0.5) + 0.5 * off / smooth) / len(off)
        return total, slope

    start = np.zeros(columns.shape[1])
    start[0] = np.log(np.quantile(error, QUANTILES[0][0]))
    found: FloatArray = minimize(loss, start, jac=True, method="BFGS").x
    return found


def _best_scale(ratio: FloatArray, tests: NDArray[np.object_]) -> float:
    """Find the scale that keeps both shares furthest inside their aims in the worst test."""
    worst = np.full(len(SCALES), np.inf)
    for name in np.unique(tests.astype(str)):
        sizes = np.sort(ratio[tests.astype(str) == name])
        if len(sizes) < FEW:
            continue
        one, two = (
            100.0 * np.searchsorted(sizes, number * SCALES) / len(sizes) for number in (1.0, 2.0)
        )
        for share, (low, high) in ((one, AIM_ONE), (two, AIM_TWO)):
            worst = np.minimum(worst, np.minimum(share - low, high - share))
    best = worst >= worst.max()
    return float(SCALES[best][np.argmin(np.abs(np.log(SCALES[best])))])


def _design_effect(flags: BoolArray, groups: NDArray[np.object_]) -> float:
    """Compare the variance of a share over groups with that of independent cells."""
    share = float(flags.mean())
    if share in (0.0, 1.0):
        return 1.0
    table = pd.DataFrame({"flags": flags.astype(np.float64), "groups": groups}).groupby("groups")
    count, total = table["flags"].size().to_numpy(), table["flags"].sum().to_numpy()
    number = len(count)
    if number == 1:
        return float(len(flags))
    gaps = total - share * count
    variance = number / (number - 1) * float(np.sum(gaps**2)) / len(flags) ** 2
    return max(1.0, variance / (share * (1.0 - share) / len(flags)))
