"""Map projections: equal-area, so that a colour takes the room its land takes.

Lambert's azimuthal projection fits a region; Equal Earth (Savric, Patterson and Jenny 2018) shows
the world. Both give plane coordinates of the unit sphere, y upward.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landbridge.units import FloatArray

Projection = Callable[[FloatArray], FloatArray]

# Coefficients A1 to A4 of Equal Earth.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_HALF_ROOT_3 = np.sqrt(3.0) / 2.0
# Beyond this angle from the centre the azimuthal projection stretches too far to be read.
_HORIZON_COSINE = -0.5


def azimuthal(centre: tuple[float, float]) -> Projection:
    """Make Lambert's azimuthal equal-area projection around a centre.

    Parameters
    ----------
    centre
        Longitude and latitude, degrees.

    Returns
    -------
    Projection
        ``[points, 2]`` degrees to ``[points, 2]``; NaN for points far beyond the horizon.
    """
    longitude_0, latitude_0 = np.radians(centre)
    sine_0, cosine_0 = np.sin(latitude_0), np.cos(latitude_0)

    def project(points: FloatArray) -> FloatArray:
        turned = np.radians(points[:, 0]) - longitude_0
        latitude = np.radians(points[:, 1])
        sine, cosine = np.sin(latitude), np.cos(latitude)
        towards = cosine * np.cos(turned)
        away = sine_0 * sine + cosine_0 * towards
        seen = away > _HORIZON_COSINE
        stretch = np.sqrt(2.0 / (1.0 + np.where(seen, away, 0.0)))
        x = stretch * cosine * np.sin(turned)
        y = stretch * (cosine_0 * sine - sine_0 * towards)
        return np.where(seen[:, None], np.column_stack([x, y]), np.nan)

    return project


def whole_turns(points: FloatArray, middle: float) -> FloatArray:
    """Keep a line whole where it crosses the 180th meridian.

    Longitudes may then pass 180 degrees; the line as a whole lies as near to the middle meridian
    as turns of 360 degrees allow.
    """
    if len(points) == 0:
        return points
    longitude = np.unwrap(points[:, 0], period=360.0)
    centre = (longitude.min() + longitude.max()) / 2.0
    longitude = longitude - 360.0 * np.round((centre - middle) / 360.0)
    return np.column_stack([longitude, points[:, 1]])


def equal_earth(points: FloatArray, middle: float = 0.0) -> FloatArray:
    """Project the world; ``[points, 2]`` degrees to ``[points, 2]``."""
    theta = np.arcsin(_HALF_ROOT_3 * np.sin(np.radians(points[:, 1])))
    square = theta * theta
    sixth = square**3
    slope = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
    x = np.radians(points[:, 0] - middle) * np.cos(theta) / (_HALF_ROOT_3 * slope)
    y = theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return np.column_stack([x, y])


@dataclass(frozen=True)
class Frame:
    """A projection fitted to a drawing: degrees in, pixels out, y downward."""

    project: Projection
    left: float
    top: float
    pixels: float
    width: float
    height: float
    middle: float = 0.0

    def __call__(self, points: FloatArray) -> FloatArray:
        """Project ``[points, 2]`` degrees to ``[points, 2]`` pixels."""
        degrees = np.asarray(points, dtype="float64").reshape(-1, 2)
        return self.pixels_of(whole_turns(degrees, self.middle))

    def pixels_of(self, degrees: FloatArray) -> FloatArray:
        """Project ``[points, 2]`` degrees as they stand, without turning them."""
        plane = self.project(degrees)
        return np.column_stack(
            [(plane[:, 0] - self.left) * self.pixels, (self.top - plane[:, 1]) * self.pixels]
        )


def fit(
    project: Projection,
    points: FloatArray,
    *,
    width: float,
    ratios: tuple[float, float],
    margin: float = 0.07,
    middle_meridian: float = 0.0,
) -> Frame:
    """Fit a projection to what has to be seen.

    Parameters
    ----------
    project
        The projection.
    points
        ``[points, 2]`` degrees that have to lie inside.
    width
        Pixels.
    ratios
        Least and greatest height as a share of the width.
    margin
        Share of the extent left free on each side.
    middle_meridian
        Longitude around which lines are kept whole, degrees.
    """
    plane = project(points)
    plane = plane[np.isfinite(plane).all(axis=1)]
    low, high = plane.min(axis=0), plane.max(axis=0)
    middle = (low + high) / 2.0
    extent = np.maximum((high - low) * (1.0 + 2.0 * margin), 1e-3)
    ratio = float(np.clip(extent[1] / extent[0], *ratios))
    across = max(float(extent[0]), float(extent[1]) / ratio)
    pixels = width / across
    return Frame(
        middle=middle_meridian,
        project=project,
        left=float(middle[0]) - across / 2.0,
        top=float(middle[1]) + across * ratio / 2.0,
        pixels=pixels,
        width=width,
        height=width * ratio,
    )
