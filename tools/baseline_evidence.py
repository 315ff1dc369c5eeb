"""Build the evidence of the baseline year: Factbook lists, the OECD table, the 2014 vintage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baseline_facts import Facts, features, partner_lists
from baseline_kernel import KernelFit, fit_kernel, spread
from icio import IcioTable
from landbridge.world.building.evidence import (
    KindEvidence,
    ListOptions,
    StoredEvidence,
    evidence_for,
)
from landbridge.world.building.observed import nothing_observed
from landbridge.world.building.reconcile import reconcile

FloatArray = NDArray[np.float64]

COEFFICIENT_SD = 0.3
LARGEST_COEFFICIENT = 1.2
"""Small groups of pairs (USMCA, EAEU) have coefficients that a few cells made: start nearer 0."""

TOTAL_SD_LOG = 0.02
GOODS_TOTAL_LEAST_SD, GOODS_TOTAL_MOST_SD = 0.01, 0.10
"""The goods share is known worse than this at times; with more room, a few listed ships and much
imputed trade would drag the totals of small economies up."""
SERVICES_ROOM = 0.12
"""A goods total may move by one standard deviation only as far as changes services by this part:
where services are a tenth of exports, one percent more goods are a tenth less services."""
SERVICES_TOTAL_LEAST_SD = 0.05
SERVICES_LEAST_PART = 0.02
"""Least services in a flow of an economy, as a part of its goods and services."""


@dataclass(frozen=True)
class Weights:
    """How much other years and sources say of a pair, and how far it strays from all that.

    Attributes
    ----------
    icio, old
        Weights of the residuals of the OECD table and of the 2014 vintage.
    old_beside_icio
        Part of the weight of 2014 that is left where the OECD table speaks.
    sd, sd_old, sd_icio
        Standard deviation of a log flow around its prior mean: with neither, where a list of 2014
        named the pair, and where the OECD table holds it.
    """

    icio: float = 0.8
    old: float = 0.8
    old_beside_icio: float = 0.3
    sd: float = 1.3
    sd_old: float = 0.9
    sd_icio: float = 0.7


@dataclass(frozen=True)
class Totals:
    """Goods and services totals of every economy: million USD and standard deviation of the log."""

    exports: FloatArray
    imports: FloatArray
    exports_sd_log: FloatArray
    imports_sd_log: FloatArray


@dataclass(frozen=True)
class Pieces:
    """What the evidence is put together from.

    Attributes
    ----------
    iso3, feature_names, features
        Axes and kernel features.
    kernels
        Kernel fits of ``goods`` and ``services`` on the OECD table.
    residuals
        ``[N, N]`` of each kind: residuals of the OECD table, clipped.
    icio
        ``[N, N]`` where the OECD table holds the pair.
    old_residual, old_listed
        ``[N, N]`` what the 2014 vintage's fit leaves unexplained, and where a list named the pair.
    """

    iso3: tuple[str, ...]
    feature_names: tuple[str, ...]
    features: FloatArray
    kernels: dict[str, KernelFit]
    residuals: dict[str, FloatArray]
    icio: NDArray[np.bool_]
    old_residual: FloatArray
    old_listed: NDArray[np.bool_]


def build_pieces(facts: Facts, icio: IcioTable, iso3: tuple[str, ...]) -> Pieces:
    """Fit the kernels and the 2014 vintage."""
    names, layers = features(iso3)
    inside = [position for position, code in enumerate(icio.iso3) if code in iso3]
    at = np.array([iso3.index(icio.iso3[position]) for position in inside])
    kernels, residuals = {}, {}
    held = np.zeros((len(iso3), len(iso3)), dtype=bool)
    for kind in ("goods", "services"):
        flows = icio.pair_flows(kind)[np.ix_(inside, inside)]
        kernels[kind] = fit_kernel(flows, layers[:, at][:, :, at])
        residuals[kind] = np.clip(spread(kernels[kind].residual, at, len(iso3)), -4.0, 4.0)
        held |= spread(kernels[kind].used, at, len(iso3))
    old_residual, old_listed = _old_vintage(
        facts, iso3, layers, prior_coefficients(kernels["goods"])
    )
    return Pieces(iso3, names, layers, kernels, residuals, held, old_residual, old_listed)


def prior_coefficients(kernel: KernelFit) -> FloatArray:
    """Return the kernel's coefficients as a prior: bounded, zero where not estimated."""
    return np.clip(np.nan_to_num(kernel.coefficients), -LARGEST_COEFFICIENT, LARGEST_COEFFICIENT)


def kind_evidence(pieces: Pieces, kind: str, totals: Totals, weights: Weights) -> KindEvidence:
    """Put the totals and the prior of one kind of trade together."""
    kernel = pieces.kernels[kind]
    shape = pieces.icio.shape
    offset = np.zeros(shape)
    sd = np.full(shape, weights.sd)
    if kind == "goods":
        offset = weights.old * pieces.old_residual
        sd = np.where(pieces.old_listed, weights.sd_old, sd)
    use_icio = pieces.icio & (weights.icio > 0)
    offset = np.where(
        use_icio,
        weights.icio * pieces.residuals[kind] + weights.old_beside_icio * offset,
        offset,
    )
    return KindEvidence(
        exports=totals.exports,
        imports=totals.imports,
        exports_sd_log=totals.exports_sd_log,
        imports_sd_log=totals.imports_sd_log,
        coefficients=prior_coefficients(kernel),
        coefficients_sd=np.full(len(kernel.coefficients), COEFFICIENT_SD),
        offset=offset,
        prior_sd=np.where(use_icio, weights.sd_icio, sd),
    )


def goods_totals(totals: Totals, shares: pd.DataFrame) -> Totals:
    """Compute the goods part of the totals; world exports equal world imports."""
    exports = totals.exports * shares["exports"].to_numpy()
    imports = totals.imports * shares["imports"].to_numpy()
    world = float(np.sqrt(exports.sum() * imports.sum()))
    return Totals(
        exports * world / exports.sum(),
        imports * world / imports.sum(),
        _goods_sd(totals.exports_sd_log, shares["exports"], shares["exports_sd_log"]),
        _goods_sd(totals.imports_sd_log, shares["imports"], shares["imports_sd_log"]),
    )


def _goods_sd(total_sd: FloatArray, share: pd.Series, share_sd: pd.Series) -> FloatArray:
    part = share.to_numpy()
    room = SERVICES_ROOM * (1.0 - part) / part
    spread = np.minimum(np.hypot(total_sd, share_sd.to_numpy()), room)
    return np.asarray(np.clip(spread, GOODS_TOTAL_LEAST_SD, GOODS_TOTAL_MOST_SD))


def services_totals(totals: Totals, goods_flows: FloatArray) -> tuple[Totals, int]:
    """Compute what the fitted goods leave of the totals, and how many were below the least part."""
    sides = []
    floored = 0
    for whole, goods in (
        (totals.exports, goods_flows.sum(axis=1)),
        (totals.imports, goods_flows.sum(axis=0)),
    ):
        rest = whole - goods
        least = SERVICES_LEAST_PART * whole
        floored += int((rest < least).sum())
        sides.append(np.maximum(rest, least))
    world = float(np.sqrt(sides[0].sum() * sides[1].sum()))
    spread_out = np.hypot(totals.exports_sd_log, SERVICES_TOTAL_LEAST_SD)
    spread_in = np.hypot(totals.imports_sd_log, SERVICES_TOTAL_LEAST_SD)
    exports, imports = sides[0] * world / sides[0].sum(), sides[1] * world / sides[1].sum()
    return Totals(exports, imports, spread_out, spread_in), floored


def _old_vintage(
    facts: Facts, iso3: tuple[str, ...], layers: FloatArray, coefficients: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    table = facts.totals[2014]
    table = table[table["usd"] > 0].sort_values("year")
    latest = table.drop_duplicates(["iso3", "flow"], keep="last").pivot_table(
        index="iso3", columns="flow", values="usd"
    )
    latest = latest.dropna().reindex([code for code in iso3 if code in latest.dropna().index])
    codes = tuple(latest.index)
    at = np.array([iso3.index(code) for code in codes])
    count = len(codes)
    exports, imports = latest["exports"].to_numpy() / 1e6, latest["imports"].to_numpy() / 1e6
    world = np.sqrt(exports.sum() * imports.sum())
    part = KindEvidence(
        exports=exports * world / exports.sum(),
        imports=imports * world / imports.sum(),
        exports_sd_log=np.full(count, TOTAL_SD_LOG),
        imports_sd_log=np.full(count, TOTAL_SD_LOG),
        coefficients=coefficients,
        coefficients_sd=np.full(len(coefficients), COEFFICIENT_SD),
        offset=np.zeros((count, count)),
        prior_sd=np.full((count, count), Weights().sd),
    )
    lists = partner_lists(facts, 2014, codes)
    stored = StoredEvidence(
        iso3=codes,
        feature_names=(),
        features=layers[:, at][:, :, at],
        icio=np.zeros((count, count), dtype=bool),
        lists=lists,
        goods=part,
        services=part,
        observed=nothing_observed(count),
    )
    # Shares of 2014 are printed to a tenth of a percent.
    fit = reconcile(evidence_for(stored, "goods", options=ListOptions(rounding_half_width=0.0005)))
    gap = np.zeros((count, count))
    off = ~np.eye(count, dtype=bool)
    gap[off] = np.log(fit.flows[off] / fit.prior_mean[off])
    listed = lists.listed
    gap = np.where(listed, np.clip(gap, -3.0, 3.0), np.clip(gap, -3.0, 0.0))
    return spread(gap, at, len(iso3)), spread(listed, at, len(iso3))
