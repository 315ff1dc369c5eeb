"""The page on data files: every example runs, on made-up files of the names it uses."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from landbridge.sources import Limits, loading
from landbridge.sources.files import headers, workbooks
from landbridge.tables import embedded_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def files(made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = made.baci([(2023, 842, 699, "010121", 1500, 2), (2023, 586, 842, "010121", 1, 2)])
    made.zipped("BACI_HS17_V202601.zip", {"x.csv": flows})
    rows = [{**made.industry("PAK", "UZB", 1, 5), "year": 2019}]
    made.itpd(rows).rename(tmp_path / "ITPD_E_R02.csv")
    with xlsxwriter.Workbook(str(tmp_path / "my flows.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["from", "to", "yr", "worth"])
        page.write_row(1, 0, ["Pakistan", "UZB", 2020, 5])
    monkeypatch.chdir(tmp_path)


@pytest.mark.unit
@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_of_the_page_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    scope: dict[str, Any] = {}
    exec(compile(block, "docs/sources.md", "exec"), scope)  # noqa: S102 - our own page
    capsys.readouterr()
    if "loaded" in scope:
        assert len(scope["loaded"].table)
    if "world" in scope:
        assert scope["world"].iso3


@pytest.mark.unit
def test_the_page_names_every_data_set() -> None:
    text = PAGE.read_text(encoding="utf-8")
    titles = embedded_table("sources", "releases")
    wanted = titles.loc[titles["kind"] != "codes", "title"].str.split(" ").str[0]
    short = {
        "Inter-country": "ICIO",
        "Advanced": "AGTPA",
        "Dynamic": "Dynamic Gravity",
        "A": "tidy",
    }
    missing = {short.get(word, word) for word in wanted if short.get(word, word) not in text}
    assert not missing


@pytest.mark.unit
def test_the_page_states_the_limits_of_the_code() -> None:
    text, limits = PAGE.read_text(encoding="utf-8"), Limits()
    for shown in (
        f"{limits.members:,} members",
        f"{limits.ratio:.0f} times its size",
        f"{limits.columns:,}",
        f"{limits.rows // 10**6} million",
        f"{limits.table_rows // 10**6} million",
        f"{limits.memory_bytes / 2**30:g} GiB of memory",
        f"{limits.workbook_bytes // 2**20} MiB unpacked",
        f"above {limits.copy_bytes // 2**20} MiB",
    ):
        assert shown in text, shown


@pytest.mark.unit
def test_known_issues_of_published_units_are_in_the_tables() -> None:
    columns = embedded_table("sources", "release_columns")
    units = columns.set_index(["release", "column"])["unit"]
    assert units[("baci", "v")] == "thousand USD"
    assert units[("itpd_e_r02", "trade")] == "million USD"
    assert units[("cepii_gravity_202211", "gdp_o")] == "thousand USD"
    assert units[("comtrade", "primaryvalue")] == "USD"
    assert isinstance(columns, pd.DataFrame)


@pytest.mark.unit
@pytest.mark.parametrize("module", [loading, headers, workbooks], ids=lambda m: m.__name__)
def test_the_examples_of_the_docstrings_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0
