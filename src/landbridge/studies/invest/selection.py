"""Choose a set under budgets: an integer programme with pairwise interaction.

The worth of a set is approximated by that of each item alone and of each pair together (a
quadratic form), products of two choices are made linear (Fortet 1960; Glover and Woolsey 1974), and
HiGHS finds the best set exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from landbridge.errors import ConvergenceError, InputError
from landbridge.units import BoolArray, FloatArray

HALF: Final = 0.5
OPTIMAL: Final = 0
INFEASIBLE: Final = 2


@dataclass(frozen=True, eq=False)
class Menu:
    """What can be chosen, what it is worth and what it takes.

    Attributes
    ----------
    worth
        ``[n, n]`` worth of item i alone on the diagonal; above it, what two are worth together
        less the sum of both alone. Below it nothing is read.
    spending
        ``[b, n, n]`` likewise, what each takes of each of b budgets.
    budgets
        ``[b]``.
    requires
        Pairs (a, b): a is chosen only with b.
    exclusive
        Groups of which one at most is chosen.
    """

    worth: FloatArray
    spending: FloatArray
    budgets: FloatArray
    requires: tuple[tuple[int, int], ...] = ()
    exclusive: tuple[tuple[int, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        count = len(self.worth)
        if self.worth.shape != (count, count) or not np.isfinite(self.worth).all():
            raise InputError("the worth of every item and pair must be a number")
        if self.spending.shape != (len(self.budgets), count, count):
            raise InputError("each budget needs what every item and pair takes of it")
        if np.isnan(self.budgets).any() or (self.budgets < 0).any():
            raise InputError("a budget cannot be below zero")

    def value(self, chosen: BoolArray) -> float:
        """Compute the worth of a set by items and pairs."""
        return float(_form(self.worth, chosen))

    def spent(self, chosen: BoolArray) -> FloatArray:
        """Compute what a set takes of each budget by items and pairs, ``[b]``."""
        return np.array([_form(one, chosen) for one in self.spending])

    def allows(self, chosen: BoolArray, *, slack: float = 1e-9) -> bool:
        """Say whether a set keeps to the budgets and rules."""
        room = self.budgets * (1.0 + slack) + slack
        return (
            bool((self.spent(chosen) <= room).all())
            and all(chosen[b] or not chosen[a] for a, b in self.requires)
            and all(chosen[list(group)].sum() <= 1 for group in self.exclusive)
        )


def _form(form: FloatArray, chosen: BoolArray) -> float:
    picked = np.asarray(chosen, dtype=np.float64)
    return float(picked @ np.triu(form) @ picked)


def choose(menu: Menu, *, barred: Sequence[BoolArray] = ()) -> BoolArray | None:
    """Find the set of greatest worth that keeps to budgets and rules.

    Parameters
    ----------
    menu
        What can be chosen.
    barred
        Sets that are not wanted (``[n]`` each), to find the next best.

    Returns
    -------
    numpy.ndarray or None
        ``[n]`` True where chosen; None where no set is left. The empty set is a set.

    Raises
    ------
    ConvergenceError
        The programme was not solved to the optimum.
    """
    count = len(menu.worth)
    pairs = [
        (i, j)
        for i in range(count)
        for j in range(i + 1, count)
        if menu.worth[i, j] or menu.spending[:, i, j].any()
    ]
    wide = count + len(pairs)
    first = np.array([i for i, _ in pairs], dtype=np.int64)
    second = np.array([j for _, j in pairs], dtype=np.int64)

    def along(form: FloatArray) -> FloatArray:
        return np.append(np.diag(form), form[first, second])

    rows: list[FloatArray] = []
    low: list[float] = []
    high: list[float] = []

    def add(entries: dict[int, float], least: float, most: float) -> None:
        row = np.zeros(wide)
        row[list(entries)] = list(entries.values())
        rows.append(row)
        low.append(least)
        high.append(most)

    for place, (i, j) in enumerate(pairs, start=count):
        add({place: 1.0, i: -1.0}, -np.inf, 0.0)
        add({place: 1.0, j: -1.0}, -np.inf, 0.0)
        add({place: 1.0, i: -1.0, j: -1.0}, -1.0, np.inf)
    for form, budget in zip(menu.spending, menu.budgets, strict=True):
        if np.isfinite(budget):
            size = max(float(np.abs(form).max()), 1e-300)
            rows.append(along(form) / size)
            low.append(-np.inf)
            high.append(float(budget) / size)
    for a, b in menu.requires:
        add({a: 1.0, b: -1.0}, -np.inf, 0.0)
    for group in menu.exclusive:
        add(dict.fromkeys(group, 1.0), -np.inf, 1.0)
    for chosen in barred:
        signs = {place: -1.0 if chosen[place] else 1.0 for place in range(count)}
        add(signs, 1.0 - float(np.sum(chosen)), np.inf)
    size = max(float(np.abs(np.triu(menu.worth)).max()), 1e-300)
    found = milp(
        -along(menu.worth) / size,
        integrality=np.ones(wide, dtype=np.int64),
        bounds=Bounds(np.zeros(wide), np.ones(wide)),
        constraints=LinearConstraint(csr_array(np.array(rows)), np.array(low), np.array(high))
        if rows
        else (),
        options={"mip_rel_gap": 0.0},
    )
    if found.status == INFEASIBLE:
        return None
    if found.status != OPTIMAL:
        raise ConvergenceError(
            "the best set was not found: the integer programme was not solved",
            residual=float(found.mip_gap if found.mip_gap is not None else np.nan),
            iterations=1,
        )
    return np.asarray(found.x[:count] > HALF)


def best_sets(
    menu: Menu, wanted: int, *, truly: Callable[[BoolArray], bool] | None = None
) -> list[BoolArray]:
    """Find the best sets by items and pairs, the best first; fewer where there are no more.

    Parameters
    ----------
    menu
        What can be chosen.
    wanted
        How many.
    truly
        Whether a set keeps to what items and pairs do not tell (three that share a part); those
        that do not are passed over.
    """
    found: list[BoolArray] = []
    barred: list[BoolArray] = []
    while len(found) < wanted:
        chosen = choose(menu, barred=barred)
        if chosen is None:
            break
        barred.append(chosen)
        if truly is None or truly(chosen):
            found.append(chosen)
    return found
