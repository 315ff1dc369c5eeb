"""The docs have a page for every scenario of the catalogue, and an index that leads to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import landbridge as lb
from build_catalogue_pages import warned, warnings_of
from landbridge.scenarios.reading import catalogue_names, find_scenario, read_scenario

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "catalogue"


@pytest.mark.unit
@pytest.mark.parametrize("name", catalogue_names())
def test_a_scenario_has_a_page_that_names_its_measures(name: Any) -> None:
    made = "run `python tools/build_catalogue_pages.py`"
    page = FOLDER / f"{name}.md"
    assert page.is_file(), made
    text = page.read_text(encoding="utf-8")
    scenario = read_scenario(find_scenario(name))
    assert f"landbridge run {name}" in text
    for measure in scenario.measures:
        assert measure.title in text, made
    assert f"({name}.md)" in (FOLDER / "index.md").read_text(encoding="utf-8"), made


@pytest.mark.slow
@pytest.mark.journey
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("cpec", marks=pytest.mark.night),
        "chabahar-only",
        "eaeu-pakistan-fta",
    ],
)
def test_a_page_warns_of_what_the_freight_model_gets_wrong_today(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    told = warnings_of(lb.load(), name)
    assert text == warned(text, told), "run `python tools/build_catalogue_pages.py --warnings`"
    assert ("## Warning" in text) == bool(told)
