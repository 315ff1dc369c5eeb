"""Poisson pseudo-maximum likelihood by Newton steps with the fixed effects projected out.

With index ``eta``, mean ``mu = exp(eta)`` and weights ``w = omega mu`` a Newton step regresses
the working residual ``(y - mu) / mu`` on the regressors and the fixed effects. Both come from one
projection: ``d_beta`` from what is left of residual and regressors, and the step of the index
``(r - r~) - (x - x~) d_beta + x d_beta`` lies in the span of regressors and effects whatever the
projection's accuracy. So an inexact projection slows the way but does not move the solution,
whose conditions (adding-up of every group, scores of the regressors) are checked afresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from landbridge.errors import ConvergenceError
from landbridge.gravity.fixed_effects.absorber import Absorber, Goal
from landbridge.gravity.spec import Limits
from landbridge.units import BoolArray, FloatArray

FIRST_SWEEPS: Final = 3
"""Rounds of proportional scaling before the first step; more bring little."""
COARSE: Final = 1e-4
"""Accuracy of the projected regressors on the way (relative to their size)."""
FORCING: Final = 1e-3
"""Share of the fixed-effects part of the residual that one projection may leave."""
FINEST: Final = 1e-11
SLOW: Final = 0.3
NEAR: Final = 1e-2
AIM: Final = 0.1
"""Share of the limit on adding-up that is aimed at, so that the limit holds with room to spare."""
ENOUGH: Final = 5
"""Solutions within the limit but not at the aim, after which the last one is taken."""
POLISHABLE: Final = 0.5
"""Relative gap from which proportional scaling may take over once the coefficients stand still:
what is left then is in groups too small to weigh on them."""
SMALLEST: Final = 1e-16
"""Fixed-effects part of the residual, over its size, that is as good as none."""
MOST_ROUNDS: Final = 3000
MOST_STALE: Final = 40
WORTHWHILE: Final = 0.9
"""Share of the gap that a round of scaling should leave at most; after several that do not,
another Newton step is taken."""
MOST_HALVINGS: Final = 40
LARGEST_INDEX: Final = 600.0
ROUNDING: Final = 1e-13
"""Rise of the deviance that rounding can explain, over the sums it is the difference of."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A Poisson regression in the absorber's order.

    Attributes
    ----------
    outcome, offset, weights
        ``[cells]``; weights are zero where there is no row.
    regressors
        ``[K, cells]``.
    absorber
        The fixed effects.
    limits
        When to stop.
    projected
        ``[K, cells]`` the regressors less any combination of the fixed effects, to begin from.
    """

    outcome: FloatArray
    offset: FloatArray
    weights: FloatArray
    regressors: FloatArray
    absorber: Absorber
    limits: Limits

    projected: FloatArray | None = None

    @cached_property
    def present(self) -> BoolArray:
        """``[cells]`` whether a cell holds a row."""
        return np.asarray(self.weights > 0)

    @cached_property
    def weighted(self) -> FloatArray:
        """``[cells]`` weight times outcome."""
        return np.asarray(self.weights * self.outcome)

    @cached_property
    def saturated(self) -> float:
        """Log-likelihood of a perfect fit, without the constant."""
        held = self.weighted > 0
        outcome = self.outcome[held]
        return float(self.weighted[held] @ np.log(outcome)) - float(self.weighted.sum())

    def deviance(self, index: FloatArray, mean: FloatArray) -> float:
        """Compute twice the log-likelihood lost against a perfect fit."""
        reached = float(self.weighted @ index) - float(self.weights @ mean)
        return 2.0 * (self.saturated - reached)


@dataclass(frozen=True)
class Solution:
    """A fitted equation.

    Attributes
    ----------
    coefficients
        ``[K]``.
    index, mean
        ``[cells]`` linear index with offset and effects, and fitted flows.
    residuals
        ``[cells]`` weight times (outcome less mean): the score's factor.
    projected
        ``[K, cells]`` regressors without their fixed-effects part, at the final weights.
    hessian
        ``[K, K]``.
    iterations, inner
        Newton steps, and steps of the projections in all.
    adding_up
        Largest relative gap of fitted and observed totals over all groups.
    step
        Last change of a coefficient, in standard deviations of the index.
    deviance
        Of the outcome from the mean.
    """

    coefficients: FloatArray
    index: FloatArray
    mean: FloatArray
    residuals: FloatArray
    projected: FloatArray
    hessian: FloatArray
    iterations: int
    inner: int
    adding_up: float
    step: float
    deviance: float


@dataclass(frozen=True)
class Start:
    """Where to begin: the index of an earlier fit of the same equation, and its coefficients."""

    index: FloatArray
    coefficients: FloatArray
    projected: FloatArray


@dataclass
class _State:
    """The current iterate (inside the solver only)."""

    coefficients: FloatArray
    index: FloatArray
    mean: FloatArray
    deviance: float
    inner: int = 0
    tightness: float = 1.0
    last_move: float = np.inf


def solve_poisson(problem: Problem, start: Start | None = None) -> Solution:
    """Fit a Poisson regression with fixed effects.

    Parameters
    ----------
    problem
        Without separated rows and without regressors that others explain.
    start
        An earlier solution to begin from.

    Raises
    ------
    ConvergenceError
        The limits were not reached; carries the last index.
    """
    limits, present = problem.limits, problem.present
    totals = problem.absorber.group_sums(problem.weighted)
    work = np.empty((len(problem.regressors) + 1, problem.absorber.size))
    if start is None:
        work[1:] = problem.regressors if problem.projected is None else problem.projected
        state = _first(problem, present, totals, work)
    else:
        work[1:] = start.projected
        mean = np.where(present, np.exp(start.index), 0.0)
        state = _State(start.coefficients.copy(), start.index.copy(), mean, 0.0)
        state.deviance = problem.deviance(state.index, mean)
    gap, moved, settled = np.inf, np.inf, 0
    aim = AIM * limits.adding_up
    for iteration in range(1, limits.iterations + 1):
        moved = _step(problem, present, work, state)
        gap = adding_up_gap(problem.absorber.group_sums(problem.weights * state.mean), totals)
        if aim < gap < POLISHABLE and moved <= limits.step:
            gap = _polish(problem, present, totals, state)
        settled += gap <= limits.adding_up and moved <= limits.step
        if (gap <= aim and moved <= limits.step) or settled == ENOUGH:
            return _finish(problem, work, state, (iteration, gap, moved))
        if not np.isfinite(gap):
            break
    raise ConvergenceError(
        "the regression did not converge",
        residual=gap if np.isfinite(gap) else moved,
        iterations=limits.iterations,
        last=problem.absorber.pick(state.index),
        mend="Look for regressors of very different size or flows that are all but zero.",
    )


def _polish(
    problem: Problem, present: BoolArray, totals: tuple[FloatArray, ...], state: _State
) -> float:
    """Scale the means to the totals, as long as that brings them closer.

    With the coefficients at rest this is all that is left to solve, and scaling keeps its
    precision in groups that are too small for a projection to see. Two rounds of scaling tell
    where they lead to (SQUAREM, Varadhan and Roland 2008).
    """
    absorber = problem.absorber
    index = state.index
    best = adding_up_gap(absorber.group_sums(problem.weights * state.mean), totals)

    def scale(start: FloatArray) -> tuple[FloatArray, float]:
        now = np.where(present, problem.weights * np.exp(np.minimum(start, LARGEST_INDEX)), 0.0)
        scaled = absorber.balance(now, totals, 1)
        held = (now > 0) & (scaled > 0)
        moved = start + np.log(np.divide(scaled, now, out=np.ones_like(now), where=held))
        return moved, adding_up_gap(absorber.group_sums(scaled), totals)

    stale = 0
    for _ in range(MOST_ROUNDS):
        if best <= AIM * problem.limits.adding_up or stale == MOST_STALE:
            break
        once, _ = scale(index)
        twice, plain = scale(once)
        step, bend = once - index, twice - 2.0 * once + index
        length = max(1.0, float(np.linalg.norm(step)) / max(float(np.linalg.norm(bend)), 1e-300))
        leap, far = scale(index + 2.0 * length * step + length**2 * bend)
        index, gap = (leap, far) if far < plain else (twice, plain)
        stale = 0 if gap < WORTHWHILE * best else stale + 1
        best = min(best, gap)
    state.index = np.where(present, index, 0.0)
    state.mean = np.where(present, np.exp(state.index), 0.0)
    state.deviance = problem.deviance(state.index, state.mean)
    return adding_up_gap(absorber.group_sums(problem.weights * state.mean), totals)


def adding_up_gap(fitted: tuple[FloatArray, ...], totals: tuple[FloatArray, ...]) -> float:
    """Find the largest relative gap between fitted and observed totals of any group."""
    gap = 0.0
    for one, other in zip(fitted, totals, strict=True):
        held = other > 0
        if held.any():
            gap = max(gap, float(np.max(np.abs(one[held] / other[held] - 1.0))))
    return gap


def _first(
    problem: Problem, present: BoolArray, totals: tuple[FloatArray, ...], work: FloatArray
) -> _State:
    """Scale a flat kernel to the totals, then regress the index halfway to the flows.

    Means halfway between the scaled kernel and the flows keep the working residual below one,
    as the usual start from half the average flow does, and are much closer.
    """
    kernel = problem.weights * np.exp(np.where(present, problem.offset, 0.0))
    mass = float(problem.weighted.sum())
    kernel *= mass / float(kernel.sum())
    if totals:
        kernel = problem.absorber.balance(kernel, totals, FIRST_SWEEPS)
    scaled = np.divide(kernel, problem.weights, out=np.zeros_like(kernel), where=present)
    held = scaled > 0
    floor = float(np.min(scaled[held]))
    scaled = np.where(present, np.maximum(scaled, floor), 0.0)
    mean = np.where(present, 0.5 * (problem.outcome + scaled), 1.0)
    target = np.log(mean) + problem.outcome / mean - 1.0 - problem.offset
    work[0] = np.where(present, target, 0.0)
    whole = work[0].copy()
    weights = problem.weights * mean
    goal = Goal.same(len(work), COARSE)
    found = problem.absorber.weigh(weights).project(work, goal)
    change = _coefficients(work, weights)[0]
    index = whole - work[0] + change @ work[1:] + problem.offset
    index = np.where(present, index, 0.0)
    flat = np.where(present, np.log(np.maximum(scaled, 1e-300)), 0.0)
    begun: FloatArray = np.zeros(len(change))
    if not totals and len(change):
        # Without effects the flat start is the intercept's: it must count among the coefficients.
        level = np.where(present, flat - problem.offset, 0.0)
        begun = np.asarray(
            np.linalg.lstsq((work[1:] * present).T, level, rcond=None)[0], dtype=np.float64
        )
        flat = np.where(present, begun @ work[1:] + problem.offset, 0.0)
        scaled = np.where(present, np.exp(flat), 0.0)
    state = _State(begun, flat, scaled, problem.deviance(flat, scaled))
    state.inner = found.steps
    _move(problem, present, state, (change - begun, index - flat))
    return state


def _step(problem: Problem, present: BoolArray, work: FloatArray, state: _State) -> float:
    """Take one Newton step; gives its length in the coefficients."""
    ratio = np.divide(problem.outcome, state.mean, out=np.ones_like(state.mean), where=present)
    work[0] = ratio - 1.0
    weights = problem.weights * state.mean
    count = len(work)
    goal = Goal(
        of_norm=np.array([SMALLEST] + [max(COARSE * state.tightness, FINEST)] * (count - 1)),
        of_start=np.array([max(FORCING * state.tightness, FINEST)] + [0.0] * (count - 1)),
    )
    found = problem.absorber.weigh(weights).project(work, goal)
    state.inner += found.steps
    change, hessian = _coefficients(work, weights)
    index = found.taken.copy()
    if len(change):
        index += change @ work[1:]
    index *= present
    whole = _move(problem, present, state, (change, index))
    scale = np.sqrt(np.maximum(np.diag(hessian), 0.0) / float(weights.sum()))
    moved = float(np.max(np.abs(change) * scale, initial=0.0))
    # Near collinear regressors magnify the projection's error: where a step is no descent, or no
    # shorter than the one before, the next one is projected more exactly.
    if not whole or SLOW * state.last_move < moved < NEAR:
        state.tightness *= COARSE
    state.last_move = moved
    return moved


def _move(
    problem: Problem, present: BoolArray, state: _State, change: tuple[FloatArray, FloatArray]
) -> bool:
    """Move along a step, cut in half until the deviance does not rise; tell if it was whole."""
    length = 1.0
    slack = ROUNDING * (abs(problem.saturated) + float(problem.weighted.sum()))
    for _ in range(MOST_HALVINGS):
        index = state.index + length * change[1]
        if np.abs(index).max(initial=0.0) < LARGEST_INDEX:
            mean = np.where(present, np.exp(index), 0.0)
            deviance = problem.deviance(index, mean)
            if deviance <= state.deviance + slack:
                break
        length /= 2.0
    else:
        return False
    state.coefficients = state.coefficients + length * change[0]
    state.index, state.mean, state.deviance = index, mean, deviance
    return length == 1.0


def _coefficients(work: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    weighted = work[1:] * weights
    hessian = weighted @ work[1:].T
    if not len(hessian):
        return np.zeros(0), hessian
    return solve_positive(hessian, weighted @ work[0]), hessian


def solve_positive(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve a positive definite system, scaled to a unit diagonal first."""
    scale = 1.0 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    scaled = matrix * scale[:, None] * scale
    try:
        factor = cho_factor(scaled)
    except LinAlgError:
        raise ConvergenceError(
            "the regressors net of fixed effects became collinear",
            residual=float("nan"),
            iterations=0,
            mend="Leave one of them out.",
        ) from None
    shape = (-1,) + (1,) * (right.ndim - 1)
    return np.asarray(scale.reshape(shape) * cho_solve(factor, scale.reshape(shape) * right))


def _finish(
    problem: Problem, work: FloatArray, state: _State, certificate: tuple[int, float, float]
) -> Solution:
    """Project the regressors once more at the final weights, as exactly as asked."""
    weights = problem.weights * state.mean
    projected = work[1:]
    inner = state.inner
    if len(projected):
        goal = Goal.same(len(projected), problem.limits.projection)
        found = problem.absorber.weigh(weights).project(projected, goal)
        inner += found.steps
    return Solution(
        coefficients=state.coefficients,
        index=state.index,
        mean=state.mean,
        residuals=problem.weights * (problem.outcome - state.mean),
        projected=projected,
        hessian=(projected * weights) @ projected.T,
        iterations=certificate[0],
        inner=inner,
        adding_up=certificate[1],
        step=certificate[2],
        deviance=state.deviance,
    )
