"""Anderson's acceleration of a fixed point: extrapolate from the last steps.

Walker and Ni (2011), Anderson acceleration for fixed-point iterations, SIAM Journal on Numerical
Analysis 49(4). Differences are scaled to length one before their products are formed, so that
old, large ones do not drown new, small ones.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.linalg import lstsq

from landbridge.units import FloatArray

MEMORY: Final = 12
"""Sweeps that the acceleration looks back on."""
CONDITION: Final = 1e-14
"""Sweeps that say the same to this relative accuracy are not both looked back on."""
SAME: Final = 1e-14
"""A move that differs from the last one by less than this share of it says nothing new."""


class Acceleration:
    """Anderson's extrapolation over the last sweeps (Walker and Ni 2011, type II).

    Parameters
    ----------
    size
        Numbers in a state.
    """

    def __init__(self, size: int) -> None:
        self.moved = np.empty((MEMORY, size))
        self.reached = np.empty((MEMORY, size))
        self.products = np.empty((MEMORY, MEMORY))
        self.last: tuple[FloatArray, FloatArray] | None = None
        self.count = 0

    def forget(self) -> None:
        """Start anew."""
        self.last, self.count = None, 0

    def goal(self, state: FloatArray, move: FloatArray) -> FloatArray:
        """Extrapolate the next state from this one and the move that a sweep proposes."""
        plain = state + move
        if self.last is None:
            self.last = (move, plain)
            return plain
        place = self.count % MEMORY
        change = move - self.last[0]
        size = float(np.linalg.norm(change))
        if not SAME * float(np.linalg.norm(move)) < size < np.inf:
            return plain
        self.moved[place] = change / size
        self.reached[place] = (plain - self.last[1]) / size
        self.last = (move, plain)
        self.count += 1
        held = min(self.count, MEMORY)
        self.products[place, :held] = self.moved[:held] @ self.moved[place]
        self.products[:held, place] = self.products[place, :held]
        mix = lstsq(
            self.products[:held, :held],
            self.moved[:held] @ move,
            cond=CONDITION,
            check_finite=False,
            lapack_driver="gelsy",
        )[0]
        return np.asarray(plain - mix @ self.reached[:held])
