"""Tariffs of a file of the user's in the place of those that are inferred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from landbridge import sources
from landbridge.atlas import blocs
from landbridge.errors import DataError, InputError
from landbridge.sources.formats.wits import EU
from landbridge.sources.model import LoadOptions
from landbridge.units import PERCENT, BoolArray, FloatArray
from landbridge.world.base import World
from landbridge.world.tariffs.base import Tariffs
from landbridge.world.tariffs.making import make_tariffs

OWN: Final = "of your own"
ORDER: Final = ("AHS", "BND", "PREF", "PRF", "MFN", "")
"""Kinds of rates, what is really charged first; a bound rate (BND) is never charged."""
CHARGED: Final = ("AHS", "PREF", "PRF", "")
"""Kinds that hold for the pair: of the others agreements take their part off."""
FARM_CHAPTERS: Final = range(1, 25)
"""Chapters of the Harmonised System that are farm goods and food."""
FARM_CODES: Final = ("A", "C10T12")
SHOWN: Final = 8


def tariffs_from_file(path: str | Path, world: World, *, year: int | None = None) -> Tariffs:
    """Read tariffs and lay them over those that are inferred.

    Parameters
    ----------
    path
        A WITS bulk file or query export, or a table with the columns importer, exporter (absent or
        empty: all partners), tariff_percent, and sector or product where rates differ by them.
    world
        Whose economies they are for; its own tariffs stay where the file has none.
    year
        Which year of the file; the latest where it is left out.

    Returns
    -------
    Tariffs
        With a note that counts what the file holds.

    Raises
    ------
    InputError, DataError, FaultsError
        The file holds no tariffs of these economies, or cannot be read.
    """
    loaded = sources.load(path, LoadOptions(years=() if year is None else (year,)))
    if "tariff_percent" not in loaded.table or "importer" not in loaded.table:
        raise InputError(
            "holds no tariffs.",
            where=str(path),
            mend="Give a WITS file, or columns importer, exporter, tariff_percent.",
        )
    table = _latest(loaded.table).dropna(subset=["tariff_percent"])
    on = date(world.year, 12, 31)
    table = _of_world(_members(table, on), world.iso3)
    if table.empty:
        raise DataError("holds no tariff of an economy of this world.", where=str(path))
    before = world.tariffs or make_tariffs(world.iso3, world.goods, on=on)
    pairs = table[(table["exporter"] != "") & table["duty"].isin(CHARGED)]
    for_all = table[(table["exporter"] == "") | ~table["duty"].isin(CHARGED)]
    mfn, listed = _by_importer(before, for_all)
    return replace(
        before,
        mfn=mfn,
        margin=np.where(listed, 1.0, before.margin),
        own=_by_pair(before.own, pairs, world.iso3),
        own_by_sector=_by_sector(before, pairs, world.iso3),
        status=tuple(
            OWN if code in set(table["importer"]) else told
            for code, told in zip(world.iso3, before.status, strict=True)
        ),
        own_notes=(_note(path, table, pairs, listed),),
    )


def _latest(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the latest year of each importer, and of each rate the kind that is really charged."""
    kept = table.copy()
    for name in ("duty", "exporter"):
        kept[name] = kept[name].fillna("") if name in kept else ""
    kept = kept[kept["duty"] != "BND"]
    if "year" in kept:
        years = pd.to_numeric(kept["year"], errors="coerce")
        latest = years.groupby(kept["importer"]).transform("max")
        kept = kept[years.isna() | (years == latest)]
    rank = kept["duty"].map({name: place for place, name in enumerate(ORDER)}).fillna(len(ORDER))
    keys = [name for name in ("importer", "exporter", "product", "sector") if name in kept]
    return kept.assign(rank=rank).sort_values("rank", kind="stable").drop_duplicates(keys)


def _members(table: pd.DataFrame, on: date) -> pd.DataFrame:
    """Write the members of the European Union for it."""
    inside = list(blocs.members("EU", on=on, statuses=blocs.BOUND))
    for side in ("importer", "exporter"):
        union = table[side] == EU
        if union.any():
            spread = (
                table[union].drop(columns=side).merge(pd.DataFrame({side: inside}), how="cross")
            )
            table = pd.concat([table[~union], spread], ignore_index=True)
    return table


def _of_world(table: pd.DataFrame, iso3: Iterable[str]) -> pd.DataFrame:
    known = set(iso3)
    here = table["importer"].isin(known) & table["exporter"].isin(known | {""})
    return table[here & (table["importer"] != table["exporter"])]


def _by_importer(before: Tariffs, table: pd.DataFrame) -> tuple[FloatArray, BoolArray]:
    """Average the rates for all partners over products, in the place of the inferred ones."""
    mean = table.groupby("importer")["tariff_percent"].mean() / PERCENT
    found = mean.reindex(list(before.iso3)).to_numpy(dtype=np.float64)
    listed = np.isfinite(found)
    return np.where(listed, found, before.mfn), listed


def _by_pair(own: FloatArray, table: pd.DataFrame, iso3: tuple[str, ...]) -> FloatArray:
    """Average the rates of pairs over products, ``[N, N]`` ratio."""
    made = own.copy()
    place = {code: at for at, code in enumerate(iso3)}
    mean = table.groupby(["exporter", "importer"])["tariff_percent"].mean().reset_index()
    rows = mean["exporter"].map(place).to_numpy(dtype=np.int64)
    columns = mean["importer"].map(place).to_numpy(dtype=np.int64)
    made[rows, columns] = mean["tariff_percent"].to_numpy(dtype=np.float64) / PERCENT
    return made


def _by_sector(
    before: Tariffs, table: pd.DataFrame, iso3: tuple[str, ...]
) -> dict[str, FloatArray]:
    """Tell farm goods from others by chapter of the product, or take sectors as they are named."""
    made = dict(before.own_by_sector)
    nothing = np.full_like(before.own, np.nan)
    if "sector" in table and table["sector"].astype(bool).any():
        for code, rows in table[table["sector"].astype(bool)].groupby("sector"):
            made[str(code)] = _by_pair(made.get(str(code), nothing), rows, iso3)
        return made
    if "product" not in table:
        return made
    chapter = pd.to_numeric(table["product"].astype(str).str.zfill(6).str[:2], errors="coerce")
    farm = table[chapter.isin(FARM_CHAPTERS)]
    if len(farm):
        for code in FARM_CODES:
            made[code] = _by_pair(nothing, farm, iso3)
    return made


def _note(path: str | Path, table: pd.DataFrame, pairs: pd.DataFrame, listed: BoolArray) -> str:
    importers = sorted(set(table["importer"]))
    shown = ", ".join(importers[:SHOWN]) + ("..." if len(importers) > SHOWN else "")
    count = len(pairs.drop_duplicates(["exporter", "importer"]))
    return (
        f"Tariffs of {Path(path).name}: {len(importers)} importers ({shown}), {count:,} pairs, "
        f"{int(listed.sum())} with a rate for all partners; rates of products are averaged without "
        "weights. All other tariffs stay as inferred."
    )
