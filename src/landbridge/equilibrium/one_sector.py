"""One-sector general equilibrium in exact-hat form.

``prepare`` checks the flows and, under the purged closure, removes the trade imbalances;
``solve_prepared`` answers one shock from there; ``solve`` does both. Preparing once and solving
many shocks saves the checks, the purge and the first factorisation.

Symbols as in `landbridge.equilibrium.market`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.equilibrium.baseline import (
    DEFAULT_OPTIONS,
    Baseline,
    check_duties,
    check_freeness,
    listed,
    market_after,
    prepare,
)
from landbridge.equilibrium.market import Closure, Market, Point, shares
from landbridge.equilibrium.results import CLOSURES, Certificate, Equilibrium
from landbridge.equilibrium.solver import Settled, SolverOptions, settle
from landbridge.errors import (
    ConvergenceError,
    NegativeExpenditureError,
    UnknownNameError,
    suggest,
)
from landbridge.units import FloatArray

__all__ = ["Baseline", "SolverOptions", "prepare", "solve", "solve_prepared"]


def solve(
    flows: FloatArray,
    freeness_hat: FloatArray,
    *,
    theta: float,
    closure: Closure,
    iso3: Sequence[str] | None = None,
    options: SolverOptions = DEFAULT_OPTIONS,
    duties: FloatArray | None = None,
    duties_after: FloatArray | None = None,
) -> Equilibrium:
    """Find what trade and income become when trade freeness changes.

    Parameters
    ----------
    flows
        ``[N, N]`` million USD of one year, exporter x importer, domestic sales on the diagonal.
    freeness_hat
        ``[N, N]`` ratio: ``tau_hat ** -theta`` of each flow, what buyers pay in tariffs among
        ``tau_hat``; 0 shuts a flow.
    theta
        Trade elasticity, above 0.
    closure
        ``"purged"``, ``"additive"`` or ``"proportional"``.
    iso3
        Names of the economies for messages and tables.
    options
        Tolerance, limits and numeraire.
    duties, duties_after
        ``[N, N]`` tariffs over the border price before and after, ratio; households of the
        importer spend the revenue. None: none before, as before after.

    Returns
    -------
    Equilibrium
        With its certificate.

    Raises
    ------
    DataError
        The flows cannot be a trade matrix, or trade that must balance cannot.
    InputError
        The shock, the elasticity or an option cannot be used.
    NegativeExpenditureError
        Additive closure: an economy would have to pay out more than it earns.
    ConvergenceError
        No equilibrium was found.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[80.0, 20.0], [20.0, 180.0]])
    >>> cheaper = np.array([[1.0, 1.5], [1.5, 1.0]])
    >>> found = solve(flows, cheaper, theta=4.0, closure="purged")
    >>> found.welfare_hat.round(4)
    array([1.0259, 1.0114])
    >>> found.certificate.passed
    True
    """
    baseline = prepare(
        flows, theta=theta, closure=closure, iso3=iso3, options=options, duties=duties
    )
    return solve_prepared(baseline, freeness_hat, options=options, duties_after=duties_after)


def solve_prepared(
    baseline: Baseline,
    freeness_hat: FloatArray,
    *,
    options: SolverOptions = DEFAULT_OPTIONS,
    duties_after: FloatArray | None = None,
) -> Equilibrium:
    """Answer one shock from a prepared baseline; see `solve`."""
    freeness_hat = check_freeness(baseline, freeness_hat)
    anchor = _numeraire(baseline, options.numeraire)
    duties = duties_then(baseline, duties_after)
    border_hat = border_freeness(baseline, freeness_hat, duties)
    market = market_after(baseline, border_hat)
    settled = clear(baseline, market, freeness_hat=border_hat, options=options)
    bought = purchases(baseline, freeness_hat, point=settled.point, duties=duties)
    return _equilibrium(
        baseline, bought, market=market, settled=settled, options=options, anchor=anchor
    )


def duties_then(baseline: Baseline, duties_after: FloatArray | None) -> FloatArray | None:
    """Choose the duties after a change: those given, or those of the baseline."""
    if duties_after is None:
        return baseline.duties
    return check_duties(baseline.iso3, duties_after)


def border_freeness(
    baseline: Baseline, freeness_hat: FloatArray, duties: FloatArray | None
) -> FloatArray:
    """Compute the change of freeness of sales at border prices, ``[N, N]`` ratio.

    A buyer spends ``1 + duty`` on what the seller gets 1 for. With S the purchaser's shares,
    those of the sellers are S / (1 + duty), so that markets clear as they would without tariffs
    under ``F (1 + duty) / (1 + duty')``: only what buyers can spend is larger, by the revenue.
    """
    if duties is baseline.duties:
        return freeness_hat
    before = 0.0 if baseline.duties is None else baseline.duties
    after = 0.0 if duties is None else duties
    return np.asarray(freeness_hat * ((1.0 + before) / (1.0 + after)))


@dataclass(frozen=True, eq=False)
class Purchases:
    """What buyers pay, tariffs included, at the wages found.

    Attributes
    ----------
    freeness_hat
        ``[N, N]`` ratio, tariffs included.
    share
        ``[N, N]`` share of each exporter in what each importer pays.
    price_power
        ``[N]`` ``P ** -theta``.
    spending, spending_before
        ``[N]`` million USD: what is spent at border prices and the revenue on it.
    revenue
        ``[N]`` million USD.
    """

    freeness_hat: FloatArray
    share: FloatArray
    price_power: FloatArray
    spending: FloatArray
    spending_before: FloatArray
    revenue: FloatArray


def purchases(
    baseline: Baseline,
    freeness_hat: FloatArray,
    *,
    point: Point,
    duties: FloatArray | None,
) -> Purchases:
    """Work out prices, shares, spending and revenue of buyers at given wages.

    Of each unit that an importer spends, ``1 - r`` reaches sellers, with r the sum over suppliers
    of S duty / (1 + duty). What reaches them is `Point.expenditure`; spending is that over 1 - r.

    Parameters
    ----------
    baseline, freeness_hat
        As in `solve_prepared`.
    point
        Wages that clear the market.
    duties
        ``[N, N]`` those after; None for none.
    """
    weights = baseline.purchase_shares * freeness_hat
    price_power = point.supply @ weights
    share = weights * point.supply[:, None] / price_power
    spending, before = point.expenditure, baseline.expenditure
    if duties is not None:
        spending = spending / (share / (1.0 + duties)).sum(axis=0)
    if baseline.duties is not None:
        before = before + baseline.revenue
    return Purchases(
        freeness_hat=freeness_hat,
        share=share,
        price_power=price_power,
        spending=spending,
        spending_before=before,
        revenue=spending - point.expenditure,
    )


def clear(
    baseline: Baseline,
    market: Market,
    *,
    freeness_hat: FloatArray,
    options: SolverOptions,
    start: FloatArray | None = None,
) -> Settled:
    """Find the wages that clear a market, and refuse negative spending.

    Parameters
    ----------
    baseline, market, freeness_hat
        From `prepare`, `market_after` and `check_freeness`.
    options
        Tolerance and limits.
    start
        ``[N]`` log wages to start from; the baseline's where left out.
    """

    def path(share: float) -> Market:
        return market_after(baseline, freeness_path(freeness_hat, share))

    first = np.zeros_like(baseline.output) if start is None else start
    try:
        settled = settle(market, first, options=options, factor=baseline.factor, path=path)
    except ConvergenceError as error:
        if isinstance(error.last, Point):
            _refuse_negative(baseline, error.last, iterations=error.iterations)
        raise
    _refuse_negative(baseline, settled.point, iterations=settled.effort.newton_steps)
    return settled


def freeness_path(freeness_hat: FloatArray, share: float) -> FloatArray:
    """Bring in a share of a shock: ``F ** share``, and ``1 - share`` where a flow is shut."""
    return np.where(freeness_hat > 0, freeness_hat**share, 1.0 - share)


def _refuse_negative(baseline: Baseline, point: Point, *, iterations: int) -> None:
    """Name the economies whose spending would turn negative."""
    negative = point.expenditure <= 0
    if negative.any():
        raise NegativeExpenditureError(
            f"spending would turn negative in {listed(baseline.iso3, negative)}: the trade"
            " surplus it must keep is larger than all it would earn",
            residual=point.gap,
            iterations=iterations,
            last=point,
            mend="Choose the purged or the proportional closure, or a smaller shock.",
        )


def _numeraire(baseline: Baseline, name: str) -> int | None:
    """Position of the economy that sets the numeraire; None for world output."""
    if name == "world_output":
        return None
    if name not in baseline.iso3:
        raise UnknownNameError(
            f"the numeraire {name!r} is neither 'world_output' nor an economy here",
            mend=suggest(name, [*baseline.iso3, "world_output"]),
        )
    return baseline.iso3.index(name)


def _equilibrium(
    baseline: Baseline,
    bought: Purchases,
    *,
    market: Market,
    settled: Settled,
    options: SolverOptions,
    anchor: int | None,
) -> Equilibrium:
    """Turn a settled point into the result, in the numeraire asked for."""
    point = settled.point
    prices = bought.price_power ** (-1.0 / baseline.theta)
    wages = np.exp(point.log_wages)
    expenditure_hat = bought.spending / bought.spending_before
    scale = 1.0 if anchor is None else float(1.0 / wages[anchor])
    welfare = expenditure_hat / prices
    return Equilibrium(
        iso3=baseline.iso3,
        theta=baseline.theta,
        closure=baseline.closure,
        wages_hat=scale * wages,
        prices_hat=scale * prices,
        expenditure_hat=scale * expenditure_hat,
        welfare_hat=welfare,
        real_income_hat=wages / prices,
        flows=shares(market, point) * (scale * point.expenditure),
        baseline_flows=baseline.flows,
        shares=bought.share,
        revenue=scale * bought.revenue,
        baseline_revenue=baseline.revenue,
        certificate=Certificate(
            residual=point.gap,
            market_clearing=float(np.abs(np.expm1(point.residual)).max()),
            walras_gap=_walras_gap(bought, point),
            welfare_gap=_welfare_gap(baseline, bought, point=point, welfare=welfare),
            newton_steps=settled.effort.newton_steps,
            fixed_point_steps=settled.effort.fixed_point_steps,
            homotopy_stages=settled.effort.homotopy_stages,
            purge_residual=baseline.purge_residual,
            purge_newton_steps=baseline.purge_effort.newton_steps,
            tolerance=options.tolerance,
            closure=f"{baseline.closure}: {CLOSURES[baseline.closure]}",
            numeraire=_numeraire_text(options.numeraire, market.block_count),
            kappa=point.kappa,
            blocks=market.block_count,
        ),
    )


def _walras_gap(bought: Purchases, point: Point) -> float:
    """Compare what the world spends with what it earns, revenue among both."""
    earned = point.income.sum() + bought.revenue.sum()
    return float(abs(bought.spending.sum() / earned - 1.0))


def _numeraire_text(name: str, blocks: int) -> str:
    """Say in which money nominal results are."""
    if name != "world_output":
        return f"the wage of {name} is unchanged"
    if blocks > 1:
        return "the nominal output of every group of trading economies is unchanged"
    return "nominal world output is unchanged"


def _welfare_gap(
    baseline: Baseline, bought: Purchases, *, point: Point, welfare: FloatArray
) -> float:
    """Compare real expenditure by prices with the CES index of quantities delivered.

    A delivered quantity is the value over the exporter's price and the trade cost, tariffs
    included; the index is ``(sum_i s_i q_i ** rho) ** (1 / rho)`` with rho = theta / (1 + theta),
    the shares s being what buyers paid at the baseline.
    """
    before = baseline.purchase_shares
    open_flow = (before > 0) & (bought.freeness_hat > 0)
    value = np.divide(bought.share, before, out=np.zeros_like(before), where=open_flow)
    value *= bought.spending / bought.spending_before
    cost = bought.freeness_hat ** (1.0 / baseline.theta)
    quantity = value * cost * np.exp(-point.log_wages)[:, None]
    rho = baseline.theta / (1.0 + baseline.theta)
    index = (before * quantity**rho).sum(axis=0) ** (1.0 / rho)
    return float(np.abs(np.log(index / welfare)).max())
