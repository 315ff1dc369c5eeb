"""Claims about recognition: by header alone, with the vintage, or the nearest release named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from landbridge.errors import DataError, InputError
from landbridge.sources import LoadOptions, inspect, load
from landbridge.sources.files.headers import Sheet, fold, match_release, nearest_release
from landbridge.tables import embedded_table

RELEASES = embedded_table("sources", "releases")
SPECIAL = {"icio_2021", "icio_2023", "icio_2025", "wdi_series", "wdi_bulk", "desta_withdrawals"}
PLAIN = sorted(set(RELEASES["release"]) - SPECIAL)


def sheet(*columns: str) -> Sheet:
    return Sheet(Path("x"), "x", "csv", columns)


def columns_of(release: str, *needs: str) -> list[str]:
    table = embedded_table("sources", "release_columns")
    rows = table[(table["release"] == release) & table["need"].isin(needs)]
    return list(rows.sort_values("position")["column"])


@pytest.mark.unit
@pytest.mark.parametrize("release", PLAIN)
def test_the_full_header_of_a_release_is_recognised(release: str) -> None:
    match = match_release(sheet(*columns_of(release, "required", "expected")))
    assert match is not None
    assert match.release == release
    assert match.missing == ()
    assert match.unexpected == ()


@pytest.mark.unit
@pytest.mark.parametrize("release", PLAIN)
def test_case_and_order_of_columns_do_not_matter(release: str) -> None:
    names = [name.upper() for name in columns_of(release, "required", "expected")]
    match = match_release(sheet(*reversed(names)))
    assert match is not None
    assert match.release == release


@pytest.mark.unit
@pytest.mark.parametrize("release", PLAIN)
def test_an_extract_is_recognised_and_says_what_is_missing(release: str) -> None:
    expected = columns_of(release, "expected")
    match = match_release(sheet(*columns_of(release, "required")))
    assert match is not None
    if match.release == release:
        assert set(match.missing) == set(expected)


@pytest.mark.unit
@pytest.mark.parametrize("release", PLAIN)
def test_a_header_without_a_required_column_names_the_nearest_release(release: str) -> None:
    names = columns_of(release, "required", "expected")
    lost = columns_of(release, "required")[-1]
    names.remove(lost)
    if len(names) == 1 or match_release(sheet(*names)) is not None:
        return  # nothing is left to go by, or the header of another release
    told = nearest_release(sheet(*names, "colour"))
    assert lost in told
    assert "colour" in told


@pytest.mark.unit
def test_every_release_has_columns_and_every_column_a_release() -> None:
    columns = embedded_table("sources", "release_columns")
    assert set(columns["release"]) == set(RELEASES["release"])
    assert columns["column"].map(lambda name: name == fold(name)).all()


@pytest.mark.unit
def test_an_unknown_header_is_refused_with_the_nearest_release_and_what_differs(made: Any) -> None:
    path = made.text("x.csv", ["t", "i", "j", "k", "val", "q"], [(2020, 4, 8, "010121", 1, 1)])
    with pytest.raises(DataError) as raised:
        load(path)
    message = str(raised.value)
    for part in ("no known release", "CEPII BACI", "Missing columns: v", "Unexpected columns: val"):
        assert part in message
    assert "ColumnMap" in message


@pytest.mark.unit
def test_a_header_like_nothing_known_says_so(made: Any) -> None:
    path = made.text("x.csv", ["colour", "weight"], [("red", 1)])
    with pytest.raises(DataError, match="No known release is near it"):
        load(path)


@pytest.mark.unit
def test_an_unknown_header_can_be_inspected(made: Any) -> None:
    path = made.text("x.csv", ["t", "i", "j", "k", "val", "q"], [(2020, 4, 8, "010121", 1, 1)])
    found = inspect(path)
    assert found.release == ""
    assert found.columns == ("t", "i", "j", "k", "val", "q")
    assert any("CEPII BACI" in problem for problem in found.problems)
    assert "not recognised" in set(found.summary()["value"])


@pytest.mark.unit
def test_the_name_of_a_file_does_not_matter(made: Any) -> None:
    path = made.baci([(2020, 842, 699, "010121", 1, 1)])
    other = path.rename(path.with_name("Gravity_V202211.dta"))
    assert load(other).provenance.dataset == "baci"


@pytest.mark.unit
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "x"
    rows = ["t,i,j,k,v,q", "2020,842,699,010121,1,1"]
    path.write_text("\r\n".join(row.replace(",", delimiter) for row in rows))
    assert load(path).counts.read == 1


@pytest.mark.unit
def test_both_vintages_of_cepii_are_told_apart(made: Any) -> None:
    for release in ("202211", "202102"):
        path = made.cepii([made.pair("PAK", "UZB")], release=release)
        assert load(path).provenance.vintage == f"V{release}"


@pytest.mark.unit
def test_the_vintages_of_itpd_are_told_apart(made: Any) -> None:
    row = made.industry("PAK", "UZB", 1, 1)
    found = {
        v: load(made.itpd([row], variant=v)).provenance for v in ("r01", "r02", "no_names", "s")
    }
    assert found["r01"].vintage == "R01"
    assert found["r02"].vintage == found["no_names"].vintage == "R02"
    assert found["s"].dataset == "itpd_s"
    later = load(made.itpd([{**row, "year": 2021}])).provenance
    assert later.vintage == "R03"


@pytest.mark.unit
@pytest.mark.parametrize("edition", ["2021", "2023", "2025"])
def test_the_editions_of_icio_are_told_apart(made: Any, edition: str) -> None:
    assert load(made.icio(edition=edition)).provenance.vintage == edition


@pytest.mark.unit
def test_both_layouts_of_wdi_are_told_apart(made: Any) -> None:
    rows = [("Pakistan", "PAK", "GDP (current US$)", "NY.GDP.MKTP.CD", "3e11", "")]
    assert load(made.wdi(rows)).provenance.release == "wdi_series"
    assert load(made.wdi(rows, bulk=True)).provenance.release == "wdi_bulk"


@pytest.mark.unit
def test_an_inspection_says_what_the_file_is(made: Any) -> None:
    found = inspect(made.baci([(2020, 842, 699, "010121", 1, 1), (2021, 842, 586, "010121", 1, 1)]))
    assert (found.dataset, found.kind, found.rows) == ("baci", "flows", 2)
    assert found.years == (2020, 2021)
    assert found.economies == ("IND", "PAK", "USA")
    assert found.units == {"v": "thousand USD", "q": "tonnes"}
    assert found.problems == ()
    assert len(found.sha256) == 64
    assert "CEPII BACI" in " ".join(found.summary()["value"])


@pytest.mark.unit
def test_an_inspection_lists_all_problems_without_raising(made: Any) -> None:
    found = inspect(
        made.baci([(2020, 842, 699, "010121", -1, 1), (2020, 842, 9999, "010121", 1, 1)])
    )
    assert len(found.problems) == 2
    assert found.rows is None


@pytest.mark.unit
def test_a_table_of_codes_alone_is_no_data_file(made: Any) -> None:
    with pytest.raises(DataError, match="belongs beside"):
        load(made.baci_countries([(842, "USA", "US", "USA")]))


@pytest.mark.unit
def test_a_companion_that_is_none_is_refused(made: Any) -> None:
    flows = made.baci([(2020, 842, 699, "010121", 1, 1)])
    other = made.text("other.csv", ["a", "b"], [(1, 2)])
    with pytest.raises(InputError, match="no table of codes"):
        load(flows, LoadOptions(companions=(str(other),)))


@pytest.mark.unit
def test_columns_that_a_release_does_not_have_are_told(made: Any) -> None:
    path = made.text(
        "x.csv", ["t", "i", "j", "k", "v", "q", "w"], [(2020, 842, 699, "010121", 1, 1, 9)]
    )
    assert any("does not have: w" in warning for warning in load(path).warnings)


@pytest.mark.unit
def test_a_column_that_stands_twice_is_refused(made: Any) -> None:
    path = made.text(
        "x.csv", ["t", "i", "j", "k", "v", "q", "V"], [(2020, 842, 699, "010121", 1, 1, 9)]
    )
    with pytest.raises(DataError, match="stand twice: v"):
        load(path)


@pytest.mark.unit
def test_the_provenance_names_the_file_and_its_terms(made: Any) -> None:
    told = load(made.baci([(2020, 842, 699, "010121", 1, 1)])).provenance
    assert told.file == "flows.csv"
    assert told.publisher == "CEPII"
    assert told.licence
    assert told.bytes > 0
    assert isinstance(
        load(made.baci([(2020, 842, 699, "010121", 1, 1)])).counts.frame(), pd.DataFrame
    )
