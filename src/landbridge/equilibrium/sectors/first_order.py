"""The published first-order welfare formula of Caliendo and Parro (2015), under its own name.

It evaluates changes of prices and trade at baseline weights, in one step from the baseline to the
new equilibrium. For a large change that is not the change of real income: see
``docs/equilibrium-sectors.md`` for what it misses, and `decompose_sectors` for parts that add up
to the exact number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.equilibrium.sectors.baseline import SectoralBaseline
from landbridge.equilibrium.sectors.results import SectoralEquilibrium
from landbridge.units import PERCENT, FloatArray, percent_change


@dataclass(frozen=True)
class FirstOrderWelfare:
    """Terms of trade plus volume of trade, at baseline weights.

    Attributes
    ----------
    iso3, sectors
        N codes and S names.
    terms_of_trade, volume_of_trade
        ``[N, N, S]`` economy x partner x sector, ratio to baseline final spending. Terms of trade
        weigh producer prices of what is sold to and bought from a partner; volume of trade weighs
        the growth of imports above their price by the tariff of the baseline.
    exact
        ``[N]`` exact change of real spending, ratio.
    """

    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    terms_of_trade: FloatArray
    volume_of_trade: FloatArray
    exact: FloatArray

    def table(self) -> pd.DataFrame:
        """Tabulate the terms, one row an economy, in percent of baseline spending.

        Returns
        -------
        pd.DataFrame
            iso3, first_order_terms_of_trade_percent, first_order_volume_of_trade_percent,
            first_order_welfare_percent (their sum) and exact_welfare_percent.
        """
        terms = PERCENT * self.terms_of_trade.sum(axis=(1, 2))
        volume = PERCENT * self.volume_of_trade.sum(axis=(1, 2))
        return pd.DataFrame(
            {
                "iso3": self.iso3,
                "first_order_terms_of_trade_percent": terms,
                "first_order_volume_of_trade_percent": volume,
                "first_order_welfare_percent": terms + volume,
                "exact_welfare_percent": PERCENT * self.exact,
            }
        )


def first_order_welfare(
    baseline: SectoralBaseline, found: SectoralEquilibrium
) -> FirstOrderWelfare:
    """Evaluate the welfare formula of Caliendo and Parro (2015, equation 16) as published.

    Parameters
    ----------
    baseline, found
        From `prepare_sectors` and `solve_sectors`.

    Returns
    -------
    FirstOrderWelfare
        By economy, partner and sector. With M baseline flows at border prices, c_hat unit costs
        and t baseline tariffs, for economy n and partner i: terms of trade
        ``M_ni (c_hat_n - 1) - M_in (c_hat_i - 1)``, volume of trade
        ``t_in M_in (M_hat_in - c_hat_i)``, both over final spending of n.

    Notes
    -----
    Changes of trade costs other than tariffs have no term of their own in the formula.
    """
    flows, tariffs = baseline.flows, baseline.tariffs
    dearer = percent_change(found.costs_hat) / PERCENT
    exported = flows * dearer[:, None, :]
    spending = baseline.final_spending[:, None, None]
    terms = (exported - exported.transpose(1, 0, 2)) / spending
    volume = tariffs * (found.flows - flows * found.costs_hat[:, None, :])
    return FirstOrderWelfare(
        iso3=baseline.iso3,
        sectors=baseline.sectors,
        terms_of_trade=terms,
        volume_of_trade=np.ascontiguousarray(volume.transpose(1, 0, 2)) / spending,
        exact=found.real_spending_hat - 1.0,
    )
