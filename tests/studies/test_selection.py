"""The best set under budgets, against every set there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import InputError
from landbridge.studies.invest.selection import Menu, best_sets, choose

CLOSE = 1e-6  # of worths of order ten


def random_menu(seed: int, count: int, *, exclusive: bool, requires: bool) -> Menu:
    rng = np.random.default_rng(seed)
    worth = np.triu(rng.normal(0, 3, (count, count)))
    worth[np.diag_indices(count)] = rng.normal(2, 5, count)
    spending = np.zeros((2, count, count))
    for place in range(2):
        own = rng.uniform(0.5, 5, count)
        spending[place][np.diag_indices(count)] = own
        # Two that share a part take less together, never less than either.
        shared = np.minimum.outer(own, own) * rng.uniform(0, 1, (count, count)) / count
        spending[place] -= np.triu(shared * (rng.random((count, count)) < 0.3), 1)
    return Menu(
        worth=worth,
        spending=spending,
        budgets=rng.uniform(3, 12, 2),
        requires=((0, 1),) if requires else (),
        exclusive=((1, 2),) if exclusive else (),
    )


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    count=st.integers(3, 6),
    exclusive=st.booleans(),
    requires=st.booleans(),
)
def test_the_best_sets_are_those_of_a_search_through_all(
    *, seed: int, count: int, exclusive: bool, requires: bool
) -> None:
    menu = random_menu(seed, count, exclusive=exclusive, requires=requires)
    every = [np.array(one) for one in product([False, True], repeat=count)]
    allowed = sorted((menu.value(one) for one in every if menu.allows(one)), reverse=True)
    found = best_sets(menu, 3)
    assert all(menu.allows(one) for one in found)
    values = [menu.value(one) for one in found]
    assert values == pytest.approx(allowed[:3], abs=CLOSE)


@pytest.mark.unit
def test_complements_are_chosen_together_and_substitutes_are_not() -> None:
    free = np.zeros((1, 2, 2))
    no_limit = np.array([np.inf])
    complements = Menu(np.array([[-1.0, 3.0], [0.0, -1.0]]), free, no_limit)
    substitutes = Menu(np.array([[2.0, -3.0], [0.0, 2.5]]), free, no_limit)
    assert list(choose(complements)) == [True, True]
    assert list(choose(substitutes)) == [False, True]


@pytest.mark.unit
def test_nothing_worth_its_cost_leaves_the_empty_set_and_then_none() -> None:
    menu = Menu(np.array([[-1.0]]), np.ones((1, 1, 1)), np.array([10.0]))
    assert not choose(menu).any()
    assert len(best_sets(menu, 5)) == 2


@pytest.mark.unit
def test_a_set_that_breaks_a_rule_the_menu_does_not_know_is_passed_over() -> None:
    menu = Menu(np.diag([3.0, 2.0]), np.ones((1, 2, 2)), np.array([np.inf]))
    found = best_sets(menu, 2, truly=lambda chosen: not chosen.all())
    assert [list(one) for one in found] == [[True, False], [False, True]]


@pytest.mark.unit
def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(InputError, match="below zero"):
        Menu(np.ones((1, 1)), np.ones((1, 1, 1)), np.array([-1.0]))
    with pytest.raises(InputError, match="every item"):
        Menu(np.array([[np.nan]]), np.ones((1, 1, 1)), np.array([1.0]))
