"""Cooperative games whose answers are in the textbooks, and claims about any game."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from landbridge.errors import ConvergenceError, InputError
from landbridge.studies.coalition.games import (
    Game,
    blocking,
    excesses,
    in_core,
    is_convex,
    is_superadditive,
    least_core,
    members,
    names,
    shapley,
    smallest_transfers,
)
from landbridge.units import FloatArray

EXACT = 1e-9  # of values of order one: the linear programmes are solved to 1e-10


def game_of(values: dict[str, float], players: str = "ABC") -> Game:
    """Make a game from the coalitions that are worth something."""
    found = np.zeros(2 ** len(players))
    for coalition, value in values.items():
        found[sum(1 << players.index(one) for one in coalition)] = value
    return Game(tuple(players), found)


GLOVES = game_of({"AC": 1, "BC": 1, "ABC": 1})
MAJORITY = game_of({"AB": 1, "AC": 1, "BC": 1, "ABC": 1})
UNANIMITY = game_of({"AB": 1, "ABC": 1})
AIRPORT = game_of({"A": -1, "B": -2, "C": -3, "AB": -2, "AC": -3, "BC": -3, "ABC": -3})


@pytest.mark.golden
def test_shapley_values_of_textbook_games() -> None:
    # Osborne and Rubinstein (1994), ch. 14; Littlechild and Owen (1973) for the airport.
    assert_allclose(shapley(GLOVES), [1 / 6, 1 / 6, 2 / 3], atol=EXACT)
    assert_allclose(shapley(MAJORITY), [1 / 3] * 3, atol=EXACT)
    assert_allclose(shapley(UNANIMITY), [1 / 2, 1 / 2, 0], atol=EXACT)
    assert_allclose(shapley(AIRPORT), [-1 / 3, -5 / 6, -11 / 6], atol=EXACT)


@pytest.mark.golden
def test_the_core_of_the_glove_game_is_one_point() -> None:
    found = least_core(GLOVES)
    assert found.has_core
    assert found.excess == pytest.approx(0, abs=EXACT)
    assert_allclose(found.division, [0, 0, 1], atol=EXACT)
    assert in_core(GLOVES, np.array([0.0, 0.0, 1.0]))
    assert not in_core(GLOVES, shapley(GLOVES))


@pytest.mark.golden
def test_the_majority_game_has_no_core() -> None:
    found = least_core(MAJORITY)
    assert not found.has_core
    assert found.excess == pytest.approx(1 / 3, abs=EXACT)
    assert_allclose(found.division, [1 / 3] * 3, atol=EXACT)


@pytest.mark.golden
def test_the_nucleolus_divides_an_estate_as_the_talmud_does() -> None:
    # Aumann and Maschler (1985): claims of 100, 200 and 300 on estates of 100, 200 and 300.
    claims = {"A": 100, "B": 200, "C": 300}
    for estate, shares in ((100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])):
        values = {}
        for coalition in ("A", "B", "C", "AB", "AC", "BC", "ABC"):
            others = sum(claim for one, claim in claims.items() if one not in coalition)
            values[coalition] = max(0, estate - others)
        game = game_of(values)
        assert_allclose(least_core(game).division, shares, atol=EXACT * 300)


@pytest.mark.golden
def test_a_four_player_weighted_majority() -> None:
    # [3; 2, 1, 1, 1]: the apex game; nucleolus (2, 1, 1, 1) / 5, Shapley (1/2, 1/6, 1/6, 1/6).
    weights = np.array([2, 1, 1, 1])
    game = Game(tuple("ABCD"), (members(4) @ weights >= 3).astype(float))
    assert_allclose(shapley(game), [1 / 2, 1 / 6, 1 / 6, 1 / 6], atol=EXACT)
    assert_allclose(least_core(game).division, [2 / 5, 1 / 5, 1 / 5, 1 / 5], atol=EXACT)
    assert least_core(game).excess == pytest.approx(2 / 5, abs=EXACT)


@pytest.mark.unit
def test_convex_games_have_shapley_in_their_core() -> None:
    assert is_convex(UNANIMITY)
    assert is_convex(AIRPORT)
    assert in_core(UNANIMITY, shapley(UNANIMITY))
    assert in_core(AIRPORT, shapley(AIRPORT))
    assert not is_convex(GLOVES)
    assert is_superadditive(GLOVES)
    assert not is_superadditive(game_of({"A": 2, "B": 2, "AB": 3, "ABC": 3}))


@pytest.mark.unit
def test_who_would_leave_and_what_holds_them() -> None:
    payoffs = np.array([0.1, 0.1, 0.8])
    leaving = blocking(GLOVES, payoffs)
    assert [names(GLOVES, int(number)) for number in leaving] == [("A", "C"), ("B", "C")]
    assert_allclose(excesses(GLOVES, payoffs)[leaving], [0.1, 0.1], atol=EXACT)
    paid = smallest_transfers(GLOVES, payoffs)
    assert_allclose(paid, [-0.1, -0.1, 0.2], atol=1e-7)
    assert in_core(GLOVES, payoffs + paid)
    assert_allclose(smallest_transfers(GLOVES, np.array([0.0, 0.0, 1.0])), 0.0, atol=0)


@pytest.mark.unit
def test_where_there_is_no_core_no_payment_holds_all_and_the_least_core_bounds_the_loss() -> None:
    payoffs = np.array([1.0, 0.0, 0.0])
    with pytest.raises(ConvergenceError, match="no side payments"):
        smallest_transfers(MAJORITY, payoffs)
    paid = smallest_transfers(MAJORITY, payoffs, least_core(MAJORITY).excess)
    assert_allclose(payoffs + paid, [1 / 3] * 3, atol=1e-7)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("players", "values", "message"),
    [
        (("A",) * 2, np.zeros(4), "twice"),
        (("A", "B"), np.zeros(3), "4 finite values"),
        (("A", "B"), np.array([0, 1, np.nan, 1]), "4 finite values"),
        (("A",), np.array([1.0, 1.0]), "nobody"),
        (tuple("ABCDEFGHIJKLM"), np.zeros(2**13), "13 players"),
    ],
)
def test_what_is_no_game_is_refused(
    players: tuple[str, ...], values: FloatArray, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Game(players, values)


@st.composite
def games(draw: st.DrawFn, most: int = 5) -> Game:
    count = draw(st.integers(2, most))
    numbers = st.floats(-10, 10, allow_nan=False).map(lambda value: round(value, 3))
    values = draw(st.lists(numbers, min_size=2**count - 1, max_size=2**count - 1))
    return Game(tuple("ABCDE"[:count]), np.array([0.0, *values]))


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(game=games())
def test_shapley_is_the_average_over_all_orders(game: Game) -> None:
    count = len(game.players)
    total = np.zeros(count)
    orders = list(permutations(range(count)))
    for order in orders:
        here = 0
        for player in order:
            total[player] += game.worth[here | 1 << player] - game.worth[here]
            here |= 1 << player
    found = shapley(game)
    assert_allclose(found, total / len(orders), atol=1e-12 * game.scale)
    assert found.sum() == pytest.approx(game.whole, abs=1e-12 * game.scale)


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(game=games(), other=st.integers(0, 2**31), factor=st.floats(-3, 3))
def test_shapley_adds_up_over_games_and_gives_a_dummy_its_own(
    game: Game, other: int, factor: float
) -> None:
    count = len(game.players)
    more = np.random.default_rng(other).normal(size=2**count)
    more[0] = 0.0
    second = Game(game.players, more)
    both = Game(game.players, game.worth + factor * more)
    expected = shapley(game) + factor * shapley(second)
    assert_allclose(shapley(both), expected, atol=1e-11 * (game.scale + 3 * second.scale))
    # A player who adds one to every coalition gets one, and all others what they had.
    joined = Game((*game.players, "dummy"), np.concatenate([game.worth, game.worth + 1.0]))
    assert_allclose(shapley(joined), [*shapley(game), 1.0], atol=1e-11 * game.scale)


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(game=games(4), seed=st.integers(0, 2**31))
def test_names_do_not_matter(game: Game, seed: int) -> None:
    count = len(game.players)
    order = np.random.default_rng(seed).permutation(count)
    inside = members(count)
    shuffled = (inside[:, order] @ (1 << np.arange(count))).astype(int)
    moved = Game(game.players, game.worth[shuffled])
    # Player k of the game is player order[k] of the moved one.
    assert_allclose(shapley(moved)[order], shapley(game), atol=1e-11)
    assert_allclose(
        least_core(moved).division[order], least_core(game).division, atol=1e-7 * game.scale
    )


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(game=games())
def test_no_coalition_leaves_the_core_and_no_division_beats_the_least_core(game: Game) -> None:
    found = least_core(game)
    assert found.division.sum() == pytest.approx(game.whole, abs=1e-8 * game.scale)
    worst = excesses(game, found.division)[1:-1].max()
    assert worst == pytest.approx(found.excess, abs=1e-7 * game.scale)
    assert excesses(game, shapley(game))[1:-1].max() >= found.excess - 1e-7 * game.scale
    if found.has_core:
        assert in_core(game, found.division)
        paid = smallest_transfers(game, shapley(game))
        assert in_core(game, shapley(game) + paid)
        assert paid.sum() == pytest.approx(0, abs=1e-7 * game.scale)
    if is_convex(game):
        assert in_core(game, shapley(game))
        assert found.has_core


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), count=st.integers(2, 6))
def test_convex_games_are_superadditive_and_have_a_core(seed: int, count: int) -> None:
    # A convex function of a measure is a convex game.
    weights = np.random.default_rng(seed).uniform(0, 1, count)
    game = Game(tuple("ABCDEF"[:count]), (members(count) @ weights) ** 2)
    assert is_convex(game)
    assert is_superadditive(game)
    assert in_core(game, shapley(game))
