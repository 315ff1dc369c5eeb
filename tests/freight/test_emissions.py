"""What carrying goods emits: factors, sums along ways, and what is conserved."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.errors import DataError
from landbridge.freight.carriage.carry import Carried, Split, carry, split_modes
from landbridge.freight.carriage.classes import CargoClass, cargo_classes
from landbridge.freight.carriage.constants import Attractions
from landbridge.freight.carriage.distances import flown_km, piped_km
from landbridge.freight.carriage.footprint import Footprint, along, footprint, over_links
from landbridge.freight.carriage.trees import grow_trees
from landbridge.freight.carriage.ways import Ways, cargo_ways
from landbridge.freight.costs.emissions import (
    CARRIERS,
    CENTRAL,
    Carrier,
    emission_factor,
    on_arcs,
    rail_factor,
)
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.costs.shipments import shipment_names
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.network.pipelines import pipeline_trip
from landbridge.studies.carriage.emissions import emissions_of_pairs, emissions_table
from landbridge.tables import embedded_table

ISO3 = ("AFG", "CHN", "DEU", "KAZ", "PAK", "UZB")
TONNES = np.random.default_rng(5).lognormal(0, 1, (len(ISO3), len(ISO3)))


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def box() -> CargoClass:
    return next(one for one in cargo_classes() if one.name == "container")


@pytest.fixture(scope="module")
def ways(network: FreightNetwork, box: CargoClass) -> Ways:
    return cargo_ways(network, central_parameters(), box, iso3=ISO3)


@pytest.fixture(scope="module")
def split(ways: Ways, box: CargoClass) -> Split:
    return split_modes(ways, box, Attractions().constants(box, ways.ports))


@pytest.fixture(scope="module")
def done(ways: Ways, split: Split) -> Carried:
    return carry(ways, split, TONNES[None])


@pytest.fixture(scope="module")
def found(ways: Ways, split: Split, box: CargoClass) -> Footprint:
    return footprint(ways, split, box, TONNES)


# --- factors --------------------------------------------------------------------------------------


@pytest.mark.unit
def test_every_class_has_a_factor_for_each_of_its_modes_and_the_ends_are_ordered() -> None:
    for cargo in cargo_classes():
        for mode in cargo.modes:
            low, central, high = emission_factor(mode, cargo.name)
            assert 0 < low <= central <= high
    table = embedded_table("freight", "emission_factors")
    known = {one.name for one in cargo_classes()} | set(shipment_names()) | {""}
    assert set(table["cargo"]) <= known
    with pytest.raises(DataError, match="container by pipeline"):
        emission_factor("pipeline", "container")


@pytest.mark.golden
def test_factors_are_the_sums_of_what_was_read() -> None:
    """UK factors of 2025, at the vehicle and before it: container ship, articulated lorry."""
    assert emission_factor("sea", "container")[CENTRAL] == pytest.approx(0.01612 + 0.00365)
    assert emission_factor("road", "metals")[CENTRAL] == pytest.approx(0.07703 + 0.01799)
    assert emission_factor("sea", "full-container") == pytest.approx(
        emission_factor("sea", "container")
    )


@pytest.mark.unit
def test_trains_emit_what_their_grid_does() -> None:
    """Switzerland's water against Poland's coal; an economy without a row burns diesel."""
    clean, coal, diesel = (rail_factor(code) for code in ("CHE", "POL", "AFG"))
    assert diesel == pytest.approx(emission_factor("rail"))
    assert (clean < coal).all()
    row = embedded_table("freight", "rail_traction").set_index("iso3").loc["CHE"]
    by_hand = row["electric_share"] * 0.035 * row["grid_g_co2e_per_kwh"] / 1000
    by_hand += (1 - row["electric_share"]) * emission_factor("rail")[CENTRAL]
    assert clean[CENTRAL] == pytest.approx(by_hand)


# --- sums along ways ------------------------------------------------------------------------------


@pytest.mark.golden
def test_values_add_up_along_a_line() -> None:
    """A line 0 - 1 - 2 - 3 and a dear short cut 0 - 3: all goes by the line."""
    start, end = np.array([0, 1, 2, 0]), np.array([1, 2, 3, 3])
    weight, values = np.array([1.0, 1.0, 1.0, 9.0]), np.array([[1.0, 10.0, 100.0, 7.0]])
    tree = grow_trees(start, end, weight, np.array([0]), size=4)
    root, node = np.zeros((2, 2), dtype=np.int64), np.array([[0, 1], [2, 3]])
    assert along(tree, root, node, values)[0].tolist() == [[0.0, 1.0], [11.0, 111.0]]
    back = grow_trees(start, end, weight, np.array([3]), size=4, backward=True)
    assert along(back, root, node, values)[0].tolist() == [[111.0, 110.0], [100.0, 0.0]]


@pytest.mark.unit
def test_pairs_and_links_have_the_same_tonne_km(
    ways: Ways, found: Footprint, done: Carried
) -> None:
    on_links = found.tonne_km.sum() - found.tied_tonne_km
    assert on_links == pytest.approx(over_links(ways, done), rel=1e-9)
    assert np.trace(found.tonne_km.sum(axis=0)) == 0.0


@pytest.mark.unit
def test_co2e_is_tonne_km_times_factor(found: Footprint) -> None:
    """All but rail, which knows the grids it runs under: between the cleanest and diesel's."""
    for place, carrier in enumerate(CARRIERS):
        if carrier == "rail" or not found.tonne_km[place].any():
            continue
        own = emission_factor(carrier, "container")
        assert found.co2e[:, place] == pytest.approx(own[:, None, None] * found.tonne_km[place])
    rail = CARRIERS.index("rail")
    mean = found.co2e[CENTRAL, rail].sum() / found.tonne_km[rail].sum()
    assert rail_factor("CHE")[CENTRAL] < mean < rail_factor("KAZ")[CENTRAL]


@pytest.mark.golden
def test_a_pair_by_sea_is_the_mean_over_pairs_of_ports(
    ways: Ways, split: Split, found: Footprint
) -> None:
    """Centres of Germany and Pakistan, pair of ports by pair of ports."""
    weight = ways.ties.weight
    seller, buyer = ISO3.index("PAK"), ISO3.index("DEU")
    ports, km = split.ports, ways.network.sea.km
    owner = ways.ties.owner
    total = 0.0
    felt = split.felt_usd_per_tonne
    for one in np.flatnonzero(owner == seller):
        for other in np.flatnonzero(owner == buyer):
            share = np.outer(ports.out[one], ports.back[other]) * ports.sea
            share /= share.sum()
            assert np.isfinite(felt[one, other])
            mean = float((share * np.where(share > 0, km, 0.0)).sum())
            tonnes = TONNES[seller, buyer] * weight[one] * weight[other]
            total += tonnes * split.shares["sea"][one, other] * mean
    sea = found.tonne_km[CARRIERS.index("sea"), seller, buyer]
    assert sea == pytest.approx(total / 1000, rel=1e-9)


@pytest.mark.unit
def test_ways_by_pipeline_and_air_have_their_lengths(network: FreightNetwork, ways: Ways) -> None:
    codes = ("CHN", "TKM", "BRA")
    km = piped_km("gas", codes)
    trip = pipeline_trip("gas", "Galkynysh", "Khorgos")
    assert 0 < km[1, 0] <= trip.km + 1e-9
    assert np.isinf(km[2, 0])
    by_air = flown_km(network, ways.ties)
    assert by_air == pytest.approx(by_air.T, abs=1e-6)
    assert np.diag(by_air) == pytest.approx(0, abs=1e-3)
    assert 2000 < by_air.max() < 10_000


@pytest.mark.unit
def test_links_are_counted_once_by_what_moves_goods_over_them(network: FreightNetwork) -> None:
    arcs = on_arcs(network)
    modes: list[Carrier] = ["road", "rail", "ferry", "air", "sea"]
    over = np.stack([arcs.km[mode] > 0 for mode in modes])
    assert (over.sum(axis=0) <= 1).all()
    assert ((arcs.rail_kg[CENTRAL] > 0) == (arcs.km["rail"] > 0)).all()


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.unit
def test_tables_sum_to_what_was_found(found: Footprint) -> None:
    table = emissions_table(["container"], [found])
    whole = table[table["cargo"] == "all"]
    assert whole["tonne_km_billion"].sum() == pytest.approx(found.tonne_km.sum())
    assert whole["co2e_million_tonnes"].sum() == pytest.approx(found.co2e[CENTRAL].sum())
    pairs = [(a, b) for a in range(len(ISO3)) for b in range(len(ISO3)) if a != b]
    each = emissions_of_pairs(ISO3, ["container"], [found], pairs)
    assert each["co2e_million_tonnes"].sum() == pytest.approx(found.co2e[CENTRAL].sum())
    assert len(emissions_of_pairs(ISO3, ["container"], [found], [])) == 0
