"""Choices of projects by the public function: the same as at the shell, and on a user's world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import FaultsError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

PROJECT = "kharlachi-peshawar"
WRITTEN = ("--budget", "9000", "--payer", "PAK=8000", "--draws", "0", "--jobs", "1", "--json")


@pytest.mark.journey
@pytest.mark.slow
def test_python_and_shell_say_the_same_and_a_result_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("invest", PROJECT, *WRITTEN)
    assert done.returncode == 0, done.stderr
    result = model.invest([PROJECT], budget=9000, payer={"PAK": 8000}, draws=0, jobs=1)
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    sets = result.to_xarray("investment_sets")
    assert sets.sizes["rank"] == len(result.tables["investment_sets"])
    assert result.certificate["passed"].all()
    assert list(result.certificate.columns) == ["check", "value", "limit", "unit", "passed"]


@pytest.mark.journey
@pytest.mark.slow
def test_a_world_of_ones_own_is_used_and_what_it_lacks_is_said(own: lb.Model, flows: Path) -> None:
    result = own.invest(PROJECT, standpoint="EAEU", draws=0, jobs=1)
    rests_on_the_file(result)
    assert "The standpoint names 3 economies" in result.notes[-1]
    economies = result.tables["investment_economies"]
    assert set(economies["iso3"]) <= set(own.world.iso3)
    done = shell("invest", PROJECT, "--standpoint", "EAEU", "--draws", "0", "--jobs", "1",
                 "--world", str(flows), "--year", str(YEAR), "--json")  # fmt: skip
    assert done.stdout == result.to_json(), done.stderr


@pytest.mark.unit
def test_a_payer_that_the_world_lacks_is_one_clear_fault(own: lb.Model) -> None:
    with pytest.raises(FaultsError, match=r"the payers .*KGZ.* are not in the world of 2023"):
        own.invest("cku", draws=0)


@pytest.mark.unit
def test_amounts_that_mean_nothing_are_said_all_at_once(model: lb.Model) -> None:
    with pytest.raises(FaultsError) as raised:
        model.invest(PROJECT, budget=-1, payer={"PAK": -2}, one_of=[[PROJECT]], gain_factor=0,
                     rate=99, draws=0)  # fmt: skip
    told = "\n".join(raised.value.faults)
    for words in ("budget: -1", "payer PAK: -2", "fewer than two", "gain-factor: 0", "rate: 99"):
        assert words in told
