"""The boundary set: areas by code, and the arcs that make up their borders and coasts."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from landbridge.errors import DataError
from landbridge.tables import embedded_path
from landbridge.units import FloatArray

FORMAT = "landbridge-boundaries/1"

Ring = tuple[int, ...]
Polygon = tuple[Ring, ...]


class BoundaryView(StrEnum):
    """Which boundaries a map draws."""

    UN = "un"
    """After the United Nations' Geodata; undetermined ones dashed."""
    NONE = "none"
    """Land and coasts only: no border, no colour by economy."""


class ArcKind(StrEnum):
    """What an arc separates."""

    COAST = "coast"
    BORDER = "border"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Area:
    """One area: its centre (longitude, latitude, degrees) and its polygons of arc numbers."""

    code: str
    centre: tuple[float, float]
    polygons: tuple[Polygon, ...]


@dataclass(frozen=True)
class Boundaries:
    """The whole set.

    Attributes
    ----------
    arcs
        Each ``[points, 2]``: longitude and latitude, degrees.
    kinds
        One an arc.
    areas
        By ISO 3166-1 alpha-3 code, or a code of the table ``undetermined_areas``.
    undetermined
        Codes of areas whose status is undetermined.
    lakes
        Polygons of large lakes.
    attribution, disclaimer, own_disclaimer
        What every map has to say.
    """

    arcs: tuple[FloatArray, ...]
    kinds: tuple[ArcKind, ...]
    areas: dict[str, Area]
    undetermined: frozenset[str]
    lakes: tuple[Polygon, ...]
    attribution: str
    disclaimer: str
    own_disclaimer: str

    def ring(self, ring: Ring) -> FloatArray:
        """Join the arcs of a ring: ``[points, 2]``, degrees."""
        pieces = [self.arcs[index] if index >= 0 else self.arcs[~index][::-1] for index in ring]
        return np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])

    def missing(self, codes: list[str]) -> list[str]:
        """List the codes that have no area of their own in the set."""
        return [code for code in codes if code not in self.areas]


@lru_cache(maxsize=1)
def read_boundaries() -> Boundaries:
    """Read the boundary set that ships with the package.

    Raises
    ------
    DataError
        The file is of a format that this version does not read.
    """
    path = embedded_path("report", "boundaries.json")
    packed = json.loads(path.read_text(encoding="utf-8"))
    if packed.get("format") != FORMAT:
        raise DataError(f"the format is not {FORMAT}", where=str(path))
    words = tomllib.loads(path.with_name("boundaries.schema.toml").read_text(encoding="utf-8"))
    steps = float(packed["grid_per_degree"])
    arcs = tuple(
        np.cumsum(np.array(arc, dtype="float64").reshape(-1, 2), axis=0) / steps
        for arc in packed["arcs"]
    )
    areas = {
        code: Area(
            code, (float(area["centre"][0]), float(area["centre"][1])), _polygons(area["polygons"])
        )
        for code, area in packed["areas"].items()
    }
    undetermined = frozenset(packed["undetermined"])
    return Boundaries(
        arcs=arcs,
        kinds=_kinds(len(arcs), areas, undetermined),
        areas=areas,
        undetermined=undetermined,
        lakes=_polygons(packed["lakes"]),
        attribution=str(words["attribution"]),
        disclaimer=str(words["disclaimer"]),
        own_disclaimer=str(words["own_disclaimer"]),
    )


def _polygons(packed: list[list[list[int]]]) -> tuple[Polygon, ...]:
    return tuple(tuple(tuple(ring) for ring in polygon) for polygon in packed)


def _arcs_of(area: Area) -> Iterator[int]:
    for polygon in area.polygons:
        for ring in polygon:
            yield from (index if index >= 0 else ~index for index in ring)


def _kinds(count: int, areas: dict[str, Area], undetermined: frozenset[str]) -> tuple[ArcKind, ...]:
    uses: Counter[int] = Counter()
    open_arcs: set[int] = set()
    for code, area in areas.items():
        numbers = list(_arcs_of(area))
        uses.update(numbers)
        if code in undetermined:
            open_arcs.update(numbers)
    return tuple(
        ArcKind.UNDETERMINED
        if arc in open_arcs and uses[arc] > 1
        else ArcKind.BORDER
        if uses[arc] > 1
        else ArcKind.COAST
        for arc in range(count)
    )
