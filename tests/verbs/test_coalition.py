"""Coalitions by the public function: the same as at the shell, and on a world of a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import FaultsError, InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

ASKED = {"candidates": "IRN", "on": "2026-01-01", "draws": 0, "jobs": 1}
WRITTEN = ("--candidates", "IRN", "--on", "2026-01-01", "--draws", "0", "--jobs", "1")


@pytest.mark.journey
def test_python_and_shell_say_the_same(model: lb.Model) -> None:
    done = shell("coalition", "--members", "PAK,UZB", *WRITTEN, "--json")
    assert done.returncode == 0, done.stderr
    assert model.coalition(["PAK", "UZB"], **ASKED).to_json() == done.stdout


@pytest.mark.unit
def test_a_result_shows_and_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = model.coalition("PAK,UZB", **ASKED)
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    members = result.to_xarray("coalition_members")
    assert float(members["together_million_usd"].sel(name="Uzbekistan")) > 0
    assert list(result.certificate.columns) == ["check", "value", "limit", "unit", "passed"]
    assert result.certificate["passed"].all()


@pytest.mark.journey
def test_a_world_of_ones_own_is_used_and_what_it_lacks_is_said(own: lb.Model, flows: Path) -> None:
    result = own.coalition("PAK,EAEU", candidates="IRN", on="2026-01-01", draws=0, jobs=1)
    rests_on_the_file(result)
    assert result.provenance.baseline_year == YEAR
    said = "The question names 3 economies that this world of 2023 does not have"
    assert any(note.startswith(said) for note in result.notes)
    assert result.notes[-1].endswith("not covered: Armenia, Belarus, Kyrgyzstan.")
    done = shell("coalition", "--members", "PAK,EAEU", *WRITTEN, "--world", str(flows),
                 "--year", str(YEAR), "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()
    assert "Note: Domestic sales of goods" in done.stderr


@pytest.mark.unit
def test_a_member_that_the_world_lacks_is_one_clear_fault(own: lb.Model) -> None:
    with pytest.raises(FaultsError, match=r"'TJK' is not in the world of 2023"):
        own.coalition("PAK,TJK", draws=0)


@pytest.mark.unit
def test_a_day_is_written_as_a_day(model: lb.Model) -> None:
    with pytest.raises(InputError, match="Write it as 2026-01-01"):
        model.coalition("PAK,UZB", on="soon")
