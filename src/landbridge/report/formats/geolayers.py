"""Layers for a GIS: points or lines with a table of what is known of each, and their GeoJSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pandas as pd

from landbridge.errors import InputError
from landbridge.report.formats.values import Plain, plain_rows

Place: TypeAlias = tuple[float, float]
"""Longitude and latitude, degrees (WGS 84)."""
Part: TypeAlias = tuple[Place, ...]

PLACE_DIGITS: Final = 6
_HALF_TURN, _TURN = 180.0, 360.0
_LAST_LATITUDE: Final = 90.0
_ENDS: Final = 2
RESERVED: Final = frozenset({"fid", "geom", "layer"})


@dataclass(frozen=True, eq=False)
class GeoLayer:
    """One layer: points, or lines, with a row of attributes each.

    Attributes
    ----------
    name
        Name of the layer: lower case, ``_`` for blanks.
    shapes
        One tuple of places a feature, in the table's order: one place makes a point, two or
        more make a line. A layer holds one of the two kinds.
    table
        One row a feature; the unit of a number stands in its column's name.
    """

    name: str
    shapes: tuple[tuple[Place, ...], ...]
    table: pd.DataFrame

    def __post_init__(self) -> None:
        """Refuse what would make a file that no GIS can read."""
        if len(self.shapes) != len(self.table):
            raise InputError(
                f"{len(self.shapes)} shapes for {len(self.table)} rows of the table.",
                where=f"layer {self.name}",
            )
        taken = sorted(RESERVED & {str(column).casefold() for column in self.table.columns})
        if taken:
            raise InputError(
                f"the columns {', '.join(taken)} are the file's own.",
                where=f"layer {self.name}",
                mend="Give them another name.",
            )
        if self.is_mixed:
            raise InputError("points and lines do not share a layer.", where=f"layer {self.name}")
        for shape in self.shapes:
            for longitude, latitude in shape:
                if not (math.isfinite(longitude) and abs(latitude) <= _LAST_LATITUDE):
                    raise InputError(
                        f"({longitude}, {latitude}) is no place on Earth.",
                        where=f"layer {self.name}",
                    )

    @property
    def is_points(self) -> bool:
        """Say whether the layer holds points."""
        return all(len(shape) == 1 for shape in self.shapes) and bool(self.shapes)

    @property
    def is_mixed(self) -> bool:
        """Say whether points stand among lines, or a shape has no place at all."""
        lengths = {min(len(shape), _ENDS) for shape in self.shapes}
        return len(lengths) > 1 or 0 in lengths


def cut_at_date_line(shape: Sequence[Place]) -> tuple[Part, ...]:
    """Cut a line where it crosses the 180th meridian (RFC 7946, section 3.1.9).

    Parameters
    ----------
    shape
        Two or more places. A step of more than half a turn is taken the short way round.

    Returns
    -------
    tuple
        One or more parts, each with longitudes from -180 to 180.

    Examples
    --------
    >>> cut_at_date_line([(170.0, 0.0), (-170.0, 10.0)])
    (((170.0, 0.0), (180.0, 5.0)), ((-180.0, 5.0), (-170.0, 10.0)))
    """
    parts: list[list[Place]] = [[_within(shape[0])]]
    for there in map(_within, shape[1:]):
        here = parts[-1][-1]
        step = there[0] - here[0]
        if abs(step) > _HALF_TURN:
            side = _HALF_TURN if step < 0 else -_HALF_TURN
            across = step + math.copysign(_TURN, -step)
            ratio = (side - here[0]) / across if across else 0.0
            latitude = here[1] + ratio * (there[1] - here[1])
            parts[-1].append((side, latitude))
            parts.append([(-side, latitude)])
        parts[-1].append(there)
    return tuple(tuple(part) for part in parts if len(set(part)) >= _ENDS) or (tuple(parts[0]),)


def geojson(layers: Sequence[GeoLayer], *, name: str, attribution: str = "") -> str:
    """Write layers as one GeoJSON FeatureCollection (RFC 7946).

    Parameters
    ----------
    layers
        Their features come one after another; the property ``layer`` tells them apart.
    name
        Name of the collection.
    attribution
        Whose data the layers show: a member of that name of the collection.
    """
    features = [feature for layer in layers for feature in _features(layer)]
    document: dict[str, object] = {
        "type": "FeatureCollection",
        "name": name,
        "features": features,
    }
    if attribution:
        document["attribution"] = attribution
    return json.dumps(document, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


def _features(layer: GeoLayer) -> list[dict[str, object]]:
    columns = [str(column) for column in layer.table.columns]
    return [
        {
            "type": "Feature",
            "properties": {"layer": layer.name, **dict(zip(columns, row, strict=True))},
            "geometry": _geometry(shape),
        }
        for shape, row in zip(layer.shapes, _rows(layer), strict=True)
    ]


def _rows(layer: GeoLayer) -> list[list[Plain]]:
    if layer.table.empty:
        return []
    return plain_rows(layer.table)


def _geometry(shape: tuple[Place, ...]) -> dict[str, object]:
    if len(shape) == 1:
        return {"type": "Point", "coordinates": _written(_within(shape[0]))}
    parts = [[_written(place) for place in part] for part in cut_at_date_line(shape)]
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts}


def _written(place: Place) -> list[float]:
    return [round(place[0], PLACE_DIGITS), round(place[1], PLACE_DIGITS)]


def _within(place: Place) -> Place:
    longitude, latitude = place
    if -_HALF_TURN <= longitude <= _HALF_TURN:
        return (float(longitude), float(latitude))
    return ((longitude + _HALF_TURN) % _TURN - _HALF_TURN, float(latitude))
