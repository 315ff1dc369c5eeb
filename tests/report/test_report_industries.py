"""The section of a run by industry, in the page and in the workbook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from landbridge.report.charts.trade.industries import industry_chart
from landbridge.report.pages.parts.workbook import write_workbook
from landbridge.report.pages.run.files import render_html
from landbridge.studies.run.results import RunResult

pytestmark = pytest.mark.unit


def industry_frame() -> pd.DataFrame:
    output = np.array([900.0, 90.0, 0.2])
    change = np.array([0.5, -1.5, 40.0])
    table = pd.DataFrame(
        {
            "sector": ["C13T15", "B05T06", "C19"],
            "industry": ["Textiles", "Coal, oil <and> gas", "Tiny"],
            "cargo_class": ["manufactured", "bulk", "basic"],
            "output_million_usd": output,
            "probability_growth": [0.9, 0.1, 0.5],
            "exports_million_usd": output / 2,
            "imports_million_usd": output / 3,
        }
    )
    for name in (
        "output_percent",
        "exports_change_percent",
        "imports_change_percent",
        "unit_cost_percent",
    ):
        table[name] = change
        table[f"{name}_low"], table[f"{name}_high"] = change - 0.2, change + 0.4
    return table


@pytest.fixture
def with_industries(result: RunResult) -> RunResult:
    pairs = result.trade_pairs[["exporter", "importer", "exporter_name", "importer_name"]].head(1)
    pairs = pairs.assign(
        sector="C13T15",
        industry="Textiles",
        baseline_million_usd=12.0,
        change_percent=3.0,
        change_percent_low=1.0,
        change_percent_high=5.0,
        change_million_usd=0.36,
        change_million_usd_low=0.1,
        change_million_usd_high=0.6,
    )
    income = pd.DataFrame(
        {
            "iso3": ["PAK"],
            "name": ["Pakistan"],
            "industry_income_percent": [0.07],
            "industry_income_percent_low": [0.05],
            "industry_income_percent_high": [0.1],
            "million_usd": [250.0],
            "probability_gain": [1.0],
            "one_sector_percent": [0.06],
            "value_added_million_usd": [330_000.0],
            "structure": ["input-output table"],
        }
    )
    tables = {
        "industries": industry_frame(),
        "industry_pairs": pairs,
        "industry_income": income,
        "industry_economies": industry_frame()[["sector", "output_million_usd", "output_percent"]],
        "industry_certificate": result.certificate,
        "industry_baseline": pd.DataFrame({"what": ["Cut"], "amount": ["3 cells"]}),
    }
    return replace(result, industries=tables)


def test_the_page_has_industries_only_where_the_run_made_them(
    result: RunResult, with_industries: RunResult
) -> None:
    assert 'id="industries"' not in render_html(result)
    page = render_html(with_industries)
    assert 'id="industries"' in page
    assert "Coal, oil &lt;and&gt; gas" in page
    assert "Industries of the focus economy" in page
    assert "input-output table" in page


def test_the_chart_leaves_out_what_is_too_small_to_tell_and_says_each_value() -> None:
    drawn = str(industry_chart(industry_frame(), column="output_percent", title="x", key="k"))
    assert "Textiles" in drawn
    assert "Tiny" not in drawn
    assert drawn.index("Textiles") < drawn.index("Coal")


def test_the_workbook_has_a_sheet_for_each_table(
    with_industries: RunResult, tmp_path: Path
) -> None:
    write_workbook(with_industries, tmp_path / "run.xlsx")
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    assert {"Industries", "Industry pairs", "Industry income"} <= set(book.sheetnames)
