"""What a scenario does to goods that cross borders besides their cost: roads, transit, CO2e, time.

Goods are carried before and after at the trade of the time (`studies.carriage.of_run`), so that
tonne-km by road and rail in each economy are known, and those of through traffic. What a pair emits
and how long it takes are derivatives of the log-sum: a price of carbon raises what shippers expect
to pay by what they emit, and a dearer hour by their hours (the envelope theorem).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from landbridge.freight.carriage.carry import Split, carry, split_modes
from landbridge.freight.carriage.chosen import CargoChoice, ChosenCosts, chosen_costs
from landbridge.freight.carriage.classes import Goods
from landbridge.freight.carriage.costs import ModeCosts, mode_costs
from landbridge.freight.carriage.loading import Loading, loading_of
from landbridge.freight.costs.emissions import CARRIERS, Carrier, link_economies, on_arcs
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.edits.applying import SetCarbonPrice
from landbridge.freight.edits.carbon import set_carbon_prices
from landbridge.freight.network.compiled import FreightNetwork, recompile
from landbridge.freight.network.tables import rows
from landbridge.freight.search.tree_graph import weighed
from landbridge.studies.carriage.of_run import goods_of
from landbridge.studies.chain.freight_change import kept_costs
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Assumptions, Pass, trade_ratio
from landbridge.units import BoolArray, FloatArray

THOUSAND: Final = 1000.0
SIDES_KEPT: Final = 3
"""Networks that are recalled: the one before measures, and those of a scenario and its part."""
UNMOVED: Final = 1e-9
"""Change of trade below which it is the rounding of the solver."""
SMALL_PRICE: Final = 0.01
"""USD a tonne of CO2e: so little that nobody chooses otherwise."""
SMALL_PART: Final = 1e-4
"""Part by which an hour becomes dearer, likewise."""
ON_LAND: Final[tuple[Carrier, ...]] = ("road", "rail")
WATCHED: Final = 5
"""Economies whose through traffic is told apart: payers, and where most changes on land."""


@dataclass(frozen=True, eq=False)
class ForeignChange:
    """What a scenario changes for goods that cross borders, a year, after less before.

    Attributes
    ----------
    road_tonne_km, rail_tonne_km
        ``[N]`` thousand millions over the links of each economy.
    rail_before
        ``[N]`` thousand million tonne-km by rail before.
    co2e
        Million tonnes, all economies.
    through
        By economy: thousand million tonne-km over its links of goods that neither start nor end
        there.
    paying
        By economy: ``[N]`` parts of those who pay a fee there; they add up to one.
    time_million_usd
        What all users save in time, at the value that they feel and the trade there was.
    through_time_million_usd
        The part of it where neither end pays for the works.
    """

    road_tonne_km: FloatArray
    rail_tonne_km: FloatArray
    rail_before: FloatArray
    co2e: float
    through: dict[str, float]
    paying: dict[str, FloatArray]
    time_million_usd: float
    through_time_million_usd: float


def foreign_change(
    inputs: Inputs, assumptions: Assumptions, found: Pass, payers: Sequence[str]
) -> ForeignChange | None:
    """Find what a scenario changes for goods that cross borders.

    Parameters
    ----------
    inputs
        The prepared scenario.
    assumptions, found
        Of the central pass.
    payers
        Economies that pay for works.

    Returns
    -------
    ForeignChange or None
        None where the run makes no choice by class of cargo.
    """
    choice = assumptions.choice
    if not isinstance(choice, CargoChoice):
        return None
    freight, iso3 = assumptions.freight, inputs.world.iso3
    networks, grown = (inputs.before, inputs.after), trade_ratio(found.equilibrium)
    if networks[0] is networks[1] and np.abs(grown - 1.0).max() < UNMOVED:
        none = np.zeros(len(iso3))
        return ForeignChange(none, none, none, 0.0, {}, {}, 0.0, 0.0)
    goods = tuple(goods_of(choice, inputs.world.goods * ratio) for ratio in (1.0, grown))
    sides = [_side(network, freight, choice, tuple(iso3)) for network in networks]
    whole = [
        _on_land(network, side.ready, one, [np.ones((len(iso3), len(iso3)))])[0]
        for network, side, one in zip(networks, sides, goods, strict=True)
    ]
    road, rail = (whole[1][mode] - whole[0][mode] for mode in (0, 1))
    watched = _watched(np.abs(road) + np.abs(rail), iso3, payers)
    masks = [_passing(iso3, code).astype(np.float64) for code in watched]
    apart = [
        _on_land(network, side.ready, one, masks)
        for network, side, one in zip(networks, sides, goods, strict=True)
    ]
    through = {
        code: float(apart[1][place][:, at].sum() - apart[0][place][:, at].sum())
        for place, code in enumerate(watched)
        for at in [iso3.index(code)]
    }
    before, after = (side.usd_per_tonne for side in sides)
    both = np.isfinite(before) & np.isfinite(after)
    fall = np.subtract(before, after, out=np.zeros_like(before), where=both)
    saved = goods[0].tonnes_million * np.where(both, sides[0].felt_time - sides[1].felt_time, 0.0)
    ends = np.isin(np.array(iso3), list(payers))
    outside = ~(ends[:, None] | ends[None, :])
    emitted = [
        float((one.tonnes_million * side.kg_co2e).sum())
        for one, side in zip(goods, sides, strict=True)
    ]
    return ForeignChange(
        road_tonne_km=road,
        rail_tonne_km=rail,
        rail_before=whole[0][1],
        co2e=(emitted[1] - emitted[0]) / THOUSAND,
        through=through,
        paying={code: _paying(code, iso3, goods[1], fall) for code in watched},
        time_million_usd=float(saved.sum()),
        through_time_million_usd=float((saved * outside).sum()),
    )


def co2e_of_goods(
    network: FreightNetwork, freight: FreightParameters, choice: CargoChoice, goods: Goods
) -> float:
    """Compute what carrying goods between economies emits, million tonnes of CO2e.

    Parameters
    ----------
    network, freight, choice
        As in `chosen_costs`.
    goods
        By class.
    """
    kg = _emitted(network, freight, _costs(network, freight, choice, goods.iso3))
    return float((goods.tonnes_million * kg).sum()) / THOUSAND


@dataclass(frozen=True, eq=False)
class _Ready:
    """A class of cargo on a network, its modes and ports chosen."""

    costs: ModeCosts
    split: Split
    loading: Loading


@dataclass(frozen=True, eq=False)
class _Side:
    """What goods between economies do on one network, whatever their amounts.

    Attributes
    ----------
    ready
        By class of cargo.
    usd_per_tonne, kg_co2e, felt_time
        ``[K, N, N]`` a tonne: what it costs, emits, and what its hours are felt to cost (USD).
    """

    ready: tuple[_Ready, ...]
    usd_per_tonne: FloatArray
    kg_co2e: FloatArray
    felt_time: FloatArray


@lru_cache(maxsize=SIDES_KEPT)
def _side(
    network: FreightNetwork, freight: FreightParameters, choice: CargoChoice, iso3: tuple[str, ...]
) -> _Side:
    """Look a network over; recalled, since scenarios share the network before their measures."""
    base = kept_costs(network, freight, FreightDraw.neutral(), iso3, choice)
    assert isinstance(base, ChosenCosts)  # noqa: S101 - the choice is by class of cargo
    return _Side(
        ready=tuple(_choices(network, freight, choice, iso3)),
        usd_per_tonne=_by_pair(base, None),
        kg_co2e=_emitted(network, freight, base),
        felt_time=_timed(network, freight, base),
    )


def _choices(
    network: FreightNetwork,
    freight: FreightParameters,
    choice: CargoChoice,
    iso3: Sequence[str],
) -> list[_Ready]:
    """Choose modes and ports for every class."""
    classes = choice.scaled(freight)
    costs = mode_costs(network, freight, classes, iso3=tuple(iso3), absent="uncovered")
    found = []
    for cargo, one in zip(classes, costs, strict=True):
        constants = choice.attractions.constants(cargo, network.sea.ports)
        found.append(_Ready(one, split_modes(one, cargo, constants), loading_of(one, cargo)))
    return found


def _on_land(
    network: FreightNetwork, ready: Sequence[_Ready], goods: Goods, masks: Sequence[FloatArray]
) -> FloatArray:
    """Carry goods; sum tonne-km on land by economy, ``[W, 2, N]`` (road, rail), billions.

    A quantity for each mask ``[N, N]``: the goods of pairs times it.
    """
    arcs, count = on_arcs(network), len(goods.iso3)
    place = {code: position for position, code in enumerate(goods.iso3)}
    where = np.array([place.get(code, count) for code in link_economies(network)])
    total = np.zeros((len(masks), len(ON_LAND), count + 1))
    for tonnes, one in zip(goods.tonnes_million, ready, strict=True):
        flow = np.stack([tonnes * mask for mask in masks])
        done = carry(one.costs, one.split, flow, one.loading)
        for row, mode in enumerate(ON_LAND):
            for quantity, loads in enumerate(done.arcs):
                total[quantity, row] += np.bincount(
                    where, weights=loads * arcs.km[mode], minlength=count + 1
                )
    return total[:, :, :-1] / THOUSAND


def _passing(iso3: Sequence[str], code: str) -> BoolArray:
    away = np.array(iso3) != code
    return np.asarray(away[:, None] & away[None, :])


def _watched(moved: FloatArray, iso3: Sequence[str], payers: Sequence[str]) -> tuple[str, ...]:
    """Choose the economies whose through traffic is told apart."""
    order = [iso3[place] for place in np.argsort(-moved, kind="stable") if moved[place] > 0]
    wanted = dict.fromkeys([*(code for code in payers if code in iso3), *order])
    return tuple(wanted)[: max(WATCHED, len(payers))]


def _paying(code: str, iso3: Sequence[str], goods: Goods, fall: FloatArray) -> FloatArray:
    """Share a fee out: over the ends of pairs that do not touch the economy, by what they save."""
    weight = (goods.tonnes_million * np.abs(fall)).sum(axis=0) * _passing(iso3, code)
    halves = 0.5 * (weight.sum(axis=0) + weight.sum(axis=1))
    total = float(halves.sum())
    return halves / total if total > 0 else np.zeros_like(halves)


def _costs(
    network: FreightNetwork,
    freight: FreightParameters,
    choice: CargoChoice,
    iso3: Sequence[str],
) -> ChosenCosts:
    return chosen_costs(network, freight, choice, iso3=tuple(iso3), absent="uncovered")


def _emitted(network: FreightNetwork, freight: FreightParameters, base: ChosenCosts) -> FloatArray:
    """Compute what a tonne emits, ``[K, N, N]`` kg CO2e; zero where there is no way."""
    known = {(mode, ""): 0.0 for mode in CARRIERS}
    known |= {
        (row.mode, row.iso3): float(row.usd_per_tonne_co2e) for row in rows(network.tables.carbon)
    }
    prices = [
        SetCarbonPrice(mode=mode, iso3=iso3, usd_per_tonne_co2e=price + SMALL_PRICE)
        for (mode, iso3), price in known.items()
    ]
    tables = set_carbon_prices(network.tables, prices, ["" for _ in prices])
    priced = recompile(network, tables)
    dearer = _by_pair(base, _costs(priced, freight, base.choice, base.choice.mix.iso3))
    return dearer / SMALL_PRICE * THOUSAND


def _timed(network: FreightNetwork, freight: FreightParameters, base: ChosenCosts) -> FloatArray:
    """Compute what a tonne's hours are felt to cost, ``[K, N, N]`` USD; zero where no way."""
    value = freight.value_of_time_percent_per_day * (1.0 + SMALL_PART)
    dearer = replace(freight, value_of_time_percent_per_day=value)
    return _by_pair(base, _costs(network, dearer, base.choice, base.choice.mix.iso3)) / SMALL_PART


def _by_pair(base: ChosenCosts, other: ChosenCosts | None) -> FloatArray:
    """Take means over centres of the log-sum, or of its rise from one state to another."""
    finite = np.isfinite(base.felt)
    if other is None:
        values = np.where(finite, base.felt, 0.0)
    else:
        both = finite & np.isfinite(other.felt)
        values = np.subtract(other.felt, base.felt, out=np.zeros_like(base.felt), where=both)
    summed = np.stack([weighed(base.spread, one) for one in values])
    reached = base.reached
    rest = np.inf if other is None else 0.0
    return np.divide(summed, reached, out=np.full_like(summed, rest), where=reached > 0)
