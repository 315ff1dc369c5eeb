"""What carrying the world's goods emits, as tables and sentences, beside published totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.freight.carriage.footprint import Footprint
from landbridge.freight.costs.emissions import CARRIERS, ENDS
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, FloatArray

ALL: Final = "all"
EMITTED: Final = (
    "tonne_km_billion",
    "co2e_million_tonnes",
    "co2e_million_tonnes_low",
    "co2e_million_tonnes_high",
)
"""Numbers of the tables; those of before and after have an end of their own."""
LEAST_LISTED: Final = 1e-9
"""Billion tonne-km a year under which a row is left out: one tonne-km."""
BASIS: Final = (
    "CO2e is well to wheel: what fuels and electricity emit before the vehicle and in it. Goods "
    "are counted from centre to centre across borders. Ports, terminals and trade within "
    "economies are not in it. Low and high are the ends of the factors, all at once."
)


def emissions_table(cargo: Sequence[str], footprints: Sequence[Footprint]) -> pd.DataFrame:
    """List tonne-km and CO2e by class of cargo and what moves it, and of all classes.

    Parameters
    ----------
    cargo
        Names of the classes.
    footprints
        One a class.
    """
    parts = [
        _rows({"cargo": name}, one.tonne_km.sum(axis=(1, 2)), one.co2e.sum(axis=(2, 3)))
        for name, one in zip(cargo, footprints, strict=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    whole = table.groupby("mode", as_index=False, sort=False)[list(EMITTED)].sum()
    return pd.concat([table, whole.assign(cargo=ALL)[table.columns]], ignore_index=True)


def emissions_of_pairs(
    iso3: Sequence[str],
    cargo: Sequence[str],
    footprints: Sequence[Footprint],
    pairs: Sequence[tuple[int, int]],
) -> pd.DataFrame:
    """List tonne-km and CO2e by pair, class of cargo and what moves it.

    Parameters
    ----------
    iso3
        N codes.
    cargo, footprints
        As in `emissions_table`.
    pairs
        Positions of exporter and importer.
    """
    columns = ["exporter", "importer", "cargo", "mode", *EMITTED]
    parts = [
        _rows(
            {"exporter": iso3[seller], "importer": iso3[buyer], "cargo": name},
            one.tonne_km[:, seller, buyer],
            one.co2e[:, :, seller, buyer],
        )
        for seller, buyer in pairs
        for name, one in zip(cargo, footprints, strict=True)
    ]
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)


def carbon_table(cargo: Sequence[str], footprints: Sequence[Footprint]) -> pd.DataFrame:
    """List what a price of carbon takes by class of cargo, million USD a year; empty for none."""
    taken = {
        name: float(one.carbon_million_usd.sum())
        for name, one in zip(cargo, footprints, strict=False)  # none where places were full
    }
    taken[ALL] = sum(taken.values())
    table = pd.DataFrame({"cargo": list(taken), "carbon_million_usd": list(taken.values())})
    return table[table["carbon_million_usd"] > 0].reset_index(drop=True)


def carbon_sentences(table: pd.DataFrame) -> tuple[str, ...]:
    """Say what a price of carbon takes, where there is one.

    Parameters
    ----------
    table
        From `carbon_table`.
    """
    if table.empty:
        return ()
    whole = float(table["carbon_million_usd"].iloc[-1])
    return (f"The price of carbon takes {whole / 1000:,.3g} billion USD a year from shippers.",)


def beside_published(table: pd.DataFrame) -> pd.DataFrame:
    """Set the model's CO2e beside published totals.

    Parameters
    ----------
    table
        From `emissions_table`.
    """
    whole = table[table["cargo"] == ALL]
    published = embedded_table("freight", "emission_totals")
    found = published[["figure", "title", "gas", "basis", "year", "million_tonnes"]].copy()
    for name in EMITTED[1:]:
        sums = {"all": float(whole[name].sum())}
        sums |= dict(zip(whole["mode"], whole[name], strict=True))
        found[name] = [sums.get(str(mode), np.nan) for mode in published["mode"]]
    return found.rename(columns={"million_tonnes": "published_million_tonnes"})


def emission_sentences(table: pd.DataFrame) -> tuple[str, ...]:
    """Say what carrying the world's goods emits, and what a change does to it.

    Parameters
    ----------
    table
        From `CarriageAnswer.emissions`.
    """
    whole = table[table["cargo"] == ALL]
    km, *ends = (float(whole[name].sum()) for name in EMITTED)
    shares = whole[["mode", EMITTED[1]]].sort_values(EMITTED[1], ascending=False)
    told = ", ".join(
        f"{mode} {PERCENT * value / ends[0]:.2g} percent"
        for mode, value in shares.itertuples(index=False)
    )
    first = (
        f"Carrying them takes {km / 1000:,.1f} trillion tonne-km and emits {ends[0]:,.0f} million "
        f"tonnes of CO2e a year, well to wheel ({ends[1]:,.0f} to {ends[2]:,.0f}): {told}."
    )
    said = [first]
    after = f"{EMITTED[1]}_after"
    if after in whole:
        change = float(whole[after].sum()) - ends[0]
        word = "more" if change > 0 else "less"
        said.append(
            f"With the change they emit {abs(change):,.3g} million tonnes {word}, "
            f"{PERCENT * abs(change) / ends[0]:.2g} percent."
        )
    return tuple(said)


def _rows(keys: dict[str, str], km: FloatArray, co2e: FloatArray) -> pd.DataFrame:
    """Make a row for each thing that moves some of it; ``co2e`` is ``[3, M]``."""
    low, central, high = (ENDS.index(end) for end in ENDS)
    numbers = np.stack([km, co2e[central], co2e[low], co2e[high]], axis=1)
    table = pd.DataFrame(numbers, columns=list(EMITTED))
    table.insert(0, "mode", list(CARRIERS))
    for place, (name, value) in enumerate(keys.items()):
        table.insert(place, name, value)
    return table[table[EMITTED[0]] >= LEAST_LISTED]
