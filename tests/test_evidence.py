"""What a row of facts rests on: a recalled one may not look as if it had been read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from landbridge.evidence import (
    Evidence,
    evidence_faults,
    listed_sources,
    shown_source,
    told_sources,
    wording_faults,
)
from landbridge.tables import embedded_tables, read_raw, read_schema

pytestmark = pytest.mark.unit

LISTED = listed_sources(
    pd.DataFrame(
        [
            ("recalled", "", "own", ""),
            ("treaty", "https://example.org/treaty", "treaty", "2026-11-24"),
            ("ministry", "https://example.org", "official page", ""),
        ],
        columns=["source", "url", "kind", "read_on"],
    )
)
SHOULD_HAVE = {"atlas", "freight"}


def faults(source: str, confidence: str, check_at: str = "", cost_source: str = "") -> list[str]:
    row = {"source": source, "confidence": confidence, "check_at": check_at, "cost": cost_source}
    table = pd.DataFrame([row])
    return evidence_faults(table, Evidence(listed="sources", single=("cost",)), LISTED)


@pytest.mark.parametrize(
    ("source", "confidence", "check_at"),
    [
        ("treaty", "published", ""),
        ("recalled", "recalled", ""),
        ("recalled", "recalled", "ministry"),
        ("treaty|recalled", "mixed", ""),
        ("recalled", "polyline", ""),
    ],
)
def test_rows_that_say_what_they_rest_on_pass(source: str, confidence: str, check_at: str) -> None:
    assert faults(source, confidence, check_at) == []


@pytest.mark.parametrize(
    ("source", "confidence", "check_at", "said"),
    [
        ("treaty", "recalled", "", "recalled, and cites 'treaty' as if it had been read"),
        ("ministry", "recalled", "", "recalled, and cites 'ministry' as if it had been read"),
        ("ministry", "published", "", "published, and cites nothing that was read"),
        ("treaty|recalled", "published", "", "published, and cites 'recalled', which was not"),
        ("recalled", "mixed", "", "mixed, and cites nothing that was read"),
        ("treaty", "published", "ministry", "that is for what is recalled"),
        ("unheard", "published", "", "'unheard' is not in the list"),
    ],
)
def test_rows_that_claim_too_much_are_faults_with_their_row(
    source: str, confidence: str, check_at: str, said: str
) -> None:
    found = faults(source, confidence, check_at)
    assert any(said in line for line in found)
    assert all(line.startswith("row 2: ") for line in found)


def test_a_figure_with_a_source_of_its_own_must_have_been_read() -> None:
    assert (
        "cost cites 'ministry', which was not read"
        in faults("treaty", "published", "", "ministry")[0]
    )
    # Where one figure of a published row is recalled, the row may say where to check it.
    assert faults("treaty", "published", "ministry", "recalled") == []


def test_a_reader_sees_that_a_row_is_recalled_and_where_to_check_it() -> None:
    table = pd.DataFrame(
        {"source": ["recalled", "treaty"], "check_at": ["ministry|treaty", "ministry"]}
    )
    assert told_sources(table)["source"].tolist() == [
        "recalled; to be checked in ministry, treaty",
        "treaty",
    ]
    assert shown_source("recalled") == "recalled"


def test_sources_in_words_say_first_that_a_value_is_recalled() -> None:
    table = pd.DataFrame(
        {
            "source": ["Smith (2001)", "Recalled, not read: about 3", "Recalled, not read"],
            "confidence": ["recalled", "recalled", "published"],
        }
    )
    assert [line[:6] for line in wording_faults(table)] == ["row 2:", "row 4:"]


@pytest.mark.parametrize(
    "path",
    [p for p in embedded_tables() if p.parent.parent.name in SHOULD_HAVE],
    ids=lambda p: p.stem,
)
def test_every_table_of_facts_that_says_how_it_is_known_is_held_to_it(path: Path) -> None:
    if {"source", "confidence"} <= set(read_raw(path).columns):
        assert read_schema(path).evidence is not None
