"""Complete a table of flows: what is known stays, the past is carried to it, totals are met.

A past year says most of what a flow is today. What it says is moved by how each exporter and each
importer has grown, measured on the cells that are known in both years by a robust regression; then
`landbridge.world.reconcile` brings it together with totals and published partner shares. Cells that
are known come back as they were given. Where the past knows neither of two economies, a fallback
(the gravity kernel's flows) takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.units import BoolArray, FloatArray
from landbridge.world.evidence import ListOptions, PartnerLists, list_cells
from landbridge.world.history import History
from landbridge.world.reconcile import Cells, Evidence, Reconciliation, ReconcileOptions, reconcile

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
    """

    flows: FloatArray
    known: BoolArray
    spread: FloatArray
    raw_then: FloatArray
    raw_now: FloatArray


@dataclass(frozen=True)
class Prior:
    """What is expected of every cell before the totals.

    Attributes
    ----------
    flows
        ``[N, N]`` million USD.
    sd_log
        ``[N, N]`` log points.
    moves
        ``[N, N]`` whether the flow is of the past and growth moves it; a fallback is of today.
    """

    flows: FloatArray
    sd_log: FloatArray
    moves: BoolArray


@dataclass(frozen=True)
class Marginals:
    """Totals of every economy, ``[N]`` million USD, and the standard deviation of their logs."""

    exports: FloatArray
    imports: FloatArray
    exports_sd_log: FloatArray
    imports_sd_log: FloatArray


@dataclass(frozen=True)
class Completion:
    """A completed table.

    Attributes
    ----------
    flows
        ``[N, N]`` million USD; cells that were known are unchanged.
    expected
        ``[N, N]`` million USD: past and growth, before totals and lists.
    fit
        The reconciliation behind it.
    """

    flows: FloatArray
    expected: FloatArray
    fit: Reconciliation


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
    inside = np.array([code in history.iso3 for code in iso3])
    at = np.array([history.iso3.index(code) for code in iso3 if code in history.iso3], dtype=int)
    share = np.asarray(weights, dtype=np.float64) / np.sum(weights)
    layers = [history.goods[history.at(year)][np.ix_(at, at)] for year in years]
    mean = np.tensordot(share, np.stack(layers), 1)
    flows = np.zeros((count, count))
    flows[np.ix_(inside, inside)] = mean
    logs = np.log(np.maximum(np.stack(layers), 1e-3))
    moved = np.sqrt(np.mean(np.diff(logs, axis=0) ** 2, axis=0)) if len(years) > 1 else logs[0] * 0
    spread = np.zeros((count, count))
    spread[np.ix_(inside, inside)] = moved
    trades = (flows.sum(axis=0) + flows.sum(axis=1)) > 0
    nothing = np.zeros((count, count))
    return Past(flows, trades[:, None] & trades[None, :], spread, nothing, nothing)


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
    flows = past.flows
    growth = 1.0
    if past.raw_now.sum() > 0 and past.raw_then.sum() > 0:
        # Only a ratio is at stake here: growth of what is not raw materials is estimated later.
        growth = float(past.raw_now.sum() / past.raw_then.sum())
        other = np.maximum(flows - past.raw_then, LEAST_OTHER * flows)
        flows = other + past.raw_now / max(growth, 1.0)
    return _spread_out(flows, past, fallback)


def _spread_out(flows: FloatArray, past: Past, fallback: FloatArray | None) -> Prior:
    whole = max(float(flows.sum()), SMALLEST)
    product = np.outer(flows.sum(axis=1), flows.sum(axis=0)) / whole
    least = np.minimum(NOTHING_MOST, NOTHING_PART * product + SMALLEST)
    there = flows > 0
    expected = np.where(there, flows, least)
    line = PRIOR_LEVEL - PRIOR_SLOPE * np.log10(np.maximum(expected, 1e-3))
    sd_log = np.where(there, np.clip(line, PRIOR_LEAST, PRIOR_MOST), NOTHING_SD)
    if fallback is not None:
        instead = np.maximum(fallback, past.raw_now)
        expected = np.where(past.known, expected, np.maximum(instead, SMALLEST))
        sd_log = np.where(past.known, sd_log, FALLBACK_SD)
    moves = past.known if fallback is not None else np.ones_like(past.known)
    return Prior(np.maximum(expected, SMALLEST), sd_log, moves)


def growth_of(
    known: FloatArray, prior: Prior, trusted: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Estimate how much exporters and importers grew since the past, robustly.

    Parameters
    ----------
    known
        ``[N, N]`` million USD of today.
    prior
        What was expected.
    trusted
        ``[N, N]`` the cells to learn from.

    Returns
    -------
    tuple
        Exporter effects and importer effects, ``[N]`` log points, and the factor by which the
        spread of each cell is widened for straying, ``[N, N]``.
    """
    count = len(known)
    gap = np.where(trusted, np.log(np.where(trusted, known, 1.0) / prior.flows), 0.0)
    base = np.where(trusted, prior.sd_log**-2.0, 0.0)
    weight = base
    exporter, importer = np.zeros(count), np.zeros(count)
    ridge = np.full(2 * count, RIDGE)
    ridge[count:] += 1e-6
    for _ in range(ROUNDS):
        system = np.block(
            [
                [np.diag(weight.sum(axis=1)), weight],
                [weight.T, np.diag(weight.sum(axis=0))],
            ]
        ) + np.diag(ridge)
        right = np.concatenate([(weight * gap).sum(axis=1), (weight * gap).sum(axis=0)])
        solved = np.linalg.solve(system, right)
        exporter, importer = solved[:count], solved[count:]
        strays = (gap - exporter[:, None] - importer[None, :]) / prior.sd_log
        weight = base / (1.0 + strays**2 / ROBUST)
    return exporter, importer, np.where(trusted, np.sqrt(1.0 + strays**2 / ROBUST), 1.0)


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
    learn = traded & prior.moves
    if trusted is not None:
        learn &= trusted
    exporter, importer, wider = growth_of(known, prior, learn)
    moved = np.exp(exporter[:, None] + importer[None, :])
    expected = prior.flows * np.where(prior.moves, moved, 1.0)
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
            prior_sd=prior.sd_log * wider,
            allowed=open_cells | traded,
            observed=observed,
            ceilings=bounds,
        ),
        SETTLED,
    )
    return Completion(
        np.where(open_cells, fit.flows, np.where(traded, known, 0.0)), expected, fit
    )


def _only(cells: Cells, mask: BoolArray) -> Cells:
    return Cells(np.where(mask, cells.value, np.nan), cells.sd_log)
