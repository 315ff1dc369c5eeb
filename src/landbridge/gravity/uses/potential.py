"""Trade potential: what a pair would trade if it were like others, and how sure that is.

A pair's potential is the flow that its economies' sizes, their other trade and the estimated
coefficients predict, with the pair itself left out of the adding-up, so that a pair does not
predict itself. The band has two parts, drawn together: the coefficients (fixed effects respond
to first order), and how far comparable pairs lie from their own predicted flows, zeros included.
Missing trade is potential less observed trade; negative where the pair trades more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.gravity.fixed_effects.absorber import Goal
from landbridge.gravity.panel import INTERCEPT
from landbridge.gravity.ppml.newton import Problem, Solution, solve_poisson
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.uses.handover import draw_coefficients
from landbridge.gravity.uses.sizes import plain_grid
from landbridge.units import PERCENT, BoolArray, FloatArray, IntArray

COLUMNS: Final = (
    "exporter",
    "importer",
    "year",
    "observed",
    "potential",
    "potential_low",
    "potential_high",
    "missing",
    "missing_low",
    "missing_high",
    "observed_share_percent",
    "rank_percent",
    "comparable",
)
FEWEST_COMPARABLE: Final = 20
ACCURACY: Final = 1e-10


@dataclass(frozen=True)
class PotentialOptions:
    """How potentials are drawn.

    Attributes
    ----------
    draws
        Of coefficients and of comparable pairs, together.
    seed
        Of the draws.
    comparable
        How many pairs with the nearest predicted flow lend their spread.
    level
        Share of draws inside the band.
    reliable
        Column of flags: rows whose flow is observed rather than made up; only these lend their
        spread. None: all rows.
    """

    draws: int = 1000
    seed: int = 0
    comparable: int = 200
    level: float = 0.90
    reliable: str | None = None

    def __post_init__(self) -> None:
        """Refuse settings that could never work."""
        if self.draws < 1 or self.comparable < FEWEST_COMPARABLE or not 0.0 < self.level < 1.0:
            raise InputError(
                f"potentials need at least 1 draw, {FEWEST_COMPARABLE} comparable pairs and a"
                " level between 0 and 1."
            )


@dataclass(frozen=True, eq=False)
class _Square:
    """One year of a panel as arrays over exporter and importer."""

    codes: tuple[str, ...]
    flows: FloatArray
    regressors: FloatArray
    offset: FloatArray
    present: BoolArray
    reliable: BoolArray

    @property
    def foreign(self) -> BoolArray:
        """Cells with a row, across a border."""
        return np.asarray(self.present & ~np.eye(len(self.codes), dtype=np.bool_))


def trade_potential(
    fit: GravityFit,
    table: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    *,
    year: int | None = None,
    options: PotentialOptions | None = None,
) -> pd.DataFrame:
    """Predict what pairs would trade, beside what they trade.

    Parameters
    ----------
    fit
        Estimated with exporter and importer effects and without pair effects (those contain what
        the pair trades already).
    table
        Flows and regressors of one year or several; need not be the table that was fitted. Rows
        whose flow is missing are predicted all the same.
    pairs
        Exporter and importer of each.
    year
        Which year of the table; None where it has no years or only one.
    options
        Draws and comparable pairs.

    Returns
    -------
    pandas.DataFrame
        One row a pair: exporter, importer, year, observed, potential, potential_low,
        potential_high, missing (potential less observed), missing_low, missing_high (all in the
        unit of the flows), observed_share_percent (observed over potential), rank_percent (share
        of comparable pairs that do less well), comparable (how many).

    Raises
    ------
    InputError
        A pair is not in the table, an economy has no other flow, or the fit has pair effects.
    """
    options = options or PotentialOptions()
    square, when = _square(fit, table, year, options)
    central = _solve(fit, square, np.zeros_like(square.present))
    estimates = fit.coefficients["estimate"].to_numpy(dtype=np.float64)
    rng = np.random.default_rng(options.seed)
    moved = draw_coefficients(fit, rng, draws=options.draws).to_numpy() - estimates
    picks = rng.uniform(size=options.draws)
    rows = []
    for exporter, importer in pairs:
        at = _place(square, exporter, importer)
        predicted, sensitivity = _without(fit, square, at)
        ratios = _comparable(square, central, at, predicted, options)
        order = np.sort(ratios)
        drawn = predicted * np.exp(moved @ sensitivity)
        drawn = drawn * order[(picks * len(order)).astype(np.int64)]
        observed = float(square.flows[at])
        who = {"exporter": exporter, "importer": importer, "year": when}
        rows.append(
            who | _central(observed, predicted, order) | _bands(observed, drawn, options.level)
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _central(observed: float, predicted: float, ratios: FloatArray) -> dict[str, object]:
    rank = PERCENT * float((ratios < observed / predicted).mean())
    return {
        "observed": observed,
        "potential": predicted,
        "missing": predicted - observed,
        "observed_share_percent": PERCENT * observed / predicted,
        "rank_percent": rank if np.isfinite(observed) else np.nan,
        "comparable": len(ratios),
    }


def _bands(observed: float, drawn: FloatArray, level: float) -> dict[str, object]:
    edges = [PERCENT * (1.0 - level) / 2.0, PERCENT * (1.0 + level) / 2.0]
    low, high = (float(each) for each in np.percentile(drawn, edges))
    return {
        "potential_low": low,
        "potential_high": high,
        "missing_low": low - observed,
        "missing_high": high - observed,
    }


def _square(
    fit: GravityFit, table: pd.DataFrame, year: int | None, options: PotentialOptions
) -> tuple[_Square, int | None]:
    """Lay out one year of a table."""
    spec = fit.spec
    exporter, importer = _columns(fit)
    when = year
    if spec.year is not None and spec.year in table.columns:
        years = sorted(int(each) for each in table[spec.year].unique())
        when = year if year is not None or len(years) > 1 else years[0]
        if when not in years:
            raise InputError(
                f"say which year: the table has {years[0]} to {years[-1]} ({len(years)} years).",
                where="trade potential",
            )
        table = table[table[spec.year] == when]
    if table.duplicated([exporter, importer]).any():
        raise InputError("a pair has several rows in that year: choose one sector, or sum them.")
    codes = tuple(sorted({str(code) for code in (*table[exporter], *table[importer])}))
    index = pd.Index(codes)
    at = (
        index.get_indexer(pd.Index(table[exporter].astype(str))),
        index.get_indexer(pd.Index(table[importer].astype(str))),
    )
    shape = (len(codes), len(codes))
    flows = np.full(shape, np.nan)
    flows[at] = table[spec.outcome].to_numpy(dtype=np.float64, na_value=np.nan)
    present = np.zeros(shape, dtype=np.bool_)
    terms = [str(term) for term in fit.coefficients["term"]]
    regressors = np.zeros((len(terms), *shape))
    for position, term in enumerate(terms):
        values = table[term].to_numpy(dtype=np.float64) if term != INTERCEPT else 1.0
        regressors[position][at] = values
    present[at] = True
    offset = np.zeros(shape)
    if spec.offset is not None:
        offset[at] = table[spec.offset].to_numpy(dtype=np.float64)
    reliable = np.isfinite(flows)
    if options.reliable is not None:
        flags = np.zeros(shape, dtype=np.bool_)
        flags[at] = table[options.reliable].to_numpy(dtype=np.bool_)
        reliable &= flags
    return _Square(codes, flows, regressors, offset, present, reliable), when


def _columns(fit: GravityFit) -> tuple[str, str]:
    spec, panel = fit.spec, fit.estimation.panel
    if spec.estimator != "ppml" or spec.exporter is None or spec.importer is None:
        raise InputError("trade potential needs a PPML fit with exporters and importers.")
    both = {spec.exporter, spec.importer}
    if any(both <= set(effect.columns) for effect in panel.effects):
        raise InputError(
            "the fit has pair effects, which contain what a pair trades already.",
            where="trade potential",
            mend="Fit with exporter and importer effects, distance and ties.",
        )
    sides = [any(side in effect.columns for effect in panel.effects) for side in sorted(both)]
    if not all(sides):
        raise InputError("trade potential needs a fit with exporter and importer effects.")
    return spec.exporter, spec.importer


def _solve(fit: GravityFit, square: _Square, left_out: BoolArray) -> Solution:
    """Find the exporter and importer effects that add up, coefficients as estimated."""
    estimates = fit.coefficients["estimate"].to_numpy(dtype=np.float64)
    used = square.present & np.isfinite(square.flows) & ~left_out
    flows = np.where(used, np.nan_to_num(square.flows), 0.0)
    # Economies that never export (or import) have no effect: their cells are left out.
    used &= (flows.sum(axis=1) > 0)[:, None] & (flows.sum(axis=0) > 0)
    problem = Problem(
        outcome=np.where(used, flows, 0.0).ravel(),
        offset=(square.offset + np.tensordot(estimates, square.regressors, 1)).ravel(),
        weights=used.astype(np.float64).ravel(),
        regressors=np.zeros((0, used.size)),
        absorber=plain_grid(len(square.codes)),
        limits=fit.spec.limits,
    )
    return solve_poisson(problem)


def _without(fit: GravityFit, square: _Square, at: tuple[int, int]) -> tuple[float, FloatArray]:
    """Predict a pair from all others, and how its flow moves with the coefficients."""
    left_out = np.zeros_like(square.present)
    left_out[at] = True
    solution = _solve(fit, square, left_out)
    estimates = fit.coefficients["estimate"].to_numpy(dtype=np.float64)
    known = square.offset + np.tensordot(estimates, square.regressors, 1)
    weights = solution.mean
    held = weights > 0
    effects = np.where(held, solution.index - known.ravel(), 0.0)
    work = np.vstack([effects[None], square.regressors.reshape(len(estimates), -1)])
    plain_grid(len(square.codes)).weigh(weights).project(work, Goal.same(len(work), ACCURACY))
    cell = at[0] * len(square.codes) + at[1]
    shape = square.present.shape
    sums = weights.reshape(shape)
    if sums[at[0]].sum() <= 0 or sums[:, at[1]].sum() <= 0:
        lonely = square.codes[at[0] if sums[at[0]].sum() <= 0 else at[1]]
        raise InputError(
            f"{lonely} has no other flow in the table from which its size could be told.",
            where="trade potential",
        )
    # What the projection leaves at a cell of no weight is minus its effects.
    return float(np.exp(known[at] - work[0, cell])), work[1:, cell].copy()


def _comparable(
    square: _Square,
    central: Solution,
    at: tuple[int, int],
    predicted: float,
    options: PotentialOptions,
) -> FloatArray:
    """Compute observed over predicted flow of the pairs with the nearest predicted flow."""
    mean = central.mean.reshape(square.present.shape)
    fit_for = square.foreign & square.reliable & (mean > 0)
    fit_for[at] = False
    rows: IntArray = np.flatnonzero(fit_for)
    if len(rows) < FEWEST_COMPARABLE:
        raise InputError(
            f"only {len(rows)} pairs have an observed flow; a band needs {FEWEST_COMPARABLE}.",
            where="trade potential",
        )
    away = np.abs(np.log(mean.ravel()[rows]) - np.log(predicted))
    nearest = rows[np.argsort(away, kind="stable")[: options.comparable]]
    return np.asarray(square.flows.ravel()[nearest] / mean.ravel()[nearest])


def _place(square: _Square, exporter: str, importer: str) -> tuple[int, int]:
    for code in (exporter, importer):
        if code not in square.codes:
            hint = suggest(code, square.codes)
            raise UnknownNameError(f"'{code}' is not in the table.", mend=hint)
    at = (square.codes.index(exporter), square.codes.index(importer))
    if not square.present[at]:
        raise InputError(
            f"the table has no row {exporter} to {importer}: its distance and ties are unknown."
        )
    return at
