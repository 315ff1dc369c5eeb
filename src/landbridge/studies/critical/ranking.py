"""The most critical elements of the network: ranked to first order, the first of them solved anew.

A first-order value is the slope at today's costs; the exact one is solved anew. They stand side by
side, with the relative error. Shutting an element is no small change, and is only ever exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from landbridge import codes
from landbridge.errors import InputError, suggest
from landbridge.studies.chain.setting import Setting
from landbridge.studies.critical.criticality import (
    CHANGES,
    FirstOrder,
    gains,
    solve_changed,
)
from landbridge.tasks import Progress, no_progress
from landbridge.units import PERCENT, FloatArray, IntArray

By: TypeAlias = Literal["percent", "hour", "tonnes"]
BY: Final[tuple[By, ...]] = get_args(By)
CHECKS: Final = ("check", "value", "limit", "unit", "passed")


@dataclass(frozen=True, eq=False)
class Ranking:
    """The most critical elements, for the world or for one economy.

    Attributes
    ----------
    economy
        ISO3 code; empty for the world.
    table
        One row an element, most critical first: rank, kind, element, name, mode, iso3, iso3_other,
        million_tonnes and goods_million_usd that pass a year; percent_million_usd, what one
        percent less cost is worth a year, its exact value and the error of the first order in
        percent of that; the same of an hour (exact: of an hour more, with the sign turned);
        closed_million_usd and closed_percent_of_gdp, what shutting it does; most_hit, the
        economy that loses the largest share of its GDP by it, and that share.
    by_economy
        One row an element and economy: kind, element, name, iso3, economy, and the same values.
    rows
        Rows of the elements in `FirstOrder.elements`.
    certificate
        Largest value of each check over the equilibria that were solved; empty where none was.
    """

    economy: str
    table: pd.DataFrame
    by_economy: pd.DataFrame
    rows: IntArray
    certificate: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CHECKS)))


def rank(
    setting: Setting,
    found: FirstOrder,
    *,
    top: int,
    economy: str = "",
    by: By = "hour",
    solve: bool = True,
    progress: Progress = no_progress,
) -> Ranking:
    """Rank the elements, and solve the first of them exactly.

    Parameters
    ----------
    setting, found
        World, network and equilibrium, and the first order on them.
    top
        How many.
    economy
        Rank by what it means to one economy; to the world where empty.
    by
        What one percent of cost or an hour is worth, or the tonnes that pass.
    solve
        Whether to solve anew; the exact columns are missing otherwise.
    progress
        Told after each solution.

    Raises
    ------
    InputError
        There is no such order, the economy is not in the world, or `top` is below 1.
    ConvergenceError
        No equilibrium was found.
    """
    check_order(by, economy)
    if top < 1:
        raise InputError(f"top is {top}; ask for 1 or more")
    rows = np.argsort(-_order(setting, found, economy, by), kind="stable")[:top]
    rows = rows[found.million_tonnes[rows] > 0]
    worth = np.full((len(rows), len(CHANGES), len(setting.world.iso3)), np.nan)
    checks: list[pd.DataFrame] = []
    if solve:
        total = len(rows) * len(CHANGES)
        for place, row in enumerate(rows):
            for turn, change in enumerate(CHANGES):
                solved = solve_changed(setting, found.elements, int(row), change)
                worth[place, turn] = gains(setting, solved)
                checks.append(solved.certificate.table())
                progress("Solving anew", place * len(CHANGES) + turn + 1, total)
        # An hour more was solved; what an hour is worth has the sign of a gain, as one percent.
        worth[:, CHANGES.index("hour")] *= -1.0
    return Ranking(
        economy=economy,
        table=_table(setting, found, rows, worth, economy=economy),
        by_economy=_by_economy(setting, found, rows, worth),
        rows=rows.astype(np.int64),
        certificate=_worst(checks),
    )


def _worst(checks: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Keep the largest value of each check over several equilibria."""
    if not checks:
        return pd.DataFrame(columns=list(CHECKS))
    worst = checks[0].copy()
    worst["value"] = np.max([one["value"].to_numpy(dtype=np.float64) for one in checks], axis=0)
    worst["passed"] = worst["value"] <= worst["limit"]
    return worst


def check_order(by: By, economy: str) -> None:
    """Refuse an order that is not there, or that an economy cannot have.

    Raises
    ------
    InputError
        With the orders there are.
    """
    if by not in BY:
        raise InputError(
            f"cannot rank by {by!r}", mend=suggest(str(by), BY) or f"Choose among {', '.join(BY)}."
        )
    if by == "tonnes" and economy:
        raise InputError(
            "tonnes are those of the whole world.", mend="Rank an economy by percent or by hour."
        )


def _order(setting: Setting, found: FirstOrder, economy: str, by: By) -> FloatArray:
    if by == "tonnes":
        return found.million_tonnes
    values = found.percent if by == "percent" else found.hour
    return np.asarray(values[:, setting.world.index(economy)] if economy else values.sum(axis=1))


def _table(
    setting: Setting,
    found: FirstOrder,
    rows: IntArray,
    worth: FloatArray,
    *,
    economy: str,
) -> pd.DataFrame:
    world = setting.world
    mine = [world.index(economy)] if economy else list(range(len(world.iso3)))
    gdp = float(world.gdp_million_usd[mine].sum())
    table = found.elements.table.iloc[rows].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(rows) + 1))
    table["million_tonnes"] = found.million_tonnes[rows]
    table["goods_million_usd"] = found.million_usd[rows]
    for turn, (name, values) in enumerate((("percent", found.percent), ("hour", found.hour))):
        first = values[rows][:, mine].sum(axis=1)
        solved = worth[:, turn][:, mine].sum(axis=1)
        table[f"{name}_million_usd"] = first
        table[f"{name}_exact_million_usd"] = solved
        table[f"{name}_error_percent"] = relative_error(first, solved)
    shut = worth[:, CHANGES.index("closed")]
    table["closed_million_usd"] = shut[:, mine].sum(axis=1)
    table["closed_percent_of_gdp"] = PERCENT * table["closed_million_usd"] / gdp
    share = PERCENT * shut / world.gdp_million_usd
    known = np.isfinite(share).all(axis=1)
    worst = np.where(known, np.nan_to_num(share).argmin(axis=1), 0)
    table["most_hit"] = np.where(known, np.array(world.iso3)[worst], "")
    table["most_hit_percent_of_gdp"] = share[np.arange(len(rows)), worst]
    return table


def relative_error(first: FloatArray, solved: FloatArray) -> FloatArray:
    """Compute the error of the first order in percent of the exact value; missing where 0."""
    error = np.full(len(first), np.nan)
    np.divide(first - solved, np.abs(solved), out=error, where=np.nan_to_num(solved) != 0)
    return PERCENT * error


def _by_economy(
    setting: Setting, found: FirstOrder, rows: IntArray, worth: FloatArray
) -> pd.DataFrame:
    world = setting.world
    count = len(world.iso3)
    elements = found.elements.table.iloc[np.repeat(rows, count)].reset_index(drop=True)
    table = elements[["kind", "element", "name"]].copy()
    table["iso3"] = np.tile(np.array(world.iso3), len(rows))
    table["economy"] = np.tile(np.array([codes.name_of(code) for code in world.iso3]), len(rows))
    gdp = np.tile(world.gdp_million_usd, len(rows))
    columns: Sequence[tuple[str, FloatArray]] = (
        ("percent", found.percent[rows]),
        ("percent_saving", found.percent_saving[rows]),
        ("percent_exact", worth[:, 0]),
        ("hour", found.hour[rows]),
        ("hour_exact", worth[:, 1]),
        ("closed", worth[:, 2]),
    )
    for name, values in columns:
        table[f"{name}_million_usd"] = values.ravel()
    table["closed_percent_of_gdp"] = PERCENT * table["closed_million_usd"] / gdp
    return table


def flows(found: FirstOrder) -> pd.DataFrame:
    """Lay out every element with what passes it and what it is worth to the world.

    Returns
    -------
    pandas.DataFrame
        kind, element, name, mode, iso3, iso3_other, million_tonnes, goods_million_usd,
        percent_million_usd, hour_million_usd; most tonnes first.
    """
    table = found.elements.table.copy()
    table["million_tonnes"] = found.million_tonnes
    table["goods_million_usd"] = found.million_usd
    table["percent_million_usd"] = found.percent.sum(axis=1)
    table["hour_million_usd"] = found.hour.sum(axis=1)
    return table.sort_values("million_tonnes", ascending=False, kind="stable").reset_index(
        drop=True
    )
