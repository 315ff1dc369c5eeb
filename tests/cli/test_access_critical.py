"""A planner's paths: ways to the sea, and what is critical."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from .calling import rows_of, shell


@pytest.mark.slow
@pytest.mark.journey
def test_ways_to_the_sea_with_a_border_shut(tmp_path: Path) -> None:
    out = tmp_path / "access"
    done = shell("access", "Afghanistan", "--close", "AFG-PAK", "--draws", "0", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "Chabahar" in done.stdout
    assert "With AFG-PAK shut: market access" in done.stdout
    names = {path.name for path in out.iterdir()}
    assert {"access.html", "access.xlsx", "map.svg", "access.gpkg", "access.geojson"} <= names
    assert ET.parse(out / "map.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own file
    ports = pd.read_csv(out / "tables" / "ports.csv")
    assert {"karachi", "chabahar", "bandar-abbas"} <= set(ports["port"])
    layers = json.loads((out / "access.geojson").read_text(encoding="utf-8"))["features"]
    assert {feature["properties"]["layer"] for feature in layers} == {"ports", "ways"}


@pytest.mark.slow
@pytest.mark.journey
def test_critical_passages_of_an_economy_as_tables_map_and_layers(tmp_path: Path) -> None:
    out = tmp_path / "critical"
    done = shell("critical", "--of", "passages", "--economy", "UZB", "--top", "2",
                 "--first-order", "--json", "--out", str(out))  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    elements = rows_of(found, "critical")
    assert [row["rank"] for row in elements] == [1, 2]
    on, off = (row["goods_million_usd"] for row in rows_of(found, "flow_totals"))
    assert on > off
    assert elements[0]["closed_million_usd"] is None
    table = pd.read_csv(out / "tables" / "critical.csv")
    assert list(table["name"]) == [row["name"] for row in elements]
    with sqlite3.connect(out / "critical.gpkg") as file:
        rows = file.execute("select table_name from gpkg_contents").fetchall()
    assert {name for (name,) in rows} == {"critical_points", "flows"}
    assert "worth most to Uzbekistan" in (out / "map.svg").read_text(encoding="utf-8")


@pytest.mark.journey
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["access", "PAK"], "has a coast on the open sea"),
        (["access", "Uzbekistn"], "Did you mean 'Uzbekistan'"),
        (["access", "UZB", "--close", "Torkam"], "Did you mean 'Torkham'"),
        (["access", "--port", "Karachi"], "--port needs an economy"),
        (["critical", "--economy", "Pakistn"], "Did you mean 'Pakistan'"),
        (["critical", "--by", "tonnes", "--economy", "PAK"], "whole world"),
        (["critical", "--scenario", "n-cpec"], "n-cpec-plus"),
    ],
)
def test_a_slip_is_told_and_nothing_is_written(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    done = shell(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
