"""The exact slope of the wage residual, costs and spending following wages all the way.

Used where the nearly right slope of `sectors_market.wage_slope` leads nowhere: mostly where trade
all but stops and a few sectors decide. It solves two dense systems of N times S unknowns.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from landbridge.equilibrium.market import RIDGE
from landbridge.equilibrium.sectors.market import SectorMarket, SectorPoint, sector_shares
from landbridge.units import FloatArray

LARGEST: Final = 4500
"""Economies times sectors up to which the dense systems are worth their time."""


def exact_wage_slope(market: SectorMarket, point: SectorPoint) -> FloatArray:
    """Differentiate the wage residual by log wages, ``[N, N]``.

    Parameters
    ----------
    market, point
        Where to differentiate; costs and spending should have settled there.

    Returns
    -------
    FloatArray
        The scale of wages pinned down block by block, as in `wage_slope`.
    """
    sectors, count = market.shape
    share = sector_shares(market, point)
    wages = np.eye(count)
    costs = _cost_response(market, share)
    prices = np.einsum("kmn,kmx->knx", share, costs, optimize=True)
    final_prices = np.einsum("kn,knx->nx", market.final_shares, prices)
    demand = (point.supply[:, :, None], (point.spending / point.price_power)[:, None, :])
    sales = market.sold * demand[0] * demand[1]
    landed = market.landed * demand[0] * demand[1]
    theta = market.theta[:, None, None]

    def substituted(flows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compute what substitution does to an exporter's and an importer's totals."""
        by_exporter = flows.sum(axis=2)[:, :, None] * costs
        by_exporter -= np.einsum("kin,knx->kix", flows, prices, optimize=True)
        by_importer = np.einsum("kin,kix->knx", flows, costs, optimize=True)
        by_importer -= flows.sum(axis=1)[:, :, None] * prices
        return -theta * by_exporter, -theta * by_importer

    sold_moves, _ = substituted(sales)
    exported_moves, imported_moves = substituted(landed)
    paid = point.factor_income[:, None] * (
        (1.0 + market.labour_supply) * wages - market.labour_supply * final_prices
    )
    income = paid - imported_moves.sum(axis=0) - (sold_moves - exported_moves).sum(axis=0)
    safe = np.where(market.bought, point.spending, 1.0)[:, None, :]
    per_spending, per_landed = sales / safe, landed / safe
    # Income by spending on a sector anywhere: revenue at home, subsidies on what is exported.
    income_by_spending = (per_landed - per_spending).transpose(1, 0, 2)
    home = np.arange(count)
    income_by_spending[home, :, home] += (market.bought - per_landed.sum(axis=1)).T
    flat = income_by_spending.reshape(count, sectors * count)
    final = _final_response(market, point, np.hstack([income, flat]), paid=paid)
    works = (market.foreign_works * np.exp(point.log_final_prices))[:, None] * final_prices
    final[:, :count] += works - market.tax_shares[:, None] * works.sum(axis=0)
    inputs = np.einsum("nkj,knx->jnx", market.input_shares, sold_moves, optimize=True)
    known = inputs + market.final_shares[:, :, None] * final[None, :, :count]
    chain = np.einsum("nkj,knm->jnkm", market.input_shares, per_spending, optimize=True)
    chain = chain.reshape(sectors, count, sectors * count)
    chain = chain + market.final_shares[:, :, None] * final[None, :, count:]
    size = sectors * count
    spending = np.linalg.solve(
        np.eye(size) - chain.reshape(size, size), known.reshape(size, count)
    ).reshape(sectors, count, count)
    moves = sold_moves + np.einsum("kin,knx->kix", per_spending, spending, optimize=True)
    demanded = (market.value_added_shares * point.sales).sum(axis=0)
    slope = np.einsum("ki,kix->ix", market.value_added_shares, moves) / demanded[:, None]
    slope -= paid / point.factor_income[:, None]
    weight = point.factor_income / np.bincount(market.blocks, point.factor_income)[market.blocks]
    slope += np.where(market.blocks[:, None] == market.blocks, weight, 0.0)
    slope[np.diag_indices(count)] -= RIDGE
    return np.asarray(slope)


def _cost_response(market: SectorMarket, share: FloatArray) -> FloatArray:
    """Compute the change of unit costs by wages, ``[S, N, N]``."""
    sectors, count = market.shape
    size = sectors * count
    through = np.einsum("njk,kmn->jnkm", market.input_shares, share, optimize=True)
    own = np.zeros((sectors, count, count))
    home = np.arange(count)
    own[:, home, home] = market.value_added_shares
    system = np.eye(size) - through.reshape(size, size)
    return np.linalg.solve(system, own.reshape(size, count)).reshape(sectors, count, count)


def _final_response(
    market: SectorMarket, point: SectorPoint, income: FloatArray, *, paid: FloatArray
) -> FloatArray:
    """Compute the change of spending out of a change of own income, by the closure."""
    if market.closure == "purged":
        return income.copy()
    if market.closure == "additive":
        final = income.copy()
        world = paid.sum(axis=0) / market.value_added.sum()
        final[:, : len(paid)] += np.outer(market.deficits, world)
        return final
    ratio = market.spending_ratio
    wanted = ratio[:, None] * income
    common = income.sum(axis=0) / point.own_income.sum()
    common = common - wanted.sum(axis=0) / (ratio @ point.own_income)
    return np.asarray(point.kappa * (wanted + np.outer(ratio * point.own_income, common)))
