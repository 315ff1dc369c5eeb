"""A price of carbon: what it adds by hand, that zero adds nothing, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from landbridge import load
from landbridge.errors import FaultsError, InputError
from landbridge.freight.carriage.carry import split_modes
from landbridge.freight.carriage.classes import CargoClass, cargo_classes
from landbridge.freight.carriage.constants import Attractions
from landbridge.freight.carriage.distances import flown_km
from landbridge.freight.carriage.footprint import Footprint, footprint
from landbridge.freight.carriage.ways import cargo_ways
from landbridge.freight.costs.carbon import carbon_charges
from landbridge.freight.costs.emissions import CARRIERS, CENTRAL, emission_factor, rail_factor
from landbridge.freight.costs.pricing import (
    FreightDraw,
    access_costs,
    arc_costs,
    central_parameters,
    sea_rates,
)
from landbridge.freight.edits.applying import SetCarbonPrice, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, compile_network, load_network
from landbridge.freight.network.tables import FreightTables
from landbridge.freight.skims.economies import skims
from landbridge.results import Result
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.reading import parse_scenario
from landbridge.verbs.welfare import Welfare

NETWORK = load_network()
PARAMETERS = central_parameters()
HEAD = """\
format = 1
name = "a-price"
title = "A price of carbon"
summary = "What if."
date = 2026-01-01
[focus]
economy = "PAK"
partners = ["AFG"]
"""
PRICE = """
[[measures]]
id = "price{number}"
kind = "carbon_price"
title = "A price"
source = "a test"
{keys}
"""
LINKS = ("road-peshawar-torkham", "road-torkham-jalalabad", "road-jalalabad-kabul")


def priced(network: FreightNetwork, *keys: str) -> FreightNetwork:
    text = HEAD + "".join(PRICE.format(number=n, keys=one) for n, one in enumerate(keys))
    return apply_measures(parse_scenario(text, where="a.toml"), network, where="a.toml")


def named(name: str) -> CargoClass:
    return next(one for one in cargo_classes() if one.name == name)


@pytest.fixture(scope="module")
def small() -> FreightNetwork:
    """Peshawar - Torkham - Kabul by road: 55 km in Pakistan and 225 in Afghanistan."""
    whole = NETWORK.tables
    centres, access, links = whole.centres, whole.access, whole.links
    at = {"AFG": "Kabul", "PAK": "Peshawar"}

    def of(iso3: Sequence[str], centre: Sequence[str]) -> list[bool]:
        return [at.get(code) == name for code, name in zip(iso3, centre, strict=True)]

    centres = centres[of(centres["iso3"], centres["centre"])].assign(weight=1.0)
    access = access[of(access["iso3"], access["centre"])].drop_duplicates(["iso3", "centre"])
    kept: FreightTables = replace(
        whole,
        links=links[links["link"].isin(LINKS)],
        crossings=whole.crossings[whole.crossings["place"] == "torkham"],
        centres=centres,
        access=access,
    )
    return compile_network(kept, sea=NETWORK.sea)


@pytest.mark.golden
def test_a_road_by_hand(small: FreightNetwork) -> None:
    """100 USD a tonne at 0.09502 kg a tonne-km, over 280 km and 5 km driven at either end."""
    iso3 = ("AFG", "PAK")
    before = skims(small, PARAMETERS, iso3=iso3).usd_per_tonne
    everywhere = skims(
        priced(small, "usd_per_tonne_co2e = 100"), PARAMETERS, iso3=iso3
    ).usd_per_tonne
    by_hand = 0.1 * 0.09502 * (55 + 75 + 150 + 5 + 5)
    assert everywhere[1, 0] - before[1, 0] == pytest.approx(by_hand, rel=1e-6)
    pakistan = priced(small, 'usd_per_tonne_co2e = 100\neconomies = ["PAK"]')
    there = skims(pakistan, PARAMETERS, iso3=iso3).usd_per_tonne
    assert there[1, 0] - before[1, 0] == pytest.approx(0.1 * 0.09502 * (55 + 5), rel=1e-6)


@pytest.mark.golden
def test_each_class_pays_its_own_factor(small: FreightNetwork) -> None:
    """No factor on prices scales the charge: cooled lorries of food, by hand."""
    iso3, food = ("AFG", "PAK"), named("food")
    before = cargo_ways(small, PARAMETERS, food, iso3=iso3).land["road"]
    after = cargo_ways(priced(small, "usd_per_tonne_co2e = 100"), PARAMETERS, food, iso3=iso3).land[
        "road"
    ]
    assert after[1, 0] - before[1, 0] == pytest.approx(0.1 * 0.10994 * 290, rel=1e-6)


@pytest.mark.golden
def test_sea_air_and_pipelines_by_class() -> None:
    after = priced(NETWORK, "usd_per_tonne_co2e = 50")
    iso3 = ("CHN", "DEU", "TKM")
    km = NETWORK.sea.km
    for name, mode in (("dry-bulk", "sea"), ("container", "sea"), ("high-value", "air")):
        one = cargo_ways(NETWORK, PARAMETERS, named(name), iso3=iso3)
        other = cargo_ways(after, PARAMETERS, named(name), iso3=iso3)
        factor = 0.05 * emission_factor(mode, name)[CENTRAL]
        if mode == "sea":
            there = np.isfinite(one.at_sea)
            added = other.at_sea[there] - one.at_sea[there]
            assert added == pytest.approx(factor * km[there], rel=1e-6, abs=1e-9)
        else:
            added = other.flown - one.flown
            assert added == pytest.approx(factor * flown_km(NETWORK, one.ties), abs=1e-9)
    gas = cargo_ways(NETWORK, PARAMETERS, named("gas"), iso3=iso3).piped
    dearer = cargo_ways(after, PARAMETERS, named("gas"), iso3=iso3).piped
    assert dearer[2, 0] > gas[2, 0]
    assert np.isinf(dearer[1, 0]) == np.isinf(gas[1, 0])


@pytest.mark.unit
def test_trains_pay_for_the_grid_they_run_under() -> None:
    """Two economies, the same price: what a km of rail costs more is their own."""
    after = priced(NETWORK, 'usd_per_tonne_co2e = 200\nmodes = ["rail"]')
    charges = carbon_charges(after)
    assert charges is not None
    links = NETWORK.tables.links.set_index("link")
    for code in ("CHE", "POL", "PAK"):
        link = links[(links["mode"] == "rail") & (links["iso3"] == code) & links["is_open"]]
        at = after.arcs.name.index(str(link.index[0]))
        per_km = charges.arcs[at] / after.arcs.km[at]
        assert per_km == pytest.approx(0.2 * rail_factor(code)[CENTRAL])
    assert not charges.ties.any()
    assert charges.sea == 0.0


@pytest.mark.unit
@pytest.mark.parametrize("keys", ["", 'modes = ["sea"]'])
def test_a_price_of_zero_changes_nothing(keys: str) -> None:
    after = priced(NETWORK, f"usd_per_tonne_co2e = 0\n{keys}")
    assert after is NETWORK or carbon_charges(after) is None
    draw = FreightDraw(seed=7)
    for one, other in zip(
        arc_costs(NETWORK, PARAMETERS, draw), arc_costs(after, PARAMETERS, draw), strict=True
    ):
        assert np.array_equal(one, other)
    assert sea_rates(after, PARAMETERS) == sea_rates(NETWORK, PARAMETERS)


@pytest.mark.unit
def test_no_draw_and_no_common_factor_moves_the_charge() -> None:
    after = priced(NETWORK, "usd_per_tonne_co2e = 100")
    charges = carbon_charges(after)
    assert charges is not None
    dearer = replace(PARAMETERS, road_usd_factor=2.0, sea_usd_factor=3.0)
    for draw in (FreightDraw.neutral(), FreightDraw(seed=3)):
        added = arc_costs(after, dearer, draw)[1] - arc_costs(NETWORK, dearer, draw)[1]
        assert added == pytest.approx(charges.arcs, abs=1e-6)
        tied = access_costs(after, dearer, draw)[1] - access_costs(NETWORK, dearer, draw)[1]
        assert tied == pytest.approx(charges.ties, abs=1e-9)


@pytest.mark.unit
def test_an_economy_that_is_named_keeps_its_own_price() -> None:
    """In either order, and a price of zero is an exemption."""
    keys = ["usd_per_tonne_co2e = 100", 'usd_per_tonne_co2e = 0\neconomies = ["PAK"]']
    for order in (keys, keys[::-1]):
        charges = carbon_charges(priced(NETWORK, *order))
        assert charges is not None
        links = NETWORK.tables.links.set_index("link")["iso3"]
        home = [links.get(name) == "PAK" for name in NETWORK.arcs.name]
        assert not charges.arcs[home].any()
        assert charges.arcs.sum() > 0
    with pytest.raises(FaultsError, match="the price is 50 here and 100"):
        priced(NETWORK, "usd_per_tonne_co2e = 100", "usd_per_tonne_co2e = 50")


@pytest.mark.unit
def test_goods_at_sea_cannot_be_priced_in_one_economy() -> None:
    keys = 'usd_per_tonne_co2e = 100\nmodes = ["sea"]\neconomies = ["PAK"]'
    with pytest.raises(FaultsError, match="sea cannot be priced in some economies"):
        priced(NETWORK, keys)
    with pytest.raises(InputError, match="no economy's land"):
        apply_edits(NETWORK, [SetCarbonPrice("sea", 100.0, "PAK")])


@pytest.mark.unit
def test_it_says_what_it_prices_and_where_the_money_goes() -> None:
    text = HEAD + PRICE.format(number=1, keys='usd_per_tonne_co2e = 60\neconomies = ["EAEU"]')
    scenario = parse_scenario(text, where="a.toml")
    told = scenario.measures[0].describe(scenario)
    assert told == "Carbon price of 60 USD a tonne CO2e on road, rail, ferry in EAEU"
    assert any("nobody is given it" in one for one in scenario.told_beside)


@pytest.mark.golden
def test_what_it_takes_is_the_price_of_what_is_emitted() -> None:
    """Everywhere: price times CO2e. On roads of one economy: no more than its links and ties."""
    iso3, box = ("CHN", "DEU", "PAK", "UZB"), named("container")
    tonnes = np.random.default_rng(2).lognormal(0, 1, (4, 4))

    def taken(network: FreightNetwork) -> Footprint:
        ways = cargo_ways(network, PARAMETERS, box, iso3=iso3)
        split = split_modes(ways, box, Attractions().constants(box, ways.ports))
        return footprint(ways, split, box, tonnes)

    found = taken(priced(NETWORK, "usd_per_tonne_co2e = 80"))
    assert found.carbon_million_usd == pytest.approx(80 * found.co2e[CENTRAL].sum(axis=0))
    assert not taken(NETWORK).carbon_million_usd.any()
    keys = 'usd_per_tonne_co2e = 80\nmodes = ["road"]\neconomies = ["UZB"]'
    one = taken(priced(NETWORK, keys))
    road = 80 * one.co2e[CENTRAL, CARRIERS.index("road")]
    assert (one.carbon_million_usd <= road + 1e-12).all()
    assert 0 < one.carbon_million_usd[3].sum() < road.sum()


@pytest.mark.slow
@pytest.mark.unit
def test_runs_bear_it_and_zero_is_told_as_idle() -> None:
    """Runs take the same charge as skims; zero moves no economy and says why."""
    model = load()

    def gain(price: float) -> tuple[float, Result[Welfare]]:
        measure = {
            "id": "price",
            "kind": "carbon_price",
            "title": "A price",
            "source": "a test",
            "usd_per_tonne_co2e": price,
        }
        found = model.welfare_of([measure])
        return float(found.tables["income"]["million_usd"].sum()), found

    nothing, told = gain(0.0)
    assert abs(nothing) < 1e-3
    assert any("its price is zero" in one for one in told.headline)
    some, answer = gain(50.0)
    more, _ = gain(100.0)
    assert more < some < 0
    assert any("nobody is given it" in one for one in answer.notes)
