"""Ports and crossings that are full: limits, prices, what stays, and that nothing bites at rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landbridge.errors import ConvergenceError, FaultsError, InputError
from landbridge.freight.carriage import limited as room
from landbridge.freight.carriage.carry import carry, split_modes
from landbridge.freight.carriage.classes import cargo_classes
from landbridge.freight.carriage.constants import Attractions
from landbridge.freight.carriage.costs import mode_costs
from landbridge.freight.carriage.limited import Limited, Shippers, carry_within, most_paid
from landbridge.freight.carriage.limits import Limits, Place, handling_group, limits_of
from landbridge.freight.carriage.loading import loading_of
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.edits.applying import SetCapacity, SetOpen, apply_edits
from landbridge.freight.edits.words import describe_all
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.studies.carriage.stranded import (
    full_places,
    stranded_sentences,
    stranded_table,
)
from landbridge.tables import embedded_table

ISO3 = ("CHN", "DEU", "IRN", "KAZ", "PAK", "UZB")
PARAMETERS = central_parameters()
NAMES = ("liquid", "container")
CLASSES = tuple(one for one in cargo_classes() if one.name in NAMES)
GROUPS = [handling_group(one) for one in CLASSES]


@pytest.fixture(scope="module")
def network() -> FreightNetwork:
    return load_network()


@pytest.fixture(scope="module")
def shippers(network: FreightNetwork) -> Shippers:
    rng = np.random.default_rng(8)
    tonnes = rng.lognormal(1, 1, (len(CLASSES), 1, len(ISO3), len(ISO3)))
    constants = tuple(Attractions().constants(one, network.sea.ports) for one in CLASSES)
    today = mode_costs(network, PARAMETERS, CLASSES, iso3=ISO3)
    felt = tuple(
        split_modes(*one).felt_usd_per_tonne for one in zip(today, CLASSES, constants, strict=True)
    )
    return Shippers(CLASSES, constants, np.concatenate((tonnes, 600 * tonnes), 1), ISO3, felt)


def over(network: FreightNetwork, shippers: Shippers) -> list[np.ndarray]:
    costs = mode_costs(network, PARAMETERS, CLASSES, iso3=ISO3)
    found = []
    for number, (own, cargo) in enumerate(zip(costs, CLASSES, strict=True)):
        split = split_modes(own, cargo, shippers.constants[number])
        loading = loading_of(own, cargo)
        found.append(carry(own, split, shippers.amounts[number], loading).arcs[0])
    return found


@pytest.fixture(scope="module")
def limits(network: FreightNetwork, shippers: Shippers) -> Limits:
    return limits_of(network, GROUPS, network, over(network, shippers))


@pytest.fixture(scope="module")
def shut(network: FreightNetwork, shippers: Shippers) -> tuple[FreightNetwork, Limited]:
    """With Iran's and Pakistan's large ports shut, the small ones are full."""
    closed = ["port of Bandar Abbas", "port of Bandar Imam Khomeini", "karachi", "port-qasim"]
    after = apply_edits(network, [SetOpen(name, is_open=False) for name in closed])
    own = limits_of(after, GROUPS, network, over(network, shippers))
    return after, carry_within(after, PARAMETERS, shippers, own)


@pytest.mark.unit
def test_capacities_are_headroom_over_today_or_what_is_known(
    network: FreightNetwork, shippers: Shippers, limits: Limits
) -> None:
    loads = limits.load(GROUPS, over(network, shippers))
    assert (loads <= limits.capacity).all()
    at = {place: row for row, place in enumerate(limits.places)}
    busiest = max(
        (place for place in limits.places if place.group == "liquid"), key=lambda p: loads[at[p]]
    )
    assert limits.capacity[at[busiest]] == pytest.approx(max(1.3 * loads[at[busiest]], 2.0))
    assert limits.capacity[at[Place("port", "fujairah", "loaded", "liquid")]] == 90.0
    torkham = at[Place("crossing", "torkham-road", "forward", "")]
    assert limits.capacity[torkham] == pytest.approx(max(1.5 * loads[torkham], 3.0))


@pytest.mark.unit
def test_where_nothing_is_full_nothing_changes(
    network: FreightNetwork, shippers: Shippers, limits: Limits
) -> None:
    found = carry_within(network, PARAMETERS, shippers, limits)
    assert found.rounds == 0
    assert not found.price.any()
    for one, arcs in zip(found.carried, over(network, shippers), strict=True):
        assert np.array_equal(one.arcs[0], arcs)


@pytest.mark.slow
@pytest.mark.unit
def test_full_places_take_what_they_can_and_the_rest_stays(
    shippers: Shippers, shut: tuple[FreightNetwork, Limited]
) -> None:
    after, found = shut
    full = found.price > 0
    assert full.any()
    above = np.maximum(found.load - found.limits.capacity, 0.0)
    assert above.sum() <= room.EXCESS * found.load[full].sum()
    # Waiting is paid for where a place is full, to what is left open.
    unused = np.maximum(found.limits.capacity[full] - found.load[full], 0.0)
    assert found.price[full] @ unused <= 0.1 * found.price[full] @ found.limits.capacity[full]
    for number, one in enumerate(found.carried):
        given = shippers.amounts[number].copy()
        given[:, np.arange(len(ISO3)), np.arange(len(ISO3))] = 0.0
        moved = sum(one.by_mode.values()) + one.unmoved
        assert moved == pytest.approx(given, rel=1e-9, abs=1e-9)
    free = over(after, shippers)
    loads = found.limits.load(GROUPS, free)
    assert (loads > found.limits.capacity).any()
    table = stranded_table(ISO3, NAMES, found.carried, found.carried)
    assert table.empty
    places = full_places(after, found)
    assert set(places["kind"]) <= {"port", "crossing"}
    assert (places["waiting_usd_per_tonne"] > 0).all()


@pytest.mark.slow
@pytest.mark.unit
def test_a_price_is_at_most_what_somebody_pays(shut: tuple[FreightNetwork, Limited]) -> None:
    """Where all liquids stay, waiting costs about what they pay on top at most."""
    found = shut[1]
    most = {group: most_paid(one) for group, one in zip(GROUPS, CLASSES, strict=True)}
    for place, price in zip(found.limits.places, found.price, strict=True):
        if place.group in most:
            assert price < 2 * most[place.group]


@pytest.mark.unit
def test_a_stated_capacity_goes_before_the_rule(
    network: FreightNetwork, shippers: Shippers, limits: Limits
) -> None:
    edits = [
        SetCapacity("karachi", factor=2.0, cargo_group="boxes"),
        SetCapacity("Torkham", million_tonnes=7.0),
    ]
    after = apply_edits(network, edits)
    own = limits_of(after, GROUPS, network, over(network, shippers))
    was = dict(zip(limits.places, limits.capacity, strict=True))
    now = dict(zip(own.places, own.capacity, strict=True))
    quay = Place("port", "karachi", "unloaded", "boxes")
    assert now[quay] == pytest.approx(2 * was[quay])
    liquid = Place("port", "karachi", "unloaded", "liquid")
    assert now[liquid] == pytest.approx(was[liquid])
    assert now[Place("crossing", "torkham-road", "backward", "")] == 7.0
    told = describe_all(edits)
    assert "karachi: capacity for boxes times 2" in told
    assert "Torkham: capacity 7 million tonnes a year" in told


@pytest.mark.unit
@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ([SetCapacity("karachi")], "one of the two"),
        ([SetCapacity("karachi", factor=2.0, million_tonnes=3.0)], "one of the two"),
        ([SetCapacity("nowhere at all", factor=2.0)], "neither a port nor a crossing"),
        ([SetCapacity("Torkham", factor=2.0, cargo_group="gas")], "leave its group out"),
    ],
)
def test_a_capacity_that_makes_no_sense_is_refused(
    network: FreightNetwork, edits: list[SetCapacity], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        apply_edits(network, edits)


@pytest.mark.unit
def test_two_capacities_of_one_place_contradict(network: FreightNetwork) -> None:
    edits = [SetCapacity("karachi", factor=2.0), SetCapacity("port of Karachi", factor=3.0)]
    with pytest.raises((FaultsError, InputError), match="the capacity is 3 times here and 2 times"):
        apply_edits(network, edits)


@pytest.mark.unit
def test_it_raises_where_too_much_stays_above(
    network: FreightNetwork,
    shippers: Shippers,
    limits: Limits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "ROUNDS", 1)
    tight = replace(limits, capacity=0.5 * limits.load(GROUPS, over(network, shippers)) + 1e-6)
    with pytest.raises(ConvergenceError, match="above their limits") as caught:
        carry_within(network, PARAMETERS, shippers, tight)
    assert caught.value.residual > room.EXCESS


@pytest.mark.slow
@pytest.mark.unit
def test_what_finds_no_room_is_stranded_and_told(
    network: FreightNetwork,
    shippers: Shippers,
    limits: Limits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half of today's room for liquids at every port, and shippers who pay little on top."""
    monkeypatch.setattr(room, "GIVEN_UP", 0.0)
    monkeypatch.setattr(room, "SPREADS", 3.0)
    loads = limits.load(GROUPS, over(network, shippers))
    quays = np.array([place.group == "liquid" for place in limits.places])
    tight = replace(limits, capacity=np.where(quays & (loads > 0.1), 0.5 * loads, np.inf))
    tight = replace(tight, capacity=np.where(quays & (loads <= 0.1), 0.0, tight.capacity))
    after, found = network, carry_within(network, PARAMETERS, shippers, tight)
    nothing = [replace(one, unmoved=0 * one.unmoved) for one in found.carried]
    table = stranded_table(ISO3, NAMES, nothing, found.carried)
    whole = sum(float(one.unmoved[0].sum()) for one in found.carried)
    assert whole > 0.1
    assert table["stranded_million_tonnes"].sum() == pytest.approx(whole, rel=0.01)
    by_class = table.groupby("cargo")["stranded_million_tonnes"].sum()
    assert by_class["liquid"] > 0
    said = stranded_sentences(table, full_places(after, found))
    assert said[0].endswith(".")
    assert "cannot go" in said[0]
    assert "nothing is stranded" in stranded_sentences(table.head(0), table.head(0))[0]


@pytest.mark.unit
def test_the_table_of_capacities_holds_together(network: FreightNetwork) -> None:
    table = embedded_table("freight", "capacities")
    for name in ("headroom", "least"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
    of_all = table[table["element"] == ""]
    groups = {handling_group(one) for one in cargo_classes()} - {"high-value"}
    assert set(of_all.loc[of_all["kind"] == "port", "cargo_group"]) == groups
    ports = table[(table["kind"] == "port") & (table["element"] != "")]
    assert set(ports["element"]) <= set(network.sea.ports)
