"""Scenario files: what is refused, where, and with which mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from landbridge.errors import FaultsError, InputError, UnknownNameError
from landbridge.faults import line_of
from landbridge.scenarios.measures.change_crossing import ChangeCrossing
from landbridge.scenarios.reading import (
    MAX_BYTES,
    catalogue_names,
    faults_with_lines,
    find_scenario,
    parse_scenario,
    read_scenario,
    scenario_sha256,
)
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.fields import Band

GOOD = """\
format = 1
name = "a-question"
title = "A question"
summary = "What if."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB"]

[[measures]]
id = "faster"
kind = "change_crossing"
title = "Faster crossing"
source = "a test"
crossings = ["torkham"]
hours = { low = 2, central = 4, high = 8 }
"""


def faults_of(text: str) -> str:
    with pytest.raises(FaultsError) as caught:
        parse_scenario(text, where="question.toml")
    return str(caught.value)


def hours_of(scenario: Scenario) -> Band:
    measure = scenario.measures[0]
    assert isinstance(measure, ChangeCrossing)
    assert measure.hours is not None
    return measure.hours


@pytest.mark.unit
def test_a_good_scenario_is_read_whole() -> None:
    scenario = parse_scenario(GOOD, where="question.toml")
    assert scenario.name == "a-question"
    assert hours_of(scenario).central == 4
    assert scenario.closure == "purged"


@pytest.mark.unit
def test_a_number_is_a_band_without_width() -> None:
    text = GOOD.replace("{ low = 2, central = 4, high = 8 }", "4")
    hours = hours_of(parse_scenario(text, where="question.toml"))
    assert (hours.low, hours.central, hours.high) == (4, 4, 4)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'title = "A question"',
            'titel = "A question"',
            "line 3, titel: there is no such key. Did",
        ),
        ("partners", "partner", "line 9, focus.partner: there is no such key. Did you mean 'par"),
        ("change_crossing", "change_crosing", "Did you mean 'change_crossing', 'change_"),
        ("crossings =", "crossing =", "line 16, measures[1].crossing: there is no such key."),
        ("low = 2", "low = -2", "line 17, measures[1].hours.low: must not be below 0 (it is -2)"),
        ("low = 2", "lo = 2", "measures[1].hours.lo: there is no such key. Did you mean 'low'?"),
        ("low = 2", "low = 5", "low, central and high are not in rising order"),
        ("low = 2", "low = nan", "must be a finite number"),
        ("format = 1", "format = 2", "line 1, format: 2 is not possible here."),
        ("2026-01-01", '"soon"', "line 5, date:"),
        ('id = "faster"', 'id = "Fast Er"', "line 12, measures[1].id:"),
        ('economy = "PAK"', "economy = 586", "line 8, focus.economy: must be text in quotes"),
        ("hours = { low = 2, central = 4, high = 8 }", "", "nothing changes: give hours"),
        ("\n[focus]", 'closure = "purge"\n[focus]', "Did you mean 'purged'?"),
        ('["torkham"]', '"torkham"', "must be a list in square brackets"),
        ("format = 1", "format = true", "must be a number, not true or false"),
        ("low = 2", 'low = "2"', "must be a number (it is '2')"),
        ("2026-01-01", "20260101", "must be a date without quotes"),
        ('title = "A question"', 'title = "   "', "line 3, title: is blank"),
        (
            'title = "A question"',
            'title = "A\\u001b[31m"',
            "title: holds control characters",
        ),
        ("[focus]", "focus = 3\n[other]", "focus: must be a table"),
    ],
)
def test_a_fault_is_named_with_its_line_and_mend(old: str, new: str, expected: str) -> None:
    assert expected in faults_of(GOOD.replace(old, new, 1))


@pytest.mark.unit
def test_every_fault_is_reported_at_once() -> None:
    text = (
        GOOD.replace("title", "titel", 1)
        .replace("partners", "partner")
        .replace("low = 2", "low = -2")
    )
    message = faults_of(text)
    assert message.startswith("question.toml: 5 faults")
    for part in ("titel", "focus.partner:", "focus.partners: is missing", "hours.low"):
        assert part in message


@pytest.mark.unit
def test_the_same_measure_id_twice_is_refused() -> None:
    measure = GOOD[GOOD.index("[[measures]]") :]
    assert "measure id used twice: faster" in faults_of(GOOD + "\n" + measure)


@pytest.mark.unit
def test_what_is_not_toml_is_refused_with_line_and_column() -> None:
    with pytest.raises(InputError, match=r"not TOML: .*line 2, column"):
        parse_scenario("format = 1\nname = = 3\n", where="question.toml")


@pytest.mark.unit
def test_a_file_that_is_not_text_or_too_large_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="not a text file in UTF-8"):
        read_scenario(binary)
    large = tmp_path / "large.toml"
    large.write_text("#" * (MAX_BYTES + 1), encoding="utf-8")
    with pytest.raises(InputError, match="larger than"):
        read_scenario(large)


@pytest.mark.unit
def test_a_misspelt_scenario_name_gets_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'n-cpec-plus'"):
        find_scenario("n-cpec-pluss")
    with pytest.raises(UnknownNameError, match="there is no file"):
        find_scenario("nowhere/question.toml")


@pytest.mark.unit
def test_every_scenario_of_the_catalogue_is_read_and_named_after_its_file() -> None:
    assert "n-cpec-plus" in catalogue_names()
    for name in catalogue_names():
        assert read_scenario(find_scenario(name)).name == name


@pytest.mark.unit
def test_the_hash_is_of_the_content_and_not_of_the_layout() -> None:
    first = parse_scenario(GOOD, where="a.toml")
    second = parse_scenario("# a remark\n" + GOOD, where="b.toml")
    third = parse_scenario(GOOD.replace("high = 8", "high = 9"), where="c.toml")
    assert scenario_sha256(first) == scenario_sha256(second)
    assert scenario_sha256(first) != scenario_sha256(third)


@pytest.mark.unit
def test_lines_are_found_in_the_right_block() -> None:
    text = "[[a]]\nkey = 1\n[[a]]\nother = 2\nkey = 3\n[b]\nkey = 4\n"
    assert line_of(text, ("a", 0, "key")) == 2
    assert line_of(text, ("a", 1, "key")) == 5
    assert line_of(text, ("b", "key")) == 7
    assert line_of(text, ("a", 0, "absent")) == 1


@pytest.mark.unit
def test_numbers_and_nesting_without_end_are_refused_in_words() -> None:
    for text in ("n = " + "9" * 5000, "a = " + "[" * 5000):
        with pytest.raises(InputError, match="not TOML"):
            parse_scenario(text, where="question.toml")


@pytest.mark.unit
def test_a_name_too_long_for_a_path_is_refused_in_words() -> None:
    with pytest.raises(UnknownNameError, match="there is no"):
        find_scenario("x" * 5000)


@pytest.mark.unit
def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_scenario(path).name == "a-question"


@pytest.mark.unit
def test_a_fault_found_later_gets_its_line(tmp_path: Path) -> None:
    path = tmp_path / "question.toml"
    path.write_text(GOOD, encoding="utf-8")
    found = [
        "measure faster: 'x' is not a border crossing.",
        "focus.partners: 'y' is neither an economy nor a bloc.",
        "said without a place",
    ]
    with pytest.raises(FaultsError) as caught, faults_with_lines(path):
        raise FaultsError(found, where=str(path))
    assert [fault.split(",")[0] for fault in caught.value.faults] == [
        "line 11", "line 9", "said without a place",
    ]  # fmt: skip
