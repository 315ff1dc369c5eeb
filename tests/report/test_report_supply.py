"""A study of suppliers as a folder of files, on tables of the user's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from landbridge.basis import embedded_basis
from landbridge.codes import REST
from landbridge.report.charts.trade.suppliers import supplier_chart
from landbridge.report.pages.parts.study import write_study
from landbridge.report.pages.supply import supply_page, supply_tables
from landbridge.studies.industries.base import IndustrySettings
from landbridge.studies.supply.study import Question, SupplyStudy, study_supply, supply_sentences
from landbridge.world.sectors.base import SectoralWorld, Structure
from landbridge.world.sectors.isic import own_sectors

pytestmark = pytest.mark.unit


def own_world() -> SectoralWorld:
    rng = np.random.default_rng(5)
    flows = rng.uniform(5.0, 20.0, (4, 4, 3))
    flows[np.arange(4), np.arange(4)] *= 20.0
    return SectoralWorld(
        2021,
        ("CHN", "PAK", REST, "UZB"),
        own_sectors(("A", "C29", "G")),
        flows,
        np.full((4, 3, 3), 0.15),
        (Structure.OWN,) * 4,
        elasticities=np.array([3.0, 4.0, 5.0]),
    )


@pytest.fixture(scope="module")
def study() -> SupplyStudy:
    settings = IndustrySettings(tables=own_world())
    question = Question("PAK", "c29", supplier="CHN", settings=settings)
    return study_supply(embedded_basis(), question, draws=3, jobs=1)


def test_own_tables_answer_with_their_own_elasticities(study: SupplyStudy) -> None:
    assert study.question.sector == "C29"
    assert study.elasticities == "of the tables"
    assert study.basis == "the given tables of 2021"
    assert study.certificate["passed"].all()
    assert set(study.suppliers["supplier"]) == {"CHN", "PAK", "ROW", "UZB"}
    assert "Rest of the world" in set(study.suppliers["name"])
    assert study.inputs.set_index("input")["trade_elasticity"]["C29"] == 4.0
    assert (study.cut_off["output_million_usd"] > 0).all()
    # The shares of the tables are not drawn; what prices do is, with the elasticity.
    assert (study.suppliers["direct_percent_low"] == study.suppliers["direct_percent_high"]).all()
    lost = study.cut_off
    assert (lost["long_run_output_percent_low"] < lost["long_run_output_percent_high"]).all()


def test_the_folder_holds_a_page_charts_a_workbook_and_every_table(
    study: SupplyStudy, tmp_path: Path
) -> None:
    written = {
        path.relative_to(tmp_path).as_posix() for path in write_study(supply_page(study), tmp_path)
    }
    assert {"suppliers.html", "suppliers.xlsx", "suppliers.json", "suppliers.svg"} <= written
    assert {f"tables/{name}.csv" for name in supply_tables(study)} <= written
    page = (tmp_path / "suppliers.html").read_text(encoding="utf-8")
    for words in (
        "C29 of Pakistan: who stands behind it",
        "If China stops",
        "default-src &#39;none&#39;",
        "Rest of the world",
        *(sentence.split(",")[0] for sentence in supply_sentences(study)),
    ):
        assert words in page
    book = openpyxl.load_workbook(tmp_path / "suppliers.xlsx", read_only=True)
    assert {"README", "Suppliers", "Inputs", "Cut off", "Income"} <= set(book.sheetnames)
    told = json.loads((tmp_path / "suppliers.json").read_text(encoding="utf-8"))
    assert len(told["tables"]["suppliers"]["rows"]) == 4
    table = pd.read_csv(tmp_path / "tables" / "cut_off.csv")
    assert table["sector"].tolist() == ["A", "C29", "G"]


def test_the_same_study_gives_the_same_page(study: SupplyStudy) -> None:
    first, second = supply_page(study), supply_page(study)
    assert first.charts.keys() == second.charts.keys()
    assert all(str(first.charts[name]) == str(second.charts[name]) for name in first.charts)


def test_the_chart_leaves_home_out_and_says_each_value(study: SupplyStudy) -> None:
    drawn = str(supplier_chart(study.suppliers, home="PAK", key="k"))
    assert "China" in drawn
    assert "Pakistan" not in drawn
    assert "% of the inputs" in drawn
    nobody = str(supplier_chart(study.suppliers.head(0), home="PAK", key="k"))
    assert "Foreign suppliers" in nobody
