"""Market access: the equations hold, known cases come out, and no change changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.basis import Basis
from landbridge.errors import InputError, NoRouteError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import SetBorder, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.scenarios.parameters import default_parameters
from landbridge.studies.access.market_access import (
    access_hat,
    freight_freeness,
    market_access,
    resistances,
)
from landbridge.studies.access.study import DrawOptions, access_of, check_landlocked
from landbridge.studies.chain.setting import Setting, make_setting
from landbridge.tables import embedded_table
from landbridge.world.base import World
from landbridge.world.baseline import load_baseline

CLOSE = 1e-8
ISO3 = ("AFG", "CHN", "DEU", "IND", "IRN", "PAK", "RUS", "USA", "UZB")


def small_world() -> World:
    world = load_baseline()
    keep = [world.index(code) for code in ISO3]
    names = ("goods", "services", "sd_log_goods", "sd_log_services",
             "status_goods", "status_services")  # fmt: skip
    cells = {name: getattr(world, name)[np.ix_(keep, keep)].copy() for name in names}
    own = {name: getattr(world, name)[keep] for name in ("gdp_million_usd", "population")}
    return replace(world, iso3=ISO3, **cells, **own)


def basis_of(network: FreightNetwork) -> Basis:
    return Basis(small_world(), network, default_parameters())


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def setting(network: FreightNetwork) -> Setting:
    return make_setting(Basis(small_world(), network, {}), theta=5.0, freight=central_parameters())


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), count=st.integers(2, 9))
def test_both_sides_of_access_solve_their_equations(seed: Any, count: Any) -> None:
    rng = np.random.default_rng(seed)
    freeness = rng.uniform(0.05, 1.0, (count, count))
    output, spending = rng.lognormal(0, 1, count), rng.lognormal(0, 1, count)
    spending *= output.sum() / spending.sum()
    seller, buyer = resistances(freeness, output, spending)
    # Up to the factor that raises one side and lowers the other.
    free = seller / (freeness @ (spending / buyer))
    other = buyer / ((output / seller) @ freeness)
    assert free == pytest.approx(np.ones(count), abs=CLOSE)
    assert other == pytest.approx(np.ones(count), abs=CLOSE)


@pytest.mark.unit
@pytest.mark.parametrize("freeness", [0.0, 0.3, 1.0])
def test_equal_economies_reach_what_the_freeness_lets_them(freeness: Any) -> None:
    """With N alike of spending E: access is E (1 + (N - 1) phi)."""
    phi = np.full((4, 4), freeness)
    np.fill_diagonal(phi, 1.0)
    alike = np.full(4, 7.0)
    seller, buyer = resistances(phi, alike, alike)
    assert seller * buyer == pytest.approx(np.full(4, 7.0 * (1 + 3 * freeness)))


@pytest.mark.unit
def test_the_border_gives_the_foreign_share_of_the_world(setting: Setting) -> None:
    found = market_access(setting)
    goods = setting.world.goods
    output = goods.sum(axis=1)
    wanted = 1.0 - np.trace(goods) / goods.sum()
    assert output @ found.foreign_share / output.sum() == pytest.approx(wanted, abs=1e-6)
    assert 0 < found.border < 1
    assert (found.level >= output.min()).all()


@pytest.mark.unit
def test_no_change_of_the_network_is_no_change_of_access(setting: Setting) -> None:
    assert access_hat(setting, setting.network) == pytest.approx(np.ones(len(ISO3)), abs=1e-10)


@pytest.mark.unit
def test_a_shut_border_costs_access_on_both_sides(setting: Setting) -> None:
    shut = apply_edits(setting.network, [SetBorder("AFG", "PAK", is_open=False)])
    hat = access_hat(setting, shut)
    assert hat[ISO3.index("AFG")] < 1
    assert hat[ISO3.index("PAK")] < 1


@pytest.mark.unit
def test_freight_freeness_is_one_at_home_and_less_abroad(setting: Setting) -> None:
    freeness = freight_freeness(setting)
    assert (np.diag(freeness) == 1).all()
    apart = ~np.eye(len(ISO3), dtype=bool)
    assert ((freeness[apart] > 0) & (freeness[apart] < 1)).all()


@pytest.mark.slow
@pytest.mark.unit
def test_access_of_an_economy_has_bands_and_what_a_change_does(network: FreightNetwork) -> None:
    shut = apply_edits(network, [SetBorder("AFG", "PAK", is_open=False)])
    found = access_of(
        basis_of(network),
        "AFG",
        after=shut,
        bands=DrawOptions(draws=2, seed=2),
    )
    ports = found.ports
    assert ports["share_percent"].sum() == pytest.approx(100.0)
    assert ports["share_percent_after"].sum() == pytest.approx(100.0)
    assert (ports["days_out_low"] <= ports["days_out_high"]).all()
    pakistani = ports["iso3"] == "PAK"
    columns = ["share_percent", "share_percent_after"]
    before, after = ports.loc[pakistani, columns].sum()
    assert after < before
    row = found.markets.iloc[0]
    assert row["market_access_change_percent"] < 0
    assert row["real_income_change_percent"] < 0


@pytest.mark.unit
@pytest.mark.parametrize(("iso3", "said"), [("PAK", "has a coast"), ("TJK", "not in the world")])
def test_only_landlocked_economies_of_the_world_are_asked(iso3: Any, said: Any) -> None:
    with pytest.raises(InputError, match=said):
        check_landlocked(small_world(), iso3)


@pytest.mark.slow
@pytest.mark.unit
def test_an_economy_whose_borders_are_all_shut_reaches_no_port(network: FreightNetwork) -> None:
    borders = embedded_table("atlas", "land_borders")
    pairs = [
        (a, b)
        for a, b in zip(borders["iso3_a"], borders["iso3_b"], strict=True)
        if "AFG" in (a, b) and (a, b) != ("AFG", "CHN")
    ]
    shut = apply_edits(network, [SetBorder(a, b, is_open=False) for a, b in pairs])
    with pytest.raises(NoRouteError, match="no port can be reached"):
        access_of(basis_of(shut), "AFG")
