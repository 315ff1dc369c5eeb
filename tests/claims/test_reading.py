"""The ledger that ships, and files of a user's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from landbridge.claims.quantities import FactQuantity, RunQuantity
from landbridge.claims.reading import find_claim, parse_claims, read_claims, shipped_ledger
from landbridge.claims.runs import scenario_named
from landbridge.claims.schema import quantities_of
from landbridge.errors import FaultsError, InputError, UnknownNameError

pytestmark = pytest.mark.unit


def faults(text: str) -> str:
    with pytest.raises(FaultsError) as raised:
        parse_claims(text, where="mine.toml")
    return str(raised.value)


def test_twenty_claims_ship_each_with_rules_reasons_and_limits() -> None:
    ledger = shipped_ledger()
    assert [claim.id for claim in ledger.claims] == [f"C{n}" for n in range(1, 21)]
    for claim in ledger.claims:
        assert claim.who in {"article", "participant", "cited"}
        assert claim.would_change
        assert claim.cannot_tell
        assert all(test.reason for test in claim.tests)


def test_every_scenario_that_a_claim_names_is_there() -> None:
    for claim in shipped_ledger().claims:
        for quantity in quantities_of(claim):
            if not isinstance(quantity, FactQuantity):
                assert scenario_named(quantity.scenario).date >= date(2020, 1, 1)


def test_the_rules_are_older_than_every_revision() -> None:
    ledger = shipped_ledger()
    assert all(one.on >= ledger.rules_written for claim in ledger.claims for one in claim.revised)


def test_runs_are_asked_of_many_claims() -> None:
    asked = [
        quantity.scenario
        for claim in shipped_ledger().claims
        for quantity in quantities_of(claim)
        if isinstance(quantity, RunQuantity)
    ]
    assert len(asked) > 2 * len(set(asked))


def test_a_claim_is_found_in_any_case_and_a_wrong_one_gets_a_hint() -> None:
    assert find_claim(shipped_ledger(), "c4").id == "C4"
    with pytest.raises(UnknownNameError, match="C2"):
        find_claim(shipped_ledger(), "C21")


def test_a_file_of_ones_own_is_read(tmp_path: Path, head: str, claim: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(head + claim, encoding="utf-8")
    assert read_claims(path).claims[0].id == "M1"


def test_every_fault_is_told_at_once_with_its_line(head: str, claim: str) -> None:
    second = claim.replace('"M1"', '"M2"').replace("at_most = 5", "at_mots = 5\nat_least = true")
    said = faults(head + claim.replace('who = "own"', 'who = "owm"') + second)
    assert "Did you mean 'own'" in said
    assert "Did you mean 'at_most'" in said
    assert "claim M2" in said
    written = head + claim + second
    line = written.splitlines().index("at_mots = 5") + 1
    assert f"line {line}, claims[2].tests[1].at_mots" in said
    assert said.count("\n  - ") == 3


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "stated_gap"', 'kind = "stated_gab"', "stated_gap"),
        ('kind = "level"', 'kind = "levle"', "level"),
        ("at_most = 5", "", "give at_least or at_most"),
        ("at_most = 5", "at_most = 5\nat_least = 1", "give at_least or at_most"),
        ("at_most = 5", "at_most = 5\nat_worst = 1", "stricter"),
        ("at_most = 5", "at_most = inf", "finite"),
        ('id = "M1"', 'id = "M 1"', "letters and digits"),
        ('claim = "Something is so."', 'claim = "  "', "blank"),
        ('claim = "Something is so."', 'claim = "\\u001b[31m"', "control"),
        ('reading = "As it stands."', "", "missing"),
        ('statement = "pak-rus-2018" }', 'statement = "pak-rus-2018", more = 1 }', "no such key"),
    ],
)
def test_a_hostile_file_gets_one_clear_message(
    old: str, new: str, told: str, head: str, claim: str
) -> None:
    assert old in claim
    said = faults(head + claim.replace(old, new))
    assert told in said
    assert said.startswith("mine.toml: 1 fault\n")


def test_two_claims_of_one_name_are_refused(head: str, claim: str) -> None:
    assert "used twice: m1" in faults(head + claim + claim)


def test_a_coverage_needs_regions(head: str, claim: str) -> None:
    asked = '{ kind = "region_coverage", of = ["EAEU"], on = 2020-01-01, '
    asked += 'measure = "least_gdp_percent" }'
    text = claim.replace('{ kind = "stated_gap", statement = "pak-rus-2018" }', asked)
    assert "name regions" in faults(head + text)
    regions = '[[regions]]\nname = "Asia"\ngroup = { region = "Asia" }\n'
    assert parse_claims(head + regions + text, where="").regions[0].name == "Asia"


@pytest.mark.parametrize("text", ["format = ", "a = [[[", "format = 1" + "0" * 5000, "\x00"])
def test_what_is_not_toml_is_said_so(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_claims(text, where="mine.toml")
    assert raised.value.exit_code == 2
    assert "mine.toml" in str(raised.value)


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_claims(tmp_path / "none.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_claims(binary)
    large = tmp_path / "large.toml"
    large.write_text("#" * 1_000_001, encoding="utf-8")
    with pytest.raises(InputError, match="larger"):
        read_claims(large)
