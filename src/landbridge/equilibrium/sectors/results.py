"""What a solved world with sectors holds, and the certificate that it is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.results import IDENTITY_LIMIT
from landbridge.units import FloatArray, percent_change


@dataclass(frozen=True)
class SectoralCertificate:
    """Evidence that the numbers solve the equations.

    Attributes
    ----------
    wage_residual
        Largest absolute log of value added demanded over value added paid.
    cost_residual
        Largest absolute log of the cost of inputs and labour over the unit cost.
    spending_residual
        Largest absolute log of what users and households want to spend over what they spend.
    walras_gap
        World final spending less world income, absolute, relative to world income.
    trade_gap
        Largest difference between an economy's imports less exports and the deficit that the
        closure gives it, relative to its income; from the flows themselves.
    turnover
        Largest of what an economy sells and buys, at home and abroad, relative to its income; from
        the flows themselves.
    sweeps, stages
        What it took: sweeps over all markets, and stages of the shock (0 where it was solved at
        once).
    baseline_residual, baseline_sweeps
        The same for the baseline, imbalances removed and treatments made.
    tolerance, baseline_tolerance
        The limit on all residuals, and on those of the baseline.
    closure, numeraire
        What was imposed, in words.
    kappa
        Common factor of spending under the proportional closure; 1 otherwise.
    blocks
        Groups of economies that do not trade with one another.
    """

    wage_residual: float
    cost_residual: float
    spending_residual: float
    walras_gap: float
    trade_gap: float
    turnover: float
    sweeps: int
    stages: int
    baseline_residual: float
    baseline_sweeps: int
    tolerance: float
    baseline_tolerance: float
    closure: str
    numeraire: str
    kappa: float
    blocks: int

    @property
    def residual(self) -> float:
        """Largest residual of every market."""
        return max(self.wage_residual, self.cost_residual, self.spending_residual)

    @property
    def trade_limit(self) -> float:
        """Largest gap of a trade balance that markets met to the tolerance can leave.

        A balance is what is sold less what is bought: markets that are met to the tolerance leave
        it open by the tolerance times what is sold and bought over income.
        """
        return IDENTITY_LIMIT + self.turnover * self.tolerance

    @property
    def passed(self) -> bool:
        """Whether every check is within its limit."""
        return bool(self.table()["passed"].all())

    def table(self) -> pd.DataFrame:
        """List the checks: check, value, limit, unit, passed."""
        rows = [
            ("value added demanded over paid", self.wage_residual, self.tolerance, "log"),
            ("cost of inputs over unit cost", self.cost_residual, self.tolerance, "log"),
            ("spending wanted over made", self.spending_residual, self.tolerance, "log"),
            (
                "the largest of these at the baseline",
                self.baseline_residual,
                self.baseline_tolerance,
                "log",
            ),
            ("world spending less income", self.walras_gap, IDENTITY_LIMIT, "share of income"),
            ("trade balance against closure", self.trade_gap, self.trade_limit, "share of income"),
        ]
        table = pd.DataFrame(rows, columns=["check", "value", "limit", "unit"])
        table["passed"] = table["value"] <= table["limit"]
        return table


@dataclass(frozen=True)
class SectoralEquilibrium:
    """The world with sectors after a change.

    Nominal values are in the numeraire of the certificate.

    Attributes
    ----------
    iso3, sectors
        N codes and S names; the order of every axis.
    theta, closure
        ``[S]`` trade elasticities, and how imbalances were treated.
    wages_hat, final_prices_hat, labour_hat
        ``[N]`` nominal ratios to the baseline; labour supplied.
    costs_hat, prices_hat
        ``[N, S]`` ratios of unit costs (producer prices) and of purchaser price indices.
    welfare_hat
        ``[N]`` 1 plus the equivalent variation over baseline spending: exact. Without labour
        supply the same as `real_spending_hat`.
    real_spending_hat
        ``[N]`` private final spending over prices: what households can buy.
    real_income_hat
        ``[N]`` own income (value added and tariff revenue less subsidies, before taxes for
        works) over prices.
    real_wages_hat
        ``[N]`` wages over prices.
    equivalent_variation_million_usd
        ``[N]`` at baseline prices.
    flows, baseline_flows
        ``[N, N, S]`` million USD at border prices.
    expenditure, output
        ``[N, S]`` million USD: spending at purchaser prices, sales at producer prices.
    baseline_expenditure, baseline_output
        The same before.
    value_added, tariff_revenue, subsidies, taxes, deficit, final_spending
        ``[N]`` million USD; final spending is what households spend.
    baseline_value_added, baseline_tariff_revenue, baseline_spending
        ``[N]`` million USD.
    tariffs
        ``[N, N, S]`` after the change, ratio.
    certificate
        The evidence.
    """

    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    theta: FloatArray
    closure: Closure
    wages_hat: FloatArray
    final_prices_hat: FloatArray
    labour_hat: FloatArray
    costs_hat: FloatArray
    prices_hat: FloatArray
    welfare_hat: FloatArray
    real_spending_hat: FloatArray
    real_income_hat: FloatArray
    real_wages_hat: FloatArray
    equivalent_variation_million_usd: FloatArray
    flows: FloatArray
    baseline_flows: FloatArray
    expenditure: FloatArray
    output: FloatArray
    baseline_expenditure: FloatArray
    baseline_output: FloatArray
    value_added: FloatArray
    tariff_revenue: FloatArray
    subsidies: FloatArray
    taxes: FloatArray
    deficit: FloatArray
    final_spending: FloatArray
    baseline_value_added: FloatArray
    baseline_tariff_revenue: FloatArray
    baseline_spending: FloatArray
    tariffs: FloatArray
    certificate: SectoralCertificate

    def table(self) -> pd.DataFrame:
        """Tabulate the results, one row an economy.

        Returns
        -------
        pd.DataFrame
            iso3; baseline value added, exports and imports (million_usd); equivalent variation
            (million_usd, baseline prices); changes of welfare, real income, real wage, wage,
            price index, exports and imports (percent; the last four nominal); tariff revenue
            before and after (million_usd).
        """
        before, after = self._trade(self.baseline_flows), self._trade(self.flows)
        table = pd.DataFrame(
            {
                "iso3": self.iso3,
                "value_added_million_usd": self.baseline_value_added,
                "exports_million_usd": before[0].sum(axis=1),
                "imports_million_usd": before[1].sum(axis=1),
                "equivalent_variation_million_usd": self.equivalent_variation_million_usd,
                "welfare_percent": percent_change(self.welfare_hat),
                "real_income_percent": percent_change(self.real_income_hat),
                "real_wage_percent": percent_change(self.real_wages_hat),
                "wage_percent": percent_change(self.wages_hat),
                "price_index_percent": percent_change(self.final_prices_hat),
            }
        )
        for name, old, new in zip(("exports", "imports"), before, after, strict=True):
            table[f"{name}_change_percent"] = _growth(old.sum(axis=1), new.sum(axis=1))
        table["tariff_revenue_before_million_usd"] = self.baseline_tariff_revenue
        table["tariff_revenue_after_million_usd"] = self.tariff_revenue
        return table

    def by_sector(self) -> pd.DataFrame:
        """Tabulate the results, one row an economy and sector.

        Returns
        -------
        pd.DataFrame
            iso3, sector; baseline output, exports and imports (million_usd); changes of output
            (nominal and volume), exports, imports, producer and purchaser price (percent; missing
            where the baseline is zero).
        """
        before, after = self._trade(self.baseline_flows), self._trade(self.flows)
        count, sectors = self.baseline_output.shape
        volume = self.output / self.costs_hat
        columns = {
            "iso3": np.repeat(np.array(self.iso3, dtype=object), sectors),
            "sector": np.tile(np.array(self.sectors, dtype=object), count),
            "output_million_usd": self.baseline_output.ravel(),
            "exports_million_usd": before[0].ravel(),
            "imports_million_usd": before[1].ravel(),
            "output_change_percent": _growth(self.baseline_output, self.output).ravel(),
            "output_volume_change_percent": _growth(self.baseline_output, volume).ravel(),
            "exports_change_percent": _growth(before[0], after[0]).ravel(),
            "imports_change_percent": _growth(before[1], after[1]).ravel(),
            "producer_price_percent": percent_change(self.costs_hat).ravel(),
            "purchaser_price_percent": percent_change(self.prices_hat).ravel(),
        }
        return pd.DataFrame(columns)

    def by_partner(self) -> pd.DataFrame:
        """Tabulate the flows before and after, one row a pair: exporter, importer.

        Returns
        -------
        pd.DataFrame
            exporter, importer, before_million_usd, after_million_usd, change_percent (missing
            where there was no trade); domestic sales left out.
        """
        before, after = self.baseline_flows.sum(axis=2), self.flows.sum(axis=2)
        abroad = ~np.eye(len(self.iso3), dtype=bool)
        exporters, importers = np.nonzero(abroad)
        names = np.array(self.iso3, dtype=object)
        return pd.DataFrame(
            {
                "exporter": names[exporters],
                "importer": names[importers],
                "before_million_usd": before[abroad],
                "after_million_usd": after[abroad],
                "change_percent": _growth(before, after)[abroad],
            }
        )

    def _trade(self, flows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compute exports and imports by economy and sector, ``[N, S]`` each."""
        everyone = np.arange(len(self.iso3))
        home = flows[everyone, everyone]
        return flows.sum(axis=1) - home, flows.sum(axis=0) - home


def _growth(before: FloatArray, after: FloatArray) -> FloatArray:
    ratio = np.divide(after, before, out=np.full_like(before, np.nan), where=before > 0)
    return percent_change(ratio)
