"""``landbridge coalition`` and ``landbridge invest``: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from .calling import shell

COALITION = (
    *("coalition", "--members", "PAK,UZB,KAZ", "--on", "2026-01-01"),
    *("--draws", "0", "--jobs", "1"),
)


def column(table: dict[str, Any], name: str) -> list[Any]:
    place = [one["name"] for one in table["columns"]].index(name)
    return [row[place] for row in table["rows"]]


@pytest.mark.journey
def test_a_coalition_is_told_and_written(tmp_path: Path) -> None:
    done = shell(*COALITION, "--candidates", "IRN,EU", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    for words in ("All together gain", "core", "next member", "Shapley", "Kazakhstan"):
        assert words in done.stdout
    page = (tmp_path / "coalition.html").read_text(encoding="utf-8")
    assert "Stumbling or building block" in page
    assert "<svg" in page
    book = openpyxl.load_workbook(tmp_path / "coalition.xlsx", read_only=True)
    assert {"README", "Members", "Next members", "Widening", "Coalitions"} <= set(book.sheetnames)
    book.close()
    assert (tmp_path / "tables" / "coalition_values.csv").is_file()
    assert json.loads((tmp_path / "coalition.json").read_text(encoding="utf-8"))["headline"]


@pytest.mark.journey
def test_json_and_csv_of_a_coalition() -> None:
    done = shell(*COALITION, "--candidates", "IRN", "--depth", "economic_union", "--json")
    assert done.returncode == 0, done.stderr
    tables = json.loads(done.stdout)["tables"]
    assert column(tables["coalition_members"], "name") == ["Pakistan", "Uzbekistan", "Kazakhstan"]
    assert all(column(tables["coalition_certificate"], "passed"))
    done = shell(*COALITION, "--candidates", "IRN", "--csv")
    assert done.stdout.splitlines()[0].startswith("name,economies,alone_million_usd")


@pytest.mark.journey
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("coalition", "--members", "PAK,Uzbekistn"), "Did you mean 'Uzbekistan'"),
        (("coalition", "--members", "PAK"), "Name 2 to 12"),
        (("coalition", "--members", "PAK,UZB", "--on", "soon"), "Write it as 2026-01-01"),
        (("coalition", "--members", "PAK,UZB", "--depth", "none"), "give a depth or a scenario"),
        (("coalition", "--members", "PAK,UZB", "--scenario", "n-cpec-pls"), "n-cpec-plus"),
        (("invest", "ml-1", "--payer", "PAK"), "Write it as PAK=7000"),
        (("invest", "ml-1", "--requires", "ml-1"), "is not A:B"),
        (("invest", "ml-1", "--one-of", "ml-1"), "fewer than two"),
        (("invest", "rasht-astra"), "Did you mean 'rasht-astara'"),
        (("invest", "sahiwal-coal"), "not on the freight network"),
    ],
)
def test_what_cannot_be_used_is_said_once(arguments: tuple[str, ...], expected: str) -> None:
    done = shell(*arguments)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.journey
@pytest.mark.slow
def test_a_choice_of_projects_is_told_and_written(tmp_path: Path) -> None:
    done = shell(
        *("invest", "ml-1", "rasht-astara", "--budget", "9000", "--gain-factor", "20"),
        *("--draws", "0", "--jobs", "1", "--out", str(tmp_path)),
    )
    assert done.returncode == 0, done.stderr
    # ML-1's costs overrun and its tonnes are few: the cheaper line is worth more of a dollar.
    assert "Build Rasht" in done.stdout
    assert "run exactly" in done.stdout
    page = (tmp_path / "investment.html").read_text(encoding="utf-8")
    assert "What each budget would buy" in page
    book = openpyxl.load_workbook(tmp_path / "investment.xlsx", read_only=True)
    assert {"README", "Best sets", "Projects alone", "Pairs", "Budgets"} <= set(book.sheetnames)
    book.close()
