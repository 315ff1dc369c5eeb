"""Air as a layer that is asked for, and pipelines as a mode of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landbridge.errors import NoRouteError, UnknownNameError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.network.pipelines import pipeline_trip
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.skims.economies import generalised_costs
from landbridge.tables import embedded_table

ISO3 = ("AFG", "AUS", "CHN", "DEU", "ETH", "PAK", "USA", "UZB")
DEAR = 200_000.0  # USD a tonne: electronics


@pytest.fixture(scope="module")
def with_air() -> FreightNetwork:
    return load_network(air=True)


@pytest.mark.golden
def test_dear_goods_fly_in_the_five_days_that_are_printed(with_air: FreightNetwork) -> None:
    parameters = replace(central_parameters(), value_usd_per_tonne=DEAR)
    trip = best_trip(with_air, parameters, "Shanghai", "Hamburg")
    assert "air" in set(trip.legs["mode"])
    assert trip.hours / 24 == pytest.approx(5.0, rel=0.1)
    # 30,000 USD a container-load of 10 t.
    assert trip.usd_per_tonne == pytest.approx(3000.0, rel=0.15)


@pytest.mark.slow
@pytest.mark.unit
def test_the_standard_network_does_not_fly(with_air: FreightNetwork) -> None:
    standard = load_network()
    assert "air" not in set(standard.links["mode"])
    parameters = central_parameters()
    plain = generalised_costs(standard, parameters, iso3=ISO3)
    flown = generalised_costs(with_air, parameters, iso3=ISO3)
    # General cargo takes to the air nowhere while land and sea are open.
    assert flown.usd_per_tonne == pytest.approx(plain.usd_per_tonne)
    dear = replace(parameters, value_usd_per_tonne=DEAR)
    plain = generalised_costs(standard, dear, iso3=ISO3)
    flown = generalised_costs(with_air, dear, iso3=ISO3)
    away = ~np.eye(len(ISO3), dtype=bool)
    assert (flown.usd_per_tonne <= plain.usd_per_tonne + 1e-9).all()
    assert (flown.usd_per_tonne[away] < plain.usd_per_tonne[away]).any()


@pytest.mark.slow
@pytest.mark.unit
def test_where_every_border_is_shut_only_the_air_is_left(with_air: FreightNetwork) -> None:
    def shut(network: FreightNetwork) -> FreightNetwork:
        table = network.crossings
        afghan = table[(table["from_iso3"] == "AFG") | (table["to_iso3"] == "AFG")]
        return apply_edits(network, [SetOpen(name, is_open=False) for name in afghan["crossing"]])

    trip = best_trip(shut(with_air), central_parameters(), "Kabul", "Karachi")
    assert "air" in set(trip.legs["mode"])
    with pytest.raises(NoRouteError):
        best_trip(shut(load_network()), central_parameters(), "Kabul", "Karachi")


@pytest.mark.golden
def test_the_lengths_of_tapi_add_up_to_what_is_printed() -> None:
    trip = pipeline_trip("gas", "Galkynysh", "Fazilka", with_pipelines=["tapi"])
    assert trip.km == 214 + 774 + 826
    assert list(trip.legs["iso3"]) == ["TKM", "AFG", "PAK", "PAK"]
    assert trip.capacity_per_year == 33
    # 1.7 USD per 1000 m3 and 100 km, the Kazakh transit tariff.
    assert trip.usd_per_unit == pytest.approx(1.7 * trip.km / 100)
    assert trip.usd_low < trip.usd_per_unit < trip.usd_high


@pytest.mark.unit
def test_the_way_back_costs_what_the_way_out_costs() -> None:
    out = pipeline_trip("gas", "Galkynysh", "Shanghai")
    back = pipeline_trip("gas", "Shanghai", "Galkynysh")
    assert back.usd_per_unit == pytest.approx(out.usd_per_unit)
    assert list(back.legs["section"]) == list(out.legs["section"])[::-1]
    assert back.legs["from_name"].iloc[0] == "Shanghai"
    assert back.legs["to_name"].iloc[-1] == "Galkynysh"


@pytest.mark.unit
def test_a_line_that_is_not_open_carries_nothing() -> None:
    with pytest.raises(NoRouteError, match="tapi"):
        pipeline_trip("gas", "Galkynysh", "Multan")
    with pytest.raises(NoRouteError):
        pipeline_trip("oil", "Galkynysh", "Shanghai")
    with pytest.raises(NoRouteError):
        pipeline_trip("oil", "Baku", "Ceyhan", without_pipelines=["btc"])
    with pytest.raises(UnknownNameError, match="Galkynysh"):
        pipeline_trip("gas", "Galkynish", "Multan")
    with pytest.raises(UnknownNameError, match="turkstream"):
        pipeline_trip("gas", "Anapa", "Ankara", with_pipelines=["turkstrem"])


@pytest.mark.unit
def test_every_pipeline_and_airport_names_what_is_there() -> None:
    sections, places = (
        embedded_table("freight", "pipelines"),
        embedded_table("freight", "pipeline_places"),
    )
    assert {*sections["from_place"], *sections["to_place"]} == set(places["place"])
    assert (sections["tariff_low"] <= sections["tariff"]).all()
    assert (sections["tariff"] <= sections["tariff_high"]).all()
    listed = set(embedded_table("freight", "sources")["source"])
    for table in (sections, places, embedded_table("freight", "airports")):
        assert {part for row in table["source"] for part in row.split("|")} <= listed
