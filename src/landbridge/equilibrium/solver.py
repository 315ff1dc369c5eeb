"""Find the wages that clear the market: fixed-point steps, damped Newton, homotopy.

The fixed-point step ``w <- w (R / (Y w)) ** (1 / (1 + theta))`` cannot overshoot under the purged
and proportional closures (goods are gross substitutes), but it is slow when trade costs rise.
Newton with the analytic Jacobian is fast near the solution; the old factorisation is kept while
it still shrinks the residual. Where the line search stalls, the shock is brought in by stages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, lu_factor, lu_solve

from landbridge.equilibrium.market import Market, Point, evaluate, excess, jacobian, normalise
from landbridge.errors import ConvergenceError, InputError
from landbridge.units import FloatArray

Factor: TypeAlias = tuple[FloatArray, NDArray[np.int32]]

SHORTEST_STEP: Final = 2.0**-12
"""A Newton step that must be cut more than this leads nowhere."""
LEAST_DESCENT: Final = 1e-4
"""Share of the promised descent that a step must bring (Armijo)."""
KEEP_FACTOR: Final = 0.1
"""The factorisation is used again while a step shrinks the residual to this share or less."""
NEAR: Final = 0.5
"""Newton starts at once where the largest residual is below this."""
RESCUE_STEPS: Final = 40
"""Fixed-point steps after a stalled line search, before Newton is tried again."""
RESCUES: Final = 5
FIRST_STAGE: Final = 0.25
SHORTEST_STAGE: Final = 2.0**-14
MOST_STAGES: Final = 80
STAGE_GAIN: Final = 1e-3
"""A stage before the last only has to lead to the next one: it shrinks its residual to this
share."""


@dataclass(frozen=True)
class SolverOptions:
    """How hard to try, and in which money to report.

    Attributes
    ----------
    tolerance
        Largest absolute log of sales over income that counts as cleared.
    fixed_point_steps
        Most fixed-point steps before Newton.
    newton_steps
        Most Newton steps at one stage.
    numeraire
        ``"world_output"`` (nominal world output stays what it was) or the ISO3 code of the
        economy whose wage stays what it was. No real result depends on it.
    """

    tolerance: float = 1e-12
    fixed_point_steps: int = 15
    newton_steps: int = 60
    numeraire: str = "world_output"

    def __post_init__(self) -> None:
        """Refuse settings that could never work."""
        if not 0.0 < self.tolerance < 1.0:
            raise InputError(
                f"the solver's tolerance is {self.tolerance}",
                mend="Give a number between 0 and 1, such as 1e-12.",
            )
        if self.fixed_point_steps < 0 or self.newton_steps < 1:
            raise InputError(
                "the solver needs at least 0 fixed-point steps and 1 Newton step",
                mend="Leave the defaults.",
            )


@dataclass(frozen=True)
class Effort:
    """What a solution took."""

    newton_steps: int = 0
    fixed_point_steps: int = 0
    homotopy_stages: int = 0


@dataclass(frozen=True)
class Settled:
    """A point, whether it clears the market, what it took, and a factorisation near it."""

    point: Point
    effort: Effort
    factor: Factor | None
    cleared: bool


def factorise(market: Market, point: Point) -> Factor:
    """Factorise the Jacobian at a point (LU)."""
    lu, pivots = lu_factor(jacobian(market, point), overwrite_a=True, check_finite=False)
    return lu, pivots


def settle(
    market: Market,
    start: FloatArray,
    *,
    options: SolverOptions,
    factor: Factor | None = None,
    path: Callable[[float], Market] | None = None,
) -> Settled:
    """Find wages that clear the market.

    Parameters
    ----------
    market
        The market to clear.
    start
        ``[N]`` log wages to start from.
    options
        Tolerance and limits.
    factor
        Factorisation of the Jacobian at a point close to the solution.
    path
        Markets between the baseline (0), which unchanged wages clear, and `market` (1), for the
        homotopy.

    Returns
    -------
    Settled
        With ``cleared`` set.

    Raises
    ------
    ConvergenceError
        No point within the tolerance was found; carries the last one.
    """
    first = evaluate(market, normalise(market, start))
    found = _direct(market, first, options=options, factor=factor)
    if not found.cleared and path is not None:
        found = _by_stages(market, path, options=options, spent=found.effort)
    if not found.cleared:
        raise ConvergenceError(
            "no wages were found that clear the market",
            residual=found.point.gap,
            iterations=found.effort.newton_steps + found.effort.fixed_point_steps,
            last=found.point,
            mend="Check the shock for cells that change beyond belief, or make it smaller.",
        )
    return found


def _direct(
    market: Market, point: Point, *, options: SolverOptions, factor: Factor | None
) -> Settled:
    """Fixed-point steps, then Newton, with a few rescues by fixed-point steps."""
    effort = Effort()
    point, effort = _fixed_point(
        market, point, limit=options.fixed_point_steps, until=NEAR, effort=effort
    )
    for rescue in range(RESCUES + 1):
        found = _newton(market, point, options=options, factor=factor, effort=effort)
        if found.cleared or rescue == RESCUES:
            break
        factor = None
        point, effort = _fixed_point(
            market,
            found.point,
            limit=RESCUE_STEPS,
            until=KEEP_FACTOR * found.point.gap,
            effort=found.effort,
        )
    return found


def _fixed_point(
    market: Market, point: Point, *, limit: int, until: float, effort: Effort
) -> tuple[Point, Effort]:
    """Take fixed-point steps until Newton is promising; stop where they lead out of bounds."""
    steps = 0
    while steps < limit and point.gap > until and np.isfinite(point.gap):
        moved = point.log_wages + point.residual / (1.0 + market.theta)
        trial = evaluate(market, normalise(market, moved))
        if not np.isfinite(trial.gap):
            break
        point = trial
        steps += 1
    return point, replace(effort, fixed_point_steps=effort.fixed_point_steps + steps)


def _newton(
    market: Market,
    point: Point,
    *,
    options: SolverOptions,
    factor: Factor | None,
    effort: Effort,
) -> Settled:
    """Damped Newton; a factorisation is used again while it works well."""
    steps = 0
    while point.gap > options.tolerance and np.isfinite(point.gap):
        if steps == options.newton_steps:
            break
        reused = factor is not None
        try:
            factor = factor if factor is not None else factorise(market, point)
        except (LinAlgError, ValueError):
            break
        direction = lu_solve(factor, -excess(market, point), check_finite=False)
        shortest = 1.0 if reused else SHORTEST_STEP
        trial = _search(market, point, direction=direction, shortest=shortest)
        if trial is None or (reused and trial.gap > NEAR * point.gap):
            factor = None
            if not reused:
                break
            continue
        steps += 1
        if trial.gap > KEEP_FACTOR * point.gap:
            factor = None
        point = trial
    return Settled(
        point=point,
        effort=replace(effort, newton_steps=effort.newton_steps + steps),
        factor=factor,
        cleared=point.gap <= options.tolerance,
    )


def _search(
    market: Market, point: Point, *, direction: FloatArray, shortest: float
) -> Point | None:
    """Cut the step until the residual falls; None where it does not."""
    if not np.isfinite(direction).all():
        return None
    length = 1.0
    size = float(np.linalg.norm(point.residual))
    while length >= shortest:
        trial = evaluate(market, normalise(market, point.log_wages + length * direction))
        if np.linalg.norm(trial.residual) <= (1.0 - LEAST_DESCENT * length) * size:
            return trial
        length /= 2.0
    return None


def _by_stages(
    market: Market,
    path: Callable[[float], Market],
    *,
    options: SolverOptions,
    spent: Effort,
) -> Settled:
    """Bring the shock in by stages, each started from the stage before."""
    done, stage, stages = 0.0, FIRST_STAGE, 0
    wages = np.zeros_like(market.output)
    effort = spent
    point = evaluate(path(0.0), wages)
    while done < 1.0 and stage >= SHORTEST_STAGE and stages < MOST_STAGES:
        target = min(1.0, done + stage)
        here = market if target == 1.0 else path(target)
        first = evaluate(here, normalise(here, wages))
        enough = float(np.clip(STAGE_GAIN * first.gap, options.tolerance, STAGE_GAIN))
        aim = options if target == 1.0 else replace(options, tolerance=enough)
        found = _direct(here, first, options=aim, factor=None)
        effort = Effort(
            newton_steps=effort.newton_steps + found.effort.newton_steps,
            fixed_point_steps=effort.fixed_point_steps + found.effort.fixed_point_steps,
            homotopy_stages=stages + 1,
        )
        stages += 1
        if found.cleared:
            done, wages, stage, point = target, found.point.log_wages, 2.0 * stage, found.point
        else:
            stage /= 2.0
    return Settled(point=point, effort=effort, factor=None, cleared=done == 1.0)
