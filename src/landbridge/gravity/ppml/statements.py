"""What a fit says about combinations of its coefficients, and whether its form is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import chdtrc, ndtr

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.gravity.ppml.covariance import Scores, sandwich
from landbridge.gravity.ppml.linear import solve_linear
from landbridge.gravity.ppml.newton import Problem, Start, solve_poisson
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.spec import CLUSTERED, Inference
from landbridge.units import FloatArray

STEP: Final = 1e-6
"""Relative step of the numerical derivative; its error is of the square."""


@dataclass(frozen=True)
class Statement:
    """An estimate with its error.

    Attributes
    ----------
    estimate, std_error
        In the unit of what was asked.
    z, p
        Ratio of the two, and the two-sided p value (normal).
    """

    estimate: float
    std_error: float
    z: float
    p: float


@dataclass(frozen=True)
class ResetTest:
    """Ramsey's test of whether the square of the fitted index belongs into the equation.

    Attributes
    ----------
    chi2
        Wald statistic with one degree of freedom, under the fit's own covariance.
    p
        Small where the functional form is wrong.
    """

    chi2: float
    p: float


def combine(fit: GravityFit, weights: Mapping[str, float]) -> Statement:
    """Estimate a weighted sum of coefficients (an effect with its lags, say).

    Parameters
    ----------
    fit
        The estimated equation.
    weights
        By term; terms that are left out count nothing.

    Raises
    ------
    UnknownNameError
        A term that the fit does not have.
    """
    terms = [str(term) for term in fit.coefficients["term"]]
    for term in weights:
        if term not in terms:
            raise UnknownNameError(f"there is no coefficient '{term}'.", mend=suggest(term, terms))
    way = np.array([weights.get(term, 0.0) for term in terms])
    return _state(fit, float(way @ fit.coefficients["estimate"].to_numpy()), way)


def transform(fit: GravityFit, function: Callable[[Mapping[str, float]], float]) -> Statement:
    """Estimate a smooth function of the coefficients, by the delta method.

    Parameters
    ----------
    fit
        The estimated equation.
    function
        Takes the coefficients by term, gives a number.
    """
    terms = [str(term) for term in fit.coefficients["term"]]
    estimates = fit.coefficients["estimate"].to_numpy(dtype=np.float64)

    def at(values: FloatArray) -> float:
        return float(function(dict(zip(terms, (float(value) for value in values), strict=True))))

    way = np.zeros(len(terms))
    for position in range(len(terms)):
        step = STEP * max(1.0, abs(float(estimates[position])))
        up, down = estimates.copy(), estimates.copy()
        up[position] += step
        down[position] -= step
        way[position] = (at(up) - at(down)) / (2.0 * step)
    return _state(fit, at(estimates), way)


def reset_test(fit: GravityFit) -> ResetTest:
    """Test the functional form (Ramsey 1969; for PPML Santos Silva and Tenreyro 2006).

    Raises
    ------
    InputError
        The fit's covariance has no closed form (bootstrap, bias correction).
    """
    if fit.spec.inference in {Inference.PAIR_BOOTSTRAP, Inference.WEIDNER_ZYLKIN}:
        raise InputError(
            "RESET needs a covariance with a closed form.", mend="Fit with ppmlhdfe-cluster."
        )
    estimation = fit.estimation
    panel, absorber, problem = estimation.panel, estimation.absorber, estimation.problem
    index = estimation.solution.index
    held = problem.present
    square = np.where(held, (index - index[held].mean()) ** 2, 0.0)
    # About its mean the square differs by a multiple of the index, which the equation holds
    # already, and is far from collinear with it.
    extended: Problem = replace(problem, regressors=np.vstack([problem.regressors, square]))
    if fit.spec.estimator == "ols":
        solution = solve_linear(extended)
    else:
        start = Start(
            index=index,
            coefficients=np.append(estimation.solution.coefficients, 0.0),
            projected=np.vstack([estimation.solution.projected, square]),
        )
        solution = solve_poisson(extended, start)
    scores = Scores(
        projected=absorber.pick(solution.projected),
        residuals=absorber.pick(solution.residuals),
        hessian=solution.hessian,
    )
    keys = panel.keys
    pair = (keys["exporter"], keys["importer"]) if {"exporter", "importer"} <= set(keys) else None
    covariance = sandwich(
        scores,
        fit.spec.inference,
        clusters=panel.clusters if fit.spec.inference in CLUSTERED else (),
        pair=pair,
        linear=fit.spec.estimator == "ols",
    ).matrix
    chi2 = float(solution.coefficients[-1] ** 2 / covariance[-1, -1])
    return ResetTest(chi2=chi2, p=float(chdtrc(1, chi2)))


def _state(fit: GravityFit, estimate: float, way: FloatArray) -> Statement:
    error = float(np.sqrt(max(float(way @ fit.covariance.to_numpy() @ way), 0.0)))
    ratio = estimate / error if error > 0 else float("nan")
    return Statement(estimate, error, ratio, float(2.0 * ndtr(-abs(ratio))))
