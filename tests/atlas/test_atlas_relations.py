"""Agreements and political relations, and what they allow and block."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.atlas import agreements, blocs, relations
from landbridge.atlas.agreements import agreement, agreements_between, partners_of
from landbridge.atlas.projects import corridors, projects
from landbridge.atlas.relations import ACTS, blocking, relation, relations_between
from landbridge.codes import known_codes
from landbridge.errors import InputError, UnknownNameError
from landbridge.tables import embedded_table

EAEU = ("ARM", "BLR", "KAZ", "KGZ", "RUS")


@pytest.mark.golden
@pytest.mark.parametrize(
    ("slug", "day", "stage"),
    [
        # Interfax, 2022-12-09, for Viet Nam and Serbia; Kursiv, 2025-03-18, for Iran.
        ("eaeu-vnm", date(2016, 10, 4), "signed"),
        ("eaeu-vnm", date(2016, 10, 5), "in_force"),
        ("eaeu-srb", date(2021, 7, 10), "in_force"),
        ("eaeu-irn-interim", date(2025, 5, 14), "in_force"),
        ("eaeu-irn-interim", date(2025, 5, 15), "ended"),
        ("eaeu-irn", date(2025, 5, 15), "in_force"),
        # Business Day, 2026-01-17.
        ("mercosur-eu", date(2026, 1, 16), "none"),
        ("mercosur-eu", date(2026, 1, 17), "signed"),
        ("eaeu-ind", date(2025, 12, 1), "talks"),
    ],
)
def test_an_agreement_is_as_far_as_its_dates_say(slug: str, day: date, stage: str) -> None:
    assert agreement(slug).stage(on=day) == stage


@pytest.mark.unit
def test_an_agreement_of_a_bloc_binds_its_members_of_the_day() -> None:
    viet_nam = agreement("eaeu-vnm")
    assert viet_nam.binds("KGZ", "VNM", on=date(2020, 1, 1))
    assert not viet_nam.binds("KGZ", "RUS", on=date(2020, 1, 1))
    assert not viet_nam.binds("UZB", "VNM", on=date(2020, 1, 1))


@pytest.mark.unit
def test_iran_and_the_eaeu_are_bound_without_a_break_when_the_full_agreement_comes() -> None:
    for day in (date(2020, 1, 1), date(2025, 5, 14), date(2025, 5, 15)):
        assert partners_of("EAEU", on=day) >= ("IRN",)
        assert len(agreements_between("IRN", "ARM", on=day, stages=("in_force",))) >= 1


@pytest.mark.unit
def test_non_preferential_agreements_do_not_count_as_partners() -> None:
    assert "CHN" not in partners_of("EAEU", on=date(2022, 1, 1))
    assert "CHN" in partners_of("EAEU", on=date(2022, 1, 1), depth_at_least="cooperation")


@pytest.mark.unit
def test_pakistan_is_in_tir_since_2016() -> None:
    assert not agreement("tir").binds("PAK", "UZB", on=date(2016, 1, 20))
    assert agreement("tir").binds("PAK", "UZB", on=date(2016, 1, 21))
    assert agreement("tir").since_for("PAK", "UZB") == date(2016, 1, 21)


@pytest.mark.unit
def test_days_of_an_agreement_are_in_order() -> None:
    for item in agreements.agreements():
        days = [day for day in (item.talks, item.signed, item.in_force, item.ended) if day]
        assert days == sorted(days), item.agreement
        assert len({entry.side for entry in item.parties}) >= 2, item.agreement


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(
    one=st.sampled_from(known_codes()),
    other=st.sampled_from(known_codes()),
    day=st.dates(min_value=date(1995, 1, 1), max_value=date(2026, 3, 1)),
)
def test_agreements_and_relations_do_not_depend_on_who_is_named_first(
    one: str, other: str, day: date
) -> None:
    assert agreements_between(one, other, on=day) == agreements_between(other, one, on=day)
    assert relations_between(one, other, on=day) == relations_between(other, one, on=day)


@pytest.mark.golden
def test_non_recognition_blocked_an_eaeu_pakistan_agreement_until_august_2025() -> None:
    # Joint communique of 2025-08-31 (Bisaat News): Armenia and Pakistan set up relations.
    parties = (*EAEU, "PAK")
    before = blocking("formal_agreement", parties, on=date(2020, 1, 31), extent="full")
    assert [row.relation for row in before] == ["pak-arm-recognition"]
    assert blocking("formal_agreement", parties, on=date(2025, 8, 30), extent="full") == before
    assert blocking("formal_agreement", parties, on=date(2025, 8, 31), extent="full") == ()


@pytest.mark.unit
def test_non_recognition_blocks_no_trade_between_russia_and_pakistan() -> None:
    assert blocking("trade", ("RUS", "PAK"), on=date(2020, 1, 31)) == ()


@pytest.mark.unit
def test_indias_objection_binds_india_and_stops_no_traffic() -> None:
    day = date(2020, 1, 31)
    with_india = blocking("participation", ("CHN", "PAK", "IND"), on=day, place="cpec")
    assert "ind-cpec" in [row.relation for row in with_india]
    assert blocking("participation", ("CHN", "PAK"), on=day, place="cpec") == ()
    assert blocking("transit", ("CHN", "PAK"), on=day, place="cpec") == ()


@pytest.mark.golden
@pytest.mark.parametrize(
    ("act", "place", "day", "expected"),
    [
        # RT, 2019-08-09: the cabinet approved the suspension.
        ("trade", "", date(2019, 8, 8), []),
        ("trade", "", date(2019, 8, 9), ["pak-ind-trade"]),
        # Business Recorder, 2025-04-24.
        ("crossing", "wagah", date(2025, 4, 23), []),
        ("crossing", "wagah", date(2025, 4, 24), ["wagah-attari"]),
    ],
)
def test_trade_of_india_and_pakistan_stops_when_the_sources_say(
    act: str, place: str, day: date, expected: list[str]
) -> None:
    found = blocking(act, ("PAK", "IND"), on=day, place=place, extent="full")
    assert [row.relation for row in found] == expected


@pytest.mark.golden
def test_torkham_is_shut_in_january_2026_and_was_open_a_year_before() -> None:
    # Afghan Verified, 2026-02-11: five crossings shut since mid-October 2025.
    shut = blocking("crossing", ("PAK", "AFG"), on=date(2026, 1, 15), place="torkham")
    assert [row.relation for row in shut] == ["pak-afg-crossings"]
    road = blocking("crossing", ("PAK", "AFG"), on=date(2026, 1, 15), place="torkham-road")
    assert road == shut
    assert blocking("crossing", ("PAK", "AFG"), on=date(2025, 1, 15), place="torkham") == ()
    assert blocking("crossing", ("PAK", "CHN"), on=date(2026, 1, 15), place="khunjerab") == ()


@pytest.mark.unit
def test_a_relation_that_names_places_counts_only_there() -> None:
    assert blocking("crossing", ("PAK", "AFG"), on=date(2023, 9, 10), place="torkham")
    assert blocking("crossing", ("PAK", "AFG"), on=date(2023, 9, 10), place="chaman") == ()


@pytest.mark.unit
def test_a_strait_that_one_state_shuts_is_shut_to_all() -> None:
    day = date(2026, 3, 10)
    assert [row.relation for row in blocking("shipping", ("CHN", "ARE"), on=day, place="hormuz")]
    assert blocking("shipping", ("CHN", "ARE"), on=date(2026, 1, 1), place="hormuz") == ()


@pytest.mark.unit
def test_sanctions_of_a_bloc_bind_its_members_of_the_day() -> None:
    assert relation("eu-rus-2014").touches("GBR", "RUS", on=date(2019, 1, 1))
    assert not relation("eu-rus").touches("GBR", "RUS", on=date(2022, 3, 1))
    assert relation("gbr-rus").touches("GBR", "RUS", on=date(2022, 3, 1))


@pytest.mark.unit
def test_every_relation_blocks_something_and_touches_somebody() -> None:
    for row in relations.relations():
        assert set(row.blocks) <= set(ACTS)
        if row.target_kind in ("economy", "bloc"):
            assert row.targets(on=row.since), row.relation
        if row.actor_kind != "organisation":
            assert row.actors(on=row.since), row.relation
        assert row.known_to >= row.since, row.relation


@pytest.mark.unit
def test_the_history_of_a_pair_needs_no_day() -> None:
    assert [row.relation for row in relations_between("ARM", "PAK")] == ["pak-arm-recognition"]
    assert len(relations_between("IND", "PAK")) >= 4


@pytest.mark.unit
def test_misspelt_names_get_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="eaeu-vnm"):
        agreement("eaeu-vmn")
    with pytest.raises(UnknownNameError, match="ind-cpec"):
        relation("ind-cpek")
    with pytest.raises(UnknownNameError, match="Armenia"):
        relations_between("Armenai", "PAK")


@pytest.mark.unit
def test_places_are_those_of_the_network() -> None:
    crossings = embedded_table("freight", "crossings")
    straits = set(embedded_table("freight", "sea_links").passage)
    known = set(crossings.place) | straits
    known |= {row.corridor for row in corridors()} | {row.project for row in projects()}
    named = {place for row in relations.relations() for place in row.where}
    assert named - known == {"angoor-ada"}  # a crossing too small for the network


@pytest.mark.unit
def test_blocking_needs_a_day() -> None:
    with pytest.raises(InputError, match="date"):
        blocking("trade", ("PAK", "IND"), on=None)


@pytest.mark.unit
def test_partners_of_a_bloc_are_none_of_its_members() -> None:
    for key in ("EAEU", "ASEAN", "EU", "MERCOSUR"):
        day = date(2025, 1, 1)
        assert not set(partners_of(key, on=day)) & set(blocs.members(key, on=day))
