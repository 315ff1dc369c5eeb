"""Claims about reading the World Factbook's texts: each trap met in the two vintages."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
NAMES = {
    "USA": "USA", "UAE": "ARE", "China": "CHN", "Congo, Republic of the": "COG", "DRC": "COD",
    "Trinidad & Tobago": "TTO", "Turkey": "TUR", "Cote d'Ivoire": "CIV", "Gambia, The": "GMB",
    "Europe": "", "Hong Kong": "HKG",
}  # fmt: skip


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


text = load("factbook_text")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("written", "value", "year"),
    [
        ("$1.39 trillion (2024 est.)", 1.39e12, 2024),
        ("$36.215 billion (2023 est.)", 36.215e9, 2023),
        ("$25.11 billion (FY2014 est.)", 25.11e9, 2014),
        ("$7.5 million (FY 2014)", 7.5e6, 2014),
        ("-$5.2 million (2020)", -5.2e6, 2020),
        ("$-5.2 million (2020)", -5.2e6, 2020),
        ("$416,000 (2010)", 416_000.0, 2010),
        ("<b>$</b>&nbsp;3 billion (2022 est.)", 3e9, 2022),
        ("$2 billion", 2e9, None),
    ],
)
def test_money_is_read_with_unit_sign_and_year(
    written: str, value: float, year: int | None
) -> None:
    assert text.money(written) == text.Amount(value, year)


@pytest.mark.unit
@pytest.mark.parametrize("written", ["", "NA", "NA (2012)", "$NA", "N/A", "no figures"])
def test_na_is_no_money(written: str) -> None:
    assert text.money(written) is None


@pytest.mark.unit
def test_a_number_keeps_its_sign_only_where_it_touches() -> None:
    assert text.number("-17.1% ++  (2014 est.)") == text.Amount(-17.1, 2014)
    assert text.number("Ile Amsterdam - 55 sq km") == text.Amount(55.0, None)
    assert text.number("104,0000 km (2020)") == text.Amount(1_040_000.0, 2020)


@pytest.mark.unit
def test_several_years_are_cut_at_the_double_plus() -> None:
    parts = text.several("$25.11 billion (FY2014 est.) ++ $24.46 billion (FY2013 est.)")
    assert [text.money(part).year for part in parts] == [2014, 2013]


@pytest.mark.unit
def test_partners_are_cut_behind_each_percentage_and_not_at_commas() -> None:
    found = text.partners("USA 14%, Congo, Republic of the 5%, DRC 4% (2023)", NAMES.get)
    assert [(share.iso3, share.share) for share in found.shares] == [
        ("USA", 0.14),
        ("COG", 0.05),
        ("COD", 0.04),
    ]
    assert found.year == 2023
    assert found.unknown == ()
    assert found.text_only == ""


@pytest.mark.unit
def test_partners_survive_entities_brackets_and_nothing_percent() -> None:
    found = text.partners(
        "Trinidad &amp; Tobago 12.4%, Turkey (Turkiye) 3%,&nbsp;Gambia, The 0%, and UAE <1% (2019)",
        NAMES.get,
    )
    assert [(share.iso3, share.share) for share in found.shares] == [
        ("TTO", pytest.approx(0.124)),
        ("TUR", 0.03),
        ("GMB", 0.0),
        ("ARE", 0.005),
    ]


@pytest.mark.unit
def test_an_unknown_partner_is_kept_and_a_continent_is_passed_over() -> None:
    found = text.partners("Atlantis 20%, Europe 10%, China 5% (2014)", NAMES.get)
    assert found.unknown == ("Atlantis",)
    assert [share.iso3 for share in found.shares] == ["CHN"]


@pytest.mark.unit
@pytest.mark.parametrize(
    "written", ["almost entirely United Kingdom (2022)", "<p>Italy, Switzerland</p> (2021)"]
)
def test_a_list_without_percentages_is_reported_as_text(written: str) -> None:
    found = text.partners(written, NAMES.get)
    assert found.shares == ()
    assert found.text_only
    assert found.year in (2021, 2022)


@pytest.mark.unit
def test_an_empty_or_na_list_is_nothing() -> None:
    for written in ("", "NA", "NA (2014)"):
        found = text.partners(written, NAMES.get)
        assert (found.shares, found.unknown, found.text_only) == ((), (), "")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Afghanistan 2,670 km; China 438 km", (("Afghanistan", 2670), ("China", 438))),
        ("Lithuania 100 km, Russia (Kaliningrad Oblast) 209 km; Slovakia 517 km",
         (("Lithuania", 100), ("Russia (Kaliningrad Oblast)", 209), ("Slovakia", 517))),
        ("Spain (Ceuta) 8 km and Spain (Melilla) 10.5 km",
         (("Spain (Ceuta)", 8), ("Spain (Melilla)", 10.5))),
        ("Angola 2,646 km (of which 225 km is the boundary of Cabinda); Burundi 236 km",
         (("Angola", 2646), ("Burundi", 236))),
        ("US 8,891 km (includes 2,475 km with Alaska); Denmark (Greenland) 1.3 km",
         (("US", 8891), ("Denmark (Greenland)", 1.3))),
        ("none", ()),
    ],
)  # fmt: skip
def test_borders_are_read_whatever_separates_them(
    written: str, expected: tuple[tuple[str, float], ...]
) -> None:
    assert text.borders(written) == expected


@pytest.mark.unit
def test_a_place_is_read_with_and_without_seconds() -> None:
    assert text.place("33 41 N, 73 03 E") == (33.6833, 73.05)
    assert text.place("12 27 S, 130 50 30 W") == (-12.45, -130.8333)
    assert text.place("no fixed place") is None


@pytest.mark.unit
def test_a_power_is_named_by_a_whole_word_only() -> None:
    powers = {"US": "USA", "UK": "GBR", "Soviet Union": "RUS"}
    assert text.sentence_names("from the UK", powers) == {"GBR"}
    assert text.sentence_names("AUSTRIA, UKRAINE", powers) == frozenset()
