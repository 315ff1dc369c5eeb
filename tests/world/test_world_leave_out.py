"""Who reports, what is carried, and the pieces of the tests that leave cells out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from landbridge.world.building.assemble import PAST_YEARS
from landbridge.world.building.calibration import CellClass, Unrest, calibration, stated_sd
from landbridge.world.building.carry import Past, complete_cells, growth_of, past_of, prior_of
from landbridge.world.building.evidence import ListOptions, PartnerLists, list_cells, load_evidence
from landbridge.world.building.leave_out import groups_of, lists_like, score
from landbridge.world.building.observed import pack_observed, reporters, unpack_observed
from landbridge.world.history import load_history


def made_up_past(count: int, seed: int) -> tuple[Past, np.ndarray]:
    """Draw a past, and today's flows: grown by exporter and importer, with a little noise."""
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(4.0, 2.0, size=(count, count)))
    np.fill_diagonal(flows, 0.0)
    grown = np.exp(0.3 * rng.normal(size=count)[:, None] + 0.3 * rng.normal(size=count)[None, :])
    today = flows * grown * np.exp(0.1 * rng.normal(size=(count, count)))
    nothing = np.zeros((count, count))
    known = np.ones((count, count), dtype=bool)
    ties = np.zeros((0, count, count))
    return Past(flows, known, nothing, nothing, nothing, ties), today


@pytest.mark.unit
def test_growth_of_exporters_and_importers_is_found_though_some_cells_go_astray() -> None:
    past, today = made_up_past(30, 1)
    off = ~np.eye(30, dtype=bool)
    spoilt = today.copy()
    spoilt[3, ::4] *= 1e4
    growth = growth_of(np.where(off, spoilt, np.nan), prior_of(past), off)
    expected = np.log(today[off] / past.flows[off])
    # Ties of noise 0.1 leave little; the cells gone astray do not carry their row away.
    assert np.median(np.abs(np.log(growth.factor[off]) - expected)) < 0.15
    assert growth.wider[3, 4] > 3.0 * np.median(growth.wider[off])


@pytest.mark.unit
def test_holes_are_filled_and_known_cells_kept() -> None:
    past, today = made_up_past(30, 2)
    hole = np.zeros((30, 30), dtype=bool)
    hole[:6, :6] = True
    known = np.where(hole, np.nan, today)
    done = complete_cells(known, prior_of(past))
    off = ~np.eye(30, dtype=bool)
    assert np.array_equal(done.flows[~hole & off], today[~hole & off])
    gap = np.log(done.flows[hole & off] / today[hole & off])
    assert np.median(np.abs(gap)) < 0.3


@pytest.mark.unit
def test_a_zero_that_is_known_stays_zero() -> None:
    past, today = made_up_past(12, 3)
    today[2, 5] = 0.0
    today[4, 7] = np.nan
    done = complete_cells(today, prior_of(past))
    assert done.flows[2, 5] == 0.0
    assert done.flows[4, 7] > 0.0


@pytest.mark.unit
def test_raw_materials_of_today_are_a_part_that_growth_does_not_move() -> None:
    past, today = made_up_past(20, 4)
    raw = np.zeros_like(today)
    raw[1, 2] = 1e6
    told = Past(past.flows, past.known, past.spread, raw * 0.0, raw, past.ties)
    known = today.copy()
    known[1, 2] = np.nan
    done = complete_cells(known, prior_of(told))
    assert done.expected[1, 2] >= 1e6


@pytest.mark.unit
def test_those_who_do_not_report_leave_no_cell_among_themselves() -> None:
    past, today = made_up_past(40, 5)
    silent = np.zeros(40, dtype=bool)
    silent[[1, 5, 8, 20, 33]] = True
    table = np.where(silent[:, None] & silent[None, :], 0.0, today)
    # A flow that really ended is no sign of silence.
    table[0, 2] = 0.0
    held = np.ones(40, dtype=bool)
    assert np.array_equal(reporters(table, past.flows, held), ~silent)


@pytest.mark.unit
def test_who_reported_by_the_release_is_told_from_the_table() -> None:
    stored = load_evidence()
    reports = dict(zip(stored.iso3, stored.observed.reports, strict=True))
    assert not any(reports[code] for code in ("KOR", "VNM", "RUS", "BLR", "POL", "PHL", "IRQ"))
    assert all(reports[code] for code in ("CHN", "USA", "DEU", "PAK", "IND", "KAZ", "UZB"))
    past = past_of(load_history(), stored.iso3, PAST_YEARS, (1.0, 1.0, 1.0))
    again = reporters(stored.observed.recorded, past.flows, stored.observed.held)
    assert np.array_equal(again, stored.observed.reports)
    # Nobody who does not report has a recorded cell with another who does not.
    hole = ~stored.observed.visible
    assert stored.observed.recorded[hole].sum() == 0.0


@pytest.mark.unit
def test_recorded_trade_packs_and_unpacks_to_the_same() -> None:
    observed = load_evidence().observed
    again = unpack_observed(pack_observed(observed), len(observed.held))
    assert np.allclose(again.recorded, observed.recorded, atol=5e-4)
    assert np.array_equal(again.reports, observed.reports)
    assert np.array_equal(again.barrier, observed.barrier)


@pytest.mark.unit
def test_a_large_quiet_cell_is_surer_than_a_small_restless_one() -> None:
    classes = np.array([CellClass.CARRIED.value] * 2)
    unrest = Unrest(np.array([0.1, 2.0]), np.zeros(2), np.array([1.0, 1.5]))
    found = stated_sd(np.array([2_000.0, 2.0]), classes, calibration(), unrest)
    assert 0.0 < found[0] < 0.5 * found[1]
    zero = stated_sd(np.zeros(1), np.array([CellClass.ZERO.value]), calibration())
    assert zero[0] == 0.0


@pytest.mark.unit
def test_groups_hold_every_economy_once() -> None:
    reports = load_evidence().observed.reports
    whole = np.concatenate(groups_of(reports, 4))
    assert np.array_equal(np.sort(whole), np.flatnonzero(reports))


@pytest.mark.unit
def test_lists_of_another_year_are_as_short_and_as_rounded() -> None:
    share = np.array([[np.nan, 0.4, np.nan], [0.5, np.nan, 0.2], [np.nan, np.nan, np.nan]])
    truth = np.array([[0.0, 1.0, 5.0], [3.0, 0.0, 4.0], [1.0, 1.0, 0.0]])
    lists = lists_like(PartnerLists(share, np.full((3, 3), np.nan)), truth, np.arange(3))
    assert np.isfinite(lists.by_exporter).sum(axis=1).tolist() == [1, 2, 0]
    assert lists.by_exporter[0, 2] == pytest.approx(0.83)
    assert not np.isfinite(lists.by_importer).any()


@pytest.mark.unit
def test_a_score_counts_what_lies_within_its_deviations() -> None:
    frame = pd.DataFrame(
        {
            "truth_million_usd": [10.0, 20.0, 20.0, 0.0],
            "predicted_million_usd": [10.0, 30.0, 80.0, 1.0],
        }
    )
    told = score(frame, np.array([0.1, 0.3, 0.3, 1.0]))
    assert told["cells"] == 3.0
    assert told["within_1sd_percent"] == pytest.approx(100.0 / 3.0)
    assert told["within_2sd_percent"] == pytest.approx(200.0 / 3.0)
    assert told["within_2x_percent"] == pytest.approx(200.0 / 3.0)


@pytest.mark.unit
def test_a_share_becomes_a_cell_and_the_smallest_share_bounds_the_rest() -> None:
    share = np.array([[np.nan, 0.40, np.nan], [np.nan, np.nan, np.nan], [np.nan, np.nan, np.nan]])
    lists = PartnerLists(share, np.full((3, 3), np.nan))
    observed, bounds = list_cells(
        lists, np.array([100.0, 50.0, 20.0]), np.ones(3), options=ListOptions()
    )
    assert observed[0].value[0, 1] == pytest.approx(40.0)
    assert observed[0].sd_log[0, 1] == pytest.approx(0.12, abs=0.001)
    assert bounds[0].value[0, 2] == pytest.approx(40.5)
    assert not bounds[0].known[1:].any()
    assert not observed[1].known.any()


@pytest.mark.unit
def test_a_small_share_is_known_less_well_than_a_large_one() -> None:
    share = np.array([[np.nan, 0.01], [0.30, np.nan]])
    observed, _ = list_cells(
        PartnerLists(share, np.full((2, 2), np.nan)), np.ones(2), np.ones(2), options=ListOptions()
    )
    assert observed[0].sd_log[0, 1] > 2.0 * observed[0].sd_log[1, 0]
