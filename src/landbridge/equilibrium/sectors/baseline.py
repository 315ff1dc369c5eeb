"""The many-sector world before the change: checked, re-solved where needed, ready for shocks.

Symbols as in `landbridge.equilibrium.sectors.market`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from landbridge.equilibrium.baseline import (
    check_blocks,
    check_closure,
    listed,
    trade_blocks,
)
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.sectors.market import (
    SectorMarket,
    SectorPoint,
    border_flows,
    reachable,
    sector_shares,
)
from landbridge.equilibrium.sectors.solver import (
    SectorOptions,
    SectorSettled,
    Steering,
    settle_sectors,
)
from landbridge.equilibrium.sectors.tables import (
    RESOLVED,
    UNREACHED,
    BaselineReport,
    CleanTables,
    NegativeFlows,
    SectoralTables,
    Treatment,
    cell,
    clean,
)
from landbridge.errors import (
    ConvergenceError,
    InputError,
    NegativeExpenditureError,
)
from landbridge.units import FloatArray, IntArray

DEFAULT_SECTOR_OPTIONS: Final = SectorOptions()


@dataclass(frozen=True)
class SectoralBaseline:
    """A world with sectors in equilibrium, ready to answer shocks.

    Made by `prepare_sectors`. Million USD throughout; axes are exporter, importer, sector.

    Attributes
    ----------
    iso3, sectors
        N codes and S names: the order of every axis.
    theta
        ``[S]`` trade elasticities.
    closure
        How spending follows income.
    flows
        ``[N, N, S]`` at border prices; imbalances removed under the purged closure.
    tariffs
        ``[N, N, S]`` ad valorem, ratio.
    value_added_shares, input_shares, final_shares
        ``[N, S]``, ``[N, S, S]`` (economy x input x user) and ``[N, S]``, ratios.
    shares
        ``[N, N, S]`` share of each exporter in each importer's spending at purchaser prices.
    expenditure, output
        ``[N, S]`` spending at purchaser prices, and sales.
    value_added, tariff_revenue, deficit, final_spending
        ``[N]``; the first three sum to the fourth.
    blocks
        ``[N]`` label of the group of economies that trade with one another.
    report
        What was done to the tables.
    resolve_residual, resolve_tolerance, resolve_sweeps
        How well the baseline clears, its limit and what it took.
    steering
        What steered the sweeps there, to begin with; None where none were needed.
    """

    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    theta: FloatArray
    closure: Closure
    flows: FloatArray
    tariffs: FloatArray
    value_added_shares: FloatArray
    input_shares: FloatArray
    final_shares: FloatArray
    shares: FloatArray
    expenditure: FloatArray
    output: FloatArray
    value_added: FloatArray
    tariff_revenue: FloatArray
    deficit: FloatArray
    final_spending: FloatArray
    blocks: IntArray
    report: BaselineReport
    resolve_residual: float
    resolve_tolerance: float
    resolve_sweeps: int
    steering: Steering | None

    @property
    def size(self) -> tuple[int, int]:
        """Economies and sectors."""
        return len(self.iso3), len(self.sectors)

    @cached_property
    def stacked_shares(self) -> FloatArray:
        """``[S, N, N]`` the shares, sector first."""
        return stacked(self.shares)

    @cached_property
    def stacked_duty(self) -> FloatArray:
        """``[S, N, N]`` 1 over 1 plus the tariff, sector first."""
        return stacked(1.0 / (1.0 + self.tariffs))

    @cached_property
    def by_user(self) -> FloatArray:
        """``[N, S, S]`` input shares as economy x user x input."""
        return np.ascontiguousarray(self.input_shares.transpose(0, 2, 1))

    @cached_property
    def start(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log wages, costs and spending that clear the baseline."""
        spending = self.expenditure.T
        log_spending = np.log(spending, where=spending > 0, out=np.zeros_like(spending))
        return np.zeros(len(self.iso3)), np.zeros_like(spending), log_spending


def prepare_sectors(
    tables: SectoralTables,
    *,
    theta: FloatArray | float,
    closure: Closure,
    negative_flows: NegativeFlows = "refuse",
    options: SectorOptions = DEFAULT_SECTOR_OPTIONS,
) -> SectoralBaseline:
    """Check tables and solve the baseline, so that a zero shock changes exactly nothing.

    Parameters
    ----------
    tables
        Flows, shares, tariffs; what does not add up is treated and counted, or refused.
    theta
        ``[S]`` trade elasticities, above 0; or one for all sectors.
    closure
        ``"purged"``, ``"additive"`` or ``"proportional"``, as in `landbridge.equilibrium.solve`.
        Under ``"purged"`` the baseline is solved again without trade imbalances.
    negative_flows
        ``"refuse"`` or ``"clip"``: set to zero and count.
    options
        Tolerance and limits.

    Returns
    -------
    SectoralBaseline
        With a report of every treatment. After any treatment the baseline is solved again at
        unchanged trade costs: value added of the tables is kept at unchanged wages, and wages,
        costs and spending find their level.

    Raises
    ------
    DataError
        The tables cannot be used, or trade that must balance cannot.
    InputError
        The elasticities or an option cannot be used.
    NegativeExpenditureError
        Additive closure: an economy would have to pay out more than it earns.
    ConvergenceError
        No baseline was found.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0, 40.0], [20.0, 0.0]], [[20.0, 0.0], [180.0, 90.0]]])
    >>> half = np.full((2, 2), 0.5)
    >>> tables = SectoralTables(flows, half, np.full((2, 2, 2), 0.25))
    >>> baseline = prepare_sectors(tables, theta=4.0, closure="purged")
    >>> baseline.final_spending.round(3).tolist()
    [70.0, 145.0]
    """
    check_closure(closure)
    cleaned = clean(tables, negative_flows=negative_flows, closure=closure)
    elasticities = _elasticities(theta, len(cleaned.sectors))
    total = cleaned.flows.sum(axis=2)
    blocks = trade_blocks(total, cleaned.iso3, must_balance=closure == "purged")
    value_added = (cleaned.value_added_shares * cleaned.flows.sum(axis=1)).sum(axis=1)
    check_blocks(
        cleaned.iso3,
        blocks=blocks,
        output=value_added,
        deficit=cleaned.deficits,
        closure=closure,
    )
    market = _first_market(cleaned, value_added, theta=elasticities, closure=closure, blocks=blocks)
    spending = cleaned.spending.T
    log_spending = np.log(spending, where=market.bought, out=np.zeros_like(spending))
    start = (np.zeros(len(cleaned.iso3)), np.zeros_like(spending), log_spending)
    try:
        settled = settle_sectors(market, start, options=options)
    except ConvergenceError as error:
        if isinstance(error.last, SectorPoint):
            refuse_negative(cleaned.iso3, error.last, iterations=error.iterations)
        raise
    refuse_negative(cleaned.iso3, settled.point, iterations=settled.sweeps)
    return _baseline(cleaned, market, settled, tolerance=options.tolerance)


def stacked(cube: FloatArray) -> FloatArray:
    """Turn ``[N, N, S]`` into a contiguous ``[S, N, N]``."""
    return np.ascontiguousarray(cube.transpose(2, 0, 1))


def unstacked(stack: FloatArray) -> FloatArray:
    """Turn ``[S, N, N]`` into a contiguous ``[N, N, S]``."""
    return np.ascontiguousarray(stack.transpose(1, 2, 0))


def refuse_negative(iso3: tuple[str, ...], point: SectorPoint, *, iterations: int) -> None:
    """Name the economies whose spending would turn negative."""
    negative = point.private_spending <= 0
    if negative.any():
        raise NegativeExpenditureError(
            f"spending would turn negative in {listed(iso3, negative)}: the trade surplus it must"
            " keep, or the tax it must pay, is larger than all it would earn",
            residual=point.gap,
            iterations=iterations,
            last=point,
            mend="Choose the purged or the proportional closure, or a smaller shock.",
        )


def _elasticities(theta: FloatArray | float, sectors: int) -> FloatArray:
    values = np.asarray(theta, dtype=np.float64)
    if values.ndim == 0:
        values = np.full(sectors, float(values))
    if values.shape != (sectors,):
        raise InputError(
            f"{values.size} trade elasticities for {sectors} sectors",
            mend="Give one a sector, or a single number.",
        )
    if not np.isfinite(values).all() or (values <= 0).any():
        raise InputError(
            f"{int((~(values > 0) | ~np.isfinite(values)).sum())} trade elasticities are not"
            " above 0",
            mend="Give numbers above 0; 4 is common.",
        )
    return values


def _first_market(
    tables: CleanTables,
    value_added: FloatArray,
    *,
    theta: FloatArray,
    closure: Closure,
    blocks: IntArray,
) -> SectorMarket:
    """Build the market of the tables themselves, nothing changed."""
    spending = tables.spending
    paid = tables.flows * (1.0 + tables.tariffs)
    safe = np.where(spending > 0, spending, 1.0)
    by_user = np.ascontiguousarray(tables.input_shares.transpose(0, 2, 1))
    final = np.ascontiguousarray(tables.final_shares.T)
    weights = stacked(paid / safe)
    bought, made = reachable(weights, by_user, final)
    weights *= bought[:, None, :]
    landed = weights / stacked(1.0 + tables.tariffs) if tables.tariffs.any() else weights
    own = value_added + (tables.tariffs * tables.flows).sum(axis=(0, 2))
    nothing = np.zeros(len(tables.iso3))
    return SectorMarket(
        theta=theta,
        weights=weights,
        sold=landed,
        landed=landed,
        value_added_shares=np.ascontiguousarray(tables.value_added_shares.T),
        input_shares=by_user,
        final_shares=final,
        value_added=value_added,
        log_productivity=np.zeros(bought.shape),
        log_endowment=nothing,
        deficits=nothing if closure == "purged" else tables.deficits,
        spending_ratio=1.0 + tables.deficits / own,
        own_works=nothing,
        foreign_works=nothing,
        tax_shares=nothing,
        labour_supply=0.0,
        closure=closure,
        bought=bought,
        made=made,
        blocks=blocks,
    )


def _baseline(
    tables: CleanTables, market: SectorMarket, settled: SectorSettled, *, tolerance: float
) -> SectoralBaseline:
    """Make the solved market the baseline, and say what that moved."""
    point, sweeps = settled.point, settled.sweeps
    flows = unstacked(border_flows(market, point))
    notes = list(tables.treatments)
    dropped = (tables.spending > 0) & ~market.bought.T
    if dropped.any():
        amount = np.where(dropped, tables.spending, 0.0)
        at = [int(number) for number in np.unravel_index(int(amount.argmax()), amount.shape)]
        where = cell(tables.iso3, tables.sectors, at)
        notes.append(Treatment(UNREACHED, int(dropped.sum()), float(amount.sum()), where))
    moved = np.abs(flows - tables.flows)
    if sweeps:
        at = [int(number) for number in np.unravel_index(int(moved.argmax()), moved.shape)]
        where = cell(tables.iso3, tables.sectors, at)
        changed = int((moved > np.abs(tables.flows) * np.finfo(float).eps).sum())
        notes.append(Treatment(RESOLVED, changed, float(moved.sum()), where))
    shares = sector_shares(market, point)
    shares /= np.where(market.bought, shares.sum(axis=1), 1.0)[:, None, :]
    return SectoralBaseline(
        iso3=tables.iso3,
        sectors=tables.sectors,
        theta=market.theta,
        closure=market.closure,
        flows=flows,
        tariffs=tables.tariffs,
        value_added_shares=tables.value_added_shares,
        input_shares=tables.input_shares,
        final_shares=tables.final_shares,
        shares=unstacked(shares),
        expenditure=np.ascontiguousarray(point.spending.T),
        output=np.ascontiguousarray(point.sales.T),
        value_added=point.factor_income,
        tariff_revenue=point.revenue,
        deficit=point.final_spending - point.own_income,
        final_spending=point.final_spending,
        blocks=market.blocks,
        report=BaselineReport(tuple(notes)),
        resolve_residual=point.gap,
        resolve_tolerance=tolerance,
        resolve_sweeps=sweeps,
        steering=settled.steering,
    )
