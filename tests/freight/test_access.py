"""The way to the sea: against the whole graph without the sea; and which port wins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import InputError, UnknownNameError
from landbridge.freight.costs.pricing import access_costs, arc_costs, central_parameters
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import ArcKind, FreightNetwork, load_network
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.skims.to_ports import (
    PARTS,
    PortChoice,
    central_port_choice,
    choose_ports,
    port_access,
)

ROUNDING = 1e-9
PARTNERS = ("CHN", "DEU", "RUS", "USA", "IND")


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.mark.unit
@pytest.mark.parametrize(("iso3", "backward"), [("UZB", False), ("AFG", True)])
def test_the_way_to_a_port_is_the_least_over_land(
    network: FreightNetwork, iso3: str, backward: bool
) -> None:
    """Dijkstra on every arc of the core, sea legs left out, nothing contracted."""
    parameters = central_parameters()
    found = port_access(network, parameters, iso3, partners=PARTNERS)
    arcs, core = network.arcs, network.arcs.core
    hours, usd = arc_costs(network, parameters)
    general = (usd + parameters.usd_per_tonne_hour * hours)[:core]
    general = np.where(arcs.kind[:core] == int(ArcKind.SEA), np.inf, general)
    ends = (arcs.start[:core], arcs.end[:core])
    start, end = ends[::-1] if backward else ends
    graph, _ = least_arcs(start, end, general, network.core_layers)
    tie_hours, tie_usd = access_costs(network, parameters)
    access = tie_usd + parameters.usd_per_tonne_hour * tie_hours
    ties = [row for row, code in enumerate(network.ties.iso3) if code == iso3]
    cost = dijkstra(graph, indices=network.ties.layer[ties])
    cost += access[ties][:, None]
    sea = {
        layer.node: number
        for number, layer in enumerate(network.layers[: network.core_layers])
        if layer.mode == "sea"
    }
    centres = network.ties.centre[ties]
    for place, port in enumerate(found.ports):
        for row, centre in enumerate(np.unique(centres)):
            wanted = cost[centres == centre, sea[port]].min()
            got = found.centres[int(backward), 0, row, place]
            assert got == pytest.approx(wanted, rel=ROUNDING)


@pytest.mark.unit
def test_parts_of_the_cost_add_up(network: FreightNetwork) -> None:
    parameters = central_parameters()
    found = port_access(network, parameters, "KGZ", partners=PARTNERS)
    general, hours, usd, km = (found.centres[:, PARTS.index(name)] for name in PARTS)
    finite = np.isfinite(general)
    whole = usd[finite] + parameters.usd_per_tonne_hour * hours[finite]
    assert general[finite] == pytest.approx(whole, rel=ROUNDING)
    assert (km[finite] > 0).all()


@pytest.mark.slow
@pytest.mark.unit
def test_a_port_that_is_shut_is_gone_and_no_other_is_nearer(network: FreightNetwork) -> None:
    parameters = central_parameters()
    before = port_access(network, parameters, "AFG", partners=PARTNERS)
    shut = apply_edits(network, [SetOpen("karachi", is_open=False), SetOpen("torkham", False)])  # noqa: FBT003
    after = port_access(shut, parameters, "AFG", partners=PARTNERS)
    assert "karachi" in before.ports
    assert "karachi" not in after.ports
    old, _ = before.means()
    new, _ = after.means()
    shared = [(before.ports.index(port), place) for place, port in enumerate(after.ports)]
    assert all((new[:, 0, b] >= old[:, 0, a] - ROUNDING).all() for a, b in shared)
    assert any((new[:, 0, b] > old[:, 0, a] + 1.0).any() for a, b in shared)


@pytest.mark.unit
def test_shares_of_the_ports_sum_to_one(network: FreightNetwork) -> None:
    found = port_access(network, central_parameters(), "UZB", partners=PARTNERS)
    trade = np.ones((2, len(PARTNERS)))
    assert found.shares(trade, central_port_choice()).sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found.shares(np.zeros_like(trade), central_port_choice()).sum() == 0


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(
    costs=st.lists(st.floats(50, 2000), min_size=1, max_size=12),
    states=st.integers(1, 4),
    scale=st.floats(1, 8),
    nest=st.floats(0.2, 1),
    reach=st.floats(1, 3),
)
def test_a_cheaper_port_of_a_state_wins_more(
    costs: list[float], states: int, scale: float, nest: float, reach: float
) -> None:
    whole = np.array(costs)[:, None]
    own = tuple(str(place % states) for place in range(len(costs)))
    share = choose_ports(whole, own, PortChoice(scale, nest, reach))[:, 0]
    assert share.sum() == pytest.approx(1.0)
    assert (share >= 0).all()
    for one in range(len(costs)):
        assert share[one] == 0 or costs[one] <= reach * min(costs) * (1 + ROUNDING)
        for other in range(len(costs)):
            if own[one] == own[other] and costs[one] < costs[other]:
                assert share[one] >= share[other] - ROUNDING


@pytest.mark.unit
def test_without_nests_it_is_the_plain_logit_and_its_limit_is_the_best() -> None:
    whole = np.array([[300.0], [330.0], [360.0]])
    plain = choose_ports(whole, ("A", "A", "B"), PortChoice(3.4, 1.0, 2.0))[:, 0]
    weight = whole[:, 0] ** -3.4
    assert plain == pytest.approx(weight / weight.sum())
    best = choose_ports(whole, ("A", "A", "B"), PortChoice(2000.0, 1.0, 2.0))[:, 0]
    assert best == pytest.approx([1.0, 0.0, 0.0])


@pytest.mark.unit
def test_what_has_no_meaning_is_refused(network: FreightNetwork) -> None:
    with pytest.raises(InputError, match="choice of ports"):
        PortChoice(3.4, 1.5, 2.0)
    with pytest.raises(UnknownNameError, match="no centre of UZX"):
        port_access(network, central_parameters(), "UZX", partners=PARTNERS)
