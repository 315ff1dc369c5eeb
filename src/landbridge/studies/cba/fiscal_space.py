"""What a bill means to a payer: beside its economy, budget, debt and reserves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from landbridge.atlas.fiscal import usable_fiscal
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
    "too_old",
)
CALLED: Final = {
    "public_debt_percent_of_gdp": "public debt",
    "budget_revenues_million_usd": "budget revenue",
    "reserves_million_usd": "reserves",
}
"""What is compared, in words."""


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
        none or its figure is too old to use (`OLDEST_YEARS` before the world's year): ``too_old``
        then names it with its year.
    """
    rows = []
    for code, bill in sorted(bills.items(), key=lambda pair: -pair[1]):
        facts = usable_fiscal(code, year=world.year).set_index("indicator")
        old, facts = facts[facts["too_old"]], facts[~facts["too_old"]]
        value = {str(name): float(row) for name, row in facts["value"].items()}
        year = {str(name): int(row) for name, row in facts["year"].items()}
        stale = {str(name): int(row) for name, row in old["year"].items()}
        told = [f"{words} ({stale[name]})" for name, words in CALLED.items() if name in stale]
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
                ", ".join(told),
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
