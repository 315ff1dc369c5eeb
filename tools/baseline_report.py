"""Tables that ship beside the baseline, and the record of its build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import baseline_evidence as be
from landbridge.atlas.economies import economies
from landbridge.world.reconcile import Reconciliation

if TYPE_CHECKING:
    from build_baseline import Built, Inputs

DIGITS = 6
HERE = Path(__file__).resolve().parent


def account_table(inputs: Inputs, built: Built) -> pd.DataFrame:
    """Give totals, domestic sales and their sources, one row an economy."""
    goods, services = built.fits["goods"].flows, built.fits["services"].flows
    shares, output, domestic = built.shares.table, built.output.table, built.domestic
    gdp = inputs.gdp["million_usd"].to_numpy()
    total = goods.sum(axis=1) + services.sum(axis=1) + domestic[["goods", "services"]].sum(axis=1)
    table = pd.DataFrame(
        {
            "iso3": list(inputs.iso3),
            "goods_exports_million_usd": goods.sum(axis=1),
            "services_exports_million_usd": services.sum(axis=1),
            "goods_imports_million_usd": goods.sum(axis=0),
            "services_imports_million_usd": services.sum(axis=0),
            "goods_domestic_million_usd": domestic["goods"].to_numpy(),
            "services_domestic_million_usd": domestic["services"].to_numpy(),
            "output_million_usd": total.to_numpy(),
            "gdp_million_usd": gdp,
            "gdp_basis": inputs.gdp["basis"].to_numpy(),
            "output_per_gdp": total.to_numpy() / gdp,
            "output_per_gdp_before_floor": output["output_per_gdp"].to_numpy(),
            "goods_part_of_output": output["goods_part"].to_numpy(),
            "output_source": output["source"].to_numpy(),
            "domestic_floored": domestic["floored"].to_numpy(),
            "published_exports_million_usd": inputs.exports["million_usd"].to_numpy(),
            "published_imports_million_usd": inputs.imports["million_usd"].to_numpy(),
            "published_exports_year": inputs.exports["year"].to_numpy(),
            "published_imports_year": inputs.imports["year"].to_numpy(),
            "published_exports_source": inputs.exports["source"].to_numpy(),
            "published_imports_source": inputs.imports["source"].to_numpy(),
            "goods_share_exports": shares["exports"].to_numpy(),
            "goods_share_exports_sd_log": shares["exports_sd_log"].to_numpy(),
            "goods_share_exports_source": shares["exports_source"].to_numpy(),
            "goods_share_imports": shares["imports"].to_numpy(),
            "goods_share_imports_sd_log": shares["imports_sd_log"].to_numpy(),
            "goods_share_imports_source": shares["imports_source"].to_numpy(),
        }
    )
    table["domestic_floored"] = table["domestic_floored"].map({True: "true", False: "false"})
    return significant(table)


def left_out_table(iso3: tuple[str, ...]) -> pd.DataFrame:
    """Give the economies of the atlas that are not in the baseline."""
    table = economies()
    rest = table[~table["iso3"].isin(iso3)].sort_values("iso3")
    exports = rest["exports_million_usd"].notna() & rest["imports_million_usd"].notna()
    reason = np.where(
        exports, "not a trader of its own in the atlas", "no trade totals are published"
    )
    return pd.DataFrame({"iso3": rest["iso3"], "name": rest["name"], "reason": reason})


def kernel_table(pieces: be.Pieces, fits: dict[str, Reconciliation]) -> pd.DataFrame:
    """Give the kernel's coefficients on the OECD table and in the baseline."""
    rows = [
        {
            "kind": kind,
            "feature": name,
            "icio_coefficient": pieces.kernels[kind].coefficients[position],
            "icio_standard_error": pieces.kernels[kind].standard_errors[position],
            "baseline_coefficient": fits[kind].coefficients[position],
        }
        for kind in ("goods", "services")
        for position, name in enumerate(pieces.feature_names)
    ]
    return significant(pd.DataFrame(rows), 4)


def model_fit_table(built: Built) -> pd.DataFrame:
    """Give how well the models for goods shares and for output fit, in one long table."""
    rows: list[tuple[str, int, str, float]] = []
    for row in built.shares.fits.to_dict("records"):
        place = f"goods share of {row['flow']}, from {row['pieces']}"
        economies = int(row["economies"])
        rows += [
            (place, economies, name, row[name])
            for name in ("residual_sd_logit", "median_abs_log_error")
        ]
    for row in built.output.fits.to_dict("records"):
        economies = int(row["economies"])
        rows += [(row["what"], economies, name, row[name]) for name in ("r_squared", "residual_sd")]
    return significant(pd.DataFrame(rows, columns=["model", "economies", "measure", "value"]), 4)


def significant(table: pd.DataFrame, digits: int = DIGITS) -> pd.DataFrame:
    """Cut numbers to significant digits."""
    table = table.copy()
    for name in table.columns:
        if table[name].dtype.kind == "f":
            table[name] = table[name].map(lambda value: float(f"{value:.{digits}g}"))
    return table


def record(built: Built, digests: dict[str, str]) -> str:
    """Give the record of the build as TOML."""
    fits = built.fits
    head = [
        "# Written by tools/build_baseline.py; do not edit.",
        "",
        "year = 2023",
        *(f'{name} = "{digest}"' for name, digest in digests.items()),
        f"economies = {len(built.stored.iso3)}",
    ]
    tail = [
        "",
        "[fit]",
        *(f"{kind}_iterations = {fit.iterations}" for kind, fit in fits.items()),
        *(f"{kind}_objective = {fit.objective:.3f}" for kind, fit in fits.items()),
        f"services_totals_at_their_least = {built.services_floored}",
        f"domestic_sales_at_their_floor = {int(built.domestic['floored'].sum())}",
        "",
    ]
    inputs = (HERE / "baseline_inputs.toml").read_text(encoding="utf-8")
    return "\n".join(head) + "\n" + inputs + "\n".join(tail)


def summary(built: Built) -> str:
    """Give a few numbers to look at."""
    stored = built.stored
    goods, services = built.fits["goods"].flows, built.fits["services"].flows
    gap = np.abs(np.log(goods.sum(axis=1) / stored.goods.exports))
    listed = goods[stored.lists.listed].sum() / goods.sum()
    lines = (
        f"goods {goods.sum() / 1e6:.2f} tn, services {services.sum() / 1e6:.2f} tn",
        f"goods exports off their totals: median {np.median(gap):.3f}, largest {gap.max():.2f}",
        f"listed cells hold {listed:.1%} of goods trade",
        f"services totals at their least: {built.services_floored}",
        f"domestic sales at a floor: {int(built.domestic['floored'].sum())}",
    )
    return "\n".join(lines)
