"""Domestic freight: totals come out, savings are those of the log-sum, no change saves nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from landbridge.basis import embedded_basis
from landbridge.freight.choice.inland import InlandCosts, inland_costs
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import OpenProject, apply_edits
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.studies.cba.costing import benefit_terms
from landbridge.studies.cba.domestic import (
    DomesticSaving,
    Totals,
    changed_economies,
    domestic_savings,
    domestic_totals,
    known_economies,
    saving,
    saving_at_share,
    spread_freight,
)

pytestmark = pytest.mark.unit
TERMS = {name: term.central for name, term in benefit_terms().items()}
CLOSE = 1e-8  # Relative: the constant of rail is found by bisection.
STEPS = 4000  # Of the integral, whose error falls with their square.


def toy(rail: float = 30.0, road: float = 50.0) -> InlandCosts:
    """Three centres; the third has no railway."""
    off = 1.0 - np.eye(3)
    rails = np.full((3, 3), np.inf)
    rails[0, 1] = rails[1, 0] = rail
    np.fill_diagonal(rails, 0.0)
    return InlandCosts(
        weight=np.array([0.5, 0.3, 0.2]),
        road=road * off,
        rail=rails,
        road_km=600.0 * off,
        rail_km=np.where(np.isfinite(rails), 650.0, 0.0) * off,
    )


@pytest.fixture(scope="module")
def ml1() -> tuple[FreightNetwork, FreightNetwork]:
    before = embedded_basis().network
    return before, apply_edits(before, (OpenProject(project="ml-1"),))


def test_the_tonne_km_that_are_published_come_out() -> None:
    network, parameters = embedded_basis().network, central_parameters()
    totals = domestic_totals("PAK")
    costs = inland_costs(network, parameters, "PAK", usd_per_tonne_hour=0.1)
    goods = spread_freight(costs, totals, TERMS)
    gap = (costs.road - costs.rail) / goods.spread
    share = np.where(goods.tonnes > 0, 1.0 / (1.0 + np.exp(goods.constant - gap)), 0.0)
    road = (goods.tonnes * (1.0 - share) * costs.road_km).sum() / 1000.0
    rail = (goods.tonnes * share * costs.rail_km).sum() / 1000.0
    assert_allclose(road, totals.road * totals.domestic_share, rtol=CLOSE)
    assert_allclose(rail, totals.rail * totals.domestic_share, rtol=CLOSE)


def test_no_change_saves_exactly_nothing() -> None:
    goods = spread_freight(toy(), Totals(5.0, 50.0, 0.5), TERMS)
    nothing = saving(goods, toy(), toy(), elasticity=0.5)
    share = nothing.rail_share_before
    assert 0 < share < 1
    assert nothing == DomesticSaving(rail_share_before=share, rail_share_after=share)


def test_the_saving_is_the_integral_of_shares_over_the_fall_of_cost() -> None:
    """L falls by the integral of the share of rail over the fall of its cost (Small and Rosen)."""
    before, after = toy(rail=30.0), toy(rail=12.0)
    goods = spread_freight(before, Totals(5.0, 50.0, 0.5), TERMS)
    found = saving(goods, before, after, elasticity=0.5)
    costs = np.linspace(30.0, 12.0, STEPS + 1)
    shares = 1.0 / (1.0 + np.exp(goods.constant - (50.0 - costs) / goods.spread[0, 1]))
    per_tonne = float(np.trapezoid(shares, -costs))
    moved = goods.tonnes[0, 1] + goods.tonnes[1, 0]
    assert_allclose(found.stayed + found.shifted, moved * per_tonne, rtol=1e-6)
    assert_allclose(found.stayed, moved * shares[0] * 18.0, rtol=CLOSE)
    # Those who change gain less than all of the fall.
    assert 0 < found.shifted < moved * (shares[-1] - shares[0]) * 18.0


def test_goods_that_come_anew_gain_half() -> None:
    before, after = toy(rail=30.0, road=50.0), toy(rail=27.0, road=45.0)
    goods = spread_freight(before, Totals(0.0, 50.0, 1.0), TERMS)
    none, some = (saving(goods, before, after, elasticity=e) for e in (0.0, 1.0))
    assert none.generated == 0.0
    tonnes = goods.tonnes.sum()
    # All go by road (no tonne-km by rail are known, and few would take it at par).
    more = tonnes * (1.0 / 0.9 - 1.0)
    whole = some.stayed + some.shifted
    assert_allclose(some.generated, 0.5 * more / tonnes * whole, rtol=0.02)


def test_a_railway_where_none_was_takes_goods_off_the_road() -> None:
    before = replace(toy(), rail=np.where(np.eye(3) > 0, 0.0, np.inf), rail_km=np.zeros((3, 3)))
    goods = spread_freight(before, Totals(1.0, 50.0, 0.5), TERMS)
    assert goods.unspread_rail == pytest.approx(0.5)
    found = saving(goods, before, toy(), elasticity=0.0)
    assert found.stayed == 0.0
    assert found.shifted > 0
    assert found.road_change < 0 < found.rail_change


def test_goods_that_lose_their_only_way_are_counted() -> None:
    after = toy()
    road = after.road.copy()
    road[0, 2] = road[2, 0] = np.inf
    goods = spread_freight(toy(), Totals(5.0, 50.0, 0.5), TERMS)
    found = saving(goods, toy(), replace(after, road=road), elasticity=0.5)
    assert_allclose(found.lost, goods.tonnes[0, 2] + goods.tonnes[2, 0])
    assert found.stayed == found.shifted == found.generated == 0.0


def test_the_main_line_brings_goods_to_the_rails(
    ml1: tuple[FreightNetwork, FreightNetwork],
) -> None:
    before, after = ml1
    parameters = central_parameters()
    assert changed_economies(before, after, parameters) == ("PAK",)
    assert changed_economies(before, before, parameters) == ()
    (found,) = domestic_savings(before, after, parameters, TERMS, ("PAK",)).values()
    assert found.stayed > 0
    assert found.shifted > 0
    assert found.generated > 0
    assert found.rail_share_before < found.rail_share_after < 0.2
    assert found.road_change < 0 < found.rail_change
    assert found.lost == 0.0


def test_a_stated_share_is_worth_more_than_the_models_own(
    ml1: tuple[FreightNetwork, FreightNetwork],
) -> None:
    before, after = ml1
    parameters = central_parameters()
    (own,) = domestic_savings(before, after, parameters, TERMS, ("PAK",)).values()
    at = [
        saving_at_share(before, after, parameters, TERMS, "PAK", share)
        for share in (0.01, own.rail_share_after, 0.2)
    ]
    # A share below the model's own changes nothing; its own holds goods that come anew as well.
    assert_allclose(at[0], own.stayed + own.shifted, rtol=1e-6)
    assert_allclose(at[1], own.stayed + own.shifted, rtol=0.01)
    assert at[2] > at[1]


def test_every_known_economy_has_all_figures() -> None:
    for iso3 in known_economies():
        totals = domestic_totals(iso3)
        assert totals.rail > 0
        assert totals.road > 0
        assert 0 < totals.domestic_share < 1
