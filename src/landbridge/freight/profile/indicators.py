"""CAREC's indicators for a route, beside what CAREC's monitoring published.

Definitions after CAREC's Corridor Performance Measurement and Monitoring (CPMM):

TFI1
    Hours to pass a border crossing point. A border has two, one on each side; the mean is taken
    over them. A change of gauge at the border is part of it; the expected wait for a shut border
    is not, because CPMM samples trips that were made.
TFI2
    USD for passing one, for a load of 20 t, official and unofficial payments together.
TFI3
    USD for 500 km and 20 t, borders included.
SWD, SWOD
    Km over all hours (without the wait for a shut border), and over the hours of driving alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import by_text
from landbridge.freight.network.tables import rows as rows_of
from landbridge.freight.profile.time_cost import Profile, ends_of
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, BoolArray, FloatArray

TONNES: Final = 20.0
SECTION_KM: Final = 500.0
SIDES: Final = 2
AVERAGE: Final = "CAREC"
GAUGE: Final = frozenset({"gauge_handling", "gauge_wait"})
INDICATOR_COLUMNS: Final = (
    "indicator",
    "title",
    "part",
    "unit",
    "value",
    "value_low",
    "value_high",
    "carec_average",
    "carec_year",
    "carec_source",
)
ECONOMY_COLUMNS: Final = (
    "iso3",
    "mode",
    "km",
    "speed_kmh",
    "usd_per_500_km_20_t",
    "published_swod_kmh",
    "published_swd_kmh",
    "published_tfi3_usd",
    "published_year",
    "published_source",
)
BORDER_COLUMNS: Final = (
    "crossing",
    "name",
    "mode",
    "direction",
    "hours",
    "hours_low",
    "hours_high",
    "closure_hours",
    "usd_20_t",
    "usd_20_t_low",
    "usd_20_t_high",
    "confidence",
    "source",
)
OBSERVED_COLUMNS: Final = (
    "name",
    "side_iso3",
    "mode",
    "direction",
    "year",
    "hours",
    "usd",
    "confidence",
    "source",
)


@dataclass(frozen=True, eq=False)
class _Masks:
    """Which rows of a profile count for what: ``[rows]`` flags each."""

    moving: BoolArray
    border: BoolArray
    closure: BoolArray
    gauge_at_border: BoolArray
    mode: np.ndarray

    @property
    def everything(self) -> BoolArray:
        return np.ones(len(self.moving), dtype=bool)


def route_indicators(profile: Profile) -> pd.DataFrame:
    """Compute the indicators of a route, for the whole way and for its parts by road and by rail.

    Parameters
    ----------
    profile
        The route; its draws make the bands.

    Returns
    -------
    pandas.DataFrame
        Columns `INDICATOR_COLUMNS`; one row an indicator and part, those without a meaning on
        this route left out.
    """
    masks = _masks(profile)
    published = _averages()
    found = []
    parts = [mode for mode in ("road", "rail") if (masks.moving & (masks.mode == mode)).any()]
    if len(parts) != 1 or (masks.mode != parts[0]).any():
        parts.insert(0, "all")
    for part in parts:
        own = masks.everything if part == "all" else masks.mode == part
        for name, title, unit, count in _COUNTED:
            values = count(profile, masks, own)
            if not np.isfinite(values[0]):
                continue
            low, high = ends_of(values[0], values[1:])
            average = published.get((name, part), (np.nan, np.nan, ""))
            found.append((name, title, part, unit, values[0], float(low), float(high), *average))
    return pd.DataFrame(found, columns=list(INDICATOR_COLUMNS))


def economy_indicators(profile: Profile) -> pd.DataFrame:
    """Compute line-haul speed and price by economy and mode, beside what CPMM published.

    Returns
    -------
    pandas.DataFrame
        Columns `ECONOMY_COLUMNS`, in the order of the way. The network's speed is from door to
        door, rests and yards in it, so it lies between the published speeds without and with
        delay; its price is for line haul alone, while TFI3 holds border costs.
    """
    rows = profile.rows
    hauls = rows[(rows["kind"] == "leg") & rows["mode"].isin(["road", "rail"])]
    published = embedded_table("freight", "cpmm_indicators")
    found = []
    for (iso3, mode), own in hauls.groupby(["iso3", "mode"], sort=False):
        km, hours = own["km"].sum(), own["hours"].sum()
        usd = own["usd_per_tonne"].sum() / km * SECTION_KM * TONNES
        seen = published[(published["economy"] == iso3) & (published["mode"] == mode)]
        latest = seen[seen["year"] == seen["year"].max()]
        by_name = dict(zip(latest["indicator"], latest["value"], strict=True))
        found.append(
            (
                iso3,
                mode,
                km,
                km / hours,
                usd,
                *(by_name.get(name, np.nan) for name in ("swod", "swd", "tfi3")),
                float(latest["year"].iloc[0]) if len(latest) else np.nan,
                "|".join(dict.fromkeys(latest["source"])),
            )
        )
    return pd.DataFrame(found, columns=list(ECONOMY_COLUMNS))


def border_table(profile: Profile) -> pd.DataFrame:
    """List every border on the way: hours, expected wait while shut, USD for 20 t.

    Returns
    -------
    pandas.DataFrame
        Columns `BORDER_COLUMNS`; both sides together.
    """
    rows = profile.rows
    borders = rows[rows["activity"] == "border"]
    waits = rows[rows["activity"] == "closure"].groupby("link")["hours"].sum()
    table = pd.DataFrame(
        {
            "crossing": borders["link"],
            "name": borders["from_name"],
            "mode": borders["mode"],
            "direction": borders["iso3"].str.replace(" - ", " to "),
            "hours": borders["hours"],
            "hours_low": borders["hours_low"],
            "hours_high": borders["hours_high"],
            "closure_hours": borders["link"].map(waits).fillna(0.0),
            "usd_20_t": borders["usd_per_tonne"] * TONNES,
            "usd_20_t_low": borders["usd_per_tonne_low"] * TONNES,
            "usd_20_t_high": borders["usd_per_tonne_high"] * TONNES,
            "confidence": borders["confidence"],
            "source": borders["source"],
        }
    )
    return table[list(BORDER_COLUMNS)].reset_index(drop=True)


def observations_on_the_way(profile: Profile, network: FreightNetwork) -> pd.DataFrame:
    """List every observation of the crossings on the way, of either side and any year.

    Returns
    -------
    pandas.DataFrame
        Columns `OBSERVED_COLUMNS`, in the order of the way, the latest year first.
    """
    rows = profile.rows
    borders = rows[rows["activity"] == "border"]
    places = by_text(network.tables.crossings, "crossing", "place")
    seen = embedded_table("freight", "crossing_observations")
    found = [
        seen[(seen["place"] == places[link]) & (seen["mode"] == mode)].sort_values(
            ["year", "side_iso3", "direction"], ascending=[False, True, True]
        )
        for link, mode in zip(borders["link"], borders["mode"], strict=True)
    ]
    table = pd.concat(found) if found else seen.iloc[:0]
    return table[list(OBSERVED_COLUMNS)].drop_duplicates().reset_index(drop=True)


def _masks(profile: Profile) -> _Masks:
    rows = profile.rows
    activity = rows["activity"]
    at_border = rows["from_name"].isin(set(rows.loc[activity == "border", "from_name"]))
    return _Masks(
        moving=(rows["kind"] == "leg").to_numpy(),
        border=(activity == "border").to_numpy(),
        closure=(activity == "closure").to_numpy(),
        gauge_at_border=(activity.isin(GAUGE) & at_border).to_numpy(),
        mode=rows["mode"].to_numpy(),
    )


def _tfi1(profile: Profile, masks: _Masks, own: BoolArray) -> FloatArray:
    points = SIDES * int((masks.border & own).sum())
    gauge = masks.gauge_at_border if (masks.mode[own] == "rail").any() else ~masks.everything
    hours, _ = profile.sums((masks.border & own) | gauge)
    return hours / points if points else hours * np.nan


def _tfi2(profile: Profile, masks: _Masks, own: BoolArray) -> FloatArray:
    points = SIDES * int((masks.border & own).sum())
    _, usd = profile.sums(masks.border & own)
    return usd * TONNES / points if points else usd * np.nan


def _tfi3(profile: Profile, masks: _Masks, own: BoolArray) -> FloatArray:
    _, usd = profile.sums(own)
    return usd / _km(profile, masks, own) * SECTION_KM * TONNES


def _swd(profile: Profile, masks: _Masks, own: BoolArray) -> FloatArray:
    hours, _ = profile.sums(own & ~masks.closure)
    return _km(profile, masks, own) / hours


def _swod(profile: Profile, masks: _Masks, own: BoolArray) -> FloatArray:
    hours, _ = profile.sums(own & masks.moving)
    return _km(profile, masks, own) / hours


def _node_time(profile: Profile, masks: _Masks, own: BoolArray) -> FloatArray:
    hours, _ = profile.sums(own)
    moving, _ = profile.sums(own & masks.moving)
    return PERCENT * (1.0 - moving / hours)


def _node_cost(profile: Profile, masks: _Masks, own: BoolArray) -> FloatArray:
    _, usd = profile.sums(own)
    _, moving = profile.sums(own & masks.moving)
    return PERCENT * (1.0 - moving / usd)


def _km(profile: Profile, masks: _Masks, own: BoolArray) -> float:
    return float(profile.rows["km"].to_numpy()[own & masks.moving].sum())


_Count = Callable[[Profile, _Masks, BoolArray], FloatArray]
_COUNTED: Final[tuple[tuple[str, str, str, _Count], ...]] = (
    ("tfi1", "TFI1: time at a border crossing point", "hours", _tfi1),
    ("tfi2", "TFI2: cost at a border crossing point", "USD per 20 t", _tfi2),
    ("tfi3", "TFI3: cost of 500 km", "USD per 500 km and 20 t", _tfi3),
    ("swd", "SWD: speed with delay", "km/h", _swd),
    ("swod", "SWOD: speed without delay", "km/h", _swod),
    ("node_time", "Share of the time at nodes", "percent", _node_time),
    ("node_cost", "Share of the cost at nodes", "percent", _node_cost),
)


def _averages() -> dict[tuple[str, str], tuple[float, float, str]]:
    """Read CAREC's latest average by indicator and mode: value, year, source."""
    table = embedded_table("freight", "cpmm_indicators")
    averages = table[table["economy"] == AVERAGE].sort_values("year")
    found = {
        (str(row.indicator), str(row.mode)): (float(row.value), float(row.year), str(row.source))
        for row in rows_of(averages)
    }
    seen = embedded_table("freight", "crossing_observations")
    for row in rows_of(seen[seen["side_iso3"] == AVERAGE].sort_values("year")):
        for indicator, value in (("tfi1", float(row.hours)), ("tfi2", float(row.usd))):
            if np.isfinite(value):
                found[indicator, str(row.mode)] = (value, float(row.year), str(row.source))
    return found
