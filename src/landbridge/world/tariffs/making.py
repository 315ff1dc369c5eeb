"""Infer tariffs between economies from what is published of each importer.

Published is the mean tariff applied, weighted by imports and with preferences taken off as if all
used them, and for some importers the mean without preferences (MFN) as well. Where only the first
is known, the second follows from the share of imports that agreements in force set free::

    mfn = applied * (1 / free_share) ** exponent

with an exponent fitted where both are published. What agreements take off is then scaled, one
factor an importer, so that the published mean comes out again. Members of a customs union charge
one tariff on others. An importer of which nothing is published gets the median of the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from landbridge.atlas import blocs
from landbridge.atlas.standing import DEPTHS, standing_depths
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, FloatArray, IntArray
from landbridge.world.tariffs.base import PreferenceRules, Tariffs

PUBLISHED = "published"
INFERRED = "inferred"
SHARED = "{bloc}'s"
IMPUTED = "imputed"
"""How the tariff without preferences is known: published; inferred from the applied one; that of a
customs union; the median of the others."""
SAID = {
    IMPUTED: "have no published tariff and get the median of the others",
    INFERRED: "have a published tariff with preferences taken off alone, from which that without "
    "preferences is inferred",
}
"""What a note says of importers of each status."""
LARGEST_MARGIN = 1.0
TOLD = 8


@lru_cache(maxsize=1)
def tariff_rules() -> dict[str, float]:
    """Read how tariffs are inferred, by name."""
    table = embedded_table("world", "tariff_rules")
    return dict(zip(table["name"].astype(str), table["value"].astype(float), strict=True))


def central_rules(use: float = 1.0) -> PreferenceRules:
    """Build the rules by which tariffs are inferred; published means take all use for granted."""
    known = tariff_rules()
    cuts: dict[str, float] = {depth: known.get(f"{depth}_cut", 1.0) for depth in DEPTHS}
    return PreferenceRules(use=use, cuts=cuts)


def make_tariffs(iso3: Sequence[str], goods: FloatArray, *, on: date) -> Tariffs:
    """Infer tariffs on goods between economies.

    Parameters
    ----------
    iso3
        N codes.
    goods
        ``[N, N]`` million USD, exporter x importer; imports weigh the means.
    on
        The day at which agreements and blocs of the atlas are read.

    Returns
    -------
    Tariffs
        With a note for what is inferred and imputed.
    """
    codes = tuple(iso3)
    standing = standing_depths(codes, on=on)
    unions = _unions(codes, on)
    weights = _weights(goods, unions)
    free = _free_share(weights, standing)
    applied, mfn, status = _published(codes)
    known = tariff_rules()
    inferred = np.isfinite(applied) & np.isnan(mfn)
    mfn = np.where(inferred, applied * (1.0 / free) ** known["mfn_exponent"], mfn)
    mfn, applied, status = _one_tariff(mfn, applied, status, unions=unions, weights=weights)
    absent = np.isnan(mfn)
    if (~absent).any():
        mfn = np.where(absent, np.median(mfn[~absent]), mfn)
    status = [IMPUTED if gone else told for gone, told in zip(absent, status, strict=True)]
    mfn = np.nan_to_num(mfn)
    return Tariffs(
        iso3=codes,
        mfn=mfn,
        margin=_margin(mfn, applied, free),
        standing=standing,
        own=np.full((len(codes), len(codes)), np.nan),
        imports=weights.sum(axis=0),
        status=tuple(status),
        published=applied,
        notes=_notes(codes, status, weights),
    )


def _published(codes: Sequence[str]) -> tuple[FloatArray, FloatArray, list[str]]:
    """Read what is published, ``[N]`` ratios, missing where nothing is; and say so."""
    table = embedded_table("world", "tariff_rates").set_index("iso3")
    rows = table.reindex(list(codes))
    applied = rows["applied_percent"].to_numpy(dtype=np.float64) / PERCENT
    mfn = rows["mfn_percent"].to_numpy(dtype=np.float64) / PERCENT
    status = [INFERRED if np.isnan(rate) else PUBLISHED for rate in mfn]
    return applied, mfn, status


def _unions(codes: Sequence[str], on: date) -> dict[str, list[int]]:
    place = {code: at for at, code in enumerate(codes)}
    found = {}
    for name in embedded_table("world", "customs_unions")["bloc"].astype(str):
        inside = blocs.members(blocs.resolve_bloc(name), on=on, statuses=blocs.BOUND)
        here = [place[code] for code in inside if code in place]
        if here:
            found[name] = here
    return found


def _weights(goods: FloatArray, unions: dict[str, list[int]]) -> FloatArray:
    """Take imports from others; those inside the European Union are in none of its means."""
    weights = np.where(np.eye(len(goods), dtype=bool), 0.0, goods)
    inside = unions.get("EU", [])
    weights[np.ix_(inside, inside)] = 0.0
    return weights


def _free_share(weights: FloatArray, standing: IntArray) -> FloatArray:
    """Compute the part of the tariff that agreements in force leave, over all imports, ``[N]``."""
    left = 1.0 - central_rules().cut_by_rank()[standing]
    imports = weights.sum(axis=0)
    share = np.divide(
        (weights * left).sum(axis=0), imports, out=np.ones_like(imports), where=imports > 0
    )
    # Where all imports are free of duty nothing can be inferred: a tenth is left.
    return np.asarray(np.maximum(share, 0.1))


def _one_tariff(
    mfn: FloatArray,
    applied: FloatArray,
    status: list[str],
    *,
    unions: dict[str, list[int]],
    weights: FloatArray,
) -> tuple[FloatArray, FloatArray, list[str]]:
    """Let members of a union charge the mean of theirs, of published ones where there are any."""
    mfn, applied, told = mfn.copy(), applied.copy(), list(status)
    for name, inside in unions.items():
        read = [at for at in inside if told[at] == PUBLISHED and np.isfinite(mfn[at])]
        known = read or [at for at in inside if np.isfinite(mfn[at])]
        if not known:
            continue
        imports = weights[:, known].sum(axis=0)
        common = np.average(mfn[known], weights=imports if imports.any() else None)
        for at in inside:
            mfn[at], told[at] = common, SHARED.format(bloc=name)
    return mfn, applied, told


def _margin(mfn: FloatArray, applied: FloatArray, free: FloatArray) -> FloatArray:
    """Scale what agreements take off so that the published mean comes out, ``[N]`` share."""
    taken = 1.0 - np.divide(applied, mfn, out=np.ones_like(mfn), where=mfn > 0)
    said = 1.0 - free
    margin = np.divide(taken, said, out=np.ones_like(said), where=said > 0)
    return np.clip(np.where(np.isnan(applied), 1.0, margin), 0.0, LARGEST_MARGIN)


def _notes(codes: Sequence[str], status: Sequence[str], weights: FloatArray) -> tuple[str, ...]:
    imports = weights.sum(axis=0)
    total = imports.sum()
    told = []
    for word, said in SAID.items():
        here = [at for at, known in enumerate(status) if known == word]
        if here:
            share = PERCENT * imports[here].sum() / total if total > 0 else 0.0
            names = ", ".join(codes[at] for at in here[:TOLD]) + ("..." if len(here) > TOLD else "")
            told.append(
                f"Tariffs: {len(here)} economies with {share:.1f} percent of imports {said} "
                f"({names})."
            )
    return tuple(told)
