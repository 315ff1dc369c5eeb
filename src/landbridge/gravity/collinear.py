"""Find regressors that the fixed effects or other regressors explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.gravity.absorber import Absorber, Goal
from landbridge.gravity.panel import Panel
from landbridge.units import FloatArray

EXPLAINED: Final = 1e-8
"""Share of a regressor's size (about its mean) that may be left where others explain it."""
ACCURACY: Final = 1e-11
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
        The redundant ones, and all regressors net of fixed effects ``[K, cells]`` (unweighted).
    """
    work = absorber.place(panel.regressors)
    ones = absorber.place(np.ones(len(panel.row)))
    mean = panel.regressors.mean(axis=1) if panel.effects else np.zeros(len(panel.regressors))
    size = np.sqrt(((panel.regressors - mean[:, None]) ** 2).sum(axis=1))
    absorber.weigh(ones).project(work, Goal.same(len(work), ACCURACY))
    work *= ones
    left = np.sqrt((work * work).sum(axis=1))
    found: list[Redundant] = []
    kept: list[int] = []
    basis: list[FloatArray] = []
    gram = work @ work.T
    effects = ", ".join(effect.title for effect in panel.effects)
    for position in range(len(work)):
        if left[position] <= EXPLAINED * max(size[position], np.abs(mean[position]) * 1e-3):
            constant = size[position] == 0.0
            reason = (
                "it never varies"
                if constant
                else f"the fixed effects ({effects}) explain all of it"
            )
            found.append(Redundant(position, reason))
            continue
        net = _net(work, position, basis)
        if float(np.sqrt(net @ net)) <= EXPLAINED**0.75 * left[position]:
            others = _explaining(gram, position, kept, panel.names)
            found.append(Redundant(position, f"it is a combination of {others}"))
            continue
        kept.append(position)
        basis.append(net / np.sqrt(net @ net))
    return tuple(found), work


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
