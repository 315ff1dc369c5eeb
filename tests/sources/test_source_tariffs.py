"""Tariffs of a user's file in the place of inferred ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import landbridge as lb
from landbridge.basis import charged
from landbridge.errors import DataError, FaultsError, LandbridgeError
from landbridge.scenarios.values.duties import TariffValues, charged_rates
from landbridge.sources.tariffs import OWN, tariffs_from_file
from landbridge.world.base import World
from landbridge.world.baseline import load_baseline
from landbridge.world.tariffs.making import central_rules


@pytest.fixture(scope="module")
def world() -> World:
    return charged(load_baseline())


def table(folder: Path, text: str) -> Path:
    path = folder / "my-tariffs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rates_of_pairs_take_the_place_of_inferred_ones(world: World, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "importer,exporter,tariff_percent\nPAK,CHN,12.5\nPAK,KAZ,20\nEU,PAK,3\nUZB,,30\n",
    )
    found = tariffs_from_file(path, world)
    rates = charged_rates(found, TariffValues(central_rules()))
    at = world.index
    assert rates[at("CHN"), at("PAK")] == pytest.approx(0.125)
    assert rates[at("PAK"), at("DEU")] == rates[at("PAK"), at("FRA")] == pytest.approx(0.03)
    # A rate for all partners is one without preferences: agreements take their part off.
    assert rates[at("CHN"), at("UZB")] == pytest.approx(0.30)
    assert 0.0 < rates[at("KAZ"), at("UZB")] < 0.30
    assert world.tariffs is not None
    others = charged_rates(world.tariffs, TariffValues(central_rules()))
    np.testing.assert_array_equal(rates[:, at("IND")], others[:, at("IND")])
    assert found.status[at("PAK")] == OWN
    assert "3 importers" not in found.own_notes[0]
    assert "29 importers" in found.own_notes[0]


def test_a_wits_export_is_read_and_what_is_charged_counts(world: World, made: Any) -> None:
    header = made.columns("wits_query")
    base = {"reporter": "586", "partner": "156", "tariff year": 2020}
    rows = [
        {**base, "product": product, "dutytype": duty, "simple average": rate}
        for product, duty, rate in (
            ("010121", "AHS", 30), ("010121", "MFN", 50), ("870323", "AHS", 10),
        )
    ]  # fmt: skip
    path = made.text("wits.csv", header, [[row.get(name, "") for name in header] for row in rows])
    found = tariffs_from_file(path, world)
    pair = world.index("CHN"), world.index("PAK")
    assert charged_rates(found, TariffValues(central_rules()))[pair] == pytest.approx(0.20)
    assert found.own_by_sector["A"][pair] == pytest.approx(0.30)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("importer,exporter,tariff_percent\nPAK,CHN,dear\n", "row 2: tariff_percent is no finite"),
        ("importer,exporter,tariff_percent\nPAK,CHN,-4\n", "is negative"),
        ("importer,exporter,tariff_percent\nPAK,QQQ,4\n", "the exporter is no known economy"),
        ("importer,exporter,tariff_percent\nPAK,CHN,4\nPAK,CHN,5\n", "stands in an earlier row"),
    ],
)
def test_a_bad_row_is_named(world: World, tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FaultsError, match=message):
        tariffs_from_file(table(tmp_path, text), world)


def test_a_file_without_tariffs_is_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(LandbridgeError):
        tariffs_from_file(table(tmp_path, "importer,exporter,rate\nPAK,CHN,4\n"), world)
    with pytest.raises(DataError, match="no tariff of an economy"):
        tariffs_from_file(table(tmp_path, "importer,exporter,tariff_percent\nPAK,PAK,4\n"), world)


def test_a_model_stands_on_them(tmp_path: Path) -> None:
    path = table(tmp_path, "importer,exporter,tariff_percent\nPAK,RUS,40\nRUS,PAK,40\n")
    asked = {"scenario": "eaeu-pakistan-fta"}
    mine = lb.load(tariffs=path)
    assert any("my-tariffs.csv" in note for note in mine.notes)
    gain = {}
    for name, model in (("mine", mine), ("shipped", lb.load())):
        income = model.welfare_of(asked["scenario"]).tables["income"].set_index("iso3")
        gain[name] = float(income.loc["RUS", "real_income_percent"])
    assert gain["mine"] != pytest.approx(gain["shipped"], rel=0.05)
