"""Verdicts over seeds: what differs is told, and the shipped ledger does not flip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import landbridge as lb
from check_verdicts import standings_that_differ, verdicts_that_differ
from landbridge.claims.ledger import Weighed

DRAWS = 500
FIRST = 2026
SEEDS = 3
ALL_SEEDS = 10
LEDGER = """
format = 1
title = "Quick claims"
rules_written = 2026-11-25
"""
CLAIM = """
[[claims]]
id = "{name}"
title = "A target"
claim = "The trade of today reaches a part of the target."
who = "own"
by = "made up"
source = "made up"
reading = "As it says."
would_change = "Other trade."
cannot_tell = "Anything else."
[[claims.tests]]
kind = "level"
says = "It does"
reason = "Made up: below, within and above the band of today's trade, and on the edge of it."
quantity = {{ kind = "target", statement = "{statement}" }}
at_least = {bound}
"""
"""Targets of the baseline as it stands: cells are drawn, and no equilibrium is solved."""


def weighed(folder: Path, seeds: int) -> dict[int, Weighed]:
    path = folder / "quick.toml"
    claims = [
        CLAIM.format(name=f"{target[4:7].upper()}{bound}", statement=target, bound=bound)
        for target in ("pak-tjk-target", "pak-uzb-target")
        for bound in (1, 8, 100, 120, 1000)
    ]
    path.write_text(LEDGER + "".join(claims), encoding="utf-8")
    model = lb.load()
    return {
        seed: model.claims(file=path, draws=DRAWS, seed=seed, jobs=1).found
        for seed in range(FIRST, FIRST + seeds)
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Weighed]:
    return weighed(tmp_path_factory.mktemp("ledger"), SEEDS)


@pytest.mark.slow
def test_quick_verdicts_are_the_same_in_every_seed(found: dict[int, Weighed]) -> None:
    assert verdicts_that_differ(found) == []
    words = {one.word for one in found[FIRST].verdicts}
    assert words == {"supported", "contradicted", "mixed"}, "the ledger has one of each"
    drawn = [one.findings[0].number for one in found[FIRST].verdicts]
    assert all(one is not None and len(one.draws) == DRAWS for one in drawn)


@pytest.mark.slow
def test_what_differs_is_told_with_its_seeds(found: dict[int, Weighed]) -> None:
    first = found[FIRST].verdicts[0]
    second = FIRST + 1
    turned = replace(first, word="mixed", findings=(replace(first.findings[0], standing="open"),))
    other = replace(found[second], verdicts=(turned, *found[second].verdicts[1:]))
    both = {FIRST: found[FIRST], second: other}
    assert verdicts_that_differ(both) == [
        f"{first.claim.id}: {first.word} (seed {FIRST}); mixed (seed {second})"
    ]
    assert standings_that_differ(both)[0].endswith(
        f"{first.findings[0].standing} (seed {FIRST}); open (seed {second})"
    )


@pytest.mark.night
def test_quick_verdicts_are_the_same_in_ten_seeds(tmp_path: Path) -> None:
    assert verdicts_that_differ(weighed(tmp_path, ALL_SEEDS)) == []
