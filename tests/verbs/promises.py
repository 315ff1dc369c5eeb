"""What every result promises, and a small world of a user's to ask about."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.world.baseline import load_baseline

CODES = ("PAK", "UZB", "KAZ", "CHN", "RUS", "IND", "IRN", "AFG", "TUR", "DEU")
YEAR = 2023
MOST_SIGNS = 2000
LEAST = "choice=least"
"""A run on least-cost paths is the quicker one: for what does not depend on how goods choose."""


def write_flows(folder: Path) -> Path:
    """Write the embedded world's goods among ten economies as a tidy table of a user's."""
    world = load_baseline()
    rows = [
        (one, other, YEAR, world.goods[world.index(one), world.index(other)])
        for one in CODES
        for other in CODES
        if one != other
    ]
    path = folder / "flows.csv"
    columns = ["exporter", "importer", "year", "value_million_usd"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return path


def shows_itself(result: Result[Any]) -> None:
    """It is short at a prompt, and well formed in a notebook."""
    assert len(repr(result)) < MOST_SIGNS
    # The one thing in HTML that is not XML.
    text = result._repr_html_().replace("&nbsp;", " ")
    ET.fromstring(f"<div>{text}</div>")  # noqa: S314 - our own text
    assert re.search("<table>.*</table>", result._repr_html_(), re.DOTALL)


def saves_all_or_nothing(
    result: Result[Any], folder: Path, monkeypatch: pytest.MonkeyPatch, *, document: str = ""
) -> None:
    """A write that fails in the middle leaves the folder as it was."""
    first = result.save(folder)
    assert {path.suffix for path in first} >= {".html", ".json", ".xlsx", ".csv"}
    named = document or f"{result.study.name}.json"
    assert (folder / named).read_text(encoding="utf-8") == result.to_json()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    write, written = Path.write_text, []

    def full(path: Path, *arguments: Any, **options: Any) -> int:
        written.append(path)
        if path.suffix == ".csv":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(InputError, match="No space left on device"):
            result.save(folder)
    assert len(written) > 1
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    assert [path for path in folder.parent.iterdir() if path.name.startswith(".")] == []


def rests_on_the_file(result: Result[Any]) -> None:
    """The file, what was completed and what is not covered are said, also in the JSON."""
    document = json.loads(result.to_json())
    made = document["provenance"]
    assert made["inputs"][0]["name"] == "flows.csv"
    assert len(made["inputs"][0]["sha256"]) == 64
    told = " ".join(made["completed"])
    assert "Domestic sales of goods: what is made less what is exported." in told
    assert "ervices" in told
    page = result.presentation.texts[result.presentation.page]
    assert "Domestic sales of goods: what is made less what is exported." in page
    assert "flows.csv" in page
