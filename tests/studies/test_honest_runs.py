"""A run says which numbers are medians, which way trips take, and what the model's choices do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import landbridge as lb
from landbridge.basis import embedded_basis
from landbridge.cli.runs import print_summary
from landbridge.draws.noise import NIL_MILLION_USD
from landbridge.errors import ConvergenceError
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.studies.chain.inputs import Inputs, prepare_inputs
from landbridge.studies.chain.outcomes import one_pass
from landbridge.studies.run.headline import noise_notes
from landbridge.studies.run.model_choices import model_choices_table
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import DrawnRun, assemble, draw_scenario, run_central
from landbridge.tasks import no_progress

DRAWS = 4
SMALL = 1e-9  # rounding of sums of percents


@pytest.fixture(scope="module")
def run() -> DrawnRun:
    scenario = read_scenario(find_scenario("cku"))
    return draw_scenario(embedded_basis(), scenario, draws=DRAWS, seed=2026, jobs=1)


@pytest.fixture(scope="module")
def result(run: DrawnRun) -> RunResult:
    return assemble(run)


@pytest.mark.slow
def test_every_draw_of_a_trip_takes_one_way(run: DrawnRun, result: RunResult) -> None:
    ways = result.trip_ways
    sums = ways.groupby(["origin", "destination", "stage"])["share_of_draws"].sum()
    assert sums.to_numpy() == pytest.approx(1.0, abs=SMALL)
    assert len(sums) == 2 * len(run.inputs.scenario.trips)
    central = ways[ways["central_run"]]
    assert len(central) == len(sums), "the way of the central run is listed once a trip and stage"
    # By hand, for the first trip as it stands.
    first = run.inputs.scenario.trips[0]
    taken = run.drawn.ways[:, 0, 0]
    mine = ways[(ways["origin"] == first.origin) & (ways["destination"] == first.destination)]
    shares = mine[mine["stage"] == "before"].set_index("way")["share_of_draws"]
    for way, share in shares.items():
        assert share == np.mean(taken == way)


@pytest.mark.slow
def test_changes_of_trips_are_taken_draw_by_draw(run: DrawnRun, result: RunResult) -> None:
    hours = run.drawn.trips[:, :, 1, 1] - run.drawn.trips[:, :, 0, 1]
    found = result.trips["hours_change_median"].to_numpy()
    assert found == pytest.approx(np.median(hours, axis=0))


@pytest.mark.slow
def test_headline_says_medians_and_names_the_central_run(result: RunResult) -> None:
    told = " ".join(result.headline)
    assert f"the median of {DRAWS} draws" in told
    assert "With every input at its centre it is" in told
    assert ", mean " in told


@pytest.mark.slow
def test_the_shell_prints_medians_under_the_band(
    result: RunResult, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = result.trade_pairs.assign(
        change_percent=777.0, change_percent_median=55.5,
        change_percent_low=44.4, change_percent_high=66.6,
    )  # fmt: skip
    print_summary(replace(result, trade_pairs=changed))
    printed = capsys.readouterr().out
    assert "55.5" in printed
    assert "777" not in printed
    assert "median of the draws" in printed


@pytest.mark.slow
def test_closures_and_choices_stand_beside_the_band(run: DrawnRun, result: RunResult) -> None:
    table = result.model_choices
    assert table["what"].tolist() == [
        "draws", *["closure"] * 3, *["choice"] * 3, *["production"] * 4,
    ]  # fmt: skip
    own = table[table["in_this_run"]]["focus_income_percent"]
    central = run.central.outcome.real_income_percent[run.inputs.focus]
    assert (own == central).all(), "rows of this run are the central run, and not another"
    made = table[table["what"] == "production"].set_index("option")["focus_income_percent"]
    assert made["round-about"] == pytest.approx(made["one sector"], rel=0.05)
    assert made.notna().all()
    # Another choice, run as a run of its own.
    least = run.inputs.scenario.model_copy(update={"choice": "least"})
    alone = run_central(prepare_inputs(embedded_basis(), least)).outcome.real_income_percent
    row = table.set_index("option").loc["least"]
    assert row["focus_income_percent"] == pytest.approx(alone[run.inputs.focus], rel=1e-9)
    assert row["less_this_run_percent"] == pytest.approx(
        alone[run.inputs.focus] - central, rel=1e-6
    )


@pytest.mark.slow
def test_a_closure_without_an_answer_says_so(
    run: DrawnRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_additive(inputs: Inputs, *rest: Any) -> object:
        if inputs.scenario.closure == "additive":
            raise ConvergenceError("nothing is left to spend", residual=1.0, iterations=3)
        return one_pass(inputs, *rest)

    monkeypatch.setattr("landbridge.studies.run.model_choices.one_pass", without_additive)
    table = model_choices_table(
        run.inputs, run.central.outcome, run.drawn, jobs=1, progress=no_progress
    ).set_index("option")
    assert np.isnan(table.loc["additive", "focus_income_percent"])
    assert "no answer: nothing is left to spend" in str(table.loc["additive", "explanation"])
    assert np.isfinite(table.loc["proportional", "focus_income_percent"])


@pytest.mark.slow
def test_a_quick_answer_runs_no_other_closure(run: DrawnRun) -> None:
    none = replace(
        run.drawn,
        **{name: getattr(run.drawn, name)[:0] for name in vars(run.drawn)},
    )
    table = model_choices_table(run.inputs, run.central.outcome, none, jobs=1, progress=no_progress)
    assert table.empty


@pytest.mark.slow
def test_notes_say_what_is_about_nil_and_what_is_noise(run: DrawnRun, result: RunResult) -> None:
    nil = result.income["million_usd_median"].abs() < NIL_MILLION_USD
    assert nil.any()
    told = noise_notes(result, run.drawn)
    assert told[0].startswith("About nil is a gain or loss of less than 0.0001 percent of GDP or")
    # Draws that lie on both sides of zero in every economy: noise in all that is not nil.
    split = np.where(np.arange(DRAWS)[:, None] % 2, 1.0, -1.0) * np.ones(len(result.income))
    noisy = replace(run.drawn, real_income_percent=split)
    assert "Smaller than the noise of 4 draws: real income of" in noise_notes(result, noisy)[1]


@pytest.mark.slow
def test_nobody_below_the_threshold_is_named(result: RunResult) -> None:
    told = [one for one in result.headline if one.startswith("Largest ")]
    income = result.income.set_index("name")
    small = income[income["million_usd_median"].abs() < NIL_MILLION_USD]
    assert isinstance(small, pd.DataFrame)
    assert len(small)
    for sentence in told:
        listed = [part.split(" +")[0] for part in sentence.split(": ")[1].split("), ")]
        assert not set(listed) & set(small.index)


@pytest.mark.slow
def test_no_note_says_that_costs_are_left_out_beside_a_net_present_value() -> None:
    result = lb.load().run("cku", draws=0, jobs=1)
    assert any("net present value" in one for one in result.headline)
    notes = " ".join(result.notes)
    assert "is not set against" not in notes
    assert "does not ramp up" not in notes, "the appraisal ramps up"
    assert "freight within an economy stays as it is" not in notes, "the appraisal counts it"
    # What a note leaves out, it leaves out of real income.
    assert "Real income is that of a full year" in notes
