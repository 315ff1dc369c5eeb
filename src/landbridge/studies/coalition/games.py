"""Cooperative games: what a coalition is worth, how to share it, and whether anybody would leave.

A game gives a value to every coalition of up to twelve players (characteristic function form with
transferable payoffs; von Neumann and Morgenstern 1944). A coalition is a number whose binary digits
say who is in: 5 is the coalition of players 0 and 2. v(S) is the value of coalition S, x(S) the sum
of a division x over its members, and the excess of S is v(S) - x(S): what it would gain by leaving.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Final

import numpy as np
from scipy.optimize import linprog

from landbridge.errors import ConvergenceError, InputError
from landbridge.units import BoolArray, FloatArray, IntArray

MOST_PLAYERS: Final = 12
TOLERANCE: Final = 1e-8
"""Of the largest value in the game: smaller excesses are the rounding of the linear programmes,
which are solved to 1e-10."""
_PRECISION: Final = 1e-10
"""The tightest that HiGHS takes."""
_DUAL: Final = 1e-7
_RANK: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Game:
    """The value of every coalition.

    Attributes
    ----------
    players
        Names of n players.
    worth
        ``[2 ** n]`` value of each coalition, in the order of its number; the empty one is worth
        nothing.
    """

    players: tuple[str, ...]
    worth: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is not a game."""
        count = len(self.players)
        if not 1 <= count <= MOST_PLAYERS:
            raise InputError(
                f"a game of {count} players cannot be solved",
                mend=f"Give 1 to {MOST_PLAYERS} players; put some together into one.",
            )
        if len(set(self.players)) != count:
            raise InputError("a player stands twice in the game")
        if np.shape(self.worth) != (2**count,) or not np.isfinite(self.worth).all():
            raise InputError(f"a game of {count} players needs {2**count} finite values")
        if self.worth[0] != 0:
            raise InputError("the coalition of nobody must be worth nothing")

    @property
    def whole(self) -> float:
        """Value of all players together."""
        return float(self.worth[-1])

    @property
    def alone(self) -> FloatArray:
        """Value of each player alone, ``[n]``."""
        return np.asarray(self.worth[1 << np.arange(len(self.players))])

    @property
    def scale(self) -> float:
        """Largest absolute value; 1 for a game in which nothing is worth anything."""
        return float(np.abs(self.worth).max()) or 1.0


@dataclass(frozen=True, eq=False)
class LeastCore:
    """The least loss of stability, and the division that comes as close to stable as can be.

    Attributes
    ----------
    excess
        The least largest excess over all coalitions but nobody and everybody (the strong epsilon
        of Shapley and Shubik 1966): at most zero where the core has a member.
    has_core
        Whether it is.
    division
        ``[n]`` the prenucleolus (Schmeidler 1969): it makes the excesses, sorted from the largest,
        lexicographically smallest. It lies in the least core, and in the core where there is one.
        Where no coalition loses by taking in a single player it is the nucleolus.
    """

    excess: float
    has_core: bool
    division: FloatArray


def members(count: int) -> BoolArray:
    """Say who is in which coalition, ``[2 ** n, n]``."""
    numbers = np.arange(2**count)
    return np.asarray((numbers[:, None] >> np.arange(count)) & 1, dtype=bool)


def names(game: Game, coalition: int) -> tuple[str, ...]:
    """Name the players of a coalition."""
    return tuple(name for place, name in enumerate(game.players) if coalition >> place & 1)


def shapley(game: Game) -> FloatArray:
    """Compute each player's average contribution over all orders of joining (Shapley 1953).

    Returns
    -------
    numpy.ndarray
        ``[n]``, exact: the sum is the value of all together.

    Examples
    --------
    >>> gloves = Game(("left", "left too", "right"), np.array([0.0, 0, 0, 0, 0, 1, 1, 1]))
    >>> shapley(gloves).round(4)
    array([0.1667, 0.1667, 0.6667])
    """
    count = len(game.players)
    inside = members(count)
    size = inside.sum(axis=1)
    weight = np.array(
        [factorial(k) * factorial(count - k - 1) / factorial(count) for k in range(count)]
    )
    numbers = np.arange(2**count)
    shares = []
    for player in range(count):
        without = numbers[~inside[:, player]]
        gained = game.worth[without | (1 << player)] - game.worth[without]
        shares.append(float(weight[size[without]] @ gained))
    return np.array(shares)


def excesses(game: Game, division: FloatArray) -> FloatArray:
    """Compute what each coalition would gain by leaving a division, ``[2 ** n]``."""
    return np.asarray(game.worth - members(len(game.players)) @ division)


def blocking(game: Game, division: FloatArray) -> IntArray:
    """Find the coalitions that would leave a division, the greatest gain first.

    Parameters
    ----------
    game
        The game.
    division
        ``[n]`` what each player gets where all stay together.

    Returns
    -------
    numpy.ndarray
        Numbers of coalitions; none where the division is stable.
    """
    found = excesses(game, division)[:-1]
    leaving = np.flatnonzero(found > TOLERANCE * game.scale)
    return np.asarray(leaving[np.argsort(-found[leaving], kind="stable")], dtype=np.int64)


def in_core(game: Game, division: FloatArray) -> bool:
    """Say whether a division hands out what there is and nobody would leave it."""
    gap = abs(float(np.sum(division)) - game.whole)
    return gap <= TOLERANCE * game.scale and not len(blocking(game, division))


def is_superadditive(game: Game) -> bool:
    """Say whether any two coalitions without a common player are worth as much together."""
    rounding = TOLERANCE * game.scale
    for number in range(1, len(game.worth)):
        part = (number - 1) & number
        while part:
            apart = game.worth[part] + game.worth[number ^ part]
            if apart > game.worth[number] + rounding:
                return False
            part = (part - 1) & number
    return True


def is_convex(game: Game) -> bool:
    """Say whether a player adds the more, the larger the coalition that it joins (Shapley 1971)."""
    count = len(game.players)
    numbers = np.arange(2**count)
    inside = members(count)
    for first in range(count):
        for second in range(first + 1, count):
            base = numbers[~inside[:, first] & ~inside[:, second]]
            one, other = 1 << first, 1 << second
            gain = game.worth[base | one | other] - game.worth[base | one]
            gain = gain - game.worth[base | other] + game.worth[base]
            if gain.min() < -TOLERANCE * game.scale:
                return False
    return True


def least_core(game: Game) -> LeastCore:
    """Find the least core and the prenucleolus by a chain of linear programmes.

    Each programme makes the largest excess among the coalitions not yet settled as small as can be
    (Maschler, Peleg and Shapley 1979); those whose constraint has a price are settled at it, and so
    is every coalition that is a combination of settled ones. Solved by HiGHS.

    Raises
    ------
    ConvergenceError
        A programme was not solved.
    """
    count = len(game.players)
    if count == 1:
        return LeastCore(0.0, has_core=True, division=game.worth[1:].copy())
    inside = members(count).astype(np.float64)
    values = game.worth / game.scale
    settled = [len(values) - 1]
    level = {len(values) - 1: 0.0}
    first: float | None = None
    division = np.full(count, np.nan)
    for _ in range(count):
        free = _unsettled(inside, settled)
        if not len(free):
            break
        division, excess, prices = _lower(inside, values, free, level)
        if first is None:
            first = excess
        tight = free[prices > _DUAL]
        # One constraint always has a price, since the prices add up to one.
        level |= {int(number): excess for number in tight}
        settled = list(level)
    worst = (first or 0.0) * game.scale
    return LeastCore(
        worst, has_core=worst <= TOLERANCE * game.scale, division=division * game.scale
    )


def smallest_transfers(game: Game, payoffs: FloatArray, excess: float = 0.0) -> FloatArray:
    """Find the side payments that hold all together with the least money changing hands.

    Parameters
    ----------
    game
        The game.
    payoffs
        ``[n]`` what each player gets where all stay together and nobody pays anybody.
    excess
        What a coalition may still gain by leaving: zero for the core; where that is empty,
        `LeastCore.excess`.

    Returns
    -------
    numpy.ndarray
        ``[n]`` received (above zero) or paid (below); they add up to zero.

    Raises
    ------
    ConvergenceError
        No payments give that, or the programme was not solved.
    """
    count = len(game.players)
    inside = members(count)[1:-1].astype(np.float64)
    scale = game.scale
    room = (game.worth[1:-1] - inside @ payoffs - max(excess, 0.0)) / scale
    found = _minimise(
        np.ones(2 * count),
        at_least=(np.hstack([inside, -inside]), room - TOLERANCE / 2),
        equal=(np.append(np.ones(count), -np.ones(count))[None, :], np.zeros(1)),
        lowest=0.0,
    )
    if found is None:
        raise ConvergenceError(
            "no side payments were found that hold the coalition", residual=excess, iterations=1
        )
    paid = (found[0][:count] - found[0][count:]) * scale
    return np.where(np.abs(paid) > TOLERANCE * scale, paid, 0.0)


def _unsettled(inside: FloatArray, settled: list[int]) -> IntArray:
    """Find the coalitions that the settled ones do not determine, nobody left out."""
    basis, size, _ = np.linalg.svd(inside[settled].T, full_matrices=False)
    basis = basis[:, size > _RANK]
    rest = inside - (inside @ basis) @ basis.T
    return np.asarray(np.flatnonzero(np.abs(rest).max(axis=1) > _RANK), dtype=np.int64)


def _lower(
    inside: FloatArray, values: FloatArray, free: IntArray, level: dict[int, float]
) -> tuple[FloatArray, float, FloatArray]:
    """Make the largest excess of the free coalitions least; give division, excess and prices."""
    count = inside.shape[1]
    fixed = list(level)
    held = values[fixed] - np.array([level[number] for number in fixed])
    found = _minimise(
        np.append(np.zeros(count), 1.0),
        at_least=(np.hstack([inside[free], np.ones((len(free), 1))]), values[free]),
        equal=(np.hstack([inside[fixed], np.zeros((len(fixed), 1))]), held),
        lowest=None,
    )
    if found is None:
        raise ConvergenceError(
            "the least core was not found: a linear programme was not solved",
            residual=float("nan"),
            iterations=len(level),
        )
    point, prices = found
    return point[:count], float(point[count]), prices


def _minimise(
    cost: FloatArray,
    *,
    at_least: tuple[FloatArray, FloatArray],
    equal: tuple[FloatArray, FloatArray],
    lowest: float | None,
) -> tuple[FloatArray, FloatArray] | None:
    """Pose a linear programme to HiGHS; give its point and its prices, None where it has none."""
    rows, bounds = at_least
    found = linprog(
        cost,
        A_ub=-rows,
        b_ub=-bounds,
        A_eq=equal[0],
        b_eq=equal[1],
        bounds=(lowest, None),
        method="highs",
        options={
            "primal_feasibility_tolerance": _PRECISION,
            "dual_feasibility_tolerance": _PRECISION,
        },
    )
    if found.status != 0:
        return None
    return np.asarray(found.x), -np.asarray(found.ineqlin.marginals)
