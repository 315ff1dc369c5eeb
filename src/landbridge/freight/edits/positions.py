"""Positions on the earth: distances, the nearest point of a line, and what are no degrees.

A line between two vertices is straight in longitude and latitude, as GeoJSON has it (RFC 7946,
3.1.1). The nearest point of it is found in the plane that touches the earth at the point asked for,
which is exact where it matters, nearby.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.errors import InputError
from landbridge.freight.edits.records import Point
from landbridge.units import FloatArray, IntArray

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180.0
LONGITUDES, LATITUDES = 180.0, 90.0
MERCATOR_RADIUS_M = 6_378_137.0
"""Radius of the sphere of EPSG:3857, metres (the semi-major axis of WGS 84)."""
MERCATOR_EDGE_M = math.pi * MERCATOR_RADIUS_M
PROJECTED = 1_000.0
"""Coordinates beyond this are metres or feet of a map projection, not misplaced degrees."""


def on_earth(point: Point) -> bool:
    """Say whether a point is a longitude and a latitude in degrees."""
    return abs(point[0]) <= LONGITUDES and abs(point[1]) <= LATITUDES


def check_degrees(point: Point, *, where: str = "", named: str = "") -> None:
    """Refuse a point that is no longitude and latitude, and say what it may be instead.

    Parameters
    ----------
    point
        As it was written.
    where
        The place it was written, for the message.
    named
        How the point is called in the message; absent: as it is written.

    Raises
    ------
    InputError
        It lies off the earth: metres of a projection, latitude first, or neither.
    """
    if on_earth(point):
        return
    x, y = point
    told = f"{named or 'the point'} is [{x:.10g}, {y:.10g}]"
    if max(abs(x), abs(y)) > PROJECTED:
        raise InputError(
            f"{told}: these are metres of a map projection, not degrees{_read_as_mercator(x, y)}.",
            where=where,
            mend="Save the lines in degrees (EPSG:4326), longitude first.",
        )
    turned = on_earth((y, x))
    raise InputError(
        f"{told}: longitude is from -180 to 180, latitude from -90 to 90, in that order.",
        where=where,
        mend=f"Longitude comes first: [{y:.10g}, {x:.10g}]."
        if turned
        else "Write [longitude, latitude] in degrees (EPSG:4326), longitude first.",
    )


def _read_as_mercator(x: float, y: float) -> str:
    """Say where a point is, read as EPSG:3857; empty where it cannot be that."""
    if max(abs(x), abs(y)) > MERCATOR_EDGE_M:
        return ""
    longitude = math.degrees(x / MERCATOR_RADIUS_M)
    latitude = math.degrees(2.0 * math.atan(math.exp(y / MERCATOR_RADIUS_M)) - math.pi / 2.0)
    return (
        f" (read as EPSG:3857, Web Mercator, it is longitude {longitude:.2f}, latitude "
        f"{latitude:.2f})"
    )


def great_circle_km(points: FloatArray, point: Point) -> FloatArray:
    """Compute the distances of points ``[n, 2]`` (longitude, latitude) from one, ``[n]`` km."""
    there, here = np.radians(points), np.radians(point)
    half = np.sin((there[:, 1] - here[1]) / 2) ** 2
    half += np.cos(there[:, 1]) * np.cos(here[1]) * np.sin((there[:, 0] - here[0]) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def length_km(points: Sequence[Point]) -> float:
    """Measure the length of a line along its vertices, km."""
    return float(_steps_km(np.array(points, dtype=np.float64)).sum())


def shares_along(points: Sequence[Point] | FloatArray) -> FloatArray:
    """Compute how far along a line each vertex lies, ``[n]`` from 0 to 1."""
    steps = _steps_km(np.array(points, dtype=np.float64))
    total = float(steps.sum())
    along = np.concatenate(([0.0], np.cumsum(steps)))
    return np.asarray(along / total if total > 0 else np.linspace(0.0, 1.0, len(along)))


@dataclass(frozen=True)
class Nearest:
    """The nearest point of one of several lines.

    Attributes
    ----------
    line
        Position of the line.
    km
        How far it lies.
    share
        How far along the line, from 0 to 1.
    point
        Longitude and latitude.
    """

    line: int
    km: float
    share: float
    point: Point


@dataclass(frozen=True, eq=False)
class Courses:
    """Lines laid out as segments, so that the nearest is found at once.

    Attributes
    ----------
    start, end
        ``[S, 2]`` longitude and latitude of the segments' ends.
    line
        ``[S]`` the line that a segment belongs to.
    from_share, to_share
        ``[S]`` how far along its line a segment begins and ends.
    """

    start: FloatArray
    end: FloatArray
    line: IntArray
    from_share: FloatArray
    to_share: FloatArray

    @classmethod
    def of(cls, lines: Iterable[Sequence[Point]]) -> Courses:
        """Lay lines out."""
        drawn = [np.array(points, dtype=np.float64) for points in lines]
        shares = [shares_along(points) for points in drawn]
        if not drawn:
            none, flat = np.empty((0, 2)), np.empty(0)
            return cls(none, none, np.empty(0, dtype=np.int64), flat, flat)
        steps = [len(points) - 1 for points in drawn]
        return cls(
            start=np.concatenate([points[:-1] for points in drawn]),
            end=np.concatenate([points[1:] for points in drawn]),
            line=np.repeat(np.arange(len(drawn)), steps),
            from_share=np.concatenate([share[:-1] for share in shares]),
            to_share=np.concatenate([share[1:] for share in shares]),
        )

    def nearest(self, point: Point) -> Nearest | None:
        """Find the nearest point of any of the lines; None where there are no lines.

        Parameters
        ----------
        point
            Longitude and latitude.
        """
        if not len(self.line):
            return None
        # Kilometres east and north of the point; longitudes run round the earth.
        scale = np.array([math.cos(math.radians(point[1])), 1.0]) * KM_PER_DEGREE
        first = self.start - np.array(point)
        first[:, 0] = (first[:, 0] + LONGITUDES) % (2 * LONGITUDES) - LONGITUDES
        step = (self.end - self.start) * scale
        first = first * scale
        length = (step**2).sum(axis=1)
        t = np.divide(-(first * step).sum(axis=1), length, out=np.zeros_like(length),
                      where=length > 0)  # fmt: skip
        t = np.clip(t, 0.0, 1.0)
        foot = first + t[:, None] * step
        best = int(np.argmin((foot**2).sum(axis=1)))
        at = self.start[best] + t[best] * (self.end[best] - self.start[best])
        share = self.from_share[best] + t[best] * (self.to_share[best] - self.from_share[best])
        found = (float(at[0]), float(at[1]))
        away = float(great_circle_km(np.array([found]), point)[0])
        return Nearest(int(self.line[best]), away, float(share), found)


def _steps_km(vertices: FloatArray) -> FloatArray:
    a, b = np.radians(vertices[:-1]), np.radians(vertices[1:])
    half = np.sin((b[:, 1] - a[:, 1]) / 2) ** 2
    half += np.cos(a[:, 1]) * np.cos(b[:, 1]) * np.sin((b[:, 0] - a[:, 0]) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
