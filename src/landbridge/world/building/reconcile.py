r"""Reconcile scraps of knowledge about who sells to whom into one matrix of flows.

The engine knows nothing of its sources. It takes totals, published cells, upper bounds and a
kernel (features with coefficients), each with the standard deviation of its logarithm, and finds
the flows that fit all of it best: the mode of the posterior.

Symbols, once for the module (N economies, K features, all sums over cells that may hold trade):
- y[i, j]    log flow from exporter i to importer j
- m[i, j]    its prior mean: sum_k F[k, i, j] beta[k] + a[i] + b[j] + offset[i, j]
- W          1 / prior_sd**2
- R[i], C[j] sums of exp(y) over rows and columns

The mode minimises

    1/2 sum W (y - m)^2 + 1/2 sum ((beta - beta0) / sd_beta)^2
    + sum over observed cells  2 log(1 + ((y - log value) / sd)^2 / 4)        (Student, 3 d.f.)
    + sum over bounded cells   2 log(1 + (max(y - log bound, 0) / sd)^2 / 4)
    + 1/2 sum ((log R - log exports) / sd_exports)^2 + the same for columns.

Newton's method solves it: the Hessian in y is diagonal plus one rank for each row and column total
(Gauss-Newton for the totals), so a step costs one dense system of size 4 N + K (Woodbury). Scaling
rows and columns in turn with clipping does not work here: bounds on both sides are infeasible
together and cells stick at them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from landbridge.errors import ConvergenceError, DataError
from landbridge.units import BoolArray, FloatArray
from landbridge.world.building.robust_cells import likelier_start, robust_cells

NO_TOTAL = 1e12
"""Variance that stands for 'this total is not known'."""

WEAK_RIDGE = 1e-6
"""Precision that holds the sum of exporter and importer effects in place; it moves nothing."""

START_ROUNDS = 200
"""Rounds of row and column scaling that make the starting point."""

LARGEST_STEP = 3.0
"""No log flow moves further than this in one Newton step."""

SHORTEST_STEP = 1e-3
"""A step that must be cut below this part of its length points the wrong way."""

ROUNDING = 1e-12
"""Relative change of the objective that counts as none."""

LEAST_CURVATURE = 0.9
"""The robust terms may take away at most this part of the prior's curvature."""

NEAR = 0.2
"""Largest step below which the robust terms' own curvature replaces their bound."""


@dataclass(frozen=True)
class Cells:
    """Something known about single cells.

    Attributes
    ----------
    value
        ``[N, N]`` million USD; NaN where nothing is known.
    sd_log
        ``[N, N]`` standard deviation of the log of the value.
    """

    value: FloatArray
    sd_log: FloatArray

    @property
    def known(self) -> BoolArray:
        """Where something is known, ``[N, N]``."""
        return np.isfinite(self.value) & (self.value > 0)


@dataclass(frozen=True)
class Evidence:
    """All that is known before the fit, for one kind of trade.

    Attributes
    ----------
    exports, imports
        ``[N]`` million USD, totals over the partners in the matrix.
    exports_sd_log, imports_sd_log
        ``[N]`` standard deviation of the log of each total.
    features
        ``[K, N, N]`` what the kernel sees of a pair.
    coefficients, coefficients_sd
        ``[K]`` prior mean and standard deviation of the kernel's coefficients.
    offset
        ``[N, N]`` part of the prior mean that is not estimated.
    prior_sd
        ``[N, N]`` standard deviation of a log flow around its prior mean.
    allowed
        ``[N, N]`` where there can be trade; false on the diagonal.
    observed, ceilings
        Published values, and upper bounds.
    """

    exports: FloatArray
    imports: FloatArray
    exports_sd_log: FloatArray
    imports_sd_log: FloatArray
    features: FloatArray
    coefficients: FloatArray
    coefficients_sd: FloatArray
    offset: FloatArray
    prior_sd: FloatArray
    allowed: BoolArray
    observed: tuple[Cells, ...] = field(default=())
    ceilings: tuple[Cells, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse evidence whose shapes disagree or that holds no positive total."""
        count = len(self.exports)
        faults = []
        square = {"offset": self.offset, "prior_sd": self.prior_sd, "allowed": self.allowed}
        for number, cells in enumerate((*self.observed, *self.ceilings)):
            square[f"value of cells {number}"] = cells.value
            square[f"sd_log of cells {number}"] = cells.sd_log
        faults += [
            f"{name} has shape {array.shape}, not ({count}, {count})"
            for name, array in square.items()
            if array.shape != (count, count)
        ]
        if self.features.shape != (len(self.coefficients), count, count):
            faults.append(f"features have shape {self.features.shape}")
        for name in ("exports", "imports", "exports_sd_log", "imports_sd_log"):
            array = getattr(self, name)
            if array.shape != (count,) or not (np.isfinite(array).all() and (array > 0).all()):
                faults.append(f"{name} must hold {count} positive numbers")
        if not faults and np.diag(self.allowed).any():
            faults.append("allowed is true on the diagonal; domestic sales are not estimated here")
        if faults:
            raise DataError("; ".join(faults), where="evidence")


@dataclass(frozen=True)
class Reconciliation:
    """The fitted flows and how the fit went.

    Attributes
    ----------
    flows
        ``[N, N]`` million USD; zero where trade is not allowed.
    prior_mean
        ``[N, N]`` million USD: what kernel, offset and effects alone would say.
    sd_log
        ``[N, N]`` standard deviation of each log flow given all others: the curvature at the
        mode. It is not calibrated; `calibration` turns it into one that is.
    coefficients
        ``[K]`` fitted coefficients of the kernel.
    iterations, objective, largest_step
        Newton steps, value of the minimised function, last change of a log flow.
    """

    flows: FloatArray
    prior_mean: FloatArray
    sd_log: FloatArray
    coefficients: FloatArray
    iterations: int
    objective: float
    largest_step: float


@dataclass(frozen=True)
class ReconcileOptions:
    """How far to go.

    Attributes
    ----------
    iterations
        Newton steps after which the fit is given up.
    tolerance
        Largest change of a log flow in the last step.
    """

    iterations: int = 300
    tolerance: float = 1e-5


def reconcile(evidence: Evidence, options: ReconcileOptions | None = None) -> Reconciliation:
    """Find the flows that fit all the evidence best.

    Parameters
    ----------
    evidence
        Totals, cells, bounds and kernel of one kind of trade.
    options
        Iterations and tolerance.

    Returns
    -------
    Reconciliation
        Flows in the unit of the totals.

    Raises
    ------
    ConvergenceError
        The steps did not shrink below the tolerance.
    """
    options = options or ReconcileOptions()
    problem = _Problem(evidence)
    point = problem.start()
    value = problem.objective(point)
    exact = False
    for iteration in range(1, options.iterations + 1):
        step = problem.newton_step(point, exact=exact)
        length = min(1.0, LARGEST_STEP / max(step.largest, 1e-12))
        moved, moved_value = point.moved(step, length), problem.objective(point.moved(step, length))
        while moved_value > value + ROUNDING * abs(value) and length > SHORTEST_STEP:
            length /= 2.0
            moved = point.moved(step, length)
            moved_value = problem.objective(moved)
        if moved_value > value + ROUNDING * abs(value):
            if step.largest < options.tolerance:
                # Nothing is left but rounding: near a perfect fit it looks like a step uphill.
                return problem.result(point, iteration, value, step.largest)
            # Only an exact step can point uphill: bounded curvature gives a descent.
            exact = False
            continue
        point, value = moved, moved_value
        if length * step.largest < options.tolerance:
            return problem.result(point, iteration, value, length * step.largest)
        exact = step.largest < NEAR
    raise ConvergenceError(
        "the reconciliation did not settle",
        residual=float(step.largest),
        iterations=options.iterations,
        mend="Loosen the totals' standard deviations or look for observations that contradict.",
    )


@dataclass(frozen=True)
class _Point:
    log_flow: FloatArray
    effects: FloatArray  # beta, a, b in one vector of K + 2 N

    def moved(self, step: _Step, length: float) -> _Point:
        return _Point(self.log_flow + length * step.log_flow, self.effects + length * step.effects)


@dataclass(frozen=True)
class _Step:
    log_flow: FloatArray
    effects: FloatArray

    @property
    def largest(self) -> float:
        return float(np.abs(self.log_flow).max())


class _Problem:
    """The objective, its derivatives and the Newton system."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.count = len(evidence.exports)
        self.kernels = len(evidence.coefficients)
        self.allowed = evidence.allowed
        self.features = np.where(evidence.allowed, evidence.features, 0.0)
        self.weight = np.where(evidence.allowed, evidence.prior_sd**-2.0, 0.0)
        self.log_exports = np.log(evidence.exports)
        self.log_imports = np.log(evidence.imports)
        self.row_precision = evidence.exports_sd_log**-2.0
        self.column_precision = evidence.imports_sd_log**-2.0
        self.observed = [
            robust_cells(c.value, c.sd_log, c.known & self.allowed) for c in evidence.observed
        ]
        self.ceilings = [
            robust_cells(c.value, c.sd_log, c.known & self.allowed) for c in evidence.ceilings
        ]
        self.centre = np.concatenate([evidence.coefficients, np.zeros(2 * self.count)])
        self.ridge = np.concatenate(
            [evidence.coefficients_sd**-2.0, np.full(2 * self.count, WEAK_RIDGE)]
        )

    def start(self) -> _Point:
        """Scale the kernel's rows and columns to the totals; then look at single cells."""
        evidence = self.evidence
        pull = np.tensordot(evidence.coefficients, self.features, 1) + evidence.offset
        kernel = np.where(self.allowed, np.exp(pull - pull[self.allowed].mean()), 0.0)
        columns = np.ones(self.count)
        rows = columns
        for _ in range(START_ROUNDS):
            rows = evidence.exports / np.maximum(kernel @ columns, 1e-300)
            columns = evidence.imports / np.maximum(kernel.T @ rows, 1e-300)
        shift = pull[self.allowed].mean()
        self.centre[self.kernels :] = np.concatenate([np.log(rows) - shift, np.log(columns)])
        mean = self.prior_mean(self.centre)
        start = likelier_start(mean, self.weight, self.observed, self.ceilings)
        return _Point(start, self.centre.copy())

    def prior_mean(self, effects: FloatArray) -> FloatArray:
        """Compute m of the module's symbols, zero where trade is not allowed."""
        beta, exporter, importer = self._split(effects)
        mean = np.tensordot(beta, self.features, 1) + self.evidence.offset
        return np.where(self.allowed, mean + exporter[:, None] + importer[None, :], 0.0)

    def objective(self, point: _Point) -> float:
        """Compute the minimised function."""
        gap = point.log_flow - self.prior_mean(point.effects)
        total = 0.5 * float(np.sum(self.weight * gap**2))
        total += 0.5 * float(np.sum(self.ridge * (point.effects - self.centre) ** 2))
        for cells in self.observed:
            total += cells.loss(point.log_flow, one_sided=False)
        for cells in self.ceilings:
            total += cells.loss(point.log_flow, one_sided=True)
        _, _, row_gap, column_gap = self._totals(point.log_flow)
        total += 0.5 * float(np.sum(self.row_precision * row_gap**2))
        return total + 0.5 * float(np.sum(self.column_precision * column_gap**2))

    def newton_step(self, point: _Point, *, exact: bool) -> _Step:
        """Solve the Newton system at a point (see the module's head).

        With ``exact`` the robust terms enter with their own curvature, which may be negative far
        out; without it, with a bound that makes every step a descent but converges slowly.
        """
        gradient, curvature, row_share, column_share = self._derivatives(point, exact=exact)
        gap = point.log_flow - self.prior_mean(point.effects)
        gradient_effects = self.ridge * (point.effects - self.centre)
        gradient_effects -= self._pull_back(self.weight * gap)
        diagonal = self.weight + curvature
        inverse = np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=self.allowed)
        size = 2 * self.count
        top_left = self._total_block(row_share, column_share, inverse, self._spread(point, exact))
        top_right = -self._cross_block(row_share, column_share, self.weight * inverse)
        bottom = self._effect_block(self.weight * curvature * inverse) + np.diag(self.ridge)
        system = np.block([[top_left, top_right], [-top_right.T, bottom]])
        scaled = inverse * gradient
        right = np.concatenate(
            [
                -(row_share * scaled).sum(axis=1),
                -(column_share * scaled).sum(axis=0),
                -gradient_effects - self._pull_back(self.weight * scaled),
            ]
        )
        solution = np.linalg.solve(system, right)
        force, effects = solution[:size], solution[size:]
        push = row_share * force[: self.count, None] + column_share * force[None, self.count :]
        lift = self.weight * self._push_forward(effects)
        return _Step(inverse * (lift - gradient - push), effects)

    def result(
        self, point: _Point, iterations: int, value: float, largest: float
    ) -> Reconciliation:
        """Turn the last point into flows."""
        _, curvature, _, _ = self._derivatives(point, exact=False)
        precision = self.weight + curvature
        sd_log = np.divide(
            1.0, np.sqrt(precision), out=np.zeros_like(precision), where=precision > 0
        )
        prior = self.prior_mean(point.effects)
        return Reconciliation(
            flows=np.where(self.allowed, np.exp(point.log_flow), 0.0),
            prior_mean=np.where(self.allowed, np.exp(prior), 0.0),
            sd_log=sd_log,
            coefficients=point.effects[: self.kernels],
            iterations=iterations,
            objective=value,
            largest_step=largest,
        )

    def _derivatives(
        self, point: _Point, *, exact: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        log_flow = point.log_flow
        gradient = self.weight * (log_flow - self.prior_mean(point.effects))
        curvature = np.zeros_like(gradient)
        for group, one_sided in ((self.observed, False), (self.ceilings, True)):
            for cells in group:
                slope, bound, bend = cells.slope(log_flow, one_sided=one_sided)
                gradient += slope
                curvature += bend if exact else bound
        row_share, column_share, row_gap, column_gap = self._totals(log_flow)
        rows = row_share * (self.row_precision * row_gap)[:, None]
        columns = column_share * (self.column_precision * column_gap)[None, :]
        gradient += rows + columns
        if exact:
            curvature += rows + columns
        else:
            # Only the convex part of the totals' own curvature: it keeps the step a descent.
            curvature += np.maximum(rows, 0.0) + np.maximum(columns, 0.0)
        curvature = np.maximum(curvature, -LEAST_CURVATURE * self.weight)
        return gradient, curvature, row_share, column_share

    def _totals(
        self, log_flow: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        flow = np.where(self.allowed, np.exp(np.clip(log_flow, -80.0, 80.0)), 0.0)
        rows, columns = flow.sum(axis=1), flow.sum(axis=0)
        return (
            flow / rows[:, None],
            flow / columns[None, :],
            np.log(rows) - self.log_exports,
            np.log(columns) - self.log_imports,
        )

    def _split(self, effects: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        kernels, count = self.kernels, self.count
        return effects[:kernels], effects[kernels : kernels + count], effects[kernels + count :]

    def _pull_back(self, cells: FloatArray) -> FloatArray:
        """Compute Q' cells: sums by feature, exporter and importer."""
        by_feature = np.tensordot(self.features, cells, 2)
        return np.concatenate([by_feature, cells.sum(axis=1), cells.sum(axis=0)])

    def _push_forward(self, effects: FloatArray) -> FloatArray:
        beta, exporter, importer = self._split(effects)
        return np.tensordot(beta, self.features, 1) + exporter[:, None] + importer[None, :]

    def _spread(self, point: _Point, exact: bool) -> tuple[FloatArray, FloatArray]:  # noqa: FBT001
        """Compute the totals' variances; the exact curvature of a total that is missed is less."""
        row_variance, column_variance = 1.0 / self.row_precision, 1.0 / self.column_precision
        if not exact:
            return row_variance, column_variance
        _, _, row_gap, column_gap = self._totals(point.log_flow)
        return (
            row_variance / np.maximum(1.0 - row_gap, LEAST_CURVATURE),
            column_variance / np.maximum(1.0 - column_gap, LEAST_CURVATURE),
        )

    def _total_block(
        self,
        row_share: FloatArray,
        column_share: FloatArray,
        inverse: FloatArray,
        variance: tuple[FloatArray, FloatArray],
    ) -> FloatArray:
        """Compute P A^-1 P' + Lambda^-1 for the 2 N totals."""
        rows = np.diag((row_share**2 * inverse).sum(axis=1) + variance[0])
        columns = np.diag((column_share**2 * inverse).sum(axis=0) + variance[1])
        cross = row_share * column_share * inverse
        return np.block([[rows, cross], [cross.T, columns]])

    def _cross_block(
        self, row_share: FloatArray, column_share: FloatArray, weight: FloatArray
    ) -> FloatArray:
        """Compute P diag(weight) Q, shape 2 N by K + 2 N."""
        rows, columns = row_share * weight, column_share * weight
        upper = [
            np.einsum("ij,kij->ik", rows, self.features),
            np.diag(rows.sum(axis=1)),
            rows,
        ]
        lower = [
            np.einsum("ij,kij->jk", columns, self.features),
            columns.T,
            np.diag(columns.sum(axis=0)),
        ]
        return np.block([upper, lower])

    def _effect_block(self, weight: FloatArray) -> FloatArray:
        """Compute Q' diag(weight) Q, shape K + 2 N squared."""
        weighted = self.features * weight
        flat = self.features.reshape(self.kernels, -1)
        by_exporter, by_importer = weighted.sum(axis=2), weighted.sum(axis=1)
        return np.block(
            [
                [weighted.reshape(self.kernels, -1) @ flat.T, by_exporter, by_importer],
                [by_exporter.T, np.diag(weight.sum(axis=1)), weight],
                [by_importer.T, weight.T, np.diag(weight.sum(axis=0))],
            ]
        )
