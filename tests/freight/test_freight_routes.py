"""Trips: they go where trade goes, obey closures, and add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import InputError, NoRouteError, UnknownNameError
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, central_parameters
from landbridge.freight.edits.applying import (
    OpenProject,
    SetCrossing,
    SetOpen,
    apply_edits,
)
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.network.geometry import map_lines, map_points
from landbridge.freight.network.places import find_crossings, find_place
from landbridge.freight.routes.least_cost import COLUMNS, Trip, best_trip

# Sums of some thirty legs in float64.
EXACT = 1e-9
N_CPEC_PLUS = (
    OpenProject("trans-afghan-railway"),
    OpenProject("kharlachi-peshawar"),
    OpenProject("ml-1"),
)
NETWORK = load_network()
CITIES = ("Tashkent", "Karachi", "Moscow", "Almaty", "Kabul", "Tehran", "Urumqi", "Shanghai")


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return NETWORK


@pytest.fixture(scope="module")
def parameters() -> FreightParameters:
    return central_parameters()


def trip(network: FreightNetwork, parameters: FreightParameters, way: tuple[str, str]) -> Trip:
    return best_trip(network, parameters, *way)


@pytest.mark.unit
def test_central_parameters_are_the_defaults(parameters: FreightParameters) -> None:
    assert parameters == FreightParameters()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("tashkent", "tashkent"),
        ("TOSHKENT", "tashkent"),
        ("Spin Boldak", "chaman"),
        ("Horgos", "khorgos"),
        ("Mazar-e Sharif", "mazar-i-sharif"),
        ("Bandar Abbas", "bandar-abbas"),
        ("bombay", "mumbai"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(
    network: FreightNetwork, text: str, node: str
) -> None:
    assert find_place(network.tables, text) == node


@pytest.mark.unit
def test_a_misspelt_place_is_refused_with_a_suggestion(network: FreightNetwork) -> None:
    with pytest.raises(UnknownNameError, match="Tashkent"):
        find_place(network.tables, "Tashkand")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "crossing"),
    [
        ("torkham-road", "torkham-road"),
        ("Torkham", "torkham-road"),
        ("chaman-spin-boldak", "chaman-road"),
        ("hairatan-termez", "hairatan-rail"),
        ("Islam Qala", "islam-qala-road"),
    ],
)
def test_a_crossing_is_found_by_its_names(
    network: FreightNetwork, text: str, crossing: str
) -> None:
    assert crossing in find_crossings(network.tables, text)


@pytest.mark.unit
def test_a_misspelt_crossing_is_refused_with_a_suggestion(network: FreightNetwork) -> None:
    with pytest.raises(UnknownNameError, match="torkham"):
        find_crossings(network.tables, "torkhamm")


@pytest.mark.unit
def test_legs_add_up_to_the_totals(network: FreightNetwork, parameters: FreightParameters) -> None:
    found = trip(network, parameters, ("Moscow", "Karachi"))
    legs = found.legs
    assert tuple(legs.columns) == COLUMNS
    for name in ("km", "hours", "usd_per_tonne"):
        total = getattr(found, name)
        assert legs[name].sum() == pytest.approx(total, rel=EXACT)
        assert legs[f"cumulative_{name}"].iloc[-1] == pytest.approx(total, rel=EXACT)
        assert (legs[name] >= 0).all()
    assert list(legs["sequence"]) == list(range(1, len(legs) + 1))
    assert (legs["source"] != "").all()
    assert (legs["to_name"].to_numpy()[:-1] == legs["from_name"].to_numpy()[1:]).all()
    expected = found.usd_per_tonne + parameters.usd_per_tonne_hour * found.hours
    assert found.generalised_usd_per_tonne == pytest.approx(expected, rel=EXACT)


@pytest.mark.golden
def test_karachi_kabul_takes_three_to_four_days_on_the_road_besides_the_border(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    # Metro Morning 2025: 3-4 days and about USD 2,000 a container of 20 t.
    closed = apply_edits(network, [SetOpen("chaman", is_open=False)])
    found = trip(closed, parameters, ("Karachi", "Kabul"))
    driving = found.legs.loc[found.legs["kind"] == "line_haul", "hours"].sum() / 24
    assert "Torkham" in found.text
    assert 3.0 <= driving <= 4.2
    assert found.usd_per_tonne == pytest.approx(100, rel=0.3)


@pytest.mark.golden
def test_rail_from_bandar_abbas_to_herat_costs_about_forty_dollars(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    # Railway Gazette 69607: about 40 USD/t by rail against more than 130 by road.
    built = apply_edits(network, [OpenProject("khaf-herat"), SetOpen("islam-qala", is_open=False)])
    found = trip(built, parameters, ("Bandar Abbas", "Herat"))
    rail = found.legs[(found.legs["kind"] == "line_haul") & (found.legs["mode"] == "rail")]
    assert rail["usd_per_tonne"].sum() == pytest.approx(40, rel=0.15)


@pytest.mark.golden
def test_the_block_train_from_dostyk_to_brest_agrees_with_its_index(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    # ERAI, H1 2025: 3,250 USD/FEU (20 t) in 7.3 days over 5,430 km; an ordinary wagon is slower.
    shut = [SetOpen(name, is_open=False) for name in ("khorgos", "erenhot", "zabaikalsk")]
    found = trip(apply_edits(network, shut), parameters, ("Urumqi", "Warsaw"))
    rows = found.legs[found.legs["mode"] == "rail"]
    inside = rows[(rows["kind"] == "line_haul")]
    per_km = inside["usd_per_tonne"].sum() / inside["km"].sum()
    assert per_km == pytest.approx(3250 / 20 / 5430, rel=0.25)


@pytest.mark.unit
def test_the_trans_afghan_railway_lowers_tashkent_karachi(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    after = apply_edits(network, N_CPEC_PLUS)
    for way in (("Tashkent", "Karachi"), ("Karachi", "Tashkent")):
        old, new = trip(network, parameters, way), trip(after, parameters, way)
        assert "Kharlachi" in new.text
        assert "gauge change" in new.text
        assert new.generalised_usd_per_tonne < 0.9 * old.generalised_usd_per_tonne


@pytest.mark.unit
@pytest.mark.parametrize(
    ("target", "way"),
    [
        ("torkham", ("Karachi", "Kabul")),
        ("chaman", ("Karachi", "Kandahar")),
        ("khunjerab", ("Islamabad", "Kashgar")),
        ("suez", ("Karachi", "Rotterdam")),
        ("malacca", ("Shanghai", "Karachi")),
        ("bosporus", ("Novorossiysk", "Mumbai")),
        ("bab-el-mandeb", ("Mumbai", "Piraeus")),
        ("panama", ("New York", "Los Angeles")),
        ("karachi", ("Lahore", "Mombasa")),
        ("alat", ("Aktau", "Tbilisi")),
        ("rail-moscow-ryazan", ("Moscow", "Ryazan")),
    ],
)
def test_what_is_shut_is_never_on_the_way(
    network: FreightNetwork, parameters: FreightParameters, target: str, way: tuple[str, str]
) -> None:
    shut = apply_edits(network, [SetOpen(target, is_open=False)])
    old, new = trip(network, parameters, way), trip(shut, parameters, way)
    through = {
        name
        for leg in new.links
        if ">" in leg
        for name in shut.sea.passages_between(*leg.split(">"))
    }
    stops = set(new.legs["from_name"].iloc[1:])
    assert target not in through
    assert not any(name.startswith((f"{target}-", f"{target}>")) for name in new.links)
    assert (
        find_place(network.tables, target) not in stops if target in {"karachi", "alat"} else True
    )
    assert target not in new.links
    assert new.generalised_usd_per_tonne >= old.generalised_usd_per_tonne - EXACT


@pytest.mark.unit
def test_a_shut_suez_sends_ships_round_the_cape(network: FreightNetwork) -> None:
    # Karachi-Rotterdam by the Cape is 10,971 nm on the full lines of searoute.
    shut = apply_edits(network, [SetOpen("suez", is_open=False)])
    assert "cape-of-good-hope" in shut.sea.passages_between("karachi", "rotterdam")
    km = shut.sea.km[shut.sea.ports.index("karachi"), shut.sea.ports.index("rotterdam")]
    assert km == pytest.approx(10_971 * 1.852, rel=0.03)


@pytest.mark.unit
def test_an_impossible_trip_says_why(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    names = ("manama", "sitra", "king-fahd-causeway")
    shut = apply_edits(network, [SetOpen(name, is_open=False) for name in names])
    with pytest.raises(NoRouteError, match="King Fahd Causeway"):
        trip(shut, parameters, ("Manama", "Mumbai"))
    with pytest.raises(NoRouteError, match="starts and ends"):
        trip(network, parameters, ("Karachi", "Keamari"))


@pytest.mark.unit
def test_shut_borders_of_today_are_not_crossed(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    assert not any("wagah" in name for name in trip(network, parameters, ("Delhi", "Lahore")).links)


@pytest.mark.unit
def test_a_port_that_only_the_sea_reaches_is_served_by_ship(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    found = trip(network, parameters, ("Mombasa", "Mumbai"))
    assert list(found.legs["kind"]) == ["port", "line_haul", "port"]
    assert found.legs["mode"].iloc[1] == "sea"


@pytest.mark.unit
def test_a_crossing_waits_in_proportion_to_its_closures(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    sure = apply_edits(network, [SetCrossing("torkham", hours=10.0, probability_open=1.0)])
    seldom = apply_edits(network, [SetCrossing("torkham", hours=10.0, probability_open=0.5)])
    only = [SetOpen(name, is_open=False) for name in ("chaman", "ghulam-khan", "kharlachi")]
    times = [
        trip(apply_edits(each, only), parameters, ("Peshawar", "Jalalabad")).hours
        for each in (sure, seldom)
    ]
    assert times[1] - times[0] == pytest.approx(0.5 * parameters.closure_spell_days * 24)


@pytest.mark.unit
def test_points_of_a_trip_start_and_end_at_its_places(
    network: FreightNetwork, parameters: FreightParameters
) -> None:
    found = trip(network, parameters, ("Shanghai", "Karachi"))
    ends = map_points(network, ["shanghai", "karachi"])
    assert found.points[0] == pytest.approx((ends[0].longitude, ends[0].latitude))
    assert found.points[-1] == pytest.approx((ends[1].longitude, ends[1].latitude))
    assert len(found.points) > 5


@pytest.mark.unit
def test_map_lines_mark_what_is_new_improved_and_closed(network: FreightNetwork) -> None:
    after = apply_edits(network, [*N_CPEC_PLUS, SetOpen("road-torkham-jalalabad", is_open=False)])
    changes = {line.link: line.change for line in map_lines(after, before=network)}
    assert changes["rail-naibabad-pul-e-khumri"] == "new"
    assert changes["rail-karachi-hyderabad-pk"] == "improved"
    assert changes["road-torkham-jalalabad"] == "closed"
    assert changes["road-kabul-pul-e-alam"] == "existing"
    assert "rail-torghundi-herat" not in changes
    legs = map_lines(network, sea_legs=[("karachi", "rotterdam")])
    assert legs[-1].mode == "sea"


@pytest.mark.unit
def test_negative_parameters_are_refused() -> None:
    with pytest.raises(InputError, match="sea_usd_factor"):
        FreightParameters(sea_usd_factor=-1.0)


@pytest.mark.property
@settings(max_examples=8, deadline=None)
@given(origin=st.sampled_from(CITIES), destination=st.sampled_from(CITIES))
def test_a_stop_on_the_way_never_shortens_it(origin: str, destination: str) -> None:
    network, parameters = NETWORK, central_parameters()
    if origin == destination:
        return
    direct = best_trip(network, parameters, origin, destination).generalised_usd_per_tonne
    for stop in CITIES[:3]:
        if stop in (origin, destination):
            continue
        parts = [
            best_trip(network, parameters, *way).generalised_usd_per_tonne
            for way in ((origin, stop), (stop, destination))
        ]
        assert direct <= sum(parts) + 1e-6


@pytest.mark.property
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_draw_is_the_same_before_and_after(seed: int) -> None:
    network = NETWORK
    after = apply_edits(network, N_CPEC_PLUS)
    draw = FreightDraw.random(np.random.default_rng(seed))
    old = dict(zip(network.bands.names, draw.factors(network)[0], strict=True))
    new = dict(zip(after.bands.names, draw.factors(after)[0], strict=True))
    assert all(new[name] == factor for name, factor in old.items() if name in new)
    assert all(np.isfinite(factor) and factor > 0 for factor in new.values())


@pytest.mark.unit
def test_draws_hold_their_bands(network: FreightNetwork) -> None:
    rng = np.random.default_rng(1)
    name = "crossing:torkham-road:forward"
    at = network.bands.names.index(name)
    found = [FreightDraw.random(rng).factors(network)[0][at] for _ in range(2000)]
    # Five percent on each side, with the error of 2,000 draws (three standard errors: 1.5 points).
    assert np.mean(np.array(found) < network.bands.hours_low[at]) == pytest.approx(0.05, abs=0.015)
    assert np.mean(np.array(found) > network.bands.hours_high[at]) == pytest.approx(0.05, abs=0.015)
    assert np.median(found) == pytest.approx(1.0, rel=0.06)
