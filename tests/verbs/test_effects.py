"""Each verb that makes a scenario's measures says what lines joined, and what changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import landbridge as lb
from landbridge.results import Result

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR

pytestmark = [pytest.mark.journey, pytest.mark.slow]

COSTS = """\
[[costs]]
measure = "{measure}"
capital_million_usd = {{ low = 1, central = 2, high = 3 }}
payers = {{ AFG = 1.0 }}
source = "a test"
"""
EASIER = """\
[[measures]]
id = "easier"
kind = "change_crossing"
title = "Torkham made easier"
source = "a test"
crossings = ["torkham"]
hours = 5.0
"""
QUESTION = f"""\
format = 1
name = "question"
title = "A question"
summary = "What if."
date = 2026-01-01
choice = "least"
[focus]
economy = "PAK"
partners = ["UZB"]
{EASIER}
[[measures]]
id = "line"
kind = "build_link"
title = "A line that nobody needs"
source = "a test"
link = "x"
from_place = "Kabul"
to_place = "Ghazni"
through = [[69.0, 34.0]]
mode = "rail"
gauge_mm = 1520
iso3 = "AFG"
km = 150.0
{COSTS.format(measure="easier")}
{COSTS.format(measure="line")}
"""
OTHER = QUESTION.partition('\n[[measures]]\nid = "line"')[0].replace('"question"', '"other"')
WARNING = (
    'Warning: "A line that nobody needs" changes no cost of trade at central values: it joins '
    "Kabul, Pul-e Alam, Ghazni, but no least-cost path between economies would use it even if it "
    "cost nothing."
)
NOTE = "New rail line x: joins Kabul"
Ask = Callable[[lb.Model, str, str], Result[Any]]
ASKED: dict[str, Ask] = {
    "compare": lambda model, one, two: model.compare([one, two], draws=0),
    "coalition": lambda model, one, _: model.coalition("PAK,AFG", scenario=one, draws=0),
    "invest": lambda model, one, _: model.invest(scenario=one, draws=0),
    "access": lambda model, one, _: model.access("UZB", scenario=one, draws=0),
    "critical": lambda model, one, _: model.critical(scenario=one, top=1, first_order=True),
    "route": lambda model, one, _: model.route("Kabul", "Karachi", scenario=one, draws=0),
    "profile": lambda model, one, _: model.profile(
        "Kabul", "Karachi", scenario=["today", one], draws=0
    ),
    "run": lambda model, one, _: model.run(one, draws=0),
}
WORDS: dict[str, list[str]] = {
    "compare": ["compare", "{one}", "{two}", "--draws", "0"],
    "coalition": ["coalition", "--members", "PAK,AFG", "--scenario", "{one}", "--draws", "0"],
    "invest": ["invest", "--scenario", "{one}", "--draws", "0"],
    "access": ["access", "UZB", "--scenario", "{one}", "--draws", "0"],
    "critical": ["critical", "--scenario", "{one}", "--top", "1", "--first-order"],
    "route": ["route", "Kabul", "Karachi", "--scenario", "{one}", "--draws", "0"],
}
ON_THE_EMBEDDED_WORLD = {"route", "profile"}
"""Their shell takes no world of the user's."""


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("questions")
    (folder / "question.toml").write_text(QUESTION, encoding="utf-8")
    (folder / "other.toml").write_text(OTHER, encoding="utf-8")
    return str(folder / "question.toml"), str(folder / "other.toml")


@pytest.fixture(scope="module")
def asked(own: lb.Model, model: lb.Model, questions: tuple[str, str]) -> Callable[..., Result[Any]]:
    made: dict[str, Result[Any]] = {}

    def ask(verb: str) -> Result[Any]:
        if verb not in made:
            made[verb] = ASKED[verb](model if verb in ON_THE_EMBEDDED_WORLD else own, *questions)
        return made[verb]

    return ask


@pytest.mark.parametrize("verb", ASKED)
def test_a_verb_says_what_a_line_joined_and_what_changes_nothing(
    verb: str, asked: Callable[..., Result[Any]], questions: tuple[str, str]
) -> None:
    result = asked(verb)
    of = f"{questions[0]}: " if verb == "compare" else ""
    told = [one for one in result.headline if one.startswith("Warning: ")]
    assert told == [WARNING.replace("Warning: ", f"Warning: {of}")]
    assert result.headline[0] == told[0]
    joins, idle = result.tables["joins"], result.tables["idle"]
    assert joins["joined_name"].tolist() == ["Kabul", "Pul-e Alam", "Ghazni"]
    assert idle["measure"].tolist() == ["line"]
    assert told[0].endswith(f"{idle['reason'][0]}.")
    assert ("scenario" in joins) == ("scenario" in idle) == (verb == "compare")
    (note,) = [one for one in result.notes if NOTE in one]
    assert note.startswith(f"{of}{NOTE}")
    page = result.presentation.texts[result.presentation.page]
    assert page.count("What new lines joined") == page.count("Measures that change nothing") == 1
    assert "changes no cost of trade" in page


@pytest.mark.parametrize("verb", WORDS)
def test_the_shell_says_the_same_and_on_standard_error_what_a_line_joined(
    verb: str, asked: Callable[..., Result[Any]], questions: tuple[str, str], flows: Path
) -> None:
    one, two = questions
    words = [word.format(one=one, two=two) for word in WORDS[verb]]
    world = [] if verb in ON_THE_EMBEDDED_WORLD else ["--world", str(flows), "--year", str(YEAR)]
    done = shell(*words, *world, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["tables"]["joins"]["rows"]
    assert document["tables"]["idle"]["rows"]
    assert done.stdout == asked(verb).to_json()
    assert NOTE in done.stderr


def test_a_scenario_whose_measures_all_count_has_neither_table(
    own: lb.Model, questions: tuple[str, str]
) -> None:
    found = own.access("UZB", scenario=questions[1], draws=0)
    assert not {"joins", "idle"} & set(found.tables)
    assert not [one for one in found.headline if one.startswith("Warning")]
