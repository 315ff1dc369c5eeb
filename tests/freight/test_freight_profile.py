"""Profiles add up to the trip, draws price the same way, indicators follow their definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landbridge.errors import InputError
from landbridge.freight.costs.pricing import FreightDraw, central_parameters
from landbridge.freight.costs.shipments import find_shipment
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.profile.activities import TERMINALS, activities
from landbridge.freight.profile.indicators import (
    border_table,
    economy_indicators,
    observations_on_the_way,
    route_indicators,
)
from landbridge.freight.profile.time_cost import Profile, profile_trip, profile_trips
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.routes.retrace import priced, retrace
from landbridge.report.svg import palette
from landbridge.tables import embedded_table

pytestmark = pytest.mark.unit

EXACT = 1e-9  # the same numbers, added up in another order
WAYS = (("Karachi", "Tashkent"), ("Moscow", "Karachi"), ("Almaty", "Rotterdam"), ("Kabul", "Dubai"))
DRAWS = 40


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def torkham(network: FreightNetwork) -> Profile:
    parameters = central_parameters()
    draws = [(parameters, FreightDraw.random(np.random.default_rng(seed))) for seed in range(DRAWS)]
    via = ("Torkham", "Kabul", "Termez")
    trip = best_trip(network, parameters, "Karachi", "Tashkent", via=via)
    return profile_trip(network, trip, parameters, draws=draws, breaks=via)


@pytest.mark.parametrize("ends", WAYS)
@pytest.mark.parametrize("kind", ["", "full-container", "part-load"])
def test_rows_add_up_to_the_trip(network: FreightNetwork, ends: tuple[str, str], kind: str) -> None:
    parameters = central_parameters()
    shipment = find_shipment(kind) if kind else None
    trip = best_trip(network, parameters, *ends, shipment=shipment)
    profile = profile_trip(network, trip, parameters, shipment=shipment)
    rows = profile.rows
    assert rows["km"].sum() == pytest.approx(trip.km, rel=EXACT)
    assert rows["hours"].sum() == pytest.approx(trip.hours, rel=EXACT)
    assert rows["usd_per_tonne"].sum() == pytest.approx(trip.usd_per_tonne, rel=EXACT)
    total = profile.generalised_usd_per_tonne
    assert total == pytest.approx([trip.generalised_usd_per_tonne], rel=EXACT)
    assert (rows["km"][rows["kind"] == "node"] == 0).all()
    assert (rows["hours"] >= 0).all()
    assert set(rows["activity"]) <= set(activities())
    assert rows["cumulative_hours"].iloc[-1] == pytest.approx(trip.hours, rel=EXACT)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ends", WAYS)
def test_a_way_retraced_costs_in_a_draw_what_the_search_says(
    network: FreightNetwork, ends: tuple[str, str], seed: int
) -> None:
    parameters = central_parameters()
    draw = FreightDraw.random(np.random.default_rng(seed))
    trip = best_trip(network, parameters, *ends, draw=draw)
    found = priced(network, [retrace(network, trip)], parameters, draw=draw)[0]
    np.testing.assert_allclose(found.hours, trip.legs["hours"], rtol=EXACT)
    np.testing.assert_allclose(found.usd_per_tonne, trip.legs["usd_per_tonne"], rtol=EXACT)


def test_trips_laid_out_together_are_those_laid_out_alone(network: FreightNetwork) -> None:
    parameters = central_parameters()
    draws = [(parameters, FreightDraw.random(np.random.default_rng(seed))) for seed in (1, 2)]
    trips = [best_trip(network, parameters, *ends) for ends in WAYS[:2]]
    together = profile_trips(network, trips, parameters, draws=draws)
    for trip, profile in zip(trips, together, strict=True):
        alone = profile_trip(network, trip, parameters, draws=draws)
        np.testing.assert_array_equal(alone.hours, profile.hours)
        assert alone.rows.equals(profile.rows)


def test_the_unescap_corridor_has_its_steps_in_order(torkham: Profile) -> None:
    told = list(zip(torkham.rows["activity"], torkham.rows["to_name"], strict=True))
    assert told == [
        ("road", "Torkham"),
        ("border", "Torkham"),
        ("closure", "Torkham"),
        ("road", "Kabul"),
        ("road", "Hairatan"),
        ("border", "Hairatan"),
        ("closure", "Hairatan"),
        ("road", "Termez"),
        ("road", "Tashkent"),
    ]
    assert torkham.rows["cumulative_km"].iloc[0] == pytest.approx(1425.0)  # printed by LCA
    assert "Peshawar" in torkham.rows["remark"].iloc[0]


def test_bands_hold_the_centre_and_totals_are_narrower_than_rows_added(torkham: Profile) -> None:
    rows = torkham.rows
    assert torkham.draws == DRAWS
    moving = rows["hours_low"] < rows["hours_high"]
    assert moving[rows["activity"] == "road"].all()
    assert (rows["hours_low"] <= rows["hours"]).all()
    assert (rows["hours"] <= rows["hours_high"]).all()
    added = (rows["hours_high"] - rows["hours_low"]).sum()
    last = rows.iloc[-1]
    assert 0 < last["cumulative_hours_high"] - last["cumulative_hours_low"] < added


def test_a_terminal_is_split_in_the_proportion_of_its_row(network: FreightNetwork) -> None:
    parameters = central_parameters()
    trip = best_trip(network, parameters, "Moscow", "Karachi", via=["Novorossiysk"])
    rows = profile_trip(network, trip, parameters).rows
    terminals = embedded_table("freight", "terminals").set_index("terminal")
    handling = rows[rows["activity"] == "port_handling"]
    assert len(handling)
    for row in handling.itertuples():
        wait = rows[(rows["activity"] == "port_wait") & (rows["link"] == row.link)]
        known = terminals.loc[str(row.link)]
        ratio = known["fixed_hours"] / (known["fixed_hours"] + known["queue_hours"])
        total = float(row.hours) + float(wait["hours"].iloc[0])
        assert float(row.hours) == pytest.approx(ratio * total)
        assert float(wait["usd_per_tonne"].iloc[0]) == 0


def test_costly_goods_fly_and_the_airports_are_steps() -> None:
    network = load_network(air=True)
    parameters = replace(central_parameters(), value_usd_per_tonne=500_000.0)
    trip = best_trip(network, parameters, "Moscow", "Karachi")
    rows = profile_trip(network, trip, parameters).rows
    stay = ["airport_handling", "airport_wait"]
    assert rows["activity"].tolist() == [*stay, "air", *stay]
    assert rows["hours"].sum() == pytest.approx(trip.hours)


def test_every_terminal_has_its_activities() -> None:
    kinds = set(embedded_table("freight", "terminals")["kind"])
    assert kinds == set(TERMINALS)
    assert {
        f"{name}_{what}" for name in TERMINALS.values() for what in ("handling", "wait")
    } <= set(activities())


def test_a_closed_link_cannot_be_retraced(network: FreightNetwork) -> None:
    trip = best_trip(network, central_parameters(), "Karachi", "Kabul")
    shut = apply_edits(network, [SetOpen("torkham", is_open=False)])
    with pytest.raises(InputError, match="torkham"):
        retrace(shut, trip)


@pytest.mark.golden
def test_the_border_indicators_are_those_of_cpmm_where_both_sides_are_published(
    network: FreightNetwork,
) -> None:
    # CPMM 2022 Pakistan: Torkham outbound 24.2 h, 267 USD; CPMM 2020 Afghanistan: 24.2 h, 240 USD.
    parameters = central_parameters()
    trip = best_trip(network, parameters, "Karachi", "Kabul", via=["Torkham"])
    profile = profile_trip(network, trip, parameters)
    table = route_indicators(profile).set_index("indicator")
    assert set(table["part"]) == {"road"}
    assert table.loc["tfi1", "value"] == pytest.approx((24.2 + 24.2) / 2)
    assert table.loc["tfi2", "value"] == pytest.approx((267 + 240) / 2)
    assert table.loc["tfi1", "carec_average"] == pytest.approx(9.9)
    borders = border_table(profile)
    assert borders["direction"].tolist() == ["PAK to AFG"]
    assert borders["usd_20_t"].tolist() == pytest.approx([507.0])
    seen = observations_on_the_way(profile, network)
    assert {24.2, 31.6, 50.0, 120.0} <= set(seen["hours"])


def test_speeds_costs_and_shares_follow_their_definitions(torkham: Profile) -> None:
    rows = torkham.rows
    table = route_indicators(torkham).set_index("indicator")["value"]
    closed = rows.loc[rows["activity"] == "closure", "hours"].sum()
    moving = rows.loc[rows["kind"] == "leg", "hours"].sum()
    km, hours, usd = rows["km"].sum(), rows["hours"].sum(), rows["usd_per_tonne"].sum()
    assert table["swd"] == pytest.approx(km / (hours - closed))
    assert table["swod"] == pytest.approx(km / moving)
    assert table["tfi3"] == pytest.approx(usd / km * 500 * 20)
    assert table["node_time"] == pytest.approx(100 * (1 - moving / hours))


def test_line_haul_stands_beside_what_cpmm_published(torkham: Profile) -> None:
    table = economy_indicators(torkham).set_index("iso3")
    assert table.index.tolist() == ["PAK", "AFG", "UZB"]
    assert table.loc["PAK", "published_tfi3_usd"] == 569
    assert table.loc["AFG", "published_swd_kmh"] == pytest.approx(12.4)
    # The price of line haul is what is left of TFI3 without borders: 0.89 of it.
    ratio = table["usd_per_500_km_20_t"] / table["published_tfi3_usd"]
    assert ratio.to_numpy() == pytest.approx(np.full(3, 0.89), rel=0.02)


def test_every_activity_has_a_colour_and_every_group_one_title() -> None:
    known = activities().values()
    assert {one.group for one in known} == set(palette.ACTIVITY_COLOURS)
    titles = {(one.group, one.group_title) for one in known}
    assert len(titles) == len({group for group, _ in titles})


def test_published_indicators_name_a_source() -> None:
    table = embedded_table("freight", "cpmm_indicators")
    assert set(table["source"]) <= set(embedded_table("freight", "sources")["source"])
    wide = table.pivot_table(index=["economy", "mode", "year"], columns="indicator", values="value")
    both = wide.dropna(subset=["swod", "swd"])
    assert (both["swd"] < both["swod"]).all()
