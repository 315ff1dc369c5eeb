"""The one-sector market in exact-hat form: what wages imply, and how far they are from clearing.

Symbols (the same in every module of this room; a hat is a ratio to the baseline):

======== ==================================================================================
Y, E, D  baseline output, expenditure and deficit E - Y of an economy, million USD
s, S     share of an exporter in an importer's expenditure, at baseline and now
F        change of trade freeness, ``tau_hat ** -theta``
w, P     change of wages (price of an economy's output) and of its price index
R        sales of an economy at those wages, million USD
A        share of an importer in an exporter's sales, now
kappa    common factor of expenditure in the proportional closure
======== ==================================================================================

The equations are those of Armington (1969) with a constant trade elasticity, in the hat form of
Dekle, Eaton and Kortum (2007); ``docs/equilibrium.md`` writes them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np

from landbridge.units import FloatArray, IntArray

RIDGE: Final = 1e-12
"""An economy whose trade share is at the rounding error has no determinate wage; this share of
the diagonal, added to it, keeps its wage from running away. Elsewhere it changes nothing."""

Closure: TypeAlias = Literal["purged", "additive", "proportional"]


@dataclass(frozen=True)
class Market:
    """Everything that stays fixed while wages look for their level.

    Attributes
    ----------
    weights
        ``[N, N]`` baseline shares times the change of freeness, exporter x importer.
    output, deficit
        ``[N]`` million USD at baseline. Under the purged closure the deficit is zero.
    theta
        Trade elasticity.
    closure
        How expenditure follows income.
    blocks
        ``[N]`` label of the group of economies that trade with one another. One group unless a
        flow is shut; wages are comparable inside a group only.
    """

    weights: FloatArray
    output: FloatArray
    deficit: FloatArray
    theta: float
    closure: Closure
    blocks: IntArray

    @cached_property
    def block_count(self) -> int:
        """How many groups do not trade with one another."""
        return int(self.blocks.max()) + 1


@dataclass(frozen=True)
class Point:
    """Wages and what follows from them.

    Attributes
    ----------
    log_wages
        ``[N]`` log of w.
    supply
        ``[N]`` ``w ** -theta``.
    price_power
        ``[N]`` ``P ** -theta``.
    income, expenditure, sales
        ``[N]`` million USD: Y w, E' and R.
    kappa
        Common factor of expenditure; 1 but for the proportional closure.
    residual
        ``[N]`` log of sales over income; infinite where sales are not positive.
    gap
        Largest absolute residual.
    """

    log_wages: FloatArray
    supply: FloatArray
    price_power: FloatArray
    income: FloatArray
    expenditure: FloatArray
    sales: FloatArray
    kappa: float
    residual: FloatArray
    gap: float


def evaluate(market: Market, log_wages: FloatArray) -> Point:
    """Work out sales, expenditure and the residual at given wages.

    Parameters
    ----------
    market
        The fixed part.
    log_wages
        ``[N]``.

    Returns
    -------
    Point
        Two matrix-vector products; no ``[N, N]`` array is made.
    """
    with np.errstate(all="ignore"):
        income = market.output * np.exp(log_wages)
        supply = np.exp(-market.theta * log_wages)
        price_power = supply @ market.weights
        expenditure, kappa = _expenditure(market, income)
        sales = supply * (market.weights @ (expenditure / price_power))
        residual = np.log(sales / income)
    residual = np.where(np.isfinite(residual), residual, np.inf)
    return Point(
        log_wages=log_wages,
        supply=supply,
        price_power=price_power,
        income=income,
        expenditure=expenditure,
        sales=sales,
        kappa=kappa,
        residual=residual,
        gap=float(np.abs(residual).max()),
    )


def shares(market: Market, point: Point) -> FloatArray:
    """Compute the share of each exporter in each importer's expenditure, ``[N, N]`` ratio."""
    return market.weights * point.supply[:, None] / point.price_power


def excess(market: Market, point: Point) -> FloatArray:
    """Compute what Newton brings to zero, ``[N]`` ratio; its derivative is `jacobian`.

    Under the purged and additive closures that is (R - Y w) / R: weighted by sales it sums to
    exactly zero (Walras), also inside a group of economies that hardly trades with the rest, so
    that a wage with little to hold it is not thrown off by a second-order remainder. Under the
    proportional closure kappa takes up that sum, and the log residual is the better-behaved one.
    """
    if market.closure == "proportional":
        return point.residual
    return np.asarray(-np.expm1(-point.residual))


def jacobian(market: Market, point: Point) -> FloatArray:
    """Differentiate `excess` by log wages, with the scale of wages pinned down.

    Parameters
    ----------
    market, point
        Where to differentiate; every economy's sales are positive there.

    Returns
    -------
    FloatArray
        ``[N, N]``: theta A S' + A dE - (theta + Y w / R) I (in the proportional closure 1 for
        Y w / R), plus for each block the outer product of ones and output weights. Without that
        term the matrix maps a common rise of wages to zero (nothing real changes) and cannot be
        inverted; with it the solution has no common rise to first order.
    """
    share = shares(market, point)
    sold = share * point.expenditure / point.sales[:, None]
    weight = point.income / np.bincount(market.blocks, point.income)[market.blocks]
    derivative = market.theta * (sold @ share.T)
    if market.closure == "additive":
        world = point.income / point.income.sum()
        transfer = market.deficit * (point.income.sum() / market.output.sum())
        derivative += sold * (point.income / point.expenditure)
        derivative += np.outer(sold @ (transfer / point.expenditure), world)
    else:
        derivative += sold
        if market.closure == "proportional":
            derivative += point.income / point.income.sum()
            derivative -= point.expenditure / point.expenditure.sum()
    if market.block_count == 1:
        derivative += weight
    else:
        derivative += np.where(market.blocks[:, None] == market.blocks, weight, 0.0)
    diagonal = np.diag_indices_from(derivative)
    own = 1.0 if market.closure == "proportional" else point.income / point.sales
    derivative[diagonal] -= own + market.theta + (1.0 + market.theta) * RIDGE
    return derivative


def normalise(market: Market, log_wages: FloatArray) -> FloatArray:
    """Scale wages so that the nominal output of every block is what it was at baseline."""
    highest = float(log_wages.max())
    income = market.output * np.exp(log_wages - highest)
    before = np.bincount(market.blocks, market.output)
    after = np.bincount(market.blocks, income)
    return np.asarray(log_wages - highest - np.log(after / before)[market.blocks])


def _expenditure(market: Market, income: FloatArray) -> tuple[FloatArray, float]:
    """Spend the income as the closure says, ``[N]`` million USD, and give kappa."""
    if market.closure == "purged":
        return income, 1.0
    if market.closure == "additive":
        return income + market.deficit * (income.sum() / market.output.sum()), 1.0
    wanted = income * (1.0 + market.deficit / market.output)
    kappa = float(income.sum() / wanted.sum())
    return kappa * wanted, kappa
