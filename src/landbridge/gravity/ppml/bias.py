"""The bias correction of Weidner and Zylkin (2021) for two-way and three-way gravity.

Symbols follow "Bias and consistency in three-way gravity models", Journal of International
Economics 132: for pair ij, ``lambda`` is the fitted flow by period, ``vartheta = lambda /
sum_t lambda``, ``S`` the score (flow less fitted flow), ``x`` the regressors net of all fixed
effects and ``H_ij = sum(lambda) (diag(vartheta) - vartheta vartheta')``. With ``H_i`` the sum of
``H_ij`` over importers (and its pseudo-inverse ``H_i^+``) the exporters' part of the bias is

    B_k = -1/N sum_i tr(H_i^+ sum_j H_ij x_ijk S_ij')
          + 1/(2N) sum_i tr(H_i^+ G_ik H_i^+ sum_j S_ij S_ij')

and likewise ``D_k`` over importers; the bias of the coefficients is ``W^-1 (B / (N_j - 1) +
D / (N_i - 1))`` up to the small-sample factors of the authors' Stata command, which are used here
(``N_i / (N_i - 1)`` times ``B`` over importers per exporter). The covariance replaces ``S S'`` of
a pair by ``(I - H_ij (x V_x x' + d V_d d'))^-1 S S'``, which undoes the shrinking of residuals by
estimated coefficients and effects, and carries the factor ``P / (P - 1)`` for P pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from landbridge.errors import InputError
from landbridge.gravity.ppml.newton import solve_positive
from landbridge.units import FloatArray, IntArray

MOST_EFFECTS: Final = 6_000
"""The exact leverage inverts a matrix of this order (1.5 gigabytes, about half a minute). Beyond
it the leverage of the exporter and importer effects of each period is used, as if there were no
pair effects: standard errors are then 0.4 to 1.0 percent below the exact ones on the authors'
three examples, of the 20 to 26 percent by which the correction raises them."""
NULL: Final = 1e-10
"""Relative size below which an eigenvalue of ``H_i`` is zero; one always is (its null vector
is the pair's own effect)."""


@dataclass(frozen=True)
class Dyads:
    """A fitted panel laid out by ordered pair and period; zero where there is no row.

    Attributes
    ----------
    exporter, importer
        ``[pairs]`` codes from 0.
    fitted, scores
        ``[pairs, periods]`` fitted flow, and flow less fitted flow.
    regressors
        ``[K, pairs, periods]`` net of all fixed effects.
    """

    exporter: IntArray
    importer: IntArray
    fitted: FloatArray
    scores: FloatArray
    regressors: FloatArray

    @property
    def hessian(self) -> FloatArray:
        """``[K, K]``."""
        flat = self.regressors.reshape(len(self.regressors), -1)
        return np.asarray((flat * self.fitted.ravel()) @ flat.T)


@dataclass(frozen=True)
class Correction:
    """What the correction changes.

    Attributes
    ----------
    bias
        ``[K]`` to be subtracted from the coefficients; zero for two-way gravity.
    covariance
        ``[K, K]`` with the leverage correction.
    pairs
        Number of pairs.
    exact
        Whether the leverage is exact (see `MOST_EFFECTS`).
    """

    bias: FloatArray
    covariance: FloatArray
    pairs: int
    exact: bool = True


def lay_out(
    codes: tuple[IntArray, IntArray, IntArray],
    fitted: FloatArray,
    scores: FloatArray,
    regressors: FloatArray,
) -> Dyads:
    """Arrange rows by pair and period.

    Parameters
    ----------
    codes
        Exporter, importer and period of each row, ``[rows]`` each.
    fitted, scores
        ``[rows]``.
    regressors
        ``[K, rows]`` net of fixed effects.
    """
    exporters = np.unique(codes[0], return_inverse=True)[1]
    importers = np.unique(codes[1], return_inverse=True)[1]
    periods, period = np.unique(codes[2], return_inverse=True)
    width = int(importers.max()) + 1
    pairs, pair = np.unique(exporters * width + importers, return_inverse=True)
    shape = (len(pairs), len(periods))
    laid_fitted, laid_scores = np.zeros(shape), np.zeros(shape)
    laid_fitted[pair, period] = fitted
    laid_scores[pair, period] = scores
    laid = np.zeros((len(regressors), *shape))
    laid[:, pair, period] = regressors
    held = laid_fitted.sum(axis=1) > 0
    return Dyads(
        exporter=(pairs // width)[held],
        importer=(pairs % width)[held],
        fitted=laid_fitted[held],
        scores=laid_scores[held],
        regressors=laid[:, held],
    )


def correct_three_way(dyads: Dyads) -> Correction:
    """Correct coefficients and covariance of exporter-year, importer-year and pair effects.

    Raises
    ------
    InputError
        A single period.
    """
    if dyads.fitted.shape[1] < 2:  # noqa: PLR2004 - pair effects take all of one period
        raise InputError("the three-way correction needs at least two periods.")
    economies = int(dyads.exporter.max()) + int(dyads.importer.max()) + 2
    exact = economies * dyads.fitted.shape[1] <= MOST_EFFECTS
    leverage = _three_way_leverage(dyads) if exact else _two_way_leverage(dyads)
    return Correction(
        bias=_bias(dyads),
        covariance=_covariance(dyads, leverage, pair_effects=True),
        pairs=len(dyads.exporter),
        exact=exact,
    )


def correct_two_way(dyads: Dyads) -> Correction:
    """Correct the covariance of exporter-year and importer-year effects (no bias arises)."""
    leverage = _two_way_leverage(dyads)
    return Correction(
        bias=np.zeros(len(dyads.regressors)),
        covariance=_covariance(dyads, leverage, pair_effects=False),
        pairs=len(dyads.exporter),
    )


def _bias(dyads: Dyads) -> FloatArray:
    pairs = len(dyads.exporter)
    exporters, importers = int(dyads.exporter.max()) + 1, int(dyads.importer.max()) + 1
    by_exporter = _one_side(dyads, dyads.exporter) / exporters
    by_importer = _one_side(dyads, dyads.importer) / importers
    per_exporter, per_importer = pairs / exporters, pairs / importers
    hessian = dyads.hessian / pairs
    whole = exporters / (exporters - 1.0) * by_exporter / per_exporter
    whole += importers / (importers - 1.0) * by_importer / per_importer
    return solve_positive(hessian, whole)


def _one_side(dyads: Dyads, side: IntArray) -> FloatArray:
    """Sum both terms of the bias over the economies of one side, ``[K]``."""
    found = np.zeros(len(dyads.regressors))
    for rows in _members(side):
        fitted, scores = dyads.fitted[rows], dyads.scores[rows]
        whole = fitted.sum(axis=1, keepdims=True)
        share = fitted / whole
        curvature = np.diag(fitted.sum(axis=0)) - fitted.T @ share
        inverse = _pseudo_inverse(curvature)
        squares = scores.T @ scores
        for k in range(len(found)):
            x = dyads.regressors[k, rows]
            moved = fitted * (x - (share * x).sum(axis=1, keepdims=True))
            first = -np.sum(inverse * (moved.T @ scores))
            tilted = np.diag((fitted * x).sum(axis=0)) - (fitted * x).T @ share
            third = -(tilted + tilted.T)
            second = 0.5 * np.sum((inverse @ third @ inverse) * squares)
            found[k] += first + second
    return found


def _covariance(dyads: Dyads, leverage: Leverage, *, pair_effects: bool) -> FloatArray:
    """Sum the corrected outer products of the pairs' scores between inverse Hessians."""
    pairs, periods = dyads.fitted.shape
    variables = len(dyads.regressors)
    hessian = dyads.hessian
    inverse = solve_positive(hessian, np.eye(variables))
    meat = np.zeros((variables, variables))
    unit = np.eye(periods)
    for rows in _members(dyads.exporter):
        fitted, scores = dyads.fitted[rows], dyads.scores[rows]
        x = dyads.regressors[:, rows].transpose(1, 2, 0)
        inside = x @ inverse @ x.transpose(0, 2, 1) + leverage.block(rows)
        curvature = fitted[:, :, None] * unit
        if pair_effects:
            share = fitted / fitted.sum(axis=1, keepdims=True)
            curvature = curvature - fitted[:, :, None] * share[:, None, :]
        grown = np.linalg.solve(unit - curvature @ inside, scores[:, :, None])[:, :, 0]
        left = np.einsum("ptk,pt->pk", x, grown)
        right = np.einsum("ptk,pt->pk", x, scores)
        meat += left.T @ right
    meat = 0.5 * (meat + meat.T)
    return np.asarray(pairs / (pairs - 1.0) * inverse @ meat @ inverse)


@dataclass(frozen=True)
class Leverage:
    """Blocks ``d_ij V d_ij'`` of the estimated effects' covariance, pair by pair.

    Attributes
    ----------
    dyads
        The pairs.
    inverse
        ``[effects, effects]`` over exporter-period then importer-period effects (three-way), or
        empty.
    diagonal
        ``[pairs, periods]`` (two-way: periods are unrelated), or empty.
    """

    dyads: Dyads
    inverse: FloatArray
    diagonal: FloatArray

    def block(self, rows: IntArray) -> FloatArray:
        """Compute the blocks of some pairs, ``[rows, periods, periods]``."""
        periods = self.dyads.fitted.shape[1]
        if self.diagonal.size:
            return np.asarray(self.diagonal[rows][:, :, None] * np.eye(periods))
        exporters = int(self.dyads.exporter.max()) + 1
        step = np.arange(periods)
        one = self.dyads.exporter[rows][:, None] * periods + step
        other = (exporters + self.dyads.importer[rows])[:, None] * periods + step
        found = self.inverse[one[:, :, None], one[:, None, :]]
        found = found + self.inverse[one[:, :, None], other[:, None, :]]
        found += self.inverse[other[:, :, None], one[:, None, :]]
        found += self.inverse[other[:, :, None], other[:, None, :]]
        return np.asarray(found)


def _three_way_leverage(dyads: Dyads) -> Leverage:
    """Invert the Hessian of exporter and importer effects, pair effects eliminated.

    A constant over an economy's periods is the pairs' own, and a shift of all exporters against
    all importers in one period changes nothing: these directions are fixed at zero.
    """
    periods = dyads.fitted.shape[1]
    exporters, importers = int(dyads.exporter.max()) + 1, int(dyads.importer.max()) + 1
    effects = (exporters + importers) * periods
    whole = np.zeros((effects, effects))
    share = dyads.fitted / dyads.fitted.sum(axis=1, keepdims=True)
    sides = ((dyads.exporter, 0), (dyads.importer, exporters))
    for side, offset in sides:
        for number, rows in enumerate(_members(side)):
            at = slice((offset + number) * periods, (offset + number + 1) * periods)
            fitted = dyads.fitted[rows]
            whole[at, at] = np.diag(fitted.sum(axis=0)) - fitted.T @ share[rows]
    step = np.arange(periods)
    for rows in _members(dyads.exporter):
        fitted = dyads.fitted[rows]
        block = fitted[:, :, None] * np.eye(periods) - fitted[:, :, None] * share[rows][:, None, :]
        one = dyads.exporter[rows][:, None] * periods + step
        other = (exporters + dyads.importer[rows])[:, None] * periods + step
        whole[one[:, :, None], other[:, None, :]] = block
        whole[other[:, None, :], one[:, :, None]] = block
    kept = np.ones((exporters + importers, periods), dtype=np.bool_)
    kept[:, 0] = False
    kept[-1] = False
    chosen = np.flatnonzero(kept.ravel())
    inverse = np.zeros_like(whole)
    inverse[np.ix_(chosen, chosen)] = _symmetric_inverse(whole[np.ix_(chosen, chosen)])
    return Leverage(dyads, inverse, np.zeros((0, 0)))


def _two_way_leverage(dyads: Dyads) -> Leverage:
    """Invert each period's Hessian of exporter and importer effects."""
    exporters, importers = int(dyads.exporter.max()) + 1, int(dyads.importer.max()) + 1
    diagonal = np.zeros_like(dyads.fitted)
    size = exporters + importers
    for period in range(dyads.fitted.shape[1]):
        flows = np.zeros((exporters, importers))
        flows[dyads.exporter, dyads.importer] = dyads.fitted[:, period]
        whole = np.zeros((size, size))
        whole[:exporters, exporters:] = flows
        whole[exporters:, :exporters] = flows.T
        whole[np.arange(size), np.arange(size)] = np.concatenate([flows.sum(1), flows.sum(0)])
        kept = np.flatnonzero(np.diag(whole) > 0)[:-1]
        inverse = np.zeros_like(whole)
        inverse[np.ix_(kept, kept)] = _symmetric_inverse(whole[np.ix_(kept, kept)])
        one, other = dyads.exporter, exporters + dyads.importer
        diagonal[:, period] = inverse[one, one] + 2.0 * inverse[one, other] + inverse[other, other]
    return Leverage(dyads, np.zeros((0, 0)), diagonal)


def _members(side: IntArray) -> Iterator[IntArray]:
    """Find the pairs of each economy of one side, in its order."""
    order = np.argsort(side, kind="stable")
    edges = np.searchsorted(side[order], np.arange(int(side.max()) + 2))
    for start, stop in pairwise(edges):
        yield order[start:stop]


def _symmetric_inverse(matrix: FloatArray) -> FloatArray:
    size = np.diag(matrix)
    scale = 1.0 / np.sqrt(np.where(size > 0, size, 1.0))
    scaled = matrix * scale[:, None] * scale
    try:
        inverse = cho_solve(cho_factor(scaled), np.eye(len(matrix)))
    except LinAlgError:
        inverse = _pseudo_inverse(scaled)
    return np.asarray(inverse * scale[:, None] * scale)


def _pseudo_inverse(matrix: FloatArray) -> FloatArray:
    sizes, ways = np.linalg.eigh(matrix)
    kept = sizes > NULL * max(float(sizes[-1]), 1e-300)
    return np.asarray((ways[:, kept] / sizes[kept]) @ ways[:, kept].T)
