"""From places to SVG path data: thinned, clipped to the frame, one decimal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from landbridge.report.maps.boundaries import ArcKind, Boundaries, Polygon, Ring
from landbridge.report.maps.projection import Frame, whole_turns
from landbridge.units import BoolArray, FloatArray

# Room around the frame, pixels, so that clipped edges and their strokes stay out of sight.
OUTSIDE = 12.0
THINNING = 0.9
# Islets smaller than this are left out, pixels.
SMALLEST = 1.6
_RING = 3


@dataclass(frozen=True)
class ProjectedArcs:
    """The arcs of a boundary set on one frame.

    Attributes
    ----------
    places
        Each ``[points, 2]`` pixels; NaN beyond the horizon.
    low, high
        ``[arcs, 2]`` corners of each arc's box, pixels.
    """

    places: tuple[FloatArray, ...]
    low: FloatArray
    high: FloatArray

    def box(self, ring: Ring) -> tuple[FloatArray, FloatArray]:
        """Find the corners of a ring's box, pixels."""
        plain = [index if index >= 0 else ~index for index in ring]
        return self.low[plain].min(axis=0), self.high[plain].max(axis=0)

    def ring(self, ring: Ring) -> FloatArray:
        """Join the arcs of a ring: ``[points, 2]`` pixels, those beyond the horizon left out."""
        pieces = [self.places[index] if index >= 0 else self.places[~index][::-1] for index in ring]
        joined = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
        return np.asarray(joined[np.isfinite(joined[:, 0])])


def project_arcs(boundaries: Boundaries, frame: Frame) -> ProjectedArcs:
    """Project every arc of a boundary set at once."""
    lengths = np.array([len(arc) for arc in boundaries.arcs])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    places = frame.pixels_of(_turned(np.concatenate(boundaries.arcs), starts, frame))
    return ProjectedArcs(
        places=tuple(np.split(places, starts[1:])),
        low=np.fmin.reduceat(places, starts),
        high=np.fmax.reduceat(places, starts),
    )


def polygon_path(arcs: ProjectedArcs, polygons: Iterable[Polygon], *, frame: Frame) -> str:
    """Draw the path of polygons; empty when none of them reaches into the frame."""
    pieces = []
    for polygon in polygons:
        if not _shows(*arcs.box(polygon[0]), frame):
            continue
        for ring in polygon:
            if _shows(*arcs.box(ring), frame):
                clipped = clip_ring(thin(arcs.ring(ring)), frame)
                if len(clipped) >= _RING:
                    pieces.append(_path(clipped) + "Z")
    return "".join(pieces)


def edges_path(arcs: ProjectedArcs, boundaries: Boundaries, *, frame: Frame, kind: ArcKind) -> str:
    """Draw the path of all arcs of a kind that reach into the frame."""
    return "".join(
        _line(arcs.places[arc], frame)
        for arc, its_kind in enumerate(boundaries.kinds)
        if its_kind is kind and _shows(arcs.low[arc], arcs.high[arc], frame)
    )


def line_path(points: FloatArray, frame: Frame) -> str:
    """Draw the path of a line of ``[points, 2]`` degrees; breaks where it leaves the frame."""
    return _line(frame(points), frame)


def line_paths(lines: Sequence[FloatArray], frame: Frame) -> list[str]:
    """Draw the path of each of many lines (as `line_path`), projected at once.

    Parameters
    ----------
    lines
        Each ``[points, 2]`` degrees.
    frame
        The frame.

    Returns
    -------
    list of str
        One a line; empty where it does not reach into the frame.
    """
    if not lines:
        return []
    lengths = np.array([len(line) for line in lines])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    places = frame.pixels_of(_turned(np.concatenate(list(lines)), starts, frame))
    low, high = np.fmin.reduceat(places, starts), np.fmax.reduceat(places, starts)
    edge = np.array([frame.width, frame.height]) + OUTSIDE
    with np.errstate(invalid="ignore"):
        inside = np.asarray((high >= -OUTSIDE) & (low <= edge))
    seen = inside[:, 0] & inside[:, 1]
    pieces = np.split(places, starts[1:])
    return [_line(piece, frame) if shows else "" for piece, shows in zip(pieces, seen, strict=True)]


def _turned(degrees: FloatArray, starts: np.ndarray, frame: Frame) -> FloatArray:
    """Bring each point within half a turn of the middle; a line that this tears turns as one."""
    turned = degrees.copy()
    turned[:, 0] = (degrees[:, 0] - frame.middle + 180.0) % 360.0 - 180.0 + frame.middle
    torn = np.flatnonzero(np.abs(np.diff(turned[:, 0])) > 180.0)  # noqa: PLR2004 - half a turn
    ends = np.append(starts[1:], len(degrees))
    for line in set((np.searchsorted(starts, torn, side="right") - 1).tolist()):
        span = slice(starts[line], ends[line])
        turned[span] = whole_turns(degrees[span], frame.middle)
    return turned


def _line(places: FloatArray, frame: Frame) -> str:
    near = _near(places, frame)
    # A segment is drawn when either of its ends is near.
    wanted = near.copy()
    wanted[1:] |= near[:-1]
    wanted[:-1] |= near[1:]
    wanted &= np.isfinite(places[:, 0])
    if wanted.all():
        return _path(thin(places)) if len(places) > 1 else ""
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
    grid = np.rint(places / THINNING)
    moved = np.ones(len(places), dtype=bool)
    moved[1:] = (grid[1:] != grid[:-1]).any(axis=1)
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


def _shows(low: FloatArray, high: FloatArray, frame: Frame) -> bool:
    wide, tall = float(high[0] - low[0]), float(high[1] - low[1])
    return bool(
        max(wide, tall) >= SMALLEST
        and high[0] >= 0
        and low[0] <= frame.width
        and high[1] >= 0
        and low[1] <= frame.height
    )


def _near(places: FloatArray, frame: Frame) -> BoolArray:
    x, y = places[:, 0], places[:, 1]
    with np.errstate(invalid="ignore"):
        return np.asarray(
            (x >= -OUTSIDE)
            & (x <= frame.width + OUTSIDE)
            & (y >= -OUTSIDE)
            & (y <= frame.height + OUTSIDE)
        )


def _path(places: FloatArray) -> str:
    # Steps relative to the point before, in tenths of a pixel: shorter by half than places.
    tenths = np.rint(places * 10.0).astype(np.int64)
    steps = tenths[1:] - tenths[:-1]
    start = f"M{_tenths(int(tenths[0, 0]))} {_tenths(int(tenths[0, 1]))}"
    return f"{start}l{' '.join([_tenths(value) for value in steps.ravel().tolist()])}"


@lru_cache(maxsize=65536)
def _tenths(value: int) -> str:
    return f"{value / 10:g}"
