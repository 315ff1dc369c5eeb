"""Claims about names and codes of economies."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge import codes
from landbridge.atlas.views import code_view, codes_view
from landbridge.errors import InputError, UnknownNameError
from landbridge.tables import embedded_table

FORMS = {
    # World Bank
    "Korea, Rep.": "KOR",
    "Korea, Dem. People's Rep.": "PRK",
    "Iran, Islamic Rep.": "IRN",
    "Egypt, Arab Rep.": "EGY",
    "Congo, Dem. Rep.": "COD",
    "Congo, Rep.": "COG",
    "Hong Kong SAR, China": "HKG",
    "Macao SAR, China": "MAC",
    "Kyrgyz Republic": "KGZ",
    "Lao PDR": "LAO",
    "Slovak Republic": "SVK",
    "Yemen, Rep.": "YEM",
    "Venezuela, RB": "VEN",
    "Gambia, The": "GMB",
    "Bahamas, The": "BHS",
    "Micronesia, Fed. Sts.": "FSM",
    "West Bank and Gaza": "PSE",
    "Turkiye": "TUR",
    "Viet Nam": "VNM",
    # ISO 3166 and the United Nations
    "Russian Federation": "RUS",
    "Syrian Arab Republic": "SYR",
    "Bolivia (Plurinational State of)": "BOL",
    "Tanzania, United Republic of": "TZA",
    "Republic of Moldova": "MDA",
    "Côte d'Ivoire": "CIV",
    "Côte d\u2019Ivoire": "CIV",
    "Türkiye": "TUR",
    "Réunion": "REU",
    "Åland Islands": "ALA",
    "United States of America": "USA",
    "Taiwan, Province of China": "TWN",
    # UN Comtrade
    "Rep. of Korea": "KOR",
    "China, Hong Kong SAR": "HKG",
    "Dem. Rep. of the Congo": "COD",
    "Bosnia Herzegovina": "BIH",
    "Solomon Isds": "SLB",
    "Other Asia, nes": "TWN",
    # OECD
    "China (People's Republic of)": "CHN",
    "Korea": "KOR",
    "Chinese Taipei": "TWN",
    # World Factbook
    "UAE": "ARE",
    "S. Korea": "KOR",
    "Burma": "MMR",
    "DRC": "COD",
    "Trinidad & Tobago": "TTO",
    "St. Vincent & the Grenadines": "VCT",
    "Turkey (Turkiye)": "TUR",
    "Macedonia, The Former Yugo Rep of": "MKD",
    # former and common names
    "Swaziland": "SWZ",
    "Cape Verde": "CPV",
    "Zaire": "COD",
    "Turkey": "TUR",
    "Czech Republic": "CZE",
    "Great Britain": "GBR",
    "Kosovo": "XKX",
    "the netherlands": "NLD",
    "  pak ": "PAK",
}

# ISO 3166-3 as Debian's iso-codes has it (package pycountry 26.2.16), and the two codes that
# changed while the country name did not: PHI (Statoids) and ROM (ISO, 2002-02-01).
RETIRED = """
AFI ANT ATB ATN BUR BYS CSK CTE DDR DHY FXX GEL HVO JTN MID NHB NTZ PCI PCZ PUS RHO SCG SKM SUN TMP
VDR WAK YMD YUG ZAR PHI ROM
"""
WITHDRAWN = {
    "ANT": date(2010, 12, 15),
    "BUR": date(1989, 12, 5),
    "BYS": date(1992, 6, 15),
    "CSK": date(1993, 6, 15),
    "DDR": date(1990, 10, 30),
    "FXX": date(1997, 7, 14),
    "NTZ": date(1993, 7, 12),
    "SCG": date(2006, 9, 26),
    "SUN": date(1992, 8, 30),
    "TMP": date(2002, 5, 20),
    "YMD": date(1990, 8, 14),
    "YUG": date(2003, 7, 23),
    "ZAR": date(1997, 7, 14),
}
# The fourth edition (December 1993) had 239 entries; with PSE (1999) and ALA (2004), less FXX
# (1997), 240; with JEY GGY IMN, SRB MNE for SCG, BLM MAF, BES CUW SXM for ANT, and SSD, 249.
OFFICIAL_COUNTS = {date(1996, 1, 1): 239, date(2005, 1, 1): 240, date(2012, 1, 1): 249}
# Counted from the table itself: they move when a row is mended, and should then be looked at.
COUNTS = {date(1974, 12, 15): 224, date(1991, 1, 1): 219, date(2025, 1, 1): 250}
ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(1974, 12, 15), date(2026, 12, 31))


@pytest.mark.unit
@pytest.mark.parametrize(("name", "iso3"), FORMS.items())
def test_a_name_resolves_in_the_form_its_data_set_uses(name: str, iso3: str) -> None:
    assert codes.resolve(name) == iso3


@pytest.mark.unit
def test_a_misspelt_name_brings_the_nearest_one() -> None:
    with pytest.raises(UnknownNameError, match="'Pakistan'") as raised:
        codes.resolve("Pakistn", where="scenario.toml, exporter")
    assert "scenario.toml, exporter" in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.unit
def test_a_misspelt_alias_brings_the_alias() -> None:
    with pytest.raises(UnknownNameError, match="'Swaziland'"):
        codes.resolve("Swazilnd")


@pytest.mark.unit
def test_a_misspelt_code_brings_the_nearest_code() -> None:
    with pytest.raises(UnknownNameError, match="'PAK'"):
        codes.resolve("PAKK"[:2] + "X")


@pytest.mark.unit
def test_an_unheard_of_name_says_where_to_look() -> None:
    with pytest.raises(UnknownNameError, match="landbridge world"):
        codes.resolve("qqqqqqqqqqqqqqqq")


@pytest.mark.unit
def test_every_code_and_its_name_resolve_to_itself() -> None:
    for iso3 in codes.known_codes():
        assert codes.resolve(iso3) == iso3
        assert codes.resolve(codes.name_of(iso3)) == iso3


@pytest.mark.unit
def test_name_of_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="'QQQ'"):
        codes.name_of("QQQ")


@pytest.mark.unit
def test_no_two_names_fold_to_different_codes() -> None:
    economies, aliases = (
        embedded_table("atlas", "economies"),
        embedded_table("atlas", "economy_names"),
    )
    seen: dict[str, str] = {}
    for table in (economies, aliases):
        for name, iso3 in zip(table["name"], table["iso3"], strict=True):
            assert seen.setdefault(codes.fold(name), iso3) == iso3, name


@pytest.mark.unit
def test_no_name_folds_to_the_code_of_another_economy() -> None:
    known = set(codes.known_codes())
    for name, iso3 in embedded_table("atlas", "economy_names")[["name", "iso3"]].itertuples(
        index=False
    ):
        assert iso3 in known
        assert name.upper() not in known - {iso3}, name


@pytest.mark.property
@given(
    st.text(max_size=30) | st.lists(st.sampled_from(["the", "The", "St.", "&", "x"])).map(" ".join)
)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert codes.fold(codes.fold(text)) == codes.fold(text)


def _codes() -> pd.DataFrame:
    return embedded_table("atlas", "economy_codes")


def _known() -> list[str]:
    return sorted(set(_codes()["code"]))


def _written() -> list[str]:
    former = _codes()
    names = [*former["name"], *former["other_names"].str.split(";").explode()]
    aliases = [*embedded_table("atlas", "economy_names")["name"], *codes.known_names()]
    return [*_known(), *(name for name in names if name), *aliases]


@pytest.mark.unit
def test_the_codes_of_today_are_those_of_the_economies() -> None:
    assert codes.valid_codes(on=date(2026, 1, 1)) == codes.known_codes()
    standing = {iso3: codes.validity(iso3).standing for iso3 in codes.known_codes()}
    assert [iso3 for iso3, held in standing.items() if held != "official"] == ["XKX"]
    assert standing["XKX"] == "user_assigned"


@pytest.mark.golden
def test_the_retired_codes_are_those_of_iso_3166_3_and_two_more() -> None:
    retired = {iso3 for iso3 in _known() if codes.validity(iso3).standing == "retired"}
    assert retired == set(RETIRED.split())
    # The three letters of ATF stayed when the entry FQHH of ISO 3166-3 was withdrawn.
    assert (_codes()["alpha4"] != "").sum() == len(RETIRED.split()) - 2 + 1


@pytest.mark.golden
@pytest.mark.parametrize(("iso3", "day"), WITHDRAWN.items())
def test_a_code_is_valid_up_to_the_day_of_its_withdrawal(iso3: str, day: date) -> None:
    assert codes.validity(iso3).valid_until == day
    assert codes.is_valid(iso3, on=day - ONE_DAY)
    assert not codes.is_valid(iso3, on=day)


@pytest.mark.golden
@pytest.mark.parametrize(("day", "count"), OFFICIAL_COUNTS.items())
def test_the_official_codes_of_a_day_are_as_many_as_the_standard_had(day: date, count: int) -> None:
    assert len(set(codes.valid_codes(on=day)) - {"XKX"}) == count


@pytest.mark.unit
@pytest.mark.parametrize(("day", "count"), COUNTS.items())
def test_the_codes_of_a_day_are_as_many_as_stated(day: date, count: int) -> None:
    assert len(codes.valid_codes(on=day)) == count


@pytest.mark.unit
def test_no_two_intervals_of_a_code_overlap() -> None:
    for iso3 in _known():
        intervals = codes.validities(iso3)
        for earlier, later in pairwise(intervals):
            assert earlier.valid_until is not None
            assert earlier.valid_until <= later.valid_from
        for held in intervals:
            assert held.valid_until is None or held.valid_from < held.valid_until


@pytest.mark.unit
def test_an_end_says_how_and_what_came_after() -> None:
    for iso3 in _known():
        for held in codes.validities(iso3):
            ended = held.valid_until is not None
            assert ended == bool(held.change) == bool(held.until_precision), iso3
            assert ended == (held.standing == "retired"), iso3
            assert bool(held.successors) == (held.change not in ("", "ceased")), iso3
            if held.change in ("renamed", "merged"):
                assert len(held.successors) == 1, iso3
            if held.change == "split":
                assert len(held.successors) > 1, iso3


@pytest.mark.unit
def test_every_successor_exists_and_is_valid_from_the_day_on() -> None:
    for iso3 in _known():
        for held in codes.validities(iso3):
            for after in held.successors:
                assert held.valid_until is not None
                assert codes.is_valid(after, on=held.valid_until), (iso3, after)
        assert set(codes.successors(iso3)) <= set(codes.known_codes())
        assert (codes.successors(iso3) == ()) == (codes.validity(iso3).standing != "retired")


@pytest.mark.unit
def test_a_rename_leaves_no_gap() -> None:
    for iso3 in _known():
        held = codes.validity(iso3)
        if held.change == "renamed":
            assert codes.validity(held.successors[0]).valid_from == held.valid_until


@pytest.mark.unit
def test_no_former_name_folds_to_the_name_of_another_economy() -> None:
    now = {codes.fold(name): codes.resolve(name) for name in codes.known_names()}
    aliases = embedded_table("atlas", "economy_names")
    now |= {codes.fold(name): iso3 for name, iso3 in zip(aliases.name, aliases.iso3, strict=True)}
    seen: dict[str, str] = {}
    for iso3, name, others in _codes()[["code", "name", "other_names"]].itertuples(index=False):
        for written in (name, *others.split(";")):
            folded = codes.fold(written)
            if folded:
                assert seen.setdefault(folded, iso3) == iso3, written
                assert now.get(folded, iso3) in {iso3, *codes.successors(iso3)}, written
        assert codes.fold(iso3) not in now or now[codes.fold(iso3)] == iso3


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BUR", "MMR"),
        ("ZAR", "COD"),
        ("TMP", "TLS"),
        ("ROM", "ROU"),
        ("rom", "ROU"),
        ("BYS", "BLR"),
        ("DHY", "BEN"),
        ("Rhodesia", "ZWE"),
    ],
)
def test_a_renamed_economy_resolves_to_its_code_of_today(old: str, new: str) -> None:
    assert codes.resolve(old) == new


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "YUG",
            r"'YUG' ended on 2003-07-23; after it came SCG .*2006-09-26.*, today MNE and SRB\.",
        ),
        ("Serbia and Montenegro", r"\(SCG\) ended on 2006-09-26; after it came MNE and SRB\."),
        ("Czechoslovakia", r"\(CSK\) ended on 1993-06-15; after it came CZE and SVK\."),
        ("USSR", r"'USSR' \(SUN\) ended on 1992-08-30; after it came ARM, .*RUS, .* and UZB\."),
        ("GEL", r"'GEL' ended in 1979; after it came KIR and TUV\."),
        ("East Germany", r"\(DDR\) ended on 1990-10-30; it became part of DEU\."),
        ("Neth. Antilles", r"\(ANT\) ended on 2010-12-15; after it came BES, CUW and SXM\."),
    ],
)
def test_a_former_economy_is_refused_with_what_came_after(text: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message) as raised:
        codes.resolve(text, where="flows.csv, row 3")
    assert str(raised.value).startswith("flows.csv, row 3: ")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "day", "iso3"),
    [
        ("SCG", date(2005, 1, 1), "SCG"),
        ("scg", date(2005, 1, 1), "SCG"),
        ("Yugoslavia", date(2005, 1, 1), "SCG"),
        ("Yugoslavia", date(1985, 1, 1), "YUG"),
        ("Soviet Union", date(1985, 1, 1), "SUN"),
        ("Myanmar", date(1980, 1, 1), "BUR"),
        ("Burma", date(2000, 1, 1), "MMR"),
        ("Romania", date(2002, 1, 31), "ROM"),
        ("Romania", date(2002, 2, 1), "ROU"),
        ("ATF", date(1975, 1, 1), "ATF"),
        ("Pakistan", date(1975, 1, 1), "PAK"),
    ],
)
def test_a_name_on_a_day_gives_the_code_of_that_day(text: str, day: date, iso3: str) -> None:
    assert codes.resolve(text, on=day) == iso3


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "day", "message"),
    [
        ("SSD", date(2005, 1, 1), r"'SSD' is valid since 2011-08-09, not on 2005-01-01\."),
        ("South Sudan", date(2005, 1, 1), r"\(SSD\) is valid since 2011-08-09"),
        (
            "YUG",
            date(2005, 1, 1),
            r"from 1974 to 2003-07-23, not on 2005-01-01\. After it came SCG",
        ),
        ("MMR", date(1980, 1, 1), r"since 1989-12-05, not on 1980-01-01\. Before it came BUR\."),
        ("RUS", date(1980, 1, 1), r"Before it came SUN\."),
        ("DDR", date(1995, 1, 1), r"It became part of DEU\."),
        ("Kosovo", date(2005, 1, 1), r"\(XKX\) is valid since 2008"),
    ],
)
def test_a_code_that_was_not_valid_is_refused_with_its_interval(
    text: str, day: date, message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        codes.resolve(text, on=day)


@pytest.mark.unit
def test_what_never_was_a_code_is_not_valid_and_has_no_validity() -> None:
    assert not codes.is_valid("QQQ", on=date(2020, 1, 1))
    for ask in (codes.validity, codes.validities, codes.successors, codes.predecessors):
        with pytest.raises(UnknownNameError, match="'QQQ'"):
            ask("QQQ")


@pytest.mark.unit
def test_a_misspelt_former_name_brings_the_name() -> None:
    with pytest.raises(UnknownNameError, match="'Yugoslavia'"):
        codes.resolve("Yugoslawia")


@pytest.mark.unit
def test_a_time_stamp_counts_as_its_day_and_text_is_refused() -> None:
    assert codes.is_valid("SCG", on=pd.Timestamp("2006-09-25 18:00"))
    with pytest.raises(InputError, match=r"'2005-01-01' is not a day\."):
        codes.valid_codes(on="2005-01-01")


@pytest.mark.property
@given(st.sampled_from(_written()), DAYS)
def test_what_resolves_on_a_day_is_valid_on_it(text: str, day: date) -> None:
    try:
        iso3 = codes.resolve(text, on=day)
    except UnknownNameError:
        assert not codes.is_valid(codes.identify(text), on=day)
    else:
        assert codes.is_valid(iso3, on=day)


@pytest.mark.property
@given(st.sampled_from(_known()), DAYS)
def test_is_valid_and_valid_codes_agree_and_a_valid_code_resolves(iso3: str, day: date) -> None:
    valid = codes.is_valid(iso3, on=day)
    assert valid == (iso3 in codes.valid_codes(on=day))
    if valid:
        assert codes.resolve(iso3, on=day) == iso3


@pytest.mark.unit
@pytest.mark.parametrize("day", [date(1974, 12, 15), date(1992, 8, 30), date(2025, 1, 1)])
def test_the_view_of_a_day_lists_the_valid_codes_with_names(day: date) -> None:
    table = codes_view(on=day)
    assert tuple(table["iso3"]) == codes.valid_codes(on=day)
    assert (table["name"] != "").all()


@pytest.mark.unit
def test_the_view_of_a_code_says_what_came_before_and_after() -> None:
    facts = code_view("Serbia and Montenegro").set_index("field")["value"]
    assert (facts["iso3"], facts["before"], facts["today"]) == ("SCG", "YUG", "MNE;SRB")
    assert facts["valid_until"] == date(2006, 9, 26)
    assert "valid_until" not in set(code_view("Pakistan")["field"])
