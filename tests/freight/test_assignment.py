"""Trade on the network: what is put on arrives, over the ways that cost least."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.errors import InputError, UnknownNameError
from landbridge.freight.costs.pricing import (
    FreightDraw,
    access_costs,
    central_parameters,
    sea_rates,
)
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.flows.assignment import assign
from landbridge.freight.flows.elements import (
    Elements,
    directed_flows,
    elements_of,
    flow_table,
    passage_km,
)
from landbridge.freight.flows.lines import flow_lines, sea_link_flows
from landbridge.freight.network.compiled import ArcKind, FreightNetwork, load_network
from landbridge.freight.search.trees import LeastWays, costs_at_sea, least_ways
from landbridge.freight.skims.economies import generalised_costs

ISO3 = ("AFG", "AUS", "BRA", "CHN", "DEU", "IND", "JPN", "KAZ", "PAK", "RUS", "UGA", "USA", "UZB")
TOLD_APART = 1e-8  # relative; ways of equal cost are told apart by less
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def ways(network: FreightNetwork) -> LeastWays:
    return least_ways(network, central_parameters(), iso3=ISO3)


def demand_of(seed: int) -> np.ndarray:
    demand = np.random.default_rng(seed).lognormal(0, 1, (len(ISO3), len(ISO3)))
    np.fill_diagonal(demand, 0.0)
    return demand


def row_of(elements: Elements, element: str) -> int:
    return int(np.flatnonzero(elements.table["element"] == element)[0])


@pytest.mark.unit
def test_ways_cost_what_the_skims_say(network: FreightNetwork) -> None:
    parameters = central_parameters()
    draw = FreightDraw.random(np.random.default_rng(8))
    found = least_ways(network, parameters, iso3=ISO3, draw=draw)
    skims = generalised_costs(network, parameters, iso3=ISO3, draw=draw)
    apart = ~np.eye(len(found.cost), dtype=bool)
    assert found.cost[apart] == pytest.approx(skims.by_centre[apart], rel=TOLD_APART)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(2))
def test_flow_times_cost_is_trade_times_cost(
    network: FreightNetwork, ways: LeastWays, seed: int
) -> None:
    """Every tonne is on exactly the ways that the skims price, and nowhere else."""
    parameters = central_parameters()
    demand = demand_of(seed)
    flow = assign(ways, demand)
    sea = flow.sea_legs()
    km = np.where(sea > 0, network.sea.km, 0.0)
    # Sea legs between ports of the land network are arcs as well: they are counted at sea.
    land = np.where(network.arcs.kind == int(ArcKind.SEA), 0.0, ways.general)
    on_arcs = flow.arcs() @ land + (sea * km).sum() * ways.sea_general
    hours, usd = access_costs(network, parameters)
    access = usd + parameters.usd_per_tonne_hour * hours
    ties = access[np.isin(np.array(network.ties.iso3), ISO3)]
    share = np.outer(ways.weight, ways.weight) * demand[np.ix_(ways.owner, ways.owner)]
    at_ends = (share * (ties[ways.tie_out] + ties[ways.tie_in])).sum()
    assert on_arcs + at_ends == pytest.approx((share * ways.cost).sum(), rel=TOLD_APART)


@pytest.mark.unit
def test_what_enters_a_place_leaves_it(network: FreightNetwork, ways: LeastWays) -> None:
    flow = assign(ways, demand_of(1))
    arcs, over = network.arcs, flow.arcs()
    size = len(network.layers)
    gain = np.bincount(arcs.end, weights=over, minlength=size)
    gain -= np.bincount(arcs.start, weights=over, minlength=size)
    may_differ = {int(layer) for layer in network.ties.layer}
    # Sea legs of ports that only the sea reaches are no arcs of the network.
    may_differ |= {i for i, layer in enumerate(network.layers) if layer.mode == "sea"}
    inside = np.setdiff1d(np.arange(size), sorted(may_differ))
    assert np.abs(gain[inside]).max() < ROUNDING * over.max()
    total = float(flow.assigned.sum())
    assert total == pytest.approx(demand_of(1).sum(), rel=ROUNDING)


@pytest.mark.unit
def test_both_ends_see_the_same_flow(ways: LeastWays) -> None:
    flow = assign(ways, demand_of(2))
    by_exporter = np.asarray(flow.by_exporter.sum(axis=1))
    by_importer = np.asarray(flow.by_importer.sum(axis=1))
    assert by_exporter == pytest.approx(by_importer, abs=ROUNDING * flow.assigned.sum())


@pytest.mark.unit
def test_no_trade_is_no_flow_and_twice_the_trade_is_twice_the_flow(ways: LeastWays) -> None:
    nothing = assign(ways, np.zeros((len(ISO3), len(ISO3))))
    assert nothing.edges.sum() == 0
    once, twice = (assign(ways, factor * demand_of(3)) for factor in (1.0, 2.0))
    assert twice.edges == pytest.approx(2 * once.edges, rel=ROUNDING)


@pytest.mark.unit
@pytest.mark.parametrize(
    "demand", [np.zeros((2, 2)), -np.ones((len(ISO3),) * 2), np.full((len(ISO3),) * 2, np.nan)]
)
def test_a_demand_that_cannot_be_is_refused(ways: LeastWays, demand: np.ndarray) -> None:
    with pytest.raises(InputError, match="not negative"):
        assign(ways, demand)


@pytest.mark.unit
def test_an_economy_without_a_centre_is_refused(network: FreightNetwork) -> None:
    with pytest.raises(UnknownNameError, match="no centre of XXX"):
        least_ways(network, central_parameters(), iso3=("PAK", "XXX"))


@pytest.mark.slow
@pytest.mark.unit
def test_what_is_shut_carries_nothing_and_the_rest_finds_another_way(
    network: FreightNetwork,
) -> None:
    names = ("suez", "torkham-road", "port-qasim")
    open_ways = least_ways(network, central_parameters(), iso3=ISO3)
    shut = apply_edits(network, [SetOpen(name, is_open=False) for name in names])
    shut_ways = least_ways(shut, central_parameters(), iso3=ISO3)
    before, after = (assign(found, demand_of(4)) for found in (open_ways, shut_ways))
    elements = elements_of(open_ways)
    flow = flow_table(elements, before)
    assert all(flow[row_of(elements, name)] > 0 for name in names)
    left = elements_of(shut_ways)
    assert not set(names) & set(left.table["element"])
    assert after.assigned.sum() == pytest.approx(before.assigned.sum(), rel=ROUNDING)
    cape = [flow_table(part, flows)[row_of(part, "cape-of-good-hope")]
            for part, flows in ((elements, before), (left, after))]  # fmt: skip
    assert cape[1] > cape[0]


@pytest.mark.unit
def test_directions_add_up_to_the_flow(ways: LeastWays) -> None:
    flow = assign(ways, demand_of(5))
    elements = elements_of(ways)
    total, by_way = flow_table(elements, flow), directed_flows(elements, flow)
    land = (elements.table["kind"] != "passage").to_numpy()
    assert by_way[land].sum(axis=1) == pytest.approx(total[land], abs=ROUNDING * total.max())
    assert np.isnan(by_way[~land]).all()


@pytest.mark.unit
def test_what_passes_suez_sails_its_link(network: FreightNetwork, ways: LeastWays) -> None:
    flow = assign(ways, demand_of(6))
    elements = elements_of(ways, ("passage",))
    links = network.tables.sea_links
    over = sea_link_flows(network, flow.sea_legs())[(links["passage"] == "suez").to_numpy()]
    assert over.sum() == pytest.approx(flow_table(elements, flow)[row_of(elements, "suez")])
    lines = flow_lines(flow)
    assert {line.mode for line in lines} >= {"rail", "road", "sea"}
    assert all(line.flow > 0 for line in lines)


@pytest.mark.unit
def test_a_passage_lies_on_the_ways_that_name_it(network: FreightNetwork) -> None:
    km = passage_km(network, ("suez", "malacca"))
    ports = network.sea.ports
    pairs = (("rotterdam", "singapore"), ("karachi", "shanghai"), ("karachi", "rotterdam"))
    for start, end in pairs:
        named = network.sea.passages_between(start, end)
        cell = (ports.index(start), ports.index(end))
        assert [bool(km[n][cell] > 0) for n in (0, 1)] == ["suez" in named, "malacca" in named]


@pytest.mark.unit
def test_a_kind_of_element_that_is_not_there_is_refused(ways: LeastWays) -> None:
    with pytest.raises(InputError, match="Did you mean 'crossing'"):
        elements_of(ways, ("crosing",))


@pytest.mark.unit
def test_from_a_ship_no_detour_is_cheaper(network: FreightNetwork) -> None:
    parameters = central_parameters()
    ports = ("karachi", "bandar-abbas", "singapore")
    costs = costs_at_sea(network, parameters, ports=(*ports, "nowhere"), iso3=("AUS", "DEU"))
    assert np.isinf(costs[:, 3]).all()
    assert (costs[:, :3] > 0).all()
    per_hour, per_km = sea_rates(network, parameters)
    rate = per_km + parameters.usd_per_tonne_hour * per_hour
    where = [network.sea.ports.index(port) for port in ports]
    for one, here in enumerate(where):
        for other, there in enumerate(where):
            leg = rate * network.sea.km[here, there]
            assert (costs[0, one] <= leg + costs[0, other] + TOLD_APART * leg + ROUNDING).all()
            assert (costs[1, other] <= costs[1, one] + leg + TOLD_APART * leg + ROUNDING).all()
