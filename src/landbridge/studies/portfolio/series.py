"""Series of returns, one column an economy: of a user, or growth from the embedded panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from landbridge.codes import name_of, resolve
from landbridge.errors import FaultsError, InputError, LandbridgeError
from landbridge.gravity.files.flow_files import read_flows
from landbridge.units import PERCENT, FloatArray
from landbridge.world.history import growth_table, span_of

FEWEST_PERIODS: Final = 8


@dataclass(frozen=True, eq=False)
class Returns:
    """Returns of economies.

    Attributes
    ----------
    iso3
        ``n`` codes, in the order of the columns.
    percent
        ``[periods, n]`` a period.
    dropped
        Rows left out because a value is missing.
    source
        The file.
    """

    iso3: tuple[str, ...]
    percent: FloatArray
    dropped: int
    source: str


def read_returns(path: Path, *, levels: bool = False) -> Returns:
    """Read series: a column for the period, then one an economy.

    Parameters
    ----------
    path
        csv, xlsx, Stata or parquet; headings are codes or names of economies.
    levels
        Whether the values are levels (GDP, an index), of which growth is taken; else they are
        returns in percent.

    Raises
    ------
    FaultsError
        Headings or values cannot be read.
    InputError
        Too few periods without a gap.
    """
    table = read_flows(path)
    faults, columns = [], {}
    for heading in table.columns[1:]:
        try:
            code = resolve(str(heading))
        except LandbridgeError as error:
            faults.append(f"column '{heading}': {error}")
            continue
        values = pd.to_numeric(table[heading], errors="coerce")
        bad = (
            values.isna() & table[heading].notna() & (table[heading].astype(str).str.strip() != "")
        )
        if bad.any():
            faults.append(f"column '{heading}': '{table[heading][bad].iloc[0]}' is not a number")
        if code in columns:
            faults.append(f"column '{heading}': {code} has a column already")
        if levels and (values <= 0).any():
            faults.append(f"column '{heading}': a level must be above zero")
        columns[code] = values
    if faults:
        raise FaultsError(faults, where=str(path))
    found = pd.DataFrame(columns)
    if levels:
        found = PERCENT * found.pct_change(fill_method=None).iloc[1:]
    kept = found.dropna()
    if len(kept) < FEWEST_PERIODS:
        raise InputError(
            f"{len(kept)} periods without a gap; risk needs {FEWEST_PERIODS} or more.",
            where=str(path),
            mend="Give longer series, or leave out the economies with gaps.",
        )
    return Returns(
        iso3=tuple(columns),
        percent=kept.to_numpy(dtype=np.float64),
        dropped=len(found) - len(kept),
        source=path.name,
    )


def growth_returns(codes: Sequence[str]) -> Returns:
    """Read growth of real GDP from the embedded panel, for some economies and others.

    Every other economy whose growth is known in all of the years that are used comes with them.

    Parameters
    ----------
    codes
        Economies that are needed: only years without a gap in any of them count.

    Raises
    ------
    InputError
        An economy has no growth in the panel, or too few years are without a gap.
    """
    table = growth_table()
    absent = [code for code in codes if code not in table or table[code].isna().all()]
    if absent:
        raise InputError(
            f"no growth of {', '.join(name_of(code) for code in absent)} is in the embedded panel.",
            where="portfolio",
            mend="Give --series with a column for each, or --exposure.",
        )
    kept = table.dropna(subset=list(codes))
    if len(kept) < FEWEST_PERIODS:
        raise InputError(
            f"{len(kept)} years of growth without a gap; risk needs {FEWEST_PERIODS} or more.",
            where="portfolio",
        )
    full = kept.dropna(axis="columns")
    years = span_of(tuple(int(year) for year in kept.index))
    return Returns(
        iso3=tuple(str(code) for code in full.columns),
        percent=full.to_numpy(dtype=np.float64),
        dropped=len(table) - len(kept),
        source=f"growth of real GDP (World Bank, WDI), {years}",
    )
