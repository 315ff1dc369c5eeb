"""Chebyshev points: differentiate and integrate what is known there as polynomials are.

Trefethen (2000), Spectral Methods in MATLAB, chapters 6 and 12.
"""

from __future__ import annotations

import numpy as np

from landbridge.units import FloatArray


def chebyshev(intervals: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compute Chebyshev points on [0, 1], the matrix that differentiates there, and weights.

    Parameters
    ----------
    intervals
        One less than the number of points; even.

    Returns
    -------
    points, matrix, weights
        ``[K]`` rising, ``[K, K]`` and ``[K]`` Clenshaw-Curtis weights that sum to 1.
    """
    angles = np.pi * np.arange(intervals + 1) / intervals
    places = -np.cos(angles)
    places[intervals // 2] = 0.0
    ends = np.ones(intervals + 1)
    ends[[0, -1]] = 2.0
    signed = ends * (-1.0) ** np.arange(intervals + 1)
    apart = places[:, None] - places + np.eye(intervals + 1)
    matrix = np.outer(signed, 1.0 / signed) / apart
    matrix -= np.diag(matrix.sum(axis=1))
    even = np.arange(0, intervals + 1, 2)
    halves = np.where((even == 0) | (even == intervals), 0.5, 1.0)
    moments = halves * 2.0 / (1.0 - even**2)
    weights = 2.0 / (intervals * ends) * (np.cos(np.outer(angles, even)) @ moments)
    return 0.5 * (places + 1.0), 2.0 * matrix, 0.5 * weights
