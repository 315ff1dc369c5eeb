"""The world network of OpenStreetMap: what ships obeys its rules, and the tools keep theirs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.freight.network.compiled import load_network
from landbridge.freight.network.places import find_place
from landbridge.tables import embedded_table

TOOLS = Path(__file__).resolve().parents[2] / "tools"
WRITTEN = 0.006  # numbers are written with two decimals


def written(name: str) -> list[str]:
    path = TOOLS / "osm" / name
    if not path.is_file():
        pytest.skip(f"{path} is not part of this copy")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def free() -> set[str]:
    path = TOOLS / "freight" / "free_movement.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not part of this copy")
    return set(path.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    return embedded_table("freight", "osm_links")


@pytest.fixture(scope="module")
def sides() -> dict[str, set[str]]:
    nodes = pd.concat([embedded_table("freight", name) for name in ("nodes", "osm_nodes")])
    ends = zip(nodes["node"], nodes["iso3"], nodes["iso3_other"], strict=True)
    return {node: {iso3, other} - {""} for node, iso3, other in ends}


@pytest.mark.unit
def test_curated_economies_take_nothing_from_the_drawing(
    links: pd.DataFrame, sides: dict[str, set[str]]
) -> None:
    curated = set(" ".join(written("curated_only.txt")).split())
    assert not set(links["iso3"]) & curated
    ends = [sides[node] for node in [*links["from_node"], *links["to_node"]]]
    assert not [end for end in ends if end <= curated]


@pytest.mark.unit
def test_a_drawn_link_stays_in_its_economy(links: pd.DataFrame, sides: dict[str, set[str]]) -> None:
    together = [free(), {"CHN", "HKG", "MAC"}]
    for row in links.itertuples():
        for node in (row.from_node, row.to_node):
            same = row.iso3 in sides[node]
            assert same or any({row.iso3, *sides[node]} <= group for group in together), row.link


@pytest.mark.unit
def test_no_drawn_link_stands_beside_a_curated_one(links: pd.DataFrame) -> None:
    curated = embedded_table("freight", "links")
    curated = curated[curated["status"] == "open"]
    drawn = links[links["state"] != "corrected"]

    def pairs(table: pd.DataFrame) -> set[tuple[str, int, frozenset[str]]]:
        gauge = table["gauge_mm"].fillna(0).astype(int)
        ends = zip(table["from_node"], table["to_node"], strict=True)
        return set(zip(table["mode"], gauge, map(frozenset, ends), strict=True))

    assert not pairs(curated) & pairs(drawn)


@pytest.mark.unit
def test_a_drawn_railway_has_a_gauge_of_its_economy(links: pd.DataFrame) -> None:
    table = embedded_table("freight", "rail_gauges")
    known: dict[str, set[int]] = {}
    for row in table.itertuples():
        known.setdefault(row.iso3, set()).add(int(row.gauge_mm))
    rails = links[links["mode"] == "rail"]
    together = set().union(*(known[code] for code in free() if code in known))
    for row in rails.itertuples():
        allowed = together if row.iso3 in free() else known[row.iso3]
        assert int(row.gauge_mm) in allowed, row.link
    assert links.loc[links["mode"] == "road", "gauge_mm"].isna().all()


@pytest.mark.unit
def test_a_drawn_crossing_has_the_values_of_its_class_and_both_sides(links: pd.DataFrame) -> None:
    crossings = embedded_table("freight", "osm_crossings")
    classes = embedded_table("freight", "crossing_classes").set_index(["crossing_class", "mode"])
    closed = {frozenset(line.split()[0].split("-")) for line in written("closed_borders.txt")}
    for row in crossings.itertuples():
        default = classes.loc[(row.crossing_class, row.mode)]
        for way in ("forward", "backward"):
            hours = getattr(row, f"hours_{way}")
            assert hours == pytest.approx(default["hours"], abs=WRITTEN)
            assert getattr(row, f"hours_high_{way}") >= 2 * hours
        assert frozenset({row.from_iso3, row.to_iso3}) not in closed
        here = links[(links["from_node"] == row.place) | (links["to_node"] == row.place)]
        assert set(here.loc[here["mode"] == row.mode, "iso3"]) >= {row.from_iso3, row.to_iso3}


@pytest.mark.unit
def test_every_stitch_is_listed(links: pd.DataFrame) -> None:
    changes = embedded_table("freight", "osm_changes")
    gaps = changes[changes["change"].isin(["join", "detour", "far"])]
    listed = gaps.groupby("link")["km"].agg(["size", "sum"])
    stitched = links[links["stitches"] > 0].set_index("link")
    assert set(listed.index) == set(stitched.index)
    assert (listed["size"].reindex(stitched.index) == stitched["stitches"]).all()
    off = listed["sum"].reindex(stitched.index) - stitched["stitched_km"]
    assert (off.abs() < 0.06 + WRITTEN * stitched["stitches"]).all()
    assert (stitched["state"] == "stitched").all()
    by_hand = links.loc[links["state"] == "corrected", "link"]
    assert set(by_hand) == set(changes.loc[changes["change"] == "corrected", "link"])


@pytest.mark.unit
@pytest.mark.parametrize(("city", "place"), [("Accra", "tema"), ("Lima", "callao")])
def test_a_city_by_its_port_is_found(city: str, place: str) -> None:
    assert find_place(load_network().tables, city) == place


@pytest.fixture(scope="module")
def tools() -> Iterator[tuple[ModuleType, ModuleType]]:
    pytest.importorskip("shapely")
    if not (TOOLS / "osm_graph.py").is_file():
        pytest.skip("the tools are not part of this copy")
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(TOOLS))
    import osm_graph  # noqa: PLC0415 - tools are not a package
    import osm_ways  # noqa: PLC0415

    yield osm_graph, osm_ways
    patch.undo()
    for name in ("osm_graph", "osm_ways"):
        sys.modules.pop(name, None)


@pytest.mark.unit
def test_healing_closes_a_gap_within_an_economy_and_leaves_a_wide_one(
    tools: tuple[ModuleType, ModuleType],
) -> None:
    graph_tool, _ = tools
    # A line along the equator in steps of 11 km, broken by 0.2 km, 1.1 km and 111 km.
    east = [0.0, 0.1, 0.1018, 0.2, 0.21, 0.3, 1.3, 1.4]
    where = np.array([[0.0, x] for x in east])
    a, b = np.array([0, 2, 4, 6]), np.array([1, 3, 5, 7])
    graph = graph_tool.Graph(
        where, np.full(8, "AAA"), a, b, np.full(4, 11.0), np.zeros(4, dtype=np.int8)
    )
    counts = graph_tool.heal(graph, snap=0.35, join=2.0, across=1.0, detour=6.0, far=20.0)
    assert counts["snap"] >= 1
    assert counts["join"] == 1
    assert counts["far"] == 0
    kinds = dict(zip(zip(graph.a.tolist(), graph.b.tolist(), strict=True), graph.kind, strict=True))
    assert kinds[1, 2] == graph_tool.SNAP
    assert kinds[3, 4] == graph_tool.JOIN
    assert (5, 6) not in kinds


@pytest.mark.property
@given(size=st.integers(3, 14), seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_a_few_links_keep_every_length(
    tools: tuple[ModuleType, ModuleType], size: int, seed: int
) -> None:
    _, ways_tool = tools
    rng = np.random.default_rng(seed)
    points = rng.random((size, 2)) * 1000
    measured = np.linalg.norm(points[:, None] - points[None], axis=2) * 1.2 + 1.0
    np.fill_diagonal(measured, np.inf)
    stops = [ways_tool.Stop(k, k, 0.0, "", border=False, curated=False) for k in range(size)]
    taken, dropped = ways_tool.span(stops, measured, np.full((size, size), np.inf))
    assert not dropped
    reach = np.full((size, size), np.inf)
    np.fill_diagonal(reach, 0.0)
    for way in taken:
        reach[way.a, way.b] = reach[way.b, way.a] = way.km
    for k in range(size):
        reach = np.minimum(reach, reach[:, k, None] + reach[None, k, :])
    apart = ~np.eye(size, dtype=bool)
    assert (reach[apart] <= ways_tool.STRETCH * measured[apart] + 1e-9).all()
    # Lengths here obey the triangle inequality, so no chain of links is shorter than the way.
    assert (reach[apart] >= measured[apart] - 1e-9).all()
