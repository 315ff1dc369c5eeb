"""Edits map tables to tables, and only what is compiled can be asked for a route."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, replace
from types import ModuleType
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pytest

from landbridge import freight
from landbridge.errors import DataError
from landbridge.freight.costs.pricing import arc_costs, central_parameters
from landbridge.freight.edits import borders, building, links
from landbridge.freight.edits.applying import (
    AddPlace,
    Edit,
    SetBorder,
    SetCrossing,
    SetOpen,
    SetRates,
    apply_edits,
    edit_tables,
)
from landbridge.freight.network.compiled import (
    FreightNetwork,
    compile_network,
    load_network,
    recompile,
)
from landbridge.freight.network.parts import Arcs
from landbridge.freight.network.tables import FreightTables
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.skims.economies import skims

NETWORK = load_network()
TABLES = NETWORK.tables
PARAMETERS = central_parameters()
SHUT = SetBorder("PAK", "AFG", is_open=False)
OPEN_KM, SHUT_KM = 1420.0, 2598.0
"""Kabul - Karachi over Torkham, and by Iran and the sea when Pakistan and Afghanistan are shut."""
ASKED = ("choice", "costs", "flows", "profile", "routes", "search", "skims")
"""Rooms that answer from a network."""


@pytest.mark.unit
def test_kabul_to_karachi_goes_around_a_shut_border_however_the_edit_is_made() -> None:
    def km(network: FreightNetwork) -> float:
        return best_trip(network, PARAMETERS, "Kabul", "Karachi").km

    edited = borders.set_border(TABLES, SHUT, "")
    assert km(NETWORK) == OPEN_KM
    assert km(apply_edits(NETWORK, [SHUT])) == SHUT_KM
    assert km(recompile(NETWORK, edited)) == SHUT_KM
    assert km(compile_network(edited)) == SHUT_KM
    assert km(NETWORK) == OPEN_KM


@pytest.mark.unit
def test_edited_tables_cannot_be_asked_for_a_route_nor_put_into_a_compiled_network() -> None:
    edited: Any = edit_tables(TABLES, [SHUT])
    with pytest.raises(AttributeError):
        best_trip(edited, PARAMETERS, "Kabul", "Karachi")
    with pytest.raises(AttributeError):
        skims(edited, PARAMETERS, iso3=("AFG", "PAK"))
    network: Any = NETWORK
    with pytest.raises(TypeError, match="tables"):
        replace(network, tables=edited)
    with pytest.raises((FrozenInstanceError, AttributeError)):
        network.tables = edited


@pytest.mark.unit
def test_every_edit_takes_tables_and_returns_tables() -> None:
    edits = [
        one
        for module in (borders, building, links)
        for one in _functions(module)
        if one.__name__.startswith(("add_", "open_", "set_"))
    ]
    assert len(edits) == 12
    for one in edits:
        hints = get_type_hints(one)
        assert hints["tables"] is hints["return"] is FreightTables, one.__name__


@pytest.mark.unit
def test_no_function_that_answers_from_a_network_takes_tables() -> None:
    asked = [one for room in ASKED for module in _modules(room) for one in _functions(module)]
    takes = {one.__name__: set(get_type_hints(one).values()) for one in asked}
    assert sum(FreightNetwork in types for types in takes.values()) > 20
    assert not [name for name, types in takes.items() if FreightTables in types]


@pytest.mark.unit
def test_costs_of_arcs_can_be_replaced_and_other_arcs_are_refused() -> None:
    dearer = replace(NETWORK.arcs, usd_per_tonne=NETWORK.arcs.usd_per_tonne + 1.0)
    changed = replace(NETWORK, arcs=dearer)
    assert arc_costs(changed, PARAMETERS)[1].sum() > arc_costs(NETWORK, PARAMETERS)[1].sum()
    assert changed.contraction is NETWORK.contraction
    other = apply_edits(NETWORK, [SHUT])
    with pytest.raises(DataError, match="do not join the layers"):
        replace(NETWORK, arcs=other.arcs)


@pytest.mark.unit
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_cost_that_is_no_number_or_below_zero_does_not_compile(value: float) -> None:
    crossings = TABLES.crossings.copy()
    crossings.loc[crossings["crossing"] == "torkham-road", "hours_forward"] = value
    with pytest.raises(DataError, match="torkham-road"):
        compile_network(replace(TABLES, crossings=crossings))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "column"), [("links", "to_node"), ("crossings", "place"), ("access", "node")]
)
def test_a_row_at_a_place_that_is_not_there_does_not_compile(name: str, column: str) -> None:
    table: pd.DataFrame = getattr(TABLES, name).copy()
    table.loc[table.index[0], column] = "nowhere"
    with pytest.raises(DataError, match="nowhere"):
        compile_network(replace(TABLES, **{name: table}))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("edits", "same_sea", "same_core"),
    [
        ([SetCrossing("torkham", hours=9.0), SetRates("road", speed_factor=1.1)], True, True),
        ([SHUT], True, False),
        ([SetOpen("port of Karachi", is_open=False)], True, False),
        ([SetOpen("Suez Canal", is_open=False)], False, False),
        ([AddPlace("x", "X", "AFG", 69.0, 34.0)], True, True),
        ([AddPlace("x", "X", "PAK", 66.0, 25.0, "port")], False, True),
    ],
)
def test_what_an_edit_leaves_as_it_was_is_taken_over_and_the_numbers_are_those_of_a_fresh_compile(
    edits: list[Edit], *, same_sea: bool, same_core: bool
) -> None:
    after = apply_edits(NETWORK, edits)
    assert (after.sea is NETWORK.sea) is same_sea
    assert (after.core is NETWORK.core) is same_core
    fresh = compile_network(after.tables)
    assert after.layers == fresh.layers
    assert np.array_equal(after.sea.km, fresh.sea.km)
    for field in fields(Arcs):
        mine, other = getattr(after.arcs, field.name), getattr(fresh.arcs, field.name)
        assert np.array_equal(mine, other), field.name
    assert after.core.is_same(fresh.core)
    assert abs(after.contraction.chains - fresh.contraction.chains).nnz == 0


@pytest.mark.unit
def test_nothing_to_edit_is_the_same_network() -> None:
    assert apply_edits(NETWORK, []) is NETWORK
    assert recompile(NETWORK, TABLES) is NETWORK


@pytest.mark.unit
def test_networks_and_tables_say_in_a_line_what_they_hold() -> None:
    shut = edit_tables(TABLES, [SetOpen("Suez Canal", is_open=False)])
    assert repr(NETWORK).startswith("FreightNetwork(")
    assert repr(shut).endswith("1 shut)")
    assert len(repr(NETWORK)) < 100
    assert len(repr(shut)) < 100


def _modules(room: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"{freight.__name__}.{room}")
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _functions(module: ModuleType) -> list[Any]:
    return [
        one
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__ and not name.startswith("_")
    ]
