"""One-sector general equilibrium in exact-hat form.

``prepare`` checks the flows and, under the purged closure, removes the trade imbalances;
``solve_prepared`` answers one shock from there; ``solve`` does both. Preparing once and solving
many shocks saves the checks, the purge and the first factorisation.

Symbols as in `landbridge.equilibrium.market`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landbridge.equilibrium.baseline import (
    DEFAULT_OPTIONS,
    Baseline,
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
) -> Equilibrium:
    """Find what trade and income become when trade freeness changes.

    Parameters
    ----------
    flows
        ``[N, N]`` million USD of one year, exporter x importer, domestic sales on the diagonal.
    freeness_hat
        ``[N, N]`` ratio: ``tau_hat ** -theta`` of each flow; 0 shuts a flow.
    theta
        Trade elasticity, above 0.
    closure
        ``"purged"``, ``"additive"`` or ``"proportional"``.
    iso3
        Names of the economies for messages and tables.
    options
        Tolerance, limits and numeraire.

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
    baseline = prepare(flows, theta=theta, closure=closure, iso3=iso3, options=options)
    return solve_prepared(baseline, freeness_hat, options=options)


def solve_prepared(
    baseline: Baseline,
    freeness_hat: FloatArray,
    *,
    options: SolverOptions = DEFAULT_OPTIONS,
) -> Equilibrium:
    """Answer one shock from a prepared baseline; see `solve`."""
    freeness_hat = check_freeness(baseline, freeness_hat)
    anchor = _numeraire(baseline, options.numeraire)
    market = market_after(baseline, freeness_hat)
    settled = clear(baseline, market, freeness_hat=freeness_hat, options=options)
    return _equilibrium(
        baseline, freeness_hat, market=market, settled=settled, options=options, anchor=anchor
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
    freeness_hat: FloatArray,
    *,
    market: Market,
    settled: Settled,
    options: SolverOptions,
    anchor: int | None,
) -> Equilibrium:
    """Turn a settled point into the result, in the numeraire asked for."""
    point = settled.point
    share = shares(market, point)
    prices = point.price_power ** (-1.0 / baseline.theta)
    wages = np.exp(point.log_wages)
    expenditure_hat = point.expenditure / baseline.expenditure
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
        flows=share * (scale * point.expenditure),
        baseline_flows=baseline.flows,
        shares=share,
        certificate=Certificate(
            residual=point.gap,
            market_clearing=float(np.abs(np.expm1(point.residual)).max()),
            walras_gap=float(abs(point.expenditure.sum() / point.income.sum() - 1.0)),
            welfare_gap=_welfare_gap(
                baseline, freeness_hat, share=share, point=point, welfare=welfare
            ),
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


def _numeraire_text(name: str, blocks: int) -> str:
    """Say in which money nominal results are."""
    if name != "world_output":
        return f"the wage of {name} is unchanged"
    if blocks > 1:
        return "the nominal output of every group of trading economies is unchanged"
    return "nominal world output is unchanged"


def _welfare_gap(
    baseline: Baseline,
    freeness_hat: FloatArray,
    *,
    share: FloatArray,
    point: Point,
    welfare: FloatArray,
) -> float:
    """Compare real expenditure by prices with the CES index of quantities delivered.

    A delivered quantity is the value over the exporter's price and the trade cost; the index is
    ``(sum_i s_i q_i ** rho) ** (1 / rho)`` with rho = theta / (1 + theta), the shares s being
    those of the baseline.
    """
    open_flow = (baseline.shares > 0) & (freeness_hat > 0)
    value = np.divide(share, baseline.shares, out=np.zeros_like(share), where=open_flow)
    value *= point.expenditure / baseline.expenditure
    quantity = value * freeness_hat ** (1.0 / baseline.theta) * np.exp(-point.log_wages)[:, None]
    rho = baseline.theta / (1.0 + baseline.theta)
    index = (baseline.shares * quantity**rho).sum(axis=0) ** (1.0 / rho)
    return float(np.abs(np.log(index / welfare)).max())
