"""The sectoral world: how it is completed, borrowed, aligned, drawn and shipped."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from landbridge.errors import DataError, InputError, UnknownNameError
from landbridge.world.baseline import load_baseline
from landbridge.world.sectors.base import SectoralWorld, Structure, align_to, feasible
from landbridge.world.sectors.build import foreign_by_kind
from landbridge.world.sectors.draws import draw_sectors
from landbridge.world.sectors.facts import SectorList, commodity_baskets, sector_facts, sector_list
from landbridge.world.sectors.inside import Totals, complete
from landbridge.world.sectors.load import (
    basket_rules,
    load_sectoral_world,
    pack,
    sectoral_record,
    unpack,
)
from landbridge.world.sectors.outside import (
    DONORS,
    BasketRule,
    donor_weights,
    guessed_baskets,
    output_by_sector,
    tilted_flows,
)
from landbridge.world.sectors.table import InputOutputTable, from_arrays, open_icio

pytestmark = pytest.mark.unit

TOY = SectorList(
    codes=("A", "C", "K"),
    titles=("Farms", "Factories", "Services"),
    kinds=("goods", "goods", "services"),
    broad=("agriculture", "industry", "services"),
    group_of={"A": "A", "C": "C", "K": "K"},
)


def toy_table(rng: np.random.Generator, count: int = 4) -> InputOutputTable:
    """Make a table in balance: output is intermediate sales and other sales."""
    kinds = len(TOY.codes)
    intermediate = rng.uniform(0.1, 1.0, (kinds, count, kinds, count))
    economies = np.arange(count)
    intermediate[:, economies, :, economies] *= 20.0
    other = rng.uniform(30.0, 60.0, (kinds, count))
    return InputOutputTable(
        iso3=tuple("ABCDEFGH"[:count]),
        sectors=TOY.codes,
        intermediate=intermediate,
        output=intermediate.sum(axis=(2, 3)) + other,
        other_sales=other,
        inputs=intermediate.sum(axis=(0, 1)),
    )


def toy_totals(table: InputOutputTable, rng: np.random.Generator) -> Totals:
    count = len(table.iso3)
    outside = rng.uniform(0.5, 1.0, (2, len(TOY.codes), count))
    outside[1] *= outside[0].sum() / outside[1].sum()
    exports = rng.uniform(20.0, 40.0, (2, count))
    imports = exports[:, ::-1].copy()
    pair = rng.uniform(1.0, 2.0, (2, count, count))
    part = np.full_like(outside[0], 0.5)
    return Totals(exports, imports, pair, outside[0], outside[1], part)


@pytest.mark.property
@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_completing_a_table_sells_all_there_is_and_spends_all_there_is(seed: Any) -> None:
    rng = np.random.default_rng(seed)
    table = toy_table(rng)
    totals = toy_totals(table, rng)
    done = complete(table, totals, TOY)
    sold = done.final.sum(axis=2) + done.to_outside
    assert_allclose(sold, table.other_sales, rtol=1e-9)
    value_added = table.output - table.inputs - done.outside_inputs.sum(axis=0)
    assert_allclose(done.value_added, value_added, rtol=1e-9)
    assert done.scaling_gap < 1e-6
    assert (done.final >= 0).all()
    bought = totals.from_outside * totals.input_part
    assert_allclose(done.outside_inputs.sum(axis=1), bought, rtol=1e-9)


def test_completing_a_table_meets_published_exports() -> None:
    rng = np.random.default_rng(3)
    table = toy_table(rng)
    totals = toy_totals(table, rng)
    done = complete(table, totals, TOY)
    flows = table.pair_sales + done.final
    economies = np.arange(len(table.iso3))
    flows[:, economies, economies] = 0.0
    exports = flows.sum(axis=(0, 2)) + done.to_outside.sum(axis=0)
    # Scaling to what economies can spend moves exports a little off their totals.
    assert_allclose(exports, totals.exports.sum(axis=0), rtol=0.35)
    assert np.corrcoef(exports, totals.exports.sum(axis=0))[0, 1] > 0.9


def test_sales_to_outside_never_pass_what_a_sector_has_to_sell() -> None:
    rng = np.random.default_rng(4)
    table = toy_table(rng)
    totals = toy_totals(table, rng)
    greedy = replace(totals, to_outside=totals.to_outside * 1000.0)
    done = complete(table, greedy, TOY)
    assert (done.to_outside <= table.other_sales).all()
    assert done.counts["sales to outside cut, share of value"] > 0.5


def test_groups_of_sectors_add_up_and_a_forgotten_sector_is_named() -> None:
    table = toy_table(np.random.default_rng(5))
    grouped = table.grouped({"A": "goods", "C": "goods", "K": "services"}, ("goods", "services"))
    assert_allclose(grouped.output.sum(axis=0), table.output.sum(axis=0))
    assert_allclose(grouped.intermediate.sum(), table.intermediate.sum())
    assert_allclose(grouped.inputs.sum(axis=0), table.inputs.sum(axis=0))
    with pytest.raises(DataError, match="no group is given for the sectors K"):
        table.grouped({"A": "goods", "C": "goods"}, ("goods",))


def test_a_table_is_rebuilt_from_the_arrays_of_the_file() -> None:
    shares = np.array([[0.5, 0.25], [0.5, 0.75]])
    table = from_arrays(
        {
            "A": shares,
            "omb": np.array([0.4, 0.5]),
            "go": np.array([100.0, 200.0]),
            "z": np.array([55.0, 105.0]),
            "countries": np.array(["PAK"]),
            "sectors": np.array(["A01", "C29"]),
        }
    )
    assert_allclose(table.intermediate[:, 0, :, 0], [[20.0, 25.0], [20.0, 75.0]])
    assert_allclose(table.output[:, 0], [100.0, 200.0])
    assert_allclose(table.inputs[:, 0], [40.0, 100.0])


def test_ranked_goods_become_shares_of_sectors() -> None:
    facts = pd.DataFrame({"export_goods": ["A|C|C", None]})
    basket = commodity_baskets(facts, "export_goods", TOY, decay=0.5)
    assert_allclose(basket[0], [1.0 / 1.75, 0.75 / 1.75, 0.0])
    assert_array_equal(basket[1], 0.0)


def test_a_list_of_one_sector_counts_more_than_an_even_list() -> None:
    rule = BasketRule(base=0.1, slope=0.5, decay=0.5)
    one, even, none = np.array([1.0, 0.0]), np.full(2, 0.5), np.zeros(2)
    weights = rule.weights(np.stack([one, even, none]))[:, 0]
    assert weights[0] > weights[1] > weights[2] == 0.0


def test_guessed_baskets_add_up_by_kind_and_without_a_list_are_the_donors() -> None:
    facts = pd.DataFrame({"export_goods": ["A", None]})
    borrowed = np.array([[0.3, 0.7, 1.0], [0.2, 0.8, 1.0]])
    basket = guessed_baskets(facts, "export_goods", TOY, borrowed, BasketRule(0.2, 0.0, 0.5))
    goods, services = TOY.counted_as("goods"), TOY.counted_as("services")
    assert_allclose(basket[:, goods].sum(axis=1), 1.0)
    assert_allclose(basket[:, services].sum(axis=1), 1.0)
    assert basket[0, 0] > 0.3
    assert_allclose(basket[1], borrowed[1])


def test_donors_are_the_nearest_and_never_oneself() -> None:
    rng = np.random.default_rng(6)
    features = rng.standard_normal((30, 4))
    features[0, 2] = np.nan
    everyone = np.arange(30)
    listed = rng.dirichlet(np.ones(3), 30)
    weights = donor_weights(features, listed, everyone, everyone)
    assert_allclose(weights.sum(axis=1), 1.0)
    assert_array_equal(np.diagonal(weights), 0.0)
    assert ((weights > 0).sum(axis=1) == DONORS).all()


def test_tilted_flows_keep_the_flow_of_each_kind() -> None:
    rng = np.random.default_rng(7)
    flows = rng.uniform(0.0, 5.0, (2, 3, 4))
    sells = guessed_baskets(
        pd.DataFrame({"export_goods": [None] * 3}),
        "export_goods",
        TOY,
        rng.uniform(0.1, 1.0, (3, 3)),
        BasketRule(0.0, 0.0, 0.5),
    )
    buys = rng.uniform(0.1, 1.0, (4, 3))
    split = tilted_flows(flows, sells, buys, TOY)
    for number, kind in enumerate(("goods", "services")):
        assert_allclose(split[:, :, TOY.counted_as(kind)].sum(axis=2), flows[number])


def test_output_follows_gdp_by_origin_and_covers_exports() -> None:
    gdp = np.array([100.0])
    origins = np.array([[0.2, 0.3, 0.5]])
    pattern = np.array([[1.0, 1.0, 1.0]])
    share = np.array([[0.5, 0.25, 0.5]])
    output, held = output_by_sector(gdp, origins, pattern, share, np.zeros((1, 3)), TOY)
    assert held == 0
    assert_allclose(output * share, [[20.0, 30.0, 50.0]])
    exports = np.array([[0.0, 500.0, 0.0]])
    output, held = output_by_sector(gdp, origins, pattern, share, exports, TOY)
    assert held == 1
    assert output[0, 1] > 500.0


def test_inputs_an_economy_could_not_buy_are_moved_and_counted() -> None:
    flows = np.zeros((1, 1, 3))
    flows[0, 0] = [10.0, 50.0, 100.0]
    inputs = np.array([[[0.0, 0.4, 0.1], [0.1, 0.1, 0.1], [0.1, 0.1, 0.2]]])
    world = SectoralWorld(2022, ("A",), TOY, flows, inputs, (Structure.TABLE,))
    assert (world.final_demand < 0).any()
    fixed = feasible(world)
    assert fixed.final_demand.min() > -1e-6
    assert_allclose(fixed.value_added_share, world.value_added_share, atol=1e-9)
    assert "moved to other sectors" in fixed.notes[-1]


@pytest.fixture(scope="module")
def shipped() -> SectoralWorld:
    return load_sectoral_world()


def test_the_shipped_world_holds_the_economies_of_the_baseline(shipped: Any) -> None:
    assert shipped.iso3 == load_baseline().iso3
    assert shipped.flows.shape == (210, 210, 20)
    assert shipped.structure.count(Structure.TABLE) == 80
    for code in ("KGZ", "TJK", "UZB", "TKM", "AFG", "IRN", "ARM"):
        assert shipped.structure[shipped.index(code)] == Structure.BORROWED
    assert shipped.notes == tuple(sectoral_record()["notes"])


def test_the_shipped_world_balances(shipped: Any) -> None:
    assert shipped.final_demand.min() > -1e-6
    spending = shipped.final_demand.sum(axis=1)
    balance = shipped.expenditure.sum(axis=1) - shipped.output.sum(axis=1)
    assert_allclose(spending, shipped.value_added.sum(axis=1) + balance, rtol=1e-9)


@pytest.mark.golden
def test_the_shipped_world_shows_the_table_it_was_made_from(shipped: Any) -> None:
    # Gross output of 2022 in the OECD table, billion USD: docs/sectors.md.
    output = shipped.output.sum(axis=1) / 1e3
    published = {"PAK": 510.8, "RUS": 4095.0, "KAZ": 348.8, "IND": 6298.0, "CHN": 45095.0}
    for code, billion in published.items():
        assert output[shipped.index(code)] == pytest.approx(billion, rel=2e-3)


@pytest.mark.golden
def test_exports_of_the_table_economies_are_near_the_published_totals(shipped: Any) -> None:
    exports, _ = foreign_by_kind(shipped)
    facts = sector_facts(shipped.iso3)["exports_million_usd"].to_numpy(dtype=float)
    inside = np.array([kind == Structure.TABLE for kind in shipped.structure])
    known = inside & np.isfinite(facts)
    ratio = exports.sum(axis=0)[known] / facts[known]
    assert known.sum() > 70
    assert np.median(ratio) == pytest.approx(1.0, abs=0.03)
    assert np.quantile(np.abs(np.log(ratio)), 0.75) < 0.12


def test_packing_and_unpacking_changes_no_more_than_the_last_digit(shipped: Any) -> None:
    again = unpack(dict(pack(shipped)), notes=shipped.notes)
    assert_allclose(again.flows, shipped.flows, rtol=2e-5)
    assert_allclose(again.input_share, shipped.input_share, atol=1e-5)


def test_aligning_takes_the_totals_of_another_world(shipped: Any) -> None:
    baseline = load_baseline()
    aligned = align_to(shipped, baseline)
    goods, services = aligned.by_kind()
    assert_allclose(goods, baseline.goods, rtol=1e-9)
    assert_allclose(services, baseline.services, rtol=1e-9)
    assert aligned.year == 2023
    assert aligned.final_demand.min() > -1e-6
    with pytest.raises(DataError, match="same economies"):
        align_to(shipped, replace(baseline, iso3=baseline.iso3[::-1]))


def test_a_draw_moves_borrowed_baskets_more_than_published_ones(shipped: Any) -> None:
    drawn = draw_sectors(shipped, np.random.default_rng(1))
    there = np.maximum(shipped.flows, 1e-12)
    change = np.log(np.maximum(drawn.flows, 1e-12) / there)
    spread = np.array(
        [change[row][shipped.flows[row] > 1.0].std() for row in range(len(shipped.iso3))]
    )
    inside = np.array([kind == Structure.TABLE for kind in shipped.structure])
    assert np.nanmedian(spread[~inside]) > 1.2 * np.nanmedian(spread[inside])
    again = draw_sectors(shipped, np.random.default_rng(1))
    assert_array_equal(drawn.flows, again.flows)


def test_names_are_found_and_typos_are_answered(shipped: Any) -> None:
    assert shipped.sectors.codes[shipped.sector_index("c29")] == "C29"
    with pytest.raises(UnknownNameError, match="C29"):
        shipped.sector_index("C2")
    with pytest.raises(DataError, match="XYZ"):
        shipped.index("XYZ")
    with pytest.raises(InputError, match="20 or 50 sectors, not 30"):
        load_sectoral_world(30)


def test_without_the_table_fifty_sectors_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: Any) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", absent)
    with pytest.raises(DataError, match="pip install"):
        open_icio()


def test_every_sector_of_the_table_has_a_group_and_rules_exist() -> None:
    small, full = sector_list(20), sector_list(50)
    assert len(small.codes) == 20
    assert len(full.codes) == 50
    assert set(small.group_of.values()) == set(small.codes)
    assert full.group_of == {code: code for code in full.codes}
    assert set(basket_rules()) == {"exports", "imports"}


def test_a_world_of_wrong_shape_or_of_dear_inputs_is_refused() -> None:
    flows = np.ones((1, 1, 3))
    with pytest.raises(DataError, match="input_share has shape"):
        SectoralWorld(2022, ("A",), TOY, flows, np.zeros((1, 2, 3)), (Structure.TABLE,))
    with pytest.raises(DataError, match=r"spends 1\.5"):
        SectoralWorld(2022, ("A",), TOY, flows, np.full((1, 3, 3), 0.5), (Structure.TABLE,))
    with pytest.raises(DataError, match="negative or missing"):
        SectoralWorld(2022, ("A",), TOY, -flows, np.zeros((1, 3, 3)), (Structure.TABLE,))
