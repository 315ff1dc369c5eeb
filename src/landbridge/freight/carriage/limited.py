"""Carry goods where ports and crossings are full: a price of each full place, and who stays.

A place that is full is waited for. In equilibrium the wait costs just so much that no more come
than it takes: it is the multiplier of its limit (Bell 1995, Stochastic user equilibrium assignment
in networks with queues, Transportation Research B 29). Shippers choose modes, ports and ways at
these prices, by the same logit, and may leave their goods where they are:

    share that goes = 1 / (1 + exp((felt - felt today - g) / M))

with g what they would pay on top at most, and M the spread among modes. What does not go is
stranded.

Prices are sought by steps of their own for each place: longer while the load stays on one side of
the limit, half as long when it changes sides. Where a class takes one way by land or another, no
price makes the load just so, and flows are means over rounds (method of successive averages), as
in an equilibrium some go one way and some the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from landbridge.errors import ConvergenceError
from landbridge.freight.carriage.carry import Carried, Constants, Split, carry, split_modes
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.costs import mode_costs
from landbridge.freight.carriage.limits import Limits, handling_group
from landbridge.freight.carriage.loading import loading_of
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.tasks import Progress, no_progress
from landbridge.units import FloatArray

EXCESS: Final = 0.03
"""Tonnes above the limits, as a share of what passes full places, that are left open."""
WINDOWS: Final = (30, 60, 120)
"""Rounds after which means begin anew."""
ROUNDS: Final = 240
LEAST_MEAN: Final = 15
GIVEN_UP: Final = 0.5
SPREADS: Final = 15.0
FIRST_STEP, LONGEST, SHORTEST = 2.0, 0.3, 0.5
LONGER, SHORTER, MOST_OVER = 1.4, 0.5, 10.0
SETTLING: Final = 20.0
TONNES: Final = 0


@dataclass(frozen=True, eq=False)
class Limited:
    """Goods carried within the limits.

    Attributes
    ----------
    carried
        One entry a class; what is stranded is in `unmoved`.
    limits
        The limits.
    load, price
        ``[X]`` million tonnes a year through each place, and USD per tonne: means over rounds.
    excess
        Tonnes above the limits as a share of what passes full places.
    rounds
        Rounds made; 0 where nothing was full.
    """

    carried: tuple[Carried, ...]
    limits: Limits
    load: FloatArray
    price: FloatArray
    excess: float
    rounds: int


@dataclass(frozen=True, eq=False)
class Shippers:
    """What is to be carried, and who chooses how.

    Attributes
    ----------
    classes, constants
        K classes, and what each feels.
    amounts
        ``[K, D, N, N]`` million tonnes first.
    iso3
        N codes.
    felt_today
        ``[C, C]`` a class: expected least felt cost on today's network.
    """

    classes: tuple[CargoClass, ...]
    constants: tuple[Constants, ...]
    amounts: FloatArray
    iso3: tuple[str, ...]
    felt_today: tuple[FloatArray, ...]


def most_paid(cargo: CargoClass) -> float:
    """Compute what shippers of a class pay on top of today's cost at most, USD per tonne.

    Half the value of the goods, and fifteen spreads at least: nobody stays without a reason.
    """
    value = cargo.shipment.value_usd_per_tonne
    return max(GIVEN_UP * value, SPREADS * cargo.mode_spread_usd_per_tonne)


def carry_within(
    network: FreightNetwork,
    parameters: FreightParameters,
    shippers: Shippers,
    limits: Limits,
    *,
    progress: Progress = no_progress,
) -> Limited:
    """Carry goods over a network whose ports and crossings have limits.

    Parameters
    ----------
    network, parameters
        As in `costs.mode_costs`.
    shippers
        What is to be carried, and who chooses how.
    limits
        Of the network.
    progress
        Told of the rounds.

    Raises
    ------
    ConvergenceError
        More than `EXCESS` stays above the limits after the last round.
    """
    groups = [handling_group(cargo) for cargo in shippers.classes]
    done = _carried(network, parameters, shippers, None)
    load = limits.load(groups, [one.arcs[TONNES] for one in done])
    if (load <= limits.capacity).all():
        return Limited(done, limits, load, np.zeros(len(load)), 0.0, 0)
    prices = _Prices(limits, shippers.classes)
    prices.move(load)
    mean, kept, price = done, 0, prices.level
    for turn in range(1, ROUNDS + 1):
        extra = np.stack([limits.charges(group, prices.level) for group in groups])
        done = _carried(network, parameters, shippers, extra)
        kept = 1 if turn in WINDOWS else kept + 1
        mean = done if kept == 1 else tuple(map(_mixed, mean, done, [1.0 / kept] * len(done)))
        price = prices.level if kept == 1 else price + (prices.level - price) / kept
        through = limits.load(groups, [one.arcs[TONNES] for one in mean])
        excess = _excess(through, limits.capacity, price)
        if turn >= WINDOWS[0] + LEAST_MEAN and kept >= LEAST_MEAN and excess <= EXCESS:
            return Limited(mean, limits, through, price, excess, turn)
        prices.move(limits.load(groups, [one.arcs[TONNES] for one in done]))
        progress("filling ports and crossings", turn, ROUNDS)
    raise ConvergenceError(
        f"{excess:.1%} of what passes full ports and crossings stays above their limits.",
        residual=excess,
        iterations=ROUNDS,
        last=through,
    )


def _carried(
    network: FreightNetwork,
    parameters: FreightParameters,
    shippers: Shippers,
    extra: FloatArray | None,
) -> tuple[Carried, ...]:
    """Carry all classes at prices of places; without any, nobody stays of his own will."""
    costs = mode_costs(network, parameters, shippers.classes, iso3=shippers.iso3, extra=extra)
    found = []
    for number, (cargo, own) in enumerate(zip(shippers.classes, costs, strict=True)):
        split = split_modes(own, cargo, shippers.constants[number])
        if extra is not None:
            split = _or_stay(split, cargo, shippers.felt_today[number])
        found.append(carry(own, split, shippers.amounts[number], loading_of(own, cargo)))
    return tuple(found)


def _or_stay(split: Split, cargo: CargoClass, today: FloatArray) -> Split:
    """Let goods stay where going costs too much more than today."""
    felt = split.felt_usd_per_tonne
    both = np.isfinite(felt) & np.isfinite(today)
    more = np.where(both, felt, 0.0) - np.where(both, today, 0.0) - most_paid(cargo)
    goes = 1.0 / (1.0 + np.exp(np.clip(more / cargo.mode_spread_usd_per_tonne, -700, 700)))
    goes = np.where(both, goes, 1.0)
    return replace(split, shares={mode: share * goes for mode, share in split.shares.items()})


def _mixed(mean: Carried, new: Carried, share: float) -> Carried:
    """Mix what is carried: a share of the new, the rest of the mean."""

    def mix(one: FloatArray, other: FloatArray) -> FloatArray:
        return np.asarray(one + share * (other - one))

    return Carried(
        by_mode={mode: mix(mean.by_mode[mode], own) for mode, own in new.by_mode.items()},
        unmoved=mix(mean.unmoved, new.unmoved),
        arcs=mix(mean.arcs, new.arcs),
        legs=mix(mean.legs, new.legs),
        loaded=mix(mean.loaded, new.loaded),
        unloaded=mix(mean.unloaded, new.unloaded),
    )


def _excess(load: FloatArray, capacity: FloatArray, price: FloatArray) -> float:
    """Compute the tonnes above the limits as a share of what passes full places."""
    above = np.where(np.isfinite(capacity), np.maximum(load - capacity, 0.0), 0.0)
    full = (price > 0) | (above > 0)
    passing = float(load[full].sum())
    return float(above.sum()) / passing if passing > 0 else 0.0


def _scales(limits: Limits, classes: Sequence[CargoClass]) -> tuple[FloatArray, FloatArray]:
    """Say how far prices go: to what is paid at most, by steps of the spread among ports, ``[X]``.

    Of a place that several classes share, the least of theirs.
    """
    groups = [handling_group(cargo) for cargo in classes]
    most, spread = (
        {
            group: min(value for one, value in zip(groups, values, strict=True) if one == group)
            for group in groups
        }
        for values in (
            [most_paid(cargo) for cargo in classes],
            [cargo.port_spread_usd_per_tonne for cargo in classes],
        )
    )
    return (
        np.array([most.get(place.group, min(most.values())) for place in limits.places]),
        np.array([spread.get(place.group, min(spread.values())) for place in limits.places]),
    )


class _Prices:
    """Prices of places, moved by steps that grow and shrink place by place."""

    def __init__(self, limits: Limits, classes: Sequence[CargoClass]) -> None:
        self.capacity = limits.capacity
        self.most, self.spread = _scales(limits, classes)
        self.level = np.zeros(len(self.most))
        self.step = FIRST_STEP * self.spread
        self.side = np.zeros(len(self.most))
        self.turns = 0

    def move(self, load: FloatArray) -> None:
        """Move each price by its load over the limit."""
        over = np.where(np.isfinite(self.capacity), load / np.maximum(self.capacity, 1e-9), 0.0)
        over = over - 1.0
        same = np.sign(over) * self.side
        step = np.where(same > 0, self.step * LONGER, self.step)
        step = np.where(same < 0, step * SHORTER, step)
        least = SHORTEST * self.spread / (1.0 + self.turns / SETTLING)
        self.step = np.clip(step, least, LONGEST * self.most)
        self.side = np.sign(over)
        self.turns += 1
        # In proportion to the load over the limit, so that means over rounds come to the limit.
        change = self.step * np.minimum(over, MOST_OVER)
        self.level = np.maximum(self.level + change, 0.0)
