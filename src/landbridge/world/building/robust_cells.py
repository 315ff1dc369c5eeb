"""Published cells and bounds in a fit that no outlier may carry away.

A term is that of Student's distribution with three degrees of freedom: far out it pulls with a
bounded force. So a cell that the prior and a publication see far apart has two modes, and a search
that begins at the prior ends at the prior, however sure the publication is. `likelier_start` begins
every cell at the likelier of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.units import BoolArray, FloatArray

STUDENT = 4.0
"""Degrees of freedom plus one in the robust terms: a far outlier pulls with a bounded force."""


@dataclass(frozen=True)
class RobustCells:
    """Something known about single cells, ready for the fit.

    Attributes
    ----------
    known
        ``[N, N]`` where something is known.
    log_value, sd_log
        ``[N, N]`` its log and the standard deviation of that.
    """

    known: BoolArray
    log_value: FloatArray
    sd_log: FloatArray

    def losses(self, log_flow: FloatArray, *, one_sided: bool) -> FloatArray:
        """Compute the term of every cell, ``[N, N]``."""
        gap = self._gap(log_flow, one_sided=one_sided)
        return np.asarray(0.5 * STUDENT * np.log1p(gap**2 / STUDENT))

    def loss(self, log_flow: FloatArray, *, one_sided: bool) -> float:
        """Compute the sum of all terms."""
        return float(np.sum(self.losses(log_flow, one_sided=one_sided)))

    def slope(
        self, log_flow: FloatArray, *, one_sided: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Compute the derivative, an upper bound of the curvature, and the curvature."""
        gap = self._gap(log_flow, one_sided=one_sided)
        active = self.known & (gap > 0) if one_sided else self.known
        scaled = gap**2 / STUDENT
        bound = np.where(active, 1.0 / (1.0 + scaled) / self.sd_log**2, 0.0)
        return bound * gap * self.sd_log, bound, bound * (1.0 - scaled) / (1.0 + scaled)

    def _gap(self, log_flow: FloatArray, *, one_sided: bool) -> FloatArray:
        gap = np.where(self.known, log_flow - self.log_value, 0.0) / self.sd_log
        return np.maximum(gap, 0.0) if one_sided else gap


def robust_cells(value: FloatArray, sd_log: FloatArray, known: BoolArray) -> RobustCells:
    """Lay cells out for the fit.

    Parameters
    ----------
    value
        ``[N, N]`` in the unit of the flows.
    sd_log
        ``[N, N]`` standard deviation of its log.
    known
        ``[N, N]`` where the two are read.
    """
    return RobustCells(
        known=known,
        log_value=np.log(np.where(known, value, 1.0)),
        sd_log=np.where(known, sd_log, 1.0),
    )


def likelier_start(
    mean: FloatArray,
    weight: FloatArray,
    observed: Sequence[RobustCells],
    ceilings: Sequence[RobustCells],
) -> FloatArray:
    """Choose where every cell begins: the prior, or one of the figures published of it.

    Each cell is looked at alone: the start with the least sum of its prior, published and bounding
    terms is taken. Totals play no part.

    Parameters
    ----------
    mean
        ``[N, N]`` prior mean of the log flow.
    weight
        ``[N, N]`` one over its variance.
    observed, ceilings
        Published figures and upper bounds.

    Returns
    -------
    FloatArray
        ``[N, N]`` log flow.
    """

    def cost(log_flow: FloatArray) -> FloatArray:
        total = 0.5 * weight * (log_flow - mean) ** 2
        for group, one_sided in ((observed, False), (ceilings, True)):
            for cells in group:
                total = total + cells.losses(log_flow, one_sided=one_sided)
        return total

    start, least = mean, cost(mean)
    for cells in observed:
        tried = np.where(cells.known, cells.log_value, mean)
        there = cost(tried)
        better = cells.known & (there < least)
        start, least = np.where(better, tried, start), np.where(better, there, least)
    return start
