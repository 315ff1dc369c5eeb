"""Regression tables and coefficient plots: the same numbers in every form."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from landbridge.errors import InputError
from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.files.plot import coefficient_plot
from landbridge.gravity.files.tables import (
    STARS_NOTE,
    TableOptions,
    html_page,
    regression_table,
    write_xlsx,
)
from landbridge.gravity.ppml.results import GravityFit

pytestmark = pytest.mark.unit


@pytest.fixture
def fits(panel: Callable[..., Any]) -> list[GravityFit]:
    table = panel(seed=1)
    one = GravitySpec(regressors=("agreement",))
    other = GravitySpec(regressors=("agreement", "tariff"), fixed_effects=())
    return [fit(one, table), fit(other, table)]


@pytest.mark.parametrize("form", ["text", "html", "latex"])
def test_every_form_holds_the_same_numbers(fits: list[GravityFit], form: str) -> None:
    text = regression_table(fits, form)
    for found in fits:
        for row in found.coefficients.itertuples():
            number = f"{row.estimate:.3f}"
            assert (number.replace("-", "$-$") if form == "latex" else number) in text
            assert f"({row.std_error:.3f})" in text
    assert "Fixed effects: exporter-year" in text
    assert "clustered by pair" in text
    assert "intercept" in text


def test_stars_are_off_unless_asked_for(fits: list[GravityFit]) -> None:
    assert "*" not in regression_table(fits)
    starred = regression_table(fits, options=TableOptions(stars="conventional"))
    assert STARS_NOTE in starred


def test_labels_titles_and_digits(fits: list[GravityFit]) -> None:
    options = TableOptions(
        titles=("A & B", "Plain_OLS"), labels={"agreement": "Agreement <1>"}, digits=5
    )
    assert f"{fits[0].estimate('agreement'):.5f}" in regression_table(fits, options=options)
    assert "A &amp; B" in regression_table(fits, "html", options=options)
    assert "Agreement &lt;1&gt;" in regression_table(fits, "html", options=options)
    latex = regression_table(fits, "latex", options=options)
    assert r"A \& B" in latex
    assert r"Plain\_OLS" in latex
    with pytest.raises(InputError, match="1 titles were given for 2 columns"):
        regression_table(fits, options=TableOptions(titles=("one",)))
    with pytest.raises(InputError, match="at least one fit"):
        regression_table([])


def test_the_workbook_holds_numbers_as_numbers(fits: list[GravityFit], tmp_path: Path) -> None:
    write_xlsx(tmp_path / "table.xlsx", fits)
    book = openpyxl.load_workbook(tmp_path / "table.xlsx")
    assert book.sheetnames == ["table", "(1)", "(2)"]
    assert book["(1)"]["B2"].value == pytest.approx(fits[0].estimate("agreement"))
    assert book["table"]["A2"].value == "agreement"


def test_sheets_carry_titles_and_notes_their_columns(
    fits: list[GravityFit], panel: Callable[..., Any], tmp_path: Path
) -> None:
    other = fit(GravitySpec(regressors=("agreement",), inference="hc1"), panel(seed=1))
    titles = ("Two-way: PPML", "None", "[HC1]")
    options = TableOptions(titles=titles)
    write_xlsx(tmp_path / "table.xlsx", [*fits, other], options=options)
    book = openpyxl.load_workbook(tmp_path / "table.xlsx")
    assert book.sheetnames == ["table", "1 Two-way  PPML", "2 None", "3 HC1"]
    text = regression_table([*fits, other], options=options)
    assert "Two-way: PPML, None: standard errors in brackets, clustered by pair." in text
    assert "[HC1]: " in text


def test_the_page_is_whole_and_says_what_was_left_out(panel: Callable[..., Any]) -> None:
    table = panel(seed=1)
    table.loc[[1, 2, 3], "tariff"] = float("nan")
    found = fit(GravitySpec(regressors=("tariff",)), table)
    page = html_page([found], title="A <b>")
    assert page.startswith("<!DOCTYPE html>")
    assert "<h1>A &lt;b&gt;</h1>" in page
    assert "Rows without a value left out</th><td>3</td>" in page


def test_the_plot_is_well_formed_and_shows_every_term(fits: list[GravityFit]) -> None:
    root = ET.fromstring(coefficient_plot(fits, titles=["<a>", "b"]))  # noqa: S314 - our own
    words = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert {"agreement", "tariff", "<a>", "b"} <= set(words)
    assert "Estimate and 95 percent interval" in words
    assert "Signed" in coefficient_plot(fits, labels={"agreement": "Signed"})
    assert "intercept" not in words
    dots = [element for element in root.iter() if element.tag.endswith("circle")]
    assert len(dots) == 2  # one coefficient of the first fit, and the legend
    with pytest.raises(InputError, match="no coefficient to draw"):
        coefficient_plot(fits, terms=["absent"])
