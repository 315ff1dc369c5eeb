"""The fitted baseline: totals kept, zeros filled, observed flows beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landbridge.errors import InputError
from landbridge.gravity.uses.world_fitted import fitted_world
from landbridge.world.base import CellStatus, World
from landbridge.world.baseline import load_baseline

pytestmark = pytest.mark.unit
KEPT = 1e-8  # promised: 1e-9 of each total, on one side; the other follows in the next sweep


def cut(world: World, count: int) -> World:
    """Return the world of the largest traders only."""
    chosen = np.sort(np.argsort(-world.exports)[:count])
    square = np.ix_(chosen, chosen)
    kinds = ("goods", "services")
    arrays = (*kinds, *(f"{what}_{kind}" for what in ("sd_log", "status") for kind in kinds))
    return replace(
        world,
        iso3=tuple(world.iso3[at] for at in chosen),
        gdp_million_usd=world.gdp_million_usd[chosen],
        population=world.population[chosen],
        **{name: getattr(world, name)[square] for name in arrays},
    )


def test_zeros_are_filled_and_every_total_is_kept() -> None:
    world = cut(load_baseline(), 45)
    goods = world.goods.copy()
    zeros = [(0, 5), (7, 3), (12, 30)]
    for at in zeros:
        goods[at] = 0.0
    world = replace(world, goods=goods)
    found = fitted_world(world)
    assert all(found.world.goods[at] > 0 for at in zeros)
    for name in ("goods", "services"):
        observed, fitted = getattr(world, name), getattr(found.world, name)
        for axis in (0, 1):
            np.testing.assert_allclose(fitted.sum(axis=axis), observed.sum(axis=axis), rtol=KEPT)
        np.testing.assert_array_equal(fitted.diagonal(), observed.diagonal())
    # The baseline has true zeros of its own beside those made here.
    none = int((goods == 0).sum())
    assert none > len(zeros)
    assert f"Fitted goods: {none} flows that were zero" in found.notes[0]
    foreign = ~np.eye(45, dtype=bool)
    assert (found.world.status_goods[foreign] == CellStatus.IMPUTED).all()
    assert (found.world.sd_log_goods[foreign] > 0).all()
    assert len(found.table) == 45 * 44


def test_an_economy_that_sells_nothing_abroad_keeps_its_zeros() -> None:
    world = cut(load_baseline(), 45)
    goods = world.goods.copy()
    goods[4] = np.where(np.arange(45) == 4, goods[4], 0.0)
    found = fitted_world(replace(world, goods=goods))
    assert found.world.goods[4].sum() == goods[4, 4]
    assert "44 stay zero" in found.notes[0]


def test_too_little_and_unknown_economies_are_refused() -> None:
    world = cut(load_baseline(), 8)
    with pytest.raises(InputError, match="an equation needs 100"):
        fitted_world(world)
    with pytest.raises(InputError, match="no distances are known of ROW"):
        fitted_world(replace(world, iso3=(*world.iso3[:-1], "ROW")))
