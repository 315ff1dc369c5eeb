"""Backcasts by the public function: the same as at the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import saves_all_or_nothing, shows_itself


@pytest.mark.journey
@pytest.mark.slow
def test_python_and_shell_say_the_same_and_a_result_saves_itself(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("backcast", "--bloc", "chn-pak", "--json")
    assert done.returncode == 0, done.stderr
    result = model.backcast(bloc="chn-pak")
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    pairs = result.to_xarray("backcast_pairs")["predicted_percent"]
    assert pairs.sizes == {"exporter": 2, "importer": 2, "band": 3}
    assert result.certificate["passed"].all()
    assert "predicted less actual sizes" in set(result.certificate["check"])


@pytest.mark.unit
def test_the_register_is_the_same_in_python_and_at_the_shell(model: lb.Model) -> None:
    done = shell("backcast", "--register", "--json")
    result = model.backcast(register=True)
    assert result.to_json() == done.stdout
    shows_itself(result)
    assert result.certificate.empty


@pytest.mark.unit
def test_two_questions_at_once_are_refused(model: lb.Model) -> None:
    with pytest.raises(InputError, match="stands alone"):
        model.backcast(bloc="EAEU", register=True)
    with pytest.raises(InputError, match="--parties, --until and --check"):
        model.backcast()
    done = shell("backcast", "--bloc", "EAEU", "--fitted")
    assert done.returncode == 2
    assert "--fitted: is used by --union alone" in done.stderr
