"""Backcasts: exact on a made-up world that obeys the model, honest on the Guide's panel."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from landbridge.cli import app
from landbridge.errors import InputError, UnknownNameError
from landbridge.gravity.uses.sizes import given_sizes
from landbridge.studies.backcast.panel import BackcastQuestion
from landbridge.studies.backcast.study import backcast, correlation

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "agtpa"
EFFECT = 0.6
PARTIES = ("A", "B", "C")
QUESTION = BackcastQuestion(PARTIES, until=2, check=4, every=1, draws=50)


def made_up(seed: int = 1, noise: float = 0.0) -> pd.DataFrame:
    """Make a panel of gravity flows in which agreements raise trade by one effect.

    D and E have an agreement from year 2 on (so that the effect can be estimated); A and B from
    year 3 on; F and G always.
    """
    rng = np.random.default_rng(seed)
    codes = list("ABCDEFGH")
    count = len(codes)
    kernel = np.exp(rng.normal(size=(count, count))) * 1e3
    kernel[np.diag_indices(count)] *= 30.0
    rows = []
    for year in (1, 2, 3, 4):
        sizes = np.outer(np.exp(rng.normal(0, 0.3, count)), np.exp(rng.normal(0, 0.3, count)))
        for i, exporter in enumerate(codes):
            for j, importer in enumerate(codes):
                pair = {exporter, importer}
                since = {frozenset("DE"): 2, frozenset("AB"): 3, frozenset("FG"): 0}
                rta = float(year >= since.get(frozenset(pair), 99))
                openness = 0.1 * year * (exporter != importer)
                chance = noise * rng.normal()
                trade = kernel[i, j] * sizes[i, j] * np.exp(EFFECT * rta + openness + chance)
                rows.append((exporter, importer, year, trade, rta))
    return pd.DataFrame(rows, columns=["exporter", "importer", "year", "trade", "rta"])


@pytest.mark.golden
def test_a_world_that_obeys_the_model_is_predicted_exactly() -> None:
    found = backcast(made_up(), QUESTION)
    assert found.estimate["estimate"].iloc[0] == pytest.approx(EFFECT, abs=1e-8)
    pairs = found.pairs.set_index(["exporter", "importer"])
    assert pairs["treated"].sum() == 2
    assert pairs.loc[("A", "B"), "treated"]
    assert pairs["predicted_percent"].to_numpy() == pytest.approx(
        pairs["actual_percent"].to_numpy(), abs=1e-5
    )
    scores = found.scores.set_index("pairs of")
    assert scores["error_with"].max() < 1e-7
    assert scores.loc["pairs that the agreement treats", "error_sizes"] > 0.1
    assert scores.loc["all pairs", "correlation_with"] == pytest.approx(1.0)


@pytest.mark.unit
def test_given_sizes_adds_up_and_does_nothing_where_nothing_changes() -> None:
    rng = np.random.default_rng(5)
    start = np.exp(rng.normal(size=(6, 6)))
    end = np.exp(rng.normal(size=(6, 6)))
    found = given_sizes(start, end, np.zeros((6, 6)))
    assert found.sum(axis=1) == pytest.approx(end.sum(axis=1), rel=1e-8)
    assert found.sum(axis=0) == pytest.approx(end.sum(axis=0), rel=1e-8)
    assert np.trace(found) == pytest.approx(np.trace(end), rel=1e-8)
    assert given_sizes(start, start, np.zeros((6, 6))) == pytest.approx(start, rel=1e-8)


@pytest.mark.unit
def test_wide_bands_hold_about_nine_in_ten_when_chance_stays_the_same() -> None:
    scores = backcast(made_up(3, noise=0.15), QUESTION).scores.set_index("pairs of")
    assert 75.0 <= scores.loc["all pairs", "in_wide_band_percent"] <= 100.0
    assert (
        scores.loc["all pairs", "in_band_percent"] < scores.loc["all pairs", "in_wide_band_percent"]
    )


@pytest.mark.unit
def test_correlation_of_too_little_is_not_a_number() -> None:
    assert np.isnan(correlation(np.array([1.0, 2.0]), np.array([1.0, 2.0])))
    assert np.isnan(correlation(np.ones(4), np.arange(4.0)))
    assert correlation(np.arange(4.0), 2.0 * np.arange(4.0)) == pytest.approx(1.0)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("question", "said"),
    [
        (BackcastQuestion(PARTIES, until=2, check=9, every=1), "no year 9"),
        (BackcastQuestion(PARTIES, until=4, check=3, every=1), "must come after"),
        (BackcastQuestion(PARTIES, until=2, check=4, every=4), "only 1 year"),
        (BackcastQuestion(("F", "G"), until=2, check=4, every=1), "no pair of the parties gets"),
        (BackcastQuestion(("A", "Z"), until=2, check=4, every=1), "'Z' is not in the panel"),
        (BackcastQuestion(PARTIES, until=2, check=4, agreement="rtaa", every=1), "no column rtaa"),
    ],
)
def test_questions_that_cannot_be_answered(question: BackcastQuestion, said: str) -> None:
    with pytest.raises((InputError, UnknownNameError), match=said):
        backcast(made_up(), question)


@pytest.mark.unit
def test_a_panel_without_domestic_sales_is_refused() -> None:
    table = made_up()
    abroad = table[table["exporter"] != table["importer"]]
    with pytest.raises(InputError, match="domestic sales of 8 economies"):
        backcast(abroad, QUESTION)


@pytest.mark.unit
def test_domestic_sales_that_are_there_and_not_positive_are_not_called_missing() -> None:
    table = made_up()
    home = (table["exporter"] == "D") & (table["importer"] == "D") & (table["year"] == 2)
    with pytest.raises(InputError, match=r"1 economy are not above zero in 2 \(D\)") as told:
        backcast(table.assign(trade=table["trade"].mask(home, 0.0)), QUESTION)
    assert "missing" not in str(told.value)
    with pytest.raises(InputError, match=r"1 economy are missing in 2 \(D\)"):
        backcast(table[~home], QUESTION)


@pytest.mark.journey
def test_a_border_that_others_explain_can_be_left_out_as_the_message_says(tmp_path: Path) -> None:
    table = made_up()
    table = table[(table["exporter"] != table["importer"]) | (table["year"] != 1)]
    file = tmp_path / "trade.csv"
    table.to_csv(file, index=False)
    asked = ["backcast", str(file), "--parties", "A,B,C", "--until", "2", "--check", "4"]
    told = CliRunner().invoke(app, [*asked, "--every", "1"])
    assert "--collinear drop" in str(told.exception)
    told = CliRunner().invoke(app, [*asked, "--every", "1", "--collinear", "drop"])
    assert told.exit_code == 0, told.output
    assert "Left out of the estimate" in told.output


@pytest.mark.journey
def test_the_command_reads_a_panel_and_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "trade.csv"
    made_up().to_csv(file, index=False)
    asked = ["backcast", str(file), "--parties", "A,B,C", "--until", "2", "--check", "4"]
    told = CliRunner().invoke(app, [*asked, "--every", "1"])
    assert told.exit_code == 0, told.output
    assert "rta: 0.600" in told.output
    bare = CliRunner().invoke(app, ["backcast", str(file)])
    assert isinstance(bare.exception, InputError)
    assert "--parties, --until and --check" in str(bare.exception)


@pytest.mark.slow
@pytest.mark.golden
@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"the Guide's data are not here: {REFERENCE}")
def test_nafta_from_1994_to_2002_as_docs_publish_it() -> None:
    pyreadr = pytest.importorskip("pyreadr")
    table = pyreadr.read_r(str(REFERENCE / "agtpa_applications.rda"))["agtpa_applications"]
    table = table.astype({"exporter": str, "importer": str, "year": int})
    found = backcast(table, BackcastQuestion(("CAN", "MEX", "USA"), until=1994, check=2002))
    assert found.estimate["estimate"].iloc[0] == pytest.approx(0.489, abs=0.001)
    assert found.estimate["std_error"].iloc[0] == pytest.approx(0.070, abs=0.001)
    pairs = found.pairs.set_index(["exporter", "importer"])
    published = {  # docs/backcasts.md: actual, sizes alone, with the agreement
        ("CAN", "MEX"): (235.7, 48.8, 124.9),
        ("MEX", "CAN"): (135.1, 96.7, 168.5),
        ("MEX", "USA"): (182.4, 118.2, 196.7),
        ("USA", "MEX"): (94.6, 55.7, 131.9),
    }
    for pair, numbers in published.items():
        row = pairs.loc[pair, ["actual_percent", "sizes_percent", "predicted_percent"]]
        assert row.to_numpy(dtype=float) == pytest.approx(numbers, abs=0.06)
    scores = found.scores.set_index("pairs of")
    treated = scores.loc["pairs that the agreement treats"]
    assert treated["error_with"] == pytest.approx(0.230, abs=0.001)
    assert treated["error_sizes"] == pytest.approx(0.450, abs=0.001)
    assert (
        scores.loc["parties with others", "error_with"]
        > scores.loc["parties with others", "error_sizes"]
    )
    assert scores.loc["all pairs", "in_wide_band_percent"] == pytest.approx(85.8, abs=1.0)


@pytest.mark.slow
@pytest.mark.journey
def test_one_cross_section_says_what_it_cannot() -> None:
    told = CliRunner().invoke(app, ["backcast", "--union", "USMCA", "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    assert len(found["tables"]["union_pairs"]["rows"]) == 6
    assert "no change over time" in found["notes"][0]
    rows = found["tables"]["union_summary"]["rows"]
    _, value, low, high = next(row for row in rows if "effect used" in row[0])
    assert low < value < high
    wrong = CliRunner().invoke(app, ["backcast", "--union", "EAEU", "--depth", "deep"])
    assert isinstance(wrong.exception, UnknownNameError)
