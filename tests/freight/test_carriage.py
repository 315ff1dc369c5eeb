"""Classes of cargo on modes, ports and ways: the choice, the loading, and what is conserved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.errors import ConvergenceError, InputError
from landbridge.freight.carriage.carry import Carried, carry, split_modes
from landbridge.freight.carriage.classes import CargoClass, Goods, cargo_classes, goods_by_cargo
from landbridge.freight.carriage.composition import parts_of
from landbridge.freight.carriage.constants import Attractions, fitted_attractions
from landbridge.freight.carriage.fitting import PortTarget, ShareTarget, fit, model
from landbridge.freight.carriage.loading import loading_of
from landbridge.freight.carriage.passing import TONNES, passing
from landbridge.freight.carriage.shares import choose_ports, mode_shares
from landbridge.freight.carriage.ways import Ways, cargo_ways
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.costs.shipments import Shipment
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.network.tables import rows
from landbridge.freight.skims.economies import generalised_costs
from landbridge.tables import embedded_table
from landbridge.world.sectors.facts import sector_list

ISO3 = ("AFG", "CHN", "DEU", "KAZ", "PAK", "UZB")
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def box() -> CargoClass:
    return next(one for one in cargo_classes() if one.name == "container")


@pytest.fixture(scope="module")
def ways(network: FreightNetwork, box: CargoClass) -> Ways:
    return cargo_ways(network, central_parameters(), box, iso3=ISO3)


def demand(seed: int = 3) -> np.ndarray:
    flow = np.random.default_rng(seed).lognormal(0, 1, (1, len(ISO3), len(ISO3)))
    return np.concatenate((flow, 4000 * flow))


def carried(ways: Ways, box: CargoClass, attractions: Attractions | None = None) -> Carried:
    own = (attractions or Attractions()).constants(box, ways.ports)
    return carry(ways, split_modes(ways, box, own), demand())


# --- the choice -----------------------------------------------------------------------------------


@pytest.mark.golden
def test_two_ports_by_hand() -> None:
    """A centre with two ports to one overseas port: shares and log-sum written out."""
    to_port = np.array([[10.0, 13.0, np.inf], [np.inf, np.inf, 0.0]])
    from_port = np.array([[np.inf, np.inf, np.inf], [np.inf, np.inf, 4.0]])
    at_sea = np.array([[np.inf, 1.0, 20.0], [1.0, np.inf, 18.0], [20.0, 18.0, np.inf]])
    found = choose_ports(to_port, at_sea, from_port, np.zeros(3), 5.0)
    first, second = 10 + 20 + 4, 13 + 18 + 4
    weights = np.exp([-first / 5, -second / 5])
    assert found.cost[0, 1] == pytest.approx(-5 * np.log(weights.sum()))
    assert not np.isfinite(found.cost[0, 0])
    to_ports, legs, from_ports = found.through(np.array([[0.0, 7.0], [0.0, 0.0]]))
    assert to_ports[0] == pytest.approx([*(7 * weights / weights.sum()), 0.0])
    assert legs[:, 2] == pytest.approx(to_ports[0])
    assert from_ports[1] == pytest.approx([0, 0, 7])


@pytest.mark.unit
def test_a_constant_of_a_port_moves_its_odds_alone() -> None:
    to_port, back = np.array([[10.0, 10.0, np.inf]]), np.array([[np.inf, np.inf, 0.0]])
    at_sea = np.full((3, 3), 5.0)
    plain = choose_ports(to_port, at_sea, back, np.zeros(3), 2.0).through(np.ones((1, 1)))[0][0]
    moved = choose_ports(to_port, at_sea, back, np.array([2.0, 0, 0]), 2.0)
    share = moved.through(np.ones((1, 1)))[0][0]
    assert plain[0] == pytest.approx(plain[1])
    assert share[0] / share[1] == pytest.approx(np.exp(-1))


@pytest.mark.property
@given(
    st.lists(st.floats(0.1, 500), min_size=2, max_size=4),
    st.floats(1, 200),
    st.floats(-100, 100),
)
def test_shares_sum_to_one_and_fall_with_cost(
    costs: list[float], spread: float, constant: float
) -> None:
    by_mode = {str(place): np.array([cost]) for place, cost in enumerate(costs)}
    shares, expected = mode_shares(by_mode, {"0": constant}, spread)
    assert sum(float(share[0]) for share in shares.values()) == pytest.approx(1)
    felt = [costs[0] + constant, *costs[1:]]
    assert float(expected[0]) <= min(felt) + 1e-9
    assert float(expected[0]) >= min(felt) - spread * np.log(len(costs)) - 1e-9
    order = np.argsort(felt, kind="stable")
    taken = np.array([float(shares[str(place)][0]) for place in range(len(costs))])
    assert (np.diff(taken[order]) <= 1e-12).all()


@pytest.mark.unit
def test_a_pair_without_a_way_has_no_share() -> None:
    shares, expected = mode_shares({"sea": np.array([np.inf]), "rail": np.array([np.inf])}, {}, 9.0)
    assert float(shares["sea"][0]) == float(shares["rail"][0]) == 0.0
    assert np.isinf(expected[0])
    for wrong in (0.0, -1.0):
        with pytest.raises(InputError, match="above zero"):
            mode_shares({"sea": np.array([1.0])}, {}, wrong)
        with pytest.raises(InputError, match="above zero"):
            choose_ports(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)), np.zeros(1), wrong)


# --- trees ----------------------------------------------------------------------------------------


# --- goods ----------------------------------------------------------------------------------------


@pytest.mark.unit
def test_goods_keep_their_value_and_fuels_go_by_exporter() -> None:
    flows = np.zeros((3, 3, 3))
    flows[0, 1], flows[1, 2] = [100.0, 50.0, 7.0], [10.0, 0.0, 0.0]
    flows[0, 0] = 999.0
    found = goods_by_cargo(flows, ("B05T06", "C29", "D"), ("QAT", "MNG", "CHN"))
    assert found.usd_million.sum() + found.not_carried == pytest.approx(167)
    assert found.not_carried == 7.0
    mix = embedded_table("freight", "fuel_mix").set_index("iso3")
    at = {name: place for place, name in enumerate(found.cargo)}
    assert found.usd_million[at["gas"], 0, 1] == pytest.approx(100 * mix.loc["QAT", "gas_share"])
    assert found.usd_million[at["dry-bulk"], 1, 2] == pytest.approx(
        10 * mix.loc["MNG", "coal_share"]
    )
    cars = embedded_table("freight", "cargo_of_goods").set_index("sector").loc["C29"]
    assert found.tonnes_million[at["vehicles"], 0, 1] == pytest.approx(
        50 / cars["value_usd_per_tonne"]
    )
    with pytest.raises(InputError, match="not negative"):
        goods_by_cargo(-flows, ("B05T06", "C29", "D"), ("QAT", "MNG", "CHN"))


@pytest.mark.unit
def test_the_tables_of_cargo_hold_together() -> None:
    goods = embedded_table("freight", "cargo_of_goods")
    known = {one.name for one in cargo_classes()}
    assert set(goods["cargo"]) <= known
    assert goods.groupby("sector")["share_of_value"].sum().to_numpy() == pytest.approx(1)
    assert (goods["value_low"] <= goods["value_usd_per_tonne"]).all()
    assert (goods["value_usd_per_tonne"] <= goods["value_high"]).all()
    mix = embedded_table("freight", "fuel_mix")
    assert mix[["coal_share", "oil_share", "gas_share"]].sum(axis=1).to_numpy() == pytest.approx(1)
    ores = embedded_table("freight", "ore_mix").filter(like="_share")
    assert ores.sum(axis=1).to_numpy() == pytest.approx(1)
    loading = embedded_table("freight", "cargo_loading")
    assert set(loading["cargo"]) <= known
    assert loading.groupby(["iso3", "cargo"])["share"].sum().max() <= 1 + ROUNDING
    costs = embedded_table("freight", "cargo_costs")
    assert (costs["low"] <= costs["central"]).all()
    assert (costs["central"] <= costs["high"]).all()
    assert set(costs["cargo"]) == known
    world = sector_list(20)
    carried = [code for code in world.codes if code in set(goods["sector"])]
    kinds = dict(zip(world.codes, world.kinds, strict=True))
    assert {kinds[code] for code in carried} == {"goods"}
    left = [code for code in world.codes if kinds[code] == "goods" and code not in carried]
    # Fuels and what mines dig are split by exporter, electricity is not carried.
    assert left == ["B05T06", "B07T09", "D"]


# --- carrying -------------------------------------------------------------------------------------


@pytest.mark.unit
def test_all_that_is_handed_in_is_carried_once(ways: Ways, box: CargoClass) -> None:
    found, given = carried(ways, box), demand()
    given[:, np.arange(len(ISO3)), np.arange(len(ISO3))] = 0.0
    moved = sum(found.by_mode.values()) + found.unmoved
    assert np.abs(moved - given).max() < ROUNDING * given.max()
    sea = found.by_mode["sea"].sum(axis=(1, 2))
    assert found.loaded.sum(axis=1) == pytest.approx(sea)
    assert found.unloaded.sum(axis=1) == pytest.approx(sea)
    assert found.legs.sum(axis=(1, 2)) == pytest.approx(sea)


@pytest.mark.unit
def test_what_passes_a_border_by_rail_is_what_goes_by_rail(ways: Ways, box: CargoClass) -> None:
    """China's land borders carry at least its trade by land, and its quays its trade by sea."""
    found = carried(ways, box)
    table = passing(ways.network, [box], [found])
    crossings = {
        row.crossing: {row.from_iso3, row.to_iso3} for row in rows(ways.network.tables.crossings)
    }
    over = table[table["kind"] == "crossing"]
    chinese = over[[("CHN" in crossings[str(name)]) for name in over["element"]]]
    china = ISO3.index("CHN")
    land = sum(
        found.by_mode[mode][TONNES, china].sum() + found.by_mode[mode][TONNES, :, china].sum()
        for mode in ("rail", "road")
    )
    assert chinese["tonnes_million"].sum() >= land - ROUNDING
    assert (table["teu_million"] * box.tonnes_per_teu).to_numpy() == pytest.approx(
        table["tonnes_million"].to_numpy()
    )


@pytest.mark.unit
def test_a_shut_port_takes_nothing_and_others_take_more(
    network: FreightNetwork, box: CargoClass
) -> None:
    shut = apply_edits(network, [SetOpen("karachi", is_open=False)])
    before = carried(cargo_ways(network, central_parameters(), box, iso3=ISO3), box)
    after_ways = cargo_ways(shut, central_parameters(), box, iso3=ISO3)
    after = carried(after_ways, box)
    at = after_ways.ports.index("karachi")
    other = after_ways.ports.index("port-qasim")
    assert before.unloaded[TONNES, at] > 0
    assert after.unloaded[TONNES, at] == after.loaded[TONNES, at] == 0.0
    assert after.unloaded[TONNES, other] > before.unloaded[TONNES, other]


@pytest.mark.unit
def test_the_modes_cost_what_the_least_ways_say(network: FreightNetwork) -> None:
    """With the prices of general cargo, the least over modes and ports is the least way."""
    plain = CargoClass(
        name="plain",
        title="General cargo",
        group="bulk",
        tonnes_per_teu=0.0,
        modes=("road", "rail", "sea"),
        foreign_ports=True,
        shipment=Shipment("plain", "General cargo", 20.0, 2500.0, 0.8),
        mode_spread_usd_per_tonne=1.0,
        port_spread_usd_per_tonne=1.0,
    )
    parameters = central_parameters()
    found = cargo_ways(network, parameters, plain, iso3=("AFG", "PAK", "SGP", "UZB"))
    own = plain.shipment.parameters(parameters)
    skims = generalised_costs(network, own, iso3=("AFG", "PAK", "SGP", "UZB"))
    by_sea = (found.to_port[:, :, None] + found.at_sea[None]).min(axis=1)
    by_sea = (by_sea[:, None, :] + found.from_port[None, :, :]).min(axis=2)
    least = np.minimum(np.minimum(found.land["rail"], found.land["road"]), by_sea)
    owner = found.ties.owner
    abroad = owner[:, None] != owner[None, :]
    assert (least[abroad] >= skims.by_centre[abroad] - 1e-4).all()
    assert least[abroad] == pytest.approx(skims.by_centre[abroad], rel=1e-6)


# --- fitting --------------------------------------------------------------------------------------


@pytest.mark.unit
def test_a_fit_finds_what_was_planted(ways: Ways, box: CargoClass) -> None:
    tonnes = demand()
    tonnes[:, np.arange(len(ISO3)), np.arange(len(ISO3))] = 0.0
    goods = Goods(ISO3, (box.name,), tonnes[1][None], tonnes[0][None], 0.0)
    target = ShareTarget(np.array([1]), np.array([2]), "rail", by_value=False, share=0.0)
    known = {"karachi": 0.8, "hamburg": -0.9, "shanghai": 0.7, "qingdao": -0.6}
    planted = Attractions(
        known, {("boxes", "rail"): -0.8}, features={("boxes", "connectivity"): 0.5}
    )
    truth = model([ways], [box], goods, planted, [target])
    seen = ShareTarget(
        target.exporters, target.importers, "rail", by_value=False, share=float(truth.shares[0])
    )
    ports = [PortTarget(port, float(truth.ports[ways.ports.index(port)])) for port in known]
    start = Attractions(modes={("boxes", "rail"): 0.0}, features={("boxes", "connectivity"): 0.0})
    found = fit([ways], [box], goods, ports, [seen], start)
    # Ports are drawn towards what their liner service says, so none is found in full.
    made = found.attractions
    assert made.ports == pytest.approx(known, abs=0.45)
    assert made.modes["boxes", "rail"] == pytest.approx(-0.8, abs=0.2)
    assert 0.3 < found.port_sd < 1.5
    assert all(0 < sd < 1.5 for sd in found.deviations.ports.values())
    with pytest.raises(ConvergenceError, match="did not settle"):
        fit([ways], [box], goods, ports, [seen], start, rounds=1)


@pytest.mark.unit
def test_the_fitted_constants_are_of_this_network(network: FreightNetwork) -> None:
    found = fitted_attractions()
    assert set(found.ports) <= set(network.sea.ports)
    assert {mode for _, mode in found.modes} <= {"road", "rail", "air", "pipeline", "sea"}
    table = embedded_table("freight", "cargo_constants")
    figures = embedded_table("freight", "observed_freight").set_index("figure")["use"]
    used = {name for cell in table["fitted_to"] for name in str(cell).split("|") if name}
    assert used
    assert set(figures.loc[sorted(used)]) == {"fit"}  # nothing that is held back was used


@pytest.mark.unit
def test_classes_without_boxes_count_no_teu(network: FreightNetwork) -> None:
    ore = next(one for one in cargo_classes() if one.name == "metals")
    own = cargo_ways(network, central_parameters(), ore, iso3=ISO3)
    table = passing(network, [ore], [carried(own, ore)])
    assert (table["teu_million"] == 0).all()
    assert isinstance(table, pd.DataFrame)


# --- what goods are made of, and where they are loaded --------------------------------------------


@pytest.mark.unit
def test_heavy_goods_stay_near_and_an_exporter_sells_what_it_sells() -> None:
    """Australian ore to China and Britain: stone goes near, and all shares are kept in all."""
    iso3 = ("AUS", "CHN", "GBR", "CHE")
    value = np.zeros((4, 4))
    value[0] = [0.0, 100.0, 100.0, 100.0]
    parts = parts_of("B07T09", value, iso3)
    mix = embedded_table("freight", "ore_mix").set_index("iso3").loc["AUS"].filter(like="_share")
    sold = [part.usd.sum() for part in parts]
    assert sold == pytest.approx(300 * mix.to_numpy(dtype=float), rel=0.01)
    assert sum(part.usd for part in parts) == pytest.approx(value)
    heavy, dear = parts[0].usd, parts[-1].usd
    assert heavy[0, 1] > heavy[0, 2]  # China is nearer
    assert dear[0, 3] > dear[0, 2]  # Switzerland buys gold


@pytest.mark.unit
def test_loading_ports_load_their_share_and_serve_the_near(network: FreightNetwork) -> None:
    """Saudi crude: Yanbu serves Italy and Ras Tanura India, and nothing is lost."""
    oil = next(one for one in cargo_classes() if one.name == "liquid")
    codes = ("SAU", "ITA", "IND")
    costs = cargo_ways(network, central_parameters(), oil, iso3=codes)
    split = split_modes(costs, oil, Attractions().constants(oil, costs.ports))
    flow = np.zeros((1, 3, 3))
    flow[0, 0, 1], flow[0, 0, 2] = 40.0, 60.0
    loading = loading_of(costs, oil)
    done = carry(costs, split, flow, loading)
    plain = carry(costs, split, flow)
    assert done.loaded.sum() == pytest.approx(plain.loaded.sum())
    at = {port: place for place, port in enumerate(costs.ports)}
    by_sea = done.by_mode["sea"].sum()
    assert done.loaded[0, at["ras-tanura"]] >= 0.6 * by_sea > plain.loaded[0, at["ras-tanura"]]
    owner = np.array([network.tables.nodes.set_index("node")["iso3"][port] for port in costs.ports])
    west = done.legs[0][:, owner == "ITA"].sum(axis=1)
    assert west[at["yanbu"]] > 0.3 * done.loaded[0, at["yanbu"]] > 0
    assert west[at["ras-tanura"]] / done.loaded[0, at["ras-tanura"]] < 0.4


@pytest.mark.unit
def test_canals_charge_and_straits_do_not(network: FreightNetwork) -> None:
    charges = embedded_table("freight", "passages").set_index("passage")["charge_usd_per_tonne"]
    at = {port: place for place, port in enumerate(network.sea.ports)}
    charge = network.sea.charge
    assert charge[at["shanghai"], at["rotterdam"]] == pytest.approx(charges["suez"])
    assert charge[at["shanghai"], at["singapore"]] == 0.0
    shut = apply_edits(network, [SetOpen("suez", is_open=False)])
    assert charge[at["singapore"], at["rotterdam"]] == pytest.approx(charges["suez"])
    assert shut.sea.charge[at["singapore"], at["rotterdam"]] == 0.0  # round the Cape


@pytest.mark.unit
def test_what_a_ferry_takes_passes_the_quay_of_its_port(network: FreightNetwork) -> None:
    """Kazakhstan to Azerbaijan: what leaves Aktau and Kuryk by ferry comes in at Alat."""
    box = next(one for one in cargo_classes() if one.name == "container")
    costs = cargo_ways(network, central_parameters(), box, iso3=("KAZ", "AZE"))
    split = split_modes(costs, box, Attractions().constants(box, costs.ports))
    flow = np.array([[[0.0, 10.0], [0.0, 0.0]]])
    done = carry(costs, split, np.concatenate((flow, flow)))
    table = passing(network, [box], [done])
    quays = table[table["kind"] == "port"].set_index(["element", "direction"])["tonnes_million"]
    out = quays.get(("aktau", "loaded"), 0.0) + quays.get(("kuryk", "loaded"), 0.0)
    assert quays[("alat", "unloaded")] == pytest.approx(out)
    assert out > 0
