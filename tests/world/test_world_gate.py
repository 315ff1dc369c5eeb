"""The gate: errors of the baseline by class may not grow, and what was published stays near.

The quick part predicts a year, one group of pairs and one group of economies anew; the slow part
runs every group and compares with the table of errors that ships.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from landbridge.atlas.blocs import members
from landbridge.world.base import CellStatus
from landbridge.world.baseline import load_baseline
from landbridge.world.building.calibration import calibration
from landbridge.world.building.evidence import load_evidence
from landbridge.world.building.leave_out import (
    above,
    economies_left_out,
    groups_of,
    pairs_left_out,
    scaled_past,
    score,
    stated,
    without_mended,
    year_ahead,
)
from landbridge.world.building.overrides import trade_overrides
from landbridge.world.history import load_history
from landbridge.world.published import compare_published
from landbridge.world.quality import fit_quality

LARGE, SMALL = 50.0, 1.0  # million USD
YEAR_LARGE, YEAR_SMALL = 0.17, 0.34  # medians of the sketch: 0.162 and 0.33
LEFT_OUT_LARGE = 0.25
NOISE_FLOOR = (0.21, 0.24)
ONE_SD, TWO_SD = (64.0, 72.0), (92.0, 97.0)
# Outside these bounds where exporters are held out, above 0.01 million USD: percent within one and
# two. Their 95 percent intervals reach the bounds.
OUTSIDE = {
    ("pairs left out of 2023", "listed"): (71.5, 91.6),
    ("economies left out of 2023, recorded totals", "listed_settled"): (71.5, 91.7),
    ("economies left out of 2023, totals of balances of payments", "imputed"): (68.0, 88.8),
    ("economies left out of 2023, recorded totals", "imputed"): (76.3, 96.9),
    ("published pairs of calendar 2023", "recorded_twice"): (58.8, 82.4),
    ("published pairs of calendar 2023", "recorded_once"): (72.7, 86.4),
}
OUTSIDE_BY = 1.0  # percentage points by which they may get worse
ABOVE_LEAST = "predicted above 0.01 million USD"
PUBLISHED_MEDIAN = 0.12
EAEU_MILLION_USD = (80_000.0, 95_000.0)  # published for 2022: 83.3 bn USD
RUSSIA_BELARUS = {("RUS", "BLR"): 22_600.0, ("BLR", "RUS"): 23_900.0}
BELOW_RAW_PART = 0.01
PAIR_GROUPS, ECONOMY_GROUPS = 4, 19  # as the build has them
SAME = 0.02  # a test that is run again strays from the table by its rounding alone
FLAGSHIP = ("KAZ", "KGZ", "TJK", "TKM", "UZB", "RUS", "AFG")


def median(frame: pd.DataFrame, size: float) -> float:
    return score(above(frame, size))["median_abs_log_error"]


@pytest.mark.unit
def test_2019_is_found_from_2016_its_totals_and_its_lists() -> None:
    frame = year_ahead(load_evidence())
    assert median(frame, LARGE) <= YEAR_LARGE
    assert median(frame, SMALL) <= YEAR_SMALL
    # Well below what the past scaled to the totals would give.
    floor = median(scaled_past(), LARGE)
    assert NOISE_FLOOR[0] < floor < NOISE_FLOOR[1]
    assert median(frame, LARGE) < floor


@pytest.mark.unit
def test_pairs_and_economies_left_out_of_2023_are_found() -> None:
    stored = load_evidence()
    pairs = pairs_left_out(stored, groups_of(stored.observed.reports, PAIR_GROUPS)[0])
    assert median(pairs, LARGE) <= LEFT_OUT_LARGE
    group = groups_of(stored.observed.held, ECONOMY_GROUPS)[0]
    assert median(economies_left_out(stored, group), LARGE) <= LEFT_OUT_LARGE


@pytest.mark.unit
def test_the_table_of_errors_meets_its_targets() -> None:
    table = fit_quality().set_index(["test", "cells_are"])
    large, small = "above 50 million USD", "above 1 million USD"
    year = table.loc["2019 from 2016, its totals and its short lists"]
    assert year.loc[large, "median_abs_log_error"] <= YEAR_LARGE
    assert year.loc[small, "median_abs_log_error"] <= YEAR_SMALL
    for test in (
        "economies left out of 2023, recorded totals",
        "economies left out of 2023, totals of balances of payments",
        "pairs left out of 2023",
        "pairs left out of 2023, no list and no raw materials",
    ):
        assert table.loc[(test, large), "median_abs_log_error"] <= LEFT_OUT_LARGE, test
    tests = {name for name, _ in table.index}
    assert len(tests) >= 8
    # By size, class and region.
    held = {cells for _, cells in table.index}
    for part in ("predicted 1 to 10", "class carried", "exporters in Asia", "status published"):
        assert any(cells.startswith(part) for cells in held), part


@pytest.mark.unit
@pytest.mark.slow
def test_stated_deviations_cover_what_was_left_out_in_every_class() -> None:
    parameters = calibration().set_index("cell_class")
    assert set(parameters.index) >= {"recorded_twice", "recorded_once", "listed", "carried"}
    stored = load_evidence()
    groups = groups_of(stored.observed.reports, PAIR_GROUPS)
    for blind in (False, True):
        frame = pd.concat([pairs_left_out(stored, group, blind=blind) for group in groups[:2]])
        frame = frame[frame["predicted_million_usd"] > 0.01]
        told = score(frame, stated(frame, calibration()))
        assert 60.0 < told["within_1sd_percent"] < 80.0
        assert told["within_2sd_percent"] > 88.0


@pytest.mark.unit
@pytest.mark.night
@pytest.mark.slow
def test_every_group_gives_the_table_of_errors_again() -> None:
    stored, parameters = load_evidence(), calibration()
    pairs = groups_of(stored.observed.reports, PAIR_GROUPS)
    sets = groups_of(stored.observed.held, ECONOMY_GROUPS)
    table = fit_quality().set_index(["test", "cells_are"])
    frames = {
        "pairs left out of 2023": [pairs_left_out(stored, group) for group in pairs],
        "pairs left out of 2023, no list and no raw materials": [
            pairs_left_out(stored, group, blind=True) for group in pairs
        ],
        "economies left out of 2023, recorded totals": [
            economies_left_out(stored, group) for group in sets
        ],
    }
    for test, parts in frames.items():
        whole = without_mended(pd.concat(parts, ignore_index=True), trade_overrides())
        for size in (LARGE, SMALL):
            part = above(whole, size)
            told = score(part, stated(part, parameters))
            row = table.loc[(test, f"above {size:g} million USD")]
            for name in ("median_abs_log_error", "within_1sd_percent", "within_2sd_percent"):
                assert told[name] == pytest.approx(row[name], rel=SAME), (test, size, name)


@pytest.mark.unit
def test_every_class_is_covered_as_stated_on_exporters_held_out_but_for_those_named() -> None:
    table = fit_quality()
    held = table[table["cells_are"].str.startswith("cross-fitted, class ")]
    held = held[~held["cells_are"].str.contains("truth of one side|above 1 million")]
    seen = {}
    for row in held.itertuples():
        name = str(row.cells_are).removeprefix("cross-fitted, class ").split(",")[0]
        case = (str(row.test), name)
        told = (float(row.within_1sd_percent), float(row.within_2sd_percent))
        seen[case] = told
        # What errors shared by an economy leave unsure reaches the bounds everywhere.
        assert row.within_1sd_low_percent < ONE_SD[1], case
        assert row.within_1sd_high_percent > ONE_SD[0], case
        assert row.within_2sd_low_percent < TWO_SD[1], case
        assert row.within_2sd_high_percent > TWO_SD[0], case
        if case in OUTSIDE:
            for now, before in zip(told, OUTSIDE[case], strict=True):
                assert abs(now - before) <= OUTSIDE_BY, case
            continue
        assert ONE_SD[0] <= told[0] <= ONE_SD[1], case
        assert TWO_SD[0] <= told[1] <= TWO_SD[1], case
    assert set(OUTSIDE) < set(seen)
    assert len(seen) - len(OUTSIDE) >= 6


@pytest.mark.unit
def test_a_mended_cell_that_cites_a_publication_says_where_it_was_read() -> None:
    table = trade_overrides()
    read = table[table["confidence"].isin(["published", "derived"])]
    assert len(read) > 10
    assert read["address"].str.startswith("https://").all()
    assert read["published_on"].str.match(r"20\d\d").all()


@pytest.mark.golden
def test_trade_inside_the_eaeu_is_what_it_published() -> None:
    world = load_baseline()
    places = [world.index(code) for code in members("EAEU", on="2023-12-31")]
    inside = sum(world.goods[one, two] for one, two in itertools.permutations(places, 2))
    assert EAEU_MILLION_USD[0] < inside < EAEU_MILLION_USD[1]
    for (exporter, importer), published in RUSSIA_BELARUS.items():
        flow = world.goods[world.index(exporter), world.index(importer)]
        assert abs(flow / published - 1.0) < 0.15


@pytest.mark.golden
def test_published_pairs_are_met() -> None:
    world = load_baseline()
    table = compare_published(world.goods, world.status_goods, world.iso3)
    assert len(table) > 55
    assert table["log_error"].abs().median() <= PUBLISHED_MEDIAN
    # Those that were not put in by hand as well.
    apart = table[table["status"].str.startswith("recorded")]
    assert len(apart) > 35
    assert apart["log_error"].abs().median() <= PUBLISHED_MEDIAN


@pytest.mark.golden
def test_pakistan_and_bangladesh_are_not_transposed() -> None:
    world = load_baseline()
    pak, bgd = world.index("PAK"), world.index("BGD")
    assert world.goods[pak, bgd] == pytest.approx(690.0, rel=0.05)
    assert world.goods[bgd, pak] == pytest.approx(59.0, rel=0.05)


@pytest.mark.unit
def test_recorded_cells_are_those_of_baci_but_for_the_mended() -> None:
    world, observed = load_baseline(), load_evidence().observed
    recorded = np.isin(world.status_goods, [CellStatus.RECORDED_TWICE, CellStatus.RECORDED_ONCE])
    gap = np.abs(world.goods[recorded] / observed.recorded[recorded] - 1.0)
    assert gap.max() < 1e-6  # single precision in the file
    mended = (observed.recorded > 0) & ~recorded
    table = trade_overrides()
    goods = table[table["kind"] == "goods"]
    listed = {(row.exporter, row.importer) for row in goods.itertuples()}
    for one, two in np.argwhere(mended):
        pair = world.iso3[one], world.iso3[two]
        below = observed.raw_now[one, two] > observed.recorded[one, two]
        assert pair in listed or below, pair
    history = load_history()
    pak, chn = (history.index(code) for code in ("PAK", "CHN"))
    same = world.goods[world.index("PAK"), world.index("CHN")]
    assert same == pytest.approx(history.goods[history.at(2023), pak, chn], rel=1e-6)


@pytest.mark.unit
def test_a_zero_between_economies_that_report_stays_zero() -> None:
    world, observed = load_baseline(), load_evidence().observed
    zero = world.status_goods == CellStatus.ZERO
    assert zero.sum() > 5000
    assert (world.goods[zero] == 0).all()
    assert (world.sd_log_goods[zero] == 0).all()
    assert observed.visible[zero].all()
    # A hole is no zero: two economies that had not reported.
    kor, vnm = world.index("KOR"), world.index("VNM")
    assert not observed.visible[kor, vnm]
    assert world.goods[kor, vnm] > 20_000.0
    assert world.status_goods[kor, vnm] == CellStatus.CARRIED


@pytest.mark.unit
def test_hardly_a_pair_lies_below_its_own_raw_materials() -> None:
    world, observed = load_baseline(), load_evidence().observed
    large = world.goods > LARGE
    below = large & (observed.raw_now > world.goods)
    assert below.sum() / large.sum() < BELOW_RAW_PART


@pytest.mark.unit
def test_no_flow_of_the_flagship_pairs_is_recalled() -> None:
    world, pakistan = load_baseline(), load_baseline().index("PAK")
    for code in FLAGSHIP:
        other = world.index(code)
        for cell in ((pakistan, other), (other, pakistan)):
            status = CellStatus(int(world.status_goods[cell]))
            assert status not in (CellStatus.OVERRIDE, CellStatus.IMPUTED, CellStatus.ICIO), code
    goods = trade_overrides().query("kind == 'goods'")
    assert not (goods["confidence"] == "recalled").any()
