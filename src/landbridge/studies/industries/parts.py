"""What the exact gain of a run by industry is made of, beside the published first-order number.

`equilibrium.sectors.path_welfare` integrates the parts along the path of the shock, so that they
add up to the exact change; `equilibrium.sectors.first_order` evaluates the formula of
Caliendo and Parro (2015) once, at the weights of the baseline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.equilibrium import decompose_sectors, first_order_welfare
from landbridge.equilibrium.sectors.capital import accumulate_capital
from landbridge.equilibrium.sectors.path_welfare import GAP_LIMIT, SectoralDecomposition
from landbridge.errors import ConvergenceError
from landbridge.studies.industries.one_pass import OPTIONS
from landbridge.studies.industries.running import Industries
from landbridge.units import PERCENT

PARTS = (
    "terms_of_trade_percent",
    "trade_creation_percent",
    "trade_diversion_percent",
    "technical_percent",
)
REST_OF_IT = ("subsidies_percent", "factor_supply_percent", "transfer_percent", "works_percent")
SMALLEST = 1e-9
"""Percent: partners with less in every part are left out."""
COLUMNS = ("by", "code", "title", *PARTS, "volume_of_trade_percent", "other_percent", "sum_percent")


@dataclass(frozen=True, eq=False)
class IndustryParts:
    """Tables of the parts.

    Attributes
    ----------
    tables
        ``industry_parts``, ``industry_welfare`` and, where capital is followed, ``industry_path``.
    checks
        Rows for the certificate: check, value, limit, unit, passed.
    notes
        What could not be given, and why.
    """

    tables: Mapping[str, pd.DataFrame]
    checks: pd.DataFrame
    notes: tuple[str, ...] = ()


def industry_parts(found: Industries) -> IndustryParts:
    """Split the central gains of a run by industry.

    Parameters
    ----------
    found
        The run.

    Returns
    -------
    IndustryParts
        Where the parts cannot be integrated to within `GAP_LIMIT`, the table of the focus is left
        out, and a note says why; nothing is given that does not add up.

    Raises
    ------
    ConvergenceError
        Capital found no path.
    """
    done, first = found.found, first_order_welfare(found.found.baseline, found.found.equilibrium)
    welfare = first.table()
    tables: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    checks = pd.DataFrame(columns=["check", "value", "limit", "unit", "passed"])
    try:
        parts = decompose_sectors(
            done.baseline,
            done.shock,
            labour_supply_elasticity=found.ready.inputs.scenario.labour_supply_elasticity,
            options=OPTIONS,
        )
    except ConvergenceError as error:
        notes.append(f"The gain by industry is not split: {error}")
    else:
        tables["industry_parts"] = focus_parts(found, parts)
        checks = pd.DataFrame(
            [
                {
                    "check": f"parts of the gain against the exact one, {parts.points} points",
                    "value": parts.gap,
                    "limit": GAP_LIMIT,
                    "unit": "log points",
                    "passed": parts.gap <= GAP_LIMIT,
                }
            ]
        )
        income = parts.by_source()[["factor_income_percent", "revenue_percent"]]
        exact = parts.table().drop(columns=["iso3", "real_spending_percent"])
        welfare = pd.concat([welfare, exact, income], axis=1)
    welfare.insert(1, "name", [name_of(code) for code in welfare["iso3"]])
    tables["industry_welfare"] = welfare
    if found.ready.settings.years:
        tables["industry_path"] = capital_path(found)
    return IndustryParts(tables, checks, tuple(notes))


def focus_parts(found: Industries, parts: SectoralDecomposition) -> pd.DataFrame:
    """Tabulate the parts of the focus: altogether, by sector and by partner, percent.

    Returns
    -------
    pandas.DataFrame
        by (all, industry, partner), code, title, the parts, their volume of trade (creation and
        diversion), other_percent (subsidies, factor supply, transfer, works; of no sector or
        partner), sum_percent. Percent of the focus's final spending.
    """
    iso3 = found.world.iso3[found.ready.focus]
    whole = parts.table().set_index("iso3").loc[[iso3]]
    whole = whole.assign(
        by="all",
        code=iso3,
        title=name_of(iso3),
        other_percent=whole[list(REST_OF_IT)].sum(axis=1),
    )
    sectors = parts.by_sector()
    sectors = sectors[sectors["iso3"] == iso3]
    titles = list(found.world.sectors.titles)
    sectors = sectors.assign(by="industry", code=sectors["sector"], title=titles)
    partners = parts.by_partner()
    partners = partners[partners["iso3"] == iso3]
    partners = partners[(partners[list(PARTS)].abs() > SMALLEST).any(axis=1)]
    partners = partners.assign(
        by="partner",
        code=partners["partner"],
        title=[name_of(code) for code in partners["partner"]],
    )
    rows = []
    for piece in (whole, sectors, partners):
        rest = piece["other_percent"] if "other_percent" in piece else piece["subsidies_percent"]
        done = piece.assign(
            other_percent=rest,
            volume_of_trade_percent=piece["trade_creation_percent"]
            + piece["trade_diversion_percent"],
        )
        done["sum_percent"] = done[[*PARTS, "other_percent"]].sum(axis=1)
        order = done["sum_percent"].abs().sort_values(ascending=False, kind="stable").index
        rows.append(done.loc[order, list(COLUMNS)])
    return pd.concat(rows, ignore_index=True)


def capital_path(found: Industries) -> pd.DataFrame:
    """Follow capital of the focus and its partners, year by year and in the end, percent.

    Returns
    -------
    pandas.DataFrame
        iso3, name, year (-1 for the end), capital_percent, real_spending_percent,
        lifetime_percent (the constant gain worth as much as the path; in the row of the end).
    """
    years = found.ready.settings.years
    path = accumulate_capital(
        found.found.baseline, [found.found.shock], years=years, options=OPTIONS
    )
    places = list(dict.fromkeys([found.ready.focus, *map(int, found.ready.pairs[0])]))
    codes = [found.world.iso3[place] for place in places]
    table = path.table()
    table = table[table["iso3"].isin(codes)].assign(lifetime_percent=np.nan)
    table["year"] = table["year"].astype(str)
    end = pd.DataFrame(
        {
            "iso3": codes,
            "year": "in the end",
            "capital_percent": PERCENT * (path.steady_capital_hat[places] - 1.0),
            "real_spending_percent": PERCENT * (path.steady_real_spending_hat[places] - 1.0),
            "lifetime_percent": PERCENT * (path.lifetime_welfare_hat[places] - 1.0),
        }
    )
    table = pd.concat([table, end], ignore_index=True)
    table.insert(1, "name", [name_of(code) for code in table["iso3"]])
    order = table["iso3"].map({code: place for place, code in enumerate(codes)})
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
