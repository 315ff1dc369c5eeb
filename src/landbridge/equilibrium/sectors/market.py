"""The many-sector market in exact-hat form: what wages, costs and spending imply.

Symbols (as in ``docs/equilibrium-sectors.md``; a hat is a ratio to the baseline; n imports,
i exports, j and k are sectors):

=========== ===============================================================================
pi          share of an exporter in an importer's spending on a sector, at purchaser prices
kappa       change of the cost of a flow: iceberg, non-tariff, tariff, subsidy
X, Y        spending on a sector by all users, and sales of a sector at producer prices
gamma, g    cost share of value added, and of each input, in the sales of a sector
alpha, I    share of a sector in final spending, and final spending
w, c, P     change of wages, of unit costs and of purchaser price indices
theta       trade elasticity of a sector
=========== ===============================================================================

The equations are those of Caliendo and Parro (2015). Inside this room arrays are sector first,
``[S, exporter, importer]``, so that every step is a stack of matrix-vector products.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from landbridge.equilibrium.market import RIDGE, Closure
from landbridge.units import BoolArray, FloatArray, IntArray

MOST_INPUTS = 0.95
"""Largest share of inputs in purchases that the approximate slope assumes."""


@dataclass(frozen=True)
class SectorMarket:
    """Everything that stays fixed while wages, costs and spending look for their level.

    Attributes
    ----------
    theta
        ``[S]`` trade elasticities.
    weights
        ``[S, N, N]`` baseline shares times ``kappa ** -theta``; zero where nobody buys.
    sold, landed
        ``[S, N, N]`` the same divided by what stands between purchaser and producer price, and
        between purchaser and border price. The same array where no export is subsidised, the
        array of weights where there are no tariffs either.
    value_added_shares
        ``[S, N]`` gamma.
    input_shares
        ``[N, S, S]`` g: economy, user, input.
    final_shares
        ``[S, N]`` alpha.
    value_added
        ``[N]`` million USD at baseline wages.
    log_productivity
        ``[S, N]`` log change.
    log_endowment
        ``[N]`` log change of the factor supplied at given wages.
    deficits, spending_ratio
        ``[N]`` million USD, and final spending over own income, at baseline.
    own_works, foreign_works, tax_shares
        ``[N]`` public works in million USD at baseline prices, where they are built: paid for at
        home, and paid for by others, who pay these shares of all such works.
    labour_supply
        Elasticity of labour supply to the real wage.
    closure
        How spending follows income.
    bought, made
        ``[S, N]`` which sectors an economy buys and sells at all.
    blocks
        ``[N]`` label of the group of economies that trade with one another.
    """

    theta: FloatArray
    weights: FloatArray
    sold: FloatArray
    landed: FloatArray
    value_added_shares: FloatArray
    input_shares: FloatArray
    final_shares: FloatArray
    value_added: FloatArray
    log_productivity: FloatArray
    log_endowment: FloatArray
    deficits: FloatArray
    spending_ratio: FloatArray
    own_works: FloatArray
    foreign_works: FloatArray
    tax_shares: FloatArray
    labour_supply: float
    closure: Closure
    bought: BoolArray
    made: BoolArray
    blocks: IntArray

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Sectors and economies."""
        return self.bought.shape[0], self.bought.shape[1]

    @cached_property
    def taxed(self) -> bool:
        """Whether any flow pays a tariff."""
        return self.landed is not self.weights

    @cached_property
    def subsidised(self) -> bool:
        """Whether any export is subsidised or taxed."""
        return self.sold is not self.landed

    @cached_property
    def works_planned(self) -> bool:
        """Whether public works are paid for."""
        return bool(self.own_works.any() or self.foreign_works.any())


@dataclass(frozen=True)
class SectorPoint:
    """Wages, costs and spending, and what follows from them.

    Attributes
    ----------
    log_wages
        ``[N]``.
    log_costs, log_spending
        ``[S, N]`` log change of unit costs; log of spending in million USD (0 where nobody buys).
    supply
        ``[S, N]`` ``c ** -theta``.
    price_power
        ``[S, N]`` ``P ** -theta``; 1 where nobody buys.
    log_prices, log_final_prices
        ``[S, N]`` and ``[N]`` log change of purchaser prices.
    spending, sales
        ``[S, N]`` million USD: X and, at producer prices, Y.
    factor_income, revenue, subsidies, own_income, final_spending, private_spending
        ``[N]`` million USD; own income is factor income and revenue less subsidies; final
        spending has public works in it, private spending has not.
    kappa
        Common factor of spending; 1 but for the proportional closure.
    cost_residual, spending_residual
        ``[S, N]`` log of what costs and spending should be over what they are.
    wage_residual
        ``[N]`` log of value added demanded over value added paid.
    gap
        Largest absolute residual; infinite where the point is out of bounds.
    """

    log_wages: FloatArray
    log_costs: FloatArray
    log_spending: FloatArray
    supply: FloatArray
    price_power: FloatArray
    log_prices: FloatArray
    log_final_prices: FloatArray
    spending: FloatArray
    sales: FloatArray
    factor_income: FloatArray
    revenue: FloatArray
    subsidies: FloatArray
    own_income: FloatArray
    final_spending: FloatArray
    private_spending: FloatArray
    kappa: float
    cost_residual: FloatArray
    spending_residual: FloatArray
    wage_residual: FloatArray
    gap: float


def evaluate_sectors(
    market: SectorMarket, log_wages: FloatArray, log_costs: FloatArray, log_spending: FloatArray
) -> SectorPoint:
    """Work out every market's residual at given wages, unit costs and spending.

    Parameters
    ----------
    market
        The fixed part.
    log_wages
        ``[N]``.
    log_costs, log_spending
        ``[S, N]``.

    Returns
    -------
    SectorPoint
        Two to five stacks of matrix-vector products; no ``[S, N, N]`` array is made.
    """
    with np.errstate(all="ignore"):
        elasticity = market.theta[:, None]
        supply = np.where(market.made, np.exp(-elasticity * log_costs), 0.0)
        price_power = np.where(market.bought, _over_exporters(supply, market.weights), 1.0)
        log_prices = -np.log(price_power) / elasticity
        log_final_prices = (market.final_shares * log_prices).sum(axis=0)
        costs = (
            market.value_added_shares * log_wages
            + _by_user(market.input_shares, log_prices)
            - market.log_productivity
        )
        spending = np.where(market.bought, np.exp(log_spending), 0.0)
        demand = spending / price_power
        sales = supply * _over_importers(market.sold, demand)
        revenue, subsidies = _public(market, supply, demand, spending=spending, sales=sales)
        factor_income = market.value_added * np.exp(
            log_wages + market.log_endowment + market.labour_supply * (log_wages - log_final_prices)
        )
        own_income = factor_income + revenue - subsidies
        spendable, kappa = _spendable(market, own_income, factor_income)
        private, final = _with_works(market, spendable, log_final_prices)
        wanted = _by_input(market.input_shares, sales) + market.final_shares * final
        wage_residual = np.log((market.value_added_shares * sales).sum(axis=0) / factor_income)
        cost_residual = np.where(market.made, costs - log_costs, 0.0)
        spending_residual = np.where(market.bought, np.log(wanted) - log_spending, 0.0)
        gap = max(
            float(np.abs(wage_residual).max()),
            float(np.abs(cost_residual).max()),
            float(np.abs(spending_residual).max()),
        )
    return SectorPoint(
        log_wages=log_wages,
        log_costs=log_costs,
        log_spending=log_spending,
        supply=supply,
        price_power=price_power,
        log_prices=log_prices,
        log_final_prices=log_final_prices,
        spending=spending,
        sales=sales,
        factor_income=factor_income,
        revenue=revenue,
        subsidies=subsidies,
        own_income=own_income,
        final_spending=final,
        private_spending=private,
        kappa=kappa,
        cost_residual=cost_residual,
        spending_residual=spending_residual,
        wage_residual=wage_residual,
        gap=gap if np.isfinite(gap) else np.inf,
    )


def sector_shares(market: SectorMarket, point: SectorPoint) -> FloatArray:
    """Compute the share of each exporter in each importer's spending, ``[S, N, N]``."""
    shares = market.weights * point.supply[:, :, None]
    shares /= point.price_power[:, None, :]
    return shares


def border_flows(market: SectorMarket, point: SectorPoint) -> FloatArray:
    """Compute flows at border prices (tariffs out, subsidies in), ``[S, N, N]`` million USD."""
    flows = market.landed * point.supply[:, :, None]
    flows *= (point.spending / point.price_power)[:, None, :]
    return flows


def wage_slope(market: SectorMarket, point: SectorPoint) -> FloatArray:
    """Differentiate the wage residual by log wages, ``[N, N]``, nearly.

    Inputs are treated as if every economy had one production function and one basket; trade
    elasticities keep their sectors. It steers the steps and does not touch the answer. The scale
    of wages is pinned down block by block, as in the one-sector market.
    """
    with np.errstate(all="ignore"):
        factor = market.value_added_shares * point.supply
        flows = (market.sold * factor[:, :, None]) * (point.spending / point.price_power)[
            :, None, :
        ]
        share = sector_shares(market, point)
        demanded = np.maximum(flows.sum(axis=(0, 2)), np.finfo(float).tiny)
        weighted = market.theta[:, None, None] * flows
        substitution = -np.matmul(weighted, share.transpose(0, 2, 1)).sum(axis=0)
        count = len(demanded)
        diagonal = np.diag_indices(count)
        substitution[diagonal] += weighted.sum(axis=(0, 2))
        substitution /= demanded[:, None]
        sold = flows.sum(axis=0) / demanded[:, None]
        purchases = point.spending.sum(axis=0)
        inputs = np.clip(1.0 - point.final_spending / purchases, 0.0, MOST_INPUTS)
        bought = (share * point.spending[:, None, :]).sum(axis=0) / purchases
        own = (market.value_added_shares * point.sales).sum(axis=0) / point.sales.sum(axis=0)
        own = np.clip(own, 1.0 - MOST_INPUTS, 1.0)
        cost = np.linalg.solve(np.eye(count) - (1.0 - own)[:, None] * bought.T, np.diag(own))
        sales = np.linalg.solve(
            np.eye(count) - sold * inputs, sold * (1.0 - inputs) - substitution @ cost
        )
        income = point.factor_income
        weight = income / np.bincount(market.blocks, income)[market.blocks]
        sales += np.where(market.blocks[:, None] == market.blocks, weight, 0.0)
        sales[diagonal] -= (1.0 + market.labour_supply) + RIDGE
    return np.asarray(sales)


def home_inverses(market: SectorMarket, point: SectorPoint) -> tuple[FloatArray, FloatArray]:
    """Solve every economy's own input-output loop, trade with others held, ``[N, S, S]`` each.

    The first turns a gap of unit costs into the change of unit costs that closes it at home
    (the inputs an economy sells itself become dearer too), the second a gap of spending. Most of
    the feedback of a sweep runs through these loops.
    """
    sectors, count = market.shape
    home = np.arange(count)
    with np.errstate(all="ignore"):
        factor = point.supply / point.price_power
        bought = np.nan_to_num(market.weights[:, home, home] * factor, posinf=0.0).T
        sold = np.nan_to_num(market.sold[:, home, home] * factor, posinf=0.0).T
    identity: FloatArray = np.eye(sectors)
    costs: FloatArray = identity - market.input_shares * np.clip(bought, 0.0, 1.0)[:, None, :]
    spending: FloatArray = (
        identity - market.input_shares.transpose(0, 2, 1) * np.clip(sold, 0.0, 1.0)[:, None]
    )
    return np.asarray(np.linalg.inv(costs)), np.asarray(np.linalg.inv(spending))


def works_and_taxes(
    market: SectorMarket, log_final_prices: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Compute what public works cost where they stand and who pays, ``[N]`` million USD."""
    prices = np.exp(log_final_prices)
    own, foreign = market.own_works * prices, market.foreign_works * prices
    return own + foreign, own + market.tax_shares * foreign.sum()


def normalise_wages(market: SectorMarket, log_wages: FloatArray) -> FloatArray:
    """Compute the common change of wages, ``[N]``, by which a block's value added has moved."""
    before = np.bincount(market.blocks, market.value_added)
    highest = float(log_wages.max())
    after = np.bincount(market.blocks, market.value_added * np.exp(log_wages - highest))
    return np.asarray((highest + np.log(after / before))[market.blocks])


def reachable(
    weights: FloatArray, input_shares: FloatArray, final_shares: FloatArray
) -> tuple[BoolArray, BoolArray]:
    """Find which sectors are bought and made at all, ``[S, N]`` each.

    A sector is bought where it enters final spending, or the costs of a sector that is made; it is
    made where somebody buys it.
    """
    opened = weights > 0
    needed = input_shares > 0
    bought: BoolArray = final_shares > 0
    while True:
        made: BoolArray = np.any(opened & bought[:, None, :], axis=2)
        wider: BoolArray = bought | np.any(needed & made.T[:, :, None], axis=1).T
        if np.array_equal(wider, bought):
            return bought, made
        bought = wider


def _over_exporters(supply: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(np.matmul(supply[:, None, :], weights)[:, 0, :])


def _over_importers(weights: FloatArray, demand: FloatArray) -> FloatArray:
    return np.asarray(np.matmul(weights, demand[:, :, None])[:, :, 0])


def _by_user(input_shares: FloatArray, of_inputs: FloatArray) -> FloatArray:
    """Add up inputs for every user, ``[S, N]``."""
    return np.asarray(np.matmul(input_shares, of_inputs.T[:, :, None])[:, :, 0].T)


def _by_input(input_shares: FloatArray, of_users: FloatArray) -> FloatArray:
    """Add up users of every input, ``[S, N]``."""
    return np.asarray(np.matmul(of_users.T[:, None, :], input_shares)[:, 0, :].T)


def _public(
    market: SectorMarket,
    supply: FloatArray,
    demand: FloatArray,
    *,
    spending: FloatArray,
    sales: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Work out tariff revenue and outlays on export subsidies, ``[N]`` million USD each."""
    nothing = np.zeros_like(market.value_added)
    revenue = nothing
    if market.taxed:
        landed = _over_exporters(supply, market.landed) * demand
        revenue = (spending - landed).sum(axis=0)
    if not market.subsidised:
        return revenue, nothing
    exported = supply * _over_importers(market.landed, demand)
    return revenue, (sales - exported).sum(axis=0)


def _spendable(
    market: SectorMarket, own_income: FloatArray, factor_income: FloatArray
) -> tuple[FloatArray, float]:
    """Spend the income as the closure says, ``[N]`` million USD, and give kappa."""
    if market.closure == "purged":
        return own_income, 1.0
    if market.closure == "additive":
        scale = float(factor_income.sum() / market.value_added.sum())
        return own_income + scale * market.deficits, 1.0
    wanted = own_income * market.spending_ratio
    kappa = float(own_income.sum() / wanted.sum())
    return kappa * wanted, kappa


def _with_works(
    market: SectorMarket, spendable: FloatArray, log_final_prices: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Take taxes off private spending and add public works to final spending."""
    if not market.works_planned:
        return spendable, spendable
    works, taxes = works_and_taxes(market, log_final_prices)
    private = spendable - taxes
    return private, private + works
