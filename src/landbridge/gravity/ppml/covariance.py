"""Covariances of the coefficients: each preset by its exact formula (see `Inference`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from landbridge.errors import InputError
from landbridge.gravity.panel import Grouping, Key
from landbridge.gravity.ppml.newton import solve_positive
from landbridge.gravity.spec import Inference
from landbridge.units import FloatArray, IntArray

LIFTED: Final = (
    " Their covariance had a negative eigenvalue, set to zero: the errors are somewhat too large"
    " (few clusters)."
)
ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Scores:
    """What every sandwich is made of.

    Attributes
    ----------
    projected
        ``[K, rows]`` regressors without their fixed-effects part.
    residuals
        ``[rows]`` weight times (outcome less mean).
    hessian
        ``[K, K]``.
    """

    projected: FloatArray
    residuals: FloatArray
    hessian: FloatArray

    @property
    def values(self) -> FloatArray:
        """``[K, rows]`` scores."""
        return np.asarray(self.projected * self.residuals)

    @property
    def shape(self) -> tuple[int, int]:
        """K and the number of rows."""
        return self.projected.shape[0], self.projected.shape[1]


@dataclass(frozen=True)
class Covariance:
    """A covariance with what it rests on.

    Attributes
    ----------
    matrix
        ``[K, K]``.
    clusters
        Number of clusters of each clustering; of economies under `Inference.DYADIC`.
    note
        What a reader of the table should know.
    """

    matrix: FloatArray
    clusters: tuple[int, ...]
    note: str


def sandwich(
    scores: Scores,
    inference: Inference,
    *,
    clusters: Sequence[Grouping] = (),
    pair: tuple[Key, Key] | None = None,
    linear: bool = False,
) -> Covariance:
    """Compute the covariance that a preset names.

    Parameters
    ----------
    scores
        Scores and Hessian at the solution.
    inference
        A preset with a closed form (not the bootstrap, not the bias correction).
    clusters
        Groupings of the rows, for the clustered presets.
    pair
        Exporter and importer of each row, for `Inference.DYADIC`.
    linear
        Whether the scores are those of least squares (`Inference.AGTPA_CLUSTER` depends on it).

    Raises
    ------
    InputError
        Fewer than two clusters, or a preset that needs more than scores.
    """
    variables, rows = scores.shape
    if inference in {Inference.PPMLHDFE_ROBUST, Inference.HC1}:
        values = scores.values
        left = rows - (1 if inference is Inference.PPMLHDFE_ROBUST else variables)
        matrix = _around(scores, values @ values.T) * rows / max(left, 1)
        return Covariance(matrix, (), "Robust standard errors in brackets.")
    if inference is Inference.DYADIC:
        if pair is None:
            raise InputError("dyadic standard errors need an exporter and an importer.")
        meat, economies = dyadic_meat(scores.values, pair[0].codes, pair[1].codes)
        note = "Standard errors in brackets, robust to dependence of pairs that share an economy."
        matrix, said = _repaired(_around(scores, meat))
        return Covariance(matrix, (economies,), note + said)
    if inference not in {Inference.PPMLHDFE_CLUSTER, Inference.AGTPA_CLUSTER}:
        raise InputError(f"{inference.value} is not a sandwich.")
    counts = tuple(cluster.count for cluster in clusters)
    if min(counts) < 2:  # noqa: PLR2004 - one cluster has no variance
        alone = clusters[counts.index(min(counts))].title
        raise InputError(
            f"all rows are in one cluster ({alone}).", mend="Cluster by something finer."
        )
    factor = min(counts) / (min(counts) - 1.0)
    if inference is Inference.AGTPA_CLUSTER and linear:
        factor *= (rows - 1.0) / max(rows - variables, 1)
    matrix = factor * _around(scores, cluster_meat(scores.values, clusters))
    said = ""
    if len(clusters) > 1:
        matrix, said = _repaired(matrix)
    by = " and ".join(cluster.title for cluster in clusters)
    return Covariance(matrix, counts, f"Standard errors in brackets, clustered by {by}.{said}")


def cluster_meat(scores: FloatArray, clusters: Sequence[Grouping]) -> FloatArray:
    """Sum outer products of cluster sums, several clusterings by inclusion and exclusion.

    Parameters
    ----------
    scores
        ``[K, rows]``.
    clusters
        One grouping of the rows or several (Cameron, Gelbach and Miller 2011).
    """
    variables = len(scores)
    meat = np.zeros((variables, variables))
    for size in range(1, len(clusters) + 1):
        sign = 1.0 if size % 2 else -1.0
        for chosen in combinations(clusters, size):
            codes, count = _crossed([(each.codes, each.count) for each in chosen])
            sums = group_sums(scores, codes, count)
            meat += sign * (sums @ sums.T)
    return meat


def dyadic_meat(
    scores: FloatArray, exporter: IntArray, importer: IntArray
) -> tuple[FloatArray, int]:
    """Sum products of scores over all pairs of dyads with a member in common.

    Both directions, and all years, of two economies are one dyad. Summing by economy counts two
    dyads once for the member they share, and a dyad with itself twice, once through each member;
    the latter is taken off. A dyad of an economy with itself has one member.

    Returns
    -------
    tuple
        ``[K, K]`` and the number of economies.
    """
    size = int(max(exporter.max(), importer.max())) + 1
    low, high = np.minimum(exporter, importer), np.maximum(exporter, importer)
    sums = group_sums(scores, low * size + high, size * size)
    between = np.flatnonzero(np.abs(sums).max(axis=0, initial=0.0) > 0)
    sums = sums[:, between]
    one, other = between // size, between % size
    foreign = one != other
    by_economy = group_sums(sums, one, size)
    by_economy += group_sums(sums * foreign, other, size)
    meat = by_economy @ by_economy.T - (sums * foreign) @ sums.T
    economies = len(np.unique(np.concatenate([exporter, importer])))
    return np.asarray(meat), economies


def group_sums(values: FloatArray, codes: IntArray, count: int) -> FloatArray:
    """Sum ``[K, rows]`` by group into ``[K, groups]``."""
    if not len(values):
        return np.zeros((0, count))
    return np.stack([np.bincount(codes, row, count) for row in values])


def _around(scores: Scores, meat: FloatArray) -> FloatArray:
    """Put the inverse Hessian on both sides."""
    if not len(meat):
        return meat
    half = solve_positive(scores.hessian, meat)
    whole = solve_positive(scores.hessian, np.ascontiguousarray(half.T))
    return np.asarray(0.5 * (whole + whole.T))


def _crossed(parts: list[tuple[IntArray, int]]) -> tuple[IntArray, int]:
    codes, count = parts[0]
    for other, size in parts[1:]:
        _, codes = np.unique(codes * size + other, return_inverse=True)
        count = int(codes.max()) + 1
    return codes.astype(np.int64), count


def _repaired(matrix: FloatArray) -> tuple[FloatArray, str]:
    """Lift negative eigenvalues to zero (Cameron, Gelbach and Miller 2011, section 2.3).

    Gives also what a reader must know of it.
    """
    if not len(matrix):
        return matrix, ""
    sizes, ways = np.linalg.eigh(matrix)
    if (sizes >= 0).all():
        return matrix, ""
    lifted = np.asarray((ways * np.maximum(sizes, 0.0)) @ ways.T)
    return lifted, LIFTED if sizes[0] < -ROUNDING * sizes[-1] else ""
