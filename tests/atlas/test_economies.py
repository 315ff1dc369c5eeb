"""Claims about the embedded economies: sizes, centres, borders, distances and ties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from landbridge.atlas import economies as atlas
from landbridge.codes import known_codes
from landbridge.errors import InputError, UnknownNameError

WEIGHT_TOLERANCE = 1e-9  # weights are printed with six decimals and made to add up in the last
FIGURE_TOLERANCE = 1e-6  # figures are printed with three decimals of a million
# The 44 states that have no coast on the open sea, and Kosovo.
LANDLOCKED = """
AFG AND ARM AUT AZE BDI BFA BLR BOL BTN BWA CAF CHE CZE ETH HUN KAZ KGZ LAO LIE LSO LUX MDA MKD
MLI MNG MWI NER NPL PRY RWA SMR SRB SSD SVK SWZ TCD TJK TKM UGA UZB VAT ZMB ZWE XKX
"""
# World Factbook, entry Pakistan: Exports 2023, Imports 2023, GDP (official exchange rate) 2024.
PAKISTAN = {"exports_million_usd": 36_215.0, "imports_million_usd": 58_069.0}
REGION = ("AFG", "CHN", "IND", "IRN", "KAZ", "KGZ", "PAK", "RUS", "TJK", "TKM", "TUR", "UZB")


@pytest.mark.unit
def test_there_are_210_traders_and_each_has_what_the_baseline_needs() -> None:
    table = atlas.economies().set_index("iso3")
    traders = table.loc[list(atlas.traders())]
    assert len(traders) == 210
    needed = ["exports_million_usd", "imports_million_usd", "population", "area_km2", "latitude"]
    assert traders[needed].notna().all().all()
    assert (traders[["exports_million_usd", "imports_million_usd", "population"]] > 0).all().all()


@pytest.mark.unit
def test_every_trader_but_a_few_small_ones_has_a_gdp() -> None:
    table = atlas.economies().set_index("iso3").loc[list(atlas.traders())]
    without = table[table["gdp_million_usd"].isna()]
    assert without["exports_million_usd"].sum() < 1e-4 * table["exports_million_usd"].sum()


@pytest.mark.golden
def test_the_figures_of_pakistan_are_the_factbooks() -> None:
    row = atlas.economies().set_index("iso3").loc["PAK"]
    for column, value in PAKISTAN.items():
        assert row[column] == pytest.approx(value, rel=FIGURE_TOLERANCE)
    assert (row["exports_year"], row["gdp_year"]) == (2023, 2024)
    assert row["gdp_million_usd"] == pytest.approx(373_072.0, rel=FIGURE_TOLERANCE)


@pytest.mark.golden
def test_the_landlocked_are_the_written_list() -> None:
    assert atlas.landlocked() == tuple(sorted(LANDLOCKED.split()))


@pytest.mark.unit
def test_a_year_stands_beside_every_amount() -> None:
    table = atlas.economies()
    for amount, year in (
        ("gdp_million_usd", "gdp_year"),
        ("gdp_ppp_million_usd", "gdp_ppp_year"),
        ("exports_million_usd", "exports_year"),
        ("imports_million_usd", "imports_year"),
    ):
        assert (table[amount].isna() == table[year].isna()).all(), amount


@pytest.mark.unit
def test_codes_are_unique_in_every_system() -> None:
    table = atlas.economies()
    for column in ("iso3", "iso2", "name"):
        assert table[column].is_unique, column
    assert table.loc[table["numeric"] != "", "numeric"].is_unique
    assert table.loc[table["numeric"] == "", "iso3"].tolist() == ["XKX"]
    assert "NA" in set(table["iso2"])  # Namibia


@pytest.mark.unit
def test_weights_of_centres_sum_to_one_and_every_trader_has_a_centre() -> None:
    table = atlas.centres()
    sums = table.groupby("iso3")["weight"].sum()
    assert np.allclose(sums, 1.0, rtol=0.0, atol=WEIGHT_TOLERANCE)
    assert (table["weight"] > 0).all()
    assert set(atlas.traders()) <= set(sums.index)
    assert set(sums.index) <= set(known_codes())


@pytest.mark.unit
def test_large_economies_have_several_centres() -> None:
    table = atlas.centres()
    names = table.groupby("iso3")["centre"].agg(set)
    assert {"Karachi", "Lahore", "Peshawar", "Quetta"} <= names["PAK"]
    assert {"Kabul", "Mazar-e Sharif", "Herat", "Kandahar"} <= names["AFG"]
    assert {"Tashkent", "Samarkand"} <= names["UZB"]
    assert len(names["RUS"]) >= 8
    assert len(names["CHN"]) >= 10
    assert len(names["SGP"]) == 1


@pytest.mark.unit
def test_borders_are_sorted_once_and_symmetric() -> None:
    table = atlas.land_borders()
    assert (table["iso3_a"] < table["iso3_b"]).all()
    contiguity = atlas.pair_ties(REGION).contiguity
    assert (contiguity == contiguity.T).all()
    assert not contiguity.diagonal().any()
    at = {code: index for index, code in enumerate(REGION)}
    assert contiguity[at["PAK"], at["AFG"]]
    assert contiguity[at["UZB"], at["AFG"]]
    assert not contiguity[at["PAK"], at["TJK"]]  # the Wakhan lies between
    assert not contiguity[at["PAK"], at["UZB"]]


@pytest.mark.golden
def test_disagreeing_border_lengths_are_shown_both_ways() -> None:
    table = atlas.land_borders().set_index(["iso3_a", "iso3_b"])
    differing = table[table["km_other"].notna()]
    assert set(differing.index) == {("DEU", "POL"), ("ISR", "JOR"), ("MEX", "USA")}
    assert table.loc[("CHN", "RUS"), "km"] == 4_133 + 46


@pytest.mark.unit
def test_every_landlocked_economy_has_a_land_border() -> None:
    table = atlas.land_borders()
    assert set(atlas.landlocked()) <= set(table["iso3_a"]) | set(table["iso3_b"])


@pytest.mark.property
def test_distances_are_symmetric_and_follow_the_order_asked_for() -> None:
    traders = atlas.traders()
    distance = atlas.distance_km(traders)
    assert distance.shape == (210, 210)
    assert (distance == distance.T).all()
    assert (distance > 0).all()
    off = distance[~np.eye(210, dtype=bool)]
    assert off.min() >= atlas.SMALLEST_DISTANCE_KM
    assert off.max() < np.pi * atlas.EARTH_RADIUS_KM
    backwards = atlas.distance_km(tuple(reversed(traders)))
    assert (backwards == distance[::-1, ::-1]).all()


@pytest.mark.unit
def test_distances_in_the_region_are_plausible() -> None:
    at = {code: index for index, code in enumerate(REGION)}
    distance = atlas.distance_km(REGION)
    assert 800 < distance[at["PAK"], at["UZB"]] < 1_500
    assert 3_000 < distance[at["PAK"], at["RUS"]] < 4_500
    assert distance[at["PAK"], at["AFG"]] < distance[at["PAK"], at["KAZ"]]
    area = atlas.economies().set_index("iso3").loc["PAK", "area_km2"]
    within = atlas.INTERNAL_DISTANCE_FACTOR * np.sqrt(area / np.pi)
    assert distance[at["PAK"], at["PAK"]] == pytest.approx(within)


@pytest.mark.golden
def test_the_great_circle_of_two_cities() -> None:
    # Paris - New York on a sphere of 6371 km: 5,837 km (48.8566 N 2.3522 E, 40.7128 N 74.0060 W).
    paris, york = np.array([48.8566, 2.3522]), np.array([40.7128, -74.0060])
    found = atlas.great_circle_km(paris[0], paris[1], york[0], york[1])
    assert float(found) == pytest.approx(5_837, abs=1.0)


@pytest.mark.unit
def test_ties_follow_their_rule() -> None:
    codes = ("ARM", "BGD", "FRA", "GBR", "IND", "KAZ", "KGZ", "PAK", "RUS", "SEN", "UZB")
    ties = atlas.pair_ties(codes)
    at = {code: index for index, code in enumerate(codes)}

    def pair(flags: np.ndarray, one: str, other: str) -> bool:
        return bool(flags[at[one], at[other]] and flags[at[other], at[one]])

    assert pair(ties.colonial_tie, "PAK", "GBR")
    assert pair(ties.colonial_tie, "BGD", "PAK")
    assert pair(ties.colonial_tie, "SEN", "FRA")
    assert pair(ties.colonial_tie, "KAZ", "RUS")
    assert pair(ties.common_coloniser, "IND", "PAK")
    assert pair(ties.common_coloniser, "KGZ", "UZB")
    assert pair(ties.common_language, "FRA", "SEN")
    assert not pair(ties.colonial_tie, "IND", "PAK")
    assert not pair(ties.colonial_tie, "GBR", "FRA")
    for flags in (ties.common_language, ties.colonial_tie, ties.common_coloniser):
        assert (flags == flags.T).all()
        assert not flags.diagonal().any()


@pytest.mark.unit
def test_an_unknown_or_repeated_code_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="'PAK'"):
        atlas.distance_km(("PAQ", "UZB"))
    with pytest.raises(InputError, match="twice"):
        atlas.distance_km(("PAK", "PAK"))
    with pytest.raises(InputError, match="no centre is known for ATA"):
        atlas.distance_km(("ATA", "PAK"))


@pytest.mark.unit
def test_no_centre_lies_far_from_its_economy() -> None:
    centres = atlas.centres().merge(
        atlas.economies()[["iso3", "latitude", "longitude", "area_km2"]],
        on="iso3",
        suffixes=("", "_mean"),
    )
    away = atlas.great_circle_km(
        centres["latitude"].to_numpy(),
        centres["longitude"].to_numpy(),
        centres["latitude_mean"].to_numpy(),
        centres["longitude_mean"].to_numpy(),
    )
    reach = pd.Series(away).groupby(centres["iso3"]).max()
    assert reach.max() < 6_500  # Khabarovsk from the mean position of Russia
    assert reach["PAK"] < 1_000
