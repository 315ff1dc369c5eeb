"""What a pair's own past says of its trade, beyond sizes: drift to the usual, and what passes.

Trade of a pair strays from what sizes alone say (`given_sizes`). Two things known beforehand tell
a part of it: how far the pair lies from what gravity makes usual for it (the gap: a part of it
closes), and how far its last year lies from the two before (a part of that passes). How much of
each is estimated on an earlier window of the embedded panel, by size of the flow; how wrong it is
on the half of that window's pairs that it was not estimated on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.optimize import least_squares

from landbridge.atlas.economies import distance_km, pair_ties
from landbridge.errors import InputError
from landbridge.gravity.ppml.newton import Problem, solve_poisson
from landbridge.gravity.spec import Limits
from landbridge.gravity.uses.history_panel import TIES, agreement_square
from landbridge.gravity.uses.sizes import between, given_sizes, plain_grid, year_square
from landbridge.units import BoolArray, FloatArray, IntArray
from landbridge.world.history import load_history

SMALL: Final = 0.1
"""Million USD added to every flow before a logarithm: zeros have none."""
EDGES: Final = (1.0, 10.0, 100.0, 1000.0)
"""Ends of the classes of size, million USD of the first year."""
YEARS_BEFORE: Final = 2
"""Years before the first one of a window that say what passes."""
THIRDS: Final = 3
SEED: Final = 2026


@dataclass(frozen=True, eq=False)
class OwnPast:
    """How the past of pairs tells their trade, estimated on one window.

    Attributes
    ----------
    start, end
        First and last year of the window.
    length
        Years ahead that are asked for: where the window is shorter, errors are scaled by the root.
    coefficients
        ``[classes, 3]`` log points: constant, of the gap, of what passes.
    calm
        ``[classes, 2]`` ends of the thirds of unrest (`unrest`) within each class.
    errors
        ``[classes][thirds]`` log errors on the pairs that were held out, scaled to `length`.
    """

    start: int
    end: int
    length: int
    coefficients: FloatArray
    calm: FloatArray
    errors: tuple[tuple[FloatArray, ...], ...]

    def shift(self, year: int) -> FloatArray:
        """Compute what the past up to a year adds to sizes alone, ``[N, N]`` log points."""
        classes = size_class(year_square(year))
        return np.asarray((features(year) * self.coefficients[classes]).sum(axis=2))

    def groups(self, year: int) -> IntArray:
        """Sort pairs by class of size and third of unrest, ``[N, N]``: the place in `pools`."""
        classes, moved = size_class(year_square(year)), unrest(year)
        third = (moved > self.calm[classes, 0]).astype(np.int64) + (moved > self.calm[classes, 1])
        return np.asarray(classes * THIRDS + third)

    @property
    def pools(self) -> tuple[FloatArray, ...]:
        """The errors of every group of `groups`, in order."""
        return tuple(pool for row in self.errors for pool in row)


def size_class(flows: FloatArray) -> IntArray:
    """Sort flows (million USD) into classes of size, 0 the smallest."""
    return np.asarray(np.digitize(flows, EDGES), dtype=np.int64)


def fit_own_past(until: int, length: int) -> OwnPast:
    """Estimate how the past of pairs tells their trade, from years up to one.

    Parameters
    ----------
    until
        Last year that may be known.
    length
        Years ahead that will be asked for.

    Raises
    ------
    InputError
        The panel has too few years before.
    """
    window = min(length, until - load_history().years[0] - YEARS_BEFORE)
    if window < 1:
        raise InputError(
            f"the embedded panel has too few years before {until} to learn from.", where="until"
        )
    return _fit(until - window, until, length)


@lru_cache(maxsize=32)
def _fit(start: int, end: int, length: int) -> OwnPast:
    strayed, scored = net_change(start, end)
    known = features(start)
    classes = size_class(year_square(start))
    scale = np.sqrt(length / (end - start))
    rng = np.random.default_rng(SEED)
    half = rng.random(strayed.shape) < 0.5  # noqa: PLR2004 - one half
    moved, coefficients, calm, errors = unrest(start), [], [], []
    for at in range(len(EDGES) + 1):
        own = scored & (classes == at)
        parts = [_regress(known[own & part], strayed[own & part]) for part in (half, ~half)]
        coefficients.append(_regress(known[own], strayed[own]))
        missed = strayed - np.where(half, known @ parts[1], known @ parts[0])
        ends = np.quantile(moved[own], [1 / THIRDS, 2 / THIRDS])
        third = (moved > ends[0]).astype(np.int64) + (moved > ends[1])
        calm.append(ends)
        errors.append(tuple(scale * missed[own & (third == part)] for part in range(THIRDS)))
    return OwnPast(start, end, length, np.array(coefficients), np.array(calm), tuple(errors))


def _regress(known: FloatArray, outcome: FloatArray) -> FloatArray:
    """Regress with a loss that is linear in the tails: pairs whose trade collapsed do not rule."""
    scale = float(np.median(np.abs(outcome - np.median(outcome))))
    start = np.zeros(known.shape[1])

    def missed(slope: FloatArray) -> FloatArray:
        return np.asarray(known @ slope - outcome)

    found = least_squares(missed, start, loss="soft_l1", f_scale=max(scale, SMALL))
    return np.asarray(found.x)


def net_change(start: int, end: int) -> tuple[FloatArray, BoolArray]:
    """Compute how pairs strayed from sizes alone between two years.

    Returns
    -------
    tuple
        ``[N, N]`` log points, and which cells are known at both ends.
    """
    history = load_history()
    before, after = between(start, end)
    alone = given_sizes(before, after, np.zeros_like(before))
    scored = history.known[history.at(start)] & history.known[history.at(end)]
    scored = scored & ~np.eye(len(before), dtype=np.bool_)
    return np.log((after + SMALL) / (alone + SMALL)), scored


@lru_cache(maxsize=32)
def features(year: int) -> FloatArray:
    """Compute what is known of each pair up to a year, ``[N, N, 3]``: one, the gap, what passes.

    Raises
    ------
    InputError
        The panel lacks the two years before.
    """
    now = year_square(year)
    gap = np.log((now + SMALL) / (usual_trade(year) + SMALL))
    passing = np.mean(_steps(year), axis=0)
    found = np.stack([np.ones_like(gap), gap, passing], axis=2)
    found.flags.writeable = False
    return found


def unrest(year: int) -> FloatArray:
    """Compute how much pairs strayed from sizes over the last years, ``[N, N]`` log points."""
    return np.asarray(np.abs(_steps(year)).max(axis=0))


@lru_cache(maxsize=32)
def _steps(year: int) -> FloatArray:
    """Compute how far a year lies from each of the two before it, ``[2, N, N]`` log points."""
    now = year_square(year)
    steps = [between(year - back, year) for back in range(1, YEARS_BEFORE + 1)]
    alone = np.array([given_sizes(flows, now, np.zeros_like(now)) for flows, _ in steps])
    # A step from or to a year that is not known says nothing: none is taken.
    history = load_history()
    known = [history.known[history.at(year - back)] for back in range(YEARS_BEFORE + 1)]
    told = np.array([known[0] & each for each in known[1:]])
    found = np.where(told, np.log((now + SMALL) / (alone + SMALL)), 0.0)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=32)
def usual_trade(year: int) -> FloatArray:
    """Compute what gravity makes of a year's trade across borders, ``[N, N]`` million USD.

    Poisson likelihood with distance, ties, agreements, and effects of exporters and importers; zero
    where an economy has no trade on one side.
    """
    history = load_history()
    flows, count = history.goods[history.at(year)], len(history.iso3)
    used = history.known[history.at(year)] & ~np.eye(count, dtype=np.bool_)
    sells, buys = flows.sum(axis=1) > 0, flows.sum(axis=0) > 0
    used = used & np.outer(sells, buys)
    ties = pair_ties(history.iso3)
    regressors = [
        np.log(distance_km(history.iso3)),
        *(getattr(ties, tie).astype(np.float64) for tie in TIES),
        agreement_square(history, year).astype(np.float64),
    ]
    solution = solve_poisson(
        Problem(
            outcome=np.where(used, flows, 0.0).ravel(),
            offset=np.zeros(count * count),
            weights=used.astype(np.float64).ravel(),
            regressors=np.array([each.ravel() for each in regressors]),
            absorber=plain_grid(count),
            limits=Limits(),
        )
    )
    # Cells of no weight (holes) have an index too, once the effects are known from the others.
    known = np.tensordot(solution.coefficients, np.array(regressors), 1)
    moved = np.where(used, solution.index.reshape(count, count) - known, np.nan)
    return _complete(moved, known)


def _complete(moved: FloatArray, known: FloatArray) -> FloatArray:
    """Add the effects of exporters and importers to every cell, from those of cells in use."""
    exporters = np.zeros(len(moved))
    importers = np.zeros(len(moved))
    filled = np.nan_to_num(moved)
    there = np.isfinite(moved)
    sells, buys = there.any(axis=1), there.any(axis=0)
    # The rows with the most cells fix the level; two sweeps of means are exact where all are there.
    for _ in range(200):
        last = exporters.copy()
        exporters = _mean(filled - importers[None, :], there, axis=1)
        importers = _mean(filled - exporters[:, None], there, axis=0)
        if np.abs(exporters - last).max() < 1e-10:  # noqa: PLR2004 - rounding
            break
    usual = np.exp(known + exporters[:, None] + importers[None, :])
    usual *= np.outer(sells, buys)
    np.fill_diagonal(usual, 0.0)
    return usual


def _mean(values: FloatArray, there: BoolArray, *, axis: int) -> FloatArray:
    count = there.sum(axis=axis)
    return np.asarray(np.where(there, values, 0.0).sum(axis=axis) / np.maximum(count, 1))
