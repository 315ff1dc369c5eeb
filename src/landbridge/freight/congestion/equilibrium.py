"""User equilibrium: nobody finds a cheaper path, given what all others do (Wardrop 1952).

Flows of an equilibrium make the sum over arcs of the area under their cost least. It is sought by
the bi-conjugate Frank-Wolfe method (Mitradjieva and Lindberg 2013, The stiff is moving: conjugate
direction Frank-Wolfe methods with applications to traffic assignment, Transportation Science 47).

Symbols: x flow, y all demand on the cheapest paths at x, s the point walked towards, s1 and s2
those of the last two steps, H the slopes of the costs, tau the last step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from landbridge.errors import ConvergenceError, InputError
from landbridge.freight.congestion.loading import Demand, Roads, all_or_nothing
from landbridge.units import FloatArray

GAP: Final = 1e-4
ROUNDS: Final = 5_000
HALVINGS: Final = 60
NEARLY_ALL: Final = 0.99
NEARLY_NONE: Final = 1e-5
"""A step of more than the one or less than the other starts the search for directions anew."""
CONSERVED: Final = 1e-9


@dataclass(frozen=True, eq=False)
class UserEquilibrium:
    """Flows from which nobody can do better by more than the gap.

    Attributes
    ----------
    flow
        ``[A]`` without the background.
    cost
        ``[A]`` at these flows.
    objective
        Sum over arcs of the area under their costs, from the background up.
    gap
        What all would save on the cheapest paths at these costs, as a share of what they pay.
    wanted_gap
        What was asked for.
    unbalanced
        Largest flow that a node loses or makes, as a share of all demand.
    rounds
        Steps made.
    """

    flow: FloatArray
    cost: FloatArray
    objective: float
    gap: float
    wanted_gap: float
    unbalanced: float
    rounds: int

    def checks(self) -> list[tuple[str, float, float, str]]:
        """List what was checked: name, value, limit and unit."""
        return [
            ("relative gap", self.gap, self.wanted_gap, "of total cost"),
            ("flow lost at a node", self.unbalanced, CONSERVED, "of all demand"),
        ]


def user_equilibrium(
    roads: Roads, demand: Demand, *, gap: float = GAP, rounds: int = ROUNDS
) -> UserEquilibrium:
    """Find the flows of a user equilibrium.

    Parameters
    ----------
    roads, demand
        What goes where.
    gap
        Relative gap to reach, above zero.
    rounds
        Steps to make at most.

    Raises
    ------
    ConvergenceError
        The gap was not reached, or a node loses flow; it carries the last flows.
    NoRouteError
        No path leads to where something is to go.
    InputError
        The gap is not above zero.
    """
    if not gap > 0:
        raise InputError(f"the gap is to be above zero, not {gap}", where="user equilibrium")
    flow = all_or_nothing(roads, demand, roads.cost(np.zeros(len(roads.start))))
    search, found = _Search(), np.inf
    for done in range(rounds + 1):
        cost = roads.cost(flow)
        cheapest = all_or_nothing(roads, demand, cost)
        paid = float(cost @ flow)
        found = (paid - float(cost @ cheapest)) / paid if paid > 0 else 0.0
        if found <= gap:
            return _certified(roads, demand, flow, (found, gap, done))
        if done < rounds:
            target = search.towards(flow, cheapest, roads.slope(flow))
            step = _best_step(roads, flow, target - flow)
            search.walked(target, step)
            flow = flow + step * (target - flow)
    raise ConvergenceError(
        f"the gap is {found:.3g} after {rounds} rounds, not {gap:g}.",
        residual=found,
        iterations=rounds,
        last=flow,
        mend="Allow more rounds, or a wider gap.",
    )


def _certified(
    roads: Roads, demand: Demand, flow: FloatArray, reached: tuple[float, float, int]
) -> UserEquilibrium:
    """Check that no node loses flow, and put the result together."""
    found, wanted, rounds = reached
    size = demand.amounts.shape[1]
    net = np.bincount(roads.end, weights=flow, minlength=size)
    net = net - np.bincount(roads.start, weights=flow, minlength=size)
    asked = demand.amounts.sum(axis=0)
    asked = asked - np.bincount(demand.origins, weights=demand.amounts.sum(axis=1), minlength=size)
    whole = float(demand.amounts.sum())
    lost = float(np.abs(net - asked).max()) / whole if whole > 0 else 0.0
    if lost > CONSERVED:
        raise ConvergenceError(
            f"a node loses {lost:.3g} of all demand.", residual=lost, iterations=rounds, last=flow
        )
    return UserEquilibrium(
        flow=flow,
        cost=roads.cost(flow),
        objective=roads.area(flow),
        gap=found,
        wanted_gap=wanted,
        unbalanced=lost,
        rounds=rounds,
    )


def _best_step(roads: Roads, flow: FloatArray, way: FloatArray) -> float:
    """Find how far to walk, 0 to 1: where the costs along the way balance."""

    def rises(step: float) -> bool:
        return float(roads.cost(flow + step * way) @ way) > 0

    if not rises(1.0):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if rises(middle) else (middle, high)
    return low


@dataclass
class _Search:
    """Keeps the points that were walked towards, to choose a direction that undoes neither."""

    before: list[FloatArray] = field(default_factory=list)
    step: float = 0.0

    def towards(self, flow: FloatArray, cheapest: FloatArray, slope: FloatArray) -> FloatArray:
        """Choose the next point: y, mixed with the last two so that directions are conjugate."""
        fresh = cheapest - flow
        if not self.before:
            return cheapest
        last = self.before[-1] - flow
        if len(self.before) == 1:
            share = _share(last, fresh, slope)
            return np.asarray(share * self.before[-1] + (1.0 - share) * cheapest)
        older, tau = self.before[-2], self.step
        mixed = tau * self.before[-1] + (1.0 - tau) * older - flow
        mu = -_over(mixed, fresh, older - self.before[-1], slope)
        mu = max(mu, 0.0)
        nu = -_over(last, fresh, last, slope) + mu * tau / (1.0 - tau)
        nu = max(nu, 0.0)
        new = 1.0 / (1.0 + mu + nu)
        return np.asarray(new * (cheapest + nu * self.before[-1] + mu * older))

    def walked(self, target: FloatArray, step: float) -> None:
        """Remember a step; after a full one or none there is nothing to be conjugate to."""
        self.before = [] if not NEARLY_NONE < step < NEARLY_ALL else [*self.before[-1:], target]
        self.step = step


def _share(last: FloatArray, fresh: FloatArray, slope: FloatArray) -> float:
    """Compute the share of the last point at which the new direction is conjugate to the last."""
    share = _over(last, fresh, fresh - last, slope)
    return min(max(share, 0.0), NEARLY_ALL)


def _over(way: FloatArray, one: FloatArray, other: FloatArray, slope: FloatArray) -> float:
    """Compute ``way H one / way H other``; zero where there is nothing to divide by."""
    under = float((way * slope * other).sum())
    return float((way * slope * one).sum()) / under if under else 0.0
