"""The least risk of a portfolio of economies, from series that the user gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from landbridge.errors import FaultsError, InputError
from landbridge.units import FloatArray

MOST_BYTES = 5_000_000
YEAR = "year"


def least_risk(returns: FloatArray) -> float:
    """Compute the least standard deviation of a portfolio without short sales.

    Parameters
    ----------
    returns
        ``[years, assets]``, in any unit; the answer has the same.

    Returns
    -------
    float
        The standard deviation of the weights that have the least, none below zero, summing to one.

    Notes
    -----
    With covariance ``S = L'L`` the weights of ``min |L w|^2 + (sum w - 1)^2, w >= 0`` are those of
    the least variance times a factor: along a ray ``w = t u`` with ``sum u = 1`` and variance v the
    minimum over t is ``v / (1 + v)``, which rises with v. So one non-negative least squares
    problem finds them (Lawson and Hanson 1974).

    Examples
    --------
    >>> both = np.array([[1.0, 3.0], [3.0, 1.0], [1.0, 3.0], [3.0, 1.0]])
    >>> round(least_risk(both), 12)
    0.0
    """
    years = len(returns)
    around = (returns - returns.mean(axis=0)) / np.sqrt(years - 1)
    scale = float(np.abs(around).max())
    if scale == 0:
        return 0.0
    system = np.vstack([around / scale, np.ones(around.shape[1])])
    goal = np.zeros(years + 1)
    goal[-1] = 1.0
    found, _ = nnls(system, goal)
    weights = found / found.sum()
    return float(np.linalg.norm(around @ weights))


def read_series(path: Path, codes: tuple[str, ...]) -> FloatArray:
    """Read returns or growth of economies from a CSV with a column ``year`` and one a code.

    Parameters
    ----------
    path
        The file.
    codes
        ISO3 codes wanted.

    Returns
    -------
    FloatArray
        ``[years, codes]``, in the order of the years.

    Raises
    ------
    InputError
        The file cannot be read, or is no table.
    FaultsError
        Columns or cells are missing, or a year stands twice; all of it at once.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"the file is larger than {MOST_BYTES:,} bytes.", where=str(path))
        table = pd.read_csv(path, encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", where=str(path)) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise InputError("is not a table in CSV (UTF-8).", where=str(path)) from None
    faults = [f"the column '{name}' is missing" for name in (YEAR, *codes) if name not in table]
    if not faults:
        values = table[[YEAR, *codes]].apply(pd.to_numeric, errors="coerce")
        faults += [
            f"column {name}: {count} cell{'s' * (count != 1)} without a number"
            for name, count in values.isna().sum().items()
            if count
        ]
        faults += ["a year stands twice"] if values[YEAR].duplicated().any() else []
    if faults:
        raise FaultsError(faults, where=str(path))
    return np.asarray(values.sort_values(YEAR)[list(codes)], dtype=np.float64)
