"""The skims: the short way to generalised costs, and totals of trips."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.freight.costs.pricing import FreightDraw, central_parameters
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.routes.totals import trip_totals
from landbridge.freight.skims.economies import generalised_costs, skims

ROUNDING = 1e-9  # km, hours and USD summed in another order
ISO3 = ("AFG", "BRA", "CHN", "DEU", "IND", "KAZ", "NZL", "PAK", "RUS", "USA", "UZB", "ZMB")
TRIPS = (
    ("tashkent", "karachi"),
    ("moscow", "karachi"),
    ("kabul", "rotterdam"),
    ("karachi", "kabul"),
)


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.mark.unit
def test_generalised_costs_alone_are_those_of_the_skims(network: FreightNetwork) -> None:
    parameters = central_parameters()
    draw = FreightDraw.random(np.random.default_rng(3))
    whole = skims(network, parameters, draw=draw, iso3=ISO3)
    alone = generalised_costs(network, parameters, draw=draw, iso3=ISO3)
    assert (alone.usd_per_tonne == whole.generalised_usd_per_tonne).all()
    assert (alone.covered == whole.covered).all()


@pytest.mark.unit
def test_totals_of_trips_are_those_of_the_trips_leg_by_leg(network: FreightNetwork) -> None:
    parameters = central_parameters()
    draw = FreightDraw.random(np.random.default_rng(4))
    totals = trip_totals(network, parameters, TRIPS, draw=draw)
    for row, (origin, destination) in zip(totals, TRIPS, strict=True):
        trip = best_trip(network, parameters, origin, destination, draw=draw)
        legs = [trip.km, trip.hours, trip.usd_per_tonne, trip.generalised_usd_per_tonne]
        assert row == pytest.approx(legs, abs=ROUNDING)


@pytest.mark.unit
def test_a_trip_without_a_way_has_no_finite_total(network: FreightNetwork) -> None:
    borders = [row.crossing for row in network.crossings.itertuples() if "AFG" in row[:99]]
    shut = apply_edits(network, [SetOpen(name, is_open=False) for name in borders])
    totals = trip_totals(
        shut, central_parameters(), (("kabul", "karachi"), ("kabul", "kabul"), TRIPS[0])
    )
    assert np.isinf(totals[0]).all()
    assert (totals[1] == 0).all()
    assert np.isfinite(totals[2]).all()
