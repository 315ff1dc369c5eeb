"""Reliance of a sector on its suppliers, and the cut-off of one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from landbridge.basis import embedded_basis
from landbridge.errors import DataError, InputError, UnknownNameError
from landbridge.studies.supply.dependence import cut_off, input_table, origins, supplier_table
from landbridge.studies.supply.study import Question, study_supply
from landbridge.world.sectors.base import SectoralWorld, Structure
from landbridge.world.sectors.facts import SectorList

pytestmark = pytest.mark.unit

SECTORS = SectorList(
    codes=("A", "C"),
    titles=("Farms", "Factories"),
    kinds=("goods", "goods"),
    broad=("agriculture", "industry"),
    group_of={"A": "A", "C": "C"},
)


def toy_world(seed: int, count: int = 3) -> SectoralWorld:
    rng = np.random.default_rng(seed)
    flows = rng.uniform(1.0, 10.0, (count, count, 2))
    for place in range(count):
        flows[place, place] *= 20.0
    inputs = rng.uniform(0.05, 0.4, (count, 2, 2))
    names = ("PAK", "CHN", "UZB", "KAZ")[:count]
    return SectoralWorld(2022, names, SECTORS, flows, inputs, (Structure.TABLE,) * count)


def leontief(world: SectoralWorld) -> np.ndarray:
    """Build the matrix of all input coefficients, economies and sectors flattened together."""
    shares = world.flows / world.expenditure[None, :, :]
    count, kinds = world.output.shape
    table = np.einsum("ins,nst->isnt", shares, world.input_share)
    return table.reshape(count * kinds, count * kinds)


@pytest.mark.property
@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_value_added_behind_a_sector_adds_up_and_equals_leontiefs_inverse(seed: Any) -> None:
    world = toy_world(seed)
    found = origins(world, "PAK", "C")
    assert found.value_added.sum() == pytest.approx(1.0, abs=1e-10)
    table = leontief(world)
    user = 0 * 2 + 1
    column = np.linalg.inv(np.eye(len(table)) - table)[:, user]
    expected = (world.value_added_share.reshape(-1) * column).reshape(3, 2)
    assert_allclose(found.value_added, expected, atol=1e-11)
    assert_allclose(found.direct.reshape(-1), table[:, user])


def test_a_sector_without_foreign_inputs_relies_on_nobody() -> None:
    world = toy_world(1)
    flows = np.zeros_like(world.flows)
    for place in range(3):
        flows[place, place] = world.flows[place, place]
    closed = SectoralWorld(2022, world.iso3, SECTORS, flows, world.input_share, world.structure)
    table = supplier_table(closed, origins(closed, "PAK", "A"))
    assert table["supplier"].tolist() == ["PAK"]
    assert table["value_added_percent"].tolist() == pytest.approx([100.0])


def test_tables_add_up_and_rank() -> None:
    world = toy_world(2)
    found = origins(world, "PAK", "C")
    suppliers = supplier_table(world, found)
    for column in ("direct_percent", "look_through_percent", "value_added_percent"):
        assert suppliers[column].sum() == pytest.approx(100.0)
    assert suppliers["value_added_percent"].is_monotonic_decreasing
    inputs = input_table(world, found, np.array([4.0, 6.0]))
    assert inputs["percent_of_inputs"].sum() == pytest.approx(100.0)
    assert inputs["concentration"].between(1 / 3, 1.0).all()
    assert set(inputs["first_supplier"]) <= {"CHN", "UZB"}
    assert dict(zip(inputs["input"], inputs["trade_elasticity"], strict=True)) == {"A": 4, "C": 6}


def test_the_loss_travels_on_and_solves_its_own_equation() -> None:
    world = toy_world(3)
    lost = cut_off(world, "CHN", user="PAK")
    shares = world.flows / world.expenditure[None, :, :]
    lack = np.einsum("ins,is->ns", shares, lost.in_proportion)
    lack[0] += shares[1, 0]
    assert_allclose(
        lost.in_proportion, np.einsum("nst,ns->nt", world.input_share, lack), atol=1e-10
    )
    assert (lost.in_proportion[2] > 0).all()  # Uzbekistan buys of Pakistan
    assert_array_equal(lost.if_indispensable[1:], 0.0)
    assert (lost.if_indispensable[0] >= world.input_share[0].max(axis=0) * 0).all()
    assert_allclose(lost.if_indispensable[0], np.full(2, shares[1, 0].max()))


def test_stopping_some_sectors_loses_less_than_stopping_all() -> None:
    world = toy_world(4)
    some = cut_off(world, "CHN", user="PAK", sectors=("A",))
    every = cut_off(world, "CHN", user="PAK")
    assert (some.in_proportion < every.in_proportion).all()
    assert (some.if_indispensable <= every.if_indispensable).all()


@pytest.mark.journey
@pytest.mark.slow
def test_a_study_of_pakistans_cars_brackets_the_short_run() -> None:
    study = study_supply(embedded_basis(), Question("PAK", "c29"), draws=0, jobs=1)
    assert study.question.sector == "C29"
    assert study.question.supplier == "CHN"
    assert study.certificate["passed"].all()
    cars = study.cut_off.set_index("sector").loc["C29"]
    assert cars["if_indispensable_percent"] < cars["in_proportion_percent"] < 0
    income = study.income.set_index("iso3")["long_run_income_percent"]
    assert income["PAK"] < -0.05
    assert study.suppliers["value_added_percent"].sum() == pytest.approx(100.0, abs=1e-6)


def test_what_cannot_be_studied_is_refused_in_one_line() -> None:
    with pytest.raises(UnknownNameError, match="there is no sector 'C99'"):
        study_supply(embedded_basis(), Question("PAK", "C99"), draws=0)
    with pytest.raises(DataError, match="XXX"):
        study_supply(embedded_basis(), Question("XXX", "C29"), draws=0)
    with pytest.raises(InputError, match="the user itself"):
        study_supply(embedded_basis(), Question("PAK", "C29", supplier="PAK"), draws=0)
