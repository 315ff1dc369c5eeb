"""Tariffs between economies, inferred from published means and agreements in force."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from landbridge.basis import charged
from landbridge.scenarios.values.duties import TariffValues, charged_rates
from landbridge.tables import embedded_table
from landbridge.world.baseline import load_baseline
from landbridge.world.tariffs.base import PreferenceRules, Tariffs
from landbridge.world.tariffs.making import IMPUTED, central_rules, make_tariffs

DAY = dt.date(2023, 12, 31)


@pytest.fixture(scope="module")
def tariffs() -> Tariffs:
    world = load_baseline()
    return make_tariffs(world.iso3, world.goods, on=DAY)


def at(tariffs: Tariffs, exporter: str, importer: str, use: float = 1.0) -> float:
    places = tariffs.iso3.index(exporter), tariffs.iso3.index(importer)
    return float(charged_rates(tariffs, TariffValues(central_rules(use)))[places])


def test_inside_a_customs_union_nothing_is_charged_whoever_asks_for_a_preference(
    tariffs: Tariffs,
) -> None:
    for one, other in (("RUS", "KAZ"), ("DEU", "FRA"), ("SAU", "ARE"), ("TUR", "DEU")):
        assert at(tariffs, one, other, use=0.5) == 0.0
    assert at(tariffs, "PAK", "PAK") == 0.0


def test_a_union_has_one_external_tariff(tariffs: Tariffs) -> None:
    # Neither India nor Pakistan had an agreement with these in force on that day.
    inside = [at(tariffs, "IND", code) for code in ("RUS", "KAZ", "BLR", "KGZ", "ARM")]
    assert min(inside) == max(inside) > 0.03
    assert at(tariffs, "PAK", "DEU") == at(tariffs, "PAK", "POL")


def test_published_means_come_out_again_where_no_union_shares_a_tariff(tariffs: Tariffs) -> None:
    world = load_baseline()
    table = tariffs.table(
        world.goods, charged_rates(tariffs, TariffValues(central_rules()))
    ).set_index("iso3")
    own = ~table["status"].str.endswith("'s")
    known = table[own & table["published_percent"].notna()]
    gap = (known["mean_percent"] - known["published_percent"]).abs()
    assert len(known) > 130
    assert gap.median() < 1e-9
    assert gap.quantile(0.9) < 1.5
    assert (table.loc[table["published_percent"].isna() & own, "status"] == IMPUTED).all()


def test_a_published_rate_without_preferences_is_kept(tariffs: Tariffs) -> None:
    published = embedded_table("world", "tariff_rates").set_index("iso3")["mfn_percent"]
    for code in ("PAK", "CHN", "UZB", "TUR", "IRN"):
        assert 100 * tariffs.mfn[tariffs.iso3.index(code)] == pytest.approx(published[code])


def test_less_use_of_preferences_means_more_tariff(tariffs: Tariffs) -> None:
    none, some, every = (
        charged_rates(tariffs, TariffValues(central_rules(use))) for use in (0.0, 0.6, 1.0)
    )
    assert (none >= some).all()
    assert (some >= every).all()
    assert (none > every).any()


def test_a_world_gets_its_tariffs_once_and_keeps_its_own() -> None:
    world = charged(load_baseline())
    assert world.tariffs is not None
    assert charged(world) is world
    assert charged(load_baseline()) is world
    goods = world.goods
    revenue = (goods * charged_rates(world.tariffs, TariffValues(PreferenceRules(1.0, {})))).sum(
        axis=0
    )
    assert np.isfinite(revenue).all()
    assert (revenue >= 0).all()
