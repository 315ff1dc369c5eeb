"""The chart of a ledger: which side of its rule each number lies on."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from landbridge.claims.evidence import Answer, Evidence, Missing
from landbridge.claims.quantities import StatedGap
from landbridge.claims.schema import Beyond, Claim, Level, Likely, Test
from landbridge.claims.verdict import verdict_of
from landbridge.report.charts.answers.claims import claims_chart

pytestmark = pytest.mark.unit
SPOKEN = {"says": "it is <so>", "reason": "because"}
ONE = StatedGap(kind="stated_gap", statement="one")
MIDDLE = 510.0


def marks(test: Test, found: Answer) -> tuple[str, list[str]]:
    claim = Claim(
        id="X1", title="t", claim="c", who="own", by="me", source="s", reading="r",
        tests=(test,), would_change="w", cannot_tell="n",
    )  # fmt: skip
    drawn = str(claims_chart([verdict_of(claim, {ONE: found})], key="k"))
    root = ET.fromstring(drawn)  # noqa: S314 - our own drawing
    names = [child.tag.rsplit("}", 1)[-1] for child in root]
    return drawn, [name for name in names if name in {"circle", "path"}]


def test_a_number_that_meets_its_rule_lies_right_of_the_line_and_one_that_misses_left() -> None:
    least = Level(kind="level", quantity=ONE, at_least=10, **SPOKEN)
    most = Level(kind="level", quantity=ONE, at_most=10, **SPOKEN)
    number = Evidence(12.0, "percent", "b", draws=np.linspace(11, 13, 201))
    drawn, kinds = marks(least, number)
    assert kinds == ["circle"]
    assert float(re.findall(r'cx="([\d.]+)"', drawn)[0]) > MIDDLE
    assert "it is &lt;so&gt;" in drawn
    drawn, kinds = marks(most, number)
    assert kinds == ["path"]
    assert float(re.findall(r'd="M([\d.]+) ', drawn)[0]) < MIDDLE
    drawn, kinds = marks(most, Evidence(8.0, "percent", "b"))
    assert kinds == ["circle"]
    assert float(re.findall(r'cx="([\d.]+)"', drawn)[0]) > MIDDLE
    below = Likely(kind="likely", quantity=ONE, below=10, **SPOKEN)
    assert float(
        re.findall(r'cx="([\d.]+)"', marks(below, Evidence(8.0, "percent", "b"))[0])[0]
    ) > (MIDDLE)


def test_what_is_not_judged_has_no_row() -> None:
    likely = Likely(kind="likely", quantity=ONE, above=0, **SPOKEN)
    assert marks(likely, Missing("none"))[1] == []
    assert marks(Beyond(kind="beyond", **SPOKEN), Missing("none"))[1] == []
    # On the line itself there is no scale to draw by.
    assert marks(likely, Evidence(0.0, "percent", "b"))[1] == ["path"]
