"""Gross output and domestic sales of every economy, goods and services apart.

Output per GDP and the goods part of output come from the OECD table for its economies; elsewhere
from regressions on income, size and the goods part of trade. Domestic sales are output less
exports; where entrepot trade makes that small or negative (re-exports are in exports and not in
output), a floor holds: the smallest plausible home sales per GDP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from icio import IcioTable

FloatArray = NDArray[np.float64]

HOME_FLOOR_OF_GDP = {"goods": 0.06, "services": 0.45}
"""Least domestic sales over GDP; below what all economies of the OECD table show but entrepots."""
LEAST_GOODS, MOST_GOODS = 0.04, 0.75


@dataclass(frozen=True)
class OutputModel:
    """Output per GDP and its goods part, with where each comes from, and the regressions' fit."""

    table: pd.DataFrame
    fits: pd.DataFrame


def output_model(icio: IcioTable, covariates: pd.DataFrame, va_over_margin: float) -> OutputModel:
    """Estimate output over GDP and the goods part of output.

    Parameters
    ----------
    icio
        The OECD table.
    covariates
        Indexed by iso3, numeric.
    va_over_margin
        GDP over (output less inputs bought within the table); above or below one for taxes on
        products and inputs from outside the table.

    Returns
    -------
    OutputModel
        table: output_per_gdp (ratio), goods_part (ratio), source (``icio`` or ``model``).
    """
    output = icio.output.sum(axis=0)
    ratio = output / ((output - icio.bought) / va_over_margin)
    goods = icio.output[icio.kind("goods")].sum(axis=0) / output
    measured = pd.DataFrame(
        {"output_per_gdp": ratio, "goods_part": goods}, index=list(icio.iso3)
    ).reindex(covariates.index)
    known = measured["output_per_gdp"].notna().to_numpy()
    design = np.c_[np.ones(len(covariates)), covariates.to_numpy()]
    table = pd.DataFrame(index=covariates.index)
    fits = []
    transforms: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        "output_per_gdp": (np.log, np.exp),
        "goods_part": (lambda p: np.log(p / (1 - p)), lambda q: 1 / (1 + np.exp(-q))),
    }
    for name, (forward, backward) in transforms.items():
        target = forward(measured[name].to_numpy()[known])
        solved, *_ = np.linalg.lstsq(design[known], target, rcond=None)
        error = target - design[known] @ solved
        guess = backward(design @ solved)
        table[name] = np.where(known, measured[name], guess)
        fits.append(
            {
                "what": name,
                "economies": int(known.sum()),
                "r_squared": float(1.0 - error.var() / target.var()),
                "residual_sd": float(error.std()),
            }
        )
    low, high = np.nanquantile(measured["output_per_gdp"], [0.05, 0.95])
    table["output_per_gdp"] = table["output_per_gdp"].where(
        known, table["output_per_gdp"].clip(low, high)
    )
    table["goods_part"] = table["goods_part"].clip(LEAST_GOODS, MOST_GOODS)
    table["source"] = np.where(known, "icio", "model")
    return OutputModel(table, pd.DataFrame(fits))


def margin_factor(icio: IcioTable) -> float:
    """Compute basic value over border value of goods exports: what of them is not trade margin."""
    goods, margin = icio.pair_flows("goods"), icio.pair_flows("margin")
    for table in (goods, margin):
        np.fill_diagonal(table, 0.0)
    return float(goods.sum() / (goods.sum() + margin.sum()))


def domestic_sales(
    gdp: FloatArray, model: pd.DataFrame, exports: dict[str, FloatArray], factor: float
) -> pd.DataFrame:
    """Split output into what is sold at home and abroad.

    Parameters
    ----------
    gdp
        ``[N]`` million USD.
    model
        output_per_gdp, goods_part, N rows.
    exports
        ``goods`` and ``services``, ``[N]`` million USD.
    factor
        `margin_factor`: goods exports at basic prices over goods exports.

    Returns
    -------
    pandas.DataFrame
        goods, services (domestic sales, million USD), floored (bool: a floor held in either).
    """
    output = gdp * model["output_per_gdp"].to_numpy()
    goods_output = output * model["goods_part"].to_numpy()
    whole = output - exports["goods"] - exports["services"]
    goods = goods_output - factor * exports["goods"]
    goods_floor = HOME_FLOOR_OF_GDP["goods"] * gdp
    services_floor = HOME_FLOOR_OF_GDP["services"] * gdp
    kept_goods = np.maximum(goods, goods_floor)
    services = whole - kept_goods
    kept_services = np.maximum(services, services_floor)
    return pd.DataFrame(
        {
            "goods": kept_goods,
            "services": kept_services,
            "floored": (kept_goods > goods) | (kept_services > services),
        },
        index=model.index,
    )
