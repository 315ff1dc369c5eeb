"""The page on data files says what the tables and the limits of the code say."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from landbridge.sources import Limits
from landbridge.tables import embedded_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"


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
