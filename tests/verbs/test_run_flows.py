"""Flows of freight of a run: what passes before and after, at the trade of before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.chain.cargo import cargo_choice
from landbridge.studies.run.results import RunResult

QUESTION = {
    "name": "khyber",
    "title": "Torkham in an hour",
    "summary": "What if.",
    "date": "2026-01-01",
    "focus": {"economy": "PAK", "partners": ["AFG"]},
    "measures": [
        {
            "id": "easier",
            "kind": "change_crossing",
            "title": "Torkham in an hour",
            "source": "a test",
            "crossings": ["torkham"],
            "hours": 1.0,
        }
    ],
}


@pytest.fixture(scope="module")
def found(model: lb.Model) -> Result[RunResult]:
    return model.run(QUESTION, draws=0, flows=True)


@pytest.mark.slow
@pytest.mark.journey
def test_more_passes_where_it_becomes_easier(found: Result[RunResult]) -> None:
    elements = found.tables["freight_elements"].set_index("element")
    torkham = elements.loc["torkham-road"]
    assert torkham["change_tonnes_million"] > 0
    assert torkham["tonnes_million_after"] - torkham["tonnes_million"] == pytest.approx(
        torkham["change_tonnes_million"]
    )
    assert any(sentence.startswith("More passes") for sentence in found.headline)


@pytest.mark.slow
@pytest.mark.journey
def test_all_goods_are_carried_before_and_after(model: lb.Model, found: Result[RunResult]) -> None:
    split = found.tables["freight_mode_split"]
    whole = split[split["cargo"] == "all"]
    goods = model.world.goods * cargo_choice(model.world).mix.carried
    np.fill_diagonal(goods, 0.0)
    assert whole["usd_million"].sum() == pytest.approx(goods.sum(), rel=1e-3)
    assert whole["usd_million_after"].sum() == pytest.approx(whole["usd_million"].sum(), rel=1e-3)
    classes = split[split["cargo"] != "all"]
    assert classes["tonnes_million"].sum() == pytest.approx(whole["tonnes_million"].sum())


@pytest.mark.slow
@pytest.mark.journey
def test_a_geopackage_holds_links_ports_crossings_and_economies(
    found: Result[RunResult], tmp_path: Path
) -> None:
    found.save(tmp_path / "run")
    package = tmp_path / "run" / "results.gpkg"
    layers = dict(pyogrio.list_layers(package).tolist())
    assert layers == {
        "economies": "Point",
        "links": "LineString",
        "ports": "Point",
        "crossings": "Point",
    }
    links = pyogrio.read_info(package, layer="links")
    assert {"link", "km", "hours", "million_tonnes_before", "million_tonnes_after"} <= set(
        links["fields"]
    )


@pytest.mark.slow
@pytest.mark.unit
def test_flows_need_the_choice_by_class_of_cargo(model: lb.Model) -> None:
    with pytest.raises(InputError, match="choice by class of cargo"):
        model.run({**QUESTION, "choice": "least"}, draws=0, flows=True)
