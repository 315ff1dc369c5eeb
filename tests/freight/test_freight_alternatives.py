"""Alternatives: distinct, sensible, named, and honest about what is not there."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from landbridge.errors import InputError, NoRouteError, UnknownNameError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import OpenProject, SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.routes.alternatives import (
    Alternatives,
    Limits,
    Route,
    alternatives,
    plateau_ways,
)
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.search.modes import MAIN_MODES, main_mode_of
from landbridge.freight.search.ways import ways_between

ROUNDING = 1e-9  # costs summed in another order
PAIRS = (
    ("Tashkent", "Karachi"),
    ("Moscow", "Karachi"),
    ("Almaty", "Rotterdam"),
    ("Kabul", "Karachi"),
    ("Mombasa", "Mumbai"),
)


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def found(network: FreightNetwork) -> dict[tuple[str, str], Alternatives]:
    return {pair: alternatives(network, central_parameters(), *pair) for pair in PAIRS}


def common(one: Route, other: Route) -> float:
    keys = one.pieces.keys() & other.pieces.keys()
    km = [sum(piece.km for piece in route.pieces.values()) for route in (one, other)]
    return sum(one.pieces[key].km for key in keys) / min(km)


@pytest.mark.unit
def test_the_first_way_is_the_best_trip_and_the_others_follow_by_cost(
    network: FreightNetwork, found: dict[tuple[str, str], Alternatives]
) -> None:
    for pair, ways in found.items():
        best = best_trip(network, central_parameters(), *pair)
        first = ways.routes[0]
        assert first.found_as == "least cost"
        assert first.trip.links == best.links
        assert first.cost_ratio == 1.0
        ratios = [route.cost_ratio for route in ways.routes]
        assert ratios == sorted(ratios)


@pytest.mark.unit
def test_ways_are_distinct_and_not_too_dear(found: dict[tuple[str, str], Alternatives]) -> None:
    limits = Limits()
    several = 0
    for ways in found.values():
        close = [r for r in ways.routes if r.found_as in {"least cost", "alternative"}]
        several += len(close) > 1
        assert all(route.cost_ratio <= limits.cost_ratio + ROUNDING for route in close)
        for one, other in combinations(close, 2):
            assert common(one, other) <= limits.shared + ROUNDING
    assert several >= 3


@pytest.mark.unit
def test_names_tell_ways_apart(found: dict[tuple[str, str], Alternatives]) -> None:
    for ways in found.values():
        names = [route.name for route in ways.routes]
        assert len(set(names)) == len(names)
        assert all(name.startswith("by ") for name in names)
        assert list(ways.table["route"]) == names


@pytest.mark.unit
def test_pieces_hold_the_whole_way(found: dict[tuple[str, str], Alternatives]) -> None:
    for ways in found.values():
        for route in ways.routes:
            km = sum(piece.km for piece in route.pieces.values())
            cost = sum(piece.generalised_usd_per_tonne for piece in route.pieces.values())
            assert km == pytest.approx(route.trip.km, rel=ROUNDING)
            assert cost == pytest.approx(route.trip.generalised_usd_per_tonne, rel=ROUNDING)


@pytest.mark.unit
def test_the_same_question_has_the_same_answer(
    network: FreightNetwork, found: dict[tuple[str, str], Alternatives]
) -> None:
    again = alternatives(network, central_parameters(), *PAIRS[1])
    assert [r.trip.links for r in again.routes] == [r.trip.links for r in found[PAIRS[1]].routes]
    assert again.notes == found[PAIRS[1]].notes


@pytest.mark.unit
def test_the_best_way_of_each_mode_is_there_or_a_note_says_that_none_is(
    network: FreightNetwork, found: dict[tuple[str, str], Alternatives]
) -> None:
    for pair, ways in found.items():
        modes = set(ways_between(network, central_parameters(), *pair).modes.tolist())
        there = {route.mode for route in ways.routes}
        for mode in MAIN_MODES:
            if mode in modes:
                assert mode in there or any(mode in note for note in ways.notes)
        for route in ways.routes:
            if route.found_as == "best by road":
                hauls = route.trip.legs.loc[route.trip.legs["kind"] == "line_haul", "mode"]
                assert set(hauls) <= {"road", "ferry"}


@pytest.mark.unit
def test_ways_from_neighbouring_ports_share_the_open_sea(network: FreightNetwork) -> None:
    # Karachi and Port Qasim are one way to Rotterdam for a planner.
    ways = ways_between(network, central_parameters(), "Lahore", "Rotterdam")
    routes = [
        ways.pieces(ways.through(ways.general, [port], modes=["sea"]))
        for port in ("karachi", "port-qasim")
    ]
    shared = sum(piece.km for key, piece in routes[0].items() if key in routes[1])
    assert shared > 0.9 * sum(piece.km for piece in routes[0].values())


@pytest.mark.unit
def test_fewer_ways_than_asked_for_are_told(network: FreightNetwork) -> None:
    few = alternatives(network, central_parameters(), "Karachi", "Kabul", count=40, by_mode=False)
    assert len(few.routes) < 40
    assert "of 40 asked for" in few.notes[0]


@pytest.mark.unit
def test_a_wider_limit_finds_no_fewer_ways(network: FreightNetwork) -> None:
    ways = ways_between(network, central_parameters(), "Tashkent", "Karachi")
    narrow, wide = (plateau_ways(ways, Limits(cost_ratio=r)) for r in (1.1, 1.6))
    assert set(narrow) <= set(wide)
    assert len(wide) > len(narrow) >= 1
    weights = [ways.cost(arcs) for arcs in wide]
    assert weights == pytest.approx(sorted(weights), rel=ROUNDING)
    assert weights[0] == pytest.approx(ways.cost(ways.least(ways.general)), rel=ROUNDING)


@pytest.mark.unit
def test_ways_by_named_corridors(network: FreightNetwork) -> None:
    built = apply_edits(
        network, [OpenProject("trans-afghan-railway"), OpenProject("kharlachi-peshawar")]
    )
    ways = alternatives(
        built, central_parameters(), "Moscow", "Karachi", count=1, corridors=["n-cpec-plus"]
    )
    named = [route for route in ways.routes if "N-CPEC+" in route.found_as]
    assert len(named) == 1
    assert "Kharlachi" in named[0].trip.text
    none = alternatives(
        network, central_parameters(), "Mombasa", "Mumbai", corridors=["Middle Corridor"]
    )
    assert any("Middle Corridor" in note for note in none.notes)
    with pytest.raises(UnknownNameError, match="instc-west"):
        alternatives(network, central_parameters(), *PAIRS[0], corridors=["instc-wst"])


@pytest.mark.unit
def test_what_is_shut_is_on_no_way(network: FreightNetwork) -> None:
    shut = apply_edits(network, [SetOpen(name, is_open=False) for name in ("suez", "chaman")])
    for pair in PAIRS[:3]:
        for route in alternatives(shut, central_parameters(), *pair).routes:
            assert "Chaman" not in route.trip.text
            assert "suez" not in route.trip.text


@pytest.mark.unit
def test_impossible_questions_say_why(network: FreightNetwork) -> None:
    names = ("manama", "sitra", "king-fahd-causeway")
    shut = apply_edits(network, [SetOpen(name, is_open=False) for name in names])
    with pytest.raises(NoRouteError, match="King Fahd Causeway"):
        alternatives(shut, central_parameters(), "Manama", "Mumbai")
    with pytest.raises(NoRouteError, match="starts and ends"):
        alternatives(network, central_parameters(), "Karachi", "Karachi")
    for wrong in ({"shared": 1.0}, {"cost_ratio": 0.9}, {"plateau": -0.1}):
        with pytest.raises(InputError):
            Limits(**wrong)
    with pytest.raises(InputError, match="from 1 to 50"):
        alternatives(network, central_parameters(), *PAIRS[0], count=0)


@pytest.mark.unit
def test_main_modes() -> None:
    km = np.array([[500, 500, 0, 0], [400, 600, 0, 0], [800, 0, 100, 0], [900, 50, 50, 0.0]])
    air = np.array([[10.0, 0, 0, 90.0]])
    found = main_mode_of(*np.concatenate((km, air)).T)
    assert [MAIN_MODES[mode] for mode in found] == ["rail", "rail", "sea", "road", "air"]


@pytest.mark.unit
def test_a_way_passes_the_places_asked_for(network: FreightNetwork) -> None:
    parameters = central_parameters()
    free = best_trip(network, parameters, "Tashkent", "Karachi")
    past = best_trip(network, parameters, "Tashkent", "Karachi", via=["Hairatan", "Torkham"])
    order = list(past.legs["to_name"])
    assert order.index("Hairatan") < order.index("Torkham")
    assert past.generalised_usd_per_tonne >= free.generalised_usd_per_tonne
    with pytest.raises(UnknownNameError, match="Torkham"):
        best_trip(network, parameters, "Tashkent", "Karachi", via=["Torkhan"])
    shut = apply_edits(network, [SetOpen("port-louis", is_open=False)])
    with pytest.raises(NoRouteError, match="by Port Louis"):
        best_trip(shut, parameters, "Tashkent", "Lahore", via=["Port Louis"])
