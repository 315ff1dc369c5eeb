"""Economies: who they are, how big, where their people live, and what ties them in pairs.

Thin typed functions over the embedded tables of ``atlas/data``; the tables hold the facts and
their sources, ``docs/data/economies.md`` says how they were made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import numpy as np
import pandas as pd

from landbridge.codes import known_codes, name_of
from landbridge.errors import InputError
from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray

EARTH_RADIUS_KM: Final = 6371.0088  # mean radius (IUGG)
INTERNAL_DISTANCE_FACTOR: Final = 0.67  # Head and Mayer: internal distance 0.67 sqrt(area / pi)
SMALLEST_DISTANCE_KM: Final = 10.0  # centres closer than this count as this far apart


@dataclass(frozen=True)
class PairTies:
    """What ties two economies together besides distance.

    Attributes
    ----------
    iso3
        N codes; the order of both axes.
    contiguity, common_language, colonial_tie, common_coloniser
        ``[N, N]`` flags, symmetric, false on the diagonal.
    """

    iso3: tuple[str, ...]
    contiguity: BoolArray
    common_language: BoolArray
    colonial_tie: BoolArray
    common_coloniser: BoolArray


def economies() -> pd.DataFrame:
    """Read the table of economies, one row a code.

    Returns
    -------
    pandas.DataFrame
        The columns of ``atlas/data/economies.schema.toml``: codes, names, capital, population,
        GDP, trade totals (million USD) with their years, area, landlocked, trader.
    """
    return embedded_table("atlas", "economies")


def traders() -> tuple[str, ...]:
    """List the ISO3 codes of the economies with usable trade totals, sorted.

    Examples
    --------
    >>> "PAK" in traders()
    True
    """
    table = economies()
    return tuple(sorted(table.loc[table["trader"], "iso3"]))


def centres() -> pd.DataFrame:
    """Read the centres in which an economy's people are thought to live.

    Returns
    -------
    pandas.DataFrame
        iso3, centre, latitude, longitude (degrees), weight (ratio, sums to 1 in each economy),
        population_assigned (persons), basis.
    """
    return embedded_table("atlas", "centres")


def land_borders() -> pd.DataFrame:
    """Read the land borders: iso3_a < iso3_b, km, km_other (where the two files disagree)."""
    return embedded_table("atlas", "land_borders")


def landlocked() -> tuple[str, ...]:
    """List the ISO3 codes of the economies without a coast on the open sea, sorted."""
    table = economies()
    return tuple(sorted(table.loc[table["landlocked"], "iso3"]))


def great_circle_km(
    latitude_a: FloatArray, longitude_a: FloatArray, latitude_b: FloatArray, longitude_b: FloatArray
) -> FloatArray:
    """Compute great-circle distances by the haversine formula, in km.

    Parameters
    ----------
    latitude_a, longitude_a, latitude_b, longitude_b
        Degrees; shapes that broadcast together.

    Examples
    --------
    >>> one = np.array(0.0)
    >>> round(float(great_circle_km(one, one, one, np.array(180.0))))
    20015
    """
    phi_a, phi_b = np.radians(latitude_a), np.radians(latitude_b)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = np.radians(np.subtract(longitude_b, longitude_a)) / 2
    chord = np.sin(half_phi) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(half_lambda) ** 2
    distance = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return cast("FloatArray", distance)


def distance_km(iso3: Sequence[str]) -> FloatArray:
    """Compute the distances between economies, in km.

    Between two economies: the harmonic mean of the great-circle distances between their centres,
    weighted by both centres' population (the effective distance of Head and Mayer with an
    elasticity of -1). Within an economy (the diagonal): ``0.67 * sqrt(area / pi)``.

    Parameters
    ----------
    iso3
        N codes, in the order wanted.

    Returns
    -------
    FloatArray
        ``[N, N]`` km, symmetric, nowhere below 10 on the off-diagonal.

    Raises
    ------
    UnknownNameError
        A code is not known.
    InputError
        An economy has no centre.

    Source: K. Head and T. Mayer, Illusory border effects (CEPII working paper 2002-01).
    """
    codes = _checked(iso3)
    order, matrix = _all_distances()
    missing = [code for code in codes if code not in order]
    if missing:
        raise InputError(f"no centre is known for {', '.join(missing)}.", where="distance_km")
    at = [order[code] for code in codes]
    return matrix[np.ix_(at, at)]


@lru_cache(maxsize=1)
def _all_distances() -> tuple[dict[str, int], FloatArray]:
    table = centres()
    codes = sorted(table["iso3"].unique())
    order = {code: index for index, code in enumerate(codes)}
    owner = table["iso3"].map(order).to_numpy()
    latitude, longitude = table["latitude"].to_numpy(), table["longitude"].to_numpy()
    apart = great_circle_km(latitude[:, None], longitude[:, None], latitude, longitude)
    share = np.zeros((len(codes), len(table)))
    share[owner, np.arange(len(table))] = table["weight"].to_numpy()
    matrix = 1.0 / (share @ (1.0 / np.maximum(apart, SMALLEST_DISTANCE_KM)) @ share.T)
    matrix = (matrix + matrix.T) / 2
    area = economies().set_index("iso3")["area_km2"].reindex(codes).to_numpy(dtype=float)
    np.fill_diagonal(matrix, INTERNAL_DISTANCE_FACTOR * np.sqrt(area / np.pi))
    matrix.flags.writeable = False
    return order, matrix


def pair_ties(iso3: Sequence[str]) -> PairTies:
    """Lay out land contact, language and history between economies as matrices.

    Parameters
    ----------
    iso3
        N codes, in the order wanted.

    Raises
    ------
    UnknownNameError
        A code is not known.
    """
    codes = _checked(iso3)
    ties = embedded_table("atlas", "pair_ties")
    return PairTies(
        iso3=codes,
        contiguity=_symmetric(codes, land_borders()),
        common_language=_symmetric(codes, ties[ties["common_language"]]),
        colonial_tie=_symmetric(codes, ties[ties["colonial_tie"]]),
        common_coloniser=_symmetric(codes, ties[ties["common_coloniser"]]),
    )


def _symmetric(codes: tuple[str, ...], pairs: pd.DataFrame) -> BoolArray:
    order = {code: index for index, code in enumerate(codes)}
    flags = np.zeros((len(codes), len(codes)), dtype=np.bool_)
    known = pairs[pairs["iso3_a"].isin(order) & pairs["iso3_b"].isin(order)]
    first = known["iso3_a"].map(order).to_numpy(dtype=np.int64)
    second = known["iso3_b"].map(order).to_numpy(dtype=np.int64)
    flags[first, second] = True
    flags[second, first] = True
    return flags


def _checked(iso3: Sequence[str]) -> tuple[str, ...]:
    known = set(known_codes())
    for code in iso3:
        if code not in known:
            name_of(code)  # raises, with the nearest names
    if len(set(iso3)) != len(iso3):
        raise InputError("a code stands twice in the list of economies.", where="iso3")
    return tuple(iso3)
