"""Each standard error against its definition, written out in loops."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from landbridge.errors import InputError, UnknownNameError
from landbridge.gravity import GravitySpec, Inference, fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.ppml.statements import combine, reset_test, transform

SAME = 1e-7  # relative: sums in another order over H solved another way
THREE_WAY = ("exporter-year", "importer-year", "pair")
REGRESSORS = ("agreement", "tariff")


def pieces(found: GravityFit) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return scores by row, the inverse Hessian, and the keys of the rows."""
    estimation = found.estimation
    scores = estimation.absorber.pick(estimation.solution.projected * estimation.solution.residuals)
    keys = estimation.panel.keys
    return (
        scores,
        np.linalg.inv(estimation.solution.hessian),
        keys["exporter"].codes,
        keys["importer"].codes,
    )


def outer(scores: np.ndarray, groups: list[int | tuple[int, int]]) -> np.ndarray:
    meat = np.zeros((len(scores), len(scores)))
    for group in set(groups):
        total = scores[:, [each == group for each in groups]].sum(axis=1)
        meat = meat + np.outer(total, total)
    return meat


def run(panel: Callable[..., Any], inference: Inference, **options: Any) -> GravityFit:
    table = panel(seed=11, economies=6, years=3)
    return fit(
        GravitySpec(regressors=REGRESSORS, fixed_effects=THREE_WAY, inference=inference, **options),
        table,
    )


def same(found: GravityFit, matrix: np.ndarray) -> None:
    np.testing.assert_allclose(found.covariance, matrix, rtol=SAME, atol=1e-14)
    np.testing.assert_allclose(found.coefficients["std_error"], np.sqrt(np.diag(matrix)), rtol=SAME)


@pytest.mark.unit
def test_clusters_follow_ppmlhdfe(panel: Callable[..., Any]) -> None:
    found = run(panel, Inference.PPMLHDFE_CLUSTER)
    scores, inverse, exporter, importer = pieces(found)
    groups = list(zip(exporter, importer, strict=True))
    count = len(set(groups))
    same(found, count / (count - 1) * inverse @ outer(scores, groups) @ inverse)
    assert found.diagnostics.clusters == (count,)


@pytest.mark.unit
def test_clusters_of_the_guide_equal_stata_ppml_and_count_regressors_in_least_squares(
    panel: Callable[..., Any],
) -> None:
    ppml = run(panel, Inference.AGTPA_CLUSTER)
    np.testing.assert_array_equal(
        ppml.covariance, run(panel, Inference.PPMLHDFE_CLUSTER).covariance
    )
    one = run(panel, Inference.AGTPA_CLUSTER, estimator="ols")
    other = run(panel, Inference.PPMLHDFE_CLUSTER, estimator="ols")
    rows = one.diagnostics.rows_used
    ratio = (rows - 1) / (rows - len(REGRESSORS))
    np.testing.assert_allclose(one.covariance, ratio * other.covariance, rtol=1e-12)


@pytest.mark.unit
def test_robust_errors_follow_ppmlhdfe_and_hc1(panel: Callable[..., Any]) -> None:
    found = run(panel, Inference.PPMLHDFE_ROBUST)
    scores, inverse, exporter, _ = pieces(found)
    rows = len(exporter)
    meat = inverse @ scores @ scores.T @ inverse
    same(found, rows / (rows - 1) * meat)
    same(run(panel, Inference.HC1), rows / (rows - 2) * meat)


@pytest.mark.unit
def test_two_clusterings_add_and_take_off_their_crossing(panel: Callable[..., Any]) -> None:
    found = run(panel, Inference.PPMLHDFE_CLUSTER, cluster=("exporter", "importer"))
    scores, inverse, exporter, importer = pieces(found)
    crossed = list(zip(exporter, importer, strict=True))
    meat = outer(scores, list(exporter)) + outer(scores, list(importer)) - outer(scores, crossed)
    count = min(len(set(exporter)), len(set(importer)))
    matrix = count / (count - 1) * inverse @ meat @ inverse
    sizes, ways = np.linalg.eigh(matrix)
    same(found, (ways * np.maximum(sizes, 0.0)) @ ways.T)


@pytest.mark.unit
def test_dyadic_errors_sum_over_all_pairs_of_dyads_that_share_an_economy(
    panel: Callable[..., Any],
) -> None:
    found = run(panel, Inference.DYADIC)
    scores, inverse, exporter, importer = pieces(found)
    dyads = [frozenset(ends) for ends in zip(exporter, importer, strict=True)]
    totals = {dyad: scores[:, [each == dyad for each in dyads]].sum(axis=1) for dyad in set(dyads)}
    meat = np.zeros((len(scores), len(scores)))
    for one, mine in totals.items():
        for other, its in totals.items():
            if one & other:
                meat = meat + np.outer(mine, its)
    matrix = inverse @ meat @ inverse
    sizes, ways = np.linalg.eigh(matrix)
    same(found, (ways * np.maximum(sizes, 0.0)) @ ways.T)


@pytest.mark.unit
def test_the_bootstrap_repeats_itself_and_does_not_depend_on_who_runs_it(
    panel: Callable[..., Any],
) -> None:
    table = panel(seed=12, economies=14, years=3)
    spec = GravitySpec(regressors=REGRESSORS, inference=Inference.PAIR_BOOTSTRAP, draws=60, seed=5)
    one = fit(spec, table)
    with ThreadPoolExecutor(2) as pool:
        other = fit(spec, table, mapper=pool.map)
    np.testing.assert_array_equal(one.draws, other.draws)
    assert one.draws.shape == (60, 2)
    different = fit(spec.model_copy(update={"seed": 6}), table)
    assert (different.draws != one.draws).all()
    clustered = fit(spec.model_copy(update={"inference": Inference.PPMLHDFE_CLUSTER}), table)
    ratio = one.coefficients["std_error"] / clustered.coefficients["std_error"]
    assert ((ratio > 0.7) & (ratio < 1.5)).all()


@pytest.mark.unit
def test_a_bootstrap_sample_is_a_fit_with_counts_as_weights(panel: Callable[..., Any]) -> None:
    table = panel(seed=13, economies=7, years=3, zeros=0.0)
    spec = GravitySpec(
        regressors=REGRESSORS,
        fixed_effects=("exporter-year", "importer-year"),
        inference=Inference.PAIR_BOOTSTRAP,
        draws=2,
    )
    found = fit(spec, table)
    clusters = found.estimation.panel.clusters[0]
    random = np.random.default_rng(0)
    counts = random.multinomial(clusters.count, np.full(clusters.count, 1 / clusters.count))
    table["times"] = counts[clusters.codes].astype(float)
    drawn = table[table["times"] > 0]
    again = fit(
        spec.model_copy(update={"weights": "times", "inference": Inference.PPMLHDFE_CLUSTER}),
        drawn,
    )
    np.testing.assert_allclose(found.draws[0], again.coefficients["estimate"], atol=1e-5)


@pytest.mark.unit
def test_one_cluster_is_refused(panel: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="one cluster"):
        fit(GravitySpec(regressors=REGRESSORS, cluster=("year",)), panel(seed=1, years=1))


@pytest.mark.unit
def test_sums_and_functions_of_coefficients_carry_their_covariance(
    panel: Callable[..., Any],
) -> None:
    found = run(panel, Inference.PPMLHDFE_CLUSTER)
    way = np.array([1.0, 0.5])
    stated = combine(found, {"agreement": 1.0, "tariff": 0.5})
    assert stated.estimate == pytest.approx(float(way @ found.coefficients["estimate"]))
    assert stated.std_error == pytest.approx(float(np.sqrt(way @ found.covariance @ way)))
    linear = transform(found, lambda at: at["agreement"] + 0.5 * at["tariff"])
    assert linear.std_error == pytest.approx(stated.std_error, rel=1e-6)
    with pytest.raises(UnknownNameError, match="Did you mean 'tariff'"):
        combine(found, {"tarif": 1.0})


@pytest.mark.unit
def test_reset_is_a_wald_test_of_the_squared_index(panel: Callable[..., Any]) -> None:
    table = panel(seed=14, economies=7)
    spec = GravitySpec(regressors=REGRESSORS)
    found = fit(spec, table)
    index = np.log(found.fitted)
    table["square"] = np.where(np.isfinite(index), index**2, 0.0)
    wider = fit(spec.model_copy(update={"regressors": (*REGRESSORS, "square")}), table)
    chi2 = (wider.estimate("square") / wider.std_error("square")) ** 2
    assert reset_test(found).chi2 == pytest.approx(chi2, rel=1e-6)
