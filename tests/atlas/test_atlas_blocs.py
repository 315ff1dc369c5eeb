"""Blocs and their dated members."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.atlas import blocs
from landbridge.codes import known_codes
from landbridge.errors import InputError, UnknownNameError

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"

DAYS = (date(2005, 1, 1), date(2016, 1, 1), date(2025, 7, 1))

# Full members on the three days; each bloc's own statement of its membership.
COUNTS = {
    "EU": (25, 28, 27),  # european-union.europa.eu: 25 after 2004, 28 after Croatia, 27 after 2020
    "EAEU": (0, 5, 5),  # eec.eaeunion.org: treaty in force 2015-01-01
    "SCO": (6, 6, 10),  # TASS 2025-09-01: ten members; six before 2017
    "ASEAN": (10, 10, 10),  # asean.org: Timor-Leste became the eleventh on 2025-10-26
    "GCC": (6, 6, 6),  # gcc-sg.org
    "SAARC": (7, 8, 8),  # saarc-sec.org: Afghanistan the eighth in 2007
    "ECO": (10, 10, 10),  # eco.int
    "BRICS": (0, 5, 10),  # MENAFN 2025-06-15 names the ten
    "MERCOSUR": (4, 5, 5),  # mercosur.int: Venezuela 2012, suspended 2016-12; Bolivia 2024
    "EAC": (3, 5, 8),  # eac.int: eight partner states since 2024-03-04
    "SADC": (13, 15, 16),  # sadc.int: Seychelles away 2004-2008, Comoros the sixteenth in 2018
    "CPTPP": (0, 0, 12),  # mfat.govt.nz: the United Kingdom the twelfth
    "G7": (8, 7, 7),  # g7.utoronto.ca: with Russia 1998-2014
    # The WTO's own counts are 148, 162 and 166 with the European Union, which is no economy
    # (162nd: regjeringen.no on Kazakhstan, 2015-11-30).
    "WTO": (147, 161, 165),
}


@pytest.mark.golden
@pytest.mark.parametrize("bloc", COUNTS)
def test_membership_counts_match_the_published_ones(bloc: str) -> None:
    assert tuple(len(blocs.members(bloc, on=day)) for day in DAYS) == COUNTS[bloc]


@pytest.mark.golden
def test_the_united_kingdom_is_in_the_eu_on_2019_12_31_and_not_on_2020_02_01() -> None:
    assert "GBR" in blocs.members("EU", on=date(2019, 12, 31))
    assert "GBR" in blocs.members("EU", on=date(2020, 1, 31))
    assert "GBR" not in blocs.members("EU", on=date(2020, 2, 1))
    assert blocs.status_of("GBR", "EU", on=date(2020, 2, 1)) == "withdrawn"


@pytest.mark.golden
def test_the_sco_has_8_members_in_2018_and_10_in_2025() -> None:
    assert len(blocs.members("SCO", on=date(2018, 1, 1))) == 8
    assert len(blocs.members("SCO", on=date(2025, 1, 1))) == 10


@pytest.mark.golden
def test_the_sco_has_17_partners_since_the_tianjin_summit() -> None:
    # TASS, 2025-09-01: observers and dialogue partners became one status; Laos joined them.
    assert len(blocs.members("SCO", on=date(2025, 9, 1), statuses=("partner",))) == 17
    assert (
        blocs.members("SCO", on=date(2025, 9, 1), statuses=("observer", "dialogue_partner")) == ()
    )


@pytest.mark.golden
def test_saudi_arabia_was_invited_to_brics_and_has_not_joined() -> None:
    assert "SAU" not in blocs.members("BRICS", on=date(2025, 12, 1))
    assert blocs.status_of("SAU", "BRICS", on=date(2025, 12, 1)) == "candidate"
    assert len(blocs.members("BRICS", on=date(2025, 12, 1), statuses=("partner",))) == 10


@pytest.mark.golden
def test_states_that_left_ecowas_are_out_since_2025_01_29() -> None:
    before, after = date(2025, 1, 28), date(2025, 1, 29)
    left = {"BFA", "MLI", "NER"}
    assert left <= set(blocs.members("ECOWAS", on=before, statuses=blocs.BOUND))
    assert not left & set(blocs.members("ECOWAS", on=after, statuses=blocs.BOUND))


@pytest.mark.golden
def test_the_audit_of_stale_lists_agrees() -> None:
    path = REFERENCE / "data" / "org_membership_audit.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    with path.open(encoding="utf-8") as lines:
        audit = {row["org"]: int(row["n_true"]) for row in csv.DictReader(lines)}
    day = date(2025, 12, 1)
    # Guinea was suspended by ECOWAS until January 2026 and Guinea-Bissau since November 2025, Syria
    # was back in the OIC, Armenia froze its part in the CSTO: bound states are what was counted.
    for org in ("EAEU", "CIS", "SCO", "BRICS", "ECO", "SAARC", "GCC", "ASEAN", "SADC", "EU"):
        assert len(blocs.members(org, on=day)) == audit[org], org
    for org in ("OIC", "CSTO", "ECOWAS", "COMESA", "CPTPP", "RCEP", "OTS", "D-8", "Mercosur"):
        bound = set(blocs.members(org, on=day, statuses=blocs.BOUND))
        expected = audit[org] + (1 if org == "Mercosur" else 0)  # suspended Venezuela
        assert len(bound) == expected, org


@pytest.mark.unit
def test_intervals_of_an_economy_in_a_bloc_do_not_overlap() -> None:
    table = blocs.intervals().sort_values(["bloc", "iso3", "since"])
    for (bloc, iso3), rows in table.groupby(["bloc", "iso3"]):
        starts = list(rows.since)[1:]
        ends = list(rows.until)[:-1]  # only the last interval may be open
        assert all(end < start for end, start in zip(ends, starts, strict=True)), (bloc, iso3)


@pytest.mark.unit
def test_nobody_is_in_a_bloc_before_its_birth_or_after_its_end() -> None:
    for row in blocs.intervals().itertuples():
        facts = blocs.bloc(row.bloc)
        assert row.since.date() >= facts.founded, (row.bloc, row.iso3)
        if facts.ended is not None:
            assert not pd.isna(row.until), (row.bloc, row.iso3)
            assert row.until.date() <= facts.ended, (row.bloc, row.iso3)


@pytest.mark.unit
@pytest.mark.parametrize("bloc", blocs.known_blocs())
def test_a_bloc_has_no_members_the_day_before_its_birth(bloc: str) -> None:
    facts = blocs.bloc(bloc)
    assert blocs.members(bloc, on=facts.founded - timedelta(days=1), statuses=blocs.STATUSES) == ()
    assert blocs.members(bloc, on=facts.founded) != ()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eaeu", "EAEU"),
        ("Eurasian Economic Union", "EAEU"),
        ("Turkic Council", "OTS"),
        ("cis fta", "CISFTA"),
        ("Belt and Road", "BRI"),
        ("mercosur", "MERCOSUR"),
        ("The European Union", "EU"),
    ],
)
def test_names_resolve_whatever_their_case(text: str, expected: str) -> None:
    assert blocs.resolve_bloc(text) == expected


@pytest.mark.unit
def test_a_misspelt_bloc_gets_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="EAEU"):
        blocs.members("EAUE", on=date(2020, 1, 1))


@pytest.mark.unit
def test_members_cannot_be_asked_for_without_a_date() -> None:
    with pytest.raises(TypeError):
        blocs.members("EU")  # type: ignore[call-arg]
    with pytest.raises(InputError, match="date"):
        blocs.members("EU", on=None)


@pytest.mark.unit
def test_an_unknown_status_gets_a_suggestion() -> None:
    with pytest.raises(InputError, match="member"):
        blocs.members("EU", on=date(2020, 1, 1), statuses=("membre",))


@pytest.mark.unit
def test_no_bloc_is_called_like_an_economy() -> None:
    assert not set(blocs.known_blocs()) & set(known_codes())


@pytest.mark.unit
def test_shared_blocs_and_the_deepest_of_them() -> None:
    day = date(2020, 1, 1)
    assert "EAEU" in blocs.shared_blocs("RUS", "KAZ", on=day)
    assert blocs.deepest_shared("RUS", "KAZ", on=day) == ("EAEU", "economic_union")
    assert blocs.deepest_shared("ESH", "PAK", on=day) is None


days = st.dates(min_value=date(1958, 1, 1), max_value=date(2026, 6, 30))


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(bloc=st.sampled_from(blocs.known_blocs()), day=days)
def test_membership_changes_only_on_the_days_that_the_table_names(bloc: str, day: date) -> None:
    table = blocs.intervals()
    rows = table[table.bloc == bloc]
    starts = {stamp.date() for stamp in rows.since}
    ends = {stamp.date() + timedelta(days=1) for stamp in rows.until.dropna()}
    before = blocs.members(bloc, on=day - timedelta(days=1), statuses=blocs.STATUSES)
    if day not in starts | ends:
        assert blocs.members(bloc, on=day, statuses=blocs.STATUSES) == before


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(bloc=st.sampled_from(blocs.known_blocs()), day=days)
def test_statuses_part_the_members_and_blocs_of_agrees_with_members(bloc: str, day: date) -> None:
    everyone = blocs.members(bloc, on=day, statuses=blocs.STATUSES)
    parts = [blocs.members(bloc, on=day, statuses=(status,)) for status in blocs.STATUSES]
    assert sorted(code for part in parts for code in part) == list(everyone)
    for code in everyone[:3]:
        assert bloc in blocs.blocs_of(code, on=day, statuses=blocs.STATUSES)
