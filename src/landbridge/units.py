"""Units: one place for every conversion, and the suffixes that columns carry.

A float that leaves the library names its unit: ``million_usd``, ``usd_per_tonne``, ``hours``,
``km``, ``percent``, ``ratio``. Inside, arrays are plain float64.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
IntArray: TypeAlias = NDArray[np.int64]

HOURS_PER_DAY: Final = 24.0
KM_PER_NAUTICAL_MILE: Final = 1.852
USD_PER_MILLION: Final = 1e6
PERCENT: Final = 100.0


def percent_change(ratio: FloatArray) -> FloatArray:
    """Turn ratios to a baseline into percent changes.

    Parameters
    ----------
    ratio
        Any shape; new value over baseline value.

    Returns
    -------
    FloatArray
        Same shape, percent.
    """
    return PERCENT * (ratio - 1.0)
