"""From what kind of cell it is, how large and how restless, to how far it may be off.

The standard deviation of a log flow is a weighted sum of terms (`terms_of`), held between two
bounds, by class of cell. For cells that were filled the sum is the log of the deviation; for
recorded cells and services it is the deviation itself. The parameters stand in
``world/data/calibration.csv`` with the tests they were set on. A figure of the table of overrides
brings its own deviation, and a true zero has none.
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
LEAST_SPREAD: Final = 0.05
LEAST_GAP: Final = 0.02
"""Log points: logs of moves and gaps are taken of these more, so that none is minus infinity."""

LEAST_ROUNDING: Final = 0.03
"""Log points added to the rounding of a share, for the same reason."""

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
    LISTED_SETTLED = "listed_settled"
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
    CellClass.LISTED_SETTLED: CellStatus.PUBLISHED,
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
    """What makes a cell less sure than others of its class and size; zeros where left out.

    Attributes
    ----------
    spread
        Log points by which the flow moved from year to year in the last past years.
    gap
        Log points by which totals and lists moved it from what the past says.
    doubt
        Ratio: how far exporter and importer stray elsewhere; one when left out.
    restless
        Log points: yearly moves in ten years before, net of the totals of both sides.
    idle
        Share of those years without trade.
    strain
        Log points between the flow and what a published share of a total says of it.
    settled
        One where a side's totals are known from its own records, else zero.
    loose
        One where a side's totals are known from its balance of payments alone, else zero.
    rounding
        Half the last digit of the finer of two published shares over that share, as a standard
        deviation; zero where no share is read.
    alone
        One where a single side publishes a share, else zero.
    """

    spread: FloatArray
    gap: FloatArray
    doubt: FloatArray
    restless: FloatArray | None = None
    idle: FloatArray | None = None
    strain: FloatArray | None = None
    settled: FloatArray | None = None
    loose: FloatArray | None = None
    rounding: FloatArray | None = None
    alone: FloatArray | None = None


def terms_of(flows: FloatArray, unrest: Unrest | None = None) -> dict[str, FloatArray]:
    """Compute the terms of the sum, named as the columns of the calibration.

    Parameters
    ----------
    flows
        Million USD, any shape.
    unrest
        Arrays of the same shape.
    """
    size = np.log10(np.maximum(flows, SMALLEST))
    nothing = np.zeros_like(size)
    told = Unrest(nothing, nothing, nothing + 1.0) if unrest is None else unrest

    def log(values: FloatArray | None, least: float) -> FloatArray:
        present = nothing if values is None else values
        return np.asarray(np.log(least + np.minimum(present, MOST_SPREAD)))

    def plain(values: FloatArray | None) -> FloatArray:
        return nothing if values is None else values

    pull, strain = log(told.gap, LEAST_GAP), log(told.strain, LEAST_GAP)
    return {
        "level": np.ones_like(size),
        "slope": size,
        "bend": np.maximum(size - LARGE, 0.0),
        "small": np.maximum(-size, 0.0),
        "move": log(told.spread, LEAST_SPREAD),
        "pull": pull,
        "doubt": np.log(told.doubt),
        "restless": log(told.restless, LEAST_SPREAD),
        "idle": plain(told.idle),
        "strain": strain,
        "settled": plain(told.settled),
        "loose": plain(told.loose),
        "rounding": log(told.rounding, LEAST_ROUNDING),
        "alone": plain(told.alone),
        "both": pull * strain,
        "pull_squared": pull**2,
        "strain_squared": strain**2,
    }


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
    terms = terms_of(flows, unrest)
    sd_log = np.zeros_like(terms["level"])
    limits = parameters[["least", "most"]].to_numpy(dtype=np.float64)
    logs = parameters["logs"].to_numpy(dtype=np.bool_)
    for place, cell_class in enumerate(parameters["cell_class"]):
        line = np.zeros_like(sd_log)
        for name, term in terms.items():
            weight = float(parameters[name].iloc[place])
            if weight:
                line = line + weight * term
        if logs[place]:
            line = np.exp(line)
        here = classes == str(cell_class)
        sd_log = np.where(here, np.clip(line, limits[place, 0], limits[place, 1]), sd_log)
    return sd_log
