"""Claims about faulty files of the smaller formats: each fault is told with its row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

from landbridge.errors import DataError, FaultsError, InputError
from landbridge.sources import ColumnMap, LoadOptions, inspect, load
from landbridge.sources.baseline import WorldFile, world_from_file
from landbridge.sources.files.workbooks import cell_text
from landbridge.world.base import CellStatus
from landbridge.world.baseline import load_baseline

DESTA = ("Pakistan", "China", 586, 156, 1, 1, "A", "base_treaty", 0, 2006, 2007, "en", 1, "Asia", 1)


def faults(path: Path, options: LoadOptions | None = None) -> str:
    with pytest.raises(FaultsError) as raised:
        load(path, options)
    return str(raised.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("tij", "much", "row 2: tij is no finite number"),
        ("tij", -1.0, "row 2: tij is negative"),
        ("year", "", "row 2: the year is missing"),
        ("sector", "X", "row 2: the sector is none of AB, D, GTT"),
        ("reporter", "QQQ", "row 2: the reporter is no known economy"),
        ("partner", "PAK", "nothing"),
    ],
)
def test_faults_of_trade_costs(
    made: Any, tmp_path: Path, column: str, value: Any, told: str
) -> None:
    frame = made.escap_frame().astype(object)
    frame.loc[0, column] = value
    frame.to_csv(tmp_path / "x.csv", index=False)
    if told == "nothing":
        reasons = [drop.reason for drop in load(tmp_path / "x.csv").counts.dropped]
        assert reasons == ["reporter and partner are the same economy"]
    else:
        assert told in faults(tmp_path / "x.csv")


@pytest.mark.unit
def test_trade_costs_that_stand_twice_are_refused_and_aggregates_are_left_out(
    made: Any, tmp_path: Path
) -> None:
    frame = made.escap_frame()
    frame.loc[1] = frame.loc[0]
    frame.to_csv(tmp_path / "x.csv", index=False)
    assert "row 3: the same key" in faults(tmp_path / "x.csv")
    frame = made.escap_frame()
    frame.loc[0, "partner"] = "WLD"
    frame.to_csv(tmp_path / "x.csv", index=False)
    loaded = load(tmp_path / "x.csv", LoadOptions(years=(2019,)))
    assert [drop.rows for drop in loaded.counts.dropped] == [1, 4]


@pytest.mark.unit
def test_faults_of_agreements(made: Any) -> None:
    wrong = (*DESTA[:9], "soon", *DESTA[10:])
    unknown = (*DESTA[:2], 99_999, *DESTA[3:])
    message = faults(made.desta([DESTA, wrong, unknown, DESTA]))
    for part in (
        "row 3: year is no number",
        "row 4: iso1 is no known economy (99999)",
        "row 5: the row stands twice",
    ):
        assert part in message


@pytest.mark.unit
def test_agreements_of_one_year(made: Any) -> None:
    later = (*DESTA[:4], 2, 2, "B", *DESTA[7:9], 2019, *DESTA[10:])
    loaded = load(made.desta([DESTA, later]), LoadOptions(years=(2019,)))
    assert loaded.table["name"].tolist() == ["B"]


@pytest.mark.unit
def test_faults_of_places(made: Any) -> None:
    rows = [
        ["", "PK", "KHI", "Karachi", "Karachi", "SD", "12345---", "AI", "0307", "", "here", ""],
        ["", "PK", "K I", "Karachi", "Karachi", "SD", "12345---", "AI", "0307", "", "", ""],
    ]
    path = made.text("x.csv", [], rows, encoding="latin-1")
    assert "row 2: the location is no code" in faults(path)
    rows[1][2], rows[1][5] = "KHI", "BA"
    loaded = load(made.text("x.csv", [], rows, encoding="latin-1"))
    assert loaded.counts.merged == 1
    assert any("coordinates" in warning for warning in loaded.warnings)
    assert any("two subdivisions" in warning for warning in loaded.warnings)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("PAK_D,20.0", "PAK_D,many", "line 3: a cell is no number"),
        ("PAK_D,20.0", "PAK_D,inf", "line 3: a cell is not finite"),
        ("PAK_D,20.0", "PAK_D,1,20.0", "line 3: 11 fields where the header has 10"),
        ("\nUZB_A01_02,", "\nPAK_D,", "line 4: the row PAK_D stands twice"),
    ],
)
def test_faults_of_input_output_tables(made: Any, old: str, new: str, told: str) -> None:
    path = made.icio()
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert told in faults(path)


@pytest.mark.unit
def test_an_unknown_economy_in_an_input_output_table_is_refused(made: Any) -> None:
    assert "'QQQ' is no known economy" in faults(made.icio(economies=("PAK", "QQQ")))


@pytest.mark.unit
def test_rows_and_columns_that_are_no_industry_are_told(made: Any) -> None:
    path = made.icio()
    text = path.read_text()
    path.write_text(text.replace("\nTLS,", "\nOTHER,"))
    assert any("rows not read: OTHER" in warning for warning in load(path).warnings)
    path.write_text(text.replace("PAK_HFCE", "STRANGE"))
    with pytest.raises(DataError, match="name no economy"):
        load(path)
    path.write_text(text.replace("PAK_HFCE", "UZB_HFCE"))
    with pytest.raises(DataError, match="stand twice"):
        load(path)


@pytest.mark.unit
def test_several_years_of_tables_are_read_one_at_a_time(made: Any) -> None:
    table = made.icio().read_bytes()
    path = made.zipped("x.zip", {"2018_SML.csv": table, "2019_SML.csv": table})
    with pytest.raises(InputError, match="several years"):
        load(path)


@pytest.mark.unit
def test_the_rest_of_the_world_is_an_economy_of_its_own(made: Any) -> None:
    world = world_from_file(
        WorldFile(made.icio(economies=("PAK", "UZB", "ROW")), year=2019), load_baseline()
    )
    rest = world.index("ROW")
    assert world.gdp_million_usd[rest] > 50e6
    assert world.population[rest] > 7e9
    assert world.status_goods[rest, rest] == CellStatus.DOMESTIC
    assert np.isfinite(world.flows).all()
    assert any("ROW has the GDP" in note for note in world.notes)


@pytest.mark.unit
def test_an_economy_without_accounts_takes_the_others_output_per_gdp(made: Any) -> None:
    rows = [(2023, 586, 20, "010121", 5000, 1), (2023, 20, 586, "010121", 1, 1)]
    world = world_from_file(
        WorldFile(made.baci([*rows, (2023, 674, 586, "010121", 1, 1)]), year=2023), load_baseline()
    )
    assert (world.goods.diagonal() > 0).all()
    without = [note for note in world.notes if "without accounts" in note]
    named = world.iso3
    assert bool(without) == any(code in " ".join(without) for code in named)


@pytest.mark.unit
def test_a_world_needs_two_economies(made: Any) -> None:
    path = made.itpd([made.industry("SUN", "YUG", 1, 5)])
    with pytest.raises(DataError, match="fewer than 2 economies"):
        world_from_file(WorldFile(path, year=2018), load_baseline())


@pytest.mark.unit
def test_services_alone_make_a_world_of_services(made: Any) -> None:
    path = made.itpd([made.industry("PAK", "UZB", 160, 5)])
    world = world_from_file(WorldFile(path, year=2018), load_baseline())
    assert world.services[world.index("PAK"), world.index("UZB")] == 5.0
    assert any("Domestic sales of goods: what is made" in note for note in world.notes)


@pytest.mark.unit
def test_unknown_codes_of_pairs_are_told_or_dropped(made: Any) -> None:
    path = made.cepii([made.pair("PAK", "QQQ"), made.pair("PAK", "UZB"), made.pair("PAK", "QQQ")])
    assert "row 2 and 1 more: 'QQQ' is no known economy" in faults(path)
    loaded = load(path, LoadOptions(unknown_codes="drop"))
    assert [drop.rows for drop in loaded.counts.dropped] == [2]


@pytest.mark.unit
def test_unknown_codes_can_be_kept_as_written_and_are_told(made: Any) -> None:
    keep = LoadOptions(unknown_codes="keep")
    loaded = load(made.cepii([made.pair("PAK", "QQQ"), made.pair("PAK", "UZB")]), keep)
    assert loaded.table["importer"].tolist() == ["QQQ", "UZB"]
    assert any("kept as written: 'QQQ'" in line for line in loaded.warnings)
    twice = made.cepii([made.pair("PAK", "QQQ"), made.pair("PAK", "QQQ")])
    with pytest.raises(FaultsError, match="PAK-QQQ"):
        load(twice, keep)
    rows = [(2020, 842, 699, "010121", 1000, 1), (2020, 842, 9876, "010121", 7000, 1)]
    flows = load(made.baci(rows), keep)
    assert flows.table.set_index("importer")["value_million_usd"]["9876"] == 7.0
    assert flows.counts.dropped == ()
    known = load(made.baci(rows[:1]), keep)
    assert not any("kept" in line for line in known.warnings)


@pytest.mark.unit
def test_pairs_without_a_code_are_told_or_left_out(made: Any) -> None:
    header = ["year", "iso3_o", "iso3_d", "distw_harmonic"]
    path = made.text("x.csv", header, [(2020, "", "PAK", 1), ("", "UZB", "PAK", 2)])
    message = faults(path)
    assert "row 2: iso3_o or iso3_d is missing" in message
    assert "row 3: the year is missing" in message
    full = load(made.cepii([made.pair("", "PAK"), made.pair("PAK", "UZB")]))
    assert [drop.reason for drop in full.counts.dropped] == ["an economy without an ISO3 code"]


@pytest.mark.unit
def test_pairs_of_one_year_and_a_text_variable(made: Any) -> None:
    rows = [made.pair("PAK", "UZB", year, empire="GBR") for year in (2019, 2020)]
    loaded = load(made.cepii(rows), LoadOptions(years=(2020,), variables=("empire", "gdp_d")))
    assert loaded.table["empire"].tolist() == ["GBR"]
    assert loaded.table["year"].tolist() == [2020]


@pytest.mark.unit
def test_a_sheet_of_dates_flags_and_gaps_reads_as_text(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["t", "i", "j", "k", "v", "q"])
        page.write_row(1, 0, [2020, 842, 699, "010121", 0.1])
        page.write_boolean(1, 5, True)  # noqa: FBT003 - a cell
        page.write_row(2, 0, [2021, 842, 699, "010121", 2])
    loaded = load(path)
    assert loaded.table["value_million_usd"].tolist() == [0.0001, 0.002]
    assert loaded.table["quantity_tonnes"].tolist()[0] == 1.0
    assert cell_text(dt.date(2020, 1, 2)) == "2020-01-02"
    assert cell_text(float("inf")) == "inf"


@pytest.mark.unit
def test_an_empty_workbook_has_no_header(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet()
    with pytest.raises(DataError, match="no sheet has a header"):
        load(path)


@pytest.mark.unit
def test_a_file_of_blank_lines_has_no_header(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\n\n\n")
    with pytest.raises(DataError, match="no header"):
        inspect(path)
    path.write_text(",,\n1,2,3\n")
    with pytest.raises(DataError, match="no names"):
        inspect(path)


@pytest.mark.unit
def test_a_tidy_zip_of_different_headers_is_refused(made: Any) -> None:
    one = made.text("a.csv", ["from", "to", "v"], [("PAK", "UZB", 1)])
    two = made.text("b.csv", ["from", "to", "w"], [("PAK", "KAZ", 1)])
    columns = ColumnMap("from", "to", "v", unit="usd", only_year=2020)
    with pytest.raises(InputError, match="different headers"):
        load(made.zipped("x.zip", {"a.csv": one, "b.csv": two}), LoadOptions(columns=columns))
    both = made.zipped("y.zip", {"a.csv": one, "c.csv": one.read_bytes().replace(b"UZB", b"KAZ")})
    assert load(both, LoadOptions(columns=columns)).counts.read == 2
