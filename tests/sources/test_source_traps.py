"""Claims about each format: its known traps do not catch us."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadr
import pytest

from landbridge.errors import DataError, FaultsError, InputError
from landbridge.sources import ColumnMap, Limits, Loaded, LoadOptions, load
from landbridge.sources.formats.pairs import asymmetries

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
EXACT = 1e-12  # sums of a few numbers that are exact in decimals
ANEW = Limits(copy_bytes=0)  # read as a large file is


def values(loaded: Loaded, *keys: str) -> dict[Any, float]:
    table = loaded.table
    names = list(keys) or ["exporter", "importer"]
    rows = zip(table[names].itertuples(index=False), table["value_million_usd"], strict=True)
    return {tuple(key): value for key, value in rows}


def dropped(loaded: Loaded) -> dict[str, int]:
    return {drop.reason: drop.rows for drop in loaded.counts.dropped}


# CEPII Gravity -----------------------------------------------------------------------------------


@pytest.mark.unit
def test_a_split_country_stands_once_where_it_exists(made: Any) -> None:
    loaded = load(
        made.cepii(
            [
                made.pair("DEU", "PAK", country_id_o="DEU.1", country_exists_o=0),
                made.pair("DEU", "PAK", country_id_o="DEU.2"),
                made.pair("IDN", "PAK", country_id_o="IDN.1", tradeflow_baci=7000),
                made.pair("IDN", "PAK", country_id_o="IDN.2", country_exists_o=0),
            ]
        )
    )
    assert values(loaded) == {("DEU", "PAK"): 1.5, ("IDN", "PAK"): 7.0}
    assert loaded.table["exporter_id"].tolist() == ["DEU.2", "IDN.1"]
    assert dropped(loaded) == {"one of the two does not exist in that year": 2}


@pytest.mark.unit
def test_a_pair_that_exists_twice_is_refused(made: Any) -> None:
    with pytest.raises(FaultsError, match="DEU-PAK in 2020"):
        load(made.cepii([made.pair("DEU", "PAK"), made.pair("DEU", "PAK")]))


@pytest.mark.unit
def test_a_split_country_in_an_extract_without_the_flags_is_refused_with_the_reason(
    made: Any,
) -> None:
    header = ["year", "iso3_o", "iso3_d", "distw_harmonic"]
    path = made.text("x.csv", header, [(2020, "DEU", "PAK", 1), (2020, "DEU", "PAK", 2)])
    with pytest.raises(FaultsError, match="country_exists_o"):
        load(path)


@pytest.mark.unit
def test_cepii_comes_in_million_usd_and_persons(made: Any) -> None:
    row = load(made.cepii([made.pair("PAK", "UZB")])).table.iloc[0]
    assert row["value_million_usd"] == pytest.approx(1.5, rel=EXACT)
    assert row["gdp_exporter_million_usd"] == pytest.approx(300_000.0, rel=EXACT)
    assert row["population_exporter"] == pytest.approx(220e6, rel=EXACT)
    assert np.isnan(row["trade_comtrade_exporter_million_usd"])


@pytest.mark.unit
def test_trade_and_gdp_in_different_units_are_refused(made: Any) -> None:
    codes = ["PAK", "UZB", "KAZ", "IND", "CHN"]
    pairs = itertools.permutations(codes, 2)
    rows = [made.pair(a, b, tradeflow_baci=50_000_000_000, gdp_o=300_000_000) for a, b in pairs]
    with pytest.raises(DataError, match="not in the same unit"):
        load(made.cepii(rows))


@pytest.mark.unit
def test_variables_of_pairs_can_be_chosen(made: Any) -> None:
    path = made.cepii([made.pair("PAK", "UZB")])
    few = load(path, LoadOptions(variables=("dist",))).table
    assert list(few) == ["exporter", "importer", "year", "distance_km"]
    assert len(load(path, LoadOptions(variables=("all",))).table.columns) > 70
    with pytest.raises(InputError, match="Did you mean 'dist'"):
        load(path, LoadOptions(variables=("dits",)))


@pytest.mark.unit
def test_an_economy_that_is_no_more_keeps_its_old_code(made: Any) -> None:
    loaded = load(made.cepii([made.pair("SUN", "PAK"), made.pair("PAK", "UZB")]))
    assert "SUN" in set(loaded.table["exporter"])
    assert any("old codes: SUN" in warning for warning in loaded.warnings)


# BACI --------------------------------------------------------------------------------------------


@pytest.mark.unit
def test_baci_codes_are_comtrades_and_not_isos(made: Any) -> None:
    codes = {842: "USA", 699: "IND", 251: "FRA", 757: "CHE", 579: "NOR", 490: "TWN", 586: "PAK"}
    rows = [(2020, code, 156, "010121", 1000, 1) for code in codes]
    loaded = load(made.baci(rows))
    assert set(loaded.table["exporter"]) == set(codes.values())


@pytest.mark.unit
def test_a_year_file_of_baci_is_read_with_its_own_codes_and_no_list(made: Any) -> None:
    numbers = {842: "USA", 699: "IND", 251: "FRA", 579: "NOR", 757: "CHE", 490: "TWN"}
    rows = [(2023, number, 156, "010121", 1000, 1) for number in numbers]
    loaded = load(made.baci([*rows, (2023, 711, 156, "010121", 5000, 1)]))
    assert sorted(loaded.table["exporter"]) == sorted(numbers.values())
    assert dropped(loaded) == {"the exporter is a group, not an economy": 1}


@pytest.mark.unit
def test_the_list_of_codes_beside_a_year_file_of_baci_is_used(made: Any) -> None:
    path = made.baci([(1995, 58, 842, "010121", 1000, 1), (1995, 999, 490, "010121", 1000, 1)])
    with pytest.raises(FaultsError, match="'999' is no known economy"):
        load(path)
    codes = [(58, "Belgium", "BE", "BEL"), (999, "New", "XX", "SSD"), (490, "Asia", "", "S19")]
    beside = made.baci_countries([*codes, (842, "USA", "US", "USA")])
    beside.rename(path.parent / "country_codes_V202501.csv")
    loaded = load(path)
    assert set(loaded.table["exporter"]) == {"BEL", "SSD"}
    assert set(loaded.table["importer"]) == {"USA", "TWN"}
    assert any("country_codes_V202501.csv" in line for line in loaded.warnings)
    assert any("58 is BEL in the file, which is followed" in line for line in loaded.warnings)


@pytest.mark.unit
def test_of_several_lists_beside_a_year_file_that_of_its_release_is_used(made: Any) -> None:
    path = made.baci([(1995, 999, 842, "010121", 1000, 1)])
    for release, code in (("V202401", "SSD"), ("V202501", "XKX")):
        made.baci_countries([(999, "New", "XX", code)]).rename(
            path.parent / f"country_codes_{release}.csv"
        )
    with pytest.raises(FaultsError, match="'999' is no known economy"):
        load(path)
    path = path.rename(path.parent / "BACI_HS92_Y1995_V202501.csv")
    assert load(path).table["exporter"].tolist() == ["XKX"]


@pytest.mark.unit
def test_baci_groups_are_left_out_with_their_value(made: Any) -> None:
    loaded = load(
        made.baci([(2020, 711, 156, "010121", 5000, 1), (2020, 842, 156, "010121", 1, 1)])
    )
    (drop,) = loaded.counts.dropped
    assert (drop.reason, drop.rows, drop.million_usd) == (
        "the exporter is a group, not an economy",
        1,
        5.0,
    )


@pytest.mark.unit
@pytest.mark.parametrize("old", [False, True])
def test_products_are_text_and_keep_their_leading_zero(made: Any, *, old: bool) -> None:
    rows = [(2020, 842, 156, "010121", 1000, ""), (2020, 842, 156, "9999AA", 2000, 3)]
    loaded = load(made.baci(rows, old=old), LoadOptions(detail="product"))
    assert loaded.table["product"].tolist() == ["010121", "9999AA"]
    assert loaded.table["quantity_tonnes"].isna().tolist() == [True, False]
    chapters = load(made.baci(rows, old=old), LoadOptions(detail="sector"))
    assert chapters.table["sector"].tolist() == ["01", "99"]


@pytest.mark.unit
def test_a_product_that_lost_its_zero_is_refused(made: Any) -> None:
    with pytest.raises(FaultsError, match="leading zeros lost"):
        load(made.baci([(2020, 842, 156, "10121", 1000, 1)]))


@pytest.mark.unit
@pytest.mark.parametrize("old", [False, True])
def test_a_zip_of_years_is_read_with_its_code_lists(made: Any, *, old: bool) -> None:
    first = made.baci([(2019, 842, 699, "010121", 1500, 2)]).read_bytes()
    second = made.baci([(2020, 842, 699, "010121", 2500, 2)]).read_bytes()
    countries = made.baci_countries(
        [(842, "USA", "US", "USA"), (699, "India", "IN", "IDN")], old=old
    )
    products = made.text("p.csv", ["code", "description"], [("010121", "Horses")])
    path = made.zipped(
        "x.zip",
        {
            "Readme.txt": b"Read me\nplease\n",
            "a/2019.csv": first,
            "a/2020.csv": second,
            "countries.csv": countries,
            "products.csv": products,
        },
    )
    loaded = load(path)
    assert values(loaded, "year") == {(2019,): 1.5, (2020,): 2.5}
    assert set(loaded.table["importer"]) == {"IDN"}
    assert loaded.provenance.members == ("x.zip!a/2019.csv", "x.zip!a/2020.csv")
    assert loaded.companions["products"]["description"].tolist() == ["Horses"]
    assert any(
        "699 is IDN in the file, which is followed, and IND here" in warning
        for warning in loaded.warnings
    )
    assert any("Readme.txt" in warning for warning in loaded.warnings)


@pytest.mark.unit
def test_a_fault_in_a_zip_names_its_member_and_row(made: Any) -> None:
    good = made.baci([(2019, 842, 699, "010121", 1, 2)]).read_bytes()
    bad = made.baci([(2020, 842, 699, "010121", 1, 2), (2020, 842, 156, "010121", -1, 2)])
    path = made.zipped("x.zip", {"a.csv": good, "b.csv": bad.read_bytes()})
    for limits in (Limits(), ANEW):
        with pytest.raises(FaultsError, match=r"x\.zip!b\.csv, row 3: the value is negative"):
            load(path, limits=limits)


# ITPD --------------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize("variant", ["r01", "r02", "no_names", "s"])
@pytest.mark.parametrize("limits", [Limits(), ANEW], ids=["copied", "anew"])
def test_an_unknown_flow_is_not_a_zero(made: Any, variant: str, limits: Limits) -> None:
    rows = [
        made.industry("PAK", "UZB", 1, 5.5),
        made.industry("PAK", "UZB", 2, 0, flag_zero="u"),
        made.industry("UZB", "PAK", 2, 0, flag_zero="u"),
        made.industry("UZB", "PAK", 40, 0, flag_zero="r"),
        made.industry("PAK", "PAK", 40, 1000),
        made.industry("PAK", "UZB", 160, 3, flag_mirror=1),
    ]
    loaded = load(made.itpd(rows, variant=variant), limits=limits)
    table = loaded.table.set_index(["exporter", "importer", "sector"])
    assert np.isnan(table.loc[("UZB", "PAK", "agriculture"), "value_million_usd"])
    assert table.loc[("UZB", "PAK", "manufacturing"), "value_million_usd"] == 0.0
    assert table.loc[("PAK", "UZB", "agriculture"), "value_million_usd"] == 5.5
    assert table.loc[("PAK", "UZB", "agriculture"), "unknown_cells"] == 1
    assert table.loc[("PAK", "UZB", "services"), "mirror_cells"] == 1
    assert (loaded.counts.unknown, loaded.counts.mirrored, loaded.counts.merged) == (2, 1, 1)
    assert loaded.domestic


@pytest.mark.unit
def test_itpd_comes_by_industry_when_asked(made: Any) -> None:
    rows = [made.industry("PAK", "UZB", n, n) for n in (1, 2, 170)]
    loaded = load(made.itpd(rows), LoadOptions(detail="product"))
    assert loaded.table["product"].tolist() == ["1", "2", "170"]
    assert loaded.counts.merged == 0


@pytest.mark.unit
def test_two_parts_of_a_changed_economy_are_added_up_and_counted(made: Any) -> None:
    rows = [
        made.industry("SDN", "PAK", 1, 1, exporter_dynamic_code="SDN.1"),
        made.industry("SDN", "PAK", 1, 2, exporter_dynamic_code="SDN.2"),
    ]
    loaded = load(made.itpd(rows))
    assert values(loaded) == {("SDN", "PAK"): 3.0}
    assert loaded.counts.merged == 1


@pytest.mark.unit
@pytest.mark.parametrize("limits", [Limits(), ANEW], ids=["copied", "anew"])
@pytest.mark.parametrize("industry", [1, 119, 120, 170])
def test_a_repeated_industry_is_found_by_its_bits(made: Any, limits: Limits, industry: int) -> None:
    rows = [made.industry("PAK", "UZB", n, 1) for n in range(1, 171)]
    rows.append(made.industry("PAK", "UZB", industry, 1))
    with pytest.raises(FaultsError, match="row 172: the same key"):
        load(made.itpd(rows), limits=limits)


@pytest.mark.unit
def test_an_industry_beyond_the_masks_is_still_checked(made: Any) -> None:
    row = {**made.industry("PAK", "UZB", 1, 1), "industry_id": 300}
    other = {**row, "industry_id": 301}
    assert load(made.itpd([row, other])).counts.merged == 1
    with pytest.raises(FaultsError, match="row 3: the same key"):
        load(made.itpd([row, row]))


@pytest.mark.unit
def test_an_industry_without_a_sector_is_refused(made: Any) -> None:
    row = {**made.industry("PAK", "UZB", 1, 1), "industry_id": 400}
    with pytest.raises(FaultsError, match="no broad sector is known"):
        load(made.itpd([row], variant="no_names"))


# Dynamic Gravity ---------------------------------------------------------------------------------


def dynamic(made: Any, *rows: dict[str, object], first: bool = False) -> Path:
    header = made.columns("dynamic_gravity_1" if first else "dynamic_gravity_2")
    base: dict[str, object] = {
        "year": 2000,
        "contiguity": 0,
        "distance": 100.5,
        "agree_pta_goods": 0,
        "common_colonizer": 0,
        "region_o": "suth_east_asia",
        "region_d": "south_asia",
    }
    body = []
    for row in rows:
        filled = {**base, "dynamic_code_o": row["iso3_o"], "dynamic_code_d": row["iso3_d"], **row}
        body.append([filled.get(name, "") for name in header])
    path: Path = made.text("dgd.csv", header, body)
    return path


@pytest.mark.unit
@pytest.mark.parametrize("first", [False, True])
def test_dynamic_gravity_tells_what_should_be_symmetric_and_is_not(
    made: Any, *, first: bool
) -> None:
    path = dynamic(
        made,
        {"iso3_o": "ARG", "iso3_d": "CHL", "common_colonizer": 0},
        {"iso3_o": "CHL", "iso3_d": "ARG", "common_colonizer": 1},
        first=first,
    )
    loaded = load(path)
    assert loaded.provenance.vintage == ("1.0" if first else "2.x")
    found = loaded.companions["asymmetries"]
    assert found["variable"].tolist() == ["common_coloniser"]
    assert found["example"].tolist() == ["ARG-CHL in 2000"]
    assert set(loaded.table["region_exporter"]) == {"south_east_asia"}
    assert any("suth_east_asia" in warning for warning in loaded.warnings)


@pytest.mark.unit
def test_a_symmetric_table_has_no_asymmetries() -> None:
    table = pd.DataFrame(
        {
            "exporter": ["PAK", "UZB"],
            "importer": ["UZB", "PAK"],
            "year": [2000, 2000],
            "contiguity": [0.0, 0.0],
        }
    )
    assert asymmetries(table).empty


# Comtrade ----------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize("capitals", [False, True])
def test_comtrade_details_do_not_multiply_values(made: Any, *, capitals: bool) -> None:
    rows = [
        {"primaryValue": 1_000_000},
        {"primaryValue": 600_000, "motCode": 1000},
        {"primaryValue": 400_000, "motCode": 2000},
        {"primaryValue": 1_000_000, "customsCode": "C01"},
        {"primaryValue": 1_000_000, "partner2Code": 156},
        {"primaryValue": 2_500_000, "partnerCode": 0},
        {"primaryValue": 2_000_000, "flowCode": "M"},
        {"primaryValue": 9, "flowCode": "RX"},
    ]
    loaded = load(made.comtrade(rows, capitals=capitals))
    assert values(loaded, "exporter", "importer", "reported_by") == {
        ("PAK", "IND", "exporter"): 1.0,
        ("IND", "PAK", "importer"): 2.0,
    }
    assert sorted(dropped(loaded).values()) == [1, 1, 4]
    assert any("ISO-8859-1" in warning for warning in loaded.warnings)


@pytest.mark.unit
def test_comtrade_details_that_do_not_add_up_are_refused(made: Any) -> None:
    rows = [{"primaryValue": 1_000_000}, {"primaryValue": 980_000, "motCode": 1000}]
    with pytest.raises(DataError, match=r"0\.5 percent"):
        load(made.comtrade(rows))
    rows[1]["primaryValue"] = 997_000
    assert load(made.comtrade(rows)).counts.table == 1


@pytest.mark.unit
def test_comtrade_details_without_a_total_are_refused(made: Any) -> None:
    with pytest.raises(DataError, match="details and no total"):
        load(made.comtrade([{"primaryValue": 600_000, "motCode": 1000}]))


@pytest.mark.unit
def test_comtrade_products_are_taken_at_one_level(made: Any) -> None:
    rows: list[dict[str, object]] = [
        {"primaryValue": 3_000_000},
        {"primaryValue": 3_000_000, "cmdCode": "01"},
        {"primaryValue": 1_000_000, "cmdCode": "010121"},
        {"primaryValue": 2_000_000, "cmdCode": "010129"},
    ]
    total = load(made.comtrade(rows))
    assert total.table["value_million_usd"].tolist() == [3.0]
    assert total.warnings == ("the text is not UTF-8; it was read as ISO-8859-1",)
    products = load(made.comtrade(rows), LoadOptions(detail="product"))
    assert products.table["product"].tolist() == ["010121", "010129"]
    part = load(made.comtrade(rows[:1] + rows[2:3]))
    assert any("a selection of products" in warning for warning in part.warnings)
    with pytest.raises(DataError, match="counted twice"):
        load(made.comtrade([{**rows[0], "primaryValue": 2_000_000}, *rows[1:]]))


# WITS --------------------------------------------------------------------------------------------


@pytest.mark.unit
def test_the_european_union_is_an_importer_and_vintages_are_told(made: Any) -> None:
    rows = [("H5", 586, 2020, "010121", 5, 5, 5, 5), ("H4", 918, 2020, "010121", 5, 5, 5, 2.5)]
    loaded = load(made.wits(rows))
    assert loaded.table["importer"].tolist() == ["EU", "PAK"]
    assert loaded.table["tariff_percent"].tolist() == [2.5, 5.0]
    assert loaded.units["tariff_percent"] == "percent"
    assert any("H4, H5" in warning for warning in loaded.warnings)


@pytest.mark.unit
def test_a_beneficiary_group_becomes_its_members_or_is_counted_out(made: Any) -> None:
    rows = [
        ("H5", 842, 2020, "010121", "EE1", 5, 5, 5, 0.0),
        ("H5", 842, 2020, "010121", "699", 5, 5, 5, 1.0),
        ("H5", 842, 2020, "010121", "000", 5, 5, 5, 3.0),
    ]
    path = made.wits(rows, kind="pref")
    alone = load(path)
    assert alone.table["exporter"].tolist() == ["", "IND"]
    assert sum(dropped(alone).values()) == 1
    groups = made.text("g.csv", ["RegionCode", "PartnerCode"], [("EE1", 586), ("EE1", 860)])
    loaded = load(path, LoadOptions(companions=(str(groups),)))
    assert loaded.table["exporter"].tolist() == ["", "IND", "PAK", "UZB"]
    assert loaded.table["group"].tolist() == ["", "", "EE1", "EE1"]
    assert loaded.counts.made == 1
    twice = made.text("h.csv", ["RegionCode", "PartnerCode"], [("EE1", 586), ("EE1", 699)])
    again = load(path, LoadOptions(companions=(str(twice),)))
    assert any("1 rates come again" in warning for warning in again.warnings)


@pytest.mark.unit
def test_the_query_export_keeps_duty_types_apart(made: Any) -> None:
    header = made.columns("wits_query")
    rows = []
    for duty, rate in (("MFN", 5), ("AHS", 3)):
        row = {
            "selected nomen": "HS",
            "reporter": "586",
            "partner": "000",
            "product": "010121",
            "tariff year": 2020,
            "dutytype": duty,
            "simple average": rate,
        }
        rows.append([row.get(name, "") for name in header])
    loaded = load(made.text("q.csv", header, rows))
    assert loaded.table["duty"].tolist() == ["AHS", "MFN"]
    assert any("one row a duty type" in warning for warning in loaded.warnings)


@pytest.mark.unit
def test_faulty_tariffs_are_told_all_at_once(made: Any) -> None:
    rows = [
        ("H5", 586, 2020, "010121", 5, 5, 5, -1),
        ("H5", 586, 2020, "010122", 5, 5, 5, "many"),
        ("H5", 12345, 2020, "010122", 5, 5, 5, 1),
        ("H5", 586, "", "010123", 5, 5, 5, 1),
    ]
    with pytest.raises(FaultsError) as raised:
        load(made.wits(rows))
    assert len(raised.value.faults) == 4


# WDI ---------------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize("bulk", [False, True])
def test_aggregates_and_empty_cells_are_no_economies_and_no_zeros(made: Any, *, bulk: bool) -> None:
    rows = [
        ("Pakistan", "PAK", "GDP (current US$)", "NY.GDP.MKTP.CD", "3e11", ""),
        ("World", "WLD", "GDP (current US$)", "NY.GDP.MKTP.CD", "8e13", "8e13"),
        ("Kosovo", "XKX", "GDP (current US$)", "NY.GDP.MKTP.CD", "0", "8e9"),
    ]
    loaded = load(made.wdi(rows, bulk=bulk))
    assert loaded.counts.unit == "cells"
    assert loaded.counts.read == 6
    assert dropped(loaded) == {"an aggregate, not an economy": 2, "an empty cell: not reported": 1}
    table = loaded.table
    assert table[["iso3", "year", "value"]].to_numpy().tolist() == [
        ["PAK", 2019, 300_000.0],
        ["XKX", 2019, 0.0],
        ["XKX", 2020, 8_000.0],
    ]
    assert set(table["unit"]) == {"million_usd"}


@pytest.mark.unit
def test_faulty_series_are_refused(made: Any) -> None:
    rows = [
        ("Pakistan", "PAK", "GDP", "NY.GDP.MKTP.CD", "much", ""),
        ("Pakistan", "PAK", "GDP", "NY.GDP.MKTP.CD", "1", ""),
        ("Nowhere", "ZZZ", "GDP", "NY.GDP.MKTP.CD", "1", ""),
    ]
    with pytest.raises(FaultsError) as raised:
        load(made.wdi(rows))
    message = str(raised.value)
    for part in ("row 6: a value is no finite number", "row 7: the series", "ZZZ"):
        assert part in message


# ESCAP, DESTA, UN/LOCODE -------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize("stata", [False, True])
def test_symmetric_trade_costs_stand_once_and_tariffs_are_percent(
    made: Any, tmp_path: Path, *, stata: bool
) -> None:
    frame = made.escap_frame()
    path = tmp_path / "costs"
    if stata:
        frame.to_stata(path, write_index=False)
    else:
        frame.to_csv(path, index=False)
    loaded = load(path)
    assert (loaded.counts.read, loaded.counts.merged, loaded.counts.table) == (8, 4, 4)
    assert loaded.table["tariff_percent"].round(9).tolist() == [5.0] * 4
    assert set(loaded.table["sector"]) == {"total"}


@pytest.mark.unit
def test_trade_costs_that_differ_by_direction_are_told(made: Any, tmp_path: Path) -> None:
    frame = made.escap_frame()
    frame.loc[0, "tij"] += 10.0
    frame.to_csv(tmp_path / "costs.csv", index=False)
    loaded = load(tmp_path / "costs.csv")
    assert any("differ between their two directions" in warning for warning in loaded.warnings)


@pytest.mark.unit
def test_unknown_codes_of_trade_costs_tariffs_and_indicators_can_be_dropped(
    made: Any, tmp_path: Path
) -> None:
    frame = made.escap_frame()
    frame.loc[0, "partner"] = "QQQ"
    frame.to_csv(tmp_path / "costs.csv", index=False)
    tariffs = [("H5", code, 2020, "010121", 5, 5, 5, 5) for code in (4, 8, 990)]
    cells = [(code, code, "GDP", "NY.GDP.MKTP.CD", "3e11", "") for code in ("PAK", "QQQ")]
    for path, reason, count in (
        (tmp_path / "costs.csv", "the partner is an unknown code", 1),
        (made.wits(tariffs), "the reporter is an unknown code", 1),
        (made.wdi(cells), "an unknown code", 2),
    ):
        with pytest.raises(FaultsError):
            load(path)
        assert dropped(load(path, LoadOptions(unknown_codes="drop")))[reason] == count
        with pytest.raises(InputError, match="cannot be kept"):
            load(path, LoadOptions(unknown_codes="keep"))


@pytest.mark.unit
def test_a_tariff_that_is_a_rate_is_refused(made: Any, tmp_path: Path) -> None:
    frame = made.escap_frame().assign(geometric_avg_tariff=0.05)
    frame.to_csv(tmp_path / "costs.csv", index=False)
    with pytest.raises(FaultsError, match="not a ratio"):
        load(tmp_path / "costs.csv")


DESTA = [
    (
        "Pakistan",
        "China",
        586,
        156,
        1,
        1,
        "China Pakistan",
        "base_treaty",
        0,
        2006,
        2007,
        "en",
        1,
        "Asia",
        1,
    ),
    (
        "Pakistan",
        "China",
        586,
        156,
        2,
        1,
        "China Pakistan (consolidated)",
        "consolidated",
        1,
        2009,
        2009,
        "en",
        1,
        "Asia",
        1,
    ),
    (
        "Uzbekistan",
        "Afghanistan",
        860,
        4,
        3,
        3,
        "Lom\u00e9",
        "base_treaty",
        0,
        1975,
        "",
        "en",
        1,
        "x",
        0,
    ),
]
LEFT = (
    "China",
    "Pakistan",
    156,
    586,
    9,
    1,
    "China Pakistan",
    "withdrawal",
    0,
    2019,
    "",
    "en",
    1,
    "Asia",
    1,
)


@pytest.mark.unit
@pytest.mark.parametrize("old", [False, True])
def test_consolidated_texts_and_treaties_never_in_force_are_told(made: Any, *, old: bool) -> None:
    loaded = load(made.desta(DESTA, old=old))
    assert loaded.table["iso3_a"].tolist() == ["AFG", "CHN"]
    assert loaded.table["force_year"].isna().tolist() == [True, False]
    assert loaded.table["one_sided"].tolist() == [True, False]
    assert sum(dropped(loaded).values()) == 1
    assert loaded.counts.unknown == 1


@pytest.mark.unit
def test_a_code_that_desta_makes_up_is_told_by_its_name(made: Any) -> None:
    made_up = ("Albania", "Kosovo", 8, 900, 10, 10, "Albania Kosovo", *DESTA[0][7:])
    loaded = load(made.desta([made_up]))
    assert loaded.table.loc[0, ["iso3_a", "iso3_b"]].tolist() == ["ALB", "XKX"]
    assert any("900 is XKX" in line for line in loaded.warnings)


@pytest.mark.unit
def test_a_name_that_says_nothing_leaves_a_code_of_desta_unknown(made: Any) -> None:
    made_up = ("Albania", "Atlantis", 8, 900, 10, 10, "Albania Atlantis", *DESTA[0][7:])
    rows = [made_up, *DESTA]
    with pytest.raises(FaultsError, match="no known economy"):
        load(made.desta(rows))
    loaded = load(made.desta(rows), LoadOptions(unknown_codes="drop"))
    assert dropped(loaded)["a party has an unknown code"] == 1
    assert loaded.table["iso3_a"].tolist() == ["AFG", "CHN"]


@pytest.mark.unit
def test_withdrawals_come_from_the_second_file_in_either_direction(made: Any) -> None:
    left = made.desta([LEFT], name="left.csv")
    loaded = load(made.desta(DESTA), LoadOptions(companions=(str(left),)))
    assert loaded.table["until_year"].tolist()[1] == 2019
    assert pd.isna(loaded.table["until_year"].iloc[0])


@pytest.mark.unit
@pytest.mark.parametrize("header", [False, True])
@pytest.mark.parametrize("swapped", [False, True])
def test_places_are_read_with_or_without_header_and_swap(
    made: Any, *, header: bool, swapped: bool
) -> None:
    loaded = load(made.locode(header=header, swapped=swapped))
    table = loaded.table.set_index("locode")
    assert table.index.tolist() == ["PKGWD", "PKKHI", "UZTAS"]
    assert table["port"].tolist() == [True, True, False]
    assert table.loc["PKKHI", "latitude"] == pytest.approx(24.85)
    assert table["latitude"].isna().sum() == loaded.counts.unknown == 1
    assert table["status"].tolist() == ["RL", "AI", "AI"]
    assert sum(dropped(loaded).values()) == 4


# ICIO --------------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize("edition", ["2021", "2023", "2025", "extended"])
def test_icio_adds_up_whatever_its_totals_are_called(made: Any, edition: str) -> None:
    loaded = load(made.icio(edition=edition))
    assert loaded.counts.value_table == loaded.counts.value_read
    economies = {"PAK", "CHN"} if edition == "extended" else {"PAK", "UZB"}
    assert set(loaded.table["exporter"]) == economies
    output = loaded.companions["output"]
    assert output["output_million_usd"].sum() == pytest.approx(output["sales_million_usd"].sum())
    assert (output["value_added_million_usd"] > 0).all()
    if edition == "extended":
        assert any("CN1, CN2 were added up" in warning for warning in loaded.warnings)


@pytest.mark.unit
def test_an_industry_code_with_an_underscore_is_one_industry(made: Any) -> None:
    loaded = load(made.icio(), LoadOptions(detail="product"))
    assert set(loaded.table["product"]) == {"A01_02", "D"}


@pytest.mark.unit
def test_the_year_of_a_table_is_stated_or_taken_from_the_name(made: Any) -> None:
    path = made.icio(name="ICIO2021_2018.csv")
    assert set(load(path).table["year"]) == {2018}
    assert set(load(path, LoadOptions(years=(2015,))).table["year"]) == {2015}
    with pytest.raises(InputError, match="does not say its year"):
        load(made.icio(name="table.csv"))


@pytest.mark.unit
def test_rows_that_miss_their_total_and_negative_sales_are_refused(made: Any) -> None:
    with pytest.raises(FaultsError, match="its total is 1,000"):
        load(made.icio(PAK_D__total=1000.0))
    with pytest.raises(FaultsError, match="a negative intermediate sale"):
        load(made.icio(PAK_D__UZB_D=-5.0))
    falling = load(made.icio(PAK_D__UZB_INVNT=-5.0))
    assert any("stocks that fall" in warning for warning in falling.warnings)


# Teaching data -----------------------------------------------------------------------------------


@pytest.mark.golden
def test_the_gegravity_sample_is_read_whole() -> None:
    path = REFERENCE / "gegravity" / "sample_data_set.dlm"
    if not path.is_file():
        pytest.skip("needs ../shared/reference/gegravity")
    loaded = load(path)
    assert (loaded.counts.read, loaded.counts.table, loaded.domestic) == (900, 900, True)
    plain = pd.read_csv(path)
    assert loaded.counts.value_table == pytest.approx(plain["trade"].sum(), rel=EXACT)
    assert values(loaded)[("GBR", "AUS")] == 4310.0


@pytest.mark.golden
def test_the_guides_data_are_read_whole(tmp_path: Path) -> None:
    path = REFERENCE / "agtpa" / "agtpa_applications.rda"
    if not path.is_file():
        pytest.skip("needs ../shared/reference/agtpa")
    frame = next(iter(pyreadr.read_r(str(path)).values()))
    frame.to_csv(tmp_path / "x.csv", index=False)
    loaded = load(tmp_path / "x.csv")
    # 69 economies, 1986 to 2006: the counts that the data's publishers state.
    assert (loaded.counts.read, loaded.counts.table) == (99_981, 99_981)
    assert loaded.table["exporter"].nunique() == 69
    assert loaded.counts.value_table == pytest.approx(frame["trade"].sum(), rel=EXACT)
    assert "codes read as another: ROM is ROU" in loaded.warnings


@pytest.mark.golden
def test_a_stata_panel_is_read_whole_with_a_map() -> None:
    path = REFERENCE / "weidner_zylkin" / "PPMLFEBIAS_EXAMPLE_DATA.dta"
    if not path.is_file():
        pytest.skip("needs ../shared/reference/weidner_zylkin")
    columns = ColumnMap(
        "isoexp", "isoimp", "trade", unit="million_usd", year="year", sector="category"
    )
    loaded = load(path, LoadOptions(columns=columns))
    frame = pd.read_stata(path)
    assert loaded.counts.read == len(frame) == 62_400
    assert loaded.counts.value_table == pytest.approx(frame["trade"].sum(), rel=EXACT)
    assert loaded.table["exporter"].nunique() == frame["isoexp"].nunique() == 65


@pytest.mark.unit
@pytest.mark.parametrize("capitals", [False, True])
def test_the_guides_names_are_read_in_either_case(made: Any, *, capitals: bool) -> None:
    header = ["exporter", "importer", "pair_id", "year", "trade", "dist", "cntg", "lang", "clny"]
    names = [*header[:5], *(name.upper() for name in header[5:])] if capitals else header
    path = made.text("x.csv", names, [("PAK", "CHN", 1, 2006, 100.5, 3900, 1, 0, 0)])
    loaded = load(path)
    assert loaded.provenance.dataset == "agtpa"
    assert loaded.table["dist"].tolist() == [3900.0]
    assert loaded.table["value_million_usd"].tolist() == [100.5]


# All of them -------------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize("limits", [Limits(), ANEW], ids=["copied", "anew"])
def test_all_faults_of_a_file_are_told_at_once_with_rows(made: Any, limits: Limits) -> None:
    rows = [
        (2020, 842, 699, "010121", 1, 1),
        (2020, 842, 699, "010121", 1, 1),
        (2020, 842, 156, "010121", -5, 1),
        (2020, 842, 156, "010122", "inf", 1),
        (2020, 842, 156, "010123", "1_000", 1),
        (2020, 842, 156, "010124", "five", 1),
        ("", 842, 156, "010125", 5, 1),
        (2020, "", 156, "010126", 5, 1),
        (2020, 842, 9876, "010127", 5, 1),
        (2020.5, 842, 156, "010128", 5, 1),
        (2020, 842, 156, "010129", "1e300", 1),
    ]
    with pytest.raises(FaultsError) as raised:
        load(made.baci(rows), limits=limits)
    message = str(raised.value)
    for part in (
        "row 3: the same key",
        "row 4: the value is negative",
        "row 5, row 6, row 7: the value is no finite number",
        "row 8, row 11: the year is missing or no year",
        "row 9: the exporter is missing",
        "row 10: '9876' is no known economy",
        "row 12: the value is larger",
    ):
        assert part in message


@pytest.mark.unit
def test_unknown_codes_can_be_dropped_and_are_counted(made: Any) -> None:
    rows = [(2020, 842, 699, "010121", 1000, 1), (2020, 842, 9876, "010121", 7000, 1)]
    loaded = load(made.baci(rows), LoadOptions(unknown_codes="drop"))
    (drop,) = loaded.counts.dropped
    assert (drop.rows, drop.million_usd) == (1, 7.0)
    assert "unknown code" in drop.reason


@pytest.mark.unit
def test_years_that_were_not_asked_for_are_counted_out(made: Any) -> None:
    rows = [(year, 842, 699, "010121", 1000, 1) for year in (2018, 2019, 2020)]
    loaded = load(made.baci(rows), LoadOptions(years=(2019,)))
    assert dropped(loaded) == {"a year that was not asked for": 2}
    with pytest.raises(DataError, match="no row is left"):
        load(made.baci(rows), LoadOptions(years=(1999,)))


@pytest.mark.unit
def test_comtrade_months_beside_years_are_left_out(made: Any) -> None:
    month = {"primaryValue": 100_000, "freqCode": "M", "period": 202101}
    both = load(made.comtrade([{"primaryValue": 1_000_000}, month]))
    assert both.table["value_million_usd"].tolist() == [1.0]
    alone = load(made.comtrade([month, {**month, "period": 202102}]))
    assert alone.table["value_million_usd"].tolist() == [0.2]
    assert any("months were added up" in warning for warning in alone.warnings)
