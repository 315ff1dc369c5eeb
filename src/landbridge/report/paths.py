"""From places to SVG path data: thinned, clipped to the frame, one decimal."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from landbridge.report.boundaries import Boundaries, Polygon
from landbridge.report.projection import Frame
from landbridge.units import BoolArray, FloatArray

# Room around the frame, pixels, so that clipped edges and their strokes stay out of sight.
OUTSIDE = 12.0
THINNING = 0.7
# Islets smaller than this are left out, pixels.
SMALLEST = 1.2
_RING = 3


def polygon_path(boundaries: Boundaries, polygons: Iterable[Polygon], frame: Frame) -> str:
    """Give the path of polygons; empty when none of them reaches into the frame."""
    pieces = []
    for polygon in polygons:
        for position, ring in enumerate(polygon):
            places = frame(boundaries.ring(ring))
            places = places[np.isfinite(places).all(axis=1)]
            if len(places) < _RING or not _shows(places, frame):
                if position == 0:
                    break
                continue
            clipped = clip_ring(thin(places), frame)
            if len(clipped) >= _RING:
                pieces.append(_path(clipped) + "Z")
    return "".join(pieces)


def line_path(points: FloatArray, frame: Frame) -> str:
    """Give the path of a line of ``[points, 2]`` degrees; breaks where it leaves the frame."""
    places = frame(points)
    if len(places) < 2 or float(np.ptp(places, axis=0).max()) < SMALLEST:  # noqa: PLR2004
        return ""
    near = _near(places, frame)
    # A segment is drawn when either of its ends is near.
    wanted = near.copy()
    wanted[1:] |= near[:-1]
    wanted[:-1] |= near[1:]
    wanted &= np.isfinite(places).all(axis=1)
    pieces = []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], wanted.astype(np.int8), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start > 1:
            pieces.append(_path(thin(places[start:stop])))
    return "".join(pieces)


def thin(places: FloatArray) -> FloatArray:
    """Drop points that lie within a fraction of a pixel of the last one kept; ends stay."""
    if len(places) <= _RING:
        return places
    grid = np.round(places / THINNING)
    moved = np.ones(len(places), dtype=bool)
    moved[1:] = (np.diff(grid, axis=0) != 0).any(axis=1)
    moved[-1] = True
    return places[moved]


def clip_ring(places: FloatArray, frame: Frame) -> FloatArray:
    """Clip a ring to the frame (Sutherland and Hodgman 1974); ``[points, 2]`` pixels."""
    limits = (
        (0, -OUTSIDE, 1.0),
        (0, frame.width + OUTSIDE, -1.0),
        (1, -OUTSIDE, 1.0),
        (1, frame.height + OUTSIDE, -1.0),
    )
    for axis, limit, direction in limits:
        if len(places) == 0:
            break
        depth = (places[:, axis] - limit) * direction
        if (depth >= 0).all():
            continue
        places = _clip_side(places, depth)
    return places


def _clip_side(places: FloatArray, depth: FloatArray) -> FloatArray:
    following = np.roll(places, -1, axis=0)
    depth_next = np.roll(depth, -1)
    inside, inside_next = depth >= 0, depth_next >= 0
    crosses = inside != inside_next
    step = np.where(crosses, depth / np.where(crosses, depth - depth_next, 1.0), 0.0)
    crossing = places + step[:, None] * (following - places)
    # Each edge gives its crossing (if any), then its end point (if inside).
    both = np.stack([crossing, following], axis=1).reshape(-1, 2)
    keep = np.stack([crosses, inside_next], axis=1).reshape(-1)
    return np.asarray(both[keep])


def _shows(places: FloatArray, frame: Frame) -> bool:
    low, high = places.min(axis=0), places.max(axis=0)
    if float((high - low).max()) < SMALLEST:
        return False
    return bool(high[0] >= 0 and low[0] <= frame.width and high[1] >= 0 and low[1] <= frame.height)


def _near(places: FloatArray, frame: Frame) -> BoolArray:
    with np.errstate(invalid="ignore"):
        return np.asarray(
            (places[:, 0] >= -OUTSIDE)
            & (places[:, 0] <= frame.width + OUTSIDE)
            & (places[:, 1] >= -OUTSIDE)
            & (places[:, 1] <= frame.height + OUTSIDE)
        )


def _path(places: FloatArray) -> str:
    # Steps relative to the point before, in tenths of a pixel: shorter by half than places.
    tenths = np.rint(places * 10.0).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    start = f"M{tenths[0, 0] / 10:g} {tenths[0, 1] / 10:g}"
    return f"{start}l{' '.join(_tenths(value) for value in steps.ravel().tolist())}"


@lru_cache(maxsize=4096)
def _tenths(value: int) -> str:
    return f"{value / 10:g}"
