"""Find the wages, costs and spending that clear every market: accelerated joint sweeps.

One sweep answers given costs and spending with new ones, and given wages with a Newton step along
an approximate slope. The price block contracts (value added takes part in every cost) and the
spending block is linear with a radius below one, so that sweeps converge by themselves where
wages do; Anderson's acceleration over the last sweeps makes them several times faster. Where that
leads nowhere, plain damped sweeps are made, and then the shock is brought in by stages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, lstsq, lu_factor, lu_solve

from landbridge.equilibrium.sectors_market import (
    SectorMarket,
    SectorPoint,
    evaluate_sectors,
    normalise_wages,
    wage_slope,
)
from landbridge.errors import ConvergenceError, InputError
from landbridge.units import FloatArray

Factor: TypeAlias = tuple[FloatArray, NDArray[np.int32]]
State: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]

MEMORY: Final = 12
"""Sweeps that the acceleration looks back on."""
REBUILD: Final = 10
"""Sweeps after which the slope is worked out again while the residual is large."""
FAR: Final = 1e-3
"""A residual above this is large."""
LONGEST_WAGE_STEP: Final = 0.5
"""Largest change of a log wage in one sweep."""
WORSE: Final = 8.0
"""An accelerated step may make the residual so many times larger, and no more."""
FIRST_STAGE: Final = 0.25
SHORTEST_STAGE: Final = 2.0**-10
MOST_STAGES: Final = 60
STAGE_GAIN: Final = 1e-4
"""A stage before the last only has to lead to the next one."""
CAREFUL: Final = (1.0, 0.5, 0.2, 0.05)
"""Lengths of the wage step that are tried in turn."""


@dataclass(frozen=True)
class SectorOptions:
    """How hard to try, and in which money to report.

    Attributes
    ----------
    tolerance
        Largest absolute log residual of any market (wages, unit costs, spending) that counts as
        cleared.
    sweeps
        Most sweeps at one stage and step length.
    numeraire
        ``"world_value_added"`` (nominal world value added at baseline quantities stays what it
        was) or the ISO3 code of the economy whose wage stays what it was. No real result depends
        on it.
    """

    tolerance: float = 1e-12
    sweeps: int = 400
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
class SectorSettled:
    """A point that clears every market, and what it took."""

    point: SectorPoint
    sweeps: int
    stages: int


def settle_sectors(
    market: SectorMarket,
    start: State,
    *,
    options: SectorOptions,
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
    path
        Markets between the baseline (0), which `start` clears, and `market` (1).

    Raises
    ------
    ConvergenceError
        No point within the tolerance was found; carries the last one.
    """
    point, spent = _attempts(market, start, options=options)
    stages = 0
    if point.gap > options.tolerance and path is not None:
        found, more, stages = _by_stages(market, path, start, options=options)
        spent += more
        point = found if np.isfinite(found.gap) else point
    if not point.gap <= options.tolerance:
        raise ConvergenceError(
            "no wages, costs and spending were found that clear every market",
            residual=point.gap,
            iterations=spent,
            last=point,
            mend="Check the shock for cells that change beyond belief, or make it smaller.",
        )
    return SectorSettled(point=point, sweeps=spent, stages=stages)


def _attempts(
    market: SectorMarket, start: State, *, options: SectorOptions
) -> tuple[SectorPoint, int]:
    """Accelerated sweeps, with shorter and shorter wage steps where they lead nowhere."""
    spent = 0
    best: SectorPoint | None = None
    for length in CAREFUL:
        point, sweeps = _sweep(market, start, options=options, length=length)
        spent += sweeps
        if best is None or point.gap < best.gap:
            best = point
        if best.gap <= options.tolerance:
            break
        if np.isfinite(best.gap):
            start = (best.log_wages, best.log_costs, best.log_spending)
    assert best is not None  # noqa: S101 - there is at least one length
    return best, spent


class _Acceleration:
    """Anderson's extrapolation over the last sweeps (Walker and Ni 2011, type II)."""

    def __init__(self) -> None:
        self.moves: list[FloatArray] = []
        self.goals: list[FloatArray] = []

    def forget(self) -> None:
        """Start anew."""
        self.moves.clear()
        self.goals.clear()

    def goal(self, state: FloatArray, move: FloatArray) -> FloatArray:
        """Give the next state from this one and the move that a sweep proposes."""
        plain = state + move
        self.moves.append(move)
        self.goals.append(plain)
        if len(self.moves) > MEMORY + 1:
            del self.moves[0], self.goals[0]
        if len(self.moves) == 1:
            return plain
        moved = np.diff(np.array(self.moves), axis=0)
        reached = np.diff(np.array(self.goals), axis=0)
        mix = lstsq(moved.T, move, cond=1e-13, check_finite=False, lapack_driver="gelsy")[0]
        return np.asarray(plain - mix @ reached)


def _sweep(
    market: SectorMarket, start: State, *, options: SectorOptions, length: float
) -> tuple[SectorPoint, int]:
    """Make accelerated sweeps until every market clears or nothing helps; give the best point."""
    point = evaluate_sectors(market, *start)
    best, sweeps, since = point, 0, 0
    memory, slope = _Acceleration(), None
    while best.gap > options.tolerance and sweeps < options.sweeps and np.isfinite(point.gap):
        if slope is None or (since >= REBUILD and point.gap > FAR):
            slope, since = _factor(market, point), 0
            memory.forget()
        if slope is None:
            break
        step = -length * lu_solve(slope, point.wage_residual, check_finite=False)
        step = np.clip(step, -LONGEST_WAGE_STEP, LONGEST_WAGE_STEP)
        move = np.concatenate([step, point.cost_residual.ravel(), point.spending_residual.ravel()])
        state = np.concatenate(
            [point.log_wages, point.log_costs.ravel(), point.log_spending.ravel()]
        )
        trial = evaluate_sectors(market, *_unpacked(market, memory.goal(state, move)))
        if not trial.gap <= WORSE * point.gap and len(memory.moves) > 1:
            memory.forget()
            trial = evaluate_sectors(market, *_unpacked(market, state + move))
        point = trial
        sweeps, since = sweeps + 1, since + 1
        if point.gap < best.gap:
            best = point
    return best, sweeps


def _factor(market: SectorMarket, point: SectorPoint) -> Factor | None:
    """Factorise the approximate slope; None where it cannot be."""
    try:
        lu, pivots = lu_factor(wage_slope(market, point), overwrite_a=True)
    except (LinAlgError, np.linalg.LinAlgError, ValueError):
        return None
    return lu, pivots


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
) -> tuple[SectorPoint, int, int]:
    """Bring the shock in by stages, each started from the stage before."""
    done, stage, stages, spent = 0.0, FIRST_STAGE, 0, 0
    state = start
    point = evaluate_sectors(market, *start)
    while done < 1.0 and stage >= SHORTEST_STAGE and stages < MOST_STAGES:
        target = min(1.0, done + stage)
        last = target == 1.0
        here = market if last else path(target)
        aim = options if last else replace(options, tolerance=max(options.tolerance, STAGE_GAIN))
        found, sweeps = _attempts(here, state, options=aim)
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
