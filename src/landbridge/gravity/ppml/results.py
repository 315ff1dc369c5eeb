"""What an estimation returns: coefficients, covariance, fitted flows and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from landbridge.errors import UnknownNameError, suggest
from landbridge.gravity.fixed_effects.absorber import Absorber
from landbridge.gravity.panel import Panel
from landbridge.gravity.ppml.effects_table import effects_table
from landbridge.gravity.ppml.newton import Problem, Solution
from landbridge.gravity.spec import GravitySpec
from landbridge.units import FloatArray


@dataclass(frozen=True)
class FitDiagnostics:
    """How good the solution is as a solution, and how well it describes the flows.

    Attributes
    ----------
    rows_given, rows_used
        Rows of the table, and rows that enter the estimation.
    dropped
        Rows left out, by reason: missing, not positive, separated (group), separated
        (combination), singleton.
    collinear
        Regressors left out, each with what explains it.
    groups
        Number of groups of each fixed effect.
    clusters
        Number of clusters of each clustering.
    iterations, projection_steps
        Newton steps; steps of the projections in all.
    adding_up_gap
        Largest gap of fitted and observed total over all groups, relative to the observed.
    last_step
        Last change of a coefficient, in standard deviations of the linear index.
    deviance, log_likelihood
        Poisson; the sum of squares and the normal likelihood's kernel for least squares.
    pseudo_r2
        One less the ratio of log-likelihoods with and without the model (McFadden); R squared
        for least squares.
    squared_correlation
        Of flows and fitted flows.
    method
        ``grid`` or ``rows``: how fixed effects were taken out.
    """

    rows_given: int
    rows_used: int
    dropped: Mapping[str, int]
    collinear: tuple[str, ...]
    groups: Mapping[str, int]
    clusters: tuple[int, ...]
    iterations: int
    projection_steps: int
    adding_up_gap: float
    last_step: float
    deviance: float
    log_likelihood: float
    pseudo_r2: float
    squared_correlation: float
    method: str

    def table(self) -> pd.DataFrame:
        """List what a reader checks: what, value."""
        rows: list[tuple[str, object]] = [("rows given", self.rows_given)]
        rows += [(f"rows dropped: {reason}", count) for reason, count in self.dropped.items()]
        rows += [("rows used", self.rows_used)]
        rows += [(f"groups: {name}", count) for name, count in self.groups.items()]
        rows += [("clusters", " x ".join(str(count) for count in self.clusters) or "none")]
        rows += [
            ("regressors left out", "; ".join(self.collinear) or "none"),
            ("iterations", self.iterations),
            ("adding-up gap (share of a group's total)", self.adding_up_gap),
            ("last step (standard deviations of the index)", self.last_step),
            ("deviance", self.deviance),
            ("log-likelihood", self.log_likelihood),
            ("pseudo R2", self.pseudo_r2),
            ("squared correlation of flows and fitted flows", self.squared_correlation),
        ]
        return pd.DataFrame(rows, columns=["what", "value"])


@dataclass(frozen=True)
class Provenance:
    """From what the numbers were computed.

    Attributes
    ----------
    version
        Of Landbridge.
    spec_sha256
        Of the specification.
    data_sha256
        Of the columns that the specification names, row by row.
    rows
        Rows of the table.
    """

    version: str
    spec_sha256: str
    data_sha256: str
    rows: int


@dataclass(frozen=True)
class Estimation:
    """The arrays behind a fit, for tests and predictions that start from it.

    Attributes
    ----------
    panel
        The rows used.
    absorber, problem, solution
        Fixed effects, equation and solution, in the absorber's order.
    kept
        Positions of the estimated regressors among those of the specification.
    """

    panel: Panel
    absorber: Absorber
    problem: Problem
    solution: Solution
    kept: tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False)
class GravityFit:
    """An estimated gravity equation.

    Attributes
    ----------
    spec
        What was estimated.
    coefficients
        One row a regressor: term, estimate, std_error, z, p, low, high. Normal quantiles for
        PPML; Student's t with clusters less one (or rows less regressors) for least squares.
    covariance
        Terms by terms.
    bias
        Under the Weidner-Zylkin correction: term, uncorrected, bias, corrected,
        uncorrected_std_error; empty otherwise.
    fitted
        One value a row of the table (its index): fitted flow, in the outcome's unit. Zero for
        separated rows, the flow itself for singletons, missing for rows without data.
    diagnostics, provenance, note
        The evidence; where the numbers come from; the note under a table of coefficients.
    draws
        ``[draws, K]`` estimates of the bootstrap; empty otherwise.
    estimation
        The arrays behind it.
    """

    spec: GravitySpec
    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    bias: pd.DataFrame
    fitted: pd.Series
    diagnostics: FitDiagnostics
    provenance: Provenance
    note: str
    draws: FloatArray = field(repr=False)
    estimation: Estimation = field(repr=False)

    def __repr__(self) -> str:
        """Say in a few lines what was estimated and from how much."""
        rows = f"{self.diagnostics.rows_used:,} rows"
        head = f"GravityFit: {self.spec.estimator.upper()} of {self.spec.outcome} on {rows}"
        return f"{head}\n{self.coefficients.to_string(index=False)}"

    @cached_property
    def fixed_effects(self) -> pd.DataFrame:
        """The fixed effects, normalised (see `landbridge.gravity.ppml.effects_table`).

        Columns: effect, the key columns (missing where an effect does not run over them), value
        (log points), rows.
        """
        panel, solution = self.estimation.panel, self.estimation.solution
        index = self.estimation.absorber.pick(solution.index) - panel.offset
        if len(solution.coefficients):
            index = index - solution.coefficients @ panel.regressors
        return effects_table(panel, index)

    def estimate(self, term: str) -> float:
        """Look up one coefficient by its term."""
        return self._value(term, "estimate")

    def std_error(self, term: str) -> float:
        """Look up the standard error of one coefficient."""
        return self._value(term, "std_error")

    def _value(self, term: str, column: str) -> float:
        terms = [str(each) for each in self.coefficients["term"]]
        if term not in terms:
            raise UnknownNameError(f"there is no coefficient '{term}'.", mend=suggest(term, terms))
        return float(self.coefficients[column].to_numpy()[terms.index(term)])


def coefficient_table(
    terms: tuple[str, ...],
    estimates: FloatArray,
    covariance: FloatArray,
    *,
    confidence: float,
    freedom: float,
) -> pd.DataFrame:
    """Lay out estimates with errors, ratios, p values and intervals.

    Parameters
    ----------
    terms, estimates, covariance
        K names, ``[K]``, ``[K, K]``.
    confidence
        Of the interval.
    freedom
        Degrees of freedom of Student's t; infinity for the normal.
    """
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    ratio = np.divide(estimates, errors, out=np.full_like(estimates, np.nan), where=errors > 0)
    if np.isfinite(freedom):
        p = 2.0 * stdtr(freedom, -np.abs(ratio))
        half = float(stdtrit(freedom, 0.5 + confidence / 2.0))
    else:
        p = 2.0 * ndtr(-np.abs(ratio))
        half = float(ndtri(0.5 + confidence / 2.0))
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": estimates,
            "std_error": errors,
            "z": ratio,
            "p": p,
            "low": estimates - half * errors,
            "high": estimates + half * errors,
        }
    )
