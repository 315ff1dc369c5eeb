"""A user's own tables by sector: what is read, what is cut and counted, what is refused."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from numpy.testing import assert_allclose

from landbridge.codes import REST
from landbridge.equilibrium import (
    SectoralShock,
    SectoralTables,
    prepare_sectors,
    solve_sectors,
)
from landbridge.errors import DataError, FaultsError, InputError
from landbridge.sources.sectoral.world import load_sectoral_tables
from landbridge.world.sectors.base import Structure
from landbridge.world.sectors.isic import divisions_of, own_sectors, shipped_groups

pytestmark = pytest.mark.unit

Rows = list[list[object]]
ECONOMIES = ("CHN", "PAK", "ROW")
SECTORS = ("A", "C29", "G")


def flows() -> np.ndarray:
    cube = np.arange(1.0, 28.0).reshape(3, 3, 3)
    for place in range(3):
        cube[place, place] *= 30.0
    return cube


def shares_form() -> dict[str, Rows]:
    """Flows and shares, every cell there."""
    cube = flows()
    cells = [(i, n, s) for i in range(3) for n in range(3) for s in range(3)]
    return {
        "flows": [
            ["exporter", "importer", "sector", "million_usd"],
            *([ECONOMIES[i], ECONOMIES[n], SECTORS[s], cube[i, n, s]] for i, n, s in cells),
        ],
        "inputs": [
            ["economy", "input", "user", "share"],
            *([ECONOMIES[i], SECTORS[n], SECTORS[s], 0.1 * (1 + n)] for i, n, s in cells),
        ],
    }


def purchases_form() -> dict[str, Rows]:
    """Two economies, two commodities of GTAP, that add up."""
    trade = [["CHN", "PAK", "mvh", 10.0], ["PAK", "CHN", "tex", 8.0], ["CHN", "PAK", "tex", 2.0]]
    firms: Rows = []
    demand: Rows = []
    payments: Rows = [
        [code, user, "labour", 50.0] for code in ("CHN", "PAK") for user in ("tex", "mvh")
    ]
    for code in ("CHN", "PAK"):
        for user in ("tex", "mvh"):
            firms += [[code, good, user, 20.0, 0.0] for good in ("tex", "mvh")]
        demand += [[code, "private", good, 60.0, 0.0] for good in ("tex", "mvh")]
    firms[7][4] = 5.5  # Pakistan: vehicles in vehicles
    demand[3][4] = 5.5  # Pakistan: vehicles for households; 10 percent duty on 10
    demand[2][4] = 2.0
    demand[0][4] = 8.0
    return {
        "trade": [["exporter", "importer", "commodity", "million_usd"], *trade],
        "firms": [
            ["economy", "commodity", "user", "domestic_million_usd", "imported_million_usd"],
            *firms,
        ],
        "demand": [
            ["economy", "agent", "commodity", "domestic_million_usd", "imported_million_usd"],
            *demand,
        ],
        "duties": [["exporter", "importer", "commodity", "percent"], ["CHN", "PAK", "mvh", 10.0]],
        "substitution": [["commodity", "esubm"], ["tex", 7.6], ["mvh", 5.6]],
        "factors": [
            ["economy", "user", "factor", "million_usd"],
            *payments,
        ],
    }


def folder(path: Path, tables: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write tables under names that say nothing."""
    path.mkdir(exist_ok=True)
    for number, rows in enumerate(tables.values()):
        with (path / f"table {number}.csv").open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows(rows)
    return path


def test_a_folder_an_archive_and_a_workbook_give_the_same_world(tmp_path: Path) -> None:
    tables = shares_form()
    from_folder = load_sectoral_tables(folder(tmp_path / "own", tables))
    archive = tmp_path / "own.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted((tmp_path / "own").iterdir()):
            packed.write(file, f"deep/{file.name}")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name[::-1])
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "own.xlsx")
    for path in (archive, tmp_path / "own.xlsx"):
        other = load_sectoral_tables(path)
        assert other.iso3 == from_folder.iso3
        assert_allclose(other.flows, from_folder.flows)
        assert_allclose(other.input_share, from_folder.input_share)
    assert from_folder.iso3 == ECONOMIES
    assert from_folder.sectors.codes == SECTORS
    assert_allclose(from_folder.flows, flows())
    assert_allclose(from_folder.input_share.sum(axis=1), 0.6)
    assert set(from_folder.structure) == {Structure.OWN}
    assert from_folder.tariffs is None
    assert from_folder.year == 0
    assert any("Inputs are more than all purchases in" in note for note in from_folder.notes) is (
        bool((from_folder.final_demand < -1e-6).any())
    )


def test_tariffs_elasticities_and_words_on_sectors_come_along(tmp_path: Path) -> None:
    tables = shares_form()
    for rows in tables.values():
        for row in rows[1:]:
            row[:] = ["cars" if cell == "C29" else cell for cell in row]
    tables["tariffs"] = [
        ["exporter", "importer", "sector", "percent"],
        ["CHN", "PAK", "cars", 25],
    ]
    tables["elasticities"] = [["sector", "theta"], ["G", 4], ["cars", 8.22], ["A", 9.11]]
    with pytest.raises(DataError, match="no table explains: cars"):
        load_sectoral_tables(folder(tmp_path / "one", tables))
    tables["words"] = [
        ["sector", "kind", "title", "divisions", "cargo_class"],
        ["cars", "goods", "Cars", "29", "electronics"],
    ]
    world = load_sectoral_tables(folder(tmp_path / "two", tables), year=2017)
    assert world.year == 2017
    cars = world.sector_index("cars")
    assert world.tariffs[world.index("CHN"), world.index("PAK"), cars] == pytest.approx(0.25)
    assert (world.tariffs > 0).sum() == 1
    assert_allclose(world.elasticities, [9.11, 8.22, 4.0])
    assert world.sectors.titles[cars] == "Cars"
    assert world.sectors.cargo == {"cars": "electronics"}
    assert shipped_groups(world.sectors) == ("A", "C29", "G")
    paid = world.paid[world.index("CHN"), world.index("PAK"), cars]
    assert paid == pytest.approx(1.25 * flows()[0, 1, 1])
    assert world.expenditure[world.index("PAK"), cars] == pytest.approx(
        flows()[:, 1, 1].sum() + 0.25 * flows()[0, 1, 1]
    )


def test_value_added_is_met_where_it_nearly_adds_up_and_refused_where_not(tmp_path: Path) -> None:
    tables = shares_form()
    own = [[e, s, 0.4] for e in ECONOMIES for s in SECTORS]
    own[0][2] = 0.402
    tables["own"] = [["economy", "sector", "share"], *own]
    world = load_sectoral_tables(folder(tmp_path / "near", tables))
    assert world.value_added_share[0, 0] == pytest.approx(0.402)
    assert any("1 sectors were rescaled" in note for note in world.notes)
    own[4][2] = 0.7
    with pytest.raises(FaultsError, match="furthest off C29 of PAK"):
        load_sectoral_tables(folder(tmp_path / "off", tables))


def test_what_cannot_be_is_cut_and_counted(tmp_path: Path) -> None:
    tables = shares_form()
    tables["flows"][2][3] = -4.0
    for row in tables["inputs"][1:]:
        if row[0] == "PAK" and row[2] == "G":
            row[3] = 0.5
    tables["inputs"][1][3] = -0.1
    tables["beside"] = [["what", "else"], ["1", "2"]]
    world = load_sectoral_tables(folder(tmp_path / "own", tables))
    told = " ".join(world.notes)
    assert "1 negative flows" in told
    assert "(4.0 million USD)" in told
    assert "1 negative input shares were set to zero" in told
    assert "Inputs of 1 sectors are more than 99.9% of what they sell" in told
    assert "G of PAK" in told
    assert "Not read" in told
    assert "table 2.csv" in told
    assert world.value_added_share[world.index("PAK"), world.sector_index("G")] >= 0.0009


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("inputs"), r"no table of inputs \(economy, input, user, share\)"),
        (lambda t: t["flows"].append(["CHN", "PAK", "A", 1.0]), "row 29 stands twice"),
        (lambda t: t["flows"].append(["CHN", "Pakistn", "A", 1.0]), "Pakistn"),
        (lambda t: t["flows"].append(["CHN", "WLD", "A", 1.0]), "WLD"),
        (lambda t: t["flows"][1].__setitem__(3, "many"), "million_usd is no number in row 2"),
        (lambda t: t["flows"][1].__setitem__(2, ""), "sector is empty in row 2"),
        (lambda t: t["inputs"].append(["CHN", "C28", "A", 0.1]), "input 'C28'.*Did you mean"),
        (lambda t: t["inputs"][1].__setitem__(3, 12.0), "1 shares are above 1; give ratios"),
        (
            lambda t: t.update(tariffs=[["exporter", "importer", "sector", "percent"],
                                        ["CHN", "PAK", "A", -100]]),
            "1 rates are -100 percent or less",
        ),
        (
            lambda t: t.update(tariffs=[["exporter", "importer", "sector", "percent"],
                                        ["PAK", "PAK", "A", 5]]),
            "1 rates are on domestic sales",
        ),
        (
            lambda t: t.update(theta=[["sector", "theta"], ["A", 4], ["C29", 0]]),
            "elasticities: none for G",
        ),
        (
            lambda t: t.update(more=[["exporter", "importer", "sector", "million_usd"]]),
            "two tables of flows",
        ),
        (lambda t: t.update(purchases_form()), "tables of both forms"),
    ],
)  # fmt: skip
def test_each_fault_of_a_table_is_one_clear_message(
    tmp_path: Path, change: Any, message: Any
) -> None:
    tables = shares_form()
    change(tables)
    with pytest.raises((InputError, DataError), match=message):
        load_sectoral_tables(folder(tmp_path / "own", tables))


def test_an_economy_without_home_sales_is_refused(tmp_path: Path) -> None:
    tables = shares_form()
    tables["flows"] = [row for row in tables["flows"] if row[:2] != ["PAK", "PAK"]]
    with pytest.raises(DataError, match="PAK sells nothing to itself: give its domestic sales"):
        load_sectoral_tables(folder(tmp_path / "own", tables))


def test_what_is_no_table_by_sector_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_sectoral_tables(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no table of flows or purchases"):
        load_sectoral_tables(tmp_path / "empty")
    baci = tmp_path / "x.csv"
    baci.write_text("t,i,j,k,v,q\n2020,842,699,010121,1500,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"no tables by sector .it is read as baci"):
        load_sectoral_tables(baci)


def test_purchases_by_user_become_flows_and_shares(tmp_path: Path) -> None:
    world = load_sectoral_tables(folder(tmp_path / "own", purchases_form()))
    china, pakistan = world.index("CHN"), world.index("PAK")
    cars, textiles = world.sector_index("mvh"), world.sector_index("tex")
    assert world.flows[china, pakistan, cars] == 10.0
    assert world.flows[pakistan, pakistan, cars] == 100.0
    assert_allclose(world.output[china], [110.0, 102.0])
    assert world.tariffs[china, pakistan, cars] == pytest.approx(0.1)
    # Imported purchases are at market prices, duty included.
    assert world.input_share[pakistan, cars, cars] == pytest.approx(25.5 / 100.0)
    assert world.input_share[pakistan, textiles, cars] == pytest.approx(20.0 / 100.0)
    assert_allclose(world.elasticities[[textiles, cars]], [6.6, 4.6])
    assert world.sectors.titles[textiles] == "Textiles"
    assert world.final_demand[pakistan, cars] == pytest.approx(65.5)
    assert any("factor payments are 200.0" in note for note in world.notes)


def test_imports_of_users_follow_trade_and_the_gap_is_counted(tmp_path: Path) -> None:
    tables = purchases_form()
    tables["trade"][1][3] = 20.0
    world = load_sectoral_tables(folder(tmp_path / "own", tables))
    told = [note for note in world.notes if "are not what trade" in note]
    assert len(told) == 1
    assert "11.0 million USD apart" in told[0]
    cars, pakistan = world.sector_index("mvh"), world.index("PAK")
    assert world.input_share[pakistan, cars, cars] == pytest.approx((20.0 + 11.0) / 100.0)
    tables["demand"].append(["PAK", "exports", "tex", 1.0, 0.0])
    with pytest.raises(FaultsError, match="agent 'exports' is none of private"):
        load_sectoral_tables(folder(tmp_path / "own", tables))


@pytest.mark.parametrize("edition", ["2021", "2023", "2025", "extended"])
def test_an_icio_of_any_edition_is_read_with_its_inputs(made: Any, edition: str) -> None:
    codes = {"2025": ("A01", "A02", "K")}.get(edition, ("A01_02", "D"))
    # Enough home demand for every input to be bought.
    home = {
        f"{e}_{i}__{e}_HFCE": 3_000.0 for e in ("PAK", "UZB", REST, "CN1", "CN2") for i in codes
    }
    path = made.icio(edition=edition, economies=("PAK", "UZB", REST), **home)
    world = load_sectoral_tables(path)
    assert world.year == 2019
    if edition == "extended":
        assert world.iso3 == ("CHN", "PAK")
        assert any("CN1, CN2 were added up" in note for note in world.notes)
        assert world.flows[0, 0, 0] > 6_000.0
        return
    assert world.iso3 == ("PAK", REST, "UZB")
    kinds = len(world.sectors.codes)
    # Row 1: 10, 11, 12 ...; the first columns are Pakistan's industries.
    bought = sum(10.0 * (row * kinds + 1) for row in range(3))
    at = world.index("PAK")
    assert world.input_share[at, 0, 0] * world.output[at, 0] == pytest.approx(bought)
    assert world.flows[at, at, 0] == pytest.approx(
        3_000.0 + sum(10.0 + column for column in (*range(kinds), 3 * kinds + 1))
    )
    assert any("taxes less subsidies" in note for note in world.notes)


def test_stocks_that_fall_are_counted_and_sales_below_zero_are_cut(made: Any) -> None:
    path = made.icio(economies=("PAK", "UZB"), PAK_D__UZB_INVNT=-5_000.0)
    world = load_sectoral_tables(path, year=2018)
    told = " ".join(world.notes)
    assert world.year == 2018
    assert "1 cells of final demand are negative" in told
    assert "1 negative flows" in told
    assert world.flows[world.index("PAK"), world.index("UZB"), 1] == 0.0


def test_codes_of_sectors_name_divisions() -> None:
    assert divisions_of("C302T309") == ("30",)
    assert divisions_of("D01T03") == ("01", "02", "03")
    assert divisions_of("45T47") == ("45", "46", "47")
    assert divisions_of("I_L_OTT")[:3] == ("55", "56", "68")
    known = own_sectors(["01T03", "35", "45T47", "E_F"])
    assert known.kinds == ("goods", "goods", "margin", "services")
    assert known.broad[0] == "agriculture"


@pytest.mark.parametrize("kind", ["shares", "purchases", "icio"])
def test_every_kind_makes_a_baseline_that_nothing_moves(
    tmp_path: Path, made: Any, kind: str
) -> None:
    if kind == "icio":
        path = made.icio(economies=("PAK", "UZB", REST))
    else:
        tables = shares_form() if kind == "shares" else purchases_form()
        path = folder(tmp_path / "own", tables)
    world = load_sectoral_tables(path, year=2019)
    baseline = prepare_sectors(
        SectoralTables(
            world.flows, world.value_added_share, world.input_share, tariffs=world.tariffs
        ),
        theta=5.0 if world.elasticities is None else world.elasticities,
        closure="additive",
    )
    still = solve_sectors(baseline, SectoralShock())
    assert still.certificate.passed
    assert_allclose(still.welfare_hat, 1.0, atol=1e-12)
    cost = np.ones_like(world.flows)
    cost[0, 1] = 0.9
    found = solve_sectors(baseline, SectoralShock(iceberg_hat=cost))
    assert found.certificate.passed
    assert found.welfare_hat[1] > 1.0


def test_lines_that_end_in_two_ways_are_said_in_plain_words(tmp_path: Path) -> None:
    path = folder(tmp_path / "own", shares_form())
    with (path / "table 0.csv").open("a", encoding="utf-8", newline="") as handle:
        handle.write("PAK,CHN,A,1,9\n")
    with pytest.raises(DataError, match="its lines end in different ways"):
        load_sectoral_tables(path)
