"""What is known about the trade of the baseline year, as it ships and as the fits want it.

Recorded trade stands in `world.building.observed`. The rest serves services, and goods of
economies that no customs data know.

Published partner lists become observed cells and bounds: a listed share times the reporter's total
is an observation whose standard deviation covers the difference between two reporters and the
rounding of the share; a partner that is not listed cannot sell or buy more than the smallest
share on the list. Overrides replace whatever the lists say of their cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from landbridge.errors import DataError
from landbridge.tables import embedded_path
from landbridge.units import BoolArray, FloatArray
from landbridge.world.building.observed import Observed, pack_observed, unpack_observed
from landbridge.world.building.reconcile import Cells, Evidence

OVERRIDDEN_PRIOR_SD = 5.0
"""An overridden cell is not held near the kernel: it was overridden because that is wrong."""

Kind = Literal["goods", "services"]
KINDS: tuple[Kind, ...] = ("goods", "services")

UNIFORM_SPREAD = np.sqrt(3.0)
"""Half width over standard deviation of a uniform distribution: the rounding of a share."""


@dataclass(frozen=True)
class ListOptions:
    """How far a published share may be off, beyond its rounding.

    Attributes
    ----------
    published_sd_log
        Standard deviation of the log of a flow between one reporter's figure and the truth.
    bound_sd_log
        How softly the smallest listed share bounds partners that are not listed.
    rounding_half_width
        Half of the last printed digit of a share (ratio).
    """

    published_sd_log: float = 0.12
    bound_sd_log: float = 0.15
    rounding_half_width: float = 0.005


@dataclass(frozen=True)
class PartnerLists:
    """Published partner shares.

    Attributes
    ----------
    by_exporter
        ``[N, N]`` share of the exporter's goods exports, ratio; NaN where not listed.
    by_importer
        ``[N, N]`` share of the importer's goods imports, ratio; NaN where not listed.
    """

    by_exporter: FloatArray
    by_importer: FloatArray

    @property
    def listed(self) -> BoolArray:
        """Where either side lists the other, ``[N, N]``."""
        return np.isfinite(self.by_exporter) | np.isfinite(self.by_importer)

    @property
    def listed_twice(self) -> BoolArray:
        """Where both sides list each other, ``[N, N]``."""
        return np.isfinite(self.by_exporter) & np.isfinite(self.by_importer)

    def without(self, export_lists: BoolArray, import_lists: BoolArray) -> PartnerLists:
        """Leave out the shares that a mask names, ``[N, N]`` for each side."""
        return PartnerLists(
            np.where(export_lists, np.nan, self.by_exporter),
            np.where(import_lists, np.nan, self.by_importer),
        )


@dataclass(frozen=True)
class KindEvidence:
    """What is known of one kind of trade, before partner lists and overrides.

    Attributes
    ----------
    exports, imports
        ``[N]`` million USD.
    exports_sd_log, imports_sd_log
        ``[N]``.
    coefficients, coefficients_sd
        ``[K]`` the kernel's prior.
    offset
        ``[N, N]`` residuals of other years and sources, weighted.
    prior_sd
        ``[N, N]``.
    """

    exports: FloatArray
    imports: FloatArray
    exports_sd_log: FloatArray
    imports_sd_log: FloatArray
    coefficients: FloatArray
    coefficients_sd: FloatArray
    offset: FloatArray
    prior_sd: FloatArray


@dataclass(frozen=True)
class StoredEvidence:
    """Everything the baseline is fitted to, but the overrides.

    Attributes
    ----------
    iso3
        N codes.
    feature_names
        K names.
    features
        ``[K, N, N]``.
    icio
        ``[N, N]`` where the OECD table holds the pair.
    lists
        Partner lists of the baseline year (goods).
    goods, services
        The rest, by kind.
    observed
        Recorded trade in goods.
    """

    iso3: tuple[str, ...]
    feature_names: tuple[str, ...]
    features: FloatArray
    icio: BoolArray
    lists: PartnerLists
    goods: KindEvidence
    services: KindEvidence
    observed: Observed

    def of(self, kind: Kind) -> KindEvidence:
        """Return the evidence of one kind of trade."""
        return self.goods if kind == "goods" else self.services

    def with_lists(self, lists: PartnerLists) -> StoredEvidence:
        """Replace the partner lists."""
        return replace(self, lists=lists)


def list_cells(
    lists: PartnerLists, exports: FloatArray, imports: FloatArray, *, options: ListOptions
) -> tuple[tuple[Cells, ...], tuple[Cells, ...]]:
    """Turn partner lists into observed cells and bounds.

    Parameters
    ----------
    lists
        Published shares.
    exports, imports
        ``[N]`` million USD, the totals that the shares are shares of.
    options
        Standard deviations and rounding.

    Returns
    -------
    tuple
        Observed cells (exporters' lists, importers' lists) and bounds (the same).
    """
    sides = (
        (lists.by_exporter, exports[:, None], 1),
        (lists.by_importer, imports[None, :], 0),
    )
    observed, bounds = [], []
    half = options.rounding_half_width
    for shares, total, axis in sides:
        known = np.isfinite(shares)
        # A share printed as zero is somewhere below half a digit.
        share = np.where(known, np.maximum(shares, half / 2.0), np.nan)
        spread = np.hypot(options.published_sd_log, half / share / UNIFORM_SPREAD)
        observed.append(Cells(share * total, np.where(known, spread, 1.0)))
        smallest = np.min(np.where(known, share, np.inf), axis=axis, keepdims=True)
        bound = np.where(known | ~np.isfinite(smallest), np.nan, (smallest + half) * total)
        bounds.append(Cells(bound, np.full_like(bound, options.bound_sd_log)))
    return tuple(observed), tuple(bounds)


def evidence_for(
    stored: StoredEvidence,
    kind: Kind,
    *,
    overrides: pd.DataFrame | None = None,
    options: ListOptions | None = None,
) -> Evidence:
    """Put together what the fit of one kind of trade needs.

    Parameters
    ----------
    stored
        As it ships, or changed.
    kind
        ``"goods"`` or ``"services"``; lists count for goods only.
    overrides
        exporter, importer, kind, million_usd, sd_log; rows of the other kind are passed over.
    options
        How far published shares may be off.
    """
    part = stored.of(kind)
    count = len(stored.iso3)
    observed: tuple[Cells, ...] = ()
    bounds: tuple[Cells, ...] = ()
    if kind == "goods":
        observed, bounds = list_cells(
            stored.lists, part.exports, part.imports, options=options or ListOptions()
        )
    fixed = override_cells(stored.iso3, kind, overrides)
    prior_sd = part.prior_sd
    if fixed is not None:
        prior_sd = np.where(fixed.known, OVERRIDDEN_PRIOR_SD, prior_sd)
        observed = (*(_except(cells, fixed.known) for cells in observed), fixed)
        bounds = tuple(_except(cells, fixed.known) for cells in bounds)
    return Evidence(
        exports=part.exports,
        imports=part.imports,
        exports_sd_log=part.exports_sd_log,
        imports_sd_log=part.imports_sd_log,
        features=stored.features,
        coefficients=part.coefficients,
        coefficients_sd=part.coefficients_sd,
        offset=part.offset,
        prior_sd=prior_sd,
        allowed=~np.eye(count, dtype=bool),
        observed=observed,
        ceilings=bounds,
    )


def override_cells(
    iso3: tuple[str, ...], kind: Kind, overrides: pd.DataFrame | None
) -> Cells | None:
    """Turn override rows of one kind into cells; None when there is none."""
    if overrides is None:
        return None
    rows = overrides[overrides["kind"] == kind]
    place = {code: position for position, code in enumerate(iso3)}
    rows = rows[rows["exporter"].isin(place) & rows["importer"].isin(place)]
    if rows.empty:
        return None
    value = np.full((len(iso3), len(iso3)), np.nan)
    sd_log = np.ones_like(value)
    at = (rows["exporter"].map(place).to_numpy(), rows["importer"].map(place).to_numpy())
    value[at] = rows["million_usd"].to_numpy()
    sd_log[at] = rows["sd_log"].to_numpy()
    return Cells(value, sd_log)


def _except(cells: Cells, mask: BoolArray) -> Cells:
    return Cells(np.where(mask, np.nan, cells.value), cells.sd_log)


# --- the file ------------------------------------------------------------------------------------

_KIND_ARRAYS = (
    "exports",
    "imports",
    "exports_sd_log",
    "imports_sd_log",
    "coefficients",
    "coefficients_sd",
    "offset",
    "prior_sd",
)


def pack(stored: StoredEvidence) -> dict[str, np.ndarray]:
    """Lay evidence out as arrays for an ``.npz`` (no pickles)."""
    listed_out = np.argwhere(np.isfinite(stored.lists.by_exporter)).astype(np.int16)
    listed_in = np.argwhere(np.isfinite(stored.lists.by_importer)).astype(np.int16)
    binary = np.array([np.isin(layer, (0.0, 1.0)).all() for layer in stored.features])
    arrays: dict[str, np.ndarray] = {
        "iso3": np.array(stored.iso3),
        "feature_names": np.array(stored.feature_names),
        "feature_binary": binary,
        "features_flag": np.packbits(stored.features[binary] > 0),
        "features_value": stored.features[~binary].astype(np.float32),
        "icio": np.packbits(stored.icio),
        "listed_by_exporter": listed_out,
        "share_by_exporter": stored.lists.by_exporter[tuple(listed_out.T)],
        "listed_by_importer": listed_in,
        "share_by_importer": stored.lists.by_importer[tuple(listed_in.T)],
    }
    for kind in KINDS:
        for name in _KIND_ARRAYS:
            array = getattr(stored.of(kind), name)
            arrays[f"{kind}_{name}"] = array.astype(np.float32)
    return arrays | pack_observed(stored.observed)


def unpack(arrays: dict[str, np.ndarray]) -> StoredEvidence:
    """Read evidence back from the arrays that `pack` made."""
    iso3 = tuple(str(code) for code in arrays["iso3"])
    count = len(iso3)
    binary = arrays["feature_binary"].astype(bool)
    features = np.zeros((len(binary), count, count))
    flags = np.unpackbits(arrays["features_flag"])[: int(binary.sum()) * count * count]
    features[binary] = flags.reshape(-1, count, count)
    features[~binary] = arrays["features_value"]
    shares = []
    for side in ("exporter", "importer"):
        share = np.full((count, count), np.nan)
        share[tuple(arrays[f"listed_by_{side}"].T)] = arrays[f"share_by_{side}"]
        shares.append(share)
    kinds = {
        kind: KindEvidence(
            **{name: arrays[f"{kind}_{name}"].astype(np.float64) for name in _KIND_ARRAYS}
        )
        for kind in KINDS
    }
    return StoredEvidence(
        iso3=iso3,
        feature_names=tuple(str(name) for name in arrays["feature_names"]),
        features=features,
        icio=np.unpackbits(arrays["icio"])[: count * count].reshape(count, count).astype(bool),
        lists=PartnerLists(*shares),
        goods=kinds["goods"],
        services=kinds["services"],
        observed=unpack_observed(arrays, count),
    )


@lru_cache(maxsize=1)
def load_evidence() -> StoredEvidence:
    """Read the evidence behind the baseline that ships with the package.

    Raises
    ------
    DataError
        The file is missing.
    """
    path = embedded_path("world", "evidence_2023.npz")
    if not path.is_file():
        raise DataError("the evidence behind the baseline is missing", where=str(path))
    with np.load(path, allow_pickle=False) as arrays:
        return unpack({name: arrays[name] for name in arrays.files})
