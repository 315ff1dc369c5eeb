"""From what kind of cell it is, and how large, to how far it may be off.

The standard deviation of a log flow is ``level + slope * log10(flow in million USD)``, held between
two bounds, by class of cell; a published cell adds, in quadrature, the rounding of its shares and
half the gap between the fit and the lists. The parameters stand in ``world/data/calibration.csv``
with the tests they were set on; an override brings its own.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import CellStatus
from landbridge.world.evidence import ListOptions, PartnerLists, list_cells

HALF = 0.5


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
        [
            CellClass.PUBLISHED_TWICE.value,
            CellClass.PUBLISHED_ONCE.value,
            CellClass.ICIO.value,
        ],
        CellClass.IMPUTED.value,
    )


def services_classes(icio: BoolArray) -> NDArray[np.str_]:
    """Give the class of every services cell, ``[N, N]``."""
    return np.where(icio, CellClass.SERVICES_ICIO.value, CellClass.SERVICES_IMPUTED.value)


def statuses(classes: NDArray[np.str_], overridden: BoolArray | None) -> NDArray[np.int8]:
    """Give the status of every cell; the diagonal is domestic."""
    status = np.zeros(classes.shape, dtype=np.int8)
    for cell_class, cell_status in STATUS_OF.items():
        status[classes == cell_class] = int(cell_status)
    if overridden is not None:
        status[overridden] = int(CellStatus.OVERRIDE)
    np.fill_diagonal(status, int(CellStatus.DOMESTIC))
    return status


def list_doubt(
    flows: FloatArray, lists: PartnerLists, exports: FloatArray, imports: FloatArray
) -> FloatArray:
    """Give what the lists themselves leave open: rounding, and half their gap to the fit.

    Parameters
    ----------
    flows
        ``[N, N]`` million USD, fitted.
    lists
        Published shares.
    exports, imports
        ``[N]`` million USD, the totals that the shares are shares of.

    Returns
    -------
    FloatArray
        ``[N, N]`` log points; zero where nothing is listed.
    """
    options = ListOptions()
    observed, _ = list_cells(lists, exports, imports, options=options)
    doubt = np.full_like(flows, np.inf)
    for cells in observed:
        gap = np.log(np.where(cells.known, flows / np.where(cells.known, cells.value, 1.0), 1.0))
        rounding = cells.sd_log**2 - options.published_sd_log**2
        here = np.sqrt(np.maximum(rounding, 0.0) + (HALF * gap) ** 2)
        doubt = np.where(cells.known, np.minimum(doubt, here), doubt)
    return np.where(np.isfinite(doubt), doubt, 0.0)


def calibrated_sd(
    flows: FloatArray,
    classes: NDArray[np.str_],
    parameters: pd.DataFrame,
    *,
    doubt: FloatArray | None = None,
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
    doubt
        ``[N, N]`` added in quadrature, see `list_doubt`.

    Returns
    -------
    FloatArray
        ``[N, N]``, zero on the diagonal.
    """
    size = np.log10(np.maximum(flows, 1e-6))
    sd_log = np.zeros_like(size)
    numbers = parameters[["level", "slope", "least", "most"]].to_numpy(dtype=np.float64)
    for cell_class, (level, slope, least, most) in zip(
        parameters["cell_class"], numbers, strict=True
    ):
        spread = np.clip(level + slope * size, least, most)
        sd_log = np.where(classes == cell_class, spread, sd_log)
    if doubt is not None:
        sd_log = np.hypot(sd_log, doubt)
    np.fill_diagonal(sd_log, 0.0)
    return sd_log
