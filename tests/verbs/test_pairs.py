"""Potential, history and the world by the public functions: the same as at the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself


@pytest.mark.journey
@pytest.mark.slow
def test_the_potential_is_the_same_in_python_and_at_the_shell(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("potential", "PAK", "UZB", "--kind", "services", "--json")
    assert done.returncode == 0, done.stderr
    result = model.potential("Pakistan", "UZB", kind="services")
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    potential = result.to_xarray("potential")["potential"]
    assert potential.sizes == {"exporter": 2, "importer": 2, "band": 3}
    assert result.certificate["passed"].all()


@pytest.mark.unit
def test_the_potential_on_a_small_world_of_ones_own_is_made_or_refused(own: lb.Model) -> None:
    result = own.potential("PAK", "UZB", method="own-past")
    rests_on_the_file(result)
    assert result.certificate.empty
    assert (result.tables["potential"]["potential"] > 0).all()
    with pytest.raises(InputError, match="Kyrgyzstan is not in the world of 2023"):
        own.potential("PAK", "KGZ")


@pytest.mark.unit
def test_the_history_is_the_same_in_python_and_at_the_shell(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shell("world", "PAK", "UZB", "--history", "--json")
    assert done.returncode == 0, done.stderr
    result = model.history("PAK", "Uzbekistan")
    assert result.to_json() == done.stdout
    shows_itself(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    goods = result.to_xarray("history")["goods_million_usd"]
    sold = goods.sel(exporter="PAK", importer="UZB", year=2019, figure="recorded")
    assert float(sold) == pytest.approx(33.074)
    assert result.certificate.empty


@pytest.mark.unit
def test_the_world_is_the_same_in_python_and_at_the_shell(
    model: lb.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, result in (
        (("PAK", "UZB"), model.world_table("PAK", "UZB")),
        ((), model.world_table()),
        (("UZB", "--sectors"), model.world_table("UZB", sectors=True)),
        (("UZB", "--tariffs"), model.world_table("UZB", tariffs=True)),
    ):
        done = shell("world", *words, "--json")
        assert done.returncode == 0, done.stderr
        assert result.to_json() == done.stdout
        shows_itself(result)
    saves_all_or_nothing(model.world_table("PAK", "UZB"), tmp_path / "out", monkeypatch)
    pairs = model.world_table("PAK", "UZB").to_xarray("world_pairs")["goods_million_usd"]
    assert pairs.sizes == {"exporter": 2, "importer": 2}


@pytest.mark.unit
def test_a_world_of_ones_own_says_what_the_file_holds(own: lb.Model, flows: Path) -> None:
    result = own.world_table("PAK", "UZB")
    rests_on_the_file(result)
    assert set(result.tables["world_pairs"]["status_goods"]) == {"from the file"}
    for option in ("--world", "--from"):
        done = shell("world", "PAK", "UZB", option, str(flows), "--year", str(YEAR), "--json")
        assert done.stdout == result.to_json(), done.stderr
