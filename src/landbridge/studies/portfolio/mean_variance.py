"""Mean and variance: shrunk covariance, and long-only portfolios solved exactly.

Every portfolio here is ``w >= 0``, ``sum(w) = 1`` (Markowitz 1952). For a target vector e,

    minimise 1/2 w' C w - e' w over w >= 0, then divide by sum(w)

gives the least variance (e of ones), the greatest diversification ratio (e the standard
deviations; Choueifaty and Coignard 2008), and, for e = mean less a constant, the tangency portfolio
of that constant: as the constant falls from the greatest mean the whole efficient frontier is
passed through. With C = L L' the programme is non-negative least squares, which scipy solves by an
active set in finitely many steps.

The covariance is that of Ledoit and Wolf (2004, Journal of Multivariate Analysis 88): shrunk
towards equal variances and no correlation by the share that errs least for the number of periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import brentq, nnls

from landbridge.errors import ConvergenceError, InputError
from landbridge.units import FloatArray

KKT_LIMIT: Final = 1e-8
"""Largest breach of the conditions of an optimum, relative to the target."""
FLAT: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean and covariance of returns.

    Attributes
    ----------
    mean
        ``[n]`` per period, in the unit of the returns.
    covariance
        ``[n, n]``, positive definite.
    shrinkage
        Share of the target in the covariance, 0 to 1.
    periods
        How many the moments rest on.
    """

    mean: FloatArray
    covariance: FloatArray
    shrinkage: float
    periods: int

    @property
    def deviation(self) -> FloatArray:
        """Standard deviations, ``[n]``."""
        return np.sqrt(np.diag(self.covariance))

    def part(self, places: list[int]) -> Moments:
        """Select the moments of some of the assets."""
        return Moments(
            self.mean[places],
            self.covariance[np.ix_(places, places)],
            self.shrinkage,
            self.periods,
        )


def moments(returns: FloatArray) -> Moments:
    """Estimate mean and shrunk covariance.

    Parameters
    ----------
    returns
        ``[periods, n]``.

    Raises
    ------
    InputError
        Fewer than two periods, or nothing moves.
    """
    periods, count = returns.shape
    if periods < 2:  # noqa: PLR2004 - a variance needs two
        raise InputError("a variance needs two periods or more.", where="series")
    away = returns - returns.mean(axis=0)
    sample = away.T @ away / periods
    level = float(np.trace(sample) / count)
    if level <= 0:
        raise InputError("the returns never change: there is no risk to speak of.", where="series")
    target = level * np.eye(count)
    distance = float(((sample - target) ** 2).sum()) / count
    noise = float(((away**2).T @ (away**2) / periods - sample**2).sum()) / periods / count
    share = 1.0 if distance <= FLAT * level**2 else min(noise, distance) / distance
    return Moments(
        mean=returns.mean(axis=0),
        covariance=share * target + (1.0 - share) * sample,
        shrinkage=share,
        periods=periods,
    )


def best_for(covariance: FloatArray, target: FloatArray) -> FloatArray:
    """Find the long-only portfolio of greatest ``e' w`` over its standard deviation, ``[n]``.

    Parameters
    ----------
    covariance
        ``[n, n]``, positive definite.
    target
        ``[n]`` the vector e; at least one above zero.

    Raises
    ------
    InputError
        The covariance is not positive definite, or no element of the target is above zero.
    ConvergenceError
        The conditions of an optimum do not hold.
    """
    if not (target > 0).any():
        raise InputError("no asset has a target above zero.", where="portfolio")
    try:
        root = cholesky(covariance, lower=True)
    except np.linalg.LinAlgError as error:
        raise InputError("the covariance is not positive definite.", where="portfolio") from error
    held, _ = nnls(root.T, solve_triangular(root, target, lower=True))
    slope = covariance @ held - target
    scale = float(np.abs(target).max())
    breach = max(float((-slope).max()), float(np.abs(slope[held > 0]).max(initial=0.0)))
    if breach > KKT_LIMIT * scale:
        raise ConvergenceError("no portfolio was found", residual=breach / scale, iterations=0)
    return np.asarray(held / held.sum())


def optimum_gap(covariance: FloatArray, target: FloatArray, weights: FloatArray) -> float:
    """Measure by how much weights breach the conditions of `best_for`, relative to the target.

    Parameters
    ----------
    covariance, target
        As in `best_for`.
    weights
        ``[n]``, adding up to one.
    """
    pulled = covariance @ weights
    scale = float(weights @ pulled) / float(weights @ target)
    slope = pulled / scale - target
    held = np.abs(slope[weights > 0]).max(initial=0.0)
    return max(float((-slope).max()), float(held)) / float(np.abs(target).max())


def minimum_variance(found: Moments) -> FloatArray:
    """Find the portfolio of least variance, ``[n]``."""
    return best_for(found.covariance, np.ones(len(found.mean)))


def maximum_diversification(found: Moments) -> FloatArray:
    """Find the portfolio of greatest mean deviation over its own deviation, ``[n]``."""
    return best_for(found.covariance, found.deviation)


def frontier(found: Moments, points: int) -> FloatArray:
    """Find portfolios along the efficient frontier, ``[points, n]``.

    From the least variance to the greatest mean, in equal steps of the mean.
    """
    low, top = minimum_variance(found), int(found.mean.argmax())
    reach = found.mean[top] - found.mean @ low
    spread = float(np.ptp(found.mean))
    last = np.eye(len(found.mean))[top]
    if reach <= FLAT * max(1.0, abs(float(found.mean[top]))):
        return np.tile(low, (points, 1))
    scaled = (found.mean - found.mean[top]) / spread

    def at(tilt: float) -> FloatArray:
        # From ones to a vector that is above zero for the greatest mean alone.
        return best_for(found.covariance, (1.0 - tilt) * np.ones(len(scaled)) + tilt * scaled)

    def short(tilt: float, wanted: float) -> float:
        return float(found.mean @ at(tilt)) - wanted

    rows = [low]
    end = 1.0 - 1e-9
    for step in range(1, points - 1):
        wanted = float(found.mean @ low + reach * step / (points - 1))
        tilt = end if short(end, wanted) < 0 else brentq(short, 0.0, end, args=(wanted,))
        rows.append(at(float(tilt)))
    return np.array([*rows, last])[:points]


def risk_of(found: Moments, weights: FloatArray) -> float:
    """Compute the standard deviation of a portfolio, in the unit of the returns."""
    return float(np.sqrt(weights @ found.covariance @ weights))


def diversification_ratio(found: Moments, weights: FloatArray) -> float:
    """Compute the weighted mean of standard deviations over that of the portfolio, ratio."""
    return float(weights @ found.deviation) / risk_of(found, weights)
