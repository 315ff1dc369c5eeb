"""Claims about a file that becomes the baseline world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import DataError, FaultsError, InputError
from landbridge.sources import ColumnMap, LoadOptions
from landbridge.sources.baseline import WorldFile, world_from_file
from landbridge.sources.gaps import fill_gaps
from landbridge.world.base import CellStatus
from landbridge.world.baseline import accounts, load_baseline

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
CLOSE = 1e-9  # relative; the same few sums in another order


def baci(made: Any) -> Path:
    rows = [
        (2023, 586, 860, "010121", 50_000, 2),
        (2023, 860, 586, "010121", 60_000, 2),
        (2023, 842, 586, "010121", 70_000, 2),
    ]
    path: Path = made.baci(rows)
    return path


@pytest.mark.unit
def test_trade_of_the_file_stands_in_the_world(made: Any) -> None:
    world = world_from_file(WorldFile(baci(made), year=2023), load_baseline())
    pak, uzb, usa = (world.index(code) for code in ("PAK", "UZB", "USA"))
    assert world.goods[pak, uzb] == pytest.approx(50.0, rel=CLOSE)
    assert world.goods[usa, pak] == pytest.approx(70.0, rel=CLOSE)
    assert world.goods[uzb, usa] == 0.0
    assert world.status_goods[pak, uzb] == CellStatus.PUBLISHED
    assert world.status_goods[uzb, usa] == CellStatus.IMPUTED
    assert world.status_goods[pak, pak] == CellStatus.DOMESTIC
    assert world.sd_log_goods[pak, uzb] > 0
    assert world.sd_log_goods[pak, pak] == 0


@pytest.mark.unit
def test_domestic_sales_are_output_less_exports(made: Any) -> None:
    world = world_from_file(WorldFile(baci(made), year=2023), load_baseline())
    book = accounts().set_index("iso3").loc["PAK"]
    made_goods = book["goods_domestic_million_usd"] + book["goods_exports_million_usd"]
    pak = world.index("PAK")
    assert world.goods[pak].sum() == pytest.approx(made_goods, rel=1e-6)  # rounded in the table
    whole = book["output_million_usd"]
    crude = world_from_file(
        WorldFile(baci(made), year=2023, domestic="gdp", services="none"), load_baseline()
    )
    assert crude.goods[pak].sum() == pytest.approx(
        made_goods / whole * book["gdp_million_usd"], rel=1e-3
    )
    assert crude.output[pak] < world.output[pak]


@pytest.mark.unit
def test_services_come_from_the_embedded_world_or_stay_at_home(made: Any) -> None:
    base = load_baseline()
    world = world_from_file(WorldFile(baci(made), year=2023), load_baseline())
    at, there = world.index("PAK"), base.index("PAK")
    other, elsewhere = world.index("USA"), base.index("USA")
    assert world.services[at, other] == base.services[there, elsewhere]
    assert world.status_services[at, other] == base.status_services[there, elsewhere]
    alone = world_from_file(WorldFile(baci(made), year=2023, services="none"), load_baseline())
    off = alone.services - np.diag(alone.services.diagonal())
    assert off.sum() == 0.0
    assert (alone.services.diagonal() > 0).all()


@pytest.mark.unit
def test_domestic_sales_of_the_file_are_kept(made: Any) -> None:
    rows = [
        made.industry("PAK", "UZB", 1, 5.5),
        made.industry("PAK", "PAK", 40, 1000),
        made.industry("PAK", "UZB", 160, 3),
        made.industry("UZB", "PAK", 40, 0, flag_zero="u"),
    ]
    world = world_from_file(WorldFile(made.itpd(rows), year=2018), load_baseline())
    pak, uzb = world.index("PAK"), world.index("UZB")
    assert world.goods[pak, pak] == 1000.0
    assert world.services[pak, uzb] == 3.0
    assert world.status_goods[uzb, pak] == CellStatus.IMPUTED
    assert world.goods[uzb, uzb] > 0
    notes = " ".join(world.notes)
    for part in ("1 flows of goods are not known", "GDP is that of 2023", "1 economies that it"):
        assert part in notes


@pytest.mark.unit
def test_economies_without_gdp_are_left_out_with_their_trade(made: Any) -> None:
    rows = [made.industry("PAK", "UZB", 1, 5), made.industry("SUN", "PAK", 1, 7)]
    world = world_from_file(WorldFile(made.itpd(rows), year=2018), load_baseline())
    assert world.iso3 == ("PAK", "UZB")
    assert any("SUN" in note and "7 million USD" in note for note in world.notes)


@pytest.mark.unit
def test_stocks_that_fall_do_not_make_negative_trade(made: Any) -> None:
    path = made.icio(PAK_D__UZB_INVNT=-50_000.0, PAK_A01_02__UZB_INVNT=-50_000.0)
    world = world_from_file(WorldFile(path, year=2019), load_baseline())
    assert (world.goods >= 0).all()
    assert any("were negative" in note for note in world.notes)


@pytest.mark.unit
def test_an_entrepot_keeps_a_floor_of_domestic_sales(made: Any) -> None:
    rows = [(2023, 702, 586, "010121", 5_000_000_000, 1), (2023, 586, 702, "010121", 1, 1)]
    world = world_from_file(WorldFile(made.baci(rows), year=2023), load_baseline())
    singapore = world.index("SGP")
    assert world.goods[singapore, singapore] > 0
    assert any("held at a floor" in note for note in world.notes)


@pytest.mark.unit
def test_gdp_of_the_year_can_be_given(made: Any) -> None:
    wdi = made.wdi([("Pakistan", "PAK", "GDP", "NY.GDP.MKTP.CD", "1e11", "2e11")])
    rows = [(2020, 586, 860, "010121", 50_000, 2), (2020, 860, 586, "010121", 1, 1)]
    world = world_from_file(WorldFile(made.baci(rows), year=2020, gdp=wdi), load_baseline())
    assert world.gdp_million_usd[world.index("PAK")] == 200_000.0
    with wdi.open("a", encoding="utf-8") as lines:
        lines.write("Q,QQQ,GDP,NY.GDP.MKTP.CD,1,1,\n")
    with pytest.raises(FaultsError, match="QQQ"):
        world_from_file(WorldFile(made.baci(rows), year=2020, gdp=wdi), load_baseline())
    drop = LoadOptions(unknown_codes="drop")
    world = world_from_file(
        WorldFile(made.baci(rows), year=2020, gdp=wdi, options=drop), load_baseline()
    )
    assert any("have unknown codes and are left out" in note for note in world.notes)
    with pytest.raises(InputError, match="no file of GDP"):
        world_from_file(WorldFile(made.baci(rows), year=2020, gdp=made.baci(rows)), load_baseline())


@pytest.mark.unit
def test_the_report_asked_for_is_taken_first(made: Any) -> None:
    rows = [
        {"primaryValue": 1_000_000},
        {"primaryValue": 1_200_000, "flowCode": "M", "reporterCode": 699, "partnerCode": 586},
        {"primaryValue": 500_000, "partnerCode": 860},
    ]
    path = made.comtrade(rows)
    found = {}
    for reporter in ("importer", "exporter"):
        world = world_from_file(WorldFile(path, year=2021, reporter=reporter), load_baseline())
        found[reporter] = world.goods[world.index("PAK"), world.index("IND")]
        assert world.goods[world.index("PAK"), world.index("UZB")] == 0.5
    assert found == {"importer": 1.2, "exporter": 1.0}


@pytest.mark.unit
def test_goods_and_services_together_are_split_and_said_so(made: Any) -> None:
    path = made.text("x.csv", ["from", "to", "v"], [("PAK", "USA", 100), ("USA", "PAK", 50)])
    columns = ColumnMap("from", "to", "v", unit="million_usd", only_year=2023, trade="all")
    world = world_from_file(
        WorldFile(path, year=2023, options=LoadOptions(columns=columns)), load_baseline()
    )
    pak, usa = world.index("PAK"), world.index("USA")
    assert world.goods[pak, usa] + world.services[pak, usa] == pytest.approx(100.0, rel=CLOSE)
    base = load_baseline()
    share = base.goods_share[base.index("PAK"), base.index("USA")]
    assert world.goods_share[pak, usa] == pytest.approx(share, rel=CLOSE)
    assert any("split by each pair's goods share" in note for note in world.notes)


@pytest.mark.unit
def test_a_file_without_trade_or_without_the_year_is_refused(made: Any) -> None:
    with pytest.raises(InputError, match="holds no trade flows"):
        world_from_file(
            WorldFile(
                made.wdi([("Pakistan", "PAK", "GDP", "NY.GDP.MKTP.CD", "1", "2")]), year=2020
            ),
            load_baseline(),
        )
    with pytest.raises(DataError, match="no row is left"):
        world_from_file(WorldFile(baci(made), year=1999), load_baseline())


@pytest.mark.golden
def test_the_gegravity_sample_becomes_a_world() -> None:
    path = REFERENCE / "gegravity" / "sample_data_set.dlm"
    if not path.is_file():
        pytest.skip("needs ../shared/reference/gegravity")
    world = world_from_file(WorldFile(path, year=2006), load_baseline())
    assert len(world.iso3) == 30
    assert world.goods[world.index("GBR"), world.index("AUS")] == 4310.0
    assert world.goods.sum() == pytest.approx(24_246_476.0)


@pytest.mark.unit
def test_gaps_of_a_file_are_filled_when_that_is_asked(made: Any) -> None:
    base = load_baseline()
    world = world_from_file(WorldFile(baci(made), year=2023, gaps="fill"), base)
    pak, uzb, usa, kaz, deu = (world.index(code) for code in ("PAK", "UZB", "USA", "KAZ", "DEU"))
    assert len(world.iso3) > 200
    # What the file has stays, what it lacks is carried with the deviation of such a step.
    assert world.goods[usa, pak] == pytest.approx(70.0, rel=CLOSE)
    assert world.status_goods[usa, pak] == CellStatus.PUBLISHED
    assert world.goods[kaz, deu] > 100.0
    assert world.status_goods[kaz, deu] == CellStatus.CARRIED
    assert world.sd_log_goods[kaz, deu] > 2.0 * world.sd_log_goods[usa, pak]
    # Nobody sold to oneself in the file: domestic sales come from output, as ever.
    assert world.status_goods[uzb, uzb] == CellStatus.DOMESTIC
    assert any("carried from" in note for note in world.notes)
    assert any("were not among the flows" in note for note in world.notes)
    kept = world_from_file(WorldFile(baci(made), year=2023), base)
    assert len(kept.iso3) == 3


@pytest.mark.unit
def test_a_file_with_a_rest_of_the_world_has_no_gaps() -> None:
    flows = pd.DataFrame(
        {"exporter": ["PAK"], "importer": ["ROW"], "trade": ["goods"], "value": [5.0]}
    )
    with pytest.raises(InputError, match="rest of the world"):
        fill_gaps(flows, load_baseline(), year=2023, rest="ROW", notes=[])
