"""Fit a gravity equation: from a specification and a table to coefficients with evidence."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pandas as pd
from scipy.special import gammaln
from threadpoolctl import threadpool_limits

from landbridge.errors import ConvergenceError, FaultsError, InputError
from landbridge.gravity.fixed_effects.absorber import Absorber
from landbridge.gravity.fixed_effects.direct import direct
from landbridge.gravity.fixed_effects.grid import Grid
from landbridge.gravity.fixed_effects.layout import choose_absorber
from landbridge.gravity.panel import Panel, prepare
from landbridge.gravity.ppml.bias import Correction, correct_three_way, correct_two_way, lay_out
from landbridge.gravity.ppml.bootstrap import Draws, Mapper, bootstrap, one_by_one
from landbridge.gravity.ppml.collinear import describe, find_redundant
from landbridge.gravity.ppml.covariance import Covariance, Scores, sandwich
from landbridge.gravity.ppml.linear import solve_linear
from landbridge.gravity.ppml.newton import Problem, Solution, solve_poisson
from landbridge.gravity.ppml.results import (
    Estimation,
    FitDiagnostics,
    GravityFit,
    Provenance,
    coefficient_table,
)
from landbridge.gravity.ppml.sample import (
    BY_COMBINATION,
    BY_GROUP,
    check_enough,
    check_refused,
    drop_singletons,
    may_be_separated,
)
from landbridge.gravity.ppml.separation import SMALL, empty_groups, find_combinations
from landbridge.gravity.spec import CLUSTERED, GravitySpec, Inference
from landbridge.units import BoolArray, FloatArray

THREE_WAY = 3
TWO_WAY = 2


def fit(spec: GravitySpec, table: pd.DataFrame, *, mapper: Mapper = one_by_one) -> GravityFit:
    """Estimate a gravity equation.

    Parameters
    ----------
    spec
        Outcome, regressors, fixed effects, inference.
    table
        One row a flow; not changed.
    mapper
        Applies the bootstrap's function to its samples; ``Executor.map`` of a pool of processes
        spreads them out.

    Returns
    -------
    GravityFit

    Raises
    ------
    FaultsError, InputError
        The table or the specification cannot be used; says why and what to do.
    ConvergenceError
        The solution does not meet its limits; no numbers are returned then.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from landbridge.gravity import GravitySpec, fit
    >>> codes = ["ARM", "KAZ", "PAK", "UZB"]
    >>> flows = pd.DataFrame(
    ...     [(e, i, 2020, a + b) for a, e in enumerate(codes) for b, i in enumerate(codes)],
    ...     columns=["exporter", "importer", "year", "near"],
    ... )
    >>> flows["near"] = (flows["near"] % 3 == 0).astype(float)
    >>> flows["trade"] = np.exp(0.5 * flows["near"])
    >>> round(fit(GravitySpec(regressors=("near",)), flows).estimate("near"), 6)
    0.5
    """
    panel = prepare(spec, table)
    complete = np.zeros(len(table), dtype=np.bool_)
    complete[panel.row] = True
    # Many small products: threads of the linear algebra would cost more than they bring.
    with threadpool_limits(limits=1):
        estimation, redundant, lost = _estimate(spec, panel)
        covariance, correction, draws = _infer(spec, estimation, mapper)
    return _result(
        spec,
        table,
        estimation,
        covariance=covariance,
        extras=(correction, draws, redundant),
        outside=(complete, lost),
    )


def _estimate(spec: GravitySpec, panel: Panel) -> tuple[Estimation, tuple[str, ...], BoolArray]:
    """Solve on the rows that can be used; gives also which positions were separated.

    Small panels are searched for separated rows first. In large ones the search costs as much as
    a third of the solution, which itself shows whether there are any: it is made only where a
    fitted flow vanishes or the solution fails.
    """
    separated = np.zeros(int(panel.row.max()) + 1, dtype=np.bool_)
    search = spec.estimator == "ppml"
    if search:
        panel = _drop(panel, empty_groups(panel), BY_GROUP, separated)
        if len(panel.row) <= SMALL:
            found = find_combinations(panel, choose_absorber(panel))
            panel = _drop(panel, found, BY_COMBINATION, separated)
            search = False
        check_refused(spec, int(separated.sum()))
    while True:
        used = drop_singletons(spec, panel)
        check_enough(used)
        failure: ConvergenceError | None = None
        try:
            estimation, redundant = _solve(spec, used, choose_absorber(used))
        except ConvergenceError as error:
            failure = error
        if failure is None and (not search or not _vanishing(estimation)):
            return estimation, redundant, separated
        if failure is not None and not search:
            raise failure
        search = False
        found = find_combinations(panel, choose_absorber(panel))
        if failure is None and not found.any():
            return estimation, redundant, separated
        panel = _drop(panel, found, BY_COMBINATION, separated)
        check_refused(spec, int(separated.sum()))


def _drop(panel: Panel, rows: BoolArray, reason: str, separated: BoolArray) -> Panel:
    separated[panel.row[rows]] = True
    return panel.keep(~rows, reason)


def _vanishing(estimation: Estimation) -> bool:
    mean = estimation.absorber.pick(estimation.solution.mean)
    return bool(may_be_separated(estimation.panel, mean).any())


def _solve(
    spec: GravitySpec, panel: Panel, absorber: Absorber
) -> tuple[Estimation, tuple[str, ...]]:
    redundant, projected = find_redundant(panel, absorber)
    told = describe(panel, redundant)
    if told and spec.collinear == "refuse":
        raise FaultsError(
            [
                f'{each} Leave it out, or write collinear = "drop" into the equation '
                "(--collinear drop on the command line)."
                for each in told
            ],
            where="panel",
        )
    left_out = {each.position for each in redundant}
    kept = tuple(each for each in range(len(panel.names)) if each not in left_out)
    panel = replace(
        panel,
        names=tuple(panel.names[each] for each in kept),
        regressors=np.ascontiguousarray(panel.regressors[list(kept)]),
    )
    problem = Problem(
        outcome=absorber.place(panel.outcome),
        offset=absorber.place(panel.offset),
        weights=absorber.place(panel.weights),
        regressors=absorber.place(panel.regressors),
        absorber=absorber,
        limits=spec.limits,
        projected=projected[list(kept)],
    )
    solution = _poisson(panel, problem) if spec.estimator == "ppml" else solve_linear(problem)
    problem = replace(problem, projected=None)
    return Estimation(panel, absorber, problem, solution, kept), tuple(told)


def _poisson(panel: Panel, problem: Problem) -> Solution:
    """Solve; a small panel on which iterations fail is tried again with a dense projection."""
    try:
        return solve_poisson(problem)
    except ConvergenceError:
        dense = direct(panel, problem.absorber)
        if dense is None:
            raise
        return solve_poisson(replace(problem, absorber=dense, projected=None))


def _infer(
    spec: GravitySpec, estimation: Estimation, mapper: Mapper
) -> tuple[Covariance, Correction | None, Draws | None]:
    panel, solution = estimation.panel, estimation.solution
    if spec.inference is Inference.WEIDNER_ZYLKIN:
        correction = _correct(spec, estimation)
        note = (
            "Standard errors in brackets, clustered by pair and corrected for the estimation of"
            " fixed effects (Weidner and Zylkin 2021)."
        )
        if not correction.exact:
            note += " The leverage is that of each year's effects, pair effects left out."
        return Covariance(correction.covariance, (correction.pairs,), note), correction, None
    if spec.inference is Inference.PAIR_BOOTSTRAP:
        draws = bootstrap(spec, estimation, mapper)
        note = (
            f"Bootstrap standard errors in brackets ({len(draws.estimates)} samples of clusters:"
            f" {panel.clusters[0].title})."
        )
        return Covariance(draws.covariance, (panel.clusters[0].count,), note), None, draws
    absorber = estimation.absorber
    scores = Scores(
        projected=absorber.pick(solution.projected),
        residuals=absorber.pick(solution.residuals),
        hessian=solution.hessian,
    )
    pair = None
    if "exporter" in panel.keys and "importer" in panel.keys:
        pair = (panel.keys["exporter"], panel.keys["importer"])
    clusters = panel.clusters if spec.inference in CLUSTERED else ()
    covariance = sandwich(
        scores, spec.inference, clusters=clusters, pair=pair, linear=spec.estimator == "ols"
    )
    return covariance, None, None


def _correct(spec: GravitySpec, estimation: Estimation) -> Correction:
    """Apply the correction where the fixed effects are those it was derived for."""
    panel, solution, absorber = estimation.panel, estimation.solution, estimation.absorber
    columns = panel.columns
    base = {columns.get("exporter"), columns.get("importer")}
    shapes = [set(effect.columns) for effect in panel.effects]
    time = {columns["year"]} if "year" in columns else set[str]()
    sides = [{columns.get("exporter")} | time, {columns.get("importer")} | time]
    symmetric = any(effect.symmetric for effect in panel.effects)
    fits = all(side in shapes for side in sides) and not symmetric and spec.sector is None
    three = fits and len(shapes) == THREE_WAY and base in shapes
    if spec.estimator != "ppml" or spec.weights or not (three or (fits and len(shapes) == TWO_WAY)):
        raise InputError(
            "the Weidner-Zylkin correction is for PPML without weights and with exporter-year and"
            " importer-year effects, with or without (directed) pair effects.",
            mend="Choose another inference, or these fixed effects.",
        )
    period = panel.keys["year"].codes if time else np.zeros(len(panel.row), dtype=np.int64)
    dyads = lay_out(
        (panel.keys["exporter"].codes, panel.keys["importer"].codes, period),
        absorber.pick(solution.mean),
        absorber.pick(solution.residuals),
        absorber.pick(solution.projected),
    )
    return correct_three_way(dyads) if three else correct_two_way(dyads)


def _result(
    spec: GravitySpec,
    table: pd.DataFrame,
    estimation: Estimation,
    *,
    covariance: Covariance,
    extras: tuple[Correction | None, Draws | None, tuple[str, ...]],
    outside: tuple[BoolArray, BoolArray],
) -> GravityFit:
    panel, solution = estimation.panel, estimation.solution
    correction, draws, redundant = extras
    terms = panel.names
    estimates = solution.coefficients
    bias = pd.DataFrame()
    if correction is not None:
        estimates = estimates - correction.bias
        bias = pd.DataFrame(
            {
                "term": terms,
                "uncorrected": solution.coefficients,
                "bias": correction.bias,
                "corrected": estimates,
            }
        )
    freedom = np.inf
    if spec.estimator == "ols":
        smallest = min(covariance.clusters, default=0)
        freedom = smallest - 1 if smallest else len(panel.row) - len(terms)
    fitted = _fitted(spec, table, estimation, outside)
    return GravityFit(
        spec=spec,
        coefficients=coefficient_table(
            terms,
            estimates,
            covariance.matrix,
            confidence=spec.confidence,
            freedom=float(freedom),
        ),
        covariance=pd.DataFrame(covariance.matrix, index=list(terms), columns=list(terms)),
        bias=bias,
        fitted=fitted,
        diagnostics=_diagnose(spec, len(table), estimation, covariance, redundant),
        provenance=_provenance(spec, table),
        note=covariance.note,
        draws=np.zeros((0, len(terms))) if draws is None else draws.estimates,
        estimation=estimation,
    )


def _fitted(
    spec: GravitySpec,
    table: pd.DataFrame,
    estimation: Estimation,
    outside: tuple[BoolArray, BoolArray],
) -> pd.Series:
    """Compute the fitted flow of every row: separated rows 0, singletons what they are."""
    complete, separated = outside
    values = np.full(len(table), np.nan)
    outcome = table[spec.outcome].to_numpy(dtype=np.float64, na_value=np.nan)
    values[complete] = np.log(outcome[complete]) if spec.transform == "log" else outcome[complete]
    values[: len(separated)][separated] = 0.0
    values[estimation.panel.row] = estimation.absorber.pick(estimation.solution.mean)
    return pd.Series(values, index=table.index, name="fitted")


def _diagnose(
    spec: GravitySpec,
    given: int,
    estimation: Estimation,
    covariance: Covariance,
    redundant: tuple[str, ...],
) -> FitDiagnostics:
    panel, solution = estimation.panel, estimation.solution
    mean = estimation.absorber.pick(solution.mean)
    likelihood, share = _quality(spec, estimation, mean)
    correlation = np.corrcoef(panel.outcome, mean)[0, 1] if np.ptp(mean) > 0 else 0.0
    return FitDiagnostics(
        rows_given=given,
        rows_used=len(panel.row),
        dropped={reason: panel.dropped.get(reason, 0) for reason in _reasons(spec, panel)},
        collinear=redundant,
        groups={effect.title: effect.count for effect in panel.effects},
        clusters=covariance.clusters,
        iterations=solution.iterations,
        projection_steps=solution.inner,
        adding_up_gap=solution.adding_up,
        last_step=solution.step,
        deviance=solution.deviance,
        log_likelihood=likelihood,
        pseudo_r2=share,
        squared_correlation=float(correlation) ** 2,
        method="grid" if isinstance(estimation.absorber, Grid) else "rows",
    )


def _reasons(spec: GravitySpec, panel: Panel) -> list[str]:
    """List the reasons for which rows were or could have been dropped."""
    always = [BY_GROUP, BY_COMBINATION] if spec.estimator == "ppml" else []
    return list(dict.fromkeys(["missing", *always, *panel.dropped]))


def _quality(spec: GravitySpec, estimation: Estimation, mean: FloatArray) -> tuple[float, float]:
    """Compute the log-likelihood and the (pseudo) R squared."""
    panel, solution = estimation.panel, estimation.solution
    weights, outcome = panel.weights, panel.outcome
    average = float(weights @ outcome / weights.sum())
    if spec.estimator == "ols":
        spread = float(weights @ (outcome - average) ** 2)
        rows = len(outcome)
        likelihood = -0.5 * rows * (np.log(2.0 * np.pi * solution.deviance / rows) + 1.0)
        return float(likelihood), 1.0 - solution.deviance / spread
    constant = float(weights @ gammaln(outcome + 1.0))
    logs = estimation.absorber.pick(estimation.solution.index)
    likelihood = float(weights @ (outcome * logs - mean)) - constant
    alone = float(weights @ (outcome * np.log(average) - average)) - constant
    return likelihood, 1.0 - likelihood / alone


def _provenance(spec: GravitySpec, table: pd.DataFrame) -> Provenance:
    names = [spec.outcome, *spec.regressors, spec.offset, spec.weights]
    names += [spec.exporter, spec.importer, spec.year, spec.sector]
    for group in spec.groupings:
        names += [] if isinstance(group, str) else list(group)
    used = [name for name in dict.fromkeys(names) if name is not None and name in table.columns]
    digest = hashlib.sha256()
    for name in used:
        column = table[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
            digest.update(np.ascontiguousarray(column.to_numpy()).tobytes())
        else:
            digest.update(pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes())
    try:
        number = version("landbridge")
    except PackageNotFoundError:  # run from a source tree
        number = "unknown"
    return Provenance(
        version=number,
        spec_sha256=spec.sha256(),
        data_sha256=digest.hexdigest(),
        rows=len(table),
    )
