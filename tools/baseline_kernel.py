"""Fit the kernel on the pairs of the OECD table, and give what it leaves unexplained.

Log flows of intermediates are regressed on features with exporter and importer effects (ordinary
least squares; cells below a thousandth of a million USD are left out).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Value = TypeVar("Value", bound=np.generic)
SMALLEST_FLOW = 1e-3
WITHIN_ROUNDS = 200


@dataclass(frozen=True)
class KernelFit:
    """Coefficients and residuals.

    Attributes
    ----------
    coefficients, standard_errors
        ``[K]``; NaN where a feature does not vary among the pairs.
    residual
        ``[n, n]`` log points; zero where no flow was used.
    used
        ``[n, n]``.
    residual_sd
        Standard deviation of the residuals.
    """

    coefficients: FloatArray
    standard_errors: FloatArray
    residual: FloatArray
    used: BoolArray
    residual_sd: float


def fit_kernel(flows: FloatArray, features: FloatArray) -> KernelFit:
    """Fit log flows on features with exporter and importer effects.

    Parameters
    ----------
    flows
        ``[n, n]`` million USD.
    features
        ``[K, n, n]``.
    """
    count = len(flows)
    used = (flows > SMALLEST_FLOW) & ~np.eye(count, dtype=bool)
    outcome = _within(np.where(used, np.log(np.where(used, flows, 1.0)), 0.0), used)
    varies = np.array([np.ptp(layer[used]) > 0 for layer in features])
    design = np.stack([_within(layer, used)[used] for layer in features[varies]], axis=1)
    solved, *_ = np.linalg.lstsq(design, outcome[used], rcond=None)
    error = outcome[used] - design @ solved
    freedom = int(used.sum()) - 2 * count - len(solved)
    bread = np.linalg.inv(design.T @ design)
    meat = (design * error[:, None]).T @ (design * error[:, None])
    robust = np.sqrt(np.diag(bread @ meat @ bread) * used.sum() / freedom)
    coefficients = np.full(len(features), np.nan)
    standard_errors = np.full(len(features), np.nan)
    coefficients[varies], standard_errors[varies] = solved, robust
    residual = np.zeros_like(flows)
    residual[used] = error
    return KernelFit(coefficients, standard_errors, residual, used, float(error.std()))


def spread(small: NDArray[Value], positions: NDArray[np.int64], count: int) -> NDArray[Value]:
    """Lay an array over n economies out on the axes of N."""
    wide = np.zeros((count, count), dtype=small.dtype)
    wide[np.ix_(positions, positions)] = small
    return wide


def _within(layer: FloatArray, used: BoolArray) -> FloatArray:
    values = np.where(used, layer, 0.0)
    rows, columns = used.sum(axis=1), used.sum(axis=0)
    for _ in range(WITHIN_ROUNDS):
        values = np.where(used, values - (values.sum(axis=1) / np.maximum(rows, 1))[:, None], 0.0)
        values = np.where(used, values - (values.sum(axis=0) / np.maximum(columns, 1)), 0.0)
    return values
