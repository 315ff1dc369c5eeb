"""Kinds of shipment: what they change, and that nothing changes without one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landbridge.errors import InputError, UnknownNameError
from landbridge.evidence import parts
from landbridge.freight.costs.pricing import arc_costs, central_parameters, sea_rates
from landbridge.freight.costs.shipments import (
    QUANTITIES,
    Shipment,
    find_shipment,
    shipment_costs,
    shipment_names,
)
from landbridge.freight.edits.applying import SetCrossing, apply_edits
from landbridge.freight.network.compiled import ArcKind, FreightNetwork, load_network
from landbridge.freight.routes.alternatives import alternatives
from landbridge.freight.routes.least_cost import best_trip
from landbridge.tables import embedded_table

WAY = ("Tashkent", "Karachi")
NEUTRAL = Shipment(
    name="plain",
    title="Plain",
    tonnes=20.0,
    value_usd_per_tonne=2500.0,
    value_of_time_percent_per_day=0.8,
)


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.mark.unit
def test_every_kind_has_every_number_in_order() -> None:
    costs = embedded_table("freight", "shipment_costs")
    for name in shipment_names():
        own = costs[costs["shipment"] == name]
        assert set(own["quantity"]) == set(QUANTITIES)
        assert ((own["low"] <= own["central"]) & (own["central"] <= own["high"])).all()
    sources = set(embedded_table("freight", "sources")["source"])
    assert {one for cell in costs["source"] for one in parts(cell)} <= sources
    assert set(costs["shipment"]) == set(shipment_names())


@pytest.mark.unit
def test_a_shipment_is_found_by_name_and_a_slip_is_mended() -> None:
    assert find_shipment("Part load") == find_shipment("part-load")
    assert find_shipment("bulk", end="low").value_usd_per_tonne < 300
    with pytest.raises(UnknownNameError, match="part-load"):
        find_shipment("part-laod")
    with pytest.raises(InputError, match="tonnes"):
        replace(NEUTRAL, tonnes=0.0)


@pytest.mark.unit
def test_a_neutral_shipment_changes_nothing(network: FreightNetwork) -> None:
    parameters = central_parameters()
    plain = best_trip(network, parameters, *WAY)
    same = best_trip(network, parameters, *WAY, shipment=NEUTRAL)
    assert same.links == plain.links
    assert same.generalised_usd_per_tonne == plain.generalised_usd_per_tonne
    assert len(same.legs) == len(plain.legs)


@pytest.mark.unit
def test_factors_act_on_their_own_arcs(network: FreightNetwork) -> None:
    parameters = central_parameters()
    stated = apply_edits(network, [SetCrossing("torkham", hours=10.0, probability_open=0.5)])
    hours, usd = arc_costs(stated, parameters)
    load = replace(NEUTRAL, border_hours_factor=2.0, border_usd_factor=3.0, rail_usd_factor=5.0)
    new_hours, new_usd, sea = shipment_costs(stated, parameters, None, load)
    arcs = stated.arcs
    border = arcs.kind == int(ArcKind.CROSSING)
    wait = arcs.shut_share * parameters.closure_spell_days * 24
    assert new_hours[border] == pytest.approx(2.0 * (hours - wait)[border] + wait[border])
    assert (new_hours[~border] == hours[~border]).all()
    assert new_usd[border] == pytest.approx(3.0 * usd[border])
    rail = np.array([stated.layers[layer].mode == "rail" for layer in arcs.start])
    rail &= arcs.kind == int(ArcKind.LINK)
    assert new_usd[rail] == pytest.approx(5.0 * usd[rail])
    assert (new_usd[~rail & ~border] == usd[~rail & ~border]).all()
    assert sea == sea_rates(stated, parameters)


@pytest.mark.unit
def test_both_ends_and_the_least_charge_are_legs_that_add_up(network: FreightNetwork) -> None:
    load = replace(
        NEUTRAL,
        tonnes=0.5,
        consolidation_hours=96.0,
        consolidation_usd_per_tonne=20.0,
        deconsolidation_hours=48.0,
        minimum_usd=1000.0,
    )
    parameters = central_parameters()
    plain = best_trip(network, parameters, *WAY)
    trip = best_trip(network, parameters, *WAY, shipment=load)
    kinds = list(trip.legs["kind"])
    assert kinds[0] == "consolidation"
    assert kinds[-2:] == ["deconsolidation", "minimum_charge"]
    assert trip.hours == pytest.approx(plain.hours + 144.0)
    assert trip.usd_per_tonne == pytest.approx(1000.0 / 0.5)
    assert trip.legs["usd_per_tonne"].sum() == pytest.approx(trip.usd_per_tonne)
    assert trip.legs["cumulative_hours"].iloc[-1] == pytest.approx(trip.hours)
    rate = parameters.usd_per_tonne_hour
    total = trip.usd_per_tonne + rate * trip.hours
    assert trip.generalised_usd_per_tonne == pytest.approx(total)


@pytest.mark.unit
def test_a_small_shipper_pays_more_and_bulk_less(network: FreightNetwork) -> None:
    parameters = central_parameters()
    trips = {
        name: best_trip(network, parameters, "Moscow", "Karachi", shipment=name)
        for name in ("full-container", "part-load", "bulk")
    }
    full, part, bulk = (trips[name] for name in ("full-container", "part-load", "bulk"))
    assert part.usd_per_tonne > full.usd_per_tonne > bulk.usd_per_tonne
    assert part.hours > full.hours
    assert bulk.shipment == "bulk"
    # Bulk waits cheaply: it goes by ship where a container of goods goes by land.
    assert "sea from" in bulk.text
    ways = alternatives(network, parameters, "Moscow", "Karachi", shipment="part-load")
    assert ways.routes[0].trip.links == part.links
    assert all(route.trip.legs["kind"].iloc[0] == "consolidation" for route in ways.routes)
