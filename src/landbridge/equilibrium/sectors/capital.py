"""Capital that follows income along a path of years.

Anderson, Larch and Yotov (2020, Transitional growth and trade with frictions: a structural
estimation framework, Economic Journal 130): households with logarithmic utility save a fixed
share of income, and capital follows ``K' = K ** (1 - delta) * Omega ** delta`` with Omega real
investment. In changes against the baseline's steady state, with capital's share eta of value
added and W_t real spending in year t::

    K_hat_0 = 1,   K_hat_(t+1) = K_hat_t ** (1 - delta) * W_hat_t ** delta
    endowment_hat_t = K_hat_t ** eta
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from landbridge.equilibrium.sectors.baseline import DEFAULT_SECTOR_OPTIONS, SectoralBaseline
from landbridge.equilibrium.sectors.multi_sector import solve_sectors
from landbridge.equilibrium.sectors.results import SectoralEquilibrium
from landbridge.equilibrium.sectors.shock import SectoralShock
from landbridge.equilibrium.sectors.solver import SectorOptions
from landbridge.errors import ConvergenceError, InputError
from landbridge.units import FloatArray, percent_change

STEADY: Final = 1e-10
"""Largest log change of capital at which it counts as steady."""
MOST_ROUNDS: Final = 500


@dataclass(frozen=True)
class CapitalAssumptions:
    """How capital follows income.

    Attributes
    ----------
    capital_share
        Share of capital in value added, the same everywhere, between 0 and 1.
    depreciation
        A year, between 0 and 1.
    discount
        Weight of next year's log consumption against this year's, between 0 and 1.
    """

    capital_share: float = 1.0 / 3.0
    depreciation: float = 0.06
    discount: float = 0.98

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        for name in ("capital_share", "depreciation", "discount"):
            value = getattr(self, name)
            if not 0.0 < value < 1.0:
                raise InputError(f"{name} is {value}", mend="Give a number between 0 and 1.")


@dataclass(frozen=True)
class CapitalPath:
    """A world with sectors year by year.

    Attributes
    ----------
    iso3
        N codes.
    capital_hat, real_spending_hat
        ``[T, N]`` ratios to the baseline at the beginning of, and in, each year from 0.
    steady_capital_hat, steady_real_spending_hat
        ``[N]`` where the last shock leads in the end.
    lifetime_welfare_hat
        ``[N]`` the constant factor on baseline consumption worth as much as the path, years after
        the last at their steady state.
    years
        The equilibrium of each year.
    steady
        The equilibrium in the end.
    """

    iso3: tuple[str, ...]
    capital_hat: FloatArray
    real_spending_hat: FloatArray
    steady_capital_hat: FloatArray
    steady_real_spending_hat: FloatArray
    lifetime_welfare_hat: FloatArray
    years: tuple[SectoralEquilibrium, ...]
    steady: SectoralEquilibrium

    def table(self) -> pd.DataFrame:
        """Tabulate by economy and year: iso3, year, capital and real spending, percent."""
        count = len(self.iso3)
        return pd.DataFrame(
            {
                "iso3": np.tile(np.array(self.iso3, dtype=object), len(self.years)),
                "year": np.repeat(np.arange(len(self.years)), count),
                "capital_percent": percent_change(self.capital_hat).ravel(),
                "real_spending_percent": percent_change(self.real_spending_hat).ravel(),
            }
        )


def accumulate_capital(
    baseline: SectoralBaseline,
    shocks: Sequence[SectoralShock],
    *,
    years: int,
    assumptions: CapitalAssumptions | None = None,
    options: SectorOptions = DEFAULT_SECTOR_OPTIONS,
) -> CapitalPath:
    """Follow a world with sectors year by year while capital adapts.

    Parameters
    ----------
    baseline
        A steady state, from `prepare_sectors`.
    shocks
        That of year 0, of year 1 and so on; the last one stays.
    years
        How many years to follow, at least as many as there are shocks.
    assumptions
        Capital's share, depreciation and discount; the defaults where left out.
    options
        Tolerance, limits and numeraire.

    Returns
    -------
    CapitalPath
        With every year's equilibrium and its certificate.

    Raises
    ------
    InputError
        No shock, or fewer years than shocks.
    LandbridgeError
        As in `solve_sectors`, for any year.
    """
    if not shocks or years < len(shocks):
        raise InputError(
            f"{len(shocks)} shocks for {years} years",
            mend="Give at least one shock, and at least as many years as shocks.",
        )
    rules = assumptions or CapitalAssumptions()
    capital = np.ones(len(baseline.iso3))
    stocks, found = [], []
    for year in range(years):
        shock = shocks[min(year, len(shocks) - 1)]
        this = solve_sectors(baseline, _with_capital(shock, capital, rules), options=options)
        stocks.append(capital)
        found.append(this)
        rate = rules.depreciation
        capital = capital ** (1.0 - rate) * this.real_spending_hat**rate
    in_the_end, steady = _steady(baseline, shocks[-1], capital, rules=rules, options=options)
    spending = np.array([this.real_spending_hat for this in found])
    weights = rules.discount ** np.arange(years)
    utility = (1.0 - rules.discount) * (weights[:, None] * np.log(spending)).sum(axis=0)
    utility += rules.discount**years * np.log(steady.real_spending_hat)
    return CapitalPath(
        iso3=baseline.iso3,
        capital_hat=np.array(stocks),
        real_spending_hat=spending,
        steady_capital_hat=in_the_end,
        steady_real_spending_hat=steady.real_spending_hat,
        lifetime_welfare_hat=np.exp(utility),
        years=tuple(found),
        steady=steady,
    )


def _with_capital(
    shock: SectoralShock, capital: FloatArray, rules: CapitalAssumptions
) -> SectoralShock:
    """Add what capital does to the endowment to a shock."""
    grown = capital**rules.capital_share
    given = shock.endowment_hat
    return replace(shock, endowment_hat=grown if given is None else grown * given)


def _steady(
    baseline: SectoralBaseline,
    shock: SectoralShock,
    capital: FloatArray,
    *,
    rules: CapitalAssumptions,
    options: SectorOptions,
) -> tuple[FloatArray, SectoralEquilibrium]:
    """Find where capital equals real spending, both against the baseline."""
    gap = np.inf
    for _ in range(MOST_ROUNDS):
        this = solve_sectors(baseline, _with_capital(shock, capital, rules), options=options)
        move = np.log(this.real_spending_hat / capital)
        gap = float(np.abs(move).max())
        if gap <= STEADY:
            return capital, this
        # Spending rises with capital by about its share: a step aims past this round's answer.
        capital = capital * np.exp(move / (1.0 - rules.capital_share))
    raise ConvergenceError(
        "capital found no steady state", residual=gap, iterations=MOST_ROUNDS, last=capital
    )
