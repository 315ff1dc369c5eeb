"""Claims about counts: every row of a file is in the table or has a reason, whatever the file."""

from __future__ import annotations

import math
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landbridge.errors import DataError
from landbridge.sources import Counts, Dropped, Limits, LoadOptions, load
from landbridge.sources.identity import identify

TOLERANCE = 1e-12  # relative; sums are exact decimals and only their last conversion rounds
ROUNDS = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ECONOMIES = ["842", "699", "586", "860", "490", "711", "837", "0", "810", "280", "276"]

flow = st.tuples(
    st.sampled_from([2019, 2020, 2021]),
    st.sampled_from(ECONOMIES),
    st.sampled_from(ECONOMIES),
    st.sampled_from(["010121", "020110", "9999AA"]),
    st.one_of(st.just(""), st.just("NA"), st.just("0"), st.decimals(0, 10**9, places=3).map(str)),
)
flows = st.lists(flow, min_size=1, max_size=40, unique_by=lambda row: row[:4])


def write(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    lines = [",".join(str(cell) for cell in (*row, 1)) for row in rows]
    path.write_text("\n".join(["t,i,j,k,v,q", *lines]) + "\n")
    return path


def expected(rows: list[tuple[Any, ...]], years: tuple[int, ...]) -> tuple[Counter[str], Decimal]:
    """Count by hand, row by row: how many stay, how many go, what stays is worth."""
    found = identify({row[1] for row in rows} | {row[2] for row in rows}, "numbers")
    count: Counter[str] = Counter()
    worth = Decimal(0)
    for year, exporter, importer, _, value in rows:
        one, two = found[exporter], found[importer]
        out = (years and year not in years) or not one.kept or not two.kept or one.iso3 == two.iso3
        count["dropped" if out else "kept"] += 1
        if not out and value in {"", "NA"}:
            count["unknown"] += 1
        elif not out:
            worth += Decimal(value) / 1000
    return count, worth


@pytest.mark.property
@ROUNDS
@given(rows=flows, years=st.sampled_from([(), (2020,), (2019, 2021)]))
@pytest.mark.parametrize(
    ("detail", "limits"),
    [("total", Limits()), ("sector", Limits(copy_bytes=0)), ("product", Limits(copy_bytes=0))],
    ids=["total, copied", "sector, anew", "product, anew"],
)
def test_counts_and_values_equal_those_counted_by_hand(
    tmp_path: Path, rows: list[Any], years: tuple[int, ...], detail: Any, limits: Limits
) -> None:
    count, worth = expected(rows, years)
    path = write(tmp_path / "x.csv", rows)
    options = LoadOptions(years=years, detail=detail)
    if not count["kept"]:
        with pytest.raises(DataError, match="no row is left"):
            load(path, options, limits=limits)
        return
    loaded = load(path, options, limits=limits)
    counts = loaded.counts
    assert (counts.read, counts.kept, counts.dropped_rows, counts.unknown) == (
        len(rows),
        count["kept"],
        count["dropped"],
        count["unknown"],
    )
    assert counts.kept - counts.merged == len(loaded.table) == counts.table
    assert loaded.table["cells"].sum() == count["kept"]
    assert loaded.table["value_million_usd"].sum() == pytest.approx(
        float(worth), rel=1e-9, abs=1e-12
    )
    assert math.isclose(counts.value_table or 0.0, float(worth), rel_tol=TOLERANCE, abs_tol=1e-15)


@pytest.mark.property
@ROUNDS
@given(rows=flows, seed=st.integers(0, 10**6))
def test_the_order_of_rows_changes_nothing(tmp_path: Path, rows: list[Any], seed: int) -> None:
    if not expected(rows, ())[0]["kept"]:
        return
    first = load(write(tmp_path / "x.csv", rows)).table
    random.Random(seed).shuffle(rows)  # noqa: S311 - an order, not a secret
    assert load(write(tmp_path / "x.csv", rows)).table.equals(first)


@pytest.mark.property
@ROUNDS
@given(rows=flows)
def test_sums_by_product_add_up_to_the_total(tmp_path: Path, rows: list[Any]) -> None:
    if not expected(rows, ())[0]["kept"]:
        return
    path = write(tmp_path / "x.csv", rows)
    keys = ["exporter", "importer", "year"]
    total = load(path).table.set_index(keys)["value_million_usd"]
    fine = load(path, LoadOptions(detail="product")).table
    summed = fine.groupby(keys)["value_million_usd"].sum(min_count=1)
    assert summed.index.equals(total.index)
    both = zip(summed, total, strict=True)
    assert all(
        (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9) for a, b in both
    )


@pytest.mark.unit
@pytest.mark.parametrize("change", ["read", "merged", "table", "made"])
def test_counts_that_do_not_add_up_cannot_be_made(change: str) -> None:
    good = {"read": 10, "merged": 3, "table": 5, "made": 0}
    dropped = (Dropped("a reason", 2, 1.0),)
    Counts(unit="rows", dropped=dropped, **good)
    with pytest.raises(DataError, match="and the table has"):
        Counts(unit="rows", dropped=dropped, **{**good, change: good[change] + 1})


@pytest.mark.unit
def test_values_that_do_not_add_up_cannot_be_counted() -> None:
    with pytest.raises(DataError, match="accounted for"):
        Counts(
            unit="rows",
            read=2,
            dropped=(Dropped("a reason", 1, 1.0),),
            merged=0,
            table=1,
            value_read=3.0,
            value_table=1.0,
        )


@pytest.mark.unit
def test_the_counts_lay_out_what_happened(made: Any) -> None:
    rows = [(2020, 842, 699, "010121", 1000, 1), (2020, 842, 711, "010121", 500, 1)]
    frame = load(made.baci(rows)).counts.frame()
    assert frame["what"].tolist() == ["read", "dropped", "table"]
    assert frame["count"].tolist() == [2, 1, 1]
    assert frame["million_usd"].tolist() == [1.5, 0.5, 1.0]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("code", "iso3", "standing"),
    [
        ("842", "USA", "economy"),
        ("004", "AFG", "economy"),
        ("490", "TWN", "economy"),
        ("736", "SDN", "economy"),
        ("810", "SUN", "former"),
        ("0", "", "world"),
        ("837", "", "residual"),
        ("918", "", "group"),
        ("S19", "TWN", "economy"),
        ("12345", "", "unknown"),
    ],
)
def test_numbers_are_comtrades(code: str, iso3: str, standing: str) -> None:
    found = identify([code], "numbers")[code]
    assert (found.iso3, found.standing) == (iso3, standing)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("code", "iso3", "standing"),
    [
        ("PAK", "PAK", "economy"),
        ("ROM", "ROU", "economy"),
        ("DEU.2", "DEU", "economy"),
        ("CN2", "CHN", "economy"),
        ("YUG", "YUG", "former"),
        ("ROW", "ROW", "rest"),
        ("SSF", "", "aggregate"),
        ("R20", "", "group"),
        ("QQQ", "", "unknown"),
    ],
)
def test_letters_are_isos_or_known_by_another_name(code: str, iso3: str, standing: str) -> None:
    found = identify([code], "letters")[code]
    assert (found.iso3, found.standing) == (iso3, standing)
