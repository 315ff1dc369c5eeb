"""The contract of every loader, checked over all formats alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from landbridge.codes import known_codes
from landbridge.sources import LoadOptions, inspect, load
from landbridge.sources.identity import identify
from landbridge.sources.loading import READERS
from landbridge.tables import embedded_table

DESTA = ("Pakistan", "China", 586, 156, 1, 1, "A", "base_treaty", 0, 2006, 2007, "en", 1, "Asia", 1)
PANEL = [(586, 860), (860, 586), (842, 586), (699, 842), (810, 586), (837, 842)]


@dataclass(frozen=True)
class Format:
    """How to make a file, and how many lines stand above its rows."""

    dataset: str
    make: Callable[[Any], Path]
    above: int = 1


def escap(made: Any) -> Path:
    path: Path = made.folder / "costs.csv"
    made.escap_frame().to_csv(path, index=False)
    return path


def dynamic(made: Any) -> Path:
    header = made.columns("dynamic_gravity_2")
    rows = []
    for one, two in (("PAK", "UZB"), ("UZB", "PAK"), ("SUN", "PAK")):
        row = {"year": 1990, "iso3_o": one, "iso3_d": two, "distance": 1.5, "contiguity": 0}
        row |= {"dynamic_code_o": one, "dynamic_code_d": two, "agree_pta_goods": 1}
        rows.append([row.get(name, "") for name in header])
    path: Path = made.text("dgd.csv", header, rows)
    return path


def query(made: Any) -> Path:
    header = made.columns("wits_query")
    row = {"reporter": "586", "partner": "000", "product": "010121", "tariff year": 2020}
    rows = [
        [{**row, "dutytype": duty, "simple average": 5}.get(name, "") for name in header]
        for duty in ("MFN", "AHS")
    ]
    path: Path = made.text("q.csv", header, rows)
    return path


def teaching(made: Any, columns: str, *rows: tuple[object, ...]) -> Path:
    path: Path = made.text("x.csv", columns.split(","), rows)
    return path


FORMATS = [
    Format("cepii_gravity", lambda m: m.cepii([m.pair("PAK", "UZB"), m.pair("SUN", "PAK")])),
    Format("baci", lambda m: m.baci([(2020, a, b, "010121", 5, 1) for a, b in PANEL])),
    Format(
        "itpd_e",
        lambda m: m.itpd([m.industry("PAK", "UZB", n, 0.1 * n) for n in (1, 30, 40, 160)]),
    ),
    Format("itpd_s", lambda m: m.itpd([m.industry("PAK", "UZB", 1, 0.1)], variant="s")),
    Format("dynamic_gravity", dynamic),
    Format(
        "comtrade",
        lambda m: m.comtrade(
            [{"primaryValue": 100_000 * n, "partnerCode": n} for n in (4, 8, 837, 0)]
        ),
    ),
    Format("wits_mfn", lambda m: m.wits([("H5", n, 2020, "010121", 5, 5, 5, 5) for n in (4, 8)])),
    Format(
        "wits_pref",
        lambda m: m.wits([("H5", 4, 2020, "010121", n, 5, 5, 5, 5) for n in (8, 12)], kind="pref"),
    ),
    Format("wits_query", query),
    Format(
        "pair_tariffs",
        lambda m: teaching(
            m, "importer,exporter,tariff_percent", ("PAK", "CHN", 9), ("PAK", "UZB", 12)
        ),
    ),
    Format(
        "wdi",
        lambda m: m.wdi([(c, c, "GDP", "NY.GDP.MKTP.CD", "3e11", "") for c in ("PAK", "WLD")]),
        above=5,
    ),
    Format("escap_trade_costs", escap),
    Format("desta", lambda m: m.desta([DESTA, (*DESTA[:3], 860, 2, 2, *DESTA[6:])])),
    Format("icio", lambda m: m.icio()),
    Format("unlocode", lambda m: m.locode(), above=0),
    Format(
        "gegravity_sample",
        lambda m: teaching(
            m,
            "exporter,importer,year,trade,Y,E",
            ("PAK", "UZB", 2006, 5, 9, 9),
            ("UZB", "PAK", 2006, 6, 9, 9),
        ),
    ),
    Format(
        "agtpa",
        lambda m: teaching(
            m,
            "exporter,importer,year,trade,dist,cntg,lang,clny",
            ("PAK", "UZB", 2006, 5, 900, 0, 0, 0),
        ),
    ),
    Format(
        "tidy",
        lambda m: teaching(
            m,
            "exporter,importer,year,value_million_usd",
            ("PAK", "UZB", 2006, 5),
            ("UZB", "PAK", 2006, 6),
        ),
    ),
]
EACH = pytest.mark.parametrize("form", FORMATS, ids=[form.dataset for form in FORMATS])


@pytest.mark.unit
def test_every_reader_stands_under_the_contract() -> None:
    assert {form.dataset for form in FORMATS} == set(READERS)
    releases = embedded_table("sources", "releases")
    assert set(releases.loc[releases["kind"] != "codes", "dataset"]) == set(READERS)


@pytest.mark.unit
@EACH
def test_a_loader_keeps_its_contract(made: Any, form: Format) -> None:
    path = form.make(made)
    before = path.read_bytes()
    options = LoadOptions(years=(2019,)) if form.dataset == "icio" else LoadOptions()
    loaded = load(path, options)
    told = loaded.provenance
    assert told.dataset == form.dataset
    assert told.sha256 == hashlib.sha256(before).hexdigest()
    assert told.licence
    assert told.publisher
    assert len(loaded.table) == loaded.counts.table > 0
    assert set(loaded.units) <= set(loaded.table) | set(loaded.table.get("measure", []))
    _economies_are_known(loaded.table)
    # The file is not changed, and the same file gives the same table.
    assert path.read_bytes() == before
    pd.testing.assert_frame_equal(load(path, options).table, loaded.table)
    found = inspect(path, options)
    assert (found.dataset, found.rows) == (form.dataset, loaded.counts.read)
    assert found.problems == ()


@pytest.mark.unit
@EACH
def test_the_order_of_a_files_rows_does_not_matter(made: Any, form: Format) -> None:
    path = form.make(made)
    options = LoadOptions(years=(2019,)) if form.dataset == "icio" else LoadOptions()
    first = load(path, options).table
    lines = path.read_bytes().splitlines(keepends=True)
    turned = [*lines[: form.above], *reversed(lines[form.above :])]
    path.write_bytes(b"".join(turned))
    pd.testing.assert_frame_equal(load(path, options).table, first)


def _economies_are_known(table: pd.DataFrame) -> None:
    known = set(known_codes()) | {"EU", "", "ROW"}
    for name in ("exporter", "importer", "iso3", "iso3_a", "iso3_b"):
        for code in set(table.get(name, [])) - known:
            assert identify([code], "letters")[code].standing == "former", (name, code)
