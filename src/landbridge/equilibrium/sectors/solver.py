"""Find the wages, costs and spending that clear every market: accelerated joint sweeps.

One sweep answers given costs and spending with new ones, and given wages with a Newton step along
an approximate slope. The price block contracts (value added takes part in every cost) and the
spending block is linear with a radius below one, so that sweeps converge by themselves where
wages do; Anderson's acceleration over the last sweeps makes them several times faster. Where that
stalls, wages are held until costs and spending have settled, and move downhill only (where trade
all but stops, that keeps wages determinate); and where that stalls, the shock is brought in by
stages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, lu_factor, lu_solve
from threadpoolctl import ThreadpoolController

from landbridge.equilibrium.acceleration import Acceleration
from landbridge.equilibrium.sectors.market import (
    SectorMarket,
    SectorPoint,
    evaluate_sectors,
    home_inverses,
    normalise_wages,
    wage_slope,
)
from landbridge.equilibrium.sectors.slope import LARGEST, exact_wage_slope
from landbridge.errors import ConvergenceError, InputError
from landbridge.units import FloatArray

Factor: TypeAlias = tuple[FloatArray, NDArray[np.int32]]
State: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]

REBUILD: Final = 10
"""Sweeps after which the slope is worked out again while the residual is large."""
FAR: Final = 1e-3
"""A residual above this is large."""
MEND: Final = "Check the shock for cells that change beyond belief, or make it smaller."
MEND_ADDITIVE: Final = (
    "A surplus may be more than its economy would earn: choose the purged or the proportional"
    " closure, or a smaller shock."
)
LONGEST_STEP: Final = 2.0
"""Largest change of a log cost or of log spending in one sweep."""
LONGEST_WAGE_STEP: Final = 0.5
"""Largest change of a log wage in one sweep."""
WORSE: Final = 8.0
"""An accelerated step may make the residual so many times larger, and no more."""
PATIENCE: Final = 40
STALLED: Final = 0.5
"""Sweeps stall where the residual does not fall to this share within so many."""
REST_SHARE: Final = 1e-4
REST: Final = 1e-6
SETTLED: Final = 0.3
"""Where wages are held, costs and spending settle to this share of the wage residual, at least
to the second, and no further than to the third share of the tolerance."""
SHORTEST_STEP: Final = 2.0**-10
LEAST_DESCENT: Final = 1e-4
"""Share of the promised descent that a step of held wages must bring (Armijo)."""
FIRST_STAGE: Final = 0.25
SHORTEST_STAGE: Final = 2.0**-8
STAGE_SWEEPS: Final = 600
STAGE_GAIN: Final = 1e-4
"""A stage before the last only has to lead to the next one."""


@dataclass(frozen=True)
class SectorOptions:
    """How hard to try, and in which money to report.

    Attributes
    ----------
    tolerance
        Largest absolute log residual of any market (wages, unit costs, spending) that counts as
        cleared.
    sweeps
        Most sweeps altogether.
    numeraire
        ``"world_value_added"`` (nominal world value added at baseline quantities stays what it
        was) or the ISO3 code of the economy whose wage stays what it was. No real result depends
        on it.
    """

    tolerance: float = 1e-12
    sweeps: int = 6000
    numeraire: str = "world_value_added"

    def __post_init__(self) -> None:
        """Refuse settings that could never work."""
        if not 0.0 < self.tolerance < 1.0:
            raise InputError(
                f"the solver's tolerance is {self.tolerance}",
                mend="Give a number between 0 and 1, such as 1e-12.",
            )
        if self.sweeps < 1:
            raise InputError("the solver needs at least 1 sweep", mend="Leave the default.")


@dataclass(frozen=True)
class Steering:
    """What turns residuals into moves; it steers the sweeps and does not touch the answer.

    Attributes
    ----------
    slope
        Factors of the slope of the wage residual.
    costs, spending
        ``[N, S, S]`` from `home_inverses`.
    """

    slope: Factor
    costs: FloatArray
    spending: FloatArray


@dataclass(frozen=True)
class SectorSettled:
    """A point that clears every market, what it took, and what steers nearby."""

    point: SectorPoint
    sweeps: int
    stages: int
    steering: Steering | None


def settle_sectors(
    market: SectorMarket,
    start: State,
    *,
    options: SectorOptions,
    steering: Steering | None = None,
    path: Callable[[float], SectorMarket] | None = None,
) -> SectorSettled:
    """Find wages, unit costs and spending that clear every market.

    Parameters
    ----------
    market
        The market to clear.
    start
        Log wages ``[N]``, log costs ``[S, N]`` and log spending ``[S, N]`` to start from.
    options
        Tolerance and limits.
    steering
        From a point nearby.
    path
        Markets between the baseline (0), which `start` clears, and `market` (1).

    Raises
    ------
    ConvergenceError
        No point within the tolerance was found; carries the last one.
    """
    watch = _Watch(steering)
    # Points out of bounds have an infinite gap; that is how they are known.
    with _threads().limit(limits=1), np.errstate(all="ignore"):
        point, spent = _direct(market, start, options=options, limit=options.sweeps, watch=watch)
        stages = 0
        if point.gap > options.tolerance and path is not None:
            found, more, stages = _by_stages(
                market, path, start, options=options, limit=options.sweeps - spent, watch=watch
            )
            spent += more
            point = found if np.isfinite(found.gap) else point
    if not point.gap <= options.tolerance:
        raise ConvergenceError(
            "no wages, costs and spending were found that clear every market",
            residual=point.gap,
            iterations=spent,
            last=point if watch.negative is None else watch.negative,
            mend=MEND_ADDITIVE if market.closure == "additive" else MEND,
        )
    return SectorSettled(point=point, sweeps=spent, stages=stages, steering=watch.steering)


class _Watch:
    """Evaluates markets; remembers what steers, and where somebody had nothing to spend."""

    def __init__(self, steering: Steering | None) -> None:
        self.steering = steering
        self.negative: SectorPoint | None = None

    def __call__(self, market: SectorMarket, state: State) -> SectorPoint:
        point = evaluate_sectors(market, *state)
        if not (point.private_spending > 0).all():
            self.negative = point
        return point


@lru_cache(maxsize=1)
def _threads() -> ThreadpoolController:
    """Build the switch of the threads of linear algebra.

    A sweep is many small products; threads that wait for one another make it many times slower
    on a machine that does other work too. The setting is put back afterwards.
    """
    return ThreadpoolController()


def _direct(
    market: SectorMarket, start: State, *, options: SectorOptions, limit: int, watch: _Watch
) -> tuple[SectorPoint, int]:
    """Sweep over all markets at once; where that stalls, hold wages until the rest has settled."""
    first = watch(market, start)
    point, spent = _sweep(market, first, options=options, limit=limit, watch=watch)
    if point.gap > options.tolerance and spent < limit:
        held, more = _held(market, first, options=options, limit=limit - spent, watch=watch)
        spent += more
        point = held if held.gap < point.gap else point
    return point, spent


def _held(
    market: SectorMarket, point: SectorPoint, *, options: SectorOptions, limit: int, watch: _Watch
) -> tuple[SectorPoint, int]:
    """Move wages only when costs and spending have settled at them, and only downhill."""
    point, spent = _settle_rest(market, point, options=options, limit=limit, watch=watch)
    while point.gap > options.tolerance and spent < limit and np.isfinite(point.gap):
        slope = _careful_slope(market, point)
        if slope is None:
            break
        step, length = _wage_step(market, point, slope), 1.0
        size = float(np.linalg.norm(point.wage_residual))
        trial = None
        while length >= SHORTEST_STEP and spent < limit:
            moved = _moved(market, point, length * step)
            trial, more = _settle_rest(
                market, moved, options=options, limit=limit - spent, watch=watch
            )
            spent += more
            if np.linalg.norm(trial.wage_residual) <= (1.0 - LEAST_DESCENT * length) * size:
                break
            trial, length = None, length / 4.0
        if trial is None:
            break
        point = trial
    return point, spent


def _settle_rest(
    market: SectorMarket, point: SectorPoint, *, options: SectorOptions, limit: int, watch: _Watch
) -> tuple[SectorPoint, int]:
    """Settle costs and spending at given wages, as far as the wage residual deserves.

    Nothing steers here: plain sweeps contract wherever they start.
    """
    memory, sweeps = Acceleration(_state(point).size), 0
    nothing = np.zeros_like(point.log_wages)
    while sweeps < limit and np.isfinite(point.gap):
        wages = float(np.abs(point.wage_residual).max())
        rest = _rest_gap(point)
        if rest <= max(SETTLED * options.tolerance, min(REST, REST_SHARE * wages)):
            break
        move, state = _move(point, nothing, None), _state(point)
        trial = watch(market, _unpacked(market, memory.goal(state, move)))
        if not _rest_gap(trial) <= WORSE * rest and memory.count > 0:
            memory.forget()
            trial = watch(market, _unpacked(market, state + move))
        point, sweeps = trial, sweeps + 1
    return point, sweeps


def _rest_gap(point: SectorPoint) -> float:
    largest = max(np.abs(point.cost_residual).max(), np.abs(point.spending_residual).max())
    return float(largest) if np.isfinite(point.gap) else np.inf


def _moved(market: SectorMarket, point: SectorPoint, step: FloatArray) -> SectorPoint:
    """Evaluate the market with other wages, costs and spending as they were."""
    nothing = np.zeros(2 * point.log_costs.size)
    return evaluate_sectors(
        market, *_unpacked(market, _state(point) + np.concatenate([step, nothing]))
    )


def _sweep(
    market: SectorMarket, point: SectorPoint, *, options: SectorOptions, limit: int, watch: _Watch
) -> tuple[SectorPoint, int]:
    """Make accelerated sweeps until every market clears or nothing helps; give the best point."""
    best, sweeps, since = point, 0, 0
    memory, steering = Acceleration(_state(point).size), watch.steering
    mark, checked = np.inf, 0
    while best.gap > options.tolerance and sweeps < limit and np.isfinite(point.gap):
        if steering is None or (since >= REBUILD and point.gap > FAR):
            steering, since = _steering(market, point), 0
            memory.forget()
        if steering is None or (sweeps - checked >= PATIENCE and best.gap > STALLED * mark):
            break
        watch.steering = steering
        if sweeps - checked >= PATIENCE:
            mark, checked = best.gap, sweeps
        wages = _wage_step(market, point, steering.slope)
        move = _move(point, wages, (steering.costs, steering.spending))
        state = _state(point)
        trial = watch(market, _unpacked(market, memory.goal(state, move)))
        if not trial.gap <= WORSE * point.gap and memory.count > 0:
            memory.forget()
            trial = watch(market, _unpacked(market, state + move))
        point = trial
        sweeps, since = sweeps + 1, since + 1
        if point.gap < best.gap:
            best = point
    return best, sweeps


def _move(
    point: SectorPoint, wages: FloatArray, homes: tuple[FloatArray, FloatArray] | None
) -> FloatArray:
    """Compute the move of a sweep: wages as they are, costs and spending by the loops at home."""
    costs, spending = point.cost_residual, point.spending_residual
    if homes is not None:
        costs = np.matmul(homes[0], costs.T[:, :, None])[:, :, 0].T
        wanted = (point.spending * spending).T[:, :, None]
        change = np.matmul(homes[1], wanted)[:, :, 0].T
        # Where nobody buys, spending and its residual are zero.
        spending = change / np.where(point.spending > 0, point.spending, 1.0)
    rest = np.concatenate([costs.ravel(), spending.ravel()])
    return np.concatenate([wages, np.clip(rest, -LONGEST_STEP, LONGEST_STEP)])


def _state(point: SectorPoint) -> FloatArray:
    return np.concatenate([point.log_wages, point.log_costs.ravel(), point.log_spending.ravel()])


def _wage_step(market: SectorMarket, point: SectorPoint, slope: Factor) -> FloatArray:
    """Compute the change of log wages, ``[N]``, without any common change within a block.

    Away from the solution spending is not yet what incomes allow, so that value added demanded is
    too high or too low everywhere: that says nothing about relative wages.
    """
    step = -lu_solve(slope, _centred(market, point.wage_residual), check_finite=False)
    return np.clip(_centred(market, step), -LONGEST_WAGE_STEP, LONGEST_WAGE_STEP)


def _centred(market: SectorMarket, values: FloatArray) -> FloatArray:
    """Take the mean, weighted by value added, off every block."""
    weight = np.bincount(market.blocks, market.value_added)
    mean = np.bincount(market.blocks, market.value_added * values) / weight
    return np.asarray(values - mean[market.blocks])


def _factor(slope: FloatArray) -> Factor | None:
    """Factorise a slope; None where it cannot be."""
    try:
        lu, pivots = lu_factor(slope, overwrite_a=True)
    except (LinAlgError, ValueError):
        return None
    return lu, pivots


def _steering(market: SectorMarket, point: SectorPoint) -> Steering | None:
    """Work out what steers from a point; None where it cannot be."""
    slope = _factor(wage_slope(market, point))
    if slope is None:
        return None
    try:
        costs, spending = home_inverses(market, point)
    except np.linalg.LinAlgError:
        return None
    return Steering(slope=slope, costs=costs, spending=spending)


def _careful_slope(market: SectorMarket, point: SectorPoint) -> Factor | None:
    """Factorise the exact slope where it is worth its time, and else the nearly right one."""
    if market.bought.size > LARGEST:
        return _factor(wage_slope(market, point))
    try:
        with np.errstate(all="ignore"):
            slope = exact_wage_slope(market, point)
    except np.linalg.LinAlgError:
        return None
    return _factor(slope)


def _unpacked(market: SectorMarket, state: FloatArray) -> State:
    """Cut a state into wages, costs and spending, in the numeraire of every block."""
    sectors, count = market.shape
    wages = state[:count]
    costs = state[count : count + sectors * count].reshape(sectors, count)
    spending = state[count + sectors * count :].reshape(sectors, count)
    shift = normalise_wages(market, wages)
    return (
        wages - shift,
        np.where(market.made, costs - shift, 0.0),
        np.where(market.bought, spending - shift, 0.0),
    )


def _by_stages(
    market: SectorMarket,
    path: Callable[[float], SectorMarket],
    start: State,
    *,
    options: SectorOptions,
    limit: int,
    watch: _Watch,
) -> tuple[SectorPoint, int, int]:
    """Bring the shock in by stages, each started from the stage before."""
    done, stage, stages, spent = 0.0, FIRST_STAGE, 0, 0
    state = start
    point = watch(market, start)
    while done < 1.0 and stage >= SHORTEST_STAGE and spent < limit:
        target = min(1.0, done + stage)
        last = target == 1.0
        here = market if last else path(target)
        watch.negative = None
        aim = options if last else replace(options, tolerance=max(options.tolerance, STAGE_GAIN))
        found, sweeps = _direct(
            here, state, options=aim, limit=min(limit - spent, STAGE_SWEEPS), watch=watch
        )
        spent += sweeps
        stages += 1
        if last:
            point = found
        if found.gap <= aim.tolerance:
            done, stage = target, 2.0 * stage
            state = (found.log_wages, found.log_costs, found.log_spending)
        else:
            stage /= 2.0
    return point, spent, stages
