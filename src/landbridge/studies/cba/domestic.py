"""What a change of the network saves on domestic freight: goods between centres of one economy.

An economy's published tonne-km by road and by rail, less what carries foreign goods, is spread over
the pairs of its centres by gravity: shares of both centres over a power of the cost between them.
Road and rail are a logit choice on cost. One constant makes the rail's part of the tonne-km that
which is published, and does not change. With cost c_m of mode m, the constant k of rail, and the
spread M, a share of the road's cost between the two centres,

    L = -M log(exp(-c_road / M) + exp(-c_rail / M - k))

is what shippers expect to feel, and goods Q that are there anyway save Q (L_before - L_after),
exactly (Small and Rosen 1981, Econometrica 49). Goods that come because it is cheaper save half of
it (the rule of half). The saving of those who stay with their mode is told apart from that of
those who change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from landbridge.draws.engine import Draw
from landbridge.freight.choice.inland import InlandCosts, inland_costs
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import rows
from landbridge.scenarios.parameters import triangular
from landbridge.tables import embedded_table
from landbridge.units import HOURS_PER_DAY, PERCENT, FloatArray

LARGEST_CONSTANT: Final = 60.0
"""Of rail, in spreads: beyond it the share by rail is nothing or all."""
LEAST_PRICE: Final = 0.2
"""A fall of cost brings no more goods than one to this part of it."""
THOUSAND: Final = 1000.0


@dataclass(frozen=True)
class Totals:
    """Freight of an economy a year.

    Attributes
    ----------
    rail, road
        Thousand million tonne-km of all goods.
    domestic_share
        Part that crosses no border and goes between centres, ratio.
    """

    rail: float
    road: float
    domestic_share: float


@dataclass(frozen=True, eq=False)
class DomesticFreight:
    """Domestic goods of an economy before a change.

    Attributes
    ----------
    tonnes
        ``[C, C]`` million tonnes a year between centres; zero on the diagonal.
    constant
        Of rail, in spreads.
    spread
        ``[C, C]`` USD per tonne.
    unspread_rail
        Thousand million tonne-km by rail that no way by rail between centres could take.
    """

    tonnes: FloatArray
    constant: float
    spread: FloatArray
    unspread_rail: float


@dataclass(frozen=True)
class DomesticSaving:
    """What domestic freight of an economy saves.

    Attributes
    ----------
    stayed, shifted, generated
        Million USD a year: of goods that keep their mode, of those that change it, and of goods
        that come because it is cheaper.
    road_change, rail_change
        Thousand million tonne-km a year, after less before.
    rail_share_before, rail_share_after
        Of the tonne-km between centres, ratio.
    lost
        Million tonnes a year between centres that have lost their only way; they save nothing here.
    """

    stayed: float = 0.0
    shifted: float = 0.0
    generated: float = 0.0
    road_change: float = 0.0
    rail_change: float = 0.0
    rail_share_before: float = 0.0
    rail_share_after: float = 0.0
    lost: float = 0.0


@cache
def known_economies() -> tuple[str, ...]:
    """List the economies whose domestic freight is known, published or recalled."""
    return tuple(dict.fromkeys(embedded_table("studies", "domestic_freight")["iso3"]))


def domestic_totals(iso3: str, draw: Draw | None = None) -> Totals:
    """Look up the freight of an economy, at the centre or drawn.

    Parameters
    ----------
    iso3
        One of `known_economies`.
    draw
        Draws each figure inside its band; None takes the centres.
    """
    table = embedded_table("studies", "domestic_freight")
    found = {}
    for row in rows(table[table["iso3"] == iso3]):
        value = row.central
        if draw is not None:
            uniform = float(draw.stream(f"domestic:{iso3}:{row.quantity}").random())
            value = triangular(row.low, row.central, row.high, uniform)
        found[str(row.quantity)] = float(value)
    return Totals(found["rail_tonne_km"], found["road_tonne_km"], found["domestic_share"])


def changed_economies(
    before: FreightNetwork, after: FreightNetwork, parameters: FreightParameters
) -> tuple[str, ...]:
    """List the known economies inside which the cost between centres changes."""
    if before is after:
        return ()
    rate = parameters.usd_per_tonne_hour
    found = []
    for iso3 in known_economies():
        old, new = (
            inland_costs(network, parameters, iso3, usd_per_tonne_hour=rate)
            for network in (before, after)
        )
        same = np.array_equal(old.road, new.road) and np.array_equal(old.rail, new.rail)
        if not same:
            found.append(iso3)
    return tuple(found)


def domestic_savings(
    before: FreightNetwork,
    after: FreightNetwork,
    parameters: FreightParameters,
    terms: Mapping[str, float],
    economies: Sequence[str],
    *,
    freight: FreightDraw | None = None,
    draw: Draw | None = None,
) -> dict[str, DomesticSaving]:
    """Find what domestic freight of some economies saves.

    Parameters
    ----------
    before, after
        The freight network without and with a change.
    parameters, freight
        Of this pass; time is valued as the terms have it.
    terms
        Terms of benefits by name, central or drawn.
    economies
        From `changed_economies`.
    draw
        Draws the totals; None takes their centres.
    """
    rate = time_rate(terms)
    found = {}
    for iso3 in economies:
        old, new = (
            inland_costs(network, parameters, iso3, usd_per_tonne_hour=rate, draw=freight)
            for network in (before, after)
        )
        goods = spread_freight(old, domestic_totals(iso3, draw), terms)
        found[iso3] = saving(goods, old, new, elasticity=terms["generated_elasticity"])
    return found


def saving_at_share(
    before: FreightNetwork,
    after: FreightNetwork,
    parameters: FreightParameters,
    terms: Mapping[str, float],
    iso3: str,
    share: float,
) -> float:
    """Compute what domestic freight would save if rail got a share that somebody states.

    The constant of rail stands for wagons and paths that are not to be had, too. Here it falls
    until rail has the stated share of the tonne-km after the change, and that fall is a saving as
    well: an upper end.

    Parameters
    ----------
    before, after, parameters, terms, iso3
        As in `domestic_savings`, of one economy.
    share
        Of rail in the tonne-km between centres, ratio.

    Returns
    -------
    float
        Million USD a year; not less than what it saves at its own constant.
    """
    rate = time_rate(terms)
    old, new = (
        inland_costs(network, parameters, iso3, usd_per_tonne_hour=rate)
        for network in (before, after)
    )
    goods = spread_freight(old, domestic_totals(iso3), terms)
    constant = _constant(new, goods.spread, goods.tonnes, share / (1.0 - share))
    eased = replace(goods, constant=min(constant, goods.constant))
    first, second = _felt(old, goods), _felt(new, eased)
    kept = (goods.tonnes > 0) & np.isfinite(first) & np.isfinite(second)
    gain = np.subtract(first, second, out=np.zeros_like(first), where=kept)
    return float((goods.tonnes * gain).sum())


def time_rate(terms: Mapping[str, float]) -> float:
    """Compute what an hour costs domestic goods, USD per tonne."""
    percent = terms["domestic_usd_per_tonne"] * terms["domestic_time_percent_per_day"]
    return percent / (PERCENT * HOURS_PER_DAY)


def spread_freight(
    costs: InlandCosts, totals: Totals, terms: Mapping[str, float]
) -> DomesticFreight:
    """Spread an economy's freight over its pairs of centres, and fit the constant of rail.

    Parameters
    ----------
    costs
        Before the change.
    totals
        The tonne-km that is to come out.
    terms
        ``domestic_distance_exponent``, ``domestic_mode_scale`` and ``new_rail_share``.
    """
    road = totals.road * totals.domestic_share
    rail = totals.rail * totals.domestic_share
    there = np.isfinite(costs.road) & (costs.road > 0)
    spread = np.where(there, costs.road, 1.0) / terms["domestic_mode_scale"]
    least = np.where(there, np.minimum(costs.road, costs.rail), 1.0)
    pull = np.outer(costs.weight, costs.weight) * least ** -terms["domestic_distance_exponent"]
    pull = np.where(there, pull, 0.0)
    has_rail = bool((pull * costs.rail_km * np.isfinite(costs.rail)).sum() > 0)
    share_at_par = terms["new_rail_share"]
    constant = float(np.log(1.0 / share_at_par - 1.0))
    if has_rail and rail > 0 and road > 0:
        constant = _constant(costs, spread, pull, rail / road)
    by_rail = _rail_share(costs, spread, constant)
    per_road = float((pull * (1.0 - by_rail) * costs.road_km).sum())
    scale = road / per_road if per_road > 0 else 0.0
    carried = scale * float((pull * by_rail * costs.rail_km).sum())
    # Thousand million tonne-km over km: thousand million tonnes.
    return DomesticFreight(pull * scale * THOUSAND, constant, spread, max(rail - carried, 0.0))


def saving(
    goods: DomesticFreight, before: InlandCosts, after: InlandCosts, *, elasticity: float
) -> DomesticSaving:
    """Compute what goods save between two states of the network.

    Parameters
    ----------
    goods
        From `spread_freight` of the state before.
    before, after
        Costs between centres.
    elasticity
        Percent more goods for one percent less cost.
    """
    old, new = (_felt(costs, goods) for costs in (before, after))
    there = (goods.tonnes > 0) & np.isfinite(old)
    kept = there & np.isfinite(new)
    gain = np.subtract(old, new, out=np.zeros_like(old), where=kept)
    share, later = (_rail_share(costs, goods.spread, goods.constant) for costs in (before, after))
    by_road = _fall(before.road, after.road) * (1.0 - share)
    by_rail = _fall(before.rail, after.rail) * share
    stayed = np.where(kept, goods.tonnes * (by_road + by_rail), 0.0)
    paid = np.where(share > 0, np.where(np.isfinite(before.rail), before.rail, 0.0), 0.0) * share
    paid = paid + np.where(np.isfinite(before.road), before.road, 0.0) * (1.0 - share)
    ratio = np.ones_like(paid)
    np.divide(np.maximum(paid - gain, LEAST_PRICE * paid), paid, out=ratio, where=kept & (paid > 0))
    more = np.where(kept, goods.tonnes * (ratio**-elasticity - 1.0), 0.0)
    now = np.where(kept, goods.tonnes + more, 0.0)
    road_km = (
        float((now * (1.0 - later) * after.road_km).sum()),
        float((goods.tonnes * (1.0 - share) * before.road_km * there).sum()),
    )
    rail_km = (
        float((now * later * after.rail_km).sum()),
        float((goods.tonnes * share * before.rail_km * there).sum()),
    )
    return DomesticSaving(
        stayed=float(stayed.sum()),
        shifted=float((goods.tonnes * gain).sum() - stayed.sum()),
        generated=float((0.5 * more * gain).sum()),
        road_change=(road_km[0] - road_km[1]) / THOUSAND,
        rail_change=(rail_km[0] - rail_km[1]) / THOUSAND,
        rail_share_before=_part(rail_km[1], road_km[1]),
        rail_share_after=_part(rail_km[0], road_km[0]),
        lost=float(goods.tonnes[there & ~kept].sum()),
    )


def _part(one: float, other: float) -> float:
    return one / (one + other) if one + other > 0 else 0.0


def _fall(before: FloatArray, after: FloatArray) -> FloatArray:
    """Compute the fall of a cost where it is finite before and after."""
    both = np.isfinite(before) & np.isfinite(after)
    return np.subtract(before, after, out=np.zeros_like(before), where=both)


def _rail_share(costs: InlandCosts, spread: FloatArray, constant: float) -> FloatArray:
    """Compute the share of goods by rail, ``[C, C]``; one where there is no road."""
    only = np.isinf(costs.road) & np.isfinite(costs.rail)
    both = np.isfinite(costs.road) & np.isfinite(costs.rail)
    gap = np.subtract(costs.road, costs.rail, out=np.zeros_like(spread), where=both)
    return np.asarray(np.where(both, expit(gap / spread - constant), np.where(only, 1.0, 0.0)))


def _felt(costs: InlandCosts, goods: DomesticFreight) -> FloatArray:
    """Compute the log-sum of both modes, ``[C, C]`` USD per tonne; infinite: no way."""
    with np.errstate(over="ignore", invalid="ignore"):
        road = -costs.road / goods.spread
        rail = -costs.rail / goods.spread - goods.constant
        return np.asarray(-goods.spread * np.logaddexp(road, rail))


def _constant(costs: InlandCosts, spread: FloatArray, pull: FloatArray, ratio: float) -> float:
    """Find the constant of rail that makes the ratio of its tonne-km to the road's what it is."""

    def gap(constant: float) -> float:
        share = _rail_share(costs, spread, constant)
        rail = float((pull * share * costs.rail_km).sum())
        return rail - ratio * float((pull * (1.0 - share) * costs.road_km).sum())

    low, high = -LARGEST_CONSTANT, LARGEST_CONSTANT
    if gap(low) <= 0:
        return low
    if gap(high) >= 0:
        return high
    return float(brentq(gap, low, high, xtol=1e-10))
