"""Comparisons of routes: each goes where its name says; ranks, draws and files of one's own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landbridge.basis import embedded_basis
from landbridge.errors import FaultsError, InputError, NoRouteError, UnknownNameError
from landbridge.studies.routes.comparison import (
    Compared,
    Comparison,
    compare,
    comparison_names,
    find_comparison,
)
from landbridge.studies.routes.profiles import RouteAsked, Setting, find_trip, make_setting
from landbridge.tables import embedded_table

pytestmark = pytest.mark.unit

PORTS = (
    RouteAsked("Tashkent", "Poti", end="ship", label="Poti"),
    RouteAsked("Tashkent", "Bandar Abbas", end="ship", label="Bandar Abbas"),
    RouteAsked("Tashkent", "Riga", end="ship", label="Riga"),
)
DRAWS = 25


@cache
def setting_of(scenario: str, year: int | None) -> Setting:
    """Make each network once for all tests here."""
    return make_setting(embedded_basis(), scenario, year)


@pytest.fixture(scope="module")
def today() -> Setting:
    return setting_of("", None)


@pytest.fixture(scope="module")
def ports(today: Setting) -> Compared:
    comparison = Comparison("ports", "Ports", PORTS)
    settings = {("", None): today}
    kinds = ("full-container", "part-load")
    return compare(comparison, settings=settings, shipments=kinds, draws=DRAWS, seed=3)


@pytest.mark.slow
@pytest.mark.parametrize("name", comparison_names())
def test_every_named_route_has_a_way_by_the_places_it_names(name: str) -> None:
    comparison = find_comparison(name)
    for asked in comparison.routes:
        setting = setting_of(*asked.setting)
        trip = find_trip(setting, asked)
        passed = {*trip.legs["from_name"], *trip.legs["to_name"]}
        nodes = setting.network.nodes.set_index("node")["name"]
        for place in asked.via:
            assert str(nodes[place.split(":")[0]]) in passed, (asked.label, place)
        modes = set(trip.legs["mode"])
        if "Sea" in asked.label or "INSTC" in asked.label:
            assert "sea" in modes, asked.label
        if "Suez" in asked.label:
            assert "suez" in trip.text
        if asked.label.startswith("N-CPEC+"):
            assert "Kharlachi" in trip.text
            assert "sea" not in modes


def test_the_parts_of_comparisons_belong_together() -> None:
    rows = embedded_table("studies", "comparison_routes")
    heads = embedded_table("studies", "comparisons")
    assert set(rows["comparison"]) == set(heads["comparison"])
    known = set(embedded_table("freight", "sources")["source"]) | set(
        embedded_table("atlas", "sources")["source"]
    )
    assert {*rows["source"], *heads["source"]} <= known


def test_a_trip_onto_a_ship_is_loaded_in_the_port_it_names(ports: Compared) -> None:
    for profile in ports.profiles:
        rows = profile.rows[profile.rows["activity"] != "deconsolidation"]
        port = profile.trip.destination
        assert rows["activity"].tolist()[-1] in {"port_handling", "port_wait"}
        assert rows["from_name"].tolist()[-1] == port
        assert "sea" not in set(rows["mode"])


def test_a_trip_from_a_ship_mirrors_the_stay_in_the_port(today: Setting) -> None:
    trip = find_trip(today, RouteAsked("Karachi", "Kabul", start="ship"))
    first = trip.legs.iloc[0]
    assert (first["kind"], first["from_name"]) == ("port", "Karachi")


def test_ranks_are_those_of_the_numbers_within_a_kind_of_shipment(ports: Compared) -> None:
    table = ports.table
    assert table["shipment"].tolist() == ["full-container"] * 3 + ["part-load"] * 3
    for _, own in table.groupby("shipment"):
        assert sorted(own["rank_sum"]) == [1, 2, 3]
        order = own.sort_values("rank_sum")["generalised_usd_per_tonne"].to_numpy()
        assert (np.diff(order) >= 0).all()
        assert own["probability_best"].sum() == pytest.approx(1.0)
    part = table[table["shipment"] == "part-load"].reset_index(drop=True)
    full = table[table["shipment"] == "full-container"].reset_index(drop=True)
    assert (part["usd_per_tonne"] > full["usd_per_tonne"]).all()
    assert (part["hours"] > full["hours"]).all()


def test_the_same_seed_gives_the_same_bands_and_another_does_not(
    today: Setting, ports: Compared
) -> None:
    settings = {("", None): today}
    comparison = Comparison("ports", "Ports", PORTS)
    kinds = ("full-container", "part-load")
    again = compare(comparison, settings=settings, shipments=kinds, draws=DRAWS, seed=3)
    assert again.table.equals(ports.table)
    other = compare(comparison, settings=settings, shipments=kinds, draws=DRAWS, seed=4)
    assert not np.allclose(other.table["hours_high"], ports.table["hours_high"])
    np.testing.assert_array_equal(other.table["hours"], ports.table["hours"])


def test_without_draws_bands_have_no_width(today: Setting) -> None:
    comparison = Comparison("one", "One", PORTS[:1])
    found = compare(comparison, settings={("", None): today})
    assert found.table["hours_low"].equals(found.table["hours"])
    assert found.table["probability_best"].isna().all()


def test_a_route_without_a_way_is_told_and_the_others_stay(today: Setting) -> None:
    shut = RouteAsked("Tashkent", "Poti", via=("Wagah",), label="by Wagah and Armenia")
    asked = (PORTS[0], shut)
    found = compare(Comparison("x", "X", asked), settings={("", None): today})
    assert {profile.label for profile in found.profiles} | {
        note.split(":")[0] for note in found.notes
    } == {"Poti", "by Wagah and Armenia"}


@pytest.mark.slow
def test_the_borders_of_a_year_change_what_was_observed_then() -> None:
    hours = {}
    for year in (2020, 2022):
        trip = find_trip(setting_of("", year), RouteAsked("Karachi", "Kabul", via=("Torkham",)))
        hours[year] = trip.hours
    # CPMM: Torkham outbound took 50.0 h in 2020 and 24.2 h in 2022.
    assert hours[2020] - hours[2022] == pytest.approx(50.0 - 24.2)


@pytest.mark.parametrize(
    ("asked", "error", "expected"),
    [
        (RouteAsked("Tashkent", "Kabul", end="ship"), InputError, "no ship calls at Kabul"),
        (RouteAsked("Tashkent", "Karachi", via=("Poti:se",)), InputError, "not a mode of Poti"),
        (RouteAsked("Tashkent", "Karachi", via=("Potti",)), UnknownNameError, "Poti"),
        (RouteAsked("Tashkent", "Karachi", shipment="part"), UnknownNameError, "part-load"),
        (RouteAsked("Karachi", "karachi", end="ship"), NoRouteError, "starts and ends at Karachi"),
    ],
)
def test_what_cannot_be_routed_is_one_message(
    today: Setting, asked: Any, error: Any, expected: Any
) -> None:
    with pytest.raises(error, match=expected):
        find_trip(today, asked)


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "my-routes.csv"
    path.write_text(
        "label,origin,destination,via,end\nA,Tashkent,Poti,,ship\n"
        "B,Tashkent,Karachi,Torkham | Lahore,\n",
        encoding="utf-8",
    )
    found = find_comparison(str(path))
    assert [one.label for one in found.routes] == ["A", "B"]
    assert found.routes[0].end == "ship"
    assert found.routes[1].via == ("Torkham", "Lahore")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("label,orgin,destination\nA,B,C\n", ["'origin' is missing", "Did you mean 'origin'"]),
        ("label,origin,destination\n", ["no routes"]),
        ("label,origin,destination\nA,B,C\nA,C,B\n", ["'A' is given twice"]),
        (
            "label,origin,destination,end,year\nA,B,C,boat,\nA,,C,,\nA,B,C,,soon\n",
            ["line 2: end is 'boat'", "line 3: origin is empty", "line 4: year is 'soon'"],
        ),
    ],
)
def test_all_faults_of_a_file_are_told_at_once(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    path = tmp_path / "routes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultsError) as raised:
        find_comparison(str(path))
    for words in expected:
        assert words in str(raised.value)


def test_an_unknown_comparison_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="moscow-karachi"):
        find_comparison("moscow-karach")
    with pytest.raises(InputError, match="cannot be read"):
        find_comparison("nowhere.csv")


def test_the_example_file_of_the_page_is_read(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "corridors.md").read_text(encoding="utf-8")
    block = re.findall(r"```csv\n(.*?)```", text, flags=re.DOTALL)[0]
    (tmp_path / "mine.csv").write_text(block, encoding="utf-8")
    found = find_comparison(str(tmp_path / "mine.csv"))
    assert [one.end for one in found.routes] == ["ship"] * 3
