"""Published trade of pairs, and how the baseline stands beside it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.tables import embedded_table
from landbridge.units import FloatArray
from landbridge.world.base import CellStatus

CALENDAR: Final = "calendar"


def published_pairs() -> pd.DataFrame:
    """Read headline figures of statistics offices, customs and ministries, 2021 to 2024.

    Returns
    -------
    pandas.DataFrame
        The columns of ``world/data/published_pairs.schema.toml``. Where both sides publish, both
        stand.
    """
    return embedded_table("world", "published_pairs")


def compare_published(
    goods: FloatArray, status: NDArray[np.int8], iso3: tuple[str, ...], *, year: int = 2023
) -> pd.DataFrame:
    """Set goods beside the published figures of a calendar year.

    Parameters
    ----------
    goods
        ``[N, N]`` million USD.
    status
        ``[N, N]`` of `landbridge.world.base.CellStatus`.
    iso3
        N codes.
    year
        Calendar year.

    Returns
    -------
    pandas.DataFrame
        One row a figure: exporter, importer, direction, reported_by, million_usd,
        baseline_million_usd, log_error (baseline over published), status (the less sure of the
        two ways, for a figure both ways).
    """
    table = published_pairs()
    table = table[(table["year"] == year) & (table["period"] == CALENDAR)]
    at = {code: place for place, code in enumerate(iso3)}
    table = table[table["exporter"].isin(at) & table["importer"].isin(at)].reset_index(drop=True)
    out = (table["exporter"].map(at).to_numpy(), table["importer"].map(at).to_numpy())
    back = out[::-1]
    both = (table["direction"] == "both").to_numpy()
    value = goods[out] + np.where(both, goods[back], 0.0)
    names = [
        _less_sure(int(one), int(other)) if two else CellStatus(int(one)).name.lower()
        for one, other, two in zip(status[out], status[back], both, strict=True)
    ]
    return table[["exporter", "importer", "direction", "reported_by", "million_usd"]].assign(
        baseline_million_usd=value,
        log_error=np.log(value / table["million_usd"].to_numpy()),
        status=names,
    )


ORDER: Final = (
    CellStatus.DOMESTIC,
    CellStatus.ZERO,
    CellStatus.RECORDED_TWICE,
    CellStatus.RECORDED_ONCE,
    CellStatus.PUBLISHED,
    CellStatus.CARRIED,
    CellStatus.ICIO,
    CellStatus.OVERRIDE,
    CellStatus.IMPUTED,
)


def _less_sure(one: int, other: int) -> str:
    first, second = CellStatus(one), CellStatus(other)
    return max(first, second, key=ORDER.index).name.lower()
