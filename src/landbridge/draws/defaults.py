"""The seed and the numbers of draws that every verb starts from."""

from __future__ import annotations

from typing import Final

DEFAULT_SEED: Final = 2026
"""Seed of every verb and function that draws, unless another is asked for."""
DEFAULT_DRAWS: Final = 200
"""Draws of a study that solves about one equilibrium a draw."""
FEWER_DRAWS: Final = 30
"""Draws of a study that solves many equilibria a draw: coalitions, choices, suppliers."""
CLAIM_DRAWS: Final = 500
"""Draws of verdicts: with fewer the ends of a band are too rough to judge by."""
MAX_DRAWS: Final = 100_000
