"""Claims at the shell: the whole ledger, one claim, a file of one's own, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from landbridge.claims.verdict import VERDICTS

from .calling import shell

pytestmark = pytest.mark.journey
MINE = """
format = 1
title = "Mine"
rules_written = 2026-01-01
[[claims]]
id = "M1"
title = "The union is small"
claim = "The union has less than a twentieth of the world's people."
who = "own"
by = "me"
source = "a talk"
reading = "As it stands."
would_change = "More members."
cannot_tell = "The rest."
[[claims.tests]]
kind = "level"
says = "Less than five percent"
reason = "A twentieth."
at_most = 5
quantity = { kind = "share_of_world", of = ["EAEU"], on = 2026-01-01, measure = "population" }
"""


def rows(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    table = document["tables"][name]
    names = [one["name"] for one in table["columns"]]
    return [dict(zip(names, row, strict=True)) for row in table["rows"]]


@pytest.mark.slow
def test_twenty_verdicts_and_a_page(tmp_path: Path) -> None:
    out = tmp_path / "ledger"
    done = shell("claims", "--draws", "0", "--jobs", "1", "--json", "--out", str(out))
    assert done.returncode == 0, done.stderr
    verdicts, tests = (rows(json.loads(done.stdout), name) for name in ("claims", "claim_tests"))
    assert [row["claim"] for row in verdicts] == [f"C{n}" for n in range(1, 21)]
    assert {row["verdict"] for row in verdicts} <= set(VERDICTS)
    # Every number that the rules ask for is there.
    assert not {row["claim"] for row in tests if row["standing"] == "missing"}
    assert all(row["rests_on"] for row in tests if row["value"] is not None)
    page = (out / "claims.html").read_text(encoding="utf-8")
    for told in ("C4. ", "300 missing", "How a verdict is made", "10.17976/jpps/2020.03.02"):
        assert told in page
    book = openpyxl.load_workbook(out / "claims.xlsx", read_only=True)
    assert {"README", "Verdicts", "Tests"} <= set(book.sheetnames)
    assert (out / "tables" / "claim_tests.csv").is_file()


def test_one_claim_with_its_rule_numbers_and_how_to_repeat_it() -> None:
    done = shell("claims", "c11", "--draws", "0")
    assert done.returncode == 0, done.stderr
    for told in (
        "supported",
        "pak-arm-recognition",
        "at most 0",
        "landbridge claims C11 --draws 0",
    ):
        assert told in done.stdout


def test_a_ledger_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    done = shell("claims", "--file", str(path), "--draws", "0")
    assert done.returncode == 0, done.stderr
    assert "M1" in done.stdout
    assert "1 supported" in done.stdout
    table = shell("claims", "--file", str(path), "--draws", "0", "--csv").stdout
    assert table.splitlines()[1].startswith("M1,The union is small,supported,")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["C21"], "Did you mean 'C2"),
        (["--file", "none.toml"], "cannot be read"),
        (["--file", "bad.toml"], "Did you mean 'at_most'"),
        (["--file", "lost.toml"], "claim M1, share_of_world"),
    ],
)
def test_what_goes_wrong_is_said_in_one_message(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "bad.toml").write_text(MINE.replace("at_most", "at_mots"), encoding="utf-8")
    (tmp_path / "lost.toml").write_text(MINE.replace('"EAEU"', '"EAEUU"'), encoding="utf-8")
    done = shell("claims", *arguments, "--out", str(tmp_path / "out"), folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
