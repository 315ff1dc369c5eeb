"""What customs recorded in the baseline year, and who of the economies had reported it.

A cell is recorded when either side reports. Two economies that had both not reported leave a hole,
which is no zero: who reports is read from the structure of the table, by comparing it with the
pairs that used to trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.units import BoolArray, FloatArray

WORTH_A_RECORD: Final = 1.0
"""Million USD a year in the past above which an empty cell tells something."""

SEEN_IF_REPORTED: Final = 0.985
SEEN_IF_NOT: Final = 0.03
"""Chance that a pair which used to trade is in the table: a side reports, or none does."""

FLAGS: Final = ("held", "reports", "reports_later", "reports_to_lists")

FIRST_GUESS: Final = 0.05
"""An economy that misses a larger part of its old pairs is first taken not to report."""


@dataclass(frozen=True)
class Observed:
    """Recorded trade in goods of the baseline year.

    Attributes
    ----------
    recorded
        ``[N, N]`` million USD; zero where nothing is recorded.
    held
        ``[N]`` whether the table holds the economy at all.
    reports
        ``[N]`` whether it had reported by the release that `recorded` is of.
    reports_later
        ``[N]`` whether it had by the release that raw materials are of.
    reports_to_lists
        ``[N]`` whether it had by the release that partner lists are of.
    raw_then, raw_now
        ``[N, N]`` million USD of raw materials in the past years and in the baseline year.
    fallback
        ``[N, N]`` million USD from partner lists and the gravity kernel, where the past knows
        neither side; zero elsewhere.
    barrier
        ``[2, N, N]`` whether a relation that blocks trade began after the past years: exports of
        the side that is blocked, and its imports.
    """

    recorded: FloatArray
    held: BoolArray
    reports: BoolArray
    reports_later: BoolArray
    reports_to_lists: BoolArray
    raw_then: FloatArray
    raw_now: FloatArray
    fallback: FloatArray
    barrier: BoolArray

    @property
    def visible(self) -> BoolArray:
        """Where a flow would have been recorded, ``[N, N]``: both are held and one reports."""
        return _either(self.reports) & _both(self.held)

    @property
    def visible_later(self) -> BoolArray:
        """Where the later release would have recorded one, ``[N, N]``."""
        return _either(self.reports_later)

    @property
    def visible_to_lists(self) -> BoolArray:
        """Where partner lists would name a large flow, ``[N, N]``."""
        return _either(self.reports_to_lists)

    @property
    def twice(self) -> BoolArray:
        """Where both sides report, ``[N, N]``."""
        return _both(self.reports)


def nothing_observed(count: int) -> Observed:
    """Make recorded trade of a year that no customs data are read for."""
    flows, flags = np.zeros((count, count)), np.zeros(count, dtype=np.bool_)
    barrier = np.zeros((2, count, count), dtype=np.bool_)
    return Observed(flows, flags, flags, flags, flags, flows, flows, flows, barrier)


def reporters(
    recorded: FloatArray,
    past: FloatArray,
    held: BoolArray,
    *,
    surely: BoolArray | None = None,
) -> BoolArray:
    """Tell who reports from which pairs that used to trade are missing.

    Economies that do not report leave no cell among themselves. The set of reporters that makes
    the table most likely is found by changing one economy at a time.

    Parameters
    ----------
    recorded
        ``[N, N]`` million USD of today.
    past
        ``[N, N]`` million USD a year before.
    held
        ``[N]`` whether the table holds the economy at all.
    surely
        ``[N]`` economies that are known to report, from an earlier release.

    Returns
    -------
    BoolArray
        ``[N]``.
    """
    sure = np.zeros(len(held), dtype=np.bool_) if surely is None else surely
    there = recorded > 0
    asked = ((past > WORTH_A_RECORD) | there) & _both(held)
    missing = asked & ~there
    pairs = np.maximum(asked.sum(axis=0) + asked.sum(axis=1), 1)
    found = (missing.sum(axis=0) + missing.sum(axis=1)) / pairs < FIRST_GUESS
    if surely is not None:
        found = sure.copy()
    # Log likelihood of each cell if it is visible, less that if it is not.
    seen = np.log(SEEN_IF_REPORTED / SEEN_IF_NOT)
    unseen = np.log((1.0 - SEEN_IF_REPORTED) / (1.0 - SEEN_IF_NOT))
    gain = np.where(asked, np.where(there, seen, unseen), 0.0)
    gain = gain + gain.T
    changed = True
    while changed:
        changed = False
        for place in np.flatnonzero(~sure):
            # Only cells with partners that do not report turn on this economy's reporting.
            wins = float(gain[place, ~found].sum() - (0.0 if found[place] else gain[place, place]))
            if (wins > 0) != found[place]:
                found[place] = wins > 0
                changed = True
    return np.asarray(found & held)


def pack_observed(observed: Observed) -> dict[str, np.ndarray]:
    """Lay recorded trade out as arrays for an ``.npz``: thousand USD, empty cells left out."""
    arrays: dict[str, np.ndarray] = {}
    for name in ("recorded", "raw_then", "raw_now", "fallback"):
        values = getattr(observed, name)
        cells = np.flatnonzero(values > 0).astype(np.int32)
        arrays[f"observed_{name}_cells"] = cells
        arrays[f"observed_{name}"] = np.rint(values.ravel()[cells] * 1000.0).astype(np.int32)
    for name in FLAGS:
        arrays[f"observed_{name}"] = getattr(observed, name)
    arrays["observed_barrier"] = np.packbits(observed.barrier)
    return arrays


def unpack_observed(arrays: dict[str, np.ndarray], count: int) -> Observed:
    """Read recorded trade back from the arrays that `pack_observed` made."""
    squares = {}
    for name in ("recorded", "raw_then", "raw_now", "fallback"):
        values = np.zeros(count * count)
        values[arrays[f"observed_{name}_cells"]] = arrays[f"observed_{name}"] / 1000.0
        squares[name] = values.reshape(count, count)
    flags = {name: arrays[f"observed_{name}"].astype(np.bool_) for name in FLAGS}
    bits = np.unpackbits(arrays["observed_barrier"], count=2 * count * count)
    return Observed(
        recorded=squares["recorded"],
        held=flags["held"],
        reports=flags["reports"],
        reports_later=flags["reports_later"],
        reports_to_lists=flags["reports_to_lists"],
        raw_then=squares["raw_then"],
        raw_now=squares["raw_now"],
        fallback=squares["fallback"],
        barrier=bits.astype(np.bool_).reshape(2, count, count),
    )


def _either(flags: BoolArray) -> BoolArray:
    return np.asarray(flags[:, None] | flags[None, :])


def _both(flags: BoolArray) -> BoolArray:
    return np.asarray(flags[:, None] & flags[None, :])
