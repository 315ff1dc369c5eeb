"""Overlaps: shared blocs, gateways, the left out, shares of the world, nesting, the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from landbridge.atlas import blocs
from landbridge.atlas.composites import Bloc, Economies
from landbridge.atlas.overlap import (
    bloc_shares,
    gateways,
    group_shares,
    left_out,
    left_out_by_group,
    neighbours_in_blocs,
    nesting,
    orders_between,
    preferential_partners,
    shared_counts,
    unjoined,
)
from landbridge.atlas.picture import overlap_svg
from landbridge.codes import known_codes
from landbridge.errors import UnknownNameError

pytestmark = pytest.mark.unit

DAY = date(2020, 1, 31)
FOUR = ("EAEU", "SCO", "SAARC", "GCC")
# Shares add up in double precision: rounding only.
TOLERANCE = 1e-9


def test_shared_counts_are_symmetric_and_agree_with_the_pairwise_answer() -> None:
    counts = shared_counts(on=DAY)
    assert (counts.to_numpy() == counts.to_numpy().T).all()
    for one, other in (("PAK", "KAZ"), ("RUS", "ARM"), ("IND", "CHN")):
        assert counts.loc[one, other] == len(blocs.shared_blocs(one, other, on=DAY))


def test_pakistan_shares_most_with_afghanistan() -> None:
    table = neighbours_in_blocs("Pakistan", on=DAY)
    assert table.iso3.iloc[0] == "AFG"
    assert (table.shared.diff().dropna() <= 0).all()
    assert "PAK" not in set(table.iso3)


def test_pakistan_is_one_of_five_gateways_and_joins_only_saarc_with_the_sco() -> None:
    table = gateways(FOUR, on=DAY)
    assert set(table.iso3) == {"IND", "KAZ", "KGZ", "PAK", "RUS"}
    pakistan = table.set_index("iso3").loc["PAK"]
    assert pakistan.which == "SAARC;SCO"
    assert pakistan.alone == 0  # India joins the same pair
    assert ("GCC", "SCO") in unjoined(FOUR, on=DAY)


def test_before_2017_nobody_joined_saarc_with_the_sco() -> None:
    assert ("SAARC", "SCO") in unjoined(FOUR, on=date(2016, 1, 1))


def test_a_sole_gateway_is_told() -> None:
    table = gateways(("EU", "CIS", "EFTA"), on=DAY)
    assert table.empty
    table = gateways(("NAFTA", "PACALL"), on=date(2019, 1, 1)).set_index("iso3")
    assert list(table.index) == ["MEX"]
    assert table.loc["MEX"].alone == 1


def test_shares_of_the_whole_world_are_one_hundred() -> None:
    table = group_shares({"world": Economies(known_codes())}, on=DAY)
    for column in ("gdp_percent", "trade_percent", "population_percent", "area_percent"):
        assert abs(table[column].iloc[0] - 100) < TOLERANCE


def test_shares_add_up_over_groups_that_do_not_meet() -> None:
    parts = {"EAEU": Bloc("EAEU"), "GCC": Bloc("GCC"), "both": Bloc("EAEU") | Bloc("GCC")}
    table = group_shares(parts, on=DAY).set_index("group")
    for column in ("gdp_percent", "population_percent"):
        share = table[column]
        assert abs(share["EAEU"] + share["GCC"] - share["both"]) < TOLERANCE


def test_the_eaeu_is_a_small_part_of_the_world() -> None:
    # Claim C7; the union's own page says 3.2 percent of world GDP at purchasing power parity and
    # 2.3 percent of the population (eaeunion.org). At market rates the share is smaller.
    row = bloc_shares(on=DAY).set_index("bloc").loc["EAEU"]
    assert 1.5 < row.gdp_percent < 3.2
    assert 2.0 < row.population_percent < 2.6


def test_a_bloc_that_has_ended_has_no_share() -> None:
    assert "NAFTA" in set(bloc_shares(on=date(2020, 6, 30)).bloc)
    assert "NAFTA" not in set(bloc_shares(on=date(2020, 7, 1)).bloc)


def test_preferences_are_mutual_and_nobody_has_one_with_itself() -> None:
    linked = preferential_partners(on=DAY).to_numpy()
    assert (linked == linked.T).all()
    assert not np.diagonal(linked).any()


def test_a_preference_begins_with_its_agreement() -> None:
    before = preferential_partners(on=date(2016, 10, 4))
    after = preferential_partners(on=date(2016, 10, 5))
    assert not before.loc["BLR", "VNM"]
    assert after.loc["BLR", "VNM"]


def test_landlocked_developing_economies_reach_less_than_those_with_a_coast() -> None:
    table = left_out_by_group(on=date(2023, 1, 1)).set_index("group")
    reach = table.median_reach_gdp_percent
    assert table.loc["landlocked developing", "economies"] == 32
    assert reach["landlocked developing"] < reach["with a coast"]


def test_the_left_out_come_first() -> None:
    table = left_out(on=date(2023, 1, 1))
    assert (table.reach_gdp_percent.diff().dropna() >= 0).all()
    assert table.reach_gdp_percent.between(0, 100).all()


def test_the_eaeu_lies_inside_the_cis_and_goes_deeper() -> None:
    table = nesting(on=date(2025, 1, 1))
    inside = table[(table.inner == "EAEU") & (table.outer == "CIS")]
    assert bool(inside.deepens.iloc[0])
    pairs = set(zip(table.inner, table.outer, strict=True))
    assert not any((outer, inner) in pairs for inner, outer in pairs)


def test_orders_between_two_economies_go_from_shallow_to_deep() -> None:
    table = orders_between("RUS", "BLR", on=DAY)
    ranks = [blocs.depth_rank(depth) for depth in table.depth]
    assert ranks == sorted(ranks)
    assert table.depth.iloc[-1] == "economic_union"
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(table.level))


@pytest.mark.parametrize("economy", ["PAK", "DEU", "ESH", "CIV"])
def test_the_picture_is_sound_svg_and_says_what_it_shows(economy: str) -> None:
    text = overlap_svg(economy, on=DAY)
    root = ET.fromstring(text)  # noqa: S314 - our own text
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert root.find("svg:title", space) is not None
    assert root.find("svg:desc", space) is not None
    dots = [
        dot for dot in root.findall("svg:circle", space) if dot.find("svg:title", space) is not None
    ]
    table = neighbours_in_blocs(economy, on=DAY).head(28)
    assert len(dots) == table.shared.sum()


def test_the_picture_is_the_same_each_time() -> None:
    assert overlap_svg("PAK", on=DAY) == overlap_svg("Pakistan", on=DAY)


def test_an_unknown_economy_gets_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="Pakistan"):
        neighbours_in_blocs("Pakistn", on=DAY)
