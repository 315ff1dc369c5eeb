"""The choice of modes and ports by class of cargo that a run stands on."""

from __future__ import annotations

from functools import lru_cache

from landbridge.basis import embedded_sectors
from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.carriage.classes import cargo_classes, goods_by_cargo
from landbridge.freight.carriage.constants import fitted_attractions
from landbridge.freight.carriage.mix import cargo_mix
from landbridge.scenarios.schema import Scenario
from landbridge.world.base import World
from landbridge.world.sectors.facts import GOODS

WORLDS_KEPT = 4


def cargo_of(world: World, scenario: Scenario) -> CargoChoice | None:
    """Find the choice by class of cargo of a scenario; None where it asks for another."""
    return cargo_choice(world) if scenario.choice == "cargo" else None


@lru_cache(maxsize=WORLDS_KEPT)
def cargo_choice(world: World) -> CargoChoice:
    """Find the mix of goods of a world, and put the fitted constants beside it.

    The mix is that of the embedded tables by sector, whatever the world's totals are; pairs and
    economies that the tables lack borrow it (`freight.carriage.mix`). It is kept by the world
    itself, which does not change.
    """
    tables = embedded_sectors()
    goods = [place for place, kind in enumerate(tables.sectors.kinds) if kind == GOODS]
    codes = [tables.sectors.codes[place] for place in goods]
    whole = tables.flows[:, :, tables.sectors.counted_as(GOODS)].sum(axis=2)
    by_class = goods_by_cargo(tables.flows[:, :, goods], codes, tables.iso3)
    return CargoChoice(
        mix=cargo_mix(by_class, world.iso3, world.goods, whole),
        classes=cargo_classes(),
        attractions=fitted_attractions(),
    )
