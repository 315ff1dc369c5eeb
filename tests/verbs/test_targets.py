"""Trade targets by the public function: the same as at the shell, and on a world of a user's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import landbridge as lb
from landbridge.errors import InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself


@pytest.mark.journey
@pytest.mark.slow
def test_python_and_shell_say_the_same_and_a_result_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("targets", "PAK", "KGZ", "--scenario", "cku", "--json")
    assert done.returncode == 0, done.stderr
    result = model.targets("PAK", "Kyrgyzstan", scenario="cku")
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    targets = result.to_xarray("targets")["potential_million_usd"]
    assert targets.sizes["band"] == 3
    assert result.certificate["passed"].all()
    assert list(result.certificate.columns) == ["check", "value", "limit", "unit", "passed"]
    assert list(result.provenance.scenarios) == ["cku"]


@pytest.mark.journey
@pytest.mark.slow
def test_a_world_of_ones_own_is_used_and_what_it_lacks_is_said(own: lb.Model, flows: Path) -> None:
    result = own.targets("PAK", scenario=())
    rests_on_the_file(result)
    targets = result.tables["targets"].set_index("target")
    world = own.world
    at, to = world.index("PAK"), world.index("UZB")
    both = world.goods[at, to] + world.goods[to, at]
    assert targets.loc["pak-uzb-target", "baseline_million_usd"] == pytest.approx(both)
    told = " ".join(result.notes)
    assert "left out: pak-kgz-target, pak-tjk-target" in told
    assert "lacks some economies, so that less trade is counted: pak-central-asia-target" in told
    done = shell("targets", "PAK", "--no-scenarios", "--world", str(flows), "--year", str(YEAR),
                 "--json")  # fmt: skip
    assert done.stdout == result.to_json(), done.stderr


@pytest.mark.unit
def test_a_target_that_the_world_lacks_is_one_clear_fault(
    own: lb.Model, flows: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(flows)
    others = ["CHN", "DEU", "IND", "TUR"]
    few = table[table["exporter"].isin(others) & table["importer"].isin(others)]
    few.to_csv(tmp_path / "few.csv", index=False)
    with pytest.raises(InputError, match="no pair of 2 targets is in the world of 2023"):
        lb.load(world=tmp_path / "few.csv", year=YEAR).targets("KGZ", scenario=())
    with pytest.raises(InputError, match="no target of USA is held"):
        own.targets("USA", scenario=())


@pytest.mark.unit
def test_scenarios_and_none_of_them_exclude_each_other() -> None:
    done = shell("targets", "--scenario", "cku", "--no-scenarios")
    assert done.returncode == 2
    assert "--no-scenarios: runs none" in done.stderr
