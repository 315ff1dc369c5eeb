"""The pair bootstrap: samples of whole clusters, each fitted from the solution at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from landbridge.errors import ConvergenceError
from landbridge.gravity.ppml.linear import solve_linear
from landbridge.gravity.ppml.newton import Start, solve_poisson
from landbridge.gravity.ppml.results import Estimation
from landbridge.gravity.spec import GravitySpec
from landbridge.units import FloatArray, IntArray

MOST_FAILURES: Final = 0.05
"""Share of samples that may fail (an effect without flows, say) before nothing is reported."""
STEP: Final = 1e-6
"""Samples are fitted to this many standard deviations: far below their spread."""


class Mapper(Protocol):
    """Applies a function to many arguments and gives the answers in order."""

    def __call__(
        self, function: Callable[[IntArray], FloatArray | None], tasks: Iterable[IntArray], /
    ) -> Iterable[FloatArray | None]:
        """Apply it; ``Executor.map`` of a pool of processes does."""


def one_by_one(
    function: Callable[[IntArray], FloatArray | None], tasks: Iterable[IntArray], /
) -> Iterator[FloatArray | None]:
    """Apply a function to one argument after the other, in this process."""
    return map(function, tasks)


@dataclass(frozen=True)
class Draws:
    """Estimates of the samples.

    Attributes
    ----------
    estimates
        ``[samples, K]``.
    covariance
        ``[K, K]`` of them, about their mean.
    failed
        Samples without an estimate.
    """

    estimates: FloatArray
    covariance: FloatArray
    failed: int


@dataclass(frozen=True)
class _Refit:
    """Fits one sample; sent to other processes as it is."""

    spec: GravitySpec
    estimation: Estimation

    def __call__(self, counts: IntArray) -> FloatArray | None:
        """Fit with each row counted as often as its cluster was drawn."""
        panel, absorber = self.estimation.panel, self.estimation.absorber
        problem, solution = self.estimation.problem, self.estimation.solution
        weights = panel.weights * counts[panel.clusters[0].codes]
        sample = replace(problem, weights=absorber.place(weights))
        with threadpool_limits(limits=1):
            if self.spec.estimator == "ols":
                return solve_linear(sample).coefficients
            start = Start(solution.index, solution.coefficients, solution.projected)
            try:
                return solve_poisson(sample, start).coefficients
            except ConvergenceError:
                return None


def bootstrap(spec: GravitySpec, estimation: Estimation, mapper: Mapper) -> Draws:
    """Fit samples of clusters drawn with replacement.

    Parameters
    ----------
    spec
        Says how many, and from which seed.
    estimation
        The fit from which each sample starts.
    mapper
        Applies a function to the samples in order.

    Raises
    ------
    ConvergenceError
        More than one sample in twenty has no estimate.
    """
    random = np.random.default_rng(spec.seed)
    clusters = estimation.panel.clusters[0].count
    share = np.full(clusters, 1.0 / clusters)
    samples = [random.multinomial(clusters, share).astype(np.int64) for _ in range(spec.draws)]
    limits = spec.limits.model_copy(
        update={"step": STEP, "projection": STEP, "adding_up": STEP, "iterations": 50}
    )
    light = replace(estimation, problem=replace(estimation.problem, limits=limits))
    answers = list(mapper(_Refit(spec, light), samples))
    found = [answer for answer in answers if answer is not None]
    failed = len(answers) - len(found)
    if failed > MOST_FAILURES * len(answers):
        raise ConvergenceError(
            f"{failed} of {len(answers)} bootstrap samples have no estimate",
            residual=failed / len(answers),
            iterations=len(answers),
            mend="Cluster more finely, or use a clustered preset.",
        )
    estimates = np.array(found)
    return Draws(
        estimates=estimates,
        covariance=np.atleast_2d(np.cov(estimates, rowvar=False)),
        failed=failed,
    )
