"""Trade of one year brought to the sizes of another: who trades with whom, sizes given."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from landbridge.errors import InputError
from landbridge.gravity.fixed_effects.grid import Grid
from landbridge.gravity.ppml.newton import Problem, Solution, solve_poisson
from landbridge.gravity.spec import Limits
from landbridge.units import BoolArray, FloatArray
from landbridge.world.domestic import domestic_sales
from landbridge.world.history import load_history


def plain_grid(economies: int) -> Grid:
    """Lay one year's square out: exporters by importers, no pair effects."""
    return Grid(
        exporters=economies,
        importers=economies,
        blocks=1,
        periods=1,
        cell=np.arange(economies * economies),
        pair_kind="none",
        pair_group=np.zeros((0, 0, 0), dtype=np.int64),
        pair_groups=0,
    )


@lru_cache(maxsize=32)
def year_square(year: int) -> FloatArray:
    """Read goods of a year with imputed domestic sales on the diagonal, ``[N, N]`` million USD.

    Cells that are not known are zero here (see `between`).
    """
    history = load_history()
    flows: FloatArray = history.goods[history.at(year)].copy()
    np.fill_diagonal(flows, domestic_sales(history, year).million_usd)
    flows.flags.writeable = False
    return flows


def between(start: int, end: int) -> tuple[FloatArray, FloatArray]:
    """Read two years, the first without the cells of which the second says nothing.

    Returns
    -------
    tuple
        ``[N, N]`` million USD of either year; a start of zero is left out of what follows.
    """
    history = load_history()
    known = history.known[history.at(end)] | np.eye(len(history.iso3), dtype=np.bool_)
    return np.where(known, year_square(start), 0.0), year_square(end)


def given_sizes(start: FloatArray, end: FloatArray, log_effect: FloatArray) -> FloatArray:
    """Bring trade of one year to the sizes of another.

    Parameters
    ----------
    start
        ``[N, N]`` trade of the first year, domestic sales on the diagonal.
    end
        ``[N, N]`` of the other year: only what each economy sells and buys in all, and the
        world's foreign trade, are used.
    log_effect
        ``[N, N]`` log points added to the freeness of trade.

    Returns
    -------
    FloatArray
        ``[N, N]``; zero where the first year is.

    Raises
    ------
    ConvergenceError
        No flows add up.
    """
    used = start > 0
    solution = _solve(start, end, used, log_effect=log_effect)
    return np.where(used, solution.mean.reshape(start.shape), 0.0)


def effect_given_sizes(
    start: FloatArray, end: FloatArray, treated: BoolArray
) -> tuple[float, FloatArray]:
    """Estimate by how much some pairs gained over others, sizes given.

    Poisson likelihood of the second year, the first year as it was, effects of exporters, importers
    and borders: a panel of two years with pair effects.

    Returns
    -------
    tuple
        Log points, and the fitted flows of the second year ``[N, N]``.
    """
    used = start > 0
    marked = (treated & used).astype(np.float64)
    solution = _solve(start, end, used, extra=marked)
    return float(solution.coefficients[1]), solution.mean.reshape(start.shape)


def given_sizes_without(start: FloatArray, end: FloatArray, cell: tuple[int, int]) -> float:
    """Bring one cell to the sizes of another year, the cell itself left out of the adding-up.

    Raises
    ------
    InputError
        One of the two has no other trade from which its size could be told.
    """
    used = start > 0
    used[cell] = False
    solution = _solve(start, end, used)
    offset = np.log(np.where(used, start, 1.0))
    moved = np.where(used, solution.index.reshape(start.shape) - offset, np.nan)
    exporter, importer = cell
    # What a cell gains is the sum of its exporter's and its importer's gain: three other cells
    # of a rectangle give it. Home sales have no border term and cannot stand in for one.
    np.fill_diagonal(moved, np.nan)
    around = moved[exporter][None, :] + moved[:, importer][:, None] - moved
    known = around[np.isfinite(around)]
    if not len(known):
        raise InputError(
            "there is no other trade from which the sizes of both could be told.",
            where="trade potential",
        )
    return float(start[cell] * np.exp(np.median(known)))


def _solve(
    start: FloatArray,
    end: FloatArray,
    used: BoolArray,
    *,
    log_effect: FloatArray | None = None,
    extra: FloatArray | None = None,
) -> Solution:
    count = len(start)
    border = ~np.eye(count, dtype=np.bool_)
    regressors = [border.astype(np.float64).ravel()]
    if extra is not None:
        regressors.append(extra.ravel())
    added = 0.0 if log_effect is None else log_effect
    return solve_poisson(
        Problem(
            outcome=np.where(used, end, 0.0).ravel(),
            offset=(np.log(np.where(used, start, 1.0)) + added).ravel(),
            weights=used.astype(np.float64).ravel(),
            regressors=np.array(regressors),
            absorber=plain_grid(count),
            limits=Limits(),
        )
    )
