"""The value of one percent and of one hour: the slope of the whole chain, routes to welfare."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landbridge.basis import Basis
from landbridge.errors import InputError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.studies.chain.setting import Setting, make_setting, resolve
from landbridge.studies.critical.criticality import FirstOrder, exact, first_order
from landbridge.studies.critical.ranking import flows, rank, relative_error
from landbridge.units import FloatArray
from landbridge.world.baseline import load_baseline
from landbridge.world.groups import part_of

THETA = 5.0
ISO3 = ("AFG", "CHN", "DEU", "IND", "IRN", "KAZ", "PAK", "RUS", "SGP", "TJK", "USA", "UZB")
ELEMENTS = ("torkham-road", "rail-karachi-hyderabad-pk", "shanghai", "suez")
TINY = 1e-5  # percent: no way changes with so small a step
QUADRATIC = 1.5  # how far from four the remainder may shrink when the step is halved
ROUNDING = 1e-6  # million USD, of solving to 1e-12


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def setting(network: FreightNetwork) -> Setting:
    world = part_of(load_baseline(), ISO3)
    return make_setting(Basis(world, network, {}), theta=THETA, freight=central_parameters())


@pytest.fixture(scope="module")
def found(setting: Setting) -> FirstOrder:
    return first_order(setting)


def row_of(found: FirstOrder, element: str) -> int:
    return int(np.flatnonzero(found.elements.table["element"] == element)[0])


def slope(setting: Setting, found: FirstOrder, row: int, change: str, size: float) -> FloatArray:
    up, down = (
        exact(setting, found.elements, row, change, size=sign * size) for sign in (1.0, -1.0)
    )
    return (up - down) / (2.0 * size)


@pytest.mark.unit
@pytest.mark.parametrize("element", ELEMENTS)
def test_one_percent_is_the_slope_of_the_whole_chain(
    setting: Any, found: Any, element: Any
) -> None:
    row = row_of(found, element)
    measured = slope(setting, found, row, "percent", 0.01)
    told = found.percent[row]
    assert told == pytest.approx(measured, abs=ROUNDING + 1e-5 * np.abs(told).max())


@pytest.mark.unit
@pytest.mark.parametrize("element", ELEMENTS)
def test_one_hour_is_the_slope_of_the_whole_chain(setting: Any, found: Any, element: Any) -> None:
    row = row_of(found, element)
    measured = -slope(setting, found, row, "hour", 0.01)
    told = found.hour[row]
    assert told == pytest.approx(measured, abs=ROUNDING + 1e-5 * np.abs(told).max())


@pytest.mark.unit
def test_the_error_of_the_first_order_is_of_the_square_of_the_step(
    setting: Any, found: Any
) -> None:
    """On a link that every way keeps: halving the step leaves a quarter of the error."""
    row = row_of(found, "shanghai")
    told = found.percent[row]
    error = [
        np.abs(exact(setting, found.elements, row, "percent", size=size) - size * told).max()
        for size in (0.4, 0.2)
    ]
    assert 4.0 - QUADRATIC < error[0] / error[1] < 4.0 + QUADRATIC


@pytest.mark.unit
@pytest.mark.parametrize("closure", ["additive", "proportional"])
def test_other_closures_have_the_same_slope(network: FreightNetwork, closure: Any) -> None:
    world = part_of(load_baseline(), ISO3)
    freight = central_parameters()
    other = make_setting(Basis(world, network, {}), theta=THETA, freight=freight, closure=closure)
    found = first_order(other, ("crossing",))
    row = row_of(found, "torkham-road")
    told = found.percent[row]
    measured = slope(other, found, row, "percent", 0.01)
    assert told == pytest.approx(measured, abs=ROUNDING + 1e-5 * np.abs(told).max())


@pytest.mark.unit
def test_the_world_gains_what_importers_save(setting: Setting, found: FirstOrder) -> None:
    weight = setting.prepared.expenditure / setting.world.expenditure
    gained = (found.percent * weight).sum(axis=1)
    saved = (found.percent_saving * weight).sum(axis=1)
    assert gained == pytest.approx(saved, abs=ROUNDING)
    assert saved.max() > 1.0


@pytest.mark.unit
def test_no_trade_in_goods_makes_nothing_critical(network: FreightNetwork) -> None:
    world = part_of(load_baseline(), ISO3)
    services = world.services + np.diag(np.diag(world.goods))
    bare = replace(world, goods=np.zeros_like(world.goods), services=services)
    found = first_order(
        make_setting(Basis(bare, network, {}), theta=THETA, freight=central_parameters())
    )
    assert not found.million_tonnes.any()
    assert not found.percent.any()
    assert not found.hour.any()
    assert found.assigned_million_usd == 0


@pytest.mark.unit
def test_shutting_what_nobody_uses_changes_nothing(setting: Setting, found: FirstOrder) -> None:
    table = found.elements.table
    idle = np.flatnonzero((found.million_tonnes == 0) & (table["kind"] == "link").to_numpy())
    assert len(idle)
    lost = exact(setting, found.elements, int(idle[0]), "closed")
    assert np.abs(lost).max() < ROUNDING


@pytest.mark.slow
@pytest.mark.unit
@pytest.mark.parametrize("element", ["torkham-road", "suez"])
def test_shutting_is_what_a_scenario_does(
    setting: Setting, found: FirstOrder, element: Any
) -> None:
    shut = apply_edits(setting.network, [SetOpen(element, is_open=False)])
    wanted = (resolve(setting, shut).welfare_hat - 1.0) * setting.world.expenditure
    got = exact(setting, found.elements, row_of(found, element), "closed")
    assert got == pytest.approx(wanted, abs=ROUNDING)
    assert got.sum() < 0


@pytest.mark.unit
def test_a_drawn_network_has_slopes_of_its_own(network: FreightNetwork) -> None:
    """The change is made from the costs of the draw, whatever drew them."""
    from landbridge.freight.costs.pricing import FreightDraw  # noqa: PLC0415

    drawn = make_setting(
        Basis(part_of(load_baseline(), ISO3), network, {}),
        theta=THETA,
        freight=replace(central_parameters(), border_hours_factor=1.3),
        draw=FreightDraw(seed=11),
    )
    found = first_order(drawn, ("crossing",))
    row = int(found.percent.sum(axis=1).argmax())
    for change, told in (("percent", found.percent[row]), ("hour", -found.hour[row])):
        measured = slope(drawn, found, row, change, 0.01)
        assert told == pytest.approx(measured, abs=ROUNDING + 1e-5 * np.abs(told).max())


@pytest.mark.slow
@pytest.mark.unit
def test_the_ranking_falls_and_says_its_error(setting: Setting, found: FirstOrder) -> None:
    ranking = rank(setting, found, top=2, by="percent")
    table = ranking.table
    assert list(table["rank"]) == [1, 2]
    assert table["percent_million_usd"].is_monotonic_decreasing
    error = relative_error(
        table["percent_million_usd"].to_numpy(), table["percent_exact_million_usd"].to_numpy()
    )
    assert table["percent_error_percent"].to_numpy() == pytest.approx(error)
    assert np.abs(error).max() < 30
    assert (table["closed_million_usd"] < 0).all()
    by_economy = ranking.by_economy.groupby("element", sort=False)["closed_million_usd"].sum()
    assert by_economy.to_numpy() == pytest.approx(table["closed_million_usd"].to_numpy())


@pytest.mark.unit
def test_an_economy_ranks_by_its_own_gains(setting: Setting, found: FirstOrder) -> None:
    ranking = rank(setting, found, top=5, economy="UZB", by="hour", solve=False)
    own = found.hour[:, setting.world.index("UZB")]
    assert list(ranking.table["hour_million_usd"]) == sorted(own, reverse=True)[:5]
    assert ranking.table["closed_million_usd"].isna().all()
    assert len(flows(found)) == len(found.elements)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("options", "said"),
    [({"by": "hours"}, "Did you mean 'hour'"), ({"top": 0}, "ask for 1 or more"),
     ({"by": "tonnes", "economy": "UZB"}, "whole world")],
)  # fmt: skip
def test_a_ranking_that_cannot_be_is_refused(
    setting: Any, found: Any, options: Any, said: Any
) -> None:
    with pytest.raises(InputError, match=said):
        rank(setting, found, **({"top": 3} | options))
