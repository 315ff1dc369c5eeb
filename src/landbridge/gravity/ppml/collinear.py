"""Find regressors that the fixed effects or other regressors explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.gravity.fixed_effects.absorber import Absorber, Goal
from landbridge.gravity.panel import INTERCEPT, Panel
from landbridge.units import FloatArray

EXPLAINED: Final = 1e-8
"""Share of a regressor's size (about its mean) that may be left where others explain it."""
COARSE: Final = 1e-4
ACCURACY: Final = 1e-11
CLEAR: Final = 1e-2
"""Left of its size, and smallest eigenvalue of the correlations, from which no doubt remains
after the coarse projection."""
NAMED: Final = 1e-6
"""Smallest standardised coefficient for which a regressor is named in a message."""


@dataclass(frozen=True)
class Redundant:
    """A regressor that cannot be told from others.

    Attributes
    ----------
    position
        Among the regressors.
    reason
        One clause: what explains it.
    """

    position: int
    reason: str


def find_redundant(panel: Panel, absorber: Absorber) -> tuple[tuple[Redundant, ...], FloatArray]:
    """Find the regressors to leave out, in the order in which they stand.

    Returns
    -------
    tuple
        The redundant ones, and all regressors net of fixed effects ``[K, cells]`` (unweighted,
        roughly where nothing is near collinear).
    """
    work = absorber.place(panel.regressors)
    ones = absorber.place(np.ones(len(panel.row)))
    mean = panel.regressors.mean(axis=1) if panel.effects else np.zeros(len(panel.regressors))
    size = np.sqrt(((panel.regressors - mean[:, None]) ** 2).sum(axis=1))
    size = np.maximum(size, np.abs(mean) * 1e-3)
    system = absorber.weigh(ones)
    for accuracy in (COARSE, ACCURACY):
        system.project(work, Goal.same(len(work), accuracy))
        work *= ones
        gram = work @ work.T
        if _clearly_apart(gram, size):
            return (), work
    return _sort_out(panel, work, gram, size), work


def _clearly_apart(gram: FloatArray, size: FloatArray) -> bool:
    """Tell whether a rough projection already shows that nothing is redundant."""
    left = np.sqrt(np.diag(gram))
    if not len(gram) or (left <= CLEAR * size).any():
        return not len(gram)
    return bool(np.linalg.eigvalsh(gram / (left[:, None] * left))[0] > CLEAR)


def _sort_out(
    panel: Panel, work: FloatArray, gram: FloatArray, size: FloatArray
) -> tuple[Redundant, ...]:
    found: list[Redundant] = []
    kept: list[int] = []
    basis: list[FloatArray] = []
    left = np.sqrt(np.diag(gram))
    effects = ", ".join(effect.title for effect in panel.effects)
    # An intercept comes first, whatever it stands after: it is the last thing to leave out.
    order = sorted(range(len(work)), key=lambda position: panel.names[position] != INTERCEPT)
    for position in order:
        if left[position] <= EXPLAINED * size[position]:
            constant = bool(np.ptp(panel.regressors[position]) == 0.0)
            told = f"the fixed effects ({effects}) explain all of it"
            found.append(Redundant(position, _constant(panel) if constant else told))
            continue
        net = _net(work, position, basis)
        if float(np.sqrt(net @ net)) <= EXPLAINED**0.75 * left[position]:
            others = _explaining(gram, position, kept, panel.names)
            found.append(Redundant(position, f"it is a combination of {others}"))
            continue
        kept.append(position)
        basis.append(net / np.sqrt(net @ net))
    return tuple(sorted(found, key=lambda each: each.position))


def _constant(panel: Panel) -> str:
    """Say that a regressor does not vary, and in how many of the rows that were given."""
    lost = {reason: count for reason, count in panel.dropped.items() if count}
    if not lost:
        return "it never varies"
    told = ", ".join(f"{count:,} {reason}" for reason, count in lost.items())
    return f"it never varies in the {len(panel.row):,} rows left (dropped: {told})"


def describe(panel: Panel, redundant: tuple[Redundant, ...]) -> list[str]:
    """Say of each regressor why it cannot be estimated."""
    return [f"regressor '{panel.names[each.position]}': {each.reason}." for each in redundant]


def _net(work: FloatArray, position: int, basis: list[FloatArray]) -> FloatArray:
    net = work[position].copy()
    for _ in range(2):  # twice is enough (Kahan and Parlett)
        for direction in basis:
            net -= (direction @ net) * direction
    return np.asarray(net)


def _explaining(gram: FloatArray, position: int, kept: list[int], names: tuple[str, ...]) -> str:
    scale = np.sqrt(np.diag(gram))
    standard = gram / (scale[:, None] * scale)
    share = np.linalg.lstsq(standard[np.ix_(kept, kept)], standard[kept, position], rcond=None)[0]
    named = [names[each] for each, part in zip(kept, share, strict=True) if abs(part) > NAMED]
    return " and ".join(f"'{name}'" for name in named)
