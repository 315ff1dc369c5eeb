"""Portfolios by the public function: the same as at the shell, and on a world of a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself


@pytest.mark.unit
def test_python_and_shell_say_the_same_and_a_result_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("portfolio", "--draws", "20", "--json")
    assert done.returncode == 0, done.stderr
    result = model.portfolio(draws=20)
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    assert result.to_xarray("portfolio_effect")["change_percent"].sizes == {"weights": 4, "band": 3}
    assert result.to_xarray("portfolio_risk").sizes == {"set": 3, "weights": 4}
    assert result.certificate["passed"].all()
    assert (result.certificate["value"] >= 0).all()


@pytest.mark.unit
def test_a_world_of_ones_own_gives_the_exposure(own: lb.Model, flows: Path) -> None:
    result = own.portfolio("KAZ", "PAK", exposure=True, draws=0)
    rests_on_the_file(result)
    done = shell("portfolio", "--of", "KAZ", "--beside", "PAK", "--exposure", "--draws", "0",
                 "--world", str(flows), "--year", str(YEAR), "--json")  # fmt: skip
    assert done.stdout == result.to_json(), done.stderr
    with pytest.raises(InputError, match="not in the world of 2023"):
        own.portfolio("peaks", "brics", exposure=True, draws=0)
    with pytest.raises(InputError, match="takes no series"):
        own.portfolio(exposure=True, series="mine.csv")
