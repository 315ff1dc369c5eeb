"""What a solved equilibrium holds, and the certificate that it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from landbridge.equilibrium.market import Closure
from landbridge.units import FloatArray, percent_change

IDENTITY_LIMIT: Final = 1e-10
"""Largest relative gap of an identity that rounding of N sums can explain, with room to spare."""

CLOSURES: Final[dict[Closure, str]] = {
    "purged": "trade imbalances are removed first; the balanced world is the baseline",
    "additive": "trade deficits stay what they are as a share of nominal world output",
    "proportional": (
        "expenditure stays a fixed multiple of income, times one common factor (kappa) that makes"
        " the world spend what it earns"
    ),
}


@dataclass(frozen=True)
class Certificate:
    """Evidence that the numbers solve the equations.

    Attributes
    ----------
    residual
        Largest absolute log of sales over income.
    market_clearing
        Largest absolute difference of sales and income, relative to income.
    walras_gap
        World expenditure less world income, absolute, relative to world income.
    welfare_gap
        Largest absolute log difference between real expenditure by the price index and by the
        index of quantities delivered.
    newton_steps, fixed_point_steps, homotopy_stages
        What it took, the removal of trade imbalances not counted.
    purge_residual, purge_newton_steps
        The same for the removal of trade imbalances; zero under the other closures.
    tolerance
        The limit on both residuals.
    closure, numeraire
        What was imposed, in words.
    kappa
        Common factor of expenditure under the proportional closure; 1 otherwise.
    blocks
        Groups of economies that do not trade with one another; 1 unless flows are shut.
    """

    residual: float
    market_clearing: float
    walras_gap: float
    welfare_gap: float
    newton_steps: int
    fixed_point_steps: int
    homotopy_stages: int
    purge_residual: float
    purge_newton_steps: int
    tolerance: float
    closure: str
    numeraire: str
    kappa: float
    blocks: int

    @property
    def passed(self) -> bool:
        """Whether every check is within its limit."""
        return bool(self.table()["passed"].all())

    def table(self) -> pd.DataFrame:
        """List the checks: check, value, limit, unit, passed."""
        rows = [
            ("largest log of sales over income", self.residual, self.tolerance, "log"),
            ("the same where imbalances were removed", self.purge_residual, self.tolerance, "log"),
            ("sales less income", self.market_clearing, IDENTITY_LIMIT, "share of income"),
            ("world spending less income", self.walras_gap, IDENTITY_LIMIT, "share of income"),
            ("welfare by prices and by quantities", self.welfare_gap, IDENTITY_LIMIT, "log"),
        ]
        table = pd.DataFrame(rows, columns=["check", "value", "limit", "unit"])
        table["passed"] = table["value"] <= table["limit"]
        return table


@dataclass(frozen=True)
class Equilibrium:
    """The world after a change of trade freeness.

    Attributes
    ----------
    iso3
        N codes; the order of every axis.
    theta
        Trade elasticity.
    closure
        How trade imbalances were treated.
    wages_hat, prices_hat, expenditure_hat
        ``[N]`` nominal ratios to the baseline, in the numeraire of the certificate.
    welfare_hat
        ``[N]`` real expenditure over its baseline: what an economy can buy. Exact.
    real_income_hat
        ``[N]`` wages over prices: what an economy earns, in goods. Equal to `welfare_hat` under
        the purged closure where no tariffs are charged.
    flows
        ``[N, N]`` million USD in the numeraire at border prices, exporter x importer, domestic
        sales on the diagonal.
    baseline_flows
        ``[N, N]`` million USD the ratios refer to; imbalances removed under the purged closure.
    shares
        ``[N, N]`` share of each exporter in what each importer pays, tariffs included, after the
        change.
    revenue, baseline_revenue
        ``[N]`` million USD of tariffs, after in the numeraire and before; zero where none are
        known.
    certificate
        The evidence.
    """

    iso3: tuple[str, ...]
    theta: float
    closure: Closure
    wages_hat: FloatArray
    prices_hat: FloatArray
    expenditure_hat: FloatArray
    welfare_hat: FloatArray
    real_income_hat: FloatArray
    flows: FloatArray
    baseline_flows: FloatArray
    shares: FloatArray
    revenue: FloatArray
    baseline_revenue: FloatArray
    certificate: Certificate

    def table(self) -> pd.DataFrame:
        """Tabulate the results, one row an economy.

        Returns
        -------
        pd.DataFrame
            iso3; baseline output, exports and imports (million_usd); changes of welfare, real
            income, wage, price index, exports and imports (percent; the last four nominal, in
            the numeraire of the certificate; missing where the baseline is zero); tariff
            revenue before and after (million_usd).
        """
        exports, imports = _foreign(self.flows)
        exports_before, imports_before = _foreign(self.baseline_flows)
        table = pd.DataFrame(
            {
                "iso3": self.iso3,
                "output_million_usd": self.baseline_flows.sum(axis=1),
                "exports_million_usd": exports_before,
                "imports_million_usd": imports_before,
                "welfare_percent": percent_change(self.welfare_hat),
                "real_income_percent": percent_change(self.real_income_hat),
                "wage_percent": percent_change(self.wages_hat),
                "price_index_percent": percent_change(self.prices_hat),
            }
        )
        for name, after, before in (
            ("exports", exports, exports_before),
            ("imports", imports, imports_before),
        ):
            ratio = pd.Series(after) / pd.Series(before).where(before > 0)
            table[f"{name}_change_percent"] = 100.0 * (ratio - 1.0)
        table["tariff_revenue_million_usd"] = self.baseline_revenue
        table["tariff_revenue_after_million_usd"] = self.revenue
        return table


def _foreign(flows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute exports and imports without domestic sales, ``[N]`` each."""
    foreign = flows.copy()
    foreign[range(len(flows)), range(len(flows))] = 0.0
    return foreign.sum(axis=1), foreign.sum(axis=0)
