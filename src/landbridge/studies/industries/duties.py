"""Tariffs by sector before and after a scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from landbridge.scenarios.policy import Policy
from landbridge.scenarios.values.pair_costs import no_tariffs
from landbridge.studies.chain.one_pass import Assumptions
from landbridge.studies.chain.sector_shares import farm_share
from landbridge.units import FloatArray
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.facts import GOODS
from landbridge.world.sectors.isic import shipped_groups
from landbridge.world.tariffs.base import Tariffs


@dataclass(frozen=True, eq=False)
class SectorDuties:
    """Tariffs of every sector, ``[N, N, S]`` ratios of the value at the border.

    Attributes
    ----------
    before, after
        Before and after a scenario; None where nothing is known and nothing is set.
    held_at_zero
        Flows whose tariff would have fallen below zero; it is zero, not a subsidy.
    """

    before: FloatArray | None
    after: FloatArray | None
    held_at_zero: int = 0


@dataclass(frozen=True, eq=False)
class TariffsAsked:
    """Where the tariffs of a run by industry come from.

    Attributes
    ----------
    held
        Tariffs of the world, on the same axes; None where they are in the tables or not known.
    equivalents
        Tariff equivalents that act on the tariffs of tables: one plus the tariff moves by the
        ratio of one plus the rates. None where there are none.
    """

    held: Tariffs | None = None
    equivalents: Policy | None = None


def sector_duties(
    world: SectoralWorld, policy: Policy, assumptions: Assumptions, asked: TariffsAsked
) -> SectorDuties:
    """Find the tariffs of every sector of goods before and after a scenario.

    Parameters
    ----------
    world
        The sectoral world; tables that hold tariffs keep them.
    policy
        The scenario's; its edits act on tariffs.
    assumptions
        What agreements take off and who uses it.
    asked
        Where tariffs come from.
    """
    held, equivalents = asked.held, asked.equivalents
    own = world.tariffs is not None
    if held is None and not own and not policy.tariff_edits:
        return SectorDuties(None, None)
    groups = shipped_groups(world.sectors)
    goods = world.sectors.counted_as(GOODS)
    base = held or no_tariffs(world.iso3)
    farm = farm_share(world)
    before, after = np.zeros_like(world.flows), np.zeros_like(world.flows)
    for sector, code in enumerate(groups):
        table = None if world.tariffs is None else world.tariffs[:, :, sector]
        if not goods[sector]:
            if table is not None:
                before[:, :, sector] = after[:, :, sector] = table
            continue
        here = base if table is None else replace(base, own=table)
        change = replace(policy, farm_share=farm).tariff_change(
            here, assumptions.tariffs, assumptions.rates
        )
        one, two = change.schedules(code)
        before[:, :, sector], after[:, :, sector] = one.rates(), two.rates()
    if own and equivalents is not None:
        after, low = _moved(world, equivalents, assumptions, before=before, after=after)
        return SectorDuties(before, after, low)
    return SectorDuties(before, after)


def _moved(
    world: SectoralWorld,
    policy: Policy,
    assumptions: Assumptions,
    *,
    before: FloatArray,
    after: FloatArray,
) -> tuple[FloatArray, int]:
    """Let tariff equivalents act on the tariffs of tables; none falls below zero."""
    costs = policy.costs(assumptions.agreement_effects, assumptions.rates)
    goods = world.sectors.counted_as(GOODS)
    ratio = np.ones_like(world.flows)
    for sector, group in enumerate(shipped_groups(world.sectors)):
        own = costs.by_sector.get(group)
        if goods[sector]:
            ratio[:, :, sector] = costs.goods_tau_hat * (1.0 if own is None else own.tau_hat)
    then = np.where(ratio == 1.0, after, (1.0 + after) * ratio - 1.0)
    low = (then < 0) & (before >= 0) & (ratio != 1.0)
    return np.where(low, 0.0, then), int((low & (world.flows > 0)).sum())
