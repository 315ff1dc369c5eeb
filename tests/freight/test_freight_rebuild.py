"""The committed tables follow from the curated files."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from landbridge.tables import embedded_table

TOOL = Path(__file__).resolve().parents[2] / "tools" / "build_freight.py"
# Numbers are written with two decimals.
WRITTEN = 0.005


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    if not TOOL.is_file():
        pytest.skip(f"{TOOL} is not part of this copy")
    spec = importlib.util.spec_from_file_location("build_freight", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def places(tool: ModuleType) -> dict[str, object]:
    # GeoNames is not needed for what is compared here: only coordinates come from it.
    patch = pytest.MonkeyPatch()
    patch.setattr(tool, "_use_geonames", lambda _: None)
    read: dict[str, object] = tool.read_places()
    patch.undo()
    return read


@pytest.mark.unit
def test_places_are_those_written(places: dict[str, object]) -> None:
    assert list(places) == list(embedded_table("freight", "nodes")["node"])


@pytest.mark.unit
def test_links_are_those_written(tool: ModuleType, places: dict[str, object]) -> None:
    written = {link["link"]: link for link in tool.read_links(places)}
    table = embedded_table("freight", "links")
    assert list(written) == list(table["link"])
    for row in table[table["confidence"] == "recalled"].itertuples():
        fresh = written[row.link]
        if fresh["confidence"] == "recalled" and "-" not in fresh["km"]:
            assert fresh["iso3"] == row.iso3
            assert fresh["project"] == row.project


@pytest.mark.unit
def test_crossings_follow_from_the_observations(
    tool: ModuleType, places: dict[str, object]
) -> None:
    rows = tool.build_crossings(places, tool.read_links(places))
    table = embedded_table("freight", "crossings")
    assert [row[0] for row in rows] == list(table["crossing"])
    for row, committed in zip(rows, table.itertuples(index=False), strict=True):
        for fresh, old in zip(row, committed, strict=True):
            if isinstance(old, float):
                assert float(fresh) == pytest.approx(old, abs=WRITTEN)
