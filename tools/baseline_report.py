"""Tables that ship beside the baseline, and the record of its build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import baseline_evidence as be
from landbridge.atlas.economies import economies
from landbridge.world.base import CellStatus
from landbridge.world.building.reconcile import Reconciliation

if TYPE_CHECKING:
    from build_baseline import Built, Inputs

FloatArray = NDArray[np.float64]
DIGITS = 6
CLOSE = 0.15
MUCH = 0.1
HERE = Path(__file__).resolve().parent


def account_table(inputs: Inputs, built: Built) -> pd.DataFrame:
    """List totals, domestic sales and their sources, one row an economy."""
    goods, services = built.goods.flows, built.fits["services"].flows
    balance = balance_goods(built)
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
            "balance_goods_exports_million_usd": balance["exports"],
            "balance_goods_imports_million_usd": balance["imports"],
            "goods_exports_gap": gap_reasons(built, balance["exports"], axis=1),
            "goods_imports_gap": gap_reasons(built, balance["imports"], axis=0),
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


def balance_goods(built: Built) -> dict[str, FloatArray]:
    """Compute the goods part of what balances of payments say, million USD."""
    shares, totals = built.shares.table, built.totals
    return {
        "exports": totals.exports * shares["exports"].to_numpy(),
        "imports": totals.imports * shares["imports"].to_numpy(),
    }


def gap_reasons(built: Built, balance: FloatArray, *, axis: int) -> list[str]:
    """Say why the flows of goods add up to more or less than the balance of payments."""
    observed, goods = built.stored.observed, built.goods
    flows = goods.flows.sum(axis=axis)
    filled = np.isin(goods.status, [CellStatus.CARRIED, CellStatus.IMPUTED, CellStatus.PUBLISHED])
    part = np.where(filled, goods.flows, 0.0).sum(axis=axis) / np.maximum(flows, 1e-9)
    gap = np.log(np.maximum(flows, 1e-9) / balance)
    floored = built.domestic["floored"].to_numpy()
    told = []
    for place, size in enumerate(gap):
        if not observed.held[place]:
            near = abs(size) <= CLOSE
            told.append(
                "not in customs data; held to the balance of payments"
                if near
                else "not in customs data; between its past there and the balance of payments"
            )
        elif abs(size) < CLOSE:
            told.append("within 15 percent of the balance of payments")
        elif axis == 1 and size < 0 and floored[place]:
            told.append("re-exports are in the balance of payments, not in records by origin")
        elif part[place] > MUCH:
            told.append(f"{100 * part[place]:.0f} percent is not recorded and was filled")
        elif not observed.reports[place]:
            told.append("had not reported; its partners' records alone")
        else:
            told.append("customs and balance of payments differ in coverage, value and time")
    return told


def left_out_table(iso3: tuple[str, ...]) -> pd.DataFrame:
    """List the economies of the atlas that are not in the baseline."""
    table = economies()
    rest = table[~table["iso3"].isin(iso3)].sort_values("iso3")
    exports = rest["exports_million_usd"].notna() & rest["imports_million_usd"].notna()
    reason = np.where(
        exports, "not a trader of its own in the atlas", "no trade totals are published"
    )
    return pd.DataFrame({"iso3": rest["iso3"], "name": rest["name"], "reason": reason})


def kernel_table(pieces: be.Pieces, fits: dict[str, Reconciliation]) -> pd.DataFrame:
    """List the kernel's coefficients on the OECD table and in the baseline."""
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
    """List how well the models for goods shares and for output fit, in one long table."""
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
    """Write the record of the build as TOML."""
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
        *(f"{name} = {count}" for name, count in built.goods.counts.items()),
        *(f"{kind}_iterations = {fit.iterations}" for kind, fit in fits.items()),
        *(f"{kind}_objective = {fit.objective:.3f}" for kind, fit in fits.items()),
        f"services_totals_at_their_least = {built.services_floored}",
        f"domestic_sales_at_their_floor = {int(built.domestic['floored'].sum())}",
        "",
    ]
    inputs = (HERE / "baseline_inputs.toml").read_text(encoding="utf-8")
    return "\n".join(head) + "\n" + inputs + "\n".join(tail)


def summary(built: Built) -> str:
    """List a few numbers to look at."""
    stored = built.stored
    goods, services = built.goods.flows, built.fits["services"].flows
    gap = np.abs(np.log(goods.sum(axis=1) / stored.goods.exports))
    lines = (
        f"goods {goods.sum() / 1e6:.2f} tn, services {services.sum() / 1e6:.2f} tn",
        f"goods exports off the balance of payments: median {np.median(gap):.3f}",
        f"services totals at their least: {built.services_floored}",
        f"domestic sales at a floor: {int(built.domestic['floored'].sum())}",
    )
    return "\n".join(lines)
