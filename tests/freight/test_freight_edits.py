"""Edits: more is never worse, undoing restores, and nonsense is refused by name."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import FaultsError, InputError, LandbridgeError, UnknownNameError
from landbridge.freight.costs.pricing import (
    FreightDraw,
    access_costs,
    arc_costs,
    central_parameters,
)
from landbridge.freight.edits.applying import (
    AddLink,
    OpenProject,
    SetCrossing,
    SetLink,
    SetOpen,
    apply_edits,
)
from landbridge.freight.edits.borders import set_open
from landbridge.freight.network.compiled import ArcKind, load_network
from landbridge.freight.network.contraction import contract
from landbridge.freight.network.sea import least_arcs, needed_pairs
from landbridge.freight.network.tables import FreightTables
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.skims.economies import Skims, skims
from landbridge.tables import embedded_table

EAST = ("PAK", "AFG", "UZB", "KAZ", "KGZ", "TJK", "TKM", "IRN", "CHN", "RUS", "IND", "DEU", "USA")
# Float64 sums along some forty arcs.
ROUNDING = 1e-9
NETWORK = load_network()
PARAMETERS = central_parameters()
SHUTTABLE = (
    "torkham",
    "chaman-road",
    "khunjerab",
    "hairatan",
    "dostyk",
    "suez",
    "hormuz",
    "malacca",
    "gibraltar",
    "karachi",
    "bandar-abbas",
    "road-karachi-hyderabad-pk",
    "ferry-aktau-alat",
    "taftan",
)


def skim(*edits: object) -> Skims:
    return skims(apply_edits(NETWORK, edits), PARAMETERS, iso3=EAST)


BASE = skim()


@pytest.mark.unit
@pytest.mark.parametrize("target", SHUTTABLE)
def test_opening_again_restores_every_row(target: str) -> None:
    shut = set_open(NETWORK.tables, SetOpen(target, is_open=False), "")
    again = set_open(shut, SetOpen(target, is_open=True), "")
    before = NETWORK.tables
    assert not all(
        old.equals(new) for old, new in zip(_frames(before), _frames(shut), strict=True)
    ) or (shut.closed != before.closed)
    assert all(old.equals(new) for old, new in zip(_frames(before), _frames(again), strict=True))
    assert again.closed == before.closed


def _frames(tables: FreightTables) -> list[pd.DataFrame]:
    return [frame for _, frame in tables.named()]


@pytest.mark.unit
@pytest.mark.slow
def test_shutting_never_helps_and_opening_again_restores_every_number() -> None:
    network = apply_edits(NETWORK, [SetOpen(target, is_open=False) for target in SHUTTABLE])
    shut = skims(network, PARAMETERS, iso3=EAST)
    assert (shut.generalised_usd_per_tonne >= BASE.generalised_usd_per_tonne * (1 - ROUNDING)).all()
    assert (shut.generalised_usd_per_tonne > BASE.generalised_usd_per_tonne * 1.001).any()
    opened = apply_edits(network, [SetOpen(target, is_open=True) for target in SHUTTABLE])
    again = skims(opened, PARAMETERS, iso3=EAST)
    for name in ("hours", "usd_per_tonne", "generalised_usd_per_tonne", "km"):
        assert np.array_equal(getattr(again, name), getattr(BASE, name))


@pytest.mark.property
@pytest.mark.slow
@settings(max_examples=2, deadline=None)
@given(hours=st.floats(0, 500), usd=st.floats(0, 100))
def test_the_easier_a_crossing_the_lower_every_cost(hours: float, usd: float) -> None:
    easy = skim(SetCrossing("torkham", hours=hours, usd_per_tonne=usd))
    hard = skim(SetCrossing("torkham", hours=hours + 24, usd_per_tonne=usd + 1))
    limit = hard.generalised_usd_per_tonne * (1 + ROUNDING)
    assert (easy.generalised_usd_per_tonne <= limit).all()


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(2, 25),
    seed=st.integers(0, 2**32 - 1),
    density=st.floats(0.02, 0.5),
)
def test_least_costs_agree_with_networkx(size: int, seed: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    count = max(1, int(density * size * size))
    start, end = rng.integers(0, size, count), rng.integers(0, size, count)
    weight = rng.uniform(0, 10, count)
    weight[rng.random(count) < 0.1] = np.inf
    graph, _ = least_arcs(start, end, weight, size)
    other = nx.MultiDiGraph()
    other.add_nodes_from(range(size))
    for a, b, w in zip(start.tolist(), end.tolist(), weight.tolist(), strict=True):
        if np.isfinite(w):
            other.add_edge(a, b, weight=w)
    found = dijkstra(graph, indices=0)
    expected = nx.single_source_dijkstra_path_length(other, 0)
    for node in range(size):
        assert found[node] == pytest.approx(expected.get(node, np.inf))


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(size=st.integers(2, 12), seed=st.integers(0, 2**32 - 1))
def test_needed_sea_legs_keep_every_distance(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = rng.integers(1, 20, (size, size)).astype(float)
    km = dijkstra(np.minimum(raw, raw.T))
    legs = np.where(needed_pairs(km), km, np.inf)
    a, b = np.nonzero(np.isfinite(legs))
    graph, _ = least_arcs(a, b, legs[a, b], size)
    assert np.allclose(dijkstra(graph), km)


@pytest.mark.unit
def test_networkx_finds_the_same_costs_on_the_whole_network() -> None:
    hours, usd = arc_costs(NETWORK, PARAMETERS)
    general = usd + PARAMETERS.usd_per_tonne_hour * hours
    graph = nx.DiGraph()
    for a, b, w in zip(NETWORK.arcs.start, NETWORK.arcs.end, general, strict=True):
        old = graph.get_edge_data(int(a), int(b), {"weight": np.inf})["weight"]
        graph.add_edge(int(a), int(b), weight=min(float(w), old))
    sparse, _ = least_arcs(NETWORK.arcs.start, NETWORK.arcs.end, general, len(NETWORK.layers))
    tashkent = next(
        i
        for i, layer in enumerate(NETWORK.layers)
        if (layer.node, layer.mode) == ("tashkent", "road")
    )
    found = dijkstra(sparse, indices=tashkent)
    expected = nx.single_source_dijkstra_path_length(graph, tashkent)
    assert all(found[node] == pytest.approx(cost) for node, cost in expected.items())


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(size=st.integers(2, 20), seed=st.integers(0, 2**32 - 1), density=st.floats(0.02, 0.4))
def test_contraction_keeps_every_least_cost(size: int, seed: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    count = max(1, int(density * size * size))
    start, end = rng.integers(0, size, count), rng.integers(0, size, count)
    start, end = start[start != end], end[start != end]
    weight = rng.uniform(0.1, 10, len(start))
    keep = set(rng.integers(0, size, 3).tolist())
    small = contract(start, end, keep, size)
    ends = np.array(sorted(keep))
    whole = dijkstra(least_arcs(start, end, weight, size)[0], indices=ends)[:, ends]
    graph, _ = least_arcs(small.start, small.end, small.sums(weight), len(small.layers))
    at = small.positions(ends)
    assert np.allclose(dijkstra(graph, indices=at)[:, at], whole)


@pytest.mark.unit
def test_no_edit_is_no_change() -> None:
    assert apply_edits(NETWORK, []) is NETWORK


@pytest.mark.unit
def test_the_old_network_stays_as_it_was() -> None:
    before = NETWORK.tables.links.copy()
    apply_edits(NETWORK, [OpenProject("ml-1"), OpenProject("trans-afghan-railway")])
    assert NETWORK.tables.links.equals(before)


@pytest.mark.unit
def test_planned_links_are_shut_until_their_project_is_built() -> None:
    used = set(NETWORK.arcs.name)
    planned = NETWORK.tables.links.loc[NETWORK.tables.links["status"] == "planned", "link"]
    assert not used & set(planned)
    built = apply_edits(NETWORK, [OpenProject("trans-afghan-railway")])
    assert "rail-pul-e-alam-kharlachi" in built.arcs.name


@pytest.mark.unit
def test_a_railway_of_another_gauge_gets_its_gauge_break() -> None:
    link = AddLink("to-herat", "Mashhad", "Birjand", "rail", 300.0, gauge_mm=1520, iso3="IRN")
    after = apply_edits(NETWORK, [link])
    breaks = {
        (after.layers[a].node, after.layers[a].gauge_mm, after.layers[b].gauge_mm)
        for a, b, kind in zip(after.arcs.start, after.arcs.end, after.arcs.kind, strict=True)
        if kind == ArcKind.GAUGE_BREAK
    }
    assert ("mashhad", 1435, 1520) in breaks
    assert "mashhad" in after.fallback_gauge_breaks


@pytest.mark.unit
def test_gauges_never_meet_without_a_gauge_break() -> None:
    after = apply_edits(NETWORK, [OpenProject(name) for name in NETWORK.tables.projects["project"]])
    for a, b, kind in zip(after.arcs.start, after.arcs.end, after.arcs.kind, strict=True):
        first, second = after.layers[a], after.layers[b]
        if first.mode == second.mode == "rail" and first.gauge_mm != second.gauge_mm:
            assert kind == ArcKind.GAUGE_BREAK


@pytest.mark.unit
def test_what_a_scenario_fixes_is_not_drawn() -> None:
    fixed = apply_edits(NETWORK, [SetCrossing("torkham-road", hours=8.0)])
    banded = apply_edits(
        NETWORK, [SetCrossing("torkham-road", hours=8.0, hours_low=4.0, hours_high=16.0)]
    )
    draw = FreightDraw.random(np.random.default_rng(5))
    for after, moves in ((fixed, False), (banded, True)):
        at = after.arcs.name.index("torkham-road")
        hours = arc_costs(after, PARAMETERS, draw)[0][at]
        neutral = arc_costs(after, PARAMETERS)[0][at]
        assert bool(hours != neutral) is moves


@pytest.mark.unit
@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (OpenProject("trans-afgan-railway"), "trans-afghan-railway"),
        (SetLink("rail-karachi-hyderabad", km=100.0), "rail-karachi-hyderabad-pk"),
        (SetCrossing("torkam", hours=8.0), "torkham"),
        (SetOpen("suezz", is_open=False), "suez"),
        (AddLink("x", "Tashkand", "Kabul", "road", 10.0), "Tashkent"),
    ],
)
def test_an_unknown_name_is_refused_with_a_suggestion_and_the_edit(edit: object, says: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        apply_edits(NETWORK, [edit])  # type: ignore[list-item]
    assert says in str(caught.value)
    assert type(edit).__name__ in str(caught.value)


@pytest.mark.unit
def test_negative_values_are_refused() -> None:
    with pytest.raises(InputError, match="hours is -1"):
        SetCrossing("torkham", hours=-1.0)
    with pytest.raises(InputError, match="km is nan"):
        SetLink("rail-karachi-hyderabad-pk", km=float("nan"))


@pytest.mark.unit
def test_all_faulty_edits_are_named_together() -> None:
    edits = [OpenProject("nowhere"), SetOpen("atlantis", is_open=False)]
    with pytest.raises(FaultsError) as caught:
        apply_edits(NETWORK, edits)
    assert len(caught.value.faults) == 2


@pytest.mark.unit
@pytest.mark.parametrize(
    "edit",
    [
        AddLink("x", "Kabul", "Peshawar", "road", 230.0, iso3="AFG"),
        AddLink("x", "Kabul", "Kabul", "road", 230.0),
        AddLink("x", "Kabul", "Ghazni", "rail", 150.0),
        AddLink("x", "Kabul", "Ghazni", "road", 0.0),
        AddLink("x", "Kabul", "Ghazni", "sea", 150.0),
        AddLink("x", "Kabul", "Ghazni", "road", 150.0, iso3="PAK"),
        AddLink("rail-karachi-hyderabad-pk", "Kabul", "Ghazni", "road", 150.0),
        SetLink("road-kabul-pul-e-alam", gauge_mm=1520),
        SetCrossing("torkham", probability_open=1.5),
        SetCrossing("torkham", hours=5.0, hours_low=7.0),
        SetCrossing("torkham", mode="rail", hours=5.0),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(edit: object) -> None:
    with pytest.raises(LandbridgeError):
        apply_edits(NETWORK, [edit])  # type: ignore[list-item]


@pytest.mark.unit
def test_a_sea_link_joins_two_ports() -> None:
    canal = AddLink("canal", "Karachi", "Chabahar", "sea", 10.0)
    after = apply_edits(NETWORK, [canal])
    at = [after.sea.ports.index(port) for port in ("karachi", "chabahar")]
    assert after.sea.km[at[0], at[1]] == pytest.approx(10.0)


@pytest.mark.unit
def test_every_trading_economy_reaches_every_other() -> None:
    economies = embedded_table("atlas", "economies")
    iso3 = tuple(economies.loc[economies["trader"], "iso3"])
    found = skims(NETWORK, PARAMETERS, iso3=iso3)
    assert np.isfinite(found.generalised_usd_per_tonne).all()
    assert not found.covered.diagonal().any()
    at = {code: index for index, code in enumerate(iso3)}
    assert found.covered[at["UZB"], at["PAK"]]
    assert found.covered.mean() > 0.9


@pytest.mark.unit
def test_skims_add_up_to_the_generalised_cost() -> None:
    total = BASE.usd_per_tonne + PARAMETERS.usd_per_tonne_hour * BASE.hours
    assert np.allclose(total, BASE.generalised_usd_per_tonne, rtol=ROUNDING)


@pytest.mark.unit
def test_skims_do_not_depend_on_the_order_or_company_of_economies() -> None:
    pair = skims(NETWORK, PARAMETERS, iso3=("USA", "UZB"))
    a, b = EAST.index("USA"), EAST.index("UZB")
    assert pair.hours[0, 1] == pytest.approx(BASE.hours[a, b])
    assert pair.hours[1, 0] == pytest.approx(BASE.hours[b, a])


@pytest.mark.unit
def test_a_way_without_asymmetric_borders_costs_the_same_back() -> None:
    far = skims(NETWORK, PARAMETERS, iso3=("USA", "AUS", "BRA"))
    assert np.allclose(far.generalised_usd_per_tonne, far.generalised_usd_per_tonne.T)


@pytest.mark.unit
def test_an_unknown_economy_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="XXX"):
        skims(NETWORK, PARAMETERS, iso3=("PAK", "XXX"))


@pytest.mark.unit
@pytest.mark.parametrize(("exporter", "importer"), [("TKM", "ARM"), ("TJK", "KEN"), ("KEN", "NPL")])
def test_skims_are_the_trips_between_centres(exporter: str, importer: str) -> None:
    found = skims(NETWORK, PARAMETERS, iso3=(exporter, importer))
    hours, usd = access_costs(NETWORK, PARAMETERS)
    ties = NETWORK.ties
    access = usd + PARAMETERS.usd_per_tonne_hour * hours
    rows = {
        code: [row for row, iso3 in enumerate(ties.iso3) if iso3 == code]
        for code in (exporter, importer)
    }
    weight = {ties.centre[row]: ties.weight[row] for mine in rows.values() for row in mine}
    least: dict[tuple[int, int], float] = {}
    for a in rows[exporter]:
        for b in rows[importer]:
            trip = best_trip(NETWORK, PARAMETERS, ties.node[a], ties.node[b])
            pair = (int(ties.centre[a]), int(ties.centre[b]))
            cost = trip.generalised_usd_per_tonne + access[a] + access[b]
            least[pair] = min(cost, least.get(pair, np.inf))
    shares = [weight[a] * weight[b] for a, b in least]
    mean = np.average(list(least.values()), weights=shares)
    assert found.generalised_usd_per_tonne[0, 1] == pytest.approx(mean)


@pytest.mark.unit
def test_an_upgrade_without_links_of_its_own_cannot_be_shut() -> None:
    with pytest.raises(InputError, match="has none of its own to shut"):
        apply_edits(NETWORK, [SetOpen("ml-1", is_open=False)])
