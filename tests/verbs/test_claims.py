"""Claims by the public function: the same as at the shell, and on a world of a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import FaultsError, UnknownNameError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

LEDGER = """
format = 1
title = "Mine"
rules_written = 2026-01-01
[[claims]]
id = "M1"
title = "Income"
claim = "It gains."
who = "own"
by = "me"
source = "a talk"
reading = "As it stands."
would_change = "Another run."
cannot_tell = "The rest."
[[claims.tests]]
kind = "level"
says = "It gains"
reason = "Above nothing."
at_least = 0
quantity = { kind = "income", scenario = "gwadar-only", of = ["NAMED"] }
"""


@pytest.mark.journey
def test_python_and_shell_say_the_same(model: lb.Model) -> None:
    done = shell("claims", "C11", "--draws", "0", "--json")
    assert done.returncode == 0, done.stderr
    assert model.claims("c11", draws=0).to_json() == done.stdout


@pytest.mark.unit
def test_a_result_shows_and_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = model.claims(["C7", "C11"], draws=0)
    assert list(result.tables["claims"]["verdict"]) == ["supported", "supported"]
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    assert result.to_xarray("claims").sizes == {"claim": 2}
    assert result.to_xarray("claim_tests")["value"].sizes["test"] == 4


@pytest.mark.journey
@pytest.mark.slow
def test_a_world_of_ones_own_is_used_and_what_it_lacks_is_said(own: lb.Model, flows: Path) -> None:
    result = own.claims(["C2", "C4", "C7"], draws=0, jobs=1)
    rests_on_the_file(result)
    tests = result.tables["claim_tests"].set_index(["claim", "test"])
    # Kazakhstan is in it, Kyrgyzstan is not, and of the two together one is.
    assert tests.loc[("C2", 1), "standing"] in {"passed", "failed", "open"}
    assert "flows.csv" in tests.loc[("C2", 1), "rests_on"]
    assert tests.loc[("C2", 2), "standing"] == "missing"
    assert "none of the economies" in tests.loc[("C2", 2), "decided"]
    assert "not covered: Kyrgyzstan" in tests.loc[("C2", 3), "detail"]
    verdicts = result.tables["claims"].set_index("claim")["verdict"]
    assert verdicts["C2"] == "not testable with these data"
    # Facts do not rest on the world that is run.
    assert verdicts["C7"] == "supported"
    assert any(note.endswith("this world does not have the economies.") for note in result.notes)
    assert any("rest on a part of the economies" in note for note in result.notes)
    done = shell("claims", "C4", "--draws", "0", "--jobs", "1",
                 "--world", str(flows), "--year", str(YEAR))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "and the same --world" in " ".join(done.stdout.split())


@pytest.mark.unit
@pytest.mark.parametrize(
    ("named", "said"),
    [("BRA", "missing"), ("PAKK", "'PAKK' is neither an economy nor a bloc")],
)
def test_what_is_absent_is_missing_and_what_is_misspelt_is_a_fault(
    own: lb.Model, tmp_path: Path, named: str, said: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(LEDGER.replace("NAMED", named), encoding="utf-8")
    if said != "missing":
        with pytest.raises(FaultsError, match=said):
            own.claims(file=path, draws=0, jobs=1)
        return
    tests = own.claims(file=path, draws=0, jobs=1).tables["claim_tests"]
    assert tests["standing"][0] == "missing"


@pytest.mark.unit
def test_a_claim_that_is_not_there_gets_a_hint(model: lb.Model) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'C2"):
        model.claims("C21")
