"""Choice among ways: shares and expected costs obey what a choice must obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import InputError
from landbridge.freight.choice.logit import (
    ChoiceParameters,
    central_choice,
    choose,
    mode_logsum,
    nested_logit,
    own_parts,
)
from landbridge.freight.choice.mode_costs import costs_by_mode, marks
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import OpenProject, SetCrossing, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.routes.alternatives import Alternatives, alternatives
from landbridge.freight.search.modes import MAIN_MODES
from landbridge.freight.search.ways import Piece, ways_between
from landbridge.freight.skims.economies import generalised_costs

ROUNDING = 1e-9  # sums of a few shares and logarithms in float64
ARCS = 9
ISO3 = ("AFG", "BRA", "CHN", "DEU", "IND", "IRN", "KAZ", "PAK", "RUS", "UZB")

costs = st.lists(st.floats(1.0, 1000.0), min_size=1, max_size=7)
scales = st.builds(ChoiceParameters, mode_scale=st.floats(0.5, 30.0), nest=st.floats(0.05, 1.0))
arc_costs = st.lists(st.floats(0.5, 50.0), min_size=ARCS, max_size=ARCS)
route_sets = st.lists(
    st.sets(st.integers(0, ARCS - 1), min_size=1), min_size=2, max_size=6, unique_by=frozenset
)


def expected(
    routes: list[set[int]], nests: list[int], priced: list[float], parameters: ChoiceParameters
) -> float:
    pieces = [{(str(arc),): Piece(1.0, priced[arc]) for arc in route} for route in routes]
    total = np.array([sum(priced[arc] for arc in route) for route in routes])
    where = np.array(nests)
    return nested_logit(total, where, own_parts(total, where, pieces), parameters)[2]


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def moscow_karachi(network: FreightNetwork) -> Alternatives:
    return alternatives(network, central_parameters(), "Moscow", "Karachi", count=4)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(costs=costs, parameters=scales, data=st.data())
def test_shares_sum_to_one(
    costs: list[float], parameters: ChoiceParameters, data: st.DataObject
) -> None:
    nests = np.array([data.draw(st.integers(0, 3)) for _ in costs])
    shares, _, _ = nested_logit(np.array(costs), nests, np.ones(len(costs)), parameters)
    assert shares.sum() == pytest.approx(1.0, abs=ROUNDING)
    assert (shares >= 0).all()


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(cost=st.floats(1.0, 1000.0), nest=st.integers(0, 3), parameters=scales)
def test_a_single_route_costs_what_it_costs(
    cost: float, nest: int, parameters: ChoiceParameters
) -> None:
    _, _, found = nested_logit(np.array([cost]), np.array([nest]), np.ones(1), parameters)
    assert found == cost


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(costs=costs, data=st.data())
def test_the_limit_of_the_scale_is_the_least_cost(costs: list[float], data: st.DataObject) -> None:
    nests = np.array([data.draw(st.integers(0, 3)) for _ in costs])
    infinite = ChoiceParameters(mode_scale=np.inf)
    shares, _, found = nested_logit(np.array(costs), nests, np.ones(len(costs)), infinite)
    assert found == min(costs)
    assert (shares[np.array(costs) > min(costs)] == 0).all()
    large = ChoiceParameters(mode_scale=1e7)
    near = nested_logit(np.array(costs), nests, np.ones(len(costs)), large)[2]
    assert near == pytest.approx(min(costs), rel=1e-6)


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(priced=arc_costs, routes=route_sets, parameters=scales, data=st.data())
def test_adding_a_route_never_raises_the_expected_cost(
    priced: list[float], routes: list[set[int]], parameters: ChoiceParameters, data: st.DataObject
) -> None:
    nests = [data.draw(st.integers(0, 2)) for _ in routes]
    fewer = expected(routes[:-1], nests[:-1], priced, parameters)
    more = expected(routes, nests, priced, parameters)
    assert more <= fewer * (1 + ROUNDING)
    least = min(sum(priced[arc] for arc in route) for route in routes)
    assert more <= least * (1 + ROUNDING)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(priced=arc_costs, routes=route_sets, parameters=scales)
def test_a_repeated_route_counts_once(
    priced: list[float], routes: list[set[int]], parameters: ChoiceParameters
) -> None:
    nests = [0] * len(routes)
    once = expected(routes, nests, priced, parameters)
    twice = expected([*routes, routes[0]], [*nests, 0], priced, parameters)
    assert twice == pytest.approx(once, rel=ROUNDING)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(
    pair=st.tuples(st.floats(1.0, 100.0), st.floats(1.0, 100.0)),
    third=st.floats(1.0, 100.0),
    parameters=scales,
    nest=st.integers(0, 3),
)
def test_a_third_route_leaves_the_odds_of_two_in_a_nest(
    pair: tuple[float, float], third: float, parameters: ChoiceParameters, nest: int
) -> None:
    two, _, _ = nested_logit(np.array(pair), np.array([0, 0]), np.ones(2), parameters)
    three, _, _ = nested_logit(
        np.array([*pair, third]), np.array([0, 0, nest]), np.ones(3), parameters
    )
    assert three[0] * two[1] == pytest.approx(three[1] * two[0], rel=1e-7, abs=1e-12)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(
    costs=st.lists(st.floats(1.0, 1000.0) | st.just(np.inf), min_size=4, max_size=4),
    parameters=scales,
    cut=st.floats(0.1, 1.0),
    at=st.integers(0, 3),
)
def test_the_matrix_form_agrees_and_falls_with_any_cost(
    costs: list[float], parameters: ChoiceParameters, cut: float, at: int
) -> None:
    whole = np.array(costs)
    found = mode_logsum(whole, parameters)
    finite = np.flatnonzero(np.isfinite(whole))
    if not len(finite):
        assert np.isinf(found)
        return
    single = nested_logit(whole[finite], finite, np.ones(len(finite)), parameters)[2]
    assert found == pytest.approx(single, rel=ROUNDING)
    lower = whole.copy()
    lower[at] *= cut
    assert mode_logsum(lower, parameters) <= found * (1 + ROUNDING)


@pytest.mark.unit
def test_a_costlier_feeling_mode_loses_share() -> None:
    plain = nested_logit(np.array([100.0, 100.0]), np.array([0, 1]), np.ones(2), ChoiceParameters())
    felt = ChoiceParameters(rail_factor=1.5)
    less = nested_logit(np.array([100.0, 100.0]), np.array([0, 1]), np.ones(2), felt)
    assert plain[0] == pytest.approx([0.5, 0.5])
    assert less[0][1] == pytest.approx(1 / (1 + 1.5**3.4))


@pytest.mark.unit
def test_central_parameters_of_choice_are_the_defaults_and_nonsense_is_refused() -> None:
    assert central_choice() == ChoiceParameters()
    for wrong in ({"mode_scale": 0.0}, {"nest": 1.2}, {"rail_factor": -1.0}, {"nest": np.nan}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            ChoiceParameters(**wrong)


@pytest.mark.unit
def test_shares_of_real_ways_sum_and_follow_cost(moscow_karachi: Alternatives) -> None:
    found = choose(moscow_karachi)
    assert found.routes["share_percent"].sum() == pytest.approx(100.0)
    assert found.modes["share_percent"].sum() == pytest.approx(100.0)
    assert found.least_usd_per_tonne == moscow_karachi.routes[0].trip.generalised_usd_per_tonne
    assert found.expected_usd_per_tonne <= found.least_usd_per_tonne
    assert found.routes["own_part"].iloc[0] == 1.0
    sharp = choose(moscow_karachi, ChoiceParameters(mode_scale=np.inf))
    assert sharp.expected_usd_per_tonne == sharp.least_usd_per_tonne
    assert sharp.routes["share_percent"].iloc[0] == pytest.approx(100.0)


@pytest.mark.slow
@pytest.mark.unit
def test_a_choice_between_economies_has_the_least_cost_as_its_limit(
    network: FreightNetwork,
) -> None:
    parameters = central_parameters()
    least = generalised_costs(network, parameters, iso3=ISO3)
    sharp = ChoiceParameters(mode_scale=np.inf)
    limit = generalised_costs(network, parameters, iso3=ISO3, choice=sharp)
    assert limit.usd_per_tonne == pytest.approx(least.usd_per_tonne, rel=ROUNDING)
    chosen = generalised_costs(network, parameters, iso3=ISO3, choice=ChoiceParameters())
    assert (chosen.covered == least.covered).all()
    assert (chosen.reached == least.reached).all()
    assert (chosen.usd_per_tonne <= least.usd_per_tonne * (1 + ROUNDING)).all()
    assert (chosen.usd_per_tonne[~np.eye(len(ISO3), dtype=bool)] > 0).all()


@pytest.mark.slow
@pytest.mark.unit
def test_what_makes_nothing_dearer_raises_no_expected_cost(network: FreightNetwork) -> None:
    parameters = central_parameters()
    better = apply_edits(
        network,
        [
            OpenProject("trans-afghan-railway"),
            OpenProject("kharlachi-peshawar"),
            OpenProject("ml-1"),
            SetCrossing("torkham", hours=8.0, probability_open=0.99),
        ],
    )
    before, after = (
        generalised_costs(each, parameters, iso3=ISO3, choice=ChoiceParameters()).by_centre
        for each in (network, better)
    )
    assert (after <= before * (1 + ROUNDING)).all()
    assert (after < 0.95 * before).any()


@pytest.mark.unit
def test_costs_by_mode_are_those_of_ways_over_each_marked_arc(network: FreightNetwork) -> None:
    # The oracle passes every marked arc in turn, on the network before its contraction.
    parameters = central_parameters()
    ends = ("tashkent", "karachi")
    ways = ways_between(network, parameters, *ends)
    layers = np.array([ways.doors[0][0], ways.doors[1][0]])
    least = np.array([[0.0, ways.cost(ways.least(ways.general))], [np.inf, 0.0]])
    found = costs_by_mode(network, parameters, None, layers, least)[:, 0, 1]
    marked = marks(network)
    outside = np.arange(len(ways.general)) >= network.arcs.core
    for place, mode in enumerate(MAIN_MODES):
        barred = outside.copy()
        for above in MAIN_MODES[place + 1 :]:
            barred[: network.arcs.core] |= marked[above]
        weights = np.where(barred, np.inf, ways.general)
        if mode == "road":
            assert found[place] == pytest.approx(ways.cost(ways.least(weights)), rel=ROUNDING)
            continue
        forth, back = ways.trees(weights)
        arcs = np.flatnonzero(marked[mode])
        if not len(arcs):
            assert np.isinf(found[place])
            continue
        over = forth.weight[ways.start[arcs]] + weights[arcs] + back.weight[ways.end[arcs]]
        assert found[place] == pytest.approx(over.min(), rel=ROUNDING)
