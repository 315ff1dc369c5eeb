"""Crossings from observations by year, and rows of the defaults that a user replaces."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from landbridge.errors import FaultsError, InputError
from landbridge.freight.edits.observations import VALUES, crossing_values, observed_years
from landbridge.freight.edits.own_rows import OwnRows, default_rows, read_own
from landbridge.freight.edits.replacing import own_table, with_own_data
from landbridge.freight.network.compiled import load_network
from landbridge.tables import embedded_table

NETWORK = load_network()
OBSERVED = embedded_table("freight", "crossing_observations")
CLASSES = embedded_table("freight", "crossing_classes")
TERMINALS = embedded_table("freight", "terminals")
CURATED = embedded_table("freight", "crossings")


def own(table: str, text: str) -> OwnRows:
    return read_own(table, text, file="mine.csv", sha256=hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.unit
def test_the_table_of_crossings_is_what_the_observations_give() -> None:
    found = crossing_values(CURATED, OBSERVED, CLASSES, TERMINALS)
    for name in (*VALUES, "year", "source", "confidence"):
        assert (found[name] == CURATED[name]).all(), name
    assert (found["sides_of_year"] == 0).all()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("year", "crossing", "hours_forward"),
    [
        # PAK out of that year, and AFG (2020: both directions together).
        (2020, "torkham-road", 50.0 + 24.2),
        (2021, "torkham-road", 31.6 + 24.2),
        (2022, "torkham-road", 24.2 + 24.2),
        (2020, "chaman-road", 70.7 + 20.2),
        (2021, "chaman-road", 57.5 + 20.2),
    ],
)
def test_a_year_of_observation_takes_the_rows_of_that_year(
    year: int, crossing: str, hours_forward: float
) -> None:
    found = crossing_values(CURATED, OBSERVED, CLASSES, TERMINALS, year=year)
    row = found.set_index("crossing").loc[crossing]
    assert row["hours_forward"] == pytest.approx(hours_forward)
    assert row["hours_low_forward"] <= row["hours_forward"] <= row["hours_high_forward"]
    assert row["sides_of_year"] >= 1


@pytest.mark.unit
def test_crossings_without_a_row_of_the_year_keep_the_default_and_are_counted() -> None:
    prepared = with_own_data(NETWORK, (), border_year=2021)
    before, after = NETWORK.tables.crossings, prepared.network.tables.crossings
    seen = before["crossing"].isin(prepared.observed["crossing"])
    assert 0 < seen.sum() < len(before)
    assert after[~seen].equals(before[~seen])
    assert prepared.observed["sides_of_year"].between(1, 4).all()
    assert set(prepared.replaced["from"]) == {"observations of 2021"}
    assert set(prepared.replaced["row"]) <= set(prepared.observed["crossing"])


@pytest.mark.unit
def test_a_year_without_observations_is_refused_with_those_that_have_some() -> None:
    assert observed_years(OBSERVED) == (2019, 2020, 2021, 2022, 2023)
    with pytest.raises(InputError, match=r"2018\. Known: 2019, 2020"):
        with_own_data(NETWORK, (), border_year=2018)


@pytest.mark.unit
def test_nothing_of_ones_own_changes_nothing() -> None:
    prepared = with_own_data(NETWORK, ())
    assert prepared.network is NETWORK
    assert prepared.replaced.empty
    same = own("crossings", default_rows("crossings").to_csv(index=False))
    assert same.changed.empty
    assert with_own_data(NETWORK, [same]).network.tables.crossings.equals(NETWORK.tables.crossings)


@pytest.mark.unit
def test_a_row_replaces_cell_by_cell_and_says_what_stood_there() -> None:
    text = (
        "crossing,hours_forward,hours_low_forward,hours_high_forward,usd_per_tonne_forward\n"
        "torkham-road,10,5,20,\n"
    )
    mine = own("crossings", text)
    assert mine.changed["column"].tolist() == [
        "hours_forward", "hours_low_forward", "hours_high_forward",
    ]  # fmt: skip
    assert mine.changed["default"].tolist() == ["48.40", "29.04", "88.72"]
    assert set(mine.changed["sha256"]) == {hashlib.sha256(text.encode()).hexdigest()}
    prepared = with_own_data(NETWORK, [mine])
    before = NETWORK.tables.crossings.set_index("crossing")
    after = prepared.network.tables.crossings.set_index("crossing")
    changed = {"hours_forward", "hours_low_forward", "hours_high_forward", "source", "confidence"}
    row, old = after.loc["torkham-road"], before.loc["torkham-road"]
    assert row["hours_forward"] == 10
    assert (row["source"], row["confidence"]) == ("mine.csv", "stated")
    assert all(row[name] == old[name] for name in before.columns if name not in changed)
    assert after.drop("torkham-road").equals(before.drop("torkham-road"))
    arc = prepared.network.arcs.name.index("torkham-road")
    assert 10 in prepared.network.arcs.hours[[arc, arc + 1]]


@pytest.mark.unit
def test_a_row_of_ones_own_goes_before_the_year_of_observation() -> None:
    text = "crossing,hours_forward,hours_low_forward,hours_high_forward\ntorkham-road,10,5,20\n"
    prepared = with_own_data(NETWORK, [own("crossings", text)], border_year=2021)
    row = prepared.network.tables.crossings.set_index("crossing").loc["torkham-road"]
    assert row["hours_forward"] == 10
    assert row["usd_per_tonne_forward"] == pytest.approx(27.45)
    cells = prepared.replaced[["row", "column"]]
    assert not cells.duplicated().any()


@pytest.mark.unit
def test_a_class_goes_into_the_sides_that_rest_on_it_and_no_other() -> None:
    text = "crossing_class,mode,hours,hours_low,hours_high\nordinary,road,30,10,60\n"
    after = with_own_data(NETWORK, [own("crossing_classes", text)]).network.tables.crossings
    before = NETWORK.tables.crossings
    moved = (after["hours_forward"] != before["hours_forward"]).to_numpy()
    assert moved.any()
    assert (before.loc[moved, "crossing_class"] == "ordinary").all()
    assert (before.loc[moved, "mode"] == "road").all()
    both = moved & (before["hours_forward"] == 20).to_numpy()
    assert np.allclose(after.loc[both, "hours_forward"], 30)


@pytest.mark.unit
def test_an_observation_can_be_added() -> None:
    text = (
        "observation,place,name,side_iso3,mode,direction,year,hours,used,includes_gauge_break,"
        "source,confidence\n"
        "mine-1,torkham,Torkham,PAK,road,out,2025,500,true,false,a survey,published\n"
    )
    after = with_own_data(NETWORK, [own("crossing_observations", text)]).network.tables.crossings
    hours = after.set_index("crossing").loc["torkham-road", "hours_forward"]
    assert hours == pytest.approx(500 + 24.2)


@pytest.mark.unit
def test_an_economy_and_a_port_get_rows_of_their_own() -> None:
    modes = "mode,iso3,speed_kmh,speed_low,speed_high,usd_per_tonne_km,usd_low,usd_high\n"
    rates = own("mode_costs", modes + "road,FRA,50,40,60,0.1,0.08,0.12\n")
    port = own(
        "terminals",
        "terminal,place,kind,fixed_hours,queue_hours,hours_low,hours_high,usd_per_tonne,usd_low,"
        "usd_high\nsalalah-port,salalah,port,10,20,20,40,5,4,6\n",
    )
    network = with_own_data(NETWORK, [rates, port]).network
    row = network.tables.mode_costs.iloc[-1]
    assert (row["mode"], row["iso3"], row["speed_kmh"]) == ("road", "FRA", 50)
    assert "road:FRA" in network.bands.names
    assert "salalah-port" in network.arcs.name


@pytest.mark.unit
@pytest.mark.parametrize(
    ("table", "text", "says"),
    [
        ("crossing", "a\n", "Did you mean 'crossings'"),
        ("crossings", "", "no CSV"),
        ("crossings", "crossing\n", "the file has no rows"),
        ("crossings", "crossing,hours_forwrd\ntorkham-road,1\n", "Did you mean 'hours_forward'"),
        ("crossings", "hours_forward\n1\n", "the column 'crossing' is missing"),
        ("crossings", "crossing,year\ntorkam-road,2020\n", "row 2: 'torkam-road' is no row of"),
        ("crossings", "crossing,hours_forward\ntorkham-road,1\n", "do not rise; write the band"),
        ("crossings", "crossing,hours_forward\ntorkham-road,fast\n", "not a number"),
        ("crossings", "crossing,hours_forward\ntorkham-road,-3\n", "below 0"),
        ("crossings", "crossing,hours_forward\ntorkham-road,inf\n", "not a number"),
        ("crossings", "crossing,hours_forward\ntorkham-road,5,6\n", "more cells than the header"),
        ("crossings", "crossing,year\ntorkham-road,2020\ntorkham-road,2021\n", "same key"),
        ("mode_costs", "mode,iso3,year\nroad,XQX,2020\n", "'XQX' is no economy"),
        ("mode_costs", "mode,iso3,speed_kmh\nroad,FRA,50\n", "is new, so it needs speed_low"),
        ("mode_costs", "mode,iso3,speed_kmh,speed_low\nroad,PAK,0,0\n", "must be above zero"),
        ("mode_costs", "mode,iso3,speed_kmh\nrode,PAK,20\n", "rode"),
        ("terminals", "terminal,queue_hours\nkarachi-port,9999\n", "fixed_hours + queue_hours"),
        ("crossing_classes", "crossing_class,mode,year\nhard,road,1\n", "'year': there is no such"),
        ("parameters", "name,central\nclosure_spell_day,9\n", "Did you mean 'closure_spell_days'"),
    ],
)
def test_a_file_at_fault_says_what_and_where_and_how_to_mend_it(
    table: str, text: str, says: str
) -> None:
    with pytest.raises(InputError) as caught:
        own(table, text)
    assert says in str(caught.value)
    assert "mine.csv" in str(caught.value)


@pytest.mark.unit
def test_every_fault_of_a_file_is_said_at_once() -> None:
    with pytest.raises(FaultsError) as caught:
        own("crossings", "crossing,year\nnowhere-road,2020\ntorkam-road,2020\n")
    assert len(caught.value.faults) == 2


@pytest.mark.unit
def test_a_table_with_ones_own_rows_keeps_all_others() -> None:
    mine = own("crossing_classes", "crossing_class,mode,hours,hours_low\nhard,road,40,12\n")
    table = own_table("crossing_classes", [mine]).set_index(["crossing_class", "mode"])
    assert table.loc[("hard", "road"), "hours"] == 40
    others = CLASSES.set_index(["crossing_class", "mode"]).drop(("hard", "road"))
    assert table.drop(("hard", "road")).equals(others)
