"""How deviations are fitted, held out and told, and where a fit of flows begins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from baseline_deviations import (
    AIM_ONE,
    AIM_TWO,
    binomial_interval,
    coverage,
    fit_class,
    held_out_deviations,
    measurable,
)
from landbridge.world.building.calibration import CellClass
from landbridge.world.building.leave_out import FOLDS, folds_of, without_mended
from landbridge.world.building.reconcile import Cells, Evidence, reconcile
from landbridge.world.building.robust_cells import likelier_start, robust_cells

CODES = tuple(f"{first}{second}A" for first in "ABCDEFGH" for second in "ABCDE")


def made_up_errors(degrees: float, seed: int) -> pd.DataFrame:
    """Draw predictions whose error grows as flows shrink, with tails of Student's distribution."""
    rng = np.random.default_rng(seed)
    count = 4000
    truth = np.exp(rng.normal(3.0, 2.0, size=count))
    spread = 0.6 * truth**-0.1
    predicted = truth * np.exp(spread * rng.standard_t(degrees, size=count))
    frame = pd.DataFrame(
        {
            "exporter": rng.choice(CODES, size=count),
            "importer": rng.choice(CODES, size=count),
            "truth_million_usd": truth,
            "predicted_million_usd": np.maximum(predicted, 0.02),
            "cell_class": CellClass.IMPUTED.value,
            "twice": True,
            "test": "made up",
        }
    )
    names = ("spread", "gap", "restless", "idle", "strain", "settled", "loose", "rounding", "alone")
    return frame.assign(**dict.fromkeys(names, 0.0), doubt=1.0)


@pytest.mark.unit
@pytest.mark.parametrize("degrees", [6.0, 1000.0])
def test_deviations_hold_what_they_should_on_exporters_that_were_not_seen(degrees: float) -> None:
    frame = made_up_errors(degrees, 1)
    told = measurable(frame, CellClass.IMPUTED)
    sd_log = held_out_deviations(told, CellClass.IMPUTED, CODES)
    error = np.abs(np.log(told["predicted_million_usd"] / told["truth_million_usd"]))
    assert AIM_ONE[0] < 100.0 * (error < sd_log).mean() < AIM_ONE[1]
    assert AIM_TWO[0] < 100.0 * (error < 2.0 * sd_log).mean() < AIM_TWO[1]


@pytest.mark.unit
def test_a_fold_is_measured_without_a_look_at_it() -> None:
    frame = measurable(made_up_errors(6.0, 2), CellClass.IMPUTED)
    first = held_out_deviations(frame, CellClass.IMPUTED, CODES)
    fold = folds_of(frame, CODES)
    assert set(fold.tolist()) == set(range(FOLDS))
    assert frame.assign(fold=fold).groupby("exporter")["fold"].nunique().max() == 1
    # Truths of one fold gone astray change what is stated in every fold but that one.
    spoilt = frame.assign(
        truth_million_usd=frame["truth_million_usd"] * np.where(fold == 3, 1e3, 1.0)
    )
    second = held_out_deviations(spoilt, CellClass.IMPUTED, CODES)
    assert np.array_equal(first[fold == 3], second[fold == 3])
    assert not np.allclose(first[fold != 3], second[fold != 3], rtol=0.01)


@pytest.mark.unit
def test_a_larger_flow_is_known_better_if_the_errors_say_so() -> None:
    fitted = fit_class(measurable(made_up_errors(6.0, 3), CellClass.IMPUTED), CellClass.IMPUTED)
    assert fitted.weights["slope"] < -0.1


@pytest.mark.unit
def test_an_interval_knows_that_errors_of_one_economy_go_together() -> None:
    frame = made_up_errors(6.0, 4)
    sd_log = np.full(len(frame), 0.5)
    alone = coverage(frame, sd_log)
    astray = frame["exporter"].isin(CODES[:20])
    together = frame.assign(
        truth_million_usd=frame["predicted_million_usd"] * np.where(astray, np.e, 1.0)
    )
    shared = coverage(together, sd_log)
    assert alone["effective_cells"] > 1000
    assert shared["effective_cells"] < 60
    low, high = binomial_interval(19 / 23, 23.0)
    # Clopper and Pearson's interval of 19 in 23, percent.
    assert low == pytest.approx(61.2, abs=0.1)
    assert high == pytest.approx(95.0, abs=0.1)
    assert binomial_interval(1.0, 5.0)[1] == 100.0
    assert binomial_interval(0.0, 5.0)[0] == 0.0


@pytest.mark.unit
def test_cells_known_to_be_wrong_are_no_truth() -> None:
    frame = pd.DataFrame({"exporter": ["AAA", "AAA"], "importer": ["BBB", "CCC"]})
    overrides = pd.DataFrame({"exporter": ["AAA"], "importer": ["BBB"], "kind": ["goods"]})
    assert without_mended(frame, overrides)["importer"].tolist() == ["CCC"]
    services = overrides.assign(kind="services")
    assert len(without_mended(frame, services)) == 2


@pytest.mark.unit
def test_a_published_flow_far_from_a_weak_prior_is_found() -> None:
    count = 4
    off = ~np.eye(count, dtype=bool)
    offset = np.where(off, np.log(10.0), 0.0)
    value = np.full((count, count), np.nan)
    value[0, 1] = 10.0 * np.exp(8.0)
    evidence = Evidence(
        exports=np.full(count, 30.0),
        imports=np.full(count, 30.0),
        exports_sd_log=np.full(count, 10.0),
        imports_sd_log=np.full(count, 10.0),
        features=np.zeros((1, count, count)),
        coefficients=np.zeros(1),
        coefficients_sd=np.ones(1),
        offset=offset,
        prior_sd=np.full((count, count), 2.5),
        allowed=off,
        observed=(Cells(value, np.full((count, count), 0.1)),),
    )
    assert np.log(reconcile(evidence).flows[0, 1] / value[0, 1]) == pytest.approx(0.0, abs=0.1)


@pytest.mark.unit
def test_a_published_flow_far_from_a_firm_prior_is_passed_over_at_the_start() -> None:
    mean = np.zeros((2, 2))
    known = np.array([[False, True], [True, False]])
    cells = robust_cells(np.full((2, 2), np.exp(3.0)), np.full((2, 2), 0.1), known)
    weak = likelier_start(mean, np.full((2, 2), 1.0 / 3.0**2), [cells], [])
    firm = likelier_start(mean, np.full((2, 2), 1.0 / 0.2**2), [cells], [])
    assert weak[0, 1] == pytest.approx(3.0)
    assert weak[0, 0] == 0.0
    assert (firm == 0.0).all()
