"""Least squares with the fixed effects projected out, beside Poisson."""

from __future__ import annotations

import numpy as np

from landbridge.gravity.fixed_effects.absorber import Goal
from landbridge.gravity.ppml.newton import Problem, Solution, adding_up_gap, solve_positive


def solve_linear(problem: Problem) -> Solution:
    """Fit a weighted linear regression with fixed effects.

    Parameters
    ----------
    problem
        As for Poisson; the outcome may be negative.

    Returns
    -------
    Solution
        The deviance is the weighted sum of squared residuals.
    """
    absorber, weights = problem.absorber, problem.weights
    target = problem.outcome - problem.offset
    work = np.vstack([target[None], problem.regressors])
    goal = Goal.same(len(work), problem.limits.projection)
    found = absorber.weigh(weights).project(work, goal)
    projected = work[1:]
    weighted = projected * weights
    hessian = weighted @ projected.T
    coefficients = np.zeros(0)
    if len(projected):
        coefficients = solve_positive(hessian, weighted @ work[0])
    left = work[0] - coefficients @ projected
    left = np.where(problem.present, left, 0.0)
    index = np.where(problem.present, problem.outcome - left, 0.0)
    residuals = weights * left
    # Totals can be about zero here: the gap is relative to the absolute flows of each group.
    totals = absorber.group_sums(weights * np.abs(problem.outcome))
    off = absorber.group_sums(residuals)
    fitted = tuple(total + each for total, each in zip(totals, off, strict=True))
    gap = adding_up_gap(fitted, totals)
    return Solution(
        coefficients=coefficients,
        index=index,
        mean=index,
        residuals=residuals,
        projected=projected,
        hessian=hessian,
        iterations=1,
        inner=found.steps,
        adding_up=gap,
        step=0.0,
        deviance=float(residuals @ left),
    )
