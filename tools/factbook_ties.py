"""Ties between pairs of economies: land borders, languages, common history."""

from __future__ import annotations

import re
from itertools import combinations

import pandas as pd

from factbook import GAZA, HERE, Factbook, geonames_countries, land_borders
from factbook_text import sentence_names

FIRST_LANGUAGES = 2  # GeoNames lists the official and widely spoken ones first
RULED = re.compile(
    r"\bfrom\b|^none \(|\bunion of British\b|\bfree association\b|\bsplit into\b|\bmandate\b",
    re.IGNORECASE,
)


def border_table(book: Factbook) -> pd.DataFrame:
    """List the land borders, a row each.

    Parts of one border (Ceuta and Melilla, the two stretches of Russia - China, the West Bank and
    Gaza) are added up. ``km`` is what the file of the first economy says; where the first does
    not list the border, what the second says. ``km_other`` is the second's figure where it
    differs.
    """
    stated = land_borders(book)
    codes = stated[["iso3", "neighbour"]].replace({GAZA: "PSE"})
    stated = stated.assign(iso3=codes["iso3"], neighbour=codes["neighbour"])
    stated = stated[stated["iso3"] != stated["neighbour"]]
    km = stated.groupby(["iso3", "neighbour"])["km"].sum()
    rows = []
    for first, second in sorted({tuple(sorted(pair)) for pair in km.index}):
        one, other = km.get((first, second)), km.get((second, first))
        note = "" if one and other else f"stated by {first if one else second} alone"
        differs = one and other and one != other
        rows.append((first, second, one or other, other if differs else None, note))
    table = pd.DataFrame(rows, columns=["iso3_a", "iso3_b", "km", "km_other", "note"])
    table["source"] = f"World Factbook {book.vintage}, Land boundaries"
    return table


def tie_table(economies: pd.DataFrame) -> pd.DataFrame:
    """List the pairs that have a tie, a row each: iso3_a, iso3_b and three flags.

    Parameters
    ----------
    economies
        iso3 and independence (the Factbook's text; empty when it has none).
    """
    languages = first_languages()
    rulers = former_rulers(economies)
    rows = []
    for first, second in combinations(sorted(economies["iso3"]), 2):
        language = bool(languages.get(first, set()) & languages.get(second, set()))
        colonial = second in rulers[first] or first in rulers[second]
        common = bool(rulers[first] & rulers[second])
        if language or colonial or common:
            rows.append((first, second, language, colonial, common))
    names = ["iso3_a", "iso3_b", "common_language", "colonial_tie", "common_coloniser"]
    return pd.DataFrame(rows, columns=names)


def first_languages() -> dict[str, set[str]]:
    """List the first languages of each economy by GeoNames, region marks dropped."""
    table = geonames_countries()
    return {
        iso3: {code.split("-")[0] for code in listed.split(",")[:FIRST_LANGUAGES] if code}
        for iso3, listed in zip(table["iso3"], table["languages"].fillna(""), strict=True)
    }


def former_rulers(economies: pd.DataFrame) -> dict[str, frozenset[str]]:
    """List the powers that an economy's Independence text names as the one it came from."""
    powers = pd.read_csv(HERE / "factbook_powers.csv", dtype=str)
    fragments = dict(zip(powers["fragment"], powers["iso3"], strict=True))
    return {
        iso3: _named_powers(text, fragments) - {iso3}
        for iso3, text in zip(economies["iso3"], economies["independence"], strict=True)
    }


def _named_powers(text: str, fragments: dict[str, str]) -> frozenset[str]:
    recent = re.split(r"notable earlier date", text)[0]
    clauses = [clause.strip() for clause in recent.split(";")]
    named = [sentence_names(clause, fragments) for clause in clauses if RULED.search(clause)]
    return frozenset().union(*named)
