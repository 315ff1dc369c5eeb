"""Claims about names and codes of economies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge import codes
from landbridge.errors import UnknownNameError
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
