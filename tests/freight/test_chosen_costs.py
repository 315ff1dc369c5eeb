"""What freight costs where shippers choose modes and ports, and what a change of it saves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landbridge.errors import InputError
from landbridge.freight.carriage.chosen import CargoChoice, ChosenCosts, chosen_costs
from landbridge.freight.carriage.classes import (
    Goods,
    cargo_classes,
    drawn_cargo,
    goods_by_cargo,
)
from landbridge.freight.carriage.constants import fitted_attractions
from landbridge.freight.carriage.costs import Centres, mode_costs
from landbridge.freight.carriage.mix import CargoMix, cargo_mix, sector_mix
from landbridge.freight.carriage.shares import choose_ports, mode_shares
from landbridge.freight.carriage.ways import cargo_ways
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, central_parameters
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.world.sectors.facts import sector_list

ISO3 = ("AFG", "CHN", "DEU", "KAZ", "PAK", "QAT", "UZB")
EPSILON = 1e-9


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def choice() -> CargoChoice:
    """All economies sell each other as much of every sector."""
    codes = sector_list(20).codes
    flows = np.ones((len(ISO3), len(ISO3), len(codes)))
    mix = cargo_mix(goods_by_cargo(flows, codes, ISO3), ISO3, np.ones((len(ISO3), len(ISO3))))
    return CargoChoice(mix, cargo_classes(), fitted_attractions())


@pytest.fixture(scope="module")
def before(network: FreightNetwork, choice: CargoChoice) -> ChosenCosts:
    return costs_on(network, choice)


def costs_on(
    network: FreightNetwork,
    choice: CargoChoice,
    parameters: FreightParameters | None = None,
    draw: FreightDraw | None = None,
) -> ChosenCosts:
    own = parameters or central_parameters()
    return chosen_costs(network, own, choice, iso3=ISO3, draw=draw)


# --- costs of the modes ---------------------------------------------------------------------------


@pytest.mark.unit
def test_the_modes_cost_what_their_trees_say(network: FreightNetwork) -> None:
    """The trees add 1e-9 USD an arc, so that no arc is free."""
    draw = FreightDraw(seed=5)
    found = mode_costs(network, central_parameters(), cargo_classes(), iso3=ISO3, draw=draw)
    for cargo, one in zip(cargo_classes(), found, strict=True):
        if cargo.name not in {"container", "liquid"}:
            continue
        ways = cargo_ways(network, central_parameters(), cargo, iso3=ISO3, draw=draw)
        assert set(one.land) == set(cargo.modes) & set(ways.land)
        for mode in one.land:
            np.testing.assert_allclose(one.land[mode], ways.land[mode], rtol=1e-8)
        np.testing.assert_allclose(one.to_port, ways.to_port, rtol=1e-8)
        np.testing.assert_allclose(one.from_port, ways.from_port, rtol=1e-8)
        np.testing.assert_array_equal(one.at_sea, ways.at_sea)
        np.testing.assert_array_equal(one.piped, ways.piped)
        np.testing.assert_array_equal(one.flown, ways.flown)


@pytest.mark.golden
def test_the_mean_over_ports_is_the_sum_over_all_pairs_of_ports() -> None:
    rng = np.random.default_rng(4)
    to_port, from_port = rng.uniform(1, 30, (2, 3)), rng.uniform(1, 30, (2, 3))
    to_port[0, 1] = from_port[1, 2] = np.inf
    at_sea = rng.uniform(1, 20, (3, 3))
    np.fill_diagonal(at_sea, np.inf)
    constants = np.array([0.0, 3.0, -2.0])
    found = choose_ports(to_port, at_sea, from_port, constants, 4.0)
    paid = to_port[0][:, None] + at_sea + from_port[1][None, :]
    weight = np.exp(-(paid + constants[:, None] + constants[None, :]) / 4.0)
    there = np.isfinite(paid)
    expected = (weight[there] * paid[there]).sum() / weight[there].sum()
    assert found.mean(to_port, at_sea, from_port)[0, 1] == pytest.approx(expected)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(5))
def test_what_is_saved_is_the_fall_of_cost_at_the_shares_on_the_way(seed: int) -> None:
    """The change of the log-sum is the integral of shares over costs (Williams 1977)."""
    rng = np.random.default_rng(seed)
    old, new = rng.uniform(20, 200, (3, 1)), rng.uniform(20, 200, (3, 1))
    modes = ("sea", "rail", "road")
    constants = dict(zip(modes, rng.normal(0, 60, 3), strict=True))

    def at(part: float) -> tuple[np.ndarray, float]:
        costs = dict(zip(modes, old + part * (new - old), strict=True))
        shares, felt = mode_shares(costs, constants, 25.0)
        return np.array([shares[mode][0] for mode in modes]), float(felt[0])

    nodes, weights = np.polynomial.legendre.leggauss(60)
    moved = sum(
        weight / 2 * float(at((node + 1) / 2)[0] @ (new - old)[:, 0])
        for node, weight in zip(nodes, weights, strict=True)
    )
    assert at(1.0)[1] - at(0.0)[1] == pytest.approx(moved, rel=1e-6)


# --- a change -------------------------------------------------------------------------------------


@pytest.mark.unit
def test_no_change_saves_exactly_nothing(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    again = costs_on(network, choice)
    after, held = before.ad_valorem_after(again)
    np.testing.assert_array_equal(after, before.ad_valorem())
    np.testing.assert_array_equal(before.reach_hat(again), 1.0)
    assert held == 0


@pytest.mark.unit
def test_cheaper_roads_save_what_those_on_roads_pay(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    """For a small fall of rates: twice the fall saves twice as much, and no pair loses."""
    central, there = central_parameters(), before.covered
    saved = []
    for fall in (1e-4, 2e-4):
        cheaper = replace(central, road_usd_factor=1.0 - fall)
        after, _ = before.ad_valorem_after(costs_on(network, choice, cheaper))
        saved.append(np.where(there, before.ad_valorem(), 0.0) - np.where(there, after, 0.0))
    assert (saved[0][there] >= -EPSILON).all()
    assert (saved[0][there] > 0).any()
    np.testing.assert_allclose(saved[1][there], 2 * saved[0][there], rtol=1e-2)
    # No more than if all that is paid were paid for the road.
    assert (saved[0][there] <= 1e-4 * before.ad_valorem()[there] * 2).all()


@pytest.mark.unit
def test_a_shut_strait_strands_what_has_no_other_mode(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    """Qatar's gas has no pipeline to Germany and no port outside the Gulf."""
    shut = apply_edits(network, [SetOpen("hormuz", is_open=False)])
    after = costs_on(shut, choice)
    gas = choice.mix.cargo.index("gas")
    seller, buyer = ISO3.index("QAT"), ISO3.index("DEU")
    assert before.reached[gas, seller, buyer] == 1.0
    assert after.reached[gas, seller, buyer] == 0.0
    assert before.reach_hat(after)[seller, buyer] < 1.0
    cost, _ = before.ad_valorem_after(after)
    assert cost[seller, buyer] > before.ad_valorem()[seller, buyer]
    assert before.reach_hat(after)[ISO3.index("KAZ"), ISO3.index("CHN")] == 1.0


@pytest.mark.unit
def test_values_and_times_of_all_classes_move_alike(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    """Twice the value, half the value of time: a tonne costs the same, half of it ad valorem."""
    central = central_parameters()
    dearer = replace(
        central,
        value_usd_per_tonne=2 * central.value_usd_per_tonne,
        value_of_time_percent_per_day=central.value_of_time_percent_per_day / 2,
    )
    found = costs_on(network, choice, dearer)
    there = before.covered
    np.testing.assert_allclose(found.paid, before.paid, rtol=1e-9)
    np.testing.assert_allclose(found.ad_valorem()[there], before.ad_valorem()[there] / 2)


# --- what goods are -------------------------------------------------------------------------------


@pytest.mark.golden
def test_pairs_without_goods_in_the_tables_borrow_the_mix() -> None:
    """Of the exporter, or of the world where the exporter is not in the tables."""
    usd = np.zeros((2, 2, 2))
    usd[:, 0, 1] = [30.0, 10.0]
    goods = Goods(
        ("AAA", "BBB"), ("one", "two"), usd, usd / np.array([100.0, 5.0])[:, None, None], 0
    )
    trade = np.ones((3, 3))
    found = cargo_mix(goods, ("AAA", "BBB", "CCC"), trade)
    assert found.shares[:, 0, 1] == pytest.approx([0.75, 0.25])
    assert found.shares[:, 0, 2] == pytest.approx([0.75, 0.25])
    assert found.shares[:, 2, 0] == pytest.approx([0.75, 0.25])
    assert found.usd_per_tonne[:, 2, 0] == pytest.approx([100.0, 5.0])
    assert found.borrowed == 5


@pytest.mark.unit
def test_every_sector_of_goods_has_a_mix_but_what_nothing_carries() -> None:
    mixes = {code: sector_mix(code, ISO3) for code in sector_list(20).codes}
    carried = {code: mix for code, mix in mixes.items() if isinstance(mix, CargoMix)}
    assert "D" not in carried
    assert "A" in carried or "A01T02" in carried
    for mix in carried.values():
        np.testing.assert_allclose(mix.shares.sum(axis=0), 1.0)


@pytest.mark.unit
def test_classes_are_drawn_inside_their_bands() -> None:
    place = [one.name for one in cargo_classes()].index("container")
    central = cargo_classes()[place].shipment.value_of_time_percent_per_day
    drawn = [drawn_cargo(np.random.default_rng(seed)) for seed in range(200)]
    time = np.array([many[place].shipment.value_of_time_percent_per_day for many in drawn])
    assert np.median(time) == pytest.approx(central, rel=0.15)
    assert time.std() > 0
    spreads = [
        (one.port_spread_usd_per_tonne, one.mode_spread_usd_per_tonne)
        for many in drawn
        for one in many
    ]
    assert all(ports <= modes for ports, modes in spreads)


@pytest.mark.unit
def test_the_largest_centre_stands_for_its_economy(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    """Kazakhstan has several centres; the cost of one of them is not far from the mean."""
    rough = costs_on(network, replace(choice, centres=Centres(largest_only=True)))
    assert rough.felt.shape[1:] == (len(ISO3), len(ISO3))
    assert before.felt.shape[1] > len(ISO3)
    there = before.covered
    ratio = rough.ad_valorem()[there] / before.ad_valorem()[there]
    assert np.abs(np.log(ratio)).max() < 0.5
    assert np.abs(np.log(ratio)).max() > 0.0


@pytest.mark.unit
def test_costs_among_some_economies_are_those_among_all(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    """The others are not covered."""
    some = tuple(range(1, len(ISO3), 2))
    found = costs_on(network, replace(choice, centres=Centres(among=some)))
    cells = np.ix_(some, some)
    rest = np.ones(before.covered.shape, dtype=bool)
    rest[cells] = False
    assert found.covered[cells].any()
    assert not found.covered[rest].any()
    np.testing.assert_array_equal(found.covered[cells], before.covered[cells])
    np.testing.assert_allclose(found.paid[:, *cells], before.paid[:, *cells], rtol=1e-12)
    with pytest.raises(InputError, match="none of the economies"):
        costs_on(network, replace(choice, centres=Centres(among=(len(ISO3),))))


@pytest.mark.unit
def test_what_is_loaded_at_its_own_ports_gains_nothing_from_cheaper_railways(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    """Most of Kazakhstan's oil has pipelines to its ports; Uzbekistan's has none."""
    cheaper = replace(central_parameters(), rail_usd_factor=0.5)
    free = chosen_costs(network, cheaper, choice, iso3=ISO3)
    held = chosen_costs(network, cheaper, choice, iso3=ISO3, before=before)
    oil = choice.mix.cargo.index("liquid")
    alone = replace(choice, mix=only(choice.mix, oil))
    saved = {
        name: np.where(before.covered, 1.0, 0.0)
        * (
            np.where(before.covered, before.with_mix(alone.mix).ad_valorem(), 0.0)
            - np.where(before.covered, before.with_mix(alone.mix).ad_valorem_after(after)[0], 0.0)
        )
        for name, after in (("free", free), ("held", held))
    }
    kazakhstan, uzbekistan, pakistan = (ISO3.index(code) for code in ("KAZ", "UZB", "PAK"))
    assert 0 < saved["held"][kazakhstan, pakistan] < 0.7 * saved["free"][kazakhstan, pakistan]
    assert saved["held"][uzbekistan, pakistan] == saved["free"][uzbekistan, pakistan]


@pytest.mark.unit
def test_no_change_is_exactly_none_where_goods_stay_with_their_ports(
    network: FreightNetwork, choice: CargoChoice, before: ChosenCosts
) -> None:
    again = chosen_costs(network, central_parameters(), choice, iso3=ISO3, before=before)
    assert any(len(one.centres) for one in before.boarded)
    np.testing.assert_array_equal(again.felt, before.felt)


def only(mix: CargoMix, place: int) -> CargoMix:
    """Let all goods be of one class."""
    shares = np.zeros_like(mix.shares)
    shares[place] = 1.0
    return replace(mix, shares=shares)
