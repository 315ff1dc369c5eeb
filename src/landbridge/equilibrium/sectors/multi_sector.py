"""Many-sector general equilibrium with input-output links, in exact-hat form.

The model of Caliendo and Parro (2015), with non-tariff costs, export subsidies, public works paid
by taxes, and labour supply. ``prepare_sectors`` checks the tables and solves the baseline,
``solve_sectors`` answers one shock. Symbols as in `landbridge.equilibrium.sectors.market`.
"""

from __future__ import annotations

import numpy as np

from landbridge.equilibrium.results import CLOSURES
from landbridge.equilibrium.sectors.apply import sector_market
from landbridge.equilibrium.sectors.baseline import (
    DEFAULT_SECTOR_OPTIONS,
    SectoralBaseline,
    refuse_negative,
    unstacked,
)
from landbridge.equilibrium.sectors.market import (
    SectorMarket,
    SectorPoint,
    border_flows,
    works_and_taxes,
)
from landbridge.equilibrium.sectors.results import SectoralCertificate, SectoralEquilibrium
from landbridge.equilibrium.sectors.shock import Changes, SectoralShock, check_shock, part_of
from landbridge.equilibrium.sectors.solver import (
    SectorOptions,
    SectorSettled,
    State,
    settle_sectors,
)
from landbridge.errors import ConvergenceError, InputError, UnknownNameError, suggest
from landbridge.units import FloatArray

WORLD = "world_value_added"


def solve_sectors(
    baseline: SectoralBaseline,
    shock: SectoralShock,
    *,
    labour_supply_elasticity: float = 0.0,
    options: SectorOptions = DEFAULT_SECTOR_OPTIONS,
) -> SectoralEquilibrium:
    """Find what trade, output and income become after a shock.

    Parameters
    ----------
    baseline
        From `prepare_sectors`.
    shock
        Costs, tariffs, subsidies, productivity, endowments, works and taxes.
    labour_supply_elasticity
        Percent more labour supplied for one percent more real wage, 0 or more. Welfare then
        counts the toil: preferences are those of Greenwood, Hercowitz and Huffman (1988).
    options
        Tolerance, limits and numeraire.

    Returns
    -------
    SectoralEquilibrium
        With its certificate.

    Raises
    ------
    InputError
        The shock or an option cannot be used.
    DataError
        The shock leaves somebody without suppliers or buyers.
    NegativeExpenditureError
        An economy would have to pay out more than it earns.
    ConvergenceError
        No equilibrium was found; carries the last iterate.

    Examples
    --------
    >>> import numpy as np
    >>> from landbridge.equilibrium import SectoralTables, prepare_sectors
    >>> flows = np.array([[[80.0, 40.0], [20.0, 0.0]], [[20.0, 0.0], [180.0, 90.0]]])
    >>> half = np.full((2, 2), 0.5)
    >>> tables = SectoralTables(flows, half, np.full((2, 2, 2), 0.25))
    >>> baseline = prepare_sectors(tables, theta=4.0, closure="purged")
    >>> cheaper = np.where(np.eye(2)[:, :, None] > 0, 1.0, np.full((2, 2, 2), 0.9))
    >>> found = solve_sectors(baseline, SectoralShock(iceberg_hat=cheaper))
    >>> found.welfare_hat.round(4).tolist()
    [1.0386, 1.0166]
    >>> found.certificate.passed
    True
    """
    if not np.isfinite(labour_supply_elasticity) or labour_supply_elasticity < 0:
        raise InputError(
            f"the elasticity of labour supply is {labour_supply_elasticity}",
            mend="Give 0 for fixed labour, or a number above 0.",
        )
    anchor = _numeraire(baseline, options.numeraire)
    changes = check_shock(shock, baseline.tariffs)
    market = sector_market(baseline, changes, labour_supply=labour_supply_elasticity)
    settled = clear_sectors(baseline, changes, market=market, options=options)
    return _equilibrium(
        baseline, changes, market=market, settled=settled, options=options, anchor=anchor
    )


def clear_sectors(
    baseline: SectoralBaseline,
    changes: Changes,
    *,
    market: SectorMarket,
    options: SectorOptions,
    start: State | None = None,
) -> SectorSettled:
    """Find the point that clears a market, and refuse negative spending.

    Parameters
    ----------
    baseline, changes, market
        From `prepare_sectors`, `check_shock` and `sector_market`.
    options
        Tolerance and limits.
    start
        Log wages, costs and spending to start from; the baseline's where left out.
    """

    def path(share: float) -> SectorMarket:
        here = part_of(changes, share, baseline.theta)
        return sector_market(baseline, here, labour_supply=market.labour_supply)

    try:
        settled = settle_sectors(
            market,
            start or baseline.start,
            options=options,
            steering=baseline.steering,
            path=path,
        )
    except ConvergenceError as error:
        if isinstance(error.last, SectorPoint):
            refuse_negative(baseline.iso3, error.last, iterations=error.iterations)
        raise
    refuse_negative(baseline.iso3, settled.point, iterations=settled.sweeps)
    return settled


def _numeraire(baseline: SectoralBaseline, name: str) -> int | None:
    """Position of the economy that sets the numeraire; None for the world's value added."""
    if name == WORLD:
        return None
    if name not in baseline.iso3:
        raise UnknownNameError(
            f"the numeraire {name!r} is neither {WORLD!r} nor an economy here",
            mend=suggest(name, [*baseline.iso3, WORLD]),
        )
    return baseline.iso3.index(name)


def _equilibrium(
    baseline: SectoralBaseline,
    changes: Changes,
    *,
    market: SectorMarket,
    settled: SectorSettled,
    options: SectorOptions,
    anchor: int | None,
) -> SectoralEquilibrium:
    """Turn a settled point into the result, in the numeraire asked for."""
    point = settled.point
    wages, prices = np.exp(point.log_wages), np.exp(point.log_final_prices)
    scale = 1.0 if anchor is None else float(1.0 / wages[anchor])
    flows = unstacked(border_flows(market, point))
    labour = np.exp(market.labour_supply * (point.log_wages - point.log_final_prices))
    spending = point.private_spending
    real = spending / prices / baseline.final_spending
    gain = spending / prices - baseline.final_spending
    if market.labour_supply > 0:
        toil = market.labour_supply / (1.0 + market.labour_supply)
        gain = gain - toil * (point.factor_income / prices - baseline.value_added)
    _, taxes = works_and_taxes(market, point.log_final_prices)
    earned = baseline.value_added + baseline.tariff_revenue
    return SectoralEquilibrium(
        iso3=baseline.iso3,
        sectors=baseline.sectors,
        theta=baseline.theta,
        closure=baseline.closure,
        wages_hat=scale * wages,
        final_prices_hat=scale * prices,
        labour_hat=labour,
        costs_hat=scale * np.exp(point.log_costs.T),
        prices_hat=scale * np.exp(point.log_prices.T),
        welfare_hat=1.0 + gain / baseline.final_spending,
        real_spending_hat=real,
        real_income_hat=point.own_income / prices / earned,
        real_wages_hat=wages / prices,
        equivalent_variation_million_usd=gain,
        flows=scale * flows,
        baseline_flows=baseline.flows,
        expenditure=scale * point.spending.T,
        output=scale * point.sales.T,
        baseline_expenditure=baseline.expenditure,
        baseline_output=baseline.output,
        value_added=scale * point.factor_income,
        tariff_revenue=scale * point.revenue,
        subsidies=scale * point.subsidies,
        taxes=scale * taxes,
        deficit=scale * (point.final_spending - point.own_income),
        final_spending=scale * spending,
        baseline_value_added=baseline.value_added,
        baseline_tariff_revenue=baseline.tariff_revenue,
        baseline_spending=baseline.final_spending,
        tariffs=changes.tariffs,
        certificate=_certificate(
            baseline, market=market, settled=settled, options=options, flows=flows
        ),
    )


def _certificate(
    baseline: SectoralBaseline,
    *,
    market: SectorMarket,
    settled: SectorSettled,
    options: SectorOptions,
    flows: FloatArray,
) -> SectoralCertificate:
    """Collect the evidence; trade balances come from the flows, not from the iterate."""
    point = settled.point
    bought, sold = flows.sum(axis=(0, 2)), flows.sum(axis=(1, 2))
    deficit = point.final_spending - point.own_income
    blocks = int(market.blocks.max()) + 1
    return SectoralCertificate(
        wage_residual=float(np.abs(point.wage_residual).max()),
        cost_residual=float(np.abs(point.cost_residual).max()),
        spending_residual=float(np.abs(point.spending_residual).max()),
        walras_gap=float(abs(point.final_spending.sum() / point.own_income.sum() - 1.0)),
        trade_gap=float(np.abs((bought - sold - deficit) / point.own_income).max()),
        turnover=float(((bought + sold) / point.own_income).max()),
        sweeps=settled.sweeps,
        stages=settled.stages,
        baseline_residual=baseline.resolve_residual,
        baseline_sweeps=baseline.resolve_sweeps,
        tolerance=options.tolerance,
        baseline_tolerance=baseline.resolve_tolerance,
        closure=f"{baseline.closure}: {CLOSURES[baseline.closure]}",
        numeraire=_numeraire_text(options.numeraire, blocks),
        kappa=point.kappa,
        blocks=blocks,
    )


def _numeraire_text(name: str, blocks: int) -> str:
    """Say in which money nominal results are."""
    if name != WORLD:
        return f"the wage of {name} is unchanged"
    if blocks > 1:
        return "wages weighted by baseline value added are unchanged in every trading group"
    return "world wages weighted by baseline value added are unchanged"
