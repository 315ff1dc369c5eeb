"""Split the exact change of welfare into trade creation, trade diversion and terms of trade.

Along a path that brings the shock in bit by bit, welfare of importer n moves by (symbols as in
`landbridge.equilibrium.market`; d ln tau = -d ln F / theta)::

    d ln W_n = - sum_i S_in d ln tau_in                         cheaper (or dearer) purchases
               + sum_i S_in (d ln w_n - d ln w_i)               own price against suppliers'
               + d ln (E'_n / (Y_n w_n))                        transfer

Wages move because sales are redirected. Market by market m, a foreign supplier k whose access
improves takes ``X_km (1 - S_km) d ln F_km`` at given wages: ``X_km S_mm d ln F_km`` from the
sellers at home in m and ``X_km S_nm d ln F_km`` from every other foreign supplier n. The first
kind is what trade creation displaces, the second is trade diverted. Each kind sums to zero over
the economies of a market, so wages answer each by the same linear system, and the two answers
add up to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.linalg import lu_solve

from landbridge.equilibrium.baseline import (
    DEFAULT_OPTIONS,
    Baseline,
    check_freeness,
    market_after,
    prepare,
)
from landbridge.equilibrium.market import Closure, Market, Point, shares
from landbridge.equilibrium.one_sector import (
    border_freeness,
    clear,
    duties_then,
    freeness_path,
    purchases,
)
from landbridge.equilibrium.solver import SolverOptions, factorise
from landbridge.errors import ConvergenceError
from landbridge.units import PERCENT, FloatArray

QUADRATURE_LIMIT: Final = 1e-8
"""Largest gap, in log points, between the integrated parts and the exact change."""
NODES: Final = (3, 6, 12, 24, 48, 96)
"""Gauss-Legendre nodes tried in turn until the gap is within its limit."""
LINEAR: Final = 1e-9
"""Below this log change the percent change is the log change, to double precision."""


@dataclass(frozen=True)
class Decomposition:
    """Parts of the exact change of welfare, in log points; they add up.

    Attributes
    ----------
    iso3
        N codes.
    total
        ``[N]`` log of real expenditure over its baseline.
    trade_creation
        ``[N]`` what cheaper access saves on purchases, at the quantities of each moment: on the
        trade there was and on the trade it creates. The only part that is a gain to the world.
    trade_diversion
        ``[N]`` what relative wages gain or lose because importers switch between foreign
        suppliers: a gain to those who come closer, a loss to those who are passed over.
    terms_of_trade
        ``[N]`` the rest of the change of own prices against suppliers' prices.
    transfer
        ``[N]`` change of expenditure over income; zero under the purged closure.
    revenue
        ``[N]`` change of spending by the tariffs collected; zero where no tariff is known.
    existing_trade
        ``[N]`` the part of `trade_creation` that falls on the trade there was, at baseline
        shares; missing where a flow is shut.
    quadrature_gap
        Largest absolute gap, log points, that was spread over the parts in proportion to size.
    nodes
        Quadrature nodes used.
    """

    iso3: tuple[str, ...]
    total: FloatArray
    trade_creation: FloatArray
    trade_diversion: FloatArray
    terms_of_trade: FloatArray
    transfer: FloatArray
    revenue: FloatArray
    existing_trade: FloatArray
    quadrature_gap: float
    nodes: int

    def table(self) -> pd.DataFrame:
        """Tabulate the parts, one row an economy, in percent of baseline welfare.

        Returns
        -------
        pd.DataFrame
            iso3, welfare_percent and its parts trade_creation_percent,
            trade_diversion_percent, terms_of_trade_percent, transfer_percent,
            tariff_revenue_percent, which sum to it. existing_trade_percent is contained in trade
            creation. Log points are scaled by the ratio of the exact percent change to the log
            change.
        """
        small = np.abs(self.total) < LINEAR
        safe = np.where(small, 1.0, self.total)
        scale = PERCENT * np.where(small, 1.0, np.expm1(safe) / safe)
        return pd.DataFrame(
            {
                "iso3": self.iso3,
                "welfare_percent": PERCENT * np.expm1(self.total),
                "trade_creation_percent": scale * self.trade_creation,
                "trade_diversion_percent": scale * self.trade_diversion,
                "terms_of_trade_percent": scale * self.terms_of_trade,
                "transfer_percent": scale * self.transfer,
                "tariff_revenue_percent": scale * self.revenue,
                "existing_trade_percent": scale * self.existing_trade,
            }
        )


def decompose(
    flows: FloatArray,
    freeness_hat: FloatArray,
    *,
    theta: float,
    closure: Closure,
    iso3: Sequence[str] | None = None,
    options: SolverOptions = DEFAULT_OPTIONS,
    duties: FloatArray | None = None,
    duties_after: FloatArray | None = None,
) -> Decomposition:
    """Split the welfare change that `landbridge.equilibrium.solve` finds into its parts.

    Parameters
    ----------
    flows, freeness_hat, theta, closure, iso3, options, duties, duties_after
        As in `landbridge.equilibrium.one_sector.solve`.

    Returns
    -------
    Decomposition
        Parts that add up to the exact change.

    Raises
    ------
    LandbridgeError
        As in `solve`.
    ConvergenceError
        The parts do not add up to within the limit at the largest number of nodes.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[80.0, 15.0, 5.0], [15.0, 180.0, 5.0], [5.0, 5.0, 90.0]])
    >>> cheaper = np.ones((3, 3))
    >>> cheaper[0, 1] = cheaper[1, 0] = 1.5
    >>> parts = decompose(flows, cheaper, theta=4.0, closure="purged").table()
    >>> columns = ["trade_creation_percent", "trade_diversion_percent", "terms_of_trade_percent"]
    >>> parts[columns].round(3)
       trade_creation_percent  trade_diversion_percent  terms_of_trade_percent
    0                   1.838                    0.022                   0.109
    1                   0.916                    0.021                  -0.054
    2                   0.000                   -0.064                  -0.001
    """
    baseline = prepare(
        flows, theta=theta, closure=closure, iso3=iso3, options=options, duties=duties
    )
    return decompose_prepared(baseline, freeness_hat, options=options, duties_after=duties_after)


def decompose_prepared(
    baseline: Baseline,
    freeness_hat: FloatArray,
    *,
    options: SolverOptions = DEFAULT_OPTIONS,
    duties_after: FloatArray | None = None,
) -> Decomposition:
    """Decompose one shock from a prepared baseline; see `decompose`."""
    freeness_hat = check_freeness(baseline, freeness_hat)
    duties = duties_then(baseline, duties_after)
    border_hat = border_freeness(baseline, freeness_hat, duties)
    final = clear(
        baseline, market_after(baseline, border_hat), freeness_hat=border_hat, options=options
    ).point
    bought = purchases(baseline, freeness_hat, point=final, duties=duties)
    log_prices = -np.log(bought.price_power) / baseline.theta
    real_income = final.log_wages - log_prices
    revenue = np.log(bought.spending / final.expenditure) - np.log(
        bought.spending_before / baseline.expenditure
    )
    transfer = np.log(final.expenditure / final.income) - np.log(
        baseline.expenditure / baseline.output
    )
    gap = np.full_like(real_income, np.inf)
    for nodes in NODES:
        creation, diversion, terms = _integrate(
            baseline, freeness_hat, border_hat, nodes=nodes, options=options
        )
        gap = real_income - (creation + diversion + terms)
        if np.abs(gap).max() <= QUADRATURE_LIMIT:
            break
    largest = float(np.abs(gap).max())
    if largest > QUADRATURE_LIMIT:
        raise ConvergenceError(
            "the parts of the welfare change do not add up",
            residual=largest,
            iterations=NODES[-1],
            last=(creation, diversion, terms),
            mend="Make the shock smaller, or bring it in by several scenarios.",
        )
    creation, diversion, terms = _spread(gap, creation, diversion, terms)
    return Decomposition(
        iso3=baseline.iso3,
        total=real_income + transfer + revenue,
        trade_creation=creation,
        trade_diversion=diversion,
        terms_of_trade=terms,
        transfer=transfer,
        revenue=revenue,
        existing_trade=_existing(baseline, freeness_hat),
        quadrature_gap=largest,
        nodes=nodes,
    )


def _integrate(
    baseline: Baseline,
    freeness_hat: FloatArray,
    border_hat: FloatArray,
    *,
    nodes: int,
    options: SolverOptions,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Integrate the three parts along the path of the shock, ``[N]`` log points each.

    Costs of buyers and of sales at border prices (without tariffs) go the same way, each at its
    own pace; where no tariff moves they are one.
    """
    places, weights = np.polynomial.legendre.leggauss(nodes)
    count = len(baseline.iso3)
    creation, diversion, terms = np.zeros(count), np.zeros(count), np.zeros(count)
    wages = np.zeros(count)
    whole, border = _log(freeness_hat), _log(border_hat)
    for place, weight in zip(0.5 * (places + 1.0), 0.5 * weights, strict=True):
        here = freeness_path(freeness_hat, float(place))
        at_border = here if border_hat is freeness_hat else freeness_path(border_hat, float(place))
        shut = -1.0 / (1.0 - place)
        market = market_after(baseline, at_border)
        point = clear(baseline, market, freeness_hat=at_border, options=options, start=wages).point
        wages = point.log_wages
        direct, by_diversion, by_creation = _rates(
            market,
            point,
            bought=_bought(baseline, here, point),
            speed=np.where(freeness_hat > 0, whole, shut),
            border_speed=np.where(border_hat > 0, border, shut),
        )
        creation += weight * direct
        diversion += weight * by_diversion
        terms += weight * by_creation
    return creation, diversion, terms


def _log(freeness_hat: FloatArray) -> FloatArray:
    """Take logs; zero where a flow is shut."""
    return np.log(freeness_hat, where=freeness_hat > 0, out=np.zeros_like(freeness_hat))


def _bought(baseline: Baseline, freeness_hat: FloatArray, point: Point) -> FloatArray:
    """Compute the share of each exporter in what each importer pays, ``[N, N]`` ratio."""
    weights = baseline.purchase_shares * freeness_hat * point.supply[:, None]
    return np.asarray(weights / weights.sum(axis=0))


def _rates(
    market: Market,
    point: Point,
    *,
    bought: FloatArray,
    speed: FloatArray,
    border_speed: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Work out the three parts of d ln W along the path, ``[N]`` each.

    ``speed`` is d ln F, ``[N, N]``, ``border_speed`` the same at border prices, and ``bought`` the
    shares of what is paid. The changes of sales at given wages are those of the module's heading,
    per unit of sales; a change of domestic freeness is a matter between domestic and foreign
    sellers and so counts with the first kind.
    """
    share = shares(market, point)
    sales = share * point.expenditure
    direct = (bought * speed).sum(axis=0) / market.theta
    pull = share * border_speed
    everything = (sales * (border_speed - pull.sum(axis=0))).sum(axis=1)
    foreign, abroad, foreign_pull = sales.copy(), border_speed.copy(), pull.copy()
    for array in (foreign, abroad, foreign_pull):
        np.fill_diagonal(array, 0.0)
    # Among foreign suppliers only: X_nm ((1 - S_mm) d ln F_nm - sum_{k != m} S_km d ln F_km).
    imported = 1.0 - np.diag(share)
    diverted = (foreign * (imported * abroad - foreign_pull.sum(axis=0))).sum(axis=1)
    forces = np.column_stack([diverted, everything - diverted]) / point.sales[:, None]
    wages = lu_solve(factorise(market, point), -forces, check_finite=False)
    gains = wages - bought.T @ wages
    return direct, gains[:, 0], gains[:, 1]


def _spread(gap: FloatArray, *parts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Spread the quadrature gap over the parts in proportion to their size."""
    size = np.sum([np.abs(part) for part in parts], axis=0)
    ratio = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    first, second, third = (part + ratio * np.abs(part) for part in parts)
    return first, second, third


def _existing(baseline: Baseline, freeness_hat: FloatArray) -> FloatArray:
    """Compute the saving on baseline trade, ``[N]`` log points; missing where a flow is shut."""
    traded = baseline.shares > 0
    shut = (traded & (freeness_hat <= 0)).any(axis=0)
    saving = (baseline.purchase_shares * _log(freeness_hat)).sum(axis=0) / baseline.theta
    return np.where(shut, np.nan, saving)
