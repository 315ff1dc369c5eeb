"""From what kind of cell it is, how large and how restless, to how far it may be off.

The standard deviation of a log flow is

    (level + slope * size + bend * max(size - LARGE, 0) + move * spread + pull * gap) * doubt

with size the log10 of the flow in million USD, held between two bounds, by class of cell. Spread
is how much the flow moved from year to year in the past, gap how far totals and lists moved it from
what the past says (log points, both cut at `MOST_SPREAD`), doubt how far exporter and importer
stray in their known cells. The parameters stand in ``world/data/calibration.csv`` with the tests
they were set on. A figure of the table of overrides brings its own deviation, and a true zero has
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import CellStatus

MOST_SPREAD: Final = 3.0
LARGE: Final = 2.3
"""Log10 of 200 million USD: above it a flow is not known better and better."""
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
    """Read the parameters by class, the columns of ``calibration.schema.toml``."""
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


@dataclass(frozen=True)
class Unrest:
    """What makes a cell less sure than others of its class and size.

    Attributes
    ----------
    spread
        Log points by which the flow moved from year to year in the past.
    gap
        Log points by which totals and lists moved it from what the past says.
    doubt
        Ratio: how far exporter and importer stray elsewhere.
    """

    spread: FloatArray
    gap: FloatArray
    doubt: FloatArray


def stated_sd(
    flows: FloatArray,
    classes: NDArray[np.str_],
    parameters: pd.DataFrame,
    unrest: Unrest | None = None,
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
    unrest
        Arrays of the same shape; none when left out.

    Returns
    -------
    FloatArray
        Log points, the same shape; zero for classes without parameters.
    """
    size = np.log10(np.maximum(flows, SMALLEST))
    nothing = np.zeros_like(size)
    told = Unrest(nothing, nothing, nothing + 1.0) if unrest is None else unrest
    spread, gap = (np.minimum(values, MOST_SPREAD) for values in (told.spread, told.gap))
    sd_log = np.zeros_like(size)
    lines = parameters[["level", "slope", "bend", "move", "pull"]].to_numpy(dtype=np.float64)
    limits = parameters[["least", "most"]].to_numpy(dtype=np.float64)
    doubted = parameters["doubted"].to_numpy(dtype=np.bool_)
    terms = (np.ones_like(size), size, np.maximum(size - LARGE, 0.0), spread, gap)
    for place, cell_class in enumerate(parameters["cell_class"]):
        line = np.zeros_like(size)
        for weight, term in zip(lines[place], terms, strict=True):
            line = line + weight * term
        if doubted[place]:
            line = line * told.doubt
        here = classes == str(cell_class)
        sd_log = np.where(here, np.clip(line, limits[place, 0], limits[place, 1]), sd_log)
    return sd_log
