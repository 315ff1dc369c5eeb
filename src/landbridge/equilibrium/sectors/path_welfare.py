"""Split the exact change of real spending along the path of the shock; the parts add up.

Bring the shock in bit by bit, t from 0 to 1, and real spending of economy n, with final spending
I, moves at every moment by (symbols as in `landbridge.equilibrium.sectors.market`; M and q are
values and quantities at the border, p = c tau (1 - s) border prices, t tariffs, s subsidies)::

    I dln(I/P) = sum_m M_nm dln(c_n (1 - s_nm)) - sum_i M_in dln(c_i (1 - s_in))  terms of trade
               + sum_i t_in M_in dln q_in                                         volume of trade
               - sum_i M_in dln tau_in + sum_k Y_nk dln A_nk                      technical
               - sum_m s_nm / (1 - s_nm) M_nm dln q_nm                            subsidised exports
               + V_n dln(endowment, labour)                                       factor supply
               + dD_n - d tax_n + works_n dln P_n                                 transfers, works

The first two lines are those of Caliendo and Parro (2015), here at the weights of every moment.
The volume of trade splits further. If imports of a sector from all foreign suppliers grow alike,
the tariff wedge on their sum is trade creation; what the growth of each supplier differs from
that, at unchanged total, is trade diversion: a switch to a partner without tariff from one with.

The market is solved at Chebyshev points of the path; rates come from the polynomials through
them, integrals from Clenshaw-Curtis weights, and points are doubled until the parts meet the
exact number (Trefethen 2000, chapters 6 and 12).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.equilibrium.chebyshev import chebyshev
from landbridge.equilibrium.sectors.apply import sector_market
from landbridge.equilibrium.sectors.baseline import (
    DEFAULT_SECTOR_OPTIONS,
    SectoralBaseline,
    unstacked,
)
from landbridge.equilibrium.sectors.market import SectorPoint, border_flows, works_and_taxes
from landbridge.equilibrium.sectors.multi_sector import clear_sectors
from landbridge.equilibrium.sectors.shock import (
    Changes,
    SectoralShock,
    check_shock,
    cost_speed,
    part_of,
)
from landbridge.equilibrium.sectors.solver import SectorOptions
from landbridge.errors import ConvergenceError
from landbridge.units import PERCENT, FloatArray

GAP_LIMIT: Final = 1e-8
"""Largest gap, in log points, between the integrated parts and the exact change."""
INTERVALS: Final = (4, 8, 16, 32, 64)
"""Numbers of Chebyshev intervals tried in turn; every point of one is a point of the next."""
LINEAR: Final = 1e-9
"""Below this log change the percent change is the log change, to double precision."""
CUBES: Final = ("terms_of_trade", "trade_creation", "trade_diversion", "technical", "subsidies")
LINES: Final = ("productivity", "factor_supply", "transfer", "works")


@dataclass(frozen=True)
class SectoralDecomposition:
    """Parts of the exact change of real spending, in log points; they add up.

    Attributes
    ----------
    iso3, sectors
        N codes and S names.
    total
        ``[N]`` log of real private spending over its baseline.
    terms_of_trade
        ``[N, N, S]`` economy x partner x sector: own export prices against import prices, at the
        border and before trade costs.
    trade_creation, trade_diversion
        ``[N, N, S]`` economy x supplier x sector: the volume of trade, split. More imports
        altogether, times the tariff wedge; and switching between foreign suppliers with different
        wedges.
    technical
        ``[N, N, S]`` economy x supplier x sector: resources saved (or used up) by iceberg and
        non-tariff costs, on the trade of each moment.
    subsidies
        ``[N, N, S]`` economy x customer x sector: the wedge of export subsidies on the growth of
        subsidised exports.
    productivity
        ``[N, S]`` output gained at given inputs.
    factor_supply, transfer, works
        ``[N]`` endowments and labour; change of what the closure hands over; public works paid
        for.
    gap
        Largest absolute gap, log points, that was spread over the parts in proportion to size.
    points
        Points of the path at which the market was solved.
    sources
        `by_source` as a table.
    """

    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    total: FloatArray
    terms_of_trade: FloatArray
    trade_creation: FloatArray
    trade_diversion: FloatArray
    technical: FloatArray
    subsidies: FloatArray
    productivity: FloatArray
    factor_supply: FloatArray
    transfer: FloatArray
    works: FloatArray
    gap: float
    points: int
    sources: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Tabulate the parts, one row an economy, in percent of baseline real spending.

        Returns
        -------
        pd.DataFrame
            iso3, real_spending_percent and its parts terms_of_trade_percent,
            trade_creation_percent, trade_diversion_percent,
            technical_percent (trade costs and productivity), subsidies_percent,
            factor_supply_percent, transfer_percent and works_percent, which sum to it;
            volume_of_trade_percent is creation and diversion together. Log points are scaled by
            the ratio of the exact percent change to the log change.
        """
        scale = _scale(self.total)
        columns = {
            "iso3": self.iso3,
            "real_spending_percent": PERCENT * np.expm1(self.total),
            "terms_of_trade_percent": scale * self.terms_of_trade.sum(axis=(1, 2)),
            "trade_creation_percent": scale * self.trade_creation.sum(axis=(1, 2)),
            "trade_diversion_percent": scale * self.trade_diversion.sum(axis=(1, 2)),
            "technical_percent": scale
            * (self.technical.sum(axis=(1, 2)) + self.productivity.sum(axis=1)),
            "subsidies_percent": scale * self.subsidies.sum(axis=(1, 2)),
            "factor_supply_percent": scale * self.factor_supply,
            "transfer_percent": scale * self.transfer,
            "works_percent": scale * self.works,
        }
        table = pd.DataFrame(columns)
        table["volume_of_trade_percent"] = (
            table["trade_creation_percent"] + table["trade_diversion_percent"]
        )
        return table

    def by_source(self) -> pd.DataFrame:
        """Say from which income the change comes, exactly and without integration.

        Returns
        -------
        pd.DataFrame
            One row an economy: iso3, real_spending_percent and its parts, each the change of an
            income in goods over baseline spending: factor_income_percent, revenue_percent (tariff
            revenue), subsidies_percent, transfer_percent, taxes_percent.
        """
        return self.sources.copy()

    def by_sector(self) -> pd.DataFrame:
        """Tabulate the parts that have sectors, one row an economy and sector, percent."""
        return self._cells(axis=1, names=("sector", self.sectors))

    def by_partner(self) -> pd.DataFrame:
        """Tabulate the parts that have partners, one row an economy and partner, percent."""
        return self._cells(axis=2, names=("partner", self.iso3))

    def _cells(self, *, axis: int, names: tuple[str, tuple[str, ...]]) -> pd.DataFrame:
        label, entries = names
        count, other = len(self.iso3), len(entries)
        columns: dict[str, object] = {
            "iso3": np.repeat(np.array(self.iso3, dtype=object), other),
            label: np.tile(np.array(entries, dtype=object), count),
        }
        scale = _scale(self.total)[:, None]
        for name in CUBES:
            part = getattr(self, name).sum(axis=axis)
            if name == "technical" and label == "sector":
                part = part + self.productivity
            columns[f"{name}_percent"] = (scale * part).ravel()
        return pd.DataFrame(columns)


def decompose_sectors(
    baseline: SectoralBaseline,
    shock: SectoralShock,
    *,
    labour_supply_elasticity: float = 0.0,
    options: SectorOptions = DEFAULT_SECTOR_OPTIONS,
) -> SectoralDecomposition:
    """Split the change of real spending that `solve_sectors` finds into its parts.

    Parameters
    ----------
    baseline, shock, labour_supply_elasticity, options
        As in `solve_sectors`.

    Returns
    -------
    SectoralDecomposition
        Parts that add up to the exact change.

    Raises
    ------
    LandbridgeError
        As in `solve_sectors`.
    ConvergenceError
        The parts do not add up to within the limit at the largest number of points.
    """
    changes = check_shock(shock, baseline.tariffs)
    path = _Path(baseline, changes, labour_supply=labour_supply_elasticity, options=options)
    gap = np.full(len(baseline.iso3), np.inf)
    for intervals in INTERVALS:
        parts = _integrate(path, intervals)
        gap = path.total - _sum(parts)
        if np.abs(gap).max() <= GAP_LIMIT:
            break
    largest = float(np.abs(gap).max())
    if largest > GAP_LIMIT:
        raise ConvergenceError(
            "the parts of the welfare change do not add up",
            residual=largest,
            iterations=INTERVALS[-1],
            last=parts,
            mend="Make the shock smaller, or bring it in by several scenarios.",
        )
    parts = _spread(parts, gap)
    return SectoralDecomposition(
        iso3=baseline.iso3,
        sectors=baseline.sectors,
        total=path.total,
        **parts,
        gap=largest,
        points=intervals + 1,
        sources=_sources(baseline, path),
    )


@dataclass(frozen=True)
class _Node:
    """The market solved at one point of the path; arrays exporter, importer, sector."""

    point: SectorPoint
    changes: Changes
    flows: FloatArray
    log_costs: FloatArray
    log_factor: FloatArray
    taxes: FloatArray
    works: FloatArray


class _Path:
    """Markets along the path of a shock, each solved once."""

    def __init__(
        self,
        baseline: SectoralBaseline,
        changes: Changes,
        *,
        labour_supply: float,
        options: SectorOptions,
    ) -> None:
        self.baseline = baseline
        self.changes = changes
        self.labour_supply = labour_supply
        self.options = options
        self.nodes: dict[float, _Node] = {}
        last = self.at(1.0).point
        real = np.log(last.private_spending) - last.log_final_prices
        self.total: FloatArray = real - np.log(baseline.final_spending)

    def at(self, share: float) -> _Node:
        """Solve the market at a share of the shock, from the nearest point that is known."""
        if share in self.nodes:
            return self.nodes[share]
        baseline = self.baseline
        here = part_of(self.changes, share, baseline.theta)
        market = sector_market(baseline, here, labour_supply=self.labour_supply)
        start = baseline.start
        if self.nodes and share > 0.0:
            nearest = min(self.nodes, key=lambda known: abs(known - share))
            known = self.nodes[nearest].point
            start = (
                known.log_wages,
                known.log_costs,
                np.where(known.log_spending == 0.0, baseline.start[2], known.log_spending),
            )
        settled = clear_sectors(baseline, here, market=market, options=self.options, start=start)
        point = settled.point
        works, taxes = works_and_taxes(market, point.log_final_prices)
        node = _Node(
            point=point,
            changes=here,
            flows=unstacked(border_flows(market, point)),
            log_costs=np.ascontiguousarray(point.log_costs.T),
            log_factor=np.log(point.factor_income / baseline.value_added) - point.log_wages,
            taxes=taxes,
            works=works,
        )
        self.nodes[share] = node
        return node


def _integrate(path: _Path, intervals: int) -> dict[str, FloatArray]:
    """Integrate every part along the path, log points."""
    places, matrix, weights = chebyshev(intervals)
    nodes = [path.at(float(place)) for place in places]
    flows = np.array([node.flows for node in nodes])
    costs = np.tensordot(matrix, np.array([node.log_costs for node in nodes]), axes=1)
    factor = matrix @ np.array([node.log_factor for node in nodes])
    prices = matrix @ np.array([node.point.log_final_prices for node in nodes])
    taxes = matrix @ np.array([node.taxes for node in nodes])
    deficit = matrix @ np.array(
        [
            node.point.final_spending - node.works - node.point.own_income + node.taxes
            for node in nodes
        ]
    )
    total: dict[str, FloatArray] = {}
    for number, (node, weight) in enumerate(zip(nodes, weights, strict=True)):
        growth = np.tensordot(matrix[number], flows, axes=1)
        rates = _rates(path, node, float(places[number]), costs=costs[number], growth=growth)
        rates["factor_supply"] = node.point.factor_income * factor[number]
        rates["transfer"] = deficit[number]
        rates["works"] = node.works * prices[number] - taxes[number]
        for name, rate in rates.items():
            spending = node.point.private_spending.reshape(-1, *[1] * (rate.ndim - 1))
            piece = weight * rate / spending
            total[name] = total[name] + piece if name in total else piece
    return total


def _rates(
    path: _Path, node: _Node, share: float, *, costs: FloatArray, growth: FloatArray
) -> dict[str, FloatArray]:
    """Work out million USD gained a unit of the path, by economy, partner and sector."""
    changes, flows = node.changes, node.flows
    shape = flows.shape
    theta = path.baseline.theta
    speed = cost_speed(path.changes, share, theta)
    tau = np.zeros(shape) if speed is None else np.broadcast_to(speed, shape)
    subsidy, dearer = _subsidy_rates(path.changes, changes, shape)
    # Producer prices less subsidies, at which trade is paid for at the border.
    price = np.broadcast_to(costs[:, None, :], shape) + dearer
    paid = flows * price
    volume = growth - flows * (price + tau)
    creation, diversion = _split(changes.tariffs, flows, volume)
    rates = {
        "terms_of_trade": paid - paid.transpose(1, 0, 2),
        "trade_creation": creation.transpose(1, 0, 2),
        "trade_diversion": diversion.transpose(1, 0, 2),
        "technical": -(flows * tau).transpose(1, 0, 2),
        "subsidies": -subsidy * (volume + flows * tau),
    }
    productivity = path.changes.productivity_hat
    sales = np.ascontiguousarray(node.point.sales.T)
    rates["productivity"] = (
        np.zeros_like(sales) if productivity is None else sales * np.log(productivity)
    )
    return rates


def _subsidy_rates(
    whole: Changes, here: Changes, shape: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Compute s / (1 - s), and d ln(1 - s) a unit of the path."""
    if whole.export_subsidies is None or here.export_subsidies is None:
        nothing = np.zeros(shape)
        return nothing, nothing
    kept = 1.0 - here.export_subsidies
    return here.export_subsidies / kept, -whole.export_subsidies / kept


def _split(
    tariffs: FloatArray, flows: FloatArray, volume: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Split the tariff wedge on the growth of imports into creation and diversion.

    Domestic sales carry no such choice; a tariff on them counts as creation.
    """
    everyone = np.arange(len(flows))
    foreign, grown = flows.copy(), volume.copy()
    foreign[everyone, everyone] = 0.0
    grown[everyone, everyone] = 0.0
    imports = foreign.sum(axis=0)
    rate = np.divide(grown.sum(axis=0), imports, out=np.zeros_like(imports), where=imports > 0)
    alike = foreign * rate
    alike[everyone, everyone] = volume[everyone, everyone]
    return tariffs * alike, tariffs * (volume - alike)


def _sum(parts: dict[str, FloatArray]) -> FloatArray:
    return np.asarray(sum(part.reshape(len(part), -1).sum(axis=1) for part in parts.values()))


def _spread(parts: dict[str, FloatArray], gap: FloatArray) -> dict[str, FloatArray]:
    """Spread the gap over the parts in proportion to their size."""
    size = _sum({name: np.abs(part) for name, part in parts.items()})
    ratio = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    return {
        name: part + ratio.reshape(-1, *[1] * (part.ndim - 1)) * np.abs(part)
        for name, part in parts.items()
    }


def _sources(baseline: SectoralBaseline, path: _Path) -> pd.DataFrame:
    """Compute the change of each income in goods over baseline spending, percent."""
    node = path.at(1.0)
    point, prices = node.point, np.exp(node.point.log_final_prices)
    handed = point.private_spending + node.taxes - point.own_income
    parts = {
        "factor_income_percent": point.factor_income / prices - baseline.value_added,
        "revenue_percent": point.revenue / prices - baseline.tariff_revenue,
        "subsidies_percent": -point.subsidies / prices,
        "transfer_percent": handed / prices - baseline.deficit,
        "taxes_percent": -node.taxes / prices,
    }
    columns: dict[str, object] = {
        "iso3": baseline.iso3,
        "real_spending_percent": PERCENT * np.expm1(path.total),
    }
    columns |= {name: PERCENT * change / baseline.final_spending for name, change in parts.items()}
    return pd.DataFrame(columns)


def _scale(total: FloatArray) -> FloatArray:
    """Compute the percent that a log point is worth, by economy, ``[N]``."""
    small = np.abs(total) < LINEAR
    safe = np.where(small, 1.0, total)
    return np.asarray(PERCENT * np.where(small, 1.0, np.expm1(safe) / safe))
