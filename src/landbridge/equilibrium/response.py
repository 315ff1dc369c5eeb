"""The linear response of real income to small changes of trade freeness, many at once.

Symbols as in `landbridge.equilibrium.market`; f is the log change of the freeness of a flow. At
the baseline, to first order (differentiate equations (1) to (3) of ``docs/equilibrium.md``)::

    d ln R_i = sum_n A_in f_in - sum_n A_in b_n,     b_n = sum_i s_in f_in
    d ln w   = - J^-1 d ln R
    d ln W_n = d ln E_n - sum_i s_in d ln w_i + b_n / theta

A shock enters by two vectors alone: a_i = sum_n A_in f_in by exporter and b_n by importer. The
answer of real income to both is one matrix, found by one linear solve (the adjoint), whatever the
number of shocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from landbridge.equilibrium.baseline import Baseline, market_after
from landbridge.equilibrium.market import Market, Point, evaluate, jacobian, shares
from landbridge.errors import InputError
from landbridge.units import FloatArray


@dataclass(frozen=True, eq=False)
class Response:
    """How log real expenditure (welfare) answers small shocks.

    Attributes
    ----------
    by_exporter, by_importer
        ``[N, N]``: d ln W = by_exporter @ a + by_importer @ b.
    theta
        Trade elasticity.
    """

    by_exporter: FloatArray
    by_importer: FloatArray
    theta: float

    def welfare(self, by_exporter: FloatArray, by_importer: FloatArray) -> FloatArray:
        """Compute the log change of welfare for X shocks.

        Parameters
        ----------
        by_exporter
            ``[N, X]`` log change of freeness over each exporter's sales, weighted by sales.
        by_importer
            ``[N, X]`` the same over each importer's purchases, weighted by expenditure.

        Returns
        -------
        FloatArray
            ``[N, X]`` log points.

        Raises
        ------
        InputError
            The shocks have another shape.
        """
        count = len(self.by_exporter)
        if by_exporter.shape != by_importer.shape or len(by_exporter) != count:
            raise InputError(
                f"shocks have shapes {by_exporter.shape} and {by_importer.shape}, "
                f"not [{count}, shocks] each"
            )
        return np.asarray(self.by_exporter @ by_exporter + self.by_importer @ by_importer)


def linear_response(baseline: Baseline) -> Response:
    """Differentiate welfare by small changes of freeness, at the baseline.

    Parameters
    ----------
    baseline
        From `prepare`, any closure.

    Returns
    -------
    Response
        The whole of the first order: savings, terms of trade and transfers.

    Examples
    --------
    >>> import numpy as np
    >>> from landbridge.equilibrium import prepare
    >>> flows = np.array([[80.0, 20.0], [20.0, 180.0]])
    >>> answer = linear_response(prepare(flows, theta=4.0, closure="purged"))
    >>> sold, bought = flows / flows.sum(axis=1, keepdims=True), flows / flows.sum(axis=0)
    >>> f = np.array([[0.0, 0.01], [0.01, 0.0]])
    >>> shock = (sold * f).sum(axis=1)[:, None], (bought * f).sum(axis=0)[:, None]
    >>> answer.welfare(*shock).ravel().round(6)
    array([0.000526, 0.000237])
    """
    market = market_after(baseline, np.ones_like(baseline.flows))
    point = evaluate(market, np.zeros_like(baseline.output))
    share = shares(market, point)
    sold = share * point.expenditure / point.sales[:, None]
    # d ln W by log wages: spending less prices.
    wages = _spending(market, point) - share.T
    factor = lu_factor(jacobian(market, point), check_finite=False)
    by_exporter = -lu_solve(factor, wages.T, trans=1, check_finite=False).T
    by_importer = -by_exporter @ sold
    by_importer[np.diag_indices_from(by_importer)] += 1.0 / market.theta
    return Response(by_exporter=by_exporter, by_importer=by_importer, theta=market.theta)


def _spending(market: Market, point: Point) -> FloatArray:
    """Differentiate log expenditure by log wages, ``[N, N]``."""
    count = len(market.output)
    own = np.eye(count)
    if market.closure == "purged":
        return own
    world = point.income / point.income.sum()
    if market.closure == "additive":
        transfer = market.deficit * (point.income.sum() / market.output.sum())
        shared = np.outer(transfer / point.expenditure, world)
        return own * (point.income / point.expenditure)[:, None] + shared
    return np.asarray(own + (world - point.expenditure / point.expenditure.sum()))
