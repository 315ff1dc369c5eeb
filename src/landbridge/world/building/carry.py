"""Complete a table of flows: what is known stays, the past is carried to it, totals are met.

A past year says most of what a flow is today. What it says is moved by how each exporter and each
importer has grown, measured on the cells that are known in both years by a robust regression; then
`world.building.reconcile` brings it together with totals and published partner shares. Cells that
are known come back as they were given. Where the past knows neither of two economies, a fallback
(the gravity kernel's flows) takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.units import BoolArray, FloatArray, IntArray
from landbridge.world.building.evidence import ListOptions, PartnerLists, list_cells
from landbridge.world.building.reconcile import (
    Cells,
    Evidence,
    ReconcileOptions,
    Reconciliation,
    reconcile,
)
from landbridge.world.history import History

PRIOR_LEVEL: Final = 1.15
PRIOR_SLOPE: Final = 0.25
PRIOR_LEAST: Final = 0.2
PRIOR_MOST: Final = 1.8
"""Spread of a flow around what the past says of it: log points at one million USD, less for each
tenfold, between bounds. Set on BACI 2016 against 2019."""

NOTHING_SD: Final = 2.0
"""Spread where the past has no flow: it may have begun since."""

NOTHING_PART: Final = 0.01
NOTHING_MOST: Final = 0.02
"""A flow that was not there is expected at a hundredth of the product of its totals over the
world's, and at no more than 0.02 million USD."""

FALLBACK_SD: Final = 1.0
"""Spread around the fallback, where the past knows neither side."""

KNOWN_SD: Final = 0.02
"""How closely the fit holds cells that are known; they are given back as they are."""

SMALLEST: Final = 1e-6
LEAST_OTHER: Final = 0.03
"""Least part of a past flow that is not raw materials (the two tables differ in release)."""

ROBUST: Final = 4.0
ROUNDS: Final = 12
RIDGE: Final = 1e-2
TIE_SD: Final = 1.0
"""Prior standard deviation of what one unit of a tie does to growth, log points."""

FURTHEST: Final = 5.0
"""No growth is beyond this many log points."""

TRACE: Final = 1e-3
LONG: Final = 10
"""Years before the last of a past that say how restless a pair is."""
FURTHEST_MOVE: Final = 3.0
"""Log points: one year in which a flow vanished must not say everything of it."""
SHRINK: Final = 10.0
"""Cells that the average of all counts for when an economy's own straying is measured."""
FREE_TOTAL_SD: Final = 3.0
"""A total that is not given: three log points are no constraint."""

SETTLED: Final = ReconcileOptions(tolerance=1e-4)


@dataclass(frozen=True)
class Past:
    """What earlier years say of every cell.

    Attributes
    ----------
    flows
        ``[N, N]`` million USD: the weighted mean of the years; zero where nothing was traded.
    known
        ``[N, N]`` whether the past knows both economies.
    spread
        ``[N, N]`` log points: how much the flow moved from year to year.
    raw_then, raw_now
        ``[N, N]`` million USD of raw materials in the past and now; zeros where that is not known.
    ties
        ``[K, N, N]`` what may set the growth of a pair apart: distance, borders, blocs, barriers
        that are new.
    restless
        ``[N, N]`` log points: yearly moves in ten years, net of both totals; `spread` if left out.
    idle
        ``[N, N]`` share of those years without trade; zeros if left out.
    """

    flows: FloatArray
    known: BoolArray
    spread: FloatArray
    raw_then: FloatArray
    raw_now: FloatArray
    ties: FloatArray
    restless: FloatArray | None = None
    idle: FloatArray | None = None


@dataclass(frozen=True)
class Prior:
    """What is expected of every cell before the totals.

    Attributes
    ----------
    flows
        ``[N, N]`` million USD that growth moves.
    fixed
        ``[N, N]`` million USD of today beside them: raw materials, or a fallback.
    sd_log
        ``[N, N]`` log points.
    ties
        ``[K, N, N]``, as in `Past`.
    """

    flows: FloatArray
    fixed: FloatArray
    sd_log: FloatArray
    ties: FloatArray


@dataclass(frozen=True)
class Marginals:
    """Totals of every economy, ``[N]`` million USD, and the standard deviation of their logs."""

    exports: FloatArray
    imports: FloatArray
    exports_sd_log: FloatArray
    imports_sd_log: FloatArray


@dataclass(frozen=True)
class Growth:
    """How flows grew since the past.

    Attributes
    ----------
    factor
        ``[N, N]`` ratio, of exporter, importer and ties together.
    exporter, importer
        ``[N]`` log points.
    ties
        ``[K]`` log points for one unit of each tie.
    wider
        ``[N, N]`` factor by which the spread of a cell is widened for straying.
    doubt
        ``[N, N]`` how far the known cells of exporter and importer stray, each over the average of
        all, multiplied: one for a pair like any other.
    """

    factor: FloatArray
    exporter: FloatArray
    importer: FloatArray
    ties: FloatArray
    wider: FloatArray
    doubt: FloatArray


@dataclass(frozen=True)
class Completion:
    """A completed table.

    Attributes
    ----------
    flows
        ``[N, N]`` million USD; cells that were known are unchanged.
    expected
        ``[N, N]`` million USD: past and growth, before totals and lists.
    growth
        By how much the past was moved.
    fit
        The reconciliation behind it.
    """

    flows: FloatArray
    expected: FloatArray
    growth: Growth
    fit: Reconciliation

    @property
    def gap(self) -> FloatArray:
        """How far totals and lists moved each cell from past and growth, ``[N, N]`` log points."""
        there = self.flows > 0
        return np.abs(np.log(np.where(there, self.flows / self.expected, 1.0)))


def past_of(
    history: History,
    iso3: Sequence[str],
    years: Sequence[int],
    weights: Sequence[float],
) -> Past:
    """Lay the weighted mean of some years of the panel out on a list of economies.

    Parameters
    ----------
    history
        The embedded panel.
    iso3
        N codes; those that the panel lacks are not known to the past.
    years, weights
        Years of the panel and their weights; the weights are brought to one.
    """
    count = len(iso3)
    inside = np.array([code in history.iso3 for code in iso3], dtype=np.bool_)
    at = np.array([history.iso3.index(code) for code in iso3 if code in history.iso3], dtype=int)
    share = np.asarray(weights, dtype=np.float64) / np.sum(weights)
    layers = np.stack([history.goods[history.at(year)][np.ix_(at, at)] for year in years])
    flows, spread = np.zeros((count, count)), np.zeros((count, count))
    flows[np.ix_(inside, inside)] = np.tensordot(share, layers, 1)
    if len(years) > 1:
        steps = np.diff(np.log(np.maximum(layers, TRACE)), axis=0)
        spread[np.ix_(inside, inside)] = np.sqrt(np.mean(steps**2, axis=0))
    trades = (flows.sum(axis=0) + flows.sum(axis=1)) > 0
    nothing = np.zeros((count, count))
    known = trades[:, None] & trades[None, :]
    restless, idle = np.zeros((count, count)), np.zeros((count, count))
    restless[np.ix_(inside, inside)], idle[np.ix_(inside, inside)] = _long_past(
        history, at, max(years)
    )
    ties = np.zeros((0, count, count))
    return Past(flows, known, spread, nothing, nothing, ties, restless, idle)


def _long_past(history: History, at: IntArray, last: int) -> tuple[FloatArray, FloatArray]:
    """Measure yearly moves net of totals, and years without trade, up to a year of the panel."""
    long = [year for year in history.years if last - LONG <= year <= last]
    layers = np.stack([history.goods[history.at(year)][np.ix_(at, at)] for year in long])
    exports, imports = (
        np.log(np.maximum(layers.sum(axis=axis, keepdims=True), TRACE)) for axis in (2, 1)
    )
    moves = np.diff(np.log(np.maximum(layers, TRACE)) - exports - imports, axis=0)
    moves -= np.log(np.maximum(layers[:-1].sum(axis=(1, 2)) / layers[1:].sum(axis=(1, 2)), TRACE))[
        :, None, None
    ]
    steps = np.minimum(np.abs(moves), FURTHEST_MOVE)
    restless = np.sqrt(np.mean(steps**2, axis=0)) if len(long) > 1 else np.zeros(layers.shape[1:])
    return restless, np.asarray((layers <= 0).mean(axis=0))


def prior_of(past: Past, fallback: FloatArray | None = None) -> Prior:
    """Turn a past into what is expected of every cell, up to growth.

    Raw materials of today, where they are known, replace those of the past.

    Parameters
    ----------
    past
        As `past_of` gives it.
    fallback
        ``[N, N]`` million USD of today, for cells whose economies the past does not know.
    """
    flows, fixed = past.flows, past.raw_now
    flows = np.where(
        past.raw_then + fixed > 0,
        np.maximum(flows - past.raw_then, LEAST_OTHER * flows),
        flows,
    )
    whole = max(float(flows.sum()), SMALLEST)
    product = np.outer(flows.sum(axis=1), flows.sum(axis=0)) / whole
    least = np.minimum(NOTHING_MOST, NOTHING_PART * product + SMALLEST)
    there = flows + fixed > 0
    flows = np.where(flows > 0, flows, least)
    line = PRIOR_LEVEL - PRIOR_SLOPE * np.log10(np.maximum(flows + fixed, TRACE))
    sd_log = np.where(there, np.clip(line, PRIOR_LEAST, PRIOR_MOST), NOTHING_SD)
    if fallback is not None:
        instead = np.maximum(np.maximum(fallback, fixed), SMALLEST)
        flows = np.where(past.known, flows, 0.0)
        fixed = np.where(past.known, fixed, instead)
        sd_log = np.where(past.known, sd_log, FALLBACK_SD)
    return Prior(flows, fixed, sd_log, past.ties)


def growth_of(known: FloatArray, prior: Prior, trusted: BoolArray) -> Growth:
    """Estimate how much flows grew since the past, robustly.

    Log flows are set beside what was expected of them by exporter, importer and ties, weighted by
    the prior's spread; a cell that strays counts less (Student, 3 degrees of freedom).

    Parameters
    ----------
    known
        ``[N, N]`` million USD of today.
    prior
        What was expected.
    trusted
        ``[N, N]`` the cells to learn from.
    """
    count, kernels = len(known), len(prior.ties)
    flat = prior.ties.reshape(kernels, count * count)
    ridge = np.concatenate(
        [np.full(kernels, TIE_SD**-2.0), np.full(count, RIDGE), np.full(count, RIDGE)]
    )
    target = np.log(np.where(trusted, known, 1.0))
    effects = np.zeros(kernels + 2 * count)
    strays = np.zeros_like(known)
    for _ in range(ROUNDS):
        push = _push(effects, prior.ties)
        moving = prior.flows * np.exp(push)
        expected = np.maximum(moving + prior.fixed, SMALLEST)
        gap = np.where(trusted, target - np.log(expected), 0.0)
        strays = gap / prior.sd_log
        part = moving / expected
        weight = np.where(trusted, 1.0 / (1.0 + strays**2 / ROBUST) / prior.sd_log**2, 0.0)
        system = _normal(weight * part**2, flat) + np.diag(ridge)
        pull = weight * part * gap
        right = np.concatenate([flat @ pull.ravel(), pull.sum(axis=1), pull.sum(axis=0)])
        step = np.linalg.solve(system, right - ridge * effects)
        effects = effects + np.clip(step, -1.0, 1.0)
    return Growth(
        factor=np.exp(_push(effects, prior.ties)),
        exporter=effects[kernels : kernels + count],
        importer=effects[kernels + count :],
        ties=effects[:kernels],
        wider=np.where(trusted, np.sqrt(1.0 + strays**2 / ROBUST), 1.0),
        doubt=_doubt(strays, trusted),
    )


def _doubt(strays: FloatArray, trusted: BoolArray) -> FloatArray:
    """Compare how far exporters and importers stray, each drawn towards the average of all."""
    size = np.where(trusted, np.minimum(np.abs(strays), FURTHEST), 0.0)
    mean = float(size.sum() / max(trusted.sum(), 1)) or 1.0
    sides = [
        (size.sum(axis=axis) / mean + SHRINK) / (trusted.sum(axis=axis) + SHRINK) for axis in (1, 0)
    ]
    return np.outer(sides[0], sides[1])


def _push(effects: FloatArray, ties: FloatArray) -> FloatArray:
    kernels, count = len(ties), ties.shape[1]
    exporter, importer = effects[kernels : kernels + count], effects[kernels + count :]
    moved = np.tensordot(effects[:kernels], ties, 1) + exporter[:, None] + importer[None, :]
    return np.asarray(np.clip(moved, -FURTHEST, FURTHEST))


def _normal(weight: FloatArray, flat: FloatArray) -> FloatArray:
    """Compute the normal matrix of ties, exporters and importers."""
    count = len(weight)
    weighted = flat * weight.ravel()
    cube = weighted.reshape(len(flat), count, count)
    by_exporter, by_importer = cube.sum(axis=2), cube.sum(axis=1)
    return np.block(
        [
            [weighted @ flat.T, by_exporter, by_importer],
            [by_exporter.T, np.diag(weight.sum(axis=1)), weight],
            [by_importer.T, weight.T, np.diag(weight.sum(axis=0))],
        ]
    )


def complete_cells(
    known: FloatArray,
    prior: Prior,
    *,
    totals: Marginals | None = None,
    lists: PartnerLists | None = None,
    list_totals: tuple[FloatArray, FloatArray] | None = None,
    lists_see: BoolArray | None = None,
    trusted: BoolArray | None = None,
) -> Completion:
    """Fill the cells that are not known.

    Parameters
    ----------
    known
        ``[N, N]`` million USD; NaN where a cell is to be filled, zero where there is no trade. The
        diagonal is passed over.
    prior
        What the past says; see `prior_of`.
    totals
        What each economy sells and buys in all; left out, the growth of its known cells decides.
    lists
        Published partner shares, read where a cell is not known.
    list_totals
        Exports and imports that the shares are shares of; left out, known cells and expectation.
    lists_see
        ``[N, N]`` where the lists could know of trade; elsewhere that a partner is not listed says
        nothing. All cells, when left out.
    trusted
        ``[N, N]`` known cells that growth is learnt from; all, when left out.
    """
    count = len(known)
    off = ~np.eye(count, dtype=bool)
    open_cells = off & np.isnan(known)
    traded = off & np.isfinite(known) & (known > 0)
    learn = traded & (prior.flows > 0)
    if trusted is not None:
        learn &= trusted
    growth = growth_of(known, prior, learn)
    expected = np.maximum(prior.flows * growth.factor + prior.fixed, SMALLEST)
    filled = np.where(open_cells, expected, np.where(traded, known, 0.0))
    margins = totals or Marginals(
        *(np.maximum(filled.sum(axis=axis), SMALLEST) for axis in (1, 0)),
        *(np.full(count, FREE_TOTAL_SD) for _ in range(2)),
    )
    observed: tuple[Cells, ...] = (
        Cells(np.where(traded, known, np.nan), np.full((count, count), KNOWN_SD)),
    )
    bounds: tuple[Cells, ...] = ()
    if lists is not None:
        whole = list_totals or (filled.sum(axis=1), filled.sum(axis=0))
        shares, ceilings = list_cells(lists, *whole, options=ListOptions())
        read = open_cells if lists_see is None else open_cells & lists_see
        observed += tuple(_only(cells, read) for cells in shares)
        bounds = tuple(_only(cells, read) for cells in ceilings)
    fit = reconcile(
        Evidence(
            exports=margins.exports,
            imports=margins.imports,
            exports_sd_log=margins.exports_sd_log,
            imports_sd_log=margins.imports_sd_log,
            features=np.zeros((1, count, count)),
            coefficients=np.zeros(1),
            coefficients_sd=np.ones(1),
            offset=np.log(np.where(off, expected, 1.0)),
            prior_sd=prior.sd_log * growth.wider,
            allowed=open_cells | traded,
            observed=observed,
            ceilings=bounds,
        ),
        SETTLED,
    )
    flows = np.where(open_cells, fit.flows, np.where(traded, known, 0.0))
    return Completion(flows, expected, growth, fit)


def _only(cells: Cells, mask: BoolArray) -> Cells:
    return Cells(np.where(mask, cells.value, np.nan), cells.sd_log)
