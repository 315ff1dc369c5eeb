"""Edits of borders, rates, gauges, seasons, terminals and drawn lines; what they refuse and say."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import FaultsError, InputError, LandbridgeError, UnknownNameError
from landbridge.freight.costs.pricing import FreightDraw, arc_costs, central_parameters
from landbridge.freight.edits.applying import (
    AddCrossing,
    AddLink,
    AddPlace,
    CrossingCosts,
    Edit,
    OpenProject,
    SetBorder,
    SetCrossing,
    SetGauge,
    SetLink,
    SetOpen,
    SetRates,
    SetSeason,
    SetTerminal,
    apply_edits,
    describe,
)
from landbridge.freight.edits.borders import (
    set_border,
    set_open,
    set_season,
    set_terminal,
    target_of,
)
from landbridge.freight.edits.geojson import MAX_BYTES, LineDefaults, read_lines
from landbridge.freight.edits.links import set_gauge, set_rates
from landbridge.freight.edits.positions import length_km
from landbridge.freight.edits.words import describe_all
from landbridge.freight.network.compiled import ArcKind, FreightNetwork, load_network
from landbridge.freight.network.tables import FreightTables
from landbridge.freight.routes.least_cost import best_trip

NETWORK = load_network()
TABLES = NETWORK.tables
PARAMETERS = central_parameters()
NEW_BORDER = (
    AddPlace("angoor-adda", "Angoor Adda", "PAK", 69.45, 32.52, "border", "AFG"),
    AddCrossing("angoor-adda", "road", CrossingCosts(12, 10, 6, 30), CrossingCosts(24, 15), 0.9),
    AddLink("to-ghazni", "angoor-adda", "Ghazni", "road", 200.0),
    AddLink("to-bannu", (69.45, 32.52), "Peshawar", "road", 300.0, iso3="PAK"),
)


def opened(tables: FreightTables, one: str, other: str) -> np.ndarray:
    table = tables.crossings
    mine = table["from_iso3"].isin([one, other]) & table["to_iso3"].isin([one, other])
    return table.loc[mine, "is_open"].to_numpy()


@pytest.mark.unit
def test_a_border_shuts_with_all_its_crossings_and_opens_again() -> None:
    shut = set_border(TABLES, SetBorder("PAK", "AFG", is_open=False), "")
    assert opened(TABLES, "PAK", "AFG").any()
    assert not opened(shut, "PAK", "AFG").any()
    assert opened(shut, "AFG", "UZB").any()
    again = set_border(shut, SetBorder("AFG", "PAK", is_open=True), "")
    assert again.crossings.equals(NETWORK.tables.crossings)


@pytest.mark.unit
def test_a_border_shuts_by_one_mode_and_where_no_post_stands() -> None:
    rail = set_border(TABLES, SetBorder("AFG", "UZB", is_open=False, mode="rail"), "")
    table = rail.crossings.set_index("crossing")
    assert not table.loc["hairatan-rail", "is_open"]
    assert table.loc["hairatan-road", "is_open"]
    free = set_border(TABLES, SetBorder("DEU", "FRA", is_open=False), "")
    lost = NETWORK.tables.links["is_open"] & ~free.links["is_open"]
    assert lost.any()


@pytest.mark.unit
def test_a_border_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match="no land crossing between PAK and UZB") as caught:
        apply_edits(NETWORK, [SetBorder("PAK", "UZB", is_open=False)])
    assert "Afghanistan (AFG)" in str(caught.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Suez Canal", "suez"),
        ("strait of hormuz", "hormuz"),
        ("Bab al-Mandab", "bab-el-mandeb"),
        ("Bosphorus", "bosporus"),
        ("gibraltar", "gibraltar"),
        ("Torkham-road", "torkham-road"),
        ("port of Karachi", "karachi"),
        ("Karachi", "karachi"),
        ("ML-1", "ml-1"),
    ],
)
def test_a_target_is_found_by_what_people_call_it(name: str, meant: str) -> None:
    assert target_of(TABLES, name) == (meant,)


@pytest.mark.unit
def test_a_port_and_a_strait_of_one_name_are_shut_apart() -> None:
    strait = set_open(TABLES, SetOpen("Strait of Gibraltar", is_open=False), "")
    port = set_open(TABLES, SetOpen("port of Gibraltar", is_open=False), "")
    assert strait.closed == {"gibraltar"}
    assert not strait.shut_ports
    assert port.shut_ports == {"gibraltar"}
    assert "gibraltar" not in port.closed


@pytest.mark.unit
@pytest.mark.parametrize(("months", "share"), [((4, 5, 6), 0.25), (tuple(range(1, 13)), 1.0)])
def test_a_season_is_a_share_of_the_year(months: tuple[int, ...], share: float) -> None:
    table = set_season(TABLES, SetSeason("khunjerab", months), "").crossings
    held = table.loc[table["place"] == "khunjerab", "probability_open"]
    assert (held == share).all()


@pytest.mark.unit
def test_a_season_of_one_month_opens_or_shuts() -> None:
    link = "road-karachi-hyderabad-pk"
    for month, is_open in ((1, False), (5, True)):
        season = set_season(TABLES, SetSeason("khunjerab", (4, 5), month), "").crossings
        mine = season["place"] == "khunjerab"
        assert (season.loc[mine, "is_open"] == is_open).all()
        links = set_season(TABLES, SetSeason(link, (4, 5), month), "").links
        assert bool(links.loc[links["link"] == link, "is_open"].iloc[0]) is is_open


@pytest.mark.unit
def test_rates_move_every_link_of_the_economy_and_no_other() -> None:
    links = NETWORK.tables.links
    edit = SetRates("road", "AFG", speed_factor=1.25, usd_factor=0.5)
    after = set_rates(TABLES, [edit], [""]).links
    mine = (links["mode"] == "road") & (links["iso3"] == "AFG")
    rates = NETWORK.tables.mode_costs
    row = rates[(rates["mode"] == "road") & (rates["iso3"] == "AFG")].iloc[0]
    plain = mine & links["speed_kmh"].isna()
    assert np.allclose(after.loc[plain, "speed_kmh"], 1.25 * row["speed_kmh"])
    assert np.allclose(after.loc[plain, "usd_per_tonne_km"], 0.5 * row["usd_per_tonne_km"])
    assert after[~mine].equals(links[~mine])


@pytest.mark.unit
def test_an_edit_that_names_an_economy_holds_there_alone_in_either_order() -> None:
    world = SetRates("road", speed_factor=1.1)
    own = SetRates("road", "AFG", speed_factor=1.2)
    one, other = (
        set_rates(TABLES, edits, ["", ""]).links for edits in ([world, own], [own, world])
    )
    assert one.equals(other)
    alone = set_rates(TABLES, [own], [""]).links
    mine = (one["mode"] == "road") & (one["iso3"] == "AFG")
    assert one[mine].equals(alone[mine])


@pytest.mark.unit
@pytest.mark.slow
def test_a_factor_keeps_the_draw_and_a_level_is_not_drawn() -> None:
    draw = FreightDraw.random(np.random.default_rng(4))
    name = "road-kabul-pul-e-alam"
    factor = apply_edits(NETWORK, [SetRates("road", "AFG", speed_factor=2.0)])
    level = apply_edits(NETWORK, [SetRates("road", "AFG", speed_kmh=40.0)])
    drawn = {}
    for key, network in (("base", NETWORK), ("factor", factor), ("level", level)):
        at = network.arcs.name.index(name)
        drawn[key] = arc_costs(network, PARAMETERS, draw)[0][at]
        drawn[f"{key} central"] = arc_costs(network, PARAMETERS)[0][at]
    assert drawn["factor"] == pytest.approx(drawn["base"] / 2.0)
    assert drawn["base"] != drawn["base central"]
    assert drawn["level"] == drawn["level central"]


@pytest.mark.unit
def test_the_gauge_break_moves_to_where_the_new_gauge_ends() -> None:
    after = apply_edits(NETWORK, [SetGauge("PAK", 1435)])
    held = after.tables.links
    rails = held[(held["mode"] == "rail") & (held["iso3"] == "PAK")]
    assert (rails["gauge_mm"] == 1435).all()

    def breaks(network: FreightNetwork) -> set[str]:
        kinds = network.arcs.kind == int(ArcKind.GAUGE_BREAK)
        return {network.layers[at].node for at in network.arcs.start[kinds]}

    # The 1676 mm line from Taftan to Zahedan lies in Iran: the break at Zahedan stays, another
    # comes at the border.
    assert "taftan" not in breaks(NETWORK)
    assert {"taftan", "zahedan"} <= breaks(after)


@pytest.mark.unit
def test_two_gauges_swap_without_running_into_each_other() -> None:
    edits = [SetGauge("CHN", 1435, 1520), SetGauge("CHN", 1520, 1435)]
    links = NETWORK.tables.links
    mine = (links["mode"] == "rail") & (links["iso3"] == "CHN")
    present = set(links.loc[mine, "gauge_mm"])
    edits = [edit for edit in edits if edit.from_gauge_mm in present]
    after = set_gauge(TABLES, edits, [""] * len(edits)).links
    swap = {1435: 1520, 1520: 1435}
    expected = [swap.get(int(g), int(g)) for g in links.loc[mine, "gauge_mm"]]
    assert after.loc[mine, "gauge_mm"].tolist() == expected


@pytest.mark.unit
def test_a_terminal_on_the_default_gets_a_row_of_its_own_and_keeps_the_draw_of_the_rest() -> None:
    terminals = NETWORK.tables.terminals
    assert not (terminals["place"] == "salalah").any()
    edit = SetTerminal("Salalah", "port", usd_per_tonne=1.0)
    after = set_terminal(TABLES, edit, "").terminals
    row = after[after["place"] == "salalah"].iloc[0]
    assert row["usd_per_tonne"] == row["usd_low"] == row["usd_high"] == 1.0
    assert row["draws_as"].startswith("default")
    assert not row["stated"]
    own = SetTerminal("Karachi", "port", queue_hours=24)
    karachi = set_terminal(TABLES, own, "").terminals.set_index("terminal")
    assert karachi.loc["karachi-port", "queue_hours"] == 24
    assert karachi.loc["karachi-port", "hours_low"] == karachi.loc["karachi-port", "hours_high"]
    assert karachi.loc["karachi-port", "stated"]


@pytest.mark.unit
@pytest.mark.slow
def test_a_new_crossing_carries_goods_with_its_costs_each_way() -> None:
    after = apply_edits(NETWORK, NEW_BORDER)
    there = best_trip(after, PARAMETERS, "angoor-adda", "Ghazni")
    assert there.km == pytest.approx(200.0)
    hours, usd = arc_costs(after, PARAMETERS)
    arcs = [i for i, name in enumerate(after.arcs.name) if name == "angoor-adda-road"]
    wait = 0.1 * PARAMETERS.closure_spell_days * 24
    found = {bool(after.arcs.forward[i]): (hours[i], usd[i]) for i in arcs}
    assert found[True] == pytest.approx((12 + wait, 10))
    assert found[False] == pytest.approx((24 + wait, 15))
    # The point took the new border place, and the order of the edits does not matter.
    turned = apply_edits(NETWORK, NEW_BORDER[::-1])
    assert turned.arcs.name.count("angoor-adda-road") == 2
    assert np.array_equal(np.sort(turned.arcs.hours), np.sort(after.arcs.hours))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("edits", "says"),
    [
        (NEW_BORDER[:1] + NEW_BORDER[2:], "add one (build_crossing at angoor-adda for road"),
        ([AddLink("x", "Kabul", "Peshawar", "road", 230.0)], "meet at a border place (torkham"),
        ([AddCrossing("torkham", "road", CrossingCosts(1, 1))], "torkham-road stands already"),
        ([AddCrossing("Kabul", "road", CrossingCosts(1, 1))], "no border place"),
        ([AddPlace("kabul", "Kabul", "AFG", 69.0, 34.0)], "stands already"),
        ([AddPlace("x", "X", "AFG", 69.0, 34.0, "border")], "between two economies"),
        ([AddLink("x", (0.0, 0.0), "Kabul", "road", 9.0)], "Say in which economy"),
        ([AddLink("x", (200.0, 0.0), "Kabul", "road", 9.0)], "[longitude, latitude]"),
        ([SetGauge("PAK", 1435, 1000)], "no railway of 1000 mm in PAK"),
        ([SetRates("rail", "ISL", speed_factor=2.0)], "no rail link in ISL"),
        ([SetRates("road", "PAK", speed_factor=2.0, speed_kmh=9.0)], "not both"),
        ([SetTerminal("Kabul", "port", queue_hours=1)], "kabul is not a port"),
        ([SetTerminal("Karachi", "port", queue_hours=9, hours_low=99)], "must rise"),
        ([SetSeason("khunjerab", (4, 4))], "each once"),
        ([SetSeason("khunjerab", (13,))], "from 1 to 12"),
        ([SetSeason("road-karachi-hyderabad-pk", (4,))], "no share of the year"),
        ([SetBorder("PAK", "PAK", is_open=False)], "no border with itself"),
        ([SetCrossing("torkham", usd_per_tonne=5.0, usd_per_tonne_high=1.0)], "must rise"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why_and_how_to_mend_it(
    edits: list[Edit], says: str
) -> None:
    with pytest.raises(LandbridgeError) as caught:
        apply_edits(NETWORK, edits)
    assert says.casefold() in str(caught.value).casefold()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SetOpen("suez", is_open=False), SetOpen("Suez Canal", is_open=True)),
        (SetOpen("torkham", is_open=False), SetCrossing("torkham-road", probability_open=0.5)),
        (SetCrossing("torkham", hours=5.0), SetCrossing("torkham-road", hours=6.0)),
        (SetLink("road-kabul-pul-e-alam", km=5.0), SetLink("road-kabul-pul-e-alam", km=6.0)),
        (SetRates("road", "AFG", speed_factor=2.0), SetRates("road", "AFG", speed_kmh=9.0)),
        (SetGauge("PAK", 1435), SetGauge("PAK", 1520)),
        (SetSeason("khunjerab", (4,)), SetSeason("khunjerab", (5,))),
        (OpenProject("trans-afghan-railway"), SetOpen("trans-afghan-railway", is_open=False)),
        (
            SetTerminal("Karachi", "port", queue_hours=1),
            SetTerminal("karachi", "port", queue_hours=2),
        ),
    ],
)
def test_two_edits_that_contradict_each_other_are_both_named(one: Edit, other: Edit) -> None:
    with pytest.raises(LandbridgeError) as caught:
        apply_edits(NETWORK, [one, other], labels=["measure first", "measure second"])
    assert "measure first" in str(caught.value)
    assert "measure second" in str(caught.value)


@pytest.mark.unit
def test_saying_a_thing_twice_is_no_contradiction_and_counts_once() -> None:
    edit = SetRates("road", "AFG", speed_factor=1.2)
    once, twice = (set_rates(TABLES, [edit] * count, [""] * count).links for count in (1, 2))
    assert twice.equals(once)
    assert not once.equals(NETWORK.tables.links)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([SetOpen("suez", is_open=False)], "Closes suez"),
        ([SetCrossing("torkham", hours=8.0, hours_low=4, hours_high=16, direction="forward")],
         "torkham: 8 hours (4 to 16), forward only"),
        ([SetRates("road", iso3, usd_factor=0.9) for iso3 in ("AFG", "PAK")],
         "Road in Afghanistan, Pakistan: price times 0.9"),
        ([SetSeason("khunjerab", (4, 5, 6), 1)],
         "khunjerab is open from April to June; this run is for January: shut"),
        ([SetTerminal("Karachi", "port", fixed_hours=12, queue_hours=24)],
         "Karachi, port: 12 hours of handling, 24 hours of queue"),
        ([SetGauge("PAK", 1435, 1676)], "1676 mm railways of Pakistan: 1435 mm"),
        ([AddLink(f"l{n}", "a", "b", "rail", 100.0, gauge_mm=1520) for n in range(9)],
         "9 new links: 900 km of rail"),
        (NEW_BORDER[1:2], (
            "New road crossing at angoor-adda: 12 hours (6 to 30), 10 USD per tonne; "
            "back 24 hours, 15 USD per tonne, open 90% of the year")),
    ],
)  # fmt: skip
def test_edits_are_told_in_words(edits: list[Edit], words: str) -> None:
    assert describe_all(edits) == words


@pytest.mark.unit
def test_every_edit_has_words() -> None:
    for edit in (
        *NEW_BORDER,
        OpenProject("ml-1"),
        SetLink("x", km=3.0),
        SetBorder("PAK", "AFG", is_open=True, mode="rail"),
    ):
        assert len(describe(edit)) > 10


LINE = {
    "type": "Feature",
    "properties": {"mode": "rail", "gauge_mm": 1520, "iso3": "Afghanistan", "name": "a remark"},
    "geometry": {"type": "LineString", "coordinates": [[69.17, 34.53], [68.7, 34.1], [67.9, 33.4]]},
}
DEFAULTS = LineDefaults(prefix="drawn")


def lines(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def line(**changes: Any) -> dict[str, Any]:
    return {**LINE, "properties": {**LINE["properties"], **changes}}  # type: ignore[dict-item]


@pytest.mark.unit
def test_a_drawn_line_is_a_link_along_its_vertices_from_a_place_to_a_new_one() -> None:
    (link,) = read_lines(lines(LINE), DEFAULTS, where="my.geojson")
    assert (link.id, link.mode, link.gauge_mm, link.iso3) == ("drawn-1", "rail", 1520, "AFG")
    assert link.km == pytest.approx(
        length_km(((69.17, 34.53), (68.7, 34.1), (67.9, 33.4))), abs=0.1
    )
    assert link.km > length_km(((69.17, 34.53), (67.9, 33.4)))
    assert link.shape == ((68.7, 34.1),)
    after = apply_edits(NETWORK, [link]).tables
    row = after.links.iloc[-1]
    assert row["from_node"] == "kabul"
    assert row["to_node"] == "drawn-1-end"
    assert after.nodes["node"].iloc[-1] == "drawn-1-end"
    assert row["shape"] == "68.7000 34.1000"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ('{"type": "Topology"}', "not a GeoJSON FeatureCollection"),
        (lines(), "no features"),
        (lines(3), "feature 1: this is not a Feature"),
        (lines(line(mode="rale")), "Did you mean 'rail'"),
        (lines(line(gauge=1520)), "property 'gauge': there is no such property. Did you mean 'gau"),
        (lines(line(speed_kmh="fast")), "property 'speed_kmh' must be a number above zero"),
        (lines(line(km=-3)), "property 'km' must be a number above zero"),
        (lines(line(gauge_mm=None)), "property 'gauge_mm' is missing"),
        (lines(line(iso3="Afganistan")), "Afghanistan"),
        (lines(line(id="x"), line(id="x")), "the id 'x' stands more than once"),
        (lines({**LINE, "geometry": {"type": "Point", "coordinates": [1, 2]}}), "is a LineString"),
        (lines({**LINE, "geometry": {"type": "LineString", "coordinates": [[1, 2], [500, 2]]}}),
         "point 2 is [500, 2]: longitude"),
        (lines({**LINE, "geometry": {"type": "LineString", "coordinates": [[1, 2], [1, 2]]}}),
         "the same"),
        (lines(LINE).replace("34.53", "NaN"), "NaN is no number"),
        (lines(LINE).replace("34.53", "9" * 400), "point 1 is"),
        (lines(line(km=10**400)), "property 'km' must be a number above zero"),
        (" " * (MAX_BYTES + 1), "larger than"),
    ],
)  # fmt: skip
def test_a_file_of_lines_that_is_at_fault_says_where_and_what(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_lines(text, DEFAULTS, where="my.geojson")
    assert says in str(caught.value)
    assert "my.geojson" in str(caught.value)


@pytest.mark.unit
def test_every_line_at_fault_is_named() -> None:
    with pytest.raises(FaultsError) as caught:
        read_lines(lines(line(km=-3), LINE, line(mode="sail")), DEFAULTS, where="my.geojson")
    assert len(caught.value.faults) == 2
    assert caught.value.faults[1].startswith("feature 3, ")


@pytest.mark.property
@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "features", "geometry", "properties", "coordinates", "mode"]),
        inner | st.sampled_from(["Feature", "FeatureCollection", "LineString"]), max_size=4),
    max_leaves=12).map(json.dumps))  # fmt: skip
def test_whatever_stands_in_a_file_of_lines_is_read_or_refused(text: str) -> None:
    # Anything but an error of ours fails.
    with contextlib.suppress(InputError):
        assert all(link.km > 0 for link in read_lines(text, DEFAULTS, where="my.geojson"))


@pytest.mark.unit
def test_an_unknown_place_of_a_new_link_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="Tashkent"):
        apply_edits(NETWORK, [AddLink("x", "Tashkand", "Samarkand", "road", 300.0)])
