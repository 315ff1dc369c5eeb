"""What the Factbook and the atlas say about trade, brought to 2023 and to one list of economies."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.atlas.blocs import members
from landbridge.atlas.economies import distance_km, economies, pair_ties, traders
from landbridge.world.building.evidence import PartnerLists

FloatArray = NDArray[np.float64]
HERE = Path(__file__).resolve().parent
YEAR = 2023
STALE_SD_PER_YEAR = 0.05
"""Standard deviation that a total gains for each year it is older or younger than 2023."""

TABLES = ("trade_totals", "partner_shares", "end_use_shares", "economies")


@dataclass(frozen=True)
class Facts:
    """The Factbook's tables, one set a vintage (2014 and 2026)."""

    totals: dict[int, pd.DataFrame]
    shares: dict[int, pd.DataFrame]
    uses: dict[int, pd.DataFrame]
    economies: dict[int, pd.DataFrame]


def read_facts(folder: Path | None, archive: Path | None) -> Facts:
    """Read both vintages, from the packages or from tables that were written before.

    Parameters
    ----------
    folder
        Holds ``<table>_<vintage>.csv``; None reads the packages.
    archive
        The npm package of the 2014 vintage; needed when no folder is given.
    """
    found: dict[str, dict[int, pd.DataFrame]] = {name: {} for name in TABLES}
    for vintage in (2014, 2026):
        if folder is not None:
            for name in TABLES:
                found[name][vintage] = pd.read_csv(folder / f"{name}_{vintage}.csv")
            continue
        import factbook  # noqa: PLC0415 - needs the data packages; a folder of tables does not

        book = factbook.open_factbook(vintage, archive if vintage == 2014 else None)  # noqa: PLR2004
        found["trade_totals"][vintage] = factbook.trade_totals(book)
        found["partner_shares"][vintage] = factbook.partner_shares(book)
        found["end_use_shares"][vintage] = factbook.end_use_shares(book)
        found["economies"][vintage] = factbook.economy_table(book)
    return Facts(
        totals=found["trade_totals"],
        shares=found["partner_shares"],
        uses=found["end_use_shares"],
        economies=found["economies"],
    )


def constant(name: str) -> float:
    """Read a number of ``baseline_constants.toml``."""
    table = tomllib.loads((HERE / "baseline_constants.toml").read_text(encoding="utf-8"))
    return float(table[name]["value"])


def nearest_totals(facts: Facts, flow: str, iso3: tuple[str, ...]) -> pd.DataFrame:
    """Find each economy's total of the year nearest to 2023 (the later one of two).

    A few totals are so old that ``baseline_totals_known.csv`` replaces them.

    Returns
    -------
    pandas.DataFrame
        Indexed by iso3: million_usd (moved to 2023 by the drift of world trade), year, sd_log,
        source.
    """
    table = facts.totals[2026]
    table = table[(table["flow"] == flow) & (table["usd"] > 0)].copy()
    table["gap"] = (table["year"] - YEAR).abs()
    table = table.sort_values(["iso3", "gap", "year"], ascending=[True, True, False])
    table = table.drop_duplicates("iso3").set_index("iso3").reindex(iso3)
    drift = constant("world_trade_drift_per_year") ** (YEAR - table["year"].astype(float))
    found = pd.DataFrame(
        {
            "million_usd": table["usd"] / 1e6 * drift,
            "year": table["year"].astype(int),
            "sd_log": STALE_SD_PER_YEAR * table["gap"].astype(float),
            "source": "World Factbook 2026",
        }
    )
    known = pd.read_csv(HERE / "baseline_totals_known.csv")
    for row in known[(known["flow"] == flow) & known["iso3"].isin(iso3)].to_dict("records"):
        source = f"{row['source']} ({row['confidence']})"
        values = (float(row["million_usd"]), YEAR, float(row["sd_log"]), source)
        found.loc[row["iso3"], ["million_usd", "year", "sd_log", "source"]] = values
    return found.astype({"million_usd": float, "year": int, "sd_log": float})


def gdp_2023(facts: Facts, iso3: tuple[str, ...]) -> pd.DataFrame:
    """Compute GDP of 2023: exports over their share of GDP where both are known, else moved.

    Returns
    -------
    pandas.DataFrame
        Indexed by iso3: million_usd, basis (``exports of 2023 over their share of GDP`` or
        ``GDP of YEAR moved to 2023``).
    """
    table = economies().set_index("iso3").reindex(iso3)
    year = table["gdp_year"].astype(float)
    later = constant("gdp_growth_2023_2024") ** -(year - YEAR).clip(lower=0.0)
    earlier = constant("gdp_drift_per_year") ** (YEAR - year).clip(lower=0.0)
    moved = table["gdp_million_usd"] * later * earlier
    uses = facts.uses[2026]
    share = uses[(uses["use"] == "exports") & (uses["year"] == YEAR)].set_index("iso3")["share"]
    totals = facts.totals[2026]
    exact = totals[(totals["flow"] == "exports") & (totals["year"] == YEAR) & (totals["usd"] > 0)]
    implied = exact.drop_duplicates("iso3").set_index("iso3")["usd"] / 1e6 / share
    implied = implied.reindex(iso3)
    sound = (np.abs(np.log(implied / moved)) < np.log(1.3)) & (share.reindex(iso3) > 0.02)  # noqa: PLR2004
    basis = np.where(
        sound,
        "exports of 2023 over their share of GDP",
        "GDP of " + year.fillna(0).astype(int).astype(str) + " moved to 2023",
    )
    return pd.DataFrame({"million_usd": implied.where(sound, moved), "basis": basis}, index=iso3)


def partner_lists(facts: Facts, vintage: int, iso3: tuple[str, ...]) -> PartnerLists:
    """Lay the published shares of one vintage out on the axes; partners outside are left out."""
    place = {code: position for position, code in enumerate(iso3)}
    table = facts.shares[vintage]
    table = table[table["iso3"].isin(place) & table["partner"].isin(place)]
    table = table[(table["iso3"] != table["partner"]) & table["share"].notna()]
    table = table.groupby(["iso3", "flow", "partner"])["share"].sum().reset_index()
    sides = []
    for flow in ("exports", "imports"):
        rows = table[table["flow"] == flow]
        share = np.full((len(iso3), len(iso3)), np.nan)
        reporter, partner = rows["iso3"].map(place), rows["partner"].map(place)
        at = (reporter, partner) if flow == "exports" else (partner, reporter)
        share[at[0].to_numpy(), at[1].to_numpy()] = rows["share"].to_numpy()
        sides.append(share)
    return PartnerLists(sides[0], sides[1])


def features(iso3: tuple[str, ...]) -> tuple[tuple[str, ...], FloatArray]:
    """Build the kernel's features of every pair: names, and ``[K, N, N]``."""
    spec = tomllib.loads((HERE / "baseline_features.toml").read_text(encoding="utf-8"))
    ties = pair_ties(iso3)
    distance = np.log(distance_km(iso3))
    np.fill_diagonal(distance, 0.0)
    layers = {
        "log_distance": distance,
        "contiguity": ties.contiguity.astype(float),
        "common_language": ties.common_language.astype(float),
        "colonial_tie": ties.colonial_tie.astype(float),
        "common_coloniser": ties.common_coloniser.astype(float),
    }
    day = date.fromisoformat(spec["date"])
    taken: dict[str, NDArray[np.bool_]] = {}
    for feature in spec["feature"]:
        together = np.zeros((len(iso3), len(iso3)), dtype=bool)
        for names in feature["blocs"]:
            inside = set(feature.get("also", ()))
            for name in names:
                inside |= set(members(name, on=day))
            flag = np.array([code in inside for code in iso3])
            together |= flag[:, None] & flag[None, :]
        np.fill_diagonal(together, val=False)
        group = feature["group"]
        layers[feature["name"]] = (together & ~taken.get(group, np.zeros_like(together))).astype(
            float
        )
        taken[group] = taken.get(group, np.zeros_like(together)) | together
    return tuple(layers), np.stack(list(layers.values()))


def economy_codes() -> tuple[str, ...]:
    """List the economies of the baseline."""
    return traders()
