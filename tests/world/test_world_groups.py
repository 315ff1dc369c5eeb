"""Groups, pair tables and what is asked of a world."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.errors import DataError
from landbridge.world.base import CellStatus
from landbridge.world.baseline import load_baseline
from landbridge.world.groups import aggregate_world, keep_economies
from landbridge.world.tables import pair_table


@pytest.mark.unit
def test_groups_keep_world_output_and_expenditure() -> None:
    world = load_baseline()
    few = aggregate_world(world, {"CASIA": ("KAZ", "UZB", "KGZ", "TJK", "TKM")})
    assert len(few.iso3) == len(world.iso3) - 4
    assert few.flows.sum() == pytest.approx(world.flows.sum())
    inside = [world.index(code) for code in ("KAZ", "UZB", "KGZ", "TJK", "TKM")]
    group = few.index("CASIA")
    block = world.goods[np.ix_(inside, inside)].sum()
    assert few.goods[group, group] == pytest.approx(block)
    assert few.status_goods[group, group] == CellStatus.DOMESTIC
    assert few.sd_log_goods[group, group] == 0


@pytest.mark.unit
def test_the_sum_of_cells_is_surer_than_its_cells() -> None:
    world = load_baseline()
    few = keep_economies(world, ["PAK", "CHN"])
    assert few.iso3 == ("CHN", "PAK", "ROW")
    cell = few.index("PAK"), few.index("ROW")
    assert few.sd_log_goods[cell] < 0.25


@pytest.mark.unit
def test_groups_that_overlap_or_name_strangers_are_refused() -> None:
    world = load_baseline()
    with pytest.raises(DataError) as caught:
        aggregate_world(world, {"A": ("PAK", "XYZ"), "B": ("PAK",)})
    assert "XYZ" in str(caught.value)
    assert "stands in A and in B" in str(caught.value)


@pytest.mark.unit
def test_a_pair_table_shows_both_directions_with_their_standing() -> None:
    world = load_baseline()
    table = pair_table(world, "PAK", "UZB")
    assert table[["exporter", "importer"]].values.tolist() == [["PAK", "UZB"], ["UZB", "PAK"]]
    assert table["status_goods"].str.contains("recorded by both").all()
    assert (table["goods_low_million_usd"] < table["goods_million_usd"]).all()
    assert (table["goods_high_million_usd"] > table["goods_million_usd"]).all()


@pytest.mark.unit
def test_a_table_of_one_economy_holds_all_its_partners_and_its_home_sales() -> None:
    world = load_baseline()
    table = pair_table(world, "PAK")
    assert len(table) == 2 * 209 + 1
    exports = table[(table["exporter"] == "PAK") & (table["importer"] != "PAK")]
    assert exports["total_million_usd"].is_monotonic_decreasing
    home = table.iloc[-1]
    assert home["exporter"] == home["importer"] == "PAK"
    assert home["total_million_usd"] == pytest.approx(
        world.flows[world.index("PAK")][world.index("PAK")]
    )
    assert home["goods_low_million_usd"] == home["goods_million_usd"]


@pytest.mark.unit
def test_an_economy_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match="PRK"):
        pair_table(load_baseline(), "PRK")
