"""How much of each economy's exports and imports is goods.

The Factbook's totals hold goods and services together, its partner shares are of goods alone.
Three pieces of evidence, each a share of goods in one flow of one economy:

- ``icio``: goods and trade margins in its cross-border intermediates of 2022;
- ``merchandise``: merchandise of 2014 over goods and services of 2014 (the share of GDP that the
  2014 vintage gives, times its GDP);
- a balance of payments of 2023 that is known for some economies
  (``baseline_goods_share_known.csv``).

(Entrepots are known but not trained on: the OECD table leaves their re-exports out.)
The logit of the known share is regressed on the logits of the first two, once for each set of
pieces that an economy may have. An economy with none of them gets a regression on its size,
income and place, trained on the predictions for the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baseline_facts import Facts
from icio import IcioTable

FloatArray = NDArray[np.float64]
HERE = Path(__file__).resolve().parent
LEAST, MOST = 0.04, 0.985
"""Bounds of a share; a merchandise share outside 0.02 to 1.25 says that its parts do not fit."""
SOUND = (0.02, 1.25)
SMALLEST_SD_LOG = 0.03
MODEL_SD_FACTOR = 1.5
"""The covariates' regression is trained on predictions, so its own residual is too small."""


@dataclass(frozen=True)
class GoodsShares:
    """The result, one row an economy.

    Attributes
    ----------
    table
        Indexed by iso3: exports, imports (ratio), exports_sd_log, imports_sd_log,
        exports_source, imports_source.
    fits
        One row a regression: flow, pieces, economies, residual_sd_logit,
        median_abs_log_error.
    """

    table: pd.DataFrame
    fits: pd.DataFrame


def goods_shares(facts: Facts, icio: IcioTable, covariates: pd.DataFrame) -> GoodsShares:
    """Estimate the goods share of exports and of imports of every economy.

    Parameters
    ----------
    facts
        Both vintages of the Factbook.
    icio
        The OECD table.
    covariates
        Indexed by iso3 (the economies of the result): numeric columns for the economies that
        have no other evidence.
    """
    iso3 = list(covariates.index)
    pieces = {
        "icio": _icio_shares(icio).reindex(iso3),
        "merchandise": _merchandise_shares(facts).reindex(iso3),
    }
    known = pd.read_csv(HERE / "baseline_goods_share_known.csv").set_index("iso3")
    columns: dict[str, pd.Series] = {}
    fits: list[dict[str, object]] = []
    for flow in ("exports", "imports"):
        frame = pd.DataFrame({name: table[flow] for name, table in pieces.items()})
        frame["known"] = known[f"goods_share_{flow}"].reindex(iso3)
        frame["known_sd_log"] = known["sd_log"].reindex(iso3)
        frame["train"] = known["train"].reindex(iso3).eq(True)  # noqa: FBT003 - a column of flags
        share, sd_log, source, rows = _one_flow(frame, covariates)
        columns |= {flow: share, f"{flow}_sd_log": sd_log, f"{flow}_source": source}
        fits += [{"flow": flow, **row} for row in rows]
    return GoodsShares(pd.DataFrame(columns, index=iso3), pd.DataFrame(fits))


def logit(share: FloatArray) -> FloatArray:
    """Compute the logit of a share, kept off the ends."""
    kept = np.clip(share, LEAST, MOST)
    return np.asarray(np.log(kept / (1.0 - kept)))


def _one_flow(
    frame: pd.DataFrame, covariates: pd.DataFrame
) -> tuple[pd.Series, pd.Series, pd.Series, list[dict[str, object]]]:
    has_icio, has_old = frame["icio"].notna(), frame["merchandise"].notna()
    estimate = pd.Series(np.nan, frame.index)
    spread = pd.Series(np.nan, frame.index)
    source = pd.Series("", frame.index)
    rows: list[dict[str, object]] = []
    cases = (
        (("icio", "merchandise"), has_icio & has_old),
        (("icio",), has_icio & ~has_old),
        (("merchandise",), ~has_icio & has_old),
    )
    for names, where in cases:
        train = frame["train"] & frame[list(names)].notna().all(axis=1)
        design = _design(frame[list(names)])
        target = logit(frame["known"].to_numpy())
        solved, *_ = np.linalg.lstsq(design[train], target[train], rcond=None)
        error = target[train] - design[train] @ solved
        spread_here = float(np.sqrt((error**2).sum() / max(len(error) - len(solved), 1)))
        estimate[where] = (design @ solved)[where]
        spread[where] = spread_here
        source[where] = "+".join(names)
        rows.append(_fit_row("+".join(names), error, spread_here, frame["known"][train]))
    rest = estimate.isna()
    design = np.c_[np.ones(len(covariates)), covariates.to_numpy()]
    solved, *_ = np.linalg.lstsq(design[~rest], estimate[~rest].to_numpy(), rcond=None)
    error = estimate[~rest].to_numpy() - design[~rest] @ solved
    estimate[rest] = (design @ solved)[rest.to_numpy()]
    spread[rest] = MODEL_SD_FACTOR * float(error.std())
    source[rest] = "model"
    plain = pd.Series(1.0 / (1.0 + np.exp(-estimate)), estimate.index)
    rows.append(_fit_row("model", error, float(error.std()), plain[~rest]))
    share = plain.clip(LEAST, MOST)
    sd_log = (spread * (1.0 - share)).clip(lower=SMALLEST_SD_LOG)
    given = frame["known"].notna()
    share = share.where(~given, frame["known"])
    sd_log = sd_log.where(~given, frame["known_sd_log"])
    return share, sd_log, source.where(~given, "balance of payments, recalled"), rows


def _fit_row(
    pieces: str, error: FloatArray, residual_sd: float, share: pd.Series
) -> dict[str, object]:
    # d log(share) = (1 - share) d logit(share)
    return {
        "pieces": pieces,
        "economies": len(error),
        "residual_sd_logit": residual_sd,
        "median_abs_log_error": float(np.median(np.abs(error) * (1.0 - share.to_numpy()))),
    }


def _design(frame: pd.DataFrame) -> FloatArray:
    columns = [logit(frame[name].fillna(0.5).to_numpy()) for name in frame.columns]
    return np.column_stack([np.ones(len(frame)), *columns])


def _icio_shares(icio: IcioTable) -> pd.DataFrame:
    goods = icio.pair_flows("goods", "margin")
    whole = icio.pair_flows("goods", "margin", "services")
    for table in (goods, whole):
        np.fill_diagonal(table, 0.0)
    return pd.DataFrame(
        {
            "exports": goods.sum(axis=1) / whole.sum(axis=1),
            "imports": goods.sum(axis=0) / whole.sum(axis=0),
        },
        index=list(icio.iso3),
    )


def _merchandise_shares(facts: Facts) -> pd.DataFrame:
    gdp = facts.economies[2014].set_index("iso3")["gdp_usd"]
    columns = {}
    for flow in ("exports", "imports"):
        uses = facts.uses[2014]
        share = uses[uses["use"] == flow].drop_duplicates("iso3").set_index("iso3")["share"].abs()
        totals = facts.totals[2014]
        totals = totals[(totals["flow"] == flow) & (totals["usd"] > 0)].sort_values("year")
        merchandise = totals.drop_duplicates("iso3", keep="last").set_index("iso3")["usd"]
        ratio = merchandise / (share * gdp)
        columns[flow] = ratio.where(ratio.between(*SOUND))
    return pd.DataFrame(columns)
