"""What a bill means to a payer: beside its economy, budget, debt and reserves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from landbridge.atlas.fiscal import latest_fiscal
from landbridge.codes import name_of
from landbridge.units import PERCENT
from landbridge.world.base import World

COLUMNS = (
    "iso3",
    "name",
    "capital_million_usd",
    "capital_percent_of_gdp",
    "capital_percent_of_revenue",
    "public_debt_percent_of_gdp",
    "debt_year",
    "reserves_million_usd",
)


def fiscal_space(bills: Mapping[str, float], world: World) -> pd.DataFrame:
    """Set each payer's bill against its economy, budget and debt.

    Parameters
    ----------
    bills
        Million USD of capital by payer's code; all are in the world.
    world
        Whose GDP.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, the largest bill first: the capital also in percent of GDP and of one year's
        budget revenue; debt, its year and reserves as the atlas has them, missing where it has
        none.
    """
    rows = []
    for code, bill in sorted(bills.items(), key=lambda pair: -pair[1]):
        facts = latest_fiscal(code).set_index("indicator")
        value = {str(name): float(row) for name, row in facts["value"].items()}
        year = {str(name): int(row) for name, row in facts["year"].items()}
        gdp = float(world.gdp_million_usd[world.index(code)])
        debt = "public_debt_percent_of_gdp"
        rows.append(
            (
                code,
                name_of(code),
                bill,
                PERCENT * bill / gdp,
                PERCENT * bill / value.get("budget_revenues_million_usd", np.nan),
                value.get(debt, np.nan),
                year.get(debt),
                value.get("reserves_million_usd", np.nan),
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
