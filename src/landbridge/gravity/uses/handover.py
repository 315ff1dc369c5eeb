"""Hand an estimate over: draws of the coefficients, trade costs, and a baseline without zeros."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.gravity.ppml.effects_table import sides_of
from landbridge.gravity.ppml.results import GravityFit
from landbridge.units import FloatArray


def draw_coefficients(fit: GravityFit, rng: np.random.Generator, *, draws: int = 1) -> pd.DataFrame:
    """Draw coefficients from their estimated joint distribution.

    Parameters
    ----------
    fit
        The estimated equation. Under the bootstrap its samples are drawn with replacement (moved
        to the estimate's mean); otherwise a normal with the fit's covariance.
    rng
        Source of randomness: the same generator state gives the same draws.
    draws
        How many.

    Returns
    -------
    pandas.DataFrame
        One row a draw, one column a term.
    """
    terms = [str(term) for term in fit.coefficients["term"]]
    centre = fit.coefficients["estimate"].to_numpy(dtype=np.float64)
    if len(fit.draws):
        chosen = rng.integers(0, len(fit.draws), draws)
        values = fit.draws[chosen] - fit.draws.mean(axis=0) + centre
    else:
        sizes, ways = np.linalg.eigh(fit.covariance.to_numpy(dtype=np.float64))
        root = ways * np.sqrt(np.maximum(sizes, 0.0))
        # An eigenvector's sign is arbitrary: fix it, so that machines agree.
        root *= np.where(ways[np.abs(ways).argmax(axis=0), range(len(ways))] < 0, -1.0, 1.0)
        values = centre + rng.standard_normal((draws, len(centre))) @ root.T
    return pd.DataFrame(values, columns=terms)


def freeness_change(
    fit: GravityFit,
    change: Mapping[str, FloatArray],
    *,
    coefficients: Mapping[str, float] | None = None,
) -> FloatArray:
    """Turn changes of regressors into the change of trade freeness that the equilibrium takes.

    Freeness is trade cost to the power of minus the trade elasticity, so no elasticity is needed
    here: ``phi_hat = exp(sum_k b_k dx_k)``.

    Parameters
    ----------
    fit
        The estimated equation.
    change
        ``[N, N]`` change of each regressor by term, exporter x importer.
    coefficients
        One draw of the coefficients; the estimates when left out.

    Returns
    -------
    FloatArray
        ``[N, N]`` ratio to the baseline.
    """
    if not change:
        raise InputError("no regressor changes: name at least one.")
    terms = [str(term) for term in fit.coefficients["term"]]
    used = coefficients or {term: fit.estimate(term) for term in terms}
    shapes = {np.shape(values) for values in change.values()}
    if len(shapes) != 1:
        raise InputError("the changes have different shapes; all need exporter x importer.")
    index = np.zeros(shapes.pop())
    for term, values in change.items():
        if term not in used:
            raise UnknownNameError(f"there is no coefficient '{term}'.", mend=suggest(term, terms))
        index = index + used[term] * np.asarray(values, dtype=np.float64)
    return np.asarray(np.exp(index))


@dataclass(frozen=True)
class FittedBaseline:
    """Fitted flows of one year: positive wherever the panel has a pair, and adding up.

    Attributes
    ----------
    iso3
        N codes; the order of both axes.
    flows
        ``[N, N]`` in the outcome's unit, exporter x importer; zero where the panel has no row.
    observed
        ``[N, N]`` observed flows; missing where the panel has no row.
    filled
        Cells in which the fitted flow is positive and the observed one zero.
    uncovered
        Cells without a row, or separated: the model says nothing positive of them.
    """

    iso3: tuple[str, ...]
    flows: FloatArray
    observed: FloatArray
    filled: int
    uncovered: int


def fitted_baseline(
    fit: GravityFit, table: pd.DataFrame, year: int | None, *, iso3: Sequence[str] = ()
) -> FittedBaseline:
    """Lay the fitted flows of one year out as a square.

    Parameters
    ----------
    fit
        The estimated equation.
    table
        The table it was fitted to.
    year
        Which year; None for a panel without years.
    iso3
        The economies and their order; those of the panel, sorted, when left out.

    Raises
    ------
    InputError
        The panel has no exporter, importer or such a year, or several rows a pair (sectors).
    """
    spec = fit.spec
    if spec.exporter is None or spec.importer is None or len(table) != len(fit.fitted):
        raise InputError("a baseline needs exporters and importers, and the table that was fitted.")
    chosen = np.ones(len(table), dtype=np.bool_)
    if spec.year is not None:
        chosen = (table[spec.year] == year).to_numpy()
        if not chosen.any():
            raise InputError(f"the panel has no rows of {year}.")
    rows = table.loc[chosen]
    codes = tuple(iso3) or tuple(sorted({*rows[spec.exporter], *rows[spec.importer]}))
    place = {code: position for position, code in enumerate(codes)}
    inside = rows[spec.exporter].isin(place) & rows[spec.importer].isin(place)
    rows, fitted = rows[inside], fit.fitted.to_numpy()[chosen][inside.to_numpy()]
    at = (rows[spec.exporter].map(place).to_numpy(), rows[spec.importer].map(place).to_numpy())
    if len(set(zip(*at, strict=True))) != len(rows):
        raise InputError("a pair has several rows in that year: sum sectors first.")
    flows = np.zeros((len(codes), len(codes)))
    observed = np.full_like(flows, np.nan)
    flows[at] = np.nan_to_num(fitted, nan=0.0)
    observed[at] = rows[spec.outcome].to_numpy(dtype=np.float64)
    return FittedBaseline(
        iso3=codes,
        flows=flows,
        observed=observed,
        filled=int(((flows > 0) & (observed == 0)).sum()),
        uncovered=int((flows == 0).sum()),
    )


def multilateral_resistances(
    fit: GravityFit, *, reference: str, elasticity_of_substitution: float
) -> pd.DataFrame:
    """Compute outward and inward multilateral resistance from the fixed effects.

    With adding-up (Fally 2015) ``Pi_i^(1 - sigma) = Y_i E_R / exp(exporter effect)`` and
    ``P_j^(1 - sigma) = E_j / (E_R exp(importer effect))``, where the importer effect of the
    reference economy R is zero and its inward resistance one. Theory-consistent only with domestic
    trade in the panel.

    Parameters
    ----------
    fit
        With one exporter and one importer effect of each slice.
    reference
        Code of the reference economy.
    elasticity_of_substitution
        Sigma, above one.

    Returns
    -------
    pandas.DataFrame
        economy, year (and sector), outward and inward resistance (ratio to the reference).
    """
    panel = fit.estimation.panel
    sides = sides_of(panel)
    if sides is None or elasticity_of_substitution <= 1.0:
        raise InputError(
            "resistances need exporter and importer effects of the same years, and an elasticity"
            " of substitution above 1."
        )
    one, other = panel.effects[sides[0]], panel.effects[sides[1]]
    exporter, importer = panel.columns["exporter"], panel.columns["importer"]
    by = [column for column in one.columns if column != exporter]
    effects = fit.fixed_effects
    mean = fit.estimation.absorber.pick(fit.estimation.solution.mean)
    sums = {
        title: np.bincount(side.codes, mean, side.count)
        for title, side in (("out", one), ("into", other))
    }
    out = effects[effects["effect"] == one.title][[exporter, *by, "value"]]
    out = out.assign(size=sums["out"]).rename(columns={exporter: "economy"})
    into = effects[effects["effect"] == other.title][[importer, *by, "value"]]
    into = into.assign(size=sums["into"]).rename(columns={importer: "economy"})
    anchor = into[into["economy"] == reference]
    if anchor.empty:
        raise InputError(f"'{reference}' does not import in this panel.")
    table = out.merge(into, on=["economy", *by], suffixes=("_out", "_into"))
    anchor = anchor.rename(columns={"value": "value_ref", "size": "size_ref"}).drop(
        columns="economy"
    )
    table = table.merge(anchor, on=by) if by else table.merge(anchor, how="cross")
    power = 1.0 / (1.0 - elasticity_of_substitution)
    outward = (
        table["size_out"] * table["size_ref"] * np.exp(-table["value_out"] - table["value_ref"])
    )
    inward = (
        table["size_into"] / table["size_ref"] * np.exp(table["value_ref"] - table["value_into"])
    )
    return table[["economy", *by]].assign(outward=outward**power, inward=inward**power)
