"""From what kind of cell it is, how large and how restless, to how far it may be off.

The standard deviation of a log flow is ``level + slope * log10(flow in million USD) + move * spread``
held between two bounds, by class of cell; the spread is how much the flow moved from year to year
in the past (log points, cut at `MOST_SPREAD`). The parameters stand in
``world/data/calibration.csv`` with the tests they were set on; a figure given by the table of
overrides brings its own, and a true zero has none.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import CellStatus

MOST_SPREAD: Final = 3.0
SMALLEST: Final = 1e-3
"""Million USD below which a smaller flow is not known any less well."""


class CellClass(StrEnum):
    """Classes of cells that share one calibration."""

    GIVEN = "given"
    ZERO = "zero"
    RECORDED_TWICE = "recorded_twice"
    RECORDED_ONCE = "recorded_once"
    LISTED = "listed"
    CARRIED = "carried"
    CARRIED_BLIND = "carried_blind"
    IMPUTED = "imputed"
    SERVICES_ICIO = "services_icio"
    SERVICES_IMPUTED = "services_imputed"


STATUS_OF: Final = {
    CellClass.GIVEN: CellStatus.PUBLISHED,
    CellClass.ZERO: CellStatus.ZERO,
    CellClass.RECORDED_TWICE: CellStatus.RECORDED_TWICE,
    CellClass.RECORDED_ONCE: CellStatus.RECORDED_ONCE,
    CellClass.LISTED: CellStatus.PUBLISHED,
    CellClass.CARRIED: CellStatus.CARRIED,
    CellClass.CARRIED_BLIND: CellStatus.CARRIED,
    CellClass.IMPUTED: CellStatus.IMPUTED,
    CellClass.SERVICES_ICIO: CellStatus.ICIO,
    CellClass.SERVICES_IMPUTED: CellStatus.IMPUTED,
}


def calibration() -> pd.DataFrame:
    """Read the parameters by class: cell_class, level, slope, move, least, most, cells, test."""
    return embedded_table("world", "calibration")


def services_classes(icio: BoolArray) -> NDArray[np.str_]:
    """Tell the class of every services cell, ``[N, N]``."""
    return np.where(icio, CellClass.SERVICES_ICIO.value, CellClass.SERVICES_IMPUTED.value)


def statuses(classes: NDArray[np.str_], by_hand: BoolArray | None) -> NDArray[np.int8]:
    """Tell the status of every cell; the diagonal is domestic.

    Parameters
    ----------
    classes
        ``[N, N]`` names of `CellClass`.
    by_hand
        ``[N, N]`` figures that were not read in a source; None where there is none.
    """
    status = np.zeros(classes.shape, dtype=np.int8)
    for cell_class, cell_status in STATUS_OF.items():
        status[classes == cell_class.value] = int(cell_status)
    if by_hand is not None:
        status[by_hand] = int(CellStatus.OVERRIDE)
    np.fill_diagonal(status, int(CellStatus.DOMESTIC))
    return status


def stated_sd(
    flows: FloatArray,
    classes: NDArray[np.str_],
    parameters: pd.DataFrame,
    *,
    spread: FloatArray | None = None,
) -> FloatArray:
    """Compute the standard deviation of the log of every flow.

    Parameters
    ----------
    flows
        Million USD, any shape.
    classes
        Names of `CellClass`, the same shape.
    parameters
        As `calibration` reads them.
    spread
        Log points by which the flow moved from year to year in the past; none when left out.

    Returns
    -------
    FloatArray
        Log points, the same shape; zero for classes without parameters.
    """
    size = np.log10(np.maximum(flows, SMALLEST))
    restless = np.zeros_like(size) if spread is None else np.minimum(spread, MOST_SPREAD)
    sd_log = np.zeros_like(size)
    numbers = parameters[["level", "slope", "move", "least", "most"]].to_numpy(dtype=np.float64)
    for cell_class, (level, slope, move, least, most) in zip(
        parameters["cell_class"], numbers, strict=True
    ):
        line = np.clip(level + slope * size + move * restless, least, most)
        sd_log = np.where(classes == cell_class, line, sd_log)
    return sd_log
