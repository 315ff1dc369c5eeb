"""What the past of pairs tells of their trade, and potentials that rest on it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from landbridge.cli import app
from landbridge.errors import InputError
from landbridge.gravity.uses.own_past import fit_own_past, net_change, size_class, usual_trade
from landbridge.gravity.uses.pair_potential import base_year, in_history, pair_potential
from landbridge.gravity.uses.sizes import (
    effect_given_sizes,
    given_sizes,
    given_sizes_without,
    year_square,
)
from landbridge.gravity.uses.two_economies import potential
from landbridge.world.baseline import load_baseline
from landbridge.world.history import load_history

SAME = 1e-7


def made_up(seed: int, count: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Make two years of flows that differ by sizes and openness only."""
    rng = np.random.default_rng(seed)
    start = np.exp(rng.normal(size=(count, count)))
    moved = np.exp(0.3 * rng.normal(size=count))[:, None] * np.exp(0.3 * rng.normal(size=count))
    openness = np.where(np.eye(count, dtype=bool), 1.0, 1.4)
    return start, start * moved * openness


@pytest.mark.property
@pytest.mark.parametrize("seed", range(5))
def test_a_flow_left_out_is_found_again_where_only_sizes_changed(seed: int) -> None:
    start, end = made_up(seed)
    assert given_sizes(start, end, np.zeros_like(start)) == pytest.approx(end, rel=SAME)
    for cell in ((0, 1), (5, 2)):
        spoilt = end.copy()
        spoilt[cell] *= 50.0  # what the pair itself trades must not matter
        assert given_sizes_without(start, spoilt, cell) == pytest.approx(end[cell], rel=1e-6)


@pytest.mark.property
@pytest.mark.parametrize("effect", [-0.4, 0.0, 0.7])
def test_the_effect_of_an_agreement_is_found_where_it_alone_changed_more(effect: float) -> None:
    start, end = made_up(3)
    treated = np.zeros(start.shape, dtype=bool)
    treated[0, 1] = treated[1, 0] = treated[2, 3] = True
    end = np.where(treated, end * np.exp(effect), end)
    found, fitted = effect_given_sizes(start, end, treated)
    assert found == pytest.approx(effect, abs=1e-6)
    assert fitted == pytest.approx(end, rel=1e-6)


@pytest.mark.unit
def test_usual_trade_adds_up_to_what_economies_sell() -> None:
    history, usual = load_history(), usual_trade(2014)
    known = history.known[history.at(2014)]
    assert np.where(known, usual, 0.0).sum(axis=1) == pytest.approx(
        history.goods[history.at(2014)].sum(axis=1), rel=1e-5, abs=1e-3
    )


@pytest.mark.golden
@pytest.mark.parametrize(("until", "check"), [(2014, 2019), (2020, 2023)])
def test_the_past_predicts_better_than_sizes_alone_and_bands_hold_about_nine_in_ten(
    until: int, check: int
) -> None:
    past = fit_own_past(until, check - until)
    assert past.end == until  # nothing later is known to it
    strayed, scored = net_change(until, check)
    shift, groups = past.shift(until), past.groups(until)
    scored &= year_square(until) >= 1.0
    missed = (strayed - shift)[scored]
    assert np.sqrt(np.mean(missed**2)) < 0.95 * np.sqrt(np.mean(strayed[scored] ** 2))
    assert np.corrcoef(shift[scored], strayed[scored])[0, 1] > 0.3
    ends = np.array([np.percentile(pool, [5.0, 95.0]) for pool in past.pools])[groups[scored]]
    inside = (missed >= ends[:, 0]) & (missed <= ends[:, 1])
    assert 0.85 <= inside.mean() <= 0.94


@pytest.mark.unit
def test_gaps_close_and_moves_pass_in_every_class_of_size() -> None:
    past = fit_own_past(2014, 5)
    assert (past.coefficients[1:, 1] < 0).all()
    assert (past.coefficients[1:, 2] < 0).all()
    assert size_class(np.array([0.5, 1.0, 50.0, 5000.0])).tolist() == [0, 1, 2, 4]
    with pytest.raises(InputError, match="too few years"):
        fit_own_past(2002, 5)


@pytest.mark.golden
def test_the_potential_of_pakistan_and_uzbekistan_is_of_use() -> None:
    found = pair_potential(load_baseline(), [("PAK", "UZB"), ("UZB", "PAK")])
    assert found.base == 2020
    table = found.table.set_index("exporter")
    assert table.loc["PAK", "recorded"] == pytest.approx(34.711)
    both = table[["potential", "likely_low", "likely_high", "potential_high"]].sum()
    assert 100.0 < both["potential"] < 250.0
    assert both["likely_high"] / both["likely_low"] < 5.0
    # BACI of 2023, which the potential does not know, lies in the band.
    history = load_history()
    for exporter, importer in (("PAK", "UZB"), ("UZB", "PAK")):
        seen = history.goods[-1, history.index(exporter), history.index(importer)]
        row = table.loc[exporter]
        assert row["potential_low"] < seen < row["potential_high"]


@pytest.mark.unit
def test_pairs_without_a_past_stand_on_the_cross_section_and_say_so() -> None:
    assert base_year(2023) == 2020
    assert base_year(2019) == 2018
    assert not in_history(("TWN", "PAK"), 2023)
    with pytest.raises(InputError, match="does not hold this pair"):
        potential(load_baseline(), "TWN", "PAK", method="own_past")
    with pytest.raises(InputError, match="goods only"):
        potential(load_baseline(), "PAK", "UZB", kind="services", method="own_past")


@pytest.mark.journey
def test_the_command_shows_both_bands_and_what_gravity_makes_usual() -> None:
    told = CliRunner().invoke(app, ["potential", "PAK", "UZB", "--json"])
    assert told.exit_code == 0, told.output
    table = json.loads(told.output)["tables"]["potential"]
    names = [column["name"] for column in table["columns"]]
    for row in (dict(zip(names, cells, strict=True)) for cells in table["rows"]):
        assert row["potential_low"] < row["likely_low"] < row["potential"]
        assert row["potential"] < row["likely_high"] < row["potential_high"]
        assert row["usual"] > 0
        assert row["recorded_year"] == 2020
