"""A user's table of flows from any file, and what is wrong with one in a single message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import DataError, FaultsError, InputError
from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.files.commands import Options, _words, estimate_options
from landbridge.gravity.files.flow_files import read_flows
from landbridge.gravity.files.reading import parse_estimation
from landbridge.gravity.uses.effects import bloc_effects, lead_lag
from landbridge.sources import Limits

pytestmark = pytest.mark.unit
HEAD = "exporter,importer,year,trade\n"


@pytest.fixture
def table(panel: Callable[..., Any]) -> pd.DataFrame:
    return panel(seed=0, economies=7)


@pytest.mark.parametrize(
    ("name", "options", "encoding"),
    [
        ("comma.csv", {}, "utf-8"),
        ("mark.csv", {}, "utf-8-sig"),
        ("semicolon.csv", {"sep": ";"}, "utf-8"),
        ("decimal.csv", {"sep": ";", "decimal": ","}, "utf-8"),
        ("tab.tsv", {"sep": "\t"}, "utf-8"),
        ("latin.csv", {}, "latin-1"),
        ("UPPER.CSV", {}, "utf-8"),
    ],
)
def test_texts_of_every_kind_give_the_same_numbers(
    tmp_path: Path, table: pd.DataFrame, name: str, options: dict[str, str], encoding: str
) -> None:
    table["exporter"] = table["exporter"].replace({"E03": "Côte d'Ivoire"})
    table.to_csv(tmp_path / name, index=False, encoding=encoding, **options)
    read = read_flows(tmp_path / name)
    pd.testing.assert_frame_equal(read.reset_index(drop=True), table, rtol=1e-15)
    assert list(read.index[:2]) == [2, 3]


def test_rows_are_named_as_a_spreadsheet_counts_them(tmp_path: Path, table: pd.DataFrame) -> None:
    table.loc[[3, 9], "trade"] = -1.0
    table.to_csv(tmp_path / "flows.csv", index=False)
    options = Options(data=tmp_path / "flows.csv", regressors=("tariff",), years=(2000, 2001))
    with pytest.raises(FaultsError, match="row 11: a flow is negative"):
        estimate_options(options)
    table.to_excel(tmp_path / "flows.xlsx", index=False)
    assert read_flows(tmp_path / "flows.xlsx").index[0] == 2
    table.to_stata(tmp_path / "flows.dta", write_index=False)
    assert read_flows(tmp_path / "flows.dta").index[0] == 1


def test_of_a_large_file_only_the_columns_named_are_read(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    path = tmp_path / "flows.csv"
    table.to_csv(path, index=False)
    small = Limits(copy_bytes=100)
    read = read_flows(path, limits=small, named={"exporter", "trade", "ln_tariff", "tariff"})
    assert list(read) == ["exporter", "tariff", "trade"]
    assert len(list(read_flows(path, named={"trade"}))) == table.shape[1]
    assert len(list(read_flows(path, limits=small))) == table.shape[1]
    spec = (
        f'data = "{path}"\n[design]\nlog = ["distance"]\n[[equations]]\nregressors = ["tariff"]\n'
    )
    words = _words(parse_estimation(spec, where="x").model_dump())
    assert {"exporter", "importer", "year", "trade", "tariff", "distance"} <= words


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"\n\n", "there is no header"),
        ("a.csv", bytes(range(256)) * 4, "is NUL, which no text file holds"),
        ("a.csv", "a,b\n1,2\n".encode("utf-16"), "UTF-16, which is not read. Save it"),
        ("a.csv", b"trade,x,trade\n1,2,3\n", "columns stand twice: trade. Rename one."),
        ("a.csv", b"a,b\n1,2\n1,2,3\n", "line 3 has 3 fields; the header has 2."),
        ("a.csv", b"PK\x05\x06" + b"\x00" * 18, "no text but zip"),
        ("a.xlsx", b"none", "the file is no workbook"),
        ("a.dta", b"none", "cannot be read as .dta"),
        ("a.dta", b"\x72\x02" + b"\x00" * 30, "cannot be read as .dta"),
        ("a.parquet", b"PAR1none", "parquet"),
        ("a.ods", b"none", "'.ods' files are not read here. Use one of"),
    ],
)
def test_files_that_are_no_table_get_one_message(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((InputError, DataError)) as caught:
        read_flows(tmp_path / name)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_beyond_what_can_be_computed_are_refused(table: pd.DataFrame) -> None:
    spec = GravitySpec(regressors=("tariff",))
    with pytest.raises(FaultsError, match=r"a value above 1e\+50 cannot be computed with"):
        fit(spec, table.assign(trade=table["trade"] * 1e300))
    with pytest.raises(FaultsError, match="every flow is below 1e-50"):
        fit(spec, table.assign(trade=table["trade"] * 1e-300))


def test_years_that_are_none_are_refused_where_years_are_counted(table: pd.DataFrame) -> None:
    dates = table.assign(year=table["year"].astype(str) + "-01-01")
    with pytest.raises(InputError, match=r"does not hold whole years \('2000-01-01'\)"):
        lead_lag(dates, "agreement", lags=[1])
    halves = table.assign(year=np.where(table.index == 5, 2000.5, table["year"]))
    with pytest.raises(InputError, match=r"2000\.5"):
        bloc_effects(halves, ["EU"])


def test_what_never_varies_says_in_how_many_rows(table: pd.DataFrame) -> None:
    table["once"] = (table["year"] == 2000).astype(float)
    table.loc[table["year"] != 2000, "tariff"] = np.nan
    with pytest.raises(FaultsError, match=r"never varies in the \d+ rows left \(dropped: 147"):
        fit(GravitySpec(regressors=("once", "tariff"), fixed_effects=("exporter",)), table)
