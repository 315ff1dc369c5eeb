"""The page about the atlas says what is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from landbridge.atlas.composites import composites, parse_group
from landbridge.tables import embedded_table

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "atlas.md").read_text(encoding="utf-8")
CONFIRMED = {
    "memberships": "bloc_members",
    "agreements": "agreements",
    "relations": "relations",
    "corridors": "corridors",
    "projects": "projects",
    "codes": "economy_codes",
}


def test_the_row_counts_on_the_page_are_those_of_the_tables() -> None:
    rows = re.findall(r"^\| (`[^|]*\.csv`) \| ([\d, ]+) \|", PAGE, flags=re.MULTILINE)
    assert len(rows) >= 8
    for names, counts in rows:
        tables = re.findall(r"`(\w+)\.csv`", names)
        stated = [int(count.replace(",", "")) for count in re.findall(r"\d+(?:,\d{3})*", counts)]
        assert stated == [len(embedded_table("atlas", table)) for table in tables], names


def test_the_page_counts_the_composites() -> None:
    stated = re.search(r"`composites\.toml` \| (\d+)", PAGE)
    assert stated is not None
    assert int(stated.group(1)) == len(composites())


@pytest.mark.parametrize("word", CONFIRMED)
def test_the_page_says_how_much_is_confirmed(word: str) -> None:
    found = re.search(rf"([\d,]+) of\s+([\d,]+) {word}", PAGE)
    assert found is not None
    table = embedded_table("atlas", CONFIRMED[word])
    confirmed, rows = (int(count.replace(",", "")) for count in found.groups())
    assert rows == len(table)
    assert confirmed == (table.confidence == "published").sum()


def test_the_toml_on_the_page_is_a_group() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert blocks
    for block in blocks:
        assert parse_group(tomllib.loads(block)["group"]) is not None
