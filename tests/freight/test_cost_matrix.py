"""Least costs between places of the network, many by many."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.errors import UnknownNameError
from landbridge.freight.costs.pricing import FreightDraw, central_parameters
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.freight.routes.totals import trip_totals
from landbridge.freight.search.engine import DijkstraEngine, EliminationEngine
from landbridge.freight.search.updates import Change
from landbridge.freight.skims.matrix import CostMatrix, arcs_named, cost_matrix

# Cities inland, ports, ports that only the sea reaches, border stations.
PLACES = ("tashkent", "karachi", "moscow", "rotterdam", "kabul", "shanghai", "torkham", "durban")
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def engine() -> EliminationEngine:
    return EliminationEngine()


def layers(matrix: CostMatrix) -> np.ndarray:
    return np.stack(
        (matrix.km, matrix.hours, matrix.usd_per_tonne, matrix.generalised_usd_per_tonne)
    )


@pytest.mark.unit
def test_a_matrix_holds_the_totals_of_trips(
    network: FreightNetwork, engine: EliminationEngine
) -> None:
    parameters = central_parameters()
    for draw in (None, FreightDraw.random(np.random.default_rng(5))):
        found = layers(cost_matrix(network, parameters, PLACES, PLACES, draw=draw, engine=engine))
        pairs = [(one, other) for one in PLACES for other in PLACES]
        totals = trip_totals(network, parameters, pairs, draw=draw)
        expected = totals.T.reshape(4, len(PLACES), len(PLACES))
        assert np.allclose(found, expected, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.unit
def test_engines_agree_on_all_places(network: FreightNetwork, engine: EliminationEngine) -> None:
    places = network.nodes["node"].tolist()[::16]
    parameters = central_parameters()
    mine = cost_matrix(network, parameters, places, places, engine=engine)
    scipy = cost_matrix(network, parameters, places, places, engine=DijkstraEngine())
    there = np.isfinite(scipy.generalised_usd_per_tonne)
    assert (np.isfinite(mine.generalised_usd_per_tonne) == there).all()
    assert np.allclose(
        mine.generalised_usd_per_tonne[there],
        scipy.generalised_usd_per_tonne[there],
        rtol=ROUNDING,
        atol=0,
    )


@pytest.mark.unit
def test_a_closed_strait_costs_and_its_opening_restores_all(
    network: FreightNetwork, engine: EliminationEngine
) -> None:
    parameters = central_parameters()
    before = cost_matrix(network, parameters, PLACES, PLACES, engine=engine)
    shut = apply_edits(network, [SetOpen("suez", is_open=False)])
    after = cost_matrix(shut, parameters, PLACES, PLACES, engine=engine)
    lost = after.generalised_usd_per_tonne - before.generalised_usd_per_tonne
    assert (lost >= -ROUNDING).all()
    karachi, rotterdam = PLACES.index("karachi"), PLACES.index("rotterdam")
    assert lost[karachi, rotterdam] > 10
    again = apply_edits(shut, [SetOpen("suez", is_open=True)])
    found = cost_matrix(again, parameters, PLACES, PLACES, engine=engine)
    assert (layers(found) == layers(before)).all()


@pytest.mark.unit
def test_the_short_way_to_an_edit_gives_what_a_new_network_gives(
    network: FreightNetwork, engine: EliminationEngine
) -> None:
    parameters = central_parameters()
    used = sorted(set(network.arcs.name) & set(network.links["link"]))
    names = ["torkham-road", "chaman-road", *used[:: len(used) // 8]]
    short = cost_matrix(
        network,
        parameters,
        PLACES,
        PLACES,
        engine=engine,
        change=Change(closed=arcs_named(network, names)),
    )
    shut = apply_edits(network, [SetOpen(name, is_open=False) for name in names])
    long = cost_matrix(shut, parameters, PLACES, PLACES, engine=DijkstraEngine())
    assert np.allclose(layers(short), layers(long), rtol=ROUNDING, atol=ROUNDING)
    assert (layers(short) != layers(cost_matrix(network, parameters, PLACES, PLACES))).any()
    with pytest.raises(UnknownNameError, match="torkham-road"):
        arcs_named(network, ["torkam-road"])


@pytest.mark.unit
def test_no_way_is_no_number_and_an_unknown_place_is_named(network: FreightNetwork) -> None:
    borders = [row.crossing for row in network.crossings.itertuples() if "AFG" in row[:99]]
    shut = apply_edits(network, [SetOpen(name, is_open=False) for name in borders])
    found = layers(cost_matrix(shut, central_parameters(), ["kabul"], ["Karachi", "kabul"]))
    assert np.isinf(found[:, 0, 0]).all()
    assert (found[:, 0, 1] == 0).all()
    with pytest.raises(UnknownNameError, match="Tashkent"):
        cost_matrix(network, central_parameters(), ["Tashknet"], ["Karachi"])
