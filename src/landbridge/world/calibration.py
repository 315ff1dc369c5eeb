"""From what kind of cell it is, and how large, to how far it may be off.

The standard deviation of a log flow is ``level + slope * log10(flow in million USD)``, held between
two bounds, by class of cell. The parameters stand in ``world/data/calibration.csv`` with the tests
they were set on; an override brings its own.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import CellStatus


class CellClass(StrEnum):
    """Classes of cells that share one calibration."""

    PUBLISHED_TWICE = "published_twice"
    PUBLISHED_ONCE = "published_once"
    ICIO = "icio"
    IMPUTED = "imputed"
    SERVICES_ICIO = "services_icio"
    SERVICES_IMPUTED = "services_imputed"


STATUS_OF = {
    CellClass.PUBLISHED_TWICE: CellStatus.PUBLISHED,
    CellClass.PUBLISHED_ONCE: CellStatus.PUBLISHED,
    CellClass.ICIO: CellStatus.ICIO,
    CellClass.IMPUTED: CellStatus.IMPUTED,
    CellClass.SERVICES_ICIO: CellStatus.ICIO,
    CellClass.SERVICES_IMPUTED: CellStatus.IMPUTED,
}


def calibration() -> pd.DataFrame:
    """Give the parameters by class: class, level, slope, least, most, cells, test."""
    return embedded_table("world", "calibration")


def goods_classes(listed: BoolArray, listed_twice: BoolArray, icio: BoolArray) -> NDArray[np.str_]:
    """Give the class of every goods cell, ``[N, N]``."""
    return np.select(
        [listed_twice, listed, icio],
        [CellClass.PUBLISHED_TWICE, CellClass.PUBLISHED_ONCE, CellClass.ICIO],
        CellClass.IMPUTED,
    ).astype(str)


def services_classes(icio: BoolArray) -> NDArray[np.str_]:
    """Give the class of every services cell, ``[N, N]``."""
    return np.where(icio, CellClass.SERVICES_ICIO, CellClass.SERVICES_IMPUTED).astype(str)


def statuses(classes: NDArray[np.str_], overridden: BoolArray | None) -> NDArray[np.int8]:
    """Give the status of every cell; the diagonal is domestic."""
    status = np.zeros(classes.shape, dtype=np.int8)
    for cell_class, cell_status in STATUS_OF.items():
        status[classes == cell_class] = int(cell_status)
    if overridden is not None:
        status[overridden] = int(CellStatus.OVERRIDE)
    np.fill_diagonal(status, int(CellStatus.DOMESTIC))
    return status


def calibrated_sd(
    flows: FloatArray, classes: NDArray[np.str_], parameters: pd.DataFrame
) -> FloatArray:
    """Give the standard deviation of the log of every flow.

    Parameters
    ----------
    flows
        ``[N, N]`` million USD.
    classes
        ``[N, N]`` names of `CellClass`.
    parameters
        As `calibration` gives them.

    Returns
    -------
    FloatArray
        ``[N, N]``, zero on the diagonal.
    """
    size = np.log10(np.maximum(flows, 1e-6))
    sd_log = np.zeros_like(size)
    for row in parameters.itertuples():
        spread = np.clip(row.level + row.slope * size, row.least, row.most)
        sd_log = np.where(classes == row.cell_class, spread, sd_log)
    np.fill_diagonal(sd_log, 0.0)
    return sd_log
