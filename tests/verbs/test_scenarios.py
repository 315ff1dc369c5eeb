"""The catalogue by the public function: the same as at the shell, and against a user's world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.scenarios.reading import catalogue_names

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import rests_on_the_file, saves_all_or_nothing, shows_itself


@pytest.mark.journey
def test_python_and_shell_list_the_same(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = model.scenarios()
    assert tuple(result.tables["scenarios"]["name"]) == catalogue_names()
    assert not result.tables["scenarios"]["not_covered"].any()
    assert result.to_json() == shell("scenarios", "--json").stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    assert result.to_xarray("scenarios").sizes == {"name": len(catalogue_names())}


@pytest.mark.unit
def test_economies_that_a_world_lacks_are_counted(own: lb.Model) -> None:
    result = own.scenarios()
    rests_on_the_file(result)
    counted = result.tables["scenarios"].set_index("name")["not_covered"]
    assert counted["cku"] >= 1
    assert "name economies that this world does not have" in result.headline[1]


@pytest.mark.unit
def test_what_is_replaced_in_python_stands_in_the_provenance(
    model: lb.Model, own: lb.Model
) -> None:
    made = model.with_world(own.world).with_network(model.network)
    made = made.with_parameters({"trade_elasticity": model.parameters["trade_elasticity"]})
    said = made.scenarios().provenance.table()
    assert list(said["what"])[-3:] == ["own world", "own network", "own parameters"]
    assert "trade_elasticity set in Python" in list(said["value"])
    assert made.scenarios().provenance.completed == own.world.notes
