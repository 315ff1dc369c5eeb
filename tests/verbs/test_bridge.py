"""Bridges by the public function: the same as at the shell, and what a small world lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import saves_all_or_nothing, shows_itself


@pytest.mark.unit
def test_python_and_shell_say_the_same_and_a_result_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("bridge", "us-china", "--json")
    assert done.returncode == 0, done.stderr
    result = model.bridge("us-china")
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    assert result.certificate["passed"].all()
    assert "us-china, United States: published" in result.headline[0]
    facts = result.tables["bridge_facts"]
    recalled = facts["confidence"] == "recalled"
    assert (facts.loc[recalled, "address"] == "").all()
    assert (facts.loc[~recalled, "address"] != "").all()


@pytest.mark.unit
def test_a_world_without_the_economies_of_a_study_is_told(own: lb.Model) -> None:
    with pytest.raises(InputError, match="this world lacks USA"):
        own.bridge("us-china")
    done = shell("bridge", "us-chin")
    assert done.returncode == 2
    assert "us-china" in done.stderr
