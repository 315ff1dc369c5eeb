"""Fewer economies: cut some out, or add some up into groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from landbridge.codes import REST
from landbridge.errors import DataError
from landbridge.units import FloatArray
from landbridge.world.base import CellStatus, World


def aggregate_world(world: World, groups: Mapping[str, Sequence[str]]) -> World:
    """Add economies up into groups.

    Parameters
    ----------
    world
        The world to add up.
    groups
        Name of the group to its members' codes. An economy in no group stays by itself.

    Returns
    -------
    World
        Single economies in their old order, then the groups in theirs. Trade inside a group
        becomes domestic sales. The standard deviation of a sum takes its cells as independent;
        its status is the one that holds most of its value.
    """
    member_of: dict[str, str] = {}
    faults = []
    for name, members in groups.items():
        for code in members:
            if code not in world.iso3:
                faults.append(f"{code} (in {name}) is not in the world of {world.year}")
            elif code in member_of:
                faults.append(f"{code} stands in {member_of[code]} and in {name}")
            member_of[code] = name
    if faults:
        raise DataError("; ".join(faults), where="groups")
    names = [code for code in world.iso3 if code not in member_of] + list(groups)
    place = {name: position for position, name in enumerate(names)}
    gather = np.zeros((len(names), len(world.iso3)))
    for position, code in enumerate(world.iso3):
        gather[place[member_of.get(code, code)], position] = 1.0
    return World(
        year=world.year,
        iso3=tuple(names),
        goods=gather @ world.goods @ gather.T,
        services=gather @ world.services @ gather.T,
        sd_log_goods=_sd(gather, world.goods, world.sd_log_goods),
        sd_log_services=_sd(gather, world.services, world.sd_log_services),
        status_goods=_status(gather, world.goods, world.status_goods),
        status_services=_status(gather, world.services, world.status_services),
        gdp_million_usd=gather @ world.gdp_million_usd,
        population=gather @ world.population,
        notes=(*world.notes, f"{len(groups)} groups of economies were added up."),
    )


def keep_economies(world: World, iso3: Sequence[str], *, rest: str = REST) -> World:
    """Keep some economies and add up all others into one.

    Parameters
    ----------
    world
        The world to reduce.
    iso3
        Codes to keep.
    rest
        Name of the sum of all others.
    """
    others = [code for code in world.iso3 if code not in set(iso3)]
    return aggregate_world(world, {rest: others}) if others else world


def part_of(world: World, iso3: Sequence[str]) -> World:
    """Cut some economies out of a world, in a given order; trade with others is left out.

    Raises
    ------
    DataError
        An economy is not there.
    """
    at = np.array([world.index(code) for code in iso3], dtype=np.int64)
    cells = np.ix_(at, at)
    return replace(
        world,
        iso3=tuple(iso3),
        goods=world.goods[cells],
        services=world.services[cells],
        sd_log_goods=world.sd_log_goods[cells],
        sd_log_services=world.sd_log_services[cells],
        status_goods=world.status_goods[cells],
        status_services=world.status_services[cells],
        gdp_million_usd=world.gdp_million_usd[at],
        population=world.population[at],
    )


def _sd(gather: FloatArray, flows: FloatArray, sd_log: FloatArray) -> FloatArray:
    total = gather @ flows @ gather.T
    variance = gather @ (flows * sd_log) ** 2 @ gather.T
    ratio = np.divide(np.sqrt(variance), total, out=np.zeros_like(total), where=total > 0)
    np.fill_diagonal(ratio, 0.0)
    return ratio


def _status(gather: FloatArray, flows: FloatArray, status: np.ndarray) -> np.ndarray:
    kinds = list(CellStatus)
    value = np.stack([gather @ np.where(status == kind, flows, 0.0) @ gather.T for kind in kinds])
    found = np.array([int(kind) for kind in kinds], dtype=np.int8)[value.argmax(axis=0)]
    np.fill_diagonal(found, int(CellStatus.DOMESTIC))
    return np.asarray(found)
