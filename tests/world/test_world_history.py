"""The embedded panel of goods trade and GDP: what it holds, and what it says it does not know."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from landbridge.errors import DataError, InputError, UnknownNameError
from landbridge.tables import embedded_path
from landbridge.world import history as room
from landbridge.world.history import (
    growth_table,
    history_record,
    load_history,
    pair_history,
    span_of,
)

ROUNDED = 5e-4
"""Figures are kept to the thousand USD."""


@pytest.mark.golden
@pytest.mark.parametrize(
    ("year", "exporter", "importer", "million_usd"),
    [
        # Read in BACI's own tables, to the thousand USD.
        (2019, "PAK", "UZB", 33.074),
        (2019, "UZB", "PAK", 95.616),
        (2008, "PAK", "UZB", 2.545),
        (2023, "PAK", "UZB", 122.842),
        (2023, "CHN", "USA", 440_500.0),
        (2023, "TKM", "CHN", 9_630.0),
    ],
)
def test_flows_are_those_of_baci(
    year: int, exporter: str, importer: str, million_usd: float
) -> None:
    history = load_history()
    cell = history.at(year), history.index(exporter), history.index(importer)
    # Two of the figures are known to four digits only.
    near = {"abs": ROUNDED} if million_usd < 5_000 else {"rel": 1e-3}
    assert history.goods[cell] == pytest.approx(million_usd, **near)


@pytest.mark.golden
@pytest.mark.parametrize(
    ("economy", "year", "gdp_bn_usd", "growth"),
    [("KAZ", 2023, 262.6, 5.1), ("PAK", 2023, 337.9, -0.4), ("CHN", 2023, 17_790.0, None)],
)
def test_gdp_and_growth_are_those_of_the_world_bank(
    economy: str, year: int, gdp_bn_usd: float, growth: float | None
) -> None:
    history = load_history()
    found = history.gdp(year)[history.index(economy)] / 1000.0
    assert found == pytest.approx(gdp_bn_usd, rel=1e-3)
    if growth is not None:
        assert growth_table().loc[year, economy] == pytest.approx(growth, abs=0.05)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("exporter", "importer"),
    [("KOR", "VNM"), ("RUS", "BLR"), ("BLR", "RUS"), ("RUS", "POL"), ("GMB", "KAZ")],
)
def test_holes_of_the_early_release_are_not_read_as_zero_trade(
    exporter: str, importer: str
) -> None:
    history = load_history()
    cell = history.index(exporter), history.index(importer)
    assert np.isnan(history.square(2023)[cell])
    flows = pair_history(exporter, importer)
    last = flows[(flows["year"] == 2023) & (flows["exporter"] == exporter)]
    assert last["goods_million_usd"].isna().all()


@pytest.mark.unit
def test_economies_that_did_not_exist_yet_are_not_known_rather_than_zero() -> None:
    history = load_history()
    serbia = history.index("SRB")
    assert not history.known[history.at(2003), serbia].any()
    assert history.known[history.at(2010), serbia].any()


@pytest.mark.unit
def test_no_economy_trades_with_itself_and_no_flow_is_negative() -> None:
    history = load_history()
    assert (np.diagonal(history.goods, axis1=1, axis2=2) == 0).all()
    assert (history.goods >= 0).all()
    assert not history.goods.flags.writeable


@pytest.mark.unit
def test_holes_are_as_many_as_the_record_says() -> None:
    history, counts = load_history(), history_record()["counts"]
    trades = (history.goods.sum(axis=1) + history.goods.sum(axis=2)) > 0
    unknown = ~history.known & trades[:, :, None] & trades[:, None, :]
    told = counts["holes_of_the_last_year"] + counts["other_faulty_cells_of_the_last_year"]
    assert unknown[-1].sum() == told
    assert unknown[:-1].sum() == counts["gaps_of_earlier_years"]


@pytest.mark.unit
def test_years_and_economies_outside_the_panel_are_refused_by_name() -> None:
    history = load_history()
    assert np.isnan(history.square(2020)[history.index("RUS"), history.index("IRN")])
    with pytest.raises(InputError, match="2000 to 2020 and 2023"):
        history.square(2021)
    with pytest.raises(UnknownNameError):
        history.index("TWN")
    assert span_of((2000,)) == "2000"


@pytest.mark.unit
def test_a_panel_that_is_not_the_one_built_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (room.ARRAYS, room.RECORD):
        shutil.copy(embedded_path("world", name), tmp_path / name)
    with (tmp_path / room.ARRAYS).open("ab") as handle:
        handle.write(b"more")
    monkeypatch.setattr(room, "embedded_path", lambda _room, name: tmp_path / name)
    with pytest.raises(DataError, match="not the one that was built"):
        load_history.__wrapped__()
